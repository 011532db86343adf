/* SPDX-License-Identifier: MIT */
/* Timers: a 4-ary heap per processor, fired by whoever schedules on it, or by the worker that
 * sleeps until the earliest. */
#ifndef MGO_RUNTIME_TIMER_H
#define MGO_RUNTIME_TIMER_H

#include "runtime/g.h"
#include "runtime/lock.h"

typedef struct Timer Timer;
/* Called on a worker with no lock held; must not block or park; may ready goroutines, send to
 * channels, start goroutines. */
typedef void TimerFn(Timer *timer, void *arg, int64_t now);

struct Timer {      /* collected object; fn and args change only while it is in no heap */
    Lock lock;      /* held by who starts or stops it, unless nobody else can */
    int64_t when;   /* monotonic ns; heap's lock while it is in one, as period */
    int64_t period; /* ns, 0: once */
    TimerFn *fn;
    void *arg; /* collected pointer, e.g. a Chan or Goroutine */
    void *arg2;
    _Atomic(struct Proc *) proc; /* whose heap it is in, or NULL; changes under that heap's lock */
    _Atomic(struct Worker *) firing; /* worker that is about to call or is calling fn, or NULL */
    int32_t index;                   /* place in the heap; that heap's lock */
};

Timer *timer_new(TimerFn *fn, void *arg);
/* Around timer_start and timer_stop, so that one setting follows the other. Not from inside fn: who
 * holds the lock may be waiting for fn's end. */
void timer_lock(Timer *timer);
void timer_unlock(Timer *timer);
/* Starts, or restarts. The timer is locked. */
void timer_start(Timer *timer, int64_t when, int64_t period);
/* Returns whether it was pending. After it returns, fn will not begin for the old setting. The
 * timer is locked. */
bool timer_stop(Timer *timer);
/* ---- For the scheduler ---- */

/* Fires p's timers that are due (now 0: by the clock). Returns whether there were any. */
bool timer_run(struct Proc *p, int64_t now);
/* Moves all timers from one processor to another. */
void timer_move_all(struct Proc *from, struct Proc *to);

/* ---- For goroutines ---- */

/* Parks g for ns nanoseconds (time.Sleep); returns false where ns <= 0 and nothing was parked. */
bool timer_sleep(Goroutine *g, int64_t ns);

#endif
