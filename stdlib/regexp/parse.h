/* SPDX-License-Identifier: MIT */
/* The parser's insides, shared by parse.c and parseclass.c. */
#ifndef MGO_STDLIB_REGEXP_PARSE_H
#define MGO_STDLIB_REGEXP_PARSE_H

#include "stdlib/regexp/tree.h"

typedef struct Parser {
    Arena *arena;
    const char *text, *end; /* the whole expression */
    const char *at;         /* what is left begins here */
    unsigned flags;
    int ncaptures;
    VEC(Node *) stack; /* operands, RE_LEFT_PAREN and RE_BAR */
    size_t nclass_ranges;
    SyntaxError error;
    const char *where;
    size_t where_len;
} Parser;

/* Notes a mistake, the first one counting; returns false. */
bool parse_fail(Parser *p, SyntaxError error, const char *from, const char *to);
/* Takes a code point. False: it is no UTF-8. */
bool parse_rune(Parser *p, uint32_t *rune);
/* Reads a name, which is in front of `to`. False: it is no UTF-8, which is told of the name alone.
 */
bool parse_name(Parser *p, const char *from, const char *to);
/* Takes an escape that stands for one code point; p->at is at its backslash. */
bool parse_escape(Parser *p, uint32_t *rune);
/* Takes a class in brackets. */
bool parse_class(Parser *p, RuneSet *set);

typedef enum ClassEscape { CLASS_NONE, CLASS_TAKEN, CLASS_FAILED } ClassEscape;
/* Takes \d, \pL and the like, if one stands here. The set is clean. */
ClassEscape parse_class_escape(Parser *p, RuneSet *set);

#endif
