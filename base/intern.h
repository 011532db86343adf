/* SPDX-License-Identifier: MIT */
/* Interned names: equal texts are one pointer, so names are compared with ==.
 *
 * The table lives as long as the process and is guarded by a lock of its own; a Name may be read by
 * any thread. */
#ifndef MGO_BASE_INTERN_H
#define MGO_BASE_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct NameData {
    uint32_t hash;
    uint32_t len;
    bool is_exported; /* begins with an upper-case letter (Unicode class Lu) */
    char text[];      /* NUL-terminated */
} NameData;
typedef const NameData *Name;

/* Returns the one Name for these bytes, which are copied if new. */
Name intern(const char *text, size_t len);
/* The same for a C string. */
Name intern_str(const char *text);

#endif
