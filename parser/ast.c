/* SPDX-License-Identifier: MIT */
/* Making nodes, and printing expressions as messages quote them.
 *
 * What is quoted should stay on a line: bodies of functions and elements of composite literals
 * become "…". */
#include "parser/ast.h"
#include "base/buf.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */
static const char *const kind_names[NODE_COUNT] = {
#define NODE(name, text, member) [NODE_##name] = text,
#include "parser/node.def"
#undef NODE
};
/* clang-format on */

/* Bytes of a node of each kind: most need far less than the largest member. */
/* clang-format off */
#define MEMBER_SIZE(member) (sizeof(((Node *)0)->member))
static const uint8_t kind_sizes[NODE_COUNT] = {
#define NODE(name, text, member) [NODE_##name] = offsetof(Node, ident) + MEMBER_SIZE(member),
#include "parser/node.def"
#undef NODE
};
/* clang-format on */

Node *node_new(Arena *arena, NodeKind kind, Pos pos, Pos end)
{
    Node *node = arena_alloc(arena, kind_sizes[kind]);
    node->kind = (uint8_t)kind;
    node->pos = pos;
    node->end = end;
    return node;
}

Node *node_copy(Arena *arena, const Node *node)
{
    Node *copy = arena_alloc(arena, kind_sizes[node->kind]);
    memcpy(copy, node, kind_sizes[node->kind]);
    return copy;
}

void node_become(Node *node, const Node *other)
{
    memcpy(node, other, kind_sizes[node->kind]);
}

Node *ast_last_fallthrough(NodeList list)
{
    uint32_t n = list.len;
    while (n > 0 && list.at[n - 1]->kind == NODE_EMPTY) n--;
    Node *last = n > 0 ? list.at[n - 1] : NULL;
    while (last && last->kind == NODE_LABELED) last = last->labeled.stmt;
    return last && last->kind == NODE_BRANCH && last->op == T_FALLTHROUGH ? last : NULL;
}

const char *node_kind_name(NodeKind kind)
{
    return kind_names[kind];
}

/* ---- Printing ---- */

static void print_list(const NodeList *list, const char *separator, Buf *out)
{
    for (uint32_t i = 0; i < list->len; i++) {
        if (i > 0) buf_text(out, separator);
        ast_print_expr(list->at[i], out);
    }
}

/* Fields "a, b T, c U"; neighbours that share a type node were written together. */
static void print_fields(const NodeList *fields, const char *separator, Buf *out)
{
    for (uint32_t i = 0; i < fields->len; i++) {
        const Node *field = fields->at[i], *next = i + 1 < fields->len ? fields->at[i + 1] : NULL;
        if (field->field.name) {
            ast_print_expr(field->field.name, out);
            if (next && next->field.name && next->field.type == field->field.type) {
                buf_text(out, ", ");
                continue;
            }
            buf_byte(out, ' ');
        }
        ast_print_expr(field->field.type, out);
        if (field->field.tag) {
            buf_byte(out, ' ');
            ast_print_expr(field->field.tag, out);
        }
        if (next) buf_text(out, separator);
    }
}

/* Parameters and results of a function type. */
static void print_signature(const Node *func, Buf *out)
{
    buf_byte(out, '(');
    print_fields(&func->func.params, ", ", out);
    buf_byte(out, ')');
    const NodeList *results = &func->func.results;
    if (!results->len) return;
    buf_byte(out, ' ');
    if (results->len == 1 && !results->at[0]->field.name) {
        ast_print_expr(results->at[0]->field.type, out);
        return;
    }
    buf_byte(out, '(');
    print_fields(results, ", ", out);
    buf_byte(out, ')');
}

static void print_interface(const Node *node, Buf *out)
{
    const NodeList *elems = &node->list.list;
    buf_text(out, elems->len ? "interface{ " : "interface{");
    for (uint32_t i = 0; i < elems->len; i++) {
        const Node *elem = elems->at[i];
        if (i > 0) buf_text(out, "; ");
        if (elem->kind == NODE_METHOD) {
            ast_print_expr(elem->field.name, out);
            print_signature(elem->field.type, out);
        } else {
            ast_print_expr(elem->field.type, out);
        }
    }
    buf_text(out, elems->len ? " }" : "}");
}

static void print_chan(const Node *node, Buf *out)
{
    static const char *const words[] = {"chan ", "chan<- ", "<-chan ", "chan "};
    const Node *elem = node->chan.elem;
    bool is_nested = elem && elem->kind == NODE_CHAN_TYPE && elem->chan.dir == 2;
    buf_text(out, words[node->chan.dir & 3]);
    if (is_nested) buf_byte(out, '(');
    ast_print_expr(elem, out);
    if (is_nested) buf_byte(out, ')');
}

static void print_array(const Node *node, Buf *out)
{
    buf_byte(out, '[');
    if (node->pair.a) ast_print_expr(node->pair.a, out);
    buf_byte(out, ']');
    ast_print_expr(node->pair.b, out);
}

static void print_slice(const Node *node, Buf *out)
{
    ast_print_expr(node->slice.x, out);
    buf_byte(out, '[');
    if (node->slice.lo) ast_print_expr(node->slice.lo, out);
    buf_byte(out, ':');
    if (node->slice.hi) ast_print_expr(node->slice.hi, out);
    if (node->slice.is_full) {
        buf_byte(out, ':');
        if (node->slice.max) ast_print_expr(node->slice.max, out);
    }
    buf_byte(out, ']');
}

static void print_call(const Node *node, Buf *out)
{
    ast_print_expr(node->call.fun, out);
    buf_byte(out, '(');
    print_list(&node->call.args, ", ", out);
    if (node->flags & NF_ELLIPSIS_CALL) buf_text(out, "...");
    buf_byte(out, ')');
}

/* Types that are spelled with a keyword or brackets. */
static void print_type(const Node *node, Buf *out)
{
    switch (node->kind) {
    case NODE_ARRAY_TYPE: print_array(node, out); break;
    case NODE_CHAN_TYPE: print_chan(node, out); break;
    case NODE_INTERFACE_TYPE: print_interface(node, out); break;
    case NODE_MAP_TYPE:
        buf_text(out, "map[");
        ast_print_expr(node->pair.a, out);
        buf_byte(out, ']');
        ast_print_expr(node->pair.b, out);
        break;
    case NODE_STRUCT_TYPE:
        buf_text(out, node->list.list.len ? "struct{ " : "struct{");
        print_fields(&node->list.list, "; ", out);
        buf_text(out, node->list.list.len ? " }" : "}");
        break;
    case NODE_FUNC_TYPE:
        buf_text(out, "func");
        print_signature(node, out);
        break;
    default: buf_text(out, node_kind_name(node->kind)); break;
    }
}

void ast_print_expr(const Node *node, Buf *out)
{
    if (!node) return;
    switch (node->kind) {
    case NODE_BAD: buf_text(out, "_"); break;
    case NODE_IDENT: buf_add(out, node->ident.name->text, node->ident.name->len); break;
    case NODE_LITERAL: buf_add(out, node->literal.text->text, node->literal.text->len); break;
    case NODE_COMPOSITE:
        ast_print_expr(node->composite.type, out);
        buf_text(out, node->composite.elems.len ? "{…}" : "{}");
        break;
    case NODE_KEYED:
        ast_print_expr(node->pair.a, out);
        buf_text(out, ": ");
        ast_print_expr(node->pair.b, out);
        break;
    case NODE_FUNC_LIT:
        buf_text(out, "func");
        print_signature(node, out);
        buf_text(out, node->func.body && node->func.body->block.stmts.len ? " {…}" : " {}");
        break;
    case NODE_PAREN:
        buf_byte(out, '(');
        ast_print_expr(node->unary.x, out);
        buf_byte(out, ')');
        break;
    case NODE_SELECTOR:
        ast_print_expr(node->selector.x, out);
        buf_byte(out, '.');
        ast_print_expr(node->selector.sel, out);
        break;
    case NODE_INDEX:
        ast_print_expr(node->index.x, out);
        buf_byte(out, '[');
        print_list(&node->index.args, ", ", out);
        buf_byte(out, ']');
        break;
    case NODE_SLICE: print_slice(node, out); break;
    case NODE_ASSERT:
        ast_print_expr(node->pair.a, out);
        buf_text(out, ".(");
        if (node->pair.b) {
            ast_print_expr(node->pair.b, out);
        } else {
            buf_text(out, "type");
        }
        buf_byte(out, ')');
        break;
    case NODE_CALL: print_call(node, out); break;
    case NODE_STAR:
        buf_byte(out, '*');
        ast_print_expr(node->unary.x, out);
        break;
    case NODE_UNARY:
        buf_text(out, token_text(node->op));
        ast_print_expr(node->unary.x, out);
        break;
    case NODE_BINARY:
        ast_print_expr(node->binary.x, out);
        buf_printf(out, " %s ", token_text(node->op));
        ast_print_expr(node->binary.y, out);
        break;
    case NODE_ELLIPSIS:
        buf_text(out, "...");
        ast_print_expr(node->unary.x, out);
        break;
    default: print_type(node, out); break;
    }
}
