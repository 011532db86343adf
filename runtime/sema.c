/* SPDX-License-Identifier: MIT */
/* Semaphores. The queue hangs on the semaphore, which lies in the object it guards: no table of
 * addresses to look up or lock, and a goroutine that waits on an unreachable mutex is unreachable
 * itself. */
#include "runtime/sema.h"

#include "runtime/sched.h"
#include "runtime/worker.h"

static void sema_lock(Sema *sema)
{
    lock_take_ranked(&sema->lock, RANK_SEMA);
}

/* Queues g and parks it; unlocks. */
static void park(Goroutine *g, Sema *sema, WaitReason reason, bool lifo)
{
    Waiter *waiter = &g->waiter;
    *waiter = (Waiter){.g = g, .on = sema, .slot = -1, .ok_slot = -1, .index = -1};
    g->wake_status = WAKE_OK;
    if (lifo)
        waitq_push_front(&sema->waiters, waiter);
    else
        waitq_push(&sema->waiters, waiter);
    sched_park(g, reason, &sema->lock);
}

bool sema_acquire(Goroutine *g, Sema *sema, WaitReason reason, bool lifo)
{
    sema_lock(sema);
    if (sema->count == 0) {
        park(g, sema, reason, lifo);
        return false;
    }
    sema->count--;
    lock_release(&sema->lock);
    return true;
}

void sema_release(Sema *sema, bool handoff)
{
    sema_lock(sema);
    Waiter *waiter = waitq_pop(&sema->waiters);
    if (!waiter) sema->count++;
    lock_release(&sema->lock);
    if (waiter) sched_ready(waiter->g, handoff);
}

void sema_wait(Goroutine *g, Sema *sema, WaitReason reason)
{
    sema_lock(sema);
    park(g, sema, reason, false);
}

int sema_wake(Sema *sema, int n)
{
    int woken = 0;
    while (n < 0 || woken < n) {
        sema_lock(sema);
        Waiter *waiter = waitq_pop(&sema->waiters);
        lock_release(&sema->lock);
        if (!waiter) break;
        sched_ready(waiter->g, true);
        woken++;
    }
    return woken;
}

bool sema_cancel(Goroutine *g)
{
    Sema *sema = g->waiter.on;
    sema_lock(sema);
    bool is_waiting = g->waiter.is_queued;
    waitq_remove(&sema->waiters, &g->waiter);
    lock_release(&sema->lock);
    return is_waiting;
}
