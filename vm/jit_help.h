/* SPDX-License-Identifier: MIT */
/* C functions that machine code calls for an instruction that is too long to be written out. */
#ifndef MGO_VM_JIT_HELP_H
#define MGO_VM_JIT_HELP_H

#include "vm/proto.h"

/* Does the instruction at pc on the frame r. None parks, panics or moves the stack. */
typedef bool JitHelp(Slot *r, const Instr *pc);

/* One that returns false, nothing changed, where the interpreter must do it; NULL: there is none.
 */
JitHelp *jit_help_for(const Instr *at);
/* For instructions that may jump: one that returns whether to jump; NULL: there is
 * none. */
JitHelp *jit_jump_help_for(const Instr *at);

#endif
