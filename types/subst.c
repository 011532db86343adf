/* SPDX-License-Identifier: MIT */
/* Replacing type parameters by type arguments, and instances of generic types.
 *
 * Whatever does not mention a replaced parameter is returned as it is, so most substitutions
 * allocate little. Instances are kept in one table, hashed by generic type and arguments: the same
 * instance is always the same Type, and its underlying type and methods are made once, when first
 * asked for. */
#include "types/type.h"

#include "types/scope.h"

#include <stdlib.h>
#include <string.h>

typedef struct Subst {
    Type **params, **args;
    uint32_t n;
} Subst;

static Type *subst(Type *type, const Subst *s);

/* Substitutes in a list; returns the list itself where nothing changes. */
static Type **subst_list(Type **types, uint32_t n, const Subst *s)
{
    Type **out = NULL;
    for (uint32_t i = 0; i < n; i++) {
        Type *t = subst(types[i], s);
        if (t != types[i] && out == NULL) {
            out = arena_array(&types_arena, Type *, n);
            memcpy(out, types, n * sizeof *types);
        }
        if (out != NULL) out[i] = t;
    }
    return out != NULL ? out : types;
}

static Object *object_with_type(Object *obj, Type *type)
{
    Object *copy = arena_new(&types_arena, Object);
    *copy = *obj;
    copy->type = type;
    copy->origin = obj->origin != NULL ? obj->origin : obj;
    return copy;
}

/* The same for the types of objects. */
static Object **subst_objects(Object **objects, uint32_t n, const Subst *s)
{
    Object **out = NULL;
    for (uint32_t i = 0; i < n; i++) {
        Type *t = subst(objects[i]->type, s);
        if (t == objects[i]->type) continue;
        if (out == NULL) {
            out = arena_array(&types_arena, Object *, n);
            memcpy(out, objects, n * sizeof *objects);
        }
        out[i] = object_with_type(objects[i], t);
    }
    return out != NULL ? out : objects;
}

static Type *subst_struct(Type *type, const Subst *s)
{
    uint32_t n = type->strukt.nfields;
    Field *out = NULL;
    for (uint32_t i = 0; i < n; i++) {
        Field *f = &type->strukt.fields[i];
        Type *t = subst(f->type, s);
        if (t == f->type) continue;
        if (out == NULL) {
            out = arena_array(&types_arena, Field, n);
            memcpy(out, type->strukt.fields, n * sizeof *out);
        }
        out[i].type = t;
        out[i].obj = object_with_type(f->obj, t);
    }
    if (out == NULL) return type;
    Type *result = type_new(TYPE_STRUCT);
    result->strukt.fields = out;
    result->strukt.nfields = n;
    return result;
}

static Type *copy_func(Type *type)
{
    Type *copy = type_new(TYPE_FUNC);
    copy->is_variadic = type->is_variadic;
    copy->func = type->func;
    return copy;
}

/* Own type parameters whose constraints change are replaced by fresh ones. */
static Type *subst_own_params(Type *type, const Subst *s)
{
    uint32_t n = type->func.ntparams;
    bool changes = false;
    for (uint32_t i = 0; i < n && !changes; i++) {
        Type *constraint = type->func.tparams[i]->param.constraint;
        changes = constraint != NULL && subst(constraint, s) != constraint;
    }
    if (!changes) return type;
    Type **fresh = arena_array(&types_arena, Type *, n);
    for (uint32_t i = 0; i < n; i++) {
        fresh[i] = type_new(TYPE_PARAM);
        fresh[i]->param = type->func.tparams[i]->param;
    }
    Subst own = {type->func.tparams, fresh, n};
    for (uint32_t i = 0; i < n; i++)
        fresh[i]->param.constraint = subst(subst(fresh[i]->param.constraint, &own), s);
    Type *copy = copy_func(type);
    copy->func.tparams = fresh;
    copy->func.params = subst_objects(type->func.params, type->func.nparams, &own);
    copy->func.results = subst_objects(type->func.results, type->func.nresults, &own);
    return copy;
}

static Type *subst_func(Type *type, const Subst *s)
{
    Type *renamed = type->func.ntparams > 0 ? subst_own_params(type, s) : type;
    Object **params = subst_objects(renamed->func.params, renamed->func.nparams, s);
    Object **results = subst_objects(renamed->func.results, renamed->func.nresults, s);
    if (params == type->func.params && results == type->func.results) return renamed;
    Type *copy = copy_func(renamed);
    copy->func.params = params;
    copy->func.results = results;
    return copy;
}

static Type *subst_interface(Type *type, const Subst *s)
{
    Object **methods = subst_objects(type->iface.methods, type->iface.nmethods, s);
    Type **embeds = subst_list(type->iface.embeds, type->iface.nembeds, s);
    if (methods == type->iface.methods && embeds == type->iface.embeds) return type;
    Type *copy = type_new(TYPE_INTERFACE);
    copy->is_implicit = type->is_implicit;
    copy->is_comparable = type->is_comparable;
    copy->iface.methods = methods;
    copy->iface.nmethods = type->iface.nmethods;
    copy->iface.embeds = embeds;
    copy->iface.embed_pos = type->iface.embed_pos;
    copy->iface.nembeds = type->iface.nembeds;
    return copy;
}

static Type *subst_union(Type *type, const Subst *s)
{
    uint32_t n = type->union_.nterms;
    UnionTerm *out = NULL;
    for (uint32_t i = 0; i < n; i++) {
        Type *t = subst(type->union_.terms[i].type, s);
        if (t == type->union_.terms[i].type) continue;
        if (out == NULL) {
            out = arena_array(&types_arena, UnionTerm, n);
            memcpy(out, type->union_.terms, n * sizeof *out);
        }
        out[i].type = t;
    }
    if (out == NULL) return type;
    Type *copy = type_new(TYPE_UNION);
    copy->union_.terms = out;
    copy->union_.nterms = n;
    return copy;
}

static Type *subst_named(Type *type, const Subst *s)
{
    Type **list = type->named.nouter > 0 ? type->named.outer : type->named.targs;
    uint32_t n = type->named.nouter > 0 ? type->named.nouter : type->named.ntargs;
    Type **targs = subst_list(list, n, s);
    if (targs == list) return type;
    return type_instance(type->named.origin != NULL ? type->named.origin : type, targs, n);
}

static Type *subst_alias(Type *type, const Subst *s)
{
    if (type->alias.ntargs > 0) {
        Type **targs = subst_list(type->alias.targs, type->alias.ntargs, s);
        if (targs == type->alias.targs) return type;
        return type_instance(type->alias.origin, targs, type->alias.ntargs);
    }
    Type *actual = type_unalias(type), *result = subst(actual, s);
    return result == actual ? type : result;
}

static Type *subst_elem(Type *type, const Subst *s)
{
    Type *elem = subst(type->elem, s);
    Type *key = type->kind == TYPE_MAP ? subst(type->key, s) : type->key;
    if (elem == type->elem && key == type->key) return type;
    Type *copy = type_new(type->kind);
    copy->elem = elem;
    copy->key = key;
    copy->len = type->len;
    copy->dir = type->dir;
    return copy;
}

static Type *subst(Type *type, const Subst *s)
{
    if (type == NULL) return NULL; /* a method whose signature is in error */
    switch (type->kind) {
    case TYPE_PARAM:
        for (uint32_t i = 0; i < s->n; i++)
            if (s->params[i] == type) return s->args[i] != NULL ? s->args[i] : type;
        return type;
    case TYPE_ARRAY:
    case TYPE_SLICE:
    case TYPE_POINTER:
    case TYPE_MAP:
    case TYPE_CHAN: return subst_elem(type, s);
    case TYPE_STRUCT: return subst_struct(type, s);
    case TYPE_FUNC: return subst_func(type, s);
    case TYPE_INTERFACE: return subst_interface(type, s);
    case TYPE_UNION: return subst_union(type, s);
    case TYPE_NAMED: return subst_named(type, s);
    case TYPE_ALIAS: return subst_alias(type, s);
    case TYPE_TUPLE: {
        Type **types = subst_list(type->tuple.types, type->tuple.ntypes, s);
        return types == type->tuple.types ? type : type_tuple(types, type->tuple.ntypes);
    }
    default: return type;
    }
}

Type *type_subst(Type *type, Type **params, Type **args, uint32_t n)
{
    if (n == 0) return type;
    Subst s = {params, args, n};
    return subst(type, &s);
}

Type *type_instance_func(Type *func, Type **args)
{
    Type *copy = copy_func(func);
    Subst s = {func->func.tparams, args, func->func.ntparams};
    copy->func.params = subst_objects(func->func.params, func->func.nparams, &s);
    copy->func.results = subst_objects(func->func.results, func->func.nresults, &s);
    copy->func.tparams = NULL;
    copy->func.ntparams = 0;
    return copy;
}

/* ---- Instances ---- */

/* Chained hash table of all instances; guarded like every type by the lock of compilation. */
static Type **instances;
static uint32_t ninstances, instances_cap;

static void grow_instances(void)
{
    uint32_t cap = instances_cap > 0 ? instances_cap * 2 : 256;
    Type **table = calloc(cap, sizeof *table);
    for (uint32_t i = 0; i < instances_cap; i++) {
        for (Type *t = instances[i], *next; t != NULL; t = next) {
            next = t->named.next_instance;
            uint32_t at = type_hash(t) & (cap - 1);
            t->named.next_instance = table[at];
            table[at] = t;
        }
    }
    free(instances);
    instances = table;
    instances_cap = cap;
}

static Type **copy_types(Type **types, uint32_t n)
{
    Type **copy = arena_array(&types_arena, Type *, n);
    memcpy(copy, types, n * sizeof *types);
    return copy;
}

static Type *alias_instance(Type *origin, Type **args, uint32_t n)
{
    Type *type = type_new(TYPE_ALIAS);
    type->alias.obj = origin->alias.obj;
    type->alias.origin = origin;
    type->alias.targs = copy_types(args, n);
    type->alias.ntargs = n;
    return type;
}

Type *type_instance(Type *origin, Type **args, uint32_t n)
{
    if (origin->kind == TYPE_ALIAS) return alias_instance(origin, args, n);
    Type *type = type_new(TYPE_NAMED);
    type->named.obj = origin->named.obj;
    type->named.origin = origin;
    type->named.targs = args;
    type->named.ntargs = n;
    if (ninstances >= instances_cap) grow_instances();
    uint32_t at = type_hash(type) & (instances_cap - 1);
    for (Type *t = instances[at]; t != NULL; t = t->named.next_instance)
        if (types_identical(t, type)) return t;
    type->named.targs = copy_types(args, n);
    type->named.next_instance = instances[at];
    instances[at] = type;
    ninstances++;
    return type;
}
