/* SPDX-License-Identifier: MIT */
/* The program's clock, which need not be the world's. For the runtime's own files; natives ask
 * sched_nanotime and sched_walltime. */
#ifndef MGO_RUNTIME_CLOCK_H
#define MGO_RUNTIME_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef enum ClockMode {
    CLOCK_REAL,
    CLOCK_PACED,   /* counts what the program does and how long it sleeps, and sleeps as long */
    CLOCK_VIRTUAL, /* stands still while anybody can run, then jumps to the next timer */
} ClockMode;

/* Chooses the mode; before anything asks for the time. */
void clock_set_mode(ClockMode mode);
ClockMode clock_mode(void);
/* The machine's monotonic clock in ns, whatever the mode: for what the program does not see. */
int64_t clock_host_ns(void);
/* The same as the process started. */
int64_t clock_host_start_ns(void);
/* The program's monotonic clock as the process started. */
int64_t clock_start_ns(void);
/* Moves the program's clock forward to `when`, unless it is there already; not in CLOCK_REAL. */
void clock_advance_to(int64_t when);
/* A goroutine has used up `units` of its slice; counts in CLOCK_PACED alone. */
void clock_count_work(int32_t units);

#endif
