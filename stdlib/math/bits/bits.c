/* SPDX-License-Identifier: MIT */
/* math/bits: what is an instruction, for those who call it through a function value, and what C
 * does (calc.def). */
#include "stdlib/natives.gen.h"

#include "stdlib/calc.h"

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

/* ---- Reversal ---- */

/* Neighbouring groups of n bits change places, those that the mask has and those above them. */
static inline uint64_t swap_groups(uint64_t x, unsigned n, uint64_t mask)
{
    return (x >> n & mask) | (x & mask) << n;
}

uint64_t bits_reverse64(uint64_t x)
{
    x = swap_groups(x, 1, 0x5555555555555555);
    x = swap_groups(x, 2, 0x3333333333333333);
    x = swap_groups(x, 4, 0x0F0F0F0F0F0F0F0F);
    return __builtin_bswap64(x);
}

/* clang-format off */
uint64_t bits_reverse8(uint64_t x)         { return bits_reverse64(x) >> 56; }
uint64_t bits_reverse16(uint64_t x)        { return bits_reverse64(x) >> 48; }
uint64_t bits_reverse32(uint64_t x)        { return bits_reverse64(x) >> 32; }
uint64_t bits_reverse_bytes16(uint64_t x)  { return __builtin_bswap16((uint16_t)x); }
uint64_t bits_reverse_bytes32(uint64_t x)  { return __builtin_bswap32((uint32_t)x); }
uint64_t bits_reverse_bytes64(uint64_t x)  { return __builtin_bswap64(x); }
/* clang-format on */
