/* SPDX-License-Identifier: MIT */
/* Removing a folder with all in it. */
#ifndef MGO_STDLIB_OS_REMOVETREE_H
#define MGO_STDLIB_OS_REMOVETREE_H

/* Removes the folder at `path`; goes on where something can't be removed. Returns the first error
 * number, or 0; *failed then gets the path of what it is about, malloc'ed (NULL if memory is out).
 * What is not there (any more) is no error. Blocks. */
int removetree(const char *path, char **failed);

#endif
