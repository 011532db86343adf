/* SPDX-License-Identifier: MIT */
/* When two types are the same, and a hash to go with it.
 *
 * Defined types are the same if they come from one declaration with the same type arguments; all
 * others by their structure. Structures can be recursive only through interfaces (a defined type
 * stops the descent everywhere else), so the comparison remembers the pairs of interfaces it is
 * inside of and takes such a pair as equal. */
#include "types/type.h"

#include "types/scope.h"

typedef struct Pair {
    Type *a, *b;
    struct Pair *outer;
} Pair;

static bool same(Type *a, Type *b, Pair *pairs);

static bool same_list(Type **a, Type **b, uint32_t n, Pair *pairs)
{
    for (uint32_t i = 0; i < n; i++)
        if (!same(a[i], b[i], pairs)) return false;
    return true;
}

static bool same_objects(Object **a, Object **b, uint32_t n, Pair *pairs)
{
    for (uint32_t i = 0; i < n; i++)
        if (!same(a[i]->type, b[i]->type, pairs)) return false;
    return true;
}

static bool same_struct(Type *a, Type *b, Pair *pairs)
{
    if (a->strukt.nfields != b->strukt.nfields) return false;
    for (uint32_t i = 0; i < a->strukt.nfields; i++) {
        Field *f = &a->strukt.fields[i], *g = &b->strukt.fields[i];
        if (f->name != g->name || f->is_embedded != g->is_embedded || f->tag != g->tag)
            return false;
        if (!f->name->is_exported && f->obj->package != g->obj->package) return false;
        if (!same(f->type, g->type, pairs)) return false;
    }
    return true;
}

static bool same_func(Type *a, Type *b, Pair *pairs)
{
    if (a->is_variadic != b->is_variadic || a->func.nparams != b->func.nparams ||
        a->func.nresults != b->func.nresults || a->func.ntparams != b->func.ntparams)
        return false;
    uint32_t n = a->func.ntparams;
    if (n == 0)
        return same_objects(a->func.params, b->func.params, a->func.nparams, pairs) &&
               same_objects(a->func.results, b->func.results, a->func.nresults, pairs);
    for (uint32_t i = 0; i < n; i++) {
        Type *constraint =
            type_subst(b->func.tparams[i]->param.constraint, b->func.tparams, a->func.tparams, n);
        if (!same(a->func.tparams[i]->param.constraint, constraint, pairs)) return false;
    }
    return same_func(type_instance_func(a, a->func.tparams), type_instance_func(b, a->func.tparams),
                     pairs);
}

static bool terms_include(UnionTerm *terms, uint32_t n, UnionTerm *term, Pair *pairs)
{
    for (uint32_t i = 0; i < n; i++)
        if (terms[i].is_tilde == term->is_tilde && same(terms[i].type, term->type, pairs))
            return true;
    return false;
}

static bool same_terms(UnionTerm *a, uint32_t na, UnionTerm *b, uint32_t nb, Pair *pairs)
{
    for (uint32_t i = 0; i < na; i++)
        if (!terms_include(b, nb, &a[i], pairs)) return false;
    for (uint32_t i = 0; i < nb; i++)
        if (!terms_include(a, na, &b[i], pairs)) return false;
    return true;
}

static bool same_interface(Type *a, Type *b, Pair *outer)
{
    interface_complete(a);
    interface_complete(b);
    if (a->iface.nall != b->iface.nall || a->is_comparable != b->is_comparable ||
        a->iface.has_terms != b->iface.has_terms)
        return false;
    for (Pair *p = outer; p != NULL; p = p->outer)
        if ((p->a == a && p->b == b) || (p->a == b && p->b == a)) return true;
    Pair pair = {a, b, outer};
    if (!same_terms(a->iface.terms, a->iface.nterms, b->iface.terms, b->iface.nterms, &pair))
        return false;
    for (uint32_t i = 0; i < a->iface.nall; i++) {
        Object *m = a->iface.all[i], *n = b->iface.all[i];
        if (m == n) continue;
        if (m->name != n->name || (!m->name->is_exported && m->package != n->package)) return false;
        if (m->type == NULL || n->type == NULL || !same(m->type, n->type, &pair)) return false;
    }
    return true;
}

static bool same(Type *a, Type *b, Pair *pairs)
{
    a = type_unalias(a), b = type_unalias(b);
    if (a == b) return true;
    if (a->kind != b->kind) return false;
    switch (a->kind) {
    case TYPE_ARRAY:
        return (a->len < 0 || b->len < 0 || a->len == b->len) && same(a->elem, b->elem, pairs);
    case TYPE_SLICE:
    case TYPE_POINTER: return same(a->elem, b->elem, pairs);
    case TYPE_MAP: return same(a->key, b->key, pairs) && same(a->elem, b->elem, pairs);
    case TYPE_CHAN: return a->dir == b->dir && same(a->elem, b->elem, pairs);
    case TYPE_STRUCT: return same_struct(a, b, pairs);
    case TYPE_FUNC: return same_func(a, b, pairs);
    case TYPE_INTERFACE: return same_interface(a, b, pairs);
    case TYPE_TUPLE:
        return a->tuple.ntypes == b->tuple.ntypes &&
               same_list(a->tuple.types, b->tuple.types, a->tuple.ntypes, pairs);
    case TYPE_NAMED:
        return a->named.origin != NULL && a->named.origin == b->named.origin &&
               a->named.ntargs == b->named.ntargs &&
               same_list(a->named.targs, b->named.targs, a->named.ntargs, pairs);
    case TYPE_UNION:
        return same_terms(a->union_.terms, a->union_.nterms, b->union_.terms, b->union_.nterms,
                          pairs);
    case TYPE_PARAM: return false;
    default: return true; /* predeclared: byte is uint8 */
    }
}

bool types_identical(Type *a, Type *b)
{
    return a == b || same(a, b, NULL);
}

/* ---- Hashing ---- */

static uint32_t mix(uint32_t hash, uint32_t value)
{
    hash ^= value + 0x9e3779b9u + (hash << 6) + (hash >> 2);
    return hash;
}

static uint32_t hash_objects(uint32_t hash, Object **objects, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) hash = mix(hash, type_hash(objects[i]->type));
    return hash;
}

uint32_t type_hash(Type *type)
{
    type = type_unalias(type);
    uint32_t hash = type->kind * 0x85ebca6bu;
    switch (type->kind) {
    case TYPE_ARRAY: return mix(mix(hash, (uint32_t)type->len), type_hash(type->elem));
    case TYPE_CHAN: hash = mix(hash, type->dir); /* fall through */
    case TYPE_SLICE:
    case TYPE_POINTER: return mix(hash, type_hash(type->elem));
    case TYPE_MAP: return mix(mix(hash, type_hash(type->key)), type_hash(type->elem));
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < type->strukt.nfields; i++) {
            hash = mix(hash, type->strukt.fields[i].name->hash);
            hash = mix(hash, type_hash(type->strukt.fields[i].type));
        }
        return hash;
    case TYPE_FUNC:
        hash = mix(hash, type->func.nparams * 31 + type->func.ntparams);
        if (type->func.ntparams > 0) return hash;
        hash = hash_objects(hash, type->func.params, type->func.nparams);
        return hash_objects(hash, type->func.results, type->func.nresults);
    case TYPE_TUPLE:
        for (uint32_t i = 0; i < type->tuple.ntypes; i++)
            hash = mix(hash, type_hash(type->tuple.types[i]));
        return hash;
    case TYPE_NAMED:
        if (type->named.origin == NULL) return mix(hash, type->id);
        if (type->named.hash != 0) return type->named.hash;
        hash = mix(hash, type->named.origin->id);
        for (uint32_t i = 0; i < type->named.ntargs; i++)
            hash = mix(hash, type_hash(type->named.targs[i]));
        return type->named.hash = hash;
    case TYPE_PARAM: return mix(hash, type->id);
    default: return hash; /* predeclared; interfaces and unions, whose order does not count */
    }
}
