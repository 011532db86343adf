/* SPDX-License-Identifier: MIT */
/* Quick versions of library functions; see quick.def. */
#ifndef MGO_STDLIB_QUICK_H
#define MGO_STDLIB_QUICK_H

#include "vm/proto.h"

#define QUICK(function, name)
#define QUICK_APART(function, name) QuickFn quick_##function;
#include "stdlib/quick.def"
#undef QUICK
#undef QUICK_APART

/* The quick version of the embedded library's function, by FuncProto.name, or NULL. */
QuickFn *quick_find(const char *name);
/* What does most of its calls without a frame (leaf.def), or NULL. */
LeafFn *leaf_find(const char *name);

#endif
