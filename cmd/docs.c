/* SPDX-License-Identifier: MIT */
/* Comments, found by reading the source again.
 *
 * Comments belong together, and make one text, where nothing but white space without an empty line
 * is between them. */
#include "cmd/docs.h"

#include "base/source.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- The text of a comment ---- */

/* Adds a comment's lines without its marks. */
static void add_comment(const char *comment, size_t len, Buf *out)
{
    bool is_block = comment[1] == '*';
    const char *p = comment + 2, *end = comment + len - (is_block ? 2 : 0);
    if (!is_block && p < end && *p == ' ') p++;
    while (p <= end) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        if (!stop) stop = end;
        const char *last = stop;
        while (last > p && isspace((unsigned char)last[-1])) last--;
        buf_add(out, p, (size_t)(last - p));
        buf_byte(out, '\n');
        p = stop + 1;
    }
}

/* ---- The last comment in a body ---- */

/* The end of the string, rune or raw string that begins at p. */
static const char *skip_literal(const char *p, const char *end)
{
    char quote = *p++;
    while (p < end && *p != quote) p += quote != '`' && *p == '\\' && p + 1 < end ? 2 : 1;
    return p < end ? p + 1 : end;
}

static const char *comment_end(const char *p, const char *end)
{
    if (p[1] == '/') {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        return stop ? stop : end;
    }
    for (const char *q = p + 2; q + 1 < end; q++)
        if (q[0] == '*' && q[1] == '/') return q + 2;
    return end;
}

/* Leaves in `out` the last group of comments between p and end. */
static void last_comment(const char *p, const char *end, Buf *out)
{
    bool is_open = false; /* whether a comment here would belong to the group in `out` */
    int lines = 0;        /* line ends since the comment before */
    while (p < end) {
        if (*p == '/' && p + 1 < end && (p[1] == '/' || p[1] == '*')) {
            const char *stop = comment_end(p, end);
            if (!is_open || lines > 1) out->len = 0;
            add_comment(p, (size_t)(stop - p), out);
            is_open = true;
            lines = 0;
            p = stop;
            continue;
        }
        if (*p == '\n')
            lines++;
        else if (!isspace((unsigned char)*p))
            is_open = false;
        p = *p == '"' || *p == '\'' || *p == '`' ? skip_literal(p, end) : p + 1;
    }
}

/* What follows the word, in either case, at the beginning of text; NULL if it is not there. */
static const char *after_word(const char *text, const char *word)
{
    size_t len = strlen(word);
    return strncasecmp(text, word, len) == 0 ? text + len : NULL;
}

bool docs_example_output(const Node *func, Buf *output, bool *is_unordered)
{
    const Node *body = func->func.body;
    Location at = source_locate(body->pos);
    const char *begin = at.source->text + at.offset;
    Buf comment = {0};
    last_comment(begin, begin + (body->end - body->pos), &comment);
    const char *text = buf_str(&comment);
    while (isspace((unsigned char)*text)) text++;
    const char *rest = after_word(text, "unordered ");
    *is_unordered = rest != NULL;
    rest = after_word(rest ? rest : text, "output:");
    if (rest) {
        while (*rest == ' ') rest++;
        if (*rest == '\n') rest++;
        buf_text(output, rest);
    }
    buf_free(&comment);
    return rest != NULL;
}

/* ---- The comment before a declaration ---- */

/* The beginning of the line that ends before `line`. */
static size_t line_before(const char *text, size_t line)
{
    size_t at = line - 1;
    while (at > 0 && text[at - 1] != '\n') at--;
    return at;
}

static bool is_line_comment(const char *text, size_t at)
{
    while (text[at] == ' ' || text[at] == '\t') at++;
    return text[at] == '/' && text[at + 1] == '/';
}

void docs_comment_before(Pos pos, Buf *out)
{
    Location at = source_locate(pos);
    const char *text = at.source->text;
    size_t line = at.offset;
    while (line > 0 && text[line - 1] != '\n') line--;
    size_t first = line;
    while (first > 0 && is_line_comment(text, line_before(text, first)))
        first = line_before(text, first);
    if (first < line) {
        for (size_t p = first; p < line;) {
            while (text[p] == ' ' || text[p] == '\t') p++;
            size_t stop = p + strcspn(text + p, "\n");
            bool is_directive = strncmp(text + p, "//go:", 5) == 0;
            if (!is_directive) add_comment(text + p, stop - p, out);
            p = stop + 1;
        }
        return;
    }
    size_t end = line;
    while (end > 0 && isspace((unsigned char)text[end - 1])) end--;
    if (line - end > 1 || end < 4 || memcmp(text + end - 2, "*/", 2) != 0) return;
    for (size_t p = end - 2; p-- > 0;)
        if (text[p] == '/' && text[p + 1] == '*') {
            add_comment(text + p, end - p, out);
            return;
        }
}
