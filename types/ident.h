/* SPDX-License-Identifier: MIT */
/* Names in expressions. */
#ifndef MGO_TYPES_IDENT_H
#define MGO_TYPES_IDENT_H

#include "types/expr.h"

/* Notes that the package-level declaration being checked mentions obj. */
void note_dependency(Checker *c, Object *obj);

/* The position at which scopes are asked for the name `node`. */
Pos visible_from(Checker *c, Node *node);

#endif
