/* SPDX-License-Identifier: MIT */
/* Methods and their receivers, for the files that collect and resolve declarations. */
#ifndef MGO_TYPES_RECEIVER_H
#define MGO_TYPES_RECEIVER_H

#include "types/checker.h"

/* Whether a receiver (FIELD) is written with a star. */
bool receiver_is_pointer(Node *recv);
/* Finds the type a method belongs to and leaves the method with it; nothing where there is no such
 * type (the receiver's check reports that). */
void associate_method(Checker *c, Scope *scope, Object *method);
/* Moves the methods associated so far to the type, whose declaration has begun. */
void take_methods(Checker *c, Object *obj);
/* Adds a method; `replace`: in place of one of that name declared earlier (the prompt), else that
 * is an error. */
void add_declared_method(Type *type, Object *method, bool replace);

/* The method of this name that was declared for the type itself, or NULL. */
Object *declared_method_named(Type *type, Name name);

#endif
