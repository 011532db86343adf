/* SPDX-License-Identifier: MIT */
/* Searching in and mapping of bytes, by libc's fast loops where they fit. */
#include "stdlib/strings/search.h"

#include "base/utf8.h"
#include "runtime/gc.h"
#include "stdlib/unicode/ucd.h"

#include <string.h>

#ifdef __SSE2__
#    include <emmintrin.h>
#endif

#ifdef __SSE2__
/* Looks at sixteen places at once where the part's first and last bytes fit. libc's memmem spends
 * more on getting ready than most searches take, but does not grow with the product of the lengths:
 * it takes over at *at when too many places nearly fit, and near the end. */
static const char *find_part(String s, String part, int64_t *at)
{
    enum { STEP = sizeof(__m128i), PATIENCE = 64 };
    const __m128i first = _mm_set1_epi8(part.data[0]),
                  last = _mm_set1_epi8(part.data[part.len - 1]);
    int64_t i = 0, misses = 0;
    for (; i + part.len - 1 + STEP <= s.len && misses <= PATIENCE + i / STEP; i += STEP) {
        __m128i heads = _mm_loadu_si128((const __m128i *)(s.data + i));
        __m128i tails = _mm_loadu_si128((const __m128i *)(s.data + i + part.len - 1));
        __m128i fits = _mm_and_si128(_mm_cmpeq_epi8(heads, first), _mm_cmpeq_epi8(tails, last));
        for (unsigned mask = (unsigned)_mm_movemask_epi8(fits); mask != 0; mask &= mask - 1) {
            const char *place = s.data + i + __builtin_ctz(mask);
            if (memcmp(place + 1, part.data + 1, (size_t)part.len - 1) == 0) return place;
            misses++;
        }
    }
    *at = i;
    return NULL;
}
#else
static const char *find_part(String s, String part, int64_t *at)
{
    (void)s;
    (void)part;
    *at = 0;
    return NULL;
}
#endif

int64_t search_first(String s, String part)
{
    if (part.len == 0) return 0;
    if (part.len > s.len) return -1;
    if (part.len == 1) {
        const char *found = memchr(s.data, part.data[0], (size_t)s.len);
        return found ? found - s.data : -1;
    }
    int64_t at = 0;
    const char *found = find_part(s, part, &at);
    if (!found) found = memmem(s.data + at, (size_t)(s.len - at), part.data, (size_t)part.len);
    return found ? found - s.data : -1;
}

int64_t search_last(String s, String part)
{
    if (part.len == 0) return s.len;
    for (int64_t end = s.len - part.len + 1; end > 0;) {
        const char *at = memrchr(s.data, part.data[0], (size_t)end);
        if (!at) return -1;
        if (memcmp(at, part.data, (size_t)part.len) == 0) return at - s.data;
        end = at - s.data;
    }
    return -1;
}

int64_t search_count(String s, String part)
{
    if (part.len == 0) return (s.len > 0 ? (int64_t)utf8_count(s.data, (size_t)s.len) : 0) + 1;
    int64_t n = 0;
    for (int64_t at; (at = search_first(s, part)) >= 0; n++) {
        s.data += at + part.len;
        s.len -= at + part.len;
    }
    return n;
}

/* Takes the first character of s off. */
static uint32_t next_rune(String *s)
{
    int width = 1;
    unsigned char c = (unsigned char)*s->data;
    uint32_t rune = c < 0x80 ? c : utf8_decode(s->data, (size_t)s->len, &width);
    s->data += width;
    s->len -= width;
    return rune;
}

bool search_equal_fold(String a, String b)
{
    while (a.len > 0 && b.len > 0) {
        uint32_t x = next_rune(&a), y = next_rune(&b);
        if (x != y && ucd_fold(x) != ucd_fold(y)) return false;
    }
    return a.len == b.len;
}

/* Length of the mapped string, and whether anything changes. */
static int64_t mapped_length(String s, uint32_t (*map)(uint32_t), bool *changes)
{
    int64_t len = 0;
    *changes = false;
    while (s.len > 0) {
        int64_t before = s.len;
        uint32_t rune = next_rune(&s), mapped = map(rune);
        char space[UTF8_MAX];
        int width = mapped < 0x80 ? 1 : utf8_encode(space, mapped);
        if (mapped != rune || width != before - s.len) *changes = true;
        len += width;
    }
    return len;
}

String search_map(String s, uint32_t (*map)(uint32_t))
{
    bool changes;
    int64_t len = mapped_length(s, map, &changes);
    if (!changes) return s;
    char *text = gc_new_bytes((size_t)(len > 0 ? len : 1)), *out = text;
    while (s.len > 0) {
        uint32_t mapped = map(next_rune(&s));
        if (mapped < 0x80)
            *out++ = (char)mapped;
        else
            out += utf8_encode(out, mapped);
    }
    return (String){text, len};
}
