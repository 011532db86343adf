/* SPDX-License-Identifier: MIT */
/* Protos of declared functions and methods; of generic ones, one for every list of distinct type
 * arguments.
 *
 * Distinct means distinct run-time types, so that the table is keyed by RType pointers. Types that
 * grow with every instantiation (a generic function that calls itself with a pointer to its
 * parameter) would go on for ever; a bound on the nesting of type arguments ends them. */
#include "compiler/internal.h"

#include "base/buf.h"
#include "base/diag.h"
#include "base/fatal.h"
#include "compiler/lazy.h"
#include "stdlib/native.h"
#include "stdlib/quick.h"

#include <stdlib.h>
#include <string.h>

#define MAX_NESTING 100

/* ---- The table ---- */

typedef struct Instance {
    struct Instance *next; /* in its chain */
    Object *func;
    RType **args;
    uint32_t nargs;
    uint32_t hash;
    FuncProto *proto;
} Instance;

static Instance **table; /* guarded, like all here, by the lock of compilation */
static uint32_t table_size, ninstances;

static uint32_t hash_key(const Object *func, RType **args, uint32_t n)
{
    uint64_t hash = (uintptr_t)func >> 4;
    for (uint32_t i = 0; i < n; i++) hash = (hash ^ (uintptr_t)args[i] >> 4) * 0x9E3779B97F4A7C15u;
    return (uint32_t)(hash >> 32);
}

static void grow_table(void)
{
    uint32_t size = table_size ? table_size * 2 : 256;
    Instance **bigger = calloc(size, sizeof *bigger);
    if (!bigger) fatal_out_of_memory();
    for (uint32_t i = 0; i < table_size; i++) {
        for (Instance *at = table[i], *next; at; at = next) {
            next = at->next;
            at->next = bigger[at->hash & (size - 1)];
            bigger[at->hash & (size - 1)] = at;
        }
    }
    free(table);
    table = bigger;
    table_size = size;
}

/* The entry for these arguments, made if there is none; its proto is NULL then. */
static Instance *find_instance(Object *func, Type **targs, uint32_t n)
{
    RType **args = arena_array(&types_arena, RType *, n);
    for (uint32_t i = 0; i < n; i++) args[i] = compile_rtype(targs[i]);
    uint32_t hash = hash_key(func, args, n);
    if (ninstances >= table_size) grow_table();
    Instance **chain = &table[hash & (table_size - 1)];
    for (Instance *at = *chain; at; at = at->next)
        if (at->hash == hash && at->func == func && at->nargs == n &&
            memcmp(at->args, args, n * sizeof *args) == 0)
            return at;
    Instance *instance = arena_new(&types_arena, Instance);
    *instance = (Instance){.next = *chain, .func = func, .args = args, .nargs = n, .hash = hash};
    *chain = instance;
    ninstances++;
    return instance;
}

static int nesting(Type *type)
{
    int depth = 0;
    type = type_unalias(type);
    switch (type->kind) {
    case TYPE_NAMED:
        for (uint32_t i = 0; i < type->named.ntargs; i++) {
            int inner = nesting(type->named.targs[i]);
            if (inner > depth) depth = inner;
        }
        return depth + 1;
    case TYPE_ARRAY:
    case TYPE_SLICE:
    case TYPE_POINTER:
    case TYPE_CHAN:
    case TYPE_MAP: return nesting(type->elem) + 1;
    default: return 1;
    }
}

static bool is_runaway(Object *func, Type **targs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (nesting(targs[i]) <= MAX_NESTING) continue;
        diag_error(func->pos, func->pos, ERR_PLAIN, "instantiation of this function does not end");
        return true;
    }
    return false;
}

/* ---- Names ---- */

/* The declared type of a method's receiver; *is_pointer for *T. */
static Type *receiver_type(Object *func, bool *is_pointer)
{
    Object *recv = func->type->func.recv;
    if (!recv) return NULL;
    Type *type = type_unalias(recv->type);
    *is_pointer = type->kind == TYPE_POINTER;
    return *is_pointer ? type_unalias(type->elem) : type;
}

/* Where an init function stands among its package's; -1 for others. */
static int init_index(Object *func)
{
    for (size_t i = 0; i < func->package->init_funcs.len; i++)
        if (func->package->init_funcs.at[i] == func) return (int)i;
    return -1;
}

/* As Go's traces print it. */
static const char *function_name(Object *func)
{
    const char *path = func->package->path->text, *name = func->name->text;
    bool is_pointer = false;
    Type *recv = receiver_type(func, &is_pointer);
    if (recv) {
        const char *args = func->type->func.nrecv_tparams > 0 ? "[...]" : "";
        const char *format = is_pointer ? "%s.(*%s%s).%s" : "%s.%s%s.%s";
        return arena_printf(&types_arena, format, path, recv->named.obj->name->text, args, name);
    }
    int init = init_index(func);
    if (init >= 0) return arena_printf(&types_arena, "%s.init.%d", path, init);
    return arena_printf(&types_arena, "%s.%s%s", path, name,
                        func->type->func.ntparams > 0 ? "[...]" : "");
}

static NativeFn *find_native(Object *func)
{
    bool is_pointer;
    Type *recv = receiver_type(func, &is_pointer);
    Buf name = {0};
    buf_text(&name, func->package->path->text);
    if (recv) buf_printf(&name, ".%s", recv->named.obj->name->text);
    buf_printf(&name, ".%s", func->name->text);
    NativeFn *native = stdlib_native(buf_str(&name));
    if (!native) fatal("compile: there is no native %s", buf_str(&name));
    buf_free(&name);
    return native;
}

/* ---- Protos ---- */

static TypeEnv make_env(Object *func, Type **targs, uint32_t n)
{
    Type *type = func->type;
    TypeEnv env = {.n = n};
    if (n == 0) return env;
    env.params = arena_array(&types_arena, Type *, n);
    env.args = arena_array(&types_arena, Type *, n);
    memcpy(env.args, targs, n * sizeof *targs);
    uint32_t nrecv = type->func.nrecv_tparams;
    for (uint32_t i = 0; i < n; i++)
        env.params[i] = i < nrecv ? type->func.recv_tparams[i] : type->func.tparams[i - nrecv];
    return env;
}

static bool is_native(const Object *func)
{
    return !func->decl->func.body && !(func->decl->flags & NF_TRUSTED);
}

static uint32_t receiver_slots(Object *func, const TypeEnv *env, Type *word_type)
{
    if (!func->type->func.recv) return 0;
    return word_type ? 1 : vars_slots(env, &func->type->func.recv, 1);
}

static FuncProto *make_proto(Object *func, const TypeEnv *env, Type *word_type)
{
    FuncProto *proto = arena_new(&types_arena, FuncProto);
    Type *type = func->type;
    proto->name = function_name(func);
    proto->pos = func->pos;
    proto->nresults = (uint16_t)vars_slots(env, type->func.results, type->func.nresults);
    proto->nparams = (uint16_t)(vars_slots(env, type->func.params, type->func.nparams) +
                                receiver_slots(func, env, word_type));
    if (func->package->is_library) {
        proto->flags |= PROTO_LIBRARY;
        proto->quick = quick_find(proto->name);
    }
    if (is_native(func)) {
        proto_init_native(proto, find_native(func));
        return proto;
    }
    LazyBody *body = arena_new(&types_arena, LazyBody);
    *body = (LazyBody){.package = func->package, .func = func, .env = *env, .word_type = word_type};
    proto->lazy = proto->source = body;
    proto_init_lazy(proto);
    proto_note(proto, func->package);
    return proto;
}

FuncProto *func_proto(FuncState *f, Object *func, Type **targs, uint32_t ntargs)
{
    (void)f;
    if (func->origin) func = func->origin;
    TypeEnv none = {0};
    if (ntargs == 0) {
        if (!func->code) func->code = make_proto(func, &none, NULL);
        return func->code;
    }
    if (is_runaway(func, targs, ntargs))
        return arena_new(&types_arena, FuncProto); /* never called */
    Instance *instance = find_instance(func, targs, ntargs);
    if (!instance->proto) {
        TypeEnv env = make_env(func, targs, ntargs);
        instance->proto = make_proto(func, &env, NULL);
    }
    return instance->proto;
}

FuncProto *func_word_proto(Object *func, Type **targs, uint32_t ntargs, Type *word_type)
{
    if (func->origin) func = func->origin;
    if (is_native(func)) return NULL;
    TypeEnv env = make_env(func, targs, ntargs);
    return make_proto(func, &env, word_type);
}
