/* SPDX-License-Identifier: MIT */
/* The parts of package sync that the machine begins by itself and leaves where that is not enough.
 * All take calls of the methods they are named after, with the goroutine's state stored. */
#ifndef MGO_STDLIB_SYNC_SYNC_H
#define MGO_STDLIB_SYNC_SYNC_H

#include "stdlib/native.h"

/* RWMutex.RLock, the reader being counted: a writer is there. */
void sync_wait_to_read(NativeCall *call);
/* RWMutex.RUnlock, the reader being taken away, where before that `before` <= 0 were counted. */
void sync_reader_left(NativeCall *call, int32_t before);
/* WaitGroup.Add and Done, whose change by delta led to `state`. */
void sync_counter_changed(NativeCall *call, int64_t delta, uint64_t state);

#endif
