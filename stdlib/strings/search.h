/* SPDX-License-Identifier: MIT */
/* Searching in and mapping of bytes. Shared by strings and bytes. */
#ifndef MGO_STDLIB_STRINGS_SEARCH_H
#define MGO_STDLIB_STRINGS_SEARCH_H

#include "runtime/rtype.h"

/* Where `part` first or last stands in s, or -1. */
int64_t search_first(String s, String part);
int64_t search_last(String s, String part);
/* How often `part` stands in s without overlapping; for an empty one 1 more than the number of
 * characters. */
int64_t search_count(String s, String part);
/* Whether they differ at most in case. */
bool search_equal_fold(String a, String b);
/* s with each character mapped: s itself where nothing changes, else collected. */
String search_map(String s, uint32_t (*map)(uint32_t));

#endif
