/* SPDX-License-Identifier: MIT */
/* The kinds of tokens, from token.def. */
#ifndef MGO_LEXER_TOKEN_H
#define MGO_LEXER_TOKEN_H

typedef enum TokenKind {
#define TOKEN(name, text)   T_##name,
#define KEYWORD(name, text) T_##name,
#include "lexer/token.def"
#undef TOKEN
#undef KEYWORD
    T_COUNT
} TokenKind;

/* The token as it is written in Go ("+=", "func"); "name" and "literal" for the open kinds. */
const char *token_text(TokenKind kind);

#endif
