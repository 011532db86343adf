/* SPDX-License-Identifier: MIT */
/* Indexing, slicing, and functions with explicit type arguments. */
#include "types/ident.h"

#include "types/remedy.h"
#include "types/typexpr.h"
#include "types/version.h"

/* ---- Indices ---- */

bool valid_index(Checker *c, Operand *x, const char *what, bool allow_negative)
{
    if (x->mode == MODE_NONE) return false;
    if (x->mode == MODE_CONST && type_is_untyped(x->type) && !type_is_numeric(x->type)) {
        check_error(c, x->node, ERR_INDEX_INTEGER, what, operand_string(x));
        return false;
    }
    convert_untyped(c, x, type_basic[TYPE_INT]);
    if (x->mode == MODE_NONE) return false;
    if (!type_is_integer(x->type)) {
        check_error(c, x->node, ERR_INDEX_INTEGER, what, operand_string(x));
        return false;
    }
    if (x->mode != MODE_CONST) return true;
    if (!allow_negative && const_sign(x->val) < 0) {
        check_error(c, x->node, ERR_INDEX_NEGATIVE, what, operand_string(x));
        return false;
    }
    int64_t value;
    if (!const_to_int64(x->val, &value)) {
        check_error(c, x->node, ERR_INDEX_OVERFLOW, what, operand_string(x));
        return false;
    }
    return true;
}

bool check_index_value(Checker *c, Node *node, int64_t max, int64_t *value)
{
    Operand x = {0};
    *value = -1;
    check_expr(c, &x, node);
    if (!valid_index(c, &x, "index", false)) return false;
    if (x.mode != MODE_CONST) return true;
    const_to_int64(x.val, value);
    if (max >= 0 && *value >= max) {
        check_error(c, node, ERR_INDEX_BOUNDS, expr_text(node),
                    arena_printf(&types_arena, "%lld", (long long)max));
        return false;
    }
    return true;
}

/* ---- x[i] ---- */

typedef struct Indexable {
    Type *elem;  /* NULL until the first type was seen */
    Type *key;   /* of maps */
    int64_t len; /* least constant length, -1 if there is none */
    Mode mode;
    bool is_map;
    bool is_pointer;
} Indexable;

/* What indexing a type of this underlying type gives; false where it can't be indexed. */
static bool describe(Type *under, Mode mode, Indexable *out)
{
    *out = (Indexable){.len = -1, .mode = mode};
    if (!under) return false;
    if (type_is_string(under)) {
        out->elem = type_byte;
        out->mode = MODE_VALUE;
        return true;
    }
    switch (under->kind) {
    case TYPE_POINTER:
        under = type_core(under->elem);
        if (!under || under->kind != TYPE_ARRAY) return false;
        out->is_pointer = true;
        out->len = under->len;
        out->mode = MODE_VAR;
        break;
    case TYPE_ARRAY:
        out->len = under->len;
        out->mode = mode == MODE_VAR ? MODE_VAR : MODE_VALUE;
        break;
    case TYPE_SLICE: out->mode = MODE_VAR; break;
    case TYPE_MAP:
        out->is_map = true;
        out->key = under->key;
        out->mode = MODE_MAP_INDEX;
        break;
    default: return false;
    }
    out->elem = under->elem;
    return true;
}

typedef struct IndexSet {
    Indexable all;
    Mode mode;
} IndexSet;

/* All types of a type set must be indexable alike. */
static bool merge(Type *under, void *arg)
{
    IndexSet *set = arg;
    Indexable one;
    if (!describe(under, set->mode, &one)) return false;
    if (!set->all.elem) {
        set->all = one;
        return true;
    }
    if (!types_identical(set->all.elem, one.elem) || set->all.is_map != one.is_map ||
        set->all.is_pointer != one.is_pointer)
        return false;
    if (one.is_map && !types_identical(set->all.key, one.key)) return false;
    if (one.mode == MODE_VALUE) set->all.mode = MODE_VALUE;
    if (one.len >= 0 && (set->all.len < 0 || one.len < set->all.len)) set->all.len = one.len;
    return true;
}

static void index_string_constant(Checker *c, Operand *x, Node *node)
{
    size_t len;
    int64_t value;
    const_to_string(x->val, &len);
    Operand string = *x;
    if (!check_index_value(c, node->index.args.at[0], (int64_t)len, &value)) {
        x->mode = MODE_NONE;
        return;
    }
    convert_to_default(c, &string);
    x->mode = MODE_VALUE;
    x->type = type_byte;
}

static void index_value(Checker *c, Operand *x, Node *node)
{
    IndexSet set = {.mode = x->mode};
    Node *arg = node->index.args.at[0];
    if (x->mode == MODE_NIL || !each_type(x->type, merge, &set)) {
        diag_error(node->op_pos, node->end, ERR_CANNOT_INDEX, operand_string(x));
        x->mode = MODE_NONE;
        Operand ignored = {0};
        check_expr(c, &ignored, arg);
        return;
    }
    if (node->index.args.len != 1) {
        check_error(c, node->index.args.at[1], ERR_MORE_INDICES);
        x->mode = MODE_NONE;
        return;
    }
    if (x->mode == MODE_CONST) {
        index_string_constant(c, x, node);
        return;
    }
    convert_to_default(c, x);
    if (set.all.is_map) {
        Operand key = {0};
        check_expr_hint(c, &key, arg, set.all.key);
        check_assignment(c, &key, set.all.key, "map index");
    } else {
        int64_t value;
        check_index_value(c, arg, set.all.len, &value);
    }
    if (set.all.is_pointer) node->flags |= NF_IMPLICIT_DEREF;
    x->mode = set.all.mode;
    x->type = set.all.elem;
}

/* ---- f[T] ---- */

Type **check_func_targs(Checker *c, Node *index, Type *func, uint32_t *n)
{
    NodeList args = index->index.args;
    Type **targs = arena_array(&types_arena, Type *,
                               func->func.ntparams > args.len ? func->func.ntparams : args.len);
    bool ok = true;
    *n = args.len;
    for (uint32_t i = 0; i < args.len; i++) {
        targs[i] = check_var_type(c, args.at[i]);
        ok &= targs[i]->kind != TYPE_INVALID;
    }
    if (!ok) return NULL;
    if (args.len > func->func.ntparams) {
        check_error(c, args.at[func->func.ntparams], ERR_TARG_COUNT, (int)args.len,
                    (int)func->func.ntparams);
        return NULL;
    }
    return targs;
}

/* A function with all its type arguments becomes its instance; with fewer it stays generic, its
 * name keeping what is known. */
static void index_function(Checker *c, Operand *x, Node *node)
{
    Type *func = x->type;
    uint32_t n;
    version_check(c, node->op_pos, node->end, 18, "function instantiation");
    Type **targs = check_func_targs(c, node, func, &n);
    x->mode = MODE_NONE;
    if (!targs) return;
    if (n < func->func.ntparams) {
        note_targs(node->index.x, func, targs, n);
        x->mode = MODE_VALUE;
        return;
    }
    if (!verify_targs_at(c, node->pos, node, func->func.tparams, n, targs)) return;
    Type *instance = type_instance_func(func, targs);
    note_targs(node->index.x, instance, targs, n);
    x->mode = MODE_VALUE;
    x->type = instance;
}

void complete_targs(Checker *c, Operand *x)
{
    Node *name = callee_ident(x->node);
    Type *func = x->type, **targs = arena_array(&types_arena, Type *, func->func.ntparams);
    for (uint32_t i = 0; i < name->ntargs; i++) targs[i] = name->ident.targs[i];
    if (!infer_targs(c, x->node->pos, x->node, func, targs, name->ntargs, NULL, 0, NULL)) {
        operand_fail(x);
        return;
    }
    x->type = type_instance_func(func, targs);
    note_targs(x->node, x->type, targs, func->func.ntparams);
}

void check_index(Checker *c, Operand *x, Node *node)
{
    check_raw_expr(c, x, node->index.x, NULL);
    if (x->mode != MODE_TYPE) exclude_non_values(c, x);
    single_value(c, x);
    if (x->mode == MODE_NONE) {
        for (uint32_t i = 0; i < node->index.args.len && i < 1; i++) {
            Operand ignored = {0};
            check_raw_expr(c, &ignored, node->index.args.at[i], NULL);
        }
        x->mode = MODE_NONE;
        return;
    }
    if (x->mode == MODE_TYPE) {
        Type *type = check_type(c, node);
        x->mode = type->kind == TYPE_INVALID ? MODE_NONE : MODE_TYPE;
        x->type = type;
    } else if (x->mode == MODE_VALUE && is_generic_func(x->type)) {
        index_function(c, x, node);
    } else {
        index_value(c, x, node);
    }
}

/* ---- x[lo:hi:max] ---- */

/* The underlying type to slice: core type, but string and []byte go together. */
static bool find_bytestring(Type *under, void *arg)
{
    Type **found = arg;
    if (!under) return false;
    if (under->kind == TYPE_STRING) {
        *found = *found ? *found : under;
        return true;
    }
    if (under->kind == TYPE_SLICE && type_under(under->elem)->kind == TYPE_UINT8) {
        *found = *found ? *found : under;
        return true;
    }
    return false;
}

static Type *sliceable(Type *type)
{
    Type *core = type_core(type), *found = NULL;
    if (core || !type_is_param(type)) return core;
    return each_type(type, find_bytestring, &found) ? type_basic[TYPE_STRING] : NULL;
}

/* Sets x to what slicing gives; *length gets the constant length or -1. */
static bool slice_operand(Checker *c, Operand *x, Node *node, int64_t *length)
{
    Type *core = x->mode == MODE_NIL ? NULL : sliceable(x->type);
    *length = -1;
    if (core && type_is_string(core)) {
        if (node->slice.is_full) {
            if (node->slice.max) check_error(c, node->slice.max, ERR_SLICE3_STRING);
            return false;
        }
        if (x->mode == MODE_CONST) {
            size_t len;
            const_to_string(x->val, &len);
            *length = (int64_t)len;
        }
        convert_to_default(c, x);
        x->mode = MODE_VALUE;
        if (x->type->kind != TYPE_PARAM && type_is_untyped(x->type))
            x->type = type_basic[TYPE_STRING];
        return true;
    }
    if (core && core->kind == TYPE_SLICE) {
        x->mode = MODE_VALUE;
        return true;
    }
    if (core && core->kind == TYPE_ARRAY) {
        if (x->mode != MODE_VAR) {
            check_error(c, x->node, ERR_SLICE_UNADDRESSABLE, operand_string(x));
            return false;
        }
        mark_addressed(node->slice.x);
    } else if (core && core->kind == TYPE_POINTER && (core = type_core(core->elem)) &&
               core->kind == TYPE_ARRAY) {
        node->flags |= NF_IMPLICIT_DEREF;
    } else {
        check_error(c, x->node, ERR_CANNOT_SLICE, operand_string(x));
        return false;
    }
    *length = core->len;
    x->mode = MODE_VALUE;
    x->type = type_slice(core->elem);
    return true;
}

void check_slice(Checker *c, Operand *x, Node *node)
{
    Node *bounds[] = {node->slice.lo, node->slice.hi, node->slice.max};
    int64_t length, values[3] = {-1, -1, -1};
    check_expr(c, x, node->slice.x);
    bool ok = x->mode != MODE_NONE && slice_operand(c, x, node, &length);
    if (!ok) {
        length = -1;
        x->mode = MODE_NONE;
    }
    for (int i = 0; i < 3; i++) {
        Operand ignored = {0};
        if (!bounds[i]) continue;
        if (!ok)
            check_raw_expr(c, &ignored, bounds[i], NULL);
        else if (!check_index_value(c, bounds[i], length >= 0 ? length + 1 : -1, &values[i]))
            values[i] = -1;
    }
    for (int i = 0; i < 2; i++) {
        for (int j = i + 1; j < 3; j++) {
            if (values[i] >= 0 && values[j] >= 0 && values[i] > values[j]) {
                check_error(c, bounds[j], ERR_SLICE_ORDER,
                            arena_printf(&types_arena, "%lld", (long long)values[j]),
                            arena_printf(&types_arena, "%lld", (long long)values[i]));
                return;
            }
        }
    }
}

int64_t check_array_length(Checker *c, Node *node)
{
    Operand x = {0};
    if (node->kind == NODE_IDENT) {
        Object *obj = scope_lookup_parent(c->scope, node->ident.name, visible_from(c, node), NULL);
        if (!obj) {
            check_error(c, node, ERR_UNDEFINED_LENGTH, node->ident.name->text);
            remedy_name(c, node);
            return -1;
        }
        if (obj->kind != OBJ_CONST && obj->kind != OBJ_PACKAGE && obj->kind != OBJ_TYPE) {
            obj->is_used = true;
            check_error(c, node, ERR_ARRAY_LENGTH, node->ident.name->text);
            return -1;
        }
    }
    check_expr(c, &x, node);
    if (x.mode == MODE_NONE) return -1;
    if (x.mode != MODE_CONST) {
        check_error(c, node, ERR_ARRAY_LENGTH_CONST, operand_string(&x));
        return -1;
    }
    ConstValue *length = type_is_untyped(x.type) || type_is_integer(x.type)
                             ? const_to_kind(x.val, CONST_INT)
                             : const_unknown();
    if (const_kind(length) != CONST_INT) {
        check_error(c, node, ERR_ARRAY_LENGTH_INTEGER, operand_string(&x));
        return -1;
    }
    int64_t value;
    if (!const_to_int64(length, &value) || value < 0) {
        check_error(c, node, type_is_integer(x.type) ? ERR_ARRAY_LENGTH : ERR_ARRAY_LENGTH_INTEGER,
                    operand_string(&x));
        return -1;
    }
    if (type_is_untyped(x.type)) convert_untyped(c, &x, type_basic[TYPE_INT]);
    return value;
}
