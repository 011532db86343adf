/* SPDX-License-Identifier: MIT */
/* What the checker's files share; not for use outside types/. */
#ifndef MGO_TYPES_CHECKER_H
#define MGO_TYPES_CHECKER_H

#include "base/diag.h"
#include "types/types.h"

/* What an expression turned out to be. Untyped operands keep pointing at their node until a context gives them a type. */
typedef struct Operand {
    Mode mode;
    Type *type;
    ConstValue *val;  /* MODE_CONST */
    Node *node;
    BuiltinId builtin; /* MODE_BUILTIN */
} Operand;

/* A function body being checked; literals nest. */
typedef struct FuncNest {
    struct FuncNest *outer;
    Type *signature;
    Node *node;          /* FUNC_DECL or FUNC_LIT */
    bool has_labels;
} FuncNest;

/* What a package-level object needs until it is resolved. */
typedef struct DeclInfo {
    Scope *file_scope;
    Node *node;          /* CONST_DECL, VAR_DECL, TYPE_DECL, FUNC_DECL */
    Node *type, *init;   /* of this constant or variable */
    Object **lhs;        /* of "var a, b = f()": all of them */
    uint32_t nlhs;
    PtrMap deps;         /* Objects this one's initialiser or body mentions, for initialisation order */
    bool body_checked;
    struct Embedding *embedding; /* of a variable below //go:embed; embed.c's */
    bool in_cycle;       /* a cycle it is part of was reported */
    Node *file;          /* FILE it stands in */
    VEC(Object *) methods; /* of a type: those its declaration has yet to take over */
    uint32_t mark;       /* initorder.c's */
} DeclInfo;

struct Checker;

/* Sets a flag of the function being checked and of those around it. */
static inline void nest_flag(FuncNest *nest, uint16_t flag)
{
    for (; nest; nest = nest->outer) nest->node->flags |= flag;
}

/* A check that must wait until the types it looks at are complete. */
typedef struct Delayed {
    void (*run)(struct Checker *c, struct Delayed *d);
    Node *node;
    Type *type;
    Object *obj;
    Type **types;
    uint32_t n;
    Package *package; /* that the declaration belongs to; check_later sets it */
} Delayed;

/* An import with a dot, to find out whether it is used. */
typedef struct DotImport {
    Object *handle; /* the OBJ_PACKAGE, which is in no scope */
    Scope *scope;   /* of the file, where the package's names are */
} DotImport;

typedef struct Checker {
    Package *package;
    Scope *scope;        /* current */
    FuncNest *nest;      /* current function, NULL at package level */
    DeclInfo *decl;      /* package-level declaration being checked, for deps */
    ConstValue *iota;    /* inside a const declaration */
    Pos err_pos;         /* position for errors in an inherited constant initialiser, or NO_POS */
    bool in_call;        /* the expression is the operand of a call */
    Node *range_or_switch; /* innermost breakable statement, for BRANCH targets */
    Node *loop;            /* innermost loop */
    VEC(Object *) path;  /* objects being resolved, for cycles */
    VEC(Object *) func_bodies; /* functions whose bodies wait to be checked */
    VEC(Delayed) later;        /* checks that wait; run in order when the declaration under way is done */
    VEC(Type *) unproven;      /* defined types that may contain themselves; looked at before everything in `later` */
    Scope *toplevel;           /* scripts and the prompt: where top-level names are declared, else NULL */
    Scope *imports;            /* scope of the imported names of the file being checked */
    bool is_running_later;     /* run_later is at work */
    bool has_unknown_names;    /* a package imported with a dot is missing: a name may be one of its */
    bool has_value_cycle;      /* constants or variables refer to themselves: initorder.c reports them */
    uint32_t order;            /* package-level objects declared so far */
    struct MonoGraph *mono;    /* mono.c's */
    VEC(DotImport) dot_imports;
    VEC(Object *) bodiless;    /* functions declared without body */
    VEC(Node *) untyped_unused;
    Arena *arena;
} Checker;

/* The checker at work; there is one at a time, under the lock of compilation. */
Checker *checker_active(void);

/* ---- Declarations and types: resolve.c decl.c typexpr.c initorder.c generic.c infer.c ---- */

void check_files(Checker *c, Node **files, uint32_t nfiles); /* collects, resolves, checks bodies, unused imports, init order */
/* Resolves a package-level object now. Every use of an object whose state is not RESOLVE_BLACK goes through here, also of local types, even where obj->type is set already: a
 * grey one is a cycle, which is reported here where it is not allowed (obj->type is then TYPE_INVALID). */
void check_object(Checker *c, Object *obj);
void check_decl_stmt(Checker *c, Node *decl);                /* CONST_DECL, VAR_DECL, TYPE_DECL inside a function */
Type *check_type(Checker *c, Node *node);                    /* a type expression; TYPE_INVALID after an error; sets node->type and MODE_TYPE */
Type *check_var_type(Checker *c, Node *node);                /* the same, of a variable, field or element: constraint interfaces are an error */
Type *check_type_or_generic(Checker *c, Node *node);         /* the same, generic types allowed without arguments */
Type *check_func_type(Checker *c, Node *node, Node *recv, Scope *scope); /* declares parameters in scope */
void check_func_body(Checker *c, Object *func, FuncNest *outer, Type *signature, Node *node); /* body of FUNC_DECL or FUNC_LIT (func NULL) */
void check_unused(Checker *c, Scope *scope);                 /* "declared and not used" of a function's scopes */
void declare(Checker *c, Scope *scope, Node *ident, Object *obj, Pos from); /* with the redeclared error; sets ident.obj */
/* In scripts and at the prompt: the package object of a standard package called `name` that nobody imported, imported and declared now; else NULL. For the operand of a selector. */
Object *auto_import(Checker *c, Name name);
void note_incomplete(Type *named);                           /* the underlying type of a type whose declaration is under way was asked for: a cycle */
void check_later(Checker *c, Delayed d);                     /* runs d when the declaration under way is done */
void run_later(Checker *c);                                  /* runs what waits */
void mark_dot_import(Checker *c, Object *obj, Scope *scope); /* notes the use of an object found in a file's scope that came by a dot-import */
Object *new_local_var(Checker *c, Node *ident, Type *type);
/* The instance of a generic type with the type arguments written in an INDEX node, verified later; TYPE_INVALID after an error. */
Type *check_instance(Checker *c, Node *index, Type *generic);
/* Type arguments: explicit ones checked against the constraints; reports. */
bool verify_targs(Checker *c, Pos pos, Type **tparams, uint32_t n, Type **targs);
/* Infers what is missing of targs[0..n) (the first nexplicit are given) from the arguments, and checks all against the constraints; reports what can't be inferred ("in call to f, cannot
 * infer T"). `call`: the CALL node, for messages and NF_ELLIPSIS_CALL; func: the callee's generic signature; args: one operand per argument (a call with several results expanded).
 * `target`: NULL. Arguments that are themselves generic functions take part: their instances are found and recorded. Returns false after errors. */
bool infer_targs(Checker *c, Pos pos, Node *call, Type *func, Type **targs, uint32_t nexplicit, Operand *args, uint32_t nargs, Type *target);
/* Instantiates a generic function value x (perhaps with the first type arguments given: those in its ident.targs) so that it matches a target function type (assignment contexts):
 * x->type becomes the instance's signature, the ident's targs are set, verified. Reports; false after errors. */
bool infer_from_target(Checker *c, Operand *x, Type *target);

/* ---- Expressions: expr.c call.c builtin.c conv.c index.c literal.c ---- */

void check_expr(Checker *c, Operand *x, Node *node);                  /* a single value; errors reported, x->mode MODE_NONE */
void check_expr_hint(Checker *c, Operand *x, Node *node, Type *hint); /* hint: elided composite literal types, generic function targets */
void check_multi_expr(Checker *c, Operand *x, Node *node);            /* value, tuple, or comma-ok */
void check_expr_or_type(Checker *c, Operand *x, Node *node);
void check_raw_expr(Checker *c, Operand *x, Node *node, Type *hint);  /* anything at all, also statements' calls without value */
void check_ident(Checker *c, Operand *x, Node *node, bool want_type); /* ident.c: marks used, captured; sets obj */
void check_selector(Checker *c, Operand *x, Node *node, bool want_type);
void check_call(Checker *c, Operand *x, Node *node);
void check_builtin(Checker *c, Operand *x, Node *call, BuiltinId id);
void check_conversion(Checker *c, Operand *x, Type *type);
void check_const_arith_overflow(Checker *c, Operand *x, Pos pos);
/* Gives an untyped operand its final type, through its whole expression tree. */
void convert_untyped(Checker *c, Operand *x, Type *target);
/* Checks and prepares x for assignment to a variable of `type` (NULL: default type), `context` as in "assignment", "argument to f". */
void check_assignment(Checker *c, Operand *x, Type *type, const char *context);
bool operand_assignable(Checker *c, Operand *x, Type *type, const char **why);
void match_operands(Checker *c, Operand *x, Operand *y);
void check_comparison(Checker *c, Operand *x, Operand *y, TokenKind op, Node *node);
/* "x (variable of type int)": as messages describe an operand. In the arena. */
const char *operand_string(Operand *x);
/* Constant index or length expression, for arrays. Returns -1 after an error. */
int64_t check_array_length(Checker *c, Node *node);
/* Marks the variable at the root of an addressed operand (&x.f[i]) as addressed. */
void mark_addressed(Node *node);

/* ---- Statements: stmt.c assign.c branch.c range.c switch.c return.c ---- */

void check_block(Checker *c, Node *block);               /* opens a scope */
void check_stmts(Checker *c, NodeList stmts);
void check_init_vars(Checker *c, Object **lhs, uint32_t n, Node **rhs, uint32_t nrhs, Node *return_stmt); /* var a, b = …; return */
void check_labels(Node *body);                           /* labels, goto, break, continue: gc's texts; sets branch.target */
bool is_terminating(Node *stmt);                         /* for "missing return" */

/* Interned "" and "_". */
extern Name name_empty, name_blank;

#endif
