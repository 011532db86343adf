/* SPDX-License-Identifier: MIT */
/* The bytecode verifier, for debug builds and tests. */
#ifndef MGO_VM_VERIFY_H
#define MGO_VM_VERIFY_H

#include "vm/proto.h"

/* Checks code[0..ninstrs), which is to become proto's body: known opcodes, operands within the frame, jumps to instructions, calls with room for
 * their header and arguments, rising positions. Ends the process with an internal fault that names the function and the instruction where something is wrong. */
void verify_code(const FuncProto *proto, const Instr *code, uint32_t ninstrs);
/* The same, giving a description instead of ending the process: NULL where all is well, else text in buf[0..size). */
const char *verify_fault(const FuncProto *proto, const Instr *code, uint32_t ninstrs, char *buf, size_t size);
/* Words an instruction takes, itself included. */
uint32_t verify_length(const Instr *at);

#endif
