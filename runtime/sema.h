/* SPDX-License-Identifier: MIT */
/* Semaphores for package sync: the waiters hang on the semaphore itself, which lies in the user's
 * object. */
#ifndef MGO_RUNTIME_SEMA_H
#define MGO_RUNTIME_SEMA_H

#include "runtime/event.h"
#include "runtime/g.h"
#include "runtime/lock.h"

/* The C side of `type sema struct{ state, count uint32; first, last unsafe.Pointer }` in
 * stdlib/sync; zero is ready for use. */
typedef struct Sema {
    Lock lock;
    uint32_t count;    /* permits; guarded by lock */
    WaitQueue waiters; /* guarded by lock */
} Sema;

/* The C side of sync.Mutex; its protocol is at the head of stdlib/sync/sync.c. The state word holds
 * three bits and, above them, the number of goroutines that wait. */
typedef struct Mutex {
    _Atomic int32_t state;
    uint32_t owner;        /* for reports: low half of the id of the goroutine that locked it last */
    Sema sema;
    const void *locked_at; /* for reports: pc after that call */
} Mutex;

enum {
    MUTEX_LOCKED = 1,
    MUTEX_WOKEN = 2,    /* one of those that wait is on its way */
    MUTEX_STARVING = 4, /* Unlock hands the mutex over */
    MUTEX_WAITER = 8,   /* one that waits */
};

/* Lock where nothing has to wait, unlock where nobody has to be woken; else nothing changes and
 * they return false. */
static inline bool mutex_try_lock(Mutex *mutex)
{
    int32_t state = atomic_load_explicit(&mutex->state, memory_order_relaxed);
    return !(state & (MUTEX_LOCKED | MUTEX_STARVING)) &&
           atomic_compare_exchange_strong_explicit(&mutex->state, &state, state | MUTEX_LOCKED,
                                                   memory_order_acquire, memory_order_relaxed);
}

static inline bool mutex_try_unlock(Mutex *mutex)
{
    int32_t state = atomic_load_explicit(&mutex->state, memory_order_relaxed);
    bool is_plain = (state & (MUTEX_LOCKED | MUTEX_STARVING)) == MUTEX_LOCKED;
    if (!is_plain || (state >= MUTEX_WAITER && !(state & MUTEX_WOKEN))) return false;
    return atomic_compare_exchange_strong_explicit(&mutex->state, &state, state & ~MUTEX_LOCKED,
                                                   memory_order_release, memory_order_relaxed);
}

/* g has locked it by the instruction before pc. */
static inline void mutex_note_owner(Mutex *mutex, const Goroutine *g, const void *pc)
{
    mutex->owner = (uint32_t)g->id;
    mutex->locked_at = pc;
    if (events_on()) event_write_lock(g, mutex, pc);
}

/* Takes a permit. Returns true at once, or false with g parked (the permit is handed over by the
 * waker). `lifo` queues in front. g->frame, live, pc stored before. */
bool sema_acquire(Goroutine *g, Sema *sema, WaitReason reason, bool lifo);
/* Gives a permit: to the first waiter if there is one (handoff: it runs next), else to the count.
 */
void sema_release(Sema *sema, bool handoff);
/* Takes g, which is parked on a semaphore, off it. Returns false where it was woken already. */
bool sema_cancel(Goroutine *g);
/* Parks g on the queue without looking at the count (Cond.Wait: called with the ticket already
 * taken). */
void sema_wait(Goroutine *g, Sema *sema, WaitReason reason);
/* Readies up to n waiters (-1: all); returns how many there were. */
int sema_wake(Sema *sema, int n);

#endif
