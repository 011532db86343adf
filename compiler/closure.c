/* SPDX-License-Identifier: MIT */
/* Variables' places, and functions that capture them.
 *
 * A variable's Object maps to its VarPlace in each FuncState that uses it. The first use of an
 * outer function's variable makes it a capture: an entry in `captures`, so that whoever makes the
 * closure knows what to put into its captured slots. Outer functions in between capture it too. */
#include "compiler/internal.h"

#include "base/fatal.h"

/* ---- Declaring ---- */

static VarPlace *add_place(FuncState *f, Object *var, int kind, Reg reg, Type *type)
{
    VarPlace *place = arena_new(f->arena, VarPlace);
    place->kind = kind;
    place->reg = reg;
    place->type = type;
    map_set(&f->slots, var, place);
    return place;
}

/* Lets debuggers and traces know the variable from here on. */
static void add_name(FuncState *f, Object *var, VarPlace *place)
{
    if (!var->name || var->name->text[0] == '_' || var->name->len == 0) return;
    vec_push(&f->open_locals, (uint32_t)f->locals.len);
    vec_push(&f->locals, ((LocalName){.name = var->name,
                                      .type = compile_rtype(place->type),
                                      .pos = var->pos,
                                      .slot = (uint16_t)place->reg,
                                      .is_boxed = place->kind == PLACE_BOX,
                                      .from_pc = (uint32_t)f->code.len}));
}

static void mark_var(FuncState *f, Reg reg, uint32_t slots)
{
    for (uint32_t i = 0; i < slots; i++) f->slot_is_var.at[reg + i] = 1;
}

VarPlace *var_declare(FuncState *f, Object *var)
{
    Type *type = env_type(f, var->type);
    bool is_boxed = var_is_boxed(f, var);
    uint32_t slots = is_boxed ? 1 : type_slots(type);
    Reg reg = reg_alloc(f, slots);
    if (f->is_too_large) slots = 0;
    mark_var(f, reg, slots);
    VarPlace *place = add_place(f, var, is_boxed ? PLACE_BOX : PLACE_SLOT, reg, type);
    add_name(f, var, place);
    return place;
}

VarPlace *var_bind(FuncState *f, Object *var, Reg reg)
{
    Type *type = env_type(f, var->type);
    VarPlace *place = add_place(f, var, PLACE_SLOT, reg, type);
    if (f->is_too_large || reg_is_var(f, reg)) return place;
    mark_var(f, reg, type_slots(type));
    add_name(f, var, place);
    return place;
}

void var_init(FuncState *f, Object *var, Reg from)
{
    VarPlace *place = var_place(f, var);
    if (place->kind == PLACE_BOX) {
        emit_abc(f, OP_BOX, place->reg, from, 0);
        emit_ptr(f, compile_rtype(place->type));
    } else {
        emit_move(f, place->reg, from, type_slots(place->type));
    }
}

void var_init_zero(FuncState *f, Object *var)
{
    VarPlace *place = var_place(f, var);
    if (place->kind == PLACE_BOX) {
        emit_abc(f, OP_NEW, place->reg, 0, 0);
        emit_ptr(f, compile_rtype(place->type));
    } else {
        emit_zero(f, place->reg, type_slots(place->type));
    }
}

void var_init_expr(FuncState *f, Object *var, Node *value)
{
    VarPlace *place = var_place(f, var);
    Reg mark = reg_mark(f);
    Node *inner = node_unparen(value);
    bool is_literal = inner->kind == NODE_COMPOSITE &&
                      type_basic_kind(place->type) != TYPE_POINTER &&
                      !type_is_interface(place->type);
    if (place->kind == PLACE_SLOT && is_literal)
        composite_to(f, inner, place->reg); /* nobody sees a new variable before it is complete */
    else if (place->kind == PLACE_SLOT)
        expr_to_type(f, value, place->type, place->reg);
    else if (!composite_box(f, value, place->type, place->reg) &&
             !lvalue_box_big(f, value, place->reg))
        var_init(f, var, expr_any_type(f, value, place->type));
    reg_release(f, mark);
}

/* ---- Finding ---- */

static VarPlace *add_capture(FuncState *f, Object *var)
{
    if (!f->outer) fatal("closure: variable %s has no place", var->name->text);
    VarPlace *outer = var_place(f->outer, var);
    if (outer->kind == PLACE_GLOBAL) return outer;
    bool is_box = outer->kind == PLACE_BOX || outer->kind == PLACE_CAPTURE_BOX;
    Reg first = f->ncaptured;
    vec_push(&f->captures, var);
    vec_push(&f->capture_index, first);
    f->ncaptured += is_box ? 1 : type_slots(outer->type);
    return add_place(f, var, is_box ? PLACE_CAPTURE_BOX : PLACE_CAPTURE, first, outer->type);
}

VarPlace *var_place(FuncState *f, Object *var)
{
    VarPlace *place = map_get(&f->slots, var);
    if (place) return place;
    if (!var->is_global) return add_capture(f, var);
    place = add_place(f, var, PLACE_GLOBAL, 0, env_type(f, var->type));
    place->address = global_address(var);
    return place;
}

/* ---- Making closures ---- */

/* Puts what an inner function wants of a variable into slots at `to`: the box's pointer or the
 * value. Returns the slots used. */
static uint32_t load_capture(FuncState *f, Object *var, Reg to)
{
    VarPlace *place = var_place(f, var);
    bool is_box = place->kind == PLACE_BOX || place->kind == PLACE_CAPTURE_BOX;
    uint32_t slots = is_box ? 1 : type_slots(place->type);
    if (place->kind == PLACE_CAPTURE && slots > 1)
        emit_abc(f, OP_LDCAPN, to, place->reg, slots);
    else if (place->kind == PLACE_CAPTURE || place->kind == PLACE_CAPTURE_BOX) {
        if (slots > 0) emit_abc(f, OP_LDCAP, to, place->reg, 0);
    } else
        emit_move(f, to, place->reg, slots);
    return slots;
}

void closure_make(FuncState *f, FuncState *inner, Reg to)
{
    if (inner->ncaptured == 0) {
        emit_abc(f, OP_LOADK, to, 0, 0);
        emit_ptr(f, inner->proto->value);
    } else {
        Reg mark = reg_mark(f);
        Reg at = reg_alloc(f, inner->ncaptured);
        for (size_t i = 0; i < inner->captures.len; i++)
            load_capture(f, inner->captures.at[i], at + inner->capture_index.at[i]);
        emit_abc(f, OP_CLOSURE, to, at, inner->ncaptured);
        emit_ptr(f, inner->proto);
        reg_release(f, mark);
    }
}

void closure_expr(FuncState *f, Node *lit, Reg to)
{
    FuncState *inner = func_begin(f, lit, node_type(f, lit), NULL);
    compile_func_state(inner);
    closure_make(f, inner, to);
    func_end(inner);
}
