/* SPDX-License-Identifier: MIT */
/* What is needed to compile a body later; FuncProto.lazy points here. */
#ifndef MGO_COMPILER_LAZY_H
#define MGO_COMPILER_LAZY_H

#include "compiler/internal.h"

typedef struct LazyBody {
    Package *package;
    Object *func;       /* declared function (of an instance: the generic one), or NULL */
    TypeEnv env;        /* its type arguments */
    Node *prompt_value; /* as in FuncState */
    Type *word_type;    /* as in FuncState */
    void (*generate)(FuncState *f, void *arg); /* without a declared function: makes the body */
    void *arg;
} LazyBody;

#endif
