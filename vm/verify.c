/* SPDX-License-Identifier: MIT */
/* The verifier reads what it must check out of the instruction list: the format says which operands are slots, the meaning ("R[a:2] = …")
 * how many slots they span. What it cannot know: sizes given by types and words. */
#include "vm/verify.h"

#include "base/fatal.h"
#include "vm/op.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Check {
    const FuncProto *proto;
    const Instr *code;
    uint32_t ninstrs;
    bool *is_start; /* of each word: an instruction begins here */
    char *fault;
    size_t fault_size;
    bool is_bad;
} Check;

uint32_t verify_length(const Instr *at)
{
    int words = op_info[at->op].words;
    return 1 + (words < 0 ? at->b : (uint32_t)words);
}

__attribute__((format(printf, 3, 4))) static void complain(Check *check, uint32_t pc, const char *format, ...)
{
    va_list args;
    if (check->is_bad) return;
    check->is_bad = true;
    const char *op = check->code[pc].op < OP_COUNT ? op_info[check->code[pc].op].name : "?";
    int n = snprintf(check->fault, check->fault_size, "%s, instruction %u (%s): ", check->proto->name, pc, op);
    if (n < 0 || (size_t)n >= check->fault_size) return;
    va_start(args, format);
    vsnprintf(check->fault + n, check->fault_size - (size_t)n, format, args);
    va_end(args);
}

static void find_starts(Check *check)
{
    uint32_t pc = 0;
    while (pc < check->ninstrs && !check->is_bad) {
        check->is_start[pc] = true;
        if (check->code[pc].op >= OP_COUNT)
            complain(check, pc, "no such opcode %u", check->code[pc].op);
        else
            pc += verify_length(&check->code[pc]);
    }
    if (pc > check->ninstrs) complain(check, check->ninstrs - 1, "operand words are missing");
}

/* Slots that operand `letter` spans by the meaning's text: "R[a:2]" 2, "R[a]" 1, "R[a..]" unknown, taken as 0. */
static uint32_t span(const char *text, char letter)
{
    char name[4] = {'R', '[', letter, 0};
    const char *at = strstr(text, name);
    if (!at) return 0;
    if (at[3] == ']') return 1;
    return at[3] == ':' && at[4] >= '0' && at[4] <= '9' ? (uint32_t)atoi(at + 4) : 0;
}

static void check_slot(Check *check, uint32_t pc, char letter, uint32_t slot)
{
    const char *text = op_info[check->code[pc].op].text;
    if (slot == 0xFFFF && strstr(text, "0xFFFF")) return;
    uint32_t n = span(text, letter);
    if (slot + n > check->proto->nslots)
        complain(check, pc, "operand %c: slots %u..%u are outside the frame of %u", letter, slot, slot + n,
                 check->proto->nslots);
}

static void check_jump(Check *check, uint32_t pc, int64_t offset)
{
    int64_t target = (int64_t)pc + verify_length(&check->code[pc]) + offset;
    if (target < 0 || target >= check->ninstrs || !check->is_start[target])
        complain(check, pc, "jumps to %lld, where no instruction begins", (long long)target);
}

/* A table's offsets count from the words themselves. */
static void check_table(Check *check, uint32_t pc)
{
    const Instr *at = &check->code[pc];
    if (at->b == 0) complain(check, pc, "a table has a least value");
    for (uint32_t i = 2; i <= at->b; i++) check_jump(check, pc, (int64_t)at[i].word + i - at->b);
}

static void check_operands(Check *check, uint32_t pc)
{
    const Instr *at = &check->code[pc];
    const char *format = op_info[at->op].format;
    const uint16_t operand[3] = {at->a, at->b, at->c};
    for (int i = 0; i < 3 && format[i]; i++) {
        if (format[i] == 'w' || format[i] == 'r') check_slot(check, pc, (char)('a' + i), operand[i]);
        if (format[i] == 'j') check_jump(check, pc, (int16_t)operand[i]);
        if (format[i] == 'J') check_jump(check, pc, at->bx);
    }
    if (at->op == OP_JTABLE) check_table(check, pc);
    if (at->op == OP_NEXTRUNE || at->op == OP_MAPNEXT) check_jump(check, pc, (int64_t)at[1].word);
}

static void check_call(Check *check, uint32_t pc, uint32_t at, const FuncProto *callee)
{
    uint32_t end = at + callee->nresults + callee->nparams;
    if (at < FRAME_HEADER && check->code[pc].op != OP_CALLN)
        complain(check, pc, "no room for the callee's header below slot %u", at);
    if (end > check->proto->nslots)
        complain(check, pc, "results and arguments of %s end at slot %u, beyond the frame of %u", callee->name, end,
                 check->proto->nslots);
}

static void check_special(Check *check, uint32_t pc)
{
    const Instr *at = &check->code[pc];
    const FuncProto *proto = check->proto;
    if (op_calls_word(at->op)) check_call(check, pc, at->a, (const FuncProto *)(uintptr_t)at[1].word);
    switch (at->op) {
    case OP_CALLI:
    case OP_CALLC:
        if (at->a < FRAME_HEADER) complain(check, pc, "no room for the callee's header below slot %u", at->a);
        break;
    case OP_LDCAP:
        if (at->b >= proto->ncaptured) complain(check, pc, "captures only %u slots", proto->ncaptured);
        break;
    case OP_LDCAPN:
        if (at->b + at->c > proto->ncaptured) complain(check, pc, "captures only %u slots", proto->ncaptured);
        break;
    case OP_DEFER:
    case OP_DEFERC:
        if (!(proto->flags & PROTO_HAS_DEFER)) complain(check, pc, "the function is not marked to have deferred calls");
        break;
    case OP_MOVEN:
        if (at->a + at->c > proto->nslots || at->b + at->c > proto->nslots)
            complain(check, pc, "slots are outside the frame of %u", proto->nslots);
        break;
    case OP_ZERO:
        if (at->a + (uint32_t)at->bx > proto->nslots)
            complain(check, pc, "slots are outside the frame of %u", proto->nslots);
        break;
    default: break;
    }
}

static void check_function(Check *check)
{
    const FuncProto *proto = check->proto;
    if (check->ninstrs == 0) {
        complain(check, 0, "there is no code");
        return;
    }
    if (proto->nslots < (uint32_t)proto->nresults + proto->nparams)
        complain(check, 0, "results and parameters take more than the frame's %u slots", proto->nslots);
    if (proto->flags & PROTO_HAS_DEFER &&
        (proto->epilogue_pc >= check->ninstrs || check->code[proto->epilogue_pc].op != OP_RETD))
        complain(check, 0, "no epilogue at %u", proto->epilogue_pc);
    for (uint32_t i = 1; i < proto->npositions; i++)
        if (proto->positions[i].pc <= proto->positions[i - 1].pc) complain(check, 0, "positions do not rise");
}

const char *verify_fault(const FuncProto *proto, const Instr *code, uint32_t ninstrs, char *buf, size_t size)
{
    Check check = {.proto = proto, .code = code, .ninstrs = ninstrs, .fault = buf, .fault_size = size};
    check.is_start = calloc(ninstrs + 1, sizeof(bool));
    if (!check.is_start) fatal_out_of_memory();
    check_function(&check);
    if (!check.is_bad) find_starts(&check);
    for (uint32_t pc = 0; pc < ninstrs && !check.is_bad; pc++) {
        if (!check.is_start[pc]) continue;
        check_operands(&check, pc);
        check_special(&check, pc);
    }
    free(check.is_start);
    return check.is_bad ? buf : NULL;
}

void verify_code(const FuncProto *proto, const Instr *code, uint32_t ninstrs)
{
    char text[300];
    if (verify_fault(proto, code, ninstrs, text, sizeof text)) fatal("verify: %s", text);
}
