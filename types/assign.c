/* SPDX-License-Identifier: MIT */
/* Assignments: initialisation of variables, plain and short assignment, results of calls and
 * comma-ok forms spread over several variables. */
#include "types/assign.h"

#include <string.h>

void mark_assigned(Node *lhs)
{
    for (;;) {
        lhs = unparen(lhs);
        switch (lhs->kind) {
        case NODE_IDENT:
            if (lhs->ident.obj && lhs->ident.obj->kind == OBJ_VAR)
                lhs->ident.obj->is_reassigned = true;
            return;
        case NODE_SELECTOR:
            if (!lhs->selector.selection || lhs->selector.selection->is_indirect) return;
            lhs = lhs->selector.x;
            break;
        case NODE_INDEX:
            if (!lhs->index.x->type || type_under(lhs->index.x->type)->kind != TYPE_ARRAY) return;
            lhs = lhs->index.x;
            break;
        default: return;
        }
    }
}

/* ---- Initialisation ---- */

void init_var(Checker *c, Object *lhs, Operand *x, const char *context)
{
    if (x->mode == MODE_NONE || (lhs->type && lhs->type->kind == TYPE_INVALID)) {
        if (!lhs->type) lhs->type = type_basic[TYPE_INVALID];
        lhs->is_used = true; /* what it would have been used for is unknown */
        return;
    }
    check_assignment(c, x, lhs->type, context);
    if (!lhs->type) lhs->type = x->mode == MODE_NONE ? type_basic[TYPE_INVALID] : x->type;
    if (x->mode == MODE_NONE) lhs->is_used = true;
}

static const char *count_text(uint32_t n, const char *unit)
{
    return arena_printf(&types_arena, "%u %s%s", n, unit, n == 1 ? "" : "s");
}

static void report_mismatch(Node **rhs, uint32_t nrhs, uint32_t nleft, uint32_t nright)
{
    Node *first = unparen(rhs[0]);
    const char *vars = count_text(nleft, "variable"), *values = count_text(nright, "value");
    if (nrhs == 1 && first->kind == NODE_CALL)
        diag_error(rhs[0]->pos, rhs[0]->end, ERR_MISMATCH_CALL, vars, expr_text(first->call.fun),
                   values);
    else
        diag_error(rhs[0]->pos, rhs[0]->end, ERR_MISMATCH, vars, values);
    if (nrhs == 1 && first->kind == NODE_CALL && nright > nleft)
        diag_remedy("take every result, and name _ what you don't need");
}

/* The wrong number of values in a return statement. */
static void report_return_mismatch(Object **lhs, uint32_t n, Operand *x, uint32_t nx, Node *stmt)
{
    Node *at = nx == 0 ? stmt : nx < n ? x[nx - 1].node : x[n].node;
    diag_error(at->pos, at->end, nx < n ? ERR_RETURN_FEW : ERR_RETURN_MANY,
               operands_summary(x, nx, false), types_summary(lhs, n, false));
}

/* Evaluates what is left after a mismatch was found, so that names count as used. */
static void use_all(Checker *c, Node **nodes, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        Operand x = {0};
        check_raw_expr(c, &x, nodes[i], NULL);
    }
}

static void invalidate(Object **lhs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!lhs[i]->type) lhs[i]->type = type_basic[TYPE_INVALID];
        lhs[i]->is_used = true;
    }
}

/* Splits a call's tuple or a comma-ok form into n operands; returns how many values there are (n
 * operands are filled only where they are n). */
static uint32_t spread(Checker *c, Operand *x, uint32_t n, Operand *out)
{
    if (x->type && x->type->kind == TYPE_TUPLE) {
        if (x->type->tuple.ntypes == n)
            for (uint32_t i = 0; i < n; i++)
                operand_part(c, &out[i], x->node, MODE_VALUE, x->type->tuple.types[i]);
        return x->type->tuple.ntypes;
    }
    if (n == 2 && (x->mode == MODE_MAP_INDEX || x->mode == MODE_COMMA_OK)) {
        unparen(x->node)->flags |= NF_COMMA_OK;
        x->node->flags |= NF_COMMA_OK;
        operand_part(c, &out[0], x->node, MODE_VALUE, x->type);
        operand_part(c, &out[1], x->node, MODE_VALUE, type_basic[TYPE_UNTYPED_BOOL]);
        return 2;
    }
    if (n == 1) out[0] = *x;
    return x->mode == MODE_NO_VALUE ? 0 : 1;
}

static void init_mismatch(Checker *c, Object **lhs, uint32_t n, Node **rhs, Operand *x,
                          uint32_t got, Node *return_stmt)
{
    if (return_stmt) {
        Operand *all = arena_array(&types_arena, Operand, got + 1);
        if (got == 1 && x->type->kind != TYPE_TUPLE)
            all[0] = *x;
        else
            spread(c, x, got, all);
        report_return_mismatch(lhs, n, all, got, return_stmt);
    } else {
        report_mismatch(rhs, 1, n, got);
    }
    invalidate(lhs, n);
}

/* One value for each variable. */
static void init_each(Checker *c, Object **lhs, uint32_t n, Node **rhs, const char *context,
                      Node *return_stmt)
{
    bool ok = true;
    for (uint32_t i = 0; i < n; i++) {
        Operand x = {0};
        if (n == 1 && unparen(rhs[0])->kind == NODE_CALL) {
            check_multi_expr(c, &x, rhs[0]);
            if (x.mode == MODE_VALUE && x.type->kind == TYPE_TUPLE) {
                init_mismatch(c, lhs, n, rhs, &x, x.type->tuple.ntypes, return_stmt);
                return;
            }
        } else {
            check_expr_hint(c, &x, rhs[i], lhs[i]->type);
        }
        init_var(c, lhs[i], &x, context);
        ok = ok && x.mode != MODE_NONE;
    }
    for (uint32_t i = 0; i < n && !ok; i++) lhs[i]->is_used = true;
}

/* Several values, but not as many as variables. */
static void init_unequal(Checker *c, Object **lhs, uint32_t n, Node **rhs, uint32_t nrhs,
                         Node *return_stmt)
{
    size_t before = diag_count();
    Operand *x = arena_array(&types_arena, Operand, nrhs + 1);
    for (uint32_t i = 0; i < nrhs; i++) check_raw_expr(c, &x[i], rhs[i], NULL);
    invalidate(lhs, n);
    if (diag_count() > before) return;
    if (return_stmt)
        report_return_mismatch(lhs, n, x, nrhs, return_stmt);
    else
        report_mismatch(rhs, nrhs, n, nrhs);
}

/* One call or comma-ok form for several variables. */
static void init_spread(Checker *c, Object **lhs, uint32_t n, Node **rhs, const char *context,
                        Node *return_stmt)
{
    Operand x = {0};
    check_multi_expr(c, &x, rhs[0]);
    if (x.mode == MODE_NONE) {
        invalidate(lhs, n);
        return;
    }
    Operand *parts = arena_array(&types_arena, Operand, n + 1);
    bool may_spread = !return_stmt || x.type->kind == TYPE_TUPLE; /* return: no comma-ok form */
    uint32_t got = may_spread ? spread(c, &x, n, parts) : 1;
    if (got != n) {
        init_mismatch(c, lhs, n, rhs, &x, got, return_stmt);
        return;
    }
    for (uint32_t i = 0; i < n; i++) init_var(c, lhs[i], &parts[i], context);
}

void check_init_vars(Checker *c, Object **lhs, uint32_t n, Node **rhs, uint32_t nrhs,
                     Node *return_stmt)
{
    const char *context = return_stmt ? "return statement" : "assignment";
    if (!return_stmt && n > 0 && lhs[0]->decl && lhs[0]->decl->kind == NODE_VAR_DECL)
        context = "variable declaration";
    if (n == nrhs && n > 0)
        init_each(c, lhs, n, rhs, context, return_stmt);
    else if (nrhs != 1)
        init_unequal(c, lhs, n, rhs, nrhs, return_stmt);
    else
        init_spread(c, lhs, n, rhs, context, return_stmt);
}

/* ---- Assignment ---- */

static bool is_blank(Node *lhs)
{
    lhs = unparen(lhs);
    return lhs->kind == NODE_IDENT && lhs->ident.name == name_blank;
}

static void report_unassignable(Operand *z)
{
    Node *node = unparen(z->node);
    const char *text = expr_text(z->node);
    if (node->kind == NODE_SELECTOR && node->selector.selection) {
        Node *x = unparen(node->selector.x);
        if (x->mode == MODE_MAP_INDEX) {
            diag_error(z->node->pos, z->node->end, ERR_ASSIGN_MAP_FIELD, text);
            diag_remedy("elements of maps have no address: change a copy and store it, or let the "
                        "map hold pointers");
            return;
        }
    }
    diag_error(z->node->pos, z->node->end, ERR_UNASSIGNABLE, text);
    Type *base = node->kind == NODE_INDEX ? node->index.x->type : NULL;
    if (base && type_is_string(base))
        diag_remedy("strings can't be changed: convert to []byte, change it, and convert back");
    else if (z->mode == MODE_CONST && node->kind == NODE_IDENT)
        diag_remedy("%s is a constant; declare it with var to change it", text);
}

bool check_assignable(Node *lhs)
{
    if (lhs->mode != MODE_VAR && lhs->mode != MODE_MAP_INDEX) {
        Operand z = {.node = lhs, .mode = (Mode)lhs->mode, .type = lhs->type, .val = lhs->val};
        report_unassignable(&z);
        return false;
    }
    mark_assigned(lhs);
    return true;
}

/* Type of the assignable expression lhs: NULL for the blank identifier, TYPE_INVALID after an
 * error. Being assigned is no use of a variable. */
static Type *lhs_type(Checker *c, Node *lhs)
{
    Node *node = unparen(lhs);
    if (is_blank(lhs)) {
        node->ident.obj = NULL;
        return NULL;
    }
    Object *var = NULL;
    bool was_used = false;
    if (node->kind == NODE_IDENT) {
        Scope *where;
        var = scope_lookup_parent(c->scope, node->ident.name, node->pos, &where);
        if (var && (var->kind != OBJ_VAR || var->package != c->package)) var = NULL;
        was_used = var && var->is_used;
    }
    Operand z = {0};
    size_t errors = diag_count();
    check_expr(c, &z, lhs);
    if (node->kind == NODE_IDENT && !node->ident.obj && diag_count() > errors)
        diag_remedy("to declare it here, use := instead of =");
    if (var && node->ident.obj == var) var->is_used = was_used;
    if (z.mode == MODE_NONE || !check_assignable(lhs)) return type_basic[TYPE_INVALID];
    return z.type;
}

/* After an error, whether the variable is used is no longer worth a message. */
static void forgive(Node *lhs)
{
    lhs = unparen(lhs);
    if (lhs->kind == NODE_IDENT && lhs->ident.obj) lhs->ident.obj->is_used = true;
}

static void store(Checker *c, Type *type, Operand *x, Node *lhs, const char *context)
{
    if (!type) context = "assignment to _ identifier";
    if (x->mode != MODE_NONE && !(type && type->kind == TYPE_INVALID))
        check_assignment(c, x, type, context);
    if (x->mode == MODE_NONE) forgive(lhs);
    if (!type && x->mode != MODE_NONE) {
        unparen(lhs)->type = x->type;
        unparen(lhs)->mode = MODE_VAR;
    }
}

void assign_var(Checker *c, Node *lhs, Operand *x, const char *context)
{
    Type *type = lhs_type(c, lhs);
    store(c, type, x, lhs, context);
}

void assign_vars(Checker *c, NodeList lhs, NodeList rhs)
{
    uint32_t n = lhs.len;
    if (n == rhs.len && !(n == 1 && unparen(rhs.at[0])->kind == NODE_CALL)) {
        for (uint32_t i = 0; i < n; i++) {
            Type *type = lhs_type(c, lhs.at[i]);
            Operand x = {0};
            check_expr_hint(c, &x, rhs.at[i], type && type->kind != TYPE_INVALID ? type : NULL);
            store(c, type, &x, lhs.at[i], "assignment");
        }
        return;
    }
    Type **types = arena_array(&types_arena, Type *, n);
    for (uint32_t i = 0; i < n; i++) types[i] = lhs_type(c, lhs.at[i]);
    if (rhs.len != 1) {
        size_t before = diag_count();
        use_all(c, rhs.at, rhs.len);
        if (diag_count() == before) report_mismatch(rhs.at, rhs.len, n, rhs.len);
        for (uint32_t i = 0; i < n; i++) forgive(lhs.at[i]);
        return;
    }
    Operand x = {0};
    check_multi_expr(c, &x, rhs.at[0]);
    if (x.mode == MODE_NONE) {
        for (uint32_t i = 0; i < n; i++) forgive(lhs.at[i]);
        return;
    }
    if (n == 1 && (!x.type || x.type->kind != TYPE_TUPLE)) {
        store(c, types[0], &x, lhs.at[0], "assignment");
        return;
    }
    Operand *parts = arena_array(&types_arena, Operand, n + 1);
    uint32_t got = spread(c, &x, n, parts);
    if (got != n) {
        report_mismatch(rhs.at, 1, n, got);
        for (uint32_t i = 0; i < n; i++) forgive(lhs.at[i]);
        return;
    }
    for (uint32_t i = 0; i < n; i++) store(c, types[i], &parts[i], lhs.at[i], "assignment");
}

/* ---- Short declarations ---- */

static bool repeats(NodeList lhs, uint32_t i)
{
    Name name = lhs.at[i]->ident.name;
    if (name == name_blank) return false;
    for (uint32_t k = 0; k < i; k++)
        if (lhs.at[k]->kind == NODE_IDENT && lhs.at[k]->ident.name == name) return true;
    return false;
}

void short_var_decl(Checker *c, Pos pos, NodeList lhs, NodeList rhs, Pos visible_from)
{
    Object **vars = arena_array(&types_arena, Object *, lhs.len);
    bool *is_new = arena_array(&types_arena, bool, lhs.len);
    bool any_new = false, failed = false;
    bool may_redeclare = c->package->is_prompt && c->toplevel && c->scope == c->toplevel;
    for (uint32_t i = 0; i < lhs.len; i++) {
        Node *ident = lhs.at[i];
        if (ident->kind != NODE_IDENT) {
            Operand ignored = {0};
            check_raw_expr(c, &ignored, ident, NULL);
            diag_error(ident->pos, ident->end, ERR_NON_NAME, expr_text(ident));
            vars[i] = object_new(OBJ_VAR, name_blank, NULL, c->package, ident->pos);
            failed = true;
            continue;
        }
        if (repeats(lhs, i)) {
            diag_error(ident->pos, ident->end, ERR_REPEATED, ident->ident.name->text);
            vars[i] = object_new(OBJ_VAR, name_blank, NULL, c->package, ident->pos);
            failed = true;
            continue;
        }
        Object *old = ident->ident.name == name_blank || may_redeclare
                          ? NULL
                          : scope_lookup(c->scope, ident->ident.name);
        if (old && old->kind == OBJ_VAR) {
            ident->ident.obj = vars[i] = old;
            ident->type = old->type;
            ident->mode = MODE_VAR;
            old->is_reassigned = true;
            continue;
        }
        if (old) {
            Operand ignored = {0};
            check_raw_expr(c, &ignored, ident, NULL);
            diag_error(ident->pos, ident->end, ERR_UNASSIGNABLE, expr_text(ident));
            vars[i] = object_new(OBJ_VAR, name_blank, NULL, c->package, ident->pos);
            failed = true;
            continue;
        }
        vars[i] = new_local_var(c, ident, NULL);
        is_new[i] = true;
        any_new = any_new || ident->ident.name != name_blank;
    }
    check_init_vars(c, vars, lhs.len, rhs.at, rhs.len, NULL);
    if (!any_new && !failed) {
        diag_error(pos, pos + 2, ERR_NO_NEW_VARS);
        diag_remedy("to assign to variables that exist, use = instead of :=");
    }
    for (uint32_t i = 0; i < lhs.len; i++) {
        if (!is_new[i]) continue;
        lhs.at[i]->type = vars[i]->type;
        lhs.at[i]->mode = MODE_VAR;
        if (lhs.at[i]->ident.name != name_blank)
            declare(c, c->scope, lhs.at[i], vars[i], visible_from);
    }
}
