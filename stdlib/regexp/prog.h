/* SPDX-License-Identifier: MIT */
/* Compiled regular expressions: a nondeterministic automaton over classes of code points.
 *
 * Code points that no part of the expression tells apart form a class; all matching goes by class
 * numbers. The same instructions are there a second time for matching backwards, so that where a
 * match began can be found from where it ends.
 *
 * A program is collected memory and does not change after it is made, except for its machines. */
#ifndef MGO_STDLIB_REGEXP_PROG_H
#define MGO_STDLIB_REGEXP_PROG_H

#include "runtime/lock.h"
#include "stdlib/regexp/tree.h"

typedef enum InstOp {
    INST_CLASS, /* a code point of set `arg`, then out */
    INST_SPLIT, /* out, else arg */
    INST_MARK,  /* position into capture slot `arg`, then out */
    INST_CHECK, /* assertion `arg`, then out */
    INST_JUMP,  /* out */
    INST_MATCH,
    INST_FAIL,
} InstOp;

typedef struct Inst {
    uint32_t op; /* InstOp */
    uint32_t out, arg;
} Inst;

enum { /* assertions; what holds between two code points is a mask of them */
       CHECK_BEGIN_LINE = 1 << 0,
       CHECK_END_LINE = 1 << 1,
       CHECK_BEGIN_TEXT = 1 << 2,
       CHECK_END_TEXT = 1 << 3,
       CHECK_WORD_BOUNDARY = 1 << 4,
       CHECK_NO_WORD_BOUNDARY = 1 << 5,
};

typedef struct Code {
    Inst *insts;
    uint32_t ninsts;
    uint32_t start;  /* anchored */
    uint32_t search; /* start that may skip text first */
} Code;

typedef struct Prog {
    Code forward, backward; /* backward has no marks */
    uint32_t nclasses;
    uint32_t nsets;
    uint16_t ascii[128];     /* class of a code point */
    uint32_t *bounds;        /* nbounds first code points of runs of one class … */
    uint16_t *bound_classes; /* … and their classes */
    uint32_t nbounds;
    uint8_t *members;     /* [set * nclasses + class]: whether the set has the class */
    uint8_t *class_kinds; /* KIND_NEWLINE, KIND_WORD: what a class is for assertions */
    bool has_checks;
    bool is_anchored;   /* every match begins at the beginning of the text */
    bool is_longest;    /* leftmost-longest, not leftmost-first */
    int nslots;         /* 2 * (groups + 1) */
    const char *prefix; /* literal text that every match begins with */
    size_t prefix_len;
    const char *literal; /* the same as LiteralPrefix tells it, which is Go's */
    size_t literal_len;
    bool is_literal_all; /* the literal is the whole expression */
    Lock lock;
    struct Machine *machines; /* not in use; guarded by lock */
} Prog;

enum { CLASS_NEWLINE = 1, CLASS_WORD = 2 };

/* Compiles a tree; NULL where it is too large. */
Prog *prog_compile(const Parsed *parsed, bool is_longest);

/* The class of a code point that is not ASCII. */
uint32_t prog_class(const Prog *prog, uint32_t rune);

#endif
