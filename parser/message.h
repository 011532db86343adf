/* SPDX-License-Identifier: MIT */
/* Wording syntax errors as Go does. */
#ifndef MGO_PARSER_MESSAGE_H
#define MGO_PARSER_MESSAGE_H

#include "base/buf.h"
#include "parser/build.h"

/* Where the grammar met a token that it cannot use. */
typedef struct Situation {
    const char *symbols[12]; /* names of the grammar's symbols on top of the stack, the topmost first */
    int depth;               /* how many there are */
    bool wants_expr, wants_type, wants_name; /* what could come instead */
    const char *only;        /* the one token that could come, or NULL */
} Situation;

/* Reports the token being parsed. */
void message_report(Parser *p, const Situation *at);
/* Reports the token being parsed: "unexpected TOKEN" and these words, which begin with in, at, after or expected; other
 * words are the whole message. */
void message_unexpected(Parser *p, const char *words);
/* Appends what Go calls the token being parsed: "newline", "name x", "keyword if", "literal 42". */
void message_token(const Parser *p, Buf *out);

/* Adds advice to the syntax error with this text, just reported. */
void message_advise(const Parser *p, const char *text);

#endif
