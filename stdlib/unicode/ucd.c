/* SPDX-License-Identifier: MIT */
/* Facts about code points: binary search in the runs of ucd.def, with short ways for ASCII. */
#include "stdlib/unicode/ucd.h"

#include <string.h>

typedef struct Run {
    uint32_t first : 24;
    uint32_t value : 8; /* Category or script */
} Run;

typedef struct Mapping {
    uint32_t first, last, image;
} Mapping;

enum {
#define SCRIPT_NAME(name) SCRIPT_##name,
#include "stdlib/unicode/scripts.def"
#undef SCRIPT_NAME
};

/* clang-format off */
#define CATEGORY(first, name)
#define SCRIPT(first, name)
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

#undef SCRIPT
#define SCRIPT(first, name) {first, SCRIPT_##name},
static const Run scripts[] = {
#include "stdlib/unicode/ucd.def"
};
#undef SCRIPT
#define SCRIPT(first, name)

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

/* ---- Tables by name ----
 *
 * A table's number is a category (0…), then a group of categories, then White_Space, then a script.
 */

typedef struct Group {
    const char *name;
    uint32_t mask;
} Group;

static const char *const category_names[CAT_COUNT] = {
    "Cn", "Cc", "Cf", "Co", "Cs", "Ll", "Lm", "Lo", "Lt", "Lu", "Mc", "Me", "Mn", "Nd", "Nl",
    "No", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Sc", "Sk", "Sm", "So", "Zl", "Zp", "Zs"};

static const Group groups[] = {
    {"L", CATS_LETTER}, {"M", CATS_MARK},
    {"N", CATS_NUMBER}, {"P", CATS_PUNCT},
    {"S", CATS_SYMBOL}, {"Z", CATS_SPACE},
    {"C", CATS_OTHER},  {"LC", CAT_MASK(Lu) | CAT_MASK(Ll) | CAT_MASK(Lt)},
};

static const char *const script_names[] = {
#define SCRIPT_NAME(name) [SCRIPT_##name] = #name,
#include "stdlib/unicode/scripts.def"
#undef SCRIPT_NAME
};

enum { TABLE_GROUP = CAT_COUNT, TABLE_SPACE = TABLE_GROUP + COUNT(groups), TABLE_SCRIPT };

/* Scripts are sorted by name, after Unknown. */
static int find_script(const char *name, int64_t len)
{
    int low = 1, high = COUNT(script_names);
    while (low < high) {
        int middle = (low + high) / 2, order = strncmp(script_names[middle], name, (size_t)len);
        if (order == 0) order = script_names[middle][len] != 0;
        if (order == 0) return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static bool equals(const char *name, const char *text, int64_t len)
{
    return strlen(name) == (size_t)len && memcmp(name, text, (size_t)len) == 0;
}

int ucd_table(const char *name, int64_t len)
{
    for (int i = 0; len <= 2 && i < CAT_COUNT; i++)
        if (equals(category_names[i], name, len)) return i;
    for (int i = 0; len <= 2 && i < COUNT(groups); i++)
        if (equals(groups[i].name, name, len)) return TABLE_GROUP + i;
    if (equals("White_Space", name, len)) return TABLE_SPACE;
    int script = find_script(name, len);
    return script < 0 ? -1 : TABLE_SCRIPT + script;
}

bool ucd_in_table(int table, uint32_t rune)
{
    if (rune > 0x10FFFF) return false;
    if (table >= TABLE_SCRIPT)
        return (int)scripts[find_run(scripts, COUNT(scripts), rune)].value == table - TABLE_SCRIPT;
    if (table == TABLE_SPACE) return ucd_is_space(rune);
    if (table >= TABLE_GROUP) return in_categories(rune, groups[table - TABLE_GROUP].mask);
    return table >= 0 && (int)ucd_category(rune) == table;
}

uint32_t ucd_run_end(int table, uint32_t rune)
{
    const Run *runs = table >= TABLE_SCRIPT ? scripts : categories;
    int n = table >= TABLE_SCRIPT ? COUNT(scripts) : COUNT(categories);
    if (table == TABLE_SPACE && rune < 0x100) return rune;
    int i = find_run(runs, n, rune);
    return i + 1 < n ? runs[i + 1].first - 1 : 0x10FFFF;
}
