/* SPDX-License-Identifier: MIT */
/* weak: words that the collector clears. */
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"

void native_weak_newCell(NativeCall *call)
{
    void **cell = gc_new_leaf(sizeof *cell);
    gc_weak_set(cell, arg_ptr(call, 0));
    ret_ptr(call, 0, cell);
}

void native_weak_get(NativeCall *call)
{
    ret_ptr(call, 0, gc_weak_get(arg_ptr(call, 0)));
}
