/* SPDX-License-Identifier: MIT */
/* The loop that runs bytecode.
 *
 * One function, a label for each opcode, a jump through the label table at the end of each handler: so each handler has an indirect jump of its own, which
 * the processor predicts from what came before. The compiler must not merge them again, hence the pragma. The loop's state is five locals:
 *
 *     pc      the instruction being executed; its operands are read through it
 *     r       base of the current frame
 *     g       the running goroutine
 *     limit   end of its stack
 *     budget  what is left of its slice, less one, so that what is taken away and what is compared with 0 are one instruction
 *
 * Whatever may park, allocate a frame, call C that looks at the goroutine or panic, first does SAVE(n): pc + n is where to go on, so the
 * word before it belongs to this instruction, which is how traces find the line. Whatever may have moved the stack or
 * switched goroutines does RELOAD() afterwards. Parking is: SAVE, queue (chan_send and its like do it), take the next goroutine from this processor,
 * RELOAD; the loop is not left. In a nested call (base > 0) C frames depend on this goroutine, so the loop stays with it and lets the
 * thread wait.
 *
 * Functions that run long are machine code (jit.h): `machine` goes there; it comes back with an instruction to do (`back` is
 * where all instructions lead meanwhile, by a table of its own), at the end of a slice, or when a function returns to bytecode.
 *
 * Conditional jumps must be real branches, which the processor predicts, never conditional moves of pc, which it waits for:
 * the empty asm in JUMP_IF's arm forces that. */
#pragma GCC optimize("no-gcse", "no-crossjumping", "no-tree-slp-vectorize")

#include "vm/interp.h"

#include "runtime/chan.h"
#include "runtime/gc.h"
#include "runtime/hashmap.h"
#include "runtime/iface.h"
#include "runtime/sched.h"
#include "runtime/select.h"
#include "runtime/slice.h"
#include "runtime/string.h"
#include "runtime/synctypes.h"
#include "stdlib/native.h"
#include "stdlib/sync/sync.h"
#include "vm/effect.h"
#include "vm/frame.h"
#include "vm/jit.h"
#include "vm/method.h"
#include "vm/number.h"
#include "vm/op.h"
#include "vm/panic.h"
#include "vm/print.h"
#include "vm/profile.h"
#include "vm/vm.h"

#include "base/utf8.h"

#include <string.h>


/* ---- Helpers of single opcodes ---- */

/* Eight bytes in memory: those of a complex64 are aligned to four only. */
typedef uint64_t __attribute__((aligned(4))) Word;

/* Out of range and NaN give the smallest int64, as the processors Go runs on do. */
static inline int64_t float_to_int(double f)
{
    return f >= -0x1p63 && f < 0x1p63 ? (int64_t)f : INT64_MIN;
}

static inline uint64_t float_to_uint(double f)
{
    if (f < 0x1p63) return (uint64_t)float_to_int(f);
    return (uint64_t)float_to_int(f - 0x1p63) ^ ((uint64_t)1 << 63);
}

/* Where both fit, 32-bit division is several times faster on many processors. b is not 0. */
static inline int64_t divide(int64_t a, int64_t b)
{
    if (LIKELY((((uint64_t)a | (uint64_t)b) >> 32) == 0)) return (uint32_t)a / (uint32_t)b;
    return b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b;
}

static inline int64_t modulo(int64_t a, int64_t b)
{
    if (LIKELY((((uint64_t)a | (uint64_t)b) >> 32) == 0)) return (uint32_t)a % (uint32_t)b;
    return b == -1 ? 0 : a % b;
}

static inline uint64_t divide_unsigned(uint64_t a, uint64_t b)
{
    if (LIKELY(((a | b) >> 32) == 0)) return (uint32_t)a / (uint32_t)b;
    return a / b;
}

static inline uint64_t modulo_unsigned(uint64_t a, uint64_t b)
{
    if (LIKELY(((a | b) >> 32) == 0)) return (uint32_t)a % (uint32_t)b;
    return a % b;
}

static inline uint32_t rotate32(uint32_t x, unsigned n)
{
    return x << (n & 31) | x >> (-n & 31);
}

static inline uint64_t rotate64(uint64_t x, unsigned n)
{
    return x << (n & 63) | x >> (-n & 63);
}

/* What is added to a dividend so that a shift right by n bits rounds as division does. */
static inline int64_t toward_zero(int64_t x, unsigned n)
{
    return (int64_t)((uint64_t)(x >> 63) >> (64 - n));
}

/* Loads an element in one of LDLX's memory forms. */
static void load_form(Slot *to, const void *from, unsigned form, size_t size)
{
    switch (form) {
    case 0: to->i = *(const int8_t *)from; break;
    case 1: to->u = *(const uint8_t *)from; break;
    case 2: to->i = *(const int16_t *)from; break;
    case 3: to->u = *(const uint16_t *)from; break;
    case 4: to->i = *(const int32_t *)from; break;
    case 5: to->u = *(const uint32_t *)from; break;
    case 6: *to = *(const Slot *)from; break;
    default: memmove(to, from, size);
    }
}

/* The pair before g->pc is a SEND, or a SELECT whose chosen case sends: then its channel was closed meanwhile. */
static bool was_sending(Goroutine *g)
{
    const Instr *end = g->pc, *at = end - 1;
    if (at->op == OP_SEND) return true;
    while (end - at <= UINT16_MAX && (at->op == 0 || at->op == 1)) { /* SelectCase words begin with their kind */
        at--;
        if (at->op == OP_SELECT && at->b == end - at - 1)
            return (at[1 + frame_base(g)[at->a].i].word & 0xFFFF) == 0;
    }
    return false;
}

/* For reports about closed channels. */
static void note_close(Goroutine *g, Chan *chan, const Instr *pc)
{
    chan->closed_at = pc;
    chan->closed_by = g->id;
}

__attribute__((noinline)) static ChanStatus start_select(Goroutine *g, const Instr *pc)
{
    int n = pc->b;
    SelectCase cases[n ? n : 1];
    Slot *r = frame_base(g);
    for (int i = 0; i < n; i++) {
        uint64_t word = pc[1 + i].word;
        uint16_t chan = (uint16_t)(word >> 16), value = (uint16_t)(word >> 32), ok = (uint16_t)(word >> 48);
        cases[i] = (SelectCase){
            .chan = r[chan].p,
            .slot = value == 0xFFFF ? -1 : (int32_t)(g->frame + value),
            .ok_slot = ok == 0xFFFF ? -1 : (int32_t)(g->frame + ok),
            .is_send = (word & 0xFFFF) == 0,
        };
    }
    return select_run(g, cases, n, pc->c & 1, (int32_t)(g->frame + pc->a));
}

static const char *close_fault(ChanCloseStatus status)
{
    if (status == CHAN_CLOSE_NIL) return "close of nil channel";
    return status == CHAN_CLOSE_CLOSED ? "close of closed channel"
                                       : "close of synctest channel from outside bubble";
}

/* A channel operation names a channel of a bubble that the goroutine is not in. */
static const char *foreign_fault(const Instr *pc)
{
    if (pc->op == OP_SEND) return "send on synctest channel from outside bubble";
    return pc->op == OP_SELECT ? "select on synctest channel from outside bubble"
                               : "receive on synctest channel from outside bubble";
}

static void fill_native_call(NativeCall *call, Goroutine *g, const Instr *pc, Slot *r)
{
    FuncProto *callee = (FuncProto *)(uintptr_t)pc[1].word;
    call->g = g;
    call->proto = callee;
    call->results = r + pc->a;
    call->args = call->results + callee->nresults;
    call->results_slot = (int32_t)(g->frame + pc->a);
    call->args_slot = call->results_slot + callee->nresults;
    call->status = NATIVE_DONE;
}

/* clang-format off */

/* ---- The state, and how handlers move on ---- */

#define A    (pc->a)
#define B    (pc->b)
#define C    (pc->c)
#define SB   ((int16_t)pc->b)
#define SC   ((int16_t)pc->c)
#define BX   (pc->bx)
#define UX   ((uint32_t)pc->bx)
#define R(x) (r[x])
#define W(T) ((T *)(uintptr_t)pc[1].word)

#define CASE(name) L_##name
#define DISPATCH() goto *table[pc->op]
#define NEXT(n)    do { pc += (n); DISPATCH(); } while (0)

#define SAVE(n)  do { g->frame = (uint32_t)(r - stack_base(g)); g->live = g->frame + FRAME_PROTO(r)->nslots;             \
                      g->pc = pc + (n); g->budget = budget + 1; } while (0)
#define RELOAD_R() do { Stack *stack_ = atomic_load_explicit(&g->stack, memory_order_relaxed);                           \
                      r = stack_->slot + g->frame; limit = stack_->slot + stack_->nslots; } while (0)
#define RELOAD() do { RELOAD_R(); pc = g->pc; } while (0)

/* Hides what the table is, so that it stays in a register and is not computed again at each jump. */
#define TABLE(t) do { table = (t); __asm__("" : "+r"(table)); } while (0)

#define JUMP(n, off)          do { pc += (n) + (int64_t)(off); DISPATCH(); } while (0)
#define JUMP_IF(cond, off)    do { if (cond) { __asm__ volatile(""); JUMP(1, off); } NEXT(1); } while (0)
#define LOOP_TO(off)          do { pc += 1 + (int64_t)(off); if (UNLIKELY(--budget < 0)) goto preempt; DISPATCH(); } while (0)
#define LOOP_IF(cond, off)    do { if (cond) { __asm__ volatile(""); LOOP_TO(off); } NEXT(1); } while (0)

/* Enters the callee whose frame header stands at r. */
#ifdef MGO_STRESS_STACK /* the stack moves at every call, unless it is so large that this would take for ever */
#    define MUST_GROW(callee) (r + (callee)->nslots > limit || limit - stack_base(g) < 1024)
#else
#    define MUST_GROW(callee) (r + (callee)->nslots > limit)
#endif
#define ENTER(callee) do {                                                                                               \
        if (UNLIKELY(MUST_GROW(callee))) goto grow_frame;                                                                \
        if (UNLIKELY(--budget < 0)) goto preempt;                                                                       \
        DISPATCH(); } while (0)
#define CALL_PROTO(callee, closure, at, words) do {                                                                      \
        uint64_t at_ = (at);                                                                                             \
        Slot *base_ = r + at_;                                                                                           \
        base_[-3].p = (void *)(uintptr_t)(pc + (words));                                                                 \
        base_[-2].fn = (closure);                                                                                        \
        base_[-1].u = at_;                                                                                               \
        pc = __atomic_load_n(&(callee)->entry, __ATOMIC_ACQUIRE);                                                        \
        r = base_;                                                                                                       \
        ENTER(callee); } while (0)

#define NIL_CHECK(p)          if (UNLIKELY(!(p))) goto nil_fault
#define INDEX_CHECK(i, n)     if (UNLIKELY((uint64_t)(i) >= (uint64_t)(n))) { fault_index = (int64_t)(i); fault_len = (int64_t)(n); goto index_fault; }

/* Where instructions lead: to their labels or, while a sample is wanted, all to one. Written by signal handlers and who is sampled;
 * a worker that sees a change late is sampled late. */
static const void *targets[OP_COUNT];
static const void *const *own_targets; /* their labels, then the one for all; fixed by interp_init */
/* Where instructions lead while the interpreter does one for machine code: all back to that. Fixed by interp_init. */
static const void *targets_back[OP_COUNT];

void interp_divert(bool on)
{
    for (int i = 0; i < OP_COUNT; i++) __atomic_store_n(&targets[i], own_targets[on ? OP_COUNT : i], __ATOMIC_RELAXED);
}

static RunEnd run(Goroutine *g, uint32_t base)
{
    static const void *const labels[OP_COUNT + 1] = {
#define OP(name, format, words, text) [OP_##name] = &&L_##name,
#include "vm/opcodes.def"
#undef OP
        [OP_COUNT] = &&sample,
    };
    const Instr *pc;
    Slot *r, *limit;
    int32_t budget;
    const void *const *table;
    JitState jit;
    const void *machine_code;
    JitExit ending;
    int32_t spare; /* budget that machine code is not given */
    int64_t fault_index = 0, fault_len = 0;
    Iface fault;
    PanicStep step;
    ChanStatus status;
    NativeCall call;
    if (UNLIKELY(!g)) { /* interp_init */
        own_targets = labels;
        for (int i = 0; i < OP_COUNT; i++) targets_back[i] = &&back;
        interp_divert(false);
        return RUN_OUT;
    }
enter: /* g has just become the running goroutine of this loop */
    RELOAD();
    budget = g->budget - 1;
    TABLE(targets);
    if (UNLIKELY(g->resume || g->wake_status == WAKE_CLOSED || g->flags & GF_KILLED)) goto woken;
    if ((machine_code = jit_find(FRAME_PROTO(r), pc)) && !jit_is_off) goto machine;
    DISPATCH();

    /* ---- Moves and constants ---- */

CASE(NOP):    NEXT(1);
CASE(COVER):  atomic_fetch_add_explicit((_Atomic uint32_t *)(uintptr_t)pc[1].word, 1, memory_order_relaxed); NEXT(2);
CASE(LAZY): {
        FuncProto *proto = FRAME_PROTO(r);
        SAVE(0);
        g->live = g->frame + proto->nresults + proto->nparams;
        proto_compile(proto);
        if (jit_is_eager) jit_compile(proto);
        RELOAD_R();
        pc = __atomic_load_n(&proto->code, __ATOMIC_ACQUIRE);
        ENTER(proto);
    }
CASE(JIT):
    if (LIKELY(!jit_is_off)) {
        machine_code = FRAME_PROTO(r)->jit_entry;
        goto machine;
    }
    pc = FRAME_PROTO(r)->code;
    DISPATCH();
CASE(MOVE):   R(A) = R(B);                                                          NEXT(1);
CASE(MOVE2): { Slot x = R(B), y = R(B + 1); R(A) = x; R(A + 1) = y;                 NEXT(1); }
CASE(MOVE3): { Slot x = R(B), y = R(B + 1), z = R(B + 2);
        R(A) = x; R(A + 1) = y; R(A + 2) = z;                                       NEXT(1); }
CASE(LOADI):  R(A).i = BX;                                                          NEXT(1);
CASE(LOADK):  R(A).u = pc[1].word;                                                  NEXT(2);
CASE(LOADK2): R(A).u = pc[1].word; R(A + 1).u = pc[2].word;                         NEXT(3);
CASE(LOADIF): R(A).u = pc[1].word; R(A + 1).u = pc[2].word;                         NEXT(3);

    /* ---- Integers ---- */

#define BINARY(name, field, expr) CASE(name): R(A).field = (expr);                  NEXT(1)
    BINARY(ADD, u, R(B).u + R(C).u);
    BINARY(SUB, u, R(B).u - R(C).u);
    BINARY(MUL, u, R(B).u * R(C).u);
CASE(DIV):    if (UNLIKELY(R(C).i == 0)) goto divide_fault; R(A).i = divide(R(B).i, R(C).i);  NEXT(1);
CASE(MOD):    if (UNLIKELY(R(C).i == 0)) goto divide_fault; R(A).i = modulo(R(B).i, R(C).i);  NEXT(1);
CASE(DIVU):   if (UNLIKELY(R(C).u == 0)) goto divide_fault; R(A).u = divide_unsigned(R(B).u, R(C).u);  NEXT(1);
CASE(MODU):   if (UNLIKELY(R(C).u == 0)) goto divide_fault; R(A).u = modulo_unsigned(R(B).u, R(C).u);  NEXT(1);
    BINARY(AND, u, R(B).u & R(C).u);
    BINARY(OR, u, R(B).u | R(C).u);
    BINARY(XOR, u, R(B).u ^ R(C).u);
    BINARY(ANDN, u, R(B).u & ~R(C).u);
    BINARY(SHL, u, R(C).u < 64 ? R(B).u << R(C).u : 0);
    BINARY(SHR, i, R(B).i >> (R(C).u < 64 ? R(C).u : 63));
    BINARY(SHRU, u, R(C).u < 64 ? R(B).u >> R(C).u : 0);
CASE(CHKSHIFT): if (UNLIKELY(R(A).i < 0)) { fault = panic_error("negative shift amount"); goto raise; }  NEXT(1);
    BINARY(NEG, u, 0 - R(B).u);
    BINARY(NOT, u, ~R(B).u);
    BINARY(ADDI, u, R(B).u + (uint64_t)(int64_t)SC);
    BINARY(MULI, u, R(B).u * (uint64_t)(int64_t)SC);
    BINARY(DIVI, i, divide(R(B).i, SC));
    BINARY(MODI, i, modulo(R(B).i, SC));
    BINARY(ANDI, u, R(B).u & (uint64_t)(int64_t)SC);
    BINARY(SHLI, u, R(B).u << C);
    BINARY(SHRI, i, R(B).i >> C);
    BINARY(SHRUI, u, R(B).u >> C);
    BINARY(SHLIU32, u, (uint32_t)R(B).u << C);
    BINARY(ROTL32, u, rotate32((uint32_t)R(B).u, (unsigned)R(C).u));
    BINARY(ROTL64, u, rotate64(R(B).u, (unsigned)R(C).u));
    BINARY(ROTLI32, u, rotate32((uint32_t)R(B).u, C));
    BINARY(ROTLI64, u, rotate64(R(B).u, C));
    BINARY(CTZ, i, R(B).u ? __builtin_ctzll(R(B).u) : 64);
    BINARY(ONES, i, __builtin_popcountll(R(B).u));
    BINARY(BITLEN, i, R(B).u ? 64 - __builtin_clzll(R(B).u) : 0);
CASE(MULWIDE): {
    unsigned __int128 product = (unsigned __int128)R(B).u * R(C).u;
    R(A).u = (uint64_t)(product >> 64);
    R(A + 1).u = (uint64_t)product;
    NEXT(1);
}
CASE(ADDCARRY): {
    uint64_t x = R(B).u, sum = x + R(C).u, all = sum + R(C + 1).u;
    R(A + 1).u = (sum < x) | (all < sum);
    R(A).u = all;
    NEXT(1);
}
CASE(SUBBORROW): {
    uint64_t x = R(B).u, y = R(C).u, borrow = R(C + 1).u;
    R(A + 1).u = (x < y) | (x - y < borrow);
    R(A).u = x - y - borrow;
    NEXT(1);
}
    BINARY(DIVP2, i, (R(B).i + toward_zero(R(B).i, C)) >> C);
    BINARY(MODP2, i, R(B).i - (int64_t)((uint64_t)((R(B).i + toward_zero(R(B).i, C)) >> C) << C));
    BINARY(SEXT8, i, (int8_t)R(B).u);
    BINARY(SEXT16, i, (int16_t)R(B).u);
    BINARY(SEXT32, i, (int32_t)R(B).u);
    BINARY(ZEXT8, u, (uint8_t)R(B).u);
    BINARY(ZEXT16, u, (uint16_t)R(B).u);
    BINARY(ZEXT32, u, (uint32_t)R(B).u);
    BINARY(ADD32, i, (int32_t)(uint32_t)(R(B).u + R(C).u));
    BINARY(SUB32, i, (int32_t)(uint32_t)(R(B).u - R(C).u));
    BINARY(MUL32, i, (int32_t)(uint32_t)(R(B).u * R(C).u));
    BINARY(ADDU32, u, (uint32_t)(R(B).u + R(C).u));
    BINARY(SUBU32, u, (uint32_t)(R(B).u - R(C).u));
    BINARY(MULU32, u, (uint32_t)(R(B).u * R(C).u));

    /* ---- Floats and complex numbers ---- */

#define FLOAT32(name, expr) CASE(name): { float v = (expr); R(A).u = 0; R(A).f32 = v; NEXT(1); }
    BINARY(ADDF, f, R(B).f + R(C).f);
    BINARY(SUBF, f, R(B).f - R(C).f);
    BINARY(MULF, f, R(B).f * R(C).f);
    BINARY(DIVF, f, R(B).f / R(C).f);
    BINARY(NEGF, f, -R(B).f);
    BINARY(SQRT, f, __builtin_sqrt(R(B).f));
    BINARY(FABS, f, __builtin_fabs(R(B).f));
CASE(CALCF):  R(A).f = W(CalcF)(R(B).f);                                             NEXT(2);
CASE(CALCFF): R(A).f = W(CalcFF)(R(B).f, R(C).f);                                    NEXT(2);
CASE(CALCW):  R(A).u = W(CalcW)(R(B).u);                                             NEXT(2);
CASE(MULADDF): { double x = R(B).f * R(C).f; R(A).f = R(pc[1].word).f + x;           NEXT(2); }
CASE(MULSUBF): { double x = R(B).f * R(C).f; R(A).f = R(pc[1].word).f - x;           NEXT(2); }
    FLOAT32(ADDF32, R(B).f32 + R(C).f32)
    FLOAT32(SUBF32, R(B).f32 - R(C).f32)
    FLOAT32(MULF32, R(B).f32 * R(C).f32)
    FLOAT32(DIVF32, R(B).f32 / R(C).f32)
    FLOAT32(NEGF32, -R(B).f32)
    BINARY(I2F, f, (double)R(B).i);
    BINARY(U2F, f, (double)R(B).u);
    FLOAT32(I2F32, (float)R(B).i)
    BINARY(F2I, i, float_to_int(R(B).f));
    BINARY(F2U, u, float_to_uint(R(B).f));
    FLOAT32(F2F32, (float)R(B).f)
    BINARY(F322F, f, (double)R(B).f32);

    /* ---- Comparisons ---- */

    BINARY(NOTB, u, !R(B).u);
    BINARY(EQ, u, R(B).u == R(C).u);
    BINARY(NE, u, R(B).u != R(C).u);
    BINARY(LT, u, R(B).i < R(C).i);
    BINARY(LE, u, R(B).i <= R(C).i);
    BINARY(LTU, u, R(B).u < R(C).u);
    BINARY(LEU, u, R(B).u <= R(C).u);
    BINARY(EQF, u, R(B).f == R(C).f);
    BINARY(NEF, u, R(B).f != R(C).f);
    BINARY(LTF, u, R(B).f < R(C).f);
    BINARY(LEF, u, R(B).f <= R(C).f);
    BINARY(EQF32, u, R(B).f32 == R(C).f32);
    BINARY(NEF32, u, R(B).f32 != R(C).f32);
    BINARY(LTF32, u, R(B).f32 < R(C).f32);
    BINARY(LEF32, u, R(B).f32 <= R(C).f32);
CASE(EQIF): {
        const RType *bad = NULL;
        bool is_equal = iface_equal(iface_at(&R(B)), iface_at(&R(C)), &bad);
        if (UNLIKELY(bad)) { fault = panic_uncomparable_error(bad); goto raise; }
        R(A).u = is_equal;
        NEXT(1);
    }
CASE(EQV): {
        const RType *bad = NULL;
        bool is_equal = rtype_equal(W(const RType), &R(B), &R(C), &bad);
        if (UNLIKELY(bad)) { fault = panic_uncomparable_error(bad); goto raise; }
        R(A).u = is_equal;
        NEXT(2);
    }

    /* ---- Jumps ---- */

CASE(JMP):        JUMP(1, BX);
CASE(JT):         JUMP_IF(R(A).u, BX);
CASE(JF):         JUMP_IF(!R(A).u, BX);
CASE(JEQ):        JUMP_IF(R(A).u == R(B).u, SC);
CASE(JNE):        JUMP_IF(R(A).u != R(B).u, SC);
CASE(JLT):        JUMP_IF(R(A).i < R(B).i, SC);
CASE(JLE):        JUMP_IF(R(A).i <= R(B).i, SC);
CASE(JLTU):       JUMP_IF(R(A).u < R(B).u, SC);
CASE(JLEU):       JUMP_IF(R(A).u <= R(B).u, SC);
CASE(JEQI):       JUMP_IF(R(A).i == SB, SC);
CASE(JNEI):       JUMP_IF(R(A).i != SB, SC);
CASE(JLTI):       JUMP_IF(R(A).i < SB, SC);
CASE(JLEI):       JUMP_IF(R(A).i <= SB, SC);
CASE(JGTI):       JUMP_IF(R(A).i > SB, SC);
CASE(JGEI):       JUMP_IF(R(A).i >= SB, SC);
CASE(JLTF):       JUMP_IF(R(A).f < R(B).f, SC);
CASE(JLEF):       JUMP_IF(R(A).f <= R(B).f, SC);
CASE(JNLTF):      JUMP_IF(!(R(A).f < R(B).f), SC);
CASE(JNLEF):      JUMP_IF(!(R(A).f <= R(B).f), SC);
CASE(JTYPE):      if (R(A).type == W(RType)) { __asm__ volatile(""); JUMP(2, BX); } NEXT(2);
CASE(JTABLE): {
        uint64_t i = R(A).u - pc[1].word;
        if (LIKELY(i < (uint64_t)B - 1)) { __asm__ volatile(""); pc += 2 + i; JUMP(1, (int64_t)pc->word); }
        NEXT(1 + B);
    }
CASE(LOOP):       LOOP_TO(BX);
CASE(LOOPT):      LOOP_IF(R(A).u, BX);
CASE(LOOPF):      LOOP_IF(!R(A).u, BX);
CASE(LOOPEQ):     LOOP_IF(R(A).u == R(B).u, SC);
CASE(LOOPNE):     LOOP_IF(R(A).u != R(B).u, SC);
CASE(LOOPLT):     LOOP_IF(R(A).i < R(B).i, SC);
CASE(LOOPLE):     LOOP_IF(R(A).i <= R(B).i, SC);
CASE(LOOPEQI):    LOOP_IF(R(A).i == SB, SC);
CASE(LOOPNEI):    LOOP_IF(R(A).i != SB, SC);
CASE(LOOPLTI):    LOOP_IF(R(A).i < SB, SC);
CASE(LOOPLEI):    LOOP_IF(R(A).i <= SB, SC);
CASE(LOOPGTI):    LOOP_IF(R(A).i > SB, SC);
CASE(LOOPGEI):    LOOP_IF(R(A).i >= SB, SC);
CASE(LOOPLTF):    LOOP_IF(R(A).f < R(B).f, SC);
CASE(LOOPLEF):    LOOP_IF(R(A).f <= R(B).f, SC);
CASE(LOOPNLTF):   LOOP_IF(!(R(A).f < R(B).f), SC);
CASE(LOOPNLEF):   LOOP_IF(!(R(A).f <= R(B).f), SC);
#define STEP_LOOP(name, step, op, to) CASE(name): { uint64_t i = R(A).u + (uint64_t)(int64_t)(step); R(A).u = i; LOOP_IF((int64_t)i op (to), SC); }
    STEP_LOOP(INCLOOPLT, 1, <, R(B).i)
    STEP_LOOP(INCLOOPLTI, 1, <, SB)
    STEP_LOOP(INCLOOPLE, 1, <=, R(B).i)
    STEP_LOOP(INCLOOPLEI, 1, <=, SB)
    STEP_LOOP(DECLOOPGEI, -1, >=, SB)
#define ADD_LOOP(name, op) CASE(name): { uint64_t i = R(A).u + R(B).u; R(A).u = i;                                       \
        if ((int64_t)i op R(pc[1].word).i) { __asm__ volatile(""); LOOP_TO(1 + (int64_t)SC); } NEXT(2); }
    ADD_LOOP(ADDLOOPLT, <)
    ADD_LOOP(ADDLOOPLE, <=)

#define NEXT_ELEMENT(name, load) CASE(name): { int64_t i = ++R(A).i;                                                     \
        if (i < R(B + 1).i) { Slot *to = &R(pc[1].word); load; LOOP_TO(1 + (int64_t)SC); } NEXT(2); }
    NEXT_ELEMENT(NEXTX64, *to = ((Slot *)R(B).p)[i])
    NEXT_ELEMENT(NEXTX128, Slot *s = (Slot *)R(B).p + 2 * i; to[0] = s[0]; to[1] = s[1])
    NEXT_ELEMENT(NEXTX32, to->i = ((int32_t *)R(B).p)[i])
    NEXT_ELEMENT(NEXTXU8, to->u = ((uint8_t *)R(B).p)[i])

    /* ---- Memory ---- */

#define LOAD(name, T, field)  CASE(name): { char *p = R(B).p; NIL_CHECK(p); R(A).field = *(T *)(p + C); NEXT(1); }
#define STORE(name, T, field) CASE(name): { char *p = R(A).p; NIL_CHECK(p); *(T *)(p + C) = (T)R(B).field; NEXT(1); }
    LOAD(LD8, int8_t, i)
    LOAD(LDU8, uint8_t, u)
    LOAD(LD16, int16_t, i)
    LOAD(LDU16, uint16_t, u)
    LOAD(LD32, int32_t, i)
    LOAD(LDU32, uint32_t, u)
    LOAD(LD64, Word, u)
CASE(LD128): { char *p = R(B).p; NIL_CHECK(p); Slot *s = (Slot *)(p + C), x = s[0], y = s[1];
        R(A) = x; R(A + 1) = y;                                                     NEXT(1); }
CASE(LD192): { char *p = R(B).p; NIL_CHECK(p); Slot *s = (Slot *)(p + C), x = s[0], y = s[1], z = s[2];
        R(A) = x; R(A + 1) = y; R(A + 2) = z;                                       NEXT(1); }
CASE(LDN):   { char *p = R(B).p; NIL_CHECK(p); memcpy(&R(A), p + C, pc[1].word);    NEXT(2); }
    STORE(ST8, uint8_t, u)
    STORE(ST16, uint16_t, u)
    STORE(ST32, uint32_t, u)
    STORE(ST64, Word, u)
CASE(ST128): { char *p = R(A).p; NIL_CHECK(p); Slot *s = (Slot *)(p + C); s[0] = R(B); s[1] = R(B + 1);  NEXT(1); }
CASE(ST192): { char *p = R(A).p; NIL_CHECK(p); Slot *s = (Slot *)(p + C);
        s[0] = R(B); s[1] = R(B + 1); s[2] = R(B + 2);                              NEXT(1); }
CASE(STN):   { char *p = R(A).p; NIL_CHECK(p); memcpy(p + C, &R(B), pc[1].word);    NEXT(2); }
#define LOAD_OP(name, T, field, op) CASE(name): { char *p = R(C).p; NIL_CHECK(p);                                         \
        R(A).field = R(B).field op *(T *)(p + pc[1].word); NEXT(2); }
#define MEMORY_OP(name, T, op, operand) CASE(name): { char *p = R(A).p; NIL_CHECK(p); *(T *)(p + C) op operand; NEXT(1); }
    LOAD_OP(ADDL, uint64_t, u, +)
    LOAD_OP(SUBL, uint64_t, u, -)
    LOAD_OP(ADDFL, double, f, +)
    LOAD_OP(SUBFL, double, f, -)
    LOAD_OP(MULFL, double, f, *)
    LOAD_OP(MULL, uint64_t, u, *)
    MEMORY_OP(ADDM, uint64_t, +=, R(B).u)
    MEMORY_OP(SUBM, uint64_t, -=, R(B).u)
    MEMORY_OP(ADDIM, uint64_t, +=, (uint64_t)(int64_t)SB)
    MEMORY_OP(ADDFM, double, +=, R(B).f)
    MEMORY_OP(SUBFM, double, -=, R(B).f)
CASE(FIELD): { char *p = R(B).p; NIL_CHECK(p); R(A).p = p + C;                      NEXT(1); }
CASE(FIELDX): { char *p = R(B).p; NIL_CHECK(p); R(A).p = p + pc[1].word;            NEXT(2); }
CASE(NILCHK): NIL_CHECK(R(A).p);                                                    NEXT(1);

    /* ---- Package variables ---- */

#define LOAD_GLOBAL(name, T, field)  CASE(name): R(A).field = *W(T);                NEXT(2)
#define STORE_GLOBAL(name, T, field) CASE(name): *W(T) = (T)R(A).field;             NEXT(2)
    LOAD_GLOBAL(LDG8, int8_t, i);
    LOAD_GLOBAL(LDGU8, uint8_t, u);
    LOAD_GLOBAL(LDG16, int16_t, i);
    LOAD_GLOBAL(LDGU16, uint16_t, u);
    LOAD_GLOBAL(LDG32, int32_t, i);
    LOAD_GLOBAL(LDGU32, uint32_t, u);
    LOAD_GLOBAL(LDG64, int64_t, i);
CASE(LDG128): { Slot *s = W(Slot); R(A) = s[0]; R(A + 1) = s[1];                    NEXT(2); }
CASE(LDG192): { Slot *s = W(Slot); R(A) = s[0]; R(A + 1) = s[1]; R(A + 2) = s[2];   NEXT(2); }
    STORE_GLOBAL(STG8, uint8_t, u);
    STORE_GLOBAL(STG16, uint16_t, u);
    STORE_GLOBAL(STG32, uint32_t, u);
    STORE_GLOBAL(STG64, uint64_t, u);
CASE(STG128): { Slot *s = W(Slot); s[0] = R(A); s[1] = R(A + 1);                    NEXT(2); }
CASE(STG192): { Slot *s = W(Slot); s[0] = R(A); s[1] = R(A + 1); s[2] = R(A + 2);   NEXT(2); }

    /* ---- Structs and arrays in the frame ---- */

#define LOCAL(T) (*(T *)((char *)r + UX))
    BINARY(LDL8, i, LOCAL(int8_t));
    BINARY(LDLU8, u, LOCAL(uint8_t));
    BINARY(LDL16, i, LOCAL(int16_t));
    BINARY(LDLU16, u, LOCAL(uint16_t));
    BINARY(LDL32, i, LOCAL(int32_t));
    BINARY(LDLU32, u, LOCAL(uint32_t));
CASE(STL8):   LOCAL(uint8_t) = (uint8_t)R(A).u;                                     NEXT(1);
CASE(STL16):  LOCAL(uint16_t) = (uint16_t)R(A).u;                                   NEXT(1);
CASE(STL32):  LOCAL(uint32_t) = (uint32_t)R(A).u;                                   NEXT(1);
CASE(LDLX): {
        uint64_t i = R(C).u, word = pc[1].word, size = word >> 40;
        INDEX_CHECK(i, (uint32_t)word);
        load_form(&R(A), (char *)&R(B) + i * size, (word >> 32) & 0xFF, size);
        NEXT(2);
    }
CASE(STLX): {
        uint64_t i = R(B).u, word = pc[1].word, size = word >> 40;
        INDEX_CHECK(i, (uint32_t)word);
        memmove((char *)&R(A) + i * size, &R(C), size);
        NEXT(2);
    }

CASE(LDLX64): { uint64_t i = R(C).u; INDEX_CHECK(i, pc[1].word); R(A) = R(B + i);      NEXT(2); }
CASE(STLX64): { uint64_t i = R(B).u; INDEX_CHECK(i, pc[1].word); R(A + i) = R(C);      NEXT(2); }

    /* ---- Slices, strings, arrays behind pointers ---- */

#define LOAD_ELEMENT(name, T, field)  CASE(name): { uint64_t i = R(C).u; INDEX_CHECK(i, R(B + 1).u);                     \
        R(A).field = ((T *)R(B).p)[i]; NEXT(1); }
#define STORE_ELEMENT(name, T, field) CASE(name): { uint64_t i = R(B).u; INDEX_CHECK(i, R(A + 1).u);                     \
        ((T *)R(A).p)[i] = (T)R(C).field; NEXT(1); }
    LOAD_ELEMENT(LDX8, int8_t, i)
    LOAD_ELEMENT(LDXU8, uint8_t, u)
    LOAD_ELEMENT(LDX16, int16_t, i)
    LOAD_ELEMENT(LDXU16, uint16_t, u)
    LOAD_ELEMENT(LDX32, int32_t, i)
    LOAD_ELEMENT(LDXU32, uint32_t, u)
    LOAD_ELEMENT(LDX64, uint64_t, u)
CASE(LDX128): { uint64_t i = R(C).u; INDEX_CHECK(i, R(B + 1).u);
        Slot *s = (Slot *)R(B).p + 2 * i, x = s[0], y = s[1]; R(A) = x; R(A + 1) = y; NEXT(1); }
CASE(LDX192): { uint64_t i = R(C).u; INDEX_CHECK(i, R(B + 1).u);
        Slot *s = (Slot *)R(B).p + 3 * i, x = s[0], y = s[1], z = s[2];
        R(A) = x; R(A + 1) = y; R(A + 2) = z;                                       NEXT(1); }
CASE(LDXX64): { uint64_t i = R(C).u; INDEX_CHECK(i, R(B + 1).u);
        Slot *row = (Slot *)R(B).p + 3 * i; uint64_t j = R(pc[1].word).u; INDEX_CHECK(j, row[1].u);
        R(A) = ((Slot *)row[0].p)[j];                                               NEXT(2); }
CASE(LDXXU8): { uint64_t i = R(C).u; INDEX_CHECK(i, R(B + 1).u);
        Slot *row = (Slot *)R(B).p + 3 * i; uint64_t j = R(pc[1].word).u; INDEX_CHECK(j, row[1].u);
        R(A).u = ((uint8_t *)row[0].p)[j];                                          NEXT(2); }
#define STORE_IN_ROW(name, T) CASE(name): { uint64_t i = R(B).u; INDEX_CHECK(i, R(A + 1).u);                             \
        Slot *row = (Slot *)R(A).p + 3 * i; uint64_t j = R(pc[1].word).u; INDEX_CHECK(j, row[1].u);                      \
        ((T *)row[0].p)[j] = (T)R(C).u; NEXT(2); }
    STORE_IN_ROW(STXX64, uint64_t)
    STORE_IN_ROW(STXX8, uint8_t)
CASE(LDXO64): { uint64_t i = R(C).u, word = pc[1].word; INDEX_CHECK(i, R(B + 1).u);
        R(A) = *(Slot *)((char *)R(B).p + i * (uint32_t)word + (word >> 32));       NEXT(2); }
#define LOAD_NEAR(name, T) CASE(name): { uint64_t i = R(C).u + pc[1].word; INDEX_CHECK(i, R(B + 1).u);                  \
        R(A).u = ((T *)R(B).p)[i]; NEXT(2); }
#define OP_ELEMENT(name, T, field, op) CASE(name): { uint64_t i = R(pc[1].word).u; INDEX_CHECK(i, R(C + 1).u);           \
        R(A).field = R(B).field op ((T *)R(C).p)[i]; NEXT(2); }
    LOAD_NEAR(LDXI64, uint64_t)
    LOAD_NEAR(LDXIU8, uint8_t)
    OP_ELEMENT(ADDE, uint64_t, u, +)
    OP_ELEMENT(SUBE, uint64_t, u, -)
    OP_ELEMENT(MULE, uint64_t, u, *)
    OP_ELEMENT(ADDFE, double, f, +)
    OP_ELEMENT(SUBFE, double, f, -)
    OP_ELEMENT(MULFE, double, f, *)
CASE(LDXN): { uint64_t i = R(C).u, size = pc[1].word; INDEX_CHECK(i, R(B + 1).u);
        memcpy(&R(A), (char *)R(B).p + i * size, size);                             NEXT(2); }
    STORE_ELEMENT(STX8, uint8_t, u)
    STORE_ELEMENT(STX16, uint16_t, u)
    STORE_ELEMENT(STX32, uint32_t, u)
    STORE_ELEMENT(STX64, uint64_t, u)
CASE(STX128): { uint64_t i = R(B).u; INDEX_CHECK(i, R(A + 1).u);
        Slot *s = (Slot *)R(A).p + 2 * i; s[0] = R(C); s[1] = R(C + 1);             NEXT(1); }
CASE(STX192): { uint64_t i = R(B).u; INDEX_CHECK(i, R(A + 1).u);
        Slot *s = (Slot *)R(A).p + 3 * i; s[0] = R(C); s[1] = R(C + 1); s[2] = R(C + 2);  NEXT(1); }
CASE(STXN): { uint64_t i = R(B).u, size = pc[1].word; INDEX_CHECK(i, R(A + 1).u);
        memcpy((char *)R(A).p + i * size, &R(C), size);                             NEXT(2); }
#define ELEMENT_OP(name, T, op, operand) CASE(name): { uint64_t i = R(B).u; INDEX_CHECK(i, R(A + 1).u);                  \
        ((T *)R(A).p)[i] op operand; NEXT(1); }
    ELEMENT_OP(ADDX, uint64_t, +=, R(C).u)
    ELEMENT_OP(ADDIX, uint64_t, +=, (uint64_t)(int64_t)SC)
    ELEMENT_OP(ADDFX, double, +=, R(C).f)
CASE(ADDRX): { uint64_t i = R(C).u; INDEX_CHECK(i, R(B + 1).u);
        R(A).p = (char *)R(B).p + i * pc[1].word;                                   NEXT(2); }
CASE(ADDRP): { uint64_t i = R(C).u, word = pc[1].word; NIL_CHECK(R(B).p); INDEX_CHECK(i, (uint32_t)word);
        R(A).p = (char *)R(B).p + i * (word >> 32);                                 NEXT(2); }
#define LOAD_BEHIND(name, T, field) CASE(name): { uint64_t i = R(C).u; void *p = R(B).p; NIL_CHECK(p);                   \
        INDEX_CHECK(i, pc[1].word); R(A).field = ((T *)p)[i]; NEXT(2); }
#define STORE_BEHIND(name, T) CASE(name): { uint64_t i = R(B).u; void *p = R(A).p; NIL_CHECK(p);                         \
        INDEX_CHECK(i, pc[1].word); ((T *)p)[i] = (T)R(C).u; NEXT(2); }
    LOAD_BEHIND(LDPXU8, uint8_t, u)
    LOAD_BEHIND(LDPX32, int32_t, i)
    LOAD_BEHIND(LDPXU32, uint32_t, u)
    LOAD_BEHIND(LDPX64, uint64_t, u)
    STORE_BEHIND(STPX8, uint8_t)
    STORE_BEHIND(STPX32, uint32_t)
    STORE_BEHIND(STPX64, uint64_t)
#define LOAD_IN_MEMORY(name, T, field) CASE(name): { uint64_t i = R(C).u; char *p = R(B).p; NIL_CHECK(p);                \
        Slot *s = (Slot *)(p + pc[1].word); INDEX_CHECK(i, s[1].u); R(A).field = ((T *)s[0].p)[i]; NEXT(2); }
#define STORE_IN_MEMORY(name, T) CASE(name): { uint64_t i = R(B).u; char *p = R(A).p; NIL_CHECK(p);                      \
        Slot *s = (Slot *)(p + pc[1].word); INDEX_CHECK(i, s[1].u); ((T *)s[0].p)[i] = (T)R(C).u; NEXT(2); }
    LOAD_IN_MEMORY(LDMXU8, uint8_t, u)
    LOAD_IN_MEMORY(LDMX32, int32_t, i)
    LOAD_IN_MEMORY(LDMX64, uint64_t, u)
    STORE_IN_MEMORY(STMX8, uint8_t)
    STORE_IN_MEMORY(STMX32, uint32_t)
    STORE_IN_MEMORY(STMX64, uint64_t)
CASE(ADDRMX): { uint64_t i = R(C).u, word = pc[1].word; char *p = R(B).p; NIL_CHECK(p);
        Slot *s = (Slot *)(p + (word >> 48)); INDEX_CHECK(i, s[1].u);
        R(A).p = (char *)s[0].p + i * (word << 16 >> 16);                           NEXT(2); }
CASE(LDMO64): { uint64_t i = R(C).u, word = pc[1].word; char *p = R(B).p; NIL_CHECK(p);
        Slot *s = (Slot *)(p + (uint16_t)(word >> 32)); INDEX_CHECK(i, s[1].u);
        R(A) = *(Slot *)((char *)s[0].p + i * (uint32_t)word + (word >> 48));       NEXT(2); }
CASE(BOUNDS): INDEX_CHECK(R(A).u, R(B).u);                                          NEXT(1);
CASE(SLICE):
    if (!cut_slice(&R(A), R(B).p, &R(B + 3), C, R(B + 1).u, R(B + 2).u, pc[1].word)) goto slice_fault;
    NEXT(2);
CASE(SLICEP):
    NIL_CHECK(R(B).p);
    if (!cut_slice(&R(A), R(B).p, &R(B + 3), C, pc[2].word, pc[2].word, pc[1].word)) goto slice_fault;
    NEXT(3);
CASE(SLICES): {
        uint64_t lo = C & 1 ? R(B + 3).u : 0, len = R(B + 1).u, hi = C & 2 ? R(B + 4).u : len;
        if (UNLIKELY(hi > len || lo > hi)) goto slice_fault;
        R(A).p = (char *)R(B).p + (hi > lo ? lo : 0);
        R(A + 1).u = hi - lo;
        NEXT(1);
    }
CASE(SLICE2ARR):
    if (UNLIKELY(R(B + 1).u < pc[1].word)) {
        fault = panic_bounds_error("cannot convert slice with length %lld to array or pointer to array with length %llu",
                            (long long)R(B + 1).i, (unsigned long long)pc[1].word);
        goto raise;
    }
    R(A).p = R(B).p;
    NEXT(2);
CASE(MAKESLICE): {
        Slice made;
        if (UNLIKELY(!slice_make(W(const RType), R(B).i, R(C).i, &made))) {
            bool is_len_bad = R(B).i < 0 || !slice_make(W(const RType), R(B).i, R(B).i, &made);
            fault = panic_error("makeslice: %s out of range", is_len_bad ? "len" : "cap");
            goto raise;
        }
        put_slice(&R(A), made);
        NEXT(2);
    }
CASE(APPEND): {
        Slice made = slice_append(W(const RType), slice_at(&R(B)), slice_at(&R(C)));
        if (UNLIKELY(made.cap < 0)) goto grow_fault;
        put_slice(&R(A), made);
        NEXT(2);
    }
CASE(APPEND1): {
        const RType *elem = W(const RType);
        Slice s = slice_at(&R(B));
        if (UNLIKELY(s.len >= s.cap)) {
            s = slice_grow(elem, s, (int64_t)((uint64_t)s.len + 1));
            if (UNLIKELY(s.cap < 0)) goto grow_fault;
        }
        if (elem->size == 8)
            ((Slot *)s.data)[s.len] = R(C);
        else
            memcpy((char *)s.data + (uint64_t)s.len * elem->size, &R(C), elem->size);
        s.len++;
        put_slice(&R(A), s);
        NEXT(2);
    }
CASE(APPENDS): {
        Slice made = slice_append(&slice_byte_type, slice_at(&R(B)), (Slice){R(C).p, R(C + 1).i, R(C + 1).i});
        if (UNLIKELY(made.cap < 0)) goto grow_fault;
        put_slice(&R(A), made);
        NEXT(1);
    }

    /* ---- Strings ---- */

CASE(NEXTRUNE): {
        int64_t at = R(A).i, len = R(B + 1).i;
        if (at >= len) { __asm__ volatile(""); JUMP(2, (int64_t)pc[1].word); }
        const char *s = R(B).s + at;
        int width = 1;
        R(C).i = (unsigned char)*s < 0x80 ? (unsigned char)*s : utf8_decode(s, (size_t)(len - at), &width);
        R(A + 1).i = at;
        R(A).i = at + width;
        NEXT(2);
    }

    /* ---- Interfaces ---- */

CASE(ASSERT):  if (UNLIKELY(R(A).type != W(RType))) goto assert_fault;              NEXT(3);
CASE(ASSERTI): if (UNLIKELY(!R(A).type || !rtype_implements(R(A).type, W(RType)))) goto assert_fault;  NEXT(3);

    /* ---- Maps ---- */

#define HASH_CHECK(bad) if (UNLIKELY(bad)) { fault = panic_unhashable_error(bad); goto raise; }
CASE(MAPGET): {
        const RType *type = W(const RType), *bad = NULL;
        void *value = hmap_get(R(B).p, type, &R(C), &bad);
        HASH_CHECK(bad)
        put_map_value(&R(A), type->elem, value);
        NEXT(2);
    }
CASE(MAPGET2): {
        const RType *type = W(const RType), *bad = NULL;
        void *value = hmap_get(R(B).p, type, &R(C), &bad);
        HASH_CHECK(bad)
        put_map_value(&R(A), type->elem, value);
        R(A + type->elem->slots).u = value != NULL;
        NEXT(2);
    }
CASE(MAPSET): {
        const RType *type = W(const RType), *bad = NULL;
        if (UNLIKELY(!R(A).p)) { fault = panic_plain_error("assignment to entry in nil map"); goto raise; }
        void *value = hmap_ref(R(A).p, &R(B), &bad);
        HASH_CHECK(bad)
        if (type->elem->size == 8) *(Slot *)value = R(C);
        else memcpy(value, &R(C), type->elem->size);
        NEXT(2);
    }
CASE(MAPDEL): {
        const RType *bad = NULL;
        hmap_delete(R(A).p, W(const RType), &R(B), &bad);
        HASH_CHECK(bad)
        NEXT(2);
    }
CASE(MAPNEXT): {
        HMapIter *iter = R(A).p;
        if (!hmap_next(iter)) { __asm__ volatile(""); JUMP(2, (int64_t)pc[1].word); }
        const RType *type = iter->map->type;
        if (B != 0xFFFF) rtype_load(type->key, &R(B), iter->key);
        if (C != 0xFFFF) rtype_load(type->elem, &R(C), iter->value);
        NEXT(2);
    }

    /* ---- What can't fault ---- */

#define EFFECT(name, words, ...)     CASE(name): { __VA_ARGS__; NEXT(words); }
#define ALLOCATION(name, words, ...) CASE(name): { __VA_ARGS__; NEXT(words); }
#include "vm/effect.def"

    /* ---- Shared memory ---- */

#define ATOMIC(name, T, at, expr) CASE(name): { _Atomic(T) *at_ = R(at).p; NIL_CHECK(at_); expr;  NEXT(1); }
#include "vm/atomic.def"

    /* ---- Functions ---- */

CASE(LDCAP):  R(A) = FRAME_FN(r)->captured[B];                                      NEXT(1);
CASE(CALL): {
        FuncProto *callee = W(FuncProto);
        CALL_PROTO(callee, (Closure *)callee, A, 2);
    }
CASE(CALLC): {
        Closure *closure = R(B).fn;
        NIL_CHECK(closure);
        CALL_PROTO(closure->proto, closure, A, 1);
    }
CASE(CALLI): {
        ICache *cache = W(ICache);
        const RType *type = R(B).type;
        NIL_CHECK(type);
        ICachePair *pair = __atomic_load_n(&cache->pairs[icache_place(type)], __ATOMIC_ACQUIRE);
        FuncProto *callee = LIKELY(pair && pair->type == type) ? pair->entry : method_lookup(cache, type);
        R(A + C) = R(B + 1);
        CALL_PROTO(callee, (Closure *)callee, A, 2);
    }
CASE(CALLQ): {
        FuncProto *callee = W(FuncProto);
        if (LIKELY(callee->quick(&R(A)))) NEXT(2);
        if (callee->flags & PROTO_NATIVE) goto call_native;
        CALL_PROTO(callee, (Closure *)callee, A, 2);
    }
CASE(LEAF):   if (LIKELY(W(LeafFn)(&R(A), &R(B)))) JUMP(2, SC);                       NEXT(2);
CASE(LEAFK):  if (LIKELY(W(LeafFn)(&R(A), (const Slot *)&pc[2]))) JUMP(4, SC);        NEXT(4);
/* The rest of a native call that was begun in place. */
#define GO_ON_NATIVE(rest) do { SAVE(2); fill_native_call(&call, g, pc, r); rest; goto back_from_native; } while (0)
CASE(LOCK):
    if (UNLIKELY(!R(A).p || !mutex_try_lock(R(A).p))) goto call_native;
    mutex_note_owner(R(A).p, g, pc + 2);
    NEXT(2);
CASE(UNLOCK):
    if (LIKELY(R(A).p && mutex_try_unlock(R(A).p))) NEXT(2);
    goto call_native;
CASE(RLOCK): {
        RWMutex *rw = R(A).p;
        if (UNLIKELY(!rw)) goto call_native;
        if (UNLIKELY(!rwmutex_add_reader(rw))) GO_ON_NATIVE(sync_wait_to_read(&call));
        rwmutex_note_reader(rw, g->id, pc + 2);
        NEXT(2);
    }
CASE(RUNLOCK): {
        RWMutex *rw = R(A).p;
        if (UNLIKELY(!rw)) goto call_native;
        int32_t before = rwmutex_take_reader(rw, g->id);
        if (UNLIKELY(before <= 0)) GO_ON_NATIVE(sync_reader_left(&call, before));
        NEXT(2);
    }
CASE(WGADD): {
        WaitGroup *wg = R(A).p;
        int64_t delta = R(A + 1).i;
        if (UNLIKELY(!wg || wg->bubble || g->flags & GF_BUBBLED)) goto call_native;
        uint64_t state = waitgroup_add(wg, delta);
        if (UNLIKELY(!waitgroup_is_quiet(state, delta))) GO_ON_NATIVE(sync_counter_changed(&call, delta, state));
        if (delta > 0) waitgroup_note_add(wg, pc + 2);
        NEXT(2);
    }
CASE(WGDONE): {
        WaitGroup *wg = R(A).p;
        if (UNLIKELY(!wg || wg->bubble || g->flags & GF_BUBBLED)) goto call_native;
        uint64_t state = waitgroup_add(wg, -1);
        if (UNLIKELY(!waitgroup_is_quiet(state, -1))) GO_ON_NATIVE(sync_counter_changed(&call, -1, state));
        NEXT(2);
    }
CASE(CALLN):
call_native: {
        SAVE(2);
        fill_native_call(&call, g, pc, r);
        for (uint16_t i = 0; i < call.proto->nresults; i++) call.results[i].u = 0;
        call.proto->native(&call);
back_from_native:
        if (UNLIKELY(call.status != NATIVE_DONE)) goto native_news;
        RELOAD_R();
        budget = g->budget - 1;
        NEXT(2);
    }
#define RETURN() do { uint64_t link_ = FRAME_LINK(r); pc = FRAME_PC(r); r -= LINK_DISTANCE(link_);               \
        if (link_ & LINK_MACHINE && !jit_is_off && (machine_code = jit_find(FRAME_PROTO(r), pc))) goto machine;          \
        DISPATCH(); } while (0)
CASE(RET):    RETURN();
CASE(QUICK):  if (FRAME_PROTO(r)->quick(r)) RETURN();                               NEXT(1);
CASE(RETV):   R(0) = R(B);                                                          RETURN();
CASE(RETI):   R(0).i = BX;                                                          RETURN();
CASE(RETD):
    while (defer_run_quick(g, (uint32_t)(r - stack_base(g)))) continue;
    SAVE(0);
    if (panic_run_deferred(g, &step)) goto stepped;
    if (UNLIKELY(g->flags & GF_GOEXIT)) goto go_exit;
    NEXT(1);
CASE(BINDI): {
        NIL_CHECK(R(B).type);
        ICache cache = {.sel = W(const Selector)};
        Closure *closure = gc_new(sizeof *closure + sizeof(Slot));
        closure->proto = method_bound(method_lookup(&cache, R(B).type));
        closure->captured[0] = R(B + 1);
        R(A).fn = closure;
        NEXT(2);
    }
CASE(GO):
    SAVE(2);
    vm_go((Closure *)W(FuncProto), &R(A), (uint32_t)B + C);
    budget -= SCHED_GO_COST;
    NEXT(2);
CASE(GOC):
    SAVE(1);
    if (UNLIKELY(!R(B).p)) vm_fatal("go of nil func value");
    vm_go(R(B).fn, &R(A), C);
    budget -= SCHED_GO_COST;
    NEXT(1);
CASE(DEFER):
    defer_push(g, (uint32_t)(r - stack_base(g)), (Closure *)W(FuncProto), &R(A), (uint32_t)B + C);
    NEXT(2);
CASE(DEFERC):
    defer_push(g, (uint32_t)(r - stack_base(g)), R(B).fn, &R(A), C);
    NEXT(1);
CASE(FRAMEID): R(A).i = r - stack_base(g);                                          NEXT(1);
CASE(DEFERTO): defer_push(g, (uint32_t)R(C).u, R(B).fn, &R(A), (uint32_t)pc[1].word);  NEXT(2);
CASE(EXIT):
    if (base) return RUN_RETURNED;
    goto ended;
CASE(UNWIND):
    SAVE(0);
    step = panic_go_on(g);
    goto stepped;
CASE(PANIC):
    fault = iface_at(&R(A));
    goto raise;
CASE(RECOVER):
    SAVE(1);
    put_iface(&R(A), panic_recover(g, g->frame));
    NEXT(1);
CASE(RECOVERTO):
    SAVE(1);
    put_iface(&R(A), panic_recover(g, (uint32_t)R(B).u));
    NEXT(1);
CASE(PANICTEXT): fault = A ? panic_plain_error(W(const char)) : panic_error("%s", W(const char)); goto raise;
CASE(PRINT): {
        Buf text = {0};
        print_value(&text, (PrintKind)B, &R(A));
        print_stderr(text.data, text.len);
        buf_free(&text);
        NEXT(1);
    }

    /* ---- Communication ---- */

CASE(MAKECHAN): {
        SAVE(2);
        Chan *chan = chan_make(W(RType), R(B).i);
        if (UNLIKELY(!chan)) { fault = panic_plain_error("makechan: size out of range"); goto raise; }
        chan->made_at = pc;
        R(A).p = chan;
        NEXT(2);
    }
CASE(SEND):
    SAVE(1);
    status = chan_send(g, R(A).p, (int32_t)(g->frame + B), true);
    if (LIKELY(status == CHAN_DONE)) NEXT(1);
    goto not_done;
CASE(RECV):
    SAVE(1);
    status = chan_recv(g, R(B).p, (int32_t)(g->frame + A), -1, true);
    if (LIKELY(status == CHAN_DONE)) NEXT(1);
    goto not_done;
CASE(RECV2):
    SAVE(1);
    status = chan_recv(g, R(B).p, (int32_t)(g->frame + A), (int32_t)(g->frame + C), true);
    if (LIKELY(status == CHAN_DONE)) NEXT(1);
    goto not_done;
CASE(CLOSE): {
        SAVE(1);
        ChanCloseStatus closing = chan_close(R(A).p);
        if (LIKELY(closing == CHAN_CLOSE_OK)) {
            note_close(g, R(A).p, pc);
            NEXT(1);
        }
        fault = panic_plain_error(close_fault(closing));
        goto raise;
    }
CASE(CHANLEN): R(A).i = chan_len(R(B).p);                                           NEXT(1);
CASE(CHANCAP): R(A).i = chan_cap(R(B).p);                                           NEXT(1);
CASE(SELECT):
    SAVE(1 + B);
    status = start_select(g, pc);
    if (LIKELY(status == CHAN_DONE)) NEXT(1 + B);
    goto not_done;

    /* ---- Off the straight path ---- */

grow_frame: /* the header at r stands, pc is the callee's first instruction; its slots may not fit */
    g->frame = (uint32_t)(r - stack_base(g));
    g->live = g->frame + FRAME_PROTO(r)->nresults + FRAME_PROTO(r)->nparams;
    g->pc = pc;
    g->budget = budget--;
    if (!frame_grow_stack(g, (uint64_t)g->frame + FRAME_PROTO(r)->nslots)) {
        panic_stack_overflow(g);
        goto ended;
    }
    RELOAD();
    if (UNLIKELY(budget < 0)) goto preempt;
    DISPATCH();

machine: /* to machine_code, whose state is the same */
    spare = UNLIKELY(budget > JIT_MAX_BUDGET) ? budget - JIT_MAX_BUDGET : 0;
    jit = (JitState){.r = r, .pc = pc, .limit = limit, .budget = budget - spare};
    ending = jit_enter(&jit, machine_code);
    r = jit.r;
    pc = jit.pc;
    budget = jit.budget + spare;
    switch (ending) {
    case JIT_STEP:
        TABLE(targets_back);
        goto *labels[pc->op];
    case JIT_PREEMPT:
        if (LIKELY(budget < 0)) goto preempt;
        /* fall through */
    default:
        TABLE(targets);
        if (!FRAME_PROTO(r)->jit) jit_compile(FRAME_PROTO(r));
        if (UNLIKELY(r + FRAME_PROTO(r)->nslots > limit)) { /* compiled to bytecode since it was looked at */
            budget++;
            goto grow_frame;
        }
        if ((machine_code = jit_find(FRAME_PROTO(r), pc)) && !jit_is_off) goto machine;
        DISPATCH();
    }
back: /* the interpreter did what machine code asked for; pc is the next instruction, perhaps of another function */
    TABLE(targets);
    if (pc->op == OP_JIT || jit_is_off || targets[OP_NOP] != labels[OP_NOP]) DISPATCH();
    if (UNLIKELY(!FRAME_PROTO(r)->jit)) jit_compile(FRAME_PROTO(r));
    if ((machine_code = jit_find(FRAME_PROTO(r), pc))) goto machine;
    DISPATCH();

sample: /* where the profiler has all instructions lead; pc is the next one, the one before it is what the time went to */
    SAVE(0);
    profile_sample(g);
    goto *labels[pc->op];
preempt: /* pc is the next instruction; a lazy callee's nslots may have grown since the check */
    if (UNLIKELY(pc->op == OP_JIT)) pc = FRAME_PROTO(r)->code;
    SAVE(0);
    if (!FRAME_PROTO(r)->jit) jit_compile(FRAME_PROTO(r));
    if (UNLIKELY(g->live > g->stack->nslots)) g->live = (uint32_t)g->stack->nslots;
    sched_requeue(g);
parked: /* g is not ours any more */
    if (base) {
        sched_wait_locked(g);
        goto enter;
    }
next:
    g = sched_next_local();
    if (!g) return RUN_OUT;
    goto enter;

woken: /* somebody left a word for g */
    if (g->flags & GF_KILLED) goto ended;
    if (g->resume) {
        NativeFn *resume = (NativeFn *)(void (*)(void))g->resume;
        g->resume = NULL;
        pc -= 2;
        fill_native_call(&call, g, pc, r);
        resume(&call);
        if (UNLIKELY(call.status != NATIVE_DONE)) goto native_news;
        RELOAD();
        budget = g->budget - 1;
        DISPATCH();
    }
    g->wake_status = WAKE_OK;
    if (!was_sending(g)) DISPATCH();
    step = panic_raise(g, panic_plain_error("send on closed channel"));
    goto stepped;

native_news: /* a native did not simply return; the goroutine is saved */
    if (call.status == NATIVE_PARKED) goto parked;
    if (call.status == NATIVE_ENDED) goto ended;
    if (call.status == NATIVE_GOEXIT) goto go_exit;
    step = PANIC_RUN;
    if (call.status == NATIVE_PANICS) step = panic_raise(g, call.panic_value);
    goto stepped;

go_exit:
    step = panic_goexit(g);
    goto stepped;
nil_fault:
    SAVE(1);
    step = panic_raise_nil(g);
    goto stepped;
index_fault:
    fault = panic_index_error(FRAME_PROTO(r), pc, fault_index, fault_len);
    goto raise;
slice_fault:
    fault = panic_slice_error(FRAME_PROTO(r), pc, r);
    goto raise;
divide_fault:
    fault = panic_error("integer divide by zero");
    goto raise;
grow_fault:
    fault = panic_error("growslice: cap out of range");
    goto raise;
assert_fault:
    fault = panic_assertion_error(R(A).type, W(RType), (const RType *)(uintptr_t)pc[2].word);
    goto raise;
not_done: /* a channel operation */
    if (status == CHAN_PARKED) goto parked;
    fault = panic_plain_error(status == CHAN_CLOSED ? "send on closed channel" : foreign_fault(pc));
    goto raise;
raise:
    SAVE(1);
    step = panic_raise(g, fault);
stepped: /* a panic has moved the goroutine on: into a deferred call, or out of it */
    if (step == PANIC_ENDED) goto ended;
    if (g->frame < base) return RUN_UNWOUND;
    RELOAD();
    budget = g->budget - 1;
    DISPATCH();

ended: /* g has nothing left to do */
    if (base) return RUN_ENDED;
    vm_goroutine_ended(g);
    goto next;
}
/* clang-format on */

void interp_init(void)
{
    run(NULL, 0);
}

void interp_run(Goroutine *g)
{
    run(g, 0);
}

RunEnd interp_run_nested(Goroutine *g, uint32_t base)
{
    return run(g, base);
}
