/* SPDX-License-Identifier: MIT */
/* The profiler: where processor time goes.
 *
 * The system sends SIGPROF whenever the process has used some milliseconds of processor time, to a
 * thread that is using it. The handler can't look at the goroutine there, whose frame and pc are in
 * registers. So it notes that this thread is to be sampled and has all instructions lead to the
 * interpreter's label `sample` (interp_divert); the thread's next instruction walks the frames, as
 * the one that was under way at the signal has just ended. Off, it costs nothing. */
#ifndef MGO_VM_PROFILE_H
#define MGO_VM_PROFILE_H

#include "runtime/g.h"

#include <stddef.h>

/* Begins, with so many samples for a second of processor time; false where it is on already. */
bool profile_begin(int64_t hz);
bool profile_is_on(void);
/* Stops, and returns what was sampled, malloc'ed, *len words: for each stack how often it was
 * found, the number of its pcs, and these, as traceback_callers gives them, innermost first. */
uintptr_t *profile_end(size_t *len);

/* ---- For the interpreter ---- */

/* Has the calling thread sampled at its next instruction, for vm/records.c. */
void profile_want(void);
/* g runs on the calling thread, frame and pc stored: takes a sample, if one is wanted of this
 * thread. */
void profile_sample(Goroutine *g);

#endif
