/* SPDX-License-Identifier: MIT */
/* Powers of ten to 128 bits, for number.c's conversions. */
#ifndef MGO_STDLIB_STRCONV_POWER_H
#define MGO_STDLIB_STRCONV_POWER_H

#include <stdbool.h>
#include <stdint.h>

enum { POWER_MIN = -348, POWER_MAX = 347, POWER_EXACT_MAX = 55 };

/* 10^n = (high * 2^64 + low + fraction) * 2^(power_exponent(n) - 127), 0 <= fraction < 1; the
 * highest bit of high is set. */
typedef struct Power {
    uint64_t high, low;
} Power;

/* POWER_MIN <= n <= POWER_MAX. */
Power power_of_ten(int n);

/* Whether fraction is 0. */
static inline bool power_is_exact(int n)
{
    return n >= 0 && n <= POWER_EXACT_MAX;
}

/* log2(10^n), rounded down: right for |n| up to 1233. */
static inline int power_exponent(int n)
{
    return (n * 1741647) >> 19;
}

#endif
