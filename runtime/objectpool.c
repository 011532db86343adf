/* SPDX-License-Identifier: MIT */
/* Pools of values that the program is done with for now.
 *
 * Each processor has a place for one value that is its own, and a pile with a lock, which is free
 * nearly always; who finds his own pile empty takes from the others'. A collection ages a pool: the
 * piles become the aged ones, and what was left of those before is garbage. So a value is forgotten
 * that nobody took between two collections.
 *
 * That is done with the world stopped, by exchanging pointers alone: a thread that is stopped
 * while it works on a pile, perhaps with its lock, goes on with it afterwards. A pool that has
 * piles stands in a list until the second collection after; then nothing but the program keeps it.
 *
 * Under -seed collections come at times that depend on the machine, so pools are left alone. */
#include "runtime/objectpool.h"

#include "runtime/gc.h"
#include "runtime/proc.h"

typedef struct Pile {
    Slot own[2];          /* a value, or none; for its processor only */
    Lock lock;            /* guards the rest */
    _Atomic uint32_t len; /* values; read without the lock to see whether it is worth taking */
    uint32_t cap;
    Slot *values;   /* two slots each */
    char apart[88]; /* keeps the next one off this one's cache lines */
} Pile;

struct Piles {
    uint32_t n; /* fixed */
    Pile at[];
};

typedef struct PoolNote {
    ObjectPool *pool;
    struct PoolNote *next;
} PoolNote;

/* Pools whose piles were made since the last collection, and between the two before. Collecting
 * threads change both with the world stopped; others push onto the first (compare-and-swap). */
static _Atomic(PoolNote *) young, old;

/* ---- Collections ---- */

/* With the world stopped, before anything is marked. */
static void age_pools(void)
{
    for (PoolNote *note = atomic_load(&old); note; note = note->next)
        atomic_store(&note->pool->aged, NULL);
    for (PoolNote *note = atomic_load(&young); note; note = note->next) {
        atomic_store(&note->pool->aged, atomic_load(&note->pool->piles));
        atomic_store(&note->pool->piles, NULL);
    }
    atomic_store(&old, atomic_load(&young));
    atomic_store(&young, NULL);
}

static void note_pool(ObjectPool *pool)
{
    PoolNote *note = gc_new(sizeof *note);
    note->pool = pool;
    note->next = atomic_load(&young);
    while (!atomic_compare_exchange_weak(&young, &note->next, note)) {
    }
    gc_set_aging(age_pools);
}

static Piles *make_piles(ObjectPool *pool)
{
    uint32_t n = (uint32_t)sched_nprocs();
    Piles *piles = gc_new(sizeof *piles + n * sizeof(Pile)), *others = NULL;
    piles->n = n;
    if (!atomic_compare_exchange_strong(&pool->piles, &others, piles)) return others;
    if (!sched.is_seeded) note_pool(pool);
    return piles;
}

/* ---- Piles ---- */

/* Processors that came later share piles, and have no place of their own. */
static inline Pile *own_pile(Piles *piles, bool *is_shared)
{
    uint32_t id = (uint32_t)proc_current()->id;
    *is_shared = id >= piles->n;
    return &piles->at[*is_shared ? id % piles->n : id];
}

static inline bool take_own(Piles *piles, Slot *to)
{
    bool is_shared;
    Pile *pile = own_pile(piles, &is_shared);
    if (is_shared || !pile->own[0].p) return false;
    to[0] = pile->own[0];
    to[1] = pile->own[1];
    pile->own[0].p = pile->own[1].p = NULL;
    return true;
}

static inline bool put_own(Piles *piles, const Slot *value)
{
    bool is_shared;
    Pile *pile = own_pile(piles, &is_shared);
    if (is_shared || pile->own[0].p) return false;
    pile->own[0] = value[0];
    pile->own[1] = value[1];
    return true;
}

static inline bool pop(Pile *pile, Slot *to)
{
    if (atomic_load_explicit(&pile->len, memory_order_relaxed) == 0) return false;
    lock_take(&pile->lock);
    uint32_t len = atomic_load_explicit(&pile->len, memory_order_relaxed);
    if (len > 0) {
        Slot *from = &pile->values[2 * (len - 1)];
        to[0] = from[0];
        to[1] = from[1];
        from[0].p = from[1].p = NULL;
        atomic_store_explicit(&pile->len, len - 1, memory_order_relaxed);
    }
    lock_release(&pile->lock);
    return len > 0;
}

static bool pop_any(Piles *piles, Slot *to)
{
    if (!piles) return false;
    if (take_own(piles, to)) return true;
    bool is_shared;
    uint32_t first = (uint32_t)(own_pile(piles, &is_shared) - piles->at);
    for (uint32_t i = 0; i < piles->n; i++)
        if (pop(&piles->at[(first + i) % piles->n], to)) return true;
    return false;
}

static inline bool push(Pile *pile, const Slot *value)
{
    lock_take(&pile->lock);
    uint32_t len = atomic_load_explicit(&pile->len, memory_order_relaxed);
    bool has_room = len < pile->cap;
    if (has_room) {
        pile->values[2 * len] = value[0];
        pile->values[2 * len + 1] = value[1];
        atomic_store_explicit(&pile->len, len + 1, memory_order_relaxed);
    }
    lock_release(&pile->lock);
    return has_room;
}

/* Doubles the room, unless somebody else has made some meanwhile. */
static void grow(Pile *pile)
{
    enum { FIRST_ROOM = 8 };
    lock_take(&pile->lock);
    uint32_t before = pile->cap;
    lock_release(&pile->lock);
    uint32_t cap = before ? 2 * before : FIRST_ROOM;
    Slot *values = gc_new(cap * 2 * sizeof(Slot));
    lock_take(&pile->lock);
    if (pile->cap == before) {
        for (uint32_t i = 0; i < 2 * before; i++) values[i] = pile->values[i];
        pile->values = values;
        pile->cap = cap;
    }
    lock_release(&pile->lock);
}

/* ---- For package sync ---- */

bool objectpool_take_own(ObjectPool *pool, Slot *to)
{
    Piles *piles = atomic_load_explicit(&pool->piles, memory_order_acquire);
    bool is_shared;
    return piles && (take_own(piles, to) || pop(own_pile(piles, &is_shared), to));
}

bool objectpool_take(ObjectPool *pool, Slot *to)
{
    return pop_any(atomic_load(&pool->piles), to) || pop_any(atomic_load(&pool->aged), to);
}

bool objectpool_put_own(ObjectPool *pool, const Slot *value)
{
    Piles *piles = atomic_load_explicit(&pool->piles, memory_order_acquire);
    bool is_shared;
    return piles && (put_own(piles, value) || push(own_pile(piles, &is_shared), value));
}

void objectpool_put(ObjectPool *pool, const Slot *value)
{
    Piles *piles = atomic_load(&pool->piles);
    if (!piles) piles = make_piles(pool);
    if (put_own(piles, value)) return;
    bool is_shared;
    Pile *pile = own_pile(piles, &is_shared);
    while (!push(pile, value)) grow(pile);
}
