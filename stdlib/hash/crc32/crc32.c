/* SPDX-License-Identifier: MIT */
/* hash/crc32: the loops, eight bytes at a time.
 *
 * Besides the table of single bytes there are seven more for bytes that further ones follow; they
 * are derived from it, and kept for the table that was used last by this thread. */
#include "stdlib/natives.gen.h"

#include <string.h>

typedef struct Tables {
    uint32_t at[8][256]; /* at[k][b]: b, followed by k zero bytes */
} Tables;

void native_hash_crc32_fill(NativeCall *call)
{
    uint32_t poly = (uint32_t)arg_uint(call, 0), *table = arg_ptr(call, 1);
    for (int i = 0; i < 256; i++) {
        uint32_t crc = (uint32_t)i;
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ poly : crc >> 1;
        table[i] = crc;
    }
}

static void derive(Tables *t, const uint32_t *table)
{
    memcpy(t->at[0], table, sizeof t->at[0]);
    for (int k = 1; k < 8; k++) {
        for (int i = 0; i < 256; i++) {
            uint32_t crc = t->at[k - 1][i];
            t->at[k][i] = crc >> 8 ^ table[crc & 0xff];
        }
    }
}

static uint32_t by_eight(const Tables *t, uint32_t crc, const unsigned char **p,
                         const unsigned char *end)
{
    for (; end - *p >= 8; *p += 8) {
        uint64_t word;
        memcpy(&word, *p, 8);
        word ^= crc;
        crc = 0;
        for (int k = 0; k < 8; k++) crc ^= t->at[7 - k][word >> (8 * k) & 0xff];
    }
    return crc;
}

void native_hash_crc32_update(NativeCall *call)
{
    static _Thread_local Tables tables;
    uint32_t crc = ~(uint32_t)arg_uint(call, 0);
    const uint32_t *table = arg_ptr(call, 1);
    Slice s = arg_slice(call, 2);
    const unsigned char *p = s.data, *end = p + s.len;
    if (s.len >= 2048 || (s.len >= 64 && memcmp(tables.at[0], table, sizeof tables.at[0]) == 0)) {
        if (memcmp(tables.at[0], table, sizeof tables.at[0]) != 0) derive(&tables, table);
        crc = by_eight(&tables, crc, &p, end);
    }
    for (; p < end; p++) crc = crc >> 8 ^ table[(crc ^ *p) & 0xff];
    ret_uint(call, 0, (uint32_t)~crc);
}
