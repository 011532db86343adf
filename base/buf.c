/* SPDX-License-Identifier: MIT */
/* Buffers keep one byte more than their text, for the NUL. */
#include "base/buf.h"
#include "base/fatal.h"
#include "base/vec.h"

#include <stdio.h>
#include <string.h>

/* Makes room for `extra` bytes and the NUL. */
static void reserve(Buf *buf, size_t extra)
{
    size_t need = buf->len + extra + 1;
    if (need > buf->cap) buf->data = vec_grow(buf->data, &buf->cap, need < 64 ? 64 : need, 1);
}

void buf_add(Buf *buf, const void *bytes, size_t len)
{
    reserve(buf, len);
    if (len) memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = 0;
}

void buf_byte(Buf *buf, char byte)
{
    buf_add(buf, &byte, 1);
}

void buf_text(Buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_vprintf(Buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0) fatal("buf: bad format \"%s\"", format);
    reserve(buf, (size_t)len);
    vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
    va_end(again);
    buf->len += (size_t)len;
}

void buf_printf(Buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}

const char *buf_str(const Buf *buf)
{
    return buf->data ? buf->data : "";
}

void buf_free(Buf *buf)
{
    vec_release(buf->data);
    *buf = (Buf){0};
}
