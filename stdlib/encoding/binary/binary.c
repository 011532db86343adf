/* SPDX-License-Identifier: MIT */
/* encoding/binary: values by their run-time type. */
#include "stdlib/natives.gen.h"

#include <stdio.h>
#include <string.h>

/* Bytes that a value of the type takes, or -1 where that is not fixed. */
static int64_t fixed_size(const RType *type)
{
    switch (type->kind) {
    case KIND_INT:
    case KIND_UINT:
    case KIND_UINTPTR: return -1;
    case KIND_ARRAY: {
        int64_t elem = fixed_size(type->elem);
        return elem < 0 ? -1 : elem * (int64_t)type->len;
    }
    case KIND_STRUCT: {
        int64_t sum = 0;
        for (uint32_t i = 0; i < type->nfields; i++) {
            int64_t size = fixed_size(type->fields[i].type);
            if (size < 0) return -1;
            sum += size;
        }
        return sum;
    }
    default: return type->kind <= KIND_COMPLEX128 ? (int64_t)type->size : -1;
    }
}

/* Finds the memory of a value, or of what it points to, or of its elements; *n gets how many values
 * of the returned type stand there. NULL where there is no type. */
static const RType *memory_of(Iface *v, char **memory, int64_t *n)
{
    *n = 1;
    if (!v->type) return NULL;
    const RType *type = v->type;
    *memory = (char *)(uintptr_t)iface_data(v);
    if (type->kind == KIND_POINTER) {
        *memory = v->word.p;
        type = type->elem;
        if (!*memory) return NULL;
    }
    if (type->kind != KIND_SLICE) return type;
    const Slice *s = (const Slice *)*memory;
    *memory = s->data;
    *n = s->len;
    return type->elem;
}

void native_encoding_binary_size(NativeCall *call)
{
    Iface v = arg_iface(call, 0);
    char *memory = NULL;
    int64_t n;
    const RType *type = memory_of(&v, &memory, &n);
    int64_t size = type ? fixed_size(type) : -1;
    ret_int(call, 0, size < 0 ? -1 : size * n);
}

void native_encoding_binary_isSettable(NativeCall *call)
{
    Iface v = arg_iface(call, 0);
    ret_bool(call, 0, v.type && (v.type->kind == KIND_POINTER || v.type->kind == KIND_SLICE));
}

void native_encoding_binary_typeName(NativeCall *call)
{
    Iface v = arg_iface(call, 0);
    const char *name = v.type ? v.type->string : "<nil>";
    ret_string(call, 0, (String){name, (int64_t)strlen(name)});
}

/* Copies a number; turns its bytes round for big-endian. */
static void copy_number(char *to, const char *from, size_t size, bool is_big)
{
    for (size_t i = 0; i < size; i++) to[i] = from[is_big ? size - 1 - i : i];
}

static bool is_blank(const RField *field)
{
    return field->name->len == 1 && field->name->text[0] == '_';
}

/* Both ways between the memory of a value and its bytes; returns the bytes after. */
static char *transfer(const RType *type, char *memory, char *bytes, bool is_big, bool to_memory)
{
    size_t size = type->size;
    switch (type->kind) {
    case KIND_ARRAY:
        for (uint64_t i = 0; i < type->len; i++)
            bytes = transfer(type->elem, memory + i * type->elem->size, bytes, is_big, to_memory);
        return bytes;
    case KIND_STRUCT:
        for (uint32_t i = 0; i < type->nfields; i++) {
            const RField *field = &type->fields[i];
            if (is_blank(field))
                bytes += fixed_size(field->type);
            else
                bytes = transfer(field->type, memory + field->offset, bytes, is_big, to_memory);
        }
        return bytes;
    case KIND_COMPLEX64:
    case KIND_COMPLEX128:
        for (size_t part = 0; part < 2; part++) {
            char *m = memory + part * (size / 2), *b = bytes + part * (size / 2);
            copy_number(to_memory ? m : b, to_memory ? b : m, size / 2, is_big);
        }
        return bytes + size;
    case KIND_BOOL:
        if (to_memory)
            *memory = *bytes != 0;
        else
            *bytes = *memory;
        return bytes + 1;
    default:
        copy_number(to_memory ? memory : bytes, to_memory ? bytes : memory, size, is_big);
        return bytes + size;
    }
}

static void transfer_value(NativeCall *call, bool to_memory)
{
    Iface v = arg_iface(call, 0);
    char *memory = NULL, *bytes = arg_slice(call, 2).data;
    int64_t n;
    const RType *type = memory_of(&v, &memory, &n);
    for (int64_t i = 0; i < n; i++)
        bytes =
            transfer(type, memory + i * (int64_t)type->size, bytes, arg_bool(call, 5), to_memory);
}

/* What a number in a field that is not exported would be set with, or NULL where all fields are. */
static const char *forbidden_setter(const RType *type, bool is_hidden)
{
    if (type->kind == KIND_ARRAY) return type->len ? forbidden_setter(type->elem, is_hidden) : NULL;
    if (type->kind != KIND_STRUCT) {
        if (!is_hidden) return NULL;
        if (type->kind == KIND_BOOL) return "SetBool";
        if (type->kind <= KIND_INT64) return "SetInt";
        if (type->kind <= KIND_UINTPTR) return "SetUint";
        return type->kind <= KIND_FLOAT64 ? "SetFloat" : "SetComplex";
    }
    for (uint32_t i = 0; i < type->nfields; i++) {
        const RField *field = &type->fields[i];
        const char *setter =
            is_blank(field) ? NULL : forbidden_setter(field->type, is_hidden || field->package);
        if (setter) return setter;
    }
    return NULL;
}

void native_encoding_binary_put(NativeCall *call)
{
    transfer_value(call, false);
}

void native_encoding_binary_get(NativeCall *call)
{
    Iface v = arg_iface(call, 0);
    char *memory = NULL, text[128];
    int64_t n;
    const char *setter = forbidden_setter(memory_of(&v, &memory, &n), false);
    if (setter) {
        snprintf(text, sizeof text,
                 "reflect: reflect.Value.%s using value obtained using unexported field", setter);
        native_panic_string(call, text);
        return;
    }
    transfer_value(call, true);
}
