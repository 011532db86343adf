/* SPDX-License-Identifier: MIT */
/* Methods found at run time.
 *
 * An interface call remembers the last few pairs (type, entry) it saw. The pairs are immutable and shared by all calls of the same method, so
 * a call that sees many types only exchanges pointers: pairs are as many as types times methods, never more. */
#include "vm/method.h"

#include "base/fatal.h"
#include "base/map.h"
#include "runtime/iface.h"
#include "runtime/lock.h"
#include "vm/op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Pair {
    ICachePair pair; /* first: an ICachePair * is what callers hold */
    const Selector *sel;
    struct Pair *next;
} Pair;

enum { CACHE_BITS = 11 };

static _Atomic(Pair *) cache[1 << CACHE_BITS]; /* the pair last asked for; release by find_pair, acquire by method_lookup */
static Pair *pairs[1 << CACHE_BITS];           /* all; guarded by pairs_lock */
static Lock pairs_lock;

static Pair *find_pair(const RType *type, const Selector *sel, size_t place)
{
    lock_take(&pairs_lock);
    Pair *pair = pairs[place];
    while (pair && (pair->pair.type != type || pair->sel != sel)) pair = pair->next;
    if (!pair) {
        pair = malloc(sizeof *pair);
        if (!pair) fatal_out_of_memory();
        *pair = (Pair){{type, rtype_find_method(type, sel)}, sel, pairs[place]};
        if (!pair->pair.entry)
            fatal("method: %s has no method %s", type->string, sel->name->text);
        pairs[place] = pair;
    }
    atomic_store_explicit(&cache[place], pair, memory_order_release);
    lock_release(&pairs_lock);
    return pair;
}

FuncProto *method_lookup(ICache *site, const RType *type)
{
    uintptr_t key = (uintptr_t)type ^ ((uintptr_t)site->sel << 3);
    size_t place = (key * 0x9E3779B97F4A7C15u) >> (64 - CACHE_BITS);
    Pair *pair = atomic_load_explicit(&cache[place], memory_order_acquire);
    if (!pair || pair->pair.type != type || pair->sel != site->sel)
        pair = find_pair(type, site->sel, place);
    __atomic_store_n(&site->pairs[icache_place(type)], &pair->pair, __ATOMIC_RELEASE);
    return pair->pair.entry;
}

/* ---- Bound methods ---- */

static PtrMap bound; /* entry → its bound function; guarded by pairs_lock */

/* Copies the parameters behind the receiver into a call frame, calls, copies the results back. */
static FuncProto *make_bound(FuncProto *entry)
{
    uint16_t nresults = entry->nresults, nparams = (uint16_t)(entry->nparams - 1);
    uint16_t frame = (uint16_t)(nresults + nparams + FRAME_HEADER);
    FuncProto *proto = calloc(1, sizeof *proto);
    Instr *code = calloc(8, sizeof *code);
    size_t len = strlen(entry->name) + 4;
    char *name = malloc(len);
    if (!proto || !code || !name) fatal_out_of_memory();
    snprintf(name, len, "%s-fm", entry->name);
    proto->name = name;
    proto->nresults = nresults;
    proto->nparams = nparams;
    proto->ncaptured = 1;
    proto->nslots = (uint32_t)frame + nresults + entry->nparams;
    proto->flags = PROTO_WRAPPER;
    proto->pos = entry->pos;
    uint32_t n = 0;
    code[n++] = (Instr){.op = OP_LDCAP, .a = (uint16_t)(frame + nresults), .b = 0};
    code[n++] = (Instr){.op = OP_MOVEN, .a = (uint16_t)(frame + nresults + 1), .b = nresults, .c = nparams};
    code[n++] = (Instr){.op = OP_CALL, .a = frame};
    code[n++].word = (uintptr_t)entry;
    code[n++] = (Instr){.op = OP_MOVEN, .a = 0, .b = frame, .c = nresults};
    code[n++] = (Instr){.op = OP_RET};
    proto_publish(proto, code, n);
    return proto;
}

FuncProto *method_bound(FuncProto *entry)
{
    lock_take(&pairs_lock);
    FuncProto *proto = map_get(&bound, entry);
    if (!proto) {
        proto = make_bound(entry);
        map_set(&bound, entry, proto);
    }
    lock_release(&pairs_lock);
    return proto;
}
