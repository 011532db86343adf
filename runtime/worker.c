/* SPDX-License-Identifier: MIT */
/* Workers: sleeping and waking, calls that may block, goroutines bound to their thread.
 *
 * A call that may block leaves its processor behind, in state PROC_BLOCKED. Coming back, the worker
 * swaps it to PROC_RUNNING, which succeeds unless the monitor or a freezer has swapped it away
 * meanwhile: so a short call costs two atomic stores, and a long one keeps nobody else from
 * running. Who takes a processor away does so under sched.lock and counts the worker in
 * sched.nblocked, so that its goroutine speaks against a deadlock.
 *
 * A worker that needs a processor for a goroutine that lives on its C stack queues that goroutine
 * like any other, marked as bound to it. Whoever picks it hands its own processor over. */
#include "runtime/worker.h"

#include "base/fatal.h"
#include "runtime/chan.h"
#include "runtime/gather.h"

#include <errno.h>

enum { WORKER_STACK = 8 << 20 };

__thread Worker *this_worker;

static void *work(void *arg);

Worker *worker_new(void)
{
    atomic_fetch_add(&sched.nworkers, 1);
    return gc_root_alloc(sizeof(Worker)); /* comes zeroed */
}

void worker_adopt(Worker *w, Proc *p)
{
    w->proc = p;
    gc_cache = &p->gc;
    p->step_uses = p->uses_before = chan_uses;
}

Proc *worker_drop(Worker *w)
{
    Proc *p = w->proc;
    w->proc = NULL;
    gc_cache = NULL;
    return p;
}

/* ---- Sleeping and waking ---- */

static void *wait_for_wake(void *arg)
{
    Worker *w = arg;
    while (!atomic_load_explicit(&w->wake, memory_order_acquire)) futex_wait(&w->wake, 0, -1);
    return NULL;
}

void worker_sleep(Worker *w)
{
    gc_do_blocking(wait_for_wake, w);
    atomic_store_explicit(&w->wake, 0, memory_order_relaxed);
    Proc *p = w->handed;
    w->handed = NULL;
    if (p) {
        worker_adopt(w, p);
        w->is_spinning = w->handed_spinning;
    }
}

void worker_wake(Worker *w, Proc *p, bool is_spinning)
{
    w->handed = p;
    w->handed_spinning = is_spinning;
    atomic_store_explicit(&w->wake, 1, memory_order_release);
    futex_wake(&w->wake, 1);
}

void worker_list(Worker *w)
{
    w->idle_next = sched.idle_workers;
    sched.idle_workers = w;
    w->is_idle = true;
}

bool worker_unlist(Worker *w)
{
    if (!w->is_idle) return false;
    Worker **link = &sched.idle_workers;
    while (*link != w) link = &(*link)->idle_next;
    *link = w->idle_next;
    w->is_idle = false;
    return true;
}

void worker_start(Proc *p, bool is_spinning)
{
    Worker *w = sched.idle_workers;
    if (w) worker_unlist(w);
    lock_release(&sched.lock);
    if (w) {
        worker_wake(w, p, is_spinning);
        return;
    }
    w = worker_new();
    w->handed = p;
    w->handed_spinning = is_spinning;
    atomic_store(&w->wake, 1);
    monitor_need();
    pthread_t thread;
    int error = gc_thread_create(&thread, work, w, WORKER_STACK);
    if (error) fatal_no_thread(error);
}

static void *work(void *arg)
{
    Worker *w = arg;
    this_worker = w;
    worker_sleep(w); /* returns at once with the first processor */
    sched_loop(w);
    return NULL;
}

/* ---- Calls that may block ---- */

void sched_enter_blocking(Goroutine *g)
{
    Worker *w = this_worker;
    monitor_need();
    g->flags |= GF_PUBLISHED;
    Proc *p = worker_drop(w);
    w->lent = p;
    atomic_store_explicit(&p->blocked_tick, p->blocked_tick + 1, memory_order_relaxed);
    atomic_store(&p->state,
                 PROC_BLOCKED); /* pairs with the freezer's load after it set is_freezing */
    if (atomic_load(&sched.is_freezing)) sched_freeze_blocked(p);
    if (gather_is_on()) gather_end(p);
}

bool sched_is_alone(void)
{
    return !atomic_load_explicit(&sched.has_monitor, memory_order_relaxed);
}

void worker_regain(Worker *w, Goroutine *g, bool was_blocked)
{
    lock_take_ranked(&sched.lock, RANK_SCHED);
    sched.nblocked -= was_blocked;
    Proc *p = atomic_load(&sched.is_freezing) ? NULL : proc_take_idle();
    if (p) {
        lock_release(&sched.lock);
        worker_adopt(w, p);
        return;
    }
    Worker *before = g->locked;
    g->locked = w;
    atomic_store(&g->state, G_RUNNABLE);
    global_push(g);
    lock_release(&sched.lock);
    worker_sleep(w);
    g->locked = before;
    atomic_store(&g->state, G_RUNNING);
}

bool sched_leave_blocking(Goroutine *g)
{
    int saved = errno;
    Worker *w = this_worker;
    Proc *p = w->lent;
    w->lent = NULL;
    uint32_t blocked = PROC_BLOCKED;
    bool was_taken = !atomic_compare_exchange_strong(&p->state, &blocked, PROC_RUNNING);
    if (was_taken)
        worker_regain(w, g, true);
    else
        worker_adopt(w, p);
    g->flags &= ~GF_PUBLISHED;
    errno = saved;
    return was_taken;
}

/* ---- Bound goroutines ---- */

void sched_lock_thread(Goroutine *g)
{
    Worker *w = this_worker;
    if (w->bound_depth++ > 0) return;
    w->bound = g;
    g->locked = w;
}

void sched_unlock_thread(Goroutine *g)
{
    Worker *w = this_worker;
    if (w->bound_depth == 0 || --w->bound_depth > 0) return;
    w->bound = NULL;
    g->locked = NULL;
}

void sched_wait_locked(Goroutine *g)
{
    Worker *w = this_worker;
    sched_release(w);
    worker_sleep(w);
    sched_begin(w, g, sched_budget());
}
