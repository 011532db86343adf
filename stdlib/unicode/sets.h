/* SPDX-License-Identifier: MIT */
/* Sets of code points by name: Unicode's general categories, scripts and properties, from sets.def.
 * Package unicode hands them out as its tables; regexp makes character classes of them. */
#ifndef MGO_STDLIB_UNICODE_SETS_H
#define MGO_STDLIB_UNICODE_SETS_H

#include <stdbool.h>
#include <stdint.h>

/* Every stride-th code point from low to high. */
typedef struct Range16 {
    uint16_t low, high, stride;
} Range16;

typedef struct Range32 {
    uint32_t low, high, stride;
} Range32;

/* Ascending ranges, first those below 0x10000; laid out as a unicode.RangeTable. */
typedef struct CodeSet {
    Range16 *r16;
    int64_t n16, cap16;
    Range32 *r32;
    int64_t n32, cap32;
    int64_t latin; /* how many of r16 end below 0x100 */
} CodeSet;

/* What to add to the code points from low to high for each case; more than any difference means
 * that upper and lower case alternate. Laid out as a unicode.CaseRange. */
typedef struct CodeCaseRange {
    uint32_t low, high;
    int32_t delta[3]; /* to upper, lower, title case */
} CodeCaseRange;

/* What a set is; FOLD: what lies outside of a category or script and differs only in case from one
 * of its members. */
typedef enum SetKind {
    SET_CATEGORY,
    SET_SCRIPT,
    SET_PROPERTY,
    SET_FOLD_CATEGORY,
    SET_FOLD_SCRIPT
} SetKind;

/* The category, script or property of exactly this name, or NULL. Its ranges are writable only
 * because programs could write to them. */
CodeSet *sets_find(const char *name, int64_t len);
/* The i-th set, and the i-th of the categories' other names with the short one; NULL behind the
 * last. */
CodeSet *sets_at(int64_t i, const char **name, SetKind *kind);
const char *sets_alias_at(int64_t i, const char **category);
/* Whether two names are the same but for case, spaces, underscores and hyphens. */
bool sets_names_match(const char *name, const char *text, int64_t len);
/* The category (by its short or long name) or script that is meant, where names need not
 * match exactly, as the Unicode standard wishes it; or NULL. */
const CodeSet *sets_find_loosely(const char *name, int64_t len);

/* All case ranges, ascending. */
extern CodeCaseRange sets_case_ranges[];
extern const int sets_case_count;

bool set_has(const CodeSet *set, uint32_t rune);

#endif
