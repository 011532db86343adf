/* SPDX-License-Identifier: MIT */
/* Goroutines without the virtual machine: each is a step function called until it parks, yields or
 * ends. r[0] is its state (0 at first), r[1..] its arguments and locals. */
#ifndef MGO_TESTS_UNIT_MACHINE_H
#define MGO_TESTS_UNIT_MACHINE_H

#include "runtime/sched.h"

#include <stdio.h>
#include <stdlib.h>

typedef enum Step { STEP_AGAIN, STEP_PARKED, STEP_YIELD, STEP_EXIT } Step;
typedef Step StepFn(Goroutine *g, Slot *r);

enum { MACHINE_SLOTS = 16 };

static inline Slot *machine_slots(Goroutine *g)
{
    return atomic_load_explicit(&g->stack, memory_order_relaxed)->slot;
}

static inline void machine_run(Goroutine *g)
{
    while (g) {
        StepFn *step = (StepFn *)(uintptr_t)g->pc;
        Step outcome = STEP_AGAIN;
        while (outcome == STEP_AGAIN)
            outcome = --g->budget < 0 ? STEP_YIELD : step(g, machine_slots(g));
        if (outcome == STEP_YIELD) sched_requeue(g);
        if (outcome == STEP_EXIT) sched_exit(g);
        g = sched_next_local();
    }
}

/* Goroutines that machine_new made and that have not called machine_end, and one for the thread
 * that makes them. */
static _Atomic int64_t machine_pending = 1;

/* What a step returns to end its goroutine. */
static inline Step machine_end(void)
{
    if (atomic_fetch_sub(&machine_pending, 1) == 1) sched_stop();
    return STEP_EXIT;
}

static inline Goroutine *machine_new(StepFn *step, void *a, void *b, int64_t c)
{
    Goroutine *g = g_new(MACHINE_SLOTS);
    atomic_fetch_add(&machine_pending, 1);
    Slot *r = machine_slots(g);
    for (int i = 0; i < MACHINE_SLOTS; i++) r[i].u = 0;
    r[1].p = a;
    r[2].p = b;
    r[3].i = c;
    g->live = MACHINE_SLOTS;
    g->pc = (const void *)(uintptr_t)step;
    return g;
}

static inline void machine_go(StepFn *step, void *a, void *b, int64_t c)
{
    sched_start(machine_new(step, a, b, c));
}

/* Sets the scheduler up with n processors (0: default). */
static inline void machine_init(int nprocs, void (*on_deadlock)(void))
{
    SchedOptions options = {.nprocs = nprocs, .run = machine_run, .on_deadlock = on_deadlock};
    sched_init(&options);
}

/* Runs what was started until the last one has called machine_end. */
static inline void machine_work(void)
{
    if (atomic_fetch_sub(&machine_pending, 1) > 1) sched_run();
    atomic_fetch_add(&machine_pending, 1);
}

/* A fault where goroutines are left. */
static inline void machine_deadlock(void)
{
    if (atomic_load(&machine_pending) <= 0) return;
    printf("deadlock: %ld are left\n", (long)machine_pending);
    exit(1);
}

#endif
