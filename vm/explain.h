/* SPDX-License-Identifier: MIT */
/* Deadlocks in words: who waits for what, who could have ended the wait, the circle if there is
 * one, the mistake and its remedy. */
#ifndef MGO_VM_EXPLAIN_H
#define MGO_VM_EXPLAIN_H

#include "base/buf.h"
#include "runtime/g.h"

/* Adds the explanation of a deadlock; every goroutine waits. Ends with an empty line; adds nothing
 * where there is nothing to say. */
void explain_deadlock(Buf *out);
/* Adds what g waits for and what can be said about it, while others may be at work. */
void explain_wait(Goroutine *g, Buf *out);
/* Adds what these goroutines, sorted by id, wait for; nobody who can still run can reach it. The
 * scheduler is frozen. */
void explain_leaks(Goroutine *const *leaked, size_t n, Buf *out);
/* Adds why the innermost panic of g happened, where that is a closed channel or a WaitGroup; nobody
 * recovered it. */
void explain_panic(Goroutine *g, Buf *out);

#endif
