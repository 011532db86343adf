/* SPDX-License-Identifier: MIT */
/* flag: a zero value beside a flag's value, to see whether its default is worth mentioning. */
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"

#include <string.h>

/* zeroOf(v): a value of v's dynamic type that is zero, or points to zero. */
void native_flag_zeroOf(NativeCall *call)
{
    Iface value = arg_iface(call, 0);
    RType *type = value.type;
    Slot zero[(type->size + 7) / 8 + 1];
    memset(zero, 0, sizeof zero);
    if (type->kind == KIND_POINTER) zero[0].p = gc_new_type(type->elem, 1);
    const char *name = type->kind == KIND_POINTER ? type->elem->string : type->string;
    ret_iface(call, 0, iface_make(type, zero));
    ret_string(call, 2, (String){name, (int64_t)strlen(name)});
}
