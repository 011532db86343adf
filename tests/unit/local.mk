UNIT_TESTS += tests/unit/test_interp tests/unit/test_values
tests_unit_test_interp_SOURCES = tests/unit/test_interp.c tests/unit/unit.h
tests_unit_test_interp_LDADD = libmgo.a
tests_unit_test_values_SOURCES = tests/unit/test_values.c tests/unit/unit.h
tests_unit_test_values_LDADD = libmgo.a
UNIT_TESTS += tests/unit/test_sched
tests_unit_test_sched_SOURCES = tests/unit/test_sched.c tests/unit/machine.h tests/unit/unit.h
tests_unit_test_sched_LDADD = libmgo.a
