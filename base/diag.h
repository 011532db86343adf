/* SPDX-License-Identifier: MIT */
/* Diagnostics: what is wrong with the user's program, collected, sorted, printed.
 *
 * Every message has one entry in errors.def: a code, the text in Go's words, and the smallest
 * program that provokes it. A message is reported once per position and line; at most ten are
 * printed, then "too many errors". */
#ifndef MGO_BASE_DIAG_H
#define MGO_BASE_DIAG_H

#include "base/source.h"

#include <stdarg.h>
#include <stdio.h>

typedef enum ErrorCode {
#define ERR(name, text) ERR_##name,
#include "base/errors.def"
#undef ERR
    ERR_COUNT
} ErrorCode;

typedef struct Diag {
    Pos pos, end; /* span to underline; end may equal pos */
    ErrorCode code;
    char *text;   /* malloc'ed; the whole message after "file:line:col: " */
    char *remedy; /* malloc'ed one-line advice, or NULL */
} Diag;

/* A thread's own, or handed from one to the next; begins as {0}. */
typedef struct DiagList {
    Diag *at;
    size_t len, cap;
    bool is_last_dropped; /* what was reported last follows from an error before and is not kept */
} DiagList;

/* Reports the error `code` at pos..end with its text's %-arguments (all of them char * or int, as
 * errors.def says). Diagnostics go to the calling thread's current list. */
void diag_error(Pos pos, Pos end, ErrorCode code, ...);
/* Whether it is worth looking for a remedy for the diagnostic reported last: not if it was not kept, nor if there are
 * so many that nobody will read it. */
bool diag_wants_remedy(void);
/* Adds a remedy, one line of advice, to the diagnostic reported last. */
void diag_remedy(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Makes `list` the calling thread's current list; returns the one before. */
DiagList *diag_use(DiagList *list);
/* Number of errors in the calling thread's current list. */
size_t diag_count(void);
/* Whether an error of the calling thread's current list lies in a span. Not for lists of any
 * length: it looks at the first hundred alone, and says yes where there are more. */
bool diag_has_within(Pos from, Pos to);
/* Sorts by file, line and column, drops a second message on a line already reported by a syntax
 * error, and prints: Go's line first; where `out` is a terminal also source line, underline and
 * remedy. Frees the list. Returns the number of errors there were. */
size_t diag_print(DiagList *list, FILE *out);
void diag_free(DiagList *list);
/* Moves what `list` holds to the end of the calling thread's current list. */
void diag_move(DiagList *list);
/* Sets how many errors diag_print prints, 10 at first; 0 means all. To be called before threads
 * begin. */
void diag_set_limit(size_t limit);
/* Has diag_print write JSON: one object a line, without the line about too many errors. To be called before threads
 * begin. */
void diag_set_json(bool json);
/* "UNDEFINED" for ERR_UNDEFINED. */
const char *diag_code_name(ErrorCode code);

#endif
