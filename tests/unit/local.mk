UNIT_TESTS += tests/unit/test_interp tests/unit/test_values
tests_unit_test_interp_SOURCES = tests/unit/test_interp.c tests/unit/unit.h
tests_unit_test_interp_LDADD = libmgo.a
tests_unit_test_values_SOURCES = tests/unit/test_values.c tests/unit/unit.h
tests_unit_test_values_LDADD = libmgo.a
UNIT_TESTS += tests/unit/test_sched
tests_unit_test_sched_SOURCES = tests/unit/test_sched.c tests/unit/machine.h tests/unit/unit.h
tests_unit_test_sched_LDADD = libmgo.a
UNIT_TESTS += tests/unit/test_emit
tests_unit_test_emit_SOURCES = tests/unit/test_emit.c tests/unit/unit.h
tests_unit_test_emit_LDADD = libmgo.a
UNIT_TESTS += tests/unit/test_types
tests_unit_test_types_SOURCES = tests/unit/test_types.c tests/unit/unit.h
tests_unit_test_types_LDADD = libmgo.a
UNIT_TESTS += tests/unit/test_chan
tests_unit_test_chan_SOURCES = tests/unit/test_chan.c tests/unit/machine.h tests/unit/unit.h
tests_unit_test_chan_LDADD = libmgo.a
UNIT_TESTS += tests/unit/test_select tests/unit/test_timer tests/unit/test_sema tests/unit/test_netpoll
tests_unit_test_select_SOURCES = tests/unit/test_select.c tests/unit/machine.h tests/unit/unit.h
tests_unit_test_select_LDADD = libmgo.a
tests_unit_test_timer_SOURCES = tests/unit/test_timer.c tests/unit/machine.h tests/unit/unit.h
tests_unit_test_timer_LDADD = libmgo.a
tests_unit_test_sema_SOURCES = tests/unit/test_sema.c tests/unit/machine.h tests/unit/unit.h
tests_unit_test_sema_LDADD = libmgo.a
tests_unit_test_netpoll_SOURCES = tests/unit/test_netpoll.c tests/unit/machine.h tests/unit/unit.h
tests_unit_test_netpoll_LDADD = libmgo.a
UNIT_TESTS += tests/unit/test_base tests/unit/test_show tests/unit/test_parser
tests_unit_test_show_SOURCES = tests/unit/test_show.c tests/unit/unit.h
tests_unit_test_show_LDADD = libmgo.a
tests_unit_test_base_SOURCES = tests/unit/test_base.c tests/unit/unit.h
tests_unit_test_base_LDADD = libmgo.a
tests_unit_test_parser_SOURCES = tests/unit/test_parser.c tests/unit/unit.h
tests_unit_test_parser_LDADD = libmgo.a
UNIT_TESTS += tests/unit/test_library
tests_unit_test_library_SOURCES = tests/unit/test_library.c tests/unit/unit.h cmd/load.c cmd/buildtag.c cmd/module.c
tests_unit_test_library_LDADD = libmgo.a

# "make parse-all" proves the grammar on Go's own sources, if Go is installed.
EXTRA_PROGRAMS = tests/unit/parse_files
tests_unit_parse_files_SOURCES = tests/unit/parse_files.c
tests_unit_parse_files_LDADD = libmgo.a
parse-all: tests/unit/parse_files
	$(srcdir)/tools/parse-all.sh tests/unit/parse_files
.PHONY: parse-all
EXTRA_DIST += tools/parse-all.sh
UNIT_TESTS += tests/unit/test_const
tests_unit_test_const_SOURCES = tests/unit/test_const.c tests/unit/unit.h
tests_unit_test_const_LDADD = libmgo.a
check_PROGRAMS += tests/unit/check_files
tests_unit_check_files_SOURCES = tests/unit/check_files.c
tests_unit_check_files_LDADD = libmgo.a
UNIT_TESTS += tests/unit/test_gc tests/unit/test_choose
tests_unit_test_choose_SOURCES = tests/unit/test_choose.c tests/unit/machine.h tests/unit/unit.h
tests_unit_test_choose_LDADD = libmgo.a
tests_unit_test_gc_SOURCES = tests/unit/test_gc.c tests/unit/machine.h tests/unit/unit.h
tests_unit_test_gc_LDADD = libmgo.a

# "make check-tsan" runs the scheduler's tests under the thread sanitizer, on calloc instead of the collector.
TSAN_TESTS = sched chan select timer sema netpoll
TSAN_FILES = base/fatal.c runtime/lock.c runtime/waitq.c runtime/g.c runtime/stack.c runtime/proc.c runtime/worker.c runtime/gather.c runtime/sched.c runtime/clock.c runtime/choose.c runtime/event.c \
  runtime/freeze.c runtime/monitor.c runtime/chan.c runtime/select.c runtime/sema.c runtime/timer.c runtime/netpoll.c \
  runtime/netpoll_epoll.c runtime/bubble.c tests/unit/gc_calloc.c
check-tsan:
	for t in $(TSAN_TESTS); do \
	  (cd $(srcdir) && $(CC) -std=gnu11 -D_GNU_SOURCE -DMGO_DEBUG -fsanitize=thread -O1 -g -I. -pthread \
	    $(TSAN_FILES) tests/unit/test_$$t.c -o $(abs_builddir)/tests/unit/tsan_$$t) && \
	  tests/unit/tsan_$$t || exit 1; \
	done
.PHONY: check-tsan
EXTRA_DIST += tests/unit/gc_calloc.c
CLEANFILES += $(TSAN_TESTS:%=tests/unit/tsan_%)
UNIT_TESTS += tests/unit/test_rtype
tests_unit_test_rtype_SOURCES = tests/unit/test_rtype.c tests/unit/unit.h
tests_unit_test_rtype_LDADD = libmgo.a
UNIT_TESTS += tests/unit/test_number
tests_unit_test_number_SOURCES = tests/unit/test_number.c tests/unit/unit.h
tests_unit_test_number_LDADD = libmgo.a

# "make mutate" damages programs at random: each must give messages or run, and never bring mgo down. MUTATE_COUNT, MUTATE_SEED and
# MUTATE_FILES (Go's own test programs, if Go is installed) may be set.
EXTRA_PROGRAMS += tests/unit/mutate
tests_unit_mutate_SOURCES = tests/unit/mutate.c
tests_unit_mutate_LDADD =
MUTATE_COUNT = 1000
MUTATE_SEED = 1
MUTATE_FILES = $(srcdir)/tests/*/*.mgo $(srcdir)/samples/*.mgo `go env GOROOT 2>/dev/null`/test/*.go \
	`go env GOROOT 2>/dev/null`/test/*/*.go
mutate: mgo tests/unit/mutate
	tests/unit/mutate -n $(MUTATE_COUNT) -seed $(MUTATE_SEED) $(abs_builddir)/mgo $(MUTATE_FILES)
.PHONY: mutate
