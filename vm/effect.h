/* SPDX-License-Identifier: MIT */
/* Parts of instructions that the interpreter and the functions machine code calls share. */
#ifndef MGO_VM_EFFECT_H
#define MGO_VM_EFFECT_H

#include "runtime/rtype.h"

#include <string.h>

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* to[0:3] = the part of the slice or array at p; `given` says by a bit each which of the bounds
 * low, high and max are there. False, with nothing changed, where they are wrong. */
static inline bool cut_slice(Slot *to, char *p, const Slot *bound, unsigned given, uint64_t len,
                             uint64_t cap, uint64_t elem_size)
{
    uint64_t lo = given & 1 ? bound[0].u : 0, hi = given & 2 ? bound[1].u : len,
             max = given & 4 ? bound[2].u : cap;
    if (UNLIKELY(max > cap || hi > max || lo > hi)) return false;
    to[0].p = p + (max > lo ? lo * elem_size : 0); /* never past the object */
    to[1].u = hi - lo;
    to[2].u = max - lo;
    return true;
}

/* What a look-up in a map found, or NULL. */
static inline void put_map_value(Slot *to, const RType *elem, const void *value)
{
    if (!value)
        memset(to, 0, elem->slots * sizeof(Slot));
    else if (elem->size == 8)
        *to = *(const Slot *)value;
    else
        rtype_load(elem, to, value);
}

#endif
