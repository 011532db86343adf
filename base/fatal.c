/* SPDX-License-Identifier: MIT */
/* The last words. A fault while dying (the dump hook may itself be broken) is not reported again.
 */
#include "base/fatal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static _Atomic(void (*)(void)) dump_hook;
static atomic_flag is_dying = ATOMIC_FLAG_INIT;

void fatal(const char *format, ...)
{
    if (atomic_flag_test_and_set(&is_dying)) abort();
    va_list args;
    va_start(args, format);
    fputs("mgo: internal error: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    void (*dump)(void) = atomic_load(&dump_hook);
    if (dump) dump();
    abort();
}

void fatal_out_of_memory(void)
{
    static const char text[] = "fatal error: runtime: out of memory\n";
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0) abort();
    _exit(2);
}

void fatal_no_thread(int error)
{
    fprintf(stderr, "runtime: failed to create new OS thread (errno=%d)\n", error);
    if (error == EAGAIN)
        fputs("runtime: may need to increase max user processes (ulimit -u)\n", stderr);
    fputs("fatal error: newosproc\n", stderr);
    _exit(2);
}

void fatal_set_dump(void (*dump)(void))
{
    atomic_store(&dump_hook, dump);
}
