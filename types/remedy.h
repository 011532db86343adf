/* SPDX-License-Identifier: MIT */
/* Remedies: one line of advice below a message that names what is wrong. Each function is called
 * right after the error it advises on was reported, and adds nothing where it knows nothing. */
#ifndef MGO_TYPES_REMEDY_H
#define MGO_TYPES_REMEDY_H

#include "types/expr.h"

/* The import paths of the library, NULL-terminated; set by the loader, kept. */
void remedy_set_library(const char *const *paths);
/* The library's import path whose last part is `name`, or NULL. Of several the commoner one. */
const char *remedy_library_path(const char *name);

/* An undefined name. */
void remedy_name(Checker *c, Node *ident);
/* A package that has no member `name`. */
void remedy_member(Package *package, Name name);
/* A type that has no field or method `name`. */
void remedy_selector(Checker *c, Type *type, Name name);
/* A struct literal's key that is no field. */
void remedy_field(Checker *c, Type *type, Name name);
/* An operand that can't be assigned to a variable of `type`. */
void remedy_assign(Checker *c, Operand *x, Type *type);
/* Operands of different types. */
void remedy_mismatch(Operand *x, Operand *y);
/* A package that can't be found. */
void remedy_import(Name path);
/* A variable that is not used. */
void remedy_unused(Object *var);
/* A callee or method set that needs a pointer. */
void remedy_pointer_method(Type *type);

#endif
