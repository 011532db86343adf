/* SPDX-License-Identifier: MIT */
/* runtime: figures and switches of the scheduler and the collector, as programs see them. */
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"
#include "runtime/lock.h"
#include "runtime/sched.h"
#include "vm/liveness.h"
#include "vm/records.h"
#include "vm/traceback.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- Goroutines and processors ---- */

void native_runtime_GOMAXPROCS(NativeCall *call)
{
    int64_t n = arg_int(call, 0);
    ret_int(call, 0, sched_set_procs(n > 0 ? (int)(n > 1024 ? 1024 : n) : 0));
}

void native_runtime_NumCPU(NativeCall *call)
{
    ret_int(call, 0, sched_cores());
}

void native_runtime_NumGoroutine(NativeCall *call)
{
    ret_int(call, 0, g_count());
}

void native_runtime_Gosched(NativeCall *call)
{
    native_will_park(call, NULL);
    sched_requeue(call->g);
    native_parked(call);
}

void native_runtime_Goexit(NativeCall *call)
{
    native_goexit(call);
}

void native_runtime_LockOSThread(NativeCall *call)
{
    sched_lock_thread(call->g);
}

void native_runtime_UnlockOSThread(NativeCall *call)
{
    sched_unlock_thread(call->g);
}

/* ---- Memory ---- */

/* The C side of MemStats. */
typedef struct MemStats {
    uint64_t alloc, total_alloc, sys, lookups, mallocs, frees;
    uint64_t heap_alloc, heap_sys, heap_idle, heap_inuse, heap_released, heap_objects;
    uint64_t stack_inuse, stack_sys, mspan_inuse, mspan_sys, mcache_inuse, mcache_sys;
    uint64_t buck_hash_sys, gc_sys, other_sys, next_gc, last_gc, pause_total_ns;
    uint64_t pause_ns[256], pause_end[256];
    uint32_t num_gc, num_forced_gc;
    double gc_cpu_fraction;
    bool enable_gc, debug_gc;
    struct {
        uint32_t size;
        uint64_t mallocs, frees;
    } by_size[61];
} MemStats;

static _Atomic uint32_t forced_collections;

static int64_t clock_process_ns(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)) return 0;
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void native_runtime_ReadMemStats(NativeCall *call)
{
    MemStats *m = arg_ptr(call, 0);
    if (!m) {
        native_panic_runtime(call, "invalid memory address or nil pointer dereference");
        return;
    }
    GcStats stats;
    gc_stats(&stats);
    memset(m, 0, sizeof *m);
    m->alloc = m->heap_alloc = stats.live;
    m->total_alloc = stats.total_alloc;
    m->heap_sys = stats.heap_size;
    m->heap_idle = stats.heap_free;
    m->heap_inuse = stats.heap_size - stats.heap_free;
    m->heap_released = stats.heap_unmapped;
    m->stack_inuse = stats.stacks;
    m->stack_sys = stats.stacks + stats.stacks_free;
    m->gc_sys = stats.tables;
    struct mallinfo2 info = mallinfo2();
    m->other_sys = info.arena + info.hblkhd;
    m->sys = m->heap_sys + m->stack_sys + m->gc_sys + m->other_sys;
    m->mallocs = stats.allocs;
    m->frees = stats.frees;
    m->heap_objects = stats.allocs - stats.frees;
    m->next_gc = stats.next;
    m->last_gc = stats.last_end_ns;
    m->pause_total_ns = stats.pause_total_ns;
    m->num_gc = (uint32_t)stats.collections;
    m->num_forced_gc = atomic_load(&forced_collections);
    gc_pauses(m->pause_ns, m->pause_end);
    int64_t cpu_ns = clock_process_ns();
    if (cpu_ns > 0) m->gc_cpu_fraction = (double)stats.pause_total_ns / (double)cpu_ns;
    if (m->gc_cpu_fraction > 1) m->gc_cpu_fraction = 1;
    m->enable_gc = true;
}

void native_runtime_GC(NativeCall *call)
{
    atomic_fetch_add(&forced_collections, 1);
    liveness_collect(call->g);
}

void native_runtime_KeepAlive(NativeCall *call)
{
    (void)call; /* the argument was in a slot up to now: that is all */
}

/* What an unreachable object has to call. The collector keeps it as the finalizer's argument. */
typedef struct Finalizer {
    Closure *fn;
    int nargs;   /* slots: 0, 1 for the object's pointer, 2 for an interface that holds it */
    RType *type; /* of the pointer */
} Finalizer;

static void run_finalizer(void *obj, void *arg)
{
    Finalizer *finalizer = arg;
    Slot args[2] = {{.type = finalizer->type}, {.p = obj}};
    native_go(finalizer->fn, args + 2 - finalizer->nargs, finalizer->nargs);
}

static const char *finalizer_fault(Iface obj, Iface fn)
{
    if (!obj.type) return "runtime.SetFinalizer: first argument is nil";
    if (obj.type->kind != KIND_POINTER)
        return "runtime.SetFinalizer: first argument is not a pointer";
    if (!obj.word.p) return "runtime.SetFinalizer: first argument is a nil pointer";
    if (fn.type && fn.type->kind != KIND_FUNC)
        return "runtime.SetFinalizer: second argument is not a function";
    if (fn.type && fn.type->nparams != 1)
        return "runtime.SetFinalizer: the function does not take the object";
    return NULL;
}

void native_runtime_SetFinalizer(NativeCall *call)
{
    Iface obj = arg_iface(call, 0), fn = arg_iface(call, 2);
    const char *fault = finalizer_fault(obj, fn);
    if (fault) native_fatal(call, fault);
    if (!fn.type || !fn.word.fn) {
        gc_set_finalizer(obj.word.p, NULL, NULL);
        return;
    }
    Finalizer *finalizer = gc_new(sizeof *finalizer);
    finalizer->fn = fn.word.fn;
    finalizer->nargs = fn.type->params[0]->kind == KIND_INTERFACE ? 2 : 1;
    finalizer->type = obj.type;
    gc_set_finalizer(obj.word.p, run_finalizer, finalizer);
}

void native_runtime_registerCleanup(NativeCall *call)
{
    Finalizer *finalizer = gc_new(sizeof *finalizer);
    finalizer->fn = call->args[1].fn;
    gc_set_cleanup(gc_base(arg_ptr(call, 0), NULL), run_finalizer, finalizer);
}

/* ---- Stacks ---- */

void native_runtime_Stack(NativeCall *call)
{
    Slice buf = arg_slice(call, 0);
    size_t len;
    char *trace = native_stack_trace(call, arg_bool(call, 3), &len);
    if (len > (size_t)buf.len) len = (size_t)buf.len;
    if (len > 0) memcpy(buf.data, trace, len);
    free(trace);
    ret_int(call, 0, (int64_t)len);
}

static String static_string(const char *text)
{
    return (String){text, text ? (int64_t)strlen(text) : 0};
}

/* A file's name as Go tells it: "??" where a line directive leaves it out. */
static String file_name(const char *path)
{
    return static_string(path && path[0] ? path : "??");
}

/* Where a pc from native_callers is; the machine's own functions have no place in source. */
static Location pc_location(Pos pos)
{
    Location where = source_locate(pos);
    if (pos == NO_POS) {
        where.path = MACHINE_FILE;
        where.line = 1;
    }
    return where;
}

/* Programs take Go's pcs for return addresses and subtract 1 to get into the call. So they are
 * given the call's address plus 1, and any address inside an instruction stands for it. */
#define PC_TAG 1

void native_runtime_Caller(NativeCall *call)
{
    uintptr_t pc;
    Pos pos;
    if (native_callers(call, (int)arg_int(call, 0), &pc, 1) < 1 || !native_pc_function(pc, &pos))
        return;
    Location where = pc_location(pos);
    ret_uint(call, 0, pc + PC_TAG);
    ret_string(call, 1, file_name(where.path));
    ret_int(call, 3, where.line);
    ret_bool(call, 4, true);
}

/* Callers lists itself, too; its proto's address stands for its pc. Set by every call to the same
 * value. */
static _Atomic(const FuncProto *) callers_proto;

void native_runtime_Callers(NativeCall *call)
{
    int64_t skip = arg_int(call, 0);
    Slice pcs = arg_slice(call, 1);
    uintptr_t *out = pcs.data;
    int n = 0;
    atomic_store(&callers_proto, call->proto);
    if (skip <= 0 && pcs.len > 0) out[n++] = (uintptr_t)call->proto;
    n += native_callers(call, skip > 0 ? (int)skip - 1 : 0, out + n, (int)pcs.len - n);
    for (int i = 0; i < n; i++) out[i] += PC_TAG;
    ret_int(call, 0, n);
}

void native_runtime_pcInfo(NativeCall *call)
{
    uintptr_t pc = arg_uint(call, 0) & ~(uintptr_t)PC_TAG;
    Pos pos;
    const FuncProto *proto = native_pc_function(pc, &pos), *callers = atomic_load(&callers_proto);
    if (pc != 0 && pc == (uintptr_t)callers) {
        proto = callers;
        pos = proto->pos;
    }
    const FuncProto *entered = proto_at((const void *)pc);
    if (entered && (uintptr_t)entered->code == pc && arg_uint(call, 0) == pc) {
        proto = entered; /* a function value's address is its own, whatever call is inlined there */
        pos = proto->pos;
    }
    if (!proto) return;
    Location where = pc_location(pos);
    ret_string(call, 0, static_string(proto->name));
    ret_string(call, 2, file_name(where.path));
    ret_int(call, 4, where.line);
    ret_uint(call, 5, (uintptr_t)proto->code);
}

void native_runtime_goroutineStacks(NativeCall *call)
{
    Slice pcs = arg_slice(call, 0);
    int64_t size = arg_int(call, 3);
    ret_int(call, 0, native_all_callers(call, pcs.data, pcs.len / size, (int)size));
}

/* ---- Profiles ---- */

void native_runtime_beginMemProfile(NativeCall *call)
{
    records_begin_memory(arg_ptr(call, 0));
}

void native_runtime_SetBlockProfileRate(NativeCall *call)
{
    records_set_wait_rate(arg_int(call, 0));
}

void native_runtime_SetMutexProfileFraction(NativeCall *call)
{
    ret_int(call, 0, records_set_lock_fraction(arg_int(call, 0)));
}

void native_runtime_profileWords(NativeCall *call)
{
    size_t n;
    uintptr_t *words = records_words((RecordKind)arg_int(call, 0), &n);
    uint64_t *copy = gc_new_leaf((n + 1) * sizeof *copy);
    memcpy(copy, words, n * sizeof *copy);
    free(words);
    ret_slice(call, 0, (Slice){copy, (int64_t)n, (int64_t)n});
}
