/* SPDX-License-Identifier: MIT */
/* Damages programs and looks whether mgo takes it like a compiler: with messages or by running
 * them.
 *
 *   mutate [-n COUNT] [-seed N] [-run PERCENT] [-keep FOLDER] MGO FILE...
 *
 * Each round takes one of the files, deletes, doubles, swaps, copies or replaces tokens at random,
 * and gives the result to `mgo check` or, for a share of the rounds, `mgo run`. A death by signal,
 * a report of a sanitizer, an internal fault of mgo or a run over the time limit is a failure: the
 * damaged program is kept, and the seed that makes it again is printed. The same seed does the
 * same. Exits with status 1 if anything failed. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHECK_SECONDS = 20, RUN_SECONDS = 5, MAX_FILE = 100000, MAX_DAMAGE = 6 };

typedef struct Token {
    const char *at;
    size_t len;
} Token;

typedef struct Options {
    const char *mgo, *keep;
    unsigned long count;
    uint64_t seed;
    unsigned run_percent;
} Options;

/* ---- Chance ---- */

static uint64_t chance_state;

static uint64_t chance(uint64_t n)
{
    chance_state += 0x9e3779b97f4a7c15u;
    uint64_t z = chance_state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % n;
}

/* ---- Files and tokens ---- */

static char *read_file(const char *path, size_t *len)
{
    FILE *in = fopen(path, "rb");
    if (!in) return NULL;
    char *text = calloc(1, MAX_FILE + 1);
    *len = text ? fread(text, 1, MAX_FILE, in) : 0;
    fclose(in);
    return text;
}

static bool is_word(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           (c & 0x80);
}

/* The length of the token that begins at text[0..len): a word, a string, a comment, white space or
 * a single character. */
static size_t token_length(const char *text, size_t len)
{
    size_t n = 1;
    char c = text[0];
    if (is_word(c)) {
        while (n < len && is_word(text[n])) n++;
    } else if (c == '"' || c == '\'' || c == '`') {
        while (n < len && text[n] != c && (c == '`' || text[n] != '\n'))
            n += c != '`' && text[n] == '\\' && n + 1 < len ? 2 : 1;
        n = n < len ? n + 1 : len;
    } else if (c == '/' && len > 1 && text[1] == '/') {
        while (n < len && text[n] != '\n') n++;
    } else if (c == ' ' || c == '\t' || c == '\n') {
        while (n < len && (text[n] == ' ' || text[n] == '\t' || text[n] == '\n')) n++;
    }
    return n;
}

static Token *split(const char *text, size_t len, size_t *n)
{
    Token *tokens = calloc(len + 1, sizeof *tokens);
    *n = 0;
    for (size_t at = 0; tokens && at < len; (*n)++) {
        tokens[*n] = (Token){text + at, token_length(text + at, len - at)};
        at += tokens[*n].len;
    }
    return tokens;
}

/* ---- Damage ---- */

static const char *const strange[] = {
    "(",           ")",      "{",         "}",       "[",       "]",          ";",
    ",",           ".",      "...",       ":=",      "=",       "<-",         "*",
    "&",           "~",      "|",         "func",    "type",    "struct",     "interface",
    "map",         "chan",   "go",        "defer",   "select",  "range",      "goto",
    "iota",        "nil",    "_",         "0x",      "1e",      "'",          "\"",
    "`",           "/*",     "//line :1", "[T any]", "[...]",   "1<<100",     "\xff",
    "fallthrough", "break",  "continue",  "return",  "package", "import",     "const",
    "var",         "switch", "case",      "default", "any",     "comparable", "unsafe.Pointer",
    "new",         "make",   "len",       "append",  "min",
};

static void damage(Token *tokens, size_t n)
{
    Token *a = &tokens[chance(n)], *b = &tokens[chance(n)], swap = *a;
    switch (chance(6)) {
    case 0: a->len = 0; break;
    case 1:
        if (a + 1 < tokens + n) a[1] = *a;
        break;
    case 2:
        *a = *b;
        *b = swap;
        break;
    case 3: *a = *b; break;
    default: {
        const char *word = strange[chance(sizeof strange / sizeof *strange)];
        *a = (Token){word, strlen(word)};
    }
    }
}

static bool write_tokens(const char *path, const Token *tokens, size_t n)
{
    FILE *out = fopen(path, "wb");
    if (!out) return false;
    for (size_t i = 0; i < n; i++) fwrite(tokens[i].at, 1, tokens[i].len, out);
    return fclose(out) == 0;
}

/* ---- Judging ---- */

static int run_mgo(const Options *o, const char *program, const char *output, bool is_run)
{
    pid_t child = fork();
    if (child == 0) {
        int out = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        int in = open("/dev/null", O_RDONLY);
        struct rlimit size = {64 << 20, 64 << 20};
        setrlimit(RLIMIT_FSIZE, &size);
        if (out < 0 || in < 0) _exit(127);
        dup2(in, 0);
        dup2(out, 1);
        dup2(out, 2);
        alarm(is_run ? RUN_SECONDS : CHECK_SECONDS);
        execl(o->mgo, o->mgo, is_run ? "run" : "check", program, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return status;
}

/* What is wrong with the way mgo ended, or NULL. A program that runs on and on is none of mgo's
 * faults. */
static const char *fault(int status, const char *output, bool is_run)
{
    size_t len;
    char *text = read_file(output, &len);
    const char *found = NULL;
    bool is_endless =
        WIFSIGNALED(status) && (WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGXFSZ);
    if (WIFSIGNALED(status) && !(is_run && is_endless))
        found = WTERMSIG(status) == SIGALRM ? "it ran too long" : "it died of a signal";
    if (WIFEXITED(status) && !is_run && WEXITSTATUS(status) > 1) found = "it has a strange status";
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) found = "it could not be started";
    static const char *const signs[] = {"Sanitizer", "mgo: internal error"};
    for (size_t i = 0; text && i < sizeof signs / sizeof *signs; i++)
        if (strstr(text, signs[i])) found = signs[i];
    free(text);
    return found;
}

/* Whether a damaged program may be run: not one that could touch files or processes. */
static bool is_harmless(const char *text)
{
    static const char *const words[] = {"\"os", "os.", "ioutil", "syscall", "exec", "net", "ffi"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i])) return false;
    return true;
}

static bool try_round(const Options *o, const char *path, unsigned long round)
{
    static char program[4096], output[4096], kept[4096];
    chance_state = o->seed * 1000003u + round;
    size_t len, n;
    char *text = read_file(path, &len);
    if (!text) return true;
    Token *tokens = split(text, len, &n);
    bool is_run = chance(100) < o->run_percent && is_harmless(text);
    const char *dot = strrchr(path, '.');
    snprintf(program, sizeof program, "%s/mutate-%d%s", o->keep, (int)getpid(), dot ? dot : ".go");
    snprintf(output, sizeof output, "%s/mutate-%d.out", o->keep, (int)getpid());
    for (uint64_t i = chance(MAX_DAMAGE) + 1; n > 0 && i > 0; i--) damage(tokens, n);
    const char *why = NULL;
    if (n > 0 && write_tokens(program, tokens, n))
        why = fault(run_mgo(o, program, output, is_run), output, is_run);
    if (why) {
        snprintf(kept, sizeof kept, "%s/mutated-%llu-%lu%s", o->keep, (unsigned long long)o->seed,
                 round, dot ? dot : ".go");
        rename(program, kept);
        printf("%s, mgo %s: %s; kept in %s (-seed %llu, round %lu)\n", path,
               is_run ? "run" : "check", why, kept, (unsigned long long)o->seed, round);
        fflush(stdout);
    }
    unlink(program);
    unlink(output);
    free(tokens);
    free(text);
    return !why;
}

static int usage(void)
{
    fprintf(stderr,
            "usage: mutate [-n COUNT] [-seed N] [-run PERCENT] [-keep FOLDER] MGO FILE...\n");
    return 2;
}

int main(int argc, char **argv)
{
    Options o = {.count = 1000, .seed = 1, .keep = "/tmp", .run_percent = 10};
    int i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (strcmp(argv[i], "-n") == 0)
            o.count = strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "-seed") == 0)
            o.seed = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "-run") == 0)
            o.run_percent = (unsigned)strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "-keep") == 0)
            o.keep = argv[i + 1];
        else
            return usage();
    }
    if (argc - i < 2) return usage();
    o.mgo = argv[i++];
    if (access(o.mgo, X_OK) != 0) {
        fprintf(stderr, "mutate: cannot run %s\n", o.mgo);
        return 2;
    }
    unsigned long failures = 0;
    for (unsigned long round = 0; round < o.count; round++) {
        chance_state = o.seed ^ (round * 0x2545f4914f6cdd1du);
        const char *path = argv[i + (int)chance((uint64_t)(argc - i))];
        failures += !try_round(&o, path, round);
    }
    printf("%lu programs, %lu failures\n", o.count, failures);
    return failures > 0;
}
