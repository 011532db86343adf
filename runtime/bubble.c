/* SPDX-License-Identifier: MIT */
/* Two counts say all there is to know. `busy` falls when a goroutine of the bubble parks durably
 * (sched_park, once it has let go of everything) or ends, and rises when it is readied or started.
 * Who readies or starts it is itself counted: another goroutine of the bubble, or the root firing a
 * timer. So the count reaches 0 at one moment only, on one thread, and from then on nothing of the
 * bubble moves but by what that thread does: it readies the waiter or the root. */
#include "runtime/bubble.h"

#include "base/fatal.h"
#include "runtime/chan.h"
#include "runtime/gc.h"
#include "runtime/sched.h"
#include "runtime/synctypes.h"

#include <stddef.h>

#define FIRST_NANOS (INT64_C(946684800) * 1000000000) /* 2000-01-01 00:00 UTC */

static _Atomic uint32_t last_id;

/* ---- Belonging to a bubble ---- */

static void join(Bubble *bubble, Goroutine *g)
{
    g->bubble = bubble;
    g->flags |= GF_BUBBLED;
}

void bubble_enter(Goroutine *g)
{
    Bubble *bubble = gc_new(sizeof *bubble);
    bubble->id = atomic_fetch_add(&last_id, 1) + 1;
    bubble->root = g;
    atomic_init(&bubble->busy, 1);
    atomic_init(&bubble->now, FIRST_NANOS);
    atomic_init(&bubble->timers.first, INT64_MAX);
    join(bubble, g);
}

void bubble_leave(Goroutine *g)
{
    Bubble *bubble = bubble_of(g);
    g->flags &= (uint8_t)~GF_BUBBLED;
    g->bubble = NULL;
    timer_drop_all(&bubble->timers);
}

void bubble_add(Bubble *bubble, Goroutine *g)
{
    join(bubble, g);
    atomic_fetch_add(&bubble->alive, 1);
    atomic_fetch_add(&bubble->busy, 1);
}

/* ---- Waiting ---- */

static bool is_select_durable(const Goroutine *g)
{
    for (const Waiter *waiter = &g->waiter; waiter; waiter = waiter->chain)
        if (((const Chan *)waiter->on)->bubble == 0) return false;
    return true;
}

/* Whether only the bubble that g is in can end the wait. */
static bool is_durable(const Goroutine *g, WaitReason reason)
{
    const char *on = g->waiter.on;
    switch (reason) {
    case WAIT_CHAN_SEND:
    case WAIT_CHAN_RECV: return ((const Chan *)on)->bubble != 0;
    case WAIT_SELECT: return is_select_durable(g);
    case WAIT_WAITGROUP: return ((const WaitGroup *)(on - offsetof(WaitGroup, sema)))->bubble != 0;
    case WAIT_CHAN_SEND_NIL:
    case WAIT_CHAN_RECV_NIL:
    case WAIT_SELECT_NONE:
    case WAIT_SLEEP:
    case WAIT_COND_WAIT:
    case WAIT_SYNCTEST_RUN:
    case WAIT_SYNCTEST_WAIT: return true;
    default: return false;
    }
}

Bubble *bubble_note_parking(Goroutine *g, WaitReason reason)
{
    if (!is_durable(g, reason)) return NULL;
    g->flags |= GF_DURABLE;
    return bubble_of(g);
}

void bubble_note_ready(Goroutine *g)
{
    if (!(g->flags & GF_DURABLE)) return;
    g->flags &= (uint8_t)~GF_DURABLE;
    atomic_fetch_add(&g->bubble->busy, 1);
}

void bubble_parked(Bubble *bubble)
{
    if (atomic_fetch_sub(&bubble->busy, 1) != 1) return;
    Goroutine *waiter = atomic_exchange(&bubble->waiter, NULL);
    sched_ready(waiter ? waiter : bubble->root, false);
}

void bubble_left(Bubble *bubble)
{
    atomic_fetch_sub(&bubble->alive, 1);
    bubble_parked(bubble);
}

void bubble_park_root(Goroutine *g)
{
    sched_park(g, WAIT_SYNCTEST_RUN, NULL);
}

bool bubble_wait(Goroutine *g)
{
    Goroutine *nobody = NULL;
    if (!atomic_compare_exchange_strong(&bubble_of(g)->waiter, &nobody, g)) return false;
    sched_park(g, WAIT_SYNCTEST_WAIT, NULL);
    return true;
}

bool bubble_advance(Bubble *bubble)
{
    int64_t first = atomic_load(&bubble->timers.first);
    if (atomic_load(&bubble->alive) == 0 || first == INT64_MAX || bubble->is_main_gone)
        return false;
    if (first > atomic_load(&bubble->now)) atomic_store(&bubble->now, first);
    while (timer_run(&bubble->timers, atomic_load(&bubble->now))) {
    }
    return true;
}
