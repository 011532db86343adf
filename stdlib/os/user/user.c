/* SPDX-License-Identifier: MIT */
/* os/user: the system's databases. */
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER     65536 /* for the texts of an entry */
#define MAX_GROUPS 1024

static String copy(const char *text)
{
    return string_copy(text, (int64_t)strlen(text));
}

static String copy_number(long n)
{
    char text[32];
    snprintf(text, sizeof text, "%ld", n);
    return copy(text);
}

/* A User, whether there is one, and an error number. */
static void ret_user(NativeCall *call, const struct passwd *user, int failed)
{
    ret_int(call, 11, failed);
    if (!user) return;
    ret_string(call, 0, copy_number((long)user->pw_uid));
    ret_string(call, 2, copy_number((long)user->pw_gid));
    ret_string(call, 4, copy(user->pw_name));
    const char *name = user->pw_gecos ? user->pw_gecos : "";
    ret_string(call, 6, string_copy(name, (int64_t)strcspn(name, ",")));
    ret_string(call, 8, copy(user->pw_dir));
    ret_bool(call, 10, true);
}

static void ret_group(NativeCall *call, const struct group *group, int failed)
{
    ret_int(call, 5, failed);
    if (!group) return;
    ret_string(call, 0, copy_number((long)group->gr_gid));
    ret_string(call, 2, copy(group->gr_name));
    ret_bool(call, 4, true);
}

/* What the databases answer for an entry that is not there is no failure. */
static int real_failure(int failed)
{
    return failed == ENOENT || failed == ESRCH || failed == EBADF || failed == EPERM ? 0 : failed;
}

static char *copy_name(NativeCall *call, int slot)
{
    String s = arg_string(call, slot);
    return strndup(s.data ? s.data : "", (size_t)s.len);
}

/* A user or group by its number or name: the functions of the libc differ only in their types. The
 * parameters are the number and the name, of which one is looked at. */
#define LOOK_UP(native, kind, get, key, ret)                                                       \
    void native_os_user_##native(NativeCall *call)                                                 \
    {                                                                                              \
        unsigned id = (unsigned)arg_int(call, 0);                                                  \
        char *name = copy_name(call, 1), *buffer = malloc(BUFFER);                                 \
        struct kind entry, *found = NULL;                                                          \
        (void)id;                                                                                  \
        native_enter_blocking(call);                                                               \
        int failed = real_failure(get(key, &entry, buffer, BUFFER, &found));                       \
        native_leave_blocking(call);                                                               \
        ret(call, found, failed);                                                                  \
        free(buffer);                                                                              \
        free(name);                                                                                \
    }

LOOK_UP(byID, passwd, getpwuid_r, id, ret_user)
LOOK_UP(byName, passwd, getpwnam_r, name, ret_user)
LOOK_UP(groupByID, group, getgrgid_r, id, ret_group)
LOOK_UP(groupByName, group, getgrnam_r, name, ret_group)

void native_os_user_groupIDs(NativeCall *call)
{
    char *name = copy_name(call, 0);
    gid_t gid = (gid_t)arg_int(call, 2), ids[MAX_GROUPS];
    int n = MAX_GROUPS;
    native_enter_blocking(call);
    if (getgrouplist(name, gid, ids, &n) < 0) n = MAX_GROUPS;
    native_leave_blocking(call);
    free(name);
    int64_t *list = gc_new_leaf((size_t)n * sizeof *list);
    for (int i = 0; i < n; i++) list[i] = ids[i];
    ret_slice(call, 0, (Slice){list, n, n});
}
