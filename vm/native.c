/* SPDX-License-Identifier: MIT */
/* The doors that stdlib/native.h promises to natives. */
#include "stdlib/native.h"

#include "base/buf.h"
#include "runtime/gc.h"
#include "runtime/sched.h"
#include "vm/frame.h"
#include "vm/panic.h"
#include "vm/traceback.h"
#include "vm/vm.h"

/* ---- Bad news ---- */

void native_panic_value(NativeCall *call, Iface value)
{
    call->status = NATIVE_PANICS;
    call->panic_value = value;
}

void native_panic_runtime(NativeCall *call, const char *text)
{
    native_panic_value(call, panic_error("%s", text));
}

void native_panic_string(NativeCall *call, const char *text)
{
    native_panic_value(call, panic_string(text));
}

void native_goexit(NativeCall *call)
{
    call->status = NATIVE_GOEXIT;
}

_Noreturn void native_fatal(NativeCall *call, const char *text)
{
    (void)call;
    vm_fatal(text);
}

_Noreturn void native_exit(int status)
{
    vm_exit(status);
}

/* ---- Parking and blocking ---- */

/* The descriptor keeps the function that goes on as a plain function pointer, as it knows no
 * natives. */
void native_will_park(NativeCall *call, NativeFn *resume)
{
    call->g->resume = (void (*)(Goroutine *))(void (*)(void))resume;
}

void native_wont_park(NativeCall *call)
{
    call->g->resume = NULL;
}

void native_parked(NativeCall *call)
{
    call->status = NATIVE_PARKED;
}

void native_enter_blocking(NativeCall *call)
{
    sched_enter_blocking(call->g);
}

bool native_leave_blocking(NativeCall *call)
{
    return sched_leave_blocking(call->g);
}

/* ---- Calls ---- */

bool native_call(NativeCall *call, Closure *fn, const Slot *args, int nargs, Slot *results,
                 int nresults)
{
    enum { INLINE_SLOTS = 32 };
    Slot room[INLINE_SLOTS], *frame = room;
    uint32_t n = (uint32_t)fn->proto->nresults + (uint32_t)nargs;
    if (n > INLINE_SLOTS) frame = gc_new(n * sizeof(Slot));
    memset(frame, 0, fn->proto->nresults * sizeof(Slot));
    if (nargs) memcpy(frame + fn->proto->nresults, args, (size_t)nargs * sizeof(Slot));
    int status = vm_call(call->g, fn, frame, n, results, (uint32_t)nresults);
    if (status != NATIVE_DONE) {
        call->status = (uint8_t)status;
        return false;
    }
    call->args = stack_base(call->g) + call->args_slot;
    call->results = stack_base(call->g) + call->results_slot;
    return true;
}

void native_go(Closure *fn, const Slot *args, int nargs)
{
    uint32_t nresults = fn->proto->nresults, n = nresults + (uint32_t)nargs;
    Slot frame[n ? n : 1];
    memset(frame, 0, sizeof frame);
    if (nargs) memcpy(frame + nresults, args, (size_t)nargs * sizeof(Slot));
    vm_go(fn, frame, n);
}

/* ---- Traces ---- */

int native_callers(NativeCall *call, int skip, uintptr_t *pcs, int n)
{
    return traceback_callers(call->g, skip, pcs, n);
}

int64_t native_all_callers(NativeCall *call, uintptr_t *pcs, int64_t room, int size)
{
    enum { PATIENCE_NS = 10000000 };
    sched_freeze(PATIENCE_NS);
    size_t n = traceback_all_callers(call->g, pcs, (size_t)room, size);
    sched_thaw();
    return (int64_t)n;
}

const FuncProto *native_pc_function(uintptr_t pc, Pos *where)
{
    return traceback_function(pc, where);
}

char *native_stack_trace(NativeCall *call, bool all, size_t *len)
{
    enum { PATIENCE_NS = 10000000 };
    Buf out = {0};
    if (all) {
        sched_freeze(PATIENCE_NS);
        traceback_write_all(call->g, &out);
        sched_thaw();
    } else {
        traceback_write(call->g, &out);
    }
    *len = out.len;
    return out.data;
}
