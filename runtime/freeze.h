/* SPDX-License-Identifier: MIT */
/* Freezing the scheduler; its functions are declared in sched.h (for everybody) and worker.h (for
 * the runtime). */
#ifndef MGO_RUNTIME_FREEZE_H
#define MGO_RUNTIME_FREEZE_H

#include "runtime/worker.h"

#endif
