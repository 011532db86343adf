/* SPDX-License-Identifier: MIT */
/* runtime/trace: the event stream's switch and its file. */
#include "stdlib/natives.gen.h"

#include "runtime/event.h"
#include "runtime/gc.h"
#include "runtime/sched.h"
#include "vm/traceback.h"
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

void native_runtime_trace_note(NativeCall *call)
{
    static const EventKind kinds[] = {EVENT_TASK, EVENT_TASK_END, EVENT_REGION, EVENT_REGION_END,
                                      EVENT_LOG};
    if (!events_on()) return;
    String text = arg_string(call, 3);
    uintptr_t pc = 0;
    traceback_callers(call->g, (int)arg_int(call, 1), &pc, 1);
    event_write_text(kinds[arg_int(call, 0)], call->g, traceback_behind(pc),
                     (uint32_t)arg_int(call, 2), text.data, (size_t)text.len);
}
