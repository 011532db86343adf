/* SPDX-License-Identifier: MIT */
/* What print and println, and the panics nobody recovers, show of a value. */
#ifndef MGO_VM_PRINT_H
#define MGO_VM_PRINT_H

#include "base/buf.h"
#include "runtime/rtype.h"

typedef enum PrintKind { /* operand b of PRINT */
    PRINT_INT, PRINT_UINT, PRINT_FLOAT, PRINT_BOOL, PRINT_STRING, PRINT_POINTER, PRINT_COMPLEX, PRINT_IFACE,
    PRINT_SLICE, PRINT_SPACE, PRINT_NEWLINE,
} PrintKind;

/* Adds the value in these slots as the builtin print shows it. */
void print_value(Buf *out, PrintKind kind, const Slot *value);
/* Adds the value of an interface as a panic shows it: basic kinds by value (named ones with their type around), others by type and
 * address. No methods are called. */
void print_panic_value(Buf *out, Iface value);
/* Writes bytes to standard error, whole. */
void print_stderr(const char *bytes, size_t len);
/* The same for what is said about a program's violent end, which also goes where print_set_crash_file said. */
void print_crash(const char *bytes, size_t len);
/* Sets a descriptor, which belongs to this module from now on; -1 for none. */
void print_set_crash_file(int fd);

#endif
