/* SPDX-License-Identifier: MIT */
/* Loading.
 *
 * A program is the files named on the command line. What it imports is looked for in this order:
 * relative paths ("./x") beside the importing file; paths that begin with the module path of the
 * nearest go.mod, below that folder; where MGO_STD names a tree of library sources, there; the
 * embedded library. A package is loaded once for each folder or library
 * path. */
#include "cmd/load.h"

#include "base/diag.h"
#include "base/fatal.h"
#include "base/vec.h"
#include "cmd/buildtag.h"
#include "cmd/module.h"
#include "parser/parser.h"
#include "stdlib/native.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Arena load_arena;
int load_language;

typedef enum LoadState { LOAD_NEW, LOAD_RUNNING, LOAD_DONE } LoadState;

typedef struct Loaded {
    Name key; /* folder's real path, or the import path of a library package */
    Package *package;
    LoadState state;
} Loaded;

static VEC(Loaded *) packages;
static VEC(Loaded *) loading; /* under way, outermost first, for cycles */

static Loaded *loaded_for(Name key)
{
    for (size_t i = 0; i < packages.len; i++)
        if (packages.at[i]->key == key) return packages.at[i];
    Loaded *loaded = arena_new(&load_arena, Loaded);
    loaded->key = key;
    vec_push(&packages, loaded);
    return loaded;
}

static char *copy_text(const char *text, size_t len)
{
    char *copy = malloc(len + 2);
    if (!copy) fatal_out_of_memory();
    memcpy(copy, text, len);
    copy[len] = copy[len + 1] = 0;
    return copy;
}

static bool has_suffix(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);
    return n >= m && memcmp(text + n - m, suffix, m) == 0;
}

/* NULL after syntax errors. Other errors that the parser reported, say in a literal, do not keep
 * the types from being checked; who runs a program must look at diag_count. */
static Node *parse(Source *source, bool skip_bodies, bool skim)
{
    ParseOptions options = {.goal = PARSE_FILE,
                            .skip_bodies = skip_bodies,
                            .skim = skim,
                            .needs_package = has_suffix(source->path, ".go")};
    Node *file = NULL;
    ParseResult result = parse_source(&load_arena, source, &options, &file);
    if (result == PARSE_ERROR) types_check_branches(file);
    return result == PARSE_OK || result == PARSE_FLAWED ? file : NULL;
}

/* ---- Folders ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool load_is_source_name(const char *path)
{
    return has_suffix(path, ".go") || has_suffix(path, ".mgo");
}

char **load_folder_files(const char *folder, bool tests)
{
    DIR *dir = opendir(folder);
    if (!dir) return NULL;
    VEC(char *) files = {0};
    for (struct dirent *entry; (entry = readdir(dir));) {
        const char *name = entry->d_name;
        if (name[0] == '.' || name[0] == '_') continue;
        bool is_test = has_suffix(name, "_test.go") || has_suffix(name, "_test.mgo");
        if (!load_is_source_name(name) || is_test != tests) continue;
        char *path = NULL;
        if (asprintf(&path, "%s/%s", folder, name) < 0) fatal_out_of_memory();
        vec_push(&files, path);
    }
    closedir(dir);
    if (files.len > 1) qsort(files.at, files.len, sizeof files.at[0], by_name);
    vec_push(&files, NULL);
    return files.at;
}

const char *load_package_name(const Node *file)
{
    return file->file.package ? file->file.package->ident.name->text : "main";
}

bool load_takes_part(const char *path)
{
    const char *why = NULL, *slash = strrchr(path, '/');
    Source *source = source_load(path, &why);
    return !source || buildtag_matches(slash ? slash + 1 : path, source->text, source->len);
}

/* Parses what takes part of a folder's files. Returns whether all could be parsed. */
static bool parse_folder(const char *folder, Node ***files, uint32_t *n, const char **why)
{
    char **paths = load_folder_files(folder, false);
    if (!paths) {
        *why = arena_printf(&load_arena, "cannot find package: %s: %s", folder, strerror(errno));
        return false;
    }
    VEC(Node *) parsed = {0};
    bool ok = true;
    for (char **path = paths; *path; path++) {
        const char *reason = NULL;
        Source *source = source_load(*path, &reason);
        const char *slash = strrchr(*path, '/');
        if (!source) {
            *why = arena_printf(&load_arena, "%s: %s", *path, reason);
            ok = false;
        } else if (buildtag_matches(slash ? slash + 1 : *path, source->text, source->len)) {
            Node *file = parse(source, false, false);
            ok = ok && file;
            if (file && strcmp(load_package_name(file), "documentation") != 0)
                vec_push(&parsed, file);
        }
        free(*path);
    }
    free(paths);
    if (ok && parsed.len == 0) {
        *why = arena_printf(&load_arena, "no Go files in %s", folder);
        ok = false;
    }
    *files = parsed.at;
    *n = (uint32_t)parsed.len;
    return ok;
}

/* What to say of a folder whose files belong to different packages; NULL if they do not. */
static const char *mixed_packages(Node **files, uint32_t n, const char *folder)
{
    for (uint32_t i = 1; i < n; i++) {
        const char *first = load_package_name(files[0]), *other = load_package_name(files[i]);
        if (strcmp(first, other) == 0) continue;
        const char *file = files[i]->file.source->path, *first_file = files[0]->file.source->path;
        return arena_printf(&load_arena, "found packages %s (%s) and %s (%s) in %s", first,
                            strrchr(first_file, '/') ? strrchr(first_file, '/') + 1 : first_file,
                            other, strrchr(file, '/') ? strrchr(file, '/') + 1 : file, folder);
    }
    return NULL;
}

/* ---- Imports ---- */

static const char *cycle_text(const Loaded *again)
{
    Buf text = {0};
    buf_text(&text, "import cycle not allowed");
    bool is_in_cycle = false;
    for (size_t i = 0; i < loading.len; i++) {
        is_in_cycle = is_in_cycle || loading.at[i] == again;
        if (is_in_cycle) buf_printf(&text, "\n\t%s imports", loading.at[i]->package->path->text);
    }
    buf_printf(&text, "\n\t%s", again->package->path->text);
    const char *copy = arena_strndup(&load_arena, buf_str(&text), text.len);
    buf_free(&text);
    return copy;
}

/* The language version of a file's package, as go.mod says, unless the command line does. */
static int version_at(Node *file)
{
    if (load_language) return load_language;
    const char *path = file->file.source->path, *slash = strrchr(path, '/');
    const Module *module =
        module_of(slash ? arena_strndup(&load_arena, path, (size_t)(slash - path)) : ".");
    return module && !file->file.is_script ? module->version : 0;
}

static Package *check_loaded(Loaded *loaded, Name path, Node **files, uint32_t n, bool is_library)
{
    Package *package = package_new(path, intern_str(load_package_name(files[0])));
    package->is_library = is_library;
    package->version = is_library ? 0 : version_at(files[0]);
    loaded->package = package;
    loaded->state = LOAD_RUNNING;
    vec_push(&loading, loaded);
    types_check_package(package, files, n);
    (void)vec_pop(&loading);
    loaded->state = LOAD_DONE;
    return package;
}

static Package *import_folder(const char *folder, Name path, const char **why)
{
    char *real = realpath(folder, NULL);
    if (!real) {
        *why =
            arena_printf(&load_arena, "cannot find package %s: no folder %s", path->text, folder);
        return NULL;
    }
    Loaded *loaded = loaded_for(intern_str(real));
    free(real);
    if (loaded->state == LOAD_RUNNING) {
        *why = cycle_text(loaded);
        return NULL;
    }
    if (loaded->state == LOAD_DONE) return loaded->package;
    Node **files = NULL;
    uint32_t n = 0;
    if (!parse_folder(folder, &files, &n, why)) return NULL;
    if ((*why = mixed_packages(files, n, folder)) != NULL) return NULL;
    Package *package = check_loaded(loaded, path, files, n, false);
    free(files);
    return package;
}

uint32_t load_library_trees(const char *path, bool skim, Node ***files)
{
    VEC(Node *) all = {0};
    for (size_t i = 0; i < stdlib_nfiles; i++) {
        const EmbeddedFile *embedded = &stdlib_files[i];
        if (strcmp(embedded->package, path) != 0) continue;
        Source *source = source_add(embedded->file, embedded->text, embedded->len);
        if (!source) fatal("load: out of positions");
        source->is_library = true;
        Node *file = parse(source, true, skim);
        if (file) vec_push(&all, file);
    }
    *files = all.at;
    return (uint32_t)all.len;
}

uint32_t load_folder_trees(const char *folder, Node ***files, const char **why)
{
    uint32_t n = 0;
    return parse_folder(folder, files, &n, why) ? n : 0;
}

static Package *import_library(Name path, const char **why)
{
    Loaded *loaded = loaded_for(path);
    if (loaded->state == LOAD_DONE) return loaded->package;
    if (loaded->state == LOAD_RUNNING) {
        *why = cycle_text(loaded);
        return NULL;
    }
    Node **files;
    uint32_t n = load_library_trees(path->text, true, &files);
    Package *package = n ? check_loaded(loaded, path, files, n, true) : NULL;
    free(files);
    return package;
}

const char *load_import_path(const char *folder)
{
    char *real = realpath(folder, NULL);
    const Module *module = module_of(folder);
    if (!real) return folder;
    const char *slash = strrchr(real, '/');
    const char *path = arena_printf(&load_arena, "%s", slash && slash[1] ? slash + 1 : real);
    if (module)
        path = arena_printf(&load_arena, "%s%s", module->path,
                            real + (strcmp(module->root, "/") == 0 ? 0 : strlen(module->root)));
    free(real);
    return path;
}

/* What the tests and their main import by name, whatever folders hold: the packages under test. */
static VEC(Package *) tested;

static Package *find_tested(Name path)
{
    for (size_t i = 0; i < tested.len; i++)
        if (tested.at[i]->path == path) return tested.at[i];
    return NULL;
}

/* Packages whose Go sources lean on Go's own runtime, assembly or system calls, and those whose
 * variables all packages must share. The embedded library has them also where MGO_STD names a tree.
 */
static const char *const machine_packages[] = {"context",
                                               "crypto/internal/boring/sig",
                                               "crypto/rand",
                                               "errors",
                                               "hash/maphash",
                                               "internal/bytealg",
                                               "internal/cpu",
                                               "internal/goarch",
                                               "internal/goroot",
                                               "internal/oserror",
                                               "internal/reflectlite",
                                               "internal/testlog",
                                               "io",
                                               "io/fs",
                                               "net",
                                               "os",
                                               "os/exec",
                                               "os/signal",
                                               "os/user",
                                               "path/filepath",
                                               "reflect",
                                               "runtime",
                                               "runtime/debug",
                                               "runtime/metrics",
                                               "runtime/pprof",
                                               "runtime/trace",
                                               "sync",
                                               "sync/atomic",
                                               "syscall",
                                               "testing",
                                               "time",
                                               NULL};

static bool is_embedded(const char *path)
{
    for (size_t i = 0; i < stdlib_nfiles; i++)
        if (strcmp(stdlib_files[i].package, path) == 0) return true;
    return false;
}

/* The folder of a package in the tree that MGO_STD names, or NULL. The library's own packages
 * import each other. */
static char *tree_folder(const char *path, Pos pos)
{
    const char *tree = getenv("MGO_STD");
    const Source *importer = source_locate(pos).source;
    struct stat st;
    if (!tree || (importer && importer->is_library)) return NULL;
    for (const char *const *name = machine_packages; *name; name++)
        if (strcmp(*name, path) == 0 && is_embedded(path)) return NULL;
    char *folder = arena_printf(&load_arena, "%s/%s", tree, path);
    if (stat(folder, &st) == 0) return folder;
    folder = arena_printf(&load_arena, "%s/vendor/%s", tree, path);
    return stat(folder, &st) == 0 ? folder : NULL;
}

static bool is_relative(const char *path)
{
    return strncmp(path, "./", 2) == 0 || strncmp(path, "../", 3) == 0 || strcmp(path, ".") == 0 ||
           strcmp(path, "..") == 0;
}

/* Where a relative import path leads, without needless dots. */
static const char *relative_folder(const char *dir, const char *path)
{
    while (strncmp(path, "./", 2) == 0) path += 2;
    if (!dir[0] || strcmp(dir, ".") == 0) return path;
    return strcmp(path, ".") == 0 ? dir : arena_printf(&load_arena, "%s/%s", dir, path);
}

/* A folder as people name it from where they are: relative, if it is below the current one. */
static const char *shorten(const char *folder)
{
    char *current = getcwd(NULL, 0);
    size_t len = current ? strlen(current) : 0;
    bool is_below = len > 1 && strncmp(folder, current, len) == 0 && folder[len] == '/';
    free(current);
    return is_below ? folder + len + 1 : folder;
}

static bool is_internal(const char *path)
{
    return strncmp(path, "internal/", 9) == 0 || strstr(path, "/internal/") ||
           has_suffix(path, "/internal");
}

static bool is_library_code(Pos pos)
{
    const Source *source = source_locate(pos).source;
    return pos == NO_POS || (source && source->is_library);
}

Package *load_import(Name path, const char *dir, Pos pos, const char **why)
{
    *why = NULL;
    if (loading.len == 0 && find_tested(path)) return find_tested(path);
    const char *text = path->text;
    const char *folder = NULL;
    if (strcmp(text, "unsafe") == 0) return package_unsafe;
    const Module *module = module_of(dir);
    if (is_relative(text)) {
        folder = relative_folder(dir, text);
    } else if (module && module_below(module, text)) {
        folder =
            shorten(arena_printf(&load_arena, "%s%s", module->root, module_below(module, text)));
    } else {
        folder = tree_folder(text, pos);
    }
    if (folder) {
        if (!module_may_import(folder, dir)) {
            *why = arena_printf(&load_arena, "use of internal package %s not allowed", text);
            return NULL;
        }
        /* a package has one path however it is imported */
        bool has_other_path = module && is_relative(text) && access(folder, F_OK) == 0;
        return import_folder(folder, has_other_path ? intern_str(load_import_path(folder)) : path,
                             why);
    }
    if (is_internal(text) && !is_library_code(pos) && !getenv("MGO_STD")) {
        *why = arena_printf(&load_arena, "use of internal package %s not allowed", text);
        return NULL;
    }
    Package *package = import_library(path, why);
    if (!package && !*why) *why = arena_printf(&load_arena, "package %s is not in std", text);
    return package;
}

/* The import paths of the embedded library; its files come sorted by them. */
static const char *const *library_paths(void)
{
    const char **paths = arena_array(&load_arena, const char *, stdlib_nfiles + 2);
    size_t n = 0;
    for (size_t i = 0; i < stdlib_nfiles; i++)
        if (n == 0 || strcmp(paths[n - 1], stdlib_files[i].package) != 0)
            paths[n++] = stdlib_files[i].package;
    paths[n++] = "unsafe";
    return paths;
}

void load_init(void)
{
    types_set_importer(load_import);
    types_set_library(library_paths());
}

/* ---- Programs ---- */

static Source *read_stdin(void)
{
    Buf text = {0};
    char chunk[65536];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0) buf_add(&text, chunk, n);
    Source *source = source_add("-", copy_text(text.len ? text.data : "", text.len), text.len);
    buf_free(&text);
    return source;
}

/* The source of a named file, or NULL after reporting why not. */
static Source *open_named(const char *path)
{
    const char *why = NULL;
    Source *source = strcmp(path, "-") == 0 ? read_stdin() : source_load(path, &why);
    if (!source)
        diag_error(NO_POS, NO_POS, ERR_PLAIN,
                   arena_printf(&load_arena, "%s: %s", path, why ? why : "file too large"));
    if (source && source->len == 0) {
        diag_error(NO_POS, NO_POS, ERR_PLAIN,
                   arena_printf(&load_arena, "%s: the file is empty", path));
        return NULL;
    }
    return source;
}

Node *load_parse_named(const char *path)
{
    Source *source = open_named(path);
    return source ? parse(source, false, false) : NULL;
}

/* Whether all files are of the package that the first one is of; reports those that are not. */
static bool is_one_package(Node **files, uint32_t n)
{
    const char *name = load_package_name(files[0]);
    size_t before = diag_count();
    for (uint32_t i = 1; i < n; i++)
        if (strcmp(load_package_name(files[i]), name) != 0)
            diag_error(files[i]->file.package ? files[i]->file.package->pos : files[i]->pos, NO_POS,
                       ERR_PLAIN,
                       arena_printf(&load_arena, "package %s; expected package %s",
                                    load_package_name(files[i]), name));
    return diag_count() == before;
}

static Package *check_program(Node **files, uint32_t n)
{
    if (!is_one_package(files, n)) return NULL;
    size_t before = diag_count();
    Package *package = package_new(intern_str("main"), intern_str(load_package_name(files[0])));
    package->is_script = files[0]->file.is_script;
    package->version = version_at(files[0]);
    types_check_package(package, files, n);
    return diag_count() > before ? NULL : package;
}

Package *load_files(char **paths, int n)
{
    VEC(Node *) files = {0};
    bool ok = true;
    for (int i = 0; i < n; i++) {
        struct stat st;
        if (stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            Node **more = NULL;
            uint32_t count = 0;
            const char *why = NULL;
            if (!parse_folder(paths[i], &more, &count, &why)) {
                if (why) diag_error(NO_POS, NO_POS, ERR_PLAIN, why);
                ok = false;
            }
            for (uint32_t k = 0; k < count; k++) vec_push(&files, more[k]);
            free(more);
            continue;
        }
        Node *file = load_parse_named(paths[i]);
        ok = ok && file;
        if (file) vec_push(&files, file);
    }
    Package *package = ok && files.len ? check_program(files.at, (uint32_t)files.len) : NULL;
    vec_free(&files);
    return package;
}

Package *load_text(const char *name, const char *text)
{
    size_t len = strlen(text);
    Source *source = source_add(name, copy_text(text, len), len);
    Node *file = source ? parse(source, false, false) : NULL;
    return file ? check_program(&file, 1) : NULL;
}

/* ---- Packages under test ---- */

/* The files of the library package, before which are those in `files`. */
static void add_library_files(Name path, Node ***files, uint32_t *n)
{
    VEC(Node *) all = {0};
    for (uint32_t i = 0; i < *n; i++) vec_push(&all, (*files)[i]);
    Node **library;
    uint32_t nlibrary = load_library_trees(path->text, false, &library);
    for (uint32_t i = 0; i < nlibrary; i++) vec_push(&all, library[i]);
    *files = all.at;
    *n = (uint32_t)all.len;
}

/* Whether the file imports nothing but what the library package itself imports. */
static bool imports_no_more(const Node *file, Node **library, uint32_t n)
{
    for (uint32_t i = 0; i < file->file.imports.len; i++) {
        Name path = file->file.imports.at[i]->import.path->literal.text;
        bool found = strcmp(path->text, "\"unsafe\"") == 0;
        for (uint32_t k = 0; k < n && !found; k++)
            for (uint32_t m = 0; m < library[k]->file.imports.len && !found; m++)
                found = library[k]->file.imports.at[m]->import.path->literal.text == path;
        if (!found) return false;
    }
    return true;
}

/* Checks the functions of a library package's test files, whose bodies would else be checked when
 * they are called. */
static void check_bodies(Node **files, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < files[i]->file.decls.len; k++) {
            Node *decl = files[i]->file.decls.at[k];
            if (decl->kind == NODE_FUNC_DECL && decl->func.name->ident.obj)
                types_check_body(decl->func.name->ident.obj);
        }
}

Package *load_tested(Name path, Node **files, uint32_t n, const char *folder, bool is_library)
{
    if (!is_one_package(files, n)) return NULL;
    size_t before = diag_count();
    Package *package = package_new(path, intern_str(load_package_name(files[0])));
    package->is_script = files[0]->file.is_script;
    package->is_under_test = true;
    package->is_library = is_library;
    char *real = folder ? realpath(folder, NULL) : NULL;
    Loaded *loaded = real ? loaded_for(intern_str(real)) : NULL;
    free(real);
    Node **all = files;
    uint32_t nall = n;
    if (is_library) {
        add_library_files(path, &all, &nall);
        bool fits = loaded_for(path)->state == LOAD_NEW;
        for (uint32_t i = 0; i < n; i++)
            fits = fits && imports_no_more(files[i], all + n, nall - n);
        if (fits) loaded = loaded_for(path);
    }
    if (loaded) {
        loaded->package = package;
        loaded->state = LOAD_RUNNING;
    }
    types_check_package(package, all, nall);
    if (is_library) check_bodies(files, n);
    if (loaded) loaded->state = LOAD_DONE;
    vec_push(&tested, package);
    return diag_count() > before ? NULL : package;
}
