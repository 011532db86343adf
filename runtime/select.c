/* SPDX-License-Identifier: MIT */
/* Select.
 *
 * All channels are locked, in the order of their addresses and each once, so the cases are judged
 * at one moment. Of those that are ready one is chosen by chance and done. If none is, a waiter for
 * each case goes into its channel's queue, and the goroutine parks. From then on several channels
 * may want to wake it: who swaps g->waiter.is_won first does, having written value, ok and the
 * case's index into the goroutine's slots.
 *
 *     g ── waiter (first case; is_won) ─chain→ Waiter ─chain→ Waiter …   each in a channel's queue
 *
 * The waiters that lost stay queued until the goroutine is about to run again: the worker that
 * takes it up removes them, one channel at a time (select_finish). Until then others skip them. So
 * no waker takes a second lock, and no waiter outlives its select, which matters for a channel that
 * is selected on a million times and never ready.
 *
 * Most selects find a case that is ready. So one that seems to be is tried first, with its lock
 * alone: a case that is ready when its channel is locked may be chosen, whatever the others are.
 * Only where that fails all are locked, since it takes all of them to say that none is.
 *
 * One case alone, with or without default, is a plain operation: nothing to sort, nothing to
 * choose. */
#include "runtime/select.h"

#include "runtime/bubble.h"
#include "runtime/gc.h"
#include "runtime/sched.h"
#include "runtime/worker.h"

#include <stdlib.h>

enum { ON_STACK = 32, WAITERS_MAX = 64 };

static Slot *slot_of(Goroutine *g, int32_t slot)
{
    return &atomic_load_explicit(&g->stack, memory_order_relaxed)->slot[slot];
}

/* ---- Waiters ---- */

/* Puts at least n waiters into p's pool, which is the caller's. */
static void reserve_waiters(Proc *p, uint32_t n)
{
    while (p->waiters_count < n) {
        Waiter *waiter = gc_new(sizeof *waiter);
        waiter->chain = p->waiters;
        p->waiters = waiter;
        p->waiters_count++;
    }
}

static Waiter *take_waiter(Proc *p)
{
    Waiter *waiter = p->waiters;
    p->waiters = waiter->chain;
    p->waiters_count--;
    return waiter;
}

static void give_waiter(Proc *p, Waiter *waiter)
{
    *waiter = (Waiter){0};
    if (p->waiters_count >= WAITERS_MAX) return; /* the collector has it */
    waiter->chain = p->waiters;
    p->waiters = waiter;
    p->waiters_count++;
}

/* ---- Locking ---- */

static int compare(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t) * (Chan *const *)a, y = (uintptr_t) * (Chan *const *)b;
    return (x > y) - (x < y);
}

static void sort(Chan **chans, int n)
{
    if (n > ON_STACK) {
        qsort(chans, n, sizeof *chans, compare);
        return;
    }
    for (int i = 1; i < n; i++) {
        Chan *c = chans[i];
        int j = i;
        for (; j > 0 && (uintptr_t)chans[j - 1] > (uintptr_t)c; j--) chans[j] = chans[j - 1];
        chans[j] = c;
    }
}

static void lock_all(Chan **chans, int n)
{
    for (int i = 0; i < n; i++)
        if (i == 0 || chans[i] != chans[i - 1]) chan_lock(chans[i]);
}

/* Unlocks all but `keep`. */
static void unlock_all(Chan **chans, int n, const Chan *keep)
{
    for (int i = n; i-- > 0;)
        if (chans[i] != keep && (i == 0 || chans[i] != chans[i - 1])) lock_release(&chans[i]->lock);
}

/* ---- Choosing ---- */

static bool is_ready(const SelectCase *each)
{
    if (!each->chan) return false;
    return each->is_send ? chan_can_send(each->chan) : chan_can_recv(each->chan);
}

/* Index of one of the ready cases, or -1. The channels are locked; still, a case may stop being
 * ready meanwhile, where its other side is a select that a channel not among ours decides. */
static int choose(const SelectCase *cases, int n)
{
    uint32_t nready = 0;
    int first = -1;
    for (int i = 0; i < n; i++) {
        if (!is_ready(&cases[i])) continue;
        if (nready++ == 0) first = i;
    }
    uint32_t skip = sched_choose(CHOOSE_CASE, nready);
    for (int i = first + 1; skip > 0 && i < n; i++)
        if (is_ready(&cases[i]) && --skip == 0) return i;
    return first;
}

/* Index of one of the at most ON_STACK cases that seems to be ready, or -1. Nothing is locked. */
static int choose_unlocked(const SelectCase *cases, int n)
{
    int seeming[ON_STACK];
    uint32_t nseeming = 0;
    for (int i = 0; i < n; i++)
        if (cases[i].chan && chan_seems_ready(cases[i].chan, cases[i].is_send))
            seeming[nseeming++] = i;
    return nseeming ? seeming[sched_choose(CHOOSE_CASE, nseeming)] : -1;
}

static ChanStatus perform(Goroutine *g, const SelectCase *chosen)
{
    return chosen->is_send ? chan_send_locked(g, chosen->chan, chosen->slot)
                           : chan_recv_locked(g, chosen->chan, chosen->slot, chosen->ok_slot);
}

/* Does one of the cases that seem to be ready; CHAN_WOULD_BLOCK where there is none, or it is not
 * any more. */
static ChanStatus try_unlocked(Goroutine *g, const SelectCase *cases, int n, int32_t result_slot)
{
    int chosen = n <= ON_STACK ? choose_unlocked(cases, n) : -1;
    if (chosen < 0) return CHAN_WOULD_BLOCK;
    chan_lock(cases[chosen].chan);
    ChanStatus status = perform(g, &cases[chosen]);
    if (status == CHAN_WOULD_BLOCK)
        lock_release(&cases[chosen].chan->lock);
    else
        slot_of(g, result_slot)->i = chosen;
    return status;
}

/* ---- Parking ---- */

static void enqueue(Goroutine *g, Waiter *waiter, const SelectCase *each, int index)
{
    waiter->g = g;
    waiter->on = each->chan;
    waiter->slot = each->slot;
    waiter->ok_slot = each->is_send ? -1 : each->ok_slot;
    waiter->index = index;
    waiter->is_send = each->is_send;
    waitq_push(each->is_send ? &each->chan->senders : &each->chan->receivers, waiter);
}

/* The channels are locked and there are waiters enough; unlocks. */
static ChanStatus park(Goroutine *g, const SelectCase *cases, int n, Chan **chans, int nchans)
{
    Proc *p = proc_current();
    Waiter *last = NULL;
    atomic_store_explicit(&g->waiter.is_won, false, memory_order_relaxed);
    g->waiter.chain = NULL;
    for (int i = 0; i < n; i++) {
        if (!cases[i].chan) continue;
        Waiter *waiter = last ? take_waiter(p) : &g->waiter;
        waiter->chain = NULL;
        if (last) last->chain = waiter;
        enqueue(g, waiter, &cases[i], i);
        last = waiter;
    }
    g->flags |= GF_SELECTING;
    Bubble *bubble = sched_set_parked(g, WAIT_SELECT);
    unlock_all(chans, nchans, NULL); /* from the first one on, g may run elsewhere */
    if (bubble) bubble_parked(bubble);
    return CHAN_PARKED;
}

void select_finish(Goroutine *g)
{
    Proc *p = proc_current();
    g->flags &= ~GF_SELECTING;
    Waiter *waiter = &g->waiter;
    while (waiter) {
        Waiter *next = waiter->chain;
        Chan *c = waiter->on;
        chan_lock(c);
        waitq_remove(waiter->is_send ? &c->senders : &c->receivers, waiter);
        lock_release(&c->lock);
        if (waiter != &g->waiter) give_waiter(p, waiter);
        waiter = next;
    }
    g->waiter.chain = NULL;
}

/* ---- Select ---- */

static ChanStatus select_one(Goroutine *g, const SelectCase *only, bool has_default,
                             int32_t result_slot)
{
    slot_of(g, result_slot)->i = 0; /* before it may park */
    ChanStatus status = only->is_send
                            ? chan_send(g, only->chan, only->slot, !has_default)
                            : chan_recv(g, only->chan, only->slot, only->ok_slot, !has_default);
    if (status != CHAN_WOULD_BLOCK) return status;
    slot_of(g, result_slot)->i = -1;
    return CHAN_DONE;
}

static ChanStatus select_many(Goroutine *g, SelectCase *cases, int n, bool has_default,
                              int32_t result_slot, Chan **chans)
{
    int nchans = 0;
    for (int i = 0; i < n; i++) {
        if (cases[i].chan) chans[nchans++] = cases[i].chan;
        if (cases[i].chan && chan_is_foreign(cases[i].chan, g)) return CHAN_FOREIGN;
    }
    ChanStatus tried = try_unlocked(g, cases, n, result_slot);
    if (tried != CHAN_WOULD_BLOCK) return tried;
    sort(chans, nchans);
    if (!has_default) reserve_waiters(proc_current(), nchans);
    for (;;) {
        lock_all(chans, nchans);
        int chosen = choose(cases, n);
        if (chosen < 0) break;
        unlock_all(chans, nchans, cases[chosen].chan);
        ChanStatus status = perform(g, &cases[chosen]);
        if (status ==
            CHAN_WOULD_BLOCK) { /* the other side was another select, which has just been decided */
            lock_release(&cases[chosen].chan->lock);
            continue;
        }
        slot_of(g, result_slot)->i = chosen;
        return status;
    }
    if (has_default) {
        unlock_all(chans, nchans, NULL);
        slot_of(g, result_slot)->i = -1;
        return CHAN_DONE;
    }
    if (nchans == 0) {
        sched_park(g, WAIT_SELECT_NONE, NULL);
        return CHAN_PARKED;
    }
    g->select_slot = result_slot;
    return park(g, cases, n, chans, nchans);
}

ChanStatus select_run(Goroutine *g, SelectCase *cases, int n, bool has_default, int32_t result_slot)
{
    if (n == 1) return select_one(g, cases, has_default, result_slot);
    if (n <= ON_STACK) {
        Chan *chans[ON_STACK];
        return select_many(g, cases, n, has_default, result_slot, chans);
    }
    /* Collected, because it may be all that keeps the channels alive while they are unlocked after
     * parking. */
    return select_many(g, cases, n, has_default, result_slot, gc_new(n * sizeof(Chan *)));
}
