/* SPDX-License-Identifier: MIT */
/* Pointer-keyed hash maps (interned names, types, objects), open addressing, malloc'ed. */
#ifndef MGO_BASE_MAP_H
#define MGO_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

typedef struct PtrMap {
    const void **keys; /* NULL marks a free place, so NULL is no key */
    void **values;
    size_t len, cap; /* cap is 0 or a power of two */
} PtrMap;

/* Returns the value of `key`, or NULL. */
void *map_get(const PtrMap *map, const void *key);
/* Sets the value of `key`; returns the one before, or NULL. */
void *map_set(PtrMap *map, const void *key, void *value);
/* Removes `key`; returns whether it was there. */
bool map_remove(PtrMap *map, const void *key);
void map_free(PtrMap *map);

#endif
