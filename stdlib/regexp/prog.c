/* SPDX-License-Identifier: MIT */
/* From tree to automaton, by Thompson's construction.
 *
 * A fragment is compiled towards what follows it, so concatenations are compiled last part first,
 * or first part first for the backward automaton, and nothing is patched but loops. */
#include "stdlib/regexp/prog.h"

#include "base/utf8.h"
#include "runtime/gc.h"
#include "stdlib/unicode/ucd.h"

#include <stdlib.h>
#include <string.h>

#define MAX_INSTS 3355443

/* ---- Sets and classes ---- */

typedef struct SetEntry {
    const RuneRange *ranges;
    size_t n;
    uint64_t hash;
} SetEntry;

typedef struct Compiler {
    Arena arena;
    Prog *prog;
    VEC(Inst) insts;
    VEC(SetEntry) sets;
    uint32_t *table; /* indices into sets + 1 by hash; a power of two of them */
    size_t table_size;
    bool is_backward, is_too_large;
} Compiler;

static uint64_t hash_ranges(const RuneRange *ranges, size_t n)
{
    uint64_t h = n;
    for (size_t i = 0; i < n; i++)
        h = (h ^ ((uint64_t)ranges[i].high << 32 | ranges[i].low)) * 0x9E3779B97F4A7C15u,
        h ^= h >> 29;
    return h;
}

static void grow_table(Compiler *c)
{
    c->table_size = c->table_size ? 2 * c->table_size : 64;
    c->table = arena_array(&c->arena, uint32_t, c->table_size);
    for (size_t i = 0; i < c->sets.len; i++) {
        size_t at = c->sets.at[i].hash;
        while (c->table[at & (c->table_size - 1)]) at++;
        c->table[at & (c->table_size - 1)] = (uint32_t)i + 1;
    }
}

/* The number of the set with these ranges, which live as long as the compiler. */
static uint32_t intern_set(Compiler *c, const RuneRange *ranges, size_t n)
{
    if (2 * (c->sets.len + 1) > c->table_size) grow_table(c);
    uint64_t hash = hash_ranges(ranges, n);
    size_t at = hash;
    for (uint32_t i; (i = c->table[at & (c->table_size - 1)]) != 0; at++) {
        const SetEntry *e = &c->sets.at[i - 1];
        if (e->hash == hash && e->n == n && memcmp(e->ranges, ranges, n * sizeof *ranges) == 0)
            return i - 1;
    }
    vec_push(&c->sets, ((SetEntry){ranges, n, hash}));
    c->table[at & (c->table_size - 1)] = (uint32_t)c->sets.len;
    return (uint32_t)c->sets.len - 1;
}

static uint32_t set_of(Compiler *c, const Node *node)
{
    if (node->op == RE_CLASS) return intern_set(c, node->ranges, node->nranges);
    RuneSet set = {0};
    if (node->is_fold)
        runeset_add_folded(&set, node->rune, node->rune);
    else
        runeset_add(&set, node->rune, node->rune);
    runeset_clean(&set);
    RuneRange *ranges = arena_array(&c->arena, RuneRange, set.len);
    memcpy(ranges, set.at, set.len * sizeof *ranges);
    size_t n = set.len;
    vec_free(&set);
    return intern_set(c, ranges, n);
}

static int compare_runes(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Index of the run that contains a code point. */
static uint32_t find_bound(const uint32_t *bounds, uint32_t n, uint32_t rune)
{
    uint32_t low = 0, high = n;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (bounds[middle] <= rune)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void find_bounds(Compiler *c)
{
    VEC(uint32_t) bounds = {0};
    vec_push(&bounds, 0);
    for (size_t s = 0; s < c->sets.len; s++) {
        for (size_t i = 0; i < c->sets.at[s].n; i++) {
            vec_push(&bounds, c->sets.at[s].ranges[i].low);
            vec_push(&bounds, c->sets.at[s].ranges[i].high + 1);
        }
    }
    qsort(bounds.at, bounds.len, sizeof *bounds.at, compare_runes);
    uint32_t n = 0;
    for (size_t i = 0; i < bounds.len; i++)
        if (bounds.at[i] <= MAX_RUNE && (n == 0 || bounds.at[n - 1] != bounds.at[i]))
            bounds.at[n++] = bounds.at[i];
    c->prog->bounds = gc_new_leaf(n * sizeof *bounds.at);
    memcpy(c->prog->bounds, bounds.at, n * sizeof *bounds.at);
    c->prog->nbounds = n;
    vec_free(&bounds);
}

/* Splits runs into classes, set by set: `class` gets a number for each run, and returned is one
 * more than the largest; some numbers go unused. */
static uint32_t partition(Compiler *c, uint32_t *class)
{
    const Prog *prog = c->prog;
    VEC(uint32_t) split = {0}; /* class → class of its part within the set, or UINT32_MAX */
    uint32_t n = 1;
    vec_push(&split, UINT32_MAX);
    for (size_t s = 0; s < c->sets.len; s++) {
        const SetEntry *e = &c->sets.at[s];
        memset(split.at, 0xff, split.len * sizeof *split.at);
        for (size_t i = 0; i < e->n; i++) {
            uint32_t run = find_bound(prog->bounds, prog->nbounds, e->ranges[i].low);
            for (; run < prog->nbounds && prog->bounds[run] <= e->ranges[i].high; run++) {
                uint32_t old = class[run];
                if (split.at[old] == UINT32_MAX) {
                    split.at[old] = n++;
                    vec_push(&split, UINT32_MAX);
                }
                class[run] = split.at[old];
            }
        }
    }
    vec_free(&split);
    return n;
}

/* Numbers the classes from 0 without gaps. */
static void number_classes(Compiler *c)
{
    Prog *prog = c->prog;
    uint32_t *class = calloc(prog->nbounds, sizeof *class);
    uint32_t n = partition(c, class);
    uint32_t *number = malloc(n * sizeof *number);
    memset(number, 0xff, n * sizeof *number);
    prog->bound_classes = gc_new_leaf(prog->nbounds * sizeof *prog->bound_classes);
    for (uint32_t i = 0; i < prog->nbounds; i++) {
        if (number[class[i]] == UINT32_MAX) number[class[i]] = prog->nclasses++;
        prog->bound_classes[i] = (uint16_t)number[class[i]];
    }
    free(number);
    free(class);
}

static void fill_members(Compiler *c)
{
    Prog *prog = c->prog;
    prog->nsets = (uint32_t)c->sets.len;
    prog->members = gc_new_leaf((size_t)prog->nsets * prog->nclasses + 1);
    for (size_t s = 0; s < c->sets.len; s++) {
        const SetEntry *e = &c->sets.at[s];
        for (size_t i = 0; i < e->n; i++) {
            uint32_t run = find_bound(prog->bounds, prog->nbounds, e->ranges[i].low);
            for (; run < prog->nbounds && prog->bounds[run] <= e->ranges[i].high; run++)
                prog->members[s * prog->nclasses + prog->bound_classes[run]] = 1;
        }
    }
}

/* What assertions tell apart must be in classes of their own. */
static void make_classes(Compiler *c)
{
    static const RuneRange newline[] = {{'\n', '\n'}};
    static const RuneRange word[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    Prog *prog = c->prog;
    if (prog->has_checks) {
        intern_set(c, newline, 1);
        intern_set(c, word, 4);
    }
    find_bounds(c);
    number_classes(c);
    fill_members(c);
    for (uint32_t i = 0; i < 128; i++) prog->ascii[i] = (uint16_t)prog_class(prog, i);
    prog->class_kinds = gc_new_leaf(prog->nclasses + 1);
    if (!prog->has_checks) return;
    prog->class_kinds[prog->ascii['\n']] |= CLASS_NEWLINE;
    for (uint32_t i = 0; i < 128; i++)
        if (prog->members[intern_set(c, word, 4) * prog->nclasses + prog->ascii[i]])
            prog->class_kinds[prog->ascii[i]] |= CLASS_WORD;
}

uint32_t prog_class(const Prog *prog, uint32_t rune)
{
    return prog->bound_classes[find_bound(prog->bounds, prog->nbounds, rune)];
}

/* ---- Instructions ---- */

static uint32_t emit(Compiler *c, InstOp op, uint32_t out, uint32_t arg)
{
    if (c->insts.len >= MAX_INSTS) {
        c->is_too_large = true;
        return 0;
    }
    vec_push(&c->insts, ((Inst){op, out, arg}));
    return (uint32_t)c->insts.len - 1;
}

/* A split that prefers `body`, or `next` where it is lazy. */
static uint32_t emit_split(Compiler *c, bool is_lazy, uint32_t body, uint32_t next)
{
    return is_lazy ? emit(c, INST_SPLIT, next, body) : emit(c, INST_SPLIT, body, next);
}

/* Whether a node may match the empty string. */
static bool is_nullable(const Node *node)
{
    switch (node->op) {
    case RE_RUNE:
    case RE_CLASS: return false;
    case RE_CAPTURE:
    case RE_PLUS: return is_nullable(node->first);
    case RE_REPEAT: return node->min == 0 || is_nullable(node->first);
    case RE_CONCAT:
        for (const Node *child = node->first; child; child = child->next)
            if (!is_nullable(child)) return false;
        return true;
    case RE_ALTERNATE:
        for (const Node *child = node->first; child; child = child->next)
            if (is_nullable(child)) return true;
        return false;
    default: return true;
    }
}

static uint32_t compile(Compiler *c, const Node *node, uint32_t next);

/* x+: the body, then a split back to it. */
static uint32_t compile_plus(Compiler *c, const Node *body, bool is_lazy, uint32_t next)
{
    uint32_t split = emit_split(c, is_lazy, 0, next);
    uint32_t start = compile(c, body, split);
    if (c->is_too_large) return 0;
    if (is_lazy)
        c->insts.at[split].arg = start;
    else
        c->insts.at[split].out = start;
    return start;
}

/* x*: as (x+)? where x may be empty, so that the priorities are right. */
static uint32_t compile_star(Compiler *c, const Node *body, bool is_lazy, uint32_t next)
{
    if (is_nullable(body))
        return emit_split(c, is_lazy, compile_plus(c, body, is_lazy, next), next);
    uint32_t split = emit_split(c, is_lazy, 0, next);
    uint32_t start = compile(c, body, split);
    if (c->is_too_large) return 0;
    if (is_lazy)
        c->insts.at[split].arg = start;
    else
        c->insts.at[split].out = start;
    return split;
}

/* x{min,max}: copies, the optional ones nested: x(x(x)?)?. Backwards those come first. */
static uint32_t compile_repeat(Compiler *c, const Node *node, uint32_t next)
{
    const Node *body = node->first;
    bool is_lazy = node->is_lazy;
    if (body->op == RE_EMPTY || node->max == 0) return next;
    uint32_t at = next;
    if (node->max < 0 && node->min == 0) return compile_star(c, body, is_lazy, next);
    if (node->max < 0 && node->min == 1) return compile_plus(c, body, is_lazy, next);
    if (!c->is_backward) {
        if (node->max < 0) at = compile_plus(c, body, is_lazy, at);
        for (int i = node->min; i < node->max && !c->is_too_large; i++)
            at = emit_split(c, is_lazy, compile(c, body, at), next);
    }
    int copies = node->max < 0 ? node->min - 1 : node->min;
    for (int i = 0; i < copies && !c->is_too_large; i++) at = compile(c, body, at);
    if (c->is_backward) {
        uint32_t after = at;
        if (node->max < 0) at = compile_plus(c, body, is_lazy, at);
        for (int i = node->min; i < node->max && !c->is_too_large; i++)
            at = emit_split(c, is_lazy, compile(c, body, at), after);
    }
    return at;
}

/* The children in the order in which they must be compiled: last first, backwards first first. */
static uint32_t compile_concat(Compiler *c, const Node *node, uint32_t next)
{
    VEC(const Node *) children = {0};
    for (const Node *child = node->first; child; child = child->next) vec_push(&children, child);
    for (size_t i = 0; i < children.len && !c->is_too_large; i++)
        next = compile(c, children.at[c->is_backward ? i : children.len - 1 - i], next);
    vec_free(&children);
    return next;
}

static uint32_t compile_alternate(Compiler *c, const Node *node, uint32_t next)
{
    VEC(uint32_t) starts = {0};
    for (const Node *child = node->first; child && !c->is_too_large; child = child->next)
        vec_push(&starts, compile(c, child, next));
    uint32_t at = vec_last(&starts);
    for (size_t i = starts.len - 1; i-- > 0;) at = emit(c, INST_SPLIT, starts.at[i], at);
    vec_free(&starts);
    return at;
}

static uint32_t compile_check(Compiler *c, uint32_t check, uint32_t next)
{
    static const uint32_t mirrored[] = {[CHECK_BEGIN_LINE] = CHECK_END_LINE,
                                        [CHECK_END_LINE] = CHECK_BEGIN_LINE,
                                        [CHECK_BEGIN_TEXT] = CHECK_END_TEXT,
                                        [CHECK_END_TEXT] = CHECK_BEGIN_TEXT,
                                        [CHECK_WORD_BOUNDARY] = CHECK_WORD_BOUNDARY,
                                        [CHECK_NO_WORD_BOUNDARY] = CHECK_NO_WORD_BOUNDARY};
    c->prog->has_checks = true;
    return emit(c, INST_CHECK, next, c->is_backward ? mirrored[check] : check);
}

/* Compiles a node towards `next`; returns where it starts. */
static uint32_t compile(Compiler *c, const Node *node, uint32_t next)
{
    if (c->is_too_large) return 0;
    switch ((NodeOp)node->op) {
    case RE_RUNE:
    case RE_CLASS: return emit(c, INST_CLASS, next, set_of(c, node));
    case RE_BEGIN_LINE: return compile_check(c, CHECK_BEGIN_LINE, next);
    case RE_END_LINE: return compile_check(c, CHECK_END_LINE, next);
    case RE_BEGIN_TEXT: return compile_check(c, CHECK_BEGIN_TEXT, next);
    case RE_END_TEXT: return compile_check(c, CHECK_END_TEXT, next);
    case RE_WORD_BOUNDARY: return compile_check(c, CHECK_WORD_BOUNDARY, next);
    case RE_NO_WORD_BOUNDARY: return compile_check(c, CHECK_NO_WORD_BOUNDARY, next);
    case RE_CAPTURE:
        if (c->is_backward) return compile(c, node->first, next);
        next = emit(c, INST_MARK, next, (uint32_t)node->capture * 2 + 1);
        return emit(c, INST_MARK, compile(c, node->first, next), (uint32_t)node->capture * 2);
    case RE_STAR: return compile_star(c, node->first, node->is_lazy, next);
    case RE_PLUS: return compile_plus(c, node->first, node->is_lazy, next);
    case RE_QUEST: return emit_split(c, node->is_lazy, compile(c, node->first, next), next);
    case RE_REPEAT: return compile_repeat(c, node, next);
    case RE_CONCAT: return compile_concat(c, node, next);
    case RE_ALTERNATE: return compile_alternate(c, node, next);
    case RE_EMPTY:
    case RE_LEFT_PAREN:
    case RE_BAR: break;
    }
    return next;
}

/* One direction. The loop in front of `search` skips text, preferring not to. */
static void compile_code(Compiler *c, const Node *root, bool is_backward, Code *code)
{
    static const RuneRange any[] = {{0, MAX_RUNE}};
    c->is_backward = is_backward;
    c->insts.len = 0;
    code->start = compile(c, root, emit(c, INST_MATCH, 0, 0));
    if (c->is_too_large) return;
    uint32_t split = emit(c, INST_SPLIT, code->start, 0);
    uint32_t skip = emit(c, INST_CLASS, split, intern_set(c, any, 1));
    if (c->is_too_large) return;
    c->insts.at[split].arg = skip;
    code->search = split;
    code->ninsts = (uint32_t)c->insts.len;
    code->insts = gc_new_leaf(c->insts.len * sizeof *code->insts);
    memcpy(code->insts, c->insts.at, c->insts.len * sizeof *code->insts);
}

/* ---- Literal prefix, anchor ---- */

typedef struct Prefix {
    VEC(char) text;
    bool is_whole;    /* nothing but the text so far was seen */
    bool is_reported; /* for LiteralPrefix: groups hide that alternatives begin alike */
    bool is_alternative;
} Prefix;

static void find_prefix(const Node *node, Prefix *prefix);

/* Whether two alternatives begin with literals of which one ignores case: Go takes no common text
 * from such, unless both are single code points. */
static bool differ_in_case(const Node *a, const Node *b)
{
    const Node *ends[] = {a, b};
    bool is_single[2];
    for (int i = 0; i < 2; i++) {
        const Node *next = NULL;
        while (ends[i]->op == RE_CONCAT) {
            ends[i] = ends[i]->first;
            next = ends[i]->next;
        }
        if (ends[i]->op != RE_RUNE) return false;
        is_single[i] = !next || next->op != RE_RUNE || next->is_fold != ends[i]->is_fold;
    }
    return ends[0]->is_fold != ends[1]->is_fold && !(is_single[0] && is_single[1]);
}

/* What all alternatives begin with, each being literal text there. Equal literals are one. */
static void common_prefix(const Node *node, Prefix *prefix)
{
    Prefix common = {{0}, true, prefix->is_reported, true};
    find_prefix(node->first, &common);
    bool is_whole = common.is_whole;
    size_t longest = common.text.len;
    for (const Node *child = node->first->next; child; child = child->next) {
        Prefix other = {{0}, true, prefix->is_reported, true};
        find_prefix(child, &other);
        size_t n = 0;
        while (n < common.text.len && n < other.text.len && common.text.at[n] == other.text.at[n])
            n++;
        while (n > 0 && n < common.text.len && ((unsigned char)common.text.at[n] & 0xC0) == 0x80)
            n--;
        if (prefix->is_reported && differ_in_case(node->first, child)) n = 0;
        common.text.len = n;
        is_whole = is_whole && other.is_whole;
        if (other.text.len > longest) longest = other.text.len;
        vec_free(&other.text);
    }
    if (!is_whole || common.text.len < longest) prefix->is_whole = false;
    for (size_t i = 0; i < common.text.len; i++) vec_push(&prefix->text, common.text.at[i]);
    vec_free(&common.text);
}

static void append_rune(Prefix *prefix, uint32_t rune)
{
    char bytes[UTF8_MAX];
    int width = utf8_encode(bytes, rune);
    for (int i = 0; i < width; i++) vec_push(&prefix->text, bytes[i]);
}

/* The code point that is every alternative but for classes of none; NULL where there is no such. */
static const Node *sole_rune(const Node *node)
{
    const Node *sole = NULL;
    for (const Node *child = node->first; child; child = child->next) {
        if (child->op == RE_CLASS && child->nranges == 0) continue;
        bool has_cases = child->is_fold && ucd_next_fold(child->rune) != child->rune;
        if (child->op != RE_RUNE || has_cases || (sole && sole->rune != child->rune)) return NULL;
        sole = child;
    }
    return sole;
}

/* Whether the node is the empty string or a repetition that comes down to it, as Go simplifies. */
static bool is_empty(const Node *node)
{
    switch (node->op) {
    case RE_EMPTY: return true;
    case RE_STAR:
    case RE_PLUS:
    case RE_QUEST: return is_empty(node->first);
    case RE_REPEAT:
        return node->max == 0 || (node->min <= 1 && node->max <= 1 && is_empty(node->first));
    default: return false;
    }
}

/* Of an alternative Go reports no text from a repetition on. */
static void repetition_prefix(const Node *node, Prefix *prefix)
{
    bool is_repeat = node->op == RE_REPEAT;
    if (prefix->is_reported && prefix->is_alternative) {
        prefix->is_whole = false;
    } else if (is_empty(node->first) || (is_repeat && node->max == 0)) {
        prefix->is_whole = !is_repeat || node->max <= node->min + 1;
    } else {
        int min = is_repeat ? node->min : node->op == RE_PLUS;
        for (int i = 0; i < min && prefix->is_whole; i++) find_prefix(node->first, prefix);
        if (!is_repeat || min != node->max) prefix->is_whole = false;
    }
}

static void find_prefix(const Node *node, Prefix *prefix)
{
    switch (node->op) {
    case RE_EMPTY: return;
    case RE_RUNE:
        if (node->rune != UTF8_ERROR &&
            (!node->is_fold || ucd_next_fold(node->rune) == node->rune)) {
            append_rune(prefix, node->rune);
            return;
        }
        break;
    case RE_CAPTURE:
        if (prefix->is_reported && prefix->is_alternative) break;
        find_prefix(node->first, prefix);
        return;
    case RE_CONCAT:
        for (const Node *child = node->first; child && prefix->is_whole; child = child->next)
            find_prefix(child, prefix);
        return;
    case RE_ALTERNATE: {
        const Node *rune = sole_rune(node);
        if (rune)
            find_prefix(rune, prefix);
        else
            common_prefix(node, prefix);
        return;
    }
    case RE_STAR:
    case RE_PLUS:
    case RE_QUEST:
    case RE_REPEAT: repetition_prefix(node, prefix); return;
    case RE_CLASS:
        if (node->nranges == 1 && node->ranges[0].low == node->ranges[0].high &&
            node->ranges[0].low != UTF8_ERROR) {
            append_rune(prefix, node->ranges[0].low);
            return;
        }
        break;
    }
    prefix->is_whole = false;
}

static bool begins_text(const Node *node)
{
    switch (node->op) {
    case RE_BEGIN_TEXT: return true;
    case RE_CAPTURE:
    case RE_PLUS: return begins_text(node->first);
    case RE_REPEAT: return node->min > 0 && begins_text(node->first);
    case RE_CONCAT: return begins_text(node->first);
    case RE_ALTERNATE:
        for (const Node *child = node->first; child; child = child->next)
            if (!begins_text(child)) return false;
        return true;
    default: return false;
    }
}

/* Whether all alternatives are one code point, or the same literal text and then one code point, so
 * that the program has a class and no branch. */
static bool is_class(const Node *alternatives)
{
    const Node *first = alternatives->first;
    for (const Node *child = first; child; child = child->next) {
        const Node *a = first->op == RE_CONCAT ? first->first : first;
        const Node *b = child->op == RE_CONCAT ? child->first : child;
        bool is_single = first->op != RE_CONCAT;
        if (is_single != (child->op != RE_CONCAT)) return false;
        while (!is_single && a->next && b->next && a->op == RE_RUNE && b->op == RE_RUNE &&
               a->rune == b->rune && a->is_fold == b->is_fold)
            a = a->next, b = b->next;
        if ((a->op != RE_RUNE && a->op != RE_CLASS) || (b->op != RE_RUNE && b->op != RE_CLASS) ||
            (!is_single && (a->next || b->next)))
            return false;
    }
    return true;
}

/* Whether matching has a choice of ways. */
static bool has_branches(const Node *node)
{
    switch (node->op) {
    case RE_STAR:
    case RE_PLUS:
    case RE_QUEST: return true;
    case RE_REPEAT: return node->min != node->max || has_branches(node->first);
    case RE_CAPTURE: return has_branches(node->first);
    case RE_ALTERNATE: return !is_class(node);
    case RE_CONCAT:
        for (const Node *child = node->first; child; child = child->next)
            if (has_branches(child)) return true;
        return false;
    default: return false;
    }
}

/* Adds what must stand just after \A. */
static void anchored_prefix(const Node *node, Prefix *prefix)
{
    switch (node->op) {
    case RE_RUNE:
    case RE_CLASS: find_prefix(node, prefix); return;
    case RE_CONCAT:
        for (const Node *child = node->first; child && prefix->is_whole; child = child->next)
            anchored_prefix(child, prefix);
        return;
    case RE_REPEAT:
        if (node->min != node->max) break;
        for (int i = 0; i < node->min && prefix->is_whole; i++)
            anchored_prefix(node->first, prefix);
        return;
    case RE_ALTERNATE:
        if (is_class(node)) common_prefix(node, prefix);
        break;
    case RE_EMPTY:
        if (prefix->text.len == 0) return;
        break;
    default: break;
    }
    prefix->is_whole = false;
}

static bool is_assertion(const Node *node)
{
    return node->op >= RE_BEGIN_LINE && node->op <= RE_NO_WORD_BOUNDARY;
}

/* Of an expression that begins with \A and ends with \z, or has no branches and ends with no other
 * assertion: literal text just after \A, which is the whole if then \z must come. */
static void find_anchored(const Node *root, Prefix *prefix)
{
    bool is_concat = root->op == RE_CONCAT;
    bool ends = is_concat && root->last->op == RE_END_TEXT;
    bool has_one_way = ends || (is_concat && !is_assertion(root->last) && !has_branches(root));
    const Node *child = has_one_way ? root->first->next : NULL;
    for (; child && child->op != RE_END_TEXT && prefix->is_whole; child = child->next)
        anchored_prefix(child, prefix);
    prefix->is_whole = prefix->is_whole && prefix->text.len > 0 && ends && child == root->last;
}

static const char *copy_prefix(Prefix *prefix, size_t *len)
{
    char *text = gc_new_leaf(prefix->text.len + 1);
    *len = prefix->text.len;
    if (*len > 0) memcpy(text, prefix->text.at, *len);
    vec_free(&prefix->text);
    return text;
}

static void note_prefix(Prog *prog, const Node *root)
{
    Prefix prefix = {{0}, true, false, false}, literal = {{0}, true, true, false};
    find_prefix(root, &prefix);
    prog->prefix = copy_prefix(&prefix, &prog->prefix_len);
    const Node *first = root->op == RE_CONCAT ? root->first : root;
    if (first->op == RE_BEGIN_TEXT)
        find_anchored(root, &literal);
    else
        find_prefix(root, &literal);
    prog->is_literal_all = literal.is_whole;
    prog->literal = copy_prefix(&literal, &prog->literal_len);
}

Prog *prog_compile(const Parsed *parsed, bool is_longest)
{
    Prog *prog = gc_new(sizeof *prog);
    Compiler c = {.prog = prog};
    arena_init(&c.arena);
    prog->nslots = 2 * (parsed->ncaptures + 1);
    prog->is_longest = is_longest;
    prog->is_anchored = begins_text(parsed->root);
    compile_code(&c, parsed->root, false, &prog->forward);
    if (!c.is_too_large) compile_code(&c, parsed->root, true, &prog->backward);
    if (!c.is_too_large) {
        make_classes(&c);
        note_prefix(prog, parsed->root);
    }
    vec_free(&c.insts);
    vec_free(&c.sets);
    arena_free(&c.arena);
    return c.is_too_large ? NULL : prog;
}
