/* SPDX-License-Identifier: MIT */
/* Walking over a tree, for questions asked before code is made. */
#include "compiler/internal.h"

typedef bool Visit(Node *node, void *arg);

static void walk_list(NodeList list, Visit *visit, void *arg)
{
    for (uint32_t i = 0; i < list.len; i++) node_walk(list.at[i], visit, arg);
}

static void walk_two_lists(NodeList first, NodeList second, Visit *visit, void *arg)
{
    walk_list(first, visit, arg);
    walk_list(second, visit, arg);
}

static void walk_statement(Node *node, Visit *visit, void *arg)
{
    switch (node->kind) {
    case NODE_CONST_DECL:
    case NODE_VAR_DECL: walk_two_lists(node->values.names, node->values.values, visit, arg); break;
    case NODE_BLOCK:
    case NODE_SELECT: walk_list(node->block.stmts, visit, arg); break;
    case NODE_ASSIGN: walk_two_lists(node->assign.lhs, node->assign.rhs, visit, arg); break;
    case NODE_RETURN:
    case NODE_DECL_STMT: walk_list(node->list.list, visit, arg); break;
    case NODE_IF:
        node_walk(node->if_.init, visit, arg);
        node_walk(node->if_.cond, visit, arg);
        node_walk(node->if_.then, visit, arg);
        node_walk(node->if_.els, visit, arg);
        break;
    case NODE_SWITCH:
    case NODE_TYPE_SWITCH:
        node_walk(node->switch_.init, visit, arg);
        node_walk(node->switch_.tag, visit, arg);
        walk_list(node->switch_.clauses, visit, arg);
        break;
    case NODE_CASE:
    case NODE_COMM:
        node_walk(node->clause.comm, visit, arg);
        walk_two_lists(node->clause.list, node->clause.body, visit, arg);
        break;
    case NODE_FOR:
        node_walk(node->for_.init, visit, arg);
        node_walk(node->for_.cond, visit, arg);
        node_walk(node->for_.post, visit, arg);
        node_walk(node->for_.body, visit, arg);
        break;
    case NODE_RANGE:
        node_walk(node->range.key, visit, arg);
        node_walk(node->range.value, visit, arg);
        node_walk(node->range.x, visit, arg);
        node_walk(node->range.body, visit, arg);
        break;
    case NODE_LABELED: node_walk(node->labeled.stmt, visit, arg); break;
    default: break;
    }
}

void node_walk(Node *node, bool (*visit)(Node *node, void *arg), void *arg)
{
    if (!node || !visit(node, arg)) return;
    switch (node->kind) {
    case NODE_COMPOSITE:
        node_walk(node->composite.type, visit, arg);
        walk_list(node->composite.elems, visit, arg);
        break;
    case NODE_KEYED:
    case NODE_ASSERT:
    case NODE_ARRAY_TYPE:
    case NODE_MAP_TYPE:
    case NODE_SEND:
        node_walk(node->pair.a, visit, arg);
        node_walk(node->pair.b, visit, arg);
        break;
    case NODE_FUNC_LIT: node_walk(node->func.body, visit, arg); break;
    case NODE_PAREN:
    case NODE_STAR:
    case NODE_UNARY:
    case NODE_ELLIPSIS:
    case NODE_EXPR_STMT:
    case NODE_INCDEC:
    case NODE_GO:
    case NODE_DEFER: node_walk(node->unary.x, visit, arg); break;
    case NODE_BINARY:
        node_walk(node->binary.x, visit, arg);
        node_walk(node->binary.y, visit, arg);
        break;
    case NODE_SELECTOR: node_walk(node->selector.x, visit, arg); break;
    case NODE_INDEX:
        node_walk(node->index.x, visit, arg);
        walk_list(node->index.args, visit, arg);
        break;
    case NODE_SLICE:
        node_walk(node->slice.x, visit, arg);
        node_walk(node->slice.lo, visit, arg);
        node_walk(node->slice.hi, visit, arg);
        node_walk(node->slice.max, visit, arg);
        break;
    case NODE_CALL:
        node_walk(node->call.fun, visit, arg);
        walk_list(node->call.args, visit, arg);
        break;
    default: walk_statement(node, visit, arg); break;
    }
}

typedef struct Mention {
    const Object *var;
    bool found;
} Mention;

static bool look_for_mention(Node *node, void *arg)
{
    Mention *mention = arg;
    if (node->kind == NODE_IDENT && node->ident.obj == mention->var) mention->found = true;
    return !mention->found;
}

bool node_mentions(Node *node, const Object *var)
{
    Mention mention = {.var = var};
    if (var) node_walk(node, look_for_mention, &mention);
    return mention.found;
}
