/* SPDX-License-Identifier: MIT */
/* The program's clock.
 *
 * A seeded run has to do the same at the same time whenever it is repeated, so it cannot look at
 * the machine's clock: whether a timer is due when a slice ends would depend on how busy the
 * machine is. It counts its own time instead: so and so long for each unit of a slice, and the
 * length of every sleep, to the nanosecond. While nothing can run it does sleep, so that it keeps
 * the pace of the world, more or less.
 *
 * Virtual time leaves out both: only the jumps to the next timer count, and they take no time.
 *
 * Both begin at 1 s on the monotonic clock and at 2009-11-10 23:00 UTC on the wall clock. */
#include "runtime/clock.h"

#include "runtime/sched.h"

#include <stdatomic.h>
#include <time.h>

enum { UNIT_NS = 10 };

#define SECOND      INT64_C(1000000000)
#define FIRST_WALL  (INT64_C(1257894000) * SECOND) /* 2009-11-10 23:00 UTC */
#define FIRST_NANOS SECOND

static ClockMode mode;            /* fixed after start */
static int64_t host_start;        /* fixed after start */
static _Atomic int64_t own_nanos; /* the clock, except in CLOCK_REAL; only rises */

static int64_t clock_ns(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (int64_t)ts.tv_sec * SECOND + ts.tv_nsec;
}

__attribute__((constructor)) static void note_start(void)
{
    host_start = clock_host_ns() - 1; /* so that the time since then is never 0 */
}

void clock_set_mode(ClockMode new_mode)
{
    mode = new_mode;
    atomic_store(&own_nanos, FIRST_NANOS);
}

ClockMode clock_mode(void)
{
    return mode;
}

int64_t clock_host_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

int64_t clock_host_start_ns(void)
{
    return host_start;
}

int64_t clock_start_ns(void)
{
    return mode == CLOCK_REAL ? host_start : FIRST_NANOS - 1;
}

int64_t sched_nanotime(void)
{
    if (mode == CLOCK_REAL) return clock_ns(CLOCK_MONOTONIC);
    return atomic_load_explicit(&own_nanos, memory_order_relaxed);
}

int64_t sched_walltime(void)
{
    if (mode == CLOCK_REAL) return clock_ns(CLOCK_REALTIME);
    return FIRST_WALL + (sched_nanotime() - FIRST_NANOS);
}

void clock_advance_to(int64_t when)
{
    int64_t now = atomic_load(&own_nanos);
    while (now < when && !atomic_compare_exchange_weak(&own_nanos, &now, when)) {
    }
}

void clock_count_work(int32_t units)
{
    if (mode == CLOCK_PACED) atomic_fetch_add(&own_nanos, (int64_t)units * UNIT_NS);
}
