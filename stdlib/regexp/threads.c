/* SPDX-License-Identifier: MIT */
/* Groups by running all possibilities in step (Pike's algorithm): a thread for each instruction
 * that can be reached, by priority, each with slots of its own. */
#include "stdlib/regexp/match.h"

#include "base/utf8.h"
#include "runtime/gc.h"

#include <string.h>

typedef struct List {
    uint32_t *insts;  /* by priority */
    uint32_t *sparse; /* instruction → index */
    int64_t *slots;   /* nslots for each index */
    uint32_t n;
} List;

typedef struct Job {
    uint32_t inst; /* with RESTORE: a slot */
    int64_t value; /* to set it back to */
} Job;
#define RESTORE 0x80000000u

typedef struct Threads {
    List lists[2];
    Job *jobs;
    int64_t *slots; /* of the thread that is followed */
    int64_t *best;
    int nslots;
} Threads;

static Threads *threads_of(const Prog *prog, Machine *m, int nslots)
{
    if (m->threads && m->threads->nslots == nslots) return m->threads;
    Threads *t = gc_new(sizeof *t);
    size_t n = prog->forward.ninsts;
    for (int i = 0; i < 2; i++) {
        t->lists[i].insts = gc_new_leaf(n * sizeof *t->lists[i].insts);
        t->lists[i].sparse = gc_new_leaf(n * sizeof *t->lists[i].sparse);
        t->lists[i].slots = gc_new_leaf(n * (size_t)nslots * sizeof *t->lists[i].slots);
    }
    t->jobs = gc_new_leaf((2 * n + 2) * sizeof *t->jobs);
    t->slots = gc_new_leaf((size_t)nslots * sizeof *t->slots);
    t->best = gc_new_leaf((size_t)nslots * sizeof *t->best);
    t->nslots = nslots;
    m->threads = t;
    return t;
}

/* Adds the thread at inst, with t->slots, and what can be reached from it without text. */
static void add(Threads *t, List *list, const Prog *prog, uint32_t inst, int64_t at, uint32_t holds)
{
    const Inst *insts = prog->forward.insts;
    size_t njobs = 0;
    t->jobs[njobs++] = (Job){inst, 0};
    while (njobs > 0) {
        Job job = t->jobs[--njobs];
        if (job.inst & RESTORE) {
            t->slots[job.inst & ~RESTORE] = job.value;
            continue;
        }
        uint32_t i = list->sparse[job.inst];
        if (i < list->n && list->insts[i] == job.inst) continue;
        const Inst *p = &insts[job.inst];
        list->sparse[job.inst] = list->n;
        list->insts[list->n] = job.inst;
        memcpy(list->slots + (size_t)list->n++ * (size_t)t->nslots, t->slots,
               (size_t)t->nslots * sizeof *t->slots);
        switch (p->op) {
        case INST_SPLIT:
            t->jobs[njobs++] = (Job){p->arg, 0};
            t->jobs[njobs++] = (Job){p->out, 0};
            break;
        case INST_MARK:
            if ((int)p->arg < t->nslots) {
                t->jobs[njobs++] = (Job){p->arg | RESTORE, t->slots[p->arg]};
                t->slots[p->arg] = at;
            }
            t->jobs[njobs++] = (Job){p->out, 0};
            break;
        case INST_CHECK:
            if (p->arg & ~holds) break;
            t->jobs[njobs++] = (Job){p->out, 0};
            break;
        case INST_JUMP: t->jobs[njobs++] = (Job){p->out, 0}; break;
        }
    }
}

/* A match that ended at `at`: whether it is the best so far. */
static bool improves(const Prog *prog, const Threads *t, const int64_t *slots, int64_t at,
                     bool found)
{
    if (!prog->is_longest || !found) return true;
    return slots[0] < t->best[0] || (slots[0] == t->best[0] && at > t->best[1]);
}

/* Moves the threads over a code point of this class, UINT32_MAX at the end of the text. */
static void step(Threads *t, const Prog *prog, const List *from, List *to, uint32_t class,
                 int64_t at, int64_t next, uint32_t holds, bool *found)
{
    for (uint32_t i = 0; i < from->n; i++) {
        const Inst *inst = &prog->forward.insts[from->insts[i]];
        const int64_t *slots = from->slots + (size_t)i * (size_t)t->nslots;
        if (prog->is_longest && *found && slots[0] > t->best[0]) continue;
        if (inst->op == INST_MATCH) {
            if (!improves(prog, t, slots, at, *found)) continue;
            memcpy(t->best, slots, (size_t)t->nslots * sizeof *slots);
            t->best[1] = at;
            *found = true;
            if (!prog->is_longest) return;
        } else if (inst->op == INST_CLASS && class != UINT32_MAX &&
                   prog->members[inst->arg * prog->nclasses + class]) {
            memcpy(t->slots, slots, (size_t)t->nslots * sizeof *slots);
            add(t, to, prog, inst->out, next, holds);
        }
    }
}

bool match_threads(const Prog *prog, Machine *m, const char *text, int64_t len, int64_t at,
                   bool is_fixed, int64_t *slots, int nslots)
{
    Threads *t = threads_of(prog, m, nslots);
    List *now = &t->lists[0], *later = &t->lists[1];
    bool found = false;
    now->n = 0;
    for (int64_t begin = at;;) {
        uint32_t class = UINT32_MAX;
        int width = 0;
        if (!found && (!is_fixed || at == begin)) {
            for (int i = 0; i < nslots; i++) t->slots[i] = -1;
            t->slots[0] = at;
            add(t, now, prog, prog->forward.start, at, match_checks(text, len, at));
        }
        if (now->n == 0) break;
        if (at < len) {
            uint32_t rune = utf8_decode(text + at, (size_t)(len - at), &width);
            class = rune < 128 ? prog->ascii[rune] : prog_class(prog, rune);
        }
        later->n = 0;
        step(t, prog, now, later, class, at, at + width,
             at < len ? match_checks(text, len, at + width) : 0, &found);
        if (at >= len) break;
        at += width;
        List *swap = now;
        now = later;
        later = swap;
    }
    if (found) memcpy(slots, t->best, (size_t)nslots * sizeof *slots);
    return found;
}
