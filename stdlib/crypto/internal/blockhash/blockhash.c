/* SPDX-License-Identifier: MIT */
/* crypto/internal/blockhash: blocks and padding. */
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"
#include "stdlib/crypto/internal/blockhash/compress.h"

#include <string.h>

typedef struct Digest { /* as in blockhash.mgo */
    union {
        uint32_t w32[8];
        uint64_t w64[8];
    } state;
    uint8_t buffer[128];
    uint64_t length;
    int64_t kind;
} Digest;

typedef struct HashKind {
    uint8_t size;   /* of the checksum */
    uint8_t block;  /* size */
    uint8_t word;   /* size */
    uint8_t nwords; /* of state */
    bool is_little; /* words, and the length at the end, are little-endian */
    void (*compress)(void *state, const uint8_t *p, size_t n);
    uint64_t start[8]; /* state */
} HashKind;

/* clang-format off */
static const HashKind kinds[] = {
    {16, 64, 4, 4, true, compress_md5, {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}},
    {20, 64, 4, 5, false, compress_sha1, {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}},
    {28, 64, 4, 8, false, compress_sha256, {0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939,
                                            0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4}},
    {32, 64, 4, 8, false, compress_sha256, {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                            0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}},
    {48, 128, 8, 8, false, compress_sha512, {
        0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
        0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4}},
    {28, 128, 8, 8, false, compress_sha512, {
        0x8c3d37c819544da2, 0x73e1996689dcd4d6, 0x1dfab7ae32ff9c82, 0x679dd514582f9fcf,
        0x0f6d2b697bd44da8, 0x77e36f7304c48942, 0x3f9d85a86a1d36c8, 0x1112e6ad91d692a1}},
    {32, 128, 8, 8, false, compress_sha512, {
        0x22312194fc2bf72c, 0x9f555fa3c84c64c2, 0x2393b86b6f53b151, 0x963877195940eabd,
        0x96283ee2a88effe3, 0xbe5e1e2553863992, 0x2b0199fc2c85b8aa, 0x0eb72ddc81c52ca2}},
    {64, 128, 8, 8, false, compress_sha512, {
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179}},
};
/* clang-format on */

/* The state's words as bytes, most significant first unless `is_little`. */
static void put_words(const HashKind *k, const Digest *d, bool is_little, uint8_t *out)
{
    for (int i = 0; i < k->nwords; i++) {
        uint64_t w = k->word == 4 ? d->state.w32[i] : d->state.w64[i];
        for (int b = 0; b < k->word; b++)
            *out++ = (uint8_t)(w >> 8 * (is_little ? b : k->word - 1 - b));
    }
}

static void set_word(const HashKind *k, Digest *d, int i, uint64_t w)
{
    if (k->word == 4)
        d->state.w32[i] = (uint32_t)w;
    else
        d->state.w64[i] = w;
}

static void digest_write(const HashKind *k, Digest *d, const uint8_t *p, size_t n)
{
    size_t used = d->length % k->block;
    d->length += n;
    if (used > 0) {
        size_t room = k->block - used, part = n < room ? n : room;
        memcpy(d->buffer + used, p, part);
        if (part < room) return;
        k->compress(&d->state, d->buffer, 1);
        p += part;
        n -= part;
    }
    k->compress(&d->state, p, n / k->block);
    if (n % k->block) memcpy(d->buffer, p + n / k->block * k->block, n % k->block);
}

/* A one bit, zeros, and the length in bits, which ends a block. */
static void digest_pad(const HashKind *k, Digest *d)
{
    uint8_t padding[256] = {0x80};
    size_t length_size = (size_t)2 * k->word, used = d->length % k->block;
    size_t n = k->block - used;
    if (n < length_size + 1) n += k->block;
    uint64_t bits = d->length << 3;
    for (int i = 0; i < 8; i++)
        padding[k->is_little ? n - 8 + (size_t)i : n - 1 - (size_t)i] = (uint8_t)(bits >> 8 * i);
    if (length_size == 16) padding[n - 9] = (uint8_t)(d->length >> 61);
    digest_write(k, d, padding, n);
}

void native_crypto_internal_blockhash_Digest_reset(NativeCall *call)
{
    Digest *d = arg_ptr(call, 0);
    const HashKind *k = &kinds[d->kind];
    for (int i = 0; i < k->nwords; i++) set_word(k, d, i, k->start[i]);
}

void native_crypto_internal_blockhash_Digest_write(NativeCall *call)
{
    Digest *d = arg_ptr(call, 0);
    Slice p = arg_slice(call, 1);
    if (p.len > 0) digest_write(&kinds[d->kind], d, p.data, (size_t)p.len);
}

void native_crypto_internal_blockhash_Digest_sum(NativeCall *call)
{
    Digest *d = arg_ptr(call, 0);
    const HashKind *k = &kinds[d->kind];
    digest_pad(k, d);
    uint8_t *out = gc_new_leaf(64);
    put_words(k, d, k->is_little, out);
    ret_slice(call, 0, (Slice){out, k->size, k->size});
}

void native_crypto_internal_blockhash_Digest_words(NativeCall *call)
{
    const Digest *d = arg_ptr(call, 0);
    const HashKind *k = &kinds[d->kind];
    Slice b = arg_slice(call, 1);
    int64_t n = b.len + k->nwords * k->word;
    uint8_t *out = gc_new_leaf((size_t)n);
    if (b.len > 0) memcpy(out, b.data, (size_t)b.len);
    put_words(k, d, false, out + b.len);
    ret_slice(call, 0, (Slice){out, n, n});
}

void native_crypto_internal_blockhash_Digest_setWords(NativeCall *call)
{
    Digest *d = arg_ptr(call, 0);
    const HashKind *k = &kinds[d->kind];
    const uint8_t *p = arg_slice(call, 1).data;
    for (int i = 0; i < k->nwords; i++) {
        uint64_t w = 0;
        for (int b = 0; b < k->word; b++) w = w << 8 | *p++;
        set_word(k, d, i, w);
    }
}
