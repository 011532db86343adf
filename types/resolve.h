/* SPDX-License-Identifier: MIT */
/* Collecting the package-level declarations of files. */
#ifndef MGO_TYPES_RESOLVE_H
#define MGO_TYPES_RESOLVE_H

#include "types/checker.h"

/* Sets what imports resolve to. */
void resolve_set_importer(ImportFn *import);
/* Declares a file's imports in `scope`. */
void collect_imports(Checker *c, Node *file, Scope *scope);
/* Declares one CONST_DECL, VAR_DECL, TYPE_DECL or FUNC_DECL in `scope`; its objects see `file_scope`. Appends them to `objects`, methods to the package's. */
typedef VEC(Object *) ObjectVec;
void collect_decl(Checker *c, Node *file, Node *decl, Scope *scope, Scope *file_scope, ObjectVec *objects);
/* Reports the imports of `scope`, and the dot-imports collected so far, that nothing used. */
void report_unused_imports(Checker *c, Scope *scope);

#endif
