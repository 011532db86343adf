/* SPDX-License-Identifier: MIT */
/* The type checker's door: packages in, annotated trees out. */
#ifndef MGO_TYPES_TYPES_H
#define MGO_TYPES_TYPES_H

#include "types/const.h"
#include "types/lookup.h"
#include "types/scope.h"

/* Finds, parses and checks an imported package by path, seen from a file in `dir`; NULL where it can't be found, with *why. Set by cmd (the loader). */
typedef Package *ImportFn(Name path, const char *dir, Pos pos, const char **why);
void types_set_importer(ImportFn *import);
/* The import paths of the library, NULL-terminated, kept: what scripts may use without importing, and advice may name. */
void types_set_library(const char *const *paths);

Package *package_new(Name path, Name name);
/* Checks the package made of these files (parsed); reports through diag. Declarations and, unless is_library, all bodies. Returns false after errors. */
bool types_check_package(Package *package, Node **files, uint32_t nfiles);
/* Reports the labels and branches at fault in a file that has syntax errors, as far as its functions have none. */
void types_check_branches(Node *file);
enum { VERSION_NEWEST = 27 }; /* Go 1.27 */

/* The language version (21 for Go 1.21) that holds at a position in a file of the package. */
int types_version_at(const Package *package, Pos pos);
/* Checks one more input of a prompt package: `file` is a PARSE_PROMPT tree. Its declarations join the package scope (replacing earlier ones); its statements become the body of a
 * fresh function object returned in *body (OBJ_FUNC whose decl is a FUNC_DECL without parameters). A last expression statement with a value is allowed unused, and
 * found again in *value (its Node), or NULL. package->next_value then is a variable that the input sets to it; made package->last_value, it is what _ means
 * in inputs to come. After errors nothing of the input is left in the package. */
bool types_check_prompt(Package *package, Node *file, Object **body, Node **value);
/* Whether a checked expression calls a function or receives: the length of an array so given is no constant, and `range` evaluates it even where it needs only the length
 * (spec, "Length and capacity", "For statements with range clause"). */
bool has_call_or_receive(const Node *node);
/* Resolves an object of a library package of which only the name was read (NF_SKIMMED), so that it has its type; others are left alone. Called under the compiler's lock. */
void types_resolve(Object *obj);
/* Checks the body of a function of a library package, parsing it first where it was skipped (NF_TRUSTED). Called by the compiler before it compiles the function, under its lock. Returns
 * false after errors (a fault of the library, reported). */
bool types_check_body(Object *func);
/* The method object of an instance `recv` that corresponds to the generic type's method: lookup gives these already. For the compiler: the
 * origin function, and the type arguments of the receiver. */
Object *types_origin_method(Object *method, Type *recv, Type ***targs, uint32_t *ntargs);

#endif
