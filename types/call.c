/* SPDX-License-Identifier: MIT */
/* Calls and conversions.
 *
 * A callee that is a type makes the call a conversion, one that is a built-in goes to builtin.c.
 * The arguments of a generic function are checked first, then its type arguments inferred from
 * them, and from there on it is a call like any other. */
#include "types/expr.h"
#include "types/version.h"

/* ---- Callees ---- */

Node *callee_ident(Node *fun)
{
    for (;;) {
        switch (fun->kind) {
        case NODE_PAREN: fun = fun->unary.x; break;
        case NODE_INDEX: fun = fun->index.x; break;
        case NODE_SELECTOR: return fun->selector.sel;
        case NODE_IDENT: return fun;
        default: return NULL;
        }
    }
}

void note_targs(Node *fun, Type *signature, Type **targs, uint32_t n)
{
    Node *ident = callee_ident(fun);
    if (ident) {
        ident->ident.targs = targs;
        ident->ntargs = n;
    }
    for (Node *at = fun; at && at->kind != NODE_CALL;) {
        at->type = signature;
        at = at->kind == NODE_PAREN ? at->unary.x : at->kind == NODE_INDEX ? at->index.x : NULL;
    }
}

/* Checks the callee. A generic function's explicit type arguments may be fewer than it has
 * parameters: they are left in *targs, *n. */
static bool check_callee(Checker *c, Operand *x, Node *fun, Type ***targs, uint32_t *n)
{
    Node *bare = unparen(fun);
    *targs = NULL;
    *n = 0;
    if (bare->kind == NODE_INDEX) {
        check_raw_expr(c, x, bare->index.x, NULL);
        if (x->mode == MODE_VALUE && is_generic_func(x->type)) {
            *targs = check_func_targs(c, bare, x->type, n);
            x->node = fun;
            return *targs != NULL;
        }
        if (x->mode == MODE_NONE) return false;
    }
    check_raw_expr(c, x, fun, NULL);
    if (x->mode == MODE_NO_VALUE) exclude_non_values(c, x);
    single_value(c, x);
    return x->mode != MODE_NONE;
}

/* ---- Conversions ---- */

static bool conversion_allowed(Checker *c, Node *node, Type *type)
{
    NodeList args = node->call.args;
    if (args.len != 1) {
        if (args.len == 0)
            check_error(c, node, ERR_CONVERSION_MISSING, type_string(type));
        else
            check_error(c, args.at[args.len - 1], ERR_CONVERSION_MANY, type_string(type));
        return false;
    }
    if (node->flags & NF_ELLIPSIS_CALL) {
        check_error(c, args.at[0], ERR_CONVERSION_ELLIPSIS, type_string(type));
        return false;
    }
    Type *under = type_under(type);
    if (type_is_interface(type) && (under->iface.has_terms || under->is_comparable)) {
        check_error(c, node, ERR_CONVERSION_CONSTRAINT, type_string(type));
        return false;
    }
    return true;
}

static void conversion_call(Checker *c, Operand *x, Node *node, Type *type)
{
    bool ok = conversion_allowed(c, node, type);
    x->mode = MODE_NONE;
    if (!ok) {
        for (uint32_t i = 0; i < node->call.args.len; i++)
            check_generic_expr(c, x, node->call.args.at[i]);
        x->mode = MODE_NONE;
        return;
    }
    node->flags |= NF_CONVERSION;
    check_expr_hint(c, x, node->call.args.at[0], type);
    if (x->mode != MODE_NONE) check_conversion(c, x, type);
}

/* ---- Arguments ---- */

static Type *param_type(Type *func, uint32_t i)
{
    uint32_t n = func->func.nparams;
    if (func->is_variadic && i + 1 >= n) return func->func.params[n - 1]->type->elem;
    return i < n ? func->func.params[i]->type : NULL;
}

/* The hint for an argument: its parameter's type, where that is known before inference. */
static Type *argument_hint(Type *func, uint32_t i)
{
    Type *type = func ? param_type(func, i) : NULL;
    if (type && func->func.ntparams > 0 && type_mentions_params(type)) return NULL;
    return type;
}

Operand *check_args(Checker *c, NodeList nodes, uint32_t *n, Type *func)
{
    bool ok = true;
    *n = nodes.len;
    if (nodes.len == 1) {
        Operand x = {0};
        check_raw_expr(c, &x, nodes.at[0], argument_hint(func, 0));
        exclude_non_values(c, &x);
        if (x.mode == MODE_VALUE && x.type->kind == TYPE_TUPLE) {
            Type *tuple = x.type;
            *n = tuple->tuple.ntypes;
            Operand *parts = arena_array(c->arena, Operand, *n ? *n : 1);
            for (uint32_t i = 0; i < *n; i++)
                operand_part(c, &parts[i], nodes.at[0], MODE_VALUE, tuple->tuple.types[i]);
            return parts;
        }
        Operand *one = arena_new(c->arena, Operand);
        *one = x;
        return x.mode == MODE_NONE ? NULL : one;
    }
    Operand *args = arena_array(c->arena, Operand, nodes.len ? nodes.len : 1);
    for (uint32_t i = 0; i < nodes.len; i++) {
        check_raw_expr(c, &args[i], nodes.at[i], argument_hint(func, i));
        exclude_non_values(c, &args[i]);
        single_value(c, &args[i]);
        ok &= args[i].mode != MODE_NONE;
    }
    return ok ? args : NULL;
}

/* ---- Counts ---- */

static void add_type(Buf *buf, Type *type, bool is_variadic)
{
    if (buf->len > 1) buf_text(buf, ", ");
    if (is_variadic) buf_text(buf, "...");
    if (!type || type->kind == TYPE_INVALID)
        buf_text(buf, "unknown type");
    else if (type_is_untyped(type) && type_is_numeric(type))
        buf_text(buf, "number");
    else if (type_is_untyped(type))
        buf_text(buf, type_string(type) + sizeof "untyped " - 1);
    else
        type_print(type, QUALIFY_MESSAGE, buf);
}

static const char *finish_summary(Buf *buf)
{
    buf_byte(buf, ')');
    const char *text = arena_strndup(&types_arena, buf_str(buf), buf->len);
    buf_free(buf);
    return text;
}

const char *operands_summary(Operand *x, uint32_t n, bool has_ellipsis)
{
    Buf buf = {0};
    buf_byte(&buf, '(');
    for (uint32_t i = 0; i < n; i++) {
        if (x[i].type && x[i].type->kind == TYPE_TUPLE) {
            for (uint32_t t = 0; t < x[i].type->tuple.ntypes; t++)
                add_type(&buf, x[i].type->tuple.types[t], false);
            continue;
        }
        bool is_spread =
            has_ellipsis && i + 1 == n && x[i].type && type_under(x[i].type)->kind == TYPE_SLICE;
        add_type(&buf, is_spread ? type_under(x[i].type)->elem : x[i].type, is_spread);
    }
    return finish_summary(&buf);
}

const char *types_summary(Object **vars, uint32_t n, bool is_variadic)
{
    Buf buf = {0};
    buf_byte(&buf, '(');
    for (uint32_t i = 0; i < n; i++) {
        bool is_last = is_variadic && i + 1 == n;
        add_type(&buf, is_last ? vars[i]->type->elem : vars[i]->type, is_last);
    }
    return finish_summary(&buf);
}

static bool check_count(Node *node, Type *func, Operand *args, uint32_t nargs)
{
    uint32_t nparams = func->func.nparams;
    bool has_ellipsis = node->flags & NF_ELLIPSIS_CALL;
    bool spreads = func->is_variadic && !has_ellipsis;
    bool too_few = nargs < (spreads ? nparams - 1 : nparams),
         too_many = !spreads && nargs > nparams;
    if (!too_few && !too_many) return true;
    Node *at = too_many ? args[nparams].node : nargs > 0 ? args[nargs - 1].node : node;
    diag_error(at->pos, at->end, too_few ? ERR_FEW_ARGS : ERR_MANY_ARGS, expr_text(node->call.fun),
               operands_summary(args, nargs, has_ellipsis),
               types_summary(func->func.params, nparams, func->is_variadic));
    return false;
}

static bool check_ellipsis(Checker *c, Node *node, Type *func, uint32_t nargs)
{
    NodeList args = node->call.args;
    if (!(node->flags & NF_ELLIPSIS_CALL)) return true;
    if (!func->is_variadic) {
        check_error(c, node, ERR_NOT_VARIADIC, expr_text(node->call.fun));
        return false;
    }
    if (args.len == 1 && nargs > 1) {
        check_error(c, args.at[0], ERR_ELLIPSIS_MULTI, expr_text(args.at[0]));
        return false;
    }
    return true;
}

/* ---- Calls ---- */

/* Finds the missing type arguments; returns the instantiated signature, or NULL after an error. */
static Type *infer_call(Checker *c, Node *node, Type *func, Type **explicit, uint32_t nexplicit,
                        Operand *args, uint32_t nargs)
{
    uint32_t n = func->func.ntparams;
    version_check(c, node->op_pos, node->end, 18,
                  nexplicit > 0 ? "function instantiation" : "implicit function instantiation");
    Type **targs = arena_array(&types_arena, Type *, n);
    for (uint32_t i = 0; i < nexplicit; i++) targs[i] = explicit[i];
    if (!infer_targs(c, node->op_pos, node, func, targs, nexplicit, args, nargs, NULL)) return NULL;
    Type *instance = type_instance_func(func, targs);
    note_targs(node->call.fun, instance, targs, n);
    return instance;
}

static void pass_args(Checker *c, Node *node, Type *func, Operand *args, uint32_t nargs)
{
    const char *context = NULL;
    bool has_ellipsis = node->flags & NF_ELLIPSIS_CALL;
    for (uint32_t i = 0; i < nargs; i++) {
        bool is_spread = has_ellipsis && i + 1 == nargs;
        Type *type =
            is_spread ? func->func.params[func->func.nparams - 1]->type : param_type(func, i);
        if (args[i].type == type && args[i].mode >= MODE_CONST) continue;
        if (!context)
            context = arena_printf(&types_arena, "argument to %s", expr_text(node->call.fun));
        check_assignment(c, &args[i], type, context);
    }
}

static void set_results(Operand *x, Type *func)
{
    uint32_t n = func->func.nresults;
    if (n == 1) {
        x->mode = MODE_VALUE;
        x->type = func->func.results[0]->type;
        return;
    }
    Type **types = arena_array(&types_arena, Type *, n ? n : 1);
    for (uint32_t i = 0; i < n; i++) types[i] = func->func.results[i]->type;
    x->mode = n == 0 ? MODE_NO_VALUE : MODE_VALUE;
    x->type = type_tuple(types, n);
}

static void function_call(Checker *c, Operand *x, Node *node, Type *func, Type **targs,
                          uint32_t ntargs)
{
    uint32_t nargs;
    Operand *args = check_args(c, node->call.args, &nargs, func);
    if (args && check_ellipsis(c, node, func, nargs) && check_count(node, func, args, nargs)) {
        if (func->func.ntparams > 0) func = infer_call(c, node, func, targs, ntargs, args, nargs);
        if (func) pass_args(c, node, func, args, nargs);
    } else if (func->func.ntparams > 0) {
        func = NULL; /* the result types are not known */
    }
    x->mode = MODE_NONE;
    if (func) set_results(x, func);
    if (x->mode == MODE_VALUE && x->type->kind == TYPE_INVALID) x->mode = MODE_NONE;
}

static void check_lost_args(Checker *c, Node *node)
{
    for (uint32_t i = 0; i < node->call.args.len; i++) {
        Operand ignored = {0};
        check_raw_expr(c, &ignored, node->call.args.at[i], NULL);
    }
}

void check_call(Checker *c, Operand *x, Node *node)
{
    Type **targs;
    uint32_t ntargs;
    if (!check_callee(c, x, node->call.fun, &targs, &ntargs)) {
        check_lost_args(c, node);
        x->mode = MODE_NONE;
        return;
    }
    if (x->mode == MODE_TYPE) {
        if (type_is_generic(x->type)) {
            check_error(c, x->node, ERR_GENERIC_TYPE, type_string(x->type));
            x->mode = MODE_NONE;
            return;
        }
        conversion_call(c, x, node, x->type);
        return;
    }
    if (x->mode == MODE_BUILTIN) {
        check_builtin(c, x, node, x->builtin);
        return;
    }
    Type *func = x->mode == MODE_NIL ? NULL : type_core(x->type);
    if (!func || func->kind != TYPE_FUNC) {
        check_error(c, node->call.fun, ERR_CALL_NON_FUNCTION, operand_string(x));
        check_lost_args(c, node);
        x->mode = MODE_NONE;
        return;
    }
    function_call(c, x, node, func, targs, ntargs);
}
