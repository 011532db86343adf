/* SPDX-License-Identifier: MIT */
/* Natives: library functions in C.
 *
 * A native is declared in its package's .mgo as a function without a body and implemented as
 * native_PACKAGE_Name (slashes of the import path become underscores; methods:
 * native_PACKAGE_Type_Name, receiver first). It finds its parameters and leaves its results in the
 * slots of its frame, by slot number: a string parameter takes two slots, a slice three, an
 * interface two. Results are zeroed before the call.
 *
 * A native never blocks the thread for long and never calls back, except through the doors at the
 * end. It may allocate; the collector sees C locals and the whole frame. */
#ifndef MGO_STDLIB_NATIVE_H
#define MGO_STDLIB_NATIVE_H

#include "runtime/g.h"
#include "runtime/iface.h"
#include "runtime/string.h"
#include "vm/proto.h"

typedef enum NativeStatus {
    NATIVE_DONE,
    NATIVE_PARKED,  /* native_parked: the native returns at once and touches nothing more */
    NATIVE_PANICS,  /* native_panic…: raised when the native returns */
    NATIVE_GOEXIT,  /* native_goexit */
    NATIVE_UNWOUND, /* a panic in a nested call was recovered further out: the native returns at
                       once */
    NATIVE_ENDED,   /* the goroutine is to end: likewise */
} NativeStatus;

typedef struct NativeCall {
    Slot *args;    /* parameters */
    Slot *results; /* results */
    Goroutine *g;
    FuncProto *proto;
    int32_t args_slot; /* stack slot (from the stack's bottom) of args, for runtime calls that take
                          one */
    int32_t results_slot;
    uint8_t status; /* NativeStatus: what the native's return means; set by the functions below */
    Iface panic_value; /* with NATIVE_PANICS */
} NativeCall;

/* ---- Parameters and results, by slot ---- */

static inline int64_t arg_int(const NativeCall *c, int slot)
{
    return c->args[slot].i;
}
static inline uint64_t arg_uint(const NativeCall *c, int slot)
{
    return c->args[slot].u;
}
static inline bool arg_bool(const NativeCall *c, int slot)
{
    return c->args[slot].u != 0;
}
static inline double arg_float(const NativeCall *c, int slot)
{
    return c->args[slot].f;
}
static inline void *arg_ptr(const NativeCall *c, int slot)
{
    return c->args[slot].p;
}
static inline String arg_string(const NativeCall *c, int slot)
{
    return (String){c->args[slot].s, c->args[slot + 1].i};
}
static inline Slice arg_slice(const NativeCall *c, int slot)
{
    return (Slice){c->args[slot].p, c->args[slot + 1].i, c->args[slot + 2].i};
}
static inline Iface arg_iface(const NativeCall *c, int slot)
{
    return (Iface){c->args[slot].type, c->args[slot + 1]};
}
static inline void ret_int(NativeCall *c, int slot, int64_t v)
{
    c->results[slot].i = v;
}
static inline void ret_uint(NativeCall *c, int slot, uint64_t v)
{
    c->results[slot].u = v;
}
static inline void ret_bool(NativeCall *c, int slot, bool v)
{
    c->results[slot].u = v;
}
static inline void ret_float(NativeCall *c, int slot, double v)
{
    c->results[slot].f = v;
}
static inline void ret_ptr(NativeCall *c, int slot, void *v)
{
    c->results[slot].p = v;
}
static inline void ret_string(NativeCall *c, int slot, String v)
{
    c->results[slot].p = (void *)(uintptr_t)v.data;
    c->results[slot + 1].i = v.len;
}
static inline void ret_slice(NativeCall *c, int slot, Slice v)
{
    c->results[slot].p = v.data;
    c->results[slot + 1].i = v.len;
    c->results[slot + 2].i = v.cap;
}
static inline void ret_iface(NativeCall *c, int slot, Iface v)
{
    c->results[slot].type = v.type;
    c->results[slot + 1] = v.word;
}

/* ---- Bad news ---- */

/* Panics with a runtime.Error whose text is "runtime error: " + text when the native returns. The
 * text is copied. */
void native_panic_runtime(NativeCall *call, const char *text);
/* Panics with a string value (panic("text")). */
void native_panic_string(NativeCall *call, const char *text);
/* Panics with any value. */
void native_panic_value(NativeCall *call, Iface value);
/* Ends the goroutine as runtime.Goexit does. */
void native_goexit(NativeCall *call);

/* ---- Doors ---- */

/* To park: pass call->g to a runtime function that parks (chan_send, sema_acquire, timer_sleep,
 * poll_wait …; frame, live and pc are already stored); where it says "parked", call
 * native_parked(call, resume) and return at once. When the goroutine runs again, resume (if not
 * NULL) is called like a native, with the same frame, and may park again; g->wake_status and
 * g->scratch are there for it. Order: because the goroutine may run elsewhere as soon as it is
 * parked, set the resume function BEFORE parking with native_will_park and undo with
 * native_wont_park where nothing parked. */
void native_will_park(NativeCall *call, NativeFn *resume);
void native_wont_park(NativeCall *call);
void native_parked(NativeCall *call);

/* Around a system call that may block the thread: gives the processor away meanwhile. Between the
 * two no collected memory may be allocated and call->args and call->results must not be touched
 * (copy first). */
void native_enter_blocking(NativeCall *call);
/* Returns whether it was taken. */
bool native_leave_blocking(NativeCall *call);

/* Nested call: runs `fn` with arguments at args (slots as its frame wants them) on the C stack and
 * puts its results into results. Returns false where it panicked or the goroutine must end: the
 * native then returns at once. call->args and call->results are refreshed, pointers taken from them
 * before are stale. */
bool native_call(NativeCall *call, Closure *fn, const Slot *args, int nargs, Slot *results,
                 int nresults);

/* Starts a goroutine that calls `fn` with these argument slots. From any worker, timer functions
 * included. */
void native_go(Closure *fn, const Slot *args, int nargs);

/* ---- Ends and traces ---- */

/* Ends the process with "fatal error: " + text and the traces of all goroutines, status 2. Cannot
 * be recovered. */
_Noreturn void native_fatal(NativeCall *call, const char *text);
/* Ends the process with this status, after what has to happen at every end (vm_exit). */
_Noreturn void native_exit(int status);

/* The program's arguments (os.Args) as vm_init got them; *argc gets their number. */
char **native_arguments(int *argc);
/* The version (24 for Go 1.24) that the program's module asks for; 0: the newest. */
int native_go_version(void);
/* The text of a setting in the environment's GODEBUG=NAME=TEXT,... up to its end or a comma; NULL where it is not there. */
const char *native_debug_setting(const char *name);

/* Fills pcs[0..n) with the pcs of the calling goroutine's frames, the native's caller first (skip
 * 0), wrappers left out, and returns how many there were room for. A pc is the address of the
 * call's instruction; it keeps its meaning as long as the process lives. */
int native_callers(NativeCall *call, int skip, uintptr_t *pcs, int n);
/* The same for all goroutines, the caller's first, with `size` pcs each and zeros behind, as far as
 * there is room for `room` of them. Returns how many goroutines there are. */
int64_t native_all_callers(NativeCall *call, uintptr_t *pcs, int64_t room, int size);
/* The function that contains a pc from native_callers, or NULL; *where gets the position. */
const FuncProto *native_pc_function(uintptr_t pc, Pos *where);
/* The trace of the calling goroutine, or of all (runtime.Stack), in Go's form. malloc'ed; the
 * caller frees. */
char *native_stack_trace(NativeCall *call, bool all, size_t *len);

/* ---- What the vm gives natives ---- */

/* The RType of *elem, []elem and so on, made if need be (the compiler's table, under its lock). */
RType *rtype_pointer_to(RType *elem);
RType *rtype_slice_of(RType *elem);
RType *rtype_array_of(RType *elem, int64_t len);
RType *rtype_map_of(RType *key, RType *elem);
RType *rtype_chan_of(RType *elem, int dir); /* dir as in RType */
RType *rtype_func_of(RType *const *params, uint32_t nparams, RType *const *results,
                     uint32_t nresults, bool is_variadic);
/* Of a field, name, package, type, tag and is_embedded count; tags are copied. */
RType *rtype_struct_of(const RField *fields, uint32_t n);
/* The signature of methods[i] without receiver; made when it is first asked for. */
RType *rtype_method_type(RType *type, uint32_t i);
/* methods[i] of a concrete type as a function that takes the receiver as its first parameter. */
FuncProto *rtype_method_expression(RType *type, uint32_t i);
/* Predeclared types. */
RType *rtype_basic(Kind kind);
/* One line per embedded package: name, source text; generated by the build. */
typedef struct EmbeddedFile {
    const char *package; /* import path: "net/url" */
    const char *file;    /* "net/url/url.mgo" */
    const char *text;    /* followed by two NULs */
    size_t len;
} EmbeddedFile;
extern const EmbeddedFile stdlib_files[];
extern const size_t stdlib_nfiles;
/* Finds a native by "path.Name" or "path.Type.Name", where path is the import path:
 * "sync/atomic.AddInt32". NULL if there is none. Generated by the build. */
NativeFn *stdlib_native(const char *name);

#endif
