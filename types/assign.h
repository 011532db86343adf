/* SPDX-License-Identifier: MIT */
/* Assignments: what statements share. */
#ifndef MGO_TYPES_ASSIGN_H
#define MGO_TYPES_ASSIGN_H

#include "types/expr.h"

/* lhs = rhs, any numbers; reports mismatches. */
void assign_vars(Checker *c, NodeList lhs, NodeList rhs);
/* lhs := rhs. pos: of the := */
void short_var_decl(Checker *c, Pos pos, NodeList lhs, NodeList rhs, Pos visible_from);
/* Assigns operand x to the expression lhs (perhaps blank). */
void assign_var(Checker *c, Node *lhs, Operand *x, const char *context);
/* Assigns operand x to a variable, which takes its type where it has none yet. */
void init_var(Checker *c, Object *lhs, Operand *x, const char *context);
/* Whether lhs, which was checked, may be assigned to; reports if not, else notes the assignment. */
bool check_assignable(Node *lhs);
/* Notes that the variable at the root of an assigned expression changes after its declaration. */
void mark_assigned(Node *lhs);

#endif
