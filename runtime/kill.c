/* SPDX-License-Identifier: MIT */
/* Ending a goroutine from outside.
 *
 * With the scheduler frozen nobody parks, wakes or runs, so the victim can be taken off what it waits for at leisure. It is not taken apart here: it is
 * readied with GF_KILLED set, and the vm ends it when it takes it up. A select's waiters go the ordinary way, in select_finish. A goroutine that
 * waits for a descriptor is only marked, and ends when the descriptor wakes it. */
#include "runtime/sched.h"

#include "runtime/chan.h"
#include "runtime/sema.h"
#include "runtime/timer.h"

/* Takes a parked goroutine off what it waits for; returns whether it must be readied. */
static bool cancel_wait(Goroutine *g)
{
    Waiter *waiter = &g->waiter;
    switch ((WaitReason)g->wait_reason) {
    case WAIT_CHAN_SEND: waitq_remove(&((Chan *)waiter->on)->senders, waiter); return true;
    case WAIT_CHAN_RECV: waitq_remove(&((Chan *)waiter->on)->receivers, waiter); return true;
    case WAIT_SELECT: {
        bool no = false;
        return !(g->flags & GF_SELECTING) || atomic_compare_exchange_strong(&waiter->is_won, &no, true);
    }
    case WAIT_CHAN_SEND_NIL:
    case WAIT_CHAN_RECV_NIL:
    case WAIT_SELECT_NONE: return true;
    case WAIT_SLEEP: return timer_stop(g->timer);
    case WAIT_SEMACQUIRE:
    case WAIT_MUTEX_LOCK:
    case WAIT_RWMUTEX_RLOCK:
    case WAIT_RWMUTEX_LOCK:
    case WAIT_WAITGROUP:
    case WAIT_COND_WAIT: waitq_remove(&((Sema *)waiter->on)->waiters, waiter); return true;
    default: return false;
    }
}

void sched_kill(Goroutine *g, uint64_t id)
{
    bool is_off = false;
    sched_freeze(-1);
    if (g->id == id) {
        g->flags |= GF_KILLED;
        is_off = atomic_load(&g->state) == G_PARKED && cancel_wait(g);
    }
    sched_thaw();
    if (is_off) sched_ready(g, false);
}
