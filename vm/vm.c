/* SPDX-License-Identifier: MIT */
/* Starting, running and ending a program, or the inputs of a prompt one after the other. */
#include "vm/vm.h"

#include "base/fatal.h"
#include "base/vec.h"
#include "runtime/event.h"
#include "runtime/gc.h"
#include "runtime/hashmap.h"
#include "runtime/iface.h"
#include "runtime/leak.h"
#include "runtime/sched.h"
#include "runtime/schedtrace.h"
#include "stdlib/native.h"
#include "vm/explain.h"
#include "vm/fault.h"
#include "vm/frame.h"
#include "vm/interp.h"
#include "vm/jit.h"
#include "vm/liveness.h"
#include "vm/op.h"
#include "vm/panic.h"
#include "vm/print.h"
#include "vm/signal.h"
#include "vm/stats.h"
#include "vm/tracefile.h"
#include "vm/traceback.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

VmErrorTypes vm_error_types;

/* ---- Settings ---- */

static bool is_prompt;      /* fixed after start */
static int program_argc;    /* fixed after start */
static char **program_argv; /* fixed after start */
static char *repeat_with;   /* options that repeat this run, or NULL; fixed after start */

bool vm_is_prompt(void)
{
    return is_prompt;
}

char **native_arguments(int *argc)
{
    *argc = program_argc;
    return program_argv;
}

static int go_version; /* fixed after start */

void vm_set_go_version(int version)
{
    go_version = version;
}

int native_go_version(void)
{
    return go_version;
}

const char *native_debug_setting(const char *name)
{
    const char *text = getenv("GODEBUG");
    size_t len = strlen(name);
    for (; text; text = strchr(text, ',') ? strchr(text, ',') + 1 : NULL)
        if (strncmp(text, name, len) == 0 && text[len] == '=') return text + len + 1;
    return NULL;
}

void vm_set_error_types(const VmErrorTypes *types)
{
    vm_error_types = *types;
    vm_error_types.type_assertion_error = rtype_pointer_to(types->type_assertion_error);
    vm_error_types.panic_nil_error = rtype_pointer_to(types->panic_nil_error);
}

/* ---- The end ---- */

typedef void ExitHook(void);
static VEC(ExitHook *) exit_hooks; /* guarded by hooks_lock */
static pthread_mutex_t hooks_lock = PTHREAD_MUTEX_INITIALIZER;

void vm_at_exit(void (*fn)(void))
{
    pthread_mutex_lock(&hooks_lock);
    vec_push(&exit_hooks, fn);
    pthread_mutex_unlock(&hooks_lock);
}

static void run_exit_hooks(void)
{
    pthread_mutex_lock(&hooks_lock);
    for (size_t i = 0; i < exit_hooks.len; i++) exit_hooks.at[i]();
    pthread_mutex_unlock(&hooks_lock);
}

static void (*_Atomic at_end)(void);

void vm_at_end(void (*fn)(void))
{
    atomic_store(&at_end, fn);
}

static _Atomic bool wants_stats; /* at the end; cleared by who prints them */

static _Atomic bool wants_leaks; /* likewise */
static const char *trace_path;   /* fixed after start */
static _Atomic(FILE *)
    trace_file; /* the events go there at the end; taken by who writes them; or NULL */

static void print_leaks(void)
{
    enum { PATIENCE_NS = 1000000000 };
    Buf out = {0};
    Goroutine **leaked;
    if (!sched_freeze(PATIENCE_NS)) {
        print_stderr("mgo: no search for leaks: a goroutine does not stop\n", 52);
        return;
    }
    size_t n = leak_find(&leaked);
    buf_printf(&out, "mgo: %zu goroutine%s leaked%s\n", n, n == 1 ? "" : "s", n ? ":\n" : "");
    explain_leaks(leaked, n, &out);
    if (n) vm_write_repeat(&out);
    print_stderr(out.data, out.len);
    sched_thaw();
}

static void report_trace(void)
{
    fprintf(stderr, "mgo: -trace: cannot write %s: %s\n", trace_path, strerror(errno));
}

/* A file that cannot be written is better known before the program runs than after. */
static void open_trace(const char *path)
{
    trace_path = path;
    FILE *file = fopen(path, "wbe");
    if (!file) {
        report_trace();
        exit(1);
    }
    atomic_store(&trace_file, file);
    events_begin();
}

static bool save_trace(FILE *file)
{
    Buf out = {0};
    events_end();
    tracefile_write(&out);
    bool is_written = fwrite(out.data, 1, out.len, file) == out.len && fflush(file) == 0;
    if (!is_written) report_trace();
    return is_written;
}

static void print_stats(void)
{
    Buf out = {0};
    stats_write(&out);
    print_stderr(out.data, out.len);
}

/* Other threads go on meanwhile, so nothing they may use is taken down. */
_Noreturn void vm_exit(int status)
{
    run_exit_hooks();
    fflush(NULL);
    FILE *trace = atomic_exchange(&trace_file, NULL);
    if (trace && !save_trace(trace) && status == 0) status = 1;
    if (status == 0 && atomic_exchange(&wants_leaks, false)) print_leaks();
    if (atomic_exchange(&wants_stats, false)) print_stats();
    void (*last)(void) = atomic_load(&at_end);
    if (last) last();
    _exit(status);
}

static pthread_mutex_t report_lock = PTHREAD_MUTEX_INITIALIZER;

void vm_begin_report(void)
{
    pthread_mutex_lock(&report_lock);
    run_exit_hooks();
    fflush(stdout);
}

void vm_end_report(void)
{
    pthread_mutex_unlock(&report_lock);
}

void vm_write_repeat(Buf *out)
{
    if (repeat_with) buf_printf(out, "\nTo repeat this run: mgo %s\n", repeat_with);
}

static const char FATAL[] = "fatal error: ";
enum { REPORT_PATIENCE_NS = 50000000 };

/* explain (may be NULL) adds what is to be said before the traces. */
_Noreturn static void die(const char *kind, const char *text, Goroutine *first,
                          void (*explain)(Buf *out))
{
    Buf out = {0};
    vm_begin_report();
    buf_printf(&out, "%s%s\n", kind, text);
    size_t headed = out.len;
    buf_byte(&out, '\n');
    if (explain) explain(&out);
    traceback_write_all(first, &out);
    if (out.len == headed + 1) out.len = headed; /* nobody is left to tell about */
    vm_write_repeat(&out);
    print_crash(out.data, out.len);
    vm_exit(2);
}

_Noreturn void vm_fatal(const char *text)
{
    sched_freeze(REPORT_PATIENCE_NS); /* so that the others' stacks hold still; those that do not
                                         stop are left out */
    die(FATAL, text, g_current(), NULL);
}

_Noreturn void vm_quit(const char *line)
{
    sched_freeze(REPORT_PATIENCE_NS);
    die("", line, NULL, NULL);
}

static void fatal_on_misuse(const char *text)
{
    vm_fatal(text);
}

static void dump_goroutines(void)
{
    Buf out = {0};
    traceback_write_all(g_current(), &out);
    print_stderr(out.data, out.len);
    buf_free(&out);
}

/* ---- Goroutines ---- */

void vm_go(Closure *fn, const Slot *args, uint32_t n)
{
    Goroutine *parent = g_current(), *g = frame_new_goroutine(fn, args, n);
    if (parent) {
        g->parent = parent->id;
        g->created_pc = parent->pc;
    }
    sched_start(g);
}

/* Whether this thread's C stack has room for one more nested call and what it may call. */
static bool has_c_stack(void)
{
    enum { RESERVE = 256 << 10 };
    static _Thread_local char *floor;
    if (!floor) {
        pthread_attr_t attr;
        void *low = NULL;
        size_t size = 0;
        if (pthread_getattr_np(pthread_self(), &attr))
            fatal("vm: a thread does not know its stack");
        pthread_attr_getstack(&attr, &low, &size);
        pthread_attr_destroy(&attr);
        floor = (char *)low + RESERVE;
    }
    return (char *)__builtin_frame_address(0) > floor;
}

int vm_call(Goroutine *g, Closure *fn, const Slot *args, uint32_t n, Slot *results,
            uint32_t nresults)
{
    uint32_t frame = g->frame, live = g->live;
    const void *pc = g->pc;
    if (!has_c_stack() || !frame_push_nested(g, fn, args, n)) {
        panic_stack_overflow(g);
        return NATIVE_ENDED;
    }
    uint32_t base = g->frame;
    sched_lock_thread(g);
    RunEnd end = interp_run_nested(g, base);
    sched_unlock_thread(g);
    if (end == RUN_UNWOUND) return NATIVE_UNWOUND;
    if (end == RUN_ENDED) return NATIVE_ENDED;
    slots_copy(results, stack_base(g) + base, nresults);
    g->frame = frame;
    g->live = live;
    g->pc = pc;
    return NATIVE_DONE;
}

/* ---- Who waits for a goroutine's end ---- */

/* The program's main goroutine, or the one that runs the prompt's input. Written before it starts;
 * the rest by it when it ends, before `done`. */
static struct {
    _Atomic uint64_t id; /* 0: none */
    Goroutine *g;
    VmOutcome outcome;
    Slot *results;
    uint32_t nresults;
    sem_t interrupted; /* posted by vm_interrupt, waited for by its thread */
} awaited;

static bool
    main_has_exited; /* by Goexit; written by the main goroutine, read when nothing runs any more */

static VmOutcome outcome_of(Goroutine *g)
{
    if (g->flags & GF_KILLED) return awaited.outcome; /* says why it was killed */
    if (!g->panics) return VM_DONE;
    return g->panics->is_goexit ? VM_EXITED : VM_PANICKED;
}

/* The main goroutine g has returned: what its frames held, nobody holds any more, which only leaks
 * can tell. */
_Noreturn static void end_program(Goroutine *g)
{
    if (!atomic_load(&wants_leaks)) vm_exit(0);
    gc_forget_callers();
    g->live = 0;
    g->defers = NULL;
    memset(g->scratch, 0, sizeof g->scratch);
    gc_clear_registers();
    gc_clear_stack_below(); /* the function above has saved registers there */
    vm_exit(0);
}

void vm_goroutine_ended(Goroutine *g)
{
    VmOutcome outcome = outcome_of(g);
    bool is_awaited = g->id == atomic_load(&awaited.id);
    if (is_awaited && outcome == VM_DONE) {
        if (!is_prompt) end_program(g);
        slots_copy(awaited.results, stack_base(g) + FRAME_HEADER, awaited.nresults);
    }
    g->defers = NULL;
    g->panics = NULL;
    g->resume = NULL;
    sched_exit(g);
    if (!is_awaited) return;
    main_has_exited = true;
    if (!is_prompt) return; /* Goexit: the others go on */
    awaited.outcome = outcome;
    atomic_store(&awaited.id, 0);
    if (is_prompt) sched_stop();
}

/* Called by the scheduler when nothing can run any more. */
static void on_deadlock(void)
{
    if (!is_prompt)
        die(FATAL,
            main_has_exited ? "no goroutines (main called runtime.Goexit) - deadlock!"
                            : "all goroutines are asleep - deadlock!",
            NULL, explain_deadlock);
    Goroutine *g = awaited.g;
    if (!atomic_load(&awaited.id)) return;
    Buf out = {0};
    vm_begin_report();
    buf_text(&out, "fatal error: all goroutines are asleep - deadlock!\n\n");
    explain_wait(g, &out);
    traceback_write(g, &out);
    print_stderr(out.data, out.len);
    buf_free(&out);
    vm_end_report();
    awaited.outcome = VM_DEADLOCKED;
    sched_kill(g, g->id);
}

/* ---- Starting ---- */

void vm_init(const VmOptions *options)
{
    traceback_init();
    program_argc = options->argc;
    program_argv = options->argv;
    if (options->is_seeded) {
        enum { LONGEST = 40 };
        hash_set_seed(options->seed);
        repeat_with = malloc(LONGEST);
        if (!repeat_with) fatal_out_of_memory();
        snprintf(repeat_with, LONGEST, "-seed %llu%s", (unsigned long long)options->seed,
                 options->is_virtual ? " -vtime" : "");
    }
    interp_init();
    if (!options->is_interpreted) jit_init();
    liveness_init();
    hmap_on_misuse = fatal_on_misuse;
    fatal_set_dump(dump_goroutines);
    SchedOptions sched = {
        .nprocs = options->nprocs,
        .budget = options->budget,
        .memory_limit = options->memory_limit,
        .seed = options->seed,
        .is_seeded = options->is_seeded,
        .is_virtual = options->is_virtual,
        .run = interp_run,
        .on_deadlock = on_deadlock,
    };
#ifdef MGO_STRESS_SCHED
    if (sched.budget == 0) sched.budget = 1; /* a test of one schedule asks for its own */
#endif
    sched_init(&sched);
    fault_init();
    atomic_store(&wants_stats, options->wants_stats);
    atomic_store(&wants_leaks, options->wants_leaks);
    if (options->trace) open_trace(options->trace);
    if (options->traces_gc) gc_set_trace();
    if (options->schedtrace_ms > 0) schedtrace_start(options->schedtrace_ms);
}

/* A function that calls the initialisers, then `func`, leaving func's results as its own. */
static FuncProto *make_start(PackageCode **packages, uint32_t n, FuncProto *func)
{
    FuncProto *proto = calloc(1, sizeof *proto);
    Instr *code = calloc(2 * (size_t)n + 5, sizeof *code);
    if (!proto || !code) fatal_out_of_memory();
    proto->name = "runtime.main";
    proto->flags = PROTO_WRAPPER;
    uint32_t at = 0, size = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (packages[i]->is_initialised || !packages[i]->init) continue;
        code[at++] = (Instr){.op = OP_CALL, .a = FRAME_HEADER};
        code[at++].word = (uintptr_t)packages[i]->init;
        packages[i]->is_initialised = true;
    }
    if (func) {
        proto->nresults = func->nresults;
        proto->nparams = func->nparams;
        size = (uint32_t)func->nresults + func->nparams;
        code[at++] = (Instr){
            .op = OP_MOVEN, .a = (uint16_t)(size + FRAME_HEADER), .b = 0, .c = (uint16_t)size};
        code[at++] = (Instr){.op = OP_CALL, .a = (uint16_t)(size + FRAME_HEADER)};
        code[at++].word = (uintptr_t)func;
        code[at++] = (Instr){
            .op = OP_MOVEN, .a = 0, .b = (uint16_t)(size + FRAME_HEADER), .c = func->nresults};
    }
    code[at++] = (Instr){.op = OP_RET};
    proto->nslots = 2 * size + FRAME_HEADER;
    proto_publish(proto, code, at);
    return proto;
}

static void start_awaited(FuncProto *start, const Slot *args, uint32_t n)
{
    Goroutine *g = frame_new_goroutine(start->value, args, n);
    awaited.g = g;
    awaited.outcome = VM_KILLED;
    atomic_store(&awaited.id, g->id);
    sched_start(g);
}

_Noreturn void vm_run_program(PackageCode **packages, uint32_t n, FuncProto *main_func)
{
    signal_init();
    start_awaited(make_start(packages, n, main_func), NULL, 0);
    sched_run();
    fatal("vm: the scheduler stopped under a program");
}

/* ---- The prompt ---- */

static void *wait_interrupted(void *arg)
{
    (void)arg;
    while (sem_wait(&awaited.interrupted) != 0 && errno == EINTR) continue;
    return NULL;
}

/* A signal handler may do little, so this thread does it. */
static void *watch_interrupts(void *arg)
{
    (void)arg;
    for (;;) {
        gc_do_blocking(wait_interrupted, NULL);
        uint64_t id = atomic_load(&awaited.id);
        if (id) sched_kill(awaited.g, id);
    }
    return NULL;
}

void vm_start_background(void)
{
    pthread_t thread;
    is_prompt = true;
    sem_init(&awaited.interrupted, 0, 0);
    sched_external_add(1); /* the prompt may always bring work */
    if (gc_thread_create(&thread, watch_interrupts, NULL, 0))
        fatal("vm: no thread to watch for interrupts");
    pthread_detach(thread);
}

VmOutcome vm_run_input(PackageCode **packages, uint32_t n, FuncProto *func, const Slot *args,
                       int nargs, Slot *results, int nresults)
{
    FuncProto *start = make_start(packages, n, func);
    uint32_t before = start->nresults, total = before + (uint32_t)nargs;
    Slot frame[total ? total : 1];
    memset(frame, 0, sizeof frame);
    if (nargs) memcpy(frame + before, args, (size_t)nargs * sizeof(Slot));
    awaited.results = results;
    awaited.nresults = (uint32_t)nresults;
    start_awaited(start, frame, total);
    sched_external_add(-1);
    sched_run();
    sched_external_add(1);
    return awaited.outcome;
}

void vm_interrupt(void)
{
    int saved = errno;
    if (is_prompt) sem_post(&awaited.interrupted);
    errno = saved;
}
