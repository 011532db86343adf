/* SPDX-License-Identifier: MIT */
/* Run-time types from checked ones, one for each distinct type.
 *
 * Many Types may describe the same type; the table, hashed by structure, finds the RType they
 * share, and Type.rtype remembers it. An RType enters the table before its parts are made, so
 * recursive types find themselves. Method sets are complete from the start, since dispatch and
 * assertions look at them, but their entries are protos with lazy bodies. Everything is guarded by
 * the lock of compilation until compile_rtype returns; then it is fixed. */
#include "compiler/internal.h"

#include "base/buf.h"
#include "base/fatal.h"
#include "stdlib/native.h"

#include <stdlib.h>
#include <string.h>

/* ---- The table ---- */

typedef struct Entry {
    struct Entry *next;
    RType *rtype;
} Entry;

static Entry **table;
static uint32_t table_size, nentries;

static void grow_table(void)
{
    uint32_t size = table_size ? table_size * 2 : 512;
    Entry **bigger = calloc(size, sizeof *bigger);
    if (!bigger) fatal_out_of_memory();
    for (uint32_t i = 0; i < table_size; i++) {
        for (Entry *at = table[i], *next; at; at = next) {
            next = at->next;
            at->next = bigger[at->rtype->hash & (size - 1)];
            bigger[at->rtype->hash & (size - 1)] = at;
        }
    }
    free(table);
    table = bigger;
    table_size = size;
}

static RType *find(Type *type, uint32_t hash)
{
    if (table_size == 0) return NULL;
    for (Entry *at = table[hash & (table_size - 1)]; at; at = at->next)
        if (at->rtype->hash == hash && types_identical(at->rtype->source, type)) return at->rtype;
    return NULL;
}

static void insert(RType *rtype)
{
    if (nentries >= table_size) grow_table();
    Entry *entry = arena_new(&types_arena, Entry);
    Entry **chain = &table[rtype->hash & (table_size - 1)];
    *entry = (Entry){.next = *chain, .rtype = rtype};
    *chain = entry;
    nentries++;
}

/* ---- Selectors ---- */

static PtrMap selectors_by_name; /* Name → first of a chain of SelectorLink */
static uint32_t nselectors;

typedef struct SelectorLink {
    struct SelectorLink *next;
    Type *signature;
    Selector selector;
} SelectorLink;

const Selector *selector_for(const Object *method)
{
    Name name = method->name,
         path = name->is_exported || !method->package ? NULL : method->package->path;
    SelectorLink *first = map_get(&selectors_by_name, name);
    for (SelectorLink *at = first; at; at = at->next)
        if (at->selector.package == path && types_identical(at->signature, method->type))
            return &at->selector;
    SelectorLink *link = arena_new(&types_arena, SelectorLink);
    link->next = first;
    link->signature = method->type;
    link->selector = (Selector){.name = name, .package = path, .id = nselectors++};
    map_set(&selectors_by_name, name, link);
    return &link->selector;
}

/* ---- What follows from the type alone ---- */

static Kind kind_of(const Type *under)
{
    switch (under->kind) {
    case TYPE_ARRAY: return KIND_ARRAY;
    case TYPE_SLICE: return KIND_SLICE;
    case TYPE_STRUCT: return KIND_STRUCT;
    case TYPE_POINTER: return KIND_POINTER;
    case TYPE_FUNC: return KIND_FUNC;
    case TYPE_INTERFACE: return KIND_INTERFACE;
    case TYPE_MAP: return KIND_MAP;
    case TYPE_CHAN: return KIND_CHAN;
    case TYPE_STRING: return KIND_STRING;
    case TYPE_UNSAFE_POINTER: return KIND_UNSAFE_POINTER;
    default:
        if (under->kind < TYPE_BOOL || under->kind > TYPE_COMPLEX128)
            fatal("rtype: a type of kind %d has no run-time type", under->kind);
        return (Kind)(KIND_BOOL + (under->kind - TYPE_BOOL));
    }
}

bool type_holds_pointers(Type *type)
{
    Type *under = type_under(type);
    switch (under->kind) {
    case TYPE_ARRAY: return under->len > 0 && type_holds_pointers(under->elem);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < under->strukt.nfields; i++)
            if (type_holds_pointers(under->strukt.fields[i].type)) return true;
        return false;
    default: return under->kind >= TYPE_STRING;
    }
}

static bool is_blank(const Field *field)
{
    return field->name == intern_str("_");
}

static bool is_mem_equal_struct(Type *strukt);

/* Whether values are equal exactly if their bytes are. */
static bool is_mem_equal(Type *type)
{
    Type *under = type_under(type);
    switch (under->kind) {
    case TYPE_ARRAY: return is_mem_equal(under->elem);
    case TYPE_STRUCT: return is_mem_equal_struct(under);
    case TYPE_FLOAT32:
    case TYPE_FLOAT64:
    case TYPE_COMPLEX64:
    case TYPE_COMPLEX128:
    case TYPE_STRING:
    case TYPE_INTERFACE:
    case TYPE_SLICE:
    case TYPE_FUNC:
    case TYPE_MAP: return false;
    default: return true;
    }
}

static bool is_mem_equal_struct(Type *strukt)
{
    int64_t end = 0;
    for (uint32_t i = 0; i < strukt->strukt.nfields; i++) {
        const Field *field = &strukt->strukt.fields[i];
        if (is_blank(field) || type_field_offset(strukt, i) != end || !is_mem_equal(field->type))
            return false;
        end += type_sizeof(field->type);
    }
    return end == type_sizeof(strukt);
}

static uint16_t flags_of(Type *type, Type *under)
{
    uint16_t flags = 0;
    if (type_sizeof(type) <= 8) flags |= RT_DIRECT;
    if (type_holds_pointers(type)) flags |= RT_POINTERS;
    if (type_comparable(type, true)) flags |= RT_COMPARABLE;
    if (flags & RT_COMPARABLE && is_mem_equal(type)) flags |= RT_MEM_EQUAL;
    if (type->kind == TYPE_NAMED || type->kind <= TYPE_UNSAFE_POINTER) flags |= RT_NAMED;
    if (under->kind == TYPE_FUNC && under->is_variadic) flags |= RT_VARIADIC;
    return flags;
}

static const char *print(Type *type, TypeQualify qualify)
{
    Buf text = {0};
    type_print(type, qualify, &text);
    const char *kept = arena_strndup(&types_arena, buf_str(&text), text.len);
    buf_free(&text);
    return kept;
}

/* A defined type's name without its package, type arguments included. */
static Name type_name(Type *type)
{
    if (type->kind == TYPE_UNSAFE_POINTER) return intern_str("Pointer");
    if (type->kind != TYPE_NAMED)
        return type->kind <= TYPE_UNSAFE_POINTER ? intern_str(print(type, QUALIFY_NAME)) : NULL;
    Object *obj = type->named.obj;
    if (type->named.ntargs == 0) return obj->name;
    const char *whole = print(type, QUALIFY_NAME), *bracket = strchr(whole, '[');
    return intern_str(arena_printf(&types_arena, "%s%s", obj->name->text, bracket ? bracket : ""));
}

/* ---- Parts ---- */

static void fill_struct(RType *rtype, Type *under)
{
    uint32_t n = under->strukt.nfields;
    rtype->fields = arena_array(&types_arena, RField, n);
    rtype->nfields = n;
    for (uint32_t i = 0; i < n; i++) {
        const Field *field = &under->strukt.fields[i];
        Package *package = field->obj->package;
        rtype->fields[i] = (RField){
            .name = field->name,
            .package = field->name->is_exported || !package ? NULL : package->path,
            .type = compile_rtype(field->type),
            .tag = field->tag ? field->tag->text : "",
            .tag_len = field->tag ? field->tag->len : 0,
            .offset = (uint64_t)type_field_offset(under, i),
            .is_embedded = field->is_embedded,
        };
    }
}

static void fill_func(RType *rtype, Type *under)
{
    uint32_t nparams = under->func.nparams, nresults = under->func.nresults;
    rtype->params = arena_array(&types_arena, RType *, nparams + nresults);
    rtype->nparams = nparams;
    rtype->nresults = nresults;
    for (uint32_t i = 0; i < nparams; i++)
        rtype->params[i] = compile_rtype(under->func.params[i]->type);
    for (uint32_t i = 0; i < nresults; i++)
        rtype->params[nparams + i] = compile_rtype(under->func.results[i]->type);
}

static int compare_methods(const void *a, const void *b)
{
    const Selector *x = ((const RMethod *)a)->sel, *y = ((const RMethod *)b)->sel;
    int order = strcmp(x->name->text, y->name->text);
    if (order || x->package == y->package) return order;
    if (!x->package || !y->package) return x->package ? 1 : -1;
    return strcmp(x->package->text, y->package->text);
}

static void sort_methods(RType *rtype)
{
    if (rtype->nmethods > 1)
        qsort(rtype->methods, rtype->nmethods, sizeof(RMethod), compare_methods);
}

static void fill_interface(RType *rtype, Type *under)
{
    uint32_t n = under->iface.nall;
    rtype->methods = arena_array(&types_arena, RMethod, n);
    rtype->nmethods = n;
    for (uint32_t i = 0; i < n; i++) {
        Object *method = under->iface.all[i];
        rtype->methods[i].sel = selector_for(method);
        rtype->methods[i].type = compile_rtype(method->type);
    }
    sort_methods(rtype);
}

static void fill_methods(RType *rtype, Type *type)
{
    uint32_t n;
    MethodEntry *set = method_set(type, &n);
    rtype->methods = arena_array(&types_arena, RMethod, n);
    rtype->nmethods = n;
    for (uint32_t i = 0; i < n; i++) {
        rtype->methods[i].sel = selector_for(set[i].method);
        rtype->methods[i].entry = method_entry_proto(type, &set[i]);
    }
    sort_methods(rtype);
}

static void fill_parts(RType *rtype, Type *under)
{
    switch (under->kind) {
    case TYPE_ARRAY: rtype->len = (uint64_t)under->len; break;
    case TYPE_MAP: rtype->key = compile_rtype(under->key); break;
    case TYPE_CHAN: rtype->dir = under->dir; break;
    case TYPE_STRUCT: fill_struct(rtype, under); return;
    case TYPE_FUNC: fill_func(rtype, under); return;
    case TYPE_INTERFACE: fill_interface(rtype, under); return;
    case TYPE_SLICE:
    case TYPE_POINTER: break;
    default: return;
    }
    rtype->elem = compile_rtype(under->elem);
    if (under->kind == TYPE_POINTER)
        __atomic_store_n(&rtype->elem->ptr_to, rtype, __ATOMIC_RELEASE);
}

/* Whether fmt calls this method by itself. */
static bool is_fmt_method(const RMethod *method)
{
    static const char *const names[] = {"Error", "String", "Format", "GoString"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(method->sel->name->text, names[i]) == 0) return true;
    return false;
}

/* A part that is still being made (its flags lack the answer) is taken to say yes: it is part of a
 * recursive type. */
static bool calls_methods(const RType *rtype)
{
    if (rtype->kind == KIND_INTERFACE) return true;
    for (uint32_t i = 0; i < rtype->nmethods; i++)
        if (is_fmt_method(&rtype->methods[i])) return true;
    for (uint32_t i = 0; i < rtype->nfields; i++)
        if (rtype->fields[i].type->flags & RT_CALLS_METHODS) return true;
    return (rtype->elem && rtype->elem->flags & RT_CALLS_METHODS) ||
           (rtype->key && rtype->key->flags & RT_CALLS_METHODS);
}

static RType *make(Type *type, uint32_t hash)
{
    Type *under = type_under(type);
    RType *rtype = arena_new(&types_arena, RType);
    rtype->source = type;
    rtype->hash = hash;
    rtype->size = (uint64_t)type_sizeof(type);
    rtype->slots = (uint32_t)((rtype->size + 7) / 8);
    rtype->align = (uint8_t)type_alignof(type);
    rtype->kind = (uint8_t)kind_of(under);
    rtype->flags = flags_of(type, under) | RT_CALLS_METHODS;
    rtype->string = print(type, QUALIFY_NAME);
    rtype->name = type_name(type);
    if (type->kind == TYPE_NAMED && type->named.obj->package)
        rtype->package_path = type->named.obj->package->path;
    if (type->kind == TYPE_UNSAFE_POINTER) rtype->package_path = intern_str("unsafe");
    insert(rtype);
    fill_parts(rtype, under);
    if (under->kind != TYPE_INTERFACE) fill_methods(rtype, type);
    if (!calls_methods(rtype)) rtype->flags &= (uint16_t)~RT_CALLS_METHODS;
    return rtype;
}

RType *compile_rtype(Type *type)
{
    compile_lock();
    if (!type->rtype) {
        Type *actual = type_unalias(type_default(type));
        uint32_t hash = type_hash(actual);
        RType *rtype = find(actual, hash);
        type->rtype = rtype ? rtype : make(actual, hash);
    }
    RType *rtype = type->rtype;
    compile_unlock();
    return rtype;
}

RType *rtype_of(FuncState *f, Type *type)
{
    return compile_rtype(env_type(f, type));
}

/* ---- Types derived while the program runs ---- */

RType *rtype_pointer_to(RType *elem)
{
    RType *made = __atomic_load_n(&elem->ptr_to, __ATOMIC_ACQUIRE);
    if (made) return made;
    compile_lock();
    made = compile_rtype(type_pointer(elem->source));
    compile_unlock();
    return made;
}

/* The run-time type of a type that was put together just to ask; `probe` is copied if it is new. */
static RType *derived(const Type *probe)
{
    Type local = *probe;
    compile_lock();
    RType *made = find(&local, type_hash(&local));
    if (!made) {
        Type *kept = type_new(probe->kind);
        uint32_t id = kept->id;
        *kept = *probe;
        kept->id = id;
        made = compile_rtype(kept);
    }
    compile_unlock();
    return made;
}

RType *rtype_slice_of(RType *elem)
{
    return derived(&(Type){.kind = TYPE_SLICE, .elem = elem->source, .size = -1});
}

RType *rtype_array_of(RType *elem, int64_t len)
{
    return derived(&(Type){.kind = TYPE_ARRAY, .elem = elem->source, .len = len, .size = -1});
}

RType *rtype_map_of(RType *key, RType *elem)
{
    return derived(&(Type){.kind = TYPE_MAP, .key = key->source, .elem = elem->source, .size = -1});
}

RType *rtype_chan_of(RType *elem, int dir)
{
    return derived(
        &(Type){.kind = TYPE_CHAN, .dir = (uint8_t)dir, .elem = elem->source, .size = -1});
}

static Object **unnamed_vars(RType *const *types, uint32_t n)
{
    Object **vars = arena_array(&types_arena, Object *, n);
    for (uint32_t i = 0; i < n; i++)
        vars[i] = object_new(OBJ_VAR, intern_str(""), types[i]->source, NULL, NO_POS);
    return vars;
}

RType *rtype_func_of(RType *const *params, uint32_t nparams, RType *const *results,
                     uint32_t nresults, bool is_variadic)
{
    compile_lock();
    Type probe = {.kind = TYPE_FUNC, .is_variadic = is_variadic, .is_complete = true, .size = -1};
    probe.func.params = unnamed_vars(params, nparams);
    probe.func.nparams = nparams;
    probe.func.results = unnamed_vars(results, nresults);
    probe.func.nresults = nresults;
    RType *made = derived(&probe);
    compile_unlock();
    return made;
}

/* A package to hang the unexported fields of made structs on: one for each path. */
static Package *field_package(Name path)
{
    static PtrMap packages; /* guarded by the lock of compilation */
    Package *package = map_get(&packages, path);
    if (!package) {
        const char *slash = strrchr(path->text, '/');
        package = package_new(path, intern_str(slash ? slash + 1 : path->text));
        map_set(&packages, path, package);
    }
    return package;
}

RType *rtype_struct_of(const RField *fields, uint32_t n)
{
    compile_lock();
    Type probe = {.kind = TYPE_STRUCT, .size = -1};
    probe.strukt.fields = arena_array(&types_arena, Field, n);
    probe.strukt.nfields = n;
    for (uint32_t i = 0; i < n; i++) {
        Package *package = fields[i].package ? field_package(fields[i].package) : NULL;
        Field *field = &probe.strukt.fields[i];
        field->name = fields[i].name;
        field->type = fields[i].type->source;
        field->obj = object_new(OBJ_VAR, field->name, field->type, package, NO_POS);
        field->tag = fields[i].tag_len ? intern(fields[i].tag, fields[i].tag_len) : NULL;
        field->is_embedded = fields[i].is_embedded;
    }
    RType *made = derived(&probe);
    compile_unlock();
    return made;
}

/* Fills in what reflection wants to know of a concrete type's method. */
static void complete_method(RType *type, RMethod *method)
{
    compile_lock();
    uint32_t n, k = 0;
    MethodEntry *set = method_set(type->source, &n);
    while (k < n && selector_for(set[k].method) != method->sel) k++;
    if (k == n) fatal("rtype: %s lost its method %s", type->string, method->sel->name->text);
    FuncProto *proto = method_expr_proto(NULL, &set[k].selection, type->source);
    __atomic_store_n(&method->expression, proto, __ATOMIC_RELEASE);
    __atomic_store_n(&method->type, compile_rtype(set[k].method->type), __ATOMIC_RELEASE);
    compile_unlock();
}

RType *rtype_method_type(RType *type, uint32_t i)
{
    RMethod *method = &type->methods[i];
    if (!__atomic_load_n(&method->type, __ATOMIC_ACQUIRE)) complete_method(type, method);
    return __atomic_load_n(&method->type, __ATOMIC_ACQUIRE);
}

FuncProto *rtype_method_expression(RType *type, uint32_t i)
{
    RMethod *method = &type->methods[i];
    if (!__atomic_load_n(&method->expression, __ATOMIC_ACQUIRE)) complete_method(type, method);
    return __atomic_load_n(&method->expression, __ATOMIC_ACQUIRE);
}

RType *rtype_basic(Kind kind)
{
    TypeKind type = kind == KIND_STRING           ? TYPE_STRING
                    : kind == KIND_UNSAFE_POINTER ? TYPE_UNSAFE_POINTER
                                                  : (TypeKind)(TYPE_BOOL + (kind - KIND_BOOL));
    return compile_rtype(type_basic[type]);
}
