/* SPDX-License-Identifier: MIT */
/* Fields and methods.
 *
 * A selector is searched breadth first through embedded fields: the shallowest depth that has the
 * name wins, two at that depth are ambiguous. The queue below holds the embedded types in order of
 * depth; an entry knows the one it came from, so a path costs nothing until something is found. A
 * type met twice at one depth is queued once and marked as met several times; one met at a smaller
 * depth before is skipped. */
#include "types/lookup.h"

#include "types/receiver.h"

#include "types/checker.h"
#include "types/types.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct Entry {
    Type *type;
    int32_t from;     /* queue index of the embedding type, -1 at the start */
    uint32_t index;   /* field number there */
    bool is_indirect; /* a pointer was followed on the way */
    bool is_multiple; /* met several times at this depth */
} Entry;

#define QUEUE_SMALL 16

typedef struct Search {
    Package *package;
    Name name;
    bool fold;
    Entry *queue;
    Entry small[QUEUE_SMALL];
    size_t len, cap;
    Object *found;       /* field or method */
    int32_t found_in;    /* entry */
    int32_t field_index; /* -1: a method */
    bool is_ambiguous;
} Search;

static bool same_name(const Search *s, Name name, Package *package)
{
    if (s->fold) return strcasecmp(name->text, s->name->text) == 0;
    return name == s->name && (name->is_exported || package == s->package);
}

static Type *deref(Type *type, bool *is_pointer)
{
    Type *t = type_unalias(type);
    *is_pointer = t->kind == TYPE_POINTER;
    return *is_pointer ? type_unalias(t->elem) : t;
}

static void enqueue(Search *s, size_t level, Entry entry)
{
    for (size_t i = level; i < s->len; i++) {
        if (s->queue[i].type == entry.type && entry.type->kind == TYPE_NAMED) {
            s->queue[i].is_multiple = true;
            return;
        }
    }
    if (s->len == s->cap) {
        Entry *grown = malloc(2 * s->cap * sizeof *grown);
        memcpy(grown, s->queue, s->len * sizeof *grown);
        if (s->queue != s->small) free(s->queue);
        s->queue = grown;
        s->cap *= 2;
    }
    s->queue[s->len++] = entry;
}

static bool was_seen(const Search *s, size_t level, Type *type)
{
    for (size_t i = 0; i < level; i++)
        if (s->queue[i].type == type) return true;
    return false;
}

/* ---- Methods of declared types ---- */

void lookup_resolve(Object *method)
{
    types_resolve(method);
}

/* The instance's own object for a method of its generic type. */
static Object *instance_method(Type *type, Object *method)
{
    for (uint32_t i = 0; i < type->named.nmethods; i++)
        if (type->named.methods[i]->origin == method) return type->named.methods[i];
    lookup_resolve(method);
    if (method->type == NULL || method->type->kind != TYPE_FUNC) return method;
    Type *sig = method->type;
    uint32_t n = sig->func.nrecv_tparams;
    if (n != type->named.ntargs) return method;
    Object *own = arena_new(&types_arena, Object);
    *own = *method;
    own->origin = method;
    Type *substituted = type_subst(sig, sig->func.recv_tparams, type->named.targs, n);
    if (substituted == sig) {
        substituted = type_new(TYPE_FUNC);
        substituted->is_variadic = sig->is_variadic;
        substituted->func = sig->func;
    }
    if (sig->func.recv != NULL) {
        substituted->func.recv = arena_new(&types_arena, Object);
        *substituted->func.recv = *sig->func.recv;
        substituted->func.recv->type =
            type_subst(sig->func.recv->type, sig->func.recv_tparams, type->named.targs, n);
    }
    own->type = substituted;
    if (!sig->is_complete) return own; /* half made: make it again later */
    if (type->named.nmethods == type->named.methods_cap) {
        uint32_t cap = type->named.methods_cap > 0 ? type->named.methods_cap * 2 : 4;
        Object **methods = arena_array(&types_arena, Object *, cap);
        if (type->named.nmethods > 0)
            memcpy(methods, type->named.methods, type->named.nmethods * sizeof *methods);
        type->named.methods = methods;
        type->named.methods_cap = cap;
    }
    type->named.methods[type->named.nmethods++] = own;
    return own;
}

static Object *declared_method(const Search *s, Type *type)
{
    Type *origin = type->named.origin != NULL ? type->named.origin : type;
    Object *method = NULL;
    if (s->fold) {
        for (uint32_t i = 0; i < origin->named.nmethods && method == NULL; i++)
            if (same_name(s, origin->named.methods[i]->name, NULL))
                method = origin->named.methods[i];
    } else {
        method = declared_method_named(origin, s->name);
        if (method != NULL && !same_name(s, method->name, method->package)) method = NULL;
    }
    if (method == NULL) return NULL;
    if (origin != type) return instance_method(type, method);
    lookup_resolve(method);
    return method;
}

static Object *interface_method(const Search *s, Type *iface)
{
    for (uint32_t i = 0; i < iface->iface.nall; i++)
        if (same_name(s, iface->iface.all[i]->name, iface->iface.all[i]->package))
            return iface->iface.all[i];
    return NULL;
}

/* ---- The search ---- */

static void note(Search *s, Object *obj, size_t entry, int32_t field_index)
{
    if (s->found != NULL || s->queue[entry].is_multiple) s->is_ambiguous = true;
    s->found = obj;
    s->found_in = (int32_t)entry;
    s->field_index = field_index;
}

static void search_struct(Search *s, size_t at, size_t next_level)
{
    Type *strukt = type_under(s->queue[at].type);
    for (uint32_t i = 0; i < strukt->strukt.nfields; i++) {
        Field *f = &strukt->strukt.fields[i];
        if (same_name(s, f->name, f->obj->package)) {
            note(s, f->obj, at, (int32_t)i);
            continue;
        }
        if (s->found != NULL || !f->is_embedded) continue;
        bool is_pointer;
        Type *type = deref(f->type, &is_pointer);
        Entry entry = {type, (int32_t)at, i, s->queue[at].is_indirect || is_pointer,
                       s->queue[at].is_multiple};
        enqueue(s, next_level, entry);
    }
}

static void search_type(Search *s, size_t at, size_t level, size_t next_level)
{
    Type *type = s->queue[at].type;
    Object *method = NULL;
    if (type->kind == TYPE_NAMED) {
        if (was_seen(s, level, type)) return;
        method = declared_method(s, type);
    }
    Type *under = type_under(type);
    if (method == NULL && under->kind == TYPE_INTERFACE) method = interface_method(s, under);
    if (method != NULL)
        note(s, method, at, -1);
    else if (under->kind == TYPE_STRUCT)
        search_struct(s, at, next_level);
}

static void fill_selection(const Search *s, Type *type, Selection *out)
{
    uint32_t n = s->field_index >= 0 ? 1 : 0;
    for (int32_t e = s->found_in; s->queue[e].from >= 0; e = s->queue[e].from) n++;
    out->obj = s->found;
    out->recv = type;
    out->npath = n;
    out->path = arena_array(&types_arena, uint32_t, n);
    if (s->field_index >= 0) out->path[--n] = (uint32_t)s->field_index;
    for (int32_t e = s->found_in; s->queue[e].from >= 0; e = s->queue[e].from)
        out->path[--n] = s->queue[e].index;
    out->is_indirect = s->queue[s->found_in].is_indirect;
    out->type = s->found->type;
}

static LookupResult search(Search *s, Type *type, bool addressable, Selection *out)
{
    bool is_pointer;
    Type *start = deref(type, &is_pointer);
    if (is_pointer && type_under(start)->kind == TYPE_INTERFACE) return LOOKUP_NONE;
    s->queue = s->small;
    s->cap = QUEUE_SMALL;
    enqueue(s, 0, (Entry){start, -1, 0, is_pointer, false});
    for (size_t level = 0, end = 1; level < end; level = end, end = s->len) {
        for (size_t at = level; at < end; at++) search_type(s, at, level, end);
        if (s->is_ambiguous) return LOOKUP_AMBIGUOUS;
        if (s->found == NULL) continue;
        fill_selection(s, type, out);
        if (s->found->kind == OBJ_FUNC && s->found->has_pointer_receiver && !out->is_indirect &&
            !addressable)
            return LOOKUP_POINTER_RECEIVER;
        return LOOKUP_FOUND;
    }
    return LOOKUP_NONE;
}

static LookupResult run_search(Search *s, Type *type, bool addressable, Selection *out)
{
    LookupResult result = search(s, type, addressable, out);
    if (s->queue != NULL && s->queue != s->small) free(s->queue);
    return result;
}

LookupResult lookup_field_or_method(Type *type, bool addressable, Package *package, Name name,
                                    bool fold, Selection *out)
{
    Search s = {.package = package, .name = name, .fold = fold};
    if (name == name_blank) return LOOKUP_NONE;
    Type *plain = type_unalias(type);
    if (plain->kind == TYPE_NAMED) { /* a defined pointer type has the fields, not the methods */
        Type *under = type_under(plain);
        if (under->kind == TYPE_POINTER) {
            LookupResult result = run_search(&s, under, false, out);
            bool is_method = (result == LOOKUP_FOUND || result == LOOKUP_POINTER_RECEIVER) &&
                             out->obj->kind == OBJ_FUNC;
            out->recv = type;
            return is_method ? LOOKUP_NONE : result;
        }
    }
    return run_search(&s, type, addressable, out);
}

Object *lookup_method(Type *type, Package *package, Name name)
{
    Search s = {.package = package, .name = name};
    type = type_unalias(type);
    if (type->kind == TYPE_NAMED) {
        Object *method = declared_method(&s, type);
        if (method != NULL) return method;
    }
    Type *under = type_under(type);
    return under->kind == TYPE_INTERFACE ? interface_method(&s, under) : NULL;
}

/* ---- Method sets ---- */

typedef struct Candidates {
    VEC(Object *) methods; /* by name and, if not exported, package: each once */
    PtrMap exported;       /* Name → Object */
    PtrMap seen;           /* types visited */
} Candidates;

static void add_candidate(Candidates *all, Object *method)
{
    if (method->name->is_exported) {
        if (map_get(&all->exported, method->name) != NULL) return;
        map_set(&all->exported, method->name, method);
    } else {
        for (size_t i = 0; i < all->methods.len; i++)
            if (all->methods.at[i]->name == method->name &&
                all->methods.at[i]->package == method->package)
                return;
    }
    vec_push(&all->methods, method);
}

static void gather(Candidates *all, Type *type)
{
    bool is_pointer;
    type = deref(type, &is_pointer);
    if (map_set(&all->seen, type, type) != NULL) return;
    if (type->kind == TYPE_NAMED) {
        Type *origin = type->named.origin != NULL ? type->named.origin : type;
        for (uint32_t i = 0; i < origin->named.nmethods; i++)
            add_candidate(all, origin->named.methods[i]);
    }
    Type *under = type_under(type);
    if (under->kind == TYPE_INTERFACE) {
        for (uint32_t i = 0; i < under->iface.nall; i++) add_candidate(all, under->iface.all[i]);
    } else if (under->kind == TYPE_STRUCT) {
        for (uint32_t i = 0; i < under->strukt.nfields; i++)
            if (under->strukt.fields[i].is_embedded) gather(all, under->strukt.fields[i].type);
    }
}

static int by_name(const void *a, const void *b)
{
    const Object *m = ((const MethodEntry *)a)->method, *n = ((const MethodEntry *)b)->method;
    int order = strcmp(m->name->text, n->name->text);
    if (order != 0 || m->package == n->package || m->package == NULL || n->package == NULL)
        return order;
    return strcmp(m->package->path->text, n->package->path->text);
}

MethodEntry *method_set(Type *type, uint32_t *n)
{
    Candidates all = {0};
    gather(&all, type);
    MethodEntry *entries = arena_array(&types_arena, MethodEntry, all.methods.len);
    uint32_t len = 0;
    for (size_t i = 0; i < all.methods.len; i++) {
        Object *candidate = all.methods.at[i];
        Selection selection = {0};
        if (lookup_field_or_method(type, false, candidate->package, candidate->name, false,
                                   &selection) != LOOKUP_FOUND)
            continue;
        Object *method = selection.obj;
        if (method->kind != OBJ_FUNC || method->type == NULL || method->type->kind != TYPE_FUNC ||
            method->type->func.ntparams > 0)
            continue;
        selection.kind = SELECT_METHOD;
        entries[len++] = (MethodEntry){method, selection};
    }
    if (len > 1) qsort(entries, len, sizeof *entries, by_name);
    vec_free(&all.methods);
    map_free(&all.exported);
    map_free(&all.seen);
    *n = len;
    return entries;
}

/* ---- Implementing interfaces ---- */

static bool is_interface_pointer(Type *type)
{
    Type *under = type_under(type);
    return under->kind == TYPE_POINTER && type_is_interface(under->elem);
}

static const char *method_text(Object *method, TypeQualify qualify)
{
    Buf buf = {0};
    type_print_method(method, qualify, &buf);
    const char *text = arena_strndup(&types_arena, buf_str(&buf), buf.len);
    buf_free(&buf);
    return text;
}

static const char *have_want(const char *what, Object *have, Object *want)
{
    const char *h = method_text(have, QUALIFY_MESSAGE), *w = method_text(want, QUALIFY_MESSAGE);
    if (strcmp(h, w) == 0) h = method_text(have, QUALIFY_PATH), w = method_text(want, QUALIFY_PATH);
    if (strcmp(h, w) == 0)
        return arena_printf(&types_arena, "(%s method %s)", what, want->name->text);
    return arena_printf(&types_arena, "(%s method %s)\n\t\thave %s\n\t\twant %s", what,
                        want->name->text, h, w);
}

static const char *not_found(Type *type, Type *iface, Object *want)
{
    Type *pointer = is_interface_pointer(type) ? type : is_interface_pointer(iface) ? iface : NULL;
    if (pointer != NULL)
        return arena_printf(&types_arena, "(type %s is pointer to interface, not interface)",
                            type_string(pointer));
    Selection other = {0};
    LookupResult result =
        lookup_field_or_method(type, false, want->package, want->name, true, &other);
    bool is_method = (result == LOOKUP_FOUND || result == LOOKUP_POINTER_RECEIVER) &&
                     other.obj->kind == OBJ_FUNC && other.obj->type != NULL;
    if (is_method && result == LOOKUP_FOUND) {
        if (other.obj->name == want->name)
            return arena_printf(&types_arena, "(unexported method %s)", want->name->text);
        return have_want("missing", other.obj, want);
    }
    return arena_printf(&types_arena, "(missing method %s)", want->name->text);
}

static bool same_signature(Object *a, Object *b)
{
    return a->type == NULL || b->type == NULL || a->type->kind == TYPE_INVALID ||
           b->type->kind == TYPE_INVALID || types_identical(a->type, b->type);
}

/* Whether `type` has method `want` of `iface`; else *why (if not NULL) says in parentheses why not.
 */
static bool has_method(Type *type, Type *iface, Object *want, bool is_static, const char **why)
{
    const char *ignored;
    if (why == NULL) why = &ignored;
    bool explain = why != &ignored;
    Type *under = type_under(type);
    if (under->kind == TYPE_INTERFACE) {
        Search s = {.package = want->package, .name = want->name};
        Object *own = interface_method(&s, under);
        if (own == NULL) {
            if (is_static && explain) *why = not_found(type, iface, want);
            return !is_static;
        }
        if (own == want || same_signature(own, want)) return true;
        if (explain) *why = have_want("wrong type for", own, want);
        return false;
    }
    Selection found = {0};
    const char *name = want->name->text;
    switch (lookup_field_or_method(type, false, want->package, want->name, false, &found)) {
    case LOOKUP_NONE:
        if (explain) *why = not_found(type, iface, want);
        return false;
    case LOOKUP_AMBIGUOUS:
        if (explain)
            *why =
                arena_printf(&types_arena, "(ambiguous selector %s.%s)", type_string(type), name);
        return false;
    case LOOKUP_POINTER_RECEIVER:
        if (explain) *why = arena_printf(&types_arena, "(method %s has pointer receiver)", name);
        return false;
    case LOOKUP_FOUND: break;
    }
    if (found.obj->kind != OBJ_FUNC) {
        if (explain) *why = arena_printf(&types_arena, "(missing method %s)", name);
        return false;
    }
    if (same_signature(found.obj, want)) return true;
    if (explain) *why = have_want("wrong type for", found.obj, want);
    return false;
}

static bool has_methods(Type *type, Type *iface, bool is_static, const char **why)
{
    Type *under = type_under(iface);
    for (uint32_t i = 0; i < under->iface.nall; i++)
        if (!has_method(type, iface, under->iface.all[i], is_static, why)) return false;
    return true;
}

static bool is_subset(Type *iface, Type *of)
{
    if (!iface->iface.has_terms) return false;
    for (uint32_t i = 0; i < iface->iface.nterms; i++) {
        UnionTerm *x = &iface->iface.terms[i];
        bool is_in = false;
        for (uint32_t k = 0; k < of->iface.nterms && !is_in; k++) {
            UnionTerm *y = &of->iface.terms[k];
            is_in = (!x->is_tilde || y->is_tilde) &&
                    types_identical(y->is_tilde ? type_under(x->type) : x->type, y->type);
        }
        if (!is_in) return false;
    }
    return true;
}

static bool fail(const char **why, const char *text)
{
    if (why != NULL) *why = text;
    return false;
}

static bool iface_wants_comparable(Type *iface)
{
    return iface->is_comparable && !iface->iface.has_terms;
}

static bool meets_comparable(Type *type, Type *iface, bool constraint, const char **why)
{
    if (!iface_wants_comparable(iface) || type_comparable(type, false) ||
        (constraint && type_comparable(type, true)))
        return true;
    return fail(why, arena_printf(&types_arena, "%s does not %s comparable", type_string(type),
                                  constraint ? "satisfy" : "implement"));
}

/* Why a type that is no interface lies outside the type set. */
static const char *missing_term(Type *type, Type *iface, Type *under, const char *verb)
{
    const char *t = type_string(type), *i = type_string(iface);
    for (uint32_t k = 0; k < under->iface.nterms; k++) {
        UnionTerm *term = &under->iface.terms[k];
        if (!term->is_tilde && types_identical(term->type, type_under(term->type)) &&
            types_identical(term->type, type_under(type)))
            return arena_printf(&types_arena, "%s does not %s %s (possibly missing ~ for %s in %s)",
                                t, verb, i, type_string(term->type), i);
    }
    Type list = {.kind = TYPE_UNION, .union_ = {under->iface.terms, under->iface.nterms}};
    return arena_printf(&types_arena, "%s does not %s %s (%s missing in %s)", t, verb, i, t,
                        type_string(&list));
}

static bool in_type_set(Type *type, Type *iface, Type *iface_under, const char *verb,
                        const char **why)
{
    if (!iface_under->iface.has_terms) return true;
    Type *under = type_under(type);
    if (under->kind == TYPE_INTERFACE) {
        if (is_subset(under, iface_under)) return true;
        return fail(why, arena_printf(&types_arena, "%s does not %s %s", type_string(type), verb,
                                      type_string(iface)));
    }
    if (interface_has_term(iface_under, type)) return true;
    return why != NULL ? fail(why, missing_term(type, iface, iface_under, verb)) : false;
}

static bool not_an_interface(Type *type, Type *iface, const char *verb, const char **why)
{
    const char *i = type_string(iface);
    const char *detail =
        is_interface_pointer(iface)
            ? arena_printf(&types_arena, "type %s is pointer to interface, not interface", i)
            : arena_printf(&types_arena, "%s is not an interface", i);
    return fail(why, arena_printf(&types_arena, "%s does not %s %s (%s)", type_string(type), verb,
                                  i, detail));
}

bool type_implements(Type *type, Type *iface, bool constraint, const char **why)
{
    Type *under = type_under(type), *target = type_under(iface);
    if (under->kind == TYPE_INVALID || target->kind == TYPE_INVALID) return true;
    if (under->kind == TYPE_POINTER && type_under(under->elem)->kind == TYPE_INVALID) return true;
    const char *verb = constraint ? "satisfy" : "implement";
    if (target->kind != TYPE_INTERFACE) return not_an_interface(type, iface, verb, why);
    if (target->iface.nall == 0 && !target->iface.has_terms && !target->is_comparable) return true;
    if (under->kind == TYPE_INTERFACE && under->iface.has_terms && under->iface.nterms == 0)
        return true;
    if (target->iface.has_terms && target->iface.nterms == 0)
        return fail(why, arena_printf(&types_arena, "cannot %s %s (empty type set)", verb,
                                      type_string(iface)));
    const char *cause = NULL;
    if (!has_methods(type, iface, true, why != NULL ? &cause : NULL)) {
        if (why != NULL)
            *why = arena_printf(&types_arena, "%s does not %s %s %s", type_string(type), verb,
                                type_string(iface), cause);
        return false;
    }
    return in_type_set(type, iface, target, verb, why) &&
           meets_comparable(type, target, constraint, why);
}

bool type_asserts_to(Type *iface, Type *type, const char **why)
{
    Type *under = type_under(iface);
    if (type_under(type)->kind == TYPE_INTERFACE || under->kind != TYPE_INTERFACE) return true;
    return has_methods(type, iface, false, why);
}
