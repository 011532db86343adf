/* SPDX-License-Identifier: MIT */
/* Arenas hand out memory from the end of the newest block.
 *
 * Blocks double from 8 KB to 4 MB. A request too large for the newest block gets a block of its
 * own, put behind the newest, so that the rest of that one is not lost. Small blocks come from
 * calloc, larger ones straight from the kernel: pages never used are never touched.
 * The largest are aligned to the processor's large pages and the kernel is asked for those: a big
 * program's tree is written once and then visited in all directions, so that page faults and
 * misses of the address cache would take a tenth of the time each. */
#include "base/arena.h"
#include "base/fatal.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { FIRST_BLOCK = 8 << 10, MAPPED_BLOCK = 32 << 10, LAST_BLOCK = 4 << 20, LARGE_PAGE = 2 << 20 };

struct ArenaBlock {
    ArenaBlock *older;
    size_t size; /* bytes in the whole block, this head included */
};

#define HEAD ((sizeof(ArenaBlock) + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1))

static void *map_pages(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

/* A block of LAST_BLOCK bytes on large pages, or NULL. */
static void *map_large_pages(void)
{
    size_t size = LAST_BLOCK + LARGE_PAGE;
    char *all = map_pages(size);
    if (!all) return NULL;
    char *start = (char *)(((uintptr_t)all + LARGE_PAGE - 1) & ~(uintptr_t)(LARGE_PAGE - 1));
    char *end = start + LAST_BLOCK;
    if (start > all) munmap(all, (size_t)(start - all));
    if (end < all + size) munmap(end, (size_t)(all + size - end));
    madvise(start, LAST_BLOCK, MADV_HUGEPAGE); /* a wish: where it fails, small pages do */
    return start;
}

static ArenaBlock *new_block(size_t size)
{
    ArenaBlock *block = size == LAST_BLOCK     ? map_large_pages()
                        : size >= MAPPED_BLOCK ? map_pages(size)
                                               : calloc(1, size);
    if (!block) fatal_out_of_memory();
    block->size = size;
    return block;
}

static void free_block(ArenaBlock *block)
{
    if (block->size >= MAPPED_BLOCK) {
        munmap(block, block->size);
    } else {
        free(block);
    }
}

void arena_init(Arena *arena)
{
    *arena = (Arena){0};
}

void arena_free(Arena *arena)
{
    ArenaBlock *block = arena->blocks;
    while (block) {
        ArenaBlock *older = block->older;
        free_block(block);
        block = older;
    }
    arena_init(arena);
}

/* A block of its own for a large request. */
static void *alloc_large(Arena *arena, size_t size)
{
    ArenaBlock *block = new_block(HEAD + size + (HEAD + size == LAST_BLOCK));
    if (arena->blocks) {
        block->older = arena->blocks->older;
        arena->blocks->older = block;
    } else {
        arena->blocks = block; /* next and end stay NULL: the next request makes a proper block */
    }
    return (char *)block + HEAD;
}

void *arena_alloc_slow(Arena *arena, size_t size)
{
    if (size > PTRDIFF_MAX - 2 * LAST_BLOCK) fatal_out_of_memory();
    arena->used += size;
    if (size > LAST_BLOCK / 4) return alloc_large(arena, size);
    size_t block_size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
    if (block_size > LAST_BLOCK) block_size = LAST_BLOCK;
    while (block_size < HEAD + size) block_size *= 2;
    ArenaBlock *block = new_block(block_size);
    block->older = arena->blocks;
    arena->blocks = block;
    arena->next = (char *)block + HEAD + size;
    arena->end = (char *)block + block_size;
    return (char *)block + HEAD;
}

char *arena_strndup(Arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
    memcpy(copy, text, len);
    return copy;
}

char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) fatal("arena: bad format \"%s\"", format);
    char *text = arena_alloc(arena, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}
