/* SPDX-License-Identifier: MIT */
/* Names below a folder that cannot lead out of it (os.Root).
 *
 * A name is walked one component at a time, each folder opened relative to the one before and never
 * through a symbolic link. The contents of a link take its place in what is left to walk; ".." goes
 * back to the folder that was open before. So neither links nor folders that somebody moves
 * meanwhile lead out. What remains is an open folder and one component, for a call of the system's
 * that does not follow links either. */
#include "stdlib/natives.gen.h"

#include "stdlib/os/path.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FOLDERS = 256, MAX_LINKS = 255, ESCAPES = -3 /* os.mgo knows it */ };

typedef struct Walk {
    int folders[MAX_FOLDERS]; /* open, from the root on; the root belongs to the caller */
    int n;
    int links;  /* symbolic links met */
    char *rest; /* what is left to walk; malloc'ed */
    char *base; /* the component that is not walked into; malloc'ed */
} Walk;

static void leave_to(Walk *walk, int n)
{
    while (walk->n > n) {
        int fd = walk->folders[--walk->n];
        if (walk->n > 0) close(fd);
    }
}

/* Puts the contents of a link before what is left. */
static int splice_link(Walk *walk, const char *target, const char *rest)
{
    if (++walk->links > MAX_LINKS) return ELOOP;
    if (target[0] == '/') return ESCAPES;
    char *joined = NULL;
    if (asprintf(&joined, "%s/%s", target, rest) < 0) return ENOMEM;
    free(walk->rest);
    walk->rest = joined;
    return 0;
}

/* The contents of the link `name`, or an error: EINVAL where it is no link. */
static int read_link(const Walk *walk, const char *name, char target[PATH_MAX + 1])
{
    ssize_t len = readlinkat(walk->folders[walk->n - 1], name, target, PATH_MAX);
    if (len < 0) return errno;
    target[len] = 0;
    return 0;
}

/* Walks into the folder, or along the link, `name`; `rest` (in walk->rest) follows it. */
static int walk_into(Walk *walk, const char *name, const char *rest)
{
    char target[PATH_MAX + 1];
    if (walk->n == MAX_FOLDERS) return ENAMETOOLONG;
    int fd =
        openat(walk->folders[walk->n - 1], name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0) {
        walk->folders[walk->n++] = fd;
        memmove(walk->rest, rest, strlen(rest) + 1);
        return 0;
    }
    int error = errno;
    if ((error == ENOTDIR || error == ELOOP) && read_link(walk, name, target) == 0)
        return splice_link(walk, target, rest);
    return error;
}

/* One step: a component off the front of walk->rest. *done where it was the last. */
static int step(Walk *walk, bool follows, bool *done)
{
    char name[NAME_MAX + 1], target[PATH_MAX + 1];
    const char *p = walk->rest + strspn(walk->rest, "/");
    size_t len = strcspn(p, "/");
    if (len > NAME_MAX) return ENAMETOOLONG;
    memcpy(name, p, len);
    name[len] = 0;
    const char *rest = p + len + strspn(p + len, "/");
    bool is_last = *rest == 0;
    if (strcmp(name, "..") == 0) {
        if (walk->n == 1) return ESCAPES;
        leave_to(walk, walk->n - 1);
    }
    if (len == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        *done = is_last;
        if (is_last) walk->base = strdup(".");
        memmove(walk->rest, rest, strlen(rest) + 1);
        return 0;
    }
    if (!is_last) return walk_into(walk, name, rest);
    if (follows && read_link(walk, name, target) == 0) return splice_link(walk, target, "");
    *done = true;
    walk->base = strdup(name);
    return 0;
}

/* The folder and component that `name` means below the folder `root`. Where it follows, the
 * component is no link. Returns an errno, or ESCAPES; else *folder is the caller's to close, *base
 * to free. */
static int find_parent(int root, const char *name, bool follows, int *folder, char **base)
{
    if (name[0] == 0) return ENOENT;
    if (name[0] == '/') return ESCAPES;
    Walk walk = {.folders = {root}, .n = 1, .rest = strdup(name)};
    bool done = false;
    int error = walk.rest ? 0 : ENOMEM;
    while (!error && !done) error = step(&walk, follows, &done);
    if (!error && !walk.base) error = ENOMEM;
    if (!error) {
        *folder = fcntl(walk.folders[walk.n - 1], F_DUPFD_CLOEXEC, 0);
        if (*folder < 0) error = errno;
    }
    leave_to(&walk, 0);
    free(walk.rest);
    if (error) free(walk.base);
    *base = error ? NULL : walk.base;
    return error;
}

void native_os_rootParent(NativeCall *call)
{
    CPath path;
    if (!path_take(call, 1, 3, &path)) return;
    int root = (int)arg_int(call, 0), folder = -1;
    bool follows = arg_bool(call, 3);
    char *base = NULL;
    native_enter_blocking(call);
    int error = find_parent(root, path.text, follows, &folder, &base);
    native_leave_blocking(call);
    path_free(&path);
    ret_int(call, 0, folder);
    if (base) ret_string(call, 1, string_copy(base, (int64_t)strlen(base)));
    free(base);
    ret_int(call, 3, error);
}

/* ---- Calls for a folder and a component ----
 *
 * Components come from rootParent and hold no NUL byte. */

void native_os_openat(NativeCall *call)
{
    path_open(call, (int)arg_int(call, 0), 1, O_NOFOLLOW);
}

#define AT_NATIVE(name, result)                                                                    \
    void native_os_##name(NativeCall *call)                                                        \
    {                                                                                              \
        CPath path;                                                                                \
        int folder = (int)arg_int(call, 0);                                                        \
        if (!path_take(call, 1, 0, &path)) return;                                                 \
        ret_int(call, 0, (result) < 0 ? errno : 0);                                                \
        path_free(&path);                                                                          \
    }

static struct timespec instant(int64_t ns)
{
    if (ns == INT64_MIN) return (struct timespec){.tv_nsec = UTIME_OMIT};
    int64_t rest = (ns % 1000000000 + 1000000000) % 1000000000;
    return (struct timespec){.tv_sec = (ns - rest) / 1000000000, .tv_nsec = rest};
}

AT_NATIVE(mkdirat, mkdirat(folder, path.text, (mode_t)arg_int(call, 3)))
AT_NATIVE(unlinkat, unlinkat(folder, path.text, arg_bool(call, 3) ? AT_REMOVEDIR : 0))
AT_NATIVE(chmodat, fchmodat(folder, path.text, (mode_t)arg_int(call, 3), AT_SYMLINK_NOFOLLOW))
AT_NATIVE(chownat, fchownat(folder, path.text, (uid_t)arg_int(call, 3), (gid_t)arg_int(call, 4),
                            AT_SYMLINK_NOFOLLOW))
AT_NATIVE(chtimesat,
          utimensat(folder, path.text,
                    (struct timespec[2]){instant(arg_int(call, 3)), instant(arg_int(call, 4))},
                    AT_SYMLINK_NOFOLLOW))

/* A second path, with the call's folder in front where it has one. */
static int with_second(NativeCall *call, int slot,
                       int (*change)(int, const char *, int, const char *), int folder,
                       const char *path, int second_folder)
{
    CPath second;
    if (!path_copy(&second, arg_string(call, slot))) {
        errno = path_error(arg_string(call, slot));
        return -1;
    }
    int result = change(folder, path, second_folder, second.text);
    int error = errno;
    path_free(&second);
    errno = error;
    return result;
}

static int make_link(int folder, const char *path, int new_folder, const char *new_path)
{
    return linkat(folder, path, new_folder, new_path, 0);
}

static int make_symlink(int folder, const char *path, int unused, const char *target)
{
    (void)unused;
    return symlinkat(target, folder, path);
}

AT_NATIVE(linkat, with_second(call, 4, make_link, folder, path.text, (int)arg_int(call, 3)))
AT_NATIVE(renameat, with_second(call, 4, renameat, folder, path.text, (int)arg_int(call, 3)))
AT_NATIVE(symlinkat, with_second(call, 3, make_symlink, folder, path.text, 0))

void native_os_readlinkat(NativeCall *call)
{
    CPath path;
    char target[PATH_MAX];
    if (!path_take(call, 1, 2, &path)) return;
    ssize_t n = readlinkat((int)arg_int(call, 0), path.text, target, sizeof target);
    ret_int(call, 2, n < 0 ? errno : 0);
    path_free(&path);
    if (n >= 0) ret_string(call, 0, string_copy(target, n));
}
