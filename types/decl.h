/* SPDX-License-Identifier: MIT */
/* Declarations: what the other files of the checker need beside checker.h. */
#ifndef MGO_TYPES_DECL_H
#define MGO_TYPES_DECL_H

#include "types/checker.h"

/* What a declaration is checked in, saved while another one is checked in between. */
typedef struct Environment {
    Scope *scope;
    FuncNest *nest;
    DeclInfo *decl;
    ConstValue *iota;
    Pos err_pos;
    bool in_call;
    Node *range_or_switch, *loop;
    Package *package;
    Scope *toplevel;
} Environment;

/* Saves the checker's environment and sets a fresh one: package level, in this scope. */
Environment environment_enter(Checker *c, Package *package, Scope *scope, DeclInfo *decl);
void environment_leave(Checker *c, const Environment *saved);
/* Checks the bodies of the functions that wait. */
void check_waiting_bodies(Checker *c);
/* Reports functions without body. Done last and only where nothing else is wrong, as gc does it. */
void report_bodiless(Checker *c);
/* Checks one function's body now, parsing it if it was skipped. */
void check_body_of(Checker *c, Object *func);
/* Counts of names and values of a declaration must agree, save for one call that gives several values; reports. */
void check_arity(Node *decl, bool is_const);
/* Reports objects that refer to each other in a ring; `type`: an invalid recursive type. */
void report_cycle(Object **cycle, size_t n, bool is_type);

#endif
