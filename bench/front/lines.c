/* SPDX-License-Identifier: MIT */
/* How fast the front end is: reads a program's files and says for each step from text to code how
 * many lines it takes in a second of processor time.
 *
 * Scanning alone is measured apart, since parsing scans too; "all" is parsing, checking and
 * compiling. What the program imports is parsed and checked on the way and belongs to checking. */
#include "base/diag.h"
#include "base/vec.h"
#include "cmd/load.h"
#include "compiler/compile.h"
#include "lexer/lexer.h"
#include "parser/parser.h"
#include "vm/vm.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static size_t lines;

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* Prints a step's figures; returns the time the next one begins. */
static double report(const char *step, double start)
{
    double seconds = now() - start;
    printf("%-8s %8.1f ms %12.0f lines/s\n", step, seconds * 1e3, (double)lines / seconds);
    return now();
}

static void scan_all(Source **sources, size_t n)
{
    Arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < n; i++) {
        Lexer lexer;
        Token token;
        lexer_open(&lexer, &arena, sources[i], 0, (uint32_t)sources[i]->len);
        while (lexer_next(&lexer, &token) != T_EOF) continue;
        lexer_close(&lexer);
    }
    arena_free(&arena);
}

static Source *load(const char *path)
{
    const char *why;
    Source *source = source_load(path, &why);
    if (!source) {
        fprintf(stderr, "%s: %s\n", path, why);
        exit(2);
    }
    for (size_t i = 0; i < source->len; i++) lines += source->text[i] == '\n';
    return source;
}

int main(int argc, char **argv)
{
    VEC(Source *) sources = {0};
    VEC(Node *) files = {0};
    DiagList errors = {0};
    diag_use(&errors);
    universe_init();
    load_init();
    vm_init(&(VmOptions){.nprocs = 1, .argc = 1, .argv = argv});
    compile_init();
    for (int i = 1; i < argc; i++) vec_push(&sources, load(argv[i]));
    printf("%zu files, %zu lines\n", sources.len, lines);

    double start = now();
    scan_all(sources.at, sources.len);
    double begin = report("scan", start);
    start = begin;
    for (size_t i = 0; i < sources.len; i++) {
        Node *file;
        parse_source(&load_arena, sources.at[i], &(ParseOptions){.goal = PARSE_FILE}, &file);
        vec_push(&files, file);
    }
    start = report("parse", start);
    Package *package = package_new(intern_str("main"), intern_str("main"));
    if (diag_count() == 0) types_check_package(package, files.at, (uint32_t)files.len);
    start = report("check", start);
    if (diag_count() == 0) compile_all_bodies(package);
    report("compile", start);
    report("all", begin);
    return diag_print(&errors, stderr) > 0;
}
