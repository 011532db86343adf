/* SPDX-License-Identifier: MIT */
/* Literals.
 *
 * Scanning is lenient and checking strict: a number takes every digit, letter of its base and
 * underscore that could have been meant, and then one message says what is wrong. Strings end at
 * the quote or at the end of the line. */
#include "lexer/literal.h"
#include "base/diag.h"
#include "base/utf8.h"

#include <stdio.h>

#include <string.h>

/* ---- Numbers ---- */

typedef struct Number {
    const char *text;
    size_t len, at; /* bytes there are; bytes read */
    Pos pos;
    unsigned base;   /* 2, 8, 10 or 16 */
    char prefix;     /* 0, '0' (old octal), 'x', 'o' or 'b' */
    bool has_digits; /* of the mantissa */
    bool has_separator;
    size_t bad_digit; /* offset of a digit too large for the base, or 0 */
    bool is_bad;      /* reported; once is enough */
} Number;

static const char *base_name(unsigned base)
{
    switch (base) {
    case 2: return "binary";
    case 8: return "octal";
    case 16: return "hexadecimal";
    default: return "decimal";
    }
}

static void complain(Number *n, size_t offset, const char *text)
{
    if (n->is_bad) return;
    n->is_bad = true;
    diag_error(n->pos + (Pos)offset, n->pos + (Pos)offset + 1, ERR_PLAIN, text);
}

static char peek(const Number *n)
{
    return n->at < n->len ? n->text[n->at] : 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_decimal(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_decimal(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

/* Reads digits and underscores; returns whether there were digits. */
static bool read_digits(Number *n, unsigned base)
{
    bool any = false;
    for (;; n->at++) {
        char c = peek(n);
        if (c == '_') {
            n->has_separator = true;
            continue;
        }
        if (!(base == 16 ? is_hex(c) : is_decimal(c))) return any;
        if (base < 10 && c >= (char)('0' + base) && !n->bad_digit) n->bad_digit = n->at;
        any = true;
    }
}

/* An underscore must stand between digits, or between a base prefix and a digit. */
static void check_separators(Number *n, size_t end)
{
    char before = '.'; /* what precedes: '0' a digit, '_' an underscore, '.' anything else */
    size_t i = 0;
    if (n->prefix && n->prefix != '0') {
        before = '0'; /* the prefix counts as a digit */
        i = 2;
    }
    for (; i < end; i++) {
        char kind = n->text[i];
        if (kind != '_') {
            bool digit = is_decimal(kind) || (n->base == 16 && is_hex(kind));
            kind = digit ? '0' : '.';
        }
        if (kind == '_' && before != '0') {
            complain(n, i, "'_' must separate successive digits");
            return;
        }
        if (kind == '.' && before == '_') {
            complain(n, i - 1, "'_' must separate successive digits");
            return;
        }
        before = kind;
    }
    if (before == '_') complain(n, end - 1, "'_' must separate successive digits");
}

static void read_prefix(Number *n)
{
    n->base = 10;
    if (peek(n) != '0') return;
    n->at++;
    switch (lower(peek(n))) {
    case 'x': n->base = 16; break;
    case 'o': n->base = 8; break;
    case 'b': n->base = 2; break;
    default:
        n->base = 8;
        n->prefix = '0';
        n->has_digits = true;
        return;
    }
    n->prefix = lower(peek(n));
    n->at++;
}

static void read_fraction(Number *n)
{
    char text[64];
    if (n->prefix == 'o' || n->prefix == 'b') {
        snprintf(text, sizeof text, "invalid radix point in %s literal", base_name(n->base));
        complain(n, n->at, text);
    }
    n->at++;
    if (read_digits(n, n->base == 16 ? 16 : 10)) n->has_digits = true;
}

static void read_exponent(Number *n)
{
    char text[64], letter = peek(n);
    if (lower(letter) == 'e' && n->prefix && n->prefix != '0') {
        snprintf(text, sizeof text, "'%c' exponent requires decimal mantissa", letter);
        complain(n, n->at, text);
    } else if (lower(letter) == 'p' && n->prefix != 'x') {
        snprintf(text, sizeof text, "'%c' exponent requires hexadecimal mantissa", letter);
        complain(n, n->at, text);
    }
    n->at++;
    if (peek(n) == '+' || peek(n) == '-') n->at++;
    if (!read_digits(n, 10)) complain(n, n->at, "exponent has no digits");
}

static void complain_of_digit(Number *n, TokenKind kind)
{
    char text[64];
    if (!n->bad_digit || kind != T_INT) return;
    snprintf(text, sizeof text, "invalid digit '%c' in %s literal", n->text[n->bad_digit],
             base_name(n->base));
    complain(n, n->bad_digit, text);
}

size_t literal_scan_number(const char *text, size_t len, Pos pos, TokenKind *kind)
{
    Number n = {.text = text, .len = len, .pos = pos};
    *kind = T_INT;
    read_prefix(&n);
    if (read_digits(&n, n.base)) n.has_digits = true;
    if (peek(&n) == '.') {
        *kind = T_FLOAT;
        read_fraction(&n);
    }
    if (!n.has_digits) {
        char message[64];
        snprintf(message, sizeof message, "%s literal has no digits", base_name(n.base));
        complain(&n, n.at, message);
    }
    char letter = lower(peek(&n));
    if (letter == 'e' || letter == 'p') {
        *kind = T_FLOAT;
        read_exponent(&n);
    } else if (n.prefix == 'x' && *kind == T_FLOAT) {
        complain(&n, n.at, "hexadecimal mantissa requires a 'p' exponent");
    }
    size_t end = n.at;
    if (peek(&n) == 'i') {
        *kind = T_IMAG;
        n.at++;
        if (n.prefix == '0') n.bad_digit = 0; /* 08i is 8i, for old programs' sake */
    }
    if (*kind == T_IMAG && n.bad_digit) {
        complain_of_digit(&n, T_INT);
    } else {
        complain_of_digit(&n, *kind);
    }
    if (n.has_separator) check_separators(&n, end);
    return n.at;
}

/* ---- Strings and runes ---- */

static void report(Pos pos, const char *text)
{
    diag_error(pos, pos + 1, ERR_PLAIN, text);
}

void literal_print_rune(uint32_t rune, Buf *out)
{
    buf_printf(out, "U+%04X", rune);
    bool printable = rune < 0x80 ? rune >= 0x20 && rune < 0x7F
                                 : rune >= 0xA1 && rune != UTF8_ERROR &&
                                       !(rune >= 0xD800 && rune < 0xE000) && rune <= 0x10FFFF;
    if (!printable) return;
    char bytes[UTF8_MAX];
    buf_text(out, " '");
    buf_add(out, bytes, (size_t)utf8_encode(bytes, rune));
    buf_byte(out, '\'');
}

/* The value of a hexadecimal digit, or 99. */
static unsigned digit_value(char c)
{
    if (is_decimal(c)) return (unsigned)(c - '0');
    if (is_hex(c)) return (unsigned)(lower(c) - 'a') + 10;
    return 99;
}

typedef struct Escape {
    size_t len; /* bytes after the backslash */
    uint32_t value;
    bool is_byte;    /* \x and octal: a byte, not a code point */
    size_t error_at; /* if error is set: where, counted from the backslash */
    char error[96];  /* "" if well-formed */
} Escape;

/* Reads `count` digits at s, which is after the backslash and its letter, if any. */
static void read_escape_digits(Escape *e, const char *s, size_t len, unsigned count, unsigned base)
{
    for (unsigned i = 0; i < count; i++) {
        char c = e->len < len ? s[e->len] : 0;
        unsigned digit = digit_value(c);
        if (digit >= base) {
            e->error_at = e->len + 1;
            int width;
            uint32_t rune = e->len < len ? utf8_decode(s + e->len, len - e->len, &width) : 0;
            char bytes[UTF8_MAX + 1] = {0};
            utf8_encode(bytes, rune);
            if (e->len >= len) return; /* the literal is not terminated; that is said elsewhere */
            const char *shown = rune == '\'' ? "\\'" : rune == '\n' ? "\\n" : bytes;
            snprintf(e->error, sizeof e->error, "invalid character '%s' in %s escape", shown,
                     base_name(base));
            return;
        }
        e->value = e->value * base + digit;
        e->len++;
    }
}

static void check_escape_value(Escape *e, unsigned base)
{
    if (e->error[0]) return;
    e->error_at = e->len + 1;
    if (base == 8 && e->value > 255) {
        snprintf(e->error, sizeof e->error, "octal escape value %u > 255", e->value);
    } else if (!e->is_byte && (e->value > 0x10FFFF || (e->value >= 0xD800 && e->value < 0xE000))) {
        Buf rune = {0};
        literal_print_rune(e->value, &rune);
        snprintf(e->error, sizeof e->error, "escape is invalid Unicode code point %s",
                 buf_str(&rune));
        buf_free(&rune);
    }
}

/* Reads the escape after a backslash; `quote` is the quote that may be escaped. */
static Escape read_escape(const char *s, size_t len, char quote)
{
    static const char letters[] = "abfnrtv\\", values[] = "\a\b\f\n\r\t\v\\";
    Escape e = {0};
    char c = len ? s[0] : 0;
    const char *simple = c ? strchr(letters, c) : NULL;
    if (simple || (c && c == quote)) {
        e.len = 1;
        e.value = (unsigned char)(simple ? values[simple - letters] : c);
        return e;
    }
    unsigned base = 16, count = 0;
    switch (c) {
    case 'x': count = 2; break;
    case 'u': count = 4; break;
    case 'U': count = 8; break;
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
        count = 3;
        base = 8;
        break;
    default:
        e.error_at = 1;
        snprintf(e.error, sizeof e.error, "unknown escape");
        return e;
    }
    e.is_byte = c == 'x' || base == 8;
    if (base == 16) e.len = 1;
    read_escape_digits(&e, s, len, count, base);
    check_escape_value(&e, base);
    return e;
}

/* Reads and checks the escape at s[0] == '\\'; returns its length with the backslash. */
static size_t scan_escape(const char *s, size_t len, char quote, Pos pos, bool *is_bad)
{
    Escape e = read_escape(s + 1, len - 1, quote);
    if (e.error[0] && !*is_bad) {
        report(pos + (Pos)e.error_at, e.error);
        *is_bad = true;
    }
    return 1 + e.len;
}

size_t literal_scan_string(const char *text, size_t len, Pos pos)
{
    size_t i = 1;
    while (i < len) {
        char c = text[i];
        if (c == '"') return i + 1;
        if (c == '\n') {
            report(pos + (Pos)i, "newline in string");
            return i;
        }
        if (c == '\\') {
            bool is_bad = false;
            i += scan_escape(text + i, len - i, '"', pos + (Pos)i, &is_bad);
        } else {
            i++;
        }
    }
    report(pos, "string not terminated");
    return len;
}

size_t literal_scan_raw(const char *text, size_t len, Pos pos)
{
    const char *end = memchr(text + 1, '`', len - 1);
    if (end) return (size_t)(end - text) + 1;
    report(pos, "string not terminated");
    return len;
}

size_t literal_scan_char(const char *text, size_t len, Pos pos)
{
    bool is_bad = false;
    size_t i = 1;
    for (int count = 0; i < len; count++) {
        int width;
        switch (text[i]) {
        case '\'':
            if (count == 0 && !is_bad) report(pos + (Pos)i, "empty rune literal or unescaped '");
            if (count > 1 && !is_bad) report(pos, "more than one character in rune literal");
            return i + 1;
        case '\n':
            if (!is_bad) report(pos + (Pos)i, "newline in rune literal");
            return i;
        case '\\': i += scan_escape(text + i, len - i, '\'', pos + (Pos)i, &is_bad); break;
        default:
            utf8_decode(text + i, len - i, &width);
            i += (size_t)width;
            break;
        }
    }
    if (!is_bad) report(pos, "rune literal not terminated");
    return len;
}

/* ---- What they mean ---- */

bool literal_string(Name text, Buf *out)
{
    const char *s = text->text;
    size_t len = text->len;
    if (len < 2 || s[len - 1] != s[0]) return false;
    buf_add(out, "", 0);
    if (s[0] == '`') {
        for (size_t i = 1; i + 1 < len; i++) {
            if (s[i] != '\r') buf_byte(out, s[i]);
        }
        return true;
    }
    for (size_t i = 1; i + 1 < len;) {
        const char *stop = memchr(s + i, '\\', len - 1 - i);
        size_t plain = stop ? (size_t)(stop - s) - i : len - 1 - i;
        buf_add(out, s + i, plain);
        i += plain;
        if (!stop) break;
        Escape e = read_escape(s + i + 1, len - 2 - i, '"');
        if (e.error[0]) return false;
        char bytes[UTF8_MAX] = {(char)e.value};
        buf_add(out, bytes, e.is_byte ? 1 : (size_t)utf8_encode(bytes, e.value));
        i += 1 + e.len;
    }
    return true;
}

bool literal_char(Name text, int64_t *rune)
{
    const char *s = text->text;
    size_t len = text->len;
    *rune = 0;
    if (len < 3 || s[len - 1] != '\'') return false;
    if (s[1] == '\\') {
        Escape e = read_escape(s + 2, len - 3, '\'');
        *rune = e.value;
        return !e.error[0] && e.len == len - 3;
    }
    int width;
    *rune = utf8_decode(s + 1, len - 2, &width);
    return (size_t)width == len - 2;
}
