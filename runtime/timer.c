/* SPDX-License-Identifier: MIT */
/* Timers: a 4-ary heap and a row of sleepers per processor.
 *
 * Four children make the heap half as deep as two would, and their entries lie side by side. Each
 * entry repeats its timer's time, so that sifting touches no timer but for its index.
 *
 * A sleeping goroutine is there itself, without a timer and without an index: as sleeps are
 * cancelled hardly ever (sched_kill), one may have to be looked for; and where a hundred thousand
 * sleep, waking one touches that goroutine only. All that are due are taken off together.
 *
 * Who sleeps as long as those before, or longer, wakes after them. So the sleepers stand in a row,
 * in pieces of a page, to which such a one is appended, and only those that are to wake before the
 * last of the row go into the heap.
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
    uint32_t n = heap->n;
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

/* Takes the entry at i out of the heap. */
static void heap_take_out(TimerHeap *heap, uint32_t i)
{
    uint32_t last = heap->n - 1;
    TimerEntry gone = heap->at[i], moved = heap->at[last];
    heap->at[last] = (TimerEntry){0};
    heap->n = last;
    if (i != last) {
        if (i > 0 && moved.when < heap->at[(i - 1) / ARITY].when)
            sift_up(heap, i, moved);
        else
            sift_down(heap, i, moved);
    }
    Timer *timer = timer_in(gone);
    if (timer) atomic_store(&timer->heap, NULL);
}

/* ---- The row; the heap's lock is held ---- */

static bool row_fits(const SleeperRow *row, int64_t when)
{
    return row->count == 0 || when >= row->latest;
}

static bool row_has_room(const SleeperRow *row)
{
    return (row->last && row->end < ROW_PIECE) || row->spare;
}

static void row_append(SleeperRow *row, TimerEntry entry)
{
    if (!row->last || row->end == ROW_PIECE) {
        RowPiece *piece = row->spare;
        row->spare = piece->next;
        piece->next = NULL;
        *(row->last ? &row->last->next : &row->first) = piece;
        row->last = piece;
        row->end = 0;
    }
    row->last->at[row->end++] = entry;
    row->latest = entry.when;
    row->count++;
}

static TimerEntry *row_first(const SleeperRow *row)
{
    return &row->first->at[row->begin];
}

static void row_drop_first(SleeperRow *row)
{
    *row_first(row) = (TimerEntry){0};
    row->begin++;
    if (--row->count == 0) {
        row->begin = row->end = 0; /* all pieces before the last are spare already */
    } else if (row->begin == ROW_PIECE) {
        RowPiece *piece = row->first;
        row->first = piece->next;
        row->begin = 0;
        piece->next = row->spare;
        row->spare = piece;
    }
}

/* A walk along the row. */
typedef struct RowPlace {
    RowPiece *piece;
    uint32_t at;
} RowPlace;

static TimerEntry *row_step(RowPlace *place)
{
    if (place->at == ROW_PIECE) *place = (RowPlace){place->piece->next, 0};
    return &place->piece->at[place->at++];
}

/* Takes g out, if it is there: those before it move up. */
static bool row_take_out(SleeperRow *row, const Goroutine *g)
{
    RowPlace place = {row->first, row->begin};
    uint32_t before = 0;
    while (before < row->count && sleeper_in(*row_step(&place)) != g) before++;
    if (before == row->count) return false;
    place = (RowPlace){row->first, row->begin};
    TimerEntry moved = {0};
    for (uint32_t i = 0; i <= before; i++) {
        TimerEntry *entry = row_step(&place), gone = *entry;
        *entry = moved;
        moved = gone;
    }
    row_drop_first(row);
    return true;
}

static void row_free(SleeperRow *row)
{
    RowPiece *lists[] = {row->first, row->spare};
    for (int i = 0; i < 2; i++) {
        while (lists[i]) {
            RowPiece *next = lists[i]->next;
            gc_root_free(lists[i]);
            lists[i] = next;
        }
    }
    *row = (SleeperRow){0};
}

/* ---- Both; the lock is held ---- */

static bool is_row_first(const TimerHeap *heap)
{
    return heap->row.count > 0 && (heap->n == 0 || row_first(&heap->row)->when <= heap->at[0].when);
}

/* What comes first, or an entry that is never due. */
static TimerEntry first_entry(const TimerHeap *heap)
{
    if (is_row_first(heap)) return *row_first(&heap->row);
    return heap->n > 0 ? heap->at[0] : (TimerEntry){.when = INT64_MAX};
}

/* To be called when what there is has changed. */
static void note_first(TimerHeap *heap)
{
    atomic_store(&heap->first, first_entry(heap).when);
    atomic_store(&heap->count, heap->n + heap->row.count);
}

static void drop_first(TimerHeap *heap)
{
    if (is_row_first(heap))
        row_drop_first(&heap->row);
    else
        heap_take_out(heap, 0);
}

static void insert(TimerHeap *heap, TimerEntry entry)
{
    if (entry.what & SLEEPER && row_fits(&heap->row, entry.when))
        row_append(&heap->row, entry);
    else
        sift_up(heap, heap->n++, entry);
    note_first(heap);
}

static void insert_timer(TimerHeap *heap, Timer *timer)
{
    atomic_store(&timer->heap, heap);
    insert(heap, (TimerEntry){timer->when, (uintptr_t)timer});
}

/* Locks the heap with room for one more. Allocates outside the lock. */
static void lock_with_room(TimerHeap *heap)
{
    lock_take_ranked(&heap->lock, RANK_TIMERS);
    while (heap->n == heap->cap) {
        uint32_t cap = heap->cap ? heap->cap * 2 : FIRST_CAP;
        lock_release(&heap->lock);
        TimerEntry *at = gc_root_alloc(cap * sizeof *at);
        lock_take_ranked(&heap->lock, RANK_TIMERS);
        TimerEntry *unneeded = at;
        if (heap->cap < cap) {
            if (heap->n) memcpy(at, heap->at, heap->n * sizeof *at);
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

/* The same, with room for a sleeper that is to wake then. */
static void lock_for_sleeper(TimerHeap *heap, int64_t when)
{
    lock_with_room(heap);
    while (row_fits(&heap->row, when) && !row_has_room(&heap->row)) {
        lock_release(&heap->lock);
        RowPiece *piece = gc_root_alloc(sizeof *piece);
        lock_with_room(heap);
        piece->next = heap->row.spare;
        heap->row.spare = piece;
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
    TimerEntry entry;
    while ((entry = first_entry(heap)).when <= now && due->nsleepers < max) {
        Goroutine *g = sleeper_in(entry);
        if (!g) break;
        __builtin_prefetch(&g->state, 1);
        due->sleepers[due->nsleepers++] = g;
        drop_first(heap);
    }
    Timer *timer = entry.when <= now ? timer_in(entry) : NULL;
    /* A periodic one that another worker is still firing has to wait: its ticks keep their order.
     */
    if (timer && timer->period > 0 && atomic_load(&timer->firing)) timer = NULL;
    if (timer) {
        atomic_store(&timer->firing, worker_current());
        if (timer->period > 0)
            advance_first(heap, now);
        else
            heap_take_out(heap, 0);
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

/* The heap for what the calling thread starts in a bubble or, with NULL, outside: the bubble's, or
 * that of the thread's processor. Foreign threads use the first processor's. */
static TimerHeap *heap_for(Bubble *bubble)
{
    Proc *p = proc_current();
    if (!p) p = sched.procs[0];
    return bubble ? &bubble->timers : &p->timers;
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
    TimerHeap *heap = heap_for(timer->bubble);
    lock_with_room(heap);
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
        heap_take_out(heap, timer->index);
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
        *entry = first_entry(heap);
        drop_first(heap);
        note_first(heap);
    }
    lock_release(&heap->lock);
    return is_found;
}

void timer_move_all(TimerHeap *from, TimerHeap *to)
{
    TimerEntry entry;
    while (take_any(from, &entry)) {
        Timer *timer = timer_in(entry);
        if (timer) {
            lock_with_room(to);
            insert_timer(to, timer);
        } else {
            lock_for_sleeper(to, entry.when);
            insert(to, entry);
        }
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
    row_free(&heap->row);
}

/* ---- For goroutines ---- */

bool timer_sleep(Goroutine *g, int64_t ns)
{
    if (ns <= 0) return false;
    Bubble *bubble = bubble_of(g);
    int64_t now = clock_of(bubble);
    int64_t when = ns > INT64_MAX - 1 - now ? INT64_MAX - 1 : now + ns;
    TimerHeap *heap = heap_for(bubble);
    lock_for_sleeper(heap, when);
    insert(heap, (TimerEntry){when, (uintptr_t)g | SLEEPER});
    sched_park(g, WAIT_SLEEP, &heap->lock);
    if (!bubble) wake_poller_for(when);
    return true;
}

/* Takes g out, if it is there; the lock is held. */
static bool take_sleeper_out(TimerHeap *heap, const Goroutine *g)
{
    for (uint32_t i = 0; i < heap->n; i++) {
        if (sleeper_in(heap->at[i]) != g) continue;
        heap_take_out(heap, i);
        return true;
    }
    return row_take_out(&heap->row, g);
}

static bool cancel_in(TimerHeap *heap, const Goroutine *g)
{
    lock_take_ranked(&heap->lock, RANK_TIMERS);
    bool is_there = take_sleeper_out(heap, g);
    if (is_there) note_first(heap);
    lock_release(&heap->lock);
    return is_there;
}

bool timer_cancel_sleep(Goroutine *g)
{
    if (bubble_of(g)) return cancel_in(&bubble_of(g)->timers, g);
    int32_t nprocs = atomic_load(&sched.nprocs);
    for (int i = 0; i < nprocs; i++)
        if (cancel_in(&sched.procs[i]->timers, g)) return true;
    return false;
}
