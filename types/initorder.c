/* SPDX-License-Identifier: MIT */
/* Initialisation order.
 *
 * A variable depends on the variables its initialiser mentions, directly or through the bodies of
 * the functions it mentions. Over and over, the variable earliest in the text that depends on no
 * uninitialised one comes next. With functions taken out of the graph that is: a heap of the
 * variables that are ready, ordered by position, and a count of open dependencies for the others.
 * When nothing is ready but something is left, there is a cycle.
 *
 * In library packages bodies are not checked when the package is; those that an initialiser reaches
 * are checked here. */
#include "types/initorder.h"

#include "types/decl.h"

#include <stdlib.h>

typedef struct InitNode {
    Object *obj;
    uint32_t ndeps;               /* initialisers this one waits for */
    VEC(struct InitNode *) users; /* those that wait for this one */
    bool is_done;
} InitNode;

/* A node in the heap of those that wait. It stays there when it is done, and is put in once more
 * when it waits for fewer: such entries are passed over. */
typedef struct Waiting {
    InitNode *node;
    uint32_t ndeps;
} Waiting;

typedef struct Order {
    Checker *c;
    PtrMap nodes; /* DeclInfo → InitNode: variables declared together are one */
    VEC(InitNode *) all;
    VEC(InitNode *) ready; /* heap by position */
    VEC(Waiting)
    waiting; /* heap by number of dependencies, then position; made when a cycle is met */
    bool has_cycle;
    uint32_t mark;
} Order;

static bool comes_before(const InitNode *a, const InitNode *b)
{
    return a->obj->order < b->obj->order;
}

static void push_ready(Order *o, InitNode *node)
{
    vec_push(&o->ready, node);
    size_t i = o->ready.len - 1;
    for (; i > 0 && comes_before(node, o->ready.at[(i - 1) / 2]); i = (i - 1) / 2)
        o->ready.at[i] = o->ready.at[(i - 1) / 2];
    o->ready.at[i] = node;
}

static InitNode *pop_ready(Order *o)
{
    InitNode *first = o->ready.at[0], *last = vec_pop(&o->ready);
    size_t i = 0, n = o->ready.len;
    if (n == 0) return first;
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && comes_before(o->ready.at[child + 1], o->ready.at[child])) child++;
        if (!comes_before(o->ready.at[child], last)) break;
        o->ready.at[i] = o->ready.at[child];
    }
    o->ready.at[i] = last;
    return first;
}

static bool waits_less(Waiting a, Waiting b)
{
    return a.ndeps != b.ndeps ? a.ndeps < b.ndeps : comes_before(a.node, b.node);
}

static void push_waiting(Order *o, InitNode *node)
{
    Waiting entry = {node, node->ndeps};
    vec_push(&o->waiting, entry);
    size_t i = o->waiting.len - 1;
    for (; i > 0 && waits_less(entry, o->waiting.at[(i - 1) / 2]); i = (i - 1) / 2)
        o->waiting.at[i] = o->waiting.at[(i - 1) / 2];
    o->waiting.at[i] = entry;
}

static Waiting pop_waiting(Order *o)
{
    Waiting first = o->waiting.at[0], last = vec_pop(&o->waiting);
    size_t i = 0, n = o->waiting.len;
    if (n == 0) return first;
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && waits_less(o->waiting.at[child + 1], o->waiting.at[child])) child++;
        if (!waits_less(o->waiting.at[child], last)) break;
        o->waiting.at[i] = o->waiting.at[child];
    }
    o->waiting.at[i] = last;
    return first;
}

/* ---- The graph ---- */

static Object *declared(Object *obj)
{
    return obj->origin != NULL ? obj->origin : obj;
}

static void add_edges(Order *o, InitNode *node, DeclInfo *from)
{
    for (size_t i = 0; i < from->deps.cap; i++) {
        if (from->deps.keys[i] == NULL) continue;
        Object *dep = declared((Object *)(uintptr_t)from->deps.keys[i]);
        if (dep->info == NULL || dep->package != o->c->package || dep->info->mark == o->mark)
            continue;
        dep->info->mark = o->mark;
        if (dep->kind == OBJ_FUNC) {
            check_body_of(o->c, dep);
            add_edges(o, node, dep->info);
            continue;
        }
        InitNode *other = map_get(&o->nodes, dep->info);
        if (other == NULL) continue;
        vec_push(&other->users, node);
        node->ndeps++;
    }
}

static void add_nodes(Order *o, Object **objects, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Object *obj = objects[i];
        /* a variable without initialiser has its turn, too: others wait for it */
        bool takes_part = obj->kind == OBJ_VAR || (obj->kind == OBJ_CONST && o->c->has_value_cycle);
        if (!takes_part || map_get(&o->nodes, obj->info) != NULL) continue;
        InitNode *node = arena_new(&types_arena, InitNode);
        node->obj = obj;
        map_set(&o->nodes, obj->info, node);
        vec_push(&o->all, node);
    }
}

/* ---- Cycles ---- */

typedef VEC(Object *) Path;

static int by_order(const void *a, const void *b)
{
    const Object *x = *(Object *const *)a, *y = *(Object *const *)b;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Finds a way from `from` back to `to`; appends what lies on it, last first. */
static bool find_path(Order *o, DeclInfo *from, DeclInfo *to, Path *path)
{
    Path deps = {0};
    for (size_t i = 0; i < from->deps.cap; i++)
        if (from->deps.keys[i] != NULL)
            vec_push(&deps, declared((Object *)(uintptr_t)from->deps.keys[i]));
    if (deps.len > 1) qsort(deps.at, deps.len, sizeof *deps.at, by_order);
    bool is_found = false;
    for (size_t i = 0; i < deps.len && !is_found; i++) {
        DeclInfo *info = deps.at[i]->info;
        if (info == NULL || info->mark == o->mark) continue;
        if (info != to) {
            info->mark = o->mark;
            if (!find_path(o, info, to, path)) continue;
        }
        vec_push(path, deps.at[i]);
        is_found = true;
    }
    vec_free(&deps);
    return is_found;
}

static void report(Order *o, InitNode *node)
{
    Path path = {0};
    o->mark++;
    if (!find_path(o, node->obj->info, node->obj->info, &path)) {
        vec_free(&path);
        return;
    }
    Object *first = path.at[0];
    if (first->info->in_cycle) {
        vec_free(&path);
        return;
    }
    Pos end = first->pos + first->name->len;
    if (path.len == 1) {
        diag_error(first->pos, end, ERR_INIT_CYCLE, first->name->text);
    } else {
        Buf text = {0};
        Object *obj = first;
        for (size_t i = path.len; i-- > 0; obj = path.at[i]) {
            char where[256];
            buf_printf(&text, "\n\t%s: %s refers to %s",
                       source_format(obj->pos, where, sizeof where), obj->name->text,
                       path.at[i]->name->text);
        }
        diag_error(first->pos, end, ERR_INIT_CYCLES, first->name->text, buf_str(&text));
        buf_free(&text);
    }
    vec_free(&path);
}

/* ---- The order ---- */

static void emit(Order *o, InitNode *node)
{
    node->is_done = true;
    for (size_t i = 0; i < node->users.len; i++) {
        InitNode *user = node->users.at[i];
        if (--user->ndeps == 0 && !user->is_done) push_ready(o, user);
        if (o->has_cycle && user->ndeps > 0 && !user->is_done) push_waiting(o, user);
    }
    DeclInfo *info = node->obj->info;
    if (node->obj->kind != OBJ_VAR || info->init == NULL) return;
    struct InitEntry entry = {info->lhs, info->nlhs, info->init};
    if (entry.lhs == NULL) {
        entry.lhs = arena_new(&types_arena, Object *);
        entry.lhs[0] = node->obj;
        entry.nlhs = 1;
    }
    o->c->package->inits[o->c->package->ninits++] = entry;
}

/* Of the nodes that wait, the one that waits for the fewest. */
static InitNode *next_in_cycle(Order *o)
{
    for (size_t i = 0; i < o->all.len && !o->has_cycle; i++)
        if (!o->all.at[i]->is_done) push_waiting(o, o->all.at[i]);
    o->has_cycle = true;
    Waiting entry;
    do {
        entry = pop_waiting(o);
    } while (entry.node->is_done || entry.ndeps != entry.node->ndeps);
    return entry.node;
}

void find_init_order(Checker *c, Object **objects, size_t n)
{
    Order o = {.c = c};
    static uint32_t last_mark; /* marks differ between packages, for DeclInfo outlives this */
    o.mark = last_mark;
    add_nodes(&o, objects, n);
    for (size_t i = 0; i < o.all.len; i++) {
        o.mark++;
        add_edges(&o, o.all.at[i], o.all.at[i]->obj->info);
    }
    c->package->inits = arena_array(&types_arena, struct InitEntry, o.all.len);
    for (size_t i = 0; i < o.all.len; i++)
        if (o.all.at[i]->ndeps == 0) push_ready(&o, o.all.at[i]);
    for (size_t done = 0; done < o.all.len; done++) {
        InitNode *node = o.ready.len > 0 ? pop_ready(&o) : NULL;
        if (node == NULL) {
            node = next_in_cycle(&o);
            report(&o, node);
        }
        emit(&o, node);
    }
    last_mark = o.mark;
    for (size_t i = 0; i < o.all.len; i++) vec_free(&o.all.at[i]->users);
    vec_free(&o.all);
    vec_free(&o.ready);
    vec_free(&o.waiting);
    map_free(&o.nodes);
}
