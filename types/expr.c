/* SPDX-License-Identifier: MIT */
/* Expressions: operators, and the switch over all kinds.
 *
 * check_raw_expr checks anything; the others narrow down what may stand there. Untyped operands
 * stay untyped until two meet (match_operands) or a context decides (conv.c). A non-constant shift
 * of an untyped constant is the odd one: its type is that of the place where the whole shift
 * stands, so it stays untyped although it is no constant. */
#include "types/expr.h"

#include "types/ident.h"
#include "types/remedy.h"
#include "types/typexpr.h"
#include "types/version.h"

#include <string.h>

#define MAX_SHIFT         1074 /* enough for the smallest double */
#define MAX_UNTYPED_BITS  512
#define MAX_LITERAL_CHARS 10000

bool is_generic_func(Type *type)
{
    return type->kind == TYPE_FUNC && type->func.ntparams > 0;
}

/* ---- Constants ---- */

static const char *operation_name(const Node *node)
{
    bool is_unary = node->kind == NODE_UNARY;
    if (!is_unary && node->kind != NODE_BINARY) return "";
    switch (node->op) {
    case T_ADD: return is_unary ? "unary + " : "addition ";
    case T_SUB: return is_unary ? "negation " : "subtraction ";
    case T_XOR: return is_unary ? "bitwise complement " : "bitwise XOR ";
    case T_MUL: return "multiplication ";
    case T_SHL: return "shift ";
    default: return "";
    }
}

void check_const_arith_overflow(Checker *c, Operand *x, Pos pos)
{
    if (c->err_pos) pos = c->err_pos;
    if (const_kind(x->val) == CONST_UNKNOWN) {
        bool is_integer = type_is_integer(x->type) && *operation_name(x->node);
        if (is_integer)
            diag_error(pos, pos, ERR_CONST_OVERFLOW, operation_name(x->node));
        else
            diag_error(pos, pos, ERR_NOT_REPRESENTABLE);
        operand_fail(x);
    } else if (type_is_typed(x->type)) {
        if (!type_is_param(x->type)) check_representable(c, x, x->type);
    } else if (const_kind(x->val) == CONST_INT && const_bit_len(x->val) > MAX_UNTYPED_BITS) {
        diag_error(pos, pos, ERR_CONST_OVERFLOW, operation_name(x->node));
        operand_fail(x);
    }
}

/* Ways of writing numbers that came with Go 1.13. */
static void check_notation(Checker *c, Node *node)
{
    const char *text = node->literal.text->text;
    char base = text[0] == '0' ? (char)(text[1] | 0x20) : 0;
    const char *what = NULL;
    if (base == 'b')
        what = "binary literal";
    else if (base == 'o')
        what = "0o/0O-style octal literal";
    else if (base == 'x' && node->op != T_INT)
        what = "hexadecimal floating-point literal";
    else if (memchr(text, '_', node->literal.text->len))
        what = "underscore in numeric literal";
    if (what && !version_allows(c, node, 13)) version_check(c, node->pos, node->end, 13, what);
}

static void check_literal(Checker *c, Operand *x, Node *node)
{
    static const uint8_t kinds[] = {
        [T_INT] = TYPE_UNTYPED_INT,       [T_FLOAT] = TYPE_UNTYPED_FLOAT,
        [T_IMAG] = TYPE_UNTYPED_COMPLEX,  [T_CHAR] = TYPE_UNTYPED_RUNE,
        [T_STRING] = TYPE_UNTYPED_STRING,
    };
    Name text = node->literal.text;
    if (node->op != T_STRING && text->len > MAX_LITERAL_CHARS) {
        check_error(c, node, ERR_LONG_CONSTANT, arena_strndup(&types_arena, text->text, 10),
                    (int)text->len);
        return;
    }
    ConstValue *val = const_literal(node->op, text);
    if (!val || const_kind(val) == CONST_UNKNOWN) {
        check_error(c, node, ERR_MALFORMED_CONSTANT, text->text);
        return;
    }
    operand_set(x, MODE_CONST, type_basic[kinds[node->op]], val);
    check_const_arith_overflow(c, x, node->pos);
    if (node->op == T_INT || node->op == T_FLOAT || node->op == T_IMAG) check_notation(c, node);
}

/* ---- Unary operators ---- */

static void check_address(Checker *c, Operand *x, Node *node)
{
    Node *operand = unparen(node->unary.x);
    check_expr(c, x, node->unary.x);
    if (x->mode == MODE_NONE) return;
    if (operand->kind != NODE_COMPOSITE && x->mode != MODE_VAR) {
        check_error(c, x->node, ERR_CANNOT_ADDRESS, operand_string(x));
        x->mode = MODE_NONE;
        return;
    }
    mark_addressed(operand);
    x->mode = MODE_VALUE;
    x->type = type_pointer(x->type);
}

/* The element type that may be received from x; NULL after an error. */
static Type *receive_elem(Checker *c, Operand *x)
{
    Type *chan = type_core(x->type);
    if (!chan || chan->kind != TYPE_CHAN) {
        check_error(c, x->node, ERR_RECEIVE_NON_CHAN, operand_string(x));
        return NULL;
    }
    if (!(chan->dir & 2)) {
        check_error(c, x->node, ERR_RECEIVE_SEND_ONLY, operand_string(x));
        return NULL;
    }
    return chan->elem;
}

static bool unary_defined(TokenKind op, Type *type)
{
    switch (op) {
    case T_ADD:
    case T_SUB: return type_is_numeric(type);
    case T_XOR: return type_is_integer(type);
    case T_NOT: return type_is_boolean(type);
    default: return false;
    }
}

static void check_unary(Checker *c, Operand *x, Node *node)
{
    TokenKind op = node->op;
    if (op == T_AND) {
        check_address(c, x, node);
        return;
    }
    check_expr(c, x, node->unary.x);
    if (x->mode == MODE_NONE) return;
    if (op == T_ARROW) {
        Type *elem = receive_elem(c, x);
        x->mode = elem ? MODE_COMMA_OK : MODE_NONE;
        x->type = elem;
        return;
    }
    if (op == T_TILDE) {
        check_error(c, node, ERR_TILDE);
        x->mode = MODE_NONE;
        return;
    }
    if (!unary_defined(op, x->type)) {
        check_error(c, x->node, ERR_OPERATOR_UNDEFINED, token_text(op), operand_string(x));
        x->mode = MODE_NONE;
        return;
    }
    if (x->mode != MODE_CONST) {
        x->mode = MODE_VALUE;
        return;
    }
    Type *under = type_under(x->type);
    int bits = op == T_XOR && type_is_unsigned(under) ? (int)type_sizeof(under) * 8 : 0;
    x->val = const_unary(op, x->val, bits);
    x->node = node;
    operand_set(x, x->mode, x->type, x->val);
    check_const_arith_overflow(c, x, node->pos);
}

static void check_star(Checker *c, Operand *x, Node *node)
{
    check_expr_or_type(c, x, node->unary.x);
    if (x->mode == MODE_NONE) return;
    if (x->mode == MODE_TYPE) {
        refuse_constraint(c, node->unary.x, x->type);
        x->type = type_pointer(x->type);
        return;
    }
    if (x->mode == MODE_NIL) {
        check_error(c, x->node, ERR_INDIRECT, "nil");
        x->mode = MODE_NONE;
        return;
    }
    Type *pointer = type_core(x->type);
    if (!pointer || pointer->kind != TYPE_POINTER) {
        check_error(c, x->node, ERR_INDIRECT, operand_string(x));
        x->mode = MODE_NONE;
        return;
    }
    x->mode = MODE_VAR;
    x->type = pointer->elem;
}

/* ---- Matching operands ---- */

/* Whether an untyped one of the two may take the other's type at all; if not, the types are said to
 * be mismatched. */
static bool may_convert(Operand *x, Operand *y)
{
    if (type_is_typed(x->type) && type_is_typed(y->type)) return false;
    if (type_is_interface(x->type) || type_is_interface(y->type)) return true;
    if (x->mode == MODE_NIL) return y->mode == MODE_NIL || type_has_nil(y->type);
    if (y->mode == MODE_NIL) return type_has_nil(x->type);
    if (type_is_boolean(x->type) != type_is_boolean(y->type) ||
        type_is_string(x->type) != type_is_string(y->type))
        return false;
    return type_under(x->type)->kind != TYPE_POINTER && type_under(y->type)->kind != TYPE_POINTER;
}

void match_operands(Checker *c, Operand *x, Operand *y)
{
    if (!may_convert(x, y)) return;
    convert_untyped(c, x, y->type);
    if (x->mode == MODE_NONE) return;
    convert_untyped(c, y, x->type);
    if (y->mode == MODE_NONE) x->mode = MODE_NONE;
}

/* ---- Comparisons ---- */

/* Why values of the type can't be compared, or "". */
static const char *incomparable_cause(Type *type)
{
    Type *under = type_under(type);
    switch (under->kind) {
    case TYPE_SLICE:
    case TYPE_FUNC:
    case TYPE_MAP:
        return arena_printf(&types_arena, "%s can only be compared to nil", type_kind_text(type));
    case TYPE_ARRAY: return arena_printf(&types_arena, "%s cannot be compared", type_string(type));
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < under->strukt.nfields; i++) {
            Type *field = under->strukt.fields[i].type;
            if (!type_comparable(field, true))
                return arena_printf(&types_arena, "struct containing %s cannot be compared",
                                    type_string(field));
        }
        return "";
    case TYPE_INTERFACE:
        if (type_is_param(type)) return "incomparable types in type set";
        return "";
    default: return "";
    }
}

typedef enum ComparisonFault {
    COMPARE_OK,
    COMPARE_MISMATCH,
    COMPARE_FAULT_X,
    COMPARE_FAULT_Y
} ComparisonFault;

static ComparisonFault equality_fault(Operand *x, Operand *y, const char **cause)
{
    if (x->mode == MODE_NIL || y->mode == MODE_NIL) {
        Operand *other = x->mode == MODE_NIL ? y : x;
        if (x->mode == MODE_NIL && y->mode == MODE_NIL) return COMPARE_FAULT_Y;
        return type_has_nil(other->type) ? COMPARE_OK
               : other == x              ? COMPARE_FAULT_X
                                         : COMPARE_FAULT_Y;
    }
    if (!type_comparable(x->type, true)) {
        *cause = incomparable_cause(x->type);
        return COMPARE_FAULT_X;
    }
    if (!type_comparable(y->type, true)) {
        *cause = incomparable_cause(y->type);
        return COMPARE_FAULT_Y;
    }
    return COMPARE_OK;
}

static ComparisonFault comparison_fault(Checker *c, Operand *x, Operand *y, TokenKind op,
                                        const char **cause)
{
    if (!operand_assignable(c, x, y->type, NULL) && !operand_assignable(c, y, x->type, NULL))
        return COMPARE_MISMATCH;
    if (op == T_EQL || op == T_NEQ) return equality_fault(x, y, cause);
    if (x->mode == MODE_NIL || !type_is_ordered(x->type)) return COMPARE_FAULT_X;
    return y->mode == MODE_NIL || !type_is_ordered(y->type) ? COMPARE_FAULT_Y : COMPARE_OK;
}

static void report_comparison(Checker *c, Operand *x, Operand *y, TokenKind op, bool is_case,
                              ComparisonFault fault, const char *cause)
{
    Operand *at = fault == COMPARE_FAULT_X ? x : y; /* a mismatch shows at the second operand */
    if (*cause == 0) {
        if (type_is_param(x->type) || type_is_param(y->type)) {
            Operand *p = type_is_param(x->type) ? x : y;
            if (fault == COMPARE_MISMATCH)
                cause = arena_printf(&types_arena, "mismatched types %s and %s",
                                     type_string(x->type), type_string(y->type));
            else
                cause = arena_printf(&types_arena, "type parameter %s cannot use operator %s",
                                     type_string(p->type), token_text(op));
        } else if (fault == COMPARE_MISMATCH) {
            cause = arena_printf(&types_arena, "mismatched types %s and %s", type_string(x->type),
                                 type_string(y->type));
        } else {
            const char *kind = type_kind_text(at->type);
            cause = arena_printf(&types_arena, "operator %s not defined on %s", token_text(op),
                                 at->mode == MODE_NIL ? "untyped nil"
                                 : *kind              ? kind
                                                      : type_string(at->type));
        }
    }
    if (is_case)
        check_error(c, x->node, ERR_INVALID_CASE, expr_text(x->node), expr_text(y->node), cause);
    else
        check_error(c, at->node, ERR_INVALID_COMPARISON, expr_text(x->node), token_text(op),
                    expr_text(y->node), cause);
    if (fault == COMPARE_MISMATCH) remedy_mismatch(x, y);
}

/* node is NULL for a case of a switch. */
void check_comparison(Checker *c, Operand *x, Operand *y, TokenKind op, Node *node)
{
    const char *cause = "";
    ComparisonFault fault = comparison_fault(c, x, y, op, &cause);
    if (fault != COMPARE_OK) {
        report_comparison(c, x, y, op, node == NULL, fault, cause);
        x->mode = MODE_NONE;
        return;
    }
    if (x->mode == MODE_CONST && y->mode == MODE_CONST && !type_is_param(x->type) &&
        !type_is_param(y->type)) {
        x->val = const_bool(const_compare(op, x->val, y->val));
    } else {
        convert_to_default(c, x);
        convert_to_default(c, y);
        x->mode = MODE_VALUE;
    }
    x->type = type_basic[TYPE_UNTYPED_BOOL];
}

/* ---- Shifts ---- */

/* Makes y a valid shift count. */
static bool shift_count(Checker *c, Operand *x, Operand *y)
{
    if (y->mode == MODE_CONST) {
        ConstValue *count = const_to_kind(y->val, CONST_INT);
        if (const_kind(count) == CONST_INT && const_sign(count) < 0) {
            check_error(c, y->node, ERR_NEGATIVE_SHIFT, operand_string(y));
            return false;
        }
        if (type_is_untyped(y->type)) {
            ConstValue *val;
            if (!type_is_numeric(y->type) ||
                !const_representable(y->val, type_basic[TYPE_UINT], &val)) {
                check_error(c, y->node,
                            const_kind(count) == CONST_INT ? ERR_SHIFT_COUNT
                                                           : ERR_SHIFT_COUNT_INTEGER,
                            operand_string(y));
                return false;
            }
            if (x->mode != MODE_CONST) convert_untyped(c, y, type_basic[TYPE_UINT]);
            return y->mode != MODE_NONE;
        }
    } else if (type_is_untyped(y->type) && type_is_numeric(y->type)) {
        convert_untyped(c, y, type_basic[TYPE_UINT]);
        return y->mode != MODE_NONE;
    }
    if (!type_is_integer(y->type)) {
        check_error(c, y->node, ERR_SHIFT_COUNT_INTEGER, operand_string(y));
        return false;
    }
    if (!type_is_unsigned(y->type) && y->mode != MODE_CONST && !version_allows(c, y->node, 13)) {
        check_error(c, y->node, ERR_SIGNED_SHIFT, operand_string(y));
        return false;
    }
    return true;
}

static void shift_constants(Checker *c, Operand *x, Operand *y, Node *node, TokenKind op)
{
    uint64_t count;
    if (!const_to_uint64(y->val, &count) || count > MAX_SHIFT) {
        check_error(c, y->node, ERR_SHIFT_COUNT, operand_string(y));
        x->mode = MODE_NONE;
        return;
    }
    if (type_is_untyped(x->type) && !type_is_integer(x->type))
        x->type = type_basic[TYPE_UNTYPED_INT];
    x->val = const_shift(op, x->val, count);
    x->node = node;
    operand_set(x, MODE_CONST, x->type, x->val);
    check_const_arith_overflow(c, x, node->op_pos);
}

static void check_shift(Checker *c, Operand *x, Operand *y, Node *node, TokenKind op)
{
    bool is_untyped_const = x->mode == MODE_CONST && type_is_untyped(x->type);
    bool is_integral = is_untyped_const ? const_kind(const_to_kind(x->val, CONST_INT)) == CONST_INT
                                        : type_is_integer(x->type);
    if (!is_integral) {
        check_error(c, x->node, ERR_SHIFTED_OPERAND, operand_string(x));
        x->mode = MODE_NONE;
        return;
    }
    if (!shift_count(c, x, y)) {
        x->mode = MODE_NONE;
        return;
    }
    if (x->mode == MODE_CONST && y->mode == MODE_CONST && !type_is_param(x->type)) {
        shift_constants(c, x, y, node, op);
        return;
    }
    x->mode = MODE_VALUE; /* an untyped constant x waits for its context */
}

/* ---- Binary operators ---- */

static bool is_comparison(TokenKind op)
{
    return op == T_EQL || op == T_NEQ || op == T_LSS || op == T_LEQ || op == T_GTR || op == T_GEQ;
}

static bool add_term(Type *under, void *arg)
{
    (void)arg;
    return under && (type_is_numeric(under) || type_is_string(under));
}

static bool binary_defined(TokenKind op, Type *type)
{
    switch (op) {
    case T_ADD: return each_type(type, add_term, NULL);
    case T_SUB:
    case T_MUL:
    case T_DIV: return type_is_numeric(type);
    case T_REM:
    case T_AND:
    case T_OR:
    case T_XOR:
    case T_AND_NOT: return type_is_integer(type);
    case T_LAND:
    case T_LOR: return type_is_boolean(type);
    default: return false;
    }
}

/* Whether a divisor is zero, or, complex, so small that its square is. */
static bool is_zero(const Operand *y, bool is_complex)
{
    if (y->mode != MODE_CONST || const_kind(y->val) < CONST_INT) return false;
    if (!is_complex) return const_sign(y->val) == 0;
    ConstValue *re = const_real(y->val), *im = const_imag(y->val);
    return const_sign(const_binary(T_MUL, re, re, false)) == 0 &&
           const_sign(const_binary(T_MUL, im, im, false)) == 0;
}

static void report_mismatch(Checker *c, Operand *x, Operand *y, Node *node, Node *lhs, Node *rhs,
                            TokenKind op)
{
    if (node->kind == NODE_BINARY)
        check_error(c, x->node, ERR_MISMATCHED, expr_text(node), type_string(x->type),
                    type_string(y->type));
    else
        check_error(c, x->node, ERR_MISMATCHED_ASSIGN, expr_text(lhs), token_text(op),
                    expr_text(rhs), type_string(x->type), type_string(y->type));
    remedy_mismatch(x, y);
}

static void binary_constants(Checker *c, Operand *x, Operand *y, Node *node, TokenKind op)
{
    bool is_integer = op == T_DIV && type_is_integer(x->type);
    if (const_kind(x->val) == CONST_UNKNOWN || const_kind(y->val) == CONST_UNKNOWN) {
        operand_fail(x); /* one of them is in error, reported */
        return;
    }
    x->val = const_binary(op, x->val, y->val, is_integer);
    x->node = node;
    operand_set(x, MODE_CONST, x->type, x->val);
    check_const_arith_overflow(c, x, node->op_pos);
}

void check_binary(Checker *c, Operand *x, Node *node, Node *lhs, Node *rhs, TokenKind op)
{
    Operand y = {0};
    check_expr(c, x, lhs);
    check_expr(c, &y, rhs);
    if (x->mode == MODE_NONE || y.mode == MODE_NONE) {
        x->mode = MODE_NONE;
        return;
    }
    if (op == T_SHL || op == T_SHR) {
        check_shift(c, x, &y, node, op);
        return;
    }
    match_operands(c, x, &y);
    if (x->mode == MODE_NONE) return;
    if (is_comparison(op)) {
        check_comparison(c, x, &y, op, node);
        return;
    }
    if (x->type != y.type && !types_identical(x->type, y.type)) {
        report_mismatch(c, x, &y, node, lhs, rhs, op);
        x->mode = MODE_NONE;
        return;
    }
    if (!binary_defined(op, x->type)) {
        check_error(c, x->node, ERR_OPERATOR_UNDEFINED, token_text(op), operand_string(x));
        x->mode = MODE_NONE;
        return;
    }
    if ((op == T_DIV || op == T_REM) && is_zero(&y, type_is_complex(x->type)) &&
        (x->mode == MODE_CONST || type_is_integer(x->type))) {
        check_error(c, y.node, ERR_DIVISION_BY_ZERO);
        x->mode = MODE_NONE;
        return;
    }
    if (x->mode == MODE_CONST && y.mode == MODE_CONST && !type_is_param(x->type))
        binary_constants(c, x, &y, node, op);
    else
        x->mode = MODE_VALUE;
}

/* ---- Type assertions ---- */

static void check_assertion(Checker *c, Operand *x, Node *node)
{
    check_expr(c, x, node->pair.a);
    if (x->mode == MODE_NONE) return;
    if (!node->pair.b) {
        check_error(c, node, ERR_TYPE_KEYWORD);
        x->mode = MODE_NONE;
        return;
    }
    if (!type_is_interface(x->type)) {
        check_error(c, x->node, ERR_ASSERT_NOT_INTERFACE, operand_string(x));
        x->mode = MODE_NONE;
        return;
    }
    Type *type = check_var_type(c, node->pair.b);
    const char *why = NULL;
    if (type->kind == TYPE_INVALID) {
        x->mode = MODE_NONE;
        return;
    }
    if (!type_asserts_to(x->type, type, &why)) {
        check_error(c, node, ERR_IMPOSSIBLE_ASSERTION, expr_text(node), type_string(type),
                    type_string(x->type), why ? why : "");
        x->mode = MODE_NONE;
        return;
    }
    x->mode = MODE_COMMA_OK;
    x->type = type;
}

/* ---- All kinds ---- */

static void check_paren(Checker *c, Operand *x, Node *node, Type *hint)
{
    Node *inner = node->unary.x;
    check_raw_expr(c, x, inner, hint);
}

static void check_kind(Checker *c, Operand *x, Node *node, Type *hint)
{
    switch (node->kind) {
    case NODE_IDENT: check_ident(c, x, node, false); break;
    case NODE_LITERAL: check_literal(c, x, node); break;
    case NODE_COMPOSITE: check_composite(c, x, node, hint); break;
    case NODE_FUNC_LIT: check_func_lit(c, x, node); break;
    case NODE_PAREN: check_paren(c, x, node, hint); break;
    case NODE_SELECTOR: check_selector(c, x, node, false); break;
    case NODE_INDEX: check_index(c, x, node); break;
    case NODE_SLICE: check_slice(c, x, node); break;
    case NODE_ASSERT: check_assertion(c, x, node); break;
    case NODE_CALL: check_call(c, x, node); break;
    case NODE_STAR: check_star(c, x, node); break;
    case NODE_UNARY: check_unary(c, x, node); break;
    case NODE_BINARY: check_binary(c, x, node, node->binary.x, node->binary.y, node->op); break;
    case NODE_KEYED: check_error(c, node, ERR_KEYED_OUTSIDE); break;
    case NODE_ELLIPSIS: check_error(c, node, ERR_ELLIPSIS_OUTSIDE); break;
    case NODE_BAD: break;
    default: {
        Type *type = check_type(c, node);
        x->mode = type->kind == TYPE_INVALID ? MODE_NONE : MODE_TYPE;
        x->type = type;
    }
    }
}

/* A generic function where a function type is wanted takes its type arguments from that. */
static void infer_function(Checker *c, Operand *x, Type *hint)
{
    Type *target = hint ? type_core(hint) : NULL;
    if (target && target->kind == TYPE_FUNC && target->func.ntparams == 0 &&
        !infer_from_target(c, x, hint))
        operand_fail(x);
}

void check_raw_expr(Checker *c, Operand *x, Node *node, Type *hint)
{
    x->node = node;
    x->mode = MODE_NONE;
    x->type = type_basic[TYPE_INVALID];
    x->val = NULL;
    check_kind(c, x, node, hint);
    x->node = node;
    if (x->mode == MODE_NONE) x->type = type_basic[TYPE_INVALID];
    operand_set(x, x->mode, x->type, x->mode == MODE_CONST ? x->val : NULL);
    if (hint && x->mode == MODE_VALUE && is_generic_func(x->type)) infer_function(c, x, hint);
}

void single_value(Checker *c, Operand *x)
{
    if (x->mode == MODE_VALUE && x->type->kind == TYPE_TUPLE) {
        check_error(c, x->node, ERR_MULTIPLE_VALUE, operand_string(x));
        operand_fail(x);
    }
}

void exclude_non_values(Checker *c, Operand *x)
{
    switch (x->mode) {
    case MODE_NO_VALUE: check_error(c, x->node, ERR_NO_VALUE, expr_text(x->node)); break;
    case MODE_BUILTIN: check_error(c, x->node, ERR_BUILTIN_USE, expr_text(x->node)); break;
    case MODE_TYPE: check_error(c, x->node, ERR_TYPE_USE, expr_text(x->node)); break;
    default: return;
    }
    operand_fail(x);
}

static void exclude_generic(Checker *c, Operand *x)
{
    if (x->mode == MODE_TYPE && type_is_generic(x->type) && x->type->kind != TYPE_FUNC) {
        check_error(c, x->node, ERR_GENERIC_TYPE, type_string(x->type));
        operand_fail(x);
        return;
    }
    if (x->mode != MODE_VALUE || !is_generic_func(x->type)) return;
    Node *name = callee_ident(x->node);
    if (name && name->ntargs > 0) { /* f[int]: the constraints may tell the rest */
        complete_targs(c, x);
        return;
    }
    check_error(c, x->node, ERR_CANNOT_USE_GENERIC, expr_text(x->node));
    operand_fail(x);
}

void check_generic_expr(Checker *c, Operand *x, Node *node)
{
    check_raw_expr(c, x, node, NULL);
    exclude_non_values(c, x);
    single_value(c, x);
}

void check_expr_hint(Checker *c, Operand *x, Node *node, Type *hint)
{
    check_raw_expr(c, x, node, hint);
    exclude_non_values(c, x);
    exclude_generic(c, x);
    single_value(c, x);
}

void check_expr(Checker *c, Operand *x, Node *node)
{
    check_expr_hint(c, x, node, NULL);
}

void check_multi_expr(Checker *c, Operand *x, Node *node)
{
    check_raw_expr(c, x, node, NULL);
    exclude_non_values(c, x);
    exclude_generic(c, x);
}

void check_expr_or_type(Checker *c, Operand *x, Node *node)
{
    check_raw_expr(c, x, node, NULL);
    if (x->mode != MODE_TYPE) exclude_non_values(c, x);
    exclude_generic(c, x);
    single_value(c, x);
}
