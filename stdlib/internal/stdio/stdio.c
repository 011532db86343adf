/* SPDX-License-Identifier: MIT */
/* internal/stdio: descriptors 0 and 1. */
#include "stdlib/natives.gen.h"

#include "stdlib/os/transfer.h"

#include <string.h>

void native_internal_stdio_read(NativeCall *call)
{
    transfer_read(call);
}

void native_internal_stdio_write(NativeCall *call)
{
    transfer_write(call);
}

void native_internal_stdio_errnoText(NativeCall *call)
{
    const char *text = strerror((int)arg_int(call, 0));
    ret_string(call, 0, string_copy(text, (int64_t)strlen(text)));
}
