/* SPDX-License-Identifier: MIT */
/* The order of locks: a thread takes them with rising rank. Checked where MGO_DEBUG is defined.
 *
 * Several channels may be held at once (select takes them by rising address); no other rank nests
 * in itself. */
#ifndef MGO_RUNTIME_LOCKRANK_H
#define MGO_RUNTIME_LOCKRANK_H

typedef enum LockRank {
    RANK_FREEZE,  /* sched.freeze_lock: one freezer at a time */
    RANK_FOREIGN, /* sched.foreign_lock: a thread without processor touches goroutines */
    RANK_PROGRAM, /* what the vm and the library lock around their own data */
    RANK_TIMER,   /* Timer.lock */
    RANK_POLL,    /* PollDesc.lock */
    RANK_CHAN,    /* Chan.lock */
    RANK_SEMA,    /* Sema.lock */
    RANK_TIMERS,  /* TimerHeap.lock */
    RANK_GATHER,  /* what gather.c has measured */
    RANK_SCHED,   /* sched.lock: global queue, idle processors, idle workers */
    RANK_POOL,    /* shared pools of descriptors and their register */
    RANK_STACK,   /* shared pools of stacks */
    RANK_EVENT,   /* the event ring of threads without processor */
} LockRank;

#endif
