/* SPDX-License-Identifier: MIT */
/* Constant values, exact: booleans, strings, integers (GMP), rationals (GMP) or floats of 512 bits (MPFR), complex pairs. Immutable. */
#ifndef MGO_TYPES_CONST_H
#define MGO_TYPES_CONST_H

#include "base/intern.h"
#include "base/buf.h"
#include "lexer/token.h"
#include "types/type.h"

#include <gmp.h>

typedef enum ConstKind { CONST_UNKNOWN, CONST_BOOL, CONST_STRING, CONST_INT, CONST_FLOAT, CONST_COMPLEX } ConstKind;
typedef struct ConstValue ConstValue; /* body in const.c; small integers are kept without GMP */

ConstKind const_kind(const ConstValue *v);
ConstValue *const_bool(bool b);
ConstValue *const_string(const char *bytes, size_t len);
ConstValue *const_int(int64_t i);
ConstValue *const_uint(uint64_t u);
ConstValue *const_float(double d);
ConstValue *const_unknown(void);
/* Value of a literal as written (T_INT, T_FLOAT, T_IMAG, T_CHAR, T_STRING); NULL where it is malformed or absurdly large (exponents beyond reason). */
ConstValue *const_literal(TokenKind kind, Name text);
bool const_to_bool(const ConstValue *v);
const char *const_to_string(const ConstValue *v, size_t *len);
/* Exact conversions; false where the value does not fit. */
bool const_to_int64(const ConstValue *v, int64_t *out);
bool const_to_uint64(const ConstValue *v, uint64_t *out);
/* Nearest double / float / parts. */
double const_to_double(const ConstValue *v);
float const_to_float(const ConstValue *v);
ConstValue *const_real(const ConstValue *v);
ConstValue *const_imag(const ConstValue *v);
ConstValue *const_make_complex(const ConstValue *re, const ConstValue *im);
int const_sign(const ConstValue *v);
size_t const_bit_len(const ConstValue *v);
/* To the kind asked for, if the value allows (3.0 → int); else CONST_UNKNOWN. */
ConstValue *const_to_kind(const ConstValue *v, ConstKind kind);
/* x op y after matching kinds; integer division where `integer`; CONST_UNKNOWN on error (division by zero is the caller's to check). */
ConstValue *const_binary(TokenKind op, const ConstValue *x, const ConstValue *y, bool integer);
/* op x; `bits` > 0 limits ^ of unsigned types to their width. */
ConstValue *const_unary(TokenKind op, const ConstValue *x, int bits);
ConstValue *const_shift(TokenKind op, const ConstValue *x, uint64_t count);
bool const_compare(TokenKind op, const ConstValue *x, const ConstValue *y);
/* Whether v is representable in basic type `type` (typed or untyped); *rounded gets the value as the type holds it (floats rounded). */
bool const_representable(const ConstValue *v, Type *type, ConstValue **rounded);
/* As messages print it (long ones shortened), and exactly (strings quoted). */
void const_print(const ConstValue *v, Buf *out);
void const_print_exact(const ConstValue *v, Buf *out);
/* Equal value and kind; a hash to go with it (duplicate cases, map keys). */
bool const_equal(const ConstValue *a, const ConstValue *b);
uint32_t const_hash(const ConstValue *v);

#endif
