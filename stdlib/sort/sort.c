/* SPDX-License-Identifier: MIT */
/* sort: slices of any type by their run-time type, and kernels for the ordered element types, which
 * slices.Sort shares. */
#include "stdlib/natives.gen.h"

#include "runtime/chan.h"
#include "runtime/gc.h"
#include "runtime/hashmap.h"

#include <stdlib.h>
#include <string.h>

void native_sort_extent(NativeCall *call)
{
    Iface x = arg_iface(call, 0);
    int64_t n = -1;
    switch (x.type ? x.type->kind : KIND_INVALID) {
    case KIND_ARRAY: n = x.type->len; break;
    case KIND_CHAN: n = chan_len(x.word.p); break;
    case KIND_MAP: n = hmap_len(x.word.p); break;
    case KIND_SLICE: n = ((const Slice *)iface_data(&x))->len; break;
    case KIND_STRING: n = ((const String *)iface_data(&x))->len; break;
    default: break;
    }
    ret_int(call, 0, x.type ? x.type->kind : KIND_INVALID);
    ret_int(call, 1, n);
}

void native_sort_elements(NativeCall *call)
{
    Iface x = arg_iface(call, 0);
    ret_ptr(call, 0, ((const Slice *)iface_data(&x))->data);
    ret_int(call, 1, (int64_t)x.type->elem->size);
}

void native_sort_swap(NativeCall *call)
{
    size_t size = (size_t)arg_int(call, 1);
    char *first = arg_ptr(call, 0), *x = first + (size_t)arg_int(call, 2) * size,
         *y = first + (size_t)arg_int(call, 3) * size;
    for (char part[64]; size > 0;) {
        size_t n = size < sizeof part ? size : sizeof part;
        memcpy(part, x, n);
        memmove(x, y, n);
        memcpy(y, part, n);
        x += n;
        y += n;
        size -= n;
    }
}

void native_sort_permute(NativeCall *call)
{
    Iface x = arg_iface(call, 0);
    const Slice *slice = iface_data(&x);
    if (slice->len == 0 || x.type->elem->size == 0) return;
    Slice order = arg_slice(call, 2);
    size_t size = x.type->elem->size;
    char *copy = gc_new_type(x.type->elem, (uint64_t)slice->len);
    memcpy(copy, slice->data, (size_t)slice->len * size);
    for (int64_t i = 0; i < order.len; i++)
        memcpy((char *)slice->data + (size_t)i * size,
               copy + (size_t)((const int64_t *)order.data)[i] * size, size);
}

/* ---- Kernels: quicksort with the median of three, insertion for small parts, heapsort when it
 * degenerates ---- */

/* clang-format off */
#define DEFINE_SORT(name, T, LESS)                                                                 \
    static void name##_insertion(T *a, int64_t n)                                                  \
    {                                                                                              \
        for (int64_t i = 1; i < n; i++) {                                                          \
            T x = a[i];                                                                            \
            int64_t j = i;                                                                         \
            for (; j > 0 && LESS(x, a[j - 1]); j--) a[j] = a[j - 1];                               \
            a[j] = x;                                                                              \
        }                                                                                          \
    }                                                                                              \
    static void name##_sift(T *a, int64_t root, int64_t n)                                         \
    {                                                                                              \
        T x = a[root];                                                                             \
        for (int64_t child; (child = 2 * root + 1) < n; root = child) {                            \
            if (child + 1 < n && LESS(a[child], a[child + 1])) child++;                            \
            if (!LESS(x, a[child])) break;                                                         \
            a[root] = a[child];                                                                    \
        }                                                                                          \
        a[root] = x;                                                                               \
    }                                                                                              \
    static void name##_heap(T *a, int64_t n)                                                       \
    {                                                                                              \
        for (int64_t i = n / 2 - 1; i >= 0; i--) name##_sift(a, i, n);                             \
        for (int64_t i = n - 1; i > 0; i--) {                                                      \
            T x = a[0];                                                                            \
            a[0] = a[i];                                                                           \
            a[i] = x;                                                                              \
            name##_sift(a, 0, i);                                                                  \
        }                                                                                          \
    }                                                                                              \
    static T name##_median(T x, T y, T z)                                                          \
    {                                                                                              \
        if (LESS(y, x)) { T t = x; x = y; y = t; }                                                 \
        if (LESS(z, y)) y = LESS(z, x) ? x : z;                                                    \
        return y;                                                                                  \
    }                                                                                              \
    static void name(T *a, int64_t n, int depth)                                                   \
    {                                                                                              \
        while (n > 16) {                                                                           \
            if (depth-- == 0) { name##_heap(a, n); return; }                                       \
            T pivot = name##_median(a[0], a[n / 2], a[n - 1]);                                     \
            int64_t i = -1, j = n;                                                                 \
            for (;;) {                                                                             \
                do i++; while (LESS(a[i], pivot));                                                 \
                do j--; while (LESS(pivot, a[j]));                                                 \
                if (i >= j) break;                                                                 \
                T t = a[i];                                                                        \
                a[i] = a[j];                                                                       \
                a[j] = t;                                                                          \
            }                                                                                      \
            name(a, j + 1, depth);                                                                 \
            a += j + 1;                                                                            \
            n -= j + 1;                                                                            \
        }                                                                                          \
        name##_insertion(a, n);                                                                    \
    }
/* clang-format on */

static bool string_less(String a, String b)
{
    size_t n = (size_t)(a.len < b.len ? a.len : b.len);
    int order = n > 0 ? memcmp(a.data, b.data, n) : 0;
    return order ? order < 0 : a.len < b.len;
}

#define LESS_INT(x, y)    ((x) < (y))
#define LESS_FLOAT(x, y)  ((x) < (y) || ((x) != (x) && (y) == (y)))
#define LESS_STRING(x, y) string_less((x), (y))

DEFINE_SORT(sort_ints, int64_t, LESS_INT)
DEFINE_SORT(sort_floats, double, LESS_FLOAT)
DEFINE_SORT(sort_strings, String, LESS_STRING)

DEFINE_SORT(sort_int8s, int8_t, LESS_INT)
DEFINE_SORT(sort_int16s, int16_t, LESS_INT)
DEFINE_SORT(sort_int32s, int32_t, LESS_INT)
DEFINE_SORT(sort_uint8s, uint8_t, LESS_INT)
DEFINE_SORT(sort_uint16s, uint16_t, LESS_INT)
DEFINE_SORT(sort_uint32s, uint32_t, LESS_INT)
DEFINE_SORT(sort_uint64s, uint64_t, LESS_INT)
DEFINE_SORT(sort_float32s, float, LESS_FLOAT)

#define DEPTH 100 /* partitions before heapsort takes over */

void native_sort_Ints(NativeCall *call)
{
    Slice x = arg_slice(call, 0);
    sort_ints(x.data, x.len, DEPTH);
}

void native_sort_Float64s(NativeCall *call)
{
    Slice x = arg_slice(call, 0);
    sort_floats(x.data, x.len, DEPTH);
}

void native_sort_Strings(NativeCall *call)
{
    Slice x = arg_slice(call, 0);
    sort_strings(x.data, x.len, DEPTH);
}

/* func sortOrdered(x any): for package slices. */
void native_slices_sortOrdered(NativeCall *call)
{
    Iface x = arg_iface(call, 0);
    const Slice *s = iface_data(&x);
    switch (x.type->elem->kind) {
    case KIND_INT:
    case KIND_INT64: sort_ints(s->data, s->len, DEPTH); break;
    case KIND_INT8: sort_int8s(s->data, s->len, DEPTH); break;
    case KIND_INT16: sort_int16s(s->data, s->len, DEPTH); break;
    case KIND_INT32: sort_int32s(s->data, s->len, DEPTH); break;
    case KIND_UINT8: sort_uint8s(s->data, s->len, DEPTH); break;
    case KIND_UINT16: sort_uint16s(s->data, s->len, DEPTH); break;
    case KIND_UINT32: sort_uint32s(s->data, s->len, DEPTH); break;
    case KIND_FLOAT32: sort_float32s(s->data, s->len, DEPTH); break;
    case KIND_FLOAT64: sort_floats(s->data, s->len, DEPTH); break;
    case KIND_STRING: sort_strings(s->data, s->len, DEPTH); break;
    default: sort_uint64s(s->data, s->len, DEPTH); /* uint, uint64, uintptr */
    }
}
