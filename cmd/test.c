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
#include "cmd/testflags.h"
#include "cmd/testjson.h"
#include "cmd/testmain.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

/* The folder as messages name it: without "./" in front, unless that is all. */
static char *plain(char *folder)
{
    while (strncmp(folder, "./", 2) == 0 && folder[2]) folder += 2;
    size_t len = strlen(folder);
    while (len > 1 && folder[len - 1] == '/') folder[--len] = 0;
    return folder;
}

static void add_folder(Targets *targets, const TestOptions *test, char *folder)
{
    TestTarget target = {.folder = plain(folder), .library = test->library != NULL};
    target.path = test->library ? test->library : load_import_path(folder);
    for (size_t i = 0; i < targets->len; i++)
        if (strcmp(targets->at[i].folder, target.folder) == 0) return;
    vec_push(targets, target);
}

/* A path at which there is nothing to test: why not, around the absolute path. */
static void add_problem(Targets *targets, const char *path, const char *before, const char *after)
{
    char here[PATH_MAX], *problem = NULL;
    if (!getcwd(here, sizeof here)) here[0] = 0;
    const char *name = strncmp(path, "./", 2) == 0 ? path + 2 : path;
    bool is_absolute = path[0] == '/', is_here = strcmp(path, ".") == 0;
    if (asprintf(&problem, "%s%s%s%s%s", before, is_absolute ? "" : here,
                 is_absolute || is_here ? "" : "/", is_here ? "" : name, after) < 0)
        fatal_out_of_memory();
    TestTarget target = {.folder = path, .path = path, .problem = problem};
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

/* Whether a module begins in the folder. */
static bool is_module(const char *folder)
{
    char *path = concat(folder, "/", "go.mod");
    bool is = access(path, F_OK) == 0;
    free(path);
    return is;
}

/* Adds the folder, if it has source files, and those below it that are of the same module, as
 * "folder/..." means. */
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
        if (is_folder(path) && !is_module(path))
            vec_push(&below, path);
        else
            free(path);
    }
    closedir(dir);
    if (below.len > 1) qsort(below.at, below.len, sizeof below.at[0], by_name);
    for (size_t i = 0; i < below.len; i++) add_tree(targets, test, below.at[i]);
    vec_free(&below);
}

static void add_named_folder(Targets *targets, const TestOptions *test, char *folder)
{
    if (test->library || has_sources(folder))
        add_folder(targets, test, folder);
    else
        add_problem(targets, folder, "no Go files in ", "");
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
        add_named_folder(targets, test, here);
        return true;
    }
    VEC(char *) files = {0};
    for (size_t i = 0; i < test->paths.len; i++) {
        char *path = test->paths.at[i];
        size_t len = strlen(path);
        struct stat st;
        if (len >= 4 && strcmp(path + len - 4, "/...") == 0) {
            size_t before = targets->len;
            path[len - 4] = 0;
            add_tree(targets, test, path);
            if (targets->len == before)
                fprintf(stderr, "mgo: warning: \"%s/...\" matched no packages\n", path);
        } else if (stat(path, &st) != 0 && load_is_source_name(path)) {
            fprintf(stderr, "mgo: %s: %s\n", path, strerror(errno));
            return false;
        } else if (stat(path, &st) != 0) {
            add_problem(targets, path, "stat ", ": directory not found");
        } else if (S_ISDIR(st.st_mode)) {
            add_named_folder(targets, test, path);
        } else {
            vec_push(&files, path);
        }
    }
    if (targets->len + files.len == 0) {
        fprintf(stderr, "no packages to test\n");
        return false;
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
        signal(SIGINT, SIG_DFL);
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
    ssize_t n;
    while ((n = read(run->control, &run->verdict, 1)) < 0 && errno == EINTR) continue;
    if (n != 1) run->verdict = 0;
    close(run->control);
    bool is_built = run->verdict == TEST_RUNS || run->verdict == TEST_NO_FILES;
    if (run->json && is_built) testjson_event(run->json, "start");
    double start = now();
    char chunk[65536];
    while ((n = read(run->output, chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR)) {
        if (n > 0 && is_built) take_output(run, chunk, (size_t)n);
        if (n > 0 && !is_built) buf_add(&run->kept, chunk, (size_t)n);
    }
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
    if (WIFSIGNALED(run->status)) {
        const char *name = strsignal(WTERMSIG(run->status));
        snprintf(text, sizeof text, "signal: %c%s\n", tolower((unsigned char)name[0]), name + 1);
    } else
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

/* ---- Inputs that end the process ---- */

/* The file in which a process that fuzzes notes the input it tries; "" where there is none. */
static const char *fuzz_input = "";

/* Reads the note: the input's length, the target's name, the input. False where none was under way.
 */
static bool read_input(char *target, size_t size, Buf *input)
{
    FILE *file = fopen(fuzz_input, "r");
    char line[512];
    size_t len = 0;
    bool is_whole = file && fgets(line, sizeof line, file) && strlen(line) > 12;
    if (is_whole) {
        len = strtoul(line, NULL, 10);
        snprintf(target, size, "%.*s", (int)strcspn(line + 11, "\n"), line + 11);
    }
    for (size_t i = 0; is_whole && i < len; i++) {
        int c = fgetc(file);
        if (c == EOF) break;
        buf_byte(input, (char)c);
    }
    if (file) fclose(file);
    return is_whole && len > 0 && input->len == len;
}

/* Writes the input to the target's folder in testdata/fuzz, under a name made from it. */
static bool keep_input(const char *folder, const char *target, const Buf *input, char *name,
                       size_t size)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < input->len; i++)
        hash = (hash ^ (unsigned char)input->data[i]) * UINT64_C(1099511628211);
    char path[PATH_MAX];
    static const char *const parts[] = {"testdata", "testdata/fuzz", "testdata/fuzz/"};
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s%s", folder, parts[i], i == 2 ? target : "");
        if (mkdir(path, 0777) != 0 && errno != EEXIST) return false;
    }
    snprintf(name, size, "%016llx", (unsigned long long)hash);
    snprintf(path, sizeof path, "%s/testdata/fuzz/%s/%s", folder, target, name);
    FILE *file = fopen(path, "w");
    bool ok = file && fwrite(input->data, 1, input->len, file) == input->len;
    return file && fclose(file) == 0 && ok;
}

/* The process that fuzzed has ended by itself: says what it was trying. */
static void tell_input(Run *run)
{
    char target[256], name[32];
    Buf input = {0}, text = {0};
    if (read_input(target, sizeof target, &input)) {
        buf_printf(&text, "--- FAIL: %s\n    fuzzing process terminated unexpectedly\n    \n",
                   target);
        if (keep_input(run->target->folder, target, &input, name, sizeof name))
            buf_printf(&text,
                       "    Failing input written to testdata/fuzz/%s/%s\n    To re-run:\n"
                       "    mgo test -run=%s/%s\n",
                       target, name, target, name);
        else
            buf_printf(&text, "    The failing input could not be written: %s\n", strerror(errno));
        say(run, buf_str(&text));
    }
    buf_free(&input);
    buf_free(&text);
}

/* ---- The outcome ---- */

/* Adds what the tests printed of coverage to the line that sums up. */
static void add_coverage(char *time, size_t size, const char *kept)
{
    const char *line = strncmp(kept, "coverage: ", 10) == 0 ? kept : strstr(kept, "\ncoverage: ");
    if (!line) return;
    line += *line == '\n';
    size_t used = strlen(time);
    snprintf(time + used, size - used, "\t%.*s", (int)strcspn(line, "\n"), line);
}

/* Prints what was kept, and the line that sums up; returns whether all is well. */
static bool sum_up(Run *run, const TestOptions *test)
{
    char time[160];
    snprintf(time, sizeof time, "\t%.3fs", run->seconds);
    if (run->verdict == TEST_NO_FILES && test->cover_mode) {
        say_line(run, "", "\t\tcoverage: 0.0% of statements");
        return true;
    }
    if (run->verdict == TEST_NO_FILES) {
        say_line(run, "?   ", "\t[no test files]");
        return true;
    }
    if (run->verdict != TEST_RUNS) {
        say_line(run, "FAIL",
                 run->verdict == TEST_SETUP_FAILED ? " [setup failed]" : " [build failed]");
        return false;
    }
    bool ok = WIFEXITED(run->status) && WEXITSTATUS(run->status) == 0;
    const char *kept = buf_str(&run->kept);
    if (!run->is_streamed && (!ok || test->lists)) say(run, kept);
    if (ok) {
        add_coverage(time, sizeof time, kept);
        if (strstr(kept, "testing: warning: no tests to run")) strcat(time, " [no tests to run]");
        say_line(run, "ok  ", time);
        return true;
    }
    bool is_regular = WIFEXITED(run->status) && WEXITSTATUS(run->status) <= 1;
    if (test->is_fuzz && !is_regular) tell_input(run);
    if (run->kept.len == 0) say_status(run);
    say_line(run, "FAIL", time);
    return false;
}

/* ---- All of them ---- */

static bool run_target(const TestTarget *target, TestOptions *test)
{
    TestJson json = {.package = target->path};
    Run run = {.target = target,
               .is_streamed =
                   test->paths.len == 0 || test->is_verbose || test->is_bench || test->is_json,
               .tells_status = test->paths.len == 0 || test->is_bench,
               .json = test->is_json ? &json : NULL};
    if (target->problem) {
        if (run.json)
            buf_printf(&run.kept, "# %s\n%s\n", target->path, target->problem);
        else
            fprintf(stderr, "# %s\n%s\n", target->path, target->problem);
        run.verdict = TEST_SETUP_FAILED;
    } else {
        if (!start(&run, test)) return false;
        watch(&run);
    }
    if (run.json && run.verdict != TEST_RUNS && run.verdict != TEST_NO_FILES) {
        bool is_setup = run.verdict == TEST_SETUP_FAILED;
        testjson_build(run.json,
                       is_setup ? target->path
                                : concat(target->path, concat(" [", target->path, ".test"), "]"),
                       buf_str(&run.kept));
        testjson_event(run.json, "start");
    }
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

/* Set by Ctrl-C, which ends the tests that run; then none are begun. */
static volatile sig_atomic_t is_interrupted;

static void note_interrupt(int sig)
{
    (void)sig;
    is_interrupted = 1;
}

/* Each package's tests append to the profile. */
static bool begin_profile(const TestOptions *test)
{
    FILE *file = fopen(test->cover_profile, "w");
    if (file && fprintf(file, "mode: %s\n", test->cover_mode) > 0 && fclose(file) == 0) return true;
    fprintf(stderr, "mgo: %s: %s\n", test->cover_profile, strerror(errno));
    return false;
}

static bool begin_fuzzing(TestOptions *test, size_t ntargets)
{
    if (ntargets > 1) {
        fprintf(stderr, "cannot use -fuzz flag with multiple packages\n");
        return false;
    }
    const char *folder = getenv("TMPDIR");
    char *path = concat(folder && *folder ? folder : "/tmp", "/", "mgo-fuzz-XXXXXX");
    int fd = mkstemp(path);
    if (fd < 0) { /* then an input that ends the process is not kept */
        free(path);
        return true;
    }
    close(fd);
    fuzz_input = path;
    test->args.at[2] = concat("-test.fuzzinput=", fuzz_input, "");
    return true;
}

int test_main(int argc, char **argv)
{
    TestOptions test = {0};
    Targets targets = {0};
    /* The program's name and -test.package, for each target, and -test.fuzzinput. */
    static char no_input[] = "-test.fuzzinput=";
    for (int i = 0; i < 3; i++) vec_push(&test.args, no_input);
    if (!testflags_read(&test, argc, argv)) return EXIT_USAGE;
    start_fix_addresses();
    if (!find_targets(&targets, &test)) return EXIT_COMPILE;
    signal(SIGINT, note_interrupt);
    if (test.cover_profile && !begin_profile(&test)) return EXIT_COMPILE;
    vec_push(&test.args, NULL);
    if (test.profile && targets.len > 1) {
        fprintf(stderr, "cannot use -%s flag with multiple packages\n", test.profile);
        return EXIT_USAGE;
    }
    if (test.is_fuzz && !begin_fuzzing(&test, targets.len)) return EXIT_USAGE;
    bool ok = true;
    for (size_t i = 0; i < targets.len && !is_interrupted; i++) {
        targets.at[i].is_json = test.is_json;
        targets.at[i].counts = test.cover_mode || test.is_fuzz;
        test.args.at[0] = concat(targets.at[i].path, ".test", "");
        test.args.at[1] = concat("-test.package=", targets.at[i].path, "");
        ok = run_target(&targets.at[i], &test) && ok;
    }
    if (*fuzz_input) unlink(fuzz_input);
    if (!ok && test.paths.len && !test.is_json) puts("FAIL");
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "mgo: writing the output: %s\n", errno ? strerror(errno) : "failed");
        ok = false;
    }
    return ok ? EXIT_OK : EXIT_COMPILE;
}
