/* SPDX-License-Identifier: MIT */
/* Tests the lexer and the parser: tokens, spans, trees, messages, recovery, the prompt's
 * "incomplete". */
#include "base/buf.h"
#include "base/diag.h"
#include "lexer/lexer.h"
#include "lexer/literal.h"
#include "parser/dump.h"
#include "parser/parser.h"
#include "stdlib/native.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static Arena arena;
static DiagList errors;

/* Registers a copy of `text`, with the two NULs that a source needs. */
static Source *add(const char *text)
{
    size_t len = strlen(text);
    char *copy = calloc(1, len + 2);
    memcpy(copy, text, len);
    return source_add("t.mgo", copy, len);
}

static ParseResult parse(const char *text, ParseGoal goal, Node **tree)
{
    diag_free(&errors);
    ParseOptions options = {.goal = goal};
    return parse_source(&arena, add(text), &options, tree);
}

/* Whether parsing `text` reports exactly `expected`: messages with their places, one a line. */
static bool reports(const char *text, const char *expected)
{
    Node *tree;
    parse(text, PARSE_FILE, &tree);
    char *printed = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&printed, &len);
    diag_print(&errors, out);
    fclose(out);
    bool same = strcmp(printed, expected) == 0;
    if (!same) printf("for:\n%s\nexpected:\n%s\nreported:\n%s\n", text, expected, printed);
    free(printed);
    return same;
}

/* Whether the tree of `text` dumps as `expected`. */
static bool dumps(const char *text, const char *expected)
{
    Node *tree;
    if (parse(text, PARSE_FILE, &tree) != PARSE_OK) {
        diag_print(&errors, stdout);
        return false;
    }
    Buf out = {0};
    ast_dump(tree, &out);
    bool same = strcmp(buf_str(&out), expected) == 0;
    if (!same) printf("for:\n%s\nexpected:\n%s\ndumped:\n%s\n", text, expected, buf_str(&out));
    buf_free(&out);
    return same;
}

/* Whether the expression statement `text` is printed back as `expected`. */
static bool prints(const char *text, const char *expected)
{
    Node *tree;
    if (parse(text, PARSE_PROMPT, &tree) != PARSE_OK) return false;
    Buf out = {0};
    ast_print_expr(tree->file.decls.at[0]->unary.x, &out);
    bool same = strcmp(buf_str(&out), expected) == 0;
    if (!same) printf("expected %s, printed %s\n", expected, buf_str(&out));
    buf_free(&out);
    return same;
}

/* ---- Lexer ---- */

/* The tokens of `text` as messages name them, separated by spaces. */
static bool lexes(const char *text, const char *expected)
{
    diag_free(&errors);
    Buf out = {0};
    Lexer lexer;
    Token token;
    lexer_open(&lexer, &arena, add(text), 0, (uint32_t)strlen(text));
    for (TokenKind kind; (kind = lexer_next(&lexer, &token)) != T_EOF;) {
        if (out.len) buf_byte(&out, ' ');
        buf_text(&out, token.text ? token.text->text : token_text(kind));
    }
    CHECK(lexer_next(&lexer, &token) == T_EOF);
    lexer_close(&lexer);
    bool same = strcmp(buf_str(&out), expected) == 0;
    if (!same) printf("expected %s, read %s\n", expected, buf_str(&out));
    buf_free(&out);
    return same;
}

static void test_lexer(void)
{
    CHECK(lexes("a := b\n", "a := b newline"));
    CHECK(lexes("a", "a EOF"));
    CHECK(lexes("f(\n)\n", "f ( ) newline"));
    CHECK(lexes("return // x\n}", "return newline } EOF"));
    CHECK(lexes("a /* x\n */ b", "a newline b EOF"));
    CHECK(lexes("x &^= y<<-z", "x &^= y << - z EOF"));
    CHECK(lexes("a<-b...", "a <- b ..."));
    CHECK(lexes("0x1p-2 1_000i .5 'a' `r\n`", "0x1p-2 1_000i .5 'a' `r\n` EOF"));
    CHECK(lexes("\xEF\xBB\xBF#!/usr/bin/mgo\nx", "x EOF"));
    CHECK(lexes("größe", "größe EOF"));
    CHECK(diag_count() == 0);
}

static Name name(const char *text)
{
    return intern_str(text);
}

static void test_literals(void)
{
    Buf out = {0};
    CHECK(literal_string(name("\"a\\n\\x41\\u00e9\\101\""), &out));
    CHECK(strcmp(buf_str(&out), "a\nA\xC3\xA9"
                                "A") == 0);
    buf_free(&out);
    CHECK(literal_string(name("`a\r\\n`"), &out));
    CHECK(strcmp(buf_str(&out), "a\\n") == 0);
    buf_free(&out);
    CHECK(!literal_string(name("\"a"), &out));
    buf_free(&out);
    int64_t rune;
    CHECK(literal_char(name("'\\''"), &rune) && rune == '\'');
    CHECK(literal_char(name("'é'"), &rune) && rune == 0xE9);
    CHECK(literal_char(name("'\\xff'"), &rune) && rune == 0xFF);
    CHECK(!literal_char(name("''"), &rune));
    CHECK(!literal_char(name("'ab'"), &rune));
}

static void test_bad_characters(void)
{
    CHECK(reports("package p\nvar s = \"abc\n", "t.mgo:2:13: newline in string\n"));
    CHECK(reports("package p\nvar c = ''\n", "t.mgo:2:10: empty rune literal or unescaped '\n"));
    CHECK(reports("package p\nvar c = 'ab'\n",
                  "t.mgo:2:9: more than one character in rune literal\n"));
    CHECK(reports("package p\nvar s = \"\\q\"\n", "t.mgo:2:11: unknown escape\n"));
    CHECK(reports("package p\nvar n = 089\n", "t.mgo:2:10: invalid digit '8' in octal literal\n"));
    CHECK(
        reports("package p\nvar n = 1__0\n", "t.mgo:2:11: '_' must separate successive digits\n"));
    CHECK(reports("package p\nvar n = 0x.8\n",
                  "t.mgo:2:13: hexadecimal mantissa requires a 'p' exponent\n"));
    CHECK(reports("package p\nvar n @ = 0\n", "t.mgo:2:7: invalid character U+0040 '@'\n"));
    CHECK(reports("package p\n/* x", "t.mgo:2:1: comment not terminated\n"));
    CHECK(reports("package p\n// \xFF\n", "t.mgo:2:4: invalid UTF-8 encoding\n"));
    CHECK(reports("package p\n//line x.y:7\nvar 1\n",
                  "x.y:7: syntax error: unexpected literal 1, expected name\n"));
}

/* ---- Trees ---- */

static void test_trees(void)
{
    CHECK(dumps("package p\nconst (\n\ta, b = iota, 1\n\tc, d\n)\n",
                "File 1:1-6:1\n"
                "  package:\n"
                "    Ident p 1:9-1:10\n"
                "  Const iota 0 grouped 3:2-3:16\n"
                "    names:\n"
                "      Ident a 3:2-3:3\n"
                "      Ident b 3:5-3:6\n"
                "    values:\n"
                "      Ident iota 3:9-3:13\n"
                "      Literal 1 3:15-3:16\n"
                "  Const iota 1 grouped repeated 4:2-4:6\n"
                "    names:\n"
                "      Ident c 4:2-4:3\n"
                "      Ident d 4:5-4:6\n"));
    CHECK(dumps("if x == T { f() }\n", "File script 1:1-2:1\n"
                                       "  If 1:1-1:18\n"
                                       "    Binary == 1:4-1:10\n"
                                       "      Ident x 1:4-1:5\n"
                                       "      Ident T 1:9-1:10\n"
                                       "    Block 1:11-1:18\n"
                                       "      ExprStmt 1:13-1:16\n"
                                       "        Call 1:13-1:16\n"
                                       "          Ident f 1:13-1:14\n"));
}

/* How a type declaration's brackets are read: "generic" or "array". */
static const char *brackets(const char *text)
{
    Node *tree;
    if (parse(text, PARSE_PROMPT, &tree) != PARSE_OK) return "error";
    const Node *decl = tree->file.decls.at[0];
    return decl->type_decl.tparams.len ? "generic" : "array";
}

static void test_generics(void)
{
    CHECK(strcmp(brackets("type T[P any] int"), "generic") == 0);
    CHECK(strcmp(brackets("type T[P *C] int"), "array") == 0);
    CHECK(strcmp(brackets("type T[P *C,] int"), "generic") == 0);
    CHECK(strcmp(brackets("type T[P *C, Q any] int"), "generic") == 0);
    CHECK(strcmp(brackets("type T[P *interface{}] int"), "generic") == 0);
    CHECK(strcmp(brackets("type T[P *C|~int] int"), "generic") == 0);
    CHECK(strcmp(brackets("type T[P (C)] int"), "array") == 0);
    CHECK(strcmp(brackets("type T[P []E, E any] int"), "generic") == 0);
    CHECK(strcmp(brackets("type T[N * 2] int"), "array") == 0);
    CHECK(strcmp(brackets("type T[P any] = []P"), "generic") == 0);
}

static void test_printing(void)
{
    CHECK(prints("x.f(a, b...)\n", "x.f(a, b...)"));
    CHECK(prints("f(func(a, b int, c ...string) (x T) { return })\n",
                 "f(func(a, b int, c ...string) (x T) {…})"));
    CHECK(prints("[]T{1, 2}[1:2:3]\n", "[]T{…}[1:2:3]"));
    CHECK(prints("(a + b) * -c\n", "(a + b) * -c"));
    CHECK(prints("make(chan<- (<-chan int))\n", "make(chan<- (<-chan int))"));
    CHECK(prints("m[K, V](struct{ a, b int; c T }{})\n", "m[K, V](struct{ a, b int; c T }{})"));
}

/* ---- Errors ---- */

static void test_messages(void)
{
    CHECK(reports("package p\nfunc f() { f(a b) }\n",
                  "t.mgo:2:16: syntax error: unexpected name b in argument list; possibly missing "
                  "comma or )\n"));
    CHECK(reports("package p\nx := 1\n",
                  "t.mgo:2:1: syntax error: non-declaration statement outside function body\n"));
    CHECK(reports("package p\nfunc f()\n{\n}\n",
                  "t.mgo:3:1: syntax error: unexpected semicolon or newline before {\n"));
    CHECK(reports("if x = 1 {\n}\n",
                  "t.mgo:1:6: syntax error: cannot use assignment x = 1 as value\n"));
    CHECK(reports("if {\n}\n", "t.mgo:1:4: syntax error: missing condition in if statement\n"));
    CHECK(reports("if x {\n} else x\n",
                  "t.mgo:2:8: syntax error: else must be followed by if or statement block\n"));
    CHECK(reports("for range x y {\n}\n",
                  "t.mgo:1:13: syntax error: unexpected name y, expected { after for clause\n"));
    CHECK(reports("a := 1 2\n",
                  "t.mgo:1:8: syntax error: unexpected literal 2 at end of statement\n"));
    CHECK(reports("func (a, b T) m() {}\n", "t.mgo:1:15: method has multiple receivers\n"));
    CHECK(reports("type I interface { m[T any]() }\n",
                  "t.mgo:1:21: interface method must have no type parameters\n"));
}

/* One message for each mistake, and none for what follows from it. */
static void test_recovery(void)
{
    CHECK(
        reports("func f() {\n\tg(1 2)\n\tx := T{1, 2 3}\n\tif a b {\n\t\tc d\n\t} else {\n\t}\n}\n",
                "t.mgo:2:6: syntax error: unexpected literal 2 in argument list; possibly missing "
                "comma or )\n"
                "t.mgo:3:14: syntax error: unexpected literal 3 in composite literal; possibly "
                "missing comma or }\n"
                "t.mgo:4:7: syntax error: unexpected name b, expected {\n"
                "t.mgo:5:5: syntax error: unexpected name d at end of statement\n"));
    CHECK(reports("package p\nfunc f() {\n\tg(1, 2\n}\nfunc h() { x y }\n",
                  "t.mgo:3:8: syntax error: unexpected newline in argument list; possibly missing "
                  "comma or )\n"
                  "t.mgo:5:14: syntax error: unexpected name y at end of statement\n"));
    CHECK(reports("package p\nfunc f() {\n\tif x {\n\n}\nfunc h() {\n}\n",
                  "t.mgo:6:6: syntax error: unexpected name h, expected (\n"));
}

static void test_depth(void)
{
    enum { DEPTH = 100000 };
    static const char *const openings[] = {"(", "[]", "-", "{", "*", "x+", "func(){"};
    for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
        Buf text = {0};
        for (int n = 0; n < DEPTH; n++) buf_text(&text, openings[i]);
        buf_text(&text, "x");
        Node *tree;
        bool is_refused = parse(buf_str(&text), PARSE_FILE, &tree) == PARSE_ERROR;
        if (!is_refused) printf("%d times %s is accepted\n", DEPTH, openings[i]);
        CHECK(is_refused);
        buf_free(&text);
    }
}

/* ---- The prompt and bodies ---- */

static ParseResult prompt(const char *text)
{
    Node *tree;
    return parse(text, PARSE_PROMPT, &tree);
}

static void test_prompt(void)
{
    CHECK(prompt("x + 1\n") == PARSE_OK);
    CHECK(prompt("func f() {\n") == PARSE_INCOMPLETE);
    CHECK(prompt("x :=\n") == PARSE_INCOMPLETE);
    CHECK(prompt("f(1,\n") == PARSE_INCOMPLETE);
    CHECK(prompt("s := `abc\n") == PARSE_INCOMPLETE);
    CHECK(prompt("if x {\n}\n") == PARSE_OK);
    CHECK(diag_count() == 0);
    CHECK(prompt("x := := 1\n") == PARSE_ERROR);
    CHECK(diag_count() == 1);
    CHECK(prompt("import \"fmt\"\nfmt.Println(1)\n") == PARSE_OK);
}

static void test_bodies(void)
{
    const char *text = "package p\nfunc f(x struct{ a int }) struct{} {\n\ts := \"}\" // "
                       "}\n\treturn g('}', `}`)\n}\nvar x int\n";
    ParseOptions options = {.goal = PARSE_FILE, .skip_bodies = true};
    Source *source = add(text);
    Node *file, *body;
    CHECK(parse_source(&arena, source, &options, &file) == PARSE_OK);
    CHECK(file->file.decls.len == 2);
    const Node *func = file->file.decls.at[0];
    CHECK((func->flags & NF_TRUSTED) && !func->func.body);
    options = (ParseOptions){
        .goal = PARSE_BODY, .start = func->func.body_start, .end = func->func.body_end};
    CHECK(parse_source(&arena, source, &options, &body) == PARSE_OK);
    CHECK(body->kind == NODE_BLOCK && body->block.stmts.len == 2);
    CHECK(source_locate(body->block.stmts.at[1]->pos).line == 4);
}

/* What a method's receiver says without its name and parameters: "*T" or "T". */
static void receiver_text(const Node *recv, Buf *out)
{
    const Node *type = recv->field.type;
    if (type->kind == NODE_STAR) {
        buf_byte(out, '*');
        type = type->unary.x;
    }
    if (type->kind == NODE_INDEX) type = type->index.x;
    buf_text(out, type->ident.name->text);
}

static bool same_receivers(const Node *a, const Node *b)
{
    if (!a || !b) return a == b;
    Buf x = {0}, y = {0};
    receiver_text(a, &x);
    receiver_text(b, &y);
    bool same = strcmp(buf_str(&x), buf_str(&y)) == 0;
    buf_free(&x);
    buf_free(&y);
    return same;
}

/* Reads what was skimmed; counts it. */
static bool read_skimmed(Source *source, const Node *file, const Node *whole, size_t *count)
{
    bool ok = file->file.decls.len == whole->file.decls.len;
    for (uint32_t i = 0; ok && i < file->file.decls.len; i++) {
        Node *decl = file->file.decls.at[i], *read;
        const Node *expected = whole->file.decls.at[i];
        if (!(decl->flags & NF_SKIMMED)) continue;
        bool is_func = decl->kind == NODE_FUNC_DECL;
        Name name = (is_func ? decl->func.name : decl->type_decl.name)->ident.name;
        ParseOptions options = {
            .goal = PARSE_DECL, .skip_bodies = true, .start = decl->op_pos, .end = decl->end};
        ok = parse_source(&arena, source, &options, &read) == PARSE_OK &&
             read->kind == decl->kind &&
             name == (is_func ? read->func.name : read->type_decl.name)->ident.name;
        if (ok && is_func) ok = same_receivers(decl->func.recv, expected->func.recv);
        if (ok) node_become(decl, read);
        ++*count;
    }
    return ok;
}

/* The library is skimmed by its layout; each file must come out as if it had been read. */
static void test_skimming(void)
{
    size_t count = 0;
    for (size_t i = 0; i < stdlib_nfiles; i++) {
        const EmbeddedFile *file = &stdlib_files[i];
        Source *source = source_add(file->file, file->text, file->len);
        ParseOptions options = {.goal = PARSE_FILE, .skip_bodies = true};
        Node *whole, *skimmed;
        bool ok = parse_source(&arena, source, &options, &whole) == PARSE_OK;
        options.skim = true;
        ok = ok && parse_source(&arena, source, &options, &skimmed) == PARSE_OK &&
             read_skimmed(source, skimmed, whole, &count);
        Buf a = {0}, b = {0};
        if (ok) ast_dump(whole, &a);
        if (ok) ast_dump(skimmed, &b);
        ok = ok && strcmp(buf_str(&a), buf_str(&b)) == 0;
        if (!ok) printf("skimming %s goes wrong\n", file->file);
        CHECK(ok);
        buf_free(&a);
        buf_free(&b);
    }
    CHECK(count > 4000);
}

int main(void)
{
    arena_init(&arena);
    diag_use(&errors);
    test_lexer();
    test_literals();
    test_bad_characters();
    test_trees();
    test_generics();
    test_printing();
    test_messages();
    test_recovery();
    test_depth();
    test_prompt();
    test_bodies();
    test_skimming();
    arena_free(&arena);
    return unit_end();
}
