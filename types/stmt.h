/* SPDX-License-Identifier: MIT */
/* Statements: what their files share beside checker.h. */
#ifndef MGO_TYPES_STMT_H
#define MGO_TYPES_STMT_H

#include "types/assign.h"

void check_stmt(Checker *c, Node *stmt);
/* Opens a scope for a block or clause; scope_close ends it. */
Scope *scope_open(Checker *c, Pos pos, Pos end);
void scope_close(Checker *c);

void check_switch(Checker *c, Node *stmt); /* switch.c */
void check_type_switch(Checker *c, Node *stmt);
void check_select(Checker *c, Node *stmt);
void check_range(Checker *c, Node *stmt); /* range.c */

#endif
