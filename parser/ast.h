/* SPDX-License-Identifier: MIT */
/* The syntax tree.
 *
 * One struct for every kind of node; which member of the union is alive follows from the kind (node.def). The parser
 * fills positions and children; the type checker adds what it finds out (the fields "set by types"); the compiler only
 * reads. Nodes live in the arena of their compilation. A generic function's body is checked once, so its nodes hold
 * types that mention type parameters; the compiler substitutes when it makes an instance. */
#ifndef MGO_PARSER_AST_H
#define MGO_PARSER_AST_H

#include "base/arena.h"
#include "base/intern.h"
#include "base/source.h"
#include "lexer/token.h"

typedef struct Node Node;
struct Buf;        /* base/buf.h */
struct Type;       /* types/type.h */
struct Object;     /* types/scope.h */
struct Scope;      /* types/scope.h */
struct ConstValue; /* types/const.h */
struct Selection;  /* types/lookup.h */
struct CoverBlock; /* base/cover.h */

typedef enum NodeKind {
#define NODE(name, text, member) NODE_##name,
#include "parser/node.def"
#undef NODE
    NODE_COUNT
} NodeKind;

typedef struct NodeList {
    Node **at; /* in the arena */
    uint32_t len;
} NodeList;

enum { AST_MAX_DEPTH = 10000 }; /* no tree is deeper; the parser refuses the program */

/* What an expression stands for; set by types. */
typedef enum Mode {
    MODE_NONE,      /* not checked, or in error (already reported) */
    MODE_NO_VALUE,  /* call without results */
    MODE_BUILTIN,   /* built-in function; only as the operand of a call */
    MODE_TYPE,      /* a type */
    MODE_CONST,     /* constant; node->val is set */
    MODE_VAR,       /* addressable variable */
    MODE_MAP_INDEX, /* m[k]: assignable, may give a second result */
    MODE_VALUE,     /* computed value */
    MODE_NIL,       /* nil, typed by context in node->type */
    MODE_COMMA_OK,  /* like VALUE, may give a second result: x.(T), <-c */
    MODE_CGO_UNUSED
} Mode;

enum { /* Node.flags */
    NF_PARENTHESIZED_LIST = 1 << 0, /* declaration came from a ( ) group */
    NF_ELLIPSIS_CALL = 1 << 1,      /* f(x...) */
    NF_COMMA_OK = 1 << 2,           /* set by types: this map index, receive or assertion yields 2 results here */
    NF_DEFINE = 1 << 3,             /* := (ASSIGN, RANGE, COMM's statement) */
    NF_ALIAS = 1 << 4,              /* type A = B */
    NF_IMPLICIT_REPEAT = 1 << 5,    /* const spec that repeats the one before it */
    NF_TRUSTED = 1 << 6,            /* body not parsed yet (library code); func.body_start/_end are set */
    NF_CONVERSION = 1 << 7,         /* set by types: this CALL is a conversion */
    NF_DEFAULT = 1 << 8,            /* CASE or COMM is the default clause */
    NF_IMPLICIT_DEREF = 1 << 9,     /* set by types: x of INDEX/SLICE/RANGE is a pointer to array, dereferenced implicitly */
    NF_DEFERS = 1 << 10,            /* set by types: there is a defer statement in this function or a literal in it */
    NF_RANGES_FUNC = 1 << 11,       /* set by types: likewise a loop over a function, or what a type argument may make one */
    NF_CALLS_KNOWN = 1 << 12,       /* set by the compiler: NF_HAS_CALL holds */
    NF_HAS_CALL = 1 << 13,          /* set by the compiler: evaluating this expression makes a call (order.c) */
    NF_SKIMMED = 1 << 14,           /* FUNC_DECL, TYPE_DECL of library code: not read but for name and receiver's type; op_pos is the keyword's */
};

struct Node {
    uint8_t kind;  /* NodeKind */
    uint8_t op;    /* TokenKind of UNARY, BINARY, INCDEC, ASSIGN (the binary operator of op=, else T_ASSIGN or T_DEFINE), BRANCH, LITERAL */
    uint8_t mode;  /* Mode; set by types */
    uint16_t flags;
    uint16_t height; /* levels of expressions below; the parser keeps it under AST_MAX_DEPTH, so walkers may recurse */
    Pos pos;       /* first byte */
    Pos end;       /* one past the last byte */
    Pos op_pos;    /* operator, opening bracket, arrow, selector's name: where the thing happens at run time */
    uint32_t ntargs; /* IDENT: length of targs */
    struct Type *type;      /* set by types: type of the expression, final (untyped constants have become typed) */
    struct ConstValue *val; /* set by types: value if constant */
    union {
        struct {
            char nothing[0];
        } none;
        struct {
            Name name;
            struct Object *obj;    /* set by types: what it defines or uses */
            struct Type **targs;   /* set by types: type arguments if it names a generic function that is instantiated here (explicit or inferred) */
        } ident;
        struct {
            Name text; /* as written, with quotes */
        } literal;
        struct {
            Node *type;      /* NULL when elided inside another literal */
            NodeList elems;  /* KEYED or expressions */
            Pos rbrace;
        } composite;
        struct {
            Node *a, *b;
        } pair;
        struct {
            Node *x;
        } unary;
        struct {
            Node *x, *y;
        } binary;
        struct {
            Node *x;
            Node *sel;                   /* IDENT; its obj, targs are set by types */
            struct Selection *selection; /* set by types: path to field or method; NULL for package.Name */
        } selector;
        struct {
            Node *x;
            NodeList args;
        } index;
        struct {
            Node *x, *lo, *hi, *max;
            bool is_full; /* written with two colons */
        } slice;
        struct {
            Node *fun;
            NodeList args;
            Pos rparen;
        } call;
        struct {
            Node *elem;
            uint8_t dir; /* 1 send, 2 receive, 3 both */
        } chan;
        struct {
            NodeList list;
        } list;
        struct { /* FUNC_DECL, FUNC_LIT, FUNC_TYPE */
            Node *name;       /* IDENT or NULL */
            Node *recv;       /* FIELD or NULL */
            NodeList tparams; /* FIELDs, one name each */
            NodeList params;  /* FIELDs, one name each; names shared by "a, b T" share the type node */
            NodeList results;
            Node *body;       /* BLOCK or NULL */
            Pos body_start, body_end; /* span of { … } where NF_TRUSTED left it unparsed */
            struct Scope *scope;      /* set by types: scope of parameters */
        } func;
        struct {
            Node *name; /* IDENT or NULL */
            Node *type;
            Node *tag;  /* LITERAL or NULL */
        } field;
        struct {
            Node *package;   /* IDENT, or NULL in a script */
            NodeList imports; /* IMPORTs */
            NodeList decls;  /* in order, imports left out; a script's statements stand among them */
            bool is_script;
            const Source *source;
            const char *go_version; /* "go1.21" from a //go:build line, or NULL */
        } file;
        struct {
            Node *name; /* IDENT, also for . and _; NULL if not renamed */
            Node *path; /* LITERAL */
            struct Object *obj; /* set by types */
        } import;
        struct { /* CONST_DECL, VAR_DECL */
            NodeList names;
            Node *type;
            NodeList values;
            uint32_t iota;
        } values;
        struct {
            Node *name;
            NodeList tparams;
            Node *type;
        } type_decl;
        struct {
            NodeList stmts;
            Pos rbrace;
            struct Scope *scope;
        } block;
        struct {
            NodeList lhs, rhs;
        } assign;
        struct {
            Node *label; /* IDENT or NULL */
            Node *target; /* set by types: the LABELED, or for an unlabelled break/continue the enclosing statement */
        } branch;
        struct {
            Node *init, *cond, *then, *els; /* then: BLOCK; els: BLOCK, IF or NULL */
        } if_;
        struct {
            Node *init, *tag; /* tag may be NULL */
            Node *bind;       /* TYPE_SWITCH: IDENT or NULL */
            NodeList clauses; /* CASE */
            Pos rbrace;
        } switch_;
        struct {
            NodeList list;   /* CASE: expressions or types */
            Node *comm;      /* COMM: SEND, EXPR_STMT, ASSIGN; NULL for default */
            NodeList body;
            struct Object *var; /* set by types: TYPE_SWITCH's variable in this clause */
            struct Scope *scope;
        } clause;
        struct {
            Node *init, *cond, *post, *body;
            struct Object **vars; /* set by types: variables declared by init, each iteration has its own */
            uint32_t nvars;
        } for_;
        struct {
            Node *key, *value; /* IDENTs with NF_DEFINE, else any assignable expression; NULL if absent */
            Node *x, *body;
            NodeList extra;    /* third and later variables: an error that types reports */
        } range;
        struct {
            Node *label; /* IDENT */
            Node *stmt;
            bool is_used;
        } labeled;
        struct {
            struct CoverBlock *block;
        } counter;
    };
};

/* ---- Building, for the grammar's actions ---- */

/* Makes a node of this kind; the other fields are zero. Only the kind's own member of the union has memory: do not copy
 * whole Nodes, nor change a kind to one with a larger member. */
Node *node_new(Arena *arena, NodeKind kind, Pos pos, Pos end);
/* A node of its own with the same contents; the parts are shared. Nodes have only the bytes their kind needs, so *a = *b would not do. */
Node *node_copy(Arena *arena, const Node *node);
/* Makes a node what another of the same kind is. */
void node_become(Node *node, const Node *other);
/* Whether a list of statements ends in "fallthrough", perhaps with labels before and semicolons behind; that statement, or
 * NULL. */
Node *ast_last_fallthrough(NodeList list);
/* The kind's name in dumps and tests. */
const char *node_kind_name(NodeKind kind);

/* ---- Printing ---- */

/* Prints an expression or type as Go source, as messages quote it: "x.f(a, b...)"; long bodies as "func() {…}". */
void ast_print_expr(const Node *node, struct Buf *out);

#endif
