/* SPDX-License-Identifier: MIT */
/* JSON's grammar as a machine that is fed bytes and can stop anywhere. */
#ifndef MGO_STDLIB_ENCODING_JSON_SCAN_H
#define MGO_STDLIB_ENCODING_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCAN_MAX_DEPTH = 10000 };

typedef enum ScanStatus { SCAN_MORE, SCAN_DONE, SCAN_ERROR } ScanStatus;

typedef struct Scan {
    uint8_t state;       /* ScanState in scan.c */
    bool is_key;         /* the string being read is an object's key */
    uint8_t hex;         /* digits of \u still to come */
    const char *literal; /* what is left of true, false or null */
    const char *word;    /* all of it */
    uint32_t depth;
    uint8_t is_object[SCAN_MAX_DEPTH / 8 + 1]; /* a bit for each level */
    char error[80];
} Scan;

void scan_begin(Scan *scan);
/* Reads text[0..n); *used gets how many bytes it took. SCAN_DONE: a value is complete (a number
 * with the byte behind it, which is not taken). SCAN_ERROR: error says why, the bad byte counts as
 * used. */
ScanStatus scan_feed(Scan *scan, const char *text, size_t n, size_t *used);
/* The text is over. SCAN_DONE if that completes a value, else SCAN_ERROR. */
ScanStatus scan_end(Scan *scan);
/* Checks that text is exactly one value. NULL, or what is wrong (in scan->error) with the number of
 * bytes read in *offset. */
const char *scan_check(Scan *scan, const char *text, size_t n, size_t *offset);
/* Whether text is exactly one number. */
bool scan_is_number(const char *text, size_t n);

#endif
