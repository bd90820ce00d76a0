/* base/buf.h - bytes that grow up to a cap. Owns its memory.
 * Appending past the cap sets `full` and drops the bytes: check it once at the end, by buf_ok(). */
#ifndef MANDATE_BASE_BUF_H
#define MANDATE_BASE_BUF_H

#include <stdarg.h>

#include "base/err.h"
#include "base/str.h"

struct buf {
    char *at;
    size_t len, size_bytes, cap_bytes;
    bool full;     /* something did not fit; stays until buf_reset() */
    bool borrowed; /* at is the caller's: by buf_init_at() */
};

void buf_init(struct buf *b, size_t cap_bytes); /* allocates nothing yet */
/* The first bytes go to room, which is borrowed until buf_done(); what outgrows it moves to memory
 * of its own. For texts that are mostly short. */
void buf_init_at(struct buf *b, size_t cap_bytes, char *room, size_t room_bytes);
void buf_done(struct buf *b);
void buf_reset(struct buf *b); /* empty again, memory kept */
void buf_add(struct buf *b, struct str s);
void buf_add_byte(struct buf *b, char byte);
void buf_add_u64(struct buf *b, uint64_t n); /* decimal */
void buf_add_i64(struct buf *b, int64_t n);
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
/* Room for exactly len bytes at the end, to be filled by the caller; NULL once full. */
char *buf_grow(struct buf *b, size_t len);
void buf_cut(struct buf *b, size_t len);  /* shorten to len */
struct str buf_view(const struct buf *b); /* valid until the next append */
/* ERR_LIMIT when something did not fit. what: "the page", for the message. */
MUST_USE bool buf_ok(const struct buf *b, const char *what, struct err *err);

#define buf_lit(b, literal) buf_add((b), STR(literal))

#endif
