/* SPDX-License-Identifier: MIT */
/* reflect: what needs the machine's own types.
 *
 * reflect.mgo sees an RType through a struct of its own, and a Value is three words: the type, a
 * pointer to the value or, of a small one, its word as interfaces have it, and flags. */
#include "stdlib/natives.gen.h"

#include "runtime/chan.h"
#include "runtime/gc.h"
#include "runtime/hashmap.h"
#include "runtime/slice.h"
#include "stdlib/reflect/value.h"
#include "vm/adapt.h"
#include "vm/method.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* type.mgo and field.mgo declare these structs again. */
_Static_assert(offsetof(RType, kind) == 16 && offsetof(RType, flags) == 20 &&
                   offsetof(RType, string) == 24 && offsetof(RType, name) == 32 &&
                   offsetof(RType, elem) == 48 && offsetof(RType, len) == 64 &&
                   offsetof(RType, fields) == 72 && offsetof(RType, params) == 88 &&
                   offsetof(RType, methods) == 104 && offsetof(RType, ptr_to) == 120,
               "RType and reflect's rtype agree");
_Static_assert(sizeof(RField) == 56 && offsetof(RField, tag) == 24 &&
                   offsetof(RField, offset) == 40 && sizeof(RMethod) == 32,
               "RField, RMethod and reflect's field, method agree");
_Static_assert(offsetof(NameData, text) == 10, "NameData and reflect's symbol agree");

static RValue arg_value(const NativeCall *call, int slot)
{
    return (RValue){call->args[slot].type, call->args[slot + 1], call->args[slot + 2].u};
}

static void ret_value(NativeCall *call, int slot, RValue v)
{
    call->results[slot].type = v.type;
    call->results[slot + 1] = v.word;
    call->results[slot + 2].u = v.flags;
}

/* ---- Types ---- */

void native_reflect_rtype_String(NativeCall *call)
{
    const char *text = ((const RType *)arg_ptr(call, 0))->string;
    ret_string(call, 0, (String){text, (int64_t)strlen(text)});
}

void native_reflect_typeOf(NativeCall *call)
{
    ret_ptr(call, 0, arg_iface(call, 0).type);
}

static bool has_selector(const RType *type, const Selector *sel)
{
    for (uint32_t i = 0; i < type->nmethods; i++)
        if (type->methods[i].sel == sel) return true;
    return false;
}

void native_reflect_implements(NativeCall *call)
{
    const RType *type = arg_ptr(call, 0), *iface = arg_ptr(call, 1);
    bool all = true;
    for (uint32_t i = 0; i < iface->nmethods && all; i++)
        all = has_selector(type, iface->methods[i].sel);
    ret_bool(call, 0, all);
}

void native_reflect_methodType(NativeCall *call)
{
    ret_ptr(call, 0, rtype_method_type(arg_ptr(call, 0), (uint32_t)arg_uint(call, 1)));
}

void native_reflect_methodFunc(NativeCall *call)
{
    ret_ptr(call, 0, rtype_method_expression(arg_ptr(call, 0), (uint32_t)arg_uint(call, 1))->value);
}

void native_reflect_pointerTo(NativeCall *call)
{
    ret_ptr(call, 0, rtype_pointer_to(arg_ptr(call, 0)));
}

void native_reflect_sliceOf(NativeCall *call)
{
    ret_ptr(call, 0, rtype_slice_of(arg_ptr(call, 0)));
}

void native_reflect_arrayOf(NativeCall *call)
{
    ret_ptr(call, 0, rtype_array_of(arg_ptr(call, 0), arg_int(call, 1)));
}

void native_reflect_mapOf(NativeCall *call)
{
    ret_ptr(call, 0, rtype_map_of(arg_ptr(call, 0), arg_ptr(call, 1)));
}

void native_reflect_chanOf(NativeCall *call)
{
    ret_ptr(call, 0, rtype_chan_of(arg_ptr(call, 0), (int)arg_int(call, 1)));
}

void native_reflect_funcOf(NativeCall *call)
{
    Slice in = arg_slice(call, 0), out = arg_slice(call, 3);
    ret_ptr(
        call, 0,
        rtype_func_of(in.data, (uint32_t)in.len, out.data, (uint32_t)out.len, arg_bool(call, 6)));
}

void native_reflect_structOf(NativeCall *call)
{
    Slice fields = arg_slice(call, 0);
    ret_ptr(call, 0, rtype_struct_of(fields.data, (uint32_t)fields.len));
}

void native_reflect_newSymbol(NativeCall *call)
{
    String text = arg_string(call, 0);
    ret_ptr(call, 0, (void *)(uintptr_t)intern(text.data, (size_t)text.len));
}

/* ---- Values ---- */

void native_reflect_ValueOf(NativeCall *call)
{
    Iface i = arg_iface(call, 0);
    if (!i.type) return;
    uint64_t indirect = i.type->flags & RT_DIRECT ? 0 : RVALUE_INDIRECT;
    ret_value(call, 0, (RValue){i.type, i.word, indirect | i.type->kind});
}

Iface rvalue_iface(const RValue *v)
{
    if (!(v->flags & RVALUE_INDIRECT)) return (Iface){v->type, v->word};
    if (v->type->kind == KIND_INTERFACE) return *(const Iface *)v->word.p;
    Iface result = {v->type, v->word};
    if (v->type->flags & RT_DIRECT) {
        result.word.u = 0;
        rtype_load(v->type, &result.word, v->word.p);
    } else if (v->flags & RVALUE_VARIABLE) {
        result.word.p = gc_new_type(v->type, 1);
        memcpy(result.word.p, v->word.p, v->type->size);
    }
    return result;
}

void native_reflect_pack(NativeCall *call)
{
    RValue v = arg_value(call, 0);
    ret_iface(call, 0, rvalue_iface(&v));
}

void native_reflect_load(NativeCall *call)
{
    call->results[0].u = 0;
    rtype_load(arg_ptr(call, 0), call->results, arg_ptr(call, 1));
}

void native_reflect_move(NativeCall *call)
{
    RValue v = arg_value(call, 1);
    memmove(arg_ptr(call, 0), rvalue_data(&v), v.type->size);
}

void native_reflect_clearMemory(NativeCall *call)
{
    const RType *type = arg_ptr(call, 0);
    size_t size = type->size * arg_uint(call, 2);
    if (size) memset(arg_ptr(call, 1), 0, size);
}

void native_reflect_newObject(NativeCall *call)
{
    ret_ptr(call, 0, gc_new_type(arg_ptr(call, 0), arg_uint(call, 1)));
}

static bool is_zero(const RType *type, const char *data)
{
    switch (type->kind) {
    case KIND_STRING: return ((const String *)data)->len == 0;
    case KIND_SLICE: return !((const Slice *)data)->data;
    case KIND_INTERFACE: return !((const Iface *)data)->type;
    case KIND_ARRAY:
        for (uint64_t i = 0; i < type->len; i++)
            if (!is_zero(type->elem, data + i * type->elem->size)) return false;
        return true;
    case KIND_STRUCT:
        for (uint32_t i = 0; i < type->nfields; i++)
            if (!is_zero(type->fields[i].type, data + type->fields[i].offset)) return false;
        return true;
    default:
        for (uint64_t i = 0; i < type->size; i++)
            if (data[i]) return false;
        return true;
    }
}

void native_reflect_zeroIn(NativeCall *call)
{
    RValue v = arg_value(call, 0);
    ret_bool(call, 0, is_zero(v.type, rvalue_data(&v)));
}

void native_reflect_codeAddress(NativeCall *call)
{
    const Closure *fn = arg_ptr(call, 0);
    if (!fn) return;
    if (fn->proto->lazy) proto_compile(fn->proto);
    ret_ptr(call, 0, (void *)(uintptr_t)__atomic_load_n(&fn->proto->code, __ATOMIC_ACQUIRE));
}

/* ---- Slices ---- */

void native_reflect_makeSlice(NativeCall *call)
{
    Slice *slice = gc_new(sizeof *slice);
    if (slice_make(arg_ptr(call, 0), arg_int(call, 1), arg_int(call, 2), slice))
        ret_ptr(call, 0, slice);
    else
        native_panic_runtime(call, "makeslice: len out of range");
}

void native_reflect_growSlice(NativeCall *call)
{
    Slice *slice = arg_ptr(call, 1);
    Slice grown = slice_grow(arg_ptr(call, 0), *slice, slice->len + arg_int(call, 2));
    if (grown.cap < 0) {
        native_panic_runtime(call, "growslice: len out of range");
        return;
    }
    grown.len = slice->len;
    *slice = grown;
}

void native_reflect_copyElements(NativeCall *call)
{
    const RType *type = arg_ptr(call, 0);
    size_t size = type->size * arg_uint(call, 3);
    if (size) memmove(arg_ptr(call, 1), arg_ptr(call, 2), size);
}

void native_reflect_swapElements(NativeCall *call)
{
    char *a = arg_ptr(call, 1), *b = arg_ptr(call, 2);
    for (size_t n = ((const RType *)arg_ptr(call, 0))->size; n > 0; n--, a++, b++) {
        char held = *a;
        *a = *b;
        *b = held;
    }
}

/* ---- Maps ---- */

static void panic_unhashable(NativeCall *call, const RType *type)
{
    char text[300];
    snprintf(text, sizeof text, "hash of unhashable type %s", type->string);
    native_panic_runtime(call, text);
}

void native_reflect_makeMap(NativeCall *call)
{
    ret_ptr(call, 0, hmap_make(arg_ptr(call, 0), arg_int(call, 1)));
}

void native_reflect_mapLen(NativeCall *call)
{
    ret_int(call, 0, hmap_len(arg_ptr(call, 0)));
}

void native_reflect_mapClear(NativeCall *call)
{
    hmap_clear(arg_ptr(call, 0));
}

void native_reflect_mapGet(NativeCall *call)
{
    const RType *type = arg_ptr(call, 0), *unhashable = NULL;
    RValue key = arg_value(call, 2);
    void *found = hmap_get(arg_ptr(call, 1), type, rvalue_data(&key), &unhashable);
    if (unhashable) {
        panic_unhashable(call, unhashable);
    } else if (found && !(type->elem->flags & RT_DIRECT)) {
        void *copy = gc_new_type(type->elem, 1);
        memcpy(copy, found, type->elem->size);
        ret_ptr(call, 0, copy);
    } else {
        ret_ptr(call, 0, found);
    }
}

void native_reflect_mapSet(NativeCall *call)
{
    const RType *unhashable = NULL;
    RValue key = arg_value(call, 2), elem = arg_value(call, 5);
    hmap_set(arg_ptr(call, 1), rvalue_data(&key), rvalue_data(&elem), &unhashable);
    if (unhashable) panic_unhashable(call, unhashable);
}

void native_reflect_mapDelete(NativeCall *call)
{
    const RType *unhashable = NULL;
    RValue key = arg_value(call, 2);
    hmap_delete(arg_ptr(call, 1), arg_ptr(call, 0), rvalue_data(&key), &unhashable);
    if (unhashable) panic_unhashable(call, unhashable);
}

void native_reflect_mapIter(NativeCall *call)
{
    HMapIter *iter = gc_new(sizeof *iter);
    hmap_iter(iter, arg_ptr(call, 0));
    ret_ptr(call, 0, iter);
}

void native_reflect_mapNext(NativeCall *call)
{
    ret_bool(call, 0, hmap_next(arg_ptr(call, 0)));
}

void native_reflect_mapKey(NativeCall *call)
{
    const HMapIter *iter = arg_ptr(call, 0);
    ret_ptr(call, 0, (void *)(uintptr_t)iter->key);
}

void native_reflect_mapElem(NativeCall *call)
{
    const HMapIter *iter = arg_ptr(call, 0);
    ret_ptr(call, 0, (void *)(uintptr_t)iter->value);
}

/* ---- Channels ---- */

void native_reflect_makeChan(NativeCall *call)
{
    Chan *c = chan_make(arg_ptr(call, 0), arg_int(call, 1));
    if (c)
        ret_ptr(call, 0, c);
    else
        native_panic_runtime(call, "makechan: size out of range");
}

void native_reflect_chanLen(NativeCall *call)
{
    ret_int(call, 0, chan_len(arg_ptr(call, 0)));
}

void native_reflect_chanCap(NativeCall *call)
{
    ret_int(call, 0, chan_cap(arg_ptr(call, 0)));
}

void native_reflect_selectFunc(NativeCall *call)
{
    Slice shape = arg_slice(call, 0);
    const int64_t *words = shape.data;
    AdaptCase *cases = malloc(((size_t)shape.len + 1) * sizeof *cases);
    if (!cases) native_fatal(call, "out of memory");
    for (int64_t i = 0; i < shape.len; i++)
        cases[i] = (AdaptCase){(uint32_t)(words[i] >> 1), words[i] & 1};
    ret_ptr(call, 0, adapt_select(cases, (uint32_t)shape.len, arg_bool(call, 3)));
    free(cases);
}

/* ---- Calls ---- */

void native_reflect_toSlots(NativeCall *call)
{
    Slot *to = arg_ptr(call, 0);
    RValue v = arg_value(call, 1);
    if (v.type->slots == 0) return;
    if (v.flags & RVALUE_INDIRECT)
        rtype_load(v.type, to, v.word.p);
    else
        *to = v.word;
}

void native_reflect_fromSlots(NativeCall *call)
{
    RType *type = arg_ptr(call, 0);
    Iface boxed = iface_make(type, arg_ptr(call, 1));
    uint64_t indirect = type->flags & RT_DIRECT ? 0 : RVALUE_INDIRECT;
    ret_value(call, 0, (RValue){type, boxed.word, indirect | type->kind});
}

void native_reflect_callFunc(NativeCall *call)
{
    int64_t nresults = arg_int(call, 0), nparams = arg_int(call, 1);
    if (nresults + nparams > 60000)
        native_panic_string(call, "reflect.Value.Call: arguments and results are too large");
    else
        ret_ptr(call, 0, adapt_call((uint32_t)nresults, (uint32_t)nparams));
}

static Closure *new_closure(FuncProto *proto, Slot captured)
{
    Closure *fn = gc_new(sizeof *fn + sizeof(Slot));
    fn->proto = proto;
    fn->captured[0] = captured;
    return fn;
}

void native_reflect_bind(NativeCall *call)
{
    FuncProto *entry = rtype_find_method(arg_ptr(call, 0), arg_ptr(call, 1));
    ret_ptr(call, 0, new_closure(method_bound(entry), call->args[2]));
}

static uint32_t slots_of(RType *const *types, uint32_t n)
{
    uint32_t slots = 0;
    for (uint32_t i = 0; i < n; i++) slots += types[i]->slots;
    return slots;
}

void native_reflect_funcValue(NativeCall *call)
{
    const RType *type = arg_ptr(call, 0);
    uint32_t nparams = slots_of(type->params, type->nparams);
    uint32_t nresults = slots_of(type->params + type->nparams, type->nresults);
    if (nresults + nparams > 60000) {
        native_panic_string(call, "reflect.MakeFunc: arguments and results are too large");
        return;
    }
    /* The handler is a wrapper around the program's function: recover and traces see through it. */
    Closure *handler = arg_ptr(call, 1);
    __atomic_fetch_or(&handler->proto->flags, PROTO_WRAPPER, __ATOMIC_RELAXED);
    RType *frame =
        rtype_array_of(rtype_basic(KIND_UNSAFE_POINTER), (int64_t)nparams + nresults + 1);
    ret_ptr(call, 0, new_closure(adapt_func(nresults, nparams, frame), call->args[1]));
}
