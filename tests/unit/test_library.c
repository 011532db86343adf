/* SPDX-License-Identifier: MIT */
/* The whole library compiles. A program reads and checks of it only what it uses, so a mistake
 * elsewhere would wait for the first program that does. */
#include "tests/unit/unit.h"

#include "base/diag.h"
#include "cmd/load.h"
#include "compiler/compile.h"
#include "stdlib/native.h"
#include "types/types.h"
#include "vm/vm.h"

#include <string.h>

static void test_package(const char *path, DiagList *errors)
{
    const char *why = NULL;
    Package *package = load_import(intern_str(path), ".", NO_POS, &why);
    CHECK(package);
    if (package) compile_all_bodies(package);
    if (!package || diag_count() > 0) printf("%s: %s\n", path, why ? why : "errors");
    CHECK(diag_count() == 0);
    diag_print(errors, stdout);
    diag_free(errors);
}

int main(int argc, char **argv)
{
    DiagList errors = {0};
    diag_use(&errors);
    universe_init();
    load_init();
    vm_init(&(VmOptions){.nprocs = 1, .argc = argc, .argv = argv});
    compile_init();
    const char *last = "";
    for (size_t i = 0; i < stdlib_nfiles; i++) {
        if (strcmp(stdlib_files[i].package, last) == 0) continue;
        last = stdlib_files[i].package;
        test_package(last, &errors);
    }
    return unit_end();
}
