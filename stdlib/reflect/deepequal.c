/* SPDX-License-Identifier: MIT */
/* reflect.DeepEqual: two values side by side.
 *
 * Pairs of pointers, maps and slices that were met before count as equal, so cyclic values come to
 * an end. What is still to be compared is kept on a list, so that values may nest as deep as they
 * like. The list hides its pointers from the collector, but the operands keep all they point to. */
#include "stdlib/natives.gen.h"

#include "base/fatal.h"
#include "base/vec.h"
#include "runtime/hashmap.h"

#include <stdlib.h>
#include <string.h>

typedef struct Pair {
    const void *a, *b;
    const RType *type;
} Pair;

/* n values side by side that must be equal. */
typedef struct Work {
    const RType *type;
    const char *a, *b;
    uint64_t n;
} Work;

typedef struct Walk {
    Pair *seen; /* open addressing; a NULL: free */
    size_t size, used;
    VEC(Work) pending;
} Walk;

static size_t place_of(const Walk *w, const Pair *pair)
{
    uint64_t key = (uintptr_t)pair->a * 31 + (uintptr_t)pair->b * 7 + (uintptr_t)pair->type;
    return (size_t)(key * 0x9E3779B97F4A7C15u >> 20) & (w->size - 1);
}

static bool insert_pair(Walk *w, const Pair *pair)
{
    size_t at = place_of(w, pair);
    for (; w->seen[at].a; at = (at + 1) & (w->size - 1))
        if (memcmp(&w->seen[at], pair, sizeof *pair) == 0) return false;
    w->seen[at] = *pair;
    w->used++;
    return true;
}

/* Whether the pair was met before; from now on it was. */
static bool was_seen(Walk *w, const void *a, const void *b, const RType *type)
{
    if (w->used * 2 >= w->size) {
        Pair *old = w->seen;
        size_t n = w->size;
        w->size = n ? 2 * n : 64;
        w->seen = calloc(w->size, sizeof *w->seen);
        if (!w->seen) fatal_out_of_memory();
        w->used = 0;
        for (size_t i = 0; i < n; i++)
            if (old[i].a) insert_pair(w, &old[i]);
        free(old);
    }
    return !insert_pair(w, &(Pair){a, b, type});
}

static void add(Walk *w, const RType *type, const void *a, const void *b, uint64_t n)
{
    if (n > 0) vec_push(&w->pending, ((Work){type, a, b, n}));
}

static bool equal_elements(Walk *w, const RType *elem, const void *a, const void *b, uint64_t n)
{
    if (elem->flags & RT_MEM_EQUAL && !(elem->flags & RT_POINTERS))
        return n == 0 || memcmp(a, b, n * elem->size) == 0;
    add(w, elem, a, b, n);
    return true;
}

static bool equal_slices(Walk *w, const RType *type, const Slice *a, const Slice *b)
{
    if (!a->data != !b->data || a->len != b->len) return false;
    if (a->data == b->data || a->len == 0 || was_seen(w, a->data, b->data, type)) return true;
    return equal_elements(w, type->elem, a->data, b->data, (uint64_t)a->len);
}

static bool equal_maps(Walk *w, const RType *type, HMap *a, HMap *b)
{
    if (!a != !b || hmap_len(a) != hmap_len(b)) return false;
    if (a == b || was_seen(w, a, b, type)) return true;
    HMapIter iter;
    hmap_iter(&iter, a);
    while (hmap_next(&iter)) {
        const RType *unhashable = NULL;
        const void *other = hmap_get(b, type, iter.key, &unhashable);
        if (!other) return false;
        add(w, type->elem, iter.value, other, 1);
    }
    return true;
}

static bool equal_pointers(Walk *w, const RType *type, const void *a, const void *b)
{
    if (a == b) return true;
    if (!a || !b) return false;
    if (!was_seen(w, a, b, type)) add(w, type->elem, a, b, 1);
    return true;
}

static bool equal_interfaces(Walk *w, const Iface *a, const Iface *b)
{
    if (a->type != b->type) return false;
    if (a->type) add(w, a->type, iface_data(a), iface_data(b), 1);
    return true;
}

static bool equal_one(Walk *w, const RType *type, const char *a, const char *b)
{
    const RType *uncomparable = NULL;
    switch (type->kind) {
    case KIND_ARRAY: return equal_elements(w, type->elem, a, b, type->len);
    case KIND_SLICE: return equal_slices(w, type, (const Slice *)a, (const Slice *)b);
    case KIND_MAP: return equal_maps(w, type, *(HMap *const *)a, *(HMap *const *)b);
    case KIND_FUNC: return !*(void *const *)a && !*(void *const *)b;
    case KIND_POINTER: return equal_pointers(w, type, *(void *const *)a, *(void *const *)b);
    case KIND_INTERFACE: return equal_interfaces(w, (const Iface *)a, (const Iface *)b);
    case KIND_STRUCT:
        for (uint32_t i = type->nfields; i-- > 0;) {
            const RField *field = &type->fields[i];
            add(w, field->type, a + field->offset, b + field->offset, 1);
        }
        return true;
    default: return rtype_equal(type, a, b, &uncomparable);
    }
}

static bool equal(Walk *w)
{
    while (w->pending.len > 0) {
        Work *last = &w->pending.at[w->pending.len - 1], item = *last;
        if (item.n > 1) {
            last->a += item.type->size;
            last->b += item.type->size;
            last->n--;
        } else {
            w->pending.len--;
        }
        if (!equal_one(w, item.type, item.a, item.b)) return false;
    }
    return true;
}

void native_reflect_DeepEqual(NativeCall *call)
{
    Iface x = arg_iface(call, 0), y = arg_iface(call, 2);
    if (!x.type || x.type != y.type) {
        ret_bool(call, 0, x.type == y.type);
        return;
    }
    Walk w = {0};
    add(&w, x.type, iface_data(&x), iface_data(&y), 1);
    ret_bool(call, 0, equal(&w));
    vec_free(&w.pending);
    free(w.seen);
}
