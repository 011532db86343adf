/* SPDX-License-Identifier: MIT */
#include "vm/records.h"

#include "base/fatal.h"
#include "base/map.h"
#include "base/vec.h"
#include "runtime/clock.h"
#include "runtime/gc.h"
#include "runtime/lock.h"
#include "runtime/sched.h"
#include "vm/profile.h"
#include "vm/stacktable.h"
#include "vm/traceback.h"

#include <stdlib.h>

_Static_assert((int)RECORD_SUMS == (int)STACK_SUMS, "tables and records hold the same sums");

static Lock lock; /* guards tables, alive, parked; taken under any other, like those of events */
static StackTable tables[RECORD_KINDS];

/* ---- Memory ---- */

/* An object that was sampled, until it is found freed. */
typedef struct Sampled {
    void *link;              /* weak */
    uint64_t objects, bytes; /* that it stands for */
    uint32_t entry;
} Sampled;

static VEC(Sampled *) alive;
static __thread Sampled *wanted; /* its stack is to be taken at the next instruction */

/* The allocator has just made `object` and wants to know by whom. */
static void note_object(void *object, size_t size, uint64_t bytes)
{
    if (!g_current()) return;
    if (wanted) { /* by natives, for long: these bytes are counted with what comes first */
        wanted->objects += bytes > size ? bytes / size : 1;
        wanted->bytes += bytes;
        return;
    }
    Sampled *one = malloc(sizeof *one);
    if (!one) fatal_out_of_memory();
    *one = (Sampled){.bytes = bytes, .objects = bytes > size ? bytes / size : 1};
    gc_weak_set(&one->link, object);
    wanted = one;
    profile_want();
}

void records_sample(Goroutine *g)
{
    Sampled *one = wanted;
    if (!one) return;
    wanted = NULL;
    uintptr_t stack[STACK_DEPTH];
    int n = traceback_callers(g, 0, stack, STACK_DEPTH);
    lock_take_ranked(&lock, RANK_EVENT);
    one->entry = stacktable_index(&tables[RECORD_MEMORY], stack, (uint32_t)n);
    uint64_t *sum = tables[RECORD_MEMORY].entries.at[one->entry].sum;
    sum[0] += one->objects;
    sum[1] += one->bytes;
    vec_push(&alive, one);
    lock_release(&lock);
}

_Atomic bool records_sample_memory;

void records_begin_memory(const int64_t *rate)
{
    atomic_store(&records_sample_memory, true);
    gc_set_sampling(rate, note_object);
}

/* Counts what has been freed. */
static void look_at_alive(void)
{
    size_t n = 0;
    for (size_t i = 0; i < alive.len; i++) {
        Sampled *one = alive.at[i];
        if (one->link) {
            alive.at[n++] = one;
            continue;
        }
        uint64_t *sum = tables[RECORD_MEMORY].entries.at[one->entry].sum;
        sum[2] += one->objects;
        sum[3] += one->bytes;
        free(one);
    }
    alive.len = n;
}

/* ---- Waiting ---- */

static _Atomic int64_t wait_rate, lock_fraction; /* 0: off */
static PtrMap parked;                            /* goroutine → when it parked */

static bool is_lock(WaitReason reason)
{
    return reason == WAIT_MUTEX_LOCK || reason == WAIT_RWMUTEX_LOCK || reason == WAIT_RWMUTEX_RLOCK;
}

static bool is_noted(WaitReason reason)
{
    switch (reason) {
    case WAIT_CHAN_SEND:
    case WAIT_CHAN_RECV:
    case WAIT_SELECT:
    case WAIT_SEMACQUIRE:
    case WAIT_WAITGROUP:
    case WAIT_COND_WAIT: return true;
    default: return is_lock(reason);
    }
}

static void note_parked(Goroutine *g, WaitReason reason)
{
    if (!is_noted(reason)) return;
    int64_t now = clock_host_ns();
    lock_take_ranked(&lock, RANK_EVENT);
    map_set(&parked, g, (void *)(uintptr_t)now);
    lock_release(&lock);
}

static void add_wait(RecordKind kind, Goroutine *whose, uint64_t times, uint64_t ns)
{
    uintptr_t stack[STACK_DEPTH];
    int n = traceback_callers(whose, 0, stack, STACK_DEPTH);
    lock_take_ranked(&lock, RANK_EVENT);
    uint32_t i = stacktable_index(&tables[kind], stack, (uint32_t)n);
    tables[kind].entries.at[i].sum[0] += times;
    tables[kind].entries.at[i].sum[1] += ns;
    lock_release(&lock);
}

/* Shorter waits than the rate are noted with the chance that their length has in it, and stand for
 * as many as are left out. */
static void note_wait(Goroutine *g, uint64_t ns)
{
    uint64_t rate = (uint64_t)atomic_load(&wait_rate);
    if (rate == 0 || (ns < rate && sched_random() % rate >= ns)) return;
    uint64_t times = ns < rate && ns ? rate / ns : 1;
    add_wait(RECORD_WAITS, g, times, times > 1 ? rate : ns);
}

static void note_ready(Goroutine *g)
{
    Goroutine *self = g_current();
    lock_take_ranked(&lock, RANK_EVENT);
    int64_t since = (int64_t)(uintptr_t)map_get(&parked, g);
    if (since) map_remove(&parked, g);
    lock_release(&lock);
    if (!since) return;
    uint64_t ns = (uint64_t)(clock_host_ns() - since);
    note_wait(g, ns);
    uint64_t fraction = (uint64_t)atomic_load(&lock_fraction);
    if (fraction && self && is_lock((WaitReason)g->wait_reason) && sched_random() % fraction == 0)
        add_wait(RECORD_LOCKS, self, fraction, ns * fraction);
}

/* Waits that began before are not noted: what was parked may have ended meanwhile. */
static void watch(void)
{
    bool is_on = atomic_load(&wait_rate) > 0 || atomic_load(&lock_fraction) > 0;
    lock_take_ranked(&lock, RANK_EVENT);
    map_free(&parked);
    lock_release(&lock);
    sched_watch_waits(is_on ? note_parked : NULL, is_on ? note_ready : NULL);
}

void records_set_wait_rate(int64_t ns)
{
    atomic_store(&wait_rate, ns > 0 ? ns : 0);
    watch();
}

int64_t records_set_lock_fraction(int64_t n)
{
    if (n < 0) return atomic_load(&lock_fraction);
    int64_t before = atomic_exchange(&lock_fraction, n);
    watch();
    return before;
}

/* ---- Asking ---- */

uintptr_t *records_words(RecordKind kind, size_t *len)
{
    lock_take_ranked(&lock, RANK_EVENT);
    if (kind == RECORD_MEMORY) look_at_alive();
    uintptr_t *words = stacktable_words(&tables[kind], RECORD_SUMS, len);
    lock_release(&lock);
    return words;
}
