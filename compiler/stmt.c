/* SPDX-License-Identifier: MIT */
/* Statements: blocks, if, for, labels and branches; the rest in files of their own.
 *
 * Loops are inverted: a test before the first round, then body, post statement and a test that
 * jumps back, so that a round takes one jump. Where the condition is more than a comparison of
 * simple operands it is compiled once and the loop entered by a jump to it. */
#include "compiler/stmt.h"

#include "base/cover.h"
#include "base/fatal.h"

bool compile_shared_loopvars;

/* ---- Blocks ---- */

void stmt_list(FuncState *f, NodeList stmts)
{
    for (uint32_t i = 0; i < stmts.len; i++) stmt(f, stmts.at[i]);
}

void stmt_block(FuncState *f, Node *block)
{
    Reg mark = reg_mark(f);
    stmt_list(f, block->block.stmts);
    reg_release(f, mark);
}

void stmt_in_target(FuncState *f, Node *target, Label *brk, Label *cont, NodeList body)
{
    Target entry = {.outer = f->targets, .stmt = target, .brk = brk, .cont = cont};
    Reg mark = reg_mark(f);
    f->targets = &entry;
    stmt_list(f, body);
    f->targets = entry.outer;
    reg_release(f, mark);
}

/* Whether control never comes out at the end of this list of statements; errs on the side of false.
 */
static bool ends_by_jump(NodeList stmts)
{
    if (stmts.len == 0) return false;
    Node *last = stmts.at[stmts.len - 1];
    return last->kind == NODE_RETURN || last->kind == NODE_BRANCH;
}

/* ---- If ---- */

static bool if_branches(FuncState *f, Node *node);

static void stmt_if(FuncState *f, Node *node)
{
    Reg mark = reg_mark(f);
    if (node->if_.init) stmt(f, node->if_.init);
    Label els, end;
    label_init(&els);
    label_init(&end);
    f->pos = node->if_.cond->pos;
    if (if_branches(f, node)) {
        reg_release(f, mark);
        return;
    }
    Reg cond_mark = reg_mark(f);
    cond_jump(f, node->if_.cond, false, &els);
    reg_release(f, cond_mark);
    stmt_block(f, node->if_.then);
    if (node->if_.els && !ends_by_jump(node->if_.then->block.stmts)) emit_jump(f, &end);
    label_place(f, &els);
    if (node->if_.els) stmt(f, node->if_.els);
    label_place(f, &end);
    reg_release(f, mark);
}

/* ---- For ---- */

typedef struct Cost {
    int nodes;
    bool is_simple;
} Cost;

static bool count_cost(Node *node, void *arg)
{
    Cost *cost = arg;
    switch (node->kind) {
    case NODE_IDENT:
    case NODE_LITERAL:
    case NODE_PAREN:
    case NODE_BINARY:
    case NODE_SELECTOR:
    case NODE_INDEX: break;
    case NODE_CALL:
        if (node->call.fun->mode != MODE_BUILTIN && !(node->flags & NF_CONVERSION))
            cost->is_simple = false;
        break;
    case NODE_UNARY:
        if (node->op == T_ARROW) cost->is_simple = false;
        break;
    default: cost->is_simple = false;
    }
    if (++cost->nodes > 8) cost->is_simple = false;
    return cost->is_simple;
}

/* Whether the condition is so short that compiling it twice costs less than jumping to it. */
static bool is_simple(Node *cond)
{
    Cost cost = {.is_simple = true};
    node_walk(cond, count_cost, &cost);
    return cost.is_simple;
}

bool loop_shares_vars(FuncState *f, Pos pos)
{
    if (compile_shared_loopvars) return true;
    return f->package && !f->package->is_library && types_version_at(f->package, pos) < 22;
}

void loop_new_vars(FuncState *f, Object **vars, uint32_t n)
{
    if (n == 0 || !vars[0] || loop_shares_vars(f, vars[0]->pos)) return;
    for (uint32_t i = 0; i < n; i++) {
        VarPlace *place = vars[i] ? map_get(&f->slots, vars[i]) : NULL;
        if (!place || place->kind != PLACE_BOX) continue;
        Reg mark = reg_mark(f);
        Reg value = reg_alloc(f, type_slots(place->type));
        emit_load(f, value, place->reg, 0, place->type);
        var_init(f, vars[i], value);
        reg_release(f, mark);
    }
}

static void jump_if(FuncState *f, Node *cond, bool sense, Label *to)
{
    Reg mark = reg_mark(f);
    f->pos = cond->pos;
    cond_jump(f, cond, sense, to);
    reg_release(f, mark);
}

static void stmt_for(FuncState *f, Node *node)
{
    Reg mark = reg_mark(f);
    Node *cond = node->for_.cond;
    bool tests_twice = cond && is_simple(cond);
    Label body, cont, test, end;
    label_init(&body);
    label_init(&cont);
    label_init(&test);
    label_init(&end);
    if (node->for_.init) stmt(f, node->for_.init);
    if (tests_twice)
        jump_if(f, cond, false, &end);
    else if (cond)
        emit_jump(f, &test);
    label_place(f, &body);
    stmt_in_target(f, node, &end, &cont, node->for_.body->block.stmts);
    label_place(f, &cont);
    loop_new_vars(f, node->for_.vars, node->for_.nvars);
    if (node->for_.post) stmt(f, node->for_.post);
    if (cond && !tests_twice) label_place(f, &test);
    if (cond) {
        jump_if(f, cond, true, &body);
    } else {
        f->pos = node->pos;
        emit_jump(f, &body);
    }
    label_place(f, &end);
    reg_release(f, mark);
}

/* ---- Labels and branches ---- */

static Label *label_of(FuncState *f, Node *labeled)
{
    Label *label = map_get(&f->labels, labeled);
    if (!label) {
        label = arena_new(f->arena, Label);
        label_init(label);
        map_set(&f->labels, labeled, label);
    }
    return label;
}

static void stmt_labeled(FuncState *f, Node *node)
{
    label_place(f, label_of(f, node));
    stmt(f, node->labeled.stmt);
}

/* Where a branch goes; NULL where it leaves the body of a loop over a function. */
static Label *branch_label(FuncState *f, TokenKind kind, Node *target)
{
    if (f->range_func && !range_func_contains(f, target)) return NULL;
    if (kind == T_GOTO) return label_of(f, target);
    Target *entry = f->targets;
    while (entry && entry->stmt != target) entry = entry->outer;
    if (!entry) fatal("stmt: branch to a statement that is not around it");
    return kind == T_BREAK ? entry->brk : entry->cont;
}

void stmt_branch_to(FuncState *f, TokenKind kind, Node *target)
{
    Label *label = branch_label(f, kind, target);
    if (label)
        emit_jump(f, label);
    else
        range_exit_branch(f, kind, target);
}

static Node *branch_target(const Node *node)
{
    Node *target = node->branch.target;
    return node->op != T_GOTO && target->kind == NODE_LABELED ? target->labeled.stmt : target;
}

static void stmt_branch(FuncState *f, Node *node)
{
    if (node->op == T_FALLTHROUGH) return; /* switch.c looks for it */
    stmt_branch_to(f, (TokenKind)node->op, branch_target(node));
}

/* if cond { break } and the like: the condition jumps there itself. */
static bool if_branches(FuncState *f, Node *node)
{
    NodeList then = node->if_.then->block.stmts;
    if (node->if_.els || then.len != 1 || then.at[0]->kind != NODE_BRANCH) return false;
    Node *branch = then.at[0];
    if (branch->op == T_FALLTHROUGH) return false;
    Label *label = branch_label(f, (TokenKind)branch->op, branch_target(branch));
    if (!label) return false;
    cond_jump(f, node->if_.cond, true, label);
    return true;
}

/* ---- The others ---- */

static void stmt_send(FuncState *f, Node *node)
{
    Reg mark = reg_mark(f);
    Type *chan = type_under(node_type(f, node->pair.a));
    order_pair(f, node->pair.a, node->pair.b);
    Reg to = expr_any(f, node->pair.a);
    Reg value = expr_any_type(f, node->pair.b, chan->elem);
    f->pos = node->op_pos ? node->op_pos : node->pos;
    emit_abc(f, OP_SEND, to, value, type_slots(chan->elem));
    reg_release(f, mark);
}

static void stmt_decls(FuncState *f, Node *node)
{
    for (uint32_t i = 0; i < node->list.list.len; i++) {
        Node *decl = node->list.list.at[i];
        if (decl->kind == NODE_VAR_DECL) stmt_var_decl(f, decl);
    }
}

/* The results of a call that the prompt shows: as []any. */
static Reg results_as_slice(FuncState *f, Node *call, const Type *tuple)
{
    Reg slice = reg_alloc(f, 3), value = reg_alloc(f, 2), from = call_expr(f, call);
    emit_int(f, slice + 1, tuple->tuple.ntypes);
    emit_abc(f, OP_MAKESLICE, slice, slice + 1, slice + 1);
    emit_ptr(f, compile_rtype(type_any));
    for (uint32_t i = 0; i < tuple->tuple.ntypes; i++) {
        Type *type = tuple->tuple.types[i];
        convert_value(f, value, from, type, type_any);
        emit_store(f, slice, i * (uint64_t)type_sizeof(type_any), value, type_any);
        from += type_slots(type);
    }
    return slice;
}

/* The value that the prompt shows: as `any` in the first two slots. It is kept for the next input.
 */
static void show_value(FuncState *f, Node *value)
{
    Type *type = node_type(f, value);
    if (type->kind == TYPE_TUPLE) {
        if (type->tuple.ntypes > 0)
            convert_value(f, 0, results_as_slice(f, node_unparen(value), type),
                          type_slice(type_any), type_any);
        return;
    }
    Object *kept = f->package->next_value;
    Reg reg = expr_any_type(f, value, kept->type), address = reg_alloc(f, 1);
    emit_abc(f, OP_LOADK, address, 0, 0);
    emit_ptr(f, global_address(kept));
    emit_store(f, address, 0, reg, kept->type);
    convert_value(f, 0, reg, kept->type, type_any);
}

static void stmt_expr(FuncState *f, Node *node)
{
    Reg mark = reg_mark(f);
    if (f->prompt_value && node->unary.x == f->prompt_value)
        show_value(f, node->unary.x);
    else
        expr_effect(f, node->unary.x);
    reg_release(f, mark);
}

static void stmt_call(FuncState *f, Node *node)
{
    Reg mark = reg_mark(f);
    if (node->kind == NODE_GO)
        call_go(f, node->unary.x);
    else
        call_defer(f, node->unary.x);
    reg_release(f, mark);
}

void stmt(FuncState *f, Node *node)
{
    f->pos = node->pos;
    switch (node->kind) {
    case NODE_BLOCK: stmt_block(f, node); break;
    case NODE_EXPR_STMT: stmt_expr(f, node); break;
    case NODE_SEND: stmt_send(f, node); break;
    case NODE_INCDEC: stmt_incdec(f, node); break;
    case NODE_ASSIGN: stmt_assign(f, node); break;
    case NODE_GO:
    case NODE_DEFER: stmt_call(f, node); break;
    case NODE_RETURN: stmt_return(f, node); break;
    case NODE_BRANCH: stmt_branch(f, node); break;
    case NODE_IF: stmt_if(f, node); break;
    case NODE_SWITCH: stmt_switch(f, node); break;
    case NODE_TYPE_SWITCH: stmt_type_switch(f, node); break;
    case NODE_SELECT: stmt_select(f, node); break;
    case NODE_FOR: stmt_for(f, node); break;
    case NODE_RANGE: stmt_range(f, node); break;
    case NODE_LABELED: stmt_labeled(f, node); break;
    case NODE_DECL_STMT: stmt_decls(f, node); break;
    case NODE_VAR_DECL: stmt_var_decl(f, node); break;
    case NODE_COUNTER:
        emit_abc(f, OP_COVER, 0, 0, 0);
        emit_ptr(f, &node->counter.block->count);
        break;
    case NODE_EMPTY:
    case NODE_CONST_DECL:
    case NODE_TYPE_DECL:
    case NODE_FUNC_DECL: break;
    default: fatal("stmt: no statement: %s", node_kind_name((NodeKind)node->kind));
    }
}
