/* SPDX-License-Identifier: MIT */
/* What unit tests need: CHECK says what failed and goes on, unit_end() is main's result. */
#ifndef MGO_TESTS_UNIT_H
#define MGO_TESTS_UNIT_H

#include <stdio.h>

static int unit_failures;

#define CHECK(cond)                                                                                \
    ((cond) ? (void)0                                                                              \
            : (void)(unit_failures++, printf("%s:%d: failed: %s\n", __FILE__, __LINE__, #cond)))

static inline int unit_end(void)
{
    return unit_failures != 0;
}

#endif
