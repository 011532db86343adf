mgo_SOURCES += cmd/main.c
