/* SPDX-License-Identifier: MIT */
/* Traces.
 *
 * The innermost frame's pc is in the descriptor, each other frame's in the header of the frame
 * above it, always pointing behind the instruction under way. Three callers have no return pc of
 * their own there: a frame that RETD left for a deferred call returns to the RETD itself; a frame
 * that panicked is the caller of the deferred calls its panic makes, and the PanicRecord knows its
 * pc; the frame of a native that made a nested call has it below the nested frame's header.
 *
 * Calls that the compiler did where they stand have no frames: walks show them all the same, one
 * after the other at the same pc. */
#include "vm/traceback.h"

#include "base/vec.h"
#include "runtime/bubble.h"
#include "runtime/clock.h"
#include "runtime/iface.h"
#include "runtime/sched.h"
#include "vm/frame.h"
#include "vm/op.h"
#include "vm/panic.h"
#include "vm/vm.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN_INNER = 50, SHOWN_OUTER = 50 };

/* ---- Walking ---- */

/* Goes to one of the functions that share the current frame. */
static void settle(FrameWalk *walk, uint32_t level)
{
    walk->level = level;
    walk->nlevels = proto_inlined(walk->code, walk_index(walk), level, &walk->proto, &walk->pos);
}

void walk_begin(FrameWalk *walk, Goroutine *g)
{
    walk->g = g;
    walk->base = g->frame;
    walk->code = FRAME_PROTO(frame_base(g));
    walk->pc = (const Instr *)g->pc - 1;
    walk->panics = g->panics;
    walk->raised = NULL;
    settle(walk, 0);
}

static const Instr *caller_pc(FrameWalk *walk, const Slot *r, uint32_t flags)
{
    if (flags & FRAME_BOTTOM) return (const Instr *)r[-FRAME_HEADER - 1].p - 1;
    if (flags & FRAME_PANIC_CALL) {
        PanicRecord *record = walk->panics;
        while (record && record->call_frame != walk->base) record = record->next;
        if (!record) return NULL;
        walk->panics = record->next;
        walk->raised = record;
        return (const Instr *)record->pc - 1;
    }
    const Instr *return_pc = FRAME_PC(r);
    return flags & FRAME_DEFERRED_CALL ? return_pc : return_pc - 1;
}

bool walk_next(FrameWalk *walk)
{
    walk->raised = NULL;
    if (walk->level < walk->nlevels) {
        settle(walk, walk->level + 1);
        return true;
    }
    if (walk->base <= FRAME_HEADER) return false;
    const Slot *r = stack_base(walk->g) + walk->base;
    walk->pc = caller_pc(walk, r, LINK_FLAGS(FRAME_LINK(r)));
    walk->base -= LINK_DISTANCE(FRAME_LINK(r));
    walk->code = FRAME_PROTO(stack_base(walk->g) + walk->base);
    settle(walk, 0);
    return true;
}

uint32_t walk_index(const FrameWalk *walk)
{
    const Instr *code = walk->code->code;
    if (walk->pc < code || walk->pc >= code + walk->code->ninstrs) return 0;
    return (uint32_t)(walk->pc - code);
}

bool walk_is_visible(const FrameWalk *walk)
{
    return !(walk->proto->flags & PROTO_WRAPPER);
}

/* ---- Callers ---- */

/* Instructions are 8 bytes long: a pc somewhat behind an instruction's address stands for one of
 * the functions that it is in the middle of. There are few enough of them, see the compiler's
 * bound. */
enum { LEVEL_STEP = 2, LEVEL_MASK = 7 };

/* Functions that Go programs find in their stacks and that are C here. The address of one stands
 * for a pc in it. */
typedef enum MachineFunc {
    IN_GOPANIC,
    IN_GOEXIT_CALL,
    IN_SIGPANIC,
    IN_PANICMEM,
    IN_INDEX,
    IN_SLICE,
    IN_DIVIDE,
    IN_SHIFT,
    IN_ASSERTION,
    IN_GOEXIT,
    IN_SCHEDULE,
    IN_GC,
    MACHINE_FUNC_COUNT,
} MachineFunc;

static FuncProto machine_funcs[MACHINE_FUNC_COUNT] = {
    [IN_GOPANIC] = {.name = "runtime.gopanic"},
    [IN_GOEXIT_CALL] = {.name = "runtime.Goexit"},
    [IN_SIGPANIC] = {.name = "runtime.sigpanic"},
    [IN_PANICMEM] = {.name = "runtime.panicmem"},
    [IN_INDEX] = {.name = "runtime.goPanicIndex"},
    [IN_SLICE] = {.name = "runtime.goPanicSliceB"},
    [IN_DIVIDE] = {.name = "runtime.panicdivide"},
    [IN_SHIFT] = {.name = "runtime.panicshift"},
    [IN_ASSERTION] = {.name = "runtime.panicdottypeE"},
    [IN_GOEXIT] = {.name = "runtime.goexit"},
    [IN_SCHEDULE] = {.name = "runtime.schedule"},
    [IN_GC] = {.name = "runtime._GC"},
};

typedef struct PcList {
    uintptr_t *pcs;
    int skip, n, limit;
} PcList;

static void add_pc(PcList *list, const void *pc)
{
    if (list->skip-- > 0 || list->n == list->limit) return;
    list->pcs[list->n++] = (uintptr_t)pc;
}

static void add_machine_func(PcList *list, MachineFunc func)
{
    add_pc(list, &machine_funcs[func]);
}

/* What Go calls between a fault and gopanic; MACHINE_FUNC_COUNT: nothing. */
static MachineFunc fault_func(const PanicRecord *record)
{
    static const struct {
        const char *start;
        MachineFunc func;
    } faults[] = {
        {"index out of range", IN_INDEX},
        {"slice bounds out of range", IN_SLICE},
        {"integer divide by zero", IN_DIVIDE},
        {"negative shift amount", IN_SHIFT},
    };
    const Instr *raiser = (const Instr *)record->pc - 1;
    const RType *type = record->value.type;
    if (raiser->op == OP_PANIC) return MACHINE_FUNC_COUNT;
    if (type == vm_error_types.type_assertion_error) return IN_ASSERTION;
    if (type != vm_error_types.error_string && type != vm_error_types.bounds_error)
        return MACHINE_FUNC_COUNT;
    const String *text = iface_data(&record->value);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        size_t len = strlen(faults[i].start);
        if ((size_t)text->len >= len && memcmp(text->data, faults[i].start, len) == 0)
            return faults[i].func;
    }
    return MACHINE_FUNC_COUNT;
}

static void add_panic(PcList *list, const PanicRecord *record)
{
    if (record->is_goexit) {
        add_machine_func(list, IN_GOEXIT_CALL);
        return;
    }
    add_machine_func(list, IN_GOPANIC);
    if (record->is_signal) {
        add_machine_func(list, IN_PANICMEM);
        add_machine_func(list, IN_SIGPANIC);
        return;
    }
    MachineFunc func = fault_func(record);
    if (func != MACHINE_FUNC_COUNT) add_machine_func(list, func);
}

int traceback_callers(Goroutine *g, int skip, uintptr_t *pcs, int n)
{
    FrameWalk walk;
    PcList list = {.pcs = pcs, .skip = skip, .limit = n};
    walk_begin(&walk, g);
    do {
        if (walk.raised) add_panic(&list, walk.raised);
        /* The machine's frames that start a program have Go's names. */
        bool is_named = walk_is_visible(&walk) || strncmp(walk.proto->name, "runtime.", 8) == 0;
        const Instr *at = walk.code->code + walk_index(&walk); /* also on the doorstep */
        if (is_named) add_pc(&list, (const char *)at + LEVEL_STEP * walk.level);
    } while (list.n < n && walk_next(&walk));
    add_machine_func(&list, IN_GOEXIT);
    return list.n;
}

const void *traceback_behind(uintptr_t pc)
{
    return pc ? (const Instr *)pc + 1 : NULL;
}

uintptr_t traceback_idle_pc(TracebackIdle what)
{
    return (uintptr_t)&machine_funcs[what == TRACEBACK_COLLECTOR ? IN_GC : IN_SCHEDULE];
}

const FuncProto *traceback_function(uintptr_t pc, Pos *pos)
{
    const Instr *at = (const Instr *)(pc & ~(uintptr_t)LEVEL_MASK);
    uint32_t level = (pc & LEVEL_MASK) / LEVEL_STEP;
    uintptr_t first = (uintptr_t)machine_funcs;
    *pos = NO_POS;
    if (pc >= first && pc < first + sizeof machine_funcs)
        return &machine_funcs[(pc - first) / sizeof machine_funcs[0]];
    const FuncProto *proto = proto_at(at);
    if (!proto) return NULL;
    uint32_t index = (uint32_t)(at - proto->code);
    uint32_t nlevels = proto_inlined(proto, index, 0, &proto, pos);
    if (level > 0 && level <= nlevels) proto_inlined(proto_at(at), index, level, &proto, pos);
    return proto;
}

/* ---- Writing ---- */

/* The current folder when the machine started, which relative paths of sources mean; "" if unknown.
 */
static char start_folder[4096];

/* The file as an absolute path, save for the library's. */
static void write_place(Buf *out, Pos pos, uint32_t offset)
{
    Location where = source_locate(pos);
    const char *path = where.path ? where.path : "?";
    buf_byte(out, '\t');
    /* "prompt", "-e" and "-" are no files. */
    bool is_relative =
        path[0] != '/' && strpbrk(path, "./") && where.source && !where.source->is_library;
    if (is_relative && start_folder[0]) {
        if (strncmp(path, "./", 2) == 0) path += 2;
        buf_printf(out, "%s/", start_folder);
    }
    buf_printf(out, "%s:%d +0x%x\n", path, where.line, offset);
}

static void write_frame(const FrameWalk *walk, Buf *out)
{
    const FuncProto *proto = walk->proto;
    buf_printf(out, "%s(%s)\n", proto->name ? proto->name : "?", proto->nparams ? "..." : "");
    write_place(out, walk->pos, walk_index(walk) * (uint32_t)sizeof(Instr));
}

/* The call of panic, as Go shows it between a deferred call and the frame that panicked. */
static void write_panic(const PanicRecord *record, Buf *out)
{
    if (record->is_goexit)
        buf_text(out, "runtime.Goexit()\n");
    else
        buf_printf(out, "panic({0x%" PRIxPTR ", 0x%" PRIx64 "})\n", (uintptr_t)record->value.type,
                   record->value.word.u);
    buf_printf(out, "\t%s:1 +0x0\n", MACHINE_FILE);
}

static void write_frames(Goroutine *g, Buf *out)
{
    FrameWalk walk;
    size_t n = 0, i = 0;
    walk_begin(&walk, g);
    do n += walk_is_visible(&walk);
    while (walk_next(&walk));
    bool is_long = n > SHOWN_INNER + SHOWN_OUTER;
    walk_begin(&walk, g);
    do {
        if (!walk_is_visible(&walk)) continue;
        if (!is_long || i < SHOWN_INNER || i >= n - SHOWN_OUTER) {
            if (walk.raised) write_panic(walk.raised, out);
            write_frame(&walk, out);
        }
        if (is_long && i == SHOWN_INNER)
            buf_printf(out, "...%zu frames elided...\n", n - SHOWN_INNER - SHOWN_OUTER);
        i++;
    } while (walk_next(&walk));
}

static const char *const wait_texts[WAIT_COUNT] = {
#define WAIT(name, text) [WAIT_##name] = text,
#include "runtime/waitreason.def"
#undef WAIT
};

static void write_header(Goroutine *g, Buf *out, bool is_running)
{
    uint8_t state = atomic_load(&g->state);
    const char *text = is_running ? "running" : "runnable";
    if (!is_running && state == G_PARKED) text = wait_texts[g->wait_reason];
    if (!is_running && state == G_RUNNING) text = "running";
    buf_printf(out, "goroutine %" PRIu64 " [%s", g->id, text);
    int64_t minutes = 0;
    if (state == G_PARKED && g->wait_since)
        minutes = (clock_host_ns() / 1000000000 - g->wait_since) / 60;
    if (!is_running && state == G_PARKED && g->flags & GF_DURABLE) buf_text(out, " (durable)");
    if (minutes >= 1) buf_printf(out, ", %" PRId64 " minutes", minutes);
    if (g->flags & GF_BUBBLED) buf_printf(out, ", synctest bubble %" PRIu32, bubble_id(g));
    buf_text(out, "]:\n");
}

static void write_creator(Goroutine *g, Buf *out)
{
    const Instr *pc = g->created_pc;
    FuncProto *creator = pc ? proto_at(pc - 1) : NULL;
    if (!creator) return;
    uint32_t index = (uint32_t)(pc - 1 - creator->code);
    buf_printf(out, "created by %s in goroutine %" PRIu64 "\n", creator->name, g->parent);
    write_place(out, proto_pos(creator, index), index * (uint32_t)sizeof(Instr));
}

void traceback_write(Goroutine *g, Buf *out)
{
    bool is_running = g == g_current();
    write_header(g, out, is_running);
    if (!is_running && atomic_load(&g->state) == G_RUNNING)
        buf_text(out, "\tgoroutine running on other thread; stack unavailable\n");
    else
        write_frames(g, out);
    write_creator(g, out);
}

typedef struct Others {
    Goroutine *first;
    VEC(Goroutine *) list;
} Others;

static void note_goroutine(Goroutine *g, void *arg)
{
    Others *others = arg;
    uint8_t state = atomic_load(&g->state);
    if (g == others->first || g->flags & GF_SYSTEM || state == G_IDLE || state == G_DEAD) return;
    vec_push(&others->list, g);
}

static int compare_ids(const void *a, const void *b)
{
    const Goroutine *x = *(Goroutine *const *)a, *y = *(Goroutine *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

/* All goroutines but others->first, by number. */
static void find_others(Others *others)
{
    g_each(note_goroutine, others);
    if (others->list.len)
        qsort(others->list.at, others->list.len, sizeof others->list.at[0], compare_ids);
}

size_t traceback_all_callers(Goroutine *first, uintptr_t *pcs, size_t room, int size)
{
    Others others = {.first = first};
    find_others(&others);
    size_t n = others.list.len + 1;
    for (size_t i = 0; i < n && i < room; i++) {
        Goroutine *g = i == 0 ? first : others.list.at[i - 1];
        uintptr_t *row = pcs + i * (size_t)size;
        memset(row, 0, (size_t)size * sizeof *row);
        if (g == first || atomic_load(&g->state) != G_RUNNING) traceback_callers(g, 0, row, size);
    }
    vec_free(&others.list);
    return n;
}

void traceback_write_all(Goroutine *first, Buf *out)
{
    Others others = {.first = first};
    if (first) traceback_write(first, out);
    find_others(&others);
    for (size_t i = 0; i < others.list.len; i++) {
        if (first || i > 0) buf_byte(out, '\n');
        traceback_write(others.list.at[i], out);
    }
    vec_free(&others.list);
}

/* ---- How much is shown ---- */

typedef enum TracebackLevel { TRACEBACK_NONE, TRACEBACK_SINGLE, TRACEBACK_ALL } TracebackLevel;

static _Atomic TracebackLevel level = TRACEBACK_SINGLE;

void traceback_init(void)
{
    if (!getcwd(start_folder, sizeof start_folder)) start_folder[0] = 0;
    if (getenv("GOTRACEBACK")) traceback_set_level(getenv("GOTRACEBACK"));
}

void traceback_set_level(const char *name)
{
    bool is_all = strcmp(name, "all") == 0 || strcmp(name, "system") == 0 ||
                  strcmp(name, "crash") == 0 || atoi(name) >= 2;
    bool is_none = strcmp(name, "none") == 0 || strcmp(name, "0") == 0;
    level = is_all ? TRACEBACK_ALL : is_none ? TRACEBACK_NONE : TRACEBACK_SINGLE;
}

void traceback_write_panic(Goroutine *g, Buf *out)
{
    enum { PATIENCE_NS = 50000000 };
    if (level == TRACEBACK_SINGLE) traceback_write(g, out);
    if (level != TRACEBACK_ALL) return;
    sched_freeze(PATIENCE_NS); /* so that the others' stacks hold still */
    traceback_write_all(g, out);
    sched_thaw();
}
