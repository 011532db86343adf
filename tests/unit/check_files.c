/* SPDX-License-Identifier: MIT */
/* Checks Go files as one package, without running them: check_files [-root GOROOT] [-v] FILE...
 *
 * With -root, packages are imported from GOROOT/src, as Linux on amd64 would build them, so that
 * the type checker can be tried on all of Go's own library; functions without body are no error
 * then. Exits 1 if there were errors, which are printed, all of them. */
#include "parser/parser.h"
#include "types/types.h"

#include "base/diag.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static const char *root;
static Arena trees;
static PtrMap packages;
static size_t lines;

/* ---- Build constraints ---- */

static bool tag_holds(const char *tag, size_t len)
{
    static const char *const known[] = {"linux",
                                        "amd64",
                                        "unix",
                                        "gc",
                                        "goexperiment.regabiwrappers",
                                        "goexperiment.regabiargs",
                                        "goexperiment.pacerredesign",
                                        "goexperiment.unified"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i]) == len && memcmp(known[i], tag, len) == 0) return true;
    }
    return len > 4 && memcmp(tag, "go1.", 4) == 0 && atoi(tag + 4) <= 27;
}

static bool or_expr(const char **p);

static bool primary(const char **p)
{
    while (**p == ' ') (*p)++;
    if (**p == '!') {
        (*p)++;
        return !primary(p);
    }
    if (**p == '(') {
        (*p)++;
        bool value = or_expr(p);
        *p += **p == ')';
        return value;
    }
    const char *start = *p;
    *p += strcspn(*p, " !()&|\n");
    return tag_holds(start, (size_t)(*p - start));
}

static bool and_expr(const char **p)
{
    bool value = primary(p);
    for (*p += strspn(*p, " "); strncmp(*p, "&&", 2) == 0; *p += strspn(*p, " ")) {
        *p += 2;
        value &= primary(p);
    }
    return value;
}

static bool or_expr(const char **p)
{
    bool value = and_expr(p);
    while (strncmp(*p, "||", 2) == 0) {
        *p += 2;
        value |= and_expr(p);
    }
    return value;
}

static bool name_matches(const char *name)
{
    static const char *const others[] = {
        "_windows",  "_darwin",  "_freebsd", "_netbsd",  "_openbsd", "_dragonfly", "_solaris",
        "_plan9",    "_js",      "_aix",     "_illumos", "_android", "_ios",       "_386",
        "_arm",      "_arm64",   "_ppc64",   "_ppc64le", "_mips",    "_mipsle",    "_mips64",
        "_mips64le", "_riscv64", "_s390x",   "_wasm",    "_loong64", "_zos",       "_hurd",
        "_nacl",     "_sparc64", "_riscv"};
    char stem[256];
    snprintf(stem, sizeof stem, "%s", name);
    stem[strlen(stem) - 3] = 0;
    for (int round = 0; round < 2; round++) {
        char *last = strrchr(stem, '_');
        if (!last || last == stem) return true;
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
            if (strcmp(last, others[i]) == 0) return false;
        }
        if (strcmp(last, "_linux") != 0 && strcmp(last, "_amd64") != 0) return true;
        *last = 0;
    }
    return true;
}

static bool file_matches(const char *name, const char *text)
{
    size_t len = strlen(name);
    if (len < 4 || strcmp(name + len - 3, ".go") != 0 ||
        (len > 8 && strcmp(name + len - 8, "_test.go") == 0) || !name_matches(name))
        return false;
    const char *package = strstr(text, "\npackage "), *line = strstr(text, "//go:build ");
    if (!line || (package && package < line)) return true;
    line += strlen("//go:build ");
    return or_expr(&line);
}

/* ---- Loading ---- */

static Node *parse(const char *path, bool filter, const char *name)
{
    const char *why;
    Source *source = source_load(path, &why);
    if (!source) {
        fprintf(stderr, "%s: %s\n", path, why);
        exit(2);
    }
    if (filter && !file_matches(name, source->text)) return NULL;
    Node *file = NULL;
    parse_source(&trees, source, &(ParseOptions){0}, &file);
    for (size_t i = 0; i < source->len; i++) lines += source->text[i] == '\n';
    return file;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static Package *load_folder(const char *folder, Name path)
{
    DIR *dir = opendir(folder);
    if (!dir) return NULL;
    char *names[2000];
    Node *files[2000];
    size_t n = 0;
    uint32_t nfiles = 0;
    for (struct dirent *e; (e = readdir(dir)) && n < 2000;)
        if (strlen(e->d_name) > 3 && strcmp(e->d_name + strlen(e->d_name) - 3, ".go") == 0)
            names[n++] = strdup(e->d_name);
    closedir(dir);
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        char *file = arena_printf(&trees, "%s/%s", folder, names[i]);
        Node *node = parse(file, true, names[i]);
        if (node) files[nfiles++] = node;
        free(names[i]);
    }
    if (nfiles == 0) return NULL;
    Package *package = package_new(path, files[0]->file.package->ident.name);
    map_set(&packages, path, package);
    Node **kept = arena_array(&trees, Node *, nfiles);
    memcpy(kept, files, nfiles * sizeof *files);
    types_check_package(package, kept, nfiles);
    return package;
}

static Package *import(Name path, const char *dir, Pos pos, const char **why)
{
    (void)pos;
    Package *package = map_get(&packages, path);
    if (package) return package;
    if (strcmp(path->text, "unsafe") == 0) return package_unsafe;
    *why = arena_printf(&trees, "package %s is not in std", path->text);
    struct stat st;
    char *folder = arena_printf(
        &trees, "%s/%s",
        path->text[0] == '.' ? dir : arena_printf(&trees, "%s/src", root ? root : ""), path->text);
    if (stat(folder, &st) != 0)
        folder = arena_printf(&trees, "%s/src/vendor/%s", root ? root : "", path->text);
    if (stat(folder, &st) != 0)
        folder = arena_printf(&trees, "%s/src/cmd/vendor/%s", root ? root : "", path->text);
    return load_folder(folder, path);
}

/* Errors that tell of assembly code are dropped. */
static void drop_missing_bodies(DiagList *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->len; i++) {
        if (list->at[i].code != ERR_MISSING_BODY) list->at[kept++] = list->at[i];
    }
    list->len = kept;
}

int main(int argc, char **argv)
{
    int at = 1;
    bool verbose = false;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "-root") == 0 && at + 1 < argc)
            root = argv[++at];
        else
            verbose = true;
    }
    DiagList errors = {0};
    diag_use(&errors);
    diag_set_limit(0);
    universe_init();
    types_set_importer(import);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    struct stat st;
    if (at < argc && stat(argv[at], &st) == 0 && S_ISDIR(st.st_mode)) {
        for (; at < argc; at++) load_folder(argv[at], intern_str(argv[at]));
    } else {
        Node **files = arena_array(&trees, Node *, argc);
        uint32_t n = 0;
        for (; at < argc; at++) files[n++] = parse(argv[at], false, NULL);
        if (n == 0) return 0;
        if (diag_count() == 0)
            types_check_package(
                package_new(intern_str("main"), files[0]->file.package
                                                    ? files[0]->file.package->ident.name
                                                    : intern_str("main")),
                files, n);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds =
        (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    if (verbose)
        fprintf(stderr, "%zu lines in %.3f s: %.0f lines/s\n", lines, seconds,
                (double)lines / seconds);
    if (root) drop_missing_bodies(&errors);
    return diag_print(&errors, stderr) > 0;
}
