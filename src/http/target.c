/* Decode first, then look: a check on the encoded text would have to know every way to write a dot.
 * The few characters that decide about structure ('/', '\\', NUL) are refused when they come
 * encoded, so that decoding cannot make new structure. */
#include "http/target.h"

#include "base/code.h"
#include "base/utf8.h"

static bool refuse(const char **why, const char *text) {
    *why = text;
    return false;
}

static int hex(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* %XX at s[i]; -1 when broken. */
static int percent_at(struct str s, size_t i) {
    if (s.len - i < 3)
        return -1;
    int high = hex(s.at[i + 1]), low = hex(s.at[i + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool path_decode(struct str *out, struct str raw, struct arena *arena, const char **why) {
    char *bytes = arena_new(arena, char, raw.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        int c = (unsigned char)raw.at[i];
        if (c == '%') {
            if ((c = percent_at(raw, i)) < 0)
                return refuse(why, "the path has a broken percent-encoding");
            if (c == '/' || c == '\\' || c == 0)
                return refuse(why, "the path has an encoded slash, backslash or NUL");
            i += 2;
        }
        if (c < 0x20 || c == 0x7f || c == '\\' || (c == '#' && raw.at[i] == '#'))
            return refuse(why, "the path has a character that may not stand there");
        bytes[len++] = (char)c;
    }
    *out = (struct str){bytes, len};
    return utf8_valid(*out) || refuse(why, "the path is not UTF-8");
}

static bool segments_check(struct str path, const char **why) {
    struct str segment, rest = {path.at + 1, path.len - 1};
    while (str_split(&segment, &rest, '/')) {
        if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
            return refuse(why, "the path has a dot segment");
        if (segment.len == 0 && rest.at != NULL)
            return refuse(why, "the path has an empty segment");
    }
    return true;
}

static bool query_check(struct str query, const char **why) {
    for (size_t i = 0; i < query.len; i++) {
        if (query.at[i] == '#')
            return refuse(why, "the query has a '#'");
        if (query.at[i] != '%')
            continue;
        int c = percent_at(query, i);
        if (c < 0)
            return refuse(why, "the query has a broken percent-encoding");
        if (c == 0)
            return refuse(why, "the query has an encoded NUL");
    }
    return true;
}

bool http_target_parse(struct str *path, struct str *query, struct str target, struct arena *arena,
                       const char **why) {
    size_t mark = str_find_byte(target, '?');
    struct str raw = str_sub(target, 0, mark);
    *query = mark == SIZE_MAX ? STR_NONE : str_sub(target, mark + 1, target.len);
    if (raw.len == 0 || raw.at[0] != '/')
        return refuse(why, "the path does not start with '/'");
    return path_decode(path, raw, arena, why) && segments_check(*path, why) &&
           query_check(*query, why);
}
