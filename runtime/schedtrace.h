/* SPDX-License-Identifier: MIT */
/* GODEBUG=schedtrace: a line about the scheduler at every interval. */
#ifndef MGO_RUNTIME_SCHEDTRACE_H
#define MGO_RUNTIME_SCHEDTRACE_H

#include <stdint.h>

/* Writes a line to standard error every `ms` milliseconds, from a thread of its own; after
 * sched_init. */
void schedtrace_start(int64_t ms);

#endif
