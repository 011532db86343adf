/* SPDX-License-Identifier: MIT */
/* bytes: cutting into pieces. The rest is package strings', on a view of the bytes. */
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"
#include "stdlib/strings/search.h"

static String text_of(Slice bytes)
{
    return (String){bytes.data, bytes.len};
}

/* A piece has no room behind it, so that appending to it does not change the next. */
static Slice piece(String s, int64_t from, int64_t to)
{
    return (Slice){(char *)(uintptr_t)s.data + from, to - from, to - from};
}

void native_bytes_splitAt(NativeCall *call)
{
    Slice bytes = arg_slice(call, 0);
    String s = text_of(bytes), sep = text_of(arg_slice(call, 3));
    int64_t keep = arg_int(call, 6), n = arg_int(call, 7), pieces = search_count(s, sep) + 1;
    if (n < 0 || n > pieces) n = pieces;
    Slice *parts = gc_new((size_t)n * sizeof *parts);
    int64_t at = 0;
    for (int64_t i = 0; i < n - 1; i++) {
        int64_t found = at + search_first((String){s.data + at, s.len - at}, sep);
        parts[i] = piece(s, at, found + keep);
        at = found + sep.len;
    }
    parts[n - 1] = (Slice){(char *)bytes.data + at, bytes.len - at, bytes.cap - at};
    ret_slice(call, 0, (Slice){parts, n, n});
}

void native_bytes_Fields(NativeCall *call)
{
    String s = text_of(arg_slice(call, 0));
    int64_t n = search_fields(s, NULL, 0);
    Slice *parts = gc_new((size_t)(n > 0 ? n : 1) * sizeof *parts);
    search_fields(s, parts, sizeof *parts); /* a Slice begins as a String does */
    for (int64_t i = 0; i < n; i++) parts[i].cap = parts[i].len;
    ret_slice(call, 0, (Slice){parts, n, n});
}
