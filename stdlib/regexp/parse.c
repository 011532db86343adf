/* SPDX-License-Identifier: MIT */
/* The parser: RE2's syntax, in one pass with a stack.
 *
 * Operands are pushed; a repetition takes the topmost one. At | and ) and the end, what stands
 * above the last parenthesis or bar becomes one concatenation. A bar always stands above the
 * alternatives that came before it. */
#include "stdlib/regexp/parse.h"

#include "base/utf8.h"

#include <string.h>

#define MAX_HEIGHT       1000
#define MAX_REPEAT       1000
#define MAX_CLASS_RANGES (16u << 20) /* of all classes together */

bool parse_fail(Parser *p, SyntaxError error, const char *from, const char *to)
{
    if (p->error) return false;
    p->error = error;
    p->where = from;
    p->where_len = (size_t)(to - from);
    return false;
}

static bool fail_whole(Parser *p, SyntaxError error)
{
    return parse_fail(p, error, p->text, p->end);
}

bool parse_rune(Parser *p, uint32_t *rune)
{
    int width;
    *rune = utf8_decode(p->at, (size_t)(p->end - p->at), &width);
    if (*rune == UTF8_ERROR && width == 1) return parse_fail(p, RE_INVALID_UTF8, p->at, p->end);
    p->at += width;
    return true;
}

bool parse_name(Parser *p, const char *from, const char *to)
{
    for (p->at = from; p->at < to;) {
        uint32_t c;
        const char *at = p->at;
        if (parse_rune(p, &c)) continue;
        p->where_len = (size_t)(to - at);
        return false;
    }
    return true;
}

/* ---- Nodes ---- */

static Node *push(Parser *p, NodeOp op)
{
    Node *node = arena_new(p->arena, Node);
    node->op = (uint8_t)op;
    node->height = 1;
    vec_push(&p->stack, node);
    return node;
}

static void add_child(Node *parent, Node *child)
{
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    if (parent->height <= child->height) parent->height = child->height + 1;
}

static bool check_height(Parser *p, const Node *node)
{
    return node->height <= MAX_HEIGHT || fail_whole(p, RE_NESTING_DEPTH);
}

static void push_literal(Parser *p, uint32_t rune)
{
    Node *node = push(p, RE_RUNE);
    node->rune = rune;
    node->is_fold = p->flags & RE_FOLD_CASE;
}

/* Pushes a class and empties the set, which must be clean. */
static bool push_class(Parser *p, RuneSet *set)
{
    p->nclass_ranges += set->len;
    if (p->nclass_ranges > MAX_CLASS_RANGES) {
        vec_free(set);
        return fail_whole(p, RE_LARGE);
    }
    Node *node = push(p, RE_CLASS);
    RuneRange *ranges = arena_array(p->arena, RuneRange, set->len + 1);
    if (set->len > 0) memcpy(ranges, set->at, set->len * sizeof *ranges);
    node->ranges = ranges;
    node->nranges = set->len;
    vec_free(set);
    return true;
}

static bool is_marker(const Node *node)
{
    return node->op >= RE_LEFT_PAREN;
}

/* Replaces what stands above the last marker by one node of this op. */
static bool collapse(Parser *p, NodeOp op)
{
    size_t from = p->stack.len;
    while (from > 0 && !is_marker(p->stack.at[from - 1])) from--;
    if (from == p->stack.len) {
        push(p, RE_EMPTY);
        return true;
    }
    if (from + 1 == p->stack.len) return true;
    Node *node = arena_new(p->arena, Node);
    node->op = (uint8_t)op;
    for (size_t i = from; i < p->stack.len; i++) add_child(node, p->stack.at[i]);
    p->stack.len = from;
    vec_push(&p->stack, node);
    return check_height(p, node);
}

/* Brings a bar that stands below the topmost node above it. */
static bool raise_bar(Parser *p)
{
    size_t n = p->stack.len;
    if (n < 2 || p->stack.at[n - 2]->op != RE_BAR) return false;
    Node *bar = p->stack.at[n - 2];
    p->stack.at[n - 2] = p->stack.at[n - 1];
    p->stack.at[n - 1] = bar;
    return true;
}

static bool end_alternatives(Parser *p)
{
    if (!collapse(p, RE_CONCAT)) return false;
    if (raise_bar(p)) p->stack.len--;
    return collapse(p, RE_ALTERNATE);
}

/* ---- Repetitions ---- */

/* Whether nested counted repetitions make at most n copies. */
static bool repeat_fits(const Node *node, int n)
{
    if (node->op == RE_REPEAT) {
        int m = node->max;
        if (m == 0) return true;
        if (m < 0) m = node->min;
        if (m > n) return false;
        if (m > 0) n /= m;
    }
    for (const Node *child = node->first; child; child = child->next)
        if (!repeat_fits(child, n)) return false;
    return true;
}

/* A repetition whose operator began at `start` was taken; *last is where a repetition just before
 * it began, or NULL. */
static bool repeat(Parser *p, NodeOp op, int min, int max, const char *start, const char *last)
{
    bool is_lazy = p->flags & RE_NON_GREEDY;
    const char *operator_end = p->at;
    if (p->flags & RE_PERL_X) {
        if (p->at < p->end && *p->at == '?') {
            p->at++;
            is_lazy = !is_lazy;
            operator_end = p->at;
        }
        if (last) return parse_fail(p, RE_INVALID_REPEAT_OP, last, p->at);
    }
    if (p->stack.len == 0 || is_marker(vec_last(&p->stack)))
        return parse_fail(p, RE_MISSING_REPEAT_ARGUMENT, start, operator_end);
    Node *node = arena_new(p->arena, Node);
    node->op = (uint8_t)op;
    node->is_lazy = is_lazy;
    node->min = min;
    node->max = max;
    add_child(node, vec_last(&p->stack));
    vec_last(&p->stack) = node;
    if (!check_height(p, node)) return false;
    if (op == RE_REPEAT && (min >= 2 || max >= 2) && !repeat_fits(node, MAX_REPEAT))
        return parse_fail(p, RE_INVALID_REPEAT_SIZE, start, operator_end);
    return true;
}

/* Takes a number without leading zeros; -1 where it is too large. */
static bool take_number(Parser *p, int *number)
{
    const char *start = p->at;
    int value = 0;
    while (p->at < p->end && *p->at >= '0' && *p->at <= '9') {
        if (value < 100000000) value = value * 10 + (*p->at - '0');
        p->at++;
    }
    if (p->at == start || (p->at - start > 1 && *start == '0')) return false;
    *number = value >= 100000000 ? -1 : value;
    return true;
}

/* Takes {n}, {n,} or {n,m}. False: the brace is a literal. min -1 marks a number that is too large.
 */
static bool take_counts(Parser *p, int *min, int *max)
{
    const char *start = p->at++;
    bool taken = take_number(p, min);
    *max = *min;
    if (taken && p->at < p->end && *p->at == ',') {
        p->at++;
        if (p->at < p->end && *p->at == '}')
            *max = -1;
        else if (!take_number(p, max))
            taken = false;
        else if (*max < 0)
            *min = -1;
    }
    if (taken && p->at < p->end && *p->at == '}') {
        p->at++;
        return true;
    }
    p->at = start;
    return false;
}

/* ---- Parentheses ---- */

static Node *open_group(Parser *p, int capture)
{
    Node *paren = push(p, RE_LEFT_PAREN);
    paren->capture = capture;
    paren->flags = (uint16_t)p->flags;
    return paren;
}

static bool is_name(const char *from, const char *to)
{
    for (const char *at = from; at < to; at++) {
        char c = *at, lower = c | 0x20;
        if (c != '_' && !(c >= '0' && c <= '9') && !(lower >= 'a' && lower <= 'z')) return false;
    }
    return from < to;
}

/* (?P<name> or (?<name>; `name` is where the name begins. */
static bool open_named(Parser *p, const char *name)
{
    const char *start = p->at, *close = memchr(name, '>', (size_t)(p->end - name));
    if (!parse_name(p, name, close ? close : p->end)) return false;
    if (!close) return parse_fail(p, RE_INVALID_NAMED_CAPTURE, start, p->end);
    if (!is_name(name, close)) return parse_fail(p, RE_INVALID_NAMED_CAPTURE, start, close + 1);
    Node *paren = open_group(p, ++p->ncaptures);
    paren->name = name;
    paren->name_len = (size_t)(close - name);
    p->at = close + 1;
    return true;
}

static unsigned flag_of(uint32_t c)
{
    switch (c) {
    case 'i': return RE_FOLD_CASE;
    case 's': return RE_DOT_NL;
    case 'U': return RE_NON_GREEDY;
    default: return 0;
    }
}

/* What begins with (?: a named group, a group without capture, flags. */
static bool parse_perl_group(Parser *p)
{
    const char *start = p->at;
    size_t left = (size_t)(p->end - start);
    if (left > 4 && start[2] == 'P' && start[3] == '<') return open_named(p, start + 4);
    if (left > 3 && start[2] == '<') return open_named(p, start + 3);
    p->at += 2;
    unsigned flags = p->flags;
    bool is_off = false, saw_flag = false;
    while (p->at < p->end) {
        uint32_t c;
        if (!parse_rune(p, &c)) return false;
        if (c == 'm') { /* off is on: it unsets "one line" */
            flags = is_off ? flags | RE_ONE_LINE : flags & ~(unsigned)RE_ONE_LINE;
            saw_flag = true;
        } else if (flag_of(c)) {
            flags = is_off ? flags & ~flag_of(c) : flags | flag_of(c);
            saw_flag = true;
        } else if (c == '-' && !is_off) {
            is_off = true;
            saw_flag = false;
        } else if ((c == ':' || c == ')') && !(is_off && !saw_flag)) {
            if (c == ':') open_group(p, 0);
            p->flags = flags;
            return true;
        } else {
            break;
        }
    }
    return parse_fail(p, RE_INVALID_PERL_OP, start, p->at);
}

static bool close_group(Parser *p)
{
    if (!end_alternatives(p)) return false;
    size_t n = p->stack.len;
    if (n < 2 || p->stack.at[n - 2]->op != RE_LEFT_PAREN) return fail_whole(p, RE_UNEXPECTED_PAREN);
    Node *inner = vec_pop(&p->stack), *paren = vec_pop(&p->stack);
    p->flags = paren->flags;
    p->at++;
    if (paren->capture == 0) {
        vec_push(&p->stack, inner);
        return true;
    }
    paren->op = RE_CAPTURE;
    add_child(paren, inner);
    vec_push(&p->stack, paren);
    return check_height(p, paren);
}

/* ---- The whole ---- */

static bool parse_quoted(Parser *p)
{
    p->at += 2;
    const char *stop = memmem(p->at, (size_t)(p->end - p->at), "\\E", 2);
    const char *after = stop ? stop + 2 : p->end;
    if (!stop) stop = p->end;
    while (p->at < stop) {
        uint32_t rune;
        if (!parse_rune(p, &rune)) return false;
        push_literal(p, rune);
    }
    p->at = after;
    return true;
}

static bool parse_backslash(Parser *p)
{
    if ((p->flags & RE_PERL_X) && p->end - p->at >= 2) {
        NodeOp op = RE_EMPTY;
        switch (p->at[1]) {
        case 'A': op = RE_BEGIN_TEXT; break;
        case 'b': op = RE_WORD_BOUNDARY; break;
        case 'B': op = RE_NO_WORD_BOUNDARY; break;
        case 'z': op = RE_END_TEXT; break;
        case 'C': return parse_fail(p, RE_INVALID_ESCAPE, p->at, p->at + 2);
        case 'Q': return parse_quoted(p);
        }
        if (op != RE_EMPTY) {
            push(p, op);
            p->at += 2;
            return true;
        }
    }
    RuneSet set = {0};
    ClassEscape found = parse_class_escape(p, &set);
    if (found == CLASS_TAKEN) {
        runeset_clean(&set);
        return push_class(p, &set);
    }
    vec_free(&set);
    uint32_t rune;
    if (found == CLASS_FAILED || !parse_escape(p, &rune)) return false;
    push_literal(p, rune);
    return true;
}

static bool push_dot(Parser *p)
{
    RuneSet set = {0};
    if (p->flags & RE_DOT_NL) {
        runeset_add(&set, 0, MAX_RUNE);
    } else {
        runeset_add(&set, 0, '\n' - 1);
        runeset_add(&set, '\n' + 1, MAX_RUNE);
    }
    return push_class(p, &set);
}

static bool parse_bracket(Parser *p)
{
    RuneSet set = {0};
    bool ok = parse_class(p, &set);
    if (ok) return push_class(p, &set);
    vec_free(&set);
    return false;
}

static bool parse_literal(Parser *p)
{
    uint32_t rune;
    if (!parse_rune(p, &rune)) return false;
    push_literal(p, rune);
    return true;
}

static bool parse_counts(Parser *p, const char *last, bool *is_repeat)
{
    const char *start = p->at;
    int min, max;
    *is_repeat = take_counts(p, &min, &max);
    if (!*is_repeat) return parse_literal(p);
    if (min < 0 || min > MAX_REPEAT || max > MAX_REPEAT || (max >= 0 && min > max))
        return parse_fail(p, RE_INVALID_REPEAT_SIZE, start, p->at);
    return repeat(p, RE_REPEAT, min, max, start, last);
}

/* Takes what begins here. *last: where a repetition that ended here began, before and after. */
static bool parse_next(Parser *p, const char **last)
{
    const char *start = p->at, *previous = *last;
    bool is_repeat = false, ok = true;
    *last = NULL;
    switch (*start) {
    case '(':
        if ((p->flags & RE_PERL_X) && p->end - start >= 2 && start[1] == '?')
            return parse_perl_group(p);
        open_group(p, ++p->ncaptures);
        break;
    case '|':
        if (!collapse(p, RE_CONCAT)) return false;
        if (!raise_bar(p)) push(p, RE_BAR);
        break;
    case ')': return close_group(p);
    case '^': push(p, p->flags & RE_ONE_LINE ? RE_BEGIN_TEXT : RE_BEGIN_LINE); break;
    case '$': push(p, p->flags & RE_ONE_LINE ? RE_END_TEXT : RE_END_LINE); break;
    case '.':
        if (!push_dot(p)) return false;
        break;
    case '[': return parse_bracket(p);
    case '*':
    case '+':
    case '?':
        p->at++;
        *last = start;
        return repeat(p,
                      *start == '*'   ? RE_STAR
                      : *start == '+' ? RE_PLUS
                                      : RE_QUEST,
                      0, 0, start, previous);
    case '{':
        ok = parse_counts(p, previous, &is_repeat);
        if (is_repeat) *last = start;
        return ok;
    case '\\': return parse_backslash(p);
    default: return parse_literal(p);
    }
    p->at++;
    return true;
}

static Node *parse(Parser *p)
{
    const char *last = NULL;
    while (p->at < p->end) {
        if (p->flags & RE_LITERAL_TEXT ? !parse_literal(p) : !parse_next(p, &last)) return NULL;
    }
    if (!end_alternatives(p)) return NULL;
    if (p->stack.len != 1) {
        fail_whole(p, RE_MISSING_PAREN);
        return NULL;
    }
    return p->stack.at[0];
}

Parsed tree_parse(Arena *arena, const char *text, size_t len, unsigned flags)
{
    Parser p = {.arena = arena, .text = text, .end = text + len, .at = text, .flags = flags};
    Node *root = parse(&p);
    vec_free(&p.stack);
    return (Parsed){root, p.ncaptures, p.error, p.where, p.where_len};
}
