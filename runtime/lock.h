/* SPDX-License-Identifier: MIT */
/* Small locks for short sections: 4 bytes; who waits spins, then naps. Not recursive. Nothing under
 * one may allocate from the collected heap or park. */
#ifndef MGO_RUNTIME_LOCK_H
#define MGO_RUNTIME_LOCK_H

#include "runtime/lockrank.h"

#include <stdatomic.h>
#include <stdint.h>

typedef struct Lock {
    _Atomic uint32_t state; /* 0 free, 1 held */
} Lock;

void lock_wait(Lock *lock); /* slow path of lock_take */

#ifdef MGO_DEBUG
/* Note what the calling thread takes and releases; a fault where it breaks the order. */
void lockrank_taken(Lock *lock, LockRank rank);
void lockrank_released(Lock *lock);
#else
#    define lockrank_taken(lock, rank) ((void)0)
#    define lockrank_released(lock)    ((void)0)
#endif

/* Takes a lock whose place in the order is `rank`. */
static inline void lock_take_ranked(Lock *lock, LockRank rank)
{
    (void)rank;
    lockrank_taken(lock, rank);
    uint32_t free_state = 0;
    if (!atomic_compare_exchange_strong_explicit(&lock->state, &free_state, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        lock_wait(lock);
}

static inline void lock_take(Lock *lock)
{
    lock_take_ranked(lock, RANK_PROGRAM);
}

/* Takes it if that needs no waiting; returns whether it did. */
static inline _Bool lock_try(Lock *lock, LockRank rank)
{
    (void)rank;
    uint32_t free_state = 0;
    if (!atomic_compare_exchange_strong_explicit(&lock->state, &free_state, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return 0;
    lockrank_taken(lock, rank);
    return 1;
}

static inline void lock_release(Lock *lock)
{
    lockrank_released(lock);
    atomic_store_explicit(&lock->state, 0, memory_order_release);
}

/* Sleeps while *word is `value`, at most timeout_ns (negative: for ever); may return early. */
void futex_wait(_Atomic uint32_t *word, uint32_t value, int64_t timeout_ns);
void futex_wake(_Atomic uint32_t *word, int n);

/* Tells the core that this is a spin loop. */
static inline void spin_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
