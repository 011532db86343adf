/* SPDX-License-Identifier: MIT */
/* mgo test -json: what a test prints, as lines of JSON. */
#ifndef MGO_CMD_TESTJSON_H
#define MGO_CMD_TESTJSON_H

#include "base/buf.h"

#include <stdbool.h>

/* A stream of events about one package. Begins with .package set and the rest zero. */
typedef struct TestJson {
    const char *package;
    Buf line;            /* of the test's output, not yet ended */
    Buf test;            /* name of the test that output belongs to; empty: the package */
    Buf result;          /* name of the test that has ended; its event comes after its output */
    const char *outcome; /* "pass", "fail" or "skip", with result */
    char elapsed[32];    /* likewise */
    const char *failed_build; /* what testjson_build was told, or NULL */
} TestJson;

/* An event about the package itself: "start". */
void testjson_event(TestJson *json, const char *action);
/* Output of the test, in any portions; the lines that frame a test begin with ^V. */
void testjson_output(TestJson *json, const char *bytes, size_t len);
/* What the build of the package printed where it failed; `import_path` says what was built. */
void testjson_build(TestJson *json, const char *import_path, const char *text);
/* The end: "pass", "fail" or "skip" of the package. Frees what json holds. */
void testjson_end(TestJson *json, const char *action, double seconds);

#endif
