/* SPDX-License-Identifier: MIT */
/* Numbers and literals as strconv and fmt write and read them, without a running program. */
#include "tests/unit/unit.h"

#include "stdlib/strconv/number.h"
#include "stdlib/strconv/quote.h"
#include "stdlib/unicode/sets.h"
#include "stdlib/unicode/ucd.h"

#include <math.h>
#include <string.h>

static bool formats(double f, char fmt, int prec, int bits, const char *want)
{
    Buf out = {0};
    number_format_float(&out, f, fmt, prec, bits);
    bool same = strcmp(buf_str(&out), want) == 0;
    if (!same) printf("got %s, want %s\n", buf_str(&out), want);
    buf_free(&out);
    return same;
}

static void test_floats(void)
{
    CHECK(formats(0.1, 'g', -1, 64, "0.1"));
    CHECK(formats(0.1f, 'g', -1, 32, "0.1"));
    CHECK(formats(5e-324, 'g', -1, 64, "5e-324"));
    CHECK(formats(0x1p-44, 'g', -1, 64, "5.684341886080802e-14"));
    CHECK(formats(9007199254740993.0, 'f', -1, 64, "9007199254740992"));
    CHECK(formats(1e23, 'e', -1, 64, "1e+23"));
    CHECK(formats(2.5, 'f', 0, 64, "2"));
    CHECK(formats(1234567, 'g', 3, 64, "1.23e+06"));
    CHECK(formats(-0.0, 'g', -1, 64, "-0"));
    CHECK(formats(1.5, 'x', -1, 64, "0x1.8p+00"));
    CHECK(formats(1.999, 'x', 0, 64, "0x1p+01"));
    CHECK(formats(1, 'b', -1, 64, "4503599627370496p-52"));
    CHECK(formats(INFINITY, 'g', -1, 64, "+Inf"));
}

static NumberStatus parse(const char *s, double *f)
{
    int64_t used;
    NumberStatus status = number_parse_float(s, (int64_t)strlen(s), 64, f, &used);
    return status == NUMBER_OK && s[used] ? NUMBER_SYNTAX : status;
}

static void test_parsing(void)
{
    double f;
    int64_t n;
    uint64_t u;
    CHECK(parse("1_000.5", &f) == NUMBER_OK && f == 1000.5);
    CHECK(parse("0x1.8p1", &f) == NUMBER_OK && f == 3);
    CHECK(parse("1e400", &f) == NUMBER_RANGE && isinf(f));
    CHECK(parse("1__0", &f) == NUMBER_SYNTAX);
    CHECK(parse("-Infinity", &f) == NUMBER_OK && f < 0);
    CHECK(number_parse_int("-128", 4, 10, 8, &n) == NUMBER_OK && n == -128);
    CHECK(number_parse_int("128", 3, 10, 8, &n) == NUMBER_RANGE && n == 127);
    CHECK(number_parse_int("0x_1f", 5, 0, 64, &n) == NUMBER_OK && n == 31);
    CHECK(number_parse_uint("18446744073709551616", 20, 10, 64, &u) == NUMBER_RANGE &&
          u == UINT64_MAX);
    CHECK(number_parse_uint("1", 1, 37, 64, &u) == NUMBER_BASE);
}

static bool quotes(const char *s, size_t len, bool ascii, const char *want)
{
    Buf out = {0};
    quote_string(&out, s, (int64_t)len, '"', ascii, false);
    bool same = strcmp(buf_str(&out), want) == 0;
    buf_free(&out);
    return same;
}

static void test_quoting(void)
{
    CHECK(quotes("a\"\n\x01\xff", 5, false, "\"a\\\"\\n\\x01\\xff\""));
    CHECK(quotes("\xc3\xa9", 2, false, "\"\xc3\xa9\""));
    CHECK(quotes("\xc3\xa9", 2, true, "\"\\u00e9\""));
    CHECK(quote_can_backquote("a\tb", 3) && !quote_can_backquote("a`", 2));
    CHECK(ucd_to_upper(0xE9) == 0xC9 && ucd_fold('K') == ucd_fold(0x212A) &&
          ucd_next_fold(0xDF) == 0x1E9E);
    CHECK(sets_find("Latin", 5) && !sets_find("Lat", 3) && set_has(sets_find("Han", 3), 0x4E2D));
    CHECK(sets_find_loosely("uppercase letter", 16) == sets_find("Lu", 2) &&
          !sets_find_loosely("White_Space", 11));
}

int main(void)
{
    test_floats();
    test_parsing();
    test_quoting();
    return unit_end();
}
