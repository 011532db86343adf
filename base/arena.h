/* SPDX-License-Identifier: MIT */
/* Arenas: memory of one lifetime, freed together.
 *
 * A compilation allocates tokens, trees and types here and never frees one of them alone. Blocks
 * come from malloc, are zeroed, and are never scanned by the collector: no pointer into the
 * collected heap may be kept in an arena. An arena belongs to one thread at a time. */
#ifndef MGO_BASE_ARENA_H
#define MGO_BASE_ARENA_H

#include <stddef.h>

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
/* Returns `size` zeroed bytes, aligned to 16. Ends the process with a message when memory is out.
 */
void *arena_alloc(Arena *arena, size_t size);
/* Copies `len` bytes and adds a NUL. */
char *arena_strndup(Arena *arena, const char *text, size_t len);
/* Formats as printf does into the arena. */
char *arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define arena_new(arena, Type)      ((Type *)arena_alloc((arena), sizeof(Type)))
#define arena_array(arena, Type, n) ((Type *)arena_alloc((arena), sizeof(Type) * (size_t)(n)))

#endif
