libmgo_a_SOURCES += \
	base/arena.c \
	base/arena.h \
	base/buf.c \
	base/buf.h \
	base/diag.c \
	base/diag.h \
	base/errors.def \
	base/fatal.c \
	base/fatal.h \
	base/intern.c \
	base/intern.h \
	base/map.c \
	base/map.h \
	base/near.c \
	base/near.h \
	base/show.c \
	base/show.h \
	base/source.c \
	base/source.h \
	base/unicode.c \
	base/unicode.def \
	base/unicode.h \
	base/utf8.c \
	base/utf8.h \
	base/vec.c \
	base/vec.h
