/* SPDX-License-Identifier: MIT */
/* Built-in functions, and package unsafe's.
 *
 * Their operands are usually nodes to be compiled. Where all come from one call, as in copy(f()),
 * and in the closures that go and defer make of built-ins, they are in slots already. Operand
 * covers both. */
#include "compiler/internal.h"

#include "base/fatal.h"

typedef struct Operand {
    Node *node; /* NULL where the value is in slots at `reg` */
    Reg reg;
    Type *type;
} Operand;

typedef struct Call {
    BuiltinId id;
    Operand *args;
    uint32_t n;
    Type *type;     /* of the result */
    bool is_spread; /* append(s, t...) */
    Pos pos;
} Call;

/* Where PRINT says what it prints. */
enum {
    PRINT_INT,
    PRINT_UINT,
    PRINT_FLOAT,
    PRINT_BOOL,
    PRINT_STRING,
    PRINT_POINTER,
    PRINT_COMPLEX,
    PRINT_IFACE,
    PRINT_SLICE,
    PRINT_SPACE,
    PRINT_NEWLINE
};

bool node_is_builtin(Node *fun, BuiltinId *id)
{
    fun = node_unparen(fun);
    if (fun->kind == NODE_SELECTOR && !fun->selector.selection) fun = fun->selector.sel;
    if (fun->kind != NODE_IDENT || !fun->ident.obj || fun->ident.obj->kind != OBJ_BUILTIN)
        return false;
    *id = (BuiltinId)fun->ident.obj->builtin;
    return true;
}

/* ---- Operands ---- */

static Reg operand(FuncState *f, const Operand *x)
{
    return x->node ? expr_any(f, x->node) : x->reg;
}

static Reg operand_type(FuncState *f, const Operand *x, Type *type)
{
    if (x->node) return expr_any_type(f, x->node, type);
    if (!type_is_interface(type) || type_is_interface(x->type)) return x->reg;
    Reg to = reg_alloc(f, 2);
    convert_value(f, to, x->reg, x->type, type);
    return to;
}

/* The operands of a call; those of a call that returns several values are evaluated here. */
static Call make_call(FuncState *f, Node *node, BuiltinId id)
{
    NodeList args = node->call.args;
    Call call = {.id = id,
                 .n = args.len,
                 .pos = node->op_pos ? node->op_pos : node->pos,
                 .type = node->type ? node_type(f, node) : NULL,
                 .is_spread = node->flags & NF_ELLIPSIS_CALL};
    Type *tuple = args.len == 1 && args.at[0]->type ? node_type(f, args.at[0]) : NULL;
    if (tuple && tuple->kind == TYPE_TUPLE) {
        call.n = tuple->tuple.ntypes;
        call.args = arena_array(f->arena, Operand, call.n);
        Reg at = call_expr(f, node_unparen(args.at[0]));
        for (uint32_t i = 0; i < call.n; i++) {
            call.args[i] = (Operand){.reg = at, .type = tuple->tuple.types[i]};
            at += type_slots(tuple->tuple.types[i]);
        }
        return call;
    }
    call.args = arena_array(f->arena, Operand, call.n + 1);
    for (uint32_t i = 0; i < call.n; i++)
        call.args[i] = (Operand){.node = args.at[i],
                                 .type = args.at[i]->type ? node_type(f, args.at[i]) : NULL};
    return call;
}

/* ---- Statements: what go and defer may start too ---- */

static void print_value(FuncState *f, Reg reg, Type *type)
{
    Reg mark = reg_mark(f);
    Reg wide = reg_alloc(f, 2);
    Reg what = PRINT_INT;
    switch (type_basic_kind(type)) {
    case TYPE_BOOL: what = PRINT_BOOL; break;
    case TYPE_INT:
    case TYPE_INT8:
    case TYPE_INT16:
    case TYPE_INT32:
    case TYPE_INT64: break;
    case TYPE_UINT:
    case TYPE_UINT8:
    case TYPE_UINT16:
    case TYPE_UINT32:
    case TYPE_UINT64:
    case TYPE_UINTPTR: what = PRINT_UINT; break;
    case TYPE_FLOAT32:
        emit_abc(f, OP_F322F, wide, reg, 0);
        reg = wide;
        what = PRINT_FLOAT;
        break;
    case TYPE_FLOAT64: what = PRINT_FLOAT; break;
    case TYPE_COMPLEX64:
        emit_abc(f, OP_C64TOC, wide, reg, 0);
        reg = wide;
        what = PRINT_COMPLEX;
        break;
    case TYPE_COMPLEX128: what = PRINT_COMPLEX; break;
    case TYPE_STRING: what = PRINT_STRING; break;
    case TYPE_INTERFACE: what = PRINT_IFACE; break;
    case TYPE_SLICE: what = PRINT_SLICE; break;
    default: what = PRINT_POINTER;
    }
    emit_abc(f, OP_PRINT, reg, what, 0);
    reg_release(f, mark);
}

static void print(FuncState *f, const Call *call)
{
    Reg *regs = arena_array(f->arena, Reg, call->n + 1);
    bool is_line = call->id == BUILTIN_PRINTLN;
    for (uint32_t i = 0; i < call->n; i++) regs[i] = operand(f, &call->args[i]);
    f->pos = call->pos;
    for (uint32_t i = 0; i < call->n; i++) {
        if (is_line && i > 0) emit_abc(f, OP_PRINT, 0, PRINT_SPACE, 0);
        Type *type = call->args[i].type;
        print_value(f, regs[i],
                    type->kind == TYPE_UNTYPED_NIL ? type_basic[TYPE_UNSAFE_POINTER] : type);
    }
    if (is_line) emit_abc(f, OP_PRINT, 0, PRINT_NEWLINE, 0);
}

static void copy(FuncState *f, const Call *call, Reg to)
{
    Reg dst = operand(f, &call->args[0]);
    Reg src = operand(f, &call->args[1]);
    Reg mark = reg_mark(f);
    if (to == NO_REG) to = reg_alloc(f, 1);
    f->pos = call->pos;
    if (type_basic_kind(call->args[1].type) == TYPE_STRING) {
        emit_abc(f, OP_COPYS, to, dst, src);
    } else {
        emit_abc(f, OP_COPY, to, dst, src);
        emit_word(f, (uint64_t)type_sizeof(type_under(call->args[0].type)->elem));
    }
    reg_release(f, mark);
}

static void delete (FuncState *f, const Call *call)
{
    Type *type = call->args[0].type;
    Reg map = operand(f, &call->args[0]);
    Reg key = operand_type(f, &call->args[1], type_under(type)->key);
    f->pos = call->pos;
    emit_abc(f, OP_MAPDEL, map, key, 0);
    emit_ptr(f, rtype_of(f, type));
}

static void clear(FuncState *f, const Call *call)
{
    Type *type = call->args[0].type, *under = type_under(type);
    Reg x = operand(f, &call->args[0]);
    f->pos = call->pos;
    if (under->kind == TYPE_MAP) {
        emit_abc(f, OP_MAPCLEAR, x, 0, 0);
        emit_ptr(f, rtype_of(f, type));
    } else {
        emit_abc(f, OP_CLEARS, x, 0, 0);
        emit_word(f, (uint64_t)type_sizeof(under->elem));
    }
}

/* Built-ins that are used for what they do; false where it is none of them. */
static bool statement(FuncState *f, const Call *call, Reg to)
{
    Reg x;
    switch (call->id) {
    case BUILTIN_PRINT:
    case BUILTIN_PRINTLN: print(f, call); return true;
    case BUILTIN_COPY: copy(f, call, to); return true;
    case BUILTIN_DELETE: delete (f, call); return true;
    case BUILTIN_CLEAR: clear(f, call); return true;
    case BUILTIN_CLOSE:
        x = operand(f, &call->args[0]);
        f->pos = call->pos;
        emit_abc(f, OP_CLOSE, x, 0, 0);
        return true;
    case BUILTIN_PANIC:
        x = operand_type(f, &call->args[0], type_any);
        f->pos = call->pos;
        emit_abc(f, OP_PANIC, x, 0, 0);
        return true;
    default: return false;
    }
}

/* ---- Lengths and making ---- */

static void length(FuncState *f, const Call *call, Reg to)
{
    Type *under = type_under(call->args[0].type);
    Type *array = under->kind == TYPE_POINTER ? type_under(under->elem) : under;
    if (array->kind == TYPE_ARRAY) {
        if (call->args[0].node) expr_effect(f, call->args[0].node);
        emit_int(f, to, array->len);
        return;
    }
    Reg x = operand(f, &call->args[0]);
    bool is_len = call->id == BUILTIN_LEN;
    if (under->kind == TYPE_MAP)
        emit_abc(f, OP_MAPLEN, to, x, 0);
    else if (under->kind == TYPE_CHAN)
        emit_abc(f, is_len ? OP_CHANLEN : OP_CHANCAP, to, x, 0);
    else
        emit_move(f, to, is_len ? x + 1 : x + 2, 1);
}

/* A size operand as an int. */
static Reg size_operand(FuncState *f, const Operand *x)
{
    if (!x->node || !x->node->val) return operand(f, x);
    Reg to = reg_alloc(f, 1);
    emit_const(f, to, x->node->val, type_basic[TYPE_INT]);
    return to;
}

static void make(FuncState *f, const Call *call, Reg to)
{
    Type *type = call->args[0].type, *under = type_under(type);
    Reg size;
    if (call->n > 1) {
        size = size_operand(f, &call->args[1]);
    } else {
        size = reg_alloc(f, 1);
        emit_int(f, size, 0);
    }
    Reg cap = call->n > 2 ? size_operand(f, &call->args[2]) : size;
    f->pos = call->pos;
    if (under->kind == TYPE_SLICE) {
        emit_abc(f, OP_MAKESLICE, to, size, cap);
        emit_ptr(f, rtype_of(f, under->elem));
    } else {
        emit_abc(f, under->kind == TYPE_MAP ? OP_MAKEMAP : OP_MAKECHAN, to, size, 0);
        emit_ptr(f, rtype_of(f, type));
    }
}

static void new_value(FuncState *f, const Call *call, Reg to)
{
    const Operand *x = &call->args[0];
    Type *type = type_under(call->type)->elem;
    if (!x->node || x->node->mode == MODE_TYPE) {
        emit_abc(f, OP_NEW, to, 0, 0);
    } else {
        Reg value = operand_type(f, x, type);
        emit_abc(f, OP_BOX, to, value, 0);
    }
    emit_ptr(f, rtype_of(f, type));
}

static void append(FuncState *f, const Call *call, Reg to)
{
    Type *elem = type_under(call->type)->elem;
    Reg slice = operand_type(f, &call->args[0], call->type);
    if (call->n == 1 ||
        (call->is_spread && call->args[1].node && call->args[1].node->mode == MODE_NIL)) {
        emit_move(f, to, slice, 3);
        return;
    }
    if (call->is_spread && type_basic_kind(call->args[1].type) == TYPE_STRING) {
        Reg text = operand(f, &call->args[1]);
        f->pos = call->pos;
        emit_abc(f, OP_APPENDS, to, slice, text);
        return;
    }
    Op op = OP_APPEND;
    Reg more;
    if (call->is_spread) {
        more = operand(f, &call->args[1]);
    } else if (call->n == 2) {
        op = OP_APPEND1;
        more = operand_type(f, &call->args[1], elem);
    } else {
        more = reg_alloc(f, 3);
        emit_int(f, more + 1, call->n - 1);
        emit_abc(f, OP_MAKESLICE, more, more + 1, more + 1);
        emit_ptr(f, rtype_of(f, elem));
        for (uint32_t i = 1; i < call->n; i++) {
            Reg mark = reg_mark(f);
            Reg x = operand_type(f, &call->args[i], elem);
            if (type_slots(elem) > 0)
                emit_store(f, more, (uint64_t)(i - 1) * (uint64_t)type_sizeof(elem), x, elem);
            reg_release(f, mark);
        }
    }
    f->pos = call->pos;
    emit_abc(f, op, to, slice, more);
    emit_ptr(f, rtype_of(f, elem));
}

/* ---- min and max ---- */

/* Floats: a NaN wins, and -0 is less than 0; best is the result so far. */
static void float_extreme(FuncState *f, bool is_min, Reg best, Reg y, bool is_float32)
{
    Op equal = is_float32 ? OP_EQF32 : OP_EQF, less = is_float32 ? OP_LTF32 : OP_LTF;
    Label take, end;
    label_init(&take);
    label_init(&end);
    Reg t = reg_alloc(f, 1);
    emit_abc(f, equal, t, best, best);
    emit_jump_if(f, false, t, &end);
    emit_abc(f, equal, t, y, y);
    emit_jump_if(f, false, t, &take);
    emit_abc(f, less, t, is_min ? y : best, is_min ? best : y);
    emit_jump_if(f, true, t, &take);
    emit_abc(f, equal, t, best, y);
    emit_jump_if(f, false, t, &end);
    emit_abc(f, is_min ? OP_OR : OP_AND, best, best,
             y); /* equal: at most the signs of zeros differ */
    emit_jump(f, &end);
    label_place(f, &take);
    emit_move(f, best, y, 1);
    label_place(f, &end);
}

static void ordered_extreme(FuncState *f, bool is_min, Reg best, Reg y, TypeKind kind)
{
    Label end;
    label_init(&end);
    Reg x = is_min ? y : best, z = is_min ? best : y; /* take y if x < z */
    if (kind == TYPE_STRING) {
        Reg t = reg_alloc(f, 1);
        emit_abc(f, OP_LTS, t, x, z);
        emit_jump_if(f, false, t, &end);
    } else {
        bool is_wide = kind == TYPE_UINT || kind == TYPE_UINT64 || kind == TYPE_UINTPTR;
        emit_cmp_jump(f, is_wide ? OP_JLEU : OP_JLE, z, (int32_t)x, &end);
    }
    emit_move(f, best, y, kind == TYPE_STRING ? 2 : 1);
    label_place(f, &end);
}

static void extreme(FuncState *f, const Call *call, Reg to)
{
    TypeKind kind = type_basic_kind(call->type);
    uint32_t slots = type_slots(call->type);
    bool is_min = call->id == BUILTIN_MIN;
    Reg *regs = arena_array(f->arena, Reg, call->n);
    for (uint32_t i = 0; i < call->n; i++) regs[i] = operand_type(f, &call->args[i], call->type);
    Reg best = reg_alloc(f, slots);
    emit_move(f, best, regs[0], slots);
    for (uint32_t i = 1; i < call->n; i++) {
        Reg mark = reg_mark(f);
        if (kind == TYPE_FLOAT64 || kind == TYPE_FLOAT32)
            float_extreme(f, is_min, best, regs[i], kind == TYPE_FLOAT32);
        else
            ordered_extreme(f, is_min, best, regs[i], kind);
        reg_release(f, mark);
    }
    emit_move(f, to, best, slots);
}

/* ---- Complex numbers ---- */

static void make_complex(FuncState *f, const Call *call, Reg to)
{
    bool is_small = type_basic_kind(call->type) == TYPE_COMPLEX64;
    Type *part = type_basic[is_small ? TYPE_FLOAT32 : TYPE_FLOAT64];
    Reg re = operand_type(f, &call->args[0], part);
    Reg im = operand_type(f, &call->args[1], part);
    Reg wide = reg_alloc(f, 2);
    if (is_small) {
        emit_abc(f, OP_F322F, wide, re, 0);
        emit_abc(f, OP_F322F, wide + 1, im, 0);
        emit_abc(f, OP_CTOC64, to, wide, 0);
    } else {
        emit_move(f, wide, re, 1);
        emit_move(f, wide + 1, im, 1);
        emit_move(f, to, wide, 2);
    }
}

static void complex_part(FuncState *f, const Call *call, Reg to)
{
    Reg x = operand(f, &call->args[0]);
    Reg part = call->id == BUILTIN_REAL ? 0 : 1;
    if (type_basic_kind(call->args[0].type) == TYPE_COMPLEX64) {
        Reg wide = reg_alloc(f, 2);
        emit_abc(f, OP_C64TOC, wide, x, 0);
        emit_abc(f, OP_F2F32, to, wide + part, 0);
    } else {
        emit_move(f, to, x + part, 1);
    }
}

/* ---- Package unsafe ---- */

/* Panics with a run-time error unless the register is not 0, where `sense`, or is. */
static void check(FuncState *f, bool sense, Reg cond, const char *text)
{
    Label fine;
    label_init(&fine);
    emit_jump_if(f, sense, cond, &fine);
    emit_abc(f, OP_PANICTEXT, 0, 0, 0);
    emit_ptr(f, text);
    label_place(f, &fine);
}

/* unsafe.Slice and unsafe.String: the length must not be negative, nor reach beyond the end of the
 * address space. */
static void check_view(FuncState *f, Reg ptr, Reg len, int64_t size, bool is_slice)
{
    const char *text =
        is_slice ? "unsafe.Slice: len out of range" : "unsafe.String: len out of range";
    Label end;
    label_init(&end);
    Reg t = reg_alloc(f, 2);
    emit_int(f, t, size > 0 ? ((int64_t)1 << 62) / size : INT64_MAX);
    emit_abc(f, OP_LTU, t, t, len);
    check(f, false, t, text);
    emit_cmp_jump(f, OP_JEQI, len, 0, &end);
    check(f, true, ptr,
          is_slice ? "unsafe.Slice: ptr is nil and len is not zero"
                   : "unsafe.String: ptr is nil and len is not zero");
    emit_int(f, t, size);
    emit_abc(f, OP_MUL, t, t, len);
    emit_abc(f, OP_ADDI, t, t, (uint16_t)-1);
    emit_abc(f, OP_ADD, t, t, ptr);
    emit_abc(f, OP_LTU, t, t, ptr);
    if (size > 0) check(f, false, t, text);
    label_place(f, &end);
}

static void unsafe_view(FuncState *f, const Call *call, Reg to)
{
    bool is_slice = call->id == BUILTIN_SLICE;
    Reg ptr = operand(f, &call->args[0]);
    Reg len = size_operand(f, &call->args[1]);
    f->pos = call->pos;
    check_view(f, ptr, len, is_slice ? type_sizeof(type_under(call->type)->elem) : 1, is_slice);
    Reg at = reg_alloc(f, 3);
    emit_move(f, at, ptr, 1);
    emit_move(f, at + 1, len, 1);
    if (is_slice) emit_move(f, at + 2, len, 1);
    emit_move(f, to, at, is_slice ? 3 : 2);
}

/* Offset of the field that a selector names, within the struct that its operand is. */
static int64_t field_offset(FuncState *f, Node *node)
{
    Selection *sel = node->selector.selection;
    Type *type = node_type(f, node->selector.x);
    int64_t offset = 0;
    for (uint32_t i = 0; i < sel->npath; i++) {
        Type *strukt = type_under(type);
        if (strukt->kind == TYPE_POINTER) {
            strukt = type_under(strukt->elem);
            offset = 0;
        }
        offset += type_field_offset(strukt, sel->path[i]);
        type = strukt->strukt.fields[sel->path[i]].type;
    }
    return offset;
}

/* In the body of a loop over a function, recover is called by the function around the loop. */
static void recover_to(FuncState *f, Reg to)
{
    Reg caller = defer_frame(f);
    if (caller == NO_REG)
        emit_abc(f, OP_RECOVER, to, 0, 0);
    else
        emit_abc(f, OP_RECOVERTO, to, caller, 0);
}

/* Those of package unsafe, and recover; sizes reach this place only in generic code. */
static void special(FuncState *f, const Call *call, Reg to)
{
    switch (call->id) {
    case BUILTIN_RECOVER: recover_to(f, to); break;
    case BUILTIN_ADD: {
        Reg ptr = operand(f, &call->args[0]);
        Reg len = size_operand(f, &call->args[1]);
        emit_abc(f, OP_ADD, to, ptr, len);
        break;
    }
    case BUILTIN_SIZEOF: emit_int(f, to, type_sizeof(call->args[0].type)); break;
    case BUILTIN_ALIGNOF: emit_int(f, to, type_alignof(call->args[0].type)); break;
    case BUILTIN_OFFSETOF:
        emit_int(f, to, field_offset(f, node_unparen(call->args[0].node)));
        break;
    case BUILTIN_SLICE:
    case BUILTIN_STRING: unsafe_view(f, call, to); break;
    case BUILTIN_SLICE_DATA:
    case BUILTIN_STRING_DATA: {
        Reg x = operand(f, &call->args[0]);
        emit_move(f, to, x, 1);
        break;
    }
    default: fatal("builtin: unknown built-in function %d", call->id);
    }
}

/* ---- Calls ---- */

void builtin_to(FuncState *f, Node *node, Reg to)
{
    BuiltinId id;
    Reg mark = reg_mark(f);
    node_is_builtin(node->call.fun, &id);
    order_call(f, node);
    Call call = make_call(f, node, id);
    if (!statement(f, &call, to)) {
        if (to == NO_REG) to = reg_alloc(f, type_slots(call.type));
        f->pos = call.pos;
        switch (id) {
        case BUILTIN_LEN:
        case BUILTIN_CAP: length(f, &call, to); break;
        case BUILTIN_MAKE: make(f, &call, to); break;
        case BUILTIN_NEW: new_value(f, &call, to); break;
        case BUILTIN_APPEND: append(f, &call, to); break;
        case BUILTIN_MIN:
        case BUILTIN_MAX: extreme(f, &call, to); break;
        case BUILTIN_COMPLEX: make_complex(f, &call, to); break;
        case BUILTIN_REAL:
        case BUILTIN_IMAG: complex_part(f, &call, to); break;
        default: special(f, &call, to);
        }
    }
    reg_release(f, mark);
}

Reg builtin_in_place(FuncState *f, Node *node)
{
    BuiltinId id;
    node_is_builtin(node->call.fun, &id);
    if (node->call.args.len != 1) return NO_REG;
    Node *x = node->call.args.at[0];
    if (x->mode == MODE_TYPE || !x->type) return NO_REG;
    Type *type = node_type(f, x);
    if (type->kind == TYPE_TUPLE) return NO_REG;
    TypeKind kind = type_basic_kind(type);
    bool is_sized = kind == TYPE_SLICE || (kind == TYPE_STRING && id == BUILTIN_LEN);
    uint64_t offset;
    Type *part = type_basic[TYPE_INT];
    if ((id == BUILTIN_LEN || id == BUILTIN_CAP) && is_sized) {
        offset = id == BUILTIN_LEN ? 8 : 16;
    } else if ((id == BUILTIN_REAL || id == BUILTIN_IMAG) && kind == TYPE_COMPLEX128) {
        offset = id == BUILTIN_REAL ? 0 : 8;
        part = type_basic[TYPE_FLOAT64];
    } else {
        return NO_REG;
    }
    LValue lv = lvalue(f, x);
    lvalue_part(f, &lv, offset, part);
    if (lv.kind == LV_SLOT) return lv.reg;
    Reg to = reg_alloc(f, 1);
    lvalue_load(f, &lv, to);
    return to;
}

/* Evaluates the operands side by side and notes their slots as the closure's captured ones will
 * lie. Returns the first. */
static Reg capture_operands(FuncState *f, Call *call, Operand *inside, uint32_t *slots)
{
    *slots = 0;
    for (uint32_t i = 0; i < call->n; i++) {
        Operand *x = &call->args[i];
        Type *type = x->type;
        if (call->id == BUILTIN_PANIC) type = type_any;
        if (call->id == BUILTIN_DELETE && i == 1) type = type_under(call->args[0].type)->key;
        if (type->kind == TYPE_UNTYPED_NIL) type = type_basic[TYPE_UNSAFE_POINTER];
        inside[i] = (Operand){.reg = *slots, .type = type};
        *slots += type_slots(type);
    }
    Reg at = reg_alloc(f, *slots);
    for (uint32_t i = 0; i < call->n; i++) {
        Reg mark = reg_mark(f);
        Type *type = inside[i].type;
        if (call->args[i].node) {
            expr_to_type(f, call->args[i].node, type, at + inside[i].reg);
        } else {
            Reg x = operand_type(f, &call->args[i], type);
            emit_move(f, at + inside[i].reg, x, type_slots(type));
        }
        reg_release(f, mark);
    }
    return at;
}

void builtin_closure(FuncState *f, Node *node, Reg to)
{
    BuiltinId id;
    node_is_builtin(node->call.fun, &id);
    Reg mark = reg_mark(f);
    Call call = make_call(f, node, id);
    Operand *inside = arena_array(f->arena, Operand, call.n + 1);
    uint32_t slots;
    Reg at = capture_operands(f, &call, inside, &slots);

    const char *name = arena_printf(&types_arena, "%s.gowrap%u", f->proto->name, ++f->nwrappers);
    FuncState *inner = func_begin(f, NULL, type_new(TYPE_FUNC), name);
    inner->pos = call.pos;
    Reg first = reg_alloc(inner, slots);
    if (slots > 0) emit_abc(inner, OP_LDCAPN, first, 0, slots);
    for (uint32_t i = 0; i < call.n; i++) inside[i].reg += first;
    call.args = inside;
    if (id == BUILTIN_RECOVER)
        emit_abc(inner, OP_RECOVER, reg_alloc(inner, 2), 0, 0);
    else
        statement(inner, &call, NO_REG);
    emit_abc(inner, OP_RET, 0, 0, 0);
    inner->ncaptured = slots;
    inner->proto->flags |= PROTO_WRAPPER;
    emit_finish(inner);
    func_end(inner);

    emit_abc(f, OP_CLOSURE, to, at, slots);
    emit_ptr(f, inner->proto);
    reg_release(f, mark);
}
