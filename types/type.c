/* SPDX-License-Identifier: MIT */
/* Making types and asking about them.
 *
 * Questions see through aliases and names. A type parameter answers for every type in its type set:
 * it "is integer" if all of them are, and an empty or unlimited set answers no. */
#include "types/type.h"

#include "types/checker.h"

#include <string.h>

static uint32_t last_id;

Type *type_new(TypeKind kind)
{
    Type *type = arena_new(&types_arena, Type);
    type->kind = (uint8_t)kind;
    type->id = ++last_id;
    type->size = -1;
    return type;
}

static Type *new_elem(TypeKind kind, Type *elem)
{
    Type *type = type_new(kind);
    type->elem = elem;
    return type;
}

Type *type_array(Type *elem, int64_t len)
{
    Type *type = new_elem(TYPE_ARRAY, elem);
    type->len = len;
    return type;
}

Type *type_slice(Type *elem)
{
    return new_elem(TYPE_SLICE, elem);
}

Type *type_pointer(Type *elem)
{
    return new_elem(TYPE_POINTER, elem);
}

Type *type_map(Type *key, Type *elem)
{
    Type *type = new_elem(TYPE_MAP, elem);
    type->key = key;
    return type;
}

Type *type_chan(Type *elem, int dir)
{
    Type *type = new_elem(TYPE_CHAN, elem);
    type->dir = (uint8_t)dir;
    return type;
}

Type *type_tuple(Type **types, uint32_t n)
{
    Type *type = type_new(TYPE_TUPLE);
    type->tuple.types = types;
    type->tuple.ntypes = n;
    return type;
}

/* ---- Seeing through names ---- */

Type *type_unalias_slow(Type *type)
{
    while (type->kind == TYPE_ALIAS) {
        if (type->alias.actual == NULL && type->alias.origin != NULL) {
            Type *origin = type->alias.origin;
            if (origin->alias.actual != NULL)
                type->alias.actual = type_subst(origin->alias.actual, origin->alias.tparams,
                                                type->alias.targs, type->alias.ntargs);
        }
        if (type->alias.actual == NULL) return type_basic[TYPE_INVALID];
        type = type->alias.actual;
    }
    return type;
}

/* What an instance's arguments stand for: the type parameters of the function around a generic type
 * that is declared in one, then its own. */
static Type **all_params(const Type *generic)
{
    uint32_t nouter = generic->named.nouter, n = generic->named.ntparams;
    if (n == 0) return generic->named.outer;
    if (nouter == 0) return generic->named.tparams;
    Type **all = arena_array(&types_arena, Type *, nouter + n);
    memcpy(all, generic->named.outer, nouter * sizeof *all);
    memcpy(all + nouter, generic->named.tparams, n * sizeof *all);
    return all;
}

/* The underlying type of an instance is made when first asked for, since generic types may be
 * recursive; that of "type A B" when B's is known. */
static Type *named_under(Type *type)
{
    Type *under = type->named.underlying, *origin = type->named.origin;
    if (type->is_complete) return under;
    if (under == NULL && origin != NULL) {
        Type *generic = named_under(origin);
        if (!origin->is_complete) return type_basic[TYPE_INVALID];
        type->named.underlying =
            type_subst(generic, all_params(origin), type->named.targs, type->named.ntargs);
        type->is_complete = true;
        return type->named.underlying;
    }
    if (under == NULL) {
        note_incomplete(type);
        return type_basic[TYPE_INVALID];
    }
    if (under->kind == TYPE_NAMED) {
        Type *next = named_under(under);
        if (!under->is_complete) return type_basic[TYPE_INVALID];
        type->named.underlying = next;
    }
    type->is_complete = true;
    return type->named.underlying;
}

/* The constraint as an interface; one that is another type stands for the interface that embeds it.
 */
static Type *param_interface(Type *type)
{
    Type *constraint = type->param.constraint;
    if (constraint == NULL) return type_any;
    Type *under = type_unalias(constraint);
    if (under->kind == TYPE_NAMED) under = named_under(under);
    if (under->kind == TYPE_INTERFACE) return under;
    if (under->kind == TYPE_INVALID || under->kind == TYPE_PARAM) return type_any;
    Type *iface = type_new(TYPE_INTERFACE);
    iface->is_implicit = true;
    iface->iface.embeds = arena_array(&types_arena, Type *, 1);
    iface->iface.embed_pos = arena_array(&types_arena, Pos, 1);
    iface->iface.embeds[0] = constraint;
    iface->iface.nembeds = 1;
    type->param.constraint = iface;
    return iface;
}

Type *type_under_slow(Type *type)
{
    type = type_unalias(type);
    if (type->kind == TYPE_NAMED)
        type = named_under(type);
    else if (type->kind == TYPE_PARAM)
        type = param_interface(type);
    if (type->kind == TYPE_INTERFACE && !type->is_complete) interface_complete(type);
    return type;
}

Type *type_core(Type *type)
{
    Type *under = type_under(type);
    if (!type_is_param(type)) return under;
    if (!under->iface.has_terms || under->iface.nterms == 0) return NULL;
    Type *core = NULL;
    for (uint32_t i = 0; i < under->iface.nterms; i++) {
        Type *u = type_under(under->iface.terms[i].type);
        if (core == NULL) {
            core = u;
        } else if (!types_identical(core, u)) {
            if (core->kind != TYPE_CHAN || u->kind != TYPE_CHAN ||
                !types_identical(core->elem, u->elem))
                return NULL;
            if (core->dir == 3)
                core = u;
            else if (u->dir != 3 && u->dir != core->dir)
                return NULL;
        }
    }
    return core;
}

/* ---- Asking ---- */

bool type_is_named(Type *type)
{
    type = type_unalias(type);
    return type->kind == TYPE_NAMED || type->kind == TYPE_PARAM ||
           (type->kind > TYPE_INVALID && type->kind <= TYPE_UNTYPED_NIL);
}

bool type_is_untyped(Type *type)
{
    return type->kind >= TYPE_UNTYPED_BOOL && type->kind <= TYPE_UNTYPED_NIL;
}

bool type_is_typed(Type *type)
{
    return !type_is_untyped(type);
}

static bool has_kind(Type *type, bool (*holds)(TypeKind))
{
    Type *under = type_under(type);
    if (under->kind != TYPE_INTERFACE) return holds(under->kind);
    if (!type_is_param(type) || !under->iface.has_terms || under->iface.nterms == 0) return false;
    for (uint32_t i = 0; i < under->iface.nterms; i++)
        if (!holds(type_under(under->iface.terms[i].type)->kind)) return false;
    return true;
}

static bool kind_boolean(TypeKind kind)
{
    return kind == TYPE_BOOL || kind == TYPE_UNTYPED_BOOL;
}

static bool kind_unsigned(TypeKind kind)
{
    return kind >= TYPE_UINT && kind <= TYPE_UINTPTR;
}

static bool kind_integer(TypeKind kind)
{
    return (kind >= TYPE_INT && kind <= TYPE_UINTPTR) || kind == TYPE_UNTYPED_INT ||
           kind == TYPE_UNTYPED_RUNE;
}

static bool kind_float(TypeKind kind)
{
    return kind == TYPE_FLOAT32 || kind == TYPE_FLOAT64 || kind == TYPE_UNTYPED_FLOAT;
}

static bool kind_complex(TypeKind kind)
{
    return kind == TYPE_COMPLEX64 || kind == TYPE_COMPLEX128 || kind == TYPE_UNTYPED_COMPLEX;
}

static bool kind_numeric(TypeKind kind)
{
    return kind_integer(kind) || kind_float(kind) || kind_complex(kind);
}

static bool kind_string(TypeKind kind)
{
    return kind == TYPE_STRING || kind == TYPE_UNTYPED_STRING;
}

static bool kind_ordered(TypeKind kind)
{
    return kind_integer(kind) || kind_float(kind) || kind_string(kind);
}

static bool kind_nilable(TypeKind kind)
{
    return kind == TYPE_UNSAFE_POINTER || kind == TYPE_UNTYPED_NIL || kind == TYPE_SLICE ||
           kind == TYPE_POINTER || kind == TYPE_FUNC || kind == TYPE_MAP || kind == TYPE_CHAN;
}

bool type_is_boolean(Type *type)
{
    return has_kind(type, kind_boolean);
}

bool type_is_integer(Type *type)
{
    return has_kind(type, kind_integer);
}

bool type_is_unsigned(Type *type)
{
    return has_kind(type, kind_unsigned);
}

bool type_is_float(Type *type)
{
    return has_kind(type, kind_float);
}

bool type_is_complex(Type *type)
{
    return has_kind(type, kind_complex);
}

bool type_is_numeric(Type *type)
{
    return has_kind(type, kind_numeric);
}

bool type_is_string(Type *type)
{
    return has_kind(type, kind_string);
}

bool type_is_ordered(Type *type)
{
    return has_kind(type, kind_ordered);
}

bool type_is_const_type(Type *type)
{
    TypeKind kind = type_is_param(type) ? TYPE_PARAM : type_under(type)->kind;
    return kind_boolean(kind) || kind_numeric(kind) || kind_string(kind);
}

bool type_is_interface(Type *type)
{
    return type_under(type)->kind == TYPE_INTERFACE && !type_is_param(type);
}

bool type_is_param(Type *type)
{
    return type_unalias(type)->kind == TYPE_PARAM;
}

bool type_has_nil(Type *type)
{
    return type_is_interface(type) || has_kind(type, kind_nilable);
}

bool type_is_generic(Type *type)
{
    switch (type->kind) {
    case TYPE_NAMED: return type->named.ntparams > 0 && type->named.ntargs == 0;
    case TYPE_ALIAS: return type->alias.ntparams > 0 && type->alias.ntargs == 0;
    case TYPE_FUNC: return type->func.ntparams > 0;
    default: return false;
    }
}

static bool list_mentions(Type **types, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (type_mentions_params(types[i])) return true;
    return false;
}

static bool objects_mention(struct Object **objects, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (objects[i]->type != NULL && type_mentions_params(objects[i]->type)) return true;
    return false;
}

static bool terms_mention(UnionTerm *terms, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (type_mentions_params(terms[i].type)) return true;
    return false;
}

bool type_mentions_params(Type *type)
{
    type = type_unalias(type);
    switch (type->kind) {
    case TYPE_ARRAY:
    case TYPE_SLICE:
    case TYPE_POINTER:
    case TYPE_CHAN: return type_mentions_params(type->elem);
    case TYPE_MAP: return type_mentions_params(type->key) || type_mentions_params(type->elem);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < type->strukt.nfields; i++)
            if (type_mentions_params(type->strukt.fields[i].type)) return true;
        return false;
    case TYPE_FUNC:
        return objects_mention(type->func.params, type->func.nparams) ||
               objects_mention(type->func.results, type->func.nresults);
    case TYPE_INTERFACE:
        return objects_mention(type->iface.methods, type->iface.nmethods) ||
               list_mentions(type->iface.embeds, type->iface.nembeds);
    case TYPE_TUPLE: return list_mentions(type->tuple.types, type->tuple.ntypes);
    case TYPE_NAMED:
        if (type->named.mentions == 0) {
            bool is_mentioned =
                type->named.nouter > 0 || list_mentions(type->named.targs, type->named.ntargs);
            type->named.mentions = is_mentioned ? 1 : -1;
        }
        return type->named.mentions > 0;
    case TYPE_PARAM: return true;
    case TYPE_UNION: return terms_mention(type->union_.terms, type->union_.nterms);
    default: return false;
    }
}

/* Types being looked at, outermost last: a type met again inside itself adds nothing. */
typedef struct Around {
    Type *type;
    const struct Around *outer;
} Around;

static bool comparable(Type *type, bool dynamic, const Around *around);

static bool interface_comparable(Type *iface, const Around *around)
{
    if (!iface->iface.has_terms) return iface->is_comparable;
    if (iface->iface.nterms == 0) return false;
    for (uint32_t i = 0; i < iface->iface.nterms; i++)
        if (!comparable(iface->iface.terms[i].type, false, around)) return false;
    return true;
}

static bool comparable(Type *type, bool dynamic, const Around *outer)
{
    Around around = {type_unalias(type), outer};
    if (around.type->kind == TYPE_NAMED || around.type->kind == TYPE_PARAM)
        for (const Around *a = outer; a != NULL; a = a->outer)
            if (a->type == around.type) return true;
    Type *under = type_under(type);
    switch (under->kind) {
    case TYPE_UNTYPED_NIL:
    case TYPE_SLICE:
    case TYPE_FUNC:
    case TYPE_MAP: return false;
    case TYPE_ARRAY: return comparable(under->elem, dynamic, &around);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < under->strukt.nfields; i++)
            if (!comparable(under->strukt.fields[i].type, dynamic, &around)) return false;
        return true;
    case TYPE_INTERFACE:
        return (dynamic && !type_is_param(type)) || interface_comparable(under, &around);
    default: return true;
    }
}

bool type_comparable(Type *type, bool dynamic)
{
    return comparable(type, dynamic, NULL);
}

Type *type_default(Type *type)
{
    switch (type->kind) {
    case TYPE_UNTYPED_BOOL: return type_basic[TYPE_BOOL];
    case TYPE_UNTYPED_INT: return type_basic[TYPE_INT];
    case TYPE_UNTYPED_RUNE: return type_rune;
    case TYPE_UNTYPED_FLOAT: return type_basic[TYPE_FLOAT64];
    case TYPE_UNTYPED_COMPLEX: return type_basic[TYPE_COMPLEX128];
    case TYPE_UNTYPED_STRING: return type_basic[TYPE_STRING];
    default: return type;
    }
}
