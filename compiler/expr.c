/* SPDX-License-Identifier: MIT */
/* Expressions.
 *
 * expr_to puts a value where the caller wants it; expr_any lets it stay where it is if it sits in a
 * slot already. Nothing but assignments changes the slots of variables (those that function
 * literals change live in boxes), and assignments are no expressions, so a register from expr_any
 * keeps its value until the statement assigns.
 *
 * A destination may be a variable that the expression reads, or one that others look at after a
 * panic. So expr_to writes `to` only when all operands are evaluated; what builds values piece by
 * piece does so in temporaries (composite_value_to). */
#include "compiler/inline.h"

#include "base/fatal.h"

/* ---- Types and constants of nodes ---- */

Type *env_type(FuncState *f, Type *type)
{
    if (f->env.n == 0 || !type_mentions_params(type)) return type;
    return type_subst(type, f->env.params, f->env.args, f->env.n);
}

Type *node_type(FuncState *f, const Node *node)
{
    Type *type = env_type(f, node->type);
    return type_is_untyped(type) && type->kind != TYPE_UNTYPED_NIL ? type_default(type) : type;
}

Node *node_unparen(Node *node)
{
    while (node->kind == NODE_PAREN) node = node->unary.x;
    return node;
}

static bool is_int_kind(TypeKind kind)
{
    return kind >= TYPE_INT && kind <= TYPE_UINTPTR;
}

static bool is_unsigned_kind(TypeKind kind)
{
    return kind >= TYPE_UINT && kind <= TYPE_UINTPTR;
}

/* Unsigned and as wide as a slot, so that the top bit counts. */
static bool is_wide_unsigned(TypeKind kind)
{
    return kind == TYPE_UINT || kind == TYPE_UINT64 || kind == TYPE_UINTPTR;
}

void note_unsigned(FuncState *f, Pos pos, Node *lo, Node *hi, Node *max)
{
    Node *nodes[] = {lo, hi, max};
    unsigned which = 0;
    for (unsigned i = 0; i < 3; i++)
        if (nodes[i] && !nodes[i]->val && is_wide_unsigned(type_basic_kind(node_type(f, nodes[i]))))
            which |= 1u << i;
    if (which) vec_push(&f->unsigned_indices, ((UnsignedIndex){.pos = pos, .which = which}));
}

/* A sum or difference of constants, where some of them are arguments of a call done where it
 * stands. */
static bool fold(FuncState *f, Node *node, int64_t *value)
{
    int64_t x, y;
    if (node->op != T_ADD && node->op != T_SUB) return false;
    if (type_sizeof(node_type(f, node)) != 8) return false;
    if (!node_const_int(f, node->binary.x, &x) || !node_const_int(f, node->binary.y, &y))
        return false;
    bool is_wrong = node->op == T_ADD ? __builtin_add_overflow(x, y, value)
                                      : __builtin_sub_overflow(x, y, value);
    return !is_wrong && (*value >= 0 || !is_wide_unsigned(type_basic_kind(node_type(f, node))));
}

bool node_const_int(FuncState *f, Node *node, int64_t *value)
{
    if (f->inlining) {
        node = inline_value(f, node_unparen(node));
        if (node->kind == NODE_BINARY && !node->val) return fold(f, node, value);
    }
    if (!node->val || !is_int_kind(type_basic_kind(node_type(f, node)))) return false;
    return const_to_int64(const_to_kind(node->val, CONST_INT), value);
}

/* A constant that fits in an instruction's signed 16 bits. */
static bool small_const(FuncState *f, Node *node, int64_t *value)
{
    return node_const_int(f, node, value) && *value >= INT16_MIN && *value <= INT16_MAX;
}

/* ---- Arithmetic ---- */

/* Brings a 64-bit result back to the canonical form of a narrower integer type. */
static void extend(FuncState *f, Reg reg, TypeKind kind)
{
    switch (kind) {
    case TYPE_INT8: emit_abc(f, OP_SEXT8, reg, reg, 0); break;
    case TYPE_INT16: emit_abc(f, OP_SEXT16, reg, reg, 0); break;
    case TYPE_INT32: emit_abc(f, OP_SEXT32, reg, reg, 0); break;
    case TYPE_UINT8: emit_abc(f, OP_ZEXT8, reg, reg, 0); break;
    case TYPE_UINT16: emit_abc(f, OP_ZEXT16, reg, reg, 0); break;
    case TYPE_UINT32: emit_abc(f, OP_ZEXT32, reg, reg, 0); break;
    default: break;
    }
}

static void int_binary(FuncState *f, TokenKind op, Reg to, Reg x, Reg y, TypeKind kind)
{
    bool is_unsigned = is_unsigned_kind(kind);
    if ((kind == TYPE_INT32 || kind == TYPE_UINT32) &&
        (op == T_ADD || op == T_SUB || op == T_MUL)) {
        Op o = op == T_ADD ? OP_ADD32 : op == T_SUB ? OP_SUB32 : OP_MUL32;
        if (is_unsigned) o = op == T_ADD ? OP_ADDU32 : op == T_SUB ? OP_SUBU32 : OP_MULU32;
        emit_abc(f, o, to, x, y);
        return;
    }
    switch (op) {
    case T_ADD:
    case T_SUB: {
        Op o = op == T_ADD ? OP_ADD : OP_SUB;
        if (!peephole_load_op(f, o, to, x, y)) emit_abc(f, o, to, x, y);
        break;
    }
    case T_MUL:
        if (!peephole_load_op(f, OP_MUL, to, x, y)) emit_abc(f, OP_MUL, to, x, y);
        break;
    case T_DIV: emit_abc(f, is_unsigned ? OP_DIVU : OP_DIV, to, x, y); break;
    case T_REM: emit_abc(f, is_unsigned ? OP_MODU : OP_MOD, to, x, y); return;
    case T_AND: emit_abc(f, OP_AND, to, x, y); return;
    case T_OR: emit_abc(f, OP_OR, to, x, y); return;
    case T_XOR: emit_abc(f, OP_XOR, to, x, y); return;
    case T_AND_NOT: emit_abc(f, OP_ANDN, to, x, y); return;
    default: fatal("expr: no integer operator %s", token_text(op));
    }
    if (op != T_DIV || !is_unsigned) extend(f, to, kind);
}

static void float_binary(FuncState *f, TokenKind op, Reg to, Reg x, Reg y, bool is_float32)
{
    if (!is_float32 && (op == T_ADD || op == T_SUB) &&
        peephole_mul_add(f, op == T_ADD ? OP_ADDF : OP_SUBF, to, x, y))
        return;
    Op o = op == T_ADD ? OP_ADDF : op == T_SUB ? OP_SUBF : op == T_MUL ? OP_MULF : OP_NOP;
    if (!is_float32 && peephole_load_op(f, o, to, x, y)) return;
    switch (op) {
    case T_ADD: emit_abc(f, is_float32 ? OP_ADDF32 : OP_ADDF, to, x, y); break;
    case T_SUB: emit_abc(f, is_float32 ? OP_SUBF32 : OP_SUBF, to, x, y); break;
    case T_MUL: emit_abc(f, is_float32 ? OP_MULF32 : OP_MULF, to, x, y); break;
    case T_DIV: emit_abc(f, is_float32 ? OP_DIVF32 : OP_DIVF, to, x, y); break;
    default: fatal("expr: no float operator %s", token_text(op));
    }
}

static void complex_binary(FuncState *f, TokenKind op, Reg to, Reg x, Reg y)
{
    switch (op) {
    case T_ADD: emit_abc(f, OP_ADDC, to, x, y); break;
    case T_SUB: emit_abc(f, OP_SUBC, to, x, y); break;
    case T_MUL: emit_abc(f, OP_MULC, to, x, y); break;
    case T_DIV: emit_abc(f, OP_DIVC, to, x, y); break;
    default: fatal("expr: no complex operator %s", token_text(op));
    }
}

/* complex64 computes as complex128 does and rounds. */
static void complex64_binary(FuncState *f, TokenKind op, Reg to, Reg x, Reg y)
{
    Reg mark = reg_mark(f);
    Reg wide = reg_alloc(f, 4);
    emit_abc(f, OP_C64TOC, wide, x, 0);
    emit_abc(f, OP_C64TOC, wide + 2, y, 0);
    complex_binary(f, op, wide, wide, wide + 2);
    emit_abc(f, OP_CTOC64, to, wide, 0);
    reg_release(f, mark);
}

static void shift(FuncState *f, TokenKind op, Reg to, Reg x, Reg count, TypeKind kind,
                  Type *count_type)
{
    if (!is_unsigned_kind(type_basic_kind(count_type))) emit_abc(f, OP_CHKSHIFT, count, 0, 0);
    if (op == T_SHL) {
        emit_abc(f, OP_SHL, to, x, count);
        extend(f, to, kind);
    } else {
        emit_abc(f, is_unsigned_kind(kind) ? OP_SHRU : OP_SHR, to, x, count);
    }
}

void emit_binary(FuncState *f, TokenKind op, Reg to, Reg x, Reg y, Type *type, Type *count_type)
{
    TypeKind kind = type_basic_kind(type);
    if (op == T_SHL || op == T_SHR)
        shift(f, op, to, x, y, kind, count_type);
    else if (kind == TYPE_FLOAT64 || kind == TYPE_FLOAT32)
        float_binary(f, op, to, x, y, kind == TYPE_FLOAT32);
    else if (kind == TYPE_STRING)
        emit_abc(f, OP_CAT, to, x, y);
    else if (kind == TYPE_COMPLEX128)
        complex_binary(f, op, to, x, y);
    else if (kind == TYPE_COMPLEX64)
        complex64_binary(f, op, to, x, y);
    else
        int_binary(f, op, to, x, y, kind);
}

static void shift_const(FuncState *f, TokenKind op, Reg to, Reg x, uint64_t count, TypeKind kind)
{
    bool is_unsigned = is_unsigned_kind(kind);
    if (count >= 64) {
        if (op == T_SHL || is_unsigned)
            emit_int(f, to, 0);
        else
            emit_abc(f, OP_SHRI, to, x, 63);
    } else if (op == T_SHL) {
        if (kind == TYPE_UINT32 && count < 32) {
            emit_abc(f, OP_SHLIU32, to, x, (Reg)count);
            return;
        }
        emit_abc(f, OP_SHLI, to, x, (Reg)count);
        extend(f, to, kind);
    } else {
        emit_abc(f, is_unsigned ? OP_SHRUI : OP_SHRI, to, x, (Reg)count);
    }
}

/* log2 of a power of two that ANDI and SHRUI can stand in for, else -1. */
static int small_log2(int64_t c)
{
    for (int i = 1; i < 15; i++)
        if (c == (int64_t)1 << i) return i;
    return -1;
}

/* x op c with an immediate; false where there is no such form. */
static bool int_immediate(FuncState *f, TokenKind op, Reg to, Reg x, int64_t c, TypeKind kind)
{
    bool is_wide = is_wide_unsigned(kind);
    int log2 = small_log2(c);
    switch (op) {
    case T_ADD: emit_abc(f, OP_ADDI, to, x, (uint16_t)c); break;
    case T_SUB:
        if (c == INT16_MIN) return false;
        emit_abc(f, OP_ADDI, to, x, (uint16_t)-c);
        break;
    case T_MUL: emit_abc(f, OP_MULI, to, x, (uint16_t)c); break;
    case T_AND: emit_abc(f, OP_ANDI, to, x, (uint16_t)c); return true;
    case T_DIV:
        if (is_wide && log2 > 0)
            emit_abc(f, OP_SHRUI, to, x, (Reg)log2);
        else if (!is_wide && log2 > 0)
            emit_abc(f, OP_DIVP2, to, x, (Reg)log2);
        else if (!is_wide && (c > 1 || c < -1))
            emit_abc(f, OP_DIVI, to, x, (uint16_t)c);
        else
            return false;
        return true;
    case T_REM:
        if (is_wide && log2 > 0)
            emit_abc(f, OP_ANDI, to, x, (uint16_t)(c - 1));
        else if (!is_wide && log2 > 0)
            emit_abc(f, OP_MODP2, to, x, (Reg)log2);
        else if (!is_wide && (c > 1 || c < -1))
            emit_abc(f, OP_MODI, to, x, (uint16_t)c);
        else
            return false;
        return true;
    default: return false;
    }
    extend(f, to, kind);
    return true;
}

void emit_binary_node(FuncState *f, TokenKind op, Reg to, Reg x, Node *y, Type *type)
{
    Reg mark = reg_mark(f);
    TypeKind kind = type_basic_kind(type);
    int64_t c;
    bool is_shift = op == T_SHL || op == T_SHR;
    Pos pos = f->pos;
    if (is_shift && node_const_int(f, y, &c) && c >= 0) {
        shift_const(f, op, to, x, (uint64_t)c, kind);
    } else if (is_shift || !is_int_kind(kind) || !small_const(f, y, &c) ||
               !int_immediate(f, op, to, x, c, kind)) {
        Type *y_type = node_type(f, y);
        Reg r = is_shift ? expr_any(f, y) : expr_any_type(f, y, type);
        f->pos = pos;
        emit_binary(f, op, to, x, r, type, y_type);
    }
    reg_release(f, mark);
}

/* ---- Equality ---- */

void emit_equal(FuncState *f, Reg to, Reg x, Reg y, Type *type)
{
    switch (type_basic_kind(type)) {
    case TYPE_FLOAT64: emit_abc(f, OP_EQF, to, x, y); break;
    case TYPE_FLOAT32: emit_abc(f, OP_EQF32, to, x, y); break;
    case TYPE_STRING: emit_abc(f, OP_EQS, to, x, y); break;
    case TYPE_INTERFACE: emit_abc(f, OP_EQIF, to, x, y); break;
    case TYPE_COMPLEX128: emit_abc(f, OP_EQC, to, x, y); break;
    case TYPE_COMPLEX64: {
        Reg mark = reg_mark(f);
        Reg wide = reg_alloc(f, 4);
        emit_abc(f, OP_C64TOC, wide, x, 0);
        emit_abc(f, OP_C64TOC, wide + 2, y, 0);
        emit_abc(f, OP_EQC, to, wide, wide + 2);
        reg_release(f, mark);
        break;
    }
    case TYPE_STRUCT:
    case TYPE_ARRAY:
        if (type_slots(type) == 0) {
            emit_int(f, to, 1);
            break;
        }
        emit_abc(f, OP_EQV, to, x, y);
        emit_ptr(f, rtype_of(f, type));
        break;
    default: emit_abc(f, OP_EQ, to, x, y);
    }
}

bool token_is_comparison(int op)
{
    return op == T_EQL || op == T_NEQ || op == T_LSS || op == T_LEQ || op == T_GTR || op == T_GEQ;
}

/* x == nil or x != nil. */
static void compare_nil(FuncState *f, Node *x, bool equal, Reg to)
{
    Reg value = expr_any(f, x);
    Reg zero = reg_alloc(f, 1);
    emit_zero(f, zero, 1);
    emit_abc(f, equal ? OP_EQ : OP_NE, to, value, zero);
}

static void compare_ordered(FuncState *f, int op, Reg to, Reg x, Reg y, TypeKind kind)
{
    bool is_strict = op == T_LSS || op == T_GTR;
    Op o;
    if (kind == TYPE_FLOAT64)
        o = is_strict ? OP_LTF : OP_LEF;
    else if (kind == TYPE_FLOAT32)
        o = is_strict ? OP_LTF32 : OP_LEF32;
    else if (kind == TYPE_STRING)
        o = is_strict ? OP_LTS : OP_LES;
    else if (is_wide_unsigned(kind))
        o = is_strict ? OP_LTU : OP_LEU;
    else
        o = is_strict ? OP_LT : OP_LE;
    if (op == T_GTR || op == T_GEQ)
        emit_abc(f, o, to, y, x);
    else
        emit_abc(f, o, to, x, y);
}

/* != of what has an instruction for it; false where == and NOTB have to do. */
static bool compare_unequal(FuncState *f, Reg to, Reg x, Reg y, TypeKind kind)
{
    switch (kind) {
    case TYPE_INTERFACE:
    case TYPE_STRUCT:
    case TYPE_ARRAY:
    case TYPE_COMPLEX64:
    case TYPE_COMPLEX128: return false;
    case TYPE_FLOAT64: emit_abc(f, OP_NEF, to, x, y); return true;
    case TYPE_FLOAT32: emit_abc(f, OP_NEF32, to, x, y); return true;
    case TYPE_STRING: emit_abc(f, OP_NES, to, x, y); return true;
    default: emit_abc(f, OP_NE, to, x, y); return true;
    }
}

/* The type two operands are compared as: where one is an interface and the other is not, the
 * interface. */
static Type *comparison_type(FuncState *f, Node *x, Node *y)
{
    Type *xt = node_type(f, x), *yt = node_type(f, y);
    return type_basic_kind(yt) == TYPE_INTERFACE && type_basic_kind(xt) != TYPE_INTERFACE ? yt : xt;
}

void compare_to(FuncState *f, Node *node, Reg to)
{
    Reg mark = reg_mark(f);
    Node *x = node_unparen(node->binary.x), *y = node_unparen(node->binary.y);
    if (x->mode == MODE_NIL || y->mode == MODE_NIL) {
        compare_nil(f, x->mode == MODE_NIL ? y : x, node->op == T_EQL, to);
        reg_release(f, mark);
        return;
    }
    order_pair(f, x, y);
    Type *type = comparison_type(f, x, y);
    if (type_is_big(type)) type = type_any; /* as interfaces they are compared in memory */
    TypeKind kind = type_basic_kind(type);
    Reg a = expr_any_type(f, x, type);
    Reg b = expr_any_type(f, y, type);
    f->pos = node->op_pos;
    if (node->op != T_EQL && node->op != T_NEQ) {
        compare_ordered(f, node->op, to, a, b, kind);
    } else if (node->op == T_EQL) {
        emit_equal(f, to, a, b, type);
    } else if (!compare_unequal(f, to, a, b, kind)) {
        emit_equal(f, to, a, b, type);
        emit_abc(f, OP_NOTB, to, to, 0);
    }
    reg_release(f, mark);
}

/* ---- Operators ---- */

typedef VEC(Node *) Operands;

/* The operands of a + b + c. */
static void flatten_concat(Node *node, Operands *out)
{
    Node *inner = node_unparen(node);
    if (inner->kind == NODE_BINARY && inner->op == T_ADD && !inner->val) {
        flatten_concat(inner->binary.x, out);
        flatten_concat(inner->binary.y, out);
    } else {
        vec_push(out, node);
    }
}

static void concat_to(FuncState *f, Node *node, Reg to)
{
    Operands operands = {0};
    flatten_concat(node, &operands);
    order_operands(f, operands.at, (uint32_t)operands.len);
    if (operands.len == 2) {
        Reg x = expr_any(f, operands.at[0]);
        Reg y = expr_any(f, operands.at[1]);
        emit_abc(f, OP_CAT, to, x, y);
    } else {
        Reg at = reg_alloc(f, (uint32_t)operands.len * 2);
        for (size_t i = 0; i < operands.len; i++) expr_to(f, operands.at[i], at + (Reg)i * 2);
        f->pos = node->op_pos;
        emit_abc(f, OP_CATN, to, at, (Reg)operands.len);
    }
    vec_free(&operands);
}

static bool is_commutative(int op)
{
    return op == T_ADD || op == T_MUL || op == T_AND || op == T_OR || op == T_XOR;
}

static Node *variable_of(Node *node)
{
    node = node_unparen(node);
    return node->kind == NODE_IDENT && node->ident.obj && node->ident.obj->kind == OBJ_VAR ? node
                                                                                           : NULL;
}

/* x<<k | x>>(width-k), in either order, of a variable. */
static bool rotation_to(FuncState *f, Node *node, TypeKind kind, Reg to)
{
    int64_t left, right, width = kind == TYPE_UINT32 ? 32 : 64;
    Node *x = node_unparen(node->binary.x), *y = node_unparen(node->binary.y);
    if (node->op != T_OR || (kind != TYPE_UINT32 && !is_wide_unsigned(kind))) return false;
    if (x->kind != NODE_BINARY || y->kind != NODE_BINARY || x->val || y->val) return false;
    if (x->op == T_SHR) {
        Node *swap = x;
        x = y;
        y = swap;
    }
    if (x->op != T_SHL || y->op != T_SHR) return false;
    Node *a = variable_of(x->binary.x), *b = variable_of(y->binary.x);
    if (!a || !b || a->ident.obj != b->ident.obj) return false;
    if (!node_const_int(f, x->binary.y, &left) || !node_const_int(f, y->binary.y, &right))
        return false;
    if (left <= 0 || right <= 0 || left + right != width) return false;
    Reg from = expr_any(f, a);
    f->pos = node->op_pos;
    emit_abc(f, width == 32 ? OP_ROTLI32 : OP_ROTLI64, to, from, (Reg)left);
    return true;
}

static void binary_to(FuncState *f, Node *node, Reg to)
{
    Type *type = node_type(f, node);
    Node *x = node->binary.x, *y = node->binary.y;
    TypeKind kind = type_basic_kind(type);
    if (kind == TYPE_STRING) {
        concat_to(f, node, to);
        return;
    }
    if (is_int_kind(kind) && rotation_to(f, node, kind, to)) return;
    order_pair(f, x, y);
    if (is_int_kind(kind) && is_commutative(node->op) && x->val && !y->val) {
        Node *swap = x;
        x = y;
        y = swap;
    }
    Reg a = expr_any_type(f, x, type);
    f->pos = node->op_pos;
    emit_binary_node(f, (TokenKind)node->op, to, a, y, type);
}

/* A condition as a value. */
static void bool_to(FuncState *f, Node *node, Reg to)
{
    Label is_false, end;
    label_init(&is_false);
    label_init(&end);
    cond_jump(f, node, false, &is_false);
    emit_int(f, to, 1);
    emit_jump(f, &end);
    label_place(f, &is_false);
    emit_int(f, to, 0);
    label_place(f, &end);
}

static void negate_to(FuncState *f, Node *node, Reg to)
{
    Type *type = node_type(f, node);
    Reg x = expr_any(f, node->unary.x);
    switch (type_basic_kind(type)) {
    case TYPE_FLOAT64: emit_abc(f, OP_NEGF, to, x, 0); break;
    case TYPE_FLOAT32: emit_abc(f, OP_NEGF32, to, x, 0); break;
    case TYPE_COMPLEX128: emit_abc(f, OP_NEGC, to, x, 0); break;
    case TYPE_COMPLEX64: {
        Reg wide = reg_alloc(f, 2);
        emit_abc(f, OP_C64TOC, wide, x, 0);
        emit_abc(f, OP_NEGC, wide, wide, 0);
        emit_abc(f, OP_CTOC64, to, wide, 0);
        break;
    }
    default: emit_abc(f, OP_NEG, to, x, 0); extend(f, to, type_basic_kind(type));
    }
}

static void address_to(FuncState *f, Node *x, Reg to)
{
    Node *inner = node_unparen(x);
    if (inner->kind == NODE_COMPOSITE) {
        composite_address(f, inner, to);
        return;
    }
    LValue lv = lvalue(f, inner);
    lvalue_address(f, &lv, to);
}

static void unary_to(FuncState *f, Node *node, Reg to)
{
    switch (node->op) {
    case T_ADD: expr_to(f, node->unary.x, to); break;
    case T_SUB: negate_to(f, node, to); break;
    case T_NOT: {
        Reg x = expr_any(f, node->unary.x);
        emit_abc(f, OP_NOTB, to, x, 0);
        break;
    }
    case T_XOR: {
        Reg x = expr_any(f, node->unary.x);
        emit_abc(f, OP_NOT, to, x, 0);
        extend(f, to, type_basic_kind(node_type(f, node)));
        break;
    }
    case T_AND: address_to(f, node->unary.x, to); break;
    case T_ARROW: {
        Reg chan = expr_any(f, node->unary.x);
        f->pos = node->op_pos ? node->op_pos : node->pos;
        emit_abc(f, OP_RECV, to, chan, 0);
        break;
    }
    default: fatal("expr: no unary operator %s", token_text((TokenKind)node->op));
    }
}

/* ---- Strings and slices ---- */

static void string_index_to(FuncState *f, Node *node, Reg to)
{
    order_pair(f, node->index.x, node->index.args.at[0]);
    note_unsigned(f, node->op_pos, node->index.args.at[0], NULL, NULL);
    Reg x = expr_any(f, node->index.x);
    Reg i = expr_any(f, node->index.args.at[0]);
    f->pos = node->op_pos;
    if (!peephole_near(f, OP_LDXU8, to, x, i)) emit_abc(f, OP_LDXU8, to, x, i);
}

/* Puts the bounds that are given into at, at + 1, at + 2; returns which, as SLICE wants to know. */
static Reg slice_bounds(FuncState *f, Node *node, Reg at)
{
    Reg given = 0;
    if (node->slice.lo) {
        expr_to(f, node->slice.lo, at);
        given |= 1;
    }
    if (node->slice.hi) {
        expr_to(f, node->slice.hi, at + 1);
        given |= 2;
    }
    if (node->slice.max) {
        expr_to(f, node->slice.max, at + 2);
        given |= 4;
    }
    return given;
}

static void slice_array_to(FuncState *f, Node *node, Type *array, bool is_pointer, Reg to)
{
    Reg at = reg_alloc(f, 6);
    if (is_pointer) {
        expr_to(f, node->slice.x, at);
    } else {
        LValue lv = lvalue(f, node->slice.x);
        lvalue_address(f, &lv, at);
    }
    Reg given = slice_bounds(f, node, at + 3);
    f->pos = node->op_pos;
    emit_abc(f, OP_SLICEP, to, at, given);
    emit_word(f, (uint64_t)type_sizeof(array->elem));
    emit_word(f, (uint64_t)array->len);
}

/* The operand of a slice expression is read after the calls in the bounds. */
static void order_slice(FuncState *f, Node *node)
{
    Node *bounds[] = {node->slice.lo, node->slice.hi, node->slice.max}, *nodes[4] = {node->slice.x};
    uint32_t n = 1;
    for (int i = 0; i < 3; i++)
        if (bounds[i]) nodes[n++] = bounds[i];
    order_operands(f, nodes, n);
}

static void slice_to(FuncState *f, Node *node, Reg to)
{
    order_slice(f, node);
    note_unsigned(f, node->op_pos, node->slice.lo, node->slice.hi, node->slice.max);
    Type *type = type_under(node_type(f, node->slice.x));
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_POINTER) {
        bool is_pointer = type->kind == TYPE_POINTER;
        slice_array_to(f, node, is_pointer ? type_under(type->elem) : type, is_pointer, to);
        return;
    }
    Reg at = reg_alloc(f, 6);
    expr_to(f, node->slice.x, at);
    Reg given = slice_bounds(f, node, at + 3);
    f->pos = node->op_pos;
    if (type_basic_kind(type) == TYPE_STRING) {
        emit_abc(f, OP_SLICES, to, at, given);
    } else {
        emit_abc(f, OP_SLICE, to, at, given);
        emit_word(f, (uint64_t)type_sizeof(type->elem));
    }
}

/* ---- Type assertions ---- */

/* Panics unless the interface value's type is right. Returns where the interface value is. */
static Reg assert_type(FuncState *f, Node *node, Type *type)
{
    Reg x = expr_any(f, node->pair.a);
    f->pos = node->op_pos;
    emit_abc(f, type_is_interface(type) ? OP_ASSERTI : OP_ASSERT, x, 0, 0);
    emit_ptr(f, rtype_of(f, type));
    emit_ptr(f, rtype_of(f, node_type(f, node->pair.a)));
    return x;
}

/* Loads the value of `type` that the interface value at x holds. */
static void unbox(FuncState *f, Reg to, Reg x, Type *type)
{
    if (type_slots(type) == 0) return;
    if (type_slots(type) == 1) {
        emit_move(f, to, x + 1, 1);
        return;
    }
    emit_abc(f, OP_UNBOX, to, x, 0);
    emit_ptr(f, rtype_of(f, type));
}

static void assert_to(FuncState *f, Node *node, Reg to)
{
    Type *type = node_type(f, node);
    Reg x = assert_type(f, node, type);
    if (type_is_interface(type))
        emit_move(f, to, x, 2);
    else
        unbox(f, to, x, type);
}

/* x.(T) with its ok. */
static void assert_ok_to(FuncState *f, Node *node, Type *type, Reg to)
{
    Label no, end;
    label_init(&no);
    label_init(&end);
    uint32_t slots = type_slots(type);
    Reg x = expr_any(f, node->pair.a), ok = to + slots;
    bool is_iface = type_is_interface(type);
    f->pos = node->op_pos;
    emit_abc(f, is_iface ? OP_IMPL : OP_TYPEEQ, ok, x, 0);
    emit_ptr(f, rtype_of(f, type));
    if (slots == 0) return;
    emit_jump_if(f, false, ok, &no);
    if (is_iface)
        emit_move(f, to, x, 2);
    else
        unbox(f, to, x, type);
    emit_jump(f, &end);
    label_place(f, &no);
    emit_zero(f, to, slots);
    label_place(f, &end);
}

/* ---- Expressions at large ---- */

static bool is_conversion(Node *node)
{
    return node->kind == NODE_CALL && node->flags & NF_CONVERSION;
}

/* Whether the node is a place, or a part of a value, that lvalue() knows how to read. */
static bool is_readable_place(FuncState *f, Node *node)
{
    switch (node->kind) {
    case NODE_IDENT: return node->ident.obj && node->ident.obj->kind == OBJ_VAR;
    case NODE_STAR: return true;
    case NODE_SELECTOR:
        if (!node->selector.selection) return node->selector.sel->ident.obj->kind == OBJ_VAR;
        return node->selector.selection->kind == SELECT_FIELD;
    case NODE_INDEX: {
        TypeKind kind = type_basic_kind(node_type(f, node->index.x));
        return kind == TYPE_SLICE || kind == TYPE_ARRAY || kind == TYPE_POINTER || kind == TYPE_MAP;
    }
    default: return false;
    }
}

static void call_to(FuncState *f, Node *node, Reg to)
{
    BuiltinId id;
    if (is_conversion(node)) {
        conversion_to(f, node->call.args.at[0], node_type(f, node), to);
    } else if (node_is_builtin(node->call.fun, &id)) {
        Reg at = builtin_in_place(f, node);
        if (at != NO_REG)
            emit_move(f, to, at, 1);
        else
            builtin_to(f, node, to);
    } else {
        Reg result = call_expr_at(f, node, to);
        emit_move(f, to, result, type_slots(node_type(f, node)));
    }
}

/* Composite literals are built in place where nobody can see it half done. */
static void composite_value_to(FuncState *f, Node *node, Reg to)
{
    if (type_basic_kind(node_type(f, node)) == TYPE_POINTER) {
        composite_address(f, node, to);
    } else if (reg_is_var(f, to)) {
        uint32_t slots = type_slots(node_type(f, node));
        Reg at = reg_alloc(f, slots);
        composite_to(f, node, at);
        emit_move(f, to, at, slots);
    } else {
        composite_to(f, node, to);
    }
}

static void index_to(FuncState *f, Node *node, Reg to)
{
    if (type_basic_kind(node_type(f, node->index.x)) == TYPE_STRING)
        string_index_to(f, node, to);
    else
        func_value_to(f, node, to);
}

/* Everything that is neither constant nor place. */
static void value_to(FuncState *f, Node *node, Reg to)
{
    switch (node->kind) {
    case NODE_IDENT:
    case NODE_SELECTOR: func_value_to(f, node, to); break;
    case NODE_INDEX: index_to(f, node, to); break;
    case NODE_COMPOSITE: composite_value_to(f, node, to); break;
    case NODE_FUNC_LIT:
        if (f->inlining)
            inline_literal(f, node, to);
        else
            closure_expr(f, node, to);
        break;
    case NODE_SLICE: slice_to(f, node, to); break;
    case NODE_ASSERT: assert_to(f, node, to); break;
    case NODE_CALL: call_to(f, node, to); break;
    case NODE_UNARY: unary_to(f, node, to); break;
    case NODE_BINARY:
        if (node->op == T_LAND || node->op == T_LOR)
            bool_to(f, node, to);
        else if (token_is_comparison(node->op))
            compare_to(f, node, to);
        else
            binary_to(f, node, to);
        break;
    default: fatal("expr: a %s is no expression", node_kind_name((NodeKind)node->kind));
    }
}

void expr_to(FuncState *f, Node *node, Reg to)
{
    Reg mark = reg_mark(f);
    node = inline_value(f, node_unparen(node));
    f->pos = node->pos;
    Reg early = f->early.len > 0 ? order_value(f, node) : NO_REG;
    if (early != NO_REG) {
        emit_move(f, to, early, type_slots(node_type(f, node)));
    } else if (node->mode == MODE_NIL) {
        emit_zero(f, to, type_slots(node_type(f, node)));
    } else if (node->val) {
        emit_const(f, to, node->val, node_type(f, node));
    } else if (is_readable_place(f, node)) {
        LValue lv = lvalue(f, node);
        lv.is_last = true;
        lvalue_load(f, &lv, to);
    } else {
        value_to(f, node, to);
    }
    reg_release(f, mark);
}

static Reg expr_new(FuncState *f, Node *node)
{
    Reg to = reg_alloc(f, type_slots(node_type(f, node)));
    expr_to(f, node, to);
    return to;
}

/* A type assertion's result where it is in the interface value. */
static Reg assert_any(FuncState *f, Node *node)
{
    Type *type = node_type(f, node);
    bool is_iface = type_is_interface(type);
    if (!is_iface && type_slots(type) > 1) return expr_new(f, node);
    Reg x = assert_type(f, node, type);
    return is_iface ? x : x + 1;
}

static Reg call_any(FuncState *f, Node *node)
{
    BuiltinId id;
    if (is_conversion(node)) {
        Node *x = node->call.args.at[0];
        if (!x->val && x->mode != MODE_NIL &&
            conversion_is_free(node_type(f, x), node_type(f, node)))
            return expr_any(f, x);
        return expr_new(f, node);
    }
    if (!node_is_builtin(node->call.fun, &id)) return call_expr(f, node);
    Reg at = builtin_in_place(f, node);
    return at != NO_REG ? at : expr_new(f, node);
}

Reg expr_any(FuncState *f, Node *node)
{
    node = inline_value(f, node_unparen(node));
    if (node->val) {
        Reg kept = prologue_const(f, node->val, node_type(f, node));
        if (kept != NO_REG) return kept;
    }
    if (node->val || node->mode == MODE_NIL) return expr_new(f, node);
    Reg early = f->early.len > 0 ? order_value(f, node) : NO_REG;
    if (early != NO_REG) return early;
    f->pos = node->pos;
    if (is_readable_place(f, node)) {
        LValue lv = lvalue(f, node);
        if (lv.kind == LV_SLOT) return lv.reg;
        Reg to = reg_alloc(f, type_slots(lv.type));
        lv.is_last = true;
        lvalue_load(f, &lv, to);
        return to;
    }
    if (node->kind == NODE_CALL) return call_any(f, node);
    if (node->kind == NODE_ASSERT) return assert_any(f, node);
    return expr_new(f, node);
}

void expr_to_type(FuncState *f, Node *node, Type *type, Reg to)
{
    node = inline_value(f, node_unparen(node));
    if (node->mode == MODE_NIL) {
        emit_zero(f, to, type_slots(type));
        return;
    }
    if (node->val && !type_is_interface(type)) {
        f->pos = node->pos;
        emit_const(f, to, node->val, type);
        return;
    }
    Type *from = node_type(f, node);
    if (!type_is_interface(type) || type_is_interface(from)) {
        expr_to(f, node, to);
        return;
    }
    Reg mark = reg_mark(f);
    f->pos = node->pos;
    if (node->val) {
        emit_const_iface(f, to, node->val, from);
    } else if (lvalue_box_big(f, node, to + 1)) {
        emit_abc(f, OP_LOADK, to, 0, 0);
        emit_ptr(f, rtype_of(f, from));
    } else {
        Reg value = expr_any(f, node);
        convert_value(f, to, value, from, type);
    }
    reg_release(f, mark);
}

Reg expr_any_type(FuncState *f, Node *node, Type *type)
{
    node = inline_value(f, node_unparen(node));
    if (node->mode != MODE_NIL && !node->val &&
        (!type_is_interface(type) || type_is_interface(node_type(f, node))))
        return expr_any(f, node);
    if (node->val) {
        Reg kept = prologue_const(f, node->val, type);
        if (kept != NO_REG) return kept;
    }
    Reg to = reg_alloc(f, type_slots(type));
    expr_to_type(f, node, type, to);
    return to;
}

/* ---- Several values, and none ---- */

void expr_multi_to(FuncState *f, Node *node, Reg to)
{
    Reg mark = reg_mark(f);
    node = node_unparen(node);
    Type *type = node_type(f, node);
    Type *first = type->kind == TYPE_TUPLE && type->tuple.ntypes > 0 ? type->tuple.types[0] : type;
    f->pos = node->op_pos ? node->op_pos : node->pos;
    switch (node->kind) {
    case NODE_INDEX: {
        LValue lv = lvalue(f, node);
        f->pos = node->op_pos;
        emit_abc(f, OP_MAPGET2, to, lv.reg, lv.index);
        emit_ptr(f, rtype_of(f, lv.map_type));
        break;
    }
    case NODE_ASSERT: assert_ok_to(f, node, first, to); break;
    case NODE_UNARY: {
        Reg chan = expr_any(f, node->unary.x);
        emit_abc(f, OP_RECV2, to, chan, to + type_slots(first));
        break;
    }
    default: {
        uint32_t slots = 0;
        if (type->kind != TYPE_TUPLE) slots = type_slots(type);
        for (uint32_t i = 0; type->kind == TYPE_TUPLE && i < type->tuple.ntypes; i++)
            slots += type_slots(type->tuple.types[i]);
        Reg at = call_expr(f, node);
        emit_move(f, to, at, slots);
    }
    }
    reg_release(f, mark);
}

void expr_effect(FuncState *f, Node *node)
{
    Reg mark = reg_mark(f);
    BuiltinId id;
    node = node_unparen(node);
    f->pos = node->pos;
    if (node->kind == NODE_CALL && !is_conversion(node)) {
        if (node_is_builtin(node->call.fun, &id))
            builtin_to(f, node, NO_REG);
        else
            call_effect(f, node);
    } else if (!node->val && node->mode != MODE_NIL) {
        expr_any(f, node);
    }
    reg_release(f, mark);
}
