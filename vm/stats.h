/* SPDX-License-Identifier: MIT */
/* -stats: what the runtime did, on one screen after the run. */
#ifndef MGO_VM_STATS_H
#define MGO_VM_STATS_H

#include "base/buf.h"

/* Adds the screen: a figure a line, within 60 columns. */
void stats_write(Buf *out);

#endif
