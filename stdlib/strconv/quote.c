/* SPDX-License-Identifier: MIT */
/* Literals of strings and runes: what Go can print stays, the rest becomes the shortest escape. */
#include "stdlib/strconv/quote.h"

#include "base/utf8.h"
#include "stdlib/unicode/ucd.h"

#include <string.h>

static void add_escape(Buf *out, uint32_t rune)
{
    static const char named[] = "abtnvfr"; /* 7 to 13 */
    if (rune >= 7 && rune <= 13) {
        buf_byte(out, '\\');
        buf_byte(out, named[rune - 7]);
    } else if (rune < ' ' || rune == 0x7F) {
        buf_printf(out, "\\x%02x", rune);
    } else {
        buf_printf(out, rune < 0x10000 ? "\\u%04x" : "\\U%08x", rune);
    }
}

static void add_rune(Buf *out, const char *s, int width, uint32_t rune, bool ascii, bool graphic)
{
    if (rune == UTF8_ERROR && width == 1)
        buf_printf(out, "\\x%02x", (unsigned char)s[0]);
    else if (ascii ? rune < 0x80 && ucd_is_print(rune) : ucd_is_print(rune))
        buf_add(out, s, (size_t)width);
    else if (!ascii && graphic && ucd_is_graphic(rune))
        buf_add(out, s, (size_t)width);
    else
        add_escape(out, rune);
}

void quote_string(Buf *out, const char *s, int64_t len, char quote, bool ascii, bool graphic)
{
    buf_byte(out, quote);
    while (len > 0) {
        int width = 1;
        unsigned char c = (unsigned char)*s;
        if (c == (unsigned char)quote || c == '\\') {
            buf_byte(out, '\\');
            buf_byte(out, (char)c);
        } else if (c >= ' ' && c < 0x7F) {
            buf_byte(out, (char)c);
        } else {
            uint32_t rune = utf8_decode(s, (size_t)len, &width);
            add_rune(out, s, width, rune, ascii, graphic);
        }
        s += width;
        len -= width;
    }
    buf_byte(out, quote);
}

bool quote_can_backquote(const char *s, int64_t len)
{
    while (len > 0) {
        int width;
        uint32_t rune = utf8_decode(s, (size_t)len, &width);
        if (width > 1
                ? rune == 0xFEFF
                : rune == UTF8_ERROR || (rune < ' ' && rune != '\t') || rune == '`' || rune == 0x7F)
            return false;
        s += width;
        len -= width;
    }
    return true;
}

/* ---- Reading ---- */

bool quote_is_plain(const char *text, int64_t len, bool *has_escapes)
{
    bool is_ascii = true;
    *has_escapes = false;
    for (int64_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\n') return false;
        if (c >= 0x80) is_ascii = false;
        if (c == '\\') {
            *has_escapes = true;
            i++; /* an escaped quote does not count */
        }
    }
    return is_ascii || utf8_valid(text, (size_t)len);
}

/* Reads n digits of a base; -1 where there are not so many. */
static int64_t read_digits(const char *text, int64_t len, int n, int base)
{
    int64_t value = 0;
    if (len < n) return -1;
    for (int i = 0; i < n; i++) {
        int c = text[i], lower = c | 0x20;
        int digit = c >= '0' && c <= '9'           ? c - '0'
                    : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10
                                                   : base;
        if (digit >= base) return -1;
        value = value * base + digit;
    }
    return value;
}

/* Reads the escape behind a backslash and writes what it stands for. Returns the bytes read,
 * *written gets those written; 0 where it is wrong. */
static int unescape(char *out, const char *text, int64_t len, int *written)
{
    static const char letters[] = "abfnrtv\\\"", values[] = "\a\b\f\n\r\t\v\\\"";
    if (len == 0) return 0;
    const char *letter = *text ? strchr(letters, *text) : NULL;
    *written = 1;
    if (letter) {
        *out = values[letter - letters];
        return 1;
    }
    bool is_octal = *text >= '0' && *text <= '7';
    int n = is_octal ? 3 : *text == 'x' ? 2 : *text == 'u' ? 4 : *text == 'U' ? 8 : 0;
    int64_t value = is_octal ? read_digits(text, len, n, 8) : read_digits(text + 1, len - 1, n, 16);
    if (n == 0 || value < 0) return 0;
    if (n <= 3) {
        *out = (char)value;
        return value > 255 ? 0 : n + !is_octal;
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return 0;
    *written = utf8_encode(out, value);
    return n + 1;
}

int64_t quote_unescape(char *out, const char *text, int64_t len)
{
    char *begin = out;
    for (int64_t i = 0; i < len;) {
        if (text[i] != '\\') {
            *out++ = text[i++];
            continue;
        }
        int written, n = unescape(out, text + i + 1, len - i - 1, &written);
        if (n == 0) return -1;
        out += written;
        i += n + 1;
    }
    return out - begin;
}
