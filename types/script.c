/* SPDX-License-Identifier: MIT */
/* Scripts and the prompt.
 *
 * Both have statements at top level. These become the body of a function: main of a script, a fresh
 * one for each input of the prompt. Constants, types and functions are declared at package level,
 * as ever; variables declared by the statements are package-level too, but they come into being
 * where the statement stands, and statements before it do not see them. Functions see all of them,
 * since their bodies are checked last.
 *
 * Scopes differ from those of an ordinary file in that imports lie outside the package's scope, for
 * nothing of a script lies in another file: names → imports → universe. At the prompt each input
 * has a scope inside the package's, which is emptied into it when all went well, so that a faulty
 * input leaves nothing behind. */
#include "types/script.h"

#include "types/decl.h"
#include "types/embed.h"
#include "types/initorder.h"
#include "types/mono.h"
#include "types/receiver.h"
#include "types/resolve.h"

#include <string.h>

static bool is_declaration(const Node *node)
{
    return node->kind == NODE_CONST_DECL || node->kind == NODE_TYPE_DECL ||
           node->kind == NODE_FUNC_DECL;
}

static Node *as_statement(Node *node)
{
    if (node->kind != NODE_VAR_DECL) return node;
    Node *stmt = node_new(&types_arena, NODE_DECL_STMT, node->pos, node->end);
    stmt->list.list.at = arena_new(&types_arena, Node *);
    stmt->list.list.at[0] = node;
    stmt->list.list.len = 1;
    return stmt;
}

/* func name() { stmts } */
static Node *make_func(const char *name, Node *file, NodeList stmts)
{
    Node *ident = node_new(&types_arena, NODE_IDENT, file->pos, file->pos);
    ident->ident.name = intern_str(name);
    Node *body = node_new(&types_arena, NODE_BLOCK, file->pos, file->end);
    body->block.stmts = stmts;
    body->block.rbrace = file->end;
    Node *func = node_new(&types_arena, NODE_FUNC_DECL, file->pos, file->end);
    func->func.name = ident;
    func->func.body = body;
    return func;
}

static Object *make_func_object(Checker *c, Node *func, Node *file, Scope *scope)
{
    Object *obj = object_new(OBJ_FUNC, func->func.name->ident.name, type_new(TYPE_FUNC), c->package,
                             func->pos);
    obj->decl = func;
    obj->state = RESOLVE_BLACK;
    obj->parent = scope;
    obj->info = arena_new(&types_arena, DeclInfo);
    obj->info->file_scope = scope;
    obj->info->file = file;
    obj->info->node = func;
    obj->info->body_checked = true;
    func->func.name->ident.obj = obj;
    return obj;
}

/* Whether this is a call of fmt.Println or its like, whose results nobody wants to see. */
static bool is_printing(const Node *expr)
{
    if (expr->kind != NODE_CALL || expr->call.fun->kind != NODE_SELECTOR) return false;
    const Node *sel = expr->call.fun->selector.sel;
    const Object *func = sel->ident.obj;
    return func && func->package && func->package->path == intern_str("fmt") &&
           strstr(sel->ident.name->text, "rint");
}

/* A last expression whose value the prompt shows. */
static Node *check_shown(Checker *c, Node *expr)
{
    Operand x = {0};
    check_raw_expr(c, &x, expr, NULL);
    if (x.mode == MODE_NONE || x.mode == MODE_NO_VALUE) return NULL;
    if (x.mode == MODE_TYPE || x.mode == MODE_BUILTIN) {
        diag_error(expr->pos, expr->end, ERR_NOT_EXPRESSION, operand_string(&x));
        return NULL;
    }
    if (x.type->kind == TYPE_TUPLE) return is_printing(expr) ? NULL : expr;
    if (x.mode == MODE_NIL || type_is_generic(x.type)) {
        check_assignment(c, &x, NULL, "argument to print");
        return NULL;
    }
    check_assignment(c, &x, NULL, "argument to print");
    return x.mode == MODE_NONE ? NULL : expr;
}

/* The variable that keeps the value shown, for the next input's _. */
static Object *value_variable(Checker *c, Node *value)
{
    if (value == NULL || value->type == NULL || value->type->kind == TYPE_TUPLE) return NULL;
    Object *var =
        object_new(OBJ_VAR, name_blank, type_default(value->type), c->package, value->pos);
    var->state = RESOLVE_BLACK;
    var->is_global = true;
    return var;
}

/* Checks the statements as the body of `obj`, declaring their variables in `scope`. */
static Node *check_top_body(Checker *c, Object *obj, Scope *scope, bool shows_value)
{
    Node *func = obj->decl, *body = func->func.body, *value = NULL;
    Environment saved = environment_enter(c, c->package, scope, obj->info);
    FuncNest *nest = arena_new(&types_arena, FuncNest);
    nest->signature = obj->type;
    nest->node = func;
    c->nest = nest;
    c->toplevel = scope;
    func->func.scope = body->block.scope = scope;
    NodeList stmts = body->block.stmts;
    Node *last = stmts.len > 0 ? stmts.at[stmts.len - 1] : NULL;
    if (shows_value && last != NULL && last->kind == NODE_EXPR_STMT) {
        stmts.len--;
        check_stmts(c, stmts);
        value = check_shown(c, last->unary.x);
    } else {
        check_stmts(c, stmts);
    }
    check_labels(body);
    for (Scope *child = scope->first_child; child != NULL; child = child->next_sibling)
        if (!child->is_func) check_unused(c, child);
    environment_leave(c, &saved);
    return value;
}

/* ---- Scripts ---- */

/* Variables before the first statement are ordinary package-level ones, initialised in the order of
 * their dependencies. */
static NodeList split_script(Checker *c, Node *file, Scope *scope, ObjectVec *objects)
{
    NodeList decls = file->file.decls,
             stmts = {arena_array(&types_arena, Node *, file->file.decls.len), 0};
    bool in_statements = false;
    for (uint32_t i = 0; i < decls.len; i++) {
        Node *node = decls.at[i];
        bool is_var = node->kind == NODE_VAR_DECL;
        if (is_declaration(node) || (is_var && !in_statements)) {
            collect_decl(c, file, node, scope, scope, objects);
        } else if (node->kind != NODE_EMPTY) {
            in_statements = true;
            stmts.at[stmts.len++] = as_statement(node);
        }
    }
    return stmts;
}

static void resolve_objects(Checker *c, ObjectVec *objects)
{
    for (size_t i = 0; i < objects->len; i++)
        if (objects->at[i]->decl->kind == NODE_FUNC_DECL && objects->at[i]->decl->func.recv != NULL)
            associate_method(c, objects->at[i]->info->file_scope, objects->at[i]);
    for (size_t i = 0; i < objects->len; i++) check_object(c, objects->at[i]);
    run_later(c);
}

void check_script(Checker *c, Node *file)
{
    Package *package = c->package;
    Scope *imports = scope_new(universe, NO_POS, NO_POS), *scope = package->scope;
    scope->parent = imports;
    c->imports = imports;
    package->is_script = true;
    collect_imports(c, file, imports);
    ObjectVec objects = {0};
    NodeList stmts = split_script(c, file, scope, &objects);
    embed_collect(c, file);
    resolve_objects(c, &objects);
    Object *declared = scope_lookup(scope, intern_str("main"));
    if (declared == NULL || stmts.len > 0) {
        Node *func = make_func("main", file, stmts);
        Object *obj = make_func_object(c, func, file, scope);
        declare(c, scope, func->func.name, obj, NO_POS);
        check_top_body(c, obj, scope, false);
        run_later(c);
    }
    check_waiting_bodies(c);
    run_later(c);
    mono_check(c);
    find_init_order(c, objects.at, objects.len);
    report_unused_imports(c, imports);
    vec_free(&objects);
}

/* ---- The prompt ---- */

/* Methods given to types of earlier inputs, to be taken back after an error. */
typedef struct Undo {
    Type *type;
    Object **methods;
    uint32_t nmethods;
} Undo;
typedef VEC(Undo) UndoVec;

static void associate_undoable(Checker *c, Scope *scope, Object *method, UndoVec *undo)
{
    Scope *package_scope = c->package->scope;
    for (size_t i = 0; i < package_scope->order.len; i++) {
        Object *obj = package_scope->order.at[i];
        if (obj->kind != OBJ_TYPE || obj->type == NULL || obj->type->kind != TYPE_NAMED) continue;
        Type *type = obj->type;
        Object **copy = arena_array(&types_arena, Object *, type->named.nmethods + 1);
        if (type->named.nmethods > 0)
            memcpy(copy, type->named.methods, type->named.nmethods * sizeof *copy);
        vec_push(undo, ((Undo){type, copy, type->named.nmethods}));
    }
    associate_method(c, scope, method);
}

static void take_back(UndoVec *undo)
{
    for (size_t i = undo->len; i-- > 0;) {
        Undo *u = &undo->at[i];
        u->type->named.methods = u->methods;
        u->type->named.nmethods = u->nmethods;
        u->type->named.methods_cap = u->nmethods + 1;
    }
}

static void split_input(Checker *c, Node *file, Scope *scope, NodeList *stmts, ObjectVec *objects)
{
    NodeList decls = file->file.decls;
    stmts->at = arena_array(&types_arena, Node *, decls.len);
    for (uint32_t i = 0; i < decls.len; i++) {
        Node *node = decls.at[i];
        if (is_declaration(node))
            collect_decl(c, file, node, scope, scope, objects);
        else if (node->kind != NODE_EMPTY)
            stmts->at[stmts->len++] = as_statement(node);
    }
}

static void merge_scope(Scope *from, Scope *into)
{
    for (size_t i = 0; i < from->order.len; i++) {
        from->order.at[i]->parent = into;
        scope_replace(into, from->order.at[i]);
    }
}

/* The scope of imported names outside the package's; made for the first input. */
static Scope *prompt_imports(Package *package)
{
    if (package->scope->parent == universe)
        package->scope->parent = scope_new(universe, NO_POS, NO_POS);
    return package->scope->parent;
}

bool check_prompt_input(Checker *c, Node *file, Object **body, Node **value)
{
    Package *package = c->package;
    Scope *scope = scope_new(package->scope, NO_POS, NO_POS);
    c->imports = prompt_imports(package);
    ObjectVec objects = {0};
    UndoVec undo = {0};
    NodeList stmts = {0};
    size_t errors = diag_count(), nmethods = package->methods.len;
    collect_imports(c, file, c->imports);
    split_input(c, file, scope, &stmts, &objects);
    for (size_t i = 0; i < objects.len; i++)
        if (objects.at[i]->decl->kind == NODE_FUNC_DECL && objects.at[i]->decl->func.recv != NULL)
            associate_undoable(c, scope, objects.at[i], &undo);
    for (size_t i = 0; i < objects.len; i++) check_object(c, objects.at[i]);
    run_later(c);
    *body = make_func_object(c, make_func("input", file, stmts), file, scope);
    *value = check_top_body(c, *body, scope, true);
    package->next_value = value_variable(c, *value);
    run_later(c);
    check_waiting_bodies(c);
    run_later(c);
    mono_check(c);
    if (diag_count() == errors) report_bodiless(c);
    bool ok = diag_count() == errors;
    if (ok) {
        merge_scope(scope, package->scope);
    } else {
        take_back(&undo);
        package->methods.len = nmethods;
    }
    vec_free(&objects);
    vec_free(&undo);
    return ok;
}
