/* SPDX-License-Identifier: MIT */
/* The loop that runs bytecode. */
#ifndef MGO_VM_INTERP_H
#define MGO_VM_INTERP_H

#include "runtime/g.h"
#include "vm/proto.h"

typedef enum RunEnd {
    RUN_RETURNED, /* nested: the bottom frame has returned; its results are at its base */
    RUN_UNWOUND,  /* nested: a recovered panic goes on below the bottom frame: g->frame and pc say where */
    RUN_ENDED,    /* nested: the goroutine is to end */
    RUN_OUT       /* not nested: this worker has no more goroutine at hand */
} RunEnd;

/* Call once, before anything runs. */
void interp_init(void);
/* Runs g, and whatever comes next on this processor, until there is nothing at hand: the scheduler's RunFn. */
void interp_run(Goroutine *g);
/* Runs g's current frame, the bottom frame of a nested call at `base`, to its end; stays on this goroutine. */
RunEnd interp_run_nested(Goroutine *g, uint32_t base);

/* Has every instruction call profile_sample first, on all workers, or no more. From a signal
 * handler, too. */
void interp_divert(bool on);

#endif
