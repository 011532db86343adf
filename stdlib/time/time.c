/* SPDX-License-Identifier: MIT */
/* time: the clock, sleeping, timers. */
#include "stdlib/natives.gen.h"

#include "runtime/bubble.h"
#include "runtime/chan.h"
#include "runtime/clock.h"
#include "runtime/gc.h"
#include "runtime/sched.h"
#include "runtime/timer.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND     1000000000
#define UNIX_1885  INT64_C(-2682288000)  /* 1885 in seconds since 1970 */
#define UNIX_1     INT64_C(-62135596800) /* the year 1, likewise */
#define MONOTONIC  (UINT64_C(1) << 63)
#define NSEC_SHIFT 30

/* ---- The clock ---- */

/* The first two slots of a Time from Now. Monotonic readings count from the start of the process,
 * and are never 0; a bubble's clock gives none. */
static void now_slots(Slot out[2], const Bubble *bubble)
{
    if (bubble) {
        int64_t now = atomic_load(&bubble->now);
        out[0].u = (uint64_t)(now % SECOND);
        out[1].i = now / SECOND - UNIX_1;
        return;
    }
    int64_t wall = sched_walltime();
    uint64_t since_1885 = (uint64_t)(wall / SECOND - UNIX_1885);
    out[0].u = MONOTONIC | since_1885 << NSEC_SHIFT | (uint64_t)(wall % SECOND);
    out[1].i = sched_nanotime() - clock_start_ns();
}

void native_time_now(NativeCall *call)
{
    now_slots(call->results, bubble_of(call->g));
}

/* ---- Sleeping ---- */

void native_time_Sleep(NativeCall *call)
{
    native_will_park(call, NULL);
    if (timer_sleep(call->g, arg_int(call, 0)))
        native_parked(call);
    else
        native_wont_park(call);
}

/* ---- Timers ---- */

static void send_time(Timer *timer, void *chan, int64_t now)
{
    Slot time[3];
    (void)now;
    now_slots(time, timer->bubble);
    time[2].p = timer->arg2;
    chan_send_external(chan, time);
}

static void call_function(Timer *timer, void *fn, int64_t now)
{
    (void)timer;
    (void)now;
    native_go(fn, NULL, 0);
}

static void start(Timer *timer, int64_t delay, int64_t period)
{
    int64_t when;
    if (delay < 0) delay = 0;
    if (__builtin_add_overflow(timer_clock(timer), delay, &when)) when = INT64_MAX;
    timer_start(timer, when, period);
}

void native_time_newTimer(NativeCall *call)
{
    Chan *chan = arg_ptr(call, 2);
    Timer *timer;
    if (chan) {
        timer = timer_new(send_time, chan);
        timer->arg2 = arg_ptr(call, 3);
        chan->timer = timer;
    } else {
        timer = timer_new(call_function, arg_ptr(call, 4));
    }
    timer->bubble = bubble_of(call->g);
    timer_lock(timer);
    start(timer, arg_int(call, 0), arg_int(call, 1));
    timer_unlock(timer);
    ret_ptr(call, 0, timer);
}

/* Stops the timer and takes a time that nobody received yet out of its channel. */
static bool stop(NativeCall *call, Timer *timer)
{
    bool was_running = timer_stop(timer);
    if (timer->fn == send_time && chan_recv(call->g, timer->arg, -1, -1, false) == CHAN_DONE)
        return true;
    return was_running;
}

/* Whether the timer belongs to a bubble that the caller is not in: a panic. */
static bool is_foreign(NativeCall *call, const Timer *timer, const char *misuse)
{
    if (!timer->bubble || timer->bubble == bubble_of(call->g)) return false;
    native_panic_string(call, misuse);
    return true;
}

void native_time_stopTimer(NativeCall *call)
{
    Timer *timer = arg_ptr(call, 0);
    if (is_foreign(call, timer, "stop of synctest timer from outside bubble")) return;
    timer_lock(timer);
    ret_bool(call, 0, stop(call, timer));
    timer_unlock(timer);
}

void native_time_resetTimer(NativeCall *call)
{
    Timer *timer = arg_ptr(call, 0);
    if (is_foreign(call, timer, "reset of synctest timer from outside bubble")) return;
    timer_lock(timer);
    ret_bool(call, 0, stop(call, timer));
    start(timer, arg_int(call, 1), arg_int(call, 2));
    timer_unlock(timer);
}

/* ---- Zone files ---- */

static void ret_problem(NativeCall *call, int slot)
{
    char text[128] = "";
    if (errno == ENOENT) return;
    const char *problem = strerror_r(errno, text, sizeof text);
    char *copy = gc_new_leaf(strlen(problem) + 1);
    strcpy(copy, problem);
    copy[0] = (char)tolower((unsigned char)copy[0]);
    ret_string(call, slot, (String){copy, (int64_t)strlen(copy)});
}

/* func readFile(path string) (data, problem string): why the file cannot be read, unless there is
 * none. */
void native_time_readFile(NativeCall *call)
{
    String path = arg_string(call, 0);
    char name[4096];
    if ((size_t)path.len >= sizeof name) return;
    memcpy(name, path.data, (size_t)path.len);
    name[path.len] = 0;
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        ret_problem(call, 2);
        return;
    }
    static const size_t most = 1 << 20;
    char *data = malloc(most);
    ssize_t n = data ? read(fd, data, most) : 0;
    if (n < 0) ret_problem(call, 2);
    close(fd);
    if (n > 0) ret_string(call, 0, string_copy(data, n));
    free(data);
}

/* func zoneVariable() (value string, ok bool): the environment's TZ. */
void native_time_zoneVariable(NativeCall *call)
{
    const char *value = getenv("TZ");
    if (!value) return;
    ret_string(call, 0, string_copy(value, (int64_t)strlen(value)));
    ret_bool(call, 2, true);
}
