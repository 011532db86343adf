/* SPDX-License-Identifier: MIT */
/* The network poller: goroutines that wait for descriptors. Edge-triggered epoll on Linux. */
#ifndef MGO_RUNTIME_NETPOLL_H
#define MGO_RUNTIME_NETPOLL_H

#include "runtime/g.h"

typedef struct PollDesc PollDesc; /* one per open pollable descriptor; freed by poll_close */

/* Registers a non-blocking descriptor. Returns NULL with errno set where it can't be polled (EPERM
 * for regular files). */
PollDesc *poll_open(int fd);
/* Forgets it; every waiter is readied with WAKE_ERROR. Does not close the descriptor. Afterwards
 * waits return at once with WAKE_ERROR. */
void poll_close(PollDesc *pd);
/* Frees a closed PollDesc nobody uses. */
void poll_free(PollDesc *pd);
typedef enum PollMode { POLL_READ, POLL_WRITE } PollMode;
/* Waits until the descriptor may be ready. Returns true if it is at once (g->wake_status is set:
 * WAKE_OK, WAKE_TIMEOUT, WAKE_ERROR), false with g parked (wake_status likewise once it runs). */
bool poll_wait(Goroutine *g, PollDesc *pd, PollMode mode);
/* Whether the deadline of that direction has passed: nothing must be read or written then, ready or not. */
bool poll_is_over(PollDesc *pd, PollMode mode);
/* Takes g, which is parked on a descriptor, off it. Returns false where it was woken already. */
bool poll_cancel(Goroutine *g);
/* Absolute monotonic ns, 0: none, negative: already over. */
void poll_set_deadline(PollDesc *pd, PollMode mode, int64_t when);

/* ---- For the scheduler ---- */

void netpoll_init(void);
/* Waits at most timeout_ns (negative: for ever) for events. Returns a chain of *n goroutines linked
 * by sched_next, already G_RUNNABLE; whoever queues them takes n off sched.npolled afterwards. */
Goroutine *netpoll_wait(int64_t timeout_ns, uint32_t *n);
/* Makes a netpoll_wait that sleeps, or the next one, return. */
void netpoll_break(void);

#endif
