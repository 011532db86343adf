/* SPDX-License-Identifier: MIT */
/* Frames: pushing the first one of a goroutine, of a nested call, of a deferred call; deferred calls themselves.
 *
 * The header's third slot, r[-1], is the link: distance to the caller's base in the low half, FRAME_ flags in the three bits above. LINK_MACHINE, in
 * the low half too, says that machine code made the call, so that there is machine code to return to (jit.h). A bottom frame
 * of a nested call has the pc of the native call that made it one slot below its header; a goroutine's first frame has distance 0. */
#ifndef MGO_VM_FRAME_H
#define MGO_VM_FRAME_H

#include "runtime/g.h"
#include "runtime/gc.h"
#include "vm/proto.h"

#include <string.h>

#define FRAME_PC(r)       ((r)[-3].p)
#define FRAME_FN(r)       ((r)[-2].fn)
#define FRAME_PROTO(r)    ((r)[-2].fn->proto)
#define FRAME_LINK(r)     ((r)[-1].u)
#define LINK_MACHINE      ((uint32_t)1 << 30)
#define LINK_DISTANCE(u)  ((uint32_t)(u) & (LINK_MACHINE - 1))
#define LINK_FLAGS(u)     ((uint32_t)((u) >> 32) & 7)
#define LINK(dist, flags) ((uint64_t)(dist) | (uint64_t)(flags) << 32)

static inline Slot *stack_base(Goroutine *g)
{
    return atomic_load_explicit(&g->stack, memory_order_relaxed)->slot;
}

/* Base of g's current frame. */
static inline Slot *frame_base(Goroutine *g)
{
    return stack_base(g) + g->frame;
}

static inline void slots_copy(Slot *to, const Slot *from, uint32_t n)
{
    if (n) memcpy(to, from, n * sizeof(Slot)); /* from may be NULL where there is nothing to copy */
}

/* Code that a goroutine's bottom frame, a nested call's bottom frame return to. */
extern const Instr frame_exit_code[1];

/* stack_grow for the running goroutine. */
bool frame_grow_stack(Goroutine *g, uint64_t need);
/* Makes a goroutine (not yet started) whose first frame calls fn with args[0..n): result slots, then parameters. */
Goroutine *frame_new_goroutine(Closure *fn, const Slot *args, uint32_t n);
/* Pushes a frame that calls fn above everything live on g's stack, and makes it the current one; args[0..n) are result slots, then
 * parameters, and may not lie on the stack. g->frame, live and pc must be exact. Where it returns, the caller goes on at `return_pc`.
 * Returns false on stack overflow, nothing changed. */
bool frame_push(Goroutine *g, Closure *fn, const Slot *args, uint32_t n, const Instr *return_pc, uint32_t flags);
/* The same for the bottom frame of a nested call; keeps g->pc below the header. */
bool frame_push_nested(Goroutine *g, Closure *fn, const Slot *args, uint32_t n);

/* ---- Deferred calls ---- */

typedef struct DeferRecord DeferRecord;
struct DeferRecord { /* collected object; owner only */
    DeferRecord *next; /* deferred earlier, or by an outer frame */
    Closure *fn;
    uint32_t frame; /* base of the frame that deferred it, from the stack's bottom */
    uint32_t n;     /* slots of args */
    Slot args[];    /* result slots, then parameters */
};

/* Defers fn(args) for the frame whose base is `frame`, which is g's current one or one below it. */
void defer_push(Goroutine *g, uint32_t frame, Closure *fn, const Slot *args, uint32_t n);
/* Takes the newest record of the current frame off, or returns NULL. */
static inline DeferRecord *defer_pop(Goroutine *g)
{
    DeferRecord *record = g->defers;
    if (!record || record->frame != g->frame) return NULL;
    g->defers = record->next;
    return record;
}

/* Gives back a record that was taken off. */
static inline void defer_free(DeferRecord *record)
{
    gc_free(record, sizeof *record + record->n * sizeof(Slot));
}

/* Does the newest of g's deferred calls where it stands, if it is the frame's whose base is `frame`
 * and has a quick version that can do it. */
static inline bool defer_run_quick(Goroutine *g, uint32_t frame)
{
    DeferRecord *record = g->defers;
    if (!record || record->frame != frame || !record->fn) return false;
    QuickFn *quick = record->fn->proto->quick;
    if (!quick || !quick(record->args)) return false;
    g->defers = record->next;
    defer_free(record);
    return true;
}

#endif
