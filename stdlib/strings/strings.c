/* SPDX-License-Identifier: MIT */
/* strings: what walks over many bytes. bytes shares search.h. */
#include "stdlib/natives.gen.h"

#include "base/utf8.h"
#include "runtime/gc.h"
#include "stdlib/strings/search.h"
#include "stdlib/unicode/ucd.h"

#include <string.h>

/* ---- Searching ---- */

void native_strings_Index(NativeCall *call)
{
    ret_int(call, 0, search_first(arg_string(call, 0), arg_string(call, 2)));
}

void native_strings_LastIndex(NativeCall *call)
{
    ret_int(call, 0, search_last(arg_string(call, 0), arg_string(call, 2)));
}

void native_strings_IndexByte(NativeCall *call)
{
    char c = (char)arg_int(call, 2);
    ret_int(call, 0, search_first(arg_string(call, 0), (String){&c, 1}));
}

void native_strings_indexRune(NativeCall *call)
{
    char text[UTF8_MAX];
    int len = utf8_encode(text, (uint32_t)arg_uint(call, 2));
    ret_int(call, 0, search_first(arg_string(call, 0), (String){text, len}));
}

void native_strings_LastIndexByte(NativeCall *call)
{
    char c = (char)arg_int(call, 2);
    ret_int(call, 0, search_last(arg_string(call, 0), (String){&c, 1}));
}

void native_strings_Count(NativeCall *call)
{
    ret_int(call, 0, search_count(arg_string(call, 0), arg_string(call, 2)));
}

void native_strings_EqualFold(NativeCall *call)
{
    ret_bool(call, 0, search_equal_fold(arg_string(call, 0), arg_string(call, 2)));
}

/* ---- Splitting and joining ---- */

static String part(String s, int64_t from, int64_t to)
{
    return (String){s.data + from, to - from};
}

/* n first characters of s, the rest last. */
static Slice explode(String s, int64_t n)
{
    int64_t count = s.len > 0 ? (int64_t)utf8_count(s.data, (size_t)s.len) : 0;
    if (n < 0 || n > count) n = count;
    String *parts = gc_new((size_t)(n > 0 ? n : 1) * sizeof *parts);
    int64_t at = 0;
    for (int64_t i = 0; i < n; i++) {
        int width;
        utf8_decode(s.data + at, (size_t)(s.len - at), &width);
        int64_t end = i == n - 1 ? s.len : at + width;
        parts[i] = part(s, at, end);
        at = end;
    }
    return (Slice){parts, n, n};
}

void native_strings_split(NativeCall *call)
{
    String s = arg_string(call, 0), sep = arg_string(call, 2);
    int64_t keep = arg_int(call, 4), n = arg_int(call, 5);
    if (n == 0) return;
    if (sep.len == 0) {
        ret_slice(call, 0, explode(s, n));
        return;
    }
    int64_t pieces = search_count(s, sep) + 1;
    if (n < 0 || n > pieces) n = pieces;
    String *parts = gc_new((size_t)n * sizeof *parts);
    int64_t at = 0;
    for (int64_t i = 0; i < n - 1; i++) {
        int64_t found = at + search_first(part(s, at, s.len), sep);
        parts[i] = part(s, at, found + keep);
        at = found + sep.len;
    }
    parts[n - 1] = part(s, at, s.len);
    ret_slice(call, 0, (Slice){parts, n, n});
}

/* Reads the character at s[at]; *width gets its size. */
static bool is_space_at(String s, int64_t at, int *width)
{
    unsigned char c = (unsigned char)s.data[at];
    *width = 1;
    if (c < 0x80) return c == ' ' || (c >= 9 && c <= 13);
    return ucd_is_space(utf8_decode(s.data + at, (size_t)(s.len - at), width));
}

/* Stores the fields of s in parts, unless that is NULL; returns their number. */
static int64_t find_fields(String s, String *parts)
{
    int64_t n = 0, start = -1;
    int width;
    for (int64_t i = 0; i < s.len; i += width) {
        bool space = is_space_at(s, i, &width);
        if (space && start >= 0) {
            if (parts) parts[n] = part(s, start, i);
            n++;
            start = -1;
        } else if (!space && start < 0) {
            start = i;
        }
    }
    if (start >= 0) {
        if (parts) parts[n] = part(s, start, s.len);
        n++;
    }
    return n;
}

void native_strings_Fields(NativeCall *call)
{
    String s = arg_string(call, 0);
    int64_t n = find_fields(s, NULL);
    String *parts = gc_new((size_t)(n > 0 ? n : 1) * sizeof *parts);
    find_fields(s, parts);
    ret_slice(call, 0, (Slice){parts, n, n});
}

void native_strings_Join(NativeCall *call)
{
    Slice elems = arg_slice(call, 0);
    String sep = arg_string(call, 3);
    const String *parts = elems.data;
    if (elems.len == 0) return;
    if (elems.len == 1) {
        ret_string(call, 0, parts[0]);
        return;
    }
    int64_t len = sep.len * (elems.len - 1);
    for (int64_t i = 0; i < elems.len; i++) len += parts[i].len;
    char *text = gc_new_bytes((size_t)(len > 0 ? len : 1)), *out = text;
    for (int64_t i = 0; i < elems.len; i++) {
        if (i > 0 && sep.len > 0) out = mempcpy(out, sep.data, (size_t)sep.len);
        if (parts[i].len > 0) out = mempcpy(out, parts[i].data, (size_t)parts[i].len);
    }
    ret_string(call, 0, (String){text, len});
}

/* ---- Trimming ---- */

void native_strings_TrimSpace(NativeCall *call)
{
    String s = arg_string(call, 0);
    int width;
    int64_t from = 0, to = s.len;
    while (from < to && is_space_at(s, from, &width)) from += width;
    while (to > from) {
        int64_t at = to - 1;
        while (at > from && at > to - UTF8_MAX && (s.data[at] & 0xC0) == 0x80) at--;
        if (!is_space_at((String){s.data, to}, at, &width) || at + width != to) break;
        to = at;
    }
    ret_string(call, 0, part(s, from, to));
}

/* ---- Changing ---- */

void native_strings_Repeat(NativeCall *call)
{
    String s = arg_string(call, 0);
    int64_t count = arg_int(call, 2), len;
    if (count < 0) {
        native_panic_string(call, "strings: negative Repeat count");
        return;
    }
    if (__builtin_mul_overflow(s.len, count, &len)) {
        native_panic_string(call, "strings: Repeat output length overflow");
        return;
    }
    if (len > INT64_C(1) << 46) {
        native_panic_runtime(call, "makeslice: len out of range");
        return;
    }
    if (len == 0) return;
    char *text = gc_new_bytes((size_t)len);
    memcpy(text, s.data, (size_t)s.len);
    for (int64_t done = s.len; done < len; done *= 2)
        memcpy(text + done, text, (size_t)(done < len - done ? done : len - done));
    ret_string(call, 0, (String){text, len});
}

void native_strings_Replace(NativeCall *call)
{
    String s = arg_string(call, 0), old = arg_string(call, 2), new = arg_string(call, 4);
    int64_t n = arg_int(call, 6), found = n == 0 ? 0 : search_count(s, old);
    if (n < 0 || n > found) n = found;
    if (n == 0) {
        ret_string(call, 0, s);
        return;
    }
    int64_t len = s.len + n * (new.len - old.len), at = 0;
    char *text = gc_new_bytes((size_t)(len > 0 ? len : 1)), *out = text;
    for (int64_t i = 0; i < n; i++) {
        int64_t next = at;
        if (old.len > 0) {
            next += search_first(part(s, at, s.len), old);
        } else if (i > 0) {
            int width;
            utf8_decode(s.data + at, (size_t)(s.len - at), &width);
            next += width;
        }
        if (next > at) out = mempcpy(out, s.data + at, (size_t)(next - at));
        if (new.len > 0) out = mempcpy(out, new.data, (size_t) new.len);
        at = next + old.len;
    }
    if (at < s.len) memcpy(out, s.data + at, (size_t)(s.len - at));
    ret_string(call, 0, (String){text, len});
}

/* clang-format off */
void native_strings_ToUpper(NativeCall *call) { ret_string(call, 0, search_map(arg_string(call, 0), ucd_to_upper)); }
void native_strings_ToLower(NativeCall *call) { ret_string(call, 0, search_map(arg_string(call, 0), ucd_to_lower)); }
void native_strings_ToTitle(NativeCall *call) { ret_string(call, 0, search_map(arg_string(call, 0), ucd_to_title)); }
/* clang-format on */
