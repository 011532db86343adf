/* SPDX-License-Identifier: MIT */
/* Pointer maps probe linearly and are at most three quarters full; removing shifts what follows
 * back, so that there are no tombstones. */
#include "base/map.h"
#include "base/fatal.h"

#include <stdint.h>
#include <stdlib.h>

/* The place where the search for `key` begins; pointers' low bits say little, so the product's high
 * bits count. */
static size_t home(const PtrMap *map, const void *key)
{
    uint64_t hash = (uint64_t)(uintptr_t)key * 0x9E3779B97F4A7C15u;
    return (size_t)(hash >> 32) & (map->cap - 1);
}

/* The place of `key`, or the free one where it would go. The map must have a free place. */
static size_t find(const PtrMap *map, const void *key)
{
    size_t i = home(map, key);
    while (map->keys[i] && map->keys[i] != key) i = (i + 1) & (map->cap - 1);
    return i;
}

static void grow(PtrMap *map)
{
    PtrMap old = *map;
    map->cap = old.cap ? old.cap * 2 : 16;
    map->keys = calloc(map->cap, sizeof *map->keys);
    map->values = calloc(map->cap, sizeof *map->values);
    if (!map->keys || !map->values) fatal_out_of_memory();
    for (size_t i = 0; i < old.cap; i++) {
        if (!old.keys[i]) continue;
        size_t place = find(map, old.keys[i]);
        map->keys[place] = old.keys[i];
        map->values[place] = old.values[i];
    }
    free(old.keys);
    free(old.values);
}

void *map_get(const PtrMap *map, const void *key)
{
    if (!map->len) return NULL;
    return map->values[find(map, key)]; /* a free place holds NULL */
}

void *map_set(PtrMap *map, const void *key, void *value)
{
    ASSERT(key, "map: NULL is no key");
    if ((map->len + 1) * 4 > map->cap * 3) grow(map);
    size_t place = find(map, key);
    void *before = map->values[place];
    if (!map->keys[place]) map->len++;
    map->keys[place] = key;
    map->values[place] = value;
    return before;
}

bool map_remove(PtrMap *map, const void *key)
{
    if (!map->len) return false;
    size_t hole = find(map, key);
    if (!map->keys[hole]) return false;
    size_t mask = map->cap - 1;
    for (size_t i = (hole + 1) & mask; map->keys[i]; i = (i + 1) & mask) {
        /* What lies at i may move to the hole unless its home is after the hole. */
        if (((i - home(map, map->keys[i])) & mask) < ((i - hole) & mask)) continue;
        map->keys[hole] = map->keys[i];
        map->values[hole] = map->values[i];
        hole = i;
    }
    map->keys[hole] = NULL;
    map->values[hole] = NULL;
    map->len--;
    return true;
}

void map_free(PtrMap *map)
{
    free(map->keys);
    free(map->values);
    *map = (PtrMap){0};
}
