/* SPDX-License-Identifier: MIT */
/* Arenas: memory of one lifetime, freed together.
 *
 * A compilation allocates tokens, trees and types here and never frees one of them alone. Blocks
 * are zeroed and are never scanned by the collector: no pointer into the
 * collected heap may be kept in an arena. An arena belongs to one thread at a time. */
#ifndef MGO_BASE_ARENA_H
#define MGO_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

enum { ARENA_ALIGN = 8 };

typedef struct ArenaBlock ArenaBlock;

typedef struct Arena {
    ArenaBlock *blocks; /* newest first; each holds a link and its memory */
    char *next;         /* first free byte of the newest block */
    char *end;          /* one past its last byte */
    size_t used;        /* bytes handed out since arena_init, for statistics */
} Arena;

/* Makes an empty arena; allocates nothing yet. */
void arena_init(Arena *arena);
/* Frees every block; the arena may be used again. */
void arena_free(Arena *arena);
/* What arena_alloc does when the newest block has no room. */
void *arena_alloc_slow(Arena *arena, size_t size);
/* Returns `size` zeroed bytes, aligned to ARENA_ALIGN. Ends the process with a message when memory
 * is out. */
static inline void *arena_alloc(Arena *arena, size_t size)
{
    size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (size > (size_t)(arena->end - arena->next)) return arena_alloc_slow(arena, size);
    void *result = arena->next;
    arena->next += size;
    arena->used += size;
    return result;
}
/* Copies `len` bytes and adds a NUL. */
char *arena_strndup(Arena *arena, const char *text, size_t len);
/* Formats as printf does into the arena. */
char *arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define arena_new(arena, Type)      ((Type *)arena_alloc((arena), sizeof(Type)))
#define arena_array(arena, Type, n) ((Type *)arena_alloc((arena), sizeof(Type) * (size_t)(n)))

#endif
