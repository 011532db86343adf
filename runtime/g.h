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

struct Proc;

typedef enum WaitReason {
#define WAIT(name, text) WAIT_##name,
#include "runtime/waitreason.def"
#undef WAIT
    WAIT_COUNT
} WaitReason;

typedef enum GState { G_IDLE, G_RUNNABLE, G_RUNNING, G_PARKED, G_DEAD } GState;

typedef struct Stack {
    uint64_t nslots; /* of slot[]; fixed */
    Slot slot[];
} Stack;

/* Three cache lines. The collector needs the first two of a parked one, whose order is made for that. */
typedef struct Goroutine Goroutine;
struct Goroutine {
    Goroutine *sched_next;  /* link in a pool; first, because the collector links free descriptors here */
    _Atomic(Stack *) stack; /* replaced only by the goroutine itself while it runs, or while the scheduler is frozen */
    uint32_t frame;         /* base of the current frame, in slots; owner, stored before anything that may park */
    uint32_t live;          /* slots in use from the stack's bottom; what the collector marks while not running */
    _Atomic uint8_t state;  /* GState */
    uint8_t wait_reason;    /* WaitReason; owner, valid while parked */
    uint8_t flags;          /* GF_…; owner */
    uint8_t wake_status;    /* what the waker tells: WAKE_…; written before ready, read after park */
    int32_t budget;         /* left of its slice; owner */
    _Atomic uint32_t wait_since; /* second of the monotonic clock at which a collection first found it parked; 0: not yet; for reports */
    int32_t select_slot;    /* stack slot that gets the chosen case's index; written before parking in a select */
    struct Worker *locked;  /* worker that only this goroutine may use (nested call, LockOSThread), or NULL */
    struct DeferRecord *defers; /* newest first; vm */
    struct PanicRecord *panics; /* innermost first; vm */

    Waiter waiter;          /* for waiting on one thing (waiter.on); a select chains more to it */
    struct Bubble *bubble;  /* that it is in (GF_BUBBLED), or NULL; owner */

    const void *pc;         /* where to go on; owner, like frame */
    void (*resume)(Goroutine *g); /* native that parked goes on here; vm */
    uint64_t scratch[2];    /* numbers kept by a parked native over its park, not seen by the collector; vm and stdlib */
    uint64_t id;            /* from 1 */
    uint64_t parent;        /* id of the goroutine that made it */
    const void *created_pc; /* its go instruction; for traces */
    struct FuncProto *entry; /* first function; for traces */
};

enum { /* Goroutine.flags */
    GF_SYSTEM = 1 << 0, /* not counted by NumGoroutine, not shown, no reason against deadlock */
    GF_STARTED = 1 << 1, /* has run at least once */
    GF_GOEXIT = 1 << 2,
    GF_PUBLISHED = 1 << 3, /* running, but frame and live are exact (in a native, a system call) */
    GF_KILLED = 1 << 4, /* to be ended at its next safepoint, without defers (REPL) */
    GF_SELECTING = 1 << 5, /* parked in a select: what is left of its waiters goes before it runs again */
    GF_BUBBLED = 1 << 6, /* belongs to a bubble */
    GF_DURABLE = 1 << 7, /* parked so that only its bubble can ready it */
};

enum { /* wake_status */
    WAKE_OK,       /* the operation was done by the waker */
    WAKE_CLOSED,   /* the channel was closed */
    WAKE_TIMEOUT,
    WAKE_ERROR,
};

/* Whether g is in a pool or about to be taken out of one: nothing of it counts but the link and the stack as a whole. */
static inline bool g_is_pooled(const Goroutine *g)
{
    return g->live == 0 && atomic_load_explicit(&g->state, memory_order_acquire) == G_IDLE;
}

/* ---- Making and ending; g.c ---- */

/* Takes a descriptor and a first stack of at least `nslots` slots from the processor's pools. State G_IDLE, a fresh id,
 * every other field zero. The stack's slots are not cleared; the collector looks at [0, live). */
Goroutine *g_new(uint32_t nslots);
/* Ends a goroutine's life (it is not queued anywhere): stack and descriptor to the pools. */
void g_free(Goroutine *g);
/* Goroutines started and not ended, system ones left out. */
int64_t g_count(void);
/* The goroutine running on this thread, or NULL. */
Goroutine *g_current(void);
/* Calls `visit` for every goroutine that was started and has not ended. The scheduler is frozen meanwhile: nothing else runs, except a goroutine
 * that reaches no safepoint within 50 ms (its state is G_RUNNING without GF_PUBLISHED: don't read its frames). `visit` may
 * allocate and print but not park or ready anybody. */
void g_each(void (*visit)(Goroutine *g, void *arg), void *arg);

/* Whether collections leave out the register of goroutines as a root; the scheduler is frozen. */
void g_hide(bool hidden);
/* Gives the memory of all pooled descriptors and stacks back: to the system, or to the collector's next run. Where the scheduler can't be
 * frozen within the time, the shared pool's stacks alone. */
void g_release_idle(int64_t patience_ns);
/* Goroutines in the shared pool that still have their stacks; gives the stacks of up to n of them back. */
uint64_t g_pooled_stacks(void);
void g_release_stacks(uint64_t n);
/* Halves the sparse stacks of goroutines that don't run, if the scheduler can be frozen soon. */
void g_shrink_stacks(void);
/* For the collector's threads, with the world stopped: n goroutines of the register that nobody was given in this collection, or NULL. */
Goroutine **g_claim_part(uint64_t *n);
/* For the runtime: sets the register of goroutines up as a root; moves a processor's pool to the shared one. */
void g_init(void);
void g_pool_drain(struct Proc *p);

/* ---- Stacks; stack.c ---- */

#define STACK_FIRST_SLOTS 31        /* 256 bytes with the header: what an ended goroutine may keep */
#define STACK_MAX_SLOTS (1u << 27)  /* 1 GB, Go's limit */

/* debug.SetMaxStack: the limit in slots that stack_grow obeys, STACK_MAX_SLOTS at first. Returns the one before. */
uint64_t stack_set_max(uint64_t nslots);
/* Grows g's stack so that at least `need` slots fit; g is the running goroutine. Returns false at the limit, nothing changed. */
bool stack_grow(Goroutine *g, uint64_t need);

#endif
