/* SPDX-License-Identifier: MIT */
/* Build constraints, as `go help buildconstraint` describes them: an expression over tags after
 * //go:build, and the names of operating systems and processors at the end of a file's name. */
#include "cmd/buildtag.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const other_systems[] = {
    "aix",  "android", "darwin",  "dragonfly", "freebsd", "hurd",   "illumos", "ios", "js",
    "nacl", "netbsd",  "openbsd", "plan9",     "solaris", "wasip1", "windows", "zos", NULL};
static const char *const processors[] = {
    "386",     "amd64",  "amd64p32", "arm",      "arm64",   "armbe", "arm64be", "loong64",
    "mips",    "mipsle", "mips64",   "mips64le", "ppc",     "ppc64", "ppc64le", "riscv",
    "riscv64", "s390",   "s390x",    "sparc",    "sparc64", "wasm",  NULL};

static bool listed(const char *const *list, const char *word, size_t len)
{
    for (; *list; list++)
        if (strlen(*list) == len && memcmp(*list, word, len) == 0) return true;
    return false;
}

static bool is_word(const char *word, size_t len, const char *text)
{
    return strlen(text) == len && memcmp(word, text, len) == 0;
}

static const char *added = ""; /* by -tags; fixed before files are looked at */

void buildtag_add(const char *list)
{
    added = list;
}

static bool is_added(const char *tag, size_t len)
{
    for (const char *p = added; *p;) {
        size_t n = strcspn(p, ", ");
        if (n == len && memcmp(p, tag, len) == 0) return true;
        p += n + (p[n] != 0);
    }
    return false;
}

static bool tag_holds(const char *tag, size_t len)
{
    if (is_word(tag, len, "linux") || is_word(tag, len, "unix") || is_word(tag, len, "mgo") ||
        is_word(tag, len, "purego") || is_word(tag, len, "math_big_pure_go") ||
        is_word(tag, len, "netgo") || is_word(tag, len, "osusergo") || is_added(tag, len))
        return true;
    if (len > 4 && memcmp(tag, "go1.", 4) == 0) {
        int minor = atoi(tag + 4);
        return minor >= 1 && minor <= 27;
    }
    return false;
}

/* ---- The expression after //go:build: or, and, not, parentheses ---- */

typedef struct Reader {
    const char *p, *end;
} Reader;

static bool read_or(Reader *r);

static void skip_blanks(Reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t')) r->p++;
}

static bool starts(Reader *r, const char *text)
{
    skip_blanks(r);
    size_t len = strlen(text);
    if ((size_t)(r->end - r->p) < len || memcmp(r->p, text, len) != 0) return false;
    r->p += len;
    return true;
}

static bool read_not(Reader *r)
{
    if (starts(r, "!")) return !read_not(r);
    if (starts(r, "(")) {
        bool value = read_or(r);
        starts(r, ")");
        return value;
    }
    const char *word = r->p;
    while (r->p < r->end && (isalnum((unsigned char)*r->p) || *r->p == '_' || *r->p == '.')) r->p++;
    if (r->p == word && r->p < r->end) r->p++;
    return tag_holds(word, (size_t)(r->p - word));
}

static bool read_and(Reader *r)
{
    bool value = read_not(r);
    while (starts(r, "&&")) {
        bool right = read_not(r);
        value = value && right;
    }
    return value;
}

static bool read_or(Reader *r)
{
    bool value = read_and(r);
    while (starts(r, "||")) {
        bool right = read_and(r);
        value = value || right;
    }
    return value;
}

static bool name_matches(const char *file_name)
{
    const char *dot = strrchr(file_name, '.');
    size_t len = dot ? (size_t)(dot - file_name) : strlen(file_name);
    if (len > 5 && memcmp(file_name + len - 5, "_test", 5) == 0) len -= 5;
    for (int part = 0; part < 2; part++) {
        size_t from = len;
        while (from > 0 && file_name[from - 1] != '_') from--;
        if (from == 0) return true; /* the first word is no constraint */
        const char *word = file_name + from;
        size_t word_len = len - from;
        if (listed(other_systems, word, word_len) || listed(processors, word, word_len))
            return false;
        if (!is_word(word, word_len, "linux") && !is_word(word, word_len, "unix")) return true;
        len = from - 1;
    }
    return true;
}

bool buildtag_matches(const char *file_name, const char *text, size_t len)
{
    if (!name_matches(file_name)) return false;
    const char *end = text + len;
    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop) stop = end;
        Reader r = {line, stop};
        if (starts(&r, "//go:build ")) return read_or(&r);
        if (starts(&r, "package ")) return true;
        line = stop + 1;
    }
    return true;
}
