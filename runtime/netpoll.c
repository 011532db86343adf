/* SPDX-License-Identifier: MIT */
/* The network poller.
 *
 * Events are edge-triggered: the system says once that a descriptor has become readable. So each
 * direction of a descriptor remembers that it was told (`is_ready`) until somebody waits, who then
 * returns at once and tries the call again. One goroutine may wait for each direction; the
 * library's locks see to that.
 *
 * PollDescs are never given back to the system, because an event may still be on its way for one
 * that was closed. The token of an event is the PollDesc's address with the low bits of its
 * generation, which changes when it is freed: older events are dropped. */
#include "runtime/netpoll.h"

#include "base/fatal.h"
#include "runtime/netpoll_epoll.h"
#include "runtime/sched.h"
#include "runtime/timer.h"
#include "runtime/worker.h"

#include <string.h>

enum { EVENTS_MAX = 128, BATCH = 32, GENERATION_BITS = 6 };

typedef struct Direction {
    Goroutine *waiting; /* parked here, or NULL */
    bool is_ready;      /* told so since the last wait */
    bool is_over;       /* the deadline has passed */
    Timer *timer;       /* of the deadlines; made at the first one */
} Direction;

/* gc_root_alloc'ed in batches, recycled, never freed. */
struct PollDesc {
    Lock lock; /* guards what follows */
    bool is_closed;
    int fd;
    uint32_t generation;
    Direction direction[2]; /* by PollMode */
    PollDesc *next_free;    /* guarded by free_lock */
} __attribute__((aligned(1 << GENERATION_BITS)));

static Lock free_lock;
static PollDesc *free_descs;

void netpoll_init(void)
{
    poller_init();
}

static void poll_lock(PollDesc *pd)
{
    lock_take_ranked(&pd->lock, RANK_POLL);
}

static uint64_t token_of(const PollDesc *pd)
{
    return (uintptr_t)pd | (pd->generation & ((1u << GENERATION_BITS) - 1));
}

/* ---- Making and freeing ---- */

static void make_descs(void)
{
    char *memory = gc_root_alloc((BATCH + 1) * sizeof(PollDesc));
    uintptr_t mask = (1u << GENERATION_BITS) - 1;
    PollDesc *descs = (PollDesc *)(((uintptr_t)memory + mask) & ~mask);
    lock_take_ranked(&free_lock, RANK_POOL);
    for (int i = 0; i < BATCH; i++) {
        descs[i].next_free = free_descs;
        free_descs = &descs[i];
    }
    lock_release(&free_lock);
}

static PollDesc *take_desc(void)
{
    for (;;) {
        lock_take_ranked(&free_lock, RANK_POOL);
        PollDesc *pd = free_descs;
        if (pd) free_descs = pd->next_free;
        lock_release(&free_lock);
        if (pd) return pd;
        make_descs();
    }
}

PollDesc *poll_open(int fd)
{
    PollDesc *pd = take_desc();
    poll_lock(pd);
    pd->fd = fd;
    pd->is_closed = false;
    memset(pd->direction, 0, sizeof pd->direction);
    lock_release(&pd->lock);
    if (poller_add(fd, token_of(pd))) return pd;
    pd->is_closed = true;
    poll_free(pd);
    return NULL;
}

void poll_free(PollDesc *pd)
{
    poll_lock(pd);
    if (!pd->is_closed) fatal("netpoll: an open descriptor is freed");
    pd->generation++;
    memset(pd->direction, 0, sizeof pd->direction);
    lock_release(&pd->lock);
    lock_take_ranked(&free_lock, RANK_POOL);
    pd->next_free = free_descs;
    free_descs = pd;
    lock_release(&free_lock);
}

/* ---- Waking ---- */

/* Takes the waiting goroutine, with what it is told; pd is locked. */
static Goroutine *take_waiting(Direction *direction, uint8_t status)
{
    Goroutine *g = direction->waiting;
    if (!g) return NULL;
    direction->waiting = NULL;
    g->wake_status = status;
    return g;
}

static void ready(Goroutine *g)
{
    if (!g) return;
    sched_ready(g, false);
    atomic_fetch_sub(&sched.npolled, 1); /* after it was queued: see is_dead in sched.c */
}

void poll_close(PollDesc *pd)
{
    poll_lock(pd);
    bool was_closed = pd->is_closed;
    pd->is_closed = true;
    Goroutine *reader = take_waiting(&pd->direction[POLL_READ], WAKE_ERROR);
    Goroutine *writer = take_waiting(&pd->direction[POLL_WRITE], WAKE_ERROR);
    Timer *timers[2] = {pd->direction[POLL_READ].timer, pd->direction[POLL_WRITE].timer};
    lock_release(&pd->lock);
    if (!was_closed) poller_remove(pd->fd);
    for (int i = 0; i < 2; i++) {
        if (!timers[i]) continue;
        timer_lock(timers[i]);
        timer_stop(timers[i]);
        timer_unlock(timers[i]);
    }
    ready(reader);
    ready(writer);
}

/* An event: notes it, and chains who waited onto *chain. */
static uint32_t dispatch(Direction *direction, Goroutine **chain)
{
    direction->is_ready = true;
    Goroutine *g = take_waiting(direction, WAKE_OK);
    if (!g) return 0;
    direction->is_ready = false; /* it is told now */
    atomic_store_explicit(&g->state, G_RUNNABLE, memory_order_release);
    g->sched_next = *chain;
    *chain = g;
    return 1;
}

Goroutine *netpoll_wait(int64_t timeout_ns, uint32_t *n)
{
    PollEvent events[EVENTS_MAX];
    int nevents = poller_wait(events, EVENTS_MAX, timeout_ns);
    Goroutine *chain = NULL;
    *n = 0;
    for (int i = 0; i < nevents; i++) {
        uint64_t mask = (1u << GENERATION_BITS) - 1;
        PollDesc *pd = (PollDesc *)(uintptr_t)(events[i].token & ~mask);
        poll_lock(pd);
        if (token_of(pd) == events[i].token && !pd->is_closed) {
            if (events[i].can_read) *n += dispatch(&pd->direction[POLL_READ], &chain);
            if (events[i].can_write) *n += dispatch(&pd->direction[POLL_WRITE], &chain);
        }
        lock_release(&pd->lock);
    }
    return chain;
}

void netpoll_break(void)
{
    poller_interrupt();
}

/* ---- Waiting ---- */

bool poll_wait(Goroutine *g, PollDesc *pd, PollMode mode)
{
    Direction *direction = &pd->direction[mode];
    poll_lock(pd);
    bool is_decided = true;
    if (pd->is_closed) {
        g->wake_status = WAKE_ERROR;
    } else if (direction->is_over) {
        g->wake_status = WAKE_TIMEOUT;
    } else if (direction->is_ready) {
        direction->is_ready = false;
        g->wake_status = WAKE_OK;
    } else {
        is_decided = false;
    }
    if (is_decided) {
        lock_release(&pd->lock);
        return true;
    }
    if (direction->waiting) fatal("netpoll: two goroutines wait for one direction");
    direction->waiting = g;
    g->waiter.on = pd;
    atomic_fetch_add(&sched.npolled, 1);
    sched_park(g, WAIT_IO, &pd->lock);
    return false;
}

bool poll_is_over(PollDesc *pd, PollMode mode)
{
    poll_lock(pd);
    bool is_over = pd->direction[mode].is_over;
    lock_release(&pd->lock);
    return is_over;
}

bool poll_cancel(Goroutine *g)
{
    PollDesc *pd = g->waiter.on;
    poll_lock(pd);
    bool is_waiting = false;
    for (int i = 0; i < 2; i++)
        if (pd->direction[i].waiting == g) {
            pd->direction[i].waiting = NULL;
            is_waiting = true;
        }
    lock_release(&pd->lock);
    if (is_waiting) atomic_fetch_sub(&sched.npolled, 1);
    return is_waiting;
}

/* ---- Deadlines ---- */

static void pass_deadline(Timer *timer, void *arg, int64_t now)
{
    PollDesc *pd = arg;
    Direction *direction = &pd->direction[(PollMode)(uintptr_t)timer->arg2];
    poll_lock(pd);
    Goroutine *g = NULL;
    if (direction->timer == timer && timer->when <= now) {
        direction->is_over = true;
        g = take_waiting(direction, WAKE_TIMEOUT);
    }
    lock_release(&pd->lock);
    ready(g);
}

/* The timer of a direction's deadlines, made at the first one. */
static Timer *deadline_timer(PollDesc *pd, PollMode mode)
{
    Direction *direction = &pd->direction[mode];
    Timer *fresh = NULL;
    poll_lock(pd);
    if (!direction->timer) {
        lock_release(&pd->lock);
        fresh = timer_new(pass_deadline, pd);
        fresh->arg2 = (void *)(uintptr_t)mode;
        poll_lock(pd);
        if (!direction->timer) direction->timer = fresh;
    }
    Timer *timer = direction->timer;
    lock_release(&pd->lock);
    return timer;
}

void poll_set_deadline(PollDesc *pd, PollMode mode, int64_t when)
{
    Direction *direction = &pd->direction[mode];
    Timer *timer = deadline_timer(pd, mode);
    timer_lock(timer);
    timer_stop(timer);
    poll_lock(pd);
    Goroutine *g = NULL;
    bool is_open = !pd->is_closed;
    if (is_open) {
        direction->is_over = when < 0 || (when > 0 && when <= sched_nanotime());
        if (direction->is_over) g = take_waiting(direction, WAKE_TIMEOUT);
    }
    bool is_ahead = is_open && when > 0 && !direction->is_over;
    lock_release(&pd->lock);
    if (is_ahead) timer_start(timer, when, 0);
    timer_unlock(timer);
    ready(g);
}
