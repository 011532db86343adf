/* SPDX-License-Identifier: MIT */
/* Quick versions of library functions: what small calls spend most on is the call.
 *
 * A quick function gets the slots from the first result on: results, then receiver and parameters.
 * It does the whole job and returns true, or returns false with nothing of note changed, and then
 * the function itself is called. It may allocate; it must not panic, park, or look at the
 * goroutine, whose state the machine has not stored. */
#include "stdlib/quick.h"

#include "base/utf8.h"
#include "runtime/gc.h"
#include "runtime/slice.h"
#include "runtime/string.h"
#include "stdlib/strconv/number.h"
#include "stdlib/strconv/quote.h"

#include <stdlib.h>

#define QUICK(function, name)       static QuickFn quick_##function;
#define QUICK_APART(function, name) /* quick.h */
#include "stdlib/quick.def"
#undef QUICK
#undef QUICK_APART

/* ---- Slots ---- */

/* The results (error) and (n int, error) of a success. */
static inline void put_nil(Slot *at)
{
    at[0].type = NULL;
    at[1].u = 0;
}

static inline void put_count(Slot *at, int64_t n)
{
    at[0].i = n;
    put_nil(at + 1);
}

enum { RUNE_ROOM = 8, SHORT = 16 };

/* memmove of up to SHORT bytes, without a call. */
static inline void copy_short(char *to, const char *from, int64_t n)
{
    if (n >= 8) {
        uint64_t head, tail;
        memcpy(&head, from, 8);
        memcpy(&tail, from + n - 8, 8);
        memcpy(to, &head, 8);
        memcpy(to + n - 8, &tail, 8);
    } else if (n >= 4) {
        uint32_t head, tail;
        memcpy(&head, from, 4);
        memcpy(&tail, from + n - 4, 4);
        memcpy(to, &head, 4);
        memcpy(to + n - 4, &tail, 4);
    } else if (n >= 2) {
        uint16_t head, tail;
        memcpy(&head, from, 2);
        memcpy(&tail, from + n - 2, 2);
        memcpy(to, &head, 2);
        memcpy(to + n - 2, &tail, 2);
    } else if (n == 1) {
        *to = *from;
    }
}

static inline void copy_bytes(char *to, const char *from, int64_t n)
{
    if (n > SHORT)
        memmove(to, from, (size_t)n);
    else
        copy_short(to, from, n);
}

/* Makes room for `len` bytes as append does; false where memory would not do. */
static bool grow(Slice *s, int64_t len)
{
    Slice grown = slice_grow(&slice_byte_type, *s, len);
    if (grown.cap < 0) return false;
    *s = grown;
    return true;
}

/* Appends bytes that do not lie in the room behind `to`; false where memory would not do. */
static inline bool append_bytes(Slice *to, const char *bytes, int64_t n)
{
    int64_t len = (int64_t)((uint64_t)to->len + (uint64_t)n);
    if ((len > to->cap || len < 0) && !grow(to, len)) return false;
    copy_bytes((char *)to->data + to->len, bytes, n);
    to->len = len;
    return true;
}

/* Encodes what an int32 holds; returns the length. */
static inline int encode(char *out, int64_t rune)
{
    if (rune >= 0 && rune < 0x80) {
        *out = (char)rune;
        return 1;
    }
    if (rune >= 0x80 && rune < 0x800) {
        out[0] = (char)(0xC0 | rune >> 6);
        out[1] = (char)(0x80 | (rune & 0x3F));
        return 2;
    }
    return utf8_encode(out, rune);
}

/* ---- strings.Builder ---- */

/* As builder.mgo declares it. */
typedef struct Builder {
    struct Builder *self; /* to notice copies */
    Slice buf;
} Builder;

/* The builder to write to; NULL where there is none or it is a copy. */
static inline Builder *builder_at(const Slot *at)
{
    Builder *b = at->p;
    if (!b) return NULL;
    if (!b->self) b->self = b;
    return b->self == b ? b : NULL;
}

/* Makes room for `len` bytes; false where memory would not do. Capacities are append's, but a
 * buffer of some size lies in twice the memory, so that it mostly grows where it is: its room is
 * private, as nobody else sees it, and need not be cleared. */
static bool builder_grow(Slice *s, int64_t len)
{
    enum { ROOMY = 512, LARGE = 2048, BLOCK = 4096, EXTRA_MAX = 1 << 16 };
    int64_t cap = slice_grown_cap(1, s->cap, len);
    if (cap < 0) return false;
    if (s->cap < ROOMY || gc_room_from(s->data) < (size_t)cap) {
        size_t room = (size_t)cap;
        if (cap > ROOMY) room += room < EXTRA_MAX ? room : EXTRA_MAX;
        if (room > LARGE)
            room = (room | (BLOCK - 1)); /* whole blocks, of which the collector takes a byte */
        void *data = gc_new_bytes(room);
        if (s->len > 0) memcpy(data, s->data, (size_t)s->len);
        s->data = data;
    }
    s->cap = cap;
    return true;
}

static inline bool builder_append(Slice *to, const char *bytes, int64_t n)
{
    int64_t len = (int64_t)((uint64_t)to->len + (uint64_t)n);
    if ((len > to->cap || len < 0) && !builder_grow(to, len)) return false;
    copy_bytes((char *)to->data + to->len, bytes, n);
    to->len = len;
    return true;
}

/* What needs more than a few stores is done apart, so that the rest needs no frame. */
__attribute__((noinline)) static bool builder_write(Slot *f, Builder *b)
{
    if (!builder_append(&b->buf, f[4].s, f[5].i)) return false;
    put_count(f, f[5].i);
    return true;
}

static bool quick_Builder_Write(Slot *f)
{
    Builder *b = builder_at(&f[3]);
    int64_t n = f[5].i;
    if (!b) return false;
    if (n > SHORT || b->buf.cap - b->buf.len < n) return builder_write(f, b);
    copy_short((char *)b->buf.data + b->buf.len, f[4].s, n);
    b->buf.len += n;
    put_count(f, n);
    return true;
}

static bool quick_Builder_WriteString(Slot *f)
{
    return quick_Builder_Write(f); /* bytes and length stand in the same slots */
}

__attribute__((noinline)) static bool builder_write_byte(Slot *f, Builder *b)
{
    char text[RUNE_ROOM] = {(char)f[3].u};
    if (!builder_append(&b->buf, text, 1)) return false;
    put_nil(f);
    return true;
}

static bool quick_Builder_WriteByte(Slot *f)
{
    Builder *b = builder_at(&f[2]);
    if (!b) return false;
    if (b->buf.len >= b->buf.cap) return builder_write_byte(f, b);
    ((char *)b->buf.data)[b->buf.len++] = (char)f[3].u;
    put_nil(f);
    return true;
}

__attribute__((noinline)) static bool builder_write_rune(Slot *f, Builder *b)
{
    char text[RUNE_ROOM];
    int n = encode(text, f[4].i);
    if (!builder_append(&b->buf, text, n)) return false;
    put_count(f, n);
    return true;
}

static bool quick_Builder_WriteRune(Slot *f)
{
    Builder *b = builder_at(&f[3]);
    int64_t rune = f[4].i;
    if (!b) return false;
    if (rune < 0 || rune >= 0x800 || b->buf.cap - b->buf.len < UTF8_MAX)
        return builder_write_rune(f, b);
    int n = encode((char *)b->buf.data + b->buf.len, rune);
    b->buf.len += n;
    put_count(f, n);
    return true;
}

/* ---- bytes.Buffer ---- */

/* As buffer.mgo declares it. */
typedef struct Buffer {
    Slice buf;
    int64_t off, last_read;
} Buffer;

/* Where n bytes can be written without moving or growing anything; NULL where they can't. */
static inline char *buffer_room(Buffer *b, int64_t n)
{
    if (!b || b->buf.cap - b->buf.len < n || (b->off == b->buf.len && b->off > 0)) return NULL;
    b->last_read = 0;
    return (char *)b->buf.data + b->buf.len;
}

__attribute__((noinline)) static bool buffer_write(Slot *f, Buffer *b, char *to)
{
    memmove(to, f[4].s, (size_t)f[5].i);
    b->buf.len += f[5].i;
    put_count(f, f[5].i);
    return true;
}

static bool quick_Buffer_Write(Slot *f)
{
    Buffer *b = f[3].p;
    int64_t n = f[5].i;
    char *to = buffer_room(b, n);
    if (!to) return false;
    if (n > SHORT) return buffer_write(f, b, to);
    copy_short(to, f[4].s, n);
    b->buf.len += n;
    put_count(f, n);
    return true;
}

static bool quick_Buffer_WriteString(Slot *f)
{
    return quick_Buffer_Write(f);
}

static bool quick_Buffer_WriteByte(Slot *f)
{
    Buffer *b = f[2].p;
    char *to = buffer_room(b, 1);
    if (!to) return false;
    *to = (char)f[3].u;
    b->buf.len++;
    put_nil(f);
    return true;
}

static bool quick_Buffer_WriteRune(Slot *f)
{
    Buffer *b = f[3].p;
    char *to = buffer_room(b, UTF8_MAX);
    if (!to) return false;
    int n = encode(to, f[4].i);
    b->buf.len += n;
    put_count(f, n);
    return true;
}

/* ---- bufio.Reader and Writer ---- */

/* As bufio.mgo declares them. */
typedef struct Reader {
    Slice buf;
    Iface source;
    int64_t from, to; /* buf[from:to] is not read yet */
    Iface error;
    int64_t last_byte, last_rune_size;
} Reader;

static bool quick_Reader_ReadByte(Slot *f)
{
    Reader *b = f[3].p;
    if (!b || b->from == b->to) return false;
    unsigned char c = ((unsigned char *)b->buf.data)[b->from++];
    b->last_byte = c;
    b->last_rune_size = -1;
    f[0].u = c;
    put_nil(f + 1);
    return true;
}

static bool quick_Reader_ReadRune(Slot *f)
{
    Reader *b = f[4].p;
    if (!b || b->from + UTF8_MAX > b->to) return false;
    const char *at = (const char *)b->buf.data + b->from;
    int size = 1;
    f[0].i = (unsigned char)*at < 0x80 ? (unsigned char)*at
                                       : utf8_decode(at, (size_t)(b->to - b->from), &size);
    b->from += size;
    b->last_byte = (unsigned char)at[size - 1];
    b->last_rune_size = size;
    put_count(f + 1, size);
    return true;
}

typedef struct Writer {
    Iface error;
    Slice buf;
    int64_t n; /* bytes in buf */
    Iface to;
} Writer;

/* Where n bytes can be written without flushing; NULL where they can't. */
static inline char *writer_room(Writer *b, int64_t n)
{
    if (!b || b->error.type || b->buf.len - b->n < n) return NULL;
    return (char *)b->buf.data + b->n;
}

static bool quick_Writer_WriteByte(Slot *f)
{
    Writer *b = f[2].p;
    char *to = writer_room(b, 1);
    if (!to) return false;
    *to = (char)f[3].u;
    b->n++;
    put_nil(f);
    return true;
}

static bool quick_Writer_WriteRune(Slot *f)
{
    Writer *b = f[3].p;
    char *to = writer_room(b, UTF8_MAX);
    if (!to) return false;
    int n = encode(to, f[4].i);
    b->n += n;
    put_count(f, n);
    return true;
}

static bool quick_Writer_WriteString(Slot *f)
{
    Writer *b = f[3].p;
    int64_t n = f[5].i;
    char *to = writer_room(b, n);
    if (!to) return false;
    copy_bytes(to, f[4].s, n);
    b->n += n;
    put_count(f, n);
    return true;
}

/* ---- strconv ---- */

/* Writes an integer so that it ends before out + NUMBER_INT_MAX + 1; returns where it begins. */
static inline char *format_int(char *out, int64_t n, int base)
{
    char *begin = number_format_uint(out + 1, n < 0 ? -(uint64_t)n : (uint64_t)n, base);
    if (n < 0) *--begin = '-';
    return begin;
}

static inline bool is_base(int64_t base)
{
    return base >= 2 && base <= 36;
}

static bool quick_Itoa(Slot *f)
{
    char text[NUMBER_INT_MAX + 1], *begin = format_int(text, f[2].i, 10);
    put_string(f, string_copy(begin, text + sizeof text - begin));
    return true;
}

static bool quick_FormatInt(Slot *f)
{
    if (!is_base(f[3].i)) return false;
    char text[NUMBER_INT_MAX + 1], *begin = format_int(text, f[2].i, (int)f[3].i);
    put_string(f, string_copy(begin, text + sizeof text - begin));
    return true;
}

static bool quick_AppendInt(Slot *f)
{
    if (!is_base(f[7].i)) return false;
    char text[NUMBER_INT_MAX + 1], *begin = format_int(text, f[6].i, (int)f[7].i);
    Slice to = slice_at(&f[3]);
    if (!append_bytes(&to, begin, text + sizeof text - begin)) return false;
    put_slice(f, to);
    return true;
}

static bool quick_AppendUint(Slot *f)
{
    if (!is_base(f[7].i)) return false;
    char text[NUMBER_INT_MAX], *begin = number_format_uint(text, f[6].u, (int)f[7].i);
    Slice to = slice_at(&f[3]);
    if (!append_bytes(&to, begin, text + sizeof text - begin)) return false;
    put_slice(f, to);
    return true;
}

/* Reads what nearly all numbers are, one to eighteen digits, perhaps with a sign. */
static bool short_decimal(const char *text, int64_t len, int64_t *out)
{
    enum { SAFE_DIGITS = 18 }; /* so many can't overflow */
    bool is_negative = len > 0 && *text == '-', has_sign = is_negative || (len > 0 && *text == '+');
    const char *end = text + len;
    text += has_sign;
    if (end - text < 1 || end - text > SAFE_DIGITS) return false;
    int64_t n = 0;
    for (; text < end; text++) {
        unsigned digit = (unsigned)(unsigned char)*text - '0';
        if (digit > 9) return false;
        n = n * 10 + digit;
    }
    *out = is_negative ? -n : n;
    return true;
}

static bool quick_Atoi(Slot *f)
{
    int64_t n;
    if (!short_decimal(f[3].s, f[4].i, &n) &&
        number_parse_int(f[3].s, f[4].i, 10, 0, &n) != NUMBER_OK)
        return false;
    put_count(f, n);
    return true;
}

static bool quick_ParseInt(Slot *f)
{
    int64_t n;
    if (number_parse_int(f[3].s, f[4].i, f[5].i, f[6].i, &n) != NUMBER_OK) return false;
    put_count(f, n);
    return true;
}

static bool quick_ParseUint(Slot *f)
{
    uint64_t n;
    if (number_parse_uint(f[3].s, f[4].i, f[5].i, f[6].i, &n) != NUMBER_OK) return false;
    put_count(f, (int64_t)n);
    return true;
}

/* The text of the float, verb, precision and size at f; 0 where that is not for here. */
static inline size_t put_float(char *text, const Slot *f)
{
    int64_t bits = f[3].i;
    if ((bits != 32 && bits != 64) || f[2].i < -1 || f[2].i > NUMBER_FLOAT_MAX) return 0;
    double value = bits == 32 ? (double)(float)f[0].f : f[0].f;
    return number_put_float(text, value, (char)f[1].u, (int)f[2].i, (int)bits);
}

static bool quick_FormatFloat(Slot *f)
{
    char text[NUMBER_FLOAT_MAX];
    size_t len = put_float(text, &f[2]);
    if (len == 0) return false;
    put_string(f, string_copy(text, (int64_t)len));
    return true;
}

static bool quick_AppendFloat(Slot *f)
{
    char text[NUMBER_FLOAT_MAX];
    size_t len = put_float(text, &f[6]);
    Slice to = slice_at(&f[3]);
    if (len == 0 || !append_bytes(&to, text, (int64_t)len)) return false;
    put_slice(f, to);
    return true;
}

static bool quick_ParseFloat(Slot *f)
{
    double value;
    int64_t used;
    if (f[5].i == 32 || number_parse_float(f[3].s, f[4].i, 64, &value, &used) != NUMBER_OK)
        return false;
    if (used != f[4].i) return false;
    f[0].f = value;
    put_nil(f + 1);
    return true;
}

static bool quick_Unquote(Slot *f)
{
    String s = string_at(&f[4]);
    if (s.len < 2 || s.data[0] != s.data[s.len - 1]) return false;
    String inside = {s.data + 1, s.len - 2};
    if (s.data[0] == '`') {
        if (memchr(inside.data, '`', (size_t)inside.len) ||
            memchr(inside.data, '\r', (size_t)inside.len))
            return false;
    } else {
        bool has_escapes;
        if (s.data[0] != '"' || !quote_is_plain(inside.data, inside.len, &has_escapes))
            return false;
        if (has_escapes) {
            char *text = gc_new_bytes((size_t)inside.len);
            int64_t len = quote_unescape(text, inside.data, inside.len);
            if (len < 0) return false;
            inside = (String){text, len};
        }
    }
    put_string(f, inside);
    put_nil(f + 2);
    return true;
}

/* ---- strings ---- */

static bool quick_HasPrefix(Slot *f)
{
    String s = string_at(&f[1]), part = string_at(&f[3]);
    f[0].u =
        s.len >= part.len && (part.len == 0 || memcmp(s.data, part.data, (size_t)part.len) == 0);
    return true;
}

static bool quick_HasSuffix(Slot *f)
{
    String s = string_at(&f[1]), part = string_at(&f[3]);
    f[0].u = s.len >= part.len &&
             (part.len == 0 || memcmp(s.data + s.len - part.len, part.data, (size_t)part.len) == 0);
    return true;
}

/* ---- unicode/utf8 ---- */

static bool quick_AppendRune(Slot *f)
{
    char text[RUNE_ROOM];
    Slice to = slice_at(&f[3]);
    if (!append_bytes(&to, text, encode(text, f[6].i))) return false;
    put_slice(f, to);
    return true;
}

static bool quick_DecodeRuneInString(Slot *f)
{
    String s = string_at(&f[2]);
    int size = 1;
    if (s.len == 0) return false;
    f[0].i = (unsigned char)*s.data < 0x80 ? (unsigned char)*s.data
                                           : utf8_decode(s.data, (size_t)s.len, &size);
    f[1].i = size;
    return true;
}

static bool quick_DecodeRune(Slot *f)
{
    return quick_DecodeRuneInString(f); /* bytes and length stand in the same slots */
}

/* ---- Without a frame ---- */

/* What has room takes these few stores; all else, growing too, is left to the quick version. */

__attribute__((noinline)) static bool put_long(char *to, int64_t *len, const Slot *text)
{
    memmove(to, text[0].s, (size_t)text[1].i);
    *len += text[1].i;
    return true;
}

/* Copies the text to where there is room for it, and adds its length. */
static inline bool put_text(char *to, int64_t *len, const Slot *text)
{
    int64_t n = text[1].i,
            sum = *len + n; /* before the copy, which might change it for all C knows */
    if (n > SHORT) return put_long(to, len, text);
    copy_short(to, text[0].s, n);
    *len = sum;
    return true;
}

/* Encodes what takes up to three bytes and is no surrogate; returns the length, 0 where it is
 * another rune. */
static inline int put_short_rune(char *to, uint64_t rune)
{
    if (rune < 0x800) return encode(to, (int64_t)rune);
    if (rune >= 0xD800) return 0;
    to[0] = (char)(0xE0 | rune >> 12);
    to[1] = (char)(0x80 | (rune >> 6 & 0x3F));
    to[2] = (char)(0x80 | (rune & 0x3F));
    return 3;
}

static inline bool put_rune(char *to, int64_t *len, uint64_t rune)
{
    int n = put_short_rune(to, rune);
    *len += n;
    return n > 0;
}

static inline int64_t room_in(const Slice *s)
{
    return s->cap - s->len;
}

/* A builder that was written to before, so that it has an owner. */
static inline Builder *own_builder(const Slot *receiver)
{
    Builder *b = receiver->p;
    return b && b->self == b ? b : NULL;
}

static bool leaf_Builder_WriteString(const Slot *receiver, const Slot *text)
{
    Builder *b = own_builder(receiver);
    if (!b || room_in(&b->buf) < text[1].i) return false;
    return put_text((char *)b->buf.data + b->buf.len, &b->buf.len, text);
}

static bool leaf_Builder_WriteByte(const Slot *receiver, const Slot *byte)
{
    Builder *b = own_builder(receiver);
    if (!b || b->buf.len >= b->buf.cap) return false;
    ((char *)b->buf.data)[b->buf.len++] = (char)byte->u;
    return true;
}

static bool leaf_Builder_WriteRune(const Slot *receiver, const Slot *rune)
{
    Builder *b = own_builder(receiver);
    if (!b || room_in(&b->buf) < UTF8_MAX) return false;
    return put_rune((char *)b->buf.data + b->buf.len, &b->buf.len, rune->u);
}

static bool leaf_Buffer_WriteString(const Slot *receiver, const Slot *text)
{
    Buffer *b = receiver->p;
    char *to = buffer_room(b, text[1].i);
    return to && put_text(to, &b->buf.len, text);
}

static bool leaf_Buffer_WriteByte(const Slot *receiver, const Slot *byte)
{
    Buffer *b = receiver->p;
    char *to = buffer_room(b, 1);
    if (!to) return false;
    *to = (char)byte->u;
    b->buf.len++;
    return true;
}

static bool leaf_Buffer_WriteRune(const Slot *receiver, const Slot *rune)
{
    Buffer *b = receiver->p;
    char *to = buffer_room(b, UTF8_MAX);
    return to && put_rune(to, &b->buf.len, rune->u);
}

static bool leaf_Writer_WriteString(const Slot *receiver, const Slot *text)
{
    Writer *b = receiver->p;
    char *to = writer_room(b, text[1].i);
    return to && put_text(to, &b->n, text);
}

static bool leaf_Writer_WriteByte(const Slot *receiver, const Slot *byte)
{
    Writer *b = receiver->p;
    char *to = writer_room(b, 1);
    if (!to) return false;
    *to = (char)byte->u;
    b->n++;
    return true;
}

static bool leaf_Writer_WriteRune(const Slot *receiver, const Slot *rune)
{
    Writer *b = receiver->p;
    char *to = writer_room(b, UTF8_MAX);
    return to && put_rune(to, &b->n, rune->u);
}

/* ---- Finding them ---- */

typedef struct Entry {
    const char *name;
    QuickFn *quick;
    LeafFn *leaf;
} Entry;

static const Entry quick_entries[] = {
#define QUICK(function, name)       {name, quick_##function, NULL},
#define QUICK_APART(function, name) {name, quick_##function, NULL},
#include "stdlib/quick.def"
#undef QUICK
#undef QUICK_APART
};

static const Entry leaf_entries[] = {
#define LEAF(function, name) {name, NULL, leaf_##function},
#include "stdlib/leaf.def"
#undef LEAF
};

static int compare(const void *name, const void *entry)
{
    return strcmp(name, ((const Entry *)entry)->name);
}

QuickFn *quick_find(const char *name)
{
    const Entry *entry = bsearch(name, quick_entries, sizeof quick_entries / sizeof *quick_entries,
                                 sizeof *quick_entries, compare);
    return entry ? entry->quick : NULL;
}

LeafFn *leaf_find(const char *name)
{
    const Entry *entry = bsearch(name, leaf_entries, sizeof leaf_entries / sizeof *leaf_entries,
                                 sizeof *leaf_entries, compare);
    return entry ? entry->leaf : NULL;
}
