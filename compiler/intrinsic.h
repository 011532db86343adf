/* SPDX-License-Identifier: MIT */
/* Library functions that are instructions. */
#ifndef MGO_COMPILER_INTRINSIC_H
#define MGO_COMPILER_INTRINSIC_H

#include "vm/op.h"
#include "vm/proto.h"

/* The instruction that does what the library function does, taking its operands where they are;
 * OP_NOP where there is none. *word gets its operand word, or stays. */
Op intrinsic_plain(const FuncProto *proto, void **word);
/* The one that does it in a call's frame, or calls it; OP_NOP likewise. */
Op intrinsic_call(const FuncProto *proto);

#endif
