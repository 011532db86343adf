/* SPDX-License-Identifier: MIT */
/* How the program calls a thing: the variable, or path of fields, that leads to a channel or a
 * lock. For reports, when everything stands still. */
#ifndef MGO_VM_VARNAME_H
#define MGO_VM_VARNAME_H

#include "base/buf.h"
#include "runtime/g.h"
#include "vm/proto.h"

typedef struct VarName {
    char text[48]; /* "results", "s.mu", "forks[2]"; "" where no name was found */
    Pos pos;       /* where the variable is declared; of the field for s.mu: that of s */
    bool is_plain; /* the variable itself, no part of it */
    bool is_home;  /* it lies in the variable; no pointer was followed */
} VarName;

/* Finds the channel `target`, as g's frames see it, the innermost first; then as package variables
 * do. */
VarName varname_of_chan(Goroutine *g, const void *target);
/* Finds the variable of type `type` ("sync.Mutex") at address `target`. */
VarName varname_of_object(Goroutine *g, const void *target, const char *type);

/* Some object of this type that g's frames lead to, or NULL. */
void *varname_any(Goroutine *g, const char *type);
/* The same as varname_of_object, but follows no pointers: finds the variable that the object lies
 * in. */
VarName varname_home(Goroutine *g, const void *target, const char *type);

#endif
