/* SPDX-License-Identifier: MIT */
/* Facts about code points: binary search in the runs of ucd.def, with short ways for ASCII. */
#include "stdlib/unicode/ucd.h"

typedef struct Run {
    uint32_t first : 24;
    uint32_t value : 8; /* Category */
} Run;

typedef struct Mapping {
    uint32_t first, last, image;
} Mapping;

/* clang-format off */
#define CATEGORY(first, name)
#define UPPER(first, last, image)
#define LOWER(first, last, image)
#define TITLE(first, last, image)
#define FOLD(first, last, image)
#define ORBIT(rune, next)

#undef CATEGORY
#define CATEGORY(first, name) {first, CAT_##name},
static const Run categories[] = {
#include "stdlib/unicode/ucd.def"
};
#undef CATEGORY
#define CATEGORY(first, name)

#undef UPPER
#define UPPER(first, last, image) {first, last, image},
static const Mapping uppers[] = {
#include "stdlib/unicode/ucd.def"
};
#undef UPPER
#define UPPER(first, last, image)

#undef LOWER
#define LOWER(first, last, image) {first, last, image},
static const Mapping lowers[] = {
#include "stdlib/unicode/ucd.def"
};
#undef LOWER
#define LOWER(first, last, image)

#undef TITLE
#define TITLE(first, last, image) {first, last, image},
static const Mapping titles[] = {
#include "stdlib/unicode/ucd.def"
};
#undef TITLE
#define TITLE(first, last, image)

#undef FOLD
#define FOLD(first, last, image) {first, last, image},
static const Mapping folds[] = {
#include "stdlib/unicode/ucd.def"
};
#undef FOLD
#define FOLD(first, last, image)

#undef ORBIT
#define ORBIT(rune, next) {rune, rune, next},
static const Mapping orbits[] = {
#include "stdlib/unicode/ucd.def"
};
/* clang-format on */

#define COUNT(a) (int)(sizeof(a) / sizeof *(a))

/* Index of the run that contains `rune`. */
static int find_run(const Run *runs, int n, uint32_t rune)
{
    int low = 0, high = n;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (runs[middle].first <= rune)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static uint32_t map(const Mapping *mappings, int n, uint32_t rune)
{
    int low = 0, high = n;
    while (low < high) {
        int middle = (low + high) / 2;
        if (mappings[middle].last < rune)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == n || rune < mappings[low].first) return rune;
    return mappings[low].image + rune - mappings[low].first;
}

/* ---- Single facts ---- */

Category ucd_category(uint32_t rune)
{
    if (rune > 0x10FFFF) return CAT_Cn;
    return (Category)categories[find_run(categories, COUNT(categories), rune)].value;
}

static bool in_categories(uint32_t rune, uint32_t mask)
{
    return mask >> ucd_category(rune) & 1;
}

bool ucd_is_print(uint32_t rune)
{
    if (rune < 0x80) return rune >= ' ' && rune < 0x7F;
    return in_categories(rune, CATS_LETTER | CATS_MARK | CATS_NUMBER | CATS_PUNCT | CATS_SYMBOL);
}

bool ucd_is_graphic(uint32_t rune)
{
    return ucd_is_print(rune) || ucd_category(rune) == CAT_Zs;
}

bool ucd_is_space(uint32_t rune)
{
    if (rune < 0x100)
        return rune == ' ' || (rune >= 9 && rune <= 13) || rune == 0x85 || rune == 0xA0;
    return in_categories(rune, CATS_SPACE);
}

uint32_t ucd_to_upper(uint32_t rune)
{
    if (rune < 0x80) return rune >= 'a' && rune <= 'z' ? rune - 32 : rune;
    return map(uppers, COUNT(uppers), rune);
}

uint32_t ucd_to_lower(uint32_t rune)
{
    if (rune < 0x80) return rune >= 'A' && rune <= 'Z' ? rune + 32 : rune;
    return map(lowers, COUNT(lowers), rune);
}

uint32_t ucd_to_title(uint32_t rune)
{
    if (rune < 0x80) return rune >= 'a' && rune <= 'z' ? rune - 32 : rune;
    return map(titles, COUNT(titles), rune);
}

uint32_t ucd_fold(uint32_t rune)
{
    if (rune < 0x80) return rune >= 'A' && rune <= 'Z' ? rune + 32 : rune;
    return map(folds, COUNT(folds), rune);
}

uint32_t ucd_next_fold(uint32_t rune)
{
    uint32_t next = map(orbits, COUNT(orbits), rune);
    if (next != rune) return next;
    uint32_t lower = ucd_to_lower(rune);
    uint32_t other = lower != rune ? lower : ucd_to_upper(rune);
    return ucd_fold(other) == ucd_fold(rune) ? other : rune;
}
