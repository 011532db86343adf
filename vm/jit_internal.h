/* SPDX-License-Identifier: MIT */
/* What the files of the machine code compiler share: jit.c looks at whole functions, the others
 * know the instructions. */
#ifndef MGO_VM_JIT_INTERNAL_H
#define MGO_VM_JIT_INTERNAL_H

#include "base/vec.h"
#include "vm/jit.h"
#include "vm/op.h"
#include "vm/x64.h"

/* Offsets of what all functions share, from the beginning of all machine code. */
typedef struct Stubs {
    uint32_t enter, exits[JIT_PREEMPT + 1], preempt_callee, run_callee;
} Stubs;

/* What is known of a word of the bytecode. */
typedef struct Word {
    uint8_t *at;      /* where its instruction begins, with the pinned slots loaded */
    uint8_t *entry;   /* where it begins for who comes from outside; NULL: no entry */
    uint32_t dirty;   /* pinned slots whose registers may be ahead of the frame there; a bit each */
    uint8_t depth;    /* of the loops that it is in */
    bool is_target;   /* a jump leads here */
    bool wants_entry; /* the interpreter may come here */
    bool is_entered;  /* only the interpreter comes here */
    bool is_step;     /* the interpreter does it */
    bool is_call; /* it ends in another function's code, or calls C: pinned slots are loaded anew */
} Word;

/* A slot that has a register. */
typedef struct Pinned {
    uint32_t slot;
    bool is_float;
    uint8_t reg;
} Pinned;

typedef struct JumpHole {
    uint8_t *hole;
    uint32_t pc; /* where it leads */
} JumpHole;

typedef struct Leave {
    uint8_t *hole;
    uint32_t pc;
    uint32_t dirty; /* pinned slots that are to be stored first */
    JitExit kind;
} Leave;

typedef struct TableEntry {
    uint8_t *hole;
    const uint8_t *base; /* distances count from here */
    uint32_t pc;
} TableEntry;

typedef struct Jit {
    Asm as;
    FuncProto *proto;
    const Instr *code;
    uint32_t n;      /* words of code */
    uint32_t nslots; /* of the frame, and some more that operands of absent values may name */
    uint32_t pc;     /* of the instruction at hand */
    Word *words;
    const Stubs *stubs;
    const uint8_t *region; /* beginning of all machine code, as written */
    uint32_t block;        /* number of the stretch of code without labels; from 1 */
    uint32_t *checked;     /* for each slot: the block in which it was found not to be nil */
    uint8_t *pin;          /* for each slot: 1 + its index in pinned, or 0 */
    Pinned pinned[24];
    uint32_t npinned;
    uint32_t dirty; /* pinned slots whose registers may be ahead of the frame; bits by index */
    bool is_open;   /* more was found to be dirty where a loop begins: translate once more */
    VEC(JumpHole) jumps;
    VEC(Leave) leaves;
    VEC(TableEntry) tables;
    uint8_t *last_leave;
} Jit;

/* A slot that an instruction reads or writes. */
typedef struct SlotUse {
    uint32_t slot;
    bool is_write, is_float, is_int; /* neither: it does not matter */
} SlotUse;
enum { JIT_MAX_USES = 8 };

/* The slots that matter for choosing registers. */
unsigned jit_uses(const Instr *at, SlotUse *uses);
/* What stands before the first instruction. */
void jit_function_entry(Jit *j);
/* Loads all pinned slots from the frame. */
void jit_load_pinned(Jit *j);
/* Stores these pinned slots, bits by index, in the frame. */
void jit_store_pinned(Jit *j, uint32_t which);
/* Notes that the code at hand leads to pc. */
void jit_note_way(Jit *j, uint32_t pc);
/* Calls C, with the thread's stack as C wants it. No pinned slot may be dirty; they are to be
 * loaded anew afterwards. */
void jit_call_c(Jit *j, uintptr_t function);
/* The jump at `hole` goes to where machine code is left at pc. */
void jit_leave(Jit *j, uint8_t *hole, JitExit kind, uint32_t pc);
/* Translates an instruction; false, with nothing written, where the interpreter is to do it. */
bool jit_translate(Jit *j, const Instr *at);

/* Where the jump of the instruction leads; -1 where it has none. Jumps of JTABLE are its words'. */
int64_t jit_jump_target(const Instr *code, uint32_t pc);
/* Its parts, by subject. */
bool jit_numbers(Jit *j, const Instr *at);
bool jit_jumps(Jit *j, const Instr *at);
bool jit_memory(Jit *j, const Instr *at);
bool jit_elements(Jit *j, const Instr *at);

/* Where calls of compiled functions lead the interpreter. */
extern const Instr jit_entry_code[1];

#endif
