/* SPDX-License-Identifier: MIT */
/* reflect.Value as C code sees it. */
#ifndef MGO_STDLIB_REFLECT_VALUE_H
#define MGO_STDLIB_REFLECT_VALUE_H

#include "runtime/rtype.h"

enum {                            /* RValue.flags, above the kind; as in value.mgo */
       RVALUE_READ_ONLY = 3 << 5, /* reached through unexported fields */
       RVALUE_INDIRECT = 1 << 7,  /* word points to the value; else it is the value's word */
       RVALUE_VARIABLE = 1 << 8,  /* the memory may change */
};

typedef struct RValue {
    RType *type; /* NULL: no value */
    Slot word;
    uint64_t flags;
} RValue;

/* Where the value's memory form is, perhaps within *v. */
static inline const void *rvalue_data(const RValue *v)
{
    return v->flags & RVALUE_INDIRECT ? v->word.p : (const void *)&v->word;
}

/* The value as an interface; what a value of an interface type holds. */
Iface rvalue_iface(const RValue *v);

#endif
