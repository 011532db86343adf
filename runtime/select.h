/* SPDX-License-Identifier: MIT */
/* Select over channels. */
#ifndef MGO_RUNTIME_SELECT_H
#define MGO_RUNTIME_SELECT_H

#include "runtime/chan.h"

typedef struct SelectCase {
    Chan *chan;   /* may be NULL: never ready */
    int32_t slot; /* as in chan_send, chan_recv */
    int32_t ok_slot;
    bool is_send;
} SelectCase;

/* Chooses among the ready cases at random and does it. Returns CHAN_DONE with the case's index
 * stored in the stack slot `result_slot` (-1: default); CHAN_PARKED: when the goroutine runs again,
 * the index is in that slot; CHAN_CLOSED: the chosen case sends on a closed channel (after parking:
 * wake_status is WAKE_CLOSED). `cases` is the caller's and only read. */
ChanStatus select_run(Goroutine *g, SelectCase *cases, int n, bool has_default,
                      int32_t result_slot);

/* For the scheduler: takes the waiters of the cases that were not chosen out of their channels. g
 * is about to run again. */
void select_finish(Goroutine *g);

#endif
