/* SPDX-License-Identifier: MIT */
/* internal/synctest: the doors to runtime/bubble.h. */
#include "stdlib/natives.gen.h"

#include "runtime/bubble.h"
#include "vm/traceback.h"

#include <stdatomic.h>

void native_internal_synctest_IsInBubble(NativeCall *call)
{
    ret_bool(call, 0, bubble_of(call->g) != NULL);
}

void native_internal_synctest_enter(NativeCall *call)
{
    bubble_enter(call->g);
}

void native_internal_synctest_leave(NativeCall *call)
{
    bubble_leave(call->g);
}

void native_internal_synctest_await(NativeCall *call)
{
    native_will_park(call, NULL);
    bubble_park_root(call->g);
    native_parked(call);
}

void native_internal_synctest_advance(NativeCall *call)
{
    ret_bool(call, 0, bubble_advance(bubble_of(call->g)));
}

void native_internal_synctest_setMainGone(NativeCall *call)
{
    bubble_of(call->g)->is_main_gone = true;
}

void native_internal_synctest_left(NativeCall *call)
{
    ret_int(call, 0, atomic_load(&bubble_of(call->g)->alive));
}

void native_internal_synctest_showBubble(NativeCall *call)
{
    (void)call;
    traceback_set_level("all");
}

void native_internal_synctest_wait(NativeCall *call)
{
    native_will_park(call, NULL);
    ret_bool(call, 0, true); /* before it parks */
    if (bubble_wait(call->g)) {
        native_parked(call);
        return;
    }
    native_wont_park(call);
    ret_bool(call, 0, false);
}
