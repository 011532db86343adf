/* SPDX-License-Identifier: MIT */
/* Sets of code points: the ranges of sets.def in two arrays, of which each set has a part. */
#include "stdlib/unicode/sets.h"

#include <ctype.h>
#include <string.h>

/* clang-format off */
#define R16(low, high, stride)
#define R32(low, high, stride)
#define SET(kind, name, first16, nlatin, count16, first32, count32)
#define ALIAS(name, category)
#define CASE(low, high, upper, lower, title)

#undef R16
#define R16(low, high, stride) {low, high, stride},
static Range16 ranges16[] = {
#include "stdlib/unicode/sets.def"
};
#undef R16
#define R16(low, high, stride)

#undef R32
#define R32(low, high, stride) {low, high, stride},
static Range32 ranges32[] = {
#include "stdlib/unicode/sets.def"
};
#undef R32
#define R32(low, high, stride)

#undef SET
#define SET(kind, name, first16, nlatin, count16, first32, count32) \
    {ranges16 + first16, count16, count16, ranges32 + first32, count32, count32, nlatin},
static CodeSet sets[] = {
#include "stdlib/unicode/sets.def"
};

#undef SET
#define SET(kind, name, first16, nlatin, count16, first32, count32) {#name, SET_##kind},
static const struct {
    const char *name;
    SetKind kind;
} names[] = {
#include "stdlib/unicode/sets.def"
};
#undef SET
#define SET(kind, name, first16, nlatin, count16, first32, count32)

#undef ALIAS
#define ALIAS(name, category) {#name, #category},
static const struct {
    const char *name, *category;
} aliases[] = {
#include "stdlib/unicode/sets.def"
};
#undef ALIAS
#define ALIAS(name, category)

#define ALTERNATE 0x110000
#undef CASE
#define CASE(low, high, upper, lower, title) {low, high, {upper, lower, title}},
CodeCaseRange sets_case_ranges[] = {
#include "stdlib/unicode/sets.def"
};
/* clang-format on */

const int sets_case_count = sizeof sets_case_ranges / sizeof *sets_case_ranges;

#define COUNT(a) (int)(sizeof(a) / sizeof *(a))

CodeSet *sets_find(const char *name, int64_t len)
{
    int low = 0, high = COUNT(sets);
    while (low < high) {
        int middle = (low + high) / 2, order = strncmp(names[middle].name, name, (size_t)len);
        if (order == 0) order = names[middle].name[len] != 0;
        if (order == 0) return &sets[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool is_filler(char c)
{
    return c == ' ' || c == '_' || c == '-';
}

CodeSet *sets_at(int64_t i, const char **name, SetKind *kind)
{
    if (i >= COUNT(sets)) return NULL;
    *kind = names[i].kind;
    *name = names[i].name + (*kind >= SET_FOLD_CATEGORY ? strlen("fold") : 0);
    return &sets[i];
}

const char *sets_alias_at(int64_t i, const char **category)
{
    if (i >= COUNT(aliases)) return NULL;
    *category = aliases[i].category;
    return aliases[i].name;
}

bool sets_names_match(const char *name, const char *text, int64_t len)
{
    const char *end = text + len;
    for (;; name++, text++) {
        while (is_filler(*name)) name++;
        while (text < end && is_filler(*text)) text++;
        if (!*name || text == end) return !*name && text == end;
        if (tolower((unsigned char)*name) != tolower((unsigned char)*text)) return false;
    }
}

const CodeSet *sets_find_loosely(const char *name, int64_t len)
{
    for (int i = 0; i < COUNT(sets); i++)
        if (names[i].kind <= SET_SCRIPT && sets_names_match(names[i].name, name, len))
            return &sets[i];
    for (int i = 0; i < COUNT(aliases); i++) {
        if (sets_names_match(aliases[i].name, name, len))
            return sets_find(aliases[i].category, (int64_t)strlen(aliases[i].category));
    }
    return NULL;
}

static bool is_member(uint32_t rune, uint32_t low, uint32_t high, uint32_t stride)
{
    return low <= rune && rune <= high && (stride <= 1 || (rune - low) % stride == 0);
}

bool set_has(const CodeSet *set, uint32_t rune)
{
    int64_t low = 0, high = set->n16;
    if (high > 0 && rune <= set->r16[high - 1].high) {
        while (low < high) {
            int64_t middle = (low + high) / 2;
            if (set->r16[middle].high < rune)
                low = middle + 1;
            else
                high = middle;
        }
        const Range16 *r = &set->r16[low];
        return is_member(rune, r->low, r->high, r->stride);
    }
    for (low = 0, high = set->n32; low < high;) {
        int64_t middle = (low + high) / 2;
        if (set->r32[middle].high < rune)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == set->n32) return false;
    const Range32 *r = &set->r32[low];
    return is_member(rune, r->low, r->high, r->stride);
}
