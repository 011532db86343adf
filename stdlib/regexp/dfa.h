/* SPDX-License-Identifier: MIT */
/* A deterministic automaton, made of a program while it matches. */
#ifndef MGO_STDLIB_REGEXP_DFA_H
#define MGO_STDLIB_REGEXP_DFA_H

#include "stdlib/regexp/prog.h"

typedef struct Dfa {
    const Prog *prog;
    const Code *code;
    uint32_t start;  /* instruction */
    bool seeks;      /* the program's prefix is sought from the start state */
    bool is_first;   /* leftmost-first: a match ends what has lower priority; else longest */
    uint32_t stride; /* entries of a row: a class each, then the end of the text */
    uint32_t *rows;  /* nstates * stride transitions */
    uint32_t nstates, states_cap;
    struct DfaState *states;
    uint32_t *lists; /* the instructions of all states */
    uint32_t nlists, lists_cap;
    uint32_t *table; /* states + 1 by hash; table_size a power of two */
    uint32_t table_size;
    uint32_t starts[8];               /* row of the start state by what stands before, or 0 */
    uint32_t *queue, *sparse, *stack; /* instructions reached; where they are in queue; to do */
    uint32_t nqueue;
    uint32_t *next; /* a new state's list */
} Dfa;

/* Makes an automaton that starts at this instruction. */
void dfa_init(Dfa *dfa, const Prog *prog, const Code *code, uint32_t start, bool is_first);

/* Where the match of text[at..len) ends, or -1. Any match will do where is_any. */
int64_t dfa_forward(Dfa *dfa, const char *text, int64_t len, int64_t at, bool is_any);
/* Where the longest match backwards from text[at) begins, not before `stop`, or -1. */
int64_t dfa_backward(Dfa *dfa, const char *text, int64_t len, int64_t at, int64_t stop);

#endif
