/* SPDX-License-Identifier: MIT */
/* Strings as C paths: copied, so that system calls need not touch collected memory; and opening
 * what they name. */
#ifndef MGO_STDLIB_OS_PATH_H
#define MGO_STDLIB_OS_PATH_H

#include "stdlib/native.h"

#include <errno.h>
#include <fcntl.h>
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

/* Argument `arg` as a path; where it is none, an error number in result slot `slot` and false. */
static inline bool path_take(NativeCall *call, int arg, int slot, CPath *path)
{
    if (path_copy(path, arg_string(call, arg))) return true;
    ret_int(call, slot, path_error(arg_string(call, arg)));
    return false;
}

/* Opens what the arguments from `arg` on say (path, flags, mode), seen from a folder, with further
 * flags; the results are the descriptor and an error number. */
static inline void path_open(NativeCall *call, int folder, int arg, int more_flags)
{
    CPath path;
    if (!path_take(call, arg, 1, &path)) return;
    int flags = (int)arg_int(call, arg + 2) | O_CLOEXEC | more_flags, fd;
    mode_t mode = (mode_t)arg_int(call, arg + 3);
    native_enter_blocking(call);
    do fd = openat(folder, path.text, flags, mode);
    while (fd < 0 && errno == EINTR);
    int failed = fd < 0 ? errno : 0;
    native_leave_blocking(call);
    path_free(&path);
    ret_int(call, 0, fd);
    ret_int(call, 1, failed);
}

#endif
