/* SPDX-License-Identifier: MIT */
/* The register of sources.
 *
 * Sources are kept in the order of their bases, so a position finds its file by binary search.
 * Lines are counted when a position of the file is looked up for the first time: a program without
 * errors and traces never counts. */
#include "base/source.h"
#include "base/fatal.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Directive {
    uint32_t offset; /* from here on … */
    const char *path;
    int line, column; /* … the position is this; column 0: none is printed */
} Directive;

typedef struct SourceLines {
    VEC(uint32_t) starts; /* offset of each line's first byte; empty until the first look-up */
    VEC(Directive) directives;
} SourceLines;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static VEC(Source *) sources; /* guarded by lock, as each source's lines are */
static Pos next_base = 1;     /* guarded by lock */

/* ---- Registering ---- */

Source *source_add(const char *path, const char *text, size_t len)
{
    Source *source = calloc(1, sizeof *source);
    SourceLines *lines = calloc(1, sizeof *lines);
    char *own_path = strdup(path);
    if (!source || !lines || !own_path) fatal_out_of_memory();
    *source = (Source){.path = own_path, .text = text, .len = len, .lines = lines, .first_line = 1};
    pthread_mutex_lock(&lock);
    bool fits = len < UINT32_MAX - next_base;
    if (fits) {
        source->base = next_base;
        next_base += (Pos)len + 1; /* the end of a file is a position too */
        vec_push(&sources, source);
    }
    pthread_mutex_unlock(&lock);
    if (fits) return source;
    free(own_path);
    free(lines);
    free(source);
    return NULL;
}

/* Reads what there is; the file may be a pipe and its size unknown. NULL with errno set if that
 * fails. */
static char *read_all(int fd, size_t size, size_t *len)
{
    size_t cap = size + 4096, used = 0;
    char *text = malloc(cap);
    while (text) {
        ssize_t n = read(fd, text + used, cap - used - 2);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            free(text);
            return NULL;
        }
        if (n == 0) break;
        used += (size_t)n;
        if (cap - used < 1024) text = vec_grow(text, &cap, cap * 2, 1);
    }
    if (!text) fatal_out_of_memory();
    text[used] = text[used + 1] = 0;
    *len = used;
    return text;
}

Source *source_load(const char *path, const char **why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) < 0) {
        *why = strerror(errno);
        if (fd >= 0) close(fd);
        return NULL;
    }
    size_t len;
    char *text = read_all(fd, S_ISREG(info.st_mode) ? (size_t)info.st_size : 0, &len);
    if (!text) *why = errno == EISDIR ? "is a directory" : strerror(errno);
    close(fd);
    if (!text) return NULL;
    Source *source = source_add(path, text, len);
    if (source) return source;
    *why = "too much source text";
    free(text);
    return NULL;
}

void source_add_directive(Source *source, uint32_t offset, const char *path, int line, int column)
{
    pthread_mutex_lock(&lock);
    SourceLines *lines = source->lines;
    if (!lines->directives.len || vec_last(&lines->directives).offset < offset) {
        char *own_path = strdup(path);
        if (!own_path) fatal_out_of_memory();
        Directive directive = {offset, own_path, line, column};
        vec_push(&lines->directives, directive);
    }
    pthread_mutex_unlock(&lock);
}

const char *source_last_path(Source *source)
{
    pthread_mutex_lock(&lock);
    const SourceLines *lines = source->lines;
    const char *path =
        lines->directives.len > 0 ? vec_last(&lines->directives).path : source->path;
    pthread_mutex_unlock(&lock);
    return path;
}

/* ---- Looking up ---- */

/* Counts the lines of a source; lock must be held. */
static void count_lines(const Source *source, SourceLines *lines)
{
    vec_push(&lines->starts, 0);
    const char *end = source->text + source->len;
    for (const char *at = source->text; (at = memchr(at, '\n', (size_t)(end - at)));) {
        at++;
        vec_push(&lines->starts, (uint32_t)(at - source->text));
    }
}

/* The number, from 0, of the line with this offset; lock must be held. */
static size_t find_line(const Source *source, uint32_t offset)
{
    SourceLines *lines = source->lines;
    if (!lines->starts.len) count_lines(source, lines);
    size_t low = 0, high = lines->starts.len;
    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        if (lines->starts.at[mid] <= offset) {
            low = mid;
        } else {
            high = mid;
        }
    }
    return low;
}

/* The source that has this position, or NULL; lock must be held. */
static const Source *find_source(Pos pos)
{
    size_t low = 0, high = sources.len;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (sources.at[mid]->base <= pos) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low && pos != NO_POS ? sources.at[low - 1] : NULL;
}

/* Applies the last //line directive before the location, if any; lock must be held. */
static void apply_directive(Location *at, size_t line)
{
    SourceLines *lines = at->source->lines;
    const Directive *last = NULL;
    for (size_t i = 0; i < lines->directives.len; i++) {
        if (lines->directives.at[i].offset > at->offset) break;
        last = &lines->directives.at[i];
    }
    if (!last) return;
    size_t directive_line = find_line(at->source, last->offset);
    at->path = last->path;
    at->line = last->line + (int)(line - directive_line);
    if (last->column == 0) {
        at->column = 0;
    } else if (line == directive_line) {
        at->column = last->column + (int)(at->offset - last->offset);
    }
}

Location source_locate(Pos pos)
{
    Location at = {0};
    pthread_mutex_lock(&lock);
    const Source *source = find_source(pos);
    if (source) {
        at.source = source;
        at.path = source->path;
        at.offset = pos - source->base;
        if (at.offset > source->len) at.offset = (uint32_t)source->len;
        size_t line = find_line(source, at.offset);
        at.line = (int)line + source->first_line;
        at.column = (int)(at.offset - source->lines->starts.at[line]) + 1;
        apply_directive(&at, line);
    }
    pthread_mutex_unlock(&lock);
    return at;
}

const char *source_line_text(const Location *at, size_t *len)
{
    const char *text = at->source->text, *start = text + at->offset;
    while (start > text && start[-1] != '\n') start--;
    const char *end = memchr(start, '\n', at->source->len - (size_t)(start - text));
    if (!end) end = text + at->source->len;
    if (end > start && end[-1] == '\r') end--;
    *len = (size_t)(end - start);
    return start;
}

char *source_format(Pos pos, char *out, size_t size)
{
    Location at = source_locate(pos);
    if (!at.path) {
        snprintf(out, size, "<unknown>");
    } else if (at.column == 0) {
        snprintf(out, size, "%s:%d", at.path, at.line);
    } else {
        snprintf(out, size, "%s:%d:%d", at.path, at.line, at.column);
    }
    return out;
}
