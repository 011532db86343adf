/* SPDX-License-Identifier: MIT */
/* Calls of small functions, done where they stand.
 *
 * The callee's tree is compiled into the caller's code: its parameters are variables of the caller
 * or, where neither side assigns to them, the very slots that hold the arguments. Its return
 * statements store the results and jump behind the body. Each such stretch of code is noted in
 * FuncProto.inlines, so that traces show the frame that is not there. A constant stands for its
 * parameter, and so does a function literal where the body names the parameter once: what is not
 * called is not made.
 *
 * What a function must not have: loops (next to which a call costs nothing), function literals,
 * deferred calls and recover (which ask for a frame), labels, channel operations and locks (of
 * which reports tell where they were done), variadic parameters. A function is not put into itself.
 */
#include "compiler/inline.h"

#include "compiler/lazy.h"
#include "compiler/stmt.h"

#include <string.h>

#define MAX_COST  60 /* tree nodes of a body; a call in it counts for several */
#define CALL_COST 12
#define MAX_DEPTH 3 /* of functions put into others that are put into others */
#define MAX_SPAN                                                                                   \
    240 /* bytes of a library function's text that is parsed to see whether it is small */
#define MAX_SLOTS 4096  /* of the caller's frame, and … */
#define MAX_CODE  20000 /* words of its code, beyond which it is large enough */

/* ---- Which functions ---- */

typedef struct Body {
    const Object *func;
    int cost;
} Body;

/* The object of a function that a call names, or of a method it selects; NULL where that is known
 * at run time only. */
static const Object *called_object(const Node *call)
{
    Node *fun = node_unparen(call->call.fun);
    if (fun->kind == NODE_INDEX) fun = node_unparen(fun->index.x);
    if (fun->kind == NODE_SELECTOR && fun->selector.selection) return fun->selector.selection->obj;
    if (fun->kind == NODE_SELECTOR) fun = fun->selector.sel;
    return fun->kind == NODE_IDENT ? fun->ident.obj : NULL;
}

static bool is_good_builtin(BuiltinId id)
{
    return id != BUILTIN_RECOVER && id != BUILTIN_MAKE && id != BUILTIN_CLOSE;
}

static bool is_good_call(Body *body, const Node *call)
{
    BuiltinId id;
    if (call->flags & NF_CONVERSION) return true;
    if (node_is_builtin(call->call.fun, &id)) return is_good_builtin(id);
    body->cost += CALL_COST;
    const Object *called = called_object(call);
    if (!called) return true;
    if (called == body->func || called->origin == body->func) return false;
    bool is_sync = called->package && strcmp(called->package->path->text, "sync") == 0;
    return !is_sync || !called->name->is_exported;
}

static bool look_at(Node *node, void *arg)
{
    Body *body = arg;
    bool is_good = true;
    switch (node->kind) {
    case NODE_FUNC_LIT:
    case NODE_GO:
    case NODE_DEFER:
    case NODE_SELECT:
    case NODE_SEND:
    case NODE_LABELED:
    case NODE_FOR:
    case NODE_RANGE:
    case NODE_TYPE_DECL:
    case NODE_TYPE_SWITCH: is_good = false; break;
    case NODE_BRANCH: is_good = node->op != T_GOTO && !node->branch.label; break;
    case NODE_UNARY: is_good = node->op != T_ARROW; break;
    case NODE_CALL: is_good = is_good_call(body, node); break;
    default: break;
    }
    body->cost = is_good ? body->cost + 1 : MAX_COST + 1;
    return body->cost <= MAX_COST;
}

/* Whether parameters and results are of the plain kind. */
static bool has_plain_signature(FuncState *f, Node *decl, const Object *func)
{
    if (func->type->is_variadic) return false;
    for (uint32_t i = 0; i < decl->func.results.len; i++) {
        Node *name = decl->func.results.at[i]->field.name;
        Object *var = name ? name->ident.obj : NULL;
        if (var && (var->is_addressed || var->is_captured || var_is_boxed(f, var))) return false;
    }
    return true;
}

static bool is_small(FuncState *f, const LazyBody *source)
{
    Object *func = source->func;
    Node *decl = func->decl;
    if (source->word_type || decl->flags & (NF_DEFERS | NF_RANGES_FUNC)) return false;
    if (decl->flags & NF_TRUSTED && decl->func.body_end - decl->func.body_start > MAX_SPAN)
        return false;
    if (source->package->is_library && !types_check_body(func)) return false;
    if (!decl->func.body || decl->flags & (NF_DEFERS | NF_RANGES_FUNC)) return false;
    if (!has_plain_signature(f, decl, func)) return false;
    Body body = {.func = func};
    node_walk(decl->func.body, look_at, &body);
    return body.cost <= MAX_COST;
}

static bool is_under_way(FuncState *f, const Node *decl)
{
    for (const Inlining *at = f->inlining; at; at = at->outer)
        if (at->decl == decl) return true;
    for (; f; f = f->outer)
        if (f->node == decl) return true;
    return false;
}

bool inline_wants(FuncState *f, FuncProto *proto, uint32_t nargs)
{
    const LazyBody *source = proto->source;
    if (!source || proto->quick || proto->flags & PROTO_NOT_INLINE) return false;
    if (source->func->decl->func.params.len != nargs) return false; /* a method expression */
    if (f->next > MAX_SLOTS || f->code.len > MAX_CODE) return false;
    if (f->inlining && f->inlining->depth == MAX_DEPTH) return false;
    if (is_under_way(f, source->func->decl)) return false;
    if (proto->flags & PROTO_INLINE) return true;
    TypeEnv env = f->env;
    f->env = source->env;
    bool is_good = is_small(f, source);
    f->env = env;
    proto->flags |= is_good ? PROTO_INLINE : PROTO_NOT_INLINE;
    return is_good;
}

/* ---- Parameters ---- */

static Object *named_var(Node *field)
{
    Node *name = field->field.name;
    if (!name || (name->ident.name->len == 1 && name->ident.name->text[0] == '_')) return NULL;
    return name->ident.obj;
}

/* Whether the parameter keeps its first value in slots, so that it may share them. */
static bool is_constant(const Object *var)
{
    return !var || (!var->is_reassigned && !var->is_addressed);
}

/* Evaluates an argument, as the caller. */
static Reg argument(FuncState *f, Node *node, Type *type, const Object *var)
{
    if (is_constant(var)) return expr_any_type(f, node, type);
    Reg to = reg_alloc(f, type_slots(type));
    expr_to_type(f, node, type, to);
    return to;
}

typedef struct Uses {
    const Object *var;
    int n;
} Uses;

static bool count_use(Node *node, void *arg)
{
    Uses *uses = arg;
    if (node->kind == NODE_IDENT && node->ident.obj == uses->var) uses->n++;
    return true;
}

static bool is_used_once(const Node *decl, const Object *var)
{
    Uses uses = {.var = var};
    if (var) node_walk(decl->func.body, count_use, &uses);
    return uses.n == 1;
}

/* A constant, or a function literal, that its parameter stands for throughout; NULL where the
 * argument is none. */
static Node *constant_value(FuncState *f, Node *node, Type *type, const Object *var,
                            const Node *decl)
{
    node = inline_value(f, node_unparen(node));
    if (node->kind == NODE_FUNC_LIT && is_constant(var) && is_used_once(decl, var)) return node;
    if (!node->val || !is_constant(var) || !node->type || type_mentions_params(node->type))
        return NULL;
    return types_identical(node->type, type) && !type_is_interface(type) ? node : NULL;
}

Node *inline_find_value(FuncState *f, Node *node)
{
    const Inlining *inlining = f->inlining;
    for (uint32_t i = 0; i < inlining->nargs; i++)
        if (inlining->args[i].value && inlining->args[i].var == node->ident.obj)
            return inlining->args[i].value;
    return node;
}

static Reg receiver(FuncState *f, InlineCall *call, const Object *var)
{
    LValue *lv = call->receiver;
    bool is_plain = types_identical(lv->type, call->receiver_type);
    if (lv->kind == LV_SLOT && is_plain && is_constant(var)) return lv->reg;
    Reg to = reg_alloc(f, call->receiver_slots);
    receiver_to(f, lv, call->method, to);
    return to;
}

static void place(FuncState *f, const InlineArg *arg)
{
    Object *var = arg->var;
    if (!var || arg->value) return;
    if (var_is_boxed(f, var)) {
        var_declare(f, var);
        var_init(f, var, arg->reg);
    } else {
        var_bind(f, var, arg->reg);
    }
}

static InlineArg *evaluate_args(FuncState *f, InlineCall *call, Node *decl, uint32_t *n)
{
    NodeList args = call->node->call.args;
    InlineArg *list = arena_array(f->arena, InlineArg, args.len + 1);
    *n = 0;
    if (call->receiver) {
        InlineArg *arg = &list[(*n)++];
        arg->var = named_var(decl->func.recv);
        arg->reg = receiver(f, call, arg->var);
    }
    for (uint32_t i = 0; i < args.len; i++) {
        InlineArg *arg = &list[(*n)++];
        Type *type = env_type(f, call->signature->func.params[i]->type);
        arg->var = named_var(decl->func.params.at[i]);
        arg->value = constant_value(f, args.at[i], type, arg->var, decl);
        arg->reg = arg->value ? NO_REG : argument(f, args.at[i], type, arg->var);
    }
    return list;
}

/* ---- Results ---- */

static uint32_t result_types(FuncState *f, Type *signature, Inlining *inlining)
{
    uint32_t n = signature->func.nresults, slots = 0;
    inlining->nresults = n;
    inlining->types = arena_array(f->arena, Type *, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        inlining->types[i] = env_type(f, signature->func.results[i]->type);
        slots += type_slots(inlining->types[i]);
    }
    return slots;
}

/* Named results live where the caller finds them. */
static void place_results(FuncState *f, Inlining *inlining)
{
    NodeList results = inlining->decl->func.results;
    inlining->is_named = results.len > 0 && results.at[0]->field.name;
    if (!inlining->is_named) return;
    Reg reg = inlining->result;
    for (uint32_t i = 0; i < results.len; i++) {
        uint32_t slots = type_slots(inlining->types[i]);
        Object *var = named_var(results.at[i]);
        emit_zero(f, reg, slots);
        if (var) var_bind(f, var, reg);
        reg += slots;
    }
}

/* return x, y: into the results' slots, by way of others where a value may look at them. */
static void store_results(FuncState *f, NodeList values)
{
    Inlining *inlining = f->inlining;
    uint32_t slots = 0;
    order_operands(f, values.at, values.len);
    for (uint32_t i = 0; i < values.len; i++) slots += type_slots(inlining->types[i]);
    bool is_direct = !inlining->is_named || values.len == 1;
    Reg to = is_direct ? inlining->result : reg_alloc(f, slots), at = to;
    for (uint32_t i = 0; i < values.len; i++) {
        Reg inner = reg_mark(f);
        expr_to_type(f, values.at[i], inlining->types[i], at);
        reg_release(f, inner);
        at += type_slots(inlining->types[i]);
    }
    if (!is_direct) emit_move(f, inlining->result, to, slots);
}

static void store_multi_value(FuncState *f, Node *value)
{
    Inlining *inlining = f->inlining;
    Type **types;
    uint32_t n = multi_types(f, value, &types);
    Reg from = multi_value(f, value, types, n), to = inlining->result;
    for (uint32_t i = 0; i < n; i++) {
        convert_value(f, to, from, types[i], inlining->types[i]);
        from += type_slots(types[i]);
        to += type_slots(inlining->types[i]);
    }
}

void inline_return(FuncState *f, Node *node)
{
    Inlining *inlining = f->inlining;
    NodeList values = node->list.list;
    Reg mark = reg_mark(f);
    if (inlining->cond && values.len == 1)
        cond_jump(f, values.at[0], inlining->sense, inlining->cond);
    else if (values.len == 1 && inlining->nresults > 1)
        store_multi_value(f, values.at[0]);
    else if (values.len > 0)
        store_results(f, values);
    if (inlining->cond && values.len == 0)
        emit_jump_if(f, inlining->sense, inlining->result, inlining->cond);
    reg_release(f, mark);
    f->pos = node->pos;
    if (node != inlining->last) emit_jump(f, &inlining->end);
}

/* ---- Bodies ---- */

static void note(FuncState *f, const Inlining *inlining, FuncProto *proto, Pos pos)
{
    uint32_t to = (uint32_t)f->code.len;
    if (to == inlining->from) return;
    vec_push(&f->inlines,
             ((InlinedCall){.from_pc = inlining->from, .to_pc = to, .func = proto, .pos = pos}));
}

/* No instruction becomes one with another across the border of a body: the trace of a fault in it
 * would lack a frame, or have one too many. */
static void mark_border(FuncState *f)
{
    f->barrier = (uint32_t)f->code.len;
}

static void body(FuncState *f, Inlining *inlining)
{
    NodeList stmts = inlining->decl->func.body->block.stmts;
    place_results(f, inlining);
    for (uint32_t i = 0; i < inlining->nargs; i++) place(f, &inlining->args[i]);
    if (stmts.len > 0 && stmts.at[stmts.len - 1]->kind == NODE_RETURN)
        inlining->last = stmts.at[stmts.len - 1];
    stmt_list(f, stmts);
}

Reg inline_call(FuncState *f, InlineCall *call, Reg to)
{
    const LazyBody *source = call->proto->source;
    Inlining inlining = {
        .outer = f->inlining, .decl = source->func->decl, .cond = call->cond, .sense = call->sense};
    inlining.depth = f->inlining ? f->inlining->depth + 1 : 1;
    uint32_t slots = result_types(f, call->signature, &inlining);
    Node *results = inlining.decl->func.results.len ? inlining.decl->func.results.at[0] : NULL;
    if (to == NO_REG || slots == 0 || inlining.nresults > 1 || results->field.name)
        to = reg_alloc(f, slots);
    inlining.result = to;
    Reg mark = reg_mark(f);
    inlining.args = evaluate_args(f, call, inlining.decl, &inlining.nargs);
    inlining.env = f->env;
    inlining.package = f->package;
    f->env = source->env;
    f->package = source->package;
    f->inlining = &inlining;
    label_init(&inlining.end);
    mark_border(f);
    inlining.from = (uint32_t)f->code.len;
    f->pos = call->pos;
    body(f, &inlining);
    label_place(f, &inlining.end);
    note(f, &inlining, call->proto, call->pos);
    f->inlining = inlining.outer;
    f->env = inlining.env;
    f->package = inlining.package;
    f->pos = call->pos;
    reg_release(f, mark);
    return to;
}

void inline_literal(FuncState *f, Node *node, Reg to)
{
    Inlining *inlining = f->inlining, *first = inlining;
    TypeEnv env = f->env;
    Package *package = f->package;
    while (first->outer) first = first->outer;
    f->env = first->env;
    f->package = first->package;
    f->inlining = NULL;
    closure_expr(f, node, to);
    f->env = env;
    f->package = package;
    f->inlining = inlining;
}

Node *inline_body(FuncState *f, Node *call)
{
    FuncProto *proto = call_proto(f, call);
    if (!proto || !inline_wants(f, proto, call->call.args.len)) return NULL;
    const LazyBody *source = proto->source;
    return source->env.n == 0 ? source->func->decl->func.body : NULL;
}
