/* SPDX-License-Identifier: MIT */
/* What the files of statements share. */
#ifndef MGO_COMPILER_STMT_H
#define MGO_COMPILER_STMT_H

#include "compiler/internal.h"

/* ---- func.c ---- */

/* Marks variables that bodies of loops over functions share with their surroundings as captured.
 * Once for each tree, before code is made of any of it. */
void func_mark_captures(FuncState *f, Node *tree);
/* Leaves the function: its results are set. */
void func_return(FuncState *f);
void stmt_return(FuncState *f, Node *node);
/* A variable that the program does not name, to be declared by var_declare and captured like
 * others. In a box if it is assigned more than once. */
Object *synthetic_var(FuncState *f, const char *name, Type *type, bool is_assigned);

/* ---- assign.c ---- */

/* Whether nothing is to be assigned: there is no node, or it is _. */
bool lhs_is_blank(Node *lhs);
void stmt_assign(FuncState *f, Node *node);
void stmt_incdec(FuncState *f, Node *node);
void stmt_var_decl(FuncState *f, Node *node);
/* vars = value, the first assignment to package variables or a redeclaration's: stores the value
 * (values) of `value`. */
void assign_globals(FuncState *f, Object **vars, uint32_t n, Node *value);
/* Stores slots at `from`, already of the variable's type, in a variable that has its place. */
void assign_to_var(FuncState *f, Object *var, Reg from);
/* Stores a value of type `from_type` at `from` in what `lhs` names: a variable that it defines
 * here, or any place. */
void assign_or_define(FuncState *f, Node *lhs, bool is_define, Reg from, Type *from_type);
/* Types of the values of a multi-value expression, in the arena; returns how many. */
uint32_t multi_types(FuncState *f, Node *node, Type ***types);
/* Compiles a multi-value expression; returns the register of the first of its values, which lie
 * side by side. */
Reg multi_value(FuncState *f, Node *node, Type **types, uint32_t n);
/* The variable that an identifier defines in this := statement; NULL where it is blank, or already
 * declared. */
Object *defined_var(Node *ident, bool is_define);

/* ---- stmt.c ---- */

/* The body of a loop or clause as statement `stmt` sees it: break and continue go to these labels
 * (cont NULL: no continue). */
void stmt_in_target(FuncState *f, Node *target, Label *brk, Label *cont, NodeList body);
/* What a branch statement does: kind is T_BREAK, T_CONTINUE or T_GOTO; `target` as in Node.branch,
 * a LABELED's statement for break and continue. */
void stmt_branch_to(FuncState *f, TokenKind kind, Node *target);
/* Whether the iterations of a loop at `pos` share their variables, as before Go 1.22. */
bool loop_shares_vars(FuncState *f, Pos pos);
/* Gives the variables of a loop, where they are boxed, new boxes with the same values. */
void loop_new_vars(FuncState *f, Object **vars, uint32_t n);

/* ---- range.c, switch.c, select.c ---- */

void stmt_range(FuncState *f, Node *node);
void stmt_switch(FuncState *f, Node *node);
void stmt_type_switch(FuncState *f, Node *node);
void stmt_select(FuncState *f, Node *node);
/* In the body of a loop over a function: leaves by a return, whose results are set; or by a branch
 * to a statement outside the body. */
void range_exit_return(FuncState *f);
void range_exit_branch(FuncState *f, TokenKind kind, Node *target);
/* Whether the statement lies inside the body that f is. */
bool range_func_contains(FuncState *f, const Node *target);

#endif
