/* SPDX-License-Identifier: MIT */
/* Wording syntax errors.
 *
 * When the grammar cannot go on, the symbols on its stack tell what it was reading. The table below
 * lists, in order, what the top of the stack may look like (the topmost symbol last) and what Go
 * says then. A text that begins with "in", "after" or "at" follows "unexpected TOKEN"; one that
 * begins with "expected" follows a comma; any other is the whole message. What no line covers is
 * worded by what could come: an expression, a type, a name, one certain token. */
#include "parser/message.h"
#include "base/diag.h"

#include <string.h>

/* When a line of the table holds. */
typedef enum When {
    ALWAYS,
    AT_END,   /* the file ends where an element would begin */
    AT_START, /* the token would begin an element: an opening bracket, comma or semicolon is before
                 it */
    AFTER_NAME,    /* it follows an element that is one name so far */
    AT_COLON,      /* it would begin a statement: a colon is before it */
    AT_COMMA,      /* it is a comma */
    AT_LBRACK,     /* it is a [ */
    AT_RBRACK,     /* it is a ] */
    AT_VAR,        /* it is "var" */
    AFTER_KEYWORD, /* it follows a keyword or semicolon: nothing was written where something may be
                      left out */
    IN_SCRIPT,
    IN_FIRST_PART, /* a header so far without semicolon */
} When;

typedef struct Wording {
    When when;
    const char *stack;
    const char *text;
} Wording;

/* clang-format off */
static const Wording wordings[] = {
    /* brackets in expressions */
    {AT_END,    "primary ( expr_list",          "expected )"},
    {AT_END,    "primary (",                    "expected )"},
    {AT_END,    "opt_elements",                 "expected }"},
    {AT_END,    "opt_fields",                   "expected }"},
    {AT_END,    "struct literal_brace",         "expected }"},
    {AT_END,    "opt_elems",                    "expected }"},
    {AT_END,    "interface literal_brace",      "expected }"},
    {AT_END,    "opt_import_specs",             "expected )"},
    {AT_END,    "opt_const_specs",              "expected )"},
    {AT_END,    "opt_var_specs",                "expected )"},
    {AT_END,    "opt_type_specs",               "expected )"},
    {AT_START,  "primary ( expr_list",          "expected expression"},
    {ALWAYS,    "primary ( expr_list",          "in argument list; possibly missing comma or )"},
    {ALWAYS,    "primary ( expr_list ...",      "in argument list; possibly missing comma or )"},
    {AT_START,  "primary [ expr_list",          "expected expression"},
    {ALWAYS,    "primary [ expr_list",          "expected comma, : or ]"},
    {AT_START,  "primary [ opt_expr : opt_expr", "expected expression"},
    {AT_COLON,  "primary [ opt_expr : opt_expr", "expected expression"},
    {ALWAYS,    "primary [ opt_expr : opt_expr", "expected ]"},
    {AT_RBRACK, "primary [",                    "expected operand"},
    {ALWAYS,    "primary .",                    "expected name or ("},
    {ALWAYS,    "( expr",                       "expected )"},
    {AT_COMMA,  "[ expr",                       "unexpected comma; expected ]"},
    {ALWAYS,    "[ expr",                       "expected ]"},
    {ALWAYS,    "NAME [ expr_list",             "expected ]"},
    {AT_RBRACK, "NAME [",                       "expected type"},
    {AT_START,  "opt_elements",                 "expected expression"},
    {ALWAYS,    "opt_elements",                 "in composite literal; possibly missing comma or }"},
    {ALWAYS,    "composite_value",              "in composite literal; possibly missing comma or }"},
    /* parameters */
    {AT_START,  "( param_list",                 "expected )"},
    {ALWAYS,    "( param_list",                 "in parameter list; possibly missing comma or )"},
    {ALWAYS,    "FUNC_DECL (",                  "expected )"},
    {ALWAYS,    "func (",                       "expected )"},
    {ALWAYS,    "FUNC_DECL NAME (",             "expected )"},
    {ALWAYS,    "FUNC_DECL params NAME (",      "expected )"},
    {ALWAYS,    "interface literal_brace NAME (",  "expected )"},
    {ALWAYS,    "elems ; NAME (",               "expected )"},
    {ALWAYS,    "params (",                     "expected )"},
    {ALWAYS,    "func_type_params (",           "expected )"},
    {AT_START,  "[ type_param_rest",            "expected ]"},
    {ALWAYS,    "[ type_param_rest",            "in parameter list; possibly missing comma or ]"},
    {AT_START,  "[ type_params",                "expected ]"},
    {ALWAYS,    "[ type_params",                "in parameter list; possibly missing comma or ]"},
    /* types */
    {ALWAYS,    "struct",                       "expected {"},
    {ALWAYS,    "interface",                    "expected {"},
    {ALWAYS,    "struct literal_brace",         "expected field name or embedded type"},
    {ALWAYS,    "interface literal_brace",      "expected ~ term or type"},
    {AT_START,  "opt_fields",                   "expected field name or embedded type"},
    {AFTER_NAME, "opt_fields",                  "expected type"},
    {ALWAYS,    "opt_fields",                   "in struct type; possibly missing semicolon or newline or }"},
    {AT_START,  "opt_elems",                    "expected ~ term or type"},
    {ALWAYS,    "opt_elems",                    "in interface type; possibly missing semicolon or newline or }"},
    {ALWAYS,    "~",                            "expected type"},
    {ALWAYS,    "union |",                      "expected ~ term or type"},
    {ALWAYS,    "chan",                         "missing channel element type"},
    {ALWAYS,    "chan <-",                      "missing channel element type"},
    {AT_LBRACK, "func",                         "function type must have no type parameters"},
    {ALWAYS,    "func",                         "expected ("},
    /* declarations */
    {ALWAYS,    "package NAME",                 "after package clause"},
    {ALWAYS,    "import",                       "missing import path"},
    {ALWAYS,    "import NAME",                  "missing import path"},
    {ALWAYS,    "import .",                     "missing import path"},
    {ALWAYS,    "( NAME",                       "missing import path"},
    {ALWAYS,    "import_specs ; NAME",          "missing import path"},
    {ALWAYS,    "import (",                     "missing import path"},
    {AT_START,  "opt_import_specs",             "missing import path"},
    {ALWAYS,    "opt_import_specs",             "in grouped declaration; possibly missing semicolon or newline or )"},
    {AT_START,  "opt_const_specs",              "expected name"},
    {ALWAYS,    "opt_const_specs",              "in grouped declaration; possibly missing semicolon or newline or )"},
    {AT_START,  "opt_var_specs",                "expected name"},
    {ALWAYS,    "opt_var_specs",                "in grouped declaration; possibly missing semicolon or newline or )"},
    {AT_START,  "opt_type_specs",               "expected name"},
    {ALWAYS,    "opt_type_specs",               "in grouped declaration; possibly missing semicolon or newline or )"},
    {ALWAYS,    "type NAME",                    "in type declaration"},
    {ALWAYS,    "type ( NAME",                  "in type declaration"},
    {ALWAYS,    "type_specs ; NAME",            "in type declaration"},
    {ALWAYS,    "NAME =",                       "in type declaration"},
    {ALWAYS,    "type_params ]",                "in type declaration"},
    {ALWAYS,    "type_params ] =",              "in type declaration"},
    {ALWAYS,    "FUNC_DECL",                    "expected name or ("},
    {ALWAYS,    "FUNC_DECL NAME",               "expected ("},
    {ALWAYS,    "FUNC_DECL params NAME",        "expected ("},
    {IN_SCRIPT, "top_list",                     "at end of statement"},
    {ALWAYS,    "top_list",                     "after top level declaration"},
    /* control clauses */
    {AT_VAR,    "if header",                    "var declaration not allowed in if initializer"},
    {AT_VAR,    "for for_header",               "var declaration not allowed in for initializer"},
    {AT_VAR,    "switch header",                "var declaration not allowed in switch initializer"},
    {AFTER_KEYWORD, "if header",                "expected expression"},
    {AFTER_KEYWORD, "for for_header",           "expected expression"},
    {AFTER_KEYWORD, "switch header",            "expected expression"},
    {IN_FIRST_PART, "if header",                "expected {"},
    {IN_FIRST_PART, "for for_header",           "expected {"},
    {IN_FIRST_PART, "switch header",            "expected {"},
    {ALWAYS,    "if header",                    "expected { after if clause"},
    {ALWAYS,    "for for_header",               "expected { after for clause"},
    {ALWAYS,    "switch header",                "missing { after switch clause"},
    {ALWAYS,    "select",                       "missing { after select clause"},
    {ALWAYS,    "else",                         "else must be followed by if or statement block"},
    {AT_START,  "body_open clauses",            "expected case or default or }"},
    {AT_COLON,  "body_open clauses",            "expected case or default or }"},
    {ALWAYS,    "body_open clauses",            "at end of statement"},
    {AT_START,  "body_open comm_clauses",       "expected case or default or }"},
    {AT_COLON,  "body_open comm_clauses",       "expected case or default or }"},
    {ALWAYS,    "body_open comm_clauses",       "at end of statement"},
    {ALWAYS,    "case expr_list",               "expected :"},
    {ALWAYS,    "case simple_stmt",             "expected :"},
    {ALWAYS,    "default",                      "expected :"},
    /* statements */
    {ALWAYS,    "expr_list",                    "expected := or = or comma"},
    {ALWAYS,    "block_open",                   "expected }"},
    {ALWAYS,    "body_open",                    "expected }"},
    {ALWAYS,    "literal_body_open",            "expected }"},
    {ALWAYS,    ": stmts ;",                    "expected case or default or }"},
    {ALWAYS,    "expr_list :",                  "expected case or default or }"},
    {ALWAYS,    "simple_stmt :",                "expected case or default or }"},
    {ALWAYS,    "default :",                    "expected case or default or }"},
    {ALWAYS,    "stmts ;",                      "expected }"},
    {ALWAYS,    "stmts",                        "at end of statement"},
};
/* clang-format on */

void message_token(const Parser *p, Buf *out)
{
    Name text = p->token.text;
    switch (p->kind) {
    case T_NAME: buf_printf(out, "name %s", text->text); break;
    case T_INT:
    case T_FLOAT:
    case T_IMAG:
    case T_CHAR:
    case T_STRING: buf_printf(out, "literal %s", text->text); break;
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

static bool is_start(TokenKind kind)
{
    return kind == T_LPAREN || kind == T_LBRACK || kind == T_LBRACE || kind == T_COMMA ||
           kind == T_SEMICOLON;
}

static bool holds(const Parser *p, When when)
{
    switch (when) {
    case ALWAYS: return true;
    case AT_END: return p->kind == T_EOF && is_start(p->previous);
    case AT_START: return is_start(p->previous);
    case AFTER_NAME: return p->previous == T_NAME && is_start(p->before_previous);
    case AT_COLON: return p->previous == T_COLON;
    case AT_COMMA: return p->kind == T_COMMA;
    case AT_LBRACK: return p->kind == T_LBRACK;
    case AT_RBRACK: return p->kind == T_RBRACK;
    case AT_VAR: return p->kind == T_VAR && p->previous >= T_BREAK;
    case AFTER_KEYWORD: return p->previous >= T_BREAK || p->previous == T_SEMICOLON;
    case IN_SCRIPT: return p->is_script;
    case IN_FIRST_PART: return !p->has_semicolon;
    }
    return false;
}

static const char *find_wording(const Parser *p, const Situation *at)
{
    if (p->previous == T_RETURN) return "expected expression";
    for (size_t i = 0; i < sizeof wordings / sizeof wordings[0]; i++) {
        if (holds(p, wordings[i].when) && is_match(at, wordings[i].stack)) return wordings[i].text;
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

/* A comma that may stand or not at a list's end is no news. */
static Situation without_comma(const Situation *at)
{
    Situation shown = *at;
    if (shown.depth == 0 || strcmp(shown.symbols[0], "opt_comma") != 0) return shown;
    shown.depth--;
    memmove(shown.symbols, shown.symbols + 1, sizeof shown.symbols[0] * (size_t)shown.depth);
    return shown;
}

/* ---- Advice ---- */

/* What to do about a syntax error whose text has these words. */
static const struct {
    const char *words, *remedy;
} remedies[] = {
    {"unexpected newline in composite literal", "end the line with a comma"},
    {"unexpected newline in argument list", "end the line with a comma"},
    {"unexpected newline in parameter list", "end the line with a comma"},
    {"unexpected semicolon or newline before {", "put the { at the end of the line before"},
    {"unexpected newline, expected {", "put the { at the end of this line"},
    {"unexpected keyword else", "put else on the line of the } before it"},
    {"cannot use assignment", "to compare, use == instead of ="},
    {"non-declaration statement",
     "statements stand in functions; variables outside are declared with var"},
    {"unexpected ++", "x++ is a statement of its own, with the ++ behind"},
    {"unexpected --", "x-- is a statement of its own, with the -- behind"},
    {"imports must appear before", "move the import to the top of the file"},
    {"package statement must be first", "begin the file with: package main"},
};

/* The word at which a statement begins that other languages have. */
static const char *foreign_statement(const Parser *p)
{
    static const char *const words[][2] = {
        {"while", "Go's loops all begin with for"},
        {"until", "Go's loops all begin with for"},
        {"foreach", "Go's loop over elements is for i, x := range xs"},
        {"class", "Go's classes are types with methods: type T struct { … }"},
        {"let", "variables are declared with var or :="},
        {"try", "Go's functions return errors as values; look at them with if err != nil"},
        {"def", "functions are declared with func"},
        {"fn", "functions are declared with func"},
        {"function", "functions are declared with func"},
    };
    const char *text = p->source->text;
    uint32_t at = p->token.pos - p->source->base;
    while (at > 0 && text[at - 1] != '\n') at--;
    while (text[at] == ' ' || text[at] == '\t') at++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i][0]);
        if (strncmp(text + at, words[i][0], len) == 0 && text[at + len] == ' ') return words[i][1];
    }
    return NULL;
}

void message_advise(const Parser *p, const char *text)
{
    if (!diag_wants_remedy()) return;
    const char *foreign = foreign_statement(p);
    for (size_t i = 0; i < sizeof remedies / sizeof *remedies && !foreign; i++)
        if (strstr(text, remedies[i].words)) foreign = remedies[i].remedy;
    if (foreign) diag_remedy("%s", foreign);
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
    Pos pos = p->token.pos;
    if (p->kind == T_VAR && has_prefix(words, "var ")) /* said when Go has read the keyword */
        pos = parser_skip_space(p, p->token.end);
    parser_error(p, pos, p->token.end, buf_str(&text));
    buf_free(&text);
}

void message_report(Parser *p, const Situation *at)
{
    p->has_failed = true;
    if (p->is_recovering) return;
    Situation shown = without_comma(at);
    Buf words = {0};
    const char *wording = find_wording(p, &shown);
    if (wording) {
        buf_text(&words, wording);
    } else {
        word_by_expectation(&shown, &words);
    }
    message_unexpected(p, buf_str(&words));
    buf_free(&words);
}
