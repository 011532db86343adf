/* SPDX-License-Identifier: MIT */
/* Between binary floating point and decimals of up to 19 digits. Numbers are positive and finite
 * here. */
#ifndef MGO_STDLIB_STRCONV_DECIMAL_H
#define MGO_STDLIB_STRCONV_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

/* digits * 10^exponent. */
typedef struct Decimal {
    uint64_t digits;
    int exponent;
} Decimal;

/* The decimal with the fewest digits that reads back as f, of those the nearest. bits is 32 where f
 * came from a float32, else 64. */
Decimal decimal_shortest(double f, int bits);
/* f rounded to n digits, 1 <= n <= 17, half to even. False where that takes more precision than
 * there is here. */
bool decimal_rounded(double f, int n, Decimal *out);
/* f * 10^places rounded to an integer below 10^18, half to even; places is 0 to 40. False as above,
 * or where it is too large. */
bool decimal_fixed(double f, int places, uint64_t *out);
/* The float64 (bits 64) or float32 (bits 32) nearest to digits * 10^exponent, digits not 0. False
 * where that takes more precision than there is here, and where the result would be subnormal or
 * too large. */
bool decimal_to_float(uint64_t digits, int exponent, int bits, double *f);

#endif
