/* SPDX-License-Identifier: MIT */
/* Declarations of which only the name is read. */
#ifndef MGO_PARSER_SKIM_H
#define MGO_PARSER_SKIM_H

#include "base/source.h"
#include "lexer/token.h"
#include "parser/ast.h"

/* The function or type whose keyword stands at `pos`, at the left margin, as a node with NF_SKIMMED: it has its span, its name and, if it is a method, a receiver of the type's name
 * with or without a star. NULL where it must be read: groups, aliases, the blank name, and what does not look formatted. */
Node *skim_declaration(Arena *arena, Source *source, TokenKind keyword, Pos pos);

#endif
