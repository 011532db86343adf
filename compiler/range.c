/* SPDX-License-Identifier: MIT */
/* For loops with a range clause.
 *
 * Over integers, slices and arrays they are counted loops. A hidden counter counts, unless the
 * key's variable can do it itself: it is not boxed and the body does not assign to it. The operand
 * is evaluated once; a variable that the body might change meanwhile is copied first.
 *
 * Over a function f the body becomes a closure, yield, and the loop the call f(yield). Whatever
 * leaves the body other than by its end makes yield return false; where control then goes on is
 * noted in the variable `exit`, which the code after the call looks at. A second variable, `state`,
 * watches that f keeps the rules:
 *
 *     ready ──yield called──→ running ──continue──→ ready      after f returned: exhausted
 *                                └─────any exit───→ done
 *
 * A call of yield in any state but ready panics, and so does a return of f in state running: the
 * body panicked and f swallowed it. */
#include "compiler/stmt.h"

#include <string.h>

/* ---- The variables on the left ---- */

typedef struct Item {
    Node *lhs;      /* NULL: not wanted */
    Object *var;    /* the variable that lhs defines, or NULL */
    bool is_shared; /* one variable for all rounds, declared before the loop */
    bool is_stored; /* computed in place */
} Item;

static Item make_item(FuncState *f, Node *loop, Node *lhs)
{
    Item item = {0};
    if (lhs_is_blank(lhs)) return item;
    item.lhs = lhs;
    item.var = defined_var(lhs, loop->flags & NF_DEFINE);
    if (item.var && loop_shares_vars(f, loop->pos)) {
        item.var->is_reassigned = true; /* every round does: functions can't capture its value */
        item.is_shared = var_is_boxed(f, item.var);
    }
    if (item.is_shared) {
        var_declare(f, item.var);
        var_init_zero(f, item.var);
    }
    return item;
}

/* The slots that this round's value of the item is to be put in; NO_REG where nobody wants it. */
static Reg item_begin(FuncState *f, Item *item, Type *type)
{
    item->is_stored = false;
    if (!item->lhs) return NO_REG;
    if (item->var && !item->is_shared) {
        VarPlace *place = var_declare(f, item->var);
        if (place->kind == PLACE_SLOT && types_identical(place->type, type)) {
            item->is_stored = true;
            return place->reg;
        }
    }
    return reg_alloc(f, type_slots(type));
}

/* Stores the value that was put there. */
static void item_finish(FuncState *f, Item *item, Reg from, Type *type)
{
    if (!item->lhs || item->is_stored) return;
    if (item->is_shared)
        assign_to_var(f, item->var, from);
    else if (item->var)
        var_init(f, item->var, from);
    else
        assign_or_define(f, item->lhs, false, from, type);
}

/* The same for both, as a tuple assignment where they are places. */
static void items_finish(FuncState *f, Item *key, Reg key_reg, Type *key_type, Item *value,
                         Reg value_reg, Type *value_type)
{
    bool is_tuple = key->lhs && value->lhs && !key->var && !value->var;
    if (is_tuple) {
        Reg mark = reg_mark(f);
        LValue first = lvalue(f, key->lhs), second = lvalue(f, value->lhs);
        lvalue_freeze(f, &second);
        Reg a = reg_alloc(f, type_slots(first.type)), b = reg_alloc(f, type_slots(second.type));
        convert_value(f, a, key_reg, key_type, first.type);
        convert_value(f, b, value_reg, value_type, second.type);
        lvalue_store(f, &first, a);
        lvalue_store(f, &second, b);
        reg_release(f, mark);
        return;
    }
    item_finish(f, key, key_reg, key_type);
    item_finish(f, value, value_reg, value_type);
}

/* ---- The operand ---- */

/* Whether the operand, which sits in a variable's own slots, stays as it is while the body runs. */
static bool is_stable(Node *x, Node *body)
{
    while (x->kind == NODE_PAREN) x = x->unary.x;
    if (x->kind != NODE_IDENT) return false;
    return !x->ident.obj->is_reassigned || !node_mentions(body, x->ident.obj);
}

static Reg operand(FuncState *f, Node *loop, uint32_t slots)
{
    Reg reg = expr_any(f, loop->range.x);
    if (slots == 0 || !reg_is_var(f, reg) || is_stable(loop->range.x, loop->range.body)) return reg;
    Reg copy = reg_alloc(f, slots);
    emit_move(f, copy, reg, slots);
    return copy;
}

/* ---- Counted loops ---- */

typedef struct Limit {
    Reg reg; /* NO_REG: constant */
    int64_t value;
    bool is_unsigned;
} Limit;

/* Nothing to do where the count is 0 or less. */
static void skip_if_empty(FuncState *f, const Limit *limit, Label *end)
{
    if (limit->reg == NO_REG) {
        if (limit->value <= 0) emit_jump(f, end);
    } else {
        emit_cmp_jump(f, limit->is_unsigned ? OP_JEQI : OP_JLEI, limit->reg, 0, end);
    }
}

static void count_and_loop(FuncState *f, Reg counter, const Limit *limit, Label *body)
{
    emit_abc(f, OP_ADDI, counter, counter, 1);
    if (limit->reg == NO_REG)
        emit_cmp_jump(f, OP_JLTI, counter, (int32_t)limit->value, body);
    else
        emit_cmp_jump(f, limit->is_unsigned ? OP_JNE : OP_JLT, counter, limit->reg, body);
}

/* The instruction that counts and loads the next element, for one that loads an element; OP_NOP
 * where there is none. */
static Op next_form(Op op)
{
    switch (op) {
    case OP_LDX64: return OP_NEXTX64;
    case OP_LDX128: return OP_NEXTX128;
    case OP_LDX32: return OP_NEXTX32;
    case OP_LDXU8: return OP_NEXTXU8;
    default: return OP_NOP;
    }
}

/* Where the body begins with nothing but the load of a slice's element, that load is done by the
 * instruction that counts, which goes to what follows; returns whether it could. */
static bool count_and_load(FuncState *f, Reg counter, const Limit *limit, const Label *body)
{
    uint32_t top = (uint32_t)body->pc;
    Instr load = f->code.at[top];
    Op op = next_form((Op)load.op);
    if (op == OP_NOP || load.c != counter || limit->reg != load.b + 1u || f->is_long) return false;
    int64_t offset = (int64_t)top + 1 - (int64_t)(f->code.len + 2);
    if (offset < INT16_MIN) return false;
    emit_abc(f, op, counter, load.b, (uint16_t)(int16_t)offset);
    emit_word(f, load.a);
    return true;
}

/* Runs the body with key 0, 1, … below the limit. elem: place of the element that the value gets,
 * its index to be filled in; NULL without one. */
static void counted_loop(FuncState *f, Node *node, Limit limit, Type *key_type, LValue *elem)
{
    Label body, cont, end;
    label_init(&body);
    label_init(&cont);
    label_init(&end);
    if (limit.reg == NO_REG && limit.value > INT16_MAX) {
        limit.reg = reg_alloc(f, 1);
        emit_int(f, limit.reg, limit.value);
    }
    Item key = make_item(f, node, node->range.key), value = make_item(f, node, node->range.value);
    bool counts_itself = key.var && !key.var->is_reassigned && !var_is_boxed(f, key.var);
    Reg counter = counts_itself ? var_declare(f, key.var)->reg : reg_alloc(f, 1);
    if (counts_itself) key.lhs = NULL;
    emit_int(f, counter, 0);
    skip_if_empty(f, &limit, &end);
    label_place(f, &body);
    Reg mark = reg_mark(f);
    Reg key_reg = item_begin(f, &key, key_type);
    if (key.lhs) emit_move(f, key_reg, counter, 1);
    Reg value_reg = NO_REG;
    bool begins_with_load = false;
    if (elem && value.lhs) {
        elem->index = counter;
        value_reg = item_begin(f, &value, elem->type);
        lvalue_load(f, elem, value_reg);
        begins_with_load = (int32_t)f->code.len == body.pc + 1;
        f->barrier = (uint32_t)f->code.len; /* count_and_load may jump there */
    }
    items_finish(f, &key, key_reg, key_type, &value, value_reg, elem ? elem->type : NULL);
    stmt_in_target(f, node, &end, &cont, node->range.body->block.stmts);
    label_place(f, &cont);
    reg_release(f, mark);
    f->pos = node->pos;
    if (!begins_with_load || !count_and_load(f, counter, &limit, &body))
        count_and_loop(f, counter, &limit, &body);
    label_place(f, &end);
}

static void range_int(FuncState *f, Node *node)
{
    bool takes_key = !lhs_is_blank(node->range.key) && node->range.x->mode == MODE_CONST;
    Type *type = type_default(node_type(f, takes_key ? node->range.key : node->range.x));
    Limit limit = {.reg = NO_REG, .is_unsigned = type_is_unsigned(type)};
    ConstValue *count = node->range.x->val;
    if (!count || !const_to_int64(count, &limit.value)) limit.reg = operand(f, node, 1);
    counted_loop(f, node, limit, type, NULL);
}

static void range_slice(FuncState *f, Node *node, Type *type)
{
    LValue elem = {
        .kind = LV_SLICE, .reg = operand(f, node, 3), .type = type->elem, .pos = node->pos};
    Limit limit = {.reg = elem.reg + 1};
    counted_loop(f, node, limit, type_basic[TYPE_INT], &elem);
}

/* A copy on the heap of the array that `from` points to. */
static Reg copy_array(FuncState *f, Reg from, Type *array)
{
    Reg copy = reg_alloc(f, 1), mark = reg_mark(f);
    emit_abc(f, OP_NEW, copy, 0, 0);
    emit_ptr(f, rtype_of(f, array));
    Reg to_slice = reg_alloc(f, 3), from_slice = reg_alloc(f, 3), args = reg_alloc(f, 6);
    Reg pointers[] = {copy, from}, slices[] = {to_slice, from_slice};
    for (int i = 0; i < 2; i++) {
        emit_move(f, args, pointers[i], 1);
        emit_abc(f, OP_SLICEP, slices[i], args, 0);
        emit_word(f, (uint64_t)type_sizeof(array->elem));
        emit_word(f, (uint64_t)array->len);
    }
    emit_abc(f, OP_COPY, args, to_slice, from_slice);
    emit_word(f, (uint64_t)type_sizeof(array->elem));
    reg_release(f, mark);
    return copy;
}

#define LARGE_ARRAY 1024 /* bytes; larger ones are not copied through the frame */

static void range_array(FuncState *f, Node *node, Type *type)
{
    Limit limit = {.reg = NO_REG, .value = type->len};
    LValue elem = {.type = type->elem, .len = (uint64_t)type->len, .pos = node->pos};
    if (type_sizeof(type) > LARGE_ARRAY && node->range.x->mode == MODE_VAR) {
        LValue array = lvalue(f, node->range.x);
        Reg address = reg_alloc(f, 1);
        lvalue_address(f, &array, address);
        elem.kind = LV_ARRAY_PTR;
        elem.reg = copy_array(f, address, type);
    } else {
        elem.kind = LV_FRAME_INDEX;
        elem.reg = operand(f, node, type_slots(type));
    }
    counted_loop(f, node, limit, type_basic[TYPE_INT], &elem);
}

static void range_array_pointer(FuncState *f, Node *node, Type *array)
{
    Limit limit = {.reg = NO_REG, .value = array->len};
    LValue elem = {
        .kind = LV_ARRAY_PTR, .type = array->elem, .len = (uint64_t)array->len, .pos = node->pos};
    elem.reg = operand(f, node, 1);
    counted_loop(f, node, limit, type_basic[TYPE_INT], &elem);
}

/* A loop over an array, or what a pointer to one points to, that takes no elements: only the length
 * counts, so the array is evaluated only where that has effects of its own. */
static void range_array_length(FuncState *f, Node *node, Type *array)
{
    if (has_call_or_receive(node->range.x)) expr_effect(f, node->range.x);
    Limit limit = {.reg = NO_REG, .value = array->len};
    counted_loop(f, node, limit, type_basic[TYPE_INT], NULL);
}

static void range_over_array(FuncState *f, Node *node, Type *type)
{
    bool is_pointer = type->kind == TYPE_POINTER;
    Type *array = is_pointer ? type_under(type->elem) : type;
    if (lhs_is_blank(node->range.value))
        range_array_length(f, node, array);
    else if (is_pointer)
        range_array_pointer(f, node, array);
    else
        range_array(f, node, array);
}

/* ---- Strings, maps, channels ---- */

/* Body and back jump of a loop that `next` (already emitted at `top`) drives. */
static void loop_body(FuncState *f, Node *node, Label *top, Label *end, Reg mark)
{
    stmt_in_target(f, node, end, top, node->range.body->block.stmts);
    reg_release(f, mark);
    f->pos = node->pos;
    emit_jump(f, top);
    label_place(f, end);
}

static void range_string(FuncState *f, Node *node)
{
    Label top, end;
    label_init(&top);
    label_init(&end);
    Reg string = operand(f, node, 2);
    Item key = make_item(f, node, node->range.key), value = make_item(f, node, node->range.value);
    Reg position = reg_alloc(f, 2); /* and the index of the rune */
    emit_int(f, position, 0);
    label_place(f, &top);
    Reg mark = reg_mark(f);
    Reg key_reg = item_begin(f, &key, type_basic[TYPE_INT]),
        rune = item_begin(f, &value, type_rune);
    if (rune == NO_REG) rune = reg_alloc(f, 1);
    emit_abc(f, OP_NEXTRUNE, position, string, rune);
    emit_jump_word(f, &end);
    if (key.lhs) emit_move(f, key_reg, position + 1, 1);
    items_finish(f, &key, key_reg, type_basic[TYPE_INT], &value, rune, type_rune);
    loop_body(f, node, &top, &end, mark);
}

static void range_map(FuncState *f, Node *node, Type *type)
{
    Label top, end;
    label_init(&top);
    label_init(&end);
    Item key = make_item(f, node, node->range.key), value = make_item(f, node, node->range.value);
    Reg iterator = reg_alloc(f, 1), mark = reg_mark(f);
    Reg map = expr_any(f, node->range.x);
    emit_abc(f, OP_MAPITER, iterator, map, 0);
    emit_ptr(f, rtype_of(f, node_type(f, node->range.x)));
    reg_release(f, mark);
    label_place(f, &top);
    Reg key_reg = item_begin(f, &key, type->key), value_reg = item_begin(f, &value, type->elem);
    emit_abc(f, OP_MAPNEXT, iterator, key_reg, value_reg);
    emit_jump_word(f, &end);
    items_finish(f, &key, key_reg, type->key, &value, value_reg, type->elem);
    loop_body(f, node, &top, &end, mark);
}

static void range_chan(FuncState *f, Node *node, Type *type)
{
    Label top, end;
    label_init(&top);
    label_init(&end);
    Item item = make_item(f, node, node->range.key);
    Reg chan = operand(f, node, 1), ok = reg_alloc(f, 1);
    label_place(f, &top);
    Reg mark = reg_mark(f);
    Reg value = item_begin(f, &item, type->elem);
    if (value == NO_REG) value = reg_alloc(f, type_slots(type->elem));
    emit_abc(f, OP_RECV2, value, chan, ok);
    emit_jump_if(f, false, ok, &end);
    item_finish(f, &item, value, type->elem);
    loop_body(f, node, &top, &end, mark);
}

/* ---- Functions ---- */

enum { STATE_READY, STATE_DONE, STATE_RUNNING, STATE_EXHAUSTED };

typedef struct Exit {
    TokenKind kind; /* T_RETURN, or as in stmt_branch_to */
    Node *target;
} Exit;

/* A loop over a function; f->range_func of the FuncState that is its body. */
struct RangeFunc {
    Node *loop;
    Object *state, *exit; /* variables of the function around the loop */
    VEC(Exit) exits;      /* exit is 1 + the index in here, or 0 */
    Label brk, cont;
};

static void set_state(FuncState *f, Object *var, int64_t value)
{
    Reg mark = reg_mark(f);
    Reg reg = reg_alloc(f, 1);
    emit_int(f, reg, value);
    assign_to_var(f, var, reg);
    reg_release(f, mark);
}

/* Loads a synthetic variable, which has a box. */
static Reg load_var(FuncState *f, Object *var)
{
    VarPlace *place = var_place(f, var);
    Reg reg = reg_alloc(f, 1), box = place->reg;
    if (place->kind == PLACE_CAPTURE_BOX) {
        emit_abc(f, OP_LDCAP, reg, place->reg, 0);
        box = reg;
    }
    emit_load(f, reg, box, 0, place->type);
    return reg;
}

bool range_func_contains(FuncState *f, const Node *target)
{
    const Node *loop = f->range_func->loop, *body = loop->range.body;
    return target == loop || (target->pos >= body->pos && target->pos < body->end);
}

static void exit_by(FuncState *f, TokenKind kind, Node *target)
{
    struct RangeFunc *range = f->range_func;
    size_t i = 0;
    while (i < range->exits.len &&
           (range->exits.at[i].kind != kind || range->exits.at[i].target != target))
        i++;
    if (i == range->exits.len) vec_push(&range->exits, ((Exit){.kind = kind, .target = target}));
    set_state(f, range->exit, (int64_t)i + 1);
    emit_jump(f, &range->brk);
}

void range_exit_return(FuncState *f)
{
    exit_by(f, T_RETURN, NULL);
}

void range_exit_branch(FuncState *f, TokenKind kind, Node *target)
{
    exit_by(f, kind, target);
}

static void panic_if_state(FuncState *f, Reg state, int value, const char *text)
{
    Label ok;
    label_init(&ok);
    emit_cmp_jump(f, OP_JNEI, state, value, &ok);
    emit_abc(f, OP_PANICTEXT, 0, 0, 0);
    emit_ptr(f, text);
    label_place(f, &ok);
}

/* yield's return: state and result. */
static void end_round(FuncState *f, Label *label, int state)
{
    label_place(f, label);
    set_state(f, f->range_func->state, state);
    emit_int(f, 0, state == STATE_READY);
    emit_abc(f, OP_RET, 0, 0, 0);
}

/* Gives yield's parameter to what stands on the left. */
static void bind_param(FuncState *f, Node *lhs, Reg param, Type *type)
{
    if (lhs_is_blank(lhs)) return;
    Object *var = defined_var(lhs, f->range_func->loop->flags & NF_DEFINE);
    if (var && !var_is_boxed(f, var))
        var_bind(f, var, param);
    else
        assign_or_define(f, lhs, var != NULL, param, type);
}

static void generate_range_body(FuncState *f, void *arg)
{
    struct RangeFunc *range = arg;
    Node *loop = range->loop;
    label_init(&range->brk);
    label_init(&range->cont);
    range->exits.len = 0;
    f->pos = loop->pos;
    Reg mark = reg_mark(f);
    Reg state = load_var(f, range->state);
    panic_if_state(
        f, state, STATE_DONE,
        "range function continued iteration after function for loop body returned false");
    panic_if_state(f, state, STATE_RUNNING,
                   "range function continued iteration after loop body panic");
    panic_if_state(f, state, STATE_EXHAUSTED,
                   "range function continued iteration after whole loop exit");
    reg_release(f, mark);
    set_state(f, range->state, STATE_RUNNING);
    Node *lhs[] = {loop->range.key, loop->range.value};
    Reg param = 1;
    for (uint32_t i = 0; i < f->signature->func.nparams && i < 2; i++) {
        Type *type = env_type(f, f->signature->func.params[i]->type);
        bind_param(f, lhs[i], param, type);
        param += type_slots(type);
    }
    stmt_in_target(f, loop, &range->brk, &range->cont, loop->range.body->block.stmts);
    f->pos = loop->end;
    end_round(f, &range->cont, STATE_READY);
    end_round(f, &range->brk, STATE_DONE);
}

/* After the call: the rules kept? then to where the body wanted to go. */
static void after_range_func(FuncState *f, struct RangeFunc *range)
{
    Reg mark = reg_mark(f);
    panic_if_state(f, load_var(f, range->state), STATE_RUNNING,
                   "range function recovered a loop body panic and did not resume panicking");
    set_state(f, range->state, STATE_EXHAUSTED);
    Reg exit = range->exits.len > 0 ? load_var(f, range->exit) : NO_REG;
    for (size_t i = 0; i < range->exits.len; i++) {
        Label next;
        label_init(&next);
        emit_cmp_jump(f, OP_JNEI, exit, (int32_t)i + 1, &next);
        if (range->exits.at[i].kind == T_RETURN)
            func_return(f);
        else
            stmt_branch_to(f, range->exits.at[i].kind, range->exits.at[i].target);
        label_place(f, &next);
    }
    reg_release(f, mark);
}

static void range_func(FuncState *f, Node *node, Type *type)
{
    Reg fn = expr_any(f, node->range.x);
    struct RangeFunc *range = arena_new(f->arena, struct RangeFunc);
    range->loop = node;
    range->state = synthetic_var(f, "_", type_basic[TYPE_INT], true);
    range->exit = synthetic_var(f, "_", type_basic[TYPE_INT], true);
    var_declare(f, range->state);
    var_declare(f, range->exit);
    Type *yield = type_under(env_type(f, type->func.params[0]->type));
    const char *name = arena_printf(f->arena, "%s-range%u", f->proto->name, ++f->nranges);
    FuncState *body = func_begin(f, node, yield, name);
    body->range_func = range;
    func_generate(body, generate_range_body, range);
    var_init_zero(f, range->state);
    var_init_zero(f, range->exit);
    Reg mark = reg_mark(f);
    reg_alloc(f, FRAME_HEADER);
    Reg frame = reg_alloc(f, 1);
    f->pos = node->pos;
    closure_make(f, body, frame);
    func_end(body);
    emit_abc(f, OP_CALLC, frame, fn, 1);
    reg_release(f, mark);
    after_range_func(f, range);
    vec_free(&range->exits);
}

void stmt_range(FuncState *f, Node *node)
{
    Reg mark = reg_mark(f);
    Type *type = type_under(node_type(f, node->range.x));
    switch (type->kind) {
    case TYPE_SLICE: range_slice(f, node, type); break;
    case TYPE_ARRAY:
    case TYPE_POINTER: range_over_array(f, node, type); break;
    case TYPE_STRING:
    case TYPE_UNTYPED_STRING: range_string(f, node); break;
    case TYPE_MAP: range_map(f, node, type); break;
    case TYPE_CHAN: range_chan(f, node, type); break;
    case TYPE_FUNC: range_func(f, node, type); break;
    default: range_int(f, node);
    }
    reg_release(f, mark);
}
