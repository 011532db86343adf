/* SPDX-License-Identifier: MIT */
/* Powers of ten, each computed exactly when it is first wanted and then kept: most programs want a
 * few. */
#include "stdlib/strconv/power.h"

#include <gmp.h>

static Power known[POWER_MAX - POWER_MIN + 1]; /* high is 0 until it is stored, atomically, after
                                                  low; always the same values */

/* The 128 highest bits of 10^n. */
static Power compute(int n)
{
    mpz_t value, ten;
    mpz_init(value);
    mpz_init(ten);
    mpz_ui_pow_ui(ten, 10, (unsigned)(n < 0 ? -n : n));
    int shift = 127 - power_exponent(n); /* value = 10^n * 2^shift, rounded down */
    if (n < 0) {
        mpz_setbit(value, (mp_bitcnt_t)shift);
        mpz_fdiv_q(value, value, ten);
    } else if (shift >= 0) {
        mpz_mul_2exp(value, ten, (mp_bitcnt_t)shift);
    } else {
        mpz_fdiv_q_2exp(value, ten, (mp_bitcnt_t)-shift);
    }
    uint64_t words[2];
    mpz_export(words, NULL, -1, sizeof *words, 0, 0, value);
    mpz_clear(value);
    mpz_clear(ten);
    return (Power){words[1], words[0]};
}

Power power_of_ten(int n)
{
    Power *power = &known[n - POWER_MIN];
    uint64_t high =
        __atomic_load_n(&power->high, __ATOMIC_ACQUIRE); /* pairs with the release below */
    if (high) return (Power){high, __atomic_load_n(&power->low, __ATOMIC_RELAXED)};
    Power computed = compute(n);
    __atomic_store_n(&power->low, computed.low, __ATOMIC_RELAXED);
    __atomic_store_n(&power->high, computed.high, __ATOMIC_RELEASE);
    return computed;
}
