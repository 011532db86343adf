libmgo_a_SOURCES += \
	parser/ast.c \
	parser/ast.h \
	parser/build.c \
	parser/build.h \
	parser/dump.c \
	parser/dump.h \
	parser/grammar.y \
	parser/message.c \
	parser/message.h \
	parser/node.def \
	parser/parser.c \
	parser/parser.h \
	parser/skim.c \
	parser/skim.h

BUILT_SOURCES += parser/grammar.h
