/* SPDX-License-Identifier: MIT */
/* How diagnostics look: on a terminal of some width, and as JSON. */
#include "base/show.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static Source *add(const char *path, const char *text)
{
    size_t len = strlen(text);
    char *copy = calloc(1, len + 2);
    memcpy(copy, text, len);
    return source_add(path, copy, len);
}

/* Whether a diagnostic on the first place of `mark` in `text` is shown as `wanted`. */
static bool shows(const char *text, const char *mark, const ShowStyle *style, const char *remedy,
                  const char *wanted)
{
    Source *source = add("s.go", text);
    Pos pos = source->base + (Pos)(strstr(text, mark) - text);
    char message[] = "wrong", advice[80] = "";
    if (remedy) strcpy(advice, remedy);
    Diag diag = {.pos = pos,
                 .end = pos + (Pos)strlen(mark),
                 .code = ERR_UNDEFINED,
                 .text = message,
                 .remedy = remedy ? advice : NULL};
    char *printed = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&printed, &len);
    Location at = source_locate(pos);
    show_diag(&diag, &at, style, out);
    fclose(out);
    bool ok = strcmp(printed, wanted) == 0;
    if (!ok) fprintf(stderr, "shown:\n%swanted:\n%s", printed, wanted);
    free(printed);
    return ok;
}

static void test_rich(void)
{
    ShowStyle style = {.is_rich = true, .columns = 60};
    CHECK(shows("a\nx := foo\n", "foo", &style, "did you mean fo?",
                "s.go:2:6: wrong\n    x := foo\n         ^~~\n    did you mean fo?\n"));
    CHECK(shows("\tx :=\tfoo", "foo", &style, NULL,
                "s.go:1:7: wrong\n        x :=    foo\n                ^~~\n"));
    CHECK(shows("s := \"日本\" + x", "x", &style, NULL,
                "s.go:1:17: wrong\n    s := \"日本\" + x\n                  ^\n"));
    CHECK(shows("e\xCC\x81 + x", "x", &style, NULL,
                "s.go:1:7: wrong\n    e\xCC\x81 + x\n        ^\n"));
    CHECK(shows("a\x01\xFF + x", "x", &style, NULL,
                "s.go:1:7: wrong\n    a?\xEF\xBF\xBD + x\n          ^\n"));
    CHECK(shows("ab", "", &style, NULL, "s.go:1:1: wrong\n    ab\n    ^\n"));
    CHECK(shows("f(\n1)", "(\n1", &style, NULL, "s.go:1:2: wrong\n    f(\n     ^\n"));
}

static void test_cut(void)
{
    ShowStyle style = {.is_rich = true, .columns = 24};
    CHECK(shows("0123456789 0123456789 foo 0123456789", "foo", &style, NULL,
                "s.go:1:23: wrong\n    …3456789 foo 012345…\n             ^~~\n"));
    CHECK(shows("foo 0123456789 0123456789", "foo", &style, NULL,
                "s.go:1:1: wrong\n    foo 0123456789 012…\n    ^~~\n"));
    CHECK(shows("x 0123456789012345678901234567890", "0123456789012345678901234567890", &style,
                NULL, "s.go:1:3: wrong\n    …012345678901234567…\n     ^~~~~~~~~~~~~~~~~~\n"));
}

static void test_colour(void)
{
    ShowStyle style = {.is_rich = true, .has_colour = true, .columns = 60};
    CHECK(shows("x", "x", &style, "y?",
                "\033[1ms.go:1:1:\033[0m wrong\n    x\n    \033[1;31m^\033[0m\n"
                "    \033[36my?\033[0m\n"));
}

static void test_machines(void)
{
    ShowStyle plain = {0}, json = {.is_json = true};
    CHECK(shows("x", "x", &plain, "y?", "s.go:1:1: wrong\n"));
    CHECK(shows("a\n\"b\"", "\"b\"", &json, "\"\\\t",
                "{\"file\":\"s.go\",\"line\":2,\"column\":1,\"endLine\":2,\"endColumn\":4,"
                "\"code\":\"UNDEFINED\",\"message\":\"wrong\",\"remedy\":\"\\\"\\\\\\t\"}\n"));
}

int main(void)
{
    test_rich();
    test_cut();
    test_colour();
    test_machines();
    return unit_end();
}
