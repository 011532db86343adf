/* SPDX-License-Identifier: MIT */
/* Fields and methods: selectors, embedding, method sets, implementing an interface. */
#ifndef MGO_TYPES_LOOKUP_H
#define MGO_TYPES_LOOKUP_H

#include "types/scope.h"

typedef enum SelectionKind {
    SELECT_FIELD,        /* x.f */
    SELECT_METHOD,       /* x.m as a value or callee */
    SELECT_METHOD_EXPR,  /* T.m */
    SELECT_IFACE_METHOD, /* x.m, x an interface (or type parameter: decided after substitution) */
} SelectionKind;

/* How a selector reaches its field or method. */
typedef struct Selection {
    SelectionKind kind;
    Object *obj;       /* the field or method; of an instance, its own object */
    Type *recv;        /* type of x */
    uint32_t *path;    /* indices of embedded fields passed through, then, for a field, its own index */
    uint32_t npath;
    bool is_indirect;  /* a pointer was followed on the way (x itself or embedded) */
    Type *type;        /* field's type, method's signature without receiver (method expression: with receiver as first parameter) */
    Pos pos;
} Selection;

typedef enum LookupResult { LOOKUP_FOUND, LOOKUP_NONE, LOOKUP_AMBIGUOUS, LOOKUP_POINTER_RECEIVER } LookupResult;

/* Finds the field or method `name` (as seen from `package`) of `type` or what its type embeds, breadth first. LOOKUP_POINTER_RECEIVER: the method exists but
 * needs an addressable operand. *out is filled for LOOKUP_FOUND and LOOKUP_POINTER_RECEIVER (kind not set). `fold` matches names without regard to case
 * and package, for messages. */
LookupResult lookup_field_or_method(Type *type, bool addressable, Package *package, Name name, bool fold, Selection *out);
/* The method of the (unqualified) declared or interface type itself, or NULL. */
Object *lookup_method(Type *type, Package *package, Name name);

typedef struct MethodEntry {
    Object *method;
    Selection selection; /* how to reach it from a value of the type */
} MethodEntry;
/* The method set of a type (T or *T, embedded included), sorted by name then package; in the arena. */
MethodEntry *method_set(Type *type, uint32_t *n);

/* Whether `type` implements interface `iface`. If not and `why` is not NULL, *why gets the whole cause in Go's words, in the arena: "T does not implement I (missing
 * method M)". `constraint`: satisfaction of a type parameter's constraint (type sets, comparable); the cause then says "satisfy". */
bool type_implements(Type *type, Type *iface, bool constraint, const char **why);
/* Whether an assertion from interface `iface` to `type` can ever hold. *why gets the cause in parentheses alone: "(missing method M)". */
bool type_asserts_to(Type *iface, Type *type, const char **why);
/* Resolves a method's signature where that has not been done. Look-ups do it for the methods they return. */
void lookup_resolve(Object *method);

#endif
