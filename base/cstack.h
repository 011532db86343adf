/* SPDX-License-Identifier: MIT */
/* The C stack, which the checker's recursion through declarations may use up. */
#ifndef MGO_BASE_CSTACK_H
#define MGO_BASE_CSTACK_H

#include <stdbool.h>

/* Lets the main thread's stack grow as far as the system has room kept for it. Early in main. */
void cstack_enlarge(void);
/* Where the main thread's stack begins, at its high end; NULL before cstack_enlarge. */
void *cstack_main_bottom(void);
/* Whether little is left of the calling thread's stack: time to give up with a message. */
bool cstack_is_low(void);

#endif
