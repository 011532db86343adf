/* SPDX-License-Identifier: MIT */
/* The instructions in machine code: moves, instructions that C functions do, and what instructions
 * read. */
#include "vm/jit_operand.h"

const Instr jit_entry_code[1] = {{.op = OP_JIT}};

#if defined(__x86_64__)

void jit_leave(Jit *j, uint8_t *hole, JitExit kind, uint32_t pc)
{
    vec_push(&j->leaves, ((Leave){hole, pc, j->dirty, kind}));
}

void jit_note_way(Jit *j, uint32_t pc)
{
    Word *word = &j->words[pc];
    if (!(j->dirty & ~word->dirty)) return;
    word->dirty |= j->dirty;
    if (pc <= j->pc) j->is_open = true;
}

void jit_load_pinned(Jit *j)
{
    for (uint32_t i = 0; i < j->npinned; i++) load_pinned_slot(j, &j->pinned[i]);
    j->dirty = 0;
    j->block++;
}

void jit_store_pinned(Jit *j, uint32_t which)
{
    for (uint32_t i = 0; i < j->npinned; i++)
        if (which >> i & 1) store_pinned(j, &j->pinned[i]);
}

void jit_call_c(Jit *j, uintptr_t function)
{
    Asm *as = &j->as;
    x64_load(as, RAX, function);
    x64_rr(as, true, X_MOV, RBP, RSP); /* free, as all pinned slots are loaded anew */
    x64_imm(as, true, IMM_AND, RSP, -16);
    x64_rr(as, false, X_GROUP5, 2, RAX);
    x64_rr(as, true, X_MOV, RSP, RBP);
    j->words[j->pc].is_call = true;
}

void jit_function_entry(Jit *j)
{
    uint32_t nparams = (uint32_t)j->proto->nresults + j->proto->nparams;
    j->words[0].entry = j->as.at;
    for (uint32_t i = 0; i < j->npinned; i++)
        if (j->pinned[i].slot < nparams || j->words[0].is_target)
            load_pinned_slot(j, &j->pinned[i]);
}

/* ---- Moves ---- */

/* Two or three slots, which may overlap. */
static void move_several(Jit *j, uint32_t to, uint32_t from, unsigned n)
{
    static const uint8_t scratch[] = {RAX, RCX, RDX};
    for (unsigned i = 0; i < n; i++) load_int(j, from + i, scratch[i]);
    for (unsigned i = 0; i < n; i++) put_int(j, to + i, scratch[i]);
}

/* clang-format off */

static bool translate_moves(Jit *j, const Instr *at)
{
    switch (at->op) {
    case OP_NOP: return true;
    case OP_MOVE: move_slot(j, at->a, at->b); return true;
    case OP_MOVE2: move_several(j, at->a, at->b, 2); return true;
    case OP_MOVE3: move_several(j, at->a, at->b, 3); return true;
    case OP_LOADI: put_imm(j, at->a, at->bx); return true;
    case OP_LOADK: put_word(j, at->a, at[1].word); return true;
    case OP_LOADK2:
    case OP_LOADIF:
        put_word(j, at->a, at[1].word);
        put_word(j, (uint32_t)at->a + 1, at[2].word);
        return true;
    case OP_ZERO:
        if (at->bx > 8) return false;
        for (int32_t i = 0; i < at->bx; i++) put_imm(j, (uint32_t)(at->a + i), 0);
        return true;
    default: return false;
    }
}

/* clang-format on */

bool jit_translate(Jit *j, const Instr *at)
{
    return jit_numbers(j, at) || jit_memory(j, at) || jit_elements(j, at) ||
           translate_moves(j, at) || jit_jumps(j, at);
}

/* ---- What they read ---- */

/* clang-format off */

/* The operands that are float64, bits: 1 a, 2 b, 4 c, 8 W. */
static unsigned float_operands(unsigned op)
{
    switch (op) {
    case OP_ADDF: case OP_SUBF: case OP_MULF: case OP_DIVF: return 7;
    case OP_MULADDF: case OP_MULSUBF: return 15;
    case OP_SQRT: case OP_CALCF: case OP_F2F32: case OP_F322F: return 3;
    case OP_CALCFF: return 7;
    case OP_I2F: case OP_U2F: case OP_I2F32: return 1;
    case OP_MULFE: return 3;
    case OP_F2I: case OP_F2U: return 2;
    case OP_JLTF: case OP_JLEF: case OP_JNLTF: case OP_JNLEF: return 3;
    case OP_LOOPLTF: case OP_LOOPLEF: case OP_LOOPNLTF: case OP_LOOPNLEF: return 3;
    case OP_LTF: case OP_LEF: case OP_EQF: case OP_NEF: return 6;
    case OP_ADDFL: case OP_SUBFL: case OP_MULFL: case OP_ADDFE: case OP_SUBFE: return 3;
    case OP_ADDFM: case OP_SUBFM: return 2;
    case OP_ADDFX: return 4;
    case OP_ADDF32: case OP_SUBF32: case OP_MULF32: case OP_DIVF32: return 7;
    default: return 0;
    }
}

/* The operand that is moved as it is, so that it does not matter what kind of register it has: the same bits. */
static unsigned plain_operands(unsigned op)
{
    switch (op) {
    case OP_MOVE: return 3;
    case OP_LOADK: case OP_LD64: case OP_LDG64: case OP_STG64: case OP_LDCAP: case OP_LDX64: case OP_LDXX64: case OP_LDXO64: return 1;
    case OP_LDXI64: case OP_LDPX64: case OP_LDMX64: case OP_LDMO64: case OP_LDLX64: return 1;
    case OP_ST64: case OP_RETV: return 2;
    case OP_STX64: case OP_STXX64: case OP_STPX64: case OP_STMX64: case OP_STLX64: return 4;
    case OP_NEXTX64: return 8;
    default: return 0;
    }
}

/* clang-format on */

/* The operand that is a slice whose length is read too, one of the bits above. */
static unsigned slice_operand(unsigned op)
{
    if (op >= OP_LDX8 && op <= OP_LDXIU8) return 2;
    if (op >= OP_NEXTX64 && op <= OP_NEXTXU8) return 2;
    if (op >= OP_ADDE && op <= OP_MULFE) return 4;
    if (op >= OP_STX8 && op <= OP_ADDFX) return 1;
    return op == OP_ADDRX ? 2 : 0;
}

/* Whether the first operand word names a slot. */
static bool names_slot(unsigned op)
{
    switch (op) {
    case OP_MULADDF:
    case OP_MULSUBF:
    case OP_ADDLOOPLT:
    case OP_ADDLOOPLE:
    case OP_LDXX64:
    case OP_LDXXU8:
    case OP_STXX64:
    case OP_STXX8:
    case OP_NEXTX64:
    case OP_NEXTXU8:
    case OP_NEXTX32: return true;
    default: return op >= OP_ADDE && op <= OP_MULFE;
    }
}

unsigned jit_uses(const Instr *at, SlotUse *uses)
{
    unsigned n = 0, floats = float_operands(at->op), plain = plain_operands(at->op),
             slice = slice_operand(at->op);
    const uint32_t operands[] = {at->a, at->b, at->c};
    const char *format = op_info[at->op].format;
    for (unsigned i = 0; i < 3; i++) {
        unsigned bit = 1u << i;
        if (format[i] != 'r' && format[i] != 'w') continue;
        bool is_int = !((floats | plain) & bit);
        uses[n++] = (SlotUse){operands[i], format[i] == 'w', floats & bit, is_int};
        if (slice & bit) uses[n++] = (SlotUse){operands[i] + 1, false, false, true};
    }
    if (names_slot(at->op))
        uses[n++] = (SlotUse){(uint32_t)at[1].word, false, floats & 8, !((floats | plain) & 8)};
    return n;
}

#endif
