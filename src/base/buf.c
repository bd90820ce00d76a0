#include "base/buf.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { BRIEF_TEXT = 200 };

void buf_init(struct buf *b, size_t cap_bytes) {
    *b = (struct buf){.cap_bytes = cap_bytes};
}

void buf_init_at(struct buf *b, size_t cap_bytes, char *room, size_t room_bytes) {
    *b = (struct buf){.cap_bytes = cap_bytes,
                      .at = room,
                      .size_bytes = MIN_OF(room_bytes, cap_bytes),
                      .borrowed = true};
}

void buf_done(struct buf *b) {
    if (!b->borrowed)
        free(b->at);
    *b = (struct buf){0};
}

void buf_reset(struct buf *b) {
    b->len = 0;
    b->full = false;
}

char *buf_grow(struct buf *b, size_t len) {
    if (b->full || len > b->cap_bytes - b->len) {
        b->full = true;
        return NULL;
    }
    if (b->len + len > b->size_bytes) {
        size_t size = MAX_OF(b->size_bytes * 2, (size_t)256);
        size = MIN_OF(MAX_OF(size, b->len + len), b->cap_bytes);
        char *at = realloc(b->borrowed ? NULL : b->at, size);
        if (at == NULL)
            abort();
        if (b->borrowed && b->len > 0)
            memcpy(at, b->at, b->len);
        b->borrowed = false;
        b->at = at;
        b->size_bytes = size;
    }
    char *room = b->at + b->len;
    b->len += len;
    return room;
}

void buf_add(struct buf *b, struct str s) {
    if (s.len == 0)
        return;
    char *room = buf_grow(b, s.len);
    if (room != NULL)
        memcpy(room, s.at, s.len);
}

void buf_add_byte(struct buf *b, char byte) {
    char *room = buf_grow(b, 1);
    if (room != NULL)
        *room = byte;
}

void buf_add_u64(struct buf *b, uint64_t n) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0);
    buf_add(b, (struct str){digits + at, sizeof digits - at});
}

void buf_add_i64(struct buf *b, int64_t n) {
    if (n < 0)
        buf_add_byte(b, '-');
    buf_add_u64(b, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

void buf_printf(struct buf *b, const char *format, ...) {
    char brief[BRIEF_TEXT]; /* most texts fit: then they are formatted once */
    va_list args;
    va_start(args, format);
    int len = vsnprintf(brief, sizeof brief, format, args);
    va_end(args);
    assert(len >= 0);
    if ((size_t)len < sizeof brief) {
        buf_add(b, (struct str){brief, (size_t)len});
        return;
    }
    char *room = buf_grow(b, (size_t)len + 1); /* vsnprintf also writes a zero */
    if (room == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(room, (size_t)len + 1, format, args);
    va_end(args);
    b->len--;
}

void buf_cut(struct buf *b, size_t len) {
    assert(len <= b->len);
    b->len = len;
}

struct str buf_view(const struct buf *b) {
    return (struct str){b->at, b->len};
}

bool buf_ok(const struct buf *b, const char *what, struct err *err) {
    if (b->full)
        return err_set(err, ERR_LIMIT, err_nowhere, "%s is longer than %zu bytes", what,
                       b->cap_bytes);
    return true;
}
