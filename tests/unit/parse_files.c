/* SPDX-License-Identifier: MIT */
/* Parses every file named on standard input and says how it went, how fast, and, with -v, what was
 * wrong.
 *
 * Prints "bad PATH" for each file with errors, so that tools/parse-all.sh can compare with another
 * parser. Only processor time in the parser counts, not that of reading files. */
#include "base/diag.h"
#include "parser/parser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct Totals {
    size_t files, bad, lines, bytes;
    double seconds;
} Totals;

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static size_t count_lines(const Source *source)
{
    size_t lines = 0;
    const char *at = source->text, *end = at + source->len;
    while ((at = memchr(at, '\n', (size_t)(end - at)))) {
        lines++;
        at++;
    }
    return lines;
}

static void parse_file(const char *path, bool is_verbose, Totals *totals)
{
    const char *why;
    Source *source = source_load(path, &why);
    if (!source) {
        fprintf(stderr, "%s: %s\n", path, why);
        exit(1);
    }
    DiagList errors = {0};
    diag_use(&errors);
    Arena arena;
    arena_init(&arena);
    ParseOptions options = {.goal = PARSE_FILE};
    Node *tree;
    double start = now();
    ParseResult result = parse_source(&arena, source, &options, &tree);
    totals->seconds += now() - start;
    arena_free(&arena);
    totals->files++;
    totals->lines += count_lines(source);
    totals->bytes += source->len;
    if (result != PARSE_OK) {
        totals->bad++;
        printf("bad %s\n", path);
    }
    if (is_verbose) diag_print(&errors, stdout);
    diag_free(&errors);
    free((char *)source->text); /* nobody looks at its positions any more */
}

int main(int argc, char **argv)
{
    bool is_verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    Totals totals = {0};
    char path[4096];
    diag_set_limit(0);
    while (fgets(path, sizeof path, stdin)) {
        path[strcspn(path, "\n")] = 0;
        parse_file(path, is_verbose, &totals);
    }
    fprintf(stderr, "%zu files, %zu with errors, %zu lines, %.1f MB in %.3f s: %.0f lines/s\n",
            totals.files, totals.bad, totals.lines, (double)totals.bytes / 1e6, totals.seconds,
            (double)totals.lines / totals.seconds);
    return 0;
}
