/* SPDX-License-Identifier: MIT */
/* Maps. Keys and values are passed by pointers to their memory form; a slot serves as one, being little-endian.
 *
 * Where a key holds an unhashable dynamic type, *unhashable is set to it (it must be NULL before) and nothing was done. Concurrent use that a
 * writer's mark gives away ends the process through hmap_on_misuse. */
#ifndef MGO_RUNTIME_HASHMAP_H
#define MGO_RUNTIME_HASHMAP_H

#include "runtime/rtype.h"

#include <stdatomic.h>

typedef struct HTable HTable;

typedef struct HMap { /* what the program holds; not locked: the program must not share it with a writer */
    uint64_t len;     /* live entries */
    HTable *table;    /* NULL while nothing was ever inserted */
    const RType *type;
    uint32_t clears;  /* times it was cleared, for iterators */
    uint8_t form;     /* how keys are hashed and compared: KeyForm in hashmap.c; fixed */
    _Atomic uint8_t is_written; /* a writer is inside (relaxed: a mark to notice misuse by, not a lock) */
    uint64_t hint;    /* entries to make room for at the first insertion */
} HMap;

typedef struct HMapIter { /* collected object or on the C stack */
    HMap *map;
    HTable *table;    /* the map's when the iteration began; the map may have moved on */
    uint64_t at, start; /* next entry to look at; where it began */
    bool has_wrapped;
    uint32_t clears;
    const void *key;  /* of the current entry */
    const void *value;
} HMapIter;

/* Called with Go's text ("concurrent map writes") where concurrent use is noticed; must not return. Set by the vm. */
extern void (*hmap_on_misuse)(const char *text);

/* make(type, hint), hint below 0 counts as 0. */
HMap *hmap_make(const RType *type, int64_t hint);
/* The value of a key, or NULL where it is absent; map may be NULL. Valid until the next change of the map. */
void *hmap_get(HMap *map, const RType *type, const void *key, const RType **unhashable);
/* The place of a key's value, inserted with a zero value where it is absent; NULL where *unhashable was set. */
void *hmap_ref(HMap *map, const void *key, const RType **unhashable);
/* hmap_ref and a copy of the value into it. */
void hmap_set(HMap *map, const void *key, const void *value, const RType **unhashable);
/* delete(map, key); map may be NULL. */
void hmap_delete(HMap *map, const RType *type, const void *key, const RType **unhashable);
/* clear(map); map may be NULL. */
void hmap_clear(HMap *map);
static inline int64_t hmap_len(const HMap *map)
{
    return map ? (int64_t)map->len : 0;
}

/* Begins an iteration at a random place; map may be NULL. */
void hmap_iter(HMapIter *iter, HMap *map);
/* Goes on: key and value point to the next entry; false at the end. Go's rules: an entry deleted before it was reached does not come, one inserted
 * meanwhile may. */
bool hmap_next(HMapIter *iter);

#endif
