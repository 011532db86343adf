/* SPDX-License-Identifier: MIT */
/* Below the message stands the source line with its span underlined. What the terminal would make
 * of tabs, wide and combining characters is decided here instead: tabs become blanks, every
 * character is given its width, and control characters are replaced, so the carets stand below
 * what they mean. A line longer than the terminal is wide is shown around the span, with dots
 * where it is cut. */
#include "base/show.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { INDENT = 4, TAB = 4, LEAST_COLUMNS = 20, USUAL_COLUMNS = 80 };

/* ---- Widths ---- */

typedef struct Range {
    uint32_t first, last;
} Range;

/* East Asian wide and full-width characters, and pictographs. */
static const Range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26AA, 0x26AB},   {0x26BD, 0x26BE},
    {0x26C4, 0x26C5},   {0x2705, 0x2705},   {0x270A, 0x270B},   {0x2728, 0x2728},
    {0x274C, 0x274C},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
    {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

/* Characters that take no room: combining marks, joiners, variation selectors. */
static const Range narrow[] = {
    {0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},
    {0x64B, 0x65F},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F},
    {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF},
};

static bool is_listed(const Range *list, size_t n, uint32_t rune)
{
    for (size_t i = 0; i < n && list[i].first <= rune; i++)
        if (rune <= list[i].last) return true;
    return false;
}

static int rune_width(uint32_t rune)
{
    if (rune < 0x300) return 1;
    if (is_listed(narrow, sizeof narrow / sizeof *narrow, rune)) return 0;
    return is_listed(wide, sizeof wide / sizeof *wide, rune) ? 2 : 1;
}

/* ---- The source line ---- */

/* A character of the line as it is shown. */
typedef struct Cell {
    char text[UTF8_MAX + 1];
    uint8_t width;
    bool is_marked;
} Cell;

typedef struct Row {
    Cell *cells;
    size_t len;
    size_t first_marked, end_marked; /* cells of the span */
} Row;

static void add_cell(Row *row, uint32_t rune, bool is_marked)
{
    Cell *cell = &row->cells[row->len++];
    bool is_control = rune < 0x20 || (rune >= 0x7F && rune < 0xA0);
    cell->text[utf8_encode(cell->text, is_control ? '?' : rune)] = 0;
    cell->width = (uint8_t)rune_width(rune);
    cell->is_marked = is_marked;
}

enum { REACH = 2000 }; /* bytes of a line looked at on either side of the span's start */

/* The cells of the line around the span [mark, mark_end), offsets in line[0..len). */
static void fill_row(Row *row, const char *line, size_t len, size_t mark, size_t mark_end)
{
    size_t from = mark > REACH ? mark - REACH : 0, to = len - mark > REACH ? mark + REACH : len;
    int column = 0;
    row->cells = calloc((to - from + 1) * TAB, sizeof *row->cells);
    if (!row->cells) return;
    for (size_t at = from; at < to;) {
        int width;
        uint32_t rune = utf8_decode(line + at, to - at, &width);
        bool is_marked = at >= mark && at < mark_end;
        int blanks = rune == '\t' ? TAB - column % TAB : 0;
        size_t before = row->len;
        for (int i = 0; i < blanks; i++) add_cell(row, ' ', is_marked);
        if (!blanks) add_cell(row, rune, is_marked);
        for (size_t i = before; i < row->len; i++) column += row->cells[i].width;
        if (at < mark) row->first_marked = row->len;
        if (at < mark_end) row->end_marked = row->len;
        at += (size_t)width;
    }
    if (row->end_marked <= row->first_marked) { /* an empty span, perhaps at the line's end */
        if (row->first_marked == row->len) add_cell(row, ' ', true);
        row->end_marked = row->first_marked + 1;
    }
}

static int width_of(const Row *row, size_t from, size_t to)
{
    int width = 0;
    for (size_t i = from; i < to; i++) width += row->cells[i].width;
    return width;
}

/* Chooses the cells [*from, *to) to show: all if they fit in `columns`, else a part with the span's
 * start in it, and as much of the span as fits. */
static void choose_window(const Row *row, int columns, size_t *from, size_t *to)
{
    *from = 0;
    *to = row->len;
    if (width_of(row, 0, row->len) <= columns) return;
    int room = columns - 2; /* for the dots */
    *from = row->first_marked;
    *to = row->first_marked;
    int used = 0;
    while (*to < row->end_marked && used + row->cells[*to].width <= room)
        used += row->cells[(*to)++].width;
    bool has_grown = true;
    while (has_grown) { /* a cell on the left, then one on the right */
        has_grown = false;
        if (*from > 0 && used + row->cells[*from - 1].width <= room) {
            used += row->cells[--*from].width;
            has_grown = true;
        }
        if (*to < row->len && *to >= row->end_marked && used + row->cells[*to].width <= room) {
            used += row->cells[(*to)++].width;
            has_grown = true;
        }
    }
}

static void print_row(const Row *row, const ShowStyle *style, FILE *out)
{
    size_t from, to;
    choose_window(row, style->columns - INDENT, &from, &to);
    fprintf(out, "%*s%s", INDENT, "", from > 0 ? "…" : "");
    for (size_t i = from; i < to; i++) fputs(row->cells[i].text, out);
    fprintf(out, "%s\n%*s", to < row->len ? "…" : "", INDENT + (from > 0), "");
    fprintf(out, "%*s%s", width_of(row, from, row->first_marked), "",
            style->has_colour ? "\033[1;31m" : "");
    size_t end = row->end_marked < to ? row->end_marked : to;
    int width = width_of(row, row->first_marked, end);
    for (int i = 0; i < width || i == 0; i++) fputc(i == 0 ? '^' : '~', out);
    fprintf(out, "%s\n", style->has_colour ? "\033[0m" : "");
}

static void print_line(const Diag *diag, const Location *at, const ShowStyle *style, FILE *out)
{
    size_t len;
    const char *line = source_line_text(at, &len);
    size_t mark = (size_t)(at->source->text + at->offset - line);
    size_t span = diag->end - diag->pos;
    if (mark > len) mark = len;
    if (span > len - mark) span = len - mark;
    Row row = {0};
    fill_row(&row, line, len, mark, mark + span);
    if (row.cells) print_row(&row, style, out);
    free(row.cells);
}

/* ---- One diagnostic ---- */

static void print_plain(const Diag *diag, const Location *at, const ShowStyle *style, FILE *out)
{
    char where[4200];
    bool is_strong = style->is_rich && style->has_colour;
    if (!at->path) {
        fprintf(out, "%s\n", diag->text);
        return;
    }
    source_format(diag->pos, where, sizeof where);
    fprintf(out, "%s%s:%s %s\n", is_strong ? "\033[1m" : "", where, is_strong ? "\033[0m" : "",
            diag->text);
}

static void print_string(const char *text, FILE *out)
{
    fputc('"', out);
    for (size_t len = strlen(text); len > 0;) {
        int width;
        uint32_t rune = utf8_decode(text, len, &width);
        char byte[UTF8_MAX + 1];
        if (rune == '"' || rune == '\\')
            fprintf(out, "\\%c", (int)rune);
        else if (rune == '\n')
            fputs("\\n", out);
        else if (rune == '\t')
            fputs("\\t", out);
        else if (rune < 0x20 || rune == 0x7F)
            fprintf(out, "\\u%04x", (unsigned)rune);
        else
            fprintf(out, "%.*s", utf8_encode(byte, rune), byte);
        text += width;
        len -= (size_t)width;
    }
    fputc('"', out);
}

static void print_json(const Diag *diag, const Location *at, FILE *out)
{
    fputc('{', out);
    if (at->path) {
        Location end = source_locate(diag->end);
        fputs("\"file\":", out);
        print_string(at->path, out);
        fprintf(out, ",\"line\":%d,\"column\":%d,\"endLine\":%d,\"endColumn\":%d,", at->line,
                at->column, end.path ? end.line : at->line, end.path ? end.column : at->column);
    }
    fprintf(out, "\"code\":\"%s\",\"message\":", diag_code_name(diag->code));
    print_string(diag->text, out);
    if (diag->remedy) {
        fputs(",\"remedy\":", out);
        print_string(diag->remedy, out);
    }
    fputs("}\n", out);
}

void show_diag(const Diag *diag, const Location *at, const ShowStyle *style, FILE *out)
{
    if (style->is_json) {
        print_json(diag, at, out);
        return;
    }
    print_plain(diag, at, style, out);
    if (!style->is_rich) return;
    if (at->path) print_line(diag, at, style, out);
    if (diag->remedy)
        fprintf(out, "%*s%s%s%s\n", INDENT, "", style->has_colour ? "\033[36m" : "", diag->remedy,
                style->has_colour ? "\033[0m" : "");
}

/* ---- The style ---- */

static int terminal_columns(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return USUAL_COLUMNS;
    return size.ws_col < LEAST_COLUMNS ? LEAST_COLUMNS : size.ws_col;
}

ShowStyle show_style(FILE *out)
{
    int fd = fileno(out);
    const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
    bool is_terminal = fd >= 0 && isatty(fd) == 1;
    bool is_dumb = term && strcmp(term, "dumb") == 0;
    return (ShowStyle){
        .is_rich = is_terminal,
        .has_colour = is_terminal && !(no_colour && *no_colour) && !is_dumb,
        .columns = is_terminal ? terminal_columns(fd) : USUAL_COLUMNS,
    };
}
