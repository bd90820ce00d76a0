#include "base/utf8.h"

#include <assert.h>

/* RFC 3629: 4. The second byte's range depends on the first; the others are 80..BF. */
static size_t decode(uint32_t *out, const unsigned char *at, size_t len) {
    if (len == 0)
        return 0;
    if (at[0] < 0x80) {
        *out = at[0];
        return 1;
    }
    size_t need = at[0] >= 0xC2 && at[0] <= 0xDF   ? 2
                  : at[0] >= 0xE0 && at[0] <= 0xEF ? 3
                  : at[0] >= 0xF0 && at[0] <= 0xF4 ? 4
                                                   : 0;
    if (need == 0 || len < need)
        return 0;
    unsigned char low = at[0] == 0xE0 ? 0xA0 : at[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = at[0] == 0xED ? 0x9F : at[0] == 0xF4 ? 0x8F : 0xBF;
    if (at[1] < low || at[1] > high)
        return 0;
    uint32_t code_point = at[0] & (0xFFu >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        code_point = code_point << 6 | (at[i] & 0x3Fu);
    }
    *out = code_point;
    return need;
}

bool utf8_take(uint32_t *out, struct str *s) {
    size_t used = decode(out, (const unsigned char *)s->at, s->len);
    if (used == 0)
        return false;
    *s = (struct str){s->at + used, s->len - used};
    return true;
}

size_t utf8_bad_at(struct str s) {
    size_t i = 0;
    while (i < s.len) {
        uint64_t eight; /* ASCII, eight at a time */
        if (s.len - i >= sizeof eight) {
            memcpy(&eight, s.at + i, sizeof eight);
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        uint32_t code_point;
        size_t used = decode(&code_point, (const unsigned char *)s.at + i, s.len - i);
        if (used == 0)
            return i;
        i += used;
    }
    return s.len;
}

bool utf8_valid(struct str s) {
    return utf8_bad_at(s) == s.len;
}

size_t utf8_count(struct str s) {
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += ((unsigned char)s.at[i] & 0xC0) != 0x80;
    return count;
}

size_t utf8_put(char out[UTF8_BYTES_MAX], uint32_t code_point) {
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xC0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point >= 0xD800 && code_point <= 0xDFFF)
        return 0;
    if (code_point < 0x10000) {
        out[0] = (char)(0xE0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    if (code_point > 0x10FFFF)
        return 0;
    out[0] = (char)(0xF0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}

void utf8_add(struct buf *b, uint32_t code_point) {
    char bytes[UTF8_BYTES_MAX];
    size_t len = utf8_put(bytes, code_point);
    assert(len != 0);
    buf_add(b, (struct str){bytes, len});
}

uint32_t utf8_column(struct str line_start_to_here) {
    return (uint32_t)utf8_count(line_start_to_here) + 1;
}
