/* SPDX-License-Identifier: MIT */
/* Writing x86-64 instructions.
 *
 * An opcode here is up to four bytes in one number: a mandatory prefix (66, F2, F3) in bits 16-23,
 * and an opcode of one byte, or of two with the escape byte 0F. Operands are a register and either
 * another register or the memory at base + disp or base + index * scale + disp. */
#ifndef MGO_VM_X64_H
#define MGO_VM_X64_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };
enum { XMM0, XMM1 };

/* Condition codes, as in jcc, setcc and cmovcc. */
enum {
    CC_O = 0,
    CC_B = 2,
    CC_AE,
    CC_E,
    CC_NE,
    CC_BE,
    CC_A,
    CC_S,
    CC_NS,
    CC_P,
    CC_NP,
    CC_L,
    CC_GE,
    CC_LE,
    CC_G
};

/* Opcodes of the form "reg, reg or memory", save where noted. */
enum {
    X_ADD = 0x03,
    X_OR = 0x0B,
    X_AND = 0x23,
    X_SUB = 0x2B,
    X_XOR = 0x33,
    X_CMP = 0x3B,
    X_MOV = 0x8B,
    X_LEA = 0x8D,
    X_IMUL = 0x0FAF,
    X_MOVSXD = 0x63,
    X_STORE = 0x89,
    X_STORE_IMM = 0xC7, /* reg: 0; 32 bits follow */
    X_STORE8 = 0x88,
    X_STORE16 = 0x660089, /* to memory */
    X_TEST = 0x85,
    X_TEST8 = 0x84,
    X_MOVZX8 = 0x0FB6,
    X_MOVZX16 = 0x0FB7,
    X_MOVSX8 = 0x0FBE,
    X_MOVSX16 = 0x0FBF,
    X_CMOV = 0x0F40, /* + condition */
    X_POPCNT = 0xF30FB8,
    X_BSF = 0x0FBC,
    X_BSR = 0x0FBD,
    X_MOVSD = 0xF20F10,
    X_MOVSD_STORE = 0xF20F11,
    X_MOVSS = 0xF30F10,
    X_MOVSS_STORE = 0xF30F11,
    X_MOVAPS = 0x0F28,
    X_ADDSD = 0xF20F58,
    X_MULSD = 0xF20F59,
    X_SUBSD = 0xF20F5C,
    X_DIVSD = 0xF20F5E,
    X_SQRTSD = 0xF20F51,
    X_ADDSS = 0xF30F58,
    X_MULSS = 0xF30F59,
    X_SUBSS = 0xF30F5C,
    X_DIVSS = 0xF30F5E,
    X_UCOMISD = 0x660F2E,
    X_UCOMISS = 0x0F2E,
    X_CVTSI2SD = 0xF20F2A,
    X_CVTSI2SS = 0xF30F2A,
    X_CVTTSD2SI = 0xF20F2C,
    X_CVTSD2SS = 0xF20F5A,
    X_CVTSS2SD = 0xF30F5A,
    X_MOVQ_TO_XMM = 0x660F6E,
    X_MOVQ_FROM_XMM = 0x660F7E, /* the latter's register operand is the xmm */
    X_XORPS = 0x0F57,
    X_ANDPS = 0x0F54,
    X_SHIFT_CL = 0xD3,
    X_SHIFT_IMM = 0xC1, /* reg: one of the SHIFT_ codes */
    X_GROUP3 = 0xF7,    /* reg: one of the G3_ codes */
    X_GROUP5 = 0xFF,    /* reg: 0 inc, 1 dec, 2 call, 4 jmp */
};
enum { SHIFT_ROL = 0, SHIFT_ROR = 1, SHIFT_SHL = 4, SHIFT_SHR = 5, SHIFT_SAR = 7 };
enum { G3_NOT = 2, G3_NEG = 3, G3_MUL = 4, G3_IMUL = 5, G3_DIV = 6, G3_IDIV = 7 };
enum {
    IMM_ADD = 0,
    IMM_OR = 1,
    IMM_ADC = 2,
    IMM_SBB = 3,
    IMM_AND = 4,
    IMM_SUB = 5,
    IMM_XOR = 6,
    IMM_CMP = 7
}; /* x64_imm's codes */

/* Where code is written, and where it will run. */
typedef struct Asm {
    uint8_t *at;
    uint8_t *end; /* room ends here; who writes sees to it that there is enough */
} Asm;

static inline void x64_byte(Asm *as, unsigned b)
{
    *as->at++ = (uint8_t)b;
}

static inline void x64_long(Asm *as, uint32_t v)
{
    memcpy(as->at, &v, 4);
    as->at += 4;
}

static inline void x64_quad(Asm *as, uint64_t v)
{
    memcpy(as->at, &v, 8);
    as->at += 8;
}

/* Prefix, REX and opcode. Bytes of rsi, rdi and above need a REX to be named; it does no harm
 * elsewhere. */
static inline void x64_head(Asm *as, bool wide, unsigned op, unsigned reg, unsigned index,
                            unsigned base, bool is_byte)
{
    unsigned rex = 0x40 | wide << 3 | (reg >> 3) << 2 | (index >> 3) << 1 | base >> 3;
    if (op >> 16) x64_byte(as, op >> 16);
    if (rex != 0x40 || is_byte) x64_byte(as, rex);
    if ((op >> 8 & 0xFF) == 0x0F) x64_byte(as, 0x0F);
    x64_byte(as, op & 0xFF);
}

/* op reg, rm with two registers. */
static inline void x64_rr(Asm *as, bool wide, unsigned op, unsigned reg, unsigned rm)
{
    x64_head(as, wide, op, reg, 0, rm, op == X_MOVZX8 || op == X_MOVSX8);
    x64_byte(as, 0xC0 | (reg & 7) << 3 | (rm & 7));
}

static inline void x64_disp(Asm *as, unsigned reg, unsigned low, int32_t disp, bool can_omit)
{
    if (disp == 0 && can_omit) {
        x64_byte(as, (reg & 7) << 3 | low);
    } else if (disp == (int8_t)disp) {
        x64_byte(as, 0x40 | (reg & 7) << 3 | low);
    } else {
        x64_byte(as, 0x80 | (reg & 7) << 3 | low);
    }
}

static inline void x64_disp_value(Asm *as, int32_t disp, bool can_omit)
{
    if (disp == 0 && can_omit) return;
    if (disp == (int8_t)disp)
        x64_byte(as, (uint8_t)disp);
    else
        x64_long(as, (uint32_t)disp);
}

/* op reg, [base + disp] */
static inline void x64_rm(Asm *as, bool wide, unsigned op, unsigned reg, unsigned base,
                          int32_t disp)
{
    bool can_omit = (base & 7) != RBP;
    x64_head(as, wide, op, reg, 0, base, op == X_STORE8);
    x64_disp(as, reg, base & 7, disp, can_omit);
    if ((base & 7) == RSP) x64_byte(as, 0x24);
    x64_disp_value(as, disp, can_omit);
}

/* op reg, [base + index << shift + disp] */
static inline void x64_rx(Asm *as, bool wide, unsigned op, unsigned reg, unsigned base,
                          unsigned index, unsigned shift, int32_t disp)
{
    bool can_omit = (base & 7) != RBP;
    x64_head(as, wide, op, reg, index, base, op == X_STORE8);
    x64_disp(as, reg, 4, disp, can_omit);
    x64_byte(as, shift << 6 | (index & 7) << 3 | (base & 7));
    x64_disp_value(as, disp, can_omit);
}

/* op reg, imm: one of IMM_. */
static inline void x64_imm(Asm *as, bool wide, unsigned code, unsigned reg, int32_t imm)
{
    bool is_short = imm == (int8_t)imm;
    x64_rr(as, wide, is_short ? 0x83 : 0x81, code, reg);
    if (is_short)
        x64_byte(as, (uint8_t)imm);
    else
        x64_long(as, (uint32_t)imm);
}

/* The same with memory. */
static inline void x64_imm_mem(Asm *as, bool wide, unsigned code, unsigned base, int32_t disp,
                               int32_t imm)
{
    bool is_short = imm == (int8_t)imm;
    x64_rm(as, wide, is_short ? 0x83 : 0x81, code, base, disp);
    if (is_short)
        x64_byte(as, (uint8_t)imm);
    else
        x64_long(as, (uint32_t)imm);
}

/* reg = value, in the shortest way that leaves the flags alone. */
static inline void x64_load(Asm *as, unsigned reg, uint64_t value)
{
    if (value <= UINT32_MAX) {
        x64_head(as, false, 0xB8 | (reg & 7), 0, 0, reg, false);
        x64_long(as, (uint32_t)value);
    } else if ((int64_t)value == (int32_t)value) {
        x64_rr(as, true, 0xC7, 0, reg);
        x64_long(as, (uint32_t)value);
    } else {
        x64_head(as, true, 0xB8 | (reg & 7), 0, 0, reg, false);
        x64_quad(as, value);
    }
}

/* Jumps whose 32-bit distance is filled in later; return where it stands. */
static inline uint8_t *x64_jcc(Asm *as, unsigned condition)
{
    x64_byte(as, 0x0F);
    x64_byte(as, 0x80 | condition);
    x64_long(as, 0);
    return as->at - 4;
}

static inline uint8_t *x64_jmp(Asm *as)
{
    x64_byte(as, 0xE9);
    x64_long(as, 0);
    return as->at - 4;
}

static inline uint8_t *x64_call(Asm *as)
{
    x64_byte(as, 0xE8);
    x64_long(as, 0);
    return as->at - 4;
}

/* reg = an address, whose distance is filled in later likewise. */
static inline uint8_t *x64_lea_rip(Asm *as, unsigned reg)
{
    x64_head(as, true, X_LEA, reg, 0, 0, false);
    x64_byte(as, 5 | (reg & 7) << 3);
    x64_long(as, 0);
    return as->at - 4;
}

/* Lets the jump whose distance stands at `hole` go to `to`. */
static inline void x64_patch(uint8_t *hole, const uint8_t *to)
{
    int32_t distance = (int32_t)(to - (hole + 4));
    memcpy(hole, &distance, 4);
}

#endif
