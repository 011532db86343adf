/* SPDX-License-Identifier: MIT */
/* Who called whom: walking a goroutine's frames, and writing them as Go does. */
#ifndef MGO_VM_TRACEBACK_H
#define MGO_VM_TRACEBACK_H

#include "base/buf.h"
#include "runtime/g.h"
#include "vm/proto.h"

/* Where traces say that the machine's own functions are. */
#define MACHINE_FILE "runtime/panic.go"

typedef struct FrameWalk {
    Goroutine *g;
    uint32_t base;      /* of the current frame, from the stack's bottom */
    const FuncProto *proto; /* the function: of calls done where they stand, several share a frame */
    const FuncProto *code;  /* whose code the frame runs, and whose variables it has */
    uint32_t level, nlevels; /* which of the functions that share it, the innermost is 0; the last's level */
    Pos pos;            /* in `proto` */
    const Instr *pc;    /* the instruction under way in it, or one of its operand words */
    struct PanicRecord *panics; /* those raised in frames not yet passed */
    struct PanicRecord *raised; /* the current frame raised it, and its deferred calls were the frames before; or NULL */
} FrameWalk;

/* Begins with the innermost frame. g is the running goroutine with frame, live and pc stored, or one that is parked. */
void walk_begin(FrameWalk *walk, Goroutine *g);
/* Goes on to the caller; returns false when the bottom frame was left. */
bool walk_next(FrameWalk *walk);
/* Index of the current frame's pc in its function's code; 0 where it is on the function's doorstep. */
uint32_t walk_index(const FrameWalk *walk);
/* Whether traces show the frame: wrappers and the frames that start a program stay hidden. */
bool walk_is_visible(const FrameWalk *walk);

/* Fills pcs[0..n) with the calls under way in g, innermost first, `skip` left out, and returns how many there were room for. As
 * in Go, the machine's own functions that a program may look for are among them: runtime.gopanic, runtime.main, runtime.goexit … */
int traceback_callers(Goroutine *g, int skip, uintptr_t *pcs, int n);
/* Such a pc as g->pc has it, behind the instruction; subtracting one gives it back. */
const void *traceback_behind(uintptr_t pc);
/* A pc for what threads do that run no goroutine. */
typedef enum TracebackIdle { TRACEBACK_SCHEDULER, TRACEBACK_COLLECTOR, TRACEBACK_IDLE_COUNT } TracebackIdle;
uintptr_t traceback_idle_pc(TracebackIdle what);
/* The same for all goroutines, `first` first, as far as there is room: `size` pcs each, with zeros behind. Returns how many
 * goroutines there are. The scheduler is frozen. */
size_t traceback_all_callers(Goroutine *first, uintptr_t *pcs, size_t room, int size);
/* The function that a pc from traceback_callers belongs to, or NULL; *pos gets its place, NO_POS for the machine's own. */
const FuncProto *traceback_function(uintptr_t pc, Pos *pos);

/* Adds g's block: header, frames, who created it. The caller sees to it that g does not run meanwhile, save where it is the running one itself. */
void traceback_write(Goroutine *g, Buf *out);
/* Notes the current folder and what GOTRACEBACK says. Before the program runs. */
void traceback_init(void);
/* How much a panic that ends the program shows: "none", "single" (the goroutine that panics; also for
 * words not known), "all" ("system" and "crash" likewise), or 0, 1, 2. From any thread. */
void traceback_set_level(const char *level);
/* Adds what that level shows where g, the running goroutine, panics. */
void traceback_write_panic(Goroutine *g, Buf *out);
/* Adds the blocks of all goroutines, `first` (may be NULL) first. */
void traceback_write_all(Goroutine *first, Buf *out);

#endif
