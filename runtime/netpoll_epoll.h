/* SPDX-License-Identifier: MIT */
/* What netpoll.c needs of the system's readiness interface. On Linux: edge-triggered epoll. */
#ifndef MGO_RUNTIME_NETPOLL_EPOLL_H
#define MGO_RUNTIME_NETPOLL_EPOLL_H

#include <stdbool.h>
#include <stdint.h>

typedef struct PollEvent {
    uint64_t token;
    bool can_read, can_write; /* errors and hang-ups set both */
} PollEvent;

void poller_init(void);
/* Watches fd for both directions; events carry the token. Returns false with errno set. */
bool poller_add(int fd, uint64_t token);
void poller_remove(int fd);
/* Waits at most timeout_ns (negative: for ever) and stores up to max events; returns how many. */
int poller_wait(PollEvent *events, int max, int64_t timeout_ns);
/* Makes a poller_wait that waits, or the next one that would, return. Callable from any thread. */
void poller_interrupt(void);

#endif
