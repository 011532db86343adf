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
/* Where a character of `chars` first or last stands in s, or -1. */
int64_t search_first_of(String s, String chars);
int64_t search_last_of(String s, String chars);
/* s without characters of cutset at one end. */
String search_trim_left(String s, String cutset);
String search_trim_right(String s, String cutset);
/* Whether the character at s[at] is white space; *width gets its size. */
bool search_is_space(String s, int64_t at, int *width);
/* The number of fields of s, between white space. Unless `parts` is NULL, they are stored there as Strings, which begin
 * `stride` bytes apart. */
int64_t search_fields(String s, void *parts, size_t stride);
/* Whether they differ at most in case. */
bool search_equal_fold(String a, String b);
/* s with each character mapped: s itself where nothing changes, else collected. */
String search_map(String s, uint32_t (*map)(uint32_t));

#endif
