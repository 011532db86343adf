/* SPDX-License-Identifier: MIT */
/* Asides.
 *
 * While a line is edited, descriptors 1 and 2 lead into a pipe; the editor draws on a descriptor of
 * its own. Waiting for a key is waiting for the pipe, too: what comes through it goes to the
 * terminal where the line began, and the editor draws the line again. So whatever prints, be it the
 * program's goroutines, a report of a panic or a C library, needs to know nothing of the prompt.
 * While input runs, the descriptors are the terminal's, as programs expect. */
#include "cmd/aside.h"

#include "vm/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

static int terminal = -1;     /* what the editor draws on; fixed after aside_open */
static int from = -1, to;     /* the pipe's ends; likewise */
static struct termios cooked; /* the terminal's settings at the start; likewise */
static _Atomic bool is_editing;
static const LineEdit *edit;
static int prompt_columns;
static const volatile sig_atomic_t *interrupted; /* set by the handler of Ctrl-C */
static bool is_mid_line; /* what was shown last did not end its line */

static const char CLEAR_BELOW[] = "\r\x1b[J";

static void write_all(const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(terminal, bytes, len);
        if (n < 0 && errno != EINTR && errno != EAGAIN) return;
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
}

/* Shows what is in the pipe. */
static void drain(void)
{
    char bytes[4096];
    ssize_t n;
    while ((n = read(from, bytes, sizeof bytes)) > 0) {
        write_all(bytes, (size_t)n);
        is_mid_line = bytes[n - 1] != '\n';
    }
}

/* The program's end, on any thread. */
static void leave(void)
{
    if (!atomic_load(&is_editing)) return;
    write_all(CLEAR_BELOW, strlen(CLEAR_BELOW)); /* the prompt and what was typed */
    drain();
    tcsetattr(terminal, TCSANOW, &cooked);
}

FILE *aside_open(void)
{
    int ends[2];
    terminal = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (terminal < 0 || pipe2(ends, O_CLOEXEC) != 0) return NULL;
    from = ends[0];
    to = ends[1];
    tcgetattr(terminal, &cooked);
    fcntl(from, F_SETFL, O_NONBLOCK);
    vm_at_end(leave);
    return fdopen(terminal, "w");
}

void aside_begin(void)
{
    if (from < 0) return;
    fflush(stdout);
    dup2(to, STDOUT_FILENO);
    dup2(to, STDERR_FILENO);
    atomic_store(&is_editing, true);
}

void aside_end(void)
{
    if (from < 0) return;
    dup2(terminal, STDOUT_FILENO);
    dup2(terminal, STDERR_FILENO);
    drain();
    atomic_store(&is_editing, false);
}

/* ---- Keys ---- */

/* The columns that the text takes. */
static int width_of(const char *text, const char *end)
{
    mbstate_t state = {0};
    int width = 0;
    while (text < end) {
        wchar_t c;
        size_t n = mbrtowc(&c, text, (size_t)(end - text), &state);
        if (n == 0 || n > (size_t)(end - text)) break;
        int columns = wcwidth(c);
        width += columns > 0 ? columns : 0;
        text += n;
    }
    return width;
}

/* Goes to where the prompt begins and clears all from there. */
static void clear_line(EditLine *editor)
{
    enum { USUAL_COLUMNS = 80 };
    struct winsize size = {0};
    ioctl(terminal, TIOCGWINSZ, &size);
    int columns = size.ws_col > 0 ? size.ws_col : USUAL_COLUMNS;
    const LineInfo *line = edit->line(editor);
    int row = (prompt_columns + width_of(line->buffer, line->cursor)) / columns;
    if (row > 0) dprintf(terminal, "\x1b[%dA", row);
    write_all(CLEAR_BELOW, strlen(CLEAR_BELOW));
}

static void show_aside(EditLine *editor)
{
    clear_line(editor);
    is_mid_line = false;
    drain();
    if (is_mid_line) write_all("\n", 1);
    edit->set(editor, EL_REFRESH);
}

/* Reads the rest of a character that began with bytes[0]. */
static int read_character(char *bytes, wchar_t *out)
{
    for (size_t n = 1; n <= MB_LEN_MAX; n++) {
        mbstate_t state = {0};
        size_t used = mbrtowc(out, bytes, n, &state);
        if (used <= n) return 1;
        if (used == (size_t)-1 || n == MB_LEN_MAX) break;
        if (read(STDIN_FILENO, bytes + n, 1) != 1) return 0;
    }
    *out = L'\xFFFD';
    return 1;
}

/* As the editor wants it: 1, 0 at the end, -1 after an error. */
static int read_key(EditLine *editor, wchar_t *out)
{
    for (;;) {
        struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                               {.fd = from, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0) {
            if (errno == EINTR && !*interrupted) continue; /* the collector's signal */
            return -1;
        }
        if (fds[1].revents & POLLIN) show_aside(editor);
        if (!fds[0].revents) continue;
        char bytes[MB_LEN_MAX];
        ssize_t n = read(STDIN_FILENO, bytes, 1);
        if (n < 0 && errno == EINTR && !*interrupted) continue;
        if (n <= 0) return (int)n;
        return read_character(bytes, out);
    }
}

void aside_attach(const LineEdit *library, EditLine *editor, int prompt_width,
                  const volatile sig_atomic_t *flag)
{
    edit = library;
    interrupted = flag;
    prompt_columns = prompt_width;
    edit->set(editor, EL_GETCFN, read_key);
}
