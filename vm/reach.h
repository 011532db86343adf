/* SPDX-License-Identifier: MIT */
/* Which things a goroutine can get at: by its frames, and from there through the heap. For reports,
 * when everything stands still. */
#ifndef MGO_VM_REACH_H
#define MGO_VM_REACH_H

#include "runtime/g.h"

/* Sets found[i] where targets[i] (the beginning of a collected object, or any address in one) can
 * be reached from g's stack and deferred calls. What other goroutines hold is not followed, even
 * where they wait on something within reach: all[0..nall) are the goroutines there are, by rising
 * address. Gives up after some tens of thousands of objects. */
void reach_from(Goroutine *g, Goroutine *const *all, size_t nall, const void *const *targets,
                size_t ntargets, bool *found);

#endif
