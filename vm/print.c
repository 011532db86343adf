/* SPDX-License-Identifier: MIT */
/* Go's own plain way of printing: no methods, floats as +1.500000e+000. */
#include "vm/print.h"

#include <errno.h>
#include <stdatomic.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Always a sign, seven digits, three digits of exponent. */
static void print_float(Buf *out, double v)
{
    if (isnan(v)) {
        buf_text(out, "NaN");
    } else if (isinf(v)) {
        buf_text(out, v > 0 ? "+Inf" : "-Inf");
    } else {
        char text[40], *e;
        snprintf(text, sizeof text, "%+.6e", v);
        e = strchr(text, 'e');
        int exponent = atoi(e + 1);
        buf_add(out, text, (size_t)(e - text));
        buf_printf(out, "e%c%03d", exponent < 0 ? '-' : '+', abs(exponent));
    }
}

static void print_complex(Buf *out, double re, double im)
{
    buf_byte(out, '(');
    print_float(out, re);
    print_float(out, im);
    buf_text(out, "i)");
}

void print_value(Buf *out, PrintKind kind, const Slot *value)
{
    switch (kind) {
    case PRINT_INT: buf_printf(out, "%" PRId64, value->i); break;
    case PRINT_UINT: buf_printf(out, "%" PRIu64, value->u); break;
    case PRINT_FLOAT: print_float(out, value->f); break;
    case PRINT_BOOL: buf_text(out, value->u ? "true" : "false"); break;
    case PRINT_STRING: buf_add(out, value[0].s, (size_t)value[1].i); break;
    case PRINT_POINTER: buf_printf(out, "0x%" PRIx64, value->u); break;
    case PRINT_COMPLEX: print_complex(out, value[0].f, value[1].f); break;
    case PRINT_IFACE:
        buf_printf(out, "(0x%" PRIx64 ",0x%" PRIx64 ")", value[0].u, value[1].u);
        break;
    case PRINT_SLICE:
        buf_printf(out, "[%" PRId64 "/%" PRId64 "]0x%" PRIx64, value[1].i, value[2].i, value[0].u);
        break;
    case PRINT_SPACE: buf_byte(out, ' '); break;
    case PRINT_NEWLINE: buf_byte(out, '\n'); break;
    }
}

/* A string, lines after the first indented, as a report shows it. */
static void print_indented(Buf *out, const char *text, int64_t len)
{
    for (int64_t i = 0; i < len; i++) {
        buf_byte(out, text[i]);
        if (text[i] == '\n') buf_byte(out, '\t');
    }
}

static bool print_basic(Buf *out, const RType *type, const void *at, bool is_quoted)
{
    switch (type->kind) {
    case KIND_BOOL: buf_text(out, *(const bool *)at ? "true" : "false"); return true;
    case KIND_INT8: buf_printf(out, "%d", *(const int8_t *)at); return true;
    case KIND_INT16: buf_printf(out, "%d", *(const int16_t *)at); return true;
    case KIND_INT32: buf_printf(out, "%" PRId32, *(const int32_t *)at); return true;
    case KIND_INT:
    case KIND_INT64: buf_printf(out, "%" PRId64, *(const int64_t *)at); return true;
    case KIND_UINT8: buf_printf(out, "%u", *(const uint8_t *)at); return true;
    case KIND_UINT16: buf_printf(out, "%u", *(const uint16_t *)at); return true;
    case KIND_UINT32: buf_printf(out, "%" PRIu32, *(const uint32_t *)at); return true;
    case KIND_UINT:
    case KIND_UINT64:
    case KIND_UINTPTR: buf_printf(out, "%" PRIu64, *(const uint64_t *)at); return true;
    case KIND_FLOAT32: print_float(out, *(const float *)at); return true;
    case KIND_FLOAT64: print_float(out, *(const double *)at); return true;
    case KIND_COMPLEX64:
        print_complex(out, ((const float *)at)[0], ((const float *)at)[1]);
        return true;
    case KIND_COMPLEX128:
        print_complex(out, ((const double *)at)[0], ((const double *)at)[1]);
        return true;
    case KIND_STRING:
        if (is_quoted) buf_byte(out, '"');
        print_indented(out, ((const String *)at)->data, ((const String *)at)->len);
        if (is_quoted) buf_byte(out, '"');
        return true;
    default: return false;
    }
}

void print_panic_value(Buf *out, Iface value)
{
    if (!value.type) {
        buf_text(out, "nil");
        return;
    }
    const RType *type = value.type;
    const void *at = iface_data(&value);
    bool is_own = type->package_path != NULL; /* named by the program, not predeclared */
    size_t start = out->len;
    if (is_own) buf_printf(out, "%s(", type->string);
    if (print_basic(out, type, at, is_own)) {
        if (is_own) buf_byte(out, ')');
        return;
    }
    out->len = start;
    buf_printf(out, "(%s) 0x%" PRIx64, type->string, value.word.u);
}

static void write_whole(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return;
        bytes += n;
        len -= (size_t)n;
    }
}

void print_stderr(const char *bytes, size_t len)
{
    write_whole(STDERR_FILENO, bytes, len);
}

static _Atomic int crash_fd = -1; /* any thread may set it while another's program ends */

void print_crash(const char *bytes, size_t len)
{
    print_stderr(bytes, len);
    int fd = atomic_load(&crash_fd);
    if (fd >= 0) write_whole(fd, bytes, len);
}

void print_set_crash_file(int fd)
{
    int before = atomic_exchange(&crash_fd, fd);
    if (before >= 0) close(before);
}
