/* SPDX-License-Identifier: MIT */
/* Names are looked for from outside: each variable in scope is followed through its type, a few
 * steps deep, until a value is met that is the target. A variable's slot may hold something old
 * until it is initialised, so a pointer is followed only into an object of the collected heap that
 * is large enough; what is found there by mistake is no more than a wrong name. */
#include "vm/varname.h"

#include "runtime/gc.h"
#include "vm/frame.h"
#include "vm/traceback.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 5, ELEMENTS_MAX = 64, STEPS_MAX = 4000 };

typedef struct Search {
    const void *target; /* NULL: any object of the type; set when one is found */
    const char *type;   /* of the object at the target; NULL: the target is a channel */
    Buf path;
    bool is_home; /* follow no pointers */
    int steps;    /* left */
    Pos pos;
    bool is_found;
} Search;

static bool look(Search *s, const void *at, const RType *type, int depth);

static bool is_object(const void *p, uint64_t size)
{
    size_t room;
    const char *base = gc_base(p, &room);
    return base && (const char *)p + size <= base + room;
}

static bool look_at_elements(Search *s, const char *at, int64_t n, const RType *elem, int depth)
{
    size_t len = s->path.len;
    for (int64_t i = 0; i < n && i < ELEMENTS_MAX; i++) {
        buf_printf(&s->path, "[%lld]", (long long)i);
        if (look(s, at + (uint64_t)i * elem->size, elem, depth)) return true;
        s->path.len = len;
    }
    return false;
}

static bool look_at_fields(Search *s, const char *at, const RType *type, int depth)
{
    size_t len = s->path.len;
    for (uint32_t i = 0; i < type->nfields; i++) {
        const RField *field = &type->fields[i];
        buf_printf(&s->path, ".%s", field->name->text);
        if (look(s, at + field->offset, field->type, depth)) return true;
        s->path.len = len;
    }
    return false;
}

static bool look_at_slice(Search *s, const Slice *slice, const RType *type, int depth)
{
    int64_t n = slice->len < ELEMENTS_MAX ? slice->len : ELEMENTS_MAX;
    if (n <= 0 || !is_object(slice->data, (uint64_t)n * type->elem->size)) return false;
    return look_at_elements(s, slice->data, n, type->elem, depth);
}

/* Whether the value of this type at `at` is or leads to the target; the path says how. */
static bool look(Search *s, const void *at, const RType *type, int depth)
{
    if (depth == DEPTH_MAX || --s->steps < 0) return false;
    if (s->type && (at == s->target || !s->target) && strcmp(type->string, s->type) == 0) {
        s->target = at;
        return true;
    }
    if (!(type->flags & RT_POINTERS) && !s->type) return false;
    if (s->is_home && type->kind != KIND_STRUCT && type->kind != KIND_ARRAY) return false;
    switch ((Kind)type->kind) {
    case KIND_CHAN: return !s->type && *(void *const *)at == s->target;
    case KIND_STRUCT: return look_at_fields(s, at, type, depth + 1);
    case KIND_ARRAY: return look_at_elements(s, at, (int64_t)type->len, type->elem, depth + 1);
    case KIND_SLICE: return look_at_slice(s, at, type, depth + 1);
    case KIND_POINTER: {
        const void *p = *(void *const *)at;
        return p && is_object(p, type->elem->size) && look(s, p, type->elem, depth + 1);
    }
    case KIND_INTERFACE: {
        const Iface *value = at;
        if (!is_object(at, sizeof *value) || !value->type) return false;
        if (value->type->flags & RT_DIRECT) return look(s, &value->word, value->type, depth + 1);
        return is_object(value->word.p, value->type->size) &&
               look(s, value->word.p, value->type, depth + 1);
    }
    default: return false;
    }
}

/* The variable in this slot or, where it is boxed, behind the pointer in it. */
static bool look_at_variable(Search *s, const LocalName *name, const Slot *slot)
{
    const void *at = name->is_boxed ? slot->p : slot;
    if (name->is_boxed && !is_object(at, name->type->size)) return false;
    if (name->type->kind == KIND_INTERFACE && !name->is_boxed)
        return false; /* a type word that may be old */
    s->path.len = 0;
    buf_text(&s->path, name->name->text);
    if (!look(s, at, name->type, 0)) return false;
    s->pos = name->pos;
    s->is_found = true;
    return true;
}

static bool look_at_frame(Search *s, const FrameWalk *walk)
{
    const FuncProto *proto = walk->code;
    const Slot *r = stack_base(walk->g) + walk->base;
    uint32_t index = walk_index(walk);
    for (uint32_t i = proto->nlocals; i-- > 0;) {
        const LocalName *name = &proto->locals[i];
        if (index < name->from_pc || index >= name->to_pc) continue;
        if (look_at_variable(s, name, r + name->slot)) return true;
    }
    for (uint32_t i = 0; i < proto->ncaptures; i++)
        if (look_at_variable(s, &proto->captures[i],
                             FRAME_FN(r)->captured + proto->captures[i].slot))
            return true;
    return false;
}

static void look_at_global(void *address, const LocalName *name, void *arg)
{
    Search *s = arg;
    if (s->is_found) return;
    s->path.len = 0;
    buf_text(&s->path, name->name->text);
    if (!look(s, address, name->type, 0)) return;
    s->pos = name->pos;
    s->is_found = true;
}

static VarName search(Search *s, Goroutine *g)
{
    VarName found = {.text = ""};
    FrameWalk walk;
    walk_begin(&walk, g);
    do {
        if (walk.proto->flags & PROTO_LIBRARY) continue;
        if (look_at_frame(s, &walk)) break;
    } while (walk_next(&walk));
    s->steps = STEPS_MAX;
    if (!s->is_found && proto_each_global) proto_each_global(look_at_global, s);
    if (s->is_found) {
        snprintf(found.text, sizeof found.text, "%s", buf_str(&s->path));
        found.pos = s->pos;
        found.is_plain = !strpbrk(found.text, ".[");
        found.is_home = s->is_home;
    }
    buf_free(&s->path);
    return found;
}

VarName varname_of_chan(Goroutine *g, const void *target)
{
    Search s = {.target = target, .steps = STEPS_MAX};
    return search(&s, g);
}

VarName varname_home(Goroutine *g, const void *target, const char *type)
{
    Search s = {.target = target, .type = type, .is_home = true, .steps = STEPS_MAX};
    return search(&s, g);
}

VarName varname_of_object(Goroutine *g, const void *target, const char *type)
{
    Search s = {.target = target, .type = type, .steps = STEPS_MAX};
    VarName found = search(&s, g), home = varname_home(g, target, type);
    found.is_home = strcmp(found.text, home.text) == 0;
    return found;
}

void *varname_any(Goroutine *g, const char *type)
{
    Search s = {.type = type, .steps = STEPS_MAX};
    search(&s, g);
    return (void *)(uintptr_t)s.target;
}
