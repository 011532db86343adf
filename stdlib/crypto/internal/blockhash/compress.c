/* SPDX-License-Identifier: MIT */
/* MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4), straight from their definitions. */
#include "stdlib/crypto/internal/blockhash/compress.h"

#include <string.h>

/* clang-format off */
static const uint32_t md5_k[64] = { /* floor(2^32 * |sin(i + 1)|) */
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};
static const uint32_t sha256_k[64] = { /* fractions of the cube roots of the first primes */
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
static const uint64_t sha512_k[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};
/* clang-format on */

static inline uint32_t left(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}
static inline uint32_t right(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}
static inline uint64_t right64(uint64_t x, int n)
{
    return x >> n | x << (64 - n);
}

static inline uint32_t big32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return __builtin_bswap32(v);
}
static inline uint64_t big64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return __builtin_bswap64(v);
}

/* ---- MD5 ---- */

#define MD5_STEP(f, a, b, c, d, word, k, turn) a = b + left(a + (f) + (word) + (k), turn)
#define MD5_F(b, c, d)                         (d ^ (b & (c ^ d)))
#define MD5_G(b, c, d)                         (c ^ (d & (b ^ c)))
#define MD5_H(b, c, d)                         (b ^ c ^ d)
#define MD5_I(b, c, d)                         (c ^ (b | ~d))

/* Four steps: step i uses word (first + by * i) mod 16. */
#define MD5_FOUR(F, i, first, by, t0, t1, t2, t3)                                                  \
    MD5_STEP(F(b, c, d), a, b, c, d, w[((first) + (by) * (i)) & 15], md5_k[i], t0);                \
    MD5_STEP(F(a, b, c), d, a, b, c, w[((first) + (by) * ((i) + 1)) & 15], md5_k[(i) + 1], t1);    \
    MD5_STEP(F(d, a, b), c, d, a, b, w[((first) + (by) * ((i) + 2)) & 15], md5_k[(i) + 2], t2);    \
    MD5_STEP(F(c, d, a), b, c, d, a, w[((first) + (by) * ((i) + 3)) & 15], md5_k[(i) + 3], t3)
#define MD5_ROUND(F, i, first, by, t0, t1, t2, t3)                                                 \
    MD5_FOUR(F, i, first, by, t0, t1, t2, t3);                                                     \
    MD5_FOUR(F, (i) + 4, first, by, t0, t1, t2, t3);                                               \
    MD5_FOUR(F, (i) + 8, first, by, t0, t1, t2, t3);                                               \
    MD5_FOUR(F, (i) + 12, first, by, t0, t1, t2, t3)

void compress_md5(void *state, const uint8_t *p, size_t n)
{
    uint32_t *h = state;
    for (; n > 0; n--, p += 64) {
        uint32_t w[16], a = h[0], b = h[1], c = h[2], d = h[3];
        memcpy(w, p, sizeof w);
        MD5_ROUND(MD5_F, 0, 0, 1, 7, 12, 17, 22);
        MD5_ROUND(MD5_G, 16, 1, 5, 5, 9, 14, 20);
        MD5_ROUND(MD5_H, 32, 5, 3, 4, 11, 16, 23);
        MD5_ROUND(MD5_I, 48, 0, 7, 6, 10, 15, 21);
        h[0] += a, h[1] += b, h[2] += c, h[3] += d;
    }
}

/* ---- SHA-1 ---- */

static inline uint32_t sha1_mix(int i, uint32_t b, uint32_t c, uint32_t d)
{
    if (i < 20) return (d ^ (b & (c ^ d))) + 0x5a827999;
    if (i < 40) return (b ^ c ^ d) + 0x6ed9eba1;
    if (i < 60) return ((b & c) | (d & (b | c))) + 0x8f1bbcdc;
    return (b ^ c ^ d) + 0xca62c1d6;
}

void compress_sha1(void *state, const uint8_t *p, size_t n)
{
    uint32_t *h = state, w[80];
    for (; n > 0; n--, p += 64) {
        uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
        for (int i = 0; i < 16; i++) w[i] = big32(p + 4 * i);
        for (int i = 16; i < 80; i++) w[i] = left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        for (int i = 0; i < 80; i++) {
            uint32_t t = left(a, 5) + sha1_mix(i, b, c, d) + e + w[i];
            e = d, d = c, c = left(b, 30), b = a, a = t;
        }
        h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
    }
}

/* ---- SHA-2 ---- */

/* One step with rotated names instead of rotated values. */
#define SHA2_STEP(SUM0, SUM1, a, b, c, d, e, f, g, h, kw)                                          \
    h += SUM1(e) + (g ^ (e & (f ^ g))) + (kw);                                                     \
    d += h;                                                                                        \
    h += SUM0(a) + ((a & b) | (c & (a | b)))

#define SHA2_EIGHT(SUM0, SUM1, k, w, i)                                                            \
    SHA2_STEP(SUM0, SUM1, a, b, c, d, e, f, g, h, k[i] + w[i]);                                    \
    SHA2_STEP(SUM0, SUM1, h, a, b, c, d, e, f, g, k[(i) + 1] + w[(i) + 1]);                        \
    SHA2_STEP(SUM0, SUM1, g, h, a, b, c, d, e, f, k[(i) + 2] + w[(i) + 2]);                        \
    SHA2_STEP(SUM0, SUM1, f, g, h, a, b, c, d, e, k[(i) + 3] + w[(i) + 3]);                        \
    SHA2_STEP(SUM0, SUM1, e, f, g, h, a, b, c, d, k[(i) + 4] + w[(i) + 4]);                        \
    SHA2_STEP(SUM0, SUM1, d, e, f, g, h, a, b, c, k[(i) + 5] + w[(i) + 5]);                        \
    SHA2_STEP(SUM0, SUM1, c, d, e, f, g, h, a, b, k[(i) + 6] + w[(i) + 6]);                        \
    SHA2_STEP(SUM0, SUM1, b, c, d, e, f, g, h, a, k[(i) + 7] + w[(i) + 7])

#define SUM0_256(x)   (right(x, 2) ^ right(x, 13) ^ right(x, 22))
#define SUM1_256(x)   (right(x, 6) ^ right(x, 11) ^ right(x, 25))
#define SIGMA0_256(x) (right(x, 7) ^ right(x, 18) ^ (x) >> 3)
#define SIGMA1_256(x) (right(x, 17) ^ right(x, 19) ^ (x) >> 10)

void compress_sha256(void *state, const uint8_t *p, size_t n)
{
    uint32_t *s = state, w[64];
    for (; n > 0; n--, p += 64) {
        uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
        for (int i = 0; i < 16; i++) w[i] = big32(p + 4 * i);
        for (int i = 16; i < 64; i++)
            w[i] = SIGMA1_256(w[i - 2]) + w[i - 7] + SIGMA0_256(w[i - 15]) + w[i - 16];
        for (int i = 0; i < 64; i += 8) {
            SHA2_EIGHT(SUM0_256, SUM1_256, sha256_k, w, i);
        }
        s[0] += a, s[1] += b, s[2] += c, s[3] += d, s[4] += e, s[5] += f, s[6] += g, s[7] += h;
    }
}

#define SUM0_512(x)   (right64(x, 28) ^ right64(x, 34) ^ right64(x, 39))
#define SUM1_512(x)   (right64(x, 14) ^ right64(x, 18) ^ right64(x, 41))
#define SIGMA0_512(x) (right64(x, 1) ^ right64(x, 8) ^ (x) >> 7)
#define SIGMA1_512(x) (right64(x, 19) ^ right64(x, 61) ^ (x) >> 6)

void compress_sha512(void *state, const uint8_t *p, size_t n)
{
    uint64_t *s = state, w[80];
    for (; n > 0; n--, p += 128) {
        uint64_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
        for (int i = 0; i < 16; i++) w[i] = big64(p + 8 * i);
        for (int i = 16; i < 80; i++)
            w[i] = SIGMA1_512(w[i - 2]) + w[i - 7] + SIGMA0_512(w[i - 15]) + w[i - 16];
        for (int i = 0; i < 80; i += 8) {
            SHA2_EIGHT(SUM0_512, SUM1_512, sha512_k, w, i);
        }
        s[0] += a, s[1] += b, s[2] += c, s[3] += d, s[4] += e, s[5] += f, s[6] += g, s[7] += h;
    }
}
