/* SPDX-License-Identifier: MIT */
/* Literals of strings and runes. Shared by strconv and fmt. */
#ifndef MGO_STDLIB_STRCONV_QUOTE_H
#define MGO_STDLIB_STRCONV_QUOTE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* Appends s as a literal between `quote`s, with escapes for what is not printable; ascii: for all
 * beyond ASCII; graphic: odd spaces stay as they are. */
void quote_string(Buf *out, const char *s, int64_t len, char quote, bool ascii, bool graphic);
/* Whether s can be a raw literal on one line. */
bool quote_can_backquote(const char *s, int64_t len);

/* Whether text can be the inside of a double-quoted literal as far as quotes, newlines and UTF-8
 * go; *has_escapes tells of backslashes. */
bool quote_is_plain(const char *text, int64_t len, bool *has_escapes);
/* Writes what such a text stands for to out, which has room for len bytes; returns the length, or
 * -1 where an escape is wrong. */
int64_t quote_unescape(char *out, const char *text, int64_t len);

#endif
