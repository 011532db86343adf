/* SPDX-License-Identifier: MIT */
/* Interfaces: their methods, embedded ones included, and their type sets.
 *
 * A type set is "all types" (has_terms is false) or a list of terms T and ~T. Embedding intersects
 * type sets, a union joins those of its members. `comparable` is a flag of its own, which
 * disappears into the list where there is one. */
#include "types/type.h"

#include "base/diag.h"
#include "types/scope.h"

#include <stdlib.h>
#include <string.h>

typedef struct TypeSet {
    bool is_limited; /* has terms, perhaps none */
    VEC(UnionTerm) terms;
} TypeSet;

/* ---- Terms ---- */

static bool term_includes(UnionTerm *term, Type *type)
{
    return types_identical(term->type, term->is_tilde ? type_under(type) : type);
}

/* Intersection of two terms; false where it is empty. */
static bool term_intersect(UnionTerm x, UnionTerm y, UnionTerm *out)
{
    Type *a = y.is_tilde ? type_under(x.type) : x.type;
    Type *b = x.is_tilde ? type_under(y.type) : y.type;
    if (!types_identical(a, b)) return false;
    *out = x.is_tilde && !y.is_tilde ? y : x;
    return true;
}

static void add_term(TypeSet *set, UnionTerm term)
{
    for (size_t i = 0; i < set->terms.len; i++) {
        UnionTerm *t = &set->terms.at[i];
        if (t->is_tilde == term.is_tilde && types_identical(t->type, term.type)) return;
        if (t->is_tilde && term_includes(t, term.type)) return;
    }
    vec_push(&set->terms, term);
}

static void intersect(TypeSet *set, const TypeSet *with)
{
    if (!with->is_limited) return;
    TypeSet result = {.is_limited = true};
    UnionTerm term;
    if (!set->is_limited)
        for (size_t i = 0; i < with->terms.len; i++) add_term(&result, with->terms.at[i]);
    else
        for (size_t i = 0; i < set->terms.len; i++)
            for (size_t k = 0; k < with->terms.len; k++)
                if (term_intersect(set->terms.at[i], with->terms.at[k], &term))
                    add_term(&result, term);
    vec_free(&set->terms);
    *set = result;
}

static void add_all(TypeSet *set, UnionTerm *terms, size_t n)
{
    for (size_t i = 0; i < n; i++) add_term(set, terms[i]);
}

/* The type set of a union. */
static TypeSet union_set(Type *type)
{
    TypeSet set = {.is_limited = true};
    for (uint32_t i = 0; i < type->union_.nterms && set.is_limited; i++) {
        UnionTerm *term = &type->union_.terms[i];
        Type *under = type_under(term->type);
        if (under->kind == TYPE_INVALID) continue;
        if (under->kind != TYPE_INTERFACE)
            add_term(&set, *term);
        else if (under->iface.has_terms)
            add_all(&set, under->iface.terms, under->iface.nterms);
        else
            set.is_limited = false;
    }
    if (!set.is_limited) vec_free(&set.terms);
    return set;
}

/* ---- Methods ---- */

typedef struct Methods {
    VEC(Object *) all;
    PtrMap names; /* of them, once there are many */
} Methods;

enum { MANY_METHODS = 16 };

/* Whether a method of this name may be among them. */
static bool may_have(const Methods *methods, Name name)
{
    return methods->all.len < MANY_METHODS || map_get(&methods->names, name) != NULL;
}

static void append_method(Methods *methods, Object *method)
{
    vec_push(&methods->all, method);
    if (methods->all.len < MANY_METHODS) return;
    size_t from = methods->all.len == MANY_METHODS ? 0 : methods->all.len - 1;
    for (size_t i = from; i < methods->all.len; i++)
        map_set(&methods->names, methods->all.at[i]->name, methods->all.at[i]);
}

static void report_duplicate(Object *method, Object *other, Pos pos)
{
    char where[256];
    diag_error(pos, pos, ERR_DUPLICATE_METHOD, method->name->text,
               source_format(other->pos, where, sizeof where), method->name->text);
}

static void add_method(Methods *methods, Object *method, Pos pos, bool is_explicit)
{
    bool is_known = may_have(methods, method->name);
    for (size_t i = 0; is_known && i < methods->all.len; i++) {
        Object *other = methods->all.at[i];
        if (other->name != method->name) continue;
        if (!method->name->is_exported && other->package != method->package) continue;
        if (other == method) return;
        bool agrees = other->type != NULL && method->type != NULL &&
                      types_identical(other->type, method->type);
        if (is_explicit || !agrees) report_duplicate(method, other, pos);
        return;
    }
    append_method(methods, method);
}

static int by_name(const void *a, const void *b)
{
    const Object *m = *(Object *const *)a, *n = *(Object *const *)b;
    int order = strcmp(m->name->text, n->name->text);
    if (order != 0 || m->package == n->package || m->package == NULL || n->package == NULL)
        return order;
    return strcmp(m->package->path->text, n->package->path->text);
}

/* ---- Completion ---- */

/* Returns false where the embedded type's declaration is still under way. */
static bool add_embedded(Type *iface, Methods *methods, TypeSet *set, uint32_t i)
{
    Type *type = type_unalias(iface->iface.embeds[i]);
    Type *under = type->kind == TYPE_UNION ? type : type_under(type);
    TypeSet with = {0};
    switch (under->kind) {
    case TYPE_INVALID: return type->kind != TYPE_NAMED || type->is_complete;
    case TYPE_INTERFACE:
        if (under->is_comparable) iface->is_comparable = true;
        for (uint32_t k = 0; k < under->iface.nall; k++)
            add_method(methods, under->iface.all[k], iface->iface.embed_pos[i], false);
        with.is_limited = under->iface.has_terms;
        add_all(&with, under->iface.terms, under->iface.nterms);
        break;
    case TYPE_UNION: with = union_set(under); break;
    default: with.is_limited = true; add_term(&with, (UnionTerm){false, type});
    }
    intersect(set, &with);
    vec_free(&with.terms);
    return true;
}

static void drop_incomparable(Type *iface, TypeSet *set)
{
    if (!iface->is_comparable || !set->is_limited) return;
    size_t kept = 0;
    for (size_t i = 0; i < set->terms.len; i++)
        if (type_comparable(set->terms.at[i].type, false)) set->terms.at[kept++] = set->terms.at[i];
    set->terms.len = kept;
    iface->is_comparable = false;
}

void interface_complete(Type *iface)
{
    if (iface->is_complete) return;
    iface->is_complete = true; /* before it is: keeps it from being completed inside itself */
    bool is_final = true;
    Methods methods = {0};
    TypeSet set = {0};
    for (uint32_t i = 0; i < iface->iface.nmethods; i++)
        add_method(&methods, iface->iface.methods[i], iface->iface.methods[i]->pos, true);
    for (uint32_t i = 0; i < iface->iface.nembeds; i++)
        is_final = add_embedded(iface, &methods, &set, i) && is_final;
    drop_incomparable(iface, &set);
    uint32_t n = (uint32_t)methods.all.len;
    if (n > 1) qsort(methods.all.at, n, sizeof *methods.all.at, by_name);
    iface->iface.all = arena_array(&types_arena, Object *, n);
    if (n > 0) memcpy(iface->iface.all, methods.all.at, n * sizeof(Object *));
    iface->iface.nall = n;
    iface->iface.has_terms = set.is_limited;
    iface->iface.nterms = (uint32_t)set.terms.len;
    iface->iface.terms = arena_array(&types_arena, UnionTerm, set.terms.len);
    if (set.terms.len > 0)
        memcpy(iface->iface.terms, set.terms.at, set.terms.len * sizeof(UnionTerm));
    iface->is_complete = is_final;
    vec_free(&methods.all);
    map_free(&methods.names);
    vec_free(&set.terms);
}

bool interface_has_term(Type *iface, Type *type)
{
    for (uint32_t i = 0; i < iface->iface.nterms; i++)
        if (term_includes(&iface->iface.terms[i], type)) return true;
    return false;
}
