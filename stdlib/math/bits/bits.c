/* SPDX-License-Identifier: MIT */
/* math/bits: compiler intrinsics. */
#include "stdlib/natives.gen.h"

void native_math_bits_LeadingZeros(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? __builtin_clzll(x) - (64 - 64) : 64);
}

void native_math_bits_TrailingZeros(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? __builtin_ctzll(x) : 64);
}

void native_math_bits_OnesCount(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, __builtin_popcountll(x));
}

void native_math_bits_Len(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? 64 - __builtin_clzll(x) : 0);
}

void native_math_bits_LeadingZeros8(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? __builtin_clzll(x) - (64 - 8) : 8);
}

void native_math_bits_TrailingZeros8(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? __builtin_ctzll(x) : 8);
}

void native_math_bits_OnesCount8(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, __builtin_popcountll(x));
}

void native_math_bits_Len8(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? 64 - __builtin_clzll(x) : 0);
}

void native_math_bits_LeadingZeros16(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? __builtin_clzll(x) - (64 - 16) : 16);
}

void native_math_bits_TrailingZeros16(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? __builtin_ctzll(x) : 16);
}

void native_math_bits_OnesCount16(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, __builtin_popcountll(x));
}

void native_math_bits_Len16(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? 64 - __builtin_clzll(x) : 0);
}

void native_math_bits_LeadingZeros32(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? __builtin_clzll(x) - (64 - 32) : 32);
}

void native_math_bits_TrailingZeros32(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? __builtin_ctzll(x) : 32);
}

void native_math_bits_OnesCount32(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, __builtin_popcountll(x));
}

void native_math_bits_Len32(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? 64 - __builtin_clzll(x) : 0);
}

void native_math_bits_LeadingZeros64(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? __builtin_clzll(x) - (64 - 64) : 64);
}

void native_math_bits_TrailingZeros64(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? __builtin_ctzll(x) : 64);
}

void native_math_bits_OnesCount64(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, __builtin_popcountll(x));
}

void native_math_bits_Len64(NativeCall *call)
{
    uint64_t x = arg_uint(call, 0);
    ret_int(call, 0, x ? 64 - __builtin_clzll(x) : 0);
}

void native_math_bits_Mul64(NativeCall *call)
{
    unsigned __int128 product = (unsigned __int128)arg_uint(call, 0) * arg_uint(call, 1);
    ret_uint(call, 0, (uint64_t)(product >> 64));
    ret_uint(call, 1, (uint64_t)product);
}

void native_math_bits_div64(NativeCall *call)
{
    unsigned __int128 dividend = (unsigned __int128)arg_uint(call, 0) << 64 | arg_uint(call, 1);
    ret_uint(call, 0, (uint64_t)(dividend / arg_uint(call, 2)));
    ret_uint(call, 1, (uint64_t)(dividend % arg_uint(call, 2)));
}
