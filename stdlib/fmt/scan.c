/* SPDX-License-Identifier: MIT */
/* fmt: storing what was scanned through pointers of any type. */
#include "stdlib/natives.gen.h"

#include <string.h>

/* The type that the pointer in an interface points to; *target gets the address. */
static const RType *pointed(const NativeCall *call, void **target)
{
    Iface arg = arg_iface(call, 0);
    *target = arg.word.p;
    return arg.type->elem;
}

static const char *kind_name(const RType *type)
{
    switch (type->kind) {
    case KIND_BOOL: return "bool";
    case KIND_STRING: return "string";
    case KIND_FLOAT32:
    case KIND_FLOAT64: return "float";
    case KIND_COMPLEX64:
    case KIND_COMPLEX128: return "complex";
    case KIND_SLICE: return type->elem->kind == KIND_UINT8 ? "bytes" : "";
    default:
        if (type->kind >= KIND_INT && type->kind <= KIND_INT64) return "int";
        return type->kind >= KIND_UINT && type->kind <= KIND_UINTPTR ? "uint" : "";
    }
}

static void ret_text(NativeCall *call, int slot, const char *text)
{
    ret_string(call, slot, (String){text, (int64_t)strlen(text)});
}

void native_fmt_kindOf(NativeCall *call)
{
    Iface arg = arg_iface(call, 0);
    if (!arg.type || arg.type->kind != KIND_POINTER || !arg.word.p) {
        ret_text(call, 4, arg.type ? arg.type->string : "<nil>");
        return;
    }
    ret_text(call, 0, kind_name(arg.type->elem));
    ret_int(call, 2, (int64_t)arg.type->elem->size * 8);
    ret_bool(call, 3, true);
    ret_text(call, 4, arg.type->string);
}

void native_fmt_setNumber(NativeCall *call)
{
    void *target;
    const RType *type = pointed(call, &target);
    memcpy(target, &call->args[2], type->size);
}

void native_fmt_setFloat(NativeCall *call)
{
    void *target;
    const RType *type = pointed(call, &target);
    if (type->kind == KIND_FLOAT32)
        *(float *)target = (float)arg_float(call, 2);
    else
        *(double *)target = arg_float(call, 2);
}

void native_fmt_setComplex(NativeCall *call)
{
    void *target;
    const RType *type = pointed(call, &target);
    if (type->kind == KIND_COMPLEX64) {
        ((float *)target)[0] = (float)arg_float(call, 2);
        ((float *)target)[1] = (float)arg_float(call, 3);
    } else {
        memcpy(target, &call->args[2], 2 * sizeof(double));
    }
}

void native_fmt_setString(NativeCall *call)
{
    void *target;
    pointed(call, &target);
    *(String *)target = arg_string(call, 2);
}

void native_fmt_setBytes(NativeCall *call)
{
    void *target;
    pointed(call, &target);
    *(Slice *)target = arg_slice(call, 2);
}
