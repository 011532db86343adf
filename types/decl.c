/* SPDX-License-Identifier: MIT */
/* Declarations of constants, variables, types and functions, at package level and inside functions.
 *
 * A package-level object is resolved when it is first needed, wherever that is. While it is being
 * resolved it is grey and stands on the checker's path; meeting a grey object means a cycle, and
 * what lies on the path from there on tells whether the cycle is a fault: one that goes through a
 * type definition is how recursive types are written, one that goes through constants and variables
 * alone is left to initorder.c, anything else is reported.
 *
 * Function bodies wait until every declaration is resolved. */
#include "types/decl.h"

#include "base/cstack.h"
#include "base/fatal.h"
#include "parser/parser.h"
#include "types/embed.h"
#include "types/receiver.h"
#include "types/remedy.h"
#include "types/typexpr.h"
#include "types/version.h"

#include <string.h>

Environment environment_enter(Checker *c, Package *package, Scope *scope, DeclInfo *decl)
{
    Environment saved = {
        c->scope,           c->nest, c->decl,    c->iota,    c->err_pos, c->in_call,
        c->range_or_switch, c->loop, c->package, c->toplevel};
    c->scope = scope;
    c->nest = NULL;
    c->decl = decl;
    c->iota = NULL;
    c->err_pos = NO_POS;
    c->in_call = false;
    c->range_or_switch = c->loop = NULL;
    c->package = package;
    c->toplevel = NULL;
    return saved;
}

void environment_leave(Checker *c, const Environment *saved)
{
    c->scope = saved->scope;
    c->nest = saved->nest;
    c->decl = saved->decl;
    c->iota = saved->iota;
    c->err_pos = saved->err_pos;
    c->in_call = saved->in_call;
    c->range_or_switch = saved->range_or_switch;
    c->loop = saved->loop;
    c->package = saved->package;
    c->toplevel = saved->toplevel;
}

void check_later(Checker *c, Delayed d)
{
    d.package = c->package;
    vec_push(&c->later, d);
}

/* ---- Declaring names ---- */

void declare(Checker *c, Scope *scope, Node *ident, Object *obj, Pos from)
{
    char where[256];
    if (ident != NULL) ident->ident.obj = obj;
    if (c->toplevel != NULL && scope == c->toplevel && obj->kind == OBJ_VAR) {
        obj->is_global = true;
        obj->nest = NULL;
        from = NO_POS;
    }
    Object *other = scope_insert(scope, obj);
    if (other == NULL) {
        obj->scope_from = from;
        return;
    }
    diag_error(obj->pos, ident != NULL ? ident->end : obj->pos, ERR_REDECLARED, obj->name->text,
               source_format(other->pos, where, sizeof where), obj->name->text);
}

Object *new_local_var(Checker *c, Node *ident, Type *type)
{
    Object *obj = object_new(OBJ_VAR, ident->ident.name, type, c->package, ident->pos);
    obj->nest = c->nest;
    obj->state = RESOLVE_BLACK;
    ident->ident.obj = obj;
    return obj;
}

/* ---- Cycles ---- */

void report_cycle(Object **cycle, size_t n, bool is_type)
{
    size_t start = 0;
    for (size_t i = 0; i < n; i++) {
        if (cycle[i]->pos < cycle[start]->pos) start = i;
        if (cycle[i]->info != NULL) cycle[i]->info->in_cycle = true;
    }
    Object *first = cycle[start];
    Pos end = first->pos + first->name->len;
    if (n == 1) {
        diag_error(first->pos, end, is_type ? ERR_RECURSIVE_TYPE : ERR_CYCLE, first->name->text);
        if (is_type && !first->is_alias)
            diag_remedy("it would be infinitely large: use a pointer, *%s", first->name->text);
        return;
    }
    Buf list = {0};
    for (size_t i = 0; i < n; i++) {
        Object *from = cycle[(start + i) % n], *to = cycle[(start + i + 1) % n];
        char where[256];
        buf_printf(&list, "\n\t%s: %s refers to %s", source_format(from->pos, where, sizeof where),
                   from->name->text, to->name->text);
    }
    diag_error(first->pos, end, is_type ? ERR_RECURSIVE_TYPES : ERR_CYCLES, first->name->text,
               buf_str(&list));
    buf_free(&list);
}

static void break_cycle(Object *obj)
{
    if (obj->kind == OBJ_FUNC) return;
    if (obj->kind == OBJ_TYPE && obj->type != NULL && obj->type->kind == TYPE_NAMED) {
        obj->type->named.underlying = type_basic[TYPE_INVALID];
        obj->type->is_complete = obj->type->is_finite = true;
    }
    obj->type = type_basic[TYPE_INVALID];
}

/* A grey object was met. Returns whether the cycle is allowed; reports it otherwise. */
static bool cycle_allowed(Checker *c, Object *obj)
{
    size_t start = c->path.len;
    while (start > 0 && c->path.at[start - 1] != obj) start--;
    if (start == 0) return true; /* half made, but not by this chain of declarations */
    start--;
    size_t nvalues = 0, ndefinitions = 0, n = c->path.len - start;
    for (size_t i = start; i < c->path.len; i++) {
        Object *o = c->path.at[i];
        if (o->kind == OBJ_CONST || o->kind == OBJ_VAR) nvalues++;
        if (o->kind == OBJ_TYPE && !o->is_alias) ndefinitions++;
    }
    if (nvalues == n) {
        c->has_value_cycle = true;
        return true;
    }
    if (nvalues == 0 && ndefinitions > 0) return true;
    report_cycle(&c->path.at[start], n, obj->kind == OBJ_TYPE);
    return false;
}

static void check_grey(Checker *c, Object *obj)
{
    bool is_allowed = cycle_allowed(c, obj);
    switch (obj->kind) {
    case OBJ_CONST:
    case OBJ_VAR:
        if (!is_allowed || obj->type == NULL) obj->type = type_basic[TYPE_INVALID];
        break;
    case OBJ_TYPE:
        if (!is_allowed) break_cycle(obj);
        break;
    default: break;
    }
}

void note_incomplete(Type *named)
{
    Checker *c = checker_active();
    Node *decl = named->named.obj->decl;
    if (c == NULL || named->is_needed || decl == NULL) return;
    if (decl->type_decl.type->kind == NODE_INTERFACE_TYPE)
        return; /* has no methods so far, which is said elsewhere */
    size_t start = c->path.len;
    while (start > 0 && c->path.at[start - 1] != named->named.obj) start--;
    if (start == 0) return;
    named->is_needed = true;
    report_cycle(&c->path.at[start - 1], c->path.len - start + 1, true);
}

/* Whether a type's memory contains the type itself. `nest` holds the defined types around. */
typedef struct Nest {
    Type *type;
    struct Nest *outer;
} Nest;

static bool check_finite(Type *type, Nest *nest);

static bool infinite(Type *type, Nest *nest)
{
    VEC(Object *) cycle = {0};
    for (Nest *n = nest; n != NULL; n = n->outer) {
        vec_push(&cycle, n->type->named.obj);
        if (n->type == type) break;
    }
    for (size_t i = 0, k = cycle.len; i + 1 < k; i++) { /* outermost first */
        Object *swap = cycle.at[i];
        cycle.at[i] = cycle.at[--k];
        cycle.at[k] = swap;
    }
    report_cycle(cycle.at, cycle.len, true);
    for (size_t i = 0; i < cycle.len; i++) {
        Type *named = cycle.at[i]->type;
        if (named == NULL || named->kind != TYPE_NAMED) continue;
        named->named.underlying = type_basic[TYPE_INVALID];
        named->is_complete = named->is_finite = true;
    }
    type->named.underlying = type_basic[TYPE_INVALID];
    vec_free(&cycle);
    return false;
}

static bool named_finite(Type *type, Nest *nest)
{
    if (type->is_finite) return true;
    Type *origin = type->named.origin != NULL ? type->named.origin : type;
    for (Nest *n = nest; n != NULL; n = n->outer)
        if (n->type == type) return infinite(type, nest);
    if (origin->named.rhs == NULL) return true; /* predeclared, or another declaration under way */
    Nest inner = {type, nest};
    if (!check_finite(origin->named.rhs, &inner)) return false;
    if (nest == NULL || type->named.ntargs == 0) type->is_finite = true;
    return true;
}

/* The argument that a type parameter stands for in the innermost instance. */
static bool param_finite(Type *type, Nest *nest)
{
    if (nest == NULL || nest->type->named.ntargs == 0) return true;
    Type *origin = nest->type->named.origin;
    for (uint32_t i = 0; i < origin->named.ntparams; i++)
        if (origin->named.tparams[i] == type)
            return check_finite(nest->type->named.targs[i], nest->outer);
    return true;
}

static bool check_finite(Type *type, Nest *nest)
{
    type = type_unalias(type);
    switch (type->kind) {
    case TYPE_ARRAY: return check_finite(type->elem, nest);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < type->strukt.nfields; i++)
            if (!check_finite(type->strukt.fields[i].type, nest)) return false;
        return true;
    case TYPE_INTERFACE:
        for (uint32_t i = 0; i < type->iface.nembeds; i++)
            if (!check_finite(type->iface.embeds[i], nest)) return false;
        return true;
    case TYPE_UNION:
        for (uint32_t i = 0; i < type->union_.nterms; i++)
            if (!check_finite(type->union_.terms[i].type, nest)) return false;
        return true;
    case TYPE_NAMED: return named_finite(type, nest);
    case TYPE_PARAM: return param_finite(type, nest);
    default: return true;
    }
}

/* Types that contain themselves must be found before anything walks through them. */
static void prove_finite(Checker *c)
{
    for (size_t i = 0; i < c->unproven.len; i++) check_finite(c->unproven.at[i], NULL);
    c->unproven.len = 0;
}

void run_later(Checker *c)
{
    prove_finite(c);
    if (c->is_running_later) return;
    c->is_running_later = true;
    Package *package = c->package;
    for (size_t i = 0; i < c->later.len; i++) { /* the queue grows while it is worked off */
        Delayed d = c->later.at[i];
        c->package = d.package;
        d.run(c, &d);
    }
    c->package = package;
    c->later.len = 0;
    c->is_running_later = false;
}

static void run_later_if_outermost(Checker *c)
{
    if (c->path.len == 0) run_later(c);
}

/* ---- Constants and variables ---- */

static void init_const(Object *obj, Operand *x, Checker *c)
{
    if (x->mode == MODE_NONE || x->type->kind == TYPE_INVALID ||
        (obj->type != NULL && obj->type->kind == TYPE_INVALID)) {
        if (obj->type == NULL) obj->type = type_basic[TYPE_INVALID];
        return;
    }
    if (x->mode != MODE_CONST) {
        Pos pos = c->err_pos != NO_POS ? c->err_pos : x->node->pos;
        diag_error(pos, x->node->end, ERR_NOT_CONSTANT_INIT, operand_string(x));
        if (obj->type == NULL) obj->type = type_basic[TYPE_INVALID];
        return;
    }
    if (obj->type == NULL) obj->type = x->type;
    check_assignment(c, x, obj->type, "constant declaration");
    if (x->mode != MODE_NONE) obj->val = x->val;
}

static void check_const(Checker *c, Object *obj, Node *decl, Node *init)
{
    ConstValue *outer_iota = c->iota;
    Pos outer_pos = c->err_pos;
    c->iota = const_int(decl->values.iota);
    c->err_pos = NO_POS;
    obj->val = const_unknown();
    if (decl->values.type != NULL) {
        Type *type = check_type(c, decl->values.type);
        if (!type_is_const_type(type)) {
            if (type_under(type)->kind != TYPE_INVALID)
                diag_error(decl->values.type->pos, decl->values.type->end, ERR_CONST_TYPE,
                           type_string(type));
            type = type_basic[TYPE_INVALID];
        }
        obj->type = type;
    }
    Operand x = {0};
    if (init != NULL) {
        if (decl->flags & NF_IMPLICIT_REPEAT) c->err_pos = obj->pos;
        check_expr(c, &x, init);
    }
    init_const(obj, &x, c);
    c->iota = outer_iota;
    c->err_pos = outer_pos;
}

void check_arity(Node *decl, bool is_const)
{
    NodeList names = decl->values.names, values = decl->values.values;
    if (names.len < values.len && (decl->flags & NF_IMPLICIT_REPEAT)) {
        char where[256];
        diag_error(decl->pos, decl->end, ERR_EXTRA_INIT_AT,
                   source_format(values.at[names.len]->pos, where, sizeof where));
    } else if (names.len < values.len) {
        Node *extra = values.at[names.len];
        Buf text = {0};
        ast_print_expr(extra, &text);
        diag_error(extra->pos, extra->end, ERR_EXTRA_INIT, buf_str(&text));
        buf_free(&text);
    } else if (names.len > values.len && (is_const || values.len > 1)) {
        Node *name = names.at[values.len];
        diag_error(name->pos, name->end, ERR_MISSING_INIT, name->ident.name->text);
    }
}

static void check_global_var(Checker *c, Object *obj)
{
    DeclInfo *info = obj->info;
    if (info->type != NULL) obj->type = check_var_type(c, info->type);
    if (info->embedding != NULL) {
        embed_resolve(c, obj);
        return;
    }
    if (info->init == NULL) {
        if (info->type == NULL) obj->type = type_basic[TYPE_INVALID];
        return;
    }
    if (info->nlhs <= 1) {
        check_init_vars(c, &obj, 1, &info->init, 1, NULL);
        return;
    }
    for (uint32_t i = 0; i < info->nlhs && info->type != NULL; i++) info->lhs[i]->type = obj->type;
    check_init_vars(c, info->lhs, info->nlhs, &info->init, 1, NULL);
}

/* ---- Types ---- */

/* Type parameters of the function around a local type. */
static void set_outer_params(Checker *c, Type *named)
{
    FuncNest *nest = c->nest;
    if (nest == NULL) return;
    while (nest->outer != NULL) nest = nest->outer;
    Type *sig = nest->signature;
    uint32_t nrecv = sig->func.nrecv_tparams, n = nrecv + sig->func.ntparams;
    if (n == 0) return;
    named->named.outer = arena_array(&types_arena, Type *, n);
    if (nrecv > 0) memcpy(named->named.outer, sig->func.recv_tparams, nrecv * sizeof(Type *));
    if (n > nrecv)
        memcpy(named->named.outer + nrecv, sig->func.tparams, (n - nrecv) * sizeof(Type *));
    named->named.nouter = n;
}

static void check_alias(Checker *c, Object *obj, Node *decl)
{
    Type *alias = type_new(TYPE_ALIAS);
    alias->alias.obj = obj;
    obj->type = alias;
    Scope *outer = c->scope;
    version_check(c, decl->type_decl.name->pos, decl->type_decl.name->end, 9, "type alias");
    if (decl->type_decl.tparams.len > 0) {
        version_check(c, decl->type_decl.name->pos, decl->type_decl.name->end, 24,
                      "generic type alias");
        c->scope = scope_new(outer, NO_POS, NO_POS);
        declare_tparams(c, decl->type_decl.tparams, &alias->alias.tparams, &alias->alias.ntparams);
    }
    Type *actual = check_type(c, decl->type_decl.type);
    c->scope = outer;
    alias->alias.actual = obj->type == alias ? actual : type_basic[TYPE_INVALID];
}

/* "type A B; type B A": no underlying type will ever be found. */
static void check_chain(Type *named)
{
    VEC(Object *) chain = {0};
    vec_push(&chain, named->named.obj);
    Type *t = named->named.underlying;
    while (t != NULL && t->kind == TYPE_NAMED && t != named && !t->is_complete &&
           t->named.origin == NULL) {
        vec_push(&chain, t->named.obj);
        t = t->named.underlying;
    }
    if (t == named) {
        report_cycle(chain.at, chain.len, true);
        for (size_t i = 0; i < chain.len; i++) break_cycle(chain.at[i]);
    }
    vec_free(&chain);
}

static void check_defined_type(Checker *c, Object *obj, Node *decl)
{
    Type *named = type_new(TYPE_NAMED);
    named->named.obj = obj;
    obj->type = named;
    if (obj->info != NULL)
        take_methods(c, obj);
    else
        set_outer_params(c, named);
    Scope *outer = c->scope;
    if (decl->type_decl.tparams.len > 0) {
        c->scope = scope_new(outer, NO_POS, NO_POS);
        declare_tparams(c, decl->type_decl.tparams, &named->named.tparams, &named->named.ntparams);
    }
    Type *rhs = type_unalias(check_type_def(c, decl->type_decl.type, named));
    c->scope = outer;
    if (named->is_complete) return; /* in a cycle, reported */
    if (named->is_needed) rhs = type_basic[TYPE_INVALID];
    if (rhs->kind == TYPE_PARAM) {
        diag_error(decl->type_decl.type->pos, decl->type_decl.type->end, ERR_PARAM_RHS);
        rhs = type_basic[TYPE_INVALID];
    }
    named->named.rhs = named->named.underlying = rhs;
    if (rhs->kind == TYPE_NAMED && rhs->is_complete && rhs->named.origin == NULL)
        named->named.underlying = rhs->named.underlying;
    if (named->named.underlying->kind != TYPE_NAMED)
        named->is_complete = true;
    else
        check_chain(named);
    TypeKind kind = rhs->kind;
    if (kind == TYPE_STRUCT || kind == TYPE_ARRAY || kind == TYPE_INTERFACE || kind == TYPE_NAMED)
        vec_push(&c->unproven, named);
}

static void check_type_decl(Checker *c, Object *obj, Node *decl)
{
    decl->type_decl.name->type = NULL;
    if (decl->flags & NF_ALIAS)
        check_alias(c, obj, decl);
    else
        check_defined_type(c, obj, decl);
}

/* ---- Functions ---- */

static void check_func_decl(Checker *c, Object *obj)
{
    Node *node = obj->decl;
    Type *sig = type_new(TYPE_FUNC);
    obj->type = sig; /* before it is filled: a signature may mention its own function */
    obj->state = RESOLVE_BLACK;
    Scope *scope = scope_new(c->scope, node->pos, node->end);
    scope->is_func = true;
    fill_func_type(c, sig, node, node->func.recv, scope);
    node->func.scope = scope;
    sig->is_complete = true;
    if (sig->func.recv != NULL && node->func.tparams.len > 0)
        version_check(c, node->func.tparams.at[0]->pos, node->func.tparams.at[0]->end, 27,
                      "generic method");
    if (sig->func.recv != NULL)
        obj->has_pointer_receiver = type_unalias(sig->func.recv->type)->kind == TYPE_POINTER;
    bool is_skipped = (node->flags & NF_TRUSTED) != 0;
    if (c->package->is_library) return;
    if (node->func.body == NULL && !is_skipped) {
        vec_push(&c->bodiless, obj);
        return;
    }
    vec_push(&c->func_bodies, obj);
}

static void report_missing_return(Node *body, Type *signature)
{
    diag_error(body->block.rbrace, body->end, ERR_MISSING_RETURN);
    if (!diag_wants_remedy()) return;
    const char *results = types_summary(signature->func.results, signature->func.nresults, false);
    diag_remedy("the function must end in a return of %s, or a panic, on every way through it",
                signature->func.nresults == 1 ? type_string(signature->func.results[0]->type)
                                              : results);
}

void check_func_body(Checker *c, Object *func, FuncNest *outer, Type *signature, Node *node)
{
    (void)func;
    Node *body = node->func.body;
    Scope *scope = node->func.scope, *saved_scope = c->scope;
    FuncNest *saved_nest = c->nest;
    Node *saved_loop = c->loop, *saved_switch = c->range_or_switch;
    ConstValue *saved_iota = c->iota;
    FuncNest *nest = arena_new(&types_arena, FuncNest);
    nest->outer = outer;
    nest->signature = signature;
    nest->node = node;
    for (size_t i = 0; i < scope->order.len; i++) scope->order.at[i]->nest = nest;
    c->nest = nest;
    c->scope = scope;
    c->loop = c->range_or_switch = NULL;
    if (!outer && node->kind == NODE_FUNC_DECL) c->iota = NULL;
    body->block.scope = scope;
    check_stmts(c, body->block.stmts);
    check_labels(body);
    if (signature->func.nresults > 0 && !is_terminating(body))
        report_missing_return(body, signature);
    check_unused(c, scope);
    c->nest = saved_nest;
    c->scope = saved_scope;
    c->loop = saved_loop;
    c->range_or_switch = saved_switch;
    c->iota = saved_iota;
}

static bool parse_skipped(Object *func)
{
    Node *node = func->decl, *body = NULL;
    if ((node->flags & NF_TRUSTED) == 0) return node->func.body != NULL;
    ParseOptions options = {
        .goal = PARSE_BODY, .start = node->func.body_start, .end = node->func.body_end};
    Source *source = (Source *)(uintptr_t)func->info->file->file.source;
    if (parse_source(&types_arena, source, &options, &body) != PARSE_OK) return false;
    node->func.body = body;
    node->flags &= (uint16_t)~NF_TRUSTED;
    return true;
}

void check_body_of(Checker *c, Object *func)
{
    DeclInfo *info = func->info;
    if (info->body_checked) return;
    info->body_checked = true;
    check_object(c, func);
    if (func->type == NULL || func->type->kind != TYPE_FUNC || !parse_skipped(func)) return;
    Environment saved = environment_enter(c, func->package, info->file_scope, info);
    check_func_body(c, func, NULL, func->type, func->decl);
    environment_leave(c, &saved);
    run_later_if_outermost(c);
}

void report_bodiless(Checker *c)
{
    for (size_t i = 0; i < c->bodiless.len; i++) {
        Node *node = c->bodiless.at[i]->decl, *name = node->func.name;
        bool is_init = node->func.recv == NULL && strcmp(name->ident.name->text, "init") == 0;
        diag_error(name->pos, name->end, is_init ? ERR_INIT_NO_BODY : ERR_MISSING_BODY);
    }
    c->bodiless.len = 0;
}

void check_waiting_bodies(Checker *c)
{
    for (size_t i = 0; i < c->func_bodies.len; i++) check_body_of(c, c->func_bodies.at[i]);
    c->func_bodies.len = 0;
}

/* ---- Package-level objects ---- */

/* Reads a declaration of the library of which only the name was read so far. */
static void read_skimmed(DeclInfo *info, Object *obj)
{
    Node *node = info->node, *read = NULL;
    Source *source = (Source *)(uintptr_t)info->file->file.source;
    ParseOptions options = {
        .goal = PARSE_DECL, .skip_bodies = true, .start = node->op_pos, .end = node->end};
    ParseResult result = parse_source(&types_arena, source, &options, &read);
    if (result != PARSE_OK || read->kind != node->kind)
        fatal("types: declaration of %s.%s is not what it seemed", obj->package->path->text,
              obj->name->text);
    node_become(node, read);
    Node *name = node->kind == NODE_FUNC_DECL ? node->func.name : node->type_decl.name;
    name->ident.obj = obj;
}

void check_object(Checker *c, Object *obj)
{
    if (obj->state == RESOLVE_BLACK) return;
    if (obj->state == RESOLVE_GREY) {
        check_grey(c, obj);
        return;
    }
    if (obj->info == NULL) { /* nothing to resolve */
        obj->state = RESOLVE_BLACK;
        return;
    }
    DeclInfo *info = obj->info;
    if (cstack_is_low()) {
        diag_error(obj->pos, obj->pos + obj->name->len, ERR_TOO_DEEP, obj->name->text);
        obj->type = type_basic[TYPE_INVALID];
        obj->state = RESOLVE_BLACK;
        info->in_cycle = true;
        return;
    }
    if (info->node->flags & NF_SKIMMED) read_skimmed(info, obj);
    Environment saved = environment_enter(c, obj->package, info->file_scope, info);
    obj->state = RESOLVE_GREY;
    vec_push(&c->path, obj);
    switch (obj->kind) {
    case OBJ_CONST: check_const(c, obj, info->node, info->init); break;
    case OBJ_VAR:
        if (obj->type == NULL)
            check_global_var(c, obj); /* else set with the others of its declaration */
        break;
    case OBJ_TYPE: check_type_decl(c, obj, info->node); break;
    case OBJ_FUNC: check_func_decl(c, obj); break;
    default: break;
    }
    if (obj->type == NULL) obj->type = type_basic[TYPE_INVALID];
    (void)vec_pop(&c->path);
    obj->state = RESOLVE_BLACK;
    environment_leave(c, &saved);
    run_later_if_outermost(c);
}

/* ---- Declarations inside functions ---- */

static void local_consts(Checker *c, Node *decl)
{
    NodeList names = decl->values.names, values = decl->values.values;
    Object **objects = arena_array(&types_arena, Object *, names.len);
    for (uint32_t i = 0; i < names.len; i++) {
        Node *ident = names.at[i];
        objects[i] = object_new(OBJ_CONST, ident->ident.name, NULL, c->package, ident->pos);
        objects[i]->decl = decl;
        check_const(c, objects[i], decl, i < values.len ? values.at[i] : NULL);
        objects[i]->state = RESOLVE_BLACK;
    }
    check_arity(decl, true);
    for (uint32_t i = 0; i < names.len; i++)
        declare(c, c->scope, names.at[i], objects[i], decl->end);
}

static void init_local_vars(Checker *c, Node *decl, Object **vars)
{
    NodeList names = decl->values.names, values = decl->values.values;
    if (values.len == 0) return;
    if (values.len == names.len || values.len == 1) {
        check_init_vars(c, vars, names.len, values.at, values.len, NULL);
        return;
    }
    for (uint32_t i = 0; i < names.len && i < values.len; i++)
        check_init_vars(c, &vars[i], 1, &values.at[i], 1, NULL);
    check_arity(decl, false);
}

static void local_vars(Checker *c, Node *decl)
{
    NodeList names = decl->values.names;
    Object **vars = arena_array(&types_arena, Object *, names.len);
    Type *type = decl->values.type != NULL ? check_var_type(c, decl->values.type) : NULL;
    for (uint32_t i = 0; i < names.len; i++) {
        vars[i] = new_local_var(c, names.at[i], type);
        vars[i]->decl = decl;
    }
    init_local_vars(c, decl, vars);
    for (uint32_t i = 0; i < names.len; i++) {
        if (vars[i]->type == NULL) vars[i]->type = type_basic[TYPE_INVALID];
        declare(c, c->scope, names.at[i], vars[i], decl->end);
    }
}

static void local_type(Checker *c, Node *decl)
{
    Node *ident = decl->type_decl.name;
    Object *obj = object_new(OBJ_TYPE, ident->ident.name, NULL, c->package, ident->pos);
    obj->decl = decl;
    obj->is_alias = (decl->flags & NF_ALIAS) != 0;
    obj->parent = c->scope;
    declare(c, c->scope, ident, obj, ident->pos);
    obj->state = RESOLVE_GREY;
    vec_push(&c->path, obj);
    check_type_decl(c, obj, decl);
    (void)vec_pop(&c->path);
    obj->state = RESOLVE_BLACK;
    run_later_if_outermost(c);
}

void check_decl_stmt(Checker *c, Node *decl)
{
    switch (decl->kind) {
    case NODE_CONST_DECL: local_consts(c, decl); break;
    case NODE_VAR_DECL: local_vars(c, decl); break;
    case NODE_TYPE_DECL: local_type(c, decl); break;
    default: break;
    }
}

/* ---- Unused variables ---- */

void check_unused(Checker *c, Scope *scope)
{
    if (c->package->is_prompt) return; /* names may be used by a later input, or never */
    for (size_t i = 0; i < scope->order.len; i++) {
        Object *obj = scope->order.at[i];
        bool is_invalid = obj->type && obj->type->kind == TYPE_INVALID; /* reported */
        if (obj->kind == OBJ_VAR && !obj->is_used && !obj->is_param && !obj->is_global &&
            !is_invalid) {
            diag_error(obj->pos, obj->pos + obj->name->len, ERR_UNUSED_VAR, obj->name->text);
            remedy_unused(obj);
        }
    }
    for (Scope *child = scope->first_child; child != NULL; child = child->next_sibling)
        if (!child->is_func) check_unused(c, child);
}
