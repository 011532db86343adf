/* SPDX-License-Identifier: MIT */
/* Composite literals.
 *
 * Structs and arrays are filled part by part where they are to stay: in slots or in new memory.
 * Literals inside literals fill their part directly. What is not mentioned must be zero, so the
 * place is zeroed first unless the literal covers every byte. Long arrays and slices of constants
 * are copied from an image made at compile time. */
#include "compiler/internal.h"

#include "base/fatal.h"

#include <stdlib.h>
#include <string.h>

#define MIN_IMAGE 8 /* constant elements from which an image pays */

static void fill(FuncState *f, Node *lit, Type *type, LValue *place);

/* ---- Elements ---- */

static Node *element_value(Node *elem)
{
    return elem->kind == NODE_KEYED ? elem->pair.b : elem;
}

/* A nested struct or array literal that can fill a part of this type in place. */
static bool is_nested(FuncState *f, Node *value, Type *type)
{
    TypeKind kind = type_basic_kind(type);
    return value->kind == NODE_COMPOSITE && (kind == TYPE_STRUCT || kind == TYPE_ARRAY) &&
           type_basic_kind(node_type(f, value)) == kind;
}

/* Number of the struct's own field that a key names, -1 for a promoted one. */
static int64_t field_index(Type *strukt, Node *key)
{
    for (uint32_t i = 0; i < strukt->strukt.nfields; i++)
        if (strukt->strukt.fields[i].name == key->ident.name) return i;
    return -1;
}

/* Narrows `part`, the whole struct, to the field that a key names, which may lie in embedded
 * structs. */
static void part_for_key(FuncState *f, Type *strukt, Node *key, LValue *part)
{
    Selection found = {0};
    Name name = key->ident.name;
    if (lookup_field_or_method(strukt, true, f->package, name, false, &found) != LOOKUP_FOUND)
        fatal("literal: no field %s", name->text);
    for (uint32_t i = 0; i < found.npath; i++) {
        Field *field = &type_under(strukt)->strukt.fields[found.path[i]];
        lvalue_part(f, part, (uint64_t)type_field_offset(strukt, found.path[i]), field->type);
        strukt = field->type;
    }
}

/* Index of the element after `index` in an array or slice literal, or of this element where it has
 * a key. */
static int64_t element_index(FuncState *f, Node *elem, int64_t index)
{
    if (elem->kind == NODE_KEYED && !node_const_int(f, elem->pair.a, &index))
        fatal("literal: index is not constant");
    return index;
}

static int64_t literal_length(FuncState *f, Node *lit)
{
    int64_t next = 0, len = 0;
    for (uint32_t i = 0; i < lit->composite.elems.len; i++) {
        next = element_index(f, lit->composite.elems.at[i], next) + 1;
        if (next > len) len = next;
    }
    return len;
}

static void fill_part(FuncState *f, Node *value, LValue *part)
{
    Reg mark = reg_mark(f);
    value = node_unparen(value);
    if (is_nested(f, value, part->type)) {
        fill(f, value, part->type, part);
    } else if (part->kind == LV_SLOT) {
        expr_to_type(f, value, part->type, part->reg);
    } else if (!lvalue_copy_big(f, part, value)) {
        Reg reg = expr_any_type(f, value, part->type);
        lvalue_store(f, part, reg);
    }
    reg_release(f, mark);
}

/* ---- Images of constants ---- */

static bool is_image_elem(Type *elem)
{
    TypeKind kind = type_basic_kind(elem);
    return (kind >= TYPE_BOOL && kind <= TYPE_FLOAT64) || kind == TYPE_STRING;
}

static bool is_constant_list(FuncState *f, Node *lit, Type *elem)
{
    NodeList elems = lit->composite.elems;
    if (elems.len < MIN_IMAGE || !is_image_elem(elem)) return false;
    for (uint32_t i = 0; i < elems.len; i++)
        if (!node_unparen(element_value(elems.at[i]))->val) return false;
    return literal_length(f, lit) <= (int64_t)elems.len * 4 + 256;
}

static char *make_image(FuncState *f, Node *lit, Type *elem, int64_t len)
{
    size_t size = (size_t)type_sizeof(elem);
    char *image = calloc((size_t)len, size);
    if (!image) fatal_out_of_memory();
    int64_t index = 0;
    for (uint32_t i = 0; i < lit->composite.elems.len; i++) {
        Node *e = lit->composite.elems.at[i];
        index = element_index(f, e, index);
        uint64_t slots[2];
        const_to_slots(node_unparen(element_value(e))->val, elem, slots);
        memcpy(image + (size_t)index * size, slots, size);
        index++;
    }
    return image;
}

/* Copies the literal's image to the array that starts where the register points. */
static void copy_image(FuncState *f, Node *lit, Type *elem, Reg ptr)
{
    Reg mark = reg_mark(f);
    int64_t len = literal_length(f, lit);
    Reg at = reg_alloc(f, 7);
    emit_move(f, at, ptr, 1);
    emit_int(f, at + 1, len);
    emit_int(f, at + 2, len);
    emit_abc(f, OP_LOADK, at + 3, 0, 0);
    emit_ptr(f, make_image(f, lit, elem, len));
    emit_move(f, at + 4, at + 1, 2);
    emit_abc(f, OP_COPY, at + 6, at, at + 3);
    emit_word(f, (uint64_t)type_sizeof(elem));
    reg_release(f, mark);
}

/* ---- Structs and arrays ---- */

static bool is_blank_field(const Type *strukt, int64_t index)
{
    Name name = strukt->strukt.fields[index].name;
    return name->len == 1 && name->text[0] == '_';
}

/* A blank field's value is evaluated but not kept. */
static void fill_struct(FuncState *f, Node *lit, Type *strukt, LValue *place)
{
    NodeList elems = lit->composite.elems;
    for (uint32_t i = 0; i < elems.len; i++) {
        Node *e = elems.at[i];
        int64_t index = e->kind == NODE_KEYED ? field_index(strukt, e->pair.a) : i;
        if (index >= 0 && is_blank_field(strukt, index)) {
            expr_effect(f, element_value(e));
            continue;
        }
        LValue part = *place;
        if (index < 0)
            part_for_key(f, strukt, e->pair.a, &part);
        else
            lvalue_part(f, &part, (uint64_t)type_field_offset(strukt, (uint32_t)index),
                        strukt->strukt.fields[index].type);
        fill_part(f, element_value(e), &part);
    }
}

static void fill_elements(FuncState *f, Node *lit, Type *elem, LValue *place)
{
    if (place->kind == LV_PTR && place->offset == 0 && is_constant_list(f, lit, elem)) {
        copy_image(f, lit, elem, place->reg);
        return;
    }
    int64_t index = 0;
    for (uint32_t i = 0; i < lit->composite.elems.len; i++) {
        Node *e = lit->composite.elems.at[i];
        index = element_index(f, e, index);
        LValue part = *place;
        lvalue_part(f, &part, (uint64_t)index * (uint64_t)type_sizeof(elem), elem);
        fill_part(f, element_value(e), &part);
        index++;
    }
}

/* Fills a zeroed place with a struct or array literal. */
static void fill(FuncState *f, Node *lit, Type *type, LValue *place)
{
    Type *under = type_under(type);
    if (under->kind == TYPE_STRUCT)
        fill_struct(f, lit, under, place);
    else
        fill_elements(f, lit, under->elem, place);
}

/* Whether filling writes every byte, so that the place need not be zeroed. */
static bool covers(FuncState *f, Node *lit, Type *type)
{
    Type *under = type_under(type);
    NodeList elems = lit->composite.elems;
    bool is_struct = under->kind == TYPE_STRUCT;
    if (elems.len != (is_struct ? under->strukt.nfields : (uint64_t)under->len)) return false;
    for (uint32_t i = 0; i < elems.len; i++) {
        Node *value = node_unparen(element_value(elems.at[i]));
        int64_t index = is_struct && elems.at[i]->kind == NODE_KEYED
                            ? field_index(under, elems.at[i]->pair.a)
                            : i;
        if (index < 0) return false;
        if (is_struct ? is_blank_field(under, index) : elems.at[i]->kind == NODE_KEYED)
            return false;
        Type *part = is_struct ? under->strukt.fields[index].type : under->elem;
        if (type_sizeof(part) % 8 != 0) return false;
        if (is_nested(f, value, part) && !covers(f, value, part)) return false;
    }
    return true;
}

/* ---- Slices and maps ---- */

static void slice_literal_to(FuncState *f, Node *lit, Type *slice, Reg to)
{
    int64_t len = literal_length(f, lit);
    emit_int(f, to + 1, len);
    emit_abc(f, OP_MAKESLICE, to, to + 1, to + 1);
    emit_ptr(f, rtype_of(f, slice->elem));
    LValue place = {
        .kind = LV_PTR, .reg = to, .is_box = true, .type = slice->elem, .pos = lit->pos};
    fill_elements(f, lit, slice->elem, &place);
}

void pack_slice(FuncState *f, Node **args, uint32_t n, Type *slice, Reg to)
{
    Type *elem = type_under(slice)->elem;
    if (n == 0) {
        emit_zero(f, to, 3);
        return;
    }
    emit_int(f, to + 1, n);
    emit_abc(f, OP_MAKESLICE, to, to + 1, to + 1);
    emit_ptr(f, rtype_of(f, elem));
    for (uint32_t i = 0; i < n; i++) {
        LValue part = {.kind = LV_PTR,
                       .reg = to,
                       .is_box = true,
                       .type = elem,
                       .offset = i * (uint64_t)type_sizeof(elem)};
        fill_part(f, args[i], &part);
    }
}

static void map_literal_to(FuncState *f, Node *lit, Type *type, Reg to)
{
    Type *map = type_under(type);
    NodeList elems = lit->composite.elems;
    Reg mark = reg_mark(f);
    Reg hint = reg_alloc(f, 1);
    emit_int(f, hint, elems.len);
    emit_abc(f, OP_MAKEMAP, to, hint, 0);
    emit_ptr(f, rtype_of(f, type));
    reg_release(f, mark);
    for (uint32_t i = 0; i < elems.len; i++) {
        Reg key = expr_any_type(f, elems.at[i]->pair.a, map->key);
        Reg value = expr_any_type(f, elems.at[i]->pair.b, map->elem);
        f->pos = elems.at[i]->pos;
        emit_abc(f, OP_MAPSET, to, key, value);
        emit_ptr(f, rtype_of(f, type));
        reg_release(f, mark);
    }
}

/* ---- Literals at large ---- */

void composite_to(FuncState *f, Node *lit, Reg to)
{
    Type *type = node_type(f, lit), *under = type_under(type);
    Reg mark = reg_mark(f);
    order_literal(f, lit);
    if (under->kind == TYPE_SLICE) {
        slice_literal_to(f, lit, under, to);
    } else if (under->kind == TYPE_MAP) {
        map_literal_to(f, lit, type, to);
    } else {
        LValue place = {.kind = LV_SLOT, .reg = to, .type = type};
        if (!covers(f, lit, type)) emit_zero(f, to, type_slots(type));
        fill(f, lit, type, &place);
    }
    reg_release(f, mark);
}

/* A pointer to a new variable with the literal's value, in a temporary at `at`. */
static void new_literal(FuncState *f, Node *lit, Type *type, Reg at)
{
    TypeKind kind = type_basic_kind(type);
    if (kind == TYPE_STRUCT || kind == TYPE_ARRAY) {
        order_literal(f, lit);
        emit_abc(f, OP_NEW, at, 0, 0);
        emit_ptr(f, rtype_of(f, type));
        LValue place = {.kind = LV_PTR, .reg = at, .is_box = true, .type = type, .pos = lit->pos};
        fill(f, lit, type, &place);
    } else {
        Reg mark = reg_mark(f);
        Reg value = reg_alloc(f, type_slots(type));
        composite_to(f, lit, value);
        emit_abc(f, OP_BOX, at, value, 0);
        emit_ptr(f, rtype_of(f, type));
        reg_release(f, mark);
    }
}

void composite_address(FuncState *f, Node *lit, Reg to)
{
    Type *type = node_type(f, lit);
    if (type_basic_kind(type) == TYPE_POINTER) type = type_under(type)->elem;
    Reg mark = reg_mark(f);
    Reg at = reg_is_var(f, to) ? reg_alloc(f, 1) : to;
    new_literal(f, lit, type, at);
    emit_move(f, to, at, 1);
    reg_release(f, mark);
}

bool composite_global(FuncState *f, Node *value, Type *type, void *address)
{
    value = node_unparen(value);
    if (!is_nested(f, value, type)) return false;
    Reg mark = reg_mark(f);
    order_literal(f, value);
    LValue place = {
        .kind = LV_PTR, .reg = reg_alloc(f, 1), .is_box = true, .type = type, .pos = value->pos};
    emit_abc(f, OP_LOADK, place.reg, 0, 0);
    emit_ptr(f, address);
    fill(f, value, type, &place);
    reg_release(f, mark);
    return true;
}

bool composite_box(FuncState *f, Node *value, Type *type, Reg to)
{
    value = node_unparen(value);
    if (!is_nested(f, value, type)) return false;
    Reg mark = reg_mark(f);
    Reg at = reg_alloc(f, 1);
    new_literal(f, value, type, at);
    emit_move(f, to, at, 1);
    reg_release(f, mark);
    return true;
}
