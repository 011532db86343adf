/* SPDX-License-Identifier: MIT */
/* A lock is a word, and releasing it is a plain store: half the price of an exchange, which a lock
 * with sleepers to wake would need. So who waits long does not sleep until woken but looks again
 * later: it spins for the length of some sections, then lets other threads run, then naps for
 * longer and longer. A section is some tens of instructions, so the naps are for the case that the
 * kernel has taken the processor from the holder, and cost at most as much again as that has. */
#include "runtime/lock.h"

#include "base/fatal.h"

#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SPINS = 60, YIELDS = 10, NAP_FIRST_NS = 20000, NAP_LAST_NS = 500000 };

void futex_wait(_Atomic uint32_t *word, uint32_t value, int64_t timeout_ns)
{
    struct timespec ts = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, timeout_ns < 0 ? NULL : &ts, NULL, 0);
}

void futex_wake(_Atomic uint32_t *word, int n)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
}

static bool take_if_free(Lock *lock)
{
    uint32_t free_state = 0;
    return atomic_load_explicit(&lock->state, memory_order_relaxed) == 0 &&
           atomic_compare_exchange_weak_explicit(&lock->state, &free_state, 1, memory_order_acquire,
                                                 memory_order_relaxed);
}

void lock_wait(Lock *lock)
{
    for (int i = 0; i < SPINS; i++) {
        if (take_if_free(lock)) return;
        spin_pause();
    }
    for (int i = 0; i < YIELDS; i++) {
        sched_yield();
        if (take_if_free(lock)) return;
    }
    struct timespec nap = {.tv_nsec = NAP_FIRST_NS};
    while (!take_if_free(lock)) {
        nanosleep(&nap, NULL);
        if (nap.tv_nsec < NAP_LAST_NS) nap.tv_nsec *= 2;
    }
}

#ifdef MGO_DEBUG
enum { HELD_MAX = 64 };

static __thread struct {
    Lock *lock;
    LockRank rank;
} held[HELD_MAX];
static __thread int nheld;
static __thread int nunseen; /* taken while held was full: not checked (a select of many cases) */

void lockrank_taken(Lock *lock, LockRank rank)
{
    if (nheld > 0) {
        LockRank last = held[nheld - 1].rank;
        if (last > rank || (last == rank && rank != RANK_CHAN && rank != RANK_PROGRAM))
            fatal("lock: rank %d taken while holding rank %d", rank, last);
        if (rank == RANK_CHAN && last == rank && held[nheld - 1].lock >= lock)
            fatal("lock: channels not locked by rising address");
    }
    if (nheld == HELD_MAX) {
        nunseen++;
        return;
    }
    held[nheld].lock = lock;
    held[nheld].rank = rank;
    nheld++;
}

void lockrank_released(Lock *lock)
{
    int i = nheld - 1;
    while (i >= 0 && held[i].lock != lock) i--;
    if (i < 0) {
        if (nunseen == 0) fatal("lock: released by a thread that does not hold it");
        nunseen--;
        return;
    }
    for (nheld--; i < nheld; i++) held[i] = held[i + 1];
}
#endif
