# The type checker: declarations, types and generics here, expressions and statements below.
libmgo_a_SOURCES += \
	types/decl.c types/decl.h types/embed.c types/embed.h types/generic.c types/identical.c types/infer.c types/initorder.c types/initorder.h \
	types/lookup.c types/lookup.h types/mono.c types/mono.h types/print.c types/receiver.c types/receiver.h types/remedy.c types/remedy.h types/resolve.c types/resolve.h \
	types/scope.c types/scope.h types/script.c types/script.h types/size.c types/subst.c types/type.c types/type.h \
	types/types.c types/types.h types/typexpr.c types/typexpr.h types/typeset.c types/universe.c types/version.c types/version.h types/checker.h
libmgo_a_SOURCES += \
	types/assign.c types/assign.h types/branch.c types/builtin.c types/call.c types/const.c types/const.h types/conv.c \
	types/expr.c types/expr.h types/ident.c types/ident.h types/index.c types/literal.c types/operand.c types/range.c \
	types/return.c types/selector.c types/stmt.c types/stmt.h types/switch.c
