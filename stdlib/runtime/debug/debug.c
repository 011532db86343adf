/* SPDX-License-Identifier: MIT */
/* runtime/debug: settings of the collector and of stacks. */
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"
#include "vm/print.h"
#include "vm/traceback.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void native_runtime_debug_FreeOSMemory(NativeCall *call)
{
    (void)call;
    enum { PATIENCE_NS = 1000000000 };
    gc_free_os(PATIENCE_NS);
}

void native_runtime_debug_SetGCPercent(NativeCall *call)
{
    ret_int(call, 0, gc_set_percent((int)arg_int(call, 0)));
}

void native_runtime_debug_SetMemoryLimit(NativeCall *call)
{
    ret_int(call, 0, gc_set_limit(arg_int(call, 0)));
}

void native_runtime_debug_SetMaxStack(NativeCall *call)
{
    uint64_t slots = stack_set_max(arg_uint(call, 0) / sizeof(Slot));
    ret_int(call, 0, (int64_t)(slots * sizeof(Slot)));
}

void native_runtime_debug_SetTraceback(NativeCall *call)
{
    String level = arg_string(call, 0);
    char name[16] = {0};
    memcpy(name, level.data, level.len < 15 ? (size_t)level.len : 15);
    traceback_set_level(name);
}

void native_runtime_debug_setCrashFile(NativeCall *call)
{
    int fd = (int)arg_int(call, 0);
    int copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (fd >= 0 && copy < 0)
        ret_int(call, 0, errno);
    else
        print_set_crash_file(copy);
}

void native_runtime_debug_writeTo(NativeCall *call)
{
    int fd = (int)arg_int(call, 0);
    String text = arg_string(call, 1);
    native_enter_blocking(call);
    while (text.len > 0) {
        ssize_t n = write(fd, text.data, (size_t)text.len);
        if (n < 0 && errno != EINTR) break;
        if (n < 0) n = 0;
        text.data += n;
        text.len -= n;
    }
    native_leave_blocking(call);
}
