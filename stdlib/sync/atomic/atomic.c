/* SPDX-License-Identifier: MIT */
/* sync/atomic: C11 atomics on the program's memory. Functions and methods take the same slots, so
 * each operation is written once for a type and named twice. */
#include "stdlib/natives.gen.h"

#include <stdatomic.h>

/* The address to work on, or NULL after noting the panic for a nil pointer. */
static void *address(NativeCall *call)
{
    void *p = arg_ptr(call, 0);
    if (!p) native_panic_runtime(call, "invalid memory address or nil pointer dereference");
    return p;
}

/* clang-format off */
#define FUNCTION(name) void native_sync_atomic_##name(NativeCall *call)

#define OPERATIONS(Type, T, m)                                                                     \
    static inline void Type##_load(NativeCall *call)                                               \
    {                                                                                              \
        _Atomic(T) *at = address(call);                                                            \
        if (at) call->results[0].m = atomic_load(at);                                              \
    }                                                                                              \
    static inline void Type##_store(NativeCall *call)                                              \
    {                                                                                              \
        _Atomic(T) *at = address(call);                                                            \
        if (at) atomic_store(at, (T)call->args[1].m);                                              \
    }                                                                                              \
    static inline void Type##_swap(NativeCall *call)                                               \
    {                                                                                              \
        _Atomic(T) *at = address(call);                                                            \
        if (at) call->results[0].m = atomic_exchange(at, (T)call->args[1].m);                      \
    }                                                                                              \
    static inline void Type##_cas(NativeCall *call)                                                \
    {                                                                                              \
        _Atomic(T) *at = address(call);                                                            \
        T old = (T)call->args[1].m;                                                                \
        if (at) call->results[0].u = atomic_compare_exchange_strong(at, &old, (T)call->args[2].m); \
    }                                                                                              \
    static inline void Type##_add(NativeCall *call)                                                \
    {                                                                                              \
        _Atomic(T) *at = address(call);                                                            \
        T delta = (T)call->args[1].m;                                                              \
        if (at) call->results[0].m = (T)((uint64_t)atomic_fetch_add(at, delta) + (uint64_t)delta); \
    }                                                                                              \
    static inline void Type##_and(NativeCall *call)                                                \
    {                                                                                              \
        _Atomic(T) *at = address(call);                                                            \
        if (at) call->results[0].m = atomic_fetch_and(at, (T)call->args[1].m);                     \
    }                                                                                              \
    static inline void Type##_or(NativeCall *call)                                                 \
    {                                                                                              \
        _Atomic(T) *at = address(call);                                                            \
        if (at) call->results[0].m = atomic_fetch_or(at, (T)call->args[1].m);                      \
    }                                                                                              \
    FUNCTION(Load##Type)            { Type##_load(call); }                                         \
    FUNCTION(Store##Type)           { Type##_store(call); }                                        \
    FUNCTION(Swap##Type)            { Type##_swap(call); }                                         \
    FUNCTION(CompareAndSwap##Type)  { Type##_cas(call); }                                          \
    FUNCTION(Add##Type)             { Type##_add(call); }                                          \
    FUNCTION(And##Type)             { Type##_and(call); }                                          \
    FUNCTION(Or##Type)              { Type##_or(call); }                                           \
    FUNCTION(Type##_Load)           { Type##_load(call); }                                         \
    FUNCTION(Type##_Store)          { Type##_store(call); }                                        \
    FUNCTION(Type##_Swap)           { Type##_swap(call); }                                         \
    FUNCTION(Type##_CompareAndSwap) { Type##_cas(call); }                                          \
    FUNCTION(Type##_Add)            { Type##_add(call); }                                          \
    FUNCTION(Type##_And)            { Type##_and(call); }                                          \
    FUNCTION(Type##_Or)             { Type##_or(call); }

OPERATIONS(Int32, int32_t, i)
OPERATIONS(Int64, int64_t, i)
OPERATIONS(Uint32, uint32_t, u)
OPERATIONS(Uint64, uint64_t, u)
OPERATIONS(Uintptr, uintptr_t, u)
/* clang-format on */

void native_sync_atomic_LoadPointer(NativeCall *call)
{
    _Atomic(void *) *at = address(call);
    if (at) ret_ptr(call, 0, atomic_load(at));
}

void native_sync_atomic_StorePointer(NativeCall *call)
{
    _Atomic(void *) *at = address(call);
    if (at) atomic_store(at, arg_ptr(call, 1));
}

void native_sync_atomic_SwapPointer(NativeCall *call)
{
    _Atomic(void *) *at = address(call);
    if (at) ret_ptr(call, 0, atomic_exchange(at, arg_ptr(call, 1)));
}

void native_sync_atomic_CompareAndSwapPointer(NativeCall *call)
{
    _Atomic(void *) *at = address(call);
    void *old = arg_ptr(call, 1);
    if (at) ret_bool(call, 0, atomic_compare_exchange_strong(at, &old, arg_ptr(call, 2)));
}

void native_sync_atomic_sameType(NativeCall *call)
{
    ret_bool(call, 0, arg_iface(call, 0).type == arg_iface(call, 2).type);
}
