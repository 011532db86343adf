/* SPDX-License-Identifier: MIT */
/* The poller without the machine: echo over socket pairs, deadlines, closing under a waiter. */
#include "machine.h"
#include "unit.h"

#include "runtime/netpoll.h"
#include "runtime/timer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS = 100, ROUNDS = 200 };

static int fds[PAIRS][2];
static PollDesc *descs[PAIRS][2];
static _Atomic int64_t echoed;

/* Reads or writes a byte on fd; parks where it would block. Returns 1 when done, 0 when parked, 2
 * to try again. */
static int transfer(Goroutine *g, int fd, PollDesc *pd, PollMode mode, char *byte)
{
    ssize_t n = mode == POLL_READ ? read(fd, byte, 1) : write(fd, byte, 1);
    if (n == 1) return 1;
    CHECK(n < 0 && errno == EAGAIN);
    return poll_wait(g, pd, mode) ? 2 : 0;
}

/* r[3] pair; r[4] byte; side 0 sends first, side 1 (r[2]) echoes. r[0] counts transfers done. */
static Step talk(Goroutine *g, Slot *r)
{
    int64_t side = r[2].i, pair = r[3].i;
    if (r[0].i == 2 * ROUNDS) return machine_end();
    bool is_write = (r[0].i & 1) == side;
    char byte = (char)(r[0].i / 2 + pair), got = byte;
    int done =
        transfer(g, fds[pair][side], descs[pair][side], is_write ? POLL_WRITE : POLL_READ, &got);
    if (done == 0) return STEP_PARKED;
    if (done == 1) {
        CHECK(got == byte);
        r[0].i++;
        atomic_fetch_add(&echoed, 1);
    }
    return STEP_AGAIN;
}

static void open_pairs(void)
{
    for (int i = 0; i < PAIRS; i++) {
        CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds[i]) == 0);
        for (int side = 0; side < 2; side++)
            CHECK((descs[i][side] = poll_open(fds[i][side])) != NULL);
    }
}

static void close_pairs(void)
{
    for (int i = 0; i < PAIRS; i++)
        for (int side = 0; side < 2; side++) {
            poll_close(descs[i][side]);
            poll_free(descs[i][side]);
            close(fds[i][side]);
        }
}

static void test_echo(int nprocs)
{
    sched_set_procs(nprocs);
    open_pairs();
    echoed = 0;
    int64_t begin = sched_nanotime();
    for (int i = 0; i < PAIRS; i++) {
        machine_go(talk, NULL, (void *)0, i);
        machine_go(talk, NULL, (void *)1, i);
    }
    machine_work();
    CHECK(echoed == PAIRS * ROUNDS * 4);
    printf("echo, %d processors: %.0f ns per transfer\n", nprocs,
           (double)(sched_nanotime() - begin) / (double)echoed);
    close_pairs();
}

/* ---- Deadlines and closing ---- */

static Step expect_timeout(Goroutine *g, Slot *r)
{
    PollDesc *pd = descs[0][0];
    switch (r[0].i++) {
    case 0:
        r[5].i = sched_nanotime() + 20000000;
        poll_set_deadline(pd, POLL_READ, r[5].i);
        CHECK(!poll_wait(g, pd, POLL_READ));
        return STEP_PARKED;
    case 1:
        CHECK(g->wake_status == WAKE_TIMEOUT && sched_nanotime() >= r[5].i);
        CHECK(poll_wait(g, pd, POLL_READ) && g->wake_status == WAKE_TIMEOUT);
        poll_set_deadline(pd, POLL_READ, -1);
        CHECK(poll_wait(g, pd, POLL_READ) && g->wake_status == WAKE_TIMEOUT);
        poll_set_deadline(pd, POLL_READ, 0);
        CHECK(!poll_wait(g, pd, POLL_READ));
        return STEP_PARKED;
    default:
        CHECK(g->wake_status == WAKE_ERROR);
        CHECK(poll_wait(g, pd, POLL_READ) && g->wake_status == WAKE_ERROR);
        return machine_end();
    }
}

static Step close_later(Goroutine *g, Slot *r)
{
    if (r[0].i++ == 0) return timer_sleep(g, 50000000) ? STEP_PARKED : STEP_AGAIN;
    poll_close(descs[0][0]);
    return machine_end();
}

static void test_deadlines(void)
{
    open_pairs();
    machine_go(expect_timeout, NULL, NULL, 0);
    machine_go(close_later, NULL, NULL, 0);
    machine_work();
    close_pairs();
    int file = open("/proc/self/exe", O_RDONLY);
    errno = 0;
    CHECK(poll_open(file) == NULL && errno == EPERM);
    close(file);
}

int main(void)
{
    machine_init(1, machine_deadlock);
    test_echo(1);
    test_deadlines();
    test_echo(2);
    test_echo(8);
    test_deadlines();
    return unit_end();
}
