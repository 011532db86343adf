/* SPDX-License-Identifier: MIT */
/* Sets of code points, as ranges: what a character class matches. */
#ifndef MGO_STDLIB_REGEXP_RUNESET_H
#define MGO_STDLIB_REGEXP_RUNESET_H

#include "base/vec.h"
#include "stdlib/unicode/sets.h"

#include <stdbool.h>
#include <stdint.h>

#define MAX_RUNE 0x10FFFFu

typedef struct RuneRange {
    uint32_t low, high;
} RuneRange;

/* While it is built, ranges may overlap and stand in any order; runeset_clean puts them right. */
typedef VEC(RuneRange) RuneSet;

void runeset_add(RuneSet *set, uint32_t low, uint32_t high);
/* The range and what differs from it only in case. */
void runeset_add_folded(RuneSet *set, uint32_t low, uint32_t high);
/* A set of Unicode's. */
void runeset_add_code_set(RuneSet *set, const CodeSet *codes, bool is_folded);
/* Another set, clean, or all it does not have. */
void runeset_add_set(RuneSet *set, const RuneSet *other);
void runeset_add_negated(RuneSet *set, const RuneSet *other);
/* Sorts the ranges and joins those that touch. */
void runeset_clean(RuneSet *set);
/* Makes a clean set its complement. */
void runeset_negate(RuneSet *set);

#endif
