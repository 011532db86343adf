/* SPDX-License-Identifier: MIT */
/* crypto/rand: the system's generator. */
#include "stdlib/natives.gen.h"

#include <errno.h>
#include <sys/random.h>

void native_crypto_rand_fill(NativeCall *call)
{
    Slice b = arg_slice(call, 0);
    char *p = b.data;
    size_t n = (size_t)b.len;
    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return;
        p += got;
        n -= (size_t)got;
    }
    ret_bool(call, 0, true);
}
