/* SPDX-License-Identifier: MIT */
/* Leaked goroutines: those that wait for what nobody who can still run can reach. */
#ifndef MGO_RUNTIME_LEAK_H
#define MGO_RUNTIME_LEAK_H

#include "runtime/g.h"

/* Finds them by a collection; *found gets them by id, malloc'ed. They stay as they are, so they may
 * be found again. The running goroutine's frame and live are exact. Call it and use what it found
 * while the scheduler is frozen. */
size_t leak_find(Goroutine ***found);

/* Set by the vm, which knows which slots of g's frames are in use: empties the others for the time
 * of the collection; undoes that for all goroutines. */
extern void (*leak_hide_slots)(Goroutine *g);
extern void (*leak_show_slots)(void);

#endif
