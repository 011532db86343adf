/* SPDX-License-Identifier: MIT */
/* Folders are opened one relative to the other and their entries removed by name, so that neither a
 * path that grows too long nor one that somebody exchanges meanwhile for a link does harm. */
#include "stdlib/os/removetree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first thing that went wrong. */
typedef struct Failure {
    int error; /* 0: nothing */
    char *path;
} Failure;

static void note(Failure *failure, int error, const char *path)
{
    if (error == 0 || error == ENOENT || failure->error) return;
    failure->error = error;
    failure->path = strdup(path);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void remove_folder(int parent, const char *name, const char *path, Failure *failure);

/* Removes one entry of a folder, file or folder. */
static void remove_entry(int folder, const char *name, const char *path, Failure *failure)
{
    if (unlinkat(folder, name, 0) == 0 || errno == ENOENT) return;
    char *below = NULL;
    int error = errno;
    if (asprintf(&below, "%s/%s", path, name) < 0) below = NULL;
    if (error == EISDIR || error == EPERM)
        remove_folder(folder, name, below ? below : path, failure);
    else
        note(failure, error, below ? below : path);
    free(below);
}

/* Removes what is in the open folder, which is closed. Entries are read anew as long as some
 * vanish: removing while reading may skip others. */
static void empty_folder(int fd, const char *path, Failure *failure)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        note(failure, errno, path);
        close(fd);
        return;
    }
    bool found = true;
    while (found && !failure->error) {
        found = false;
        rewinddir(dir);
        for (struct dirent *entry; (entry = readdir(dir));) {
            if (is_dots(entry->d_name)) continue;
            found = true;
            remove_entry(fd, entry->d_name, path, failure);
        }
    }
    closedir(dir);
}

static void remove_folder(int parent, const char *name, const char *path, Failure *failure)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int error = errno;
    if (fd >= 0) empty_folder(fd, path, failure);
    if (unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        note(failure, fd < 0 ? error : errno, path);
}

int removetree(const char *path, char **failed)
{
    Failure failure = {0};
    remove_folder(AT_FDCWD, path, path, &failure);
    *failed = failure.path;
    return failure.error;
}
