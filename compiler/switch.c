/* SPDX-License-Identifier: MIT */
/* Switches.
 *
 * The tests come first, in order, each jumping to its clause; the clauses follow, so falling
 * through is just going on. Switches with nothing but constants, some of them, do not test one by
 * one: integers jump through a table where they lie close together, else they are searched for
 * binarily; strings are told apart by their lengths, which are such integers, and then by what they
 * hold. */
#include "compiler/stmt.h"

#include <stdlib.h>
#include <string.h>

#define SEARCH_FROM 8 /* constants that make a binary search worth while */
#define TABLE_FROM  6 /* constants that make a table worth while */
#define STRING_FROM 4 /* strings that are worth being told apart by their lengths */

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

/* Whether control does not go from a clause's end to the switch's. */
static bool falls_through(NodeList body)
{
    Node *last = body.len > 0 ? body.at[body.len - 1] : NULL;
    return last && (last->kind == NODE_RETURN || ast_last_fallthrough(body));
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
    if (n < TABLE_FROM) return 0;
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

/* Whether at least half of a table would be used. */
static bool is_dense(const IntCase *cases, uint32_t n)
{
    uint64_t span = (uint64_t)cases[n - 1].value - (uint64_t)cases[0].value;
    return n >= TABLE_FROM && span < 2 * (uint64_t)n && span < UINT16_MAX - 2;
}

static void jump_by_table(FuncState *f, Reg tag, const IntCase *cases, uint32_t n, Label *none)
{
    uint64_t least = (uint64_t)cases[0].value, span = (uint64_t)cases[n - 1].value - least;
    emit_abc(f, OP_JTABLE, tag, (Reg)(span + 2), 0);
    emit_word(f, least);
    for (uint64_t i = 0, k = 0; i <= span; i++) {
        bool is_case = (uint64_t)cases[k].value - least == i;
        emit_jump_word(f, is_case ? cases[k].label : none);
        k += is_case;
    }
    emit_jump(f, none);
}

/* Unsigned values are ordered by their bits read as signed ones, here and at run time alike. */
static void search(FuncState *f, Reg tag, const IntCase *cases, uint32_t n, Label *none)
{
    if (is_dense(cases, n)) {
        jump_by_table(f, tag, cases, n, none);
        return;
    }
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

/* ---- Strings ---- */

typedef struct StringCase {
    const char *text;
    size_t len;
    Label *label;
} StringCase;

static int compare_strings(const void *a, const void *b)
{
    const StringCase *x = a, *y = b;
    if (x->len != y->len) return (x->len > y->len) - (x->len < y->len);
    return memcmp(x->text, y->text, x->len);
}

/* All cases, sorted by length and then by what they hold, if they are string constants and many
 * enough; their number, or 0. */
static uint32_t sorted_strings(FuncState *f, Node *node, Label *labels, StringCase **out)
{
    NodeList clauses = node->switch_.clauses;
    uint32_t n = 0, k = 0;
    for (uint32_t i = 0; i < clauses.len; i++) n += clauses.at[i]->clause.list.len;
    if (n < STRING_FROM) return 0;
    StringCase *cases = *out = arena_array(f->arena, StringCase, n);
    for (uint32_t i = 0; i < clauses.len; i++) {
        NodeList list = clauses.at[i]->clause.list;
        for (uint32_t j = 0; j < list.len; j++, k++) {
            Node *expr = list.at[j];
            if (!expr->val || const_kind(expr->val) != CONST_STRING) return 0;
            cases[k].text = const_to_string(expr->val, &cases[k].len);
            cases[k].label = &labels[i];
        }
    }
    qsort(cases, n, sizeof *cases, compare_strings);
    for (uint32_t i = 1; i < n; i++)
        if (compare_strings(&cases[i - 1], &cases[i]) == 0) return 0;
    return n;
}

/* Strings of one length. */
static void search_strings(FuncState *f, Reg tag, const StringCase *cases, uint32_t n, Label *none)
{
    Reg mark = reg_mark(f);
    Reg text = reg_alloc(f, 2), matches = reg_alloc(f, 1);
    if (n > 4) {
        Label low;
        label_init(&low);
        uint32_t half = n / 2;
        emit_string(f, text, cases[half].text, cases[half].len);
        emit_abc(f, OP_LTS, matches, tag, text);
        emit_jump_if(f, true, matches, &low);
        search_strings(f, tag, cases + half, n - half, none);
        label_place(f, &low);
        search_strings(f, tag, cases, half, none);
    } else {
        for (uint32_t i = 0; i < n; i++) {
            emit_string(f, text, cases[i].text, cases[i].len);
            emit_abc(f, OP_EQS, matches, tag, text);
            emit_jump_if(f, true, matches, cases[i].label);
        }
        emit_jump(f, none);
    }
    reg_release(f, mark);
}

/* Jumps by the tag's length, in its second slot, to where its strings are looked at. */
static void search_lengths(FuncState *f, Reg tag, const StringCase *cases, uint32_t n, Label *none)
{
    IntCase *lengths = arena_array(f->arena, IntCase, n);
    Label *groups = clause_labels(f, n);
    uint32_t ngroups = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0 && cases[i].len == cases[i - 1].len) continue;
        lengths[ngroups].value = (int64_t)cases[i].len;
        lengths[ngroups].label = &groups[ngroups];
        ngroups++;
    }
    search(f, tag + 1, lengths, ngroups, none);
    uint32_t from = 0;
    for (uint32_t i = 0; i < ngroups; i++) {
        uint32_t to = from;
        while (to < n && cases[to].len == cases[from].len) to++;
        label_place(f, &groups[i]);
        search_strings(f, tag, cases + from, to - from, none);
        from = to;
    }
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

/* Finds the clause without testing the cases one by one, if they are such; returns whether it did.
 */
static bool search_constants(FuncState *f, Node *node, Reg tag, Type *type, Label *labels,
                             Label *none)
{
    IntCase *ints = NULL;
    StringCase *strings = NULL;
    if (is_integer(type)) {
        uint32_t n = sorted_cases(f, node, labels, &ints);
        if (n == 0 || (n < SEARCH_FROM && !is_dense(ints, n))) return false;
        search(f, tag, ints, n, none);
        return true;
    }
    if (type_basic_kind(type) != TYPE_STRING) return false;
    uint32_t n = sorted_strings(f, node, labels, &strings);
    if (n > 0) search_lengths(f, tag, strings, n, none);
    return n > 0;
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
    if (!type || !search_constants(f, node, tag, type, labels, none)) {
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
    if (!type_is_interface(type)) {
        emit_jump_type(f, value, rtype_of(f, type), to);
        return;
    }
    Reg matches = reg_alloc(f, 1);
    emit_abc(f, OP_IMPL, matches, value, 0);
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
