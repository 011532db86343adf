/* SPDX-License-Identifier: MIT */
/* Expressions: what their files share beside checker.h.
 *
 * Every check_… function leaves its findings in an Operand and on the node. After an error, which
 * has been reported, the operand's mode is MODE_NONE and its type TYPE_INVALID; whoever meets such
 * an operand says nothing more. */
#ifndef MGO_TYPES_EXPR_H
#define MGO_TYPES_EXPR_H

#include "types/checker.h"

/* Reports at a node; inside an inherited constant initialiser, where the constant is declared. */
#define check_error(c, at_node, ...)                                                               \
    diag_error((c)->err_pos ? (c)->err_pos : (at_node)->pos,                                       \
               (c)->err_pos ? (c)->err_pos : (at_node)->end, __VA_ARGS__)

/* ---- operand.c ---- */

/* The expression as written, in the arena. */
const char *expr_text(const Node *node);
/* The node without parentheses around it. */
Node *unparen(Node *node);
/* Makes x invalid, on its node too. */
void operand_fail(Operand *x);
/* Makes x a value or constant and notes it on the node. */
void operand_set(Operand *x, Mode mode, Type *type, ConstValue *val);
/* A value that no node stands for by itself (one of a call's results, comma-ok's bool): x gets a
 * copy of `node` to be converted freely. */
void operand_part(Checker *c, Operand *x, Node *node, Mode mode, Type *type);
/* "struct", "map", … for messages, "" for basic types. */
const char *type_kind_text(Type *type);

/* ---- conv.c ---- */

typedef enum Misfit { FITS, MISFIT, MISFIT_TRUNCATED, MISFIT_OVERFLOWS } Misfit;

/* The type that untyped x takes where `target` is wanted, NULL and *misfit where it can't; *val
 * gets a constant's value as that type holds it. */
Type *implicit_type(Checker *c, Operand *x, Type *target, ConstValue **val, Misfit *misfit);
/* Gives the tree below node its final type. */
void settle(Checker *c, Node *node, Type *type, ConstValue *val);
/* Untyped operands get their default type. */
void convert_to_default(Checker *c, Operand *x);
/* Whether constant x fits basic type `type`; reports "overflows", "truncated" if not. */
bool check_representable(Checker *c, Operand *x, Type *type);
/* Whether x may be converted to `type`. */
bool operand_convertible(Checker *c, Operand *x, Type *type);
/* Calls f for each type of a type parameter's type set (NULL once if there are no specific types);
 * stops at false. Other types: f(type_under(type)). */
bool each_type(Type *type, bool (*f)(Type *under, void *arg), void *arg);

/* ---- expr.c ---- */

/* op on x and y, the operation being node (for op=, the assignment). */
void check_binary(Checker *c, Operand *x, Node *node, Node *lhs, Node *rhs, TokenKind op);
/* As check_expr_hint, generic functions allowed to stay so. */
void check_generic_expr(Checker *c, Operand *x, Node *node);
/* Reports what may not stand where a single value is wanted: types, built-ins, calls without value,
 * tuples. */
void exclude_non_values(Checker *c, Operand *x);
/* Reports tuples. */
void single_value(Checker *c, Operand *x);
bool is_generic_func(Type *type);

/* ---- index.c ---- */

void check_index(Checker *c, Operand *x, Node *node);
void check_slice(Checker *c, Operand *x, Node *node);
/* A constant or variable index: integer, not negative, below max where max >= 0. *value is a
 * constant's, else -1. */
bool check_index_value(Checker *c, Node *node, int64_t max, int64_t *value);
/* x is an index or length operand: makes it an integer. `what` names it in messages. */
bool valid_index(Checker *c, Operand *x, const char *what, bool allow_negative);
/* The type arguments written in an INDEX node whose x is generic function `func`; NULL after an
 * error. */
Type **check_func_targs(Checker *c, Node *index, Type *func, uint32_t *n);

/* x is a generic function with some type arguments written: infers the rest from the constraints
 * alone. */
void complete_targs(Checker *c, Operand *x);

/* ---- literal.c ---- */

void check_composite(Checker *c, Operand *x, Node *node, Type *hint);
void check_func_lit(Checker *c, Operand *x, Node *node);

/* ---- call.c ---- */

/* Where a callee's type arguments are noted: the IDENT it is named by, or NULL. */
Node *callee_ident(Node *fun);
/* Notes type arguments on the callee and gives it its instantiated signature. */
void note_targs(Node *fun, Type *signature, Type **targs, uint32_t n);
/* Checks arguments, spreading the one call f(g()) with several results. Returns them, *n of them,
 * in the arena; NULL where one failed. */
Operand *check_args(Checker *c, NodeList nodes, uint32_t *n, Type *func);
/* "(number, string)". */
const char *operands_summary(Operand *x, uint32_t n, bool has_ellipsis);
const char *types_summary(Object **vars, uint32_t n, bool is_variadic);

#endif
