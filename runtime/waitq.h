/* SPDX-License-Identifier: MIT */
/* Waiters and their queues: what a parked goroutine leaves behind so that somebody can find it. */
#ifndef MGO_RUNTIME_WAITQ_H
#define MGO_RUNTIME_WAITQ_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct Goroutine;
typedef struct Waiter Waiter;

/* Guarded by the lock of the channel or semaphore whose queue it is in, while it is in one. */
struct Waiter {
    struct Goroutine *g;
    Waiter *prev, *next;
    Waiter *chain;   /* next waiter of the same select; owner */
    void *on;        /* the channel or semaphore */
    int32_t slot;    /* stack slot (from the stack's bottom) of the value; -1: not wanted */
    int32_t ok_slot; /* slot of the ok result, or -1 */
    int32_t index;   /* case index of a select, -1 otherwise */
    bool is_send;
    bool is_queued;
    _Atomic bool is_won; /* of g->waiter alone: somebody has chosen a case of this select; set by
                            compare-and-swap */
};

typedef struct WaitQueue {
    Waiter *first; /* stored atomically: a select peeks whether there is one without the lock */
    Waiter *last;
} WaitQueue;

static inline void waitq_set_first(WaitQueue *queue, Waiter *first)
{
    __atomic_store_n(&queue->first, first, __ATOMIC_RELAXED);
}

static inline void waitq_push(WaitQueue *queue, Waiter *waiter)
{
    waiter->next = NULL;
    waiter->prev = queue->last;
    if (queue->last)
        queue->last->next = waiter;
    else
        waitq_set_first(queue, waiter);
    queue->last = waiter;
    waiter->is_queued = true;
}

void waitq_push_front(WaitQueue *queue, Waiter *waiter);
/* Takes the first waiter off, or returns NULL. */
static inline Waiter *waitq_pop(WaitQueue *queue)
{
    Waiter *waiter = queue->first;
    if (!waiter) return NULL;
    waitq_set_first(queue, waiter->next);
    if (waiter->next)
        waiter->next->prev = NULL;
    else
        queue->last = NULL;
    waiter->next = NULL;
    waiter->is_queued = false;
    return waiter;
}

/* Takes `waiter` off wherever it stands; nothing where it is not queued. */
void waitq_remove(WaitQueue *queue, Waiter *waiter);

#endif
