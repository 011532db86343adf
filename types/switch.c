/* SPDX-License-Identifier: MIT */
/* Switches and select. */
#include "types/stmt.h"
#include "types/typexpr.h"

#include <string.h>

/* Reports a second default clause. */
static void check_defaults(NodeList clauses)
{
    char where[256];
    Node *first = NULL;
    for (uint32_t i = 0; i < clauses.len; i++) {
        Node *clause = clauses.at[i];
        if (!(clause->flags & NF_DEFAULT)) continue;
        if (first)
            diag_error(clause->pos, clause->end, ERR_MULTIPLE_DEFAULTS,
                       source_format(first->pos, where, sizeof where));
        else
            first = clause;
    }
}

static void check_clause_body(Checker *c, Node *clause)
{
    clause->clause.scope = scope_open(c, clause->pos, clause->end);
    check_stmts(c, clause->clause.body);
    scope_close(c);
}

/* ---- Expression switches ---- */

typedef struct SeenConst {
    ConstValue *val;
    Type *type;
    Pos pos;
    uint32_t hash;
} SeenConst;

/* Constants met so far: open addressing, so that a long switch is not quadratic. */
typedef struct SeenTable {
    SeenConst *at;
    size_t len, cap;
} SeenTable;

static void seen_grow(SeenTable *table)
{
    size_t cap = table->cap ? table->cap * 2 : 16;
    SeenConst *at = arena_array(&types_arena, SeenConst, cap);
    for (size_t i = 0; i < table->cap; i++) {
        if (!table->at[i].val) continue;
        size_t k = table->at[i].hash & (cap - 1);
        while (at[k].val) k = (k + 1) & (cap - 1);
        at[k] = table->at[i];
    }
    table->at = at;
    table->cap = cap;
}

/* Notes a constant case; reports it where an identical one came before. */
static void note_case(SeenTable *table, Operand *x)
{
    char where[256];
    if (const_kind(x->val) == CONST_BOOL) return; /* build constants may well be equal */
    if (table->len * 2 >= table->cap) seen_grow(table);
    uint32_t hash = const_hash(x->val);
    size_t k = hash & (table->cap - 1);
    for (; table->at[k].val; k = (k + 1) & (table->cap - 1)) {
        SeenConst *seen = &table->at[k];
        if (seen->hash != hash || !const_equal(seen->val, x->val) ||
            !types_identical(seen->type, x->type))
            continue;
        diag_error(x->node->pos, x->node->end, ERR_DUPLICATE_CASE, operand_string(x),
                   source_format(seen->pos, where, sizeof where));
        return;
    }
    table->at[k] = (SeenConst){x->val, x->type, x->node->pos, hash};
    table->len++;
}

/* Whether one of the two can take the other's type, so that they may be compared at all. */
static bool comparable_with(Checker *c, Operand *v, Operand *tag)
{
    const char *why;
    if (type_is_untyped(v->type)) {
        ConstValue *val;
        Misfit misfit = FITS;
        return implicit_type(c, v, tag->type, &val, &misfit) || misfit == MISFIT_TRUNCATED ||
               misfit == MISFIT_OVERFLOWS;
    }
    return operand_assignable(c, v, tag->type, &why) || operand_assignable(c, tag, v->type, &why);
}

/* One case expression against the tag, or, without one, as a condition. */
static void check_case(Checker *c, Operand *tag, Node *expr, SeenTable *seen)
{
    Operand v = {0};
    check_expr(c, &v, expr);
    if (v.mode == MODE_NONE || tag->mode == MODE_NONE) return;
    Operand x = *tag;
    if (tag->node)
        operand_part(c, &x, tag->node, tag->mode == MODE_CONST ? MODE_VALUE : tag->mode, tag->type);
    if (!tag->node) { /* switch { case cond: } */
        if (type_is_interface(v.type) &&
            type_implements(type_basic[TYPE_BOOL], v.type, false, NULL))
            return; /* it is compared with true */
        if (!type_is_boolean(v.type)) {
            diag_error(
                expr->pos, expr->end, ERR_CASE_MISMATCH, expr_text(expr), "true",
                arena_printf(&types_arena, "mismatched types %s and bool", type_string(v.type)));
            return;
        }
        if (type_is_untyped(v.type)) convert_to_default(c, &v);
    } else {
        if (!comparable_with(c, &v, &x)) {
            diag_error(expr->pos, expr->end, ERR_CASE_MISMATCH, expr_text(expr),
                       expr_text(tag->node),
                       arena_printf(&types_arena, "mismatched types %s and %s", type_string(v.type),
                                    type_string(x.type)));
            return;
        }
        Operand w = v;
        match_operands(c, &w, &x);
        if (w.mode == MODE_NONE) return;
        Operand result = w;
        check_comparison(c, &result, &x, T_EQL, NULL);
        if (result.mode == MODE_NONE) return;
        v = w;
    }
    if (v.node->val && v.node->mode == MODE_CONST) {
        Operand constant = {
            .mode = MODE_CONST, .type = v.node->type, .val = v.node->val, .node = v.node};
        note_case(seen, &constant);
    }
}

void check_switch(Checker *c, Node *stmt)
{
    scope_open(c, stmt->pos, stmt->end);
    if (stmt->switch_.init) check_stmt(c, stmt->switch_.init);
    Operand tag = {.mode = MODE_VALUE};
    if (stmt->switch_.tag) {
        check_expr(c, &tag, stmt->switch_.tag);
        check_assignment(c, &tag, NULL, "switch expression");
        if (tag.mode != MODE_NONE && !type_comparable(tag.type, true) && !type_has_nil(tag.type)) {
            diag_error(tag.node->pos, tag.node->end, ERR_SWITCH_NOT_COMPARABLE,
                       operand_string(&tag));
            tag.mode = MODE_NONE;
        }
    }
    check_defaults(stmt->switch_.clauses);
    SeenTable seen = {0};
    for (uint32_t i = 0; i < stmt->switch_.clauses.len; i++) {
        Node *clause = stmt->switch_.clauses.at[i];
        for (uint32_t k = 0; k < clause->clause.list.len; k++)
            check_case(c, &tag, clause->clause.list.at[k], &seen);
        check_clause_body(c, clause);
    }
    scope_close(c);
}

/* ---- Type switches ---- */

typedef struct SeenType {
    Type *type; /* NULL: nil */
    Pos pos;
} SeenType;

/* Types met in a type switch: defined ones, of which there may be many, are found by themselves. */
typedef struct SeenTypes {
    VEC(SeenType) list; /* the others */
    PtrMap named;       /* Type → Node of the case */
} SeenTypes;

static bool is_nil_name(Checker *c, Node *node)
{
    Node *ident = unparen(node);
    Scope *where;
    Object *obj = ident->kind == NODE_IDENT
                      ? scope_lookup_parent(c->scope, ident->ident.name, node->pos, &where)
                      : NULL;
    return obj && obj->kind == OBJ_NIL;
}

/* Where the type was met before; NO_POS, and it is noted, if it was not. */
static Pos note_type(SeenTypes *seen, Type *type, Node *node)
{
    Type *bare = type ? type_unalias(type) : NULL;
    if (bare && bare->kind == TYPE_NAMED && bare->named.origin == NULL) {
        Node *old = map_get(&seen->named, bare);
        if (!old) map_set(&seen->named, bare, node);
        return old ? old->pos : NO_POS;
    }
    for (size_t i = 0; i < seen->list.len; i++) {
        Type *old = seen->list.at[i].type;
        if (old == type || (old && type && types_identical(old, type))) return seen->list.at[i].pos;
    }
    SeenType entry = {type, node->pos};
    vec_push(&seen->list, entry);
    return NO_POS;
}

static bool seen_before(SeenTypes *seen, Type *type, Node *node)
{
    char where[256];
    Pos before = note_type(seen, type, node);
    if (before == NO_POS) return false;
    source_format(before, where, sizeof where);
    if (type)
        diag_error(node->pos, node->end, ERR_DUPLICATE_TYPE_CASE, type_string(type), where);
    else
        diag_error(node->pos, node->end, ERR_DUPLICATE_NIL_CASE, where);
    return true;
}

/* A case of a type switch on x: returns its type, NULL for nil, TYPE_INVALID after an error. */
static Type *check_type_case(Checker *c, Operand *x, Node *node, SeenTypes *seen)
{
    Type *type = NULL;
    if (is_nil_name(c, node)) {
        Operand nil = {0};
        check_raw_expr(c, &nil, node, NULL);
        node->mode = MODE_NIL;
        node->type = x->type;
    } else {
        Operand t = {0};
        check_expr_or_type(c, &t, node);
        if (t.mode == MODE_NONE) return type_basic[TYPE_INVALID];
        if (t.mode != MODE_TYPE) {
            diag_error(node->pos, node->end, ERR_NOT_A_TYPE, operand_string(&t));
            return type_basic[TYPE_INVALID];
        }
        type = t.type;
        refuse_constraint(c, node, type);
    }
    if ((type && type->kind == TYPE_INVALID) || seen_before(seen, type, node) || !type ||
        x->mode == MODE_NONE)
        return type;
    const char *why = NULL;
    if (!type_asserts_to(x->type, type, &why)) {
        diag_error(node->pos, node->end, ERR_IMPOSSIBLE_CASE, expr_text(node), operand_string(x),
                   type_string(type), why ? why : "");
        return type_basic[TYPE_INVALID];
    }
    return type;
}

static void check_type_clause(Checker *c, Node *stmt, Node *clause, Operand *x, SeenTypes *seen,
                              bool *is_used)
{
    NodeList cases = clause->clause.list;
    Type *type = x->type;
    for (uint32_t k = 0; k < cases.len; k++) {
        Type *t = check_type_case(c, x, cases.at[k], seen);
        if (cases.len == 1 && t) type = t;
    }
    clause->clause.scope = scope_open(c, clause->pos, clause->end);
    Node *bind = stmt->switch_.bind;
    Object *var = NULL;
    if (bind && bind->ident.name != name_blank) {
        Pos body = clause->clause.body.len ? clause->clause.body.at[0]->pos : clause->end;
        var = new_local_var(c, bind, type ? type : type_basic[TYPE_INVALID]);
        var->pos = bind->pos;
        declare(c, c->scope, NULL, var, body < clause->pos ? clause->pos : body);
        clause->clause.var = var;
    }
    check_stmts(c, clause->clause.body);
    scope_close(c);
    if (var) {
        *is_used = *is_used || var->is_used || var->type->kind == TYPE_INVALID;
        var->is_used = true; /* reported once for the whole switch */
    }
}

void check_type_switch(Checker *c, Node *stmt)
{
    scope_open(c, stmt->pos, stmt->end);
    if (stmt->switch_.init) check_stmt(c, stmt->switch_.init);
    Node *guard = unparen(stmt->switch_.tag), *bind = stmt->switch_.bind;
    Operand x = {0};
    check_expr(c, &x, guard->pair.a);
    guard->type = x.type;
    if (x.mode != MODE_NONE && !type_is_interface(x.type)) {
        diag_error(guard->pair.a->pos, guard->pair.a->end, ERR_NOT_INTERFACE, operand_string(&x));
        x.mode = MODE_NONE;
    }
    if (x.mode == MODE_NONE) x.type = type_basic[TYPE_INVALID];
    if (bind && bind->ident.name == name_blank) diag_error(bind->pos, bind->end, ERR_NO_NEW_VARS);
    check_defaults(stmt->switch_.clauses);
    SeenTypes seen = {0};
    bool is_used = false;
    for (uint32_t i = 0; i < stmt->switch_.clauses.len; i++)
        check_type_clause(c, stmt, stmt->switch_.clauses.at[i], &x, &seen, &is_used);
    if (bind && bind->ident.name != name_blank && !is_used && !c->package->is_prompt)
        diag_error(bind->pos, bind->end, ERR_SWITCH_VAR_UNUSED, bind->ident.name->text);
    vec_free(&seen.list);
    map_free(&seen.named);
    scope_close(c);
}

/* ---- Select ---- */

static bool is_receive(Node *expr)
{
    expr = unparen(expr);
    return expr->kind == NODE_UNARY && expr->op == T_ARROW;
}

static bool is_communication(Node *comm)
{
    switch (comm->kind) {
    case NODE_SEND: return true;
    case NODE_EXPR_STMT: return is_receive(comm->unary.x);
    case NODE_ASSIGN:
        return (comm->op == T_ASSIGN || comm->op == T_DEFINE) && comm->assign.rhs.len == 1 &&
               is_receive(comm->assign.rhs.at[0]);
    default: return false;
    }
}

void check_select(Checker *c, Node *stmt)
{
    NodeList clauses = stmt->block.stmts;
    check_defaults(clauses);
    for (uint32_t i = 0; i < clauses.len; i++) {
        Node *clause = clauses.at[i], *comm = clause->clause.comm;
        clause->clause.scope = scope_open(c, clause->pos, clause->end);
        if (comm) {
            if (!is_communication(comm))
                diag_error(comm->pos, comm->end, ERR_SELECT_CASE);
            else
                check_stmt(c, comm);
        }
        check_stmts(c, clause->clause.body);
        scope_close(c);
    }
}
