/* SPDX-License-Identifier: MIT */
/* The monitor thread; started through worker.h's monitor_start. */
#ifndef MGO_RUNTIME_MONITOR_H
#define MGO_RUNTIME_MONITOR_H

#include "runtime/worker.h"

#endif
