/* SPDX-License-Identifier: MIT */
/* The driver: takes tokens from the lexer, prepares them, and pushes them into the grammar.
 *
 * It counts brackets, for three reasons. A { in the header of a control clause opens the clause's
 * body, unless it is inside other brackets: so the grammar gets BODY instead of {. Function bodies
 * of libraries may be skipped whole. And errors need a place to go on from.
 *
 * Recovery. After an error the grammar waits either in the innermost bracket, for its closing, or
 * in the innermost list of statements, for a semicolon or its end. The driver skips to such a
 * token, over what brackets open on the way. Where the closing bracket was forgotten, which shows
 * by another one's coming, by a keyword that begins a statement or, at the left margin, by a
 * keyword that begins a declaration, it makes one up. So one mistake costs one message, and the
 * next function is checked again. */
#include "parser/parser.h"
#include "base/diag.h"
#include "base/vec.h"
#include "parser/build.h"
#include "parser/grammar.h"
#include "parser/message.h"
#include "parser/skim.h"

#include <string.h>

/* clang-format off */
enum { Y_INT = Y_LITERAL, Y_FLOAT = Y_LITERAL, Y_IMAG = Y_LITERAL, Y_CHAR = Y_LITERAL, Y_STRING = Y_LITERAL };
static const short grammar_tokens[T_COUNT] = {
#define TOKEN(name, text)   [T_##name] = Y_##name,
#define KEYWORD(name, text) [T_##name] = Y_##name,
#include "lexer/token.def"
#undef TOKEN
#undef KEYWORD
};
/* clang-format on */

/* ---- Brackets ---- */

static Level *top(Parser *p)
{
    return &p->levels[p->nlevels - 1];
}

static bool is_outermost(const Parser *p)
{
    return p->nlevels == 1;
}

static void open_bracket(Parser *p, char bracket)
{
    if (p->nlevels >= p->levels_cap) {
        p->levels = vec_grow(p->levels, &p->levels_cap, p->nlevels + 1, sizeof *p->levels);
    }
    p->levels[p->nlevels++] = (Level){.bracket = bracket};
    if (p->nlevels <= AST_MAX_DEPTH || p->is_too_deep) return;
    parser_error(p, p->token.pos, p->token.end, "program is nested too deeply");
    p->is_too_deep = true;
}

/* Closes the innermost bracket if it is of this kind; a wrong one is the grammar's to report. */
static bool close_bracket(Parser *p, char bracket)
{
    if (is_outermost(p) || top(p)->bracket != bracket) return false;
    TokenKind header = top(p)->reopens;
    p->nlevels--;
    if (header) top(p)->header = header;
    return true;
}

void parser_reopen_header(Parser *p)
{
    top(p)->reopens = p->body_of;
}

void parser_enter_block(Parser *p)
{
    top(p)->is_block = true;
}

/* The bracket that a token opens or closes, or 0. */
static char opens(TokenKind kind)
{
    return kind == T_LPAREN                     ? '('
           : kind == T_LBRACK                   ? '['
           : kind == T_LBRACE || kind == T_BODY ? '{'
                                                : 0;
}

static char closes(TokenKind kind)
{
    return kind == T_RPAREN ? '(' : kind == T_RBRACK ? '[' : kind == T_RBRACE ? '{' : 0;
}

/* ---- Errors ---- */

static bool is_at_end(const Parser *p)
{
    if (p->kind == T_EOF) return true;
    return p->kind == T_SEMICOLON && p->token.pos - p->source->base >= p->lexer.end;
}

void parser_error(Parser *p, Pos pos, Pos end, const char *text)
{
    if (p->is_too_deep) return;
    if (p->options->goal == PARSE_PROMPT && is_at_end(p)) p->is_incomplete = true;
    p->has_syntax_error = true;
    if (p->kind == T_EOF && diag_count() > p->errors_before) return;
    diag_error(pos, end, ERR_SYNTAX, text);
    message_advise(p, text);
}

/* ---- Reading tokens ---- */

/* The offset of the next byte at or after `at` that is neither white space nor in a comment. */
static uint32_t skip_space(const Parser *p, uint32_t at)
{
    const char *text = p->source->text;
    for (; at < p->lexer.end; at++) {
        char c = text[at];
        if (c == '/' && text[at + 1] == '*') {
            const char *end = strstr(text + at + 2, "*/");
            if (!end) return p->lexer.end;
            at = (uint32_t)(end - text) + 1;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            break;
        }
    }
    return at;
}

Pos parser_skip_space(const Parser *p, Pos pos)
{
    return p->source->base + skip_space(p, pos - p->source->base);
}

static bool is_name_byte(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           (c & 0x80);
}

/* Whether the "func" just read begins a declaration, and not a literal that a script calls. */
static bool begins_declaration(const Parser *p)
{
    if (!p->is_script) return true;
    const char *text = p->source->text;
    uint32_t at = skip_space(p, lexer_offset(&p->lexer));
    if (text[at] != '(') return true;
    int depth = 0;
    for (; at < p->lexer.end; at++) {
        if (text[at] == '(') depth++;
        if (text[at] == ')' && --depth == 0) break;
    }
    uint32_t name = skip_space(p, at + 1);
    for (at = name; at < p->lexer.end && is_name_byte(text[at]); at++) continue;
    uint32_t next = skip_space(p, at);
    return at > name && (text[next] == '(' || text[next] == '[');
}

/* Passes over the body whose { was just read. */
static void skip_body(Parser *p)
{
    uint32_t start = p->token.pos - p->source->base;
    uint32_t end = lexer_match_brace(p->source->text, start, p->lexer.end);
    p->token.end = p->source->base + end;
    lexer_seek(&p->lexer, end);
}

/* Reads a token, without looking at what it means. */
static void read_token(Parser *p)
{
    p->before_previous = p->previous;
    p->previous = p->kind;
    p->kind = lexer_next(&p->lexer, &p->token);
}

/* Gives an opening brace its meaning; returns the grammar's token. */
static int prepare_brace(Parser *p)
{
    p->body_of = top(p)->header;
    bool is_type = p->previous == T_STRUCT || p->previous == T_INTERFACE;
    if (is_outermost(p) && p->is_func_head && !is_type) {
        p->is_func_head = false;
        if (p->options->skip_bodies) {
            skip_body(p);
            return Y_SKIPPED;
        }
    }
    top(p)->header = T_EOF;
    open_bracket(p, '{');
    return p->body_of ? Y_BODY : Y_LBRACE;
}

/* Notes what the token just read does to the brackets; returns the grammar's token. */
static int prepare(Parser *p)
{
    switch (p->kind) {
    case T_IF:
    case T_FOR:
    case T_SWITCH:
    case T_SELECT: top(p)->header = p->kind; break;
    case T_LPAREN: open_bracket(p, '('); break;
    case T_LBRACK: open_bracket(p, '['); break;
    case T_LBRACE: return prepare_brace(p);
    case T_RPAREN: close_bracket(p, '('); break;
    case T_RBRACK: close_bracket(p, '['); break;
    case T_RBRACE: close_bracket(p, '{'); break;
    default: break;
    }
    return grammar_tokens[p->kind];
}

/* ---- Feeding the grammar ---- */

static void feed(Parser *p, int token)
{
    if (p->is_over) return;
    union Value value = {.tok = p->token};
    if (token == Y_NAME) value.node = build_ident(p, p->token);
    if (token == Y_LITERAL) value.node = build_literal(p, p->kind, p->token);
    if (token == Y_SKIMMED) value.node = p->skimmed;
    p->is_over = grammar_push_parse(p->grammar, token, &value, p) != YYPUSH_MORE;
}

/* Feeds a token that the program forgot. */
static void feed_made_up(Parser *p, TokenKind kind)
{
    Token real = p->token;
    TokenKind real_kind = p->kind;
    p->token = (Token){intern_str("newline"), real.pos, real.pos};
    p->kind = kind;
    char bracket = closes(kind);
    if (bracket) close_bracket(p, bracket);
    feed(p, grammar_tokens[kind]);
    p->token = real;
    p->kind = real_kind;
}

static void feed_made_up_closing(Parser *p)
{
    char bracket = top(p)->bracket;
    feed_made_up(p, bracket == '(' ? T_RPAREN : bracket == '[' ? T_RBRACK : T_RBRACE);
}

/* ---- Recovery ---- */

static bool begins_statement(TokenKind kind)
{
    switch (kind) {
    case T_BREAK:
    case T_CONST:
    case T_CONTINUE:
    case T_DEFER:
    case T_FALLTHROUGH:
    case T_FOR:
    case T_GO:
    case T_GOTO:
    case T_IF:
    case T_RETURN:
    case T_SELECT:
    case T_SWITCH:
    case T_TYPE:
    case T_VAR:
    case T_CASE:
    case T_DEFAULT: return true;
    default: return false;
    }
}

static bool is_at_margin(const Parser *p)
{
    uint32_t offset = p->token.pos - p->source->base;
    return offset == 0 || p->source->text[offset - 1] == '\n';
}

/* Whether the token can only begin a declaration of the outermost level. */
static bool begins_item(const Parser *p)
{
    if (!is_at_margin(p)) return false;
    return p->kind == T_FUNC || p->kind == T_TYPE || p->kind == T_VAR || p->kind == T_CONST ||
           p->kind == T_IMPORT;
}

static bool has_open(const Parser *p, char bracket)
{
    for (size_t i = p->nlevels; i-- > 1;) {
        if (p->levels[i].bracket == bracket) return true;
    }
    return false;
}

static bool is_in_block(Parser *p)
{
    return is_outermost(p) || top(p)->is_block;
}

/* Makes up closings until statements may follow, and ends the statement. */
static void close_to_block(Parser *p)
{
    while (!is_in_block(p)) feed_made_up_closing(p);
    feed_made_up(p, T_SEMICOLON);
}

/* Deals with a closing bracket met while skipping, with nothing opened since. Returns whether
 * skipping is over. */
static bool meet_closing(Parser *p, char bracket)
{
    if (bracket != '{' && is_in_block(p)) return false;
    if (!has_open(p, bracket)) return false;
    while (top(p)->bracket != bracket) feed_made_up_closing(p);
    if (bracket == '{' && is_at_margin(p)) {
        while (p->nlevels > 2) feed_made_up_closing(p);
    }
    feed(p, prepare(p));
    return true;
}

/* Whether a semicolon stands in the text, rather than being a line's end. */
static bool is_written(const Token *semicolon)
{
    return semicolon->text == intern_str("semicolon");
}

/* Ends everything that is open, because a token can only belong to the outermost level. */
static void close_all(Parser *p)
{
    while (!is_outermost(p)) feed_made_up_closing(p);
    top(p)->header = T_EOF;
    feed_made_up(p, T_SEMICOLON);
    p->is_item_start = true;
}

static bool may_begin_item(const Parser *p)
{
    switch (p->kind) {
    case T_IMPORT:
    case T_CONST:
    case T_TYPE:
    case T_VAR:
    case T_FUNC:
    case T_EOF: return true;
    case T_LBRACE: return p->is_script && !p->is_func_head;
    default: return p->is_script;
    }
}

/* Reads on to the next declaration, or in a script statement, of the outermost level. depth is of
 * brackets that are open. */
static void read_to_item(Parser *p, int depth)
{
    bool is_item = false;
    p->is_func_head = false;
    while (!is_item) {
        read_token(p);
        if (opens(p->kind)) depth++;
        if (closes(p->kind) && depth > 0) depth--;
        is_item = p->kind == T_EOF || begins_item(p) ||
                  (depth == 0 && p->previous == T_SEMICOLON && may_begin_item(p));
    }
}

/* The same after an error in a declaration, which is ended. */
static bool skip_to_item(Parser *p, int depth)
{
    if (p->kind == T_SEMICOLON) {
        p->is_item_start = true; /* the grammar has taken it */
        return false;
    }
    read_to_item(p, depth);
    feed_made_up(p, T_SEMICOLON);
    p->is_item_start = true;
    return true;
}

/* Begins a control clause anew whose header is in error, so that the { that comes opens its body.
 */
static void feed_header(Parser *p, TokenKind header)
{
    feed_made_up(p, T_SEMICOLON);
    feed_made_up(p, header);
    if (header == T_IF) feed_made_up(p, T_NAME);
    top(p)->header = header;
}

/* Offers the grammar the semicolon just read. Returns whether it took it; between the clauses of a
 * switch it does not. */
static bool offer_semicolon(Parser *p)
{
    p->has_failed = false;
    parser_forgive(p);
    feed(p, Y_SEMICOLON);
    p->is_item_start = is_outermost(p);
    return !p->has_failed;
}

/* Deals with a line's end, or a keyword, in brackets that should have been closed before. Returns
 * whether skipping is over and the token read last still to be fed. */
static bool meet_open_end(Parser *p, bool spans_lines)
{
    if (is_in_block(p)) return false;
    if (begins_statement(p->kind) && p->nlevels > 2) {
        close_to_block(p);
        return true;
    }
    if (p->kind != T_SEMICOLON || spans_lines || top(p)->bracket == '{') return false;
    read_token(p);
    if (closes(p->kind) != top(p)->bracket) close_to_block(p);
    return true;
}

/* Skips to where the grammar can go on. depth is of brackets opened since the error; header is that
 * of the clause in whose header it is, or T_EOF. Returns whether the token that was read last is
 * still to be fed. */
static bool skip(Parser *p, int depth, TokenKind header)
{
    bool spans_lines =
        p->kind == T_SEMICOLON; /* a list in brackets where a comma at a line's end is missing */
    for (;;) {
        read_token(p);
        if (p->kind == T_EOF || (begins_item(p) && !is_outermost(p))) {
            close_all(p);
            return true;
        }
        if (p->kind == T_RBRACE && is_at_margin(p)) depth = 0;
        if (opens(p->kind)) {
            if (depth++ > 0 || p->kind != T_LBRACE || !header) continue;
            feed_header(p, header);
            return true;
        }
        if (depth > 0) {
            if (closes(p->kind)) depth--;
        } else if (closes(p->kind)) {
            if (meet_closing(p, closes(p->kind))) return false;
        } else if (meet_open_end(p, spans_lines)) {
            return true;
        } else if (is_in_block(p) && (p->kind == T_CASE || p->kind == T_DEFAULT)) {
            return true;
        } else if (is_in_block(p) && p->kind == T_SEMICOLON && !(header && is_written(&p->token))) {
            if (offer_semicolon(p)) return false;
        }
    }
}

/* Whether the token that failed was taken all the same, since it ends what the error is in. */
static bool is_taken(Parser *p, size_t nlevels_before, TokenKind header)
{
    if (p->nlevels < nlevels_before) return true;
    return p->kind == T_SEMICOLON && is_in_block(p) && !(header && is_written(&p->token));
}

/* After an error in the token just fed: goes on where the grammar can. Returns as skip does. A
 * token that failed where it had been kept for is not kept again. */
static bool recover(Parser *p, size_t nlevels_before, bool is_second_try)
{
    bool has_opened = p->nlevels > nlevels_before;
    TokenKind header = T_EOF;
    if (has_opened) {
        p->nlevels--;
        if (p->body_of) top(p)->header = p->body_of;
    }
    if (is_in_block(p)) {
        header = top(p)->header;
        top(p)->header = T_EOF;
    }
    if (p->kind == T_EOF || p->is_incomplete) return false;
    if (is_outermost(p) && !p->is_script) return skip_to_item(p, has_opened);
    bool was_taken = is_taken(p, nlevels_before, header);
    if (was_taken) p->is_item_start = is_outermost(p) && p->kind == T_SEMICOLON;
    if (was_taken && header) read_token(p);
    if (header && p->kind == T_LBRACE && !is_second_try) {
        feed_header(p, header);
        return true;
    }
    if (was_taken && header) return true;
    if (was_taken && (p->kind != T_SEMICOLON || offer_semicolon(p))) return false;
    return skip(p, has_opened, header);
}

/* ---- The outermost level ---- */

/* Reports a statement where only declarations may be, and skips to the next declaration. */
static void refuse_item(Parser *p)
{
    bool is_body = p->kind == T_LBRACE && p->is_func_head;
    parser_error(p, p->token.pos, p->token.end,
                 is_body ? "unexpected semicolon or newline before {"
                         : "non-declaration statement outside function body");
    read_to_item(p, opens(p->kind) != 0);
}

/* Passes over the function or type whose keyword was just read, if it is easy to see where it ends.
 */
static bool skim(Parser *p)
{
    if (!p->options->skim || !begins_item(p)) return false;
    p->skimmed = skim_declaration(p->arena, p->source, p->kind, p->token.pos);
    if (!p->skimmed) return false;
    p->token.end = p->skimmed->end;
    lexer_seek(&p->lexer, p->skimmed->end - p->source->base);
    return true;
}

/* Looks at the first token of a declaration or statement of the outermost level. Returns the
 * grammar's token. */
static int begin_item(Parser *p)
{
    if (!may_begin_item(p)) refuse_item(p);
    p->is_func_head = false;
    if (p->kind == T_IMPORT && p->is_past_imports && p->options->goal != PARSE_PROMPT) {
        parser_error(p, p->token.pos, p->token.end,
                     "imports must appear before other declarations");
    }
    if (p->kind != T_IMPORT && p->kind != T_SEMICOLON) {
        p->is_past_imports = true;
        if (p->options->parse_only_imports) p->kind = T_EOF;
    }
    if ((p->kind == T_FUNC || p->kind == T_TYPE) && skim(p)) return Y_SKIMMED;
    if (p->kind != T_FUNC || !begins_declaration(p)) return prepare(p);
    p->is_func_head = true;
    return Y_FUNC_DECL;
}

/* Reads and feeds tokens to the end. */
static void run(Parser *p)
{
    bool is_read = true; /* the first token has been read */
    while (!p->is_over) {
        bool is_second_try = is_read;
        if (!is_read) read_token(p);
        is_read = false;
        size_t nlevels = p->nlevels;
        p->has_failed = false;
        int token = is_outermost(p) && p->is_item_start ? begin_item(p) : prepare(p);
        p->is_item_start = is_outermost(p) && p->kind == T_SEMICOLON;
        feed(p, token);
        if (p->has_failed) {
            p->is_recovering = true;
            is_read = recover(p, nlevels, is_second_try);
            p->is_recovering = false;
            parser_forgive(p);
        }
        if (p->kind == T_EOF && !is_read) break;
        if (p->is_too_deep) break;
    }
}

/* ---- From source to tree ---- */

static void begin(Parser *p)
{
    const ParseOptions *options = p->options;
    bool is_part = options->goal == PARSE_BODY || options->goal == PARSE_DECL;
    uint32_t start = is_part ? options->start - p->source->base : 0;
    uint32_t end = is_part ? options->end - p->source->base : (uint32_t)p->source->len;
    lexer_open(&p->lexer, p->arena, p->source, start, end);
    p->grammar = grammar_pstate_new();
    open_bracket(p, 0);
    p->kind = T_SEMICOLON;
    read_token(p);
    p->is_script = !is_part && p->kind != T_PACKAGE;
    if (p->is_script && options->needs_package) {
        parser_error(p, p->token.pos, p->token.end, "package statement must be first");
        p->is_over = true;
    }
    p->is_item_start = p->is_script || options->goal == PARSE_DECL;
    feed(p, options->goal == PARSE_BODY   ? Y_START_BODY
            : options->goal == PARSE_DECL ? Y_START_DECL
                                          : Y_START_FILE);
}

static ParseResult finish(Parser *p, Node **out)
{
    if (!p->result) {
        bool is_part = p->options->goal == PARSE_BODY || p->options->goal == PARSE_DECL;
        p->result =
            node_new(p->arena, is_part ? NODE_BAD : NODE_FILE, p->source->base, p->source->base);
        if (!is_part) p->result->file.source = p->source;
    }
    *out = p->result;
    grammar_pstate_delete(p->grammar);
    lexer_close(&p->lexer);
    vec_release(p->levels);
    if (p->is_incomplete) return PARSE_INCOMPLETE;
    if (p->has_syntax_error) return PARSE_ERROR;
    return diag_count() > p->errors_before ? PARSE_FLAWED : PARSE_OK;
}

static ParseResult parse(Arena *arena, Source *source, const ParseOptions *options, Node **out)
{
    Parser parser = {.arena = arena, .source = source, .options = options};
    parser.errors_before = diag_count();
    begin(&parser);
    run(&parser);
    return finish(&parser, out);
}

/* Whether one of the messages says that the input ended inside a string or comment. */
static bool ends_in_literal(const DiagList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        const char *text = list->at[i].text;
        if (strcmp(text, "string not terminated") == 0 ||
            strcmp(text, "comment not terminated") == 0)
            return true;
    }
    return false;
}

/* At the prompt, messages count only if the input is not incomplete. */
static ParseResult parse_prompt(Arena *arena, Source *source, const ParseOptions *options,
                                Node **out)
{
    DiagList list = {0}, *outer = diag_use(&list);
    ParseResult result = parse(arena, source, options, out);
    if (ends_in_literal(&list)) result = PARSE_INCOMPLETE;
    diag_use(outer);
    if (result == PARSE_INCOMPLETE) {
        diag_free(&list);
    } else {
        diag_move(&list);
    }
    return result;
}

ParseResult parse_source(Arena *arena, Source *source, const ParseOptions *options, Node **out)
{
    bool is_prompt = options->goal == PARSE_PROMPT;
    return (is_prompt ? parse_prompt : parse)(arena, source, options, out);
}
