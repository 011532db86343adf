/* SPDX-License-Identifier: MIT */
/* Methods: in instances of generic code, and in the disguises that need a small function around
 * them.
 *
 * A method takes its receiver as its first parameter, as declared. Three kinds of wrapper adapt
 * other calls to that:
 *
 *     entry        for dispatch through interfaces: takes the interface's word, which is the
 *                  receiver or points to it
 *     expression   T.m as a function: takes a T, which reaches m through embedded fields or a
 * pointer value        x.m as a function: takes the receiver from the slots its closure captured
 *
 * Where the word is just what the method wants (a *T for a pointer receiver, a small T for a value
 * receiver) the method is its own entry; where it points to what the method wants, the method is
 * compiled a second time, to take the word. So wrappers serve promoted methods and natives only. */
#include "compiler/internal.h"

#include "base/buf.h"
#include "base/fatal.h"
#include "compiler/lazy.h"

#include <string.h>

/* ---- Finding methods ---- */

Selection *selection_subst(FuncState *f, Selection *selection)
{
    if (f->env.n == 0 || !type_mentions_params(selection->recv)) return selection;
    Type *recv = env_type(f, selection->recv);
    Selection *found = arena_new(f->arena, Selection);
    Object *obj = selection->obj;
    LookupResult result = lookup_field_or_method(recv, true, obj->package, obj->name, false, found);
    if (result != LOOKUP_FOUND && result != LOOKUP_POINTER_RECEIVER)
        fatal("method: %s is missing in an instance", obj->name->text);
    found->kind = selection->kind;
    found->recv = recv;
    found->pos = selection->pos;
    return found;
}

enum { IS_INSTANCE = 1 }; /* Object.slot: made by method_instance, `code` is the proto */

/* The defined type that has the method. */
static Type *receiver_base(const Object *method)
{
    Type *recv = type_unalias(method->type->func.recv->type);
    return recv->kind == TYPE_POINTER ? type_unalias(recv->elem) : recv;
}

Object *method_instance(Object *method, Type **targs, uint32_t n)
{
    Type *recv = receiver_base(method);
    uint32_t nrecv = recv->named.ntargs;
    Type **all = arena_array(&types_arena, Type *, nrecv + n);
    if (nrecv) memcpy(all, recv->named.targs, nrecv * sizeof *all);
    if (n) memcpy(all + nrecv, targs, n * sizeof *all);
    Object *instance = arena_new(&types_arena, Object);
    *instance = *method;
    instance->type = type_instance_func(method->type, targs);
    instance->origin = method->origin ? method->origin : method;
    instance->code = func_proto(NULL, method, all, nrecv + n);
    instance->slot = IS_INSTANCE;
    return instance;
}

FuncProto *method_proto(Object *method)
{
    if (method->slot == IS_INSTANCE) return method->code;
    Type *recv = receiver_base(method);
    return func_proto(NULL, method, recv->named.targs, recv->named.ntargs);
}

static bool has_pointer_receiver(const Object *method)
{
    return method->has_pointer_receiver || (method->origin && method->origin->has_pointer_receiver);
}

void check_word(FuncState *f, Type *word_type, Name method, Reg word)
{
    if (type_under(word_type)->kind != TYPE_POINTER) return;
    Label ok;
    label_init(&ok);
    emit_cmp_jump(f, OP_JNEI, word, 0, &ok);
    Buf type = {0};
    type_print(type_under(word_type)->elem, QUALIFY_NAME, &type);
    const char *dot = strrchr(buf_str(&type), '.');
    emit_abc(f, OP_PANICTEXT, 1, 0, 0);
    emit_ptr(f, arena_printf(&types_arena, "value method %s.%s called using nil *%s pointer",
                             buf_str(&type), method->text, dot ? dot + 1 : buf_str(&type)));
    buf_free(&type);
    label_place(f, &ok);
}

/* ---- Wrappers ---- */

typedef struct Wrapper {
    enum { WRAP_ENTRY, WRAP_EXPRESSION, WRAP_VALUE } kind;
    Type *recv;      /* what the wrapper takes; VALUE: the method's own receiver type */
    Selection *path; /* from there to what has the method; not of VALUE */
    Object *method;
} Wrapper;

/* The receiver that the wrapper was given, as far as the path leads. */
static LValue wrapper_receiver(FuncState *f, const Wrapper *w)
{
    LValue lv = {.kind = LV_SLOT, .reg = f->proto->nresults, .type = w->recv, .pos = f->pos};
    if (w->kind == WRAP_ENTRY && type_sizeof(w->recv) > 8) {
        lv.kind = LV_PTR;
        lv.is_box = true;
    }
    lvalue_path(f, &lv, w->path->path, w->path->npath, f->pos);
    return lv;
}

/* The called frame: results, receiver, parameters. */
typedef struct Frame {
    Reg base, params;
} Frame;

/* Lays the frame out and copies the parameters, which are the last of the wrapper's. */
static Frame make_frame(FuncState *f, const Wrapper *w, uint32_t receiver_slots)
{
    const Type *signature = w->method->type;
    uint32_t nparams = vars_slots(NULL, signature->func.params, signature->func.nparams);
    uint32_t nresults = f->proto->nresults;
    reg_alloc(f, FRAME_HEADER);
    Frame frame = {.base = reg_alloc(f, nresults + receiver_slots + nparams)};
    frame.params = frame.base + nresults;
    emit_move(f, frame.params + receiver_slots, nresults + f->proto->nparams - nparams, nparams);
    return frame;
}

static void return_results(FuncState *f, Frame frame)
{
    emit_move(f, 0, frame.base, f->proto->nresults);
    emit_abc(f, OP_RET, 0, 0, 0);
}

static void call_through_interface(FuncState *f, const Wrapper *w, LValue *lv)
{
    Reg iface = reg_alloc(f, 2);
    lvalue_load(f, lv, iface);
    Frame frame = make_frame(f, w, 1);
    ICache *cache = arena_new(&types_arena, ICache);
    cache->sel = selector_for(w->method);
    cache->nargs = f->proto->nparams; /* the wrapper's receiver in it: more than are read */
    emit_abc(f, OP_CALLI, frame.base, iface, f->proto->nresults);
    emit_ptr(f, cache);
    return_results(f, frame);
}

static void generate_wrapper(FuncState *f, void *arg)
{
    const Wrapper *w = arg;
    if (w->kind == WRAP_ENTRY && w->path->npath == 0 && !has_pointer_receiver(w->method))
        check_word(f, w->recv, w->method->name, f->proto->nresults);
    LValue lv = wrapper_receiver(f, w);
    if (type_is_interface(lv.type)) {
        call_through_interface(f, w, &lv);
        return;
    }
    Frame frame = make_frame(f, w, vars_slots(NULL, &w->method->type->func.recv, 1));
    receiver_to(f, &lv, w->method, frame.params);
    emit_abc(f, OP_CALL, frame.base, 0, 0);
    emit_ptr(f, method_proto(w->method));
    return_results(f, frame);
}

static void generate_value_wrapper(FuncState *f, void *arg)
{
    const Wrapper *w = arg;
    uint32_t slots = vars_slots(NULL, &w->method->type->func.recv, 1);
    f->ncaptured = slots;
    Frame frame = make_frame(f, w, slots);
    if (slots > 0) emit_abc(f, OP_LDCAPN, frame.params, 0, slots);
    emit_abc(f, OP_CALL, frame.base, 0, 0);
    emit_ptr(f, method_proto(w->method));
    return_results(f, frame);
}

static FuncProto *make_wrapper(const Wrapper *wrapper, uint32_t receiver_slots)
{
    Type *signature = wrapper->method->type;
    Wrapper *kept = arena_new(&types_arena, Wrapper);
    *kept = *wrapper;
    FuncProto *proto = arena_new(&types_arena, FuncProto);
    proto->name =
        arena_printf(&types_arena, "%s.%s%s", type_string(wrapper->recv),
                     wrapper->method->name->text, wrapper->kind == WRAP_VALUE ? "-fm" : "");
    proto->pos = wrapper->method->pos;
    proto->nresults = (uint16_t)vars_slots(NULL, signature->func.results, signature->func.nresults);
    proto->nparams = (uint16_t)(receiver_slots +
                                vars_slots(NULL, signature->func.params, signature->func.nparams));
    proto->flags = PROTO_WRAPPER;
    bool is_value = wrapper->kind == WRAP_VALUE;
    if (is_value) proto->ncaptured = (uint16_t)vars_slots(NULL, &signature->func.recv, 1);
    Package *package = wrapper->method->package ? wrapper->method->package : package_unsafe;
    proto_lazy_generated(proto, package, is_value ? generate_value_wrapper : generate_wrapper,
                         kept);
    return proto;
}

/* Whether the method, called with an interface's word as its receiver, does the right thing. */
static bool is_own_entry(Type *type, const MethodEntry *entry)
{
    if (entry->selection.npath > 0) return false;
    bool is_pointer = type_under(type)->kind == TYPE_POINTER;
    if (is_pointer) return has_pointer_receiver(entry->method);
    return type_slots(type) == 1;
}

FuncProto *method_entry_proto(Type *type, const MethodEntry *entry)
{
    if (is_own_entry(type, entry)) return method_proto(entry->method);
    if (entry->selection.npath == 0 && !has_pointer_receiver(entry->method)) {
        Type *recv = receiver_base(entry->method);
        FuncProto *proto =
            func_word_proto(entry->method, recv->named.targs, recv->named.ntargs, type);
        if (proto) return proto;
    }
    Selection *path = arena_new(&types_arena, Selection);
    *path = entry->selection;
    Wrapper wrapper = {.kind = WRAP_ENTRY, .recv = type, .path = path, .method = entry->method};
    return make_wrapper(&wrapper, 1);
}

FuncProto *method_expr_proto(FuncState *f, Selection *selection, Type *recv)
{
    (void)f;
    Object *method = selection->obj;
    if (selection->npath == 0 && !type_is_interface(recv) &&
        types_identical(method->type->func.recv->type, recv))
        return method_proto(method);
    Wrapper wrapper = {
        .kind = WRAP_EXPRESSION, .recv = recv, .path = selection, .method = selection->obj};
    return make_wrapper(&wrapper, type_slots(recv));
}

FuncProto *method_value_proto(FuncState *f, Selection *selection, Type *recv)
{
    (void)f;
    Wrapper wrapper = {.kind = WRAP_VALUE, .recv = recv, .method = selection->obj};
    return make_wrapper(&wrapper, 0);
}
