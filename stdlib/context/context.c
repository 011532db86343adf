/* SPDX-License-Identifier: MIT */
/* context: two questions about types. */
#include "stdlib/natives.gen.h"

#include <string.h>

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
