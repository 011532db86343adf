/* SPDX-License-Identifier: MIT */
/* math/big's numbers as C sees them. */
#ifndef MGO_STDLIB_MATH_BIG_H
#define MGO_STDLIB_MATH_BIG_H

#include "runtime/rtype.h"

#include <gmp.h>
#include <stdbool.h>

typedef struct BigInt { /* Int in int.mgo */
    bool is_negative;
    Slice abs; /* of limbs */
} BigInt;

/* x for reading by GMP, as long as x does not change. */
mpz_srcptr big_view(mpz_t view, const BigInt *x);
void big_store(BigInt *z, mpz_srcptr value);
/* Sets a slice of words, whose array is used again where it is large enough. */
void big_set_words(Slice *abs, const mp_limb_t *limbs, int64_t n);

#endif
