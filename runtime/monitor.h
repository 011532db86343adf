/* SPDX-License-Identifier: MIT */
/* The monitor thread; started through worker.h's monitor_start. */
#ifndef MGO_RUNTIME_MONITOR_H
#define MGO_RUNTIME_MONITOR_H

#include "runtime/worker.h"

/* Has the monitor call fn soon, on its own thread, which has no processor. From anywhere, signal
 * handlers too. */
void monitor_call(void (*fn)(void));

#endif
