/* SPDX-License-Identifier: MIT */
/* Maps.
 *
 * A table has three arrays: entries (key and value side by side, in the order of insertion), their hashes (0 marks a place that
 * is free or was deleted), and an index by hash, open addressing with linear probing:
 *
 *     index    [ . | tag,2 | . | tag,1 | tag,3 | . … ]     4 bytes each: number of the entry + 1 in the low `bits`, the hash's upper
 *     hashes   [ h1, h2, h3, 0 … ]                         bits above, so that most mismatches never touch an entry
 *     entries  [ k1 v1 | k2 v2 | k3 v3 |   …  ]
 *
 * Up to 8 entries there is no index: they are compared one by one. Deleting moves later index places back over the gap, so the index never
 * holds dead numbers; the entry's own place stays empty until the table is rebuilt. When all places are used, the live entries move to a
 * new table: of the same size if a quarter was dead, else of the double. The old table is left as it was, and
 * iterators that walk it go on there, asking the map what became of each key.
 *
 * Everything a reader needs of a table is reached through one pointer, so that a program that races on a map may see wrong
 * answers, but never an index of one table with the entries of another.
 *
 * A table with inline entries instead of an index was considered: it saves a cache line on hits but iterates and grows more slowly,
 * and needs care to keep Go's promises about changes during iteration, which here come for free. */
#include "runtime/hashmap.h"

#include "base/fatal.h"
#include "runtime/gc.h"
#include "runtime/iface.h"
#include "runtime/sched.h"
#include "runtime/string.h"

struct HTable {    /* the arrays' addresses and sizes are fixed; their contents are the map's */
    char *entries;
    uint32_t *hashes;
    uint32_t *index;
    uint32_t mask;  /* places in the index - 1; 0: no index */
    uint32_t cap;   /* entries there is room for */
    uint32_t used;  /* places used, dead ones included */
    uint32_t size;  /* bytes of an entry */
    uint32_t value; /* offset of the value in an entry */
};

typedef enum KeyForm { FORM_WORD, FORM_STRING, FORM_ANY } KeyForm;

enum { SMALL = 8 };

void (*hmap_on_misuse)(const char *text);

static void misuse(const char *text)
{
    if (hmap_on_misuse) hmap_on_misuse(text);
    fatal("hashmap: %s", text);
}

static inline void check_reading(HMap *map, const char *text)
{
    if (__builtin_expect(atomic_load_explicit(&map->is_written, memory_order_relaxed), 0))
        misuse(text);
}

static inline void begin_writing(HMap *map)
{
    check_reading(map, "concurrent map writes");
    atomic_store_explicit(&map->is_written, 1, memory_order_relaxed);
}

static inline void end_writing(HMap *map)
{
    if (__builtin_expect(!atomic_load_explicit(&map->is_written, memory_order_relaxed), 0))
        misuse("concurrent map writes");
    atomic_store_explicit(&map->is_written, 0, memory_order_relaxed);
}

/* ---- Finding ---- */

static inline uint32_t fold(uint64_t hash)
{
    uint32_t h = (uint32_t)(hash ^ (hash >> 32));
    return h ? h : 1;
}

static inline uint32_t hash_key(const HMap *map, const void *key, const RType **unhashable)
{
    if (map->form == FORM_WORD) return fold(hash_word(*(const uint64_t *)key));
    if (map->form == FORM_STRING)
        return fold(hash_bytes(((const String *)key)->data, (size_t)((const String *)key)->len));
    return fold(rtype_hash(map->type->key, key, unhashable));
}

static inline bool same_key(const HMap *map, const void *a, const void *b)
{
    if (map->form == FORM_WORD) return *(const uint64_t *)a == *(const uint64_t *)b;
    if (map->form == FORM_STRING) return string_equal(*(const String *)a, *(const String *)b);
    const RType *uncomparable = NULL;
    return rtype_equal(map->type->key, a, b, &uncomparable);
}

static inline char *entry_at(const HTable *table, uint32_t i)
{
    return table->entries + (size_t)i * table->size;
}

/* The entry of a key with this hash (unused in small tables), or NULL. */
static inline char *find(const HMap *map, const HTable *table, const void *key, uint32_t hash)
{
    if (!table->mask) {
        for (uint32_t i = 0; i < table->used; i++)
            if (same_key(map, entry_at(table, i), key) && table->hashes[i]) return entry_at(table, i);
        return NULL;
    }
    uint32_t mask = table->mask;
    for (uint32_t place = hash & mask;; place = (place + 1) & mask) {
        uint32_t item = table->index[place];
        if (!item) return NULL;
        if ((item ^ hash) & ~mask) continue;
        char *entry = entry_at(table, (item & mask) - 1);
        if (same_key(map, entry, key)) return entry;
    }
}

void *hmap_get(HMap *map, const RType *type, const void *key, const RType **unhashable)
{
    if (!map || map->len == 0) {
        if (type->key->kind == KIND_INTERFACE || type->key->kind == KIND_STRUCT || type->key->kind == KIND_ARRAY)
            rtype_hash(type->key, key, unhashable);
        return NULL;
    }
    check_reading(map, "concurrent map read and map write");
    HTable *table = map->table;
    uint32_t hash = 0;
    if (table->mask || map->form == FORM_ANY) {
        hash = hash_key(map, key, unhashable);
        if (*unhashable) return NULL;
    }
    char *entry = find(map, table, key, hash);
    return entry ? entry + table->value : NULL;
}

/* ---- Growing ---- */

static HTable *table_new(const HMap *map, uint64_t need)
{
    const RType *key = map->type->key, *elem = map->type->elem;
    HTable *table = gc_new(sizeof *table);
    uint64_t places = 0;
    if (need <= SMALL) {
        table->cap = SMALL;
    } else {
        for (places = 2 * SMALL; places / 4 * 3 < need;) places *= 2;
        if (places > UINT32_MAX) fatal_out_of_memory();
        table->mask = (uint32_t)(places - 1);
        table->cap = (uint32_t)(places / 4 * 3);
    }
    uint64_t align = key->align > elem->align ? key->align : elem->align;
    uint64_t value_align = elem->align ? elem->align : 1;
    if (align == 0) align = 1;
    table->value = (uint32_t)((key->size + value_align - 1) / value_align * value_align);
    table->size = (uint32_t)((table->value + elem->size + align - 1) / align * align);
    if (table->size == 0) table->size = 1;
    table->hashes = gc_new_leaf((table->cap + places) * sizeof(uint32_t));
    table->index = table->hashes + table->cap;
    size_t bytes = (size_t)table->cap * table->size;
    bool scan = (key->flags | elem->flags) & RT_POINTERS;
    table->entries = scan ? gc_new(bytes) : gc_new_leaf(bytes);
    return table;
}

static inline void index_add(HTable *table, uint32_t hash, uint32_t entry)
{
    uint32_t mask = table->mask, place = hash & mask;
    while (table->index[place]) place = (place + 1) & mask;
    table->index[place] = (hash & ~mask) | (entry + 1);
}

/* Moves the live entries into a table with room for one more. */
static HTable *rebuild(HMap *map)
{
    HTable *old = map->table;
    if (!old) return map->table = table_new(map, map->hint ? map->hint : 1);
    bool is_same_size = map->len < (uint64_t)old->cap / 4 * 3;
    uint64_t need = is_same_size ? old->cap : (uint64_t)old->cap * 2;
    HTable *table = table_new(map, need);
    uint32_t n = 0;
    for (uint32_t i = 0; i < old->used; i++) {
        if (!old->hashes[i]) continue;
        memcpy(entry_at(table, n), entry_at(old, i), table->size);
        table->hashes[n] = old->hashes[i];
        if (table->mask) index_add(table, old->hashes[i], n);
        n++;
    }
    table->used = n;
    return map->table = table;
}

void *hmap_ref(HMap *map, const void *key, const RType **unhashable)
{
    uint32_t hash = hash_key(map, key, unhashable);
    if (__builtin_expect(*unhashable != NULL, 0)) return NULL;
    begin_writing(map);
    HTable *table = map->table;
    char *entry = table ? find(map, table, key, hash) : NULL;
    if (!entry) {
        if (!table || table->used == table->cap) table = rebuild(map);
        uint32_t i = table->used++;
        entry = entry_at(table, i);
        memcpy(entry, key, map->type->key->size);
        table->hashes[i] = hash;
        if (table->mask) index_add(table, hash, i);
        map->len++;
    } else if (map->form == FORM_STRING) {
        *(String *)entry = *(const String *)key; /* lets go of what the old string was part of */
    } else if (map->form == FORM_ANY && !(map->type->key->flags & RT_MEM_EQUAL)) {
        memcpy(entry, key, map->type->key->size); /* equal keys may differ: 0 and -0 */
    }
    end_writing(map);
    return entry + table->value;
}

void hmap_set(HMap *map, const void *key, const void *value, const RType **unhashable)
{
    void *place = hmap_ref(map, key, unhashable);
    if (place) memcpy(place, value, map->type->elem->size);
}

HMap *hmap_make(const RType *type, int64_t hint)
{
    HMap *map = gc_new(sizeof *map);
    const RType *key = type->key;
    map->type = type;
    map->hint = hint > 0 ? (uint64_t)hint : 0;
    if (key->kind == KIND_STRING)
        map->form = FORM_STRING;
    else
        map->form = key->size == 8 && key->flags & RT_MEM_EQUAL ? FORM_WORD : FORM_ANY;
    return map;
}

/* ---- Deleting ---- */

static void index_remove(HTable *table, uint32_t hash, uint32_t entry)
{
    uint32_t mask = table->mask, gap = hash & mask;
    while ((table->index[gap] & mask) != entry + 1) gap = (gap + 1) & mask;
    for (uint32_t place = (gap + 1) & mask; table->index[place]; place = (place + 1) & mask) {
        uint32_t item = table->index[place];
        uint32_t home = table->hashes[(item & mask) - 1] & mask;
        if (((place - home) & mask) < ((place - gap) & mask)) continue; /* it may not stand before its home */
        table->index[gap] = item;
        gap = place;
    }
    table->index[gap] = 0;
}

void hmap_delete(HMap *map, const RType *type, const void *key, const RType **unhashable)
{
    if (!map || map->len == 0) {
        hmap_get(map, type, key, unhashable);
        return;
    }
    uint32_t hash = hash_key(map, key, unhashable);
    if (*unhashable) return;
    begin_writing(map);
    HTable *table = map->table;
    char *entry = find(map, table, key, hash);
    if (entry) {
        uint32_t i = (uint32_t)((size_t)(entry - table->entries) / table->size);
        if (table->mask) index_remove(table, hash, i);
        table->hashes[i] = 0;
        memset(entry, 0, table->size);
        map->len--;
        if (i + 1 == table->used) table->used--;
    }
    end_writing(map);
}

void hmap_clear(HMap *map)
{
    if (!map) return;
    begin_writing(map);
    map->clears++;
    map->len = 0;
    HTable *table = map->table;
    if (table) {
        memset(table->entries, 0, (size_t)table->cap * table->size);
        memset(table->hashes, 0, table->cap * sizeof(uint32_t));
        if (table->mask) memset(table->index, 0, ((size_t)table->mask + 1) * sizeof(uint32_t));
        table->used = 0;
    }
    end_writing(map);
}

/* ---- Iterating ---- */

void hmap_iter(HMapIter *iter, HMap *map)
{
    *iter = (HMapIter){.map = map};
    if (!map || map->len == 0) return;
    check_reading(map, "concurrent map iteration and map write");
    iter->table = map->table;
    iter->clears = map->clears;
    iter->at = iter->start = sched_choose(CHOOSE_ENTRY, map->table->used);
}

/* Whether the entry at `i` of the iterator's table is still there; sets key and value. */
static bool take_entry(HMapIter *iter, uint32_t i)
{
    HMap *map = iter->map;
    HTable *table = iter->table;
    if (!table->hashes[i]) return false;
    char *entry = entry_at(table, i);
    iter->key = entry;
    iter->value = entry + table->value;
    if (table == map->table) return true;
    const RType *uncomparable = NULL;
    if (!rtype_equal(map->type->key, entry, entry, &uncomparable)) /* NaN: only clear removes it */
        return iter->clears == map->clears;
    char *now = map->len ? find(map, map->table, entry, table->hashes[i]) : NULL;
    if (!now) return false;
    iter->key = now;
    iter->value = now + map->table->value;
    return true;
}

bool hmap_next(HMapIter *iter)
{
    HTable *table = iter->table;
    if (!table) return false;
    check_reading(iter->map, "concurrent map iteration and map write");
    for (;;) {
        if (!iter->has_wrapped && iter->at >= table->used) {
            iter->has_wrapped = true;
            iter->at = 0;
        }
        if (iter->has_wrapped && (iter->at >= iter->start || iter->at >= table->used)) {
            iter->table = NULL;
            return false;
        }
        if (take_entry(iter, (uint32_t)iter->at++)) return true;
    }
}
