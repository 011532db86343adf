/* SPDX-License-Identifier: MIT */
/* Semaphores without the machine: permits are neither lost nor made up, waiters run in order,
 * killing takes them off. */
#include "machine.h"
#include "unit.h"

#include "runtime/chan.h"
#include "runtime/sema.h"
#include "runtime/timer.h"

static _Atomic int64_t inside, order_errors, kills;
static int64_t next_wait, next_in;
static Sema sema, gate;

/* Enters and leaves r[3] times; r[2] at most may be inside. */
static Step enter_leave(Goroutine *g, Slot *r)
{
    switch (r[0].i++ % 3) {
    case 0:
        if (r[3].i-- == 0) return machine_end();
        return sema_acquire(g, &sema, WAIT_SEMACQUIRE, sched_random() & 1) ? STEP_AGAIN
                                                                           : STEP_PARKED;
    case 1:
        CHECK(atomic_fetch_add(&inside, 1) < r[2].i);
        return sched_random() % 4 ? STEP_AGAIN : STEP_YIELD;
    default:
        atomic_fetch_sub(&inside, 1);
        sema_release(&sema, sched_random() & 1);
        return STEP_AGAIN;
    }
}

static void test_permits(int nprocs, int permits)
{
    enum { MANY = 50, TIMES = 2000 };
    sched_set_procs(nprocs);
    sema = (Sema){.count = (uint32_t)permits};
    for (int i = 0; i < MANY; i++) machine_go(enter_leave, NULL, (void *)(uintptr_t)permits, TIMES);
    machine_work();
    CHECK(sema.count == (uint32_t)permits && !sema.waiters.first);
}

static Step wait_in_line(Goroutine *g, Slot *r)
{
    if (r[0].i++ == 0) {
        r[3].i = next_wait++;
        sema_wait(g, &gate, WAIT_COND_WAIT);
        return STEP_PARKED;
    }
    if (next_in++ != r[3].i && r[3].i < 10) atomic_fetch_add(&order_errors, 1);
    return machine_end();
}

/* One by one they go in order; of a crowd, the last readied goes first, as in Go. */
static Step open_gate(Goroutine *g, Slot *r)
{
    (void)g;
    if (next_wait < 20) return STEP_YIELD;
    if (r[0].i < 10) {
        CHECK(sema_wake(&gate, 1) == 1);
        r[0].i++;
        return STEP_YIELD;
    }
    if (next_in < 10) return STEP_YIELD;
    CHECK(sema_wake(&gate, 1000) == 10);
    CHECK(sema_wake(&gate, -1) == 0);
    return machine_end();
}

static void test_order(void)
{
    sched_set_procs(1);
    next_in = 0;
    for (int i = 0; i < 20; i++) machine_go(wait_in_line, NULL, NULL, 0);
    machine_go(open_gate, NULL, NULL, 0);
    machine_work();
}

/* ---- Killing ---- */

static RType int_type = {.size = 8, .slots = 1, .kind = KIND_INT};
static RType chan_type = {.kind = KIND_CHAN, .elem = &int_type, .dir = 3};
static Chan *chan;

/* Parks in one of several ways until it is killed. */
static Step victim(Goroutine *g, Slot *r)
{
    if (g->flags & GF_KILLED) {
        atomic_fetch_add(&kills, 1);
        return machine_end();
    }
    if (r[3].i % 5 == 4) return STEP_YIELD;
    CHECK(r[0].i++ == 0);
    switch (r[3].i % 5) {
    case 0: sema_wait(g, &gate, WAIT_WAITGROUP); return STEP_PARKED;
    case 1: return chan_recv(g, chan, 4, -1, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
    case 2: return chan_recv(g, NULL, 4, -1, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
    default: return timer_sleep(g, 1000000000000) ? STEP_PARKED : STEP_AGAIN;
    }
}

static Goroutine *victims[50];

static Step killer(Goroutine *g, Slot *r)
{
    if (r[0].i++ == 0) return timer_sleep(g, 5000000) ? STEP_PARKED : STEP_AGAIN;
    for (int i = 0; i < 50; i++) sched_kill(victims[i], victims[i]->id);
    return machine_end();
}

static void test_kill(void)
{
    sched_set_procs(4);
    chan = chan_make(&chan_type, 0);
    for (int i = 0; i < 50; i++) {
        victims[i] = machine_new(victim, NULL, NULL, i);
        sched_start(victims[i]);
    }
    machine_go(killer, NULL, NULL, 0);
    machine_work();
    CHECK(kills == 50);
    CHECK(!gate.waiters.first && !chan->receivers.first);
}

int main(void)
{
    machine_init(1, machine_deadlock);
    static const int procs[] = {1, 2, 8, 64};
    for (int i = 0; i < 4; i++) {
        test_permits(procs[i], 1);
        test_permits(procs[i], 7);
    }
    test_order();
    CHECK(order_errors == 0);
    test_kill();
    return unit_end();
}
