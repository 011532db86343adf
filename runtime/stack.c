/* SPDX-License-Identifier: MIT */
/* Goroutine stacks.
 *
 *     Stack:  | nslots | slot[0] slot[1] … slot[live-1] | …unused… slot[nslots-1] |
 *
 * A stack has 96 bytes with its header, 128, and so on in steps of 32 to 256, then 512 and so on by
 * doubling to 1 GB: most goroutines need little, and how little is known for those that begin with
 * the same function (vm/frame.c).
 *
 * Up to 32 KB, those of one size are cut from slabs: mappings of 256 KB, aligned to their size, so
 * that a stack's slab is found by masking its address.
 *
 *     Slab:   | head | stack | stack | …not yet cut… |
 *
 * Each processor keeps a few free stacks of every class and trades them with the shared pools in
 * batches, so the common case takes no lock. A slab whose stacks are all free goes back to the
 * system, but for a reserve that keeps a program from mapping and unmapping at every wave. Larger
 * stacks are mapped and unmapped one by one.
 *
 * Growing: nothing points into a stack, so the contents are copied into twice the size and one
 * store of g->stack publishes the new one. The collector, which may stop the world at any
 * instruction, finds a whole stack before the store and a whole one after it. The old one can be
 * freed at once: g is running, and wakers write only into stacks of parked goroutines. */
#include "runtime/stack.h"

#include "base/fatal.h"
#include "runtime/event.h"
#include "runtime/lock.h"
#include "runtime/proc.h"

#include <string.h>
#include <sys/mman.h>

enum {
    SLAB_SIZE = 256 << 10,
    SLAB_HEAD = 64, /* bytes; keeps stacks off the head's cache line */
    FIRST_BYTES = 96,
    STEP_BYTES = 32,
    DOUBLED_FROM = 256,
    DOUBLED_CLASS = (DOUBLED_FROM - FIRST_BYTES) / STEP_BYTES,
    MAPPED_FROM = DOUBLED_FROM << (STACK_CLASSES - DOUBLED_CLASS),
    CACHE_BYTES = 32 << 10,   /* of a class in one cache; at least four stacks */
    RESERVE_BYTES = 32 << 20, /* of free slabs, all classes together */
};

typedef struct FreeStack {
    struct FreeStack *next;
} FreeStack;

typedef struct Slab {
    struct Slab *prev, *next; /* in its class's list of slabs with free stacks */
    FreeStack *free;
    uint32_t nused;
    uint32_t next_cut; /* offset of the first stack never handed out */
    uint32_t size;     /* bytes of a stack; fixed */
    uint32_t class;    /* fixed */
} Slab;

_Static_assert(sizeof(Slab) <= SLAB_HEAD, "a slab's head must fit before its first stack");

/* Guarded by pool_lock. */
static Lock pool_lock;
static Slab *slabs[STACK_CLASSES];   /* those with room */
static Slab *free_slabs;             /* wholly free, uncut, of no class; linked by next */
static char *new_slabs, *new_end;    /* likewise, never used: no page of them was touched */
static _Atomic uint64_t nfree_slabs; /* read without the lock by stack_bytes */

static _Atomic uint64_t mapped_bytes, ncopies, largest;
static _Atomic uint64_t max_slots = STACK_MAX_SLOTS;

/* ---- Classes ---- */

static uint64_t class_bytes(uint32_t class)
{
    return class < DOUBLED_CLASS ? FIRST_BYTES + class * STEP_BYTES
                                 : (uint64_t)DOUBLED_FROM << (class - DOUBLED_CLASS);
}

/* The least class that has so many bytes; STACK_CLASSES and more are mapped. */
static uint32_t class_of(uint64_t bytes)
{
    if (bytes <= FIRST_BYTES) return 0;
    if (bytes <= DOUBLED_FROM)
        return (uint32_t)((bytes - FIRST_BYTES + STEP_BYTES - 1) / STEP_BYTES);
    return DOUBLED_CLASS + 64 - (uint32_t)__builtin_clzll((bytes - 1) / DOUBLED_FROM);
}

/* ---- Slabs; pool_lock is held ---- */

static void *map(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
    if (p == MAP_FAILED) fatal_out_of_memory();
    uint64_t before = atomic_fetch_add_explicit(&mapped_bytes, size, memory_order_relaxed);
    if (!gc_note_stacks(before + size)) fatal_out_of_memory();
    return p;
}

static void unmap(void *p, size_t size)
{
    munmap(p, size);
    uint64_t before = atomic_fetch_sub_explicit(&mapped_bytes, size, memory_order_relaxed);
    gc_note_stacks(before - size);
}

/* A run of slabs is mapped at once, since an aligned one costs a trim at both ends. */
static void map_slabs(void)
{
    enum { RUN = 15 };
    char *p = map((size_t)(RUN + 1) * SLAB_SIZE);
    char *first = (char *)(((uintptr_t)p + SLAB_SIZE - 1) & -(uintptr_t)SLAB_SIZE);
    char *end = p + (size_t)(RUN + 1) * SLAB_SIZE;
    if (first > p) unmap(p, first - p);
    if (end > first + (size_t)RUN * SLAB_SIZE)
        unmap(first + (size_t)RUN * SLAB_SIZE, end - first - (size_t)RUN * SLAB_SIZE);
    new_slabs = first;
    new_end = first + (size_t)RUN * SLAB_SIZE;
    nfree_slabs += RUN;
}

static Slab *take_free_slab(void)
{
    if (!free_slabs && new_slabs == new_end) map_slabs();
    Slab *slab = free_slabs;
    if (slab) {
        free_slabs = slab->next;
    } else {
        slab = (Slab *)new_slabs;
        new_slabs += SLAB_SIZE;
    }
    nfree_slabs--;
    return slab;
}

static void link_slab(Slab *slab)
{
    slab->prev = NULL;
    slab->next = slabs[slab->class];
    if (slab->next) slab->next->prev = slab;
    slabs[slab->class] = slab;
}

static void unlink_slab(Slab *slab)
{
    if (slab->prev)
        slab->prev->next = slab->next;
    else
        slabs[slab->class] = slab->next;
    if (slab->next) slab->next->prev = slab->prev;
}

static bool is_full(const Slab *slab)
{
    return !slab->free && slab->next_cut + slab->size > SLAB_SIZE;
}

static Slab *slab_with_room(uint32_t class)
{
    if (slabs[class]) return slabs[class];
    Slab *slab = take_free_slab();
    slab->free = NULL;
    slab->nused = 0;
    slab->class = class;
    slab->size = (uint32_t)class_bytes(class);
    slab->next_cut = slab->size > SLAB_HEAD ? slab->size : SLAB_HEAD;
    link_slab(slab);
    return slab;
}

static FreeStack *cut(uint32_t class)
{
    Slab *slab = slab_with_room(class);
    FreeStack *stack = slab->free;
    if (stack) {
        slab->free = stack->next;
    } else {
        stack = (FreeStack *)((char *)slab + slab->next_cut);
        slab->next_cut += slab->size;
    }
    slab->nused++;
    if (is_full(slab)) unlink_slab(slab);
    return stack;
}

static void give_back(FreeStack *stack)
{
    Slab *slab = (Slab *)((uintptr_t)stack & -(uintptr_t)SLAB_SIZE);
    if (is_full(slab)) link_slab(slab);
    stack->next = slab->free;
    slab->free = stack;
    if (--slab->nused > 0) return;
    unlink_slab(slab);
    if ((nfree_slabs + 1) * SLAB_SIZE > RESERVE_BYTES) {
        unmap(slab, SLAB_SIZE);
    } else {
        slab->next = free_slabs;
        free_slabs = slab;
        nfree_slabs++;
    }
}

/* ---- The processors' caches ---- */

static uint32_t cache_max(uint32_t class)
{
    uint32_t n = (uint32_t)(CACHE_BYTES / class_bytes(class));
    return n < 4 ? 4 : n;
}

/* Takes no more than the slab gave so far, but a page: what is taken is written to, and a short
 * program needs few. */
static void refill(StackCache *cache, uint32_t class)
{
    enum { PAGE = 4096 };
    uint32_t n = cache_max(class) / 2, few = (uint32_t)(PAGE / class_bytes(class)) + 1;
    lock_take_ranked(&pool_lock, RANK_STACK);
    uint32_t nused = slab_with_room(class)->nused;
    if (nused < n) n = nused > few ? nused : few < n ? few : n;
    for (uint32_t i = 0; i < n; i++) {
        FreeStack *stack = cut(class);
        stack->next = cache->free[class];
        cache->free[class] = stack;
    }
    lock_release(&pool_lock);
    cache->nfree[class] += n;
}

static void drain(StackCache *cache, uint32_t class, uint32_t keep)
{
    lock_take_ranked(&pool_lock, RANK_STACK);
    while (cache->nfree[class] > keep) {
        FreeStack *stack = cache->free[class];
        cache->free[class] = stack->next;
        cache->nfree[class]--;
        give_back(stack);
    }
    lock_release(&pool_lock);
}

void stack_cache_drain(StackCache *cache)
{
    for (uint32_t class = 0; class < STACK_CLASSES; class ++) drain(cache, class, 0);
}

static FreeStack *take(StackCache *cache, uint32_t class)
{
    FreeStack *stack;
    if (cache) {
        if (!cache->free[class]) refill(cache, class);
        stack = cache->free[class];
        cache->free[class] = stack->next;
        cache->nfree[class]--;
        return stack;
    }
    lock_take_ranked(&pool_lock, RANK_STACK);
    stack = cut(class);
    lock_release(&pool_lock);
    return stack;
}

/* ---- For everybody ---- */

Stack *stack_new(StackCache *cache, uint64_t nslots)
{
    uint32_t class = class_of((nslots + 1) * sizeof(Slot));
    uint64_t bytes = class_bytes(class);
    Stack *stack = class < STACK_CLASSES ? (Stack *)take(cache, class) : map(bytes);
    stack->nslots = bytes / sizeof(Slot) - 1;
    return stack;
}

void stack_free(StackCache *cache, Stack *stack)
{
    uint64_t bytes = (stack->nslots + 1) * sizeof(Slot);
    if (bytes >= MAPPED_FROM) {
        unmap(stack, bytes);
        return;
    }
    uint32_t class = class_of(bytes);
    FreeStack *free_stack = (FreeStack *)stack;
    if (cache) {
        if (cache->nfree[class] >= cache_max(class)) drain(cache, class, cache_max(class) / 2);
        free_stack->next = cache->free[class];
        cache->free[class] = free_stack;
        cache->nfree[class]++;
        return;
    }
    lock_take_ranked(&pool_lock, RANK_STACK);
    give_back(free_stack);
    lock_release(&pool_lock);
}

void stack_trim(uint64_t keep)
{
    lock_take_ranked(&pool_lock, RANK_STACK);
    while (nfree_slabs > 0 && nfree_slabs * SLAB_SIZE > keep) unmap(take_free_slab(), SLAB_SIZE);
    lock_release(&pool_lock);
}

/* ---- Growing and shrinking ---- */

static void note_largest(uint64_t bytes)
{
    uint64_t most = atomic_load_explicit(&largest, memory_order_relaxed);
    while (bytes > most && !atomic_compare_exchange_weak(&largest, &most, bytes)) {
    }
}

/* Copies the first `used` slots into a stack of `nslots` and puts it in the old one's place. */
static void move(Goroutine *g, uint64_t nslots, uint64_t used)
{
    StackCache *cache = proc_stack_cache();
    Stack *old = atomic_load_explicit(&g->stack, memory_order_relaxed);
    Stack *stack = stack_new(cache, nslots);
    memcpy(stack->slot, old->slot, used * sizeof(Slot));
    atomic_store_explicit(&g->stack, stack, memory_order_release);
    stack_free(cache, old);
    atomic_fetch_add_explicit(&ncopies, 1, memory_order_relaxed);
    note_largest(nslots * sizeof(Slot));
    event_note(EVENT_STACK, g, nslots * sizeof(Slot));
}

bool stack_grow(Goroutine *g, uint64_t need)
{
    Stack *stack = atomic_load_explicit(&g->stack, memory_order_relaxed);
    if (need >= atomic_load_explicit(&max_slots, memory_order_relaxed)) return false;
    uint64_t least = need <= STACK_FIRST_SLOTS ? need : stack->nslots * 2 + 1;
    if (need > stack->nslots) move(g, need > least ? need : least, stack->nslots);
#ifdef MGO_STRESS_STACK
    else
        move(g, stack->nslots, stack->nslots);
#endif
    return true;
}

uint64_t stack_set_max(uint64_t nslots)
{
    return atomic_exchange(&max_slots, nslots);
}

bool stack_is_sparse(const Goroutine *g)
{
    const Stack *stack = atomic_load_explicit(&g->stack, memory_order_relaxed);
    return stack && stack->nslots > STACK_FIRST_SLOTS && g->live < stack->nslots / 4;
}

void stack_shrink(Goroutine *g)
{
    if (stack_is_sparse(g))
        move(g, atomic_load_explicit(&g->stack, memory_order_relaxed)->nslots / 2, g->live);
}

uint64_t stack_bytes(void)
{
    return atomic_load_explicit(&mapped_bytes, memory_order_relaxed) - nfree_slabs * SLAB_SIZE;
}

uint64_t stack_free_bytes(void)
{
    return nfree_slabs * SLAB_SIZE;
}

uint64_t stack_largest(void)
{
    uint64_t n = atomic_load_explicit(&largest, memory_order_relaxed);
    return n ? n : (STACK_FIRST_SLOTS + 1) * sizeof(Slot);
}

uint64_t stack_copies(void)
{
    return atomic_load_explicit(&ncopies, memory_order_relaxed);
}
