/* SPDX-License-Identifier: MIT */
/* runtime/trace: the event stream's switch and its file. */
#include "stdlib/natives.gen.h"

#include "runtime/event.h"
#include "runtime/gc.h"
#include "runtime/sched.h"
#include "vm/tracefile.h"

#include <string.h>

void native_runtime_trace_begin(NativeCall *call)
{
    ret_bool(call, 0, events_begin());
}

void native_runtime_trace_end(NativeCall *call)
{
    (void)call;
    events_end();
}

void native_runtime_trace_isRecording(NativeCall *call)
{
    ret_bool(call, 0, atomic_load(&events_are_on));
}

void native_runtime_trace_snapshot(NativeCall *call)
{
    enum { PATIENCE_NS = 50000000 };
    Buf out = {0};
    sched_freeze(PATIENCE_NS);
    tracefile_write(&out);
    sched_thaw();
    char *bytes = gc_new_leaf(out.len);
    memcpy(bytes, out.data, out.len);
    ret_slice(call, 0, (Slice){bytes, (int64_t)out.len, (int64_t)out.len});
    buf_free(&out);
}
