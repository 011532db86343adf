/* SPDX-License-Identifier: MIT */
/* mgo check: everything that can be said about a program without running it. */
#include "cmd/command.h"

#include "base/diag.h"
#include "cmd/load.h"

#include <stdio.h>
#include <string.h>

int check_main(int argc, char **argv)
{
    bool shows_all = argc > 0 && strcmp(argv[0], "-all") == 0;
    if (shows_all) {
        diag_set_limit(0);
        argc--;
        argv++;
    }
    int used = options_read(argc, argv);
    if (used < 0) return EXIT_USAGE;
    argc -= used;
    argv += used;
    if (argc == 0) {
        fprintf(stderr, "mgo: check needs a file\nusage: mgo check [-all] FILE...\n");
        return EXIT_USAGE;
    }
    DiagList errors = {0};
    diag_use(&errors);
    diag_set_limit(0);
    start_compiler();
    Package *package = load_files(argv, argc);
    return print_errors(&errors) || !package ? EXIT_COMPILE : EXIT_OK;
}
