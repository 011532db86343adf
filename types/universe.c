/* SPDX-License-Identifier: MIT */
/* The universe: predeclared types, constants, functions, and package unsafe. */
#include "types/scope.h"

#include "types/const.h"
#include "types/types.h"

#include <string.h>

Scope *universe;
Package *package_unsafe;
Type *type_basic[TYPE_UNTYPED_NIL + 1];
Type *type_byte, *type_rune, *type_any, *type_error, *type_comparable_iface;
Arena types_arena;

static const struct {
    TypeKind kind;
    const char *name; /* NULL: not in scope */
} basic_types[] = {
    {TYPE_BOOL, "bool"},           {TYPE_INT, "int"},
    {TYPE_INT8, "int8"},           {TYPE_INT16, "int16"},
    {TYPE_INT32, "int32"},         {TYPE_INT64, "int64"},
    {TYPE_UINT, "uint"},           {TYPE_UINT8, "uint8"},
    {TYPE_UINT16, "uint16"},       {TYPE_UINT32, "uint32"},
    {TYPE_UINT64, "uint64"},       {TYPE_UINTPTR, "uintptr"},
    {TYPE_FLOAT32, "float32"},     {TYPE_FLOAT64, "float64"},
    {TYPE_COMPLEX64, "complex64"}, {TYPE_COMPLEX128, "complex128"},
    {TYPE_STRING, "string"},
};

static const struct {
    BuiltinId id;
    const char *name;
    bool is_unsafe;
} builtins[] = {
    {BUILTIN_APPEND, "append", false},    {BUILTIN_CAP, "cap", false},
    {BUILTIN_CLEAR, "clear", false},      {BUILTIN_CLOSE, "close", false},
    {BUILTIN_COMPLEX, "complex", false},  {BUILTIN_COPY, "copy", false},
    {BUILTIN_DELETE, "delete", false},    {BUILTIN_IMAG, "imag", false},
    {BUILTIN_LEN, "len", false},          {BUILTIN_MAKE, "make", false},
    {BUILTIN_MAX, "max", false},          {BUILTIN_MIN, "min", false},
    {BUILTIN_NEW, "new", false},          {BUILTIN_PANIC, "panic", false},
    {BUILTIN_PRINT, "print", false},      {BUILTIN_PRINTLN, "println", false},
    {BUILTIN_REAL, "real", false},        {BUILTIN_RECOVER, "recover", false},
    {BUILTIN_ADD, "Add", true},           {BUILTIN_ALIGNOF, "Alignof", true},
    {BUILTIN_OFFSETOF, "Offsetof", true}, {BUILTIN_SIZEOF, "Sizeof", true},
    {BUILTIN_SLICE, "Slice", true},       {BUILTIN_SLICE_DATA, "SliceData", true},
    {BUILTIN_STRING, "String", true},     {BUILTIN_STRING_DATA, "StringData", true},
};

static Object *define(Scope *scope, ObjectKind kind, const char *name, Type *type, Package *package)
{
    Object *obj = object_new(kind, intern_str(name), type, package, NO_POS);
    obj->state = RESOLVE_BLACK;
    obj->is_used = true;
    scope_insert(scope, obj);
    return obj;
}

static Type *named(const char *name, Type *underlying)
{
    Type *type = type_new(TYPE_NAMED);
    type->named.underlying = underlying;
    type->is_complete = true;
    type->named.obj = define(universe, OBJ_TYPE, name, type, NULL);
    return type;
}

static void define_types(void)
{
    for (int kind = 0; kind <= TYPE_UNTYPED_NIL; kind++)
        type_basic[kind] = type_new((TypeKind)kind);
    for (size_t i = 0; i < sizeof basic_types / sizeof *basic_types; i++)
        define(universe, OBJ_TYPE, basic_types[i].name, type_basic[basic_types[i].kind], NULL);
    type_byte = type_new(TYPE_UINT8);
    type_rune = type_new(TYPE_INT32);
    define(universe, OBJ_TYPE, "byte", type_byte, NULL)->is_alias = true;
    define(universe, OBJ_TYPE, "rune", type_rune, NULL)->is_alias = true;
    type_any = type_new(TYPE_INTERFACE);
    type_any->is_complete = true;
    define(universe, OBJ_TYPE, "any", type_any, NULL)->is_alias = true;
}

/* type error interface{ Error() string } */
static void define_error(void)
{
    Type *sig = type_new(TYPE_FUNC);
    Object *result = object_new(OBJ_VAR, intern_str(""), type_basic[TYPE_STRING], NULL, NO_POS);
    result->is_result = result->is_param = true;
    sig->func.results = arena_array(&types_arena, Object *, 1);
    sig->func.results[0] = result;
    sig->func.nresults = 1;
    Object *method = object_new(OBJ_FUNC, intern_str("Error"), sig, NULL, NO_POS);
    method->state = RESOLVE_BLACK;
    Type *iface = type_new(TYPE_INTERFACE);
    iface->iface.methods = iface->iface.all = arena_array(&types_arena, Object *, 1);
    iface->iface.methods[0] = method;
    iface->iface.nmethods = iface->iface.nall = 1;
    iface->is_complete = true;
    type_error = named("error", iface);
    sig->func.recv = object_new(OBJ_VAR, intern_str(""), type_error, NULL, NO_POS);
}

static void define_comparable(void)
{
    Type *iface = type_new(TYPE_INTERFACE);
    iface->is_comparable = true;
    iface->is_complete = true;
    type_comparable_iface = named("comparable", iface);
}

static void define_consts(void)
{
    define(universe, OBJ_CONST, "true", type_basic[TYPE_UNTYPED_BOOL], NULL)->val =
        const_bool(true);
    define(universe, OBJ_CONST, "false", type_basic[TYPE_UNTYPED_BOOL], NULL)->val =
        const_bool(false);
    define(universe, OBJ_CONST, "iota", type_basic[TYPE_UNTYPED_INT], NULL)->val = const_int(0);
    define(universe, OBJ_NIL, "nil", type_basic[TYPE_UNTYPED_NIL], NULL);
}

static void define_unsafe(void)
{
    package_unsafe = package_new(intern_str("unsafe"), intern_str("unsafe"));
    package_unsafe->is_checked = true;
    package_unsafe->is_library = true;
    define(package_unsafe->scope, OBJ_TYPE, "Pointer", type_basic[TYPE_UNSAFE_POINTER],
           package_unsafe);
}

static void define_builtins(void)
{
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++) {
        Package *package = builtins[i].is_unsafe ? package_unsafe : NULL;
        Scope *scope = builtins[i].is_unsafe ? package_unsafe->scope : universe;
        define(scope, OBJ_BUILTIN, builtins[i].name, type_basic[TYPE_INVALID], package)->builtin =
            builtins[i].id;
    }
}

void universe_init(void)
{
    if (universe != NULL) return;
    universe = scope_new(NULL, NO_POS, NO_POS);
    define_types();
    define_error();
    define_comparable();
    define_consts();
    define_unsafe();
    define_builtins();
}
