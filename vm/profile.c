/* SPDX-License-Identifier: MIT */
/* What the handler finds on threads that run no goroutine is only counted: the table has a lock. */
#include "vm/profile.h"

#include "runtime/lock.h"
#include "runtime/worker.h"
#include "vm/interp.h"
#include "vm/jit.h"
#include "vm/records.h"
#include "vm/stacktable.h"
#include "vm/traceback.h"

#include <errno.h>
#include <signal.h>
#include <sys/time.h>

static Lock lock;                                   /* guards the table */
static StackTable samples;                          /* sum[0]: how often the stack was found */
static _Atomic bool is_on;                          /* one profile at a time */
static _Atomic uint32_t nwanted;                    /* threads that still have to be sampled */
static _Atomic uint64_t idle[TRACEBACK_IDLE_COUNT]; /* samples of no goroutine; handlers */
/* Of this thread, written by its handler and itself: it is to be sampled; for processor time, too.
 */
static __thread _Atomic bool is_wanted, is_ticked;

/* ---- Sampling ---- */

static void add(const uintptr_t *stack, uint32_t n, uint64_t count)
{
    uint32_t i = stacktable_index(&samples, stack, n);
    samples.entries.at[i].sum[0] += count;
}

static void on_tick(int number)
{
    (void)number;
    int saved = errno;
    const Worker *w = worker_current();
    if (!w || !w->current) {
        atomic_fetch_add(&idle[w ? TRACEBACK_SCHEDULER : TRACEBACK_COLLECTOR], 1);
    } else {
        is_ticked = true;
        if (!atomic_exchange(&is_wanted, true)) atomic_fetch_add(&nwanted, 1);
    }
    if (atomic_load(&nwanted)) interp_divert(true);
    errno = saved;
}

void profile_want(void)
{
    if (!atomic_exchange(&is_wanted, true)) atomic_fetch_add(&nwanted, 1);
    interp_divert(true);
}

void profile_sample(Goroutine *g)
{
    if (!atomic_exchange(&is_wanted, false)) return;
    if (atomic_fetch_sub(&nwanted, 1) == 1) {
        interp_divert(false);
        if (atomic_load(&nwanted)) interp_divert(true); /* a handler came between */
    }
    records_sample(g);
    if (!atomic_exchange(&is_ticked, false) || !atomic_load(&is_on)) return;
    uintptr_t stack[STACK_DEPTH];
    int n = traceback_callers(g, 0, stack, STACK_DEPTH);
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
    uintptr_t *out = stacktable_words(&samples, 1, len);
    stacktable_free(&samples);
    lock_release(&lock);
    atomic_store(&is_on, false);
    jit_pause(false);
    return out;
}
