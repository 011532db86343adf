/* SPDX-License-Identifier: MIT */
/* runtime/pprof: the search for leaked goroutines, the profiler's switch. */
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"
#include "runtime/leak.h"
#include "runtime/sched.h"
#include "vm/explain.h"
#include "vm/profile.h"
#include "vm/traceback.h"

#include <stdlib.h>
#include <string.h>

void native_runtime_pprof_leaks(NativeCall *call)
{
    enum { PATIENCE_NS = 1000000000 };
    bool wants_traces = arg_bool(call, 0);
    Buf out = {0};
    Goroutine **leaked = NULL;
    size_t n = sched_freeze(PATIENCE_NS) ? leak_find(&leaked) : 0;
    for (size_t i = 0; i < n && wants_traces; i++) {
        if (i) buf_byte(&out, '\n');
        traceback_write(leaked[i], &out);
    }
    if (n && !wants_traces) explain_leaks(leaked, n, &out);
    sched_thaw();
    free(leaked);
    ret_int(call, 0, (int64_t)n);
    ret_string(call, 1, string_copy(buf_str(&out), (int64_t)out.len));
    buf_free(&out);
}

void native_runtime_pprof_begin(NativeCall *call)
{
    ret_bool(call, 0, profile_begin(arg_int(call, 0)));
}

void native_runtime_pprof_end(NativeCall *call)
{
    size_t n;
    uintptr_t *words = profile_end(&n);
    uint64_t *copy = gc_new_leaf((n + 1) * sizeof *copy);
    memcpy(copy, words, n * sizeof *copy);
    free(words);
    ret_slice(call, 0, (Slice){copy, (int64_t)n, (int64_t)n});
}
