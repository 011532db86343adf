/* SPDX-License-Identifier: MIT */
/* Dumping trees, for tests and for looking at what the parser made. */
#ifndef MGO_PARSER_DUMP_H
#define MGO_PARSER_DUMP_H

#include "base/buf.h"
#include "parser/ast.h"

/* Prints the tree, a node a line, indented by depth: kind, name or text, flags, span line:col-line:col. */
void ast_dump(const Node *node, Buf *out);

#endif
