/* SPDX-License-Identifier: MIT */
/* Types as text: for messages as Go's compiler writes them, for programs as %T and reflect do.
 *
 * The two differ in more than package names: reflect leaves parameter names out, puts spaces into
 * struct{} and interface{}, and knows byte, rune and any only by what they stand for. */
#include "types/type.h"

#include "types/scope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Package *types_current_package;

typedef struct Printer {
    Buf *out;
    TypeQualify qualify;
    bool no_names; /* leave parameter names out */
} Printer;

static void print(Printer *p, Type *type);

static bool for_reflect(const Printer *p)
{
    return p->qualify != QUALIFY_MESSAGE;
}

static const char *const basic_names[] = {
    [TYPE_INVALID] = "invalid type",
    [TYPE_BOOL] = "bool",
    [TYPE_INT] = "int",
    [TYPE_INT8] = "int8",
    [TYPE_INT16] = "int16",
    [TYPE_INT32] = "int32",
    [TYPE_INT64] = "int64",
    [TYPE_UINT] = "uint",
    [TYPE_UINT8] = "uint8",
    [TYPE_UINT16] = "uint16",
    [TYPE_UINT32] = "uint32",
    [TYPE_UINT64] = "uint64",
    [TYPE_UINTPTR] = "uintptr",
    [TYPE_FLOAT32] = "float32",
    [TYPE_FLOAT64] = "float64",
    [TYPE_COMPLEX64] = "complex64",
    [TYPE_COMPLEX128] = "complex128",
    [TYPE_STRING] = "string",
    [TYPE_UNSAFE_POINTER] = "unsafe.Pointer",
    [TYPE_UNTYPED_BOOL] = "untyped bool",
    [TYPE_UNTYPED_INT] = "untyped int",
    [TYPE_UNTYPED_RUNE] = "untyped rune",
    [TYPE_UNTYPED_FLOAT] = "untyped float",
    [TYPE_UNTYPED_COMPLEX] = "untyped complex",
    [TYPE_UNTYPED_STRING] = "untyped string",
    [TYPE_UNTYPED_NIL] = "untyped nil",
};

static void print_list(Printer *p, Type **types, uint32_t n, const char *separator)
{
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) buf_text(p->out, separator);
        print(p, types[i]);
    }
}

static void print_package(Printer *p, Package *package)
{
    if (package == NULL) return;
    if (p->qualify == QUALIFY_MESSAGE && package == types_current_package) return;
    Name name = p->qualify == QUALIFY_PATH ? package->path : package->name;
    buf_add(p->out, name->text, name->len);
    buf_byte(p->out, '.');
}

static void print_name(Printer *p, Name name)
{
    buf_add(p->out, name->text, name->len);
}

/* ---- Functions ---- */

static void print_variadic(Printer *p, Type *type)
{
    buf_text(p->out, "...");
    print(p, type->kind == TYPE_SLICE ? type->elem : type); /* append([]byte, string...) */
}

static void print_params(Printer *p, Object **params, uint32_t n, bool is_variadic)
{
    buf_byte(p->out, '(');
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) buf_text(p->out, ", ");
        if (!for_reflect(p) && !p->no_names && params[i]->name != NULL &&
            params[i]->name->len > 0) {
            print_name(p, params[i]->name);
            buf_byte(p->out, ' ');
        }
        if (is_variadic && i + 1 == n)
            print_variadic(p, params[i]->type);
        else
            print(p, params[i]->type);
    }
    buf_byte(p->out, ')');
}

static void print_tparams(Printer *p, Type **tparams, uint32_t n)
{
    buf_byte(p->out, '[');
    for (uint32_t i = 0; i < n; i++) {
        Type *constraint = tparams[i]->param.constraint;
        if (i > 0) {
            Type *before = tparams[i - 1]->param.constraint;
            if (before != constraint) {
                buf_byte(p->out, ' ');
                if (before != NULL) print(p, before);
            }
            buf_text(p->out, ", ");
        }
        print_name(p, tparams[i]->param.obj->name);
        if (i + 1 == n && constraint != NULL) {
            buf_byte(p->out, ' ');
            print(p, constraint);
        }
    }
    buf_byte(p->out, ']');
}

static void print_signature(Printer *p, Type *func)
{
    if (func->func.ntparams > 0) print_tparams(p, func->func.tparams, func->func.ntparams);
    print_params(p, func->func.params, func->func.nparams, func->is_variadic);
    if (func->func.nresults == 0) return;
    buf_byte(p->out, ' ');
    Object *first = func->func.results[0];
    bool is_named = first->name != NULL && first->name->len > 0;
    if (func->func.nresults == 1 && (!is_named || for_reflect(p) || p->no_names))
        print(p, first->type);
    else
        print_params(p, func->func.results, func->func.nresults, false);
}

/* ---- Structs and interfaces ---- */

static void print_tag(Printer *p, Name tag)
{
    buf_text(p->out, " \"");
    for (uint32_t i = 0; i < tag->len; i++) {
        unsigned char byte = (unsigned char)tag->text[i];
        if (byte == '"' || byte == '\\')
            buf_printf(p->out, "\\%c", byte);
        else if (byte == '\n')
            buf_text(p->out, "\\n");
        else if (byte == '\t')
            buf_text(p->out, "\\t");
        else if (byte < ' ' || byte == 0x7f)
            buf_printf(p->out, "\\x%02x", byte);
        else
            buf_byte(p->out, (char)byte);
    }
    buf_byte(p->out, '"');
}

static void print_struct(Printer *p, Type *type)
{
    const char *open = for_reflect(p) ? "struct {" : "struct{";
    const char *space = for_reflect(p) && type->strukt.nfields > 0 ? " " : "";
    buf_printf(p->out, "%s%s", open, space);
    for (uint32_t i = 0; i < type->strukt.nfields; i++) {
        Field *f = &type->strukt.fields[i];
        if (i > 0) buf_text(p->out, "; ");
        if (!f->is_embedded) {
            if (p->qualify == QUALIFY_PATH && !f->name->is_exported)
                print_package(p, f->obj->package);
            print_name(p, f->name);
            buf_byte(p->out, ' ');
        }
        print(p, f->type);
        if (f->tag != NULL && f->tag->len > 0) print_tag(p, f->tag);
    }
    buf_printf(p->out, "%s}", space);
}

static void print_terms(Printer *p, UnionTerm *terms, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) buf_text(p->out, " | ");
        if (terms[i].is_tilde) buf_byte(p->out, '~');
        print(p, terms[i].type);
    }
}

static void print_method(Printer *p, Object *method)
{
    if (for_reflect(p) && !method->name->is_exported) print_package(p, method->package);
    print_name(p, method->name);
    if (method->type != NULL) print_signature(p, method->type);
}

static int by_name(const void *left, const void *right)
{
    Object *const *a = left, *const *b = right;
    return strcmp((*a)->name->text, (*b)->name->text);
}

/* The methods written in an interface type, in the order of their names. */
static Object **sorted_methods(Type *type)
{
    uint32_t n = type->iface.nmethods;
    if (n < 2) return type->iface.methods;
    Object **sorted = arena_array(&types_arena, Object *, n);
    memcpy(sorted, type->iface.methods, n * sizeof(Object *));
    qsort(sorted, n, sizeof(Object *), by_name);
    return sorted;
}

static void print_interface(Printer *p, Type *type)
{
    if (type->is_implicit && type->iface.nmethods == 0 && type->iface.nembeds == 1) {
        print(p, type->iface.embeds[0]);
        return;
    }
    if (type == type_any && !for_reflect(p)) {
        buf_text(p->out, "any");
        return;
    }
    const char *sep = "";
    buf_text(p->out, for_reflect(p) ? "interface {" : "interface{");
    bool flat = for_reflect(p) && type->is_complete; /* reflect lists all methods, sorted */
    uint32_t n = flat ? type->iface.nall : type->iface.nmethods;
    Object **methods = flat ? type->iface.all : sorted_methods(type);
    const char *space = for_reflect(p) && n > 0 ? " " : "";
    buf_text(p->out, space);
    for (uint32_t i = 0; i < n; i++, sep = "; ") {
        buf_text(p->out, sep);
        print_method(p, methods[i]);
    }
    for (uint32_t i = 0; i < type->iface.nembeds && !flat; i++, sep = "; ") {
        buf_text(p->out, sep);
        print(p, type->iface.embeds[i]);
    }
    buf_printf(p->out, "%s}", space);
}

/* ---- Named types ---- */

/* How many of an instance's arguments belong to the generic function that its generic type is
 * declared in. */
static uint32_t outer_args(const Type *type)
{
    const Type *origin = type->named.origin;
    return origin != NULL && origin->named.ntparams > 0 ? origin->named.nouter : 0;
}

/* The arguments; reflection sees those of the generic function around the type, nouter of them,
 * too. */
static void print_targs(Printer *p, Type **targs, uint32_t ntargs, uint32_t nouter)
{
    Printer inner = {p->out, for_reflect(p) ? QUALIFY_PATH : p->qualify, p->no_names};
    buf_byte(p->out, '[');
    if (nouter > 0 && for_reflect(p)) {
        print_list(&inner, targs, nouter, ",");
        buf_byte(p->out, ';');
    }
    print_list(&inner, targs + nouter, ntargs - nouter, ",");
    buf_byte(p->out, ']');
}

static void print_named(Printer *p, Object *obj, Type **targs, uint32_t ntargs, Type **tparams,
                        uint32_t ntparams, uint32_t nouter)
{
    print_package(p, obj->package);
    print_name(p, obj->name);
    if (p->qualify == QUALIFY_PATH && obj->package != NULL && obj->parent != NULL &&
        obj->scope_from != NO_POS)
        buf_printf(p->out, "\302\267%u",
                   (unsigned)obj->pos); /* a local type: several may share the name */
    if (ntargs > 0) {
        print_targs(p, targs, ntargs, nouter);
    } else if (ntparams > 0 && !for_reflect(p)) {
        print_tparams(p, tparams, ntparams);
    }
}

static void print_chan(Printer *p, Type *type)
{
    static const char *const words[] = {"chan ", "chan<- ", "<-chan ", "chan "};
    Type *elem = type_unalias(type->elem);
    bool needs_parens =
        type->dir != 1 && elem->kind == TYPE_CHAN && elem->dir == 2 && type->dir == 3;
    buf_text(p->out, words[type->dir & 3]);
    if (needs_parens) buf_byte(p->out, '(');
    print(p, type->elem);
    if (needs_parens) buf_byte(p->out, ')');
}

static void print(Printer *p, Type *type)
{
    if (type == NULL) {
        buf_text(p->out, "invalid type");
        return;
    }
    switch (type->kind) {
    case TYPE_ARRAY:
        buf_printf(p->out, "[%lld]", (long long)type->len);
        print(p, type->elem);
        break;
    case TYPE_SLICE: buf_text(p->out, "[]"), print(p, type->elem); break;
    case TYPE_POINTER: buf_byte(p->out, '*'), print(p, type->elem); break;
    case TYPE_STRUCT: print_struct(p, type); break;
    case TYPE_FUNC: buf_text(p->out, "func"), print_signature(p, type); break;
    case TYPE_INTERFACE: print_interface(p, type); break;
    case TYPE_MAP:
        buf_text(p->out, "map["), print(p, type->key), buf_byte(p->out, ']');
        print(p, type->elem);
        break;
    case TYPE_CHAN: print_chan(p, type); break;
    case TYPE_TUPLE:
        buf_byte(p->out, '(');
        print_list(p, type->tuple.types, type->tuple.ntypes, ", ");
        buf_byte(p->out, ')');
        break;
    case TYPE_NAMED:
        print_named(p, type->named.obj, type->named.targs, type->named.ntargs, type->named.tparams,
                    type->named.ntparams, outer_args(type));
        break;
    case TYPE_ALIAS:
        if (for_reflect(p))
            print(p, type_unalias(type));
        else
            print_named(p, type->alias.obj, type->alias.targs, type->alias.ntargs,
                        type->alias.tparams, type->alias.ntparams, 0);
        break;
    case TYPE_PARAM: print_name(p, type->param.obj->name); break;
    case TYPE_UNION: print_terms(p, type->union_.terms, type->union_.nterms); break;
    default:
        if (!for_reflect(p) && (type == type_byte || type == type_rune))
            buf_text(p->out, type == type_byte ? "byte" : "rune");
        else
            buf_text(p->out, basic_names[type->kind]);
    }
}

void type_print(Type *type, TypeQualify qualify, Buf *out)
{
    Printer p = {out, qualify, false};
    print(&p, type);
}

void type_print_tparams(Type **tparams, uint32_t n, TypeQualify qualify, Buf *out)
{
    Printer p = {out, qualify, false};
    print_tparams(&p, tparams, n);
}

void type_print_signature(Type *func, TypeQualify qualify, Buf *out)
{
    Printer p = {out, qualify, false};
    print_signature(&p, func);
}

void type_print_method(Object *method, TypeQualify qualify, Buf *out)
{
    Printer p = {out, qualify, true};
    print_name(&p, method->name);
    print_signature(&p, method->type);
}

const char *type_string(Type *type)
{
    Buf buf = {0};
    type_print(type, QUALIFY_MESSAGE, &buf);
    const char *text = arena_strndup(&types_arena, buf_str(&buf), buf.len);
    buf_free(&buf);
    return text;
}
