/* SPDX-License-Identifier: MIT */
/* From one type to another: untyped operands settling down, assignability, conversions.
 *
 * An untyped expression is checked before anybody knows its type; the context tells later. Then the
 * type is carried down the tree to every part that was waiting for it (settle), so that the
 * compiler meets final types only. Constants are leaves here: the compiler takes a constant's value
 * and never looks at what it was computed from. */
#include "types/remedy.h"
#include "types/version.h"

#include "base/utf8.h"

/* Calls f with each type of a type parameter's type set, as it is named there, or with NULL if
 * there are none in particular. */
static bool each_term(Type *param, bool (*f)(Type *term, void *arg), void *arg)
{
    Type *under = type_under(param);
    if (!under->iface.has_terms || under->iface.nterms == 0) return f(NULL, arg);
    for (uint32_t i = 0; i < under->iface.nterms; i++) {
        if (!f(under->iface.terms[i].type, arg)) return false;
    }
    return true;
}

typedef struct UnderCall {
    bool (*f)(Type *under, void *arg);
    void *arg;
} UnderCall;

static bool call_with_under(Type *term, void *arg)
{
    UnderCall *call = arg;
    return call->f(term ? type_under(term) : NULL, call->arg);
}

bool each_type(Type *type, bool (*f)(Type *under, void *arg), void *arg)
{
    type = type_unalias(type);
    if (type->kind != TYPE_PARAM) return f(type_under(type), arg);
    return each_term(type, call_with_under, &(UnderCall){f, arg});
}

/* ---- Untyped operands ---- */

static bool is_nil(const Operand *x)
{
    return x->mode == MODE_NIL;
}

/* The wider of two untyped types, NULL where they do not mix. */
static Type *wider_untyped(Type *a, Type *b)
{
    if (a->kind == b->kind) return a;
    bool a_number = a->kind >= TYPE_UNTYPED_INT && a->kind <= TYPE_UNTYPED_COMPLEX;
    bool b_number = b->kind >= TYPE_UNTYPED_INT && b->kind <= TYPE_UNTYPED_COMPLEX;
    if (!a_number || !b_number) return NULL;
    return a->kind > b->kind ? a : b;
}

static Misfit constant_misfit(const Operand *x, Type *type)
{
    if (!type_is_numeric(x->type) || !type_is_numeric(type)) return MISFIT;
    return !type_is_integer(x->type) && type_is_integer(type) ? MISFIT_TRUNCATED : MISFIT_OVERFLOWS;
}

typedef struct TermFit {
    Checker *c;
    Operand *x;
} TermFit;

static bool fits_term(Type *under, void *arg)
{
    TermFit *fit = arg;
    ConstValue *val;
    Misfit misfit;
    return under && implicit_type(fit->c, fit->x, under, &val, &misfit);
}

static Type *implicit_basic(Operand *x, Type *target, Type *under, ConstValue **val, Misfit *misfit)
{
    if (x->mode == MODE_CONST) {
        if (const_representable(x->val, under, val)) return target;
        *misfit = constant_misfit(x, under);
        return NULL;
    }
    bool fits = x->type->kind == TYPE_UNTYPED_BOOL     ? type_is_boolean(under)
                : x->type->kind == TYPE_UNTYPED_STRING ? type_is_string(under)
                : x->type->kind == TYPE_UNTYPED_NIL    ? under->kind == TYPE_UNSAFE_POINTER
                                                       : type_is_numeric(under);
    return fits ? target : NULL;
}

Type *implicit_type(Checker *c, Operand *x, Type *target, ConstValue **val, Misfit *misfit)
{
    *val = x->val;
    *misfit = FITS;
    if (x->mode == MODE_NONE || !type_is_untyped(x->type) || target->kind == TYPE_INVALID)
        return x->type;
    *misfit = MISFIT;
    if (is_nil(x)) return type_has_nil(target) || target->kind == TYPE_UNTYPED_NIL ? target : NULL;
    if (type_is_untyped(target)) return wider_untyped(x->type, target);
    if (type_is_param(target)) {
        TermFit fit = {c, x};
        return each_type(target, fits_term, &fit) ? target : NULL;
    }
    Type *under = type_under(target);
    if (under->kind <= TYPE_UNSAFE_POINTER) return implicit_basic(x, target, under, val, misfit);
    if (under->kind == TYPE_INTERFACE && under->iface.nall == 0 && !under->iface.has_terms &&
        !under->is_comparable) {
        Type *type = type_default(x->type);
        return implicit_basic(x, type, type_under(type), val, misfit);
    }
    return NULL;
}

static void settle_children(Checker *c, Node *node, Type *type)
{
    switch (node->kind) {
    case NODE_PAREN: settle(c, node->unary.x, type, NULL); break;
    case NODE_UNARY:
        if (node->op != T_ARROW && node->op != T_AND) settle(c, node->unary.x, type, NULL);
        break;
    case NODE_BINARY:
        switch (node->op) {
        case T_EQL:
        case T_NEQ:
        case T_LSS:
        case T_LEQ:
        case T_GTR:
        case T_GEQ: break; /* the operands have a type of their own */
        case T_SHL:
        case T_SHR: settle(c, node->binary.x, type, NULL); break;
        default: settle(c, node->binary.x, type, NULL); settle(c, node->binary.y, type, NULL);
        }
        break;
    case NODE_CALL: /* min, max */
        for (uint32_t i = 0; i < node->call.args.len; i++)
            settle(c, node->call.args.at[i], type, NULL);
        break;
    default: break;
    }
}

static bool is_shift(const Node *node)
{
    return node->kind == NODE_BINARY && (node->op == T_SHL || node->op == T_SHR);
}

static void report_misfit(Checker *c, Operand *x, Type *target, Misfit misfit)
{
    ErrorCode code = misfit == MISFIT_TRUNCATED   ? ERR_TRUNCATED
                     : misfit == MISFIT_OVERFLOWS ? ERR_OVERFLOWS
                                                  : ERR_CANNOT_CONVERT;
    check_error(c, x->node, code, operand_string(x), type_string(target));
}

void settle(Checker *c, Node *node, Type *type, ConstValue *val)
{
    if (!node->type || !type_is_untyped(node->type)) return;
    if (node->mode == MODE_CONST) {
        if (!val && type_is_typed(type) && !type_is_param(type) && node->val) {
            Operand x = {.mode = MODE_CONST, .type = node->type, .val = node->val, .node = node};
            Misfit misfit;
            if (!implicit_type(c, &x, type, &val, &misfit)) report_misfit(c, &x, type, misfit);
        }
        node->val = val ? val : node->val;
        node->type = type;
        return;
    }
    if (is_shift(node) && type_is_typed(type) && !type_is_integer(type)) {
        check_error(c, node->binary.x, ERR_SHIFTED_TYPE, expr_text(node->binary.x),
                    type_string(type));
        node->type = type;
        return;
    }
    settle_children(c, node, type);
    node->type = type;
}

/* The target that convert_untyped and assignments settle for has been found: takes it over. */
static void adopt(Checker *c, Operand *x, Type *type, ConstValue *val)
{
    if (x->mode == MODE_CONST) x->val = val;
    if (x->type == type) {
        x->node->val = x->val;
        return;
    }
    x->type = type;
    if (x->mode == MODE_NIL) {
        for (Node *n = x->node; n; n = n->kind == NODE_PAREN ? n->unary.x : NULL) n->type = type;
        return;
    }
    settle(c, x->node, type, x->mode == MODE_CONST ? val : NULL);
}

void convert_untyped(Checker *c, Operand *x, Type *target)
{
    if (x->mode == MODE_NONE || !type_is_untyped(x->type)) return;
    ConstValue *val;
    Misfit misfit;
    Type *type = implicit_type(c, x, target, &val, &misfit);
    if (!type) {
        report_misfit(c, x, type_is_param(target) ? target : type_under(target), misfit);
        operand_fail(x);
        return;
    }
    adopt(c, x, type, val);
}

void convert_to_default(Checker *c, Operand *x)
{
    convert_untyped(c, x, type_default(x->type));
}

bool check_representable(Checker *c, Operand *x, Type *type)
{
    ConstValue *val;
    Type *under = type_under(type);
    if (const_representable(x->val, under, &val)) {
        x->val = val;
        x->node->val = val;
        return true;
    }
    report_misfit(c, x, type, constant_misfit(x, under));
    operand_fail(x);
    return false;
}

/* ---- Assignability ---- */

static bool same_channel(Type *from, Type *to)
{
    Type *f = type_under(from), *t = type_under(to);
    return f->kind == TYPE_CHAN && t->kind == TYPE_CHAN && f->dir == 3 &&
           types_identical(f->elem, t->elem) && (!type_is_named(from) || !type_is_named(to));
}

typedef struct ParamAssign {
    Checker *c;
    Operand x;
    Type *type; /* the other type, NULL where it is x's terms that vary */
} ParamAssign;

static bool assign_to_term(Type *under, void *arg)
{
    ParamAssign *p = arg;
    return under && operand_assignable(p->c, &p->x, under, NULL);
}

static bool assign_from_term(Type *under, void *arg)
{
    ParamAssign *p = arg;
    if (!under) return false;
    p->x.type = under;
    return operand_assignable(p->c, &p->x, p->type, NULL);
}

static bool assignable_param(Checker *c, Operand *x, Type *from, Type *to)
{
    ParamAssign p = {c, *x, to};
    p.x.mode = MODE_VALUE;
    if (type_is_param(to)) return !type_is_named(from) && each_type(to, assign_to_term, &p);
    return type_is_param(from) && !type_is_named(to) && each_type(from, assign_from_term, &p);
}

bool operand_assignable(Checker *c, Operand *x, Type *type, const char **why)
{
    if (x->mode == MODE_NONE || x->type->kind == TYPE_INVALID || type->kind == TYPE_INVALID)
        return true;
    Type *from = x->type;
    if (from == type || types_identical(from, type)) return true;
    if (type_is_untyped(from)) {
        ConstValue *val;
        Misfit misfit;
        return implicit_type(c, x, type, &val, &misfit) != NULL;
    }
    Type *from_under = type_under(from), *to_under = type_under(type);
    bool has_param = type_is_param(from) || type_is_param(type);
    if (!has_param && types_identical(from_under, to_under) &&
        (!type_is_named(from) || !type_is_named(type)))
        return true;
    bool to_iface_pointer = to_under->kind == TYPE_POINTER && type_is_interface(to_under->elem);
    if (type_is_interface(type) || (to_iface_pointer && why)) {
        if (type_implements(from, type, false, why)) return true;
        if (type_is_interface(from) && type_implements(type, from, false, NULL) && why)
            *why = "need type assertion";
        return false;
    }
    if (type_is_interface(from) && !type_is_param(type) && why &&
        type_implements(type, from, false, NULL))
        *why = "need type assertion";
    if (same_channel(from, type)) return true;
    return has_param && assignable_param(c, x, from, type);
}

/* An untyped x takes the type that assignment to `type` gives it. False after an error. */
static bool assign_untyped(Checker *c, Operand *x, Type *type, const char *context)
{
    Type *target = type;
    if (!type || (type_is_interface(type) && !is_nil(x))) {
        if (!type && is_nil(x)) {
            check_error(c, x->node, ERR_UNTYPED_NIL_USE, context);
            return false;
        }
        target = type_default(x->type);
    }
    ConstValue *val;
    Misfit misfit;
    Type *new_type = implicit_type(c, x, target, &val, &misfit);
    if (!new_type) {
        const char *tail = misfit == MISFIT_TRUNCATED   ? " (truncated)"
                           : misfit == MISFIT_OVERFLOWS ? " (overflows)"
                                                        : "";
        check_error(c, x->node, ERR_CANNOT_USE, operand_string(x), type_string(target), context,
                    tail);
        if (type) remedy_assign(c, x, type);
        return false;
    }
    adopt(c, x, new_type, val);
    return true;
}

void check_assignment(Checker *c, Operand *x, Type *type, const char *context)
{
    single_value(c, x);
    if (x->mode == MODE_NONE) return;
    if (x->mode < MODE_CONST) {
        check_error(c, x->node, ERR_CANNOT_ASSIGN_IN, operand_string(x), context);
        operand_fail(x);
        return;
    }
    if (type_is_untyped(x->type) && !assign_untyped(c, x, type, context)) {
        operand_fail(x);
        return;
    }
    if (is_generic_func(x->type)) {
        if (!type || type->kind != TYPE_INVALID)
            check_error(c, x->node, ERR_GENERIC_FUNC_IN, expr_text(x->node), context);
        operand_fail(x);
        return;
    }
    const char *why = NULL;
    if (!type || operand_assignable(c, x, type, &why)) return;
    const char *tail = why ? arena_printf(&types_arena, ": %s", why) : "";
    check_error(c, x->node, ERR_CANNOT_USE, operand_string(x), type_string(type), context, tail);
    remedy_assign(c, x, type);
    operand_fail(x);
}

/* ---- Conversions ---- */

static bool is_bytes_or_runes(Type *under)
{
    if (under->kind != TYPE_SLICE) return false;
    TypeKind elem = type_under(under->elem)->kind;
    return elem == TYPE_UINT8 || elem == TYPE_INT32;
}

static bool is_number(Type *under)
{
    return under->kind >= TYPE_INT && under->kind <= TYPE_FLOAT64;
}

/* identical but for struct tags */
static bool identical_ignoring_tags(Type *a, Type *b);

static bool same_vars(Object **a, Object **b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!identical_ignoring_tags(a[i]->type, b[i]->type)) return false;
    }
    return true;
}

static bool same_fields(Type *a, Type *b)
{
    if (a->strukt.nfields != b->strukt.nfields) return false;
    for (uint32_t i = 0; i < a->strukt.nfields; i++) {
        Field *f = &a->strukt.fields[i], *g = &b->strukt.fields[i];
        if (f->name != g->name || f->is_embedded != g->is_embedded ||
            (!f->name->is_exported && f->obj->package != g->obj->package) ||
            !identical_ignoring_tags(f->type, g->type))
            return false;
    }
    return true;
}

static bool identical_ignoring_tags(Type *a, Type *b)
{
    a = type_unalias(a);
    b = type_unalias(b);
    if (types_identical(a, b)) return true;
    if (a->kind != b->kind) return false;
    switch (a->kind) {
    case TYPE_STRUCT: return same_fields(a, b);
    case TYPE_POINTER:
    case TYPE_SLICE: return identical_ignoring_tags(a->elem, b->elem);
    case TYPE_ARRAY: return a->len == b->len && identical_ignoring_tags(a->elem, b->elem);
    case TYPE_CHAN: return a->dir == b->dir && identical_ignoring_tags(a->elem, b->elem);
    case TYPE_MAP:
        return identical_ignoring_tags(a->key, b->key) && identical_ignoring_tags(a->elem, b->elem);
    case TYPE_FUNC:
        return a->is_variadic == b->is_variadic && a->func.nparams == b->func.nparams &&
               a->func.nresults == b->func.nresults && a->func.ntparams == b->func.ntparams &&
               same_vars(a->func.params, b->func.params, a->func.nparams) &&
               same_vars(a->func.results, b->func.results, a->func.nresults);
    default: return false;
    }
}

static bool slice_to_array(Type *from, Type *to)
{
    if (from->kind != TYPE_SLICE) return false;
    if (to->kind == TYPE_POINTER) to = type_under(to->elem);
    return to->kind == TYPE_ARRAY && types_identical(from->elem, to->elem);
}

static bool convertible(Checker *c, Operand *x, Type *type, const char **why);

typedef struct ParamConvert {
    Checker *c;
    Operand x;
    Type *type;
} ParamConvert;

static bool convert_to_term(Type *term, void *arg)
{
    ParamConvert *p = arg;
    return term && convertible(p->c, &p->x, term, NULL);
}

static bool convert_from_term(Type *term, void *arg)
{
    ParamConvert *p = arg;
    if (!term) return false;
    p->x.type = term;
    return type_is_param(p->type) ? each_term(p->type, convert_to_term, p)
                                  : convertible(p->c, &p->x, p->type, NULL);
}

static bool convertible(Checker *c, Operand *x, Type *type, const char **why)
{
    if (operand_assignable(c, x, type, why)) return true;
    Type *from = type_under(x->type), *to = type_under(type);
    if (type_is_param(x->type) || type_is_param(type)) {
        ParamConvert p = {c, *x, type};
        p.x.mode = MODE_VALUE;
        return type_is_param(x->type) ? each_term(x->type, convert_from_term, &p)
                                      : each_term(type, convert_to_term, &p);
    }
    if (identical_ignoring_tags(from, to)) return true;
    Type *a = type_unalias(x->type), *b = type_unalias(type);
    if (a->kind == TYPE_POINTER && b->kind == TYPE_POINTER && !type_is_param(a->elem) &&
        !type_is_param(b->elem) &&
        identical_ignoring_tags(type_under(a->elem), type_under(b->elem)))
        return true;
    if (is_number(from) && is_number(to)) return true;
    if (type_is_complex(from) && type_is_complex(to)) return true;
    if (type_is_string(to) && (type_is_integer(from) || is_bytes_or_runes(from))) return true;
    if (type_is_string(from) && is_bytes_or_runes(to)) return true;
    bool from_pointer = from->kind == TYPE_POINTER || from->kind == TYPE_UINTPTR;
    bool to_pointer = to->kind == TYPE_POINTER || to->kind == TYPE_UINTPTR;
    if ((from_pointer && to->kind == TYPE_UNSAFE_POINTER) ||
        (from->kind == TYPE_UNSAFE_POINTER && to_pointer))
        return true;
    if (!slice_to_array(from, to)) return false;
    bool is_array = to->kind == TYPE_ARRAY;
    if (!x->node || version_allows(c, x->node, is_array ? 20 : 17)) return true;
    if (why)
        *why = is_array ? "conversion of slice to array requires go1.20 or later"
                        : "conversion of slice to array pointer requires go1.17 or later";
    return false;
}

/* Constant x to basic type: true if it may be, with *val. */
static bool convert_constant(Operand *x, Type *type, ConstValue **val)
{
    Type *under = type_under(type);
    if (const_representable(x->val, under, val)) return true;
    if (!type_is_integer(x->type) || !type_is_string(under)) return false;
    int64_t rune;
    if (!const_to_int64(x->val, &rune)) rune = 0xFFFD;
    char bytes[UTF8_MAX];
    *val = const_string(bytes, (size_t)utf8_encode(bytes, rune));
    return true;
}

static bool constant_to_term(Type *under, void *arg)
{
    Operand *x = arg;
    ConstValue *val;
    if (!under) return false;
    return (type_is_string(x->type) && is_bytes_or_runes(under)) ||
           (type_is_const_type(under) && convert_constant(x, under, &val));
}

static bool constant_of_term(Type *under, void *arg)
{
    Operand *x = arg;
    ConstValue *val;
    return under && const_representable(x->val, under, &val);
}

/* The type an untyped operand settles for inside a conversion to `type`. */
static Type *final_in_conversion(Operand *x, Type *type)
{
    if (is_nil(x)) return type;
    if (type_is_param(type) && x->mode == MODE_CONST)
        return each_type(type, constant_of_term, x) ? type : type_default(x->type);
    if (type_is_interface(type) || type_is_param(type) ||
        (x->mode == MODE_CONST && !type_is_const_type(type)))
        return type_default(x->type);
    if (x->mode == MODE_CONST && type_is_integer(x->type) && type_is_string(type))
        return type_default(x->type);
    return type;
}

bool operand_convertible(Checker *c, Operand *x, Type *type)
{
    return convertible(c, x, type, NULL);
}

static void report_conversion(Checker *c, Operand *x, Type *type, const char *why)
{
    if (x->mode == MODE_CONST && type_is_integer(x->type) && type_is_integer(type) &&
        !type_is_param(type)) {
        Buf value = {0};
        const_print(x->val, &value);
        check_error(c, x->node, ERR_CONSTANT_OVERFLOWS, buf_str(&value), type_string(type));
        buf_free(&value);
    } else if (x->mode == MODE_CONST && type_is_float(x->type) && type_is_integer(type) &&
               !type_is_param(type)) {
        check_error(c, x->node, ERR_CANNOT_CONVERT_TRUNCATED, operand_string(x), type_string(type));
    } else {
        const char *tail = why ? arena_printf(&types_arena, ": %s", why) : "";
        check_error(c, x->node, ERR_CANNOT_CONVERT_WHY, operand_string(x), type_string(type), tail);
    }
}

/* x is the argument; its node stays the argument's, the caller notes the result on the call. */
void check_conversion(Checker *c, Operand *x, Type *type)
{
    bool is_constant = x->mode == MODE_CONST, ok;
    bool gives_constant = is_constant && type_is_const_type(type) && !type_is_param(type);
    ConstValue *val = NULL;
    const char *why = NULL;
    if (gives_constant) {
        ok = convert_constant(x, type, &val);
    } else if (is_constant && type_is_param(type)) {
        ok = each_type(type, constant_to_term, x);
    } else {
        ok = convertible(c, x, type, &why);
        if (!ok && is_constant && type_is_untyped(x->type)) {
            Operand value = {.mode = MODE_VALUE, .type = type_default(x->type), .node = x->node};
            why = NULL;
            ok = convertible(c, &value, type, &why);
        }
    }
    if (!ok) {
        report_conversion(c, x, type, why);
        operand_fail(x);
        return;
    }
    if (type_is_untyped(x->type)) {
        Type *final = final_in_conversion(x, type);
        if (is_constant) /* its value was judged above */
            settle(c, x->node, final, gives_constant && final == type ? val : x->val);
        else
            adopt(c, x, final, x->val);
    }
    x->mode = gives_constant ? MODE_CONST : MODE_VALUE;
    x->val = val;
    x->type = type;
}
