/* SPDX-License-Identifier: MIT */
/* Interned names: equal texts are one pointer, so names are compared with ==.
 *
 * The table lives as long as the process and is guarded by a lock of its own; a Name may be read by
 * any thread. */
#ifndef MGO_BASE_INTERN_H
#define MGO_BASE_INTERN_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct NameData {
    uint32_t hash;
    uint32_t len;
    bool is_exported; /* begins with an upper-case letter (Unicode class Lu) */
    uint8_t tag;      /* what intern_tag said; 0 */
    char text[];      /* NUL-terminated */
} NameData;
typedef const NameData *Name;

/* Returns the one Name for these bytes, which are copied if new. */
Name intern(const char *text, size_t len);
/* Gives a name a number of the caller's, before other threads use it. */
void intern_tag(const char *text, uint8_t tag);
/* Makes a Name in an arena that no table knows: for texts that are read but never compared, such as
 * literals; is_exported says nothing. */
Name intern_alone(Arena *arena, const char *text, size_t len);
/* The same as intern for a C string. */
Name intern_str(const char *text);

#endif
