/* SPDX-License-Identifier: MIT */
/* Library functions of numbers alone, which an instruction calls with its operands; see calc.def.
 */
#ifndef MGO_STDLIB_CALC_H
#define MGO_STDLIB_CALC_H

#include "vm/op.h"
#include "vm/proto.h"

/* The functions themselves, whose meanings are their docstrings in the packages. Those of WORD get
 * their operand as the slot has it, narrow integers extended, and give their result likewise. */
#define CALC_FLOAT(function)                double function(double);
#define CALC_FLOATS(function)               double function(double, double);
#define CALC_WORD(function)                 uint64_t function(uint64_t);
#define CALC(kind, package, name, function) CALC_##kind(function)
#include "stdlib/calc.def"
#undef CALC
#undef CALC_FLOAT
#undef CALC_FLOATS
#undef CALC_WORD

/* An instruction of the CALC group and the function that is its word. */
typedef struct Calc {
    const char *name; /* as traces have it */
    Op op;
    void *function;
} Calc;

/* The embedded library's function of this FuncProto.name, or NULL. */
const Calc *calc_find(const char *name);

#endif
