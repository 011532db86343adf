libmgo_a_SOURCES += \
  runtime/lock.c runtime/lock.h runtime/lockrank.h \
  runtime/waitq.c runtime/waitq.h runtime/waitreason.def \
  runtime/g.c runtime/g.h \
  runtime/stack.c runtime/stack.h \
  runtime/clock.c runtime/clock.h \
  runtime/schedtrace.c runtime/schedtrace.h \
  runtime/leak.c runtime/leak.h \
  runtime/event.c runtime/event.h runtime/event.def \
  runtime/choose.c runtime/choose.h \
  runtime/proc.c runtime/proc.h \
  runtime/worker.c runtime/worker.h \
  runtime/gather.c runtime/gather.h \
  runtime/sched.c runtime/sched.h \
  runtime/freeze.c runtime/freeze.h \
  runtime/monitor.c runtime/monitor.h \
  runtime/chan.c runtime/chan.h \
  runtime/select.c runtime/select.h \
  runtime/sema.c runtime/sema.h runtime/synctypes.h \
  runtime/objectpool.c runtime/objectpool.h \
  runtime/timer.c runtime/timer.h \
  runtime/bubble.c runtime/bubble.h \
  runtime/netpoll.c runtime/netpoll.h \
  runtime/netpoll_epoll.c runtime/netpoll_epoll.h \
  runtime/gc.c runtime/gc.h \
  runtime/mark.c runtime/mark.h \
  runtime/rtype.h \
  runtime/iface.c runtime/iface.h \
  runtime/string.c runtime/string.h \
  runtime/slice.c runtime/slice.h \
  runtime/hashmap.c runtime/hashmap.h
