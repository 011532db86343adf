/* SPDX-License-Identifier: MIT */
/* ASCII is decided on the spot, the rest by binary search in the ranges of unicode.def. */
#include "base/unicode.h"

#include <stddef.h>

typedef struct Range {
    uint32_t first, last, step;
} Range;

/* clang-format off */
#define LETTER(first, last) {first, last, 1},
static const Range letters[] = {
#include "base/unicode.def"
};
#undef LETTER
#define DIGIT(first, last) {first, last, 1},
static const Range digits[] = {
#include "base/unicode.def"
};
#undef DIGIT
#define UPPER(first, last, step) {first, last, step},
static const Range uppers[] = {
#include "base/unicode.def"
};
#undef UPPER
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static bool in_table(const Range *table, size_t count, uint32_t rune)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (rune > table[mid].last) {
            low = mid + 1;
        } else if (rune < table[mid].first) {
            high = mid;
        } else {
            return (rune - table[mid].first) % table[mid].step == 0;
        }
    }
    return false;
}

bool unicode_is_letter(uint32_t rune)
{
    if (rune < 0x80) return (rune | 0x20) - 'a' < 26;
    return in_table(letters, COUNT(letters), rune);
}

bool unicode_is_digit(uint32_t rune)
{
    if (rune < 0x80) return rune - '0' < 10;
    return in_table(digits, COUNT(digits), rune);
}

bool unicode_is_upper(uint32_t rune)
{
    if (rune < 0x80) return rune - 'A' < 26;
    return in_table(uppers, COUNT(uppers), rune);
}
