/* SPDX-License-Identifier: MIT */
/* The deterministic automaton.
 *
 * A state is a list of instructions in order of priority, before jumps, splits and assertions were
 * followed, and what stands before it, as far as assertions ask for that. What an assertion says
 * depends on the next code point, so following is part of a transition: states and transitions are
 * made when they are first needed, and forgotten all together when there are too many. That a match
 * ended is seen one code point late, on the transition: it carries IS_MATCH.
 *
 * A row's number is its index into `rows`, so that a step is one addition and one load. Row 0 is no
 * state: nothing can match any more. */
#include "stdlib/regexp/dfa.h"

#include "base/utf8.h"
#include "runtime/gc.h"
#include "stdlib/strings/search.h"

#include <string.h>

#define IS_MATCH  0x80000000u /* on a transition: a match ended before it */
#define IS_PREFIX 0x40000000u /* on a transition: back at the start, whose prefix may be sought */
#define UNKNOWN   0x20000000u /* not made yet */
#define SPECIAL   UNKNOWN     /* transitions from here on need care; so does DEAD */
#define ROW       0x1fffffffu
#define DEAD      0u
#define MAX_CELLS (2u << 20) /* entries of rows before all is forgotten: 8 MB */

enum { BEFORE_BEGIN = 1, BEFORE_NEWLINE = 2, BEFORE_WORD = 4 }; /* what stands before */

typedef struct DfaState {
    uint32_t first, n; /* in lists */
    uint32_t hash;
    uint32_t before;
} DfaState;

/* ---- States ---- */

static void forget(Dfa *dfa)
{
    dfa->nstates = 1;
    dfa->nlists = 0;
    memset(dfa->table, 0, dfa->table_size * sizeof *dfa->table);
    memset(dfa->starts, 0, sizeof dfa->starts);
}

void dfa_init(Dfa *dfa, const Prog *prog, const Code *code, uint32_t start, bool is_first)
{
    uint32_t n = code->ninsts;
    *dfa = (Dfa){.prog = prog, .code = code, .start = start, .is_first = is_first};
    dfa->seeks = start == code->search && prog->prefix_len > 0 && !prog->has_checks && is_first;
    dfa->stride = prog->nclasses + 1;
    dfa->states_cap = 16;
    dfa->states = gc_new_leaf(dfa->states_cap * sizeof *dfa->states);
    dfa->rows = gc_new_leaf((size_t)dfa->states_cap * dfa->stride * sizeof *dfa->rows);
    dfa->table_size = 64;
    dfa->table = gc_new_leaf(dfa->table_size * sizeof *dfa->table);
    dfa->queue = gc_new_leaf(n * sizeof *dfa->queue);
    dfa->sparse = gc_new_leaf(n * sizeof *dfa->sparse);
    dfa->stack = gc_new_leaf((2 * (size_t)n + 2) * sizeof *dfa->stack);
    dfa->next = gc_new_leaf((n + 1) * sizeof *dfa->next);
    forget(dfa);
}

static void *grow_leaf(void *old, size_t used, size_t size)
{
    void *bigger = gc_new_leaf(size);
    if (used > 0) memcpy(bigger, old, used);
    return bigger;
}

static void reserve(Dfa *dfa, uint32_t n)
{
    if (dfa->nstates == dfa->states_cap) {
        size_t row = dfa->stride * sizeof *dfa->rows;
        dfa->states = grow_leaf(dfa->states, dfa->nstates * sizeof *dfa->states,
                                2 * dfa->states_cap * sizeof *dfa->states);
        dfa->rows = grow_leaf(dfa->rows, dfa->nstates * row, 2 * dfa->states_cap * row);
        dfa->states_cap *= 2;
    }
    if (dfa->nlists + n > dfa->lists_cap) {
        uint32_t cap = 2 * (dfa->nlists + n) + 64;
        dfa->lists =
            grow_leaf(dfa->lists, dfa->nlists * sizeof *dfa->lists, cap * sizeof *dfa->lists);
        dfa->lists_cap = cap;
    }
}

static void insert(Dfa *dfa, uint32_t state)
{
    uint32_t at = dfa->states[state].hash;
    while (dfa->table[at & (dfa->table_size - 1)]) at++;
    dfa->table[at & (dfa->table_size - 1)] = state + 1;
}

/* The row of the state with this list. */
static uint32_t intern_state(Dfa *dfa, const uint32_t *list, uint32_t n, uint32_t before)
{
    uint32_t hash = before + n;
    for (uint32_t i = 0; i < n; i++) hash = (hash ^ list[i]) * 0x9E3779B1u, hash ^= hash >> 15;
    uint32_t at = hash;
    for (uint32_t i; (i = dfa->table[at & (dfa->table_size - 1)]) != 0; at++) {
        const DfaState *s = &dfa->states[i - 1];
        if (s->hash == hash && s->n == n && s->before == before &&
            memcmp(dfa->lists + s->first, list, n * sizeof *list) == 0)
            return (i - 1) * dfa->stride;
    }
    if ((dfa->nstates + 1) * (uint64_t)dfa->stride > MAX_CELLS && dfa->nstates > 8) forget(dfa);
    reserve(dfa, n);
    uint32_t state = dfa->nstates++;
    dfa->states[state] = (DfaState){dfa->nlists, n, hash, before};
    memcpy(dfa->lists + dfa->nlists, list, n * sizeof *list);
    dfa->nlists += n;
    for (uint32_t i = 0; i < dfa->stride; i++) dfa->rows[state * dfa->stride + i] = UNKNOWN;
    if (2 * dfa->nstates > dfa->table_size) {
        dfa->table_size *= 2;
        dfa->table = gc_new_leaf(dfa->table_size * sizeof *dfa->table);
        for (uint32_t i = 1; i < state; i++) insert(dfa, i);
    }
    insert(dfa, state);
    return state * dfa->stride;
}

/* ---- Transitions ---- */

static bool is_queued(const Dfa *dfa, uint32_t inst)
{
    uint32_t i = dfa->sparse[inst];
    return i < dfa->nqueue && dfa->queue[i] == inst;
}

/* Follows jumps, splits and assertions that hold, by priority. */
static void follow(Dfa *dfa, uint32_t inst, uint32_t holds)
{
    const Inst *insts = dfa->code->insts;
    uint32_t nstack = 0;
    dfa->stack[nstack++] = inst;
    while (nstack > 0) {
        inst = dfa->stack[--nstack];
        if (is_queued(dfa, inst)) continue;
        dfa->sparse[inst] = dfa->nqueue;
        dfa->queue[dfa->nqueue++] = inst;
        switch (insts[inst].op) {
        case INST_SPLIT:
            dfa->stack[nstack++] = insts[inst].arg;
            dfa->stack[nstack++] = insts[inst].out;
            break;
        case INST_CHECK:
            if (insts[inst].arg & ~holds) break;
            dfa->stack[nstack++] = insts[inst].out;
            break;
        case INST_MARK:
        case INST_JUMP: dfa->stack[nstack++] = insts[inst].out; break;
        }
    }
}

/* The assertions that hold between what stands before and a class, or the end of the text. */
static uint32_t checks(const Dfa *dfa, uint32_t before, uint32_t class)
{
    bool is_end = class == dfa->stride - 1;
    uint32_t kind = is_end ? 0 : dfa->prog->class_kinds[class];
    uint32_t holds = 0;
    if (before & BEFORE_BEGIN) holds |= CHECK_BEGIN_TEXT | CHECK_BEGIN_LINE;
    if (before & BEFORE_NEWLINE) holds |= CHECK_BEGIN_LINE;
    if (is_end) holds |= CHECK_END_TEXT | CHECK_END_LINE;
    if (kind & CLASS_NEWLINE) holds |= CHECK_END_LINE;
    bool is_boundary = !(before & BEFORE_WORD) != !(kind & CLASS_WORD);
    return holds | (is_boundary ? CHECK_WORD_BOUNDARY : CHECK_NO_WORD_BOUNDARY);
}

static uint32_t before_of_class(const Dfa *dfa, uint32_t class)
{
    uint32_t kind = dfa->prog->class_kinds[class];
    return (kind & CLASS_NEWLINE ? BEFORE_NEWLINE : 0) | (kind & CLASS_WORD ? BEFORE_WORD : 0);
}

/* Makes the transition of a row by a class; class stride - 1 is the end of the text. */
static uint32_t make(Dfa *dfa, uint32_t row, uint32_t class)
{
    const Prog *prog = dfa->prog;
    DfaState s = dfa->states[row / dfa->stride];
    uint32_t holds = prog->has_checks ? checks(dfa, s.before, class) : 0;
    bool is_end = class == dfa->stride - 1, is_match = false;
    dfa->nqueue = 0;
    for (uint32_t i = 0; i < s.n; i++) follow(dfa, dfa->lists[s.first + i], holds);
    uint32_t n = 0;
    for (uint32_t i = 0; i < dfa->nqueue; i++) {
        const Inst *inst = &dfa->code->insts[dfa->queue[i]];
        if (inst->op == INST_MATCH) {
            is_match = true;
            if (dfa->is_first) break;
        } else if (inst->op == INST_CLASS && !is_end &&
                   prog->members[inst->arg * prog->nclasses + class]) {
            dfa->next[n++] = inst->out;
        }
    }
    uint32_t to = DEAD, before = is_end || !prog->has_checks ? 0 : before_of_class(dfa, class);
    uint32_t known = dfa->nstates;
    if (n > 0) to = intern_state(dfa, dfa->next, n, before);
    if (dfa->seeks && to && to == dfa->starts[before]) to |= IS_PREFIX;
    if (is_match) to |= IS_MATCH;
    if (dfa->nstates >= known) dfa->rows[row + class] = to; /* else all was forgotten */
    return to;
}

/* The row that a search begins in. */
static uint32_t start_row(Dfa *dfa, uint32_t before)
{
    if (!dfa->prog->has_checks) before = 0;
    if (!dfa->starts[before]) {
        uint32_t row = intern_state(dfa, &dfa->start, 1, before);
        dfa->starts[before] = row;
    }
    return dfa->starts[before];
}

/* ---- Running ---- */

static inline uint32_t class_at(const Prog *prog, const char *text, int64_t len, int64_t at,
                                int *width)
{
    unsigned char c = (unsigned char)text[at];
    *width = 1;
    if (c < 0x80) return prog->ascii[c];
    return prog_class(prog, utf8_decode(text + at, (size_t)(len - at), width));
}

/* The code point that ends at `at`, which must be more than `stop`. */
static uint32_t class_before(const Prog *prog, const char *text, int64_t at, int64_t stop,
                             int *width)
{
    unsigned char c = (unsigned char)text[at - 1];
    *width = 1;
    if (c < 0x80) return prog->ascii[c];
    int64_t from = at - 1;
    while (from > stop && at - from < UTF8_MAX && ((unsigned char)text[from] & 0xC0) == 0x80)
        from--;
    int w;
    uint32_t rune = utf8_decode(text + from, (size_t)(at - from), &w);
    if (from + w != at) rune = UTF8_ERROR, w = 1;
    *width = w;
    return prog_class(prog, rune);
}

/* The next place from `at` on where the prefix stands, or -1. */
static int64_t find_prefix(const Prog *prog, const char *text, int64_t len, int64_t at)
{
    if (at == len) return -1; /* text may be NULL */
    String rest = {text + at, len - at}, prefix = {prog->prefix, (int64_t)prog->prefix_len};
    int64_t found = search_first(rest, prefix);
    return found < 0 ? -1 : at + found;
}

int64_t dfa_forward(Dfa *dfa, const char *text, int64_t len, int64_t at, bool is_any)
{
    const Prog *prog = dfa->prog;
    int width;
    uint32_t before = at == 0 ? BEFORE_BEGIN : 0;
    if (at > 0 && prog->has_checks)
        before = before_of_class(dfa, class_before(prog, text, at, 0, &width));
    if (dfa->seeks && (at = find_prefix(prog, text, len, at)) < 0) return -1;
    uint32_t row = start_row(dfa, before);
    int64_t end = -1;
    while (at < len) {
        uint32_t class = class_at(prog, text, len, at, &width);
        uint32_t to = dfa->rows[row + class];
        if (__builtin_expect(to - 1 >= SPECIAL - 1, 0)) {
            if (to == UNKNOWN) to = make(dfa, row, class);
            if (to & IS_MATCH) {
                end = at;
                if (is_any) return end;
            }
            if ((to & ROW) == DEAD) return end;
            if ((to & IS_PREFIX) && end < 0) {
                at = find_prefix(prog, text, len, at + width);
                if (at < 0) return -1;
                width = 0;
            }
        }
        row = to & ROW;
        at += width;
    }
    uint32_t to = dfa->rows[row + dfa->stride - 1];
    if (to == UNKNOWN) to = make(dfa, row, dfa->stride - 1);
    return to & IS_MATCH ? len : end;
}

int64_t dfa_backward(Dfa *dfa, const char *text, int64_t len, int64_t at, int64_t stop)
{
    const Prog *prog = dfa->prog;
    int width;
    uint32_t before = at == len ? BEFORE_BEGIN : 0;
    if (at < len && prog->has_checks)
        before = before_of_class(dfa, class_at(prog, text, len, at, &width));
    uint32_t row = start_row(dfa, before);
    int64_t begin = -1;
    for (;;) {
        uint32_t class = at > stop   ? class_before(prog, text, at, stop, &width)
                         : stop == 0 ? dfa->stride - 1
                                     : class_before(prog, text, at, 0, &width);
        uint32_t to = dfa->rows[row + class];
        if (to == UNKNOWN) to = make(dfa, row, class);
        if (to & IS_MATCH) begin = at;
        if ((to & ROW) == DEAD || at <= stop) return begin;
        row = to & ROW;
        at -= width;
    }
}
