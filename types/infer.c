/* SPDX-License-Identifier: MIT */
/* Inferring type arguments.
 *
 * Parameter types, in which the callee's type parameters are the unknowns, are unified with the
 * types of the arguments. Unknowns that meet are joined and from then on share one solution (a
 * union-find of solutions). What the arguments leave open may follow from constraints that allow a
 * single underlying type, or that ask for methods; and last, from untyped constants, whose largest
 * kind counts.
 *
 * Unification is inexact at the top, as assignment is: a defined type matches its underlying
 * literal, a channel a directed one, an interface what implements it. Inside of types it is exact.
 */
#include "types/checker.h"

#include "types/typexpr.h"
#include "types/version.h"

#include <stdlib.h>
#include <string.h>

typedef enum UnifyMode { UNIFY_EXACT = 1, UNIFY_ASSIGN = 2 } UnifyMode;

typedef struct Unifier {
    Type **tparams;
    Type **solution;  /* of representatives */
    uint32_t *parent; /* union-find */
    uint32_t n;
    int depth;
} Unifier;

#define MAX_DEPTH 100

static bool unify(Unifier *u, Type *x, Type *y, int mode);

/* ---- Solutions ---- */

static int32_t bound_index(const Unifier *u, Type *type)
{
    if (type->kind != TYPE_PARAM) return -1;
    for (uint32_t i = 0; i < u->n; i++)
        if (u->tparams[i] == type) return (int32_t)i;
    return -1;
}

static uint32_t find(const Unifier *u, uint32_t i)
{
    while (u->parent[i] != i) i = u->parent[i];
    return i;
}

static Type *at(const Unifier *u, uint32_t i)
{
    return u->solution[find(u, i)];
}

static void set(Unifier *u, uint32_t i, Type *type)
{
    u->solution[find(u, i)] = type;
}

static uint32_t unknowns(const Unifier *u)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < u->n; i++) n += at(u, i) == NULL;
    return n;
}

/* ---- Unifying ---- */

static bool is_literal(Type *type)
{
    return type->kind != TYPE_NAMED && type->kind != TYPE_PARAM;
}

static Type *interface_of(Type *type)
{
    if (type->kind == TYPE_PARAM) return NULL;
    Type *under = type_under(type);
    return under->kind == TYPE_INTERFACE ? under : NULL;
}

static bool unify_objects(Unifier *u, Object **x, Object **y, uint32_t n, int mode)
{
    for (uint32_t i = 0; i < n; i++)
        if (!unify(u, x[i]->type, y[i]->type, mode)) return false;
    return true;
}

static bool unify_structs(Unifier *u, Type *x, Type *y, int mode)
{
    if (x->strukt.nfields != y->strukt.nfields) return false;
    for (uint32_t i = 0; i < x->strukt.nfields; i++) {
        Field *f = &x->strukt.fields[i], *g = &y->strukt.fields[i];
        if (f->name != g->name || f->is_embedded != g->is_embedded || f->tag != g->tag ||
            (!f->name->is_exported && f->obj->package != g->obj->package) ||
            !unify(u, f->type, g->type, mode))
            return false;
    }
    return true;
}

static bool unify_funcs(Unifier *u, Type *x, Type *y, int mode)
{
    return x->func.ntparams == y->func.ntparams && x->is_variadic == y->is_variadic &&
           x->func.nparams == y->func.nparams && x->func.nresults == y->func.nresults &&
           unify_objects(u, x->func.params, y->func.params, x->func.nparams, mode) &&
           unify_objects(u, x->func.results, y->func.results, x->func.nresults, mode);
}

static Object *method_named(Type *iface, Object *method)
{
    for (uint32_t i = 0; i < iface->iface.nall; i++) {
        Object *m = iface->iface.all[i];
        if (m->name == method->name && (m->name->is_exported || m->package == method->package))
            return m;
    }
    return NULL;
}

/* Every method of x is one of y's, with a signature that unifies. */
static bool unify_methods(Unifier *u, Type *x, Type *y)
{
    for (uint32_t i = 0; i < x->iface.nall; i++) {
        Object *m = x->iface.all[i], *own = NULL;
        Type *y_iface = interface_of(y);
        Selection selection = {0};
        if (y_iface != NULL)
            own = method_named(y_iface, m);
        else if (lookup_field_or_method(y, false, m->package, m->name, false, &selection) ==
                 LOOKUP_FOUND)
            own = selection.obj;
        if (own == NULL || own->kind != OBJ_FUNC || !unify(u, m->type, own->type, UNIFY_EXACT))
            return false;
    }
    return true;
}

static bool unify_interfaces(Unifier *u, Type *x, Type *y, int mode)
{
    if (x->is_comparable != y->is_comparable || x->iface.has_terms != y->iface.has_terms)
        return false;
    if (mode & UNIFY_EXACT) return x->iface.nall == y->iface.nall && unify_methods(u, x, y);
    return x->iface.nall <= y->iface.nall ? unify_methods(u, x, y) : unify_methods(u, y, x);
}

static bool unify_named(Unifier *u, Type *x, Type *y, int mode)
{
    Type *xo = x->named.origin, *yo = y->named.origin;
    if (xo == NULL || xo != yo || x->named.ntargs != y->named.ntargs) return false;
    for (uint32_t i = 0; i < x->named.ntargs; i++)
        if (!unify(u, x->named.targs[i], y->named.targs[i], mode)) return false;
    return true;
}

/* Neither is an unknown. */
static bool unify_structure(Unifier *u, Type *x, Type *y, int mode)
{
    int inner = mode & UNIFY_ASSIGN ? mode | UNIFY_EXACT : mode;
    if (x->kind == TYPE_PARAM || y->kind == TYPE_PARAM) { /* of a function around the call */
        Type *param = x->kind == TYPE_PARAM ? x : y, *other = param == x ? y : x;
        Type *core = type_core(param);
        return core != NULL && unify(u, core, other, UNIFY_ASSIGN);
    }
    if (x->kind != y->kind) return false;
    switch (x->kind) {
    case TYPE_ARRAY:
        return (x->len < 0 || y->len < 0 || x->len == y->len) && unify(u, x->elem, y->elem, inner);
    case TYPE_SLICE:
    case TYPE_POINTER: return unify(u, x->elem, y->elem, inner);
    case TYPE_MAP: return unify(u, x->key, y->key, inner) && unify(u, x->elem, y->elem, inner);
    case TYPE_CHAN:
        return ((mode & UNIFY_EXACT) == 0 || x->dir == y->dir) && unify(u, x->elem, y->elem, inner);
    case TYPE_STRUCT: return unify_structs(u, x, y, inner);
    case TYPE_FUNC: return unify_funcs(u, x, y, inner);
    case TYPE_INTERFACE: return unify_interfaces(u, x, y, mode);
    case TYPE_NAMED: return unify_named(u, x, y, mode);
    case TYPE_TUPLE:
        for (uint32_t i = 0; i < x->tuple.ntypes; i++)
            if (x->tuple.ntypes != y->tuple.ntypes ||
                !unify(u, x->tuple.types[i], y->tuple.types[i], mode))
                return false;
        return x->tuple.ntypes == y->tuple.ntypes;
    case TYPE_UNION: return types_identical(x, y);
    default: return true; /* the same predeclared type */
    }
}

/* Joins two unknowns; where both have solutions these must agree. */
static bool join(Unifier *u, uint32_t i, uint32_t k, int mode)
{
    uint32_t a = find(u, i), b = find(u, k);
    if (a == b) return true;
    if (u->solution[a] != NULL && u->solution[b] != NULL)
        return unify(u, u->solution[a], u->solution[b], mode);
    if (u->solution[a] == NULL) u->solution[a] = u->solution[b];
    u->parent[b] = a;
    return true;
}

/* An unknown that has a solution meets another type: of two that match, the more particular one is
 * kept. */
static bool match_solution(Unifier *u, uint32_t i, Type *y, int mode)
{
    Type *x = type_unalias(at(u, i));
    if (!unify(u, x, y, mode)) return false;
    if (mode & UNIFY_EXACT) return true;
    bool x_named = x->kind == TYPE_NAMED, y_named = y->kind == TYPE_NAMED;
    Type *xi = interface_of(x), *yi = interface_of(y);
    if (xi != NULL && yi != NULL) {
        if (x_named && y_named) return types_identical(x, y);
        if (xi->iface.nall != yi->iface.nall) return false;
    } else if (xi != NULL || yi != NULL) {
        return false; /* either could be meant, so which comes first would decide */
    }
    if (y_named)
        set(u, i, y);
    else if (x->kind == TYPE_CHAN && y->kind == TYPE_CHAN && x->dir == 3)
        set(u, i, y);
    return true;
}

static bool unify_inner(Unifier *u, Type *x, Type *y, int mode)
{
    int32_t px = bound_index(u, x), py = bound_index(u, y);
    if ((mode & UNIFY_EXACT) == 0 && px < 0 && py < 0) {
        bool x_named = x->kind == TYPE_NAMED, y_named = y->kind == TYPE_NAMED;
        if (x_named && is_literal(y) && interface_of(x) == NULL)
            x = type_under(x);
        else if (y_named && is_literal(x) && interface_of(y) == NULL)
            y = type_under(y);
    }
    if (px >= 0 && py >= 0) return join(u, (uint32_t)px, (uint32_t)py, mode);
    if (px >= 0 || py >= 0) {
        uint32_t i = (uint32_t)(px >= 0 ? px : py);
        Type *other = px >= 0 ? y : x;
        if (at(u, i) != NULL) return match_solution(u, i, other, mode);
        set(u, i, other);
        return true;
    }
    if (types_identical(x, y)) return true;
    if ((mode & UNIFY_EXACT) == 0) {
        Type *xi = interface_of(x), *yi = interface_of(y);
        if (xi != NULL && yi != NULL) return unify_interfaces(u, xi, yi, mode);
        if (xi != NULL) return unify_methods(u, xi, y);
        if (yi != NULL) return unify_methods(u, yi, x);
    }
    return unify_structure(u, x, y, mode);
}

static bool unify(Unifier *u, Type *x, Type *y, int mode)
{
    if (x == NULL || y == NULL) return false;
    bool keeps_alias =
        x->kind == TYPE_PARAM && y->kind == TYPE_ALIAS; /* solutions print as written */
    x = type_unalias(x);
    if (!keeps_alias) y = type_unalias(y);
    if (x == y) return true;
    if (keeps_alias) {
        int32_t px = bound_index(u, x);
        if (px >= 0 && at(u, (uint32_t)px) == NULL) {
            set(u, (uint32_t)px, y);
            return true;
        }
        y = type_unalias(y);
    }
    if (++u->depth > MAX_DEPTH) {
        u->depth--;
        return false;
    }
    bool ok = unify_inner(u, x, y, mode);
    u->depth--;
    return ok;
}

/* ---- Constraints ---- */

/* Whether the type mentions one of the type parameters that are to be inferred. */
static bool mentions_unknown(const Unifier *u, Type *type)
{
    Type **nothing = arena_array(&types_arena, Type *, u->n);
    for (uint32_t i = 0; i < u->n; i++) nothing[i] = type_basic[TYPE_INVALID];
    return type_subst(type, u->tparams, nothing, u->n) != type;
}

/* The single type underlying a constraint's terms, or NULL. */
static Type *constraint_core(Type *tparam, bool *is_single, bool *is_tilde)
{
    Type *iface = type_under(tparam);
    *is_single = *is_tilde = false;
    if (!iface->iface.has_terms || iface->iface.nterms == 0) return NULL;
    if (iface->iface.nterms == 1) {
        *is_single = true;
        *is_tilde = iface->iface.terms[0].is_tilde;
        return iface->iface.terms[0].type;
    }
    *is_tilde = true;
    return type_core(tparam);
}

/* Failure to report, in words; the caller says in which call. */
typedef struct Failure {
    Pos pos, end;
    const char *text;
} Failure;

static bool fail(Failure *f, Pos pos, Pos end, const char *text)
{
    *f = (Failure){pos, end, text};
    return false;
}

static bool fail_constraint(Failure *f, Pos pos, Type *tparam, Type *type, const char *cause)
{
    return fail(f, pos, pos,
                arena_printf(&types_arena, "%s (type %s) does not satisfy %s%s%s",
                             type_string(tparam), type_string(type),
                             type_string(tparam->param.constraint), cause ? " " : "",
                             cause ? cause : ""));
}

/* The methods that a constraint asks for tell about other unknowns. */
static bool use_methods(Unifier *u, Type *tparam, Type *type, Pos pos, Failure *f)
{
    Type *iface = type_under(tparam);
    for (uint32_t i = 0; i < iface->iface.nall; i++) {
        Object *want = iface->iface.all[i];
        Selection found = {0};
        const char *cause = NULL;
        LookupResult result =
            lookup_field_or_method(type, false, want->package, want->name, false, &found);
        if (result == LOOKUP_POINTER_RECEIVER)
            cause =
                arena_printf(&types_arena, "(method %s has pointer receiver)", want->name->text);
        else if (result != LOOKUP_FOUND || found.obj->kind != OBJ_FUNC)
            cause = arena_printf(&types_arena, "(missing method %s)", want->name->text);
        else if (found.obj->type->kind == TYPE_FUNC &&
                 !unify(u, found.obj->type, want->type, UNIFY_EXACT)) {
            Buf have = {0}, wanted = {0};
            type_print_method(found.obj, QUALIFY_MESSAGE, &have);
            type_print_method(want, QUALIFY_MESSAGE, &wanted);
            cause =
                arena_printf(&types_arena, "(wrong type for method %s)\n\t\thave %s\n\t\twant %s",
                             want->name->text, buf_str(&have), buf_str(&wanted));
            buf_free(&have);
            buf_free(&wanted);
        }
        if (cause != NULL) return fail_constraint(f, pos, tparam, type, cause);
    }
    return true;
}

static bool use_constraint(Unifier *u, uint32_t i, Pos pos, Failure *f)
{
    bool is_single, is_tilde;
    Type *tparam = u->tparams[i], *type = at(u, i);
    Type *core = constraint_core(tparam, &is_single, &is_tilde);
    if (core != NULL && type == NULL && is_single && !is_tilde) set(u, i, core);
    if (type == NULL) return true;
    if (core != NULL) {
        Type *plain = type_unalias(type);
        if (is_tilde && plain->kind != TYPE_PARAM) plain = type_under(plain);
        if (!unify(u, plain, core, 0)) return fail_constraint(f, pos, tparam, type, NULL);
    }
    /* What still has unknowns in it does not show its methods yet. */
    return mentions_unknown(u, type) || use_methods(u, tparam, type, pos, f);
}

static bool use_constraints(Unifier *u, Pos pos, Failure *f)
{
    for (;;) {
        uint32_t before = unknowns(u);
        for (uint32_t i = 0; i < u->n; i++)
            if (!use_constraint(u, i, pos, f)) return false;
        if (unknowns(u) == before) return true;
    }
}

/* ---- Arguments ---- */

static const char *node_text(Node *node)
{
    Buf buf = {0};
    ast_print_expr(node, &buf);
    const char *text = arena_strndup(&types_arena, buf_str(&buf), buf.len);
    buf_free(&buf);
    return text;
}

static const char *tparams_text(Type **tparams, uint32_t n)
{
    Buf buf = {0};
    for (uint32_t i = 0; i < n; i++) {
        const char *join_word = i == 0 ? "" : n == 2 ? " and " : i + 1 == n ? ", and " : ", ";
        buf_printf(&buf, "%s%s", join_word, type_string(tparams[i]));
    }
    const char *text = arena_strndup(&types_arena, buf_str(&buf), buf.len);
    buf_free(&buf);
    return text;
}

static Type *substituted(const Unifier *u, Type *type)
{
    Type **args = arena_array(&types_arena, Type *, u->n);
    for (uint32_t i = 0; i < u->n; i++) args[i] = at(u, i);
    return type_subst(type, u->tparams, args, u->n);
}

static bool fail_argument(Unifier *u, Failure *f, Type *param, Operand *arg, bool is_target)
{
    const char *type = type_string(arg->type), *expr = node_text(arg->node);
    const char *text;
    Type *inferred = substituted(u, param);
    if (unknowns(u) == u->n)
        text = arena_printf(&types_arena, "type %s of %s does not match %s (cannot infer %s)", type,
                            expr, type_string(param), tparams_text(u->tparams, u->n));
    else if (inferred == param)
        text = arena_printf(&types_arena, "type %s of %s does not match %s", type, expr,
                            type_string(param));
    else if (is_target)
        text = arena_printf(&types_arena, "inferred type %s for %s does not match type %s of %s",
                            type_string(inferred), type_string(param), type, expr);
    else
        text = arena_printf(&types_arena, "type %s of %s does not match inferred type %s for %s",
                            type, expr, type_string(inferred), type_string(param));
    return fail(f, arg->node->pos, arg->node->end, text);
}

/* The parameter type for argument i of a call. */
static Type *parameter_type(Type *func, uint32_t i, bool has_dots)
{
    uint32_t n = func->func.nparams;
    if (!func->is_variadic || i + 1 < n || (has_dots && i + 1 == n))
        return i < n ? func->func.params[i]->type : NULL;
    Type *last = func->func.params[n - 1]->type;
    return last->kind == TYPE_SLICE ? last->elem : last;
}

static bool use_typed(Unifier *u, Type *func, Operand *args, uint32_t nargs, bool has_dots,
                      Failure *f)
{
    for (uint32_t i = 0; i < nargs; i++) {
        Type *param = parameter_type(func, i, has_dots);
        if (param == NULL || args[i].mode == MODE_NONE || args[i].type == NULL) continue;
        if (args[i].type->kind == TYPE_INVALID || type_is_untyped(args[i].type) ||
            type_is_generic(args[i].type))
            continue;
        if (mentions_unknown(u, param) && !unify(u, param, args[i].type, UNIFY_ASSIGN))
            return fail_argument(u, f, param, &args[i], false);
    }
    return true;
}

/* Untyped constants for one unknown agree on the largest of their kinds. */
static bool use_untyped(Unifier *u, Type *func, Operand *args, uint32_t nargs, bool has_dots,
                        Failure *f)
{
    Type **largest = arena_array(&types_arena, Type *, u->n);
    for (uint32_t i = 0; i < nargs; i++) {
        Type *param = parameter_type(func, i, has_dots), *type = args[i].type;
        if (param == NULL || args[i].mode == MODE_NONE || args[i].mode == MODE_NIL || type == NULL)
            continue;
        if (!type_is_untyped(type) || type->kind == TYPE_UNTYPED_NIL) continue;
        int32_t k = bound_index(u, type_unalias(param));
        if (k < 0 || at(u, (uint32_t)k) != NULL) continue;
        Type *max = largest[k];
        bool both_numeric = max != NULL && type_is_numeric(max) && type_is_numeric(type);
        if (max != NULL && max->kind != type->kind && !both_numeric)
            return fail(f, args[i].node->pos, args[i].node->end,
                        arena_printf(&types_arena, "mismatched types %s and %s (cannot infer %s)",
                                     type_string(max), type_string(type), type_string(param)));
        if (max == NULL || type->kind > max->kind) largest[k] = type;
    }
    for (uint32_t k = 0; k < u->n; k++)
        if (largest[k] != NULL && at(u, k) == NULL) set(u, k, type_default(largest[k]));
    return true;
}

/* Solutions may mention other unknowns: replaces these until nothing changes. */
static void simplify(Unifier *u)
{
    for (uint32_t round = 0; round < u->n; round++) {
        bool changed = false;
        for (uint32_t i = 0; i < u->n; i++) {
            Type *type = at(u, i);
            if (type == NULL || !type_mentions_params(type)) continue;
            Type *simple = substituted(u, type);
            if (simple == type) continue;
            set(u, i, simple);
            changed = true;
        }
        if (!changed) return;
    }
}

/* All solved: stores the solutions. */
static bool finish(Unifier *u, Object **names, Type **targs, uint32_t n, Pos pos, Failure *f)
{
    char where[256];
    simplify(u);
    for (uint32_t i = 0; i < n; i++) {
        Type *type = at(u, i);
        if (type == NULL || (type_mentions_params(type) && mentions_unknown(u, type)))
            return fail(f, pos, pos,
                        arena_printf(&types_arena, "cannot infer %s (declared at %s)",
                                     names[i]->name->text,
                                     source_format(names[i]->pos, where, sizeof where)));
        targs[i] = type;
    }
    return true;
}

/* ---- Generic functions as unknowns ---- */

/* Copies of type parameters, so that a function called within itself is not confused with its own
 * caller. */
static Type **rename_params(Type *func, Type **fresh)
{
    uint32_t n = func->func.ntparams;
    for (uint32_t i = 0; i < n; i++) {
        type_under(func->func.tparams[i]);
        fresh[i] = type_new(TYPE_PARAM);
        fresh[i]->param = func->func.tparams[i]->param;
    }
    for (uint32_t i = 0; i < n; i++)
        fresh[i]->param.constraint =
            type_subst(fresh[i]->param.constraint, func->func.tparams, fresh, n);
    return fresh;
}

static void unifier_init(Unifier *u, Type **tparams, uint32_t n)
{
    *u = (Unifier){.tparams = tparams, .n = n};
    u->solution = arena_array(&types_arena, Type *, n);
    u->parent = arena_array(&types_arena, uint32_t, n);
    for (uint32_t i = 0; i < n; i++) u->parent[i] = i;
}

/* The name that a generic function value is written with, and its explicit type arguments. */
static Node *function_name(Node *node)
{
    for (;;) {
        if (node->kind == NODE_PAREN)
            node = node->unary.x;
        else if (node->kind == NODE_INDEX)
            node = node->index.x;
        else if (node->kind == NODE_SELECTOR)
            return node->selector.sel;
        else
            return node->kind == NODE_IDENT ? node : NULL;
    }
}

static void set_instance(Operand *x, Type **targs, uint32_t n)
{
    Type *type = type_instance_func(x->type, targs);
    Node *name = function_name(x->node);
    if (name != NULL) {
        name->ident.targs = targs;
        name->ntargs = n;
    }
    for (Node *node = x->node; node != NULL; node = node->kind == NODE_PAREN   ? node->unary.x
                                                    : node->kind == NODE_INDEX ? node->index.x
                                                                               : NULL)
        node->type = type;
    if (name != NULL) name->type = type;
    x->type = type;
    x->mode = MODE_VALUE;
}

/* Type arguments given with a generic function value, f[int]: kept in its name until all are known.
 */
static void take_explicit(Operand *x, Unifier *u, uint32_t offset)
{
    Node *name = function_name(x->node);
    if (name == NULL) return;
    for (uint32_t i = 0; i < name->ntargs && i < x->type->func.ntparams; i++)
        if (name->ident.targs[i] != NULL) set(u, offset + i, name->ident.targs[i]);
}

/* Copies of the type parameters of the callee and of every argument that is a generic function, one
 * after the other. */
typedef struct Group {
    Type **tparams; /* fresh */
    Object **names; /* for messages */
    uint32_t n;
    uint32_t *first; /* of each argument; only for generic ones */
} Group;

static Group make_group(Type *func, Operand *args, uint32_t nargs)
{
    Group g = {0};
    uint32_t n = func->func.ntparams;
    for (uint32_t i = 0; i < nargs; i++)
        if (args[i].type != NULL && args[i].type->kind == TYPE_FUNC)
            n += args[i].type->func.ntparams;
    g.tparams = arena_array(&types_arena, Type *, n);
    g.names = arena_array(&types_arena, Object *, n);
    g.first = arena_array(&types_arena, uint32_t, nargs);
    rename_params(func, g.tparams);
    g.n = func->func.ntparams;
    for (uint32_t i = 0; i < nargs; i++) {
        if (args[i].type == NULL || !type_is_generic(args[i].type) ||
            args[i].type->kind != TYPE_FUNC)
            continue;
        g.first[i] = g.n;
        rename_params(args[i].type, g.tparams + g.n);
        g.n += args[i].type->func.ntparams;
    }
    for (uint32_t i = 0; i < g.n; i++) g.names[i] = g.tparams[i]->param.obj;
    return g;
}

static bool use_generic_args(Unifier *u, const Group *g, Type *func, Operand *args, uint32_t nargs,
                             bool has_dots, Failure *f)
{
    for (uint32_t i = 0; i < nargs; i++) {
        if (g->first[i] == 0) continue;
        Type *param = parameter_type(func, i, has_dots);
        Type *type = type_instance_func(args[i].type, g->tparams + g->first[i]);
        if (param != NULL && !unify(u, param, type, UNIFY_ASSIGN))
            return fail_argument(u, f, param, &args[i], false);
    }
    return true;
}

static bool infer_all(Unifier *u, const Group *g, Type *func, Operand *args, uint32_t nargs,
                      bool has_dots, Pos pos, Type **all, Failure *f)
{
    return use_typed(u, func, args, nargs, has_dots, f) &&
           use_generic_args(u, g, func, args, nargs, has_dots, f) && use_constraints(u, pos, f) &&
           use_untyped(u, func, args, nargs, has_dots, f) && finish(u, g->names, all, g->n, pos, f);
}

bool infer_targs(Checker *c, Pos pos, Node *call, Type *func, Type **targs, uint32_t nexplicit,
                 Operand *args, uint32_t nargs, Type *target)
{
    (void)target;
    uint32_t n = func->func.ntparams;
    bool has_dots = call->kind == NODE_CALL && (call->flags & NF_ELLIPSIS_CALL) != 0;
    Group g = make_group(func, args, nargs);
    Type **given = arena_array(&types_arena, Type *, n); /* what parameters have in the call */
    for (uint32_t i = 0; i < n; i++) given[i] = i < nexplicit ? targs[i] : g.tparams[i];
    Type *renamed = n > 0 ? type_instance_func(func, given) : func;
    Unifier u;
    unifier_init(&u, g.tparams, g.n);
    for (uint32_t i = 0; i < nexplicit && i < n; i++) u.solution[i] = targs[i];
    for (uint32_t i = 0; i < nargs; i++)
        if (g.first[i] != 0) take_explicit(&args[i], &u, g.first[i]);
    Type **all = arena_array(&types_arena, Type *, g.n);
    Failure f = {0};
    if (!infer_all(&u, &g, renamed, args, nargs, has_dots, pos, all, &f)) {
        Node *callee = call->kind == NODE_CALL ? call->call.fun : call;
        diag_error(f.pos, f.end, ERR_INFER_CALL, node_text(callee), f.text);
        return false;
    }
    if (n > 0) memcpy(targs, all, n * sizeof *targs);
    for (uint32_t i = 0; i < nargs; i++) {
        if (g.first[i] == 0) continue;
        Type *generic = args[i].type;
        const Node *name = function_name(args[i].node);
        if (name && name->ntargs == 0 &&
            !version_check_generic_value(c, args[i].node, 0, "as argument"))
            return false;
        if (!verify_targs(c, args[i].node->pos, generic->func.tparams, generic->func.ntparams,
                          all + g.first[i]))
            return false;
        set_instance(&args[i], all + g.first[i], generic->func.ntparams);
    }
    return verify_targs(c, pos, func->func.tparams, n, targs);
}

bool infer_from_target(Checker *c, Operand *x, Type *target)
{
    Type *func = x->type, *under = type_under(target);
    uint32_t n = func->func.ntparams;
    Group g = make_group(func, NULL, 0);
    Type *value = type_instance_func(func, g.tparams);
    Unifier u;
    unifier_init(&u, g.tparams, n);
    take_explicit(x, &u, 0);
    Type **targs = arena_array(&types_arena, Type *, n);
    Failure f = {0};
    Pos pos = x->node->pos;
    bool ok = under->kind == TYPE_FUNC;
    const Node *name = function_name(x->node);
    if (!version_check_generic_value(c, x->node, name ? name->ntargs : 0, "in assignment"))
        return false;
    if (ok && !unify(&u, value, target, UNIFY_ASSIGN)) {
        diag_error(pos, x->node->end, ERR_INFER_TARGET, type_string(substituted(&u, value)),
                   type_string(func), type_string(target), node_text(x->node));
        return false;
    }
    if (!use_constraints(&u, pos, &f) || !finish(&u, g.names, targs, n, pos, &f)) {
        if (ok)
            diag_error(pos, x->node->end, ERR_INFER_VALUE, f.text);
        else
            diag_error(pos, x->node->end, ERR_CANNOT_USE_GENERIC, node_text(x->node));
        return false;
    }
    if (!verify_targs(c, pos, func->func.tparams, n, targs)) return false;
    set_instance(x, targs, n);
    return true;
}
