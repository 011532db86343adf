/* SPDX-License-Identifier: MIT */
/* unicode: the natives over ucd.c and sets.c. */
#include "stdlib/natives.gen.h"

#include "stdlib/unicode/sets.h"
#include "stdlib/unicode/ucd.h"

#include <string.h>

static uint32_t arg_rune(const NativeCall *call, int slot)
{
    return (uint32_t)arg_int(call, slot);
}

static bool in(const NativeCall *call, uint32_t mask)
{
    return mask >> ucd_category(arg_rune(call, 0)) & 1;
}

/* Mappings leave what is no code point as it is, negative numbers too. */
static void ret_mapped(NativeCall *call, uint32_t (*map)(uint32_t))
{
    ret_int(call, 0, arg_int(call, 0) < 0 ? arg_int(call, 0) : map(arg_rune(call, 0)));
}

void native_unicode_table(NativeCall *call)
{
    String name = arg_string(call, 0);
    ret_ptr(call, 0, sets_find(name.data, name.len));
}

static void ret_text(NativeCall *call, int slot, const char *text)
{
    ret_string(call, slot, (String){text, (int64_t)strlen(text)});
}

void native_unicode_tableAt(NativeCall *call)
{
    const char *name;
    SetKind kind;
    CodeSet *set = sets_at(arg_int(call, 0), &name, &kind);
    if (!set) return;
    ret_ptr(call, 0, set);
    ret_text(call, 1, name);
    ret_int(call, 3, kind);
}

void native_unicode_aliasAt(NativeCall *call)
{
    const char *category, *name = sets_alias_at(arg_int(call, 0), &category);
    if (!name) return;
    ret_text(call, 0, name);
    ret_text(call, 2, category);
}

void native_unicode_caseRanges(NativeCall *call)
{
    ret_slice(call, 0, (Slice){sets_case_ranges, sets_case_count, sets_case_count});
}

void native_unicode_Is(NativeCall *call)
{
    const CodeSet *set = arg_ptr(call, 0);
    if (!set)
        native_panic_runtime(call, "invalid memory address or nil pointer dereference");
    else
        ret_bool(call, 0, arg_int(call, 1) >= 0 && set_has(set, arg_rune(call, 1)));
}

/* clang-format off */
void native_unicode_IsGraphic(NativeCall *call)  { ret_bool(call, 0, ucd_is_graphic(arg_rune(call, 0))); }
void native_unicode_IsPrint(NativeCall *call)    { ret_bool(call, 0, ucd_is_print(arg_rune(call, 0))); }
void native_unicode_IsSpace(NativeCall *call)    { ret_bool(call, 0, ucd_is_space(arg_rune(call, 0))); }
void native_unicode_IsLetter(NativeCall *call)   { ret_bool(call, 0, in(call, CATS_LETTER)); }
void native_unicode_IsLower(NativeCall *call)    { ret_bool(call, 0, in(call, CAT_MASK(Ll))); }
void native_unicode_IsUpper(NativeCall *call)    { ret_bool(call, 0, in(call, CAT_MASK(Lu))); }
void native_unicode_ToUpper(NativeCall *call)    { ret_mapped(call, ucd_to_upper); }
void native_unicode_ToLower(NativeCall *call)    { ret_mapped(call, ucd_to_lower); }
void native_unicode_ToTitle(NativeCall *call)    { ret_mapped(call, ucd_to_title); }
void native_unicode_SimpleFold(NativeCall *call) { ret_mapped(call, ucd_next_fold); }
/* clang-format on */
