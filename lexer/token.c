/* SPDX-License-Identifier: MIT */
/* How tokens are written. */
#include "lexer/token.h"

/* clang-format off */
static const char *const texts[T_COUNT] = {
#define TOKEN(name, text)   [T_##name] = text,
#define KEYWORD(name, text) [T_##name] = text,
#include "lexer/token.def"
#undef TOKEN
#undef KEYWORD
};
/* clang-format on */

const char *token_text(TokenKind kind)
{
    return texts[kind];
}
