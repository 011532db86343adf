/* SPDX-License-Identifier: MIT */
/* hash/crc32: the loops, for words of 32 bits. */
#include "stdlib/natives.gen.h"

#include <string.h>

#define CRC              uint32_t
#define CRC_NATIVE(name) native_hash_crc32_##name
#include "stdlib/hash/crc.def"
