EXTRA_DIST += bench

# "make lines": how many lines a second the front end takes, on a generated program of some 200,000.
EXTRA_PROGRAMS += bench/front/lines
bench_front_lines_SOURCES = bench/front/lines.c cmd/load.c cmd/buildtag.c cmd/module.c
bench_front_lines_LDADD = libmgo.a
lines: bench/front/lines mgo
	mkdir -p bench/front/program
	./mgo run $(srcdir)/bench/front/generate.go bench/front/program 60
	bench/front/lines bench/front/program/*.go
.PHONY: lines
