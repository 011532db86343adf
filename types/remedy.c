/* SPDX-License-Identifier: MIT */
/* Advice comes from what is near: a name in scope that differs in a letter or two, a package of the
 * library that the program forgot to import, the conversion that would make the types agree. Where
 * several things could be meant, the likeliest is named; where none is likely, nothing is said. */
#include "types/remedy.h"

#include "base/near.h"

#include <string.h>

/* ---- The library's packages ---- */

static const char *const *library; /* fixed after start */

void remedy_set_library(const char *const *paths)
{
    library = paths;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *remedy_library_path(const char *name)
{
    static const char *const preferred[] = {"math/rand", "text/template"};
    for (size_t i = 0; i < sizeof preferred / sizeof *preferred; i++)
        if (strcmp(last_part(preferred[i]), name) == 0) name = preferred[i];
    const char *found = NULL;
    for (const char *const *path = library; path && *path; path++) {
        if (strcmp(*path, name) == 0) return *path;
        if (strcmp(last_part(*path), name) == 0 && (!found || strlen(*path) < strlen(found)))
            found = *path;
    }
    return found;
}

void remedy_import(Name path)
{
    if (!diag_wants_remedy()) return;
    const char *exact = remedy_library_path(last_part(path->text));
    Near near;
    near_begin(&near, path->text);
    for (const char *const *p = library; p && *p; p++) near_offer(&near, *p);
    if (exact && strcmp(exact, path->text) != 0)
        diag_remedy("did you mean \"%s\"?", exact);
    else if (near.best)
        diag_remedy("did you mean \"%s\"?", near.best);
    else if (strchr(path->text, '.') && path->text[0] != '.')
        diag_remedy("mgo fetches no modules: put the package into a folder below go.mod, or import "
                    "it by a relative path");
}

/* ---- Names ---- */

/* What other languages call it. */
static const char *const foreign[][2] = {
    {"null", "nil"},
    {"NULL", "nil"},
    {"None", "nil"},
    {"nullptr", "nil"},
    {"True", "true"},
    {"False", "false"},
    {"boolean", "bool"},
    {"double", "float64"},
    {"char", "rune"},
    {"long", "int64"},
    {"integer", "int"},
    {"Integer", "int"},
    {"String", "string"},
    {"str", "string"},
    {"object", "any"},
    {"Object", "any"},
    {"printf", "fmt.Printf"},
    {"puts", "fmt.Println"},
    {"sprintf", "fmt.Sprintf"},
    {"sizeof", "unsafe.Sizeof"},
    {"malloc", "new or make"},
    {"length", "len"},
    {"size_t", "uint"},
    {"elif", "else if"},
    {"this", "the receiver's name"},
    {"self", "the receiver's name"},
};

static const char *foreign_name(const char *name)
{
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (strcmp(foreign[i][0], name) == 0) return foreign[i][1];
    return NULL;
}

enum { MANY_NAMES = 5000 };

static void offer_scope(Near *near, const Scope *scope, Pos pos)
{
    for (size_t i = 0; i < scope->order.len && i < MANY_NAMES; i++) {
        Object *obj = scope->order.at[i];
        bool is_visible = obj->scope_from == NO_POS || obj->scope_from <= pos;
        if (is_visible && obj->name != name_blank) near_offer(near, obj->name->text);
    }
}

void remedy_name(Checker *c, Node *ident)
{
    if (!diag_wants_remedy()) return;
    const char *name = ident->ident.name->text, *path = remedy_library_path(name);
    Near near;
    near_begin(&near, name);
    for (Scope *scope = c->scope; scope; scope = scope->parent)
        offer_scope(&near, scope, ident->pos);
    if (path)
        diag_remedy("if the package is meant, add: import \"%s\"", path);
    else if (foreign_name(name))
        diag_remedy("in Go this is %s", foreign_name(name));
    else if (near.best)
        diag_remedy("did you mean %s?", near.best);
}

void remedy_member(Package *package, Name name)
{
    if (!diag_wants_remedy()) return;
    Near near;
    near_begin(&near, name->text);
    for (size_t i = 0; i < package->scope->order.len; i++) {
        Object *obj = package->scope->order.at[i];
        if (obj->name->is_exported) near_offer(&near, obj->name->text);
    }
    if (near.best) diag_remedy("did you mean %s.%s?", package->name->text, near.best);
}

/* ---- Fields and methods ---- */

static bool is_visible(const Checker *c, const Object *obj)
{
    return obj->name->is_exported || obj->package == c->package;
}

enum { MAX_EMBEDDING = 4 };

static void offer_fields(Checker *c, Near *near, Type *type, int depth)
{
    if (type_under(type)->kind == TYPE_POINTER) type = type_under(type)->elem;
    Type *under = type_under(type);
    if (under->kind != TYPE_STRUCT || depth > MAX_EMBEDDING) return;
    for (uint32_t i = 0; i < under->strukt.nfields; i++) {
        Field *field = &under->strukt.fields[i];
        if (is_visible(c, field->obj) && field->name != name_blank)
            near_offer(near, field->name->text);
        if (field->is_embedded) offer_fields(c, near, field->type, depth + 1);
    }
}

static void offer_methods(Checker *c, Near *near, Type *type)
{
    if (type->kind == TYPE_INVALID) return;
    bool is_pointer = type_under(type)->kind == TYPE_POINTER;
    uint32_t n = 0;
    MethodEntry *methods =
        method_set(is_pointer || type_is_interface(type) ? type : type_pointer(type), &n);
    for (uint32_t i = 0; i < n; i++)
        if (is_visible(c, methods[i].method)) near_offer(near, methods[i].method->name->text);
}

void remedy_selector(Checker *c, Type *type, Name name)
{
    if (!diag_wants_remedy()) return;
    Near near;
    near_begin(&near, name->text);
    offer_fields(c, &near, type, 0);
    offer_methods(c, &near, type);
    if (near.best) {
        diag_remedy("did you mean %s?", near.best);
        return;
    }
    Type *under = type_under(type);
    if (under->kind == TYPE_POINTER && type_is_interface(under->elem))
        diag_remedy("a pointer to an interface has no methods: use the interface itself");
    else if (strcmp(name->text, "length") == 0 || strcmp(name->text, "size") == 0)
        diag_remedy("the length of strings, slices, maps and channels is len(x)");
    else if (strcmp(name->text, "push") == 0 || strcmp(name->text, "append") == 0)
        diag_remedy("slices grow with s = append(s, x)");
}

void remedy_field(Checker *c, Type *type, Name name)
{
    if (!diag_wants_remedy()) return;
    Near near;
    near_begin(&near, name->text);
    offer_fields(c, &near, type, MAX_EMBEDDING);
    if (near.best) diag_remedy("did you mean %s?", near.best);
}

void remedy_pointer_method(Type *type)
{
    if (diag_wants_remedy())
        diag_remedy("the method belongs to *%s: call it on a variable", type_string(type));
}

/* ---- Types that do not agree ---- */

static bool is_text(Type *under)
{
    Type *elem = under->kind == TYPE_SLICE ? type_under(under->elem) : NULL;
    return elem && (elem->kind == TYPE_UINT8 || elem->kind == TYPE_INT32);
}

/* Type and operand as a conversion is written. */
static const char *conversion(Type *type, const char *text)
{
    TypeKind kind = type_unalias(type)->kind;
    bool needs_parens = kind == TYPE_POINTER || kind == TYPE_CHAN || kind == TYPE_FUNC;
    return arena_printf(&types_arena, needs_parens ? "(%s)(%s)" : "%s(%s)", type_string(type),
                        text);
}

/* Numbers and their texts. */
static bool advise_text(Operand *x, Type *from, Type *to, const char *text)
{
    if (x->mode == MODE_NIL) return false;
    if (type_is_string(to) && type_is_numeric(from)) {
        if (from->kind == TYPE_INT || from->kind == TYPE_UNTYPED_INT)
            diag_remedy("the number as text: strconv.Itoa(%s)", text);
        else
            diag_remedy("the number as text: fmt.Sprint(%s)", text);
        return true;
    }
    if (type_is_string(from) && type_is_numeric(to) && x->mode != MODE_CONST) {
        if (type_is_integer(to))
            diag_remedy("the text as a number: strconv.Atoi(%s) gives the number and an error",
                        text);
        else
            diag_remedy("the text as a number: strconv.ParseFloat(%s, 64) gives it and an error",
                        text);
        return true;
    }
    return false;
}

/* Names the first method of an interface that a defined type lacks. */
static bool advise_method(Type *from, Type *iface)
{
    Type *bare = type_unalias(from), *under = type_under(iface);
    if (bare->kind == TYPE_POINTER) bare = type_unalias(bare->elem);
    if (bare->kind != TYPE_NAMED || bare->named.obj->package == NULL) return false;
    for (uint32_t i = 0; i < under->iface.nall; i++) {
        Object *method = under->iface.all[i];
        Selection found = {0};
        LookupResult result =
            lookup_field_or_method(from, true, method->package, method->name, false, &found);
        if (result != LOOKUP_NONE) continue;
        lookup_resolve(method);
        Buf text = {0};
        type_print_method(method, QUALIFY_MESSAGE, &text);
        diag_remedy("%s needs the method %s", type_string(bare), buf_str(&text));
        buf_free(&text);
        return true;
    }
    return false;
}

/* What stands between a value and an interface. */
static bool advise_interface(Operand *x, Type *type, const char *text)
{
    if (!type_is_interface(type) || type_is_param(type)) return false;
    Type *from = x->type;
    Type *elem = type_under(from)->kind == TYPE_POINTER ? type_under(from)->elem : NULL;
    if (elem && type_is_interface(elem)) {
        diag_remedy("a pointer to an interface has no methods: use *%s", text);
        return true;
    }
    bool is_plain = !elem && !type_is_interface(from) && type_is_typed(from);
    if (is_plain && type_implements(type_pointer(from), type, false, NULL)) {
        diag_remedy("the methods belong to *%s: use &%s", type_string(from), text);
        return true;
    }
    return !type_is_interface(from) && type_is_typed(from) && advise_method(from, type);
}

static bool advise_pointer(Operand *x, Type *type, const char *text)
{
    Type *from = type_under(x->type), *to = type_under(type);
    if (from->kind == TYPE_POINTER && types_identical(from->elem, type)) {
        diag_remedy("the pointer's variable: *%s", text);
        return true;
    }
    if (to->kind == TYPE_POINTER && types_identical(to->elem, x->type) && x->mode == MODE_VAR) {
        diag_remedy("the variable's address: &%s", text);
        return true;
    }
    return false;
}

static bool advise_call(Operand *x, Type *type, const char *text)
{
    Type *from = type_under(x->type);
    if (from->kind != TYPE_FUNC || from->func.nparams > 0 || from->func.nresults != 1) return false;
    if (!types_identical(from->func.results[0]->type, type)) return false;
    diag_remedy("call the function: %s()", text);
    return true;
}

void remedy_assign(Checker *c, Operand *x, Type *type)
{
    if (!diag_wants_remedy() || !x->type || !type || x->mode == MODE_NONE) return;
    if (x->type->kind == TYPE_INVALID || type->kind == TYPE_INVALID) return;
    const char *text = expr_text(x->node);
    Type *from = type_under(x->type), *to = type_under(type);
    if (x->mode == MODE_NIL) {
        if (type_is_string(to)) diag_remedy("the empty string is \"\"");
        return;
    }
    if (type_is_interface(x->type) && !type_is_param(x->type) &&
        (!type_is_interface(type) || type_implements(type, x->type, false, NULL)) &&
        type_asserts_to(x->type, type, NULL)) {
        diag_remedy("assert the type: %s.(%s)", text, type_string(type));
        return;
    }
    if (advise_text(x, from, to, text) || advise_interface(x, type, text) ||
        advise_pointer(x, type, text) || advise_call(x, type, text))
        return;
    if (x->mode == MODE_CONST || type_is_interface(type)) return;
    bool is_bytes = (type_is_string(from) && is_text(to)) || (is_text(from) && type_is_string(to));
    if (is_bytes || operand_convertible(c, x, type))
        diag_remedy("convert it: %s", conversion(type, text));
}

void remedy_mismatch(Operand *x, Operand *y)
{
    if (!diag_wants_remedy() || !type_is_typed(x->type) || !type_is_typed(y->type)) return;
    const char *left = expr_text(x->node), *right = expr_text(y->node);
    Type *a = type_under(x->type), *b = type_under(y->type);
    if (type_is_numeric(a) && type_is_numeric(b)) {
        bool is_left_wider =
            type_is_float(a) || (!type_is_float(b) && type_sizeof(a) >= type_sizeof(b));
        diag_remedy("convert one of them: %s",
                    is_left_wider ? conversion(x->type, right) : conversion(y->type, left));
    } else if (type_is_string(a) != type_is_string(b)) {
        Operand *number = type_is_string(a) ? y : x;
        if (type_is_numeric(type_under(number->type)))
            diag_remedy("the number as text: fmt.Sprint(%s)", expr_text(number->node));
    }
}

/* ---- Variables ---- */

void remedy_unused(Object *var)
{
    if (!diag_wants_remedy()) return;
    Object *outer = NULL;
    for (Scope *scope = var->parent ? var->parent->parent : NULL; scope && !outer;
         scope = scope->parent) {
        Object *obj = scope_lookup(scope, var->name);
        if (obj && obj->kind == OBJ_VAR) outer = obj;
    }
    if (outer && outer->pos < var->pos && outer->package == var->package)
        diag_remedy("it hides the %s of line %d: to assign to that one, use = instead of :=",
                    var->name->text, source_locate(outer->pos).line);
    else
        diag_remedy("use it, remove it, or name it _");
}
