/* SPDX-License-Identifier: MIT */
/* Which slots of a frame the code may still read, and hiding the others from a collection.
 *
 * A frame is marked whole, although most of it is left over from before: temporaries, variables
 * whose block has ended, slots that nothing was stored in yet. That costs little, but what such a
 * slot keeps alive is not found to be leaked, nor finalized. So where a program asks for a
 * collection, and where leaks are looked for, those slots are emptied for the time of the
 * collection. */
#ifndef MGO_VM_LIVENESS_H
#define MGO_VM_LIVENESS_H

#include "runtime/g.h"
#include "vm/proto.h"

/* A set of slots. */
typedef struct LiveSlots {
    uint32_t nslots;
    uint64_t bits[];
} LiveSlots;

static inline bool live_has(const LiveSlots *live, uint32_t slot)
{
    return slot >= live->nslots || live->bits[slot / 64] >> slot % 64 & 1;
}

/* The slots that a frame of `proto` still needs while the instruction at `pc` (or one of whose
 * operand words is there) is under way, or when it goes on behind it. NULL: not known, all of them.
 * Kept for ever. The scheduler is frozen. */
const LiveSlots *liveness_at(const FuncProto *proto, const Instr *pc);

/* Collects (runtime.GC) for g, the running goroutine, whose frame, live and pc are exact. Words in
 * dead slots keep nothing alive, save where there are very many goroutines or one does not stop
 * soon. */
void liveness_collect(Goroutine *g);
/* Makes the search for leaks go by this, too. Before the program runs. */
void liveness_init(void);

#endif
