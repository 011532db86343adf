/* SPDX-License-Identifier: MIT */
/* From text to syntax tree. */
#ifndef MGO_PARSER_PARSER_H
#define MGO_PARSER_PARSER_H

#include "parser/ast.h"

typedef enum ParseGoal {
    PARSE_FILE,   /* "package …" file, or a script if it has no package clause */
    PARSE_PROMPT, /* REPL input: imports, declarations, statements, expressions, mixed; gives a FILE
                     with is_script */
    PARSE_BODY,   /* a function body { … } that PARSE_FILE skipped; gives a BLOCK */
    PARSE_DECL,   /* a declaration that PARSE_FILE skimmed; gives a FUNC_DECL or TYPE_DECL */
} ParseGoal;

typedef enum ParseResult {
    PARSE_OK,
    PARSE_ERROR,  /* syntax errors were reported through diag; checking types would make no sense */
    PARSE_FLAWED, /* errors were reported that Go does not count as syntax errors, say in a literal:
                   * the tree is whole, and checking types may find more errors, but the program
                   * must not run */
    PARSE_INCOMPLETE, /* PARSE_PROMPT only: the input is right so far but not at an end; nothing was
                         reported */
} ParseResult;

typedef struct ParseOptions {
    ParseGoal goal;
    bool skip_bodies; /* leave function bodies of top-level declarations unparsed (NF_TRUSTED); for
                         library sources */
    bool skim; /* leave functions and types of the outermost level unread, but for their names
                  (NF_SKIMMED); for sources formatted as gofmt does */
    bool parse_only_imports; /* stop after the imports */
    bool needs_package;      /* a file without package clause is an error, not a script */
    Pos start, end;          /* PARSE_BODY, PARSE_DECL: the span */
} ParseOptions;

/* Parses `source`. Reports syntax errors in Go's words (several per file, no cascades). *out gets
 * the FILE (or BLOCK), also after errors, with BAD nodes where parts are missing. The tree lives in
 * `arena`. */
ParseResult parse_source(Arena *arena, Source *source, const ParseOptions *options, Node **out);

#endif
