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

void native_strings_IndexAny(NativeCall *call)
{
    ret_int(call, 0, search_first_of(arg_string(call, 0), arg_string(call, 2)));
}

void native_strings_LastIndexAny(NativeCall *call)
{
    ret_int(call, 0, search_last_of(arg_string(call, 0), arg_string(call, 2)));
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

void native_strings_Fields(NativeCall *call)
{
    String s = arg_string(call, 0);
    int64_t n = search_fields(s, NULL, 0);
    String *parts = gc_new((size_t)(n > 0 ? n : 1) * sizeof *parts);
    search_fields(s, parts, sizeof *parts);
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
    while (from < to && search_is_space(s, from, &width)) from += width;
    while (to > from) {
        int64_t at = to - 1;
        while (at > from && at > to - UTF8_MAX && (s.data[at] & 0xC0) == 0x80) at--;
        if (!search_is_space((String){s.data, to}, at, &width) || at + width != to) break;
        to = at;
    }
    ret_string(call, 0, part(s, from, to));
}

void native_strings_TrimLeft(NativeCall *call)
{
    ret_string(call, 0, search_trim_left(arg_string(call, 0), arg_string(call, 2)));
}

void native_strings_TrimRight(NativeCall *call)
{
    ret_string(call, 0, search_trim_right(arg_string(call, 0), arg_string(call, 2)));
}

void native_strings_Trim(NativeCall *call)
{
    String cutset = arg_string(call, 2);
    String rest = search_trim_left(arg_string(call, 0), cutset);
    ret_string(call, 0, search_trim_right(rest, cutset));
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

/* The pair whose old string, none of which is empty, s begins with, or NULL. */
static const String *fitting_pair(String s, Slice pairs)
{
    const String *at = pairs.data, *end = at + pairs.len;
    for (; at < end; at += 2)
        if (at->len <= s.len && memcmp(at->data, s.data, (size_t)at->len) == 0) return at;
    return NULL;
}

/* Replaces pairs in s; out is NULL where only the length is asked for. *found tells whether there
 * was any. */
static int64_t replace_pairs(String s, Slice pairs, const bool *first, char *out, bool *found)
{
    int64_t len = 0, last = 0;
    for (int64_t i = 0; i < s.len;) {
        const String *pair =
            first[(unsigned char)s.data[i]] ? fitting_pair(part(s, i, s.len), pairs) : NULL;
        if (!pair) {
            i++;
            continue;
        }
        *found = true;
        if (out) memcpy(out + len, s.data + last, (size_t)(i - last));
        len += i - last;
        if (out && pair[1].len > 0) memcpy(out + len, pair[1].data, (size_t)pair[1].len);
        len += pair[1].len;
        last = i += pair->len;
    }
    if (out && last < s.len) memcpy(out + len, s.data + last, (size_t)(s.len - last));
    return len + s.len - last;
}

void native_strings_replacePairs(NativeCall *call)
{
    String s = arg_string(call, 0);
    Slice pairs = arg_slice(call, 2);
    const bool *first = arg_ptr(call, 5);
    bool found = false;
    int64_t len = replace_pairs(s, pairs, first, NULL, &found);
    if (!found) {
        ret_string(call, 0, s);
        return;
    }
    char *text = gc_new_bytes((size_t)(len > 0 ? len : 1));
    replace_pairs(s, pairs, first, text, &found);
    ret_string(call, 0, (String){text, len});
}

/* clang-format off */
void native_strings_ToUpper(NativeCall *call) { ret_string(call, 0, search_map(arg_string(call, 0), ucd_to_upper)); }
void native_strings_ToLower(NativeCall *call) { ret_string(call, 0, search_map(arg_string(call, 0), ucd_to_lower)); }
void native_strings_ToTitle(NativeCall *call) { ret_string(call, 0, search_map(arg_string(call, 0), ucd_to_title)); }
/* clang-format on */
