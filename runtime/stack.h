/* SPDX-License-Identifier: MIT */
/* Goroutine stacks: where their memory comes from. (Growing is in g.h, for the machine.) */
#ifndef MGO_RUNTIME_STACK_H
#define MGO_RUNTIME_STACK_H

#include "runtime/g.h"

enum {
    STACK_CLASSES = 13
}; /* 96 bytes, 128, 160, … 256; 512, 1 KB, … 32 KB; beyond, each stack is a mapping of its own */

/* A processor's small supply of free stacks by class; zero is ready for use. Owner: the worker that
 * has the processor. */
typedef struct StackCache {
    struct FreeStack *free[STACK_CLASSES];
    uint32_t nfree[STACK_CLASSES];
} StackCache;

/* A stack of at least `nslots` slots, not cleared. cache may be NULL. */
Stack *stack_new(StackCache *cache, uint64_t nslots);
/* Gives a stack back; nobody uses it any more. cache may be NULL. */
void stack_free(StackCache *cache, Stack *stack);
/* Empties a cache into the shared pools. */
void stack_cache_drain(StackCache *cache);
/* Returns the slabs that are wholly free to the system, down to a small reserve; all of them with
 * keep 0. */
void stack_trim(uint64_t keep);
/* Halves g's stack if less than a quarter of it is live. g is not running and nobody touches it
 * (the scheduler is frozen). */
void stack_shrink(Goroutine *g);
/* Whether halving would do something. */
bool stack_is_sparse(const Goroutine *g);
/* Bytes of memory that stacks take, free ones in slabs included. */
uint64_t stack_bytes(void);
/* Bytes of slabs that are wholly free and still mapped. */
uint64_t stack_free_bytes(void);
/* Times a stack was copied to grow or shrink. */
uint64_t stack_copies(void);
/* Bytes of the largest stack there was. */
uint64_t stack_largest(void);

#endif
