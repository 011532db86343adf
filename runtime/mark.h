/* SPDX-License-Identifier: MIT */
/* How the collector goes through objects with pointers and through goroutines. For gc.c. */
#ifndef MGO_RUNTIME_MARK_H
#define MGO_RUNTIME_MARK_H

#include <stdatomic.h>
#include <stdint.h>

enum { MARK_SIZES = 9 };

/* The collector's kinds of objects; fixed after mark_init. */
typedef struct MarkKinds {
    int object[MARK_SIZES]; /* with pointers, of so many granules; [0]: of more */
    int goroutine;          /* descriptors */
} MarkKinds;

extern MarkKinds mark_kinds;

/* After the collector was set up and before anything is allocated. */
void mark_init(void);
/* At the start of a collection, its second on the monotonic clock. */
void mark_begin(uint32_t second);
/* Pushes what goes through the register of goroutines; from the collector's callback for roots. */
void mark_push_roots(void);
/* Bytes of stacks that the last collection found less than a quarter full. */
uint64_t mark_sparse_bytes(void);

#endif
