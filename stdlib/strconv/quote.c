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
