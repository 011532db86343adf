/* SPDX-License-Identifier: MIT */
/* Stacks are counted in a hash table, so that a program may run for hours. What the handler finds
 * on threads that run no goroutine is only counted: the table has a lock. */
#include "vm/profile.h"

#include "base/fatal.h"
#include "base/vec.h"
#include "runtime/lock.h"
#include "runtime/worker.h"
#include "vm/interp.h"
#include "vm/jit.h"
#include "vm/traceback.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum { DEPTH = 64, FIRST_BUCKETS = 256 };

typedef struct Sampled {
    uint64_t hash;
    uint64_t count;
    uint32_t next; /* index + 1 of the next one in its bucket; 0: none */
    uint32_t n;
    uint32_t at; /* of its pcs in `pcs` */
} Sampled;

static Lock lock;                                   /* guards the table */
static VEC(Sampled) samples;                        /* the stacks that were found */
static VEC(uintptr_t) pcs;                          /* of all of them */
static uint32_t *buckets;                           /* index + 1 into samples; 0: empty */
static uint32_t nbuckets;                           /* a power of 2 */
static _Atomic bool is_on;                          /* one profile at a time */
static _Atomic uint32_t nwanted;                    /* threads that still have to be sampled */
static _Atomic uint64_t idle[TRACEBACK_IDLE_COUNT]; /* samples of no goroutine; handlers */
static __thread volatile sig_atomic_t is_wanted;    /* of this thread; its handler and itself */

/* ---- The table ---- */

static uint64_t hash_of(const uintptr_t *stack, uint32_t n)
{
    uint64_t hash = n;
    for (uint32_t i = 0; i < n; i++) {
        hash = (hash ^ stack[i]) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
    }
    return hash;
}

static void rebuild(void)
{
    nbuckets = nbuckets ? 2 * nbuckets : FIRST_BUCKETS;
    free(buckets);
    buckets = calloc(nbuckets, sizeof *buckets);
    if (!buckets) fatal_out_of_memory();
    for (uint32_t i = 0; i < samples.len; i++) {
        uint32_t *bucket = &buckets[samples.at[i].hash & (nbuckets - 1)];
        samples.at[i].next = *bucket;
        *bucket = i + 1;
    }
}

static void add(const uintptr_t *stack, uint32_t n, uint64_t count)
{
    uint64_t hash = hash_of(stack, n);
    if (samples.len >= nbuckets) rebuild();
    uint32_t *bucket = &buckets[hash & (nbuckets - 1)];
    for (uint32_t i = *bucket; i; i = samples.at[i - 1].next) {
        Sampled *one = &samples.at[i - 1];
        if (one->hash == hash && one->n == n &&
            memcmp(pcs.at + one->at, stack, n * sizeof *stack) == 0) {
            one->count += count;
            return;
        }
    }
    Sampled fresh = {hash, count, *bucket, n, (uint32_t)pcs.len};
    for (uint32_t i = 0; i < n; i++) vec_push(&pcs, stack[i]);
    vec_push(&samples, fresh);
    *bucket = (uint32_t)samples.len;
}

/* ---- Sampling ---- */

static void on_tick(int number)
{
    (void)number;
    int saved = errno;
    const Worker *w = worker_current();
    if (!w || !w->current) {
        atomic_fetch_add(&idle[w ? TRACEBACK_SCHEDULER : TRACEBACK_COLLECTOR], 1);
    } else if (!is_wanted) {
        is_wanted = 1;
        atomic_fetch_add(&nwanted, 1);
    }
    if (atomic_load(&nwanted)) interp_divert(true);
    errno = saved;
}

void profile_sample(Goroutine *g)
{
    if (!is_wanted) return;
    is_wanted = 0;
    if (atomic_fetch_sub(&nwanted, 1) == 1) {
        interp_divert(false);
        if (atomic_load(&nwanted)) interp_divert(true); /* a handler came between */
    }
    if (!atomic_load(&is_on)) return;
    uintptr_t stack[DEPTH];
    int n = traceback_callers(g, 0, stack, DEPTH);
    lock_take(&lock);
    add(stack, (uint32_t)n, 1);
    lock_release(&lock);
}

static void set_timer(int64_t period_us)
{
    struct timeval period = {period_us / 1000000, period_us % 1000000};
    struct itimerval timer = {period, period};
    setitimer(ITIMER_PROF, &timer, NULL);
}

bool profile_begin(int64_t hz)
{
    bool no = false;
    if (!atomic_compare_exchange_strong(&is_on, &no, true)) return false;
    jit_pause(true); /* samples fall on instructions */
    struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    sigaction(SIGPROF, &action, NULL);
    set_timer(hz > 0 && hz <= 1000000 ? 1000000 / hz : 10000);
    return true;
}

bool profile_is_on(void)
{
    return atomic_load(&is_on);
}

/* The handler stays, as a tick may be on its way. */
uintptr_t *profile_end(size_t *len)
{
    set_timer(0);
    lock_take(&lock);
    for (int i = 0; i < TRACEBACK_IDLE_COUNT; i++) {
        uintptr_t pc = traceback_idle_pc(i);
        uint64_t count = atomic_exchange(&idle[i], 0);
        if (count) add(&pc, 1, count);
    }
    size_t n = 0;
    uintptr_t *out = malloc((2 * samples.len + pcs.len + 1) * sizeof *out);
    if (!out) fatal_out_of_memory();
    for (size_t i = 0; i < samples.len; i++) {
        const Sampled *one = &samples.at[i];
        out[n++] = one->count;
        out[n++] = one->n;
        memcpy(out + n, pcs.at + one->at, one->n * sizeof *out);
        n += one->n;
    }
    vec_free(&samples);
    vec_free(&pcs);
    free(buckets);
    buckets = NULL;
    nbuckets = 0;
    lock_release(&lock);
    atomic_store(&is_on, false);
    jit_pause(false);
    *len = n;
    return out;
}
