/* SPDX-License-Identifier: MIT */
/* Types without a parser: sameness, hashes, sizes, substitution, instances, type sets, look-ups,
 * printing. */
#include "tests/unit/unit.h"

#include "types/types.h"

#include <string.h>

static Package *package;

static Object *field(const char *name, Type *type, bool is_embedded)
{
    Object *obj = object_new(OBJ_VAR, intern_str(name), type, package, NO_POS);
    obj->is_field = true;
    obj->is_embedded = is_embedded;
    return obj;
}

static Type *make_struct(Object **fields, uint32_t n)
{
    Type *type = type_new(TYPE_STRUCT);
    type->strukt.fields = arena_array(&types_arena, Field, n);
    type->strukt.nfields = n;
    for (uint32_t i = 0; i < n; i++)
        type->strukt.fields[i] = (Field){.name = fields[i]->name,
                                         .obj = fields[i],
                                         .type = fields[i]->type,
                                         .is_embedded = fields[i]->is_embedded};
    return type;
}

static Type *make_named(const char *name, Type *underlying)
{
    Type *type = type_new(TYPE_NAMED);
    type->named.obj = object_new(OBJ_TYPE, intern_str(name), type, package, NO_POS);
    type->named.underlying = underlying;
    type->is_complete = underlying != NULL;
    return type;
}

static Type *make_param(const char *name, Type *constraint)
{
    Type *type = type_new(TYPE_PARAM);
    type->param.obj = object_new(OBJ_TYPE, intern_str(name), type, package, NO_POS);
    type->param.constraint = constraint;
    return type;
}

static Type *make_func(Type *param, Type *result)
{
    Type *type = type_new(TYPE_FUNC);
    type->func.params = arena_array(&types_arena, Object *, 1);
    type->func.results = arena_array(&types_arena, Object *, 1);
    if (param != NULL) type->func.params[type->func.nparams++] = field("x", param, false);
    if (result != NULL) type->func.results[type->func.nresults++] = field("", result, false);
    return type;
}

static Type *make_interface(Object *method, Type *embed)
{
    Type *type = type_new(TYPE_INTERFACE);
    type->iface.methods = arena_array(&types_arena, Object *, 1);
    type->iface.embeds = arena_array(&types_arena, Type *, 1);
    type->iface.embed_pos = arena_array(&types_arena, Pos, 1);
    if (method != NULL) type->iface.methods[type->iface.nmethods++] = method;
    if (embed != NULL) type->iface.embeds[type->iface.nembeds++] = embed;
    return type;
}

static Object *add_method(Type *named, const char *name, Type *sig, bool has_pointer_receiver)
{
    Object *obj = object_new(OBJ_FUNC, intern_str(name), sig, package, NO_POS);
    obj->state = RESOLVE_BLACK;
    obj->has_pointer_receiver = has_pointer_receiver;
    named->named.methods = arena_array(&types_arena, Object *, 4);
    named->named.methods[named->named.nmethods++] = obj;
    return obj;
}

static bool prints(Type *type, TypeQualify qualify, const char *want)
{
    Buf buf = {0};
    type_print(type, qualify, &buf);
    bool ok = strcmp(buf_str(&buf), want) == 0;
    if (!ok) printf("printed %s, want %s\n", buf_str(&buf), want);
    buf_free(&buf);
    return ok;
}

static void test_identity(void)
{
    Type *ints = type_slice(type_basic[TYPE_INT]);
    CHECK(types_identical(ints, type_slice(type_basic[TYPE_INT])));
    CHECK(!types_identical(ints, type_slice(type_basic[TYPE_INT8])));
    CHECK(types_identical(type_byte, type_basic[TYPE_UINT8]));
    CHECK(types_identical(make_func(ints, type_byte), make_func(ints, type_basic[TYPE_UINT8])));
    CHECK(type_hash(make_func(ints, type_byte)) ==
          type_hash(make_func(ints, type_basic[TYPE_UINT8])));
    CHECK(!types_identical(make_named("A", ints), make_named("A", ints)));
    CHECK(!types_identical(type_chan(ints, 1), type_chan(ints, 3)));
    CHECK(types_identical(type_map(type_byte, ints), type_map(type_byte, ints)));
}

static void test_sizes(void)
{
    Object *fields[] = {field("a", type_basic[TYPE_INT8], false),
                        field("b", type_basic[TYPE_INT64], false),
                        field("c", type_basic[TYPE_INT16], false)};
    Type *type = make_struct(fields, 3);
    CHECK(type_sizeof(type) == 24);
    CHECK(type_alignof(type) == 8);
    CHECK(type_field_offset(type, 1) == 8 && type_field_offset(type, 2) == 16);
    CHECK(type_sizeof(type_array(type, 3)) == 72);
    Object *tail[] = {field("a", type_basic[TYPE_INT32], false),
                      field("b", make_struct(NULL, 0), false)};
    CHECK(type_sizeof(make_struct(tail, 2)) == 8);
    CHECK(type_sizeof(type_basic[TYPE_COMPLEX64]) == 8 &&
          type_alignof(type_basic[TYPE_COMPLEX64]) == 4);
}

static void test_instances(void)
{
    Type *param = make_param("T", type_any);
    Type *list = make_named("List", NULL);
    list->named.tparams = arena_array(&types_arena, Type *, 1);
    list->named.tparams[0] = param;
    list->named.ntparams = 1;
    Type *self = type_instance(list, &param, 1);
    Object *fields[] = {field("value", param, false), field("next", type_pointer(self), false)};
    list->named.underlying = make_struct(fields, 2);
    list->is_complete = true;
    Type *of_int = type_instance(list, &type_basic[TYPE_INT], 1);
    CHECK(of_int == type_instance(list, &type_basic[TYPE_INT], 1));
    CHECK(of_int != self && type_mentions_params(self) && !type_mentions_params(of_int));
    Type *under = type_under(of_int);
    CHECK(under->strukt.fields[0].type == type_basic[TYPE_INT]);
    CHECK(under->strukt.fields[1].type->elem == of_int);
    CHECK(type_subst(self, &param, &type_basic[TYPE_INT], 1) == of_int);
    CHECK(prints(of_int, QUALIFY_NAME, "demo.List[int]"));
    CHECK(prints(list, QUALIFY_MESSAGE, "demo.List[T any]"));
}

static void test_type_sets(void)
{
    Type *set = type_new(TYPE_UNION);
    UnionTerm terms[] = {{true, type_basic[TYPE_INT]}, {false, type_basic[TYPE_STRING]}};
    set->union_.terms = terms;
    set->union_.nterms = 2;
    Type *iface = make_interface(NULL, set), *param = make_param("T", iface);
    Type *my_int = make_named("MyInt", type_basic[TYPE_INT]),
         *my_string = make_named("MyString", type_basic[TYPE_STRING]);
    const char *why = NULL;
    CHECK(type_implements(my_int, iface, true, &why));
    CHECK(!type_implements(my_string, iface, true, &why));
    CHECK(strstr(why, "does not satisfy") != NULL &&
          strstr(why, "possibly missing ~ for string") != NULL);
    CHECK(type_is_ordered(param) && !type_is_integer(param) && type_core(param) == NULL);
    CHECK(type_is_integer(make_param("U", type_basic[TYPE_INT8])));
    CHECK(!type_comparable(make_param("V", type_any), true));
    CHECK(type_comparable(make_param("W", type_comparable_iface), false));
}

static void test_lookups(void)
{
    Type *inner =
        make_named("Inner", make_struct((Object *[]){field("x", type_basic[TYPE_INT], false)}, 1));
    add_method(inner, "Close", make_func(NULL, type_error), true);
    Type *outer = make_struct(
        (Object *[]){field("Inner", inner, true), field("y", type_basic[TYPE_INT], false)}, 2);
    Selection s = {0};
    CHECK(lookup_field_or_method(outer, false, package, intern_str("x"), false, &s) ==
          LOOKUP_FOUND);
    CHECK(s.npath == 2 && s.path[0] == 0 && s.path[1] == 0 && !s.is_indirect);
    CHECK(lookup_field_or_method(outer, false, package, intern_str("z"), false, &s) == LOOKUP_NONE);
    CHECK(lookup_field_or_method(outer, false, package, intern_str("Close"), false, &s) ==
          LOOKUP_POINTER_RECEIVER);
    CHECK(lookup_field_or_method(outer, true, package, intern_str("Close"), false, &s) ==
          LOOKUP_FOUND);
    CHECK(s.npath == 1);
    uint32_t n;
    method_set(outer, &n);
    CHECK(n == 0);
    method_set(type_pointer(outer), &n);
    CHECK(n == 1);
    Type *two = make_struct((Object *[]){field("A", outer, true), field("B", outer, true)}, 2);
    CHECK(lookup_field_or_method(two, false, package, intern_str("y"), false, &s) ==
          LOOKUP_AMBIGUOUS);
    Type *closer = make_interface(
        object_new(OBJ_FUNC, intern_str("Close"), make_func(NULL, type_error), package, NO_POS),
        NULL);
    const char *why = NULL;
    CHECK(type_implements(type_pointer(inner), closer, false, &why));
    CHECK(!type_implements(inner, closer, false, &why));
    CHECK(strcmp(why, "demo.Inner does not implement interface{Close() error} (method Close has "
                      "pointer receiver)") == 0);
}

static void test_printing(void)
{
    CHECK(prints(type_any, QUALIFY_MESSAGE, "any"));
    CHECK(prints(type_any, QUALIFY_NAME, "interface {}"));
    CHECK(prints(type_slice(type_byte), QUALIFY_MESSAGE, "[]byte"));
    CHECK(prints(type_slice(type_byte), QUALIFY_NAME, "[]uint8"));
    CHECK(prints(type_chan(type_chan(type_rune, 2), 3), QUALIFY_MESSAGE, "chan (<-chan rune)"));
    CHECK(prints(make_func(type_error, type_basic[TYPE_STRING]), QUALIFY_MESSAGE,
                 "func(x error) string"));
    CHECK(
        prints(make_func(type_error, type_basic[TYPE_STRING]), QUALIFY_NAME, "func(error) string"));
    CHECK(
        prints(type_map(type_basic[TYPE_STRING], type_array(type_pointer(type_basic[TYPE_INT]), 2)),
               QUALIFY_NAME, "map[string][2]*int"));
}

int main(void)
{
    universe_init();
    package = package_new(intern_str("demo"), intern_str("demo"));
    test_identity();
    test_sizes();
    test_instances();
    test_type_sets();
    test_lookups();
    test_printing();
    return unit_end();
}
