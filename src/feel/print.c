/* Values as text: FEEL that reads back, the plain text of string(), and JSON. */
#include "base/utf8.h"
#include "feel/feel.h"
#include "feel/inner.h"
#include "feel/lex.h"
#include "json/json.h"

static void print_at(struct buf *out, struct feel_value v, int depth, bool plain);

static void print_quoted(struct buf *out, struct str s) {
    buf_lit(out, "\"");
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (c == '"' || c == '\\')
            buf_add_byte(out, '\\');
        if (c == '\n')
            buf_lit(out, "\\n");
        else if (c == '\r')
            buf_lit(out, "\\r");
        else if (c == '\t')
            buf_lit(out, "\\t");
        else if ((unsigned char)c < 0x20)
            buf_printf(out, "\\u%04x", (unsigned)c);
        else
            buf_add_byte(out, c);
    }
    buf_lit(out, "\"");
}

/* The ISO 8601 text of a temporal value; 0 for another kind. */
static size_t format_temporal(char out[CAL_TEXT_MAX], struct feel_value v) {
    switch (feel_kind(v)) {
    case FEEL_DATE: return cal_date_format(out, v.u.date);
    case FEEL_TIME: return cal_time_format(out, *v.u.time);
    case FEEL_DATE_TIME: return cal_datetime_format(out, *v.u.date_time);
    case FEEL_DAYS_TIME: return cal_span_format(out, feel_as_days_time(v));
    case FEEL_YEARS_MONTHS: return cal_months_format(out, feel_as_years_months(v));
    default: return 0;
    }
}

static void print_temporal(struct buf *out, struct feel_value v, bool plain) {
    char text[CAL_TEXT_MAX];
    size_t len = format_temporal(text, v);
    if (!plain)
        buf_lit(out, "@\"");
    buf_add(out, (struct str){text, len});
    if (!plain)
        buf_lit(out, "\"");
}

static void print_list(struct buf *out, struct feel_value v, int depth) {
    buf_lit(out, "[");
    for (uint32_t i = 0; i < v.count && !out->full; i++) {
        if (i > 0)
            buf_lit(out, ", ");
        print_at(out, v.u.items[i], depth, false);
    }
    buf_lit(out, "]");
}

/* One plain word needs no quotes as a key. */
static bool is_word(struct str name) {
    return name.len > 0 && lex_word(name, 0) == name.len;
}

static void print_context(struct buf *out, const struct feel_context *c, int depth) {
    buf_lit(out, "{");
    for (uint32_t i = 0; i < c->count && !out->full; i++) {
        if (i > 0)
            buf_lit(out, ", ");
        if (is_word(c->entries[i].name))
            buf_add(out, c->entries[i].name);
        else
            print_quoted(out, c->entries[i].name);
        buf_lit(out, ": ");
        print_at(out, c->entries[i].value, depth, false);
    }
    buf_lit(out, "}");
}

static void print_range(struct buf *out, const struct feel_range *r, int depth) {
    if (r->only != FEEL_ONLY_NO) {
        buf_add(out, r->only == FEEL_ONLY_EQUAL ? STR("(= ") : STR("(!= "));
        print_at(out, r->low, depth, false);
        buf_lit(out, ")");
        return;
    }
    if (feel_is_null(r->low) != feel_is_null(r->high)) {
        bool up = feel_is_null(r->high);
        buf_printf(out, "(%s%s ", up ? ">" : "<", (up ? r->low_closed : r->high_closed) ? "=" : "");
        print_at(out, up ? r->low : r->high, depth, false);
        buf_lit(out, ")");
        return;
    }
    buf_add(out, r->low_closed ? STR("[") : STR("("));
    print_at(out, r->low, depth, false);
    buf_lit(out, "..");
    print_at(out, r->high, depth, false);
    buf_add(out, r->high_closed ? STR("]") : STR(")"));
}

static void print_at(struct buf *out, struct feel_value v, int depth, bool plain) {
    if (depth == 0) {
        buf_lit(out, "...");
        return;
    }
    switch (feel_kind(v)) {
    case FEEL_NULL: buf_lit(out, "null"); return;
    case FEEL_BOOLEAN: buf_add(out, v.u.whole ? STR("true") : STR("false")); return;
    case FEEL_NUMBER: num_print(out, value_num(v)); return;
    case FEEL_STRING:
        if (plain)
            buf_add(out, feel_as_string(v));
        else
            print_quoted(out, feel_as_string(v));
        return;
    case FEEL_LIST: print_list(out, v, depth - 1); return;
    case FEEL_CONTEXT: print_context(out, v.u.context, depth - 1); return;
    case FEEL_RANGE: print_range(out, v.u.range, depth - 1); return;
    case FEEL_FUNCTION: buf_lit(out, "function(...)"); return;
    default: print_temporal(out, v, plain);
    }
}

void feel_print(struct buf *out, struct feel_value v) {
    print_at(out, v, FEEL_DEPTH_MAX, false);
}

void feel_print_plain(struct buf *out, struct feel_value v) {
    print_at(out, v, FEEL_DEPTH_MAX, true);
}

/* --- JSON
 * ------------------------------------------------------------------------------------------ */
static bool to_json(struct buf *out, struct feel_value v, int depth, struct err *err);

static bool list_to_json(struct buf *out, struct feel_value v, int depth, struct err *err) {
    buf_lit(out, "[");
    for (uint32_t i = 0; i < v.count && !out->full; i++) {
        if (i > 0)
            buf_lit(out, ",");
        if (!to_json(out, v.u.items[i], depth, err))
            return false;
    }
    buf_lit(out, "]");
    return true;
}

static bool context_to_json(struct buf *out, const struct feel_context *c, int depth,
                            struct err *err) {
    buf_lit(out, "{");
    for (uint32_t i = 0; i < c->count && !out->full; i++) {
        if (i > 0)
            buf_lit(out, ",");
        json_write_text(out, c->entries[i].name);
        buf_lit(out, ":");
        if (!to_json(out, c->entries[i].value, depth, err))
            return false;
    }
    buf_lit(out, "}");
    return true;
}

static bool to_json(struct buf *out, struct feel_value v, int depth, struct err *err) {
    char text[CAL_TEXT_MAX];
    if (depth == 0)
        return err_set(err, ERR_LIMIT, err_nowhere, "a value is nested too deeply");
    switch (feel_kind(v)) {
    case FEEL_NULL:
    case FEEL_BOOLEAN:
    case FEEL_NUMBER: print_at(out, v, 1, true); return true;
    case FEEL_STRING: json_write_text(out, feel_as_string(v)); return true;
    case FEEL_LIST: return list_to_json(out, v, depth - 1, err);
    case FEEL_CONTEXT: return context_to_json(out, v.u.context, depth - 1, err);
    case FEEL_RANGE:
    case FEEL_FUNCTION: {
        struct buf feel;
        buf_init(&feel, FEEL_TEXT_BYTES_MAX);
        print_at(&feel, v, depth, true);
        json_write_text(out, buf_view(&feel));
        buf_done(&feel);
        return true;
    }
    default: json_write_text(out, (struct str){text, format_temporal(text, v)}); return true;
    }
}

bool feel_to_json(struct buf *out, struct feel_value v, struct err *err) {
    return to_json(out, v, FEEL_DEPTH_MAX, err);
}

static bool from_json(struct feel_value *out, const struct json *json, struct arena *a, int depth,
                      struct err *err);

static bool list_from_json(struct feel_value *out, const struct json *json, struct arena *a,
                           int depth, struct err *err) {
    size_t count = json_count(json);
    struct feel_value *items = arena_new(a, struct feel_value, count);
    for (size_t i = 0; i < count; i++)
        if (!from_json(&items[i], json_item(json, i), a, depth, err))
            return false;
    *out = feel_list(items, count);
    return true;
}

static bool context_from_json(struct feel_value *out, const struct json *json, struct arena *a,
                              int depth, struct err *err) {
    size_t count = json_count(json);
    struct feel_entry *entries = arena_new(a, struct feel_entry, count);
    for (size_t i = 0; i < count; i++) {
        const struct json_member *member = json_member_at(json, i);
        entries[i].name = member->key.text;
        if (!from_json(&entries[i].value, member->value, a, depth, err))
            return false;
    }
    *out = feel_context_of(a, entries, count);
    return true;
}

static bool from_json(struct feel_value *out, const struct json *json, struct arena *a, int depth,
                      struct err *err) {
    *out = feel_null();
    if (depth == 0 || json_count(json) > FEEL_ITEMS_MAX)
        return err_set(err, ERR_LIMIT, json_where(json, NULL), "a value is too large");
    if (json == NULL)
        return true;
    switch ((enum json_kind)json->kind) {
    case JSON_NULL: return true;
    case JSON_BOOL: *out = feel_boolean(json->boolean); return true;
    case JSON_NUMBER:
        *out = feel_number_text(a, json_text(json));
        if (feel_is_null(*out))
            return err_set(err, ERR_RANGE, json_where(json, NULL),
                           "a number is beyond the range of FEEL");
        return true;
    case JSON_STRING:
        if (json_text(json).len > FEEL_TEXT_BYTES_MAX)
            return err_set(err, ERR_LIMIT, json_where(json, NULL), "a string is too long");
        *out = feel_string(json_text(json));
        return true;
    case JSON_ARRAY: return list_from_json(out, json, a, depth - 1, err);
    case JSON_OBJECT: return context_from_json(out, json, a, depth - 1, err);
    }
    return true;
}

bool feel_from_json(struct feel_value *out, const struct json *json, struct arena *a,
                    struct err *err) {
    return from_json(out, json, a, FEEL_DEPTH_MAX, err);
}

/* --- diagnoses
 * ---------------------------------------------------------------------------------------- */
/* The line that the place begins in, and carets below what stands on it. */
void feel_diag_print(struct buf *out, const struct feel_diag *diag) {
    struct err err = {.code = ERR_INVALID, .at = diag->at};
    char head[ERR_TEXT_MAX * 2];
    size_t used = MIN_OF(diag->text.len, sizeof err.text - 1);
    if (used > 0)
        memcpy(err.text, diag->text.at, used);
    err_format(head, sizeof head, &err);
    buf_add(out, str_from(head));
    buf_lit(out, "\n");
    size_t from = MIN_OF((size_t)diag->offset, diag->source.len), to = from;
    while (from > 0 && diag->source.at[from - 1] != '\n')
        from--;
    while (to < diag->source.len && diag->source.at[to] != '\n')
        to++;
    if (from == to)
        return;
    struct str line = str_sub(diag->source, from, to - from);
    struct str before = str_sub(line, 0, diag->offset - from);
    struct str under = str_sub(line, before.len, diag->len);
    buf_add(out, line);
    buf_lit(out, "\n");
    for (size_t i = 0; i < utf8_count(before); i++)
        buf_lit(out, " ");
    for (size_t i = 0; i < MAX_OF(utf8_count(under), (size_t)1); i++)
        buf_lit(out, "^");
    buf_lit(out, "\n");
}

/* The offset of a line and column; SIZE_MAX when the text has no such place. */
static size_t offset_of(struct str text, struct err_at at) {
    size_t from = 0;
    if (at.line == 0 || at.column == 0)
        return SIZE_MAX;
    for (uint32_t n = 1; n < at.line; n++) {
        size_t end = str_find_byte(str_sub(text, from, text.len), '\n');
        if (end == SIZE_MAX)
            return SIZE_MAX;
        from += end + 1;
    }
    struct str rest = str_sub(text, from, text.len);
    uint32_t code;
    for (uint32_t n = 1; n < at.column; n++)
        if (!utf8_take(&code, &rest))
            return SIZE_MAX;
    return text.len - rest.len;
}

void feel_error_print(struct buf *out, struct err_at at, struct str what, struct str source) {
    struct feel_diag diag = {.at = at, .text = what};
    size_t offset = offset_of(source, at);
    if (offset <= UINT32_MAX) {
        diag.source = source;
        diag.offset = (uint32_t)offset;
        diag.len = 1;
    }
    feel_diag_print(out, &diag);
}
