/* SPDX-License-Identifier: MIT */
/* Sets of code points. */
#include "stdlib/regexp/runeset.h"

#include "stdlib/unicode/ucd.h"

#include <stdlib.h>

/* Code points outside of these have no other case. */
#define FIRST_CASED 0x41u
#define LAST_CASED  0x1E943u

void runeset_add(RuneSet *set, uint32_t low, uint32_t high)
{
    vec_push(set, ((RuneRange){low, high}));
}

void runeset_add_folded(RuneSet *set, uint32_t low, uint32_t high)
{
    runeset_add(set, low, high);
    if (low <= FIRST_CASED && high >= LAST_CASED) return;
    if (low < FIRST_CASED) low = FIRST_CASED;
    if (high > LAST_CASED) high = LAST_CASED;
    for (uint32_t rune = low; rune <= high; rune++) {
        for (uint32_t other = ucd_next_fold(rune); other != rune; other = ucd_next_fold(other))
            if (other < low || other > high) runeset_add(set, other, other);
    }
}

static void add_range(RuneSet *set, uint32_t low, uint32_t high, uint32_t stride, bool is_folded)
{
    if (stride <= 1) stride = high - low + 1;
    uint32_t span = stride > high - low ? high - low : 0;
    for (uint32_t rune = low; rune <= high; rune += stride) {
        if (is_folded)
            runeset_add_folded(set, rune, rune + span);
        else
            runeset_add(set, rune, rune + span);
    }
}

void runeset_add_code_set(RuneSet *set, const CodeSet *codes, bool is_folded)
{
    for (int64_t i = 0; i < codes->n16; i++) {
        const Range16 *r = &codes->r16[i];
        add_range(set, r->low, r->high, r->stride, is_folded);
    }
    for (int64_t i = 0; i < codes->n32; i++) {
        const Range32 *r = &codes->r32[i];
        add_range(set, r->low, r->high, r->stride, is_folded);
    }
}

void runeset_add_set(RuneSet *set, const RuneSet *other)
{
    for (size_t i = 0; i < other->len; i++) vec_push(set, other->at[i]);
}

void runeset_add_negated(RuneSet *set, const RuneSet *other)
{
    uint32_t next = 0;
    for (size_t i = 0; i < other->len; i++) {
        if (other->at[i].low > next) runeset_add(set, next, other->at[i].low - 1);
        next = other->at[i].high + 1;
    }
    if (next <= MAX_RUNE) runeset_add(set, next, MAX_RUNE);
}

static int compare(const void *a, const void *b)
{
    const RuneRange *x = a, *y = b;
    if (x->low != y->low) return x->low < y->low ? -1 : 1;
    return x->high > y->high ? -1 : x->high < y->high;
}

void runeset_clean(RuneSet *set)
{
    if (set->len < 2) return;
    qsort(set->at, set->len, sizeof *set->at, compare);
    size_t n = 1;
    for (size_t i = 1; i < set->len; i++) {
        RuneRange *last = &set->at[n - 1], range = set->at[i];
        if (range.low > last->high + 1)
            set->at[n++] = range;
        else if (range.high > last->high)
            last->high = range.high;
    }
    set->len = n;
}

void runeset_negate(RuneSet *set)
{
    RuneSet complement = {0};
    runeset_add_negated(&complement, set);
    vec_free(set);
    *set = complement;
}
