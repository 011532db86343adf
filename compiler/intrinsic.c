/* SPDX-License-Identifier: MIT */
/* Which library functions are instructions: intrinsic.def and calc.def by name. */
#include "compiler/intrinsic.h"

#include "stdlib/calc.h"

#include <stdlib.h>
#include <string.h>

typedef struct Intrinsic {
    const char *name;
    Op op;
} Intrinsic;

static const Intrinsic known[] = {
#define INTRINSIC(name, op) {name, OP_##op},
#include "compiler/intrinsic.def"
#undef INTRINSIC
};

static int compare(const void *name, const void *entry)
{
    return strcmp(name, ((const Intrinsic *)entry)->name);
}

static Op find(const FuncProto *proto)
{
    if (!(proto->flags & PROTO_LIBRARY)) return OP_NOP;
    const Intrinsic *found =
        bsearch(proto->name, known, sizeof known / sizeof *known, sizeof *known, compare);
    return found ? found->op : OP_NOP;
}

Op intrinsic_plain(const FuncProto *proto, void **word)
{
    Op op = find(proto);
    if (op != OP_NOP) return op_info[op].words == 0 ? op : OP_NOP;
    const Calc *calc = proto->flags & PROTO_LIBRARY ? calc_find(proto->name) : NULL;
    if (!calc) return OP_NOP;
    *word = calc->function;
    return calc->op;
}

Op intrinsic_call(const FuncProto *proto)
{
    Op op = find(proto);
    return op_info[op].words > 0 ? op : OP_NOP;
}
