/* SPDX-License-Identifier: MIT */
/* The monitor: a thread without processor that looks after what no worker sees.
 *
 *   - It takes the processor of a worker that has been in a call for more than a period, if
 *     somebody has use for it.
 *   - It has a goroutine picked up that lies in a next slot while the running one does not park.
 *   - It polls the network when nobody has for 10 ms, and has somebody sleep in the poller where
 *     nobody does.
 *   - After a collection it halves sparse stacks.
 *   - Where memory is limited, it counts what C code has taken.
 *   - It gives stacks in the shared pool back that nobody has wanted for some seconds, and the
 *     heap's free memory once the program has been quiet for as long.
 *
 * It looks every 20 µs while there is something to do, less and less often, down to every 10 ms,
 * while there is nothing, and sleeps while every processor is idle. */
#include "runtime/monitor.h"

#include "base/fatal.h"
#include "runtime/clock.h"
#include "runtime/netpoll.h"

#include <time.h>

enum {
    SHORTEST_NS = 20000,
    LONGEST_NS = 10000000,
    QUIET_ROUNDS = 50, /* at the shortest period before it is stretched */
    BLOCKED_MAX_NS =
        10000000, /* after which a processor is taken even if nobody seems to need it */
    SEEDED_MAX_NS = 100000000,
    POLL_NS = 10000000,
    PATIENCE_NS = 10000000,
    POOLED_MANY = 1 << 16, /* stacks in the shared pool */
};

static const int64_t POOLED_NS = 3000000000;

static bool is_wanted(Proc *p, int64_t now)
{
    /* A seeded run waits for its calls, so that others get no turn by the clock, except where one
     * takes long: what it waits for may come from them. */
    if (sched.is_seeded) return now - p->seen_at > SEEDED_MAX_NS;
    if (proc_has_work(p) || atomic_load(&sched.global_count) > 0) return true;
    if (atomic_load(&sched.nidle) == 0 && atomic_load(&sched.nspinning) == 0) return true;
    return now - p->seen_at > BLOCKED_MAX_NS;
}

static bool take_blocked(Proc *p)
{
    lock_take_ranked(&sched.lock, RANK_SCHED);
    uint32_t blocked = PROC_BLOCKED;
    if (!atomic_compare_exchange_strong(&p->state, &blocked, PROC_RUNNING)) {
        lock_release(&sched.lock);
        return false;
    }
    sched.nblocked++;
    sched_hand_off(p); /* releases the lock */
    return true;
}

/* Returns whether there was something to do. */
static bool look_at(Proc *p, int64_t now)
{
    uint32_t state = atomic_load(&p->state);
    if (state == PROC_BLOCKED) {
        uint32_t tick = atomic_load_explicit(&p->blocked_tick, memory_order_relaxed);
        if (tick != p->seen_blocked) {
            p->seen_blocked = tick;
            p->seen_at = now;
            return false;
        }
        return is_wanted(p, now) && take_blocked(p);
    }
    uint32_t tick = atomic_load_explicit(&p->tick, memory_order_relaxed);
    bool is_stale = state == PROC_RUNNING && tick == p->seen_tick &&
                    (proc_has_work(p) || atomic_load(&sched.global_count) > 0) &&
                    atomic_load(&sched.nidle) > 0;
    p->seen_tick = tick;
    if (is_stale) sched_wake_one();
    return is_stale;
}

static void poll(int64_t now)
{
    int64_t last = atomic_load(&sched.last_poll);
    if (atomic_load(&sched.poller_asleep) || now - last < POLL_NS) return;
    atomic_store(&sched.last_poll, now);
    if (atomic_load(&sched.npolled) > 0) {
        uint32_t n;
        Goroutine *ready = netpoll_wait(0, &n);
        sched_ready_chain(ready, NULL, n);
        atomic_fetch_sub(&sched.npolled, n);
    }
    if (sched_needs_poller()) sched_wake_one();
}

/* Lets a program whose goroutines have become worth a processor each find that out. */
static void halve_patience(int64_t now)
{
    static int64_t last;
    if (now - last < PATIENCE_NS) return;
    last = now;
    uint32_t patience = atomic_load_explicit(&sched.wake_patience, memory_order_relaxed);
    if (patience) atomic_store_explicit(&sched.wake_patience, patience / 2, memory_order_relaxed);
}

/* Holds what C code has taken against a limit of memory. */
static void note_malloc(int64_t now)
{
    enum { EVERY_NS = 10000000 };
    static int64_t last;
    if (now - last < EVERY_NS) return;
    last = now;
    gc_note_malloc();
}

/* After a collection in which stacks were found sparse by at least this many bytes. */
static void shrink_stacks(void)
{
    enum { WORTH_BYTES = 1 << 20 };
    static uint64_t seen_cycle;
    uint64_t cycle = gc_cycle();
    if (cycle == seen_cycle) return;
    seen_cycle = cycle;
    if (gc_sparse_bytes() >= WORTH_BYTES) g_shrink_stacks();
}

/* Stacks that the pool has held for a while are more than the program needs, if they are many. */
static void release_stacks(int64_t now)
{
    static uint64_t least;
    static int64_t since;
    uint64_t pooled = g_pooled_stacks();
    if (since == 0) {
        since = now;
        least = pooled;
    }
    if (pooled < least) least = pooled;
    if (now - since >= POOLED_NS) g_release_stacks(least);
    if (now - since >= POOLED_NS || least < POOLED_MANY) since = 0;
}

/* Whether so many bytes allocated since the heap was given back last make it worth to do so again:
 * as that costs some collections, they are to be a good part of the heap. */
static bool is_heap_stale(uint64_t allocated)
{
    enum { LEAST_BYTES = 64 << 20, PART = 4 };
    uint64_t part = gc_mapped_bytes() / PART;
    return allocated > (part > LEAST_BYTES ? part : LEAST_BYTES);
}

static uint64_t released_at; /* gc_allocated_bytes when the heap was given back last */

/* A program that has hardly allocated for some seconds gives back what it has no use for. */
static void release_heap(int64_t now)
{
    enum { FEW_BYTES = 8 << 20, FREEZE_NS = 20000000 };
    static uint64_t seen;
    static int64_t since;
    uint64_t allocated = gc_allocated_bytes();
    if (since == 0 || allocated - seen > FEW_BYTES) {
        seen = allocated;
        since = now;
    }
    if (now - since < POOLED_NS || !is_heap_stale(allocated - released_at)) return;
    released_at = allocated;
    gc_free_os(FREEZE_NS);
}

static _Atomic(void (*)(void)) wanted_call; /* by anybody; taken by the monitor */

void monitor_call(void (*fn)(void))
{
    atomic_store(&wanted_call, fn);
    if (atomic_exchange(&sched.monitor_asleep, 0)) futex_wake(&sched.monitor_asleep, 1);
}

/* Who wants a call stores that first and then ends the sleep. */
static void sleep_while_idle(void)
{
    bool has_more =
        g_pooled_stacks() >= POOLED_MANY || is_heap_stale(gc_allocated_bytes() - released_at);
    int64_t timeout = has_more ? POOLED_NS : -1;
    atomic_store(&sched.monitor_asleep, 1);
    while (atomic_load(&sched.nidle) == atomic_load(&sched.nprocs) &&
           atomic_load(&sched.monitor_asleep) && !atomic_load(&wanted_call)) {
        futex_wait(&sched.monitor_asleep, 1, timeout);
        if (timeout > 0) break;
    }
    atomic_store(&sched.monitor_asleep, 0);
}

typedef struct Pause {
    int64_t ns;
} Pause;

static void *pause_or_sleep(void *arg)
{
    const Pause *pause = arg;
    if (atomic_load(&sched.nidle) == atomic_load(&sched.nprocs)) sleep_while_idle();
    struct timespec ts = {.tv_nsec = pause->ns};
    nanosleep(&ts, NULL);
    return NULL;
}

static void *monitor(void *arg)
{
    (void)arg;
    Pause pause = {SHORTEST_NS};
    int quiet = 0;
    for (;;) {
        gc_do_blocking(pause_or_sleep, &pause);
        void (*call)(void) = atomic_exchange(&wanted_call, NULL);
        if (call) call();
        int64_t now = clock_host_ns();
        bool is_busy = false;
        int32_t nprocs = atomic_load(&sched.nprocs);
        for (int i = 0; i < nprocs; i++) is_busy |= look_at(sched.procs[i], now);
        poll(now);
        halve_patience(now);
        note_malloc(now);
        shrink_stacks();
        release_stacks(now);
        if (!sched.is_seeded) release_heap(now);
        quiet = is_busy ? 0 : quiet + 1;
        if (quiet == 0) pause.ns = SHORTEST_NS;
        if (quiet > QUIET_ROUNDS && pause.ns * 2 <= LONGEST_NS) pause.ns *= 2;
    }
    return NULL;
}

void monitor_start(void)
{
    pthread_t thread;
    if (atomic_exchange(&sched.has_monitor, true)) return;
    int error = gc_thread_create(&thread, monitor, NULL, 256 << 10);
    if (error) fatal_no_thread(error);
}
