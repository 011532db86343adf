/* SPDX-License-Identifier: MIT */
/* Select without the machine: choice, default, closing, duplicates, many selects against each
 * other, and that losers leave no waiter behind. */
#include "machine.h"
#include "unit.h"

#include "runtime/gc.h"
#include "runtime/select.h"

#include <string.h>

static RType int_type = {.size = 8, .slots = 1, .kind = KIND_INT};
static RType chan_type = {.kind = KIND_CHAN, .elem = &int_type, .dir = 3};

static _Atomic int64_t sum_sent, sum_received, nsent, nreceived;

static Chan *make(int64_t n)
{
    return chan_make(&chan_type, n);
}

/* ---- One goroutine ---- */

static Step edges(Goroutine *g, Slot *r)
{
    Chan *a = make(1), *b = make(1);
    r[4].i = 11;
    r[5].i = 22;
    SelectCase sends[] = {{a, 4, -1, true}, {b, 5, -1, true}, {NULL, 4, -1, true}};
    SelectCase receives[] = {{a, 6, 7, false}, {b, 6, 7, false}, {NULL, 6, 7, false}};
    CHECK(select_run(g, receives, 3, true, 8) == CHAN_DONE && r[8].i == -1);
    CHECK(select_run(g, sends, 3, false, 8) == CHAN_DONE && r[8].i >= 0 && r[8].i < 2);
    CHECK(select_run(g, sends, 3, false, 9) == CHAN_DONE && r[9].i == 1 - r[8].i);
    CHECK(select_run(g, sends, 3, true, 8) == CHAN_DONE && r[8].i == -1);
    for (int i = 0; i < 2; i++) {
        CHECK(select_run(g, receives, 3, false, 8) == CHAN_DONE);
        CHECK(r[6].i == (r[8].i == 0 ? 11 : 22) && r[7].u == 1);
    }
    CHECK(select_run(g, sends, 1, true, 8) == CHAN_DONE && r[8].i == 0);
    CHECK(select_run(g, sends, 1, true, 8) == CHAN_DONE && r[8].i == -1);
    CHECK(select_run(g, receives, 1, true, 8) == CHAN_DONE && r[8].i == 0 && r[6].i == 11);
    CHECK(chan_close(b) == CHAN_CLOSE_OK);
    CHECK(select_run(g, receives, 2, false, 8) == CHAN_DONE && r[8].i == 1 && r[6].i == 0 &&
          r[7].u == 0);
    SelectCase send_closed[] = {{b, 5, -1, true}, {NULL, 4, -1, false}};
    CHECK(select_run(g, send_closed, 2, true, 8) == CHAN_CLOSED);
    CHECK(select_run(g, send_closed, 0, true, 8) == CHAN_DONE && r[8].i == -1);
    return machine_end();
}

/* Each of four ready cases is taken about as often as the others. */
static Step fair(Goroutine *g, Slot *r)
{
    enum { TIMES = 40000 };
    int64_t taken[4] = {0};
    SelectCase cases[4];
    for (int i = 0; i < 4; i++) cases[i] = (SelectCase){make(1), 4, -1, false};
    for (int i = 0; i < 4; i++) CHECK(chan_send(g, cases[i].chan, 4, false) == CHAN_DONE);
    for (int i = 0; i < TIMES; i++) {
        CHECK(select_run(g, cases, 4, false, 8) == CHAN_DONE);
        taken[r[8].i]++;
        CHECK(chan_send(g, cases[r[8].i].chan, 4, false) == CHAN_DONE);
    }
    for (int i = 0; i < 4; i++) CHECK(taken[i] > TIMES / 5 && taken[i] < TIMES * 3 / 10);
    return machine_end();
}

/* ---- Many against many ---- */

enum { NCHANS = 5 };
static Chan *shared[NCHANS];
static _Atomic bool is_over;

/* r[3]: how many values. Sends on whichever channel takes them. */
static Step select_sender(Goroutine *g, Slot *r)
{
    if (r[3].i-- == 0) return machine_end();
    SelectCase cases[NCHANS + 1];
    r[4].i = (int64_t)(sched_random() % 1000);
    atomic_fetch_add(&sum_sent, r[4].i);
    atomic_fetch_add(&nsent, 1);
    int n = 2 + (int)(sched_random() % (NCHANS - 1));
    for (int i = 0; i < n; i++)
        cases[i] = (SelectCase){shared[sched_random() % NCHANS], 4, -1, true};
    cases[n++] = cases[0]; /* a duplicate */
    return select_run(g, cases, n, false, 8) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
}

static Step select_receiver(Goroutine *g, Slot *r)
{
    if (r[0].i++ > 0 && r[8].i >= 0) {
        atomic_fetch_add(&sum_received, r[4].i);
        if (atomic_fetch_add(&nreceived, 1) + 1 == r[3].i) {
            atomic_store(&is_over, true);
            for (int i = 0; i < NCHANS; i++) chan_close(shared[i]);
        }
        CHECK(r[6].u == 1);
    }
    SelectCase cases[NCHANS];
    for (int i = 0; i < NCHANS; i++)
        cases[i] = (SelectCase){shared[(r[2].i + i) % NCHANS], 4, 6, false};
    r[8].i = -2;
    ChanStatus status = select_run(g, cases, NCHANS, false, 8);
    return status == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
}

/* The same, ending at the first closed channel. */
static Step until_closed(Goroutine *g, Slot *r)
{
    if (r[0].i > 0) {
        CHECK(r[8].i >= 0);
        if (r[6].u == 0) return machine_end();
    }
    return select_receiver(g, r);
}

static void many(int nprocs, int64_t cap, int nsenders, int nreceivers, int64_t each)
{
    sched_set_procs(nprocs);
    sum_sent = sum_received = nsent = nreceived = 0;
    is_over = false;
    for (int i = 0; i < NCHANS; i++) shared[i] = make(i % 2 ? cap : 0);
    for (int i = 0; i < nreceivers; i++)
        machine_go(until_closed, NULL, (void *)(uintptr_t)i, each * nsenders);
    for (int i = 0; i < nsenders; i++) machine_go(select_sender, NULL, NULL, each);
    machine_work();
    CHECK(nreceived == nsent && nsent == each * nsenders && sum_received == sum_sent);
    for (int i = 0; i < NCHANS; i++)
        CHECK(!shared[i]->senders.first && !shared[i]->receivers.first);
}

/* ---- What is left behind ---- */

/* Waits a thousand times on a busy channel or a quiet one; the quiet one must not collect waiters.
 */
static Chan *busy, *quiet;

static Step wait_on_both(Goroutine *g, Slot *r)
{
    if (r[0].i++ > 0) CHECK(r[8].i == 0);
    CHECK(quiet->receivers.first == NULL);
    if (r[0].i == 1000) return machine_end();
    SelectCase cases[] = {{busy, 4, -1, false}, {quiet, 4, -1, false}};
    return select_run(g, cases, 2, false, 8) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
}

static Step keep_busy(Goroutine *g, Slot *r)
{
    if (r[0].i++ == 999) return machine_end();
    return chan_send(g, busy, 4, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
}

/* Two that select on sending and receiving on the same unbuffered channel. */
static Step either_way(Goroutine *g, Slot *r)
{
    if (r[0].i++ == 5000) return machine_end();
    SelectCase cases[] = {{busy, 4, -1, true}, {busy, 5, 6, false}};
    r[4].i = 1;
    return select_run(g, cases, 2, false, 8) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
}

/* Many cases: more than fit on the C stack. */
static Step wide(Goroutine *g, Slot *r)
{
    enum { WIDE = 500 };
    static SelectCase cases[WIDE];
    if (r[0].i++ == 0) {
        for (int i = 0; i < WIDE; i++) cases[i] = (SelectCase){make(0), 4, 6, false};
        busy = cases[321].chan;
        return select_run(g, cases, WIDE, false, 8) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
    }
    CHECK(r[8].i == 321 && r[4].i == 99);
    for (int i = 0; i < WIDE; i++) CHECK(!cases[i].chan->receivers.first);
    memset(cases, 0, sizeof cases);
    return machine_end();
}

static Step send_99(Goroutine *g, Slot *r)
{
    if (r[0].i++ > 0) return machine_end();
    r[4].i = 99;
    return chan_send(g, busy, 4, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
}

int main(void)
{
    machine_init(1, machine_deadlock);
    machine_go(edges, NULL, NULL, 0);
    machine_work();
    machine_go(fair, NULL, NULL, 0);
    machine_work();
    machine_go(wide, NULL, NULL, 0);
    machine_go(send_99, NULL, NULL, 0);
    machine_work();
    busy = make(0);
    quiet = make(0);
    machine_go(wait_on_both, NULL, NULL, 0);
    machine_go(keep_busy, NULL, NULL, 0);
    machine_work();
    static const int procs[] = {1, 2, 8, 64};
    for (int i = 0; i < 4; i++) {
        many(procs[i], 3, 10, 10, 1000);
        many(procs[i], 1, 50, 3, 100);
        many(procs[i], 0, 3, 30, 500);
        machine_go(either_way, NULL, NULL, 0);
        machine_go(either_way, NULL, NULL, 0);
        machine_work();
    }
    return unit_end();
}
