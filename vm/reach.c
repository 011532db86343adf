/* SPDX-License-Identifier: MIT */
/* A walk over the heap as the collector would make it: every word that may be a pointer is taken
 * for one. It stops at goroutine descriptors and at waiters in the queues of channels, which lead
 * to descriptors: a channel in common does not give one goroutine what the other has. */
#include "vm/reach.h"

#include "base/fatal.h"
#include "base/vec.h"
#include "runtime/gc.h"
#include "vm/frame.h"

#include <stdlib.h>

enum { OBJECTS_MAX = 20000, WORDS_MAX = 1 << 16, SET_SIZE = 1 << 16 };

typedef struct Reach {
    Goroutine *const *all;
    size_t nall;
    const void *const *targets;
    size_t ntargets;
    bool *found;
    const void **seen; /* a hash set of the objects met */
    VEC(const void *) todo;
    size_t nobjects;
} Reach;

static bool is_goroutine(const Reach *reach, const void *p)
{
    size_t low = 0, high = reach->nall;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if ((const void *)reach->all[mid] == p) return true;
        if ((const void *)reach->all[mid] < p)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

/* Whether the object was not met before. */
static bool note(Reach *reach, const void *base)
{
    size_t at = ((uintptr_t)base >> 4) * 0x9E3779B97F4A7C15u >> 48;
    while (reach->seen[at] && reach->seen[at] != base) at = (at + 1) % SET_SIZE;
    if (reach->seen[at]) return false;
    reach->seen[at] = base;
    return true;
}

static void look_at_word(Reach *reach, const void *word)
{
    if ((uintptr_t)word < 4096) return;
    const void *base = gc_base(word, NULL);
    if (!base || reach->nobjects == OBJECTS_MAX || !note(reach, base)) return;
    reach->nobjects++;
    bool is_waiter = is_goroutine(reach, *(const void *const *)base);
    if (is_goroutine(reach, base) || is_waiter) return;
    for (size_t i = 0; i < reach->ntargets; i++)
        if (gc_base(reach->targets[i], NULL) == base) reach->found[i] = true;
    vec_push(&reach->todo, base);
}

static void look_at_words(Reach *reach, const void *from, size_t n)
{
    const void *const *words = from;
    for (size_t i = 0; i < n && i < WORDS_MAX; i++) look_at_word(reach, words[i]);
}

void reach_from(Goroutine *g, Goroutine *const *all, size_t nall, const void *const *targets,
                size_t ntargets, bool *found)
{
    Reach reach = {
        .all = all, .nall = nall, .targets = targets, .ntargets = ntargets, .found = found};
    reach.seen = calloc(SET_SIZE, sizeof *reach.seen);
    if (!reach.seen) fatal_out_of_memory();
    for (size_t i = 0; i < ntargets; i++) found[i] = false;
    look_at_words(&reach, stack_base(g), g->live);
    look_at_word(&reach, g->defers);
    while (reach.todo.len > 0) {
        const void *object = vec_pop(&reach.todo);
        size_t size;
        gc_base(object, &size);
        look_at_words(&reach, object, size / sizeof(void *));
    }
    vec_free(&reach.todo);
    free(reach.seen);
}
