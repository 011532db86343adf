/* SPDX-License-Identifier: MIT */
/* Profiles of memory, of waiting and of locks: where objects were allocated, where goroutines
 * waited, and who kept them waiting for a lock.
 *
 * Memory is sampled where the allocator takes a new page of small objects or makes a large one, so
 * a sampled object stands for the bytes since the one before it; allocating itself pays nothing.
 * The goroutine's pc is in a register then, so the thread's next instruction takes the sample, as
 * with processor time (profile.h). A weak reference tells later whether the object is still there.
 *
 * Waiting is noted by who readies the goroutine: its frames lie still, and so do those of whoever
 * unlocks. All of it costs a test of a flag while it is off. */
#ifndef MGO_VM_RECORDS_H
#define MGO_VM_RECORDS_H

#include "runtime/g.h"

#include <stddef.h>

typedef enum RecordKind {
    RECORD_MEMORY, /* sums: objects and bytes allocated, objects and bytes freed */
    RECORD_WAITS,  /* sums: times, nanoseconds */
    RECORD_LOCKS,  /* the same, of goroutines kept waiting, by the stack that unlocked */
    RECORD_KINDS,
} RecordKind;

enum { RECORD_SUMS = 4 };

/* Samples memory from now on, about one object in *rate bytes; *rate may change, 0 and less: none.
 */
void records_begin_memory(const int64_t *rate);
/* Whether memory is sampled. */
extern _Atomic bool records_sample_memory;
/* Waits of at least so many nanoseconds are noted, shorter ones in proportion; 0 and less: none. */
void records_set_wait_rate(int64_t ns);
/* One of so many waits for locks is noted, on average; 0: none; negative only asks. Returns the
 * fraction before. */
int64_t records_set_lock_fraction(int64_t n);
/* What there is, malloc'ed, *len words: for each stack its sums, the number of its pcs, and these,
 * as traceback_callers gives them. */
uintptr_t *records_words(RecordKind kind, size_t *len);

/* For profile.c: g runs on the calling thread, frame and pc stored; takes the sample that the
 * allocator wanted of this thread, if any. */
void records_sample(Goroutine *g);

#endif
