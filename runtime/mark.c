/* SPDX-License-Identifier: MIT */
/* How the collector goes through objects with pointers and through goroutines.
 *
 * Marking waits for memory: nearly every object it looks at is not in the caches. Two things
 * shorten the waiting.
 *
 *   - Objects made one after the other lie side by side and are mostly found so. The processor
 *     notices that by itself, but anew on each page, and by the time it does the page is nearly
 *     done. So who comes from one block of the heap to the one next to it asks for the beginning
 *     of what comes after that.
 *   - Goroutines go through a queue, twice: they are asked for when they enter and looked at when
 *     they leave, first for the descriptor, then for the stack, whose address the former tells.
 *
 * And GC_mark_and_push is slow with words that look like pointers into the heap and are none, such
 * as addresses of code, for it notes the place as one where nothing should be allocated. So words
 * that many goroutines and their closures hold are given to it once for each part of the register.
 *
 * Objects, descriptors and walkers (below) are of kinds with a mark procedure. It is called with
 * one object, and goes on with what that leads to, for some WORK objects. What it has found and not
 * looked at lies on the collector's mark stack, from `bottom` on: pushed there by
 * GC_mark_and_push, which also sets mark bits and deals with overflow. What is left at the end
 * stays there, and is found by the collector's loop again, in this thread or, as it shares what
 * lies on the stack with threads that have nothing to do, in another. Long objects are looked at in
 * pieces: the rest of one is put on the stack, with its length in the entry, before a piece is
 * begun. For sizes that are common there are kinds of their own, so that the entry tells the size.
 *
 * Overflow of the mark stack drops entries, ours among them, so the top may come to lie below
 * `bottom`, which is lowered then. What is dropped is marked, and the collector looks at all that
 * is marked once more, through the same procedures.
 *
 * Walkers go through the register of goroutines. They are objects of the heap and roots, so that
 * the collector shares them between its threads. Each claims the parts of the register one after
 * the other (g_claim_part), and puts itself on the mark stack before a part is begun, below all
 * that the part leads to. Between claiming a part and being through with it nothing can stop a
 * walker, so when marking has ended, no part is left. Goroutines found on another way before are
 * marked, and not looked at twice. */
#include "runtime/mark.h"

#include "base/fatal.h"
#include "runtime/g.h"
#include "runtime/gc.h"
#include "runtime/stack.h"

#define GC_THREADS
#define GC_NO_THREAD_REDIRECTS
#include <gc.h>
#include <gc/gc_mark.h>

#if GC_VERSION_MAJOR != 8
#error "MarkEntry below has the layout of libgc 8.x: compare it with this version's mark stack"
#endif

enum {
    WORK = 1024, /* objects looked at in one call */
    PIECE = 256, /* words of a long object */
    AHEAD = 8,   /* lines asked for in the next block */
    DEPTH = 16,  /* goroutines in the queue */
    FEW = 8,     /* objects looked at before the next goroutine */
    WALKERS = 16,
    LINE = 64,
    BLOCK = 4096, /* the collector's unit; objects in one have the same size */
    SEEN = 64,    /* words remembered while goroutines are looked at */
    ENV_SHIFT = GC_DS_TAG_BITS + GC_LOG_MAX_MARK_PROCS, /* of the environment in a descr */
};

/* One entry of the collector's mark stack as its 8.x versions lay it out; the public header keeps
 * it opaque. */
typedef struct MarkEntry {
    void *start;
    GC_word descr;
} MarkEntry;

typedef struct GC_ms_entry *Top;

MarkKinds mark_kinds;

/* What entries of our kinds have for descr; fixed after mark_init. An object's descr has the number
 * of its words for environment, or 0. */
static GC_word object_descr, goroutine_descr, walker_descr, range_descr;
static void *walkers[WALKERS];        /* fixed after mark_init */
static _Atomic uint64_t sparse_bytes; /* counted by the markers */
static uint32_t cycle_second; /* when the collection began; written before the world stops */

/* What a call of a mark procedure keeps in mind: where pushing ends, where the heap lies. */
typedef struct Bounds {
    MarkEntry *limit;
    uintptr_t heap, extent;
} Bounds;

/* Goroutines asked for, a ring. */
typedef struct Queue {
    struct {
        Goroutine *g;
        bool has_stack; /* its stack was asked for, too */
    } at[DEPTH];
    uint32_t first, count;
} Queue;

#define INLINE                                                                                     \
    static inline __attribute__((always_inline)) /* so that all of this lies in registers */

INLINE Bounds bounds(Top limit)
{
    Bounds in;
    in.limit = (MarkEntry *)limit;
    in.heap = (uintptr_t)GC_least_plausible_heap_addr;
    in.extent = (uintptr_t)GC_greatest_plausible_heap_addr - in.heap;
    return in;
}

/* Everything below takes the top of the mark stack and returns the new one. */

/* ---- Finding ---- */

INLINE MarkEntry *push(MarkEntry *top, void *start, GC_word descr)
{
    top++;
    top->start = start;
    top->descr = descr;
    return top;
}

/* With `seen`, SEEN words found lately that many goroutines hold, or NULL. */
INLINE MarkEntry *find(MarkEntry *top, Bounds in, void *p, void **seen)
{
    if ((uintptr_t)p - in.heap > in.extent) return top;
    if (seen) {
        void **place = &seen[(uintptr_t)p / GC_GRANULE % SEEN];
        if (*place == p) return top;
        *place = p;
    }
    return (MarkEntry *)GC_mark_and_push(p, (Top)top, (Top)in.limit, NULL);
}

/* ---- Looking ---- */

/* Halves what is long, so that the larger parts lie lower on the stack, where others take them. */
INLINE MarkEntry *look_at_range(MarkEntry *top, Bounds in, void **from, size_t n, void **seen)
{
    enum { GROUP = 4 };
    while (n > PIECE && top + 1 < in.limit) {
        size_t half = n / 2;
        top = push(top, from + half, range_descr | (n - half) << ENV_SHIFT);
        n = half;
    }
    uintptr_t *word = (uintptr_t *)from, *end = word + n;
    for (; n % GROUP; n--) top = find(top, in, (void *)*word++, seen);
    for (; word < end; word += GROUP) {
        /* Small numbers, zero above all, are no pointers, nor is what they combine to. */
        if ((word[0] | word[1] | word[2] | word[3]) < in.heap) continue;
        for (int i = 0; i < GROUP; i++) top = find(top, in, (void *)word[i], seen);
    }
    return top;
}

/* *block is that of the object looked at before. */
INLINE MarkEntry *look_at_object(MarkEntry *top, Bounds in, void *object, GC_word words,
                                 uintptr_t *block, void **seen)
{
    enum { NEAR = 2 };
    if ((uintptr_t)object / BLOCK != *block) {
        intptr_t step = (intptr_t)((uintptr_t)object / BLOCK - *block);
        *block = (uintptr_t)object / BLOCK;
        if (step >= -NEAR && step <= NEAR) {
            intptr_t line = step < 0 ? -LINE : LINE;
            char *ahead = (char *)object + line * (BLOCK / LINE);
            for (int i = 0; i < AHEAD; i++) __builtin_prefetch(ahead + line * i);
        }
    }
    if (!words) words = GC_size(object) / sizeof(void *);
    return look_at_range(top, in, object, words, seen);
}

/* A descriptor may be free (all zero but for the link), in a pool, or alive. The link leads to what
 * is in the register, too, except from one that is free. */
INLINE MarkEntry *look_at_goroutine(MarkEntry *top, Bounds in, Goroutine *g, void **seen)
{
    Stack *stack = atomic_load_explicit(&g->stack, memory_order_acquire);
    if (!stack) return find(top, in, g->sched_next, NULL);
    if (g_is_pooled(g)) return top;
    top = find(top, in, g->waiter.on, seen);
    top = find(top, in, g->waiter.chain, NULL);
    top = find(top, in, g->defers, NULL);
    top = find(top, in, g->panics, NULL);
    top = find(top, in, g->bubble, seen);
    uint8_t state = atomic_load_explicit(&g->state, memory_order_acquire);
    bool is_exact = (state != G_RUNNING && !g->locked) || g->flags & GF_PUBLISHED;
    if (is_exact && stack->nslots > STACK_FIRST_SLOTS && stack_is_sparse(g))
        atomic_fetch_add_explicit(&sparse_bytes, stack->nslots * sizeof(Slot),
                                  memory_order_relaxed);
    if (state == G_PARKED && atomic_load_explicit(&g->wait_since, memory_order_relaxed) == 0)
        atomic_store_explicit(&g->wait_since, cycle_second, memory_order_relaxed);
    uint64_t n = is_exact && g->live < stack->nslots ? g->live : stack->nslots;
    if (n > SEEN) return look_at_range(top, in, &stack->slot[0].p, n, NULL);
    for (uint64_t i = 0; i < n; i++) top = find(top, in, stack->slot[i].p, seen);
    return top;
}

/* ---- Marking ---- */

/* Goes on with the objects found, down to `bottom`, so many of them at most. */
INLINE MarkEntry *go_on(MarkEntry *top, MarkEntry *bottom, Bounds in, int work, uintptr_t *block,
                        void **seen)
{
    const GC_word ours = object_descr;
    for (; top > bottom && work > 0; work--) {
        GC_word env = top->descr >> ENV_SHIFT;
        if (top->descr - (env << ENV_SHIFT) != ours) break; /* for the collector's loop */
        void *object = (top--)->start;
        top = look_at_object(top, in, object, env, block, seen);
    }
    return top;
}

INLINE void ask_for(Queue *queue, Goroutine *g)
{
    uint32_t last = (queue->first + queue->count++) % DEPTH;
    queue->at[last].g = g;
    queue->at[last].has_stack = false;
    __builtin_prefetch(g);
    __builtin_prefetch((char *)g + LINE);
}

/* Takes the goroutine that has been in the queue longest. If it is not to be looked at yet, asks
 * for its stack and returns NULL. */
INLINE Goroutine *take_first(Queue *queue)
{
    Goroutine *g = queue->at[queue->first].g;
    bool is_ready = queue->at[queue->first].has_stack || g_is_pooled(g);
    queue->first = (queue->first + 1) % DEPTH;
    queue->count--;
    if (is_ready) return g;
    char *stack = (char *)atomic_load_explicit(&g->stack, memory_order_acquire);
    __builtin_prefetch(stack);
    __builtin_prefetch(stack + LINE);
    uint32_t last = (queue->first + queue->count++) % DEPTH;
    queue->at[last].g = g;
    queue->at[last].has_stack = true;
    return NULL;
}

INLINE MarkEntry *walk(MarkEntry *top, Bounds in, Goroutine **part, uint64_t n)
{
    void *seen[SEEN] = {NULL};
    Queue queue;
    queue.first = queue.count = 0;
    uintptr_t block = 0;
    MarkEntry *bottom = top;
    while (n > 0 || queue.count > 0) {
        Goroutine *g;
        if (top < bottom) bottom = top;
        if (n > 0 && queue.count < DEPTH) {
            MarkEntry *found = find(top, in, *part, NULL);
            if (found > top)
                ask_for(&queue, *part);
            else
                top = found;
            part++;
            n--;
        } else if ((g = take_first(&queue))) {
            top = look_at_goroutine(top, in, g, seen);
            top = go_on(top, bottom, in, FEW, &block, seen);
        }
    }
    return top;
}

/* These the collector's loop calls for an entry of the kind. */

static Top mark_object(GC_word *addr, Top old_top, Top limit, GC_word env)
{
    MarkEntry *top = (MarkEntry *)old_top, *bottom = top;
    Bounds in = bounds(limit);
    uintptr_t block = 0;
    top = look_at_object(top, in, addr, env, &block, NULL);
    return (Top)go_on(top, bottom, in, WORK, &block, NULL);
}

static Top mark_range(GC_word *addr, Top old_top, Top limit, GC_word env)
{
    MarkEntry *top = (MarkEntry *)old_top, *bottom = top;
    Bounds in = bounds(limit);
    uintptr_t block = 0;
    top = look_at_range(top, in, (void **)addr, env, NULL);
    return (Top)go_on(top, bottom, in, WORK, &block, NULL);
}

static Top mark_goroutine(GC_word *addr, Top old_top, Top limit, GC_word env)
{
    (void)env;
    Goroutine *g = (Goroutine *)addr;
    Bounds in = bounds(limit);
    MarkEntry *top = find((MarkEntry *)old_top, in, g->sched_next, NULL);
    return (Top)look_at_goroutine(top, in, g, NULL);
}

static Top mark_walker(GC_word *addr, Top top, Top limit, GC_word env)
{
    (void)env;
    uint64_t n;
    Goroutine **part = g_claim_part(&n);
    if (!part) return top;
    return (Top)walk(push((MarkEntry *)top, addr, walker_descr), bounds(limit), part, n);
}

/* ---- Setting up ---- */

static int new_kind(GC_word descr)
{
    return (int)GC_new_kind(GC_new_free_list(), descr, 0, 1);
}

void mark_init(void)
{
    object_descr = GC_MAKE_PROC(GC_new_proc(mark_object), 0);
    goroutine_descr = GC_MAKE_PROC(GC_new_proc(mark_goroutine), 0);
    walker_descr = GC_MAKE_PROC(GC_new_proc(mark_walker), 0);
    range_descr = GC_MAKE_PROC(GC_new_proc(mark_range), 0);
    mark_kinds.goroutine = new_kind(goroutine_descr);
    mark_kinds.object[0] = new_kind(object_descr);
    for (GC_word i = 1; i < MARK_SIZES; i++) {
        GC_word words = i * GC_GRANULE / sizeof(void *);
        mark_kinds.object[i] = new_kind(object_descr | words << ENV_SHIFT);
    }
    int walker_kind = new_kind(walker_descr);
    for (int i = 0; i < WALKERS; i++) {
        walkers[i] = GC_generic_malloc(GC_GRANULE, walker_kind);
        if (!walkers[i]) fatal_out_of_memory();
    }
}

void mark_push_roots(void)
{
    GC_push_all(walkers, walkers + WALKERS);
}

void mark_begin(uint32_t second)
{
    atomic_store(&sparse_bytes, 0);
    cycle_second = second;
}

uint64_t mark_sparse_bytes(void)
{
    return atomic_load(&sparse_bytes);
}
