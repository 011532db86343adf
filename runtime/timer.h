/* SPDX-License-Identifier: MIT */
/* Timers: a 4-ary heap and a row of sleepers per processor, fired by whoever schedules on it, or by
 * the worker that sleeps until the earliest; and one for each bubble (bubble.h), fired by the
 * bubble's root. */
#ifndef MGO_RUNTIME_TIMER_H
#define MGO_RUNTIME_TIMER_H

#include "runtime/g.h"
#include "runtime/lock.h"

struct Bubble;
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
    _Atomic(struct TimerHeap *) heap; /* that it is in, or NULL; changes under that heap's lock */
    struct Bubble
        *bubble; /* whose clock it goes by, or NULL: the program's; fixed before its start */
    _Atomic(struct Worker *) firing; /* worker that is about to call or is calling fn, or NULL */
    uint32_t index;                  /* place in the heap; that heap's lock */
};

typedef struct TimerEntry {
    int64_t when;
    uintptr_t what; /* a Timer, or with bit 0 set a Goroutine that sleeps */
} TimerEntry;

enum { ROW_PIECE = 255 };

typedef struct RowPiece {
    struct RowPiece *next;
    TimerEntry at[ROW_PIECE];
} RowPiece;

/* Sleepers in the order of their times. */
typedef struct SleeperRow {
    RowPiece *first, *last; /* gc_root_alloc'ed, as is spare; last has room, if there is any */
    RowPiece *spare;        /* empty, or NULL */
    uint32_t begin, end;    /* the first entry's place in `first`, the next one's in `last` */
    uint32_t count;
    int64_t latest; /* when of the last entry */
} SleeperRow;

typedef struct TimerHeap {
    Lock lock;              /* guards the rest */
    _Atomic uint32_t count; /* in heap and row; read without the lock by the deadlock check */
    uint32_t cap, n;        /* of at[] */
    TimerEntry *at;         /* 4-ary heap by when; gc_root_alloc'ed */
    SleeperRow row;
    _Atomic int64_t first; /* when of what comes first, INT64_MAX if empty; read without the lock */
} TimerHeap;

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

/* Fires the heap's timers that are due (now 0: by the program's clock), or as many as the caller's
 * queue has room for: the others at the next look. Returns whether there were any. */
bool timer_run(TimerHeap *heap, int64_t now);
/* Moves all timers from one heap to another. */
void timer_move_all(TimerHeap *from, TimerHeap *to);
/* Takes all timers out of a heap that gets no more, and frees its memory. */
void timer_drop_all(TimerHeap *heap);

/* ---- For goroutines ---- */

/* The clock that the timer goes by, in ns: its bubble's or the program's. */
int64_t timer_clock(const Timer *timer);

/* Parks g for ns nanoseconds (time.Sleep); returns false where ns <= 0 and nothing was parked. */
bool timer_sleep(Goroutine *g, int64_t ns);
/* Takes g off what timer_sleep put it on; returns false where it was woken already. */
bool timer_cancel_sleep(Goroutine *g);

#endif
