/* base/code.h - bytes as text: hexadecimal, base64 (RFC 4648: 4, 5), Crockford's base32, percent
 * encoding (RFC 3986: 2.1). Decoders are strict: no blanks, no missing padding, no spare bits. */
#ifndef MANDATE_BASE_CODE_H
#define MANDATE_BASE_CODE_H

#include "base/buf.h"

void code_hex_add(struct buf *out, struct str bytes); /* lower case */
MUST_USE bool code_hex_take(struct buf *out, struct str text);
void code_base64_add(struct buf *out, struct str bytes);
MUST_USE bool code_base64_take(struct buf *out, struct str text);
void code_base64url_add(struct buf *out, struct str bytes); /* no padding */
MUST_USE bool code_base64url_take(struct buf *out, struct str text);
/* Crockford: 0-9 A-Z without I L O U; 5 bits a character, highest first, zero bits at the end. */
void code_base32_add(struct buf *out, struct str bytes);
/* What a person typed: lower case, I and L as 1, O as 0, '-' and blanks dropped. False on others.
 */
MUST_USE bool code_base32_normal(struct buf *out, struct str typed);
/* Everything but unreserved characters becomes %XX. */
void code_percent_add(struct buf *out, struct str text);
/* plus_is_space: application/x-www-form-urlencoded. False on a broken %XX. */
MUST_USE bool code_percent_take(struct buf *out, struct str text, bool plus_is_space);

#endif
