/* SPDX-License-Identifier: MIT */
/* Strings. Whatever makes a new one allocates exactly its bytes, without pointers inside. */
#include "runtime/string.h"

#include "base/utf8.h"
#include "runtime/gc.h"
#include "runtime/slice.h"

int string_compare(String a, String b)
{
    int64_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.data, b.data, (size_t)shorter) : 0;
    if (order) return order;
    return (a.len > b.len) - (a.len < b.len);
}

String string_copy(const char *data, int64_t len)
{
    if (len <= 0) return (String){NULL, 0};
    char *bytes = gc_new_bytes((size_t)len);
    memcpy(bytes, data, (size_t)len);
    return (String){bytes, len};
}

String string_concat(String a, String b)
{
    if (b.len == 0) return a;
    if (a.len == 0) return b;
    char *bytes = gc_new_bytes((size_t)(a.len + b.len));
    memcpy(bytes, a.data, (size_t)a.len);
    memcpy(bytes + a.len, b.data, (size_t)b.len);
    return (String){bytes, a.len + b.len};
}

String string_join(const String *parts, int n)
{
    int64_t len = 0;
    int filled = 0, last = 0;
    for (int i = 0; i < n; i++) {
        if (parts[i].len == 0) continue;
        len += parts[i].len;
        filled++;
        last = i;
    }
    if (filled == 0) return (String){NULL, 0};
    if (filled == 1) return parts[last];
    char *bytes = gc_new_bytes((size_t)len), *end = bytes;
    for (int i = 0; i < n; i++) {
        if (parts[i].len == 0) continue;
        memcpy(end, parts[i].data, (size_t)parts[i].len);
        end += parts[i].len;
    }
    return (String){bytes, len};
}

String string_from_rune(int64_t rune)
{
    char bytes[UTF8_MAX];
    int len = utf8_encode(bytes, rune);
    return string_copy(bytes, len);
}

String string_from_runes(Slice runes)
{
    const int32_t *at = runes.data;
    char rune[UTF8_MAX];
    int64_t len = 0;
    for (int64_t i = 0; i < runes.len; i++) len += utf8_encode(rune, at[i]);
    if (len == 0) return (String){NULL, 0};
    char *bytes = gc_new_bytes((size_t)len), *end = bytes;
    for (int64_t i = 0; i < runes.len; i++) {
        int width = utf8_encode(rune, at[i]);
        memcpy(end, rune, (size_t)width);
        end += width;
    }
    return (String){bytes, len};
}

Slice string_to_bytes(String s)
{
    int64_t cap = (int64_t)slice_round_size((uint64_t)s.len);
    char *bytes = gc_new_bytes((size_t)(cap ? cap : 1));
    if (s.len) memcpy(bytes, s.data, (size_t)s.len);
    memset(bytes + s.len, 0, (size_t)(cap - s.len)); /* programs can see it */
    return (Slice){bytes, s.len, cap};
}

Slice string_to_runes(String s)
{
    int64_t n = (int64_t)utf8_count(s.data, (size_t)s.len);
    int64_t cap = (int64_t)(slice_round_size((uint64_t)n * 4) / 4);
    int32_t *runes = gc_new_leaf((size_t)(cap ? cap * 4 : 1));
    int width;
    for (int64_t i = 0, at = 0; i < n; i++, at += width)
        runes[i] = (int32_t)utf8_decode(s.data + at, (size_t)(s.len - at), &width);
    return (Slice){runes, n, cap};
}
