/* SPDX-License-Identifier: MIT */
/* Sizes, alignments and field offsets: Go's on 64-bit machines, which are C's.
 *
 * One difference to C: a struct that ends in a field without size gets a byte more, so that the
 * address of that field is never the address of another object. */
#include "types/type.h"

#include "types/scope.h"

static const uint8_t basic_size[] = {
    [TYPE_BOOL] = 1,        [TYPE_INT] = 8,     [TYPE_INT8] = 1,
    [TYPE_INT16] = 2,       [TYPE_INT32] = 4,   [TYPE_INT64] = 8,
    [TYPE_UINT] = 8,        [TYPE_UINT8] = 1,   [TYPE_UINT16] = 2,
    [TYPE_UINT32] = 4,      [TYPE_UINT64] = 8,  [TYPE_UINTPTR] = 8,
    [TYPE_FLOAT32] = 4,     [TYPE_FLOAT64] = 8, [TYPE_COMPLEX64] = 8,
    [TYPE_COMPLEX128] = 16, [TYPE_STRING] = 16, [TYPE_UNSAFE_POINTER] = 8,
};

static int64_t align_up(int64_t n, int64_t align)
{
    return (n + align - 1) / align * align;
}

/* What is larger than memory could be has the size TYPE_TOO_LARGE, so that sums do not overflow. */
static int64_t limit(int64_t size)
{
    return size < TYPE_TOO_LARGE ? size : TYPE_TOO_LARGE;
}

static int64_t array_size(int64_t len, int64_t elem)
{
    if (len <= 0 || elem == 0) return 0;
    return len > TYPE_TOO_LARGE / elem ? TYPE_TOO_LARGE : limit(len * elem);
}

static void measure_struct(Type *type)
{
    int64_t offset = 0, align = 1, last = 1;
    for (uint32_t i = 0; i < type->strukt.nfields; i++) {
        Type *field = type->strukt.fields[i].type;
        int64_t a = type_alignof(field);
        if (a > align) align = a;
        last = type_sizeof(field);
        type->strukt.fields[i].offset = align_up(offset, a);
        offset = limit(type->strukt.fields[i].offset + last);
    }
    if (offset > 0 && last == 0) offset++;
    type->size = limit(align_up(offset, align));
    type->align = (int32_t)align;
}

static void measure(Type *type)
{
    switch (type->kind) {
    case TYPE_STRUCT: measure_struct(type); break;
    case TYPE_ARRAY:
        type->align = (int32_t)type_alignof(type->elem);
        type->size = array_size(type->len, type_sizeof(type->elem));
        break;
    case TYPE_SLICE: type->size = 24, type->align = 8; break;
    case TYPE_INTERFACE: type->size = 16, type->align = 8; break;
    case TYPE_COMPLEX64: type->size = 8, type->align = 4; break;
    default:
        type->size = type->kind <= TYPE_UNSAFE_POINTER ? basic_size[type->kind] : 8;
        type->align = type->size >= 8 ? 8 : type->size > 0 ? (int32_t)type->size : 1;
    }
}

int64_t type_sizeof(Type *type)
{
    type = type_under(type);
    if (type->size < 0) measure(type);
    return type->size;
}

int64_t type_alignof(Type *type)
{
    type = type_under(type);
    if (type->size < 0) measure(type);
    return type->align;
}

int64_t type_field_offset(Type *strukt, uint32_t i)
{
    strukt = type_under(strukt);
    if (strukt->size < 0) measure(strukt);
    return strukt->strukt.fields[i].offset;
}
