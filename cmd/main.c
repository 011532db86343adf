/* SPDX-License-Identifier: MIT */
/* mgo's command line: options, subcommands, help. */
#include "cmd/command.h"

#include "base/cstack.h"
#include "base/near.h"
#include "cmd/load.h"
#include "cmd/module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Options options;

static int version_main(int argc, char **argv);
static int help_main(int argc, char **argv);

static const char options_help[] =
    "  -P n             run on n processors (GOMAXPROCS)\n"
    "  -seed n          one processor, every choice and the clock from this seed\n"
    "  -vtime           virtual time: sleeps take none\n"
    "  -all             show every compile error, not only ten\n"
    "  -json            compile errors as JSON lines\n"
    "  -lang=go1.N      the language of Go 1.N, whatever go.mod says\n"
    "  -budget n        calls and loop turns before the next goroutine's turn\n"
    "  -memlimit SIZE   heap and stacks beyond it end in \"out of memory\" (GOMEMLIMIT)\n"
    "  -leaks           at the end, name goroutines that wait for ever\n"
    "  -stats           at the end, show what the runtime did\n"
    "  -trace FILE      record what goroutines do, for mgo trace FILE\n"
    "  -schedtrace ms   a line about the scheduler every ms milliseconds\n"
    "  -gctrace         a line about each collection of garbage\n"
    "  -nojit           interpret every instruction\n"
    "  -loopvar=shared  one variable for all iterations, as before Go 1.22\n";

const Command commands[] = {
    {"run", "FILE... [ARGS]", "run a program or a script (also: mgo FILE)",
     "FILE is a .mgo or .go file, several .go files, or a folder. \"-\" reads standard input.\n"
     "The program gets what follows the files as its arguments; \"--\" ends the files.\n",
     run_main},
    {"check", "[-all] [-json] FILE...", "type-check without running",
     "Neighbouring .go files are one package; a .mgo file or a folder is a program of its own.\n"
     "On a terminal at most ten errors are shown, or with -all every one; into a pipe or file go\n"
     "all of them. -json prints an object a line: file, line, column, endLine, endColumn, code,\n"
     "message, remedy.\n",
     check_main},
    {"test", "[FLAGS] [FILE...|FOLDER...] [-args ARGS]", "run tests, benchmarks and examples",
     "Runs the tests in the _test.mgo and _test.go files of each folder (DIR/... for all below; "
     "the\n"
     "current one if none is named), or in the files. Exits with status 1 if any fails.\n"
     "  -run RE, -skip RE, -list RE  choose, leave out, or only list tests and examples\n"
     "  -v, -json                    show each test; the same as JSON events\n"
     "  -bench RE, -benchtime T|Nx, -benchmem, -cpu LIST\n"
     "  -count N, -parallel N, -shuffle on|N, -short, -failfast, -timeout T, -outputdir DIR\n"
     "  -cover, -covermode M, -coverprofile FILE   which statements the tests run\n"
     "  -fuzz RE, -fuzztime T|Nx     search for inputs that make a fuzz target fail\n"
     "  -tags LIST                   build tags that hold\n"
     "  -std PATH                    the tests are those of this library package\n"
     "  -all                         print every error of tests that do not compile\n",
     test_main},
    {"disasm", "FILE", "show opcodes beside the source lines",
     "Every function of the program is compiled and shown; -f NAME shows one.\n", disasm_main},
    {"trace", "FILE", "print the events that -trace recorded",
     "A line for each: seconds, processor, goroutine, what happened, and where.\n", trace_main},
    {"doc", "PACKAGE[.NAME[.MEMBER]]", "show what a package offers, or one of its names",
     "PACKAGE is of the library (its last element will do: url), or a folder that begins with a "
     "point.\n",
     doc_main},
    {"version", "", "print the version", "", version_main},
    {"help", "[COMMAND]", "explain a command", "", help_main},
};
const int ncommands = sizeof commands / sizeof commands[0];

/* ---- Near words ---- */

int usage_unknown(const char *what, const char *word, const char *const *known, int nknown)
{
    Near near;
    near_begin(&near, word);
    for (int i = 0; i < nknown; i++) near_offer(&near, known[i]);
    fprintf(stderr, "mgo: unknown %s %s", what, word);
    if (near.best) fprintf(stderr, "; did you mean %s?", near.best);
    fprintf(stderr, "\nRun \"mgo help\" for what there is.\n");
    return EXIT_USAGE;
}

/* ---- Options ---- */

static bool number(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 0);
    return errno == 0 && end != text && *end == 0 && text[0] != '-';
}

bool option_bytes(const char *text, int64_t *out)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    *out = 0;
    if (strcmp(text, "off") == 0) return true;
    char *end;
    errno = 0;
    int64_t n = strtoll(text, &end, 10);
    if (errno != 0 || end == text || n < 0 || text[0] == '+') return false;
    for (int i = 0; i < 5; i++) {
        if (*end != 0 && strcmp(end, units[i]) != 0) continue;
        return !__builtin_mul_overflow(n, (int64_t)1 << 10 * i, out) && *out > 0;
    }
    return false;
}

/* What an option's value sets; false where the value is none for it. */

static bool set_procs(const char *value)
{
    uint64_t n;
    bool ok = number(value, &n) && n >= 1 && n <= 1024;
    if (ok) options.nprocs = (int)n;
    return ok;
}

static bool set_seed(const char *value)
{
    options.is_seeded = number(value, &options.seed);
    return options.is_seeded;
}

static bool set_budget(const char *value)
{
    uint64_t n;
    bool ok = number(value, &n) && n >= 1 && n <= 1000000;
    if (ok) options.budget = (int)n;
    return ok;
}

static bool set_memory_limit(const char *value)
{
    return option_bytes(value, &options.memory_limit);
}

static bool set_statements(const char *value)
{
    options.expr = value;
    return true;
}

static bool set_loopvar(const char *value)
{
    options.shared_loopvar = strcmp(value, "shared") == 0;
    return options.shared_loopvar || strcmp(value, "fresh") == 0;
}

static bool set_language(const char *value)
{
    load_language = module_version(value);
    return load_language != 0 && load_language <= VERSION_NEWEST;
}

static bool set_trace(const char *value)
{
    options.trace = value;
    return true;
}

static bool set_schedtrace(const char *value)
{
    uint64_t n;
    bool ok = number(value, &n) && n >= 1 && n <= INT32_MAX;
    if (ok) options.schedtrace_ms = (int64_t)n;
    return ok;
}

static const struct ValueOption {
    const char *name;
    bool (*set)(const char *value);
    const char *wants; /* said where there is no value, or a wrong one */
} value_options[] = {
    {"P", set_procs, "-P needs a number from 1 to 1024"},
    {"seed", set_seed, "-seed needs a number"},
    {"budget", set_budget, "-budget needs a number from 1 to 1000000"},
    {"memlimit", set_memory_limit, "-memlimit needs a size, like 500MiB or 2GiB"},
    {"e", set_statements, "-e needs statements"},
    {"loopvar", set_loopvar, "-loopvar is shared or fresh"},
    {"lang", set_language,
     "-lang needs a language version from go1.1 to go1.27, as in -lang=go1.21"},
    {"trace", set_trace, "-trace needs a file"},
    {"schedtrace", set_schedtrace, "-schedtrace needs a number of milliseconds"},
};

static const struct Flag {
    const char *name;
    bool *set;
} flags[] = {
    {"gctrace", &options.traces_gc},    {"vtime", &options.is_virtual},
    {"stats", &options.wants_stats},    {"leaks", &options.wants_leaks},
    {"all", &options.shows_all},        {"json", &options.is_json},
    {"nojit", &options.is_interpreted},
};

static bool is_word(const char *word, size_t len, const char *name)
{
    return len == strlen(name) && memcmp(word, name, len) == 0;
}

int option_read(int argc, char **argv)
{
    const char *word = argv[0] + 1;
    if (*word == '-') word++;
    const char *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    const char *value = equals ? equals + 1 : argc > 1 ? argv[1] : NULL;
    for (size_t i = 0; i < sizeof value_options / sizeof value_options[0]; i++) {
        const struct ValueOption *o = &value_options[i];
        if (!is_word(word, len, o->name)) continue;
        if (value && o->set(value)) return equals ? 1 : 2;
        fprintf(stderr, "mgo: %s\n", o->wants);
        return -1;
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0] && !equals; i++) {
        if (!is_word(word, len, flags[i].name)) continue;
        *flags[i].set = true;
        if (options.shows_all) diag_set_limit(0);
        diag_set_json(options.is_json);
        return 1;
    }
    return 0;
}

int options_read(int argc, char **argv)
{
    static const char *const known[] = {"-P",       "-budget", "-memlimit",   "-seed",    "-vtime",
                                        "-leaks",   "-stats",  "-schedtrace", "-trace",   "-e",
                                        "-all",     "-json",   "-lang",       "-loopvar", "-h",
                                        "-gctrace", "--help",  "--version",   "-nojit"};
    int i = 0;
    while (i < argc && argv[i][0] == '-' && argv[i][1] != 0) {
        if (strcmp(argv[i], "--") == 0) return i + 1;
        if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0 ||
            strcmp(argv[i], "-help") == 0) {
            help_main(0, NULL);
            exit(EXIT_OK);
        }
        if (strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "-version") == 0)
            exit(version_main(0, NULL));
        int words = option_read(argc - i, argv + i);
        if (words < 0) return -1;
        if (words == 0) {
            usage_unknown("option", argv[i], known, sizeof known / sizeof known[0]);
            return -1;
        }
        i += words;
    }
    return i;
}

/* ---- version, help ---- */

static int version_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    printf("mgo version %s (Go 1.27) linux/amd64\n", PACKAGE_VERSION);
    return EXIT_OK;
}

static void help_command(const Command *command)
{
    printf("usage: mgo %s %s\n\n%s\n", command->name, command->arguments, command->summary);
    if (command->help[0]) printf("\n%s", command->help);
    if (command->run == run_main) printf("\nOptions:\n%s", options_help);
}

static int help_main(int argc, char **argv)
{
    if (argc > 0) {
        const char *names[16];
        for (int i = 0; i < ncommands; i++) {
            if (strcmp(commands[i].name, argv[0]) == 0) {
                help_command(&commands[i]);
                return EXIT_OK;
            }
            names[i] = commands[i].name;
        }
        return usage_unknown("command", argv[0], names, ncommands);
    }
    printf("mgo runs Go-language programs and scripts.\n\n"
           "usage: mgo FILE [ARGS]      run it (mgo - reads standard input, mgo -e 'STATEMENTS')\n"
           "       mgo                  the prompt\n"
           "       mgo COMMAND ...\n\n");
    for (int i = 0; i < ncommands; i++)
        printf("  %-9s %s\n", commands[i].name, commands[i].summary);
    printf("\nOptions that fit everywhere, before the file:\n%s\n\"mgo help COMMAND\" says more.\n",
           options_help);
    return EXIT_OK;
}

/* ---- main ---- */

static const Command *find_command(const char *name)
{
    for (int i = 0; i < ncommands; i++)
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    return NULL;
}

/* A word that names no command and no file: perhaps a slip of the pen. */
static int unknown_word(const char *word)
{
    const char *names[16];
    for (int i = 0; i < ncommands; i++) names[i] = commands[i].name;
    return usage_unknown("command or file", word, names, ncommands);
}

/* Where a standard stream is closed, the next descriptor opened would pass for it: as Go does,
 * /dev/null takes its place. */
static void open_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) != fd)
            _exit(EXIT_USAGE);
}

int main(int argc, char **argv)
{
    open_standard_streams();
    options.argv = argv;
    cstack_enlarge();
    int used = options_read(argc - 1, argv + 1);
    if (used < 0) return EXIT_USAGE;
    argc -= 1 + used;
    argv += 1 + used;
    if (options.expr) return run_main(argc, argv);
    if (argc == 0) return repl_main(0, NULL);
    const Command *command = find_command(argv[0]);
    struct stat st;
    if (!command && strcmp(argv[0], "-") != 0 && !strpbrk(argv[0], "./") && stat(argv[0], &st) != 0)
        return unknown_word(argv[0]);
    if (!command) return run_main(argc, argv);
    argc--;
    argv++;
    if (argc > 0 && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0 ||
                     strcmp(argv[0], "-help") == 0)) {
        help_command(command);
        return EXIT_OK;
    }
    return command->run(argc, argv);
}
