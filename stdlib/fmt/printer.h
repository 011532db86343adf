/* SPDX-License-Identifier: MIT */
/* The printer behind fmt: flags, the text so far, and the method calls that printing needs.
 *
 * C cannot call a String method, so printing goes in rounds. A round prints everything; a value
 * with a method that has to be called takes the next text from the list of results. Where the list
 * is used up, the value goes onto the list of needs and prints as nothing. If there were needs,
 * fmt.mgo makes the calls, appends their results to the list, and runs another round. Without
 * methods, the common case, the first round is the last. */
#ifndef MGO_STDLIB_FMT_PRINTER_H
#define MGO_STDLIB_FMT_PRINTER_H

#include "base/buf.h"
#include "stdlib/native.h"

typedef struct Flags {
    int wid, prec;
    bool has_wid, has_prec, minus, plus, sharp, space, zero;
    bool plus_v, sharp_v; /* %+v and %#v: plus and sharp are then off */
} Flags;

/* Which method; as in fmt.mgo. */
typedef enum CallKind { CALL_NONE, CALL_FORMAT, CALL_GO_STRING, CALL_ERROR, CALL_STRING } CallKind;

/* The C side of `type need struct` in fmt.mgo: a method to call. */
typedef struct Need {
    Iface value;
    int64_t kind;
    int64_t verb;
    int64_t wid, prec; /* -1: absent */
    int64_t flags;     /* bit i: "+-# 0"[i] */
} Need;

/* The C side of `type result struct`: what a call gave. */
typedef struct Result {
    String text;
    bool is_raw;       /* goes out as it is, without regard to verb and width */
    bool has_panicked; /* what is printed after it has width and precision 0, where it has any */
} Result;

typedef struct Printer {
    NativeCall *call;
    Buf out;
    Flags f;
    bool wraps;       /* %w prints errors, as %v does */
    bool is_erroring; /* inside a bad-verb message: methods are left alone */
    int depth;        /* of printer_value, against endless nesting */
    const Result *results;
    int64_t nresults, next_result;
    Need *needs; /* collected */
    int64_t nneeds, needs_cap;
    int64_t *wrapped; /* collected: arguments of %w */
    int64_t nwrapped, wrapped_cap;
} Printer;

/* ---- Plain values with flags; verbs.c ---- */

void print_padded(Printer *p, const char *text, size_t len);
void print_string(Printer *p, const char *text, size_t len);                /* %s */
void print_quoted(Printer *p, const char *text, size_t len);                /* %q */
void print_hex_bytes(Printer *p, const char *text, size_t len, bool upper); /* %x, %X */
/* verb chooses the base and prefix: one of "bdoOxX", or 'v' for decimal. */
void print_integer(Printer *p, uint64_t n, bool is_signed, int base, char verb);
/* 0x and hexadecimal digits; without prefix where !prefix. */
void print_0x(Printer *p, uint64_t n, bool prefix);
void print_char(Printer *p, uint64_t c);        /* %c */
void print_quoted_char(Printer *p, uint64_t c); /* %q */
void print_unicode(Printer *p, uint64_t c);     /* %U */
/* prec counts where no precision was given. */
void print_float(Printer *p, double f, int bits, char verb, int prec);

/* ---- Values by type; value.c ---- */

/* Prints an operand. */
void printer_arg(Printer *p, Iface arg, uint32_t verb);
/* Tells the types of Formatter, GoStringer, error, Stringer, in the order of CallKind. */
void printer_set_interfaces(RType *const types[5]);

#endif
