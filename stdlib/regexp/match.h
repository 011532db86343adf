/* SPDX-License-Identifier: MIT */
/* Matching: which automaton does what.
 *
 * Where a match ends and begins is found by two deterministic automata, forwards and backwards.
 * What its groups matched is then found within it: by trying, with a note of what was tried, where
 * that is small, else by running all possibilities in step. Leftmost-longest matching always does
 * the latter. All of it takes time proportional to the text. */
#ifndef MGO_STDLIB_REGEXP_MATCH_H
#define MGO_STDLIB_REGEXP_MATCH_H

#include "stdlib/regexp/dfa.h"

/* What one match at a time needs; the program keeps those that are not in use. */
typedef struct Machine {
    struct Machine *next;
    Dfa search; /* forwards, skipping text first */
    Dfa backward;
    bool has_search, has_backward;
    struct Tried *tried;     /* see try.c */
    struct Threads *threads; /* see threads.c */
} Machine;

Machine *machine_take(Prog *prog);
void machine_give(Prog *prog, Machine *machine);

/* Whether text has a match at all. */
bool match_any(Prog *prog, Machine *m, const char *text, int64_t len);
/* The first match from `at` on: fills the first nslots slots, which must be even and at most
 * prog->nslots, with its groups' beginnings and ends; -1 where a group took no part. */
bool match_find(Prog *prog, Machine *m, const char *text, int64_t len, int64_t at, int64_t *slots,
                int nslots);

/* ---- Groups: try.c, threads.c ---- */

/* The match that begins and ends there. False: too large to be tried. */
bool match_try(const Prog *prog, Machine *m, const char *text, int64_t len, int64_t begin,
               int64_t end, int64_t *slots, int nslots);
/* The first match from `at` on; is_fixed: beginning there. */
bool match_threads(const Prog *prog, Machine *m, const char *text, int64_t len, int64_t at,
                   bool is_fixed, int64_t *slots, int nslots);
/* The assertions that hold at a place. */
uint32_t match_checks(const char *text, int64_t len, int64_t at);

#endif
