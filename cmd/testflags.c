/* SPDX-License-Identifier: MIT */
/* A flag that the command knows is checked here, so that a mistake is told once and before anything
 * is loaded, and handed on as -test.NAME=VALUE to package testing, which gives it its meaning. */
#include "cmd/testflags.h"

#include "base/fatal.h"
#include "cmd/buildtag.h"
#include "cmd/command.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum FlagKind {
    FLAG_BOOL,
    FLAG_VERBOSE, /* a boolean, or test2json */
    FLAG_TEXT,
    FLAG_UINT,
    FLAG_INT,
    FLAG_DURATION,
    FLAG_SHUFFLE,  /* on, off or a number */
    FLAG_PROFILE,  /* a file */
    FLAG_MODE,     /* of coverage */
    FLAG_OWN_TEXT, /* for the command alone */
    FLAG_OWN_BOOL,
    FLAG_REFUSED, /* of go test; the reason is in `why` */
} FlagKind;

typedef struct TestFlag {
    const char *name;
    FlagKind kind;
    const char *why;
} TestFlag;

/* clang-format off */
static const TestFlag flags[] = {
    {"run", FLAG_TEXT, NULL},           {"skip", FLAG_TEXT, NULL},
    {"bench", FLAG_TEXT, NULL},         {"benchtime", FLAG_TEXT, NULL},
    {"list", FLAG_TEXT, NULL},          {"count", FLAG_UINT, NULL},
    {"timeout", FLAG_DURATION, NULL},   {"parallel", FLAG_INT, NULL},
    {"cpu", FLAG_TEXT, NULL},           {"shuffle", FLAG_SHUFFLE, NULL},
    {"fuzz", FLAG_TEXT, NULL},          {"fuzztime", FLAG_TEXT, NULL},
    {"fuzzminimizetime", FLAG_TEXT, NULL}, {"outputdir", FLAG_TEXT, NULL},
    {"v", FLAG_VERBOSE, NULL},          {"short", FLAG_BOOL, NULL},
    {"failfast", FLAG_BOOL, NULL},      {"benchmem", FLAG_BOOL, NULL},
    {"fullpath", FLAG_BOOL, NULL},      {"artifacts", FLAG_BOOL, NULL},
    {"json", FLAG_OWN_BOOL, NULL},      {"cover", FLAG_OWN_BOOL, NULL},
    {"covermode", FLAG_MODE, NULL},     {"coverprofile", FLAG_OWN_TEXT, NULL},
    {"std", FLAG_OWN_TEXT, NULL},       {"tags", FLAG_OWN_TEXT, NULL},
    {"vet", FLAG_OWN_TEXT, NULL},       {"p", FLAG_OWN_TEXT, NULL},
    {"all", FLAG_OWN_BOOL, NULL},
    {"race", FLAG_REFUSED, "there is no race detector yet"},
    {"coverpkg", FLAG_REFUSED, "coverage is of the package that is tested"},
    {"c", FLAG_REFUSED, "there is no test binary to keep: mgo test compiles in memory"},
    {"o", FLAG_REFUSED, "there is no test binary to keep: mgo test compiles in memory"},
    {"exec", FLAG_REFUSED, "there is no test binary to run: mgo test compiles in memory"},
    {"i", FLAG_REFUSED, "there is nothing to install"},
    {"cpuprofile", FLAG_PROFILE, NULL}, {"memprofile", FLAG_PROFILE, NULL},
    {"blockprofile", FLAG_PROFILE, NULL}, {"mutexprofile", FLAG_PROFILE, NULL},
    {"memprofilerate", FLAG_INT, NULL}, {"blockprofilerate", FLAG_INT, NULL},
    {"mutexprofilefraction", FLAG_INT, NULL},
};
/* clang-format on */

static const TestFlag *find_flag(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (strlen(flags[i].name) == len && memcmp(flags[i].name, word, len) == 0) return &flags[i];
    return NULL;
}

static void add_arg(TestOptions *test, const char *prefix, const char *name, const char *value)
{
    char *arg = NULL;
    if (asprintf(&arg, "%s%s%s%s", prefix, name, value ? "=" : "", value ? value : "") < 0)
        fatal_out_of_memory();
    vec_push(&test->args, arg);
}

/* ---- Values ---- */

static bool is_number(const char *text, bool is_signed)
{
    char *end;
    if (!is_signed && *text == '-') return false;
    errno = 0;
    strtoll(text, &end, 0);
    return *text && *text != ' ' && !*end && errno == 0;
}

static bool is_bool(const char *text, bool *value)
{
    static const char *const words[] = {"1", "t", "T",     "true",  "TRUE",  "True",
                                        "0", "f", "false", "FALSE", "False", "F"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], text) == 0) {
            *value = i < 6;
            return true;
        }
    return false;
}

/* Whether time.ParseDuration would take it. */
static bool is_duration(const char *p)
{
    static const char *const units[] = {"ns", "us", "µs", "μs", "ms", "s", "m", "h"};
    if (*p == '-' || *p == '+') p++;
    if (strcmp(p, "0") == 0) return true;
    if (!*p) return false;
    while (*p) {
        size_t digits = strspn(p, "0123456789");
        p += digits;
        if (*p == '.') {
            size_t more = strspn(++p, "0123456789");
            digits += more;
            p += more;
        }
        const char *unit = NULL;
        for (size_t i = 0; i < sizeof units / sizeof units[0] && !unit; i++)
            if (strncmp(p, units[i], strlen(units[i])) == 0) unit = units[i];
        if (digits == 0 || !unit) return false;
        p += strlen(unit);
    }
    return true;
}

static bool complain(const char *text)
{
    fprintf(stderr,
            "%s\nusage: mgo test [flags] [packages] [flags & test binary flags]\n"
            "Run 'mgo help test' for details.\n",
            text);
    return false;
}

static bool complain_value(const char *name, const char *value, const char *why)
{
    char *text = NULL;
    if (asprintf(&text, "invalid value \"%s\" for flag -%s: %s", value, name, why) < 0)
        fatal_out_of_memory();
    complain(text);
    free(text);
    return false;
}

static bool check_value(const TestFlag *flag, const char *value)
{
    bool unused;
    char why[200];
    switch (flag->kind) {
    case FLAG_UINT:
        return is_number(value, false) || complain_value(flag->name, value, "parse error");
    case FLAG_INT:
        return is_number(value, true) || complain_value(flag->name, value, "parse error");
    case FLAG_DURATION:
        return is_duration(value) || complain_value(flag->name, value, "parse error");
    case FLAG_SHUFFLE:
        if (strcmp(value, "on") == 0 || strcmp(value, "off") == 0 || is_number(value, true))
            return true;
        snprintf(why, sizeof why,
                 "-shuffle argument must be \"on\", \"off\", or an int64: strconv.ParseInt: "
                 "parsing \"%.60s\": invalid syntax",
                 value);
        return complain_value(flag->name, value, why);
    case FLAG_MODE:
        if (strcmp(value, "set") == 0 || strcmp(value, "count") == 0 ||
            strcmp(value, "atomic") == 0)
            return true;
        return complain_value(flag->name, value,
                              "valid modes are \"set\", \"count\", or \"atomic\"");
    case FLAG_BOOL:
    case FLAG_OWN_BOOL:
    case FLAG_VERBOSE:
        if (is_bool(value, &unused) ||
            (flag->kind == FLAG_VERBOSE && strcmp(value, "test2json") == 0))
            return true;
        snprintf(why, sizeof why, "invalid boolean value \"%.80s\" for -%s: parse error", value,
                 flag->name);
        return complain(why);
    default: return true;
    }
}

/* ---- Flags ---- */

static bool is_flag(const TestFlag *flag, const char *name)
{
    return strcmp(flag->name, name) == 0;
}

static const char *absolute(const char *path)
{
    char here[PATH_MAX], *whole = NULL;
    if (path[0] == '/' || !getcwd(here, sizeof here)) return path;
    if (asprintf(&whole, "%s/%s", here, path) < 0) fatal_out_of_memory();
    return whole;
}

/* Notes what the command itself must know. */
/* Profiles are written where the command runs, the tests run elsewhere. */
static void note_profile(TestOptions *test, const TestFlag *flag)
{
    char folder[PATH_MAX];
    if (!test->profile && getcwd(folder, sizeof folder))
        add_arg(test, "-test.", "outputdir", folder);
    test->profile = flag->name;
}

static void note(TestOptions *test, const TestFlag *flag, const char *value)
{
    bool is_on = true;
    if (value) is_bool(value, &is_on);
    if (is_flag(flag, "v")) test->is_verbose = is_on;
    if (is_flag(flag, "json")) test->is_json = is_on;
    if (is_flag(flag, "failfast")) test->is_failfast = is_on;
    if (is_flag(flag, "bench")) test->is_bench = true;
    if (is_flag(flag, "fuzz")) test->is_fuzz = true;
    if (is_flag(flag, "list")) test->lists = true;
    if (is_flag(flag, "timeout")) test->has_timeout = true;
    if (is_flag(flag, "std")) test->library = value;
    if (is_flag(flag, "tags")) buildtag_add(value);
    if (is_flag(flag, "all") && is_on) diag_set_limit(0);
    if (flag->kind == FLAG_PROFILE) note_profile(test, flag);
    if (is_flag(flag, "covermode")) test->cover_mode = value;
    if (is_flag(flag, "coverprofile")) test->cover_profile = absolute(value);
    if ((is_flag(flag, "coverprofile") || (is_flag(flag, "cover") && is_on)) && !test->cover_mode)
        test->cover_mode = "set";
}

static bool has_value(FlagKind kind)
{
    return kind != FLAG_BOOL && kind != FLAG_OWN_BOOL && kind != FLAG_VERBOSE;
}

/* Reads the flag at argv[0]; returns the words it took, 0 where it is not ours, -1 after an error.
 */
static int read_flag(TestOptions *test, int argc, char **argv)
{
    const char *word = argv[0] + 1 + (argv[0][1] == '-');
    if (strncmp(word, "test.", 5) == 0) word += 5;
    size_t len = strcspn(word, "=");
    const char *value = word[len] ? word + len + 1 : NULL;
    const TestFlag *flag = find_flag(word, len);
    if (!flag) return 0;
    if (flag->kind == FLAG_REFUSED) {
        fprintf(stderr, "mgo: -%s: %s\n", flag->name, flag->why);
        return -1;
    }
    int words = 1;
    if (!value && has_value(flag->kind)) {
        if (argc < 2) {
            char text[64];
            snprintf(text, sizeof text, "flag needs an argument: -%s", flag->name);
            complain(text);
            return -1;
        }
        value = argv[1];
        words = 2;
    }
    if (value && !check_value(flag, value)) return -1;
    note(test, flag, value);
    if (flag->kind < FLAG_MODE) add_arg(test, "-test.", flag->name, value);
    return words;
}

static bool is_args(const char *word)
{
    return strcmp(word, "-args") == 0 || strcmp(word, "--args") == 0;
}

static void add_own_flags(TestOptions *test)
{
    if (test->is_json) add_arg(test, "-test.v", "", "test2json");
    if (!test->has_timeout && !test->is_fuzz) add_arg(test, "-test.timeout", "", "10m0s");
    if (test->cover_mode) add_arg(test, "-test.covermode", "", test->cover_mode);
    if (test->cover_profile) add_arg(test, "-test.coverprofile", "", test->cover_profile);
}

bool testflags_read(TestOptions *test, int argc, char **argv)
{
    VEC(char *) own = {0}; /* the tests' own words */
    bool is_list_over = false;
    int i = 0;
    while (i < argc) {
        char *word = argv[i];
        if (is_args(word)) {
            i++;
            break;
        }
        if (word[0] != '-' || !word[1]) {
            if (is_list_over) break;
            do vec_push(&test->paths, argv[i]);
            while (++i < argc && argv[i][0] != '-');
            is_list_over = true;
            continue;
        }
        int words = read_flag(test, argc - i, argv + i);
        if (words == 0) words = option_read(argc - i, argv + i);
        if (words < 0) return false;
        if (words == 0) {
            vec_push(&own, word);
            is_list_over = true; /* what follows may be the flag's value */
            words = 1;
        }
        i += words;
    }
    add_own_flags(test);
    for (size_t k = 0; k < own.len; k++) add_arg(test, own.at[k], "", NULL);
    for (; i < argc; i++) add_arg(test, argv[i], "", NULL);
    return true;
}
