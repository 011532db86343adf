/* SPDX-License-Identifier: MIT */
/* crypto/subtle: comparing. */
#include "stdlib/natives.gen.h"

void native_crypto_subtle_difference(NativeCall *call)
{
    Slice a = arg_slice(call, 0), b = arg_slice(call, 3);
    const unsigned char *x = a.data, *y = b.data;
    unsigned bits = 0;
    for (int64_t i = 0; i < a.len; i++) bits |= x[i] ^ y[i];
    ret_uint(call, 0, bits);
}

void native_crypto_subtle_overlaps(NativeCall *call)
{
    Slice a = arg_slice(call, 0), b = arg_slice(call, 3);
    uintptr_t x = (uintptr_t)a.data, y = (uintptr_t)b.data;
    ret_bool(call, 0, x != y && x < y + (uintptr_t)b.len && y < x + (uintptr_t)a.len);
}
