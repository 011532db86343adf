/* SPDX-License-Identifier: MIT */
/* The event stream: what the scheduler, channels, locks and the collector do, for those who draw or
 * replay it.
 *
 * Off, it costs each place one load and a branch that is never taken. On, an event goes into a ring
 * of the current processor, which keeps the last EVENT_RING of them. The last EVENT_TEXTS texts of
 * all are kept. */
#ifndef MGO_RUNTIME_EVENT_H
#define MGO_RUNTIME_EVENT_H

#include "runtime/g.h"

typedef enum EventKind {
#define EVENT(name, word, arg) EVENT_##name,
#include "runtime/event.def"
#undef EVENT
    EVENT_COUNT
} EventKind;

typedef struct Event {
    uint64_t order; /* of all events since events_begin, from 0 */
    int64_t time;   /* of the program's clock, ns */
    uint64_t g;     /* id of the goroutine, 0: none */
    uint64_t arg;   /* see event.def */
    const void *pc; /* of the goroutine, behind the instruction under way, or NULL */
    uint8_t kind;   /* EventKind */
    uint8_t reason; /* of EVENT_STOP: WaitReason */
    int16_t proc;   /* id of the processor, -1: none */
} Event;

enum { EVENT_RING = 1 << 16, EVENT_TEXTS = 1 << 14 };

extern _Atomic bool events_are_on;

/* Notes an event; events_are_on. g may be NULL. */
void event_write(EventKind kind, const Goroutine *g, uint64_t arg);
/* The same for g that has just been marked parked; by its waiter, tells what it waits for. */
void event_write_stop(const Goroutine *g, WaitReason reason);

/* Notes EVENT_LOCK; pc is not stored in g yet. */
void event_write_lock(const Goroutine *g, const void *mutex, const void *pc);

/* Notes an event that the program words itself; events_are_on. arg gets the number of the text,
 * which is copied, in its high half and the task in its low one. pc is where the program did that.
 */
void event_write_text(EventKind kind, const Goroutine *g, const void *pc, uint32_t task,
                      const char *text, size_t len);
static inline bool event_has_text(EventKind kind)
{
    return kind >= EVENT_TASK && kind <= EVENT_LOG;
}

static inline bool events_on(void)
{
    return __builtin_expect(atomic_load_explicit(&events_are_on, memory_order_relaxed), 0);
}

/* event_write where events are on; its operands are not looked at where they are not. */
#define event_note(kind, g, arg) (events_on() ? event_write((kind), (g), (arg)) : (void)0)

/* Begins to record, forgetting what there was; false where it is on already. */
bool events_begin(void);
/* Stops recording. */
void events_end(void);
/* What was recorded, in order; malloc'ed. *dropped gets how many had no room. After events_end, or
 * while the scheduler is frozen. */
Event *events_take(size_t *n, uint64_t *dropped);
/* The text of a number in such an event's arg; NULL where so many came later that it was dropped.
 * At the same times. */
const char *events_text(uint32_t number);

#endif
