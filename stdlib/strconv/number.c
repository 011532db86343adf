/* SPDX-License-Identifier: MIT */
/* Numbers to text and back.
 *
 * decimal.c finds the shortest digits of a number, nearly always digits rounded to a precision, and
 * reads what has up to 19 digits. The rest, long precisions and numbers just between two others, is
 * left to libc's printf and strtod, which round correctly: digits come from "%.*e", and a text that
 * was found well-formed by Go's rules goes to strtod. */
#include "stdlib/strconv/number.h"

#include "stdlib/strconv/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Integers ---- */

static const char pairs[201] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

/* Writes n so that it ends before `end`; returns where it begins. */
static char *put_decimal(char *end, uint64_t n)
{
    while (n >= 100) {
        memcpy(end -= 2, pairs + 2 * (n % 100), 2);
        n /= 100;
    }
    if (n >= 10) return memcpy(end - 2, pairs + 2 * n, 2);
    *--end = (char)('0' + n);
    return end;
}

char *number_format_uint(char *out, uint64_t n, int base)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    char *p = out + NUMBER_INT_MAX;
    if (base == 10) return put_decimal(p, n);
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

NumberStatus number_parse_uint(const char *s, int64_t len, int64_t base, int64_t bits, uint64_t *n)
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

NumberStatus number_parse_int(const char *s, int64_t len, int64_t base, int64_t bits, int64_t *n)
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

static void drop_zeros(Digits *digits)
{
    while (digits->count > 0 && digits->d[digits->count - 1] == '0') digits->count--;
    if (digits->count == 0) digits->point = 0;
}

static void take_decimal(Digits *digits, Decimal decimal)
{
    char *end = digits->space + sizeof digits->space;
    digits->d = put_decimal(end, decimal.digits);
    digits->count = (int)(end - digits->d);
    digits->point = digits->count + decimal.exponent;
    drop_zeros(digits);
}

/* Takes the digits of "%.*e" output. */
static void take_digits(Digits *digits, const char *text)
{
    char *out = digits->d;
    for (; *text != 'e'; text++)
        if (*text != '.') *out++ = *text;
    digits->point = atoi(text + 1) + 1;
    digits->count = (int)(out - digits->d);
    drop_zeros(digits);
}

/* `n` digits of f >= 0, correctly rounded. The caller frees d where it does not point into space.
 */
static void round_digits(Digits *digits, double f, int n)
{
    Buf text = {0};
    buf_printf(&text, "%.*e", n - 1, f);
    digits->d = digits->space;
    if (text.len > sizeof digits->space) digits->d = malloc(text.len);
    if (!digits->d) abort();
    take_digits(digits, text.data);
    buf_free(&text);
}

static bool is_in_space(const Digits *digits)
{
    return digits->d >= digits->space && digits->d <= digits->space + sizeof digits->space;
}

/* Digits of f >= 0 by way of decimal.c; false where that can't do it. prec < 0 stands for the
 * shortest. */
static bool quick_digits(Digits *digits, double f, char fmt, int prec, int bits)
{
    Decimal decimal;
    if (f == 0) {
        *digits = (Digits){.d = digits->space};
        return true;
    }
    if (prec < 0) {
        decimal = decimal_shortest(f, bits);
    } else if (fmt == 'f') {
        decimal.exponent = -prec;
        if (prec > 40 || !decimal_fixed(f, prec, &decimal.digits)) return false;
    } else {
        int n = fmt == 'e' ? prec + 1 : prec > 0 ? prec : 1;
        if (prec > 17 || n > 17 || !decimal_rounded(f, n, &decimal)) return false;
    }
    take_decimal(digits, decimal);
    return true;
}

/* ---- Floating point to text: each writes at out and returns where it ends ---- */

static char *put_zeros(char *out, int n)
{
    return n > 0 ? (char *)memset(out, '0', (size_t)n) + n : out;
}

/* digits[from..to), zeros where there are none. */
static char *put_digits(char *out, const Digits *digits, int from, int to)
{
    int before = from < 0 ? (to < 0 ? to : 0) - from : 0;
    out = put_zeros(out, before);
    from += before;
    int n = (to < digits->count ? to : digits->count) - from;
    if (n > 0) out = (char *)memcpy(out, digits->d + from, (size_t)n) + n;
    return put_zeros(out, to - from - (n > 0 ? n : 0));
}

static char *put_exponent(char *out, int exponent)
{
    char text[8], *end = text + sizeof text, *begin = put_decimal(end, (uint64_t)abs(exponent));
    *out++ = exponent < 0 ? '-' : '+';
    if (end - begin < 2) *--begin = '0';
    return (char *)memcpy(out, begin, (size_t)(end - begin)) + (end - begin);
}

static char *put_e(char *out, const Digits *digits, int prec, char letter)
{
    *out++ = digits->count > 0 ? digits->d[0] : '0';
    if (prec > 0) {
        *out++ = '.';
        out = put_digits(out, digits, 1, prec + 1);
    }
    *out++ = letter;
    return put_exponent(out, digits->count > 0 ? digits->point - 1 : 0);
}

static char *put_f(char *out, const Digits *digits, int prec)
{
    if (digits->point > 0)
        out = put_digits(out, digits, 0, digits->point);
    else
        *out++ = '0';
    if (prec > 0) {
        *out++ = '.';
        out = put_digits(out, digits, digits->point, digits->point + prec);
    }
    return out;
}

static char *put_g(char *out, const Digits *digits, int prec, bool shortest, char letter)
{
    int limit = prec;
    if (limit > digits->count && digits->count >= digits->point) limit = digits->count;
    if (shortest) limit = 6;
    int exponent = digits->point - 1;
    if (exponent < -4 || exponent >= limit)
        return put_e(out, digits, (prec > digits->count ? digits->count : prec) - 1, letter);
    int places = digits->count - digits->point;
    return put_f(out, digits, places > 0 ? places : 0);
}

/* fmt is 'e', 'f' or 'g', letter is what stands before an exponent. */
static char *put_decimal_format(char *out, const Digits *digits, char fmt, int prec, char letter)
{
    bool shortest = prec < 0;
    int places = digits->count - digits->point;
    switch (fmt) {
    case 'e': return put_e(out, digits, shortest ? digits->count - 1 : prec, letter);
    case 'f': return put_f(out, digits, shortest ? (places > 0 ? places : 0) : prec);
    default:
        return put_g(out, digits, shortest ? digits->count : prec > 0 ? prec : 1, shortest, letter);
    }
}

/* Upper bound of what put_decimal_format writes. */
static size_t decimal_room(const Digits *digits, int prec)
{
    return (size_t)digits->count + (size_t)abs(digits->point) + (size_t)(prec > 0 ? prec : 0) + 16;
}

static bool is_decimal_format(char fmt)
{
    return fmt == 'e' || fmt == 'f' || fmt == 'g' || fmt == 'E' || fmt == 'F' || fmt == 'G';
}

static char *put_special(char *out, double f)
{
    const char *text = isnan(f) ? "NaN" : f > 0 ? "+Inf" : "-Inf";
    return stpcpy(out, text);
}

size_t number_put_float(char *out, double f, char fmt, int prec, int bits)
{
    if (isnan(f) || isinf(f)) return (size_t)(put_special(out, f) - out);
    if (!is_decimal_format(fmt)) return 0;
    Digits digits;
    char lower = (char)(fmt | 0x20), *p = out;
    if (!quick_digits(&digits, fabs(f), lower, prec, bits)) return 0;
    if (decimal_room(&digits, prec) + 1 > NUMBER_FLOAT_MAX) return 0;
    if (signbit(f)) *p++ = '-';
    return (size_t)(put_decimal_format(p, &digits, lower, prec, (char)(fmt + 'e' - lower)) - out);
}

/* ---- The same at any length ---- */

static void add_exponent(Buf *out, int exponent)
{
    char text[8];
    buf_add(out, text, (size_t)(put_exponent(text, exponent) - text));
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
    char lower = (char)(fmt | 0x20);
    if (lower == 'f' && prec >= 0) {
        buf_printf(out, "%.*f", prec, f);
        return;
    }
    if (!quick_digits(&digits, f, lower, prec, bits))
        round_digits(&digits, f, lower == 'e' ? prec + 1 : prec > 0 ? prec : 1);
    char *text = malloc(decimal_room(&digits, prec));
    if (!text) abort();
    char *end = put_decimal_format(text, &digits, lower, prec, (char)(fmt + 'e' - lower));
    buf_add(out, text, (size_t)(end - text));
    free(text);
    if (!is_in_space(&digits)) free(digits.d);
}

void number_format_float(Buf *out, double f, char fmt, int prec, int bits)
{
    char text[NUMBER_FLOAT_MAX];
    size_t len = number_put_float(text, f, fmt, prec, bits);
    if (len > 0) {
        buf_add(out, text, len);
        return;
    }
    bool is_known = fmt == 'b' || fmt == 'x' || fmt == 'X' || is_decimal_format(fmt);
    if (signbit(f) && is_known) buf_byte(out, '-');
    f = fabs(f);
    if (fmt == 'b') {
        add_b(out, f, bits);
    } else if (fmt == 'x' || fmt == 'X') {
        add_x(out, f, prec, fmt);
    } else if (is_decimal_format(fmt)) {
        add_decimal(out, f, fmt, prec, bits);
    } else {
        buf_byte(out, '%');
        buf_byte(out, fmt);
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

/* A decimal number as it is written: digits * 10^exponent, and perhaps more digits behind the
 * first 19. */
typedef struct Written {
    uint64_t digits;
    int64_t exponent;
    bool is_cut, is_negative;
} Written;

/* Takes apart a well-formed decimal number without underscores. */
static Written read_decimal(const char *s, int64_t len)
{
    Written w = {.is_negative = s[0] == '-'};
    int64_t i = s[0] == '-' || s[0] == '+';
    int count = 0;
    bool is_behind = false;
    for (; i < len; i++) {
        char c = s[i];
        if (c == '.') {
            is_behind = true;
            continue;
        }
        if (c < '0' || c > '9') break;
        if (count < 19) {
            w.digits = w.digits * 10 + (uint64_t)(c - '0');
            count += w.digits != 0;
            w.exponent -= is_behind;
        } else {
            w.is_cut |= c != '0';
            w.exponent += !is_behind;
        }
    }
    if (i == len) return w;
    bool is_small = s[++i] == '-';
    int64_t exponent = 0;
    for (i += is_small || s[i] == '+'; i < len; i++)
        if (exponent < 100000) exponent = exponent * 10 + (s[i] - '0');
    w.exponent += is_small ? -exponent : exponent;
    return w;
}

/* Reads a well-formed decimal number of any length; false where strtod has to. */
static bool quick_parse(const char *s, int64_t len, int bits, double *f)
{
    static const double exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    Written w = read_decimal(s, len);
    if (w.digits == 0) {
        *f = 0;
    } else if (bits == 64 && !w.is_cut && w.digits >> 53 == 0 && w.exponent >= -22 &&
               w.exponent <= 22) {
        /* Both are exact, so one operation rounds correctly. */
        *f = w.exponent < 0 ? (double)w.digits / exact[-w.exponent]
                            : (double)w.digits * exact[w.exponent];
    } else {
        double above;
        if (w.exponent < -400 || w.exponent > 400) return false;
        if (!decimal_to_float(w.digits, (int)w.exponent, bits, f)) return false;
        if (w.is_cut &&
            (!decimal_to_float(w.digits + 1, (int)w.exponent, bits, &above) || above != *f))
            return false;
    }
    if (w.is_negative) *f = -*f;
    return true;
}

NumberStatus number_parse_float(const char *s, int64_t len, int bits, double *f, int64_t *used)
{
    *f = 0;
    *used = parse_special(s, len, f);
    if (bits == 32) *f = (double)(float)*f; /* loses the low bits of NaN */
    if (*used > 0) return NUMBER_OK;
    bool has_underscores = false;
    int64_t n = scan_number(s, len, &has_underscores);
    if (n == 0 || (has_underscores && !underscores_ok(s, n))) return NUMBER_SYNTAX;
    *used = n;
    bool is_hex =
        n > 2 && (memchr(s, 'x', 3 < n ? 3 : (size_t)n) || memchr(s, 'X', 3 < n ? 3 : (size_t)n));
    if (!has_underscores && !is_hex && quick_parse(s, n, bits == 32 ? 32 : 64, f)) return NUMBER_OK;
    char space[64], *text = n < (int64_t)sizeof space ? space : malloc((size_t)n + 1), *out = text;
    if (!text) abort();
    for (int64_t i = 0; i < n; i++)
        if (s[i] != '_') *out++ = s[i];
    *out = 0;
    *f = bits == 32 ? (double)strtof(text, NULL) : strtod(text, NULL);
    if (text != space) free(text);
    return isinf(*f) ? NUMBER_RANGE : NUMBER_OK;
}
