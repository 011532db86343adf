/* SPDX-License-Identifier: MIT */
/* The type checker's door.
 *
 * Checkers are short-lived: one for a package, one for an input of the prompt, one for a library
 * body that is needed at last. They nest (a package being checked imports another), and look-ups
 * reach the one at work through checker_active, since a method's signature may have to be resolved
 * in the middle of a question about a type. */
#include "types/types.h"

#include "types/decl.h"
#include "types/mono.h"
#include "types/remedy.h"
#include "types/resolve.h"
#include "types/script.h"

#include <string.h>

Name name_empty, name_blank;

static Checker *active; /* guarded by the lock of compilation */

Checker *checker_active(void)
{
    return active;
}

void types_set_library(const char *const *paths)
{
    remedy_set_library(paths);
}

void types_set_importer(ImportFn *import)
{
    resolve_set_importer(import);
}

Package *package_new(Name path, Name name)
{
    Package *package = arena_new(&types_arena, Package);
    package->path = path;
    package->name = name;
    package->scope = scope_new(universe, NO_POS, NO_POS);
    return package;
}

typedef struct Session {
    Checker checker;
    Checker *outer;
    Package *outer_package;
} Session;

static void session_begin(Session *s, Package *package)
{
    memset(s, 0, sizeof *s);
    if (name_blank == NULL) {
        name_empty = intern_str("");
        name_blank = intern_str("_");
    }
    s->checker.package = package;
    s->checker.arena = &types_arena;
    s->outer = active;
    s->outer_package = types_current_package;
    active = &s->checker;
    types_current_package = package;
}

static void session_end(Session *s)
{
    Checker *c = &s->checker;
    vec_free(&c->path);
    vec_free(&c->func_bodies);
    vec_free(&c->untyped_unused);
    vec_free(&c->later);
    vec_free(&c->bodiless);
    vec_free(&c->unproven);
    vec_free(&c->dot_imports);
    active = s->outer;
    types_current_package = s->outer_package;
}

static void keep_files(Package *package, Node **files, uint32_t nfiles)
{
    package->files = arena_array(&types_arena, Node *, nfiles);
    if (nfiles > 0) memcpy(package->files, files, nfiles * sizeof *files);
    package->nfiles = nfiles;
}

bool types_check_package(Package *package, Node **files, uint32_t nfiles)
{
    Session s;
    size_t errors = diag_count();
    session_begin(&s, package);
    keep_files(package, files, nfiles);
    if (nfiles == 1 && files[0]->file.is_script)
        check_script(&s.checker, files[0]);
    else
        check_files(&s.checker, files, nfiles);
    if (diag_count() == errors) report_bodiless(&s.checker);
    package->is_checked = true;
    session_end(&s);
    return diag_count() == errors;
}

bool types_check_prompt(Package *package, Node *file, Object **body, Node **value)
{
    Session s;
    session_begin(&s, package);
    package->is_prompt = true;
    bool ok = check_prompt_input(&s.checker, file, body, value);
    session_end(&s);
    return ok;
}

void types_resolve(Object *obj)
{
    if (obj->state != RESOLVE_WHITE || obj->type != NULL || obj->info == NULL) return;
    if (active != NULL) {
        check_object(active, obj);
        return;
    }
    Session s;
    session_begin(&s, obj->package);
    check_object(&s.checker, obj);
    run_later(&s.checker);
    mono_check(&s.checker);
    session_end(&s);
}

bool types_check_body(Object *func)
{
    if (func->origin != NULL) func = func->origin;
    if (func->info == NULL || func->info->body_checked) return true;
    Session s;
    size_t errors = diag_count();
    session_begin(&s, func->package);
    check_body_of(&s.checker, func);
    run_later(&s.checker);
    mono_check(&s.checker);
    session_end(&s);
    return diag_count() == errors;
}

Object *types_origin_method(Object *method, Type *recv, Type ***targs, uint32_t *ntargs)
{
    Type *type = type_unalias(recv);
    if (type->kind == TYPE_POINTER) type = type_unalias(type->elem);
    bool is_instance = type->kind == TYPE_NAMED && type->named.origin != NULL;
    *targs = is_instance ? type->named.targs : NULL;
    *ntargs = is_instance ? type->named.ntargs : 0;
    return method->origin != NULL ? method->origin : method;
}
