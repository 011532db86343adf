/* SPDX-License-Identifier: MIT */
/* A program may have declarations that lead from one to the next a hundred thousand times, and
 * every one costs the checker some hundred bytes of stack. Linux keeps 128 MB of addresses free
 * below the main thread's stack whatever its limit was at the start, and looks at the limit only
 * when the stack grows: so most of that can be had by raising the limit. */
#include "base/cstack.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#define WANTED ((rlim_t)120 << 20)
#define MARGIN ((size_t)1 << 20) /* enough for everything between two calls of cstack_is_low */

static _Thread_local uintptr_t lowest; /* address where the margin begins; 0 until asked for */

void cstack_enlarge(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= WANTED) return;
    limit.rlim_cur = limit.rlim_max < WANTED ? limit.rlim_max : WANTED;
    setrlimit(RLIMIT_STACK, &limit);
}

static uintptr_t find_lowest(void)
{
    pthread_attr_t attr;
    void *start = NULL;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attr) != 0) return 1;
    pthread_attr_getstack(&attr, &start, &size);
    pthread_attr_destroy(&attr);
    uintptr_t end = (uintptr_t)start + size;
    size_t usable = size < (size_t)WANTED ? size : (size_t)WANTED;
    return end - usable + (usable > 4 * MARGIN ? MARGIN : usable / 4);
}

bool cstack_is_low(void)
{
    if (lowest == 0) lowest = find_lowest();
    char here;
    return (uintptr_t)&here < lowest;
}
