/* SPDX-License-Identifier: MIT */
/* mgo test: the command.
 *
 * Each package is loaded and run in a process of its own (testmain.c), so that whatever its tests
 * do to themselves, here is somebody to say how it ended. What the tests print goes through a pipe;
 * it is shown at once where one package's tests are watched, else kept until it is known whether
 * they passed. */
#include "cmd/command.h"

#include "base/buf.h"
#include "base/fatal.h"
#include "base/vec.h"
#include "cmd/load.h"
#include "cmd/testjson.h"
#include "cmd/testmain.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- The command line ---- */

typedef struct TestOptions {
    VEC(char *) paths; /* files, folders, folder/... */
    VEC(char *) args;  /* of the test's process, argv[0] first */
    bool is_verbose, is_json, is_bench, lists;
    bool has_timeout;
    const char *library; /* -std */
} TestOptions;

static bool is_word(const char *word, size_t len, const char *text)
{
    return strlen(text) == len && memcmp(word, text, len) == 0;
}

static bool is_among(const char *word, size_t len, const char *const *list)
{
    for (; *list; list++)
        if (is_word(word, len, *list)) return true;
    return false;
}

static void add_arg(TestOptions *test, const char *prefix, const char *text)
{
    char *arg = NULL;
    if (asprintf(&arg, "%s%s", prefix, text) < 0) fatal_out_of_memory();
    vec_push(&test->args, arg);
}

/* Notes what the command itself must know of a flag for package testing. */
static void note_flag(TestOptions *test, const char *word, size_t len, const char *value)
{
    bool is_on = !value || strcmp(value, "false") != 0;
    if (is_word(word, len, "v")) test->is_verbose = is_on;
    if (is_word(word, len, "bench")) test->is_bench = true;
    if (is_word(word, len, "list")) test->lists = true;
    if (is_word(word, len, "timeout")) test->has_timeout = true;
}

/* Reads the flag at argv[0]; returns the words it took, 0 where it is not ours, -1 after an error.
 */
static int read_flag(TestOptions *test, int argc, char **argv)
{
    static const char *const with_value[] = {
        "run",     "skip", "bench", "benchtime", "count", "timeout",  "parallel", "cpu", "list",
        "shuffle", "fuzz", "vet",   "outputdir", "std",   "fuzztime", "p",        NULL};
    static const char *const booleans[] = {"v",    "short", "failfast", "benchmem", "fullpath",
                                           "json", "race",  "cover",    NULL};
    const char *word = argv[0] + 1 + (argv[0][1] == '-');
    if (strncmp(word, "test.", 5) == 0) word += 5;
    size_t len = strcspn(word, "=");
    const char *value = word[len] ? word + len + 1 : NULL;
    if (is_word(word, len, "all")) {
        diag_set_limit(0);
        return 1;
    }
    if (is_word(word, len, "race") || is_word(word, len, "cover")) {
        fprintf(stderr, "mgo: -%.*s is not there yet\n", (int)len, word);
        return -1;
    }
    if (is_among(word, len, booleans)) {
        note_flag(test, word, len, value);
        if (is_word(word, len, "json"))
            test->is_json = true;
        else
            add_arg(test, "-test.", word);
        return 1;
    }
    if (!is_among(word, len, with_value)) return 0;
    int words = value ? 1 : 2;
    if (!value && argc < 2) {
        fprintf(stderr, "mgo: flag needs an argument: -%s\n", word);
        return -1;
    }
    if (!value) value = argv[1];
    if (is_word(word, len, "std"))
        test->library = value;
    else if (!is_word(word, len, "vet") && !is_word(word, len, "p") &&
             !is_word(word, len, "fuzztime")) {
        char *name = strndup(word, len);
        if (!name) fatal_out_of_memory();
        note_flag(test, word, len, value);
        add_arg(test, "-test.", name);
        vec_last(&test->args) =
            realloc(vec_last(&test->args), strlen(vec_last(&test->args)) + strlen(value) + 2);
        strcat(strcat(vec_last(&test->args), "="), value);
        free(name);
    }
    return words;
}

/* Reads the words after "mgo test". A flag that nobody knows is the tests' own, like all after it.
 */
static bool read_words(TestOptions *test, int argc, char **argv)
{
    int i = 0;
    while (i < argc) {
        char *word = argv[i];
        if (word[0] != '-' || !word[1]) {
            vec_push(&test->paths, word);
            i++;
            continue;
        }
        if (strcmp(word, "-args") == 0 || strcmp(word, "--args") == 0) {
            i++;
            break;
        }
        int words = read_flag(test, argc - i, argv + i);
        if (words == 0) words = option_read(argc - i, argv + i);
        if (words < 0) return false;
        if (words == 0) break;
        i += words;
    }
    if (test->is_json) add_arg(test, "-test.v=", "test2json");
    if (!test->has_timeout) add_arg(test, "-test.timeout=", "10m0s");
    for (; i < argc; i++) add_arg(test, "", argv[i]);
    return true;
}

/* ---- Packages ---- */

typedef VEC(TestTarget) Targets;

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static char *concat(const char *a, const char *b, const char *c)
{
    char *text = NULL;
    if (asprintf(&text, "%s%s%s", a, b, c) < 0) fatal_out_of_memory();
    return text;
}

static void add_folder(Targets *targets, const TestOptions *test, char *folder)
{
    TestTarget target = {.folder = folder, .library = test->library != NULL};
    target.path = test->library ? test->library : load_import_path(folder);
    vec_push(targets, target);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has_sources(const char *folder)
{
    bool has = false;
    for (int tests = 0; tests < 2; tests++) {
        char **files = load_folder_files(folder, tests);
        has = has || (files && files[0]);
        for (char **p = files; p && *p; p++) free(*p);
        free(files);
    }
    return has;
}

/* Adds the folder, if it has source files, and those below it, as "folder/..." means. */
static void add_tree(Targets *targets, const TestOptions *test, char *folder)
{
    if (has_sources(folder)) add_folder(targets, test, folder);
    DIR *dir = opendir(folder);
    if (!dir) return;
    VEC(char *) below = {0};
    for (struct dirent *entry; (entry = readdir(dir));) {
        const char *name = entry->d_name;
        if (name[0] == '.' || name[0] == '_' || strcmp(name, "testdata") == 0 ||
            strcmp(name, "vendor") == 0)
            continue;
        char *path = concat(folder, "/", name);
        if (is_folder(path))
            vec_push(&below, path);
        else
            free(path);
    }
    closedir(dir);
    if (below.len > 1) qsort(below.at, below.len, sizeof below.at[0], by_name);
    for (size_t i = 0; i < below.len; i++) add_tree(targets, test, below.at[i]);
    vec_free(&below);
}

/* The folder that a file is in. */
static const char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return ".";
    char *folder = strndup(path, slash == path ? 1 : (size_t)(slash - path));
    if (!folder) fatal_out_of_memory();
    return folder;
}

/* Named files are one package; each folder is one; "folder/..." stands for all below. */
static bool find_targets(Targets *targets, TestOptions *test)
{
    static char here[] = ".";
    if (test->paths.len == 0) {
        add_folder(targets, test, here);
        return true;
    }
    VEC(char *) files = {0};
    for (size_t i = 0; i < test->paths.len; i++) {
        char *path = test->paths.at[i];
        size_t len = strlen(path);
        struct stat st;
        if (len >= 4 && strcmp(path + len - 4, "/...") == 0) {
            path[len - 4] = 0;
            add_tree(targets, test, path);
        } else if (stat(path, &st) != 0) {
            fprintf(stderr, "mgo: %s: %s\n", path, strerror(errno));
            return false;
        } else if (S_ISDIR(st.st_mode)) {
            add_folder(targets, test, path);
        } else {
            vec_push(&files, path);
        }
    }
    if (files.len) {
        TestTarget target = {.paths = files.at,
                             .npaths = (int)files.len,
                             .folder = folder_of(files.at[0]),
                             .library = test->library != NULL,
                             .path = test->library ? test->library : "command-line-arguments"};
        vec_push(targets, target);
    }
    return true;
}

/* ---- Running one ---- */

typedef struct Run {
    const TestTarget *target;
    pid_t pid;
    int control, output; /* descriptors to read from */
    char verdict;        /* what came on control; 0 nothing */
    int status;          /* of waitpid */
    double seconds;
    bool is_streamed;  /* printed as it comes */
    bool tells_status; /* where it fails; else only if it printed nothing */
    Buf kept;          /* what was printed */
    TestJson *json;    /* or NULL */
} Run;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Starts the process that loads and runs the tests. */
static bool start(Run *run, TestOptions *test)
{
    int control[2], output[2];
    if (pipe(control) != 0 || pipe(output) != 0) {
        perror("mgo: pipe");
        return false;
    }
    fflush(stdout);
    run->pid = fork();
    if (run->pid == 0) {
        close(control[0]);
        close(output[0]);
        testmain_run(run->target, (int)test->args.len - 1, test->args.at, control[1], output[1]);
    }
    close(control[1]);
    close(output[1]);
    run->control = control[0];
    run->output = output[0];
    if (run->pid < 0) perror("mgo: fork");
    return run->pid > 0;
}

static void take_output(Run *run, const char *bytes, size_t len)
{
    if (run->json) {
        testjson_output(run->json, bytes, len);
    } else if (run->is_streamed) {
        fwrite(bytes, 1, len, stdout);
        fflush(stdout);
    }
    if (!run->tells_status) buf_add(&run->kept, bytes, len);
}

static void watch(Run *run)
{
    ssize_t n = read(run->control, &run->verdict, 1);
    if (n != 1) run->verdict = 0;
    close(run->control);
    double start = now();
    char chunk[65536];
    while ((n = read(run->output, chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0) take_output(run, chunk, (size_t)n);
    close(run->output);
    while (waitpid(run->pid, &run->status, 0) < 0 && errno == EINTR) continue;
    run->seconds = now() - start;
}

static void say(Run *run, const char *text)
{
    if (run->json)
        testjson_output(run->json, text, strlen(text));
    else
        fputs(text, stdout);
}

/* Prints how the process ended, as go test words it. */
static void say_status(Run *run)
{
    char text[64];
    if (WIFSIGNALED(run->status))
        snprintf(text, sizeof text, "signal: %s\n", strsignal(WTERMSIG(run->status)));
    else
        snprintf(text, sizeof text, "exit status %d\n", WEXITSTATUS(run->status));
    say(run, text);
}

static void say_line(Run *run, const char *word, const char *more)
{
    char *line = concat(word, "\t", run->target->path);
    char *whole = concat(line, more, "\n");
    say(run, whole);
    free(line);
    free(whole);
}

/* Prints what was kept, and the line that sums up; returns whether all is well. */
static bool sum_up(Run *run, const TestOptions *test)
{
    char time[64];
    snprintf(time, sizeof time, "\t%.3fs", run->seconds);
    if (run->verdict == TEST_NO_FILES) {
        say_line(run, "?   ", "\t[no test files]");
        return true;
    }
    if (run->verdict != TEST_RUNS) {
        say_line(run, "FAIL", " [build failed]");
        return false;
    }
    bool ok = WIFEXITED(run->status) && WEXITSTATUS(run->status) == 0;
    const char *kept = buf_str(&run->kept);
    if (!run->is_streamed && (!ok || test->lists)) say(run, kept);
    if (ok) {
        if (strstr(kept, "testing: warning: no tests to run")) strcat(time, " [no tests to run]");
        say_line(run, "ok  ", time);
        return true;
    }
    if (run->kept.len == 0) say_status(run);
    say_line(run, "FAIL", time);
    return false;
}

static bool run_target(const TestTarget *target, TestOptions *test)
{
    TestJson json = {.package = target->path};
    Run run = {.target = target,
               .is_streamed =
                   test->paths.len == 0 || test->is_verbose || test->is_bench || test->is_json,
               .tells_status = test->paths.len == 0 || test->is_bench,
               .json = test->is_json ? &json : NULL};
    if (run.json) testjson_event(run.json, "start");
    if (!start(&run, test)) return false;
    watch(&run);
    bool ok = sum_up(&run, test);
    if (run.json)
        testjson_end(run.json,
                     run.verdict == TEST_NO_FILES ? "skip"
                     : ok                         ? "pass"
                                                  : "fail",
                     run.verdict == TEST_RUNS ? run.seconds : 0);
    buf_free(&run.kept);
    return ok;
}

int test_main(int argc, char **argv)
{
    TestOptions test = {0};
    Targets targets = {0};
    vec_push(&test.args, NULL); /* the program's name and -test.package, for each target */
    vec_push(&test.args, NULL);
    if (!read_words(&test, argc, argv) || !find_targets(&targets, &test)) return EXIT_USAGE;
    vec_push(&test.args, NULL);
    bool ok = true;
    for (size_t i = 0; i < targets.len; i++) {
        test.args.at[0] = concat(targets.at[i].path, ".test", "");
        test.args.at[1] = concat("-test.package=", targets.at[i].path, "");
        ok = run_target(&targets.at[i], &test) && ok;
    }
    if (!ok && test.paths.len && !test.is_json) puts("FAIL");
    fflush(stdout);
    return ok ? EXIT_OK : EXIT_COMPILE;
}
