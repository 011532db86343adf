/* SPDX-License-Identifier: MIT */
/* What sync.Pool keeps: values not in use, on a pile for each processor. */
#ifndef MGO_RUNTIME_OBJECTPOOL_H
#define MGO_RUNTIME_OBJECTPOOL_H

#include "runtime/rtype.h"

#include <stdbool.h>

typedef struct Piles Piles;

/* The C side of sync.Pool; zero is ready for use. */
typedef struct ObjectPool {
    _Atomic(Piles *) piles; /* made at the first use after a collection */
    _Atomic(Piles *) aged;  /* those that were there at the last one; taken from only */
    struct Closure *new;    /* the program's */
} ObjectPool;

/* Takes a value (two slots, an interface) off the caller's processor's pile; false where there is
 * none. */
bool objectpool_take_own(ObjectPool *pool, Slot *to);
/* The same from any pile. */
bool objectpool_take(ObjectPool *pool, Slot *to);
/* Puts a value on the caller's processor's pile; false where there is no room. */
bool objectpool_put_own(ObjectPool *pool, const Slot *value);
/* The same, making room. */
void objectpool_put(ObjectPool *pool, const Slot *value);

#endif
