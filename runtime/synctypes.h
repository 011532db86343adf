/* SPDX-License-Identifier: MIT */
/* What the types of stdlib/sync, apart from Mutex (sema.h), look like to C: for their natives, and
 * for reports that say who waits for whom. The fields for reports are written by whoever takes or
 * closes something, without order: a report is made when everybody stands still. */
#ifndef MGO_RUNTIME_SYNCTYPES_H
#define MGO_RUNTIME_SYNCTYPES_H

#include "runtime/sema.h"

typedef struct RWMutex {
    Mutex w;                 /* held by the writer */
    _Atomic int32_t readers; /* readers, minus 1 << 30 while there is a writer */
    _Atomic int32_t leaving; /* readers the writer has to wait for */
    Sema writer;
    Sema waiting;                  /* readers that wait for the writer */
    _Atomic(const void *) read_at; /* for reports: pc of the RLock that got through last */
    _Atomic uint64_t reader;       /* and the id of its goroutine */
} RWMutex;

typedef struct WaitGroup {
    _Atomic uint64_t state; /* counter in the high half, waiters in the low */
    Sema sema;
    uint32_t
        bubble; /* id of the bubble in which it left 0, or 0; written by Adds that find it at 0 */
    _Atomic(const void *) added_at;  /* for reports: pc of the last Add that raised the counter */
    _Atomic(const void *) passed_at; /* and of the last Wait that found it at 0 before any Add */
} WaitGroup;

typedef struct Cond {
    uint64_t locker[2]; /* an interface */
    Mutex m;
    void *first, *last; /* waiters */
    struct Cond *self;
    int64_t unheard; /* for reports: calls of Signal and Broadcast while nobody waited */
} Cond;

#endif
