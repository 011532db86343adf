/* SPDX-License-Identifier: MIT */
/* Operands of instructions in machine code.
 *
 * They come by use_int and use_float: the register that the slot is pinned in, or the scratch
 * register named, loaded from the frame. Results go by put_int and put_float to the slot's
 * register, which is dirty then, or to the frame. Where an instruction would fault, or meets a case
 * too rare to be worth the code, it jumps out before it has changed anything (fault_if, leave_if),
 * and the interpreter does it again. */
#ifndef MGO_VM_JIT_OPERAND_H
#define MGO_VM_JIT_OPERAND_H

#include "vm/jit_internal.h"

#define DISP(slot) ((int32_t)((slot) * sizeof(Slot)))
#define SIMM(x)    ((int16_t)(x))

/* ---- Operands ---- */

static inline const Pinned *pinned_at(const Jit *j, uint32_t slot)
{
    return slot < j->nslots && j->pin[slot] ? &j->pinned[j->pin[slot] - 1] : NULL;
}

/* The register that the slot's value is pinned in as an integer, or -1. */
static inline int pinned_int(const Jit *j, uint32_t slot)
{
    const Pinned *pinned = pinned_at(j, slot);
    return pinned && !pinned->is_float ? pinned->reg : -1;
}

static inline int pinned_float(const Jit *j, uint32_t slot)
{
    const Pinned *pinned = pinned_at(j, slot);
    return pinned && pinned->is_float ? pinned->reg : -1;
}

/* Stores a pinned slot in the frame; leaves the flags alone. */
static inline void store_pinned(Jit *j, const Pinned *pinned)
{
    if (pinned->is_float)
        x64_rm(&j->as, false, X_MOVSD_STORE, pinned->reg, RBX, DISP(pinned->slot));
    else
        x64_rm(&j->as, true, X_STORE, pinned->reg, RBX, DISP(pinned->slot));
}

/* Lets the frame have n slots as they are. They stay dirty, as this may be done on one way only. */
static inline void show_slots(Jit *j, uint32_t slot, uint64_t n)
{
    for (uint32_t i = 0; i < j->npinned; i++)
        if (j->dirty >> i & 1 && j->pinned[i].slot >= slot && j->pinned[i].slot - slot < n)
            store_pinned(j, &j->pinned[i]);
}

/* Lets the frame have all slots as they are. */
static inline void clean_slots(Jit *j)
{
    show_slots(j, 0, j->nslots);
    j->dirty = 0;
}

/* Loads the slot into this very register. */
static inline void load_int(Jit *j, uint32_t slot, unsigned reg)
{
    const Pinned *pinned = pinned_at(j, slot);
    if (!pinned)
        x64_rm(&j->as, true, X_MOV, reg, RBX, DISP(slot));
    else if (pinned->is_float)
        x64_rr(&j->as, true, X_MOVQ_FROM_XMM, pinned->reg, reg);
    else if (pinned->reg != reg)
        x64_rr(&j->as, true, X_MOV, reg, pinned->reg);
}

static inline void load_float(Jit *j, uint32_t slot, unsigned reg)
{
    const Pinned *pinned = pinned_at(j, slot);
    if (!pinned)
        x64_rm(&j->as, false, X_MOVSD, reg, RBX, DISP(slot));
    else if (!pinned->is_float)
        x64_rr(&j->as, true, X_MOVQ_TO_XMM, reg, pinned->reg);
    else if (pinned->reg != reg)
        x64_rr(&j->as, false, X_MOVAPS, reg, pinned->reg);
}

static inline unsigned use_int(Jit *j, uint32_t slot, unsigned scratch)
{
    int reg = pinned_int(j, slot);
    if (reg >= 0) return (unsigned)reg;
    load_int(j, slot, scratch);
    return scratch;
}

static inline unsigned use_float(Jit *j, uint32_t slot, unsigned scratch)
{
    int reg = pinned_float(j, slot);
    if (reg >= 0) return (unsigned)reg;
    load_float(j, slot, scratch);
    return scratch;
}

/* op reg, slot */
static inline void op_int(Jit *j, bool wide, unsigned op, unsigned reg, uint32_t slot)
{
    int from = pinned_int(j, slot);
    if (from >= 0) {
        x64_rr(&j->as, wide, op, reg, (unsigned)from);
        return;
    }
    show_slots(j, slot, 1);
    x64_rm(&j->as, wide, op, reg, RBX, DISP(slot));
}

static inline void op_float(Jit *j, unsigned op, unsigned reg, uint32_t slot)
{
    int from = pinned_float(j, slot);
    if (from >= 0) {
        x64_rr(&j->as, false, op, reg, (unsigned)from);
        return;
    }
    show_slots(j, slot, 1);
    x64_rm(&j->as, false, op, reg, RBX, DISP(slot));
}

/* cmp slot, imm */
static inline void compare_imm(Jit *j, uint32_t slot, int32_t imm)
{
    int reg = pinned_int(j, slot);
    if (reg < 0) {
        show_slots(j, slot, 1);
        x64_imm_mem(&j->as, true, IMM_CMP, RBX, DISP(slot), imm);
    } else if (imm == 0) {
        x64_rr(&j->as, true, X_TEST, (unsigned)reg, (unsigned)reg);
    } else {
        x64_imm(&j->as, true, IMM_CMP, (unsigned)reg, imm);
    }
}

static inline void forget(Jit *j, uint32_t slot)
{
    if (slot < j->nslots) j->checked[slot] = 0;
}

/* The register that a result for the slot is best made in. */
static inline unsigned target_int(const Jit *j, uint32_t slot)
{
    int reg = pinned_int(j, slot);
    return reg >= 0 ? (unsigned)reg : RAX;
}

static inline unsigned target_float(const Jit *j, uint32_t slot)
{
    int reg = pinned_float(j, slot);
    return reg >= 0 ? (unsigned)reg : XMM0;
}

/* The slot's register is about to be ahead of the frame. */
static inline const Pinned *dirty_slot(Jit *j, uint32_t slot)
{
    const Pinned *pinned = pinned_at(j, slot);
    forget(j, slot);
    if (pinned) j->dirty |= 1u << (pinned - j->pinned);
    return pinned;
}

static inline void put_int(Jit *j, uint32_t slot, unsigned reg)
{
    const Pinned *pinned = dirty_slot(j, slot);
    if (!pinned)
        x64_rm(&j->as, true, X_STORE, reg, RBX, DISP(slot));
    else if (pinned->is_float)
        x64_rr(&j->as, true, X_MOVQ_TO_XMM, pinned->reg, reg);
    else if (pinned->reg != reg)
        x64_rr(&j->as, true, X_MOV, pinned->reg, reg);
}

static inline void put_float(Jit *j, uint32_t slot, unsigned reg)
{
    const Pinned *pinned = dirty_slot(j, slot);
    if (!pinned)
        x64_rm(&j->as, false, X_MOVSD_STORE, reg, RBX, DISP(slot));
    else if (!pinned->is_float)
        x64_rr(&j->as, true, X_MOVQ_FROM_XMM, reg, pinned->reg);
    else if (pinned->reg != reg)
        x64_rr(&j->as, false, X_MOVAPS, pinned->reg, reg);
}

/* A constant that fits in 32 bits with its sign. */
static inline void put_imm(Jit *j, uint32_t slot, int32_t value)
{
    const Pinned *pinned = dirty_slot(j, slot);
    if (!pinned) {
        x64_rm(&j->as, true, X_STORE_IMM, 0, RBX, DISP(slot));
        x64_long(&j->as, (uint32_t)value);
    } else if (!pinned->is_float) {
        x64_load(&j->as, pinned->reg, (uint64_t)(int64_t)value);
    } else {
        x64_load(&j->as, RAX, (uint64_t)(int64_t)value);
        x64_rr(&j->as, true, X_MOVQ_TO_XMM, pinned->reg, RAX);
    }
}

static inline void put_word(Jit *j, uint32_t slot, uint64_t value)
{
    if ((int64_t)value == (int32_t)value) {
        put_imm(j, slot, (int32_t)value);
        return;
    }
    x64_load(&j->as, RAX, value);
    put_int(j, slot, RAX);
}

static inline void load_pinned_slot(Jit *j, const Pinned *pinned)
{
    if (pinned->is_float)
        x64_rm(&j->as, false, X_MOVSD, pinned->reg, RBX, DISP(pinned->slot));
    else
        x64_rm(&j->as, true, X_MOV, pinned->reg, RBX, DISP(pinned->slot));
}

/* n slots were written in the frame, which had them as they were. */
static inline void slots_changed(Jit *j, uint32_t slot, uint64_t n)
{
    for (uint32_t i = 0; i < j->npinned; i++) {
        if (j->pinned[i].slot < slot || j->pinned[i].slot - slot >= n) continue;
        load_pinned_slot(j, &j->pinned[i]);
        j->dirty &= ~(1u << i);
    }
    for (uint64_t i = 0; i < n; i++) forget(j, (uint32_t)(slot + i));
}

static inline void move_slot(Jit *j, uint32_t to, uint32_t from)
{
    if (pinned_float(j, from) >= 0 || (pinned_float(j, to) >= 0 && pinned_int(j, from) < 0)) {
        unsigned reg =
            pinned_float(j, from) >= 0 ? (unsigned)pinned_float(j, from) : target_float(j, to);
        load_float(j, from, reg);
        put_float(j, to, reg);
        return;
    }
    unsigned reg = pinned_int(j, from) >= 0 ? (unsigned)pinned_int(j, from) : target_int(j, to);
    load_int(j, from, reg);
    put_int(j, to, reg);
}

/* ---- Ways out, and jumps ---- */

/* Out to the interpreter, which will not come back behind this instruction: it faults. */
static inline void fault_if(Jit *j, unsigned condition)
{
    jit_leave(j, x64_jcc(&j->as, condition), JIT_STEP, j->pc);
}

/* Out to the interpreter, which does this instruction and comes back. */
static inline void leave_if(Jit *j, unsigned condition)
{
    fault_if(j, condition);
    uint32_t next = j->pc + 1 + (uint32_t)op_info[j->code[j->pc].op].words;
    if (next < j->n) j->words[next].wants_entry = true;
}

static inline void jump(Jit *j, int64_t pc)
{
    jit_note_way(j, (uint32_t)pc);
    vec_push(&j->jumps, ((JumpHole){x64_jmp(&j->as), (uint32_t)pc}));
}

static inline void jump_if(Jit *j, unsigned condition, int64_t pc)
{
    jit_note_way(j, (uint32_t)pc);
    vec_push(&j->jumps, ((JumpHole){x64_jcc(&j->as, condition), (uint32_t)pc}));
}

/* Takes one from the budget and goes back to pc. */
static inline void loop_to(Jit *j, int64_t pc)
{
    x64_rr(&j->as, false, X_GROUP5, 1, R13);
    jump_if(j, CC_NS, pc);
    jit_leave(j, x64_jmp(&j->as), JIT_PREEMPT, (uint32_t)pc);
}

static inline int64_t near_target(const Jit *j, const Instr *at)
{
    return (int64_t)j->pc + 1 + op_info[at->op].words + SIMM(at->c);
}

/* The pointer in the slot, which is not nil afterwards. */
static inline unsigned use_pointer(Jit *j, uint32_t slot, unsigned scratch)
{
    unsigned reg = use_int(j, slot, scratch);
    if (slot < j->nslots && j->checked[slot] == j->block) return reg;
    x64_rr(&j->as, true, X_TEST, reg, reg);
    fault_if(j, CC_E);
    if (slot < j->nslots) j->checked[slot] = j->block;
    return reg;
}

#endif
