/* SPDX-License-Identifier: MIT */
/* The disassembler: operands by each opcode's format, words by what they are.
 *
 *     main.add: 3 slots (1 results, 2 parameters)
 *       add.mgo:4    return a + b
 *           0  ADD        r0, r1, r2
 *           1  RET                                                                             */
#include "vm/disasm.h"

#include "vm/op.h"
#include "vm/verify.h"

#include <inttypes.h>
#include <string.h>

/* What an operand word is. */
typedef enum WordKind { WORD_NUMBER, WORD_TYPE, WORD_FUNC, WORD_CACHE, WORD_SELECTOR, WORD_TEXT, WORD_JUMP, WORD_CASE, WORD_TABLE, WORD_STRING, WORD_ADDRESS } WordKind;

static WordKind word_kind(Op op)
{
    if (op_calls_word(op)) return WORD_FUNC;
    switch (op) {
    case OP_CLOSURE:
    case OP_GO:
    case OP_DEFER: return WORD_FUNC;
    case OP_CALLI: return WORD_CACHE;
    case OP_BINDI: return WORD_SELECTOR;
    case OP_PANICTEXT: return WORD_TEXT;
    case OP_NEXTRUNE:
    case OP_MAPNEXT: return WORD_JUMP;
    case OP_SELECT: return WORD_CASE;
    case OP_JTABLE: return WORD_TABLE;
    case OP_LOADK2: return WORD_STRING;
    case OP_MAKEMAP:
    case OP_MAPGET:
    case OP_MAPGET2:
    case OP_MAPSET:
    case OP_MAPDEL:
    case OP_MAPCLEAR:
    case OP_MAPITER: return WORD_TYPE;
    default: break;
    }
    const char *text = op_info[op].text;
    if (strncmp(op_info[op].name, "LDG", 3) == 0 || strncmp(op_info[op].name, "STG", 3) == 0) return WORD_ADDRESS;
    return strstr(text, "RType") ? WORD_TYPE : WORD_NUMBER;
}

static void print_quoted(const char *s, uint64_t len, FILE *out)
{
    enum { SHOWN = 40 };
    fputc('"', out);
    for (uint64_t i = 0; i < len && i < SHOWN; i++) {
        unsigned char byte = (unsigned char)s[i];
        if (byte == '\n')
            fputs("\\n", out);
        else if (byte == '"' || byte == '\\')
            fprintf(out, "\\%c", byte);
        else if (byte < ' ' || byte == 0x7F)
            fprintf(out, "\\x%02x", byte);
        else
            fputc(byte, out);
    }
    fputs(len > SHOWN ? "\"…" : "\"", out);
}

static void print_case(uint64_t word, FILE *out)
{
    unsigned chan = (word >> 16) & 0xFFFF, value = (word >> 32) & 0xFFFF, ok = (word >> 48) & 0xFFFF;
    if ((word & 0xFFFF) == 0) {
        fprintf(out, "r%u <- r%u", chan, value);
        return;
    }
    if (value != 0xFFFF) fprintf(out, "r%u", value);
    if (ok != 0xFFFF) fprintf(out, ", r%u", ok);
    fprintf(out, "%s<-r%u", value != 0xFFFF || ok != 0xFFFF ? " = " : "", chan);
}

static void print_word(WordKind kind, const Instr *at, uint32_t next_pc, FILE *out)
{
    const void *p = (const void *)(uintptr_t)at->word;
    switch (kind) {
    case WORD_TYPE: fputs(p ? ((const RType *)p)->string : "nil", out); break;
    case WORD_FUNC: fputs(((const FuncProto *)p)->name, out); break;
    case WORD_CACHE: fprintf(out, ".%s", ((const ICache *)p)->sel->name->text); break;
    case WORD_SELECTOR: fprintf(out, ".%s", ((const Selector *)p)->name->text); break;
    case WORD_TEXT: print_quoted(p, strlen(p), out); break;
    case WORD_TABLE:
    case WORD_JUMP: fprintf(out, "→ %" PRId64, (int64_t)next_pc + (int64_t)at->word); break;
    case WORD_CASE: print_case(at->word, out); break;
    case WORD_STRING: print_quoted(p, at[1].word, out); break;
    case WORD_ADDRESS: fprintf(out, "[0x%" PRIx64 "]", at->word); break;
    case WORD_NUMBER:
        if (at->word > 0xFFFFFFFF)
            fprintf(out, "0x%" PRIx64, at->word);
        else
            fprintf(out, "%" PRIu64, at->word);
        break;
    }
}

static void print_operand(char letter, uint16_t operand, const Instr *at, uint32_t next_pc, FILE *out)
{
    switch (letter) {
    case 'w':
    case 'r':
    case 'f':
        if (operand == 0xFFFF)
            fputc('_', out);
        else
            fprintf(out, "r%u", operand);
        break;
    case 'i': fprintf(out, "%d", (int16_t)operand); break;
    case 'u': fprintf(out, "%u", operand); break;
    case 'j': fprintf(out, "→ %" PRId64, (int64_t)next_pc + (int16_t)operand); break;
    case 'J': fprintf(out, "→ %" PRId64, (int64_t)next_pc + at->bx); break;
    case 'X': fprintf(out, "%d", at->bx); break;
    case 'U': fprintf(out, "%u", (uint32_t)at->bx); break;
    default: break;
    }
}

uint32_t disasm_instr(const Instr *code, uint32_t pc, FILE *out)
{
    const Instr *at = &code[pc];
    const OpInfo *info = &op_info[at->op];
    uint32_t length = verify_length(at), shown = length;
    const uint16_t operand[3] = {at->a, at->b, at->c};
    const char *comma = "";
    fprintf(out, "    %5u  %-10s ", pc, info->name);
    for (int i = 0; i < 3 && info->format[i]; i++) {
        if (info->format[i] == '-') continue;
        fputs(comma, out);
        print_operand(info->format[i], operand[i], at, pc + length, out);
        comma = ", ";
    }
    WordKind kind = word_kind((Op)at->op);
    if (kind == WORD_STRING && at[2].word > INT32_MAX) kind = WORD_NUMBER; /* a complex constant */
    if (kind == WORD_STRING) shown = 2;
    for (uint32_t i = 1; i < shown; i++) {
        bool is_number = i == 2 && (at->op == OP_SLICEP || at->op == OP_LOADIF);
        uint32_t base = pc + (kind == WORD_TABLE ? i + 1 : length);
        fputs(comma, out);
        bool is_signed = at->op == OP_LDXI64 || at->op == OP_LDXIU8;
        if (is_signed || (kind == WORD_TABLE && i == 1))
            fprintf(out, "%" PRId64, (int64_t)at[1].word);
        else
            print_word(is_number ? WORD_NUMBER : kind, at + i, base, out);
        comma = ", ";
    }
    fputc('\n', out);
    return length;
}

static void print_source_line(Location where, FILE *out)
{
    const Source *source = where.source;
    const char *start = source->text + where.offset, *end = start;
    while (start > source->text && start[-1] != '\n') start--;
    while (*end && *end != '\n') end++;
    while (*start == ' ' || *start == '\t') start++;
    fprintf(out, "  %s:%d    %.*s\n", where.path, where.line, (int)(end - start), start);
}

void disasm_proto(const FuncProto *proto, FILE *out)
{
    int line = 0;
    fprintf(out, "%s: %u slots (%u results, %u parameters", proto->name, proto->nslots, proto->nresults, proto->nparams);
    if (proto->ncaptured) fprintf(out, ", %u captured", proto->ncaptured);
    fputs(")\n", out);
    for (uint32_t pc = 0; pc < proto->ninstrs;) {
        Location where = source_locate(proto_pos(proto, pc));
        if (where.path && where.line != line) print_source_line(where, out);
        if (where.path) line = where.line;
        pc += disasm_instr(proto->code, pc, out);
    }
    fputc('\n', out);
}
