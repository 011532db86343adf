/* SPDX-License-Identifier: MIT */
/* Numbers to text and back.
 *
 * libc's printf and strtod round correctly, so they do the hard part: digits come from "%.*e", and
 * a text that was found well-formed by Go's rules goes to strtod. The shortest text that reads back
 * is found by trying: a decimal of up to 15 digits survives the way to a double and back (6 for
 * float32), so 15 digits without their trailing zeros are the answer whenever they read back, and
 * else 16 or 17. Only subnormal numbers, which have fewer digits to lose, and powers of two, whose
 * neighbours are at different distances, need a closer look. */
#include "stdlib/strconv/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Integers ---- */

char *number_format_uint(char *out, uint64_t n, int base)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    char *p = out + NUMBER_INT_MAX;
    if (base == 10) {
        while (n >= 10) {
            *--p = (char)('0' + n % 10);
            n /= 10;
        }
        *--p = (char)('0' + n);
        return p;
    }
    do {
        *--p = digits[n % (uint64_t)base];
        n /= (uint64_t)base;
    } while (n > 0);
    return p;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

/* Whether each underscore of a literal stands between digits or after the base prefix. */
static bool underscores_ok(const char *s, int64_t len)
{
    int64_t i = len > 0 && (s[0] == '-' || s[0] == '+');
    char last = '^'; /* '0' for a digit or prefix, '_', '!' for anything else */
    bool hex = false;
    if (len - i >= 2 && s[i] == '0' && strchr("bBoOxX", s[i + 1]) && s[i + 1]) {
        hex = (s[i + 1] | 0x20) == 'x';
        i += 2;
        last = '0';
    }
    for (; i < len; i++) {
        if (digit_value(s[i]) < (hex ? 16 : 10)) {
            last = '0';
        } else if (s[i] == '_') {
            if (last != '0') return false;
            last = '_';
        } else {
            if (last == '_') return false;
            last = '!';
        }
    }
    return last != '_';
}

/* The base that a literal's prefix names; *skip gets the prefix's length. */
static int literal_base(const char *s, int64_t len, int *skip)
{
    *skip = 0;
    if (s[0] != '0') return 10;
    char c = len >= 3 ? (char)(s[1] | 0x20) : 0;
    *skip = c == 'b' || c == 'o' || c == 'x' ? 2 : 1;
    return c == 'b' ? 2 : c == 'x' ? 16 : 8;
}

NumberStatus number_parse_uint(const char *s, int64_t len, int base, int bits, uint64_t *n)
{
    *n = 0;
    if (len == 0) return NUMBER_SYNTAX;
    int64_t i = 0;
    bool is_literal = base == 0, has_underscores = false;
    if (is_literal) {
        int skip;
        base = literal_base(s, len, &skip);
        i = skip;
    } else if (base < 2 || base > 36) {
        return NUMBER_BASE;
    }
    if (bits == 0) bits = 64;
    if (bits < 0 || bits > 64) return NUMBER_BITS;
    uint64_t max = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1, value = 0;
    for (; i < len; i++) {
        if (s[i] == '_' && is_literal) {
            has_underscores = true;
            continue;
        }
        int digit = digit_value(s[i]);
        if (digit >= base) return NUMBER_SYNTAX;
        if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
            __builtin_add_overflow(value, (uint64_t)digit, &value) || value > max) {
            *n = max;
            return NUMBER_RANGE;
        }
    }
    if (has_underscores && !underscores_ok(s, len)) return NUMBER_SYNTAX;
    *n = value;
    return NUMBER_OK;
}

NumberStatus number_parse_int(const char *s, int64_t len, int base, int bits, int64_t *n)
{
    *n = 0;
    if (len == 0) return NUMBER_SYNTAX;
    bool negative = s[0] == '-';
    int64_t sign = negative || s[0] == '+';
    uint64_t magnitude;
    NumberStatus status = number_parse_uint(s + sign, len - sign, base, bits, &magnitude);
    if (status != NUMBER_OK && status != NUMBER_RANGE) return status;
    uint64_t limit = UINT64_C(1) << ((bits == 0 ? 64 : bits) - 1);
    if (!negative && magnitude >= limit) {
        *n = (int64_t)(limit - 1);
        return NUMBER_RANGE;
    }
    if (negative && magnitude > limit) {
        *n = (int64_t)-limit;
        return NUMBER_RANGE;
    }
    *n = negative ? (int64_t)-magnitude : (int64_t)magnitude;
    return NUMBER_OK;
}

/* ---- Digits of a floating-point number ---- */

/* The value 0.d1d2d3… times ten to the `point`, without trailing zeros. */
typedef struct Digits {
    char *d;
    int count, point;
    char space[32]; /* where few are enough */
} Digits;

/* Takes the digits of "%.*e" output. */
static void take_digits(Digits *digits, const char *text)
{
    char *out = digits->d;
    for (; *text != 'e'; text++)
        if (*text != '.') *out++ = *text;
    digits->point = atoi(text + 1) + 1;
    while (out > digits->d && out[-1] == '0') out--;
    digits->count = (int)(out - digits->d);
    if (digits->count == 0) digits->point = 0;
}

/* `n` digits of f >= 0, correctly rounded. The caller frees d where it is not space. */
static void round_digits(Digits *digits, double f, int n)
{
    if (n < (int)sizeof digits->space) {
        char text[64];
        snprintf(text, sizeof text, "%.*e", n - 1, f);
        digits->d = digits->space;
        take_digits(digits, text);
        return;
    }
    Buf text = {0};
    buf_printf(&text, "%.*e", n - 1, f);
    digits->d = malloc(text.len);
    if (!digits->d) abort();
    take_digits(digits, text.data);
    buf_free(&text);
}

static bool reads_back(const char *text, double f, int bits)
{
    return bits == 32 ? strtof(text, NULL) == (float)f : strtod(text, NULL) == f;
}

/* Tries n digits of f, and for a power of two also the next larger decimal. */
static bool try_digits(char *text, double f, int n, int bits)
{
    snprintf(text, 64, "%.*e", n - 1, f);
    if (reads_back(text, f, bits)) return true;
    int exponent;
    if (n < 2 || frexp(f, &exponent) != 0.5) return false;
    for (int i = n; i >= 0; i--) { /* d.ddd: places n down to 2, then 0 */
        if (text[i] == '.') continue;
        if (text[i] != '9') {
            text[i]++;
            break;
        }
        text[i] = '0';
    }
    return reads_back(text, f, bits);
}

static void shortest_digits(Digits *digits, double f, int bits)
{
    bool is_subnormal = bits == 32 ? f < 0x1p-126 : f < 0x1p-1022;
    int first = is_subnormal ? 1 : bits == 32 ? 6 : 15, last = bits == 32 ? 9 : 17;
    char text[64];
    for (int n = first; n <= last; n++)
        if (try_digits(text, f, n, bits)) break;
    digits->d = digits->space;
    take_digits(digits, text);
}

/* ---- Floating point to text ---- */

static void add_exponent(Buf *out, int exponent)
{
    buf_byte(out, exponent < 0 ? '-' : '+');
    buf_printf(out, "%02d", abs(exponent));
}

static void add_e(Buf *out, const Digits *digits, int prec, char fmt)
{
    buf_byte(out, digits->count > 0 ? digits->d[0] : '0');
    if (prec > 0) {
        buf_byte(out, '.');
        for (int i = 1; i <= prec; i++) buf_byte(out, i < digits->count ? digits->d[i] : '0');
    }
    buf_byte(out, fmt);
    add_exponent(out, digits->count > 0 ? digits->point - 1 : 0);
}

static void add_f(Buf *out, const Digits *digits, int prec)
{
    if (digits->point <= 0) buf_byte(out, '0');
    for (int i = 0; i < digits->point; i++) buf_byte(out, i < digits->count ? digits->d[i] : '0');
    if (prec > 0) buf_byte(out, '.');
    for (int i = digits->point; i < digits->point + prec; i++)
        buf_byte(out, i >= 0 && i < digits->count ? digits->d[i] : '0');
}

static void add_g(Buf *out, const Digits *digits, int prec, bool shortest, char fmt)
{
    int limit = prec;
    if (limit > digits->count && digits->count >= digits->point) limit = digits->count;
    if (shortest) limit = 6;
    int exponent = digits->point - 1;
    if (exponent < -4 || exponent >= limit) {
        if (prec > digits->count) prec = digits->count;
        add_e(out, digits, prec - 1, (char)(fmt + 'e' - 'g'));
        return;
    }
    int places = digits->count - digits->point;
    add_f(out, digits, places > 0 ? places : 0);
}

/* 'b': integral mantissa and binary exponent. */
static void add_b(Buf *out, double f, int bits)
{
    int exponent = 0, width = bits == 32 ? 24 : 53, least = bits == 32 ? -149 : -1074;
    double fraction = frexp(f, &exponent);
    exponent -= width;
    if (f == 0 || exponent < least) exponent = least;
    (void)fraction;
    buf_printf(out, "%.0fp%+d", ldexp(f, -exponent), exponent);
}

/* 'x': hexadecimal mantissa with one digit before the point. */
static void add_x(Buf *out, double f, int prec, char fmt)
{
    int exponent = 0;
    uint64_t mantissa = 0; /* 1.52 bits, shifted to 1.60 */
    if (f != 0) {
        mantissa = (uint64_t)ldexp(frexp(f, &exponent), 61);
        exponent--;
    }
    if (prec >= 0 && prec < 15) {
        int shift = 60 - 4 * prec;
        uint64_t rest = mantissa & ((UINT64_C(1) << shift) - 1), half = UINT64_C(1) << (shift - 1);
        mantissa >>= shift;
        if (rest > half || (rest == half && mantissa & 1)) mantissa++;
        mantissa <<= shift;
        if (mantissa >> 61) {
            mantissa >>= 1;
            exponent++;
        }
    }
    const char *hex = fmt == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
    buf_byte(out, '0');
    buf_byte(out, fmt);
    buf_byte(out, (char)('0' + (mantissa >> 60 & 1)));
    mantissa <<= 4;
    if (prec < 0 ? mantissa != 0 : prec > 0) buf_byte(out, '.');
    for (int i = 0; prec < 0 ? mantissa != 0 : i < prec; i++, mantissa <<= 4)
        buf_byte(out, hex[mantissa >> 60]);
    buf_byte(out, fmt == 'x' ? 'p' : 'P');
    add_exponent(out, exponent);
}

static void add_decimal(Buf *out, double f, char fmt, int prec, int bits)
{
    Digits digits = {0};
    bool shortest = prec < 0;
    if ((fmt == 'f' || fmt == 'F') && !shortest) {
        buf_printf(out, "%.*f", prec, f);
        return;
    }
    if (f == 0)
        digits.d = digits.space;
    else if (shortest)
        shortest_digits(&digits, f, bits);
    else
        round_digits(&digits, f, fmt == 'e' || fmt == 'E' ? prec + 1 : prec > 0 ? prec : 1);
    if ((fmt == 'g' || fmt == 'G') && prec == 0) prec = 1;
    switch (fmt) {
    case 'e':
    case 'E': add_e(out, &digits, shortest ? digits.count - 1 : prec, fmt); break;
    case 'f':
    case 'F':
        add_f(out, &digits, digits.count > digits.point ? digits.count - digits.point : 0);
        break;
    default: add_g(out, &digits, shortest ? digits.count : prec, shortest, fmt);
    }
    if (digits.d != digits.space) free(digits.d);
}

void number_format_float(Buf *out, double f, char fmt, int prec, int bits)
{
    if (isnan(f)) {
        buf_text(out, "NaN");
        return;
    }
    if (isinf(f)) {
        buf_text(out, f > 0 ? "+Inf" : "-Inf");
        return;
    }
    if (signbit(f)) buf_byte(out, '-');
    f = fabs(f);
    switch (fmt) {
    case 'b': add_b(out, f, bits); return;
    case 'x':
    case 'X': add_x(out, f, prec, fmt); return;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': add_decimal(out, f, fmt, prec, bits); return;
    default: buf_byte(out, '%'); buf_byte(out, fmt);
    }
}

/* ---- Text to floating point ---- */

static int64_t match_fold(const char *s, int64_t len, const char *word)
{
    int64_t i = 0;
    while (i < len && word[i] && (s[i] | 0x20) == word[i]) i++;
    return i;
}

/* math.NaN(), whose bits differ from C's. */
static double go_nan(void)
{
    const uint64_t bits = UINT64_C(0x7FF8000000000001);
    double nan;
    memcpy(&nan, &bits, sizeof nan);
    return nan;
}

/* [+-]inf, [+-]infinity, nan: returns the length, 0 where it is none of them. */
static int64_t parse_special(const char *s, int64_t len, double *f)
{
    int64_t sign = len > 0 && (s[0] == '+' || s[0] == '-');
    int64_t n = match_fold(s + sign, len - sign, "infinity");
    if (n >= 3) {
        *f = s[0] == '-' ? -INFINITY : INFINITY;
        return sign + (n == 8 ? 8 : 3);
    }
    if (sign == 0 && match_fold(s, len, "nan") == 3) {
        *f = go_nan();
        return 3;
    }
    return 0;
}

/* Length of the well-formed number at s; 0 where there is none. */
static int64_t scan_number(const char *s, int64_t len, bool *has_underscores)
{
    int64_t i = len > 0 && (s[0] == '+' || s[0] == '-');
    bool is_hex = len - i > 2 && s[i] == '0' && (s[i + 1] | 0x20) == 'x';
    if (is_hex) i += 2;
    bool saw_point = false, saw_digits = false;
    for (; i < len; i++) {
        if (s[i] == '_')
            *has_underscores = true;
        else if (s[i] == '.' && !saw_point)
            saw_point = true;
        else if (digit_value(s[i]) < (is_hex ? 16 : 10))
            saw_digits = true;
        else
            break;
    }
    if (!saw_digits) return 0;
    bool has_exponent = i < len && (s[i] | 0x20) == (is_hex ? 'p' : 'e');
    if (!has_exponent) return is_hex ? 0 : i;
    int64_t j = i + 1;
    if (j < len && (s[j] == '+' || s[j] == '-')) j++;
    if (j >= len || digit_value(s[j]) > 9) return is_hex ? 0 : i;
    for (; j < len && (s[j] == '_' || digit_value(s[j]) <= 9); j++)
        if (s[j] == '_') *has_underscores = true;
    return j;
}

NumberStatus number_parse_float(const char *s, int64_t len, int bits, double *f, int64_t *used)
{
    *f = 0;
    *used = parse_special(s, len, f);
    if (*used > 0) return NUMBER_OK;
    bool has_underscores = false;
    int64_t n = scan_number(s, len, &has_underscores);
    if (n == 0 || (has_underscores && !underscores_ok(s, n))) return NUMBER_SYNTAX;
    char space[64], *text = n < (int64_t)sizeof space ? space : malloc((size_t)n + 1), *out = text;
    if (!text) abort();
    for (int64_t i = 0; i < n; i++)
        if (s[i] != '_') *out++ = s[i];
    *out = 0;
    *f = bits == 32 ? (double)strtof(text, NULL) : strtod(text, NULL);
    if (text != space) free(text);
    *used = n;
    return isinf(*f) ? NUMBER_RANGE : NUMBER_OK;
}
