/* SPDX-License-Identifier: MIT */
/* The table of names.
 *
 * Open addressing over a power of two of atomic pointers. A look-up takes no lock: names and tables
 * are never freed, a table is published whole by one release store, and a name's place by another.
 * Whoever does not find its text takes the lock, looks again, and inserts. A reader that still
 * holds an outgrown table may miss a new name, and then finds it under the lock. Outgrown tables
 * stay allocated, together less than the newest. */
#include "base/intern.h"
#include "base/fatal.h"
#include "base/unicode.h"
#include "base/utf8.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

typedef struct Table {
    size_t mask;            /* places - 1; fixed */
    size_t len;             /* names in it; guarded by lock */
    struct Table *outgrown; /* the one before, which a reader may still hold; fixed */
    _Atomic(NameData *) places[];
} Table;

static _Atomic(Table *) table; /* release under lock, acquire anywhere */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Arena names; /* guarded by lock */

static uint32_t hash_text(const char *text, size_t len)
{
    uint64_t hash = len * 0x9E3779B97F4A7C15u;
    while (len >= 8) {
        uint64_t word;
        memcpy(&word, text, 8);
        hash = (hash ^ word) * 0xFF51AFD7ED558CCDu;
        hash ^= hash >> 32;
        text += 8;
        len -= 8;
    }
    uint64_t word = 0;
    if (len >= 4) {
        uint32_t first, last; /* they overlap unless len is 8 */
        memcpy(&first, text, 4);
        memcpy(&last, text + len - 4, 4);
        word = (uint64_t)first << 32 | last;
    } else if (len > 0) {
        word = (uint64_t)(unsigned char)text[0] << 16 |
               (uint64_t)(unsigned char)text[len / 2] << 8 | (unsigned char)text[len - 1];
    }
    hash = (hash ^ word) * 0xFF51AFD7ED558CCDu;
    return (uint32_t)(hash ^ hash >> 32);
}

/* The name if the table has it, else NULL with the free place's number in *place. */
static NameData *find(Table *in, const char *text, size_t len, uint32_t hash, size_t *place)
{
    for (size_t i = hash & in->mask;; i = (i + 1) & in->mask) {
        NameData *name = atomic_load_explicit(&in->places[i], memory_order_acquire);
        if (!name) {
            *place = i;
            return NULL;
        }
        if (name->hash == hash && name->len == len && memcmp(name->text, text, len) == 0) {
            return name;
        }
    }
}

/* Publishes a table twice as large; lock must be held. */
static Table *grow(Table *old)
{
    size_t count = old ? (old->mask + 1) * 2 : 4096;
    Table *grown = calloc(1, sizeof *grown + count * sizeof grown->places[0]);
    if (!grown) fatal_out_of_memory();
    grown->mask = count - 1;
    grown->outgrown = old;
    for (size_t i = 0; old && i <= old->mask; i++) {
        NameData *name = atomic_load_explicit(&old->places[i], memory_order_relaxed);
        if (!name) continue;
        size_t place;
        find(grown, name->text, name->len, name->hash, &place);
        atomic_store_explicit(&grown->places[place], name, memory_order_relaxed);
        grown->len++;
    }
    atomic_store_explicit(&table, grown, memory_order_release);
    return grown;
}

static NameData *new_name(Arena *arena, const char *text, size_t len, uint32_t hash)
{
    NameData *name = arena_alloc(arena, sizeof *name + len + 1);
    name->hash = hash;
    name->len = (uint32_t)len;
    memcpy(name->text, text, len);
    return name;
}

static NameData *insert(const char *text, size_t len, uint32_t hash)
{
    pthread_mutex_lock(&lock);
    Table *now = atomic_load_explicit(&table, memory_order_relaxed);
    if (!now || now->len * 2 > now->mask) now = grow(now);
    size_t place;
    NameData *name = find(now, text, len, hash, &place);
    if (!name) {
        int width;
        name = new_name(&names, text, len, hash);
        name->is_exported = len > 0 && unicode_is_upper(utf8_decode(text, len, &width));
        now->len++;
        atomic_store_explicit(&now->places[place], name, memory_order_release);
    }
    pthread_mutex_unlock(&lock);
    return name;
}

Name intern(const char *text, size_t len)
{
    uint32_t hash = hash_text(text, len);
    Table *now = atomic_load_explicit(&table, memory_order_acquire);
    size_t place;
    NameData *name = now ? find(now, text, len, hash, &place) : NULL;
    return name ? name : insert(text, len, hash);
}

void intern_tag(const char *text, uint8_t tag)
{
    size_t len = strlen(text);
    insert(text, len, hash_text(text, len))->tag = tag;
}

Name intern_alone(Arena *arena, const char *text, size_t len)
{
    return new_name(arena, text, len, 0);
}

Name intern_str(const char *text)
{
    return intern(text, strlen(text));
}
