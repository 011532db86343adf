/* SPDX-License-Identifier: MIT */
/* Constant values.
 *
 * Integers live in an int64 while they fit and in a GMP integer beyond. Fractions are GMP rationals
 * until numerator or denominator pass MAX_RATIONAL_BITS; from there on they are MPFR floats of 512
 * bits, as Go's specification allows. Numbers are kept in the smallest form of their kind, so that
 * equal values of one kind look alike. The numbers live as long as the process, with the types. */
#include "types/const.h"

#include "base/fatal.h"
#include "base/utf8.h"
#include "types/scope.h"

#include <float.h>
#include <math.h>
#include <mpfr.h>
#include <string.h>

#define FLOAT_BITS        512
#define MAX_RATIONAL_BITS 4096
#define MAX_INT_BITS      (1 << 16) /* integers beyond are not computed at all */

typedef enum Form {
    FORM_UNKNOWN,
    FORM_BOOL,
    FORM_STRING,
    FORM_SMALL,
    FORM_BIG,
    FORM_RATIO,
    FORM_FLOAT,
    FORM_PAIR
} Form;

struct ConstValue {
    uint8_t form; /* Form */
    union {
        bool b;
        struct {
            const char *bytes; /* NULL where the string is still left + right: long sums are put
                                  together once */
            size_t len;
            const ConstValue *left, *right;
        } s;
        int64_t i;
        mpz_t z; /* does not fit an int64 */
        mpq_t q; /* canonical */
        mpfr_t f;
        struct {
            const ConstValue *re, *im; /* real numbers, of whatever kind */
        } pair;
    };
};

static ConstValue unknown = {.form = FORM_UNKNOWN};
static ConstValue truth = {.form = FORM_BOOL, .b = true};
static ConstValue falsehood = {.form = FORM_BOOL, .b = false};

static ConstValue *new_value(Form form)
{
    ConstValue *v = arena_new(&types_arena, ConstValue);
    v->form = form;
    return v;
}

ConstKind const_kind(const ConstValue *v)
{
    static const uint8_t kinds[] = {
        [FORM_UNKNOWN] = CONST_UNKNOWN, [FORM_BOOL] = CONST_BOOL,    [FORM_STRING] = CONST_STRING,
        [FORM_SMALL] = CONST_INT,       [FORM_BIG] = CONST_INT,      [FORM_RATIO] = CONST_FLOAT,
        [FORM_FLOAT] = CONST_FLOAT,     [FORM_PAIR] = CONST_COMPLEX,
    };
    return v ? kinds[v->form] : CONST_UNKNOWN;
}

ConstValue *const_unknown(void)
{
    return &unknown;
}

ConstValue *const_bool(bool b)
{
    return b ? &truth : &falsehood;
}

ConstValue *const_string(const char *bytes, size_t len)
{
    ConstValue *v = new_value(FORM_STRING);
    v->s.bytes = arena_strndup(&types_arena, bytes, len);
    v->s.len = len;
    return v;
}

ConstValue *const_int(int64_t i)
{
    ConstValue *v = new_value(FORM_SMALL);
    v->i = i;
    return v;
}

/* Takes z over, which is cleared where the value is small. */
static ConstValue *from_mpz(mpz_t z)
{
    ConstValue *v;
    if (mpz_fits_slong_p(z)) {
        v = const_int(mpz_get_si(z));
        mpz_clear(z);
        return v;
    }
    v = new_value(FORM_BIG);
    v->z[0] = z[0];
    return v;
}

ConstValue *const_uint(uint64_t u)
{
    if (u <= INT64_MAX) return const_int((int64_t)u);
    ConstValue *v = new_value(FORM_BIG);
    mpz_init_set_ui(v->z, u);
    return v;
}

/* Takes f over. Infinite and undefined values become unknown, as do those that need an exponent of
 * more than 32 bits; very small ones are zero. */
static ConstValue *from_mpfr(mpfr_t f)
{
    bool is_regular = mpfr_regular_p(f);
    if (!mpfr_number_p(f) || (is_regular && mpfr_get_exp(f) > INT32_MAX)) {
        mpfr_clear(f);
        return &unknown;
    }
    if (is_regular && mpfr_get_exp(f) < INT32_MIN) mpfr_set_zero(f, 1);
    ConstValue *v = new_value(FORM_FLOAT);
    v->f[0] = f[0];
    return v;
}

/* Takes q over, canonical. */
static ConstValue *from_mpq(mpq_t q)
{
    if (mpz_sizeinbase(mpq_numref(q), 2) > MAX_RATIONAL_BITS ||
        mpz_sizeinbase(mpq_denref(q), 2) > MAX_RATIONAL_BITS) {
        mpfr_t f;
        mpfr_init2(f, FLOAT_BITS);
        mpfr_set_q(f, q, MPFR_RNDN);
        mpq_clear(q);
        return from_mpfr(f);
    }
    ConstValue *v = new_value(FORM_RATIO);
    v->q[0] = q[0];
    return v;
}

ConstValue *const_float(double d)
{
    if (!isfinite(d)) return &unknown;
    mpq_t q;
    mpq_init(q);
    mpq_set_d(q, d);
    return from_mpq(q);
}

/* ---- Strings ---- */

/* Writes a string's bytes to out. Sums lean to the left, so that is the side to loop over. */
static void write_string(const ConstValue *v, char *out)
{
    while (!v->s.bytes) {
        write_string(v->s.right, out + v->s.left->s.len);
        v = v->s.left;
    }
    memcpy(out, v->s.bytes, v->s.len);
}

static const char *string_bytes(const ConstValue *v)
{
    if (!v->s.bytes) {
        char *bytes = arena_alloc(&types_arena, v->s.len + 1);
        write_string(v, bytes);
        ((ConstValue *)v)->s.bytes = bytes; /* the same value in another form */
    }
    return v->s.bytes;
}

/* ---- Views of a number in a wider form ---- */

static void init_mpz(mpz_t z, const ConstValue *v)
{
    if (v->form == FORM_SMALL)
        mpz_init_set_si(z, v->i);
    else
        mpz_init_set(z, v->z);
}

/* Any real but FORM_FLOAT. */
static void init_mpq(mpq_t q, const ConstValue *v)
{
    mpq_init(q);
    if (v->form == FORM_SMALL)
        mpq_set_si(q, v->i, 1);
    else if (v->form == FORM_BIG)
        mpq_set_z(q, v->z);
    else
        mpq_set(q, v->q);
}

/* Any real. */
static void init_mpfr_bits(mpfr_t f, const ConstValue *v, mpfr_prec_t bits)
{
    mpfr_set_emax(mpfr_get_emax_max()); /* these are the thread's */
    mpfr_set_emin(mpfr_get_emin_min());
    mpfr_init2(f, bits);
    switch (v->form) {
    case FORM_SMALL: mpfr_set_si(f, v->i, MPFR_RNDN); break;
    case FORM_BIG: mpfr_set_z(f, v->z, MPFR_RNDN); break;
    case FORM_RATIO: mpfr_set_q(f, v->q, MPFR_RNDN); break;
    case FORM_FLOAT: mpfr_set(f, v->f, MPFR_RNDN); break;
    default: fatal("const: not a real number");
    }
}

static void init_mpfr(mpfr_t f, const ConstValue *v)
{
    init_mpfr_bits(f, v, FLOAT_BITS);
}

static bool is_real(const ConstValue *v)
{
    return v->form >= FORM_SMALL && v->form <= FORM_FLOAT;
}

static bool is_int(const ConstValue *v)
{
    return v->form == FORM_SMALL || v->form == FORM_BIG;
}

/* ---- Literals ---- */

static int digit_value(char ch)
{
    if (ch >= '0' && ch <= '9') return ch - '0';
    ch |= 0x20;
    return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : 99;
}

static int number_base(const char **p, const char *end)
{
    if (end - *p < 2 || (*p)[0] != '0') return 10;
    switch ((*p)[1] | 0x20) {
    case 'x': *p += 2; return 16;
    case 'o': *p += 2; return 8;
    case 'b': *p += 2; return 2;
    default: return 10;
    }
}

static ConstValue *int_from_digits(const char *p, const char *end, int base)
{
    int64_t value = 0;
    const char *at = p;
    for (; at < end; at++) {
        if (*at == '_') continue;
        int digit = digit_value(*at);
        if (digit >= base) return NULL;
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value))
            break;
    }
    if (at == end) return const_int(value);
    Buf digits = {0};
    for (at = p; at < end; at++) {
        if (*at != '_') buf_byte(&digits, *at);
    }
    mpz_t z;
    bool is_bad = mpz_init_set_str(z, buf_str(&digits), base) != 0;
    buf_free(&digits);
    if (is_bad) {
        mpz_clear(z);
        return NULL;
    }
    return from_mpz(z);
}

static ConstValue *int_literal(const char *p, const char *end)
{
    int base = number_base(&p, end);
    if (base == 10 && end - p > 1 && *p == '0') base = 8;
    return int_from_digits(p, end, base);
}

/* mantissa * base^exponent, exact if that is no monster. */
static ConstValue *scaled(const ConstValue *mantissa, int base, int64_t exponent)
{
    if (const_sign(mantissa) == 0) return const_float(0);
    int64_t size = exponent < 0 ? -exponent : exponent;
    if (size * (base == 10 ? 4 : 1) <= MAX_RATIONAL_BITS) {
        mpq_t q;
        mpz_t power;
        init_mpq(q, mantissa);
        mpz_init(power);
        mpz_ui_pow_ui(power, (unsigned long)base, (unsigned long)size);
        mpz_ptr part = exponent < 0 ? mpq_denref(q) : mpq_numref(q);
        mpz_mul(part, part, power);
        mpz_clear(power);
        mpq_canonicalize(q);
        return from_mpq(q);
    }
    mpfr_t f, power;
    init_mpfr(f, mantissa);
    mpfr_init2(power, FLOAT_BITS + 64);
    mpfr_set_ui(power, (unsigned long)base, MPFR_RNDN);
    mpfr_pow_si(power, power, (long)size, MPFR_RNDN);
    if (exponent < 0)
        mpfr_div(f, f, power, MPFR_RNDN);
    else
        mpfr_mul(f, f, power, MPFR_RNDN);
    mpfr_clear(power);
    return from_mpfr(f);
}

static ConstValue *float_literal(const char *p, const char *end)
{
    int base = number_base(&p, end);
    if (base != 10 && base != 16) return NULL;
    Buf digits = {0};
    int64_t exponent = 0;
    bool in_fraction = false;
    char mark = base == 16 ? 'p' : 'e';
    for (; p < end && (*p | 0x20) != mark; p++) {
        if (*p == '_') continue;
        if (*p == '.') {
            in_fraction = true;
            continue;
        }
        buf_byte(&digits, *p);
        if (in_fraction) exponent -= base == 16 ? 4 : 1;
    }
    if (p < end) {
        bool is_negative = ++p < end && *p == '-';
        int64_t written = 0;
        for (p += p < end && (*p == '-' || *p == '+'); p < end; p++) {
            if (*p != '_' && written < (int64_t)1 << 40) written = written * 10 + (*p - '0');
        }
        exponent += is_negative ? -written : written;
    }
    const char *text = buf_str(&digits);
    ConstValue *mantissa = int_from_digits(text, text + digits.len, base);
    buf_free(&digits);
    return mantissa ? scaled(mantissa, base == 16 ? 2 : 10, exponent) : NULL;
}

/* Length of an escape after the backslash, for \x, \u, \U and octal; 0 for others. */
static int escape_digits(char ch, int *base)
{
    *base = 16;
    switch (ch) {
    case 'x': return 2;
    case 'u': return 4;
    case 'U': return 8;
    default: *base = 8; return ch >= '0' && ch <= '7' ? 3 : 0;
    }
}

/* Reads one escape at *p, just past the backslash. *is_byte: it stands for a byte, not a code
 * point. */
static int64_t read_escape(const char **p, const char *end, bool *is_byte)
{
    static const char names[] = "abfnrtv\\'\"", values[] = "\a\b\f\n\r\t\v\\'\"";
    int base;
    char ch = **p;
    int digits = escape_digits(ch, &base);
    *is_byte = digits == 2 || digits == 3;
    if (digits == 0) {
        const char *at = strchr(names, ch);
        (*p)++;
        return at && ch ? values[at - names] : (int64_t)UTF8_ERROR;
    }
    if (base == 16) (*p)++;
    int64_t value = 0;
    for (; digits > 0 && *p < end; digits--, (*p)++) value = value * base + digit_value(**p);
    return value;
}

static ConstValue *char_literal(const char *p, const char *end)
{
    if (end - p < 3) return NULL;
    p++;
    end--;
    if (*p == '\\') {
        bool is_byte;
        p++;
        return const_int(read_escape(&p, end, &is_byte));
    }
    int width;
    return const_int(utf8_decode(p, (size_t)(end - p), &width));
}

static void read_interpreted(const char *p, const char *end, Buf *out)
{
    while (p < end) {
        if (*p != '\\') {
            const char *next = memchr(p, '\\', (size_t)(end - p));
            next = next ? next : end;
            buf_add(out, p, (size_t)(next - p));
            p = next;
            continue;
        }
        bool is_byte;
        p++;
        int64_t value = read_escape(&p, end, &is_byte);
        if (is_byte) {
            buf_byte(out, (char)value);
        } else {
            char bytes[UTF8_MAX];
            buf_add(out, bytes, (size_t)utf8_encode(bytes, value));
        }
    }
}

static ConstValue *string_literal(const char *p, const char *end)
{
    if (end - p < 2) return NULL;
    char quote = *p;
    p++;
    end--;
    size_t len = (size_t)(end - p);
    char special = quote == '`' ? '\r' : '\\';
    if (!memchr(p, special, len)) return const_string(p, len);
    Buf out = {0};
    if (quote == '`') {
        for (; p < end; p++) {
            if (*p != '\r') buf_byte(&out, *p);
        }
    } else {
        read_interpreted(p, end, &out);
    }
    ConstValue *v = const_string(buf_str(&out), out.len);
    buf_free(&out);
    return v;
}

ConstValue *const_literal(TokenKind kind, Name text)
{
    const char *p = text->text, *end = p + text->len;
    switch (kind) {
    case T_INT: return int_literal(p, end);
    case T_FLOAT: return float_literal(p, end);
    case T_CHAR: return char_literal(p, end);
    case T_STRING: return string_literal(p, end);
    case T_IMAG: {
        end--;
        bool is_based = end - p > 1 && p[0] == '0' && strchr("xXoObB", p[1]);
        bool is_hex = is_based && (p[1] | 0x20) == 'x';
        bool has_point = memchr(p, '.', (size_t)(end - p)) != NULL;
        ConstValue *im;
        if (is_hex ? has_point || memchr(p, 'p', (size_t)(end - p)) ||
                         memchr(p, 'P', (size_t)(end - p))
                   : !is_based)
            im = float_literal(p, end);
        else
            im = int_literal(p, end);
        return im ? const_make_complex(const_int(0), im) : NULL;
    }
    default: return NULL;
    }
}

/* ---- Reading values ---- */

bool const_to_bool(const ConstValue *v)
{
    return v->form == FORM_BOOL && v->b;
}

const char *const_to_string(const ConstValue *v, size_t *len)
{
    if (v->form != FORM_STRING) {
        *len = 0;
        return "";
    }
    *len = v->s.len;
    return string_bytes(v);
}

bool const_to_int64(const ConstValue *v, int64_t *out)
{
    v = const_to_kind(v, CONST_INT);
    *out = v->form == FORM_SMALL ? v->i : 0;
    return v->form == FORM_SMALL;
}

bool const_to_uint64(const ConstValue *v, uint64_t *out)
{
    v = const_to_kind(v, CONST_INT);
    *out = 0;
    if (v->form == FORM_SMALL) {
        *out = (uint64_t)v->i;
        return v->i >= 0;
    }
    if (v->form != FORM_BIG || !mpz_fits_ulong_p(v->z)) return false;
    *out = mpz_get_ui(v->z);
    return true;
}

double const_to_double(const ConstValue *v)
{
    v = const_real(v);
    if (v->form == FORM_SMALL) return (double)v->i;
    if (!is_real(v)) return 0;
    mpfr_t f;
    init_mpfr_bits(f, v,
                   DBL_MANT_DIG); /* rounds once, but for numbers too small for all these bits */
    double d = mpfr_get_d(f, MPFR_RNDN);
    mpfr_clear(f);
    if (fabs(d) < 2 * DBL_MIN) {
        init_mpfr(f, v);
        d = mpfr_get_d(f, MPFR_RNDN);
        mpfr_clear(f);
    }
    return d;
}

float const_to_float(const ConstValue *v)
{
    v = const_real(v);
    if (v->form == FORM_SMALL) return (float)v->i;
    if (!is_real(v)) return 0;
    mpfr_t f;
    init_mpfr_bits(f, v, FLT_MANT_DIG);
    float d = mpfr_get_flt(f, MPFR_RNDN);
    mpfr_clear(f);
    if (fabsf(d) < 2 * FLT_MIN) {
        init_mpfr(f, v);
        d = mpfr_get_flt(f, MPFR_RNDN);
        mpfr_clear(f);
    }
    return d;
}

ConstValue *const_real(const ConstValue *v)
{
    if (v->form == FORM_PAIR) return (ConstValue *)v->pair.re;
    return is_real(v) ? (ConstValue *)v : &unknown;
}

ConstValue *const_imag(const ConstValue *v)
{
    if (v->form == FORM_PAIR) return (ConstValue *)v->pair.im;
    return is_real(v) ? const_int(0) : &unknown;
}

ConstValue *const_make_complex(const ConstValue *re, const ConstValue *im)
{
    if (!is_real(re) || !is_real(im)) return &unknown;
    ConstValue *v = new_value(FORM_PAIR);
    v->pair.re = re;
    v->pair.im = im;
    return v;
}

int const_sign(const ConstValue *v)
{
    switch (v->form) {
    case FORM_SMALL: return (v->i > 0) - (v->i < 0);
    case FORM_BIG: return mpz_sgn(v->z);
    case FORM_RATIO: return mpq_sgn(v->q);
    case FORM_FLOAT: return mpfr_sgn(v->f);
    case FORM_PAIR: return const_sign(v->pair.re) | const_sign(v->pair.im);
    default: return 1;
    }
}

size_t const_bit_len(const ConstValue *v)
{
    if (v->form == FORM_SMALL) {
        uint64_t u = v->i < 0 ? -(uint64_t)v->i : (uint64_t)v->i;
        return u ? 64 - (size_t)__builtin_clzll(u) : 0;
    }
    return v->form == FORM_BIG ? mpz_sizeinbase(v->z, 2) : 0;
}

/* ---- Kinds ---- */

static ConstValue *float_to_int(const ConstValue *v)
{
    if (mpfr_zero_p(v->f)) return const_int(0);
    if (mpfr_get_exp(v->f) > MAX_INT_BITS || mpfr_get_exp(v->f) < 0) return &unknown;
    /* The last bits of a computed value are noise: an integer but for them counts as one. */
    mpfr_t f;
    mpfr_init2(f, FLOAT_BITS - 4);
    mpfr_set(f, v->f, MPFR_RNDN);
    ConstValue *result = &unknown;
    if (mpfr_integer_p(f)) {
        mpz_t z;
        mpz_init(z);
        mpfr_get_z(z, f, MPFR_RNDN);
        result = from_mpz(z);
    }
    mpfr_clear(f);
    return result;
}

static ConstValue *to_int(const ConstValue *v)
{
    switch (v->form) {
    case FORM_SMALL:
    case FORM_BIG: return (ConstValue *)v;
    case FORM_RATIO:
        if (mpz_cmp_ui(mpq_denref(v->q), 1) == 0) {
            mpz_t z;
            mpz_init_set(z, mpq_numref(v->q));
            return from_mpz(z);
        }
        return &unknown;
    case FORM_FLOAT: return float_to_int(v);
    case FORM_PAIR: return const_sign(v->pair.im) == 0 ? to_int(v->pair.re) : &unknown;
    default: return &unknown;
    }
}

static ConstValue *to_float(const ConstValue *v)
{
    switch (v->form) {
    case FORM_SMALL:
    case FORM_BIG: {
        mpq_t q;
        init_mpq(q, v);
        return from_mpq(q);
    }
    case FORM_RATIO:
    case FORM_FLOAT: return (ConstValue *)v;
    case FORM_PAIR: return const_sign(v->pair.im) == 0 ? to_float(v->pair.re) : &unknown;
    default: return &unknown;
    }
}

ConstValue *const_to_kind(const ConstValue *v, ConstKind kind)
{
    if (const_kind(v) == kind) return (ConstValue *)v;
    switch (kind) {
    case CONST_INT: return to_int(v);
    case CONST_FLOAT: return to_float(v);
    case CONST_COMPLEX: return is_real(v) ? const_make_complex(v, const_int(0)) : &unknown;
    default: return &unknown;
    }
}

/* ---- Arithmetic ---- */

static ConstValue *small_binary(TokenKind op, int64_t a, int64_t b, bool *is_done)
{
    int64_t r;
    *is_done = true;
    switch (op) {
    case T_ADD:
        if (!__builtin_add_overflow(a, b, &r)) return const_int(r);
        break;
    case T_SUB:
        if (!__builtin_sub_overflow(a, b, &r)) return const_int(r);
        break;
    case T_MUL:
        if (!__builtin_mul_overflow(a, b, &r)) return const_int(r);
        break;
    case T_DIV:
        if (!(a == INT64_MIN && b == -1)) return const_int(a / b);
        break;
    case T_REM: return const_int(b == -1 ? 0 : a % b);
    case T_AND: return const_int(a & b);
    case T_OR: return const_int(a | b);
    case T_XOR: return const_int(a ^ b);
    case T_AND_NOT: return const_int(a & ~b);
    default: break;
    }
    *is_done = false;
    return NULL;
}

static ConstValue *int_binary(TokenKind op, const ConstValue *x, const ConstValue *y)
{
    if ((op == T_DIV || op == T_REM) && const_sign(y) == 0) return &unknown;
    if (x->form == FORM_SMALL && y->form == FORM_SMALL) {
        bool is_done;
        ConstValue *v = small_binary(op, x->i, y->i, &is_done);
        if (is_done) return v;
    }
    if (const_bit_len(x) + const_bit_len(y) > MAX_INT_BITS) return &unknown;
    mpz_t a, b;
    init_mpz(a, x);
    init_mpz(b, y);
    switch (op) {
    case T_ADD: mpz_add(a, a, b); break;
    case T_SUB: mpz_sub(a, a, b); break;
    case T_MUL: mpz_mul(a, a, b); break;
    case T_DIV: mpz_tdiv_q(a, a, b); break;
    case T_REM: mpz_tdiv_r(a, a, b); break;
    case T_AND: mpz_and(a, a, b); break;
    case T_OR: mpz_ior(a, a, b); break;
    case T_XOR: mpz_xor(a, a, b); break;
    case T_AND_NOT:
        mpz_com(b, b);
        mpz_and(a, a, b);
        break;
    default: mpz_clears(a, b, NULL); return &unknown;
    }
    mpz_clear(b);
    return from_mpz(a);
}

static ConstValue *float_binary(TokenKind op, const ConstValue *x, const ConstValue *y)
{
    mpfr_t a, b;
    init_mpfr(a, x);
    init_mpfr(b, y);
    switch (op) {
    case T_ADD: mpfr_add(a, a, b, MPFR_RNDN); break;
    case T_SUB: mpfr_sub(a, a, b, MPFR_RNDN); break;
    case T_MUL: mpfr_mul(a, a, b, MPFR_RNDN); break;
    case T_DIV: mpfr_div(a, a, b, MPFR_RNDN); break;
    default: mpfr_set_nan(a); break;
    }
    mpfr_clear(b);
    return from_mpfr(a);
}

static ConstValue *real_binary(TokenKind op, const ConstValue *x, const ConstValue *y)
{
    if (x->form == FORM_FLOAT || y->form == FORM_FLOAT) return float_binary(op, x, y);
    if (op == T_DIV && const_sign(y) == 0) return &unknown;
    mpq_t a, b;
    init_mpq(a, x);
    init_mpq(b, y);
    switch (op) {
    case T_ADD: mpq_add(a, a, b); break;
    case T_SUB: mpq_sub(a, a, b); break;
    case T_MUL: mpq_mul(a, a, b); break;
    case T_DIV: mpq_div(a, a, b); break;
    default: mpq_clears(a, b, NULL); return &unknown;
    }
    mpq_clear(b);
    return from_mpq(a);
}

/* A step of complex arithmetic on parts of any real kind. */
static const ConstValue *part(TokenKind op, const ConstValue *x, const ConstValue *y)
{
    return is_real(x) && is_real(y) ? real_binary(op, x, y) : &unknown;
}

static ConstValue *complex_binary(TokenKind op, const ConstValue *x, const ConstValue *y)
{
    const ConstValue *a = x->pair.re, *b = x->pair.im, *c = y->pair.re, *d = y->pair.im;
    switch (op) {
    case T_ADD:
    case T_SUB: return const_make_complex(part(op, a, c), part(op, b, d));
    case T_MUL:
        return const_make_complex(part(T_SUB, part(T_MUL, a, c), part(T_MUL, b, d)),
                                  part(T_ADD, part(T_MUL, b, c), part(T_MUL, a, d)));
    case T_DIV: {
        const ConstValue *norm = part(T_ADD, part(T_MUL, c, c), part(T_MUL, d, d));
        if (const_sign(norm) == 0) return &unknown;
        const ConstValue *re = part(T_ADD, part(T_MUL, a, c), part(T_MUL, b, d));
        const ConstValue *im = part(T_SUB, part(T_MUL, b, c), part(T_MUL, a, d));
        return const_make_complex(part(T_DIV, re, norm), part(T_DIV, im, norm));
    }
    default: return &unknown;
    }
}

static ConstValue *bool_binary(TokenKind op, bool x, bool y)
{
    if (op == T_LAND) return const_bool(x && y);
    return op == T_LOR ? const_bool(x || y) : &unknown;
}

enum { MAX_STRING = 1 << 28 }; /* bytes of a constant string */

static ConstValue *string_concat(const ConstValue *x, const ConstValue *y)
{
    if (x->s.len + y->s.len > MAX_STRING) return &unknown;
    ConstValue *v = new_value(FORM_STRING);
    v->s.left = x;
    v->s.right = y;
    v->s.len = x->s.len + y->s.len;
    return v;
}

/* Brings both to the wider of their kinds; returns it, CONST_UNKNOWN where they do not fit
 * together. */
static ConstKind match_kinds(const ConstValue **x, const ConstValue **y)
{
    ConstKind a = const_kind(*x), b = const_kind(*y);
    if (a == CONST_UNKNOWN || b == CONST_UNKNOWN) return CONST_UNKNOWN;
    if (a != b) {
        if (a < CONST_INT || b < CONST_INT) return CONST_UNKNOWN;
        a = a > b ? a : b;
        *x = const_to_kind(*x, a);
        *y = const_to_kind(*y, a);
    }
    return a;
}

ConstValue *const_binary(TokenKind op, const ConstValue *x, const ConstValue *y, bool integer)
{
    switch (match_kinds(&x, &y)) {
    case CONST_BOOL: return bool_binary(op, x->b, y->b);
    case CONST_STRING: return op == T_ADD ? string_concat(x, y) : &unknown;
    case CONST_INT:
        if (op == T_DIV && !integer) return real_binary(op, x, y);
        return int_binary(op, x, y);
    case CONST_FLOAT: return real_binary(op, x, y);
    case CONST_COMPLEX: return complex_binary(op, x, y);
    default: return &unknown;
    }
}

static ConstValue *complement(const ConstValue *x, int bits)
{
    mpz_t z, mask;
    init_mpz(z, x);
    mpz_com(z, z);
    if (bits > 0) {
        mpz_init_set_ui(mask, 1);
        mpz_mul_2exp(mask, mask, (unsigned long)bits);
        mpz_sub_ui(mask, mask, 1);
        mpz_and(z, z, mask);
        mpz_clear(mask);
    }
    return from_mpz(z);
}

ConstValue *const_unary(TokenKind op, const ConstValue *x, int bits)
{
    if (op == T_NOT) return x->form == FORM_BOOL ? const_bool(!x->b) : &unknown;
    if (op == T_XOR) {
        if (x->form == FORM_SMALL && bits == 0) return const_int(~x->i);
        return is_int(x) ? complement(x, bits) : &unknown;
    }
    if (op == T_ADD) return const_kind(x) >= CONST_INT ? (ConstValue *)x : &unknown;
    if (op != T_SUB || const_kind(x) < CONST_INT) return &unknown;
    return const_binary(T_SUB, const_to_kind(const_int(0), const_kind(x)), x, false);
}

ConstValue *const_shift(TokenKind op, const ConstValue *x, uint64_t count)
{
    x = to_int(x);
    if (!is_int(x)) return &unknown;
    if (op == T_SHR) {
        if (x->form == FORM_SMALL) return const_int(x->i >> (count > 63 ? 63 : count));
        mpz_t z;
        init_mpz(z, x);
        mpz_fdiv_q_2exp(z, z, count);
        return from_mpz(z);
    }
    if (x->form == FORM_SMALL && const_bit_len(x) + count < 63)
        return const_int((int64_t)((uint64_t)x->i << count));
    if (const_sign(x) == 0) return (ConstValue *)x;
    if (count > MAX_INT_BITS || const_bit_len(x) + count > MAX_INT_BITS) return &unknown;
    mpz_t z;
    init_mpz(z, x);
    mpz_mul_2exp(z, z, count);
    return from_mpz(z);
}

/* ---- Comparison ---- */

static int compare_real(const ConstValue *x, const ConstValue *y)
{
    if (x->form == FORM_SMALL && y->form == FORM_SMALL) return (x->i > y->i) - (x->i < y->i);
    int result;
    if (x->form == FORM_FLOAT || y->form == FORM_FLOAT) {
        mpfr_t a, b;
        init_mpfr(a, x);
        init_mpfr(b, y);
        result = mpfr_cmp(a, b);
        mpfr_clears(a, b, (mpfr_ptr)0);
        return result;
    }
    mpq_t a, b;
    init_mpq(a, x);
    init_mpq(b, y);
    result = mpq_cmp(a, b);
    mpq_clears(a, b, NULL);
    return result;
}

static int compare_strings(const ConstValue *x, const ConstValue *y)
{
    size_t n = x->s.len < y->s.len ? x->s.len : y->s.len;
    int order = memcmp(string_bytes(x), string_bytes(y), n);
    return order ? order : (x->s.len > y->s.len) - (x->s.len < y->s.len);
}

bool const_compare(TokenKind op, const ConstValue *x, const ConstValue *y)
{
    int order;
    switch (match_kinds(&x, &y)) {
    case CONST_BOOL: order = x->b != y->b; break;
    case CONST_STRING: order = compare_strings(x, y); break;
    case CONST_INT:
    case CONST_FLOAT: order = compare_real(x, y); break;
    case CONST_COMPLEX:
        order =
            compare_real(x->pair.re, y->pair.re) != 0 || compare_real(x->pair.im, y->pair.im) != 0;
        break;
    default: return false;
    }
    switch (op) {
    case T_EQL: return order == 0;
    case T_NEQ: return order != 0;
    case T_LSS: return order < 0;
    case T_LEQ: return order <= 0;
    case T_GTR: return order > 0;
    case T_GEQ: return order >= 0;
    default: return false;
    }
}

bool const_equal(const ConstValue *a, const ConstValue *b)
{
    return const_kind(a) == const_kind(b) && const_compare(T_EQL, a, b);
}

uint32_t const_hash(const ConstValue *v)
{
    uint64_t h = const_kind(v) * 0x9E3779B97F4A7C15u;
    switch (v->form) {
    case FORM_BOOL: h += v->b; break;
    case FORM_STRING:
        for (size_t i = 0; i < v->s.len; i++)
            h = (h ^ (unsigned char)string_bytes(v)[i]) * 0x100000001B3u;
        break;
    case FORM_SMALL: h ^= (uint64_t)v->i; break;
    case FORM_PAIR: return const_hash(v->pair.re) * 31 + const_hash(v->pair.im);
    case FORM_BIG: h ^= mpz_get_ui(v->z); break;
    case FORM_RATIO:
    case FORM_FLOAT: {
        double d = const_to_double(v);
        uint64_t bits;
        memcpy(&bits, &d, sizeof bits);
        h ^= bits;
        break;
    }
    default: break;
    }
    h *= 0xD6E8FEB86659FD93u;
    return (uint32_t)(h >> 32);
}

/* ---- Representability ---- */

static bool int_fits(const ConstValue *v, int bits, bool is_signed)
{
    if (is_signed) {
        if (v->form != FORM_SMALL) return false;
        int64_t max = bits == 64 ? INT64_MAX : ((int64_t)1 << (bits - 1)) - 1;
        return v->i <= max && v->i >= -max - 1;
    }
    return const_sign(v) >= 0 && const_bit_len(v) <= (size_t)bits;
}

/* Rounds to a float of 32 or 64 bits. Integral results become CONST_INT where small, so that equal
 * floats look alike. */
static ConstValue *round_float(const ConstValue *v, int bits)
{
    double d = bits == 32 ? (double)const_to_float(v) : const_to_double(v);
    if (!isfinite(d)) return NULL;
    if (d == trunc(d) && fabs(d) <= 9007199254740992.0) return const_int((int64_t)d);
    return const_float(d);
}

static bool fits_integer(const ConstValue *v, Type *type, ConstValue **rounded)
{
    static const int8_t widths[] = {
        [TYPE_INT] = -64,   [TYPE_INT8] = -8,   [TYPE_INT16] = -16,  [TYPE_INT32] = -32,
        [TYPE_INT64] = -64, [TYPE_UINT] = 64,   [TYPE_UINT8] = 8,    [TYPE_UINT16] = 16,
        [TYPE_UINT32] = 32, [TYPE_UINT64] = 64, [TYPE_UINTPTR] = 64,
    };
    ConstValue *i = to_int(v);
    if (!is_int(i)) return false;
    *rounded = i;
    if (type->kind == TYPE_UNTYPED_INT || type->kind == TYPE_UNTYPED_RUNE) return true;
    int width = widths[type->kind];
    return int_fits(i, width < 0 ? -width : width, width < 0);
}

static bool fits_float(const ConstValue *v, Type *type, ConstValue **rounded)
{
    const ConstValue *f = is_real(v) ? v : to_float(v);
    if (!is_real(f)) return false;
    if (type->kind == TYPE_UNTYPED_FLOAT) {
        *rounded = (ConstValue *)f;
        return true;
    }
    ConstValue *r = round_float(f, type->kind == TYPE_FLOAT32 ? 32 : 64);
    if (r) *rounded = r;
    return r != NULL;
}

static bool fits_complex(const ConstValue *v, Type *type, ConstValue **rounded)
{
    const ConstValue *z = const_to_kind(v, CONST_COMPLEX);
    if (z->form != FORM_PAIR) return false;
    if (type->kind == TYPE_UNTYPED_COMPLEX) {
        *rounded = (ConstValue *)z;
        return true;
    }
    int bits = type->kind == TYPE_COMPLEX64 ? 32 : 64;
    ConstValue *re = round_float(z->pair.re, bits), *im = round_float(z->pair.im, bits);
    if (!re || !im) return false;
    *rounded = const_make_complex(re, im);
    return true;
}

bool const_representable(const ConstValue *v, Type *type, ConstValue **rounded)
{
    type = type_under(type);
    *rounded = (ConstValue *)v;
    if (v->form == FORM_UNKNOWN) return true; /* in error already */
    if (type_is_integer(type)) return fits_integer(v, type, rounded);
    if (type_is_float(type)) return fits_float(v, type, rounded);
    if (type_is_complex(type)) return fits_complex(v, type, rounded);
    if (type_is_string(type)) return v->form == FORM_STRING;
    return type_is_boolean(type) && v->form == FORM_BOOL;
}

/* ---- Printing ---- */

static void quote(const char *s, size_t len, size_t limit, Buf *out)
{
    static const char escapes[] = "\a\b\f\n\r\t\v\\\"", names[] = "abfnrtv\\\"";
    size_t start = out->len;
    buf_byte(out, '"');
    for (size_t i = 0; i < len;) {
        int width;
        uint32_t rune = utf8_decode(s + i, len - i, &width);
        unsigned char ch = (unsigned char)s[i];
        const char *at = ch && ch < 0x80 ? strchr(escapes, ch) : NULL;
        if (limit && out->len - start > limit) {
            buf_text(out, "...");
            return;
        }
        if (at)
            buf_printf(out, "\\%c", names[at - escapes]);
        else if (ch < 0x20 || ch == 0x7F || (rune == UTF8_ERROR && width == 1))
            buf_printf(out, "\\x%02x", ch);
        else
            buf_add(out, s + i, (size_t)width);
        i += (size_t)width;
    }
    buf_byte(out, '"');
}

/* As %.6g, also beyond a double's range. */
static void print_float(const ConstValue *v, Buf *out)
{
    double d = const_to_double(v);
    if (isfinite(d) && (d != 0 || const_sign(v) == 0)) {
        buf_printf(out, "%.6g", d);
        return;
    }
    mpfr_t f;
    char text[64];
    init_mpfr(f, v);
    mpfr_snprintf(text, sizeof text, "%.5Re", f);
    mpfr_clear(f);
    /* drop trailing zeros of the mantissa */
    char *e = strchr(text, 'e');
    char *end = e;
    while (e && end > text && end[-1] == '0') end--;
    if (e && end > text && end[-1] == '.') end--;
    if (e) memmove(end, e, strlen(e) + 1);
    buf_text(out, text);
}

static void print_value(const ConstValue *v, size_t limit, Buf *out)
{
    switch (v->form) {
    case FORM_BOOL: buf_text(out, v->b ? "true" : "false"); break;
    case FORM_STRING: quote(string_bytes(v), v->s.len, limit, out); break;
    case FORM_SMALL: buf_printf(out, "%lld", (long long)v->i); break;
    case FORM_BIG: {
        char *text = mpz_get_str(NULL, 10, v->z);
        buf_text(out, text);
        void (*release)(void *, size_t);
        mp_get_memory_functions(NULL, NULL, &release);
        release(text, strlen(text) + 1);
        break;
    }
    case FORM_RATIO:
    case FORM_FLOAT: print_float(v, out); break;
    case FORM_PAIR:
        buf_byte(out, '(');
        print_value(v->pair.re, limit, out);
        buf_text(out, " + ");
        print_value(v->pair.im, limit, out);
        buf_text(out, "i)");
        break;
    default: buf_text(out, "unknown"); break;
    }
}

void const_print(const ConstValue *v, Buf *out)
{
    print_value(v, 70, out);
}

void const_print_exact(const ConstValue *v, Buf *out)
{
    print_value(v, 0, out);
}
