/* SPDX-License-Identifier: MIT */
/* encoding/base32: the loops. */
#include "stdlib/natives.gen.h"

#include <string.h>

/* Bytes that n digits hold; numbers of digits that no bytes give count as nothing. */
static const int whole_bytes[9] = {0, 0, 1, 0, 2, 3, 0, 4, 5};

void native_encoding_base32_encode(NativeCall *call)
{
    unsigned char *out = arg_slice(call, 0).data;
    Slice s = arg_slice(call, 3);
    const unsigned char *p = s.data, *end = p + s.len, *alphabet = arg_ptr(call, 6);
    int64_t pad = arg_int(call, 7);
    for (; p < end; p += 5) {
        uint64_t v = 0;
        int n = end - p < 5 ? (int)(end - p) : 5, digits = (n * 8 + 4) / 5;
        for (int i = 0; i < n; i++) v |= (uint64_t)p[i] << (32 - 8 * i);
        for (int i = 0; i < digits; i++) *out++ = alphabet[v >> (35 - 5 * i) & 31];
        for (int i = digits; i < 8 && pad >= 0; i++) *out++ = (unsigned char)pad;
    }
}

/* Whether the padding is right whose first character stands at src[at - 1], after n digits; *bad
 * gets where it is not. */
static bool check_padding(const unsigned char *src, int64_t at, int64_t len, int n, int64_t pad,
                          int64_t *bad)
{
    int64_t left = len - at;
    if (left + n < 7) {
        *bad = len;
        return false;
    }
    for (int k = 0; k < 7 - n; k++) {
        if (left > k && src[at + k] != pad) {
            *bad = at + k - 1;
            return false;
        }
    }
    if (whole_bytes[n] > 0) return true;
    *bad = at - 1;
    return false;
}

void native_encoding_base32_decode(NativeCall *call)
{
    unsigned char *dst = arg_slice(call, 0).data, *out = dst;
    Slice s = arg_slice(call, 3);
    const unsigned char *src = s.data, *digits = arg_ptr(call, 6);
    int64_t at = 0, pad = arg_int(call, 7), bad = -1;
    bool is_end = false;
    while (at < s.len && !is_end && bad < 0) {
        uint64_t v = 0;
        int n = 0;
        while (n < 8 && !is_end) {
            if (at == s.len) {
                if (pad >= 0) bad = at - n;
                is_end = true;
                break;
            }
            unsigned char c = src[at++];
            if (c == pad && n >= 2 && s.len - at < 8) {
                check_padding(src, at, s.len, n, pad, &bad);
                is_end = true;
            } else if (digits[c] == 255) {
                bad = at - 1;
                is_end = true;
            } else {
                v |= (uint64_t)digits[c] << (35 - 5 * n++);
            }
        }
        if (bad >= 0) break;
        for (int i = 0; i < whole_bytes[n]; i++) *out++ = (unsigned char)(v >> (32 - 8 * i));
    }
    ret_int(call, 0, out - dst);
    ret_int(call, 1, bad);
}
