/* SPDX-License-Identifier: MIT */
/* Maps against a plain model, slices' capacities, strings' conversions. */
#include "tests/unit/unit.h"

#include "runtime/gc.h"
#include "runtime/hashmap.h"
#include "runtime/iface.h"
#include "runtime/slice.h"
#include "runtime/string.h"

#include <math.h>
#include <stdlib.h>

enum { COMPARABLE = RT_COMPARABLE, WORDLIKE = RT_DIRECT | RT_COMPARABLE | RT_MEM_EQUAL };

static const RType int_type = {.size = 8, .slots = 1, .kind = KIND_INT, .align = 8, .flags = WORDLIKE, .string = "int"};
static const RType int32_type = {.size = 4, .slots = 1, .kind = KIND_INT32, .align = 4, .flags = WORDLIKE, .string = "int32"};
static const RType byte_type = {.size = 1, .slots = 1, .kind = KIND_UINT8, .align = 1, .flags = WORDLIKE, .string = "uint8"};
static const RType float_type = {.size = 8, .slots = 1, .kind = KIND_FLOAT64, .align = 8, .flags = RT_DIRECT | RT_COMPARABLE, .string = "float64"};
static const RType string_type = {.size = 16, .slots = 2, .kind = KIND_STRING, .align = 8, .flags = COMPARABLE | RT_POINTERS, .string = "string"};
static const RType slice_type = {.size = 24, .slots = 3, .kind = KIND_SLICE, .align = 8, .flags = RT_POINTERS, .string = "[]int"};
static const RType any_type = {.size = 16, .slots = 2, .kind = KIND_INTERFACE, .align = 8, .flags = COMPARABLE | RT_POINTERS, .string = "interface {}"};
static const RType struct5_type = {.size = 5, .slots = 1, .kind = KIND_ARRAY, .align = 1, .elem = (RType *)&byte_type, .len = 5, .flags = WORDLIKE, .string = "[5]uint8"};

static RType map_of(const RType *key, const RType *elem)
{
    return (RType){.size = 8, .slots = 1, .kind = KIND_MAP, .align = 8, .key = (RType *)key, .elem = (RType *)elem, .string = "map"};
}

/* ---- Maps ---- */

enum { KEYS = 2000, STEPS = 60000 };

/* The key number i of a type, in memory form. */
static void make_key(const RType *type, int i, void *key)
{
    static char texts[KEYS][16];
    if (type->kind == KIND_STRING) {
        int len = snprintf(texts[i], sizeof texts[i], "key %d", i * 7);
        *(String *)key = (String){texts[i], len};
    } else if (type->kind == KIND_INT32) {
        *(int32_t *)key = i - 5;
    } else if (type->kind == KIND_INTERFACE) {
        *(Iface *)key = (Iface){(RType *)&int_type, {.i = i}};
    } else if (type->kind == KIND_FLOAT64) {
        *(double *)key = i * 0.5;
    } else {
        *(int64_t *)key = (int64_t)i * 0x100000001;
    }
}

static void check_iteration(HMap *map, const int64_t *model)
{
    HMapIter iter;
    int64_t n = 0, sum = 0, want = 0;
    for (hmap_iter(&iter, map); hmap_next(&iter); n++) sum += *(const int64_t *)iter.value;
    for (int i = 0; i < KEYS; i++) want += model[i];
    CHECK(n == hmap_len(map));
    CHECK(sum == want);
}

static void test_model(const RType *key_type, int keys)
{
    static int64_t model[KEYS];
    const RType *bad = NULL;
    RType type = map_of(key_type, &int_type);
    HMap *map = hmap_make(&type, 0);
    int64_t len = 0, key[2];
    memset(model, 0, sizeof model);
    for (int step = 0; step < STEPS; step++) {
        int i = rand() % keys;
        make_key(key_type, i, key);
        int64_t *found = hmap_get(map, &type, key, &bad);
        CHECK(found ? *found == model[i] : model[i] == 0);
        if (rand() % 5 < 3) {
            int64_t value = step + 1;
            hmap_set(map, key, &value, &bad);
            len += model[i] == 0;
            model[i] = value;
        } else {
            hmap_delete(map, &type, key, &bad);
            len -= model[i] != 0;
            model[i] = 0;
        }
        CHECK(hmap_len(map) == len);
        if (step % 5000 == 0) check_iteration(map, model);
    }
    check_iteration(map, model);
    hmap_clear(map);
    memset(model, 0, sizeof model);
    check_iteration(map, model);
    CHECK(!bad);
}

/* Every entry that stays comes exactly once, a deleted one never, though the map grows and shrinks meanwhile. */
static void test_changes_during_iteration(void)
{
    RType type = map_of(&int_type, &int_type);
    const RType *bad = NULL;
    HMap *map = hmap_make(&type, 0);
    int seen[1000] = {0};
    int64_t added = 100000;
    for (int64_t i = 0; i < 1000; i++) hmap_set(map, &i, &i, &bad);
    HMapIter iter;
    int wrong = 0;
    for (hmap_iter(&iter, map); hmap_next(&iter);) {
        int64_t k = *(const int64_t *)iter.key;
        if (k >= 100000) continue;
        wrong += seen[k] != 0;
        seen[k] = 1;
        int64_t victim = k ^ 1;
        if (!seen[victim]) {
            hmap_delete(map, &type, &victim, &bad);
            seen[victim] = 2;
        }
        for (int i = 0; i < 3; i++, added++) hmap_set(map, &added, &added, &bad);
    }
    for (int i = 0; i < 1000; i++) wrong += seen[i] == 0;
    CHECK(wrong == 0);
}

static void test_odd_keys(void)
{
    RType type = map_of(&float_type, &int_type);
    const RType *bad = NULL;
    HMap *map = hmap_make(&type, 0);
    double nan_key = NAN, zero = 0.0, minus = -0.0;
    int64_t one = 1;
    for (int i = 0; i < 20; i++) hmap_set(map, &nan_key, &one, &bad);
    CHECK(hmap_len(map) == 20);
    CHECK(!hmap_get(map, &type, &nan_key, &bad));
    hmap_set(map, &zero, &one, &bad);
    CHECK(hmap_get(map, &type, &minus, &bad) != NULL);
    hmap_clear(map);
    CHECK(hmap_len(map) == 0);

    RType any_map = map_of(&any_type, &int_type);
    map = hmap_make(&any_map, 0);
    Iface key = {(RType *)&slice_type, {.p = NULL}};
    CHECK(!hmap_get(map, &any_map, &key, &bad) && bad == &slice_type);
    bad = NULL;
    hmap_set(map, &key, &one, &bad);
    CHECK(bad == &slice_type);
    CHECK(hmap_len(map) == 0);
}

/* ---- Slices ---- */

/* Capacities while appending one by one, as Go's. */
static void test_growth(void)
{
    static const int64_t ints[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 848, 1280, 1792, 2560};
    static const int64_t bytes[] = {8, 16, 32, 64, 128, 256, 512, 896, 1408, 2048, 3072, 4096, 5376};
    static const int64_t fives[] = {1, 3, 6, 12, 25, 51, 102, 204, 409, 819};
    struct { const RType *type; const int64_t *caps; size_t n; } cases[] = {
        {&int_type, ints, sizeof ints / 8}, {&byte_type, bytes, sizeof bytes / 8}, {&struct5_type, fives, sizeof fives / 8},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        Slice s = {NULL, 0, 0};
        for (size_t i = 0; i < cases[c].n; i++) {
            s = slice_grow(cases[c].type, s, s.cap + 1);
            CHECK(s.cap == cases[c].caps[i]);
            if (s.cap != cases[c].caps[i]) printf("type %zu step %zu: %lld\n", c, i, (long long)s.cap);
            s.len = s.cap;
        }
    }
    Slice out;
    CHECK(!slice_make(&int_type, -1, 5, &out));
    CHECK(!slice_make(&int_type, 6, 5, &out));
    CHECK(!slice_make(&int_type, 0, INT64_MAX / 8, &out));
    CHECK(slice_make(&int_type, 2, 5, &out) && out.len == 2 && out.cap == 5);
}

/* ---- Strings ---- */

#define S(text) ((String){text, sizeof(text) - 1})

static void test_strings(void)
{
    CHECK(string_equal(string_concat(S("ab"), S("c")), S("abc")));
    CHECK(string_compare(S("ab"), S("abc")) < 0 && string_compare(S("b"), S("abc")) > 0);
    String parts[] = {S(""), S("x"), S("yz"), S("")};
    CHECK(string_equal(string_join(parts, 4), S("xyz")));
    Slice runes = string_to_runes(S("a\xC3\xA9\xFF"));
    CHECK(runes.len == 3 && ((int32_t *)runes.data)[1] == 0xE9 && ((int32_t *)runes.data)[2] == 0xFFFD);
    CHECK(string_equal(string_from_runes(runes), S("a\xC3\xA9\xEF\xBF\xBD")));
    CHECK(string_equal(string_from_rune(0xD800), S("\xEF\xBF\xBD")));
    CHECK(string_to_bytes(S("hello")).cap == 8);
}

int main(void)
{
    gc_init(0);
    test_model(&int_type, KEYS);
    test_model(&int_type, 7);
    test_model(&int_type, 40);
    test_model(&int32_type, 500);
    test_model(&string_type, KEYS);
    test_model(&any_type, 300);
    test_model(&float_type, 300);
    test_changes_during_iteration();
    test_odd_keys();
    test_growth();
    test_strings();
    return unit_end();
}
