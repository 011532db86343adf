/* SPDX-License-Identifier: MIT */
/* Bubbles (testing/synctest): goroutines with a clock of their own.
 *
 * A bubble is made by a goroutine, its root, and has the goroutines that are started inside it. Its
 * clock stands still while one of them can run. When each is blocked by something that only another
 * of them can end (durably blocked), whoever waits for that is readied: a goroutine in
 * synctest.Wait, else the root, which lets the clock jump to the bubble's next timer.
 *
 * Channels and timers that are made inside belong to the bubble, so that nobody outside can end a
 * durable wait; using them outside is refused. */
#ifndef MGO_RUNTIME_BUBBLE_H
#define MGO_RUNTIME_BUBBLE_H

#include "runtime/timer.h"

typedef struct Bubble {    /* collected object */
    uint32_t id;           /* fixed; from 1 */
    Goroutine *root;       /* fixed */
    _Atomic int32_t alive; /* its goroutines, the root left out */
    _Atomic int32_t busy;  /* its goroutines and the root, as far as they are not durably blocked */
    _Atomic(Goroutine *) waiter; /* parked in bubble_wait, or NULL */
    _Atomic int64_t now;         /* its clock: ns since 1970; the root lets it rise */
    bool is_main_gone;           /* the root's function has returned; root, once the others wait */
    TimerHeap timers;            /* fired by the root */
} Bubble;

/* The bubble that g is in, or NULL. */
static inline Bubble *bubble_of(const Goroutine *g)
{
    return g->bubble;
}

/* The id of the bubble that g (may be NULL) is in, or 0. */
static inline uint32_t bubble_id(const Goroutine *g)
{
    return g && g->bubble ? g->bubble->id : 0;
}

/* Makes a bubble with g, which is in none, as its root. */
void bubble_enter(Goroutine *g);
/* Ends g's bubble: its timers are dropped. g is the root. */
void bubble_leave(Goroutine *g);
/* Parks the root until every goroutine of the bubble is durably blocked and none is in bubble_wait.
 */
void bubble_park_root(Goroutine *g);
/* The root was readied: moves the clock to the next timer and fires what is due. False where there
 * is none, or time has ended with the bubble's first function. */
bool bubble_advance(Bubble *bubble);
/* Parks g until all others of its bubble are durably blocked. False where somebody waits for that
 * already. */
bool bubble_wait(Goroutine *g);

/* ---- For the scheduler ---- */

/* g, not yet started, belongs to the bubble. */
void bubble_add(Bubble *bubble, Goroutine *g);
/* g is about to park. Where that is durable, returns its bubble, for bubble_parked, which is called
 * when nothing of g is touched any more and no lock is held; else NULL. */
Bubble *bubble_note_parking(Goroutine *g, WaitReason reason);
void bubble_parked(Bubble *bubble);
/* g, parked, is about to be made runnable. */
void bubble_note_ready(Goroutine *g);
/* One of its goroutines has ended. */
void bubble_left(Bubble *bubble);

#endif
