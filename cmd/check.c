/* SPDX-License-Identifier: MIT */
/* mgo check: everything that can be said about a program without running it. */
#include "cmd/command.h"

#include "base/diag.h"
#include "cmd/load.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_go_file(const char *path)
{
    size_t len = strlen(path);
    return len > 3 && strcmp(path + len - 3, ".go") == 0;
}

/* Checks the programs that these words name; whether all could be loaded. */
static bool check_programs(int argc, char **argv)
{
    bool ok = true;
    for (int from = 0, to = 1; from < argc; from = to++) {
        while (is_go_file(argv[from]) && to < argc && is_go_file(argv[to])) to++;
        ok = load_files(argv + from, to - from) && ok;
    }
    return ok;
}

int check_main(int argc, char **argv)
{
    int used = options_read(argc, argv);
    if (used < 0) return EXIT_USAGE;
    argc -= used;
    argv += used;
    if (argc == 0 && !options.expr) {
        fprintf(stderr, "mgo: check needs a file\nusage: mgo check [-all] [-json] FILE...\n");
        return EXIT_USAGE;
    }
    DiagList errors = {0};
    diag_use(&errors);
    if (!isatty(STDERR_FILENO)) diag_set_limit(0);
    start_compiler();
    bool ok = options.expr ? load_text("-e", options.expr) != NULL : check_programs(argc, argv);
    return print_errors(&errors) || !ok ? EXIT_COMPILE : EXIT_OK;
}
