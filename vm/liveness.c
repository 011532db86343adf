/* SPDX-License-Identifier: MIT */
/* Liveness, found by going backwards over the code until nothing changes: before an instruction
 * those slots are live that it reads, and those live behind it that it does not write. In a
 * function that defers, everything may panic, so what its epilogue reads is live everywhere.
 *
 * What an instruction reads and writes is found as the verifier finds it: the format says which
 * operands are slots, the meaning ("R[a:2] = …") how many. Where the meaning does not say, an
 * operand is taken to be read up to the end of the frame, and not written. So what is not known
 * here makes a slot live that is not, never the other way round.
 *
 * Answers are kept by place, since a million goroutines wait in few places. */
#include "vm/liveness.h"

#include "base/fatal.h"
#include "base/map.h"
#include "base/vec.h"
#include "runtime/gc.h"
#include "runtime/leak.h"
#include "runtime/sched.h"
#include "vm/frame.h"
#include "vm/op.h"
#include "vm/traceback.h"
#include "vm/verify.h"

#include <stdlib.h>
#include <string.h>

enum { REST = UINT16_MAX + 1, WORDS_MAX = 1 << 22 };

/* ---- What an instruction does to a set ---- */

typedef struct Flow {
    const FuncProto *proto;
    uint32_t nslots, nwords;
    uint64_t *before; /* of each word of code: its set; nwords long */
    uint64_t *set;    /* the one worked on */
} Flow;

static void change(Flow *flow, uint32_t from, uint32_t n, bool on)
{
    for (uint32_t i = from; i < flow->nslots && i - from < n; i++) {
        uint64_t bit = (uint64_t)1 << i % 64;
        if (on)
            flow->set[i / 64] |= bit;
        else
            flow->set[i / 64] &= ~bit;
    }
}

static void reads(Flow *flow, uint32_t from, uint32_t n)
{
    change(flow, from, n, true);
}

static void writes(Flow *flow, uint32_t from, uint32_t n)
{
    change(flow, from, n, false);
}

/* Slots that the meaning says operand `letter` spans, 0 where it does not. */
static uint32_t span(const char *text, char letter)
{
    char name[5] = {'R', '[', letter, 0, 0};
    uint32_t n = 0;
    for (const char *at = text; (at = strstr(at, name)); at += 3) {
        uint32_t here = at[3] == ']'                                  ? 1
                        : at[3] == ':' && at[4] > '0' && at[4] <= '9' ? (uint32_t)(at[4] - '0')
                                                                      : 0;
        if (here == 0) return 0;
        if (here > n) n = here;
    }
    return n;
}

static uint32_t bytes_slots(uint64_t bytes)
{
    return (uint32_t)((bytes + sizeof(Slot) - 1) / sizeof(Slot));
}

static const RType *word_type(const Instr *at)
{
    return (const RType *)(uintptr_t)at[1].word;
}

static const FuncProto *word_func(const Instr *at)
{
    return (const FuncProto *)(uintptr_t)at[1].word;
}

/* By format and meaning alone. */
static void plain(Flow *flow, const Instr *at)
{
    const OpInfo *info = &op_info[at->op];
    const uint16_t operand[3] = {at->a, at->b, at->c};
    for (int i = 0; i < 3; i++)
        if (info->format[i] == 'w') writes(flow, operand[i], span(info->text, (char)('a' + i)));
    for (int i = 0; i < 3; i++) {
        uint32_t n = span(info->text, (char)('a' + i));
        if (info->format[i] == 'r') reads(flow, operand[i], n ? n : REST);
    }
    if (strstr(info->text, "R[W]")) reads(flow, (uint32_t)at[1].word, 1);
}

static void read_three(Flow *flow, const Instr *at, uint32_t a, uint32_t b, uint32_t c)
{
    reads(flow, at->a, a);
    reads(flow, at->b, b);
    reads(flow, at->c, c);
}

/* Loads of an element into n slots; 0 where it may leave some of them as they are. */
static void load(Flow *flow, const Instr *at, uint32_t n, uint32_t b)
{
    writes(flow, at->a, n);
    reads(flow, at->b, b);
    reads(flow, at->c, 1);
}

static void select_cases(Flow *flow, const Instr *at)
{
    writes(flow, at->a, 1);
    for (uint32_t i = 1; i <= at->b; i++) {
        uint64_t word = at[i].word;
        uint16_t value = (uint16_t)(word >> 32);
        reads(flow, (uint16_t)(word >> 16), 1);
        if ((word & 0xFFFF) == 0 && value != 0xFFFF) reads(flow, value, REST);
    }
}

static void slice_bounds(Flow *flow, const Instr *at, uint32_t nresults, uint32_t noperand)
{
    writes(flow, at->a, nresults);
    reads(flow, at->b, noperand);
    for (uint32_t i = 0; i < 3; i++)
        if (at->c >> i & 1) reads(flow, at->b + 3u + i, 1);
}

static void call(Flow *flow, const Instr *at, uint32_t nresults, uint32_t nparams)
{
    writes(flow, at->a, nresults);
    reads(flow, at->a + nresults, nparams);
}

/* An instruction's own part: slots it writes leave the set, slots it reads come into it. */
static void step(Flow *flow, const Instr *at)
{
    const FuncProto *proto = flow->proto;
    if (op_calls_word(at->op)) {
        call(flow, at, word_func(at)->nresults, word_func(at)->nparams);
        return;
    }
    switch (at->op) {
    case OP_LAZY: reads(flow, 0, REST); return;
    case OP_MOVEN:
        writes(flow, at->a, at->c);
        reads(flow, at->b, at->c);
        return;
    case OP_ZERO: writes(flow, at->a, (uint32_t)at->bx); return;
    case OP_LOADIF: writes(flow, at->a, 2); return;
    case OP_EQV: {
        uint32_t n = word_type(at)->slots;
        load(flow, at, 1, n);
        reads(flow, at->c, n);
        return;
    }
    case OP_NEXTX64:
    case OP_NEXTX128:
    case OP_NEXTX32:
    case OP_NEXTXU8: read_three(flow, at, 1, 3, 0); return;
    case OP_LDN:
        writes(flow, at->a, bytes_slots(at[1].word));
        reads(flow, at->b, 1);
        return;
    case OP_STN: read_three(flow, at, 1, bytes_slots(at[1].word), 0); return;
    case OP_BOX:
    case OP_MKIFACE:
        writes(flow, at->a, at->op == OP_BOX ? 1 : 2);
        reads(flow, at->b, word_type(at)->slots);
        return;
    case OP_UNBOX:
        writes(flow, at->a, word_type(at)->slots);
        reads(flow, at->b, 2);
        return;
    case OP_LDL8:
    case OP_LDLU8:
    case OP_LDL16:
    case OP_LDLU16:
    case OP_LDL32:
    case OP_LDLU32:
        writes(flow, at->a, 1);
        reads(flow, (uint32_t)at->bx / sizeof(Slot), 1);
        return;
    case OP_LDLN: reads(flow, (uint32_t)at->bx / sizeof(Slot), bytes_slots(at[1].word) + 1); return;
    case OP_STL8:
    case OP_STL16:
    case OP_STL32: reads(flow, at->a, 1); return;
    case OP_STLN: reads(flow, at->a, bytes_slots(at[1].word)); return;
    case OP_LDX8:
    case OP_LDXU8:
    case OP_LDX16:
    case OP_LDXU16:
    case OP_LDX32:
    case OP_LDXU32:
    case OP_LDX64:
    case OP_LDXIU8: load(flow, at, 1, 3); return;
    case OP_LDX128: load(flow, at, 2, 3); return;
    case OP_LDX192: load(flow, at, 3, 3); return;
    case OP_LDXN: load(flow, at, bytes_slots(at[1].word), 3); return;
    case OP_LDPXU8:
    case OP_LDPX32:
    case OP_LDPXU32:
    case OP_LDPX64:
    case OP_LDMXU8:
    case OP_LDMX32:
    case OP_LDMX64: load(flow, at, 1, 1); return;
    case OP_STX8:
    case OP_STX16:
    case OP_STX32:
    case OP_STX64: read_three(flow, at, 3, 1, 1); return;
    case OP_STX128: read_three(flow, at, 3, 1, 2); return;
    case OP_STX192: read_three(flow, at, 3, 1, 3); return;
    case OP_STXN: read_three(flow, at, 3, 1, bytes_slots(at[1].word)); return;
    case OP_STXX8:
        read_three(flow, at, 3, 1, 1);
        reads(flow, (uint32_t)at[1].word, 1);
        return;
    case OP_STPX8:
    case OP_STPX32:
    case OP_STPX64:
    case OP_STMX8:
    case OP_STMX32:
    case OP_STMX64: read_three(flow, at, 1, 1, 1); return;
    case OP_SLICE: slice_bounds(flow, at, 3, 3); return;
    case OP_SLICEP: slice_bounds(flow, at, 3, 1); return;
    case OP_SLICES: slice_bounds(flow, at, 2, 2); return;
    case OP_APPEND1:
        writes(flow, at->a, 3);
        reads(flow, at->b, 3);
        reads(flow, at->c, word_type(at)->slots);
        return;
    case OP_CATN:
        writes(flow, at->a, 2);
        reads(flow, at->b, 2u * at->c);
        return;
    case OP_NEXTRUNE: read_three(flow, at, 1, 2, 0); return;
    case OP_MAPGET:
    case OP_MAPGET2:
        writes(flow, at->a, word_type(at)->elem->slots + (at->op == OP_MAPGET2));
        reads(flow, at->b, 1);
        reads(flow, at->c, word_type(at)->key->slots);
        return;
    case OP_MAPSET:
        read_three(flow, at, 1, word_type(at)->key->slots, word_type(at)->elem->slots);
        return;
    case OP_MAPDEL: read_three(flow, at, 1, word_type(at)->key->slots, 0); return;
    case OP_MAPNEXT: reads(flow, at->a, 1); return;
    case OP_CLOSURE:
        writes(flow, at->a, 1);
        reads(flow, at->b, at->c);
        return;
    case OP_LDCAP: writes(flow, at->a, 1); return;
    case OP_LDCAPN: writes(flow, at->a, at->c); return;
    case OP_CALLC:
        reads(flow, at->a, at->c);
        reads(flow, at->b, 1);
        return;
    case OP_CALLI:
        writes(flow, at->a, at->c);
        reads(flow, at->a + at->c + 1u, ((const ICache *)(uintptr_t)at[1].word)->nargs);
        reads(flow, at->b, 2);
        return;
    case OP_QUICK:
    case OP_RET:
        reads(flow, 0,
              at->op == OP_RET ? proto->nresults : (uint32_t)proto->nresults + proto->nparams);
        return;
    case OP_GO:
    case OP_DEFER: reads(flow, (uint32_t)at->a + at->b, at->c); return;
    case OP_GOC:
    case OP_DEFERC:
        reads(flow, at->a, at->c);
        reads(flow, at->b, 1);
        return;
    case OP_DEFERTO: read_three(flow, at, (uint32_t)at[1].word, 1, 1); return;
    case OP_PRINT: reads(flow, at->a, 3); return;
    case OP_SEND: read_three(flow, at, 1, at->c, 0); return;
    case OP_RECV:
    case OP_RECV2:
        if (at->op == OP_RECV2 && at->c != 0xFFFF) writes(flow, at->c, 1);
        reads(flow, at->b, 1);
        return;
    case OP_SELECT: select_cases(flow, at); return;
    default: plain(flow, at); return;
    }
}

/* ---- A function ---- */

static void join(Flow *flow, int64_t pc)
{
    if (pc < 0 || pc >= flow->proto->ninstrs) return;
    const uint64_t *other = flow->before + (uint64_t)pc * flow->nwords;
    for (uint32_t i = 0; i < flow->nwords; i++) flow->set[i] |= other[i];
}

static bool goes_on(const Instr *at)
{
    switch (at->op) {
    case OP_JMP:
    case OP_LOOP:
    case OP_RET:
    case OP_RETV:
    case OP_RETI:
    case OP_PANIC:
    case OP_PANICTEXT: return false;
    default: return true;
    }
}

/* What is live at the places that the instruction may go on at. */
static void join_successors(Flow *flow, uint32_t pc, const Instr *at)
{
    int64_t next = (int64_t)pc + verify_length(at);
    const char *format = op_info[at->op].format;
    if (goes_on(at)) join(flow, next);
    if (format[1] == 'J') join(flow, next + at->bx);
    if (format[2] == 'j') join(flow, next + (int16_t)at->c);
    if (at->op == OP_NEXTRUNE || at->op == OP_MAPNEXT) join(flow, next + (int64_t)at[1].word);
    if (at->op == OP_JTABLE)
        for (uint32_t i = 2; i <= at->b; i++) join(flow, (int64_t)pc + i + 1 + (int64_t)at[i].word);
    if (flow->proto->flags & PROTO_HAS_DEFER) join(flow, flow->proto->epilogue_pc);
}

/* Recomputes the instruction's set; returns whether it has grown. */
static bool flow_back(Flow *flow, uint32_t pc, const Instr *at)
{
    size_t size = flow->nwords * sizeof(uint64_t);
    memset(flow->set, 0, size);
    join_successors(flow, pc, at);
    step(flow, at);
    uint64_t *before = flow->before + (uint64_t)pc * flow->nwords;
    if (memcmp(before, flow->set, size) == 0) return false;
    memcpy(before, flow->set, size);
    return true;
}

typedef VEC(uint32_t) Starts;

static void find_sets(Flow *flow, const Instr *code, const Starts *starts)
{
    for (bool has_changed = true; has_changed;) {
        has_changed = false;
        for (size_t i = starts->len; i-- > 0;)
            has_changed |= flow_back(flow, starts->at[i], &code[starts->at[i]]);
    }
}

/* A native that is under way has its results on the frame, too. */
static void add_results(Flow *flow, const Instr *at)
{
    if (at->op == OP_CALLN || at->op == OP_CALLQ)
        reads(flow, at->a, (uint32_t)word_func(at)->nresults + word_func(at)->nparams);
}

static LiveSlots *find(const FuncProto *proto, const Instr *code, uint32_t index, uint32_t next)
{
    Flow flow = {.proto = proto, .nslots = proto->nslots, .nwords = proto->nslots / 64 + 1};
    uint64_t words = (uint64_t)(proto->ninstrs + 2) * flow.nwords;
    if (words > WORDS_MAX) return NULL;
    Starts starts = {0};
    uint32_t under_way = 0;
    for (uint32_t pc = 0; pc < proto->ninstrs; pc += verify_length(&code[pc])) {
        vec_push(&starts, pc);
        if (pc <= index) under_way = pc;
    }
    flow.before = calloc(words, sizeof *flow.before);
    LiveSlots *live = calloc(1, sizeof *live + flow.nwords * sizeof(uint64_t));
    if (!flow.before || !live) fatal_out_of_memory();
    flow.set = flow.before + words - flow.nwords;
    find_sets(&flow, code, &starts);
    flow.set = live->bits;
    join(&flow, under_way);
    join(&flow, next);
    add_results(&flow, &code[under_way]);
    live->nslots = proto->nslots;
    free(flow.before);
    vec_free(&starts);
    return live;
}

static PtrMap known; /* pc → LiveSlots; guarded by the scheduler's being frozen */

const LiveSlots *liveness_at(const FuncProto *proto, const Instr *pc)
{
    static const LiveSlots unknown;
    const Instr *code = __atomic_load_n(&proto->code, __ATOMIC_ACQUIRE);
    if (code->op == OP_LAZY || pc + 1 < code || pc >= code + proto->ninstrs) return NULL;
    const LiveSlots *live = map_get(&known, pc);
    if (!live) {
        uint32_t next = (uint32_t)(pc + 1 - code);
        live = find(proto, code, next ? next - 1 : 0, next);
        map_set(&known, pc, (void *)(uintptr_t)(live ? live : &unknown));
    }
    return live == &unknown ? NULL : live;
}

/* ---- Hiding ---- */

/* A slot emptied for the time of a collection; the word is kept as its complement, for it may be on
 * the C stack. */
typedef struct Hidden {
    Slot *slot;
    uintptr_t word;
} Hidden;

static VEC(Hidden) hidden; /* guarded by the scheduler's being frozen */

static void hide_slot(Slot *slot)
{
    if (!gc_base(slot->p, NULL)) return;
    Hidden h = {slot, ~(uintptr_t)slot->p};
    slot->p = NULL;
    vec_push(&hidden, h);
}

static void hide_in_frame(const FrameWalk *walk, uint32_t end)
{
    const LiveSlots *live = liveness_at(walk->code, walk->pc);
    Slot *r = stack_base(walk->g) + walk->base;
    for (uint32_t i = 0; live && i < live->nslots && walk->base + i < end; i++)
        if (!live_has(live, i)) hide_slot(&r[i]);
}

static void hide_dead(Goroutine *g)
{
    if (g->live == 0 || g->panics) return; /* frames that panic go on elsewhere */
    FrameWalk walk;
    uint32_t end = g->live;
    walk_begin(&walk, g);
    do {
        if (walk.level > 0) continue;
        hide_in_frame(&walk, end);
        end = walk.base - FRAME_HEADER;
    } while (walk_next(&walk));
}

/* What has survived without them is shown in them again, for reports look there for names. */
static void show_dead(void)
{
    for (size_t i = 0; i < hidden.len; i++)
        if (gc_survived((void *)~hidden.at[i].word))
            hidden.at[i].slot->p = (void *)~hidden.at[i].word;
    hidden.len = 0;
}

static void hide_stopped(Goroutine *g, void *self)
{
    uint8_t state = atomic_load(&g->state);
    if (g == self || state == G_PARKED || state == G_RUNNABLE) hide_dead(g);
}

void liveness_collect(Goroutine *g)
{
    enum { PATIENCE_NS = 5000000, GOROUTINES_MAX = 20000 };
    if (!sched_freeze(PATIENCE_NS)) {
        sched_thaw();
        gc_collect();
        return;
    }
    if (g_count() <= GOROUTINES_MAX)
        g_each(hide_stopped, g);
    else
        hide_dead(g);
    gc_clear_stack_below();
    gc_collect();
    show_dead();
    sched_thaw();
}

void liveness_init(void)
{
    leak_hide_slots = hide_dead;
    leak_show_slots = show_dead;
}
