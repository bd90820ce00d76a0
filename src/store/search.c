/* The filter. Each member becomes one condition; a condition is made of comparisons, each of the
 * form `column op ?N`. Negations are written as NOT of the positive comparison, so that they mean
 * the same for an item's own column and for a list of things that belong to it (a `wrap`). A time
 * is stored in microseconds and shown in milliseconds: a comparison means what is shown. Invariant:
 * buf_add() to the statement takes literals and texts of the entity's table only. */
#include "store/search.h"

#include <inttypes.h>

#include "cal/cal.h"
#include "process/process.h"

enum { TIME_UNIT_US = 1000 };
#define STREAM_KEYS (INT64_C(1) << SEARCH_STREAM_BITS)

static bool refuse(struct err *err, const struct search_field *field, const char *what) {
    return err_set(err, ERR_INVALID, err_nowhere, "the value of '%s' %s", field->name, what);
}

bool search_arg(struct search_sql *sql, struct db_value value, struct err *err) {
    if (sql->arg_count == SEARCH_ARGS_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "a search takes at most %d values",
                       SEARCH_ARGS_MAX);
    sql->args[sql->arg_count++] = value;
    buf_printf(&sql->text, "?%zu", sql->arg_count);
    return true;
}

bool search_key(int64_t *out, const struct json *node) {
    if (json_is(node, JSON_STRING))
        return str_to_i64(out, json_text(node));
    return json_to_i64(out, node);
}

/* Greedy, with one place to come back to: the last star. */
bool search_like(struct str pattern, struct str text) {
    size_t p = 0, t = 0, star = SIZE_MAX, star_t = 0;
    while (t < text.len) {
        bool escaped = p + 1 < pattern.len && pattern.at[p] == '\\';
        if (!escaped && p < pattern.len && pattern.at[p] == '*') {
            star = p++;
            star_t = t;
        } else if (p < pattern.len && ((!escaped && pattern.at[p] == '?') ||
                                       pattern.at[p + (escaped ? 1 : 0)] == text.at[t])) {
            p += escaped ? 2 : 1;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++star_t;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.at[p] == '*')
        p++;
    return p == pattern.len;
}

/* ---- values --------------------------------------------------------------------------------- */

/* The place of a word among the field's values; -1: it has no such value. */
static int64_t enum_index(const struct search_field *field, struct str word) {
    struct str item, rest = str_from(field->values);
    for (int64_t i = 0; str_split(&item, &rest, ' '); i++)
        if (str_eq(item, word) && !str_eq(item, STR("-")))
            return i;
    return -1;
}

static bool enum_value(struct db_value *out, const struct search_field *field,
                       const struct json *node, struct err *err) {
    int64_t index = json_is(node, JSON_STRING) ? enum_index(field, json_text(node)) : -1;
    if (index < 0)
        return err_set(err, ERR_INVALID, err_nowhere, "the value of '%s' must be one of %s",
                       field->name, field->values);
    *out = field->kind == SEARCH_ENUM ? db_n(index) : db_t(json_text(node));
    return true;
}

static bool value_of(struct db_value *out, const struct search_field *field,
                     const struct json *node, struct err *err) {
    int64_t n = 0;
    switch (field->kind) {
    case SEARCH_TEXT:
        if (!json_is(node, JSON_STRING))
            return refuse(err, field, "must be a text");
        if (json_text(node).len > SEARCH_TEXT_MAX)
            return err_set(err, ERR_LIMIT, err_nowhere, "the value of '%s' has more than %d bytes",
                           field->name, SEARCH_TEXT_MAX);
        *out = db_t(json_text(node));
        return true;
    case SEARCH_KEY:
    case SEARCH_STREAM:
        if (!search_key(&n, node))
            return refuse(err, field, "must be a key: a text of digits");
        break;
    case SEARCH_JOB:
        if (!search_key(&n, node))
            return refuse(err, field, "must be a key: a text of digits");
        n = process_key(process_key_stream(n), process_key_n(n));
        break;
    case SEARCH_I64:
        if (!json_to_i64(&n, node))
            return refuse(err, field, "must be a whole number");
        break;
    case SEARCH_TIME:
        if (!json_is(node, JSON_STRING) || !cal_us_parse(&n, json_text(node)))
            return refuse(err, field, "must be a date and time with its offset (RFC 3339)");
        break;
    case SEARCH_BOOL:
        if (!json_is(node, JSON_BOOL))
            return refuse(err, field, "must be true or false");
        n = node->boolean;
        break;
    case SEARCH_ENUM:
    case SEARCH_WORD: return enum_value(out, field, node, err);
    case SEARCH_JSON: return refuse(err, field, "cannot be searched");
    }
    *out = db_n(n);
    return true;
}

/* ---- comparisons ---------------------------------------------------------------------------- */

/* A comparison stands in the place of {} when the field has a wrap. */
static void wrap_open(struct search_sql *sql, const struct search_field *field) {
    buf_add_byte(&sql->text, '(');
    if (field->wrap != NULL) {
        struct str wrap = str_from(field->wrap);
        buf_add(&sql->text, str_sub(wrap, 0, str_find(wrap, STR("{}"))));
    }
}

static void wrap_close(struct search_sql *sql, const struct search_field *field) {
    if (field->wrap != NULL) {
        struct str wrap = str_from(field->wrap);
        buf_add(&sql->text, str_sub(wrap, str_find(wrap, STR("{}")) + 2, wrap.len));
    }
    buf_add_byte(&sql->text, ')');
}

/* column op ?N */
static bool compare(struct search_sql *sql, const struct search_field *field, const char *op,
                    struct db_value value, struct err *err) {
    buf_printf(&sql->text, "%s %s ", field->sql, op);
    return search_arg(sql, value, err);
}

/* Is the field's SQL a "CASE WHEN condition THEN 1 ELSE 0 END"? *condition: of the field's own. */
static bool truth_of(struct str *condition, const struct search_field *field) {
    static const char before[] = "CASE WHEN ", after[] = " THEN 1 ELSE 0 END";
    struct str sql = str_from(field->sql);
    if (!str_starts(sql, STR("CASE WHEN ")) || !str_ends(sql, STR(" THEN 1 ELSE 0 END")))
        return false;
    *condition =
        str_sub(sql, sizeof before - 1, sql.len - (sizeof before - 1) - (sizeof after - 1));
    return true;
}

/* column = value. What an index's WHERE can say is written out, because a planner cannot look into
 * a bound value: a word of the field's own table, the condition of a boolean, that there is one. */
static bool same(struct search_sql *sql, const struct search_field *field, struct db_value value,
                 struct err *err) {
    struct str item, rest = str_from(field->values);
    if (field->kind == SEARCH_WORD) {
        while (str_split(&item, &rest, ' ') && !str_eq(item, value.bytes)) {
        }
        buf_printf(&sql->text, "%s = '%.*s'", field->sql, STR_ARG(item));
        return true;
    }
    if (field->kind == SEARCH_BOOL && truth_of(&item, field)) {
        buf_printf(&sql->text, "%s(%.*s)", value.n != 0 ? "" : "NOT ", STR_ARG(item));
        return true;
    }
    bool text = field->kind == SEARCH_TEXT;
    if ((field->flags & SEARCH_NONE) != 0 && (text ? value.bytes.len > 0 : value.n > 0))
        buf_printf(&sql->text, "%s %s AND ", field->sql, text ? "<> ''" : "> 0");
    return compare(sql, field, "=", value, err);
}

/* A time with more than three decimals is meant exactly. */
static int64_t unit_of(int64_t at_us) {
    return at_us % TIME_UNIT_US == 0 ? TIME_UNIT_US : 1;
}

/* The keys of the stream whose process instance has this key; none for a key of something else. */
static bool stream_equal(struct search_sql *sql, const struct search_field *field, int64_t key,
                         struct err *err) {
    int64_t n = key & (STREAM_KEYS - 1);
    bool instance =
        n == 1 && key > STREAM_KEYS; /* no stream has the number 0: it stands for none */
    int64_t first = instance ? key - n : -1, last = instance ? first + STREAM_KEYS - 1 : -1;
    if ((field->flags & SEARCH_NONE) != 0)
        buf_printf(&sql->text, "%s > 0 AND ", field->sql);
    buf_printf(&sql->text, "%s BETWEEN ", field->sql);
    if (!search_arg(sql, db_n(first), err))
        return false;
    buf_lit(&sql->text, " AND ");
    return search_arg(sql, db_n(last), err);
}

static bool equal(struct search_sql *sql, const struct search_field *field, const struct json *node,
                  struct err *err) {
    struct db_value value;
    if (!value_of(&value, field, node, err))
        return false;
    if (field->kind == SEARCH_STREAM)
        return stream_equal(sql, field, value.n, err);
    if (field->kind != SEARCH_TIME)
        return same(sql, field, value, err);
    if (!compare(sql, field, ">=", value, err))
        return false;
    buf_lit(&sql->text, " AND ");
    return compare(sql, field, "<", db_n(value.n + unit_of(value.n)), err);
}

static bool order(struct search_sql *sql, const struct search_field *field, struct str op,
                  const struct json *node, struct err *err) {
    struct db_value value;
    if (field->kind != SEARCH_I64 && field->kind != SEARCH_TIME && field->kind != SEARCH_KEY &&
        field->kind != SEARCH_JOB)
        return err_set(err, ERR_INVALID, err_nowhere, "'%.*s' is not for '%s'", STR_ARG(op),
                       field->name);
    if (!value_of(&value, field, node, err))
        return false;
    bool less = str_starts(op, STR("$l")), or_equal = str_ends(op, STR("e"));
    if (field->kind == SEARCH_TIME && less == or_equal) /* at or beyond the end of what is shown */
        value.n += unit_of(value.n);
    const char *sql_op = less ? "<" : ">=";
    if (field->kind != SEARCH_TIME)
        sql_op = less ? (or_equal ? "<=" : "<") : (or_equal ? ">=" : ">");
    if ((field->flags & SEARCH_NONE) != 0)
        buf_printf(&sql->text, "%s <> 0 AND ", field->sql);
    return compare(sql, field, sql_op, value, err);
}

static bool among(struct search_sql *sql, const struct search_field *field, const struct json *node,
                  struct err *err) {
    size_t count = json_count(node);
    if (!json_is(node, JSON_ARRAY) || count == 0)
        return refuse(err, field, "of '$in' or '$notIn' must be a list with at least one value");
    if (count > SEARCH_LIST_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "'%s' is compared with more than %d values",
                       field->name, SEARCH_LIST_MAX);
    if (field->kind == SEARCH_TIME || field->kind == SEARCH_STREAM) {
        for (size_t i = 0; i < count; i++) {
            buf_lit(&sql->text, "(");
            if (!equal(sql, field, json_item(node, i), err))
                return false;
            buf_printf(&sql->text, ")%s", i + 1 < count ? " OR " : "");
        }
        return true;
    }
    buf_printf(&sql->text, "%s IN (", field->sql);
    for (size_t i = 0; i < count; i++) {
        struct db_value value;
        if (!value_of(&value, field, json_item(node, i), err) || !search_arg(sql, value, err))
            return false;
        buf_lit(&sql->text, ", ");
    }
    buf_cut(&sql->text, sql->text.len - 2);
    buf_lit(&sql->text, ")");
    return true;
}

/* The values of an enum that fit. */
static bool enum_like(struct search_sql *sql, const struct search_field *field, struct str pattern,
                      struct err *err) {
    struct str item, rest = str_from(field->values);
    buf_printf(&sql->text, "%s IN (", field->sql);
    bool any = false;
    for (int64_t i = 0; str_split(&item, &rest, ' '); i++) {
        if (str_eq(item, STR("-")) || !search_like(pattern, item))
            continue;
        buf_add(&sql->text, any ? STR(", ") : STR_NONE);
        any = true;
        if (!search_arg(sql, field->kind == SEARCH_ENUM ? db_n(i) : db_t(item), err))
            return false;
    }
    buf_lit(&sql->text, ")"); /* IN () is false in SQLite; in others it does not parse */
    if (!any) {
        buf_cut(&sql->text, sql->text.len - sizeof "IN ()" + 1);
        buf_lit(&sql->text, "<> ");
        buf_add(&sql->text, str_from(field->sql));
    }
    return true;
}

/* The pattern as LIKE has it, with '\' before what is meant. */
static bool like(struct search_sql *sql, const struct search_field *field, const struct json *node,
                 struct err *err) {
    struct str pattern = json_text(node);
    if (!json_is(node, JSON_STRING))
        return refuse(err, field, "of '$like' must be a text");
    if (field->kind == SEARCH_ENUM || field->kind == SEARCH_WORD)
        return enum_like(sql, field, pattern, err);
    if (field->kind != SEARCH_TEXT)
        return err_set(err, ERR_INVALID, err_nowhere, "'$like' is not for '%s'", field->name);
    if (pattern.len > NAME_BYTES_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "a pattern has at most %d bytes",
                       NAME_BYTES_MAX);
    char *out = arena_new(sql->arena, char, 2 * pattern.len + 1);
    size_t len = 0, stars = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.at[i];
        bool meant = c == '\\' && i + 1 < pattern.len;
        if (meant)
            c = pattern.at[++i];
        if (!meant && (c == '*' || c == '?')) {
            stars += c == '*';
            out[len++] = c == '*' ? '%' : '_';
            continue;
        }
        if (c == '%' || c == '_' || c == '\\')
            out[len++] = '\\';
        out[len++] = c;
    }
    if (stars > SEARCH_STARS_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "a pattern has at most %d times '*'",
                       SEARCH_STARS_MAX);
    if (!compare(sql, field, "LIKE", db_t((struct str){out, len}), err))
        return false;
    buf_lit(&sql->text, " ESCAPE '\\'");
    return true;
}

/* There is one: what has a default value is always there. */
static void present(struct search_sql *sql, const struct search_field *field) {
    bool text = field->kind == SEARCH_TEXT || field->kind == SEARCH_WORD;
    if ((field->flags & SEARCH_NONE) != 0)
        buf_printf(&sql->text, "%s <> %s", field->sql, text ? "''" : "0");
    else
        buf_lit(&sql->text, "1 = 1");
}

static bool operator_add(struct search_sql *sql, const struct search_field *field, struct str op,
                         const struct json *node, struct err *err) {
    bool exists = str_eq(op, STR("$exists"));
    if (exists && !json_is(node, JSON_BOOL))
        return refuse(err, field, "of '$exists' must be true or false");
    if (++sql->condition_count > SEARCH_CONDITIONS_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "a filter has at most %d conditions",
                       SEARCH_CONDITIONS_MAX);
    bool not = str_eq(op, STR("$neq")) || str_eq(op, STR("$notIn")) || (exists && !node->boolean);
    if (not )
        buf_lit(&sql->text, "NOT ");
    wrap_open(sql, field);
    bool ok = true;
    if (exists)
        present(sql, field);
    else if (str_eq(op, STR("$eq")) || str_eq(op, STR("$neq")))
        ok = equal(sql, field, node, err);
    else if (str_eq(op, STR("$in")) || str_eq(op, STR("$notIn")))
        ok = among(sql, field, node, err);
    else if (str_eq(op, STR("$like")))
        ok = like(sql, field, node, err);
    else if (str_eq(op, STR("$gt")) || str_eq(op, STR("$gte")) || str_eq(op, STR("$lt")) ||
             str_eq(op, STR("$lte")))
        ok = order(sql, field, op, node, err);
    else
        ok = err_set(err, ERR_INVALID, err_nowhere, "there is no operator '%.*s' (in '%s')",
                     STR_ARG(op), field->name);
    wrap_close(sql, field);
    return ok;
}

bool search_condition(struct search_sql *sql, const struct search_field *field,
                      const struct json *value, struct err *err) {
    if (!json_is(value, JSON_OBJECT))
        return operator_add(sql, field, STR("$eq"), value, err);
    if (json_count(value) == 0)
        return refuse(err, field, "has no operator");
    buf_add_byte(&sql->text, '(');
    for (size_t i = 0; i < json_count(value); i++) {
        const struct json_member *member = json_member_at(value, i);
        buf_add(&sql->text, i > 0 ? STR(" AND ") : STR_NONE);
        if (!operator_add(sql, field, member->key.text, member->value, err))
            return false;
    }
    buf_add_byte(&sql->text, ')');
    return true;
}
