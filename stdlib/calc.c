/* SPDX-License-Identifier: MIT */
/* What is made of calc.def: the table by name, and the natives for those who call through a
 * function value. */
#include "stdlib/calc.h"

#include "stdlib/natives.gen.h"

#include <stdlib.h>
#include <string.h>

#define PATH_math         "math"
#define PATH_math_bits    "math/bits"
#define PATH_unicode      "unicode"
#define PATH_unicode_utf8 "unicode/utf8"

#define OP_FLOAT  OP_CALCF
#define OP_FLOATS OP_CALCFF
#define OP_WORD   OP_CALCW

static const Calc table[] = {
#define CALC(kind, package, name, function)                                                        \
    {PATH_##package "." #name, OP_##kind, (void *)(uintptr_t)function},
#include "stdlib/calc.def"
#undef CALC
};

static int compare(const void *name, const void *entry)
{
    return strcmp(name, ((const Calc *)entry)->name);
}

const Calc *calc_find(const char *name)
{
    return bsearch(name, table, sizeof table / sizeof *table, sizeof *table, compare);
}

#define NATIVE_FLOAT(function)  ret_float(call, 0, function(arg_float(call, 0)))
#define NATIVE_FLOATS(function) ret_float(call, 0, function(arg_float(call, 0), arg_float(call, 1)))
#define NATIVE_WORD(function)   ret_uint(call, 0, function(arg_uint(call, 0)))

#define CALC(kind, package, name, function)                                                        \
    void native_##package##_##name(NativeCall *call)                                               \
    {                                                                                              \
        NATIVE_##kind(function);                                                                   \
    }
#include "stdlib/calc.def"
