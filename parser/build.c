/* SPDX-License-Identifier: MIT */
/* Building the tree.
 *
 * Every function that hangs a node below another calls `under`, which keeps the heights and so
 * refuses programs that are nested too deeply for the recursive functions that will walk the tree.
 */
#include "parser/build.h"
#include "base/buf.h"
#include "base/diag.h"
#include "parser/message.h"

#include <stdio.h>

/* ---- Nodes and lists ---- */

static Node *new_node(Parser *p, NodeKind kind, Pos pos, Pos end)
{
    return node_new(p->arena, kind, pos, end);
}

/* Notes that `child` (or NULL) is below `node`. */
static void under(Parser *p, Node *node, const Node *child)
{
    if (!child || child->height < node->height) return;
    node->height = (uint16_t)(child->height + 1);
    if (node->height < AST_MAX_DEPTH || p->is_too_deep) return;
    parser_error(p, node->pos, node->end, "program is nested too deeply");
    p->is_too_deep = true;
}

Cell *build_one(Parser *p, Node *node)
{
    if (!node) return NULL;
    Cell *cell = p->free_cells;
    if (cell) {
        p->free_cells = cell->next;
    } else {
        cell = arena_new(p->arena, Cell);
    }
    cell->node = node;
    cell->next = cell;
    return cell;
}

Cell *build_concat(Parser *p, Cell *list, Cell *more)
{
    (void)p;
    if (!list) return more;
    if (!more) return list;
    Cell *first = list->next;
    list->next = more->next;
    more->next = first;
    return more;
}

Cell *build_push(Parser *p, Cell *list, Node *node)
{
    return build_concat(p, list, build_one(p, node));
}

Cell *build_unshift(Parser *p, Node *node, Cell *list)
{
    return build_concat(p, build_one(p, node), list);
}

/* Turns a ring into an array below `owner`, and keeps its cells for reuse. */
static NodeList flatten(Parser *p, Node *owner, Cell *last)
{
    NodeList list = {0};
    if (!last) return list;
    for (Cell *cell = last->next; list.len++, cell != last; cell = cell->next) continue;
    list.at = arena_array(p->arena, Node *, list.len);
    Cell *cell = last->next;
    for (uint32_t i = 0; i < list.len; i++, cell = cell->next) {
        list.at[i] = cell->node;
        under(p, owner, cell->node);
    }
    cell = last->next;
    last->next = p->free_cells;
    p->free_cells = cell;
    return list;
}

static Node *first_of(const Cell *list)
{
    return list->next->node;
}

static bool is_single(const Cell *list)
{
    return list && list->next == list;
}

static bool is_ident(const Node *node)
{
    return node->kind == NODE_IDENT;
}

/* Reports an error that Go does not call a syntax error. */
static void report(Parser *p, const Node *at, const char *text)
{
    (void)p;
    diag_error(at->pos, at->end, ERR_PLAIN, text);
}

/* Whether this is x.(type). */
static bool is_guard(const Node *x)
{
    return x && x->kind == NODE_ASSERT && !x->pair.b;
}

/* ---- Files and declarations ---- */

void build_file(Parser *p, Node *package, Cell *decls)
{
    Pos base = p->source->base;
    Node *file = new_node(p, NODE_FILE, base, base + (Pos)p->source->len);
    file->file.package = package;
    file->file.is_script = p->is_script;
    file->file.source = p->source;
    file->file.imports = p->imports;
    file->file.decls = flatten(p, file, decls);
    if (p->lexer.go_version) file->file.go_version = intern_str(p->lexer.go_version)->text;
    p->result = file;
}

void build_imports(Parser *p, Token keyword, Cell *specs)
{
    (void)keyword;
    if (!specs) return;
    Cell *all = specs;
    for (uint32_t i = p->imports.len; i-- > 0;) all = build_unshift(p, p->imports.at[i], all);
    Node owner = {0};
    p->imports = flatten(p, &owner, all);
}

Node *build_import(Parser *p, Node *name, Node *path)
{
    if (path->kind == NODE_BAD) return NULL;
    if (path->op != T_STRING) {
        parser_error(p, path->pos, path->end, "import path must be a string");
        return NULL;
    }
    Node *node = new_node(p, NODE_IMPORT, name ? name->pos : path->pos, path->end);
    node->import.name = name;
    node->import.path = path;
    return node;
}

Node *build_dot(Parser *p, Token dot)
{
    dot.text = intern_str(".");
    return build_ident(p, dot);
}

Node *build_values(Parser *p, NodeKind kind, Cell *names, Node *type, Cell *values)
{
    Pos end = values ? values->node->end : type ? type->end : names->node->end;
    Node *node = new_node(p, kind, first_of(names)->pos, end);
    node->values.names = flatten(p, node, names);
    node->values.type = type;
    node->values.values = flatten(p, node, values);
    under(p, node, type);
    return node;
}

Cell *build_group(Parser *p, Cell *specs, bool is_group)
{
    (void)p;
    if (!specs || !is_group) return specs;
    Cell *cell = specs;
    do {
        cell = cell->next;
        cell->node->flags |= NF_PARENTHESIZED_LIST;
    } while (cell != specs);
    return specs;
}

/* Numbers the constants of a group, and repeats type and values where a line leaves them out. */
Cell *build_consts(Parser *p, Cell *specs, bool is_group)
{
    if (!specs) return NULL;
    const Node *last = NULL;
    uint32_t iota = 0;
    Cell *cell = specs;
    do {
        cell = cell->next;
        Node *spec = cell->node;
        spec->values.iota = iota++;
        if (spec->values.values.len) {
            last = spec;
        } else if (last && !spec->values.type) {
            spec->values.type = last->values.type;
            spec->values.values = last->values.values;
            spec->flags |= NF_IMPLICIT_REPEAT;
        }
    } while (cell != specs);
    return build_group(p, specs, is_group);
}

/* ---- Fields and parameters ---- */

Node *build_field(Parser *p, Node *name, Node *type, Node *tag)
{
    Node *node = new_node(p, NODE_FIELD, name ? name->pos : type->pos, tag ? tag->end : type->end);
    node->field.name = name;
    node->field.type = type;
    node->field.tag = tag;
    under(p, node, type);
    return node;
}

typedef struct Census {
    uint32_t count, named,
        typed; /* entries; those with name and type; those that are more than one name */
} Census;

static Census count_entries(const Cell *list)
{
    Census census = {0};
    const Cell *cell = list;
    do {
        cell = cell->next;
        const Node *field = cell->node;
        census.count++;
        census.named += field->field.name != NULL;
        census.typed += field->field.name || !is_ident(field->field.type);
    } while (cell != list);
    return census;
}

static void report_unnamed(Parser *p, Pos at, Pos end, bool are_type_params, Census census)
{
    const char *text;
    if (census.named == census.typed) {
        at = end;
        text = are_type_params ? "missing type constraint" : "missing parameter type";
    } else if (!are_type_params) {
        text = "missing parameter name";
    } else if (census.count == 1) {
        text = "missing type parameter name or invalid array length";
    } else {
        text = "missing type parameter name";
    }
    parser_error(p, at, at, text);
}

/* Decides which lone names are names of what follows them and which are types: "a, b int" against
 * "int, string". */
static void name_fields(Parser *p, Cell *list, Pos end, bool are_type_params)
{
    if (!list) return;
    Census census = count_entries(list);
    if (census.named == 0 && !are_type_params) return;
    if (census.named == census.count) return;
    Node **entries = arena_array(p->arena, Node *, census.count);
    const Cell *cell = list;
    for (uint32_t i = 0; i < census.count; i++) entries[i] = (cell = cell->next)->node;
    Node *type = NULL;
    Pos bad = NO_POS;
    for (uint32_t i = census.count; i-- > 0;) {
        Node *field = entries[i];
        bool is_lone = !field->field.name && is_ident(field->field.type);
        if (field->field.name) {
            type = field->field.type;
        } else if (is_lone && type) {
            field->field.name = field->field.type;
            field->field.type = type;
            under(p, field, type);
        } else {
            bad = field->pos;
            if (!is_lone) type = field->field.type;
        }
    }
    if (bad) report_unnamed(p, bad, end, are_type_params, census);
}

Cell *build_params(Parser *p, Token lparen, Cell *params, Token rparen)
{
    (void)lparen;
    p->params_end = rparen.end;
    name_fields(p, params, rparen.pos, false);
    return params;
}

Node *build_signature(Parser *p, Cell *params, Cell *results)
{
    Node *node = new_node(p, NODE_FUNC_TYPE, p->params_end, p->params_end);
    if (is_single(results) && results->node->end > node->end) node->end = results->node->end;
    node->func.params = flatten(p, node, params);
    node->func.results = flatten(p, node, results);
    return node;
}

Cell *build_fields(Parser *p, Cell *names, Node *type, Node *tag)
{
    Cell *cell = names;
    do {
        cell = cell->next;
        cell->node = build_tag(p, build_field(p, cell->node, type, NULL), tag);
    } while (cell != names);
    return names;
}

Node *build_tag(Parser *p, Node *field, Node *tag)
{
    if (!tag || tag->kind == NODE_BAD) return field;
    if (tag->op != T_STRING) {
        parser_error(p, tag->pos, tag->end, "struct field tag must be a string");
        return field;
    }
    field->field.tag = tag;
    field->end = tag->end;
    return field;
}

Node *build_parenthesized_field(Parser *p, Token lparen, Node *type)
{
    parser_error(p, lparen.pos, lparen.end, "cannot parenthesize embedded type");
    return build_field(p, NULL, type, NULL);
}

/* ---- Type parameters and type declarations ---- */

Node *build_param_name(Parser *p, Node *x)
{
    if (is_ident(x)) return x;
    parser_error(p, x->pos, x->end, "missing type parameter name");
    return NULL;
}

Node *build_widen(Parser *p, Node *field, Token op, Node *term)
{
    field->field.type = build_binary(p, T_OR, field->field.type, op, term);
    field->end = term->end;
    under(p, field, field->field.type);
    return field;
}

Cell *build_type_params(Parser *p, Cell *list, Pos rbrack)
{
    name_fields(p, list, rbrack, true);
    return list;
}

void build_empty_type_params(Parser *p, Token rbrack)
{
    parser_error(p, rbrack.pos, rbrack.end, "empty type parameter list");
}

/* Whether a constraint can be nothing but a type, so that "P * x" is no product. */
static bool is_type_elem(const Node *x)
{
    switch (x->kind) {
    case NODE_ARRAY_TYPE:
    case NODE_STRUCT_TYPE:
    case NODE_FUNC_TYPE:
    case NODE_INTERFACE_TYPE:
    case NODE_MAP_TYPE:
    case NODE_CHAN_TYPE: return true;
    case NODE_BINARY: return is_type_elem(x->binary.x) || is_type_elem(x->binary.y);
    case NODE_UNARY: return x->op == T_TILDE;
    case NODE_STAR:
    case NODE_PAREN: return is_type_elem(x->unary.x);
    default: return false;
    }
}

/* Reads "P *C", "P *C | D", "P (C)" as a type parameter: its name, and in *constraint the rest.
 * NULL if it is none. */
static Node *split_param(Parser *p, Node *x, Node **constraint)
{
    Node *name;
    switch (x->kind) {
    case NODE_BINARY:
        if (x->op == T_MUL && is_ident(x->binary.x)) {
            Token at = {NULL, x->op_pos, x->op_pos + 1};
            *constraint = build_star(p, at, x->binary.y);
            return x->binary.x;
        }
        name = x->op == T_OR ? split_param(p, x->binary.x, constraint) : NULL;
        if (name) {
            Token at = {NULL, x->op_pos, x->op_pos + 1};
            *constraint = build_binary(p, T_OR, *constraint, at, x->binary.y);
        }
        return name;
    case NODE_CALL:
        if (!is_ident(x->call.fun) || x->call.args.len != 1) return NULL;
        if (x->flags & NF_ELLIPSIS_CALL) return NULL;
        *constraint = new_node(p, NODE_PAREN, x->op_pos, x->end);
        (*constraint)->unary.x = x->call.args.at[0];
        under(p, *constraint, x->call.args.at[0]);
        return x->call.fun;
    default: return NULL;
    }
}

Node *build_type_param_expr(Parser *p, Node *x, Token comma)
{
    if (is_ident(x)) return build_field(p, NULL, x, NULL);
    Node *constraint = NULL, *name = split_param(p, x, &constraint);
    if (name) return build_field(p, name, constraint, NULL);
    parser_error(p, comma.pos, comma.end, "unexpected comma; expected ]");
    return build_field(p, new_node(p, NODE_BAD, x->pos, x->pos), x, NULL);
}

Node *build_array_or_generic(Parser *p, Node *name, Token lbrack, Node *x, Node *type,
                             bool is_alias)
{
    Node *constraint = NULL, *param = split_param(p, x, &constraint);
    if (param && is_type_elem(constraint)) {
        Cell *tparams = build_one(p, build_field(p, param, constraint, NULL));
        return build_type_decl(p, name, tparams, type, is_alias);
    }
    if (is_alias) parser_error(p, x->end, x->end, "unexpected =, expected type");
    return build_type_decl(p, name, NULL, build_array_type(p, lbrack, x, type), false);
}

Node *build_type_decl(Parser *p, Node *name, Cell *tparams, Node *type, bool is_alias)
{
    Node *node = new_node(p, NODE_TYPE_DECL, name->pos, type->end);
    node->type_decl.name = name;
    node->type_decl.tparams = flatten(p, node, tparams);
    node->type_decl.type = type;
    if (is_alias) node->flags |= NF_ALIAS;
    under(p, node, type);
    return node;
}

/* ---- Functions ---- */

Node *build_receiver(Parser *p, Node *name, Cell *params)
{
    if (params) {
        if (!is_single(params)) report(p, name, "method has multiple receivers");
        return first_of(params);
    }
    report(p, name, "method has no receiver");
    Node *field = new_node(p, NODE_FIELD, name->pos, name->pos);
    field->field.type = new_node(p, NODE_BAD, name->pos, name->pos);
    return field;
}

Node *build_skipped(Parser *p, Token body)
{
    Node *node = new_node(p, NODE_BLOCK, body.pos, body.end);
    node->flags |= NF_TRUSTED;
    return node;
}

Node *build_func(Parser *p, Token keyword, Node *recv, Node *name, Cell *tparams, Node *signature,
                 Node *body)
{
    Node *node = signature;
    node->kind = NODE_FUNC_DECL;
    node->pos = keyword.pos;
    node->op_pos = name->pos;
    node->func.name = name;
    node->func.recv = recv;
    node->func.tparams = flatten(p, node, tparams);
    under(p, node, recv);
    under(p, node, body);
    if (!body) return node;
    node->end = body->end;
    node->func.body_start = body->pos;
    node->func.body_end = body->end;
    if (body->flags & NF_TRUSTED) {
        node->flags |= NF_TRUSTED;
    } else {
        node->func.body = body;
    }
    return node;
}

Node *build_func_type(Parser *p, Token keyword, Node *signature)
{
    /* Go's position of a function type is its parenthesis. */
    signature->op_pos = keyword.pos;
    signature->pos = parser_skip_space(p, keyword.end);
    return signature;
}

Node *build_func_lit(Parser *p, Node *type, Node *body)
{
    type->kind = NODE_FUNC_LIT;
    type->pos = type->op_pos;
    type->end = body->end;
    type->func.body = body;
    type->func.body_start = body->pos;
    type->func.body_end = body->end;
    under(p, type, body);
    return type;
}

/* ---- Types ---- */

static Node *array_node(Parser *p, Token lbrack, Node *len, Node *elem)
{
    Node *node = new_node(p, NODE_ARRAY_TYPE, lbrack.pos, elem->end);
    node->pair.a = len;
    node->pair.b = elem;
    under(p, node, len);
    under(p, node, elem);
    return node;
}

Node *build_slice_type(Parser *p, Token lbrack, Node *elem)
{
    return array_node(p, lbrack, NULL, elem);
}

Node *build_open_array(Parser *p, Token lbrack, Token dots, Node *elem)
{
    return array_node(p, lbrack, build_ellipsis(p, dots, NULL), elem);
}

Node *build_array_type(Parser *p, Token lbrack, Node *len, Node *elem)
{
    return array_node(p, lbrack, len, elem);
}

Node *build_array_types(Parser *p, Token lbrack, Cell *lens, Node *elem)
{
    if (!is_single(lens)) {
        Pos comma = first_of(lens)->end;
        parser_error(p, comma, comma + 1, "unexpected comma; expected ]");
    }
    return array_node(p, lbrack, first_of(lens), elem);
}

Node *build_map_type(Parser *p, Token keyword, Node *key, Node *elem)
{
    Node *node = new_node(p, NODE_MAP_TYPE, keyword.pos, elem->end);
    node->pair.a = key;
    node->pair.b = elem;
    under(p, node, key);
    under(p, node, elem);
    return node;
}

Node *build_chan(Parser *p, Token first, int dir, Node *elem)
{
    Node *node = new_node(p, NODE_CHAN_TYPE, first.pos, elem->end);
    node->chan.dir = (uint8_t)dir;
    node->chan.elem = elem;
    under(p, node, elem);
    return node;
}

Node *build_struct(Parser *p, Token keyword, Cell *fields, Token rbrace)
{
    Node *node = new_node(p, NODE_STRUCT_TYPE, keyword.pos, rbrace.end);
    node->list.list = flatten(p, node, fields);
    return node;
}

Node *build_interface(Parser *p, Token keyword, Cell *elems, Token rbrace)
{
    Node *node = new_node(p, NODE_INTERFACE_TYPE, keyword.pos, rbrace.end);
    node->list.list = flatten(p, node, elems);
    return node;
}

Node *build_method(Parser *p, Node *name, Node *signature)
{
    Node *node = new_node(p, NODE_METHOD, name->pos, signature->end);
    node->field.name = name;
    node->field.type = signature;
    under(p, node, signature);
    return node;
}

Node *build_generic_method(Parser *p, Node *name, Token lbrack, Node *signature)
{
    diag_error(lbrack.pos, lbrack.end, ERR_PLAIN, "interface method must have no type parameters");
    return build_method(p, name, signature);
}

Node *build_embed(Parser *p, Node *type)
{
    Node *node = new_node(p, NODE_EMBED, type->pos, type->end);
    node->field.type = type;
    under(p, node, type);
    return node;
}

Node *build_ellipsis(Parser *p, Token dots, Node *type)
{
    Node *node = new_node(p, NODE_ELLIPSIS, dots.pos, type ? type->end : dots.end);
    node->unary.x = type;
    under(p, node, type);
    return node;
}

Node *build_lone_ellipsis(Parser *p, Token dots)
{
    parser_error(p, p->token.pos, p->token.end, "... is missing type");
    return build_ellipsis(p, dots, new_node(p, NODE_BAD, dots.end, dots.end));
}

/* ---- Expressions ---- */

Node *build_ident(Parser *p, Token name)
{
    Node *node = new_node(p, NODE_IDENT, name.pos, name.end);
    node->ident.name = name.text;
    return node;
}

Node *build_literal(Parser *p, TokenKind kind, Token text)
{
    Node *node = new_node(p, p->lexer.is_bad ? NODE_BAD : NODE_LITERAL, text.pos, text.end);
    if (node->kind == NODE_BAD) return node;
    node->op = (uint8_t)kind;
    node->literal.text = text.text;
    return node;
}

Node *build_binary(Parser *p, TokenKind op, Node *x, Token at, Node *y)
{
    Node *node = new_node(p, NODE_BINARY, x->pos, y->end);
    node->op = (uint8_t)op;
    node->op_pos = at.pos;
    node->binary.x = x;
    node->binary.y = y;
    under(p, node, x);
    under(p, node, y);
    return node;
}

static Node *prefix_node(Parser *p, NodeKind kind, Token at, Node *x)
{
    Node *node = new_node(p, kind, at.pos, x->end);
    node->op_pos = at.pos;
    node->unary.x = x;
    under(p, node, x);
    return node;
}

Node *build_unary(Parser *p, TokenKind op, Token at, Node *x)
{
    Node *node = prefix_node(p, NODE_UNARY, at, x);
    node->op = (uint8_t)op;
    return node;
}

Node *build_star(Parser *p, Token at, Node *x)
{
    return prefix_node(p, NODE_STAR, at, x);
}

/* In "<-chan<- T" the arrow belongs to the chan before it, so the element becomes "<-T" in turn. */
static void make_receive_only(Parser *p, Node *chan, Token at)
{
    chan->pos = at.pos;
    while (chan->chan.dir == 1) {
        chan->chan.dir = 2;
        Node *elem = chan->chan.elem;
        if (elem->kind != NODE_CHAN_TYPE) {
            Buf text = {0};
            buf_text(&text, "unexpected ");
            ast_print_expr(elem, &text);
            buf_text(&text, ", expected chan");
            parser_error(p, elem->pos, elem->end, buf_str(&text));
            buf_free(&text);
            return;
        }
        if (elem->chan.dir == 2) {
            parser_error(p, elem->pos, elem->end, "unexpected <-, expected chan");
            return;
        }
        chan = elem;
    }
    chan->chan.dir = 2;
}

Node *build_receive(Parser *p, Token at, Node *x)
{
    if (x->kind != NODE_CHAN_TYPE) return build_unary(p, T_ARROW, at, x);
    if (x->chan.dir == 2) {
        parser_error(p, p->token.pos, p->token.end, "unexpected <-, expected chan");
        return x;
    }
    make_receive_only(p, x, at);
    return x;
}

Node *build_paren(Parser *p, Token lparen, Node *x, Token rparen)
{
    Node *node = prefix_node(p, NODE_PAREN, lparen, x);
    node->end = rparen.end;
    return node;
}

Node *build_bad(Parser *p, Token lparen, Token rparen)
{
    return new_node(p, NODE_BAD, lparen.pos, rparen.end);
}

Node *build_selector(Parser *p, Node *x, Node *name)
{
    Node *node = new_node(p, NODE_SELECTOR, x->pos, name->end);
    node->op_pos = name->pos;
    node->selector.x = x;
    node->selector.sel = name;
    under(p, node, x);
    return node;
}

Node *build_assert(Parser *p, Node *x, Token lparen, Node *type, Token rparen)
{
    Node *node = new_node(p, NODE_ASSERT, x->pos, rparen.end);
    node->op_pos = lparen.pos;
    node->pair.a = x;
    node->pair.b = type;
    under(p, node, x);
    under(p, node, type);
    return node;
}

Node *build_index(Parser *p, Node *x, Token lbrack, Cell *args, Token rbrack)
{
    Node *node = new_node(p, NODE_INDEX, x->pos, rbrack.end);
    node->op_pos = lbrack.pos;
    node->index.x = x;
    under(p, node, x);
    node->index.args = flatten(p, node, args);
    return node;
}

Node *build_slice(Parser *p, Node *x, Token lbrack, Node *lo, Node *hi, const Token *second,
                  Node *max, Token rbrack)
{
    Node *node = new_node(p, NODE_SLICE, x->pos, rbrack.end);
    node->op_pos = lbrack.pos;
    node->slice.x = x;
    node->slice.lo = lo;
    node->slice.hi = hi;
    node->slice.max = max;
    node->slice.is_full = second != NULL;
    under(p, node, x);
    under(p, node, lo);
    under(p, node, hi);
    under(p, node, max);
    if (second && !hi) {
        diag_error(second->pos, second->end, ERR_PLAIN, "middle index required in 3-index slice");
    }
    if (second && !max) {
        diag_error(rbrack.pos, rbrack.end, ERR_PLAIN, "final index required in 3-index slice");
    }
    return node;
}

Node *build_call(Parser *p, Node *fun, Token lparen, Cell *args, bool has_dots, Token rparen)
{
    Node *node = new_node(p, NODE_CALL, fun->pos, rparen.end);
    node->op_pos = lparen.pos;
    node->call.fun = fun;
    node->call.rparen = rparen.pos;
    under(p, node, fun);
    node->call.args = flatten(p, node, args);
    if (has_dots) node->flags |= NF_ELLIPSIS_CALL;
    return node;
}

Node *build_composite(Parser *p, Node *type, Token lbrace, Cell *elems, Token rbrace)
{
    Node *node = new_node(p, NODE_COMPOSITE, type ? type->pos : lbrace.pos, rbrace.end);
    node->op_pos = lbrace.pos;
    node->composite.type = type;
    node->composite.rbrace = rbrace.pos;
    under(p, node, type);
    node->composite.elems = flatten(p, node, elems);
    return node;
}

Node *build_parenthesized_literal(Parser *p, Node *type, Token lbrace, Cell *elems, Token rbrace)
{
    parser_error(p, lbrace.pos, lbrace.end, "cannot parenthesize type in composite literal");
    return build_composite(p, type, lbrace, elems, rbrace);
}

Node *build_keyed(Parser *p, Node *key, Token colon, Node *value)
{
    Node *node = new_node(p, NODE_KEYED, key->pos, value->end);
    node->op_pos = colon.pos;
    node->pair.a = key;
    node->pair.b = value;
    under(p, node, key);
    under(p, node, value);
    return node;
}

/* ---- Simple statements ---- */

Cell *build_stmt(Parser *p, Node *stmt)
{
    return build_one(p, stmt);
}

Cell *build_next_stmt(Parser *p, Cell *stmts, Node *stmt)
{
    return build_push(p, stmts, stmt);
}

Node *build_block(Parser *p, Token lbrace, Cell *stmts, Token rbrace)
{
    Node *node = new_node(p, NODE_BLOCK, lbrace.pos, rbrace.end);
    node->block.rbrace = rbrace.pos;
    node->block.stmts = flatten(p, node, stmts);
    return node;
}

Node *build_decl_stmt(Parser *p, Cell *decls)
{
    if (!decls) return NULL;
    Node *node = new_node(p, NODE_DECL_STMT, first_of(decls)->pos, decls->node->end);
    node->list.list = flatten(p, node, decls);
    return node;
}

Node *build_expr_stmt(Parser *p, Node *x)
{
    Node *node = new_node(p, NODE_EXPR_STMT, x->pos, x->end);
    node->op_pos = x->op_pos;
    node->unary.x = x;
    under(p, node, x);
    return node;
}

Node *build_send(Parser *p, Node *chan, Token arrow, Node *value)
{
    Node *node = new_node(p, NODE_SEND, chan->pos, value->end);
    node->op_pos = arrow.pos;
    node->pair.a = chan;
    node->pair.b = value;
    under(p, node, chan);
    under(p, node, value);
    return node;
}

Node *build_incdec(Parser *p, TokenKind op, Node *x, Token at)
{
    Node *node = new_node(p, NODE_INCDEC, x->pos, at.end);
    node->op = (uint8_t)op;
    node->op_pos = at.pos;
    node->unary.x = x;
    under(p, node, x);
    return node;
}

Operator build_op(TokenKind kind, Token at)
{
    return (Operator){kind, at.pos};
}

static Node *assign_node(Parser *p, TokenKind op, Cell *lhs, Pos at, Cell *rhs)
{
    Node *node = new_node(p, NODE_ASSIGN, first_of(lhs)->pos, rhs->node->end);
    node->op = (uint8_t)op;
    node->op_pos = at;
    node->assign.lhs = flatten(p, node, lhs);
    node->assign.rhs = flatten(p, node, rhs);
    return node;
}

Node *build_op_assign(Parser *p, Node *x, Operator op, Node *y)
{
    return assign_node(p, op.kind, build_one(p, x), op.pos, build_one(p, y));
}

Node *build_assign(Parser *p, Cell *lhs, Token op, Cell *rhs)
{
    return assign_node(p, T_ASSIGN, lhs, op.pos, rhs);
}

Node *build_define(Parser *p, Cell *lhs, Token op, Cell *rhs)
{
    Node *node = assign_node(p, T_DEFINE, lhs, op.pos, rhs);
    node->flags |= NF_DEFINE;
    return node;
}

/* ---- Other statements ---- */

Node *build_labeled(Parser *p, Node *label, Token colon, Node *stmt)
{
    if (!stmt) {
        if (p->kind != T_RBRACE && p->kind != T_SEMICOLON && p->kind != T_EOF && !p->has_failed) {
            parser_error(p, colon.pos, colon.end, "missing statement after label");
        }
        stmt = new_node(p, NODE_EMPTY, colon.end, colon.end);
    }
    Node *node = new_node(p, NODE_LABELED, label->pos, stmt->end);
    node->op_pos = colon.pos;
    node->labeled.label = label;
    node->labeled.stmt = stmt;
    under(p, node, stmt);
    return node;
}

Node *build_go(Parser *p, NodeKind kind, Token keyword, Node *x)
{
    Node *node = prefix_node(p, kind, keyword, x), *bare = x;
    while (bare->kind == NODE_PAREN) bare = bare->unary.x;
    if (bare != x) {
        report(p, x,
               kind == NODE_GO ? "expression in go must not be parenthesized"
                               : "expression in defer must not be parenthesized");
    }
    node->unary.x = bare;
    return node;
}

Node *build_return(Parser *p, Token keyword, Cell *values)
{
    Node *node = new_node(p, NODE_RETURN, keyword.pos, values ? values->node->end : keyword.end);
    node->list.list = flatten(p, node, values);
    return node;
}

Node *build_branch(Parser *p, TokenKind op, Token keyword, Node *label)
{
    Node *node = new_node(p, NODE_BRANCH, keyword.pos, label ? label->end : keyword.end);
    node->op = (uint8_t)op;
    node->branch.label = label;
    return node;
}

/* ---- Headers ---- */

Node *build_header(Parser *p, Node *init, const Token *semicolon, Node *cond)
{
    Node *node = new_node(p, NODE_FOR, 0, 0);
    node->for_.init = init;
    node->for_.cond = cond;
    under(p, node, init);
    under(p, node, cond);
    p->has_semicolon = semicolon != NULL;
    if (!semicolon) return node;
    node->op_pos = semicolon->pos;
    node->end = semicolon->end;
    node->op = semicolon->text == intern_str("semicolon") ? 1 : 2; /* 2: a line's end */
    return node;
}

Node *build_for_header(Parser *p, Node *init, const Token *first, Node *cond, const Token *second,
                       Node *post)
{
    Node *node = build_header(p, init, first, cond);
    node->for_.post = post;
    under(p, node, post);
    if (!second) {
        bool is_brace = !cond && p->kind == T_LBRACE;
        message_unexpected(p, is_brace ? "expected for loop condition"
                                       : "expected semicolon or newline");
    }
    if (post && post->kind == NODE_ASSIGN && post->op == T_DEFINE) {
        parser_error(p, post->op_pos, post->end, "cannot declare in post statement of for loop");
    }
    return node;
}

/* A part of an assignment as messages show it: all but names and literals in parentheses, to make
 * the = stand out. */
static void print_emphasized(const NodeList *list, Buf *out)
{
    bool is_simple = list->len == 1 && (is_ident(list->at[0]) || list->at[0]->kind == NODE_LITERAL);
    if (!is_simple) buf_byte(out, '(');
    for (uint32_t i = 0; i < list->len; i++) {
        if (i > 0) buf_text(out, ", ");
        ast_print_expr(list->at[i], out);
    }
    if (!is_simple) buf_byte(out, ')');
}

static void print_plain_list(const NodeList *list, Buf *out)
{
    for (uint32_t i = 0; i < list->len; i++) {
        if (i > 0) buf_text(out, ", ");
        ast_print_expr(list->at[i], out);
    }
}

/* Reports a statement that stands where a value is wanted. */
static void report_no_value(Parser *p, const Node *stmt)
{
    Buf text = {0};
    buf_text(&text, "cannot use ");
    if (stmt->kind == NODE_ASSIGN && stmt->op == T_ASSIGN) {
        buf_text(&text, "assignment ");
        print_emphasized(&stmt->assign.lhs, &text);
        buf_text(&text, " = ");
        print_emphasized(&stmt->assign.rhs, &text);
    } else if (stmt->kind == NODE_ASSIGN) {
        print_plain_list(&stmt->assign.lhs, &text);
        const char *op = stmt->op == T_DEFINE ? "" : token_text(stmt->op);
        buf_printf(&text, " %s%s ", op, stmt->op == T_DEFINE ? ":=" : "=");
        print_plain_list(&stmt->assign.rhs, &text);
    } else if (stmt->kind == NODE_SEND) {
        ast_print_expr(stmt->pair.a, &text);
        buf_text(&text, " <- ");
        ast_print_expr(stmt->pair.b, &text);
    } else {
        ast_print_expr(stmt->unary.x, &text);
        buf_text(&text, token_text(stmt->op));
    }
    buf_text(&text, " as value");
    parser_error(p, stmt->op_pos, stmt->end, buf_str(&text));
    buf_free(&text);
}

/* The expression that a statement in a header is, or NULL if it is none (reported). */
static Node *value_of(Parser *p, Node *stmt)
{
    if (!stmt) return NULL;
    if (stmt->kind == NODE_EXPR_STMT) return stmt->unary.x;
    report_no_value(p, stmt);
    return new_node(p, NODE_BAD, stmt->pos, stmt->end);
}

static void report_no_condition(Parser *p, const Node *header, Pos brace)
{
    if (header->op == 0) {
        parser_error(p, brace, brace + 1, "missing condition in if statement");
    } else if (header->op == 1) {
        parser_error(p, header->op_pos, header->end, "missing condition in if statement");
    } else {
        parser_error(p, header->op_pos, header->end,
                     "unexpected newline, expected { after if clause");
    }
}

Node *build_if(Parser *p, Token keyword, Node *header, Node *then, Node *els)
{
    Node *node = new_node(p, NODE_IF, keyword.pos, els ? els->end : then->end);
    node->if_.init = header->for_.init;
    node->if_.cond = value_of(p, header->for_.cond);
    if (!header->for_.cond) {
        report_no_condition(p, header, then->pos);
        node->if_.cond = new_node(p, NODE_BAD, then->pos, then->pos);
    }
    node->if_.then = then;
    node->if_.els = els;
    under(p, node, header);
    under(p, node, then);
    under(p, node, els);
    return node;
}

/* If the header's last statement is "x := y.(type)" or "y.(type)", returns y.(type), and x or NULL
 * in *bind. */
static Node *guard_of(Node *stmt, Node **bind)
{
    *bind = NULL;
    if (!stmt) return NULL;
    if (stmt->kind == NODE_EXPR_STMT && is_guard(stmt->unary.x)) return stmt->unary.x;
    if (stmt->kind != NODE_ASSIGN || stmt->op != T_DEFINE) return NULL;
    if (stmt->assign.lhs.len != 1 || stmt->assign.rhs.len != 1) return NULL;
    if (!is_guard(stmt->assign.rhs.at[0]) || !is_ident(stmt->assign.lhs.at[0])) return NULL;
    *bind = stmt->assign.lhs.at[0];
    return stmt->assign.rhs.at[0];
}

Node *build_switch(Parser *p, Token keyword, Node *header, Token lbrace, Cell *clauses,
                   Token rbrace)
{
    (void)lbrace;
    Node *bind, *guard = guard_of(header->for_.cond, &bind);
    Node *node = new_node(p, guard ? NODE_TYPE_SWITCH : NODE_SWITCH, keyword.pos, rbrace.end);
    node->switch_.init = header->for_.init;
    node->switch_.tag = guard ? guard : value_of(p, header->for_.cond);
    node->switch_.bind = bind;
    node->switch_.rbrace = rbrace.pos;
    under(p, node, header);
    node->switch_.clauses = flatten(p, node, clauses);
    return node;
}

Node *build_select(Parser *p, Token keyword, Token lbrace, Cell *clauses, Token rbrace)
{
    (void)lbrace;
    Node *node = new_node(p, NODE_SELECT, keyword.pos, rbrace.end);
    node->block.rbrace = rbrace.pos;
    node->block.stmts = flatten(p, node, clauses);
    return node;
}

/* The statements of a clause must have ended before the next one begins. */
static void check_clause_end(Parser *p, const Cell *stmts)
{
    if (!stmts || (p->kind != T_CASE && p->kind != T_DEFAULT)) return;
    if (p->previous == T_SEMICOLON || p->previous == T_COLON) return;
    message_unexpected(p, "at end of statement");
}

Node *build_case(Parser *p, Token keyword, Cell *list, Token colon, Cell *stmts)
{
    Node *node = new_node(p, NODE_CASE, keyword.pos, stmts ? stmts->node->end : colon.end);
    node->op_pos = colon.pos;
    if (!list) node->flags |= NF_DEFAULT;
    check_clause_end(p, stmts);
    node->clause.list = flatten(p, node, list);
    node->clause.body = flatten(p, node, stmts);
    return node;
}

Node *build_comm(Parser *p, Token keyword, Node *comm, Token colon, Cell *stmts)
{
    Node *node = new_node(p, NODE_COMM, keyword.pos, stmts ? stmts->node->end : colon.end);
    node->op_pos = colon.pos;
    if (!comm) node->flags |= NF_DEFAULT;
    check_clause_end(p, stmts);
    node->clause.comm = comm;
    under(p, node, comm);
    node->clause.body = flatten(p, node, stmts);
    return node;
}

/* ---- Loops ---- */

Node *build_range(Parser *p, Cell *lhs, const Token *op, Token keyword, Node *x)
{
    Node *node = new_node(p, NODE_RANGE, lhs ? first_of(lhs)->pos : keyword.pos, x->end);
    node->op_pos = op ? op->pos : keyword.pos;
    node->range.x = x;
    p->has_semicolon = true; /* as good as: the header is complete */
    under(p, node, x);
    NodeList names = flatten(p, node, lhs);
    if (names.len > 0) node->range.key = names.at[0];
    if (names.len > 1) node->range.value = names.at[1];
    if (names.len > 2) node->range.extra = (NodeList){names.at + 2, names.len - 2};
    return node;
}

Node *build_range_define(Parser *p, Cell *lhs, const Token *op, Token keyword, Node *x)
{
    Node *node = build_range(p, lhs, op, keyword, x);
    node->flags |= NF_DEFINE;
    return node;
}

Node *build_for(Parser *p, Token keyword, Node *header, Node *body)
{
    Node *node = header;
    node->pos = keyword.pos;
    node->end = body->end;
    under(p, node, body);
    if (header->kind == NODE_RANGE) {
        node->range.body = body;
        return node;
    }
    node->op = 0;
    node->for_.cond = value_of(p, header->for_.cond);
    node->for_.body = body;
    return node;
}
