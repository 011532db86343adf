/* SPDX-License-Identifier: MIT */
/* Loading: from file names and import paths to checked packages. */
#ifndef MGO_CMD_LOAD_H
#define MGO_CMD_LOAD_H

#include "types/types.h"

/* Installs the importer. Once, before anything is checked. */
void load_init(void);
/* Parses and checks the files named on the command line as one package ("-" is standard input; a
 * folder stands for its files). Build constraints of named files are ignored. Returns NULL after
 * errors, which were reported through diag. `extra`, if not NULL, is the text of one more file of
 * the package (followed by two NULs), made by `mgo test`. */
Package *load_files(char **paths, int n, const char *extra);
/* Parses and checks a program given as text (mgo -e). The text is copied. */
Package *load_text(const char *name, const char *text);
/* The source files of a folder that take part in a build, sorted; `tests` selects the _test files
 * instead of leaving them out. Returns a malloc'ed NULL-terminated array of malloc'ed paths, or
 * NULL with errno set. */
char **load_folder_files(const char *folder, bool tests);
/* The package of an import path as a program in `dir` sees it; NULL with *why. */
Package *load_import(Name path, const char *dir, Pos pos, const char **why);
/* The arena of syntax trees. */
extern Arena load_arena;

#endif
