/* SPDX-License-Identifier: MIT */
/* Methods found at run time: calls through interfaces and method values of interfaces. */
#ifndef MGO_VM_METHOD_H
#define MGO_VM_METHOD_H

#include "vm/proto.h"

/* The method of `type` that an interface call wants; renews the call's cache. */
FuncProto *method_lookup(ICache *cache, const RType *type);
/* The function that a method value of an interface is: its one captured slot is the receiver word, with which it calls `entry`. */
FuncProto *method_bound(FuncProto *entry);

#endif
