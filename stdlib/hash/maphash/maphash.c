/* SPDX-License-Identifier: MIT */
/* hash/maphash: seeds, bytes, and values as maps hash them. */
#include "stdlib/natives.gen.h"

#include "runtime/sched.h"

#include <stdio.h>

void native_hash_maphash_random(NativeCall *call)
{
    ret_uint(call, 0, sched_random());
}

void native_hash_maphash_mix(NativeCall *call)
{
    Slice s = arg_slice(call, 1);
    uint64_t bytes = hash_bytes(s.data, (size_t)s.len);
    ret_uint(call, 0, hash_word(arg_uint(call, 0) ^ hash_word(bytes + (uint64_t)s.len)));
}

void native_hash_maphash_hashValue(NativeCall *call)
{
    Iface value = arg_iface(call, 1);
    const RType *unhashable = NULL;
    uint64_t hash = value.type ? rtype_hash(value.type, iface_data(&value), &unhashable) : 0;
    if (unhashable) {
        char text[256];
        snprintf(text, sizeof text, "hash of unhashable type %s", unhashable->string);
        native_panic_runtime(call, text);
        return;
    }
    ret_uint(call, 0, hash_word(arg_uint(call, 0) ^ hash));
}
