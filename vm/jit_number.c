/* SPDX-License-Identifier: MIT */
/* Numbers in machine code: arithmetic, conversions, comparisons. */
#include "vm/jit_operand.h"

#if defined(__x86_64__)

/* ---- Integers ---- */

/* R[a] = R[b] op R[c] */
static void binary(Jit *j, const Instr *at, unsigned op, bool wide)
{
    unsigned to = target_int(j, at->a);
    if (at->c == at->a && at->b != at->a) to = RAX;
    load_int(j, at->b, to);
    op_int(j, wide, op, to, at->c);
    put_int(j, at->a, to);
}

/* The same, and the low 32 bits with their sign. */
static void binary32(Jit *j, const Instr *at, unsigned op)
{
    load_int(j, at->b, RAX);
    op_int(j, false, op, RAX, at->c);
    x64_rr(&j->as, true, X_MOVSXD, RAX, RAX);
    put_int(j, at->a, RAX);
}

static void binary_imm(Jit *j, const Instr *at, unsigned code, int32_t imm)
{
    unsigned to = target_int(j, at->a);
    load_int(j, at->b, to);
    x64_imm(&j->as, true, code, to, imm);
    put_int(j, at->a, to);
}

static void multiply_imm(Jit *j, const Instr *at)
{
    unsigned from = use_int(j, at->b, RAX), to = target_int(j, at->a);
    x64_rr(&j->as, true, 0x69, to, from);
    x64_long(&j->as, (uint32_t)(int32_t)SIMM(at->c));
    put_int(j, at->a, to);
}

static void unary(Jit *j, const Instr *at, unsigned code)
{
    unsigned to = target_int(j, at->a);
    load_int(j, at->b, to);
    x64_rr(&j->as, true, X_GROUP3, code, to);
    put_int(j, at->a, to);
}

static void extend(Jit *j, const Instr *at, bool wide, unsigned op)
{
    unsigned from = use_int(j, at->b, RAX), to = target_int(j, at->a);
    x64_rr(&j->as, wide, op, to, from);
    put_int(j, at->a, to);
}

static void shift_imm(Jit *j, const Instr *at, bool wide, unsigned code)
{
    unsigned to = target_int(j, at->a);
    load_int(j, at->b, to);
    x64_rr(&j->as, wide, X_SHIFT_IMM, code, to);
    x64_byte(&j->as, at->c);
    put_int(j, at->a, to);
}

/* A count of 64 and more gives 0. */
static void shift(Jit *j, const Instr *at, unsigned code)
{
    load_int(j, at->c, RCX);
    load_int(j, at->b, RAX);
    x64_rr(&j->as, false, X_XOR, RDX, RDX);
    x64_rr(&j->as, true, X_SHIFT_CL, code, RAX);
    x64_imm(&j->as, true, IMM_CMP, RCX, 64);
    x64_rr(&j->as, true, X_CMOV + CC_AE, RAX, RDX);
    put_int(j, at->a, RAX);
}

static void shift_signed(Jit *j, const Instr *at)
{
    load_int(j, at->c, RCX);
    load_int(j, at->b, RAX);
    x64_load(&j->as, RDX, 63);
    x64_rr(&j->as, true, X_CMP, RCX, RDX);
    x64_rr(&j->as, true, X_CMOV + CC_A, RCX, RDX);
    x64_rr(&j->as, true, X_SHIFT_CL, SHIFT_SAR, RAX);
    put_int(j, at->a, RAX);
}

static void rotate(Jit *j, const Instr *at, bool wide)
{
    load_int(j, at->c, RCX);
    load_int(j, at->b, RAX);
    x64_rr(&j->as, wide, X_SHIFT_CL, SHIFT_ROL, RAX);
    put_int(j, at->a, RAX);
}

/* BSF and BSR leave their target alone where the operand is 0. */
static void count_bits(Jit *j, const Instr *at, bool is_low)
{
    unsigned from = use_int(j, at->b, RAX);
    x64_load(&j->as, RDX, is_low ? 64 : UINT64_MAX);
    x64_rr(&j->as, true, is_low ? X_BSF : X_BSR, RCX, from);
    x64_rr(&j->as, true, X_CMOV + CC_E, RCX, RDX);
    if (!is_low) x64_imm(&j->as, true, IMM_ADD, RCX, 1);
    put_int(j, at->a, RCX);
}

/* Where the processor can: else the interpreter does it. */
static bool count_ones(Jit *j, const Instr *at)
{
    if (!__builtin_cpu_supports("popcnt")) return false;
    unsigned from = use_int(j, at->b, RAX);
    x64_rr(&j->as, true, X_POPCNT, RAX, from);
    put_int(j, at->a, RAX);
    return true;
}

static void multiply_wide(Jit *j, const Instr *at)
{
    load_int(j, at->b, RAX);
    load_int(j, at->c, RCX);
    x64_rr(&j->as, true, X_GROUP3, G3_MUL, RCX);
    put_int(j, at->a, RDX);
    put_int(j, at->a + 1u, RAX);
}

/* Carry or borrow comes in as 0 or 1. */
static void add_carry(Jit *j, const Instr *at, bool is_sub)
{
    load_int(j, at->b, RAX);
    x64_rr(&j->as, false, X_XOR, RCX, RCX);
    op_int(j, true, is_sub ? X_SUB : X_ADD, RAX, at->c);
    x64_imm(&j->as, true, IMM_ADC, RCX, 0);
    op_int(j, true, is_sub ? X_SUB : X_ADD, RAX, at->c + 1u);
    x64_imm(&j->as, true, IMM_ADC, RCX, 0);
    put_int(j, at->a, RAX);
    put_int(j, at->a + 1u, RCX);
}

/* Division where both fit in 32 bits, else 64-bit division; -1 and 0 are left to the interpreter.
 */
static void divide(Jit *j, const Instr *at, bool is_signed, unsigned result)
{
    load_int(j, at->c, RCX);
    load_int(j, at->b, RAX);
    x64_rr(&j->as, true, X_TEST, RCX, RCX);
    fault_if(j, CC_E);
    x64_rr(&j->as, true, X_MOV, RDX, RAX);
    x64_rr(&j->as, true, X_OR, RDX, RCX);
    x64_rr(&j->as, true, X_SHIFT_IMM, SHIFT_SHR, RDX);
    x64_byte(&j->as, 32);
    uint8_t *wide = x64_jcc(&j->as, CC_NE);
    x64_rr(&j->as, false, X_GROUP3, G3_DIV, RCX);
    uint8_t *done = x64_jmp(&j->as);
    x64_patch(wide, j->as.at);
    if (is_signed) {
        x64_imm(&j->as, true, IMM_CMP, RCX, -1);
        leave_if(j, CC_E);
        x64_byte(&j->as, 0x48); /* cqo */
        x64_byte(&j->as, 0x99);
        x64_rr(&j->as, true, X_GROUP3, G3_IDIV, RCX);
    } else {
        x64_rr(&j->as, false, X_XOR, RDX, RDX);
        x64_rr(&j->as, true, X_GROUP3, G3_DIV, RCX);
    }
    x64_patch(done, j->as.at);
    put_int(j, at->a, result);
}

/* The multiplier and shift that replace division by d, after Granlund and Montgomery; |d| > 1. */
static void magic_of(int64_t d, int64_t *multiplier, unsigned *shift_by)
{
    const unsigned __int128 two63 = (unsigned __int128)1 << 63;
    uint64_t abs_d = d < 0 ? 0 - (uint64_t)d : (uint64_t)d;
    uint64_t limit = (uint64_t)two63 + ((uint64_t)d >> 63);
    limit = limit - 1 - limit % abs_d;
    unsigned p = 63;
    for (;;) {
        p++;
        unsigned __int128 power = (unsigned __int128)1 << p;
        if (power > (unsigned __int128)limit * (abs_d - (uint64_t)(power % abs_d))) {
            uint64_t m = (uint64_t)((power + abs_d - (uint64_t)(power % abs_d)) / abs_d);
            *multiplier = d < 0 ? (int64_t)(0 - m) : (int64_t)m;
            *shift_by = p - 64;
            return;
        }
    }
}

static void divide_imm(Jit *j, const Instr *at, bool wants_rest)
{
    int64_t d = SIMM(at->c), multiplier;
    unsigned by;
    magic_of(d, &multiplier, &by);
    load_int(j, at->b, RCX);
    x64_load(&j->as, RAX, (uint64_t)multiplier);
    x64_rr(&j->as, true, X_GROUP3, G3_IMUL, RCX); /* rdx:rax = rax * rcx */
    if (d > 0 && multiplier < 0) x64_rr(&j->as, true, X_ADD, RDX, RCX);
    if (d < 0 && multiplier > 0) x64_rr(&j->as, true, X_SUB, RDX, RCX);
    if (by) {
        x64_rr(&j->as, true, X_SHIFT_IMM, SHIFT_SAR, RDX);
        x64_byte(&j->as, by);
    }
    x64_rr(&j->as, true, X_MOV, RAX, RDX);
    x64_rr(&j->as, true, X_SHIFT_IMM, SHIFT_SHR, RAX);
    x64_byte(&j->as, 63);
    x64_rr(&j->as, true, X_ADD, RAX, RDX);
    if (!wants_rest) {
        put_int(j, at->a, RAX);
        return;
    }
    x64_rr(&j->as, true, 0x69, RAX, RAX);
    x64_long(&j->as, (uint32_t)(int32_t)d);
    x64_rr(&j->as, true, X_SUB, RCX, RAX);
    put_int(j, at->a, RCX);
}

/* By 2^c: what is negative is first raised, so that the shift rounds towards zero. */
static void divide_power(Jit *j, const Instr *at, bool wants_rest)
{
    load_int(j, at->b, RAX);
    x64_rr(&j->as, true, X_MOV, RDX, RAX);
    x64_rr(&j->as, true, X_SHIFT_IMM, SHIFT_SAR, RDX);
    x64_byte(&j->as, 63);
    x64_rr(&j->as, true, X_SHIFT_IMM, SHIFT_SHR, RDX);
    x64_byte(&j->as, 64 - at->c);
    x64_rr(&j->as, true, X_ADD, RDX, RAX);
    x64_rr(&j->as, true, X_SHIFT_IMM, wants_rest ? SHIFT_SHR : SHIFT_SAR, RDX);
    x64_byte(&j->as, at->c);
    if (!wants_rest) {
        put_int(j, at->a, RDX);
        return;
    }
    x64_rr(&j->as, true, X_SHIFT_IMM, SHIFT_SHL, RDX);
    x64_byte(&j->as, at->c);
    x64_rr(&j->as, true, X_SUB, RAX, RDX);
    put_int(j, at->a, RAX);
}

/* ---- Comparisons ---- */

/* R[a] = the condition, which the flags hold. */
static void put_condition(Jit *j, uint32_t slot, unsigned condition)
{
    x64_byte(&j->as, 0x0F); /* setcc al */
    x64_byte(&j->as, 0x90 | condition);
    x64_byte(&j->as, 0xC0);
    x64_rr(&j->as, false, X_MOVZX8, RAX, RAX);
    put_int(j, slot, RAX);
}

static void compare(Jit *j, const Instr *at, unsigned condition)
{
    unsigned x = use_int(j, at->b, RAX);
    op_int(j, true, X_CMP, x, at->c);
    put_condition(j, at->a, condition);
}

static void compare_float(Jit *j, const Instr *at, unsigned op, unsigned condition)
{
    unsigned y = use_float(j, at->c, XMM0);
    op_float(j, op, y, at->b);
    put_condition(j, at->a, condition);
}

/* Equal is "zero and not unordered". */
static void equal_float(Jit *j, const Instr *at, unsigned op, bool is_equal)
{
    unsigned x = use_float(j, at->b, XMM0);
    op_float(j, op, x, at->c);
    x64_byte(&j->as, 0x0F); /* setcc cl */
    x64_byte(&j->as, 0x90 | (is_equal ? CC_NP : CC_P));
    x64_byte(&j->as, 0xC1);
    x64_byte(&j->as, 0x0F); /* setcc al */
    x64_byte(&j->as, 0x90 | (is_equal ? CC_E : CC_NE));
    x64_byte(&j->as, 0xC0);
    x64_rr(&j->as, false, is_equal ? X_AND : X_OR, RAX, RCX);
    x64_rr(&j->as, false, X_MOVZX8, RAX, RAX);
    put_int(j, at->a, RAX);
}

/* ---- Floats ---- */

static void binary_float(Jit *j, const Instr *at, unsigned op)
{
    unsigned to = target_float(j, at->a);
    if (at->c == at->a && at->b != at->a) to = XMM0;
    load_float(j, at->b, to);
    op_float(j, op, to, at->c);
    put_float(j, at->a, to);
}

/* float32: the high half of the slot is 0, as loading it made that of the register. */
static void binary_float32(Jit *j, const Instr *at, unsigned op)
{
    load_float(j, at->b, XMM0);
    op_float(j, op, XMM0, at->c);
    put_float(j, at->a, XMM0);
}

static void mul_add(Jit *j, const Instr *at, bool is_add)
{
    uint32_t x = (uint32_t)at[1].word;
    load_float(j, at->b, XMM0);
    op_float(j, X_MULSD, XMM0, at->c);
    if (is_add) {
        op_float(j, X_ADDSD, XMM0, x);
        put_float(j, at->a, XMM0);
        return;
    }
    unsigned to = target_float(j, at->a);
    load_float(j, x, to == XMM0 ? XMM1 : to);
    if (to == XMM0) to = XMM1;
    x64_rr(&j->as, false, X_SUBSD, to, XMM0);
    put_float(j, at->a, to);
}

static void flip_sign(Jit *j, const Instr *at, uint64_t mask, bool is_and)
{
    load_int(j, at->b, RAX);
    x64_load(&j->as, RCX, mask);
    x64_rr(&j->as, true, is_and ? X_AND : X_XOR, RAX, RCX);
    put_int(j, at->a, RAX);
}

static void square_root(Jit *j, const Instr *at)
{
    unsigned to = target_float(j, at->a);
    op_float(j, X_SQRTSD, to, at->b);
    put_float(j, at->a, to);
}

static void int_to_float(Jit *j, const Instr *at)
{
    unsigned from = use_int(j, at->b, RAX), to = target_float(j, at->a);
    x64_rr(&j->as, false, X_XORPS, to, to);
    x64_rr(&j->as, true, X_CVTSI2SD, to, from);
    put_float(j, at->a, to);
}

/* What does not fit gives the smallest int64: the processor does just that. */
static void float_to_int(Jit *j, const Instr *at)
{
    unsigned to = target_int(j, at->a);
    const Pinned *pinned = pinned_at(j, at->b);
    if (pinned && pinned->is_float) {
        x64_rr(&j->as, true, X_CVTTSD2SI, to, pinned->reg);
    } else {
        show_slots(j, at->b, 1);
        x64_rm(&j->as, true, X_CVTTSD2SI, to, RBX, DISP(at->b));
    }
    put_int(j, at->a, to);
}

/* Calls C, for which no register is kept. */
static void calculate(Jit *j, const Instr *at)
{
    bool is_word = at->op == OP_CALCW;
    clean_slots(j);
    if (is_word)
        load_int(j, at->b, RDI);
    else
        load_float(j, at->b, XMM0);
    if (at->op == OP_CALCFF) load_float(j, at->c, XMM1);
    jit_call_c(j, at[1].word);
    x64_rm(&j->as, is_word, is_word ? X_STORE : X_MOVSD_STORE, is_word ? RAX : XMM0, RBX,
           DISP(at->a));
    forget(j, at->a);
    jit_load_pinned(j);
}

/* From 2^63 on half the number is converted, whose lowest bit keeps what is rounded off, and
 * doubled. */
static void uint_to_float(Jit *j, const Instr *at)
{
    Asm *as = &j->as;
    load_int(j, at->b, RAX);
    x64_rr(as, false, X_XORPS, XMM0, XMM0);
    x64_rr(as, true, X_TEST, RAX, RAX);
    uint8_t *large = x64_jcc(as, CC_S);
    x64_rr(as, true, X_CVTSI2SD, XMM0, RAX);
    uint8_t *done = x64_jmp(as);
    x64_patch(large, as->at);
    x64_rr(as, true, X_MOV, RCX, RAX);
    x64_imm(as, false, IMM_AND, RAX, 1);
    x64_rr(as, true, X_SHIFT_IMM, SHIFT_SHR, RCX);
    x64_byte(as, 1);
    x64_rr(as, true, X_OR, RAX, RCX);
    x64_rr(as, true, X_CVTSI2SD, XMM0, RAX);
    x64_rr(as, false, X_ADDSD, XMM0, XMM0);
    x64_patch(done, as->at);
    put_float(j, at->a, XMM0);
}

/* What the processor's signed conversion can't do is left to the interpreter. */
static void float_to_uint(Jit *j, const Instr *at)
{
    unsigned from = use_float(j, at->b, XMM0);
    x64_rr(&j->as, true, X_CVTTSD2SI, RAX, from);
    x64_imm(&j->as, true, IMM_CMP, RAX, 1);
    leave_if(j, CC_O);
    put_int(j, at->a, RAX);
}

/* To float32 or back; the other half of the register is cleared first. */
static void convert_float(Jit *j, const Instr *at, unsigned op)
{
    unsigned from = use_float(j, at->b, XMM0);
    x64_rr(&j->as, false, X_XORPS, XMM1, XMM1);
    x64_rr(&j->as, false, op, XMM1, from);
    put_float(j, at->a, XMM1);
}

static void int_to_float32(Jit *j, const Instr *at)
{
    unsigned from = use_int(j, at->b, RAX);
    x64_rr(&j->as, false, X_XORPS, XMM1, XMM1);
    x64_rr(&j->as, true, X_CVTSI2SS, XMM1, from);
    put_float(j, at->a, XMM1);
}

/* clang-format off */

bool jit_numbers(Jit *j, const Instr *at)
{
    switch (at->op) {
    case OP_ADD: binary(j, at, X_ADD, true); return true;
    case OP_SUB: binary(j, at, X_SUB, true); return true;
    case OP_MUL: binary(j, at, X_IMUL, true); return true;
    case OP_AND: binary(j, at, X_AND, true); return true;
    case OP_OR: binary(j, at, X_OR, true); return true;
    case OP_XOR: binary(j, at, X_XOR, true); return true;
    case OP_ADDU32: binary(j, at, X_ADD, false); return true;
    case OP_SUBU32: binary(j, at, X_SUB, false); return true;
    case OP_MULU32: binary(j, at, X_IMUL, false); return true;
    case OP_ADD32: binary32(j, at, X_ADD); return true;
    case OP_SUB32: binary32(j, at, X_SUB); return true;
    case OP_MUL32: binary32(j, at, X_IMUL); return true;
    case OP_ANDN:
        load_int(j, at->c, RAX);
        x64_rr(&j->as, true, X_GROUP3, G3_NOT, RAX);
        op_int(j, true, X_AND, RAX, at->b);
        put_int(j, at->a, RAX);
        return true;
    case OP_DIV: divide(j, at, true, RAX); return true;
    case OP_MOD: divide(j, at, true, RDX); return true;
    case OP_DIVU: divide(j, at, false, RAX); return true;
    case OP_MODU: divide(j, at, false, RDX); return true;
    case OP_DIVI: divide_imm(j, at, false); return true;
    case OP_MODI: divide_imm(j, at, true); return true;
    case OP_DIVP2: divide_power(j, at, false); return true;
    case OP_MODP2: divide_power(j, at, true); return true;
    case OP_SHL: shift(j, at, SHIFT_SHL); return true;
    case OP_SHRU: shift(j, at, SHIFT_SHR); return true;
    case OP_SHR: shift_signed(j, at); return true;
    case OP_CHKSHIFT: compare_imm(j, at->a, 0); fault_if(j, CC_L); return true;
    case OP_NEG: unary(j, at, G3_NEG); return true;
    case OP_NOT: unary(j, at, G3_NOT); return true;
    case OP_ADDI: binary_imm(j, at, IMM_ADD, SIMM(at->c)); return true;
    case OP_ANDI: binary_imm(j, at, IMM_AND, SIMM(at->c)); return true;
    case OP_MULI: multiply_imm(j, at); return true;
    case OP_SHLI: shift_imm(j, at, true, SHIFT_SHL); return true;
    case OP_SHRI: shift_imm(j, at, true, SHIFT_SAR); return true;
    case OP_SHRUI: shift_imm(j, at, true, SHIFT_SHR); return true;
    case OP_SHLIU32: shift_imm(j, at, false, SHIFT_SHL); return true;
    case OP_ROTLI32: shift_imm(j, at, false, SHIFT_ROL); return true;
    case OP_ROTLI64: shift_imm(j, at, true, SHIFT_ROL); return true;
    case OP_ROTL32: rotate(j, at, false); return true;
    case OP_ROTL64: rotate(j, at, true); return true;
    case OP_CTZ: count_bits(j, at, true); return true;
    case OP_BITLEN: count_bits(j, at, false); return true;
    case OP_ONES: return count_ones(j, at);
    case OP_MULWIDE: multiply_wide(j, at); return true;
    case OP_ADDCARRY: add_carry(j, at, false); return true;
    case OP_SUBBORROW: add_carry(j, at, true); return true;
    case OP_CALCF: case OP_CALCFF: case OP_CALCW: calculate(j, at); return true;
    case OP_SEXT8: extend(j, at, true, X_MOVSX8); return true;
    case OP_SEXT16: extend(j, at, true, X_MOVSX16); return true;
    case OP_SEXT32: extend(j, at, true, X_MOVSXD); return true;
    case OP_ZEXT8: extend(j, at, false, X_MOVZX8); return true;
    case OP_ZEXT16: extend(j, at, false, X_MOVZX16); return true;
    case OP_ZEXT32: extend(j, at, false, X_MOV); return true;

    case OP_ADDF: binary_float(j, at, X_ADDSD); return true;
    case OP_SUBF: binary_float(j, at, X_SUBSD); return true;
    case OP_MULF: binary_float(j, at, X_MULSD); return true;
    case OP_DIVF: binary_float(j, at, X_DIVSD); return true;
    case OP_MULADDF: mul_add(j, at, true); return true;
    case OP_MULSUBF: mul_add(j, at, false); return true;
    case OP_ADDF32: binary_float32(j, at, X_ADDSS); return true;
    case OP_SUBF32: binary_float32(j, at, X_SUBSS); return true;
    case OP_MULF32: binary_float32(j, at, X_MULSS); return true;
    case OP_DIVF32: binary_float32(j, at, X_DIVSS); return true;
    case OP_NEGF: flip_sign(j, at, (uint64_t)1 << 63, false); return true;
    case OP_NEGF32: flip_sign(j, at, (uint64_t)1 << 31, false); return true;
    case OP_FABS: flip_sign(j, at, ~((uint64_t)1 << 63), true); return true;
    case OP_SQRT: square_root(j, at); return true;
    case OP_I2F: int_to_float(j, at); return true;
    case OP_I2F32: int_to_float32(j, at); return true;
    case OP_U2F: uint_to_float(j, at); return true;
    case OP_F2U: float_to_uint(j, at); return true;
    case OP_F2I: float_to_int(j, at); return true;
    case OP_F2F32: convert_float(j, at, X_CVTSD2SS); return true;
    case OP_F322F: convert_float(j, at, X_CVTSS2SD); return true;

    case OP_NOTB: compare_imm(j, at->b, 0); put_condition(j, at->a, CC_E); return true;
    case OP_EQ: compare(j, at, CC_E); return true;
    case OP_NE: compare(j, at, CC_NE); return true;
    case OP_LT: compare(j, at, CC_L); return true;
    case OP_LE: compare(j, at, CC_LE); return true;
    case OP_LTU: compare(j, at, CC_B); return true;
    case OP_LEU: compare(j, at, CC_BE); return true;
    case OP_LTF: compare_float(j, at, X_UCOMISD, CC_A); return true;
    case OP_LEF: compare_float(j, at, X_UCOMISD, CC_AE); return true;
    case OP_LTF32: compare_float(j, at, X_UCOMISS, CC_A); return true;
    case OP_LEF32: compare_float(j, at, X_UCOMISS, CC_AE); return true;
    case OP_EQF: equal_float(j, at, X_UCOMISD, true); return true;
    case OP_NEF: equal_float(j, at, X_UCOMISD, false); return true;
    case OP_EQF32: equal_float(j, at, X_UCOMISS, true); return true;
    case OP_NEF32: equal_float(j, at, X_UCOMISS, false); return true;
    default: return false;
    }
}

/* clang-format on */

#endif
