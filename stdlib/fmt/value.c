/* SPDX-License-Identifier: MIT */
/* Values by type: the walk over what an operand holds.
 *
 * A value is its type and the address of its memory. What lies in an unexported field is printed
 * but its methods are not called (is_hidden), as Go does, which cannot get at them by reflection.
 */
#include "stdlib/fmt/printer.h"

#include "base/utf8.h"
#include "runtime/gc.h"
#include "runtime/hashmap.h"
#include "stdlib/reflect/value.h"

#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 5000

typedef struct Value {
    RType *type;
    const void *data;
    bool is_hidden;
} Value;

static void print_value(Printer *p, Value v, uint32_t verb, int depth);

/* ---- Methods ---- */

static RType *interfaces[5]; /* by CallKind; set once, when the package is initialised */

void printer_set_interfaces(RType *const types[5])
{
    memcpy(interfaces, types, sizeof interfaces);
}

/* A bit for each CallKind whose interface the type implements; remembered per thread. */
static unsigned method_kinds(RType *type)
{
    static __thread struct {
        const RType *type;
        unsigned kinds;
    } seen[64];
    unsigned at = (unsigned)((uintptr_t)type >> 4) % 64;
    if (seen[at].type == type) return seen[at].kinds;
    unsigned kinds = 0;
    for (int kind = CALL_FORMAT; kind <= CALL_STRING; kind++)
        if (interfaces[kind] && rtype_implements(type, interfaces[kind])) kinds |= 1u << kind;
    seen[at].type = type;
    seen[at].kinds = kinds;
    return kinds;
}

static bool is_error(RType *type)
{
    return type->nmethods > 0 && method_kinds(type) & 1u << CALL_ERROR;
}

/* The method that printing the value with this verb calls. */
static CallKind call_kind(const Printer *p, RType *type, uint32_t verb)
{
    if (!(type->flags & RT_CALLS_METHODS) || type->nmethods == 0) return CALL_NONE;
    unsigned kinds = method_kinds(type);
    if (kinds & 1u << CALL_FORMAT) return CALL_FORMAT;
    if (p->f.sharp_v) return kinds & 1u << CALL_GO_STRING ? CALL_GO_STRING : CALL_NONE;
    if (verb > 0x7F || !strchr("vsxXq", (int)verb)) return CALL_NONE;
    if (kinds & 1u << CALL_ERROR) return CALL_ERROR;
    return kinds & 1u << CALL_STRING ? CALL_STRING : CALL_NONE;
}

/* The value as an interface holds it. */
static Iface to_iface(Value v)
{
    Iface iface = {v.type, {.u = 0}};
    if (!(v.type->flags & RT_DIRECT)) {
        void *copy = gc_new_type(v.type, 1);
        memcpy(copy, v.data, v.type->size);
        iface.word.p = copy;
        return iface;
    }
    switch (v.type->kind) {
    case KIND_INT8: iface.word.i = *(const int8_t *)v.data; break;
    case KIND_INT16: iface.word.i = *(const int16_t *)v.data; break;
    case KIND_INT32: iface.word.i = *(const int32_t *)v.data; break;
    default: memcpy(&iface.word, v.data, v.type->size);
    }
    return iface;
}

static void add_need(Printer *p, Value v, CallKind kind, uint32_t verb)
{
    if (p->nneeds == p->needs_cap) {
        p->needs_cap = p->needs_cap ? 2 * p->needs_cap : 4;
        Need *grown = gc_new((size_t)p->needs_cap * sizeof *grown);
        if (p->nneeds > 0) memcpy(grown, p->needs, (size_t)p->nneeds * sizeof *grown);
        p->needs = grown;
    }
    const Flags *f = &p->f;
    p->needs[p->nneeds++] = (Need){
        .value = to_iface(v),
        .kind = kind,
        .verb = verb,
        .wid = f->has_wid ? f->wid : -1,
        .prec = f->has_prec ? f->prec : -1,
        .flags = (f->plus || f->plus_v) | f->minus << 1 | (f->sharp || f->sharp_v) << 2 |
                 f->space << 3 | f->zero << 4,
    };
}

static void print_text(Printer *p, const char *text, size_t len, uint32_t verb, Value v);
static void print_bad_verb(Printer *p, uint32_t verb, Value v);

/* Prints the value through a method where it has one for this verb; returns whether that was so. */
static bool print_by_method(Printer *p, Value v, uint32_t verb)
{
    if (p->is_erroring || v.is_hidden) return false;
    if (verb == 'w') {
        if (!p->wraps || !is_error(v.type)) {
            print_bad_verb(p, verb, v);
            return true;
        }
        verb = 'v';
    }
    CallKind kind = call_kind(p, v.type, verb);
    if (kind == CALL_NONE) return false;
    if (p->next_result >= p->nresults) {
        add_need(p, v, kind, verb);
        return true;
    }
    const Result *result = &p->results[p->next_result++];
    size_t len = (size_t)result->text.len;
    if (result->has_panicked) p->f.wid = p->f.prec = 0;
    if (result->is_raw)
        buf_add(&p->out, result->text.data, len);
    else if (kind == CALL_GO_STRING)
        print_string(p, result->text.data, len);
    else
        print_text(p, result->text.data, len, verb, v);
    return true;
}

/* ---- Bad verbs ---- */

static void add_verb(Printer *p, uint32_t verb)
{
    char text[UTF8_MAX];
    buf_add(&p->out, text, (size_t)utf8_encode(text, verb));
}

static void print_bad_verb(Printer *p, uint32_t verb, Value v)
{
    bool was_erroring = p->is_erroring;
    p->is_erroring = true;
    buf_text(&p->out, "%!");
    add_verb(p, verb);
    buf_byte(&p->out, '(');
    if (v.type) {
        buf_text(&p->out, v.type->string);
        buf_byte(&p->out, '=');
        print_value(p, v, 'v', 0);
    } else {
        buf_text(&p->out, "<nil>");
    }
    buf_byte(&p->out, ')');
    p->is_erroring = was_erroring;
}

/* ---- Basic kinds ---- */

static void print_integer_verb(Printer *p, uint64_t n, bool is_signed, uint32_t verb, Value v)
{
    switch (verb) {
    case 'v':
        if (p->f.sharp_v && !is_signed)
            print_0x(p, n, true);
        else
            print_integer(p, n, is_signed, 10, 'v');
        break;
    case 'd': print_integer(p, n, is_signed, 10, 'd'); break;
    case 'b': print_integer(p, n, is_signed, 2, 'b'); break;
    case 'o':
    case 'O': print_integer(p, n, is_signed, 8, (char)verb); break;
    case 'x':
    case 'X': print_integer(p, n, is_signed, 16, (char)verb); break;
    case 'c': print_char(p, n); break;
    case 'q': print_quoted_char(p, n); break;
    case 'U': print_unicode(p, n); break;
    default: print_bad_verb(p, verb, v);
    }
}

static bool print_float_verb(Printer *p, double f, int bits, uint32_t verb)
{
    switch (verb) {
    case 'v': print_float(p, f, bits, 'g', -1); return true;
    case 'b':
    case 'g':
    case 'G':
    case 'x':
    case 'X': print_float(p, f, bits, (char)verb, -1); return true;
    case 'e':
    case 'E':
    case 'f': print_float(p, f, bits, (char)verb, 6); return true;
    case 'F': print_float(p, f, bits, 'f', 6); return true;
    }
    return false;
}

static void print_complex_verb(Printer *p, double re, double im, int bits, uint32_t verb, Value v)
{
    if (verb > 0x7F || !strchr("vbgGxXfFeE", (int)verb)) {
        print_bad_verb(p, verb, v);
        return;
    }
    bool plus = p->f.plus;
    buf_byte(&p->out, '(');
    print_float_verb(p, re, bits, verb);
    p->f.plus = true;
    print_float_verb(p, im, bits, verb);
    buf_text(&p->out, "i)");
    p->f.plus = plus;
}

static void print_text(Printer *p, const char *text, size_t len, uint32_t verb, Value v)
{
    switch (verb) {
    case 'v':
        if (p->f.sharp_v)
            print_quoted(p, text, len);
        else
            print_string(p, text, len);
        break;
    case 's': print_string(p, text, len); break;
    case 'x':
    case 'X': print_hex_bytes(p, text, len, verb == 'X'); break;
    case 'q': print_quoted(p, text, len); break;
    default: print_bad_verb(p, verb, v);
    }
}

static void print_bool_verb(Printer *p, bool b, uint32_t verb, Value v)
{
    if (verb == 't' || verb == 'v')
        print_padded(p, b ? "true" : "false", b ? 4 : 5);
    else
        print_bad_verb(p, verb, v);
}

static void print_pointer_verb(Printer *p, uint64_t address, uint32_t verb, Value v)
{
    switch (verb) {
    case 'v':
        if (p->f.sharp_v) {
            buf_printf(&p->out, "(%s)(", v.type->string);
            if (address)
                print_0x(p, address, true);
            else
                buf_text(&p->out, "nil");
            buf_byte(&p->out, ')');
        } else if (address) {
            print_0x(p, address, !p->f.sharp);
        } else {
            print_padded(p, "<nil>", 5);
        }
        break;
    case 'p': print_0x(p, address, !p->f.sharp); break;
    case 'b':
    case 'o':
    case 'd':
    case 'x':
    case 'X': print_integer_verb(p, address, false, verb, v); break;
    default: print_bad_verb(p, verb, v);
    }
}

/* ---- Slices and arrays ---- */

/* Bytes with one of s, q, x, X. Returns false for other verbs. */
static bool print_bytes_verb(Printer *p, const char *bytes, size_t len, uint32_t verb)
{
    switch (verb) {
    case 's': print_string(p, bytes, len); return true;
    case 'q': print_quoted(p, bytes, len); return true;
    case 'x':
    case 'X': print_hex_bytes(p, bytes, len, verb == 'X'); return true;
    }
    return false;
}

static void print_list(Printer *p, Value v, const char *type_name, const char *data, int64_t len,
                       uint32_t verb, int depth)
{
    RType *elem = v.type->elem;
    if (elem->kind == KIND_UINT8 && print_bytes_verb(p, data, (size_t)len, verb)) return;
    bool sharp_v = p->f.sharp_v;
    if (sharp_v) {
        buf_text(&p->out, type_name);
        if (v.type->kind == KIND_SLICE && !data) {
            buf_text(&p->out, "(nil)");
            return;
        }
    }
    buf_byte(&p->out, sharp_v ? '{' : '[');
    for (int64_t i = 0; i < len; i++) {
        if (i > 0) buf_text(&p->out, sharp_v ? ", " : " ");
        print_value(p, (Value){elem, data + (uint64_t)i * elem->size, v.is_hidden}, verb,
                    depth + 1);
    }
    buf_byte(&p->out, sharp_v ? '}' : ']');
}

/* ---- Maps ---- */

static int compare_values(const RType *type, const void *a, const void *b);

#define COMPARE(x, y) ((x) < (y) ? -1 : (x) > (y))
#define COMPARE_AS(T) COMPARE(*(const T *)a, *(const T *)b)

static int compare_floats(double x, double y)
{
    if (x != x) return y != y ? 0 : -1; /* NaN comes first */
    if (y != y) return 1;
    return COMPARE(x, y);
}

static int compare_strings(const String *a, const String *b)
{
    size_t n = (size_t)(a->len < b->len ? a->len : b->len);
    int order = n > 0 ? memcmp(a->data, b->data, n) : 0;
    return order ? order : COMPARE(a->len, b->len);
}

static int compare_ifaces(const Iface *a, const Iface *b)
{
    if (!a->type || !b->type) return COMPARE(a->type != NULL, b->type != NULL);
    if (a->type != b->type) return COMPARE((uintptr_t)a->type, (uintptr_t)b->type);
    return compare_values(a->type, iface_data(a), iface_data(b));
}

static int compare_parts(const RType *type, const char *a, const char *b)
{
    int order = 0;
    if (type->kind == KIND_ARRAY)
        for (uint64_t i = 0; i < type->len && order == 0; i++)
            order = compare_values(type->elem, a + i * type->elem->size, b + i * type->elem->size);
    else
        for (uint32_t i = 0; i < type->nfields && order == 0; i++)
            order = compare_values(type->fields[i].type, a + type->fields[i].offset,
                                   b + type->fields[i].offset);
    return order;
}

static int compare_values(const RType *type, const void *a, const void *b)
{
    int order;
    switch (type->kind) {
    case KIND_INT:
    case KIND_INT64: return COMPARE_AS(int64_t);
    case KIND_INT8: return COMPARE_AS(int8_t);
    case KIND_INT16: return COMPARE_AS(int16_t);
    case KIND_INT32: return COMPARE_AS(int32_t);
    case KIND_BOOL:
    case KIND_UINT8: return COMPARE_AS(uint8_t);
    case KIND_UINT16: return COMPARE_AS(uint16_t);
    case KIND_UINT32: return COMPARE_AS(uint32_t);
    case KIND_FLOAT32: return compare_floats(*(const float *)a, *(const float *)b);
    case KIND_FLOAT64: return compare_floats(*(const double *)a, *(const double *)b);
    case KIND_COMPLEX64:
        order = compare_floats(((const float *)a)[0], ((const float *)b)[0]);
        return order ? order : compare_floats(((const float *)a)[1], ((const float *)b)[1]);
    case KIND_COMPLEX128:
        order = compare_floats(((const double *)a)[0], ((const double *)b)[0]);
        return order ? order : compare_floats(((const double *)a)[1], ((const double *)b)[1]);
    case KIND_STRING: return compare_strings(a, b);
    case KIND_INTERFACE: return compare_ifaces(a, b);
    case KIND_STRUCT:
    case KIND_ARRAY: return compare_parts(type, a, b);
    default: return COMPARE_AS(uint64_t);
    }
}

typedef struct Entry {
    const void *key, *value;
} Entry;

static int compare_entries(const void *a, const void *b, void *key_type)
{
    return compare_values(key_type, ((const Entry *)a)->key, ((const Entry *)b)->key);
}

/* The map's entries sorted by key; *n gets their number. The array is collected memory. */
static Entry *sorted_entries(HMap *map, const RType *type, int64_t *n)
{
    int64_t len = hmap_len(map);
    Entry *entries = gc_new((size_t)(len > 0 ? len : 1) * sizeof *entries);
    HMapIter iter;
    *n = 0;
    hmap_iter(&iter, map);
    while (*n < len && hmap_next(&iter)) entries[(*n)++] = (Entry){iter.key, iter.value};
    qsort_r(entries, (size_t)*n, sizeof *entries, compare_entries, type->key);
    return entries;
}

static void print_map(Printer *p, Value v, uint32_t verb, int depth)
{
    HMap *map = *(HMap *const *)v.data;
    bool sharp_v = p->f.sharp_v;
    if (sharp_v) {
        buf_text(&p->out, v.type->string);
        buf_text(&p->out, map ? "{" : "(nil)");
        if (!map) return;
    } else {
        buf_text(&p->out, "map[");
    }
    int64_t n;
    Entry *entries = sorted_entries(map, v.type, &n);
    for (int64_t i = 0; i < n; i++) {
        if (i > 0) buf_text(&p->out, sharp_v ? ", " : " ");
        print_value(p, (Value){v.type->key, entries[i].key, v.is_hidden}, verb, depth + 1);
        buf_byte(&p->out, ':');
        print_value(p, (Value){v.type->elem, entries[i].value, v.is_hidden}, verb, depth + 1);
    }
    buf_byte(&p->out, sharp_v ? '}' : ']');
}

/* ---- Structs, interfaces, pointers ---- */

static void print_struct(Printer *p, Value v, uint32_t verb, int depth)
{
    bool sharp_v = p->f.sharp_v;
    if (sharp_v) buf_text(&p->out, v.type->string);
    buf_byte(&p->out, '{');
    for (uint32_t i = 0; i < v.type->nfields; i++) {
        const RField *field = &v.type->fields[i];
        if (i > 0) buf_text(&p->out, sharp_v ? ", " : " ");
        if (p->f.plus_v || sharp_v) {
            buf_add(&p->out, field->name->text, field->name->len);
            buf_byte(&p->out, ':');
        }
        bool hidden = v.is_hidden || field->package != NULL;
        print_value(p, (Value){field->type, (const char *)v.data + field->offset, hidden}, verb,
                    depth + 1);
    }
    buf_byte(&p->out, '}');
}

static void print_interface(Printer *p, Value v, uint32_t verb, int depth)
{
    const Iface *iface = v.data;
    if (iface->type) {
        print_value(p, (Value){iface->type, iface_data(iface), v.is_hidden}, verb, depth + 1);
    } else if (p->f.sharp_v) {
        buf_text(&p->out, v.type->string);
        buf_text(&p->out, "(nil)");
    } else {
        buf_text(&p->out, "<nil>");
    }
}

/* A pointer to a composite, at the top: & and what it points to. */
static bool print_pointed(Printer *p, Value v, uint32_t verb, int depth)
{
    const void *target = *(void *const *)v.data;
    RType *elem = v.type->elem;
    if (depth > 0 || !target) return false;
    if (elem->kind != KIND_ARRAY && elem->kind != KIND_SLICE && elem->kind != KIND_STRUCT &&
        elem->kind != KIND_MAP)
        return false;
    buf_byte(&p->out, '&');
    print_value(p, (Value){elem, target, v.is_hidden}, verb, depth + 1);
    return true;
}

/* ---- Everything ---- */

static void print_composite(Printer *p, Value v, uint32_t verb, int depth)
{
    if (++p->depth > MAX_DEPTH) native_fatal(p->call, "stack overflow");
    const Slice *slice = v.data;
    switch (v.type->kind) {
    case KIND_ARRAY:
        print_list(p, v, v.type->string, v.data, (int64_t)v.type->len, verb, depth);
        break;
    case KIND_SLICE: print_list(p, v, v.type->string, slice->data, slice->len, verb, depth); break;
    case KIND_MAP: print_map(p, v, verb, depth); break;
    case KIND_STRUCT: print_struct(p, v, verb, depth); break;
    case KIND_INTERFACE: print_interface(p, v, verb, depth); break;
    case KIND_POINTER:
        if (print_pointed(p, v, verb, depth)) break;
        /* fall through */
    default: print_pointer_verb(p, *(const uint64_t *)v.data, verb, v);
    }
    p->depth--;
}

static void print_value(Printer *p, Value v, uint32_t verb, int depth)
{
    if (depth > 0 && v.type->kind != KIND_INTERFACE && print_by_method(p, v, verb)) return;
    const void *data = v.data;
    switch (v.type->kind) {
    case KIND_BOOL: print_bool_verb(p, *(const bool *)data, verb, v); break;
    case KIND_INT:
    case KIND_INT64: print_integer_verb(p, *(const uint64_t *)data, true, verb, v); break;
    case KIND_INT8: print_integer_verb(p, (uint64_t) * (const int8_t *)data, true, verb, v); break;
    case KIND_INT16:
        print_integer_verb(p, (uint64_t) * (const int16_t *)data, true, verb, v);
        break;
    case KIND_INT32:
        print_integer_verb(p, (uint64_t) * (const int32_t *)data, true, verb, v);
        break;
    case KIND_UINT:
    case KIND_UINTPTR:
    case KIND_UINT64: print_integer_verb(p, *(const uint64_t *)data, false, verb, v); break;
    case KIND_UINT8: print_integer_verb(p, *(const uint8_t *)data, false, verb, v); break;
    case KIND_UINT16: print_integer_verb(p, *(const uint16_t *)data, false, verb, v); break;
    case KIND_UINT32: print_integer_verb(p, *(const uint32_t *)data, false, verb, v); break;
    case KIND_FLOAT32:
        if (!print_float_verb(p, *(const float *)data, 32, verb)) print_bad_verb(p, verb, v);
        break;
    case KIND_FLOAT64:
        if (!print_float_verb(p, *(const double *)data, 64, verb)) print_bad_verb(p, verb, v);
        break;
    case KIND_COMPLEX64: {
        const float *c = data;
        print_complex_verb(p, c[0], c[1], 32, verb, v);
        break;
    }
    case KIND_COMPLEX128: {
        const double *c = data;
        print_complex_verb(p, c[0], c[1], 64, verb, v);
        break;
    }
    case KIND_STRING: {
        const String *s = data;
        print_text(p, s->data, (size_t)s->len, verb, v);
        break;
    }
    default: print_composite(p, v, verb, depth);
    }
}

static bool is_pointer_kind(const RType *type)
{
    return type->kind == KIND_CHAN || type->kind == KIND_FUNC || type->kind == KIND_MAP ||
           type->kind == KIND_POINTER || type->kind == KIND_SLICE ||
           type->kind == KIND_UNSAFE_POINTER;
}

static bool is_reflect_value(const RType *type)
{
    return type->kind == KIND_STRUCT && type->size == sizeof(RValue) && type->package_path &&
           strcmp(type->package_path->text, "reflect") == 0 &&
           strcmp(type->name->text, "Value") == 0;
}

/* An operand that is a reflect.Value stands for what it holds. */
static void print_reflect_value(Printer *p, const RValue *value, uint32_t verb)
{
    if (!value->type) {
        buf_text(&p->out, "<invalid reflect.Value>");
        return;
    }
    Value v = {value->type, rvalue_data(value), value->flags & RVALUE_READ_ONLY};
    if (v.type->kind == KIND_INTERFACE && !v.is_hidden) {
        const Iface *inner = v.data;
        if (inner->type && print_by_method(p, (Value){inner->type, iface_data(inner), false}, verb))
            return;
    }
    if (!print_by_method(p, v, verb)) print_value(p, v, verb, 0);
}

/* Whether it is []byte itself. */
static bool is_plain_bytes(const RType *type)
{
    return type->kind == KIND_SLICE && !(type->flags & RT_NAMED) &&
           type->elem == rtype_basic(KIND_UINT8);
}

void printer_arg(Printer *p, Iface arg, uint32_t verb)
{
    if (!arg.type) {
        if (verb == 'T' || verb == 'v')
            print_padded(p, "<nil>", 5);
        else
            print_bad_verb(p, verb, (Value){0});
        return;
    }
    Value v = {arg.type, iface_data(&arg), false};
    if (verb == 'T') {
        print_string(p, arg.type->string, strlen(arg.type->string));
    } else if (verb == 'p') {
        if (is_pointer_kind(arg.type))
            print_pointer_verb(p, *(const uint64_t *)v.data, 'p', v);
        else
            print_bad_verb(p, verb, v);
    } else if (is_reflect_value(arg.type)) {
        print_reflect_value(p, v.data, verb);
    } else if (is_plain_bytes(arg.type)) {
        const Slice *bytes = v.data;
        const char *name = verb == 'w' ? "[]uint8" : "[]byte"; /* in Go's syntax */
        print_list(p, v, name, bytes->data, bytes->len, verb, 0);
    } else if (!print_by_method(p, v, verb)) {
        print_value(p, v, verb, 0);
    }
}
