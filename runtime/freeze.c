/* SPDX-License-Identifier: MIT */
/* Freezing the scheduler, and what is done meanwhile: changing GOMAXPROCS, killing goroutines.
 *
 * A freezer sets is_freezing and then collects all processors but its own. Idle ones and those
 * left behind in calls it takes itself; running ones are given up by their workers at the next
 * scheduling point. The two sides of the race with a worker that enters a call:
 *
 *     freezer:  is_freezing = true; fence; looks at each processor's state
 *     worker:   state = PROC_BLOCKED; fence; looks at is_freezing
 *
 * At least one of them sees the other, and the swap of PROC_BLOCKED decides who stops it. Threads
 * without a processor hold foreign_lock while they touch goroutines, and so does the freezer. */
#include "runtime/freeze.h"

#include "runtime/chan.h"
#include "runtime/clock.h"
#include "runtime/netpoll.h"
#include "runtime/sema.h"
#include "runtime/timer.h"

#include <time.h>

void sched_set_frozen(Proc *p)
{
    atomic_store(&p->state, PROC_FROZEN);
    if (--sched.nrunning > 0) return;
    atomic_store(&sched.frozen, 1);
    futex_wake(&sched.frozen, 1);
}

void sched_freeze_point(Worker *w)
{
    lock_take_ranked(&sched.lock, RANK_SCHED);
    if (atomic_load(&sched.is_freezing) && w->proc) {
        if (w->is_spinning) atomic_fetch_sub(&sched.nspinning, 1);
        w->is_spinning = false;
        sched_set_frozen(worker_drop(w));
    }
    lock_release(&sched.lock);
}

void sched_freeze_blocked(Proc *p)
{
    lock_take_ranked(&sched.lock, RANK_SCHED);
    uint32_t blocked = PROC_BLOCKED;
    if (atomic_load(&sched.is_freezing) &&
        atomic_compare_exchange_strong(&p->state, &blocked, PROC_FROZEN)) {
        sched.nblocked++;
        sched_set_frozen(p);
    }
    lock_release(&sched.lock);
}

static __thread int depth;      /* of this thread's freezes */
static __thread bool is_holder; /* the outermost one took freeze_lock */

static bool is_past(int64_t until)
{
    return until != INT64_MAX && clock_host_ns() >= until;
}

/* Takes freeze_lock; false where that takes too long. A running goroutine that has to wait for
 * another freezer lets itself be frozen meanwhile. */
static bool take_freeze_lock(Worker *w, int64_t until)
{
    const struct timespec nap = {.tv_nsec = 50000};
    while (!lock_try(&sched.freeze_lock, RANK_FREEZE)) {
        if (is_past(until)) return false;
        if (w && w->proc) {
            sched_freeze_point(w);
            if (!w->proc) worker_regain(w, w->current, false);
        }
        nanosleep(&nap, NULL);
    }
    return true;
}

/* Takes what can be taken and counts the rest; sched.lock is held. */
static void collect(const Proc *own)
{
    sched.nrunning = 0;
    for (int i = 0; i < sched.nprocs; i++) {
        Proc *p = sched.procs[i];
        if (p == own) continue;
        uint32_t blocked = PROC_BLOCKED;
        if (atomic_compare_exchange_strong(&p->state, &blocked, PROC_FROZEN))
            sched.nblocked++;
        else if (blocked == PROC_RUNNING)
            sched.nrunning++;
    }
    Proc *p;
    while ((p = proc_take_idle())) atomic_store(&p->state, PROC_FROZEN);
    atomic_store(&sched.frozen, sched.nrunning == 0);
}

bool sched_freeze(int64_t patience_ns)
{
    Worker *w = worker_current();
    int64_t until = patience_ns < 0 ? INT64_MAX : clock_host_ns() + patience_ns;
    if (depth++ > 0) return is_holder && atomic_load(&sched.frozen);
    is_holder = take_freeze_lock(w, until);
    if (!is_holder) return false;
    lock_take_ranked(&sched.foreign_lock, RANK_FOREIGN);
    atomic_fetch_add(&sched.attention, 1);
    atomic_store(&sched.is_freezing, true);
    lock_take_ranked(&sched.lock, RANK_SCHED);
    collect(w ? w->proc : NULL);
    lock_release(&sched.lock);
    while (!atomic_load(&sched.frozen)) {
        if (is_past(until)) return false;
        int64_t left = until - clock_host_ns();
        futex_wait(&sched.frozen, 0, until == INT64_MAX ? -1 : left > 0 ? left : 0);
    }
    return true;
}

void sched_thaw(void)
{
    if (--depth > 0 || !is_holder) return;
    is_holder = false;
    Proc *busy[PROCS_MAX];
    int nbusy = 0;
    lock_take_ranked(&sched.lock, RANK_SCHED);
    atomic_store(&sched.is_freezing, false);
    atomic_fetch_sub(&sched.attention, 1);
    for (int i = 0; i < sched.nprocs; i++) {
        Proc *p = sched.procs[i];
        if (atomic_load(&p->state) != PROC_FROZEN) continue;
        if (proc_has_work(p)) {
            atomic_store(&p->state, PROC_RUNNING);
            busy[nbusy++] = p;
        } else {
            proc_put_idle(p);
        }
    }
    lock_release(&sched.lock);
    for (int i = 0; i < nbusy; i++) {
        lock_take_ranked(&sched.lock, RANK_SCHED);
        worker_start(busy[i], false);
    }
    lock_release(&sched.foreign_lock);
    lock_release(&sched.freeze_lock);
    if (atomic_load(&sched.global_count) || sched_needs_poller()) sched_wake_one();
}

/* ---- GOMAXPROCS ---- */

/* The scheduler is frozen and `own` is the caller's processor, if it has one. */
static void change_procs(int n, Worker *w)
{
    int before = atomic_load(&sched.nprocs);
    for (int i = before; i < n; i++) {
        if (!sched.procs[i]) sched.procs[i] = proc_new(i, sched_random());
        atomic_store(&sched.procs[i]->state, PROC_FROZEN);
    }
    if (w && w->proc && w->proc->id >= n) {
        atomic_store(&worker_drop(w)->state, PROC_FROZEN);
        atomic_store(&sched.procs[0]->state, PROC_RUNNING);
        worker_adopt(w, sched.procs[0]);
    }
    atomic_store(&sched.nprocs, n);
    for (int i = n; i < before; i++) proc_retire(sched.procs[i]);
}

int sched_set_procs(int n)
{
    int before = atomic_load(&sched.nprocs);
    if (n <= 0 || n == before || sched.is_seeded) return before;
    if (n > PROCS_MAX) n = PROCS_MAX;
    sched_freeze(-1);
    before = atomic_load(&sched.nprocs);
    change_procs(n, worker_current());
    sched_thaw();
    return before;
}

/* ---- Killing ---- */

/* Takes g, which is parked, off what it waits for; false where somebody readied it this very
 * moment. */
static bool cancel_wait(Goroutine *g)
{
    switch ((WaitReason)g->wait_reason) {
    case WAIT_CHAN_SEND:
    case WAIT_CHAN_RECV:
    case WAIT_SELECT: return chan_cancel(g);
    case WAIT_SLEEP: return timer_cancel_sleep(g);
    case WAIT_SEMACQUIRE:
    case WAIT_MUTEX_LOCK:
    case WAIT_RWMUTEX_RLOCK:
    case WAIT_RWMUTEX_LOCK:
    case WAIT_WAITGROUP:
    case WAIT_COND_WAIT: return sema_cancel(g);
    case WAIT_IO: return poll_cancel(g);
    default: return true;
    }
}

void sched_kill(Goroutine *g, uint64_t id)
{
    sched_freeze(-1);
    uint8_t state = atomic_load(&g->state);
    bool is_alive = g->id == id && state != G_IDLE && state != G_DEAD;
    if (is_alive) g->flags |= GF_KILLED;
    bool is_ours = is_alive && state == G_PARKED && cancel_wait(g);
    sched_thaw();
    if (is_ours) sched_ready(g, false);
}
