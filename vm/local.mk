libmgo_a_SOURCES += vm/opcodes.def vm/atomic.def vm/effect.def vm/effect.h vm/op.h vm/proto.h \
  vm/op.c \
  vm/proto.c \
  vm/interp.c vm/interp.h \
  vm/jit.c vm/jit.h vm/jit_internal.h \
  vm/jit_ops.c vm/jit_operand.h vm/x64.h \
  vm/jit_number.c vm/jit_memory.c vm/jit_flow.c \
  vm/jit_help.c vm/jit_help.h \
  vm/frame.c vm/frame.h \
  vm/fault.c vm/fault.h \
  vm/adapt.c vm/adapt.h \
  vm/method.c vm/method.h \
  vm/panic.c vm/panic.h \
  vm/print.c vm/print.h \
  vm/profile.c vm/profile.h \
  vm/stacktable.c vm/stacktable.h \
  vm/records.c vm/records.h \
  vm/traceback.c vm/traceback.h \
  vm/stats.c vm/stats.h \
  vm/tracefile.c vm/tracefile.h \
  vm/liveness.c vm/liveness.h \
  vm/varname.c vm/varname.h \
  vm/reach.c vm/reach.h \
  vm/wait.c vm/wait.h \
  vm/waitgraph.c vm/waitgraph.h vm/mistake.def \
  vm/explain.c vm/explain.h \
  vm/native.c \
  vm/number.c vm/number.h \
  vm/signal.c vm/signal.h \
  vm/vm.c vm/vm.h \
  vm/disasm.c vm/disasm.h \
  vm/verify.c vm/verify.h
