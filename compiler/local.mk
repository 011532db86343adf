libmgo_a_SOURCES += \
  compiler/compile.h \
  compiler/internal.h \
  compiler/builtin.c \
  compiler/call.c \
  compiler/closure.c \
  compiler/cond.c \
  compiler/convert.c \
  compiler/cover.c compiler/cover.h \
  compiler/emit.c \
  compiler/escape.c \
  compiler/expr.c \
  compiler/literal.c \
  compiler/lvalue.c \
  compiler/order.c \
  compiler/peephole.c \
  compiler/prologue.c \
  compiler/assign.c \
  compiler/compile.c \
  compiler/func.c \
  compiler/inline.c compiler/inline.h \
  compiler/instance.c \
  compiler/intrinsic.c compiler/intrinsic.h compiler/intrinsic.def \
  compiler/lazy.h \
  compiler/method.c \
  compiler/range.c \
  compiler/rtype.c \
  compiler/select.c \
  compiler/stmt.c compiler/stmt.h \
  compiler/switch.c \
  compiler/walk.c
