/* SPDX-License-Identifier: MIT */
/* unicode/utf8: each function comes for bytes and for strings, which differ only in how many slots
 * they take. */
#include "stdlib/natives.gen.h"

#include "stdlib/calc.h"

#include "base/utf8.h"

/* Whether `need` bytes begin at s, as far as s goes: a prefix of a valid encoding, shorter than it.
 */
static bool is_partial(const unsigned char *s, int64_t len)
{
    unsigned char lead = s[0];
    int need = lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1;
    if (len >= need) return false;
    if (len > 1) {
        unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (s[1] < low || s[1] > high) return false;
    }
    return len <= 2 || (s[2] & 0xC0) == 0x80;
}

static void full_rune(NativeCall *call)
{
    int64_t len = arg_int(call, 1);
    ret_bool(call, 0, len > 0 && !is_partial(arg_ptr(call, 0), len));
}

static void decode_rune(NativeCall *call)
{
    int64_t len = arg_int(call, 1);
    int width = 0;
    uint32_t rune = len > 0 ? utf8_decode(arg_ptr(call, 0), (size_t)len, &width) : UTF8_ERROR;
    ret_int(call, 0, rune);
    ret_int(call, 1, width);
}

static void decode_last_rune(NativeCall *call)
{
    const char *s = arg_ptr(call, 0);
    int64_t len = arg_int(call, 1), from = len - 1;
    ret_int(call, 0, UTF8_ERROR);
    if (len == 0) return;
    while (from > 0 && from > len - UTF8_MAX && (s[from] & 0xC0) == 0x80) from--;
    int width;
    uint32_t rune = utf8_decode(s + from, (size_t)(len - from), &width);
    if (from + width != len) {
        rune = UTF8_ERROR;
        width = 1;
    }
    ret_int(call, 0, rune);
    ret_int(call, 1, width);
}

static void rune_count(NativeCall *call)
{
    int64_t len = arg_int(call, 1);
    ret_int(call, 0, len > 0 ? (int64_t)utf8_count(arg_ptr(call, 0), (size_t)len) : 0);
}

static void valid(NativeCall *call)
{
    int64_t len = arg_int(call, 1);
    ret_bool(call, 0, len == 0 || utf8_valid(arg_ptr(call, 0), (size_t)len));
}

/* clang-format off */
void native_unicode_utf8_FullRune(NativeCall *call)               { full_rune(call); }
void native_unicode_utf8_FullRuneInString(NativeCall *call)       { full_rune(call); }
void native_unicode_utf8_DecodeRune(NativeCall *call)             { decode_rune(call); }
void native_unicode_utf8_DecodeRuneInString(NativeCall *call)     { decode_rune(call); }
void native_unicode_utf8_DecodeLastRune(NativeCall *call)         { decode_last_rune(call); }
void native_unicode_utf8_DecodeLastRuneInString(NativeCall *call) { decode_last_rune(call); }
void native_unicode_utf8_RuneCount(NativeCall *call)              { rune_count(call); }
void native_unicode_utf8_RuneCountInString(NativeCall *call)      { rune_count(call); }
void native_unicode_utf8_Valid(NativeCall *call)                  { valid(call); }
void native_unicode_utf8_ValidString(NativeCall *call)            { valid(call); }
/* clang-format on */

uint64_t rune_len(uint64_t rune)
{
    int64_t c = (int64_t)rune;
    bool is_valid = c >= 0 && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
    return !is_valid ? UINT64_MAX : 1 + (uint64_t)(c >= 0x80) + (c >= 0x800) + (c >= 0x10000);
}
