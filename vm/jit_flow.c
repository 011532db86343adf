/* SPDX-License-Identifier: MIT */
/* Jumps, calls and returns in machine code. */
#include "vm/jit_operand.h"

#include "vm/jit_help.h"

#if defined(__x86_64__)

/* ---- Jumps ---- */

static void loop_if(Jit *j, unsigned condition, int64_t pc)
{
    uint8_t *skip = x64_jcc(&j->as, condition ^ 1);
    loop_to(j, pc);
    x64_patch(skip, j->as.at);
}

static void jump_or_loop_if(Jit *j, unsigned condition, int64_t pc, bool is_loop)
{
    if (is_loop)
        loop_if(j, condition, pc);
    else
        jump_if(j, condition, pc);
}

static int64_t far_target(const Jit *j, const Instr *at)
{
    return (int64_t)j->pc + 1 + op_info[at->op].words + at->bx;
}

static void jump_compared(Jit *j, const Instr *at, unsigned condition, bool is_loop)
{
    unsigned x = use_int(j, at->a, RAX);
    op_int(j, true, X_CMP, x, at->b);
    jump_or_loop_if(j, condition, near_target(j, at), is_loop);
}

static void jump_compared_imm(Jit *j, const Instr *at, unsigned condition, bool is_loop)
{
    compare_imm(j, at->a, SIMM(at->b));
    jump_or_loop_if(j, condition, near_target(j, at), is_loop);
}

/* R[a] < R[b] is "above" with the operands exchanged, which is false for NaN. */
static void jump_compared_float(Jit *j, const Instr *at, unsigned condition, bool is_loop)
{
    unsigned y = use_float(j, at->b, XMM0);
    op_float(j, X_UCOMISD, y, at->a);
    jump_or_loop_if(j, condition, near_target(j, at), is_loop);
}

static void jump_true(Jit *j, const Instr *at, unsigned condition, bool is_loop)
{
    compare_imm(j, at->a, 0);
    jump_or_loop_if(j, condition, far_target(j, at), is_loop);
}

static void step_loop(Jit *j, const Instr *at, int step, unsigned condition, bool is_imm)
{
    int reg = pinned_int(j, at->a);
    if (reg >= 0) {
        x64_imm(&j->as, true, IMM_ADD, (unsigned)reg, step);
    } else {
        reg = RAX;
        load_int(j, at->a, RAX);
        x64_imm(&j->as, true, IMM_ADD, RAX, step);
    }
    put_int(j, at->a, (unsigned)reg);
    if (is_imm)
        x64_imm(&j->as, true, IMM_CMP, (unsigned)reg, SIMM(at->b));
    else
        op_int(j, true, X_CMP, (unsigned)reg, at->b);
    loop_if(j, condition, near_target(j, at));
}

static void add_loop(Jit *j, const Instr *at, unsigned condition)
{
    load_int(j, at->a, RAX);
    op_int(j, true, X_ADD, RAX, at->b);
    put_int(j, at->a, RAX);
    op_int(j, true, X_CMP, RAX, (uint32_t)at[1].word);
    loop_if(j, condition, near_target(j, at));
}

static void jump_table(Jit *j, const Instr *at)
{
    load_int(j, at->a, RAX);
    if (at[1].word) {
        x64_load(&j->as, RCX, at[1].word);
        x64_rr(&j->as, true, X_SUB, RAX, RCX);
    }
    x64_imm(&j->as, true, IMM_CMP, RAX, at->b - 1);
    jump_if(j, CC_AE, (int64_t)j->pc + 1 + at->b);
    uint8_t *table = x64_lea_rip(&j->as, RCX);
    x64_rx(&j->as, true, X_MOVSXD, RAX, RCX, RAX, 2, 0);
    x64_rr(&j->as, true, X_ADD, RAX, RCX);
    x64_rr(&j->as, false, X_GROUP5, 4, RAX);
    x64_patch(table, j->as.at);
    const uint8_t *base = j->as.at;
    for (uint32_t i = 1; i < at->b; i++) {
        uint32_t to = (uint32_t)(j->pc + 2 + i + (int64_t)at[1 + i].word);
        jit_note_way(j, to);
        vec_push(&j->tables, ((TableEntry){j->as.at, base, to}));
        x64_long(&j->as, 0);
    }
}

/* ---- Calls ---- */

/* The function that the instruction calls is compiled already, or is the one at hand: its entry and
 * frame are known. */
static const uint8_t *known_entry(const Jit *j, const FuncProto *callee)
{
    if (callee == j->proto) return j->words[0].entry;
    const void *entry = __atomic_load_n(&callee->jit_entry, __ATOMIC_ACQUIRE);
    return entry ? j->region + jit_offset(entry) : NULL;
}

/* Makes the callee's frame current, whose closure stands in it, and goes there. rcx is its proto,
 * which is `callee` where that is known. Leaves where the frame does not fit. */
static void enter_callee(Jit *j, const Instr *at, const FuncProto *callee)
{
    Asm *as = &j->as;
    const uint8_t *entry = callee ? known_entry(j, callee) : NULL;
    uint32_t words = 1 + (uint32_t)op_info[at->op].words;
    if (entry) {
        x64_rm(as, true, X_LEA, RAX, RBX, DISP(at->a + callee->nslots));
    } else {
        x64_rm(as, true, X_MOV, RDX, RCX, offsetof(FuncProto, jit_entry));
        x64_rm(as, false, X_MOV, RAX, RCX, offsetof(FuncProto, nslots));
        x64_rx(as, true, X_LEA, RAX, RBX, RAX, 3, DISP(at->a));
    }
    x64_rm(as, true, X_CMP, RAX, R12, offsetof(JitState, limit));
    leave_if(j, CC_A);
    x64_load(as, RAX, (uintptr_t)(at + words));
    x64_rm(as, true, X_STORE, RAX, RBX, DISP(at->a) - 24);
    x64_rm(as, true, X_STORE_IMM, 0, RBX, DISP(at->a) - 8);
    x64_long(as, at->a | LINK_MACHINE);
    x64_imm(as, true, IMM_ADD, RBX, DISP(at->a));
    x64_rr(as, false, X_GROUP5, 1, R13);
    x64_patch(x64_jcc(as, CC_S), j->region + j->stubs->preempt_callee);
    if (entry) {
        x64_patch(x64_call(as), entry);
    } else {
        x64_rr(as, true, X_TEST, RDX, RDX);
        x64_patch(x64_jcc(as, CC_E), j->region + j->stubs->run_callee);
        x64_rr(as, false, X_GROUP5, 2, RDX);
    }
}

/* What comes where the callee returns to. */
static void leave_callee(Jit *j, const Instr *at)
{
    x64_imm(&j->as, true, IMM_SUB, RBX, DISP(at->a));
    j->words[j->pc].is_call = true;
    j->words[j->pc + 1 + (uint32_t)op_info[at->op].words].entry = j->as.at;
    jit_load_pinned(j);
}

#    ifdef MGO_STRESS_STACK /* the stack moves at every call, which is the interpreter's business  \
                             */
enum { CALLS_ARE_OURS = false };
#    else
enum { CALLS_ARE_OURS = true };
#    endif

static bool call(Jit *j, const Instr *at)
{
    if (!CALLS_ARE_OURS || j->pc + 2 >= j->n) return false;
    clean_slots(j);
    x64_load(&j->as, RCX, at[1].word);
    x64_rm(&j->as, true, X_STORE, RCX, RBX, DISP(at->a) - 16);
    enter_callee(j, at, (const FuncProto *)(uintptr_t)at[1].word);
    leave_callee(j, at);
    return true;
}

static bool call_closure(Jit *j, const Instr *at)
{
    if (!CALLS_ARE_OURS || j->pc + 1 >= j->n) return false;
    clean_slots(j);
    unsigned closure = use_pointer(j, at->b, RAX);
    x64_rm(&j->as, true, X_STORE, closure, RBX, DISP(at->a) - 16);
    x64_rm(&j->as, true, X_MOV, RCX, closure, offsetof(Closure, proto));
    enter_callee(j, at, NULL);
    leave_callee(j, at);
    return true;
}

/* rcx = the method of the type in rdx, found as the interpreter finds it. */
static void find_method(Jit *j, const ICache *cache)
{
    Asm *as = &j->as; /* as icache_place has it */
    x64_rr(as, true, X_MOV, RCX, RDX);
    x64_rr(as, true, X_SHIFT_IMM, SHIFT_SHR, RCX);
    x64_byte(as, 3);
    x64_rr(as, false, 0x69, RCX, RCX);
    x64_long(as, 0x9E3779B1u);
    x64_rr(as, false, X_SHIFT_IMM, SHIFT_SHR, RCX);
    x64_byte(as, 29);
    x64_load(as, RAX, (uintptr_t)cache->pairs);
    x64_rx(as, true, X_MOV, RCX, RAX, RCX, 3, 0);
    x64_rr(as, true, X_TEST, RCX, RCX);
    leave_if(j, CC_E);
    x64_rm(as, true, X_CMP, RDX, RCX, offsetof(ICachePair, type));
    leave_if(j, CC_NE);
    x64_rm(as, true, X_MOV, RCX, RCX, offsetof(ICachePair, entry));
}

/* The types that the interpreter has seen here are compared one by one and their methods called
 * directly. */
static bool call_method(Jit *j, const Instr *at)
{
    if (!CALLS_ARE_OURS || j->pc + 2 >= j->n) return false;
    enum { MAX_DIRECT = 4 };
    Asm *as = &j->as;
    const ICache *cache = (const ICache *)(uintptr_t)at[1].word;
    uint8_t *done[MAX_DIRECT];
    unsigned ndone = 0;
    use_pointer(j, at->b, RDX);
    load_int(j, at->b, RDX);
    move_slot(j, (uint32_t)at->a + at->c, (uint32_t)at->b + 1);
    clean_slots(j);
    for (size_t i = 0; i < sizeof cache->pairs / sizeof cache->pairs[0] && ndone < MAX_DIRECT;
         i++) {
        const ICachePair *pair = __atomic_load_n(&cache->pairs[i], __ATOMIC_ACQUIRE);
        if (!pair || !known_entry(j, pair->entry)) continue;
        x64_load(as, RAX, (uintptr_t)pair->type);
        x64_rr(as, true, X_CMP, RDX, RAX);
        uint8_t *other = x64_jcc(as, CC_NE);
        x64_load(as, RCX, (uintptr_t)pair->entry);
        x64_rm(as, true, X_STORE, RCX, RBX, DISP(at->a) - 16);
        enter_callee(j, at, pair->entry);
        done[ndone++] = x64_jmp(as);
        x64_patch(other, as->at);
    }
    find_method(j, cache);
    x64_rm(as, true, X_STORE, RCX, RBX, DISP(at->a) - 16);
    enter_callee(j, at, NULL);
    while (ndone > 0) x64_patch(done[--ndone], as->at);
    leave_callee(j, at);
    return true;
}

/* The caller takes its frame back, and finds the results in this one. */
static void leave_function(Jit *j, uint32_t nresults)
{
    show_slots(j, 0, nresults);
    x64_byte(&j->as, 0xC3);
}

/* ---- Instructions that C functions do ---- */

/* Calls the function, which has changed nothing where it returns false: then the interpreter does
 * the instruction. */
static void call_help(Jit *j, const Instr *at, JitHelp *help)
{
    clean_slots(j);
    x64_rr(&j->as, true, X_MOV, RDI, RBX);
    x64_load(&j->as, RSI, (uintptr_t)at);
    jit_call_c(j, (uintptr_t)help);
}

static bool do_help(Jit *j, const Instr *at)
{
    JitHelp *help = jit_help_for(at);
    if (!help) return false;
    call_help(j, at, help);
    x64_rr(&j->as, false, X_TEST8, RAX, RAX);
    leave_if(j, CC_E);
    jit_load_pinned(j);
    return true;
}

/* The same where the function says whether the instruction jumps. */
static bool do_jump_help(Jit *j, const Instr *at)
{
    JitHelp *help = jit_jump_help_for(at);
    if (!help) return false;
    call_help(j, at, help);
    jit_load_pinned(j);
    x64_rr(&j->as, false, X_TEST8, RAX, RAX);
    jump_if(j, CC_NE, jit_jump_target(j->code, j->pc));
    return true;
}

/* A rune of one byte is taken here, others by the function that knows UTF-8. */
static void next_rune(Jit *j, const Instr *at)
{
    Asm *as = &j->as;
    clean_slots(j);
    load_int(j, at->a, RAX);
    op_int(j, true, X_CMP, RAX, at->b + 1u);
    jump_if(j, CC_GE, jit_jump_target(j->code, j->pc));
    load_int(j, at->b, RCX);
    x64_rx(as, false, X_MOVZX8, RCX, RCX, RAX, 0, 0);
    x64_imm(as, false, IMM_CMP, RCX, 0x80);
    uint8_t *longer = x64_jcc(as, CC_AE);
    put_int(j, at->a + 1u, RAX);
    x64_imm(as, true, IMM_ADD, RAX, 1);
    put_int(j, at->a, RAX);
    put_int(j, at->c, RCX);
    uint32_t dirty = j->dirty;
    uint8_t *done = x64_jmp(as);
    x64_patch(longer, as->at);
    j->dirty = 0;
    call_help(j, at, jit_jump_help_for(at));
    jit_load_pinned(j);
    x64_patch(done, as->at);
    j->dirty = dirty; /* on one of the two ways */
}

/* A leaf gets its operands' addresses, in the frame or behind the instruction. */
static void call_leaf(Jit *j, const Instr *at)
{
    Asm *as = &j->as;
    clean_slots(j);
    x64_rm(as, true, X_LEA, RDI, RBX, DISP(at->a));
    if (at->op == OP_LEAF)
        x64_rm(as, true, X_LEA, RSI, RBX, DISP(at->b));
    else
        x64_load(as, RSI, (uintptr_t)&at[2]);
    jit_call_c(j, at[1].word);
    jit_load_pinned(j);
    x64_rr(as, false, X_TEST8, RAX, RAX);
    jump_if(j, CC_NE, near_target(j, at));
}

/* clang-format off */

bool jit_jumps(Jit *j, const Instr *at)
{
    switch (at->op) {
    case OP_JMP: jump(j, far_target(j, at)); return true;
    case OP_JT: jump_true(j, at, CC_NE, false); return true;
    case OP_JF: jump_true(j, at, CC_E, false); return true;
    case OP_JEQ: jump_compared(j, at, CC_E, false); return true;
    case OP_JNE: jump_compared(j, at, CC_NE, false); return true;
    case OP_JLT: jump_compared(j, at, CC_L, false); return true;
    case OP_JLE: jump_compared(j, at, CC_LE, false); return true;
    case OP_JLTU: jump_compared(j, at, CC_B, false); return true;
    case OP_JLEU: jump_compared(j, at, CC_BE, false); return true;
    case OP_JEQI: jump_compared_imm(j, at, CC_E, false); return true;
    case OP_JNEI: jump_compared_imm(j, at, CC_NE, false); return true;
    case OP_JLTI: jump_compared_imm(j, at, CC_L, false); return true;
    case OP_JLEI: jump_compared_imm(j, at, CC_LE, false); return true;
    case OP_JGTI: jump_compared_imm(j, at, CC_G, false); return true;
    case OP_JGEI: jump_compared_imm(j, at, CC_GE, false); return true;
    case OP_JLTF: jump_compared_float(j, at, CC_A, false); return true;
    case OP_JLEF: jump_compared_float(j, at, CC_AE, false); return true;
    case OP_JNLTF: jump_compared_float(j, at, CC_BE, false); return true;
    case OP_JNLEF: jump_compared_float(j, at, CC_B, false); return true;
    case OP_JTYPE:
        x64_load(&j->as, RAX, at[1].word);
        op_int(j, true, X_CMP, RAX, at->a);
        jump_if(j, CC_E, far_target(j, at));
        return true;
    case OP_JTABLE: jump_table(j, at); return true;
    case OP_LOOP: loop_to(j, far_target(j, at)); return true;
    case OP_LOOPT: jump_true(j, at, CC_NE, true); return true;
    case OP_LOOPF: jump_true(j, at, CC_E, true); return true;
    case OP_LOOPEQ: jump_compared(j, at, CC_E, true); return true;
    case OP_LOOPNE: jump_compared(j, at, CC_NE, true); return true;
    case OP_LOOPLT: jump_compared(j, at, CC_L, true); return true;
    case OP_LOOPLE: jump_compared(j, at, CC_LE, true); return true;
    case OP_LOOPEQI: jump_compared_imm(j, at, CC_E, true); return true;
    case OP_LOOPNEI: jump_compared_imm(j, at, CC_NE, true); return true;
    case OP_LOOPLTI: jump_compared_imm(j, at, CC_L, true); return true;
    case OP_LOOPLEI: jump_compared_imm(j, at, CC_LE, true); return true;
    case OP_LOOPGTI: jump_compared_imm(j, at, CC_G, true); return true;
    case OP_LOOPGEI: jump_compared_imm(j, at, CC_GE, true); return true;
    case OP_LOOPLTF: jump_compared_float(j, at, CC_A, true); return true;
    case OP_LOOPLEF: jump_compared_float(j, at, CC_AE, true); return true;
    case OP_LOOPNLTF: jump_compared_float(j, at, CC_BE, true); return true;
    case OP_LOOPNLEF: jump_compared_float(j, at, CC_B, true); return true;
    case OP_INCLOOPLT: step_loop(j, at, 1, CC_L, false); return true;
    case OP_INCLOOPLTI: step_loop(j, at, 1, CC_L, true); return true;
    case OP_INCLOOPLE: step_loop(j, at, 1, CC_LE, false); return true;
    case OP_INCLOOPLEI: step_loop(j, at, 1, CC_LE, true); return true;
    case OP_DECLOOPGEI: step_loop(j, at, -1, CC_GE, true); return true;
    case OP_ADDLOOPLT: add_loop(j, at, CC_L); return true;
    case OP_ADDLOOPLE: add_loop(j, at, CC_LE); return true;
    case OP_NEXTRUNE: next_rune(j, at); return true;
    case OP_LEAF:
    case OP_LEAFK: call_leaf(j, at); return true;
    case OP_CALL: return call(j, at);
    case OP_CALLC: return call_closure(j, at);
    case OP_CALLI: return call_method(j, at);
    case OP_RET: leave_function(j, j->proto->nresults); return true;
    case OP_RETV: move_slot(j, 0, at->b); leave_function(j, 1); return true;
    case OP_RETI: put_imm(j, 0, at->bx); leave_function(j, 1); return true;
    default: return do_help(j, at) || do_jump_help(j, at);
    }
}

/* clang-format on */

#endif
