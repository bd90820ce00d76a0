/* Recursive descent over a text whose UTF-8 was checked first. Line ends stand only in white space,
 * so the line is counted there; the column is counted on from the last place that was asked for,
 * which keeps a megabyte on one line linear. */
#include "json/json.h"

#include <assert.h>

#include "base/utf8.h"

struct reader {
    const char *at, *end;
    const char *counted; /* column is the one of this place */
    uint32_t line, column;
    unsigned depth;
    const char *name;
    struct arena *arena;
    struct budget *budget;
    struct err *err;
};

static struct err_at here(struct reader *r) {
    for (; r->counted < r->at; r->counted++)
        r->column += ((unsigned char)*r->counted & 0xC0) != 0x80;
    return (struct err_at){r->name, r->line, r->column};
}

static void skip_blanks(struct reader *r) {
    for (; r->at < r->end; r->at++) {
        if (*r->at == '\n') {
            r->line++;
            r->column = 1;
            r->counted = r->at + 1;
        } else if (*r->at != ' ' && *r->at != '\t' && *r->at != '\r') {
            return;
        }
    }
}

static bool unexpected(struct reader *r, const char *wanted) {
    if (r->at >= r->end)
        return err_set(r->err, ERR_SYNTAX, here(r), "the text ends where %s should stand", wanted);
    struct str rest = {r->at, (size_t)(r->end - r->at)};
    struct err_at at = here(r);
    uint32_t code_point = 0;
    bool ok = utf8_take(&code_point, &rest);
    assert(ok);
    if (code_point < 0x20 || code_point == 0x7F)
        return err_set(r->err, ERR_SYNTAX, at,
                       "the control character U+%04X stands where %s should", (unsigned)code_point,
                       wanted);
    return err_set(r->err, ERR_SYNTAX, at, "'%.*s' stands where %s should", (int)(rest.at - r->at),
                   r->at, wanted);
}

static struct json *node_make(struct reader *r, enum json_kind kind, struct err_at at) {
    if (!budget_spend(r->budget, (struct cost){1, sizeof(struct json)}, r->err))
        return NULL;
    struct json *node = kind == JSON_ARRAY    ? json_arr(r->arena)
                        : kind == JSON_OBJECT ? json_obj(r->arena)
                                              : json_null(r->arena);
    node->kind = (uint8_t)kind;
    node->line = at.line;
    node->column = at.column;
    return node;
}

static struct json *read_word(struct reader *r, struct str word, enum json_kind kind, bool value) {
    struct err_at at = here(r);
    if ((size_t)(r->end - r->at) < word.len || memcmp(r->at, word.at, word.len) != 0) {
        (void)unexpected(r, "a value");
        return NULL;
    }
    r->at += word.len;
    struct json *node = node_make(r, kind, at);
    if (node != NULL)
        node->boolean = value;
    return node;
}

static const char *digits_end(const char *at, const char *end) {
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* The end of the number that begins at `at`; NULL, and *stop where it breaks. RFC 8259: 6 */
static const char *number_end(const char *at, const char *end, const char **stop) {
    if (at < end && *at == '-')
        at++;
    const char *whole = at;
    at = digits_end(at, end);
    *stop = at;
    if (at == whole)
        return NULL;
    if (*whole == '0' && at > whole + 1) {
        *stop = whole + 1;
        return NULL;
    }
    if (at < end && *at == '.') {
        const char *fraction = at + 1;
        at = digits_end(fraction, end);
        *stop = at;
        if (at == fraction)
            return NULL;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        const char *exponent = at;
        at = digits_end(exponent, end);
        *stop = at;
        if (at == exponent)
            return NULL;
    }
    return at;
}

bool json_is_number(struct str text) {
    const char *stop;
    return text.len > 0 && number_end(text.at, text.at + text.len, &stop) == text.at + text.len;
}

static struct json *read_number(struct reader *r) {
    struct err_at at = here(r);
    const char *from = r->at;
    const char *stop = from;
    const char *end = number_end(from, r->end, &stop);
    if (end == NULL) {
        r->at = stop;
        (void)unexpected(r, "the next part of a number");
        return NULL;
    }
    r->at = end;
    struct json *node = node_make(r, JSON_NUMBER, at);
    if (node != NULL)
        node->text = (struct str){from, (size_t)(end - from)};
    return node;
}

static bool hex4(uint32_t *out, struct reader *r) {
    *out = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        char c = r->at < r->end ? *r->at : 0;
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return unexpected(r, "a hexadecimal digit");
        *out = *out << 4 | digit;
    }
    return true;
}

/* Behind "\u": one code point, from one escape or from a pair of surrogates. RFC 8259: 7 */
static bool unicode_escape(uint32_t *out, struct reader *r) {
    struct err_at at = here(r);
    uint32_t low;
    if (!hex4(out, r))
        return false;
    if (*out < 0xD800 || *out > 0xDFFF)
        return true;
    if (*out <= 0xDBFF && r->end - r->at >= 2 && r->at[0] == '\\' && r->at[1] == 'u') {
        r->at += 2;
        if (!hex4(&low, r))
            return false;
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *out = 0x10000 + ((*out - 0xD800) << 10 | (low - 0xDC00));
            return true;
        }
    }
    return err_set(r->err, ERR_SYNTAX, at, "half of a surrogate pair is no character");
}

/* Behind the '\': writes the character, at most as many bytes as the escape has. */
static bool escape(char **to, struct reader *r) {
    static const char plain[] = "\"\\/bfnrt";
    static const char means[] = "\"\\/\b\f\n\r\t";
    char letter = r->at < r->end ? *r->at : 0;
    if (letter == 'u') {
        r->at++;
        uint32_t code_point;
        if (!unicode_escape(&code_point, r))
            return false;
        *to += utf8_put(*to, code_point);
        return true;
    }
    const char *found = letter == 0 ? NULL : strchr(plain, letter);
    if (found == NULL)
        return unexpected(r, "one of \" \\ / b f n r t u");
    *(*to)++ = means[found - plain];
    r->at++;
    return true;
}

/* The string's end is not known yet: find the closing quote and whether there are escapes. */
static const char *string_end(struct reader *r, struct err_at opening, bool *escapes) {
    const char *at = r->at;
    while (at < r->end && *at != '"') {
        if ((unsigned char)*at < 0x20) {
            r->at = at;
            (void)unexpected(r, "a character of the text (\\n and \\t are how JSON writes these)");
            return NULL;
        }
        *escapes = *escapes || *at == '\\';
        at += *at == '\\' && at + 1 < r->end ? 2 : 1;
    }
    if (at >= r->end) {
        (void)err_set(r->err, ERR_SYNTAX, opening, "the text that begins here has no closing '\"'");
        return NULL;
    }
    return at;
}

static bool read_string(struct str *out, struct reader *r) {
    if (r->at >= r->end || *r->at != '"')
        return unexpected(r, "a text in double quotes");
    struct err_at opening = here(r);
    r->at++;
    bool escapes = false;
    const char *end = string_end(r, opening, &escapes);
    if (end == NULL)
        return false;
    size_t size = (size_t)(end - r->at);
    *out = (struct str){r->at, size};
    if (escapes) {
        if (!budget_spend(r->budget, (struct cost){1, size}, r->err))
            return false;
        char *text = arena_new(r->arena, char, size + UTF8_BYTES_MAX);
        char *to = text;
        while (r->at < end) {
            if (*r->at != '\\') {
                *to++ = *r->at++;
                continue;
            }
            r->at++;
            if (!escape(&to, r))
                return false;
        }
        *out = (struct str){text, (size_t)(to - text)};
    }
    r->at = end + 1;
    return true;
}

static struct json *read_value(struct reader *r);

/* After an item: true when another follows; *more false at the closing bracket. */
static bool separator(bool *more, struct reader *r, char close) {
    skip_blanks(r);
    if (r->at >= r->end || (*r->at != ',' && *r->at != close))
        return unexpected(r, close == ']' ? "',' or ']'" : "',' or '}'");
    *more = *r->at++ == ',';
    skip_blanks(r);
    return true;
}

static struct json *read_array(struct reader *r) {
    struct json *arr = node_make(r, JSON_ARRAY, here(r));
    if (arr == NULL)
        return NULL;
    r->at++;
    skip_blanks(r);
    bool more = r->at >= r->end || *r->at != ']';
    if (!more)
        r->at++;
    while (more) {
        const struct json *item = read_value(r);
        if (item == NULL ||
            !budget_spend(r->budget, (struct cost){0, json_append_bytes(arr)}, r->err))
            return NULL;
        json_push(arr, item);
        if (!separator(&more, r, ']'))
            return NULL;
    }
    return arr;
}

static bool read_member(struct json *obj, struct reader *r) {
    struct err_at at = here(r);
    struct str key;
    if (!read_string(&key, r))
        return false;
    skip_blanks(r);
    if (r->at >= r->end || *r->at != ':')
        return unexpected(r, "':'");
    r->at++;
    skip_blanks(r);
    const struct json *value = read_value(r);
    if (value == NULL || !budget_spend(r->budget, (struct cost){0, json_append_bytes(obj)}, r->err))
        return false;
    struct json_member member = {json_key_of(key), at.line, at.column, value};
    uint64_t probes = 0;
    if (!json_insert(obj, &member, &probes))
        return err_set(r->err, ERR_SYNTAX, at, "the key '%.*s' stands here a second time",
                       STR_ARG(key));
    /* keys chosen to collide cost what they take */
    return budget_spend(r->budget, (struct cost){probes, 0}, r->err);
}

static struct json *read_object(struct reader *r) {
    struct json *obj = node_make(r, JSON_OBJECT, here(r));
    if (obj == NULL)
        return NULL;
    r->at++;
    skip_blanks(r);
    bool more = r->at >= r->end || *r->at != '}';
    if (!more)
        r->at++;
    while (more)
        if (!read_member(obj, r) || !separator(&more, r, '}'))
            return NULL;
    return obj;
}

static struct json *read_nested(struct reader *r) {
    if (r->depth == NEST_DEPTH_MAX) {
        (void)err_set(r->err, ERR_LIMIT, here(r), "lists and maps are nested more than %d deep",
                      NEST_DEPTH_MAX);
        return NULL;
    }
    r->depth++;
    struct json *node = *r->at == '[' ? read_array(r) : read_object(r);
    r->depth--;
    return node;
}

static struct json *read_value(struct reader *r) {
    char first = r->at < r->end ? *r->at : 0;
    if (first == '[' || first == '{')
        return read_nested(r);
    if (first == '"') {
        struct err_at at = here(r);
        struct str text;
        struct json *node = read_string(&text, r) ? node_make(r, JSON_STRING, at) : NULL;
        if (node != NULL)
            node->text = text;
        return node;
    }
    if (first == '-' || (first >= '0' && first <= '9'))
        return read_number(r);
    if (first == 't')
        return read_word(r, STR("true"), JSON_BOOL, true);
    if (first == 'f')
        return read_word(r, STR("false"), JSON_BOOL, false);
    if (first == 'n')
        return read_word(r, STR("null"), JSON_NULL, false);
    (void)unexpected(r, "a value");
    return NULL;
}

static bool check_utf8(struct reader *r) {
    struct str source = {r->at, (size_t)(r->end - r->at)};
    size_t bad = utf8_bad_at(source);
    if (bad == source.len)
        return true;
    const char *broken = source.at + bad;
    for (const char *at = source.at; at < broken; at++)
        if (*at == '\n') {
            r->line++;
            r->counted = at + 1;
        }
    r->at = broken;
    return err_set(r->err, ERR_SYNTAX, here(r), "the byte 0x%02X is not UTF-8",
                   (unsigned)(unsigned char)*broken);
}

bool json_view(const struct json **out, struct str source, const char *name, struct arena *arena,
               struct budget *budget, struct err *err) {
    if (source.at == NULL)
        source = STR("");
    struct reader r = {.at = source.at,
                       .end = source.at + source.len,
                       .counted = source.at,
                       .line = 1,
                       .column = 1,
                       .name = name,
                       .arena = arena,
                       .budget = budget,
                       .err = err};
    if (!check_utf8(&r))
        return false;
    /* RFC 8259: 8.1 */
    if (str_starts(source, STR("\xEF\xBB\xBF"))) /* some editors write it, unasked */
        r.at = r.counted = source.at + 3;
    skip_blanks(&r);
    const struct json *node = read_value(&r);
    if (node == NULL)
        return false;
    skip_blanks(&r);
    if (r.at < r.end)
        return unexpected(&r, "the end of the text");
    *out = node;
    return true;
}

bool json_read(const struct json **out, struct str source, const char *name, struct arena *arena,
               struct budget *budget, struct err *err) {
    if (!budget_spend(budget, (struct cost){0, source.len}, err))
        return false;
    return json_view(out, arena_str(arena, source), name, arena, budget, err);
}
