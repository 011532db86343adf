/* SPDX-License-Identifier: MIT */
/* Matching. */
#include "stdlib/regexp/match.h"

#include "runtime/gc.h"

/* ---- Machines ---- */

Machine *machine_take(Prog *prog)
{
    lock_take(&prog->lock);
    Machine *m = prog->machines;
    if (m) prog->machines = m->next;
    lock_release(&prog->lock);
    return m ? m : gc_new(sizeof *m);
}

void machine_give(Prog *prog, Machine *machine)
{
    lock_take(&prog->lock);
    machine->next = prog->machines;
    prog->machines = machine;
    lock_release(&prog->lock);
}

static Dfa *search_of(Prog *prog, Machine *m)
{
    if (!m->has_search) {
        const Code *code = &prog->forward;
        dfa_init(&m->search, prog, code, prog->is_anchored ? code->start : code->search, true);
        m->has_search = true;
    }
    return &m->search;
}

static Dfa *backward_of(Prog *prog, Machine *m)
{
    if (!m->has_backward) {
        dfa_init(&m->backward, prog, &prog->backward, prog->backward.start, false);
        m->has_backward = true;
    }
    return &m->backward;
}

/* ---- Matching ---- */

static bool is_word(char c)
{
    char lower = c | 0x20;
    return c == '_' || (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z');
}

uint32_t match_checks(const char *text, int64_t len, int64_t at)
{
    uint32_t holds = 0;
    if (at == 0) holds |= CHECK_BEGIN_TEXT | CHECK_BEGIN_LINE;
    if (at > 0 && text[at - 1] == '\n') holds |= CHECK_BEGIN_LINE;
    if (at == len) holds |= CHECK_END_TEXT | CHECK_END_LINE;
    if (at < len && text[at] == '\n') holds |= CHECK_END_LINE;
    bool is_boundary = (at > 0 && is_word(text[at - 1])) != (at < len && is_word(text[at]));
    return holds | (is_boundary ? CHECK_WORD_BOUNDARY : CHECK_NO_WORD_BOUNDARY);
}

bool match_any(Prog *prog, Machine *m, const char *text, int64_t len)
{
    return dfa_forward(search_of(prog, m), text, len, 0, true) >= 0;
}

bool match_find(Prog *prog, Machine *m, const char *text, int64_t len, int64_t at, int64_t *slots,
                int nslots)
{
    if (prog->is_anchored && at > 0) return false;
    if (prog->is_longest)
        return match_threads(prog, m, text, len, at, prog->is_anchored, slots, nslots);
    int64_t end = dfa_forward(search_of(prog, m), text, len, at, false);
    if (end < 0) return false;
    int64_t begin = prog->is_anchored ? 0 : dfa_backward(backward_of(prog, m), text, len, end, at);
    slots[0] = begin;
    slots[1] = end;
    if (nslots == 2 || match_try(prog, m, text, len, begin, end, slots, nslots)) return true;
    return match_threads(prog, m, text, len, begin, true, slots, nslots);
}
