/* SPDX-License-Identifier: MIT */
/* Instructions, labels, registers.
 *
 * Registers are a stack: reg_alloc pushes, reg_release pops. Code is emitted in order; a jump to a
 * label that is not placed yet leaves a hole that label_place fills.
 *
 * Fused compare-and-jump instructions reach 32 K words. Nearly every function fits, so the first
 * try emits them plainly and only notes when one does not reach; the second try (is_long) emits
 * each as the opposite test skipping over a JMP, which reaches 2 G. */
#include "compiler/internal.h"

#include "base/diag.h"
#include "base/fatal.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FRAME 0xFF00u     /* slots; what remains of 16 bits is for NO_REG and the like */
#define WORD_HOLE 0x80000000u /* marks a Label.jumps entry that is an operand word */

/* ---- Instructions ---- */

/* How many operand words follow the instruction. */
static uint32_t instr_words(const Instr *at)
{
    int words = op_info[at->op].words;
    return words < 0 ? at->b : (uint32_t)words;
}

static void note_position(FuncState *f)
{
    size_t n = f->positions.len;
    if (n > 0 && f->positions.at[n - 1].pos == f->pos) return;
    if (n > 0 && f->positions.at[n - 1].pc == f->code.len) {
        f->positions.at[n - 1].pos = f->pos;
        return;
    }
    vec_push(&f->positions, ((PosEntry){.pc = (uint32_t)f->code.len, .pos = f->pos}));
}

static uint32_t add(FuncState *f, Instr instr)
{
    note_position(f);
    f->op_before = f->last_op;
    f->last_op = (uint32_t)f->code.len;
    vec_push(&f->code, instr);
    return f->last_op;
}

uint32_t emit_abc(FuncState *f, Op op, Reg a, Reg b, Reg c)
{
    return add(f,
               (Instr){.op = (uint16_t)op, .a = (uint16_t)a, .b = (uint16_t)b, .c = (uint16_t)c});
}

uint32_t emit_abx(FuncState *f, Op op, Reg a, int64_t bx)
{
    return add(f, (Instr){.op_ = (uint16_t)op, .a_ = (uint16_t)a, .bx = (int32_t)bx});
}

void emit_word(FuncState *f, uint64_t word)
{
    vec_push(&f->code, (Instr){.word = word});
}

void emit_ptr(FuncState *f, const void *p)
{
    emit_word(f, (uint64_t)(uintptr_t)p);
}

/* ---- Labels and jumps ---- */

void label_init(Label *label)
{
    memset(label, 0, sizeof *label);
    label->pc = -1;
}

void label_free(Label *label)
{
    vec_free(&label->jumps);
}

static bool has_long_offset(Op op)
{
    return op == OP_JMP || op == OP_JTYPE || op == OP_JT || op == OP_JF || op == OP_LOOP ||
           op == OP_LOOPT || op == OP_LOOPF;
}

/* Lets the jump (or operand word) at `hole` go to pc. */
static void patch(FuncState *f, uint32_t hole, int32_t pc)
{
    uint32_t at = hole & ~WORD_HOLE;
    int64_t offset = (int64_t)pc - (int64_t)at - 1;
    Instr *instr = &f->code.at[at];
    if (!(hole & WORD_HOLE)) offset -= op_info[instr->op].words;
    if (hole & WORD_HOLE) {
        instr->word = (uint64_t)offset;
    } else if (has_long_offset((Op)instr->op)) {
        instr->bx = (int32_t)offset;
    } else {
        if (offset < INT16_MIN || offset > INT16_MAX) f->overflowed = true;
        instr->c = (uint16_t)(int16_t)offset;
    }
}

void label_place(FuncState *f, Label *label)
{
    label->pc = (int32_t)f->code.len;
    f->barrier = (uint32_t)f->code.len;
    for (size_t i = 0; i < label->jumps.len; i++) patch(f, label->jumps.at[i], label->pc);
    vec_free(&label->jumps);
}

/* The jump just emitted at `hole` goes to the label. */
static void link(FuncState *f, uint32_t hole, Label *to)
{
    if (to->pc >= 0)
        patch(f, hole, to->pc);
    else
        vec_push(&to->jumps, hole);
}

void emit_jump(FuncState *f, Label *to)
{
    link(f, emit_abx(f, to->pc >= 0 ? OP_LOOP : OP_JMP, 0, 0), to);
}

void emit_jump_if(FuncState *f, bool sense, Reg cond, Label *to)
{
    Op op = to->pc >= 0 ? (sense ? OP_LOOPT : OP_LOOPF) : (sense ? OP_JT : OP_JF);
    link(f, emit_abx(f, op, cond, 0), to);
}

void emit_jump_type(FuncState *f, Reg iface, const void *type, Label *to)
{
    uint32_t at = emit_abx(f, OP_JTYPE, iface, 0);
    emit_ptr(f, type);
    link(f, at, to);
}

void emit_leaf(FuncState *f, Reg receiver, Reg arg, LeafFn *fn, Label *done)
{
    uint32_t at = emit_abc(f, OP_LEAF, receiver, arg, 0);
    emit_word(f, (uintptr_t)fn);
    link(f, at, done);
}

void emit_leaf_const(FuncState *f, Reg receiver, const uint64_t arg[2], LeafFn *fn, Label *done)
{
    uint32_t at = emit_abc(f, OP_LEAFK, receiver, 0, 0);
    emit_word(f, (uintptr_t)fn);
    emit_word(f, arg[0]);
    emit_word(f, arg[1]);
    link(f, at, done);
}

void emit_jump_word(FuncState *f, Label *to)
{
    uint32_t at = (uint32_t)f->code.len;
    emit_word(f, 0);
    link(f, at | WORD_HOLE, to);
}

/* The backward form of a fused jump; OP_COUNT where there is none. */
static Op loop_form(Op op)
{
    switch (op) {
    case OP_JEQ: return OP_LOOPEQ;
    case OP_JNE: return OP_LOOPNE;
    case OP_JLT: return OP_LOOPLT;
    case OP_JLE: return OP_LOOPLE;
    case OP_JEQI: return OP_LOOPEQI;
    case OP_JNEI: return OP_LOOPNEI;
    case OP_JLTI: return OP_LOOPLTI;
    case OP_JLEI: return OP_LOOPLEI;
    case OP_JGTI: return OP_LOOPGTI;
    case OP_JGEI: return OP_LOOPGEI;
    case OP_JLTF: return OP_LOOPLTF;
    case OP_JLEF: return OP_LOOPLEF;
    case OP_JNLTF: return OP_LOOPNLTF;
    case OP_JNLEF: return OP_LOOPNLEF;
    default: return OP_COUNT;
    }
}

/* The opposite of a fused jump; *swap is set where its operands change places too. */
static Op opposite(Op op, bool *swap)
{
    *swap = op == OP_JLT || op == OP_JLE || op == OP_JLTU || op == OP_JLEU;
    switch (op) {
    case OP_JEQ: return OP_JNE;
    case OP_JNE: return OP_JEQ;
    case OP_JLT: return OP_JLE;
    case OP_JLE: return OP_JLT;
    case OP_JLTU: return OP_JLEU;
    case OP_JLEU: return OP_JLTU;
    case OP_JEQI: return OP_JNEI;
    case OP_JNEI: return OP_JEQI;
    case OP_JLTI: return OP_JGEI;
    case OP_JGEI: return OP_JLTI;
    case OP_JLEI: return OP_JGTI;
    case OP_JGTI: return OP_JLEI;
    case OP_JLTF: return OP_JNLTF;
    case OP_JNLTF: return OP_JLTF;
    case OP_JLEF: return OP_JNLEF;
    case OP_JNLEF: return OP_JLEF;
    default: fatal("emit: %s has no opposite", op_info[op].name);
    }
}

void emit_cmp_jump(FuncState *f, Op op, Reg a, int32_t b, Label *to)
{
    bool is_backward = to->pc >= 0;
    if (is_backward && !f->is_long && peephole_step_loop(f, op, a, b, to)) return;
    Op form = is_backward ? loop_form(op) : op;
    if (form != OP_COUNT && !f->is_long) {
        link(f, emit_abc(f, form, a, (uint16_t)b, 0), to);
        return;
    }
    bool swap;
    Op skip = opposite(op, &swap);
    if (swap)
        emit_abc(f, skip, (uint16_t)b, a, 1);
    else
        emit_abc(f, skip, a, (uint16_t)b, 1);
    emit_jump(f, to);
}

/* ---- Registers ---- */

void emit_too_large(FuncState *f)
{
    if (!f->is_too_large)
        diag_error(f->pos, f->pos, ERR_PLAIN, "value too large for a function's frame");
    f->is_too_large = true;
}

Reg reg_alloc(FuncState *f, uint32_t slots)
{
    if (f->next + (uint64_t)slots > MAX_FRAME) {
        emit_too_large(f);
        return f->next;
    }
    Reg reg = f->next;
    f->next += slots;
    if (f->next > f->max) f->max = f->next;
    vec_reserve(&f->slot_is_var, f->next);
    while (f->slot_is_var.len < f->next) vec_push(&f->slot_is_var, 0);
    if (slots) memset(f->slot_is_var.at + reg, 0, slots);
    return reg;
}

void reg_release(FuncState *f, Reg mark)
{
    f->next = mark;
    while (f->early.len > 0 && f->early.at[f->early.len - 1].reg >= mark) f->early.len--;
    while (f->open_locals.len > 0) {
        LocalName *local = &f->locals.at[vec_last(&f->open_locals)];
        if (local->slot < mark) break;
        local->to_pc = (uint32_t)f->code.len;
        f->open_locals.len--;
    }
}

bool reg_is_var(FuncState *f, Reg reg)
{
    return reg < f->slot_is_var.len && f->slot_is_var.at[reg];
}

/* ---- Values ---- */

void emit_move(FuncState *f, Reg to, Reg from, uint32_t slots)
{
    if (to == from || slots == 0) return;
    switch (slots) {
    case 1: emit_abc(f, OP_MOVE, to, from, 0); break;
    case 2: emit_abc(f, OP_MOVE2, to, from, 0); break;
    case 3: emit_abc(f, OP_MOVE3, to, from, 0); break;
    default: emit_abc(f, OP_MOVEN, to, from, slots);
    }
}

void emit_zero(FuncState *f, Reg at, uint32_t slots)
{
    if (slots == 1)
        emit_abx(f, OP_LOADI, at, 0);
    else if (slots > 1)
        emit_abx(f, OP_ZERO, at, slots);
}

void emit_int(FuncState *f, Reg at, int64_t value)
{
    if (value >= INT32_MIN && value <= INT32_MAX) {
        emit_abx(f, OP_LOADI, at, value);
    } else {
        emit_abc(f, OP_LOADK, at, 0, 0);
        emit_word(f, (uint64_t)value);
    }
}

void emit_string(FuncState *f, Reg at, const char *bytes, size_t len)
{
    if (len == 0) {
        emit_zero(f, at, 2);
        return;
    }
    emit_abc(f, OP_LOADK2, at, 0, 0);
    emit_ptr(f, intern(bytes, len)->text);
    emit_word(f, len);
}

TypeKind type_basic_kind(Type *type)
{
    return (TypeKind)type_under(type_default(type))->kind;
}

uint32_t type_slots(Type *type)
{
    int64_t size = type_sizeof(type_default(type));
    return size <= 0 ? 0 : (uint32_t)((size + 7) / 8);
}

/* Memory form of a struct or array of this size and alignment. */
static MemForm aggregate_form(int64_t size, int64_t align)
{
    if (size == 0) return MEM_NONE;
    if (size == 1) return MEM_U8;
    if (size == 2 && align == 2) return MEM_U16;
    if (size == 4 && align == 4) return MEM_U32;
    if (align < 8 || size > 24) return MEM_BYTES;
    return size == 8 ? MEM_SLOT : size == 16 ? MEM_2SLOTS : MEM_3SLOTS;
}

MemForm type_mem_form(Type *type)
{
    switch (type_basic_kind(type)) {
    case TYPE_INT8: return MEM_I8;
    case TYPE_BOOL:
    case TYPE_UINT8: return MEM_U8;
    case TYPE_INT16: return MEM_I16;
    case TYPE_UINT16: return MEM_U16;
    case TYPE_INT32: return MEM_I32;
    case TYPE_UINT32:
    case TYPE_FLOAT32: return MEM_U32;
    case TYPE_STRING:
    case TYPE_INTERFACE:
    case TYPE_COMPLEX128: return MEM_2SLOTS;
    case TYPE_SLICE: return MEM_3SLOTS;
    case TYPE_STRUCT:
    case TYPE_ARRAY: return aggregate_form(type_sizeof(type), type_alignof(type));
    default: return MEM_SLOT;
    }
}

/* The pointer register and offset to use where the offset does not fit in 16 bits: goes through a
 * temporary. */
static Reg near_pointer(FuncState *f, Reg ptr, uint64_t *offset)
{
    if (*offset <= 0xFFFF) return ptr;
    Reg near = reg_alloc(f, 1);
    emit_abc(f, OP_FIELDX, near, ptr, 0);
    emit_word(f, *offset);
    *offset = 0;
    return near;
}

void emit_load(FuncState *f, Reg to, Reg ptr, uint64_t offset, Type *type)
{
    static const uint16_t ops[] = {OP_LD8,   OP_LDU8, OP_LD16,  OP_LDU16, OP_LD32,
                                   OP_LDU32, OP_LD64, OP_LD128, OP_LD192, OP_LDN};
    Reg mark = reg_mark(f);
    MemForm form = type_mem_form(type);
    ptr = near_pointer(f, ptr, &offset);
    if (form == MEM_NONE) {
        emit_abc(f, OP_NILCHK, ptr, 0, 0);
    } else {
        emit_abc(f, (Op)ops[form], to, ptr, (Reg)offset);
        if (form == MEM_BYTES) emit_word(f, (uint64_t)type_sizeof(type));
    }
    reg_release(f, mark);
}

void emit_store(FuncState *f, Reg ptr, uint64_t offset, Reg from, Type *type)
{
    static const uint16_t ops[] = {OP_ST8,  OP_ST8,  OP_ST16,  OP_ST16,  OP_ST32,
                                   OP_ST32, OP_ST64, OP_ST128, OP_ST192, OP_STN};
    Reg mark = reg_mark(f);
    MemForm form = type_mem_form(type);
    ptr = near_pointer(f, ptr, &offset);
    if (form == MEM_NONE) {
        emit_abc(f, OP_NILCHK, ptr, 0, 0);
    } else {
        emit_abc(f, (Op)ops[form], ptr, from, (Reg)offset);
        if (form == MEM_BYTES) emit_word(f, (uint64_t)type_sizeof(type));
    }
    reg_release(f, mark);
}

void emit_memory_op(FuncState *f, Op op, Reg ptr, uint64_t offset, Reg from)
{
    Reg mark = reg_mark(f);
    ptr = near_pointer(f, ptr, &offset);
    emit_abc(f, op, ptr, from, (Reg)offset);
    reg_release(f, mark);
}

/* ---- Beginning again and finishing ---- */

static void free_work(FuncState *f)
{
    vec_free(&f->code);
    vec_free(&f->positions);
    vec_free(&f->locals);
    vec_free(&f->unsigned_indices);
    vec_free(&f->early);
    vec_free(&f->open_locals);
    vec_free(&f->slot_is_var);
    vec_free(&f->pool);
    vec_free(&f->inlines);
    vec_free(&f->owned);
    map_free(&f->slots);
    map_free(&f->labels);
}

void emit_reset(FuncState *f)
{
    free_work(f);
    vec_free(&f->captures);
    vec_free(&f->capture_index);
    memset(&f->slots, 0, sizeof f->slots);
    memset(&f->labels, 0, sizeof f->labels);
    f->ncaptured = 0;
    f->nliterals = f->nwrappers = 0;
    f->next = f->max = 0;
    f->barrier = f->last_op = f->op_before = 0;
    f->targets = NULL;
    f->has_defer = false;
    f->overflowed = false;
}

static void *copy_forever(const void *from, size_t size)
{
    if (size == 0) return NULL;
    void *to = malloc(size);
    if (!to) fatal_out_of_memory();
    return memcpy(to, from, size);
}

/* Lets reports know the captured variables. */
static void name_captures(FuncState *f)
{
    VEC(LocalName) names = {0};
    for (size_t i = 0; i < f->captures.len; i++) {
        Object *var = f->captures.at[i];
        VarPlace *place = var_place(f, var);
        vec_push(&names, ((LocalName){.name = var->name,
                                      .type = compile_rtype(place->type),
                                      .pos = var->pos,
                                      .slot = (uint16_t)f->capture_index.at[i],
                                      .is_boxed = place->kind == PLACE_BOX ||
                                                  place->kind == PLACE_CAPTURE_BOX,
                                      .to_pc = (uint32_t)f->code.len}));
    }
    f->proto->captures = names.at; /* for ever */
    f->proto->ncaptures = (uint32_t)names.len;
}

/* Where a chain of unconditional jumps that begins at pc ends; *loops is set where one goes back.
 */
static uint32_t chain_end(const FuncState *f, uint32_t pc, bool *loops)
{
    for (int n = 0; n < 8 && pc < f->code.len; n++) {
        const Instr *at = &f->code.at[pc];
        if (at->op != OP_JMP && at->op != OP_LOOP) break;
        if (at->op == OP_LOOP) *loops = true;
        pc = (uint32_t)((int64_t)pc + 1 + at->bx);
    }
    return pc;
}

/* Jumps to jumps go straight to where those lead. */
static void shorten_jumps(FuncState *f)
{
    for (uint32_t pc = 0; pc < f->code.len; pc += 1 + instr_words(&f->code.at[pc])) {
        Instr *at = &f->code.at[pc];
        if (at->op != OP_JMP) continue;
        bool loops = false;
        uint32_t end = chain_end(f, (uint32_t)((int64_t)pc + 1 + at->bx), &loops);
        if (end <= pc && !loops) continue;
        if (loops) at->op = OP_LOOP;
        at->bx = (int32_t)((int64_t)end - pc - 1);
    }
}

void emit_finish(FuncState *f)
{
    shorten_jumps(f);
    FuncProto *proto = f->proto;
    reg_release(f, 0);
    proto->nslots = f->max;
    proto->ncaptured = (uint16_t)f->ncaptured;
    proto->positions = copy_forever(f->positions.at, f->positions.len * sizeof(PosEntry));
    proto->npositions = (uint32_t)f->positions.len;
    proto->unsigned_indices =
        copy_forever(f->unsigned_indices.at, f->unsigned_indices.len * sizeof(UnsignedIndex));
    proto->nunsigned = (uint32_t)f->unsigned_indices.len;
    proto->locals = copy_forever(f->locals.at, f->locals.len * sizeof(LocalName));
    proto->nlocals = (uint32_t)f->locals.len;
    proto->inlines = copy_forever(f->inlines.at, f->inlines.len * sizeof(InlinedCall));
    proto->ninlines = (uint32_t)f->inlines.len;
    name_captures(f);
    const Instr *code = copy_forever(f->code.at, f->code.len * sizeof(Instr));
    proto_publish(proto, code, (uint32_t)f->code.len);
    free_work(f);
}
