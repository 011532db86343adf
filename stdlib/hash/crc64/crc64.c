/* SPDX-License-Identifier: MIT */
/* hash/crc64: the loops, for words of 64 bits. */
#include "stdlib/natives.gen.h"

#include <string.h>

#define CRC              uint64_t
#define CRC_NATIVE(name) native_hash_crc64_##name
#include "stdlib/hash/crc.def"
