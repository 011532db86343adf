/* SPDX-License-Identifier: MIT */
/* epoll counts its timeouts in milliseconds. Shorter ones are waited for with ppoll on the epoll
 * descriptor, which is readable when it has events. An eventfd interrupts. */
#include "runtime/netpoll_epoll.h"

#include "base/fatal.h"
#include "runtime/gc.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { INTERRUPT_TOKEN = 0, BATCH = 128 };

static int epoll_fd = -1, interrupt_fd = -1; /* fixed after poller_init */

void poller_init(void)
{
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    interrupt_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (epoll_fd < 0 || interrupt_fd < 0) fatal("netpoll: no epoll: %s", strerror(errno));
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = INTERRUPT_TOKEN};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, interrupt_fd, &event) < 0)
        fatal("netpoll: cannot watch the interrupt: %s", strerror(errno));
}

bool poller_add(int fd, uint64_t token)
{
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
        .data.u64 = token,
    };
    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

void poller_remove(int fd)
{
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

void poller_interrupt(void)
{
    uint64_t one = 1;
    while (write(interrupt_fd, &one, sizeof one) < 0 && errno == EINTR) {
    }
}

typedef struct Wait {
    struct epoll_event events[BATCH];
    int max, n;
    int64_t timeout_ns;
} Wait;

/* The thread may be interrupted by the collector's signals; whoever waits for longer calls again.
 */
static void *wait_for_events(void *arg)
{
    Wait *wait = arg;
    if (wait->timeout_ns > 0) {
        struct pollfd pollfd = {.fd = epoll_fd, .events = POLLIN};
        struct timespec ts = {wait->timeout_ns / 1000000000, wait->timeout_ns % 1000000000};
        if (ppoll(&pollfd, 1, &ts, NULL) <= 0) return NULL;
    }
    int n = epoll_wait(epoll_fd, wait->events, wait->max, wait->timeout_ns < 0 ? -1 : 0);
    wait->n = n < 0 ? 0 : n;
    return NULL;
}

int poller_wait(PollEvent *events, int max, int64_t timeout_ns)
{
    Wait wait = {.max = max < BATCH ? max : BATCH, .timeout_ns = timeout_ns};
    if (timeout_ns == 0)
        wait_for_events(&wait);
    else
        gc_do_blocking(wait_for_events, &wait);
    int n = 0;
    for (int i = 0; i < wait.n; i++) {
        uint32_t what = wait.events[i].events;
        uint64_t token = wait.events[i].data.u64;
        if (token == INTERRUPT_TOKEN) {
            uint64_t drained;
            /* One that only looks leaves the interrupt to the sleeper it is meant for. */
            if (timeout_ns != 0 && read(interrupt_fd, &drained, sizeof drained) < 0) continue;
            continue;
        }
        bool is_broken = what & (EPOLLERR | EPOLLHUP);
        events[n++] = (PollEvent){
            .token = token,
            .can_read = is_broken || what & (EPOLLIN | EPOLLRDHUP),
            .can_write = is_broken || what & EPOLLOUT,
        };
    }
    return n;
}
