/* SPDX-License-Identifier: MIT */
/* The machine on hand-assembled bytecode: arithmetic, calls, recursion, closures, deferred calls, panics, natives, goroutines. */
#include "tests/unit/unit.h"

#include "runtime/gc.h"
#include "runtime/iface.h"
#include "runtime/sched.h"
#include "stdlib/native.h"
#include "vm/disasm.h"
#include "vm/op.h"
#include "vm/verify.h"
#include "vm/vm.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

/* ---- What the compiler gives a program ---- */

static RType int_type = {.size = 8, .slots = 1, .kind = KIND_INT, .align = 8, .flags = RT_DIRECT | RT_COMPARABLE | RT_MEM_EQUAL, .string = "int"};
static RType string_type = {.size = 16, .slots = 2, .kind = KIND_STRING, .align = 8, .flags = RT_COMPARABLE | RT_POINTERS, .string = "string"};
static RType error_type = {.size = 16, .slots = 2, .kind = KIND_STRING, .align = 8, .flags = RT_COMPARABLE | RT_POINTERS, .string = "runtime.errorString"};
static RType plain_type = {.size = 16, .slots = 2, .kind = KIND_STRING, .align = 8, .flags = RT_COMPARABLE | RT_POINTERS, .string = "runtime.plainError"};
static RType struct_type = {.size = 16, .slots = 2, .kind = KIND_STRUCT, .align = 8, .flags = RT_POINTERS, .string = "runtime.TypeAssertionError"};
static RType pointer_type = {.size = 8, .slots = 1, .kind = KIND_POINTER, .align = 8, .flags = RT_POINTERS | RT_DIRECT | RT_COMPARABLE | RT_MEM_EQUAL, .string = "*runtime.TypeAssertionError", .elem = &struct_type};
static RType chan_type = {.size = 8, .slots = 1, .kind = KIND_CHAN, .align = 8, .dir = 3, .flags = RT_POINTERS | RT_DIRECT, .string = "chan int", .elem = &int_type};

RType *rtype_pointer_to(RType *elem)
{
    (void)elem;
    return &pointer_type;
}

RType *rtype_basic(Kind kind)
{
    return kind == KIND_STRING ? &string_type : &int_type;
}

/* ---- Assembling ---- */

#define I(name, x, y, z)  {.op = OP_##name, .a = (uint16_t)(x), .b = (uint16_t)(y), .c = (uint16_t)(z)}
#define IX(name, x, v)    {.op_ = OP_##name, .a_ = (uint16_t)(x), .bx = (v)}
#define WORD(v)           {.word = (uintptr_t)(v)}
#define PUBLISH(proto, code) publish(&(proto), code, sizeof(code) / sizeof((code)[0]))

static void publish(FuncProto *proto, const Instr *code, size_t n)
{
    char text[300];
    Instr *kept = malloc(n * sizeof *kept);
    memcpy(kept, code, n * sizeof *kept);
    const char *fault = verify_fault(proto, kept, (uint32_t)n, text, sizeof text);
    if (fault) printf("%s\n", fault);
    CHECK(!fault);
    proto_publish(proto, kept, (uint32_t)n);
}

static int64_t run1(FuncProto *proto, const Slot *args, int nargs)
{
    Slot result = {.i = -1};
    VmOutcome outcome = vm_run_input(NULL, 0, proto, args, nargs, &result, 1);
    CHECK(outcome == VM_DONE);
    return result.i;
}

/* ---- Calls ---- */

static FuncProto fib = {.name = "main.fib", .nslots = 8, .nresults = 1, .nparams = 1};

static void make_fib(void)
{
    Instr code[] = {
        I(JGEI, 1, 2, 2),
        I(MOVE, 0, 1, 0),
        I(RET, 0, 0, 0),
        I(ADDI, 7, 1, -1),
        I(CALL, 6, 0, 0), WORD(&fib),
        I(MOVE, 2, 6, 0),
        I(ADDI, 7, 1, -2),
        I(CALL, 6, 0, 0), WORD(&fib),
        I(ADD, 0, 2, 6),
        I(RET, 0, 0, 0),
    };
    proto_init_lazy(&fib);
    PUBLISH(fib, code);
}

static void test_calls(void)
{
    make_fib();
    CHECK(run1(&fib, &(Slot){.i = 20}, 1) == 6765);
    int n = getenv("FIB") ? atoi(getenv("FIB")) : 0;
    if (!n) return;
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    int64_t result = run1(&fib, &(Slot){.i = n}, 1);
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("fib(%d) = %lld in %.3f s\n", n, (long long)result,
           (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
    disasm_proto(&fib, stdout);
}

static FuncProto depth = {.name = "main.depth", .nslots = 7, .nresults = 1, .nparams = 1};

static void test_deep_recursion(void)
{
    Instr code[] = {
        I(JNEI, 1, 0, 2),
        IX(LOADI, 0, 0),
        I(RET, 0, 0, 0),
        I(ADDI, 6, 1, -1),
        I(CALL, 5, 0, 0), WORD(&depth),
        I(ADDI, 0, 5, 1),
        I(RET, 0, 0, 0),
    };
    PUBLISH(depth, code);
    CHECK(run1(&depth, &(Slot){.i = 1000000}, 1) == 1000000);
}

/* A counter: the closure has the box of n and adds 1 to it. */
static void test_closures(void)
{
    static FuncProto inc = {.name = "main.f.func1", .nslots = 3, .nresults = 1, .ncaptured = 1};
    static FuncProto main_func = {.name = "main.f", .nslots = 8, .nresults = 1};
    Instr inc_code[] = {
        I(LDCAP, 1, 0, 0), I(LD64, 0, 1, 0), I(ADDI, 0, 0, 1), I(ST64, 1, 0, 0), I(RET, 0, 0, 0),
    };
    Instr main_code[] = {
        IX(LOADI, 1, 40),
        I(BOX, 1, 1, 0), WORD(&int_type),
        I(CLOSURE, 2, 1, 1), WORD(&inc),
        I(CALLC, 6, 2, 0),
        I(CALLC, 6, 2, 0),
        I(MOVE, 0, 6, 0),
        I(RET, 0, 0, 0),
    };
    PUBLISH(inc, inc_code);
    PUBLISH(main_func, main_code);
    CHECK(run1(&main_func, NULL, 0) == 42);
}

/* ---- Deferred calls and panics ---- */

static int64_t log_value; /* digits in the order of calls */

static void native_log(NativeCall *call)
{
    log_value = log_value * 10 + arg_int(call, 0);
}

static FuncProto log_func = {.name = "main.log", .nparams = 1};

static void test_defer_order(void)
{
    static FuncProto f = {.name = "main.f", .nslots = 4, .nresults = 1, .flags = PROTO_HAS_DEFER, .epilogue_pc = 7};
    Instr code[] = {
        IX(LOADI, 2, 1), I(DEFER, 2, 0, 1), WORD(&log_func),
        IX(LOADI, 2, 2), I(DEFER, 2, 0, 1), WORD(&log_func),
        IX(LOADI, 0, 7),
        I(RETD, 0, 0, 0),
        I(RET, 0, 0, 0),
    };
    PUBLISH(f, code);
    log_value = 0;
    CHECK(run1(&f, NULL, 0) == 7);
    CHECK(log_value == 21);
}

/* defer func() { recovered = recover() != nil }(), then an index fault. */
static void test_recover(void)
{
    static FuncProto deferred = {.name = "main.f.func1", .nslots = 4, .ncaptured = 1};
    static FuncProto f = {.name = "main.f", .nslots = 9, .nresults = 1, .flags = PROTO_HAS_DEFER, .epilogue_pc = 10};
    Instr deferred_code[] = {
        I(RECOVER, 0, 0, 0),
        I(LDCAP, 2, 0, 0),
        I(TYPEEQ, 3, 0, 0), WORD(&error_type),
        I(ST64, 2, 3, 0),
        I(RET, 0, 0, 0),
    };
    Instr code[] = {
        IX(LOADI, 1, 0),
        I(BOX, 1, 1, 0), WORD(&int_type),
        I(CLOSURE, 2, 1, 1), WORD(&deferred),
        I(DEFERC, 8, 2, 0),
        IX(ZERO, 3, 3),
        IX(LOADI, 6, 5),
        I(LDX64, 7, 3, 6),
        I(RET, 0, 0, 0),
        I(RETD, 0, 0, 0),
        I(LD64, 0, 1, 0),
        I(RET, 0, 0, 0),
    };
    PUBLISH(deferred, deferred_code);
    PUBLISH(f, code);
    CHECK(run1(&f, NULL, 0) == 1);
}

static void test_uncaught(void)
{
    static FuncProto f = {.name = "main.f", .nslots = 2, .nresults = 1};
    Instr code[] = {IX(ZERO, 1, 1), I(LD64, 0, 1, 0), I(RET, 0, 0, 0)};
    Slot result = {.i = 5};
    PUBLISH(f, code);
    CHECK(vm_run_input(NULL, 0, &f, NULL, 0, &result, 1) == VM_PANICKED);
    CHECK(result.i == 5);
}

/* ---- Natives and nested calls ---- */

static void native_twice(NativeCall *call)
{
    Slot arg = {.i = arg_int(call, 0)}, result = {.i = 0};
    Closure *fn = arg_ptr(call, 1);
    for (int i = 0; i < 2; i++) {
        if (!native_call(call, fn, &arg, 1, &result, 1)) return;
        arg = result;
    }
    ret_int(call, 0, result.i);
}

static void native_fault(NativeCall *call)
{
    native_panic_runtime(call, "of a native");
}

static void test_natives(void)
{
    static FuncProto twice = {.name = "main.twice", .nresults = 1, .nparams = 2};
    static FuncProto fault = {.name = "main.fault", .nresults = 0, .nparams = 0};
    static FuncProto inc = {.name = "main.inc", .nslots = 2, .nresults = 1, .nparams = 1};
    static FuncProto f = {.name = "main.f", .nslots = 8, .nresults = 1, .nparams = 1};
    proto_init_native(&twice, native_twice);
    proto_init_native(&fault, native_fault);
    Instr inc_code[] = {I(ADDI, 0, 1, 1), I(RET, 0, 0, 0)};
    Instr code[] = {
        I(MOVE, 6, 1, 0),
        I(LOADK, 7, 0, 0), WORD(&inc.self),
        I(CALLN, 5, 0, 0), WORD(&twice),
        I(MOVE, 0, 5, 0),
        I(RET, 0, 0, 0),
    };
    PUBLISH(inc, inc_code);
    PUBLISH(f, code);
    CHECK(run1(&f, &(Slot){.i = 40}, 1) == 42);
    CHECK(vm_run_input(NULL, 0, &fault, NULL, 0, NULL, 0) == VM_PANICKED);
}

/* A panic below a native, recovered above it: twice(func() { panic }) in a function that recovers. */
static void test_panic_through_native(void)
{
    static FuncProto twice = {.name = "main.twice", .nresults = 1, .nparams = 2};
    static FuncProto bad = {.name = "main.bad", .nslots = 3, .nresults = 1, .nparams = 1};
    static FuncProto deferred = {.name = "main.f.func1", .nslots = 2};
    static FuncProto f = {.name = "main.f", .nslots = 8, .nresults = 1, .flags = PROTO_HAS_DEFER, .epilogue_pc = 10};
    proto_init_native(&twice, native_twice);
    Instr bad_code[] = {IX(ZERO, 2, 1), I(DIV, 0, 1, 2), I(RET, 0, 0, 0)};
    Instr deferred_code[] = {I(RECOVER, 0, 0, 0), I(RET, 0, 0, 0)};
    Instr code[] = {
        IX(LOADI, 0, 9),
        I(DEFER, 5, 0, 0), WORD(&deferred),
        IX(LOADI, 6, 1),
        I(LOADK, 7, 0, 0), WORD(&bad.self),
        I(CALLN, 5, 0, 0), WORD(&twice),
        IX(LOADI, 0, 0),
        I(NOP, 0, 0, 0),
        I(RETD, 0, 0, 0),
        I(RET, 0, 0, 0),
    };
    PUBLISH(bad, bad_code);
    PUBLISH(deferred, deferred_code);
    PUBLISH(f, code);
    CHECK(run1(&f, NULL, 0) == 9);
}

/* ---- Goroutines ---- */

/* go func(c, n) { for i := 1; i <= n; i++ { c <- i }; close(c) }(), and the sum of what comes. */
static void test_channels(void)
{
    static FuncProto sender = {.name = "main.sender", .nslots = 3, .nparams = 2};
    static FuncProto f = {.name = "main.f", .nslots = 8, .nresults = 1, .nparams = 1};
    Instr sender_code[] = {
        IX(LOADI, 2, 1),
        I(JMP, 0, 0, 0),
        I(SEND, 0, 2, 0),
        I(ADDI, 2, 2, 1),
        I(LOOPLE, 2, 1, -3),
        I(CLOSE, 0, 0, 0),
        I(RET, 0, 0, 0),
    };
    Instr code[] = {
        IX(ZERO, 0, 1),
        IX(LOADI, 2, 0),
        I(MAKECHAN, 2, 2, 0), WORD(&chan_type),
        I(MOVE, 6, 2, 0),
        I(MOVE, 7, 1, 0),
        I(GO, 6, 0, 2), WORD(&sender),
        I(RECV2, 3, 2, 4),
        IX(JF, 4, 2),
        I(ADD, 0, 0, 3),
        IX(LOOP, 0, -4),
        I(RET, 0, 0, 0),
    };
    PUBLISH(sender, sender_code);
    PUBLISH(f, code);
    CHECK(run1(&f, &(Slot){.i = 1000}, 1) == 500500);
}

/* Inputs that do not end: one waits for nobody, one loops. Neither harms the next, nor leaves a waiter behind. */
static void on_alarm(int signal)
{
    (void)signal;
    vm_interrupt();
}

static void test_inputs_that_hang(void)
{
    static FuncProto make = {.name = "main.make", .nslots = 2, .nresults = 1};
    static FuncProto wait = {.name = "main.wait", .nslots = 3, .nresults = 1, .nparams = 1};
    static FuncProto spin = {.name = "main.spin", .nslots = 1, .nresults = 1};
    static FuncProto send = {.name = "main.send", .nslots = 2, .nparams = 1};
    static FuncProto both = {.name = "main.both", .nslots = 6, .nresults = 1, .nparams = 1};
    Instr make_code[] = {IX(LOADI, 1, 0), I(MAKECHAN, 0, 1, 0), WORD(&chan_type), I(RET, 0, 0, 0)};
    Instr wait_code[] = {I(RECV, 0, 1, 0), I(RET, 0, 0, 0)};
    Instr spin_code[] = {IX(LOOP, 0, -1), I(RET, 0, 0, 0)};
    Instr send_code[] = {IX(LOADI, 1, 77), I(SEND, 0, 1, 0), I(RET, 0, 0, 0)};
    Instr both_code[] = {
        I(MOVE, 5, 1, 0), I(GO, 5, 0, 1), WORD(&send), I(RECV, 0, 1, 0), I(RET, 0, 0, 0),
    };
    PUBLISH(make, make_code);
    PUBLISH(wait, wait_code);
    PUBLISH(spin, spin_code);
    PUBLISH(send, send_code);
    PUBLISH(both, both_code);
    Slot chan = {.i = run1(&make, NULL, 0)};
    CHECK(vm_run_input(NULL, 0, &wait, &chan, 1, NULL, 0) == VM_DEADLOCKED);
    CHECK(run1(&both, &chan, 1) == 77);
    struct itimerval soon = {.it_value = {.tv_usec = 20000}};
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &soon, NULL);
    CHECK(vm_run_input(NULL, 0, &spin, NULL, 0, NULL, 0) == VM_KILLED);
    CHECK(run1(&both, &chan, 1) == 77);
}

int main(void)
{
    VmErrorTypes types = {&error_type, &error_type, &plain_type, &struct_type, &struct_type};
    vm_init(&(VmOptions){.nprocs = 2});
    vm_set_error_types(&types);
    vm_start_background();
    proto_init_native(&log_func, native_log);
    test_calls();
    test_deep_recursion();
    test_closures();
    test_defer_order();
    test_recover();
    test_uncaught();
    test_natives();
    test_panic_through_native();
    test_channels();
    test_inputs_that_hang();
    vm_exit(unit_end());
}
