/* SPDX-License-Identifier: MIT */
/* Blocks lie in chunks, so that the code that counts can hold their addresses. */
#include "base/cover.h"

#include "base/fatal.h"
#include "base/vec.h"

#include <stdlib.h>

enum { CHUNK = 1024 };

static VEC(CoverBlock *) chunks;
static uint32_t count;

CoverBlock *cover_add(Pos start, Pos end, uint32_t stmts)
{
    if (count % CHUNK == 0) {
        CoverBlock *chunk = calloc(CHUNK, sizeof *chunk);
        if (!chunk) fatal_out_of_memory();
        vec_push(&chunks, chunk);
    }
    CoverBlock *block = cover_block(count++);
    block->start = start;
    block->end = end;
    block->stmts = stmts;
    return block;
}

uint32_t cover_count(void)
{
    return count;
}

CoverBlock *cover_block(uint32_t i)
{
    return &chunks.at[i / CHUNK][i % CHUNK];
}
