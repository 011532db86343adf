/* SPDX-License-Identifier: MIT */
/* Conversions, and constants of any type. */
#include "compiler/internal.h"

#include "base/fatal.h"

#include <stdlib.h>
#include <string.h>

/* ---- Constants ---- */

static uint64_t double_bits(double d)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return bits;
}

static uint64_t float_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static uint64_t int_bits(const ConstValue *val)
{
    const ConstValue *v = const_to_kind(val, CONST_INT);
    int64_t i;
    uint64_t u;
    if (const_to_int64(v, &i)) return (uint64_t)i;
    if (const_to_uint64(v, &u)) return u;
    fatal("convert: constant does not fit in its type");
}

/* The slots of a constant of non-interface type. */
typedef struct ConstSlots {
    uint64_t at[2];
    uint32_t n;
} ConstSlots;

static ConstSlots const_slots(const ConstValue *val, Type *type)
{
    ConstSlots s = {.n = 1};
    switch (type_basic_kind(type)) {
    case TYPE_BOOL: s.at[0] = const_to_bool(val); break;
    case TYPE_FLOAT64: s.at[0] = double_bits(const_to_double(val)); break;
    case TYPE_FLOAT32: s.at[0] = float_bits(const_to_float(val)); break;
    case TYPE_COMPLEX128:
        s.n = 2;
        s.at[0] = double_bits(const_to_double(const_real(val)));
        s.at[1] = double_bits(const_to_double(const_imag(val)));
        break;
    case TYPE_COMPLEX64:
        s.at[0] = float_bits(const_to_float(const_real(val))) |
                  float_bits(const_to_float(const_imag(val))) << 32;
        break;
    case TYPE_STRING: {
        size_t len;
        const char *bytes = const_to_string(val, &len);
        s.n = 2;
        s.at[0] = len > 0 ? (uint64_t)(uintptr_t)intern(bytes, len)->text : 0;
        s.at[1] = len;
        break;
    }
    default: s.at[0] = int_bits(val);
    }
    return s;
}

/* The type a constant takes in an interface whose static type tells nothing. */
static Type *default_type(const ConstValue *val)
{
    switch (const_kind(val)) {
    case CONST_BOOL: return type_basic[TYPE_BOOL];
    case CONST_STRING: return type_basic[TYPE_STRING];
    case CONST_FLOAT: return type_basic[TYPE_FLOAT64];
    case CONST_COMPLEX: return type_basic[TYPE_COMPLEX128];
    default: return type_basic[TYPE_INT];
    }
}

void const_to_slots(const ConstValue *val, Type *type, uint64_t slots[2])
{
    ConstSlots s = const_slots(val, type);
    memcpy(slots, s.at, sizeof s.at);
}

void emit_const(FuncState *f, Reg to, const ConstValue *val, Type *type)
{
    if (type_is_interface(type)) {
        emit_const_iface(f, to, val, default_type(val));
        return;
    }
    ConstSlots s = const_slots(val, type);
    if (s.n == 1) {
        emit_int(f, to, (int64_t)s.at[0]);
    } else if (s.at[0] == 0 && s.at[1] == 0) {
        emit_zero(f, to, 2);
    } else {
        emit_abc(f, OP_LOADK2, to, 0, 0);
        emit_word(f, s.at[0]);
        emit_word(f, s.at[1]);
    }
}

/* The values in constant interfaces never change, so those that don't fit in the word are made
 * here, once. */
void emit_const_iface(FuncState *f, Reg to, const ConstValue *val, Type *type)
{
    ConstSlots s = const_slots(val, type);
    uint64_t word = s.at[0];
    if (s.n > 1) {
        uint64_t *copy = malloc(sizeof s.at);
        if (!copy) fatal_out_of_memory();
        memcpy(copy, s.at, sizeof s.at);
        word = (uint64_t)(uintptr_t)copy;
    }
    emit_abc(f, OP_LOADIF, to, 0, 0);
    emit_ptr(f, rtype_of(f, type));
    emit_word(f, word);
}

/* ---- Numbers ---- */

static bool is_int(TypeKind kind)
{
    return kind >= TYPE_INT && kind <= TYPE_UINTPTR;
}

static bool is_float(TypeKind kind)
{
    return kind == TYPE_FLOAT32 || kind == TYPE_FLOAT64;
}

static bool is_complex(TypeKind kind)
{
    return kind == TYPE_COMPLEX64 || kind == TYPE_COMPLEX128;
}

static int int_bits_of(TypeKind kind)
{
    switch (kind) {
    case TYPE_INT8:
    case TYPE_UINT8: return 8;
    case TYPE_INT16:
    case TYPE_UINT16: return 16;
    case TYPE_INT32:
    case TYPE_UINT32: return 32;
    default: return 64;
    }
}

static bool is_unsigned(TypeKind kind)
{
    return kind >= TYPE_UINT && kind <= TYPE_UINTPTR;
}

/* Whether every canonical value of `from` is canonical in `to`. */
static bool int_is_free(TypeKind from, TypeKind to)
{
    int from_bits = int_bits_of(from), to_bits = int_bits_of(to);
    if (to_bits == 64) return true;
    if (is_unsigned(from) == is_unsigned(to)) return from_bits <= to_bits;
    return is_unsigned(from) && from_bits < to_bits;
}

static void narrow(FuncState *f, Reg to, Reg from, TypeKind kind)
{
    switch (kind) {
    case TYPE_INT8: emit_abc(f, OP_SEXT8, to, from, 0); break;
    case TYPE_INT16: emit_abc(f, OP_SEXT16, to, from, 0); break;
    case TYPE_INT32: emit_abc(f, OP_SEXT32, to, from, 0); break;
    case TYPE_UINT8: emit_abc(f, OP_ZEXT8, to, from, 0); break;
    case TYPE_UINT16: emit_abc(f, OP_ZEXT16, to, from, 0); break;
    case TYPE_UINT32: emit_abc(f, OP_ZEXT32, to, from, 0); break;
    default: emit_move(f, to, from, 1);
    }
}

static void int_to_float(FuncState *f, Reg to, Reg from, TypeKind from_kind, TypeKind to_kind)
{
    bool is_wide = is_unsigned(from_kind) && int_bits_of(from_kind) == 64;
    if (to_kind == TYPE_FLOAT64)
        emit_abc(f, is_wide ? OP_U2F : OP_I2F, to, from, 0);
    else
        emit_abc(f, is_wide ? OP_U2F32 : OP_I2F32, to, from, 0);
}

static void float_to_int(FuncState *f, Reg to, Reg from, TypeKind from_kind, TypeKind to_kind)
{
    if (from_kind == TYPE_FLOAT32) {
        emit_abc(f, OP_F322F, to, from, 0);
        from = to;
    }
    bool is_wide = is_unsigned(to_kind) && int_bits_of(to_kind) == 64;
    emit_abc(f, is_wide ? OP_F2U : OP_F2I, to, from, 0);
    if (int_bits_of(to_kind) < 64) narrow(f, to, to, to_kind);
}

/* Both kinds are numeric. */
static void convert_number(FuncState *f, Reg to, Reg from, TypeKind from_kind, TypeKind to_kind)
{
    if (is_int(from_kind) && is_int(to_kind)) {
        if (int_is_free(from_kind, to_kind))
            emit_move(f, to, from, 1);
        else
            narrow(f, to, from, to_kind);
    } else if (is_int(from_kind)) {
        int_to_float(f, to, from, from_kind, to_kind);
    } else if (is_float(from_kind) && is_int(to_kind)) {
        float_to_int(f, to, from, from_kind, to_kind);
    } else if (from_kind == to_kind) {
        emit_move(f, to, from, from_kind == TYPE_COMPLEX128 ? 2 : 1);
    } else if (is_float(from_kind)) {
        emit_abc(f, to_kind == TYPE_FLOAT32 ? OP_F2F32 : OP_F322F, to, from, 0);
    } else {
        emit_abc(f, to_kind == TYPE_COMPLEX64 ? OP_CTOC64 : OP_C64TOC, to, from, 0);
    }
}

static bool is_numeric(TypeKind kind)
{
    return is_int(kind) || is_float(kind) || is_complex(kind);
}

/* ---- All conversions ---- */

void convert_value(FuncState *f, Reg to, Reg from, Type *from_type, Type *to_type)
{
    if (type_is_interface(to_type) && !type_is_interface(from_type)) {
        if (from_type->kind == TYPE_UNTYPED_NIL) {
            emit_zero(f, to, 2);
            return;
        }
        emit_abc(f, OP_MKIFACE, to, from, 0);
        emit_ptr(f, rtype_of(f, type_default(from_type)));
    } else {
        emit_move(f, to, from, type_slots(to_type));
    }
}

bool conversion_is_free(Type *from, Type *to)
{
    TypeKind from_kind = type_basic_kind(from), to_kind = type_basic_kind(to);
    if (is_numeric(from_kind) || is_numeric(to_kind)) {
        if (is_int(from_kind) && is_int(to_kind)) return int_is_free(from_kind, to_kind);
        if (from_kind == TYPE_UNSAFE_POINTER || to_kind == TYPE_UNSAFE_POINTER) return true;
    }
    return from_kind == to_kind;
}

/* From a slice to an array (of the pointer to it, where is_pointer). */
static void slice_to_array(FuncState *f, Reg to, Reg from, Type *array, bool is_pointer)
{
    Reg mark = reg_mark(f);
    Reg ptr = is_pointer ? to : reg_alloc(f, 1);
    emit_abc(f, OP_SLICE2ARR, ptr, from, 0);
    emit_word(f, (uint64_t)type_under(array)->len);
    if (!is_pointer && type_slots(array) > 0) emit_load(f, to, ptr, 0, array);
    reg_release(f, mark);
}

static void convert_to_string(FuncState *f, Reg to, Reg from, Type *from_type)
{
    Type *under = type_under(from_type);
    if (under->kind == TYPE_SLICE)
        emit_abc(f, type_basic_kind(under->elem) == TYPE_UINT8 ? OP_BYTES2S : OP_RUNES2S, to, from,
                 0);
    else
        emit_abc(f, OP_RUNE2S, to, from, 0);
}

/* An explicit conversion of the value in slots at `from`. */
static void convert(FuncState *f, Reg to, Reg from, Type *from_type, Type *to_type)
{
    Type *target = type_under(to_type);
    TypeKind from_kind = type_basic_kind(from_type), to_kind = type_basic_kind(to_type);
    if (type_is_interface(to_type))
        convert_value(f, to, from, from_type, to_type);
    else if (is_numeric(from_kind) && is_numeric(to_kind))
        convert_number(f, to, from, from_kind, to_kind);
    else if (to_kind == TYPE_STRING && from_kind != TYPE_STRING)
        convert_to_string(f, to, from, from_type);
    else if (from_kind == TYPE_STRING && to_kind == TYPE_SLICE)
        emit_abc(f, type_basic_kind(target->elem) == TYPE_UINT8 ? OP_S2BYTES : OP_S2RUNES, to, from,
                 0);
    else if (from_kind == TYPE_SLICE && to_kind == TYPE_ARRAY)
        slice_to_array(f, to, from, to_type, false);
    else if (from_kind == TYPE_SLICE && to_kind == TYPE_POINTER)
        slice_to_array(f, to, from, target->elem, true);
    else
        emit_move(f, to, from, type_slots(to_type));
}

void conversion_to(FuncState *f, Node *x, Type *type, Reg to)
{
    x = node_unparen(x);
    if (x->mode == MODE_NIL) {
        emit_zero(f, to, type_slots(type));
        return;
    }
    Reg mark = reg_mark(f);
    Pos pos = x->pos;
    Type *from = node_type(f, x);
    if (x->val && type_is_interface(type) && !type_is_interface(from)) {
        f->pos = pos;
        emit_const_iface(f, to, x->val, from);
    } else {
        Reg value = expr_any(f, x);
        f->pos = pos;
        convert(f, to, value, from, type);
    }
    reg_release(f, mark);
}
