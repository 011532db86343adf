/* SPDX-License-Identifier: MIT */
/* Constants: literals, exact arithmetic, limits, rounding, printing. */
#include "tests/unit/unit.h"

#include "types/const.h"
#include "types/scope.h"

#include <math.h>
#include <string.h>

static ConstValue *lit(TokenKind kind, const char *text)
{
    return const_literal(kind, intern_str(text));
}

static const char *text_of(const ConstValue *v)
{
    static Buf buf;
    buf.len = 0;
    const_print(v, &buf);
    return buf_str(&buf);
}

static bool is_text(const ConstValue *v, const char *text)
{
    return strcmp(text_of(v), text) == 0;
}

static void test_literals(void)
{
    size_t len;
    CHECK(is_text(lit(T_INT, "1_000"), "1000"));
    CHECK(is_text(lit(T_INT, "0x_FF"), "255"));
    CHECK(is_text(lit(T_INT, "0b101"), "5"));
    CHECK(is_text(lit(T_INT, "0o17"), "15"));
    CHECK(is_text(lit(T_INT, "017"), "15"));
    CHECK(is_text(lit(T_INT, "18446744073709551616"), "18446744073709551616"));
    CHECK(is_text(lit(T_FLOAT, "1.5e3"), "1500"));
    CHECK(const_to_double(lit(T_FLOAT, "0x1p-2")) == 0.25);
    CHECK(const_to_double(lit(T_FLOAT, ".1")) == 0.1);
    CHECK(const_to_double(lit(T_FLOAT, "4.9406564584124654417656879286822137236505980e-324")) ==
          4.9406564584124654e-324);
    CHECK(is_text(lit(T_IMAG, "2i"), "(0 + 2i)"));
    CHECK(is_text(lit(T_CHAR, "'a'"), "97"));
    CHECK(is_text(lit(T_CHAR, "'\\u00e9'"), "233"));
    CHECK(is_text(lit(T_CHAR, "'\\377'"), "255"));
    CHECK(strcmp(const_to_string(lit(T_STRING, "\"a\\n\\x00b\""), &len), "a\n") == 0 && len == 4);
    CHECK(strcmp(const_to_string(lit(T_STRING, "`a\\n\r`"), &len), "a\\n") == 0 && len == 3);
    CHECK(const_kind(lit(T_FLOAT, "1e1000000000")) == CONST_UNKNOWN);
    CHECK(const_kind(lit(T_FLOAT, "1e500000000")) == CONST_FLOAT);
}

static void test_arithmetic(void)
{
    ConstValue *max = const_int(INT64_MAX), *one = const_int(1);
    ConstValue *sum = const_binary(T_ADD, max, one, false);
    CHECK(is_text(sum, "9223372036854775808"));
    CHECK(is_text(const_binary(T_SUB, sum, one, false), "9223372036854775807"));
    CHECK(const_equal(const_binary(T_SUB, sum, one, false), max));
    CHECK(is_text(const_binary(T_DIV, const_int(-7), const_int(2), true), "-3"));
    CHECK(is_text(const_binary(T_REM, const_int(-7), const_int(2), true), "-1"));
    CHECK(const_to_double(const_binary(T_DIV, const_int(-7), const_int(2), false)) == -3.5);
    CHECK(const_kind(const_binary(T_DIV, one, const_int(0), true)) == CONST_UNKNOWN);
    CHECK(is_text(const_binary(T_AND_NOT, const_int(15), const_int(5), false), "10"));
    ConstValue *third = const_binary(T_DIV, one, const_int(3), false);
    CHECK(const_compare(T_EQL, const_binary(T_MUL, third, const_int(3), false), one));
    ConstValue *i = lit(T_IMAG, "1i");
    CHECK(const_compare(T_EQL, const_binary(T_MUL, i, i, false), const_int(-1)));
    CHECK(is_text(const_unary(T_XOR, const_int(1), 8), "254"));
    CHECK(is_text(const_unary(T_XOR, const_int(1), 0), "-2"));
    CHECK(is_text(const_unary(T_SUB, const_int(INT64_MIN), 0), "9223372036854775808"));
    CHECK(const_bit_len(const_shift(T_SHL, one, 500)) == 501);
    CHECK(is_text(const_shift(T_SHR, const_shift(T_SHL, one, 500), 499), "2"));
    CHECK(is_text(const_shift(T_SHR, const_int(-1), 100), "-1"));
    CHECK(const_kind(const_shift(T_SHL, one, 1u << 30)) == CONST_UNKNOWN);
    CHECK(const_kind(const_to_kind(const_float(3), CONST_INT)) == CONST_INT);
    CHECK(const_kind(const_to_kind(const_float(3.5), CONST_INT)) == CONST_UNKNOWN);
}

static void test_strings(void)
{
    ConstValue *s = const_string("", 0);
    for (int i = 0; i < 1000; i++) s = const_binary(T_ADD, s, const_string("ab", 2), false);
    size_t len;
    const char *bytes = const_to_string(s, &len);
    CHECK(len == 2000 && strlen(bytes) == 2000 && memcmp(bytes + 1998, "ab", 2) == 0);
    CHECK(const_compare(T_LSS, const_string("a", 1), const_string("ab", 2)));
    CHECK(is_text(const_string("a\"\n\001", 4), "\"a\\\"\\n\\x01\""));
}

static bool fits(const ConstValue *v, TypeKind kind)
{
    ConstValue *rounded;
    return const_representable(v, type_basic[kind], &rounded);
}

static void test_limits(void)
{
    ConstValue *rounded;
    CHECK(fits(const_int(255), TYPE_UINT8) && !fits(const_int(256), TYPE_UINT8) &&
          !fits(const_int(-1), TYPE_UINT8));
    CHECK(fits(const_int(-128), TYPE_INT8) && !fits(const_int(-129), TYPE_INT8));
    CHECK(fits(const_uint(UINT64_MAX), TYPE_UINT64) && !fits(const_uint(UINT64_MAX), TYPE_INT64));
    CHECK(!fits(const_float(1.5), TYPE_INT) && fits(const_float(2), TYPE_INT));
    CHECK(!fits(lit(T_FLOAT, "1e39"), TYPE_FLOAT32) && fits(lit(T_FLOAT, "1e39"), TYPE_FLOAT64));
    CHECK(!fits(lit(T_FLOAT, "1e309"), TYPE_FLOAT64));
    CHECK(const_representable(lit(T_FLOAT, "0.1"), type_basic[TYPE_FLOAT32], &rounded));
    CHECK(const_to_double(rounded) == (double)0.1f);
    CHECK(const_representable(lit(T_FLOAT, "16777217"), type_basic[TYPE_FLOAT32], &rounded) &&
          is_text(rounded, "16777216"));
    CHECK(!fits(const_string("a", 1), TYPE_INT) && !fits(const_int(1), TYPE_BOOL));
}

int main(void)
{
    universe_init();
    test_literals();
    test_arithmetic();
    test_strings();
    test_limits();
    return unit_end();
}
