/* SPDX-License-Identifier: MIT */
/* math/rand/v2: the shared generator, ChaCha8's block function, and the curves of the ziggurat. */
#include "stdlib/natives.gen.h"

#include "runtime/sched.h"
#include "stdlib/math/rand/ziggurat.h"

#include <string.h>

void native_math_rand_v2_random(NativeCall *call)
{
    ret_uint(call, 0, sched_random());
}

/* ---- ChaCha8 ---- */

static uint32_t rotate(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static void quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *a += *b, *d = rotate(*d ^ *a, 16);
    *c += *d, *b = rotate(*b ^ *c, 12);
    *a += *b, *d = rotate(*d ^ *a, 8);
    *c += *d, *b = rotate(*b ^ *c, 7);
}

/* One block of 16 words with 8 rounds. Of the state only the key is added again at the end: the
 * rest is known to everybody. */
static void chacha8_block(const uint32_t key[8], uint32_t counter, uint32_t x[16])
{
    static const uint32_t sigma[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    memcpy(x, sigma, sizeof sigma);
    memcpy(x + 4, key, 8 * sizeof *key);
    x[12] = counter;
    x[13] = x[14] = x[15] = 0;
    for (int round = 0; round < 8; round += 2) {
        for (int i = 0; i < 4; i++) quarter_round(x + i, x + 4 + i, x + 8 + i, x + 12 + i);
        for (int i = 0; i < 4; i++)
            quarter_round(x + i, x + 4 + (i + 1) % 4, x + 8 + (i + 2) % 4, x + 12 + (i + 3) % 4);
    }
    for (int i = 0; i < 8; i++) x[4 + i] += key[i];
}

/* Four blocks, interleaved word by word, as four lanes would make them. */
void native_math_rand_v2_chacha8(NativeCall *call)
{
    const uint32_t *key = arg_ptr(call, 0);
    uint32_t *out = arg_ptr(call, 1), counter = (uint32_t)arg_uint(call, 2);
    for (uint32_t lane = 0; lane < 4; lane++) {
        uint32_t x[16];
        chacha8_block(key, counter + lane, x);
        for (int i = 0; i < 16; i++) out[4 * i + (int)lane] = x[i];
    }
}

/* ---- Distributions ---- */

void native_math_rand_v2_normal(NativeCall *call)
{
    double x;
    bool inside = ziggurat_normal((int32_t)arg_int(call, 0), (int)arg_int(call, 1), &x);
    ret_float(call, 0, x);
    ret_bool(call, 1, inside);
}

void native_math_rand_v2_normalAccepts(NativeCall *call)
{
    int layer = (int)arg_int(call, 0);
    ret_bool(call, 0, ziggurat_normal_accepts(layer, arg_float(call, 1), arg_float(call, 2)));
}

void native_math_rand_v2_exponential(NativeCall *call)
{
    double x;
    bool inside = ziggurat_exponential((uint32_t)arg_uint(call, 0), (int)arg_int(call, 1), &x);
    ret_float(call, 0, x);
    ret_bool(call, 1, inside);
}

void native_math_rand_v2_exponentialAccepts(NativeCall *call)
{
    int layer = (int)arg_int(call, 0);
    ret_bool(call, 0, ziggurat_exponential_accepts(layer, arg_float(call, 1), arg_float(call, 2)));
}
