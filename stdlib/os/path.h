/* SPDX-License-Identifier: MIT */
/* Strings as C paths: copied, so that system calls need not touch collected memory. */
#ifndef MGO_STDLIB_OS_PATH_H
#define MGO_STDLIB_OS_PATH_H

#include "runtime/rtype.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct CPath {
    char *text; /* NUL-terminated; space, or malloc'ed */
    char space[256];
} CPath;

/* Copies; returns false where the string holds a NUL byte or memory is out: path_error says which.
 */
static inline bool path_copy(CPath *path, String s)
{
    size_t len = s.len > 0 ? (size_t)s.len : 0;
    if (len > 0 && memchr(s.data, 0, len)) return false;
    path->text = len < sizeof path->space ? path->space : malloc(len + 1);
    if (!path->text) return false;
    if (len > 0) memcpy(path->text, s.data, len);
    path->text[len] = 0;
    return true;
}

static inline int path_error(String s)
{
    return s.len > 0 && memchr(s.data, 0, (size_t)s.len) ? EINVAL : ENOMEM;
}

static inline void path_free(CPath *path)
{
    if (path->text != path->space) free(path->text);
}

#endif
