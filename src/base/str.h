/* base/str.h - a borrowed piece of text: bytes with a length, not ended by a zero. */
#ifndef MANDATE_BASE_STR_H
#define MANDATE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

/* Borrows: whoever made the bytes keeps them alive. An empty str may have at == NULL. */
struct str {
    const char *at;
    size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                          \
    { "" literal, sizeof(literal) - 1 }
#define STR_NONE ((struct str){NULL, 0})
/* For printf-like calls: "%.*s", STR_ARG(s). Cut at 1000 bytes: such a text is a message. */
#define STR_ARG(s) (int)((s).len > 1000 ? 1000 : (s).len), ((s).at ? (s).at : "")

struct str str_from(const char *zero_ended); /* NULL gives the empty str */
bool str_eq(struct str a, struct str b);
bool str_eq_ascii_case(struct str a, struct str b); /* ignores the case of A-Z only */
int str_cmp(struct str a, struct str b);            /* by bytes; a prefix comes first; <0, 0, >0 */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_file_name(struct str path);                 /* behind the last / */
struct str str_sub(struct str s, size_t from, size_t len); /* clipped to s */
struct str str_trim(struct str s);                         /* space, tab, CR, LF at both ends */
/* Byte index of the first occurrence, or SIZE_MAX. An empty needle is found at 0. */
size_t str_find(struct str s, struct str needle);
size_t str_find_byte(struct str s, char byte);
/* Take the text before the first sep and leave the rest in *s; false once *s was used up
 * (s->at becomes NULL). "a,b," gives "a", "b", "". */
bool str_split(struct str *out, struct str *s, char sep);
/* Decimal digits with an optional '-', nothing else, in range. On false *out is unchanged. */
MUST_USE bool str_to_i64(int64_t *out, struct str s);
MUST_USE bool str_to_u64(uint64_t *out, struct str s);
uint64_t str_hash(struct str s); /* FNV-1a 64: the same on every run and machine */

#endif
