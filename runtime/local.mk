libmgo_a_SOURCES += \
  runtime/iface.c runtime/iface.h \
  runtime/string.c runtime/string.h \
  runtime/slice.c runtime/slice.h \
  runtime/hashmap.c runtime/hashmap.h
