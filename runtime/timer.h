/* SPDX-License-Identifier: MIT */
/* Timers: a 4-ary heap per processor, fired by whoever schedules on it, or by the worker that sleeps until the earliest. */
#ifndef MGO_RUNTIME_TIMER_H
#define MGO_RUNTIME_TIMER_H

#include "runtime/g.h"

typedef struct Timer Timer;
/* Called on a worker with no lock held; must not block or park; may ready goroutines, send to channels, start goroutines. */
typedef void TimerFn(Timer *timer, void *arg, int64_t now);

struct Timer { /* collected object; the guards are in timer.c */
    int64_t when;   /* monotonic ns */
    int64_t period; /* ns, 0: once */
    TimerFn *fn;
    void *arg;      /* collected pointer, e.g. a Chan or Goroutine */
    void *arg2;
    struct Proc *proc; /* whose heap it is in, or NULL */
    int32_t index;     /* place in the heap, -1 outside */
    uint32_t seq;      /* changes at every start and stop */
};

Timer *timer_new(TimerFn *fn, void *arg);
/* Starts or restarts. */
void timer_start(Timer *timer, int64_t when, int64_t period);
/* Returns whether it was pending. After it returns, fn will not begin for the old setting. */
bool timer_stop(Timer *timer);
/* Parks g for ns nanoseconds (time.Sleep); returns false where ns <= 0 and nothing was parked. */
bool timer_sleep(Goroutine *g, int64_t ns);

#endif
