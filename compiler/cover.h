/* SPDX-License-Identifier: MIT */
/* Coverage: puts counters into a syntax tree. */
#ifndef MGO_COMPILER_COVER_H
#define MGO_COMPILER_COVER_H

#include "parser/ast.h"

/* Adds COUNTER statements, with their blocks (base/cover.h), to the functions of a file that is not
 * yet checked. */
void cover_file(Node *file, Arena *arena);

#endif
