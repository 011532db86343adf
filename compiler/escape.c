/* SPDX-License-Identifier: MIT */
/* Where variables live.
 *
 * Frames move and hold no pointers into themselves, so a variable whose address is taken lives in a
 * box on the heap. So does one that a function literal shares with its surroundings, unless nobody
 * assigns to it after its declaration: then the literal gets a copy. So do large ones, and arrays
 * that instructions could index in a frame only by copying them about (arrays of arrays and
 * structs, arrays inside structs). */
#include "compiler/internal.h"

#define MAX_IN_FRAME 1024 /* bytes */

/* Whether a part of this type would have to be indexed in the frame in ways that LDLX and STLX
 * don't offer. */
static bool holds_array(Type *type)
{
    Type *under = type_under(type);
    if (under->kind == TYPE_ARRAY) return under->len > 0;
    if (under->kind != TYPE_STRUCT) return false;
    for (uint32_t i = 0; i < under->strukt.nfields; i++)
        if (holds_array(under->strukt.fields[i].type)) return true;
    return false;
}

static bool is_awkward(Type *type)
{
    Type *under = type_under(type);
    if (under->kind == TYPE_STRUCT) return holds_array(type);
    if (under->kind != TYPE_ARRAY) return false;
    TypeKind elem = type_basic_kind(under->elem);
    return elem == TYPE_ARRAY || elem == TYPE_STRUCT;
}

bool var_is_boxed(FuncState *f, Object *var)
{
    if (var->is_addressed || (var->is_captured && var->is_reassigned)) return true;
    Type *type = env_type(f, var->type);
    return type_sizeof(type) > MAX_IN_FRAME || is_awkward(type);
}

bool var_is_copied(Object *var)
{
    return !var->is_addressed && !var->is_reassigned;
}
