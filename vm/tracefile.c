/* SPDX-License-Identifier: MIT */
#include "vm/tracefile.h"

#include "base/fatal.h"
#include "base/vec.h"
#include "runtime/clock.h"
#include "runtime/event.h"
#include "vm/proto.h"
#include "vm/traceback.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[8] = "mgotrace";

enum { VERSION = 2, HEADER_SIZE = 32, EVENT_SIZE = 32 };

static const char *const kind_words[EVENT_COUNT] = {
#define EVENT(name, word, arg) [EVENT_##name] = word,
#include "runtime/event.def"
#undef EVENT
};

static const char *const wait_texts[WAIT_COUNT] = {
#define WAIT(name, text) [WAIT_##name] = text,
#include "runtime/waitreason.def"
#undef WAIT
};

/* ---- Writing ---- */

static void put(Buf *out, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) buf_byte(out, (char)(value >> (8 * i)));
}

typedef VEC(const void *) Places;

static int compare_pcs(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t) * (const void *const *)a, y = (uintptr_t) * (const void *const *)b;
    return (x > y) - (x < y);
}

/* The pcs of the events, sorted, each once. */
static Places collect_places(const Event *events, size_t n)
{
    Places places = {0};
    for (size_t i = 0; i < n; i++)
        if (events[i].pc) vec_push(&places, events[i].pc);
    if (places.len) qsort(places.at, places.len, sizeof places.at[0], compare_pcs);
    size_t kept = 0;
    for (size_t i = 0; i < places.len; i++)
        if (kept == 0 || places.at[kept - 1] != places.at[i]) places.at[kept++] = places.at[i];
    places.len = kept;
    return places;
}

static uint32_t place_index(const Places *places, const void *pc)
{
    if (!pc || !places->len) return 0;
    const void **found = bsearch(&pc, places->at, places->len, sizeof places->at[0], compare_pcs);
    return found ? (uint32_t)(found - places->at) + 1 : 0;
}

static void write_string(Buf *out, const char *text, size_t len)
{
    if (len > UINT16_MAX) len = UINT16_MAX;
    put(out, len, 2);
    buf_add(out, text, len);
}

static void write_place(Buf *out, const void *pc)
{
    Pos pos;
    const FuncProto *proto = traceback_function((uintptr_t)((const Instr *)pc - 1), &pos);
    Buf text = {0};
    if (proto) {
        Location where = source_locate(pos);
        const char *slash = where.path ? strrchr(where.path, '/') : NULL;
        buf_printf(&text, "%s %s:%d", proto->name ? proto->name : "?",
                   slash        ? slash + 1
                   : where.path ? where.path
                                : "?",
                   where.line);
    }
    write_string(out, buf_str(&text), text.len);
    buf_free(&text);
}

/* The texts of the events in their order, as strings that follow the places. */
static uint32_t write_texts(Buf *out, const Event *events, size_t n)
{
    uint32_t ntexts = 0;
    for (size_t i = 0; i < n; i++) {
        if (!event_has_text(events[i].kind)) continue;
        const char *text = events_text((uint32_t)(events[i].arg >> 32));
        if (!text) text = "?";
        write_string(out, text, strlen(text));
        ntexts++;
    }
    return ntexts;
}

static void write_event(Buf *out, const Event *event, const Places *places)
{
    put(out, (uint64_t)(event->time - clock_start_ns()), 8);
    put(out, event->g, 8);
    put(out, event->arg, 8);
    put(out, place_index(places, event->pc), 4);
    put(out, event->kind, 1);
    put(out, event->reason, 1);
    put(out, (uint16_t)event->proc, 2);
}

void tracefile_write(Buf *out)
{
    size_t n;
    uint64_t dropped;
    Event *events = events_take(&n, &dropped);
    Places places = collect_places(events, n);
    buf_add(out, magic, sizeof magic);
    put(out, VERSION, 4);
    Buf texts = {0};
    uint32_t ntexts = write_texts(&texts, events, n), string = (uint32_t)places.len;
    put(out, places.len + ntexts, 4);
    put(out, n, 8);
    put(out, dropped, 8);
    for (size_t i = 0; i < places.len; i++) write_place(out, places.at[i]);
    buf_add(out, buf_str(&texts), texts.len);
    buf_free(&texts);
    for (size_t i = 0; i < n; i++) {
        if (event_has_text(events[i].kind))
            events[i].arg = (uint64_t)++string << 32 | (uint32_t)events[i].arg;
        write_event(out, &events[i], &places);
    }
    vec_free(&places);
    free(events);
}

/* ---- Reading ---- */

typedef struct Reader {
    const char *at, *end;
} Reader;

static uint64_t get(Reader *reader, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) value |= (uint64_t)(uint8_t)reader->at[i] << (8 * i);
    reader->at += bytes;
    return value;
}

typedef struct Text {
    const char *at;
    size_t len;
} Text;

/* Returns the strings, malloc'ed, or NULL where the file ends too early. */
static Text *read_strings(Reader *reader, uint32_t n)
{
    Text *strings = calloc((size_t)n + 1, sizeof *strings);
    if (!strings) fatal_out_of_memory();
    for (uint32_t i = 1; i <= n; i++) {
        size_t left = (size_t)(reader->end - reader->at);
        size_t len = left < 2 ? 0 : get(reader, 2);
        if (left < 2 + len) {
            free(strings);
            return NULL;
        }
        strings[i] = (Text){reader->at, len};
        reader->at += len;
    }
    return strings;
}

/* " 3 parsing", " parsing (task 3)" */
static void print_text(Buf *out, uint8_t kind, Text text, uint32_t task)
{
    bool is_task = kind == EVENT_TASK || kind == EVENT_TASK_END;
    if (is_task) buf_printf(out, " %" PRIu32, task);
    buf_printf(out, " %.*s", (int)text.len, text.at);
    if (!is_task && task) buf_printf(out, " (task %" PRIu32 ")", task);
}

/* text: what the program worded, for events that have one. */
static void print_arg(Buf *out, uint8_t kind, uint8_t reason, uint64_t arg, Text text)
{
    switch (kind) {
    case EVENT_CREATE:
    case EVENT_READY:
    case EVENT_STEAL: buf_printf(out, " g%" PRIu64, arg); break;
    case EVENT_SEND:
    case EVENT_RECV:
    case EVENT_CLOSE: buf_printf(out, " chan %" PRIu64, arg); break;
    case EVENT_STOP:
        buf_printf(out, " %s", reason < WAIT_COUNT ? wait_texts[reason] : "?");
        if (!arg) break;
        buf_printf(
            out, reason == WAIT_CHAN_SEND || reason == WAIT_CHAN_RECV ? " %" PRIu64 : " 0x%" PRIx64,
            arg);
        break;
    case EVENT_YIELD: buf_text(out, arg ? " (slice used up)" : ""); break;
    case EVENT_LOCK: buf_printf(out, " 0x%" PRIx64, arg); break;
    case EVENT_STACK: buf_printf(out, " %" PRIu64 " bytes", arg); break;
    case EVENT_TASK:
    case EVENT_TASK_END:
    case EVENT_REGION:
    case EVENT_REGION_END:
    case EVENT_LOG: print_text(out, kind, text, (uint32_t)arg); break;
    case EVENT_GC_BEGIN:
    case EVENT_GC_END: buf_printf(out, " %" PRIu64, arg); break;
    default: break;
    }
}

/* "   1.234567 P0 g17 send chan 3    main.f x.mgo:12" */
static bool print_event(Reader *reader, const Text *strings, uint32_t nstrings, Buf *out)
{
    int64_t time = (int64_t)get(reader, 8);
    uint64_t g = get(reader, 8), arg = get(reader, 8);
    uint32_t place = (uint32_t)get(reader, 4);
    uint8_t kind = (uint8_t)get(reader, 1), reason = (uint8_t)get(reader, 1);
    int16_t proc = (int16_t)get(reader, 2);
    if (kind >= EVENT_COUNT || place > nstrings) return false;
    uint64_t number = event_has_text(kind) ? arg >> 32 : 0;
    if (number > nstrings) return false;
    char name[24] = "-", processor[8] = "-";
    if (g) snprintf(name, sizeof name, "g%" PRIu64, g);
    if (proc >= 0) snprintf(processor, sizeof processor, "P%d", proc);
    buf_printf(out, "%12.6f %-3s %-5s %s", (double)time / 1e9, processor, name, kind_words[kind]);
    print_arg(out, kind, reason, arg, strings[number]);
    if (place && strings[place].len)
        buf_printf(out, "   %.*s", (int)strings[place].len, strings[place].at);
    buf_byte(out, '\n');
    return true;
}

const char *tracefile_print(const char *data, size_t len, Buf *out)
{
    Reader reader = {data, data + len};
    if (len < HEADER_SIZE || memcmp(data, magic, sizeof magic) != 0) return "not a trace";
    reader.at += sizeof magic;
    if (get(&reader, 4) != VERSION) return "a trace of another version";
    uint32_t nstrings = (uint32_t)get(&reader, 4);
    uint64_t nevents = get(&reader, 8), dropped = get(&reader, 8);
    if (nstrings > len) return "damaged";
    Text *strings = read_strings(&reader, nstrings);
    const char *why =
        strings && (uint64_t)(reader.end - reader.at) / EVENT_SIZE >= nevents ? NULL : "damaged";
    for (uint64_t i = 0; i < nevents && !why; i++)
        if (!print_event(&reader, strings, nstrings, out)) why = "damaged";
    if (!why && dropped) buf_printf(out, "%" PRIu64 " earlier events had no room\n", dropped);
    free(strings);
    return why;
}
