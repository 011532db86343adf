/* SPDX-License-Identifier: MIT */
/* The scheduler: which goroutine runs next, on which worker.
 *
 * Concepts
 *   G, goroutine   what is run (g.h)
 *   M, worker      a thread: asleep, or with a processor, or in a call that may block
 *   P, processor   the right to run goroutines, and all that is cheap because only one worker has
 *                  it: queue, pools, free lists; there are GOMAXPROCS of them
 *   slice          10,000 units; each call and each loop turn takes one; at zero the goroutine
 *                  goes to the back of the global queue, or with one processor of its own
 *   next           a slot before the queue: what the running goroutine readies goes there and runs
 *                  on the rest of its slice, so a reply follows its request while the data is
 *                  warm, and two that talk to each other cannot shut out the others
 *   spinning       a worker with a processor and nothing to run, looking through other queues
 *
 * Designs that lost
 *   - One queue for all: its lock is what everybody waits for from four cores on.
 *   - A worker for each readied goroutine: a hand-over costs two futex calls and the cache,
 *     twenty times as much as running it from `next`.
 *   - Waking a worker at every ready: workers wake, find nothing, sleep; the kernel gets the time.
 *   - Waking a worker for what lies in `next`: the same, as the running goroutine mostly parks at
 *     once. So `next` alone wakes nobody. It is taken when the slice ends, by a spinning worker
 *     that sees it lie for some microseconds, or by one that the monitor wakes for it.
 *   - Preemption by signals: the interleaving would be no function of the program any more.
 *   - A thread for the timers: each firing would switch threads twice.
 *
 * Looking for work (find_work), in this order: due timers; every 61st round the global queue;
 * next; own queue; global queue; the poller; then spinning: the queues, timers and next slots of
 * the others. At most half as many spin as are busy.
 *
 * Parking and waking. The danger is the lost wake-up: work is queued while the last worker that
 * looked goes to sleep.
 *
 *   Who makes work (sched_ready, sched_start):
 *     1. puts it into a queue
 *     2. full fence
 *     3. if nidle > 0 and nspinning = 0, wakes a worker
 *   Who goes to sleep (go_idle):
 *     a. puts its processor on the idle list: nidle + 1
 *     b. stops spinning: nspinning - 1
 *     c. full fence
 *     d. looks through all queues once more; if there is work, takes a processor back
 *     e. sleeps
 *
 * If 3 sees the worker spin still, it comes before b; so 1 comes before d, and d finds the work. If
 * 3 sees no idle processor, it comes before a, and again d finds the work. Else 3 wakes somebody.
 * The woken worker starts out spinning and counted, so a second maker of work leaves it alone; when
 * it has found something it stops spinning, and the last one to stop does step 3 again, since there
 * may be more where that came from. With one processor nobody looks while somebody makes
 * work, and the fence is left out. A worker sleeps on a futex of its own that stays set if it is
 * woken before it sleeps.
 *
 * Step 3 is left out (work_queued) while it does not pay: where the workers woken last found
 * nothing that kept them busy for some microseconds, a number of pushes goes by before the next
 * wakes somebody, twice as many each time. What is not announced lies in the queue of a running
 * worker, which will come to it; and whoever uses up a slice is announced always (in the global
 * queue), so that what takes long finds an idle processor within a slice. The monitor halves the
 * number every 10 ms.
 *
 * It is left out, too, while everything is gathered on one processor (gather.c): that one is
 * running then, and comes to all that is queued with it or globally before it goes idle. So who
 * goes idle meanwhile does not look there in step d, unless that processor is not running any more.
 *
 * tests/model/park.pml is a model of this, without the omissions; "make model" has spin check it.
 *
 * Timers and the poller the same way.
 *
 *   Who starts a timer:
 *     1. puts it into its heap (heap.first)
 *     2. full fence (sequentially consistent store and load)
 *     3. if poller_asleep and poller_until is later, interrupts the poller
 *   Who sleeps in the poller (sleep_in_poller):
 *     a. says so: poller_asleep, then poller_until
 *     b. full fence
 *     c. takes the earliest timer of all heaps once more, and sleeps until then
 *
 * Somebody sleeps there only while a processor is idle. Who gives one up (go_idle, sched_hand_off,
 * sched_thaw) looks afterwards whether the poller needs a sleeper; so a worker without processor
 * that finds none idle leaves that to them and sleeps on its futex.
 *
 * Deadlock. Nothing can ever happen again when every processor is idle, no worker's processor was
 * taken in a call, nobody outside promises work (sched_external_add, the main thread outside
 * sched_run), no goroutine waits in the poller and no timer is set. The first two change under
 * sched.lock; the last two are counted down only after what they readied was queued. go_idle checks
 * under the lock.
 *
 * Whether processors share the work at all: gather.c. Leaving and entering, binding to threads:
 * worker.c. Freezing: freeze.c. The monitor: monitor.c.
 */
#include "runtime/sched.h"

#include "base/fatal.h"
#include "runtime/bubble.h"
#include "runtime/chan.h"
#include "runtime/choose.h"
#include "runtime/clock.h"
#include "runtime/event.h"
#include "runtime/gather.h"
#include "runtime/netpoll.h"
#include "runtime/select.h"
#include "runtime/worker.h"

#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    DEFAULT_BUDGET = 10000,
    GLOBAL_EVERY = 61, /* rounds between looks at the global queue; prime, so that it falls into
                          step with nothing */
    TIMERS_EVERY = 16, /* rounds between looks at the clock */
    YIELDS_KEPT = 17,  /* rounds, in one of which who yields goes to the global queue; prime, too */
    PARK_COST = 32,    /* units a hand-over takes from the slice */
    SPIN_ROUNDS = 4,
    SPIN_PAUSES = 60,    /* before the second round, twice that before the third … */
    NEXT_PATIENCE = 400, /* pauses a thief grants the owner of a next slot: some microseconds */
    WORTH_NS = 20000,    /* of work, for which it is worth to wake a worker */
};

static SchedChooser *chooser; /* fixed before goroutines run */
static SeededChooser seeded;  /* the one for -seed */

/* ---- Chance ---- */

uint64_t sched_random(void)
{
    static __thread uint64_t foreign_state;
    Proc *p = proc_current();
    uint64_t *state = p ? &p->random : &foreign_state;
    if (!p && !foreign_state && !sched.is_seeded) foreign_state = sched_nanotime() ^ (uintptr_t)&p;
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

void sched_set_chooser(SchedChooser *new_chooser)
{
    chooser = new_chooser;
}

uint32_t sched_choose(SchedChoice what, uint32_t n)
{
    if (n < 2) return 0;
    if (chooser) return chooser->choose(chooser, what, n);
    if (what == CHOOSE_NEXT || what == CHOOSE_SLICE) return 0;
    return ((sched_random() >> 32) * n) >> 32;
}

int32_t sched_budget(void)
{
    return sched.budget - (chooser ? (int32_t)sched_choose(CHOOSE_SLICE, sched.budget) : 0);
}

/* ---- Making work ---- */

/* Orders a push before the loads that decide whether to wake somebody; see the head of this file.
 */
static void fence(void)
{
#ifdef __SANITIZE_THREAD__
    atomic_fetch_add(&sched.attention, 0); /* that tool knows no fences */
#else
    atomic_thread_fence(memory_order_seq_cst);
#endif
}

void sched_wake_one(void)
{
    int32_t none = 0;
    if (atomic_load(&sched.nidle) == 0 || atomic_load(&sched.nspinning) != 0) return;
    if (!atomic_compare_exchange_strong(&sched.nspinning, &none, 1)) return;
    lock_take_ranked(&sched.lock, RANK_SCHED);
    Proc *p = proc_take_idle();
    if (p) {
        worker_start(p, true); /* releases the lock */
    } else {
        atomic_fetch_sub(&sched.nspinning, 1);
        lock_release(&sched.lock);
    }
}

/* p, the caller's, got one more goroutine. */
static inline void work_queued(Proc *p)
{
    if (atomic_load_explicit(&sched.nprocs, memory_order_relaxed) == 1) return;
    if (atomic_load_explicit(&gather_home, memory_order_relaxed) == p) return;
    if (p->quiet_pushes < atomic_load_explicit(&sched.wake_patience, memory_order_relaxed)) {
        p->quiet_pushes++;
        return;
    }
    p->quiet_pushes = 0;
    fence();
    if (atomic_load_explicit(&sched.nidle, memory_order_relaxed) > 0 && !gather_host())
        sched_wake_one();
}

/* A worker that looked for work found some that kept it busy for so long, until it had to look
 * again. */
static void judge_wakes(int64_t busy_ns)
{
    uint32_t patience = atomic_load_explicit(&sched.wake_patience, memory_order_relaxed);
    if (busy_ns >= WORTH_NS)
        patience = 0;
    else if (patience < PATIENCE_MAX)
        patience = 2 * patience + 1;
    atomic_store_explicit(&sched.wake_patience, patience, memory_order_relaxed);
}

static void queue_global(Goroutine *g)
{
    Worker *w = worker_current();
    lock_take_ranked(&sched.lock, RANK_SCHED);
    global_push(g);
    lock_release(&sched.lock);
    bool will_run =
        w && w == sched.main_worker &&
        !atomic_load(&sched.is_main_inside); /* itself, in sched_run: a thread less to start */
    if (!will_run) sched_wake_one();
}

_Atomic(SchedOnPark *) sched_on_park;
_Atomic(SchedOnReady *) sched_on_ready;

void sched_watch_waits(SchedOnPark *on_park, SchedOnReady *on_ready)
{
    atomic_store(&sched_on_park, on_park);
    atomic_store(&sched_on_ready, on_ready);
}

void sched_ready(Goroutine *g, bool next)
{
    ASSERT(atomic_load(&g->state) == G_PARKED, "a goroutine is readied that is not parked");
    bubble_note_ready(g);
    event_note(EVENT_READY, g_current(), g->id);
    sched_note_ready(g);
    atomic_store_explicit(&g->state, G_RUNNABLE, memory_order_release);
    Proc *p = proc_current();
    if (!p) {
        queue_global(g);
    } else if (next) {
        if (proc_set_next(p, g)) work_queued(p);
    } else {
        proc_push(p, g);
        work_queued(p);
    }
}

void sched_ready_chain(Goroutine *first, Goroutine *last, uint32_t n)
{
    if (!first) return;
    if (!last) last = first;
    while (last->sched_next) last = last->sched_next;
    for (Goroutine *g = first; g && events_on(); g = g->sched_next)
        event_write(EVENT_READY, NULL, g->id);
    lock_take_ranked(&sched.lock, RANK_SCHED);
    global_push_chain(first, last, n);
    lock_release(&sched.lock);
    sched_wake_one();
}

void sched_start(Goroutine *g)
{
    Goroutine *maker = g_current();
    event_note(EVENT_CREATE, maker, g->id);
    if (maker && maker->flags & GF_BUBBLED) bubble_add(bubble_of(maker), g);
    atomic_store_explicit(&g->state, G_RUNNABLE, memory_order_release);
    Proc *p = proc_enter();
    if (!(g->flags & GF_SYSTEM)) count(&p->counts.started);
    if (p == sched.foreign) {
        proc_leave(p);
        queue_global(g);
    } else if (proc_set_next(p, g)) {
        work_queued(p);
    }
}

/* ---- The running goroutine lets go ---- */

/* The running goroutine ends its turn. */
static inline void end_turn(Worker *w, const Goroutine *g)
{
    Proc *p = w->proc;
    uint64_t used = (uint64_t)(int64_t)(p->slice_start - g->budget);
    atomic_store_explicit(&p->units, atomic_load_explicit(&p->units, memory_order_relaxed) + used,
                          memory_order_relaxed);
    p->inherited = g->budget - PARK_COST;
    w->current = NULL;
}

Bubble *sched_set_parked(Goroutine *g, WaitReason reason)
{
    Worker *w = worker_current();
    Proc *p = w->proc;
    Bubble *bubble = g->flags & GF_BUBBLED ? bubble_note_parking(g, reason) : NULL;
    g->wait_reason = reason;
    if (events_on()) event_write_stop(g, reason);
    SchedOnPark *on_park = atomic_load_explicit(&sched_on_park, memory_order_relaxed);
    if (__builtin_expect(on_park != NULL, 0)) on_park(g, reason);
    atomic_store_explicit(&g->wait_since, 0, memory_order_relaxed);
    end_turn(w, g);
    count(&p->counts.parks[reason]);
    atomic_store_explicit(&g->state, G_PARKED, memory_order_release);
    return bubble;
}

void sched_park(Goroutine *g, WaitReason reason, Lock *lock)
{
    Bubble *bubble = sched_set_parked(g, reason);
    if (lock) lock_release(lock);
    if (bubble) bubble_parked(bubble);
}

/* Whether g's turn was a good part of a slice, with hardly a channel used. */
static bool is_computing(const Proc *p, const Goroutine *g)
{
    enum { PARTS = 4, UNITS_PER_USE = 32 };
    int64_t units = p->slice_start - g->budget;
    return units * PARTS >= sched.budget &&
           (int64_t)(chan_uses - p->uses_before) * UNITS_PER_USE < units;
}

/* Whether g, which lets go without waiting, is to go to the global queue. Nobody steals while every
 * processor has work, so goroutines that never park would stay where they are, five on one
 * processor and one on another. Who has used its slice up always goes there; who yields now and
 * then, as the lock costs more than the yield. While everything is gathered, those go there that
 * compute. */
static bool is_to_be_shared(Proc *p, const Goroutine *g)
{
    if (atomic_load_explicit(&sched.nprocs, memory_order_relaxed) == 1) return false;
    if (gather_is_on()) return g->budget <= 0 && is_computing(p, g);
    return g->budget <= 0 ||
           atomic_load_explicit(&p->tick, memory_order_relaxed) % YIELDS_KEPT == 0;
}

void sched_requeue(Goroutine *g)
{
    Worker *w = worker_current();
    Proc *p = w->proc;
    end_turn(w, g);
    if (g->budget <= 0) { /* at the end of a slice, time has passed */
        clock_count_work(sched.budget);
        p->timer_tick = atomic_load_explicit(&p->tick, memory_order_relaxed) - TIMERS_EVERY;
        count(&p->counts.preemptions);
        gather_step(p, is_computing(p, g));
    }
    event_note(EVENT_YIELD, g, g->budget <= 0);
    bool is_for_all = is_to_be_shared(p, g);
    atomic_store_explicit(&g->state, G_RUNNABLE, memory_order_release);
    if (is_for_all) {
        queue_global(g);
    } else {
        proc_push(p, g);
        work_queued(p);
    }
}

void sched_exit(Goroutine *g)
{
    Worker *w = worker_current();
    Proc *p = w->proc;
    end_turn(w, g);
    if (w->bound == g) {
        w->bound = NULL;
        w->bound_depth = 0;
    }
    if (!(g->flags & GF_SYSTEM)) count(&p->counts.ended);
    event_note(EVENT_END, g, 0);
    Bubble *bubble = bubble_of(g);
    g_free(g);
    if (bubble) bubble_left(bubble);
}

/* ---- Taking the next one ---- */

void sched_begin(Worker *w, Goroutine *g, int32_t budget)
{
    w->current = g;
    g->budget = budget;
    w->proc->slice_start = budget;
    w->proc->uses_before = chan_uses;
    g->flags |= GF_STARTED;
    if (g->flags & GF_SELECTING) select_finish(g);
    atomic_store_explicit(&g->state, G_RUNNING, memory_order_relaxed);
    count(&w->proc->counts.switches);
    event_note(EVENT_START, g, 0);
}

/* With a chooser: any of the waiting goroutines may go on. Its place in the ring goes to the
 * oldest. One processor, so there is no thief. */
static Goroutine *take_chosen(Proc *p)
{
    Goroutine *next = proc_take_next(p);
    if (next) proc_push(p, next);
    uint32_t head = atomic_load(&p->ready.head), n = atomic_load(&p->ready.tail) - head;
    uint32_t last = n - 1; /* what was in the next slot counts as choice 0 */
    uint32_t choice = n ? sched_choose(CHOOSE_NEXT, n) : 0;
    if (n && next) choice = choice == 0 ? last : choice - 1;
    if (n && choice > 0) {
        Goroutine *chosen = atomic_load(&p->ready.at[(head + choice) % RING_SIZE]);
        for (uint32_t i = choice; i > 0; i--)
            atomic_store(&p->ready.at[(head + i) % RING_SIZE],
                         atomic_load(&p->ready.at[(head + i - 1) % RING_SIZE]));
        atomic_store(&p->ready.at[head % RING_SIZE], chosen);
    }
    return proc_pop(p);
}

/* The next goroutine of p's own and the budget it gets, or NULL. */
static inline Goroutine *take_own(Proc *p, int32_t *budget)
{
    *budget = sched_budget();
    if (__builtin_expect(chooser != NULL, 0)) return take_chosen(p);
    Goroutine *g = proc_take_next(p);
    if (g) {
        if (p->inherited > 0) {
            *budget = p->inherited;
            return g;
        }
        proc_push(p, g); /* the slice is used up: the others first */
    }
    return proc_pop(p);
}

Goroutine *sched_next_local(void)
{
    Worker *w = worker_current();
    Proc *p = w->proc;
    if (atomic_load_explicit(&sched.attention, memory_order_relaxed) || w->bound) return NULL;
    uint32_t tick = atomic_load_explicit(&p->tick, memory_order_relaxed) + 1;
    atomic_store_explicit(&p->tick, tick, memory_order_relaxed);
    if (tick - p->global_tick >= GLOBAL_EVERY) return NULL;
    if (tick - p->timer_tick >= TIMERS_EVERY &&
        atomic_load_explicit(&p->timers.count, memory_order_relaxed) > 0)
        return NULL;
    int32_t budget;
    Goroutine *g = take_own(p, &budget);
    if (!g) return NULL;
    if (g->locked && g->locked != w) {
        w->picked = g;
        return NULL;
    }
    sched_begin(w, g, budget);
    return g;
}

/* ---- Looking further ---- */

static Goroutine *take_global(Proc *p, uint32_t max)
{
    p->global_tick = atomic_load_explicit(&p->tick, memory_order_relaxed);
    if (atomic_load_explicit(&sched.global_count, memory_order_relaxed) == 0) return NULL;
    lock_take_ranked(&sched.lock, RANK_SCHED);
    Goroutine *g = global_take(p, max);
    lock_release(&sched.lock);
    return g;
}

static Goroutine *take_polled(void)
{
    if (atomic_load(&sched.npolled) == 0 || atomic_load(&sched.poller_asleep)) return NULL;
    uint32_t n;
    Goroutine *first = netpoll_wait(0, &n);
    if (!first) return NULL;
    Goroutine *rest = first->sched_next;
    first->sched_next = NULL;
    sched_ready_chain(rest, NULL, n - 1);
    atomic_fetch_sub(&sched.npolled, n);
    return first;
}

/* Whether the victim's worker does not come to what is queued within some microseconds. */
static bool is_slow(const Proc *victim)
{
    uint32_t tick = atomic_load_explicit(&victim->tick, memory_order_relaxed);
    for (int i = 0; i < NEXT_PATIENCE; i++) spin_pause();
    return atomic_load_explicit(&victim->tick, memory_order_relaxed) == tick;
}

/* The victim's next slot, if its worker leaves it lying. */
static Goroutine *steal_next(Proc *victim)
{
    bool is_there = atomic_load_explicit(&victim->next, memory_order_relaxed) != NULL;
    return is_there && is_slow(victim) ? proc_steal_next(victim) : NULL;
}

static Goroutine *steal(Worker *w)
{
    Proc *p = w->proc;
    int32_t nprocs = atomic_load(&sched.nprocs);
    for (int round = 0; round < SPIN_ROUNDS; round++) {
        for (int i = 0; i < round * SPIN_PAUSES; i++) spin_pause();
        uint32_t start = sched_choose(CHOOSE_VICTIM, nprocs);
        for (int i = 0; i < nprocs; i++) {
            Proc *victim = sched.procs[(start + i) % nprocs];
            if (victim == p) continue;
            if (gather_host() && (!proc_has_work(victim) || !is_slow(victim))) continue;
            Goroutine *g = proc_steal(p, victim);
            if (!g && round == SPIN_ROUNDS - 1) {
                if (timer_run(&victim->timers, 0)) g = proc_take_next(p);
                if (!g) g = proc_pop(p);
                if (!g) g = steal_next(victim);
            }
            if (g) {
                count(&p->counts.steals);
                event_note(EVENT_STEAL, NULL, g->id);
                return g;
            }
        }
    }
    return NULL;
}

static bool may_spin(Worker *w)
{
    if (w->is_spinning) return true;
    int32_t busy = atomic_load(&sched.nprocs) - atomic_load(&sched.nidle);
    if (2 * atomic_load(&sched.nspinning) >= busy) return false;
    w->is_spinning = true;
    atomic_fetch_add(&sched.nspinning, 1);
    if (w->found_at) judge_wakes(clock_host_ns() - w->found_at);
    w->found_at = 0;
    return true;
}

static void stop_spinning(Worker *w)
{
    if (!w->is_spinning) return;
    w->is_spinning = false;
    w->found_at = clock_host_ns();
    bool is_last = atomic_fetch_sub(&sched.nspinning, 1) == 1;
    bool is_worth = atomic_load_explicit(&sched.wake_patience, memory_order_relaxed) == 0 ||
                    atomic_load(&sched.global_count) > 0;
    if (is_last && is_worth && !gather_host()) sched_wake_one();
}

/* p, w's, has found that the processor on which everything is gathered should have its work: gives
 * it away. w goes idle next. */
static void withdraw(Worker *w, Proc *p)
{
    Goroutine *g;
    lock_take_ranked(&sched.lock, RANK_SCHED);
    while ((g = proc_take_next(p)) || (g = proc_pop(p))) global_push(g);
    lock_release(&sched.lock);
    w->withdraws = true;
}

/* Fires what another processor should have fired long ago: its worker is in a native that takes
 * long. Looks at one of them each time. */
static void run_late_timers(const Proc *own, uint32_t tick)
{
    enum { LATE_NS = 10000000 };
    uint32_t nprocs = (uint32_t)atomic_load_explicit(&sched.nprocs, memory_order_relaxed);
    Proc *other = sched.procs[tick / GLOBAL_EVERY % nprocs];
    if (other == own) return;
    int64_t first = atomic_load_explicit(&other->timers.first, memory_order_relaxed);
    if (first != INT64_MAX && sched_nanotime() - first > LATE_NS) timer_run(&other->timers, 0);
}

/* A goroutine for w, which has a processor, and its budget; or NULL. */
static Goroutine *find_work(Worker *w, int32_t *budget)
{
    Proc *p = w->proc;
    uint32_t tick = atomic_load_explicit(&p->tick, memory_order_relaxed) + 1;
    atomic_store_explicit(&p->tick, tick, memory_order_relaxed);
    if (tick > 1) monitor_need();
    if (gc_has_finalizers()) gc_run_finalizers();
    timer_run(&p->timers, 0);
    run_late_timers(p, tick);
    p->timer_tick = tick;
    Goroutine *g = NULL;
    *budget = sched_budget();
    if (gather_round(p, tick)) {
        withdraw(w, p);
        return NULL;
    }
    if (tick - p->global_tick >= GLOBAL_EVERY && (g = take_global(p, 1))) return g;
    if ((g = take_own(p, budget))) return g;
    if ((g = take_global(p, gather_is_guest(p)))) return g;
    if ((g = take_polled())) return g;
    if (atomic_load(&sched.nprocs) > 1 && may_spin(w)) return steal(w);
    return NULL;
}

/* ---- Going idle ---- */

/* Whether nothing can run before a timer is due or the poller has news. sched.lock is held. */
static bool is_quiet(void)
{
    if (atomic_load(&sched.nidle) != atomic_load(&sched.nprocs)) return false;
    if (sched.nblocked || sched.global_count || atomic_load(&sched.nexternal) > 0) return false;
    if (atomic_load(&sched.is_freezing)) return false;
    /* Outside sched_run the main thread may always make work. It says so (sched_run) before it
     * takes is_stopping back. */
    if (atomic_load(&sched.is_stopping) || !atomic_load(&sched.is_main_inside)) return false;
    for (int i = 0; i < sched.nprocs; i++)
        if (proc_has_work(sched.procs[i])) return false;
    return true;
}

/* sched.lock is held. */
static bool is_dead(void)
{
    if (atomic_load(&sched.npolled) > 0 || !is_quiet()) return false;
    for (int i = 0; i < sched.nprocs; i++)
        if (atomic_load(&sched.procs[i]->timers.count)) return false;
    return true;
}

/* Nothing can run any more: whoever sleeps in the poller may let virtual time jump. */
static void tell_quiet(void)
{
    if (clock_mode() == CLOCK_VIRTUAL && atomic_load(&sched.poller_asleep)) netpoll_break();
}

static int64_t first_timer(void)
{
    int64_t first = INT64_MAX;
    int32_t nprocs = atomic_load(&sched.nprocs);
    for (int i = 0; i < nprocs; i++) {
        int64_t when = atomic_load(&sched.procs[i]->timers.first);
        if (when < first) first = when;
    }
    return first;
}

/* Whether there is work that nobody may come to. */
static bool is_work_queued(void)
{
    const Proc *host = gather_host();
    if (!host && atomic_load(&sched.global_count)) return true;
    int32_t nprocs = atomic_load(&sched.nprocs);
    for (int i = 0; i < nprocs; i++) {
        if (sched.procs[i] == host) continue;
        Ring *ring = &sched.procs[i]->ready;
        if (atomic_load(&ring->head) != atomic_load(&ring->tail)) return true;
    }
    return false;
}

static bool is_main_stopping(Worker *w)
{
    return w == sched.main_worker && atomic_load(&sched.is_stopping);
}

static void adopt_spinning(Worker *w, Proc *p)
{
    worker_adopt(w, p);
    if (atomic_load(&sched.nprocs) == 1) return;
    w->is_spinning = true;
    atomic_fetch_add(&sched.nspinning, 1);
}

/* Takes w off the idle list and an idle processor for it; returns false where there is none or
 * somebody is waking w already. */
static bool take_back(Worker *w)
{
    lock_take_ranked(&sched.lock, RANK_SCHED);
    Proc *p = w->is_idle ? proc_take_idle() : NULL;
    if (p) worker_unlist(w);
    lock_release(&sched.lock);
    if (p) adopt_spinning(w, p);
    return p != NULL;
}

bool sched_needs_poller(void)
{
    return !atomic_load(&sched.poller_asleep) &&
           (atomic_load(&sched.npolled) > 0 || first_timer() != INT64_MAX);
}

/* For netpoll_wait: how long it is until the timer at `first`. */
static int64_t time_until(int64_t first)
{
    if (first == INT64_MAX) return -1;
    int64_t left = first - sched_nanotime();
    return left < 0 ? 0 : left;
}

/* netpoll_wait until the first timer is due, on a clock that runs only by what is done here.
 * Virtual time passes only when nothing can run; what others may be about to send gets some real
 * time. */
static Goroutine *wait_on_own_clock(int64_t first, uint32_t *n)
{
    enum { GRACE_NS = 5000000 };
    int64_t left = time_until(first), timeout = left;
    bool is_virtual = clock_mode() == CLOCK_VIRTUAL, may_jump = first != INT64_MAX;
    if (is_virtual && may_jump) {
        lock_take_ranked(&sched.lock, RANK_SCHED);
        may_jump = is_quiet();
        lock_release(&sched.lock);
        timeout = !may_jump ? -1 : atomic_load(&sched.npolled) > 0 ? GRACE_NS : 0;
    }
    int64_t begin = clock_host_ns();
    Goroutine *ready = netpoll_wait(timeout, n);
    int64_t slept = clock_host_ns() - begin;
    if (!may_jump) return ready;
    if (!ready && slept >= timeout)
        clock_advance_to(first);
    else if (!is_virtual)
        clock_advance_to(slept < left ? first - left + slept : first);
    return ready;
}

/* Sleeps in the poller until something is ready or the first timer is due; then w looks for a
 * processor to deal with it. w has none and is on no list. */
static void sleep_in_poller(Worker *w)
{
    atomic_store(&sched.poller_until, first_timer());
    fence();
    int64_t first = first_timer();
    bool is_urgent = is_main_stopping(w) || (atomic_load(&sched.nidle) > 0 && is_work_queued());
    uint32_t n;
    Goroutine *ready = clock_mode() == CLOCK_REAL || is_urgent
                           ? netpoll_wait(is_urgent ? 0 : time_until(first), &n)
                           : wait_on_own_clock(first, &n);
    atomic_store(&sched.poller_asleep, 0);

    lock_take_ranked(&sched.lock, RANK_SCHED);
    Proc *p = proc_take_idle();
    lock_release(&sched.lock);
    if (!p) {
        sched_ready_chain(ready, NULL, n);
    } else {
        adopt_spinning(w, p);
        while (ready) {
            Goroutine *next = ready->sched_next;
            proc_push(p, ready);
            ready = next;
        }
    }
    atomic_fetch_sub(&sched.npolled, n);
}

/* w found nothing: gives its processor up, if it has one, and sleeps until there is work. Returns
 * with or without a processor. */
static void go_idle(Worker *w)
{
    lock_take_ranked(&sched.lock, RANK_SCHED);
    bool is_left = w->withdraws && gather_is_guest(w->proc);
    bool is_wanted =
        (atomic_load(&sched.global_count) > 0 && !is_left) || atomic_load(&sched.is_freezing);
    w->withdraws = false;
    if ((w->proc && is_wanted) || is_main_stopping(w)) {
        lock_release(&sched.lock);
        return;
    }
    if (w->proc) proc_put_idle(worker_drop(w));
    bool is_deadlock = is_dead();
    worker_list(w);
    if (w->is_spinning) atomic_fetch_sub(&sched.nspinning, 1);
    w->is_spinning = false;
    w->found_at = 0;
    lock_release(&sched.lock);

    fence();
    if (is_work_queued() && take_back(w)) return;
    if (is_deadlock) sched.on_deadlock();
    tell_quiet();

    /* With every processor at work nobody needs to sleep in the poller: the processors look at it
     * and at the timers when they run out of work, and whoever gives one up comes by here. */
    uint32_t nobody = 0;
    if (atomic_load(&sched.nidle) > 0 && sched_needs_poller() &&
        atomic_compare_exchange_strong(&sched.poller_asleep, &nobody, 1)) {
        lock_take_ranked(&sched.lock, RANK_SCHED);
        bool is_free = worker_unlist(w);
        lock_release(&sched.lock);
        if (is_free) {
            sleep_in_poller(w);
            return;
        }
        atomic_store(&sched.poller_asleep, 0);
    }
    worker_sleep(w);
}

/* Lets others use p, which is nobody's: at once where there is something to do, else from the idle
 * list. sched.lock is held and is released. */
void sched_hand_off(Proc *p)
{
    if (atomic_load(&sched.is_freezing)) {
        sched_set_frozen(p);
        lock_release(&sched.lock);
        return;
    }
    if (proc_has_work(p) || atomic_load(&sched.global_count) > 0 || sched_needs_poller()) {
        worker_start(p, false);
        return;
    }
    proc_put_idle(p);
    bool is_deadlock = is_dead();
    lock_release(&sched.lock);
    if (is_deadlock) sched.on_deadlock();
    tell_quiet();
}

void sched_release(Worker *w)
{
    if (!w->proc) return;
    stop_spinning(w);
    lock_take_ranked(&sched.lock, RANK_SCHED);
    sched_hand_off(worker_drop(w));
}

/* ---- The loop of a worker ---- */

/* g can run on another worker only: gives that one w's processor. */
static void hand_over(Worker *w, Goroutine *g)
{
    Worker *target = g->locked;
    worker_wake(target, worker_drop(w), false);
}

void sched_loop(Worker *w)
{
    for (;;) {
        Goroutine *g = w->picked;
        int32_t budget = 0;
        if (g) {
            w->picked = NULL;
            hand_over(w, g);
            continue;
        }
        if (atomic_load(&sched.is_freezing)) sched_freeze_point(w);
        if (is_main_stopping(w)) break;
        if (w->bound) {
            sched_wait_locked(w->bound);
            sched.run(w->bound);
            continue;
        }
        if (w->proc) g = find_work(w, &budget);
        if (!g) {
            gc_clear_little_below(); /* the collector looks at what sleepers have on their stack */
            go_idle(w);
            if (w->proc) gather_begin(w->proc, clock_host_ns());
            continue;
        }
        stop_spinning(w);
        if (g->locked && g->locked != w) {
            hand_over(w, g);
            continue;
        }
        sched_begin(w, g, budget);
        sched.run(g);
    }
    sched_release(w);
}

/* A program begins with one goroutine in the global queue: nobody else need look for work. */
static void take_first(Worker *w)
{
    if (atomic_load(&sched.global_count) != 1) return;
    lock_take_ranked(&sched.lock, RANK_SCHED);
    Proc *p = proc_take_idle();
    lock_release(&sched.lock);
    if (p) worker_adopt(w, p);
}

void sched_run(void)
{
    Worker *w = sched.main_worker;
    atomic_store(&sched.is_main_inside, true);
    take_first(w);
    sched_loop(w);
    atomic_store(&sched.is_main_inside, false);
    atomic_store(&sched.is_stopping, false);
    atomic_fetch_sub(&sched.attention, 1);
}

void sched_stop(void)
{
    Worker *w = sched.main_worker;
    bool no = false;
    if (!atomic_compare_exchange_strong(&sched.is_stopping, &no, true)) return;
    atomic_fetch_add(&sched.attention, 1);
    lock_take_ranked(&sched.lock, RANK_SCHED);
    bool is_asleep = worker_unlist(w);
    lock_release(&sched.lock);
    if (is_asleep) worker_wake(w, NULL, false);
    netpoll_break();
}

/* ---- Setting up, figures ---- */

int sched_cores(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
    return n > 0 ? n : (int)sysconf(_SC_NPROCESSORS_ONLN); /* over 1,024 of them */
}

static int wanted_procs(const SchedOptions *options)
{
    if (options->is_seeded) return 1;
    if (options->nprocs > 0) return options->nprocs;
    const char *text = getenv("GOMAXPROCS");
    int n = text ? atoi(text) : 0;
    return n > 0 ? n : sched_cores();
}

void sched_init(const SchedOptions *options)
{
    proc_init();
    gc_init(options->memory_limit);
    clock_set_mode(options->is_virtual  ? CLOCK_VIRTUAL
                   : options->is_seeded ? CLOCK_PACED
                                        : CLOCK_REAL);
    uint64_t seed = options->is_seeded ? options->seed : (uint64_t)clock_host_ns();
    int n = wanted_procs(options);
    if (n > PROCS_MAX) n = PROCS_MAX;
    sched.run = options->run;
    sched.on_deadlock = options->on_deadlock;
    sched.budget = options->budget > 0 ? options->budget : DEFAULT_BUDGET;
    sched.is_seeded = options->is_seeded;
    if (options->is_seeded) {
        choose_by_seed(&seeded, seed);
        chooser = &seeded.base;
    }
    sched.foreign = proc_new(-1, seed);
    for (int i = 0; i < n; i++) {
        sched.procs[i] = proc_new(i, seed);
        proc_put_idle(sched.procs[i]);
    }
    atomic_store(&sched.nprocs, n);
    sched.main_worker = this_worker = worker_new();
    g_init();
    netpoll_init();
    if (options->memory_limit) monitor_need();
}

int sched_nprocs(void)
{
    return atomic_load(&sched.nprocs);
}

Proc *proc_current(void)
{
    Worker *w = this_worker;
    return w ? w->proc : NULL;
}

StackCache *proc_stack_cache(void)
{
    Proc *p = proc_current();
    return p ? &p->stacks : NULL;
}

void sched_external_add(int delta)
{
    if (atomic_fetch_add(&sched.nexternal, delta) + delta == 0) sched_wake_one(); /* it finds out */
}

static void add_counts(SchedStats *out, Proc *p)
{
    out->created += atomic_load_explicit(&p->counts.created, memory_order_relaxed);
    out->switches += atomic_load_explicit(&p->counts.switches, memory_order_relaxed);
    out->steals += atomic_load_explicit(&p->counts.steals, memory_order_relaxed);
    out->preemptions += atomic_load_explicit(&p->counts.preemptions, memory_order_relaxed);
    for (int i = 0; i < WAIT_COUNT; i++) {
        uint64_t n = atomic_load_explicit(&p->counts.parks[i], memory_order_relaxed);
        out->parks_by[i] += n;
        out->parks += n;
    }
}

void sched_stats(SchedStats *out)
{
    int64_t most_alive = atomic_load(&sched.most_alive), alive = g_count();
    *out = (SchedStats){
        .stack_copies = stack_copies(),
        .largest_stack = stack_largest(),
        .most_alive = (uint64_t)(alive > most_alive ? alive : most_alive),
    };
    add_counts(out, sched.foreign);
    for (int i = 0; i < PROCS_MAX && sched.procs[i]; i++) add_counts(out, sched.procs[i]);
}
