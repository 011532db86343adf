/* SPDX-License-Identifier: MIT */
/* Calls of small functions, done where they stand. */
#ifndef MGO_COMPILER_INLINE_H
#define MGO_COMPILER_INLINE_H

#include "compiler/internal.h"

typedef struct InlineArg {
    Object *var; /* NULL where nobody can name it */
    Reg reg;
    Node *value; /* a constant or a function literal, which has no register; or NULL */
} InlineArg;

/* A body being compiled into its caller. */
typedef struct Inlining {
    struct Inlining *outer; /* the one whose body makes the call; NULL: the function itself */
    Node *decl;
    int depth;
    Type **types; /* of the results */
    uint32_t nresults;
    bool is_named; /* the results */
    Reg result;    /* first slot of the results */
    InlineArg *args;
    uint32_t nargs;
    Label *cond; /* where the result jumps if it is `sense`; or NULL */
    bool sense;
    Node *last; /* the return statement that the body ends with, or NULL */
    Label end;
    uint32_t from; /* where its code begins */
    TypeEnv env;   /* the caller's; likewise the next */
    Package *package;
} Inlining;

/* A call that is to be done so. */
typedef struct InlineCall {
    Node *node;
    FuncProto *proto;
    Type *signature;     /* as the caller has it; without the receiver */
    LValue *receiver;    /* or NULL */
    Type *receiver_type; /* as the method declares it; likewise the next */
    uint32_t receiver_slots;
    Object *method;
    Label *cond; /* as in Inlining; likewise the next */
    bool sense;
    Pos pos;
} InlineCall;

/* Whether calls of the function in f, with so many arguments besides the receiver, are done so. */
bool inline_wants(FuncState *f, FuncProto *proto, uint32_t nargs);
/* Does the call. Returns the first of the results' slots: `to` where that was given and there is
 * one result, else new ones. */
Reg inline_call(FuncState *f, InlineCall *call, Reg to);
/* The body of the function that is called, if the call is done so and the function is not generic;
 * else NULL. */
Node *inline_body(FuncState *f, Node *call);
/* A return statement of the body that f is at. */
void inline_return(FuncState *f, Node *node);

/* Makes the closure of a function literal met in the body that f is at: it is the outermost
 * caller's, for bodies have none of their own. */
void inline_literal(FuncState *f, Node *node, Reg to);

/* The constant or literal that an identifier is the parameter for, in the body that f is at; else
 * the node itself. */
Node *inline_find_value(FuncState *f, Node *node);
static inline Node *inline_value(FuncState *f, Node *node)
{
    return f->inlining && node->kind == NODE_IDENT ? inline_find_value(f, node) : node;
}

#endif
