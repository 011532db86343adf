/* SPDX-License-Identifier: MIT */
/* Select statements.
 *
 * Channels and values to send are evaluated in source order, whichever case will be chosen; then
 * one SELECT does the operation and says whose it was. What a receive assigns is evaluated and
 * stored in the chosen clause. With one case and no default it is a plain send or receive. */
#include "compiler/stmt.h"

typedef struct Comm {
    Node *clause;
    Node *chan;   /* channel expression; NULL: default */
    Node *sent;   /* value to send; NULL: receive */
    Node *lhs[2]; /* what receives value and ok, or NULL */
    bool is_define;
    Type *elem;
    Reg chan_reg, value, ok;
} Comm;

/* Takes a clause's communication apart. */
static void read_comm(FuncState *f, Node *clause, Comm *comm)
{
    Node *op = clause->clause.comm, *recv;
    *comm = (Comm){.clause = clause, .value = NO_REG, .ok = NO_REG};
    if (!op) return;
    if (op->kind == NODE_SEND) {
        comm->chan = op->pair.a;
        comm->sent = op->pair.b;
    } else {
        if (op->kind == NODE_ASSIGN) {
            recv = op->assign.rhs.at[0];
            for (uint32_t i = 0; i < op->assign.lhs.len; i++)
                if (!lhs_is_blank(op->assign.lhs.at[i])) comm->lhs[i] = op->assign.lhs.at[i];
            comm->is_define = op->flags & NF_DEFINE;
        } else {
            recv = op->unary.x;
        }
        comm->chan = node_unparen(recv)->unary.x;
    }
    comm->elem = type_under(node_type(f, comm->chan))->elem;
}

/* A copy where the operand sits in a variable's slots: operands of later cases are evaluated before
 * it is used, but cannot change it. */
static void evaluate(FuncState *f, Comm *comm)
{
    f->pos = comm->clause->pos;
    comm->chan_reg = expr_any(f, comm->chan);
    if (comm->sent) {
        comm->value = expr_any_type(f, comm->sent, comm->elem);
        return;
    }
    if (comm->lhs[0]) comm->value = reg_alloc(f, type_slots(comm->elem));
    if (comm->lhs[1]) comm->ok = reg_alloc(f, 1);
}

static void emit_case(FuncState *f, const Comm *comm)
{
    uint64_t kind = comm->sent ? 0 : 1;
    emit_word(f, kind | (uint64_t)comm->chan_reg << 16 | (uint64_t)comm->value << 32 |
                     (uint64_t)comm->ok << 48);
}

static void emit_plain(FuncState *f, Comm *comm)
{
    if (comm->sent) {
        emit_abc(f, OP_SEND, comm->chan_reg, comm->value, type_slots(comm->elem));
        return;
    }
    if (comm->value == NO_REG) comm->value = reg_alloc(f, type_slots(comm->elem));
    if (comm->ok == NO_REG)
        emit_abc(f, OP_RECV, comm->value, comm->chan_reg, 0);
    else
        emit_abc(f, OP_RECV2, comm->value, comm->chan_reg, comm->ok);
}

static void clause_body(FuncState *f, Node *node, const Comm *comm, Label *end)
{
    Reg mark = reg_mark(f);
    f->pos = comm->clause->pos;
    if (comm->lhs[0]) assign_or_define(f, comm->lhs[0], comm->is_define, comm->value, comm->elem);
    if (comm->lhs[1])
        assign_or_define(f, comm->lhs[1], comm->is_define, comm->ok, type_basic[TYPE_BOOL]);
    stmt_in_target(f, node, end, NULL, comm->clause->clause.body);
    reg_release(f, mark);
}

/* Jumps to the clause that was chosen, then the clauses. */
static void dispatch(FuncState *f, Node *node, const Comm *comms, uint32_t n, Reg chosen,
                     Label *end)
{
    Label *labels = arena_array(f->arena, Label, n);
    Label *otherwise = NULL;
    int32_t index = 0;
    for (uint32_t i = 0; i < n; i++) {
        label_init(&labels[i]);
        if (!comms[i].chan) otherwise = &labels[i];
    }
    if (!otherwise) otherwise = &labels[n - 1];
    for (uint32_t i = 0; i < n; i++) {
        if (!comms[i].chan) continue;
        if (&labels[i] != otherwise) emit_cmp_jump(f, OP_JEQI, chosen, index, &labels[i]);
        index++;
    }
    emit_jump(f, otherwise);
    for (uint32_t i = 0; i < n; i++) {
        label_place(f, &labels[i]);
        clause_body(f, node, &comms[i], end);
        if (i + 1 < n) emit_jump(f, end);
    }
}

void stmt_select(FuncState *f, Node *node)
{
    Reg mark = reg_mark(f);
    NodeList clauses = node->block.stmts;
    Label end;
    label_init(&end);
    Comm *comms = arena_array(f->arena, Comm, clauses.len);
    uint32_t ncases = 0;
    for (uint32_t i = 0; i < clauses.len; i++) {
        read_comm(f, clauses.at[i], &comms[i]);
        if (!comms[i].chan) continue;
        evaluate(f, &comms[i]);
        ncases++;
    }
    f->pos = node->pos;
    if (ncases == 1 && clauses.len == 1) {
        emit_plain(f, &comms[0]);
        clause_body(f, node, &comms[0], &end);
    } else {
        Reg chosen = reg_alloc(f, 1);
        emit_abc(f, OP_SELECT, chosen, ncases, ncases < clauses.len);
        for (uint32_t i = 0; i < clauses.len; i++)
            if (comms[i].chan) emit_case(f, &comms[i]);
        if (clauses.len > 0) dispatch(f, node, comms, clauses.len, chosen, &end);
    }
    label_place(f, &end);
    reg_release(f, mark);
}
