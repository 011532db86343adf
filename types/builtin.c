/* SPDX-License-Identifier: MIT */
/* Built-in functions, those of package unsafe included.
 *
 * Each has a row in a table (how many arguments) and a function. The arguments have been checked
 * when the function is called, save for those whose first argument is a type. x arrives as the
 * first argument and leaves as the result. */
#include "types/ident.h"
#include "types/version.h"

typedef struct BuiltinCall {
    Checker *c;
    Node *node; /* the CALL */
    const char *name;
    Operand *args;
    uint32_t n;
} BuiltinCall;

static void no_result(Operand *x)
{
    x->mode = MODE_NO_VALUE;
    x->type = type_tuple(NULL, 0);
}

static void result(Operand *x, Type *type)
{
    x->mode = MODE_VALUE;
    x->type = type;
    x->val = NULL;
}

static void constant(Operand *x, Type *type, ConstValue *val)
{
    x->mode = MODE_CONST;
    x->type = type;
    x->val = val;
}

/* ---- len, cap ---- */

static bool any_has_call(NodeList list)
{
    for (uint32_t i = 0; i < list.len; i++) {
        if (has_call_or_receive(list.at[i])) return true;
    }
    return false;
}

bool has_call_or_receive(const Node *node)
{
    if (!node || node->mode == MODE_CONST || node->mode == MODE_TYPE) return false;
    switch (node->kind) {
    case NODE_PAREN:
    case NODE_STAR: return has_call_or_receive(node->unary.x);
    case NODE_UNARY: return node->op == T_ARROW || has_call_or_receive(node->unary.x);
    case NODE_BINARY:
        return has_call_or_receive(node->binary.x) || has_call_or_receive(node->binary.y);
    case NODE_SELECTOR: return has_call_or_receive(node->selector.x);
    case NODE_INDEX: return has_call_or_receive(node->index.x) || any_has_call(node->index.args);
    case NODE_SLICE:
        return has_call_or_receive(node->slice.x) || has_call_or_receive(node->slice.lo) ||
               has_call_or_receive(node->slice.hi) || has_call_or_receive(node->slice.max);
    case NODE_KEYED: return has_call_or_receive(node->pair.a) || has_call_or_receive(node->pair.b);
    case NODE_ASSERT: return has_call_or_receive(node->pair.a);
    case NODE_COMPOSITE: return any_has_call(node->composite.elems);
    case NODE_CALL: return !(node->flags & NF_CONVERSION) || any_has_call(node->call.args);
    default: return false;
    }
}

static Type *array_behind(Type *under)
{
    if (under && under->kind == TYPE_POINTER) under = type_under(under->elem);
    return under && under->kind == TYPE_ARRAY ? under : NULL;
}

static bool has_len(Type *under, void *arg)
{
    bool is_cap = *(bool *)arg;
    if (!under) return false;
    if (array_behind(under)) return true;
    switch (under->kind) {
    case TYPE_SLICE:
    case TYPE_CHAN: return true;
    case TYPE_MAP: return !is_cap;
    default: return !is_cap && type_is_string(under);
    }
}

static void check_len(BuiltinCall *b, Operand *x, bool is_cap)
{
    if (x->mode == MODE_NIL || !each_type(x->type, has_len, &is_cap)) {
        check_error(b->c, x->node, ERR_BUILTIN_ARGUMENT, operand_string(x), b->name);
        x->mode = MODE_NONE;
        return;
    }
    Type *under = type_under(x->type), *array = type_is_param(x->type) ? NULL : array_behind(under);
    if (x->mode == MODE_CONST) {
        size_t len;
        const_to_string(x->val, &len);
        convert_to_default(b->c, x);
        constant(x, type_basic[TYPE_INT], const_int((int64_t)len));
    } else if (array && !has_call_or_receive(x->node)) {
        constant(x, type_basic[TYPE_INT], const_int(array->len));
    } else {
        result(x, type_basic[TYPE_INT]);
    }
}

/* ---- append, copy, clear, delete, close ---- */

static bool is_bytes(Type *type)
{
    Type *under = type ? type_core(type) : NULL;
    return under && under->kind == TYPE_SLICE && type_under(under->elem)->kind == TYPE_UINT8;
}

static bool string_or_bytes(Type *under, void *arg)
{
    (void)arg;
    return under && (type_is_string(under) || is_bytes(under));
}

static void check_append(BuiltinCall *b, Operand *x)
{
    Checker *c = b->c;
    Type *type = x->type, *slice = x->mode == MODE_NIL ? NULL : type_core(type);
    bool has_ellipsis = b->node->flags & NF_ELLIPSIS_CALL;
    if (!slice && type_is_param(type) && each_type(type, string_or_bytes, NULL))
        slice = type_slice(type_byte);
    if (!slice || slice->kind != TYPE_SLICE) {
        check_error(c, x->node, ERR_APPEND_SLICE,
                    x->mode == MODE_NIL ? "untyped nil" : operand_string(x));
        x->mode = MODE_NONE;
        return;
    }
    if (has_ellipsis && b->n != 2) {
        check_error(c, b->args[b->n - 1].node, b->n > 2 ? ERR_APPEND_MANY : ERR_APPEND_FEW);
        x->mode = MODE_NONE;
        return;
    }
    Operand *last = &b->args[b->n - 1];
    if (has_ellipsis && is_bytes(type) && last->mode != MODE_NIL &&
        each_type(last->type, string_or_bytes, NULL)) {
        convert_to_default(c, last);
    } else {
        for (uint32_t i = 1; i < b->n; i++)
            check_assignment(c, &b->args[i], has_ellipsis ? type_slice(slice->elem) : slice->elem,
                             "argument to append");
    }
    result(x, type);
}

static void check_copy(BuiltinCall *b, Operand *x)
{
    Checker *c = b->c;
    Operand *y = &b->args[1];
    Type *to = x->mode == MODE_NIL ? NULL : type_core(x->type);
    Type *from = y->mode == MODE_NIL ? NULL : type_core(y->type);
    if (!from && type_is_param(y->type) && each_type(y->type, string_or_bytes, NULL))
        from = type_slice(type_byte);
    bool from_string = from && type_is_string(from);
    if (!to || to->kind != TYPE_SLICE) {
        check_error(c, x->node, ERR_COPY_SLICE, operand_string(x));
        x->mode = MODE_NONE;
    } else if (!from || (from->kind != TYPE_SLICE && !from_string)) {
        check_error(c, x->node, ERR_COPY_SLICE, operand_string(y));
        x->mode = MODE_NONE;
    } else if (from_string ? type_under(to->elem)->kind != TYPE_UINT8
                           : !types_identical(to->elem, from->elem)) {
        check_error(c, x->node, ERR_COPY_ELEMENTS, operand_string(x), operand_string(y),
                    type_string(to->elem), from_string ? "byte" : type_string(from->elem));
        x->mode = MODE_NONE;
    } else {
        convert_to_default(c, y);
        result(x, type_basic[TYPE_INT]);
    }
}

static bool clearable(Type *under, void *arg)
{
    (void)arg;
    return under && (under->kind == TYPE_MAP || under->kind == TYPE_SLICE);
}

static void check_clear(BuiltinCall *b, Operand *x)
{
    TypeKind kind = TYPE_INVALID;
    if (x->mode == MODE_NIL || !each_type(x->type, clearable, &kind)) {
        check_error(b->c, x->node, ERR_CLEAR, operand_string(x));
        x->mode = MODE_NONE;
        return;
    }
    no_result(x);
}

typedef struct MapKey {
    Type *key;
} MapKey;

static bool same_key(Type *under, void *arg)
{
    MapKey *k = arg;
    if (!under || under->kind != TYPE_MAP || (k->key && !types_identical(k->key, under->key)))
        return false;
    k->key = under->key;
    return true;
}

static void check_delete(BuiltinCall *b, Operand *x)
{
    MapKey k = {0};
    if (x->mode == MODE_NIL || !each_type(x->type, same_key, &k)) {
        check_error(b->c, x->node, ERR_NOT_A_MAP, operand_string(x));
        x->mode = MODE_NONE;
        return;
    }
    check_assignment(b->c, &b->args[1], k.key, "argument to delete");
    no_result(x);
}

typedef struct CloseFault {
    ErrorCode code;
} CloseFault;

static bool closable(Type *under, void *arg)
{
    CloseFault *fault = arg;
    fault->code =
        !under || under->kind != TYPE_CHAN ? ERR_CLOSE_NON_CHANNEL : ERR_CLOSE_RECEIVE_ONLY;
    return under && under->kind == TYPE_CHAN && (under->dir & 1);
}

static void check_close(BuiltinCall *b, Operand *x)
{
    CloseFault fault = {ERR_CLOSE_NON_CHANNEL};
    if (x->mode == MODE_NIL || !each_type(x->type, closable, &fault)) {
        check_error(b->c, x->node, fault.code, operand_string(x));
        x->mode = MODE_NONE;
        return;
    }
    no_result(x);
}

/* ---- complex, real, imag ---- */

static TypeKind part_kind(TypeKind complex)
{
    switch (complex) {
    case TYPE_COMPLEX64: return TYPE_FLOAT32;
    case TYPE_COMPLEX128: return TYPE_FLOAT64;
    case TYPE_UNTYPED_COMPLEX: return TYPE_UNTYPED_FLOAT;
    default: return TYPE_INVALID;
    }
}

static TypeKind complex_kind(TypeKind part)
{
    switch (part) {
    case TYPE_FLOAT32: return TYPE_COMPLEX64;
    case TYPE_FLOAT64: return TYPE_COMPLEX128;
    case TYPE_UNTYPED_FLOAT: return TYPE_UNTYPED_COMPLEX;
    default: return TYPE_INVALID;
    }
}

static void constant_to_float(Operand *x)
{
    ConstValue *val;
    if (x->mode == MODE_CONST && type_is_numeric(x->type) &&
        const_representable(x->val, type_basic[TYPE_UNTYPED_FLOAT], &val)) {
        x->val = val;
        x->type = type_basic[TYPE_UNTYPED_FLOAT];
    }
}

/* Untyped parts: both constant, or the constant one takes the other's type. */
static bool match_parts(Checker *c, Operand *x, Operand *y)
{
    bool ux = type_is_untyped(x->type), uy = type_is_untyped(y->type);
    if (ux && uy && x->mode == MODE_CONST && y->mode == MODE_CONST) {
        constant_to_float(x);
        constant_to_float(y);
    } else if (ux && uy) {
        convert_untyped(c, x, type_basic[TYPE_FLOAT64]);
        convert_untyped(c, y, type_basic[TYPE_FLOAT64]);
    } else if (ux) {
        convert_untyped(c, x, y->type);
    } else if (uy) {
        convert_untyped(c, y, x->type);
    }
    return x->mode != MODE_NONE && y->mode != MODE_NONE;
}

static void check_complex(BuiltinCall *b, Operand *x)
{
    Checker *c = b->c;
    Operand *y = &b->args[1];
    Node *first = x->node;
    if (!match_parts(c, x, y)) {
        x->mode = MODE_NONE;
        return;
    }
    if (!types_identical(x->type, y->type)) {
        check_error(c, first, ERR_MISMATCHED, expr_text(b->node), type_string(x->type),
                    type_string(y->type));
        x->mode = MODE_NONE;
        return;
    }
    TypeKind kind = complex_kind(type_under(x->type)->kind);
    if (kind == TYPE_INVALID) {
        check_error(c, first, ERR_COMPLEX_PARTS, type_string(x->type));
        x->mode = MODE_NONE;
        return;
    }
    if (x->mode == MODE_CONST && y->mode == MODE_CONST)
        constant(x, type_basic[kind], const_make_complex(x->val, y->val));
    else
        result(x, type_basic[kind]);
}

static void check_real_imag(BuiltinCall *b, Operand *x, bool is_real)
{
    if (type_is_untyped(x->type)) {
        if (x->mode == MODE_CONST && type_is_numeric(x->type)) {
            x->type = type_basic[TYPE_UNTYPED_COMPLEX];
            x->val = const_to_kind(x->val, CONST_COMPLEX);
        } else {
            convert_untyped(b->c, x, type_basic[TYPE_COMPLEX128]);
            if (x->mode == MODE_NONE) return;
        }
    }
    TypeKind kind = part_kind(type_under(x->type)->kind);
    if (kind == TYPE_INVALID) {
        check_error(b->c, x->node, ERR_NOT_COMPLEX, type_string(x->type));
        x->mode = MODE_NONE;
        return;
    }
    if (x->mode == MODE_CONST)
        constant(x, type_basic[kind], is_real ? const_real(x->val) : const_imag(x->val));
    else
        result(x, type_basic[kind]);
}

/* ---- make, new ---- */

static Type *type_argument(BuiltinCall *b)
{
    Type *type = check_var_type(b->c, b->node->call.args.at[0]);
    return type->kind == TYPE_INVALID ? NULL : type;
}

static bool make_minimum(Type *core, uint32_t *min)
{
    switch (core ? core->kind : TYPE_INVALID) {
    case TYPE_SLICE: *min = 2; return true;
    case TYPE_MAP:
    case TYPE_CHAN: *min = 1; return true;
    default: return false;
    }
}

static void check_make(BuiltinCall *b, Operand *x)
{
    Checker *c = b->c;
    NodeList args = b->node->call.args;
    Type *type = type_argument(b);
    x->mode = MODE_NONE;
    if (!type) return;
    uint32_t min;
    Type *core = type_core(type);
    if (!make_minimum(core, &min)) {
        if (core || !type_is_param(type))
            check_error(c, args.at[0], ERR_MAKE_TYPE, expr_text(args.at[0]));
        else
            check_error(c, args.at[0], ERR_MAKE_NO_COMMON, expr_text(args.at[0]));
        return;
    }
    if (args.len < min || args.len > min + 1) {
        check_error(c, b->node, ERR_MAKE_COUNT, expr_text(b->node), (int)min, (int)min + 1,
                    (int)args.len);
        return;
    }
    int64_t sizes[2] = {-1, -1};
    for (uint32_t i = 1; i < args.len; i++) check_index_value(c, args.at[i], -1, &sizes[i - 1]);
    if (sizes[0] >= 0 && sizes[1] >= 0 && sizes[0] > sizes[1])
        check_error(c, args.at[1], ERR_MAKE_SWAPPED);
    result(x, type);
}

static void check_new(BuiltinCall *b, Operand *x)
{
    Checker *c = b->c;
    Node *arg = b->node->call.args.at[0];
    check_expr_or_type(c, x, arg);
    if (x->mode == MODE_NONE) return;
    if (x->mode == MODE_TYPE) {
        Type *type = check_var_type(c, arg);
        x->mode = MODE_NONE;
        if (type->kind != TYPE_INVALID) result(x, type_pointer(type));
        return;
    }
    if (x->mode == MODE_NIL) {
        check_error(c, arg, ERR_UNTYPED_NIL_USE, "argument to new");
        x->mode = MODE_NONE;
        return;
    }
    check_assignment(c, x, NULL, "argument to new");
    version_check(c, arg->pos, arg->end, 26, arena_printf(&types_arena, "new(%s)", expr_text(arg)));
    if (x->mode != MODE_NONE) result(x, type_pointer(x->type));
}

/* ---- min, max ---- */

static bool order_arguments(BuiltinCall *b)
{
    for (uint32_t i = 0; i < b->n; i++) {
        if (b->args[i].mode == MODE_NIL || !type_is_ordered(b->args[i].type)) {
            check_error(b->c, b->args[i].node, ERR_NOT_ORDERED, operand_string(&b->args[i]));
            return false;
        }
    }
    return true;
}

static void check_min_max(BuiltinCall *b, Operand *x, TokenKind better)
{
    Checker *c = b->c;
    bool ok = order_arguments(b);
    for (uint32_t i = 1; ok && i < b->n; i++) {
        Operand *y = &b->args[i];
        Type *before = x->type;
        match_operands(c, x, y);
        if (x->mode == MODE_NONE) return;
        if (!types_identical(x->type, y->type)) {
            check_error(c, y->node, ERR_MINMAX_MISMATCH, type_string(before), type_string(y->type),
                        expr_text(y->node));
            ok = false;
        } else if (x->mode == MODE_CONST && y->mode == MODE_CONST) {
            if (const_compare(better, y->val, x->val)) x->val = y->val;
        } else {
            x->mode = MODE_VALUE;
        }
    }
    if (!ok) {
        x->mode = MODE_NONE;
        return;
    }
    if (x->mode != MODE_CONST) result(x, x->type);
    /* the result's type becomes every argument's, now or when it is settled */
    for (uint32_t i = 0; type_is_typed(x->type) && i < b->n; i++)
        settle(c, b->node->call.args.at[i], x->type, NULL);
}

/* ---- panic, print, recover ---- */

static void check_print(BuiltinCall *b, Operand *x)
{
    const char *context = arena_printf(&types_arena, "argument to built-in %s", b->name);
    for (uint32_t i = 0; i < b->n; i++) check_assignment(b->c, &b->args[i], NULL, context);
    no_result(x);
}

static void check_panic(BuiltinCall *b, Operand *x)
{
    check_assignment(b->c, x, type_any, "argument to panic");
    if (x->mode != MODE_NONE) no_result(x);
}

/* ---- unsafe ---- */

static void check_unsafe_add(BuiltinCall *b, Operand *x)
{
    check_assignment(b->c, x, type_basic[TYPE_UNSAFE_POINTER], "argument to unsafe.Add");
    if (x->mode == MODE_NONE || !valid_index(b->c, &b->args[1], "length", true)) {
        x->mode = MODE_NONE;
        return;
    }
    result(x, type_basic[TYPE_UNSAFE_POINTER]);
}

/* Whether a type's size depends on type parameters. */
static bool has_var_size(Type *type)
{
    if (!type_mentions_params(type)) return false;
    if (type_is_param(type)) return true;
    Type *under = type_under(type);
    if (under->kind == TYPE_ARRAY) return has_var_size(under->elem);
    bool varies = false;
    for (uint32_t i = 0; under->kind == TYPE_STRUCT && i < under->strukt.nfields && !varies; i++)
        varies = has_var_size(under->strukt.fields[i].type);
    return varies;
}

static void check_sizeof(BuiltinCall *b, Operand *x, bool is_align)
{
    check_assignment(b->c, x, NULL,
                     is_align ? "argument to unsafe.Alignof" : "argument to unsafe.Sizeof");
    if (x->mode == MODE_NONE) return;
    Type *type = x->type;
    if (has_var_size(type))
        result(x, type_basic[TYPE_UINTPTR]);
    else
        constant(x, type_basic[TYPE_UINTPTR],
                 const_int(is_align ? type_alignof(type) : type_sizeof(type)));
}

static void check_offsetof(BuiltinCall *b, Operand *x)
{
    Checker *c = b->c;
    Node *arg = b->node->call.args.at[0], *field = unparen(arg);
    x->mode = MODE_NONE;
    if (field->kind != NODE_SELECTOR) {
        check_error(c, arg, ERR_OFFSETOF_SELECTOR, expr_text(arg));
        Operand ignored = {0};
        check_raw_expr(c, &ignored, arg, NULL);
        return;
    }
    check_expr(c, x, arg);
    if (x->mode == MODE_NONE) return;
    Selection *sel = field->selector.selection;
    if (!sel || sel->kind != SELECT_FIELD) {
        check_error(c, arg, ERR_OFFSETOF_METHOD, expr_text(arg));
        x->mode = MODE_NONE;
        return;
    }
    Type *type = sel->recv;
    if (type_under(type)->kind == TYPE_POINTER) type = type_under(type)->elem;
    const char *base = type_string(type);
    if (has_var_size(type)) {
        result(x, type_basic[TYPE_UINTPTR]);
        return;
    }
    int64_t offset = 0;
    for (uint32_t i = 0; i < sel->npath; i++) {
        if (i > 0 && type_under(type)->kind == TYPE_POINTER) {
            check_error(c, arg, ERR_OFFSETOF_POINTER, sel->obj->name->text, base);
            x->mode = MODE_NONE;
            return;
        }
        Type *strukt = type_under(type);
        offset += type_field_offset(strukt, sel->path[i]);
        type = strukt->strukt.fields[sel->path[i]].type;
    }
    constant(x, type_basic[TYPE_UINTPTR], const_int(offset));
}

static void check_unsafe_slice(BuiltinCall *b, Operand *x)
{
    Type *pointer = x->mode == MODE_NIL ? NULL : type_core(x->type);
    if (!pointer || pointer->kind != TYPE_POINTER) {
        check_error(b->c, x->node, ERR_NOT_A_POINTER, operand_string(x));
        x->mode = MODE_NONE;
    } else if (!valid_index(b->c, &b->args[1], "length", false)) {
        x->mode = MODE_NONE;
    } else {
        result(x, type_slice(pointer->elem));
    }
}

static void check_slice_data(BuiltinCall *b, Operand *x)
{
    Type *slice = x->mode == MODE_NIL ? NULL : type_core(x->type);
    if (!slice || slice->kind != TYPE_SLICE) {
        check_error(b->c, x->node, ERR_NOT_A_SLICE, operand_string(x));
        x->mode = MODE_NONE;
        return;
    }
    result(x, type_pointer(slice->elem));
}

static void check_unsafe_string(BuiltinCall *b, Operand *x)
{
    check_assignment(b->c, x, type_pointer(type_byte), "argument to unsafe.String");
    if (x->mode == MODE_NONE || !valid_index(b->c, &b->args[1], "length", false)) {
        x->mode = MODE_NONE;
        return;
    }
    result(x, type_basic[TYPE_STRING]);
}

static void check_string_data(BuiltinCall *b, Operand *x)
{
    check_assignment(b->c, x, type_basic[TYPE_STRING], "argument to unsafe.StringData");
    if (x->mode != MODE_NONE) result(x, type_pointer(type_byte));
}

/* ---- All of them ---- */

typedef struct Row {
    const char *name;
    uint8_t min;
    bool is_variadic;
} Row;

static const Row rows[] = {
    [BUILTIN_APPEND] = {"append", 1, true},
    [BUILTIN_CAP] = {"cap", 1, false},
    [BUILTIN_CLEAR] = {"clear", 1, false},
    [BUILTIN_CLOSE] = {"close", 1, false},
    [BUILTIN_COMPLEX] = {"complex", 2, false},
    [BUILTIN_COPY] = {"copy", 2, false},
    [BUILTIN_DELETE] = {"delete", 2, false},
    [BUILTIN_IMAG] = {"imag", 1, false},
    [BUILTIN_LEN] = {"len", 1, false},
    [BUILTIN_MAKE] = {"make", 1, true},
    [BUILTIN_MAX] = {"max", 1, true},
    [BUILTIN_MIN] = {"min", 1, true},
    [BUILTIN_NEW] = {"new", 1, false},
    [BUILTIN_PANIC] = {"panic", 1, false},
    [BUILTIN_PRINT] = {"print", 0, true},
    [BUILTIN_PRINTLN] = {"println", 0, true},
    [BUILTIN_REAL] = {"real", 1, false},
    [BUILTIN_RECOVER] = {"recover", 0, false},
    [BUILTIN_ADD] = {"unsafe.Add", 2, false},
    [BUILTIN_ALIGNOF] = {"unsafe.Alignof", 1, false},
    [BUILTIN_OFFSETOF] = {"unsafe.Offsetof", 1, false},
    [BUILTIN_SIZEOF] = {"unsafe.Sizeof", 1, false},
    [BUILTIN_SLICE] = {"unsafe.Slice", 2, false},
    [BUILTIN_SLICE_DATA] = {"unsafe.SliceData", 1, false},
    [BUILTIN_STRING] = {"unsafe.String", 2, false},
    [BUILTIN_STRING_DATA] = {"unsafe.StringData", 1, false},
};

static bool takes_raw_args(BuiltinId id)
{
    return id == BUILTIN_MAKE || id == BUILTIN_NEW || id == BUILTIN_OFFSETOF;
}

/* Looks at arguments that something is wrong with, for the names they use. */
static void use_args(Checker *c, NodeList nodes)
{
    for (uint32_t i = 0; i < nodes.len; i++) {
        Operand ignored = {0};
        check_raw_expr(c, &ignored, nodes.at[i], NULL);
    }
}

static bool prepare(BuiltinCall *b, Operand *x, BuiltinId id)
{
    NodeList nodes = b->node->call.args;
    const Row *row = &rows[id];
    b->name = row->name;
    b->n = nodes.len;
    if ((b->node->flags & NF_ELLIPSIS_CALL) && id != BUILTIN_APPEND) {
        check_error(b->c, b->node, ERR_BUILTIN_ELLIPSIS, b->name);
        use_args(b->c, nodes);
        return false;
    }
    if (!takes_raw_args(id)) {
        b->args = check_args(b->c, nodes, &b->n, NULL);
        if (!b->args) return false;
        if (b->n > 0) {
            Node *call = x->node;
            *x = b->args[0];
            x->node = x->node ? x->node : call;
        }
    }
    if (b->n < row->min || (!row->is_variadic && b->n > row->min)) {
        bool is_few = b->n < row->min;
        check_error(b->c, b->node, is_few ? ERR_BUILTIN_FEW : ERR_BUILTIN_MANY, expr_text(b->node),
                    (int)row->min, (int)b->n);
        return false;
    }
    for (uint32_t i = 0; b->args && i < b->n; i++) {
        if (b->args[i].mode == MODE_VALUE && is_generic_func(b->args[i].type)) {
            check_error(b->c, b->args[i].node, ERR_CANNOT_USE_GENERIC, expr_text(b->args[i].node));
            return false;
        }
    }
    return true;
}

/* The version that brought a built-in function; 0: it was always there. */
static int builtin_version(BuiltinId id)
{
    switch (id) {
    case BUILTIN_CLEAR:
    case BUILTIN_MAX:
    case BUILTIN_MIN: return 21;
    case BUILTIN_ADD:
    case BUILTIN_SLICE: return 17;
    case BUILTIN_SLICE_DATA:
    case BUILTIN_STRING:
    case BUILTIN_STRING_DATA: return 20;
    default: return 0;
    }
}

void check_builtin(Checker *c, Operand *x, Node *call, BuiltinId id)
{
    BuiltinCall b = {.c = c, .node = call};
    x->node = call;
    if (builtin_version(id) > 0)
        version_check(c, call->call.fun->pos, call->call.fun->end, builtin_version(id),
                      rows[id].name);
    if (!prepare(&b, x, id)) {
        x->mode = MODE_NONE;
        return;
    }
    switch (id) {
    case BUILTIN_APPEND: check_append(&b, x); break;
    case BUILTIN_CAP: check_len(&b, x, true); break;
    case BUILTIN_CLEAR: check_clear(&b, x); break;
    case BUILTIN_CLOSE: check_close(&b, x); break;
    case BUILTIN_COMPLEX: check_complex(&b, x); break;
    case BUILTIN_COPY: check_copy(&b, x); break;
    case BUILTIN_DELETE: check_delete(&b, x); break;
    case BUILTIN_IMAG: check_real_imag(&b, x, false); break;
    case BUILTIN_LEN: check_len(&b, x, false); break;
    case BUILTIN_MAKE: check_make(&b, x); break;
    case BUILTIN_MAX: check_min_max(&b, x, T_GTR); break;
    case BUILTIN_MIN: check_min_max(&b, x, T_LSS); break;
    case BUILTIN_NEW: check_new(&b, x); break;
    case BUILTIN_PANIC: check_panic(&b, x); break;
    case BUILTIN_PRINT:
    case BUILTIN_PRINTLN: check_print(&b, x); break;
    case BUILTIN_REAL: check_real_imag(&b, x, true); break;
    case BUILTIN_RECOVER: result(x, type_any); break;
    case BUILTIN_ADD: check_unsafe_add(&b, x); break;
    case BUILTIN_ALIGNOF: check_sizeof(&b, x, true); break;
    case BUILTIN_OFFSETOF: check_offsetof(&b, x); break;
    case BUILTIN_SIZEOF: check_sizeof(&b, x, false); break;
    case BUILTIN_SLICE: check_unsafe_slice(&b, x); break;
    case BUILTIN_SLICE_DATA: check_slice_data(&b, x); break;
    case BUILTIN_STRING: check_unsafe_string(&b, x); break;
    case BUILTIN_STRING_DATA: check_string_data(&b, x); break;
    }
}
