/* SPDX-License-Identifier: MIT */
/* Gathering: one processor runs what all could share, where sharing costs more than it brings.
 *
 * Goroutines that hand each other values every hundred nanoseconds run on two processors at half
 * the speed they have on one, or a third: every lock, ring and descriptor travels between the
 * caches. Others that do as little per turn run twice as fast, since they are pairs that have
 * nothing to do with each other. Nothing that is known beforehand tells the two apart, so it is
 * tried: for a millisecond, now spread over all processors, now gathered on one; what gets more
 * done is kept for a while, for longer each time the verdict is the same.
 *
 * What gets done is counted in units (calls and loop turns, which a slice is counted in): a program
 * has as many of them however its goroutines are spread, which cannot be said of switches.
 *
 * There is a trial only while turns are short, some microseconds, or use channels all the time, and
 * more than one processor is busy. So programs that compute, or make system calls, never see one:
 * whoever uses up a slice without channels ends it.
 *
 * While gathered, the processor `gather_home` is the home, others are guests, and
 *   - who queues work wakes nobody, except for what goes to the global queue because it has used
 *     up a slice or comes from outside: so what computes still finds an idle processor;
 *   - a guest whose turns are short puts all it has into the global queue and goes idle;
 *   - a thief takes nothing from a processor that goes from turn to turn.
 * No work is lost, though its makers wake nobody: home is running, and who runs a processor comes
 * to its ring and to the global queue before giving it up, under sched.lock. Should home enter a
 * call that may block, it ends the gathering first and wakes a worker; should a turn of its take
 * long, the monitor does. */
#include "runtime/gather.h"

#include "runtime/chan.h"
#include "runtime/clock.h"

enum {
    SHORT_NS = 20000,   /* a turn takes less where a trial is worth it */
    USE_NS = 2000,      /* or there is an operation on a channel at least so often */
    WINDOW_NS = 200000, /* of measuring */
    SETTLE_NS = 100000, /* before it, after a change */
    PAUSE_NS = 5000000, /* beyond a window's end: the program has done something else meanwhile */
    HOLD_MIN_NS = 5000000, /* after a verdict, until the next trial */
    HOLD_MAX_NS = 80000000,
    GAIN_PERCENT = 110, /* of what is done gathered, to be done at least when spread */
};

/* The windows of a trial: two for the state there is, one to settle in the other, two for that. Of
 * two the better counts, as a collection or another program may fall into one. */
enum { WINDOW_CHANGE = 2, WINDOW_COUNT = 5 };

_Atomic(Proc *) gather_home;

static Lock lock;               /* guards what follows */
static _Atomic int64_t next_at; /* end of the window, or first time for a trial; read without it */
static int window = -1;         /* of the trial; -1: none */
static int64_t opened_at;
static uint64_t opened_units;
static double best[2]; /* units per ns, spread and gathered */
static bool last_verdict;
static int64_t hold = HOLD_MIN_NS;

static uint64_t all_units(void)
{
    uint64_t sum = 0;
    int32_t nprocs = atomic_load(&sched.nprocs);
    for (int i = 0; i < nprocs; i++)
        sum += atomic_load_explicit(&sched.procs[i]->units, memory_order_relaxed);
    return sum;
}

void gather_begin(Proc *p, int64_t now)
{
    const Proc *home = atomic_load(&gather_home);
    p->step_tick = atomic_load_explicit(&p->tick, memory_order_relaxed);
    p->step_at = now;
    p->step_uses = chan_uses;
    p->home_tick = home ? atomic_load_explicit(&home->tick, memory_order_relaxed) : 0;
}

void gather_end(Proc *p)
{
    atomic_store(&gather_home, NULL);
    /* Sequentially consistent: either who goes idle sees it and looks at p's queue, or this sees
     * that somebody is idle. */
    if (proc_has_work(p) || atomic_load(&sched.global_count) > 0) sched_wake_one();
}

/* ---- The trial; the lock is held ---- */

static void open_window(int64_t now, int64_t ns)
{
    opened_at = now;
    opened_units = all_units();
    atomic_store_explicit(&next_at, now + ns, memory_order_relaxed);
}

static void begin_trial(int64_t now)
{
    best[0] = best[1] = 0;
    window = 0;
    open_window(now, WINDOW_NS);
}

static void rest(int64_t now)
{
    window = -1;
    atomic_store_explicit(&next_at, now + hold, memory_order_relaxed);
}

static void abort_trial(int64_t now)
{
    atomic_store(&gather_home, NULL);
    rest(now);
}

static void judge(Proc *p, int64_t now)
{
    bool verdict = best[false] * 100 < best[true] * GAIN_PERCENT;
    hold = verdict != last_verdict ? HOLD_MIN_NS : hold * 2 < HOLD_MAX_NS ? hold * 2 : HOLD_MAX_NS;
    last_verdict = verdict;
    if (verdict != gather_is_on()) atomic_store(&gather_home, verdict ? p : NULL);
    rest(now);
}

static void close_window(Proc *p, int64_t now)
{
    bool is_on = gather_is_on();
    double rate = (double)(all_units() - opened_units) / (double)(now - opened_at);
    if (window != WINDOW_CHANGE && rate > best[is_on]) best[is_on] = rate;
    if (++window == WINDOW_COUNT) {
        judge(p, now);
        return;
    }
    if (window == WINDOW_CHANGE) atomic_store(&gather_home, is_on ? NULL : p);
    open_window(now, window == WINDOW_CHANGE ? SETTLE_NS : WINDOW_NS);
}

/* p's last turns were short, or not. */
static void proceed(Proc *p, int64_t now, bool is_short)
{
    const Proc *home = atomic_load(&gather_home);
    int64_t due = atomic_load_explicit(&next_at, memory_order_relaxed);
    if (home && is_short && !gather_host()) atomic_store(&gather_home, p); /* it has gone idle */
    if (!is_short && (window >= 0 || p == home))
        abort_trial(now);
    else if (!is_short || now < due)
        return;
    else if (window >= 0 && now > due + PAUSE_NS) /* the program has paused */
        abort_trial(now);
    else if (window >= 0)
        close_window(p, now);
    else if (home || atomic_load(&sched.nprocs) - atomic_load(&sched.nidle) > 1)
        begin_trial(now);
}

void gather_step(Proc *p, bool is_computing)
{
    if (atomic_load_explicit(&sched.nprocs, memory_order_relaxed) == 1) return;
    int64_t now = clock_host_ns();
    uint32_t turns = atomic_load_explicit(&p->tick, memory_order_relaxed) - p->step_tick;
    uint32_t uses = chan_uses - p->step_uses;
    int64_t limit = (int64_t)turns * SHORT_NS + (int64_t)uses * USE_NS;
    bool is_short = !is_computing && now - p->step_at < limit;
    uint32_t home_tick = p->home_tick;

    gather_begin(p, now);
    bool is_due = !is_short || now >= atomic_load_explicit(&next_at, memory_order_relaxed);
    if (is_due && lock_try(&lock, RANK_GATHER)) {
        bool was_on = gather_is_on();
        proceed(p, now, is_short);
        bool is_over = was_on && !gather_is_on();
        lock_release(&lock);
        if (is_over) {
            atomic_store_explicit(&sched.wake_patience, 0, memory_order_relaxed);
            sched_wake_one();
        }
    }
    p->is_to_withdraw = is_short && p->home_tick != home_tick && gather_is_guest(p);
}
