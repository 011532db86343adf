/* SPDX-License-Identifier: MIT */
/* The texts. Lines stay within some 72 columns; places are named by the file's base name, since the
 * traces that follow have the paths. */
#include "vm/explain.h"

#include "base/fatal.h"
#include "vm/frame.h"
#include "vm/op.h"
#include "vm/panic.h"
#include "vm/traceback.h"
#include "vm/varname.h"
#include "vm/waitgraph.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOMES_MAX = 100, GROUPS_SHOWN = 12, IDS_SHOWN = 6, SOURCE_MAX = 60 };

static const struct {
    const char *title, *meaning, *remedy;
} mistakes[MISTAKE_COUNT] = {
#define MISTAKE(name, title, meaning, remedy) [MISTAKE_##name] = {title, meaning, remedy},
#include "vm/mistake.def"
#undef MISTAKE
};

/* ---- Places and names ---- */

static void write_place(Buf *out, Pos pos)
{
    Location where = source_locate(pos);
    const char *slash = where.path ? strrchr(where.path, '/') : NULL;
    buf_printf(out, "%s:%d", slash ? slash + 1 : where.path ? where.path : "?", where.line);
}

/* The position of the instruction before pc, NO_POS where it is the library's. */
static Pos pos_before(const void *pc)
{
    if (!pc) return NO_POS;
    const Instr *at = (const Instr *)pc - 1;
    FuncProto *proto = proto_at(at);
    if (!proto || proto->flags & PROTO_LIBRARY) return NO_POS;
    return proto_pos(proto, (uint32_t)(at - proto->code));
}

static void write_place_before(Buf *out, const void *pc)
{
    Pos pos = pos_before(pc);
    if (!pos) return;
    buf_text(out, " at ");
    write_place(out, pos);
}

/* "goroutine 1", "goroutines 5, 6 and 7", "goroutines 5, 6, 7, 8, 9 and 20 more" */
static void write_ids(Buf *out, const uint64_t *ids, size_t n)
{
    size_t shown = n > IDS_SHOWN ? IDS_SHOWN - 1 : n;
    buf_text(out, n == 1 ? "goroutine " : "goroutines ");
    for (size_t i = 0; i < shown; i++) {
        bool is_last = i + 1 == n;
        buf_printf(out, "%s%" PRIu64, i == 0 ? "" : is_last ? " and " : ", ", ids[i]);
    }
    if (shown < n) buf_printf(out, " and %zu more", n - shown);
}

/* The line of source, without indentation and comment. */
static void write_source(Buf *out, Pos pos)
{
    Location where = source_locate(pos);
    size_t len;
    const char *line = where.source ? source_line_text(&where, &len) : NULL;
    if (!line) return;
    while (len > 0 && (*line == ' ' || *line == '\t')) line++, len--;
    for (size_t i = 0; i + 1 < len; i++)
        if (line[i] == '/' && line[i + 1] == '/' &&
            (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t'))
            len = i;
    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t')) len--;
    if (len == 0) return;
    bool is_long = len > SOURCE_MAX;
    buf_printf(out, "    %d | %.*s%s\n", where.line, (int)(is_long ? SOURCE_MAX - 3 : len), line,
               is_long ? "..." : "");
}

static const char *const kind_types[] = {
    [THING_CHAN] = NULL,
    [THING_MUTEX] = "sync.Mutex",
    [THING_RWMUTEX] = "sync.RWMutex",
    [THING_ONCE] = "sync.Once",
    [THING_WAITGROUP] = "sync.WaitGroup",
    [THING_COND] = "sync.Cond",
};

static const char *const kind_words[] = {
    [THING_CHAN] = "a channel", [THING_MUTEX] = "a mutex",         [THING_RWMUTEX] = "a lock",
    [THING_ONCE] = "a Once",    [THING_WAITGROUP] = "a WaitGroup", [THING_COND] = "a Cond",
};

static VarName name_of(Goroutine *g, const Thing *thing)
{
    if (thing->kind == THING_ONCE) { /* Do, in the caller's frame, has a name for it, too */
        VarName home = varname_home(g, thing->at, kind_types[thing->kind]);
        if (home.text[0]) return home;
    }
    VarName name = thing->kind == THING_CHAN
                       ? varname_of_chan(g, thing->at)
                       : varname_of_object(g, thing->at, kind_types[thing->kind]);
    if (!name.text[0]) snprintf(name.text, sizeof name.text, "%s", kind_words[thing->kind]);
    return name;
}

/* The variable that a lock lies in, if some waiting goroutine has it. */
static VarName home_of(const WaitGraph *graph, const Thing *thing)
{
    VarName home = {.text = ""};
    for (size_t i = 0; i < graph->nodes.len && i < HOMES_MAX && !home.text[0]; i++)
        home = varname_home(graph->nodes.at[i].wait.g, thing->at, kind_types[thing->kind]);
    return home;
}

/* ---- What a goroutine waits for ---- */

static void write_operation(Buf *out, const Wait *wait, const char *name)
{
    switch (wait->reason) {
    case WAIT_CHAN_SEND: buf_printf(out, "to send on %s", name); break;
    case WAIT_CHAN_RECV:
        if (wait->is_range)
            buf_printf(out, "for the next value or the close of %s", name);
        else if (wait->is_done)
            buf_text(out, "for a context to be done");
        else
            buf_printf(out, "to receive from %s", name);
        break;
    case WAIT_CHAN_SEND_NIL: buf_text(out, "to send on a nil channel"); break;
    case WAIT_CHAN_RECV_NIL:
        buf_text(out, wait->is_never_done ? "for a context to be done"
                                          : "to receive from a nil channel");
        break;
    case WAIT_SELECT: buf_text(out, "in a select"); break;
    case WAIT_SELECT_NONE:
        buf_text(out, wait->nnil ? "in a select whose every channel is nil"
                                 : "in a select without cases");
        break;
    case WAIT_MUTEX_LOCK:
        if (wait->nthings && wait->things[0].kind == THING_ONCE) {
            buf_printf(out, "for the function of %s to return", name);
            break;
        }
        /* fallthrough */
    case WAIT_RWMUTEX_LOCK: buf_printf(out, "to lock %s", name); break;
    case WAIT_RWMUTEX_RLOCK: buf_printf(out, "to lock %s for reading", name); break;
    case WAIT_WAITGROUP: buf_printf(out, "for %s", name); break;
    case WAIT_COND_WAIT: buf_printf(out, "for a signal of %s", name); break;
    default: buf_text(out, "for another goroutine"); break;
    }
}

/* "ch is a chan int, unbuffered, made at x.mgo:5." */
static void write_chan(Buf *out, const Chan *c, const VarName *name)
{
    buf_printf(out, "    %s is a %s, ", name->pos ? name->text : "It", c->type->string);
    if (c->timer)
        buf_text(out, "a timer's");
    else if (c->cap == 0)
        buf_text(out, "unbuffered");
    else
        buf_printf(out, "with room for %" PRIu64 " (%" PRIu64 " in it)", c->cap, c->len);
    if (pos_before(c->made_at ? (const Instr *)c->made_at + 1 : NULL)) {
        buf_text(out, ", made");
        write_place_before(out, (const Instr *)c->made_at + 1);
    } else if (wait_is_context_chan(c)) {
        buf_text(out, ", made by package context");
    }
    buf_text(out, ".\n");
}

/* "mu is a sync.Mutex, declared at x.mgo:5.", "right is forks[1], a sync.Mutex, declared at
 * x.mgo:7." */
static void write_lock(Buf *out, const WaitGraph *graph, const Thing *thing, const VarName *name)
{
    if (!name->pos) return;
    VarName home = name->is_home ? *name : home_of(graph, thing);
    buf_printf(out, "    %s is ", name->text);
    if (home.pos && strcmp(home.text, name->text) != 0) buf_printf(out, "%s, ", home.text);
    buf_printf(out, "a %s", kind_types[thing->kind]);
    if (home.pos) {
        buf_text(out, ", declared at ");
        write_place(out, home.pos);
    }
    buf_text(out, ".\n");
}

/* Those whose goroutines an edge about the thing leads to. */
static size_t collect_ids(const WaitGraph *graph, const WaitNode *node, uint32_t thing,
                          uint64_t **ids)
{
    size_t n = 0;
    *ids = malloc((node->edges.len + 1) * sizeof **ids);
    if (!*ids) fatal_out_of_memory();
    for (size_t i = 0; i < node->edges.len; i++)
        if (node->edges.at[i].thing == thing)
            (*ids)[n++] = graph->nodes.at[node->edges.at[i].to].wait.g->id;
    return n;
}

/* Who could end the wait for a thing that is no lock, and why they don't. */
static void write_others(Buf *out, const WaitGraph *graph, const WaitNode *node, uint32_t i,
                         const char *could, const char *nobody)
{
    uint64_t *ids;
    size_t n = collect_ids(graph, node, i, &ids);
    buf_text(out, "    ");
    if (n == 0) {
        buf_printf(out, "No other goroutine %s.\n", nobody);
    } else {
        size_t at = out->len;
        write_ids(out, ids, n);
        out->data[at] = 'G';
        buf_printf(out, " could %s, but %s.\n", could, n == 1 ? "waits itself" : "wait themselves");
    }
    free(ids);
}

/* Who holds the mutex. */
static void write_owner(Buf *out, const WaitGraph *graph, const WaitNode *node, const Mutex *m)
{
    if (m->owner == (uint32_t)node->wait.g->id)
        buf_text(out, "    It has locked it itself");
    else
        buf_printf(out, "    Goroutine %u locked it", m->owner);
    write_place_before(out, m->locked_at);
    bool is_alive = false;
    for (size_t i = 0; i < graph->nall; i++) is_alive |= (uint32_t)graph->all[i]->id == m->owner;
    buf_text(out, is_alive ? ".\n" : " and has ended.\n");
}

/* Who is in the function of the Once that has the mutex. */
static void write_caller(Buf *out, const WaitNode *node, const Mutex *m)
{
    if (m->owner == (uint32_t)node->wait.g->id)
        buf_text(out, "    It is in that function itself.\n");
    else
        buf_printf(out, "    Goroutine %u is in that function.\n", m->owner);
}

static void write_readers(Buf *out, const WaitNode *node, RWMutex *rw)
{
    uint64_t reader = atomic_load(&rw->reader);
    if (reader == 0) {
        int32_t n = atomic_load(&rw->leaving);
        buf_printf(out, "    %d goroutine%s locked it for reading.\n", n, n == 1 ? "" : "s");
        return;
    }
    if (reader == node->wait.g->id)
        buf_text(out, "    It has locked it for reading itself");
    else
        buf_printf(out, "    Goroutine %" PRIu64 " locked it for reading", reader);
    write_place_before(out, atomic_load(&rw->read_at));
    buf_text(out, ".\n");
}

static void write_rw_holder(Buf *out, const WaitGraph *graph, const WaitNode *node, RWMutex *rw)
{
    if (node->wait.reason == WAIT_RWMUTEX_LOCK) {
        write_readers(out, node, rw);
        return;
    }
    int32_t writer = waitgraph_writer(graph, rw);
    if (writer < 0) {
        write_owner(out, graph, node, &rw->w);
        return;
    }
    buf_printf(out, "    Goroutine %" PRIu64 " waits to write before, and keeps new readers out.\n",
               graph->nodes.at[writer].wait.g->id);
}

static void write_group(Buf *out, const WaitGroup *wg)
{
    uint64_t state = atomic_load(&((WaitGroup *)(uintptr_t)wg)->state);
    buf_printf(out, "    Its counter is %d", (int32_t)(state >> 32));
    const void *added_at = atomic_load(&((WaitGroup *)(uintptr_t)wg)->added_at);
    if (pos_before(added_at)) {
        buf_text(out, "; the last Add was");
        write_place_before(out, added_at);
    }
    buf_text(out, ".\n");
}

static void write_thing(Buf *out, const WaitGraph *graph, const WaitNode *node, uint32_t i)
{
    const Wait *wait = &node->wait;
    const Thing *thing = &wait->things[i];
    VarName name = name_of(wait->g, thing);
    if (thing->kind != THING_CHAN) write_lock(out, graph, thing, &name);
    switch (thing->kind) {
    case THING_CHAN:
        write_chan(out, thing->at, &name);
        write_others(out, graph, node, i,
                     thing->is_send                    ? "receive"
                     : wait_is_context_chan(thing->at) ? "cancel it"
                     : wait->is_range                  ? "close it"
                                                       : "send",
                     "can get at it");
        break;
    case THING_MUTEX: write_owner(out, graph, node, thing->at); break;
    case THING_ONCE: write_caller(out, node, &((Once *)thing->at)->m); break;
    case THING_RWMUTEX: write_rw_holder(out, graph, node, thing->at); break;
    case THING_WAITGROUP:
        write_group(out, thing->at);
        write_others(out, graph, node, i, "call Done", "can get at it");
        break;
    case THING_COND:
        if (((Cond *)thing->at)->unheard > 0)
            buf_printf(out, "    Signalled %" PRId64 " time%s while nobody waited.\n",
                       ((Cond *)thing->at)->unheard, ((Cond *)thing->at)->unheard == 1 ? "" : "s");
        write_others(out, graph, node, i, "signal", "can get at it");
        break;
    }
}

/* "goroutines 6 and 7 (started at x.mgo:9) wait at x.mgo:12 to send on ch" and what there is to say
 * about it. */
static void write_node(Buf *out, const WaitGraph *graph, size_t index)
{
    const WaitNode *node = &graph->nodes.at[index];
    const Wait *wait = &node->wait;
    uint64_t *ids = calloc(graph->nodes.len, sizeof *ids);
    if (!ids) fatal_out_of_memory();
    size_t n = 0;
    for (size_t i = 0; i < graph->nodes.len; i++)
        if (i == index || graph->nodes.at[i].like == (int32_t)index)
            ids[n++] = graph->nodes.at[i].wait.g->id;
    write_ids(out, ids, n);
    free(ids);
    if (pos_before(wait->g->created_pc)) {
        buf_text(out, " (started");
        write_place_before(out, wait->g->created_pc);
        buf_byte(out, ')');
    }
    buf_printf(out, n == 1 ? " waits at " : " wait at ");
    write_place(out, wait->pos);
    VarName name = {.text = ""};
    if (wait->nthings) name = name_of(wait->g, &wait->things[0]);
    buf_byte(out, '\n');
    write_source(out, wait->pos);
    buf_text(out, "    ");
    write_operation(out, wait, name.text);
    buf_text(out, ".\n");
    for (uint32_t i = 0; i < wait->nthings; i++) write_thing(out, graph, node, i);
    if (wait->reason == WAIT_SELECT && wait->nnil)
        buf_printf(out, "    %u more case%s a nil channel.\n", wait->nnil,
                   wait->nnil == 1 ? " has" : "s have");
}

/* "Circle: goroutine 1 waits for goroutine 6 (b), goroutine 6 for goroutine 1 (a)." */
static void write_circle(Buf *out, const WaitGraph *graph)
{
    size_t n = graph->circle.len;
    if (n < 2) return;
    buf_text(out, "Circle: ");
    for (size_t i = 0; i < n; i++) {
        Goroutine *from = graph->nodes.at[graph->circle.at[i]].wait.g;
        Goroutine *to = graph->nodes.at[graph->circle.at[(i + 1) % n]].wait.g;
        const Thing *thing = waitgraph_circle_thing(graph, i);
        VarName name = name_of(from, thing);
        VarName home = thing->kind == THING_CHAN || name.is_home ? name : home_of(graph, thing);
        buf_printf(out, "%sgoroutine %" PRIu64 "%s for %" PRIu64 " (%s)", i == 0 ? "" : ",\n    ",
                   from->id, i == 0 ? " waits" : "", to->id, home.text[0] ? home.text : name.text);
    }
    buf_text(out, ".\n\n");
}

/* The text, with further lines indented. */
static void write_lines(Buf *out, const char *text)
{
    for (; *text; text++) {
        buf_byte(out, *text);
        if (*text == '\n') buf_text(out, "    ");
    }
}

static size_t count_groups(const WaitGraph *graph)
{
    size_t n = 0;
    for (size_t i = 0; i < graph->nodes.len; i++) n += graph->nodes.at[i].like < 0;
    return n;
}

/* All of them, or so many that it can be read. */
static void write_nodes(Buf *out, WaitGraph *graph)
{
    if (count_groups(graph) > GROUPS_SHOWN) waitgraph_group_by_place(graph);
    size_t groups = 0, left_out = graph->nwaiting - graph->nodes.len;
    for (size_t i = 0; i < graph->nodes.len; i++) {
        const WaitNode *node = &graph->nodes.at[i];
        size_t like = node->like < 0 ? i : (size_t)node->like;
        if (node->like < 0 && groups++ < GROUPS_SHOWN) {
            write_node(out, graph, i);
            buf_byte(out, '\n');
        }
        left_out += groups > GROUPS_SHOWN && like == i;
    }
    if (left_out) buf_printf(out, "%zu more goroutines wait.\n\n", left_out);
}

/* "Double lock (goroutine 7):" and what that means; g is 0 where there is nobody to tell it from.
 */
static void write_meaning(Buf *out, Mistake mistake, uint64_t g)
{
    buf_text(out, mistakes[mistake].title);
    if (g) buf_printf(out, " (goroutine %" PRIu64 ")", g);
    buf_text(out, ":\n    ");
    write_lines(out, mistakes[mistake].meaning);
    buf_text(out, "\n\n");
}

static void write_remedy(Buf *out, Mistake mistake)
{
    buf_text(out, "Remedy: ");
    write_lines(out, mistakes[mistake].remedy);
    buf_byte(out, '\n');
}

void explain_deadlock(Buf *out)
{
    size_t n;
    Goroutine **waiting = waitgraph_waiting(&n);
    WaitGraph graph;
    waitgraph_make(&graph, waiting, n);
    Mistake mistake = waitgraph_mistake(&graph);
    bool is_one_of_many = mistake && graph.nodes.len > 1 && graph.circle.len < 2;
    if (mistake)
        write_meaning(out, mistake, is_one_of_many ? graph.nodes.at[graph.culprit].wait.g->id : 0);
    write_nodes(out, &graph);
    if (mistake) {
        write_circle(out, &graph);
        write_remedy(out, mistake);
        buf_byte(out, '\n');
    }
    waitgraph_free(&graph);
    free(waiting);
}

void explain_wait(Goroutine *g, Buf *out)
{
    size_t n;
    Goroutine **waiting = waitgraph_waiting(&n);
    WaitGraph graph;
    waitgraph_make(&graph, waiting, n);
    int32_t node = waitgraph_node(&graph, (uint32_t)g->id);
    if (node >= 0) {
        Mistake mistake = waitgraph_mistake_of(&graph, (uint32_t)node);
        if (mistake) write_meaning(out, mistake, 0);
        write_node(out, &graph, (size_t)node);
        buf_byte(out, '\n');
        write_circle(out, &graph);
        if (mistake) write_remedy(out, mistake);
        if (mistake) buf_byte(out, '\n');
    }
    waitgraph_free(&graph);
    free(waiting);
}

/* ---- Leaks ---- */

/* "Receive without sender: nobody is left …", once for each kind of mistake. */
static void write_leak_mistakes(Buf *out, WaitGraph *graph)
{
    bool is_said[MISTAKE_COUNT] = {[MISTAKE_NONE] = true}, is_any_said = false;
    for (uint32_t i = 0; i < graph->nodes.len; i++) {
        Mistake mistake = waitgraph_mistake_of(graph, i);
        if (is_said[mistake]) continue;
        buf_text(out, is_any_said ? "\n" : "");
        is_said[mistake] = is_any_said = true;
        write_meaning(out, mistake, 0);
        write_remedy(out, mistake);
    }
}

void explain_leaks(Goroutine *const *leaked, size_t n, Buf *out)
{
    WaitGraph graph;
    waitgraph_make(&graph, leaked, n);
    waitgraph_group_by_place(&graph);
    write_nodes(out, &graph);
    write_leak_mistakes(out, &graph);
    waitgraph_free(&graph);
}

/* ---- Panics ---- */

static Slot *panic_frame(Goroutine *g)
{
    return stack_base(g) + g->panics->frame;
}

/* The channel that the panicking instruction sends on or closes, or NULL. */
static Chan *panicking_chan(Goroutine *g)
{
    const Slot *r = panic_frame(g);
    const Instr *end = g->panics->pc, *at = end - 1;
    if (at->op == OP_SEND || at->op == OP_CLOSE) return r[at->a].p;
    while (at >= FRAME_PROTO(r)->code && (at->op == 0 || at->op == 1))
        at--; /* the words of a select */
    if (at->op != OP_SELECT || at->b != end - at - 1) return NULL;
    int64_t chosen = r[at->a].i;
    return chosen >= 0 && chosen < at->b ? r[(uint16_t)(at[1 + chosen].word >> 16)].p : NULL;
}

/* The group whose Add or Done panics, or NULL. */
static WaitGroup *panicking_group(Goroutine *g)
{
    const Instr *at = (const Instr *)g->panics->pc - 2;
    bool is_call = at->op == OP_CALLN || at->op == OP_WGADD || at->op == OP_WGDONE;
    const FuncProto *callee = is_call ? (const FuncProto *)(uintptr_t)at[1].word : NULL;
    if (!callee || !callee->name || strncmp(callee->name, "sync.(*WaitGroup).", 18) != 0)
        return NULL;
    return panic_frame(g)[at->a + callee->nresults].p;
}

/* Whether the close came from a Wait that did not wait, as Add was called too late. */
static bool is_late_add(Goroutine *g, const Chan *c)
{
    WaitGroup *wg = varname_any(g, kind_types[THING_WAITGROUP]);
    const void *passed_at = wg ? atomic_load(&wg->passed_at) : NULL;
    const void *closed_at = c->closed_at;
    if (!passed_at || !closed_at || !atomic_load(&wg->added_at)) return false;
    return proto_at((const Instr *)passed_at - 1) == proto_at(closed_at);
}

static void explain_closed(Goroutine *g, bool is_send, Buf *out)
{
    Chan *c = panicking_chan(g);
    if (!c || !c->is_closed) return;
    Mistake mistake = !is_send            ? MISTAKE_CLOSED_TWICE
                      : is_late_add(g, c) ? MISTAKE_LATE_ADD
                                          : MISTAKE_CLOSED_SEND;
    Thing thing = {THING_CHAN, c, is_send};
    VarName name = name_of(g, &thing);
    write_meaning(out, mistake, 0);
    write_chan(out, c, &name);
    if (c->closed_by) {
        buf_printf(out, "    Goroutine %" PRIu64 " closed it", c->closed_by);
        write_place_before(out, (const Instr *)c->closed_at + 1);
        buf_text(out, ".\n");
    }
    if (mistake == MISTAKE_LATE_ADD) {
        WaitGroup *wg = varname_any(g, kind_types[THING_WAITGROUP]);
        buf_text(out, "    Wait went on");
        write_place_before(out, atomic_load(&wg->passed_at));
        buf_text(out, ", before Add");
        write_place_before(out, atomic_load(&wg->added_at));
        buf_text(out, ".\n");
    }
    buf_byte(out, '\n');
    write_remedy(out, mistake);
}

static void explain_group(Goroutine *g, Mistake mistake, Buf *out)
{
    WaitGroup *wg = panicking_group(g);
    if (!wg) return;
    Thing thing = {THING_WAITGROUP, wg, false};
    VarName name = name_of(g, &thing);
    WaitGraph none = {0};
    write_meaning(out, mistake, 0);
    write_lock(out, &none, &thing, &name);
    write_group(out, wg);
    buf_byte(out, '\n');
    write_remedy(out, mistake);
}

void explain_panic(Goroutine *g, Buf *out)
{
    const Iface *value = &g->panics->value;
    if (!value->type || value->type->kind != KIND_STRING) return;
    const String *text = iface_data(value);
#define IS(literal)                                                                                \
    (text->len == sizeof literal - 1 && memcmp(text->data, literal, sizeof literal - 1) == 0)
    size_t begin = out->len;
    buf_byte(out, '\n');
    size_t empty = out->len;
    if (IS("send on closed channel") || IS("close of closed channel"))
        explain_closed(g, IS("send on closed channel"), out);
    if (IS("sync: negative WaitGroup counter")) explain_group(g, MISTAKE_DONE_TWICE, out);
    if (IS("sync: WaitGroup misuse: Add called concurrently with Wait"))
        explain_group(g, MISTAKE_LATE_ADD, out);
#undef IS
    if (out->len == empty) out->len = begin;
}
