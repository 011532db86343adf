/* SPDX-License-Identifier: MIT */
/* Processors and their queues.
 *
 * The ring has one producer, its owner, and any number of takers: the owner and thieves. A taker
 * reads the goroutines first and then claims them by moving head with a compare-and-swap; where it
 * fails, what it read may be stale and is dropped. The owner fills a place before it moves tail,
 * and never fills one that head has not passed. */
#include "runtime/proc.h"

#include "base/fatal.h"

#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

Sched sched;

Proc *proc_new(int id, uint64_t seed)
{
    Proc *p = gc_root_alloc(sizeof *p);
    memset(p, 0, sizeof *p);
    p->id = id;
    p->random = seed * 0x9E3779B97F4A7C15u + (uint64_t)id * 0xD1B54A32D192ED03u + 1;
    atomic_init(&p->state, PROC_RETIRED);
    atomic_init(&p->timers.first, INT64_MAX);
    gc_cache_register(&p->gc);
    return p;
}

Proc *proc_enter(void)
{
    Proc *p = proc_current();
    if (p) return p;
    lock_take_ranked(&sched.foreign_lock, RANK_FOREIGN);
    return sched.foreign;
}

void proc_leave(Proc *p)
{
    if (p == sched.foreign) lock_release(&sched.foreign_lock);
}

/* ---- The ring ---- */

/* Moves half of p's full ring and g to the global queue. Returns false where a thief was faster. */
static bool overflow(Proc *p, Goroutine *g, uint32_t head)
{
    enum { HALF = RING_SIZE / 2 };
    Goroutine *batch[HALF + 1];
    for (uint32_t i = 0; i < HALF; i++)
        batch[i] = atomic_load_explicit(&p->ready.at[(head + i) % RING_SIZE], memory_order_relaxed);
    if (!atomic_compare_exchange_strong(&p->ready.head, &head, head + HALF)) return false;
    batch[HALF] = g;
    for (uint32_t i = 0; i < HALF; i++) batch[i]->sched_next = batch[i + 1];
    g->sched_next = NULL;
    lock_take_ranked(&sched.lock, RANK_SCHED);
    global_push_chain(batch[0], g, HALF + 1);
    lock_release(&sched.lock);
    return true;
}

void proc_push(Proc *p, Goroutine *g)
{
    for (;;) {
        uint32_t head = atomic_load_explicit(&p->ready.head, memory_order_acquire);
        uint32_t tail = atomic_load_explicit(&p->ready.tail, memory_order_relaxed);
        if (tail - head < RING_SIZE) {
            atomic_store_explicit(&p->ready.at[tail % RING_SIZE], g, memory_order_relaxed);
            atomic_store_explicit(&p->ready.tail, tail + 1, memory_order_release);
            return;
        }
        if (overflow(p, g, head)) return;
    }
}

/* In a wave of many goroutines each is long out of the caches when its turn comes: asks for the
 * descriptors of those that come after the next one, and for the stack of the next. */
static inline void prefetch(const Proc *p, uint32_t next, uint32_t tail)
{
    enum { AHEAD = 3, LINE = 64 };
    if (tail - next <= AHEAD) return;
    char *later = (char *)atomic_load_explicit(&p->ready.at[(next + AHEAD) % RING_SIZE],
                                               memory_order_relaxed);
    __builtin_prefetch(later);
    __builtin_prefetch(later + LINE);
    __builtin_prefetch(later + 2 * LINE);
    const Goroutine *g = atomic_load_explicit(&p->ready.at[next % RING_SIZE], memory_order_relaxed);
    __builtin_prefetch(atomic_load_explicit(&g->stack, memory_order_relaxed));
}

Goroutine *proc_pop(Proc *p)
{
    uint32_t head = atomic_load_explicit(&p->ready.head, memory_order_acquire);
    for (;;) {
        uint32_t tail = atomic_load_explicit(&p->ready.tail, memory_order_relaxed);
        if (head == tail) return NULL;
        Goroutine *g = atomic_load_explicit(&p->ready.at[head % RING_SIZE], memory_order_relaxed);
        if (atomic_compare_exchange_weak_explicit(&p->ready.head, &head, head + 1,
                                                  memory_order_acq_rel, memory_order_acquire)) {
            prefetch(p, head + 1, tail);
            return g;
        }
    }
}

Goroutine *proc_steal(Proc *p, Proc *victim)
{
    uint32_t tail = atomic_load_explicit(&p->ready.tail, memory_order_relaxed);
    for (;;) {
        uint32_t head = atomic_load_explicit(&victim->ready.head, memory_order_acquire);
        uint32_t end = atomic_load_explicit(&victim->ready.tail, memory_order_acquire);
        uint32_t n = end - head - (end - head) / 2;
        if (n == 0) return NULL;
        if (n > RING_SIZE / 2) continue; /* head and tail were not read at one moment */
        for (uint32_t i = 0; i < n; i++) {
            Goroutine *g = atomic_load_explicit(&victim->ready.at[(head + i) % RING_SIZE],
                                                memory_order_relaxed);
            atomic_store_explicit(&p->ready.at[(tail + i) % RING_SIZE], g, memory_order_relaxed);
        }
        if (!atomic_compare_exchange_strong_explicit(&victim->ready.head, &head, head + n,
                                                     memory_order_acq_rel, memory_order_relaxed))
            continue;
        Goroutine *g =
            atomic_load_explicit(&p->ready.at[(tail + n - 1) % RING_SIZE], memory_order_relaxed);
        if (n > 1) atomic_store_explicit(&p->ready.tail, tail + n - 1, memory_order_release);
        return g;
    }
}

/* ---- The next slot ----
 *
 * At every hand-over the owner takes what is there, and hardly ever does anybody else want it. So
 * the owner changes the slot by plain loads and stores, and a thief pays for that with a barrier in
 * all threads (membarrier):
 *
 *   The owner (swap_next):                   A thief (proc_steal_next), one at a time:
 *     1. is_changing = true                    a. is_robbed = true
 *     2. if is_robbed, exchanges atomically    b. barrier in the owner's thread
 *     3. else loads next, stores               c. if is_changing, gives up
 *     4. is_changing = false                   d. takes what is in next by compare-and-swap
 *                                              e. is_robbed = false
 *
 * The barrier falls somewhere between the owner's steps. If before 1, the owner sees is_robbed in 2
 * and does what goes with d. If after 1 but not after 4, the thief sees is_changing in c. If after
 * 4, the slot is as the owner left it, and the next time the barrier comes before 1. So d and 3
 * never overlap; and as e is a release and 2 an acquire, a 3 that follows e comes after d. The
 * store to an empty slot (proc_set_next) needs nothing: d takes out what is there only.
 *
 * Nothing is lost where a thief gives up: the owner is at work on that very slot.
 *
 * Without membarrier the owner always exchanges. tests/model/next.pml is a model of this, with a
 * store buffer for the owner. */

/* Where the owner may leave out atomic exchanges: there are no thieves, or they make sure of it. */
static bool has_barrier; /* fixed by proc_init */

void proc_init(void)
{
#ifndef __SANITIZE_THREAD__ /* which knows no such barrier */
    has_barrier = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
#endif
}

/* What the owner stores may be seen late by others, but not earlier than what it stored before; and
 * what it loads, only where the barrier or an exchange says so. */
static inline void compiler_fence(void)
{
    atomic_signal_fence(memory_order_seq_cst);
}

/* Puts g (may be NULL) into the next slot and returns what was there. */
static inline Goroutine *swap_next(Proc *p, Goroutine *g)
{
    atomic_store_explicit(&p->is_changing, true, memory_order_relaxed);
    compiler_fence();
    Goroutine *old;
    if (__builtin_expect(has_barrier, 1) &&
        __builtin_expect(!atomic_load_explicit(&p->is_robbed, memory_order_acquire), 1)) {
        old = atomic_load_explicit(&p->next, memory_order_relaxed);
        atomic_store_explicit(&p->next, g, memory_order_release);
    } else {
        old = atomic_exchange_explicit(&p->next, g, memory_order_acq_rel);
    }
    atomic_store_explicit(&p->is_changing, false, memory_order_release);
    return old;
}

bool proc_set_next(Proc *p, Goroutine *g)
{
    if (!atomic_load_explicit(&p->next, memory_order_relaxed)) {
        atomic_store_explicit(&p->next, g, memory_order_release);
        return false;
    }
    Goroutine *old = swap_next(p, g);
    if (old) proc_push(p, old);
    return old != NULL;
}

Goroutine *proc_take_next(Proc *p)
{
    return atomic_load_explicit(&p->next, memory_order_relaxed) ? swap_next(p, NULL) : NULL;
}

Goroutine *proc_steal_next(Proc *victim)
{
    Goroutine *g = atomic_load_explicit(&victim->next, memory_order_relaxed);
    bool no = false;
    if (!g || !atomic_compare_exchange_strong(&victim->is_robbed, &no, true)) return NULL;
    if (has_barrier) syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    if (atomic_load(&victim->is_changing) ||
        !atomic_compare_exchange_strong(&victim->next, &g, NULL))
        g = NULL;
    atomic_store(&victim->is_robbed, false);
    return g;
}

bool proc_has_work(Proc *p)
{
    return atomic_load(&p->ready.head) != atomic_load(&p->ready.tail) || atomic_load(&p->next);
}

/* ---- The global queue ---- */

void global_push_chain(Goroutine *first, Goroutine *last, uint32_t n)
{
    if (sched.global_last)
        sched.global_last->sched_next = first;
    else
        sched.global_first = first;
    sched.global_last = last;
    atomic_store(&sched.global_count, sched.global_count + n);
}

void global_push(Goroutine *g)
{
    g->sched_next = NULL;
    global_push_chain(g, g, 1);
}

static Goroutine *global_pop(void)
{
    Goroutine *g = sched.global_first;
    sched.global_first = g->sched_next;
    if (!sched.global_first) sched.global_last = NULL;
    g->sched_next = NULL;
    return g;
}

Goroutine *global_take(Proc *p, uint32_t max)
{
    uint32_t n = atomic_load_explicit(&sched.global_count, memory_order_relaxed);
    if (n == 0) return NULL;
    uint32_t share = n / (uint32_t)atomic_load_explicit(&sched.nprocs, memory_order_relaxed) + 1;
    if (share > n) share = n;
    if (max && share > max) share = max;
    if (share > RING_SIZE / 2) share = RING_SIZE / 2;
    atomic_store(&sched.global_count, n - share);
    Goroutine *g = global_pop();
    while (--share > 0) proc_push(p, global_pop());
    return g;
}

/* ---- Idle processors ---- */

void proc_put_idle(Proc *p)
{
    atomic_store(&p->state, PROC_IDLE);
    p->idle_next = sched.idle_procs;
    sched.idle_procs = p;
    atomic_fetch_add(&sched.nidle, 1);
}

Proc *proc_take_idle(void)
{
    Proc *p = sched.idle_procs;
    if (!p) return NULL;
    sched.idle_procs = p->idle_next;
    atomic_fetch_sub(&sched.nidle, 1);
    atomic_store(&p->state, PROC_RUNNING);
    if (atomic_load_explicit(&sched.monitor_asleep, memory_order_relaxed) &&
        atomic_exchange(&sched.monitor_asleep, 0))
        futex_wake(&sched.monitor_asleep, 1);
    return p;
}

void proc_retire(Proc *p)
{
    Goroutine *g;
    lock_take_ranked(&sched.lock, RANK_SCHED);
    while ((g = proc_take_next(p)) || (g = proc_pop(p))) global_push(g);
    lock_release(&sched.lock);
    timer_move_all(&p->timers, &sched.procs[0]->timers);
    g_pool_drain(p);
    stack_cache_drain(&p->stacks);
    atomic_store(&p->state, PROC_RETIRED);
}
