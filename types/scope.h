/* SPDX-License-Identifier: MIT */
/* Objects (what names stand for), scopes (where names live), packages. */
#ifndef MGO_TYPES_SCOPE_H
#define MGO_TYPES_SCOPE_H

#include "base/map.h"
#include "base/vec.h"
#include "parser/ast.h"
#include "types/type.h"

typedef enum ObjectKind {
    OBJ_BAD, OBJ_PACKAGE, OBJ_CONST, OBJ_TYPE, OBJ_VAR, OBJ_FUNC, OBJ_BUILTIN, OBJ_NIL, OBJ_LABEL,
} ObjectKind;

typedef enum BuiltinId {
    BUILTIN_APPEND, BUILTIN_CAP, BUILTIN_CLEAR, BUILTIN_CLOSE, BUILTIN_COMPLEX, BUILTIN_COPY, BUILTIN_DELETE,
    BUILTIN_IMAG, BUILTIN_LEN, BUILTIN_MAKE, BUILTIN_MAX, BUILTIN_MIN, BUILTIN_NEW, BUILTIN_PANIC, BUILTIN_PRINT,
    BUILTIN_PRINTLN, BUILTIN_REAL, BUILTIN_RECOVER,
    BUILTIN_ADD, BUILTIN_ALIGNOF, BUILTIN_OFFSETOF, BUILTIN_SIZEOF, BUILTIN_SLICE, BUILTIN_SLICE_DATA, BUILTIN_STRING,
    BUILTIN_STRING_DATA, /* package unsafe */
} BuiltinId;

typedef enum ResolveState { RESOLVE_WHITE, RESOLVE_GREY, RESOLVE_BLACK } ResolveState;

typedef struct Object Object;
typedef struct Scope Scope;
typedef struct Package Package;

struct Object {
    uint8_t kind;   /* ObjectKind */
    uint8_t state;  /* ResolveState, of package-level objects */
    uint8_t builtin; /* BuiltinId */
    bool is_used;
    bool is_alias;       /* OBJ_TYPE: alias declaration */
    bool is_param;       /* OBJ_VAR: parameter, result or receiver */
    bool is_result;      /* OBJ_VAR: named or unnamed result */
    bool is_field;       /* OBJ_VAR */
    bool is_embedded;    /* OBJ_VAR: embedded field */
    bool is_global;      /* OBJ_VAR: package-level (also a script's and the prompt's top-level variables) */
    bool is_captured;    /* OBJ_VAR: a function literal inside its function uses it; set while checking bodies */
    bool is_addressed;   /* OBJ_VAR: its address is taken: &x, x.ptrMethod(), x[:] of an array, also through fields and elements */
    bool is_reassigned;  /* OBJ_VAR: assigned other than by its declaration */
    bool is_loop_var;    /* OBJ_VAR: declared by a for clause or range: fresh in each iteration */
    bool has_pointer_receiver; /* OBJ_FUNC: method with *T receiver */
    Name name;
    Type *type;
    Package *package;    /* NULL in the universe */
    Pos pos;
    Scope *parent;       /* scope it is declared in; NULL for fields and methods */
    Pos scope_from;      /* in function scopes: visible from here */
    Node *decl;          /* CONST_DECL, VAR_DECL, TYPE_DECL, FUNC_DECL, FIELD */
    struct ConstValue *val; /* OBJ_CONST */
    Package *imported;   /* OBJ_PACKAGE */
    struct DeclInfo *info; /* package-level: what checking still needs (types/checker.h) */
    Object *origin;      /* method or field of an instance: the generic type's */
    struct FuncNest *nest; /* OBJ_VAR local: function (literal) that declares it; types/checker.h */
    uint32_t order;      /* package-level: order of appearance */
    void *code;          /* compiler's */
    int32_t slot;        /* compiler's */
};

struct Scope {
    Scope *parent;
    PtrMap names;        /* Name → Object *; filled once there are more than a few, so ask scope_lookup */
    Pos pos, end;        /* extent */
    bool is_func;        /* scope of a function's parameters */
    VEC(Object *) order; /* in order of declaration; malloc'ed */
    Scope *first_child, *last_child, *next_sibling; /* scopes inside, for "declared and not used" */
};

struct Package {
    Name path;   /* import path; "main" for programs */
    Name name;
    Scope *scope;
    Node **files;
    uint32_t nfiles;
    Package **imports; /* direct, each once */
    uint32_t nimports;
    bool is_library;   /* embedded: bodies are checked when they are compiled */
    bool is_checked;
    bool is_prompt;    /* grows with every input; redeclaring is allowed, unused names are no error */
    Object *last_value; /* at the prompt: the variable that _ names, the value of an earlier input; or NULL */
    Object *next_value; /* and the one that the input being checked or run leaves behind */
    bool is_script;
    bool is_under_test; /* mgo test: may be imported even if it is a program */
    bool is_missing;   /* could not be imported: its members are not looked for, for that is reported */
    int version;       /* of the language: 21 for Go 1.21; 0: the newest */
    /* Set by types: variable initialisations in order. An entry's lhs are OBJ_VARs (several for a multi-value call). */
    struct InitEntry {
        Object **lhs;
        uint32_t nlhs;
        Node *rhs;
    } *inits;
    uint32_t ninits;
    VEC(Object *) init_funcs; /* OBJ_FUNC init, in order; they are not in scope */
    VEC(Object *) methods;    /* every method declared, OBJ_FUNCs */
    VEC(Object *) blank_funcs; /* func _ */
    void *code;               /* compiler's */
};

Scope *scope_new(Scope *parent, Pos pos, Pos end);
/* Declares; returns the object already there (not replaced) or NULL. The blank name is never inserted. */
Object *scope_insert(Scope *scope, Object *obj);
/* Declares, in place of an object of that name. */
void scope_replace(Scope *scope, Object *obj);
/* Only this scope. */
Object *scope_lookup(const Scope *scope, Name name);
/* This scope and its parents; function-local objects count from their scope_from on (pos NO_POS: any). *where gets the scope. */
Object *scope_lookup_parent(Scope *scope, Name name, Pos pos, Scope **where);
Object *object_new(ObjectKind kind, Name name, Type *type, Package *package, Pos pos);

/* ---- The universe; universe.c ---- */

extern Scope *universe;          /* predeclared names */
extern Package *package_unsafe;
extern Type *type_basic[TYPE_UNTYPED_NIL + 1]; /* by TypeKind; also TYPE_INVALID */
extern Type *type_byte, *type_rune, *type_any, *type_error, *type_comparable_iface; /* byte and rune print as such */
extern Arena types_arena;        /* all types and objects */
/* Makes all of the above; once. */
void universe_init(void);

#endif
