/* SPDX-License-Identifier: MIT */
/* The three-state futex lock: a releaser makes a system call only where somebody may sleep. A
 * sleeper that wakes takes the lock in state 2, since it can't know whether it was the last one; at
 * worst that costs one wake too many. */
#include "runtime/lock.h"

#include "base/fatal.h"

#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SPINS = 60 };

void futex_wait(_Atomic uint32_t *word, uint32_t value, int64_t timeout_ns)
{
    struct timespec ts = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, timeout_ns < 0 ? NULL : &ts, NULL, 0);
}

void futex_wake(_Atomic uint32_t *word, int n)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
}

void lock_wait(Lock *lock)
{
    for (int i = 0; i < SPINS; i++) {
        uint32_t state = atomic_load_explicit(&lock->state, memory_order_relaxed);
        if (state == 0 && atomic_compare_exchange_weak_explicit(
                              &lock->state, &state, 1, memory_order_acquire, memory_order_relaxed))
            return;
        if (state == 2) break;
        spin_pause();
    }
    while (atomic_exchange_explicit(&lock->state, 2, memory_order_acquire) != 0)
        futex_wait(&lock->state, 2, -1);
}

void lock_wake(Lock *lock)
{
    futex_wake(&lock->state, 1);
}

#ifdef MGO_DEBUG
static __thread struct {
    Lock *lock;
    LockRank rank;
} held[64]; /* the ones beyond are not checked */
static __thread int nheld;

void lockrank_taken(Lock *lock, LockRank rank)
{
    int top = nheld - 1;
    if (top >= 0 && top < 64) {
        LockRank last = held[top].rank;
        if (last > rank || (last == rank && rank != RANK_CHAN && rank != RANK_PROGRAM))
            fatal("lock: rank %d taken while holding rank %d", rank, last);
        if (rank == RANK_CHAN && last == rank && held[top].lock >= lock)
            fatal("lock: channels not locked by rising address");
    }
    if (nheld < 64) {
        held[nheld].lock = lock;
        held[nheld].rank = rank;
    }
    nheld++;
}

void lockrank_released(Lock *lock)
{
    int last = (nheld < 64 ? nheld : 64) - 1;
    int i = last;
    while (i >= 0 && held[i].lock != lock) i--;
    if (i < 0 && nheld <= 64) fatal("lock: released by a thread that does not hold it");
    for (; i >= 0 && i < last; i++) held[i] = held[i + 1];
    nheld--;
}
#endif
