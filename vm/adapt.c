/* SPDX-License-Identifier: MIT */
/* Functions of shapes that are known only at run time.
 *
 * Running a call as ordinary code on the goroutine's own stack, rather than on the C stack of a
 * native, keeps it like any other call: it may park, be preempted, recurse, panic and recover. */
#include "vm/adapt.h"

#include "base/fatal.h"
#include "runtime/lock.h"
#include "vm/op.h"

#include <stdlib.h>
#include <string.h>

typedef enum ShapeKind { SHAPE_CALL, SHAPE_FUNC, SHAPE_SELECT } ShapeKind;

typedef struct Shape {
    struct Shape *next;
    FuncProto proto;
    ShapeKind kind;
    uint32_t n;       /* words */
    uint32_t words[]; /* what tells it from others of its kind */
} Shape;

enum { TABLE_SIZE = 256, MAX_SLOTS = 60000 };

static Shape *shapes[TABLE_SIZE]; /* guarded by shapes_lock */
static Lock shapes_lock;

static size_t place_of(ShapeKind kind, const uint32_t *words, uint32_t n)
{
    uint32_t hash = 2166136261u ^ kind;
    for (uint32_t i = 0; i < n; i++) hash = (hash ^ words[i]) * 16777619u;
    return (hash ^ hash >> 16) % TABLE_SIZE;
}

static Instr *begin(FuncProto *proto, const char *name, uint32_t length)
{
    proto->name = name;
    proto->flags = PROTO_WRAPPER;
    Instr *code = calloc(length, sizeof *code);
    if (!code) fatal_out_of_memory();
    return code;
}

static uint32_t put_abc(Instr *code, uint32_t n, Op op, uint32_t a, uint32_t b, uint32_t c)
{
    code[n] = (Instr){.op = op, .a = (uint16_t)a, .b = (uint16_t)b, .c = (uint16_t)c};
    return n + 1;
}

/* LDN and STN of whole slots; nothing where there are none. */
static uint32_t put_copy(Instr *code, uint32_t n, Op op, uint32_t a, uint32_t b, uint32_t slots)
{
    if (slots == 0) return n;
    n = put_abc(code, n, op, a, b, 0);
    code[n++].word = (uint64_t)slots * sizeof(Slot);
    return n;
}

static void make_call(FuncProto *proto, const uint32_t *shape)
{
    enum { FN, ARGS, RESULTS, BASE = RESULTS + 1 + FRAME_HEADER };
    uint32_t nresults = shape[0], nparams = shape[1], n = 0;
    Instr *code = begin(proto, "reflect.call", 8);
    proto->nparams = 3;
    proto->nslots = BASE + nresults + nparams;
    n = put_copy(code, n, OP_LDN, BASE + nresults, ARGS, nparams);
    n = put_abc(code, n, OP_CALLC, BASE, FN, nresults + nparams);
    n = put_copy(code, n, OP_STN, RESULTS, BASE, nresults);
    n = put_abc(code, n, OP_RET, 0, 0, 0);
    proto_publish(proto, code, n);
}

static void make_func(FuncProto *proto, const uint32_t *shape, const RType *frame)
{
    uint32_t nresults = shape[0], nparams = shape[1], n = 0;
    uint32_t object = nresults + nparams, handler = object + 1, results = object + 2;
    uint32_t base = results + 1 + FRAME_HEADER;
    Instr *code = begin(proto, "reflect.makeFuncStub", 16);
    proto->nresults = (uint16_t)nresults;
    proto->nparams = (uint16_t)nparams;
    proto->ncaptured = 1;
    proto->nslots = base + 1;
    n = put_abc(code, n, OP_NEW, object, 0, 0);
    code[n++].word = (uintptr_t)frame;
    n = put_copy(code, n, OP_STN, object, nresults, nparams);
    n = put_abc(code, n, OP_LDCAP, handler, 0, 0);
    n = put_abc(code, n, OP_MOVE, base, object, 0);
    n = put_abc(code, n, OP_CALLC, base, handler, 1);
    n = put_abc(code, n, OP_LOADK, results, 0, 0);
    code[n++].word = (uint64_t)nparams * sizeof(Slot);
    n = put_abc(code, n, OP_ADD, results, object, results);
    n = put_copy(code, n, OP_LDN, 0, results, nresults);
    n = put_abc(code, n, OP_RET, 0, 0, 0);
    proto_publish(proto, code, n);
}

/* ---- Select ---- */

enum { INDEX, OK, CHANS, VALUES, FIRST }; /* slots of a select function */

/* A single case without a default is the statement itself, so that reports name it rightly. */
static uint32_t put_single(Instr *code, uint32_t n, uint32_t word, uint32_t value)
{
    if (word & 1) return put_abc(code, n, OP_SEND, FIRST, value, word >> 1);
    return put_abc(code, n, OP_RECV2, value, FIRST, OK);
}

static uint32_t put_select(Instr *code, uint32_t n, const uint32_t *words, uint32_t ncases,
                           bool has_default)
{
    uint32_t value = FIRST + ncases;
    n = put_abc(code, n, OP_SELECT, INDEX, ncases, has_default);
    for (uint32_t i = 0; i < ncases; i++) {
        bool is_send = words[i] & 1;
        uint64_t ok = is_send ? 0xFFFF : OK;
        code[n++].word =
            (uint64_t)!is_send | (uint64_t)(FIRST + i) << 16 | (uint64_t)value << 32 | ok << 48;
        value += words[i] >> 1;
    }
    return n;
}

/* words: 1 for a default, then for each case its slots, shifted, and 1 for a send. */
static void make_select(FuncProto *proto, const uint32_t *words, uint32_t nwords)
{
    uint32_t ncases = nwords - 1, nslots = 0, n = 0;
    for (uint32_t i = 1; i < nwords; i++) nslots += words[i] >> 1;
    Instr *code = begin(proto, "reflect.rselect", ncases + 16);
    proto->nresults = 2;
    proto->nparams = 2;
    proto->nslots = FIRST + ncases + nslots + 1;
    n = put_abc(code, n, OP_ZERO, INDEX, 2, 0);
    n = put_copy(code, n, OP_LDN, FIRST, CHANS, ncases);
    n = put_copy(code, n, OP_LDN, FIRST + ncases, VALUES, nslots);
    if (ncases == 1 && !words[0])
        n = put_single(code, n, words[1], FIRST + 1);
    else
        n = put_select(code, n, words + 1, ncases, words[0]);
    n = put_copy(code, n, OP_STN, VALUES, FIRST + ncases, nslots);
    n = put_abc(code, n, OP_RET, 0, 0, 0);
    proto_publish(proto, code, n);
}

/* ---- One function for each shape ---- */

static FuncProto *shape_proto(ShapeKind kind, const uint32_t *words, uint32_t n, const RType *frame)
{
    size_t place = place_of(kind, words, n);
    lock_take(&shapes_lock);
    Shape *shape = shapes[place];
    while (shape && (shape->kind != kind || shape->n != n ||
                     memcmp(shape->words, words, n * sizeof *words) != 0))
        shape = shape->next;
    if (!shape) {
        shape = calloc(1, sizeof *shape + n * sizeof *words);
        if (!shape) fatal_out_of_memory();
        shape->next = shapes[place];
        shape->kind = kind;
        shape->n = n;
        memcpy(shape->words, words, n * sizeof *words);
        switch (kind) {
        case SHAPE_CALL: make_call(&shape->proto, words); break;
        case SHAPE_FUNC: make_func(&shape->proto, words, frame); break;
        case SHAPE_SELECT: make_select(&shape->proto, words, n); break;
        }
        shapes[place] = shape;
    }
    lock_release(&shapes_lock);
    return &shape->proto;
}

Closure *adapt_call(uint32_t nresults, uint32_t nparams)
{
    return shape_proto(SHAPE_CALL, (uint32_t[]){nresults, nparams}, 2, NULL)->value;
}

FuncProto *adapt_func(uint32_t nresults, uint32_t nparams, const RType *frame)
{
    return shape_proto(SHAPE_FUNC, (uint32_t[]){nresults, nparams}, 2, frame);
}

Closure *adapt_select(const AdaptCase *cases, uint32_t n, bool has_default)
{
    uint64_t total = n;
    for (uint32_t i = 0; i < n; i++) total += cases[i].slots;
    if (total > MAX_SLOTS) return NULL;
    uint32_t *words = malloc((n + 1) * sizeof *words);
    if (!words) fatal_out_of_memory();
    words[0] = has_default;
    for (uint32_t i = 0; i < n; i++) words[i + 1] = cases[i].slots << 1 | cases[i].is_send;
    FuncProto *proto = shape_proto(SHAPE_SELECT, words, n + 1, NULL);
    free(words);
    return proto->value;
}
