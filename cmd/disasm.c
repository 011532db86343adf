/* SPDX-License-Identifier: MIT */
/* mgo disasm: a program's bytecode beside its source lines. */
#include "cmd/command.h"

#include "base/diag.h"
#include "cmd/load.h"
#include "compiler/compile.h"
#include "vm/disasm.h"

#include <stdio.h>
#include <string.h>

int disasm_main(int argc, char **argv)
{
    const char *only = NULL;
    if (argc >= 2 && strcmp(argv[0], "-f") == 0) {
        only = argv[1];
        argc -= 2;
        argv += 2;
    }
    int used = options_read(argc, argv);
    if (used < 0) return EXIT_USAGE;
    argc -= used;
    argv += used;
    if (argc == 0) {
        fprintf(stderr, "mgo: disasm needs a file\nusage: mgo disasm [-f FUNCTION] FILE\n");
        return EXIT_USAGE;
    }
    DiagList errors = {0};
    diag_use(&errors);
    start_compiler();
    start_machine(argc, argv);
    Package *package = load_files(argv, argc);
    if (package && diag_count() == 0) {
        compile_package(package);
        compile_all_bodies(package);
    }
    if (print_errors(&errors) || !package) return EXIT_COMPILE;
    uint32_t n, shown = 0;
    FuncProto **protos = compile_package_protos(package, &n);
    for (uint32_t i = 0; i < n; i++) {
        const char *dot = strchr(protos[i]->name, '.');
        if (only && strcmp(only, protos[i]->name) != 0 && (!dot || strcmp(only, dot + 1) != 0))
            continue;
        if (shown++) putchar('\n');
        disasm_proto(protos[i], stdout);
    }
    if (only && !shown) {
        fprintf(stderr, "mgo: there is no function %s\n", only);
        return EXIT_COMPILE;
    }
    return EXIT_OK;
}
