/* SPDX-License-Identifier: MIT */
/* JSON texts into other forms of themselves. The texts are valid. */
#ifndef MGO_STDLIB_ENCODING_JSON_FORMAT_H
#define MGO_STDLIB_ENCODING_JSON_FORMAT_H

#include "stdlib/native.h"

#include "base/buf.h"

/* Appends the text with <, >, &, U+2028 and U+2029 as \u escapes. */
void json_escape_html(Buf *out, const char *text, size_t n);
/* Appends the text without the spaces between its parts. */
void json_compact(Buf *out, const char *text, size_t n, bool html);
/* Leaves what was built in result slots [slot..slot+3) as a new []byte. */
void json_ret_bytes(NativeCall *call, int slot, const Buf *out);

#endif
