/* SPDX-License-Identifier: MIT */
/* A block is a run of statements that control goes through from first to last, and counts them and
 * the stretch of source they take, as `go tool cover` draws it: it begins where the block before it
 * ended, and ends where the next one begins, at a brace or at a function literal's body. A
 * statement that may lead elsewhere is the last of its block; a label begins one. */
#include "compiler/cover.h"

#include "base/cover.h"
#include "base/vec.h"
#include "compiler/internal.h"

#include <string.h>

/* ---- Places in the text ---- */

/* The position of `word` at or after `from`, comments left out. It is there. */
static Pos find_text(Pos from, const char *word)
{
    Location at = source_locate(from);
    const char *text = at.source->text;
    size_t len = strlen(word), i = at.offset;
    while (i < at.source->len && memcmp(text + i, word, len) != 0) {
        if (memcmp(text + i, "//", 2) == 0)
            i += strcspn(text + i, "\n");
        else if (memcmp(text + i, "/*", 2) == 0)
            i = (size_t)(strstr(text + i + 2, "*/") + 2 - text);
        else
            i++;
    }
    return at.source->base + (Pos)i;
}

static bool find_literal(Node *node, void *arg)
{
    Pos *body = arg;
    if (node->kind == NODE_FUNC_LIT && !*body) *body = node->func.body->pos;
    return *body == NO_POS;
}

/* Where the body of the first function literal in the tree begins, or NO_POS. */
static Pos literal_in(Node *node)
{
    Pos body = NO_POS;
    node_walk(node, find_literal, &body);
    return body;
}

static Pos first_literal(Node *a, Node *b, Node *c)
{
    Pos at = literal_in(a);
    if (!at) at = literal_in(b);
    return at ? at : literal_in(c);
}

static Pos brace_of_switch(const Node *node)
{
    enum { KEYWORD = 6 }; /* switch, select */
    Pos from = node->pos + KEYWORD;
    if (node->kind != NODE_SELECT) {
        if (node->switch_.init) from = node->switch_.init->end;
        if (node->switch_.tag) from = node->switch_.tag->end;
    }
    return find_text(from, "{");
}

/* Where the block that a statement is the last of ends. */
static Pos boundary(Node *node)
{
    Pos at = NO_POS;
    switch (node->kind) {
    case NODE_BLOCK: return node->pos;
    case NODE_IF:
        at = first_literal(node->if_.init, node->if_.cond, NULL);
        return at ? at : node->if_.then->pos;
    case NODE_FOR:
        at = first_literal(node->for_.init, node->for_.cond, node->for_.post);
        return at ? at : node->for_.body->pos;
    case NODE_RANGE: at = literal_in(node->range.x); return at ? at : node->range.body->pos;
    case NODE_SWITCH:
        at = first_literal(node->switch_.init, node->switch_.tag, NULL);
        return at ? at : brace_of_switch(node);
    case NODE_TYPE_SWITCH:
        at = literal_in(node->switch_.init);
        return at ? at : brace_of_switch(node);
    case NODE_SELECT: return brace_of_switch(node);
    case NODE_LABELED: return boundary(node->labeled.stmt);
    default: at = literal_in(node); return at ? at : node->end;
    }
}

/* ---- Blocks ---- */

static bool is_control(const Node *node)
{
    return node->kind == NODE_FOR || node->kind == NODE_RANGE || node->kind == NODE_SWITCH ||
           node->kind == NODE_TYPE_SWITCH || node->kind == NODE_SELECT;
}

static bool is_panic(const Node *x)
{
    return x->kind == NODE_CALL && x->call.fun->kind == NODE_IDENT && x->call.args.len == 1 &&
           strcmp(x->call.fun->ident.name->text, "panic") == 0;
}

static bool ends_block(Node *node)
{
    if (is_control(node)) return true;
    if (node->kind == NODE_BLOCK || node->kind == NODE_BRANCH || node->kind == NODE_IF ||
        node->kind == NODE_LABELED)
        return true;
    if (node->kind == NODE_EXPR_STMT && is_panic(node->unary.x)) return true;
    return literal_in(node) != NO_POS;
}

typedef VEC(Node *) Stmts;

static void add_counter(Stmts *out, Arena *arena, Pos start, Pos end, uint32_t stmts)
{
    Node *counter = node_new(arena, NODE_COUNTER, start, start);
    counter->counter.block = cover_add(start, end, stmts);
    vec_push(out, counter);
}

/* Takes the label off a statement that is no loop or the like: a counter comes between them, since
 * a goto may begin there. */
static Node *split_label(Arena *arena, Node *node)
{
    Node *label = node_copy(arena, node);
    Pos at = node->labeled.stmt->pos;
    label->labeled.stmt = node_new(arena, NODE_EMPTY, at, at);
    return label;
}

/* The list with a counter before each of its blocks. The first one begins at `pos`; where the list
 * is one block, it reaches up to `end` if `extends`. */
static NodeList count_list(Arena *arena, NodeList list, Pos pos, Pos end, bool extends)
{
    Stmts in = {0}, out = {0};
    for (uint32_t i = 0; i < list.len; i++) vec_push(&in, list.at[i]);
    if (in.len == 0)
        add_counter(&out, arena, extends ? pos + 1 : pos, end, 0); /* behind the brace */
    for (size_t first = 0; first < in.len;) {
        size_t next = first;
        Pos stop = end;
        bool is_broken = false;
        while (next < in.len && !is_broken) {
            Node *node = in.at[next];
            stop = boundary(node);
            is_broken = ends_block(node);
            if (node->kind == NODE_LABELED && !is_control(node->labeled.stmt)) {
                stop = node->pos;
                in.at[next] = split_label(arena, node);
                vec_push(&in, NULL);
                memmove(in.at + next + 2, in.at + next + 1, (in.len - next - 2) * sizeof in.at[0]);
                in.at[next + 1] = node->labeled.stmt;
            }
            next++;
        }
        if (is_broken) extends = false;
        if (extends) stop = end;
        if (pos != stop) add_counter(&out, arena, pos, stop, (uint32_t)(next - first));
        for (; first < next; first++) vec_push(&out, in.at[first]);
        if (first < in.len) pos = in.at[first]->pos;
    }
    NodeList counted = {arena_alloc(arena, out.len * sizeof(Node *)), (uint32_t)out.len};
    memcpy(counted.at, out.at, out.len * sizeof(Node *));
    vec_free(&in);
    vec_free(&out);
    return counted;
}

/* What follows "else" is a block that begins right there, so that "else if y" has a counter for y.
 */
static void open_else(Arena *arena, Node *node)
{
    Pos start = find_text(node->if_.then->end, "else") + 4;
    Node *els = node->if_.els;
    if (els->kind == NODE_IF) {
        Node *block = node_new(arena, NODE_BLOCK, start, els->end);
        block->block.stmts = (NodeList){arena_alloc(arena, sizeof(Node *)), 1};
        block->block.stmts.at[0] = els;
        block->block.rbrace = els->end;
        node->if_.els = block;
    } else {
        els->pos = start;
    }
}

static bool visit(Node *node, void *arg)
{
    Arena *arena = arg;
    switch (node->kind) {
    case NODE_BLOCK:
        node->block.stmts =
            count_list(arena, node->block.stmts, node->pos, node->block.rbrace + 1, true);
        break;
    case NODE_CASE:
    case NODE_COMM:
        node->clause.body =
            count_list(arena, node->clause.body, node->op_pos + 1, node->end, false);
        break;
    case NODE_IF:
        if (node->if_.els) open_else(arena, node);
        break;
    default: break;
    }
    return true;
}

void cover_file(Node *file, Arena *arena)
{
    for (uint32_t i = 0; i < file->file.decls.len; i++) {
        Node *decl = file->file.decls.at[i];
        if (decl->kind == NODE_VAR_DECL) node_walk(decl, visit, arena);
        if (decl->kind != NODE_FUNC_DECL || !decl->func.body) continue;
        if (strcmp(decl->func.name->ident.name->text, "_") != 0)
            node_walk(decl->func.body, visit, arena);
    }
}
