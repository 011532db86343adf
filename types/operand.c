/* SPDX-License-Identifier: MIT */
/* Operands, and how messages describe them.
 *
 * "x (variable of type int)", "c (constant 3 of int32 type MyInt)", "1 << 3 (untyped int constant
 * 8)": the expression as written, then in parentheses what it is. A defined type's name says little
 * about its kind, so the kind is put before it. */
#include "types/expr.h"

#include <string.h>

const char *expr_text(const Node *node)
{
    Buf buf = {0};
    ast_print_expr(node, &buf);
    const char *text = arena_strndup(&types_arena, buf_str(&buf), buf.len);
    buf_free(&buf);
    return text;
}

Node *unparen(Node *node)
{
    while (node && node->kind == NODE_PAREN) node = node->unary.x;
    return node;
}

void operand_fail(Operand *x)
{
    x->mode = MODE_NONE;
    x->type = type_basic[TYPE_INVALID];
    if (x->node) {
        x->node->mode = MODE_NONE;
        x->node->type = x->type;
    }
}

void operand_set(Operand *x, Mode mode, Type *type, ConstValue *val)
{
    x->mode = mode;
    x->type = type;
    x->val = val;
    x->node->mode = (uint8_t)mode;
    x->node->type = type;
    x->node->val = val;
}

void operand_part(Checker *c, Operand *x, Node *node, Mode mode, Type *type)
{
    x->node = node_copy(c->arena, node);
    operand_set(x, mode, type, NULL);
}

const char *type_kind_text(Type *type)
{
    switch (type_under(type)->kind) {
    case TYPE_ARRAY: return "array";
    case TYPE_SLICE: return "slice";
    case TYPE_STRUCT: return "struct";
    case TYPE_POINTER: return "pointer";
    case TYPE_FUNC: return "func";
    case TYPE_INTERFACE: return "interface";
    case TYPE_MAP: return "map";
    case TYPE_CHAN: return "chan";
    case TYPE_TUPLE: return "tuple";
    default: return "";
    }
}

static const char *mode_text(Mode mode)
{
    switch (mode) {
    case MODE_NO_VALUE: return "no value";
    case MODE_BUILTIN: return "built-in";
    case MODE_TYPE: return "type";
    case MODE_CONST: return "constant";
    case MODE_VAR: return "variable";
    case MODE_MAP_INDEX: return "map index expression";
    case MODE_VALUE: return "value";
    case MODE_NIL: return "nil";
    case MODE_COMMA_OK: return "comma, ok expression";
    default: return "invalid operand";
    }
}

static void print_typed(Type *type, Buf *out)
{
    if (type->kind == TYPE_INVALID) {
        buf_text(out, " with invalid type");
        return;
    }
    Type *bare = type_unalias(type);
    buf_text(out, " of ");
    if (type->kind == TYPE_NAMED || type->kind == TYPE_ALIAS || type == type_any) {
        const char *kind = type_kind_text(type);
        if (bare->kind != TYPE_PARAM)
            buf_printf(out, "%s ", *kind ? kind : type_string(type_under(type)));
    }
    buf_text(out, "type ");
    type_print(type, QUALIFY_MESSAGE, out);
    if (bare->kind == TYPE_PARAM) {
        buf_text(out, " constrained by ");
        type_print(bare->param.constraint, QUALIFY_MESSAGE, out);
    }
}

static void print_constant(const Operand *x, const char *text, Buf *out)
{
    Buf value = {0};
    const_print(x->val, &value);
    if (strcmp(buf_str(&value), text) != 0) buf_printf(out, " %s", buf_str(&value));
    buf_free(&value);
}

const char *operand_string(Operand *x)
{
    const char *text = x->node ? expr_text(x->node) : "";
    if (x->mode == MODE_NIL) {
        if (type_is_untyped(x->type)) return "nil";
        return arena_printf(&types_arena, "nil (of type %s)", type_string(x->type));
    }
    Buf buf = {0};
    buf_text(&buf, text);
    buf_text(&buf, *text ? " (" : "");
    bool has_type = false;
    if (x->mode >= MODE_CONST && x->type) {
        if (type_is_untyped(x->type))
            buf_printf(&buf, "%s ", type_string(x->type));
        else
            has_type = true;
    }
    buf_text(&buf, mode_text(x->mode));
    if (x->mode == MODE_CONST && x->val) print_constant(x, text, &buf);
    if (has_type) print_typed(x->type, &buf);
    buf_text(&buf, *text ? ")" : "");
    const char *result = arena_strndup(&types_arena, buf_str(&buf), buf.len);
    buf_free(&buf);
    return result;
}
