libmgo_a_SOURCES += \
	lexer/lexer.h \
	lexer/lexer.l \
	lexer/literal.c \
	lexer/literal.h \
	lexer/token.c \
	lexer/token.def \
	lexer/token.h
