/* SPDX-License-Identifier: MIT */
#include "vm/stats.h"

#include "runtime/clock.h"
#include "runtime/g.h"
#include "runtime/gc.h"
#include "runtime/sched.h"

#include <inttypes.h>
#include <sys/resource.h>

static const char *const wait_texts[WAIT_COUNT] = {
#define WAIT(name, text) [WAIT_##name] = text,
#include "runtime/waitreason.def"
#undef WAIT
};

static void write_count(Buf *out, const char *name, uint64_t n)
{
    buf_printf(out, "  %-24s %12" PRIu64 "\n", name, n);
}

static void write_bytes(Buf *out, const char *name, uint64_t n)
{
    const char *unit = "bytes";
    double value = (double)n;
    if (n >= 10 << 20) {
        value /= 1 << 20;
        unit = "MB";
    } else if (n >= 10 << 10) {
        value /= 1 << 10;
        unit = "KB";
    }
    buf_printf(out, "  %-24s %12.*f %s\n", name, *unit == 'b' ? 0 : 1, value, unit);
}

static void write_ms(Buf *out, const char *name, double ms)
{
    buf_printf(out, "  %-24s %12.3f ms\n", name, ms);
}

static double ms_of(struct timeval t)
{
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static void write_scheduling(Buf *out, const SchedStats *stats)
{
    buf_text(out, "goroutines\n");
    write_count(out, "made", stats->created);
    write_count(out, "at most alive", stats->most_alive);
    write_count(out, "alive at the end", (uint64_t)g_count());
    buf_text(out, "scheduler\n");
    write_count(out, "processors", (uint64_t)sched_nprocs());
    write_count(out, "switches", stats->switches);
    write_count(out, "steals", stats->steals);
    write_count(out, "preemptions", stats->preemptions);
    write_count(out, "parks", stats->parks);
    for (int i = 0; i < WAIT_COUNT; i++) {
        if (!stats->parks_by[i]) continue;
        buf_printf(out, "    %-22s %12" PRIu64 "\n", wait_texts[i], stats->parks_by[i]);
    }
}

static void write_memory(Buf *out, const SchedStats *stats)
{
    GcStats gc;
    gc_stats(&gc);
    buf_text(out, "stacks\n");
    write_count(out, "copies", stats->stack_copies);
    write_bytes(out, "the largest", stats->largest_stack);
    write_bytes(out, "all at the end", gc.stacks);
    buf_text(out, "collector\n");
    write_count(out, "collections", gc.collections);
    write_ms(out, "pauses in all", (double)gc.pause_total_ns / 1e6);
    write_ms(out, "the longest", (double)gc.pause_max_ns / 1e6);
    write_count(out, "objects allocated", gc.allocs);
    write_bytes(out, "bytes allocated", gc.total_alloc);
    write_bytes(out, "heap", gc.heap_size - gc.heap_unmapped);
    write_bytes(out, "of it free", gc.heap_free);
}

void stats_write(Buf *out)
{
    SchedStats stats;
    struct rusage usage;
    sched_stats(&stats);
    getrusage(RUSAGE_SELF, &usage);
    write_scheduling(out, &stats);
    write_memory(out, &stats);
    buf_text(out, "process\n");
    write_ms(out, "time", (double)(clock_host_ns() - clock_host_start_ns()) / 1e6);
    write_ms(out, "processor time, user", ms_of(usage.ru_utime));
    write_ms(out, "processor time, system", ms_of(usage.ru_stime));
    write_bytes(out, "memory at most", (uint64_t)usage.ru_maxrss << 10);
}
