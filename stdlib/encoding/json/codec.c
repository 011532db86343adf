/* SPDX-License-Identifier: MIT */
/* What JSON needs to know of a type: its methods and, of a struct, the fields by Go's rules of
 * embedding, with their keys as they are written. */
#include "stdlib/encoding/json/codec.h"

#include "base/fatal.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "runtime/iface.h"
#include "runtime/lock.h"
#include "stdlib/natives.gen.h"

#include <stdlib.h>
#include <string.h>

JsonTypes json_types;

void native_encoding_json_setTypes(NativeCall *call)
{
    Slice pointers = arg_slice(call, 0);
    const Iface *at = pointers.data;
    RType **to = (RType **)&json_types;
    for (size_t i = 0; i < sizeof json_types / sizeof(RType *); i++) to[i] = at[i].type->elem;
}

/* ---- Tags ---- */

typedef struct Text {
    const char *at;
    size_t len;
} Text;

static bool text_is(Text text, const char *word)
{
    return text.len == strlen(word) && memcmp(text.at, word, text.len) == 0;
}

/* The value of key json in a struct tag; its escapes are undone in place in memory of its own. */
static Text json_tag(const RField *field)
{
    const char *at = field->tag, *end = at + field->tag_len;
    while (at < end) {
        while (at < end && *at == ' ') at++;
        const char *key = at;
        while (at<end && * at> ' ' && *at != ':' && *at != '"' && *at != 0x7F) at++;
        size_t key_len = (size_t)(at - key);
        if (key_len == 0 || end - at < 2 || at[0] != ':' || at[1] != '"') break;
        const char *value = at += 2;
        while (at < end && *at != '"') at += *at == '\\' ? 2 : 1;
        if (at >= end) break;
        if (key_len == 4 && memcmp(key, "json", 4) == 0) {
            char *copy = malloc((size_t)(at - value) + 1);
            if (!copy) fatal_out_of_memory();
            size_t len = 0;
            for (; value < at; value++) {
                if (*value == '\\' && value + 1 < at) value++;
                copy[len++] = *value;
            }
            return (Text){copy, len};
        }
        at++;
    }
    return (Text){"", 0};
}

static bool has_option(Text options, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = options.at, *end = at + options.len; at < end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t len = (size_t)((comma ? comma : end) - at);
        if (len == n && memcmp(at, name, n) == 0) return true;
        at += len + 1;
    }
    return false;
}

static bool is_name_rune(uint32_t c)
{
    if (c >= 0x80) return c > 0xA0 && c != 0xFFFD && c != 0x2028 && c != 0x2029;
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
    return c && strchr("!#$%&()*+-./:;<=>?@[]^_{|}~ ", (int)c);
}

static bool is_valid_name(Text name)
{
    for (size_t i = 0; i < name.len;) {
        int width;
        if (!is_name_rune(utf8_decode(name.at + i, name.len - i, &width))) return false;
        i += (size_t)width;
    }
    return name.len > 0;
}

/* ---- Fields ---- */

/* A struct that fields are looked for in, and the way to it. */
typedef struct Level {
    RType *type;
    uint32_t times; /* how often it occurs at this depth */
    uint16_t *path;
    Hop *hops;
    uint32_t nhops;
    uint64_t offset;
} Level;

typedef VEC(Level) Levels;

typedef struct Candidate {
    CodecField field;
    uint16_t *path;
    uint32_t depth;
    bool is_tagged;
} Candidate;

typedef VEC(Candidate) Candidates;

static void *copied(const void *from, size_t n, size_t extra)
{
    void *copy = calloc(1, n + extra + 1);
    if (!copy) fatal_out_of_memory();
    if (n > 0) memcpy(copy, from, n);
    return copy;
}

static bool is_quotable(const RType *type)
{
    return (type->kind >= KIND_BOOL && type->kind <= KIND_FLOAT64) || type->kind == KIND_STRING;
}

static uint16_t *longer_path(const Level *level, uint32_t depth, uint32_t index)
{
    uint16_t *path = copied(level->path, depth * sizeof *path, sizeof *path);
    path[depth] = (uint16_t)index;
    return path;
}

/* The struct that an embedded field leads to. */
static void descend(const Level *level, uint32_t depth, uint32_t index, Levels *next)
{
    const RField *field = &level->type->fields[index];
    RType *type = field->type;
    bool is_pointer = type->kind == KIND_POINTER;
    if (is_pointer) type = type->elem;
    for (size_t i = 0; i < next->len; i++) {
        if (next->at[i].type != type) continue;
        next->at[i].times += level->times;
        return;
    }
    Level deeper = {.type = type,
                    .times = level->times,
                    .path = longer_path(level, depth, index),
                    .hops = copied(level->hops, level->nhops * sizeof(Hop), sizeof(Hop)),
                    .nhops = level->nhops,
                    .offset = level->offset + field->offset};
    if (is_pointer) {
        deeper.hops[deeper.nhops++] = (Hop){deeper.offset, type, field->package != NULL};
        deeper.offset = 0;
    }
    vec_push(next, deeper);
}

static void look_at_field(const Level *level, uint32_t depth, uint32_t index, Levels *next,
                          Candidates *found)
{
    const RField *field = &level->type->fields[index];
    RType *type = field->type;
    if (type->kind == KIND_POINTER && !(type->flags & RT_NAMED)) type = type->elem;
    if (field->package && !(field->is_embedded && type->kind == KIND_STRUCT)) return;
    Text tag = json_tag(field);
    if (text_is(tag, "-")) return;
    const char *comma = tag.len ? memchr(tag.at, ',', tag.len) : NULL;
    Text name = {tag.at, comma ? (size_t)(comma - tag.at) : tag.len};
    Text options = comma ? (Text){comma + 1, tag.len - name.len - 1} : (Text){"", 0};
    bool is_tagged = is_valid_name(name);
    if (!is_tagged && field->is_embedded && type->kind == KIND_STRUCT) {
        descend(level, depth, index, next);
        return;
    }
    if (!is_tagged) name = (Text){field->name->text, field->name->len};
    Candidate candidate = {
        .field = {.name = name.at,
                  .len = (uint32_t)name.len,
                  .type = field->type,
                  .hops = level->hops,
                  .nhops = level->nhops,
                  .offset = level->offset + field->offset,
                  .omit_empty = has_option(options, "omitempty"),
                  .omit_zero = has_option(options, "omitzero"),
                  .is_quoted = has_option(options, "string") && is_quotable(type)},
        .path = longer_path(level, depth, index),
        .depth = depth,
        .is_tagged = is_tagged,
    };
    vec_push(found, candidate);
    if (level->times > 1) vec_push(found, candidate); /* the two hide each other */
}

static bool was_visited(const Levels *visited, const RType *type)
{
    for (size_t i = 0; i < visited->len; i++)
        if (visited->at[i].type == type) return true;
    return false;
}

static void find_fields(RType *type, Candidates *found)
{
    Levels current = {0}, next = {0}, visited = {0};
    vec_push(&current, ((Level){.type = type, .times = 1}));
    for (uint32_t depth = 0; current.len > 0; depth++) {
        for (size_t i = 0; i < current.len; i++) {
            Level *level = &current.at[i];
            if (was_visited(&visited, level->type)) continue;
            vec_push(&visited, *level);
            for (uint32_t k = 0; k < level->type->nfields; k++)
                look_at_field(level, depth, k, &next, found);
        }
        Levels held = current;
        current = next;
        next = held;
        next.len = 0;
    }
    vec_free(&current);
    vec_free(&next);
    vec_free(&visited);
}

static int compare_paths(const Candidate *a, const Candidate *b)
{
    for (uint32_t i = 0; i <= a->depth && i <= b->depth; i++)
        if (a->path[i] != b->path[i]) return a->path[i] < b->path[i] ? -1 : 1;
    return (a->depth > b->depth) - (a->depth < b->depth);
}

static int compare_names(const Candidate *a, const Candidate *b)
{
    uint32_t shorter = a->field.len < b->field.len ? a->field.len : b->field.len;
    int order = memcmp(a->field.name, b->field.name, shorter);
    return order ? order : (a->field.len > b->field.len) - (a->field.len < b->field.len);
}

static int by_name(const void *x, const void *y)
{
    const Candidate *a = x, *b = y;
    int order = compare_names(a, b);
    if (order) return order;
    if (a->depth != b->depth) return a->depth < b->depth ? -1 : 1;
    if (a->is_tagged != b->is_tagged) return a->is_tagged ? -1 : 1;
    return compare_paths(a, b);
}

static int by_path(const void *x, const void *y)
{
    return compare_paths(x, y);
}

/* Keeps of each name the field that hides the others, if there is one. */
static void keep_dominant(Candidates *found)
{
    size_t kept = 0;
    if (found->len > 1) qsort(found->at, found->len, sizeof *found->at, by_name);
    for (size_t i = 0, end; i < found->len; i = end) {
        for (end = i + 1; end < found->len; end++)
            if (compare_names(&found->at[i], &found->at[end]) != 0) break;
        const Candidate *first = &found->at[i];
        bool is_tie =
            end > i + 1 && first[1].depth == first->depth && first[1].is_tagged == first->is_tagged;
        if (!is_tie) found->at[kept++] = *first;
    }
    found->len = kept;
    if (kept > 1) qsort(found->at, kept, sizeof *found->at, by_path);
}

static const char *written_key(const CodecField *field, bool html, uint32_t *len)
{
    Buf out = {0};
    json_quote(&out, field->name, field->len, html);
    buf_byte(&out, ':');
    *len = (uint32_t)out.len;
    return out.data;
}

static uint32_t hash_name(const char *name, size_t len)
{
    uint32_t hash = (uint32_t)len * 31;
    for (size_t i = 0; i < len; i++) hash = (hash ^ (unsigned char)name[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static void fill_fields(Codec *codec)
{
    Candidates found = {0};
    find_fields(codec->type, &found);
    keep_dominant(&found);
    CodecField *fields = calloc(found.len + 1, sizeof *fields);
    codec->nplaces = 4;
    while (codec->nplaces < 2 * found.len + 1) codec->nplaces *= 2;
    codec->places = calloc(codec->nplaces, sizeof *codec->places);
    if (!fields || !codec->places) fatal_out_of_memory();
    for (uint32_t i = 0; i < found.len; i++) {
        fields[i] = found.at[i].field;
        fields[i].key = written_key(&fields[i], false, &fields[i].key_len);
        fields[i].html_key = written_key(&fields[i], true, &fields[i].html_key_len);
        uint32_t at = hash_name(fields[i].name, fields[i].len) & (codec->nplaces - 1);
        while (codec->places[at]) at = (at + 1) & (codec->nplaces - 1);
        codec->places[at] = i + 1;
    }
    codec->fields = fields;
    codec->nfields = (uint32_t)found.len;
    vec_free(&found);
}

/* ---- Looking a name up ---- */

/* The rune that stands for all that differ from it by case only, as far as JSON keys go. */
static uint32_t fold(uint32_t c)
{
    if (c >= 'A' && c <= 'Z') return c + ('a' - 'A');
    if (c == 0x212A) return 'k'; /* the Kelvin sign */
    if (c == 0x17F) return 's';  /* the long s */
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) ||
        (c >= 0x410 && c <= 0x42F))
        return c + 32;
    if (c >= 0x400 && c <= 0x40F) return c + 80;
    if (c >= 0x100 && c <= 0x137) return c | 1;
    return c;
}

static bool equal_folded(const char *a, size_t alen, const char *b, size_t blen)
{
    size_t i = 0, k = 0;
    while (i < alen && k < blen) {
        int width, other;
        if (fold(utf8_decode(a + i, alen - i, &width)) !=
            fold(utf8_decode(b + k, blen - k, &other)))
            return false;
        i += (size_t)width;
        k += (size_t)other;
    }
    return i == alen && k == blen;
}

const CodecField *codec_field(const Codec *codec, const char *name, size_t len)
{
    uint32_t at = hash_name(name, len) & (codec->nplaces - 1);
    for (; codec->places[at]; at = (at + 1) & (codec->nplaces - 1)) {
        const CodecField *field = &codec->fields[codec->places[at] - 1];
        if (field->len == len && memcmp(field->name, name, len) == 0) return field;
    }
    for (uint32_t i = 0; i < codec->nfields; i++)
        if (equal_folded(codec->fields[i].name, codec->fields[i].len, name, len))
            return &codec->fields[i];
    return NULL;
}

/* ---- Codecs ---- */

enum { TABLE_SIZE = 1024, CACHE_SIZE = 64 };

static Codec *table[TABLE_SIZE]; /* guarded by table_lock */
static Lock table_lock;

/* Whether an interface type has the one method of another. */
static bool has_method_of(const RType *iface, const RType *other)
{
    for (uint32_t i = 0; i < iface->nmethods; i++)
        if (iface->methods[i].sel == other->methods[0].sel) return true;
    return false;
}

static uint32_t method_flags(const Codec *codec)
{
    const JsonTypes *t = &json_types;
    uint32_t flags = 0;
    RType *type = codec->type, *ptr = codec->ptr;
    if (type->kind == KIND_INTERFACE) {
        if (has_method_of(type, t->marshaler)) flags |= CODEC_MARSHALER;
        if (has_method_of(type, t->text_marshaler)) flags |= CODEC_TEXT_MARSHALER;
    } else if (type->nmethods > 0) {
        if (rtype_implements(type, t->marshaler)) flags |= CODEC_MARSHALER;
        if (rtype_implements(type, t->text_marshaler)) flags |= CODEC_TEXT_MARSHALER;
        if (rtype_implements(type, t->zeroer)) flags |= CODEC_IS_ZERO;
    }
    if (ptr && ptr->nmethods > 0) {
        if (rtype_implements(ptr, t->marshaler)) flags |= CODEC_PTR_MARSHALER;
        if (rtype_implements(ptr, t->text_marshaler)) flags |= CODEC_PTR_TEXT_MARSHALER;
        if (rtype_implements(ptr, t->zeroer)) flags |= CODEC_PTR_IS_ZERO;
        if (rtype_implements(ptr, t->unmarshaler)) flags |= CODEC_UNMARSHALER;
        if (rtype_implements(ptr, t->text_unmarshaler)) flags |= CODEC_TEXT_UNMARSHALER;
    }
    return flags;
}

static Codec *make_codec(RType *type)
{
    Codec *codec = calloc(1, sizeof *codec);
    if (!codec) fatal_out_of_memory();
    codec->type = type;
    bool may_have_methods = type->flags & RT_NAMED || type->kind == KIND_STRUCT;
    if (may_have_methods && type->kind != KIND_POINTER && type->kind != KIND_INTERFACE)
        codec->ptr = rtype_pointer_to(type);
    codec->flags = method_flags(codec);
    if (type == json_types.number) codec->flags |= CODEC_NUMBER;
    if (type->kind == KIND_STRUCT) fill_fields(codec);
    return codec;
}

const Codec *codec_of(RType *type)
{
    static __thread const Codec *cache[CACHE_SIZE];
    size_t key = (uintptr_t)type >> 4;
    const Codec **cached = &cache[(key ^ key >> 7) % CACHE_SIZE];
    if (*cached && (*cached)->type == type) return *cached;
    lock_take(&table_lock);
    Codec *codec = table[key % TABLE_SIZE];
    while (codec && codec->type != type) codec = codec->next;
    lock_release(&table_lock);
    if (!codec) {
        codec = make_codec(type); /* two threads may both make one: either serves */
        lock_take(&table_lock);
        codec->next = table[key % TABLE_SIZE];
        table[key % TABLE_SIZE] = codec;
        lock_release(&table_lock);
    }
    *cached = codec;
    return codec;
}
