/* SPDX-License-Identifier: MIT */
/* Plain values with flags: padding, strings, integers, floating point. */
#include "stdlib/fmt/printer.h"

#include "base/utf8.h"
#include "stdlib/strconv/number.h"
#include "stdlib/strconv/quote.h"
#include "stdlib/unicode/ucd.h"

#include <math.h>
#include <string.h>

/* ---- Padding ---- */

static void add_padding(Printer *p, int64_t n)
{
    char pad = p->f.zero && !p->f.minus ? '0' : ' ';
    for (; n > 0; n--) buf_byte(&p->out, pad);
}

void print_padded(Printer *p, const char *text, size_t len)
{
    if (!p->f.has_wid || p->f.wid == 0) {
        buf_add(&p->out, text, len);
        return;
    }
    int64_t width = p->f.wid - (len > 0 ? (int64_t)utf8_count(text, len) : 0);
    if (!p->f.minus) add_padding(p, width);
    buf_add(&p->out, text, len);
    if (p->f.minus) add_padding(p, width);
}

/* The same, with spaces whatever the zero flag says. */
static void pad_with_spaces(Printer *p, const char *text, size_t len)
{
    bool zero = p->f.zero;
    p->f.zero = false;
    print_padded(p, text, len);
    p->f.zero = zero;
}

/* ---- Strings ---- */

/* Length of text cut to as many runes as the precision says. */
static size_t truncated(const Printer *p, const char *text, size_t len)
{
    if (!p->f.has_prec) return len;
    size_t i = 0;
    for (int n = p->f.prec; n > 0 && i < len; n--) {
        int width;
        utf8_decode(text + i, len - i, &width);
        i += (size_t)width;
    }
    return i;
}

void print_string(Printer *p, const char *text, size_t len)
{
    print_padded(p, text, truncated(p, text, len));
}

void print_quoted(Printer *p, const char *text, size_t len)
{
    len = truncated(p, text, len);
    Buf quoted = {0};
    if (p->f.sharp && quote_can_backquote(text, (int64_t)len)) {
        buf_byte(&quoted, '`');
        buf_add(&quoted, text, len);
        buf_byte(&quoted, '`');
    } else {
        quote_string(&quoted, text, (int64_t)len, '"', p->f.plus, false);
    }
    print_padded(p, quoted.data, quoted.len);
    buf_free(&quoted);
}

void print_hex_bytes(Printer *p, const char *text, size_t len, bool upper)
{
    const char *hex = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    if (p->f.has_prec && (size_t)p->f.prec < len) len = (size_t)p->f.prec;
    int64_t width = 2 * (int64_t)len;
    if (width == 0) {
        if (p->f.has_wid) add_padding(p, p->f.wid);
        return;
    }
    if (p->f.space)
        width = (p->f.sharp ? 2 * width : width) + (int64_t)len - 1;
    else if (p->f.sharp)
        width += 2;
    int64_t padding = p->f.has_wid ? p->f.wid - width : 0;
    if (!p->f.minus) add_padding(p, padding);
    for (size_t i = 0; i < len; i++) {
        if (p->f.space && i > 0) buf_byte(&p->out, ' ');
        if (p->f.sharp && (p->f.space || i == 0)) buf_text(&p->out, upper ? "0X" : "0x");
        unsigned char c = (unsigned char)text[i];
        buf_byte(&p->out, hex[c >> 4]);
        buf_byte(&p->out, hex[c & 15]);
    }
    if (p->f.minus) add_padding(p, padding);
}

/* ---- Integers ---- */

/* Digits wanted at least: by precision, or by width where zeros fill it. */
static int least_digits(const Printer *p, bool negative)
{
    if (p->f.has_prec) return p->f.prec;
    if (!p->f.zero || p->f.minus || !p->f.has_wid) return 0;
    return p->f.wid - (negative || p->f.plus || p->f.space);
}

static void add_prefix(Buf *out, const Printer *p, int base, char verb, char first_digit)
{
    if (verb == 'O') buf_text(out, "0o");
    if (p->f.sharp) {
        if (base == 2) buf_text(out, "0b");
        if (base == 8 && first_digit != '0') buf_byte(out, '0');
        if (base == 16) buf_text(out, verb == 'X' ? "0X" : "0x");
    }
}

void print_integer(Printer *p, uint64_t n, bool is_signed, int base, char verb)
{
    bool negative = is_signed && (int64_t)n < 0;
    if (negative) n = -n;
    if (p->f.has_prec && p->f.prec == 0 && n == 0) {
        pad_with_spaces(p, "", 0);
        return;
    }
    char space[NUMBER_INT_MAX], *digits = number_format_uint(space, n, base);
    int ndigits = (int)(space + NUMBER_INT_MAX - digits), least = least_digits(p, negative);
    if (verb == 'X')
        for (char *d = digits; d < space + NUMBER_INT_MAX; d++)
            if (*d >= 'a') *d -= 32;
    if (!negative && least <= ndigits && !p->f.sharp && !p->f.plus && !p->f.space && verb != 'O') {
        pad_with_spaces(p, digits, (size_t)ndigits);
        return;
    }
    Buf text = {0};
    if (negative)
        buf_byte(&text, '-');
    else if (p->f.plus)
        buf_byte(&text, '+');
    else if (p->f.space)
        buf_byte(&text, ' ');
    add_prefix(&text, p, base, verb, least > ndigits ? '0' : *digits);
    for (int i = ndigits; i < least; i++) buf_byte(&text, '0');
    buf_add(&text, digits, (size_t)ndigits);
    pad_with_spaces(p, text.data, text.len);
    buf_free(&text);
}

void print_0x(Printer *p, uint64_t n, bool prefix)
{
    bool sharp = p->f.sharp;
    p->f.sharp = prefix;
    print_integer(p, n, false, 16, 'v');
    p->f.sharp = sharp;
}

static int encode(char *out, uint64_t c)
{
    return utf8_encode(out, c > 0x10FFFF ? (int64_t)UTF8_ERROR : (int64_t)c);
}

void print_char(Printer *p, uint64_t c)
{
    char text[UTF8_MAX];
    print_padded(p, text, (size_t)encode(text, c));
}

void print_quoted_char(Printer *p, uint64_t c)
{
    char text[UTF8_MAX];
    Buf quoted = {0};
    quote_string(&quoted, text, encode(text, c), '\'', p->f.plus, false);
    print_padded(p, quoted.data, quoted.len);
    buf_free(&quoted);
}

void print_unicode(Printer *p, uint64_t c)
{
    Buf text = {0};
    int digits = p->f.has_prec && p->f.prec > 4 ? p->f.prec : 4;
    buf_printf(&text, "U+%0*lX", digits, (unsigned long)c);
    if (p->f.sharp && c <= 0x10FFFF && ucd_is_print((uint32_t)c)) {
        char rune[UTF8_MAX];
        buf_text(&text, " '");
        buf_add(&text, rune, (size_t)encode(rune, c));
        buf_byte(&text, '\'');
    }
    pad_with_spaces(p, text.data, text.len);
    buf_free(&text);
}

/* ---- Floating point ---- */

/* What the sharp flag adds: a decimal point always, and trailing zeros up to the precision. */
static void add_sharp(Buf *num, char verb, int prec)
{
    int digits = strchr("gGx", verb) ? (prec < 0 ? 6 : prec) : 0;
    bool saw_digit = false, has_point = false, is_hex = verb == 'x' || verb == 'X';
    size_t at = 1;
    for (; at < num->len; at++) {
        char c = num->data[at];
        if (c == 'p' || c == 'P' || (!is_hex && (c == 'e' || c == 'E'))) break;
        if (c == '.') {
            has_point = true;
            continue;
        }
        if (c != '0') saw_digit = true;
        if (saw_digit) digits--;
    }
    Buf all = {0};
    buf_add(&all, num->data, at);
    if (!has_point) {
        if (at == 2 && num->data[1] == '0') digits--;
        buf_byte(&all, '.');
    }
    for (; digits > 0; digits--) buf_byte(&all, '0');
    buf_add(&all, num->data + at, num->len - at);
    buf_free(num);
    *num = all;
}

/* num has a sign in front. */
static void add_float(Printer *p, const char *num, size_t len)
{
    if (!p->f.plus && num[0] == '+') {
        print_padded(p, num + 1, len - 1);
    } else if (p->f.zero && !p->f.minus && p->f.has_wid && p->f.wid > (int)len) {
        buf_byte(&p->out, num[0]);
        add_padding(p, p->f.wid - (int64_t)len);
        buf_add(&p->out, num + 1, len - 1);
    } else {
        print_padded(p, num, len);
    }
}

/* The same with all flags. */
static void add_flagged(Printer *p, char *num, size_t len, char verb, int prec)
{
    if (p->f.space && num[0] == '+' && !p->f.plus) num[0] = ' ';
    if (num[1] == 'I' || num[1] == 'N') {
        bool drop_sign = num[1] == 'N' && !p->f.space && !p->f.plus;
        pad_with_spaces(p, num + drop_sign, len - drop_sign);
    } else if (p->f.sharp && verb != 'b') {
        Buf all = {0};
        buf_add(&all, num, len);
        add_sharp(&all, verb, prec);
        add_float(p, all.data, all.len);
        buf_free(&all);
    } else {
        add_float(p, num, len);
    }
}

void print_float(Printer *p, double f, int bits, char verb, int prec)
{
    if (p->f.has_prec) prec = p->f.prec;
    char text[1 + NUMBER_FLOAT_MAX] = "+";
    size_t len = number_put_float(text + 1, f, verb, prec, bits);
    if (len > 0) {
        bool has_sign = text[1] == '-' || text[1] == '+';
        add_flagged(p, text + has_sign, len + !has_sign, verb, prec);
        return;
    }
    Buf num = {0};
    if (!signbit(f)) buf_byte(&num, '+');
    number_format_float(&num, f, verb, prec, bits);
    add_flagged(p, num.data, num.len, verb, prec);
    buf_free(&num);
}
