/* SPDX-License-Identifier: MIT */
/* The instructions' meanings are in opcodes.def; each function here does what the interpreter's
 * case of that name does, save for faults. */
#include "vm/jit_help.h"

#include "base/utf8.h"
#include "runtime/chan.h"
#include "runtime/gc.h"
#include "runtime/hashmap.h"
#include "runtime/iface.h"
#include "runtime/sema.h"
#include "runtime/slice.h"
#include "runtime/string.h"
#include "vm/frame.h"
#include "vm/number.h"
#include "vm/op.h"
#include "vm/records.h"

#include <string.h>

/* clang-format off */
#define A    (pc->a)
#define B    (pc->b)
#define C    (pc->c)
#define R(x) (r[x])
#define W(T) ((T *)(uintptr_t)pc[1].word)
#define HELP(name) static bool help_##name(Slot *r, const Instr *pc)
/* One that allocates: while memory is profiled, the interpreter does it, where samples can be taken. */
#define ALLOC_HELP(name)                                                                           \
    static bool alloc_##name(Slot *r, const Instr *pc);                                            \
    HELP(name) { return !atomic_load_explicit(&records_sample_memory, memory_order_relaxed) && alloc_##name(r, pc); } \
    static bool alloc_##name(Slot *r, const Instr *pc)

HELP(MOVEN) { memmove(&R(A), &R(B), C * sizeof(Slot)); return true; }
HELP(ZERO)  { memset(&R(A), 0, (uint32_t)pc->bx * sizeof(Slot)); return true; }

#define NUMBER(name, effect) HELP(name) { effect; return true; }
#include "vm/number.def"

/* ---- Comparisons ---- */

HELP(EQS) { R(A).u = string_equal(string_at(&R(B)), string_at(&R(C))); return true; }
HELP(NES) { R(A).u = !string_equal(string_at(&R(B)), string_at(&R(C))); return true; }
HELP(LTS) { R(A).u = string_compare(string_at(&R(B)), string_at(&R(C))) < 0; return true; }
HELP(LES) { R(A).u = string_compare(string_at(&R(B)), string_at(&R(C))) <= 0; return true; }
HELP(EQIF)
{
    const RType *bad = NULL;
    bool is_equal = iface_equal(iface_at(&R(B)), iface_at(&R(C)), &bad);
    if (!bad) R(A).u = is_equal;
    return !bad;
}
HELP(EQV)
{
    const RType *bad = NULL;
    bool is_equal = rtype_equal(W(const RType), &R(B), &R(C), &bad);
    if (!bad) R(A).u = is_equal;
    return !bad;
}

/* ---- Memory of any size ---- */

HELP(LDN)
{
    char *p = R(B).p;
    if (p) memcpy(&R(A), p + C, pc[1].word);
    return p;
}
HELP(STN)
{
    char *p = R(A).p;
    if (p) memcpy(p + C, &R(B), pc[1].word);
    return p;
}
HELP(LDLN) { memmove(&R(A), (char *)r + (uint32_t)pc->bx, pc[1].word); return true; }
HELP(STLN) { memmove((char *)r + (uint32_t)pc->bx, &R(A), pc[1].word); return true; }
HELP(LDXN)
{
    uint64_t i = R(C).u, size = pc[1].word;
    if (i >= R(B + 1).u) return false;
    memcpy(&R(A), (char *)R(B).p + i * size, size);
    return true;
}
HELP(STXN)
{
    uint64_t i = R(B).u, size = pc[1].word;
    if (i >= R(A + 1).u) return false;
    memcpy((char *)R(A).p + i * size, &R(C), size);
    return true;
}
ALLOC_HELP(NEW)  { R(A).p = gc_new_type(W(const RType), 1); return true; }
HELP(FREE) { gc_free_type(W(const RType), R(A).p); return true; }
ALLOC_HELP(BOX)
{
    const RType *type = W(const RType);
    void *box = gc_new_type(type, 1);
    memcpy(box, &R(B), type->size);
    R(A).p = box;
    return true;
}

/* ---- Slices and strings ---- */

HELP(SLICE)
{
    const Slot *bound = &R(B + 3);
    uint64_t lo = C & 1 ? bound[0].u : 0, hi = C & 2 ? bound[1].u : R(B + 1).u, max = C & 4 ? bound[2].u : R(B + 2).u;
    if (max > R(B + 2).u || hi > max || lo > hi) return false;
    R(A).p = (char *)R(B).p + (max > lo ? lo * pc[1].word : 0);
    R(A + 1).u = hi - lo;
    R(A + 2).u = max - lo;
    return true;
}
HELP(SLICES)
{
    uint64_t lo = C & 1 ? R(B + 3).u : 0, len = R(B + 1).u, hi = C & 2 ? R(B + 4).u : len;
    if (hi > len || lo > hi) return false;
    R(A).p = (char *)R(B).p + (hi > lo ? lo : 0);
    R(A + 1).u = hi - lo;
    return true;
}
ALLOC_HELP(MAKESLICE)
{
    Slice made;
    if (!slice_make(W(const RType), R(B).i, R(C).i, &made)) return false;
    put_slice(&R(A), made);
    return true;
}
ALLOC_HELP(APPEND)
{
    Slice made = slice_append(W(const RType), slice_at(&R(B)), slice_at(&R(C)));
    if (made.cap < 0) return false;
    put_slice(&R(A), made);
    return true;
}
ALLOC_HELP(APPEND1)
{
    const RType *elem = W(const RType);
    Slice s = slice_at(&R(B));
    if (s.len >= s.cap) {
        s = slice_grow(elem, s, (int64_t)((uint64_t)s.len + 1));
        if (s.cap < 0) return false;
    }
    if (elem->size == 8)
        ((Slot *)s.data)[s.len] = R(C);
    else
        memcpy((char *)s.data + (uint64_t)s.len * elem->size, &R(C), elem->size);
    s.len++;
    put_slice(&R(A), s);
    return true;
}
HELP(COPY)
{
    int64_t n = R(B + 1).i < R(C + 1).i ? R(B + 1).i : R(C + 1).i;
    if (n) memmove(R(B).p, R(C).p, (uint64_t)n * pc[1].word);
    R(A).i = n;
    return true;
}
HELP(COPYS)
{
    int64_t n = R(B + 1).i < R(C + 1).i ? R(B + 1).i : R(C + 1).i;
    if (n) memmove(R(B).p, R(C).p, (uint64_t)n);
    R(A).i = n;
    return true;
}
ALLOC_HELP(CAT)     { put_string(&R(A), string_concat(string_at(&R(B)), string_at(&R(C)))); return true; }
ALLOC_HELP(CATN)    { put_string(&R(A), string_join((const String *)&R(B), C)); return true; }
ALLOC_HELP(S2BYTES) { put_slice(&R(A), string_to_bytes(string_at(&R(B)))); return true; }
ALLOC_HELP(BYTES2S) { put_string(&R(A), string_copy(R(B).s, R(B + 1).i)); return true; }
ALLOC_HELP(RUNE2S)  { put_string(&R(A), string_from_rune(R(B).i)); return true; }
HELP(NEXTRUNE)
{
    int64_t at = R(A).i, len = R(B + 1).i;
    if (at >= len) return true;
    const char *s = R(B).s + at;
    int width = 1;
    R(C).i = (unsigned char)*s < 0x80 ? (unsigned char)*s : utf8_decode(s, (size_t)(len - at), &width);
    R(A + 1).i = at;
    R(A).i = at + width;
    return false;
}

/* ---- Interfaces, closures, maps ---- */

ALLOC_HELP(MKIFACE) { put_iface(&R(A), iface_make(W(RType), &R(B))); return true; }
HELP(TYPEEQ)  { R(A).u = R(B).type == W(RType); return true; }
HELP(IMPL)    { R(A).u = R(B).type && rtype_implements(R(B).type, W(RType)); return true; }
HELP(ASSERT)  { return R(A).type == W(RType); }
HELP(UNBOX)
{
    const RType *type = W(const RType);
    if (!(type->flags & RT_DIRECT))
        memcpy(&R(A), R(B + 1).p, type->size);
    else if (type->slots)
        R(A) = R(B + 1);
    return true;
}
ALLOC_HELP(CLOSURE)
{
    Closure *closure = gc_new(sizeof *closure + C * sizeof(Slot));
    closure->proto = W(FuncProto);
    memcpy(closure->captured, &R(B), C * sizeof(Slot));
    R(A).fn = closure;
    return true;
}
HELP(LDCAPN) { memcpy(&R(A), &FRAME_FN(r)->captured[B], C * sizeof(Slot)); return true; }
HELP(CALLQ)  { return W(FuncProto)->quick(&R(A)); }

static void put_value(Slot *to, const RType *elem, const void *value)
{
    if (!value)
        memset(to, 0, elem->slots * sizeof(Slot));
    else if (elem->size == 8)
        *to = *(const Slot *)value;
    else
        rtype_load(elem, to, value);
}
HELP(MAPGET)
{
    const RType *type = W(const RType), *bad = NULL;
    void *value = hmap_get(R(B).p, type, &R(C), &bad);
    if (!bad) put_value(&R(A), type->elem, value);
    return !bad;
}
HELP(MAPGET2)
{
    const RType *type = W(const RType), *bad = NULL;
    void *value = hmap_get(R(B).p, type, &R(C), &bad);
    if (bad) return false;
    put_value(&R(A), type->elem, value);
    R(A + type->elem->slots).u = value != NULL;
    return true;
}
ALLOC_HELP(MAPSET)
{
    const RType *type = W(const RType), *bad = NULL;
    if (!R(A).p) return false;
    void *value = hmap_ref(R(A).p, &R(B), &bad);
    if (!bad) memcpy(value, &R(C), type->elem->size);
    return !bad;
}
HELP(MAPLEN) { R(A).i = hmap_len(R(B).p); return true; }
HELP(MAPNEXT)
{
    HMapIter *iter = R(A).p;
    if (!hmap_next(iter)) return true;
    const RType *type = iter->map->type;
    if (B != 0xFFFF) rtype_load(type->key, &R(B), iter->key);
    if (C != 0xFFFF) rtype_load(type->elem, &R(C), iter->value);
    return false;
}

/* ---- What goroutines share ---- */

#define ATOMIC(name, T, at, expr)                                                                  \
    HELP(name)                                                                                     \
    {                                                                                              \
        _Atomic(T) *at_ = R(at).p;                                                                 \
        if (!at_) return false;                                                                    \
        expr;                                                                                      \
        return true;                                                                               \
    }
#include "vm/atomic.def"
HELP(LOCK)
{
    if (!R(A).p || !mutex_try_lock(R(A).p)) return false;
    mutex_note_owner(R(A).p, g_current(), pc + 2);
    return true;
}
HELP(UNLOCK) { return R(A).p && mutex_try_unlock(R(A).p); }

/* Channel operations that need not wait; the interpreter parks, and panics. */
static Goroutine *stand_at(Slot *r, const Instr *pc)
{
    Goroutine *g = g_current();
    g->frame = (uint32_t)(r - stack_base(g));
    g->live = g->frame + FRAME_PROTO(r)->nslots;
    g->pc = pc;
    return g;
}
static bool receive(Slot *r, const Instr *pc, bool wants_ok)
{
    Chan *c = R(B).p;
    if (!c || !chan_seems_ready(c, false)) return false;
    Goroutine *g = stand_at(r, pc + 1);
    int32_t ok_slot = wants_ok ? (int32_t)(g->frame + C) : -1;
    return chan_recv(g, c, (int32_t)(g->frame + A), ok_slot, false) == CHAN_DONE;
}
HELP(SEND)
{
    Chan *c = R(A).p;
    if (!c || !chan_seems_ready(c, true)) return false;
    Goroutine *g = stand_at(r, pc + 1);
    return chan_send(g, c, (int32_t)(g->frame + B), false) == CHAN_DONE;
}
HELP(RECV)  { return receive(r, pc, false); }
HELP(RECV2) { return receive(r, pc, true); }

JitHelp *jit_help_for(const Instr *at)
{
#define CASE(name) case OP_##name: return help_##name
    switch (at->op) {
    CASE(MOVEN); CASE(ZERO);
#define NUMBER(name, effect) CASE(name);
#include "vm/number.def"
    CASE(EQS); CASE(NES); CASE(LTS); CASE(LES); CASE(EQIF); CASE(EQV);
    CASE(LDN); CASE(STN); CASE(LDLN); CASE(STLN); CASE(LDXN); CASE(STXN); CASE(NEW); CASE(FREE); CASE(BOX);
    CASE(SLICE); CASE(SLICES); CASE(MAKESLICE); CASE(APPEND); CASE(APPEND1); CASE(COPY); CASE(COPYS);
    CASE(CAT); CASE(CATN); CASE(S2BYTES); CASE(BYTES2S); CASE(RUNE2S);
    CASE(MKIFACE); CASE(TYPEEQ); CASE(IMPL); CASE(ASSERT); CASE(UNBOX); CASE(CLOSURE); CASE(LDCAPN); CASE(CALLQ);
    CASE(MAPGET); CASE(MAPGET2); CASE(MAPSET); CASE(MAPLEN);
#define ATOMIC(name, T, at, expr) CASE(name);
#include "vm/atomic.def"
    CASE(LOCK); CASE(UNLOCK); CASE(SEND); CASE(RECV); CASE(RECV2);
    default: return NULL;
    }
}

JitHelp *jit_jump_help_for(const Instr *at)
{
    switch (at->op) {
    CASE(NEXTRUNE); CASE(MAPNEXT);
    default: return NULL;
    }
}
/* clang-format on */
