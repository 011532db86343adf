/* SPDX-License-Identifier: MIT */
/* unicode: the natives over ucd.c. */
#include "stdlib/natives.gen.h"

#include "stdlib/unicode/ucd.h"

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

void native_unicode_tableID(NativeCall *call)
{
    String name = arg_string(call, 0);
    ret_int(call, 0, ucd_table(name.data, name.len));
}

void native_unicode_inTable(NativeCall *call)
{
    ret_bool(call, 0, ucd_in_table((int)arg_int(call, 0), arg_rune(call, 1)));
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
