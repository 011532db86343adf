/* SPDX-License-Identifier: MIT */
/* Messages are kept as they come and put in order only when they are printed, because checking does
 * not go through a program from top to bottom. */
#include "base/diag.h"
#include "base/buf.h"
#include "base/fatal.h"
#include "base/show.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const char *const texts[ERR_COUNT] = {
#define ERR(name, text) [ERR_##name] = text,
#include "base/errors.def"
#undef ERR
};
static const char *const names[ERR_COUNT] = {
#define ERR(name, text) [ERR_##name] = #name,
#include "base/errors.def"
#undef ERR
};
/* clang-format on */

static _Thread_local DiagList *current;
static size_t print_limit = 10; /* fixed after start */
static bool is_json;            /* fixed after start */

/* ---- Reporting ---- */

DiagList *diag_use(DiagList *list)
{
    DiagList *before = current;
    current = list;
    return before;
}

size_t diag_count(void)
{
    return current ? current->len : 0;
}

bool diag_has_within(Pos from, Pos to)
{
    enum { MANY = 100 };
    if (current && current->len > MANY) return true;
    for (size_t i = 0; current && i < current->len; i++) {
        if (current->at[i].pos >= from && current->at[i].pos <= to) return true;
    }
    return false;
}

void diag_set_limit(size_t limit)
{
    print_limit = limit;
}

void diag_set_json(bool json)
{
    is_json = json;
}

const char *diag_code_name(ErrorCode code)
{
    return names[code];
}

void diag_error(Pos pos, Pos end, ErrorCode code, ...)
{
    if (!current) fatal("diag: an error is reported, but no list is in use");
    Buf text = {0};
    va_list args;
    va_start(args, code);
    buf_vprintf(&text, texts[code], args);
    va_end(args);
    /* A message that quotes what is invalid follows from an error reported before. */
    current->is_last_dropped = false;
    if (current->len > 0 && text.data && strstr(text.data, "invalid type")) {
        buf_free(&text);
        current->is_last_dropped = true;
        return;
    }
    vec_reserve(current, current->len + 1);
    current->at[current->len++] =
        (Diag){.pos = pos, .end = end < pos ? pos : end, .code = code, .text = text.data};
}

bool diag_wants_remedy(void)
{
    enum { MANY = 200 };
    return current && current->len > 0 && current->len <= MANY && !current->is_last_dropped;
}

void diag_remedy(const char *format, ...)
{
    if (!diag_wants_remedy()) return;
    Buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    Diag *last = &current->at[current->len - 1];
    free(last->remedy);
    last->remedy = text.data;
}

/* ---- Putting in order ---- */

typedef struct Entry {
    const Diag *diag;
    Location at;
    size_t order; /* of reporting; breaks ties */
} Entry;

static int compare_entries(const void *left, const void *right)
{
    const Entry *a = left, *b = right;
    if (a->at.source != b->at.source) return a->diag->pos < b->diag->pos ? -1 : 1;
    if (a->at.offset != b->at.offset) return a->at.offset < b->at.offset ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static bool is_syntax(const Entry *entry)
{
    return entry->diag->code == ERR_SYNTAX;
}

/* Whether `next`, which comes right after `before`, says nothing new: the same text on the same
 * line, or a second syntax error there. */
static bool is_duplicate(const Entry *before, const Entry *next)
{
    if (before->at.source != next->at.source || before->at.line != next->at.line) return false;
    if (is_syntax(before) && is_syntax(next)) return true;
    return strcmp(before->diag->text, next->diag->text) == 0;
}

/* Fills entries[] in order, without duplicates; returns how many remain. */
static size_t sort_entries(const DiagList *list, Entry *entries)
{
    for (size_t i = 0; i < list->len; i++) {
        entries[i] = (Entry){&list->at[i], source_locate(list->at[i].pos), i};
    }
    qsort(entries, list->len, sizeof *entries, compare_entries);
    size_t kept = 0;
    for (size_t i = 0; i < list->len; i++) {
        if (kept > 0 && is_duplicate(&entries[kept - 1], &entries[i])) continue;
        entries[kept++] = entries[i];
    }
    return kept;
}

/* ---- Printing ---- */

static void print_too_many(Pos pos, FILE *out)
{
    char where[4200];
    if (is_json) return;
    fprintf(out, "%s: too many errors\n", source_format(pos, where, sizeof where));
}

size_t diag_print(DiagList *list, FILE *out)
{
    if (!list->len) return 0;
    Entry *entries = calloc(list->len, sizeof *entries);
    if (!entries) fatal_out_of_memory();
    size_t count = sort_entries(list, entries);
    ShowStyle style = show_style(out);
    style.is_json = is_json;
    for (size_t i = 0; i < count; i++) {
        if (print_limit && i == print_limit) {
            print_too_many(entries[i - 1].diag->pos, out);
            break;
        }
        show_diag(entries[i].diag, &entries[i].at, &style, out);
    }
    free(entries);
    diag_free(list);
    return count;
}

void diag_free(DiagList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->at[i].text);
        free(list->at[i].remedy);
    }
    vec_free(list);
}

void diag_move(DiagList *list)
{
    if (!current) fatal("diag: errors are moved, but no list is in use");
    for (size_t i = 0; i < list->len; i++) {
        vec_reserve(current, current->len + 1);
        current->at[current->len++] = list->at[i];
    }
    vec_free(list);
}
