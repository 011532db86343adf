/* SPDX-License-Identifier: MIT */
/* mgo test, the process that runs one package's tests. */
#ifndef MGO_CMD_TESTMAIN_H
#define MGO_CMD_TESTMAIN_H

#include <stdbool.h>

/* What is tested. */
typedef struct TestTarget {
    char **paths; /* files, or NULL: those of the folder that build constraints let take part */
    int npaths;
    const char *folder;  /* where the tests run */
    const char *path;    /* import path, as it is printed */
    const char *problem; /* why there is nothing to load, or NULL */
    bool is_json;        /* errors of the build go to `output`, too */
    bool library;        /* the tests are those of the library package of that path */
    bool counts;         /* the runs of its statements are counted (base/cover.h) */
} TestTarget;

/* What the process says on its control descriptor, one letter, before it runs or ends. */
enum {
    TEST_NO_FILES = 'N',
    TEST_SETUP_FAILED = 'S', /* the files can't be taken for a package and its tests */
    TEST_BUILD_FAILED = 'B',
    TEST_RUNS = 'R',
};

/* Loads the package and its tests and runs them with these arguments (-test.run …, argv[0] is the
 * program's name). Says on `control` how far it came, then standard output and error go to
 * `output`. */
_Noreturn void testmain_run(const TestTarget *target, int argc, char **argv, int control,
                            int output);

#endif
