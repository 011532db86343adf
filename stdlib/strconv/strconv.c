/* SPDX-License-Identifier: MIT */
/* strconv: the natives over number.c and quote.c. */
#include "stdlib/natives.gen.h"

#include "stdlib/strconv/number.h"
#include "stdlib/strconv/quote.h"
#include "stdlib/unicode/ucd.h"

/* Returns the buffer's text as a string and frees it. */
static void ret_buf(NativeCall *call, Buf *buf)
{
    ret_string(call, 0, string_copy(buf_str(buf), (int64_t)buf->len));
    buf_free(buf);
}

/* ---- Integers ---- */

void native_strconv_parseUint(NativeCall *call)
{
    String s = arg_string(call, 0);
    uint64_t n;
    ret_int(call, 1, number_parse_uint(s.data, s.len, arg_int(call, 2), arg_int(call, 3), &n));
    ret_uint(call, 0, n);
}

void native_strconv_parseInt(NativeCall *call)
{
    String s = arg_string(call, 0);
    int64_t n;
    ret_int(call, 1, number_parse_int(s.data, s.len, arg_int(call, 2), arg_int(call, 3), &n));
    ret_int(call, 0, n);
}

static void format_integer(NativeCall *call, uint64_t n, bool negative, int64_t base)
{
    if (base < 2 || base > 36) {
        native_panic_string(call, "strconv: illegal AppendInt/FormatInt base");
        return;
    }
    char text[NUMBER_INT_MAX + 1], *begin = number_format_uint(text + 1, n, (int)base);
    if (negative) *--begin = '-';
    ret_string(call, 0, string_copy(begin, text + 1 + NUMBER_INT_MAX - begin));
}

void native_strconv_FormatUint(NativeCall *call)
{
    format_integer(call, arg_uint(call, 0), false, arg_int(call, 1));
}

void native_strconv_FormatInt(NativeCall *call)
{
    uint64_t n = arg_uint(call, 0);
    bool negative = (int64_t)n < 0;
    format_integer(call, negative ? -n : n, negative, arg_int(call, 1));
}

void native_strconv_Itoa(NativeCall *call)
{
    uint64_t n = arg_uint(call, 0);
    bool negative = (int64_t)n < 0;
    format_integer(call, negative ? -n : n, negative, 10);
}

/* ---- Floating point ---- */

void native_strconv_parseFloat(NativeCall *call)
{
    String s = arg_string(call, 0);
    double f;
    int64_t used;
    NumberStatus status = number_parse_float(s.data, s.len, (int)arg_int(call, 2), &f, &used);
    ret_float(call, 0, f);
    ret_int(call, 1, used);
    ret_int(call, 2, status);
}

void native_strconv_FormatFloat(NativeCall *call)
{
    int64_t bits = arg_int(call, 3);
    if (bits != 32 && bits != 64) {
        native_panic_string(call, "strconv: illegal AppendFloat/FormatFloat bitSize");
        return;
    }
    double f = arg_float(call, 0);
    Buf out = {0};
    number_format_float(&out, bits == 32 ? (double)(float)f : f, (char)arg_int(call, 1),
                        (int)arg_int(call, 2), (int)bits);
    ret_buf(call, &out);
}

/* ---- Quoting ---- */

void native_strconv_quote(NativeCall *call)
{
    String s = arg_string(call, 0);
    Buf out = {0};
    quote_string(&out, s.data, s.len, (char)arg_int(call, 2), arg_bool(call, 3), arg_bool(call, 4));
    ret_buf(call, &out);
}

void native_strconv_IsPrint(NativeCall *call)
{
    ret_bool(call, 0, ucd_is_print((uint32_t)arg_int(call, 0)));
}

void native_strconv_IsGraphic(NativeCall *call)
{
    ret_bool(call, 0, ucd_is_graphic((uint32_t)arg_int(call, 0)));
}
