/* SPDX-License-Identifier: MIT */
/* Stacks of program counters with numbers for each, in a hash table: what profiles are made of, so
 * that a program may run for hours. All malloc'ed; the caller has a lock. */
#ifndef MGO_VM_STACKTABLE_H
#define MGO_VM_STACKTABLE_H

#include "base/vec.h"

#include <stdint.h>

enum { STACK_DEPTH = 64, STACK_SUMS = 4 };

typedef struct StackEntry {
    uint64_t hash;
    uint64_t sum[STACK_SUMS]; /* the owner's */
    uint32_t next;            /* index + 1 of the next one in its bucket; 0: none */
    uint32_t n;
    uint32_t at; /* of its pcs in `pcs` */
} StackEntry;

/* Zero is an empty one. */
typedef struct StackTable {
    VEC(StackEntry) entries;
    VEC(uintptr_t) pcs;
    uint32_t *buckets; /* index + 1 into entries; 0: empty */
    uint32_t nbuckets; /* a power of 2 */
} StackTable;

/* The index of the entry for the stack, which is made where there is none. */
uint32_t stacktable_index(StackTable *table, const uintptr_t *stack, uint32_t n);
void stacktable_free(StackTable *table);
/* The whole table, malloc'ed, *len words: for each stack nsums sums, the number of its pcs, and
 * these. */
uintptr_t *stacktable_words(const StackTable *table, uint32_t nsums, size_t *len);

#endif
