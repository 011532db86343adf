/* SPDX-License-Identifier: MIT */
/* Type parameters: declaring them, and checking type arguments against their constraints. */
#include "types/checker.h"
#include "types/version.h"

#include "types/mono.h"
#include "types/typexpr.h"

/* ---- Declaring ---- */

static Type *constraint_type(Checker *c, Node *node)
{
    Type *type = check_constraint_elem(c, node, false);
    if (type_is_param(type)) {
        diag_error(node->pos, node->end, ERR_PARAM_CONSTRAINT);
        return type_basic[TYPE_INVALID];
    }
    return type;
}

Type *new_tparam(Checker *c, Node *ident, uint32_t index)
{
    Type *type = type_new(TYPE_PARAM);
    Object *obj = object_new(OBJ_TYPE, ident->ident.name, type, c->package, ident->pos);
    obj->state = RESOLVE_BLACK;
    type->param.obj = obj;
    type->param.index = index;
    declare(c, c->scope, ident, obj, NO_POS);
    ident->type = type;
    ident->mode = MODE_TYPE;
    return type;
}

void declare_tparams(Checker *c, NodeList list, Type ***out, uint32_t *n)
{
    Type **tparams = arena_array(&types_arena, Type *, list.len);
    if (list.len > 0)
        version_check(c, list.at[0]->pos, list.at[0]->end, 18, "type parameter");
    for (uint32_t i = 0; i < list.len; i++) tparams[i] = new_tparam(c, list.at[i]->field.name, i);
    *out = tparams; /* before the constraints, which may mention what is being declared */
    *n = list.len;
    Type *constraint = NULL;
    for (uint32_t i = 0; i < list.len; i++) { /* "A, B C" share C's node */
        Node *node = list.at[i]->field.type;
        if (i == 0 || list.at[i - 1]->field.type != node) constraint = constraint_type(c, node);
        tparams[i]->param.constraint = constraint;
    }
}

/* ---- Verifying ---- */

bool verify_targs_at(Checker *c, Pos pos, Node *index, Type **tparams, uint32_t n, Type **targs)
{
    mono_note(c, pos, index, tparams, n, targs);
    for (uint32_t i = 0; i < n; i++) {
        const char *why = NULL;
        type_under(tparams[i]); /* gives the constraint its final form */
        Type *bound = type_subst(tparams[i]->param.constraint, tparams, targs, n);
        if (bound == NULL || type_implements(targs[i], bound, true, &why)) continue;
        Pos start = pos, end = pos;
        if (index != NULL && index->kind == NODE_INDEX && i < index->index.args.len) {
            start = index->index.args.at[i]->pos;
            end = index->index.args.at[i]->end;
        }
        diag_error(start, end, ERR_NOT_SATISFIED, why);
        return false;
    }
    return true;
}

bool verify_targs(Checker *c, Pos pos, Type **tparams, uint32_t n, Type **targs)
{
    return verify_targs_at(c, pos, NULL, tparams, n, targs);
}
