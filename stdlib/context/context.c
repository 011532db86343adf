/* SPDX-License-Identifier: MIT */
/* context: questions about types, and a channel that is read and set atomically. */
#include "stdlib/natives.gen.h"

#include <stdatomic.h>
#include <string.h>

void native_context_loadDone(NativeCall *call)
{
    _Atomic(void *) *at = arg_ptr(call, 0);
    ret_ptr(call, 0, atomic_load(at));
}

void native_context_storeDone(NativeCall *call)
{
    _Atomic(void *) *at = arg_ptr(call, 0);
    atomic_store(at, arg_ptr(call, 1));
}

void native_context_typeName(NativeCall *call)
{
    Iface v = arg_iface(call, 0);
    const char *name = v.type ? v.type->string : "<nil>";
    ret_string(call, 0, (String){name, (int64_t)strlen(name)});
}

void native_context_isComparable(NativeCall *call)
{
    Iface v = arg_iface(call, 0);
    ret_bool(call, 0, !v.type || v.type->flags & RT_COMPARABLE);
}
