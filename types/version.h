/* SPDX-License-Identifier: MIT */
/* Language versions: a module whose go.mod says "go 1.20", or a file that says //go:build go1.20,
 * has the language of then. */
#ifndef MGO_TYPES_VERSION_H
#define MGO_TYPES_VERSION_H

#include "types/checker.h"

/* The version (21 for Go 1.21) that holds at a position in a file of the package. */
int version_at(const Package *package, Pos pos);
/* Whether the version at the node allows what came with Go 1.`minor`. */
bool version_allows(Checker *c, const Node *at, int minor);
/* The same, reporting "WHAT requires go1.N or later (…)" at pos..end if not. */
bool version_check(Checker *c, Pos pos, Pos end, int minor, const char *what);

/* The same for a generic function used as a value, whose type arguments follow from the context,
 * which `where` names. */
bool version_check_generic_value(Checker *c, const Node *func, uint32_t nexplicit,
                                 const char *where);

#endif
