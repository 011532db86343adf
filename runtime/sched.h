/* SPDX-License-Identifier: MIT */
/* The scheduler: which goroutine runs next, on which worker.
 *
 * G, M, P: goroutines (g.h) run on workers (threads), a worker needs a processor (Proc) to run
 * them, there are GOMAXPROCS processors. The protocol of parking and waking is explained at the
 * head of sched.c.
 *
 * The scheduler knows no bytecode: it runs a goroutine through RunFn, which the vm (or a unit test)
 * installs. */
#ifndef MGO_RUNTIME_SCHED_H
#define MGO_RUNTIME_SCHED_H

#include "runtime/g.h"
#include "runtime/lock.h"

typedef struct Worker Worker;
typedef struct Proc Proc;

/* Runs g on the calling worker until it parks, yields or ends, having called one of the sched_
 * functions below that say so; g must not be touched after that. May go on with other goroutines by
 * itself: it calls sched_next_local after parking one, and returns where that gives NULL. */
typedef void RunFn(Goroutine *g);

typedef struct SchedOptions {
    int nprocs;           /* 0: GOMAXPROCS from the environment, else the number of cores */
    int budget;           /* units of a slice; 0: 10,000 */
    int64_t memory_limit; /* bytes of heap and stacks beyond which there is no memory; 0: none */
    uint64_t seed;        /* meaningful with is_seeded */
    bool is_seeded;
    bool is_virtual; /* time jumps to the next timer when nothing can run */
    RunFn *run;
    /* Called once when every worker is idle and nothing can wake anybody: reports and exits, or
     * (REPL) readies a goroutine and returns. */
    void (*on_deadlock)(void);
} SchedOptions;

/* Sets up the runtime: collector, processors, monitor thread, poller. Call once, on the main
 * thread, before anything else here. */
void sched_init(const SchedOptions *options);
/* Puts g (G_IDLE, with frame, live and pc set) on the run queue of the current processor, or the
 * global one from a foreign thread. From the main thread outside sched_run it wakes nobody: g may
 * have to wait for sched_run. */
void sched_start(Goroutine *g);
/* Runs goroutines on the calling thread until sched_stop; the main thread becomes a worker. */
void sched_run(void);
/* Makes sched_run return (other workers are left where they are). From any thread. */
void sched_stop(void);

/* ---- Called by a running goroutine (through the vm) ---- */

/* Parks the running goroutine: state, frame, live and pc are already stored; the caller holds
 * `lock` (may be NULL), under which the waiter was queued. Stores the state, releases the lock, and
 * from then on the goroutine may run elsewhere. */
void sched_park(Goroutine *g, WaitReason reason, Lock *lock);
/* Gives the slice up: g goes to the back of the queue. frame, live and pc are stored. */
void sched_requeue(Goroutine *g);
/* The running goroutine has ended: frees it. */
void sched_exit(Goroutine *g);
/* Makes a parked goroutine runnable; `next` puts it into the current processor's next slot, so that
 * it runs as soon as the current one parks. */
void sched_ready(Goroutine *g, bool next);
/* For profiles of waiting: what is called for each goroutine that parks, by itself, and for each
 * that is readied from waiting on a channel or in package sync, by who does that, while it still
 * lies still; NULL: nothing. Locks may be held, so they only note. */
typedef void SchedOnPark(Goroutine *g, WaitReason reason);
typedef void SchedOnReady(Goroutine *g);
void sched_watch_waits(SchedOnPark *on_park, SchedOnReady *on_ready);
extern _Atomic(SchedOnPark *) sched_on_park;
extern _Atomic(SchedOnReady *) sched_on_ready;
static inline void sched_note_ready(Goroutine *g)
{
    SchedOnReady *on_ready = atomic_load_explicit(&sched_on_ready, memory_order_relaxed);
    if (__builtin_expect(on_ready != NULL, 0)) on_ready(g);
}
/* Ends a goroutine other than the running one at its next safepoint, without its deferred calls,
 * unless it has ended (its id is another): sets GF_KILLED, which the vm looks at whenever it takes
 * a goroutine up; where it is parked, takes it off what it waits for and readies it. From any
 * thread, also outside the scheduler. */
void sched_kill(Goroutine *g, uint64_t id);
/* After park, yield or exit: the next goroutine this worker may run at once without looking further
 * than its own queue, marked running, with a fresh budget (or the inherited one); NULL: return from
 * RunFn. */
Goroutine *sched_next_local(void);
/* Units that a go statement takes from the slice of who makes goroutines, so that they begin while
 * they are in the caches: a slice makes 250, which a processor's queue has room for. With thousands
 * in a slice they would go through the global queue, and all that sleep for the same time would
 * fall due together. */
enum { SCHED_GO_COST = 40 };
/* A fresh slice's budget, in units. */
int32_t sched_budget(void);

/* ---- Leaving and entering the scheduler around what may block the thread ---- */

/* Before a system call or C call that may block: the processor may be taken away meanwhile. frame
 * and live must be exact (GF_PUBLISHED is set). */
void sched_enter_blocking(Goroutine *g);
/* After it: waits for a processor again, where it was taken away; returns whether it was. errno is
 * kept.
 */
bool sched_leave_blocking(Goroutine *g);
/* Whether the process has one thread only: then the first sched_enter_blocking starts another one.
 */
bool sched_is_alone(void);
/* Runs on the C stack while the goroutine that owns this worker is parked in a nested call:
 * releases the processor, sleeps until g is ready, takes a processor. */
void sched_wait_locked(Goroutine *g);
/* Binds the running goroutine to its worker (LockOSThread, nested calls) or unbinds; nests. */
void sched_lock_thread(Goroutine *g);
void sched_unlock_thread(Goroutine *g);

/* ---- Settings and figures ---- */

/* runtime.GOMAXPROCS: sets if n > 0; returns the number before. */
int sched_set_procs(int n);
int sched_nprocs(void);
/* How many of the machine's processors this process may use. */
int sched_cores(void);
/* Freezes the scheduler: no goroutine runs afterwards, except the caller's; they stop at their next
 * scheduling point. Waits at most patience_ns (negative: for ever); returns whether all have
 * stopped. Always followed by sched_thaw; between them nothing may be parked, and what is readied
 * waits. Nests. The caller holds no lock. */
bool sched_freeze(int64_t patience_ns);
void sched_thaw(void);

/* Every free choice of the scheduler, so that another chooser can take the place of chance. */
typedef enum SchedChoice {
    CHOOSE_NEXT, /* which of n runnable goroutines goes on; 0 is the one that waits longest, or sits
                    in the next slot */
    CHOOSE_CASE, /* which of n ready cases a select takes */
    CHOOSE_VICTIM, /* at which of n processors a thief begins */
    CHOOSE_SLICE,  /* how many units less than a full slice of n the next goroutine gets */
    CHOOSE_ENTRY,  /* at which of n entries a loop over a map begins */
} SchedChoice;
typedef struct SchedChooser SchedChooser;
struct SchedChooser {
    uint32_t (*choose)(SchedChooser *self, SchedChoice what, uint32_t n); /* in [0, n) */
};
/* Installs a chooser (kept; NULL: chance). With is_seeded sched_init has installed one. One
 * processor; before sched_run. */
void sched_set_chooser(SchedChooser *chooser);
uint32_t sched_choose(SchedChoice what, uint32_t n);

/* A random number from the current processor's state (seeded under -seed). */
uint64_t sched_random(void);
/* The program's monotonic clock in ns, its wall clock in ns since 1970. See clock.h. */
int64_t sched_nanotime(void);
int64_t sched_walltime(void);
/* Work from outside that may wake somebody (a foreign thread): while the count is above 0, no
 * deadlock is reported. Nor is one while the main thread is outside sched_run. */
void sched_external_add(int delta);

typedef struct SchedStats {
    uint64_t created, switches, steals, preemptions, stack_copies, parks;
    uint64_t parks_by[WAIT_COUNT];
    uint64_t most_alive;    /* goroutines; may miss some hundred with several processors */
    uint64_t largest_stack; /* bytes */
} SchedStats;
void sched_stats(SchedStats *out);

#endif
