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

#endif
