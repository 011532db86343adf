/* SPDX-License-Identifier: MIT */
/* What the types of stdlib/sync, apart from Mutex (sema.h), look like to C: for their natives, and
 * for reports that say who waits for whom. The fields for reports are written by whoever takes or
 * closes something, without order: a report is made when everybody stands still. */
#ifndef MGO_RUNTIME_SYNCTYPES_H
#define MGO_RUNTIME_SYNCTYPES_H

#include "runtime/sema.h"

typedef struct RWMutex {
    Mutex w;                       /* held by the writer */
    _Atomic int32_t readers;       /* readers, minus 1 << 30 while there is a writer */
    _Atomic int32_t leaving;       /* readers the writer has to wait for */
    _Atomic uint64_t reader;       /* for reports: goroutine of the RLock that got through last */
    _Atomic(const void *) read_at; /* and the pc after it */
    Sema writer;
    Sema waiting; /* readers that wait for the writer */
} RWMutex;

/* Adds a reader; false where it has to wait for a writer (counted it is all the same). */
static inline bool rwmutex_add_reader(RWMutex *rw)
{
    return atomic_fetch_add(&rw->readers, 1) >= 0;
}

/* Takes a reader that goroutine `id` was away; returns how many there were, which is 0 or less
 * where that is not all there is to do. */
static inline int32_t rwmutex_take_reader(RWMutex *rw, uint64_t id)
{
    if (atomic_load_explicit(&rw->reader, memory_order_relaxed) == id)
        atomic_store_explicit(&rw->reader, 0, memory_order_relaxed);
    return atomic_fetch_sub(&rw->readers, 1);
}

static inline void rwmutex_note_reader(RWMutex *rw, uint64_t id, const void *pc)
{
    atomic_store_explicit(&rw->reader, id, memory_order_relaxed);
    atomic_store_explicit(&rw->read_at, pc, memory_order_relaxed);
}

typedef struct WaitGroup {
    _Atomic uint64_t state; /* counter in the high half, waiters in the low */
    Sema sema;
    uint32_t
        bubble; /* id of the bubble in which it left 0, or 0; written by Adds that find it at 0 */
    _Atomic(const void *) added_at;  /* for reports: pc of the last Add that raised the counter */
    _Atomic(const void *) passed_at; /* and of the last Wait that found it at 0 before any Add */
} WaitGroup;

/* Changes the counter; returns the new state, with which that is all there is to do if
 * waitgroup_is_quiet. */
static inline uint64_t waitgroup_add(WaitGroup *wg, int64_t delta)
{
    return atomic_fetch_add(&wg->state, (uint64_t)delta << 32) + ((uint64_t)delta << 32);
}

static inline bool waitgroup_is_quiet(uint64_t state, int64_t delta)
{
    int32_t counter = (int32_t)(state >> 32);
    return (uint32_t)state == 0 ? counter >= 0 : counter > 0 && counter != delta;
}

static inline void waitgroup_note_add(WaitGroup *wg, const void *pc)
{
    atomic_store_explicit(&wg->added_at, pc, memory_order_relaxed);
}

typedef struct Once {
    _Atomic uint32_t done;
    Mutex m; /* held while its function runs */
} Once;

typedef struct Cond {
    uint64_t locker[2]; /* an interface */
    Mutex m;
    void *first, *last; /* waiters */
    _Atomic(struct Cond *) self;
    int64_t unheard; /* for reports: calls of Signal and Broadcast while nobody waited */
} Cond;

#endif
