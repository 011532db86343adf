/* SPDX-License-Identifier: MIT */
/* Timers without the machine: order, stopping, restarting, tickers, a hundred thousand sleepers,
 * processors that go away. */
#include "machine.h"
#include "unit.h"

#include "runtime/gc.h"
#include "runtime/timer.h"

#include <unistd.h>

static _Atomic int64_t fired, too_early, order_errors, last_fired, latest;

/* ---- Sleeping ---- */

/* r[3]: ns to sleep, r[4]: how often. */
static Step sleeper(Goroutine *g, Slot *r)
{
    int64_t now = sched_nanotime();
    if (r[0].i++ > 0) {
        if (now < r[5].i) atomic_fetch_add(&too_early, 1);
        if (now - r[5].i > latest) latest = now - r[5].i;
    }
    if (r[0].i > 3) return machine_end();
    r[5].i = now + r[3].i;
    return timer_sleep(g, r[3].i) ? STEP_PARKED : STEP_AGAIN;
}

static void test_sleep(int nprocs)
{
    enum { MANY = 20000 };
    sched_set_procs(nprocs);
    latest = 0;
    for (int i = 0; i < MANY; i++) machine_go(sleeper, NULL, NULL, i % 100 * 200000);
    machine_work();
    CHECK(too_early == 0);
    printf("sleepers, %d processors: at most %.1f ms late\n", nprocs, latest / 1e6);
}

static void test_alone(void)
{
    sched_set_procs(1);
    latest = 0;
    machine_go(sleeper, NULL, NULL, 1000000);
    machine_work();
    CHECK(too_early == 0);
    printf("alone: at most %.3f ms late\n", latest / 1e6);
}

/* ---- Timers with functions ---- */

static void note(Timer *timer, void *arg, int64_t now)
{
    (void)arg;
    if (timer->when < last_fired) atomic_fetch_add(&order_errors, 1);
    last_fired = timer->when;
    if (now < timer->when) atomic_fetch_add(&too_early, 1);
    atomic_fetch_add(&fired, 1);
}

/* One processor: timers fire in the order of their times; stopped ones don't. */
static Step use_timers(Goroutine *g, Slot *r)
{
    enum { MANY = 1000 };
    static Timer *timers[MANY];
    static int64_t expected;
    if (r[0].i++ == 0) {
        int64_t begin = sched_nanotime() + 2000000;
        for (int i = 0; i < MANY; i++) {
            timers[i] = timer_new(note, NULL);
            timer_start(timers[i], begin + (int64_t)(sched_random() % 10000000), 0);
        }
        expected = MANY;
        for (int i = 0; i < MANY; i += 3) {
            CHECK(timer_stop(timers[i]));
            CHECK(!timer_stop(timers[i]));
            expected--;
        }
        for (int i = 0; i < MANY; i += 30) {
            timer_start(timers[i], begin + (int64_t)(sched_random() % 10000000), 0);
            expected++;
        }
        return timer_sleep(g, 40000000) ? STEP_PARKED : STEP_AGAIN;
    }
    CHECK(fired == expected);
    CHECK(order_errors == 0 && too_early == 0);
    for (int i = 0; i < MANY; i++) CHECK(!timer_stop(timers[i]));
    return machine_end();
}

static void count(Timer *timer, void *arg, int64_t now)
{
    (void)arg;
    (void)now;
    int64_t n = atomic_fetch_add(&fired, 1) + 1;
    if (n == 20) CHECK(timer_stop(timer)); /* from inside its own function */
}

static Step use_ticker(Goroutine *g, Slot *r)
{
    if (r[0].i++ == 0) {
        fired = 0;
        r[1].p = timer_new(count, NULL);
        timer_start(r[1].p, sched_nanotime() + 1000000, 500000);
    }
    if (fired >= 20) r[4].i++; /* one more sleep shows whether it fires once too often */
    if (r[4].i < 2) return timer_sleep(g, 10000000) ? STEP_PARKED : STEP_AGAIN;
    CHECK(fired == 20);
    return machine_end();
}

/* ---- Sleeps that are cancelled ---- */

enum { ROW = 1000 };
static Goroutine *rows[ROW];
static bool is_cancelled[ROW];
static int64_t nwoken;

/* r[3]: its number. Odd ones sleep for longer than those that come after them. */
static Step sleep_in_row(Goroutine *g, Slot *r)
{
    int64_t i = r[3].i;
    if (r[0].i++ == 0) {
        rows[i] = g;
        r[4].i = sched_nanotime() + 50000000 + i % 2 * 10000000;
        return timer_sleep(g, r[4].i - sched_nanotime()) ? STEP_PARKED : STEP_AGAIN;
    }
    nwoken++;
    if (is_cancelled[i]) return machine_end();
    CHECK(sched_nanotime() >= r[4].i);
    return machine_end();
}

static Step cancel_some(Goroutine *g, Slot *r)
{
    (void)g;
    (void)r;
    for (int i = 0; i < ROW; i++) {
        int k = i * 377 % ROW;
        if (k % 3 == 0) continue;
        is_cancelled[k] = timer_cancel_sleep(rows[k]); /* false where it is due already */
        CHECK(!timer_cancel_sleep(rows[k]));
        if (is_cancelled[k]) sched_ready(rows[k], false);
    }
    return machine_end();
}

static void test_cancel(void)
{
    sched_set_procs(1);
    for (int i = 0; i < ROW; i++) machine_go(sleep_in_row, NULL, NULL, i);
    machine_go(cancel_some, NULL, NULL, 0);
    machine_work();
    CHECK(nwoken == ROW);
}

/* ---- Stopping against firing ---- */

static _Atomic int64_t begun, stopped;

static void begin_work(Timer *timer, void *arg, int64_t now)
{
    (void)arg;
    (void)now;
    CHECK(timer->arg2 == NULL); /* set once timer_stop has returned */
    atomic_fetch_add(&begun, 1);
}

static Step stop_late(Goroutine *g, Slot *r)
{
    (void)g;
    if (r[3].i-- == 0) return machine_end();
    Timer *timer = timer_new(begin_work, NULL);
    timer_start(timer, sched_nanotime() + (int64_t)(sched_random() % 3000), 0);
    for (int64_t until = sched_nanotime() + (int64_t)(sched_random() % 5000);
         sched_nanotime() < until;) {
    }
    if (timer_stop(timer)) atomic_fetch_add(&stopped, 1);
    timer->arg2 = timer;
    return r[3].i % 10 ? STEP_AGAIN : STEP_YIELD;
}

static void test_stop(void)
{
    enum { WORKERS = 8, TIMES = 3000 };
    sched_set_procs(4);
    begun = stopped = 0;
    for (int i = 0; i < WORKERS; i++) machine_go(stop_late, NULL, NULL, TIMES);
    machine_work();
    CHECK(begun + stopped == WORKERS * TIMES);
}

/* ---- GOMAXPROCS ---- */

static Step shake(Goroutine *g, Slot *r)
{
    if (r[0].i++ == 60) return machine_end();
    sched_set_procs(1 + (int)(sched_random() % 8));
    return timer_sleep(g, 300000) ? STEP_PARKED : STEP_AGAIN;
}

static void test_shake(void)
{
    enum { MANY = 3000 };
    for (int i = 0; i < MANY; i++) machine_go(sleeper, NULL, NULL, i % 50 * 300000);
    machine_go(shake, NULL, NULL, 0);
    machine_work();
    CHECK(too_early == 0);
}

int main(void)
{
    machine_init(1, machine_deadlock);
    test_alone();
    machine_go(use_timers, NULL, NULL, 0);
    machine_work();
    machine_go(use_ticker, NULL, NULL, 0);
    machine_work();
    test_sleep(1);
    test_sleep(2);
    test_sleep(8);
    test_cancel();
    test_stop();
    test_shake();
    return unit_end();
}
