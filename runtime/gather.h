/* SPDX-License-Identifier: MIT */
/* Gathering: one processor runs what all could share, where sharing costs more than it brings. For
 * the runtime's own files. */
#ifndef MGO_RUNTIME_GATHER_H
#define MGO_RUNTIME_GATHER_H

#include "runtime/worker.h"

/* The processor that is to run everything, or NULL: every processor takes what it finds. Changed by
 * whoever measures (gather.c); anybody may set it to NULL. */
extern _Atomic(Proc *) gather_home;

/* The processor that everything is gathered on and that will come to all that is queued with it or
 * globally; NULL where there is none such. */
static inline Proc *gather_host(void)
{
    Proc *home = atomic_load(&gather_home);
    return home && atomic_load(&home->state) == PROC_RUNNING ? home : NULL;
}

/* The same seen from p, which is running: whether p is a guest, whose work that other should do. */
static inline bool gather_is_guest(const Proc *p)
{
    if (__builtin_expect(!atomic_load_explicit(&gather_home, memory_order_relaxed), 1))
        return false;
    const Proc *host = gather_host();
    return host && host != p;
}

static inline bool gather_is_on(void)
{
    return atomic_load_explicit(&gather_home, memory_order_relaxed) != NULL;
}

/* p, the caller's, begins to count turns anew: it was idle until `now`. */
void gather_begin(Proc *p, int64_t now);
/* p, the caller's, has been through some turns, or one that was a whole slice (is_computing: of a
 * goroutine that uses no channels to speak of): looks at how long they took, and tries from time to
 * time which way is faster. Notes whether p is a guest that should withdraw. */
void gather_step(Proc *p, bool is_computing);
/* To be called at every round that looks further than p's own queue. Returns whether p should
 * withdraw. */
static inline bool gather_round(Proc *p, uint32_t tick)
{
    enum { STEP_TURNS = 60 };
    if (__builtin_expect(tick - p->step_tick >= STEP_TURNS, 0)) gather_step(p, false);
    bool is_to_withdraw = p->is_to_withdraw;
    p->is_to_withdraw = false;
    return is_to_withdraw && gather_is_guest(p);
}
/* Ends gathering, since p, the caller's, will be in a call that may block and so can't be relied on
 * to come to what is queued. */
void gather_end(Proc *p);

#endif
