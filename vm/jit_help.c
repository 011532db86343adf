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
#include "vm/effect.h"
#include "vm/frame.h"
#include "vm/number.h"
#include "vm/op.h"
#include "vm/records.h"

#include <string.h>

/* clang-format off */
#define A    (pc->a)
#define B    (pc->b)
#define C    (pc->c)
#define UX   ((uint32_t)pc->bx)
#define R(x) (r[x])
#define W(T) ((T *)(uintptr_t)pc[1].word)
#define HELP(name) static bool help_##name(Slot *r, const Instr *pc)
/* One that allocates: while memory is profiled, the interpreter does it, where samples can be taken. */
#define ALLOC_HELP(name)                                                                           \
    static bool alloc_##name(Slot *r, const Instr *pc);                                            \
    HELP(name) { return !atomic_load_explicit(&records_sample_memory, memory_order_relaxed) && alloc_##name(r, pc); } \
    static bool alloc_##name(Slot *r, const Instr *pc)


#define EFFECT(name, words, ...)     HELP(name) { __VA_ARGS__; return true; }
#define ALLOCATION(name, words, ...) ALLOC_HELP(name) { __VA_ARGS__; return true; }
#include "vm/effect.def"

/* ---- Comparisons ---- */

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

/* ---- Slices and strings ---- */

HELP(SLICE) { return cut_slice(&R(A), R(B).p, &R(B + 3), C, R(B + 1).u, R(B + 2).u, pc[1].word); }
HELP(SLICEP) { return R(B).p && cut_slice(&R(A), R(B).p, &R(B + 3), C, pc[2].word, pc[2].word, pc[1].word); }
HELP(SLICE2ARR)
{
    if (R(B + 1).u < pc[1].word) return false;
    R(A).p = R(B).p;
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
ALLOC_HELP(APPENDS)
{
    Slice made = slice_append(&slice_byte_type, slice_at(&R(B)), (Slice){R(C).p, R(C + 1).i, R(C + 1).i});
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

HELP(ASSERT)  { return R(A).type == W(RType); }
HELP(ASSERTI) { return R(A).type && rtype_implements(R(A).type, W(RType)); }
HELP(CALLQ)  { return W(FuncProto)->quick(&R(A)); }

HELP(MAPGET)
{
    const RType *type = W(const RType), *bad = NULL;
    void *value = hmap_get(R(B).p, type, &R(C), &bad);
    if (!bad) put_map_value(&R(A), type->elem, value);
    return !bad;
}
HELP(MAPGET2)
{
    const RType *type = W(const RType), *bad = NULL;
    void *value = hmap_get(R(B).p, type, &R(C), &bad);
    if (bad) return false;
    put_map_value(&R(A), type->elem, value);
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
HELP(MAPDEL)
{
    const RType *bad = NULL;
    hmap_delete(R(A).p, W(const RType), &R(B), &bad);
    return !bad;
}
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
#define EFFECT(name, words, ...)     CASE(name);
#define ALLOCATION(name, words, ...) CASE(name);
#include "vm/effect.def"
    CASE(EQIF); CASE(EQV);
    CASE(LDN); CASE(STN); CASE(LDXN); CASE(STXN);
    CASE(SLICE); CASE(SLICES); CASE(MAKESLICE); CASE(APPEND); CASE(APPEND1);
    CASE(SLICEP); CASE(SLICE2ARR); CASE(APPENDS); CASE(ASSERT); CASE(ASSERTI); CASE(CALLQ);
    CASE(MAPGET); CASE(MAPGET2); CASE(MAPSET); CASE(MAPDEL);
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
