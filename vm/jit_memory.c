/* SPDX-License-Identifier: MIT */
/* Memory in machine code: what lies behind pointers, in package variables, in arrays of the frame,
 * in slices. */
#include "vm/jit_operand.h"

#if defined(__x86_64__)

/* ---- Memory ---- */

enum { /* how a value lies in memory, for loads and stores */
       M_I8,
       M_U8,
       M_I16,
       M_U16,
       M_I32,
       M_U32,
       M_64
};

static unsigned load_op(unsigned form, bool *wide)
{
    static const unsigned ops[] = {X_MOVSX8, X_MOVZX8, X_MOVSX16, X_MOVZX16,
                                   X_MOVSXD, X_MOV,    X_MOV};
    *wide = form == M_I8 || form == M_I16 || form == M_I32 || form == M_64;
    return ops[form];
}

static unsigned store_op(unsigned form)
{
    if (form <= M_U8) return X_STORE8;
    return form <= M_U16 ? X_STORE16 : X_STORE;
}

/* slot = memory at base + disp, or with an index. */
static void load_slot(Jit *j, uint32_t slot, unsigned form, unsigned base, int32_t disp)
{
    bool wide;
    unsigned op = load_op(form, &wide);
    int to = pinned_float(j, slot);
    if (to >= 0 && form == M_64) {
        x64_rm(&j->as, false, X_MOVSD, (unsigned)to, base, disp);
        put_float(j, slot, (unsigned)to);
        return;
    }
    unsigned reg = target_int(j, slot);
    x64_rm(&j->as, wide, op, reg, base, disp);
    put_int(j, slot, reg);
}

static void load_slot_at(Jit *j, uint32_t slot, unsigned form, unsigned base, unsigned index)
{
    static const uint8_t shifts[] = {0, 0, 1, 1, 2, 2, 3};
    bool wide;
    unsigned op = load_op(form, &wide);
    int to = pinned_float(j, slot);
    if (to >= 0 && form == M_64) {
        x64_rx(&j->as, false, X_MOVSD, (unsigned)to, base, index, 3, 0);
        put_float(j, slot, (unsigned)to);
        return;
    }
    unsigned reg = target_int(j, slot);
    x64_rx(&j->as, wide, op, reg, base, index, shifts[form], 0);
    put_int(j, slot, reg);
}

/* memory = slot; `scratch` is free. */
static void store_slot(Jit *j, uint32_t slot, unsigned form, unsigned base, int32_t disp,
                       unsigned scratch)
{
    int from = pinned_float(j, slot);
    if (from >= 0 && form == M_64) {
        x64_rm(&j->as, false, X_MOVSD_STORE, (unsigned)from, base, disp);
        return;
    }
    unsigned reg = use_int(j, slot, scratch);
    x64_rm(&j->as, form == M_64, store_op(form), reg, base, disp);
}

static void store_slot_at(Jit *j, uint32_t slot, unsigned form, unsigned base, unsigned index,
                          unsigned scratch)
{
    static const uint8_t shifts[] = {0, 0, 1, 1, 2, 2, 3};
    int from = pinned_float(j, slot);
    if (from >= 0 && form == M_64) {
        x64_rx(&j->as, false, X_MOVSD_STORE, (unsigned)from, base, index, 3, 0);
        return;
    }
    unsigned reg = use_int(j, slot, scratch);
    x64_rx(&j->as, form == M_64, store_op(form), reg, base, index, shifts[form], 0);
}

static void load(Jit *j, const Instr *at, unsigned form)
{
    unsigned base = use_pointer(j, at->b, RCX);
    load_slot(j, at->a, form, base, at->c);
}

/* n slots behind a pointer; the pointer's slot may be among those written. */
static void load_several(Jit *j, uint32_t to, unsigned base, int32_t disp, unsigned n)
{
    static const uint8_t scratch[] = {RAX, RDX, RCX};
    for (unsigned i = 0; i < n; i++) x64_rm(&j->as, true, X_MOV, scratch[i], base, disp + DISP(i));
    for (unsigned i = 0; i < n; i++) put_int(j, to + i, scratch[i]);
}

static void store(Jit *j, const Instr *at, unsigned form)
{
    unsigned base = use_pointer(j, at->a, RCX);
    store_slot(j, at->b, form, base, at->c, RAX);
}

static void store_several(Jit *j, const Instr *at, unsigned n)
{
    unsigned base = use_pointer(j, at->a, RCX);
    for (unsigned i = 0; i < n; i++) store_slot(j, at->b + i, M_64, base, at->c + DISP(i), RAX);
}

/* R[a] = R[b] op memory */
static void load_and(Jit *j, const Instr *at, unsigned op)
{
    unsigned base = use_pointer(j, at->c, RCX), to = target_int(j, at->a);
    if (to == base || pinned_int(j, at->c) == (int)to) to = RAX;
    load_int(j, at->b, to);
    x64_rm(&j->as, true, op, to, base, (int32_t)at[1].word);
    put_int(j, at->a, to);
}

static void load_and_float(Jit *j, const Instr *at, unsigned op)
{
    unsigned base = use_pointer(j, at->c, RCX), to = target_float(j, at->a);
    load_float(j, at->b, to);
    x64_rm(&j->as, false, op, to, base, (int32_t)at[1].word);
    put_float(j, at->a, to);
}

/* memory op= R[b] */
static void change_memory(Jit *j, const Instr *at, unsigned op)
{
    unsigned base = use_pointer(j, at->a, RCX);
    x64_rm(&j->as, true, X_MOV, RAX, base, at->c);
    op_int(j, true, op, RAX, at->b);
    x64_rm(&j->as, true, X_STORE, RAX, base, at->c);
}

static void change_memory_float(Jit *j, const Instr *at, unsigned op)
{
    unsigned base = use_pointer(j, at->a, RCX);
    x64_rm(&j->as, false, X_MOVSD, XMM0, base, at->c);
    op_float(j, op, XMM0, at->b);
    x64_rm(&j->as, false, X_MOVSD_STORE, XMM0, base, at->c);
}

static void field(Jit *j, const Instr *at, uint64_t offset)
{
    load_int(j, at->b, RAX);
    x64_rr(&j->as, true, X_TEST, RAX, RAX);
    fault_if(j, CC_E);
    if (offset) x64_imm(&j->as, true, IMM_ADD, RAX, (int32_t)offset);
    put_int(j, at->a, RAX);
    if (at->a < j->nslots) j->checked[at->a] = j->block;
}

static void load_captured(Jit *j, const Instr *at)
{
    x64_rm(&j->as, true, X_MOV, RCX, RBX, -16);
    load_slot(j, at->a, M_64, RCX, (int32_t)offsetof(Closure, captured) + DISP(at->b));
}

static void load_global(Jit *j, const Instr *at, unsigned form)
{
    x64_load(&j->as, RCX, at[1].word);
    load_slot(j, at->a, form, RCX, 0);
}

static void store_global(Jit *j, const Instr *at, unsigned form, unsigned n)
{
    x64_load(&j->as, RCX, at[1].word);
    for (unsigned i = 0; i < n; i++) store_slot(j, at->a + i, form, RCX, DISP(i), RAX);
}

static void load_local(Jit *j, const Instr *at, unsigned form)
{
    show_slots(j, (uint32_t)at->bx / sizeof(Slot), 1);
    load_slot(j, at->a, form, RBX, at->bx);
}

static void store_local(Jit *j, const Instr *at, unsigned form)
{
    show_slots(j, (uint32_t)at->bx / sizeof(Slot), 1);
    store_slot(j, at->a, form, RBX, at->bx, RAX);
    slots_changed(j, (uint32_t)at->bx / sizeof(Slot), 1);
}

/* ---- Elements ---- */

/* Index and base of an element of the slice at `slice`, checked: the index in a register, the base
 * in another, rcx and rax if need be. */
static unsigned use_index(Jit *j, uint32_t slice, uint32_t index)
{
    unsigned i = use_int(j, index, RCX);
    op_int(j, true, X_CMP, i, slice + 1);
    fault_if(j, CC_AE);
    return i;
}

static void load_element(Jit *j, const Instr *at, unsigned form)
{
    unsigned i = use_index(j, at->b, at->c), base = use_int(j, at->b, RAX);
    load_slot_at(j, at->a, form, base, i);
}

static void store_element(Jit *j, const Instr *at, unsigned form)
{
    unsigned i = use_index(j, at->a, at->b), base = use_int(j, at->a, RAX);
    store_slot_at(j, at->c, form, base, i, RDX);
}

/* rcx = address of an element of n slots */
static void slots_element(Jit *j, uint32_t slice, uint32_t index, unsigned n)
{
    unsigned i = use_index(j, slice, index), base = use_int(j, slice, RAX);
    if (n == 3) {
        x64_rx(&j->as, true, X_LEA, RCX, i, i, 1, 0);
    } else {
        x64_rr(&j->as, true, X_MOV, RCX, i);
        x64_rr(&j->as, true, X_SHIFT_IMM, SHIFT_SHL, RCX);
        x64_byte(&j->as, n / 2);
    }
    x64_rx(&j->as, true, X_LEA, RCX, base, RCX, 3, 0);
}

static void load_slots_element(Jit *j, const Instr *at, unsigned n)
{
    slots_element(j, at->b, at->c, n);
    load_several(j, at->a, RCX, 0, n);
}

static void store_slots_element(Jit *j, const Instr *at, unsigned n)
{
    slots_element(j, at->a, at->b, n);
    for (unsigned i = 0; i < n; i++) store_slot(j, at->c + i, M_64, RCX, DISP(i), RAX);
}

/* The row R[index] of the slice, then rax = its base, *i = the index in it, checked. */
static unsigned use_row(Jit *j, uint32_t slice, uint32_t index, uint32_t in_row)
{
    slots_element(j, slice, index, 3);
    unsigned i = use_int(j, in_row, RDX);
    x64_rm(&j->as, true, X_CMP, i, RCX, 8);
    fault_if(j, CC_AE);
    x64_rm(&j->as, true, X_MOV, RAX, RCX, 0);
    return i;
}

static void load_in_row(Jit *j, const Instr *at, unsigned form)
{
    unsigned i = use_row(j, at->b, at->c, (uint32_t)at[1].word);
    load_slot_at(j, at->a, form, RAX, i);
}

static void store_in_row(Jit *j, const Instr *at, unsigned form)
{
    unsigned i = use_row(j, at->a, at->b, (uint32_t)at[1].word);
    store_slot_at(j, at->c, form, RAX, i, RCX);
}

/* rcx = index * size */
static void scale(Jit *j, unsigned index, uint64_t size)
{
    if (size && !(size & (size - 1))) {
        if (index != RCX) x64_rr(&j->as, true, X_MOV, RCX, index);
        if (size == 1) return;
        x64_rr(&j->as, true, X_SHIFT_IMM, SHIFT_SHL, RCX);
        x64_byte(&j->as, (unsigned)__builtin_ctzll(size));
        return;
    }
    x64_rr(&j->as, true, 0x69, RCX, index);
    x64_long(&j->as, (uint32_t)size);
}

/* rcx = address of an element of any size */
static void address_element(Jit *j, uint32_t slice, uint32_t index, uint64_t size)
{
    unsigned i = use_index(j, slice, index);
    scale(j, i, size);
    op_int(j, true, X_ADD, RCX, slice);
}

static bool load_part(Jit *j, const Instr *at)
{
    uint64_t word = at[1].word;
    if ((uint32_t)word > INT32_MAX || word >> 32 > INT32_MAX) return false;
    address_element(j, at->b, at->c, (uint32_t)word);
    load_slot(j, at->a, M_64, RCX, (int32_t)(word >> 32));
    return true;
}

static bool address(Jit *j, const Instr *at)
{
    if (at[1].word > INT32_MAX) return false;
    address_element(j, at->b, at->c, at[1].word);
    put_int(j, at->a, RCX);
    return true;
}

static bool load_near(Jit *j, const Instr *at, unsigned form)
{
    if ((int64_t)at[1].word != (int32_t)at[1].word) return false;
    unsigned i = use_int(j, at->c, RCX);
    x64_rm(&j->as, true, X_LEA, RCX, i, (int32_t)at[1].word);
    op_int(j, true, X_CMP, RCX, (uint32_t)at->b + 1);
    fault_if(j, CC_AE);
    unsigned base = use_int(j, at->b, RAX);
    load_slot_at(j, at->a, form, base, RCX);
    return true;
}

/* R[a] = R[b] op element R[W] of slice R[c:3] */
static void element_and(Jit *j, const Instr *at, unsigned op)
{
    unsigned i = use_index(j, at->c, (uint32_t)at[1].word), base = use_int(j, at->c, RDX);
    load_int(j, at->b, RAX);
    x64_rx(&j->as, true, op, RAX, base, i, 3, 0);
    put_int(j, at->a, RAX);
}

static void element_and_float(Jit *j, const Instr *at, unsigned op)
{
    unsigned i = use_index(j, at->c, (uint32_t)at[1].word), base = use_int(j, at->c, RDX);
    unsigned to = target_float(j, at->a);
    load_float(j, at->b, to);
    x64_rx(&j->as, false, op, to, base, i, 3, 0);
    put_float(j, at->a, to);
}

/* element R[b] of slice R[a:3] += R[c] or an immediate */
static void change_element(Jit *j, const Instr *at, bool is_imm)
{
    unsigned i = use_index(j, at->a, at->b), base = use_int(j, at->a, RDX);
    x64_rx(&j->as, true, X_MOV, RAX, base, i, 3, 0);
    if (is_imm)
        x64_imm(&j->as, true, IMM_ADD, RAX, SIMM(at->c));
    else
        op_int(j, true, X_ADD, RAX, at->c);
    x64_rx(&j->as, true, X_STORE, RAX, base, i, 3, 0);
}

static void change_element_float(Jit *j, const Instr *at)
{
    unsigned i = use_index(j, at->a, at->b), base = use_int(j, at->a, RDX);
    x64_rx(&j->as, false, X_MOVSD, XMM0, base, i, 3, 0);
    op_float(j, X_ADDSD, XMM0, at->c);
    x64_rx(&j->as, false, X_MOVSD_STORE, XMM0, base, i, 3, 0);
}

/* The index, checked against a constant length. */
static unsigned use_index_below(Jit *j, uint32_t index, uint64_t len)
{
    unsigned i = use_int(j, index, RCX);
    x64_imm(&j->as, true, IMM_CMP, i, (int32_t)len);
    fault_if(j, CC_AE);
    return i;
}

static bool load_local_element(Jit *j, const Instr *at)
{
    if (at[1].word > INT32_MAX) return false;
    unsigned i = use_index_below(j, at->c, at[1].word);
    show_slots(j, at->b, at[1].word);
    x64_rx(&j->as, true, X_MOV, RAX, RBX, i, 3, DISP(at->b));
    put_int(j, at->a, RAX);
    return true;
}

static bool store_local_element(Jit *j, const Instr *at)
{
    if (at[1].word > INT32_MAX) return false;
    unsigned i = use_index_below(j, at->b, at[1].word);
    unsigned from = use_int(j, at->c, RAX);
    show_slots(j, at->a, at[1].word);
    x64_rx(&j->as, true, X_STORE, from, RBX, i, 3, DISP(at->a));
    slots_changed(j, at->a, at[1].word);
    return true;
}

/* Elements of the memory forms of LDLX, where the array is in the frame. */
static bool load_local_form(Jit *j, const Instr *at)
{
    uint64_t word = at[1].word, len = (uint32_t)word, size = word >> 40;
    unsigned form = (unsigned)(word >> 32) & 0xFF;
    if (form > M_64 || (uint32_t)word > INT32_MAX) return false;
    unsigned i = use_index_below(j, at->c, (uint32_t)word);
    static const uint8_t shifts[] = {0, 0, 1, 1, 2, 2, 3};
    bool wide;
    unsigned op = load_op(form, &wide);
    show_slots(j, at->b, (len * size + 7) / 8);
    x64_rx(&j->as, wide, op, RAX, RBX, i, shifts[form], DISP(at->b));
    put_int(j, at->a, RAX);
    return true;
}

static bool store_local_form(Jit *j, const Instr *at)
{
    uint64_t word = at[1].word, len = (uint32_t)word, size = word >> 40;
    unsigned form = (unsigned)(word >> 32) & 0xFF;
    static const uint8_t shifts[] = {0, 0, 1, 1, 2, 2, 3};
    if (form > M_64 || len > INT32_MAX) return false;
    unsigned i = use_index_below(j, at->b, len);
    unsigned from = use_int(j, at->c, RAX);
    show_slots(j, at->a, (len * size + 7) / 8);
    x64_rx(&j->as, form == M_64, store_op(form), from, RBX, i, shifts[form], DISP(at->a));
    slots_changed(j, at->a, (len * size + 7) / 8);
    return true;
}

static bool load_behind(Jit *j, const Instr *at, unsigned form)
{
    if (at[1].word > INT32_MAX) return false;
    unsigned base = use_pointer(j, at->b, RAX);
    unsigned i = use_index_below(j, at->c, at[1].word);
    load_slot_at(j, at->a, form, base, i);
    return true;
}

static bool store_behind(Jit *j, const Instr *at, unsigned form)
{
    if (at[1].word > INT32_MAX) return false;
    unsigned base = use_pointer(j, at->a, RAX);
    unsigned i = use_index_below(j, at->b, at[1].word);
    store_slot_at(j, at->c, form, base, i, RDX);
    return true;
}

static bool address_behind(Jit *j, const Instr *at)
{
    uint64_t len = (uint32_t)at[1].word, size = at[1].word >> 32;
    if (len > INT32_MAX || size > INT32_MAX) return false;
    unsigned base = use_pointer(j, at->b, RAX);
    unsigned i = use_index_below(j, at->c, len);
    scale(j, i, size);
    x64_rr(&j->as, true, X_ADD, RCX, base);
    put_int(j, at->a, RCX);
    return true;
}

/* An element of the slice at pointer + offset: rax is its base, the index is returned, both
 * checked. */
static unsigned use_memory_index(Jit *j, uint32_t pointer, int32_t offset, uint32_t index)
{
    unsigned base = use_pointer(j, pointer, RAX), i = use_int(j, index, RCX);
    x64_rm(&j->as, true, X_CMP, i, base, offset + 8);
    fault_if(j, CC_AE);
    x64_rm(&j->as, true, X_MOV, RAX, base, offset);
    return i;
}

static void load_in_memory(Jit *j, const Instr *at, unsigned form)
{
    unsigned i = use_memory_index(j, at->b, (int32_t)at[1].word, at->c);
    load_slot_at(j, at->a, form, RAX, i);
}

static void store_in_memory(Jit *j, const Instr *at, unsigned form)
{
    unsigned i = use_memory_index(j, at->a, (int32_t)at[1].word, at->b);
    store_slot_at(j, at->c, form, RAX, i, RDX);
}

static bool address_in_memory(Jit *j, const Instr *at)
{
    uint64_t word = at[1].word, size = word << 16 >> 16;
    if (size > INT32_MAX) return false;
    unsigned i = use_memory_index(j, at->b, (int32_t)(word >> 48), at->c);
    scale(j, i, size);
    x64_rr(&j->as, true, X_ADD, RCX, RAX);
    put_int(j, at->a, RCX);
    return true;
}

static bool load_part_in_memory(Jit *j, const Instr *at)
{
    uint64_t word = at[1].word;
    if ((uint32_t)word > INT32_MAX) return false;
    unsigned i = use_memory_index(j, at->b, (uint16_t)(word >> 32), at->c);
    scale(j, i, (uint32_t)word);
    x64_rr(&j->as, true, X_ADD, RCX, RAX);
    load_slot(j, at->a, M_64, RCX, (int32_t)(word >> 48));
    return true;
}

/* R[a]++; while there is an element, loads it and loops. */
static void next_element(Jit *j, const Instr *at, unsigned form, unsigned n)
{
    int pinned = pinned_int(j, at->a);
    unsigned i = pinned >= 0 ? (unsigned)pinned : RCX;
    load_int(j, at->a, i);
    x64_imm(&j->as, true, IMM_ADD, i, 1);
    put_int(j, at->a, i);
    op_int(j, true, X_CMP, i, (uint32_t)at->b + 1);
    uint8_t *end = x64_jcc(&j->as, CC_GE);
    unsigned base = use_int(j, at->b, RAX);
    if (n == 1) {
        load_slot_at(j, (uint32_t)at[1].word, form, base, i);
    } else {
        x64_rr(&j->as, true, X_MOV, RCX, i);
        x64_rr(&j->as, true, X_SHIFT_IMM, SHIFT_SHL, RCX);
        x64_byte(&j->as, 1);
        x64_rx(&j->as, true, X_LEA, RCX, base, RCX, 3, 0);
        load_several(j, (uint32_t)at[1].word, RCX, 0, 2);
    }
    loop_to(j, near_target(j, at));
    x64_patch(end, j->as.at);
}

/* clang-format off */

bool jit_memory(Jit *j, const Instr *at)
{
    switch (at->op) {
    case OP_LD8: load(j, at, M_I8); return true;
    case OP_LDU8: load(j, at, M_U8); return true;
    case OP_LD16: load(j, at, M_I16); return true;
    case OP_LDU16: load(j, at, M_U16); return true;
    case OP_LD32: load(j, at, M_I32); return true;
    case OP_LDU32: load(j, at, M_U32); return true;
    case OP_LD64: load(j, at, M_64); return true;
    case OP_LD128: load_several(j, at->a, use_pointer(j, at->b, RCX), at->c, 2); return true;
    case OP_LD192: load_several(j, at->a, use_pointer(j, at->b, RCX), at->c, 3); return true;
    case OP_ST8: store(j, at, M_U8); return true;
    case OP_ST16: store(j, at, M_U16); return true;
    case OP_ST32: store(j, at, M_U32); return true;
    case OP_ST64: store(j, at, M_64); return true;
    case OP_ST128: store_several(j, at, 2); return true;
    case OP_ST192: store_several(j, at, 3); return true;
    case OP_ADDL: load_and(j, at, X_ADD); return true;
    case OP_SUBL: load_and(j, at, X_SUB); return true;
    case OP_MULL: load_and(j, at, X_IMUL); return true;
    case OP_ADDFL: load_and_float(j, at, X_ADDSD); return true;
    case OP_SUBFL: load_and_float(j, at, X_SUBSD); return true;
    case OP_MULFL: load_and_float(j, at, X_MULSD); return true;
    case OP_ADDM: change_memory(j, at, X_ADD); return true;
    case OP_SUBM: change_memory(j, at, X_SUB); return true;
    case OP_ADDIM:
        x64_imm_mem(&j->as, true, IMM_ADD, use_pointer(j, at->a, RCX), at->c, SIMM(at->b));
        return true;
    case OP_ADDFM: change_memory_float(j, at, X_ADDSD); return true;
    case OP_SUBFM: change_memory_float(j, at, X_SUBSD); return true;
    case OP_FIELD: field(j, at, at->c); return true;
    case OP_FIELDX:
        if (at[1].word > INT32_MAX) return false;
        field(j, at, at[1].word);
        return true;
    case OP_NILCHK: use_pointer(j, at->a, RAX); return true;

    case OP_LDCAP: load_captured(j, at); return true;
    case OP_LDG8: load_global(j, at, M_I8); return true;
    case OP_LDGU8: load_global(j, at, M_U8); return true;
    case OP_LDG16: load_global(j, at, M_I16); return true;
    case OP_LDGU16: load_global(j, at, M_U16); return true;
    case OP_LDG32: load_global(j, at, M_I32); return true;
    case OP_LDGU32: load_global(j, at, M_U32); return true;
    case OP_LDG64: load_global(j, at, M_64); return true;
    case OP_LDG128: x64_load(&j->as, RCX, at[1].word); load_several(j, at->a, RCX, 0, 2); return true;
    case OP_LDG192: x64_load(&j->as, RCX, at[1].word); load_several(j, at->a, RCX, 0, 3); return true;
    case OP_STG8: store_global(j, at, M_U8, 1); return true;
    case OP_STG16: store_global(j, at, M_U16, 1); return true;
    case OP_STG32: store_global(j, at, M_U32, 1); return true;
    case OP_STG64: store_global(j, at, M_64, 1); return true;
    case OP_STG128: store_global(j, at, M_64, 2); return true;
    case OP_STG192: store_global(j, at, M_64, 3); return true;

    case OP_LDL8: load_local(j, at, M_I8); return true;
    case OP_LDLU8: load_local(j, at, M_U8); return true;
    case OP_LDL16: load_local(j, at, M_I16); return true;
    case OP_LDLU16: load_local(j, at, M_U16); return true;
    case OP_LDL32: load_local(j, at, M_I32); return true;
    case OP_LDLU32: load_local(j, at, M_U32); return true;
    case OP_STL8: store_local(j, at, M_U8); return true;
    case OP_STL16: store_local(j, at, M_U16); return true;
    case OP_STL32: store_local(j, at, M_U32); return true;
    default: return false;
    }
}

bool jit_elements(Jit *j, const Instr *at)
{
    switch (at->op) {
    case OP_LDLX: return load_local_form(j, at);
    case OP_STLX: return store_local_form(j, at);
    case OP_LDLX64: return load_local_element(j, at);
    case OP_STLX64: return store_local_element(j, at);
    case OP_NEXTX64: next_element(j, at, M_64, 1); return true;
    case OP_NEXTX128: next_element(j, at, M_64, 2); return true;
    case OP_NEXTX32: next_element(j, at, M_I32, 1); return true;
    case OP_NEXTXU8: next_element(j, at, M_U8, 1); return true;
    case OP_LDX8: load_element(j, at, M_I8); return true;
    case OP_LDXU8: load_element(j, at, M_U8); return true;
    case OP_LDX16: load_element(j, at, M_I16); return true;
    case OP_LDXU16: load_element(j, at, M_U16); return true;
    case OP_LDX32: load_element(j, at, M_I32); return true;
    case OP_LDXU32: load_element(j, at, M_U32); return true;
    case OP_LDX64: load_element(j, at, M_64); return true;
    case OP_LDX128: load_slots_element(j, at, 2); return true;
    case OP_LDX192: load_slots_element(j, at, 3); return true;
    case OP_LDXX64: load_in_row(j, at, M_64); return true;
    case OP_LDXXU8: load_in_row(j, at, M_U8); return true;
    case OP_STXX64: store_in_row(j, at, M_64); return true;
    case OP_STXX8: store_in_row(j, at, M_U8); return true;
    case OP_LDXO64: return load_part(j, at);
    case OP_LDXI64: return load_near(j, at, M_64);
    case OP_LDXIU8: return load_near(j, at, M_U8);
    case OP_ADDE: element_and(j, at, X_ADD); return true;
    case OP_SUBE: element_and(j, at, X_SUB); return true;
    case OP_MULE: element_and(j, at, X_IMUL); return true;
    case OP_ADDFE: element_and_float(j, at, X_ADDSD); return true;
    case OP_SUBFE: element_and_float(j, at, X_SUBSD); return true;
    case OP_MULFE: element_and_float(j, at, X_MULSD); return true;
    case OP_STX8: store_element(j, at, M_U8); return true;
    case OP_STX16: store_element(j, at, M_U16); return true;
    case OP_STX32: store_element(j, at, M_U32); return true;
    case OP_STX64: store_element(j, at, M_64); return true;
    case OP_STX128: store_slots_element(j, at, 2); return true;
    case OP_STX192: store_slots_element(j, at, 3); return true;
    case OP_ADDX: change_element(j, at, false); return true;
    case OP_ADDIX: change_element(j, at, true); return true;
    case OP_ADDFX: change_element_float(j, at); return true;
    case OP_ADDRX: return address(j, at);
    case OP_ADDRP: return address_behind(j, at);
    case OP_LDPXU8: return load_behind(j, at, M_U8);
    case OP_LDPX32: return load_behind(j, at, M_I32);
    case OP_LDPXU32: return load_behind(j, at, M_U32);
    case OP_LDPX64: return load_behind(j, at, M_64);
    case OP_STPX8: return store_behind(j, at, M_U8);
    case OP_STPX32: return store_behind(j, at, M_U32);
    case OP_STPX64: return store_behind(j, at, M_64);
    case OP_LDMXU8: load_in_memory(j, at, M_U8); return true;
    case OP_LDMX32: load_in_memory(j, at, M_I32); return true;
    case OP_LDMX64: load_in_memory(j, at, M_64); return true;
    case OP_STMX8: store_in_memory(j, at, M_U8); return true;
    case OP_STMX32: store_in_memory(j, at, M_U32); return true;
    case OP_STMX64: store_in_memory(j, at, M_64); return true;
    case OP_ADDRMX: return address_in_memory(j, at);
    case OP_LDMO64: return load_part_in_memory(j, at);
    case OP_BOUNDS:
        op_int(j, true, X_CMP, use_int(j, at->a, RAX), at->b);
        fault_if(j, CC_AE);
        return true;
    default: return false;
    }
}

/* clang-format on */

#endif
