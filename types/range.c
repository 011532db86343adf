/* SPDX-License-Identifier: MIT */
/* Range clauses: over integers, strings, arrays, slices, maps, channels and functions. */
#include "types/stmt.h"
#include "types/version.h"

typedef struct RangeTypes {
    Type *key, *value; /* NULL where there is none */
    const char
        *cause; /* why it can't be ranged over, "" if there is nothing to say; NULL: it can */
    bool is_func;
    int max; /* variables permitted */
} RangeTypes;

static const char *func_cause(const char *text)
{
    return arena_printf(&types_arena, ": func must be func(yield func(...) bool): %s", text);
}

static RangeTypes range_func(Type *func)
{
    RangeTypes r = {.is_func = true};
    if (func->func.nparams != 1) return (RangeTypes){.cause = func_cause("wrong argument count")};
    if (func->func.nresults != 0) return (RangeTypes){.cause = func_cause("unexpected results")};
    Type *yield = type_core(func->func.params[0]->type);
    if (!yield || yield->kind != TYPE_FUNC)
        return (RangeTypes){.cause = func_cause("argument is not func")};
    if (yield->func.nparams > 2)
        return (RangeTypes){.cause = func_cause("yield func has too many parameters")};
    if (yield->func.nresults != 1 || !type_is_boolean(yield->func.results[0]->type))
        return (RangeTypes){.cause = func_cause("yield func does not return bool")};
    if (type_unalias(yield->func.results[0]->type) != type_basic[TYPE_BOOL])
        return (RangeTypes){.cause =
                                func_cause("yield func returns user-defined boolean, not bool")};
    r.max = (int)yield->func.nparams;
    if (r.max > 0) r.key = yield->func.params[0]->type;
    if (r.max > 1) r.value = yield->func.params[1]->type;
    return r;
}

static RangeTypes range_types(Operand *x)
{
    Type *integer = type_basic[TYPE_INT];
    Type *core = type_core(x->type);
    if (!core) return (RangeTypes){.cause = ": no common underlying type"};
    if (type_is_integer(core)) return (RangeTypes){.key = x->type, .max = 1};
    switch (core->kind) {
    case TYPE_STRING:
    case TYPE_UNTYPED_STRING: return (RangeTypes){.key = integer, .value = type_rune, .max = 2};
    case TYPE_ARRAY:
    case TYPE_SLICE: return (RangeTypes){.key = integer, .value = core->elem, .max = 2};
    case TYPE_POINTER: {
        Type *array = type_core(core->elem);
        if (!array || array->kind != TYPE_ARRAY) break;
        return (RangeTypes){.key = integer, .value = array->elem, .max = 2};
    }
    case TYPE_MAP: return (RangeTypes){.key = core->key, .value = core->elem, .max = 2};
    case TYPE_CHAN:
        if (!(core->dir & 2)) return (RangeTypes){.cause = ": receive from send-only channel"};
        return (RangeTypes){.key = core->elem, .max = 1};
    case TYPE_FUNC: return range_func(core);
    default: break;
    }
    return (RangeTypes){.cause = ""};
}

/* An untyped constant that is ranged over takes the type of an existing iteration variable, else
 * its default type. */
static void settle_integer(Checker *c, Node *stmt, Operand *x)
{
    if (x->mode != MODE_CONST || !type_is_untyped(x->type)) return;
    if (!type_is_numeric(x->type)) {
        convert_to_default(c, x);
        return;
    }
    Node *key = stmt->range.key;
    if (key && !(stmt->flags & NF_DEFINE) &&
        !(key->kind == NODE_IDENT && key->ident.name == name_blank)) {
        Operand var = {0};
        check_expr(c, &var, key);
        if (var.mode != MODE_NONE) check_assignment(c, x, var.type, "range clause");
        return;
    }
    if (type_is_integer(x->type) || type_is_string(x->type))
        convert_to_default(c, x);
    else if (type_is_numeric(x->type)) {
        ConstValue *val;
        if (const_representable(x->val, type_basic[TYPE_UNTYPED_INT], &val))
            convert_to_default(c, x);
    }
}

static void report_surplus(Node *stmt, Operand *x, const RangeTypes *r)
{
    Node *extra = r->max == 0   ? stmt->range.key
                  : r->max == 1 ? stmt->range.value
                                : stmt->range.extra.at[0];
    if (r->max >= 2)
        diag_error(extra->pos, extra->end, ERR_RANGE_TWO);
    else
        diag_error(extra->pos, extra->end, r->max == 0 ? ERR_RANGE_NONE : ERR_RANGE_ONE,
                   operand_string(x));
}

/* Declares (:=) or assigns one of the iteration variables; `type` is NULL after an error. */
static void iterate(Checker *c, Node *stmt, Node *lhs, Type *type, Object **declared)
{
    *declared = NULL;
    if (!lhs) return;
    Node *value = stmt->range.x;
    Operand x = {.node = value};
    if (type)
        operand_part(c, &x, value, MODE_VALUE, type);
    else
        x.mode = MODE_NONE;
    if (!(stmt->flags & NF_DEFINE)) {
        bool is_blank = lhs->kind == NODE_IDENT && lhs->ident.name == name_blank;
        if (x.mode == MODE_NONE && is_blank) return;
        if (x.mode == MODE_NONE)
            check_raw_expr(c, &x, lhs, NULL);
        else
            assign_var(c, lhs, &x, "range clause");
        return;
    }
    if (lhs->kind != NODE_IDENT) {
        diag_error(lhs->pos, lhs->end, ERR_NON_NAME, expr_text(lhs));
        return;
    }
    Object *var = new_local_var(c, lhs, type ? type : type_basic[TYPE_INVALID]);
    var->is_loop_var = true;
    if (!type) var->is_used = true;
    lhs->type = var->type;
    lhs->mode = MODE_VAR;
    *declared = var;
}

void check_range(Checker *c, Node *stmt)
{
    scope_open(c, stmt->pos, stmt->end);
    Operand x = {0};
    check_expr(c, &x, stmt->range.x);
    settle_integer(c, stmt, &x);
    RangeTypes r = {0};
    bool ok = x.mode != MODE_NONE, is_surplus = false;
    if (ok) {
        r = range_types(&x);
        int minor = r.is_func                                                 ? 23
                    : type_core(x.type) && type_is_integer(type_core(x.type)) ? 22
                                                                              : 0;
        if (!r.cause && !version_allows(c, stmt, minor))
            r.cause = arena_printf(&types_arena, ": requires go1.%d or later", minor);
        if (r.cause || (type_is_untyped(x.type) && !type_is_integer(x.type))) {
            diag_error(stmt->range.x->pos, stmt->range.x->end, ERR_RANGE_OVER, operand_string(&x),
                       r.cause ? r.cause : "");
            ok = false;
        } else if ((stmt->range.key && r.max < 1) || (stmt->range.value && r.max < 2) ||
                   stmt->range.extra.len) {
            report_surplus(stmt, &x, &r);
            is_surplus = true;
        }
        Type *core = ok ? type_core(x.type) : NULL;
        if (core && core->kind == TYPE_POINTER) stmt->flags |= NF_IMPLICIT_DEREF;
        if (!core || core->kind == TYPE_FUNC || type_is_param(x.type))
            nest_flag(c->nest, NF_RANGES_FUNC);
    }
    Object *key, *value;
    iterate(c, stmt, stmt->range.key, ok ? r.key : NULL, &key);
    iterate(c, stmt, stmt->range.value, ok ? r.value : NULL, &value);
    if (is_surplus && key) key->is_used = true;
    if (is_surplus && value) value->is_used = true;
    Pos from = stmt->range.body->pos;
    if (key && key->name != name_blank) declare(c, c->scope, stmt->range.key, key, from);
    if (value && value->name != name_blank) declare(c, c->scope, stmt->range.value, value, from);
    if ((stmt->flags & NF_DEFINE) && ok && key && (!value || value->name == name_blank) &&
        key->name == name_blank && !stmt->range.value)
        diag_error(stmt->range.key->pos, stmt->range.key->end, ERR_NO_NEW_VARS);
    check_block(c, stmt->range.body);
    scope_close(c);
}
