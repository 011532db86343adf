/* SPDX-License-Identifier: MIT */
/* JSON's grammar as a machine.
 *
 * The same machine checks texts before they are decoded, finds the ends of values in a stream whose
 * bytes come in pieces, and says what is wrong where. Runs of plain bytes inside strings, the most
 * of most texts, are skipped in one go. */
#include "stdlib/encoding/json/scan.h"

#include "stdlib/native.h"
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"

#include <stdio.h>
#include <string.h>

typedef enum ScanState {
    BEGIN_VALUE,
    BEGIN_ELEMENT, /* of an array: a value or ] */
    BEGIN_MEMBER,  /* of an object: a key or } */
    BEGIN_KEY,
    AFTER_KEY,
    AFTER_VALUE,
    IN_STRING,
    IN_ESCAPE,
    IN_HEX,
    IN_LITERAL,
    AFTER_MINUS,
    AFTER_ZERO,
    IN_INTEGER,
    AFTER_POINT,
    IN_FRACTION,
    AFTER_E,
    AFTER_E_SIGN,
    IN_EXPONENT,
} ScanState;

void scan_begin(Scan *scan)
{
    scan->state = BEGIN_VALUE;
    scan->depth = 0;
    scan->is_key = false;
    scan->error[0] = 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static ScanStatus bad(Scan *scan, char c, const char *context)
{
    unsigned char byte = (unsigned char)c;
    char shown[16];
    if (byte == '\'')
        strcpy(shown, "'\\''");
    else if (byte == '"')
        strcpy(shown, "'\"'");
    else if (byte == '\\')
        strcpy(shown, "'\\\\'");
    else if (byte >= ' ' && byte < 0x7F)
        snprintf(shown, sizeof shown, "'%c'", byte);
    else if (byte < ' ' && strchr("\a\b\f\n\r\t\v", byte) && byte)
        snprintf(shown, sizeof shown, "'\\%c'", "abtnvfr"[byte - 7]);
    else if (byte < 0x80)
        snprintf(shown, sizeof shown, "'\\x%02x'", byte);
    else if (byte < 0xA1 || byte == 0xAD)
        snprintf(shown, sizeof shown, "'\\u%04x'", byte);
    else
        snprintf(shown, sizeof shown, "'%c%c'", 0xC0 | byte >> 6, 0x80 | (byte & 0x3F));
    snprintf(scan->error, sizeof scan->error, "invalid character %s %s", shown, context);
    return SCAN_ERROR;
}

static bool in_object(const Scan *scan)
{
    return scan->is_object[(scan->depth - 1) / 8] >> (scan->depth - 1) % 8 & 1;
}

static ScanStatus push(Scan *scan, bool is_object)
{
    if (scan->depth == SCAN_MAX_DEPTH)
        return bad(scan, is_object ? '{' : '[', "exceeded max depth");
    uint8_t bit = (uint8_t)(1u << scan->depth % 8);
    uint8_t *byte = &scan->is_object[scan->depth / 8];
    *byte = is_object ? *byte | bit : *byte & (uint8_t)~bit;
    scan->depth++;
    scan->state = is_object ? BEGIN_MEMBER : BEGIN_ELEMENT;
    return SCAN_MORE;
}

/* A value is complete. */
static ScanStatus value_done(Scan *scan)
{
    scan->state = AFTER_VALUE;
    return scan->depth == 0 ? SCAN_DONE : SCAN_MORE;
}

static ScanStatus pop(Scan *scan)
{
    scan->depth--;
    return value_done(scan);
}

static ScanStatus begin_value(Scan *scan, char c)
{
    switch (c) {
    case '{': return push(scan, true);
    case '[': return push(scan, false);
    case '"':
        scan->state = IN_STRING;
        scan->is_key = false;
        return SCAN_MORE;
    case '-': scan->state = AFTER_MINUS; return SCAN_MORE;
    case '0': scan->state = AFTER_ZERO; return SCAN_MORE;
    case 't': scan->word = "true"; break;
    case 'f': scan->word = "false"; break;
    case 'n': scan->word = "null"; break;
    default:
        if (!is_digit(c)) return bad(scan, c, "looking for beginning of value");
        scan->state = IN_INTEGER;
        return SCAN_MORE;
    }
    scan->literal = scan->word + 1;
    scan->state = IN_LITERAL;
    return SCAN_MORE;
}

static ScanStatus after_value(Scan *scan, char c)
{
    if (scan->depth == 0) return bad(scan, c, "after top-level value");
    if (in_object(scan)) {
        if (c == '}') return pop(scan);
        if (c != ',') return bad(scan, c, "after object key:value pair");
        scan->state = BEGIN_KEY;
    } else {
        if (c == ']') return pop(scan);
        if (c != ',') return bad(scan, c, "after array element");
        scan->state = BEGIN_VALUE;
    }
    return SCAN_MORE;
}

/* Outside of strings, numbers and words. */
static ScanStatus step_between(Scan *scan, char c)
{
    if (is_space(c)) return SCAN_MORE;
    switch (scan->state) {
    case BEGIN_ELEMENT:
        if (c == ']') return pop(scan);
        /* fall through */
    case BEGIN_VALUE: return begin_value(scan, c);
    case BEGIN_MEMBER:
        if (c == '}') return pop(scan);
        /* fall through */
    case BEGIN_KEY:
        if (c != '"') return bad(scan, c, "looking for beginning of object key string");
        scan->state = IN_STRING;
        scan->is_key = true;
        return SCAN_MORE;
    case AFTER_KEY:
        if (c != ':') return bad(scan, c, "after object key");
        scan->state = BEGIN_VALUE;
        return SCAN_MORE;
    default: return after_value(scan, c);
    }
}

static ScanStatus step_string(Scan *scan, char c)
{
    if (scan->state == IN_ESCAPE) {
        if (c == 'u') {
            scan->state = IN_HEX;
            scan->hex = 4;
        } else if (c && strchr("bfnrt\\/\"", c)) {
            scan->state = IN_STRING;
        } else {
            return bad(scan, c, "in string escape code");
        }
        return SCAN_MORE;
    }
    if (scan->state == IN_HEX) {
        if (!is_digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F'))
            return bad(scan, c, "in \\u hexadecimal character escape");
        if (--scan->hex == 0) scan->state = IN_STRING;
        return SCAN_MORE;
    }
    if (c == '\\') {
        scan->state = IN_ESCAPE;
    } else if (c == '"') {
        if (!scan->is_key) return value_done(scan);
        scan->state = AFTER_KEY;
    } else if ((unsigned char)c < ' ') {
        return bad(scan, c, "in string literal");
    }
    return SCAN_MORE;
}

static ScanStatus step_literal(Scan *scan, char c)
{
    if (c != *scan->literal) {
        char context[48];
        snprintf(context, sizeof context, "in literal %s (expecting '%c')", scan->word,
                 *scan->literal);
        return bad(scan, c, context);
    }
    if (*++scan->literal) return SCAN_MORE;
    return value_done(scan);
}

/* The number may be over before c: then *taken is set to false. */
static ScanStatus step_number(Scan *scan, char c, bool *taken)
{
    switch (scan->state) {
    case AFTER_MINUS:
        if (!is_digit(c)) return bad(scan, c, "in numeric literal");
        scan->state = c == '0' ? AFTER_ZERO : IN_INTEGER;
        return SCAN_MORE;
    case AFTER_POINT:
        if (!is_digit(c)) return bad(scan, c, "after decimal point in numeric literal");
        scan->state = IN_FRACTION;
        return SCAN_MORE;
    case AFTER_E:
        if (c == '+' || c == '-') {
            scan->state = AFTER_E_SIGN;
            return SCAN_MORE;
        }
        /* fall through */
    case AFTER_E_SIGN:
        if (!is_digit(c)) return bad(scan, c, "in exponent of numeric literal");
        scan->state = IN_EXPONENT;
        return SCAN_MORE;
    case IN_INTEGER:
        if (is_digit(c)) return SCAN_MORE;
        /* fall through */
    case AFTER_ZERO:
        if (c == '.') {
            scan->state = AFTER_POINT;
            return SCAN_MORE;
        }
        break;
    default:
        if (is_digit(c)) return SCAN_MORE;
    }
    if (scan->state != IN_EXPONENT && (c == 'e' || c == 'E')) {
        scan->state = AFTER_E;
        return SCAN_MORE;
    }
    *taken = false;
    return value_done(scan);
}

static ScanStatus step(Scan *scan, char c, bool *taken)
{
    if (scan->state < IN_STRING) return step_between(scan, c);
    if (scan->state < IN_LITERAL) return step_string(scan, c);
    if (scan->state == IN_LITERAL) return step_literal(scan, c);
    return step_number(scan, c, taken);
}

static const char *skip_plain(const char *at, const char *end)
{
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ') at++;
    return at;
}

ScanStatus scan_feed(Scan *scan, const char *text, size_t n, size_t *used)
{
    const char *at = text, *end = text + n;
    ScanStatus status = SCAN_MORE;
    while (at < end && status == SCAN_MORE) {
        if (scan->state == IN_STRING) {
            at = skip_plain(at, end);
            if (at == end) break;
        }
        bool taken = true;
        status = step(scan, *at, &taken);
        if (taken) at++;
    }
    *used = (size_t)(at - text);
    return status;
}

ScanStatus scan_end(Scan *scan)
{
    bool taken = true;
    if (scan->depth == 0 && scan->state == AFTER_VALUE) return SCAN_DONE;
    ScanStatus status = step(scan, ' ', &taken); /* ends a number, and is wrong inside a word */
    if (status != SCAN_MORE) return status;
    strcpy(scan->error, "unexpected end of JSON input");
    return SCAN_ERROR;
}

const char *scan_check(Scan *scan, const char *text, size_t n, size_t *offset)
{
    scan_begin(scan);
    ScanStatus status = scan_feed(scan, text, n, offset);
    if (status == SCAN_MORE) status = scan_end(scan);
    if (status == SCAN_ERROR) return scan->error;
    size_t at = *offset;
    while (at < n && is_space(text[at])) at++;
    if (at == n) return NULL;
    *offset = at + 1;
    bad(scan, text[at], "after top-level value");
    return scan->error;
}

bool scan_is_number(const char *text, size_t n)
{
    Scan scan;
    size_t offset;
    if (n == 0 || !(*text == '-' || is_digit(*text))) return false;
    return !scan_check(&scan, text, n, &offset) && !is_space(text[n - 1]);
}

/* ---- Natives ---- */

static void ret_error(NativeCall *call, int slot, const char *text, size_t offset)
{
    size_t len = strlen(text);
    char *copy = gc_new_leaf(len + 1);
    memcpy(copy, text, len);
    ret_string(call, slot, (String){copy, (int64_t)len});
    ret_int(call, slot + 2, (int64_t)offset);
}

void native_encoding_json_check(NativeCall *call)
{
    Slice data = arg_slice(call, 0);
    Scan scan;
    size_t offset;
    const char *error = scan_check(&scan, data.data, (size_t)data.len, &offset);
    if (error) ret_error(call, 0, error, offset);
}

void native_encoding_json_newScan(NativeCall *call)
{
    Scan *scan = gc_new_leaf(sizeof *scan);
    scan_begin(scan);
    ret_ptr(call, 0, scan);
}

void native_encoding_json_feed(NativeCall *call)
{
    Slice data = arg_slice(call, 1);
    Scan *scan = arg_ptr(call, 0);
    size_t used;
    ScanStatus status = scan_feed(scan, data.data, (size_t)data.len, &used);
    ret_int(call, 0, status);
    ret_int(call, 1, (int64_t)used);
    if (status == SCAN_ERROR) ret_error(call, 2, scan->error, used);
}

void native_encoding_json_isNumberOver(NativeCall *call)
{
    ret_bool(call, 0, scan_end(arg_ptr(call, 0)) == SCAN_DONE);
}
