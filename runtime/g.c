/* SPDX-License-Identifier: MIT */
/* A goroutine's life, from pool to pool.
 *
 * Ended goroutines wait in their processor's pool with their first stack still on them, so that go
 * and return cost a pop and a push. Pools trade batches with a shared one under a lock.
 *
 * Every descriptor, alive or pooled, stands in the register: chunks of pointers that are a root of
 * the collector. Standing there for as long as it exists, it needs no list links and no lock when
 * goroutines come and go; g_release_idle alone takes descriptors out. */
#include "runtime/g.h"

#include "base/fatal.h"
#include "runtime/proc.h"
#include "runtime/worker.h"

#include <stdlib.h>
#include <string.h>

enum { POOL_MAX = 256, POOL_BATCH = 64, ID_BATCH = 16, CHUNK_MAX = 510 };

typedef struct Chunk {
    struct Chunk *next;
    _Atomic uint64_t count; /* raised after the pointer is in its place, since the collector may
                               look at any time */
    Goroutine *at[CHUNK_MAX];
} Chunk;

/* Guarded by pool_lock; the collector reads chunks with the world stopped. */
static Lock pool_lock;
static _Atomic(Chunk *)
    chunks; /* newest first; only the newest has room, or all that follow after g_release_idle */
static Goroutine *bare_pool;          /* ended goroutines without stack, by sched_next */
static Goroutine *shared_pool;        /* by sched_next; the register keeps them alive */
static _Atomic uint64_t shared_count; /* read without the lock by who would take */
static _Atomic bool has_bare;         /* likewise */

/* ---- The register ---- */

static bool is_hidden; /* written while frozen */

void g_hide(bool hidden)
{
    is_hidden = hidden;
}

static _Atomic(Chunk *) unclaimed; /* chunks not yet looked at in this collection, by next */

/* The register is a root that the collector's threads go through by themselves (mark.c). */
static void begin_parts(void)
{
    atomic_store(&unclaimed, is_hidden ? NULL : atomic_load(&chunks));
}

Goroutine **g_claim_part(uint64_t *n)
{
    Chunk *chunk = atomic_load(&unclaimed);
    while (chunk && !atomic_compare_exchange_weak(&unclaimed, &chunk, chunk->next)) {
    }
    *n = chunk ? atomic_load(&chunk->count) : 0;
    return chunk ? chunk->at : NULL;
}

void g_init(void)
{
    gc_set_roots(begin_parts);
}

static void register_one(Goroutine *g)
{
    Chunk *chunk = atomic_load_explicit(&chunks, memory_order_relaxed);
    if (!chunk || chunk->count == CHUNK_MAX) {
        chunk = malloc(sizeof *chunk);
        if (!chunk) fatal_out_of_memory();
        chunk->next = atomic_load_explicit(&chunks, memory_order_relaxed);
        atomic_init(&chunk->count, 0);
        atomic_store(&chunks, chunk);
    }
    uint64_t n = atomic_load_explicit(&chunk->count, memory_order_relaxed);
    chunk->at[n] = g;
    atomic_store_explicit(&chunk->count, n + 1, memory_order_release);
}

/* Moves what is not dead together, so that at every moment each living one stands somewhere; frees
 * the chunks left over. */
static void compact_register(void)
{
    Chunk *to = atomic_load(&chunks);
    if (!to) return;
    uint64_t n = 0;
    for (Chunk *from = to; from; from = from->next) {
        uint64_t count_from = atomic_load(&from->count);
        for (uint64_t i = 0; i < count_from; i++) {
            Goroutine *g = from->at[i];
            if (atomic_load_explicit(&g->state, memory_order_relaxed) == G_DEAD) continue;
            if (n == atomic_load(&to->count)) {
                to = to->next;
                n = 0;
            }
            to->at[n++] = g;
        }
    }
    Chunk *rest = to->next;
    to->next = NULL;
    atomic_store(&to->count, n);
    while (rest) {
        Chunk *next = rest->next;
        free(rest);
        rest = next;
    }
}

/* ---- Pools ---- */

static void take_shared(Proc *p)
{
    lock_take_ranked(&pool_lock, RANK_POOL);
    while ((shared_pool || bare_pool) && p->pool_count < POOL_BATCH) {
        Goroutine **from = shared_pool ? &shared_pool : &bare_pool, *g = *from;
        *from = g->sched_next;
        if (from == &shared_pool) shared_count--;
        g->sched_next = p->pool;
        p->pool = g;
        p->pool_count++;
    }
    has_bare = bare_pool != NULL;
    lock_release(&pool_lock);
}

static void give_shared(Proc *p, uint32_t keep)
{
    lock_take_ranked(&pool_lock, RANK_POOL);
    while (p->pool_count > keep) {
        Goroutine *g = p->pool;
        p->pool = g->sched_next;
        p->pool_count--;
        g->sched_next = shared_pool;
        shared_pool = g;
        shared_count++;
    }
    lock_release(&pool_lock);
}

void g_pool_drain(Proc *p)
{
    give_shared(p, 0);
}

/* More are alive than ever only where a descriptor is used for the first time, since others come
 * from a pool that is not empty; so this is the place to count them. */
static void note_alive(void)
{
    int64_t n = g_count() + 1, most = atomic_load_explicit(&sched.most_alive, memory_order_relaxed);
    while (n > most && !atomic_compare_exchange_weak(&sched.most_alive, &most, n)) {
    }
}

static Goroutine *take_fresh(Proc *p)
{
    if (!p->fresh) {
        gc_new_goroutines(&p->fresh);
        lock_take_ranked(&pool_lock, RANK_POOL);
        for (Goroutine *g = p->fresh; g; g = g->sched_next) register_one(g);
        lock_release(&pool_lock);
    }
    Goroutine *g = p->fresh;
    p->fresh = g->sched_next;
    note_alive();
    return g;
}

static Goroutine *take_descriptor(Proc *p)
{
    if (!p->pool && (shared_count > 0 || has_bare)) take_shared(p);
    Goroutine *g = p->pool;
    if (!g) return take_fresh(p);
    p->pool = g->sched_next;
    p->pool_count--;
    return g;
}

static uint64_t new_id(Proc *p)
{
    if (p->next_id == p->last_id) {
        p->next_id = atomic_fetch_add_explicit(&sched.last_id, ID_BATCH, memory_order_relaxed);
        p->last_id = p->next_id + ID_BATCH;
    }
    return ++p->next_id;
}

/* ---- For everybody ---- */

Goroutine *g_new(uint32_t nslots)
{
    Proc *p = proc_enter();
    Goroutine *g = take_descriptor(p);
    g->sched_next = NULL;
    Stack *stack = atomic_load_explicit(&g->stack, memory_order_relaxed);
    if (!stack || stack->nslots < nslots) {
        atomic_store_explicit(&g->stack, stack_new(&p->stacks, nslots), memory_order_release);
        if (stack) stack_free(&p->stacks, stack);
    }
    g->id = new_id(p);
    count(&p->counts.created);
    proc_leave(p);
    return g;
}

/* Clears everything but the stack. */
static void clear(Goroutine *g)
{
    enum { FROM = offsetof(Goroutine, frame) };
    memset((char *)g + FROM, 0, sizeof *g - FROM);
}

void g_free(Goroutine *g)
{
    Proc *p = proc_enter();
    Stack *stack = atomic_load_explicit(&g->stack, memory_order_relaxed);
    clear(g);
    if (stack->nslots > STACK_FIRST_SLOTS) {
        atomic_store_explicit(&g->stack, NULL, memory_order_release);
        stack_free(&p->stacks, stack);
    }
    if (p->pool_count >= POOL_MAX) give_shared(p, POOL_MAX - POOL_BATCH);
    g->sched_next = p->pool;
    p->pool = g;
    p->pool_count++;
    proc_leave(p);
}

static int64_t alive(const ProcCounts *counts)
{
    return (int64_t)(atomic_load_explicit(&counts->started, memory_order_relaxed) -
                     atomic_load_explicit(&counts->ended, memory_order_relaxed));
}

int64_t g_count(void)
{
    int64_t n = alive(&sched.foreign->counts);
    for (int i = 0; i < PROCS_MAX && sched.procs[i]; i++) n += alive(&sched.procs[i]->counts);
    return n;
}

Goroutine *g_current(void)
{
    Worker *w = worker_current();
    return w ? w->current : NULL;
}

void g_each(void (*visit)(Goroutine *g, void *arg), void *arg)
{
    enum { PATIENCE_NS = 50000000 };
    sched_freeze(PATIENCE_NS);
    for (Chunk *chunk = atomic_load(&chunks); chunk; chunk = chunk->next) {
        uint64_t n = atomic_load(&chunk->count);
        for (uint64_t i = 0; i < n; i++) {
            uint8_t state = atomic_load(&chunk->at[i]->state);
            if (state != G_IDLE && state != G_DEAD) visit(chunk->at[i], arg);
        }
    }
    sched_thaw();
}

void g_shrink_stacks(void)
{
    enum { PATIENCE_NS = 5000000 };
    if (sched_freeze(PATIENCE_NS)) {
        for (Chunk *chunk = atomic_load(&chunks); chunk; chunk = chunk->next) {
            uint64_t n = atomic_load(&chunk->count);
            for (uint64_t i = 0; i < n; i++) {
                Goroutine *g = chunk->at[i];
                uint8_t state = atomic_load(&g->state);
                /* C code above a bound goroutine may point into its stack. */
                if ((state == G_PARKED || state == G_RUNNABLE) && !g->locked) stack_shrink(g);
            }
        }
    }
    sched_thaw();
}

/* ---- Giving back ---- */

uint64_t g_pooled_stacks(void)
{
    return atomic_load_explicit(&shared_count, memory_order_relaxed);
}

void g_release_stacks(uint64_t n)
{
    enum { BATCH = 64 };
    while (n > 0) {
        Stack *stacks[BATCH];
        int taken = 0;
        lock_take_ranked(&pool_lock, RANK_POOL);
        for (; shared_pool && taken < BATCH && n > 0; n--) {
            Goroutine *g = shared_pool;
            shared_pool = g->sched_next;
            shared_count--;
            Stack *stack = atomic_exchange_explicit(&g->stack, NULL, memory_order_relaxed);
            if (stack) stacks[taken++] = stack;
            g->sched_next = bare_pool;
            bare_pool = g;
        }
        has_bare = bare_pool != NULL;
        bool is_empty = !shared_pool;
        lock_release(&pool_lock);
        for (int i = 0; i < taken; i++) stack_free(NULL, stacks[i]);
        if (is_empty) break;
    }
}

static void release_chain(Goroutine *g)
{
    while (g) {
        Goroutine *next = g->sched_next;
        Stack *stack = atomic_load_explicit(&g->stack, memory_order_relaxed);
        atomic_store(&g->stack, NULL);
        if (stack) stack_free(NULL, stack);
        g->sched_next = NULL;
        atomic_store_explicit(&g->state, G_DEAD, memory_order_relaxed);
        g = next;
    }
}

static void release_pools(Proc *p)
{
    release_chain(p->pool);
    release_chain(p->fresh);
    p->pool = p->fresh = NULL;
    p->pool_count = 0;
    p->waiters = NULL;
    p->waiters_count = 0;
    stack_cache_drain(&p->stacks);
}

void g_release_idle(int64_t patience_ns)
{
    if (sched_freeze(patience_ns)) {
        lock_take_ranked(&pool_lock, RANK_POOL);
        for (int i = 0; i < PROCS_MAX && sched.procs[i]; i++) release_pools(sched.procs[i]);
        release_pools(sched.foreign);
        release_chain(shared_pool);
        release_chain(bare_pool);
        shared_pool = bare_pool = NULL;
        has_bare = false;
        shared_count = 0;
        compact_register();
        lock_release(&pool_lock);
    } else {
        g_release_stacks(UINT64_MAX);
    }
    sched_thaw();
    stack_trim(0);
}
