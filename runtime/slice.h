/* SPDX-License-Identifier: MIT */
/* Slices: making, growing, appending. Programs print cap(), so capacities grow exactly as Go's do. */
#ifndef MGO_RUNTIME_SLICE_H
#define MGO_RUNTIME_SLICE_H

#include "runtime/rtype.h"

#define ALLOC_MAX ((uint64_t)1 << 47) /* bytes one object may have; more is "out of range" */

/* The elements of what is no more than bytes, for the functions below. */
extern const RType slice_byte_type;

/* The size Go's allocator would give to a request of `size` bytes. */
uint64_t slice_round_size(uint64_t size);
/* The capacity to which append makes a slice of elements of this size grow that is to hold `need`; -1 as in slice_grow. */
int64_t slice_grown_cap(uint64_t elem_size, int64_t cap, int64_t need);
/* A slice with room for at least `need` elements (need > s.cap) and the same elements as s. Where the memory would exceed ALLOC_MAX
 * or need is negative (an overflow), the result's cap is -1. */
Slice slice_grow(const RType *elem, Slice s, int64_t need);
/* append(s, more...); cap -1 as in slice_grow. */
Slice slice_append(const RType *elem, Slice s, Slice more);
/* make([]elem, len, cap). Returns false where len or cap is out of range. */
bool slice_make(const RType *elem, int64_t len, int64_t cap, Slice *out);

#endif
