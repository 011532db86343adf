/* SPDX-License-Identifier: MIT */
/* The prompt.
 *
 * Input is gathered line by line until the grammar says that it is complete. Each input is checked
 * against the living package, compiled alone, and run on a goroutine of its own while the others go
 * on; a compile error, a panic or a deadlock costs that input only. Where standard input is no
 * terminal there is no prompt and no editing, so that a transcript is a test. */
#include "cmd/command.h"

#include "base/buf.h"
#include "base/fatal.h"
#include "cmd/aside.h"
#include "cmd/lineedit.h"
#include "cmd/load.h"
#include "compiler/compile.h"
#include "parser/parser.h"
#include "vm/vm.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Prompt {
    const LineEdit *edit; /* with editor */
    EditLine *editor;     /* NULL where standard input is no terminal or libedit is missing */
    History *history;
    char *history_file; /* NULL: not kept */
    Package *package;
    FuncProto *echo;
    Buf input; /* lines gathered so far */
    int line;  /* number of the input's first line */
    bool is_continued;
} Prompt;

static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t is_running;

static void on_interrupt(int sig)
{
    (void)sig;
    interrupted = 1;
    if (is_running) vm_interrupt();
}

/* ---- Reading ---- */

enum { PROMPT_WIDTH = 2 };

static const char *prompt_text(EditLine *editor)
{
    Prompt *p;
    lineedit_load()->get(editor, EL_CLIENTDATA, &p);
    return p->is_continued ? ". " : "> ";
}

/* Ctrl-C while a line is edited: the terminal sends no signal then, so that the editor is never cut
 * off in the middle of its work. */
static unsigned char leave_line(EditLine *editor, int key)
{
    (void)editor;
    (void)key;
    interrupted = 1;
    return CC_EOF;
}

/* Go's programs are UTF-8 whatever the locale says, and so is what is typed. */
static void use_utf8(void)
{
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
}

static void open_editor(Prompt *p)
{
    use_utf8();
    const LineEdit *edit = p->edit = lineedit_load();
    if (!edit) return;
    FILE *terminal = aside_open();
    p->editor = edit->init("mgo", stdin, terminal ? terminal : stdout, stderr);
    if (!p->editor) return;
    if (terminal) aside_attach(edit, p->editor, PROMPT_WIDTH, &interrupted);
    p->history = edit->history_init();
    HistEvent event;
    edit->history(p->history, &event, H_SETSIZE, 1000);
    edit->history(p->history, &event, H_SETUNIQUE, 1);
    edit->set(p->editor, EL_CLIENTDATA, p);
    edit->set(p->editor, EL_PROMPT, prompt_text);
    edit->set(p->editor, EL_EDITOR, "emacs");
    edit->set(p->editor, EL_HIST, edit->history, p->history);
    edit->set(p->editor, EL_SIGNAL, 0);
    edit->set(p->editor, EL_SETTY, "-d", "-isig", NULL);
    edit->set(p->editor, EL_ADDFN, "mgo-leave-line", "drops the line", leave_line);
    edit->set(p->editor, EL_BIND, "^C", "mgo-leave-line", NULL);
    edit->set(p->editor, EL_BIND, "^I", "ed-insert", NULL);
    const char *home = getenv("HOME");
    if (home && asprintf(&p->history_file, "%s/.mgo_history", home) < 0) p->history_file = NULL;
    if (p->history_file) edit->history(p->history, &event, H_LOAD, p->history_file);
}

static void close_editor(Prompt *p)
{
    if (!p->editor) return;
    HistEvent event;
    if (p->history_file) p->edit->history(p->history, &event, H_SAVE, p->history_file);
    p->edit->history_end(p->history);
    p->edit->end(p->editor);
}

/* The next line with its newline, valid until the next call; NULL at the end or, with
 * *was_interrupted set, after Ctrl-C. */
static const char *read_line(Prompt *p, bool *was_interrupted)
{
    static char *line;
    static size_t cap;
    *was_interrupted = false;
    interrupted = 0;
    if (!p->editor) return getline(&line, &cap, stdin) > 0 ? line : NULL;
    int n;
    errno = 0;
    aside_begin();
    const char *text = p->edit->gets(p->editor, &n);
    int error = errno;
    aside_end();
    if (interrupted || (!text && error == EINTR)) {
        *was_interrupted = true;
        putchar('\n');
        return NULL;
    }
    return n > 0 ? text : NULL;
}

/* ---- One input ---- */

static void remember(Prompt *p)
{
    if (!p->editor || p->input.len == 0) return;
    HistEvent event;
    p->edit->history(p->history, &event, H_ENTER, buf_str(&p->input));
}

static Source *input_source(Prompt *p)
{
    char *text = malloc(p->input.len + 2);
    if (!text) fatal_out_of_memory();
    memcpy(text, buf_str(&p->input), p->input.len);
    text[p->input.len] = text[p->input.len + 1] = 0;
    Source *source = source_add("prompt", text, p->input.len);
    if (!source) fatal("prompt: out of positions");
    source->first_line = p->line;
    return source;
}

/* Runs it and shows its value; of a call with several results the types as well, for those are not
 * in the values. */
static void run_input(Prompt *p, Object *body, Node *value)
{
    FuncProto *func = compile_prompt(p->package, body, value);
    if (!func) return;
    uint32_t n;
    PackageCode **order = start_order(compile_package(p->package), &n);
    Slot result[4] = {{0}, {0}, {.p = NULL}, {.i = 0}};
    if (value && value->type->kind == TYPE_TUPLE) {
        const char *types = type_string(value->type);
        result[2].p = (void *)(uintptr_t)types;
        result[3].i = (int64_t)strlen(types);
    }
    is_running = 1;
    VmOutcome outcome = vm_run_input(order, n, func, NULL, 0, result, 2);
    if (outcome == VM_DONE && p->package->next_value)
        p->package->last_value = p->package->next_value;
    if (outcome == VM_DONE && result[0].type)
        vm_run_input(NULL, 0, p->echo, result, 4, NULL, 0);
    else if (outcome == VM_DONE && p->package->next_value)
        printf("nil  // %s\n", type_string(value->type));
    is_running = 0;
    if (outcome == VM_KILLED) fprintf(stderr, "interrupted\n");
}

/* Parses, checks, compiles and runs what has been gathered. Returns false where it is not complete
 * yet. */
static bool try_input(Prompt *p, bool is_last)
{
    DiagList errors = {0};
    diag_use(&errors);
    ParseOptions parse = {.goal = PARSE_PROMPT};
    Source *source = input_source(p);
    Node *file = NULL;
    ParseResult parsed = parse_source(&load_arena, source, &parse, &file);
    if (parsed == PARSE_INCOMPLETE && !is_last) {
        diag_free(&errors);
        return false;
    }
    if (parsed == PARSE_INCOMPLETE)
        diag_error(source->base + (Pos)source->len, NO_POS, ERR_SYNTAX, "unexpected end of input");
    Object *body = NULL;
    Node *value = NULL;
    bool ok = parsed == PARSE_OK && types_check_prompt(p->package, file, &body, &value) &&
              diag_count() == 0;
    if (print_errors(&errors)) ok = false;
    fflush(stderr);
    if (ok && body) run_input(p, body, value);
    fflush(stdout);
    return true;
}

static void input_done(Prompt *p)
{
    remember(p);
    for (const char *c = buf_str(&p->input); *c; c++) p->line += *c == '\n';
    p->input.len = 0;
    p->is_continued = false;
}

static void prompt_init(Prompt *p)
{
    static char program[] = "mgo";
    static char *args[] = {program, NULL};
    DiagList errors = {0};
    diag_use(&errors);
    start_compiler();
    start_machine(1, args);
    p->package = package_new(intern_str("main"), intern_str("main"));
    p->package->is_prompt = true;
    const char *why;
    Package *library = load_import(intern_str("internal/prompt"), ".", NO_POS, &why);
    if (!library) fatal("prompt: the library has no package internal/prompt: %s", why);
    PackageCode *code = compile_package(library);
    p->echo = compile_function(library, "Echo");
    if (print_errors(&errors) || !p->echo) fatal("prompt: internal/prompt does not compile");
    vm_start_background();
    uint32_t n;
    PackageCode **order = start_order(code, &n);
    vm_run_input(order, n, NULL, NULL, 0, NULL, 0);
}

int repl_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    Prompt p = {.line = 1};
    prompt_init(&p);
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
        open_editor(&p);
        printf("mgo %s. Ctrl-D leaves.\n", PACKAGE_VERSION);
    }
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL);
    for (;;) {
        bool was_interrupted;
        const char *line = read_line(&p, &was_interrupted);
        if (was_interrupted) {
            p.input.len = 0;
            p.is_continued = false;
            continue;
        }
        if (line) buf_text(&p.input, line);
        if (p.input.len == 0 && line) continue;
        bool is_blank = p.input.len == 0 || strspn(buf_str(&p.input), " \t\r\n") == p.input.len;
        if (is_blank || try_input(&p, line == NULL))
            input_done(&p);
        else
            p.is_continued = true;
        if (!line) break;
    }
    if (p.editor) putchar('\n');
    close_editor(&p);
    vm_exit(EXIT_OK);
}
