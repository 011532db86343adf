/* SPDX-License-Identifier: MIT */
/* Go values to JSON.
 *
 * One walk over the value by its run-time types. Methods (MarshalJSON, MarshalText, IsZero) are
 * nested calls; after one the goroutine's stack may have moved, so nothing here points into it. */
#include "stdlib/encoding/json/codec.h"
#include "stdlib/encoding/json/failure.h"
#include "stdlib/encoding/json/format.h"
#include "stdlib/encoding/json/scan.h"
#include "stdlib/strconv/number.h"
#include "stdlib/strconv/quote.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "runtime/gc.h"
#include "runtime/hashmap.h"
#include "stdlib/natives.gen.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 24000, DETECT_CYCLES_AFTER = 1000 };

/* A pointer, map or slice. */
typedef struct Inside {
    const void *at;
    int64_t len;
} Inside;

typedef struct Encoder {
    NativeCall *call;
    Failure *fail;
    Buf out;
    bool html;
    int depth;
    VEC(Inside) inside; /* what is being written, from a certain depth on */
} Encoder;

static bool encode(Encoder *e, RType *type, const void *data, bool is_variable, bool is_quoted);

/* ---- Text ---- */

static inline void put(Encoder *e, const char *text, size_t n)
{
    if (e->out.len + n < e->out.cap) {
        memcpy(e->out.data + e->out.len, text, n);
        e->out.len += n;
    } else {
        buf_add(&e->out, text, n);
    }
}

static inline void put_byte(Encoder *e, char c)
{
    put(e, &c, 1);
}

String json_text(const char *format, ...)
{
    Buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    char *copy = gc_new_leaf(text.len + 1);
    memcpy(copy, buf_str(&text), text.len);
    String result = {copy, (int64_t)text.len};
    buf_free(&text);
    return result;
}

/* Whether a byte stands for itself in a string. */
static bool is_plain(unsigned char c, bool html)
{
    if (c < ' ' || c == '"' || c == '\\' || c >= 0x80) return false;
    return !html || (c != '<' && c != '>' && c != '&');
}

/* Appends what a byte or rune that is not plain is written as; returns how many bytes it took. */
static size_t quote_special(Buf *out, const char *at, size_t n, bool html)
{
    unsigned char c = (unsigned char)*at;
    static const char letters[] = "btn\vfr"; /* of \b .. \r; \v has none */
    if (c == '"' || c == '\\') {
        buf_printf(out, "\\%c", c);
    } else if (c >= '\b' && c <= '\r' && c != '\v') {
        buf_printf(out, "\\%c", letters[c - '\b']);
    } else if (c < 0x80) {
        buf_printf(out, "\\u%04x", c);
    } else {
        int width;
        uint32_t rune = utf8_decode(at, n, &width);
        if (rune == 0xFFFD && width == 1)
            buf_text(out, "\\ufffd");
        else if (rune == 0x2028 || rune == 0x2029)
            buf_printf(out, "\\u%04x", rune);
        else
            buf_add(out, at, (size_t)width);
        return (size_t)width;
    }
    (void)html;
    return 1;
}

void json_quote(Buf *out, const char *text, size_t len, bool html)
{
    const char *at = text, *end = text + len;
    buf_byte(out, '"');
    while (at < end) {
        const char *start = at;
        while (at < end && is_plain((unsigned char)*at, html)) at++;
        if (at > start) buf_add(out, start, (size_t)(at - start));
        if (at < end) at += quote_special(out, at, (size_t)(end - at), html);
    }
    buf_byte(out, '"');
}

/* ---- Failures ---- */

static bool fail(Encoder *e, FailureKind kind, RType *type, String text)
{
    e->fail->kind = kind;
    e->fail->text = text;
    if (type) e->fail->type = (Iface){rtype_pointer_to(type), {.u = 0}};
    return false;
}

static Iface boxed(RType *type, const void *data)
{
    Slot slots[4] = {0}, *at = slots;
    if (type->slots > 4) at = gc_new(type->slots * sizeof(Slot));
    rtype_load(type, at, data);
    return iface_make(type, at);
}

static bool fail_value(Encoder *e, RType *type, const void *data, String text)
{
    e->fail->value = boxed(type, data);
    return fail(e, FAIL_UNSUPPORTED_VALUE, NULL, text);
}

/* ---- Methods ---- */

/* The word that a method of `type` takes for its receiver. */
static Slot receiver(RType *type, const void *data)
{
    Slot word = {.u = 0};
    if (type->flags & RT_DIRECT)
        rtype_load(type, &word, data);
    else
        word.p = (void *)(uintptr_t)data;
    return word;
}

static bool call_method(Encoder *e, RType *type, const char *name, Slot word, Slot *results, int n)
{
    return native_call(e->call, rtype_method(type, name)->value, &word, 1, results, n);
}

/* Calls MarshalJSON or MarshalText of `type`; false: it panicked, or failed, and that is noted for
 * `shown`. */
static bool call_marshaler(Encoder *e, RType *shown, RType *type, const char *name, Slot word,
                           String *text)
{
    Slot results[5];
    if (!call_method(e, type, name, word, results, 5)) return false;
    if (results[3].type) {
        e->fail->err = (Iface){results[3].type, results[4]};
        return fail(e, FAIL_MARSHALER, shown, (String){name, (int64_t)strlen(name)});
    }
    *text = (String){results[0].p, results[1].i};
    return true;
}

static bool encode_marshaler(Encoder *e, RType *shown, RType *type, Slot word)
{
    String text;
    if (!call_marshaler(e, shown, type, "MarshalJSON", word, &text)) return false;
    Scan scan;
    size_t offset;
    const char *error = scan_check(&scan, text.data, (size_t)text.len, &offset);
    if (error) return fail(e, FAIL_MARSHALER_SYNTAX, shown, json_text("%s", error));
    json_compact(&e->out, text.data, (size_t)text.len, e->html);
    return true;
}

static bool encode_text(Encoder *e, RType *shown, RType *type, Slot word)
{
    String text;
    if (!call_marshaler(e, shown, type, "MarshalText", word, &text)) return false;
    json_quote(&e->out, text.data, (size_t)text.len, e->html);
    return true;
}

/* ---- Basic kinds ---- */

static void put_uint(Encoder *e, uint64_t n)
{
    char digits[NUMBER_INT_MAX], *at = digits + sizeof digits;
    do *--at = (char)('0' + n % 10);
    while (n /= 10);
    put(e, at, (size_t)(digits + sizeof digits - at));
}

static void put_int(Encoder *e, int64_t n)
{
    if (n < 0) put_byte(e, '-');
    put_uint(e, n < 0 ? -(uint64_t)n : (uint64_t)n);
}

static bool encode_float(Encoder *e, RType *type, const void *data)
{
    bool is_32 = type->kind == KIND_FLOAT32;
    double f = is_32 ? (double)*(const float *)data : *(const double *)data;
    if (!isfinite(f))
        return fail_value(e, type, data,
                          json_text("%s", isnan(f) ? "NaN"
                                          : f > 0  ? "+Inf"
                                                   : "-Inf"));
    double size = fabs(f);
    if (size < (is_32 ? 1 << 24 : 1e15) && size == (double)(int64_t)size &&
        (size > 0 || !signbit(f))) {
        put_int(e, (int64_t)f);
        return true;
    }
    bool is_small = is_32 ? (float)size < 1e-6f : size < 1e-6;
    bool is_large = is_32 ? (float)size >= 1e21f : size >= 1e21;
    char format = size != 0 && (is_small || is_large) ? 'e' : 'f';
    Buf *out = &e->out;
    number_format_float(out, f, format, -1, is_32 ? 32 : 64);
    char *end = out->data + out->len;
    if (format == 'e' && out->len >= 4 && end[-4] == 'e' && end[-3] == '-' && end[-2] == '0') {
        end[-2] = end[-1];
        out->len--;
    }
    return true;
}

static bool fail_number(Encoder *e, String text)
{
    Buf shown = {0};
    quote_string(&shown, text.data, text.len, '"', false, false);
    fail(e, FAIL_TEXT, NULL, json_text("json: invalid number literal %s", buf_str(&shown)));
    buf_free(&shown);
    return false;
}

static bool encode_string(Encoder *e, const Codec *codec, const String *s, bool is_quoted)
{
    if (codec->flags & CODEC_NUMBER) {
        String text = s->len ? *s : (String){"0", 1};
        if (!scan_is_number(text.data, (size_t)text.len)) return fail_number(e, text);
        if (is_quoted) put_byte(e, '"');
        put(e, text.data, (size_t)text.len);
        if (is_quoted) put_byte(e, '"');
    } else if (is_quoted) {
        Buf inner = {0};
        json_quote(&inner, s->data, (size_t)s->len, e->html);
        json_quote(&e->out, inner.data, inner.len, false);
        buf_free(&inner);
    } else {
        json_quote(&e->out, s->data, (size_t)s->len, e->html);
    }
    return true;
}

static bool encode_basic(Encoder *e, const Codec *codec, const void *data)
{
    switch (codec->type->kind) {
    case KIND_BOOL:
        if (*(const bool *)data)
            put(e, "true", 4);
        else
            put(e, "false", 5);
        return true;
    case KIND_INT:
    case KIND_INT64: put_int(e, *(const int64_t *)data); return true;
    case KIND_INT8: put_int(e, *(const int8_t *)data); return true;
    case KIND_INT16: put_int(e, *(const int16_t *)data); return true;
    case KIND_INT32: put_int(e, *(const int32_t *)data); return true;
    case KIND_UINT8: put_uint(e, *(const uint8_t *)data); return true;
    case KIND_UINT16: put_uint(e, *(const uint16_t *)data); return true;
    case KIND_UINT32: put_uint(e, *(const uint32_t *)data); return true;
    case KIND_UINT:
    case KIND_UINT64:
    case KIND_UINTPTR: put_uint(e, *(const uint64_t *)data); return true;
    case KIND_FLOAT32:
    case KIND_FLOAT64: return encode_float(e, codec->type, data);
    default: return fail(e, FAIL_UNSUPPORTED_TYPE, codec->type, (String){0});
    }
}

/* ---- Structs ---- */

static bool is_empty(const RType *type, const void *data)
{
    switch (type->kind) {
    case KIND_STRING: return ((const String *)data)->len == 0;
    case KIND_SLICE: return ((const Slice *)data)->len == 0;
    case KIND_ARRAY: return type->len == 0;
    case KIND_MAP: return hmap_len(*(HMap *const *)data) == 0;
    case KIND_INTERFACE: return !((const Iface *)data)->type;
    case KIND_FLOAT32: return *(const float *)data == 0;
    case KIND_FLOAT64: return *(const double *)data == 0;
    case KIND_POINTER: return !*(void *const *)data;
    default:
        if (type->kind > KIND_UINTPTR) return false;
        for (uint64_t i = 0; i < type->size; i++)
            if (((const char *)data)[i]) return false;
        return true;
    }
}

static bool is_zero(const RType *type, const char *data)
{
    if (type->kind == KIND_STRUCT) {
        for (uint32_t i = 0; i < type->nfields; i++)
            if (!is_zero(type->fields[i].type, data + type->fields[i].offset)) return false;
        return true;
    }
    if (type->kind == KIND_ARRAY) {
        for (uint64_t i = 0; i < type->len; i++)
            if (!is_zero(type->elem, data + i * type->elem->size)) return false;
        return true;
    }
    if (type->kind == KIND_STRING) return ((const String *)data)->len == 0;
    if (type->kind == KIND_SLICE) return !((const Slice *)data)->data;
    for (uint64_t i = 0; i < type->size; i++)
        if (data[i]) return false;
    return true;
}

/* Whether omitzero leaves the field out; false with *failed set where IsZero panicked. */
static bool is_left_out(Encoder *e, RType *type, const void *data, bool is_variable, bool *failed)
{
    RType *with_method = NULL;
    Slot word = {.u = 0};
    if (type->kind == KIND_INTERFACE) {
        const Iface *inner = data;
        if (!inner->type) return true;
        if (rtype_implements(inner->type, json_types.zeroer) &&
            rtype_implements(type, json_types.zeroer))
            with_method = inner->type, word = inner->word;
    } else {
        const Codec *codec = codec_of(type);
        if (type->kind == KIND_POINTER && !*(void *const *)data) return true;
        if (codec->flags & CODEC_IS_ZERO)
            with_method = type, word = receiver(type, data);
        else if (is_variable && codec->flags & CODEC_PTR_IS_ZERO)
            with_method = codec->ptr, word.p = (void *)(uintptr_t)data;
    }
    if (!with_method) return is_zero(type, data);
    Slot result = {.u = 0};
    if (!call_method(e, with_method, "IsZero", word, &result, 1)) *failed = true;
    return result.u != 0;
}

/* Where a field lies, or NULL behind a nil pointer. */
static const char *field_place(const CodecField *field, const char *data, bool *is_variable)
{
    for (uint32_t i = 0; i < field->nhops; i++) {
        data = *(const char *const *)(data + field->hops[i].offset);
        if (!data) return NULL;
        *is_variable = true;
    }
    return data + field->offset;
}

static bool encode_struct(Encoder *e, const Codec *codec, const char *data, bool is_variable)
{
    char separator = '{';
    for (uint32_t i = 0; i < codec->nfields; i++) {
        const CodecField *field = &codec->fields[i];
        bool is_field_variable = is_variable, failed = false;
        const char *at = field_place(field, data, &is_field_variable);
        if (!at || (field->omit_empty && is_empty(field->type, at))) continue;
        if (field->omit_zero && is_left_out(e, field->type, at, is_field_variable, &failed))
            continue;
        if (failed) return false;
        put_byte(e, separator);
        separator = ',';
        if (e->html)
            put(e, field->html_key, field->html_key_len);
        else
            put(e, field->key, field->key_len);
        if (!encode(e, field->type, at, is_field_variable, field->is_quoted)) return false;
    }
    if (separator == '{') put_byte(e, '{');
    put_byte(e, '}');
    return true;
}

/* ---- Lists and maps ---- */

static bool enter(Encoder *e, RType *type, const void *data, Inside what)
{
    if (e->depth <= DETECT_CYCLES_AFTER) return true;
    for (size_t i = 0; i < e->inside.len; i++)
        if (e->inside.at[i].at == what.at && e->inside.at[i].len == what.len)
            return fail_value(e, type, data, json_text("encountered a cycle via %s", type->string));
    vec_push(&e->inside, what);
    return true;
}

static void leave(Encoder *e)
{
    if (e->depth > DETECT_CYCLES_AFTER) e->inside.len--;
}

static void encode_bytes(Encoder *e, const unsigned char *at, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    put_byte(e, '"');
    for (; n > 0; at += 3) {
        uint32_t word = (uint32_t)at[0] << 16 | (n > 1 ? (uint32_t)at[1] << 8 : 0) |
                        (n > 2 ? (uint32_t)at[2] : 0);
        char four[4] = {digits[word >> 18], digits[word >> 12 & 63],
                        n > 1 ? digits[word >> 6 & 63] : '=', n > 2 ? digits[word & 63] : '='};
        put(e, four, 4);
        n = n > 3 ? n - 3 : 0;
    }
    put_byte(e, '"');
}

static bool encode_elements(Encoder *e, RType *elem, const char *data, uint64_t n, bool is_variable)
{
    put_byte(e, '[');
    for (uint64_t i = 0; i < n; i++) {
        if (i > 0) put_byte(e, ',');
        if (!encode(e, elem, data + i * elem->size, is_variable, false)) return false;
    }
    put_byte(e, ']');
    return true;
}

static bool encode_slice(Encoder *e, RType *type, const Slice *slice)
{
    if (!slice->data) {
        put(e, "null", 4);
        return true;
    }
    if (type->elem->kind == KIND_UINT8) {
        const Codec *codec = codec_of(type->elem);
        if (!(codec->flags & (CODEC_PTR_MARSHALER | CODEC_PTR_TEXT_MARSHALER))) {
            encode_bytes(e, slice->data, (size_t)slice->len);
            return true;
        }
    }
    if (!enter(e, type, slice, (Inside){slice->data, slice->len})) return false;
    bool done = encode_elements(e, type->elem, slice->data, (uint64_t)slice->len, true);
    leave(e);
    return done;
}

typedef struct MapEntry {
    String key;
    const void *value;
} MapEntry;

static int compare_keys(const void *x, const void *y)
{
    const String *a = &((const MapEntry *)x)->key, *b = &((const MapEntry *)y)->key;
    int64_t shorter = a->len < b->len ? a->len : b->len;
    int order = shorter ? memcmp(a->data, b->data, (size_t)shorter) : 0;
    return order ? order : (a->len > b->len) - (a->len < b->len);
}

static bool key_text(Encoder *e, RType *type, const void *key, String *text)
{
    const Codec *codec = codec_of(type);
    if (type->kind == KIND_STRING) {
        *text = *(const String *)key;
        return true;
    }
    if (type->kind == KIND_POINTER && !*(void *const *)key) {
        *text = (String){"", 0};
        return true;
    }
    if (type->kind == KIND_INTERFACE) {
        const Iface *inner = key;
        *text = (String){"", 0};
        return !inner->type ||
               call_marshaler(e, type, inner->type, "MarshalText", inner->word, text);
    }
    if (codec->flags & CODEC_TEXT_MARSHALER)
        return call_marshaler(e, type, type, "MarshalText", receiver(type, key), text);
    Encoder digits = {.call = e->call};
    encode_basic(&digits, codec, key);
    *text = json_text("%.*s", (int)digits.out.len, digits.out.data);
    buf_free(&digits.out);
    return true;
}

static bool is_key_type(RType *type)
{
    if (type->kind == KIND_STRING || (type->kind >= KIND_INT && type->kind <= KIND_UINTPTR))
        return true;
    return codec_of(type)->flags & CODEC_TEXT_MARSHALER;
}

/* What a key's method failed with is reported for the map. */
static bool fail_key(Encoder *e, RType *type)
{
    return e->fail->kind == FAIL_MARSHALER && fail(e, FAIL_KEY, type, (String){0});
}

static bool encode_entries(Encoder *e, RType *type, HMap *map)
{
    MapEntry *entries = gc_new((size_t)(hmap_len(map) + 1) * sizeof *entries);
    size_t n = 0;
    HMapIter iter;
    hmap_iter(&iter, map);
    while (hmap_next(&iter)) {
        if (!key_text(e, type->key, iter.key, &entries[n].key)) return fail_key(e, type);
        entries[n++].value = iter.value;
    }
    qsort(entries, n, sizeof *entries, compare_keys);
    put_byte(e, '{');
    for (size_t i = 0; i < n; i++) {
        if (i > 0) put_byte(e, ',');
        json_quote(&e->out, entries[i].key.data, (size_t)entries[i].key.len, e->html);
        put_byte(e, ':');
        if (!encode(e, type->elem, entries[i].value, false, false)) return false;
    }
    put_byte(e, '}');
    return true;
}

static bool encode_map(Encoder *e, RType *type, HMap *const *map)
{
    if (!is_key_type(type->key)) return fail(e, FAIL_UNSUPPORTED_TYPE, type, (String){0});
    if (!*map) {
        put(e, "null", 4);
        return true;
    }
    if (!enter(e, type, map, (Inside){*map, 0})) return false;
    bool done = encode_entries(e, type, *map);
    leave(e);
    return done;
}

/* ---- Everything ---- */

static bool encode_pointer(Encoder *e, RType *type, void *const *pointer, bool is_quoted)
{
    if (!*pointer) {
        put(e, "null", 4);
        return true;
    }
    if (!enter(e, type, pointer, (Inside){*pointer, 0})) return false;
    bool done = encode(e, type->elem, *pointer, true, is_quoted);
    leave(e);
    return done;
}

static bool encode_plain(Encoder *e, const Codec *codec, const void *data, bool is_variable,
                         bool is_quoted)
{
    RType *type = codec->type;
    switch (type->kind) {
    case KIND_STRING: return encode_string(e, codec, data, is_quoted);
    case KIND_STRUCT: return encode_struct(e, codec, data, is_variable);
    case KIND_SLICE: return encode_slice(e, type, data);
    case KIND_ARRAY: return encode_elements(e, type->elem, data, type->len, is_variable);
    case KIND_MAP: return encode_map(e, type, data);
    case KIND_POINTER: return encode_pointer(e, type, data, is_quoted);
    case KIND_INTERFACE: {
        Iface inner = *(const Iface *)data;
        if (inner.type) return encode(e, inner.type, iface_data(&inner), false, false);
        put(e, "null", 4);
        return true;
    }
    default:
        if (!is_quoted) return encode_basic(e, codec, data);
        put_byte(e, '"');
        if (!encode_basic(e, codec, data)) return false;
        put_byte(e, '"');
        return true;
    }
}

/* By the value's own methods, where it has some. Sets *done where one wrote it. */
static bool encode_by_method(Encoder *e, const Codec *codec, const void *data, bool is_variable,
                             bool *done)
{
    RType *type = codec->type;
    uint32_t flags = codec->flags;
    *done = true;
    if (type->kind == KIND_POINTER && !*(void *const *)data &&
        flags & (CODEC_MARSHALER | CODEC_TEXT_MARSHALER)) {
        put(e, "null", 4);
        return true;
    }
    if (type->kind == KIND_INTERFACE) {
        const Iface *inner = data;
        if (!inner->type)
            put(e, "null", 4);
        else if (flags & CODEC_MARSHALER)
            return encode_marshaler(e, type, inner->type, inner->word);
        else
            return encode_text(e, type, inner->type, inner->word);
        return true;
    }
    Slot address = {.p = (void *)(uintptr_t)data};
    if (is_variable && flags & CODEC_PTR_MARSHALER)
        return encode_marshaler(e, type, codec->ptr, address);
    if (flags & CODEC_MARSHALER) return encode_marshaler(e, type, type, receiver(type, data));
    if (is_variable && flags & CODEC_PTR_TEXT_MARSHALER)
        return encode_text(e, type, codec->ptr, address);
    if (flags & CODEC_TEXT_MARSHALER) return encode_text(e, type, type, receiver(type, data));
    *done = false;
    return true;
}

static bool encode(Encoder *e, RType *type, const void *data, bool is_variable, bool is_quoted)
{
    enum {
        METHODS =
            CODEC_MARSHALER | CODEC_TEXT_MARSHALER | CODEC_PTR_MARSHALER | CODEC_PTR_TEXT_MARSHALER
    };
    const Codec *codec = codec_of(type);
    if (codec->flags & METHODS) {
        bool done;
        if (!encode_by_method(e, codec, data, is_variable, &done)) return false;
        if (done) return true;
    }
    if (++e->depth > MAX_DEPTH)
        return fail(e, FAIL_TEXT, NULL, json_text("json: the value nests too deep"));
    bool result = encode_plain(e, codec, data, is_variable, is_quoted);
    e->depth--;
    return result;
}

void native_encoding_json_encode(NativeCall *call)
{
    Iface v = arg_iface(call, 0);
    Encoder e = {.call = call, .html = arg_bool(call, 2), .fail = arg_ptr(call, 3)};
    bool done = true;
    if (v.type)
        done = encode(&e, v.type, iface_data(&v), false, false);
    else
        put(&e, "null", 4);
    if (done) json_ret_bytes(call, 0, &e.out);
    buf_free(&e.out);
    vec_free(&e.inside);
}
