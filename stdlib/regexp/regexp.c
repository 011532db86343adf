/* SPDX-License-Identifier: MIT */
/* regexp: compiling, searching, replacing. */
#include "stdlib/natives.gen.h"

#include "base/utf8.h"
#include "runtime/gc.h"
#include "stdlib/regexp/match.h"
#include "stdlib/unicode/ucd.h"

#include <string.h>

/* ---- Compiling ---- */

static void note_names(const Node *node, String *names)
{
    if (node->op == RE_CAPTURE && node->name)
        names[node->capture] = string_copy(node->name, (int64_t)node->name_len);
    for (const Node *child = node->first; child; child = child->next) note_names(child, names);
}

void native_regexp_compile(NativeCall *call)
{
    String text = arg_string(call, 0);
    unsigned flags = (unsigned)arg_uint(call, 2);
    Arena arena;
    arena_init(&arena);
    Parsed parsed = tree_parse(&arena, text.data, (size_t)text.len, flags);
    Prog *prog = parsed.root ? prog_compile(&parsed, arg_bool(call, 3)) : NULL;
    if (prog) {
        int64_t n = parsed.ncaptures + 1;
        String *names = gc_new((size_t)n * sizeof *names);
        note_names(parsed.root, names);
        ret_slice(call, 1, (Slice){names, n, n});
        ret_ptr(call, 0, prog);
    } else {
        bool is_large = parsed.error == RE_OK;
        ret_int(call, 4, is_large ? RE_LARGE : parsed.error);
        ret_string(call, 5, is_large ? text : (String){parsed.where, (int64_t)parsed.where_len});
    }
    arena_free(&arena);
}

void native_regexp_prefix(NativeCall *call)
{
    const Prog *prog = arg_ptr(call, 0);
    ret_string(call, 0, (String){prog->literal, (int64_t)prog->literal_len});
    ret_bool(call, 2, prog->is_literal_all);
}

/* ---- Searching ---- */

void native_regexp_match(NativeCall *call)
{
    Prog *prog = arg_ptr(call, 0);
    String s = arg_string(call, 1);
    Machine *m = machine_take(prog);
    ret_bool(call, 0, match_any(prog, m, s.data, s.len));
    machine_give(prog, m);
}

/* Slots for `nslots` of the program, 2 for negative ones. */
static int slots_wanted(const Prog *prog, int64_t nslots)
{
    return nslots < 0 || nslots > prog->nslots ? prog->nslots : (int)nslots;
}

void native_regexp_find(NativeCall *call)
{
    Prog *prog = arg_ptr(call, 0);
    String s = arg_string(call, 1);
    int nslots = slots_wanted(prog, arg_int(call, 3));
    int64_t *slots = gc_new_leaf((size_t)nslots * sizeof *slots);
    Machine *m = machine_take(prog);
    if (match_find(prog, m, s.data, s.len, 0, slots, nslots))
        ret_slice(call, 0, (Slice){slots, nslots, nslots});
    machine_give(prog, m);
}

/* Goes through the matches of a text as all the functions for many of them do: an empty match just
 * after a match does not count. */
typedef struct Walk {
    Prog *prog;
    Machine *m;
    String s;
    int64_t at, previous_end;
    int64_t *slots;
    int nslots;
} Walk;

static bool next_match(Walk *w)
{
    while (w->at <= w->s.len) {
        if (!match_find(w->prog, w->m, w->s.data, w->s.len, w->at, w->slots, w->nslots)) break;
        bool accept = true;
        if (w->slots[1] == w->at) { /* empty */
            int width = 1;
            if (w->at < w->s.len)
                utf8_decode(w->s.data + w->at, (size_t)(w->s.len - w->at), &width);
            accept = w->slots[0] != w->previous_end;
            w->at += width;
        } else {
            w->at = w->slots[1];
        }
        w->previous_end = w->slots[1];
        if (accept) return true;
    }
    return false;
}

static Walk begin_walk(Prog *prog, String s, int64_t nslots)
{
    int n = slots_wanted(prog, nslots);
    return (Walk){prog, machine_take(prog), s, 0, -1, gc_new_leaf((size_t)n * sizeof(int64_t)), n};
}

void native_regexp_findAll(NativeCall *call)
{
    Walk w = begin_walk(arg_ptr(call, 0), arg_string(call, 1), arg_int(call, 4));
    int64_t limit = arg_int(call, 3), n = 0, cap = 0, size = (int64_t)sizeof(int64_t) * w.nslots;
    char *all = NULL;
    while (n != limit && next_match(&w)) {
        if (n == cap) {
            cap = cap ? 2 * cap : 4;
            char *bigger = gc_new_leaf((size_t)(cap * size));
            if (n > 0) memcpy(bigger, all, (size_t)(n * size));
            all = bigger;
        }
        memcpy(all + n++ * size, w.slots, (size_t)size);
    }
    machine_give(w.prog, w.m);
    ret_slice(call, 0, (Slice){all, n * w.nslots, cap * w.nslots});
}

void native_regexp_findAllStrings(NativeCall *call)
{
    Walk w = begin_walk(arg_ptr(call, 0), arg_string(call, 1), 2);
    int64_t limit = arg_int(call, 3), n = 0, cap = 0;
    String *all = NULL;
    while (n != limit && next_match(&w)) {
        if (n == cap) {
            cap = cap ? 2 * cap : 4;
            String *bigger = gc_new((size_t)cap * sizeof *bigger);
            if (n > 0) memcpy(bigger, all, (size_t)n * sizeof *bigger);
            all = bigger;
        }
        all[n++] = (String){w.s.data + w.slots[0], w.slots[1] - w.slots[0]};
    }
    machine_give(w.prog, w.m);
    ret_slice(call, 0, (Slice){all, n, cap});
}

/* ---- Replacing ---- */

typedef struct Output { /* collected bytes */
    char *data;
    int64_t len, cap;
} Output;

static void append(Output *out, const char *data, int64_t len)
{
    if (out->len + len > out->cap) {
        int64_t cap = 2 * (out->len + len) + 64;
        char *bigger = gc_new_leaf((size_t)cap);
        if (out->len > 0) memcpy(bigger, out->data, (size_t)out->len);
        out->data = bigger;
        out->cap = cap;
    }
    if (len > 0) memcpy(out->data + out->len, data, (size_t)len);
    out->len += len;
}

typedef struct Match { /* what a template is filled from */
    String src;
    const int64_t *slots;
    int64_t nslots;
    const String *names;
    int64_t nnames;
} Match;

static bool append_group(Output *out, const Match *m, int64_t group)
{
    if (2 * group + 1 >= m->nslots || m->slots[2 * group] < 0) return false;
    append(out, m->src.data + m->slots[2 * group], m->slots[2 * group + 1] - m->slots[2 * group]);
    return true;
}

/* The number that a name is, or -1. */
static int64_t group_number(String name)
{
    int64_t number = 0;
    for (int64_t i = 0; i < name.len; i++) {
        if (name.data[i] < '0' || name.data[i] > '9' || number >= 100000000) return -1;
        number = number * 10 + (name.data[i] - '0');
    }
    return name.len > 1 && name.data[0] == '0' ? -1 : number;
}

static void append_named(Output *out, const Match *m, String name)
{
    int64_t number = group_number(name);
    if (number >= 0) {
        append_group(out, m, number);
        return;
    }
    for (int64_t i = 0; i < m->nnames; i++)
        if (string_equal(m->names[i], name) && append_group(out, m, i)) return;
}

static bool is_name_rune(uint32_t rune)
{
    return rune == '_' || (((CATS_LETTER | CAT_MASK(Nd)) >> ucd_category(rune)) & 1);
}

/* Reads $name or ${name} at t[at]; returns where it ends, or -1 where it is none. */
static int64_t take_name(String t, int64_t at, String *name)
{
    bool has_brace = ++at < t.len && t.data[at] == '{';
    at += has_brace;
    int64_t from = at;
    while (at < t.len) {
        int width;
        if (!is_name_rune(utf8_decode(t.data + at, (size_t)(t.len - at), &width))) break;
        at += width;
    }
    *name = (String){t.data + from, at - from};
    if (at == from) return -1;
    if (!has_brace) return at;
    return at < t.len && t.data[at] == '}' ? at + 1 : -1;
}

/* Appends a template, its $names replaced. */
static void expand(Output *out, String t, const Match *m)
{
    int64_t at = 0;
    while (at < t.len) {
        const char *dollar = memchr(t.data + at, '$', (size_t)(t.len - at));
        int64_t stop = dollar ? dollar - t.data : t.len;
        append(out, t.data + at, stop - at);
        at = stop;
        if (at == t.len) break;
        String name;
        int64_t after = take_name(t, at, &name);
        if (at + 1 < t.len && t.data[at + 1] == '$') {
            append(out, "$", 1);
            at += 2;
        } else if (after < 0) {
            append(out, "$", 1);
            at++;
        } else {
            append_named(out, m, name);
            at = after;
        }
    }
}

void native_regexp_expand(NativeCall *call)
{
    Slice slots = arg_slice(call, 4), names = arg_slice(call, 7);
    Match m = {arg_string(call, 2), slots.data, slots.len, names.data, names.len};
    Output out = {0};
    expand(&out, arg_string(call, 0), &m);
    ret_slice(call, 0, (Slice){out.data, out.len, out.cap});
}

void native_regexp_replace(NativeCall *call)
{
    Slice names = arg_slice(call, 5);
    String t = arg_string(call, 3), src = arg_string(call, 1);
    bool is_literal = arg_bool(call, 8) || !memchr(t.data ? t.data : "", '$', (size_t)t.len);
    Walk w = begin_walk(arg_ptr(call, 0), src, is_literal ? 2 : -1);
    Match m = {src, w.slots, w.nslots, names.data, names.len};
    Output out = {0};
    int64_t copied = 0, n = 0;
    for (; next_match(&w); n++) {
        append(&out, src.data + copied, w.slots[0] - copied);
        if (is_literal)
            append(&out, t.data, t.len);
        else
            expand(&out, t, &m);
        copied = w.slots[1];
    }
    machine_give(w.prog, w.m);
    if (n > 0) append(&out, src.data + copied, src.len - copied);
    ret_slice(call, 0, (Slice){out.data, out.len, out.cap});
    ret_bool(call, 3, n > 0);
}
