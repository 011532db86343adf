/* SPDX-License-Identifier: MIT */
/* The facts about each opcode, straight from the list. */
#include "vm/op.h"

const OpInfo op_info[OP_COUNT] = {
#define OP(name, format, words, text) {#name, format, words, text},
#include "vm/opcodes.def"
#undef OP
};
