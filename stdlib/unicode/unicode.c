/* SPDX-License-Identifier: MIT */
/* unicode: the natives over ucd.c and sets.c. */
#include "stdlib/natives.gen.h"

#include "stdlib/calc.h"
#include "stdlib/unicode/sets.h"
#include "stdlib/unicode/ucd.h"

#include <string.h>

static uint32_t arg_rune(const NativeCall *call, int slot)
{
    return (uint32_t)arg_int(call, slot);
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
void native_unicode_ToTitle(NativeCall *call)    { ret_mapped(call, ucd_to_title); }
void native_unicode_SimpleFold(NativeCall *call) { ret_mapped(call, ucd_next_fold); }
/* clang-format on */

/* ---- Without a call ---- */

static uint64_t has_category(uint64_t rune, uint32_t mask)
{
    return mask >> ucd_category((uint32_t)rune) & 1;
}

/* clang-format off */
uint64_t rune_is_digit(uint64_t rune)  { return has_category(rune, CAT_MASK(Nd)); }
uint64_t rune_is_letter(uint64_t rune) { return has_category(rune, CATS_LETTER); }
uint64_t rune_is_lower(uint64_t rune)  { return has_category(rune, CAT_MASK(Ll)); }
uint64_t rune_is_upper(uint64_t rune)  { return has_category(rune, CAT_MASK(Lu)); }
uint64_t rune_is_space(uint64_t rune)  { return ucd_is_space((uint32_t)rune); }
/* clang-format on */

uint64_t rune_to_lower(uint64_t rune)
{
    if (rune < 0x80) return rune >= 'A' && rune <= 'Z' ? rune + 32 : rune;
    return (int64_t)rune < 0 ? rune : ucd_to_lower((uint32_t)rune);
}

uint64_t rune_to_upper(uint64_t rune)
{
    if (rune < 0x80) return rune >= 'a' && rune <= 'z' ? rune - 32 : rune;
    return (int64_t)rune < 0 ? rune : ucd_to_upper((uint32_t)rune);
}
