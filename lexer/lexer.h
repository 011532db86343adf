/* SPDX-License-Identifier: MIT */
/* From characters to tokens.
 *
 * The lexer skips white space and comments, puts a semicolon where Go's rule wants one at a line's
 * end, checks literals, and follows //line directives. It reports what is wrong through diag and
 * always delivers a token. */
#ifndef MGO_LEXER_LEXER_H
#define MGO_LEXER_LEXER_H

#include "base/intern.h"
#include "base/source.h"
#include "lexer/token.h"

typedef struct Token {
    Name text; /* of names (interned) and literals, as written; of semicolons "semicolon", "newline"
                  or "EOF"; else NULL */
    Pos pos, end;
} Token;

typedef struct Lexer {
    Arena *arena; /* for the texts of literals */
    Source *source;
    const char *text;    /* the source's; what is scanned is a copy, because flex writes into it */
    char *copy;          /* of text[start..end), followed by two NULs; malloc'ed */
    uint32_t start, end; /* the part of the source that is scanned */
    void *scanner;       /* flex's state */
    bool ends_statement; /* the last token may end a statement: a line's end becomes a semicolon */
    bool is_bad;            /* the last token is a literal that is not well-formed, as was reported */
    bool is_top;         /* nothing but comments so far: //go:build counts */
    const char *go_version; /* "go1.21" from a //go:build line; malloc'ed, the taker's; or NULL */
} Lexer;

/* Prepares to scan source->text[start..end); reports bytes that may stand in no Go file. Texts of
 * literals will live in `arena`. */
void lexer_open(Lexer *lexer, Arena *arena, Source *source, uint32_t start, uint32_t end);
/* Reads the next token. At the end it is T_EOF for ever. */
TokenKind lexer_next(Lexer *lexer, Token *token);
/* Goes on at `offset` of the source, after a token that ended a statement. */
void lexer_seek(Lexer *lexer, uint32_t offset);
/* The offset in the source just after the token read last. */
uint32_t lexer_offset(const Lexer *lexer);
void lexer_close(Lexer *lexer);

/* Given text[at] == '{', returns the offset after the matching '}', or `end` if there is none.
 * Looks only at brackets, strings, runes and comments; reports nothing. */
uint32_t lexer_match_brace(const char *text, uint32_t at, uint32_t end);

#endif
