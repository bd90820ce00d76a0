/* base/bytes.h - the one binary encoding of stored state and of audited events: varints (LEB128),
 * zigzag for signed numbers, length-prefixed text. Canonical: one value has one encoding, and the
 * reader refuses a longer one. */
#ifndef MANDATE_BASE_BYTES_H
#define MANDATE_BASE_BYTES_H

#include "base/buf.h"

void bytes_add_u64(struct buf *out, uint64_t n);
void bytes_add_i64(struct buf *out, int64_t n);
void bytes_add_str(struct buf *out, struct str s);

/* Reads from the front of *in. False (and `bad` set, once and for all) when the bytes are broken or
 * used up; then *out is 0 or empty. So a decoder may read on and check `bad` once at its end. */
struct bytes_reader {
    struct str in;
    bool bad;
};
bool bytes_take_u64(uint64_t *out, struct bytes_reader *r);
bool bytes_take_i64(int64_t *out, struct bytes_reader *r);
bool bytes_take_str(struct str *out, struct bytes_reader *r); /* borrows from the input */
/* A count of items that each take at least one byte, so never more than the bytes left. */
bool bytes_take_count(size_t *out, struct bytes_reader *r);

#endif
