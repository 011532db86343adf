/* SPDX-License-Identifier: MIT */
/* mgo doc: the comments of a package, or of one of its names, with the declarations as they are
 * written, less what is not exported. */
#include "cmd/command.h"

#include "base/buf.h"
#include "base/vec.h"
#include "cmd/docs.h"
#include "cmd/load.h"
#include "stdlib/native.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct Docs {
    const char *path;
    Node **files;
    uint32_t nfiles;
} Docs;

static const char *text_at(Pos pos)
{
    Location at = source_locate(pos);
    return at.source->text + at.offset;
}

static bool is_exported(const Node *ident)
{
    return ident && isupper((unsigned char)ident->ident.name->text[0]);
}

static const char *name_text(const Node *ident)
{
    return ident ? ident->ident.name->text : "";
}

/* ---- Declarations as text ---- */

/* The name of a method's receiver type. */
static const char *receiver_name(const Node *func)
{
    const Node *type = func->func.recv->field.type;
    while (type && type->kind != NODE_IDENT) {
        if (type->kind == NODE_INDEX)
            type = type->index.x;
        else if (type->kind == NODE_STAR || type->kind == NODE_PAREN)
            type = type->unary.x;
        else
            return "";
    }
    return name_text(type);
}

static void add_span(Buf *out, Pos from, Pos to)
{
    const char *text = text_at(from);
    size_t len = to - from;
    while (len && isspace((unsigned char)text[len - 1])) len--;
    buf_add(out, text, len);
}

/* A function's line: everything before its body. */
static void add_signature(Buf *out, const Node *func)
{
    Pos end = func->func.body         ? func->func.body->pos
              : func->func.body_start ? func->func.body_start
                                      : func->end;
    add_span(out, func->pos, end);
    buf_byte(out, '\n');
}

/* Whether the line declares a field, or embeds a type, that is not exported. */
static bool is_hidden_field(const char *line, size_t len)
{
    const char *p = line, *end = line + len;
    while (p < end && (*p == '\t' || *p == ' ')) p++;
    if (p == end || *p == '/' || *p == '}') return false;
    if (*p == '*') p++;
    const char *dot = p;
    while (dot < end && (isalnum((unsigned char)*dot) || *dot == '_')) dot++;
    if (dot < end && *dot == '.') p = dot + 1; /* an embedded type of another package */
    return islower((unsigned char)*p) || *p == '_';
}

/* Adds the lines of a struct between its braces without fields that are not exported, nor the
 * comments before these. */
static void add_fields(Buf *out, const char *text, size_t len)
{
    bool hides = false;
    size_t comment = out->len; /* where the comment before the line began */
    for (const char *p = text, *end = text + len; p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        if (!stop) stop = end;
        size_t n = (size_t)(stop - p);
        const char *word = p;
        while (word < stop && isspace((unsigned char)*word)) word++;
        bool is_comment = word + 1 < stop && word[0] == '/' && word[1] == '/';
        if (is_hidden_field(p, n)) {
            out->len = comment;
            hides = true;
        } else {
            buf_add(out, p, n);
            buf_byte(out, '\n');
        }
        if (!is_comment) comment = out->len;
        p = stop + 1;
    }
    while (out->len > 1 && out->data[out->len - 1] == '\n' && out->data[out->len - 2] == '\n')
        out->len--;
    if (hides) buf_text(out, "\t// Has unexported fields.\n");
}

static void add_type(Buf *out, const Node *decl)
{
    const Node *type = decl->type_decl.type;
    buf_text(out, "type ");
    Pos name = decl->type_decl.name->pos;
    const char *open = NULL, *text = text_at(name);
    if (type && type->kind == NODE_STRUCT_TYPE)
        open = memchr(text_at(type->pos), '{', type->end - type->pos);
    const char *line_end = open ? strchr(open, '\n') : NULL;
    if (!line_end || line_end >= text + (decl->end - name)) {
        add_span(out, name, decl->end);
        buf_byte(out, '\n');
        return;
    }
    buf_add(out, text, (size_t)(line_end + 1 - text));
    add_fields(out, line_end + 1, (size_t)(text_at(type->end - 1) - line_end - 1));
    buf_text(out, "}\n");
}

/* "type T struct{ ... }", for lists. */
static void add_short_type(Buf *out, const Node *decl)
{
    const Node *type = decl->type_decl.type;
    buf_text(out, "type ");
    if (type && (type->kind == NODE_STRUCT_TYPE || type->kind == NODE_INTERFACE_TYPE)) {
        Buf name = {0};
        add_span(&name, decl->type_decl.name->pos, type->pos);
        buf_printf(out, "%s %s{ ... }\n", buf_str(&name),
                   type->kind == NODE_STRUCT_TYPE ? "struct" : "interface");
        buf_free(&name);
        return;
    }
    add_span(out, decl->type_decl.name->pos, decl->end);
    buf_byte(out, '\n');
}

static const char *keyword_of(const Node *decl)
{
    return decl->kind == NODE_CONST_DECL ? "const" : "var";
}

static void add_values(Buf *out, const Node *decl)
{
    buf_printf(out, "%s ", keyword_of(decl));
    add_span(out, decl->values.names.at[0]->pos, decl->end);
    const char *after = text_at(decl->end);
    const char *slashes = after + strspn(after, " \t");
    if (strncmp(slashes, "//", 2) == 0)
        buf_printf(out, " %.*s", (int)strcspn(slashes, "\n"), slashes);
    buf_byte(out, '\n');
}

/* Where the group in parentheses begins that the declaration is part of. */
static Pos group_of(const Node *decl)
{
    Location at = source_locate(decl->pos);
    const char *text = at.source->text;
    size_t line = at.offset;
    while (line > 0) {
        line--;
        while (line > 0 && text[line - 1] != '\n') line--;
        if (isalpha((unsigned char)text[line])) break;
    }
    return at.source->base + (Pos)line;
}

/* The comment before a declaration, or before the group it is in, each line indented. */
static void add_comment(Buf *out, const Node *decl)
{
    Buf comment = {0};
    docs_comment_before(decl->pos, &comment);
    if (!comment.len && decl->flags & NF_PARENTHESIZED_LIST)
        docs_comment_before(group_of(decl), &comment);
    const char *text = buf_str(&comment);
    while (*text) {
        size_t n = strcspn(text, "\n");
        if (n) buf_printf(out, "    %.*s", (int)n, text);
        buf_byte(out, '\n');
        text += n + (text[n] == '\n');
    }
    buf_free(&comment);
}

/* ---- What is there ---- */

typedef bool Visit(const Node *decl, void *arg);

/* Calls visit for each declaration; whether one of the calls returned true. */
static bool each_decl(const Docs *docs, Visit *visit, void *arg)
{
    bool found = false;
    for (uint32_t i = 0; i < docs->nfiles; i++) {
        NodeList decls = docs->files[i]->file.decls;
        for (uint32_t k = 0; k < decls.len; k++) found = visit(decls.at[k], arg) || found;
    }
    return found;
}

typedef struct Query {
    const Docs *docs;
    Buf *out;
    const char *name;   /* of a type, function, variable, constant */
    const char *member; /* of the type; NULL for all of it */
    bool ignores_case;
} Query;

static bool is_same(const Query *q, const char *a, const char *b)
{
    return (q->ignores_case ? strcasecmp(a, b) : strcmp(a, b)) == 0;
}

static bool list_values(const Node *decl, void *arg)
{
    Query *q = arg;
    if (decl->kind != NODE_CONST_DECL && decl->kind != NODE_VAR_DECL) return false;
    if (!is_exported(decl->values.names.at[0])) return false;
    buf_printf(q->out, "%s ", keyword_of(decl));
    const char *text = text_at(decl->values.names.at[0]->pos);
    size_t len = strcspn(text, "\n"), whole = decl->end - decl->values.names.at[0]->pos;
    buf_printf(q->out, "%.*s%s\n", (int)(len < whole ? len : whole), text,
               len < whole ? " ..." : "");
    return true;
}

static bool list_functions(const Node *decl, void *arg)
{
    Query *q = arg;
    if (decl->kind != NODE_FUNC_DECL || decl->func.recv || !is_exported(decl->func.name))
        return false;
    add_signature(q->out, decl);
    return true;
}

static bool list_types(const Node *decl, void *arg)
{
    Query *q = arg;
    if (decl->kind != NODE_TYPE_DECL || !is_exported(decl->type_decl.name)) return false;
    add_short_type(q->out, decl);
    return true;
}

static bool list_methods(const Node *decl, void *arg)
{
    Query *q = arg;
    if (decl->kind != NODE_FUNC_DECL || !decl->func.recv || !is_exported(decl->func.name) ||
        !is_same(q, receiver_name(decl), q->name))
        return false;
    add_signature(q->out, decl);
    return true;
}

static const Node *find_type(const Docs *docs, const char *name)
{
    for (uint32_t i = 0; i < docs->nfiles; i++) {
        NodeList decls = docs->files[i]->file.decls;
        for (uint32_t k = 0; k < decls.len; k++) {
            const Node *decl = decls.at[k];
            if (decl->kind == NODE_TYPE_DECL && strcmp(name_text(decl->type_decl.name), name) == 0)
                return decl;
        }
    }
    return NULL;
}

/* The i-th type of the same package that the declared struct embeds; NULL behind the last. */
static const Node *embedded_type(const Docs *docs, const Node *decl, uint32_t i)
{
    const Node *type = decl->type_decl.type;
    if (!type || type->kind != NODE_STRUCT_TYPE) return NULL;
    for (uint32_t k = 0; k < type->list.list.len; k++) {
        const Node *field = type->list.list.at[k];
        if (field->kind != NODE_FIELD || field->field.name) continue;
        const Node *of = field->field.type;
        if (of && of->kind == NODE_STAR) of = of->unary.x;
        const Node *found = of && of->kind == NODE_IDENT ? find_type(docs, name_text(of)) : NULL;
        if (found && i-- == 0) return found;
    }
    return NULL;
}

/* The methods that the struct has from types that are not exported: nothing else tells of them. */
static void list_promoted_methods(const Query *q, const Node *decl)
{
    const Node *from;
    for (uint32_t i = 0; (from = embedded_type(q->docs, decl, i)); i++) {
        if (is_exported(from->type_decl.name)) continue;
        Query promoted = {.docs = q->docs, .out = q->out, .name = name_text(from->type_decl.name)};
        each_decl(q->docs, list_methods, &promoted);
        list_promoted_methods(q, from);
    }
}

/* Adds the declaration if it is what is asked for. */
static bool add_if_meant(const Node *decl, void *arg)
{
    Query *q = arg;
    switch (decl->kind) {
    case NODE_FUNC_DECL: {
        const char *type = decl->func.recv ? receiver_name(decl) : NULL;
        bool is_meant = q->member ? type && is_same(q, type, q->name) &&
                                        is_same(q, name_text(decl->func.name), q->member)
                                  : !type && is_same(q, name_text(decl->func.name), q->name);
        if (!is_meant) return false;
        add_signature(q->out, decl);
        add_comment(q->out, decl);
        return true;
    }
    case NODE_TYPE_DECL:
        if (q->member || !is_same(q, name_text(decl->type_decl.name), q->name)) return false;
        add_type(q->out, decl);
        add_comment(q->out, decl);
        buf_byte(q->out, '\n');
        each_decl(q->docs, list_methods, q);
        list_promoted_methods(q, decl);
        return true;
    case NODE_CONST_DECL:
    case NODE_VAR_DECL:
        for (uint32_t i = 0; i < decl->values.names.len && !q->member; i++) {
            if (!is_same(q, name_text(decl->values.names.at[i]), q->name)) continue;
            add_values(q->out, decl);
            add_comment(q->out, decl);
            return true;
        }
        return false;
    default: return false;
    }
}

/* A field of a struct, or a method of an interface: the line that declares it, and its comments. */
static bool add_field_if_meant(const Node *decl, void *arg)
{
    Query *q = arg;
    if (decl->kind != NODE_TYPE_DECL || !is_same(q, name_text(decl->type_decl.name), q->name))
        return false;
    const Node *type = decl->type_decl.type;
    if (!type || (type->kind != NODE_STRUCT_TYPE && type->kind != NODE_INTERFACE_TYPE))
        return false;
    for (uint32_t i = 0; i < type->list.list.len; i++) {
        const Node *field = type->list.list.at[i];
        if ((field->kind != NODE_FIELD && field->kind != NODE_METHOD) || !field->field.name ||
            !is_same(q, name_text(field->field.name), q->member))
            continue;
        const char *text = text_at(field->field.name->pos);
        buf_printf(q->out, "type %s %s {\n\t%.*s\n}\n", name_text(decl->type_decl.name),
                   type->kind == NODE_STRUCT_TYPE ? "struct" : "interface",
                   (int)strcspn(text, "\n"), text);
        add_comment(q->out, field->field.name);
        return true;
    }
    return false;
}

/* ---- The command ---- */

static void show_package(const Docs *docs, Buf *out)
{
    buf_printf(out, "package %s // import \"%s\"\n\n", load_package_name(docs->files[0]),
               docs->path);
    for (uint32_t i = 0; i < docs->nfiles; i++)
        if (docs->files[i]->file.package) {
            Buf comment = {0};
            docs_comment_before(docs->files[i]->file.package->pos, &comment);
            if (comment.len) buf_printf(out, "%s\n", buf_str(&comment));
            buf_free(&comment);
        }
    Query q = {.docs = docs, .out = out};
    if (each_decl(docs, list_values, &q)) buf_byte(out, '\n');
    if (each_decl(docs, list_functions, &q)) buf_byte(out, '\n');
    each_decl(docs, list_types, &q);
}

static bool show_member(const Query *q)
{
    if (each_decl(q->docs, add_if_meant, (void *)q)) return true;
    if (!q->member) return false;
    if (each_decl(q->docs, add_field_if_meant, (void *)q)) return true;
    const Node *decl = find_type(q->docs, q->name), *from;
    for (uint32_t i = 0; decl && (from = embedded_type(q->docs, decl, i)); i++) {
        Query promoted = *q;
        promoted.name = name_text(from->type_decl.name);
        if (show_member(&promoted)) return true;
    }
    return false;
}

/* Looks for the name as written, then in any case. */
static bool show_name(const Docs *docs, const char *name, const char *member, Buf *out)
{
    Query exact = {docs, out, name, member, false}, any_case = {docs, out, name, member, true};
    return show_member(&exact) || show_member(&any_case);
}

static bool is_library(const char *path)
{
    for (size_t i = 0; i < stdlib_nfiles; i++)
        if (strcmp(stdlib_files[i].package, path) == 0) return true;
    return false;
}

/* The library package that the text begins with: "net/url.URL.String" gives "net/url"; a last
 * element alone stands for the package, as "url". NULL if there is none. */
static const char *find_library(const char *text, size_t len)
{
    const char *found = NULL;
    for (size_t i = 0; i < stdlib_nfiles && !found; i++) {
        const char *path = stdlib_files[i].package, *last = strrchr(path, '/');
        if (strstr(path, "internal")) continue;
        if (last && strlen(last + 1) == len && memcmp(last + 1, text, len) == 0) found = path;
    }
    return found;
}

/* Splits "PKG.Name.Member" at the first point behind the last slash. Returns whether there is such
 * a package, and loads its trees. */
static bool open_package(char *text, Docs *docs, char **names)
{
    bool is_folder = text[0] == '.' || text[0] == '/';
    char *slash = strrchr(text, '/'), *from = slash ? slash + 1 : text;
    if (is_folder && strspn(from, ".") == strlen(from)) from += strlen(from);
    char *point = strchr(from, '.');
    *names = point ? point + 1 : NULL;
    if (point) *point = 0;
    docs->path = text;
    if (is_folder) {
        const char *why = NULL;
        docs->nfiles = load_folder_trees(text, &docs->files, &why);
        docs->path = load_import_path(text);
        if (!docs->nfiles && why) fprintf(stderr, "mgo: %s\n", why);
        return docs->nfiles > 0;
    }
    if (!is_library(text)) {
        const char *path = find_library(text, strlen(text));
        if (path) docs->path = path;
    }
    docs->nfiles = load_library_trees(docs->path, false, &docs->files);
    if (!docs->nfiles) fprintf(stderr, "mgo: the library has no package %s\n", text);
    return docs->nfiles > 0;
}

int doc_main(int argc, char **argv)
{
    if (argc < 1 || argc > 2) {
        fprintf(stderr, "usage: mgo doc PACKAGE[.NAME[.MEMBER]]\n");
        return EXIT_USAGE;
    }
    DiagList errors = {0};
    diag_use(&errors);
    Docs docs = {0};
    char *names = NULL;
    if (!open_package(argv[0], &docs, &names)) return EXIT_COMPILE;
    if (print_errors(&errors)) return EXIT_COMPILE;
    if (argc == 2) names = argv[1];
    Buf out = {0};
    if (!names) {
        show_package(&docs, &out);
    } else {
        char *member = strchr(names, '.');
        if (member) *member++ = 0;
        if (!show_name(&docs, names, member, &out)) {
            fprintf(stderr, "mgo: package %s has no %s%s%s\n", docs.path, names, member ? "." : "",
                    member ? member : "");
            return EXIT_COMPILE;
        }
    }
    fwrite(out.data, 1, out.len, stdout);
    buf_free(&out);
    free(docs.files);
    return EXIT_OK;
}
