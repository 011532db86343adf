/* SPDX-License-Identifier: MIT */
/* Arithmetic that is too long for its instruction. */
#ifndef MGO_VM_NUMBER_H
#define MGO_VM_NUMBER_H

#include "vm/proto.h"

/* to[0:2] = x[0:2] / y[0:2] (complex128; they may be the same slots), keeping infinities and zeros
 * as C's Annex G wants them. */
void number_divide_complex(Slot *to, const Slot *x, const Slot *y);

#endif
