/* SPDX-License-Identifier: MIT */
/* Terminating statements, as the spec defines them: a function with results must end in one. */
#include "types/expr.h"

/* A break statement in `list` (or nested, outside other breakable statements unless labelled)
 * leaves `target`. The statements were visited by check_labels, which set the targets. */
static bool has_break(Node *stmt, const Node *target);

static bool list_has_break(NodeList list, const Node *target)
{
    for (uint32_t i = 0; i < list.len; i++)
        if (has_break(list.at[i], target)) return true;
    return false;
}

static bool clauses_have_break(NodeList clauses, const Node *target)
{
    for (uint32_t i = 0; i < clauses.len; i++)
        if (list_has_break(clauses.at[i]->clause.body, target)) return true;
    return false;
}

static bool has_break(Node *stmt, const Node *target)
{
    if (!stmt) return false;
    switch (stmt->kind) {
    case NODE_BRANCH: {
        const Node *to = stmt->branch.target;
        if (to && to->kind == NODE_LABELED) to = to->labeled.stmt;
        return stmt->op == T_BREAK && to == target;
    }
    case NODE_BLOCK: return list_has_break(stmt->block.stmts, target);
    case NODE_IF: return has_break(stmt->if_.then, target) || has_break(stmt->if_.els, target);
    case NODE_LABELED: return has_break(stmt->labeled.stmt, target);
    case NODE_FOR: return has_break(stmt->for_.body, target);
    case NODE_RANGE: return has_break(stmt->range.body, target);
    case NODE_SWITCH:
    case NODE_TYPE_SWITCH: return clauses_have_break(stmt->switch_.clauses, target);
    case NODE_SELECT: return clauses_have_break(stmt->block.stmts, target);
    default: return false;
    }
}

static bool list_terminates(NodeList list)
{
    uint32_t n = list.len;
    while (n > 0 && list.at[n - 1]->kind == NODE_EMPTY) n--;
    return n > 0 && is_terminating(list.at[n - 1]);
}

static bool switch_terminates(const Node *stmt)
{
    bool has_default = false;
    NodeList clauses = stmt->switch_.clauses;
    for (uint32_t i = 0; i < clauses.len; i++) {
        Node *clause = clauses.at[i];
        if (clause->flags & NF_DEFAULT) has_default = true;
        if (!list_terminates(clause->clause.body) && !ast_last_fallthrough(clause->clause.body))
            return false;
    }
    return has_default && !clauses_have_break(clauses, stmt);
}

static bool select_terminates(const Node *stmt)
{
    NodeList clauses = stmt->block.stmts;
    for (uint32_t i = 0; i < clauses.len; i++)
        if (!list_terminates(clauses.at[i]->clause.body)) return false;
    return !clauses_have_break(clauses, stmt);
}

static bool is_panic_call(Node *x)
{
    x = unparen(x);
    if (x->kind != NODE_CALL) return false;
    Node *fun = unparen(x->call.fun);
    return fun->kind == NODE_IDENT && fun->ident.obj && fun->ident.obj->kind == OBJ_BUILTIN &&
           fun->ident.obj->builtin == BUILTIN_PANIC;
}

bool is_terminating(Node *stmt)
{
    switch (stmt->kind) {
    case NODE_RETURN: return true;
    case NODE_BRANCH: return stmt->op == T_GOTO;
    case NODE_EXPR_STMT: return is_panic_call(stmt->unary.x);
    case NODE_BLOCK: return list_terminates(stmt->block.stmts);
    case NODE_IF:
        return stmt->if_.els && is_terminating(stmt->if_.then) && is_terminating(stmt->if_.els);
    case NODE_FOR: return !stmt->for_.cond && !has_break(stmt->for_.body, stmt);
    case NODE_LABELED: return is_terminating(stmt->labeled.stmt);
    case NODE_SWITCH:
    case NODE_TYPE_SWITCH: return switch_terminates(stmt);
    case NODE_SELECT: return select_terminates(stmt);
    default: return false;
    }
}
