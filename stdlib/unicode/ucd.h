/* SPDX-License-Identifier: MIT */
/* Facts about code points, from ucd.def. Shared by unicode, strings, bytes, strconv and fmt.
 * Anything that is no code point counts as unassigned and maps to itself. */
#ifndef MGO_STDLIB_UNICODE_UCD_H
#define MGO_STDLIB_UNICODE_UCD_H

#include <stdbool.h>
#include <stdint.h>

typedef enum Category {
    CAT_Cn,
    CAT_Cc,
    CAT_Cf,
    CAT_Co,
    CAT_Cs,
    CAT_Ll,
    CAT_Lm,
    CAT_Lo,
    CAT_Lt,
    CAT_Lu,
    CAT_Mc,
    CAT_Me,
    CAT_Mn,
    CAT_Nd,
    CAT_Nl,
    CAT_No,
    CAT_Pc,
    CAT_Pd,
    CAT_Pe,
    CAT_Pf,
    CAT_Pi,
    CAT_Po,
    CAT_Ps,
    CAT_Sc,
    CAT_Sk,
    CAT_Sm,
    CAT_So,
    CAT_Zl,
    CAT_Zp,
    CAT_Zs,
    CAT_COUNT
} Category;

/* Sets of categories are masks. */
#define CAT_MASK(name) (UINT32_C(1) << CAT_##name)
#define CATS_LETTER    (CAT_MASK(Ll) | CAT_MASK(Lm) | CAT_MASK(Lo) | CAT_MASK(Lt) | CAT_MASK(Lu))
#define CATS_MARK      (CAT_MASK(Mc) | CAT_MASK(Me) | CAT_MASK(Mn))
#define CATS_NUMBER    (CAT_MASK(Nd) | CAT_MASK(Nl) | CAT_MASK(No))
#define CATS_PUNCT                                                                                 \
    (CAT_MASK(Pc) | CAT_MASK(Pd) | CAT_MASK(Pe) | CAT_MASK(Pf) | CAT_MASK(Pi) | CAT_MASK(Po) |     \
     CAT_MASK(Ps))
#define CATS_SYMBOL (CAT_MASK(Sc) | CAT_MASK(Sk) | CAT_MASK(Sm) | CAT_MASK(So))
#define CATS_SPACE  (CAT_MASK(Zl) | CAT_MASK(Zp) | CAT_MASK(Zs))

Category ucd_category(uint32_t rune);
/* Letters, marks, numbers, punctuation, symbols and the space: what strconv.IsPrint means. */
bool ucd_is_print(uint32_t rune);
/* The same and the other spaces. */
bool ucd_is_graphic(uint32_t rune);
bool ucd_is_space(uint32_t rune);
uint32_t ucd_to_upper(uint32_t rune);
uint32_t ucd_to_lower(uint32_t rune);
uint32_t ucd_to_title(uint32_t rune);
/* The representative of all code points that differ only in case. */
uint32_t ucd_fold(uint32_t rune);
/* The next larger code point that folds alike, or the smallest one. */
uint32_t ucd_next_fold(uint32_t rune);

#endif
