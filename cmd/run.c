/* SPDX-License-Identifier: MIT */
/* mgo run: loads, compiles and runs a program. */
#include "cmd/command.h"

#include "base/diag.h"
#include "base/fatal.h"
#include "cmd/load.h"
#include "compiler/compile.h"
#include "runtime/gc.h"
#include "stdlib/native.h"
#include "vm/vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

void start_compiler(void)
{
    universe_init();
    load_init();
    compile_shared_loopvars = options.shared_loopvar;
}

/* The type that package runtime declares under this name. */
static RType *runtime_type(Package *package, const char *name)
{
    Object *obj = scope_lookup(package->scope, intern_str(name));
    if (obj) types_resolve(obj);
    return obj && obj->kind == OBJ_TYPE ? compile_rtype(obj->type) : NULL;
}

/* Run-time errors are values of types that package runtime declares, so it is part of every
 * program. */
static PackageCode *load_runtime(void)
{
    const char *why;
    Package *package = load_import(intern_str("runtime"), ".", NO_POS, &why);
    if (!package) fatal("run: the library has no package runtime: %s", why);
    PackageCode *code = compile_package(package);
    VmErrorTypes types = {
        .error_string = runtime_type(package, "errorString"),
        .bounds_error = runtime_type(package, "boundsError"),
        .plain_error = runtime_type(package, "plainError"),
        .type_assertion_error = runtime_type(package, "TypeAssertionError"),
        .panic_nil_error = runtime_type(package, "PanicNilError"),
    };
    vm_set_error_types(&types);
    return code;
}

void start_fix_addresses(void)
{
    if (!options.is_seeded) return;
    int before = personality(0xffffffff);
    if (before < 0 || before & ADDR_NO_RANDOMIZE) return;
    if (personality((unsigned long)before | ADDR_NO_RANDOMIZE) < 0) return;
    execv("/proc/self/exe", options.argv); /* where that fails, addresses differ from run to run */
}

/* GOMEMLIMIT, where there is no -memlimit. Leaves with Go's words where it makes no
 * sense. */
static void read_memory_limit(void)
{
    const char *text = getenv("GOMEMLIMIT");
    if (options.memory_limit || !text || !*text || option_bytes(text, &options.memory_limit))
        return;
    fprintf(stderr,
            "GOMEMLIMIT=%s\nfatal error: malformed GOMEMLIMIT; see `go doc "
            "runtime/debug.SetMemoryLimit`\n",
            text);
    exit(2);
}

/* GOGC: a percentage, or off; what is neither is ignored, as Go does. */
static void read_collector_percent(void)
{
    const char *text = getenv("GOGC");
    if (!text || !*text) return;
    char *end;
    long percent = strcmp(text, "off") == 0 ? -1 : strtol(text, &end, 10);
    if (percent == -1 || (*end == 0 && percent >= 0 && percent <= INT32_MAX))
        gc_set_percent((int)percent);
}

static PackageCode *runtime_code;

/* The environment's GODEBUG=schedtrace=ms; 0: none. */
static int64_t schedtrace_wanted(void)
{
    const char *text = native_debug_setting("schedtrace");
    return text ? atoll(text) : 0;
}

static bool gctrace_wanted(void)
{
    const char *text = native_debug_setting("gctrace");
    return text && atoll(text) > 0;
}

void start_machine(int argc, char **argv)
{
    start_fix_addresses();
    read_memory_limit();
    VmOptions vm = {
        .nprocs = options.nprocs,
        .budget = options.budget,
        .memory_limit = options.memory_limit,
        .seed = options.seed,
        .is_seeded = options.is_seeded,
        .is_virtual = options.is_virtual,
        .is_interpreted = options.is_interpreted,
        .trace = options.trace,
        .wants_leaks = options.wants_leaks,
        .wants_stats = options.wants_stats,
        .traces_gc = options.traces_gc || gctrace_wanted(),
        .schedtrace_ms = options.schedtrace_ms ? options.schedtrace_ms : schedtrace_wanted(),
        .argc = argc,
        .argv = argv,
    };
    vm_init(&vm);
    read_collector_percent();
    compile_init();
    runtime_code = load_runtime();
}

/* Packages to initialise for a program: what `package` imports and package runtime, which nobody
 * need have imported. */
PackageCode **start_order(PackageCode *package, uint32_t *n)
{
    uint32_t count;
    PackageCode **order = compile_init_order(package, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (order[i] == runtime_code) {
            *n = count;
            return order;
        }
    }
    uint32_t before;
    PackageCode **first = compile_init_order(runtime_code, &before);
    PackageCode **all = malloc((before + count) * sizeof(PackageCode *));
    if (!all) fatal_out_of_memory();
    memcpy(all, first, before * sizeof(PackageCode *));
    memcpy(all + before, order, count * sizeof(PackageCode *));
    *n = before + count;
    return all;
}

bool print_errors(DiagList *list)
{
    return diag_print(list, options.is_json ? stdout : stderr) > 0;
}

/* How many of the words are the program's files: .go files go on until one is none, everything else
 * is a single file. */
static int count_files(int argc, char **argv)
{
    int n = 1;
    size_t len = strlen(argv[0]);
    bool is_go = len > 3 && strcmp(argv[0] + len - 3, ".go") == 0;
    while (is_go && n < argc) {
        len = strlen(argv[n]);
        if (len <= 3 || strcmp(argv[n] + len - 3, ".go") != 0) break;
        n++;
    }
    return n;
}

int run_main(int argc, char **argv)
{
    int used = options.expr ? 0 : options_read(argc, argv);
    if (used < 0) return EXIT_USAGE;
    argc -= used;
    argv += used;
    if (argc == 0 && !options.expr) {
        fprintf(stderr, "mgo: run needs a file\nusage: mgo run FILE... [ARGS]\n");
        return EXIT_USAGE;
    }
    DiagList errors = {0};
    diag_use(&errors);
    start_compiler();
    int files = options.expr ? 0 : count_files(argc, argv);
    static char program[] = "mgo";
    char *name = files ? argv[0] : program;
    int rest =
        argc - files +
        (files && argv[files - 1] && argc > files && strcmp(argv[files], "--") == 0 ? -1 : 0);
    char **args = calloc((size_t)rest + 2, sizeof(char *));
    if (!args) fatal_out_of_memory();
    args[0] = name;
    for (int i = 0; i < rest; i++) args[i + 1] = argv[argc - rest + i];
    start_machine(rest + 1, args);
    Package *package = options.expr ? load_text("-e", options.expr) : load_files(argv, files);
    if (package && strcmp(package->name->text, "main") != 0)
        diag_error(NO_POS, NO_POS, ERR_PLAIN,
                   "package command-line-arguments is not a main package");
    PackageCode *code = package && diag_count() == 0 ? compile_package(package) : NULL;
    if (code && !code->main && !package->files[0]->file.is_script)
        diag_error(NO_POS, NO_POS, ERR_PLAIN, "function main is undeclared in the main package");
    if (print_errors(&errors) || !code) return EXIT_COMPILE;
    vm_set_go_version(package->version);
    uint32_t n;
    PackageCode **order = start_order(code, &n);
    vm_run_program(order, n, code->main);
}
