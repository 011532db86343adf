/* SPDX-License-Identifier: MIT */
/* Coverage: the parts of the source whose runs are counted. Filled before the program runs. */
#ifndef MGO_BASE_COVER_H
#define MGO_BASE_COVER_H

#include "base/source.h"

#include <stdatomic.h>

typedef struct CoverBlock {
    Pos start, end; /* end: one past the last byte */
    uint32_t stmts;
    _Atomic uint32_t count; /* how often it was run, wrapping; added to by the program's threads */
} CoverBlock;

/* Adds a block, whose address stays. */
CoverBlock *cover_add(Pos start, Pos end, uint32_t stmts);
/* Blocks added so far, and the one of that number, from 0. */
uint32_t cover_count(void);
CoverBlock *cover_block(uint32_t i);

#endif
