/* SPDX-License-Identifier: MIT */
/* Function types as C sees them.
 *
 * A struct's layout in memory is C's already, so values cross as they are; libffi only has to know
 * what is in them, since that decides which registers carry them. */
#include "stdlib/ffi/signature.h"

#include "base/fatal.h"

#include <stdlib.h>
#include <string.h>

static void *allocate(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p) fatal_out_of_memory();
    return p;
}

static bool refuse(const RType *type, const char *why, Buf *problem)
{
    buf_printf(problem, "%s has no counterpart in C%s%s", type->string, why ? ": " : "",
               why ? why : "");
    return false;
}

static ffi_type *scalar_type(const RType *type)
{
    switch ((Kind)type->kind) {
    case KIND_BOOL:
    case KIND_UINT8: return &ffi_type_uint8;
    case KIND_INT8: return &ffi_type_sint8;
    case KIND_INT16: return &ffi_type_sint16;
    case KIND_UINT16: return &ffi_type_uint16;
    case KIND_INT32: return &ffi_type_sint32;
    case KIND_UINT32: return &ffi_type_uint32;
    case KIND_INT:
    case KIND_INT64: return &ffi_type_sint64;
    case KIND_UINT:
    case KIND_UINTPTR:
    case KIND_UINT64: return &ffi_type_uint64;
    case KIND_FLOAT32: return &ffi_type_float;
    case KIND_FLOAT64: return &ffi_type_double;
    case KIND_COMPLEX64: return &ffi_type_complex_float;
    case KIND_COMPLEX128: return &ffi_type_complex_double;
    case KIND_POINTER:
    case KIND_UNSAFE_POINTER: return &ffi_type_pointer;
    default: return NULL;
    }
}

/* ---- What may lie in memory that C sees ---- */

/* A pointer may point to itself through a struct: such types are taken as they are below some
 * depth. */
static bool memory_crosses(const RType *type, int depth, Buf *problem)
{
    enum { DEPTH_MAX = 16 };
    if (depth > DEPTH_MAX) return true;
    switch ((Kind)type->kind) {
    case KIND_STRUCT:
        for (uint32_t i = 0; i < type->nfields; i++) {
            if (!memory_crosses(type->fields[i].type, depth + 1, problem)) return false;
        }
        return true;
    case KIND_ARRAY: return memory_crosses(type->elem, depth + 1, problem);
    case KIND_POINTER: return memory_crosses(type->elem, depth + 1, problem);
    default:
        if (scalar_type(type)) return true;
        return refuse(type, "use unsafe.Pointer in memory that C sees", problem);
    }
}

static ffi_type *memory_type(const RType *type);

/* libffi knows no arrays: their elements are listed. A struct inside stays one, for its padding's
 * sake. */
static uint64_t count_elements(const RType *type)
{
    if (type->size == 0) return 0;
    return type->kind == KIND_ARRAY ? type->len * count_elements(type->elem) : 1;
}

static ffi_type **list_elements(const RType *type, ffi_type **at)
{
    if (type->size == 0) return at;
    if (type->kind != KIND_ARRAY) {
        *at++ = memory_type(type);
        return at;
    }
    for (uint64_t i = 0; i < type->len; i++) at = list_elements(type->elem, at);
    return at;
}

static ffi_type *memory_type(const RType *type)
{
    if (type->kind != KIND_STRUCT) return scalar_type(type);
    uint64_t n = 0;
    for (uint32_t i = 0; i < type->nfields; i++) n += count_elements(type->fields[i].type);
    ffi_type *t = allocate(1, sizeof *t);
    t->type = FFI_TYPE_STRUCT;
    t->elements = allocate(n + 1, sizeof(ffi_type *));
    ffi_type **at = t->elements;
    for (uint32_t i = 0; i < type->nfields; i++) at = list_elements(type->fields[i].type, at);
    return t;
}

static ffi_type *struct_type(const RType *type, Buf *problem)
{
    enum { BY_VALUE_MAX = 65536 };
    if (type->size == 0) return refuse(type, "it is empty", problem), NULL;
    if (type->size > BY_VALUE_MAX)
        return refuse(type, "it is too large to go by value", problem), NULL;
    return memory_crosses(type, 0, problem) ? memory_type(type) : NULL;
}

/* ---- Parameters and results ---- */

static bool cross(RType *type, bool from_c, Cross *out, Buf *problem)
{
    out->type = type;
    switch ((Kind)type->kind) {
    case KIND_STRING: out->kind = CROSS_STRING; break;
    case KIND_SLICE:
        if (from_c)
            return refuse(type, "C gives no length; use unsafe.Pointer and ffi.Bytes", problem);
        if (!memory_crosses(type->elem, 0, problem)) return false;
        out->kind = CROSS_SLICE;
        break;
    case KIND_FUNC:
        if (from_c) return refuse(type, "use unsafe.Pointer and ffi.Func", problem);
        out->kind = CROSS_FUNC;
        break;
    case KIND_ARRAY:
        return refuse(type, "C passes no arrays by value; use a pointer or a slice", problem);
    case KIND_STRUCT:
        out->kind = CROSS_MEMORY;
        out->ctype = struct_type(type, problem);
        return out->ctype;
    case KIND_POINTER:
        if (!memory_crosses(type->elem, 0, problem)) return false;
        out->kind = CROSS_INT;
        break;
    case KIND_FLOAT32:
    case KIND_FLOAT64: out->kind = CROSS_FLOAT; break;
    case KIND_COMPLEX64:
    case KIND_COMPLEX128: out->kind = CROSS_MEMORY; break;
    default:
        if (!scalar_type(type)) return refuse(type, NULL, problem);
        out->kind = CROSS_INT;
    }
    out->ctype = scalar_type(type);
    if (!out->ctype) out->ctype = &ffi_type_pointer;
    return true;
}

bool signature_cross(RType *type, Cross *out, Buf *problem)
{
    if (type->kind == KIND_FUNC) return refuse(type, "pass a Callback's Pointer", problem);
    if (!cross(type, false, out, problem)) return false;
    switch ((Kind)type->kind) {
    case KIND_FLOAT32: out->ctype = &ffi_type_double; break;
    case KIND_BOOL:
    case KIND_INT8:
    case KIND_UINT8:
    case KIND_INT16:
    case KIND_UINT16: out->ctype = &ffi_type_sint32; break;
    default: break;
    }
    return true;
}

static bool is_error(const RType *type)
{
    return type->kind == KIND_INTERFACE && strcmp(type->string, "error") == 0;
}

static bool init_results(Signature *s, bool for_callback, Buf *problem)
{
    RType **results = s->type->params + s->type->nparams;
    uint32_t n = s->type->nresults, slot = 0;
    s->result.kind = CROSS_VOID;
    s->result.ctype = &ffi_type_void;
    if (n > 0 && is_error(results[n - 1]) && !for_callback) {
        s->has_errno = true;
        n--;
    }
    if (n > 1)
        return buf_text(problem, "a C function has one result, and an error for errno"), false;
    if (n == 1) {
        if (for_callback && results[0]->kind == KIND_STRING)
            return refuse(results[0], "C would not know who frees it; return unsafe.Pointer",
                          problem);
        if (!cross(results[0], true, &s->result, problem)) return false;
        slot = results[0]->slots;
    }
    s->errno_slot = slot;
    s->result_slots = slot + (s->has_errno ? 2 : 0);
    return true;
}

static void find_registers(Signature *s)
{
    enum { INTS_MAX = 6, FLOATS_MAX = 8 };
#if defined __x86_64__ || defined __aarch64__
    s->is_in_registers = !s->is_variadic && s->result.kind != CROSS_MEMORY;
    s->is_scalar = s->result.kind != CROSS_STRING;
    for (uint32_t i = 0; i < s->nparams; i++) {
        if (s->params[i].kind == CROSS_MEMORY) s->is_in_registers = false;
        if (s->params[i].kind == CROSS_FLOAT)
            s->nfloats++;
        else if (s->params[i].kind != CROSS_INT)
            s->is_scalar = false;
    }
    if (s->nfloats > FLOATS_MAX || s->nparams - s->nfloats > INTS_MAX) s->is_in_registers = false;
    s->is_scalar = s->is_scalar && s->is_in_registers;
#else
    (void)s;
#endif
}

bool signature_init(Signature *s, RType *type, bool for_callback, Buf *problem)
{
    s->type = type;
    s->is_variadic = type->flags & RT_VARIADIC;
    if (s->is_variadic && for_callback) return refuse(type, "a callback is not variadic", problem);
    s->nparams = type->nparams - s->is_variadic;
    s->params = allocate(s->nparams, sizeof *s->params);
    ffi_type **ctypes = allocate(s->nparams, sizeof *ctypes);
    for (uint32_t i = 0; i < s->nparams; i++) {
        size_t before = problem->len;
        if (!cross(type->params[i], for_callback, &s->params[i], problem)) {
            Buf text = {0};
            buf_printf(&text, "parameter %u: %.*s", i + 1, (int)(problem->len - before),
                       problem->data + before);
            problem->len = before;
            buf_add(problem, text.data, text.len);
            buf_free(&text);
            return false;
        }
        s->params[i].slot = s->param_slots;
        s->param_slots += type->params[i]->slots;
        ctypes[i] = s->params[i].ctype;
    }
    s->variadic_slot = s->param_slots;
    if (s->is_variadic) s->param_slots += type->params[s->nparams]->slots;
    if (!init_results(s, for_callback, problem)) return false;
    find_registers(s);
    if (ffi_prep_cif(&s->cif, FFI_DEFAULT_ABI, s->nparams, s->result.ctype, ctypes) == FFI_OK)
        return true;
    return refuse(type, "libffi does not know it", problem);
}

/* ---- Scalars ---- */

Slot signature_load(const RType *type, const void *memory)
{
    Slot v = {0};
    switch ((Kind)type->kind) {
    case KIND_INT8: v.i = *(const int8_t *)memory; break;
    case KIND_INT16: v.i = *(const int16_t *)memory; break;
    case KIND_INT32: v.i = *(const int32_t *)memory; break;
    case KIND_BOOL: v.u = *(const uint8_t *)memory != 0; break;
    default: /* zero-extended, the float32 too; the low half comes first on the machines we run on
              */
        memcpy(&v, memory, type->size);
    }
    return v;
}

void signature_store(const RType *type, void *memory, Slot value)
{
    memcpy(memory, &value, type->size);
}
