/* SPDX-License-Identifier: MIT */
/* Processors: what a worker must have to run goroutines, and the state all of them share. For the
 * runtime's own files. */
#ifndef MGO_RUNTIME_PROC_H
#define MGO_RUNTIME_PROC_H

#include "runtime/gc.h"
#include "runtime/lock.h"
#include "runtime/sched.h"
#include "runtime/stack.h"
#include "runtime/timer.h"

enum { RING_SIZE = 256, PROCS_MAX = 1024, PATIENCE_MAX = 1023 };

/* Goroutines in a ring: head and tail only rise, places are counted modulo RING_SIZE. */
typedef struct Ring {
    _Atomic uint32_t head; /* next to take; owner and thieves, by compare-and-swap */
    _Atomic uint32_t tail; /* next to fill; owner only */
    _Atomic(Goroutine *) at[RING_SIZE];
} Ring;

/* Who may move a processor from a state: IDLE, FROZEN: under sched.lock; RUNNING: its worker;
 * BLOCKED: whoever swaps it first. */
typedef enum ProcState {
    PROC_IDLE,    /* on the idle list */
    PROC_RUNNING, /* a worker has it */
    PROC_BLOCKED, /* its worker is in a system call or C call and wants it back; anybody may take it
                   */
    PROC_FROZEN,  /* set aside while the scheduler is frozen */
    PROC_RETIRED, /* beyond GOMAXPROCS */
} ProcState;

/* Counts for sched_stats and g_count, written by the owner, read by anybody. */
typedef struct ProcCounts {
    _Atomic uint64_t created, started, ended, switches, steals, preemptions;
    _Atomic uint64_t parks[WAIT_COUNT]; /* by reason */
} ProcCounts;

/* gc_root_alloc'ed, never freed. "Owner" is the worker that has the processor. */
struct Proc {
    _Atomic uint32_t state;    /* ProcState */
    int32_t id;                /* fixed */
    Ring ready;                /* goroutines to run; the owner pushes, anyone steals */
    _Atomic(Goroutine *) next; /* runs before `ready`, so a reply follows its request; the owner
                                  fills it, anyone may empty it: see proc.c */
    _Atomic bool
        is_changing;        /* the owner is between looking at `next` and storing into it; owner */
    _Atomic bool is_robbed; /* a thief is after `next`; whoever swaps it */
    uint32_t quiet_pushes;  /* pushes since one was announced, see work_queued; owner */
    int32_t inherited;      /* what is left of the slice for `next`; owner */
    _Atomic uint32_t tick;  /* scheduling rounds; owner, read by thieves and the monitor */
    uint32_t timer_tick;    /* round in which timers were looked at last; owner */
    uint32_t global_tick;   /* the same for the global queue; owner */
    uint64_t random;        /* state of sched_random; owner */
    Goroutine *pool;        /* ended goroutines, their first stack still on them; owner */
    uint32_t pool_count;
    Goroutine *fresh;          /* descriptors never used, from the collector; owner */
    uint64_t next_id, last_id; /* goroutine ids set aside for this processor; owner */
    Waiter *waiters;           /* free waiters for select, by chain; owner */
    uint32_t waiters_count;
    StackCache stacks; /* owner */
    TimerHeap timers;  /* has a lock of its own, since any worker may fire or stop them */
    GcCache gc;        /* owner */
    ProcCounts counts;
    _Atomic uint64_t units; /* of all slices; owner, read by who measures (gather.h) */
    int32_t slice_start;    /* budget that the running goroutine began with; owner */
    uint32_t uses_before;   /* chan_uses then; owner */
    uint32_t step_tick;     /* round and time of the last look at how long turns take, and home's */
    int64_t step_at;        /* round then, and chan_uses; owner */
    uint32_t home_tick, step_uses;
    bool is_to_withdraw;           /* found then; owner */
    Proc *idle_next;               /* link of the idle list; sched.lock */
    _Atomic uint32_t blocked_tick; /* calls that may block, so that the monitor tells two of them
                                      apart; worker in the call */
    uint32_t seen_tick;            /* round, blocked_tick and time the monitor saw last; monitor */
    uint32_t seen_blocked;
    int64_t seen_at;
};

/* What all processors and workers share. "lock" names sched.lock; "fixed" is after sched_init. */
typedef struct Sched {
    Lock lock;                             /* guards what says so */
    _Atomic int32_t nprocs;                /* GOMAXPROCS; changed while frozen */
    Proc *procs[PROCS_MAX];                /* the first ones ever made stay; changed while frozen */
    Goroutine *global_first, *global_last; /* queue by sched_next; lock */
    _Atomic uint32_t global_count;         /* lock; read without it */
    Proc *idle_procs;                      /* lock */
    _Atomic int32_t nidle;                 /* of idle_procs; lock; read without it */
    Worker *idle_workers;                  /* asleep or about to be, by idle_next; lock */
    _Atomic int32_t nspinning;             /* workers with a processor that look for work */
    _Atomic uint32_t wake_patience; /* pushes to let go by before one wakes a worker; a guess that
                                       anybody may improve */
    int32_t nblocked;               /* workers in calls whose processor was taken; lock */
    _Atomic int32_t nexternal;      /* sched_external_add */
    _Atomic int32_t npolled;        /* goroutines parked in the poller */
    _Atomic uint32_t attention;     /* above 0: leave the fast path of sched_next_local */
    _Atomic bool is_freezing;       /* every processor but the freezer's is to stop */
    Lock freeze_lock;               /* one freezer at a time */
    int32_t nrunning;               /* processors the freezer still waits for; lock */
    _Atomic uint32_t frozen;        /* futex of the freezer: 1 when nrunning is 0 */
    Lock foreign_lock; /* held by threads without processor while they touch goroutines, and by the
                          freezer */
    Proc *foreign;     /* pools and counts for them; runs nothing; foreign_lock */
    _Atomic uint64_t last_id;        /* goroutine ids given to processors */
    _Atomic int64_t most_alive;      /* goroutines; for sched_stats */
    _Atomic int32_t nworkers;        /* threads made for workers, the main one included */
    _Atomic bool is_stopping;        /* sched_stop was called; main worker only */
    _Atomic bool is_main_inside;     /* the main thread is in sched_run; main worker only */
    Worker *main_worker;             /* fixed */
    _Atomic uint32_t poller_asleep;  /* a worker sleeps in the poller */
    _Atomic int64_t poller_until;    /* and until when, monotonic ns */
    _Atomic int64_t last_poll;       /* when somebody looked at the poller last */
    _Atomic bool has_monitor;        /* only ever set */
    _Atomic uint32_t monitor_asleep; /* the monitor's futex: 1 while every processor is idle */
    RunFn *run;                      /* fixed */
    void (*on_deadlock)(void);       /* fixed */
    int32_t budget;                  /* fixed */
    bool is_seeded;                  /* fixed */
} Sched;

extern Sched sched;

/* The processor of the calling thread, or NULL. */
Proc *proc_current(void);
/* The calling thread's processor, or else the foreign one, locked. For its pools and counts; end
 * with proc_leave. */
Proc *proc_enter(void);
void proc_leave(Proc *p);
/* The calling thread's stack cache, or NULL. */
StackCache *proc_stack_cache(void);

/* Before the process has a second thread. */
void proc_init(void);
/* A processor, known to the collector; state PROC_RETIRED. */
Proc *proc_new(int id, uint64_t seed);
/* Appends g to p's ring, or half of the ring and g to the global queue where it is full. p is the
 * caller's. */
void proc_push(Proc *p, Goroutine *g);
/* Takes the oldest of p's ring, or NULL. p is the caller's. */
Goroutine *proc_pop(Proc *p);
/* Puts g into p's next slot; what was there goes to the ring. Returns whether something was. */
bool proc_set_next(Proc *p, Goroutine *g);
/* Takes what is in p's next slot, or NULL. p is the caller's. */
Goroutine *proc_take_next(Proc *p);
/* Takes what is in another processor's next slot, or NULL; costs some microseconds. */
Goroutine *proc_steal_next(Proc *victim);
/* Takes half of victim's ring into p's (which is empty) and returns one of them, or NULL. */
Goroutine *proc_steal(Proc *p, Proc *victim);
bool proc_has_work(Proc *p);
/* With processor p to itself and the scheduler frozen: moves everything to where the others find
 * it. */
void proc_retire(Proc *p);

/* ---- The global queue; sched.lock is held ---- */

void global_push(Goroutine *g);
/* Appends a chain of n linked by sched_next. */
void global_push_chain(Goroutine *first, Goroutine *last, uint32_t n);
/* Takes a fair share for p: returns one, the others go to p's ring. max 0: no other limit than
 * fairness. */
Goroutine *global_take(Proc *p, uint32_t max);

/* ---- Idle processors; sched.lock is held ---- */

void proc_put_idle(Proc *p);
Proc *proc_take_idle(void);

/* Adds one to a counter that only the caller writes. */
static inline void count(_Atomic uint64_t *counter)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1,
                          memory_order_relaxed);
}

#endif
