/* SPDX-License-Identifier: MIT */
/* The subcommands and what they share: options that fit everywhere, help, exit statuses. */
#ifndef MGO_CMD_COMMAND_H
#define MGO_CMD_COMMAND_H

#include "base/diag.h"
#include "vm/proto.h"

#include <stdbool.h>
#include <stdint.h>

/* Exit statuses beside the program's own. */
enum { EXIT_OK = 0, EXIT_COMPILE = 1, EXIT_USAGE = 2 };

typedef struct Options {
    int nprocs;    /* -P n; 0: default */
    uint64_t seed; /* -seed n */
    bool is_seeded;
    bool shows_all;        /* -all: every compile error, not ten */
    bool is_json;          /* -json: compile errors as JSON lines on standard output */
    bool is_virtual;       /* -vtime */
    bool is_interpreted;   /* -nojit */
    bool wants_leaks;      /* -leaks */
    bool wants_stats;      /* -stats */
    bool traces_gc;        /* -gctrace */
    int64_t schedtrace_ms; /* -schedtrace=ms; 0: none */
    const char *trace;     /* -trace=FILE: where the events go; NULL: nowhere */
    bool shared_loopvar;   /* -loopvar=shared */
    int budget;            /* -budget n: units of a slice; 0: default */
    int64_t memory_limit;  /* -memlimit bytes; 0: GOMEMLIMIT from the environment */
    const char *expr;      /* -e text */
    char **argv;           /* main's */
} Options;
extern Options options;

typedef struct Command {
    const char *name;
    const char *arguments;             /* "FILE [ARGS]" */
    const char *summary;               /* one line */
    const char *help;                  /* further lines, each ending in a newline; "" if none */
    int (*run)(int argc, char **argv); /* argv[0] is the first word after the command's name */
} Command;

extern const Command commands[];
extern const int ncommands;

/* Reads options that fit everywhere from the front of argv; returns how many words they took, or -1
 * after reporting a wrong one. Stops at the first word that is no option, at "-" and after "--". */
int options_read(int argc, char **argv);
/* Reads the option at argv[0] alone; returns the words it took, 0 where it fits only some command,
 * -1 after an error. */
int option_read(int argc, char **argv);
/* Reads a size with Go's units (B, KiB …; none: bytes), 0 for "off". */
bool option_bytes(const char *text, int64_t *out);
/* Reports "unknown option"/"unknown command" with the nearest known word. Returns EXIT_USAGE. */
int usage_unknown(const char *what, const char *word, const char *const *known, int nknown);

int run_main(int argc, char **argv);    /* run.c */
int check_main(int argc, char **argv);  /* check.c */
int disasm_main(int argc, char **argv); /* disasm.c */
int test_main(int argc, char **argv);   /* test.c */
int trace_main(int argc, char **argv);  /* trace.c */
int doc_main(int argc, char **argv);    /* doc.c */
int repl_main(int argc, char **argv);   /* repl.c */

/* Sets up everything that a program needs before it is loaded: universe, importer, compiler. */
void start_compiler(void);
/* A seeded run shall print the same addresses every time: where the system places memory at random,
 * starts the process anew, from main on. start_machine does it; who forks before has to do it first. */
void start_fix_addresses(void);
/* Sets up the machine with the options and the program's arguments (os.Args; argv[0] is the
 * program's name). */
void start_machine(int argc, char **argv);
/* What must be initialised to run `package`, in order, package runtime included. */
PackageCode **start_order(PackageCode *package, uint32_t *n);
/* Prints what was reported, to standard error or, with -json, to standard output; whether there was
 * any. */
bool print_errors(DiagList *list);

#endif
