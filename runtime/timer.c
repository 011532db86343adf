/* SPDX-License-Identifier: MIT */
/* Timers: a 4-ary heap per processor.
 *
 * Four children make the heap half as deep as two would, and their entries lie side by side. Each
 * entry repeats its timer's time, so that sifting touches no timer but for its index.
 *
 * Each timer has a lock that makes starting and stopping it one after the other. They also lock the
 * heap the timer is in; which one that is may change only while GOMAXPROCS shrinks, so after
 * locking one looks again. A bubble's timers stay in the bubble's heap. Firing takes the timer out,
 * unlocks and calls. Between these two somebody may stop the timer: `firing` is set under the lock
 * and makes him wait until the call is over, unless he is in it. Sleep's timers do without: nobody
 * stops them, and once the sleeper is readied it may start its timer again on another worker, so
 * they are not touched after the call.
 */
#include "runtime/timer.h"

#include "base/fatal.h"
#include "runtime/bubble.h"
#include "runtime/netpoll.h"
#include "runtime/worker.h"

#include <sched.h>
#include <string.h>

enum { ARITY = 4, FIRST_CAP = 16 };

/* ---- The heap; its lock is held ---- */

static void place(TimerHeap *heap, uint32_t i, TimerEntry entry)
{
    heap->at[i] = entry;
    entry.timer->index = (int32_t)i;
}

static void sift_up(TimerHeap *heap, uint32_t i, TimerEntry entry)
{
    while (i > 0) {
        uint32_t parent = (i - 1) / ARITY;
        if (heap->at[parent].when <= entry.when) break;
        place(heap, i, heap->at[parent]);
        i = parent;
    }
    place(heap, i, entry);
}

static void sift_down(TimerHeap *heap, uint32_t i, TimerEntry entry)
{
    uint32_t n = heap->count;
    for (;;) {
        uint32_t first = i * ARITY + 1, least = first;
        if (first >= n) break;
        for (uint32_t child = first + 1; child < first + ARITY && child < n; child++)
            if (heap->at[child].when < heap->at[least].when) least = child;
        if (heap->at[least].when >= entry.when) break;
        place(heap, i, heap->at[least]);
        i = least;
    }
    place(heap, i, entry);
}

static void note_first(TimerHeap *heap)
{
    atomic_store(&heap->first, heap->count ? heap->at[0].when : INT64_MAX);
}

static void insert(TimerHeap *heap, Timer *timer)
{
    TimerEntry entry = {timer->when, timer};
    uint32_t i = heap->count;
    atomic_store(&heap->count, i + 1);
    sift_up(heap, i, entry);
    atomic_store(&timer->heap, heap);
    note_first(heap);
}

static void take_out(TimerHeap *heap, Timer *timer)
{
    uint32_t i = (uint32_t)timer->index, last = heap->count - 1;
    TimerEntry moved = heap->at[last];
    heap->at[last] = (TimerEntry){0};
    atomic_store(&heap->count, last);
    if (i != last) {
        sift_up(heap, i, moved);
        if (moved.timer->index == (int32_t)i) sift_down(heap, i, moved);
    }
    atomic_store(&timer->heap, NULL);
    note_first(heap);
}

/* Locks the heap with room for one more. Allocates outside the lock. */
static void lock_with_room(TimerHeap *heap)
{
    lock_take_ranked(&heap->lock, RANK_TIMERS);
    while (heap->count == heap->cap) {
        uint32_t cap = heap->cap ? heap->cap * 2 : FIRST_CAP;
        lock_release(&heap->lock);
        TimerEntry *at = gc_root_alloc(cap * sizeof *at);
        lock_take_ranked(&heap->lock, RANK_TIMERS);
        TimerEntry *unneeded = at;
        if (heap->cap < cap) {
            if (heap->count) memcpy(at, heap->at, heap->count * sizeof *at);
            unneeded = heap->at;
            heap->at = at;
            heap->cap = cap;
        }
        if (unneeded) {
            lock_release(&heap->lock);
            gc_root_free(unneeded);
            lock_take_ranked(&heap->lock, RANK_TIMERS);
        }
    }
}

/* Locks the heap that the timer is in and returns it, or NULL where it is in none. */
static TimerHeap *lock_heap_of(Timer *timer)
{
    for (;;) {
        TimerHeap *heap = atomic_load(&timer->heap);
        if (!heap) return NULL;
        lock_take_ranked(&heap->lock, RANK_TIMERS);
        if (atomic_load(&timer->heap) == heap) return heap;
        lock_release(&heap->lock);
    }
}

/* ---- Firing ---- */

static void wake_sleeper(Timer *timer, void *arg, int64_t now)
{
    (void)timer;
    (void)now;
    Goroutine *g = arg;
    g->wake_status = WAKE_OK;
    sched_ready(g, false);
}

/* Sets the first timer, a periodic one, to its next time. It stays in the heap, so that who wants
 * to stop it finds it there at every moment. */
static void advance_first(TimerHeap *heap, int64_t now)
{
    Timer *timer = heap->at[0].timer;
    timer->when += timer->period * (1 + (now - timer->when) / timer->period);
    sift_down(heap, 0, (TimerEntry){timer->when, timer});
    note_first(heap);
}

/* Takes the first timer off if it is due; starts a periodic one anew. Returns what to call, or
 * NULL. */
static Timer *take_due(TimerHeap *heap, int64_t now)
{
    lock_take_ranked(&heap->lock, RANK_TIMERS);
    Timer *timer = heap->count > 0 && heap->at[0].when <= now ? heap->at[0].timer : NULL;
    /* A periodic one that another worker is still firing has to wait: its ticks keep their order.
     */
    if (timer && timer->period > 0 && atomic_load(&timer->firing)) timer = NULL;
    if (timer) {
        if (timer->fn != wake_sleeper) atomic_store(&timer->firing, worker_current());
        if (timer->period > 0)
            advance_first(heap, now);
        else
            take_out(heap, timer);
    }
    lock_release(&heap->lock);
    return timer;
}

bool timer_run(TimerHeap *heap, int64_t now)
{
    bool has_run = false;
    int64_t first = atomic_load_explicit(&heap->first, memory_order_relaxed);
    if (first == INT64_MAX) return false;
    if (now == 0) now = sched_nanotime();
    while (atomic_load_explicit(&heap->first, memory_order_relaxed) <= now) {
        Timer *timer = take_due(heap, now);
        if (!timer) break;
        has_run = true;
        TimerFn *fn = timer->fn;
        fn(timer, timer->arg, now);
        if (fn != wake_sleeper) atomic_store(&timer->firing, NULL);
    }
    return has_run;
}

/* Waits until another worker that fires the timer is through. */
static void wait_for_firing(Timer *timer)
{
    Worker *firing;
    while ((firing = atomic_load(&timer->firing)) && firing != worker_current()) sched_yield();
}

/* ---- For everybody ---- */

Timer *timer_new(TimerFn *fn, void *arg)
{
    Timer *timer = gc_new(sizeof *timer);
    timer->fn = fn;
    timer->arg = arg;
    return timer;
}

static void wake_poller_for(int64_t when)
{
    if (atomic_load(&sched.poller_asleep) && when < atomic_load(&sched.poller_until))
        netpoll_break();
}

/* The heap for a timer that the calling thread starts, locked with room: its bubble's, or that of
 * the thread's processor. Foreign threads use the first processor's. */
static TimerHeap *lock_heap_for(const Timer *timer)
{
    Proc *p = proc_current();
    if (!p) p = sched.procs[0];
    TimerHeap *heap = timer->bubble ? &timer->bubble->timers : &p->timers;
    lock_with_room(heap);
    return heap;
}

int64_t timer_clock(const Timer *timer)
{
    return timer->bubble ? atomic_load(&timer->bubble->now) : sched_nanotime();
}

void timer_lock(Timer *timer)
{
    lock_take_ranked(&timer->lock, RANK_TIMER);
}

void timer_unlock(Timer *timer)
{
    lock_release(&timer->lock);
}

void timer_start(Timer *timer, int64_t when, int64_t period)
{
    timer_stop(timer);
    TimerHeap *heap = lock_heap_for(timer);
    timer->when = when;
    timer->period = period;
    insert(heap, timer);
    lock_release(&heap->lock);
    if (timer->bubble) return;
    wake_poller_for(when);
    if (!proc_current() && sched_needs_poller()) sched_wake_one();
}

bool timer_stop(Timer *timer)
{
    TimerHeap *heap = lock_heap_of(timer);
    if (heap) {
        take_out(heap, timer);
        lock_release(&heap->lock);
    }
    wait_for_firing(timer);
    return heap != NULL;
}

/* Takes any timer out, or returns NULL. */
static Timer *take_any(TimerHeap *heap)
{
    lock_take_ranked(&heap->lock, RANK_TIMERS);
    Timer *timer = heap->count ? heap->at[0].timer : NULL;
    if (timer) take_out(heap, timer);
    lock_release(&heap->lock);
    return timer;
}

void timer_move_all(TimerHeap *from, TimerHeap *to)
{
    Timer *timer;
    while ((timer = take_any(from))) {
        lock_with_room(to);
        insert(to, timer);
        lock_release(&to->lock);
    }
}

void timer_drop_all(TimerHeap *heap)
{
    while (take_any(heap)) {
    }
    if (heap->at) gc_root_free(heap->at);
    heap->at = NULL;
    heap->cap = 0;
}

Timer *timer_prepare_sleep(Goroutine *g)
{
    if (!g->timer) g->timer = timer_new(wake_sleeper, g);
    return g->timer;
}

bool timer_sleep(Goroutine *g, int64_t ns)
{
    if (ns <= 0) return false;
    Timer *timer = timer_prepare_sleep(g);
    bool is_in_bubble = timer->bubble != NULL;
    int64_t now = timer_clock(timer);
    int64_t when = ns > INT64_MAX - 1 - now ? INT64_MAX - 1 : now + ns;
    TimerHeap *heap = lock_heap_for(timer);
    timer->when = when;
    timer->period = 0;
    insert(heap, timer);
    sched_park(g, WAIT_SLEEP, &heap->lock);
    if (!is_in_bubble) wake_poller_for(when);
    return true;
}
