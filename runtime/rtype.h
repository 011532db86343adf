/* SPDX-License-Identifier: MIT */
/* Run-time types: what the running program knows of its types.
 *
 * The compiler makes exactly one RType for each distinct type, so types are compared with ==. An RType lives as
 * long as the process, outside the collected heap. */
#ifndef MGO_RUNTIME_RTYPE_H
#define MGO_RUNTIME_RTYPE_H

#include "base/intern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct FuncProto; /* vm/proto.h */
typedef struct RType RType;

/* A slot is eight bytes of a goroutine's frame. Values are in canonical form: integers narrower than 64 bits are sign- or
 * zero-extended, float32 keeps its 32 bits in the low half with the high half zero, bool is 0 or 1. Strings take two slots
 * (bytes, length), slices three (base, length, capacity), interfaces two (RType *, word), complex128 two,
 * complex64 one (two floats, real part low). Structs and arrays keep their memory layout, rounded up to slots; a value
 * of size 0 takes no slot. */
typedef union Slot {
    int64_t i;
    uint64_t u;
    double f;
    float f32;
    float c64[2];
    void *p;
    char *s;
    RType *type;
    struct Closure *fn;
} Slot;

/* The values as C code sees them in memory; each is exactly its slots. */
typedef struct String {
    const char *data; /* not NUL-terminated; may be NULL when len is 0 */
    int64_t len;
} String;
typedef struct Slice {
    void *data;
    int64_t len, cap;
} Slice;
typedef struct Iface {
    RType *type; /* dynamic type, NULL for a nil interface; the same for any and for interfaces with methods */
    Slot word;   /* the value itself where the type is RT_DIRECT (size at most 8), else a pointer to an immutable copy */
} Iface;

/* The values in the slots from `at` on, and the way back. */
static inline String string_at(const Slot *at)
{
    return (String){at[0].s, at[1].i};
}

static inline Slice slice_at(const Slot *at)
{
    return (Slice){at[0].p, at[1].i, at[2].i};
}

static inline Iface iface_at(const Slot *at)
{
    return (Iface){at[0].type, at[1]};
}

static inline void put_string(Slot *to, String s)
{
    to[0].p = (void *)(uintptr_t)s.data;
    to[1].i = s.len;
}

static inline void put_slice(Slot *to, Slice s)
{
    to[0].p = s.data;
    to[1].i = s.len;
    to[2].i = s.cap;
}

static inline void put_iface(Slot *to, Iface value)
{
    to[0].type = value.type;
    to[1] = value.word;
}

/* In the order of reflect.Kind. */
typedef enum Kind {
    KIND_INVALID, KIND_BOOL, KIND_INT, KIND_INT8, KIND_INT16, KIND_INT32, KIND_INT64, KIND_UINT, KIND_UINT8,
    KIND_UINT16, KIND_UINT32, KIND_UINT64, KIND_UINTPTR, KIND_FLOAT32, KIND_FLOAT64, KIND_COMPLEX64,
    KIND_COMPLEX128, KIND_ARRAY, KIND_CHAN, KIND_FUNC, KIND_INTERFACE, KIND_MAP, KIND_POINTER, KIND_SLICE,
    KIND_STRING, KIND_STRUCT, KIND_UNSAFE_POINTER,
} Kind;

enum { /* RType.flags */
    RT_DIRECT = 1 << 0,     /* size at most 8: sits in an interface's word itself, in canonical form */
    RT_POINTERS = 1 << 1,   /* memory of this type may hold pointers, so the collector must scan it */
    RT_COMPARABLE = 1 << 2, /* == never panics or may panic only through an interface inside */
    RT_MEM_EQUAL = 1 << 3,  /* equality is equality of bytes (no floats, strings, interfaces, padding, blank fields) */
    RT_NAMED = 1 << 4,      /* defined type (also predeclared ones) */
    RT_VARIADIC = 1 << 5,   /* function type whose last parameter is ...T */
    RT_CALLS_METHODS = 1 << 6, /* fmt may have to call Error or String somewhere inside: has such a method, or holds an interface or a type that has */
};

/* A method as dispatch sees it; one object per distinct (name, package if unexported, signature). Compared with ==. */
typedef struct Selector {
    Name name;
    Name package; /* import path; NULL for exported names */
    uint32_t id;  /* dense, from 0 */
} Selector;

typedef struct RField {
    Name name;        /* also for embedded fields: the type's name */
    Name package;     /* import path where the name is not exported, else NULL */
    RType *type;
    const char *tag;  /* "" if none; NUL-terminated, tag_len bytes */
    uint32_t tag_len;
    uint64_t offset;  /* bytes */
    bool is_embedded;
} RField;

typedef struct RMethod {
    const Selector *sel;
    RType *type;              /* signature without receiver; concrete types: NULL until rtype_method_type was asked, atomic */
    struct FuncProto *entry;  /* concrete types: takes the interface's word (one slot) as receiver */
    struct FuncProto *expression; /* concrete types: takes the receiver as first parameter; NULL until rtype_method_expression was asked, atomic */
} RMethod;

/* Package reflect declares the same struct (stdlib/reflect/type.mgo); reflect.c asserts that they agree. */
struct RType {
    uint64_t size;     /* bytes in memory */
    uint32_t slots;    /* slots in a frame: (size + 7) / 8 */
    uint32_t hash;     /* of the type's identity */
    uint8_t kind;      /* Kind */
    uint8_t align;     /* bytes */
    uint8_t dir;       /* KIND_CHAN: 1 send, 2 receive, 3 both */
    uint16_t flags;
    const char *string;   /* as reflect's String and %T print it: "main.T", "map[string]int" */
    Name name;            /* defined types: name with type arguments; else NULL */
    Name package_path;    /* defined types outside the universe; else NULL */
    RType *elem;          /* array, chan, map value, pointer, slice */
    RType *key;           /* map */
    uint64_t len;         /* array */
    RField *fields;       /* struct */
    uint32_t nfields;
    RType **params;       /* func: parameters, then results */
    uint32_t nparams, nresults;
    RMethod *methods;     /* interface: its methods, sorted by (name, package); concrete: its method set, likewise, wrappers for promoted ones included */
    uint32_t nmethods;
    RType *ptr_to;        /* *T if the compiler or reflection has made it; atomic, set once */
    void *source;         /* the compiler's Type, for building derived types at run time */
};

/* Words of memory for a value: whether it sits in the interface word itself. */
static inline const void *iface_data(const Iface *value)
{
    return value->type->flags & RT_DIRECT ? (const void *)&value->word : value->word.p;
}

#endif
