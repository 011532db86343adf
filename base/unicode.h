/* SPDX-License-Identifier: MIT */
/* Classes of code points, as far as names in Go need them. */
#ifndef MGO_BASE_UNICODE_H
#define MGO_BASE_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

/* Classes Lu, Ll, Lt, Lm and Lo; the underscore is none of them. */
bool unicode_is_letter(uint32_t rune);
/* Class Nd. */
bool unicode_is_digit(uint32_t rune);
/* Class Lu. */
bool unicode_is_upper(uint32_t rune);

#endif
