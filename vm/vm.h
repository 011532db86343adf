/* SPDX-License-Identifier: MIT */
/* The machine's door for cmd/: start, run a program, run the prompt's inputs, end. */
#ifndef MGO_VM_VM_H
#define MGO_VM_VM_H

#include "base/buf.h"
#include "runtime/g.h"
#include "vm/proto.h"

typedef struct VmOptions {
    int nprocs;      /* 0: GOMAXPROCS from the environment, else the number of cores */
    uint64_t seed;
    bool is_seeded;
    bool is_virtual; /* -vtime */
    bool is_interpreted; /* -nojit */
    int budget;           /* units of a slice; 0: default */
    int64_t memory_limit; /* bytes of heap and stacks; 0: none */
    const char *trace; /* -trace: the file for events, or NULL */
    bool wants_leaks; /* -leaks */
    bool wants_stats; /* -stats */
    bool traces_gc;   /* -gctrace */
    int64_t schedtrace_ms; /* -schedtrace; 0: none */
    int argc;        /* os.Args */
    char **argv;
} VmOptions;

/* Sets up collector, scheduler and machine; on the main thread, before anything is compiled. */
void vm_init(const VmOptions *options);

/* The types of run-time errors, as package runtime declares them; set before the first goroutine runs. errorString: kind string, its
 * Error method puts "runtime error: " in front; boundsError: the same; plainError: likewise without; the others: structs that are used through
 * pointers, TypeAssertionError with the message as its first field. */
typedef struct VmErrorTypes {
    RType *error_string, *bounds_error, *plain_error, *type_assertion_error, *panic_nil_error;
} VmErrorTypes;
void vm_set_error_types(const VmErrorTypes *types);

/* The version (24 for Go 1.24) that the program's module asks for and by which the library's defaults go, 0: the newest. Set before the first
 * goroutine runs. */
void vm_set_go_version(int version);

/* Runs the initialisers of packages[0..n) in order, then `main`, on the first goroutine, with the calling thread as a worker. Ends the process: status 0 when main returns, 2 after a panic
 * or deadlock, what os.Exit said otherwise. */
_Noreturn void vm_run_program(PackageCode **packages, uint32_t n, FuncProto *main_func);

/* ---- The prompt ---- */

typedef enum VmOutcome {
    VM_DONE,
    VM_PANICKED,   /* the text was printed */
    VM_DEADLOCKED, /* the input's goroutine waits and nothing can wake it; it was ended; the text was printed */
    VM_KILLED,     /* vm_interrupt */
    VM_EXITED,     /* runtime.Goexit */
} VmOutcome;

/* From now on inputs are run one by one (vm_run_input), goroutines go on between them, and a panic in any goroutine costs only that goroutine. */
void vm_start_background(void);
/* Runs packages' initialisers (those not yet initialised), then `func` (may be NULL) with these argument slots on a new goroutine, and waits for its end. results gets the first nresults
 * slots. */
VmOutcome vm_run_input(PackageCode **packages, uint32_t n, FuncProto *func, const Slot *args, int nargs, Slot *results,
                       int nresults);
/* Ends the input's goroutine at its next safepoint; callable from a signal handler. */
void vm_interrupt(void);

/* ---- For the machine's other parts ---- */

extern VmErrorTypes vm_error_types; /* the structs' pointer types in place of the structs; fixed after start */

/* Whether a panic costs only its goroutine (vm_start_background was called). */
bool vm_is_prompt(void);
/* Starts a goroutine that calls fn with args[0..n): result slots, then parameters. From any worker. */
void vm_go(Closure *fn, const Slot *args, uint32_t n);
/* Runs fn(args) on the C stack, above everything on g's stack; g is the running goroutine, its frame, live and pc are exact. args: result
 * slots, then parameters. Results go to results[0..nresults). Returns NATIVE_DONE, or NATIVE_UNWOUND or NATIVE_ENDED: then
 * the caller must get out of the way at once. */
int vm_call(Goroutine *g, Closure *fn, const Slot *args, uint32_t n, Slot *results, uint32_t nresults);
/* The running goroutine has ended, by return, Goexit, panic or kill: tells who waits for it, and frees it. Does not return where it was the
 * program's main one and returned. */
void vm_goroutine_ended(Goroutine *g);
/* Ends the process with "fatal error: " and the traces of all goroutines, status 2. */
_Noreturn void vm_fatal(const char *text);
/* The same with `line` alone in place of the fatal error; from a thread that runs no goroutine. */
_Noreturn void vm_quit(const char *line);
/* Before a report is written: flushes what the program printed; a second goroutine with bad news waits here for ever. */
void vm_begin_report(void);
/* Adds a line with the options that repeat this run; nothing where there are none. Ends the report of every failure. */
void vm_write_repeat(Buf *out);
/* After a report that did not end the process. */
void vm_end_report(void);

/* ---- The end ---- */

/* Calls fn before the process ends by main's return, a panic, os.Exit or a fatal error. */
void vm_at_exit(void (*fn)(void));
/* fn is called last of all, when the process is about to end; not before reports. */
void vm_at_end(void (*fn)(void));
/* Runs what vm_at_exit noted and ends the process. From any thread. */
_Noreturn void vm_exit(int status);

#endif
