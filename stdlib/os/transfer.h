/* SPDX-License-Identifier: MIT */
/* Reading and writing descriptors: natives of the form
 *     func read(fd int, poll unsafe.Pointer, b []byte) (n, errno int)
 * for packages os and net. With a poll descriptor the goroutine parks, without one the thread may
 * block. */
#ifndef MGO_STDLIB_OS_TRANSFER_H
#define MGO_STDLIB_OS_TRANSFER_H

#include "stdlib/native.h"

/* Instead of error numbers; the packages know them. */
enum { TRANSFER_TIMEOUT = -1, TRANSFER_CLOSED = -2 };

/* Reads once. n is 0 at the end of input. */
void transfer_read(NativeCall *call);
/* Writes everything, or reports how much and why not all. */
void transfer_write(NativeCall *call);
/* After a wait on a descriptor: 0 to try again, or TRANSFER_TIMEOUT, TRANSFER_CLOSED. */
int transfer_wake_failure(const Goroutine *g);

#endif
