/* SPDX-License-Identifier: MIT */
/* Literals: finding where they end, checking them, and what they mean. */
#ifndef MGO_LEXER_LITERAL_H
#define MGO_LEXER_LITERAL_H

#include "base/buf.h"
#include "base/intern.h"
#include "base/source.h"
#include "lexer/token.h"

/* Each of these is given text that begins a literal of its kind, whose first byte is at `pos`; reports what is wrong
 * with it, and returns its length. The text is followed by a NUL. */
size_t literal_scan_number(const char *text, size_t len, Pos pos, TokenKind *kind);
size_t literal_scan_string(const char *text, size_t len, Pos pos);
size_t literal_scan_raw(const char *text, size_t len, Pos pos);
size_t literal_scan_char(const char *text, size_t len, Pos pos);

/* Appends to *out the bytes that a string literal, as written, stands for. Returns whether it is well-formed. */
bool literal_string(Name text, Buf *out);
/* Stores the code point that a rune literal stands for. Returns whether it is well-formed. */
bool literal_char(Name text, int64_t *rune);

/* Prints a code point as messages show it: U+0040 '@', without the character if it is not printable. */
void literal_print_rune(uint32_t rune, Buf *out);

#endif
