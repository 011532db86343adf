/* SPDX-License-Identifier: MIT */
/* Functions and the addresses of their code.
 *
 * A pc in a frame header says nothing about its function, and need not: frames name their closure.
 * But a pc that left its goroutine (runtime.Callers, "created by") must be traced back. So
 * published code is registered, in order of arrival, and sorted when somebody first asks. */
#include "vm/proto.h"

#include "base/fatal.h"
#include "base/vec.h"
#include "runtime/lock.h"
#include "vm/op.h"
#include "vm/verify.h"

#include <stdlib.h>

void (*proto_compile)(FuncProto *proto);
void (*proto_each_global)(VisitGlobal *visit, void *arg);

static const Instr lazy_code[1] = {{.op = OP_LAZY}};

typedef struct CodeRange {
    const Instr *from, *to;
    FuncProto *proto;
} CodeRange;

static VEC(CodeRange) ranges; /* guarded by ranges_lock */
static size_t nsorted;        /* of ranges; guarded by ranges_lock */
static Lock ranges_lock;

static void init_value(FuncProto *proto)
{
    proto->self = proto;
    proto->value = (Closure *)&proto->self;
}

static void set_code(FuncProto *proto, const Instr *code, uint32_t ninstrs)
{
    proto->ninstrs = ninstrs;
    __atomic_store_n(&proto->code, code, __ATOMIC_RELEASE); /* pairs with the acquire in a call */
    __atomic_store_n(&proto->entry, code, __ATOMIC_RELEASE);
}

void proto_init_lazy(FuncProto *proto)
{
    init_value(proto);
    if (proto->nslots < (uint32_t)proto->nresults + proto->nparams)
        proto->nslots = (uint32_t)proto->nresults + proto->nparams;
    set_code(proto, lazy_code, 1);
}

void proto_init_native(FuncProto *proto, NativeFn *native)
{
    init_value(proto);
    proto->native = native;
    proto->flags |= PROTO_NATIVE;
    proto->nslots = (uint32_t)proto->nresults + proto->nparams;
    Instr *code = calloc(3, sizeof *code);
    if (!code) fatal_out_of_memory();
    code[0].op = OP_CALLN;
    code[1].word = (uintptr_t)proto;
    code[2].op = OP_RET;
    proto_publish(proto, code, 3);
}

void proto_publish(FuncProto *proto, const Instr *code, uint32_t ninstrs)
{
    if (!proto->value) init_value(proto);
#ifdef MGO_DEBUG
    verify_code(proto, code, ninstrs);
#endif
    lock_take(&ranges_lock);
    vec_push(&ranges, ((CodeRange){code, code + ninstrs, proto}));
    lock_release(&ranges_lock);
    set_code(proto, code, ninstrs);
}

static int compare_ranges(const void *a, const void *b)
{
    const CodeRange *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

FuncProto *proto_at(const void *pc)
{
    const Instr *at = pc;
    FuncProto *found = NULL;
    lock_take(&ranges_lock);
    if (nsorted < ranges.len) {
        qsort(ranges.at, ranges.len, sizeof ranges.at[0], compare_ranges);
        nsorted = ranges.len;
    }
    size_t low = 0, high = ranges.len;
    while (low < high) { /* the first range that begins after `at` */
        size_t middle = (low + high) / 2;
        if (ranges.at[middle].from <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0 && at < ranges.at[low - 1].to) found = ranges.at[low - 1].proto;
    lock_release(&ranges_lock);
    return found;
}

Pos proto_pos(const FuncProto *proto, uint32_t pc)
{
    uint32_t low = 0, high = proto->npositions;
    while (low < high) { /* the first position that begins after pc */
        uint32_t middle = (low + high) / 2;
        if (proto->positions[middle].pc <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? proto->positions[low - 1].pos : proto->pos;
}

uint32_t proto_inlined(const FuncProto *proto, uint32_t pc, uint32_t level, const FuncProto **func,
                       Pos *pos)
{
    uint32_t depth = 0;
    *func = proto;
    *pos = proto_pos(proto, pc);
    for (uint32_t i = 0; i < proto->ninlines; i++) {
        const InlinedCall *call = &proto->inlines[i];
        if (pc < call->from_pc || pc >= call->to_pc) continue;
        if (depth == level) *func = call->func;
        if (++depth == level) *pos = call->pos;
    }
    return depth;
}
