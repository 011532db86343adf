/* SPDX-License-Identifier: MIT */
/* Numbers to text and back, exactly as Go writes and reads them. Shared by strconv and fmt. */
#ifndef MGO_STDLIB_STRCONV_NUMBER_H
#define MGO_STDLIB_STRCONV_NUMBER_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* What the readers answer: as in strconv.mgo. */
typedef enum NumberStatus {
    NUMBER_OK,
    NUMBER_SYNTAX,
    NUMBER_RANGE,
    NUMBER_BASE,
    NUMBER_BITS
} NumberStatus;

#define NUMBER_INT_MAX 66 /* bytes of the longest integer: sign and 64 binary digits, NUL */

#define NUMBER_FLOAT_MAX 64

/* Writes n in base 2..36 so that it ends before out + NUMBER_INT_MAX; returns where it begins. */
char *number_format_uint(char *out, uint64_t n, int base);

/* Reads an unsigned or signed integer as ParseUint and ParseInt do. Out of range, *n is the nearest
 * value that fits. */
NumberStatus number_parse_uint(const char *s, int64_t len, int64_t base, int64_t bits, uint64_t *n);
NumberStatus number_parse_int(const char *s, int64_t len, int64_t base, int64_t bits, int64_t *n);

/* Writes the same as number_format_float to out, which has room for NUMBER_FLOAT_MAX bytes, and
 * returns the length; 0 where it may be too long or takes more work, and for 'b', 'x' and 'X'. */
size_t number_put_float(char *out, double f, char fmt, int prec, int bits);

/* Appends f in format fmt ('b', 'e', 'E', 'f', 'F', 'g', 'G', 'x', 'X'), precision -1 for the
 * shortest text that reads back as f. bits is 32 or 64. */
void number_format_float(Buf *out, double f, char fmt, int prec, int bits);

/* Reads the longest floating-point number that s begins with; *used gets its length. Out of range
 * gives an infinity. */
NumberStatus number_parse_float(const char *s, int64_t len, int bits, double *f, int64_t *used);

#endif
