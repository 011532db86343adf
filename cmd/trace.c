/* SPDX-License-Identifier: MIT */
/* mgo trace: prints a file of recorded events. */
#include "cmd/command.h"

#include "base/buf.h"
#include "base/source.h"
#include "vm/tracefile.h"

#include <stdio.h>

int trace_main(int argc, char **argv)
{
    if (argc != 1) {
        fprintf(stderr, "usage: mgo trace FILE\n");
        return EXIT_USAGE;
    }
    const char *why;
    Source *file = source_load(argv[0], &why);
    Buf text = {0};
    if (file) why = tracefile_print(file->text, file->len, &text);
    fwrite(buf_str(&text), 1, text.len, stdout);
    buf_free(&text);
    if (!why) return EXIT_OK;
    fprintf(stderr, "mgo: %s: %s\n", argv[0], why);
    return EXIT_COMPILE;
}
