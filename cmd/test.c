/* SPDX-License-Identifier: MIT */
/* mgo test: finds tests, benchmarks and examples in _test files, writes a main that lists them for
 * package testing, runs it.
 *
 * The generated file joins the package under test. Its function is called instead of the package's
 * own main, if that has one. */
#include "cmd/command.h"

#include "base/buf.h"
#include "base/fatal.h"
#include "base/vec.h"
#include "cmd/load.h"
#include "compiler/compile.h"
#include "parser/parser.h"
#include "vm/vm.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TEST_MAIN "mgoTestMain"

/* Whether `name` is prefix followed by nothing or by a word that does not begin in lower case. */
static bool names_test(const char *name, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(name, prefix, len) == 0 && !islower((unsigned char)name[len]);
}

/* Adds {"Name", Name}, for each function that begins with `prefix`. */
static void list_functions(Buf *out, Node **files, size_t n, const char *prefix, const char *type)
{
    buf_printf(out, "\t[]testing.%s{", type);
    for (size_t i = 0; i < n; i++) {
        NodeList decls = files[i]->file.decls;
        for (uint32_t k = 0; k < decls.len; k++) {
            Node *d = decls.at[k];
            if (d->kind != NODE_FUNC_DECL || d->func.recv || !d->func.name) continue;
            const char *name = d->func.name->ident.name->text;
            if (strcmp(name, "TestMain") != 0 && names_test(name, prefix))
                buf_printf(out, "{\"%s\", %s},", name, name);
        }
    }
    buf_text(out, "},\n");
}

static bool has_test_main(Node **files, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < files[i]->file.decls.len; k++) {
            Node *d = files[i]->file.decls.at[k];
            if (d->kind == NODE_FUNC_DECL && !d->func.recv &&
                strcmp(d->func.name->ident.name->text, "TestMain") == 0)
                return true;
        }
    return false;
}

/* The text of the generated file. */
static char *generate_main(Node **files, size_t n)
{
    Buf out = {0};
    const char *package =
        files[0]->file.package ? files[0]->file.package->ident.name->text : "main";
    buf_printf(&out,
               "package %s\n\nimport testing \"testing\"\n\nfunc " TEST_MAIN
               "() {\n\tm := testing.NewMain(\n",
               package);
    list_functions(&out, files, n, "Test", "InternalTest");
    list_functions(&out, files, n, "Benchmark", "InternalBenchmark");
    buf_printf(&out, "\t)\n\t%s\n}\n",
               has_test_main(files, n) ? "TestMain(m)\n\tm.Exit()" : "m.Run()\n\tm.Exit()");
    char *text = strdup(buf_str(&out));
    buf_free(&out);
    return text;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Files named or found in named folders; NULL-terminated. */
static char **collect_files(char **paths, int n)
{
    VEC(char *) files = {0};
    for (int i = 0; i < n; i++) {
        if (!is_folder(paths[i])) {
            vec_push(&files, paths[i]);
            continue;
        }
        for (int tests = 0; tests < 2; tests++) {
            char **found = load_folder_files(paths[i], tests);
            for (char **p = found; p && *p; p++) vec_push(&files, *p);
            free(found);
        }
    }
    vec_push(&files, NULL);
    return files.at;
}

int test_main(int argc, char **argv)
{
    VEC(char *) args = {0};
    VEC(char *) paths = {0};
    static char here[] = ".", program[] = "mgo.test";
    vec_push(&args, program);
    static const char *const with_value[] = {"run",      "bench", "benchtime", "count", "timeout",
                                             "parallel", "cpu",   "shuffle",   "skip",  NULL};
    for (int i = 0; i < argc; i++) {
        if (argv[i][0] != '-' || !argv[i][1]) {
            vec_push(&paths, argv[i]);
            continue;
        }
        const char *word = argv[i] + 1 + (argv[i][1] == '-');
        char *flag = NULL;
        if (asprintf(&flag, "-test.%s", word) < 0) fatal_out_of_memory();
        vec_push(&args, flag);
        if (strchr(word, '=') || i + 1 >= argc) continue;
        for (const char *const *w = with_value; *w; w++)
            if (strcmp(word, *w) == 0) {
                vec_push(&args, argv[++i]);
                break;
            }
    }
    if (paths.len == 0) vec_push(&paths, here);
    size_t nargs = args.len;
    vec_push(&args, NULL);

    DiagList errors = {0};
    diag_use(&errors);
    start_compiler();
    start_machine((int)nargs, args.at);
    char **files = collect_files(paths.at, (int)paths.len);
    int n = 0;
    VEC(Node *) trees = {0};
    for (; files[n]; n++) {
        const char *why = NULL;
        Source *source = source_load(files[n], &why);
        Node *tree = NULL;
        DiagList ignored = {0}; /* load_files reports what is wrong with the file */
        DiagList *mine = diag_use(&ignored);
        if (source && parse_source(&load_arena, source,
                                   &(ParseOptions){.goal = PARSE_FILE, .skip_bodies = true},
                                   &tree) == PARSE_OK)
            vec_push(&trees, tree);
        diag_use(mine);
        diag_free(&ignored);
    }
    if (n == 0) {
        printf("?   \t%s\t[no test files]\n", paths.at[0]);
        return EXIT_OK;
    }
    char *extra = trees.len ? generate_main(trees.at, trees.len) : NULL;
    Package *package = load_files(files, n, extra);
    PackageCode *code = package && diag_count() == 0 ? compile_package(package) : NULL;
    if (print_errors(&errors) || !code) {
        printf("FAIL\t%s [build failed]\n", paths.at[0]);
        return EXIT_COMPILE;
    }
    uint32_t count;
    PackageCode **order = start_order(code, &count);
    vm_run_program(order, count, compile_function(package, TEST_MAIN));
}
