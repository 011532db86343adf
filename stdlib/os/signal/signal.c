/* SPDX-License-Identifier: MIT */
/* os/signal: waiting for signals, and choosing what they do. */
#include "stdlib/natives.gen.h"

#include "runtime/netpoll.h"
#include "vm/signal.h"

#include <unistd.h>

static PollDesc *events; /* of signal_descriptor; made under the lock of package os/signal */

void native_os_signal_catch(NativeCall *call)
{
    signal_catch((int)arg_int(call, 0));
    if (!events) events = poll_open(signal_descriptor());
    if (!events) native_panic_string(call, "os/signal: no descriptor left to wait for signals");
}

void native_os_signal_ignore(NativeCall *call)
{
    signal_ignore((int)arg_int(call, 0));
}

void native_os_signal_reset(NativeCall *call)
{
    signal_reset((int)arg_int(call, 0));
}

void native_os_signal_isIgnored(NativeCall *call)
{
    ret_bool(call, 0, signal_is_ignored((int)arg_int(call, 0)));
}

void native_os_signal_take(NativeCall *call)
{
    ret_int(call, 0, signal_take());
}

void native_os_signal_wait(NativeCall *call)
{
    uint64_t count;
    if (read(signal_descriptor(), &count, sizeof count) > 0) return;
    native_will_park(call, NULL);
    if (poll_wait(call->g, events, POLL_READ))
        native_wont_park(call);
    else
        native_parked(call);
}
