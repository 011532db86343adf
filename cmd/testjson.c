/* SPDX-License-Identifier: MIT */
/* Events of mgo test -json, in the form that go test -json prints.
 *
 * Package testing marks the lines that frame a test with a ^V: "=== RUN   TestX" and its like begin
 * something, "--- PASS: TestX (0.00s)" ends a test, and what follows up to the next such line is
 * output of that test. So the event that tells the outcome waits until then. */
#include "cmd/testjson.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Prints what is no ASCII; returns how many bytes that were. */
static size_t print_rune(const char *text, size_t len)
{
    int width;
    uint32_t rune = utf8_decode(text, len, &width);
    if (rune == 0xFFFD && width == 1)
        fputs("\\ufffd", stdout);
    else if (rune == 0x2028 || rune == 0x2029)
        printf("\\u%04x", rune);
    else
        fwrite(text, 1, (size_t)width, stdout);
    return (size_t)width;
}

static void print_string(const char *text, size_t len)
{
    putchar('"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x80) {
            i += print_rune(text + i, len - i) - 1;
            continue;
        }
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c == '\n')
            fputs("\\n", stdout);
        else if (c == '\t')
            fputs("\\t", stdout);
        else if (c == '\r')
            fputs("\\r", stdout);
        else if (c < ' ' || c == '<' || c == '>' || c == '&')
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

/* Prints the fields that every event begins with. */
static void begin_event(const TestJson *json, const char *action, const Buf *test)
{
    struct timespec now;
    struct tm at;
    char text[40];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &at);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &at);
    printf("{\"Time\":\"%s.%09ldZ\",\"Action\":\"%s\",\"Package\":", text, now.tv_nsec, action);
    print_string(json->package, strlen(json->package));
    if (test && test->len) {
        fputs(",\"Test\":", stdout);
        print_string(test->data, test->len);
    }
}

/* ^V, in front of the lines that frame a test. */
enum { MARK = 0x16 };

static void print_output(const TestJson *json, const char *line, size_t len)
{
    begin_event(json, "output", &json->test);
    fputs(",\"Output\":", stdout);
    print_string(line, len);
    fputs("}\n", stdout);
}

void testjson_event(TestJson *json, const char *action)
{
    begin_event(json, action, NULL);
    fputs("}\n", stdout);
}

/* Tells the outcome of the test that has ended, if one waits. */
static void flush_result(TestJson *json)
{
    if (!json->outcome) return;
    begin_event(json, json->outcome, &json->result);
    printf(",\"Elapsed\":%s}\n", json->elapsed);
    json->outcome = NULL;
}

static void set_name(Buf *buf, const char *name, size_t len)
{
    buf->len = 0;
    buf_add(buf, name, len);
}

/* "=== RUN   TestX": an event with the action's name. */
static void frame_begins(TestJson *json, const char *line, size_t len)
{
    static const struct {
        const char *word, *action;
    } frames[] = {{"RUN ", "run"},   {"PAUSE ", "pause"},         {"CONT ", "cont"},
                  {"ATTR ", "attr"}, {"ARTIFACTS ", "artifacts"}, {"NAME ", NULL}};
    const char *end = line + len;
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        size_t n = strlen(frames[i].word);
        if (strncmp(line + 4, frames[i].word, n) != 0) continue;
        const char *name = line + 4 + n;
        while (*name == ' ') name++;
        size_t name_len = (size_t)(end - name);
        if (name_len && end[-1] == '\n') name_len--;
        if (frames[i].action && frames[i].action[0] == 'a') /* more follows the name */
            name_len = strcspn(name, " \n");
        set_name(&json->test, name, name_len);
        if (!frames[i].action) return;
        bool is_pause = strcmp(frames[i].action, "pause") == 0;
        if (is_pause) print_output(json, line, len);
        begin_event(json, frames[i].action, &json->test);
        fputs("}\n", stdout);
        if (!is_pause) print_output(json, line, len);
        return;
    }
    print_output(json, line, len);
}

/* "--- PASS: TestX (0.00s)": an event to come. */
static void frame_ends(TestJson *json, const char *line, size_t len)
{
    static const char *const outcomes[][2] = {
        {"PASS: ", "pass"}, {"FAIL: ", "fail"}, {"SKIP: ", "skip"}, {"BENCH: ", "bench"}};
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        size_t n = strlen(outcomes[i][0]);
        if (strncmp(line + 4, outcomes[i][0], n) != 0) continue;
        const char *name = line + 4 + n;
        size_t name_len = strcspn(name, " \n");
        double seconds = 0;
        sscanf(name + name_len, " (%lfs)", &seconds);
        set_name(&json->result, name, name_len);
        set_name(&json->test, name, name_len);
        json->outcome = outcomes[i][1];
        snprintf(json->elapsed, sizeof json->elapsed, "%.6g", seconds);
    }
    print_output(json, line, len);
}

static void end_line(TestJson *json)
{
    buf_str(&json->line); /* ends it in a NUL */
    const char *line = json->line.data;
    size_t len = json->line.len;
    bool is_frame = *line == MARK;
    if (is_frame) {
        line++;
        len--;
        flush_result(json);
    }
    if (is_frame && strncmp(line, "=== ", 4) == 0)
        frame_begins(json, line, len);
    else if (is_frame && strncmp(line, "--- ", 4) == 0)
        frame_ends(json, line, len);
    else {
        /* PASS or FAIL of the package */
        if (is_frame || strncmp(line, "FAIL\t", 5) == 0) {
            flush_result(json);
            json->test.len = 0;
        }
        print_output(json, line, len);
    }
    json->line.len = 0;
}

void testjson_output(TestJson *json, const char *bytes, size_t len)
{
    while (len) {
        /* A mark ends what a test has printed without a line end. */
        if (*bytes == MARK && json->line.len) end_line(json);
        size_t n = 1;
        while (n < len && bytes[n - 1] != '\n' && bytes[n] != MARK) n++;
        buf_add(&json->line, bytes, n);
        if (bytes[n - 1] == '\n') end_line(json);
        bytes += n;
        len -= n;
    }
    fflush(stdout);
}

void testjson_build(TestJson *json, const char *import_path, const char *text)
{
    json->failed_build = import_path;
    while (*text) {
        size_t len = strcspn(text, "\n");
        len += text[len] == '\n';
        fputs("{\"ImportPath\":", stdout);
        print_string(import_path, strlen(import_path));
        fputs(",\"Action\":\"build-output\",\"Output\":", stdout);
        print_string(text, len);
        puts("}");
        text += len;
    }
    fputs("{\"ImportPath\":", stdout);
    print_string(import_path, strlen(import_path));
    puts(",\"Action\":\"build-fail\"}");
}

void testjson_end(TestJson *json, const char *action, double seconds)
{
    if (json->line.len) end_line(json);
    flush_result(json);
    begin_event(json, action, NULL);
    printf(",\"Elapsed\":%.10g", (double)(int64_t)(seconds * 1000 + 0.5) / 1000);
    if (json->failed_build) {
        fputs(",\"FailedBuild\":", stdout);
        print_string(json->failed_build, strlen(json->failed_build));
    }
    puts("}");
    fflush(stdout);
    buf_free(&json->line);
    buf_free(&json->test);
    buf_free(&json->result);
}
