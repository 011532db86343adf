/* SPDX-License-Identifier: MIT */
/* math/big: integers, by GMP.
 *
 * An Int's words are GMP's limbs, so operands are read in place. Results are made by GMP in its own
 * memory and copied into the Int, whose array is used again where it is large enough. */
#include "stdlib/natives.gen.h"

#include "stdlib/math/big/big.h"

#include "runtime/gc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef enum Op { /* as in int.mgo */
                  OP_ADD,
                  OP_SUB,
                  OP_MUL,
                  OP_QUO,
                  OP_REM,
                  OP_DIV,
                  OP_MOD,
                  OP_AND,
                  OP_OR,
                  OP_XOR,
                  OP_AND_NOT,
                  OP_GCD,
                  OP_INVERSE,
                  OP_SQRT,
                  OP_LSH,
                  OP_RSH,
                  OP_POWER,
} Op;

mpz_srcptr big_view(mpz_t view, const BigInt *x)
{
    static const mp_limb_t zero; /* some of GMP's functions read a limb of 0 too */
    if (x->abs.len == 0) return mpz_roinit_n(view, &zero, 0);
    return mpz_roinit_n(view, x->abs.data, x->is_negative ? -x->abs.len : x->abs.len);
}

void big_set_words(Slice *abs, const mp_limb_t *limbs, int64_t n)
{
    if (n > abs->cap) {
        int64_t cap = n + n / 4 + 1;
        abs->data = gc_new_leaf((size_t)cap * sizeof *limbs);
        abs->cap = cap;
    }
    if (n > 0) memcpy(abs->data, limbs, (size_t)n * sizeof *limbs);
    abs->len = n;
}

void big_store(BigInt *z, mpz_srcptr value)
{
    z->is_negative = mpz_sgn(value) < 0;
    big_set_words(&z->abs, mpz_limbs_read(value), (int64_t)mpz_size(value));
}

/* ---- Arithmetic ---- */

/* Division whose remainder is not negative. */
static void divide(mpz_t q, mpz_srcptr x, mpz_srcptr y)
{
    if (mpz_sgn(y) > 0)
        mpz_fdiv_q(q, x, y);
    else
        mpz_cdiv_q(q, x, y);
}

static bool inverse(mpz_t z, mpz_srcptr x, mpz_srcptr n)
{
    mpz_t modulus;
    mpz_init(modulus);
    mpz_abs(modulus, n);
    bool exists = mpz_invert(z, x, modulus) != 0;
    if (exists && mpz_cmp_ui(modulus, 1) == 0) mpz_set_ui(z, 0);
    mpz_clear(modulus);
    return exists;
}

void native_math_big_arith(NativeCall *call)
{
    BigInt *z = arg_ptr(call, 1);
    mpz_t xv, yv, r;
    mpz_srcptr x = big_view(xv, arg_ptr(call, 2)), y = big_view(yv, arg_ptr(call, 3));
    bool ok = true;
    mpz_init(r);
    switch ((Op)arg_int(call, 0)) {
    case OP_ADD: mpz_add(r, x, y); break;
    case OP_SUB: mpz_sub(r, x, y); break;
    case OP_MUL: mpz_mul(r, x, y); break;
    case OP_QUO: mpz_tdiv_q(r, x, y); break;
    case OP_REM: mpz_tdiv_r(r, x, y); break;
    case OP_DIV: divide(r, x, y); break;
    case OP_MOD: mpz_mod(r, x, y); break;
    case OP_AND: mpz_and(r, x, y); break;
    case OP_OR: mpz_ior(r, x, y); break;
    case OP_XOR: mpz_xor(r, x, y); break;
    case OP_AND_NOT:
        mpz_com(r, y);
        mpz_and(r, x, r);
        break;
    case OP_GCD: mpz_gcd(r, x, y); break;
    case OP_INVERSE: ok = inverse(r, x, y); break;
    case OP_SQRT: mpz_sqrt(r, x); break;
    default: break;
    }
    if (ok) big_store(z, r);
    mpz_clear(r);
    ret_bool(call, 0, ok);
}

void native_math_big_arithUint(NativeCall *call)
{
    mpz_t xv, r;
    mpz_srcptr x = big_view(xv, arg_ptr(call, 2));
    uint64_t n = arg_uint(call, 3);
    mpz_init(r);
    switch ((Op)arg_int(call, 0)) {
    case OP_LSH: mpz_mul_2exp(r, x, n); break;
    case OP_RSH: mpz_fdiv_q_2exp(r, x, n); break;
    case OP_POWER: mpz_pow_ui(r, x, n); break;
    default: break;
    }
    big_store(arg_ptr(call, 1), r);
    mpz_clear(r);
}

void native_math_big_power(NativeCall *call)
{
    mpz_t xv, yv, mv, r;
    mpz_srcptr x = big_view(xv, arg_ptr(call, 1)), y = big_view(yv, arg_ptr(call, 2));
    mpz_srcptr m = big_view(mv, arg_ptr(call, 3));
    mpz_init(r);
    mpz_powm(r, x, y, m);
    big_store(arg_ptr(call, 0), r);
    mpz_clear(r);
}

void native_math_big_gcdExtended(NativeCall *call)
{
    mpz_t av, bv, g, s, t;
    mpz_srcptr a = big_view(av, arg_ptr(call, 3)), b = big_view(bv, arg_ptr(call, 4));
    mpz_inits(g, s, t, NULL);
    mpz_gcdext(g, s, t, a, b);
    big_store(arg_ptr(call, 0), g);
    big_store(arg_ptr(call, 1), s);
    big_store(arg_ptr(call, 2), t);
    mpz_clears(g, s, t, NULL);
}

void native_math_big_compare(NativeCall *call)
{
    mpz_t xv, yv;
    mpz_srcptr x = big_view(xv, arg_ptr(call, 0)), y = big_view(yv, arg_ptr(call, 1));
    int order = arg_bool(call, 2) ? mpz_cmpabs(x, y) : mpz_cmp(x, y);
    ret_int(call, 0, (order > 0) - (order < 0));
}

void native_math_big_isPrime(NativeCall *call)
{
    mpz_t xv;
    mpz_srcptr x = big_view(xv, arg_ptr(call, 0));
    int64_t rounds = arg_int(call, 1);
    if (mpz_cmp_ui(x, 1) <= 0) return;
    ret_bool(call, 0, mpz_probab_prime_p(x, 25 + (int)(rounds < 100 ? rounds : 100)) > 0);
}

void native_math_big_jacobi(NativeCall *call)
{
    mpz_t xv, yv;
    mpz_srcptr x = big_view(xv, arg_ptr(call, 0)), y = big_view(yv, arg_ptr(call, 1));
    ret_int(call, 0, mpz_jacobi(x, y));
}

void native_math_big_binomial(NativeCall *call)
{
    mpz_t r;
    mpz_init(r);
    mpz_bin_uiui(r, arg_uint(call, 1), arg_uint(call, 2));
    big_store(arg_ptr(call, 0), r);
    mpz_clear(r);
}

/* ---- Bits ---- */

void native_math_big_bitLen(NativeCall *call)
{
    mpz_t xv;
    mpz_srcptr x = big_view(xv, arg_ptr(call, 0));
    ret_int(call, 0, mpz_sgn(x) == 0 ? 0 : (int64_t)mpz_sizeinbase(x, 2));
}

void native_math_big_bit(NativeCall *call)
{
    mpz_t xv;
    ret_uint(call, 0, (uint64_t)mpz_tstbit(big_view(xv, arg_ptr(call, 0)), arg_uint(call, 1)));
}

void native_math_big_setBit(NativeCall *call)
{
    mpz_t xv, r;
    mpz_init_set(r, big_view(xv, arg_ptr(call, 1)));
    if (arg_uint(call, 3))
        mpz_setbit(r, arg_uint(call, 2));
    else
        mpz_clrbit(r, arg_uint(call, 2));
    big_store(arg_ptr(call, 0), r);
    mpz_clear(r);
}

void native_math_big_trailingZeros(NativeCall *call)
{
    mpz_t xv;
    mpz_srcptr x = big_view(xv, arg_ptr(call, 0));
    ret_uint(call, 0, mpz_sgn(x) == 0 ? 0 : mpz_scan1(x, 0));
}

/* ---- Bytes and text ---- */

void native_math_big_setBytes(NativeCall *call)
{
    Slice b = arg_slice(call, 1);
    mpz_t r;
    mpz_init(r);
    mpz_import(r, (size_t)b.len, 1, 1, 1, 0, b.data);
    big_store(arg_ptr(call, 0), r);
    mpz_clear(r);
}

void native_math_big_getBytes(NativeCall *call)
{
    mpz_t xv;
    mpz_srcptr x = big_view(xv, arg_ptr(call, 0));
    Slice b = arg_slice(call, 1);
    size_t n = mpz_sgn(x) == 0 ? 0 : (mpz_sizeinbase(x, 2) + 7) / 8;
    if (b.len > 0) memset(b.data, 0, (size_t)b.len);
    if (n > 0) mpz_export((char *)b.data + b.len - n, NULL, 1, 1, 1, 0, x);
}

/* Above base 36 GMP's digits are 0-9A-Za-z, Go's 0-9a-zA-Z. */
static void swap_case(char *digits)
{
    for (char *c = digits; *c; c++)
        *c = (char)(islower((unsigned char)*c) ? toupper((unsigned char)*c)
                                               : tolower((unsigned char)*c));
}

void native_math_big_text(NativeCall *call)
{
    mpz_t xv;
    mpz_srcptr x = big_view(xv, arg_ptr(call, 0));
    int base = (int)arg_int(call, 1);
    char *digits = gc_new_leaf(mpz_sizeinbase(x, base) + 2);
    mpz_get_str(digits, base, x);
    if (base > 36) swap_case(digits);
    ret_string(call, 0, (String){digits, (int64_t)strlen(digits)});
}

void native_math_big_setDigits(NativeCall *call)
{
    String s = arg_string(call, 1);
    int base = (int)arg_int(call, 3);
    char *digits = strndup(s.data ? s.data : "", (size_t)s.len);
    mpz_t r;
    mpz_init(r);
    if (base > 36) swap_case(digits);
    bool ok = mpz_set_str(r, *digits ? digits : "0", base) == 0;
    if (ok) big_store(arg_ptr(call, 0), r);
    mpz_clear(r);
    free(digits);
    ret_bool(call, 0, ok);
}
