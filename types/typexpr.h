/* SPDX-License-Identifier: MIT */
/* Type expressions: what the declarations' files need beside checker.h. */
#ifndef MGO_TYPES_TYPEXPR_H
#define MGO_TYPES_TYPEXPR_H

#include "types/checker.h"

/* As check_type; def is the defined type whose declaration this is, or NULL. */
Type *check_type_def(Checker *c, Node *node, Type *def);
/* Reports, when the types are complete, that `type` is a constraint, if it is one: for types written where values have
 * them. */
void refuse_constraint(Checker *c, Node *node, Type *type);
/* An element of an interface (is_embedded), or a constraint: a type or a union (TYPE_UNION). */
Type *check_constraint_elem(Checker *c, Node *node, bool is_embedded);
/* Fills a FUNC type made beforehand, so that a declaration may refer to itself. Sets node->func.scope. */
void fill_func_type(Checker *c, Type *sig, Node *node, Node *recv, Scope *scope);
/* The receiver of a method, with its type parameters; declares them in c->scope. */
void check_receiver(Checker *c, Type *sig, Node *node, Node *recv);
/* Declares type parameters in c->scope, publishes them, and checks their constraints. */
void declare_tparams(Checker *c, NodeList list, Type ***tparams, uint32_t *n);
/* A fresh type parameter, declared in c->scope, without constraint yet. */
Type *new_tparam(Checker *c, Node *ident, uint32_t index);
/* As verify_targs; reports at the type argument at fault where index is an INDEX node, else at pos. */
bool verify_targs_at(Checker *c, Pos pos, Node *index, Type **tparams, uint32_t n, Type **targs);

#endif
