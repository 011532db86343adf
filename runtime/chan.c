/* SPDX-License-Identifier: MIT */
/* Channels.
 *
 * A channel is a lock, a ring of elements, and two queues of parked goroutines. Whenever the lock
 * is free:
 *   - one queue at least is empty, save when one select both sends and receives on this channel;
 *   - elements in the ring mean that no receiver is parked;
 *   - room in the ring means that no sender is parked;
 *   - nobody is parked on a closed channel.
 * (Waiters of selects that another channel has decided don't count: they are skipped, and leave
 * when their goroutine runs again.)
 *
 * So a sender that finds a parked receiver hands its value straight over, into the slot the
 * receiver named, and readies it; the ring is skipped. Nothing but the channel's lock is needed to
 * write into the other's stack: it was parked under this lock, and a stack stays where it is while
 * its goroutine is parked. */
#include "runtime/chan.h"

#include "base/fatal.h"
#include "runtime/bubble.h"
#include "runtime/event.h"
#include "runtime/gc.h"
#include "runtime/sched.h"
#include "runtime/worker.h"

#include <string.h>

static _Atomic uint64_t last_id;
__thread uint32_t chan_uses;

Chan *chan_make(RType *type, int64_t n)
{
    uint32_t slots = type->elem->slots;
    uint64_t slot_bytes = slots * sizeof(Slot);
    if (n < 0 || (slots > 0 && (uint64_t)n > (INT64_MAX >> 16) / slot_bytes)) return NULL;
    Chan *c = gc_new(sizeof *c);
    if (n > 0 && slots > 0) {
        bool has_pointers = type->elem->flags & RT_POINTERS;
        c->ring = has_pointers ? gc_new(n * slot_bytes) : gc_new_leaf(n * slot_bytes);
    }
    c->elem_slots = slots;
    c->cap = n;
    c->type = type;
    c->bubble = bubble_id(g_current());
    c->id = atomic_fetch_add_explicit(&last_id, 1, memory_order_relaxed) + 1;
    return c;
}

bool chan_is_elsewhere(const Chan *c, const Goroutine *g)
{
    return c->bubble != bubble_id(g);
}

/* ---- Moving values; the channel is locked ---- */

static inline void copy_slots(Slot *to, const Slot *from, uint32_t n)
{
    if (n == 1)
        *to = *from;
    else if (n > 0)
        memcpy(to, from, n * sizeof(Slot));
}

static inline Slot *slot_of(Goroutine *g, int32_t slot)
{
    return &atomic_load_explicit(&g->stack, memory_order_acquire)->slot[slot];
}

static inline Slot *ring_at(Chan *c, uint64_t index)
{
    return c->ring + index * c->elem_slots;
}

static void ring_put(Chan *c, const Slot *from)
{
    uint64_t tail = c->head + c->len;
    copy_slots(ring_at(c, tail >= c->cap ? tail - c->cap : tail), from, c->elem_slots);
    __atomic_store_n(&c->len, c->len + 1, __ATOMIC_RELAXED);
}

/* to may be NULL: the value is dropped. The place is cleared, so that the ring keeps nothing alive.
 */
static void ring_take(Chan *c, Slot *to)
{
    Slot *from = ring_at(c, c->head);
    if (to) copy_slots(to, from, c->elem_slots);
    if (c->elem_slots) memset(from, 0, c->elem_slots * sizeof(Slot));
    if (++c->head == c->cap) c->head = 0;
    __atomic_store_n(&c->len, c->len - 1, __ATOMIC_RELAXED);
}

/* ---- Waiters; the channel is locked ---- */

/* A select's waiter counts only if nobody has chosen another case yet. */
static bool is_decided(const Waiter *waiter)
{
    return waiter->index >= 0 &&
           atomic_load_explicit(&waiter->g->waiter.is_won, memory_order_acquire);
}

static bool has_waiter(WaitQueue *queue)
{
    while (queue->first && is_decided(queue->first)) waitq_pop(queue);
    return queue->first != NULL;
}

/* Takes the first waiter whose goroutine is ours to ready, having told its select, if it is in one,
 * which case it is. */
static Waiter *dequeue(WaitQueue *queue)
{
    Waiter *waiter;
    while ((waiter = waitq_pop(queue))) {
        if (waiter->index < 0) return waiter;
        Goroutine *g = waiter->g;
        bool no = false;
        if (atomic_compare_exchange_strong(&g->waiter.is_won, &no, true)) {
            slot_of(g, g->select_slot)->i = waiter->index;
            return waiter;
        }
    }
    return NULL;
}

/* Finishes a parked receive: the value (NULL: zero) and ok go into its slots. */
static void deliver(Chan *c, Waiter *receiver, const Slot *value, bool ok)
{
    Goroutine *g = receiver->g;
    if (receiver->slot >= 0 && c->elem_slots > 0) {
        Slot *to = slot_of(g, receiver->slot);
        if (value)
            copy_slots(to, value, c->elem_slots);
        else
            memset(to, 0, c->elem_slots * sizeof(Slot));
    }
    if (receiver->ok_slot >= 0) slot_of(g, receiver->ok_slot)->u = ok;
    g->wake_status = WAKE_OK;
}

static void enqueue(Goroutine *g, Chan *c, int32_t slot, int32_t ok_slot, bool is_send)
{
    Waiter *waiter = &g->waiter;
    waiter->g = g;
    waiter->chain = NULL;
    waiter->on = c;
    waiter->slot = slot;
    waiter->ok_slot = ok_slot;
    waiter->index = -1;
    waiter->is_send = is_send;
    waitq_push(is_send ? &c->senders : &c->receivers, waiter);
}

static ChanStatus park_for_ever(Goroutine *g, WaitReason reason)
{
    g->waiter.on = NULL;
    sched_park(g, reason, NULL);
    return CHAN_PARKED;
}

/* g has done `kind` of operation on c and thereby, if there was one, the other's who was parked. */
static void note_handed(const Chan *c, const Goroutine *g, const Goroutine *other, EventKind kind)
{
    if (kind == EVENT_RECV && other) event_write(EVENT_SEND, other, c->id);
    event_write(kind, g, c->id);
    if (kind == EVENT_SEND && other) event_write(EVENT_RECV, other, c->id);
}

/* ---- Sending ---- */

bool chan_can_send(Chan *c)
{
    return c->is_closed || c->len < c->cap || has_waiter(&c->receivers);
}

/* Sends where nothing has to wait; unlocks. Returns CHAN_WOULD_BLOCK, still locked, where it would.
 */
static ChanStatus send_now(Chan *c, const Slot *value)
{
    if (c->is_closed) {
        lock_release(&c->lock);
        return CHAN_CLOSED;
    }
    Waiter *receiver = dequeue(&c->receivers);
    if (receiver) {
        Goroutine *g = receiver->g;
        deliver(c, receiver, value, true);
        if (events_on()) note_handed(c, g_current(), g, EVENT_SEND);
        lock_release(&c->lock);
        sched_ready(g, true);
        return CHAN_DONE;
    }
    if (c->len == c->cap) return CHAN_WOULD_BLOCK;
    ring_put(c, value);
    event_note(EVENT_SEND, g_current(), c->id);
    lock_release(&c->lock);
    return CHAN_DONE;
}

ChanStatus chan_send_locked(Goroutine *g, Chan *c, int32_t slot)
{
    return send_now(c, slot_of(g, slot));
}

ChanStatus chan_send(Goroutine *g, Chan *c, int32_t slot, bool block)
{
    if (!c) return block ? park_for_ever(g, WAIT_CHAN_SEND_NIL) : CHAN_WOULD_BLOCK;
    if (chan_is_foreign(c, g)) return CHAN_FOREIGN;
    chan_lock(c);
    ChanStatus status = send_now(c, slot_of(g, slot));
    if (status != CHAN_WOULD_BLOCK) return status;
    if (!block) {
        lock_release(&c->lock);
        return CHAN_WOULD_BLOCK;
    }
    enqueue(g, c, slot, -1, true);
    sched_park(g, WAIT_CHAN_SEND, &c->lock);
    return CHAN_PARKED;
}

bool chan_send_external(Chan *c, const Slot *value)
{
    Proc *p = proc_enter();
    chan_lock(c);
    ChanStatus status = send_now(c, value);
    if (status == CHAN_WOULD_BLOCK) lock_release(&c->lock);
    proc_leave(p);
    return status == CHAN_DONE;
}

/* ---- Receiving ---- */

bool chan_can_recv(Chan *c)
{
    return c->is_closed || c->len > 0 || has_waiter(&c->senders);
}

/* Takes a value, which there is: from the ring, with a parked sender's value following into it, or
 * straight from the sender. */
static Goroutine *take_value(Chan *c, Slot *to)
{
    Waiter *sender = dequeue(&c->senders);
    if (c->len > 0) ring_take(c, to);
    if (!sender) return NULL;
    Goroutine *g = sender->g;
    const Slot *value = slot_of(g, sender->slot);
    if (c->cap > 0)
        ring_put(c, value);
    else if (to)
        copy_slots(to, value, c->elem_slots);
    g->wake_status = WAKE_OK;
    return g;
}

/* Receives where nothing has to wait; unlocks. Returns CHAN_WOULD_BLOCK, still locked, where it
 * would. */
static ChanStatus recv_now(Goroutine *g, Chan *c, int32_t slot, int32_t ok_slot)
{
    Slot *to = slot >= 0 ? slot_of(g, slot) : NULL;
    bool ok = c->len > 0 || has_waiter(&c->senders);
    Goroutine *sender = NULL;
    if (ok) {
        uint64_t before = c->len;
        sender = take_value(c, to);
        if (before == 0 && !sender)
            return CHAN_WOULD_BLOCK; /* its select was decided this very moment */
    } else {
        if (!c->is_closed) return CHAN_WOULD_BLOCK;
        if (to && c->elem_slots) memset(to, 0, c->elem_slots * sizeof(Slot));
    }
    if (ok_slot >= 0) slot_of(g, ok_slot)->u = ok;
    if (events_on()) note_handed(c, g, sender, EVENT_RECV);
    lock_release(&c->lock);
    if (sender) sched_ready(sender, true);
    return CHAN_DONE;
}

ChanStatus chan_recv_locked(Goroutine *g, Chan *c, int32_t slot, int32_t ok_slot)
{
    return recv_now(g, c, slot, ok_slot);
}

ChanStatus chan_recv(Goroutine *g, Chan *c, int32_t slot, int32_t ok_slot, bool block)
{
    if (!c) return block ? park_for_ever(g, WAIT_CHAN_RECV_NIL) : CHAN_WOULD_BLOCK;
    if (chan_is_foreign(c, g)) return CHAN_FOREIGN;
    chan_lock(c);
    ChanStatus status = recv_now(g, c, slot, ok_slot);
    if (status != CHAN_WOULD_BLOCK) return status;
    if (!block) {
        lock_release(&c->lock);
        return CHAN_WOULD_BLOCK;
    }
    enqueue(g, c, slot, ok_slot, false);
    sched_park(g, WAIT_CHAN_RECV, &c->lock);
    return CHAN_PARKED;
}

/* ---- Closing, asking ---- */

/* Goroutines to ready once a lock is free, linked by sched_next. */
typedef struct Readied {
    Goroutine *first, *last;
    uint32_t n;
} Readied;

enum { WAVE = 128 }; /* from here on they are readied at one stroke */

static void set_runnable(Goroutine *g)
{
    bubble_note_ready(g);
    sched_note_ready(g);
    atomic_store_explicit(&g->state, G_RUNNABLE, memory_order_release);
}

static void add_readied(Readied *list, Goroutine *g)
{
    g->sched_next = NULL;
    if (list->last)
        list->last->sched_next = g;
    else
        list->first = g;
    list->last = g;
    /* While its memory is at hand; nobody else can ready it any more. */
    if (++list->n > WAVE) set_runnable(g);
}

static void ready_all(Readied *list)
{
    Goroutine *g = list->first, *next;
    if (list->n > WAVE) {
        for (int i = 0; i < WAVE; i++, g = g->sched_next) set_runnable(g);
        sched_ready_chain(list->first, list->last, list->n);
        return;
    }
    for (; g; g = next) {
        next = g->sched_next;
        g->sched_next = NULL;
        sched_ready(g, true);
    }
}

/* Takes some of those who wait for c, which is closed and locked; returns whether there may be
 * more. Of many, the first can run on other processors while the last are still taken; nobody joins
 * them. */
static bool take_waiting(Chan *c, Readied *readied)
{
    enum { AT_ONCE = 2048 };
    Waiter *waiter;
    while (readied->n < AT_ONCE && (waiter = dequeue(&c->receivers))) {
        deliver(c, waiter, NULL, false);
        add_readied(readied, waiter->g);
    }
    while (readied->n < AT_ONCE && (waiter = dequeue(&c->senders))) {
        waiter->g->wake_status = WAKE_CLOSED;
        add_readied(readied, waiter->g);
    }
    return readied->n == AT_ONCE;
}

ChanCloseStatus chan_close(Chan *c)
{
    if (!c) return CHAN_CLOSE_NIL;
    if (chan_is_foreign(c, g_current())) return CHAN_CLOSE_FOREIGN;
    Proc *p = proc_enter();
    chan_lock(c);
    ChanCloseStatus status = c->is_closed ? CHAN_CLOSE_CLOSED : CHAN_CLOSE_OK;
    __atomic_store_n(&c->is_closed, true, __ATOMIC_RELAXED);
    event_note(EVENT_CLOSE, g_current(), c->id);
    bool has_more;
    do {
        Readied readied = {0};
        has_more = take_waiting(c, &readied);
        lock_release(&c->lock);
        ready_all(&readied);
        if (has_more) chan_lock(c);
    } while (has_more);
    proc_leave(p);
    return status;
}

int64_t chan_len(Chan *c)
{
    if (!c || c->timer) return 0;
    chan_lock(c);
    int64_t n = c->len;
    lock_release(&c->lock);
    return n;
}

int64_t chan_cap(Chan *c)
{
    return c && !c->timer ? (int64_t)c->cap : 0;
}

bool chan_cancel(Goroutine *g)
{
    if (g->flags & GF_SELECTING) { /* the waiters leave when g runs again */
        bool no = false;
        return atomic_compare_exchange_strong(&g->waiter.is_won, &no, true);
    }
    Chan *c = g->waiter.on;
    chan_lock(c);
    bool is_waiting = g->waiter.is_queued;
    waitq_remove(g->waiter.is_send ? &c->senders : &c->receivers, &g->waiter);
    lock_release(&c->lock);
    return is_waiting;
}
