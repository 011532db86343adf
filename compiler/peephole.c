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

/* The opcode whose second operand lies in memory, OP_NOP where there is none. */
static Op load_form(Op op)
{
    switch (op) {
    case OP_ADD: return OP_ADDL;
    case OP_SUB: return OP_SUBL;
    case OP_ADDF: return OP_ADDFL;
    case OP_SUBF: return OP_SUBFL;
    case OP_MULF: return OP_MULFL;
    default: return OP_NOP;
    }
}

bool peephole_load_op(FuncState *f, Op op, Reg to, Reg x, Reg y)
{
    Instr *last = last_instr(f);
    Op fused = load_form(op);
    if (fused == OP_NOP || !last || f->last_op + 1 != f->code.len || last->op != OP_LD64) return false;
    if (last->a == x && op != OP_SUB && op != OP_SUBF) { /* commutes */
        x = y;
        y = last->a;
    }
    if (last->a != y || x == y || reg_is_var(f, y)) return false;
    Reg ptr = last->b;
    uint16_t offset = last->c;
    f->code.len--;
    emit_abc(f, fused, to, x, ptr);
    emit_word(f, offset);
    return true;
}

bool peephole_inc_loop(FuncState *f, Op op, Reg a, int32_t b, Label *to)
{
    Instr *last = last_instr(f);
    if ((op != OP_JLT && op != OP_JLTI) || f->last_op + 1 != f->code.len || !last) return false;
    if (last->op != OP_ADDI || last->a != a || last->b != a || last->c != 1) return false;
    if (op == OP_JLT && (Reg)b == a) return false;
    int64_t offset = to->pc - (int64_t)f->code.len;
    if (offset < INT16_MIN) {
        f->overflowed = true;
        return false;
    }
    *last = (Instr){.op = op == OP_JLT ? OP_INCLOOPLT : OP_INCLOOPLTI,
                    .a = (uint16_t)a,
                    .b = (uint16_t)b,
                    .c = (uint16_t)(int16_t)offset};
    return true;
}
