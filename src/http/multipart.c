/* The whole body is in memory, so parts are views into it: nothing is copied but names. The
 * delimiter is looked for with its line end, so bytes of a file that only look like it do not end
 * the part. Narrowed from RFC 7578: no nested multipart, no transfer encodings, no filename*
 * (browsers send none of them). */
#include "base/utf8.h"
#include "http/form.h"
#include "http/form_inner.h"

static bool bad(struct err *err, const char *what) {
    return err_set(err, ERR_SYNTAX, err_nowhere, "the multipart form is malformed: %s", what);
}

/* The value at header[*at], quoted or not, up to the ';' or the end behind it. *raw is what stands
 * between the quotes, with its escapes. */
static bool value_take(struct str *raw, bool *quoted, struct str header, size_t *at) {
    size_t i = *at, start = i;
    *quoted = i < header.len && header.at[i] == '"';
    if (*quoted) {
        start = ++i;
        while (i < header.len && header.at[i] != '"')
            i += header.at[i] == '\\' ? 2 : 1;
        if (i >= header.len)
            return false;
        *raw = (struct str){header.at + start, i++ - start};
    } else {
        while (i < header.len && header.at[i] != ';' && header.at[i] != ' ')
            i++;
        *raw = (struct str){header.at + start, i - start};
    }
    while (i < header.len && (header.at[i] == ' ' || header.at[i] == '\t'))
        i++;
    *at = i;
    return i >= header.len || header.at[i] == ';';
}

static struct str unquote(struct str raw, struct arena *arena) {
    char *out = arena_new(arena, char, raw.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        bool escape =
            raw.at[i] == '\\' && i + 1 < raw.len && (raw.at[i + 1] == '"' || raw.at[i + 1] == '\\');
        i += escape;
        out[len++] = raw.at[i];
    }
    return (struct str){out, len};
}

/* A parameter of a header value: `; name="value"` or `; name=value`. at == NULL without it. */
static bool param_get(struct str *out, struct str header, struct str name, struct arena *arena) {
    *out = STR_NONE;
    size_t i = str_find_byte(header, ';');
    while (i < header.len) {
        i++;
        while (i < header.len && (header.at[i] == ' ' || header.at[i] == '\t'))
            i++;
        size_t start = i;
        while (i < header.len && header.at[i] != '=' && header.at[i] != ';')
            i++;
        struct str raw, key = {header.at + start, i - start};
        bool quoted;
        if (i >= header.len || header.at[i++] != '=' || !value_take(&raw, &quoted, header, &i))
            return false;
        if (!str_eq_ascii_case(key, name))
            continue;
        if (out->at != NULL)
            return false; /* twice */
        *out = quoted ? unquote(raw, arena) : raw;
    }
    return true;
}

/* RFC 2046: 5.1.1: 1 to 70 characters of a small set. */
static bool boundary_ok(struct str boundary) {
    if (boundary.len == 0 || boundary.len > HTTP_BOUNDARY_BYTES_MAX ||
        boundary.at[boundary.len - 1] == ' ')
        return false;
    for (size_t i = 0; i < boundary.len; i++) {
        char c = boundary.at[i];
        bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!alnum && (c == '\0' || strchr("'()+_,-./:=? ", c) == NULL))
            return false;
    }
    return true;
}

/* What a browser sends as a file's name may be a whole path, and is shown to people: the last
 * component, without control characters, cut to a length that every disk takes. */
static struct str filename_clean(struct str name, struct arena *arena) {
    for (size_t i = name.len; i-- > 0;) {
        if (name.at[i] == '/' || name.at[i] == '\\') {
            name = str_sub(name, i + 1, name.len);
            break;
        }
    }
    char *out = arena_new(arena, char, name.len + 1);
    size_t len = 0;
    while (name.len > 0) {
        struct str before = name;
        uint32_t c;
        if (!utf8_take(&c, &name))
            break; /* checked before: valid */
        size_t size = before.len - name.len;
        if (c < 0x20 || c == 0x7f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
            continue; /* controls, and those that turn the direction: "exe.gpj" for "jpg.exe" */
        if (len + size > HTTP_FILENAME_BYTES_MAX)
            break;
        memcpy(out + len, before.at, size);
        len += size;
    }
    return (struct str){out, len};
}

static bool part_head_parse(struct http_field *field, bool *has_name, struct str head,
                            struct arena *arena, struct err *err) {
    bool has_disposition = false;
    struct str line, rest = head;
    while (str_split(&line, &rest, '\n')) {
        line = str_trim(line);
        size_t colon = str_find_byte(line, ':');
        if (line.len == 0)
            continue;
        if (colon == SIZE_MAX)
            return bad(err, "a part's header has no colon");
        struct str name = str_sub(line, 0, colon);
        struct str value = str_trim(str_sub(line, colon + 1, line.len));
        if (str_eq_ascii_case(name, STR("content-type"))) {
            field->content_type = str_trim(str_sub(value, 0, str_find_byte(value, ';')));
        } else if (str_eq_ascii_case(name, STR("content-transfer-encoding"))) {
            return bad(err, "a part has a transfer encoding"); /* RFC 7578: 4.7 */
        } else if (str_eq_ascii_case(name, STR("content-disposition"))) {
            struct str kind = str_trim(str_sub(value, 0, str_find_byte(value, ';')));
            if (has_disposition || !str_eq_ascii_case(kind, STR("form-data")) ||
                !param_get(&field->name, value, STR("name"), arena) ||
                !param_get(&field->filename, value, STR("filename"), arena))
                return bad(err, "a part's Content-Disposition is not form-data with a name");
            has_disposition = true;
        }
    }
    *has_name = field->name.at != NULL;
    if (!*has_name || !http_text_ok(field->name) || !http_text_ok(field->filename) ||
        !http_text_ok(field->content_type))
        return bad(err, "a part's name or file name is missing or not UTF-8");
    field->is_file = field->filename.at != NULL;
    if (field->is_file)
        field->filename = filename_clean(field->filename, arena);
    return true;
}

static bool part_check(const struct http_field *field, size_t files, struct http_form_limits limits,
                       struct err *err) {
    if (field->is_file) {
        if (files > limits.files_max)
            return err_set(err, ERR_LIMIT, err_nowhere, "more than %zu files are attached",
                           limits.files_max);
        if (field->value.len > limits.file_bytes_max)
            return err_set(err, ERR_LIMIT, err_nowhere,
                           "the file '%.*s' has %zu bytes, and at most %zu are taken",
                           STR_ARG(field->filename), field->value.len, limits.file_bytes_max);
        return true;
    }
    if (field->value.len > limits.field_bytes_max)
        return err_set(err, ERR_LIMIT, err_nowhere, "the field '%.*s' is longer than %zu bytes",
                       STR_ARG(field->name), limits.field_bytes_max);
    if (!http_text_ok(field->value))
        return err_set(err, ERR_SYNTAX, err_nowhere,
                       "the field '%.*s' is not UTF-8 or has control characters",
                       STR_ARG(field->name));
    return true;
}

/* One part of *rest, which starts after a delimiter and its line end. delimiter: CR LF "--"
 * boundary. On true *rest starts behind the delimiter that ended the part. */
static bool part_take(struct http_field *field, struct str *rest, struct str delimiter,
                      struct arena *arena, struct err *err) {
    size_t end = str_find(*rest, delimiter);
    if (end == SIZE_MAX)
        return bad(err, "a part has no end");
    struct str part = {rest->at, end};
    size_t head_end = str_find(str_sub(part, 0, HTTP_PART_HEAD_BYTES_MAX), STR("\r\n\r\n"));
    if (head_end == SIZE_MAX)
        return bad(err, "the headers of a part have no end");
    bool has_name = false;
    if (!part_head_parse(field, &has_name, (struct str){part.at, head_end}, arena, err))
        return false;
    field->value = (struct str){part.at + head_end + 4, part.len - head_end - 4};
    rest->at += end + delimiter.len;
    rest->len -= end + delimiter.len;
    return true;
}

static bool parts_parse(struct http_form *out, struct str body, struct str delimiter,
                        struct http_form_limits limits, struct arena *arena, struct err *err) {
    struct str rest = body;
    /* The first delimiter has no line end before it. */
    if (!str_starts(rest, str_sub(delimiter, 2, delimiter.len)))
        return bad(err, "it does not start with its boundary");
    rest = (struct str){rest.at + delimiter.len - 2, rest.len - (delimiter.len - 2)};
    size_t files = 0;
    while (str_starts(rest, STR("\r\n"))) {
        if (out->count == FORM_FIELDS_MAX)
            return err_set(err, ERR_LIMIT, err_nowhere, "the form has more than %d fields",
                           FORM_FIELDS_MAX);
        rest = (struct str){rest.at + 2, rest.len - 2};
        struct http_field *field = &out->fields[out->count];
        *field = (struct http_field){0};
        if (!part_take(field, &rest, delimiter, arena, err))
            return false;
        if (field->is_file && field->filename.len == 0 && field->value.len == 0)
            continue; /* an upload field that was left empty */
        files += field->is_file;
        if (!part_check(field, files, limits, err))
            return false;
        out->count++;
    }
    if (!str_eq(rest, STR("--\r\n")) && !str_eq(rest, STR("--")))
        return bad(err, "it does not end with its boundary");
    return true;
}

bool http_form_parse_multipart(struct http_form *out, struct str body, struct str content_type,
                               struct http_form_limits limits, struct arena *arena,
                               struct err *err) {
    *out = (struct http_form){0};
    struct str kind = str_trim(str_sub(content_type, 0, str_find_byte(content_type, ';')));
    struct str boundary;
    if (!str_eq_ascii_case(kind, STR("multipart/form-data")))
        return err_set(err, ERR_TYPE, err_nowhere, "the body is not multipart/form-data");
    if (!param_get(&boundary, content_type, STR("boundary"), arena) || !boundary_ok(boundary))
        return bad(err, "the boundary is missing or broken");
    struct str delimiter = arena_printf(arena, "\r\n--%.*s", STR_ARG(boundary));
    out->fields = arena_new(arena, struct http_field, FORM_FIELDS_MAX + 1);
    return parts_parse(out, body, delimiter, limits, arena, err);
}
