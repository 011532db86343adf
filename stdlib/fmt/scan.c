/* SPDX-License-Identifier: MIT */
/* fmt: storing what was scanned through pointers of any type. */
#include "stdlib/natives.gen.h"

#include <string.h>

/* The type that the pointer in an interface points to; *target gets the address. NULL with a panic
 * where it is nil. */
static const RType *pointed(NativeCall *call, void **target)
{
    Iface arg = arg_iface(call, 0);
    *target = arg.word.p;
    if (*target) return arg.type->elem;
    native_panic_runtime(call, "invalid memory address or nil pointer dereference");
    return NULL;
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
    ret_text(call, 4, arg.type->string);
    if (arg.type->kind != KIND_POINTER) return;
    /* A nil pointer to a type of the program's has nothing that tells the kind. */
    if (arg.word.p || !arg.type->elem->package_path) ret_text(call, 0, kind_name(arg.type->elem));
    ret_int(call, 2, (int64_t)arg.type->elem->size * 8);
    ret_bool(call, 3, true);
}

void native_fmt_setNumber(NativeCall *call)
{
    void *target;
    const RType *type = pointed(call, &target);
    if (type) memcpy(target, &call->args[2], type->size);
}

void native_fmt_setFloat(NativeCall *call)
{
    void *target;
    const RType *type = pointed(call, &target);
    if (!type) return;
    if (type->kind == KIND_FLOAT32)
        *(float *)target = (float)arg_float(call, 2);
    else
        *(double *)target = arg_float(call, 2);
}

void native_fmt_setComplex(NativeCall *call)
{
    void *target;
    const RType *type = pointed(call, &target);
    if (!type) return;
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
    if (pointed(call, &target)) *(String *)target = arg_string(call, 2);
}

void native_fmt_setBytes(NativeCall *call)
{
    void *target;
    if (pointed(call, &target)) *(Slice *)target = arg_slice(call, 2);
}
