/* SPDX-License-Identifier: MIT */
/* The order in which a package's variables are initialised. */
#ifndef MGO_TYPES_INITORDER_H
#define MGO_TYPES_INITORDER_H

#include "types/checker.h"

/* Fills package->inits from the package's objects; reports initialisation cycles. */
void find_init_order(Checker *c, Object **objects, size_t n);

#endif
