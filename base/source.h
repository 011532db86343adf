/* SPDX-License-Identifier: MIT */
/* Source files and positions.
 *
 * Every byte of every loaded file has a number, its Pos: the file's base plus the byte's offset. So
 * a position is four bytes wherever it is kept, and file, line and column are looked up only when
 * somebody prints them. Files are never unloaded. Registration and look-ups take a lock of their
 * own; both may happen on any thread. */
#ifndef MGO_BASE_SOURCE_H
#define MGO_BASE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t Pos; /* 0 is "no position" */
#define NO_POS ((Pos)0)

typedef struct Source {
    const char *path; /* as it is printed: what the user named, or "strings/strings.mgo" */
    const char *text; /* the bytes, followed by two NULs (flex reads them in place) */
    size_t len;
    Pos base;                  /* Pos of the first byte */
    struct SourceLines *lines; /* where lines begin, and //line directives; filled by the first
                                  look-up; source.c's */
    bool is_library; /* embedded library code: bodies may be skipped until they are called */
    int first_line;  /* number of the first line, normally 1; the REPL counts on */
} Source;

typedef struct Location {
    const char *path; /* after //line directives */
    int line;         /* from 1 */
    int column;       /* from 1, in bytes; 0 after a //line directive without columns */
    const Source *source;
    uint32_t offset; /* of the byte in source->text */
} Location;

/* Registers text (taken over; must be followed by two NULs). Returns NULL when positions are used
 * up (4 GB). */
Source *source_add(const char *path, const char *text, size_t len);
/* Reads a file whole and registers it. Returns NULL and a reason (errno text, "is a directory") in
 * *why. */
Source *source_load(const char *path, const char **why);
/* Notes a //line directive: from `offset` on, positions print as path:line, with columns counted
 * from `column`, or without column where that is 0. Offsets rise; one already noted is ignored. */
void source_add_directive(Source *source, uint32_t offset, const char *path, int line, int column);
/* The path that the last directive so far names, else the source's own. */
const char *source_last_path(Source *source);
/* Looks a position up; a NULL path for NO_POS. */
Location source_locate(Pos pos);
/* The text of the line at a location, without its end; its length in *len. For showing the line
 * below a message. */
const char *source_line_text(const Location *at, size_t *len);
/* "prog.mgo:3:7"; into out[0..size). Returns out. */
char *source_format(Pos pos, char *out, size_t size);

#endif
