/* SPDX-License-Identifier: MIT */
/* Timers: a 4-ary heap per processor.
 *
 * Four children make the heap half as deep as two would, and their entries lie side by side. Each
 * entry repeats its timer's time, so that sifting touches no timer but for its index.
 *
 * A sleeping goroutine is in the heap itself, without a timer and without an index: as sleeps are
 * cancelled hardly ever (sched_kill), one may have to be looked for; and where a hundred thousand
 * sleep, waking one touches the heap and that goroutine, not a timer at each level of the heap. All
 * that are due are taken off together.
 *
 * Each timer has a lock that makes starting and stopping it one after the other. They also lock the
 * heap the timer is in; which one that is may change only while GOMAXPROCS shrinks, so after
 * locking one looks again. A bubble's timers and sleepers stay in the bubble's heap. Firing takes
 * the timer out, unlocks and calls. Between these two somebody may stop the timer: `firing` is set
 * under the lock and makes him wait until the call is over, unless he is in it. */
#include "runtime/timer.h"

#include "base/fatal.h"
#include "runtime/bubble.h"
#include "runtime/netpoll.h"
#include "runtime/worker.h"

#include <sched.h>
#include <string.h>

enum {
    ARITY = 4,
    FIRST_CAP = 16,
    BATCH = 32,     /* sleepers taken off at a time */
    FIRED_MIN = 16, /* in one look, however full the queue is: as many as run until the next */
};

static const uintptr_t SLEEPER = 1; /* in TimerEntry.what */

/* ---- The heap; its lock is held ---- */

static Timer *timer_in(TimerEntry entry)
{
    return entry.what & SLEEPER ? NULL : (Timer *)entry.what;
}

static Goroutine *sleeper_in(TimerEntry entry)
{
    return entry.what & SLEEPER ? (Goroutine *)(entry.what & ~SLEEPER) : NULL;
}

static void place(TimerHeap *heap, uint32_t i, TimerEntry entry)
{
    heap->at[i] = entry;
    Timer *timer = timer_in(entry);
    if (timer) timer->index = i;
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

static void insert(TimerHeap *heap, TimerEntry entry)
{
    uint32_t i = heap->count;
    atomic_store(&heap->count, i + 1);
    sift_up(heap, i, entry);
    note_first(heap);
}

static void insert_timer(TimerHeap *heap, Timer *timer)
{
    atomic_store(&timer->heap, heap);
    insert(heap, (TimerEntry){timer->when, (uintptr_t)timer});
}

/* Takes the entry at i out. note_first has to follow. */
static void take_out(TimerHeap *heap, uint32_t i)
{
    uint32_t last = heap->count - 1;
    TimerEntry gone = heap->at[i], moved = heap->at[last];
    heap->at[last] = (TimerEntry){0};
    atomic_store(&heap->count, last);
    if (i != last) {
        if (i > 0 && moved.when < heap->at[(i - 1) / ARITY].when)
            sift_up(heap, i, moved);
        else
            sift_down(heap, i, moved);
    }
    Timer *timer = timer_in(gone);
    if (timer) atomic_store(&timer->heap, NULL);
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

/* Sets the first timer, a periodic one, to its next time. It stays in the heap, so that who wants
 * to stop it finds it there at every moment. */
static void advance_first(TimerHeap *heap, int64_t now)
{
    TimerEntry entry = heap->at[0];
    Timer *timer = timer_in(entry);
    timer->when += timer->period * (1 + (now - timer->when) / timer->period);
    entry.when = timer->when;
    sift_down(heap, 0, entry);
}

typedef struct Due {
    Timer *timer;       /* to be called, or NULL */
    uint32_t nsleepers; /* to be woken, before that */
    Goroutine *sleepers[BATCH];
} Due;

/* Takes off what comes first and is due: at most `max` sleepers, and one timer if that is next; a
 * periodic one is started anew. Returns whether there was anything. */
static bool take_due(TimerHeap *heap, int64_t now, uint32_t max, Due *due)
{
    *due = (Due){0};
    lock_take_ranked(&heap->lock, RANK_TIMERS);
    Goroutine *g;
    while (due->nsleepers < max && heap->count > 0 && heap->at[0].when <= now &&
           (g = sleeper_in(heap->at[0]))) {
        __builtin_prefetch(&g->state, 1);
        due->sleepers[due->nsleepers++] = g;
        take_out(heap, 0);
    }
    Timer *timer = heap->count > 0 && heap->at[0].when <= now ? timer_in(heap->at[0]) : NULL;
    /* A periodic one that another worker is still firing has to wait: its ticks keep their order.
     */
    if (timer && timer->period > 0 && atomic_load(&timer->firing)) timer = NULL;
    if (timer) {
        atomic_store(&timer->firing, worker_current());
        if (timer->period > 0)
            advance_first(heap, now);
        else
            take_out(heap, 0);
    }
    note_first(heap);
    lock_release(&heap->lock);
    due->timer = timer;
    return timer || due->nsleepers > 0;
}

static void fire(const Due *due, int64_t now)
{
    for (uint32_t i = 0; i < due->nsleepers; i++) {
        due->sleepers[i]->wake_status = WAKE_OK;
        sched_ready(due->sleepers[i], false);
    }
    if (!due->timer) return;
    due->timer->fn(due->timer, due->timer->arg, now);
    atomic_store(&due->timer->firing, NULL);
}

/* How much may become runnable at once without spilling over into the global queue. */
static uint32_t room_for_fired(void)
{
    const Proc *own = proc_current();
    if (!own) return FIRED_MIN;
    uint32_t used = atomic_load(&own->ready.tail) - atomic_load(&own->ready.head);
    uint32_t half = used < RING_SIZE ? (RING_SIZE - used) / 2 : 0;
    return half > FIRED_MIN ? half : FIRED_MIN;
}

bool timer_run(TimerHeap *heap, int64_t now)
{
    int64_t first = atomic_load_explicit(&heap->first, memory_order_relaxed);
    if (first == INT64_MAX) return false;
    if (now == 0) now = sched_nanotime();
    if (first > now) return false;
    bool has_run = false;
    uint32_t room = room_for_fired();
    Due due;
    while (room > 0 && atomic_load_explicit(&heap->first, memory_order_relaxed) <= now &&
           take_due(heap, now, room < BATCH ? room : BATCH, &due)) {
        has_run = true;
        fire(&due, now);
        uint32_t n = due.nsleepers + (due.timer != NULL);
        room -= n < room ? n : room;
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

/* The heap for what the calling thread starts in a bubble or, with NULL, outside, locked with room:
 * the bubble's, or that of the thread's processor. Foreign threads use the first processor's. */
static TimerHeap *lock_heap_for(Bubble *bubble)
{
    Proc *p = proc_current();
    if (!p) p = sched.procs[0];
    TimerHeap *heap = bubble ? &bubble->timers : &p->timers;
    lock_with_room(heap);
    return heap;
}

static int64_t clock_of(const Bubble *bubble)
{
    return bubble ? atomic_load(&bubble->now) : sched_nanotime();
}

int64_t timer_clock(const Timer *timer)
{
    return clock_of(timer->bubble);
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
    TimerHeap *heap = lock_heap_for(timer->bubble);
    timer->when = when;
    timer->period = period;
    insert_timer(heap, timer);
    lock_release(&heap->lock);
    if (timer->bubble) return;
    wake_poller_for(when);
    if (!proc_current() && sched_needs_poller()) sched_wake_one();
}

bool timer_stop(Timer *timer)
{
    TimerHeap *heap = lock_heap_of(timer);
    if (heap) {
        take_out(heap, timer->index);
        note_first(heap);
        lock_release(&heap->lock);
    }
    wait_for_firing(timer);
    return heap != NULL;
}

/* Takes any entry out; returns whether there was one. */
static bool take_any(TimerHeap *heap, TimerEntry *entry)
{
    lock_take_ranked(&heap->lock, RANK_TIMERS);
    bool is_found = heap->count > 0;
    if (is_found) {
        *entry = heap->at[0];
        take_out(heap, 0);
        note_first(heap);
    }
    lock_release(&heap->lock);
    return is_found;
}

void timer_move_all(TimerHeap *from, TimerHeap *to)
{
    TimerEntry entry;
    while (take_any(from, &entry)) {
        lock_with_room(to);
        Timer *timer = timer_in(entry);
        if (timer)
            insert_timer(to, timer);
        else
            insert(to, entry);
        lock_release(&to->lock);
    }
}

void timer_drop_all(TimerHeap *heap)
{
    TimerEntry entry;
    while (take_any(heap, &entry)) {
    }
    if (heap->at) gc_root_free(heap->at);
    heap->at = NULL;
    heap->cap = 0;
}

/* ---- For goroutines ---- */

bool timer_sleep(Goroutine *g, int64_t ns)
{
    if (ns <= 0) return false;
    Bubble *bubble = bubble_of(g);
    int64_t now = clock_of(bubble);
    int64_t when = ns > INT64_MAX - 1 - now ? INT64_MAX - 1 : now + ns;
    TimerHeap *heap = lock_heap_for(bubble);
    insert(heap, (TimerEntry){when, (uintptr_t)g | SLEEPER});
    sched_park(g, WAIT_SLEEP, &heap->lock);
    if (!bubble) wake_poller_for(when);
    return true;
}

/* g's place in the heap, whose lock is held; -1: it is not there. */
static int64_t find_sleeper(const TimerHeap *heap, const Goroutine *g)
{
    for (uint32_t i = 0; i < heap->count; i++)
        if (sleeper_in(heap->at[i]) == g) return i;
    return -1;
}

static bool cancel_in(TimerHeap *heap, const Goroutine *g)
{
    lock_take_ranked(&heap->lock, RANK_TIMERS);
    int64_t i = find_sleeper(heap, g);
    if (i >= 0) {
        take_out(heap, (uint32_t)i);
        note_first(heap);
    }
    lock_release(&heap->lock);
    return i >= 0;
}

bool timer_cancel_sleep(Goroutine *g)
{
    if (bubble_of(g)) return cancel_in(&bubble_of(g)->timers, g);
    int32_t nprocs = atomic_load(&sched.nprocs);
    for (int i = 0; i < nprocs; i++)
        if (cancel_in(&sched.procs[i]->timers, g)) return true;
    return false;
}
