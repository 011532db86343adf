/* SPDX-License-Identifier: MIT */
/* Panics, recover, Goexit, and the texts of what goes wrong at run time. */
#ifndef MGO_VM_PANIC_H
#define MGO_VM_PANIC_H

#include "base/buf.h"
#include "runtime/g.h"
#include "vm/proto.h"

/* One panic (or Goexit) under way: from the moment it is raised until a recovered one has left the
 * frame it was raised in. */
typedef struct PanicRecord PanicRecord;
struct PanicRecord {   /* collected object; owner only */
    PanicRecord *next; /* raised before this one, further out */
    Iface value;
    uint32_t frame;      /* where it was raised; its deferred calls run above */
    uint32_t call_frame; /* of the deferred call under way, 0: none */
    uint32_t target;     /* frame that deferred that call: where a recovered panic goes on */
    const void *pc;      /* in `frame`, after the instruction that raised it */
    bool is_goexit;
    bool is_signal; /* nil dereference: Go prints a line about the signal */
    bool is_recovered;
    bool is_repanicked; /* its value was recovered and raised again: printed once */
    bool is_printing;
    Buf text; /* what is printed for the value, once known */
};

typedef enum PanicStep {
    PANIC_RUN,  /* go on at g->frame, g->pc: a deferred call, or the epilogue of the frame that
                   recovered */
    PANIC_ENDED /* the goroutine is to end: Goexit is through, or the panic was reported and costs
                   only the goroutine */
} PanicStep;

/* Starts a panic in the running goroutine (frame, live and pc are exact) and takes its first step.
 * A nil value becomes a PanicNilError. */
PanicStep panic_raise(Goroutine *g, Iface value);
/* runtime.Goexit, likewise. */
PanicStep panic_goexit(Goroutine *g);
/* Goes on when a deferred call that a panic made has returned (OP_UNWIND). g->frame is the frame
 * that raised it. */
PanicStep panic_go_on(Goroutine *g);
/* recover() called by the frame whose base is `frame`. */
Iface panic_recover(Goroutine *g, uint32_t frame);
/* Starts the newest deferred call of the current frame, which returns to g->pc. Returns false where
 * there is none. A nil function or a full stack raises: then *step is what panic_raise said; it is
 * PANIC_RUN otherwise. */
bool panic_run_deferred(Goroutine *g, PanicStep *step);
/* Code that deferred calls made by a panic return to. */
extern const Instr panic_unwind_code[1];

/* ---- Values of run-time errors ---- */

/* A runtime.Error that prints "runtime error: " and the text. */
Iface panic_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for an index or a bound out of range. */
Iface panic_bounds_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A runtime.Error that prints just the text. */
Iface panic_plain_error(const char *text);
Iface panic_string(const char *text);
/* The fault of the instruction at pc in proto: `index` is not below `len`. */
Iface panic_index_error(const FuncProto *proto, const Instr *pc, int64_t index, int64_t len);
Iface panic_unhashable_error(const RType *type);
Iface panic_uncomparable_error(const RType *type);
/* The fault of the instruction at pc (SLICE, SLICEP, SLICES) in proto, whose operands are at r. */
Iface panic_slice_error(const FuncProto *proto, const Instr *pc, const Slot *r);
/* A failed assertion; value is what was in the interface, from_type its static type (NULL:
 * "interface"). */
Iface panic_assertion_error(const RType *dynamic, const RType *wanted, const RType *from_type);
/* Raises a nil dereference. */
PanicStep panic_raise_nil(Goroutine *g);

/* ---- Reports ---- */

/* Adds "panic: …" lines for the panics under way on g, innermost last, with Go's marks; may run
 * Error and String methods. */
void panic_print(Goroutine *g, Buf *out);
/* "fatal error: stack overflow" with an abridged trace; ends the process, or (prompt) returns
 * PANIC_ENDED. */
PanicStep panic_stack_overflow(Goroutine *g);

#endif
