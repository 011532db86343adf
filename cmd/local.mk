mgo_SOURCES += cmd/main.c cmd/command.h cmd/run.c cmd/check.c cmd/disasm.c cmd/test.c cmd/repl.c cmd/load.c cmd/load.h cmd/buildtag.c cmd/buildtag.h
