/* SPDX-License-Identifier: MIT */
/* math/big: floating-point numbers, by MPFR.
 *
 * Both keep a mantissa in [0.5, 1) as words, its highest bit set, so operands are read in place,
 * with as many bits as their words have. MPFR rounds, and tells on which side. */
#include "stdlib/natives.gen.h"

#include "stdlib/math/big/big.h"

#include "runtime/gc.h"

#include <math.h>
#include <mpfr.h>
#include <string.h>

#define WORD_BITS 64
#define MAX_EXACT 20000 /* the largest power of ten that is computed exactly */

typedef enum Form { FORM_ZERO, FORM_FINITE, FORM_INF } Form;
typedef enum Mode {
    TO_NEAREST_EVEN,
    TO_NEAREST_AWAY,
    TO_ZERO,
    AWAY_FROM_ZERO,
    TO_NEGATIVE,
    TO_POSITIVE
} Mode;
typedef enum FloatOp { FLOAT_ADD, FLOAT_SUB, FLOAT_MUL, FLOAT_QUO, FLOAT_SQRT, FLOAT_SET } FloatOp;

typedef struct BigFloat { /* Float in float.mgo */
    uint32_t prec;
    uint8_t mode;
    int8_t accuracy;
    uint8_t form;
    bool is_negative;
    Slice mant;
    int32_t exp;
} BigFloat;

static void view(mpfr_t v, const BigFloat *x)
{
    static mp_limb_t none;
    int kind = x->form == FORM_ZERO  ? MPFR_ZERO_KIND
               : x->form == FORM_INF ? MPFR_INF_KIND
                                     : MPFR_REGULAR_KIND;
    bool finite = x->form == FORM_FINITE;
    mpfr_custom_init_set(v, x->is_negative ? -kind : kind, x->exp,
                         finite ? x->mant.len * WORD_BITS : WORD_BITS,
                         finite ? x->mant.data : (void *)&none);
}

static mpfr_rnd_t rounding(uint8_t mode)
{
    switch ((Mode)mode) {
    case TO_ZERO: return MPFR_RNDZ;
    case AWAY_FROM_ZERO: return MPFR_RNDA;
    case TO_NEGATIVE: return MPFR_RNDD;
    case TO_POSITIVE: return MPFR_RNDU;
    default: return MPFR_RNDN;
    }
}

/* Sets z to a value that has its precision; `side` is the value's from the exact one. */
static void store(BigFloat *z, mpfr_srcptr value, int side)
{
    z->accuracy = (int8_t)((side > 0) - (side < 0));
    z->is_negative = mpfr_signbit(value);
    if (!mpfr_number_p(value)) {
        z->form = FORM_INF;
    } else if (mpfr_zero_p(value)) {
        z->form = FORM_ZERO;
    } else {
        mpfr_exp_t exp = mpfr_get_exp(value);
        if (exp < INT32_MIN || exp > INT32_MAX) { /* MPFR's exponents go further than Float's */
            bool is_large = exp > 0;
            z->form = is_large ? FORM_INF : FORM_ZERO;
            z->accuracy = is_large == z->is_negative ? -1 : 1;
            return;
        }
        z->form = FORM_FINITE;
        z->exp = (int32_t)exp;
        big_set_words(&z->mant, mpfr_custom_get_significand(value),
                      (mpfr_get_prec(value) + WORD_BITS - 1) / WORD_BITS);
    }
}

typedef struct Operation {
    FloatOp op;
    mpfr_srcptr x, y;
} Operation;

static int run(const Operation *o, mpfr_t r, mpfr_rnd_t rnd)
{
    switch (o->op) {
    case FLOAT_ADD: return mpfr_add(r, o->x, o->y, rnd);
    case FLOAT_SUB: return mpfr_sub(r, o->x, o->y, rnd);
    case FLOAT_MUL: return mpfr_mul(r, o->x, o->y, rnd);
    case FLOAT_QUO: return mpfr_div(r, o->x, o->y, rnd);
    case FLOAT_SQRT: return mpfr_sqrt(r, o->x, rnd);
    case FLOAT_SET: return mpfr_set(r, o->x, rnd);
    }
    return 0;
}

/* Halves away from zero, which MPFR has not: one more bit decides. */
static int run_away(const Operation *o, mpfr_t r)
{
    mpfr_t longer;
    mpfr_init2(longer, mpfr_get_prec(r) + 1);
    int side = run(o, longer, MPFR_RNDZ), half = 0;
    if (mpfr_regular_p(longer) && mpfr_min_prec(longer) > mpfr_get_prec(r))
        half = mpfr_set(r, longer, MPFR_RNDA);
    else
        mpfr_set(r, longer, MPFR_RNDZ);
    mpfr_clear(longer);
    return half ? half : side;
}

static void operate(BigFloat *z, const Operation *o)
{
    mpfr_t r;
    mpfr_init2(r, z->prec > 0 ? z->prec : 1);
    int side = z->mode == TO_NEAREST_AWAY ? run_away(o, r) : run(o, r, rounding(z->mode));
    store(z, r, side);
    mpfr_clear(r);
}

void native_math_big_floatArith(NativeCall *call)
{
    mpfr_t x, y;
    view(x, arg_ptr(call, 2));
    view(y, arg_ptr(call, 3));
    operate(arg_ptr(call, 1), &(Operation){(FloatOp)arg_int(call, 0), x, y});
}

void native_math_big_floatCompare(NativeCall *call)
{
    mpfr_t x, y;
    view(x, arg_ptr(call, 0));
    view(y, arg_ptr(call, 1));
    int order = mpfr_cmp(x, y);
    ret_int(call, 0, (order > 0) - (order < 0));
}

/* ---- Conversions ---- */

static mpfr_prec_t bits_of(mpz_srcptr x)
{
    return mpz_sgn(x) == 0 ? MPFR_PREC_MIN : (mpfr_prec_t)mpz_sizeinbase(x, 2);
}

void native_math_big_floatSetInt(NativeCall *call)
{
    mpz_t xv;
    mpfr_t exact;
    mpz_srcptr x = big_view(xv, arg_ptr(call, 1));
    mpfr_init2(exact, bits_of(x));
    mpfr_set_z(exact, x, MPFR_RNDN);
    operate(arg_ptr(call, 0), &(Operation){FLOAT_SET, exact, exact});
    mpfr_clear(exact);
}

void native_math_big_floatSetFloat64(NativeCall *call)
{
    mpfr_t exact;
    mpfr_init2(exact, 53);
    mpfr_set_d(exact, arg_float(call, 1), MPFR_RNDN);
    operate(arg_ptr(call, 0), &(Operation){FLOAT_SET, exact, exact});
    mpfr_clear(exact);
}

void native_math_big_floatGet(NativeCall *call)
{
    mpfr_t x;
    view(x, arg_ptr(call, 0));
    double f = arg_bool(call, 1) ? (double)mpfr_get_flt(x, MPFR_RNDN) : mpfr_get_d(x, MPFR_RNDN);
    int order = -mpfr_cmp_d(x, f);
    ret_float(call, 0, f);
    ret_int(call, 1, (order > 0) - (order < 0));
}

void native_math_big_floatTruncate(NativeCall *call)
{
    mpfr_t x;
    mpz_t r;
    view(x, arg_ptr(call, 1));
    mpz_init(r);
    ret_bool(call, 0, mpfr_get_z(r, x, MPFR_RNDZ) == 0);
    big_store(arg_ptr(call, 0), r);
    mpz_clear(r);
}

/* a/b, rounded once to the bits that a double of its size has. */
static double nearest(mpz_srcptr a, mpz_srcptr b, int digits, int min_exp)
{
    mpfr_t x, y, q;
    mpfr_init2(x, bits_of(a));
    mpfr_init2(y, bits_of(b));
    mpfr_init2(q, digits);
    mpfr_set_z(x, a, MPFR_RNDN);
    mpfr_set_z(y, b, MPFR_RNDN);
    mpfr_div(q, x, y, MPFR_RNDZ);
    double result;
    mpfr_exp_t exp = mpfr_regular_p(q) ? mpfr_get_exp(q) : 0,
               lost = exp < min_exp ? min_exp - exp : 0;
    if (lost >= digits) { /* less than the smallest; half of that is rounded to 0 */
        mpfr_set_prec(q, mpfr_get_prec(y)); /* so that the product is exact */
        mpfr_set_ui_2exp(q, 1, min_exp - digits - 1, MPFR_RNDN);
        mpfr_mul(q, q, y, MPFR_RNDN);
        result = mpfr_cmpabs(x, q) > 0 ? ldexp(1, min_exp - digits) : 0;
        if (mpz_sgn(a) < 0) result = -result;
    } else {
        mpfr_set_prec(q, digits - lost);
        mpfr_div(q, x, y, MPFR_RNDN);
        result = mpfr_get_d(q, MPFR_RNDN);
    }
    mpfr_clears(x, y, q, (mpfr_ptr)NULL);
    return result;
}

void native_math_big_nearest(NativeCall *call)
{
    mpz_t av, bv;
    mpz_srcptr a = big_view(av, arg_ptr(call, 0)), b = big_view(bv, arg_ptr(call, 1));
    double f =
        arg_bool(call, 2) ? (double)(float)nearest(a, b, 24, -125) : nearest(a, b, 53, -1021);
    ret_float(call, 0, f);
}

/* ---- Decimal ---- */

/* 10**|n|, exactly or with so many bits. */
static void power_of_ten(mpfr_t r, long n, mpfr_prec_t bits)
{
    unsigned long exponent = n < 0 ? -(unsigned long)n : (unsigned long)n;
    if (exponent > MAX_EXACT) {
        mpfr_init2(r, bits + WORD_BITS);
        mpfr_ui_pow_ui(r, 10, exponent, MPFR_RNDN);
        return;
    }
    mpz_t exact;
    mpz_init(exact);
    mpz_ui_pow_ui(exact, 10, exponent);
    mpfr_init2(r, bits_of(exact));
    mpfr_set_z(r, exact, MPFR_RNDN);
    mpz_clear(exact);
}

void native_math_big_floatParse(NativeCall *call)
{
    BigFloat *z = arg_ptr(call, 0);
    mpz_t xv;
    mpfr_t x, power;
    mpz_srcptr m = big_view(xv, arg_ptr(call, 1));
    long exp10 = arg_int(call, 3);
    mpfr_init2(x, bits_of(m));
    mpfr_set_z_2exp(x, m, arg_int(call, 2), MPFR_RNDN);
    power_of_ten(power, exp10, z->prec);
    operate(z, &(Operation){exp10 < 0 ? FLOAT_QUO : FLOAT_MUL, x, power});
    mpfr_clears(x, power, (mpfr_ptr)NULL);
}

void native_math_big_decimalDigits(NativeCall *call)
{
    mpz_t xv, x;
    int64_t exp = arg_int(call, 1);
    mpz_init_set(x, big_view(xv, arg_ptr(call, 0)));
    if (mpz_sgn(x) != 0 && exp < 0) { /* no more factors of two than need be */
        int64_t zeros = (int64_t)mpz_scan1(x, 0);
        if (zeros > -exp) zeros = -exp;
        mpz_fdiv_q_2exp(x, x, (mp_bitcnt_t)zeros);
        exp += zeros;
    }
    if (exp >= 0) {
        mpz_mul_2exp(x, x, (mp_bitcnt_t)exp);
    } else { /* x / 2**n is x * 5**n / 10**n */
        mpz_t power;
        mpz_init(power);
        mpz_ui_pow_ui(power, 5, (unsigned long)-exp);
        mpz_mul(x, x, power);
        mpz_clear(power);
    }
    char *digits = gc_new_leaf(mpz_sizeinbase(x, 10) + 2);
    mpz_get_str(digits, 10, x);
    int64_t n = mpz_sgn(x) == 0 ? 0 : (int64_t)strlen(digits);
    ret_int(call, 2, n + (exp < 0 && n > 0 ? exp : 0));
    while (n > 0 && digits[n - 1] == '0') n--;
    ret_string(call, 0, (String){digits, n});
    mpz_clear(x);
}
