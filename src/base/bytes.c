#include "base/bytes.h"

void bytes_add_u64(struct buf *out, uint64_t n) {
    while (n >= 0x80) {
        buf_add_byte(out, (char)(n | 0x80));
        n >>= 7;
    }
    buf_add_byte(out, (char)n);
}

void bytes_add_i64(struct buf *out, int64_t n) {
    bytes_add_u64(out, (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0));
}

void bytes_add_str(struct buf *out, struct str s) {
    bytes_add_u64(out, s.len);
    buf_add(out, s);
}

static bool break_off(struct bytes_reader *r) {
    r->bad = true;
    r->in = STR_NONE;
    return false;
}

bool bytes_take_u64(uint64_t *out, struct bytes_reader *r) {
    *out = 0;
    uint64_t n = 0;
    for (size_t i = 0; i < r->in.len && i < 10; i++) {
        unsigned char byte = (unsigned char)r->in.at[i];
        if (i == 9 && byte > 1)
            return break_off(r); /* beyond 64 bits */
        n |= (uint64_t)(byte & 0x7F) << (7 * i);
        if ((byte & 0x80) == 0) {
            if (byte == 0 && i > 0)
                return break_off(r); /* not the shortest encoding */
            r->in = str_sub(r->in, i + 1, r->in.len);
            *out = n;
            return true;
        }
    }
    return break_off(r);
}

bool bytes_take_i64(int64_t *out, struct bytes_reader *r) {
    uint64_t n;
    *out = 0;
    if (!bytes_take_u64(&n, r))
        return false;
    *out = (int64_t)(n >> 1 ^ (0 - (n & 1)));
    return true;
}

bool bytes_take_str(struct str *out, struct bytes_reader *r) {
    uint64_t len;
    *out = STR_NONE;
    if (!bytes_take_u64(&len, r))
        return false;
    if (len > r->in.len)
        return break_off(r);
    *out = (struct str){r->in.at, (size_t)len};
    r->in = str_sub(r->in, (size_t)len, r->in.len);
    return true;
}

bool bytes_take_count(size_t *out, struct bytes_reader *r) {
    uint64_t n;
    *out = 0;
    if (!bytes_take_u64(&n, r))
        return false;
    if (n > r->in.len)
        return break_off(r);
    *out = (size_t)n;
    return true;
}
