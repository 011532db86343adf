/* SPDX-License-Identifier: MIT */
/* Finding leaks by a collection.
 *
 * Ordinarily all goroutines are roots. In this collection they are not: the register of goroutines
 * is hidden, so a parked one is reached only through the queue of a channel or lock that somebody
 * reaches, through a timer or through the poller. Whoever is reached keeps what lies in its frames,
 * and so others, which is just the fixpoint that is wanted: what stays unmarked can never run
 * again.
 *
 * The collection must not free the leaked ones, since they are still to be shown, and found again
 * next time. So each parked goroutine gets a finalizer for this one collection: what has one is
 * kept, with all it leads to, until the finalizer was called, and being called is what tells the
 * leaked ones.
 *
 * Words left over from before would keep goroutines alive, so old places of the run queues and what
 * goroutines waited for once are cleared first, and slots of frames that are not in use any more
 * are hidden. */
#include "runtime/leak.h"

#include "base/vec.h"
#include "runtime/gc.h"
#include "runtime/worker.h"

#include <stdlib.h>

typedef VEC(Goroutine *) Goroutines;
/* Their complements: copying a growing array leaves what it holds in vector registers, which lands
 * on the C stack. */
typedef VEC(uintptr_t) HiddenGoroutines;

static Goroutines leaked; /* guarded by being frozen */
void (*leak_hide_slots)(Goroutine *g);
void (*leak_show_slots)(void);

/* ---- Words left over ---- */

static void clear_ring(Ring *ring)
{
    uint32_t head = atomic_load(&ring->head), tail = atomic_load(&ring->tail);
    for (uint32_t i = tail; i != head + RING_SIZE; i++)
        atomic_store(&ring->at[i % RING_SIZE], NULL);
}

static void clear_old_wait(Goroutine *g)
{
    bool is_waiting =
        atomic_load(&g->state) == G_PARKED && (g->waiter.is_queued || g->wait_reason == WAIT_IO);
    if (!is_waiting && !(g->flags & GF_SELECTING)) g->waiter.on = NULL;
}

/* ---- Finding ---- */

static void note_leaked(void *g, void *arg)
{
    (void)arg;
    vec_push(&leaked, g);
}

static void prepare(Goroutine *g, void *arg)
{
    HiddenGoroutines *parked = arg;
    clear_old_wait(g);
    uint8_t state = atomic_load(&g->state);
    if (leak_hide_slots && (state == G_PARKED || state == G_RUNNABLE)) leak_hide_slots(g);
    if (state != G_PARKED) return;
    gc_set_cleanup(g, note_leaked, NULL);
    vec_push(parked, ~(uintptr_t)g);
}

static int compare_ids(const void *a, const void *b)
{
    const Goroutine *x = *(Goroutine *const *)a, *y = *(Goroutine *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

size_t leak_find(Goroutine ***found)
{
    HiddenGoroutines parked = {0};
    Goroutine *self = g_current();
    bool was_published = self && self->flags & GF_PUBLISHED;
    if (self) self->flags |= GF_PUBLISHED;
    for (int i = 0; i < PROCS_MAX && sched.procs[i]; i++) clear_ring(&sched.procs[i]->ready);
    g_each(prepare, &parked);
    g_hide(true);
    gc_clear_stack_below();
    gc_collect();
    if (leak_show_slots) leak_show_slots();
    g_hide(false);
    leaked.len = 0;
    gc_run_finalizers();
    for (size_t i = 0; i < parked.len; i++) gc_set_finalizer((void *)~parked.at[i], NULL, NULL);
    vec_free(&parked);
    if (self && !was_published) self->flags &= (uint8_t)~GF_PUBLISHED;
    size_t n = 0;
    *found = malloc((leaked.len + 1) * sizeof **found);
    for (size_t i = 0; *found && i < leaked.len; i++)
        if (!(leaked.at[i]->flags & GF_SYSTEM)) (*found)[n++] = leaked.at[i];
    qsort(*found, n, sizeof **found, compare_ids);
    return n;
}
