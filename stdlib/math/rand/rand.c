/* SPDX-License-Identifier: MIT */
/* math/rand: the scheduler's generator, so that -seed makes programs repeat themselves. */
#include "stdlib/natives.gen.h"

#include "runtime/sched.h"

void native_math_rand_random(NativeCall *call)
{
    ret_uint(call, 0, sched_random());
}
