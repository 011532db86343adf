/* SPDX-License-Identifier: MIT */
/* Skimming.
 *
 * Most of what a program imports it never uses, and reading all of it is most of what a short
 * program's start costs. So of functions and types of the library only the names are read, and the
 * rest when somebody asks for it. Where a declaration ends is known by its layout: the library's
 * sources are formatted as gofmt does, so a declaration that does not end on its first line ends
 * with the next line that begins with a bracket that closes. (A test reads the whole library both
 * ways, lest a string over several lines holds such a line.) */
#include "parser/skim.h"

#include "base/intern.h"

#include <string.h>

typedef struct Span {
    const char *at;
    const char *end;
} Span;

static bool is_name_byte(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           (c & 0x80);
}

/* The name at the span's beginning, which it is cut by; empty if there is none. */
static Span take_name(Span *text)
{
    Span name = {text->at, text->at};
    while (name.end < text->end && is_name_byte(*name.end)) name.end++;
    text->at = name.end;
    return name;
}

static void skip_spaces(Span *text)
{
    while (text->at < text->end && *text->at == ' ') text->at++;
}

static Node *name_node(Arena *arena, Source *source, Span name)
{
    Pos pos = source->base + (Pos)(name.at - source->text);
    size_t len = (size_t)(name.end - name.at);
    Node *node = node_new(arena, NODE_IDENT, pos, pos + (Pos)len);
    node->ident.name = intern(name.at, len);
    return node;
}

/* The bracket at the beginning of a line that closes what a line's end opened, or NULL. */
static const char *find_closing(const char *at, const char *end, char close)
{
    do {
        at = memchr(at, close, (size_t)(end - at));
    } while (at && at++ [-1] != '\n');
    return at ? at - 1 : NULL;
}

/* The end of the declaration whose first line begins at `start`, or NULL. */
static const char *find_end(const char *start, const char *end)
{
    const char *newline = memchr(start, '\n', (size_t)(end - start));
    if (!newline) return NULL;
    /* a comment behind may end in anything */
    if (memchr(start, '/', (size_t)(newline - start))) return NULL;
    while (newline && (newline[-1] == '{' || newline[-1] == '(')) {
        const char *last = find_closing(newline, end, newline[-1] == '{' ? '}' : ')');
        if (!last) return NULL;
        newline = memchr(last, '\n', (size_t)(end - last));
    }
    return newline && newline[-1] != ',' ? newline : NULL;
}

/* A receiver's field, from what stands between the parentheses: "s *Set[T]", "Set", "s Set". */
static Node *receiver_node(Arena *arena, Source *source, Span text)
{
    Span name = take_name(&text);
    if (text.at < text.end && *text.at == ' ') {
        skip_spaces(&text);
    } else {
        text.at = name.at; /* the type alone */
    }
    const char *star = text.at;
    bool is_pointer = text.at < text.end && *text.at == '*';
    if (is_pointer) text.at++;
    name = take_name(&text);
    if (name.at == name.end) return NULL;
    Node *type = name_node(arena, source, name);
    if (is_pointer) {
        Node *pointer =
            node_new(arena, NODE_STAR, source->base + (Pos)(star - source->text), type->end);
        pointer->unary.x = type;
        type = pointer;
    }
    Node *field = node_new(arena, NODE_FIELD, type->pos, type->end);
    field->field.type = type;
    return field;
}

static Node *skim_func(Arena *arena, Source *source, Span text, Node *node)
{
    skip_spaces(&text);
    if (text.at < text.end && *text.at == '(') {
        Span inside = {text.at + 1, memchr(text.at, ')', (size_t)(text.end - text.at))};
        if (!inside.end) return NULL;
        node->func.recv = receiver_node(arena, source, inside);
        if (!node->func.recv) return NULL;
        text.at = inside.end + 1;
        skip_spaces(&text);
    }
    Span name = take_name(&text);
    if (name.at == name.end || *name.at == '_' || text.at == text.end) return NULL;
    if (*text.at != '(' && *text.at != '[') return NULL;
    if (!node->func.recv && name.end - name.at == 4 && memcmp(name.at, "init", 4) == 0) return NULL;
    node->func.name = name_node(arena, source, name);
    return node;
}

static Node *skim_type(Arena *arena, Source *source, Span text, Node *node)
{
    skip_spaces(&text);
    Span name = take_name(&text);
    if (name.at == name.end || *name.at == '_') return NULL;
    if (text.end - text.at < 3 || (*text.at != ' ' && *text.at != '[') || text.at[1] == '=')
        return NULL;
    node->type_decl.name = name_node(arena, source, name);
    return node;
}

Node *skim_declaration(Arena *arena, Source *source, TokenKind keyword, Pos pos)
{
    const char *start = source->text + (pos - source->base);
    const char *end = find_end(start, source->text + source->len);
    if (!end) return NULL;
    Span text = {start + 4, end}; /* both keywords have four letters */
    Pos last = source->base + (Pos)(end - source->text);
    Node *node = node_new(arena, keyword == T_FUNC ? NODE_FUNC_DECL : NODE_TYPE_DECL, pos, last);
    node->flags |= NF_SKIMMED;
    node->op_pos = pos;
    return (keyword == T_FUNC ? skim_func : skim_type)(arena, source, text, node);
}
