/* SPDX-License-Identifier: MIT */
/* Collecting what files declare, and checking a package from there.
 *
 * First every declaration becomes an object, unresolved, so that order in the text does not matter;
 * then methods are left with their types; then everything is resolved, bodies are checked, and the
 * order of initialisation is found. Each file's imports live in a scope of their own inside the
 * package's. What was only skimmed, in the library, waits until somebody asks for it. */
#include "types/resolve.h"

#include "base/utf8.h"
#include "types/decl.h"
#include "types/embed.h"
#include "types/initorder.h"
#include "types/mono.h"
#include "types/receiver.h"
#include "types/remedy.h"

#include <stdlib.h>
#include <string.h>

static ImportFn *importer;

void resolve_set_importer(ImportFn *import)
{
    importer = import;
}

/* ---- Imports ---- */

static const char *folder_of(Node *file)
{
    const char *path = file != NULL && file->file.source != NULL ? file->file.source->path : "";
    const char *slash = strrchr(path, '/');
    return slash != NULL ? arena_strndup(&types_arena, path, (size_t)(slash - path)) : ".";
}

static Package *import_package(Name path, const char *folder, Pos pos, const char **why)
{
    if (strcmp(path->text, "unsafe") == 0) return package_unsafe;
    if (importer == NULL) {
        *why = "no importer";
        return NULL;
    }
    Package *current = types_current_package;
    Package *package = importer(path, folder, pos, why);
    types_current_package = current;
    return package;
}

static void add_import(Package *package, Package *imported)
{
    for (uint32_t i = 0; i < package->nimports; i++)
        if (package->imports[i] == imported) return;
    Package **grown = arena_array(&types_arena, Package *, package->nimports + 1);
    if (package->nimports > 0) memcpy(grown, package->imports, package->nimports * sizeof *grown);
    grown[package->nimports++] = imported;
    package->imports = grown;
}

static bool is_unprintable(uint32_t rune)
{
    return rune < 0x20 || (rune >= 0x7F && rune < 0xA1) || rune == 0xAD || rune == 0x1680 ||
           (rune >= 0x2000 && rune <= 0x200F) || (rune >= 0x2028 && rune <= 0x202F) ||
           (rune >= 0x205F && rune <= 0x206F) || rune == 0x3000 || rune == 0xFEFF;
}

/* What is wrong with a character of an import path, or NULL. */
static const char *path_fault(uint32_t rune)
{
    if (is_unprintable(rune)) {
        return arena_printf(&types_arena, "invalid character U+%04X", (unsigned)rune);
    }
    bool is_bad =
        rune == 0xFFFD || (rune < 0x80 && strchr("!\"#$%&'()*,:;<=>?[\\]^`{|} ", (int)rune));
    if (!is_bad) return NULL;
    char text[8];
    text[utf8_encode(text, rune)] = 0;
    return arena_printf(&types_arena, "invalid character U+%04X '%s'", (unsigned)rune, text);
}

/* The path in an import's quotes, or NULL after an error. */
static Name import_path(Node *literal)
{
    ConstValue *val = const_literal(T_STRING, literal->literal.text);
    size_t len = 0;
    const char *text = val != NULL ? const_to_string(val, &len) : "";
    const char *why = len == 0 ? "empty string" : NULL;
    for (size_t i = 0; i < len && why == NULL;) {
        int width = 1;
        uint32_t rune = utf8_decode(text + i, len - i, &width);
        if (rune == UTF8_ERROR) rune = 0xFFFD;
        why = path_fault(rune);
        i += (size_t)width;
    }
    if (why == NULL && text[0] == '/') {
        diag_error(literal->pos, literal->end, ERR_IMPORT_ABSOLUTE, text);
        return NULL;
    }
    if (why == NULL) return intern(text, len);
    diag_error(literal->pos, literal->end, ERR_IMPORT_PATH, why);
    return NULL;
}

static void dot_import(Checker *c, Node *node, Package *imported, Scope *scope)
{
    Object *handle = object_new(OBJ_PACKAGE, imported->name, NULL, c->package, node->pos);
    handle->imported = imported;
    handle->decl = node;
    node->import.obj = handle;
    bool any = false;
    for (size_t i = 0; i < imported->scope->order.len; i++) {
        Object *obj = imported->scope->order.at[i];
        if (!obj->name->is_exported) continue;
        Object *other = scope_insert(scope, obj);
        char where[256];
        if (other != NULL && other != obj)
            diag_error(node->pos, node->end, ERR_REDECLARED, obj->name->text,
                       source_format(other->pos, where, sizeof where), obj->name->text);
        any = true;
    }
    if (any) vec_push(&c->dot_imports, ((DotImport){handle, scope}));
}

static Object *declare_import(Checker *c, Node *node, Package *imported, Scope *scope)
{
    Node *name = node->import.name;
    Name local = name != NULL ? name->ident.name : imported->name;
    if (strcmp(local->text, "init") == 0) {
        diag_error(node->pos, node->end, ERR_IMPORT_INIT);
        return NULL;
    }
    Object *obj = object_new(OBJ_PACKAGE, local, type_basic[TYPE_INVALID], c->package,
                             name != NULL ? name->pos : node->import.path->pos);
    obj->imported = imported;
    obj->decl = node;
    obj->state = RESOLVE_BLACK;
    node->import.obj = obj;
    if (c->package->is_prompt)
        scope_replace(scope, obj);
    else if (local != name_blank)
        declare(c, scope, name, obj, NO_POS);
    return obj;
}

static bool is_dot(const Node *import)
{
    return import->import.name != NULL && strcmp(import->import.name->ident.name->text, ".") == 0;
}

static void collect_import(Checker *c, Node *file, Node *node, Scope *scope)
{
    Name path = import_path(node->import.path);
    if (path == NULL) return;
    const char *why = "";
    Package *imported = import_package(path, folder_of(file), node->import.path->pos, &why);
    Pos pos = node->import.path->pos, end = node->import.path->end;
    if (imported == NULL) {
        diag_error(pos, end, ERR_IMPORT_FAILED, why);
        remedy_import(path);
        imported = package_new(
            path, intern_str(strrchr(path->text, '/') ? strrchr(path->text, '/') + 1 : path->text));
        imported->is_missing = true;
        c->has_unknown_names |= is_dot(node);
    } else if (strcmp(imported->name->text, "main") == 0 && !imported->is_under_test) {
        diag_error(pos, end, ERR_IMPORT_MAIN, path->text);
    } else {
        add_import(c->package, imported);
    }
    if (is_dot(node)) {
        dot_import(c, node, imported, scope);
        return;
    }
    Object *obj = declare_import(c, node, imported, scope);
    if (obj != NULL && imported->is_missing) obj->is_used = true;
}

void collect_imports(Checker *c, Node *file, Scope *scope)
{
    for (uint32_t i = 0; i < file->file.imports.len; i++)
        collect_import(c, file, file->file.imports.at[i], scope);
}

void mark_dot_import(Checker *c, Object *obj, Scope *scope)
{
    for (size_t i = 0; i < c->dot_imports.len; i++) {
        const DotImport *import = &c->dot_imports.at[i];
        if (import->scope == scope &&
            scope_lookup(import->handle->imported->scope, obj->name) == obj)
            import->handle->is_used = true;
    }
}

static void report_unused(Object *obj)
{
    const char *path = obj->imported->path->text, *slash = strrchr(path, '/');
    const char *last = slash != NULL ? slash + 1 : path;
    Pos end = obj->decl->import.path->end;
    const char *quoted = arena_printf(&types_arena, "\"%s\"", path);
    if (is_dot(obj->decl) || strcmp(obj->name->text, last) == 0)
        diag_error(obj->pos, end, ERR_UNUSED_IMPORT, quoted);
    else
        diag_error(obj->pos, end, ERR_UNUSED_IMPORT_AS, quoted, obj->name->text);
    diag_remedy("remove the import, or import it as _ for its initialisation alone");
}

void report_unused_imports(Checker *c, Scope *scope)
{
    for (size_t i = 0; i < scope->order.len; i++) {
        Object *obj = scope->order.at[i];
        if (obj->kind == OBJ_PACKAGE && !obj->is_used && obj->decl != NULL) report_unused(obj);
    }
    for (size_t i = 0; i < c->dot_imports.len; i++)
        if (!c->dot_imports.at[i].handle->is_used) report_unused(c->dot_imports.at[i].handle);
    c->dot_imports.len = 0;
}

/* ---- Automatic imports ---- */

static Package *find_standard(Name name)
{
    const char *path = remedy_library_path(name->text), *why = "";
    Package *package = path ? import_package(intern_str(path), "", NO_POS, &why) : NULL;
    return package != NULL && package->is_library && package->name == name ? package : NULL;
}

Object *auto_import(Checker *c, Name name)
{
    if ((!c->package->is_script && !c->package->is_prompt) || c->imports == NULL) return NULL;
    Package *imported = find_standard(name);
    if (imported == NULL) return NULL;
    add_import(c->package, imported);
    Object *obj = object_new(OBJ_PACKAGE, name, type_basic[TYPE_INVALID], c->package, NO_POS);
    obj->imported = imported;
    obj->state = RESOLVE_BLACK;
    obj->is_used = true;
    scope_replace(c->imports, obj);
    return obj;
}

/* ---- Declarations ---- */

static DeclInfo *new_info(Node *file, Node *decl, Scope *file_scope)
{
    DeclInfo *info = arena_new(&types_arena, DeclInfo);
    info->file_scope = file_scope;
    info->file = file;
    info->node = decl;
    return info;
}

static bool is_named(Name name, const char *text)
{
    return strcmp(name->text, text) == 0;
}

static Object *package_object(Checker *c, ObjectKind kind, Node *ident, Node *decl, DeclInfo *info)
{
    Object *obj = object_new(kind, ident->ident.name, NULL, c->package, ident->pos);
    obj->decl = decl;
    obj->info = info;
    obj->order = ++c->order;
    return obj;
}

static void declare_package_object(Checker *c, Scope *scope, Node *ident, Object *obj,
                                   ObjectVec *objects)
{
    bool is_main = is_named(obj->name, "main") && is_named(c->package->name, "main");
    ident->ident.obj = obj;
    vec_push(objects, obj);
    if (obj->kind != OBJ_FUNC && (is_main || is_named(obj->name, "init"))) {
        diag_error(ident->pos, ident->end, ERR_INIT_NOT_FUNC, obj->name->text);
        return;
    }
    declare(c, scope, ident, obj, NO_POS);
    obj->parent = scope;
}

static void collect_values(Checker *c, Node *file, Node *decl, Scope *scope, Scope *file_scope,
                           ObjectVec *objects)
{
    NodeList names = decl->values.names, values = decl->values.values;
    bool is_const = decl->kind == NODE_CONST_DECL;
    bool is_multi = !is_const && values.len == 1 && names.len > 1;
    Object **lhs = is_multi ? arena_array(&types_arena, Object *, names.len) : NULL;
    DeclInfo *shared = NULL; /* of "var a, b = f()" */
    for (uint32_t i = 0; i < names.len; i++) {
        DeclInfo *info = is_multi && shared != NULL ? shared : new_info(file, decl, file_scope);
        Object *obj = package_object(c, is_const ? OBJ_CONST : OBJ_VAR, names.at[i], decl, info);
        info->type = decl->values.type;
        info->init = is_multi ? values.at[0] : i < values.len ? values.at[i] : NULL;
        obj->is_global = !is_const;
        if (is_multi) {
            shared = info;
            lhs[i] = obj;
            info->lhs = lhs;
            info->nlhs = names.len;
        }
        declare_package_object(c, scope, names.at[i], obj, objects);
    }
    check_arity(decl, is_const);
}

static void check_special(Node *decl, const char *name)
{
    Node *ident = decl->func.name;
    if (decl->func.tparams.len > 0) {
        Node *first = decl->func.tparams.at[0];
        diag_error(first->pos, first->end, ERR_SPECIAL_TPARAMS, name);
    }
    if (decl->func.params.len > 0 || decl->func.results.len > 0)
        diag_error(ident->pos, ident->end, ERR_SPECIAL_PARAMS, name);
}

static void collect_func(Checker *c, Node *file, Node *decl, Scope *scope, Scope *file_scope,
                         ObjectVec *objects)
{
    Node *ident = decl->func.name;
    Object *obj = package_object(c, OBJ_FUNC, ident, decl, new_info(file, decl, file_scope));
    ident->ident.obj = obj;
    if (decl->func.recv != NULL) {
        obj->has_pointer_receiver = receiver_is_pointer(decl->func.recv);
        vec_push(&c->package->methods, obj);
        vec_push(objects, obj);
        return;
    }
    bool is_init = is_named(obj->name, "init");
    if (is_init || (is_named(obj->name, "main") && is_named(c->package->name, "main")))
        check_special(decl, obj->name->text);
    if (is_init) {
        obj->parent = scope;
        vec_push(&c->package->init_funcs, obj);
        vec_push(objects, obj);
        return;
    }
    if (obj->name == name_blank) {
        obj->parent = scope;
        vec_push(&c->package->blank_funcs, obj);
        vec_push(objects, obj);
        return;
    }
    declare_package_object(c, scope, ident, obj, objects);
}

static void collect_type(Checker *c, Node *file, Node *decl, Scope *scope, Scope *file_scope,
                         ObjectVec *objects)
{
    Node *ident = decl->type_decl.name;
    Object *obj = package_object(c, OBJ_TYPE, ident, decl, new_info(file, decl, file_scope));
    obj->is_alias = (decl->flags & NF_ALIAS) != 0;
    declare_package_object(c, scope, ident, obj, objects);
}

void collect_decl(Checker *c, Node *file, Node *decl, Scope *scope, Scope *file_scope,
                  ObjectVec *objects)
{
    switch (decl->kind) {
    case NODE_CONST_DECL:
    case NODE_VAR_DECL: collect_values(c, file, decl, scope, file_scope, objects); break;
    case NODE_TYPE_DECL: collect_type(c, file, decl, scope, file_scope, objects); break;
    case NODE_FUNC_DECL: collect_func(c, file, decl, scope, file_scope, objects); break;
    default: break;
    }
}

/* ---- Whole packages ---- */

/* Names must not be both declared in the package and imported into one of its files. */
static void check_import_conflicts(Package *package, Scope *file_scope)
{
    for (size_t i = 0; i < file_scope->order.len; i++) {
        Object *obj = file_scope->order.at[i];
        Object *other = scope_lookup(package->scope, obj->name);
        char where[256];
        if (other == NULL) continue;
        bool is_package = obj->kind == OBJ_PACKAGE;
        Package *from = is_package ? obj->imported : obj->package;
        const char *text =
            arena_printf(&types_arena, "%s (\"%s\")", from->name->text, from->path->text);
        diag_error(other->pos, other->pos + other->name->len,
                   is_package ? ERR_IMPORT_CONFLICT : ERR_DOT_CONFLICT, other->name->text, text,
                   source_format(obj->pos, where, sizeof where), obj->name->text);
    }
}

static void resolve_all(Checker *c, const ObjectVec *objects)
{
    for (size_t i = 0; i < objects->len; i++)
        if (objects->at[i]->decl->kind == NODE_FUNC_DECL && objects->at[i]->decl->func.recv != NULL)
            associate_method(c, objects->at[i]->info->file_scope, objects->at[i]);
    for (size_t i = 0; i < objects->len; i++)
        if (!(objects->at[i]->decl->flags & NF_SKIMMED)) check_object(c, objects->at[i]);
}

void check_files(Checker *c, Node **files, uint32_t nfiles)
{
    Package *package = c->package;
    ObjectVec objects = {0};
    VEC(Scope *) scopes = {0};
    for (uint32_t i = 0; i < nfiles; i++) {
        Node *clause = files[i]->file.package;
        if (clause != NULL && clause->ident.name == name_blank)
            diag_error(clause->pos, clause->end, ERR_PACKAGE_NAME);
        Scope *scope = scope_new(package->scope, NO_POS, NO_POS);
        vec_push(&scopes, scope);
        collect_imports(c, files[i], scope);
        for (uint32_t k = 0; k < files[i]->file.decls.len; k++)
            collect_decl(c, files[i], files[i]->file.decls.at[k], package->scope, scope, &objects);
        embed_collect(c, files[i]);
    }
    for (size_t i = 0; i < scopes.len; i++) check_import_conflicts(package, scopes.at[i]);
    resolve_all(c, &objects);
    run_later(c);
    check_waiting_bodies(c);
    run_later(c);
    mono_check(c);
    find_init_order(c, objects.at, objects.len);
    for (size_t i = 0; i < scopes.len && !package->is_library; i++)
        report_unused_imports(c, scopes.at[i]);
    vec_free(&objects);
    vec_free(&scopes);
}
