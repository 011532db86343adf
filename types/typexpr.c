/* SPDX-License-Identifier: MIT */
/* Type expressions.
 *
 * Each kind of type expression has a function that makes its Type. What has to look inside other
 * types (is the map key comparable? do the type arguments satisfy the constraints?) waits until the
 * declaration under way is done, since the types it would look at may still be half made. */
#include "types/checker.h"
#include "types/version.h"

#include "types/typexpr.h"

#include <string.h>

#define CHAN_ELEM_LIMIT (64 << 10)

static Type *invalid(void)
{
    return type_basic[TYPE_INVALID];
}

static const char *expr_text(Node *node)
{
    Buf buf = {0};
    ast_print_expr(node, &buf);
    const char *text = arena_strndup(&types_arena, buf_str(&buf), buf.len);
    buf_free(&buf);
    return text;
}

/* ---- Names ---- */

static Type *operand_type(Operand *x, Node *node)
{
    switch (x->mode) {
    case MODE_TYPE: return x->type;
    case MODE_NONE: break; /* reported */
    case MODE_NO_VALUE: diag_error(node->pos, node->end, ERR_NO_TYPE, expr_text(node)); break;
    default: diag_error(node->pos, node->end, ERR_NOT_A_TYPE, operand_string(x));
    }
    return invalid();
}

static Type *check_name(Checker *c, Node *node)
{
    Operand x = {0};
    if (node->kind == NODE_IDENT)
        check_ident(c, &x, node, true);
    else
        check_selector(c, &x, node, true);
    return operand_type(&x, node);
}

/* ---- Arrays, maps, channels ---- */

static void check_size(Checker *c, Delayed *d)
{
    (void)c;
    if (!type_mentions_params(d->type) && type_sizeof(d->type) >= TYPE_TOO_LARGE &&
        type_sizeof(d->type->elem) < TYPE_TOO_LARGE)
        diag_error(d->node->pos, d->node->end, ERR_TOO_LARGE, type_string(d->type));
}

/* Elements are kept small, as in Go: they are copied while a channel is locked. */
static void check_chan_elem(Checker *c, Delayed *d)
{
    (void)c;
    if (!type_mentions_params(d->type) && type_sizeof(d->type->elem) >= CHAN_ELEM_LIMIT)
        diag_error(d->node->pos, d->node->end, ERR_CHAN_ELEM);
}

static Type *chan_type(Checker *c, Node *node)
{
    Type *type = type_chan(check_var_type(c, node->chan.elem), node->chan.dir);
    check_later(c, (Delayed){.run = check_chan_elem, .node = node, .type = type});
    return type;
}

static Type *array_type(Checker *c, Node *node)
{
    if (node->pair.a == NULL) return type_slice(check_var_type(c, node->pair.b));
    if (node->pair.a->kind == NODE_ELLIPSIS) {
        diag_error(node->pos, node->pair.a->end, ERR_DOTS_ARRAY);
        check_var_type(c, node->pair.b);
        return invalid();
    }
    int64_t len = check_array_length(c, node->pair.a);
    Type *elem = check_var_type(c, node->pair.b);
    if (len < 0) return invalid();
    Type *type = type_array(elem, len);
    check_later(c, (Delayed){.run = check_size, .node = node, .type = type});
    return type;
}

static void check_map_key(Checker *c, Delayed *d)
{
    (void)c;
    if (type_under(d->type)->kind == TYPE_INVALID || type_comparable(d->type, true)) return;
    const char *why = type_is_param(d->type) ? " (missing comparable constraint)" : "";
    diag_error(d->node->pos, d->node->end, ERR_MAP_KEY, type_string(d->type), why);
}

static Type *map_type(Checker *c, Node *node)
{
    Type *key = check_var_type(c, node->pair.a);
    Type *elem = check_var_type(c, node->pair.b);
    if (key->kind > TYPE_STRING) /* the other predeclared ones are comparable */
        check_later(c, (Delayed){.run = check_map_key, .node = node->pair.a, .type = key});
    return type_map(key, elem);
}

/* ---- Structs ---- */

#define FEW_FIELDS 12

/* Names of one struct, parameter list or the like; a map once there are many. */
typedef struct NameSet {
    PtrMap map;
    Object *few[FEW_FIELDS];
    uint32_t len;
} NameSet;

static Object *name_set_add(NameSet *set, Object *obj)
{
    if (obj->name == name_blank) return NULL;
    if (set->map.len > 0) {
        Object *other = map_get(&set->map, obj->name);
        if (other == NULL) map_set(&set->map, obj->name, obj);
        return other;
    }
    for (uint32_t i = 0; i < set->len; i++)
        if (set->few[i]->name == obj->name) return set->few[i];
    if (set->len < FEW_FIELDS) {
        set->few[set->len++] = obj;
        return NULL;
    }
    for (uint32_t i = 0; i < set->len; i++) map_set(&set->map, set->few[i]->name, set->few[i]);
    map_set(&set->map, obj->name, obj);
    return NULL;
}

static Node *embedded_name(Node *type)
{
    for (;;) {
        switch (type->kind) {
        case NODE_IDENT: return type;
        case NODE_STAR:
        case NODE_PAREN: type = type->unary.x; break;
        case NODE_SELECTOR: return type->selector.sel;
        case NODE_INDEX: type = type->index.x; break;
        default: return NULL;
        }
    }
}

static void check_embedded(Checker *c, Delayed *d)
{
    (void)c;
    Type *type = type_unalias(d->type);
    bool is_pointer = type->kind == TYPE_POINTER;
    if (is_pointer) type = type->elem;
    Type *under = type_under(type);
    ErrorCode code = ERR_COUNT;
    if (type_is_param(type))
        code = ERR_EMBEDDED_PARAM;
    else if (under->kind == TYPE_UNSAFE_POINTER)
        code = ERR_EMBEDDED_UNSAFE;
    else if (under->kind == TYPE_POINTER)
        code = ERR_EMBEDDED_POINTER;
    else if (under->kind == TYPE_INTERFACE && is_pointer)
        code = ERR_EMBEDDED_IFACE_POINTER;
    if (code != ERR_COUNT) diag_error(d->node->pos, d->node->end, code);
}

static Name tag_value(Node *tag)
{
    if (tag == NULL) return NULL;
    ConstValue *val = const_literal(T_STRING, tag->literal.text);
    if (val == NULL) return NULL;
    size_t len;
    const char *text = const_to_string(val, &len);
    return len > 0 ? intern(text, len) : NULL;
}

static Object *field_object(Checker *c, Node *node, Node *ident, Type *type)
{
    Object *obj = object_new(OBJ_VAR, ident->ident.name, type, c->package, ident->pos);
    obj->is_field = true;
    obj->is_embedded = node->field.name == NULL;
    obj->decl = node;
    obj->state = RESOLVE_BLACK;
    if (node->field.name != NULL) ident->ident.obj = obj;
    return obj;
}

/* Type of a FIELD; fields declared together share the type's node, which is checked once. */
static Type *shared_type(Checker *c, Node *const *fields, uint32_t i, Type *before)
{
    Node *node = fields[i]->field.type;
    if (i > 0 && fields[i - 1]->field.type == node && before != NULL) return before;
    return check_var_type(c, node);
}

static void report_field(Object *obj, Object *other)
{
    char where[256];
    diag_error(obj->pos, obj->pos, ERR_REDECLARED_FIELD, obj->name->text,
               source_format(other->pos, where, sizeof where), obj->name->text);
}

static Type *struct_type(Checker *c, Node *node)
{
    uint32_t n = node->list.list.len, len = 0;
    Field *fields = arena_array(&types_arena, Field, n);
    NameSet names = {0};
    Type *type = NULL;
    for (uint32_t i = 0; i < n; i++) {
        Node *node_field = node->list.list.at[i];
        bool is_embedded = node_field->field.name == NULL;
        Node *ident = is_embedded ? embedded_name(node_field->field.type) : node_field->field.name;
        type = is_embedded ? check_var_type(c, node_field->field.type)
                           : shared_type(c, node->list.list.at, i, type);
        if (ident == NULL) {
            diag_error(node_field->pos, node_field->end, ERR_EMBEDDED_BAD,
                       expr_text(node_field->field.type));
            continue;
        }
        Object *obj = field_object(c, node_field, ident, type);
        Object *other = name_set_add(&names, obj);
        if (other != NULL) {
            report_field(obj, other);
            continue;
        }
        fields[len++] =
            (Field){obj->name, obj, type, tag_value(node_field->field.tag), is_embedded, 0};
        if (is_embedded)
            check_later(
                c, (Delayed){.run = check_embedded, .node = node_field->field.type, .type = type});
    }
    map_free(&names.map);
    Type *result = type_new(TYPE_STRUCT);
    result->strukt.fields = fields;
    result->strukt.nfields = len;
    return result;
}

/* ---- Interfaces and unions ---- */

static void complete_later(Checker *c, Delayed *d)
{
    (void)c;
    interface_complete(d->type);
}

static void add_iface_method(Checker *c, Type *iface, Node *node, Type *def)
{
    Node *ident = node->field.name;
    if (ident->ident.name == name_blank) {
        diag_error(ident->pos, ident->end, ERR_BLANK_METHOD);
        return;
    }
    Type *sig = check_type(c, node->field.type);
    if (sig->kind != TYPE_FUNC) return;
    if (node->field.type->func.tparams.len > 0)
        diag_error(ident->pos, ident->end, ERR_IFACE_METHOD_TPARAMS);
    Object *obj = object_new(OBJ_FUNC, ident->ident.name, sig, c->package, ident->pos);
    obj->decl = node;
    obj->state = RESOLVE_BLACK;
    sig->func.recv =
        object_new(OBJ_VAR, name_empty, def != NULL ? def : iface, c->package, ident->pos);
    ident->ident.obj = obj;
    iface->iface.methods[iface->iface.nmethods++] = obj;
}

static Type *interface_type(Checker *c, Node *node, Type *def)
{
    Type *iface = type_new(TYPE_INTERFACE);
    uint32_t n = node->list.list.len;
    if (n == 0) {
        iface->is_complete = true;
        return iface;
    }
    iface->iface.methods = arena_array(&types_arena, Object *, n);
    iface->iface.embeds = arena_array(&types_arena, Type *, n);
    iface->iface.embed_pos = arena_array(&types_arena, Pos, n);
    for (uint32_t i = 0; i < n; i++) {
        Node *elem = node->list.list.at[i];
        if (elem->kind == NODE_METHOD) {
            add_iface_method(c, iface, elem, def);
            continue;
        }
        Type *type = check_constraint_elem(c, elem->field.type, true);
        iface->iface.embed_pos[iface->iface.nembeds] = elem->pos;
        iface->iface.embeds[iface->iface.nembeds++] = type;
    }
    check_later(c, (Delayed){.run = complete_later, .type = iface});
    return iface;
}

static void count_terms(Node *node, uint32_t *n)
{
    if (node->kind == NODE_BINARY && node->op == T_OR) {
        count_terms(node->binary.x, n);
        count_terms(node->binary.y, n);
    } else {
        (*n)++;
    }
}

/* Marks the operators of a union as types, as every type expression is. */
static void set_type(Node *node, Type *type)
{
    node->type = type;
    node->mode = MODE_TYPE;
}

static void add_terms(Checker *c, Node *node, Type *result)
{
    if (node->kind == NODE_BINARY && node->op == T_OR) {
        add_terms(c, node->binary.x, result);
        add_terms(c, node->binary.y, result);
        set_type(node, result);
        return;
    }
    bool is_tilde = node->kind == NODE_UNARY && node->op == T_TILDE;
    Type *type = check_type(c, is_tilde ? node->unary.x : node);
    if (is_tilde) set_type(node, result);
    result->union_.terms[result->union_.nterms++] = (UnionTerm){is_tilde, type};
}

static Node *term_node(Node *node, uint32_t *i)
{
    if (node->kind != NODE_BINARY || node->op != T_OR) return (*i)-- == 0 ? node : NULL;
    Node *found = term_node(node->binary.x, i);
    return found != NULL ? found : term_node(node->binary.y, i);
}

static bool check_term(UnionTerm *term, Node *node, bool is_alone)
{
    Type *type = term->type, *under = type_under(type);
    const char *text = type_string(type);
    if (under->kind == TYPE_INVALID) return false;
    if (type_is_param(type)) {
        diag_error(node->pos, node->end,
                   is_alone && !term->is_tilde ? ERR_EMBED_PARAM : ERR_TERM_PARAM);
        return false;
    }
    if (term->is_tilde) {
        if (under->kind == TYPE_INTERFACE)
            diag_error(node->pos, node->end, ERR_TILDE_IFACE, text);
        else if (!types_identical(type, under))
            diag_error(node->pos, node->end, ERR_TILDE_UNDERLYING, text, type_string(under));
        return under->kind != TYPE_INTERFACE && types_identical(type, under);
    }
    if (under->kind == TYPE_INTERFACE && !is_alone) {
        if (under->iface.nall > 0)
            diag_error(node->pos, node->end, ERR_UNION_METHODS, text, text);
        else if (type_unalias(type) == type_comparable_iface)
            diag_error(node->pos, node->end, ERR_UNION_COMPARABLE);
        else if (under->is_comparable)
            diag_error(node->pos, node->end, ERR_UNION_EMBEDS_COMPARABLE, text, text);
        return false;
    }
    return under->kind != TYPE_INTERFACE;
}

static const char *term_text(UnionTerm *term)
{
    return arena_printf(&types_arena, "%s%s", term->is_tilde ? "~" : "", type_string(term->type));
}

static bool terms_overlap(UnionTerm *x, UnionTerm *y)
{
    Type *a = y->is_tilde ? type_under(x->type) : x->type;
    Type *b = x->is_tilde ? type_under(y->type) : y->type;
    return type_under(x->type)->kind != TYPE_INTERFACE && types_identical(a, b);
}

enum { MAX_TERMS = 100 }; /* as in Go; overlaps are looked for between all pairs */

/* The terms of a union, those of the interfaces in it included. */
static uint32_t count_all_terms(Type *type)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < type->union_.nterms; i++) {
        Type *under = type_under(type->union_.terms[i].type);
        n += under->kind == TYPE_INTERFACE && under->iface.has_terms ? under->iface.nterms : 1;
    }
    return n;
}

static void check_union(Checker *c, Delayed *d)
{
    (void)c;
    UnionTerm *terms = d->type->union_.terms;
    uint32_t n = d->type->union_.nterms;
    if (count_all_terms(d->type) > MAX_TERMS) {
        uint32_t at = n > MAX_TERMS ? MAX_TERMS : 0;
        Node *node = term_node(d->node, &at);
        diag_error(node->pos, node->end, ERR_UNION_TERMS, MAX_TERMS);
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = i;
        Node *node = term_node(d->node, &at);
        if (!check_term(&terms[i], node, n == 1)) continue;
        for (uint32_t k = 0; k < i; k++) {
            if (!terms_overlap(&terms[i], &terms[k])) continue;
            diag_error(node->pos, node->end, ERR_UNION_OVERLAP, term_text(&terms[i]),
                       term_text(&terms[k]));
            break;
        }
    }
}

static void check_embedded_elem(Checker *c, Delayed *d)
{
    Node *node = d->node;
    Type *under = type_under(d->type);
    if (type_is_param(d->type)) {
        diag_error(node->pos, node->end, ERR_EMBED_PARAM);
    } else if (under->kind != TYPE_INTERFACE && under->kind != TYPE_INVALID &&
               !version_allows(c, node, 18)) {
        version_check(
            c, node->pos, node->end, 18,
            arena_printf(&types_arena, "embedding non-interface type %s", type_string(d->type)));
    }
}

Type *check_constraint_elem(Checker *c, Node *node, bool is_embedded)
{
    bool is_union = (node->kind == NODE_BINARY && node->op == T_OR) ||
                    (node->kind == NODE_UNARY && node->op == T_TILDE);
    if (!is_union) {
        Type *type = check_type(c, node);
        if (is_embedded)
            check_later(c, (Delayed){.run = check_embedded_elem, .node = node, .type = type});
        return type;
    }
    if (is_embedded && !version_allows(c, node, 18))
        version_check(
            c, node->pos, node->end, 18,
            arena_printf(&types_arena, "embedding interface element %s", expr_text(node)));
    uint32_t n = 0;
    count_terms(node, &n);
    Type *type = type_new(TYPE_UNION);
    type->union_.terms = arena_array(&types_arena, UnionTerm, n);
    add_terms(c, node, type);
    check_later(c, (Delayed){.run = check_union, .node = node, .type = type});
    return type;
}

/* ---- Functions ---- */

typedef struct ParamList {
    Object **objects;
    uint32_t len;
    bool is_variadic;
} ParamList;

static Type *param_type(Checker *c, NodeList list, uint32_t i, Type *before, bool allow_dots,
                        ParamList *out)
{
    Node *node = list.at[i]->field.type;
    if (node->kind != NODE_ELLIPSIS) return shared_type(c, list.at, i, before);
    Type *elem = node->unary.x != NULL ? check_var_type(c, node->unary.x) : invalid();
    Type *type = type_slice(elem);
    set_type(node, type);
    if (allow_dots && i + 1 == list.len)
        out->is_variadic = true;
    else
        diag_error(node->pos, node->end, ERR_DOTS_PARAM);
    return type;
}

static ParamList collect_params(Checker *c, NodeList list, Scope **scope, Node *func,
                                bool is_result)
{
    ParamList out = {arena_array(&types_arena, Object *, list.len), list.len, false};
    Type *type = NULL;
    Pos from = func->func.body_start != NO_POS ? func->func.body_start : func->end;
    for (uint32_t i = 0; i < list.len; i++) {
        Node *node = list.at[i], *ident = node->field.name;
        type = param_type(c, list, i, type, !is_result, &out);
        Object *obj = object_new(OBJ_VAR, ident != NULL ? ident->ident.name : name_empty, type,
                                 c->package, ident != NULL ? ident->pos : node->pos);
        obj->is_param = true;
        obj->is_result = is_result;
        obj->decl = node;
        obj->state = RESOLVE_BLACK;
        out.objects[i] = obj;
        if (ident == NULL) continue;
        if (*scope == NULL) *scope = scope_new(c->scope, NO_POS, NO_POS);
        declare(c, *scope, ident, obj, from);
    }
    return out;
}

void fill_func_type(Checker *c, Type *sig, Node *node, Node *recv, Scope *scope)
{
    Scope *outer = c->scope;
    if (scope != NULL) c->scope = scope;
    if (recv != NULL) check_receiver(c, sig, node, recv);
    if (node->func.tparams.len > 0) {
        if (scope == NULL) c->scope = scope = scope_new(outer, NO_POS, NO_POS);
        declare_tparams(c, node->func.tparams, &sig->func.tparams, &sig->func.ntparams);
    }
    Scope *names = scope;
    ParamList params = collect_params(c, node->func.params, &names, node, false);
    ParamList results = collect_params(c, node->func.results, &names, node, true);
    sig->func.params = params.objects;
    sig->func.nparams = params.len;
    sig->func.results = results.objects;
    sig->func.nresults = results.len;
    sig->is_variadic = params.is_variadic;
    node->func.scope = names;
    c->scope = outer;
}

Type *check_func_type(Checker *c, Node *node, Node *recv, Scope *scope)
{
    Type *sig = type_new(TYPE_FUNC);
    if (scope != NULL) scope->is_func = true;
    fill_func_type(c, sig, node, recv, scope);
    if (node->kind == NODE_FUNC_TYPE) set_type(node, sig);
    return sig;
}

/* ---- Instances ---- */

static void verify_instance(Checker *c, Delayed *d)
{
    Type **tparams = d->type->kind == TYPE_ALIAS ? d->type->alias.tparams : d->type->named.tparams;
    uint32_t n = d->type->kind == TYPE_ALIAS ? d->type->alias.ntparams : d->type->named.ntparams;
    Pos pos = d->node->kind == NODE_INDEX && d->node->index.args.len > 0 ? NO_POS : d->node->pos;
    verify_targs_at(c, pos, d->node, tparams, n, d->types);
}

static uint32_t tparam_count(Type *generic)
{
    return generic->kind == TYPE_ALIAS ? generic->alias.ntparams : generic->named.ntparams;
}

Type *check_instance(Checker *c, Node *node, Type *generic)
{
    uint32_t n = node->index.args.len;
    Type **targs = arena_array(&types_arena, Type *, n);
    bool ok = true;
    for (uint32_t i = 0; i < n; i++) {
        targs[i] = check_var_type(c, node->index.args.at[i]);
        ok = ok && targs[i]->kind != TYPE_INVALID;
    }
    if (generic->kind == TYPE_INVALID) return generic;
    version_check(c, node->op_pos, node->end, 18, "type instantiation");
    if (!type_is_generic(generic)) {
        diag_error(node->pos, node->end, ERR_NOT_GENERIC, type_string(generic));
        return invalid();
    }
    if (!ok) return invalid();
    uint32_t want = tparam_count(generic);
    Object *obj = generic->kind == TYPE_ALIAS ? generic->alias.obj : generic->named.obj;
    if (n != want) {
        Node *at = n < want ? node : node->index.args.at[want];
        diag_error(at->pos, at->end, ERR_TARGS_COUNT, n < want ? "not enough" : "too many",
                   obj->name->text, (int)n, (int)want);
        return invalid();
    }
    check_later(c,
                (Delayed){.run = verify_instance, .node = node, .type = generic, .types = targs});
    if (generic->kind == TYPE_ALIAS || generic->named.nouter == 0)
        return type_instance(generic, targs, n);
    uint32_t nouter =
        generic->named.nouter; /* each instance of the function around has a type of its own */
    Type **all = arena_array(&types_arena, Type *, nouter + n);
    memcpy(all, generic->named.outer, nouter * sizeof *all);
    memcpy(all + nouter, targs, n * sizeof *all);
    return type_instance(generic, all, nouter + n);
}

/* ---- All kinds ---- */

static Type *make_type(Checker *c, Node *node, Type *def)
{
    switch (node->kind) {
    case NODE_BAD: return invalid();
    case NODE_IDENT:
    case NODE_SELECTOR: return check_name(c, node);
    case NODE_PAREN: return check_type_def(c, node->unary.x, def);
    case NODE_INDEX: return check_instance(c, node, check_type_or_generic(c, node->index.x));
    case NODE_STAR: return type_pointer(check_var_type(c, node->unary.x));
    case NODE_ARRAY_TYPE: return array_type(c, node);
    case NODE_MAP_TYPE: return map_type(c, node);
    case NODE_CHAN_TYPE: return chan_type(c, node);
    case NODE_STRUCT_TYPE: return struct_type(c, node);
    case NODE_INTERFACE_TYPE: return interface_type(c, node, def);
    case NODE_FUNC_TYPE: return check_func_type(c, node, NULL, NULL);
    case NODE_ELLIPSIS: diag_error(node->pos, node->end, ERR_DOTS_USE); return invalid();
    default: diag_error(node->pos, node->end, ERR_NOT_A_TYPE, expr_text(node)); return invalid();
    }
}

Type *check_type_or_generic(Checker *c, Node *node)
{
    Type *type = make_type(c, node, NULL);
    set_type(node, type);
    return type;
}

Type *check_type_def(Checker *c, Node *node, Type *def)
{
    Type *type = make_type(c, node, def);
    if (type->kind != TYPE_FUNC && type_is_generic(type)) {
        diag_error(node->pos, node->end, ERR_GENERIC_TYPE, type_string(type));
        type = invalid();
    }
    set_type(node, type);
    return type;
}

Type *check_type(Checker *c, Node *node)
{
    return check_type_def(c, node, NULL);
}

static void check_not_constraint(Checker *c, Delayed *d)
{
    (void)c;
    if (type_is_param(d->type)) return;
    Type *under = type_under(d->type);
    if (under->kind != TYPE_INTERFACE) return;
    if (under->iface.has_terms)
        diag_error(d->node->pos, d->node->end, ERR_CONSTRAINT_IFACE, type_string(d->type),
                   "contains type constraints");
    else if (under->is_comparable)
        diag_error(d->node->pos, d->node->end, ERR_CONSTRAINT_IFACE, type_string(d->type),
                   "is (or embeds) comparable");
}

void refuse_constraint(Checker *c, Node *node, Type *type)
{
    TypeKind kind = type_unalias(type)->kind;
    bool may_be_constraint =
        kind == TYPE_NAMED || kind == TYPE_INTERFACE || type->kind == TYPE_ALIAS;
    if (may_be_constraint && type != type_any && type != type_error)
        check_later(c, (Delayed){.run = check_not_constraint, .node = node, .type = type});
}

Type *check_var_type(Checker *c, Node *node)
{
    Type *type = check_type(c, node);
    refuse_constraint(c, node, type);
    return type;
}
