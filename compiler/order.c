/* SPDX-License-Identifier: MIT */
/* The order in which operands are evaluated.
 *
 * The specification orders calls and receive operations from left to right, and leaves open when
 * the variables, fields and elements between them are read. Programs rely on what Go's own compiler
 * does: it makes all calls of a list of operands first and reads memory afterwards. So
 *
 *     nodes[i].left = build()      x + f()      T{v, f(), v}
 *
 * see what build and f did to nodes, x and v. Here operands are evaluated from left to right, which
 * gives the same wherever nothing that a call could change is read before it. Where something is,
 * order_operands evaluates the calls into temporaries first; whoever comes to such a node
 * afterwards finds its value there (order_value), as long as the temporary exists. The operands of
 * go and defer are evaluated strictly from left to right, there as here. */
#include "compiler/internal.h"

#include <string.h>

/* ---- What is in an expression ---- */

static bool is_call(Node *node)
{
    BuiltinId id;
    if (node->kind == NODE_UNARY) return node->op == T_ARROW;
    if (node->kind != NODE_CALL || node->flags & NF_CONVERSION) return false;
    if (!node_is_builtin(node->call.fun, &id)) return true;
    return id == BUILTIN_APPEND || id == BUILTIN_COPY || id == BUILTIN_RECOVER;
}

typedef bool Ask(FuncState *f, Node *node);

static bool ask_list(FuncState *f, NodeList list, Ask *ask)
{
    for (uint32_t i = 0; i < list.len; i++)
        if (ask(f, list.at[i])) return true;
    return false;
}

static bool ask_elements(FuncState *f, Node *lit, Ask *ask)
{
    bool is_map = type_basic_kind(node_type(f, lit)) == TYPE_MAP;
    for (uint32_t i = 0; i < lit->composite.elems.len; i++) {
        Node *e = lit->composite.elems.at[i];
        if (e->kind != NODE_KEYED) {
            if (ask(f, e)) return true;
        } else if ((is_map && ask(f, e->pair.a)) || ask(f, e->pair.b)) {
            return true;
        }
    }
    return false;
}

static bool is_instantiation(FuncState *f, Node *node)
{
    Type *type = node->index.x->type;
    return !type || type_basic_kind(env_type(f, type)) == TYPE_FUNC;
}

/* Asks about the operands of an expression, from left to right, until one says yes. */
static bool ask_operands(FuncState *f, Node *node, Ask *ask)
{
    BuiltinId id;
    switch (node->kind) {
    case NODE_STAR:
    case NODE_UNARY: return ask(f, node->unary.x);
    case NODE_BINARY: return ask(f, node->binary.x) || ask(f, node->binary.y);
    case NODE_ASSERT: return ask(f, node->pair.a);
    case NODE_COMPOSITE: return ask_elements(f, node, ask);
    case NODE_SELECTOR:
        return node->selector.selection && node->selector.selection->kind != SELECT_METHOD_EXPR &&
               ask(f, node->selector.x);
    case NODE_INDEX:
        if (is_instantiation(f, node)) return ask(f, node->index.x);
        return ask(f, node->index.x) || ask_list(f, node->index.args, ask);
    case NODE_SLICE:
        return ask(f, node->slice.x) || (node->slice.lo && ask(f, node->slice.lo)) ||
               (node->slice.hi && ask(f, node->slice.hi)) ||
               (node->slice.max && ask(f, node->slice.max));
    case NODE_CALL:
        if (!(node->flags & NF_CONVERSION) && !node_is_builtin(node->call.fun, &id) &&
            ask(f, node->call.fun))
            return true;
        return ask_list(f, node->call.args, ask);
    default: return false;
    }
}

/* A value that needs no operands: constants, nil, types. */
static bool is_fixed(Node *node)
{
    return node->val || node->mode == MODE_NIL || node->mode == MODE_TYPE;
}

/* Whether the expression makes a call; found out once for each node. */
static bool has_call(FuncState *f, Node *node)
{
    node = node_unparen(node);
    if (is_fixed(node)) return false;
    if (!(node->flags & NF_CALLS_KNOWN)) {
        node->flags |= NF_CALLS_KNOWN;
        if (is_call(node) || ask_operands(f, node, has_call)) node->flags |= NF_HAS_CALL;
    }
    return node->flags & NF_HAS_CALL;
}

static bool is_logical(Node *node)
{
    return node->kind == NODE_BINARY && (node->op == T_LAND || node->op == T_LOR);
}

static bool is_builtin_call(Node *node)
{
    BuiltinId id;
    return node->kind == NODE_CALL && !(node->flags & NF_CONVERSION) &&
           node_is_builtin(node->call.fun, &id);
}

/* What is evaluated when its turn comes, be it a call or not. */
static bool is_unit(FuncState *f, Node *node)
{
    return is_call(node) || is_builtin_call(node) || node->kind == NODE_SLICE ||
           node->kind == NODE_ASSERT || (is_logical(node) && has_call(f, node));
}

static bool is_shared(const Object *obj)
{
    if (!obj || obj->kind != OBJ_VAR) return false;
    return obj->is_global || obj->is_addressed || (obj->is_captured && obj->is_reassigned);
}

/* Whether the expression reads what a call may change. */
static bool reads_shared(FuncState *f, Node *node)
{
    node = node_unparen(node);
    if (is_fixed(node) || is_unit(f, node)) return false;
    switch (node->kind) {
    case NODE_IDENT: return is_shared(node->ident.obj);
    case NODE_STAR: return true;
    case NODE_SELECTOR:
        if (!node->selector.selection) return is_shared(node->selector.sel->ident.obj);
        if (node->selector.selection->is_indirect) return true;
        break;
    case NODE_INDEX: {
        if (is_instantiation(f, node)) return false;
        TypeKind kind = type_basic_kind(node_type(f, node->index.x));
        if (kind != TYPE_ARRAY && kind != TYPE_STRING) return true;
        break;
    }
    default: break;
    }
    return ask_operands(f, node, reads_shared);
}

/* Whether finding the place (not its value) reads what a call may change. */
static bool place_reads_shared(FuncState *f, Node *node)
{
    node = node_unparen(node);
    switch (node->kind) {
    case NODE_IDENT: return false;
    case NODE_SELECTOR:
        if (!node->selector.selection) return false;
        if (node->selector.selection->is_indirect) return reads_shared(f, node->selector.x);
        return place_reads_shared(f, node->selector.x);
    case NODE_INDEX:
        if (type_basic_kind(node_type(f, node->index.x)) == TYPE_ARRAY &&
            place_reads_shared(f, node->index.x))
            return true;
        return reads_shared(f, node->index.args.at[0]) || reads_shared(f, node->index.x);
    default: return ask_operands(f, node, reads_shared);
    }
}

/* ---- Evaluating calls first ---- */

Reg order_value(FuncState *f, Node *node)
{
    for (size_t i = f->early.len; i-- > 0;)
        if (f->early.at[i].node == node) return f->early.at[i].reg;
    return NO_REG;
}

/* Evaluates the calls in an expression into temporaries. Always false, to be asked of all operands.
 */
static bool evaluate_calls(FuncState *f, Node *node)
{
    node = node_unparen(node);
    if (is_fixed(node) || order_value(f, node) != NO_REG) return false;
    if (!is_unit(f, node) || node->flags & NF_COMMA_OK)
        return ask_operands(f, node, evaluate_calls);
    Type *type = node_type(f, node);
    if (type->kind == TYPE_TUPLE) return false;
    if (!is_call(node) && !has_call(f, node) && !ask_operands(f, node, reads_shared)) return false;
    Reg reg;
    if (is_call(node) && type_slots(type) > 0) {
        reg = expr_any(f, node);
    } else {
        reg = reg_alloc(f, type_slots(type) > 0 ? type_slots(type) : 1);
        expr_to(f, node, reg);
    }
    vec_push(&f->early, ((EarlyValue){.node = node, .reg = reg}));
    return false;
}

/* Whether the expression's first call was evaluated: then all were, with an expression around it.
 */
static bool is_evaluated(FuncState *f, Node *node)
{
    node = node_unparen(node);
    if (is_fixed(node)) return false;
    return is_unit(f, node) ? order_value(f, node) != NO_REG : ask_operands(f, node, is_evaluated);
}

/* The calls of nodes[0..n), of which those before `nplaces` are places to assign to. */
static void order(FuncState *f, Node **nodes, uint32_t n, uint32_t nplaces)
{
    uint32_t last = n;
    while (last > 0 && !has_call(f, nodes[last - 1])) last--;
    if (last < 2 || (f->early.len > 0 && is_evaluated(f, nodes[last - 1]))) return;
    bool is_needed = false;
    for (uint32_t i = 0; i + 1 < last && !is_needed; i++)
        is_needed = i < nplaces ? place_reads_shared(f, nodes[i]) : reads_shared(f, nodes[i]);
    if (!is_needed) return;
    Pos pos = f->pos;
    for (uint32_t i = 0; i < last; i++) evaluate_calls(f, nodes[i]);
    f->pos = pos;
}

void order_operands(FuncState *f, Node **nodes, uint32_t n)
{
    order(f, nodes, n, 0);
}

void order_pair(FuncState *f, Node *x, Node *y)
{
    Node *nodes[2] = {x, y};
    if (has_call(f, y)) order(f, nodes, 2, 0);
}

void order_call(FuncState *f, Node *call)
{
    NodeList args = call->call.args;
    BuiltinId id;
    if (!ask_list(f, args, has_call)) return;
    Node **nodes = arena_array(f->arena, Node *, args.len + 1);
    uint32_t n = 0;
    if (!node_is_builtin(call->call.fun, &id)) nodes[n++] = call->call.fun;
    memcpy(nodes + n, args.at, args.len * sizeof *nodes);
    order(f, nodes, n + args.len, 0);
}

/* Elements of long literals are evaluated one by one: a temporary for each call would be too many.
 */
void order_literal(FuncState *f, Node *lit)
{
    enum { LONG = 256 };
    NodeList elems = lit->composite.elems;
    if (elems.len > LONG || !has_call(f, lit)) return;
    bool is_map = type_basic_kind(node_type(f, lit)) == TYPE_MAP;
    Node **nodes = arena_array(f->arena, Node *, 2 * (size_t)elems.len + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < elems.len; i++) {
        Node *e = elems.at[i];
        if (e->kind == NODE_KEYED && is_map) nodes[n++] = e->pair.a;
        nodes[n++] = e->kind == NODE_KEYED ? e->pair.b : e;
    }
    order(f, nodes, n, 0);
}

void order_assignment(FuncState *f, NodeList lhs, NodeList rhs)
{
    if (!ask_list(f, lhs, has_call) && !ask_list(f, rhs, has_call)) return;
    Node **nodes = arena_array(f->arena, Node *, (size_t)lhs.len + rhs.len);
    memcpy(nodes, lhs.at, lhs.len * sizeof *nodes);
    memcpy(nodes + lhs.len, rhs.at, rhs.len * sizeof *nodes);
    order(f, nodes, lhs.len + rhs.len, lhs.len);
}

bool order_is_late(FuncState *f, NodeList places)
{
    return ask_list(f, places, place_reads_shared);
}
