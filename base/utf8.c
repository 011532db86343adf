/* SPDX-License-Identifier: MIT */
/* Decoding checks the second byte against the range that its lead allows; that excludes overlong
 * forms, surrogates and what lies beyond U+10FFFF, and every later byte need only be 80..BF. */
#include "base/utf8.h"

static bool is_tail(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Bytes of the sequence that begins at s[0..len), or 0 where it is invalid. */
static int sequence_width(const char *s, size_t len)
{
    unsigned char lead = (unsigned char)s[0];
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4 || len < 2) return 0;
    unsigned char second = (unsigned char)s[1];
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < low || second > high) return 0;
    if (lead < 0xE0) return 2;
    if (len < 3 || !is_tail(s[2])) return 0;
    if (lead < 0xF0) return 3;
    if (len < 4 || !is_tail(s[3])) return 0;
    return 4;
}

uint32_t utf8_decode(const char *s, size_t len, int *width)
{
    static const unsigned char lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    int n = sequence_width(s, len);
    if (n == 0) {
        *width = 1;
        return UTF8_ERROR;
    }
    uint32_t rune = (unsigned char)s[0] & lead_mask[n];
    for (int i = 1; i < n; i++) rune = rune << 6 | ((unsigned char)s[i] & 0x3F);
    *width = n;
    return rune;
}

int utf8_encode(char *out, int64_t rune)
{
    if (rune < 0 || rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF)) rune = UTF8_ERROR;
    if (rune < 0x80) {
        out[0] = (char)rune;
        return 1;
    }
    int n = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    for (int i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (rune & 0x3F));
        rune >>= 6;
    }
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(lead[n] | rune);
    return n;
}

size_t utf8_count(const char *s, size_t len)
{
    size_t count = 0;
    while (len > 0) {
        int width = sequence_width(s, len);
        if (width == 0) width = 1;
        s += width;
        len -= (size_t)width;
        count++;
    }
    return count;
}

bool utf8_valid(const char *s, size_t len)
{
    while (len > 0) {
        int width = sequence_width(s, len);
        if (width == 0) return false;
        s += width;
        len -= (size_t)width;
    }
    return true;
}
