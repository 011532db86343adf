/* SPDX-License-Identifier: MIT */
/* The instruction set's numbers and facts, from opcodes.def. */
#ifndef MGO_VM_OP_H
#define MGO_VM_OP_H

#include <stdbool.h>
#include <stdint.h>

typedef enum Op {
#define OP(name, format, words, text) OP_##name,
#include "vm/opcodes.def"
#undef OP
    OP_COUNT
} Op;

typedef struct OpInfo {
    const char *name;
    const char *format; /* three letters, see opcodes.def */
    int words;          /* operand words that follow; -1: the count is in operand b (SELECT) */
    const char *text;
} OpInfo;

extern const OpInfo op_info[OP_COUNT];

/* Whether it calls the function that its word is. */
static inline bool op_calls_word(unsigned op)
{
    return op_info[op].format[0] == 'f';
}

#endif
