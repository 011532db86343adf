/* SPDX-License-Identifier: MIT */
/* The files are read while the variable is checked, and become its initialiser: a string constant,
 * a conversion of one, or a call of package embed's newFS. The expression is written down and
 * parsed like any other, in the scope of package embed, so nothing behind the checker knows of
 * embedding. */
#include "types/embed.h"

#include "parser/parser.h"
#include "types/resolve.h"
#include "types/version.h"

#include <dirent.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What stands above a variable. */
struct Embedding {
    Pos pos;              /* of the first comment, behind its slashes */
    const char *folder;   /* patterns are relative to it */
    VEC(char *) patterns; /* malloc'ed */
    Package *package;     /* embed */
};

/* ---- Finding the comments ---- */

static const char directive[] = "//go:embed";

static void report(Pos pos, const char *text)
{
    diag_error(pos, pos + (Pos)strlen("go:embed"), ERR_EMBED, text);
}

/* The package embed that the file imports, or NULL. */
static Package *imported_embed(Node *file)
{
    for (uint32_t i = 0; i < file->file.imports.len; i++) {
        Node *import = file->file.imports.at[i];
        const char *path = import->import.path ? import->import.path->literal.text->text : "";
        if (strcmp(path, "\"embed\"") != 0 && strcmp(path, "`embed`") != 0) continue;
        if (import->import.obj && import->import.obj->imported) return import->import.obj->imported;
    }
    return NULL;
}

/* The offset behind white space and comments from `at` on. */
static size_t next_code(const char *text, size_t len, size_t at)
{
    while (at < len) {
        if (text[at] == '/' && text[at + 1] == '/')
            while (at < len && text[at] != '\n') at++;
        else if (strchr(" \t\r\n", text[at]))
            at++;
        else
            break;
    }
    return at;
}

static bool is_at(const Node *decl, Pos pos)
{
    return decl->kind == NODE_VAR_DECL && decl->values.names.len > 0 &&
           decl->values.names.at[0]->pos == pos;
}

/* Where the name of a variable would stand that is declared below the comment at `at`. */
static Pos name_below(const Source *source, size_t at)
{
    at = next_code(source->text, source->len, at);
    if (strncmp(source->text + at, "var", 3) == 0 && strchr(" \t", source->text[at + 3]))
        at = next_code(source->text, source->len, at + 3);
    return source->base + (Pos)at;
}

/* The declaration of variables that begins at `pos`. */
static Node *var_at(Node *file, Pos pos, bool *in_function)
{
    *in_function = false;
    for (uint32_t i = 0; i < file->file.decls.len; i++) {
        Node *decl = file->file.decls.at[i];
        if (is_at(decl, pos)) return decl;
        if (decl->kind == NODE_FUNC_DECL && decl->pos < pos && pos < decl->end) *in_function = true;
    }
    return NULL;
}

static void add_pattern(struct Embedding *embedding, const char *text, size_t len)
{
    char *copy = strndup(text, len);
    vec_push(&embedding->patterns, copy);
}

/* Takes a comment's patterns apart: words, or Go strings. */
static void add_patterns(struct Embedding *embedding, const char *at, const char *end)
{
    while (at < end) {
        if (strchr(" \t\r", *at)) {
            at++;
            continue;
        }
        const char *from = at, *quote = *at == '"' || *at == '`' ? at++ : NULL;
        while (at < end && (quote ? *at != *quote : !strchr(" \t\r", *at))) at++;
        if (quote)
            add_pattern(embedding, from + 1, (size_t)(at - from - 1));
        else
            add_pattern(embedding, from, (size_t)(at - from));
        if (quote && at < end) at++;
    }
}

static const char *folder_of(const Node *file)
{
    const char *path = file->file.source->path, *slash = strrchr(path, '/');
    return slash ? arena_strndup(&types_arena, path, (size_t)(slash - path)) : ".";
}

static const char *misuse(const Node *var, bool in_function)
{
    if (in_function) return "go:embed cannot apply to var inside func";
    if (!var) return "misplaced go:embed directive";
    if (var->values.names.len != 1) return "go:embed cannot apply to multiple vars";
    if (var->values.values.len > 0) return "go:embed cannot apply to var with initializer";
    return var->values.type ? NULL : "go:embed cannot apply to var without type";
}

static void collect(Checker *c, Node *file, Package *package, size_t at)
{
    const Source *source = file->file.source;
    const char *text = source->text, *end = memchr(text + at, '\n', source->len - at);
    if (!end) end = text + source->len;
    Pos pos = source->base + (Pos)at + 2;
    bool in_function;
    Node *decl = var_at(file, name_below(source, at), &in_function);
    const char *why = package ? misuse(decl, in_function)
                              : "go:embed only allowed in Go files that import \"embed\"";
    Object *var = why ? NULL : decl->values.names.at[0]->ident.obj;
    if (!why && (!var || !var->info)) why = "go:embed cannot apply to var inside func";
    if (why) report(pos, why);
    if (why || !version_check(c, pos, pos + 8, 16, "go:embed")) return;
    if (!var->info->embedding) {
        var->info->embedding = arena_new(&types_arena, struct Embedding);
        *var->info->embedding =
            (struct Embedding){.pos = pos, .folder = folder_of(file), .package = package};
    }
    add_patterns(var->info->embedding, text + at + sizeof directive - 1, end);
}

void embed_collect(Checker *c, Node *file)
{
    const Source *source = file->file.source;
    const char *text = source ? source->text : NULL, *at = text;
    if (!text || source->is_library || !memmem(text, source->len, directive, sizeof directive - 1))
        return;
    Package *package = imported_embed(file);
    while ((at = memmem(at, source->len - (size_t)(at - text), directive, sizeof directive - 1))) {
        const char *line = at;
        while (line > text && (line[-1] == ' ' || line[-1] == '\t')) line--;
        bool begins_line = line == text || line[-1] == '\n';
        if (begins_line && strchr(" \t", at[sizeof directive - 1]))
            collect(c, file, package, (size_t)(at - text));
        at += sizeof directive - 1;
    }
}

/* ---- Reading the files ---- */

typedef struct File {
    char *name, *data; /* malloc'ed */
    size_t len;
} File;

typedef struct Files {
    VEC(File) list;
    const struct Embedding *embedding;
    const char *pattern; /* whose files are being read */
    bool has_failed;
} Files;

static void fail(Files *files, const char *why)
{
    if (!files->has_failed)
        report(files->embedding->pos,
               arena_printf(&types_arena, "pattern %s: %s", files->pattern, why));
    files->has_failed = true;
}

static bool is_known(const Files *files, const char *name)
{
    for (size_t i = 0; i < files->list.len; i++)
        if (strcmp(files->list.at[i].name, name) == 0) return true;
    return false;
}

static void read_file(Files *files, const char *path, const char *name)
{
    if (is_known(files, name)) return;
    FILE *in = fopen(path, "rb");
    char *data = NULL;
    size_t len = 0;
    FILE *out = in ? open_memstream(&data, &len) : NULL;
    char chunk[65536];
    for (size_t n; out && (n = fread(chunk, 1, sizeof chunk, in)) > 0;) fwrite(chunk, 1, n, out);
    if (out) fclose(out);
    if (in) fclose(in);
    if (!data) {
        fail(files, arena_printf(&types_arena, "cannot read %s", name));
        return;
    }
    File file = {strdup(name), data, len};
    vec_push(&files->list, file);
}

static void read_tree(Files *files, const char *path, const char *name, bool hidden)
{
    struct dirent **entries;
    int n = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *base = entries[i]->d_name;
        bool is_hidden = base[0] == '.' || base[0] == '_';
        bool is_dots = strcmp(base, ".") == 0 || strcmp(base, "..") == 0;
        const char *below = arena_printf(&types_arena, "%s/%s", path, base);
        const char *inner = arena_printf(&types_arena, "%s/%s", name, base);
        struct stat st;
        if (!is_dots && (hidden || !is_hidden) && lstat(below, &st) == 0) {
            if (S_ISDIR(st.st_mode)) read_tree(files, below, inner, hidden);
            if (S_ISREG(st.st_mode)) read_file(files, below, inner);
        }
        free(entries[i]);
    }
    if (n >= 0) free(entries);
}

static void read_match(Files *files, const char *path, bool hidden)
{
    const char *name = path + strlen(files->embedding->folder) + 1;
    size_t before = files->list.len;
    struct stat st;
    if (lstat(path, &st) != 0) return;
    if (S_ISDIR(st.st_mode)) {
        read_tree(files, path, name, hidden);
        if (files->list.len == before)
            fail(files,
                 arena_printf(&types_arena,
                              "cannot embed directory %s: contains no embeddable files", name));
    } else if (S_ISREG(st.st_mode)) {
        read_file(files, path, name);
    } else {
        fail(files, arena_printf(&types_arena, "cannot embed irregular file %s", name));
    }
}

/* Whether a pattern stays in the folder. */
static bool is_valid(const char *pattern)
{
    if (!*pattern || pattern[0] == '/' || pattern[strlen(pattern) - 1] == '/') return false;
    for (const char *at = pattern; at; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL) {
        size_t len = strcspn(at, "/");
        bool is_dot = len == 1 && at[0] == '.', is_dots = len == 2 && memcmp(at, "..", 2) == 0;
        if (len == 0 || is_dots || (is_dot && strcmp(pattern, ".") != 0)) return false;
    }
    return true;
}

static void read_pattern(Files *files, const char *pattern)
{
    bool hidden = strncmp(pattern, "all:", 4) == 0;
    files->pattern = pattern;
    if (hidden) pattern += 4;
    if (!is_valid(pattern)) {
        fail(files, "invalid pattern syntax");
        return;
    }
    glob_t found;
    char *full = arena_printf(&types_arena, "%s/%s", files->embedding->folder, pattern);
    if (glob(full, GLOB_PERIOD, NULL, &found) != 0) {
        fail(files, "no matching files found");
        return;
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *last = strrchr(found.gl_pathv[i], '/');
        if (strcmp(last, "/.") != 0 && strcmp(last, "/..") != 0)
            read_match(files, found.gl_pathv[i], hidden);
    }
    globfree(&found);
}

/* ---- The initialiser ---- */

static void print_quoted(Buf *out, const char *data, size_t len)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)data[i];
        if (byte >= ' ' && byte < 0x7F && byte != '"' && byte != '\\')
            buf_byte(out, (char)byte);
        else
            buf_printf(out, "\\x%02x", byte);
    }
    buf_byte(out, '"');
}

/* The expression in `text`, which is taken over. */
static Node *parse_expression(Buf *text)
{
    buf_add(text, "\n\0\0", 3);
    Source *source = source_add("embedded files", text->data, text->len - 2);
    ParseOptions options = {.goal = PARSE_FILE};
    Node *file = NULL;
    if (!source || parse_source(&types_arena, source, &options, &file) != PARSE_OK) return NULL;
    return file->file.decls.at[0]->values.values.at[0];
}

static bool is_bytes(Type *type)
{
    Type *under = type_under(type);
    return under->kind == TYPE_SLICE && type_under(under->elem)->kind == TYPE_UINT8;
}

static bool is_fs(Type *type, Package *package)
{
    type = type_unalias(type);
    return type->kind == TYPE_NAMED && type->named.obj->package == package &&
           strcmp(type->named.obj->name->text, "FS") == 0;
}

static Node *initialiser(Files *files, Type *type, bool is_tree)
{
    Buf text = {0};
    buf_text(&text, "package embed\nvar _ = ");
    if (!is_tree && is_bytes(type)) buf_text(&text, "[]byte(");
    if (is_tree) buf_text(&text, "newFS(");
    for (size_t i = 0; i < files->list.len; i++) {
        File *file = &files->list.at[i];
        if (is_tree) {
            if (i > 0) buf_byte(&text, ',');
            print_quoted(&text, file->name, strlen(file->name));
            buf_byte(&text, ',');
        }
        print_quoted(&text, file->data, file->len);
    }
    if (is_tree || is_bytes(type)) buf_byte(&text, ')');
    return parse_expression(&text);
}

void embed_resolve(Checker *c, Object *var)
{
    struct Embedding *embedding = var->info->embedding;
    Files files = {.embedding = embedding};
    Type *type = var->type;
    if (type->kind == TYPE_INVALID) return;
    bool is_tree = is_fs(type, embedding->package);
    if (!is_tree && !type_is_string(type) && !is_bytes(type)) {
        report(embedding->pos, arena_printf(&types_arena, "go:embed cannot apply to var of type %s",
                                            type_string(type)));
        return;
    }
    for (size_t i = 0; i < embedding->patterns.len && !files.has_failed; i++)
        read_pattern(&files, embedding->patterns.at[i]);
    if (embedding->patterns.len == 0)
        report(embedding->pos, "usage: //go:embed pattern...");
    else if (!files.has_failed && !is_tree && files.list.len != 1)
        report(embedding->pos,
               arena_printf(&types_arena, "invalid go:embed: multiple files for type %s",
                            type_string(type)));
    else if (!files.has_failed)
        var->info->init = initialiser(&files, type, is_tree);
    for (size_t i = 0; i < files.list.len; i++) {
        free(files.list.at[i].name);
        free(files.list.at[i].data);
    }
    vec_free(&files.list);
    if (!var->info->init) return;
    Scope *scope = c->scope;
    c->scope = embedding->package->scope;
    check_init_vars(c, &var, 1, &var->info->init, 1, NULL);
    c->scope = scope;
}
