/* SPDX-License-Identifier: MIT */
/* Signals of a program.
 *
 * SIGINT, SIGTERM and SIGHUP keep the system's default: they end the process, and whoever waits for
 * it sees by which signal. (Nothing has to be flushed: what a program prints is written at once.)
 * SIGQUIT, SIGABRT and some others print every goroutine's trace and exit with status 2. SIGPIPE
 * says nothing that a failing write does not, see signal_broken_pipe. Some others have no effect.
 *
 * A handler runs on whichever thread the system chose, at any instruction. So the one for caught
 * signals sets a bit and writes to a descriptor, which a goroutine of package os/signal waits for
 * as for any other; the one for SIGQUIT has the monitor make the report. */
#include "vm/signal.h"

#include "runtime/gc.h"
#include "runtime/monitor.h"
#include "vm/vm.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { NUMBERS = 65 };

/* What signals do while nobody has asked for anything else. */
static struct sigaction normal[NUMBERS]; /* valid where is_saved; changed as signal.h says */
static bool is_saved[NUMBERS];

static _Atomic uint64_t pending;  /* bit n - 1: signal n was caught; set by handlers */
static _Atomic int event_fd = -1; /* made at the first catch; read by handlers */

static uint64_t bit_of(int number)
{
    return (uint64_t)1 << (number - 1);
}

/* ---- Handlers ---- */

static void note(int number)
{
    int saved = errno;
    uint64_t one = 1;
    atomic_fetch_or(&pending, bit_of(number));
    ssize_t n = write(atomic_load(&event_fd), &one, sizeof one);
    (void)n; /* it fails where the count is full: somebody will read it */
    errno = saved;
}

static void do_nothing(int number)
{
    (void)number;
}

/* Signals that end a program with a report, and how it begins. */
static const struct {
    int number;
    const char *line;
} reported[] = {
    {SIGQUIT, "SIGQUIT: quit"},
    {SIGABRT, "SIGABRT: abort"},
    {SIGTRAP, "SIGTRAP: trace trap"},
    {SIGSYS, "SIGSYS: bad system call"},
};

enum { NREPORTED = sizeof reported / sizeof *reported };

static _Atomic int quit_by; /* index of the one that came last; set by handlers */

static void report(void)
{
    vm_quit(reported[atomic_load(&quit_by)].line);
}

static void ask_for_report(int number, siginfo_t *info, void *context)
{
    (void)context;
    /* abort(), which ends the process as soon as we return. */
    if (number == SIGABRT && info->si_code == SI_TKILL && info->si_pid == getpid()) return;
    int saved = errno;
    for (int i = 0; i < NREPORTED; i++)
        if (reported[i].number == number) atomic_store(&quit_by, i);
    monitor_call(report);
    errno = saved;
}

/* ---- Setting them up ---- */

static bool is_ours(int number)
{
    switch (number) {
    case SIGSEGV:
    case SIGBUS:
    case SIGFPE:
    case SIGILL: return false;
    default: return number > 0 && number < NUMBERS && !gc_uses_signal(number);
    }
}

static void set(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static void change(int number, void (*handler)(int))
{
    if (!is_ours(number)) return;
    if (!is_saved[number]) is_saved[number] = sigaction(number, NULL, &normal[number]) == 0;
    set(number, handler);
}

void signal_init(void)
{
    static const int silent[] = {SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGIO};
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++) set(silent[i], do_nothing);
    struct sigaction asking = {.sa_sigaction = ask_for_report, .sa_flags = SA_RESTART | SA_SIGINFO};
    sigfillset(&asking.sa_mask);
    for (int i = 0; i < NREPORTED; i++) sigaction(reported[i].number, &asking, NULL);
}

void signal_catch(int number)
{
    if (atomic_load(&event_fd) < 0) atomic_store(&event_fd, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    change(number, note);
}

void signal_ignore(int number)
{
    change(number, SIG_IGN);
}

bool signal_is_ignored(int number)
{
    struct sigaction now;
    return number > 0 && sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void signal_reset(int number)
{
    if (is_ours(number) && is_saved[number] && !signal_is_ignored(number))
        sigaction(number, &normal[number], NULL);
}

/* ---- Taking them ---- */

int signal_take(void)
{
    uint64_t all = atomic_load(&pending);
    while (all && !atomic_compare_exchange_weak(&pending, &all, all & (all - 1))) {
    }
    return all ? __builtin_ctzll(all) + 1 : 0;
}

int signal_descriptor(void)
{
    return atomic_load(&event_fd);
}

void signal_broken_pipe(void)
{
    struct sigaction now;
    sigaction(SIGPIPE, NULL, &now);
    if (now.sa_handler != do_nothing) return; /* ignored, or caught already as the write failed */
    now.sa_handler = SIG_DFL;
    sigaction(SIGPIPE, &now, NULL);
    raise(SIGPIPE);
}
