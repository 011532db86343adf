/* SPDX-License-Identifier: MIT */
/* Calls, methods and functions as values, go and defer.
 *
 * A call's frame is laid out on top of the caller's temporaries: three slots for the header,
 * results, receiver, parameters. Arguments are compiled straight into their slots. go and defer lay
 * out the same frame and hand it over instead of calling. */
#include "compiler/internal.h"

#include "base/fatal.h"
#include "compiler/inline.h"
#include "compiler/intrinsic.h"
#include "stdlib/quick.h"

#include <stdlib.h>
#include <string.h>

typedef struct Callee {
    enum { CALLEE_PROTO, CALLEE_CLOSURE, CALLEE_IFACE } kind;
    FuncProto *proto;
    Reg reg;             /* CLOSURE: the function value; IFACE: the interface value */
    const Selector *sel; /* IFACE */
    Type *signature;     /* without the receiver */
    bool has_receiver;   /* PROTO: `receiver` goes before the arguments */
    LValue receiver;     /* as far as embedding leads */
    Object *method;
    uint32_t receiver_slots;
} Callee;

/* The call's frame in registers. */
typedef struct CallFrame {
    Reg base;
    uint32_t nresults, nparams; /* slots; receiver included */
} CallFrame;

/* ---- Functions ---- */

/* The IDENT of a declared function that the node names, instantiated or not; else NULL. */
static Node *function_name(Node *node)
{
    node = node_unparen(node);
    if (node->kind == NODE_INDEX) node = node_unparen(node->index.x);
    if (node->kind == NODE_SELECTOR && !node->selector.selection) node = node->selector.sel;
    if (node->kind != NODE_IDENT || !node->ident.obj || node->ident.obj->kind != OBJ_FUNC)
        return NULL;
    return node;
}

static Type **instance_targs(FuncState *f, Node *name)
{
    Type **targs = arena_array(f->arena, Type *, name->ntargs + 1);
    for (uint32_t i = 0; i < name->ntargs; i++) targs[i] = env_type(f, name->ident.targs[i]);
    return targs;
}

static FuncProto *named_proto(FuncState *f, Node *name)
{
    return func_proto(f, name->ident.obj, instance_targs(f, name), name->ntargs);
}

/* ---- Methods ---- */

static bool is_method_selection(Node *node)
{
    if (node->kind != NODE_SELECTOR || !node->selector.selection) return false;
    SelectionKind kind = node->selector.selection->kind;
    return kind == SELECT_METHOD || kind == SELECT_IFACE_METHOD;
}

static Type *pointed_to(Type *type)
{
    Type *under = type_under(type);
    return under->kind == TYPE_POINTER ? under->elem : type;
}

/* Whether the method is declared with a *T receiver. */
static bool has_pointer_receiver(Object *method)
{
    return method->has_pointer_receiver || (method->origin && method->origin->has_pointer_receiver);
}

/* The selector in x.m[T], else the node itself. */
static Node *strip_instance(Node *node)
{
    if (node->kind != NODE_INDEX) return node;
    Node *x = node_unparen(node->index.x);
    return x->kind == NODE_SELECTOR && x->selector.selection && x->selector.sel->ntargs > 0 ? x
                                                                                            : node;
}

/* The selection in this instance; of a generic method, with the method's own type arguments. */
static Selection *node_selection(FuncState *f, Node *node)
{
    Selection *sel = selection_subst(f, node->selector.selection);
    Node *name = node->selector.sel;
    if (name->ntargs == 0) return sel;
    Selection *instance = arena_new(f->arena, Selection);
    *instance = *sel;
    instance->obj = method_instance(sel->obj, instance_targs(f, name), name->ntargs);
    return instance;
}

/* Evaluates x as far as the object that has the method. */
static LValue receiver_place(FuncState *f, Node *node, const Selection *sel)
{
    LValue lv = lvalue(f, node->selector.x);
    lvalue_path(f, &lv, sel->path, sel->npath, node->op_pos);
    if (!lv.pos) lv.pos = node->op_pos;
    return lv;
}

/* The place's value in a register, where it is if possible. */
static Reg place_any(FuncState *f, LValue *lv)
{
    if (lv->kind == LV_SLOT) return lv->reg;
    Reg to = reg_alloc(f, type_slots(lv->type));
    lvalue_load(f, lv, to);
    return to;
}

static uint32_t receiver_slots(const LValue *lv, Object *method)
{
    return has_pointer_receiver(method) ? 1 : type_slots(pointed_to(lv->type));
}

void receiver_to(FuncState *f, LValue *lv, Object *method, Reg to)
{
    Reg mark = reg_mark(f);
    bool is_pointer = type_basic_kind(lv->type) == TYPE_POINTER;
    if (has_pointer_receiver(method)) {
        if (is_pointer)
            lvalue_load(f, lv, to);
        else
            lvalue_address(f, lv, to);
    } else if (is_pointer) {
        Type *type = type_under(lv->type)->elem;
        Reg ptr = place_any(f, lv);
        if (lv->pos) f->pos = lv->pos;
        emit_load(f, to, ptr, 0, type);
    } else {
        lvalue_load(f, lv, to);
    }
    reg_release(f, mark);
}

static void method_callee(FuncState *f, Node *fun, Callee *callee)
{
    Selection *sel = node_selection(f, fun);
    LValue lv = receiver_place(f, fun, sel);
    callee->method = sel->obj;
    if (type_is_interface(lv.type)) {
        callee->kind = CALLEE_IFACE;
        callee->reg = place_any(f, &lv);
        callee->sel = selector_for(sel->obj);
        callee->receiver_slots = 1;
        return;
    }
    callee->kind = CALLEE_PROTO;
    callee->has_receiver = true;
    callee->receiver = lv;
    callee->receiver_slots = receiver_slots(&lv, sel->obj);
    callee->proto = method_proto(sel->obj);
}

/* x.m as a value. */
static void method_value_to(FuncState *f, Node *node, Reg to)
{
    Selection *sel = node_selection(f, node);
    LValue lv = receiver_place(f, node, sel);
    if (type_is_interface(lv.type)) {
        Reg x = place_any(f, &lv);
        f->pos = node->op_pos;
        emit_abc(f, OP_BINDI, to, x, 0);
        emit_ptr(f, selector_for(sel->obj));
        return;
    }
    uint32_t slots = receiver_slots(&lv, sel->obj);
    Reg at = reg_alloc(f, slots);
    receiver_to(f, &lv, sel->obj, at);
    emit_abc(f, OP_CLOSURE, to, at, slots);
    emit_ptr(f, method_value_proto(f, sel, pointed_to(lv.type)));
}

void func_value_to(FuncState *f, Node *node, Reg to)
{
    Node *name = function_name(node);
    FuncProto *proto;
    node = strip_instance(node);
    if (name) {
        proto = named_proto(f, name);
    } else if (is_method_selection(node)) {
        method_value_to(f, node, to);
        return;
    } else if (node->kind == NODE_SELECTOR && node->selector.selection) {
        Selection *sel = node_selection(f, node);
        proto = method_expr_proto(f, sel, sel->recv);
    } else {
        fatal("call: a %s is no function", node_kind_name((NodeKind)node->kind));
    }
    emit_abc(f, OP_LOADK, to, 0, 0);
    emit_ptr(f, proto->value);
}

/* ---- Callees ---- */

/* The instantiated signature of what is called. */
static Type *callee_signature(FuncState *f, Node *fun, Node *name)
{
    Type *type = type_under(node_type(f, fun));
    if (name && name->ntargs > 0 && type->func.ntparams > 0)
        type = type_instance_func(type, instance_targs(f, name));
    return type;
}

FuncProto *call_proto(FuncState *f, Node *call)
{
    Node *fun = node_unparen(call->call.fun), *name = function_name(fun);
    NodeList args = call->call.args;
    BuiltinId id;
    if (call->flags & NF_CONVERSION || node_is_builtin(call->call.fun, &id)) return NULL;
    if (args.len == 1 && args.at[0]->type && node_type(f, args.at[0])->kind == TYPE_TUPLE)
        return NULL;
    if (name) return named_proto(f, name);
    fun = strip_instance(fun);
    if (!is_method_selection(fun)) return NULL;
    Selection *sel = node_selection(f, fun);
    Object *recv = sel->obj->type->func.recv;
    return recv && !type_is_interface(recv->type) ? method_proto(sel->obj) : NULL;
}

static Callee find_callee(FuncState *f, Node *call)
{
    Node *fun = node_unparen(call->call.fun);
    Node *name = function_name(fun);
    Callee callee = {.signature = callee_signature(f, fun, name)};
    fun = strip_instance(fun);
    if (name) {
        callee.kind = CALLEE_PROTO;
        callee.proto = named_proto(f, name);
    } else if (is_method_selection(fun)) {
        method_callee(f, fun, &callee);
    } else if (fun->kind == NODE_SELECTOR && fun->selector.selection &&
               fun->selector.selection->kind == SELECT_METHOD_EXPR) {
        Selection *sel = node_selection(f, fun);
        callee.kind = CALLEE_PROTO;
        callee.proto = method_expr_proto(f, sel, sel->recv);
    } else {
        callee.kind = CALLEE_CLOSURE;
        callee.reg = expr_any(f, fun);
    }
    return callee;
}

/* ---- Arguments ---- */

/* The values of f(g()) become g's results; those beyond the fixed parameters a slice. `from` is the
 * first value's slot. */
static void spread_to(FuncState *f, Type *signature, Type *tuple, Reg from, Reg at)
{
    uint32_t nfixed = signature->func.nparams - signature->is_variadic;
    for (uint32_t i = 0; i < nfixed; i++) {
        Type *type = env_type(f, signature->func.params[i]->type);
        convert_value(f, at, from, tuple->tuple.types[i], type);
        from += type_slots(tuple->tuple.types[i]);
        at += type_slots(type);
    }
    if (!signature->is_variadic) return;
    uint32_t n = tuple->tuple.ntypes - nfixed;
    Type *elem = type_under(env_type(f, signature->func.params[nfixed]->type))->elem;
    if (n == 0) {
        emit_zero(f, at, 3);
        return;
    }
    Reg value = reg_alloc(f, type_slots(elem));
    emit_int(f, at + 1, n);
    emit_abc(f, OP_MAKESLICE, at, at + 1, at + 1);
    emit_ptr(f, rtype_of(f, elem));
    for (uint32_t i = 0; i < n; i++) {
        Type *type = tuple->tuple.types[nfixed + i];
        convert_value(f, value, from, type, elem);
        if (type_slots(elem) > 0) emit_store(f, at, i * (uint64_t)type_sizeof(elem), value, elem);
        from += type_slots(type);
    }
}

static void arguments_to(FuncState *f, Node *call, Type *signature, Reg at)
{
    NodeList args = call->call.args;
    Reg mark = reg_mark(f);
    Type *tuple = args.len == 1 && args.at[0]->type ? node_type(f, args.at[0]) : NULL;
    if (tuple && tuple->kind == TYPE_TUPLE) {
        Reg from = call_expr(f, node_unparen(args.at[0]));
        f->pos = call->op_pos;
        spread_to(f, signature, tuple, from, at);
        reg_release(f, mark);
        return;
    }
    bool packs = signature->is_variadic && !(call->flags & NF_ELLIPSIS_CALL);
    for (uint32_t i = 0; i < signature->func.nparams; i++) {
        Type *type = env_type(f, signature->func.params[i]->type);
        if (packs && i + 1 == signature->func.nparams)
            pack_slice(f, args.at + i, args.len - i, type, at);
        else
            expr_to_type(f, args.at[i], type, at);
        reg_release(f, mark);
        at += type_slots(type);
    }
}

/* Allocates the frame and fills it with receiver and arguments. */
static CallFrame lay_out(FuncState *f, Node *call, Callee *callee)
{
    Type *signature = callee->signature;
    CallFrame frame = {.nresults =
                           vars_slots(&f->env, signature->func.results, signature->func.nresults)};
    frame.nparams = vars_slots(&f->env, signature->func.params, signature->func.nparams);
    frame.nparams += callee->receiver_slots;
    frame.base = reg_alloc(f, FRAME_HEADER + frame.nresults + frame.nparams) + FRAME_HEADER;
    Reg at = frame.base + frame.nresults;
    if (callee->has_receiver) receiver_to(f, &callee->receiver, callee->method, at);
    arguments_to(f, call, signature, at + callee->receiver_slots);
    f->pos = call->op_pos ? call->op_pos : call->pos;
    return frame;
}

/* ---- Calls ---- */

static ICache *new_cache(const Selector *sel, uint32_t nargs)
{
    ICache *cache = calloc(1, sizeof *cache);
    if (!cache) fatal_out_of_memory();
    cache->sel = sel;
    cache->nargs = nargs;
    return cache;
}

/* ---- Calls that are instructions ---- */

/* The receiver in a register, where it is if possible. */
static Reg receiver_any(FuncState *f, Callee *callee)
{
    LValue *lv = &callee->receiver;
    if (lv->kind == LV_SLOT && type_basic_kind(lv->type) == TYPE_POINTER) return lv->reg;
    Reg to = reg_alloc(f, callee->receiver_slots);
    receiver_to(f, lv, callee->method, to);
    return to;
}

/* Arguments of one slot each. The third operand of an instruction that has three parameters is a
 * pair of registers. */
static void operands(FuncState *f, Node *call, Callee *callee, Reg at[static 3])
{
    NodeList args = call->call.args;
    Object **params = callee->signature->func.params;
    uint32_t n = 0;
    if (callee->has_receiver) at[n++] = receiver_any(f, callee);
    bool has_pair = n + args.len == 3;
    Reg pair = 0;
    for (uint32_t i = 0; i < args.len; i++, n++) {
        if (!has_pair || n == 0) {
            at[n] = expr_any_type(f, args.at[i], params[i]->type);
            continue;
        }
        if (n == 1) pair = reg_alloc(f, 2);
        at[n] = pair + (n == 2);
        expr_to_type(f, args.at[i], params[i]->type, at[n]);
    }
}

/* Emits a call that is an instruction; *result gets the register. False where it is none. */
static bool call_intrinsic(FuncState *f, Node *call, Callee *callee, Reg to, Reg *result)
{
    void *word = NULL;
    Op op = callee->kind == CALLEE_PROTO ? intrinsic_plain(callee->proto, &word) : OP_NOP;
    const Type *signature = callee->signature;
    if (op == OP_NOP || call->call.args.len != signature->func.nparams) return false;
    uint32_t nresults = signature->func.nresults;
    Reg at[3] = {0};
    *result = nresults == 1 && to != NO_REG ? to : reg_alloc(f, nresults);
    Reg mark = reg_mark(f);
    operands(f, call, callee, at);
    f->pos = call->op_pos ? call->op_pos : call->pos;
    if (nresults)
        emit_abc(f, op, *result, at[0], at[1]);
    else
        emit_abc(f, op, at[0], at[1], 0);
    if (word) emit_ptr(f, word);
    reg_release(f, mark);
    return true;
}

/* The opcode that calls a declared function. */
static Op call_op(const FuncProto *proto)
{
    Op op = intrinsic_call(proto);
    if (op != OP_NOP) return op;
    if (proto->quick) return OP_CALLQ;
    return proto->flags & PROTO_NATIVE ? OP_CALLN : OP_CALL;
}

/* Whether the call is to be done where it stands, being of a small function. */
static bool is_inline(FuncState *f, Node *call, const Callee *callee)
{
    NodeList args = call->call.args;
    if (callee->kind != CALLEE_PROTO || args.len != callee->signature->func.nparams) return false;
    if (args.len == 1 && args.at[0]->type && node_type(f, args.at[0])->kind == TYPE_TUPLE)
        return false;
    return inline_wants(f, callee->proto, args.len);
}

static InlineCall as_inline(FuncState *f, Node *call, Callee *callee)
{
    InlineCall inlined = {.node = call,
                          .proto = callee->proto,
                          .signature = callee->signature,
                          .pos = call->op_pos ? call->op_pos : call->pos};
    if (callee->has_receiver) {
        inlined.receiver = &callee->receiver;
        inlined.receiver_type = env_type(f, callee->method->type->func.recv->type);
        inlined.receiver_slots = callee->receiver_slots;
        inlined.method = callee->method;
    }
    return inlined;
}

bool call_cond(FuncState *f, Node *call, bool sense, Label *to)
{
    FuncProto *proto = call_proto(f, call);
    if (!proto || !inline_wants(f, proto, call->call.args.len)) return false;
    order_call(f, call);
    Callee callee = find_callee(f, call);
    InlineCall inlined = as_inline(f, call, &callee);
    inlined.cond = to;
    inlined.sense = sense;
    inline_call(f, &inlined, NO_REG);
    return true;
}

static Reg call_callee(FuncState *f, Node *call, Callee *callee, Reg to)
{
    Reg result;
    if (call_intrinsic(f, call, callee, to, &result)) return result;
    if (is_inline(f, call, callee)) {
        InlineCall inlined = as_inline(f, call, callee);
        return inline_call(f, &inlined, to);
    }
    CallFrame frame = lay_out(f, call, callee);
    switch (callee->kind) {
    case CALLEE_PROTO:
        emit_abc(f, call_op(callee->proto), frame.base, 0, 0);
        emit_ptr(f, callee->proto);
        break;
    case CALLEE_CLOSURE:
        emit_abc(f, OP_CALLC, frame.base, callee->reg, frame.nresults + frame.nparams);
        break;
    case CALLEE_IFACE:
        emit_abc(f, OP_CALLI, frame.base, callee->reg, frame.nresults);
        emit_ptr(f, new_cache(callee->sel, frame.nparams - callee->receiver_slots));
        break;
    }
    reg_release(f, frame.base + frame.nresults);
    return frame.base;
}

/* The receiver as a pointer in a register, where it is if possible. */
static Reg pointer_receiver(FuncState *f, Callee *callee)
{
    LValue *lv = &callee->receiver;
    bool is_pointer = type_basic_kind(lv->type) == TYPE_POINTER;
    if (lv->kind == LV_SLOT && is_pointer) return lv->reg;
    if (lv->kind == LV_PTR && lv->is_box && lv->offset == 0 && !is_pointer) return lv->reg;
    Reg to = reg_alloc(f, 1);
    receiver_to(f, lv, callee->method, to);
    return to;
}

/* A call of a function in leaf.def: first without a frame, then, where that won't do, as usual. */
static bool call_leaf(FuncState *f, Node *call, Callee *callee)
{
    NodeList args = call->call.args;
    bool may_be = callee->kind == CALLEE_PROTO && callee->proto->quick && callee->has_receiver &&
                  args.len == 1 && callee->signature->func.nparams == 1 &&
                  node_type(f, args.at[0])->kind != TYPE_TUPLE;
    LeafFn *fn = may_be ? leaf_find(callee->proto->name) : NULL;
    if (!fn) return false;
    Type *type = callee->signature->func.params[0]->type;
    Node *arg = args.at[0];
    Label done;
    label_init(&done);
    Reg receiver = pointer_receiver(f, callee), x = 0;
    if (!arg->val) x = expr_any_type(f, arg, type);
    f->pos = call->op_pos ? call->op_pos : call->pos;
    if (arg->val) {
        uint64_t value[2] = {0};
        const_to_slots(arg->val, type, value);
        emit_leaf_const(f, receiver, value, fn, &done);
    } else {
        emit_leaf(f, receiver, x, fn, &done);
    }
    uint32_t nresults = callee->proto->nresults, nparams = callee->proto->nparams;
    Reg base = reg_alloc(f, FRAME_HEADER + nresults + nparams) + FRAME_HEADER;
    emit_move(f, base + nresults, receiver, 1);
    if (arg->val)
        emit_const(f, base + nresults + 1, arg->val, type);
    else
        emit_move(f, base + nresults + 1, x, nparams - 1);
    emit_abc(f, OP_CALLQ, base, 0, 0);
    emit_ptr(f, callee->proto);
    label_place(f, &done);
    return true;
}

void call_effect(FuncState *f, Node *call)
{
    order_call(f, call);
    Callee callee = find_callee(f, call);
    if (!call_leaf(f, call, &callee)) call_callee(f, call, &callee, NO_REG);
}

Reg call_expr_at(FuncState *f, Node *call, Reg to)
{
    order_call(f, call);
    Callee callee = find_callee(f, call);
    return call_callee(f, call, &callee, to);
}

Reg call_expr(FuncState *f, Node *call)
{
    return call_expr_at(f, call, NO_REG);
}

/* ---- go and defer ---- */

/* What is to run, as a closure in a register. */
static Reg callee_closure(FuncState *f, const Callee *callee)
{
    if (callee->kind == CALLEE_CLOSURE) return callee->reg;
    Reg to = reg_alloc(f, 1);
    emit_abc(f, OP_LOADK, to, 0, 0);
    emit_ptr(f, callee->proto->value);
    return to;
}

/* An interface's method is bound before the arguments are laid out. */
static void bind_interface(FuncState *f, Node *call, Callee *callee)
{
    if (callee->kind != CALLEE_IFACE) return;
    Reg bound = reg_alloc(f, 1);
    f->pos = call->op_pos ? call->op_pos : call->pos;
    emit_abc(f, OP_BINDI, bound, callee->reg, 0);
    emit_ptr(f, callee->sel);
    callee->kind = CALLEE_CLOSURE;
    callee->reg = bound;
    callee->receiver_slots = 0;
}

/* Finds out what go or defer is to call and lays out its frame. */
static void prepare(FuncState *f, Node *call, Callee *callee, CallFrame *frame)
{
    BuiltinId id;
    if (node_is_builtin(call->call.fun, &id)) {
        Reg closure = reg_alloc(f, 1);
        builtin_closure(f, call, closure);
        *callee = (Callee){.kind = CALLEE_CLOSURE, .reg = closure};
        *frame = (CallFrame){.base = reg_alloc(f, FRAME_HEADER) + FRAME_HEADER};
        f->pos = call->pos;
        return;
    }
    *callee = find_callee(f, call);
    bind_interface(f, call, callee);
    *frame = lay_out(f, call, callee);
}

void call_go(FuncState *f, Node *call)
{
    Reg mark = reg_mark(f);
    Callee callee;
    CallFrame frame;
    call = node_unparen(call);
    Pos pos = f->pos;
    prepare(f, call, &callee, &frame);
    f->pos = pos;
    if (callee.kind == CALLEE_PROTO) {
        emit_abc(f, OP_GO, frame.base, frame.nresults, frame.nparams);
        emit_ptr(f, callee.proto);
    } else {
        emit_abc(f, OP_GOC, frame.base, callee.reg, frame.nresults + frame.nparams);
    }
    reg_release(f, mark);
}

void call_defer(FuncState *f, Node *call)
{
    Reg mark = reg_mark(f);
    Callee callee;
    CallFrame frame;
    call = node_unparen(call);
    Pos pos = f->pos;
    prepare(f, call, &callee, &frame);
    Reg owner = defer_frame(f);
    f->pos = pos;
    if (owner != NO_REG) {
        Reg closure = callee_closure(f, &callee);
        emit_abc(f, OP_DEFERTO, frame.base, closure, owner);
        emit_word(f, frame.nresults + frame.nparams);
    } else if (callee.kind == CALLEE_PROTO) {
        emit_abc(f, OP_DEFER, frame.base, frame.nresults, frame.nparams);
        emit_ptr(f, callee.proto);
    } else {
        emit_abc(f, OP_DEFERC, frame.base, callee.reg, frame.nresults + frame.nparams);
    }
    if (owner == NO_REG) f->has_defer = true;
    reg_release(f, mark);
}
