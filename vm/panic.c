/* SPDX-License-Identifier: MIT */
/* Panics.
 *
 * A panic does not unwind at once: deferred calls run above the frame that raised it, so a trace of
 * a panic that nobody recovers still shows everything. The steps, all taken between two
 * instructions of the loop:
 *
 *   1. panic_raise notes a PanicRecord for the current frame and takes the goroutine's newest
 * DeferRecord, whatever frame it belongs to.
 *   2. Its function is called in a frame above, flagged FRAME_PANIC_CALL, that returns to an UNWIND
 * instruction.
 *   3. recover() marks the innermost panic recovered if it is called by just that frame, wrappers
 * looked through.
 *   4. UNWIND comes to panic_go_on: not recovered, go on with the next DeferRecord; recovered, drop
 * every frame above the one that deferred the call and go on at its epilogue, which runs the rest
 * of its deferred calls and returns.
 *
 * A panic raised in a deferred call is a new record above the old one. If it is recovered further
 * out than the old one was raised, the old one is dropped with it: it was aborted. Goexit is a
 * record that cannot be recovered; where a recovered panic drops one, it starts again in the frame
 * that recovered (GF_GOEXIT). Deferred records of frames that are dropped have all run by then, as
 * they are newer. */
#include "vm/panic.h"

#include "base/fatal.h"
#include "runtime/gc.h"
#include "runtime/iface.h"
#include "stdlib/native.h"
#include "vm/explain.h"
#include "vm/frame.h"
#include "vm/op.h"
#include "vm/print.h"
#include "vm/traceback.h"
#include "vm/vm.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const Instr panic_unwind_code[1] = {{.op = OP_UNWIND}};

/* ---- Values of run-time errors ---- */

static Iface text_error(RType *type, const char *text)
{
    if (!type) fatal("panic before package runtime was there: %s", text);
    return iface_string(type, string_copy(text, (int64_t)strlen(text)));
}

static Iface formatted_error(RType *type, const char *format, va_list args)
{
    char text[512];
    vsnprintf(text, sizeof text, format, args);
    return text_error(type, text);
}

Iface panic_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Iface error = formatted_error(vm_error_types.error_string, format, args);
    va_end(args);
    return error;
}

Iface panic_bounds_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Iface error = formatted_error(vm_error_types.bounds_error, format, args);
    va_end(args);
    return error;
}

Iface panic_plain_error(const char *text)
{
    return text_error(vm_error_types.plain_error, text);
}

Iface panic_string(const char *text)
{
    return text_error(rtype_basic(KIND_STRING), text);
}

/* Which operands of the instruction at pc are unsigned, as UnsignedIndex has it. */
static unsigned unsigned_operands(const FuncProto *proto, const Instr *pc)
{
    Pos pos = proto_pos(proto, (uint32_t)(pc - proto->code));
    for (uint32_t i = 0; i < proto->nunsigned; i++)
        if (proto->unsigned_indices[i].pos == pos) return proto->unsigned_indices[i].which;
    return 0;
}

Iface panic_index_error(const FuncProto *proto, const Instr *pc, int64_t index, int64_t len)
{
    if (index < 0 && unsigned_operands(proto, pc) & 1)
        return panic_bounds_error("index out of range [%llu] with length %lld",
                                  (unsigned long long)index, (long long)len);
    if (index < 0) return panic_bounds_error("index out of range [%lld]", (long long)index);
    return panic_bounds_error("index out of range [%lld] with length %lld", (long long)index,
                              (long long)len);
}

Iface panic_unhashable_error(const RType *type)
{
    return panic_error("hash of unhashable type %s", type->string);
}

Iface panic_uncomparable_error(const RType *type)
{
    return panic_error("comparing uncomparable type %s", type->string);
}

/* A bound of a slice expression. */
typedef struct Bound {
    int64_t value;
    bool is_unsigned;
} Bound;

static bool is_negative(Bound bound)
{
    return bound.value < 0 && !bound.is_unsigned;
}

static const char *bound_text(Bound bound, char text[24])
{
    snprintf(text, 24, bound.is_unsigned ? "%llu" : "%lld", (long long)bound.value);
    return text;
}

/* One bound beyond what it may be at most; `form` has Go's brackets around the bound's place. */
static Iface bound_error(const char *form, Bound bound, const char *what, int64_t limit)
{
    char place[64], text[24];
    snprintf(place, sizeof place, form, bound_text(bound, text));
    if (is_negative(bound) || !what)
        return panic_bounds_error("slice bounds out of range %s", place);
    return panic_bounds_error("slice bounds out of range %s with %s %lld", place, what,
                              (long long)limit);
}

static Iface order_error(const char *form, const char *negative, Bound low, Bound high)
{
    char place[64], low_text[24], high_text[24];
    if (is_negative(low)) return bound_error(negative, low, NULL, 0);
    snprintf(place, sizeof place, form, bound_text(low, low_text), bound_text(high, high_text));
    return panic_bounds_error("slice bounds out of range %s", place);
}

Iface panic_slice_error(const FuncProto *proto, const Instr *pc, const Slot *r)
{
    const Slot *operand = &r[pc->b], *bound = operand + 3;
    unsigned given = pc->c, is_unsigned = unsigned_operands(proto, pc);
    bool is_slice = pc->op == OP_SLICE;
    int64_t len = pc->op == OP_SLICEP ? (int64_t)pc[2].word : operand[1].i;
    int64_t cap = is_slice ? operand[2].i : len;
    const char *what = is_slice ? "capacity" : "length";
    Bound lo = {given & 1 ? bound[0].i : 0, is_unsigned & 1},
          hi = {given & 2 ? bound[1].i : len, is_unsigned & 2};
    if (given & 4) {
        Bound max = {bound[2].i, is_unsigned & 4};
        if ((uint64_t)max.value > (uint64_t)cap) return bound_error("[::%s]", max, what, cap);
        if ((uint64_t)hi.value > (uint64_t)max.value)
            return order_error("[:%s:%s]", "[:%s:]", hi, max);
        return order_error("[%s:%s:]", "[%s::]", lo, hi);
    }
    if ((uint64_t)hi.value > (uint64_t)cap) return bound_error("[:%s]", hi, what, cap);
    return order_error("[%s:%s]", "[%s:]", lo, hi);
}

/* The package a type belongs to, by its name or by the unexported fields in it; NULL: none. */
static Name home_package(const RType *type)
{
    while (!type->package_path && type->elem) type = type->elem;
    for (uint32_t i = 0; !type->package_path && i < type->nfields; i++)
        if (type->fields[i].package) return type->fields[i].package;
    return type->package_path;
}

Iface panic_assertion_error(const RType *dynamic, const RType *wanted, const RType *from_type)
{
    char text[1024];
    const char *from = from_type ? from_type->string : "interface";
    const RMethod *missing = NULL;
    if (wanted->kind == KIND_INTERFACE) {
        from = "interface";
        if (dynamic) missing = rtype_missing_method(dynamic, wanted);
    }
    if (!dynamic) {
        snprintf(text, sizeof text, "interface conversion: %s is nil, not %s", from,
                 wanted->string);
    } else if (missing) {
        snprintf(text, sizeof text, "interface conversion: %s is not %s: missing method %s",
                 dynamic->string, wanted->string, missing->sel->name->text);
    } else {
        const char *note = "";
        if (strcmp(dynamic->string, wanted->string) == 0)
            note = home_package(dynamic) == home_package(wanted)
                       ? " (types from different scopes)"
                       : " (types from different packages)";
        snprintf(text, sizeof text, "interface conversion: %s is %s, not %s%s", from,
                 dynamic->string, wanted->string, note);
    }
    RType *type = vm_error_types.type_assertion_error;
    if (!type) fatal("panic before package runtime was there: %s", text);
    String *error = gc_new_type(type->elem, 1);
    *error = string_copy(text, (int64_t)strlen(text));
    return (Iface){type, {.p = error}};
}

static Iface nil_panic_error(void)
{
    RType *type = vm_error_types.panic_nil_error;
    if (!type) return panic_error("panic called with nil argument");
    return (Iface){type, {.p = gc_new(sizeof(Slot))}};
}

/* ---- Raising ---- */

static PanicStep run_next_deferred(Goroutine *g, PanicRecord *record);

static PanicRecord *push_record(Goroutine *g)
{
    PanicRecord *record = gc_new(sizeof *record);
    record->next = g->panics;
    record->frame = g->frame;
    record->pc = g->pc;
    g->panics = record;
    return record;
}

static PanicStep raise_value(Goroutine *g, Iface value, bool is_signal)
{
    PanicRecord *before = g->panics, *record = push_record(g);
    record->value = value;
    record->is_repanicked = before && before->is_recovered && before->value.type == value.type &&
                            before->value.word.u == value.word.u;
    record->is_signal = is_signal || (record->is_repanicked && before->is_signal);
    return run_next_deferred(g, record);
}

PanicStep panic_raise(Goroutine *g, Iface value)
{
    return raise_value(g, value.type ? value : nil_panic_error(), false);
}

PanicStep panic_raise_nil(Goroutine *g)
{
    return raise_value(g, panic_error("invalid memory address or nil pointer dereference"), true);
}

PanicStep panic_goexit(Goroutine *g)
{
    g->flags &= (uint8_t)~GF_GOEXIT;
    PanicRecord *record = push_record(g);
    record->is_goexit = true;
    return run_next_deferred(g, record);
}

/* ---- Running deferred calls ---- */

/* Nobody recovered the innermost panic. */
static PanicStep report_panic(Goroutine *g)
{
    Buf out = {0};
    panic_print(g, &out);
    vm_begin_report();
    buf_byte(&out, '\n');
    traceback_write_panic(g, &out);
    explain_panic(g, &out);
    vm_write_repeat(&out);
    print_crash(out.data, out.len);
    buf_free(&out);
    if (!vm_is_prompt()) vm_exit(2);
    vm_end_report();
    return PANIC_ENDED;
}

static PanicStep run_next_deferred(Goroutine *g, PanicRecord *record)
{
    DeferRecord *deferred = g->defers;
    if (!deferred) return record->is_goexit ? PANIC_ENDED : report_panic(g);
    g->defers = deferred->next;
    record->target = deferred->frame;
    if (!deferred->fn) return panic_raise_nil(g);
    if (!frame_push(g, deferred->fn, deferred->args, deferred->n, panic_unwind_code,
                    FRAME_DEFERRED_CALL | FRAME_PANIC_CALL))
        return panic_stack_overflow(g);
    record->call_frame = g->frame;
    return PANIC_RUN;
}

bool panic_run_deferred(Goroutine *g, PanicStep *step)
{
    DeferRecord *deferred = defer_pop(g);
    if (!deferred) return false;
    *step = PANIC_RUN;
    if (!deferred->fn)
        *step = panic_raise_nil(g);
    else if (!frame_push(g, deferred->fn, deferred->args, deferred->n, g->pc, FRAME_DEFERRED_CALL))
        *step = panic_stack_overflow(g);
    else
        defer_free(deferred);
    return true;
}

/* Goes on in the frame that deferred the call which recovered. */
static PanicStep leave_recovered(Goroutine *g, uint32_t target)
{
    for (; g->panics && g->panics->frame >= target; g->panics = g->panics->next)
        if (g->panics->is_goexit) g->flags |= GF_GOEXIT;
    g->frame = target;
    const FuncProto *proto = FRAME_PROTO(frame_base(g));
    g->live = target + proto->nslots;
    g->pc = proto->code + proto->epilogue_pc;
    return PANIC_RUN;
}

PanicStep panic_go_on(Goroutine *g)
{
    PanicRecord *record = g->panics;
    record->call_frame = 0;
    g->pc = record->pc;
    if (record->is_recovered) return leave_recovered(g, record->target);
    return run_next_deferred(g, record);
}

/* The frame that calls recover: of `defer recover()`, which is a wrapper, the one that deferred it,
 * while that one returns. NULL: nobody who could recover. */
static Slot *recovering_frame(Slot *r)
{
    if (!(FRAME_PROTO(r)->flags & PROTO_WRAPPER)) return r;
    uint64_t link = FRAME_LINK(r);
    bool is_returning =
        (LINK_FLAGS(link) & (FRAME_DEFERRED_CALL | FRAME_PANIC_CALL)) == FRAME_DEFERRED_CALL;
    return is_returning ? r - LINK_DISTANCE(link) : NULL;
}

Iface panic_recover(Goroutine *g, uint32_t frame)
{
    Iface none = {NULL, {.u = 0}};
    PanicRecord *record = g->panics;
    if (!record || record->is_goexit || record->is_recovered || !record->call_frame) return none;
    Slot *r = recovering_frame(stack_base(g) + frame), *wanted = stack_base(g) + record->call_frame;
    if (!r) return none;
    while (r != wanted) {
        if (LINK_FLAGS(FRAME_LINK(r)) & FRAME_BOTTOM) return none;
        r -= LINK_DISTANCE(FRAME_LINK(r));
        if (r < wanted || !(FRAME_PROTO(r)->flags & PROTO_WRAPPER)) return none;
    }
    record->is_recovered = true;
    return record->value;
}

/* ---- Reports ---- */

/* The text of a value with an Error or String method. Returns false where it has none or the method
 * fails. */
static bool call_text_method(Goroutine *g, Iface value, Buf *out)
{
    FuncProto *method = rtype_method(value.type, "Error");
    if (!method) method = rtype_method(value.type, "String");
    if (!method || method->nresults != 2 || method->nparams != 1) return false;
    Slot args[3] = {{.u = 0}, {.u = 0}, value.word}, text[2];
    if (vm_call(g, method->value, args, 3, text, 2) != NATIVE_DONE) return false;
    print_value(out, PRINT_STRING, text);
    return true;
}

static void add_indented(Buf *out, const Buf *text)
{
    for (size_t i = 0; i < text->len; i++) {
        buf_byte(out, text->data[i]);
        if (text->data[i] == '\n') buf_byte(out, '\t');
    }
}

static void find_text(Goroutine *g, PanicRecord *record)
{
    if (record->text.len || record->is_goexit) return;
    bool is_first_try = !record->is_printing;
    const RType *type = record->value.type;
    record->is_printing = true;
    bool has_prefix = type == vm_error_types.error_string || type == vm_error_types.bounds_error;
    if (has_prefix || type == vm_error_types.plain_error) {
        const String *text = iface_data(&record->value);
        if (has_prefix) buf_text(&record->text, "runtime error: ");
        buf_add(&record->text, text->data, (size_t)text->len);
    } else if (is_first_try) {
        Buf text = {0};
        if (call_text_method(g, record->value, &text)) add_indented(&record->text, &text);
        buf_free(&text);
    }
    if (!record->text.len) print_panic_value(&record->text, record->value);
}

static void print_record(PanicRecord *record, PanicRecord *newer, Buf *out)
{
    if (record->next) {
        print_record(record->next, record, out);
        if (!record->next->is_goexit && !record->is_repanicked) buf_byte(out, '\t');
    }
    if (record->is_goexit || record->is_repanicked) return;
    buf_text(out, "panic: ");
    buf_add(out, record->text.data, record->text.len);
    bool is_repanicked = newer && newer->is_repanicked;
    if (record->is_recovered)
        buf_text(out, is_repanicked ? " [recovered, repanicked]" : " [recovered]");
    buf_byte(out, '\n');
}

void panic_print(Goroutine *g, Buf *out)
{
    for (PanicRecord *record = g->panics; record; record = record->next) find_text(g, record);
    print_record(g->panics, NULL, out);
    if (g->panics->is_signal)
        buf_printf(out, "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x%llx]\n",
                   (unsigned long long)(uintptr_t)g->panics->pc);
}

PanicStep panic_stack_overflow(Goroutine *g)
{
    Buf out = {0};
    vm_begin_report();
    buf_text(&out, "runtime: goroutine stack exceeds 1000000000-byte limit\n"
                   "fatal error: stack overflow\n\n");
    traceback_write(g, &out);
    vm_write_repeat(&out);
    print_crash(out.data, out.len);
    buf_free(&out);
    if (!vm_is_prompt()) vm_exit(2);
    vm_end_report();
    push_record(g)->value = panic_plain_error("stack overflow");
    return PANIC_ENDED;
}
