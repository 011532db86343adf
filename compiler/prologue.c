/* SPDX-License-Identifier: MIT */
/* What a function loads once, at its entry, because it will use it again and again.
 *
 * A captured variable that a function literal mentions more than once is taken out of the closure
 * into slots; the variable then is like any other in slots or in a box, since captured slots never
 * change. A constant that an instruction in a loop needs in a register, having no immediate form
 * for it, gets a register of its own. Both cost a few slots of frame, so there is a limit to each.
 * What is counted is a guess from the tree, before code is made: too much costs a load, too little
 * costs a load in each round. */
#include "compiler/inline.h"

#define MAX_CAPTURED_SLOTS 8
#define MAX_CONSTANTS      6
#define MAX_CANDIDATES     32

/* ---- Captured variables ---- */

typedef struct Captured {
    Node *func;
    Object *vars[MAX_CANDIDATES];
    uint32_t counts[MAX_CANDIDATES];
    uint32_t n;
} Captured;

static bool count_captured(Node *node, void *arg)
{
    Captured *captured = arg;
    if (node->kind != NODE_IDENT || !node->ident.obj) return true;
    Object *obj = node->ident.obj;
    if (obj->kind != OBJ_VAR || obj->is_global || obj->is_field || !obj->is_captured) return true;
    if (obj->pos >= captured->func->pos && obj->pos < captured->func->end) return true;
    uint32_t i = 0;
    while (i < captured->n && captured->vars[i] != obj) i++;
    if (i == MAX_CANDIDATES) return true;
    if (i == captured->n) {
        captured->vars[captured->n++] = obj;
        captured->counts[i] = 0;
    }
    captured->counts[i]++;
    return true;
}

static uint32_t place_slots(const VarPlace *place)
{
    return place->kind == PLACE_CAPTURE_BOX ? 1 : type_slots(place->type);
}

/* Moves a captured variable into slots, unless it takes more than are left; returns how many it
 * took. */
static uint32_t take_out(FuncState *f, Object *var, uint32_t left)
{
    VarPlace *place = var_place(f, var);
    if (place->kind != PLACE_CAPTURE && place->kind != PLACE_CAPTURE_BOX) return 0;
    uint32_t slots = place_slots(place);
    if (slots == 0 || slots > left) return 0;
    Reg reg = reg_alloc(f, slots);
    if (slots == 1)
        emit_abc(f, OP_LDCAP, reg, place->reg, 0);
    else
        emit_abc(f, OP_LDCAPN, reg, place->reg, slots);
    place->kind = place->kind == PLACE_CAPTURE ? PLACE_SLOT : PLACE_BOX;
    place->reg = reg;
    for (uint32_t i = 0; i < slots; i++) f->slot_is_var.at[reg + i] = 1;
    return slots;
}

static void take_out_captured(FuncState *f, Node *body)
{
    if (!f->outer || !f->node || f->node->kind != NODE_FUNC_LIT) return;
    Captured captured = {.func = f->node};
    node_walk(body, count_captured, &captured);
    uint32_t left = MAX_CAPTURED_SLOTS;
    for (uint32_t i = 0; i < captured.n; i++)
        if (captured.counts[i] > 1) left -= take_out(f, captured.vars[i], left);
}

/* ---- Constants in loops ---- */

typedef struct Constants {
    FuncState *f;
    uint32_t depth; /* of loops */
    uint32_t calls; /* of bodies of functions called there */
    uint64_t bits[MAX_CONSTANTS];
    uint32_t n;
} Constants;

/* The constant's slot; false where it takes several or none. */
static bool const_bits(const ConstValue *val, Type *type, uint64_t *bits)
{
    uint64_t slots[2];
    TypeKind kind = type_basic_kind(type);
    if (kind < TYPE_BOOL || kind > TYPE_FLOAT64) return false;
    const_to_slots(val, type, slots);
    *bits = slots[0];
    return true;
}

static void want(Constants *constants, Node *node)
{
    uint64_t bits;
    node = node_unparen(node);
    if (!node->val || constants->n == MAX_CONSTANTS) return;
    if (!const_bits(node->val, node_type(constants->f, node), &bits)) return;
    for (uint32_t i = 0; i < constants->n; i++)
        if (constants->bits[i] == bits) return;
    constants->bits[constants->n++] = bits;
}

/* Whether statements, so perhaps a loop, may be inside. */
static bool holds_statements(const Node *node)
{
    switch (node->kind) {
    case NODE_BLOCK:
    case NODE_IF:
    case NODE_SWITCH:
    case NODE_TYPE_SWITCH:
    case NODE_SELECT:
    case NODE_CASE:
    case NODE_COMM:
    case NODE_LABELED: return true;
    default: return false;
    }
}

/* Wants an operand unless there is an immediate form for it. */
static void want_operand(Constants *constants, Node *node, int op)
{
    int64_t value;
    bool has_immediate = op != T_OR && op != T_XOR && op != T_AND_NOT;
    bool is_shift = op == T_SHL || op == T_SHR;
    node = node_unparen(node);
    if (!node->val) return;
    if (node_const_int(constants->f, node, &value) && has_immediate &&
        (is_shift || (value >= INT16_MIN && value <= INT16_MAX)))
        return;
    if (const_kind(node->val) != CONST_BOOL) want(constants, node);
}

static bool find_constants(Node *node, void *arg);

static void find_in_loop(Constants *constants, Node *node)
{
    constants->depth++;
    node_walk(node, find_constants, constants);
    constants->depth--;
}

static void look_at_assignment(Constants *constants, Node *node)
{
    bool is_plain = node->op == T_ASSIGN || node->op == T_DEFINE;
    if (node->assign.lhs.len != 1 || node->assign.rhs.len != 1) return;
    Node *lhs = node_unparen(node->assign.lhs.at[0]), *rhs = node->assign.rhs.at[0];
    if (!is_plain)
        want_operand(constants, rhs, node->op);
    else if (lhs->kind != NODE_IDENT && rhs->val &&
             types_identical(node_type(constants->f, lhs), node_type(constants->f, rhs)))
        want(constants, rhs);
}

/* In a loop: what is called there may be done there. */
static void look_at_call(Constants *constants, Node *call)
{
    enum { DEPTH = 2 };
    if (constants->depth == 0 || constants->calls == DEPTH) return;
    Node *body = inline_body(constants->f, call);
    constants->calls++;
    if (body) node_walk(body, find_constants, constants);
    constants->calls--;
}

static bool find_constants(Node *node, void *arg)
{
    Constants *constants = arg;
    switch (node->kind) {
    case NODE_FUNC_LIT: return false;
    case NODE_CALL: look_at_call(constants, node); return constants->depth > 0;
    case NODE_FOR:
        if (constants->depth > 0) node_walk(node->for_.init, find_constants, constants);
        find_in_loop(constants, node->for_.cond);
        find_in_loop(constants, node->for_.post);
        find_in_loop(constants, node->for_.body);
        return false;
    case NODE_RANGE:
        if (constants->depth > 0) node_walk(node->range.x, find_constants, constants);
        find_in_loop(constants, node->range.body);
        return false;
    case NODE_BINARY:
        if (node->val || constants->depth == 0) return false;
        want_operand(constants, node->binary.x, node->op);
        want_operand(constants, node->binary.y, node->op);
        return true;
    case NODE_ASSIGN:
        if (constants->depth > 0) look_at_assignment(constants, node);
        return constants->depth > 0;
    default: return constants->depth > 0 || holds_statements(node);
    }
}

static void keep_constants(FuncState *f, Node *body)
{
    Constants constants = {.f = f};
    node_walk(body, find_constants, &constants);
    for (uint32_t i = 0; i < constants.n; i++) {
        Reg reg = reg_alloc(f, 1);
        if (f->is_too_large) return;
        f->slot_is_var.at[reg] = 1;
        emit_int(f, reg, (int64_t)constants.bits[i]);
        vec_push(&f->pool, ((PoolEntry){.bits = constants.bits[i], .reg = reg}));
    }
}

Reg prologue_const(FuncState *f, const ConstValue *val, Type *type)
{
    uint64_t bits;
    if (f->pool.len == 0 || !const_bits(val, type, &bits)) return NO_REG;
    for (size_t i = 0; i < f->pool.len; i++)
        if (f->pool.at[i].bits == bits) return f->pool.at[i].reg;
    return NO_REG;
}

void prologue(FuncState *f, Node *body)
{
    take_out_captured(f, body);
    keep_constants(f, body);
}
