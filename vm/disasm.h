/* SPDX-License-Identifier: MIT */
/* Bytecode as text. */
#ifndef MGO_VM_DISASM_H
#define MGO_VM_DISASM_H

#include "vm/proto.h"

#include <stdio.h>

/* Prints a function: its frame, then each source line with the instructions it became. */
void disasm_proto(const FuncProto *proto, FILE *out);
/* Prints the instruction at index pc of code; returns the words it takes. */
uint32_t disasm_instr(const Instr *code, uint32_t pc, FILE *out);

#endif
