#include "base/str.h"

struct str str_from(const char *zero_ended) {
    return zero_ended == NULL ? STR_NONE : (struct str){zero_ended, strlen(zero_ended)};
}

bool str_eq(struct str a, struct str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static char lower_ascii(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_eq_ascii_case(struct str a, struct str b) {
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower_ascii(a.at[i]) != lower_ascii(b.at[i]))
            return false;
    return true;
}

int str_cmp(struct str a, struct str b) {
    size_t common = MIN_OF(a.len, b.len);
    int order = common == 0 ? 0 : memcmp(a.at, b.at, common);
    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts(struct str s, struct str prefix) {
    return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix) {
    return s.len >= suffix.len && str_eq(str_sub(s, s.len - suffix.len, suffix.len), suffix);
}

struct str str_file_name(struct str path) {
    size_t from = path.len;
    while (from > 0 && path.at[from - 1] != '/')
        from--;
    return str_sub(path, from, path.len);
}

struct str str_sub(struct str s, size_t from, size_t len) {
    if (from >= s.len)
        return STR_NONE;
    return (struct str){s.at + from, MIN_OF(len, s.len - from)};
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s) {
    while (s.len > 0 && is_blank(s.at[0]))
        s = (struct str){s.at + 1, s.len - 1};
    while (s.len > 0 && is_blank(s.at[s.len - 1]))
        s.len--;
    return s;
}

size_t str_find(struct str s, struct str needle) {
    if (needle.len == 0)
        return 0;
    if (s.len < needle.len)
        return SIZE_MAX;
    const char *hit = memmem(s.at, s.len, needle.at, needle.len);
    return hit == NULL ? SIZE_MAX : (size_t)(hit - s.at);
}

size_t str_find_byte(struct str s, char byte) {
    const char *hit = s.len == 0 ? NULL : memchr(s.at, byte, s.len);
    return hit == NULL ? SIZE_MAX : (size_t)(hit - s.at);
}

bool str_split(struct str *out, struct str *s, char sep) {
    if (s->at == NULL)
        return false;
    size_t end = str_find_byte(*s, sep);
    if (end == SIZE_MAX) {
        *out = *s;
        *s = STR_NONE;
        return true;
    }
    *out = (struct str){s->at, end};
    *s = (struct str){s->at + end + 1, s->len - end - 1};
    return true;
}

bool str_to_u64(uint64_t *out, struct str s) {
    if (s.len == 0)
        return false;
    uint64_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
        if (__builtin_mul_overflow(n, UINT64_C(10), &n) ||
            __builtin_add_overflow(n, (uint64_t)(s.at[i] - '0'), &n))
            return false;
    }
    *out = n;
    return true;
}

bool str_to_i64(int64_t *out, struct str s) {
    bool negative = s.len > 0 && s.at[0] == '-';
    uint64_t n = 0;
    if (!str_to_u64(&n, negative ? str_sub(s, 1, s.len) : s))
        return false;
    if (n > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    *out = negative ? (int64_t)(0 - n) : (int64_t)n;
    return true;
}

uint64_t str_hash(struct str s) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.at[i]) * UINT64_C(1099511628211);
    return hash;
}
