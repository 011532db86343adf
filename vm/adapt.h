/* SPDX-License-Identifier: MIT */
/* Functions of shapes that are known only at run time: what reflection calls and is called through.
 *
 * Generated code reaches a function whose frame has a certain number of result and parameter slots
 * from arrays of slots in memory, and the other way round. The code depends on the numbers alone,
 * so each shape is made once and kept. */
#ifndef MGO_VM_ADAPT_H
#define MGO_VM_ADAPT_H

#include "vm/proto.h"

/* One case of a select: its value takes `slots`. */
typedef struct AdaptCase {
    uint32_t slots;
    bool is_send;
} AdaptCase;

/* func(fn, args, results unsafe.Pointer): calls the closure fn with the parameter slots at args and
 * leaves its result slots at results. */
Closure *adapt_call(uint32_t nresults, uint32_t nparams);
/* A function of this shape whose one captured slot is a closure func(frame unsafe.Pointer): that is
 * called with a new object of type `frame`, the parameter slots first, the result slots behind
 * them. `frame` must always be the same for a shape. */
FuncProto *adapt_func(uint32_t nresults, uint32_t nparams, const RType *frame);
/* func(chans, values unsafe.Pointer) (index int, ok bool): the select statement over the channels
 * at chans; each case sends or receives its slots at values, where the cases lie side by side. NULL
 * where the values would not fit into a frame. */
Closure *adapt_select(const AdaptCase *cases, uint32_t n, bool has_default);

#endif
