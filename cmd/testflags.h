/* SPDX-License-Identifier: MIT */
/* The command line of mgo test. */
#ifndef MGO_CMD_TESTFLAGS_H
#define MGO_CMD_TESTFLAGS_H

#include "base/vec.h"

#include <stdbool.h>

typedef struct TestOptions {
    VEC(char *) paths; /* files, folders, folder/... */
    VEC(char *) args;  /* of the test's process, argv[0] first */
    bool is_verbose, is_json, is_bench, is_fuzz, lists;
    bool has_timeout;
    bool is_failfast;
    const char *profile;       /* flag that asks for a profile, or NULL */
    const char *library;       /* -std */
    const char *cover_mode;    /* "set", "count" or "atomic"; NULL: coverage is not measured */
    const char *cover_profile; /* -coverprofile as an absolute path, or NULL */
} TestOptions;

/* Reads the words after "mgo test", as go test reads them: flags and packages in any order; a flag
 * that nobody knows is the tests' own, and so is all that follows the packages and is no flag.
 * Returns false after reporting a mistake. */
bool testflags_read(TestOptions *test, int argc, char **argv);

#endif
