/* SPDX-License-Identifier: MIT */
/* A ring is written by the worker that has the processor. Threads without one share a ring and a
 * lock. The order of all events is given by a counter, which costs a contended cache line, but only
 * while somebody looks. */
#include "runtime/event.h"

#include "base/fatal.h"
#include "runtime/chan.h"
#include "runtime/proc.h"

#include <stdlib.h>
#include <string.h>

typedef struct EventRing {
    uint64_t written; /* events ever; the last EVENT_RING of them are in `at` */
    Event at[EVENT_RING];
} EventRing;

_Atomic bool events_are_on;

static _Atomic(EventRing *)
    rings[PROCS_MAX + 1]; /* by processor; the last is for threads without one */
static _Atomic uint64_t next_order;
static Lock begin_lock; /* guards beginning and ending */
static Lock foreign_ring_lock;

/* ---- Writing ---- */

static EventRing *ring_of(int index)
{
    EventRing *ring = atomic_load_explicit(&rings[index], memory_order_acquire);
    if (ring) return ring;
    ring = calloc(1, sizeof *ring); /* holds no pointer that the collector must see */
    if (!ring) fatal_out_of_memory();
    atomic_store_explicit(&rings[index], ring, memory_order_release);
    return ring;
}

static void put(int index, const Event *event)
{
    EventRing *ring = ring_of(index);
    Event *at = &ring->at[ring->written++ % EVENT_RING];
    *at = *event;
    at->order = atomic_fetch_add_explicit(&next_order, 1, memory_order_relaxed);
}

static void write_event(Event *event)
{
    Proc *p = proc_current();
    event->time = sched_nanotime();
    event->proc = p ? (int16_t)p->id : -1;
    if (p) {
        put(p->id, event);
        return;
    }
    lock_take_ranked(&foreign_ring_lock, RANK_EVENT);
    put(PROCS_MAX, event);
    lock_release(&foreign_ring_lock);
}

void event_write(EventKind kind, const Goroutine *g, uint64_t arg)
{
    Event event = {.kind = (uint8_t)kind, .g = g ? g->id : 0, .pc = g ? g->pc : NULL, .arg = arg};
    write_event(&event);
}

void event_write_lock(const Goroutine *g, const void *mutex, const void *pc)
{
    Event event = {.kind = EVENT_LOCK, .g = g->id, .pc = pc, .arg = (uintptr_t)mutex};
    write_event(&event);
}

void event_write_stop(const Goroutine *g, WaitReason reason)
{
    Event event = {.kind = EVENT_STOP, .reason = (uint8_t)reason, .g = g->id, .pc = g->pc};
    bool is_chan = reason == WAIT_CHAN_SEND || reason == WAIT_CHAN_RECV;
    if (g->waiter.is_queued)
        event.arg = is_chan                 ? ((const Chan *)g->waiter.on)->id
                    : reason == WAIT_SELECT ? 0
                                            : (uintptr_t)g->waiter.on;
    write_event(&event);
}

/* ---- Texts ---- */

typedef struct EventText {
    uint32_t number; /* 0: none */
    char *text;      /* malloc'ed */
} EventText;

static EventText texts[EVENT_TEXTS]; /* by number modulo EVENT_TEXTS; guarded by texts_lock */
static uint32_t last_text;           /* number; the same */
static Lock texts_lock;

static uint32_t keep_text(const char *text, size_t len)
{
    char *copy = malloc(len + 1);
    if (!copy) fatal_out_of_memory();
    memcpy(copy, text, len);
    copy[len] = 0;
    lock_take(&texts_lock);
    uint32_t number = ++last_text;
    EventText *place = &texts[number % EVENT_TEXTS];
    free(place->text);
    *place = (EventText){number, copy};
    lock_release(&texts_lock);
    return number;
}

const char *events_text(uint32_t number)
{
    const EventText *place = &texts[number % EVENT_TEXTS];
    return place->number == number ? place->text : NULL;
}

void event_write_text(EventKind kind, const Goroutine *g, const void *pc, uint32_t task,
                      const char *text, size_t len)
{
    uint64_t number = keep_text(text, len);
    Event event = {.kind = (uint8_t)kind, .g = g->id, .pc = pc, .arg = number << 32 | task};
    write_event(&event);
}

/* ---- Beginning, ending, taking ---- */

bool events_begin(void)
{
    lock_take(&begin_lock);
    bool was_on = atomic_load(&events_are_on);
    for (int i = 0; i <= PROCS_MAX && !was_on; i++)
        if (atomic_load(&rings[i])) atomic_load(&rings[i])->written = 0;
    if (!was_on) atomic_store(&next_order, 0);
    atomic_store(&events_are_on, true);
    lock_release(&begin_lock);
    return !was_on;
}

void events_end(void)
{
    atomic_store(&events_are_on, false);
}

static int compare(const void *a, const void *b)
{
    const Event *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

Event *events_take(size_t *n, uint64_t *dropped)
{
    *n = 0;
    *dropped = 0;
    for (int i = 0; i <= PROCS_MAX; i++) {
        const EventRing *ring = atomic_load(&rings[i]);
        uint64_t written = ring ? ring->written : 0;
        *n += written < EVENT_RING ? written : EVENT_RING;
        if (written > EVENT_RING) *dropped += written - EVENT_RING;
    }
    Event *events = malloc((*n + 1) * sizeof *events);
    if (!events) fatal_out_of_memory();
    size_t at = 0;
    for (int i = 0; i <= PROCS_MAX; i++) {
        const EventRing *ring = atomic_load(&rings[i]);
        uint64_t written = ring ? ring->written : 0;
        uint64_t kept = written < EVENT_RING ? written : EVENT_RING;
        if (kept) memcpy(events + at, ring->at, kept * sizeof *events);
        at += kept;
    }
    qsort(events, *n, sizeof *events, compare);
    return events;
}
