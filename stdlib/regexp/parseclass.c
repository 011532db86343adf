/* SPDX-License-Identifier: MIT */
/* Escapes and character classes. */
#include "stdlib/regexp/parse.h"

#include "base/utf8.h"
#include "stdlib/unicode/ucd.h"

#include <string.h>

/* ---- Named classes ---- */

typedef struct NamedClass {
    const char *name;
    RuneRange ranges[4]; /* up to one whose high is 0 */
} NamedClass;

static const NamedClass posix_classes[] = {
    {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
    {"alpha", {{'A', 'Z'}, {'a', 'z'}}},
    {"ascii", {{0, 127}}},
    {"blank", {{'\t', '\t'}, {' ', ' '}}},
    {"cntrl", {{0, 31}, {127, 127}}},
    {"digit", {{'0', '9'}}},
    {"graph", {{'!', '~'}}},
    {"lower", {{'a', 'z'}}},
    {"print", {{' ', '~'}}},
    {"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
    {"space", {{'\t', '\r'}, {' ', ' '}}},
    {"upper", {{'A', 'Z'}}},
    {"word", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
    {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
};

static const NamedClass perl_classes[] = {
    {"d", {{'0', '9'}}},
    {"s", {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}}},
    {"w", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
};

static const NamedClass *find_class(const NamedClass *classes, size_t n, const char *name,
                                    size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(classes[i].name) == len && memcmp(classes[i].name, name, len) == 0)
            return &classes[i];
    return NULL;
}

static void add_named(Parser *p, RuneSet *set, const NamedClass *class, bool is_negated)
{
    RuneSet own = {0};
    for (int i = 0; i < 4 && class->ranges[i].high > 0; i++) {
        if (p->flags & RE_FOLD_CASE)
            runeset_add_folded(&own, class->ranges[i].low, class->ranges[i].high);
        else
            runeset_add(&own, class->ranges[i].low, class->ranges[i].high);
    }
    runeset_clean(&own);
    if (is_negated)
        runeset_add_negated(set, &own);
    else
        runeset_add_set(set, &own);
    vec_free(&own);
}

/* ---- Escapes ---- */

static bool is_octal(const Parser *p)
{
    return p->at < p->end && *p->at >= '0' && *p->at <= '7';
}

static int hex_digit(uint32_t c)
{
    if (c >= '0' && c <= '9') return (int)(c - '0');
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (int)(c - 'a' + 10) : -1;
}

/* The digits after \x. *taken: they stand for *rune. False: no UTF-8. */
static bool parse_hex(Parser *p, uint32_t *rune, bool *taken)
{
    uint32_t c, d;
    if (p->at == p->end) return true;
    if (!parse_rune(p, &c)) return false;
    if (c != '{') {
        if (p->at == p->end) return true;
        if (!parse_rune(p, &d)) return false;
        *taken = hex_digit(c) >= 0 && hex_digit(d) >= 0;
        if (*taken) *rune = (uint32_t)(hex_digit(c) * 16 + hex_digit(d));
        return true;
    }
    uint32_t value = 0;
    for (int n = 0; p->at < p->end; n++) {
        if (!parse_rune(p, &c)) return false;
        if (c == '}') {
            *taken = n > 0;
            *rune = value;
            return true;
        }
        if (hex_digit(c) < 0) return true;
        value = value * 16 + (uint32_t)hex_digit(c);
        if (value > MAX_RUNE) return true;
    }
    return true;
}

static bool is_alnum(uint32_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

bool parse_escape(Parser *p, uint32_t *rune)
{
    static const char letters[] = "afnrtv", meanings[] = "\a\f\n\r\t\v";
    const char *start = p->at++;
    uint32_t c;
    bool taken = false;
    if (p->at == p->end) return parse_fail(p, RE_TRAILING_BACKSLASH, p->end, p->end);
    if (!parse_rune(p, &c)) return false;
    if (c == 'x') {
        if (!parse_hex(p, rune, &taken)) return false;
    } else if (c == '0' || (c >= '1' && c <= '7' && is_octal(p))) {
        *rune = c - '0';
        for (int i = 1; i < 3 && is_octal(p); i++) *rune = *rune * 8 + (uint32_t)(*p->at++ - '0');
        taken = true;
    } else if (c < 0x80 && !is_alnum(c)) {
        *rune = c;
        taken = true;
    } else if (c < 0x80 && strchr(letters, (int)c)) {
        *rune = (uint32_t)meanings[strchr(letters, (int)c) - letters];
        taken = true;
    }
    return taken || parse_fail(p, RE_INVALID_ESCAPE, start, p->at);
}

/* Adds the set that a \p names: a category, script, or one of three that are none. */
static bool add_unicode_set(RuneSet *set, const char *name, int64_t len, bool is_folded)
{
    const CodeSet *codes = sets_find_loosely(name, len);
    if (codes) {
        runeset_add_code_set(set, codes, is_folded);
    } else if (sets_names_match("Any", name, len)) {
        runeset_add(set, 0, MAX_RUNE);
    } else if (sets_names_match("ASCII", name, len)) {
        (is_folded ? runeset_add_folded : runeset_add)(set, 0, 0x7F);
    } else if (sets_names_match("Assigned", name, len)) {
        RuneSet unassigned = {0};
        runeset_add_code_set(&unassigned, sets_find("Cn", 2), is_folded);
        runeset_clean(&unassigned);
        runeset_add_negated(set, &unassigned);
        vec_free(&unassigned);
    } else {
        return false;
    }
    return true;
}

/* \pN, \p{Name}, \P…, and ^ in front of the name. */
static ClassEscape parse_unicode_class(Parser *p, RuneSet *set)
{
    const char *start = p->at, *name = start + 2, *name_end;
    bool is_negated = start[1] == 'P';
    uint32_t c;
    p->at += 2;
    if (p->at == p->end) {
        parse_fail(p, RE_INVALID_CHAR_RANGE, start, p->end);
        return CLASS_FAILED;
    }
    if (!parse_rune(p, &c)) return CLASS_FAILED;
    name_end = p->at;
    if (c == '{') {
        name++;
        name_end = memchr(start, '}', (size_t)(p->end - start));
        if (!parse_name(p, name, name_end ? name_end : p->end)) return CLASS_FAILED;
        if (!name_end) {
            parse_fail(p, RE_INVALID_CHAR_RANGE, start, p->end);
            return CLASS_FAILED;
        }
        p->at = name_end + 1;
    }
    const char *seen_end = p->at;
    if (name < name_end && *name == '^') {
        is_negated = !is_negated;
        name++;
    }
    RuneSet own = {0};
    if (!add_unicode_set(&own, name, name_end - name, p->flags & RE_FOLD_CASE)) {
        parse_fail(p, RE_INVALID_CHAR_RANGE, start, seen_end);
        return CLASS_FAILED;
    }
    runeset_clean(&own);
    if (is_negated)
        runeset_add_negated(set, &own);
    else
        runeset_add_set(set, &own);
    vec_free(&own);
    return CLASS_TAKEN;
}

ClassEscape parse_class_escape(Parser *p, RuneSet *set)
{
    if (p->end - p->at < 2 || p->at[0] != '\\') return CLASS_NONE;
    char c = p->at[1], lower = c | 0x20;
    if ((p->flags & RE_UNICODE_GROUPS) && lower == 'p') return parse_unicode_class(p, set);
    const NamedClass *class = find_class(perl_classes, 3, &lower, 1);
    if (!(p->flags & RE_PERL_X) || !class) return CLASS_NONE;
    p->at += 2;
    add_named(p, set, class, c != lower);
    return CLASS_TAKEN;
}

/* ---- Classes in brackets ---- */

/* [:name:] or [:^name:]. */
static ClassEscape parse_posix_class(Parser *p, RuneSet *set)
{
    const char *start = p->at, *name = start + 2;
    if (p->end - start < 3 || start[0] != '[' || start[1] != ':') return CLASS_NONE;
    const char *close = memmem(name, (size_t)(p->end - name), ":]", 2);
    if (!close) return CLASS_NONE;
    p->at = close + 2;
    bool is_negated = *name == '^';
    name += is_negated;
    const NamedClass *class =
        find_class(posix_classes, sizeof posix_classes / sizeof *posix_classes, name,
                   name < close ? (size_t)(close - name) : 0);
    if (!class) {
        parse_fail(p, RE_INVALID_CHAR_RANGE, start, p->at);
        return CLASS_FAILED;
    }
    add_named(p, set, class, is_negated);
    return CLASS_TAKEN;
}

static bool parse_class_rune(Parser *p, const char *class, uint32_t *rune)
{
    if (p->at == p->end) return parse_fail(p, RE_MISSING_BRACKET, class, p->end);
    return *p->at == '\\' ? parse_escape(p, rune) : parse_rune(p, rune);
}

/* A code point or a range of them. */
static bool parse_range(Parser *p, const char *class, RuneSet *set)
{
    const char *start = p->at;
    uint32_t low, high;
    if (!parse_class_rune(p, class, &low)) return false;
    high = low;
    if (p->end - p->at >= 2 && p->at[0] == '-' && p->at[1] != ']') {
        p->at++;
        if (!parse_class_rune(p, class, &high)) return false;
        if (high < low) return parse_fail(p, RE_INVALID_CHAR_RANGE, start, p->at);
    }
    if (p->flags & RE_FOLD_CASE)
        runeset_add_folded(set, low, high);
    else
        runeset_add(set, low, high);
    return true;
}

bool parse_class(Parser *p, RuneSet *set)
{
    const char *class = p->at++;
    bool is_negated = p->at < p->end && *p->at == '^';
    if (is_negated) {
        p->at++;
        if (!(p->flags & RE_CLASS_NL)) runeset_add(set, '\n', '\n');
    }
    for (bool is_first = true; p->at == p->end || *p->at != ']' || is_first; is_first = false) {
        if (p->at < p->end && *p->at == '-' && !(p->flags & RE_PERL_X) && !is_first &&
            (p->end - p->at == 1 || p->at[1] != ']')) {
            int width = 0; /* POSIX wants - first or last */
            if (p->end - p->at > 1) utf8_decode(p->at + 1, (size_t)(p->end - p->at - 1), &width);
            return parse_fail(p, RE_INVALID_CHAR_RANGE, p->at, p->at + 1 + width);
        }
        ClassEscape found = parse_posix_class(p, set);
        if (found == CLASS_NONE) found = parse_class_escape(p, set);
        if (found == CLASS_FAILED) return false;
        if (found == CLASS_NONE && !parse_range(p, class, set)) return false;
    }
    p->at++;
    runeset_clean(set);
    if (is_negated) runeset_negate(set);
    return true;
}
