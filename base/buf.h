/* SPDX-License-Identifier: MIT */
/* Byte buffers that grow, for building text. Always NUL-terminated once anything was added. */
#ifndef MGO_BASE_BUF_H
#define MGO_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

typedef struct Buf Buf;
struct Buf {
    char *data; /* malloc'ed; NULL while empty */
    size_t len, cap;
};

void buf_add(Buf *buf, const void *bytes, size_t len);
void buf_byte(Buf *buf, char byte);
void buf_text(Buf *buf, const char *text);
void buf_printf(Buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(Buf *buf, const char *format, va_list args);
/* The text so far, "" while empty; valid until the next change. */
const char *buf_str(const Buf *buf);
void buf_free(Buf *buf);

#endif
