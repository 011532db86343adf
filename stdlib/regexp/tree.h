/* SPDX-License-Identifier: MIT */
/* Parsed regular expressions. */
#ifndef MGO_STDLIB_REGEXP_TREE_H
#define MGO_STDLIB_REGEXP_TREE_H

#include "base/arena.h"
#include "stdlib/regexp/runeset.h"

typedef enum NodeOp {
    RE_EMPTY,      /* the empty string */
    RE_RUNE,       /* a code point; with is_fold its other cases too */
    RE_CLASS,      /* one of ranges */
    RE_BEGIN_LINE, /* assertions */
    RE_END_LINE,
    RE_BEGIN_TEXT,
    RE_END_TEXT,
    RE_WORD_BOUNDARY,
    RE_NO_WORD_BOUNDARY,
    RE_CAPTURE, /* one child */
    RE_STAR,
    RE_PLUS,
    RE_QUEST,
    RE_REPEAT, /* min to max times; max -1: any number */
    RE_CONCAT, /* children */
    RE_ALTERNATE,
    RE_LEFT_PAREN, /* on the parser's stack only */
    RE_BAR,
} NodeOp;

typedef struct Node {
    uint8_t op; /* NodeOp */
    bool is_fold;
    bool is_lazy;   /* repetitions: as few times as possible */
    uint16_t flags; /* RE_LEFT_PAREN: those outside */
    int height;     /* nodes on the longest way down */
    int min, max;
    int capture;      /* number of a group; 0: RE_LEFT_PAREN does not capture */
    const char *name; /* of a named group; not NUL-terminated; NULL: none */
    size_t name_len;
    uint32_t rune;
    const RuneRange *ranges; /* clean; in the arena */
    size_t nranges;
    struct Node *first, *last, *next; /* children; next sibling */
} Node;

enum { /* the flags of regexp/syntax */
       RE_FOLD_CASE = 1 << 0,
       RE_LITERAL_TEXT = 1 << 1,
       RE_CLASS_NL = 1 << 2,
       RE_DOT_NL = 1 << 3,
       RE_ONE_LINE = 1 << 4,
       RE_NON_GREEDY = 1 << 5,
       RE_PERL_X = 1 << 6,
       RE_UNICODE_GROUPS = 1 << 7,
};

/* In the order of the error codes in syntax.mgo; 0 is none. */
typedef enum SyntaxError {
    RE_OK,
    RE_INVALID_CHAR_RANGE,
    RE_INVALID_ESCAPE,
    RE_INVALID_NAMED_CAPTURE,
    RE_INVALID_PERL_OP,
    RE_INVALID_REPEAT_OP,
    RE_INVALID_REPEAT_SIZE,
    RE_INVALID_UTF8,
    RE_MISSING_BRACKET,
    RE_MISSING_PAREN,
    RE_MISSING_REPEAT_ARGUMENT,
    RE_TRAILING_BACKSLASH,
    RE_UNEXPECTED_PAREN,
    RE_NESTING_DEPTH,
    RE_LARGE,
} SyntaxError;

typedef struct Parsed {
    Node *root;
    int ncaptures; /* groups, the whole not counted */
    SyntaxError error;
    const char *where; /* the part of the expression that is wrong */
    size_t where_len;
} Parsed;

/* Parses text, which must live as long as the tree. */
Parsed tree_parse(Arena *arena, const char *text, size_t len, unsigned flags);

#endif
