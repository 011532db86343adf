/* SPDX-License-Identifier: MIT */
/* encoding/base64: the loops. */
#include "stdlib/natives.gen.h"

#include <string.h>

void native_encoding_base64_encode(NativeCall *call)
{
    unsigned char *out = arg_slice(call, 0).data;
    Slice s = arg_slice(call, 3);
    const unsigned char *p = s.data, *end = p + s.len, *alphabet = arg_ptr(call, 6);
    int64_t pad = arg_int(call, 7);
    for (; end - p >= 3; p += 3) {
        unsigned v = (unsigned)p[0] << 16 | (unsigned)p[1] << 8 | p[2];
        *out++ = alphabet[v >> 18];
        *out++ = alphabet[v >> 12 & 63];
        *out++ = alphabet[v >> 6 & 63];
        *out++ = alphabet[v & 63];
    }
    if (p == end) return;
    unsigned v = (unsigned)p[0] << 16 | (end - p == 2 ? (unsigned)p[1] << 8 : 0);
    *out++ = alphabet[v >> 18];
    *out++ = alphabet[v >> 12 & 63];
    if (end - p == 2) *out++ = alphabet[v >> 6 & 63];
    if (pad < 0) return;
    if (end - p == 1) *out++ = (unsigned char)pad;
    *out++ = (unsigned char)pad;
}

typedef struct Decoder {
    const unsigned char *src, *digits;
    int64_t len, at, pad, bad; /* bad: where the text is wrong, or -1 */
    bool is_strict, is_end;
} Decoder;

static void skip_newlines(Decoder *d)
{
    while (d->at < d->len && (d->src[d->at] == '\n' || d->src[d->at] == '\r')) d->at++;
}

/* The padding, whose first character was just read, after n digits. False: it is wrong. */
static bool take_padding(Decoder *d, int n)
{
    d->is_end = true;
    if (n < 2) {
        d->bad = d->at - 1;
        return false;
    }
    if (n == 2) { /* a second one is due */
        skip_newlines(d);
        if (d->at == d->len || d->src[d->at] != d->pad) {
            d->bad = d->at == d->len ? d->len : d->at - 1;
            return false;
        }
        d->at++;
    }
    skip_newlines(d);
    if (d->at < d->len) d->bad = d->at; /* what follows is wrong, what came before is not */
    return true;
}

/* Reads up to 4 digits; their number, or -1 where the text is wrong. */
static int take_digits(Decoder *d, unsigned *value)
{
    *value = 0;
    for (int n = 0; n < 4;) {
        if (d->at == d->len) {
            d->is_end = true;
            if (n == 0) return 0;
            if (n > 1 && d->pad < 0) return n;
            d->bad = d->at - n;
            return -1;
        }
        unsigned char c = d->src[d->at++];
        if (d->digits[c] != 255) {
            *value |= (unsigned)d->digits[c] << (18 - 6 * n++);
            continue;
        }
        if (c == '\n' || c == '\r') continue;
        if (c != d->pad) {
            d->bad = d->at - 1;
            return -1;
        }
        return take_padding(d, n) ? n : -1;
    }
    return 4;
}

void native_encoding_base64_decode(NativeCall *call)
{
    unsigned char *dst = arg_slice(call, 0).data, *out = dst;
    Slice s = arg_slice(call, 3);
    Decoder d = {s.data, arg_ptr(call, 6),  s.len, 0, arg_int(call, 7),
                 -1,     arg_bool(call, 8), false};
    while (!d.is_end && d.bad < 0) {
        unsigned value;
        int n = take_digits(&d, &value);
        if (n <= 0) break;
        unsigned char bytes[3] = {(unsigned char)(value >> 16), (unsigned char)(value >> 8),
                                  (unsigned char)value};
        if (d.is_strict && n < 4 && bytes[n - 1] != 0) {
            d.bad = d.at - (n == 3 ? 1 : 2);
            break;
        }
        memcpy(out, bytes, (size_t)n - 1);
        out += n - 1;
    }
    ret_int(call, 0, out - dst);
    ret_int(call, 1, d.bad);
}
