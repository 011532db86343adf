/* SPDX-License-Identifier: MIT */
/* errors: the two places where As needs to know types at run time. */
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"

#include <string.h>

void native_errors_isComparable(NativeCall *call)
{
    Iface v = arg_iface(call, 0);
    ret_bool(call, 0, !v.type || v.type->flags & RT_COMPARABLE);
}

void native_errors_checkTarget(NativeCall *call)
{
    Iface target = arg_iface(call, 0);
    const char *text = "";
    if (!target.type) {
        text = "errors: target cannot be nil";
    } else if (target.type->kind != KIND_POINTER || !target.word.p) {
        text = "errors: target must be a non-nil pointer";
    } else {
        const RType *elem = target.type->elem;
        if (elem->kind != KIND_INTERFACE && !rtype_method(elem, "Error"))
            text = "errors: *target must be interface or implement error";
    }
    ret_string(call, 0, (String){text, (int64_t)strlen(text)});
}

void native_errors_assignTo(NativeCall *call)
{
    Iface err = arg_iface(call, 0), target = arg_iface(call, 2);
    RType *elem = target.type->elem;
    if (elem->kind == KIND_INTERFACE) {
        if (!rtype_implements(err.type, elem)) return;
        *(Iface *)target.word.p = err;
    } else {
        if (err.type != elem) return;
        memcpy(target.word.p, iface_data(&err), elem->size);
    }
    ret_bool(call, 0, true);
}
