/* SPDX-License-Identifier: MIT */
/* Who waits for whom, and which mistake that shows. For reports, when everything stands still. */
#ifndef MGO_VM_WAITGRAPH_H
#define MGO_VM_WAITGRAPH_H

#include "base/vec.h"
#include "vm/wait.h"

typedef enum Mistake {
#define MISTAKE(name, title, meaning, remedy) MISTAKE_##name,
#include "vm/mistake.def"
#undef MISTAKE
    MISTAKE_COUNT
} Mistake;

typedef struct WaitEdge {
    uint32_t to;
    uint32_t thing; /* index in the waiting node's things */
    bool is_lock;   /* certain: `to` holds it, or waits for it before */
} WaitEdge;

typedef struct WaitNode {
    Wait wait;
    VEC(WaitEdge) edges;
    int32_t like; /* an earlier node that waits at the same place for the same, or -1 */
} WaitNode;

typedef struct WaitGraph {
    Goroutine **all; /* there are, by address; malloc'ed */
    size_t nall;
    VEC(WaitNode) nodes;  /* by goroutine id */
    size_t nwaiting;      /* more than nodes, if there are very many */
    VEC(uint32_t) circle; /* nodes, each waiting for the next, the last for the first */
    uint32_t culprit;     /* the node in which waitgraph_mistake found the mistake */
} WaitGraph;

/* Makes the graph of these waiting goroutines, sorted by id, of the first some hundreds where there
 * are more. Those are alike that wait at the same place for the same. End with waitgraph_free. */
void waitgraph_make(WaitGraph *graph, Goroutine *const *waiting, size_t n);
/* Makes those alike that wait at the same place, for whatever they wait. */
void waitgraph_group_by_place(WaitGraph *graph);
void waitgraph_free(WaitGraph *graph);
/* Names the mistake and sets graph->culprit; where it is a circle of goroutines, graph->circle has
 * it. */
Mistake waitgraph_mistake(WaitGraph *graph);
/* The same for one goroutine's wait; NONE where it can still end. */
Mistake waitgraph_mistake_of(WaitGraph *graph, uint32_t node);
/* The edge that leaves the i-th node of the circle, and the thing it is about. */
const WaitEdge *waitgraph_circle_edge(const WaitGraph *graph, size_t i);
const Thing *waitgraph_circle_thing(const WaitGraph *graph, size_t i);

/* The goroutine's node, by the low half of its id; -1: none. */
int32_t waitgraph_node(const WaitGraph *graph, uint32_t low_id);
/* Whoever waits to take the lock for writing and only needs the readers to leave; -1: nobody. */
int32_t waitgraph_writer(const WaitGraph *graph, const RWMutex *rw);
/* All goroutines that wait for something that other goroutines do, by id; malloc'ed. */
Goroutine **waitgraph_waiting(size_t *n);

#endif
