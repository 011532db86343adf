/* SPDX-License-Identifier: MIT */
/* Conditions: && || ! and comparisons become jumps without making a bool. */
#include "compiler/inline.h"

/* How a comparison of slots jumps: on x op y, or with the operands swapped. */
typedef struct Fused {
    Op op;
    bool swap;
} Fused;

static int negated(int op)
{
    switch (op) {
    case T_EQL: return T_NEQ;
    case T_NEQ: return T_EQL;
    case T_LSS: return T_GEQ;
    case T_GEQ: return T_LSS;
    case T_GTR: return T_LEQ;
    default: return T_GTR;
    }
}

static Fused int_jump(int op, bool is_unsigned)
{
    Op less = is_unsigned ? OP_JLTU : OP_JLT, less_equal = is_unsigned ? OP_JLEU : OP_JLE;
    switch (op) {
    case T_EQL: return (Fused){OP_JEQ, false};
    case T_NEQ: return (Fused){OP_JNE, false};
    case T_LSS: return (Fused){less, false};
    case T_LEQ: return (Fused){less_equal, false};
    case T_GTR: return (Fused){less, true};
    default: return (Fused){less_equal, true};
    }
}

static Op immediate_jump(int op)
{
    switch (op) {
    case T_EQL: return OP_JEQI;
    case T_NEQ: return OP_JNEI;
    case T_LSS: return OP_JLTI;
    case T_LEQ: return OP_JLEI;
    case T_GTR: return OP_JGTI;
    default: return OP_JGEI;
    }
}

/* The order test of floats; a negated one is true for NaNs. */
static Fused float_jump(int op, bool sense)
{
    bool is_strict = op == T_LSS || op == T_GTR;
    Op plain = is_strict ? OP_JLTF : OP_JLEF, opposite = is_strict ? OP_JNLTF : OP_JNLEF;
    return (Fused){sense ? plain : opposite, op == T_GTR || op == T_GEQ};
}

static int mirrored(int op)
{
    switch (op) {
    case T_LSS: return T_GTR;
    case T_LEQ: return T_GEQ;
    case T_GTR: return T_LSS;
    case T_GEQ: return T_LEQ;
    default: return op;
    }
}

/* Types whose values are one slot and equal where the bits are. */
static bool is_scalar(TypeKind kind)
{
    switch (kind) {
    case TYPE_FLOAT32:
    case TYPE_FLOAT64:
    case TYPE_COMPLEX64:
    case TYPE_COMPLEX128:
    case TYPE_STRING:
    case TYPE_STRUCT:
    case TYPE_ARRAY:
    case TYPE_SLICE:
    case TYPE_INTERFACE: return false;
    default: return true;
    }
}

static void fused_jump(FuncState *f, Fused fused, Reg x, Reg y, Label *to)
{
    if (fused.swap)
        emit_cmp_jump(f, fused.op, y, (int32_t)x, to);
    else
        emit_cmp_jump(f, fused.op, x, (int32_t)y, to);
}

/* Constant operand that fits in an immediate: integers and booleans. */
static bool immediate(FuncState *f, Node *node, int64_t *c)
{
    node = inline_value(f, node);
    if (!node->val) return false;
    if (const_kind(node->val) == CONST_BOOL) {
        *c = const_to_bool(node->val);
        return true;
    }
    return node_const_int(f, node, c) && *c >= INT16_MIN && *c <= INT16_MAX;
}

static void scalar_jump(FuncState *f, Node *x, Node *y, int op, TypeKind kind, Label *to)
{
    bool is_unsigned = kind == TYPE_UINT || kind == TYPE_UINT64 || kind == TYPE_UINTPTR;
    bool is_order = op != T_EQL && op != T_NEQ;
    int64_t c;
    if (!(is_unsigned && is_order)) {
        if (immediate(f, x, &c)) {
            Node *swap = x;
            x = y;
            y = swap;
            op = mirrored(op);
        }
        if (immediate(f, y, &c)) {
            Reg a = expr_any(f, x);
            emit_cmp_jump(f, immediate_jump(op), a, (int32_t)c, to);
            return;
        }
    }
    Reg a = expr_any(f, x);
    Reg b = expr_any(f, y);
    fused_jump(f, int_jump(op, is_unsigned), a, b, to);
}

/* The constant "". */
static bool is_empty(Node *node)
{
    size_t len = 1;
    if (node->val && const_kind(node->val) == CONST_STRING) const_to_string(node->val, &len);
    return len == 0;
}

/* The comparison as one fused jump; false where it has none. */
static bool compare_jump(FuncState *f, Node *node, bool sense, Label *to)
{
    Node *x = node_unparen(node->binary.x), *y = node_unparen(node->binary.y);
    order_pair(f, x, y);
    if (x->mode == MODE_NIL || y->mode == MODE_NIL) {
        Reg a = expr_any(f, x->mode == MODE_NIL ? y : x);
        bool equal = (node->op == T_EQL) == sense;
        emit_cmp_jump(f, equal ? OP_JEQI : OP_JNEI, a, 0, to);
        return true;
    }
    TypeKind kind = type_basic_kind(node_type(f, x)), other = type_basic_kind(node_type(f, y));
    bool is_equality = node->op == T_EQL || node->op == T_NEQ;
    if (kind == TYPE_FLOAT64 && !is_equality) {
        Type *type = node_type(f, x);
        Reg a = expr_any_type(f, x, type);
        Reg b = expr_any_type(f, y, type);
        fused_jump(f, float_jump(node->op, sense), a, b, to);
        return true;
    }
    if (kind == TYPE_STRING && other == TYPE_STRING && is_equality &&
        (is_empty(x) || is_empty(y))) {
        Reg a = expr_any(f, is_empty(x) ? y : x);
        emit_cmp_jump(f, (node->op == T_EQL) == sense ? OP_JEQI : OP_JNEI, a + 1, 0, to);
        return true;
    }
    if (!is_scalar(kind) || !is_scalar(other)) return false;
    scalar_jump(f, x, y, sense ? node->op : negated(node->op), kind, to);
    return true;
}

/* x && y (is_and) or x || y. */
static void logical_jump(FuncState *f, Node *node, bool is_and, bool sense, Label *to)
{
    if (is_and != sense) { /* either operand decides */
        cond_jump(f, node->binary.x, sense, to);
        cond_jump(f, node->binary.y, sense, to);
        return;
    }
    Label skip;
    label_init(&skip);
    cond_jump(f, node->binary.x, !sense, &skip);
    cond_jump(f, node->binary.y, sense, to);
    label_place(f, &skip);
}

void cond_jump(FuncState *f, Node *cond, bool sense, Label *to)
{
    Reg mark = reg_mark(f);
    cond = inline_value(f, node_unparen(cond));
    f->pos = cond->op_pos ? cond->op_pos : cond->pos;
    Reg early = f->early.len > 0 ? order_value(f, cond) : NO_REG;
    if (early != NO_REG) {
        emit_jump_if(f, sense, early, to);
    } else if (cond->val) {
        if (const_to_bool(cond->val) == sense) emit_jump(f, to);
    } else if (cond->kind == NODE_UNARY && cond->op == T_NOT) {
        cond_jump(f, cond->unary.x, !sense, to);
    } else if (cond->kind == NODE_BINARY && (cond->op == T_LAND || cond->op == T_LOR)) {
        logical_jump(f, cond, cond->op == T_LAND, sense, to);
    } else if (cond->kind == NODE_CALL && call_cond(f, cond, sense, to)) {
        ; /* the callee's own condition jumps */
    } else if (cond->kind != NODE_BINARY || !token_is_comparison(cond->op) ||
               !compare_jump(f, cond, sense, to)) {
        Reg value = expr_any(f, cond);
        emit_jump_if(f, sense, value, to);
    }
    reg_release(f, mark);
}
