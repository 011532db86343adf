/* SPDX-License-Identifier: MIT */
/* Where variables live.
 *
 * Frames move and hold no pointers into themselves, so a variable whose address is taken lives in a
 * box on the heap. So does one that a function literal shares with its surroundings, unless nobody
 * assigns to it after its declaration: then the literal gets a copy. So do large ones, and arrays
 * that instructions could index in a frame only by copying them about (arrays of arrays and
 * structs, arrays inside structs).
 *
 * A box that nothing points to any more when its function returns is given back then, and not left
 * to the collector. That is known where the variable's address is only taken for calls of declared
 * functions that do no more with the parameter than to follow it, compare it, or hand it on to
 * functions of the same kind. All of this is a matter of the tree: uses are counted, and those that
 * are harmless, and a use that nobody has thought of is not among the latter. */
#include "compiler/internal.h"

#define MAX_IN_FRAME 1024 /* bytes */

/* Whether a part of this type would have to be indexed in the frame in ways that LDLX and STLX
 * don't offer. */
static bool holds_array(Type *type)
{
    Type *under = type_under(type);
    if (under->kind == TYPE_ARRAY) return under->len > 0;
    if (under->kind != TYPE_STRUCT) return false;
    for (uint32_t i = 0; i < under->strukt.nfields; i++)
        if (holds_array(under->strukt.fields[i].type)) return true;
    return false;
}

static bool is_awkward(Type *type)
{
    Type *under = type_under(type);
    if (under->kind == TYPE_STRUCT) return holds_array(type);
    if (under->kind != TYPE_ARRAY) return false;
    TypeKind elem = type_basic_kind(under->elem);
    return elem == TYPE_ARRAY || elem == TYPE_STRUCT;
}

bool var_is_boxed(FuncState *f, Object *var)
{
    if (var->is_addressed || (var->is_captured && var->is_reassigned)) return true;
    Type *type = env_type(f, var->type);
    return type_sizeof(type) > MAX_IN_FRAME || is_awkward(type);
}

bool var_is_copied(Object *var)
{
    return !var->is_addressed && !var->is_reassigned;
}

/* ---- Boxes given back ---- */

/* The variable that a place is a part of, or is reached from through pointers; NULL for others. */
static Object *deep_root(Node *node)
{
    for (;;) {
        node = node_unparen(node);
        switch (node->kind) {
        case NODE_IDENT: return node->ident.obj;
        case NODE_SELECTOR: node = node->selector.x; break;
        case NODE_INDEX: node = node->index.x; break;
        case NODE_SLICE: node = node->slice.x; break;
        case NODE_STAR: node = node->unary.x; break;
        default: return NULL;
        }
    }
}

static bool takes_pointer(const Object *method)
{
    return method->has_pointer_receiver || (method->origin && method->origin->has_pointer_receiver);
}

/* The selection of a method that is called or made a value, not of a method expression; else NULL.
 */
static const Selection *method_selected(const Node *node)
{
    if (node->kind != NODE_SELECTOR || !node->selector.selection) return NULL;
    SelectionKind kind = node->selector.selection->kind;
    return kind == SELECT_METHOD || kind == SELECT_IFACE_METHOD ? node->selector.selection : NULL;
}

/* The declaration of the plain function or method that a call calls, if its body is at hand; else
 * NULL. */
static Node *called_decl(const Node *call)
{
    Node *fun = node_unparen(call->call.fun);
    const Selection *method = method_selected(fun);
    Object *func = method ? method->obj : NULL;
    if (call->flags & (NF_CONVERSION | NF_ELLIPSIS_CALL)) return NULL;
    if (!method) {
        if (fun->kind == NODE_SELECTOR && fun->selector.selection) return NULL;
        if (fun->kind == NODE_SELECTOR) fun = fun->selector.sel;
        if (fun->kind == NODE_IDENT) func = fun->ident.obj;
    }
    if (!func || func->kind != OBJ_FUNC || func->origin || !func->decl) return NULL;
    const Type *type = func->type;
    if (type->is_variadic || type->func.ntparams > 0 || type->func.nrecv_tparams > 0) return NULL;
    if (func->decl->kind != NODE_FUNC_DECL || !func->decl->func.body) return NULL;
    return func->decl->func.params.len == call->call.args.len ? func->decl : NULL;
}

static Object *field_object(Node *field)
{
    Node *name = field->field.name;
    return name ? name->ident.obj : NULL;
}

typedef struct Uses {
    const Object *var;
    uint32_t all,
        harmless; /* of a parameter: mentions; of a variable: where its address is taken */
    bool is_param;
} Uses;

static bool keeps_param(Object *param, const Node *decl);

static void look_at_argument(Uses *uses, Node *arg, Object *param, const Node *decl)
{
    arg = node_unparen(arg);
    bool is_it = uses->is_param ? arg->kind == NODE_IDENT && arg->ident.obj == uses->var
                                : arg->kind == NODE_UNARY && arg->op == T_AND &&
                                      deep_root(arg->unary.x) == uses->var;
    if (is_it && !keeps_param(param, decl)) uses->harmless++;
}

static void look_at_call(Uses *uses, Node *call)
{
    Node *decl = called_decl(call), *fun = node_unparen(call->call.fun);
    const Selection *method = method_selected(fun);
    if (!decl) return;
    for (uint32_t i = 0; i < call->call.args.len; i++)
        look_at_argument(uses, call->call.args.at[i], field_object(decl->func.params.at[i]), decl);
    if (!method || !decl->func.recv) return;
    Node *x = node_unparen(fun->selector.x);
    bool is_it = uses->is_param ? x->kind == NODE_IDENT && x->ident.obj == uses->var
                                : takes_pointer(method->obj) && deep_root(x) == uses->var;
    bool is_promoted = method->npath > 0;
    if (!is_it || (uses->is_param && is_promoted)) return;
    if (!takes_pointer(method->obj) || !keeps_param(field_object(decl->func.recv), decl))
        uses->harmless++;
}

/* A parameter may be followed, compared and assigned to. */
static void look_at_mention(Uses *uses, Node *operand)
{
    operand = node_unparen(operand);
    if (operand->kind == NODE_IDENT && operand->ident.obj == uses->var) uses->harmless++;
}

static bool takes_address(const Uses *uses, Node *node)
{
    const Selection *method = method_selected(node);
    if (node->kind == NODE_UNARY) return node->op == T_AND && deep_root(node->unary.x) == uses->var;
    if (node->kind == NODE_SLICE) return deep_root(node) == uses->var;
    if (!method || !takes_pointer(method->obj)) return false;
    /* p.m() hands on p, which is a mention like any other */
    bool is_whole = node_unparen(node->selector.x)->kind == NODE_IDENT && method->npath == 0;
    return deep_root(node) == uses->var && !(uses->is_param && is_whole);
}

static bool look_at_param(Node *node, Uses *uses)
{
    if (takes_address(uses, node)) uses->all++; /* of something behind it: never harmless */
    switch (node->kind) {
    case NODE_IDENT: uses->all += node->ident.obj == uses->var; break;
    case NODE_STAR: look_at_mention(uses, node->unary.x); break;
    case NODE_SELECTOR:
        if (node->selector.selection && node->selector.selection->kind == SELECT_FIELD)
            look_at_mention(uses, node->selector.x);
        break;
    case NODE_INDEX: look_at_mention(uses, node->index.x); break;
    case NODE_BINARY:
        look_at_mention(uses, node->binary.x);
        look_at_mention(uses, node->binary.y);
        break;
    case NODE_ASSIGN:
        for (uint32_t i = 0; i < node->assign.lhs.len; i++)
            look_at_mention(uses, node->assign.lhs.at[i]);
        break;
    case NODE_CALL: look_at_call(uses, node); break;
    default: break;
    }
    return true;
}

static bool look_for_uses(Node *node, void *arg)
{
    Uses *uses = arg;
    if (node->kind == NODE_GO || node->kind == NODE_DEFER || node->kind == NODE_FUNC_LIT) {
        if (node_mentions(node, uses->var)) uses->all++;
        return false;
    }
    if (uses->is_param) return look_at_param(node, uses);
    if (takes_address(uses, node)) uses->all++;
    if (node->kind == NODE_CALL) look_at_call(uses, node);
    return true;
}

/* What is known of parameters, by Object. While one is being looked at it counts as harmless, so
 * that functions that call each other can be; but if it turns out otherwise, so may those found
 * harmless meanwhile, and they are forgotten. All guarded by the lock of compilation. */
enum { PARAM_HARMLESS = 1, PARAM_KEPT = 2 };

static PtrMap params;
static VEC(Object *) harmless; /* found since the outermost question was asked */
static uint32_t nquestions;    /* under way, one within the other */

static bool ask_param(Object *param, const Node *decl)
{
    enum { DEPTH = 16 };
    if (param->is_captured || param->is_addressed || nquestions == DEPTH) return true;
    if (type_under(param->type)->kind != TYPE_POINTER) return true;
    Uses uses = {.var = param, .is_param = true};
    node_walk(decl->func.body, look_for_uses, &uses);
    return uses.all != uses.harmless;
}

/* Whether the function may keep what the parameter points to. NULL: it has no name. */
static bool keeps_param(Object *param, const Node *decl)
{
    static char marks[3];
    if (!param) return false;
    char *known = map_get(&params, param);
    if (known && known != marks) return known == marks + PARAM_KEPT;
    map_set(&params, param, marks + PARAM_HARMLESS);
    vec_push(&harmless, param);
    nquestions++;
    bool is_kept = ask_param(param, decl);
    nquestions--;
    if (is_kept) map_set(&params, param, marks + PARAM_KEPT);
    if (nquestions > 0) return is_kept;
    for (size_t i = 0; is_kept && i < harmless.len; i++)
        if (harmless.at[i] != param && map_get(&params, harmless.at[i]) == marks + PARAM_HARMLESS)
            map_set(&params, harmless.at[i], marks);
    harmless.len = 0;
    return is_kept;
}

bool var_is_owned(FuncState *f, Object *var)
{
    if (var->is_captured || f->range_func || !f->node) return false;
    if (!var->is_addressed) return true;
    Uses uses = {.var = var};
    node_walk(f->node->func.body, look_for_uses, &uses);
    return uses.all == uses.harmless;
}
