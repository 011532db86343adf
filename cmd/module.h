/* SPDX-License-Identifier: MIT */
/* Modules: what go.mod says, and who may import what. */
#ifndef MGO_CMD_MODULE_H
#define MGO_CMD_MODULE_H

#include <stdbool.h>

typedef struct Module {
    const char *root; /* folder of go.mod, without links */
    const char *path; /* "example.com/m" */
    int version;      /* 21 for "go 1.21"; 0 without such a line */
} Module;

/* The module that a folder belongs to, by the nearest go.mod in it or above; NULL if there is none.
 */
const Module *module_of(const char *folder);
/* What follows the module's path in an import path ("" or "/x"), or NULL if it is none of the
 * module's. */
const char *module_below(const Module *module, const char *path);
/* Whether files in folder `from` may import the package in `folder`: what is in a folder "internal"
 * may be imported only from below that folder's parent. */
bool module_may_import(const char *folder, const char *from);
/* The language version that text like "go1.21" or "1.21.3" means: 21; 0 if it means none. */
int module_version(const char *text);

#endif
