/* SPDX-License-Identifier: MIT */
/* Reading and writing descriptors. How much a write has done is kept in g->scratch[0] over its
 * parks. */
#include "stdlib/os/transfer.h"

#include "runtime/netpoll.h"
#include "runtime/sched.h"
#include "vm/signal.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#define MOST (1 << 30) /* bytes a system call is asked for at a time */

/* The error of a write: a broken pipe on standard output or error ends most programs. */
static int write_failure(int fd, int error)
{
    if (error == EPIPE && (fd == STDOUT_FILENO || fd == STDERR_FILENO)) signal_broken_pipe();
    return error;
}

int transfer_wake_failure(const Goroutine *g)
{
    switch (g->wake_status) {
    case WAKE_TIMEOUT: return TRANSFER_TIMEOUT;
    case WAKE_ERROR: return TRANSFER_CLOSED;
    default: return 0;
    }
}

static size_t portion(int64_t n)
{
    return n < MOST ? (size_t)n : MOST;
}

/* ---- With a poll descriptor ---- */

/* Waits until the descriptor may be ready. Returns true where that is so already; false: parked or
 * failed, return. */
static bool wait_ready(NativeCall *call, NativeFn *again, PollMode mode)
{
    native_will_park(call, again);
    if (!poll_wait(call->g, arg_ptr(call, 1), mode)) {
        native_parked(call);
        return false;
    }
    native_wont_park(call);
    int failed = transfer_wake_failure(call->g);
    if (failed) ret_int(call, 1, failed);
    return !failed;
}

static NativeFn read_again, write_again;

static void read_polled(NativeCall *call)
{
    int fd = (int)arg_int(call, 0);
    Slice buffer = arg_slice(call, 2);
    for (;;) {
        ssize_t n = read(fd, buffer.data, portion(buffer.len));
        if (n >= 0) {
            ret_int(call, 0, n);
            return;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) {
            ret_int(call, 1, errno);
            return;
        }
        if (!wait_ready(call, read_again, POLL_READ)) return;
    }
}

static void read_again(NativeCall *call)
{
    int failed = transfer_wake_failure(call->g);
    if (failed)
        ret_int(call, 1, failed);
    else
        read_polled(call);
}

static void write_polled(NativeCall *call)
{
    int fd = (int)arg_int(call, 0);
    Slice buffer = arg_slice(call, 2);
    uint64_t *done = &call->g->scratch[0];
    while ((int64_t)*done < buffer.len) {
        ssize_t n = write(fd, (char *)buffer.data + *done, portion(buffer.len - (int64_t)*done));
        if (n > 0) *done += (uint64_t)n;
        ret_int(call, 0, (int64_t)*done);
        if (n >= 0 || errno == EINTR) continue;
        if (errno != EAGAIN) {
            ret_int(call, 1, write_failure(fd, errno));
            return;
        }
        if (!wait_ready(call, write_again, POLL_WRITE)) return;
    }
}

static void write_again(NativeCall *call)
{
    int failed = transfer_wake_failure(call->g);
    if (failed)
        ret_int(call, 1, failed);
    else
        write_polled(call);
}

/* ---- Without ---- */

static void read_blocking(NativeCall *call)
{
    int fd = (int)arg_int(call, 0);
    Slice buffer = arg_slice(call, 2);
    ssize_t n;
    native_enter_blocking(call);
    do n = read(fd, buffer.data, portion(buffer.len));
    while (n < 0 && errno == EINTR);
    int failed = n < 0 ? errno : 0;
    native_leave_blocking(call);
    ret_int(call, 0, n < 0 ? 0 : n);
    ret_int(call, 1, failed);
}

/* Asking costs a program that has printed a line and is done less than the thread that would look
 * after its processor meanwhile. */
static bool may_block(int fd, int64_t n)
{
    struct pollfd output = {.fd = fd, .events = POLLOUT};
    return !sched_is_alone() || n > PIPE_BUF || poll(&output, 1, 0) != 1;
}

static void write_blocking(NativeCall *call)
{
    int fd = (int)arg_int(call, 0);
    Slice buffer = arg_slice(call, 2);
    int64_t done = 0;
    int failed = 0;
    bool is_blocking = may_block(fd, buffer.len);
    if (is_blocking) native_enter_blocking(call);
    while (done < buffer.len && !failed) {
        ssize_t n = write(fd, (char *)buffer.data + done, portion(buffer.len - done));
        if (n >= 0)
            done += n;
        else if (errno != EINTR)
            failed = write_failure(fd, errno);
    }
    if (is_blocking) native_leave_blocking(call);
    ret_int(call, 0, done);
    ret_int(call, 1, failed);
}

void transfer_read(NativeCall *call)
{
    if (arg_ptr(call, 1) && poll_is_over(arg_ptr(call, 1), POLL_READ))
        ret_int(call, 1, TRANSFER_TIMEOUT);
    else if (arg_ptr(call, 1))
        read_polled(call);
    else
        read_blocking(call);
}

void transfer_write(NativeCall *call)
{
    call->g->scratch[0] = 0;
    if (arg_ptr(call, 1) && poll_is_over(arg_ptr(call, 1), POLL_WRITE))
        ret_int(call, 1, TRANSFER_TIMEOUT);
    else if (arg_ptr(call, 1))
        write_polled(call);
    else
        write_blocking(call);
}
