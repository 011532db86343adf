/* SPDX-License-Identifier: MIT */
/* Types as the checker and the compiler see them.
 *
 * Types are built during checking and never change afterwards, save that a Named's underlying type and methods are filled in when its declaration is
 * resolved. Two Type objects may describe the same type: compare with types_identical. Everything lives in the arena of the Universe. */
#ifndef MGO_TYPES_TYPE_H
#define MGO_TYPES_TYPE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/intern.h"
#include "base/source.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Type Type;
struct Object;
struct Node;
struct RType;

typedef enum TypeKind {
    TYPE_INVALID, /* in error; already reported */
    /* predeclared, in the order of runtime/rtype.h's Kind */
    TYPE_BOOL, TYPE_INT, TYPE_INT8, TYPE_INT16, TYPE_INT32, TYPE_INT64, TYPE_UINT, TYPE_UINT8, TYPE_UINT16,
    TYPE_UINT32, TYPE_UINT64, TYPE_UINTPTR, TYPE_FLOAT32, TYPE_FLOAT64, TYPE_COMPLEX64, TYPE_COMPLEX128,
    TYPE_STRING, TYPE_UNSAFE_POINTER,
    TYPE_UNTYPED_BOOL, TYPE_UNTYPED_INT, TYPE_UNTYPED_RUNE, TYPE_UNTYPED_FLOAT, TYPE_UNTYPED_COMPLEX,
    TYPE_UNTYPED_STRING, TYPE_UNTYPED_NIL,
    /* composite */
    TYPE_ARRAY, TYPE_SLICE, TYPE_STRUCT, TYPE_POINTER, TYPE_FUNC, TYPE_INTERFACE, TYPE_MAP, TYPE_CHAN,
    TYPE_TUPLE,  /* results of a call with other than one result */
    TYPE_NAMED,  /* defined type, perhaps an instance of a generic one */
    TYPE_PARAM,  /* type parameter */
    TYPE_UNION,  /* ~int | string, only inside interfaces */
    TYPE_ALIAS,  /* kept only for messages; type_unalias sees through it */
} TypeKind;

typedef struct Field {
    Name name;                /* also of embedded fields */
    struct Object *obj;       /* the OBJ_VAR, with position and package */
    Type *type;
    Name tag;                 /* value of the tag literal, or NULL */
    bool is_embedded;
    int64_t offset;           /* once the struct has been measured */
} Field;

typedef struct UnionTerm {
    bool is_tilde;
    Type *type;
} UnionTerm;

struct Type {
    uint8_t kind; /* TypeKind */
    uint8_t dir;  /* CHAN: 1 send, 2 receive, 3 both */
    bool is_variadic;   /* FUNC: the last parameter is ...T, its type here is []T */
    bool is_comparable; /* INTERFACE: is or embeds comparable */
    bool is_implicit;   /* INTERFACE: made for a constraint such as ~int */
    bool is_needed;     /* NAMED: its underlying type was asked for too early; reported */
    bool is_finite;     /* NAMED: known not to contain itself */
    bool is_complete;   /* INTERFACE: type set computed; NAMED: underlying resolved; FUNC: signature of a declaration that is resolved */
    uint32_t id;        /* unique, for hashing and order */
    union {
        struct {
            Type *elem;
            int64_t len; /* ARRAY; -1 unknown (error) */
            Type *key;   /* MAP */
        };               /* ARRAY SLICE POINTER MAP CHAN */
        struct {
            Field *fields;
            uint32_t nfields;
        } strukt;
        struct {
            struct Object **params; /* OBJ_VARs */
            uint32_t nparams;
            struct Object **results;
            uint32_t nresults;
            struct Object *recv;    /* of a method, or NULL */
            Type **tparams;         /* own type parameters */
            uint32_t ntparams;
            Type **recv_tparams;    /* receiver type parameters as the method names them */
            uint32_t nrecv_tparams;
        } func;
        struct {
            struct Object **methods; /* explicitly declared: OBJ_FUNCs */
            uint32_t nmethods;
            Type **embeds;
            Pos *embed_pos;
            uint32_t nembeds;
            struct Object **all;     /* after completion: every method, sorted by name */
            uint32_t nall;
            UnionTerm *terms;        /* after completion: the type set's terms; NULL with nterms 0 and has_terms: empty; !has_terms: all types */
            uint32_t nterms;
            bool has_terms;
        } iface;
        struct {
            Type **types;
            uint32_t ntypes;
        } tuple;
        struct {
            struct Object *obj;      /* the type name */
            Type *underlying;        /* never NAMED once complete */
            Type *rhs;               /* what the declaration says; NULL while it is being resolved */
            struct Object **methods; /* declared methods, OBJ_FUNCs (of an instance: made on demand by lookup) */
            uint32_t nmethods, methods_cap;
            Type *origin;            /* of an instance: the generic type; else NULL */
            Type **targs;            /* of an instance; of a type declared in a generic function, first for `outer` */
            uint32_t ntargs;
            Type **tparams;          /* of a generic type */
            uint32_t ntparams;
            Type **outer;            /* of a type declared in a generic function: that function's type parameters */
            uint32_t nouter;
            Type *next_instance;     /* subst.c's table of instances */
            struct PtrMap *index;    /* Name → method, once there are many; receiver.c's */
            uint32_t hash;           /* of an instance, 0 until asked for */
            int8_t mentions;         /* whether type parameters occur: 0 until asked for, then 1 or -1 */
        } named;
        struct {
            struct Object *obj;
            Type *constraint; /* an interface (perhaps implicit) or a named interface */
            uint32_t index;   /* in its list */
        } param;
        struct {
            UnionTerm *terms;
            uint32_t nterms;
        } union_;
        struct {
            struct Object *obj;
            Type *actual;
            Type **tparams; /* generic alias */
            uint32_t ntparams;
            Type **targs;
            uint32_t ntargs;
            Type *origin;
        } alias;
    };
    struct RType *rtype; /* compiler's cache; NULL until made, and always where type parameters occur */
    int64_t size;        /* bytes; -1 unknown; compiler and unsafe.Sizeof, see types/size.h */
    int32_t align;
};

/* ---- Making; type.c ---- */

Type *type_new(TypeKind kind);
Type *type_array(Type *elem, int64_t len);
Type *type_slice(Type *elem);
Type *type_pointer(Type *elem);
Type *type_map(Type *key, Type *elem);
Type *type_chan(Type *elem, int dir);
Type *type_tuple(Type **types, uint32_t n);

/* ---- Asking ---- */

Type *type_unalias_slow(Type *type);
Type *type_under_slow(Type *type);
/* Sees through aliases only. */
static inline Type *type_unalias(Type *type)
{
    return type->kind == TYPE_ALIAS ? type_unalias_slow(type) : type;
}
/* The underlying type: aliases and names seen through; of a type parameter, its constraint interface. Resolves lazily where needed. */
static inline Type *type_under(Type *type)
{
    switch (type->kind) {
    case TYPE_ALIAS:
    case TYPE_NAMED:
    case TYPE_PARAM:
    case TYPE_INTERFACE: return type_under_slow(type);
    default: return type;
    }
}
/* The single underlying type common to all types of a type parameter's type set (channels of different directions allowed as the spec says);
 * of other types their underlying type; NULL if there is none. */
Type *type_core(Type *type);
bool type_is_named(Type *type);      /* named, predeclared or type parameter */
bool type_is_typed(Type *type);
bool type_is_untyped(Type *type);
bool type_is_boolean(Type *type);    /* these look at all types of a type parameter's set */
bool type_is_integer(Type *type);
bool type_is_unsigned(Type *type);
bool type_is_float(Type *type);
bool type_is_complex(Type *type);
bool type_is_numeric(Type *type);
bool type_is_string(Type *type);
bool type_is_ordered(Type *type);
bool type_is_const_type(Type *type);
bool type_is_interface(Type *type);  /* underlying interface, not a type parameter */
bool type_is_param(Type *type);
bool type_has_nil(Type *type);
bool type_is_generic(Type *type);    /* generic type or function without type arguments */
bool type_mentions_params(Type *type); /* a type parameter occurs in it */
/* Whether values of the type may be compared with ==; `dynamic` allows interfaces (and what holds them). */
bool type_comparable(Type *type, bool dynamic);
/* Computes an interface's methods and type set; nothing where that is done already. type_under does it for interfaces it returns. */
void interface_complete(Type *iface);
/* Whether `x` has a term that includes type `type` (or, not exactly, one with that underlying type). */
bool interface_has_term(Type *iface, Type *type);
/* Default type of an untyped type, or the type itself. */
Type *type_default(Type *type);
bool types_identical(Type *a, Type *b);
/* A hash that is equal for identical types. */
uint32_t type_hash(Type *type);
/* Bytes and alignment in memory (Go's on 64-bit); the type mentions no type parameters. */
#define TYPE_TOO_LARGE ((int64_t)1 << 47) /* the size of everything larger than the address space */
int64_t type_sizeof(Type *type);
int64_t type_alignof(Type *type);
/* Byte offset of field i of a struct type. */
int64_t type_field_offset(Type *strukt, uint32_t i);

/* Replaces type parameters: params[i] by args[i]. Returns the type itself where nothing changes; instances of generic types are unique per
 * (origin, identical arguments). */
Type *type_subst(Type *type, Type **params, Type **args, uint32_t n);
/* The instance of a generic Named (or generic alias) with these arguments (not verified against constraints). */
Type *type_instance(Type *origin, Type **args, uint32_t n);

/* The signature of a generic function (or method) with its own type parameters replaced by args. */
Type *type_instance_func(Type *func, Type **args);

/* ---- Printing; print.c: as Go's messages write types ---- */

typedef enum TypeQualify {
    QUALIFY_MESSAGE, /* other packages' types as pkg.T, the current package's as T (types_current_package) */
    QUALIFY_NAME,    /* always pkgname.T, as %T and reflect print */
    QUALIFY_PATH,    /* always path.T: unique */
} TypeQualify;
/* The package whose types messages print without qualification. */
extern struct Package *types_current_package;
void type_print(Type *type, TypeQualify qualify, Buf *out);
/* QUALIFY_MESSAGE text in the arena. */
const char *type_string(Type *type);
/* "name(int) error", without parameter names, as messages that compare methods write it. */
void type_print_method(struct Object *method, TypeQualify qualify, Buf *out);
/* Type parameter list: "[K comparable, V any]". */
void type_print_tparams(Type **tparams, uint32_t n, TypeQualify qualify, Buf *out);
/* Signature without "func": "(x int, y string) error". */
void type_print_signature(Type *func, TypeQualify qualify, Buf *out);

#endif
