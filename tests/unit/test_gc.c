/* SPDX-License-Identifier: MIT */
/* The collected heap under goroutines: what they hold survives collections at any moment, whatever
 * size, kind and place; what they dropped goes; processors come and go meanwhile. */
#include "machine.h"
#include "unit.h"

#include "runtime/chan.h"
#include "runtime/gc.h"
#include "runtime/timer.h"

#include <string.h>
#include <unistd.h>

typedef struct Node {
    struct Node *next;
    uint8_t *leaf; /* leaf_size bytes, all equal to `seed` */
    uint32_t leaf_size;
    uint32_t size; /* of this node */
    uint64_t seed;
    void *last[]; /* the node's last word points to a witness */
} Node;

static _Atomic int64_t faults;

static void fault_unless(bool is_right)
{
    if (!is_right) atomic_fetch_add(&faults, 1);
}

static bool is_filled(const uint8_t *bytes, size_t n, uint8_t with)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != with) return false;
    return true;
}

/* A node of random size whose last word is the only pointer to a witness. */
static Node *make_node(Node *next)
{
    uint64_t random = sched_random();
    size_t size = sizeof(Node) + 8 + (random >> 8) % (random % 16 ? 200 : 6000) / 8 * 8;
    Node *node = gc_new(size);
    fault_unless(is_filled((uint8_t *)node, size, 0));
    node->next = next;
    node->size = (uint32_t)size;
    node->seed = random;
    node->leaf_size = (uint32_t)((random >> 32) % (random % 32 ? 100 : 9000) + 1);
    node->leaf = gc_new_leaf(node->leaf_size);
    fault_unless(is_filled(node->leaf, node->leaf_size, 0));
    memset(node->leaf, (uint8_t)random, node->leaf_size);
    uint64_t *witness = gc_new_leaf(sizeof *witness);
    *witness = ~random;
    memcpy((char *)node + size - sizeof witness, &witness, sizeof witness);
    return node;
}

static void check_list(const Node *node)
{
    for (; node; node = node->next) {
        uint64_t *witness;
        memcpy(&witness, (const char *)node + node->size - sizeof witness, sizeof witness);
        fault_unless(*witness == ~node->seed);
        fault_unless(is_filled(node->leaf, node->leaf_size, (uint8_t)node->seed));
    }
}

/* r[1]: a channel to pass lists through; r[2]: a list that only this stack holds; r[3]: rounds. */
static Step churn(Goroutine *g, Slot *r)
{
    if (r[3].i-- == 0) return machine_end();
    int64_t what = (int64_t)(sched_random() % 100);
    if (what < 60) r[2].p = make_node(r[2].p);
    if (what >= 60 && what < 70) check_list(r[2].p);
    if (what == 70) r[2].p = NULL;
    if (what == 71 && r[3].i % 7 == 0) gc_collect();
    if (what == 72) CHECK(stack_grow(g, 40 + sched_random() % 3000));
    if (what > 90) return STEP_YIELD;
    if (what > 85) { /* let another goroutine have it */
        r[4].p = r[2].p;
        r[2].p = NULL;
        return chan_send(g, r[1].p, 4, false) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
    }
    if (what > 80 && !r[2].p) {
        r[5].p = NULL;
        chan_recv(g, r[1].p, 2, -1, false);
        check_list(r[2].p);
    }
    return STEP_AGAIN;
}

static Step shake(Goroutine *g, Slot *r)
{
    (void)g;
    if (r[3].i-- == 0) return machine_end();
    sched_set_procs(1 + (int)(sched_random() % 5));
    if (r[3].i % 8 == 0) gc_free_os(1000000000);
    return STEP_YIELD;
}

static RType list_type = {.size = 8, .slots = 1, .kind = KIND_POINTER, .flags = RT_POINTERS};
static RType chan_type = {.kind = KIND_CHAN, .elem = &list_type, .dir = 3};

static void test_churn(int nprocs)
{
    sched_set_procs(nprocs);
    Chan *c = chan_make(&chan_type, 20);
    for (int i = 0; i < 30; i++) machine_go(churn, c, NULL, 6000);
    machine_go(shake, NULL, NULL, nprocs == 1 ? 0 : 40);
    machine_work();
    CHECK(faults == 0);
    GcStats stats;
    gc_stats(&stats);
    printf("%d processors: %lu collections, heap %.1f MB\n", nprocs,
           (unsigned long)stats.collections, (double)stats.heap_size / 1e6);
    CHECK(stats.collections > 5);
    CHECK(stats.heap_size < 400000000);
}

/* A thousand goroutines park on a channel that nobody else knows; their stacks alone hold lists. */
static Step park_with_list(Goroutine *g, Slot *r)
{
    if (r[0].i++ == 0) {
        for (int i = 0; i < 5; i++) r[2].p = make_node(r[2].p);
        return chan_recv(g, r[1].p, 4, 5, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
    }
    check_list(r[2].p);
    return machine_end();
}

static Step close_after_collection(Goroutine *g, Slot *r)
{
    (void)g;
    if (r[0].i++ < 20) return STEP_YIELD;
    for (int i = 0; i < 3; i++) gc_collect();
    for (int i = 0; i < 20000; i++) memset(gc_new_leaf(100), 0xAA, 100);
    chan_close(r[1].p);
    return machine_end();
}

static void test_parked(void)
{
    Chan *c = chan_make(&chan_type, 0);
    for (int i = 0; i < 1000; i++) machine_go(park_with_list, c, NULL, 0);
    machine_go(close_after_collection, c, NULL, 0);
    machine_work();
    CHECK(faults == 0);
}

/* An array much longer than the collector's mark stack holds the only pointers to its witnesses. */
static Step fill_long(Goroutine *g, Slot *r)
{
    enum { N = 300000 };
    (void)g;
    if (r[0].i++ == 0) {
        uint64_t **array = r[2].p = gc_new(N * sizeof(uint64_t *));
        for (uint64_t i = 0; i < N; i++) {
            array[i] = gc_new(i % 3 * 40 + 8);
            *array[i] = i;
        }
        return STEP_YIELD;
    }
    gc_collect();
    for (int i = 0; i < 100000; i++) memset(gc_new(8 + i % 100), 0xAA, 8);
    uint64_t **array = r[2].p;
    for (uint64_t i = 0; i < N; i++) fault_unless(*array[i] == i);
    return r[0].i > 4 ? machine_end() : STEP_YIELD;
}

static void test_long(void)
{
    for (int i = 0; i < 3; i++) machine_go(fill_long, NULL, NULL, 0);
    machine_work();
    CHECK(faults == 0);
}

/* Stacks that were deep once are halved while their goroutines are parked, collection by
 * collection, and keep their contents. */
static Step grow_and_park(Goroutine *g, Slot *r)
{
    if (r[0].i++ == 0) {
        r[6].i = r[3].i;
        CHECK(stack_grow(g, 4000));
        Chan *c = machine_slots(g)[1].p;
        return chan_recv(g, c, 4, 5, true) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
    }
    CHECK(r[6].i == r[3].i);
    return machine_end();
}

static Step collect_until_small(Goroutine *g, Slot *r)
{
    GcStats stats;
    gc_stats(&stats);
    if (r[0].i++ == 0) r[4].u = stats.stacks;
    bool is_small = stats.stacks < r[4].u / 8;
    if (!is_small && r[0].i < 400) {
        gc_collect();
        return timer_sleep(g, 5000000) ? STEP_PARKED : STEP_AGAIN;
    }
    CHECK(is_small);
    chan_close(r[1].p);
    return machine_end();
}

static void test_shrinking(void)
{
    Chan *c = chan_make(&chan_type, 0);
    for (int i = 0; i < 2000; i++) machine_go(grow_and_park, c, NULL, i);
    machine_go(collect_until_small, c, NULL, 0);
    machine_work();
}

static _Atomic int64_t finalized;

static void finalize(void *object, void *arg)
{
    (void)object;
    (void)arg;
    atomic_fetch_add(&finalized, 1);
}

static Step drop_many(Goroutine *g, Slot *r)
{
    (void)g;
    if (r[0].i++ == 0)
        for (int i = 0; i < 1000; i++) gc_set_finalizer(gc_new(40), finalize, NULL);
    if (atomic_load(&finalized) > 900 || r[0].i > 200) return machine_end();
    gc_collect();
    return STEP_YIELD;
}

static void test_finalizers(void)
{
    machine_go(drop_many, NULL, NULL, 0);
    machine_work();
    CHECK(atomic_load(&finalized) > 900);
}

int main(void)
{
    machine_init(2, machine_deadlock);
    test_churn(1);
    test_churn(2);
    test_churn(8);
    sched_set_procs(2);
    test_parked();
    test_long();
    test_shrinking();
    test_finalizers();
    size_t size = 0;
    char *object = gc_new(100);
    CHECK(gc_base(object + 50, &size) == object && size >= 100);
    CHECK(gc_base(&size, NULL) == NULL);
    return unit_end();
}
