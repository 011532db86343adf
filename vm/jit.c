/* SPDX-License-Identifier: MIT */
/* From a function's bytecode to machine code.
 *
 * Registers: rbx is the frame's base, r13d the budget, r12 the JitState; rax, rcx, rdx, xmm0, xmm1
 * belong to the instruction at hand. The others hold the slots that the function uses most, weighed
 * by the depth of loops. Where such a register was written to and has not been stored since, on one
 * way at least, it is dirty: the frame gets it before code is left (out of line) and before other
 * functions are called. What was left is entered again by loading the registers.
 *
 * The bytecode is translated several times: once to find out which instructions need the
 * interpreter or end in a call, which makes pinned slots dear, and then for good, until it is known
 * what is dirty where loops begin. */
#include "vm/jit.h"

#include "vm/jit_internal.h"

#include "base/fatal.h"
#include "runtime/lock.h"
#include "vm/verify.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

_Atomic bool jit_is_off = true;
JitExit (*jit_enter)(JitState *state, const void *code);

#if defined(__x86_64__)

enum {
    REGION = 64 << 20,    /* bytes of machine code at most */
    ROOM_PER_WORD = 1024, /* bytes that a word of bytecode takes at most */
    MAX_WORDS = 16384,    /* of a function that is compiled */
    STEP_COST = 10,       /* of going to the interpreter for an instruction, in instructions */
    MAX_DEPTH = 5,        /* of loops, for weights */
    MAX_CALLEE_DEPTH = 3, /* of calls that are compiled with their caller */
    PINNED_INTS = 9,
    PINNED_FLOATS = 14,
};

/* All guarded by region_lock, but for what was compiled, which is fixed. */
static Lock region_lock;
static uint8_t *region_rw; /* the same memory twice: once to be written, once to be run */
static uint8_t *region_rx;
static size_t region_used;
static Stubs stubs;
static _Atomic bool is_wanted; /* any thread may ask */

/* ---- Memory and what all functions share ---- */

static bool map_region(void)
{
    int fd = memfd_create("mgo machine code", MFD_CLOEXEC);
    if (fd < 0) return false;
    void *rw = MAP_FAILED, *rx = MAP_FAILED;
    if (ftruncate(fd, REGION) == 0) {
        rw = mmap(NULL, REGION, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
        rx = mmap(NULL, REGION, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_NORESERVE, fd, 0);
    }
    close(fd);
    if (rw == MAP_FAILED || rx == MAP_FAILED) {
        if (rw != MAP_FAILED) munmap(rw, REGION);
        return false;
    }
    region_rw = rw;
    region_rx = rx;
    return true;
}

static const uint8_t saved_registers[] = {RBP, RBX, R12, R13, R14, R15};

static void push(Asm *as, unsigned reg)
{
    x64_head(as, false, 0x50 | (reg & 7), 0, 0, reg, false);
}

static void pop(Asm *as, unsigned reg)
{
    x64_head(as, false, 0x58 | (reg & 7), 0, 0, reg, false);
}

/* rdx is the pc. */
static void write_exit(Asm *as, JitExit kind)
{
    x64_load(as, RAX, kind);
    x64_rm(as, true, X_STORE, RBX, R12, offsetof(JitState, r));
    x64_rm(as, true, X_STORE, RDX, R12, offsetof(JitState, pc));
    x64_rm(as, false, X_STORE, R13, R12, offsetof(JitState, budget));
    x64_rm(as, true, X_MOV, RSP, R12, offsetof(JitState, sp));
    for (size_t i = sizeof saved_registers; i-- > 0;) pop(as, saved_registers[i]);
    x64_byte(as, 0xC3);
}

/* Where functions return to whose caller's place is not on the thread's stack: their frame says it.
 * rbx is still theirs. */
static void write_return(Asm *as)
{
    x64_imm(as, true, IMM_SUB, RSP, 8); /* stays for the caller */
    x64_rm(as, true, X_MOV, RCX, RBX, -8);
    x64_rm(as, true, X_MOV, RDX, RBX, -24);
    x64_rr(as, false, X_MOV, RAX, RCX);
    x64_imm(as, false, IMM_AND, RAX, LINK_MACHINE - 1);
    x64_rr(as, true, X_SHIFT_IMM, SHIFT_SHL, RAX);
    x64_byte(as, 3);
    x64_rr(as, true, X_SUB, RBX, RAX);
    x64_imm(as, false, IMM_AND, RCX, LINK_MACHINE);
    x64_patch(x64_jcc(as, CC_E), region_rw + stubs.exits[JIT_RUN]);
    x64_rm(as, true, X_MOV, RAX, RBX, -16);
    x64_rm(as, true, X_MOV, RAX, RAX, offsetof(Closure, proto));
    x64_rr(as, true, X_MOV, RCX, RDX);
    x64_rm(as, true, X_SUB, RCX, RAX, offsetof(FuncProto, code));
    x64_rr(as, true, X_SHIFT_IMM, SHIFT_SHR, RCX);
    x64_byte(as, 1); /* from words to what holds an offset for each */
    x64_rm(as, true, X_ADD, RCX, RAX, offsetof(FuncProto, jit));
    x64_rm(as, false, X_MOV, RAX, RCX, offsetof(JitCode, offsets));
    x64_patch(x64_lea_rip(as, RCX), region_rw);
    x64_rr(as, true, X_ADD, RAX, RCX);
    x64_rr(as, false, X_GROUP5, 4, RAX);
}

static void write_stubs(Asm *as)
{
    const uint8_t *start = as->at;
    x64_quad(as, 0); /* so that no offset is 0 */
    stubs.enter = (uint32_t)(as->at - start);
    for (size_t i = 0; i < sizeof saved_registers; i++) push(as, saved_registers[i]);
    x64_rr(as, true, X_MOV, R12, RDI);
    x64_rm(as, true, X_STORE, RSP, R12, offsetof(JitState, sp));
    x64_rm(as, true, X_MOV, RBX, R12, offsetof(JitState, r));
    x64_rm(as, false, X_MOV, R13, R12, offsetof(JitState, budget));
    uint8_t *to_return = x64_lea_rip(as, RAX);
    push(as, RAX);
    x64_rr(as, false, X_GROUP5, 4, RSI);
    for (JitExit kind = JIT_STEP; kind <= JIT_PREEMPT; kind++) {
        stubs.exits[kind] = (uint32_t)(as->at - start);
        write_exit(as, kind);
    }
    x64_patch(to_return, as->at);
    write_return(as);
    stubs.preempt_callee = (uint32_t)(as->at - start); /* rcx is its proto */
    x64_rm(as, true, X_MOV, RDX, RCX, offsetof(FuncProto, code));
    x64_patch(x64_jmp(as), start + stubs.exits[JIT_PREEMPT]);
    stubs.run_callee = (uint32_t)(as->at - start); /* likewise; it has no machine code */
    x64_rm(as, true, X_MOV, RDX, RCX, offsetof(FuncProto, entry));
    x64_patch(x64_jmp(as), start + stubs.exits[JIT_RUN]);
}

void jit_init(void)
{
    is_wanted = true;
    atomic_store(&jit_is_off, false);
}

/* Makes room at the first function that is compiled: many programs compile none. */
static bool begin(void)
{
    if (region_rw) return true;
    if (!map_region()) {
        is_wanted = false;
        atomic_store(&jit_is_off, true);
        return false;
    }
    Asm as = {region_rw, region_rw + REGION};
    write_stubs(&as);
    region_used = (size_t)(as.at - region_rw);
    jit_enter = (JitExit(*)(JitState *, const void *))(uintptr_t)(region_rx + stubs.enter);
    return true;
}

void jit_pause(bool paused)
{
    atomic_store(&jit_is_off, paused || !is_wanted);
}

const void *jit_find(const FuncProto *proto, const Instr *pc)
{
    const JitCode *jit = __atomic_load_n(&proto->jit, __ATOMIC_ACQUIRE);
    size_t index = (size_t)(pc - proto->code);
    if (!jit || index >= proto->ninstrs || !jit->offsets[index]) return NULL;
    return region_rx + jit->offsets[index];
}

uint32_t jit_offset(const void *code)
{
    return (uint32_t)((const uint8_t *)code - region_rx);
}

/* ---- The first look ---- */

int64_t jit_jump_target(const Instr *code, uint32_t pc)
{
    const Instr *at = &code[pc];
    const OpInfo *info = &op_info[at->op];
    if (at->op == OP_NEXTRUNE || at->op == OP_MAPNEXT) return (int64_t)pc + 2 + (int64_t)at[1].word;
    if (at->op == OP_JTABLE) return -1;
    if (strchr(info->format, 'J')) return (int64_t)pc + 1 + info->words + at->bx;
    if (strchr(info->format, 'j')) return (int64_t)pc + 1 + info->words + (int16_t)at->c;
    return -1;
}

/* Notes where jumps lead and how deep in loops the instructions are. */
static void find_targets(Jit *j)
{
    for (uint32_t pc = 0; pc < j->n; pc += verify_length(&j->code[pc])) {
        const Instr *at = &j->code[pc];
        int64_t to = jit_jump_target(j->code, pc);
        if (to >= 0) j->words[to].is_target = true;
        for (uint32_t i = 1; at->op == OP_JTABLE && i < at->b; i++)
            j->words[pc + 2 + i + (int64_t)at[1 + i].word].is_target = true;
        if (to < 0 || to > pc) continue;
        j->words[to].wants_entry = true;
        for (uint32_t inside = (uint32_t)to; inside <= pc; inside++)
            if (j->words[inside].depth < MAX_DEPTH) j->words[inside].depth++;
    }
}

/* Where the interpreter may come to by doing this instruction. */
static void want_entries_behind(Jit *j, uint32_t pc)
{
    const Instr *at = &j->code[pc];
    uint32_t next = pc + verify_length(at);
    int64_t to = jit_jump_target(j->code, pc);
    if (next < j->n) j->words[next].wants_entry = true;
    if (to >= 0) j->words[to].wants_entry = true;
    for (uint32_t i = 1; at->op == OP_JTABLE && i < at->b; i++)
        j->words[pc + 2 + i + (int64_t)at[1 + i].word].wants_entry = true;
}

static void begin_pass(Jit *j, const uint8_t *start)
{
    j->as.at = (uint8_t *)(uintptr_t)start;
    j->block = 1;
    j->dirty = 0;
    j->is_open = false;
    j->jumps.len = j->leaves.len = j->tables.len = 0;
    memset(j->checked, 0, j->nslots * sizeof *j->checked);
}

/* Whether the next instruction may come behind it. */
static bool goes_on(const Instr *at)
{
    return at->op != OP_JMP && at->op != OP_LOOP && at->op != OP_RET && at->op != OP_RETV &&
           at->op != OP_RETI;
}

/* Translates all instructions; entries and handing over come later. */
static void translate_all(Jit *j)
{
    jit_function_entry(j);
    for (uint32_t pc = 0; pc < j->n; pc += verify_length(&j->code[pc])) {
        Word *word = &j->words[pc];
        j->pc = pc;
        if (word->is_target || word->is_entered) j->block++;
        j->dirty |= word->dirty;
        if (word->is_entered) {
            word->entry = j->as.at;
            jit_load_pinned(j);
        }
        word->at = j->as.at;
        if (jit_translate(j, &j->code[pc])) {
            if (!goes_on(&j->code[pc])) j->dirty = 0;
            continue;
        }
        word->is_step = true;
        want_entries_behind(j, pc);
        jit_leave(j, x64_jmp(&j->as), JIT_STEP, pc);
        j->dirty = 0;
    }
}

/* What comes after the first pass: an instruction that is only reached through the interpreter
 * loads the pinned slots itself. */
static void find_entered(Jit *j)
{
    for (uint32_t pc = 0; pc < j->n; pc += verify_length(&j->code[pc])) {
        Word *word = &j->words[pc];
        uint32_t next = pc + verify_length(&j->code[pc]);
        if (word->is_step && next < j->n && !j->words[next].is_target)
            j->words[next].is_entered = true;
    }
}

/* ---- Pinned slots ---- */

typedef struct Candidate {
    uint32_t slot;
    int64_t gain;
    bool is_float;
} Candidate;

static int compare_candidates(const void *a, const void *b)
{
    const Candidate *x = a, *y = b;
    if (x->gain != y->gain) return x->gain < y->gain ? 1 : -1;
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

static int64_t weight_of(const Word *word)
{
    return (int64_t)1 << (3 * word->depth);
}

typedef struct Reads {
    int64_t all, floats, ints;
} Reads;

static void count_read(Reads *reads, uint32_t nslots, uint32_t slot, int64_t weight, bool is_float,
                       bool is_int)
{
    if (slot >= nslots) return;
    reads[slot].all += weight;
    if (is_float) reads[slot].floats += weight;
    if (is_int) reads[slot].ints += weight;
}

/* Counts the slots that translated instructions read; returns what it costs to load one wherever
 * the code is entered. */
static int64_t count_reads(Jit *j, Reads *reads)
{
    int64_t loads = 0;
    for (uint32_t pc = 0; pc < j->n; pc += verify_length(&j->code[pc])) {
        const Word *word = &j->words[pc];
        const Instr *at = &j->code[pc];
        int64_t weight = weight_of(word);
        if (word->is_step || word->is_call) loads += weight;
        if (word->is_step) continue;
        SlotUse uses[JIT_MAX_USES];
        unsigned n = jit_uses(at, uses);
        for (unsigned i = 0; i < n; i++)
            count_read(reads, j->nslots, uses[i].slot, uses[i].is_write ? weight / 2 : weight,
                       uses[i].is_float, uses[i].is_int);
    }
    return loads;
}

static void choose_pinned(Jit *j)
{
    static const uint8_t ints[PINNED_INTS] = {RSI, RDI, R8, R9, R10, R11, RBP, R14, R15};
    Reads *reads = calloc(j->nslots + 1, sizeof *reads);
    Candidate *best = calloc(j->nslots + 1, sizeof *best);
    if (!reads || !best) fatal_out_of_memory();
    int64_t loads = count_reads(j, reads);
    uint32_t n = 0;
    for (uint32_t slot = 0; slot < j->nslots; slot++) {
        const Reads *one = &reads[slot];
        if (one->all > loads + 1)
            best[n++] = (Candidate){slot, one->all - loads, one->floats > one->ints};
    }
    qsort(best, n, sizeof *best, compare_candidates);
    uint32_t nints = 0, nfloats = 0;
    for (uint32_t i = 0; i < n; i++) {
        Pinned pinned = {best[i].slot, best[i].is_float, 0};
        if (best[i].is_float ? nfloats == PINNED_FLOATS : nints == PINNED_INTS) continue;
        pinned.reg = best[i].is_float ? (uint8_t)(2 + nfloats++) : ints[nints++];
        j->pin[pinned.slot] = (uint8_t)(1 + j->npinned);
        j->pinned[j->npinned++] = pinned;
    }
    free(reads);
    free(best);
}

/* ---- Finishing ---- */

/* Entries that are not in the way of the code. */
static void write_entries(Jit *j)
{
    for (uint32_t pc = 0; pc < j->n; pc += verify_length(&j->code[pc])) {
        Word *word = &j->words[pc];
        if (!word->wants_entry || word->entry) continue;
        word->entry = j->as.at;
        jit_load_pinned(j);
        x64_patch(x64_jmp(&j->as), word->at);
    }
}

static void write_leaves(Jit *j)
{
    for (size_t i = 0; i < j->leaves.len; i++) {
        const Leave *leave = &j->leaves.at[i];
        const Leave *before = i > 0 ? leave - 1 : NULL;
        if (before && before->pc == leave->pc && before->kind == leave->kind &&
            before->dirty == leave->dirty) {
            x64_patch(leave->hole, j->last_leave);
            continue;
        }
        j->last_leave = j->as.at;
        x64_patch(leave->hole, j->as.at);
        jit_store_pinned(j, leave->dirty);
        x64_load(&j->as, RDX, (uintptr_t)&j->code[leave->pc]);
        x64_patch(x64_jmp(&j->as), region_rw + stubs.exits[leave->kind]);
    }
    for (size_t i = 0; i < j->jumps.len; i++)
        x64_patch(j->jumps.at[i].hole, j->words[j->jumps.at[i].pc].at);
    for (size_t i = 0; i < j->tables.len; i++) {
        const TableEntry *entry = &j->tables.at[i];
        int32_t distance = (int32_t)(j->words[entry->pc].at - entry->base);
        memcpy(entry->hole, &distance, 4);
    }
}

static void publish(Jit *j, FuncProto *proto)
{
    JitCode *jit = calloc(j->n, sizeof jit->offsets[0]);
    if (!jit) fatal_out_of_memory();
    for (uint32_t pc = 0; pc < j->n; pc++)
        if (j->words[pc].entry) jit->offsets[pc] = (uint32_t)(j->words[pc].entry - region_rw);
    __atomic_store_n(&proto->jit, jit, __ATOMIC_RELEASE); /* pairs with the acquire in jit_find */
    __atomic_store_n(&proto->jit_entry, region_rx + jit->offsets[0], __ATOMIC_RELEASE);
    __atomic_store_n(&proto->entry, jit_entry_code, __ATOMIC_RELEASE);
}

/* Whether it often ends in the interpreter, which parks. */
static bool may_wait(const Instr *at)
{
    return at->op == OP_SEND || at->op == OP_RECV || at->op == OP_RECV2;
}

/* Where too much of the work is the interpreter's anyhow, going to and fro would cost more than
 * machine code saves. */
static bool is_worthwhile(Jit *j)
{
    int64_t steps = 0, all = 0;
    for (uint32_t pc = 0; pc < j->n; pc += verify_length(&j->code[pc])) {
        int64_t weight = weight_of(&j->words[pc]);
        all += weight;
        if (j->words[pc].is_step || may_wait(&j->code[pc])) steps += weight;
    }
    return all >= STEP_COST * steps;
}

static void free_work(Jit *j)
{
    free(j->words);
    free(j->checked);
    free(j->pin);
    vec_free(&j->jumps);
    vec_free(&j->leaves);
    vec_free(&j->tables);
}

/* Compiles the function and what it calls, `depth` calls away from the one that is wanted, unless
 * that was tried before. */
static void compile_one(FuncProto *proto, int depth);

/* The functions called in loops come first, so that they can be called directly. */
static void compile_callees(FuncProto *proto, const Word *words, int depth)
{
    for (uint32_t pc = 0; pc < proto->ninstrs; pc += verify_length(&proto->code[pc])) {
        const Instr *at = &proto->code[pc];
        if (words[pc].depth == 0) continue;
        if (at->op == OP_CALL) compile_one((FuncProto *)(uintptr_t)at[1].word, depth);
        if (at->op != OP_CALLI) continue;
        const ICache *cache = (const ICache *)(uintptr_t)at[1].word;
        for (size_t i = 0; i < sizeof cache->pairs / sizeof cache->pairs[0]; i++) {
            const ICachePair *pair = __atomic_load_n(&cache->pairs[i], __ATOMIC_ACQUIRE);
            if (pair) compile_one(pair->entry, depth);
        }
    }
}

static bool compile(FuncProto *proto, int depth)
{
    if (!begin()) return false;
    Jit j = {.proto = proto,
             .code = proto->code,
             .n = proto->ninstrs,
             .nslots = proto->nslots + 4,
             .stubs = &stubs,
             .region = region_rw};
    if (j.n > MAX_WORDS) return false;
    j.words = calloc(j.n + 1, sizeof *j.words);
    j.checked = calloc(j.nslots, sizeof *j.checked);
    j.pin = calloc(j.nslots, sizeof *j.pin);
    if (!j.words || !j.checked || !j.pin) fatal_out_of_memory();
    find_targets(&j);
    if (depth < MAX_CALLEE_DEPTH) compile_callees(proto, j.words, depth + 1);
    if (region_used + (size_t)(j.n + 64) * ROOM_PER_WORD > REGION) {
        free_work(&j);
        return false;
    }
    uint8_t *start = region_rw + region_used;
    begin_pass(&j, start);
    translate_all(&j);
    bool is_good = is_worthwhile(&j);
    if (is_good) {
        find_entered(&j);
        choose_pinned(&j);
        do {
            begin_pass(&j, start);
            translate_all(&j);
        } while (j.is_open);
        write_entries(&j);
        write_leaves(&j);
        publish(&j, proto);
        region_used = (size_t)(j.as.at - region_rw);
    }
    free_work(&j);
    return is_good;
}

/* Whether it was not tried before and could be done. */
static bool can_compile(const FuncProto *proto)
{
    return __atomic_load_n(&proto->jit_state, __ATOMIC_RELAXED) == JIT_NONE &&
           !(proto->flags & PROTO_NATIVE) &&
           __atomic_load_n(&proto->code, __ATOMIC_ACQUIRE)->op != OP_LAZY;
}

static void compile_one(FuncProto *proto, int depth)
{
    if (!can_compile(proto)) return;
    __atomic_store_n(&proto->jit_state, JIT_REFUSED, __ATOMIC_RELAXED); /* meanwhile */
    if (compile(proto, depth)) __atomic_store_n(&proto->jit_state, JIT_COMPILED, __ATOMIC_RELAXED);
}

void jit_compile(FuncProto *proto)
{
    if (atomic_load_explicit(&jit_is_off, memory_order_relaxed)) return;
    if (!can_compile(proto)) return;
    if (!lock_try(&region_lock, RANK_PROGRAM)) return;
    compile_one(proto, 0);
    lock_release(&region_lock);
}

#else

void jit_init(void)
{
}

void jit_pause(bool paused)
{
    (void)paused;
}

void jit_compile(FuncProto *proto)
{
    (void)proto;
}

const void *jit_find(const FuncProto *proto, const Instr *pc)
{
    (void)proto, (void)pc;
    return NULL;
}

#endif
