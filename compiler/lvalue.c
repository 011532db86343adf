/* SPDX-License-Identifier: MIT */
/* Places: variables, fields, elements, what pointers point to.
 *
 * lvalue() walks a chain such as p.a.b[3].c from its root and folds constant offsets, so that most
 * chains end in one load or store. It serves reads too, also of expressions that are no places:
 * their value then sits in temporary slots and its parts are found there. */
#include "compiler/inline.h"

#include "base/fatal.h"

/* ---- Parts ---- */

/* Whole slots of a struct in the frame are registers like any other. */
static void settle_frame(LValue *lv)
{
    if (lv->kind != LV_FRAME || lv->offset % 8 != 0 || type_sizeof(lv->type) % 8 != 0) return;
    lv->kind = LV_SLOT;
    lv->reg = (Reg)(lv->offset / 8);
}

static LValue slot_place(Reg reg, Type *type)
{
    return (LValue){.kind = LV_SLOT, .reg = reg, .type = type};
}

static LValue pointer_place(Reg reg, Type *type, Pos pos)
{
    return (LValue){.kind = LV_PTR, .reg = reg, .type = type, .pos = pos};
}

/* Replaces a computed place by the pointer to it, in a temporary. */
static void make_pointer(FuncState *f, LValue *lv)
{
    Reg ptr = reg_alloc(f, 1);
    lvalue_address(f, lv, ptr);
    lv->kind = LV_PTR;
    lv->reg = ptr;
    lv->offset = 0;
    lv->is_box = true;
}

/* Replaces a place that has no address by its value, in temporaries. */
static void make_value(FuncState *f, LValue *lv)
{
    Reg at = reg_alloc(f, type_slots(lv->type));
    lvalue_load(f, lv, at);
    lv->kind = LV_SLOT;
    lv->reg = at;
}

/* Loads the row of a slice of slices, so that what is left is an element of a slice. */
static void settle_rows(FuncState *f, LValue *lv)
{
    if (lv->kind != LV_ROWS) return;
    Reg row = reg_alloc(f, 3);
    if (lv->pos) f->pos = lv->pos;
    emit_abc(f, OP_LDX192, row, lv->reg, lv->row);
    lv->kind = LV_SLICE;
    lv->reg = row;
}

void lvalue_part(FuncState *f, LValue *lv, uint64_t offset, Type *type)
{
    settle_rows(f, lv);
    if (lv->kind == LV_SLICE || lv->kind == LV_SLICE_PTR || lv->kind == LV_ARRAY_PTR)
        make_pointer(f, lv);
    if (lv->kind == LV_MAP || lv->kind == LV_FRAME_INDEX) make_value(f, lv);
    if (lv->kind == LV_SLOT) {
        lv->kind = LV_FRAME;
        lv->offset = (uint64_t)lv->reg * 8;
    }
    if (lv->kind == LV_GLOBAL)
        lv->address = (char *)lv->address + offset;
    else
        lv->offset += offset;
    lv->type = type;
    settle_frame(lv);
}

/* Follows the pointer that the place holds. */
static void follow(FuncState *f, LValue *lv, Pos pos)
{
    Type *elem = type_under(lv->type)->elem;
    Reg ptr = lv->reg;
    f->pos = pos;
    if (lv->kind != LV_SLOT) {
        ptr = reg_alloc(f, 1);
        lvalue_load(f, lv, ptr);
    }
    *lv = pointer_place(ptr, elem, pos);
}

void lvalue_path(FuncState *f, LValue *lv, const uint32_t *path, uint32_t n, Pos pos)
{
    for (uint32_t i = 0; i < n; i++) {
        if (type_basic_kind(lv->type) == TYPE_POINTER) follow(f, lv, pos);
        Type *strukt = type_under(lv->type);
        lvalue_part(f, lv, (uint64_t)type_field_offset(strukt, path[i]),
                    strukt->strukt.fields[path[i]].type);
    }
}

/* ---- Roots ---- */

static LValue variable(FuncState *f, Object *var, Pos pos)
{
    VarPlace *place = var_place(f, var);
    LValue lv = slot_place(place->reg, place->type);
    lv.pos = pos;
    uint32_t slots = type_slots(place->type);
    switch (place->kind) {
    case PLACE_SLOT: break;
    case PLACE_BOX:
        lv.kind = LV_PTR;
        lv.is_box = true;
        break;
    case PLACE_CAPTURE:
        lv.reg = reg_alloc(f, slots);
        if (slots == 1)
            emit_abc(f, OP_LDCAP, lv.reg, place->reg, 0);
        else if (slots > 1)
            emit_abc(f, OP_LDCAPN, lv.reg, place->reg, slots);
        break;
    case PLACE_CAPTURE_BOX:
        lv.kind = LV_PTR;
        lv.is_box = true;
        lv.reg = reg_alloc(f, 1);
        emit_abc(f, OP_LDCAP, lv.reg, place->reg, 0);
        break;
    case PLACE_GLOBAL:
        lv.kind = LV_GLOBAL;
        lv.address = place->address;
        break;
    }
    return lv;
}

/* Value of any expression, as a place. */
static LValue value(FuncState *f, Node *node)
{
    LValue lv = slot_place(0, node_type(f, node));
    lv.reg = expr_any(f, node);
    lv.pos = node->pos;
    return lv;
}

static LValue selector(FuncState *f, Node *node)
{
    Selection *sel = node->selector.selection;
    if (!sel) return variable(f, node->selector.sel->ident.obj, node->op_pos);
    if (sel->kind != SELECT_FIELD) return value(f, node);
    LValue lv = lvalue(f, node->selector.x);
    lvalue_path(f, &lv, sel->path, sel->npath, node->op_pos);
    lv.pos = node->op_pos;
    return lv;
}

/* Whether finding the index can't panic, but for the pointers that are followed anyway. */
static bool is_calm(Node *index)
{
    index = node_unparen(index);
    switch (index->kind) {
    case NODE_IDENT:
    case NODE_LITERAL: return true;
    case NODE_SELECTOR:
        return !index->selector.selection ||
               (index->selector.selection->kind == SELECT_FIELD && is_calm(index->selector.x));
    case NODE_BINARY:
        return index->val || ((index->op == T_ADD || index->op == T_SUB || index->op == T_MUL) &&
                              is_calm(index->binary.x) && is_calm(index->binary.y));
    default: return index->val;
    }
}

/* The slice x with its index still to come: in slots, or left in memory. */
static LValue slice_operand(FuncState *f, Node *x, Node *index)
{
    LValue lv = lvalue(f, x);
    if (lv.kind == LV_PTR && lv.offset <= UINT16_MAX && is_calm(index)) {
        lv.kind = LV_SLICE_PTR;
        return lv;
    }
    if (lv.kind != LV_SLOT) make_value(f, &lv);
    lv.kind = LV_SLICE;
    return lv;
}

/* Element of an array that is a place itself, in memory or in the frame. */
static LValue array_element(FuncState *f, LValue lv, Node *index, Pos pos)
{
    Type *array = type_under(lv.type);
    int64_t i;
    uint64_t size = (uint64_t)type_sizeof(array->elem);
    lv.pos = pos;
    if (node_const_int(f, index, &i) && i >= 0 && i < array->len) {
        lvalue_part(f, &lv, (uint64_t)i * size, array->elem);
        return lv;
    }
    if (lv.kind == LV_FRAME || lv.kind == LV_MAP || lv.kind == LV_FRAME_INDEX) make_value(f, &lv);
    if (lv.kind == LV_SLOT) {
        lv.kind = LV_FRAME_INDEX;
    } else {
        if (lv.kind != LV_PTR || lv.offset != 0) make_pointer(f, &lv);
        lv.kind = LV_ARRAY_PTR;
    }
    lv.index = expr_any(f, index);
    lv.len = (uint64_t)array->len;
    lv.type = array->elem;
    return lv;
}

static LValue element(FuncState *f, Node *node)
{
    Node *x = node->index.x, *index = node->index.args.at[0];
    Type *type = node_type(f, x), *under = type_under(type);
    LValue lv = {.pos = node->op_pos, .type = under->elem};
    int64_t i;
    order_pair(f, x, index);
    note_unsigned(f, node->op_pos, index, NULL, NULL);
    switch (under->kind) {
    case TYPE_SLICE: {
        Node *outer = node_unparen(x);
        MemForm form = type_mem_form(under->elem);
        bool is_rows = outer->kind == NODE_INDEX && (form == MEM_SLOT || form == MEM_U8) &&
                       type_basic_kind(node_type(f, outer->index.x)) == TYPE_SLICE;
        if (is_rows) {
            lv.kind = LV_ROWS;
            lv.reg = expr_any(f, outer->index.x);
            lv.row = expr_any(f, outer->index.args.at[0]);
        } else {
            LValue slice = slice_operand(f, x, index);
            lv.kind = slice.kind;
            lv.reg = slice.reg;
            lv.offset = slice.offset;
        }
        lv.index = expr_any(f, index);
        return lv;
    }
    case TYPE_POINTER: {
        Type *array = type_under(under->elem);
        Reg ptr = expr_any(f, x);
        if (node_const_int(f, index, &i) && i >= 0 && i < array->len) {
            lv = pointer_place(ptr, under->elem, node->op_pos);
            lvalue_part(f, &lv, (uint64_t)i * (uint64_t)type_sizeof(array->elem), array->elem);
            return lv;
        }
        lv = (LValue){.kind = LV_ARRAY_PTR,
                      .reg = ptr,
                      .len = (uint64_t)array->len,
                      .type = array->elem,
                      .pos = node->op_pos};
        lv.index = expr_any(f, index);
        return lv;
    }
    case TYPE_ARRAY: return array_element(f, lvalue(f, x), index, node->op_pos);
    case TYPE_MAP:
        lv.kind = LV_MAP;
        lv.map_type = type;
        lv.reg = expr_any(f, x);
        lv.index = expr_any_type(f, index, under->key);
        return lv;
    default: return value(f, node);
    }
}

LValue lvalue(FuncState *f, Node *node)
{
    node = inline_value(f, node_unparen(node));
    if (node->val || node->mode == MODE_NIL) return value(f, node);
    switch (node->kind) {
    case NODE_IDENT:
        if (node->ident.obj && node->ident.obj->kind == OBJ_VAR)
            return variable(f, node->ident.obj, node->pos);
        if (node->ident.name->len == 1 && node->ident.name->text[0] == '_')
            return (LValue){.kind = LV_NONE, .pos = node->pos};
        return value(f, node);
    case NODE_SELECTOR:
        if (!node->selector.selection && node->selector.sel->ident.obj->kind != OBJ_VAR)
            return value(f, node);
        return selector(f, node);
    case NODE_INDEX: return element(f, node);
    case NODE_STAR: {
        Reg ptr = expr_any(f, node->unary.x);
        return pointer_place(ptr, type_under(node_type(f, node->unary.x))->elem, node->pos);
    }
    default: return value(f, node);
    }
}

/* ---- Loading, storing, addressing ---- */

static uint64_t frame_index_word(const LValue *lv)
{
    MemForm form = type_mem_form(lv->type);
    if (form > MEM_SLOT) form = (MemForm)7;
    return lv->len | (uint64_t)form << 32 | (uint64_t)type_sizeof(lv->type) << 40;
}

static void load_frame(FuncState *f, const LValue *lv, Reg to)
{
    switch (type_mem_form(lv->type)) {
    case MEM_I8: emit_abx(f, OP_LDL8, to, (int64_t)lv->offset); break;
    case MEM_U8: emit_abx(f, OP_LDLU8, to, (int64_t)lv->offset); break;
    case MEM_I16: emit_abx(f, OP_LDL16, to, (int64_t)lv->offset); break;
    case MEM_U16: emit_abx(f, OP_LDLU16, to, (int64_t)lv->offset); break;
    case MEM_I32: emit_abx(f, OP_LDL32, to, (int64_t)lv->offset); break;
    case MEM_U32: emit_abx(f, OP_LDLU32, to, (int64_t)lv->offset); break;
    case MEM_NONE: break;
    default:
        emit_abx(f, OP_LDLN, to, (int64_t)lv->offset);
        emit_word(f, (uint64_t)type_sizeof(lv->type));
    }
}

static void store_frame(FuncState *f, const LValue *lv, Reg from)
{
    switch (type_mem_form(lv->type)) {
    case MEM_I8:
    case MEM_U8: emit_abx(f, OP_STL8, from, (int64_t)lv->offset); break;
    case MEM_I16:
    case MEM_U16: emit_abx(f, OP_STL16, from, (int64_t)lv->offset); break;
    case MEM_I32:
    case MEM_U32: emit_abx(f, OP_STL32, from, (int64_t)lv->offset); break;
    case MEM_NONE: break;
    default:
        emit_abx(f, OP_STLN, from, (int64_t)lv->offset);
        emit_word(f, (uint64_t)type_sizeof(lv->type));
    }
}

/* Loads or stores a package variable. `ops`: the instruction for each memory form up to three
 * slots. */
static void access_global(FuncState *f, const LValue *lv, Reg reg, const uint16_t *ops,
                          bool is_store)
{
    MemForm form = type_mem_form(lv->type);
    if (form == MEM_NONE) return;
    if (form != MEM_BYTES) {
        emit_abc(f, (Op)ops[form], reg, 0, 0);
        emit_ptr(f, lv->address);
        return;
    }
    Reg mark = reg_mark(f);
    Reg ptr = reg_alloc(f, 1);
    emit_abc(f, OP_LOADK, ptr, 0, 0);
    emit_ptr(f, lv->address);
    if (is_store)
        emit_store(f, ptr, 0, reg, lv->type);
    else
        emit_load(f, reg, ptr, 0, lv->type);
    reg_release(f, mark);
}

static void load_slice(FuncState *f, const LValue *lv, Reg to)
{
    static const uint16_t ops[] = {OP_LDX8,   OP_LDXU8, OP_LDX16,  OP_LDXU16, OP_LDX32,
                                   OP_LDXU32, OP_LDX64, OP_LDX128, OP_LDX192, OP_LDXN};
    MemForm form = type_mem_form(lv->type);
    if (form == MEM_NONE) {
        emit_abc(f, OP_BOUNDS, lv->index, lv->reg + 1, 0);
        return;
    }
    if (lv->is_last && peephole_near(f, (Op)ops[form], to, lv->reg, lv->index)) return;
    emit_abc(f, (Op)ops[form], to, lv->reg, lv->index);
    if (ops[form] == OP_LDXN) emit_word(f, (uint64_t)type_sizeof(lv->type));
}

static void store_slice(FuncState *f, const LValue *lv, Reg from)
{
    static const uint16_t ops[] = {OP_STX8,  OP_STX8,  OP_STX16,  OP_STX16,  OP_STX32,
                                   OP_STX32, OP_STX64, OP_STX128, OP_STX192, OP_STXN};
    MemForm form = type_mem_form(lv->type);
    if (form == MEM_NONE) {
        emit_abc(f, OP_BOUNDS, lv->index, lv->reg + 1, 0);
        return;
    }
    emit_abc(f, (Op)ops[form], lv->reg, lv->index, from);
    if (ops[form] == OP_STXN) emit_word(f, (uint64_t)type_sizeof(lv->type));
}

/* Bounds check of an array of zero-size elements in the frame. */
static void check_frame_index(FuncState *f, const LValue *lv)
{
    Reg mark = reg_mark(f);
    Reg len = reg_alloc(f, 1);
    emit_int(f, len, (int64_t)lv->len);
    emit_abc(f, OP_BOUNDS, lv->index, len, 0);
    reg_release(f, mark);
}

/* The instructions for elements of arrays and slices in memory, by memory form; OP_NOP where the
 * address must be made first. */
static const uint16_t load_behind[] = {OP_NOP,    OP_LDPXU8, OP_NOP, OP_NOP, OP_LDPX32, OP_LDPXU32,
                                       OP_LDPX64, OP_NOP,    OP_NOP, OP_NOP, OP_NOP};
static const uint16_t store_behind[] = {OP_STPX8,  OP_STPX8, OP_NOP, OP_NOP, OP_STPX32, OP_STPX32,
                                        OP_STPX64, OP_NOP,   OP_NOP, OP_NOP, OP_NOP};
static const uint16_t load_in_memory[] = {OP_NOP,    OP_LDMXU8, OP_NOP, OP_NOP, OP_LDMX32, OP_NOP,
                                          OP_LDMX64, OP_NOP,    OP_NOP, OP_NOP, OP_NOP};
static const uint16_t store_in_memory[] = {OP_STMX8,  OP_STMX8,  OP_NOP,    OP_NOP,
                                           OP_STMX32, OP_STMX32, OP_STMX64, OP_NOP,
                                           OP_NOP,    OP_NOP,    OP_NOP};

/* Pointer to the element of LV_ARRAY_PTR or LV_SLICE_PTR. */
static void element_address(FuncState *f, const LValue *lv, Reg to)
{
    if (lv->kind == LV_SLICE_PTR) {
        emit_abc(f, OP_ADDRMX, to, lv->reg, lv->index);
        emit_word(f, (uint64_t)type_sizeof(lv->type) | lv->offset << 48);
        return;
    }
    emit_abc(f, OP_ADDRP, to, lv->reg, lv->index);
    emit_word(f, lv->len | (uint64_t)type_sizeof(lv->type) << 32);
}

static void load_element(FuncState *f, const LValue *lv, Reg to)
{
    MemForm form = type_mem_form(lv->type);
    bool is_array = lv->kind == LV_ARRAY_PTR;
    Op op = (Op)(is_array ? load_behind : load_in_memory)[form];
    if (op != OP_NOP) {
        emit_abc(f, op, to, lv->reg, lv->index);
        emit_word(f, is_array ? lv->len : lv->offset);
        return;
    }
    Reg ptr = reg_alloc(f, 1);
    element_address(f, lv, ptr);
    emit_load(f, to, ptr, 0, lv->type);
}

static void store_element(FuncState *f, const LValue *lv, Reg from)
{
    MemForm form = type_mem_form(lv->type);
    bool is_array = lv->kind == LV_ARRAY_PTR;
    Op op = (Op)(is_array ? store_behind : store_in_memory)[form];
    if (op != OP_NOP) {
        emit_abc(f, op, lv->reg, lv->index, from);
        emit_word(f, is_array ? lv->len : lv->offset);
        return;
    }
    Reg ptr = reg_alloc(f, 1);
    element_address(f, lv, ptr);
    emit_store(f, ptr, 0, from, lv->type);
}

void lvalue_load(FuncState *f, LValue *lv, Reg to)
{
    static const uint16_t global_ops[] = {OP_LDG8,   OP_LDGU8, OP_LDG16,  OP_LDGU16, OP_LDG32,
                                          OP_LDGU32, OP_LDG64, OP_LDG128, OP_LDG192};
    Reg mark = reg_mark(f);
    if (lv->pos) f->pos = lv->pos;
    switch (lv->kind) {
    case LV_NONE: break;
    case LV_SLOT: emit_move(f, to, lv->reg, type_slots(lv->type)); break;
    case LV_FRAME: load_frame(f, lv, to); break;
    case LV_FRAME_INDEX:
        if (type_slots(lv->type) == 0) {
            check_frame_index(f, lv);
            break;
        }
        if (type_mem_form(lv->type) == MEM_SLOT) {
            emit_abc(f, OP_LDLX64, to, lv->reg, lv->index);
            emit_word(f, lv->len);
            break;
        }
        emit_abc(f, OP_LDLX, to, lv->reg, lv->index);
        emit_word(f, frame_index_word(lv));
        break;
    case LV_PTR:
        if (lv->is_last && peephole_part(f, to, lv->reg, lv->offset, lv->type)) break;
        if (type_slots(lv->type) > 0 || !lv->is_box)
            emit_load(f, to, lv->reg, lv->offset, lv->type);
        break;
    case LV_GLOBAL: access_global(f, lv, to, global_ops, false); break;
    case LV_SLICE: load_slice(f, lv, to); break;
    case LV_ROWS:
        emit_abc(f, type_mem_form(lv->type) == MEM_SLOT ? OP_LDXX64 : OP_LDXXU8, to, lv->reg,
                 lv->row);
        emit_word(f, lv->index);
        break;
    case LV_SLICE_PTR:
    case LV_ARRAY_PTR: load_element(f, lv, to); break;
    case LV_MAP:
        emit_abc(f, OP_MAPGET, to, lv->reg, lv->index);
        emit_ptr(f, rtype_of(f, lv->map_type));
        break;
    }
    reg_release(f, mark);
}

void lvalue_store(FuncState *f, LValue *lv, Reg from)
{
    static const uint16_t global_ops[] = {OP_STG8,  OP_STG8,  OP_STG16,  OP_STG16, OP_STG32,
                                          OP_STG32, OP_STG64, OP_STG128, OP_STG192};
    Reg mark = reg_mark(f);
    if (lv->pos) f->pos = lv->pos;
    switch (lv->kind) {
    case LV_NONE: break;
    case LV_SLOT: emit_move(f, lv->reg, from, type_slots(lv->type)); break;
    case LV_FRAME: store_frame(f, lv, from); break;
    case LV_FRAME_INDEX:
        if (type_slots(lv->type) == 0) {
            check_frame_index(f, lv);
            break;
        }
        if (type_mem_form(lv->type) == MEM_SLOT) {
            emit_abc(f, OP_STLX64, lv->reg, lv->index, from);
            emit_word(f, lv->len);
            break;
        }
        emit_abc(f, OP_STLX, lv->reg, lv->index, from);
        emit_word(f, frame_index_word(lv));
        break;
    case LV_PTR:
        if (type_slots(lv->type) > 0 || !lv->is_box)
            emit_store(f, lv->reg, lv->offset, from, lv->type);
        break;
    case LV_GLOBAL: access_global(f, lv, from, global_ops, true); break;
    case LV_ROWS:
        emit_abc(f, type_mem_form(lv->type) == MEM_SLOT ? OP_STXX64 : OP_STXX8, lv->reg, lv->row,
                 from);
        emit_word(f, lv->index);
        break;
    case LV_SLICE: store_slice(f, lv, from); break;
    case LV_SLICE_PTR:
    case LV_ARRAY_PTR: store_element(f, lv, from); break;
    case LV_MAP:
        emit_abc(f, OP_MAPSET, lv->reg, lv->index, from);
        emit_ptr(f, rtype_of(f, lv->map_type));
        break;
    }
    reg_release(f, mark);
}

void lvalue_address(FuncState *f, LValue *lv, Reg to)
{
    settle_rows(f, lv);
    if (lv->pos) f->pos = lv->pos;
    switch (lv->kind) {
    case LV_PTR:
        if (lv->is_box && lv->offset == 0) {
            emit_move(f, to, lv->reg, 1);
        } else if (lv->offset <= 0xFFFF) {
            emit_abc(f, OP_FIELD, to, lv->reg, (Reg)lv->offset);
        } else {
            emit_abc(f, OP_FIELDX, to, lv->reg, 0);
            emit_word(f, lv->offset);
        }
        break;
    case LV_GLOBAL:
        emit_abc(f, OP_LOADK, to, 0, 0);
        emit_ptr(f, lv->address);
        break;
    case LV_ROWS:
    case LV_SLICE:
        emit_abc(f, OP_ADDRX, to, lv->reg, lv->index);
        emit_word(f, (uint64_t)type_sizeof(lv->type));
        break;
    case LV_SLICE_PTR:
    case LV_ARRAY_PTR: element_address(f, lv, to); break;
    case LV_SLOT:
    case LV_FRAME:
    case LV_FRAME_INDEX:
    case LV_MAP: { /* a value nobody else can see (a receiver that is no variable): its copy has an
                      address */
        Reg mark = reg_mark(f);
        LValue copy = *lv;
        if (copy.kind != LV_SLOT) make_value(f, &copy);
        emit_abc(f, OP_BOX, to, copy.reg, 0);
        emit_ptr(f, rtype_of(f, copy.type));
        reg_release(f, mark);
        break;
    }
    case LV_NONE: fatal("lvalue: address of the blank name");
    }
}

/* ---- Big values ---- */

#define BIG_SLOTS 1024

bool type_is_big(Type *type)
{
    return type_slots(type) > BIG_SLOTS;
}

/* Copies `size` bytes from where one register points to where another does: as COPY of slices with
 * one element. */
static void copy_memory(FuncState *f, Reg to, Reg from, uint64_t size)
{
    Reg at = reg_alloc(f, 7);
    for (Reg i = 0; i < 6; i++) emit_int(f, at + i, 1);
    emit_move(f, at, to, 1);
    emit_move(f, at + 3, from, 1);
    emit_abc(f, OP_COPY, at + 6, at, at + 3);
    emit_word(f, size);
}

/* Whether evaluating the node as a place gives one in memory. */
static bool is_memory_place(FuncState *f, Node *node)
{
    switch (node->kind) {
    case NODE_STAR: return true;
    case NODE_IDENT: {
        if (!node->ident.obj || node->ident.obj->kind != OBJ_VAR) return false;
        VarPlace *place = var_place(f, node->ident.obj);
        return place->kind != PLACE_SLOT && place->kind != PLACE_CAPTURE;
    }
    case NODE_SELECTOR:
        if (!node->selector.selection) return node->selector.sel->ident.obj->kind == OBJ_VAR;
        if (node->selector.selection->kind != SELECT_FIELD) return false;
        return node->selector.selection->is_indirect ||
               is_memory_place(f, node_unparen(node->selector.x));
    case NODE_INDEX: {
        TypeKind kind = type_basic_kind(node_type(f, node->index.x));
        if (kind == TYPE_ARRAY) return is_memory_place(f, node_unparen(node->index.x));
        return kind == TYPE_SLICE || kind == TYPE_POINTER;
    }
    default: return false;
    }
}

static bool is_big_place(FuncState *f, Node *value)
{
    return !value->val && value->mode != MODE_NIL && type_is_big(node_type(f, value)) &&
           is_memory_place(f, value);
}

static bool is_big_literal(FuncState *f, Node *value)
{
    return value->kind == NODE_COMPOSITE && type_is_big(node_type(f, value));
}

/* Puts the address of a big value, of which is_big_place or is_big_literal is true, at `to`. */
static void big_address(FuncState *f, Node *value, Reg to)
{
    if (value->kind == NODE_COMPOSITE) {
        composite_box(f, value, node_type(f, value), to);
    } else {
        LValue from = lvalue(f, value);
        lvalue_address(f, &from, to);
    }
}

bool lvalue_copy_big(FuncState *f, LValue *to, Node *value)
{
    value = node_unparen(value);
    if (!is_big_place(f, value) && !is_big_literal(f, value)) return false;
    if (!types_identical(to->type, node_type(f, value))) return false;
    if (to->kind != LV_PTR && to->kind != LV_GLOBAL && to->kind != LV_SLICE &&
        to->kind != LV_SLICE_PTR && to->kind != LV_ARRAY_PTR)
        return false;
    Reg mark = reg_mark(f);
    Reg at = reg_alloc(f, 2);
    big_address(f, value, at + 1);
    lvalue_address(f, to, at);
    copy_memory(f, at, at + 1, (uint64_t)type_sizeof(to->type));
    reg_release(f, mark);
    return true;
}

bool lvalue_box_big(FuncState *f, Node *value, Reg to)
{
    value = node_unparen(value);
    if (is_big_literal(f, value)) return composite_box(f, value, node_type(f, value), to);
    if (!is_big_place(f, value)) return false;
    Reg mark = reg_mark(f);
    Reg at = reg_alloc(f, 2);
    LValue from = lvalue(f, value);
    lvalue_address(f, &from, at + 1);
    emit_abc(f, OP_NEW, at, 0, 0);
    emit_ptr(f, rtype_of(f, from.type));
    copy_memory(f, at, at + 1, (uint64_t)type_sizeof(from.type));
    emit_move(f, to, at, 1);
    reg_release(f, mark);
    return true;
}

/* ---- Tuple assignment ---- */

static Reg freeze(FuncState *f, Reg reg, uint32_t slots)
{
    if (slots == 0 || !reg_is_var(f, reg)) return reg;
    Reg copy = reg_alloc(f, slots);
    emit_move(f, copy, reg, slots);
    return copy;
}

void lvalue_settle(FuncState *f, LValue *lv)
{
    settle_rows(f, lv);
    if (lv->kind != LV_SLICE_PTR) return;
    Reg slice = reg_alloc(f, 3);
    if (lv->pos) f->pos = lv->pos;
    emit_abc(f, OP_LD192, slice, lv->reg, (Reg)lv->offset);
    lv->kind = LV_SLICE;
    lv->reg = slice;
}

void lvalue_freeze(FuncState *f, LValue *lv)
{
    switch (lv->kind) {
    case LV_PTR:
        if (!lv->is_box) lv->reg = freeze(f, lv->reg, 1);
        break;
    case LV_SLICE:
        lv->reg = freeze(f, lv->reg, 3);
        lv->index = freeze(f, lv->index, 1);
        break;
    case LV_ROWS:
        lv->reg = freeze(f, lv->reg, 3);
        lv->row = freeze(f, lv->row, 1);
        lv->index = freeze(f, lv->index, 1);
        break;
    case LV_FRAME_INDEX: lv->index = freeze(f, lv->index, 1); break;
    case LV_ARRAY_PTR:
        lv->reg = freeze(f, lv->reg, 1);
        lv->index = freeze(f, lv->index, 1);
        break;
    case LV_MAP:
        lv->reg = freeze(f, lv->reg, 1);
        lv->index = freeze(f, lv->index, type_slots(type_under(lv->map_type)->key));
        break;
    default: break;
    }
}
