/* SPDX-License-Identifier: MIT */
/* Each waiting goroutine is a node; an edge leads to whoever could end its wait. For locks that is
 * known: locks remember who took them. For channels, groups and conditions it is whoever can get at
 * them (reach.h), save those that wait for just the same. A node without edges is a root: nobody
 * can ever wake it. Without roots there is a circle. The mistake is named after what is found
 * first, circles of locks before anything else, since they are certain. */
#include "vm/waitgraph.h"

#include "base/fatal.h"
#include "vm/reach.h"
#include "vm/traceback.h"

#include <stdlib.h>

enum { NODES_MAX = 400, REACHING_MAX = 100 };

/* ---- The nodes ---- */

static int compare_addresses(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t) * (Goroutine *const *)a, y = (uintptr_t) * (Goroutine *const *)b;
    return (x > y) - (x < y);
}

static int compare_ids(const void *a, const void *b)
{
    const Goroutine *x = *(Goroutine *const *)a, *y = *(Goroutine *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

typedef VEC(Goroutine *) Goroutines;

static void collect(Goroutine *g, void *arg)
{
    vec_push((Goroutines *)arg, g);
}

static bool waits(const Goroutine *g)
{
    if (g->flags & GF_SYSTEM || atomic_load(&g->state) != G_PARKED) return false;
    switch ((WaitReason)g->wait_reason) {
    case WAIT_CHAN_SEND:
    case WAIT_CHAN_RECV:
    case WAIT_CHAN_SEND_NIL:
    case WAIT_CHAN_RECV_NIL:
    case WAIT_SELECT:
    case WAIT_SELECT_NONE:
    case WAIT_SEMACQUIRE:
    case WAIT_MUTEX_LOCK:
    case WAIT_RWMUTEX_RLOCK:
    case WAIT_RWMUTEX_LOCK:
    case WAIT_WAITGROUP:
    case WAIT_COND_WAIT: return true;
    default: return false;
    }
}

Goroutine **waitgraph_waiting(size_t *n)
{
    Goroutines found = {0};
    g_each(collect, &found);
    *n = 0;
    for (size_t i = 0; i < found.len; i++)
        if (waits(found.at[i])) found.at[(*n)++] = found.at[i];
    if (*n) qsort(found.at, *n, sizeof found.at[0], compare_ids);
    return found.at;
}

static bool is_same_wait(const Wait *a, const Wait *b, bool is_by_place)
{
    if (a->reason != b->reason || a->pos != b->pos || a->nthings != b->nthings) return false;
    for (uint32_t i = 0; i < a->nthings && !is_by_place; i++)
        if (a->things[i].at != b->things[i].at) return false;
    return true;
}

/* Finds for each node the first one like it. */
static void group(WaitGraph *graph, bool is_by_place)
{
    for (size_t i = 0; i < graph->nodes.len; i++) {
        WaitNode *node = &graph->nodes.at[i];
        node->like = -1;
        for (size_t j = 0; j < i && node->like < 0; j++)
            if (graph->nodes.at[j].like < 0 &&
                is_same_wait(&graph->nodes.at[j].wait, &node->wait, is_by_place))
                node->like = (int32_t)j;
    }
}

void waitgraph_group_by_place(WaitGraph *graph)
{
    group(graph, true);
}

static void add_nodes(WaitGraph *graph, Goroutine *const *waiting, size_t n)
{
    graph->nwaiting = n;
    for (size_t i = 0; i < n && graph->nodes.len < NODES_MAX; i++) {
        WaitNode node = {.wait = wait_of(waiting[i]), .like = -1};
        if (node.wait.is_library) {
            graph->nwaiting--;
            wait_free(&node.wait);
            continue;
        }
        vec_push(&graph->nodes, node);
    }
}

void waitgraph_free(WaitGraph *graph)
{
    for (size_t i = 0; i < graph->nodes.len; i++) {
        wait_free(&graph->nodes.at[i].wait);
        vec_free(&graph->nodes.at[i].edges);
    }
    vec_free(&graph->nodes);
    free(graph->all);
    vec_free(&graph->circle);
}

/* ---- The edges ---- */

int32_t waitgraph_node(const WaitGraph *graph, uint32_t low_id)
{
    for (size_t i = 0; i < graph->nodes.len; i++)
        if ((uint32_t)graph->nodes.at[i].wait.g->id == low_id) return (int32_t)i;
    return -1;
}

static void add_edge(WaitNode *from, int32_t to, uint32_t thing, bool is_lock)
{
    if (to < 0) return;
    for (size_t i = 0; i < from->edges.len; i++)
        if (from->edges.at[i].to == (uint32_t)to) return;
    vec_push(&from->edges, ((WaitEdge){(uint32_t)to, thing, is_lock}));
}

/* Whoever waits to take the lock for writing, having the writers' mutex already. */
int32_t waitgraph_writer(const WaitGraph *graph, const RWMutex *rw)
{
    for (size_t i = 0; i < graph->nodes.len; i++) {
        const Wait *wait = &graph->nodes.at[i].wait;
        if (wait->reason == WAIT_RWMUTEX_LOCK && wait->nthings && wait->things[0].at == rw)
            return (int32_t)i;
    }
    return -1;
}

static bool is_locked(const Mutex *m)
{
    return atomic_load(&m->state) & 1;
}

/* A writer in possession or on its way, for who waits to read or for the writers' mutex. */
static int32_t writer_of(const WaitGraph *graph, const RWMutex *rw)
{
    int32_t waiting = waitgraph_writer(graph, rw);
    return waiting >= 0 ? waiting : is_locked(&rw->w) ? waitgraph_node(graph, rw->w.owner) : -1;
}

static void add_lock_edge(WaitGraph *graph, uint32_t i, uint32_t thing)
{
    WaitNode *node = &graph->nodes.at[i];
    void *at = node->wait.things[thing].at;
    const Mutex *mutex = wait_mutex(&node->wait.things[thing]);
    if (mutex) {
        add_edge(node, waitgraph_node(graph, mutex->owner), thing, true);
        return;
    }
    RWMutex *rw = at;
    int32_t to = node->wait.reason == WAIT_RWMUTEX_LOCK
                     ? waitgraph_node(graph, (uint32_t)atomic_load(&rw->reader))
                     : writer_of(graph, rw);
    add_edge(node, to, thing, true);
}

static bool is_lock(ThingKind kind)
{
    return kind == THING_MUTEX || kind == THING_RWMUTEX || kind == THING_ONCE;
}

/* Whether the node waits for this thing, in the same way as a thing like it. */
static bool waits_alike(const WaitNode *node, const Thing *thing)
{
    for (uint32_t i = 0; i < node->wait.nthings; i++) {
        const Thing *own = &node->wait.things[i];
        if (own->at == thing->at && own->is_send == thing->is_send) return true;
    }
    return false;
}

typedef VEC(const void *) Targets;

/* All that somebody waits for and that isn't a lock, each once. */
static void collect_targets(const WaitGraph *graph, Targets *targets)
{
    for (size_t i = 0; i < graph->nodes.len; i++) {
        const Wait *wait = &graph->nodes.at[i].wait;
        for (uint32_t t = 0; t < wait->nthings; t++) {
            size_t j = 0;
            while (j < targets->len && targets->at[j] != wait->things[t].at) j++;
            if (j == targets->len && !is_lock(wait->things[t].kind))
                vec_push(targets, wait->things[t].at);
        }
    }
}

/* Edges to nodes[to] from all who wait for what it can get at. */
static void add_edges_to(WaitGraph *graph, uint32_t to, const Targets *targets, const bool *found)
{
    for (size_t i = 0; i < graph->nodes.len; i++) {
        WaitNode *node = &graph->nodes.at[i];
        for (uint32_t t = 0; t < node->wait.nthings && i != to; t++) {
            const Thing *thing = &node->wait.things[t];
            if (is_lock(thing->kind) || waits_alike(&graph->nodes.at[to], thing)) continue;
            for (size_t k = 0; k < targets->len; k++)
                if (targets->at[k] == thing->at && found[k]) add_edge(node, (int32_t)to, t, false);
        }
    }
}

static void add_edges(WaitGraph *graph)
{
    Targets targets = {0};
    collect_targets(graph, &targets);
    bool *found = calloc(targets.len + 1, sizeof *found);
    if (!found) fatal_out_of_memory();
    for (uint32_t i = 0; i < graph->nodes.len; i++) {
        const Wait *wait = &graph->nodes.at[i].wait;
        for (uint32_t t = 0; t < wait->nthings; t++)
            if (is_lock(wait->things[t].kind)) add_lock_edge(graph, i, t);
    }
    for (uint32_t i = 0; i < graph->nodes.len && i < REACHING_MAX; i++) {
        reach_from(graph->nodes.at[i].wait.g, graph->all, graph->nall, targets.at, targets.len,
                   found);
        add_edges_to(graph, i, &targets, found);
    }
    free(found);
    vec_free(&targets);
}

/* ---- Circles ---- */

/* The shortest way from `from` back to itself along edges (lock edges only, or all) into
 * graph->circle; false where there is none. */
static bool find_circle_from(WaitGraph *graph, uint32_t from, bool locks_only)
{
    size_t n = graph->nodes.len;
    int32_t *before = malloc(n * sizeof *before);
    uint32_t *queue = malloc(n * sizeof *queue);
    if (!before || !queue) fatal_out_of_memory();
    for (size_t i = 0; i < n; i++) before[i] = -1;
    size_t head = 0, tail = 0;
    bool is_found = false;
    queue[tail++] = from;
    while (head < tail && !is_found) {
        uint32_t at = queue[head++];
        const WaitNode *node = &graph->nodes.at[at];
        for (size_t i = 0; i < node->edges.len; i++) {
            uint32_t to = node->edges.at[i].to;
            if (locks_only && !node->edges.at[i].is_lock) continue;
            if (before[to] >= 0) continue;
            before[to] = (int32_t)at;
            if (to == from) {
                is_found = true;
                break;
            }
            queue[tail++] = to;
        }
    }
    if (is_found) {
        graph->circle.len = 0;
        uint32_t at = from;
        do {
            at = (uint32_t)before[at];
            vec_push(&graph->circle, at);
        } while (at != from);
        for (size_t i = 0, j = graph->circle.len - 1; i < j; i++, j--) {
            uint32_t swapped = graph->circle.at[i];
            graph->circle.at[i] = graph->circle.at[j];
            graph->circle.at[j] = swapped;
        }
    }
    free(before);
    free(queue);
    return is_found;
}

static const WaitEdge *edge_between(const WaitGraph *graph, uint32_t from, uint32_t to)
{
    const WaitNode *node = &graph->nodes.at[from];
    for (size_t i = 0; i < node->edges.len; i++)
        if (node->edges.at[i].to == to) return &node->edges.at[i];
    return NULL;
}

/* The edge that leaves the i-th node of the circle. */
const WaitEdge *waitgraph_circle_edge(const WaitGraph *graph, size_t i)
{
    return edge_between(graph, graph->circle.at[i], graph->circle.at[(i + 1) % graph->circle.len]);
}

const Thing *waitgraph_circle_thing(const WaitGraph *graph, size_t i)
{
    return &graph->nodes.at[graph->circle.at[i]]
                .wait.things[waitgraph_circle_edge(graph, i)->thing];
}

static bool has_lock_edge(const WaitGraph *graph)
{
    for (size_t i = 0; i < graph->circle.len; i++)
        if (waitgraph_circle_edge(graph, i)->is_lock) return true;
    return false;
}

/* ---- The mistake ---- */

/* Whether the call that locked the mutex, which the goroutine asks for again, is over: its function
 * is not under way, or comes by the same place once more. */
static bool is_left_locked(const Wait *wait, const Mutex *mutex)
{
    const FuncProto *locker = mutex->locked_at ? proto_at(mutex->locked_at) : NULL;
    FrameWalk walk;
    int ncalls = 0;
    if (!locker || locker->flags & PROTO_LIBRARY) return false;
    walk_begin(&walk, wait->g);
    do {
        ncalls += walk.code == locker && walk.level == walk.nlevels;
    } while (walk_next(&walk));
    return ncalls == 0 || (ncalls == 1 && mutex->locked_at == wait->g->pc);
}

/* A goroutine waits for itself. */
static Mistake mistake_of_relock(const WaitNode *node)
{
    const Thing *thing = &node->wait.things[0];
    if (node->wait.reason == WAIT_RWMUTEX_LOCK) return MISTAKE_UPGRADE;
    if (thing->kind == THING_ONCE) return MISTAKE_ONCE_AGAIN;
    const Mutex *mutex = thing->kind == THING_RWMUTEX ? &((RWMutex *)thing->at)->w : thing->at;
    return is_left_locked(&node->wait, mutex) ? MISTAKE_LEFT_LOCKED : MISTAKE_DOUBLE_LOCK;
}

static Mistake mistake_of_locks(const WaitGraph *graph)
{
    const WaitNode *first = &graph->nodes.at[graph->circle.at[0]];
    bool has_rw = false;
    for (size_t i = 0; i < graph->circle.len; i++)
        if (graph->nodes.at[graph->circle.at[i]].wait.reason == WAIT_RWMUTEX_RLOCK) has_rw = true;
    const Thing *thing = waitgraph_circle_thing(graph, 0);
    if (graph->circle.len == 1) return mistake_of_relock(first);
    bool is_one_lock = true;
    for (size_t i = 1; i < graph->circle.len; i++)
        is_one_lock &= waitgraph_circle_thing(graph, i)->at == thing->at;
    return has_rw && is_one_lock ? MISTAKE_READERS : MISTAKE_LOCK_ORDER;
}

/* What a wait that ends by one call only says about it; NONE for others. */
static Mistake mistake_of_kind(const WaitNode *node)
{
    const Wait *wait = &node->wait;
    if (wait->is_range) return MISTAKE_NO_CLOSE;
    if (wait->is_done) return MISTAKE_NO_CANCEL;
    if (wait->reason == WAIT_COND_WAIT && wait->nthings &&
        ((Cond *)wait->things[0].at)->unheard > 0)
        return MISTAKE_LOST_SIGNAL;
    return MISTAKE_NONE;
}

static Mistake mistake_of_root(const WaitNode *node)
{
    switch (node->wait.reason) {
    case WAIT_CHAN_SEND: return MISTAKE_NO_RECEIVER;
    case WAIT_CHAN_RECV: return MISTAKE_NO_SENDER;
    case WAIT_SELECT: return MISTAKE_DEAD_SELECT;
    case WAIT_SELECT_NONE: return node->wait.nnil ? MISTAKE_NIL_SELECT : MISTAKE_EMPTY_SELECT;
    case WAIT_WAITGROUP: return MISTAKE_NO_DONE;
    case WAIT_COND_WAIT: return MISTAKE_NO_SIGNAL;
    case WAIT_MUTEX_LOCK:
    case WAIT_RWMUTEX_LOCK:
    case WAIT_RWMUTEX_RLOCK: return MISTAKE_NO_UNLOCK;
    case WAIT_CHAN_SEND_NIL:
    case WAIT_CHAN_RECV_NIL:
        return node->wait.is_never_done ? MISTAKE_NEVER_DONE : MISTAKE_NIL_CHAN;
    default: return MISTAKE_NONE;
    }
}

/* Whether all in the circle wait for WaitGroups but for some that wait for a signal. */
static bool is_signal_circle(const WaitGraph *graph)
{
    bool has_cond = false;
    for (size_t i = 0; i < graph->circle.len; i++) {
        ThingKind kind = waitgraph_circle_thing(graph, i)->kind;
        if (kind != THING_COND && kind != THING_WAITGROUP) return false;
        has_cond |= kind == THING_COND;
    }
    return has_cond;
}

static Mistake mistake_of_circle(const WaitGraph *graph)
{
    bool has_group = false, has_send = false;
    if (is_signal_circle(graph)) return MISTAKE_NO_SIGNAL;
    if (has_lock_edge(graph)) return MISTAKE_CROSSED;
    for (size_t i = 0; i < graph->circle.len; i++) {
        const Thing *thing = waitgraph_circle_thing(graph, i);
        has_group |= thing->kind == THING_WAITGROUP;
        has_send |= thing->kind == THING_CHAN && thing->is_send;
    }
    return has_group && has_send ? MISTAKE_WAIT_FIRST : MISTAKE_CIRCLE;
}

/* Finds a circle of locks, one with a lock in it, or any, as asked. */
static bool find_circle(WaitGraph *graph, bool locks_only, bool with_lock)
{
    for (uint32_t i = 0; i < graph->nodes.len; i++)
        if (find_circle_from(graph, i, locks_only) && (!with_lock || has_lock_edge(graph)))
            return true;
    graph->circle.len = 0;
    return false;
}

static Mistake blame(WaitGraph *graph, uint32_t node, Mistake mistake)
{
    graph->culprit = node;
    return mistake;
}

Mistake waitgraph_mistake(WaitGraph *graph)
{
    if (find_circle(graph, true, true))
        return blame(graph, graph->circle.at[0], mistake_of_locks(graph));
    for (uint32_t i = 0; i < graph->nodes.len; i++) {
        Mistake mistake = mistake_of_root(&graph->nodes.at[i]);
        if (mistake == MISTAKE_NIL_CHAN || mistake == MISTAKE_NIL_SELECT ||
            mistake == MISTAKE_NEVER_DONE)
            return blame(graph, i, mistake);
    }
    if (find_circle(graph, false, true))
        return blame(graph, graph->circle.at[0], mistake_of_circle(graph));
    for (uint32_t i = 0; i < graph->nodes.len; i++) {
        Mistake mistake = mistake_of_kind(&graph->nodes.at[i]);
        if (mistake) return blame(graph, i, mistake);
    }
    for (uint32_t i = 0; i < graph->nodes.len; i++)
        if (graph->nodes.at[i].edges.len == 0)
            return blame(graph, i, mistake_of_root(&graph->nodes.at[i]));
    if (find_circle(graph, false, false))
        return blame(graph, graph->circle.at[0], mistake_of_circle(graph));
    return MISTAKE_NONE;
}

Mistake waitgraph_mistake_of(WaitGraph *graph, uint32_t i)
{
    const WaitNode *node = &graph->nodes.at[i];
    graph->circle.len = 0;
    if (find_circle_from(graph, i, true)) return mistake_of_locks(graph);
    if (mistake_of_kind(node)) return mistake_of_kind(node);
    if (node->edges.len == 0) return mistake_of_root(node);
    return find_circle_from(graph, i, false) ? mistake_of_circle(graph) : MISTAKE_NONE;
}

void waitgraph_make(WaitGraph *graph, Goroutine *const *waiting, size_t n)
{
    Goroutines all = {0};
    *graph = (WaitGraph){0};
    g_each(collect, &all);
    if (all.len) qsort(all.at, all.len, sizeof all.at[0], compare_addresses);
    graph->all = all.at;
    graph->nall = all.len;
    add_nodes(graph, waiting, n);
    group(graph, false);
    add_edges(graph);
}
