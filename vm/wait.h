/* SPDX-License-Identifier: MIT */
/* What a parked goroutine waits for, in terms of the program: which statement, which channels or
 * lock. For reports, when everything stands still. */
#ifndef MGO_VM_WAIT_H
#define MGO_VM_WAIT_H

#include "runtime/chan.h"
#include "runtime/synctypes.h"
#include "vm/proto.h"

typedef enum ThingKind {
    THING_CHAN,
    THING_MUTEX,
    THING_RWMUTEX,
    THING_ONCE, /* whose function runs */
    THING_WAITGROUP,
    THING_COND
} ThingKind;

/* Something to wait for. */
typedef struct Thing {
    ThingKind kind;
    void *at;
    bool is_send; /* of a channel: waits to send on it */
} Thing;

typedef struct Wait {
    Goroutine *g;
    WaitReason reason;
    Pos pos;       /* of the statement, in the innermost frame outside the library */
    Thing *things; /* malloc'ed: the channels of a select, else one or none */
    uint32_t nthings;
    uint32_t nnil;      /* cases of a select whose channel is nil */
    bool is_range;      /* receives in a loop over the channel */
    bool is_done;       /* receives from the channel of a context */
    bool is_never_done; /* receives what a context's Done returned, which is nil */
    bool is_library;    /* no frame outside the library */
} Wait;

/* g is parked. End with wait_free. */
Wait wait_of(Goroutine *g);
void wait_free(Wait *wait);
/* The mutex that the thing, a mutex or Once, is or has; NULL of others. */
Mutex *wait_mutex(const Thing *thing);
/* Whether a channel was made by package context. */
bool wait_is_context_chan(const Chan *c);

#endif
