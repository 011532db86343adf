/* SPDX-License-Identifier: MIT */
/* Facts about code points: binary search in the runs of ucd.def, with short ways for ASCII, and for
 * the basic plane, of which tables are laid out when the first of its code points is asked for. */
#include "stdlib/unicode/ucd.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

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

/* ---- The basic plane ---- */

enum { BASIC = 0x10000, PAGES = BASIC >> 8 };

/* Mappings of one kind, and the first of them that ends in each page of 256 code points or later.
 */
typedef struct Map {
    const Mapping *mappings;
    int n;
    uint16_t pages[PAGES + 1];
} Map;

static Map upper = {uppers, COUNT(uppers), {0}};
static Map lower = {lowers, COUNT(lowers), {0}};
static Map title = {titles, COUNT(titles), {0}};
static Map fold = {folds, COUNT(folds), {0}};
static Map orbit = {orbits, COUNT(orbits), {0}};
static uint8_t basic_categories[BASIC];

/* The tables are written once, before the flag is set, and read after it was seen. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic bool is_laid_out;

static void lay_out_pages(Map *map)
{
    int i = 0;
    for (uint32_t page = 0; page <= PAGES; page++) {
        while (i < map->n && map->mappings[i].last < page << 8) i++;
        map->pages[page] = (uint16_t)i;
    }
}

static void lay_out(void)
{
    for (int i = 0; i < COUNT(categories) && categories[i].first < BASIC; i++) {
        uint32_t end = i + 1 < COUNT(categories) ? categories[i + 1].first : BASIC;
        if (end > BASIC) end = BASIC;
        memset(basic_categories + categories[i].first, categories[i].value,
               end - categories[i].first);
    }
    Map *const maps[] = {&upper, &lower, &title, &fold, &orbit};
    for (int i = 0; i < COUNT(maps); i++) lay_out_pages(maps[i]);
    atomic_store_explicit(&is_laid_out, true, memory_order_release);
}

static inline void want_basic(void)
{
    if (!atomic_load_explicit(&is_laid_out, memory_order_acquire)) pthread_once(&once, lay_out);
}

static uint32_t map(const Map *map, uint32_t rune)
{
    int low = 0, high = map->n;
    if (rune < BASIC) {
        want_basic();
        low = map->pages[rune >> 8];
        high = map->pages[(rune >> 8) + 1];
        if (high < map->n) high++; /* it may begin in this page */
    }
    int end = high;
    while (low < high) {
        int middle = (low + high) / 2;
        if (map->mappings[middle].last < rune)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == end || rune < map->mappings[low].first) return rune;
    return map->mappings[low].image + rune - map->mappings[low].first;
}

/* ---- Single facts ---- */

Category ucd_category(uint32_t rune)
{
    if (rune < BASIC) {
        want_basic();
        return (Category)basic_categories[rune];
    }
    if (rune > 0x10FFFF) return CAT_Cn;
    int low = 0, high = COUNT(categories);
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (categories[middle].first <= rune)
            low = middle;
        else
            high = middle;
    }
    return (Category)categories[low].value;
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
    return map(&upper, rune);
}

uint32_t ucd_to_lower(uint32_t rune)
{
    if (rune < 0x80) return rune >= 'A' && rune <= 'Z' ? rune + 32 : rune;
    return map(&lower, rune);
}

uint32_t ucd_to_title(uint32_t rune)
{
    if (rune < 0x80) return rune >= 'a' && rune <= 'z' ? rune - 32 : rune;
    return map(&title, rune);
}

uint32_t ucd_fold(uint32_t rune)
{
    if (rune < 0x80) return rune >= 'A' && rune <= 'Z' ? rune + 32 : rune;
    return map(&fold, rune);
}

uint32_t ucd_next_fold(uint32_t rune)
{
    uint32_t next = map(&orbit, rune);
    if (next != rune) return next;
    uint32_t small = ucd_to_lower(rune);
    uint32_t other = small != rune ? small : ucd_to_upper(rune);
    return ucd_fold(other) == ucd_fold(rune) ? other : rune;
}
