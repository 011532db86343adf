/* SPDX-License-Identifier: MIT */
/* Wording syntax errors.
 *
 * When the grammar cannot go on, the symbols on its stack tell what it was reading. The table below lists, in order,
 * what the top of the stack may look like (the topmost symbol last) and what Go says then. A text that begins with
 * "in", "after" or "at" follows "unexpected TOKEN"; one that begins with "expected" follows a comma; any other is the
 * whole message. What no line covers is worded by what could come: an expression, a type, a name, one certain token. */
#include "parser/message.h"
#include "base/diag.h"

#include <string.h>

typedef struct Wording {
    const char *stack;
    const char *text;
} Wording;

/* clang-format off */
static const Wording wordings[] = {
    {"primary ( expr_list",          "in argument list; possibly missing comma or )"},
    {"primary ( expr_list ...",      "in argument list; possibly missing comma or )"},
    {"primary [ expr_list",          "expected comma, : or ]"},
    {"primary [ opt_expr : opt_expr", "expected comma, : or ]"},
    {"primary [",                    "expected operand"},
    {"primary .",                    "expected name or ("},
    {"( expr",                       "expected )"},
    {"( param_list",                 "in parameter list; possibly missing comma or )"},
    {"[ type_param_list",            "in type parameter list; possibly missing comma or ]"},
    {"[ type_param_rest",            "in type parameter list; possibly missing comma or ]"},
    {"{ elements",                   "in composite literal; possibly missing comma or }"},
    {"literal_brace elements",       "in composite literal; possibly missing comma or }"},
    {"composite_value",              "in composite literal; possibly missing comma or }"},
    {"literal_brace opt_elements",   "in composite literal; possibly missing comma or }"},
    {"struct literal_brace fields",  "in struct type; possibly missing semicolon or newline or }"},
    {"struct literal_brace fields ;", "expected field name or embedded type"},
    {"struct literal_brace",         "expected field name or embedded type"},
    {"interface literal_brace elems", "in interface type; possibly missing semicolon or newline or }"},
    {"import ( import_specs",        "in grouped declaration; possibly missing semicolon or newline or )"},
    {"const ( const_specs",          "in grouped declaration; possibly missing semicolon or newline or )"},
    {"var ( var_specs",              "in grouped declaration; possibly missing semicolon or newline or )"},
    {"type ( type_specs",            "in grouped declaration; possibly missing semicolon or newline or )"},
    {"import",                       "missing import path; require quoted string"},
    {"import ( import_specs ;",      "missing import path; require quoted string"},
    {"import (",                     "missing import path; require quoted string"},
    {"import ident",                 "missing import path; require quoted string"},
    {"else",                         "else must be followed by if or statement block"},
    {"if header",                    "expected { after if clause"},
    {"for for_header",               "expected { after for clause"},
    {"switch header",                "missing { after switch clause"},
    {"select",                       "missing { after select clause"},
    {"body_open clauses",            "expected case or default or }"},
    {"body_open comm_clauses",       "expected case or default or }"},
    {"case expr_list",               "expected :"},
    {"case simple_stmt",             "expected :"},
    {"default",                      "expected :"},
    {"chan",                         "missing channel element type"},
    {"chan <-",                      "missing channel element type"},
    {"block_open",                   "expected }"},
    {"body_open",                    "expected }"},
    {": stmts ;",                    "expected case or default or }"},
    {"expr_list :",                  "expected case or default or }"},
    {"simple_stmt :",                "expected case or default or }"},
    {"default :",                    "expected case or default or }"},
    {"stmts ;",                      "expected }"},
    {"top_list",                     "after top level declaration"},
    {"expr_list , expr",             "expected := or = or comma"},
    {"expr_list",                    "expected := or = or comma"},
    {"FUNC_DECL",                    "expected name or ("},
    {"FUNC_DECL ident",              "expected ("},
    {"FUNC_DECL params ident",       "expected ("},
    {"func",                         "expected ("},
    {"type ident",                   "in type declaration"},
    {"type ( ident",                 "in type declaration"},
    {"type_specs ; ident",           "in type declaration"},
    {"package ident",                "after package clause"},
    {"stmts",                        "at end of statement"},
    {"opt_label",                    "at end of statement"},
};
/* clang-format on */

void message_token(const Parser *p, Buf *out)
{
    Name text = p->token.text;
    switch (p->kind) {
    case T_NAME: buf_printf(out, "name %s", text->text); break;
    case T_INT: case T_FLOAT: case T_IMAG: case T_CHAR: case T_STRING:
        buf_printf(out, "literal %s", text->text);
        break;
    case T_SEMICOLON: buf_text(out, text->text); break;
    default:
        if (p->kind >= T_BREAK) buf_text(out, "keyword ");
        buf_text(out, token_text(p->kind));
        break;
    }
}

/* Whether the symbols on the stack end as `pattern` does. */
static bool is_match(const Situation *at, const char *pattern)
{
    const char *end = pattern + strlen(pattern);
    for (int i = 0; end > pattern; i++) {
        const char *start = end;
        while (start > pattern && start[-1] != ' ') start--;
        size_t len = (size_t)(end - start);
        if (i >= at->depth || strlen(at->symbols[i]) != len) return false;
        if (memcmp(at->symbols[i], start, len) != 0) return false;
        end = start > pattern ? start - 1 : pattern;
    }
    return true;
}

static bool is_header(const Situation *at)
{
    return is_match(at, "if header") || is_match(at, "switch header") || is_match(at, "for for_header");
}

/* Go asks for a mere { where a header could have gone on with a semicolon. */
static const char *find_wording(const Parser *p, const Situation *at)
{
    if (is_header(at) && !p->has_semicolon) return "expected {";
    if (p->kind == T_VAR && is_match(at, "if")) return "var declaration not allowed in if initializer";
    if (p->kind == T_VAR && is_match(at, "for")) return "var declaration not allowed in for initializer";
    if (p->kind == T_VAR && is_match(at, "switch")) return "var declaration not allowed in switch initializer";
    if (p->is_script && is_match(at, "top_list")) return "at end of statement";
    for (size_t i = 0; i < sizeof wordings / sizeof wordings[0]; i++) {
        if (is_match(at, wordings[i].stack)) return wordings[i].text;
    }
    return NULL;
}

/* What to say where the table is silent. */
static void word_by_expectation(const Situation *at, Buf *out)
{
    if (at->wants_expr) {
        buf_text(out, "expected expression");
    } else if (at->wants_type) {
        buf_text(out, "expected type");
    } else if (at->wants_name) {
        buf_text(out, "expected name");
    } else if (at->only) {
        buf_printf(out, "expected %s", strcmp(at->only, "BODY") == 0 ? "{" : at->only);
    }
}

/* An optional comma that was left out stands between the list and what was expected. */
static Situation without_comma(const Situation *at, bool *ends_in_comma)
{
    Situation shown = *at;
    *ends_in_comma = false;
    if (shown.depth == 0 || strcmp(shown.symbols[0], "opt_comma") != 0) return shown;
    shown.depth--;
    memmove(shown.symbols, shown.symbols + 1, sizeof shown.symbols[0] * (size_t)shown.depth);
    *ends_in_comma = true;
    return shown;
}

static bool has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

void message_unexpected(Parser *p, const char *words)
{
    Buf text = {0};
    bool is_plain = *words && !has_prefix(words, "in ") && !has_prefix(words, "at ") &&
                    !has_prefix(words, "after ") && !has_prefix(words, "expected ");
    if (!is_plain) {
        buf_text(&text, "unexpected ");
        message_token(p, &text);
        if (*words) buf_text(&text, has_prefix(words, "expected ") ? ", " : " ");
    }
    buf_text(&text, words);
    parser_error(p, p->token.pos, p->token.end, buf_str(&text));
    buf_free(&text);
}

void message_report(Parser *p, const Situation *at)
{
    bool ends_in_comma;
    Situation shown = without_comma(at, &ends_in_comma);
    ends_in_comma = ends_in_comma && p->previous == T_COMMA;
    Buf rest = {0};
    const char *wording = ends_in_comma ? "expected expression" : find_wording(p, &shown);
    if (wording) {
        buf_text(&rest, wording);
    } else {
        word_by_expectation(&shown, &rest);
    }
    p->has_failed = true;
    message_unexpected(p, buf_str(&rest));
    buf_free(&rest);
}
