/* SPDX-License-Identifier: MIT */
/* testing: what coverage has counted, and calling a fuzz target's function, whose parameters are
 * known only when it runs. */
#include "stdlib/natives.gen.h"

#include "base/cover.h"
#include "base/fatal.h"
#include "runtime/gc.h"

#include <stdlib.h>
#include <string.h>

/* A parameter that a fuzzed value can be for: what is printed for its type must be the name of a
 * predeclared type, or []uint8. */
static bool is_fuzzable(const RType *type)
{
    switch ((Kind)type->kind) {
    case KIND_SLICE: return strcmp(type->string, "[]uint8") == 0;
    case KIND_BOOL:
    case KIND_STRING: return !type->package_path;
    default:
        return type->kind >= KIND_INT && type->kind <= KIND_FLOAT64 && !type->package_path &&
               type->kind != KIND_UINTPTR;
    }
}

static const char *what_is_wrong(const RType *type)
{
    if (!type || type->kind != KIND_FUNC) return "F.Fuzz must receive a function";
    if (type->nparams < 2 || strcmp(type->params[0]->string, "*testing.T") != 0)
        return "fuzz target must receive at least two arguments, where the first argument is a *T";
    if (type->nresults != 0) return "fuzz target must not return a value";
    for (uint32_t i = 1; i < type->nparams; i++)
        if (!is_fuzzable(type->params[i])) return "unsupported type for fuzzing";
    return "";
}

/* ---- Coverage ---- */

void native_testing_coverBlocks(NativeCall *call)
{
    ret_int(call, 0, cover_count());
}

/* The mgo side's CoverBlock. */
typedef struct CoverPlace {
    uint32_t line0;
    uint16_t col0;
    uint32_t line1;
    uint16_t col1, stmts;
} CoverPlace;

void native_testing_coverBlock(NativeCall *call)
{
    CoverBlock *block = cover_block((uint32_t)arg_int(call, 0));
    Location start = source_locate(block->start), end = source_locate(block->end);
    const char *path = start.source->path;
    CoverPlace place = {(uint32_t)start.line, (uint16_t)start.column, (uint32_t)end.line,
                        (uint16_t)end.column, (uint16_t)block->stmts};
    ret_string(call, 0, (String){path, (int64_t)strlen(path)});
    memcpy(&call->results[2], &place, sizeof place);
    ret_uint(call, 2 + (sizeof place + sizeof(Slot) - 1) / sizeof(Slot),
             atomic_load(&block->count));
}

/* ---- Fuzzing ---- */

/* The number of runs of a block, coarsely: one of eight bits. */
static uint8_t bucket(uint32_t count)
{
    if (count <= 3) return (uint8_t)(1u << (count - 1));
    static const uint32_t limits[] = {8, 16, 32, 128};
    int bit = 3;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0] && count >= limits[i]; i++) bit++;
    return (uint8_t)(1u << bit);
}

/* Only the goroutine that fuzzes calls it. */
void native_testing_fuzzNovelty(NativeCall *call)
{
    static uint8_t *seen; /* buckets of each block; one allocation for the life of the process */
    bool is_new = false;
    uint32_t n = cover_count();
    if (!seen) seen = calloc(n + 1, 1);
    if (!seen) fatal_out_of_memory();
    for (uint32_t i = 0; i < n; i++) {
        CoverBlock *block = cover_block(i);
        uint32_t count = atomic_load_explicit(&block->count, memory_order_relaxed);
        if (count == 0) continue;
        atomic_store_explicit(&block->count, 0, memory_order_relaxed);
        uint8_t bit = bucket(count);
        if (seen[i] & bit) continue;
        seen[i] |= bit;
        is_new = true;
    }
    ret_bool(call, 0, is_new);
}

void native_testing_parameters(NativeCall *call)
{
    RType *type = arg_iface(call, 0).type;
    const char *problem = what_is_wrong(type);
    ret_string(call, 3, (String){problem, (int64_t)strlen(problem)});
    if (problem[0]) return;
    int64_t n = type->nparams - 1;
    Iface *zeros = gc_new((size_t)n * sizeof(Iface));
    Slot nothing[3] = {0};
    for (int64_t i = 0; i < n; i++) zeros[i] = iface_make(type->params[i + 1], nothing);
    ret_slice(call, 0, (Slice){zeros, n, n});
}

void native_testing_call(NativeCall *call)
{
    Iface function = arg_iface(call, 0);
    Slice values = arg_slice(call, 3);
    const Iface *value = values.data;
    Slot args[1 + 3 * values.len];
    args[0].p = arg_ptr(call, 2);
    int n = 1;
    for (int64_t i = 0; i < values.len; i++) {
        iface_value(value[i], args + n);
        n += (int)value[i].type->slots;
    }
    Closure *closure = function.word.fn;
    native_call(call, closure, args, n, NULL, 0);
}
