/* SPDX-License-Identifier: MIT */
/* Frames that are not made by a call instruction. */
#include "vm/frame.h"

#include "vm/op.h"

const Instr frame_exit_code[1] = {{.op = OP_EXIT}};

static void set_header(Slot *r, Closure *fn, const Instr *return_pc, uint64_t link)
{
    r[-3].p = (void *)(uintptr_t)return_pc;
    r[-2].fn = fn;
    r[-1].u = link;
}

static const Instr *entry_code(const FuncProto *proto)
{
    return __atomic_load_n(&proto->code, __ATOMIC_ACQUIRE);
}

Goroutine *frame_new_goroutine(Closure *fn, const Slot *args, uint32_t n)
{
    const Instr *code = entry_code(fn->proto); /* before nslots, which goes with it */
    uint32_t nslots = FRAME_HEADER + (fn->proto->nslots > n ? fn->proto->nslots : n);
    uint32_t known = atomic_load_explicit(&fn->proto->stack_slots, memory_order_relaxed);
    Goroutine *g = g_new(nslots > known ? nslots : known);
    Slot *r = stack_base(g) + FRAME_HEADER;
    set_header(r, fn, frame_exit_code, LINK(0, FRAME_BOTTOM));
    slots_copy(r, args, n);
    g->frame = FRAME_HEADER;
    g->live = FRAME_HEADER + n;
    g->pc = code;
    g->entry = fn->proto;
    return g;
}

/* The next goroutines that begin with the same function get a stack that is large enough at once.
 */
bool frame_grow_stack(Goroutine *g, uint64_t need)
{
    if (!stack_grow(g, need)) return false;
    uint32_t nslots = need < STACK_FIRST_SLOTS ? (uint32_t)need : STACK_FIRST_SLOTS;
    FuncProto *entry = g->entry;
    if (entry && nslots > atomic_load_explicit(&entry->stack_slots, memory_order_relaxed))
        atomic_store_explicit(&entry->stack_slots, (uint16_t)nslots, memory_order_relaxed);
    return true;
}

static bool push(Goroutine *g, uint32_t base, Closure *fn, const Slot *args, uint32_t n)
{
    const Instr *code = entry_code(fn->proto);
    uint32_t nslots = fn->proto->nslots > n ? fn->proto->nslots : n;
    uint64_t need = (uint64_t)base + nslots;
    if (need > g->stack->nslots && !frame_grow_stack(g, need)) return false;
    Slot *r = stack_base(g) + base;
    slots_copy(r, args, n);
    g->frame = base;
    g->live = base + nslots;
    g->pc = code;
    return true;
}

bool frame_push(Goroutine *g, Closure *fn, const Slot *args, uint32_t n, const Instr *return_pc,
                uint32_t flags)
{
    uint32_t caller = g->frame, base = g->live + FRAME_HEADER;
    if (!push(g, base, fn, args, n)) return false;
    set_header(frame_base(g), fn, return_pc, LINK(base - caller, flags));
    return true;
}

bool frame_push_nested(Goroutine *g, Closure *fn, const Slot *args, uint32_t n)
{
    uint32_t caller = g->frame, base = g->live + 1 + FRAME_HEADER;
    const void *pc = g->pc;
    if (!push(g, base, fn, args, n)) return false;
    Slot *r = frame_base(g);
    r[-FRAME_HEADER - 1].p = (void *)(uintptr_t)pc;
    set_header(r, fn, frame_exit_code, LINK(base - caller, FRAME_BOTTOM));
    return true;
}

void defer_push(Goroutine *g, uint32_t frame, Closure *fn, const Slot *args, uint32_t n)
{
    DeferRecord *record = gc_new(sizeof *record + n * sizeof(Slot));
    record->fn = fn;
    record->frame = frame;
    record->n = n;
    slots_copy(record->args, args, n);
    DeferRecord **place = &g->defers; /* inner frames' records run first */
    while (*place && (*place)->frame > frame) place = &(*place)->next;
    record->next = *place;
    *place = record;
}
