/* SPDX-License-Identifier: MIT */
/* UTF-8 as Go reads it: RFC 3629, no surrogates; an invalid byte reads as U+FFFD of width 1. */
#ifndef MGO_BASE_UTF8_H
#define MGO_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_ERROR 0xFFFDu
#define UTF8_MAX   4 /* bytes of the longest encoding */

/* Reads one code point of s[0..len), len > 0; stores the bytes it took (1 where invalid) in *width.
 */
uint32_t utf8_decode(const char *s, size_t len, int *width);
/* Writes `rune` (U+FFFD where it is no valid code point); returns the bytes written, at most
 * UTF8_MAX. */
int utf8_encode(char *out, int64_t rune);
/* Number of code points in s[0..len), invalid bytes counting one each. */
size_t utf8_count(const char *s, size_t len);
/* Whether s[0..len) is wholly valid. */
bool utf8_valid(const char *s, size_t len);

#endif
