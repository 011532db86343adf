/* SPDX-License-Identifier: MIT */
/* Choosers. With a chooser there is one processor, and the chooser is asked by its worker alone, so
 * none of them needs a lock. */
#include "runtime/choose.h"

#include "base/fatal.h"

#include <stdlib.h>

/* ---- By a seed ---- */

static uint64_t next_random(SeededChooser *self)
{
    uint64_t z = self->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static uint32_t below(SeededChooser *self, uint32_t n)
{
    return (uint32_t)(((next_random(self) >> 32) * n) >> 32);
}

static uint32_t choose_seeded(SchedChooser *base, SchedChoice what, uint32_t n)
{
    enum { RARELY = 4, SHORT_SLICE = 64 };
    SeededChooser *self = (SeededChooser *)base;
    bool is_usual = (what == CHOOSE_NEXT || what == CHOOSE_SLICE) && below(self, RARELY) > 0;
    if (is_usual) return 0;
    if (what == CHOOSE_SLICE && n > SHORT_SLICE && below(self, 2))
        return n - 1 - below(self, SHORT_SLICE);
    return below(self, n);
}

void choose_by_seed(SeededChooser *chooser, uint64_t seed)
{
    *chooser = (SeededChooser){{choose_seeded}, seed};
}

/* ---- Recording and replaying ---- */

static void append(ChoiceLog *log, ChoiceEntry entry)
{
    if (log->len == log->cap) {
        log->cap = log->cap ? log->cap * 2 : 1024;
        log->at = realloc(log->at, log->cap * sizeof *log->at);
        if (!log->at) fatal_out_of_memory();
    }
    log->at[log->len++] = entry;
}

static uint32_t choose_and_record(SchedChooser *base, SchedChoice what, uint32_t n)
{
    RecordingChooser *self = (RecordingChooser *)base;
    uint32_t choice = self->inner->choose(self->inner, what, n);
    append(self->log, (ChoiceEntry){n, choice, what});
    return choice;
}

void choose_recording(RecordingChooser *chooser, SchedChooser *inner, ChoiceLog *log)
{
    *chooser = (RecordingChooser){{choose_and_record}, inner, log};
}

static uint32_t choose_again(SchedChooser *base, SchedChoice what, uint32_t n)
{
    ReplayingChooser *self = (ReplayingChooser *)base;
    const ChoiceLog *log = self->log;
    if (self->next < log->len) {
        const ChoiceEntry *entry = &log->at[self->next++];
        if (entry->what == what && entry->n == n) return entry->choice;
    }
    self->has_diverged = true;
    return 0;
}

void choose_replaying(ReplayingChooser *chooser, const ChoiceLog *log)
{
    *chooser = (ReplayingChooser){{choose_again}, log, 0, false};
}
