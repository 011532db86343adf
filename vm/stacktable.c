/* SPDX-License-Identifier: MIT */
#include "vm/stacktable.h"

#include "base/fatal.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BUCKETS = 256 };

static uint64_t hash_of(const uintptr_t *stack, uint32_t n)
{
    uint64_t hash = n;
    for (uint32_t i = 0; i < n; i++) {
        hash = (hash ^ stack[i]) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
    }
    return hash;
}

static void rebuild(StackTable *table)
{
    table->nbuckets = table->nbuckets ? 2 * table->nbuckets : FIRST_BUCKETS;
    free(table->buckets);
    table->buckets = calloc(table->nbuckets, sizeof *table->buckets);
    if (!table->buckets) fatal_out_of_memory();
    for (uint32_t i = 0; i < table->entries.len; i++) {
        StackEntry *entry = &table->entries.at[i];
        uint32_t *bucket = &table->buckets[entry->hash & (table->nbuckets - 1)];
        entry->next = *bucket;
        *bucket = i + 1;
    }
}

uint32_t stacktable_index(StackTable *table, const uintptr_t *stack, uint32_t n)
{
    uint64_t hash = hash_of(stack, n);
    if (table->entries.len >= table->nbuckets) rebuild(table);
    uint32_t *bucket = &table->buckets[hash & (table->nbuckets - 1)];
    for (uint32_t i = *bucket; i; i = table->entries.at[i - 1].next) {
        const StackEntry *entry = &table->entries.at[i - 1];
        if (entry->hash == hash && entry->n == n &&
            memcmp(table->pcs.at + entry->at, stack, n * sizeof *stack) == 0)
            return i - 1;
    }
    StackEntry fresh = {.hash = hash, .next = *bucket, .n = n, .at = (uint32_t)table->pcs.len};
    for (uint32_t i = 0; i < n; i++) vec_push(&table->pcs, stack[i]);
    vec_push(&table->entries, fresh);
    *bucket = (uint32_t)table->entries.len;
    return *bucket - 1;
}

void stacktable_free(StackTable *table)
{
    vec_free(&table->entries);
    vec_free(&table->pcs);
    free(table->buckets);
    table->buckets = NULL;
    table->nbuckets = 0;
}

uintptr_t *stacktable_words(const StackTable *table, uint32_t nsums, size_t *len)
{
    size_t room = (nsums + 1) * table->entries.len + table->pcs.len + 1, n = 0;
    uintptr_t *out = malloc(room * sizeof *out);
    if (!out) fatal_out_of_memory();
    for (size_t i = 0; i < table->entries.len; i++) {
        const StackEntry *entry = &table->entries.at[i];
        for (uint32_t k = 0; k < nsums; k++) out[n++] = entry->sum[k];
        out[n++] = entry->n;
        if (entry->n) memcpy(out + n, table->pcs.at + entry->at, entry->n * sizeof *out);
        n += entry->n;
    }
    *len = n;
    return out;
}
