/* SPDX-License-Identifier: MIT */
/* Selectors: package.Name, fields, methods, method expressions. */
#include "types/ident.h"

#include "types/remedy.h"

/* ---- Members of packages ---- */

/* A member whose name differs from `name` in the case of letters alone and that is exported, or
 * NULL. */
static Object *similar_member(Package *package, Name name)
{
    char text[256];
    if (name->len == 0 || name->len >= sizeof text) return NULL;
    for (uint32_t i = 0; i <= name->len; i++) text[i] = name->text[i];
    if (text[0] >= 'a' && text[0] <= 'z') text[0] = (char)(text[0] - 'a' + 'A');
    Object *obj = scope_lookup(package->scope, intern(text, name->len));
    return obj && obj->name->is_exported ? obj : NULL;
}

static void report_member(Checker *c, Node *node, Package *package, Object *found)
{
    Node *sel = node->selector.sel;
    Name name = sel->ident.name;
    if (found) {
        check_error(c, sel, ERR_NOT_EXPORTED, name->text, package->name->text);
        remedy_member(package, name);
        return;
    }
    Object *similar = similar_member(package, name);
    if (similar && similar->name != name)
        check_error(c, sel, ERR_UNDEFINED_BUT_HAVE, expr_text(node), similar->name->text);
    else
        check_error(c, sel, ERR_UNDEFINED, expr_text(node));
    remedy_member(package, name);
}

static void select_member(Checker *c, Operand *x, Node *node, Object *import)
{
    Node *sel = node->selector.sel;
    Package *package = import->imported;
    node->selector.x->ident.obj = import;
    import->is_used = true;
    x->mode = MODE_NONE;
    if (!package || package->is_missing) return;
    Object *obj = scope_lookup(package->scope, sel->ident.name);
    if (!obj || !obj->name->is_exported) {
        report_member(c, node, package, obj);
        return;
    }
    if (obj->state != RESOLVE_BLACK && obj->info) check_object(c, obj);
    sel->ident.obj = obj;
    obj->is_used = true;
    x->type = obj->type;
    switch ((ObjectKind)obj->kind) {
    case OBJ_CONST:
        x->mode = obj->val ? MODE_CONST : MODE_NONE;
        x->val = obj->val;
        break;
    case OBJ_TYPE: x->mode = MODE_TYPE; break;
    case OBJ_VAR: x->mode = MODE_VAR; break;
    case OBJ_FUNC: x->mode = MODE_VALUE; break;
    case OBJ_BUILTIN:
        x->mode = MODE_BUILTIN;
        x->builtin = obj->builtin;
        x->type = type_basic[TYPE_INVALID];
        return;
    default: break;
    }
    if (!x->type || x->type->kind == TYPE_INVALID) x->mode = MODE_NONE;
}

/* The package that node names, or NULL. */
static Object *named_package(Checker *c, Node *node)
{
    if (node->kind != NODE_IDENT) return NULL;
    Object *obj = scope_lookup_parent(c->scope, node->ident.name, visible_from(c, node), NULL);
    if (!obj && node->ident.name != name_blank) obj = auto_import(c, node->ident.name);
    return obj && obj->kind == OBJ_PACKAGE ? obj : NULL;
}

/* ---- Fields and methods ---- */

static const char *member_kind(const Object *obj)
{
    return obj->kind == OBJ_VAR ? "field" : "method";
}

/* Why x.name does not exist, without the parentheses. */
static const char *missing_cause(Checker *c, Type *type, Name name)
{
    if (type_under(type)->kind == TYPE_POINTER) {
        Type *elem = type_under(type)->elem;
        if (type_is_param(elem))
            return arena_printf(&types_arena,
                                "type %s is pointer to type parameter, not type parameter",
                                type_string(type));
        if (type_is_interface(elem))
            return arena_printf(&types_arena, "type %s is pointer to interface, not interface",
                                type_string(type));
    }
    const char *what = arena_printf(&types_arena, "type %s has no field or method %s",
                                    type_string(type), name->text);
    Selection similar = {0};
    LookupResult result = lookup_field_or_method(type, true, c->package, name, true, &similar);
    if ((result != LOOKUP_FOUND && result != LOOKUP_POINTER_RECEIVER) || !similar.obj) return what;
    Object *obj = similar.obj;
    bool is_visible = obj->name->is_exported || obj->package == c->package;
    if (obj->name == name)
        return arena_printf(&types_arena, "cannot refer to unexported %s %s", member_kind(obj),
                            name->text);
    return arena_printf(
        &types_arena, is_visible ? "%s, but does have %s %s" : "%s, but does have unexported %s %s",
        what, member_kind(obj), obj->name->text);
}

static void report_missing(Checker *c, Operand *x, Node *node, LookupResult result)
{
    Node *sel = node->selector.sel;
    Name name = sel->ident.name;
    const char *text = expr_text(node->selector.x);
    if (result == LOOKUP_AMBIGUOUS) {
        check_error(c, sel, ERR_AMBIGUOUS, expr_text(node));
    } else if (result == LOOKUP_POINTER_RECEIVER) {
        if (x->mode == MODE_TYPE)
            check_error(c, sel, ERR_METHOD_EXPR_POINTER, expr_text(node), text, name->text);
        else
            check_error(c, sel, ERR_POINTER_METHOD, name->text, type_string(x->type));
        remedy_pointer_method(x->type);
    } else {
        check_error(c, sel, ERR_NO_MEMBER, text, name->text, missing_cause(c, x->type, name));
        remedy_selector(c, x->type, name);
    }
}

/* T.m has the receiver as its first parameter. */
static Type *method_expr_type(Selection *sel)
{
    Type *method = sel->type, *type = type_new(TYPE_FUNC);
    uint32_t n = method->func.nparams;
    type->is_variadic = method->is_variadic;
    type->func = method->func;
    type->func.recv = NULL;
    type->func.params = arena_array(&types_arena, Object *, n + 1);
    type->func.nparams = n + 1;
    Name name = method->func.recv ? method->func.recv->name : name_empty;
    type->func.params[0] =
        object_new(OBJ_VAR, name ? name : name_empty, sel->recv, sel->obj->package, sel->pos);
    type->func.params[0]->is_param = true;
    for (uint32_t i = 0; i < n; i++) type->func.params[i + 1] = method->func.params[i];
    return type;
}

static void select_method_expr(Checker *c, Operand *x, Node *node, Selection *sel)
{
    if (sel->obj->kind != OBJ_FUNC) {
        check_error(c, node->selector.sel, ERR_METHOD_EXPR_FIELD, expr_text(node),
                    type_string(x->type), sel->obj->name->text);
        x->mode = MODE_NONE;
        return;
    }
    sel->kind = SELECT_METHOD_EXPR;
    sel->type = method_expr_type(sel);
    x->mode = MODE_VALUE;
    x->type = sel->type;
}

static void select_value(Operand *x, Node *node, Selection *sel)
{
    if (sel->obj->kind == OBJ_VAR) {
        sel->kind = SELECT_FIELD;
        x->mode = x->mode == MODE_VAR || sel->is_indirect ? MODE_VAR : MODE_VALUE;
        sel->obj->is_used = true;
    } else {
        bool is_interface = type_under(x->type)->kind == TYPE_INTERFACE;
        sel->kind = is_interface ? SELECT_IFACE_METHOD : SELECT_METHOD;
        if (sel->obj->has_pointer_receiver && !sel->is_indirect) mark_addressed(node->selector.x);
        x->mode = MODE_VALUE;
    }
    x->type = sel->type;
}

void check_selector(Checker *c, Operand *x, Node *node, bool want_type)
{
    (void)want_type;
    Node *sel = node->selector.sel;
    x->node = node;
    Object *import = named_package(c, node->selector.x);
    if (import) {
        select_member(c, x, node, import);
        return;
    }
    check_expr_or_type(c, x, node->selector.x);
    if (x->mode == MODE_NONE) return;
    if (sel->kind != NODE_IDENT || sel->ident.name == name_blank) {
        if (sel->kind == NODE_IDENT) check_error(c, sel, ERR_BLANK_SELECTOR);
        x->mode = MODE_NONE;
        return;
    }
    if (x->mode == MODE_TYPE && type_is_generic(x->type)) {
        check_error(c, x->node, ERR_GENERIC_TYPE, type_string(x->type));
        x->mode = MODE_NONE;
        return;
    }
    Selection *selection = arena_new(&types_arena, Selection);
    LookupResult result = lookup_field_or_method(x->type, x->mode == MODE_VAR, c->package,
                                                 sel->ident.name, false, selection);
    if (result != LOOKUP_FOUND) {
        report_missing(c, x, node, result);
        x->mode = MODE_NONE;
        return;
    }
    selection->pos = sel->pos;
    node->selector.selection = selection;
    sel->ident.obj = selection->obj;
    if (selection->obj->kind == OBJ_FUNC)
        note_dependency(c, selection->obj->origin ? selection->obj->origin : selection->obj);
    if (!selection->type || selection->type->kind == TYPE_INVALID)
        x->mode = MODE_NONE;
    else if (x->mode == MODE_TYPE)
        select_method_expr(c, x, node, selection);
    else
        select_value(x, node, selection);
}
