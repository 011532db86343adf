/* SPDX-License-Identifier: MIT */
/* Vectors grow by doubling, beginning with eight elements. */
#include "base/vec.h"
#include "base/fatal.h"

#include <stdint.h>
#include <stdlib.h>

void *vec_grow(void *at, size_t *cap, size_t need, size_t size)
{
    size_t grown = *cap ? *cap * 2 : 8;
    if (grown < need) grown = need;
    if (grown > PTRDIFF_MAX / size) fatal_out_of_memory();
    at = realloc(at, grown * size);
    if (!at) fatal_out_of_memory();
    *cap = grown;
    return at;
}

void vec_release(void *at)
{
    free(at);
}
