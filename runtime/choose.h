/* SPDX-License-Identifier: MIT */
/* Choosers: who decides in the scheduler's place (sched.h). By a seed; as before; and on top of
 * any, one that writes down what was chosen. */
#ifndef MGO_RUNTIME_CHOOSE_H
#define MGO_RUNTIME_CHOOSE_H

#include "runtime/sched.h"

/* A decision: which of n, of what kind. */
typedef struct ChoiceEntry {
    uint32_t n, choice;
    SchedChoice what;
} ChoiceEntry;

/* All decisions of a run, in order. malloc'ed; zero is empty. */
typedef struct ChoiceLog {
    ChoiceEntry *at;
    size_t len, cap;
} ChoiceLog;

/* Decides by a seed. Mostly as the scheduler would; now and then another goroutine goes first, or
 * gets a short slice, so that different seeds show different interleavings. */
typedef struct SeededChooser {
    SchedChooser base;
    uint64_t state;
} SeededChooser;
void choose_by_seed(SeededChooser *chooser, uint64_t seed);

/* Lets `inner` decide and appends its decisions to the log. */
typedef struct RecordingChooser {
    SchedChooser base;
    SchedChooser *inner;
    ChoiceLog *log;
} RecordingChooser;
void choose_recording(RecordingChooser *chooser, SchedChooser *inner, ChoiceLog *log);

/* Decides as the log says. Where the program asks something else than it did then, or more than
 * the log holds, `has_diverged` becomes true and the first choice is taken. */
typedef struct ReplayingChooser {
    SchedChooser base;
    const ChoiceLog *log;
    size_t next;
    bool has_diverged;
} ReplayingChooser;
void choose_replaying(ReplayingChooser *chooser, const ChoiceLog *log);

#endif
