/* SPDX-License-Identifier: MIT */
/* Methods: receivers, the types they belong to, and clashes between their names. */
#include "types/receiver.h"

#include "types/mono.h"
#include "types/typexpr.h"

#include <string.h>

/* ---- The receiver's syntax ---- */

/* Strips * and parentheses; what is left is a name or an INDEX of one. */
static Node *receiver_base(Node *type, bool *is_pointer)
{
    *is_pointer = false;
    while (type->kind == NODE_PAREN || type->kind == NODE_STAR) {
        if (type->kind == NODE_STAR) *is_pointer = true;
        type = type->unary.x;
    }
    return type;
}

bool receiver_is_pointer(Node *recv)
{
    bool is_pointer;
    receiver_base(recv->field.type, &is_pointer);
    return is_pointer;
}

/* ---- Checking the receiver ---- */

static void check_valid(Checker *c, Delayed *d)
{
    Type *type = type_unalias(d->type);
    Pos pos = d->node->pos, end = d->node->end;
    if (type->kind == TYPE_POINTER) type = type_unalias(type->elem);
    if (type->kind == TYPE_INVALID) return;
    if (type->kind != TYPE_NAMED) {
        bool is_basic = type->kind <= TYPE_UNSAFE_POINTER;
        diag_error(pos, end, is_basic ? ERR_RECV_NON_LOCAL : ERR_RECV_INVALID,
                   type_string(is_basic ? type : d->type));
        return;
    }
    if (type->named.obj->package != c->package) {
        diag_error(pos, end, ERR_RECV_NON_LOCAL, type_string(type));
        return;
    }
    TypeKind kind = type_under(type)->kind;
    if (kind == TYPE_UNSAFE_POINTER)
        diag_error(pos, end, ERR_RECV_KIND, type_string(type), "unsafe.Pointer");
    else if (kind == TYPE_POINTER || kind == TYPE_INTERFACE)
        diag_error(pos, end, ERR_RECV_KIND, type_string(type), "pointer or interface type");
}

static const char *measure(uint32_t n)
{
    return arena_printf(&types_arena, "%u type parameter%s", (unsigned)n, n == 1 ? "" : "s");
}

/* The receiver type's own names for the type parameters, with the generic type's constraints. */
static void declare_receiver_tparams(Checker *c, Type *sig, Node *index, Type *generic)
{
    NodeList args = index->index.args;
    Type **own = arena_array(&types_arena, Type *, args.len);
    for (uint32_t i = 0; i < args.len; i++) {
        Node *arg = args.at[i];
        if (arg->kind != NODE_IDENT) {
            Buf text = {0};
            ast_print_expr(arg, &text);
            diag_error(arg->pos, arg->end, ERR_RECV_PARAM_NAME, buf_str(&text));
            buf_free(&text);
            arg = node_new(&types_arena, NODE_IDENT, arg->pos, arg->end);
            arg->ident.name = name_blank;
        }
        own[i] = new_tparam(c, arg, i);
    }
    sig->func.recv_tparams = own;
    sig->func.nrecv_tparams = args.len;
    if (generic->kind != TYPE_NAMED || generic->named.ntparams != args.len) return;
    mono_note_receiver(c, own, generic->named.tparams, args.len);
    for (uint32_t i = 0; i < args.len; i++) {
        Type *origin = generic->named.tparams[i];
        type_under(origin);
        own[i]->param.constraint =
            type_subst(origin->param.constraint, generic->named.tparams, own, args.len);
    }
}

static Type *generic_receiver(Checker *c, Type *sig, Node *index)
{
    Node *base = index->index.x;
    while (base->kind == NODE_PAREN) base = base->unary.x;
    Type *generic = check_type_or_generic(c, base);
    declare_receiver_tparams(c, sig, index, generic);
    uint32_t have = index->index.args.len;
    Type *type = type_basic[TYPE_INVALID];
    if (type_unalias(generic)->kind == TYPE_INVALID)
        type = type_unalias(generic); /* reported where it is declared */
    else if (generic->kind == TYPE_ALIAS && generic->alias.ntparams > 0)
        diag_error(base->pos, base->end, ERR_RECV_ALIAS, type_string(generic));
    else if (generic->kind == TYPE_NAMED && generic->named.ntparams == 0)
        diag_error(base->pos, base->end, ERR_NOT_GENERIC, type_string(generic));
    else if (generic->kind == TYPE_NAMED && generic->named.ntparams != have)
        diag_error(base->pos, base->end, ERR_RECV_COUNT, measure(have),
                   measure(generic->named.ntparams));
    else if (generic->kind == TYPE_NAMED)
        type = type_instance(generic, sig->func.recv_tparams, have);
    else
        diag_error(base->pos, base->end, ERR_NOT_GENERIC, type_string(generic));
    index->type = type;
    index->mode = MODE_TYPE;
    return type;
}

/* Gives the stars and parentheses around a receiver's base their types, as check_type would. */
static Type *wrap_receiver(Node *node, Node *base, Type *type)
{
    if (node == base) return type;
    Type *inner = wrap_receiver(node->unary.x, base, type);
    if (node->kind == NODE_STAR && inner->kind != TYPE_INVALID) inner = type_pointer(inner);
    node->type = inner;
    node->mode = MODE_TYPE;
    return inner;
}

/* "type A = T[int]; func (A) m()": the receiver names an instance. */
static bool is_instance(Type *type)
{
    type = type_unalias(type);
    if (type->kind == TYPE_POINTER) type = type_unalias(type->elem);
    return type->kind == TYPE_NAMED && type->named.ntargs > 0;
}

void check_receiver(Checker *c, Type *sig, Node *node, Node *recv)
{
    bool is_pointer;
    Node *base = receiver_base(recv->field.type, &is_pointer);
    Type *type;
    if (base->kind == NODE_INDEX) {
        type = wrap_receiver(recv->field.type, base, generic_receiver(c, sig, base));
    } else {
        type = check_var_type(c, recv->field.type);
        if (is_instance(type)) {
            Node *at = recv->field.name != NULL ? recv->field.name : base;
            diag_error(at->pos, at->end, ERR_RECV_INSTANCE, type_string(type));
            type = type_basic[TYPE_INVALID];
        }
    }
    Node *ident = recv->field.name;
    Object *obj = object_new(OBJ_VAR, ident != NULL ? ident->ident.name : name_empty, type,
                             c->package, ident != NULL ? ident->pos : recv->pos);
    obj->is_param = true;
    obj->decl = recv;
    obj->state = RESOLVE_BLACK;
    sig->func.recv = obj;
    if (ident != NULL)
        declare(c, c->scope, ident, obj,
                node->func.body_start != NO_POS ? node->func.body_start : node->end);
    check_later(c, (Delayed){.run = check_valid,
                             .node = ident != NULL ? ident : recv->field.type,
                             .type = type});
}

/* ---- Methods and their types ---- */

/* The package-level type that the receiver names, through aliases, or NULL. */
static Object *base_object(Scope *scope, Node *type)
{
    for (int depth = 0; depth < 100; depth++) {
        bool is_pointer;
        Node *base = receiver_base(type, &is_pointer);
        if (base->kind == NODE_INDEX) base = base->index.x;
        while (base->kind == NODE_PAREN) base = base->unary.x;
        if (base->kind != NODE_IDENT) return NULL;
        Object *obj = scope_lookup_parent(scope, base->ident.name, NO_POS, NULL);
        if (obj == NULL || obj->kind != OBJ_TYPE || obj->info == NULL) return NULL;
        if (!obj->is_alias) return obj;
        type = obj->info->node->type_decl.type;
    }
    return NULL;
}

void associate_method(Checker *c, Scope *scope, Object *method)
{
    (void)c;
    Object *base = base_object(scope, method->decl->func.recv->field.type);
    if (base == NULL || method->name == name_blank) return;
    if (base->type != NULL && base->type->kind == TYPE_NAMED)
        add_declared_method(base->type, method, true);
    else
        vec_push(&base->info->methods, method);
}

static void report_twice(Type *type, Object *method, Object *other)
{
    char where[256];
    diag_error(method->pos, method->pos, ERR_REDECLARED_METHOD, type->named.obj->name->text,
               method->name->text, source_format(other->pos, where, sizeof where));
}

enum { MANY_METHODS = 16 }; /* from here on they are looked up in a table */

Object *declared_method_named(Type *type, Name name)
{
    if (type->named.index != NULL) return map_get(type->named.index, name);
    for (uint32_t i = 0; i < type->named.nmethods; i++)
        if (type->named.methods[i]->name == name) return type->named.methods[i];
    return NULL;
}

static void index_method(Type *type, Object *method)
{
    if (type->named.nmethods < MANY_METHODS) return;
    if (type->named.index == NULL) {
        type->named.index = arena_new(&types_arena, PtrMap);
        for (uint32_t i = 0; i < type->named.nmethods; i++)
            map_set(type->named.index, type->named.methods[i]->name, type->named.methods[i]);
    }
    map_set(type->named.index, method->name, method);
}

static void replace_method(Type *type, Object *other, Object *method)
{
    for (uint32_t i = 0; i < type->named.nmethods; i++)
        if (type->named.methods[i] == other) type->named.methods[i] = method;
    index_method(type, method);
}

void add_declared_method(Type *type, Object *method, bool replace)
{
    Object *other = declared_method_named(type, method->name);
    if (other != NULL && replace && other->decl->pos < method->decl->pos) {
        replace_method(type, other, method);
        return;
    }
    if (other != NULL) {
        report_twice(type, method, other);
        return;
    }
    index_method(type, method);
    if (type->named.nmethods == type->named.methods_cap) {
        uint32_t cap = type->named.methods_cap > 0 ? type->named.methods_cap * 2 : 4;
        Object **grown = arena_array(&types_arena, Object *, cap);
        if (type->named.nmethods > 0)
            memcpy(grown, type->named.methods, type->named.nmethods * sizeof *grown);
        type->named.methods = grown;
        type->named.methods_cap = cap;
    }
    type->named.methods[type->named.nmethods++] = method;
}

static void check_clashes(Checker *c, Delayed *d)
{
    (void)c;
    Type *under = type_under(d->type);
    if (under->kind != TYPE_STRUCT) return;
    PtrMap fields = {0};
    for (uint32_t i = 0; i < under->strukt.nfields; i++)
        map_set(&fields, under->strukt.fields[i].name, under->strukt.fields[i].obj);
    for (uint32_t i = 0; i < d->type->named.nmethods; i++) {
        Object *method = d->type->named.methods[i], *field = map_get(&fields, method->name);
        char where[256];
        if (field == NULL) continue;
        diag_error(method->pos, method->pos, ERR_FIELD_AND_METHOD, method->name->text,
                   source_format(field->pos, where, sizeof where), method->name->text);
    }
    map_free(&fields);
}

void take_methods(Checker *c, Object *obj)
{
    for (size_t i = 0; i < obj->info->methods.len; i++)
        add_declared_method(obj->type, obj->info->methods.at[i], false);
    if (obj->info->methods.len > 0)
        check_later(c, (Delayed){.run = check_clashes, .type = obj->type});
    vec_free(&obj->info->methods);
}
