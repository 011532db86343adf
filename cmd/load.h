/* SPDX-License-Identifier: MIT */
/* Loading: from file names and import paths to checked packages. */
#ifndef MGO_CMD_LOAD_H
#define MGO_CMD_LOAD_H

#include "types/types.h"

/* Installs the importer. Once, before anything is checked. */
void load_init(void);
/* Parses and checks the files named on the command line as one package ("-" is standard input; a
 * folder stands for its files). Build constraints of named files are ignored. Returns NULL after
 * errors, which were reported through diag. */
Package *load_files(char **paths, int n);
/* Parses one such file; NULL after errors. */
Node *load_parse_named(const char *path);
/* The name in the file's package clause; "main" for a script. */
const char *load_package_name(const Node *file);
/* Parses and checks a program given as text (mgo -e). The text is copied. */
Package *load_text(const char *name, const char *text);
/* Whether the file takes part in a build, as its name and its constraint say; true if it can't be
 * read. */
bool load_takes_part(const char *path);
/* Whether a path ends as source files do. */
bool load_is_source_name(const char *path);
/* The source files of a folder, sorted; `tests` selects the _test files
 * instead of leaving them out. Returns a malloc'ed NULL-terminated array of malloc'ed paths, or
 * NULL with errno set. */
char **load_folder_files(const char *folder, bool tests);
/* Parses the files of a library package, bodies left out, with `skim` all that need not be read
 * yet, or those of a folder that take part in a build. Returns how many there are: 0 where there is
 * no such package; *files is malloc'ed. */
uint32_t load_library_trees(const char *path, bool skim, Node ***files);
uint32_t load_folder_trees(const char *folder, Node ***files, const char **why);
/* The import path of a folder: its module's path and the way from there, or its name where there is
 * no go.mod. */
const char *load_import_path(const char *folder);
/* The package of an import path as a program in `dir` sees it; NULL with *why. */
Package *load_import(Name path, const char *dir, Pos pos, const char **why);
/* Checks parsed files as a package that is tested under this import path, or as its external tests
 * (path_test). It is what the path means to the packages checked afterwards by this function and by
 * load_text; where `folder` is not NULL, also whatever imports that folder gets it. With
 * is_library, the files join that library package, or, where they import more than it does, which
 * might lead back to it, a second copy of it. NULL after errors. */
Package *load_tested(Name path, Node **files, uint32_t n, const char *folder, bool is_library);
/* The arena of syntax trees. */
extern Arena load_arena;
/* The language version that programs are checked by (21 for Go 1.21), 0: as go.mod and the files
 * say. Fixed after start. */
extern int load_language;

#endif
