/* SPDX-License-Identifier: MIT */
/* JSON to Go values.
 *
 * The text was checked before, so the walk over it need not look for mistakes. What does not fit
 * its place is noted once and skipped; only a failing Unmarshaler ends the walk. */
#include "stdlib/encoding/json/codec.h"
#include "stdlib/encoding/json/failure.h"
#include "stdlib/encoding/json/scan.h"
#include "stdlib/strconv/number.h"
#include "stdlib/strconv/quote.h"

#include "base/utf8.h"
#include "runtime/gc.h"
#include "runtime/hashmap.h"
#include "runtime/slice.h"
#include "stdlib/natives.gen.h"

#include <stdlib.h>
#include <string.h>

/* The fields on the way to what is being read, the innermost first. */
typedef struct Context {
    const struct Context *outer;
    const RType *type;
    const CodecField *field;
} Context;

typedef struct Decoder {
    NativeCall *call;
    const char *text, *at, *end;
    Failure *fail; /* the first misfit, or what ended the walk */
    const Context *context;
    bool use_number, disallow_unknown;
} Decoder;

/* Reads a value into the place of this type; without a type it is skipped. False: it is over. */
static bool decode(Decoder *d, RType *type, void *place);

/* ---- The text ---- */

static inline void skip_spaces(Decoder *d)
{
    while (d->at < d->end && (*d->at == ' ' || *d->at == '\n' || *d->at == '\t' || *d->at == '\r'))
        d->at++;
}

static inline char next_byte(Decoder *d)
{
    skip_spaces(d);
    return d->at < d->end ? *d->at : 0;
}

static void skip_string(Decoder *d)
{
    for (d->at++; *d->at != '"'; d->at++)
        if (*d->at == '\\') d->at++;
    d->at++;
}

static void skip_word(Decoder *d)
{
    while (d->at < d->end && *d->at && !strchr(",]} \t\r\n:\"", *d->at)) d->at++;
}

static void skip_value(Decoder *d)
{
    size_t depth = 0;
    do {
        char c = next_byte(d);
        if (c == '"') {
            skip_string(d);
        } else if (c == '{' || c == '[') {
            depth++;
            d->at++;
        } else if (c == '}' || c == ']') {
            depth--;
            d->at++;
        } else if (c == ',' || c == ':') {
            d->at++;
        } else {
            skip_word(d);
        }
    } while (depth > 0);
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

static uint32_t hex4(const char *at)
{
    uint32_t n = 0;
    for (int i = 0; i < 4; i++) n = n << 4 | (uint32_t)hex_digit(at[i]);
    return n;
}

/* Writes what the escape behind a backslash stands for; returns where it ends. */
static const char *unescape(const char *at, const char *end, char **out)
{
    static const char codes[] = "b\bf\fn\nr\rt\t";
    char c = *at++;
    if (c != 'u') {
        const char *code = strchr(codes, c);
        *(*out)++ = code && c >= 'a' ? code[1] : c;
        return at;
    }
    uint32_t rune = hex4(at);
    at += 4;
    if (rune >= 0xD800 && rune < 0xE000) {
        uint32_t low =
            rune < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? hex4(at + 2) : 0;
        if (low >= 0xDC00 && low < 0xE000) {
            rune = 0x10000 + ((rune - 0xD800) << 10) + (low - 0xDC00);
            at += 6;
        } else {
            rune = 0xFFFD;
        }
    }
    *out += utf8_encode(*out, rune);
    return at;
}

/* The string's bytes between the quotes, with escapes undone and invalid UTF-8 replaced. */
static String unquote(const char *at, const char *end)
{
    char *text = gc_new_leaf((size_t)(end - at) * 3 + 1), *out = text;
    while (at < end) {
        if (*at == '\\') {
            at = unescape(at + 1, end, &out);
        } else if ((unsigned char)*at < 0x80) {
            *out++ = *at++;
        } else {
            int width;
            out += utf8_encode(out, utf8_decode(at, (size_t)(end - at), &width));
            at += width;
        }
    }
    return (String){text, out - text};
}

/* Reads a string token. Where it may stay as it is in the text, the result points there. */
static String read_string(Decoder *d)
{
    const char *start = d->at + 1, *at = start;
    bool is_plain = true, is_ascii = true;
    for (; *at != '"'; at++) {
        if (*at == '\\') {
            is_plain = false;
            at++;
        } else if ((unsigned char)*at >= 0x80) {
            is_ascii = false;
        }
    }
    d->at = at + 1;
    if (is_plain && (is_ascii || utf8_valid(start, (size_t)(at - start))))
        return (String){start, at - start};
    return unquote(start, at);
}

/* The program's own copy of a text that may lie in the input. */
static String owned(const Decoder *d, String s)
{
    if (s.len == 0) return (String){NULL, 0};
    if (s.data < d->text || s.data >= d->end) return s;
    char *copy = gc_new_leaf((size_t)s.len);
    memcpy(copy, s.data, (size_t)s.len);
    return (String){copy, s.len};
}

/* ---- Misfits ---- */

static String field_path(const Context *context)
{
    Buf path = {0};
    const Context *chain[64];
    size_t n = 0;
    for (; context && n < sizeof chain / sizeof *chain; context = context->outer)
        chain[n++] = context;
    while (n-- > 0) {
        if (path.len) buf_byte(&path, '.');
        buf_add(&path, chain[n]->field->name, chain[n]->field->len);
    }
    String text = json_text("%s", buf_str(&path));
    buf_free(&path);
    return text;
}

static void add_context(Decoder *d)
{
    if (!d->context) return;
    Name name = d->context->type->name;
    d->fail->struct_name = name ? (String){name->text, name->len} : (String){"", 0};
    d->fail->field = field_path(d->context);
}

static void misfit(Decoder *d, RType *type, String what, const char *where)
{
    if (d->fail->kind) return;
    d->fail->kind = FAIL_TYPE;
    d->fail->text = what;
    d->fail->type = (Iface){rtype_pointer_to(type), {.u = 0}};
    d->fail->offset = where - d->text;
    add_context(d);
}

static String word(const char *text)
{
    return (String){text, (int64_t)strlen(text)};
}

/* A number, or what should be one, as misfits name it. */
static String number_text(String number)
{
    static const char before[] = "number ";
    size_t n = sizeof before - 1;
    char *text = gc_new_leaf(n + (size_t)number.len);
    memcpy(text, before, n);
    memcpy(text + n, number.data, (size_t)number.len);
    return (String){text, (int64_t)n + number.len};
}

static void complain(Decoder *d, String text)
{
    if (d->fail->kind) return;
    d->fail->kind = FAIL_TEXT;
    d->fail->text = text;
}

/* Ends the walk: this is reported, whatever was noted before. */
static bool end_walk(Decoder *d, String text)
{
    d->fail->kind = FAIL_TEXT;
    d->fail->text = text;
    return false;
}

/* A text in quotes between two others. */
static String quoting(const char *before, String quoted, const char *after)
{
    Buf text = {0};
    buf_text(&text, before);
    quote_string(&text, quoted.data, quoted.len, '"', false, false);
    buf_text(&text, after);
    String made = json_text("%s", buf_str(&text));
    buf_free(&text);
    return made;
}

/* ---- Methods ---- */

/* Calls UnmarshalJSON or UnmarshalText of *T. */
static bool call_unmarshaler(Decoder *d, const Codec *codec, void *place, const char *name,
                             const char *text, size_t len)
{
    char *copy = gc_new_leaf(len ? len : 1);
    if (len) memcpy(copy, text, len);
    Slot args[4] = {{.p = place}, {.p = copy}, {.u = len}, {.u = len}}, results[2];
    size_t offset = (size_t)(d->at - d->text);
    if (!native_call(d->call, rtype_method(codec->ptr, name)->value, args, 4, results, 2))
        return false;
    d->at = d->text + offset;
    if (!results[0].type) return true;
    d->fail->kind = FAIL_ERROR;
    d->fail->err = (Iface){results[0].type, results[1]};
    add_context(d);
    return false;
}

static bool decode_by_json(Decoder *d, const Codec *codec, void *place)
{
    const char *start = d->at;
    skip_value(d);
    return call_unmarshaler(d, codec, place, "UnmarshalJSON", start, (size_t)(d->at - start));
}

/* `shown` is the type that a misfit names: of the place before pointers were followed. */
static bool decode_by_text(Decoder *d, const Codec *codec, void *place, RType *shown)
{
    const char *start = d->at;
    char first = *start;
    if (first == '"') {
        String text = read_string(d);
        return call_unmarshaler(d, codec, place, "UnmarshalText", text.data, (size_t)text.len);
    }
    skip_value(d);
    bool is_list = first == '{' || first == '[';
    misfit(d, shown,
           word(first == '{'                   ? "object"
                : first == '['                 ? "array"
                : first == 't' || first == 'f' ? "bool"
                                               : "number"),
           is_list ? start + 1 : d->at);
    return true;
}

/* ---- any ---- */

static Iface decode_any(Decoder *d);

static Iface any_string(String s)
{
    return iface_string(rtype_basic(KIND_STRING), s);
}

/* nil where the number does not fit. */
static Iface any_number(Decoder *d)
{
    const char *start = d->at;
    skip_word(d);
    if (d->use_number)
        return iface_string(json_types.number, owned(d, (String){start, d->at - start}));
    Slot value = {.u = 0};
    int64_t used;
    if (number_parse_float(start, d->at - start, 64, &value.f, &used) != NUMBER_OK) {
        misfit(d, rtype_basic(KIND_FLOAT64), number_text((String){start, d->at - start}),
               d->at + 1);
        return (Iface){NULL, {.u = 0}};
    }
    return (Iface){rtype_basic(KIND_FLOAT64), value};
}

static Iface any_array(Decoder *d)
{
    Slice list = {.data = NULL};
    RType *elem = json_types.any_slice->elem;
    slice_make(elem, 0, 0, &list);
    d->at++;
    while (next_byte(d) != ']') {
        if (*d->at == ',') d->at++, skip_spaces(d);
        Iface value = decode_any(d);
        if (list.len == list.cap) {
            int64_t len = list.len;
            list = slice_grow(elem, list, len + 1);
            list.len = len;
        }
        ((Iface *)list.data)[list.len++] = value;
    }
    d->at++;
    Slot slots[3] = {{.p = list.data}, {.i = list.len}, {.i = list.cap}};
    return iface_make(json_types.any_slice, slots);
}

static Iface any_object(Decoder *d)
{
    HMap *map = hmap_make(json_types.any_map, 0);
    d->at++;
    while (next_byte(d) != '}') {
        if (*d->at == ',') d->at++, skip_spaces(d);
        String key = owned(d, read_string(d));
        skip_spaces(d);
        d->at++; /* the colon */
        skip_spaces(d);
        Iface value = decode_any(d);
        const RType *unhashable = NULL;
        hmap_set(map, &key, &value, &unhashable);
    }
    d->at++;
    return (Iface){json_types.any_map, {.p = map}};
}

static Iface decode_any(Decoder *d)
{
    switch (next_byte(d)) {
    case '{': return any_object(d);
    case '[': return any_array(d);
    case '"': return any_string(owned(d, read_string(d)));
    case 't': d->at += 4; return (Iface){rtype_basic(KIND_BOOL), {.u = 1}};
    case 'f': d->at += 5; return (Iface){rtype_basic(KIND_BOOL), {.u = 0}};
    case 'n': d->at += 4; return (Iface){NULL, {.u = 0}};
    default: return any_number(d);
    }
}

/* ---- Literals ---- */

static bool is_empty_interface(const RType *type)
{
    return type->kind == KIND_INTERFACE && type->nmethods == 0;
}

static void store_null(RType *type, void *place)
{
    switch (type->kind) {
    case KIND_INTERFACE:
    case KIND_POINTER:
    case KIND_MAP:
    case KIND_SLICE: memset(place, 0, type->size); break;
    default: break;
    }
}

static void store_bool(Decoder *d, RType *type, void *place, bool value)
{
    if (type->kind == KIND_BOOL)
        *(bool *)place = value;
    else if (is_empty_interface(type))
        *(Iface *)place = (Iface){rtype_basic(KIND_BOOL), {.u = value}};
    else
        misfit(d, type, word("bool"), d->at);
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Standard base64 with padding, line ends allowed anywhere; false where the text is something else.
 */
static bool decode_base64(String s, unsigned char *out, int64_t *n)
{
    uint32_t bits = 0;
    int nbits = 0;
    int64_t i = 0, digits = 0, padding = 0;
    *n = 0;
    for (; i < s.len && s.data[i] != '='; i++) {
        if (s.data[i] == '\n' || s.data[i] == '\r') continue;
        int digit = base64_digit(s.data[i]);
        if (digit < 0) return false;
        bits = bits << 6 | (uint32_t)digit;
        nbits += 6;
        digits++;
        if (nbits < 8) continue;
        nbits -= 8;
        out[(*n)++] = (unsigned char)(bits >> nbits);
    }
    for (; i < s.len; i++) {
        if (s.data[i] == '\n' || s.data[i] == '\r') continue;
        if (s.data[i] != '=' || ++padding > 2) return false;
    }
    return (digits + padding) % 4 == 0 && digits % 4 != 1 && (padding == 0 || digits % 4);
}

static void store_bytes(Decoder *d, void *place, String s)
{
    unsigned char *bytes = gc_new_leaf((size_t)s.len + 1);
    int64_t n;
    if (decode_base64(s, bytes, &n)) {
        *(Slice *)place = (Slice){bytes, n, n};
    } else if (!d->fail->kind) {
        d->fail->kind = FAIL_BASE64;
        d->fail->text = owned(d, s);
    }
}

/* Stores the string that stands in the text as `literal`. False: it is over. */
static bool store_string(Decoder *d, RType *type, void *place, String s, String literal)
{
    if (type->kind == KIND_STRING) {
        if (type == json_types.number && !scan_is_number(s.data, (size_t)s.len)) {
            return end_walk(d, quoting("json: invalid number literal, trying to unmarshal ",
                                       literal, " into Number"));
        }
        *(String *)place = owned(d, s);
    } else if (type->kind == KIND_SLICE && type->elem->kind == KIND_UINT8) {
        store_bytes(d, place, s);
    } else if (is_empty_interface(type)) {
        *(Iface *)place = any_string(owned(d, s));
    } else {
        misfit(d, type, word("string"), d->at);
    }
    return true;
}

/* Small plain integers without strtol's ceremony; false where it is none. */
static bool quick_int(const char *at, const char *end, int64_t *n)
{
    bool is_negative = at < end && *at == '-';
    if (is_negative) at++;
    if (end - at > 18 || at == end) return false;
    int64_t value = 0;
    for (; at < end; at++) {
        if (*at < '0' || *at > '9') return false;
        value = value * 10 + (*at - '0');
    }
    *n = is_negative ? -value : value;
    return true;
}

static bool store_int(RType *type, void *place, const char *text, int64_t len)
{
    int64_t n;
    int bits = (int)type->size * 8;
    if (!quick_int(text, text + len, &n) && number_parse_int(text, len, 10, 64, &n) != NUMBER_OK)
        return false;
    if (bits < 64 && (n < -((int64_t)1 << (bits - 1)) || n >= (int64_t)1 << (bits - 1)))
        return false;
    memcpy(place, &n, type->size);
    return true;
}

static bool store_uint(RType *type, void *place, const char *text, int64_t len)
{
    uint64_t n;
    int64_t quick;
    int bits = (int)type->size * 8;
    if (quick_int(text, text + len, &quick) && *text != '-')
        n = (uint64_t)quick;
    else if (number_parse_uint(text, len, 10, 64, &n) != NUMBER_OK)
        return false;
    if (bits < 64 && n >> bits) return false;
    memcpy(place, &n, type->size);
    return true;
}

static bool store_float(RType *type, void *place, const char *text, int64_t len)
{
    double f;
    int64_t used, n;
    if (len <= 15 && quick_int(text, text + len, &n) && (n != 0 || *text != '-'))
        f = (double)n;
    else if (number_parse_float(text, len, type->kind == KIND_FLOAT32 ? 32 : 64, &f, &used) !=
                 NUMBER_OK ||
             used != len)
        return false;
    if (type->kind == KIND_FLOAT32)
        *(float *)place = (float)f;
    else
        *(double *)place = f;
    return true;
}

/* False: the number does not fit. */
static bool store_number(Decoder *d, RType *type, void *place, const char *text, int64_t len)
{
    switch (type->kind) {
    case KIND_INT:
    case KIND_INT8:
    case KIND_INT16:
    case KIND_INT32:
    case KIND_INT64: return store_int(type, place, text, len);
    case KIND_UINT:
    case KIND_UINT8:
    case KIND_UINT16:
    case KIND_UINT32:
    case KIND_UINT64:
    case KIND_UINTPTR: return store_uint(type, place, text, len);
    case KIND_FLOAT32:
    case KIND_FLOAT64: return store_float(type, place, text, len);
    case KIND_STRING:
        if (type == json_types.number) {
            *(String *)place = owned(d, (String){text, len});
            return true;
        }
        /* fall through */
    default: misfit(d, type, word("number"), d->at); return true;
    }
}

static void decode_number(Decoder *d, RType *type, void *place)
{
    if (type->kind == KIND_INTERFACE) {
        Iface number = any_number(d);
        if (number.type && type->nmethods > 0)
            misfit(d, type, word("number"), d->at);
        else if (number.type)
            *(Iface *)place = number;
        return;
    }
    const char *start = d->at;
    skip_word(d);
    if (!store_number(d, type, place, start, d->at - start))
        misfit(d, type, number_text((String){start, d->at - start}), d->at);
}

static bool decode_literal(Decoder *d, RType *type, void *place)
{
    const char *start = d->at;
    switch (*d->at) {
    case 'n':
        d->at += 4;
        store_null(type, place);
        break;
    case 't':
        d->at += 4;
        store_bool(d, type, place, true);
        break;
    case 'f':
        d->at += 5;
        store_bool(d, type, place, false);
        break;
    case '"': {
        String s = read_string(d);
        return store_string(d, type, place, s, (String){start, d->at - start});
    }
    default: decode_number(d, type, place);
    }
    return true;
}

/* ---- The option "string": a string that holds the literal ---- */

static String bad_quoting(String inner, const RType *type)
{
    return quoting("json: invalid use of ,string struct tag, trying to unmarshal ", inner,
                   json_text(" into %s", type->string).data);
}

static bool end_quoted(Decoder *d, String inner, const RType *type)
{
    return end_walk(d, bad_quoting(inner, type));
}

static bool is_hex4(const char *at, const char *end)
{
    for (int i = 0; i < 4; i++, at++)
        if (at >= end || !memchr("0123456789abcdefABCDEF", *at, 22)) return false;
    return true;
}

/* Whether the text is a whole string literal; \' counts as an escape. */
static bool is_string_literal(String s)
{
    if (s.len < 2 || s.data[0] != '"' || s.data[s.len - 1] != '"') return false;
    const char *end = s.data + s.len - 1;
    for (const char *at = s.data + 1; at < end; at++) {
        if (*at == '"' || (unsigned char)*at < ' ') return false;
        if (*at != '\\') continue;
        if (++at == end || !memchr("\"\\/'bfnrtu", *at, 10)) return false;
        if (*at != 'u') continue;
        if (!is_hex4(at + 1, end)) return false;
        at += 4;
    }
    return true;
}

static bool is_word(String s, const char *text)
{
    return s.len == (int64_t)strlen(text) && memcmp(s.data, text, strlen(text)) == 0;
}

static bool store_quoted_number(Decoder *d, RType *type, void *place, String inner)
{
    bool is_digits = *inner.data == '-' || (*inner.data >= '0' && *inner.data <= '9');
    bool is_numeric = (type->kind >= KIND_INT && type->kind <= KIND_FLOAT64);
    if (!is_digits || !(is_numeric || type == json_types.number)) return end_quoted(d, inner, type);
    if (!store_number(d, type, place, inner.data, inner.len))
        misfit(d, type, number_text(inner), d->at);
    return true;
}

static bool store_quoted(Decoder *d, RType *type, void *place, String inner)
{
    bool is_true = is_word(inner, "true");
    switch (*inner.data) {
    case 'n':
        if (is_word(inner, "null"))
            store_null(type, place);
        else
            complain(d, bad_quoting(inner, type));
        return true;
    case 't':
    case 'f':
        if (type->kind == KIND_BOOL && (is_true || is_word(inner, "false")))
            *(bool *)place = is_true;
        else
            complain(d, bad_quoting(inner, type));
        return true;
    case '"':
        if (!is_string_literal(inner)) return end_quoted(d, inner, type);
        return store_string(d, type, place, unquote(inner.data + 1, inner.data + inner.len - 1),
                            inner);
    default: return store_quoted_number(d, type, place, inner);
    }
}

/* Through UnmarshalText, which wants a string. */
static bool quoted_by_text(Decoder *d, const Codec *codec, void *place, String inner,
                           const RType *shown)
{
    if (*inner.data != '"') {
        complain(d, bad_quoting(inner, shown));
        return true;
    }
    if (!is_string_literal(inner)) return end_quoted(d, inner, shown);
    String text = unquote(inner.data + 1, inner.data + inner.len - 1);
    return call_unmarshaler(d, codec, place, "UnmarshalText", text.data, (size_t)text.len);
}

static bool decode_quoted(Decoder *d, RType *shown, void *place)
{
    if (*d->at == 'n') return decode(d, shown, place);
    if (*d->at != '"') {
        complain(d, json_text("json: invalid use of ,string struct tag, trying to unmarshal "
                              "unquoted value into %s",
                              shown->string));
        skip_value(d);
        return true;
    }
    String inner = owned(d, read_string(d));
    if (inner.len == 0) {
        complain(d, bad_quoting(inner, shown));
        return true;
    }
    RType *type = shown;
    bool is_null = *inner.data == 'n';
    if (type->kind == KIND_POINTER && !is_null) {
        void **pointer = place;
        type = type->elem;
        if (!*pointer) *pointer = gc_new_type(type, 1);
        place = *pointer;
    }
    const Codec *codec = codec_of(type);
    if (codec->flags & CODEC_UNMARSHALER)
        return call_unmarshaler(d, codec, place, "UnmarshalJSON", inner.data, (size_t)inner.len);
    if (codec->flags & CODEC_TEXT_UNMARSHALER && !is_null)
        return quoted_by_text(d, codec, place, inner, shown);
    return store_quoted(d, type, place, inner);
}

/* ---- Arrays ---- */

static bool grow_for(Slice *slice, const RType *elem)
{
    if (slice->len < slice->cap) return true;
    int64_t len = slice->len;
    Slice grown = slice_grow(elem, *slice, len ? len + 1 : 4);
    if (grown.cap < 0) return false;
    grown.len = len;
    *slice = grown;
    return true;
}

/* Elements that were there are read into as they are; they stay if an error ends the walk. */
static bool decode_slice(Decoder *d, RType *type, Slice *slice)
{
    RType *elem = type->elem;
    int64_t n = 0;
    d->at++;
    while (next_byte(d) != ']') {
        if (*d->at == ',') d->at++, skip_spaces(d);
        if (n == slice->len) {
            if (!grow_for(slice, elem)) return true;
            slice->len++;
        }
        if (!decode(d, elem, (char *)slice->data + (uint64_t)n * elem->size)) return false;
        n++;
    }
    d->at++;
    slice->len = n;
    if (n == 0) slice_make(elem, 0, 0, slice);
    return true;
}

static bool decode_fixed_array(Decoder *d, RType *type, char *place)
{
    RType *elem = type->elem;
    uint64_t n = 0;
    d->at++;
    while (next_byte(d) != ']') {
        if (*d->at == ',') d->at++, skip_spaces(d);
        if (n >= type->len)
            skip_value(d);
        else if (!decode(d, elem, place + n * elem->size))
            return false;
        n++;
    }
    d->at++;
    if (n < type->len) memset(place + n * elem->size, 0, (type->len - n) * elem->size);
    return true;
}

static bool decode_array(Decoder *d, RType *type, void *place)
{
    if (type->kind == KIND_SLICE) return decode_slice(d, type, place);
    if (type->kind == KIND_ARRAY) return decode_fixed_array(d, type, place);
    if (is_empty_interface(type)) {
        *(Iface *)place = any_array(d);
        return true;
    }
    misfit(d, type, word("array"), d->at + 1);
    skip_value(d);
    return true;
}

/* ---- Objects ---- */

/* Where a field lies; makes the structs on the way. NULL: that is not allowed, which is noted. */
static char *field_place(Decoder *d, const CodecField *field, char *place)
{
    for (uint32_t i = 0; i < field->nhops; i++) {
        const Hop *hop = &field->hops[i];
        char **pointer = (char **)(place + hop->offset);
        if (!*pointer && hop->is_hidden) {
            complain(d, json_text("json: cannot set embedded pointer to unexported struct: %s",
                                  hop->elem->string));
            return NULL;
        }
        if (!*pointer) *pointer = gc_new_type(hop->elem, 1);
        place = *pointer;
    }
    return place + field->offset;
}

static bool decode_field(Decoder *d, const Codec *codec, char *place, String key)
{
    const CodecField *field = codec_field(codec, key.data, (size_t)key.len);
    char *at = field ? field_place(d, field, place) : NULL;
    if (!field && d->disallow_unknown) complain(d, quoting("json: unknown field ", key, ""));
    if (!at) {
        skip_value(d);
        return true;
    }
    Context context = {d->context, codec->type, field};
    d->context = &context;
    bool done = field->is_quoted ? decode_quoted(d, field->type, at) : decode(d, field->type, at);
    d->context = context.outer;
    return done;
}

static String read_key(Decoder *d)
{
    String key = read_string(d);
    skip_spaces(d);
    d->at++; /* the colon */
    skip_spaces(d);
    return key;
}

static bool decode_struct(Decoder *d, RType *type, char *place)
{
    const Codec *codec = codec_of(type);
    d->at++;
    while (next_byte(d) != '}') {
        if (*d->at == ',') d->at++, skip_spaces(d);
        String key = read_key(d);
        if (!decode_field(d, codec, place, key)) return false;
    }
    d->at++;
    return true;
}

static bool is_key_type(RType *type)
{
    return type->kind == KIND_STRING || (type->kind >= KIND_INT && type->kind <= KIND_UINTPTR) ||
           codec_of(type)->flags & CODEC_TEXT_UNMARSHALER;
}

/* Makes a map's key at `to`. Sets *fits to whether that went well; false: it is over. */
static bool make_key(Decoder *d, RType *type, String key, const char *start, void *to, bool *fits)
{
    const Codec *codec = codec_of(type);
    *fits = true;
    if (codec->flags & CODEC_TEXT_UNMARSHALER)
        return call_unmarshaler(d, codec, to, "UnmarshalText", key.data, (size_t)key.len);
    if (type->kind == KIND_STRING)
        *(String *)to = owned(d, key);
    else if (type->kind < KIND_UINT)
        *fits = store_int(type, to, key.data, key.len);
    else
        *fits = store_uint(type, to, key.data, key.len);
    if (!*fits) misfit(d, type, number_text(key), start + 1);
    return true;
}

static bool decode_map(Decoder *d, RType *type, HMap **place)
{
    if (!is_key_type(type->key)) {
        misfit(d, type, word("object"), d->at + 1);
        skip_value(d);
        return true;
    }
    if (!*place) *place = hmap_make(type, 0);
    void *key_room = gc_new_type(type->key, 1), *value = gc_new_type(type->elem, 1);
    d->at++;
    while (next_byte(d) != '}') {
        if (*d->at == ',') d->at++, skip_spaces(d);
        const char *start = d->at;
        bool fits;
        String key = read_key(d);
        memset(value, 0, type->elem->size);
        if (!decode(d, type->elem, value)) return false;
        memset(key_room, 0, type->key->size);
        if (!make_key(d, type->key, key, start, key_room, &fits)) return false;
        const RType *unhashable = NULL;
        if (fits) hmap_set(*place, key_room, value, &unhashable);
    }
    d->at++;
    return true;
}

static bool decode_object(Decoder *d, RType *type, void *place)
{
    if (type->kind == KIND_STRUCT) return decode_struct(d, type, place);
    if (type->kind == KIND_MAP) return decode_map(d, type, place);
    if (is_empty_interface(type)) {
        *(Iface *)place = any_object(d);
        return true;
    }
    misfit(d, type, word("object"), d->at + 1);
    skip_value(d);
    return true;
}

/* ---- Everything ---- */

enum { UNMARSHALERS = CODEC_UNMARSHALER | CODEC_TEXT_UNMARSHALER };

/* Reads through a method of the place, if it has one; *done says so. */
static bool decode_by_method(Decoder *d, const Codec *codec, void *place, RType *shown,
                             bool is_null, bool *done)
{
    *done = true;
    if (codec->flags & CODEC_UNMARSHALER) return decode_by_json(d, codec, place);
    if (codec->flags & CODEC_TEXT_UNMARSHALER && !is_null)
        return decode_by_text(d, codec, place, shown);
    *done = false;
    return true;
}

/* Follows pointers and what interfaces point to as far as the value belongs there. */
static bool follow(Decoder *d, RType **type, void **place, RType *shown, bool is_null, bool *done)
{
    bool by_pointer = shown != *type;
    *done = false;
    for (;;) {
        RType *t = *type;
        if (t->kind == KIND_INTERFACE) {
            const Iface *inner = *place;
            if (!inner->type || inner->type->kind != KIND_POINTER || !inner->word.p) return true;
            if (is_null && inner->type->elem->kind != KIND_POINTER) return true;
            *type = inner->type->elem;
            if (*place == inner->word.p) return true;
            *place = inner->word.p;
            by_pointer = true;
        } else if (t->kind == KIND_POINTER) {
            if (is_null) return true;
            void **pointer = *place;
            if (!*pointer) *pointer = gc_new_type(t->elem, 1);
            if (*pointer == *place) return true;
            *type = t->elem;
            *place = *pointer;
            by_pointer = true;
        } else {
            const Codec *codec = codec_of(t);
            if (!(codec->flags & UNMARSHALERS) || !(by_pointer || t->flags & RT_NAMED)) return true;
            return decode_by_method(d, codec, *place, shown, is_null, done);
        }
    }
}

/* As decode; `shown` is the type that a misfit of a TextUnmarshaler names: the place's, or that of
 * the pointer which leads to it. */
static bool decode_shown(Decoder *d, RType *type, void *place, RType *shown)
{
    char c = next_byte(d);
    bool done;
    if (type->kind > KIND_COMPLEX128 || type->flags & RT_NAMED) {
        if (!follow(d, &type, &place, shown, c == 'n', &done)) return false;
        if (done) return true;
    }
    if (c == '{') return decode_object(d, type, place);
    if (c == '[') return decode_array(d, type, place);
    return decode_literal(d, type, place);
}

static bool decode(Decoder *d, RType *type, void *place)
{
    return decode_shown(d, type, place, type);
}

void native_encoding_json_decode(NativeCall *call)
{
    Slice data = arg_slice(call, 0);
    Iface target = arg_iface(call, 3);
    Decoder d = {
        .call = call,
        .text = data.data,
        .at = data.data,
        .end = (const char *)data.data + data.len,
        .use_number = arg_bool(call, 5),
        .disallow_unknown = arg_bool(call, 6),
        .fail = arg_ptr(call, 7),
    };
    decode_shown(&d, target.type->elem, target.word.p, target.type);
}
