/* SPDX-License-Identifier: MIT */
/* encoding/hex: the loops. */
#include "stdlib/natives.gen.h"

void native_encoding_hex_encode(NativeCall *call)
{
    static const char digits[] = "0123456789abcdef";
    char *out = arg_slice(call, 0).data;
    Slice s = arg_slice(call, 3);
    const unsigned char *p = s.data;
    for (int64_t i = 0; i < s.len; i++) {
        *out++ = digits[p[i] >> 4];
        *out++ = digits[p[i] & 15];
    }
}

static int digit(unsigned char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void native_encoding_hex_decode(NativeCall *call)
{
    unsigned char *out = arg_slice(call, 0).data;
    Slice s = arg_slice(call, 3);
    const unsigned char *p = s.data;
    int64_t n = 0, bad = -1;
    for (; n < s.len / 2 && bad < 0; n++) {
        int high = digit(p[2 * n]), low = digit(p[2 * n + 1]);
        if (high < 0 || low < 0) {
            bad = high < 0 ? 2 * n : 2 * n + 1;
            break;
        }
        out[n] = (unsigned char)(high << 4 | low);
    }
    if (bad < 0 && s.len % 2 == 1 && digit(p[s.len - 1]) < 0) bad = s.len - 1;
    ret_int(call, 0, n);
    ret_int(call, 1, bad);
}
