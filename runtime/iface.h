/* SPDX-License-Identifier: MIT */
/* What can be asked of a value through its run-time type: equality, hash, methods, and the way between slots and memory. */
#ifndef MGO_RUNTIME_IFACE_H
#define MGO_RUNTIME_IFACE_H

#include "runtime/rtype.h"

#include <string.h>

/* ---- Between slots and memory ---- */

/* Brings a value of this type from memory into slots, in canonical form. */
void rtype_load(const RType *type, Slot *to, const void *from);
/* Brings a value from slots into memory. Little-endian: the low bytes of a slot are the memory form. */
static inline void rtype_store(const RType *type, void *to, const Slot *from)
{
    memcpy(to, from, type->size);
}

/* An interface holding the value of `type` in these slots; boxes a copy unless the type is RT_DIRECT. */
Iface iface_make(RType *type, const Slot *value);
/* An interface holding a string of the type, which must be of kind string. */
Iface iface_string(RType *type, String text);
/* The value of an interface, not nil, in slots. */
void iface_value(Iface value, Slot *to);

/* ---- Equality and hashes ---- */

/* == on two values of a type in memory. Where an uncomparable dynamic type is met, *uncomparable is set to it and the result
 * is meaningless; else it is left alone. */
bool rtype_equal(const RType *type, const void *a, const void *b, const RType **uncomparable);
/* == on interfaces, likewise. */
bool iface_equal(Iface a, Iface b, const RType **uncomparable);
/* A hash that goes with rtype_equal; NaNs get a random one. *unhashable as above. */
uint64_t rtype_hash(const RType *type, const void *value, const RType **unhashable);
uint64_t hash_word(uint64_t word);
uint64_t hash_bytes(const void *bytes, size_t len);
/* Makes hashes a function of `seed`; they differ from process to process otherwise. Before the first hash. */
void hash_set_seed(uint64_t seed);

/* ---- Methods ---- */

/* Method of a concrete type by selector, or NULL; entry takes the interface's word as receiver. */
struct FuncProto *rtype_find_method(const RType *type, const Selector *sel);
/* The same by name, for exported methods. */
struct FuncProto *rtype_method(const RType *type, const char *name);
/* Whether the concrete type implements the interface type. The answer is cached for each pair. */
bool rtype_implements(const RType *type, const RType *iface);
/* The first method of `iface` that the concrete type lacks, or NULL. */
const RMethod *rtype_missing_method(const RType *type, const RType *iface);

#endif
