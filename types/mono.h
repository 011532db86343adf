/* SPDX-License-Identifier: MIT */
/* Instantiation cycles: generic code that would need infinitely many instances. */
#ifndef MGO_TYPES_MONO_H
#define MGO_TYPES_MONO_H

#include "types/checker.h"

/* Notes that tparams are instantiated with targs, at pos or where an INDEX node has them written. */
void mono_note(Checker *c, Pos pos, Node *index, Type **tparams, uint32_t n, Type **targs);
/* Notes that a receiver's type parameters stand for those of the generic type. */
void mono_note_receiver(Checker *c, Type **own, Type **generic, uint32_t n);
/* Reports a cycle, if there is one among what was noted. */
void mono_check(Checker *c);

#endif
