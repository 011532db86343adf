/* SPDX-License-Identifier: MIT */
/* A line says what a node is and where; children follow, in the order of the source, each a step
 * further in. Lists that could be taken for each other (parameters and results, say) are headed by
 * their names. */
#include "parser/dump.h"

typedef struct Dump {
    Buf *out;
    int depth;
} Dump;

static void dump_node(Dump *d, const Node *node);

static void indent(Dump *d)
{
    for (int i = 0; i < d->depth; i++) buf_text(d->out, "  ");
}

static void dump_list(Dump *d, const NodeList *list)
{
    for (uint32_t i = 0; i < list->len; i++) dump_node(d, list->at[i]);
}

/* A list under a heading, unless it is empty. */
static void dump_part(Dump *d, const char *heading, const NodeList *list)
{
    if (!list->len) return;
    indent(d);
    buf_printf(d->out, "%s:\n", heading);
    d->depth++;
    dump_list(d, list);
    d->depth--;
}

/* A child under a heading, unless it is absent. */
static void dump_child(Dump *d, const char *heading, const Node *node)
{
    if (!node) return;
    NodeList list = {(Node **)&node, 1};
    dump_part(d, heading, &list);
}

static void dump_func(Dump *d, const Node *node)
{
    dump_child(d, "receiver", node->func.recv);
    dump_node(d, node->func.name);
    dump_part(d, "type parameters", &node->func.tparams);
    dump_part(d, "parameters", &node->func.params);
    dump_part(d, "results", &node->func.results);
    dump_node(d, node->func.body);
}

static void dump_field(Dump *d, const Node *node)
{
    dump_node(d, node->field.name);
    dump_node(d, node->field.type);
    dump_node(d, node->field.tag);
}

static void dump_statement(Dump *d, const Node *node)
{
    switch (node->kind) {
    case NODE_IF:
        dump_child(d, "init", node->if_.init);
        dump_node(d, node->if_.cond);
        dump_node(d, node->if_.then);
        dump_child(d, "else", node->if_.els);
        break;
    case NODE_SWITCH:
    case NODE_TYPE_SWITCH:
        dump_child(d, "init", node->switch_.init);
        dump_child(d, "bind", node->switch_.bind);
        dump_child(d, "tag", node->switch_.tag);
        dump_list(d, &node->switch_.clauses);
        break;
    case NODE_CASE:
    case NODE_COMM:
        if (node->kind == NODE_CASE) dump_part(d, "list", &node->clause.list);
        if (node->kind == NODE_COMM) dump_child(d, "comm", node->clause.comm);
        dump_list(d, &node->clause.body);
        break;
    case NODE_FOR:
        dump_child(d, "init", node->for_.init);
        dump_child(d, "cond", node->for_.cond);
        dump_child(d, "post", node->for_.post);
        dump_node(d, node->for_.body);
        break;
    case NODE_RANGE:
        dump_child(d, "key", node->range.key);
        dump_child(d, "value", node->range.value);
        dump_part(d, "extra", &node->range.extra);
        dump_node(d, node->range.x);
        dump_node(d, node->range.body);
        break;
    case NODE_ASSIGN:
        dump_part(d, "left", &node->assign.lhs);
        dump_part(d, "right", &node->assign.rhs);
        break;
    case NODE_LABELED:
        dump_node(d, node->labeled.label);
        dump_node(d, node->labeled.stmt);
        break;
    case NODE_BRANCH: dump_node(d, node->branch.label); break;
    case NODE_BLOCK:
    case NODE_SELECT: dump_list(d, &node->block.stmts); break;
    default: break;
    }
}

static void dump_declaration(Dump *d, const Node *node)
{
    switch (node->kind) {
    case NODE_FILE:
        dump_child(d, "package", node->file.package);
        dump_list(d, &node->file.imports);
        dump_list(d, &node->file.decls);
        break;
    case NODE_IMPORT:
        dump_node(d, node->import.name);
        dump_node(d, node->import.path);
        break;
    case NODE_CONST_DECL:
    case NODE_VAR_DECL:
        dump_part(d, "names", &node->values.names);
        if (node->flags & NF_IMPLICIT_REPEAT) break;
        dump_child(d, "type", node->values.type);
        dump_part(d, "values", &node->values.values);
        break;
    case NODE_TYPE_DECL:
        dump_node(d, node->type_decl.name);
        dump_part(d, "type parameters", &node->type_decl.tparams);
        dump_node(d, node->type_decl.type);
        break;
    default: dump_statement(d, node); break;
    }
}

static void dump_children(Dump *d, const Node *node)
{
    switch (node->kind) {
    case NODE_COMPOSITE:
        dump_child(d, "type", node->composite.type);
        dump_list(d, &node->composite.elems);
        break;
    case NODE_KEYED:
    case NODE_ASSERT:
    case NODE_ARRAY_TYPE:
    case NODE_MAP_TYPE:
    case NODE_SEND:
        dump_node(d, node->pair.a);
        dump_node(d, node->pair.b);
        break;
    case NODE_PAREN:
    case NODE_STAR:
    case NODE_UNARY:
    case NODE_ELLIPSIS:
    case NODE_EXPR_STMT:
    case NODE_INCDEC:
    case NODE_GO:
    case NODE_DEFER: dump_node(d, node->unary.x); break;
    case NODE_BINARY:
        dump_node(d, node->binary.x);
        dump_node(d, node->binary.y);
        break;
    case NODE_SELECTOR:
        dump_node(d, node->selector.x);
        dump_node(d, node->selector.sel);
        break;
    case NODE_INDEX:
        dump_node(d, node->index.x);
        dump_part(d, "index", &node->index.args);
        break;
    case NODE_SLICE:
        dump_node(d, node->slice.x);
        dump_child(d, "low", node->slice.lo);
        dump_child(d, "high", node->slice.hi);
        dump_child(d, "max", node->slice.max);
        break;
    case NODE_CALL:
        dump_node(d, node->call.fun);
        dump_part(d, "arguments", &node->call.args);
        break;
    case NODE_CHAN_TYPE: dump_node(d, node->chan.elem); break;
    case NODE_FUNC_DECL:
    case NODE_FUNC_LIT:
    case NODE_FUNC_TYPE: dump_func(d, node); break;
    case NODE_FIELD:
    case NODE_METHOD:
    case NODE_EMBED: dump_field(d, node); break;
    case NODE_STRUCT_TYPE:
    case NODE_INTERFACE_TYPE:
    case NODE_RETURN:
    case NODE_DECL_STMT: dump_list(d, &node->list.list); break;
    default: dump_declaration(d, node); break;
    }
}

/* What the kind alone does not say. */
static void dump_details(Dump *d, const Node *node)
{
    static const char *const dirs[] = {"", " send", " receive", " both"};
    if (node->kind == NODE_IDENT) buf_printf(d->out, " %s", node->ident.name->text);
    if (node->kind == NODE_LITERAL) {
        buf_printf(d->out, " %s", node->literal.text->text);
    } else if (node->op) {
        buf_printf(d->out, " %s", token_text(node->op));
    }
    if (node->kind == NODE_CHAN_TYPE) buf_text(d->out, dirs[node->chan.dir & 3]);
    if (node->kind == NODE_CONST_DECL) buf_printf(d->out, " iota %u", node->values.iota);
    if (node->kind == NODE_FILE && node->file.is_script) buf_text(d->out, " script");
    if (node->kind == NODE_FILE && node->file.go_version)
        buf_printf(d->out, " %s", node->file.go_version);
    static const struct {
        uint16_t flag;
        const char *text;
    } flags[] = {
        {NF_PARENTHESIZED_LIST, "grouped"}, {NF_ELLIPSIS_CALL, "..."}, {NF_ALIAS, "alias"},
        {NF_IMPLICIT_REPEAT, "repeated"},   {NF_TRUSTED, "unparsed"},  {NF_DEFAULT, "default"},
    };
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (node->flags & flags[i].flag) buf_printf(d->out, " %s", flags[i].text);
    }
    if ((node->flags & NF_DEFINE) && node->kind == NODE_RANGE) buf_text(d->out, " :=");
}

static void dump_node(Dump *d, const Node *node)
{
    if (!node) return;
    indent(d);
    buf_text(d->out, node_kind_name(node->kind));
    dump_details(d, node);
    Location start = source_locate(node->pos), end = source_locate(node->end);
    buf_printf(d->out, " %d:%d-%d:%d\n", start.line, start.column, end.line, end.column);
    d->depth++;
    dump_children(d, node);
    d->depth--;
}

void ast_dump(const Node *node, Buf *out)
{
    Dump d = {.out = out};
    dump_node(&d, node);
}
