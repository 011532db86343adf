# Language tests are every .mgo file in a folder of tests/ and every sample; unit tests are C programs.
TEST_EXTENSIONS = .mgo
MGO_LOG_COMPILER = $(srcdir)/tests/run-test
AM_TESTS_ENVIRONMENT = MGO=$(abs_builddir)/mgo; export MGO; TESTS_SRCDIR=$(abs_srcdir); export TESTS_SRCDIR;
LANGUAGE_TESTS = $(patsubst $(abs_srcdir)/%,%,$(wildcard $(abs_srcdir)/tests/*/*.mgo))
SAMPLE_TESTS = $(patsubst $(abs_srcdir)/%,%,$(wildcard $(abs_srcdir)/samples/*.mgo))
UNIT_TESTS =
include tests/unit/local.mk
check_PROGRAMS += $(UNIT_TESTS)
TESTS = $(UNIT_TESTS) $(LANGUAGE_TESTS) $(SAMPLE_TESTS)
EXTRA_DIST += tests/run-test tests/docs-programs.sh
