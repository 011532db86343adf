/* SPDX-License-Identifier: MIT */
/* The scheduler without the machine: spawning, yielding, stealing, GOMAXPROCS, blocking calls,
 * stacks, deadlock, memory given back. */
#include "machine.h"
#include "unit.h"

#include "runtime/gc.h"
#include "runtime/timer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Atomic int64_t counter, ended;
static int64_t wanted;

static Step count_and_end(Goroutine *g, Slot *r)
{
    (void)g;
    (void)r;
    atomic_fetch_add(&counter, 1);
    return machine_end();
}

/* r[3]: how many to spawn. */
static Step spawn_many(Goroutine *g, Slot *r)
{
    (void)g;
    if (r[3].i-- == 0) return machine_end();
    machine_go(count_and_end, NULL, NULL, 0);
    return STEP_AGAIN;
}

static void test_spawn(void)
{
    counter = 0;
    wanted = 200000;
    int64_t begin = sched_nanotime();
    machine_go(spawn_many, NULL, NULL, wanted);
    machine_work();
    printf("spawn, run, exit: %.1f ns\n", (double)(sched_nanotime() - begin) / wanted);
    CHECK(counter == wanted);
}

static Step yield_many(Goroutine *g, Slot *r)
{
    (void)g;
    if (r[3].i-- > 0) return STEP_YIELD;
    atomic_fetch_add(&ended, 1);
    return machine_end();
}

static void test_yield(void)
{
    enum { TIMES = 2000 };
    ended = 0;
    wanted = 100;
    int64_t begin = sched_nanotime();
    for (int i = 0; i < wanted; i++) machine_go(yield_many, NULL, NULL, TIMES);
    machine_work();
    printf("yield: %.1f ns\n", (double)(sched_nanotime() - begin) / wanted / TIMES);
    CHECK(ended == wanted);
    for (int i = 0; i < 1000 && g_count() > 0; i++) usleep(1000);
    CHECK(g_count() == 0);
}

/* Two that spin get the same share of one processor: their slices follow each other in turn, so
 * they are never apart by more than one. The slices are counted, not the time they take. A third
 * that sleeps meanwhile gets its turn. */
enum { SLICES = 100 };

static int64_t shares[2];
static bool has_slept; /* one processor */

static bool is_over(void)
{
    return has_slept && shares[0] + shares[1] >= SLICES * sched_budget();
}

static Step spin(Goroutine *g, Slot *r)
{
    (void)g;
    if (is_over()) {
        ended++;
        return machine_end();
    }
    shares[r[3].i]++;
    return STEP_AGAIN;
}

static Step sleep_and_end(Goroutine *g, Slot *r)
{
    if (r[0].i++ == 0) {
        CHECK(timer_sleep(g, 1000000));
        return STEP_PARKED;
    }
    has_slept = true;
    ended++;
    return machine_end();
}

static void test_fairness(void)
{
    sched_set_procs(1);
    ended = 0;
    machine_go(spin, NULL, NULL, 0);
    machine_go(spin, NULL, NULL, 1);
    machine_go(sleep_and_end, NULL, NULL, 0);
    machine_work();
    CHECK(ended == 3);
    CHECK(llabs(shares[0] - shares[1]) <= sched_budget());
    sched_set_procs(2);
}

static Step block_and_end(Goroutine *g, Slot *r)
{
    (void)r;
    sched_enter_blocking(g);
    usleep(20000);
    sched_leave_blocking(g);
    atomic_fetch_add(&ended, 1);
    return machine_end();
}

static void test_blocking(void)
{
    ended = 0;
    wanted = 20;
    int64_t begin = sched_nanotime();
    for (int i = 0; i < wanted; i++) machine_go(block_and_end, NULL, NULL, 0);
    machine_work();
    int64_t took = sched_nanotime() - begin;
    printf("20 calls of 20 ms at once: %.1f ms\n", took / 1e6);
    CHECK(ended == wanted);
    CHECK(took < 20 * 20000000LL / 2);
}

static Step change_procs(Goroutine *g, Slot *r)
{
    (void)g;
    if (r[3].i-- > 0) {
        sched_set_procs(1 + (int)(sched_random() % 6));
        return STEP_YIELD;
    }
    atomic_fetch_add(&ended, 1);
    return machine_end();
}

static void test_set_procs(void)
{
    ended = 0;
    wanted = 54;
    for (int i = 0; i < 50; i++) machine_go(yield_many, NULL, NULL, 3000);
    for (int i = 0; i < 4; i++) machine_go(change_procs, NULL, NULL, 50);
    machine_work();
    CHECK(ended == wanted);
    sched_set_procs(2);
    CHECK(sched_nprocs() == 2);
}

static Step grow(Goroutine *g, Slot *r)
{
    (void)r;
    for (uint64_t need = 100; need < 3000000; need = need * 3 + 1) {
        Slot *before = machine_slots(g);
        before[5].i = (int64_t)need;
        CHECK(stack_grow(g, need));
        CHECK(machine_slots(g)[5].i == (int64_t)need);
        CHECK(atomic_load(&g->stack)->nslots >= need);
    }
    CHECK(!stack_grow(g, (uint64_t)STACK_MAX_SLOTS + 1));
    atomic_fetch_add(&ended, 1);
    return machine_end();
}

static void test_stacks(void)
{
    ended = 0;
    wanted = 30;
    for (int i = 0; i < wanted; i++) machine_go(grow, NULL, NULL, 0);
    machine_work();
    CHECK(ended == wanted);
}

/* Goroutine bound to its thread, parked in a nested call: the others go on. */
static Step bound(Goroutine *g, Slot *r)
{
    (void)r;
    sched_lock_thread(g);
    for (int i = 0; i < 20; i++) {
        pthread_t self = pthread_self();
        if (timer_sleep(g, 1000000)) sched_wait_locked(g);
        CHECK(pthread_equal(self, pthread_self()));
        CHECK(g_current() == g);
        sched_requeue(g);
        sched_wait_locked(g);
    }
    sched_unlock_thread(g);
    atomic_fetch_add(&ended, 1);
    return machine_end();
}

static void test_bound(int nprocs)
{
    sched_set_procs(nprocs);
    ended = 0;
    wanted = 14;
    for (int i = 0; i < 4; i++) machine_go(bound, NULL, NULL, 0);
    for (int i = 0; i < 10; i++) machine_go(yield_many, NULL, NULL, 5000);
    machine_work();
    CHECK(ended == wanted);
    sched_set_procs(2);
}

static _Atomic int deadlocks;
static Goroutine *_Atomic rescued;

static Step park_once(Goroutine *g, Slot *r)
{
    if (r[0].i++ == 0) {
        atomic_store(&rescued, g);
        sched_park(g, WAIT_CHAN_RECV_NIL, NULL);
        return STEP_PARKED;
    }
    return machine_end();
}

static void on_deadlock(void)
{
    atomic_fetch_add(&deadlocks, 1);
    Goroutine *g = atomic_exchange(&rescued, NULL);
    if (g) sched_ready(g, false);
}

static void test_deadlock(void)
{
    for (int nprocs = 1; nprocs <= 3; nprocs++) {
        sched_set_procs(nprocs);
        atomic_store(&deadlocks, 0);
        machine_go(park_once, NULL, NULL, 0);
        machine_work();
        CHECK(atomic_load(&deadlocks) >= 1);
    }
}

static int64_t resident(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long size = 0, pages = 0;
    if (f && fscanf(f, "%ld %ld", &size, &pages) != 2) pages = 0;
    if (f) fclose(f);
    return pages * 4096;
}

#if defined __SANITIZE_THREAD__ || defined __SANITIZE_ADDRESS__
enum { MANY = 20000, IS_EXACT = 0 }; /* memory is the sanitizer's */
#else
enum { MANY = 1000000, IS_EXACT = 1 };
#endif
static Goroutine **parked;

static Step park_among_many(Goroutine *g, Slot *r)
{
    if (r[0].i++ == 0) {
        parked[r[3].i] = g;
        if (atomic_fetch_add(&counter, 1) + 1 == MANY) sched_stop();
        sched_park(g, WAIT_SEMACQUIRE, NULL);
        return STEP_PARKED;
    }
    atomic_fetch_add(&ended, 1);
    return machine_end();
}

static Step spawn_parkers(Goroutine *g, Slot *r)
{
    (void)g;
    if (r[3].i == MANY) return machine_end();
    machine_go(park_among_many, NULL, NULL, r[3].i++);
    return STEP_AGAIN;
}

static void test_million(void)
{
    counter = ended = 0;
    int64_t at_start = resident();
    parked = malloc(MANY * sizeof *parked);
    memset(parked, 1, MANY * sizeof *parked);
    int64_t before = resident(), begin = sched_nanotime();
    machine_go(spawn_parkers, NULL, NULL, 0);
    machine_work();
    printf("a million parked: %.0f ns and %.0f bytes each\n",
           (double)(sched_nanotime() - begin) / MANY, (double)(resident() - before) / MANY);
    CHECK(!IS_EXACT || (resident() - before) / MANY < 560);
    begin = sched_nanotime();
    gc_collect();
    printf("collection: %.1f ms\n", (sched_nanotime() - begin) / 1e6);
    usleep(50000);
    begin = sched_nanotime();
    for (int i = 0; i < MANY; i++) sched_ready(parked[i], false);
    machine_work();
    printf("ready and end: %.0f ns each\n", (double)(sched_nanotime() - begin) / MANY);
    CHECK(ended == MANY);
    free(parked);
    usleep(50000);
    CHECK(g_count() == 0);
    gc_free_os(1000000000);
    printf("left over: %.1f MB\n", (resident() - at_start) / 1e6);
    CHECK(!IS_EXACT || resident() - at_start < 60000000);
}

int main(void)
{
    machine_init(2, on_deadlock);
    printf("resident at start: %.1f MB\n", resident() / 1e6);
    test_spawn();
    test_yield();
    test_fairness();
    test_blocking();
    test_set_procs();
    test_stacks();
    test_bound(1);
    test_bound(3);
    test_deadlock();
    sched_set_procs(2);
    test_million();
    return unit_end();
}
