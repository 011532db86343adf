/* SPDX-License-Identifier: MIT */
/* Labels, jumps near and far, registers: what the compiler's other parts take for granted. */
#include "tests/unit/unit.h"

#include "compiler/internal.h"

#include <string.h>

static void begin(FuncState *f, Arena *arena)
{
    memset(f, 0, sizeof *f);
    f->arena = arena;
    reg_alloc(f, 4);
}

static void add_nops(FuncState *f, int n)
{
    for (int i = 0; i < n; i++) emit_abc(f, OP_NOP, 0, 0, 0);
}

/* Where the jump at pc goes. */
static int64_t target(const FuncState *f, uint32_t pc, bool is_wide)
{
    const Instr *at = &f->code.at[pc];
    return (int64_t)pc + 1 + (is_wide ? at->bx : (int16_t)at->c);
}

static void test_near(Arena *arena)
{
    FuncState f;
    Label forward, back;
    begin(&f, arena);
    label_init(&forward);
    label_init(&back);
    label_place(&f, &back);
    emit_cmp_jump(&f, OP_JLT, 1, 2, &forward);
    emit_jump(&f, &forward);
    emit_jump_if(&f, true, 3, &back);
    emit_cmp_jump(&f, OP_JGEI, 1, -7, &back);
    emit_cmp_jump(&f, OP_JLTU, 1, 2, &back);
    label_place(&f, &forward);
    CHECK(f.code.at[0].op == OP_JLT && target(&f, 0, false) == 6);
    CHECK(f.code.at[1].op == OP_JMP && target(&f, 1, true) == 6);
    CHECK(f.code.at[2].op == OP_LOOPT && target(&f, 2, true) == 0);
    CHECK(f.code.at[3].op == OP_LOOPGEI && (int16_t)f.code.at[3].b == -7 && target(&f, 3, false) == 0);
    CHECK(f.code.at[4].op == OP_JLEU && target(&f, 4, false) == 6); /* no loop form: skips over LOOP */
    CHECK(f.code.at[5].op == OP_LOOP && target(&f, 5, true) == 0);
    CHECK(!f.overflowed);
    emit_reset(&f);
}

static void test_far(Arena *arena)
{
    FuncState f;
    Label forward;
    begin(&f, arena);
    label_init(&forward);
    emit_cmp_jump(&f, OP_JLT, 1, 2, &forward);
    add_nops(&f, 40000);
    label_place(&f, &forward);
    CHECK(f.overflowed);

    emit_reset(&f);
    f.is_long = true;
    reg_alloc(&f, 4);
    label_init(&forward);
    emit_cmp_jump(&f, OP_JLT, 1, 2, &forward);
    add_nops(&f, 40000);
    label_place(&f, &forward);
    CHECK(!f.overflowed);
    CHECK(f.code.at[0].op == OP_JLE && f.code.at[0].a == 2 && f.code.at[0].b == 1 && target(&f, 0, false) == 2);
    CHECK(f.code.at[1].op == OP_JMP && target(&f, 1, true) == 40002);
    emit_reset(&f);
}

static void test_loop_peephole(Arena *arena)
{
    FuncState f;
    Label top;
    begin(&f, arena);
    label_init(&top);
    label_place(&f, &top);
    add_nops(&f, 2);
    emit_abc(&f, OP_ADDI, 1, 1, 1);
    emit_cmp_jump(&f, OP_JLT, 1, 2, &top);
    CHECK(f.code.len == 3 && f.code.at[2].op == OP_INCLOOPLT && target(&f, 2, false) == 0);
    emit_reset(&f);

    Label between;
    begin(&f, arena);
    label_init(&top);
    label_init(&between);
    label_place(&f, &top);
    emit_abc(&f, OP_ADDI, 1, 1, 1);
    label_place(&f, &between);
    emit_cmp_jump(&f, OP_JLT, 1, 2, &top);
    CHECK(f.code.len == 2 && f.code.at[1].op == OP_LOOPLT);
    emit_reset(&f);
}

static void test_registers(Arena *arena)
{
    FuncState f;
    begin(&f, arena);
    Reg mark = reg_mark(&f);
    CHECK(reg_alloc(&f, 3) == 4 && reg_alloc(&f, 1) == 7);
    reg_release(&f, mark);
    CHECK(reg_alloc(&f, 2) == 4 && f.max == 8);
    CHECK(!reg_is_var(&f, 4));
    emit_int(&f, 1, -5);
    emit_int(&f, 1, (int64_t)1 << 40);
    emit_move(&f, 2, 2, 1);
    emit_move(&f, 0, 4, 5);
    CHECK(f.code.at[0].op_ == OP_LOADI && f.code.at[0].bx == -5);
    CHECK(f.code.at[1].op == OP_LOADK && f.code.at[2].word == (uint64_t)1 << 40);
    CHECK(f.code.at[3].op == OP_MOVEN && f.code.at[3].c == 5 && f.code.len == 4);
    emit_reset(&f);
}

int main(void)
{
    Arena arena;
    arena_init(&arena);
    test_near(&arena);
    test_far(&arena);
    test_loop_peephole(&arena);
    test_registers(&arena);
    arena_free(&arena);
    return unit_end();
}
