/* SPDX-License-Identifier: MIT */
/* A program may have declarations that lead from one to the next a hundred thousand times, and
 * every one costs the checker some hundred bytes of stack. Linux keeps 128 MB of addresses free
 * below the main thread's stack whatever its limit was at the start, and looks at the limit only
 * when the stack grows: so most of that can be had by raising the limit. */
#include "base/cstack.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>

#define WANTED ((rlim_t)120 << 20)
#define MARGIN ((size_t)1 << 20) /* enough for everything between two calls of cstack_is_low */

static _Thread_local uintptr_t lowest; /* address where the margin begins; 0 until asked for */
static char *main_bottom;              /* fixed by cstack_enlarge */

/* The last thing on the main thread's stack, above arguments and environment, is the name of the
 * executed file. pthread_getattr_np would read the same from /proc/self/maps, which takes longer
 * than many a program. */
static char *find_main_bottom(void)
{
    enum { PAGE = 4096 };
    const char *name = (const char *)getauxval(AT_EXECFN);
    if (!name) return NULL;
    uintptr_t end = (uintptr_t)name + strlen(name) + 1;
    return (char *)((end + PAGE - 1) & -(uintptr_t)PAGE);
}

static uintptr_t lowest_of(uintptr_t end, size_t size)
{
    size_t usable = size < (size_t)WANTED ? size : (size_t)WANTED;
    return end - usable + (usable > 4 * MARGIN ? MARGIN : usable / 4);
}

void cstack_enlarge(void)
{
    struct rlimit limit;
    main_bottom = find_main_bottom();
    if (getrlimit(RLIMIT_STACK, &limit) != 0) return;
    if (limit.rlim_cur < WANTED) {
        limit.rlim_cur = limit.rlim_max < WANTED ? limit.rlim_max : WANTED;
        if (setrlimit(RLIMIT_STACK, &limit) != 0) return;
    }
    if (main_bottom) lowest = lowest_of((uintptr_t)main_bottom, limit.rlim_cur);
}

void *cstack_main_bottom(void)
{
    return main_bottom;
}

static uintptr_t find_lowest(void)
{
    pthread_attr_t attr;
    void *start = NULL;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attr) != 0) return 1;
    pthread_attr_getstack(&attr, &start, &size);
    pthread_attr_destroy(&attr);
    return lowest_of((uintptr_t)start + size, size);
}

bool cstack_is_low(void)
{
    if (lowest == 0) lowest = find_lowest();
    char here;
    return (uintptr_t)&here < lowest;
}
