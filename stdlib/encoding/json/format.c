/* SPDX-License-Identifier: MIT */
/* JSON texts into other forms of themselves: without spaces, indented, fit for HTML. */
#include "stdlib/encoding/json/format.h"

#include "runtime/gc.h"
#include "stdlib/natives.gen.h"

#include <stdlib.h>
#include <string.h>

/* Bytes that HTML or JavaScript would misread: <, >, & and U+2028, U+2029. Returns how many bytes
 * were escaped, 0 where at is none of them. */
static size_t escape_for_html(Buf *out, const char *at, const char *end)
{
    if (*at == '<' || *at == '>' || *at == '&') {
        buf_printf(out, "\\u%04x", *at);
        return 1;
    }
    if (end - at > 2 && at[0] == '\xE2' && at[1] == '\x80' && (at[2] & ~1) == '\xA8') {
        buf_printf(out, "\\u202%x", at[2] & 0xF);
        return 3;
    }
    return 0;
}

void json_escape_html(Buf *out, const char *text, size_t n)
{
    const char *end = text + n, *start = text;
    for (const char *at = text; at < end;) {
        if (*at != '<' && *at != '>' && *at != '&' && *at != '\xE2') {
            at++;
            continue;
        }
        buf_add(out, start, (size_t)(at - start));
        size_t width = escape_for_html(out, at, end);
        start = at + width;
        at += width ? width : 1;
    }
    buf_add(out, start, (size_t)(end - start));
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The end of the string that begins at `at`, which is complete. */
static const char *string_end(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\') at++;
    return at + 1;
}

void json_compact(Buf *out, const char *text, size_t n, bool html)
{
    const char *end = text + n;
    for (const char *at = text; at < end;) {
        const char *start = at;
        if (is_space(*at)) {
            at++;
            continue;
        }
        if (*at == '"')
            at = string_end(at, end);
        else
            while (at < end && *at != '"' && !is_space(*at)) at++;
        if (html)
            json_escape_html(out, start, (size_t)(at - start));
        else
            buf_add(out, start, (size_t)(at - start));
    }
}

typedef struct Indent {
    Buf *out;
    String prefix, step;
    size_t depth;
} Indent;

static void new_line(Indent *in)
{
    buf_byte(in->out, '\n');
    buf_add(in->out, in->prefix.data, (size_t)in->prefix.len);
    for (size_t i = 0; i < in->depth; i++) buf_add(in->out, in->step.data, (size_t)in->step.len);
}

static const char *skip_spaces(const char *at, const char *end)
{
    while (at < end && is_space(*at)) at++;
    return at;
}

static void indent(Indent *in, const char *at, const char *end)
{
    while (at < end) {
        const char *start = at;
        if (*at == '"') {
            at = string_end(at, end);
            buf_add(in->out, start, (size_t)(at - start));
            continue;
        }
        char c = *at++;
        if (is_space(c)) continue;
        if (c == '}' || c == ']') {
            in->depth--;
            new_line(in);
        }
        buf_byte(in->out, c);
        if (c == ':') buf_byte(in->out, ' ');
        if (c == ',') new_line(in);
        if (c != '{' && c != '[') continue;
        at = skip_spaces(at, end);
        if (at < end && (*at == '}' || *at == ']')) {
            buf_byte(in->out, *at++);
        } else {
            in->depth++;
            new_line(in);
        }
    }
}

/* ---- Natives; the texts are known to be valid ---- */

void json_ret_bytes(NativeCall *call, int slot, const Buf *out)
{
    char *copy = gc_new_leaf(out->len ? out->len : 1);
    if (out->len) memcpy(copy, out->data, out->len);
    ret_slice(call, slot, (Slice){copy, (int64_t)out->len, (int64_t)out->len});
}

void native_encoding_json_compact(NativeCall *call)
{
    Slice data = arg_slice(call, 0);
    Buf out = {0};
    json_compact(&out, data.data, (size_t)data.len, arg_bool(call, 3));
    json_ret_bytes(call, 0, &out);
    buf_free(&out);
}

void native_encoding_json_indent(NativeCall *call)
{
    Slice data = arg_slice(call, 0);
    const char *text = data.data, *end = text + data.len;
    while (end > text && is_space(end[-1])) end--;
    Buf out = {0};
    Indent in = {.out = &out, .prefix = arg_string(call, 3), .step = arg_string(call, 5)};
    indent(&in, text, end);
    buf_add(&out, end, (size_t)(text + data.len - end)); /* spaces at the end stay */
    json_ret_bytes(call, 0, &out);
    buf_free(&out);
}

void native_encoding_json_escapeHTML(NativeCall *call)
{
    Slice data = arg_slice(call, 0);
    Buf out = {0};
    json_escape_html(&out, data.data, (size_t)data.len);
    json_ret_bytes(call, 0, &out);
    buf_free(&out);
}
