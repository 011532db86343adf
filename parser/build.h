/* SPDX-License-Identifier: MIT */
/* Building the tree: what the grammar's actions call.
 *
 * Functions are named after what they make; their arguments come in the order of the source. Where
 * Go's syntax asks more than the grammar says (one receiver, a condition that is an expression),
 * they report it. */
#ifndef MGO_PARSER_BUILD_H
#define MGO_PARSER_BUILD_H

#include "lexer/lexer.h"
#include "parser/parser.h"

/* A list while it grows: a ring of cells, denoted by the last one; NULL is the empty list. */
typedef struct Cell {
    Node *node;
    struct Cell *next; /* the last one's is the first */
} Cell;

/* What the grammar's symbols are worth. */
union Value {
    Token tok;
    Node *node;
    Cell *list;
    struct Operator {
        TokenKind kind;
        Pos pos;
    } op;
};
typedef struct Operator Operator;

/* An open bracket. */
typedef struct Level {
    char bracket;      /* '(' '[' '{'; 0 for the outermost level */
    TokenKind header;  /* T_IF, T_FOR, T_SWITCH, T_SELECT while its header is being read here: {
                          opens its body; else T_EOF */
    TokenKind reopens; /* the header that goes on around this brace when it is closed; else T_EOF */
    bool is_block;     /* holds statements */
} Level;

typedef struct Parser {
    Arena *arena;
    Source *source;
    const ParseOptions *options;
    Lexer lexer;
    void *grammar; /* bison's state */
    Node *result;
    Node *skimmed; /* the declaration passed over last */
    NodeList imports;
    Cell *free_cells; /* for reuse */
    TokenKind kind;   /* the token that is being parsed … */
    Token token;
    TokenKind previous, before_previous; /* … and the two before it */
    size_t errors_before;                /* in the thread's list when parsing began */
    bool has_syntax_error;               /* one of the errors since leaves the tree incomplete */
    Pos params_end;                      /* end of the parameter list reduced last */
    Level *levels;                       /* open brackets, outermost first; malloc'ed */
    size_t nlevels, levels_cap;
    TokenKind body_of;  /* the clause whose body the { read last opens, or T_EOF */
    bool has_semicolon; /* the header reduced last has one */
    bool is_script;
    bool
        is_item_start; /* the next token begins a declaration or statement of the outermost level */
    bool is_past_imports; /* something other than an import was seen */
    bool is_func_head;    /* in a declaration of a function, before its body */
    bool is_over;         /* the grammar has accepted or given up */
    bool is_recovering; /* errors are not reported; tokens are fed to get the grammar going again */
    bool has_failed;    /* the grammar met a syntax error in this token */
    bool is_too_deep;   /* reported; nothing more is */
    bool is_incomplete; /* PARSE_PROMPT: the error is at the end of the input */
} Parser;

/* ---- For the grammar, kept by the driver (parser.c) ---- */

/* The brace just read belongs to a type or literal in a header, which goes on behind it. */
void parser_reopen_header(Parser *p);
/* The brace just read opens a list of statements. */
void parser_enter_block(Parser *p);
/* The position at or after `pos` that is neither white space nor in a comment. */
Pos parser_skip_space(const Parser *p, Pos pos);
/* Reports "syntax error: text". */
void parser_error(Parser *p, Pos pos, Pos end, const char *text);

/* ---- For the driver, in grammar.y ---- */

/* Ends the time after an error in which the grammar drops what it cannot use in silence. */
void parser_forgive(Parser *p);

/* ---- Lists ---- */

Cell *build_one(Parser *p, Node *node);
Cell *build_push(Parser *p, Cell *list, Node *node);
Cell *build_unshift(Parser *p, Node *node, Cell *list);
Cell *build_concat(Parser *p, Cell *list, Cell *more);

/* ---- Files and declarations ---- */

void build_file(Parser *p, Node *package, Cell *decls);
void build_imports(Parser *p, Token keyword, Cell *specs);
Node *build_import(Parser *p, Node *name, Node *path);
Node *build_dot(Parser *p, Token dot);
Cell *build_consts(Parser *p, Cell *specs, bool is_group);
Cell *build_group(Parser *p, Cell *specs, bool is_group);
Node *build_values(Parser *p, NodeKind kind, Cell *names, Node *type, Cell *values);
Node *build_type_decl(Parser *p, Node *name, Cell *tparams, Node *type, bool is_alias);
/* "name [x] type": an array type, or one type parameter if x can be nothing else. */
Node *build_array_or_generic(Parser *p, Node *name, Token lbrack, Node *x, Node *type,
                             bool is_alias);
/* The first of several type parameters, which was read as an expression: "P", "P *C", "P (C)". */
Node *build_type_param_expr(Parser *p, Node *x, Token comma);
/* The name of a type parameter that was read as an expression. */
Node *build_param_name(Parser *p, Node *x);
/* Makes the constraint of a type parameter a union with one term more. */
Node *build_widen(Parser *p, Node *field, Token op, Node *term);
/* Gives each entry its name and constraint; rbrack is where the list ends. */
Cell *build_type_params(Parser *p, Cell *list, Pos rbrack);
void build_empty_type_params(Parser *p, Token rbrack);
Node *build_func(Parser *p, Token keyword, Node *recv, Node *name, Cell *tparams, Node *signature,
                 Node *body);
Node *build_receiver(Parser *p, Node *name, Cell *params);
Node *build_skipped(Parser *p, Token body);

/* ---- Types ---- */

Node *build_slice_type(Parser *p, Token lbrack, Node *elem);
Node *build_open_array(Parser *p, Token lbrack, Token dots, Node *elem);
Node *build_array_type(Parser *p, Token lbrack, Node *len, Node *elem);
/* The same where the length was read as a list; more than one is an error. */
Node *build_array_types(Parser *p, Token lbrack, Cell *lens, Node *elem);
Node *build_map_type(Parser *p, Token keyword, Node *key, Node *elem);
Node *build_chan(Parser *p, Token first, int dir, Node *elem);
Node *build_func_type(Parser *p, Token keyword, Node *signature);
Node *build_signature(Parser *p, Cell *params, Cell *results);
Cell *build_params(Parser *p, Token lparen, Cell *params, Token rparen);
Node *build_field(Parser *p, Node *name, Node *type, Node *tag);
Cell *build_fields(Parser *p, Cell *names, Node *type, Node *tag);
Node *build_tag(Parser *p, Node *field, Node *tag);
Node *build_parenthesized_field(Parser *p, Token lparen, Node *type);
Node *build_struct(Parser *p, Token keyword, Cell *fields, Token rbrace);
Node *build_interface(Parser *p, Token keyword, Cell *elems, Token rbrace);
Node *build_method(Parser *p, Node *name, Node *signature);
/* The same where it has type parameters, which it must not. */
Node *build_generic_method(Parser *p, Node *name, Token lbrack, Node *signature);
Node *build_embed(Parser *p, Node *type);
Node *build_ellipsis(Parser *p, Token dots, Node *type);
/* "..." in parameters, where a type must follow. */
Node *build_lone_ellipsis(Parser *p, Token dots);

/* ---- Expressions ---- */

Node *build_ident(Parser *p, Token name);
Node *build_literal(Parser *p, TokenKind kind, Token text);
Node *build_binary(Parser *p, TokenKind op, Node *x, Token at, Node *y);
Node *build_unary(Parser *p, TokenKind op, Token at, Node *x);
Node *build_star(Parser *p, Token at, Node *x);
/* "<-x", or a receive-only channel type if x is a channel type. */
Node *build_receive(Parser *p, Token at, Node *x);
Node *build_paren(Parser *p, Token lparen, Node *x, Token rparen);
/* What stands in brackets that could not be parsed. */
Node *build_bad(Parser *p, Token lparen, Token rparen);
Node *build_selector(Parser *p, Node *x, Node *name);
Node *build_assert(Parser *p, Node *x, Token lparen, Node *type, Token rparen);
Node *build_index(Parser *p, Node *x, Token lbrack, Cell *args, Token rbrack);
/* second is the second colon, or NULL. */
Node *build_slice(Parser *p, Node *x, Token lbrack, Node *lo, Node *hi, const Token *second,
                  Node *max, Token rbrack);
Node *build_call(Parser *p, Node *fun, Token lparen, Cell *args, bool has_dots, Token rparen);
Node *build_composite(Parser *p, Node *type, Token lbrace, Cell *elems, Token rbrace);
/* The same where the type has parentheses, which it must not. */
Node *build_parenthesized_literal(Parser *p, Node *type, Token lbrace, Cell *elems, Token rbrace);
Node *build_keyed(Parser *p, Node *key, Token colon, Node *value);
Node *build_func_lit(Parser *p, Node *type, Node *body);

/* ---- Statements ---- */

/* Statements may be NULL where they are empty; lists leave them out. */
Cell *build_stmt(Parser *p, Node *stmt);
Cell *build_next_stmt(Parser *p, Cell *stmts, Node *stmt);
Node *build_block(Parser *p, Token lbrace, Cell *stmts, Token rbrace);
Node *build_decl_stmt(Parser *p, Cell *decls);
Node *build_expr_stmt(Parser *p, Node *x);
Node *build_send(Parser *p, Node *chan, Token arrow, Node *value);
Node *build_incdec(Parser *p, TokenKind op, Node *x, Token at);
Operator build_op(TokenKind kind, Token at);
Node *build_op_assign(Parser *p, Node *x, Operator op, Node *y);
Node *build_assign(Parser *p, Cell *lhs, Token op, Cell *rhs);
Node *build_define(Parser *p, Cell *lhs, Token op, Cell *rhs);
Node *build_labeled(Parser *p, Node *label, Token colon, Node *stmt);
Node *build_go(Parser *p, NodeKind kind, Token keyword, Node *x);
Node *build_return(Parser *p, Token keyword, Cell *values);
Node *build_branch(Parser *p, TokenKind op, Token keyword, Node *label);
/* The parts of a header, kept in a FOR until its statement is known: init, cond, post are
 * statements. */
Node *build_header(Parser *p, Node *init, const Token *semicolon, Node *cond);
Node *build_for_header(Parser *p, Node *init, const Token *first, Node *cond, const Token *second,
                       Node *post);
Node *build_range(Parser *p, Cell *lhs, const Token *op, Token keyword, Node *x);
Node *build_range_define(Parser *p, Cell *lhs, const Token *op, Token keyword, Node *x);
Node *build_if(Parser *p, Token keyword, Node *header, Node *then, Node *els);
Node *build_switch(Parser *p, Token keyword, Node *header, Token lbrace, Cell *clauses,
                   Token rbrace);
Node *build_select(Parser *p, Token keyword, Token lbrace, Cell *clauses, Token rbrace);
Node *build_for(Parser *p, Token keyword, Node *header, Node *body);
Node *build_case(Parser *p, Token keyword, Cell *list, Token colon, Cell *stmts);
Node *build_comm(Parser *p, Token keyword, Node *comm, Token colon, Cell *stmts);

#endif
