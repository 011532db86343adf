/* SPDX-License-Identifier: MIT */
/* Groups by trying: depth first, by priority. A bit for each instruction and place says that they
 * were tried together, in vain, so that the time is bounded by their product. */
#include "stdlib/regexp/match.h"

#include "base/utf8.h"
#include "runtime/gc.h"

#include <string.h>

#define MAX_BITS (256 * 1024)

typedef struct Job {
    uint32_t inst; /* to go on at; with RESTORE: a slot to be set back */
    int64_t at;    /* the place, or the slot's value */
} Job;
#define RESTORE 0x80000000u

typedef struct Tried {
    uint64_t bits[MAX_BITS / 64];
    Job *jobs;
    size_t njobs, cap;
} Tried;

static void push(Tried *t, uint32_t inst, int64_t at)
{
    if (t->njobs == t->cap) {
        size_t cap = t->cap ? 2 * t->cap : 64;
        Job *jobs = gc_new_leaf(cap * sizeof *jobs);
        if (t->njobs > 0) memcpy(jobs, t->jobs, t->njobs * sizeof *jobs);
        t->jobs = jobs;
        t->cap = cap;
    }
    t->jobs[t->njobs++] = (Job){inst, at};
}

typedef struct Range { /* what is tried, where */
    const Prog *prog;
    const char *text;
    int64_t len, begin, end;
    int64_t *slots;
    int nslots;
} Range;

static bool takes(const Range *r, const Inst *inst, int64_t at, int *width)
{
    if (at >= r->end) return false;
    unsigned char c = (unsigned char)r->text[at];
    uint32_t class;
    *width = 1;
    if (c < 0x80)
        class = r->prog->ascii[c];
    else
        class = prog_class(r->prog, utf8_decode(r->text + at, (size_t)(r->len - at), width));
    return r->prog->members[inst->arg * r->prog->nclasses + class];
}

/* Goes on from an instruction at a place until it fails or matches. */
static bool go(Tried *t, const Range *r, uint32_t at_inst, int64_t at)
{
    const Inst *insts = r->prog->forward.insts;
    uint64_t width_of_row = (uint64_t)(r->end - r->begin + 1);
    for (;;) {
        uint64_t bit = at_inst * width_of_row + (uint64_t)(at - r->begin);
        const Inst *inst = &insts[at_inst];
        int width;
        if (t->bits[bit / 64] >> (bit % 64) & 1) return false;
        t->bits[bit / 64] |= UINT64_C(1) << (bit % 64);
        switch ((InstOp)inst->op) {
        case INST_SPLIT: push(t, inst->arg, at); break;
        case INST_CLASS:
            if (!takes(r, inst, at, &width)) return false;
            at += width;
            break;
        case INST_MARK:
            if ((int)inst->arg < r->nslots) {
                push(t, inst->arg | RESTORE, r->slots[inst->arg]);
                r->slots[inst->arg] = at;
            }
            break;
        case INST_CHECK:
            if (inst->arg & ~match_checks(r->text, r->len, at)) return false;
            break;
        case INST_JUMP: break;
        case INST_MATCH: return true;
        case INST_FAIL: return false;
        }
        at_inst = inst->out;
    }
}

bool match_try(const Prog *prog, Machine *m, const char *text, int64_t len, int64_t begin,
               int64_t end, int64_t *slots, int nslots)
{
    uint64_t bits = (uint64_t)(end - begin + 1) * prog->forward.ninsts;
    if (bits > MAX_BITS) return false;
    if (!m->tried) m->tried = gc_new(sizeof *m->tried);
    Tried *t = m->tried;
    memset(t->bits, 0, (bits + 63) / 64 * 8);
    for (int i = 2; i < nslots; i++) slots[i] = -1;
    Range r = {prog, text, len, begin, end, slots, nslots};
    t->njobs = 0;
    push(t, prog->forward.start, begin);
    while (t->njobs > 0) {
        Job job = t->jobs[--t->njobs];
        if (job.inst & RESTORE)
            slots[job.inst & ~RESTORE] = job.at;
        else if (go(t, &r, job.inst, job.at))
            return true;
    }
    return false;
}
