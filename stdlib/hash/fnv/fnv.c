/* SPDX-License-Identifier: MIT */
/* hash/fnv: the loops. */
#include "stdlib/natives.gen.h"

#define PRIME_32      UINT32_C(16777619)
#define PRIME_64      UINT64_C(1099511628211)
#define PRIME_128_LOW 0x13b /* and bit 88 */

void native_hash_fnv_update32(NativeCall *call)
{
    uint32_t h = (uint32_t)arg_uint(call, 0);
    Slice s = arg_slice(call, 1);
    const unsigned char *p = s.data, *end = p + s.len;
    if (arg_bool(call, 4))
        for (; p < end; p++) h = (h ^ *p) * PRIME_32;
    else
        for (; p < end; p++) h = h * PRIME_32 ^ *p;
    ret_uint(call, 0, h);
}

void native_hash_fnv_update64(NativeCall *call)
{
    uint64_t h = arg_uint(call, 0);
    Slice s = arg_slice(call, 1);
    const unsigned char *p = s.data, *end = p + s.len;
    if (arg_bool(call, 4))
        for (; p < end; p++) h = (h ^ *p) * PRIME_64;
    else
        for (; p < end; p++) h = h * PRIME_64 ^ *p;
    ret_uint(call, 0, h);
}

void native_hash_fnv_update128(NativeCall *call)
{
    uint64_t *words = arg_ptr(call, 0); /* high word first */
    Slice s = arg_slice(call, 1);
    const unsigned char *p = s.data, *end = p + s.len;
    const unsigned __int128 prime = (unsigned __int128)1 << 88 | PRIME_128_LOW;
    unsigned __int128 h = (unsigned __int128)words[0] << 64 | words[1];
    if (arg_bool(call, 4))
        for (; p < end; p++) h = (h ^ *p) * prime;
    else
        for (; p < end; p++) h = h * prime ^ *p;
    words[0] = (uint64_t)(h >> 64);
    words[1] = (uint64_t)h;
}
