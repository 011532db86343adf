/* SPDX-License-Identifier: MIT */
/* The line has the words of Go's, so that what reads those reads these. Figures are read while
 * everybody is at work, each for itself, so a line need not add up. */
#include "runtime/schedtrace.h"

#include "base/buf.h"
#include "base/fatal.h"
#include "runtime/clock.h"
#include "runtime/worker.h"

#include <time.h>
#include <unistd.h>

static int64_t interval_ns; /* fixed after start */

static uint32_t ring_len(Proc *p)
{
    uint32_t head = atomic_load(&p->ready.head), tail = atomic_load(&p->ready.tail);
    uint32_t n = tail - head <= RING_SIZE ? tail - head : 0;
    return n + (atomic_load(&p->next) != NULL);
}

static void write_line(Buf *out)
{
    int32_t nprocs = atomic_load(&sched.nprocs);
    int idle_workers = 0;
    lock_take_ranked(&sched.lock, RANK_SCHED);
    for (Worker *w = sched.idle_workers; w; w = w->idle_next) idle_workers++;
    lock_release(&sched.lock);
    buf_printf(
        out,
        "SCHED %lldms: gomaxprocs=%d idleprocs=%d threads=%d spinningthreads=%d idlethreads=%d "
        "runqueue=%u [",
        (long long)((clock_host_ns() - clock_host_start_ns()) / 1000000), nprocs,
        atomic_load(&sched.nidle), atomic_load(&sched.nworkers), atomic_load(&sched.nspinning),
        idle_workers, atomic_load(&sched.global_count));
    for (int i = 0; i < nprocs; i++)
        buf_printf(out, "%s%u", i ? " " : "", ring_len(sched.procs[i]));
    buf_text(out, "]\n");
}

static void *sleep_interval(void *arg)
{
    (void)arg;
    struct timespec ts = {.tv_sec = interval_ns / 1000000000, .tv_nsec = interval_ns % 1000000000};
    nanosleep(&ts, NULL);
    return NULL;
}

static void *trace(void *arg)
{
    (void)arg;
    Buf line = {0};
    for (;;) {
        line.len = 0;
        write_line(&line);
        if (write(STDERR_FILENO, line.data, line.len) < 0) return NULL;
        gc_do_blocking(sleep_interval, NULL);
    }
}

void schedtrace_start(int64_t ms)
{
    pthread_t thread;
    interval_ns = ms * 1000000;
    int error = gc_thread_create(&thread, trace, NULL, 256 << 10);
    if (error) fatal("schedtrace: cannot create a thread (error %d)", error);
}
