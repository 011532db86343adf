/* SPDX-License-Identifier: MIT */
/* Channels without the machine: hand-over, ring, closing, nil, element sizes, and many senders and
 * receivers at once. */
#include "machine.h"
#include "unit.h"

#include "runtime/chan.h"
#include "runtime/gc.h"

static RType elem_types[4] = {
    {.size = 0, .slots = 0, .kind = KIND_STRUCT},
    {.size = 8, .slots = 1, .kind = KIND_INT},
    {.size = 16, .slots = 2, .kind = KIND_STRING, .flags = RT_POINTERS},
    {.size = 24, .slots = 3, .kind = KIND_SLICE, .flags = RT_POINTERS},
};
static RType chan_types[4];

static Chan *make(int slots, int64_t n)
{
    chan_types[slots] = (RType){.kind = KIND_CHAN, .elem = &elem_types[slots], .dir = 3};
    return chan_make(&chan_types[slots], n);
}

static _Atomic int64_t sent, received, sum_sent, sum_received, producers_ended, closed_seen;

/* ---- Many to many ---- */

/* r[1] channel, r[3] how many; value in r[4..]. */
static Step producer(Goroutine *g, Slot *r)
{
    Chan *c = r[1].p;
    if (r[3].i-- == 0) {
        atomic_fetch_add(&producers_ended, 1);
        return machine_end();
    }
    int64_t v = (int64_t)(sched_random() % 1000);
    for (uint32_t i = 0; i < c->elem_slots; i++) r[4 + i].i = v;
    atomic_fetch_add(&sum_sent, c->elem_slots ? v : 1);
    atomic_fetch_add(&sent, 1);
    return chan_send(g, c, 4, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
}

/* r[0]: 1 after the first receive; r[1] channel; value in r[4..], ok in r[8]. Ends when the channel
 * is closed. */
static Step consumer(Goroutine *g, Slot *r)
{
    Chan *c = r[1].p;
    if (r[0].i++ > 0) {
        if (!r[8].u) {
            atomic_fetch_add(&closed_seen, 1);
            for (uint32_t i = 0; i < c->elem_slots; i++) CHECK(r[4 + i].i == 0);
            return machine_end();
        }
        for (uint32_t i = 1; i < c->elem_slots; i++) CHECK(r[4 + i].i == r[4].i);
        atomic_fetch_add(&sum_received, c->elem_slots ? r[4].i : 1);
        atomic_fetch_add(&received, 1);
    }
    for (int i = 4; i < 8; i++) r[i].i = -1;
    return chan_recv(g, c, 4, 8, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
}

static Step closer(Goroutine *g, Slot *r)
{
    if (r[2].i > 0 && atomic_load(&producers_ended) < r[3].i) return STEP_YIELD;
    (void)g;
    CHECK(chan_close(r[1].p) == CHAN_CLOSE_OK);
    CHECK(chan_close(r[1].p) == CHAN_CLOSE_CLOSED);
    return machine_end();
}

static void many(int nprocs, int slots, int64_t cap, int nproducers, int nconsumers, int64_t each)
{
    sched_set_procs(nprocs);
    sent = received = sum_sent = sum_received = producers_ended = closed_seen = 0;
    Chan *c = make(slots, cap);
    for (int i = 0; i < nproducers; i++) machine_go(producer, c, NULL, each);
    for (int i = 0; i < nconsumers; i++) machine_go(consumer, c, NULL, 0);
    machine_go(closer, c, (void *)1, nproducers);
    machine_work();
    CHECK(sent == each * nproducers && received == sent && sum_received == sum_sent);
    CHECK(closed_seen == nconsumers);
    CHECK(chan_len(c) == 0);
}

/* ---- Order ---- */

static Step count_up(Goroutine *g, Slot *r)
{
    if (r[3].i == 10000) {
        chan_close(r[1].p);
        return machine_end();
    }
    r[4].i = r[3].i++;
    return chan_send(g, r[1].p, 4, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
}

static Step expect_up(Goroutine *g, Slot *r)
{
    if (r[0].i++ > 0) {
        if (!r[8].u) {
            CHECK(r[3].i == 10000);
            return machine_end();
        }
        CHECK(r[4].i == r[3].i);
        r[3].i++;
    }
    return chan_recv(g, r[1].p, 4, 8, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
}

static void order(int64_t cap)
{
    Chan *c = make(1, cap);
    machine_go(count_up, c, NULL, 0);
    machine_go(expect_up, c, NULL, 0);
    machine_work();
}

/* ---- Non-blocking, nil, closed ---- */

static Step edges(Goroutine *g, Slot *r)
{
    r[4].i = 7;
    CHECK(chan_send(g, NULL, 4, false) == CHAN_WOULD_BLOCK);
    CHECK(chan_recv(g, NULL, 4, -1, false) == CHAN_WOULD_BLOCK);
    CHECK(chan_close(NULL) == CHAN_CLOSE_NIL);
    CHECK(chan_len(NULL) == 0 && chan_cap(NULL) == 0);
    CHECK(make(1, -1) == NULL);
    CHECK(make(3, INT64_MAX / 8) == NULL);
    Chan *c = make(1, 2);
    CHECK(chan_cap(c) == 2);
    CHECK(chan_recv(g, c, 4, 5, false) == CHAN_WOULD_BLOCK);
    CHECK(chan_send(g, c, 4, false) == CHAN_DONE);
    r[4].i = 8;
    CHECK(chan_send(g, c, 4, false) == CHAN_DONE);
    CHECK(chan_send(g, c, 4, false) == CHAN_WOULD_BLOCK);
    CHECK(chan_len(c) == 2);
    CHECK(chan_recv(g, c, 4, 5, false) == CHAN_DONE && r[4].i == 7 && r[5].u == 1);
    CHECK(chan_close(c) == CHAN_CLOSE_OK);
    CHECK(chan_send(g, c, 4, true) == CHAN_CLOSED);
    CHECK(chan_recv(g, c, 4, 5, true) == CHAN_DONE && r[4].i == 8 && r[5].u == 1);
    CHECK(chan_recv(g, c, 4, 5, true) == CHAN_DONE && r[4].i == 0 && r[5].u == 0);
    CHECK(chan_recv(g, c, -1, -1, true) == CHAN_DONE);
    Chan *empty = make(0, 1);
    CHECK(chan_send(g, empty, 4, false) == CHAN_DONE);
    CHECK(chan_send(g, empty, 4, false) == CHAN_WOULD_BLOCK);
    CHECK(chan_recv(g, empty, 4, 5, false) == CHAN_DONE && r[5].u == 1);
    Chan *external = make(1, 1);
    Slot value = {.i = 42};
    CHECK(chan_send_external(external, &value));
    CHECK(!chan_send_external(external, &value));
    CHECK(chan_recv(g, external, 4, -1, true) == CHAN_DONE && r[4].i == 42);
    return machine_end();
}

/* A sender parked when the channel is closed is told so. */
static Step send_and_be_told(Goroutine *g, Slot *r)
{
    if (r[0].i++ == 0) {
        g->wake_status = WAKE_OK;
        ChanStatus status = chan_send(g, r[1].p, 4, true);
        CHECK(status == CHAN_PARKED);
        return STEP_PARKED;
    }
    CHECK(g->wake_status == WAKE_CLOSED);
    return machine_end();
}

static void test_edges(void)
{
    sched_set_procs(1);
    machine_go(edges, NULL, NULL, 0);
    machine_work();
    Chan *c = make(1, 0);
    machine_go(send_and_be_told, c, NULL,
               0); /* started in this order, with one processor they run in it */
    machine_go(send_and_be_told, c, NULL, 0);
    machine_go(closer, c, NULL, 0);
    machine_work();
}

/* ---- Speed of a hand-over ---- */

static Step ping(Goroutine *g, Slot *r)
{
    switch (r[0].i++ & 1) {
    case 0:
        if (r[3].i-- == 0) return machine_end();
        return chan_send(g, r[1].p, 4, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
    default: return chan_recv(g, r[2].p, 4, -1, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
    }
}

static Step pong(Goroutine *g, Slot *r)
{
    if (r[3].i == 0) return machine_end();
    if ((r[0].i++ & 1) == 0)
        return chan_recv(g, r[1].p, 4, -1, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
    r[3].i--;
    return chan_send(g, r[2].p, 4, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
}

static void ping_pong(int nprocs)
{
    enum { ROUNDS = 300000 };
    sched_set_procs(nprocs);
    Chan *to = make(1, 0), *from = make(1, 0);
    int64_t begin = sched_nanotime();
    machine_go(ping, to, from, ROUNDS);
    machine_go(pong, to, from, ROUNDS);
    machine_work();
    printf("ping-pong round trip, %d processors: %.1f ns\n", nprocs,
           (double)(sched_nanotime() - begin) / ROUNDS);
}

int main(void)
{
    machine_init(2, machine_deadlock);
    test_edges();
    order(0);
    order(7);
    static const int procs[] = {1, 2, 8, 64};
    for (int i = 0; i < 4; i++) {
        many(procs[i], 1, 0, 10, 10, 3000);
        many(procs[i], 2, 5, 20, 3, 2000);
        many(procs[i], 0, 1, 3, 20, 2000);
        many(procs[i], 3, 0, 100, 100, 100);
        order(0);
    }
    ping_pong(1);
    ping_pong(2);
    return unit_end();
}
