/* SPDX-License-Identifier: MIT */
/* Packages: their variables' memory, their initialisation, and bodies compiled when they are first
 * called.
 *
 * A proto is made when code that calls it is compiled, or when its package is; its body is compiled
 * by its first call, on whatever worker that happens. So everything here, types and trees included,
 * is guarded by one recursive lock. Bodies of library packages are not even checked before. */
#include "compiler/stmt.h"

#include "base/diag.h"
#include "base/fatal.h"
#include "compiler/lazy.h"
#include "runtime/gc.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* ---- The lock ---- */

static pthread_mutex_t lock;

void compile_lock(void)
{
    pthread_mutex_lock(&lock);
}

void compile_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

/* ---- Protos of the user's own packages, for listings ---- */

typedef struct NotedProto {
    FuncProto *proto;
    Package *package;
} NotedProto;

static VEC(NotedProto) noted; /* guarded by the lock of compilation */

void proto_note(FuncProto *proto, Package *package)
{
    if (!package->is_library) vec_push(&noted, ((NotedProto){proto, package}));
}

static int compare_positions(const void *a, const void *b)
{
    const FuncProto *x = *(FuncProto *const *)a, *y = *(FuncProto *const *)b;
    return (x->pos > y->pos) - (x->pos < y->pos);
}

FuncProto **compile_package_protos(Package *package, uint32_t *n)
{
    compile_lock();
    FuncProto **list = malloc((noted.len + 1) * sizeof *list);
    if (!list) fatal_out_of_memory();
    *n = 0;
    for (size_t i = 0; i < noted.len; i++) {
        FuncProto *proto = noted.at[i].proto;
        bool has_body =
            proto->code && !proto->lazy && !(proto->flags & (PROTO_NATIVE | PROTO_WRAPPER));
        if (noted.at[i].package == package && has_body) list[(*n)++] = proto;
    }
    compile_unlock();
    qsort(list, *n, sizeof *list, compare_positions);
    return list;
}

/* ---- Lazy bodies ---- */

/* The signature with the instance's types, and without type parameters of its own. */
static Type *instance_signature(FuncState *f, Type *type)
{
    uint32_t nown = type->func.ntparams;
    if (nown > 0) type = type_instance_func(type, f->env.args + (f->env.n - nown));
    return env_type(f, type);
}

/* Compiles the body now; nothing where that was done. */
static void compile_body(FuncProto *proto)
{
    LazyBody *body = proto->lazy;
    if (!body) return;
    proto->lazy = NULL;
    FuncState *f = func_begin_outer(proto, body->package, &body->env);
    if (body->generate) {
        func_generate(f, body->generate, body->arg);
        return;
    }
    if (body->package->is_library && !types_check_body(body->func)) return;
    f->node = body->func->decl;
    f->signature = instance_signature(f, body->func->type);
    f->prompt_value = body->prompt_value;
    f->word_type = body->word_type;
    compile_func_state(f);
}

/* What LAZY calls. Nothing can go wrong with bodies that were checked, save that one is too large;
 * a fault in a library body is our own. */
static void compile_on_call(FuncProto *proto)
{
    DiagList errors = {0};
    compile_lock();
    DiagList *before = diag_use(&errors);
    bool is_library = proto->flags & PROTO_LIBRARY;
    compile_body(proto);
    diag_use(before);
    compile_unlock();
    if (diag_print(&errors, stderr) == 0) return;
    if (is_library) fatal("compile: library function %s does not compile", proto->name);
    exit(2);
}

void proto_lazy_generated(FuncProto *proto, Package *package,
                          void (*generate)(FuncState *f, void *arg), void *arg)
{
    LazyBody *body = arena_new(&types_arena, LazyBody);
    body->package = package;
    body->generate = generate;
    body->arg = arg;
    proto->lazy = body;
    if (package->is_library) proto->flags |= PROTO_LIBRARY;
    proto_init_lazy(proto);
    proto_note(proto, package);
}

/* Package variables outside the library, for reports; guarded by the compiler's lock. */
static VEC(Object *) globals;

static void note_global(Object *var)
{
    if (var->package && !var->package->is_library) vec_push(&globals, var);
}

/* The newest first, as the prompt declares names anew. */
static void each_global(VisitGlobal *visit, void *arg)
{
    compile_lock();
    for (size_t i = globals.len; i-- > 0;) {
        Object *var = globals.at[i];
        LocalName name = {.name = var->name, .type = compile_rtype(var->type), .pos = var->pos};
        visit(var->code, &name, arg);
    }
    compile_unlock();
}

void compile_init(void)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&lock, &attr);
    pthread_mutexattr_destroy(&attr);
    proto_compile = compile_on_call;
    proto_each_global = each_global;
}

/* ---- Package variables ---- */

enum { LARGE_GLOBAL = 1 << 16 }; /* bytes, from which a variable without pointers lies apart */

static bool is_large_leaf(const Object *var)
{
    return type_sizeof(var->type) >= LARGE_GLOBAL && !type_holds_pointers(var->type);
}

void *global_address(Object *var)
{
    if (!var->code) {
        size_t size = (size_t)type_sizeof(var->type);
        var->code =
            is_large_leaf(var) ? gc_globals_alloc_leaf(size) : gc_globals_alloc(size ? size : 1);
        note_global(var);
    }
    return var->code;
}

static bool is_variable(const Object *obj)
{
    return obj->kind == OBJ_VAR && !obj->code && type_sizeof(obj->type) > 0 && !is_large_leaf(obj);
}

/* Lays the package's variables out side by side in one piece of memory, save those that lie apart. */
static void place_globals(Package *package)
{
    size_t size = 0;
    for (size_t i = 0; i < package->scope->order.len; i++) {
        Object *obj = package->scope->order.at[i];
        if (!is_variable(obj)) continue;
        size_t align = (size_t)type_alignof(obj->type);
        size = (size + align - 1) / align * align + (size_t)type_sizeof(obj->type);
    }
    if (size == 0) return;
    char *memory = gc_globals_alloc(size);
    size = 0;
    for (size_t i = 0; i < package->scope->order.len; i++) {
        Object *obj = package->scope->order.at[i];
        if (!is_variable(obj)) continue;
        size_t align = (size_t)type_alignof(obj->type);
        size = (size + align - 1) / align * align;
        obj->code = memory + size;
        note_global(obj);
        size += (size_t)type_sizeof(obj->type);
    }
}

/* ---- Initialisation ---- */

static void initialise_variables(FuncState *f, Package *package)
{
    for (uint32_t i = 0; i < package->ninits; i++) {
        struct InitEntry *entry = &package->inits[i];
        func_mark_captures(f, entry->rhs);
        assign_globals(f, entry->lhs, entry->nlhs, entry->rhs);
    }
}

static void generate_variables(FuncState *f, void *arg)
{
    initialise_variables(f, arg);
    emit_abc(f, OP_RET, 0, 0, 0);
}

static void call_plain(FuncState *f, FuncProto *proto)
{
    Reg mark = reg_mark(f);
    reg_alloc(f, FRAME_HEADER);
    emit_abc(f, OP_CALL, reg_alloc(f, 0), 0, 0);
    emit_ptr(f, proto);
    reg_release(f, mark);
}

static FuncProto *init_part(Package *package, const char *name,
                            void (*generate)(FuncState *f, void *arg))
{
    FuncProto *proto = arena_new(&types_arena, FuncProto);
    proto->name = name;
    proto->pos = package->nfiles > 0 ? package->files[0]->pos : NO_POS;
    proto_lazy_generated(proto, package, generate, package);
    return proto;
}

/* Variables have a function of their own, so that traces show it for them only. */
static void generate_init(FuncState *f, void *arg)
{
    Package *package = arg;
    if (package->ninits > 0) {
        const char *name = arena_printf(&types_arena, "%s.init", package->path->text);
        call_plain(f, init_part(package, name, generate_variables));
    }
    for (size_t i = 0; i < package->init_funcs.len; i++)
        call_plain(f, func_proto(f, package->init_funcs.at[i], NULL, 0));
    emit_abc(f, OP_RET, 0, 0, 0);
}

static FuncProto *init_proto(Package *package)
{
    FuncProto *proto = init_part(package, "runtime.doInit1", generate_init);
    proto->flags |= PROTO_WRAPPER;
    proto->pos = NO_POS; /* as runtime.main has none */
    return proto;
}

/* ---- Packages ---- */

static void compile_imports(Package *package, PackageCode *code)
{
    code->imports = arena_array(&types_arena, PackageCode *, package->nimports);
    code->nimports = 0;
    for (uint32_t i = 0; i < package->nimports; i++)
        if (package->imports[i] != package_unsafe)
            code->imports[code->nimports++] = compile_package(package->imports[i]);
}

static PackageCode *compile_new_package(Package *package)
{
    PackageCode *code = package->code = arena_new(&types_arena, PackageCode);
    code->path = package->path;
    compile_imports(package, code);
    place_globals(package);
    code->init = init_proto(package);
    code->main = compile_function(package, "main");
    return code;
}

PackageCode *compile_package(Package *package)
{
    compile_lock();
    PackageCode *code = package->code;
    if (!code)
        code = compile_new_package(package);
    else if (package->is_prompt)
        compile_imports(package, code);
    compile_unlock();
    return code;
}

FuncProto *compile_function(Package *package, const char *name)
{
    compile_lock();
    Object *obj = scope_lookup(package->scope, intern_str(name));
    FuncProto *proto = NULL;
    if (obj) types_resolve(obj);
    if (obj && obj->kind == OBJ_FUNC && obj->type->func.ntparams == 0)
        proto = func_proto(NULL, obj, NULL, 0);
    compile_unlock();
    return proto;
}

static bool is_generic(const Object *func)
{
    return func->type->func.ntparams > 0 || func->type->func.nrecv_tparams > 0;
}

static void compile_objects(Object **objects, size_t n)
{
    for (size_t i = 0; i < n; i++) types_resolve(objects[i]);
    for (size_t i = 0; i < n; i++)
        if (objects[i]->kind == OBJ_FUNC && !is_generic(objects[i]))
            compile_body(func_proto(NULL, objects[i], NULL, 0));
}

void compile_all_bodies(Package *package)
{
    compile_lock();
    PackageCode *code = compile_package(package);
    compile_body(code->init);
    compile_objects(package->scope->order.at, package->scope->order.len);
    compile_objects(package->methods.at, package->methods.len);
    compile_objects(package->init_funcs.at, package->init_funcs.len);
    compile_objects(package->blank_funcs.at, package->blank_funcs.len);
    for (size_t i = 0; i < noted.len; i++) /* instances; grows meanwhile */
        if (noted.at[i].package == package) compile_body(noted.at[i].proto);
    compile_unlock();
}

FuncProto *compile_prompt(Package *package, Object *body, Node *value)
{
    compile_lock();
    compile_package(package);
    FuncProto *proto = arena_new(&types_arena, FuncProto);
    proto->name = arena_printf(&types_arena, "%s.%s", package->path->text, body->name->text);
    proto->pos = body->pos;
    proto->nresults = 2;
    LazyBody *lazy = arena_new(&types_arena, LazyBody);
    lazy->package = package;
    lazy->func = body;
    lazy->prompt_value = value;
    proto->lazy = lazy;
    proto_init_lazy(proto);
    size_t errors = diag_count();
    compile_body(proto);
    compile_unlock();
    return diag_count() == errors ? proto : NULL;
}

/* ---- Order of initialisation ---- */

typedef VEC(PackageCode *) CodeList;

static bool list_has(const CodeList *list, const PackageCode *code)
{
    for (size_t i = 0; i < list->len; i++)
        if (list->at[i] == code) return true;
    return false;
}

static void collect(CodeList *list, PackageCode *code)
{
    if (list_has(list, code)) return;
    vec_push(list, code);
    for (uint32_t i = 0; i < code->nimports; i++) collect(list, code->imports[i]);
}

static int compare_paths(const void *a, const void *b)
{
    PackageCode *const *x = a, *const *y = b;
    return strcmp((*x)->path->text, (*y)->path->text);
}

static bool is_ready(const CodeList *done, const PackageCode *code)
{
    for (uint32_t i = 0; i < code->nimports; i++)
        if (!list_has(done, code->imports[i])) return false;
    return true;
}

PackageCode **compile_init_order(PackageCode *package, uint32_t *n)
{
    CodeList all = {0}, done = {0};
    collect(&all, package);
    qsort(all.at, all.len, sizeof *all.at, compare_paths);
    while (done.len < all.len) {
        size_t before = done.len;
        for (size_t i = 0; i < all.len; i++) {
            if (list_has(&done, all.at[i]) || !is_ready(&done, all.at[i])) continue;
            vec_push(&done, all.at[i]);
            break;
        }
        if (done.len == before) fatal("compile: packages import each other in a cycle");
    }
    vec_free(&all);
    *n = (uint32_t)done.len;
    return done.at;
}
