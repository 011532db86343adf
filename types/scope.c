/* SPDX-License-Identifier: MIT */
/* Scopes and objects.
 *
 * Most scopes hold a handful of names, which are searched one by one; names are interned, so that
 * is a few pointer compares. A scope that outgrows MAX_LINEAR gets a map. An empty scope owns no
 * memory but itself. */
#include "types/scope.h"

#define MAX_LINEAR 8

Scope *scope_new(Scope *parent, Pos pos, Pos end)
{
    Scope *scope = arena_new(&types_arena, Scope);
    scope->parent = parent;
    scope->pos = pos;
    scope->end = end;
    if (parent != NULL && pos != NO_POS) {
        if (parent->last_child != NULL)
            parent->last_child->next_sibling = scope;
        else
            parent->first_child = scope;
        parent->last_child = scope;
    }
    return scope;
}

static bool is_blank(Name name)
{
    return name->len == 1 && name->text[0] == '_';
}

Object *scope_lookup(const Scope *scope, Name name)
{
    if (scope->names.len > 0) return map_get(&scope->names, name);
    for (size_t i = 0; i < scope->order.len; i++)
        if (scope->order.at[i]->name == name) return scope->order.at[i];
    return NULL;
}

static void add(Scope *scope, Object *obj)
{
    vec_push(&scope->order, obj);
    if (scope->order.len == MAX_LINEAR + 1) {
        for (size_t i = 0; i < scope->order.len; i++)
            map_set(&scope->names, scope->order.at[i]->name, scope->order.at[i]);
    } else if (scope->order.len > MAX_LINEAR) {
        map_set(&scope->names, obj->name, obj);
    }
    if (obj->parent == NULL) obj->parent = scope;
}

Object *scope_insert(Scope *scope, Object *obj)
{
    if (is_blank(obj->name)) return NULL;
    Object *there = scope_lookup(scope, obj->name);
    if (there != NULL) return there;
    add(scope, obj);
    return NULL;
}

void scope_replace(Scope *scope, Object *obj)
{
    Object *there = scope_lookup(scope, obj->name);
    if (there == NULL) {
        add(scope, obj);
        return;
    }
    for (size_t i = 0; i < scope->order.len; i++)
        if (scope->order.at[i] == there) scope->order.at[i] = obj;
    if (scope->names.len > 0) map_set(&scope->names, obj->name, obj);
    obj->parent = scope;
}

Object *scope_lookup_parent(Scope *scope, Name name, Pos pos, Scope **where)
{
    for (; scope != NULL; scope = scope->parent) {
        Object *obj = scope_lookup(scope, name);
        if (obj != NULL && (pos == NO_POS || obj->scope_from <= pos)) {
            if (where != NULL) *where = scope;
            return obj;
        }
    }
    if (where != NULL) *where = NULL;
    return NULL;
}

Object *object_new(ObjectKind kind, Name name, Type *type, Package *package, Pos pos)
{
    Object *obj = arena_new(&types_arena, Object);
    obj->kind = (uint8_t)kind;
    obj->name = name;
    obj->type = type;
    obj->package = package;
    obj->pos = pos;
    obj->slot = -1;
    return obj;
}
