/* SPDX-License-Identifier: MIT */
/* Workers: the threads that run goroutines. For the runtime's own files. */
#ifndef MGO_RUNTIME_WORKER_H
#define MGO_RUNTIME_WORKER_H

#include "runtime/proc.h"

/* gc_root_alloc'ed, never freed. Fields are the worker's own unless they say otherwise. */
struct Worker {
    Proc *proc;            /* its processor, or NULL */
    Goroutine *current;    /* the goroutine it runs, or NULL */
    Goroutine *picked;     /* taken off a queue, but for another worker; dealt with in schedule() */
    Goroutine *bound;      /* the only goroutine it may run, or NULL */
    uint32_t bound_depth;  /* sched_lock_thread minus sched_unlock_thread */
    Proc *lent;            /* processor it left behind in a call that may block */
    bool is_spinning;      /* looks for work with a processor; counted in sched.nspinning */
    int64_t found_at;      /* when it found what it was spinning for; 0: it did not spin */
    bool withdraws;        /* is about to go idle though there is work: it is left to gather_home */
    bool is_idle;          /* on sched.idle_workers; sched.lock */
    _Atomic uint32_t wake; /* futex: 1 tells it to get up */
    Proc *handed;          /* processor that whoever set `wake` gives it, or NULL; written before */
    bool handed_spinning;  /* and whether it starts out spinning, likewise */
    Worker *idle_next;     /* link of sched.idle_workers; sched.lock */
};

extern __thread Worker *this_worker __attribute__((tls_model("initial-exec")));

static inline Worker *worker_current(void)
{
    return this_worker;
}

Worker *worker_new(void);
/* Makes p the calling worker's processor (p is nobody's). */
void worker_adopt(Worker *w, Proc *p);
/* Leaves the processor; the caller decides what becomes of it. */
Proc *worker_drop(Worker *w);
/* Sleeps until worker_wake; adopts the processor it was handed, if any. */
void worker_sleep(Worker *w);
/* Wakes w, which is on no list, handing p over (may be NULL). */
void worker_wake(Worker *w, Proc *p, bool is_spinning);
/* Puts w on the idle list, takes it off; sched.lock is held. worker_unlist returns whether it was
 * on it. */
void worker_list(Worker *w);
bool worker_unlist(Worker *w);
/* Lets some worker, a new one if need be, run processor p (which is nobody's, PROC_RUNNING).
 * sched.lock is held and is released. */
void worker_start(Proc *p, bool is_spinning);
/* ---- sched.c, for workers ---- */

/* Runs goroutines until sched_stop asks the main worker to return. */
void sched_loop(Worker *w);
/* sched_park without the lock, for who has to release several: after the first one g may run
 * elsewhere. Returns a bubble that is to be told (bubble_parked) when all are released, or NULL. */
struct Bubble *sched_set_parked(Goroutine *g, WaitReason reason);
/* Makes g what w runs, with this budget. */
void sched_begin(Worker *w, Goroutine *g, int32_t budget);
/* Gives w's processor to whoever needs it, or to the idle ones. */
void sched_release(Worker *w);
/* Lets others use p, which is nobody's (PROC_RUNNING). sched.lock is held and is released. */
void sched_hand_off(Proc *p);
/* Whether someone should sleep in the poller and nobody does. */
bool sched_needs_poller(void);
/* Sees to it that somebody looks for work, if there is an idle processor and nobody looks yet. */
void sched_wake_one(void);
/* Readies a chain of n goroutines, already G_RUNNABLE and linked by sched_next. `first` may be
 * NULL, and so may `last`, which is looked for then. */
void sched_ready_chain(Goroutine *first, Goroutine *last, uint32_t n);

/* ---- freeze.c ---- */

/* Gives p, which was running and is nobody's, to the freezer. sched.lock is held. */
void sched_set_frozen(Proc *p);
/* A worker at a scheduling point gives its processor to the freezer, if there is one. */
void sched_freeze_point(Worker *w);
/* The same for the processor of a worker that has just entered a call. */
void sched_freeze_blocked(Proc *p);

/* ---- monitor.c ---- */

/* Starts the monitor, unless it runs, before the caller does something that it looks after: a call
 * that may block, a second thread, a second slice. A program that ends before does without. The
 * caller holds no lock. */
void monitor_start(void);
static inline void monitor_need(void)
{
    if (!atomic_load_explicit(&sched.has_monitor, memory_order_relaxed)) monitor_start();
}

/* The running goroutine's worker has no processor: waits until it has one again. was_blocked: it is
 * counted in sched.nblocked. */
void worker_regain(Worker *w, Goroutine *g, bool was_blocked);

#endif
