/* SPDX-License-Identifier: MIT */
/* os: system calls.
 *
 * Natives that report failure return the error number last, 0 for success. Calls that may take
 * long, or wait, run between native_enter_blocking and native_leave_blocking; what they need is
 * copied to C locals before. Pipes do not block the thread: they go through the poller. */
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"
#include "runtime/lock.h"
#include "runtime/netpoll.h"
#include "runtime/sched.h"
#include "stdlib/os/path.h"
#include "stdlib/os/removetree.h"
#include "stdlib/os/transfer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- The process ---- */

/* A slice of collected strings. */
static Slice string_slice(char *const *texts, int64_t n)
{
    String *strings = gc_new((size_t)(n > 0 ? n : 1) * sizeof *strings);
    for (int64_t i = 0; i < n; i++) strings[i] = string_copy(texts[i], (int64_t)strlen(texts[i]));
    return (Slice){strings, n, n};
}

void native_os_arguments(NativeCall *call)
{
    int argc;
    char **argv = native_arguments(&argc);
    ret_slice(call, 0, string_slice(argv, argc));
}

void native_os_exit(NativeCall *call)
{
    native_exit((int)arg_int(call, 0));
}

void native_os_hostname(NativeCall *call)
{
    char name[256] = "";
    if (gethostname(name, sizeof name - 1) < 0)
        ret_int(call, 2, errno);
    else
        ret_string(call, 0, string_copy(name, (int64_t)strlen(name)));
}

void native_os_random(NativeCall *call)
{
    ret_uint(call, 0, (uint32_t)sched_random());
}

/* ---- The environment: libc's, under a lock of our own ---- */

static Lock environment_lock;
extern char **environ;

/* A C copy of a string; the caller frees. */
static char *c_string(String s)
{
    char *copy = strndup(s.len > 0 ? s.data : "", (size_t)s.len);
    if (!copy) abort();
    return copy;
}

void native_os_getenv(NativeCall *call)
{
    char *key = c_string(arg_string(call, 0)), *copy = NULL;
    lock_take(&environment_lock);
    const char *value = getenv(key);
    if (value) copy = strdup(value);
    lock_release(&environment_lock);
    free(key);
    if (!copy) return;
    ret_string(call, 0, string_copy(copy, (int64_t)strlen(copy)));
    ret_bool(call, 2, true);
    free(copy);
}

void native_os_setenv(NativeCall *call)
{
    char *key = c_string(arg_string(call, 0)), *value = c_string(arg_string(call, 2));
    lock_take(&environment_lock);
    if (setenv(key, value, 1) < 0) ret_int(call, 0, errno);
    lock_release(&environment_lock);
    free(key);
    free(value);
}

void native_os_unsetenv(NativeCall *call)
{
    char *key = c_string(arg_string(call, 0));
    lock_take(&environment_lock);
    if (unsetenv(key) < 0) ret_int(call, 0, errno);
    lock_release(&environment_lock);
    free(key);
}

void native_os_Clearenv(NativeCall *call)
{
    (void)call;
    lock_take(&environment_lock);
    clearenv();
    lock_release(&environment_lock);
}

void native_os_Environ(NativeCall *call)
{
    lock_take(&environment_lock);
    int64_t n = 0;
    while (environ && environ[n]) n++;
    char **copy = calloc((size_t)n + 1, sizeof *copy);
    for (int64_t i = 0; copy && i < n; i++) copy[i] = strdup(environ[i]);
    lock_release(&environment_lock);
    ret_slice(call, 0, string_slice(copy, n));
    for (int64_t i = 0; i < n; i++) free(copy[i]);
    free(copy);
}

/* ---- Open files ---- */

void native_os_open(NativeCall *call)
{
    path_open(call, AT_FDCWD, 0, 0);
}

void native_os_closeFile(NativeCall *call)
{
    if (close((int)arg_int(call, 0)) < 0) ret_int(call, 0, errno);
}

void native_os_read(NativeCall *call)
{
    transfer_read(call);
}

void native_os_write(NativeCall *call)
{
    transfer_write(call);
}

void native_os_pread(NativeCall *call)
{
    int fd = (int)arg_int(call, 0);
    Slice buffer = arg_slice(call, 1);
    off_t at = arg_int(call, 4);
    native_enter_blocking(call);
    ssize_t n = pread(fd, buffer.data, (size_t)buffer.len, at);
    int failed = n < 0 ? errno : 0;
    native_leave_blocking(call);
    ret_int(call, 0, n < 0 ? 0 : n);
    ret_int(call, 1, failed);
}

void native_os_pwrite(NativeCall *call)
{
    int fd = (int)arg_int(call, 0);
    Slice buffer = arg_slice(call, 1);
    off_t at = arg_int(call, 4);
    native_enter_blocking(call);
    ssize_t n = pwrite(fd, buffer.data, (size_t)buffer.len, at);
    int failed = n < 0 ? errno : 0;
    native_leave_blocking(call);
    ret_int(call, 0, n < 0 ? 0 : n);
    ret_int(call, 1, failed);
}

void native_os_seek(NativeCall *call)
{
    off_t pos = lseek((int)arg_int(call, 0), arg_int(call, 1), (int)arg_int(call, 2));
    ret_int(call, 0, pos < 0 ? 0 : pos);
    ret_int(call, 1, pos < 0 ? errno : 0);
}

void native_os_waitReady(NativeCall *call)
{
    enum { PATIENCE_MS = 100 };
    struct pollfd fd = {(int)arg_int(call, 0), arg_bool(call, 1) ? POLLOUT : POLLIN, 0};
    native_enter_blocking(call);
    poll(&fd, 1, PATIENCE_MS);
    native_leave_blocking(call);
}

/* Reports what a system call returned as (errno int). */
static void ret_status(NativeCall *call, int result)
{
    ret_int(call, 0, result < 0 ? errno : 0);
}

void native_os_sync(NativeCall *call)
{
    int fd = (int)arg_int(call, 0);
    native_enter_blocking(call);
    int failed = fsync(fd) < 0 ? errno : 0;
    native_leave_blocking(call);
    ret_int(call, 0, failed);
}

void native_os_ftruncate(NativeCall *call)
{
    ret_status(call, ftruncate((int)arg_int(call, 0), arg_int(call, 1)));
}

void native_os_fchmod(NativeCall *call)
{
    ret_status(call, fchmod((int)arg_int(call, 0), (mode_t)arg_int(call, 1)));
}

void native_os_fchown(NativeCall *call)
{
    ret_status(call,
               fchown((int)arg_int(call, 0), (uid_t)arg_int(call, 1), (gid_t)arg_int(call, 2)));
}

void native_os_fchdir(NativeCall *call)
{
    ret_status(call, fchdir((int)arg_int(call, 0)));
}

void native_os_pipe(NativeCall *call)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0) {
        ret_int(call, 2, errno);
        return;
    }
    ret_int(call, 0, fds[0]);
    ret_int(call, 1, fds[1]);
}

void native_os_pollOpen(NativeCall *call)
{
    ret_ptr(call, 0, poll_open((int)arg_int(call, 0)));
}

void native_os_pollClose(NativeCall *call)
{
    poll_close(arg_ptr(call, 0));
}

void native_os_pollFree(NativeCall *call)
{
    poll_free(arg_ptr(call, 0));
}

/* func setDeadline(poll unsafe.Pointer, mode int, when int64): mode 'r', 'w' or their sum; when is
 * ns from now. */
void native_os_setDeadline(NativeCall *call)
{
    int64_t mode = arg_int(call, 1), when = arg_int(call, 2);
    if (when > 0 && __builtin_add_overflow(when, sched_nanotime(), &when)) when = 0;
    if (mode != 'w') poll_set_deadline(arg_ptr(call, 0), POLL_READ, when);
    if (mode != 'r') poll_set_deadline(arg_ptr(call, 0), POLL_WRITE, when);
}

/* ---- Describing files ---- */

/* The C side of syscall.Stat_t. */
typedef struct FileStat {
    uint64_t dev, ino, nlink;
    uint32_t mode, uid, gid;
    int32_t pad;
    uint64_t rdev;
    int64_t size, blksize, blocks;
    int64_t atim[2], mtim[2], ctim[2];
} FileStat;

static void fill_time(int64_t out[2], struct timespec t)
{
    out[0] = t.tv_sec;
    out[1] = t.tv_nsec;
}

static void fill_stat(FileStat *out, const struct stat *st)
{
    out->dev = st->st_dev;
    out->ino = st->st_ino;
    out->nlink = st->st_nlink;
    out->mode = st->st_mode;
    out->uid = st->st_uid;
    out->gid = st->st_gid;
    out->rdev = st->st_rdev;
    out->size = st->st_size;
    out->blksize = st->st_blksize;
    out->blocks = st->st_blocks;
    fill_time(out->atim, st->st_atim);
    fill_time(out->mtim, st->st_mtim);
    fill_time(out->ctim, st->st_ctim);
}

void native_os_stat(NativeCall *call)
{
    CPath path;
    if (!path_take(call, 0, 0, &path)) return;
    struct stat st;
    int result = arg_bool(call, 2) ? stat(path.text, &st) : lstat(path.text, &st);
    ret_status(call, result);
    path_free(&path);
    if (result == 0) fill_stat(arg_ptr(call, 3), &st);
}

void native_os_fstat(NativeCall *call)
{
    struct stat st;
    int result = fstat((int)arg_int(call, 0), &st);
    ret_status(call, result);
    if (result == 0) fill_stat(arg_ptr(call, 1), &st);
}

/* ---- Folders ---- */

typedef struct Names {
    String *names;        /* collected */
    unsigned char *kinds; /* collected */
    int64_t len, cap;
} Names;

static void add_name(Names *names, const struct dirent *entry)
{
    if (names->len == names->cap) {
        int64_t cap = names->cap ? 2 * names->cap : 32;
        String *grown = gc_new((size_t)cap * sizeof *grown);
        unsigned char *kinds = gc_new_leaf((size_t)cap);
        if (names->len > 0) {
            memcpy(grown, names->names, (size_t)names->len * sizeof *grown);
            memcpy(kinds, names->kinds, (size_t)names->len);
        }
        *names = (Names){grown, kinds, names->len, cap};
    }
    names->names[names->len] = string_copy(entry->d_name, (int64_t)strlen(entry->d_name));
    names->kinds[names->len++] = entry->d_type;
}

void native_os_readNames(NativeCall *call)
{
    int fd = fcntl((int)arg_int(call, 0), F_DUPFD_CLOEXEC, 0);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        ret_int(call, 6, errno);
        if (fd >= 0) close(fd);
        return;
    }
    rewinddir(dir);
    Names names = {0};
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            add_name(&names, entry);
    closedir(dir);
    ret_slice(call, 0, (Slice){names.names, names.len, names.cap});
    ret_slice(call, 3, (Slice){names.kinds, names.len, names.cap});
}

/* ---- Names ---- */

/* A native (name string, …) (errno int); `result` is an expression of path.text. */
/* clang-format off */
#define PATH_NATIVE(name, result)                                                                  \
    void native_os_##name(NativeCall *call)                                                        \
    {                                                                                              \
        CPath path;                                                                                \
        if (!path_take(call, 0, 0, &path)) return;                                                 \
        ret_status(call, result);                                                                  \
        path_free(&path);                                                                          \
    }

/* The same for (from, to string) (errno int). */
#define PATHS_NATIVE(name, result)                                                                 \
    void native_os_##name(NativeCall *call)                                                        \
    {                                                                                              \
        CPath from, to;                                                                            \
        if (!path_take(call, 0, 0, &from)) return;                                                 \
        if (path_take(call, 2, 0, &to)) {                                                          \
            ret_status(call, result);                                                              \
            path_free(&to);                                                                        \
        }                                                                                          \
        path_free(&from);                                                                          \
    }

PATH_NATIVE(mkdir, mkdir(path.text, (mode_t)arg_int(call, 2)))
PATH_NATIVE(unlink, unlink(path.text))
PATH_NATIVE(rmdir, rmdir(path.text))
PATH_NATIVE(chmod, chmod(path.text, (mode_t)arg_int(call, 2)))
PATH_NATIVE(truncate, truncate(path.text, arg_int(call, 2)))
PATH_NATIVE(chdir, chdir(path.text))
PATH_NATIVE(chown, fchownat(AT_FDCWD, path.text, (uid_t)arg_int(call, 2), (gid_t)arg_int(call, 3),
                            arg_bool(call, 4) ? 0 : AT_SYMLINK_NOFOLLOW))
PATHS_NATIVE(rename, rename(from.text, to.text))
PATHS_NATIVE(link, link(from.text, to.text))
PATHS_NATIVE(symlink, symlink(from.text, to.text))
/* clang-format on */

void native_os_readlink(NativeCall *call)
{
    CPath path;
    if (!path_take(call, 0, 2, &path)) return;
    char target[4096];
    ssize_t n = readlink(path.text, target, sizeof target);
    ret_int(call, 2, n < 0 ? errno : 0);
    path_free(&path);
    if (n >= 0) ret_string(call, 0, string_copy(target, n));
}

static struct timespec file_time(int64_t ns)
{
    if (ns == INT64_MIN) return (struct timespec){.tv_nsec = UTIME_OMIT};
    int64_t rest = ns % 1000000000, sec = ns / 1000000000;
    if (rest < 0) {
        rest += 1000000000;
        sec--;
    }
    return (struct timespec){.tv_sec = sec, .tv_nsec = rest};
}

PATH_NATIVE(chtimes, utimensat(AT_FDCWD, path.text,
                               (struct timespec[2]){file_time(arg_int(call, 2)),
                                                    file_time(arg_int(call, 3))},
                               0))

void native_os_getwd(NativeCall *call)
{
    char dir[4096];
    if (getcwd(dir, sizeof dir))
        ret_string(call, 0, string_copy(dir, (int64_t)strlen(dir)));
    else
        ret_int(call, 2, errno);
}

void native_os_removeTree(NativeCall *call)
{
    CPath path;
    if (!path_take(call, 0, 2, &path)) return;
    char *failed = NULL;
    native_enter_blocking(call);
    int error = removetree(path.text, &failed);
    native_leave_blocking(call);
    if (failed) ret_string(call, 0, string_copy(failed, (int64_t)strlen(failed)));
    ret_int(call, 2, error);
    free(failed);
    path_free(&path);
}
