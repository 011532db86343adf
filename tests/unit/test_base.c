/* SPDX-License-Identifier: MIT */
/* Tests of base/: arenas, buffers, names, maps, UTF-8, sources and diagnostics. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/source.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void test_arena(void)
{
    Arena arena;
    arena_init(&arena);
    char *last = NULL;
    for (size_t size = 1; size < 3000000; size = size * 3 + 1) {
        char *p = arena_alloc(&arena, size);
        CHECK(((uintptr_t)p & (ARENA_ALIGN - 1)) == 0);
        CHECK(p[0] == 0 && p[size - 1] == 0);
        memset(p, 0xAA, size);
        if (last) CHECK((unsigned char)last[0] == 0xAA);
        last = p;
    }
    CHECK(strcmp(arena_printf(&arena, "%d-%s", 7, "x"), "7-x") == 0);
    CHECK(strcmp(arena_strndup(&arena, "abc", 2), "ab") == 0);
    arena_free(&arena);
    CHECK(arena.used == 0);
}

static void test_buf_and_vec(void)
{
    Buf buf = {0};
    CHECK(strcmp(buf_str(&buf), "") == 0);
    for (int i = 0; i < 1000; i++) buf_printf(&buf, "%d,", i);
    CHECK(buf.len == 3890 && buf.data[buf.len] == 0);
    buf_free(&buf);
    VEC(int) numbers = {0};
    for (int i = 0; i < 1000; i++) vec_push(&numbers, i);
    CHECK(numbers.len == 1000 && numbers.at[999] == 999 && vec_pop(&numbers) == 999);
    CHECK(vec_last(&numbers) == 998);
    vec_free(&numbers);
}

/* Every thread interns the same names; all must get the same pointers. */
static void *intern_many(void *out)
{
    Name *names = out;
    for (int i = 0; i < 20000; i++) {
        char text[16];
        snprintf(text, sizeof text, "name%d", i);
        names[i] = intern_str(text);
    }
    return NULL;
}

static void test_intern(void)
{
    CHECK(intern_str("abc") == intern("abcd", 3));
    CHECK(intern_str("Abc")->is_exported && !intern_str("abc")->is_exported);
    CHECK(intern_str("Éa")->is_exported && !intern_str("_A")->is_exported);
    enum { THREADS = 4, NAMES = 20000 };
    pthread_t threads[THREADS];
    Name *names = calloc(THREADS * NAMES, sizeof *names);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, intern_many, names + i * NAMES);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    CHECK(memcmp(names, names + NAMES, NAMES * sizeof *names) == 0);
    CHECK(memcmp(names, names + 3 * NAMES, NAMES * sizeof *names) == 0);
    free(names);
}

static void test_map(void)
{
    enum { COUNT = 5000 };
    static int keys[COUNT];
    PtrMap map = {0};
    CHECK(!map_get(&map, keys) && !map_remove(&map, keys));
    for (int i = 0; i < COUNT; i++) CHECK(!map_set(&map, &keys[i], &keys[COUNT - 1 - i]));
    for (int i = 0; i < COUNT; i += 2) CHECK(map_remove(&map, &keys[i]));
    for (int i = 0; i < COUNT; i++) {
        CHECK(map_get(&map, &keys[i]) == (i % 2 ? &keys[COUNT - 1 - i] : NULL));
    }
    CHECK(map_set(&map, &keys[1], NULL) == &keys[COUNT - 2]);
    map_free(&map);
}

static void test_utf8(void)
{
    int width;
    CHECK(utf8_decode("é", 2, &width) == 0xE9 && width == 2);
    CHECK(utf8_decode("\xF0\x9F\x98\x80", 4, &width) == 0x1F600 && width == 4);
    CHECK(utf8_decode("\xED\xA0\x80", 3, &width) == UTF8_ERROR && width == 1); /* a surrogate */
    CHECK(utf8_decode("\xC0\x80", 2, &width) == UTF8_ERROR && width == 1);     /* overlong */
    CHECK(utf8_decode("\xE2\x82", 2, &width) == UTF8_ERROR && width == 1);     /* cut off */
    for (uint32_t rune = 0; rune <= 0x10FFFF; rune += 7) {
        char out[UTF8_MAX];
        int n = utf8_encode(out, rune);
        bool is_surrogate = rune >= 0xD800 && rune < 0xE000;
        CHECK(utf8_decode(out, (size_t)n, &width) == (is_surrogate ? UTF8_ERROR : rune) &&
              width == n);
    }
    CHECK(utf8_count("a\xFF"
                     "é",
                     4) == 3);
    CHECK(utf8_valid("aé", 3) && !utf8_valid("\xFF", 1));
    CHECK(unicode_is_letter(0x3B1) && !unicode_is_letter(0xD7) && unicode_is_digit(0x661));
    CHECK(unicode_is_upper(0x410) && !unicode_is_upper(0x430));
}

static Source *add(const char *path, const char *text)
{
    size_t len = strlen(text);
    char *copy = calloc(1, len + 2);
    memcpy(copy, text, len);
    return source_add(path, copy, len);
}

static void test_source(void)
{
    char out[64];
    Source *a = add("a.go", "one\ntwo\n\nfour"), *b = add("b.go", "x\ny");
    CHECK(strcmp(source_format(a->base, out, sizeof out), "a.go:1:1") == 0);
    CHECK(strcmp(source_format(a->base + 5, out, sizeof out), "a.go:2:2") == 0);
    CHECK(strcmp(source_format(a->base + 8, out, sizeof out), "a.go:3:1") == 0);
    CHECK(strcmp(source_format(a->base + 13, out, sizeof out), "a.go:4:5") == 0);
    CHECK(strcmp(source_format(b->base + 2, out, sizeof out), "b.go:2:1") == 0);
    b->first_line = 10;
    CHECK(source_locate(b->base + 2).line == 11);
    source_add_directive(a, 4, "gen.y", 100, 0);
    CHECK(strcmp(source_format(a->base + 9, out, sizeof out), "gen.y:102") == 0);
    CHECK(strcmp(source_format(a->base, out, sizeof out), "a.go:1:1") == 0);
    CHECK(!source_locate(NO_POS).path);
}

static void test_diag(void)
{
    DiagList list = {0}, *outer = diag_use(&list);
    Source *source = add("d.go", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n");
    for (Pos i = 12; i-- > 0;)
        diag_error(source->base + 2 * i, source->base + 2 * i + 1, ERR_PLAIN, "wrong");
    diag_error(source->base, source->base + 1, ERR_PLAIN, "wrong");
    CHECK(diag_count() == 13);
    char *printed = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&printed, &len);
    CHECK(diag_print(&list, out) == 12);
    fclose(out);
    CHECK(strncmp(printed, "d.go:1:1: wrong\nd.go:2:1: wrong\n", 32) == 0);
    CHECK(strstr(printed, "d.go:10:1: wrong\nd.go:10:1: too many errors\n"));
    CHECK(!strstr(printed, "d.go:11"));
    free(printed);
    diag_use(outer);
}

int main(void)
{
    test_arena();
    test_buf_and_vec();
    test_intern();
    test_map();
    test_utf8();
    test_source();
    test_diag();
    return unit_end();
}
