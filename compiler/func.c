/* SPDX-License-Identifier: MIT */
/* A function from entry to return.
 *
 * Results lie in the first slots of the frame, parameters behind them, locals after that.
 * Parameters and named results that must live in the heap are moved to boxes at entry; boxed
 * results are copied back to their slots on every way out. Behind the body of a function that
 * defers stands a way out that a recovered panic takes, the epilogue (vm/opcodes.def).
 *
 * Bodies of loops over functions (range.c) are closures of their own, and yet their return and
 * defer statements belong to the function around the loop. What they need of it (results, FRAMEID)
 * is kept in variables that they capture like any other. */
#include "compiler/stmt.h"

#include "base/fatal.h"
#include "compiler/inline.h"

/* ---- What a body needs, found before any code is made ---- */

typedef struct Facts {
    FuncState *f;
    bool has_defer;      /* in the function itself or in a body of a loop over a function */
    bool needs_frame_id; /* in such a body; or a call of recover there */
    bool has_range_return;
    uint32_t range_depth;
} Facts;

static bool is_range_func(FuncState *f, Node *node)
{
    return node->kind == NODE_RANGE && type_under(node_type(f, node->range.x))->kind == TYPE_FUNC;
}

static bool find_facts(Node *node, void *arg)
{
    Facts *facts = arg;
    switch (node->kind) {
    case NODE_FUNC_LIT: return false;
    case NODE_DEFER:
        facts->has_defer = true;
        if (facts->range_depth > 0) facts->needs_frame_id = true;
        return true;
    case NODE_CALL: {
        BuiltinId id;
        if (facts->range_depth > 0 && node_is_builtin(node->call.fun, &id) && id == BUILTIN_RECOVER)
            facts->needs_frame_id = true;
        return true;
    }
    case NODE_RETURN:
        if (facts->range_depth > 0) facts->has_range_return = true;
        return false;
    case NODE_RANGE:
        if (!is_range_func(facts->f, node)) return true;
        facts->range_depth++;
        node_walk(node->range.body, find_facts, facts);
        facts->range_depth--;
        return false;
    default: return true;
    }
}

typedef struct Outside {
    Node *loop;
} Outside;

/* Marks variables from outside a loop over a function that its body uses: they are captured. */
static bool mark_captured(Node *node, void *arg)
{
    const Outside *outside = arg;
    if (node->kind != NODE_IDENT || !node->ident.obj) return true;
    Object *obj = node->ident.obj;
    bool is_inside = obj->pos >= outside->loop->pos && obj->pos < outside->loop->end;
    if (obj->kind == OBJ_VAR && !obj->is_global && !is_inside) obj->is_captured = true;
    return true;
}

static bool mark_range_bodies(Node *node, void *arg)
{
    FuncState *f = arg;
    if (is_range_func(f, node)) {
        Outside outside = {.loop = node};
        node_walk(node->range.key, mark_captured, &outside);
        node_walk(node->range.value, mark_captured, &outside);
        node_walk(node->range.body, mark_captured, &outside);
    }
    return true;
}

void func_mark_captures(FuncState *f, Node *tree)
{
    node_walk(tree, mark_range_bodies, f);
}

/* ---- Beginning ---- */

uint32_t vars_slots(const TypeEnv *env, Object **vars, uint32_t n)
{
    uint32_t slots = 0;
    for (uint32_t i = 0; i < n; i++) {
        Type *type = vars[i]->type;
        if (env && env->n > 0) type = type_subst(type, env->params, env->args, env->n);
        slots += type_slots(type);
    }
    return slots;
}

FuncState *func_begin_outer(FuncProto *proto, Package *package, const TypeEnv *env)
{
    FuncState *f = arena_new(&types_arena, FuncState);
    f->arena = &types_arena;
    f->proto = proto;
    f->package = package;
    f->env = *env;
    f->pos = proto->pos;
    return f;
}

static const char *literal_name(FuncState *outer)
{
    bool is_literal = outer->node && outer->node->kind == NODE_FUNC_LIT;
    return arena_printf(&types_arena, is_literal ? "%s.%u" : "%s.func%u", outer->proto->name,
                        ++outer->nliterals);
}

void func_end(FuncState *f)
{
    vec_free(&f->captures);
    vec_free(&f->capture_index);
}

FuncState *func_begin(FuncState *outer, Node *node, Type *signature, const char *name)
{
    FuncProto *proto = arena_new(&types_arena, FuncProto);
    FuncState *f = func_begin_outer(proto, outer->package, &outer->env);
    f->outer = outer;
    f->node = node;
    f->signature = signature;
    f->pos = node ? node->pos : outer->pos;
    proto->name = name ? name : literal_name(outer);
    proto->pos = f->pos;
    proto->nresults =
        (uint16_t)vars_slots(&f->env, signature->func.results, signature->func.nresults);
    proto->nparams = (uint16_t)vars_slots(&f->env, signature->func.params, signature->func.nparams);
    proto->flags = outer->proto->flags & PROTO_LIBRARY;
    proto_note(proto, f->package);
    return f;
}

void func_generate(FuncState *f, void (*generate)(FuncState *f, void *arg), void *arg)
{
    for (;;) {
        f->nranges = 0;
        reg_alloc(f, f->proto->nresults + f->proto->nparams);
        generate(f, arg);
        if (!f->overflowed || f->is_long) break;
        emit_reset(f);
        f->is_long = true;
    }
    emit_finish(f);
}

/* ---- Parameters and results ---- */

Object *synthetic_var(FuncState *f, const char *name, Type *type, bool is_assigned)
{
    Object *var = object_new(OBJ_VAR, intern_str(name), type, f->package, f->pos);
    var->is_captured = true;
    var->is_reassigned = is_assigned;
    return var;
}

/* The variable of a parameter's or result's FIELD; NULL where it has none or is blank. */
static Object *field_var(Node *field)
{
    Node *name = field->field.name;
    if (!name || !name->ident.obj || name->ident.name == intern_str("_")) return NULL;
    return name->ident.obj;
}

/* Gives a parameter that was passed at `reg` its place. */
static void place_param(FuncState *f, Object *var, Reg reg)
{
    if (!var_is_boxed(f, var)) {
        var_bind(f, var, reg);
        return;
    }
    var_declare(f, var);
    var_init(f, var, reg);
}

/* The receiver of a method that interfaces call: the word points to it. */
static void place_word_receiver(FuncState *f, Object *var, Reg word)
{
    check_word(f, f->word_type, f->node->func.name->ident.name, word);
    if (!var) return;
    VarPlace *place = var_declare(f, var);
    Reg mark = reg_mark(f);
    Reg value = place->kind == PLACE_SLOT ? place->reg : reg_alloc(f, type_slots(place->type));
    if (type_slots(place->type) > 0) emit_load(f, value, word, 0, place->type);
    if (place->kind != PLACE_SLOT) var_init(f, var, value);
    reg_release(f, mark);
}

static void place_params(FuncState *f, Node *func)
{
    Reg reg = f->proto->nresults;
    if (func->func.recv) {
        Object *var = field_var(func->func.recv);
        if (f->word_type)
            place_word_receiver(f, var, reg);
        else if (var)
            place_param(f, var, reg);
        reg = f->proto->nresults + f->proto->nparams -
              vars_slots(&f->env, f->signature->func.params, f->signature->func.nparams);
    }
    for (uint32_t i = 0; i < func->func.params.len; i++) {
        Object *var = field_var(func->func.params.at[i]);
        if (var) place_param(f, var, reg);
        reg += type_slots(env_type(f, f->signature->func.params[i]->type));
    }
}

/* Result variables: the named ones, and unnamed ones where bodies of range loops must be able to
 * set them. */
static void place_results(FuncState *f, Node *func, const Facts *facts)
{
    Type *signature = f->signature;
    uint32_t n = signature->func.nresults;
    bool is_named = n > 0 && func->func.results.at[0]->field.name;
    bool is_prompt = n == 0; /* only prompt inputs have result slots without results */
    if (is_named || is_prompt || f->has_defer || facts->has_range_return)
        emit_zero(f, 0, f->proto->nresults);
    if (n == 0 || (!is_named && !facts->has_range_return)) return;
    f->results = arena_array(f->arena, Object *, n);
    Reg reg = 0;
    for (uint32_t i = 0; i < n; i++) {
        Type *type = env_type(f, signature->func.results[i]->type);
        Object *var = is_named ? field_var(func->func.results.at[i]) : NULL;
        if (!var) var = synthetic_var(f, "_", type, facts->has_range_return);
        if (facts->has_range_return) var->is_captured = var->is_reassigned = true;
        f->results[i] = var;
        place_param(f, var, reg);
        reg += type_slots(type);
    }
}

/* ---- Returning ---- */

/* The function that a return statement in f leaves. */
static FuncState *returning_func(FuncState *f)
{
    while (f->range_func) f = f->outer;
    return f;
}

/* Copies boxed results to where the caller finds them. */
static void load_results(FuncState *f)
{
    Reg reg = 0;
    for (uint32_t i = 0; f->results && i < f->signature->func.nresults; i++) {
        VarPlace *place = var_place(f, f->results[i]);
        if (place->kind == PLACE_BOX) emit_load(f, reg, place->reg, 0, place->type);
        reg += type_slots(place->type);
    }
}

/* Boxes that nothing points to any more. */
static void give_back(FuncState *f)
{
    for (size_t i = 0; i < f->owned.len; i++) {
        VarPlace *place = f->owned.at[i];
        emit_abc(f, OP_FREE, place->reg, 0, 0);
        emit_ptr(f, compile_rtype(place->type));
    }
}

/* Takes note that from here on, until the function ends, the variable has a box; if so. */
static void own(FuncState *f, Object *var)
{
    enum { MOST = 8 };
    VarPlace *place = var && !f->has_defer ? map_get(&f->slots, var) : NULL;
    if (!place || place->kind != PLACE_BOX || f->owned.len == MOST) return;
    if (type_sizeof(place->type) > 0 && var_is_owned(f, var)) vec_push(&f->owned, place);
}

static void own_params(FuncState *f, Node *func)
{
    if (func->func.recv) own(f, field_var(func->func.recv));
    for (uint32_t i = 0; i < func->func.params.len; i++) own(f, field_var(func->func.params.at[i]));
}

/* What the statement, one of the body's own, declares. */
static void own_declared(FuncState *f, Node *stmt)
{
    if (stmt->kind == NODE_ASSIGN)
        for (uint32_t i = 0; i < stmt->assign.lhs.len; i++)
            own(f, defined_var(stmt->assign.lhs.at[i], stmt->flags & NF_DEFINE));
    if (stmt->kind != NODE_DECL_STMT) return;
    for (uint32_t i = 0; i < stmt->list.list.len; i++) {
        Node *decl = stmt->list.list.at[i];
        if (decl->kind != NODE_VAR_DECL) continue;
        for (uint32_t k = 0; k < decl->values.names.len; k++)
            own(f, defined_var(decl->values.names.at[k], true));
    }
}

/* Each return runs the deferred calls itself, so that traces show its line. */
static void emit_return(FuncState *f)
{
    if (f->has_defer) emit_abc(f, OP_RETD, 0, 0, 0);
    load_results(f);
    give_back(f);
    if (f->proto->nresults == 1 && f->owned.len == 0 && peephole_return(f)) return;
    emit_abc(f, OP_RET, 0, 0, 0);
}

void func_return(FuncState *f)
{
    if (f->range_func)
        range_exit_return(f);
    else
        emit_return(f);
}

/* What the end of the body falls into, and where a recovered panic goes on. */
static void emit_epilogue(FuncState *f)
{
    f->proto->epilogue_pc = (uint32_t)f->code.len;
    emit_return(f);
}

/* Stores n result values, lying side by side at `from` with types `types`. */
static void set_results(FuncState *f, Reg from, Type **types, uint32_t n)
{
    FuncState *func = returning_func(f);
    Reg slot = 0;
    for (uint32_t i = 0; i < n; i++) {
        Type *type = env_type(f, func->signature->func.results[i]->type);
        uint32_t slots = type_slots(type);
        Reg mark = reg_mark(f);
        if (!func->results) {
            convert_value(f, slot, from, types[i], type);
        } else {
            Reg value = from;
            if (!types_identical(types[i], type)) {
                value = reg_alloc(f, slots);
                convert_value(f, value, from, types[i], type);
            }
            assign_to_var(f, func->results[i], value);
        }
        reg_release(f, mark);
        slot += slots;
        from += type_slots(types[i]);
    }
}

/* return x, y: straight into the result slots where nothing can look at them meanwhile, else
 * through temporaries. */
static void return_values(FuncState *f, NodeList values)
{
    FuncState *func = returning_func(f);
    Object **results = func->signature->func.results;
    Reg mark = reg_mark(f);
    order_operands(f, values.at, values.len);
    if (func == f && !f->results && (!f->has_defer || values.len == 1)) {
        Reg slot = 0;
        for (uint32_t i = 0; i < values.len; i++) {
            Type *type = env_type(f, results[i]->type);
            Reg inner = reg_mark(f);
            expr_to_type(f, values.at[i], type, slot);
            reg_release(f, inner);
            slot += type_slots(type);
        }
        reg_release(f, mark);
        return;
    }
    if (values.len == 1) {
        Type *type = env_type(f, results[0]->type);
        set_results(f, expr_any_type(f, values.at[0], type), &type, 1);
        reg_release(f, mark);
        return;
    }
    Type **types = arena_array(f->arena, Type *, values.len);
    uint32_t slots = 0;
    for (uint32_t i = 0; i < values.len; i++) {
        types[i] = env_type(f, results[i]->type);
        slots += type_slots(types[i]);
    }
    Reg temp = reg_alloc(f, slots), at = temp;
    for (uint32_t i = 0; i < values.len; i++) {
        Reg inner = reg_mark(f);
        expr_to_type(f, values.at[i], types[i], at);
        reg_release(f, inner);
        at += type_slots(types[i]);
    }
    set_results(f, temp, types, values.len);
    reg_release(f, mark);
}

void stmt_return(FuncState *f, Node *node)
{
    if (f->inlining) {
        inline_return(f, node);
        return;
    }
    NodeList values = node->list.list;
    uint32_t nresults = returning_func(f)->signature->func.nresults;
    if (values.len == 1 && nresults > 1) {
        Reg mark = reg_mark(f);
        Type **types;
        uint32_t n = multi_types(f, values.at[0], &types);
        set_results(f, multi_value(f, values.at[0], types, n), types, n);
        reg_release(f, mark);
    } else if (values.len > 0) {
        return_values(f, values);
    }
    f->pos = node->pos;
    func_return(f);
}

Reg defer_frame(FuncState *f)
{
    if (!f->range_func) return NO_REG;
    FuncState *func = returning_func(f);
    if (!func->frame_id) fatal("func: a range body defers in a function without FRAMEID");
    Reg reg = reg_alloc(f, 1);
    VarPlace *place = var_place(f, func->frame_id);
    emit_abc(f, OP_LDCAP, reg, place->reg, 0);
    return reg;
}

/* ---- Bodies ---- */

static void keep_frame_id(FuncState *f)
{
    f->frame_id = synthetic_var(f, "_", type_basic[TYPE_UINTPTR], false);
    VarPlace *place = var_declare(f, f->frame_id);
    emit_abc(f, OP_FRAMEID, place->reg, 0, 0);
}

static void generate_body(FuncState *f, void *arg)
{
    Node *func = f->node, *body = func->func.body;
    (void)arg;
    f->pos = func->pos;
    Facts facts = {.f = f};
    if (func->flags & (NF_DEFERS | NF_RANGES_FUNC)) node_walk(body, find_facts, &facts);
    f->results = NULL;
    f->has_defer = facts.has_defer;
    if (f->has_defer) f->proto->flags |= PROTO_HAS_DEFER;
    if (f->proto->quick) emit_abc(f, OP_QUICK, 0, 0, 0);
    place_results(f, func, &facts);
    place_params(f, func);
    if (facts.needs_frame_id) keep_frame_id(f);
    prologue(f, body);
    own_params(f, func);
    NodeList stmts = body->block.stmts;
    for (uint32_t i = 0; i < stmts.len; i++) {
        stmt(f, stmts.at[i]);
        own_declared(f, stmts.at[i]);
    }
    f->pos = body->block.rbrace;
    bool returns = stmts.len > 0 && stmts.at[stmts.len - 1]->kind == NODE_RETURN;
    if (f->has_defer)
        emit_epilogue(f);
    else if (!returns)
        func_return(f);
}

void compile_func_state(FuncState *f)
{
    if (!f->outer && f->node->flags & NF_RANGES_FUNC) func_mark_captures(f, f->node->func.body);
    func_generate(f, generate_body, NULL);
}
