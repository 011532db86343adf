/* SPDX-License-Identifier: MIT */
/* The scheduler's choices: a seed fixes the interleaving, a chooser in chance's place decides, what
 * was chosen can be recorded and chosen again; and virtual time, which makes clocks choose nothing.
 * The program runs itself, since a process sets the scheduler up once. */
#include "machine.h"
#include "unit.h"

#include "runtime/choose.h"
#include "runtime/clock.h"
#include "runtime/select.h"
#include "runtime/timer.h"

#include <string.h>
#include <unistd.h>

enum { MANY = 20, ROUNDS = 200 };

static RType int_type = {.size = 8, .slots = 1, .kind = KIND_INT};
static RType chan_type = {.kind = KIND_CHAN, .elem = &int_type, .dir = 3};
static Chan *chans[4];
static uint64_t trace = 14695981039346656037u;

static void note(uint64_t what)
{
    trace = (trace ^ what) * 1099511628211u;
}

/* Sends or receives on any of the channels, or lets it be; yields now and then. */
static Step act(Goroutine *g, Slot *r)
{
    if (r[0].i++ > 0) note((uint64_t)r[3].i << 32 | (uint64_t)(r[8].i + 1));
    if (r[0].i == ROUNDS) return machine_end();
    if (sched_random() % 8 == 0) {
        r[8].i = 99;
        return STEP_YIELD;
    }
    SelectCase cases[4];
    r[4].i = r[0].i;
    for (int i = 0; i < 4; i++) cases[i] = (SelectCase){chans[i], 4 + (i & 1), -1, !(i & 1)};
    return select_run(g, cases, 4, true, 8) == CHAN_PARKED ? STEP_PARKED : STEP_AGAIN;
}

static void act_all(void)
{
    for (int i = 0; i < 4; i++) chans[i] = chan_make(&chan_type, i);
    for (int i = 0; i < MANY; i++) machine_go(act, NULL, NULL, i);
    machine_work();
    printf("%016lx\n", (unsigned long)trace);
}

static void run_seeded(uint64_t seed)
{
    SchedOptions options = {.is_seeded = true,
                            .seed = seed,
                            .budget = 50,
                            .run = machine_run,
                            .on_deadlock = machine_deadlock};
    sched_init(&options);
    CHECK(sched_nprocs() == 1);
    CHECK(sched_set_procs(4) == 1 && sched_nprocs() == 1);
    act_all();
}

/* ---- Recording and replaying ---- */

/* A run whose scheduling comes from `chooser`, everything else from seed 1. */
static void run_with(SchedChooser *chooser)
{
    SchedOptions options = {.is_seeded = true,
                            .seed = 1,
                            .budget = 50,
                            .run = machine_run,
                            .on_deadlock = machine_deadlock};
    sched_init(&options);
    sched_set_chooser(chooser);
    act_all();
}

static void run_recorded(const char *path, uint64_t seed)
{
    SeededChooser seeded;
    RecordingChooser recording;
    ChoiceLog log = {0};
    choose_by_seed(&seeded, seed);
    choose_recording(&recording, &seeded.base, &log);
    run_with(&recording.base);
    FILE *f = fopen(path, "w");
    CHECK(f && fwrite(log.at, sizeof *log.at, log.len, f) == log.len && log.len > 0);
    CHECK(fclose(f) == 0);
}

static void run_replayed(const char *path)
{
    static ChoiceEntry entries[1 << 16];
    ReplayingChooser replaying;
    FILE *f = fopen(path, "r");
    CHECK(f);
    ChoiceLog log = {.at = entries};
    log.len = fread(entries, sizeof entries[0], sizeof entries / sizeof entries[0], f);
    fclose(f);
    choose_replaying(&replaying, &log);
    run_with(&replaying.base);
    CHECK(!replaying.has_diverged && replaying.next == log.len);
    CHECK(replaying.base.choose(&replaying.base, CHOOSE_NEXT, 2) == 0 && replaying.has_diverged);
}

/* ---- Virtual time ---- */

static Step sleep_long(Goroutine *g, Slot *r)
{
    if (r[0].i++ > 0) {
        CHECK(sched_nanotime() == r[4].i);
        return machine_end();
    }
    int64_t hours = (r[3].i + 1) * INT64_C(3600000000000);
    r[4].i = sched_nanotime() + hours;
    return timer_sleep(g, hours) ? STEP_PARKED : STEP_AGAIN;
}

static void run_virtual(void)
{
    SchedOptions options = {
        .is_virtual = true, .nprocs = 4, .run = machine_run, .on_deadlock = machine_deadlock};
    int64_t begin = clock_host_ns();
    sched_init(&options);
    int64_t wall = sched_walltime(), nanos = sched_nanotime();
    CHECK(wall / 1000000000 == 1257894000);
    for (int i = 0; i < MANY; i++) machine_go(sleep_long, NULL, NULL, i);
    machine_work();
    CHECK(sched_nanotime() - nanos == MANY * INT64_C(3600000000000));
    CHECK(sched_walltime() - wall == sched_nanotime() - nanos);
    CHECK(clock_host_ns() - begin < INT64_C(60000000000));
    printf("ok\n");
}

/* ---- A chooser ---- */

static int64_t order[MANY], norder;
static uint32_t asked;

static uint32_t choose_newest(SchedChooser *self, SchedChoice what, uint32_t n)
{
    (void)self;
    asked |= 1u << what;
    return what == CHOOSE_NEXT ? n - 1 : 0;
}

static Step note_order(Goroutine *g, Slot *r)
{
    (void)g;
    order[norder++] = r[3].i;
    return machine_end();
}

static Step start_all(Goroutine *g, Slot *r)
{
    (void)g;
    (void)r;
    for (int i = 0; i < MANY; i++) machine_go(note_order, NULL, NULL, i);
    return machine_end();
}

/* The one in the next slot is choice 0, the others follow by age: so the newest of those comes
 * first, and choice 0 last. */
static void run_chosen(void)
{
    SchedChooser chooser = {choose_newest};
    machine_init(1, machine_deadlock);
    sched_set_chooser(&chooser);
    machine_go(start_all, NULL, NULL, 0);
    machine_work();
    CHECK(norder == MANY);
    CHECK(asked & 1u << CHOOSE_NEXT);
    int64_t seen = 0;
    for (int i = 0; i < MANY; i++) seen |= (int64_t)1 << order[i];
    CHECK(seen == ((int64_t)1 << MANY) - 1);
    CHECK(order[0] == MANY - 2);
    printf("ok\n");
}

static void run_self(const char *self, const char *argument, char *line, int size)
{
    char command[1000];
    snprintf(command, sizeof command, "'%s' %s", self, argument);
    FILE *f = popen(command, "r");
    CHECK(f && fgets(line, size, f));
    CHECK(f && pclose(f) == 0);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        if (strcmp(argv[1], "chosen") == 0)
            run_chosen();
        else if (strcmp(argv[1], "virtual") == 0)
            run_virtual();
        else if (strcmp(argv[1], "record") == 0)
            run_recorded(argv[2], strtoull(argv[3], NULL, 10));
        else if (strcmp(argv[1], "replay") == 0)
            run_replayed(argv[2]);
        else
            run_seeded(strtoull(argv[1], NULL, 10));
        return unit_end();
    }
    char first[100] = "", again[100] = "", other[100] = "";
    run_self(argv[0], "1", first, sizeof first);
    run_self(argv[0], "2", other, sizeof other);
    CHECK(strcmp(first, other) != 0);
    for (int i = 0; i < 5; i++) {
        run_self(argv[0], "1", again, sizeof again);
        CHECK(strcmp(first, again) == 0);
    }
    run_self(argv[0], "chosen", again, sizeof again);
    run_self(argv[0], "virtual", again, sizeof again);
    char path[] = "/tmp/mgo-choices-XXXXXX", words[100];
    CHECK(close(mkstemp(path)) == 0);
    for (int seed = 1; seed <= 3; seed++) {
        snprintf(words, sizeof words, "record %s %d", path, seed);
        run_self(argv[0], words, first, sizeof first);
        snprintf(words, sizeof words, "replay %s", path);
        run_self(argv[0], words, again, sizeof again);
        CHECK(strcmp(first, again) == 0);
    }
    unlink(path);
    return unit_end();
}
