/* SPDX-License-Identifier: MIT */
/* The waiter that a parked goroutine left behind names a channel or a semaphore. Which lock the
 * semaphore belongs to follows from the reason of the wait, since each kind of lock has its
 * semaphores in a place of its own. */
#include "vm/wait.h"

#include "base/fatal.h"
#include "vm/frame.h"
#include "vm/op.h"
#include "vm/traceback.h"

#include <stdlib.h>
#include <string.h>

static void add_thing(Wait *wait, ThingKind kind, void *at, bool is_send)
{
    wait->things = realloc(wait->things, (wait->nthings + 1) * sizeof *wait->things);
    if (!wait->things) fatal_out_of_memory();
    wait->things[wait->nthings++] = (Thing){kind, at, is_send};
}

/* ---- Where ---- */

/* Finds the frame whose function has this name, among the library's frames on top. */
static bool find_library_frame(Goroutine *g, const char *name, FrameWalk *walk)
{
    walk_begin(walk, g);
    do {
        if (!(walk->proto->flags & PROTO_LIBRARY)) return false;
        if (walk->proto->name && strcmp(walk->proto->name, name) == 0) return true;
    } while (walk_next(walk));
    return false;
}

static bool is_range_at(const FrameWalk *walk, Pos pos)
{
    uint32_t index = walk_index(walk);
    if (walk->code->code[index].op != OP_RECV2) return false;
    Location where = source_locate(pos);
    size_t len;
    const char *line = where.source ? source_line_text(&where, &len) : NULL;
    return line && memmem(line, len, "range", strlen("range"));
}

static void find_place(Wait *wait)
{
    FrameWalk walk;
    walk_begin(&walk, wait->g);
    wait->pos = walk.pos;
    wait->is_library = true;
    do {
        if (walk.proto->flags & (PROTO_LIBRARY | PROTO_WRAPPER)) continue;
        wait->pos = walk.pos;
        wait->is_library = false;
        if (wait->reason == WAIT_CHAN_RECV) wait->is_range = is_range_at(&walk, wait->pos);
        return;
    } while (walk_next(&walk));
}

/* ---- For what ---- */

bool wait_is_context_chan(const Chan *c)
{
    const FuncProto *maker = c->made_at ? proto_at(c->made_at) : NULL;
    return maker && maker->flags & PROTO_LIBRARY && strncmp(maker->name, "context.", 8) == 0;
}

Mutex *wait_mutex(const Thing *thing)
{
    if (thing->kind == THING_ONCE) return &((Once *)thing->at)->m;
    return thing->kind == THING_MUTEX ? thing->at : NULL;
}

/* Whether the channel that the receive before g->pc names is what a method Done has just returned.
 */
static bool receives_from_done(Goroutine *g)
{
    const Instr *receive = (const Instr *)g->pc - 1, *call = receive - 2;
    if ((receive->op != OP_RECV && receive->op != OP_RECV2) ||
        call < FRAME_PROTO(frame_base(g))->code)
        return false;
    if (call->op != OP_CALLI || call->a != receive->b) return false;
    const ICache *cache = (const ICache *)(uintptr_t)call[1].word;
    return strcmp(cache->sel->name->text, "Done") == 0;
}

/* The number of cases of the select that g waits in. Its pc stands behind the case words. */
static uint32_t count_cases(Goroutine *g)
{
    enum { MOST = 1 << 16 };
    const Instr *end = g->pc, *begin = FRAME_PROTO(frame_base(g))->code;
    for (uint32_t n = 0; n < MOST && end - 1 - n >= begin; n++)
        if (end[-1 - (ptrdiff_t)n].op == OP_SELECT && end[-1 - (ptrdiff_t)n].b == n) return n;
    return 0;
}

static void find_cases(Wait *wait)
{
    for (Waiter *waiter = &wait->g->waiter; waiter; waiter = waiter->chain)
        add_thing(wait, THING_CHAN, waiter->on, waiter->is_send);
    uint32_t ncases = count_cases(wait->g);
    wait->nnil = ncases > wait->nthings ? ncases - wait->nthings : 0;
}

/* The lock that has the semaphore g waits for. */
static void find_lock(Wait *wait)
{
    char *sema = wait->g->waiter.on;
    FrameWalk walk;
    switch (wait->reason) {
    case WAIT_MUTEX_LOCK: {
        Mutex *m = (Mutex *)(sema - offsetof(Mutex, sema));
        const Instr *call = (const Instr *)wait->g->pc - 2;
        const FuncProto *callee = call->op == OP_CALLN || call->op == OP_LOCK
                                      ? (const FuncProto *)(uintptr_t)call[1].word
                                      : NULL;
        if (find_library_frame(wait->g, "sync.(*Once).doSlow", &walk)) {
            add_thing(wait, THING_ONCE, (char *)m - offsetof(Once, m), false);
            break;
        }
        bool is_rw = callee && callee->name && strstr(callee->name, "RWMutex");
        add_thing(wait, is_rw ? THING_RWMUTEX : THING_MUTEX, m, false);
        break;
    }
    case WAIT_RWMUTEX_LOCK:
        add_thing(wait, THING_RWMUTEX, sema - offsetof(RWMutex, writer), false);
        break;
    case WAIT_RWMUTEX_RLOCK:
        add_thing(wait, THING_RWMUTEX, sema - offsetof(RWMutex, waiting), false);
        break;
    case WAIT_WAITGROUP:
        add_thing(wait, THING_WAITGROUP, sema - offsetof(WaitGroup, sema), false);
        break;
    case WAIT_COND_WAIT:
        if (find_library_frame(wait->g, "sync.(*Cond).Wait", &walk))
            add_thing(wait, THING_COND, (stack_base(wait->g) + walk.base)[0].p, false);
        break;
    default: break;
    }
}

Wait wait_of(Goroutine *g)
{
    Wait wait = {.g = g, .reason = (WaitReason)g->wait_reason};
    find_place(&wait);
    switch (wait.reason) {
    case WAIT_CHAN_SEND:
    case WAIT_CHAN_RECV:
        add_thing(&wait, THING_CHAN, g->waiter.on, wait.reason == WAIT_CHAN_SEND);
        break;
    case WAIT_SELECT: find_cases(&wait); break;
    case WAIT_CHAN_RECV_NIL: wait.is_never_done = receives_from_done(g); break;
    case WAIT_SELECT_NONE: wait.nnil = count_cases(g); break;
    default: find_lock(&wait); break;
    }
    for (uint32_t i = 0; i < wait.nthings; i++)
        if (wait.things[i].kind == THING_CHAN && !wait.things[i].is_send &&
            wait_is_context_chan(wait.things[i].at))
            wait.is_done = true;
    return wait;
}

void wait_free(Wait *wait)
{
    free(wait->things);
    *wait = (Wait){0};
}
