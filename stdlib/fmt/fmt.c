/* SPDX-License-Identifier: MIT */
/* fmt: formats, and the natives. */
#include "stdlib/natives.gen.h"

#include "base/utf8.h"
#include "runtime/gc.h"
#include "stdlib/fmt/printer.h"

#include <string.h>

/* Where reading of a format stands. */
typedef struct Format {
    const char *text;
    int64_t len, i;
    const Iface *args;
    int64_t nargs, next; /* next argument */
    bool after_index;    /* an argument index [n] was just read */
    bool is_good_index;
    bool is_reordered;
} Format;

/* ---- Pieces of a directive ---- */

static bool is_too_large(int64_t n)
{
    return n > 1000000 || n < -1000000;
}

/* Reads a decimal number; returns whether there was one. */
static bool read_number(const Format *f, int64_t *at, int64_t end, int *n)
{
    int64_t i = *at, value = 0;
    for (; i < end && f->text[i] >= '0' && f->text[i] <= '9'; i++) {
        if (is_too_large(value)) {
            *at = end;
            return false;
        }
        value = value * 10 + (f->text[i] - '0');
    }
    bool found = i > *at;
    *n = (int)value;
    *at = i;
    return found;
}

/* Reads [n] where it stands; sets the next argument. */
static void read_index(Format *f)
{
    f->after_index = false;
    if (f->i >= f->len || f->text[f->i] != '[') return;
    f->is_reordered = true;
    const char *close = memchr(f->text + f->i, ']', (size_t)(f->len - f->i));
    if (!close || f->len - f->i < 3) {
        f->is_good_index = false;
        f->i++;
        return;
    }
    int64_t end = close - f->text, at = f->i + 1;
    int n = 0;
    bool found = read_number(f, &at, end, &n) && at == end;
    f->i = end + 1;
    f->after_index = found;
    if (found && n >= 1 && n <= f->nargs)
        f->next = n - 1;
    else
        f->is_good_index = false;
}

/* Takes an argument as width or precision; returns whether it is a fitting integer. */
static bool take_int(Format *f, int *n)
{
    if (f->next >= f->nargs) return false;
    const Iface *arg = &f->args[f->next++];
    if (!arg->type || arg->type->kind < KIND_INT || arg->type->kind > KIND_UINTPTR) return false;
    bool is_signed = arg->type->kind <= KIND_INT64;
    if (is_too_large(arg->word.i) || (!is_signed && arg->word.i < 0)) return false;
    *n = (int)arg->word.i;
    return true;
}

static void read_width(Printer *p, Format *f)
{
    if (f->i < f->len && f->text[f->i] == '*') {
        f->i++;
        p->f.has_wid = take_int(f, &p->f.wid);
        if (!p->f.has_wid) buf_text(&p->out, "%!(BADWIDTH)");
        if (p->f.wid < 0) {
            p->f.wid = -p->f.wid;
            p->f.minus = true;
            p->f.zero = false;
        }
        f->after_index = false;
        return;
    }
    p->f.has_wid = read_number(f, &f->i, f->len, &p->f.wid);
    if (f->after_index && p->f.has_wid) f->is_good_index = false;
}

static void read_precision(Printer *p, Format *f)
{
    if (f->i + 1 >= f->len || f->text[f->i] != '.') return; /* a point at the end is a verb */
    f->i++;
    if (f->after_index) f->is_good_index = false;
    read_index(f);
    if (f->i < f->len && f->text[f->i] == '*') {
        f->i++;
        p->f.has_prec = take_int(f, &p->f.prec);
        if (p->f.prec < 0) {
            p->f.prec = 0;
            p->f.has_prec = false;
        }
        if (!p->f.has_prec) buf_text(&p->out, "%!(BADPREC)");
        f->after_index = false;
        return;
    }
    if (!read_number(f, &f->i, f->len, &p->f.prec)) p->f.prec = 0;
    p->f.has_prec = true;
}

static void read_flags(Printer *p, Format *f)
{
    for (; f->i < f->len; f->i++) {
        switch (f->text[f->i]) {
        case '#': p->f.sharp = true; break;
        case '0': p->f.zero = true; break; /* no matter beside minus, but Formatters see it */
        case '+': p->f.plus = true; break;
        case '-': p->f.minus = true; break;
        case ' ': p->f.space = true; break;
        default: return;
        }
    }
}

/* ---- Directives ---- */

static void add_note(Printer *p, uint32_t verb, const char *note)
{
    char text[UTF8_MAX];
    buf_text(&p->out, "%!");
    buf_add(&p->out, text, (size_t)utf8_encode(text, verb));
    buf_text(&p->out, note);
}

static void note_wrapped(Printer *p, int64_t arg)
{
    if (p->nwrapped == p->wrapped_cap) {
        p->wrapped_cap = p->wrapped_cap ? 2 * p->wrapped_cap : 4;
        int64_t *grown = gc_new_leaf((size_t)p->wrapped_cap * sizeof *grown);
        if (p->nwrapped > 0) memcpy(grown, p->wrapped, (size_t)p->nwrapped * sizeof *grown);
        p->wrapped = grown;
    }
    p->wrapped[p->nwrapped++] = arg;
}

static void print_directive(Printer *p, Format *f, uint32_t verb)
{
    const Iface *arg = &f->args[f->next];
    if (verb == 'w') note_wrapped(p, f->next);
    if (verb == 'v' || verb == 'w') {
        p->f.sharp_v = p->f.sharp;
        p->f.plus_v = p->f.plus;
        p->f.sharp = p->f.plus = false;
    }
    f->next++;
    printer_arg(p, *arg, verb);
}

/* A directive after its %. */
static void run_directive(Printer *p, Format *f)
{
    p->f = (Flags){0};
    f->is_good_index = true;
    f->after_index = false;
    read_flags(p, f);
    read_index(f);
    read_width(p, f);
    read_precision(p, f);
    if (!f->after_index) read_index(f);
    if (f->i >= f->len) {
        buf_text(&p->out, "%!(NOVERB)");
        return;
    }
    int width;
    uint32_t verb = utf8_decode(f->text + f->i, (size_t)(f->len - f->i), &width);
    f->i += width;
    if (verb == '%')
        buf_byte(&p->out, '%');
    else if (!f->is_good_index)
        add_note(p, verb, "(BADINDEX)");
    else if (f->next >= f->nargs)
        add_note(p, verb, "(MISSING)");
    else
        print_directive(p, f, verb);
}

static void add_extra(Printer *p, const Format *f)
{
    p->f = (Flags){0};
    buf_text(&p->out, "%!(EXTRA ");
    for (int64_t i = f->next; i < f->nargs; i++) {
        if (i > f->next) buf_text(&p->out, ", ");
        if (!f->args[i].type) {
            buf_text(&p->out, "<nil>");
            continue;
        }
        buf_text(&p->out, f->args[i].type->string);
        buf_byte(&p->out, '=');
        printer_arg(p, f->args[i], 'v');
    }
    buf_byte(&p->out, ')');
}

static void run_format(Printer *p, Format *f)
{
    while (f->i < f->len) {
        const char *begin = f->text + f->i, *percent = memchr(begin, '%', (size_t)(f->len - f->i));
        size_t plain = percent ? (size_t)(percent - begin) : (size_t)(f->len - f->i);
        buf_add(&p->out, begin, plain);
        f->i += (int64_t)plain + 1;
        if (percent) run_directive(p, f);
    }
    if (!f->is_reordered && f->next < f->nargs) add_extra(p, f);
}

/* Print puts spaces between operands where neither is a string, Println always and a newline at the
 * end. */
static void run_print(Printer *p, const Iface *args, int64_t n, bool line)
{
    bool was_string = false;
    for (int64_t i = 0; i < n; i++) {
        bool is_string = args[i].type && args[i].type->kind == KIND_STRING;
        if (i > 0 && (line || (!is_string && !was_string))) buf_byte(&p->out, ' ');
        p->f = (Flags){0};
        printer_arg(p, args[i], 'v');
        was_string = is_string;
    }
    if (line) buf_byte(&p->out, '\n');
}

/* ---- Natives ---- */

/* Every printer writes into its thread's buffer, which grows to what is usual. No Go code runs
 * meanwhile, so there is one printer at a time. */
static __thread Buf scratch;

static void keep_scratch(Buf *out)
{
    enum { KEPT_MAX = 1 << 16 };
    if (out->cap > KEPT_MAX) buf_free(out);
    out->len = 0;
    scratch = *out;
}

/* func format(mode int, format string, args []any, results []result) (out []byte, needs []need,
 * wrapped []int) */
void native_fmt_format(NativeCall *call)
{
    enum { MODE_FORMAT, MODE_ERROR, MODE_PRINT, MODE_LINE };
    int64_t mode = arg_int(call, 0);
    String text = arg_string(call, 1);
    Slice args = arg_slice(call, 3), results = arg_slice(call, 6);
    Printer p = {.call = call,
                 .out = scratch,
                 .wraps = mode == MODE_ERROR,
                 .results = results.data,
                 .nresults = results.len};
    Format f = {.text = text.data, .len = text.len, .args = args.data, .nargs = args.len};
    if (mode <= MODE_ERROR)
        run_format(&p, &f);
    else
        run_print(&p, args.data, args.len, mode == MODE_LINE);
    if (p.nneeds == 0) {
        String out = string_copy(p.out.data, (int64_t)p.out.len);
        ret_slice(call, 0, (Slice){(void *)(uintptr_t)out.data, out.len, out.len});
    }
    ret_slice(call, 3, (Slice){p.needs, p.nneeds, p.nneeds});
    ret_slice(call, 6, (Slice){p.wrapped, p.nwrapped, p.nwrapped});
    keep_scratch(&p.out);
}

/* func setInterfaces(pointers ...any) int: pointers to the interface types, in the order of
 * CallKind. */
void native_fmt_setInterfaces(NativeCall *call)
{
    Slice pointers = arg_slice(call, 0);
    RType *types[5] = {NULL};
    for (int64_t i = 0; i < pointers.len && i < 4; i++)
        types[i + 1] = ((const Iface *)pointers.data)[i].type->elem;
    printer_set_interfaces(types);
}

/* func isNilPointer(v any) bool */
void native_fmt_isNilPointer(NativeCall *call)
{
    Iface v = arg_iface(call, 0);
    ret_bool(call, 0, v.type && v.type->kind == KIND_POINTER && !v.word.p);
}
