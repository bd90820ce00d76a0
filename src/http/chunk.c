/* A state for each byte of the grammar; data is copied in runs. */
#include "http/chunk.h"

enum {
    AT_SIZE,    /* hex digits */
    AT_SIZE_LF, /* the LF after the size */
    AT_DATA,
    AT_DATA_CR, /* after the data */
    AT_DATA_LF,
    AT_END_CR, /* after the last chunk's line: the empty trailer */
    AT_END_LF,
    AT_DONE,
    AT_BAD,
    SIZE_DIGITS_MAX = 8 /* 4 GB: beyond every body limit */
};

static int hex(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int size_byte(struct chunk_decoder *d, char c) {
    int digit = hex(c);
    if (digit >= 0 && d->digits < SIZE_DIGITS_MAX) {
        d->digits++;
        d->left = d->left * 16 + (unsigned)digit;
        return AT_SIZE;
    }
    return c == '\r' && d->digits > 0 ? AT_SIZE_LF : AT_BAD;
}

static int next_state(struct chunk_decoder *d, char c) {
    switch (d->state) {
    case AT_SIZE: return size_byte(d, c);
    case AT_SIZE_LF:
        if (c != '\n')
            return AT_BAD;
        return d->left == 0 ? AT_END_CR : AT_DATA;
    case AT_DATA_CR: return c == '\r' ? AT_DATA_LF : AT_BAD;
    case AT_DATA_LF: d->digits = 0; return c == '\n' ? AT_SIZE : AT_BAD;
    case AT_END_CR: return c == '\r' ? AT_END_LF : AT_BAD;
    case AT_END_LF: return c == '\n' ? AT_DONE : AT_BAD;
    default: return AT_BAD;
    }
}

enum chunk_result chunk_feed(struct chunk_decoder *d, struct str *in, struct buf *out) {
    while (d->state != AT_DONE && d->state != AT_BAD && in->len > 0) {
        size_t taken = 1;
        if (d->state == AT_DATA) {
            taken = in->len < d->left ? in->len : (size_t)d->left;
            buf_add(out, (struct str){in->at, taken});
            d->left -= taken;
            if (d->left == 0)
                d->state = AT_DATA_CR;
        } else {
            d->state = next_state(d, in->at[0]);
        }
        in->at += taken;
        in->len -= taken;
    }
    if (d->state == AT_BAD)
        return CHUNK_BAD;
    return d->state == AT_DONE ? CHUNK_DONE : CHUNK_MORE;
}
