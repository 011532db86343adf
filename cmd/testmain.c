/* SPDX-License-Identifier: MIT */
/* One package's tests.
 *
 * The files are of up to two packages: the one that is tested, which has the tests of the same name
 * beside its own files, and the external tests, package foo_test, which import it. A third, package
 * main, is written here: it lists the functions TestXxx, BenchmarkXxx, FuzzXxx and ExampleXxx for
 * package testing. */
#include "cmd/testmain.h"

#include "base/buf.h"
#include "base/fatal.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "cmd/command.h"
#include "cmd/docs.h"
#include "cmd/load.h"
#include "compiler/compile.h"
#include "compiler/cover.h"
#include "stdlib/unicode/ucd.h"
#include "vm/vm.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Files of one package; the test files among them are those that are looked through. */
typedef struct TestFiles {
    const char *alias; /* the package's name in the generated file */
    bool is_used;      /* there */
    VEC(Node *) all;
    VEC(Node *) tests;
} TestFiles;

/* ---- Finding the functions ---- */

/* Whether `name` is prefix followed by nothing or by a word that does not begin in lower case. */
static bool is_named(const char *name, const char *prefix)
{
    size_t len = strlen(prefix);
    if (strncmp(name, prefix, len) != 0) return false;
    int width;
    return name[len] == 0 ||
           ucd_category(utf8_decode(name + len, strlen(name + len), &width)) != CAT_Ll;
}

static bool is_function(const Node *decl)
{
    return decl->kind == NODE_FUNC_DECL && !decl->func.recv && decl->func.name;
}

static const char *name_of(const Node *decl)
{
    return decl->func.name->ident.name->text;
}

/* Whether the only parameter is *testing.`type`, or *`type` where package testing may be imported
 * with a dot. */
static bool takes(const Node *decl, const char *type)
{
    if (decl->func.params.len != 1 || decl->func.results.len || decl->func.tparams.len)
        return false;
    const Node *param = decl->func.params.at[0]->field.type;
    if (!param || param->kind != NODE_STAR) return false;
    const Node *named = param->unary.x;
    if (named->kind == NODE_SELECTOR) named = named->selector.sel;
    return named->kind == NODE_IDENT && strcmp(named->ident.name->text, type) == 0;
}

/* Reports a function that is named like a test but takes something else. */
static void check_signature(const Node *decl, const char *type)
{
    if (takes(decl, type)) return;
    const char *name = name_of(decl);
    diag_error(decl->pos, decl->pos, ERR_PLAIN,
               arena_printf(&load_arena, "wrong signature for %s, must be: func %s(%c *testing.%s)",
                            name, name, tolower((unsigned char)type[0]), type));
}

/* ---- The generated file ---- */

static void add_functions(Buf *out, TestFiles *files, const char *prefix, const char *type)
{
    for (size_t i = 0; i < files->tests.len; i++) {
        NodeList decls = files->tests.at[i]->file.decls;
        for (uint32_t k = 0; k < decls.len; k++) {
            const Node *decl = decls.at[k];
            if (!is_function(decl) || !is_named(name_of(decl), prefix)) continue;
            if (strcmp(name_of(decl), "TestMain") == 0 && !takes(decl, "T")) continue;
            check_signature(decl, type);
            buf_printf(out, "\t\t{\"%s\", %s.%s},\n", name_of(decl), files->alias, name_of(decl));
            files->is_used = true;
        }
    }
}

static void add_quoted(Buf *out, const char *text, size_t len)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c < ' ' || c == 0x7f)
            buf_printf(out, "\\x%02x", c);
        else
            buf_byte(out, (char)c);
    }
    buf_byte(out, '"');
}

static void add_examples(Buf *out, TestFiles *files)
{
    for (size_t i = 0; i < files->tests.len; i++) {
        NodeList decls = files->tests.at[i]->file.decls;
        for (uint32_t k = 0; k < decls.len; k++) {
            const Node *decl = decls.at[k];
            if (!is_function(decl) || !is_named(name_of(decl), "Example")) continue;
            if (decl->func.params.len || decl->func.results.len || !decl->func.body) continue;
            Buf text = {0};
            bool is_unordered = false;
            if (docs_example_output(decl, &text, &is_unordered)) {
                buf_printf(out, "\t\t{\"%s\", %s.%s, ", name_of(decl), files->alias, name_of(decl));
                files->is_used = true;
                add_quoted(out, text.len ? text.data : "", text.len);
                buf_printf(out, ", %s},\n", is_unordered ? "true" : "false");
            }
            buf_free(&text);
        }
    }
}

/* The alias of the package that has a TestMain; NULL if neither has. */
static const char *find_test_main(TestFiles *both)
{
    const char *found = NULL;
    for (TestFiles *files = both; files < both + 2; files++)
        for (size_t i = 0; i < files->tests.len; i++) {
            NodeList decls = files->tests.at[i]->file.decls;
            for (uint32_t k = 0; k < decls.len; k++) {
                const Node *decl = decls.at[k];
                if (!is_function(decl) || strcmp(name_of(decl), "TestMain") != 0) continue;
                if (takes(decl, "T")) continue;
                check_signature(decl, "M");
                if (found)
                    diag_error(decl->pos, decl->pos, ERR_PLAIN, "multiple definitions of TestMain");
                found = files->alias;
                files->is_used = true;
            }
        }
    return found;
}

static void add_list(Buf *out, TestFiles *both, const char *prefix, const char *type,
                     const char *takes_type)
{
    buf_printf(out, "\t\t[]testing.%s{\n", type);
    for (int i = 0; i < 2; i++) {
        if (takes_type)
            add_functions(out, &both[i], prefix, takes_type);
        else
            add_examples(out, &both[i]);
    }
    buf_text(out, "\t\t},\n");
}

/* The text of package main. Wrong signatures are reported. */
static char *generate_main(const char *path, TestFiles *both, bool wants_profiles)
{
    Buf lists = {0}, out = {0};
    add_list(&lists, both, "Test", "InternalTest", "T");
    add_list(&lists, both, "Benchmark", "InternalBenchmark", "B");
    add_list(&lists, both, "Fuzz", "InternalFuzzTarget", "F");
    add_list(&lists, both, "Example", "InternalExample", NULL);
    const char *test_main = find_test_main(both);
    buf_text(&out, "package main\n\nimport \"testing\"\n");
    if (wants_profiles) buf_text(&out, "import _io \"io\"\nimport _pprof \"runtime/pprof\"\n");
    for (int i = 0; i < 2; i++)
        if (both[i].all.len)
            buf_printf(&out, "import %s \"%s%s\"\n", both[i].is_used ? both[i].alias : "_", path,
                       i ? "_test" : "");
    buf_text(&out, "\nfunc main() {\n\tm := testing.NewMain(\n");
    buf_text(&out, buf_str(&lists));
    buf_text(&out, "\t)\n\t");
    if (wants_profiles)
        buf_text(&out, "m.Profile(testing.Profiler{_pprof.StartCPUProfile, _pprof.StopCPUProfile,\n"
                       "\t\tfunc(name string, w _io.Writer) error "
                       "{ return _pprof.Lookup(name).WriteTo(w, 0) }})\n\t");
    if (test_main)
        buf_printf(&out, "%s.TestMain(m)\n", test_main);
    else
        buf_text(&out, "m.Run()\n");
    buf_text(&out, "\tm.Exit()\n}\n");
    char *text = strdup(buf_str(&out));
    if (!text) fatal_out_of_memory();
    buf_free(&lists);
    buf_free(&out);
    return text;
}

/* ---- Loading ---- */

static bool is_test_file(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && dot - path >= 5 && memcmp(dot - 5, "_test", 5) == 0;
}

static char *mixture; /* what note_package has to say against a file, or NULL */

/* The files of a folder are of one package, external tests apart. */
static bool note_package(const char *path, const char *name, size_t len)
{
    static const char *first_path, *first_name;
    static size_t first_len;
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    if (!first_name) {
        first_path = file;
        first_name = name;
        first_len = len;
    }
    if (len == first_len && memcmp(name, first_name, len) == 0) return true;
    char folder[PATH_MAX], *dir = strndup(path, slash ? (size_t)(slash - path) : 0);
    if (!dir) fatal_out_of_memory();
    if (asprintf(&mixture, "found packages %.*s (%s) and %.*s (%s) in %s\n", (int)first_len,
                 first_name, first_path, (int)len, name, file,
                 realpath(*dir ? dir : ".", folder) ? folder : dir) < 0)
        fatal_out_of_memory();
    free(dir);
    return false;
}

/* Parses a file, with counters if it is asked for and no test, and puts it where it belongs:
 * both[0] is the package, both[1] its external tests. Returns whether it could be parsed. */
static bool sort_file(const char *path, bool counts, TestFiles *both)
{
    Node *file = load_parse_named(path);
    if (!file) return false;
    const char *name = load_package_name(file);
    size_t len = strlen(name);
    bool is_test = is_test_file(path);
    if (counts && !is_test) cover_file(file, &load_arena);
    bool is_external = is_test && len > 5 && strcmp(name + len - 5, "_test") == 0;
    if (!note_package(path, name, is_external ? len - 5 : len)) return false;
    vec_push(&both[is_external].all, file);
    if (is_test) vec_push(&both[is_external].tests, file);
    return true;
}

static bool sort_files(const TestTarget *target, TestFiles *both)
{
    bool ok = true;
    for (int i = 0; i < target->npaths; i++)
        ok = sort_file(target->paths[i], target->counts, both) && ok;
    if (target->paths) return ok;
    for (int tests = target->library; tests < 2; tests++) {
        char **found = load_folder_files(target->folder, tests);
        for (char **path = found; path && *path; path++)
            if (load_takes_part(*path)) ok = sort_file(*path, target->counts, both) && ok;
    }
    return ok;
}

_Noreturn static void leave(int control, char verdict, int status)
{
    if (write(control, &verdict, 1) != 1) status = EXIT_USAGE;
    exit(status);
}

/* Says that it went wrong; then comes why, for the user or for who makes JSON of it. */
static void begin_errors(const TestTarget *target, int control, int output, char verdict)
{
    if (write(control, &verdict, 1) != 1) exit(EXIT_USAGE);
    if (target->is_json) dup2(output, 2);
}

/* Loads the packages and returns the code of the generated main, or NULL after errors. */
static PackageCode *build(const TestTarget *target, TestFiles *both, const char *text)
{
    const char *folder = target->library ? NULL : target->folder;
    for (int i = 0; i < 2; i++) {
        Name path = intern_str(arena_printf(&load_arena, "%s%s", target->path, i ? "_test" : ""));
        if (!both[i].all.len) continue;
        Package *package = load_tested(path, both[i].all.at, (uint32_t)both[i].all.len,
                                       i ? NULL : folder, !i && target->library);
        if (!package) return NULL;
        vm_set_go_version(package->version);
    }
    Package *package = load_text("_testmain.mgo", text);
    return package && diag_count() == 0 ? compile_package(package) : NULL;
}

static bool asks_for_profiles(int argc, char **argv)
{
    static const char *const flags[] = {"cpu", "mem", "block", "mutex"};
    for (int i = 1; i < argc; i++)
        for (size_t k = 0; k < sizeof flags / sizeof flags[0]; k++) {
            char start[32];
            int n = snprintf(start, sizeof start, "-test.%sprofile=", flags[k]);
            if (strncmp(argv[i], start, (size_t)n) == 0) return true;
        }
    return false;
}

_Noreturn void testmain_run(const TestTarget *target, int argc, char **argv, int control,
                            int output)
{
    DiagList errors = {0};
    diag_use(&errors);
    start_compiler();
    start_machine(argc, argv);
    TestFiles both[2] = {{.alias = "_test"}, {.alias = "_xtest"}};
    bool ok = sort_files(target, both);
    if (ok && both[0].tests.len + both[1].tests.len == 0) leave(control, TEST_NO_FILES, EXIT_OK);
    char *text = ok ? generate_main(target->path, both, asks_for_profiles(argc, argv)) : NULL;
    if (!ok || diag_count()) {
        begin_errors(target, control, output, TEST_SETUP_FAILED);
        if (diag_count()) fprintf(stderr, "# %s\n", target->path);
        if (mixture) fputs(mixture, stderr);
        print_errors(&errors);
        exit(EXIT_COMPILE);
    }
    PackageCode *code = build(target, both, text);
    free(text);
    if (!code || diag_count()) {
        begin_errors(target, control, output, TEST_BUILD_FAILED);
        fprintf(stderr, "# %s [%s.test]\n", target->path, target->path);
        print_errors(&errors);
        exit(EXIT_COMPILE);
    }
    uint32_t count;
    PackageCode **order = start_order(code, &count);
    if (chdir(target->folder) != 0) {
        perror(target->folder);
        leave(control, TEST_BUILD_FAILED, EXIT_COMPILE);
    }
    char runs = TEST_RUNS;
    if (write(control, &runs, 1) != 1 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
        exit(EXIT_USAGE);
    close(control);
    close(output);
    vm_run_program(order, count, code->main);
}
