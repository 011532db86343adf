/* SPDX-License-Identifier: MIT */
/* Peephole: replaces the instruction just emitted and the one about to follow by a single one.
 *
 * Looking back is safe only while no label stands between the two, for a jump could land there
 * (f->barrier). */
#include "compiler/internal.h"

/* The instruction emitted last, or NULL where a label or an operand word may stand in the way. */
static Instr *last_instr(FuncState *f)
{
    size_t n = f->code.len;
    return n > 0 && f->barrier < n ? &f->code.at[n - 1] : NULL;
}

bool peephole_mul_add(FuncState *f, Op op, Reg to, Reg x, Reg y)
{
    Instr *last = last_instr(f);
    if (!last || f->last_op + 1 != f->code.len || last->op != OP_MULF) return false;
    if (op == OP_ADDF && last->a == x && last->a != y) { /* the same, the other way round */
        x = y;
        y = last->a;
    }
    if (last->a != y || x == y || reg_is_var(f, y)) return false;
    Reg b = last->b, c = last->c;
    f->code.len--;
    emit_abc(f, op == OP_ADDF ? OP_MULADDF : OP_MULSUBF, to, b, c);
    emit_word(f, x);
    return true;
}

/* The opcodes whose second operand lies in memory: behind a pointer, or an element of a slice;
 * OP_NOP where there is none. */
static Op load_form(Op op, bool is_element)
{
    switch (op) {
    case OP_ADD: return is_element ? OP_ADDE : OP_ADDL;
    case OP_SUB: return is_element ? OP_SUBE : OP_SUBL;
    case OP_MUL: return is_element ? OP_MULE : OP_MULL;
    case OP_ADDF: return is_element ? OP_ADDFE : OP_ADDFL;
    case OP_SUBF: return is_element ? OP_SUBFE : OP_SUBFL;
    case OP_MULF: return is_element ? OP_MULFE : OP_MULFL;
    default: return OP_NOP;
    }
}

bool peephole_load_op(FuncState *f, Op op, Reg to, Reg x, Reg y)
{
    Instr *last = last_instr(f);
    if (!last || f->last_op + 1 != f->code.len) return false;
    bool is_element = last->op == OP_LDX64;
    Op fused = load_form(op, is_element);
    if (fused == OP_NOP || (!is_element && last->op != OP_LD64)) return false;
    if (last->a == x && op != OP_SUB && op != OP_SUBF) { /* commutes */
        x = y;
        y = last->a;
    }
    if (last->a != y || x == y || reg_is_var(f, y)) return false;
    Reg from = last->b;
    uint16_t rest = last->c; /* offset or index */
    f->code.len--;
    emit_abc(f, fused, to, x, from);
    emit_word(f, rest);
    return true;
}

bool peephole_near(FuncState *f, Op op, Reg to, Reg from, Reg index)
{
    Instr *last = last_instr(f);
    if (!last || f->last_op + 1 != f->code.len || last->op != OP_ADDI) return false;
    if (last->a != index || reg_is_var(f, index) || (op != OP_LDX64 && op != OP_LDXU8))
        return false;
    Reg start = last->b;
    int64_t distance = (int16_t)last->c;
    f->code.len--;
    emit_abc(f, op == OP_LDX64 ? OP_LDXI64 : OP_LDXIU8, to, from, start);
    emit_word(f, (uint64_t)distance);
    return true;
}

bool peephole_part(FuncState *f, Reg to, Reg ptr, uint64_t offset, Type *type)
{
    size_t n = f->code.len;
    if (type_mem_form(type) != MEM_SLOT || n < 2 || f->barrier >= n || f->last_op + 2 != n)
        return false;
    const Instr *last = &f->code.at[n - 2];
    uint64_t size = f->code.at[n - 1].word;
    bool is_memory = last->op == OP_ADDRMX;
    if (!is_memory && last->op != OP_ADDRX) return false;
    if (last->a != ptr || reg_is_var(f, ptr)) return false;
    uint64_t place = is_memory ? size >> 48 : 0; /* of the slice */
    size &= ~(uint64_t)0 >> (is_memory ? 16 : 0);
    if (size > UINT32_MAX || offset > UINT16_MAX) return false;
    Reg slice = last->b, index = last->c;
    f->code.len -= 2;
    emit_abc(f, is_memory ? OP_LDMO64 : OP_LDXO64, to, slice, index);
    emit_word(f, is_memory ? size | place << 32 | offset << 48 : size | offset << 32);
    return true;
}

bool peephole_return(FuncState *f)
{
    Instr *last = last_instr(f);
    if (!last || f->last_op + 1 != f->code.len || last->a != 0) return false;
    if (last->op == OP_MOVE) {
        Reg from = last->b;
        f->code.len--;
        emit_abc(f, OP_RETV, 0, from, 0);
        return true;
    }
    if (last->op != OP_LOADI) return false;
    int32_t value = last->bx;
    f->code.len--;
    emit_abx(f, OP_RETI, 0, value);
    return true;
}

/* ---- Loops ---- */

/* Where the last two instructions are R[a] = R[a] + k and then R[b] = R[x] + m, a temporary that
 * the loop's test compares with, they may change places, so that the former meets the jump. */
static void bring_step_last(FuncState *f, Reg a, Reg b)
{
    size_t n = f->code.len;
    Instr *last = last_instr(f);
    if (!last || n < 2 || f->last_op + 1 != n || f->op_before + 2 != n || f->barrier + 1 >= n)
        return;
    Instr *step = last - 1;
    if (last->op != OP_ADDI || last->a != b || last->b == a || reg_is_var(f, b)) return;
    if (step->op != OP_ADDI || step->a != a || step->b != a) return;
    Instr swapped = *last;
    *last = *step;
    *step = swapped;
}

/* The instruction that steps R[a] and loops; OP_NOP where there is none. *b may change. */
static Op step_form(Op op, int step, int32_t *b)
{
    switch (op) {
    case OP_JLT: return step == 1 ? OP_INCLOOPLT : OP_NOP;
    case OP_JLTI: return step == 1 ? OP_INCLOOPLTI : OP_NOP;
    case OP_JLE: return step == 1 ? OP_INCLOOPLE : OP_NOP;
    case OP_JLEI: return step == 1 ? OP_INCLOOPLEI : OP_NOP;
    case OP_JGEI: return step == -1 ? OP_DECLOOPGEI : OP_NOP;
    case OP_JGTI:
        if (step != -1 || *b == INT16_MAX) return OP_NOP;
        ++*b;
        return OP_DECLOOPGEI;
    default: return OP_NOP;
    }
}

/* The distance of a jump from the last instruction, made longer by `words`, to the label; 0 where
 * it is too far. */
static int64_t loop_offset(FuncState *f, const Label *to, uint32_t words)
{
    int64_t offset = to->pc - (int64_t)(f->code.len + words);
    if (offset >= INT16_MIN) return offset;
    f->overflowed = true;
    return 0;
}

/* R[a] += R[step], and the loop's test. */
static bool add_loop(FuncState *f, Instr *last, Op op, Reg a, int32_t b, Label *to)
{
    if (op != OP_JLT && op != OP_JLE) return false;
    Reg step = last->b == a ? last->c : last->b;
    if (last->a != a || step == a || (last->b != a && last->c != a)) return false;
    int64_t offset = loop_offset(f, to, 1);
    if (offset == 0) return false;
    *last = (Instr){.op = op == OP_JLT ? OP_ADDLOOPLT : OP_ADDLOOPLE,
                    .a = (uint16_t)a,
                    .b = (uint16_t)step,
                    .c = (uint16_t)(int16_t)offset};
    emit_word(f, (uint64_t)b);
    return true;
}

bool peephole_step_loop(FuncState *f, Op op, Reg a, int32_t b, Label *to)
{
    bool is_imm = op == OP_JLTI || op == OP_JLEI || op == OP_JGEI || op == OP_JGTI;
    if (!is_imm && (Reg)b == a) return false;
    if (op == OP_JLT || op == OP_JLE) bring_step_last(f, a, (Reg)b);
    Instr *last = last_instr(f);
    if (!last || f->last_op + 1 != f->code.len) return false;
    if (last->op == OP_ADD) return add_loop(f, last, op, a, b, to);
    if (last->op != OP_ADDI || last->a != a || last->b != a) return false;
    Op fused = step_form(op, (int16_t)last->c, &b);
    if (fused == OP_NOP) return false;
    int64_t offset = loop_offset(f, to, 0);
    if (offset == 0) return false;
    *last = (Instr){
        .op = (uint16_t)fused, .a = (uint16_t)a, .b = (uint16_t)b, .c = (uint16_t)(int16_t)offset};
    return true;
}
