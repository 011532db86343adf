/* SPDX-License-Identifier: MIT */
/* What comments say: the output that an example should have, the text before a declaration. The
 * syntax tree has no comments, so they are looked for in the source. */
#ifndef MGO_CMD_DOCS_H
#define MGO_CMD_DOCS_H

#include "base/buf.h"
#include "parser/ast.h"

#include <stdbool.h>

/* The output that the last comment in the function's body gives after "Output:" or
 * "Unordered output:"; false where it gives none. */
bool docs_example_output(const Node *func, Buf *output, bool *is_unordered);
/* Adds the text of the comment that ends on the line before the one where `pos` is, without the
 * comment's marks; nothing if there is none. */
void docs_comment_before(Pos pos, Buf *out);

#endif
