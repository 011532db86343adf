/* SPDX-License-Identifier: MIT */
/* Switches.
 *
 * The tests come first, in order, each jumping to its clause; the clauses follow, so falling
 * through is just going on. Integer switches of some size with nothing but constants search
 * binarily. */
#include "compiler/stmt.h"

#include <stdlib.h>

#define SEARCH_FROM 8 /* constants that make a binary search worth while */

static Label *clause_labels(FuncState *f, uint32_t n)
{
    Label *labels = arena_array(f->arena, Label, n);
    for (uint32_t i = 0; i < n; i++) label_init(&labels[i]);
    return labels;
}

/* Where control goes when no case matches: the default clause or the end. */
static Label *default_label(Node *node, Label *labels, Label *end)
{
    for (uint32_t i = 0; i < node->switch_.clauses.len; i++)
        if (node->switch_.clauses.at[i]->flags & NF_DEFAULT) return &labels[i];
    return end;
}

static bool falls_through(NodeList body)
{
    Node *last = body.len > 0 ? body.at[body.len - 1] : NULL;
    return last && last->kind == NODE_BRANCH && last->op == T_FALLTHROUGH;
}

static void clause_bodies(FuncState *f, Node *node, Label *labels, Label *end)
{
    NodeList clauses = node->switch_.clauses;
    for (uint32_t i = 0; i < clauses.len; i++) {
        NodeList body = clauses.at[i]->clause.body;
        label_place(f, &labels[i]);
        stmt_in_target(f, node, end, NULL, body);
        if (i + 1 < clauses.len && !falls_through(body)) emit_jump(f, end);
    }
}

/* ---- Binary search ---- */

typedef struct IntCase {
    int64_t value;
    Label *label;
} IntCase;

static int compare_cases(const void *a, const void *b)
{
    const IntCase *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

static bool case_value(Node *expr, int64_t *value)
{
    uint64_t bits;
    if (!expr->val || const_kind(expr->val) != CONST_INT) return false;
    if (const_to_int64(expr->val, value)) return true;
    if (!const_to_uint64(expr->val, &bits)) return false;
    *value = (int64_t)bits;
    return true;
}

/* All cases of the switch, sorted, if they are integer constants and many enough; their number, or
 * 0. */
static uint32_t sorted_cases(FuncState *f, Node *node, Label *labels, IntCase **out)
{
    NodeList clauses = node->switch_.clauses;
    uint32_t n = 0;
    for (uint32_t i = 0; i < clauses.len; i++) n += clauses.at[i]->clause.list.len;
    if (n < SEARCH_FROM) return 0;
    IntCase *cases = *out = arena_array(f->arena, IntCase, n);
    uint32_t k = 0;
    for (uint32_t i = 0; i < clauses.len; i++) {
        NodeList list = clauses.at[i]->clause.list;
        for (uint32_t j = 0; j < list.len; j++, k++) {
            if (!case_value(list.at[j], &cases[k].value)) return 0;
            cases[k].label = &labels[i];
        }
    }
    qsort(cases, n, sizeof *cases, compare_cases);
    for (uint32_t i = 1; i < n; i++)
        if (cases[i].value == cases[i - 1].value) return 0;
    return n;
}

/* A fused jump against a constant, which goes through a register where it is too wide. */
static void compare_const(FuncState *f, Op with_reg, Op with_imm, Reg tag, int64_t value, Label *to)
{
    if (value >= INT16_MIN && value <= INT16_MAX) {
        emit_cmp_jump(f, with_imm, tag, (int32_t)value, to);
        return;
    }
    Reg mark = reg_mark(f);
    Reg reg = reg_alloc(f, 1);
    emit_int(f, reg, value);
    emit_cmp_jump(f, with_reg, tag, (int32_t)reg, to);
    reg_release(f, mark);
}

/* Unsigned values are ordered by their bits read as signed ones, here and at run time alike. */
static void search(FuncState *f, Reg tag, const IntCase *cases, uint32_t n, Label *none)
{
    if (n <= 3) {
        for (uint32_t i = 0; i < n; i++)
            compare_const(f, OP_JEQ, OP_JEQI, tag, cases[i].value, cases[i].label);
        emit_jump(f, none);
        return;
    }
    Label low;
    label_init(&low);
    uint32_t half = n / 2;
    compare_const(f, OP_JLT, OP_JLTI, tag, cases[half].value, &low);
    search(f, tag, cases + half, n - half, none);
    label_place(f, &low);
    search(f, tag, cases, half, none);
}

/* ---- Expression switches ---- */

static bool is_integer(Type *type)
{
    TypeKind kind = type_basic_kind(type);
    return kind >= TYPE_INT && kind <= TYPE_UINTPTR;
}

/* Jumps to the clause if tag == expr. */
static void test_case(FuncState *f, Reg tag, Type *tag_type, Node *expr, Label *to)
{
    Reg mark = reg_mark(f);
    int64_t value;
    f->pos = expr->pos;
    if (is_integer(tag_type) && case_value(expr, &value)) {
        compare_const(f, OP_JEQ, OP_JEQI, tag, value, to);
        return;
    }
    Type *type = node_type(f, expr), *common = tag_type;
    if (expr->mode != MODE_NIL && type_is_interface(type) && !type_is_interface(tag_type))
        common = type;
    Reg x = tag, y = expr_any_type(f, expr, common);
    if (common != tag_type) {
        x = reg_alloc(f, type_slots(common));
        convert_value(f, x, tag, tag_type, common);
    }
    Reg equal = reg_alloc(f, 1);
    emit_equal(f, equal, x, y, common);
    emit_jump_if(f, true, equal, to);
    reg_release(f, mark);
}

/* Jumps to the clause if the expression is true; it may be an interface holding true. */
static void test_condition(FuncState *f, Node *expr, Label *to)
{
    Reg mark = reg_mark(f);
    f->pos = expr->pos;
    if (type_is_interface(node_type(f, expr))) {
        Reg tag = reg_alloc(f, 1);
        emit_int(f, tag, 1);
        test_case(f, tag, type_basic[TYPE_BOOL], expr, to);
    } else {
        cond_jump(f, expr, true, to);
    }
    reg_release(f, mark);
}

static void test_cases(FuncState *f, Node *node, Reg tag, Type *type, Label *labels)
{
    NodeList clauses = node->switch_.clauses;
    for (uint32_t i = 0; i < clauses.len; i++) {
        NodeList list = clauses.at[i]->clause.list;
        for (uint32_t j = 0; j < list.len; j++) {
            if (type) {
                test_case(f, tag, type, list.at[j], &labels[i]);
                continue;
            }
            test_condition(f, list.at[j], &labels[i]);
        }
    }
}

/* The tag in slots that clauses' tests may read again and again; functions called by them don't
 * reach variables in slots. */
static Reg compile_tag(FuncState *f, Node *tag, Type **type)
{
    *type = type_default(node_type(f, tag));
    return expr_any_type(f, tag, *type);
}

void stmt_switch(FuncState *f, Node *node)
{
    Reg mark = reg_mark(f);
    uint32_t n = node->switch_.clauses.len;
    Label end, *labels = clause_labels(f, n);
    label_init(&end);
    if (node->switch_.init) stmt(f, node->switch_.init);
    Reg bodies_mark = reg_mark(f);
    Type *type = NULL;
    Reg tag = node->switch_.tag ? compile_tag(f, node->switch_.tag, &type) : NO_REG;
    Label *none = default_label(node, labels, &end);
    IntCase *cases = NULL;
    uint32_t ncases = type && is_integer(type) ? sorted_cases(f, node, labels, &cases) : 0;
    if (ncases > 0) {
        search(f, tag, cases, ncases, none);
    } else {
        test_cases(f, node, tag, type, labels);
        if (n == 0 || none != &labels[0]) emit_jump(f, none);
    }
    reg_release(f, bodies_mark);
    clause_bodies(f, node, labels, &end);
    label_place(f, &end);
    reg_release(f, mark);
}

/* ---- Type switches ---- */

static void test_type(FuncState *f, Reg value, Node *expr, Label *to)
{
    Reg mark = reg_mark(f);
    f->pos = expr->pos;
    if (expr->mode == MODE_NIL) {
        emit_cmp_jump(f, OP_JEQI, value, 0, to);
        return;
    }
    Type *type = node_type(f, expr);
    Reg matches = reg_alloc(f, 1);
    emit_abc(f, type_is_interface(type) ? OP_IMPL : OP_TYPEEQ, matches, value, 0);
    emit_ptr(f, rtype_of(f, type));
    emit_jump_if(f, true, matches, to);
    reg_release(f, mark);
}

/* Declares the clause's variable: the value as the clause's only type, else as the interface it
 * came in. */
static void bind_clause_var(FuncState *f, Node *clause, Reg value)
{
    Object *var = clause->clause.var;
    if (!var) return;
    VarPlace *place = var_declare(f, var);
    Reg mark = reg_mark(f);
    Reg from = value;
    if (!type_is_interface(place->type)) {
        from = place->kind == PLACE_SLOT ? place->reg : reg_alloc(f, type_slots(place->type));
        emit_abc(f, OP_UNBOX, from, value, 0);
        emit_ptr(f, rtype_of(f, place->type));
    }
    if (from == value || place->kind != PLACE_SLOT) var_init(f, var, from);
    reg_release(f, mark);
}

static void type_clause(FuncState *f, Node *node, Node *clause, Reg value, Label *end)
{
    Reg mark = reg_mark(f);
    f->pos = clause->pos;
    bind_clause_var(f, clause, value);
    stmt_in_target(f, node, end, NULL, clause->clause.body);
    reg_release(f, mark);
}

void stmt_type_switch(FuncState *f, Node *node)
{
    Reg mark = reg_mark(f);
    NodeList clauses = node->switch_.clauses;
    Label end, *labels = clause_labels(f, clauses.len);
    label_init(&end);
    if (node->switch_.init) stmt(f, node->switch_.init);
    Node *assertion = node->switch_.tag;
    while (assertion->kind == NODE_PAREN) assertion = assertion->unary.x;
    Reg value = expr_any(f, assertion->pair.a);
    for (uint32_t i = 0; i < clauses.len; i++)
        for (uint32_t j = 0; j < clauses.at[i]->clause.list.len; j++)
            test_type(f, value, clauses.at[i]->clause.list.at[j], &labels[i]);
    emit_jump(f, default_label(node, labels, &end));
    for (uint32_t i = 0; i < clauses.len; i++) {
        label_place(f, &labels[i]);
        type_clause(f, node, clauses.at[i], value, &end);
        if (i + 1 < clauses.len) emit_jump(f, &end);
    }
    label_place(f, &end);
    reg_release(f, mark);
}
