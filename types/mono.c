/* SPDX-License-Identifier: MIT */
/* Instantiation cycles.
 *
 * Where a type parameter Q is instantiated with a type that mentions type parameter P, every
 * instance of the code around P makes one for Q: an edge from P to Q. Its weight is 0 if the
 * argument is P itself and 1 if it is built from P, such as *P. A cycle of positive weight builds
 * ever larger types. It is found as the longest-path form of Bellman and Ford's algorithm finds it:
 * a path as long as there are vertices must have gone round. */
#include "types/mono.h"

#include <string.h>

typedef struct MonoEdge {
    uint32_t from, to;
    uint32_t weight;
    Pos pos;
    Type *targ;
} MonoEdge;

typedef struct MonoVertex {
    Type *tparam;
    uint32_t weight, len;
    MonoEdge *before; /* last edge of the heaviest path here */
} MonoVertex;

/* Hangs on the checker once the first generic instance within generic code is met. */
struct MonoGraph {
    PtrMap index;     /* tparam → vertex number + 1 */
    PtrMap canonical; /* receiver's tparam → the generic type's */
    VEC(MonoVertex) vertices;
    VEC(MonoEdge) edges;
};

static struct MonoGraph *graph(Checker *c)
{
    if (c->mono == NULL) c->mono = arena_new(&types_arena, struct MonoGraph);
    return c->mono;
}

static uint32_t vertex(struct MonoGraph *g, Type *tparam)
{
    Type *canonical = map_get(&g->canonical, tparam);
    if (canonical != NULL) tparam = canonical;
    uintptr_t index = (uintptr_t)map_get(&g->index, tparam);
    if (index > 0) return (uint32_t)index - 1;
    vec_push(&g->vertices, ((MonoVertex){.tparam = tparam}));
    map_set(&g->index, tparam, (void *)(uintptr_t)g->vertices.len);
    return (uint32_t)g->vertices.len - 1;
}

/* One argument being walked. */
typedef struct Walk {
    struct MonoGraph *graph;
    uint32_t to;
    Pos pos;
    Type *targ;
} Walk;

static void walk(Walk *w, Type *type);

static void walk_list(Walk *w, Type **types, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) walk(w, types[i]);
}

static void walk_objects(Walk *w, Object **objects, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (objects[i]->type != NULL) walk(w, objects[i]->type);
}

static void walk(Walk *w, Type *type)
{
    type = type_unalias(type);
    switch (type->kind) {
    case TYPE_PARAM: {
        uint32_t weight = type_unalias(w->targ) != type;
        MonoEdge edge = {vertex(w->graph, type), w->to, weight, w->pos, w->targ};
        vec_push(&w->graph->edges, edge);
        break;
    }
    case TYPE_MAP: walk(w, type->key); /* fall through */
    case TYPE_ARRAY:
    case TYPE_SLICE:
    case TYPE_POINTER:
    case TYPE_CHAN: walk(w, type->elem); break;
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < type->strukt.nfields; i++) walk(w, type->strukt.fields[i].type);
        break;
    case TYPE_FUNC:
        walk_objects(w, type->func.params, type->func.nparams);
        walk_objects(w, type->func.results, type->func.nresults);
        break;
    case TYPE_INTERFACE: walk_objects(w, type->iface.methods, type->iface.nmethods); break;
    case TYPE_NAMED:
        walk_list(w, type->named.targs, type->named.ntargs);
        walk_list(w, type->named.outer, type->named.nouter);
        break;
    default: break;
    }
}

void mono_note(Checker *c, Pos pos, Node *index, Type **tparams, uint32_t n, Type **targs)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!type_mentions_params(targs[i])) continue;
        struct MonoGraph *g = graph(c);
        bool is_written = index != NULL && index->kind == NODE_INDEX && i < index->index.args.len;
        Pos at = is_written ? index->index.args.at[i]->pos : pos;
        Walk w = {g, vertex(g, tparams[i]), at, targs[i]};
        walk(&w, targs[i]);
    }
}

void mono_note_receiver(Checker *c, Type **own, Type **generic, uint32_t n)
{
    struct MonoGraph *g = graph(c);
    for (uint32_t i = 0; i < n; i++) map_set(&g->canonical, own[i], generic[i]);
}

static void report(struct MonoGraph *g, uint32_t v)
{
    VEC(uint32_t) stack = {0};
    bool *seen = arena_array(&types_arena, bool, g->vertices.len);
    for (; !seen[v]; v = g->vertices.at[v].before->from) {
        vec_push(&stack, v);
        seen[v] = true;
    }
    size_t start = 0;
    while (stack.at[start] != v) start++;
    Buf text = {0};
    for (size_t i = start; i < stack.len; i++) {
        MonoVertex *at = &g->vertices.at[stack.at[i]];
        char where[256];
        buf_printf(&text, "\n\t%s: %s instantiated as %s",
                   source_format(at->before->pos, where, sizeof where),
                   at->tparam->param.obj->name->text, type_string(at->before->targ));
    }
    Pos pos = g->vertices.at[v].tparam->param.obj->pos;
    diag_error(pos, pos, ERR_INSTANCE_CYCLE, buf_str(&text));
    buf_free(&text);
    vec_free(&stack);
}

/* Returns whether a heavier path was found; reports a cycle and empties the graph. */
static bool relax(struct MonoGraph *g)
{
    bool again = false;
    for (size_t i = 0; i < g->edges.len; i++) {
        MonoEdge *edge = &g->edges.at[i];
        MonoVertex *from = &g->vertices.at[edge->from], *to = &g->vertices.at[edge->to];
        uint32_t weight = from->weight + edge->weight;
        if (weight <= to->weight) continue;
        to->before = edge;
        to->len = from->len + 1;
        if (to->len == g->vertices.len) {
            report(g, edge->to);
            return false;
        }
        to->weight = weight;
        again = true;
    }
    return again;
}

void mono_check(Checker *c)
{
    struct MonoGraph *g = c->mono;
    if (g == NULL) return;
    while (relax(g)) {
    }
    vec_free(&g->edges);
    vec_free(&g->vertices);
    map_free(&g->index);
    map_free(&g->canonical);
    c->mono = NULL;
}
