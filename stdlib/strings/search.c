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

/* Goes from one first byte of the part to the next, which libc's memchr does twice as fast as the
 * rest, while they are rare; *at gets how far. */
static const char *find_rare(String s, String part, int64_t *at)
{
    int64_t places = s.len - part.len + 1, i = 0;
    for (int64_t misses = 0; i < places && misses <= 2 + i / 128; misses++) {
        const char *place = memchr(s.data + i, part.data[0], (size_t)(places - i));
        if (place && memcmp(place + 1, part.data + 1, (size_t)part.len - 1) == 0) return place;
        i = place ? place - s.data + 1 : places;
    }
    *at = i;
    return NULL;
}

int64_t search_first(String s, String part)
{
    if (part.len == 0) return 0;
    if (part.len > s.len) return -1;
    if (part.len == 1) {
        const char *found = memchr(s.data, part.data[0], (size_t)s.len);
        return found ? found - s.data : -1;
    }
    int64_t rare = 0, at = 0;
    const char *found = find_rare(s, part, &rare);
    if (found) return found - s.data;
    String rest = {s.data + rare, s.len - rare};
    if (rest.len < part.len) return -1;
    found = find_part(rest, part, &at);
    if (!found)
        found = memmem(rest.data + at, (size_t)(rest.len - at), part.data, (size_t)part.len);
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

#ifdef __SSE2__
static int64_t count_byte(String s, char c)
{
    enum { STEP = sizeof(__m128i), MOST = 255 };
    const __m128i wanted = _mm_set1_epi8(c), zero = _mm_setzero_si128();
    int64_t i = 0, n = 0;
    while (i + STEP <= s.len) {
        __m128i counts = zero; /* sixteen, each of a byte */
        for (int k = 0; k < MOST && i + STEP <= s.len; k++, i += STEP)
            counts = _mm_sub_epi8(
                counts, _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(s.data + i)), wanted));
        __m128i sums = _mm_sad_epu8(counts, zero);
        n += _mm_extract_epi16(sums, 0) + _mm_extract_epi16(sums, 4);
    }
    for (; i < s.len; i++) n += s.data[i] == c;
    return n;
}
#else
static int64_t count_byte(String s, char c)
{
    int64_t n = 0;
    for (int64_t i = 0; i < s.len; i++) n += s.data[i] == c;
    return n;
}
#endif

int64_t search_count(String s, String part)
{
    if (part.len == 1) return count_byte(s, part.data[0]);
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

/* Takes the last character of s off. */
static uint32_t last_rune(String *s)
{
    int64_t at = s->len - 1;
    while (at > 0 && at > s->len - UTF8_MAX && (s->data[at] & 0xC0) == 0x80) at--;
    int width;
    uint32_t rune = utf8_decode(s->data + at, (size_t)(s->len - at), &width);
    bool is_whole = at + width == s->len;
    s->len = is_whole ? at : s->len - 1;
    return is_whole ? rune : UTF8_ERROR;
}

/* ---- Sets of characters ---- */

typedef struct CharSet {
    uint64_t ascii[2];
    String others; /* the whole set, if some are not ASCII; else empty */
} CharSet;

static CharSet make_set(String chars)
{
    CharSet set = {0};
    for (int64_t i = 0; i < chars.len; i++) {
        unsigned char c = (unsigned char)chars.data[i];
        if (c < 0x80)
            set.ascii[c >> 6] |= UINT64_C(1) << (c & 63);
        else
            set.others = chars;
    }
    return set;
}

static bool set_has(const CharSet *set, uint32_t rune)
{
    if (rune < 0x80) return set->ascii[rune >> 6] >> (rune & 63) & 1;
    for (String rest = set->others; rest.len > 0;)
        if (next_rune(&rest) == rune) return true;
    return false;
}

int64_t search_first_of(String s, String chars)
{
    CharSet set = make_set(chars);
    for (String rest = s; rest.len > 0;) {
        int64_t at = s.len - rest.len;
        if (set_has(&set, next_rune(&rest))) return at;
    }
    return -1;
}

int64_t search_last_of(String s, String chars)
{
    CharSet set = make_set(chars);
    while (s.len > 0)
        if (set_has(&set, last_rune(&s))) return s.len;
    return -1;
}

String search_trim_left(String s, String cutset)
{
    CharSet set = make_set(cutset);
    while (s.len > 0) {
        String rest = s;
        if (!set_has(&set, next_rune(&rest))) break;
        s = rest;
    }
    return s;
}

String search_trim_right(String s, String cutset)
{
    CharSet set = make_set(cutset);
    while (s.len > 0) {
        String rest = s;
        if (!set_has(&set, last_rune(&rest))) break;
        s = rest;
    }
    return s;
}

/* ---- Fields ---- */

/* Reads the character at s[at]; *width gets its size. */
bool search_is_space(String s, int64_t at, int *width)
{
    unsigned char c = (unsigned char)s.data[at];
    *width = 1;
    if (c < 0x80) return c == ' ' || (c >= 9 && c <= 13);
    return ucd_is_space(utf8_decode(s.data + at, (size_t)(s.len - at), width));
}

static void put_field(char *parts, int64_t n, size_t stride, String s, int64_t from, int64_t to)
{
    if (parts) *(String *)(void *)(parts + (size_t)n * stride) = (String){s.data + from, to - from};
}

#ifdef __SSE2__
/* Bit i says whether p[i] is white space; *others gets those that are not ASCII. */
static unsigned space_mask(const char *p, unsigned *others)
{
    __m128i text = _mm_loadu_si128((const __m128i *)p);
    __m128i controls =
        _mm_cmpeq_epi8(_mm_subs_epu8(_mm_sub_epi8(text, _mm_set1_epi8(9)), _mm_set1_epi8(4)),
                       _mm_setzero_si128()); /* 9 to 13 */
    *others = (unsigned)_mm_movemask_epi8(text);
    return (unsigned)_mm_movemask_epi8(
        _mm_or_si128(controls, _mm_cmpeq_epi8(text, _mm_set1_epi8(' '))));
}
#endif

/* Looks at sixteen bytes at once while they are ASCII, else at one character. */
int64_t search_fields(String s, void *parts, size_t stride)
{
    int64_t n = 0, start = -1;
    int width;
    for (int64_t i = 0; i < s.len; i += width) {
#ifdef __SSE2__
        enum { STEP = sizeof(__m128i) };
        unsigned others = 1, spaces = i + STEP <= s.len ? space_mask(s.data + i, &others) : 0;
        if (!others) {
            unsigned edges = (spaces ^ (spaces << 1 | (start < 0))) & 0xFFFF;
            for (; edges != 0; edges &= edges - 1) {
                int64_t edge = i + __builtin_ctz(edges);
                if (start < 0) {
                    start = edge;
                } else {
                    put_field(parts, n++, stride, s, start, edge);
                    start = -1;
                }
            }
            width = STEP;
            continue;
        }
#endif
        bool space = search_is_space(s, i, &width);
        if (space && start >= 0) {
            put_field(parts, n++, stride, s, start, i);
            start = -1;
        } else if (!space && start < 0) {
            start = i;
        }
    }
    if (start >= 0) put_field(parts, n++, stride, s, start, s.len);
    return n;
}

/* ---- Case ---- */

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
