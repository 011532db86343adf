/* SPDX-License-Identifier: MIT */
/* Internal faults: mgo itself is wrong. Says so, lets the runtime dump every goroutine, and aborts.
 */
#ifndef MGO_BASE_FATAL_H
#define MGO_BASE_FATAL_H

/* Reports an internal fault and aborts. The text names the module and the broken rule: "chan:
 * receiver parked on a full ring". Never for faults of the user's program. */
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends the process because memory is out: Go's "fatal error: runtime: out of memory", exit
 * status 2. */
_Noreturn void fatal_out_of_memory(void);
/* Ends the process because the system gives it no further thread, in Go's words, with status 2. */
_Noreturn void fatal_no_thread(int error);
/* Installs what fatal() calls to dump the goroutines, or NULL. */
void fatal_set_dump(void (*dump)(void));

#ifdef MGO_DEBUG
#    define ASSERT(cond, text) ((cond) ? (void)0 : fatal("%s:%d: %s", __FILE__, __LINE__, (text)))
#else
#    define ASSERT(cond, text) ((void)0)
#endif

#endif
