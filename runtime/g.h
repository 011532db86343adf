/* SPDX-License-Identifier: MIT */
/* Goroutines: the descriptor, its stack and its life.
 *
 *     idle (in a pool) → runnable → running ⇄ parked → dead → idle
 *
 * A goroutine's stack is an array of slots outside the collected heap. Nothing points into it: a waiter names its goroutine and a
 * slot number, so growing is a copy and one pointer store. The descriptor is a collected object whose mark procedure
 * pushes the live part of the stack. */
#ifndef MGO_RUNTIME_G_H
#define MGO_RUNTIME_G_H

#include "runtime/rtype.h"
#include "runtime/waitq.h"

#include <stdatomic.h>

typedef enum WaitReason {
#define WAIT(name, text) WAIT_##name,
#include "runtime/waitreason.def"
#undef WAIT
    WAIT_COUNT
} WaitReason;

typedef enum GState { G_IDLE, G_RUNNABLE, G_RUNNING, G_PARKED, G_DEAD } GState;

typedef struct Stack {
    uint64_t nslots; /* of slot[] */
    Slot slot[];
} Stack;

typedef struct Goroutine Goroutine;
struct Goroutine {
    _Atomic(Stack *) stack; /* replaced only by the goroutine itself while it runs, or with the world stopped */
    uint32_t frame;         /* base of the current frame, in slots; owner, stored before anything that may park */
    uint32_t live;          /* slots in use from the stack's bottom; what the collector marks while not running */
    const void *pc;         /* where to go on; owner, like frame */
    _Atomic uint8_t state;  /* GState */
    uint8_t wait_reason;    /* WaitReason; owner, valid while parked */
    uint8_t flags;          /* GF_…; owner */
    uint8_t wake_status;    /* what the waker tells: WAKE_…; written before ready, read after park */
    int32_t budget;         /* left of its slice; owner */
    uint64_t id;            /* from 1 */
    Goroutine *sched_next;  /* link in a run queue, a pool or a wait list; guarded by what it is in */
    Goroutine *all_prev, *all_next; /* list of all goroutines of a processor shard; guarded by the shard's lock */
    Waiter waiter;          /* for waiting on one thing; select takes more from the pool */
    Waiter *select_waiters; /* chain while parked in a select; owner */
    void *wait_on;          /* channel, semaphore or descriptor it waits for; for reports */
    int64_t wait_since;     /* monotonic ns when it parked, where known; for reports */
    struct DeferRecord *defers; /* newest first; vm */
    struct PanicRecord *panics; /* innermost first; vm */
    void (*resume)(Goroutine *g); /* native that parked goes on here; vm */
    uint64_t scratch[2];    /* kept by a parked native over its park; vm and stdlib */
    uint64_t parent;        /* id of the goroutine that made it */
    const void *created_pc; /* its go instruction; for traces */
    struct FuncProto *entry; /* first function; for traces */
    struct Worker *locked;  /* worker that only this goroutine may use (nested call, LockOSThread), or NULL */
    struct Timer *timer;    /* reused by Sleep; owner */
    uint32_t shard;         /* which all-list it is in */
};

enum { /* Goroutine.flags */
    GF_SYSTEM = 1 << 0, /* not counted by NumGoroutine, not shown, no reason against deadlock */
    GF_STARTED = 1 << 1, /* has run at least once */
    GF_GOEXIT = 1 << 2,
    GF_PUBLISHED = 1 << 3, /* running, but frame and live are exact (in a native, a system call) */
    GF_KILLED = 1 << 4, /* to be ended at its next safepoint, without defers (REPL) */
};

enum { /* wake_status */
    WAKE_OK,       /* the operation was done by the waker */
    WAKE_CLOSED,   /* the channel was closed */
    WAKE_TIMEOUT,
    WAKE_ERROR,
};

/* ---- Making and ending; g.c ---- */

/* Takes a descriptor and a first stack of at least `nslots` slots from the processor's pools. The goroutine is on the all-list,
 * state G_IDLE, with a fresh id. */
Goroutine *g_new(uint32_t nslots);
/* Ends the current goroutine's life: off the all-list, stack and descriptor to the pools. */
void g_free(Goroutine *g);
/* Goroutines alive, system ones left out. */
int64_t g_count(void);
/* The goroutine running on this thread, or NULL. */
Goroutine *g_current(void);
/* Calls `visit` for every goroutine, with the world stopped for running ones as far as it goes. */
void g_each(void (*visit)(Goroutine *g, void *arg), void *arg);

/* ---- Stacks; stack.c ---- */

#define STACK_FIRST_SLOTS 32        /* 256 bytes */
#define STACK_MAX_SLOTS (1u << 27)  /* 1 GB, Go's limit */

/* debug.SetMaxStack: the limit in slots that stack_grow obeys, STACK_MAX_SLOTS at first. Returns the one before. */
uint64_t stack_set_max(uint64_t nslots);
/* Grows g's stack so that at least `need` slots fit; g is the running goroutine. Returns false at the limit, nothing changed. */
bool stack_grow(Goroutine *g, uint64_t need);

#endif
