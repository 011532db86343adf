/* SPDX-License-Identifier: MIT */
/* syscall: numbers and their texts. */
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"
#include "stdlib/os/path.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Go begins system texts in lower case. */
static void ret_lowered(NativeCall *call, const char *text)
{
    char copy[128];
    snprintf(copy, sizeof copy, "%s", text);
    if (copy[0] >= 'A' && copy[0] <= 'Z' && copy[1] >= 'a' && copy[1] <= 'z') copy[0] += 'a' - 'A';
    ret_string(call, 0, string_copy(copy, (int64_t)strlen(copy)));
}

void native_syscall_errnoText(NativeCall *call)
{
    int64_t number = arg_int(call, 0);
    const char *text = number > 0 && number < 4096 ? strerrordesc_np((int)number) : NULL;
    char unknown[32];
    snprintf(unknown, sizeof unknown, "errno %ld", (long)number);
    ret_lowered(call, text ? text : unknown);
}

void native_syscall_signalText(NativeCall *call)
{
    int64_t number = arg_int(call, 0);
    const char *text = number > 0 && number < NSIG ? sigdescr_np((int)number) : NULL;
    char unknown[32];
    snprintf(unknown, sizeof unknown, "signal %ld", (long)number);
    ret_lowered(call, text ? text : unknown);
}

/* clang-format off */
void native_syscall_Getpid(NativeCall *call)  { ret_int(call, 0, getpid()); }
void native_syscall_Getppid(NativeCall *call) { ret_int(call, 0, getppid()); }
void native_syscall_Getuid(NativeCall *call)  { ret_int(call, 0, getuid()); }
void native_syscall_Getgid(NativeCall *call)  { ret_int(call, 0, getgid()); }
void native_syscall_Geteuid(NativeCall *call) { ret_int(call, 0, geteuid()); }
void native_syscall_Getegid(NativeCall *call) { ret_int(call, 0, getegid()); }
/* clang-format on */

void native_syscall_kill(NativeCall *call)
{
    if (kill((pid_t)arg_int(call, 0), (int)arg_int(call, 1)) < 0) ret_int(call, 0, errno);
}

void native_syscall_mkfifo(NativeCall *call)
{
    CPath path;
    if (!path_copy(&path, arg_string(call, 0))) {
        ret_int(call, 0, path_error(arg_string(call, 0)));
        return;
    }
    if (mkfifo(path.text, (mode_t)arg_int(call, 2)) < 0) ret_int(call, 0, errno);
    path_free(&path);
}

void native_syscall_getgroups(NativeCall *call)
{
    int n = getgroups(0, NULL);
    gid_t *ids = n > 0 ? malloc((size_t)n * sizeof *ids) : NULL;
    if (n > 0) n = ids ? getgroups(n, ids) : -1;
    ret_int(call, 3, n < 0 ? errno : 0);
    if (n >= 0) {
        int64_t *numbers = gc_new_leaf((size_t)(n > 0 ? n : 1) * sizeof *numbers);
        for (int i = 0; i < n; i++) numbers[i] = ids[i];
        ret_slice(call, 0, (Slice){numbers, n, n});
    }
    free(ids);
}
