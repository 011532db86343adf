/* SPDX-License-Identifier: MIT */
/* os, syscall: starting processes and waiting for them.
 *
 * posix_spawn shares memory with the child until that runs its program, so that starting one takes
 * no time for copying, however large the heap is, and no lock of this process can be caught in it.
 */
#include "stdlib/natives.gen.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* malloc'ed copies of strings, ended by NULL. */
static char **copy_strings(Slice list)
{
    const String *strings = list.data;
    char **copy = malloc(((size_t)list.len + 1) * sizeof *copy);
    for (int64_t i = 0; i < list.len; i++)
        copy[i] = strndup(strings[i].data ? strings[i].data : "", (size_t)strings[i].len);
    copy[list.len] = NULL;
    return copy;
}

static void free_strings(char **strings)
{
    for (char **s = strings; *s; s++) free(*s);
    free(strings);
}

static char *copy_string(String s)
{
    return strndup(s.data ? s.data : "", (size_t)s.len);
}

/* Descriptors of the child: copies above all that will be assigned, so that assigning one does not
 * overwrite another's source. -1 where the child has none. */
static int raise_fds(const int64_t *fds, int n, int *raised)
{
    int failed = 0;
    for (int i = 0; i < n; i++) {
        raised[i] = -1;
        if (fds[i] < 0) continue;
        raised[i] = fcntl((int)fds[i], F_DUPFD_CLOEXEC, n > 3 ? n : 3);
        if (raised[i] < 0) {
            failed = errno;
            continue;
        }
        int flags = fcntl(raised[i], F_GETFL); /* what polls here must not surprise the child */
        if (flags >= 0 && (flags & O_NONBLOCK)) fcntl(raised[i], F_SETFL, flags & ~O_NONBLOCK);
    }
    return failed;
}

static void set_files(posix_spawn_file_actions_t *actions, const char *dir, const int *raised,
                      int n)
{
    posix_spawn_file_actions_init(actions);
    for (int i = 0; i < n; i++) {
        if (raised[i] >= 0)
            posix_spawn_file_actions_adddup2(actions, raised[i], i);
        else
            posix_spawn_file_actions_addclose(actions, i);
    }
    for (int i = n; i < 3; i++) posix_spawn_file_actions_addclose(actions, i);
    if (*dir) posix_spawn_file_actions_addchdir_np(actions, dir);
}

static void set_attributes(posix_spawnattr_t *attr, bool is_session, int pgid)
{
    sigset_t none, all;
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    posix_spawnattr_init(attr);
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attr, &none);
    posix_spawnattr_setsigdefault(attr, &all);
    if (is_session) flags |= POSIX_SPAWN_SETSID;
    if (pgid >= 0) {
        flags |= POSIX_SPAWN_SETPGROUP;
        posix_spawnattr_setpgroup(attr, pgid);
    }
    posix_spawnattr_setflags(attr, flags);
}

void native_os_start(NativeCall *call)
{
    char *path = copy_string(arg_string(call, 0)), *dir = copy_string(arg_string(call, 8));
    char **argv = copy_strings(arg_slice(call, 2)), **env = copy_strings(arg_slice(call, 5));
    Slice fds = arg_slice(call, 10);
    int n = (int)fds.len, *raised = malloc(((size_t)n + 1) * sizeof *raised);
    int failed = raise_fds(fds.data, n, raised);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    set_files(&actions, dir, raised, n);
    set_attributes(&attr, arg_bool(call, 13), (int)arg_int(call, 14));
    pid_t pid = 0;
    native_enter_blocking(call);
    if (failed == 0) failed = posix_spawn(&pid, path, &actions, &attr, argv, env);
    native_leave_blocking(call);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    for (int i = 0; i < n; i++)
        if (raised[i] >= 0) close(raised[i]);
    free(raised);
    free_strings(argv);
    free_strings(env);
    free(path);
    free(dir);
    ret_int(call, 0, pid);
    ret_int(call, 1, failed);
}

void native_os_wait4(NativeCall *call)
{
    pid_t pid = (pid_t)arg_int(call, 0), waited;
    int status = 0;
    struct rusage usage;
    native_enter_blocking(call);
    do waited = wait4(pid, &status, 0, &usage);
    while (waited < 0 && errno == EINTR);
    int failed = waited < 0 ? errno : 0;
    native_leave_blocking(call);
    if (!failed) memcpy(arg_ptr(call, 1), &usage, sizeof usage);
    ret_int(call, 0, status);
    ret_int(call, 1, failed);
}

void native_syscall_exec(NativeCall *call)
{
    char *path = copy_string(arg_string(call, 0));
    char **argv = copy_strings(arg_slice(call, 2)), **env = copy_strings(arg_slice(call, 5));
    execve(path, argv, env);
    ret_int(call, 0, errno);
    free_strings(argv);
    free_strings(env);
    free(path);
}

void native_os_pidfdOpen(NativeCall *call)
{
    int fd = (int)syscall(SYS_pidfd_open, (pid_t)arg_int(call, 0), 0);
    ret_int(call, 0, fd);
    ret_int(call, 1, fd < 0 ? errno : 0);
}
