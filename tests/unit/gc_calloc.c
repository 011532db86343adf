/* SPDX-License-Identifier: MIT */
/* gc.h on calloc, freeing nothing: stands in for runtime/gc.c where the scheduler's tests run under
 * the thread sanitizer, which does not know Boehm's way of stopping threads. */
#include "runtime/gc.h"

#include "runtime/g.h"
#include "runtime/stack.h"

#include <stdlib.h>

__thread GcCache *gc_cache;

static void *get(size_t size)
{
    void *p = calloc(1, size ? size : 1);
    if (!p) abort();
    return p;
}

void gc_init(int64_t memory_limit)
{
    (void)memory_limit;
}

void *gc_new(size_t size)
{
    return get(size);
}

void *gc_new_bytes(size_t size)
{
    return gc_new(size);
}

void *gc_new_leaf(size_t size)
{
    return get(size);
}

void *gc_new_type(const RType *type, uint64_t n)
{
    return get(type->size * n);
}

void *gc_globals_alloc(size_t size)
{
    return get(size);
}

void *gc_globals_alloc_leaf(size_t size)
{
    return get(size);
}

void *gc_root_alloc(size_t size)
{
    return get(size);
}

bool gc_note_stacks(uint64_t bytes)
{
    (void)bytes;
    return true;
}

void gc_note_malloc(void)
{
}

void gc_root_free(void *p)
{
    free(p);
}

void gc_new_goroutines(Goroutine **chain)
{
    for (int i = 0; i < 16; i++) {
        Goroutine *g = get(sizeof *g);
        g->sched_next = *chain;
        *chain = g;
    }
}

void gc_collect(void)
{
}

uint64_t gc_allocated_bytes(void)
{
    return 0;
}

uint64_t gc_mapped_bytes(void)
{
    return 0;
}

void gc_free_os(int64_t patience_ns)
{
    g_release_idle(patience_ns);
}

bool gc_has_finalizers(void)
{
    return false;
}

void gc_run_finalizers(void)
{
}

uint64_t gc_cycle(void)
{
    return 0;
}

uint64_t gc_sparse_bytes(void)
{
    return 0;
}

void gc_cache_register(GcCache *cache)
{
    (void)cache;
}

void gc_set_roots(void (*push)(void))
{
    (void)push;
}

void gc_push_range(void *from, void *to)
{
    (void)from;
    (void)to;
}

int gc_thread_create(pthread_t *thread, void *(*run)(void *), void *arg, size_t stack_size)
{
    (void)stack_size; /* the sanitizer wants its own */
    int error = pthread_create(thread, NULL, run, arg);
    if (!error) pthread_detach(*thread);
    return error;
}

void *gc_do_blocking(void *(*fn)(void *), void *arg)
{
    return fn(arg);
}

void gc_stats(GcStats *out)
{
    *out = (GcStats){.stacks = stack_bytes()};
}
