/* SPDX-License-Identifier: MIT */
/* Assignments and definitions.
 *
 * As the specification wants it, first all operands are evaluated, left ones (indices, pointers)
 * and right ones, then the values are stored from left to right. A value is computed where it is to
 * stay wherever nothing else in the statement can see the difference; only where a store would
 * overwrite what a later one still needs does a value or an operand go to a temporary: a, b = b, a
 * costs one. */
#include "compiler/stmt.h"

#include "base/fatal.h"

#include <string.h>

/* Where one value goes. */
typedef struct Dest {
    enum { DEST_BLANK, DEST_NEW, DEST_PLACE } kind;
    Node *node;
    Object *var;  /* NEW: the variable; PLACE: likewise where the whole of a local is assigned, else
                     NULL */
    LValue lv;    /* PLACE */
    Type *type;   /* not of BLANK */
    Reg value;    /* slots that hold the value until it is stored */
    bool is_done; /* already stored */
} Dest;

bool lhs_is_blank(Node *lhs)
{
    return !lhs || (lhs->kind == NODE_IDENT && lhs->ident.name == intern_str("_"));
}

Object *defined_var(Node *ident, bool is_define)
{
    if (!is_define || ident->kind != NODE_IDENT || lhs_is_blank(ident)) return NULL;
    Object *obj = ident->ident.obj;
    return obj && obj->kind == OBJ_VAR && !obj->is_global && obj->pos == ident->pos ? obj : NULL;
}

/* ---- Several values of one expression ---- */

uint32_t multi_types(FuncState *f, Node *node, Type ***types)
{
    Type *type = node_type(f, node);
    if (type->kind == TYPE_TUPLE) {
        *types = type->tuple.types;
        return type->tuple.ntypes;
    }
    *types = arena_array(f->arena, Type *, 2);
    (*types)[0] = type;
    (*types)[1] = type_basic[TYPE_BOOL];
    return 2;
}

Reg multi_value(FuncState *f, Node *node, Type **types, uint32_t n)
{
    node = node_unparen(node);
    if (node->kind == NODE_CALL) return call_expr(f, node);
    uint32_t slots = 0;
    for (uint32_t i = 0; i < n; i++) slots += type_slots(types[i]);
    Reg to = reg_alloc(f, slots);
    expr_multi_to(f, node, to);
    return to;
}

/* ---- Storing ---- */

void assign_to_var(FuncState *f, Object *var, Reg from)
{
    VarPlace *place = var_place(f, var);
    Reg mark = reg_mark(f);
    switch (place->kind) {
    case PLACE_SLOT: emit_move(f, place->reg, from, type_slots(place->type)); break;
    case PLACE_BOX: emit_store(f, place->reg, 0, from, place->type); break;
    case PLACE_CAPTURE_BOX: {
        Reg box = reg_alloc(f, 1);
        emit_abc(f, OP_LDCAP, box, place->reg, 0);
        emit_store(f, box, 0, from, place->type);
        break;
    }
    case PLACE_GLOBAL: {
        LValue lv = {
            .kind = LV_GLOBAL, .address = place->address, .type = place->type, .pos = f->pos};
        lvalue_store(f, &lv, from);
        break;
    }
    case PLACE_CAPTURE: fatal("assign: %s was captured as a copy", var->name->text);
    }
    reg_release(f, mark);
}

static Reg converted(FuncState *f, Reg from, Type *from_type, Type *type)
{
    if (types_identical(from_type, type)) return from;
    Reg to = reg_alloc(f, type_slots(type));
    convert_value(f, to, from, from_type, type);
    return to;
}

void assign_or_define(FuncState *f, Node *lhs, bool is_define, Reg from, Type *from_type)
{
    if (lhs_is_blank(lhs)) return;
    Object *var = defined_var(lhs, is_define);
    if (var) {
        VarPlace *place = var_declare(f, var);
        Reg mark = reg_mark(f);
        var_init(f, var, converted(f, from, from_type, place->type));
        reg_release(f, mark);
        return;
    }
    Reg mark = reg_mark(f);
    LValue lv = lvalue(f, lhs);
    lvalue_store(f, &lv, converted(f, from, from_type, lv.type));
    reg_release(f, mark);
}

/* ---- Destinations ---- */

/* The local that an identifier names, where it lives in slots; else NULL. */
static Object *slot_var(Node *node, const LValue *lv)
{
    node = node_unparen(node);
    return lv->kind == LV_SLOT && node->kind == NODE_IDENT ? node->ident.obj : NULL;
}

/* Declares what a definition declares; before any temporaries are made. */
static void declare_dests(FuncState *f, Dest *dests, NodeList lhs, bool is_define)
{
    for (uint32_t i = 0; i < lhs.len; i++) {
        dests[i].node = lhs.at[i];
        dests[i].var = defined_var(lhs.at[i], is_define);
        if (dests[i].var) {
            dests[i].kind = DEST_NEW;
            dests[i].type = var_declare(f, dests[i].var)->type;
        } else {
            dests[i].kind = lhs_is_blank(lhs.at[i]) ? DEST_BLANK : DEST_PLACE;
        }
    }
}

static bool is_in_frame(const Dest *dest)
{
    return dest->kind == DEST_PLACE && (dest->lv.kind == LV_SLOT || dest->lv.kind == LV_FRAME ||
                                        dest->lv.kind == LV_FRAME_INDEX);
}

/* Evaluates the operands of places on the left. Those that read variables which the statement
 * itself assigns get copies. */
static void evaluate_places(FuncState *f, Dest *dests, uint32_t n)
{
    uint32_t nlocals = 0;
    for (uint32_t i = 0; i < n; i++) {
        Dest *d = &dests[i];
        if (d->kind != DEST_PLACE) continue;
        d->lv = lvalue(f, d->node);
        if (n > 1) lvalue_settle(f, &d->lv);
        d->var = slot_var(d->node, &d->lv);
        d->type = d->lv.type;
        if (is_in_frame(d)) nlocals++;
    }
    if (n == 1) return;
    for (uint32_t i = 0; i < n; i++) {
        Dest *d = &dests[i];
        if (d->kind == DEST_PLACE && nlocals > (is_in_frame(d) ? 1 : 0)) lvalue_freeze(f, &d->lv);
    }
}

/* ---- x = y ---- */

static void evaluate_only(FuncState *f, Node *value)
{
    if (value->mode == MODE_CONST || value->mode == MODE_NIL) return;
    Reg mark = reg_mark(f);
    if (!lvalue_box_big(f, value, reg_alloc(f, 1))) expr_any(f, value);
    reg_release(f, mark);
}

static void assign_one(FuncState *f, Node *lhs, Node *value)
{
    if (lhs_is_blank(lhs)) {
        evaluate_only(f, value);
        return;
    }
    order_assignment(f, (NodeList){.at = &lhs, .len = 1}, (NodeList){.at = &value, .len = 1});
    LValue lv = lvalue(f, lhs);
    if (lv.kind == LV_SLOT) {
        expr_to_type(f, value, lv.type, lv.reg);
        return;
    }
    if (lvalue_copy_big(f, &lv, value)) return;
    Reg from = expr_any_type(f, value, lv.type);
    f->pos = lhs->pos;
    lvalue_store(f, &lv, from);
}

static void define_one(FuncState *f, Object *var, Node *value)
{
    var_declare(f, var);
    Reg mark = reg_mark(f);
    var_init_expr(f, var, value);
    reg_release(f, mark);
}

/* ---- a, b = x, y ---- */

/* Whether nothing but value k of the statement looks at the variable that dests[k] assigns. */
static bool is_private(FuncState *f, const Dest *dests, NodeList values, uint32_t k)
{
    const Object *var = dests[k].var;
    if (f->has_defer && var->is_result) return false;
    for (uint32_t i = 0; i < values.len; i++) {
        if (i == k) continue;
        if (node_mentions(values.at[i], var)) return false;
        if (dests[i].kind == DEST_PLACE && node_mentions(dests[i].node, var)) return false;
    }
    return true;
}

/* Whether a store to one of the first k places overwrites slots [reg, reg + slots). */
static bool is_overwritten(const Dest *dests, uint32_t k, Reg reg, uint32_t slots)
{
    for (uint32_t i = 0; i < k; i++) {
        const Dest *d = &dests[i];
        if (!is_in_frame(d) || d->is_done) continue;
        if (d->lv.kind != LV_SLOT) return true;
        if (d->lv.reg < reg + slots && reg < d->lv.reg + type_slots(d->type)) return true;
    }
    return false;
}

static void evaluate_value(FuncState *f, Dest *dests, NodeList values, uint32_t k)
{
    Dest *d = &dests[k];
    Node *value = values.at[k];
    if (d->kind == DEST_BLANK) {
        evaluate_only(f, value);
    } else if (d->kind == DEST_NEW) {
        var_init_expr(f, d->var, value);
    } else if (d->var && is_private(f, dests, values, k)) {
        expr_to_type(f, value, d->type, d->lv.reg);
    } else {
        uint32_t slots = type_slots(d->type);
        d->value = expr_any_type(f, value, d->type);
        if (slots > 0 && reg_is_var(f, d->value) && is_overwritten(dests, k, d->value, slots)) {
            Reg copy = reg_alloc(f, slots);
            emit_move(f, copy, d->value, slots);
            d->value = copy;
        }
        return;
    }
    d->is_done = true;
}

static void store_values(FuncState *f, Dest *dests, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (dests[i].kind == DEST_PLACE && !dests[i].is_done)
            lvalue_store(f, &dests[i].lv, dests[i].value);
}

static void assign_many(FuncState *f, NodeList lhs, NodeList values, bool is_define)
{
    Dest *dests = arena_array(f->arena, Dest, lhs.len);
    declare_dests(f, dests, lhs, is_define);
    Reg mark = reg_mark(f);
    order_assignment(f, lhs, values);
    evaluate_places(f, dests, lhs.len);
    for (uint32_t i = 0; i < values.len; i++) evaluate_value(f, dests, values, i);
    store_values(f, dests, lhs.len);
    reg_release(f, mark);
}

/* ---- a, b = f() ---- */

/* Whether the destinations are new variables in adjacent slots, of just the types of the values. */
static bool are_adjacent(FuncState *f, const Dest *dests, Type **types, uint32_t n)
{
    Reg next = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (dests[i].kind != DEST_NEW || !types_identical(dests[i].type, types[i])) return false;
        VarPlace *place = var_place(f, dests[i].var);
        if (place->kind != PLACE_SLOT || (i > 0 && place->reg != next)) return false;
        next = place->reg + type_slots(place->type);
    }
    return true;
}

static void store_multi(FuncState *f, Dest *dests, Reg from, Type **types, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        Dest *d = &dests[i];
        Reg mark = reg_mark(f);
        if (d->kind == DEST_NEW)
            var_init(f, d->var, converted(f, from, types[i], d->type));
        else if (d->kind == DEST_PLACE)
            lvalue_store(f, &d->lv, converted(f, from, types[i], d->type));
        reg_release(f, mark);
        from += type_slots(types[i]);
    }
}

static void assign_multi(FuncState *f, NodeList lhs, Node *value, bool is_define)
{
    Dest *dests = arena_array(f->arena, Dest, lhs.len);
    declare_dests(f, dests, lhs, is_define);
    Reg mark = reg_mark(f);
    Type **types;
    uint32_t n = multi_types(f, value, &types);
    if (order_is_late(f, lhs)) {
        order_assignment(f, lhs, (NodeList){.at = &value, .len = 1});
        Reg from = multi_value(f, value, types, n);
        evaluate_places(f, dests, lhs.len);
        store_multi(f, dests, from, types, n);
        reg_release(f, mark);
        return;
    }
    evaluate_places(f, dests, lhs.len);
    if (node_unparen(value)->kind != NODE_CALL && are_adjacent(f, dests, types, n))
        expr_multi_to(f, value, var_place(f, dests[0].var)->reg);
    else
        store_multi(f, dests, multi_value(f, value, types, n), types, n);
    reg_release(f, mark);
}

/* ---- x op= y, x++ ---- */

/* The instruction that adds to (subtracts from) an int64 or float64 place in memory or in a slice;
 * OP_NOP where there is none. */
static Op op_in_place(const LValue *lv, TokenKind op, bool is_small)
{
    TypeKind kind = type_under(lv->type)->kind;
    bool is_float = kind == TYPE_FLOAT64;
    bool is_wide = kind == TYPE_INT || kind == TYPE_INT64 || kind == TYPE_UINT ||
                   kind == TYPE_UINT64 || kind == TYPE_UINTPTR;
    if ((!is_float && !is_wide) || (op != T_ADD && op != T_SUB)) return OP_NOP;
    if (lv->kind == LV_PTR) {
        if (is_small) return OP_ADDIM;
        if (is_float) return op == T_ADD ? OP_ADDFM : OP_SUBFM;
        return op == T_ADD ? OP_ADDM : OP_SUBM;
    }
    if (lv->kind != LV_SLICE) return OP_NOP;
    if (is_small) return OP_ADDIX;
    if (op == T_SUB) return OP_NOP;
    return is_float ? OP_ADDFX : OP_ADDX;
}

/* x += y where x lies in memory: one instruction. */
static bool assign_op_in_place(FuncState *f, LValue *lv, TokenKind op, Node *value)
{
    int64_t c = 0;
    bool is_small =
        !type_is_float(lv->type) && node_const_int(f, value, &c) && c > INT16_MIN && c <= INT16_MAX;
    if (lv->kind == LV_SLICE_PTR || lv->kind == LV_ARRAY_PTR) {
        LValue behind = {.kind = LV_PTR, .type = lv->type};
        if (op_in_place(&behind, op, is_small) != OP_NOP) lvalue_part(f, lv, 0, lv->type);
    }
    Op in_place = op_in_place(lv, op, is_small);
    if (in_place == OP_NOP) return false;
    Reg operand = is_small ? (uint16_t)(op == T_ADD ? c : -c) : expr_any_type(f, value, lv->type);
    if (lv->kind == LV_PTR)
        emit_memory_op(f, in_place, lv->reg, lv->offset, operand);
    else
        emit_abc(f, in_place, lv->reg, lv->index, operand);
    return true;
}

static void assign_op(FuncState *f, Node *lhs, TokenKind op, Node *value)
{
    order_pair(f, lhs, value);
    LValue lv = lvalue(f, lhs);
    if (assign_op_in_place(f, &lv, op, value)) return;
    if (lv.kind == LV_SLOT) {
        emit_binary_node(f, op, lv.reg, lv.reg, value, lv.type);
    } else {
        Reg result = reg_alloc(f, type_slots(lv.type));
        lvalue_load(f, &lv, result);
        emit_binary_node(f, op, result, result, value, lv.type);
        lvalue_store(f, &lv, result);
    }
}

void stmt_incdec(FuncState *f, Node *node)
{
    Reg mark = reg_mark(f);
    Node *one = node_new(f->arena, NODE_LITERAL, node->pos, node->end);
    one->mode = MODE_CONST;
    one->type = node->unary.x->type;
    one->val = const_int(1);
    assign_op(f, node->unary.x, node->op == T_INC ? T_ADD : T_SUB, one);
    reg_release(f, mark);
}

void stmt_assign(FuncState *f, Node *node)
{
    NodeList lhs = node->assign.lhs, rhs = node->assign.rhs;
    bool is_define = node->flags & NF_DEFINE;
    Reg mark = reg_mark(f);
    if (node->op != T_ASSIGN && node->op != T_DEFINE) {
        assign_op(f, lhs.at[0], (TokenKind)node->op, rhs.at[0]);
    } else if (rhs.len < lhs.len) {
        assign_multi(f, lhs, rhs.at[0], is_define);
        return;
    } else if (lhs.len > 1) {
        assign_many(f, lhs, rhs, is_define);
        return;
    } else {
        Object *var = defined_var(lhs.at[0], is_define);
        if (var) {
            define_one(f, var, rhs.at[0]);
            return;
        }
        assign_one(f, lhs.at[0], rhs.at[0]);
    }
    reg_release(f, mark);
}

/* ---- var ---- */

/* var a, b T without values. A package variable (of a script, of the prompt) is set to zero too:
 * its declaration may run again. */
static void declare_zero(FuncState *f, NodeList names)
{
    for (uint32_t i = 0; i < names.len; i++) {
        Object *var = names.at[i]->ident.obj;
        if (!var || lhs_is_blank(names.at[i])) continue;
        if (defined_var(names.at[i], true)) {
            var_declare(f, var);
            var_init_zero(f, var);
            continue;
        }
        Reg mark = reg_mark(f);
        LValue lv = lvalue(f, names.at[i]);
        Reg zero = reg_alloc(f, type_slots(lv.type));
        emit_zero(f, zero, type_slots(lv.type));
        lvalue_store(f, &lv, zero);
        reg_release(f, mark);
    }
}

void stmt_var_decl(FuncState *f, Node *node)
{
    NodeList names = node->values.names, values = node->values.values;
    f->pos = node->pos;
    if (values.len == 0) {
        declare_zero(f, names);
    } else if (values.len < names.len) {
        assign_multi(f, names, values.at[0], true);
    } else if (names.len > 1) {
        assign_many(f, names, values, true);
    } else if (defined_var(names.at[0], true)) {
        define_one(f, names.at[0]->ident.obj, values.at[0]);
    } else {
        Reg mark = reg_mark(f);
        assign_one(f, names.at[0], values.at[0]);
        reg_release(f, mark);
    }
}

/* ---- Package variables ---- */

static bool is_blank_var(const Object *var)
{
    return var->name == intern_str("_");
}

void assign_globals(FuncState *f, Object **vars, uint32_t n, Node *value)
{
    Reg mark = reg_mark(f);
    f->pos = value->pos;
    if (n == 0 || (n == 1 && is_blank_var(vars[0]))) {
        evaluate_only(f, value);
    } else if (n == 1) {
        LValue lv = {.kind = LV_GLOBAL,
                     .address = global_address(vars[0]),
                     .type = vars[0]->type,
                     .pos = f->pos};
        if (!composite_global(f, value, lv.type, lv.address) && !lvalue_copy_big(f, &lv, value))
            lvalue_store(f, &lv, expr_any_type(f, value, lv.type));
    } else {
        Type **types;
        multi_types(f, value, &types);
        Reg from = multi_value(f, value, types, n);
        for (uint32_t i = 0; i < n; i++) {
            Reg inner = reg_mark(f);
            if (!is_blank_var(vars[i]))
                assign_to_var(f, vars[i], converted(f, from, types[i], vars[i]->type));
            reg_release(f, inner);
            from += type_slots(types[i]);
        }
    }
    reg_release(f, mark);
}
