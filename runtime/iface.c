/* SPDX-License-Identifier: MIT */
/* Values through their run-time types.
 *
 * Types are few and live for ever, so what is costly to find out about a pair of them (does this type implement that
 * interface?) is remembered in a direct-mapped cache of immutable records: a reader takes one acquire load, a record that was pushed out
 * of the cache is still found in the full table behind it, under a lock. */
#include "runtime/iface.h"

#include "runtime/gc.h"
#include "runtime/lock.h"
#include "runtime/sched.h"

#include <stdlib.h>
#include <sys/random.h>

/* ---- Between slots and memory ---- */

void rtype_load(const RType *type, Slot *to, const void *from)
{
    switch (type->kind) {
    case KIND_INT8: to->i = *(const int8_t *)from; break;
    case KIND_INT16: to->i = *(const int16_t *)from; break;
    case KIND_INT32: to->i = *(const int32_t *)from; break;
    case KIND_BOOL:
    case KIND_UINT8: to->u = *(const uint8_t *)from; break;
    case KIND_UINT16: to->u = *(const uint16_t *)from; break;
    case KIND_FLOAT32:
    case KIND_UINT32: to->u = *(const uint32_t *)from; break;
    default:
        if (type->size & 7) to[type->slots - 1].u = 0;
        memcpy(to, from, type->size);
    }
}

Iface iface_make(RType *type, const Slot *value)
{
    if (type->flags & RT_DIRECT)
        return (Iface){type, type->slots ? value[0] : (Slot){.u = 0}};
    void *box = gc_new_type(type, 1);
    memcpy(box, value, type->size);
    return (Iface){type, {.p = box}};
}

Iface iface_string(RType *type, String text)
{
    Slot value[2];
    memcpy(value, &text, sizeof value);
    return iface_make(type, value);
}

void iface_value(Iface value, Slot *to)
{
    const RType *type = value.type;
    if (!(type->flags & RT_DIRECT))
        rtype_load(type, to, value.word.p);
    else if (type->slots)
        *to = value.word;
}

/* ---- Equality ---- */

static bool equal_struct(const RType *type, const char *a, const char *b, const RType **bad)
{
    for (uint32_t i = 0; i < type->nfields; i++) {
        const RField *field = &type->fields[i];
        if (field->name->len == 1 && field->name->text[0] == '_') continue;
        if (!rtype_equal(field->type, a + field->offset, b + field->offset, bad)) return false;
    }
    return true;
}

static bool equal_array(const RType *type, const char *a, const char *b, const RType **bad)
{
    size_t size = type->elem->size;
    for (uint64_t i = 0; i < type->len; i++)
        if (!rtype_equal(type->elem, a + i * size, b + i * size, bad)) return false;
    return true;
}

bool rtype_equal(const RType *type, const void *a, const void *b, const RType **uncomparable)
{
    if (type->flags & RT_MEM_EQUAL) return memcmp(a, b, type->size) == 0;
    switch (type->kind) {
    case KIND_FLOAT32: return *(const float *)a == *(const float *)b;
    case KIND_FLOAT64: return *(const double *)a == *(const double *)b;
    case KIND_COMPLEX64: {
        const float *x = a, *y = b;
        return x[0] == y[0] && x[1] == y[1];
    }
    case KIND_COMPLEX128: {
        const double *x = a, *y = b;
        return x[0] == y[0] && x[1] == y[1];
    }
    case KIND_STRING: {
        const String *x = a, *y = b;
        return x->len == y->len && (x->len == 0 || memcmp(x->data, y->data, (size_t)x->len) == 0);
    }
    case KIND_INTERFACE: return iface_equal(*(const Iface *)a, *(const Iface *)b, uncomparable);
    case KIND_STRUCT: return equal_struct(type, a, b, uncomparable);
    case KIND_ARRAY: return equal_array(type, a, b, uncomparable);
    case KIND_SLICE:
    case KIND_MAP:
    case KIND_FUNC: *uncomparable = type; return false;
    default: return memcmp(a, b, type->size) == 0;
    }
}

bool iface_equal(Iface a, Iface b, const RType **uncomparable)
{
    if (a.type != b.type) return false;
    if (!a.type) return true;
    if (!(a.type->flags & RT_COMPARABLE)) {
        *uncomparable = a.type;
        return false;
    }
    return rtype_equal(a.type, iface_data(&a), iface_data(&b), uncomparable);
}

/* ---- Hashes ---- */

#define HASH_K1 0x9E3779B97F4A7C15u
#define HASH_K2 0xD6E8FEB86659FD93u
#define HASH_K3 0xA0761D6478BD642Fu

static uint64_t seed; /* fixed after start; 0: not yet drawn */

void hash_set_seed(uint64_t value)
{
    seed = value | 1;
}

__attribute__((constructor)) static void draw_seed(void)
{
    uint64_t value = 0;
    if (getrandom(&value, sizeof value, GRND_NONBLOCK) != sizeof value)
        value = (uint64_t)(uintptr_t)&value * HASH_K1;
    hash_set_seed(value);
}

/* Multiplies to 128 bits and folds: every input bit reaches every output bit. */
static inline uint64_t mix(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t read64(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t read32(const char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

uint64_t hash_word(uint64_t word)
{
    return mix(word ^ seed, HASH_K1);
}

uint64_t hash_bytes(const void *bytes, size_t len)
{
    const char *p = bytes;
    uint64_t h = seed ^ (len * HASH_K2), a = 0, b = 0;
    size_t n = len;
    for (; n > 16; p += 16, n -= 16) h = mix(read64(p) ^ HASH_K1 ^ h, read64(p + 8) ^ HASH_K3);
    if (n >= 8) {
        a = read64(p);
        b = read64(p + n - 8);
    } else if (n >= 4) {
        a = read32(p) << 32 | read32(p + n - 4);
    } else if (n > 0) {
        a = (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n >> 1] << 8 |
            (unsigned char)p[n - 1];
    }
    return mix(a ^ HASH_K1 ^ h, b ^ HASH_K3 ^ (h >> 32));
}

static uint64_t hash_double(double d)
{
    uint64_t bits;
    if (d != d) return sched_random();
    if (d == 0) d = 0; /* -0 equals 0 */
    memcpy(&bits, &d, sizeof bits);
    return hash_word(bits);
}

static uint64_t hash_iface(Iface value, const RType **unhashable)
{
    if (!value.type) return hash_word(0);
    if (!(value.type->flags & RT_COMPARABLE)) {
        *unhashable = value.type;
        return 0;
    }
    return mix(rtype_hash(value.type, iface_data(&value), unhashable) ^ HASH_K2,
               HASH_K1 ^ value.type->hash);
}

static uint64_t hash_fields(const RType *type, const char *value, const RType **unhashable)
{
    uint64_t h = HASH_K2;
    for (uint32_t i = 0; i < type->nfields; i++) {
        const RField *field = &type->fields[i];
        if (field->name->len == 1 && field->name->text[0] == '_') continue;
        h = mix(h ^ rtype_hash(field->type, value + field->offset, unhashable), HASH_K1);
    }
    return h;
}

static uint64_t hash_elements(const RType *type, const char *value, const RType **unhashable)
{
    uint64_t h = HASH_K3;
    for (uint64_t i = 0; i < type->len; i++)
        h = mix(h ^ rtype_hash(type->elem, value + i * type->elem->size, unhashable), HASH_K1);
    return h;
}

uint64_t rtype_hash(const RType *type, const void *value, const RType **unhashable)
{
    if (type->flags & RT_MEM_EQUAL) return hash_bytes(value, type->size);
    switch (type->kind) {
    case KIND_FLOAT32: return hash_double(*(const float *)value);
    case KIND_FLOAT64: return hash_double(*(const double *)value);
    case KIND_COMPLEX64: {
        const float *c = value;
        return mix(hash_double(c[0]) ^ HASH_K2, hash_double(c[1]) ^ HASH_K3);
    }
    case KIND_COMPLEX128: {
        const double *c = value;
        return mix(hash_double(c[0]) ^ HASH_K2, hash_double(c[1]) ^ HASH_K3);
    }
    case KIND_STRING: {
        const String *s = value;
        return hash_bytes(s->data, (size_t)s->len);
    }
    case KIND_INTERFACE: return hash_iface(*(const Iface *)value, unhashable);
    case KIND_STRUCT: return hash_fields(type, value, unhashable);
    case KIND_ARRAY: return hash_elements(type, value, unhashable);
    case KIND_SLICE:
    case KIND_MAP:
    case KIND_FUNC: *unhashable = type; return 0;
    default: return hash_bytes(value, type->size);
    }
}

/* ---- Methods ---- */

struct FuncProto *rtype_find_method(const RType *type, const Selector *sel)
{
    for (uint32_t i = 0; i < type->nmethods; i++)
        if (type->methods[i].sel == sel) return type->methods[i].entry;
    return NULL;
}

struct FuncProto *rtype_method(const RType *type, const char *name)
{
    for (uint32_t i = 0; i < type->nmethods; i++) {
        const Selector *sel = type->methods[i].sel;
        if (!sel->package && strcmp(sel->name->text, name) == 0) return type->methods[i].entry;
    }
    return NULL;
}

const RMethod *rtype_missing_method(const RType *type, const RType *iface)
{
    for (uint32_t i = 0; i < iface->nmethods; i++)
        if (!rtype_find_method(type, iface->methods[i].sel)) return &iface->methods[i];
    return NULL;
}

typedef struct Answer { /* immutable once published */
    const RType *type, *iface;
    struct Answer *next;
    bool implements;
} Answer;

enum { CACHE_BITS = 10, CACHE_SIZE = 1 << CACHE_BITS };

static _Atomic(Answer *) cache[CACHE_SIZE]; /* release by remember, acquire by rtype_implements */
static Answer *answers[CACHE_SIZE];         /* all of them; guarded by answers_lock */
static Lock answers_lock;

static Answer *remember(const RType *type, const RType *iface, size_t place)
{
    bool implements = !rtype_missing_method(type, iface);
    lock_take(&answers_lock);
    Answer *answer = answers[place];
    while (answer && (answer->type != type || answer->iface != iface)) answer = answer->next;
    if (!answer) {
        answer = malloc(sizeof *answer);
        *answer = (Answer){type, iface, answers[place], implements};
        answers[place] = answer;
    }
    atomic_store_explicit(&cache[place], answer, memory_order_release);
    lock_release(&answers_lock);
    return answer;
}

bool rtype_implements(const RType *type, const RType *iface)
{
    if (iface->nmethods == 0) return true;
    uintptr_t key = (uintptr_t)type ^ ((uintptr_t)iface << 5);
    size_t place = (key * HASH_K1) >> (64 - CACHE_BITS);
    Answer *answer = atomic_load_explicit(&cache[place], memory_order_acquire);
    if (!answer || answer->type != type || answer->iface != iface)
        answer = remember(type, iface, place);
    return answer->implements;
}
