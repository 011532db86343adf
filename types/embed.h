/* SPDX-License-Identifier: MIT */
/* Variables whose contents are files beside the source: //go:embed. */
#ifndef MGO_TYPES_EMBED_H
#define MGO_TYPES_EMBED_H

#include "types/checker.h"

/* Finds the //go:embed comments of a file whose declarations were collected, notes them on the
 * variables they stand above, and reports those that stand elsewhere. */
void embed_collect(Checker *c, Node *file);
/* Reads the files of an embedding variable whose type is known, and gives it its initialiser. */
void embed_resolve(Checker *c, Object *var);

#endif
