/* SPDX-License-Identifier: MIT */
/* Labels and branches: one walk over a function's body after it was checked.
 *
 * Every label is known function-wide, but a goto may not jump into a block nor over a variable
 * declaration of the label's own block. The walk keeps the chain of enclosing statements for break
 * and continue, and the chain of blocks for goto; forward jumps are settled at the end of the block
 * in which their label stands. */
#include "types/expr.h"

typedef struct Enclosing {
    struct Enclosing *outer;
    Node *stmt;  /* FOR, RANGE, SWITCH, TYPE_SWITCH, SELECT */
    Node *label; /* LABELED around it, or NULL */
} Enclosing;

typedef struct Block {
    struct Block *outer;
    Pos start;
    Pos var_pos;        /* last variable declared in the block so far, or NO_POS */
    VEC(Node *) labels; /* LABELED seen so far in this block */
} Block;

typedef struct Jump {
    Node *branch;
    Block *block; /* where it stands */
} Jump;

typedef struct Walk {
    PtrMap labels;     /* Name → LABELED, all of the function */
    PtrMap starts;     /* LABELED → where its block starts, of those walked so far (Pos) */
    VEC(Jump) forward; /* gotos whose label has not come yet */
    Enclosing *enclosing;
    Block *block;
} Walk;

static void walk(Walk *w, Node *stmt, Node *label);

/* ---- All labels first ---- */

static void collect_list(Walk *w, NodeList list);

static void collect(Walk *w, Node *stmt)
{
    char where[256];
    if (!stmt) return;
    switch (stmt->kind) {
    case NODE_LABELED: {
        Node *ident = stmt->labeled.label;
        if (ident->ident.name != name_blank) {
            Node *old = map_get(&w->labels, ident->ident.name);
            if (old)
                diag_error(ident->pos, ident->end, ERR_LABEL_REDEFINED, ident->ident.name->text,
                           source_format(old->labeled.label->pos, where, sizeof where));
            else
                map_set(&w->labels, ident->ident.name, stmt);
        }
        collect(w, stmt->labeled.stmt);
        break;
    }
    case NODE_BLOCK: collect_list(w, stmt->block.stmts); break;
    case NODE_IF:
        collect(w, stmt->if_.then);
        collect(w, stmt->if_.els);
        break;
    case NODE_FOR: collect(w, stmt->for_.body); break;
    case NODE_RANGE: collect(w, stmt->range.body); break;
    case NODE_SWITCH:
    case NODE_TYPE_SWITCH: collect_list(w, stmt->switch_.clauses); break;
    case NODE_SELECT: collect_list(w, stmt->block.stmts); break;
    case NODE_CASE:
    case NODE_COMM: collect_list(w, stmt->clause.body); break;
    default: break;
    }
}

static void collect_list(Walk *w, NodeList list)
{
    for (uint32_t i = 0; i < list.len; i++) collect(w, list.at[i]);
}

/* ---- Goto ---- */

static bool is_in_block(const Block *block, const Block *of)
{
    for (; block; block = block->outer)
        if (block == of) return true;
    return false;
}

/* The label of these gotos comes now, in the current block. */
static void settle_forward(Walk *w, Node *labeled)
{
    size_t kept = 0;
    for (size_t i = 0; i < w->forward.len; i++) {
        Jump jump = w->forward.at[i];
        if (jump.branch->branch.label->ident.name != labeled->labeled.label->ident.name) {
            w->forward.at[kept++] = jump;
            continue;
        }
        jump.branch->branch.target = labeled;
        Node *at = jump.branch->branch.label;
        char where[256];
        if (!is_in_block(jump.block, w->block)) {
            diag_error(at->pos, at->end, ERR_GOTO_BLOCK, at->ident.name->text,
                       source_format(w->block->start, where, sizeof where));
        } else if (w->block->var_pos > jump.branch->pos) {
            Location line = source_locate(w->block->var_pos);
            diag_error(at->pos, at->end, ERR_GOTO_VAR, at->ident.name->text, line.line);
        }
    }
    w->forward.len = kept;
}

static bool is_seen(const Walk *w, const Node *labeled)
{
    for (const Block *b = w->block; b; b = b->outer)
        for (size_t i = 0; i < b->labels.len; i++)
            if (b->labels.at[i] == labeled) return true;
    return false;
}

static void walk_goto(Walk *w, Node *stmt)
{
    Node *ident = stmt->branch.label;
    Node *labeled = map_get(&w->labels, ident->ident.name);
    if (!labeled) {
        diag_error(ident->pos, ident->end, ERR_LABEL_UNDEFINED, ident->ident.name->text);
        return;
    }
    labeled->labeled.is_used = true;
    stmt->branch.target = labeled;
    if (is_seen(w, labeled)) return;
    if (labeled->pos < stmt->pos) { /* stands before, in a block that is closed already */
        char where[256];
        diag_error(
            ident->pos, ident->end, ERR_GOTO_BLOCK, ident->ident.name->text,
            source_format((Pos)(uintptr_t)map_get(&w->starts, labeled), where, sizeof where));
        return;
    }
    Jump jump = {stmt, w->block};
    vec_push(&w->forward, jump);
}

/* ---- Break, continue ---- */

static bool is_loop(const Node *stmt)
{
    return stmt->kind == NODE_FOR || stmt->kind == NODE_RANGE;
}

static void walk_plain_branch(Walk *w, Node *stmt)
{
    for (Enclosing *e = w->enclosing; e; e = e->outer) {
        if (stmt->op == T_CONTINUE && !is_loop(e->stmt)) continue;
        stmt->branch.target = e->stmt;
        return;
    }
    diag_error(stmt->pos, stmt->end,
               stmt->op == T_BREAK ? ERR_BREAK_OUTSIDE : ERR_CONTINUE_OUTSIDE);
}

static void walk_labelled_branch(Walk *w, Node *stmt)
{
    Node *ident = stmt->branch.label;
    const char *name = ident->ident.name->text;
    Node *labeled = map_get(&w->labels, ident->ident.name);
    if (!labeled) {
        diag_error(ident->pos, ident->end,
                   stmt->op == T_BREAK ? ERR_BREAK_LABEL_UNDEFINED : ERR_CONTINUE_LABEL_UNDEFINED,
                   name);
        return;
    }
    labeled->labeled.is_used = true;
    for (Enclosing *e = w->enclosing; e; e = e->outer) {
        if (e->label != labeled) continue;
        if (stmt->op == T_CONTINUE && !is_loop(e->stmt)) break;
        stmt->branch.target = labeled;
        return;
    }
    diag_error(ident->pos, ident->end, stmt->op == T_BREAK ? ERR_BREAK_LABEL : ERR_CONTINUE_LABEL,
               name);
}

/* ---- The walk ---- */

static void walk_stmts(Walk *w, NodeList list)
{
    for (uint32_t i = 0; i < list.len; i++) walk(w, list.at[i], NULL);
}

static void walk_list(Walk *w, NodeList list, Pos start)
{
    Block block = {.outer = w->block, .start = start};
    w->block = &block;
    walk_stmts(w, list);
    w->block = block.outer;
    for (size_t i = 0; i < w->forward.len;
         i++) /* they stand in the enclosing block now, as far as later labels go */
        if (w->forward.at[i].block == &block) w->forward.at[i].block = block.outer;
    vec_free(&block.labels);
}

/* Whether clause i may end in fallthrough; reports the other places. */
static void check_fallthrough(Node *sw, NodeList clauses)
{
    for (uint32_t i = 0; i < clauses.len; i++) {
        Node *last = ast_last_fallthrough(clauses.at[i]->clause.body);
        if (!last) continue;
        last->branch.target = sw; /* it is in its place: walk says nothing of it */
        if (sw->kind == NODE_TYPE_SWITCH)
            diag_error(last->pos, last->end, ERR_FALLTHROUGH_TYPE);
        else if (i + 1 == clauses.len)
            diag_error(last->pos, last->end, ERR_FALLTHROUGH_FINAL);
    }
}

static void walk_clauses(Walk *w, NodeList clauses)
{
    for (uint32_t i = 0; i < clauses.len; i++)
        walk_list(w, clauses.at[i]->clause.body, clauses.at[i]->pos);
}

static void walk_enclosing(Walk *w, Node *stmt, Node *label)
{
    Enclosing e = {w->enclosing, stmt, label};
    w->enclosing = &e;
    switch (stmt->kind) {
    case NODE_FOR: walk(w, stmt->for_.body, NULL); break;
    case NODE_RANGE: walk(w, stmt->range.body, NULL); break;
    case NODE_SELECT: walk_clauses(w, stmt->block.stmts); break;
    default: check_fallthrough(stmt, stmt->switch_.clauses); walk_clauses(w, stmt->switch_.clauses);
    }
    w->enclosing = e.outer;
}

static void walk_decl(Walk *w, Node *stmt)
{
    for (uint32_t i = 0; i < stmt->list.list.len; i++)
        if (stmt->list.list.at[i]->kind == NODE_VAR_DECL)
            w->block->var_pos = stmt->list.list.at[i]->pos;
}

static void walk(Walk *w, Node *stmt, Node *label)
{
    if (!stmt) return;
    switch (stmt->kind) {
    case NODE_DECL_STMT: walk_decl(w, stmt); break;
    case NODE_ASSIGN:
        if (stmt->op == T_DEFINE) w->block->var_pos = stmt->pos;
        break;
    case NODE_LABELED:
        settle_forward(w, stmt);
        vec_push(&w->block->labels, stmt);
        map_set(&w->starts, stmt, (void *)(uintptr_t)w->block->start);
        walk(w, stmt->labeled.stmt, stmt);
        break;
    case NODE_BLOCK: walk_list(w, stmt->block.stmts, stmt->pos); break;
    case NODE_IF:
        walk(w, stmt->if_.then, NULL);
        walk(w, stmt->if_.els, NULL);
        break;
    case NODE_FOR:
    case NODE_RANGE:
    case NODE_SWITCH:
    case NODE_TYPE_SWITCH:
    case NODE_SELECT: walk_enclosing(w, stmt, label); break;
    case NODE_BRANCH:
        if (stmt->op == T_FALLTHROUGH) {
            if (!stmt->branch.target) diag_error(stmt->pos, stmt->end, ERR_FALLTHROUGH_PLACE);
        } else if (stmt->op == T_GOTO) {
            walk_goto(w, stmt);
        } else if (stmt->branch.label) {
            walk_labelled_branch(w, stmt);
        } else {
            walk_plain_branch(w, stmt);
        }
        break;
    default: break;
    }
}

static void report_unused(const PtrMap *labels)
{

    for (size_t i = 0; i < labels->cap; i++) {
        if (!labels->keys[i]) continue;
        Node *labeled = labels->values[i];
        Node *ident = labeled->labeled.label;
        if (!labeled->labeled.is_used)
            diag_error(ident->pos, ident->end, ERR_LABEL_UNUSED, ident->ident.name->text);
    }
}

void types_check_branches(Node *file)
{
    for (uint32_t i = 0; i < file->file.decls.len; i++) {
        Node *func = file->file.decls.at[i];
        if (func->kind == NODE_FUNC_DECL && func->func.body != NULL &&
            !diag_has_within(func->pos, func->end))
            check_labels(func->func.body);
    }
}

void check_labels(Node *body)
{
    Walk w = {0};
    collect_list(&w, body->block.stmts);
    walk_list(&w, body->block.stmts, body->pos);
    report_unused(&w.labels);
    map_free(&w.labels);
    map_free(&w.starts);
    vec_free(&w.forward);
}
