/* SPDX-License-Identifier: MIT */
/* Quick versions of library functions; see quick.def. */
#ifndef MGO_STDLIB_QUICK_H
#define MGO_STDLIB_QUICK_H

#include "vm/proto.h"

/* The quick version of the embedded library's function, by FuncProto.name, or NULL. */
QuickFn *quick_find(const char *name);

#endif
