/* SPDX-License-Identifier: MIT */
/* Function types as C sees them: how each parameter and result crosses over. */
#ifndef MGO_STDLIB_FFI_SIGNATURE_H
#define MGO_STDLIB_FFI_SIGNATURE_H

#include "base/buf.h"
#include "runtime/rtype.h"

#include <ffi.h>

typedef enum CrossKind {
    CROSS_VOID,   /* no result */
    CROSS_INT,    /* integer, bool, pointer: one slot, in canonical form */
    CROSS_FLOAT,  /* float32 or float64: one slot */
    CROSS_MEMORY, /* struct or complex by value: slots are its memory */
    CROSS_STRING, /* string and const char * */
    CROSS_SLICE,  /* []T: the address of its first element; parameters only */
    CROSS_FUNC,   /* func and function pointer; parameters only */
} CrossKind;

typedef struct Cross {
    CrossKind kind;
    uint32_t slot; /* within parameters or results */
    RType *type;   /* of the mgo side */
    ffi_type *ctype;
} Cross;

typedef struct Signature {
    RType *type; /* the func type */
    ffi_cif cif; /* of the fixed parameters; not of a variadic one */
    Cross *params;
    uint32_t nparams; /* fixed ones */
    bool is_variadic; /* a last parameter ...T follows, a slice at slot variadic_slot */
    uint32_t variadic_slot;
    Cross result;
    bool has_errno; /* a last result of type error, at slot errno_slot */
    uint32_t errno_slot;
    uint32_t param_slots, result_slots;
    /* All parameters and the result go through registers: as many integers, as many floats. */
    bool is_in_registers;
    bool is_scalar; /* and all are integers, pointers or floats */
    uint32_t nfloats;
} Signature;

/* Makes the signature of a func type. Returns false where something has no counterpart in C, and
 * appends why to `problem`. `for_callback`: C calls, so parameters are what results are otherwise.
 * The signature's memory is kept. */
bool signature_init(Signature *s, RType *type, bool for_callback, Buf *problem);
/* How a value of this type crosses as a variadic argument, promoted as C promotes; false with the
 * reason where it can't. */
bool signature_cross(RType *type, Cross *cross, Buf *problem);

/* A value in canonical form from C's memory of `type` (kinds CROSS_INT and CROSS_FLOAT). */
Slot signature_load(const RType *type, const void *memory);
/* The other way: only the low bytes of the type's size. */
void signature_store(const RType *type, void *memory, Slot value);

#endif
