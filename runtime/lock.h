/* SPDX-License-Identifier: MIT */
/* Small locks for short sections: 4 bytes, spin briefly, then sleep on a futex. Not recursive. Nothing under one may allocate from the collected heap
 * or park. */
#ifndef MGO_RUNTIME_LOCK_H
#define MGO_RUNTIME_LOCK_H

#include <stdatomic.h>
#include <stdint.h>

typedef struct Lock {
    _Atomic uint32_t state; /* 0 free, 1 held, 2 held and somebody sleeps */
} Lock;

void lock_wait(Lock *lock); /* slow path of lock_take */
void lock_wake(Lock *lock); /* slow path of lock_release */

static inline void lock_take(Lock *lock)
{
    uint32_t free_state = 0;
    if (!atomic_compare_exchange_strong_explicit(&lock->state, &free_state, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        lock_wait(lock);
}

static inline void lock_release(Lock *lock)
{
    if (atomic_exchange_explicit(&lock->state, 0, memory_order_release) == 2) lock_wake(lock);
}

#endif
