/* base/utf8.h - UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, at most U+10FFFF. */
#ifndef MANDATE_BASE_UTF8_H
#define MANDATE_BASE_UTF8_H

#include "base/buf.h"

enum { UTF8_BYTES_MAX = 4 };

/* Take one code point from the front of *s; false at the end or at a broken byte, *s unchanged. */
bool utf8_take(uint32_t *out, struct str *s);
bool utf8_valid(struct str s);
/* Byte index of the first broken byte, s.len when there is none. */
size_t utf8_bad_at(struct str s);
size_t utf8_count(struct str s); /* code points; s must be valid */
/* 1..4 bytes written; 0 for a surrogate or beyond U+10FFFF. */
size_t utf8_put(char out[UTF8_BYTES_MAX], uint32_t code_point);
void utf8_add(struct buf *b, uint32_t code_point); /* asserts a valid code point */
/* Columns as a terminal or a person counts them: code points from the line's start, from 1. */
uint32_t utf8_column(struct str line_start_to_here);

#endif
