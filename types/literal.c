/* SPDX-License-Identifier: MIT */
/* Composite literals and function literals.
 *
 * Inside a literal the types of elements may be left out, so the element type travels down as a
 * hint. Keys of struct literals may name promoted fields (Go 1.27), as long as no key names a field
 * that encloses another's. */
#include "types/ident.h"

#include "types/remedy.h"
#include "types/version.h"

/* ---- Struct literals ---- */

enum { MANY_FIELDS = 16 }; /* from here on they are looked up in a table */

/* Names of fields → their index, one more. Made for a literal with many keys. */
static void index_fields(Type *strukt, uint32_t nkeys, PtrMap *index)
{
    if (strukt->strukt.nfields < MANY_FIELDS || nkeys < MANY_FIELDS) return;
    for (uint32_t i = 0; i < strukt->strukt.nfields; i++)
        map_set(index, strukt->strukt.fields[i].name, (void *)(uintptr_t)(i + 1));
}

static int direct_field(Type *strukt, Name name, Package *package, const PtrMap *index)
{
    if (name == name_blank) return -1;
    if (index->len > 0) {
        uintptr_t at = (uintptr_t)map_get(index, name);
        bool is_visible =
            at > 0 && (name->is_exported || strukt->strukt.fields[at - 1].obj->package == package);
        return is_visible ? (int)at - 1 : -1;
    }
    for (uint32_t i = 0; i < strukt->strukt.nfields; i++) {
        Field *f = &strukt->strukt.fields[i];
        if (f->name == name && (name->is_exported || f->obj->package == package)) return (int)i;
    }
    return -1;
}

static void report_unknown_field(Checker *c, Node *key, Type *type)
{
    Selection similar = {0};
    Name name = key->ident.name;
    LookupResult result = lookup_field_or_method(type, true, c->package, name, true, &similar);
    Object *obj = result == LOOKUP_FOUND || result == LOOKUP_POINTER_RECEIVER ? similar.obj : NULL;
    if (obj && obj->kind == OBJ_VAR && obj->name == name && obj->package != c->package &&
        !name->is_exported)
        check_error(c, key, ERR_UNEXPORTED_FIELD, name->text, type_string(type));
    else if (obj && obj->kind == OBJ_FUNC && obj->name == name)
        check_error(c, key, ERR_NOT_A_FIELD, name->text);
    else if (obj && obj->kind == OBJ_VAR && obj->name != name && similar.npath == 1)
        check_error(c, key, ERR_UNKNOWN_FIELD_BUT, name->text, type_string(type),
                    obj->name->is_exported || obj->package == c->package
                        ? obj->name->text
                        : arena_printf(&types_arena, "unexported %s", obj->name->text));
    else
        check_error(c, key, ERR_UNKNOWN_FIELD, name->text, type_string(type));
    remedy_field(c, type, name);
}

/* Whether the path to a promoted field leads through pointers. */
static Type *pointer_on_path(Type *type, const Selection *sel)
{
    for (uint32_t i = 0; i + 1 < sel->npath; i++) {
        Type *strukt = type_under(type);
        type = strukt->strukt.fields[sel->path[i]].type;
        if (type_under(type)->kind == TYPE_POINTER) return type;
    }
    return NULL;
}

/* "E.X": the way to a promoted field. */
static const char *promoted_path(Type *strukt, const Selection *sel)
{
    const char *path = "";
    Type *type = strukt;
    for (uint32_t i = 0; i < sel->npath; i++) {
        Field *field = &type_under(type)->strukt.fields[sel->path[i]];
        path = arena_printf(&types_arena, "%s%s%s", path, i > 0 ? "." : "", field->name->text);
        type = field->type;
    }
    return path;
}

/* A field named in a struct literal, as a path from the struct. NULL after an error. */
static Selection *keyed_field(Checker *c, Node *key, Type *type, Type *strukt, const PtrMap *index)
{
    Name name = key->ident.name;
    int direct = direct_field(strukt, name, c->package, index);
    Selection *sel = arena_new(&types_arena, Selection);
    if (direct >= 0) {
        Field *f = &strukt->strukt.fields[direct];
        sel->path = arena_new(&types_arena, uint32_t);
        sel->path[0] = (uint32_t)direct;
        sel->npath = 1;
        sel->obj = f->obj;
        sel->type = f->type;
        return sel;
    }
    LookupResult result = lookup_field_or_method(type, true, c->package, name, false, sel);
    if (result != LOOKUP_FOUND || sel->obj->kind != OBJ_VAR) {
        report_unknown_field(c, key, type);
        return NULL;
    }
    if (pointer_on_path(strukt, sel)) {
        check_error(c, key, ERR_PROMOTED_POINTER, name->text);
        return NULL;
    }
    if (!version_allows(c, key, 27))
        version_check(c, key->pos, key->end, 27,
                      arena_printf(&types_arena,
                                   "use of promoted field %s in struct literal of type %s",
                                   promoted_path(strukt, sel), type_string(type)));
    return sel;
}

typedef struct UsedField {
    struct UsedField *next;
    Selection *sel;
    Name name;
} UsedField;

static bool is_prefix(const Selection *a, const Selection *b)
{
    if (a->npath > b->npath) return false;
    for (uint32_t i = 0; i < a->npath; i++) {
        if (a->path[i] != b->path[i]) return false;
    }
    return true;
}

/* Reports keys that name the same field twice, or a field and one inside it. */
static bool conflicts(Checker *c, Node *elem, const Selection *sel, const UsedField *used)
{
    Node *key = elem->pair.a;
    for (; used; used = used->next) {
        bool inside = is_prefix(used->sel, sel), around = is_prefix(sel, used->sel);
        if (!inside && !around) continue;
        if (inside && around)
            diag_error(elem->op_pos, elem->end, ERR_DUPLICATE_FIELD, key->ident.name->text);
        else if (inside)
            check_error(c, key, ERR_PROMOTED_AND_ENCLOSING, key->ident.name->text,
                        used->name->text);
        else
            check_error(c, key, ERR_EMBEDDED_AND_PROMOTED, key->ident.name->text, used->name->text);
        return true;
    }
    return false;
}

static void check_element(Checker *c, Node *node, Type *type, const char *context)
{
    Operand x = {0};
    if (!type) {
        check_raw_expr(c, &x, node, NULL);
        return;
    }
    check_expr_hint(c, &x, node, type);
    check_assignment(c, &x, type, context);
}

/* Fields' values must name their types. */
static void check_field_value(Checker *c, Node *node, Type *type)
{
    Operand x = {0};
    if (node->kind != NODE_COMPOSITE || node->composite.type) {
        check_element(c, node, type, "struct literal");
        return;
    }
    check_raw_expr(c, &x, node, NULL);
}

static void keyed_struct(Checker *c, Node *node, Type *type, Type *strukt)
{
    PtrMap used = {0}; /* first step of the way to a field, one more → UsedFields that begin so */
    PtrMap index = {0};
    index_fields(strukt, node->composite.elems.len, &index);
    for (uint32_t i = 0; i < node->composite.elems.len; i++) {
        Node *elem = node->composite.elems.at[i];
        if (elem->kind != NODE_KEYED) {
            check_error(c, elem, ERR_MIXED_STRUCT);
            continue;
        }
        Node *key = elem->pair.a;
        if (key->kind != NODE_IDENT) {
            diag_error(elem->op_pos, elem->end, ERR_FIELD_NAME, expr_text(key));
            check_element(c, elem->pair.b, NULL, "");
            continue;
        }
        Selection *sel = keyed_field(c, key, type, strukt, &index);
        if (sel) {
            key->ident.obj = sel->obj;
            sel->obj->is_used = true;
        }
        check_field_value(c, elem->pair.b, sel ? sel->type : NULL);
        if (!sel) continue;
        void *step = (void *)(uintptr_t)(sel->path[0] + 1);
        UsedField *others = map_get(&used, step);
        if (conflicts(c, elem, sel, others)) continue;
        UsedField *entry = arena_new(c->arena, UsedField);
        *entry = (UsedField){others, sel, key->ident.name};
        map_set(&used, step, entry);
    }
    map_free(&used);
    map_free(&index);
}

static void positional_struct(Checker *c, Node *node, Type *type, Type *strukt)
{
    NodeList elems = node->composite.elems;
    for (uint32_t i = 0; i < elems.len; i++) {
        Node *elem = elems.at[i];
        if (elem->kind == NODE_KEYED) {
            diag_error(elem->op_pos, elem->end, ERR_MIXED_STRUCT);
            continue;
        }
        if (i >= strukt->strukt.nfields) {
            check_error(c, elem, ERR_TOO_MANY_VALUES, type_string(type));
            for (; i < elems.len; i++) check_element(c, elems.at[i], NULL, "");
            return;
        }
        Field *f = &strukt->strukt.fields[i];
        if (!f->name->is_exported && f->obj->package != c->package)
            check_error(c, elem, ERR_IMPLICIT_UNEXPORTED, f->name->text, type_string(type));
        check_field_value(c, elem, f->type);
    }
    if (elems.len < strukt->strukt.nfields)
        diag_error(node->composite.rbrace, node->end, ERR_TOO_FEW_VALUES, type_string(type));
}

/* ---- Array, slice and map literals ---- */

/* Returns the number of elements, the largest index counting. */
static int64_t check_elements(Checker *c, NodeList elems, Type *elem_type, int64_t len)
{
    int64_t index = 0, max = 0;
    PtrMap seen = {0};
    bool is_keyed = false;
    for (uint32_t i = 0; i < elems.len; i++) is_keyed |= elems.at[i]->kind == NODE_KEYED;
    for (uint32_t i = 0; i < elems.len; i++) {
        Node *elem = elems.at[i], *value = elem;
        bool valid = false;
        if (elem->kind == NODE_KEYED) {
            int64_t key;
            value = elem->pair.b;
            if (check_index_value(c, elem->pair.a, len, &key)) {
                if (key >= 0) {
                    index = key;
                    valid = true;
                } else {
                    diag_error(elem->op_pos, elem->end, ERR_INDEX_CONSTANT,
                               expr_text(elem->pair.a));
                }
            }
        } else if (len >= 0 && index >= len) {
            check_error(c, elem, ERR_ARRAY_BOUNDS,
                        arena_printf(&types_arena, "%lld", (long long)index),
                        arena_printf(&types_arena, "%lld", (long long)len));
        } else {
            valid = true;
        }
        if (valid && is_keyed && map_set(&seen, (void *)(uintptr_t)(index + 1), elem))
            diag_error(elem->kind == NODE_KEYED ? elem->op_pos : elem->pos, elem->end,
                       ERR_DUPLICATE_INDEX, arena_printf(&types_arena, "%lld", (long long)index));
        index++;
        max = index > max ? index : max;
        check_element(c, value, elem_type, "array or slice literal");
    }
    map_free(&seen);
    return max;
}

typedef struct SeenKey {
    struct SeenKey *next;
    ConstValue *val;
    Type *type;
} SeenKey;

static void check_map_key(Checker *c, Operand *key, PtrMap *seen)
{
    const void *hash = (void *)(uintptr_t)((uint64_t)const_hash(key->val) | (uint64_t)1 << 32);
    SeenKey *first = map_get(seen, hash);
    for (SeenKey *k = first; k; k = k->next) {
        if (const_equal(k->val, key->val) && types_identical(k->type, key->type)) {
            Buf value = {0};
            const_print(key->val, &value);
            check_error(c, key->node, ERR_DUPLICATE_KEY, buf_str(&value));
            buf_free(&value);
            return;
        }
    }
    SeenKey *k = arena_new(c->arena, SeenKey);
    *k = (SeenKey){first, key->val, key->type};
    map_set(seen, hash, k);
}

static void check_map_elements(Checker *c, NodeList elems, Type *map)
{
    PtrMap seen = {0};
    for (uint32_t i = 0; i < elems.len; i++) {
        Node *elem = elems.at[i];
        if (elem->kind != NODE_KEYED) {
            check_error(c, elem, ERR_MISSING_KEY);
            continue;
        }
        Operand key = {0};
        check_expr_hint(c, &key, elem->pair.a, map->key);
        check_assignment(c, &key, map->key, "map literal");
        if (key.mode == MODE_CONST) check_map_key(c, &key, &seen);
        check_element(c, elem->pair.b, map->elem, "map literal");
    }
    map_free(&seen);
}

/* Something is wrong with the type: the elements are looked at only for the names they use. */
static void check_orphans(Checker *c, NodeList elems)
{
    for (uint32_t i = 0; i < elems.len; i++) {
        Node *elem = elems.at[i];
        Node *value = elem->kind == NODE_KEYED ? elem->pair.b : elem;
        if (value->kind != NODE_COMPOSITE || value->composite.type)
            check_element(c, value, NULL, "");
    }
}

/* ---- The literal ---- */

/* The type a literal is written with or was hinted at; NULL after an error. *base is what its
 * elements belong to. */
static Type *literal_type(Checker *c, Node *node, Type *hint, Type **base)
{
    Node *written = node->composite.type;
    if (!written) {
        if (!hint) {
            check_error(c, node, ERR_MISSING_LITERAL_TYPE);
            return NULL;
        }
        Type *core = type_core(hint);
        *base = core && core->kind == TYPE_POINTER ? core->elem : hint;
        return hint;
    }
    Type *type;
    if (written->kind == NODE_ARRAY_TYPE && written->pair.a &&
        written->pair.a->kind == NODE_ELLIPSIS) {
        Type *elem = check_var_type(c, written->pair.b);
        type = elem->kind == TYPE_INVALID ? elem : type_array(elem, -1);
        written->type = type;
        written->mode = MODE_TYPE;
    } else {
        type = check_type(c, written);
    }
    *base = type;
    return type->kind == TYPE_INVALID ? NULL : type;
}

static void check_array(Checker *c, Node *node, Type *array)
{
    bool is_open = node->composite.type && array->len < 0 &&
                   node->composite.type->kind == NODE_ARRAY_TYPE && node->composite.type->pair.a &&
                   node->composite.type->pair.a->kind == NODE_ELLIPSIS;
    int64_t n = check_elements(c, node->composite.elems, array->elem, array->len);
    if (is_open) array->len = n;
}

void check_composite(Checker *c, Operand *x, Node *node, Type *hint)
{
    Type *base, *type = literal_type(c, node, hint, &base);
    x->mode = MODE_NONE;
    if (!type || base->kind == TYPE_INVALID) {
        check_orphans(c, node->composite.elems);
        return;
    }
    NodeList elems = node->composite.elems;
    Type *core = type_core(base);
    switch (core ? core->kind : TYPE_INVALID) {
    case TYPE_STRUCT:
        if (elems.len > 0 && elems.at[0]->kind == NODE_KEYED)
            keyed_struct(c, node, base, core);
        else if (elems.len > 0)
            positional_struct(c, node, base, core);
        break;
    case TYPE_ARRAY: check_array(c, node, core); break;
    case TYPE_SLICE: check_elements(c, elems, core->elem, -1); break;
    case TYPE_MAP: check_map_elements(c, elems, core); break;
    default:
        if (!core || core->kind != TYPE_INVALID)
            check_error(c, node, ERR_LITERAL_TYPE, type_string(type));
        check_orphans(c, elems);
        return;
    }
    x->mode = MODE_VALUE;
    x->type = type;
}

void check_func_lit(Checker *c, Operand *x, Node *node)
{
    Scope *scope = scope_new(c->scope, node->pos, node->end);
    scope->is_func = true;
    node->func.scope = scope;
    Type *type = check_func_type(c, node, NULL, scope);
    x->mode = MODE_NONE;
    if (type->kind == TYPE_INVALID) return;
    check_func_body(c, NULL, c->nest, type, node);
    x->mode = MODE_VALUE;
    x->type = type;
}
