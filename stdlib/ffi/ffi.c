/* SPDX-License-Identifier: MIT */
/* ffi: libraries, bindings, and the call into C.
 *
 * A bound function is a native of its own: a FuncProto inside a Binding, with the signature
 * prepared once. The parameters are copied from the goroutine's stack to the C stack, since
 * callbacks may move the former; then the processor is given away for as long as C runs. Where
 * every parameter and the result travel in registers (nearly always), the call needs no libffi: all
 * argument registers are loaded, and the callee looks at those it knows of. */
#include "stdlib/ffi/ffi.h"

#include "base/fatal.h"
#include "runtime/gc.h"
#include "runtime/lock.h"
#include "runtime/sched.h"
#include "stdlib/natives.gen.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Libraries ---- */

typedef struct Library {
    void *handle;
    _Atomic bool is_closed;
} Library; /* malloc'ed, kept: bindings look at is_closed */

static void ret_text(NativeCall *call, int slot, const char *text)
{
    ret_string(call, slot, string_copy(text, (int64_t)strlen(text)));
}

/* A C string on the C heap; free it. */
static char *to_c(String s)
{
    char *text = malloc((size_t)s.len + 1);
    if (!text) fatal_out_of_memory();
    if (s.len) memcpy(text, s.data, (size_t)s.len);
    text[s.len] = '\0';
    return text;
}

void native_ffi_open(NativeCall *call)
{
    String name = arg_string(call, 0);
    char *path = to_c(name);
    /* The program's own output is not buffered; with C's likewise, the two stay in order. */
    setvbuf(stdout, NULL, _IONBF, 0);
    void *handle = dlopen(name.len ? path : NULL, RTLD_NOW | RTLD_LOCAL);
    free(path);
    if (!handle) {
        ret_text(call, 1, dlerror());
        return;
    }
    Library *library = calloc(1, sizeof *library);
    if (!library) fatal_out_of_memory();
    library->handle = handle;
    ret_ptr(call, 0, library);
}

void native_ffi_closeLib(NativeCall *call)
{
    Library *library = arg_ptr(call, 0);
    if (atomic_exchange(&library->is_closed, true))
        ret_text(call, 0, "library is already closed");
    else if (dlclose(library->handle) != 0)
        ret_text(call, 0, dlerror());
}

void native_ffi_symbol(NativeCall *call)
{
    const Library *library = arg_ptr(call, 0);
    if (library->is_closed) {
        ret_bool(call, 1, true);
        return;
    }
    char *name = to_c(arg_string(call, 1));
    ret_ptr(call, 0, dlsym(library->handle, name));
    free(name);
}

/* ---- Memory ---- */

void native_ffi_String(NativeCall *call)
{
    const char *text = arg_ptr(call, 0);
    ret_string(call, 0, string_copy(text, text ? (int64_t)strlen(text) : 0));
}

void native_ffi_Alloc(NativeCall *call)
{
    int64_t n = arg_int(call, 0);
    void *p = n < 0 ? NULL : calloc(n ? (size_t)n : 1, 1);
    if (p)
        ret_ptr(call, 0, p);
    else
        native_panic_string(call, n < 0 ? "ffi: negative size" : "ffi: out of memory");
}

void native_ffi_Free(NativeCall *call)
{
    free(arg_ptr(call, 0));
}

/* ---- Bindings ---- */

typedef struct Binding {
    FuncProto proto; /* first: a native finds its Binding by its proto */
    Signature signature;
    void (*function)(void);
    const Library *library; /* NULL: a bare address */
    RType *errno_type;      /* syscall.Errno */
    const char *name;
    _Atomic uint32_t nquick;    /* calls in a row that took little time; see ccall_run */
    _Atomic(Callback *) *spare; /* per parameter: a callback that no call uses now */
} Binding;

/* One argument on its way: where its value lies for libffi. */
typedef union Value {
    Slot slot;
    void *pointer;
} Value;

/* A call's memory on the C stack. */
typedef struct Crossing {
    Binding *binding;
    const Slot *slots; /* the parameters, copied */
    Value *values;
    void **places;        /* of the values, for libffi */
    Callback **callbacks; /* in use, by parameter; NULL elsewhere */
    Slot *result;
} Crossing;

static bool panic_text(NativeCall *call, const Binding *b, const char *what)
{
    Buf text = {0};
    buf_printf(&text, "ffi: %s: %s", b->name, what);
    native_panic_string(call, buf_str(&text));
    buf_free(&text);
    return false;
}

static bool cross_string(NativeCall *call, const Binding *b, const Slot *slots, Value *value)
{
    int64_t len = slots[1].i;
    if (len && memchr(slots[0].s, 0, (size_t)len))
        return panic_text(call, b, "string argument contains a NUL");
    char *copy = gc_new_leaf((size_t)len + 1);
    if (len) memcpy(copy, slots[0].s, (size_t)len);
    value->pointer = copy;
    return true;
}

static Callback *take_callback(Binding *b, uint32_t i, Closure *fn)
{
    Callback *callback = atomic_exchange(&b->spare[i], NULL);
    Buf problem = {0};
    if (!callback) callback = callback_new(b->signature.params[i].type, &problem);
    buf_free(&problem);
    if (callback) callback_set(callback, fn);
    return callback;
}

static void give_callbacks(const Crossing *x)
{
    Binding *b = x->binding;
    for (uint32_t i = 0; i < b->signature.nparams; i++) {
        if (!x->callbacks[i]) continue;
        callback_set(x->callbacks[i], NULL);
        Callback *other = atomic_exchange(&b->spare[i], x->callbacks[i]);
        if (other) callback_free(other);
    }
}

static bool cross_func(NativeCall *call, const Crossing *x, uint32_t i, Closure *fn)
{
    x->values[i].pointer = NULL;
    if (!fn) return true;
    x->callbacks[i] = take_callback(x->binding, i, fn);
    if (!x->callbacks[i]) return panic_text(call, x->binding, "no memory for callbacks");
    x->values[i].pointer = callback_address(x->callbacks[i]);
    return true;
}

static bool cross_value(NativeCall *call, const Crossing *x, uint32_t i, const Cross *p,
                        const Slot *slots)
{
    x->places[i] = &x->values[i];
    switch (p->kind) {
    case CROSS_STRING: return cross_string(call, x->binding, slots, &x->values[i]);
    case CROSS_FUNC: return cross_func(call, x, i, slots[0].p);
    case CROSS_MEMORY: x->places[i] = (void *)(uintptr_t)slots; return true;
    default: x->values[i].slot = slots[0]; return true;
    }
}

static bool cross_params(NativeCall *call, const Crossing *x)
{
    const Signature *s = &x->binding->signature;
    for (uint32_t i = 0; i < s->nparams; i++) {
        const Cross *p = &s->params[i];
        if (!cross_value(call, x, i, p, x->slots + p->slot)) return false;
    }
    return true;
}

/* ---- The call itself ---- */

/* Runs C's part where it may take long: the collector neither waits for this thread nor sends it a
 * signal, which would end C's sleeps early. What C was given stays alive by the frames above this
 * one. */
static void run_unseen(Binding *b, void *(*part)(void *), void *arg)
{
    enum { QUICK_NS = 10000 };
    int64_t begin = sched_nanotime();
    gc_do_blocking(part, arg);
    bool is_quick = sched_nanotime() - begin < QUICK_NS;
    atomic_store_explicit(&b->nquick, is_quick ? b->nquick + 1 : 0, memory_order_relaxed);
}

/* While C runs, the processor is given away. To hide from the collector costs more than most calls,
 * so a function that was quick a few times is not hidden any more, until a call of it is found to
 * have lost its processor. Returns false where a callback ended the goroutine or panicked past C:
 * then call says so already. */
static bool ccall_run(NativeCall *call, Binding *b, void *(*part)(void *), void *arg)
{
    enum { TRIALS = 8 };
    CCall here = {.call = call, .outer = ccall_current};
    here.is_seen = atomic_load_explicit(&b->nquick, memory_order_relaxed) >= TRIALS;
    ccall_current = &here;
    native_enter_blocking(call);
    if (here.is_seen)
        part(arg);
    else
        run_unseen(b, part, arg);
    if (!here.is_broken && native_leave_blocking(call))
        atomic_store_explicit(&b->nquick, 0, memory_order_relaxed);
    ccall_current = here.outer;
    return !here.is_broken;
}

#if defined __x86_64__ || defined __aarch64__
typedef uint64_t IntsFn(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
typedef uint64_t IntFn(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, double, double,
                       double, double, double, double, double, double);
typedef double FloatFn(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, double, double,
                       double, double, double, double, double, double);

/* The registers that carry arguments. */
typedef struct Registers {
    uint64_t n[6];
    double f[8];
} Registers;

static void load_register(Registers *to, uint32_t *nints, uint32_t *nfloats, CrossKind kind,
                          Slot value)
{
    if (kind == CROSS_FLOAT)
        to->f[(*nfloats)++] = value.f; /* a float32's bits are in the low half, as C wants them */
    else
        to->n[(*nints)++] = value.u;
}

static Slot call_loaded(const Binding *b, const Registers *r)
{
    const uint64_t *n = r->n;
    const double *f = r->f;
    void (*function)(void) = b->function;
    if (b->signature.result.kind == CROSS_FLOAT)
        return (Slot){.f = ((FloatFn *)function)(n[0], n[1], n[2], n[3], n[4], n[5], f[0], f[1],
                                                 f[2], f[3], f[4], f[5], f[6], f[7])};
    if (b->signature.nfloats == 0)
        return (Slot){.u = ((IntsFn *)function)(n[0], n[1], n[2], n[3], n[4], n[5])};
    return (Slot){.u = ((IntFn *)function)(n[0], n[1], n[2], n[3], n[4], n[5], f[0], f[1], f[2],
                                           f[3], f[4], f[5], f[6], f[7])};
}

static void call_in_registers(const Crossing *x)
{
    const Signature *s = &x->binding->signature;
    Registers r = {0};
    uint32_t nints = 0, nfloats = 0;
    for (uint32_t i = 0; i < s->nparams; i++)
        load_register(&r, &nints, &nfloats, s->params[i].kind, x->values[i].slot);
    *x->result = call_loaded(x->binding, &r);
}

typedef struct ScalarPart {
    const Binding *binding;
    Registers registers;
    Slot result;
    int error;
} ScalarPart;

static void *run_scalars(void *part)
{
    ScalarPart *p = part;
    errno = 0;
    p->result = call_loaded(p->binding, &p->registers);
    p->error = errno;
    return NULL;
}

/* The whole call where nothing but scalars crosses. */
static void call_scalars(NativeCall *call, Binding *b)
{
    const Signature *s = &b->signature;
    ScalarPart part = {.binding = b};
    uint32_t nints = 0, nfloats = 0;
    for (uint32_t i = 0; i < s->nparams; i++)
        load_register(&part.registers, &nints, &nfloats, s->params[i].kind, call->args[i]);
    if (!ccall_run(call, b, run_scalars, &part)) return;
    if (s->result.kind != CROSS_VOID)
        call->results[0] = signature_load(s->result.type, &part.result);
    if (s->has_errno && part.error)
        ret_iface(call, (int)s->errno_slot, (Iface){b->errno_type, {.i = part.error}});
}
#else /* signature_init sets neither is_in_registers nor is_scalar */
static void call_in_registers(const Crossing *x)
{
    (void)x;
}

static void call_scalars(NativeCall *call, Binding *b)
{
    (void)call, (void)b;
}
#endif

/* C's part of a call. */
typedef struct CPart {
    const Crossing *x;
    ffi_cif *cif; /* NULL: in registers */
    int error;
} CPart;

static void *run_part(void *part)
{
    CPart *p = part;
    errno = 0;
    if (p->cif)
        ffi_call(p->cif, p->x->binding->function, p->x->result, p->x->places);
    else
        call_in_registers(p->x);
    p->error = errno;
    return NULL;
}

static bool run_c(NativeCall *call, const Crossing *x, ffi_cif *cif, int *error)
{
    CPart part = {.x = x, .cif = cif};
    bool is_done = ccall_run(call, x->binding, run_part, &part);
    *error = part.error;
    return is_done;
}

static void deliver(NativeCall *call, const Crossing *x, int error)
{
    const Signature *s = &x->binding->signature;
    switch (s->result.kind) {
    case CROSS_VOID: break;
    case CROSS_STRING: {
        const char *text = x->result->p;
        ret_string(call, 0, string_copy(text, text ? (int64_t)strlen(text) : 0));
        break;
    }
    case CROSS_MEMORY: memcpy(call->results, x->result, s->result.type->size); break;
    default: call->results[0] = signature_load(s->result.type, x->result);
    }
    if (s->has_errno && error)
        ret_iface(call, (int)s->errno_slot, (Iface){x->binding->errno_type, {.i = error}});
}

static size_t result_room(const Signature *s)
{
    size_t size = s->result.kind == CROSS_MEMORY ? s->result.type->size : sizeof(Slot);
    return size / sizeof(Slot) + 2; /* libffi may write whole registers */
}

static void call_fixed(NativeCall *call, Binding *b)
{
    Signature *s = &b->signature;
    uint32_t n = s->nparams;
    Slot slots[s->param_slots + 1], result[result_room(s)];
    Value values[n + 1];
    void *places[n + 1];
    Callback *callbacks[n + 1];
    memcpy(slots, call->args, s->param_slots * sizeof(Slot));
    memset(callbacks, 0, sizeof callbacks);
    memset(result, 0, sizeof result);
    Crossing x = {b, slots, values, places, callbacks, result};
    int error = 0;
    bool is_done =
        cross_params(call, &x) && run_c(call, &x, s->is_in_registers ? NULL : &s->cif, &error);
    give_callbacks(&x);
    if (is_done) deliver(call, &x, error);
}

/* ---- Variadic calls ---- */

/* The i-th of the variadic arguments: its type, and its value's slots. */
static RType *variadic_arg(const Signature *s, Slice rest, uint32_t i, Slot *slots)
{
    RType *elem = s->type->params[s->nparams]->elem;
    if (elem->kind == KIND_INTERFACE) {
        const Iface *value = (const Iface *)rest.data + i;
        if (!value->type) return NULL;
        if (value->type->flags & RT_DIRECT)
            slots[0] = value->word;
        else if (value->type->size <= 3 * sizeof(Slot))
            memcpy(slots, value->word.p, value->type->size);
        return value->type;
    }
    const char *at = (const char *)rest.data + i * elem->size;
    if (elem->slots == 1)
        slots[0] = signature_load(elem, at);
    else if (elem->size <= 3 * sizeof(Slot))
        memcpy(slots, at, elem->size);
    return elem;
}

static bool cross_variadic(NativeCall *call, const Crossing *x, uint32_t i, Slice rest,
                           ffi_type **ctype)
{
    const Signature *s = &x->binding->signature;
    Slot slots[3] = {0};
    RType *type = variadic_arg(s, rest, i - s->nparams, slots);
    *ctype = &ffi_type_pointer;
    x->places[i] = &x->values[i];
    x->values[i].pointer = NULL;
    if (!type) return true;
    Cross cross = {0};
    Buf problem = {0};
    if (!signature_cross(type, &cross, &problem) || cross.kind == CROSS_MEMORY) {
        Buf text = {0};
        if (!problem.len) buf_printf(&problem, "%s cannot be a variadic argument", type->string);
        buf_printf(&text, "argument %u: %s", i + 1, buf_str(&problem));
        panic_text(call, x->binding, buf_str(&text));
        buf_free(&text);
        buf_free(&problem);
        return false;
    }
    *ctype = cross.ctype;
    if (type->kind == KIND_FLOAT32) slots[0].f = (double)slots[0].f32;
    return cross_value(call, x, i, &cross, slots);
}

static bool cross_rest(NativeCall *call, const Crossing *x, Slice rest, ffi_type **ctypes)
{
    uint32_t n = x->binding->signature.nparams;
    for (uint32_t i = 0; i < rest.len; i++) {
        if (!cross_variadic(call, x, n + i, rest, &ctypes[n + i])) return false;
    }
    return true;
}

static void call_variadic(NativeCall *call, Binding *b)
{
    enum { REST_MAX = 1000 };
    Signature *s = &b->signature;
    Slice rest = arg_slice(call, (int)s->variadic_slot);
    if (rest.len > REST_MAX) {
        panic_text(call, b, "more than 1000 variadic arguments");
        return;
    }
    uint32_t n = s->nparams + (uint32_t)rest.len;
    Slot slots[s->param_slots], result[result_room(s)];
    Value values[n + 1];
    void *places[n + 1];
    Callback *callbacks[n + 1];
    ffi_type *ctypes[n + 1];
    memcpy(slots, call->args, s->param_slots * sizeof(Slot));
    memset(callbacks, 0, sizeof callbacks);
    memset(result, 0, sizeof result);
    Crossing x = {b, slots, values, places, callbacks, result};
    int error = 0;
    bool is_done = cross_params(call, &x) && cross_rest(call, &x, rest, ctypes);
    if (is_done) {
        for (uint32_t i = 0; i < s->nparams; i++) ctypes[i] = s->params[i].ctype;
        ffi_cif cif;
        if (ffi_prep_cif_var(&cif, FFI_DEFAULT_ABI, s->nparams, n, s->result.ctype, ctypes) ==
            FFI_OK)
            is_done = run_c(call, &x, &cif, &error);
        else
            is_done = panic_text(call, b, "libffi refuses these arguments");
    }
    give_callbacks(&x);
    if (is_done) deliver(call, &x, error);
}

static void call_c(NativeCall *call)
{
    Binding *b = (Binding *)call->proto;
    if (b->library && b->library->is_closed)
        panic_text(call, b, "called after its library was closed");
    else if (b->signature.is_scalar)
        call_scalars(call, b);
    else if (b->signature.is_variadic)
        call_variadic(call, b);
    else
        call_fixed(call, b);
}

/* ---- Making bindings ---- */

/* Func parameters must be callable too; their first callback is made here, so that mistakes show.
 */
static bool prepare_callbacks(Binding *b, Buf *problem)
{
    const Signature *s = &b->signature;
    for (uint32_t i = 0; i < s->nparams; i++) {
        if (s->params[i].kind != CROSS_FUNC) continue;
        Callback *callback = callback_new(s->params[i].type, problem);
        if (!callback) return false;
        atomic_store(&b->spare[i], callback);
    }
    return true;
}

static Binding *binding_new(RType *type, const char *name, Buf *problem)
{
    Binding *b = calloc(1, sizeof *b);
    if (!b) fatal_out_of_memory();
    b->name = name;
    if (!signature_init(&b->signature, type, false, problem)) return NULL;
    b->spare = calloc(b->signature.nparams + 1, sizeof *b->spare);
    if (!b->spare) fatal_out_of_memory();
    if (!prepare_callbacks(b, problem)) return NULL;
    Buf full = {0};
    buf_printf(&full, "ffi.%s", name);
    b->proto.name = full.data;
    b->proto.type = type;
    b->proto.nparams = (uint16_t)b->signature.param_slots;
    b->proto.nresults = (uint16_t)b->signature.result_slots;
    b->proto.flags = PROTO_LIBRARY;
    proto_init_native(&b->proto, call_c);
    return b;
}

void native_ffi_bind(NativeCall *call)
{
    Iface fn = arg_iface(call, 0);
    if (!fn.type || fn.type->kind != KIND_POINTER || fn.type->elem->kind != KIND_FUNC ||
        !fn.word.p) {
        ret_text(call, 0, "Bind needs a pointer to a func variable");
        return;
    }
    Buf problem = {0};
    Binding *b = binding_new(fn.type->elem, to_c(arg_string(call, 4)), &problem);
    if (b) {
        b->function = (void (*)(void))arg_ptr(call, 2);
        b->library = arg_ptr(call, 3);
        b->errno_type = arg_iface(call, 6).type;
        *(Closure **)fn.word.p = b->proto.value;
    } else {
        ret_text(call, 0, buf_str(&problem));
    }
    buf_free(&problem);
}

/* ---- Callbacks that stay ---- */

void native_ffi_newCallback(NativeCall *call)
{
    Iface fn = arg_iface(call, 0);
    if (!fn.type || fn.type->kind != KIND_FUNC || !fn.word.p) {
        ret_text(call, 2, "not a func, or nil");
        return;
    }
    Buf problem = {0};
    Callback *callback = callback_new(fn.type, &problem);
    if (callback) {
        callback_set(callback, fn.word.p);
        sched_external_add(1);
        ret_ptr(call, 0, callback);
        ret_ptr(call, 1, callback_address(callback));
    } else {
        ret_text(call, 2, buf_str(&problem));
    }
    buf_free(&problem);
}

void native_ffi_freeCallback(NativeCall *call)
{
    callback_free(arg_ptr(call, 0));
    sched_external_add(-1);
}
