/* SPDX-License-Identifier: MIT */
/* The grammar of Go.
 *
 * Types and expressions share their rules as far as Go's overlap: a type may stand wherever an expression may, and the
 * type checker tells them apart. Actions only call build.c.
 *
 * Four places need more than a token of look-ahead, or the eye of a person:
 *   - A { after the header of an if, for, switch or select opens the body, else a literal. The driver (parser.c), which
 *     counts brackets, gives the former as BODY. Where a type or func literal stands in a header its brace comes as
 *     BODY too; rules say literal_brace and the driver learns that the header goes on.
 *   - "func" that begins a declaration comes as FUNC_DECL, so that a script may also call a function literal.
 *   - A name before [ in parameters, fields and type declarations: the rules keep name and bracket together until what
 *     follows the ] tells an array type from an instantiated one.
 *   - "type T[P *C] …" is an array type unless *C can be nothing but a constraint: build.c decides.
 *
 * Precedence settles what is ambiguous by Go's own word: operators; a result type is as long as it can be; [, . and {
 * after a type belong to it. There are no conflicts. */

%define api.pure full
%define api.push-pull push
%define api.token.prefix {Y_}
%define api.prefix {grammar_}
%define api.value.type {union Value}
%define parse.error custom
%param {Parser *p}

%code requires {
#include "parser/build.h"
}

%code {
#include "lexer/lexer.h"
#include "parser/message.h"

#include <stdlib.h>

#define YYMAXDEPTH 200000

static void yyerror(Parser *p, const char *text);
}

%token EOF "EOF"
%token START_FILE START_BODY START_DECL FUNC_DECL SKIPPED
%token <node> NAME LITERAL SKIMMED /* the driver builds their nodes */
%token <tok> ADD "+" SUB "-" MUL "*" DIV "/" REM "%" AND "&" OR "|" XOR "^" SHL "<<" SHR ">>" AND_NOT "&^"
%token <tok> ADD_ASSIGN "+=" SUB_ASSIGN "-=" MUL_ASSIGN "*=" DIV_ASSIGN "/=" REM_ASSIGN "%=" AND_ASSIGN "&="
%token <tok> OR_ASSIGN "|=" XOR_ASSIGN "^=" SHL_ASSIGN "<<=" SHR_ASSIGN ">>=" AND_NOT_ASSIGN "&^="
%token <tok> LAND "&&" LOR "||" ARROW "<-" INC "++" DEC "--" EQL "==" LSS "<" GTR ">" ASSIGN "=" NOT "!"
%token <tok> TILDE "~" NEQ "!=" LEQ "<=" GEQ ">=" DEFINE ":=" ELLIPSIS "..." LPAREN "(" LBRACK "[" LBRACE "{"
%token <tok> BODY COMMA "," PERIOD "." RPAREN ")" RBRACK "]" RBRACE "}" SEMICOLON ";" COLON ":"
%token <tok> BREAK "break" CASE "case" CHAN "chan" CONST "const" CONTINUE "continue" DEFAULT "default"
%token <tok> DEFER "defer" ELSE "else" FALLTHROUGH "fallthrough" FOR "for" FUNC "func" GO "go" GOTO "goto" IF "if"
%token <tok> IMPORT "import" INTERFACE "interface" MAP "map" PACKAGE "package" RANGE "range" RETURN "return"
%token <tok> SELECT "select" STRUCT "struct" SWITCH "switch" TYPE "type" VAR "var"
%type  <tok> FUNC_DECL SKIPPED START_FILE START_BODY START_DECL

%precedence LOW
%precedence "(" "[" "." BODY "<-" error
%left "||"
%left "&&"
%left "==" "!=" "<" "<=" ">" ">="
%left "+" "-" "|" "^"
%left "*" "/" "%" "<<" ">>" "&" "&^"
%precedence UNARY

%type <node> expr primary literal_name composite_value bare_composite opt_expr
%type <node> type type_name type_plain type_name_plain type_paren type_array type_recv type_nonparen
%type <node> type_noarrow type_nobracket type_other lit_type func_type struct_type interface_type map_type chan_type
%type <node> signature param field_tag type_param type_param_first type_param_bracket constraint term constraint_sure term_sure union elem
%type <node> stmt plain_stmt simple_stmt opt_simple header body block if_stmt opt_else clause comm_clause for_header
%type <node> func_decl func_body opt_label embedded named_field package import_spec const_spec var_spec type_spec
%type <list> expr_list elements opt_elements params param_list result names fields opt_fields field
%type <list> type_params type_param_items func_type_params type_param_list type_param_rest elems opt_elems stmts top_list top_item
%type <list> imports import_specs opt_import_specs decl const_specs opt_const_specs var_specs opt_var_specs
%type <list> type_specs opt_type_specs clauses comm_clauses
%type <tok> assign literal_brace literal_body_open block_open body_open opt_comma
%type <op> assign_op

%%

goal:
    START_FILE package top_list "EOF"       { build_file(p, $package, $top_list); }
  | START_FILE top_list "EOF"               { build_file(p, NULL, $top_list); }
  | START_BODY block ";" "EOF"              { p->result = $block; } /* the scanner ends every text with one */
  | START_DECL decl ";" "EOF"               { p->result = $decl->node; }
  | START_DECL func_decl ";" "EOF"          { p->result = $func_decl; }
  ;

/* ---- Files ---- */

package:
    "package" NAME ";"                      { $$ = $NAME; }
  ;

top_list:
    top_item
  | top_list ";" top_item                   { $$ = build_concat(p, $1, $3); }
  ;

top_item:
    %empty                                  { $$ = NULL; }
  | "import" imports                        { build_imports(p, $1, $2); $$ = NULL; }
  | decl
  | func_decl                               { $$ = build_one(p, $1); }
  | SKIMMED                                 { $$ = build_one(p, $1); }
  | plain_stmt                              { $$ = build_one(p, $1); }
  | error                                   { $$ = NULL; }
  ;

imports:
    import_spec                             { $$ = build_one(p, $1); }
  | "(" opt_import_specs ")"                { $$ = $2; }
  | "(" error ")"                           { $$ = NULL; }
  ;

opt_import_specs:
    %empty                                  { $$ = NULL; }
  | import_specs
  | import_specs ";"
  ;

import_specs:
    import_spec                             { $$ = build_one(p, $1); }
  | import_specs ";" import_spec            { $$ = build_push(p, $1, $3); }
  ;

import_spec:
    LITERAL                                 { $$ = build_import(p, NULL, $1); }
  | NAME LITERAL                            { $$ = build_import(p, $1, $2); }
  | "." LITERAL                             { $$ = build_import(p, build_dot(p, $1), $2); }
  ;

/* ---- Declarations ---- */

decl:
    "const" const_spec                      { $$ = build_consts(p, build_one(p, $2), false); }
  | "const" "(" opt_const_specs ")"         { $$ = build_consts(p, $3, true); }
  | "const" "(" error ")"                  { $$ = NULL; }
  | "var" var_spec                          { $$ = build_group(p, build_one(p, $2), false); }
  | "var" "(" opt_var_specs ")"             { $$ = build_group(p, $3, true); }
  | "var" "(" error ")"                    { $$ = NULL; }
  | "type" type_spec                        { $$ = build_group(p, build_one(p, $2), false); }
  | "type" "(" opt_type_specs ")"           { $$ = build_group(p, $3, true); }
  | "type" "(" error ")"                   { $$ = NULL; }
  ;

opt_const_specs: %empty { $$ = NULL; } | const_specs | const_specs ";" ;
const_specs:
    const_spec                              { $$ = build_one(p, $1); }
  | const_specs ";" const_spec              { $$ = build_push(p, $1, $3); }
  ;

const_spec:
    names                                   { $$ = build_values(p, NODE_CONST_DECL, $1, NULL, NULL); }
  | names type                              { $$ = build_values(p, NODE_CONST_DECL, $1, $2, NULL); }
  | names assign expr_list                  { $$ = build_values(p, NODE_CONST_DECL, $1, NULL, $3); }
  | names type assign expr_list             { $$ = build_values(p, NODE_CONST_DECL, $1, $2, $4); }
  ;

opt_var_specs: %empty { $$ = NULL; } | var_specs | var_specs ";" ;
var_specs:
    var_spec                                { $$ = build_one(p, $1); }
  | var_specs ";" var_spec                  { $$ = build_push(p, $1, $3); }
  ;

var_spec:
    names type                              { $$ = build_values(p, NODE_VAR_DECL, $1, $2, NULL); }
  | names assign expr_list                  { $$ = build_values(p, NODE_VAR_DECL, $1, NULL, $3); }
  | names type assign expr_list             { $$ = build_values(p, NODE_VAR_DECL, $1, $2, $4); }
  ;

assign:
    "="
  | ":="                                    { message_unexpected(p, "expected ="); $$ = $1; }
  ;

names:
    NAME                                    { $$ = build_one(p, $1); }
  | names "," NAME                          { $$ = build_push(p, $1, $3); }
  ;

opt_type_specs: %empty { $$ = NULL; } | type_specs | type_specs ";" ;
type_specs:
    type_spec                               { $$ = build_one(p, $1); }
  | type_specs ";" type_spec                { $$ = build_push(p, $1, $3); }
  ;

type_spec:
    NAME type_nobracket                     { $$ = build_type_decl(p, $1, NULL, $2, false); }
  | NAME "=" type                           { $$ = build_type_decl(p, $1, NULL, $3, true); }
  | NAME "[" "]" type                       { $$ = build_type_decl(p, $1, NULL, build_slice_type(p, $2, $4), false); }
  | NAME "[" "..." "]" type                 { $$ = build_type_decl(p, $1, NULL, build_open_array(p, $2, $3, $5), false); }
  | NAME "[" expr "]" type                  { $$ = build_array_or_generic(p, $1, $2, $3, $5, false); }
  | NAME "[" expr "]" "=" type              { $$ = build_array_or_generic(p, $1, $2, $3, $6, true); }
  | NAME "[" type_params "]" type           { $$ = build_type_decl(p, $1, $3, $5, false); }
  | NAME "[" type_params "]" "=" type       { $$ = build_type_decl(p, $1, $3, $6, true); }
  ;

type_params:
    type_param_items                        { $$ = build_type_params(p, $1, p->token.pos); }
  ;

/* A list that is not the lone expression of "type T[expr]". */
type_param_items:
    expr ","                                { $$ = build_one(p, build_type_param_expr(p, $1, $2)); }
  | expr "," type_param_rest                { $$ = build_unshift(p, build_type_param_expr(p, $1, $2), $3); }
  | type_param_first                        { $$ = build_one(p, $1); }
  | type_param_first ","                    { $$ = build_one(p, $1); }
  | type_param_first "," type_param_rest    { $$ = build_unshift(p, $1, $3); }
  ;

type_param_rest: type_param_list | type_param_list "," ;

func_type_params:
    "[" type_param_rest "]"                 { $$ = build_type_params(p, $2, $3.pos); }
  | "[" "]"                                 { build_empty_type_params(p, $2); $$ = NULL; }
  ;

type_param_list:
    type_param                              { $$ = build_one(p, $1); }
  | type_param_list "," type_param          { $$ = build_push(p, $1, $3); }
  ;

type_param:
    NAME                                    { $$ = build_field(p, NULL, $1, NULL); }
  | NAME constraint                         { $$ = build_field(p, $1, $2, NULL); }
  | type_other                              { $$ = build_field(p, NULL, $1, NULL); }
  | "~" type                                { $$ = build_field(p, NULL, build_unary(p, T_TILDE, $1, $2), NULL); }
  | NAME "." NAME                           { $$ = build_field(p, NULL, build_selector(p, $1, $3), NULL); }
  ;

/* A first parameter whose constraint cannot go on as an expression that begins with its name. */
type_param_first:
    NAME constraint_sure                    { $$ = build_field(p, $1, $2, NULL); }
  | type_param_bracket
  ;

type_param_bracket:
    primary "[" "]" type                    { $$ = build_field(p, build_param_name(p, $1), build_slice_type(p, $2, $4), NULL); }
  | primary "[" "..." "]" type              { $$ = build_field(p, build_param_name(p, $1), build_open_array(p, $2, $3, $5), NULL); }
  | primary "[" expr_list opt_comma "]" type_name_plain
                                            { $$ = build_field(p, build_param_name(p, $1), build_array_types(p, $2, $3, $6), NULL); }
  | type_param_bracket "|" term              { $$ = build_widen(p, $1, $2, $3); }
  ;

constraint_sure:
    term_sure
  | constraint_sure "|" term                { $$ = build_binary(p, T_OR, $1, $2, $3); }
  ;

term_sure:
    type_name
  | func_type | struct_type | interface_type | map_type | chan_type | type_recv
  | "~" type                                { $$ = build_unary(p, T_TILDE, $1, $2); }
  ;

constraint:
    term
  | constraint "|" term                     { $$ = build_binary(p, T_OR, $1, $2, $3); }
  ;

term:
    type
  | "~" type                                { $$ = build_unary(p, T_TILDE, $1, $2); }
  ;

func_decl:
    FUNC_DECL NAME signature func_body      { $$ = build_func(p, $1, NULL, $2, NULL, $3, $4); }
  | FUNC_DECL NAME func_type_params signature func_body
                                            { $$ = build_func(p, $1, NULL, $2, $3, $4, $5); }
  | FUNC_DECL params NAME signature func_body
                                            { $$ = build_func(p, $1, build_receiver(p, $3, $2), $3, NULL, $4, $5); }
  | FUNC_DECL params NAME func_type_params signature func_body
                                            { $$ = build_func(p, $1, build_receiver(p, $3, $2), $3, $4, $5, $6); }
  ;

func_body:
    %empty                                  { $$ = NULL; }
  | block
  | SKIPPED                                 { $$ = build_skipped(p, $1); }
  ;

/* ---- Types ---- */

type:
    type_noarrow
  | type_recv
  ;

type_noarrow: type_name | type_plain | type_array | type_paren ;
type_nobracket: type_name | type_plain | type_recv | type_paren ;
type_nonparen: type_name | type_plain | type_array | type_recv ;
type_other: type_plain | type_array | type_recv | type_paren ;
type_name_plain: type_name | func_type | struct_type | interface_type | map_type | chan_type | type_recv ;

type_paren:
    "(" type ")"                            { $$ = build_paren(p, $1, $2, $3); }
  ;

type_name:
    NAME                          %prec LOW
  | NAME "[" expr_list opt_comma "]"        { $$ = build_index(p, $1, $2, $3, $5); }
  | NAME "." NAME                %prec LOW { $$ = build_selector(p, $1, $3); }
  | NAME "." NAME "[" expr_list opt_comma "]"
                                            { $$ = build_index(p, build_selector(p, $1, $3), $4, $5, $7); }
  ;

type_plain:
    "*" type                       %prec UNARY { $$ = build_star(p, $1, $2); }
  | func_type | struct_type | interface_type | map_type | chan_type
  ;

type_array:
    "[" "]" type                            { $$ = build_slice_type(p, $1, $3); }
  | "[" expr "]" type                       { $$ = build_array_type(p, $1, $2, $4); }
  | "[" "..." "]" type                      { $$ = build_open_array(p, $1, $2, $4); }
  ;

map_type:
    "map" "[" type "]" type                 { $$ = build_map_type(p, $1, $3, $5); }
  ;

chan_type:
    "chan" type_noarrow                     { $$ = build_chan(p, $1, 3, $2); }
  | "chan" "<-" type                        { $$ = build_chan(p, $1, 1, $3); }
  ;

type_recv:
    "<-" "chan" type                        { $$ = build_chan(p, $1, 2, $3); }
  ;

func_type:
    "func" signature                        { $$ = build_func_type(p, $1, $2); }
  ;

signature:
    params result                           { $$ = build_signature(p, $1, $2); }
  ;

params:
    "(" ")"                                 { $$ = build_params(p, $1, NULL, $2); }
  | "(" param_list opt_comma ")"            { $$ = build_params(p, $1, $2, $4); }
  | "(" error ")"                           { $$ = build_params(p, $1, NULL, $3); }
  ;

param_list:
    param                                   { $$ = build_one(p, $1); }
  | param_list "," param                    { $$ = build_push(p, $1, $3); }
  ;

param:
    NAME                                    { $$ = build_field(p, NULL, $1, NULL); }
  | NAME type_nobracket                     { $$ = build_field(p, $1, $2, NULL); }
  | NAME "[" "]" type                       { $$ = build_field(p, $1, build_slice_type(p, $2, $4), NULL); }
  | NAME "[" "..." "]" type                 { $$ = build_field(p, $1, build_open_array(p, $2, $3, $5), NULL); }
  | NAME "[" expr_list opt_comma "]" type   { $$ = build_field(p, $1, build_array_types(p, $2, $3, $6), NULL); }
  | NAME "[" expr_list opt_comma "]"        { $$ = build_field(p, NULL, build_index(p, $1, $2, $3, $5), NULL); }
  | NAME "." NAME                           { $$ = build_field(p, NULL, build_selector(p, $1, $3), NULL); }
  | NAME "." NAME "[" expr_list opt_comma "]"
                                            { $$ = build_field(p, NULL, build_index(p, build_selector(p, $1, $3), $4, $5, $7), NULL); }
  | type_other                              { $$ = build_field(p, NULL, $1, NULL); }
  | "..." type                              { $$ = build_field(p, NULL, build_ellipsis(p, $1, $2), NULL); }
  | NAME "..." type                         { $$ = build_field(p, $1, build_ellipsis(p, $2, $3), NULL); }
  | "..."                                   { $$ = build_field(p, NULL, build_lone_ellipsis(p, $1), NULL); }
  | NAME "..."                              { $$ = build_field(p, $1, build_lone_ellipsis(p, $2), NULL); }
  ;

result:
    %empty                         %prec LOW { $$ = NULL; }
  | params
  | type_nonparen                           { $$ = build_one(p, build_field(p, NULL, $1, NULL)); }
  ;

struct_type:
    "struct" literal_brace opt_fields "}"   { $$ = build_struct(p, $1, $3, $4); }
  | "struct" literal_brace error "}"        { $$ = build_struct(p, $1, NULL, $4); }
  ;

opt_fields: %empty { $$ = NULL; } | fields | fields ";" ;
fields:
    field
  | fields ";" field                        { $$ = build_concat(p, $1, $3); }
  ;

field:
    NAME "," names type field_tag           { $$ = build_fields(p, build_unshift(p, $1, $3), $4, $5); }
  | named_field field_tag                   { $$ = build_one(p, build_tag(p, $1, $2)); }
  | embedded field_tag                      { $$ = build_one(p, build_tag(p, $1, $2)); }
  ;

named_field:
    NAME type_nobracket                     { $$ = build_field(p, $1, $2, NULL); }
  | NAME "[" "]" type                       { $$ = build_field(p, $1, build_slice_type(p, $2, $4), NULL); }
  | NAME "[" "..." "]" type                 { $$ = build_field(p, $1, build_open_array(p, $2, $3, $5), NULL); }
  | NAME "[" expr_list opt_comma "]" type   { $$ = build_field(p, $1, build_array_types(p, $2, $3, $6), NULL); }
  ;

embedded:
    NAME                                    { $$ = build_field(p, NULL, $1, NULL); }
  | NAME "[" expr_list opt_comma "]"        { $$ = build_field(p, NULL, build_index(p, $1, $2, $3, $5), NULL); }
  | NAME "." NAME                           { $$ = build_field(p, NULL, build_selector(p, $1, $3), NULL); }
  | NAME "." NAME "[" expr_list opt_comma "]"
                                            { $$ = build_field(p, NULL, build_index(p, build_selector(p, $1, $3), $4, $5, $7), NULL); }
  | "*" type_name                           { $$ = build_field(p, NULL, build_star(p, $1, $2), NULL); }
  | "*" "(" type ")"                        { $$ = build_parenthesized_field(p, $2, build_star(p, $1, $3)); }
  | "(" type ")"                            { $$ = build_parenthesized_field(p, $1, $2); }
  ;

field_tag: %empty { $$ = NULL; } | LITERAL ;

interface_type:
    "interface" literal_brace opt_elems "}" { $$ = build_interface(p, $1, $3, $4); }
  | "interface" literal_brace error "}"     { $$ = build_interface(p, $1, NULL, $4); }
  ;

opt_elems: %empty { $$ = NULL; } | elems | elems ";" ;
elems:
    elem                                    { $$ = build_one(p, $1); }
  | elems ";" elem                          { $$ = build_push(p, $1, $3); }
  ;

elem:
    NAME signature                          { $$ = build_method(p, $1, $2); }
  | NAME "[" type_param_first "]" signature { $$ = build_generic_method(p, $1, $2, $5); }
  | NAME "[" type_param_first "," type_param_rest "]" signature
                                            { $$ = build_generic_method(p, $1, $2, $7); }
  | union                                   { $$ = build_embed(p, $1); }
  ;

union:
    term
  | union "|" term                          { $$ = build_binary(p, T_OR, $1, $2, $3); }
  ;

/* The brace of what is no body, even in the header of a control clause. */
literal_brace:
    "{"
  | BODY                                    { parser_reopen_header(p); $$ = $1; }
  ;

/* ---- Expressions ---- */

expr:
    primary                        %prec LOW
  | expr "||" expr                          { $$ = build_binary(p, T_LOR, $1, $2, $3); }
  | expr "&&" expr                          { $$ = build_binary(p, T_LAND, $1, $2, $3); }
  | expr "==" expr                          { $$ = build_binary(p, T_EQL, $1, $2, $3); }
  | expr "!=" expr                          { $$ = build_binary(p, T_NEQ, $1, $2, $3); }
  | expr "<" expr                           { $$ = build_binary(p, T_LSS, $1, $2, $3); }
  | expr "<=" expr                          { $$ = build_binary(p, T_LEQ, $1, $2, $3); }
  | expr ">" expr                           { $$ = build_binary(p, T_GTR, $1, $2, $3); }
  | expr ">=" expr                          { $$ = build_binary(p, T_GEQ, $1, $2, $3); }
  | expr "+" expr                           { $$ = build_binary(p, T_ADD, $1, $2, $3); }
  | expr "-" expr                           { $$ = build_binary(p, T_SUB, $1, $2, $3); }
  | expr "|" expr                           { $$ = build_binary(p, T_OR, $1, $2, $3); }
  | expr "^" expr                           { $$ = build_binary(p, T_XOR, $1, $2, $3); }
  | expr "*" expr                           { $$ = build_binary(p, T_MUL, $1, $2, $3); }
  | expr "/" expr                           { $$ = build_binary(p, T_DIV, $1, $2, $3); }
  | expr "%" expr                           { $$ = build_binary(p, T_REM, $1, $2, $3); }
  | expr "<<" expr                          { $$ = build_binary(p, T_SHL, $1, $2, $3); }
  | expr ">>" expr                          { $$ = build_binary(p, T_SHR, $1, $2, $3); }
  | expr "&" expr                           { $$ = build_binary(p, T_AND, $1, $2, $3); }
  | expr "&^" expr                          { $$ = build_binary(p, T_AND_NOT, $1, $2, $3); }
  | "+" expr                    %prec UNARY { $$ = build_unary(p, T_ADD, $1, $2); }
  | "-" expr                    %prec UNARY { $$ = build_unary(p, T_SUB, $1, $2); }
  | "!" expr                    %prec UNARY { $$ = build_unary(p, T_NOT, $1, $2); }
  | "^" expr                    %prec UNARY { $$ = build_unary(p, T_XOR, $1, $2); }
  | "&" expr                    %prec UNARY { $$ = build_unary(p, T_AND, $1, $2); }
  | "~" expr                    %prec UNARY { $$ = build_unary(p, T_TILDE, $1, $2); }
  | "*" expr                    %prec UNARY { $$ = build_star(p, $1, $2); }
  | "<-" expr                   %prec UNARY { $$ = build_receive(p, $1, $2); }
  ;

/* What may be the type of a composite literal. */
literal_name:
    NAME
  | primary "." NAME                        { $$ = build_selector(p, $1, $3); }
  | primary "[" expr_list opt_comma "]"     { $$ = build_index(p, $1, $2, $3, $5); }
  ;

primary:
    literal_name
  | LITERAL
  | "(" expr ")"                            { $$ = build_paren(p, $1, $2, $3); }
  | "(" error ")"                           { $$ = build_bad(p, $1, $3); }
  | primary "." "(" type ")"                { $$ = build_assert(p, $1, $3, $4, $5); }
  | primary "." "(" "type" ")"              { $$ = build_assert(p, $1, $3, NULL, $5); }
  | primary "[" opt_expr ":" opt_expr "]"   { $$ = build_slice(p, $1, $2, $3, $5, NULL, NULL, $6); }
  | primary "[" opt_expr ":" opt_expr ":" opt_expr "]"
                                            { $$ = build_slice(p, $1, $2, $3, $5, &$6, $7, $8); }
  | primary "[" error "]"                   { $$ = build_index(p, $1, $2, NULL, $4); }
  | primary "(" ")"                         { $$ = build_call(p, $1, $2, NULL, false, $3); }
  | primary "(" expr_list opt_comma ")"     { $$ = build_call(p, $1, $2, $3, false, $5); }
  | primary "(" expr_list "..." opt_comma ")"
                                            { $$ = build_call(p, $1, $2, $3, true, $6); }
  | primary "(" error ")"                   { $$ = build_call(p, $1, $2, NULL, false, $4); }
  | literal_name "{" opt_elements "}"       { $$ = build_composite(p, $1, $2, $3, $4); }
  | literal_name "{" error "}"              { $$ = build_composite(p, $1, $2, NULL, $4); }
  | "(" expr ")" "{" opt_elements "}"       { $$ = build_parenthesized_literal(p, $2, $4, $5, $6); }
  | lit_type                       %prec LOW
  | lit_type literal_brace opt_elements "}" { $$ = build_composite(p, $1, $2, $3, $4); }
  | lit_type literal_brace error "}"        { $$ = build_composite(p, $1, $2, NULL, $4); }
  | func_type                      %prec LOW
  | func_type literal_body_open stmts "}"   { $$ = build_func_lit(p, $1, build_block(p, $2, $3, $4)); }
  | interface_type
  | chan_type
  ;

lit_type: type_array | struct_type | map_type ;

opt_expr: %empty { $$ = NULL; } | expr ;
opt_comma: %empty { $$ = (Token){0}; } | "," ;

expr_list:
    expr                                    { $$ = build_one(p, $1); }
  | expr_list "," expr                      { $$ = build_push(p, $1, $3); }
  ;

opt_elements: %empty { $$ = NULL; } | elements | elements "," ;
elements:
    composite_value                         { $$ = build_one(p, $1); }
  | composite_value ":" composite_value     { $$ = build_one(p, build_keyed(p, $1, $2, $3)); }
  | elements "," composite_value            { $$ = build_push(p, $1, $3); }
  | elements "," composite_value ":" composite_value
                                            { $$ = build_push(p, $1, build_keyed(p, $3, $4, $5)); }
  ;

composite_value: expr | bare_composite ;
bare_composite:
    "{" opt_elements "}"                    { $$ = build_composite(p, NULL, $1, $2, $3); }
  | "{" error "}"                           { $$ = build_composite(p, NULL, $1, NULL, $3); }
  ;

/* ---- Statements ---- */

block: block_open stmts "}"                 { $$ = build_block(p, $1, $2, $3); } ;
body: body_open stmts "}"                   { $$ = build_block(p, $1, $2, $3); } ;
literal_body_open: literal_brace            { parser_enter_block(p); $$ = $1; } ;
block_open: "{"                             { parser_enter_block(p); $$ = $1; } ;
body_open: BODY                             { parser_enter_block(p); $$ = $1; } ;

stmts:
    stmt                                    { $$ = build_stmt(p, $1); }
  | stmts ";" stmt                          { $$ = build_next_stmt(p, $1, $3); }
  ;

stmt:
    %empty                         %prec LOW { $$ = NULL; }
  | plain_stmt
  | decl                                    { $$ = build_decl_stmt(p, $1); }
  | error                                   { $$ = NULL; }
  ;

plain_stmt:
    simple_stmt
  | block
  | if_stmt
  | NAME ":" stmt                           { $$ = build_labeled(p, $1, $2, $3); }
  | "go" primary                            { $$ = build_go(p, NODE_GO, $1, $2); }
  | "defer" primary                         { $$ = build_go(p, NODE_DEFER, $1, $2); }
  | "return"                                { $$ = build_return(p, $1, NULL); }
  | "return" expr_list                      { $$ = build_return(p, $1, $2); }
  | "break" opt_label                       { $$ = build_branch(p, T_BREAK, $1, $2); }
  | "continue" opt_label                    { $$ = build_branch(p, T_CONTINUE, $1, $2); }
  | "goto" NAME                             { $$ = build_branch(p, T_GOTO, $1, $2); }
  | "fallthrough"                           { $$ = build_branch(p, T_FALLTHROUGH, $1, NULL); }
  | "switch" header body_open clauses "}"   { $$ = build_switch(p, $1, $2, $3, $4, $5); }
  | "select" body_open comm_clauses "}"     { $$ = build_select(p, $1, $2, $3, $4); }
  | "for" for_header body                   { $$ = build_for(p, $1, $2, $3); }
  ;

opt_label: %empty { $$ = NULL; } | NAME ;

simple_stmt:
    expr                           %prec LOW { $$ = build_expr_stmt(p, $1); }
  | expr "<-" expr                          { $$ = build_send(p, $1, $2, $3); }
  | expr "++"                               { $$ = build_incdec(p, T_INC, $1, $2); }
  | expr "--"                               { $$ = build_incdec(p, T_DEC, $1, $2); }
  | expr assign_op expr                     { $$ = build_op_assign(p, $1, $2, $3); }
  | expr_list "=" expr_list                 { $$ = build_assign(p, $1, $2, $3); }
  | expr_list ":=" expr_list                { $$ = build_define(p, $1, $2, $3); }
  ;

assign_op:
    "+=" { $$ = build_op(T_ADD, $1); } | "-=" { $$ = build_op(T_SUB, $1); } | "*=" { $$ = build_op(T_MUL, $1); }
  | "/=" { $$ = build_op(T_DIV, $1); } | "%=" { $$ = build_op(T_REM, $1); } | "&=" { $$ = build_op(T_AND, $1); }
  | "|=" { $$ = build_op(T_OR, $1); } | "^=" { $$ = build_op(T_XOR, $1); } | "<<=" { $$ = build_op(T_SHL, $1); }
  | ">>=" { $$ = build_op(T_SHR, $1); } | "&^=" { $$ = build_op(T_AND_NOT, $1); }
  ;

opt_simple: %empty { $$ = NULL; } | simple_stmt ;

header:
    opt_simple                              { $$ = build_header(p, NULL, NULL, $1); }
  | opt_simple ";" opt_simple               { $$ = build_header(p, $1, &$2, $3); }
  ;

if_stmt:
    "if" header body opt_else               { $$ = build_if(p, $1, $2, $3, $4); }
  ;

opt_else:
    %empty                                  { $$ = NULL; }
  | "else" if_stmt                          { $$ = $2; }
  | "else" block                            { $$ = $2; }
  ;

for_header:
    opt_simple                              { $$ = build_header(p, NULL, NULL, $1); }
  | opt_simple ";" opt_simple               { $$ = build_for_header(p, $1, &$2, $3, NULL, NULL); }
  | opt_simple ";" opt_simple ";" opt_simple { $$ = build_for_header(p, $1, &$2, $3, &$4, $5); }
  | "range" expr                            { $$ = build_range(p, NULL, NULL, $1, $2); }
  | expr_list "=" "range" expr              { $$ = build_range(p, $1, &$2, $3, $4); }
  | expr_list ":=" "range" expr             { $$ = build_range_define(p, $1, &$2, $3, $4); }
  ;

clauses: %empty { $$ = NULL; } | clauses clause { $$ = build_push(p, $1, $2); } ;
clause:
    "case" expr_list ":" stmts              { $$ = build_case(p, $1, $2, $3, $4); }
  | "default" ":" stmts                     { $$ = build_case(p, $1, NULL, $2, $3); }
  | error                                   { $$ = NULL; }
  ;

comm_clauses: %empty { $$ = NULL; } | comm_clauses comm_clause { $$ = build_push(p, $1, $2); } ;
comm_clause:
    "case" simple_stmt ":" stmts            { $$ = build_comm(p, $1, $2, $3, $4); }
  | "default" ":" stmts                     { $$ = build_comm(p, $1, NULL, $2, $3); }
  | error                                   { $$ = NULL; }
  ;

%%

enum { STACK_SHOWN = 12, EXPECTED_SHOWN = 64 };

/* Hands what the parser has read and could read next to message.c, which words the error. */
static int yyreport_syntax_error(const yypcontext_t *context, Parser *p)
{
    Situation at = {0};
    const yy_state_t *state = context->yyps->yyssp;
    for (; at.depth < STACK_SHOWN && *state != 0; state--) {
        at.symbols[at.depth++] = yysymbol_name(YY_CAST(yysymbol_kind_t, yystos[*state]));
    }
    yysymbol_kind_t expected[EXPECTED_SHOWN];
    int count = yypcontext_expected_tokens(context, expected, EXPECTED_SHOWN);
    for (int i = 0; i < count; i++) {
        at.wants_expr |= expected[i] == YYSYMBOL_LITERAL;
        at.wants_type |= expected[i] == YYSYMBOL_STRUCT;
        at.wants_name |= expected[i] == YYSYMBOL_NAME;
    }
    if (count == 1) at.only = yysymbol_name(expected[0]);
    message_report(p, &at);
    return 0;
}

void parser_forgive(Parser *p)
{
    yypstate *state = p->grammar;
    state->yyerrstatus = 0;
}

/* Called when the stack cannot grow: brackets and blocks are limited by the driver, but "- - - x" is not. */
static void yyerror(Parser *p, const char *text)
{
    (void)text;
    parser_error(p, p->token.pos, p->token.end, "program is nested too deeply");
    p->is_too_deep = true;
}
