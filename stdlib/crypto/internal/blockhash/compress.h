/* SPDX-License-Identifier: MIT */
/* The compression functions of MD5, SHA-1 and SHA-2. */
#ifndef MGO_STDLIB_CRYPTO_COMPRESS_H
#define MGO_STDLIB_CRYPTO_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

/* Mixes n blocks, of 64 bytes (SHA-512: 128), into the state. */
void compress_md5(void *state, const uint8_t *p, size_t n);
void compress_sha1(void *state, const uint8_t *p, size_t n);
void compress_sha256(void *state, const uint8_t *p, size_t n);
void compress_sha512(void *state, const uint8_t *p, size_t n);

#endif
