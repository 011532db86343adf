# Language tests are every .mgo file in a folder of tests/ and every sample (configure.ac finds them); those in folders of
# tests/stdlib are run together by programs.sh; unit tests are C programs.
TEST_EXTENSIONS = .mgo .sh
SH_LOG_COMPILER = $(SHELL)
MGO_LOG_COMPILER = $(srcdir)/tests/run-test
AM_TESTS_ENVIRONMENT = MGO=$(abs_builddir)/mgo; export MGO; TESTS_SRCDIR=$(abs_srcdir); export TESTS_SRCDIR;
UNIT_TESTS =
include tests/unit/local.mk
check_PROGRAMS += $(UNIT_TESTS)
TESTS = $(UNIT_TESTS) tests/docs-programs.sh tests/seed.sh tests/options.sh tests/signals.sh tests/memory.sh $(MGO_TESTS)
EXTRA_DIST += tests/run-test tests/go-src.sh tests/gosrc tests/docs-programs.sh tests/seed.sh tests/options.sh tests/signals.sh tests/memory.sh tests/stress.sh
TESTS += tests/limits.sh tests/commandline.sh tests/stdin.sh tests/terminal.sh
EXTRA_DIST += tests/limits.sh tests/commandline.sh tests/stdin.sh tests/terminal.sh
TESTS += tests/mgotest.sh tests/mgotest-go.sh tests/doc.sh tests/programs.sh
EXTRA_DIST += tests/mgotest.sh tests/mgotest-go.sh tests/mgotest tests/doc.sh tests/doc.out tests/go-tests.sh tests/go-tests.awk tests/programs.sh tests/golden.sh tests/compare.sh

# Longer runs, apart from "make check": Go's own test programs, programs over Go's own library sources, and the benchmarks.
suite: mgo
	$(srcdir)/tools/suite -m $(abs_builddir)/mgo
benchmarks: mgo
	$(srcdir)/bench/run -m $(abs_builddir)/mgo
	$(srcdir)/bench/lib/run -m $(abs_builddir)/mgo
go-src: mgo
	$(srcdir)/tests/go-src.sh $(abs_builddir)/mgo

# Go's own tests of its library, run against this one; the page that compares the two libraries.
go-tests: mgo
	$(srcdir)/tests/go-tests.sh -m $(abs_builddir)/mgo
stdlib-page:
	cd $(srcdir) && go run tools/stdlib-doc.go stdlib > docs/STDLIB.md.tmp && mv docs/STDLIB.md.tmp docs/STDLIB.md

# The random programs of tests/random under Go and under this mgo: the same cases must print the same.
COMPARE_CASES = 100000
COMPARE_SEEDS = 1 2 3
compare: mgo
	$(srcdir)/tests/compare.sh $(abs_builddir)/mgo $(COMPARE_CASES) $(COMPARE_SEEDS)

# The programs of tests/stress with many numbers of processors and lengths of slices, also on a machine that collects all the time.
STRESS_SCALE = 3
STRESS_ROUNDS = 1
stress: mgo
	$(MKDIR_P) stress
	cd stress && { test -f Makefile || $(abs_srcdir)/configure -q CC="$(CC)" --enable-stress=gc; } && $(MAKE) -s all
	MGO=$(abs_builddir)/mgo STRESS_GC=$(abs_builddir)/stress/mgo $(srcdir)/tests/stress.sh $(STRESS_SCALE) $(STRESS_ROUNDS)
# The scheduler's protocol, checked with spin.
model:
	CC="$(CC)" $(srcdir)/tests/model/check model
EXTRA_DIST += tests/model/check tests/model/park.pml
.PHONY: compare go-tests stdlib-page suite benchmarks go-src stress model
