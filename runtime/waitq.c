/* SPDX-License-Identifier: MIT */
/* Doubly linked, because a select takes its waiters out of the middle. The common operations are in
 * the header. */
#include "runtime/waitq.h"

void waitq_push_front(WaitQueue *queue, Waiter *waiter)
{
    waiter->prev = NULL;
    waiter->next = queue->first;
    if (queue->first)
        queue->first->prev = waiter;
    else
        queue->last = waiter;
    waitq_set_first(queue, waiter);
    waiter->is_queued = true;
}

void waitq_remove(WaitQueue *queue, Waiter *waiter)
{
    if (!waiter->is_queued) return;
    if (waiter->prev)
        waiter->prev->next = waiter->next;
    else
        waitq_set_first(queue, waiter->next);
    if (waiter->next)
        waiter->next->prev = waiter->prev;
    else
        queue->last = waiter->prev;
    waiter->prev = waiter->next = NULL;
    waiter->is_queued = false;
}
