/* SPDX-License-Identifier: MIT */
/* math/rand: the scheduler's generator, so that -seed makes programs repeat themselves, and the
 * generator of seeded sources. */
#include "stdlib/natives.gen.h"

#include "runtime/sched.h"
#include "stdlib/math/rand/ziggurat.h"

/* x[n] = x[n - LENGTH] + x[n - TAP] */
#define LENGTH 607
#define TAP    273

static const uint64_t initial[LENGTH] = {
#include "stdlib/math/rand/seeded.def"
};

typedef struct Seeded { /* as in rand.mgo */
    int64_t tap, feed;
    uint64_t state[LENGTH];
} Seeded;

void native_math_rand_random(NativeCall *call)
{
    ret_uint(call, 0, sched_random());
}

void native_math_rand_ignoresSeed(NativeCall *call)
{
    const char *setting = native_debug_setting("randseednop");
    int version = native_go_version();
    ret_bool(call, 0, setting ? *setting != '0' : version == 0 || version >= 24);
}

/* The next number of Lehmer's generator with which a seed fills the state. */
static uint64_t lehmer(uint64_t *x)
{
    return *x = *x * 48271 % INT32_MAX;
}

void native_math_rand_seededSource_Seed(NativeCall *call)
{
    Seeded *s = arg_ptr(call, 0);
    int64_t seed = arg_int(call, 1) % INT32_MAX;
    if (seed < 0) seed += INT32_MAX;
    uint64_t x = seed == 0 ? 89482311 : (uint64_t)seed;
    for (int i = 0; i < 20; i++) lehmer(&x);
    for (int i = 0; i < LENGTH; i++) {
        uint64_t bits = lehmer(&x) << 40;
        bits ^= lehmer(&x) << 20;
        bits ^= lehmer(&x);
        s->state[i] = initial[i] ^ bits;
    }
    s->tap = 0;
    s->feed = LENGTH - TAP;
}

static uint64_t next(Seeded *s)
{
    if (--s->tap < 0) s->tap += LENGTH;
    if (--s->feed < 0) s->feed += LENGTH;
    return s->state[s->feed] += s->state[s->tap];
}

void native_math_rand_seededSource_Uint64(NativeCall *call)
{
    ret_uint(call, 0, next(arg_ptr(call, 0)));
}

void native_math_rand_seededSource_Int63(NativeCall *call)
{
    ret_uint(call, 0, next(arg_ptr(call, 0)) & INT64_MAX);
}

void native_math_rand_normal(NativeCall *call)
{
    double x;
    bool inside = ziggurat_normal((int32_t)arg_int(call, 0), (int)arg_int(call, 1), &x);
    ret_float(call, 0, x);
    ret_bool(call, 1, inside);
}

void native_math_rand_normalAccepts(NativeCall *call)
{
    int layer = (int)arg_int(call, 0);
    ret_bool(call, 0, ziggurat_normal_accepts(layer, arg_float(call, 1), arg_float(call, 2)));
}

void native_math_rand_exponential(NativeCall *call)
{
    double x;
    bool inside = ziggurat_exponential((uint32_t)arg_uint(call, 0), (int)arg_int(call, 1), &x);
    ret_float(call, 0, x);
    ret_bool(call, 1, inside);
}

void native_math_rand_exponentialAccepts(NativeCall *call)
{
    int layer = (int)arg_int(call, 0);
    ret_bool(call, 0, ziggurat_exponential_accepts(layer, arg_float(call, 1), arg_float(call, 2)));
}
