/* SPDX-License-Identifier: MIT */
/* Channels. Each operation names the value by a slot of the running goroutine's stack, counted from
 * the stack's bottom, so that a waker can find it after the stack has moved. Values cross between
 * slots and the ring in memory form by the element's type. */
#ifndef MGO_RUNTIME_CHAN_H
#define MGO_RUNTIME_CHAN_H

#include "runtime/g.h"
#include "runtime/lock.h"

/* Two cache lines, and only the first changes while a channel is used: so one line is all that two
 * processors have to hand each other, besides the ring. */
typedef struct Chan {
    Lock lock;           /* guards all below that changes */
    uint32_t elem_slots; /* fixed */
    uint64_t len;
    uint64_t head; /* index of the oldest element */
    WaitQueue senders, receivers;
    bool is_closed;
    uint32_t bubble; /* fixed: id of the bubble it was made in, or 0 (bubble.h) */

    uint64_t cap; /* fixed: elements in the ring */
    Slot *ring;   /* cap * elem_slots slots, fixed */
    struct Timer
        *timer;  /* of a timer channel (Go 1.23 semantics): such a channel looks unbuffered */
    RType *type; /* fixed */
    const void *made_at;   /* pc of its MAKECHAN, for reports */
    const void *closed_at; /* pc of the CLOSE, likewise; NULL where C closed it */
    uint64_t closed_by;    /* id of the goroutine that closed it */
    uint64_t id;           /* for reports; from 1 */
} Chan;

typedef enum ChanStatus {
    CHAN_DONE,        /* done at once */
    CHAN_PARKED,      /* the goroutine is parked and must not be touched; when it runs again the
                         operation is done */
    CHAN_CLOSED,      /* send on a closed channel: panic (also through wake_status WAKE_CLOSED after
                         parking) */
    CHAN_WOULD_BLOCK, /* non-blocking form only */
    CHAN_FOREIGN,     /* it belongs to a bubble that the goroutine is not in: panic */
} ChanStatus;

/* How many operations on channels the calling thread has done. */
extern __thread uint32_t chan_uses __attribute__((tls_model("initial-exec")));

/* Makes a channel of RType `type` (KIND_CHAN) with room for n elements; it belongs to the running
 * goroutine's bubble. Returns NULL where n is negative or too large. */
Chan *chan_make(RType *type, int64_t n);
/* g->frame, live and pc must be stored before a blocking form is called. c may be NULL (parks for
 * ever). slot: of the value. */
ChanStatus chan_send(Goroutine *g, Chan *c, int32_t slot, bool block);
/* slot -1: value not wanted; ok_slot -1: not wanted. On a closed empty channel the value is zeroed
 * and ok is 0. */
ChanStatus chan_recv(Goroutine *g, Chan *c, int32_t slot, int32_t ok_slot, bool block);
typedef enum ChanCloseStatus {
    CHAN_CLOSE_OK,
    CHAN_CLOSE_NIL,
    CHAN_CLOSE_CLOSED,
    CHAN_CLOSE_FOREIGN, /* as CHAN_FOREIGN */
} ChanCloseStatus;
ChanCloseStatus chan_close(Chan *c);
int64_t chan_len(Chan *c);
int64_t chan_cap(Chan *c);
/* Sends from C (timers, signals) without a goroutine: `value` points to the element's slots;
 * returns false where it would block. */
bool chan_send_external(Chan *c, const Slot *value);

/* Whether g may not use c, since c belongs to a bubble that g is not in. */
bool chan_is_elsewhere(const Chan *c, const Goroutine *g); /* where c belongs to one */
static inline bool chan_is_foreign(const Chan *c, const Goroutine *g)
{
    return __builtin_expect(c->bubble != 0, 0) && chan_is_elsewhere(c, g);
}

/* Takes g, which is parked in a channel operation or a select, off its channels; the scheduler is
 * frozen. */
bool chan_cancel(Goroutine *g);

/* ---- For select ---- */

/* Whether a send or a receive would seem to be done at once. The channel is not locked: this may
 * change at any moment, and waiters of decided selects count. */
static inline bool chan_seems_ready(const Chan *c, bool is_send)
{
    const WaitQueue *others = is_send ? &c->receivers : &c->senders;
    uint64_t len = __atomic_load_n(&c->len, __ATOMIC_RELAXED);
    return (is_send ? len < c->cap : len > 0) ||
           __atomic_load_n(&others->first, __ATOMIC_RELAXED) != NULL ||
           __atomic_load_n(&c->is_closed, __ATOMIC_RELAXED);
}

/* The channel is locked from here on. */

/* Whether a send or a receive would be done at once (on a closed channel: too). Drops waiters of
 * selects that are decided already. */
bool chan_can_send(Chan *c);
bool chan_can_recv(Chan *c);
/* Does it, and unlocks. */
ChanStatus chan_send_locked(Goroutine *g, Chan *c, int32_t slot);
ChanStatus chan_recv_locked(Goroutine *g, Chan *c, int32_t slot, int32_t ok_slot);

static inline void chan_lock(Chan *c)
{
    lock_take_ranked(&c->lock, RANK_CHAN);
    chan_uses++;
}

#endif
