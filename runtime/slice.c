/* SPDX-License-Identifier: MIT */
/* Slices.
 *
 * The growth rule is Go's: a capacity below 256 doubles, a larger one grows by a quarter plus 192,
 * a request beyond the double is met as it is; then the bytes are rounded up to what Go's allocator
 * would hand out, and the capacity is what fits. */
#include "runtime/slice.h"

#include "runtime/gc.h"

#include <string.h>

const RType slice_byte_type = {.size = 1, .slots = 1, .kind = KIND_UINT8, .align = 1};

static const uint16_t size_classes[] = {
    8,     16,    24,    32,    48,    64,    80,    96,    112,   128,   144,   160,
    176,   192,   208,   224,   240,   256,   288,   320,   352,   384,   416,   448,
    480,   512,   576,   640,   704,   768,   896,   1024,  1152,  1280,  1408,  1536,
    1792,  2048,  2304,  2688,  3072,  3200,  3456,  4096,  4864,  5120,  5376,  6144,
    6528,  6784,  6912,  8192,  9472,  9728,  10240, 10880, 12288, 13568, 14336, 16384,
    18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768,
};
enum { NCLASSES = sizeof size_classes / sizeof size_classes[0], GO_PAGE = 8192 };

uint64_t slice_round_size(uint64_t size)
{
    if (size > size_classes[NCLASSES - 1]) return (size + GO_PAGE - 1) / GO_PAGE * GO_PAGE;
    if (size == 0) return 0;
    int low = 0, high = NCLASSES - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (size_classes[middle] < size)
            low = middle + 1;
        else
            high = middle;
    }
    return size_classes[low];
}

static uint64_t grown_cap(uint64_t cap, uint64_t need)
{
    if (need > 2 * cap) return need;
    if (cap < 256) return 2 * cap;
    while (cap < need) cap += (cap + 3 * 256) / 4;
    return cap;
}

int64_t slice_grown_cap(uint64_t elem_size, int64_t cap, int64_t need)
{
    if (need < 0) return -1;
    uint64_t grown = grown_cap((uint64_t)cap, (uint64_t)need);
    if (grown > ALLOC_MAX / elem_size) return -1;
    return (int64_t)(slice_round_size(grown * elem_size) / elem_size);
}

Slice slice_grow(const RType *elem, Slice s, int64_t need)
{
    if (elem->size == 0 && need >= 0) return (Slice){s.data ? s.data : gc_new_leaf(1), s.len, need};
    int64_t wanted = slice_grown_cap(elem->size, s.cap, need);
    if (wanted < 0) return (Slice){NULL, 0, -1};
    uint64_t cap = (uint64_t)wanted;
    bool is_leaf = !(elem->flags & RT_POINTERS);
    size_t used = (size_t)s.len * elem->size;
    char *data = is_leaf ? gc_new_bytes(cap * elem->size) : gc_new_type(elem, cap);
    if (used) memcpy(data, s.data, used);
    if (is_leaf) memset(data + used, 0, cap * elem->size - used); /* programs can see it */
    return (Slice){data, s.len, (int64_t)cap};
}

Slice slice_append(const RType *elem, Slice s, Slice more)
{
    int64_t len = (int64_t)((uint64_t)s.len + (uint64_t)more.len);
    if (more.len == 0) return s;
    if (len > s.cap || len < 0) {
        s = slice_grow(elem, s, len);
        if (s.cap < 0) return s;
    }
    if (elem->size)
        memmove((char *)s.data + (uint64_t)s.len * elem->size, more.data,
                (size_t)more.len * elem->size);
    s.len = len;
    return s;
}

bool slice_make(const RType *elem, int64_t len, int64_t cap, Slice *out)
{
    if (len < 0 || cap < len) return false;
    if (elem->size && (uint64_t)cap > ALLOC_MAX / elem->size) return false;
    void *data = elem->size && cap ? gc_new_type(elem, (uint64_t)cap) : gc_new_leaf(1);
    *out = (Slice){data, len, cap};
    return true;
}
