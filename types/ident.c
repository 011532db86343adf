/* SPDX-License-Identifier: MIT */
/* Names in expressions: what they stand for, and what their use tells about them.
 *
 * A use marks its object used, notes captures by function literals, and notes what a package-level
 * declaration depends on, for the order of initialisation. */
#include "types/ident.h"

#include "base/utf8.h"
#include "types/remedy.h"
#include "types/version.h"

/* Notes that the declaration being checked depends on obj. */
void note_dependency(Checker *c, Object *obj)
{
    if (c->decl && (obj->info || obj->origin) && obj->package == c->package)
        map_set(&c->decl->deps, obj, obj);
}

/* Where a name is looked up: in an initialiser that a constant repeats, at that constant. */
Pos visible_from(Checker *c, Node *node)
{
    return c->err_pos ? c->err_pos : node->pos;
}

/* The object of a name in the current scope, resolved; NULL after an error. */
static Object *find(Checker *c, Node *node)
{
    Name name = node->ident.name;
    if (name == name_blank && c->package->last_value) return c->package->last_value;
    if (name == name_blank) {
        check_error(c, node, ERR_BLANK_VALUE);
        return NULL;
    }
    Scope *scope = NULL;
    Object *obj = scope_lookup_parent(c->scope, name, visible_from(c, node), &scope);
    if (!obj) {
        if (c->has_unknown_names || !utf8_valid(name->text, name->len)) return NULL;
        check_error(c, node, ERR_UNDEFINED, name->text);
        remedy_name(c, node);
        return NULL;
    }
    if (c->dot_imports.len > 0) mark_dot_import(c, obj, scope);
    if (obj->package && obj->state != RESOLVE_BLACK && (obj->info || obj->kind == OBJ_TYPE))
        check_object(c, obj);
    return obj;
}

/* any and comparable came with type parameters. */
static void check_predeclared(Checker *c, Node *node, Object *obj)
{
    if (!obj->package && !version_allows(c, node, 18))
        version_check(c, node->pos, node->end, 18,
                      arena_printf(&types_arena, "predeclared %s", obj->name->text));
}

static void use_const(Checker *c, Operand *x, Object *obj)
{
    note_dependency(c, obj);
    if (!obj->package && obj->name == intern_str("iota")) {
        if (!c->iota) {
            check_error(c, x->node, ERR_IOTA);
            return;
        }
        operand_set(x, MODE_CONST, type_basic[TYPE_UNTYPED_INT], c->iota);
        return;
    }
    if (obj->type && obj->type->kind != TYPE_INVALID && obj->val)
        operand_set(x, MODE_CONST, obj->type, obj->val);
}

void check_ident(Checker *c, Operand *x, Node *node, bool want_type)
{
    (void)want_type;
    x->node = node;
    operand_fail(x);
    Object *obj = find(c, node);
    node->ident.obj = obj;
    if (!obj) return;
    switch ((ObjectKind)obj->kind) {
    case OBJ_PACKAGE: check_error(c, node, ERR_PACKAGE_USE, obj->name->text); break;
    case OBJ_CONST:
        obj->is_used = true;
        use_const(c, x, obj);
        break;
    case OBJ_TYPE:
        obj->is_used = true;
        if (obj->type == type_any || obj->type == type_comparable_iface)
            check_predeclared(c, node, obj);
        note_dependency(c, obj);
        if (obj->type && obj->type->kind != TYPE_INVALID)
            operand_set(x, MODE_TYPE, obj->type, NULL);
        break;
    case OBJ_VAR:
        obj->is_used = true;
        if (obj->nest && obj->nest != c->nest) obj->is_captured = true;
        note_dependency(c, obj);
        if (obj->type && obj->type->kind != TYPE_INVALID) operand_set(x, MODE_VAR, obj->type, NULL);
        break;
    case OBJ_FUNC:
        note_dependency(c, obj);
        if (obj->type && obj->type->kind != TYPE_INVALID)
            operand_set(x, MODE_VALUE, obj->type, NULL);
        break;
    case OBJ_BUILTIN:
        x->builtin = obj->builtin;
        operand_set(x, MODE_BUILTIN, type_basic[TYPE_INVALID], NULL);
        break;
    case OBJ_NIL: operand_set(x, MODE_NIL, type_basic[TYPE_UNTYPED_NIL], NULL); break;
    default: break;
    }
}

void mark_addressed(Node *node)
{
    for (;;) {
        switch (node->kind) {
        case NODE_PAREN: node = node->unary.x; break;
        case NODE_IDENT:
            if (node->ident.obj && node->ident.obj->kind == OBJ_VAR)
                node->ident.obj->is_addressed = true;
            return;
        case NODE_SELECTOR:
            if (!node->selector.selection || node->selector.selection->is_indirect) {
                if (!node->selector.selection && node->selector.sel->ident.obj)
                    node->selector.sel->ident.obj->is_addressed = true;
                return;
            }
            node = node->selector.x;
            break;
        case NODE_INDEX:
            if (!node->index.x->type || type_under(node->index.x->type)->kind != TYPE_ARRAY) return;
            node = node->index.x;
            break;
        default: return;
        }
    }
}
