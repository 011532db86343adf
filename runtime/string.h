/* SPDX-License-Identifier: MIT */
/* Strings: immutable bytes in the collected heap or in generated code; substrings share. */
#ifndef MGO_RUNTIME_STRING_H
#define MGO_RUNTIME_STRING_H

#include "runtime/rtype.h"

#include <string.h>

static inline bool string_equal(String a, String b)
{
    return a.len == b.len && (a.data == b.data || a.len == 0 || memcmp(a.data, b.data, (size_t)a.len) == 0);
}

/* Below, at or above 0, as a is less, equal or greater, bytewise. */
int string_compare(String a, String b);
/* A string with a collected copy of these bytes. */
String string_copy(const char *data, int64_t len);
/* a + b; shares where one is empty. */
String string_concat(String a, String b);
/* The n strings joined; shares where all but one are empty. */
String string_join(const String *parts, int n);
/* string(rune): "\uFFFD" where it is no valid code point. */
String string_from_rune(int64_t rune);
String string_from_runes(Slice runes);
/* []byte(s) and []rune(s), with capacities as Go rounds them. */
Slice string_to_bytes(String s);
Slice string_to_runes(String s);

#endif
