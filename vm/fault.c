/* SPDX-License-Identifier: MIT */
/* Memory faults.
 *
 * The machine checks pointers before it follows them, so a fault means that package unsafe or C code
 * made one up. Where the machine was at that moment is in registers, so nothing can go on and no
 * defer runs: the process ends with Go's words and the trace as far as it was stored, which is up to
 * the last call. The report is written from the signal's handler, with functions that a handler may
 * not call; should that hang, the alarm ends it. */
#include "vm/fault.h"

#include "runtime/g.h"
#include "vm/print.h"
#include "vm/traceback.h"
#include "vm/vm.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_PAGE = 4096, PATIENCE_SECONDS = 3 };

static atomic_flag is_reporting = ATOMIC_FLAG_INIT;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (atomic_flag_test_and_set(&is_reporting))
        for (;;) pause();
    signal(SIGALRM, SIG_DFL);
    alarm(PATIENCE_SECONDS);
    Buf out = {0};
    Goroutine *g = g_current();
    uintptr_t address = (uintptr_t)info->si_addr;
    vm_begin_report();
    if (address < FIRST_PAGE)
        buf_text(&out, "panic: runtime error: invalid memory address or nil pointer dereference\n");
    else
        buf_printf(&out, "unexpected fault address 0x%lx\nfatal error: fault\n", address);
    buf_printf(&out, "[signal %s code=0x%x addr=0x%lx pc=0x%lx]\n\n",
               number == SIGBUS ? "SIGBUS: bus error" : "SIGSEGV: segmentation violation",
               (unsigned)info->si_code, address, g ? (uintptr_t)g->pc : 0);
    if (g) traceback_write(g, &out);
    print_crash(out.data, out.len);
    vm_exit(2);
}

void fault_init(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}
