/* SPDX-License-Identifier: MIT */
/* Calls from C.
 *
 * On a thread that is itself inside a call of ffi, the callback takes a processor again and runs
 * the function above the frames of the goroutine that called C. Where the function panics past the
 * C frames, or ends its goroutine, those cannot be unwound: C gets zeros, its further callbacks do
 * nothing, and what happened takes effect when C returns.
 *
 * On a thread of C's own there is no goroutine: a new one runs the function while the thread waits.
 * The request lies on that thread's stack, which the collector does not see; it holds no collected
 * pointers, so the function goes beside it. */
#include "stdlib/ffi/ffi.h"

#include "base/fatal.h"
#include "runtime/gc.h"
#include "runtime/lock.h"
#include "stdlib/natives.gen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

__thread CCall *ccall_current;

struct Callback {
    _Atomic(Closure *) fn; /* NULL while nobody may call */
    Signature *signature;
    ffi_closure *closure;
    void *address;
};

static Closure *server; /* serveCallback(request, fn); set before the program runs */

/* A call from a foreign thread. */
typedef struct Request {
    const Signature *signature;
    void *result, **args;
    _Atomic uint32_t is_done; /* futex; the thread returns when it is 1 */
} Request;

static void load_args(const Signature *s, void **args, Slot *slots)
{
    for (uint32_t i = 0; i < s->nparams; i++) {
        const Cross *p = &s->params[i];
        switch (p->kind) {
        case CROSS_MEMORY: memcpy(&slots[p->slot], args[i], p->type->size); break;
        case CROSS_STRING: {
            const char *text = *(const char **)args[i];
            String copy = string_copy(text, text ? (int64_t)strlen(text) : 0);
            slots[p->slot].s = (char *)(uintptr_t)copy.data;
            slots[p->slot + 1].i = copy.len;
            break;
        }
        default: slots[p->slot] = signature_load(p->type, args[i]);
        }
    }
}

/* libffi wants integers widened to a whole register. */
static void store_result(const Signature *s, void *result, const Slot *slots)
{
    switch (s->result.kind) {
    case CROSS_VOID: break;
    case CROSS_INT: memcpy(result, slots, sizeof(ffi_arg)); break;
    default: memcpy(result, slots, s->result.type->size);
    }
}

static bool run(NativeCall *call, const Signature *s, Closure *fn, void *result, void **args)
{
    Slot slots[s->param_slots + 1], results[s->result_slots + 1];
    memset(slots, 0, sizeof slots);
    memset(results, 0, sizeof results);
    load_args(s, args, slots);
    bool is_done = native_call(call, fn, slots, (int)s->param_slots, results, (int)s->result_slots);
    store_result(s, result, results);
    return is_done;
}

/* A call on a thread that is in C; runs with the collector knowing of the thread again. */
typedef struct Nested {
    CCall *in;
    const Signature *signature;
    Closure *fn;
    void *result, **args;
} Nested;

static void *run_here(void *nested)
{
    const Nested *n = nested;
    CCall *in = n->in;
    native_leave_blocking(in->call);
    ccall_current = NULL; /* what the function calls is further in, on whatever thread */
    if (!run(in->call, n->signature, n->fn, n->result, n->args)) in->is_broken = true;
    ccall_current = in;
    if (!in->is_broken) native_enter_blocking(in->call);
    return NULL;
}

typedef struct Question {
    Request *request;
    Closure *fn;
} Question;

static void *ask(void *question)
{
    const Question *q = question;
    Slot args[] = {{.p = q->request}, {.p = q->fn}};
    native_go(server, args, 2);
    return NULL;
}

void native_ffi_setServer(NativeCall *call)
{
    server = arg_ptr(call, 0);
}

void native_ffi_serveCallback(NativeCall *call)
{
    Request *r = arg_ptr(call, 0);
    /* Where the function ends its goroutine by Goexit, the thread gets zeros. */
    run(call, r->signature, arg_ptr(call, 1), r->result, r->args);
    atomic_store(&r->is_done, 1);
    futex_wake(&r->is_done, 1);
}

static void enter(ffi_cif *cif, void *result, void **args, void *data)
{
    Callback *callback = data;
    (void)cif;
    if (callback->signature->result.kind != CROSS_VOID) {
        size_t size = callback->signature->result.type->size;
        memset(result, 0, size < sizeof(ffi_arg) ? sizeof(ffi_arg) : size);
    }
    CCall *in = ccall_current;
    Closure *fn = atomic_load(&callback->fn);
    if (in) {
        int saved = errno;
        Nested nested = {in, callback->signature, fn, result, args};
        if (!in->is_broken && fn) {
            if (in->is_seen)
                run_here(&nested);
            else
                gc_undo_blocking(run_here, &nested);
        }
        errno = saved;
    } else if (fn) {
        Request request = {.signature = callback->signature, .result = result, .args = args};
        Question question = {&request, fn};
        gc_with_thread(ask, &question);
        while (!atomic_load(&request.is_done)) futex_wait(&request.is_done, 0, -1);
    }
}

Callback *callback_new(RType *type, Buf *problem)
{
    Callback *callback = gc_root_alloc(sizeof *callback);
    callback->signature = calloc(1, sizeof *callback->signature);
    if (!callback->signature) fatal_out_of_memory();
    if (signature_init(callback->signature, type, true, problem)) {
        callback->closure = ffi_closure_alloc(sizeof *callback->closure, &callback->address);
        if (callback->closure && ffi_prep_closure_loc(callback->closure, &callback->signature->cif,
                                                      enter, callback, callback->address) == FFI_OK)
            return callback;
        buf_text(problem, "the system gives no memory for callbacks");
    }
    callback_free(callback);
    return NULL;
}

void *callback_address(const Callback *callback)
{
    return callback->address;
}

void callback_set(Callback *callback, Closure *fn)
{
    atomic_store(&callback->fn, fn);
}

void callback_free(Callback *callback)
{
    if (callback->closure) ffi_closure_free(callback->closure);
    free(callback->signature);
    gc_root_free(callback);
}
