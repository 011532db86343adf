/* SPDX-License-Identifier: MIT */
/* Run-time types: one for each distinct type, their facts, method sets and selectors; order of
 * initialisation. */
#include "tests/unit/unit.h"

#include "base/diag.h"
#include "compiler/compile.h"
#include "parser/parser.h"
#include "runtime/gc.h"
#include "runtime/iface.h"
#include "stdlib/native.h"

#include <stdlib.h>
#include <string.h>

static const char program[] = "package p\n"
                              "type Int int\n"
                              "type S struct { a int8; b int64; c string `tag` }\n"
                              "type M struct { x, y int32 }\n"
                              "type F struct { f float64 }\n"
                              "type P struct { b byte; w uint32 }\n"
                              "type I interface { b(); A(int) string }\n"
                              "type J interface { A(int) int }\n"
                              "type T struct { next *T; list []T; m map[string]*T }\n"
                              "func (t *T) A(n int) string { return \"\" }\n"
                              "func (t T) b() {}\n"
                              "type E struct { Int; *T }\n"
                              "func (i Int) String() string { return \"\" }\n"
                              "type G[K comparable, V any] struct { k K; v V }\n"
                              "func (g G[K, V]) Get() V { return g.v }\n"
                              "var g1 G[string, int]\n"
                              "var g2 G[string, int]\n"
                              "var g3 G[string, Int]\n"
                              "var fn func(a int, b ...string) error\n"
                              "var ch <-chan [4]S\n"
                              "func f() int { return x }\n"
                              "var y = f()\n"
                              "var x = 3\n";

static Package *package;

static Object *object(const char *name)
{
    return scope_lookup(package->scope, intern_str(name));
}

static RType *rtype(const char *name)
{
    return compile_rtype(object(name)->type);
}

static bool load(void)
{
    char *text = calloc(1, sizeof program + 1);
    memcpy(text, program, sizeof program);
    Source *source = source_add("p.mgo", text, strlen(program));
    ParseOptions options = {.goal = PARSE_FILE};
    Node *file = NULL;
    if (parse_source(&types_arena, source, &options, &file) != PARSE_OK) return false;
    package = package_new(intern_str("p"), intern_str("p"));
    return types_check_package(package, &file, 1);
}

static void test_facts(void)
{
    const RType *s = rtype("S"), *t = rtype("Int");
    CHECK(s->kind == KIND_STRUCT && s->size == 32 && s->slots == 4 && s->align == 8 &&
          s->nfields == 3);
    CHECK(s->fields[1].offset == 8 && s->fields[2].offset == 16);
    CHECK(strcmp(s->fields[2].tag, "tag") == 0 && s->fields[2].tag_len == 3);
    CHECK(s->fields[0].package == package->path);
    CHECK(strcmp(s->string, "p.S") == 0 && s->name == intern_str("S") &&
          s->package_path == package->path);
    CHECK((s->flags & RT_POINTERS) && (s->flags & RT_COMPARABLE) && !(s->flags & RT_MEM_EQUAL));
    CHECK((t->flags & RT_DIRECT) && (t->flags & RT_MEM_EQUAL) && (t->flags & RT_NAMED) &&
          !(t->flags & RT_POINTERS));
    CHECK((rtype("M")->flags & RT_DIRECT) && (rtype("M")->flags & RT_MEM_EQUAL));
    CHECK((rtype("F")->flags & RT_COMPARABLE) && !(rtype("F")->flags & RT_MEM_EQUAL));
    CHECK(!(rtype("P")->flags & RT_MEM_EQUAL)); /* padding */
    const RType *fn = rtype("fn"), *ch = rtype("ch");
    CHECK(fn->kind == KIND_FUNC && fn->nparams == 2 && fn->nresults == 1 &&
          (fn->flags & RT_VARIADIC));
    CHECK(strcmp(fn->string, "func(int, ...string) error") == 0 && !(fn->flags & RT_COMPARABLE));
    CHECK(ch->kind == KIND_CHAN && ch->dir == 2 && ch->elem->kind == KIND_ARRAY &&
          ch->elem->len == 4);
    CHECK(ch->elem->elem == s && ch->elem->size == 128);
}

static void test_sameness(void)
{
    Type *a = type_map(type_basic[TYPE_STRING], type_slice(object("S")->type));
    Type *b = type_map(type_basic[TYPE_STRING], type_slice(object("S")->type));
    CHECK(a != b && compile_rtype(a) == compile_rtype(b));
    CHECK(compile_rtype(a)->elem->elem == rtype("S"));
    CHECK(rtype("Int") != rtype_basic(KIND_INT));
    CHECK(rtype_basic(KIND_UINT8) == compile_rtype(type_byte));
    CHECK(rtype_basic(KIND_STRING)->kind == KIND_STRING &&
          rtype_basic(KIND_UNSAFE_POINTER)->size == 8);
    CHECK(rtype_pointer_to(rtype("S")) == compile_rtype(type_pointer(object("S")->type)));
    CHECK(rtype_slice_of(rtype("S")) == compile_rtype(a)->elem);
    CHECK(rtype("g1") == rtype("g2") && rtype("g1") != rtype("g3"));
    CHECK(strcmp(rtype("g1")->string, "p.G[string,int]") == 0);
    const RType *t = rtype("T");
    CHECK(t->fields[0].type->elem == t && t->fields[1].type->elem == t &&
          t->fields[2].type->elem->elem == t);
}

static void test_methods(void)
{
    const RType *t = rtype("T"), *pointer = rtype_pointer_to(rtype("T")), *e = rtype("E");
    const RType *i = rtype("I"), *j = rtype("J");
    CHECK(t->nmethods == 1 && pointer->nmethods == 2 && i->nmethods == 2 && j->nmethods == 1);
    CHECK(pointer->methods[0].sel == i->methods[0].sel &&
          pointer->methods[1].sel == i->methods[1].sel);
    CHECK(i->methods[0].sel != j->methods[0].sel); /* the same name, another signature */
    CHECK(rtype_implements(pointer, i) && !rtype_implements(t, i) && !rtype_implements(pointer, j));
    CHECK(e->nmethods == 3 && rtype_implements(e, i));
    CHECK(rtype_method(e, "String") && !rtype_method(e, "b"));
    CHECK(pointer->methods[0].entry == rtype_method(pointer, "A"));
    CHECK(pointer->methods[0].entry->nparams == 2 && pointer->methods[0].entry->nresults == 2);
    CHECK((rtype("Int")->flags & RT_CALLS_METHODS) && !(rtype("M")->flags & RT_CALLS_METHODS));
    CHECK((e->flags & RT_CALLS_METHODS) &&
          (rtype_slice_of(rtype("Int"))->flags & RT_CALLS_METHODS));
    CHECK(rtype_method(rtype("g1"), "Get")->nresults == 1);
}

static void test_package(void)
{
    PackageCode *code = compile_package(package);
    CHECK(code == compile_package(package) && code->init && !code->main && code->nimports == 0);
    CHECK(package->ninits == 2 && package->inits[0].lhs[0] == object("x"));
    compile_all_bodies(package);
    CHECK(diag_count() == 0);
    CHECK(strcmp(compile_function(package, "f")->name, "p.f") == 0 &&
          !compile_function(package, "S"));
    CHECK(compile_function(package, "f")->ninstrs > 1 && code->init->ninstrs > 1);
    uint32_t n;
    PackageCode **order = compile_init_order(code, &n);
    CHECK(n == 1 && order[0] == code);
    FuncProto **protos = compile_package_protos(package, &n);
    CHECK(n >= 3);
    for (uint32_t i = 1; i < n; i++) CHECK(protos[i - 1]->pos <= protos[i]->pos);
    free(protos);
}

int main(void)
{
    DiagList errors = {0};
    diag_use(&errors);
    gc_init(0);
    universe_init();
    compile_init();
    if (load()) {
        test_facts();
        test_sameness();
        test_methods();
        test_package();
    }
    CHECK(diag_print(&errors, stderr) == 0 && package);
    return unit_end();
}
