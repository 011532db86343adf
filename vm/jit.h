/* SPDX-License-Identifier: MIT */
/* Machine code for functions that run long (x86-64 only; elsewhere nothing is ever compiled).
 *
 * The unit is the function, the source is its bytecode, and frames stay exactly what the
 * interpreter makes of them: every instruction leaves its results in the frame, so that at any
 * instruction's beginning either of the two can take over. Machine code hands over where it is not
 * made for an instruction or sees that it will fault; the interpreter does that instruction and
 * gives the rest back. So panics, parking, growing of stacks and traces are the interpreter's
 * alone.
 *
 * What runs long is found at the ends of slices: the function that is running then is compiled.
 *
 * Calls between compiled functions don't leave machine code. They are the processor's calls, since
 * it predicts their returns: the thread's stack holds the places in machine code that the frames
 * made since machine code was entered return to, and below them one that looks it up by the
 * frame's return pc. Leaving machine code forgets them. How many there are is limited by the
 * budget, of which each call takes one. */
#ifndef MGO_VM_JIT_H
#define MGO_VM_JIT_H

#include "vm/frame.h"

/* What the interpreter and machine code hand each other. */
typedef struct JitState {
    Slot *r;
    const Instr *pc;
    Slot *limit;
    void *sp;       /* machine code's own: the thread's stack at entry */
    int32_t budget; /* at most JIT_MAX_BUDGET */
} JitState;
enum { JIT_MAX_BUDGET = 1 << 14 };

typedef enum JitExit {
    JIT_STEP,    /* do the instruction at pc, then come back */
    JIT_RUN,     /* go on at pc: a function was called or returned to that is not in machine code */
    JIT_PREEMPT, /* the budget is used up; pc is the next instruction */
} JitExit;

#ifdef MGO_STRESS_JIT
enum { jit_is_eager = true }; /* functions are compiled at their first call */
#else
enum { jit_is_eager = false };
#endif

/* FuncProto.jit_state */
enum { JIT_NONE, JIT_COMPILED, JIT_REFUSED };

/* The entries of a compiled function. */
typedef struct JitCode {
    uint32_t offsets[1]; /* for each word of the bytecode; 0: no entry there. From the beginning of
                            all machine code */
} JitCode;

/* Lets functions be compiled; on the main thread, before anything runs. Without it, or where there
 * is no room for machine code, everything is interpreted. */
void jit_init(void);
/* Whether the program is interpreted for now, as a profile wants it. Any thread. */
void jit_pause(bool paused);
extern _Atomic bool jit_is_off; /* no machine code is to be entered */

/* Compiles the function, whose bytecode must be there, unless that was tried before or another
 * thread is compiling. */
void jit_compile(FuncProto *proto);

/* The machine code that goes on at pc of this function, or NULL. */
const void *jit_find(const FuncProto *proto, const Instr *pc);
/* Where an address in machine code lies, from its beginning. */
uint32_t jit_offset(const void *code);
/* Runs machine code until it hands over. */
extern JitExit (*jit_enter)(JitState *state, const void *code);

#endif
