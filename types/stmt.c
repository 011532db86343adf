/* SPDX-License-Identifier: MIT */
/* Statements. */
#include "types/stmt.h"

#include <string.h>

Scope *scope_open(Checker *c, Pos pos, Pos end)
{
    return c->scope = scope_new(c->scope, pos, end);
}

void scope_close(Checker *c)
{
    c->scope = c->scope->parent;
}

void check_block(Checker *c, Node *block)
{
    block->block.scope = scope_open(c, block->pos, block->end);
    check_stmts(c, block->block.stmts);
    scope_close(c);
}

void check_stmts(Checker *c, NodeList stmts)
{
    for (uint32_t i = 0; i < stmts.len; i++) check_stmt(c, stmts.at[i]);
}

/* ---- Expressions as statements, go, defer ---- */

static Object *called_builtin(Node *call)
{
    Node *fun = unparen(call->call.fun);
    Object *obj = fun->kind == NODE_IDENT ? fun->ident.obj
                  : fun->kind == NODE_SELECTOR && !fun->selector.selection
                      ? fun->selector.sel->ident.obj
                      : NULL;
    return obj && obj->kind == OBJ_BUILTIN ? obj : NULL;
}

/* Built-in functions that may stand as statements. */
static bool is_effect(BuiltinId id)
{
    switch (id) {
    case BUILTIN_CLEAR:
    case BUILTIN_CLOSE:
    case BUILTIN_COPY:
    case BUILTIN_DELETE:
    case BUILTIN_PANIC:
    case BUILTIN_PRINT:
    case BUILTIN_PRINTLN:
    case BUILTIN_RECOVER: return true;
    default: return false;
    }
}

/* Whether an expression, already checked, may stand as a statement. */
static bool is_statement_expr(Node *node)
{
    node = unparen(node);
    if (node->kind == NODE_UNARY) return node->op == T_ARROW;
    if (node->kind != NODE_CALL || (node->flags & NF_CONVERSION)) return false;
    Object *builtin = called_builtin(node);
    return !builtin || is_effect((BuiltinId)builtin->builtin);
}

static void check_expr_stmt(Checker *c, Node *node)
{
    Operand x = {0};
    check_raw_expr(c, &x, node, NULL);
    if (x.mode == MODE_NONE) return;
    if (x.mode == MODE_BUILTIN)
        diag_error(node->pos, node->end, ERR_BUILTIN_NOT_CALLED, expr_text(node));
    else if (x.mode == MODE_TYPE)
        diag_error(node->pos, node->end, ERR_NOT_EXPRESSION, operand_string(&x));
    else if (!is_statement_expr(node))
        diag_error(node->pos, node->end, ERR_NOT_USED, operand_string(&x));
}

static void check_go(Checker *c, Node *stmt)
{
    const char *what = stmt->kind == NODE_GO ? "go" : "defer";
    Node *call = stmt->unary.x;
    Operand x = {0};
    if (stmt->kind == NODE_DEFER) nest_flag(c->nest, NF_DEFERS);
    if (call->kind != NODE_CALL) diag_error(call->pos, call->end, ERR_GO_NOT_CALL, what);
    check_raw_expr(c, &x, call, NULL);
    if (call->kind != NODE_CALL) return;
    if (x.mode == MODE_NONE) return;
    Object *builtin = called_builtin(call);
    if (call->flags & NF_CONVERSION)
        diag_error(call->pos, call->end, ERR_GO_CONVERSION, what, operand_string(&x));
    else if (builtin && !is_effect((BuiltinId)builtin->builtin))
        diag_error(call->pos, call->end, ERR_GO_DISCARDS, what, operand_string(&x));
}

/* ---- Send, ++, op= ---- */

static bool may_send(Type *under, void *arg)
{
    (void)arg;
    return under && under->kind == TYPE_CHAN && (under->dir & 1);
}

static void check_send(Checker *c, Node *stmt)
{
    Operand ch = {0}, value = {0};
    check_expr(c, &ch, stmt->pair.a);
    if (ch.mode == MODE_NONE) {
        check_raw_expr(c, &value, stmt->pair.b, NULL);
        return;
    }
    Type *core = type_core(ch.type);
    if (!core || core->kind != TYPE_CHAN) {
        check_expr(c, &value, stmt->pair.b);
        diag_error(stmt->pos, stmt->end, ERR_SEND_NON_CHANNEL, operand_string(&ch));
        return;
    }
    check_expr_hint(c, &value, stmt->pair.b, core->elem);
    if (value.mode == MODE_NONE) return;
    if (!each_type(ch.type, may_send, NULL)) {
        diag_error(stmt->pos, stmt->end, ERR_SEND_RECEIVE_ONLY, operand_string(&ch));
        return;
    }
    check_assignment(c, &value, core->elem, "send");
}

static void check_incdec(Checker *c, Node *stmt)
{
    Operand x = {0};
    check_expr(c, &x, stmt->unary.x);
    if (x.mode == MODE_NONE) return;
    if (!type_is_numeric(x.type)) {
        diag_error(stmt->unary.x->pos, stmt->unary.x->end, ERR_INCDEC_TYPE,
                   expr_text(stmt->unary.x), token_text((TokenKind)stmt->op), type_string(x.type));
        return;
    }
    check_assignable(stmt->unary.x);
}

static void check_op_assign(Checker *c, Node *stmt)
{
    Node *lhs = stmt->assign.lhs.at[0];
    Operand x = {0};
    check_binary(c, &x, stmt, lhs, stmt->assign.rhs.at[0], (TokenKind)stmt->op);
    if (x.mode != MODE_NONE) check_assignable(lhs);
}

static void check_assign(Checker *c, Node *stmt)
{
    if (stmt->op == T_DEFINE)
        short_var_decl(c, stmt->op_pos, stmt->assign.lhs, stmt->assign.rhs, stmt->end);
    else if (stmt->op == T_ASSIGN)
        assign_vars(c, stmt->assign.lhs, stmt->assign.rhs);
    else
        check_op_assign(c, stmt);
}

/* ---- Return ---- */

/* A bare return must see the named results themselves. */
static bool results_visible(Checker *c, Node *stmt, Type *signature)
{
    char where[256];
    for (uint32_t i = 0; i < signature->func.nresults; i++) {
        Object *result = signature->func.results[i];
        Scope *scope;
        Object *seen = scope_lookup_parent(c->scope, result->name, stmt->pos, &scope);
        if (seen == result || result->name == name_blank || result->name == name_empty || !seen)
            continue;
        diag_error(stmt->pos, stmt->end, ERR_RESULT_SHADOWED, result->name->text,
                   source_format(seen->pos, where, sizeof where),
                   seen->kind == OBJ_VAR ? arena_printf(&types_arena, "var %s %s", seen->name->text,
                                                        type_string(seen->type))
                                         : seen->name->text);
        return false;
    }
    return true;
}

static void check_return(Checker *c, Node *stmt)
{
    NodeList values = stmt->list.list;
    Type *signature = c->nest->signature;
    uint32_t n = signature->func.nresults;
    if (n == 0) {
        size_t before = diag_count();
        Operand *x = arena_array(&types_arena, Operand, values.len + 1);
        for (uint32_t i = 0; i < values.len; i++) check_raw_expr(c, &x[i], values.at[i], NULL);
        if (values.len == 0 || diag_count() > before) return;
        diag_error(values.at[0]->pos, values.at[0]->end, ERR_RETURN_MANY,
                   operands_summary(x, values.len, false), "()");
        return;
    }
    if (values.len > 0) {
        check_init_vars(c, signature->func.results, n, values.at, values.len, stmt);
        for (uint32_t i = 0; i < n; i++) signature->func.results[i]->is_reassigned = true;
        return;
    }
    Name first = signature->func.results[0]->name;
    if (first && first != name_empty) {
        results_visible(c, stmt, signature);
        return;
    }
    diag_error(stmt->pos, stmt->end, ERR_RETURN_FEW, "()",
               types_summary(signature->func.results, n, false));
}

/* ---- If, for ---- */

static void check_condition(Checker *c, Node *cond, const char *what)
{
    Operand x = {0};
    check_expr(c, &x, cond);
    if (x.mode == MODE_NONE) return;
    if (!type_is_boolean(x.type)) {
        diag_error(cond->pos, cond->end, ERR_NON_BOOLEAN, what);
        return;
    }
    if (type_is_untyped(x.type)) convert_to_default(c, &x);
}

static void check_if(Checker *c, Node *stmt)
{
    scope_open(c, stmt->pos, stmt->end);
    if (stmt->if_.init) check_stmt(c, stmt->if_.init);
    if (stmt->if_.cond) check_condition(c, stmt->if_.cond, "if");
    check_block(c, stmt->if_.then);
    if (stmt->if_.els) check_stmt(c, stmt->if_.els);
    scope_close(c);
}

/* The variables that a for clause declares: each iteration has its own. */
static void note_loop_vars(Checker *c, Node *stmt)
{
    Node *init = stmt->for_.init;
    NodeList names = init->assign.lhs;
    stmt->for_.vars = arena_array(c->arena, Object *, names.len);
    for (uint32_t i = 0; i < names.len; i++) {
        Object *var = names.at[i]->kind == NODE_IDENT ? names.at[i]->ident.obj : NULL;
        if (!var || var->kind != OBJ_VAR || var->name == name_blank) continue;
        var->is_loop_var = true;
        stmt->for_.vars[stmt->for_.nvars++] = var;
    }
}

static void check_for(Checker *c, Node *stmt)
{
    scope_open(c, stmt->pos, stmt->end);
    if (stmt->for_.init) {
        check_stmt(c, stmt->for_.init);
        if (stmt->for_.init->kind == NODE_ASSIGN && stmt->for_.init->op == T_DEFINE)
            note_loop_vars(c, stmt);
    }
    if (stmt->for_.cond) check_condition(c, stmt->for_.cond, "for");
    if (stmt->for_.post) check_stmt(c, stmt->for_.post);
    check_block(c, stmt->for_.body);
    scope_close(c);
}

/* ---- Every statement ---- */

void check_stmt(Checker *c, Node *stmt)
{
    switch (stmt->kind) {
    case NODE_EXPR_STMT: check_expr_stmt(c, stmt->unary.x); break;
    case NODE_SEND: check_send(c, stmt); break;
    case NODE_INCDEC: check_incdec(c, stmt); break;
    case NODE_ASSIGN: check_assign(c, stmt); break;
    case NODE_GO:
    case NODE_DEFER: check_go(c, stmt); break;
    case NODE_RETURN: check_return(c, stmt); break;
    case NODE_BLOCK: check_block(c, stmt); break;
    case NODE_IF: check_if(c, stmt); break;
    case NODE_SWITCH: check_switch(c, stmt); break;
    case NODE_TYPE_SWITCH: check_type_switch(c, stmt); break;
    case NODE_SELECT: check_select(c, stmt); break;
    case NODE_FOR: check_for(c, stmt); break;
    case NODE_RANGE: check_range(c, stmt); break;
    case NODE_LABELED: check_stmt(c, stmt->labeled.stmt); break;
    case NODE_DECL_STMT:
        for (uint32_t i = 0; i < stmt->list.list.len; i++)
            check_decl_stmt(c, stmt->list.list.at[i]);
        break;
    default: break; /* EMPTY, BRANCH (check_labels), BAD */
    }
}
