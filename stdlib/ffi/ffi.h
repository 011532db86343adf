/* SPDX-License-Identifier: MIT */
/* What calls into C and calls back share. */
#ifndef MGO_STDLIB_FFI_FFI_H
#define MGO_STDLIB_FFI_FFI_H

#include "stdlib/ffi/signature.h"
#include "stdlib/native.h"

/* A call into C under way on this thread: on the C stack of ffi's native. */
typedef struct CCall CCall;
struct CCall {
    NativeCall *call;
    CCall *outer;   /* further out on this thread */
    bool is_seen;   /* the collector knows of this thread meanwhile */
    bool is_broken; /* a callback panicked or ended its goroutine: further callbacks do nothing */
};
extern __thread CCall *ccall_current;

/* A func of the program that C can call. */
typedef struct Callback Callback;

/* Makes a callback for values of `type`; NULL with the reason where the type has no counterpart. */
Callback *callback_new(RType *type, Buf *problem);
/* What C calls. */
void *callback_address(const Callback *callback);
/* Sets the function that is called; not while C may call. NULL lets calls do nothing. */
void callback_set(Callback *callback, Closure *fn);
void callback_free(Callback *callback);

#endif
