/* SPDX-License-Identifier: MIT */
/* hash/adler32: the loop. */
#include "stdlib/natives.gen.h"

#define MODULUS 65521
#define BATCH   5552 /* as many bytes as the sums surely take before they overflow 32 bits */

void native_hash_adler32_update(NativeCall *call)
{
    uint32_t sum = (uint32_t)arg_uint(call, 0), a = sum & 0xffff, b = sum >> 16;
    Slice s = arg_slice(call, 1);
    const unsigned char *p = s.data, *end = p + s.len;
    while (p < end) {
        const unsigned char *stop = end - p > BATCH ? p + BATCH : end;
        for (; p < stop; p++) b += a += *p;
        a %= MODULUS;
        b %= MODULUS;
    }
    ret_uint(call, 0, b << 16 | a);
}
