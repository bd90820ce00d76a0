/* The whole statement: what is asked for, what is given by the caller, from where the page goes on,
 * in which order; and the items out of its rows.
 *
 * The order always ends with the key, so it is total. A cursor holds the values by which an item is
 * ordered; "after it" is the comparison of two tuples whose members go up or down each by itself:
 *     a > A OR (a = A AND (b < B OR (b = B AND key > K)))
 * Pages backwards ask in the opposite order, and are turned around. */
#include <assert.h>
#include <inttypes.h>

#include "base/bytes.h"
#include "base/code.h"
#include "cal/cal.h"
#include "store/search.h"

enum {
    SQL_BYTES_MAX = 1 << 20,
    JSON_STEPS_MAX = 100000, /* values in one JSON column */
    JSON_BYTES_MAX = 64 << 20,
    CURSOR_VERSION = 1,
};

struct sort {
    const char *sql;
    bool is_text, down;
};

struct page {
    int64_t from, limit;
    bool has_cursor, before;
    bool by_item; /* the cursor names its item only */
    struct db_value values[SEARCH_SORTS_MAX + 2];
};

struct maker {
    const struct search_entity *entity;
    const struct search_ask *ask;
    struct search_sql sql;
    struct sort sorts[SEARCH_SORTS_MAX + 2]; /* the last, or the last two, are the key */
    size_t sort_count, key_count;
    struct page page;
};

/* The field of that name that may stand there: one to filter by may be another than the one shown.
 */
static const struct search_field *field_find(const struct search_entity *entity, struct str name,
                                             unsigned flag) {
    for (size_t i = 0; i < entity->field_count; i++)
        if ((entity->fields[i].flags & flag) != 0 && str_eq(str_from(entity->fields[i].name), name))
            return &entity->fields[i];
    return NULL;
}

static bool left_out(const struct maker *m, const struct search_field *field) {
    return m->ask->across && (field->flags & SEARCH_WHOM) != 0;
}

bool search_across_refuse(struct str name, struct err *err) {
    return err_set(err, ERR_INVALID, err_nowhere,
                   "'%.*s' may say whom it is about, so the filter must also name one procedure: a "
                   "definition, a process instance or a part of one; nobody is searched for across "
                   "procedures",
                   STR_ARG(name));
}

/* ---- the filter ----------------------------------------------------------------------------- */

static bool member_add(struct maker *m, const struct json_member *member, struct err *err) {
    const struct search_field *field = field_find(m->entity, member->key.text, SEARCH_BY);
    if (field != NULL && left_out(m, field))
        return search_across_refuse(member->key.text, err);
    if (field != NULL)
        return search_condition(&m->sql, field, member->value, err);
    bool known = false;
    if (m->ask->other != NULL &&
        !m->ask->other(m->ask->ctx, &known, &m->sql, member->key.text, member->value, err))
        return false;
    return known || err_set(err, ERR_INVALID, err_nowhere, "a %s has no field '%.*s' to filter by",
                            m->entity->name, STR_ARG(member->key.text));
}

static bool or_add(struct maker *m, const struct json *list, struct err *err);

/* (a AND b AND ...); true when there is none. */
static bool filter_add(struct maker *m, const struct json *filter, bool inner, struct err *err) {
    if (!json_is(filter, JSON_OBJECT))
        return err_set(err, ERR_INVALID, err_nowhere, "the filter must be an object");
    buf_lit(&m->sql.text, "(1 = 1");
    for (size_t i = 0; i < json_count(filter); i++) {
        const struct json_member *member = json_member_at(filter, i);
        if (json_is(member->value, JSON_NULL))
            continue; /* programs write null for what they do not ask */
        buf_lit(&m->sql.text, " AND ");
        bool any_of = !inner && str_eq(member->key.text, STR("$or"));
        if (any_of ? !or_add(m, member->value, err) : !member_add(m, member, err))
            return false;
    }
    buf_lit(&m->sql.text, ")");
    return true;
}

static bool or_add(struct maker *m, const struct json *list, struct err *err) {
    size_t count = json_count(list);
    if (!json_is(list, JSON_ARRAY) || count == 0 || count > SEARCH_OR_MAX)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "'$or' must be a list of 1 to %d filter objects", SEARCH_OR_MAX);
    buf_lit(&m->sql.text, "(");
    for (size_t i = 0; i < count; i++) {
        buf_add(&m->sql.text, i > 0 ? STR(" OR ") : STR_NONE);
        if (!filter_add(m, json_item(list, i), true, err))
            return false;
    }
    buf_lit(&m->sql.text, ")");
    return true;
}

/* What the caller has given: each '?' becomes the value's number. */
static bool given_add(struct search_sql *sql, const struct search_given *given, struct err *err) {
    struct str rest = str_from(given->sql), part;
    buf_lit(&sql->text, " AND (");
    (void)str_split(&part, &rest, '?');
    buf_add(&sql->text, part);
    if (!search_arg(sql, given->value, err))
        return false;
    while (str_split(&part, &rest, '?')) {
        buf_add(&sql->text, part);
        if (rest.at != NULL)
            buf_printf(&sql->text, "?%zu", sql->arg_count);
    }
    buf_lit(&sql->text, ")");
    return true;
}

static bool where_add(struct maker *m, struct err *err) {
    const struct json *filter = json_get(m->ask->body, STR("filter"));
    buf_printf(&m->sql.text, " FROM %s WHERE %s", m->entity->from,
               m->entity->where != NULL ? m->entity->where : "1 = 1");
    for (size_t i = 0; i < m->ask->given_count; i++)
        if (!given_add(&m->sql, &m->ask->given[i], err))
            return false;
    if (filter == NULL || json_is(filter, JSON_NULL))
        return true;
    if (m->ask->no_filter)
        return err_set(err, ERR_INVALID, err_nowhere, "this search takes no 'filter'");
    buf_lit(&m->sql.text, " AND ");
    return filter_add(m, filter, false, err);
}

/* ---- the order ------------------------------------------------------------------------------ */

static bool sort_read(struct maker *m, const struct json *item, struct err *err) {
    static const char *const keys[] = {"field", "order", NULL};
    struct str name = json_get_text(item, STR("field")), dir = json_get_text(item, STR("order"));
    struct err local = {0};
    if (!json_is(item, JSON_OBJECT) || !json_only(item, keys, NULL, &local))
        return err_set(err, ERR_INVALID, err_nowhere,
                       "an item of 'sort' must be {\"field\", \"order\"}");
    bool up = dir.len == 0 || str_eq_ascii_case(dir, STR("ASC"));
    if (!up && !str_eq_ascii_case(dir, STR("DESC")))
        return err_set(err, ERR_INVALID, err_nowhere, "the order '%.*s' is neither ASC nor DESC",
                       STR_ARG(dir));
    const struct search_field *field = field_find(m->entity, name, SEARCH_SORT);
    if (field == NULL)
        return err_set(err, ERR_INVALID, err_nowhere, "a %s has no field '%.*s' to sort by",
                       m->entity->name, STR_ARG(name));
    if (left_out(m, field))
        return search_across_refuse(name, err);
    bool is_text = field->kind == SEARCH_TEXT || field->kind == SEARCH_WORD;
    m->sorts[m->sort_count++] = (struct sort){field->sort != NULL ? field->sort : field->sql,
                                              is_text && field->sort == NULL, !up};
    return true;
}

static bool sorts_read(struct maker *m, struct err *err) {
    const struct json *list = json_get(m->ask->body, STR("sort"));
    if (list != NULL && !json_is(list, JSON_NULL)) {
        if (m->ask->no_sort)
            return err_set(err, ERR_INVALID, err_nowhere, "this search takes no 'sort'");
        if (!json_is(list, JSON_ARRAY) || json_count(list) > SEARCH_SORTS_MAX)
            return err_set(err, ERR_INVALID, err_nowhere,
                           "'sort' must be a list of at most %d fields", SEARCH_SORTS_MAX);
        for (size_t i = 0; i < json_count(list); i++)
            if (!sort_read(m, json_item(list, i), err))
                return false;
    }
    m->sorts[m->sort_count++] = (struct sort){m->entity->key, false, false};
    if (m->entity->key2 != NULL)
        m->sorts[m->sort_count++] = (struct sort){m->entity->key2, false, false};
    m->key_count = m->entity->key2 != NULL ? 2 : 1;
    return true;
}

/* Which order a cursor belongs to. */
static uint64_t sort_hash(const struct maker *m) {
    struct buf text;
    buf_init(&text, 4096);
    for (size_t i = 0; i < m->sort_count; i++)
        buf_printf(&text, "%s%c", m->sorts[i].sql, m->sorts[i].down ? '-' : '+');
    uint64_t hash = str_hash(buf_view(&text)) & 0xffffffff;
    buf_done(&text);
    return hash;
}

/* ---- cursors -------------------------------------------------------------------------------- */

static struct str cursor_text(struct maker *m, const struct buf *bytes) {
    struct buf text;
    buf_init(&text, 2 * SEARCH_CURSOR_BYTES_MAX);
    code_base64_add(&text, buf_view(bytes));
    struct str out = arena_str(m->ask->arena, buf_view(&text));
    buf_done(&text);
    return out;
}

/* The values by which the row under `rows` is sorted; they begin at `column`. */
static void sort_values(struct db_value *values, struct maker *m, const struct db_rows *rows,
                        int column) {
    for (size_t i = 0; i < m->sort_count; i++)
        values[i] = m->sorts[i].is_text
                        ? db_t(arena_str(m->ask->arena, db_col_text(rows, column + (int)i)))
                        : db_n(db_col_i64(rows, column + (int)i));
}

static struct str cursor_make(struct maker *m, const struct db_value *values) {
    struct buf bytes;
    buf_init(&bytes, SEARCH_CURSOR_BYTES_MAX);
    for (int whole = 1; whole >= 0; whole--) {
        buf_reset(&bytes);
        bytes_add_u64(&bytes, CURSOR_VERSION);
        bytes_add_u64(&bytes, sort_hash(m));
        bytes_add_u64(&bytes, whole == 0);
        for (size_t i = whole ? 0 : m->sort_count - m->key_count; i < m->sort_count; i++) {
            if (m->sorts[i].is_text)
                bytes_add_str(&bytes, values[i].bytes);
            else
                bytes_add_i64(&bytes, values[i].n);
        }
        if (!bytes.full)
            break;
    }
    struct str out = cursor_text(m, &bytes);
    buf_done(&bytes);
    return out;
}

static bool cursor_values(struct maker *m, struct bytes_reader *r) {
    uint64_t version, hash, by_item = 0;
    bool ok = bytes_take_u64(&version, r) && bytes_take_u64(&hash, r) &&
              bytes_take_u64(&by_item, r) && version == CURSOR_VERSION && hash == sort_hash(m);
    m->page.by_item = by_item != 0;
    for (size_t i = m->page.by_item ? m->sort_count - m->key_count : 0; ok && i < m->sort_count;
         i++) {
        struct str text;
        int64_t n = 0;
        if (m->sorts[i].is_text) {
            ok = bytes_take_str(&text, r);
            m->page.values[i] = db_t(arena_str(m->ask->arena, text));
        } else {
            ok = bytes_take_i64(&n, r);
            m->page.values[i] = db_n(n);
        }
    }
    return ok && !r->bad && r->in.len == 0;
}

static bool cursor_read(struct maker *m, const struct json *node, struct err *err) {
    struct buf bytes;
    buf_init(&bytes, SEARCH_CURSOR_BYTES_MAX + 8);
    bool ok = json_is(node, JSON_STRING) && code_base64_take(&bytes, json_text(node));
    struct bytes_reader r = {buf_view(&bytes), false};
    ok = ok && cursor_values(m, &r);
    buf_done(&bytes);
    m->page.has_cursor = true;
    return ok || err_set(err, ERR_INVALID, err_nowhere,
                         "the cursor is not one that this search, sorted like this, has given");
}

/* ---- the page ------------------------------------------------------------------------------- */

static bool page_number(int64_t *out, const struct json *page, struct str key, int64_t min,
                        int64_t max, struct err *err) {
    const struct json *node = json_get(page, key);
    if (node == NULL || json_is(node, JSON_NULL))
        return true;
    if (!json_to_i64(out, node) || *out < min || *out > max)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "'page.%.*s' must be a whole number from %" PRId64 " to %" PRId64,
                       STR_ARG(key), min, max);
    return true;
}

static bool page_read(struct maker *m, struct err *err) {
    static const char *const keys[] = {"from", "limit", "after", "before", NULL};
    const struct json *page = json_get(m->ask->body, STR("page"));
    struct err local = {0};
    m->page.limit = SEARCH_LIMIT_DEFAULT;
    if (page == NULL || json_is(page, JSON_NULL))
        return true;
    if (!json_is(page, JSON_OBJECT) || !json_only(page, keys, NULL, &local))
        return err_set(err, ERR_INVALID, err_nowhere,
                       "'page' must be an object of 'limit' and one of 'from', 'after', 'before'");
    if (!page_number(&m->page.from, page, STR("from"), 0, SEARCH_FROM_MAX, err) ||
        !page_number(&m->page.limit, page, STR("limit"), 1, SEARCH_LIMIT_MAX, err))
        return false;
    const struct json *after = json_get(page, STR("after")),
                      *before = json_get(page, STR("before"));
    after = json_is(after, JSON_NULL) ? NULL : after;
    before = json_is(before, JSON_NULL) ? NULL : before;
    if ((after != NULL) + (before != NULL) + (json_get(page, STR("from")) != NULL) > 1)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "'page' takes only one of 'from', 'after' and 'before'");
    m->page.before = before != NULL;
    if (after == NULL && before == NULL)
        return true;
    return cursor_read(m, after != NULL ? after : before, err);
}

/* The value by which the cursor's item is ordered. */
static bool cursor_arg(struct maker *m, size_t i, struct err *err) {
    size_t keys = m->sort_count - m->key_count;
    if (!m->page.by_item || i >= keys)
        return search_arg(&m->sql, m->page.values[i], err);
    buf_printf(&m->sql.text, "(SELECT %s FROM %s WHERE 1 = 1", m->sorts[i].sql, m->entity->from);
    for (size_t k = keys; k < m->sort_count; k++) {
        buf_printf(&m->sql.text, " AND %s = ", m->sorts[k].sql);
        if (!search_arg(&m->sql, m->page.values[k], err))
            return false;
    }
    buf_lit(&m->sql.text, ")");
    return true;
}

static bool cursor_add(struct maker *m, struct err *err) {
    if (!m->page.has_cursor)
        return true;
    buf_lit(&m->sql.text, " AND (");
    for (size_t i = 0; i < m->sort_count; i++) {
        bool down = m->sorts[i].down != m->page.before;
        buf_printf(&m->sql.text, "%s %c ", m->sorts[i].sql, down ? '<' : '>');
        if (!cursor_arg(m, i, err))
            return false;
        if (i + 1 == m->sort_count)
            break;
        buf_printf(&m->sql.text, " OR (%s = ", m->sorts[i].sql);
        if (!cursor_arg(m, i, err))
            return false;
        buf_lit(&m->sql.text, " AND (");
    }
    for (size_t i = 1; i < m->sort_count; i++)
        buf_lit(&m->sql.text, "))");
    buf_lit(&m->sql.text, ")");
    return true;
}

static void order_add(struct maker *m) {
    buf_lit(&m->sql.text, " ORDER BY ");
    for (size_t i = 0; i < m->sort_count; i++)
        buf_printf(&m->sql.text, "%s%s%s", i > 0 ? ", " : "", m->sorts[i].sql,
                   m->sorts[i].down != m->page.before ? " DESC" : "");
}

static bool limit_add(struct maker *m, struct err *err) {
    buf_lit(&m->sql.text, " LIMIT ");
    if (!search_arg(&m->sql, db_n(m->page.limit), err))
        return false;
    buf_lit(&m->sql.text, " OFFSET ");
    return search_arg(&m->sql, db_n(m->page.from), err);
}

/* WHERE ... ORDER BY ... LIMIT. What must be sorted is sorted by its keys alone, and only the
 * page's rows are then read whole: a sort would read every row that fits with all that an item
 * shows. */
static bool page_add(struct maker *m, struct err *err) {
    bool inner = m->entity->found_by_key && m->sort_count > m->key_count;
    const char *second = m->entity->key2;
    if (inner)
        buf_printf(&m->sql.text, " FROM %s WHERE (%s%s%s) IN (SELECT %s%s%s", m->entity->from,
                   m->entity->key, second != NULL ? ", " : "", second != NULL ? second : "",
                   m->entity->key, second != NULL ? ", " : "", second != NULL ? second : "");
    if (!where_add(m, err) || !cursor_add(m, err))
        return false;
    order_add(m);
    if (!limit_add(m, err))
        return false;
    if (inner) {
        buf_lit(&m->sql.text, ")");
        order_add(m);
    }
    return true;
}

/* ---- the items ------------------------------------------------------------------------------ */

static int columns_add(struct buf *sql, const struct search_entity *entity) {
    int count = 0;
    buf_lit(sql, "SELECT ");
    for (size_t i = 0; i < entity->field_count; i++)
        if ((entity->fields[i].flags & SEARCH_OUT) != 0)
            buf_printf(sql, "%s%s", count++ > 0 ? ", " : "", entity->fields[i].sql);
    return count;
}

static void time_set(struct json *item, struct str name, int64_t at_us, struct arena *arena) {
    char text[CAL_TEXT_MAX];
    int64_t whole_us = at_us - at_us % CAL_SECOND_US; /* times here are after 1970 */
    (void)cal_us_format(text, whole_us, NULL);
    struct str seconds = str_sub(str_from(text), 0, str_find_byte(str_from(text), 'Z'));
    json_set_str(
        item, name,
        arena_printf(arena, "%.*s.%03dZ", STR_ARG(seconds), (int)((at_us - whole_us) / 1000)));
}

static bool json_column(struct json *item, const struct search_field *field, struct str text,
                        struct arena *arena, struct err *err) {
    const struct json *value = NULL;
    struct budget budget = budget_of(JSON_STEPS_MAX, JSON_BYTES_MAX);
    if (text.len == 0)
        return true;
    if (!json_read(&value, text, field->name, arena, &budget, err))
        return false;
    json_set(item, str_from(field->name), value);
    return true;
}

static bool column_set(struct json *item, const struct search_field *field,
                       const struct db_rows *rows, int column, struct arena *arena,
                       struct err *err) {
    struct str name = str_from(field->name), text = STR_NONE, word = STR_NONE;
    bool is_text = field->kind == SEARCH_TEXT || field->kind == SEARCH_WORD;
    bool none = (field->flags & SEARCH_NONE) != 0;
    int64_t n = is_text ? 0 : db_col_i64(rows, column);
    if (is_text || field->kind == SEARCH_JSON)
        text = db_col_text(rows, column);
    if (none && (is_text ? text.len == 0 : field->kind != SEARCH_JSON && n == 0))
        return true;
    switch (field->kind) {
    case SEARCH_TEXT:
    case SEARCH_WORD: json_set_str(item, name, arena_str(arena, text)); break;
    case SEARCH_STREAM:
        n = (n >> SEARCH_STREAM_BITS << SEARCH_STREAM_BITS) + 1;
        json_set_str(item, name, arena_printf(arena, "%" PRId64, n));
        break;
    case SEARCH_JOB:
    case SEARCH_KEY: json_set_str(item, name, arena_printf(arena, "%" PRId64, n)); break;
    case SEARCH_I64: json_set_i64(item, name, n); break;
    case SEARCH_TIME: time_set(item, name, n, arena); break;
    case SEARCH_BOOL: json_set_bool(item, name, n != 0); break;
    case SEARCH_ENUM: {
        struct str rest = str_from(field->values);
        for (int64_t i = 0; i <= n && str_split(&word, &rest, ' '); i++) {
        }
        json_set_str(item, name, word);
        break;
    }
    case SEARCH_JSON: return json_column(item, field, text, arena, err);
    }
    return true;
}

static bool item_read(struct json *item, const struct maker *m, const struct db_rows *rows,
                      struct err *err) {
    const struct search_entity *entity = m->entity;
    int column = 0;
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct search_field *field = &entity->fields[i];
        if ((field->flags & SEARCH_OUT) == 0)
            continue;
        if (!left_out(m, field)) {
            if (!column_set(item, field, rows, column, m->ask->arena, err))
                return false;
        } else if ((field->flags & SEARCH_HELD) != 0) {
            json_set_str(item, str_from(field->name), STR(""));
        }
        column++;
    }
    return true;
}

static bool statement_ok(struct search_sql *sql, struct err *err) {
    buf_add_byte(&sql->text, '\0');
    return buf_ok(&sql->text, "the search", err);
}

/* The rows in the order asked for; those of a page backwards are put in front. */
static bool items_read(struct json *out, struct maker *m, struct db_conn *conn, int sort_column,
                       struct err *err) {
    struct db_rows rows;
    struct arena *arena = m->ask->arena;
    struct json **list = arena_new(arena, struct json *, (size_t)m->page.limit);
    struct db_value values[2][SEARCH_SORTS_MAX + 2] = {0}; /* of the first row and of the last */
    size_t count = 0;
    if (!db_query_once(&rows, conn, m->sql.text.at, m->sql.args, m->sql.arg_count, err))
        return false;
    while (db_next(&rows, err)) {
        list[count] = json_obj(arena);
        if (!item_read(list[count++], m, &rows, err))
            break;
        sort_values(values[count > 1], m, &rows, sort_column);
    }
    if (!db_end(&rows, err))
        return false;
    struct json *items = json_set_arr(out, STR("items")), *page = json_set_obj(out, STR("page"));
    for (size_t i = 0; i < count; i++)
        json_push(items, list[m->page.before ? count - 1 - i : i]);
    if (count > 0) {
        struct str first = cursor_make(m, values[0]), last = cursor_make(m, values[count > 1]);
        json_set_str(page, STR("startCursor"), m->page.before ? last : first);
        json_set_str(page, STR("endCursor"), m->page.before ? first : last);
    }
    return true;
}

/* How many there are in all, up to SEARCH_TOTAL_MAX. */
static bool total_read(struct json *out, struct maker *m, struct db_conn *conn, struct err *err) {
    struct json *page = json_obj(m->ask->arena);
    int64_t total = 0;
    struct db_rows rows;
    buf_reset(&m->sql.text);
    m->sql.arg_count = m->sql.condition_count = 0;
    buf_lit(&m->sql.text, "SELECT count(*) FROM (SELECT 1");
    if (!where_add(m, err))
        return false;
    buf_lit(&m->sql.text, " LIMIT ");
    if (!search_arg(&m->sql, db_n(SEARCH_TOTAL_MAX + 1), err))
        return false;
    buf_lit(&m->sql.text, ") AS counted");
    if (!statement_ok(&m->sql, err) ||
        !db_query_once(&rows, conn, m->sql.text.at, m->sql.args, m->sql.arg_count, err))
        return false;
    if (db_next(&rows, err))
        total = db_col_i64(&rows, 0);
    json_set_i64(page, STR("totalItems"), MIN_OF(total, (int64_t)SEARCH_TOTAL_MAX));
    json_set_bool(page, STR("hasMoreTotalItems"), total > SEARCH_TOTAL_MAX);
    const struct json *cursors = json_get(out, STR("page"));
    for (size_t i = 0; i < json_count(cursors); i++)
        json_set(page, json_member_at(cursors, i)->key.text, json_member_at(cursors, i)->value);
    json_set(out, STR("page"), page);
    return db_end(&rows, err);
}

static bool body_check(const struct json *body, struct err *err) {
    static const char *const keys[] = {"filter", "sort", "page", NULL};
    struct err local = {0};
    if (body == NULL || json_is(body, JSON_NULL) || json_only(body, keys, NULL, &local))
        return true;
    return err_set(err, ERR_INVALID, err_nowhere,
                   "a search is an object of 'filter', 'sort' and "
                   "'page'");
}

bool store_search(struct json **out, struct db_conn *conn, const struct search_entity *entity,
                  const struct search_ask *ask, struct err *err) {
    struct maker *m = arena_new(ask->arena, struct maker, 1);
    m->entity = entity;
    m->ask = ask;
    m->sql.arena = ask->arena;
    if (!body_check(ask->body, err) || !sorts_read(m, err) || !page_read(m, err))
        return false;
    buf_init(&m->sql.text, SQL_BYTES_MAX);
    int sort_column = columns_add(&m->sql.text, entity);
    for (size_t i = 0; i < m->sort_count; i++)
        buf_printf(&m->sql.text, ", %s", m->sorts[i].sql);
    *out = json_obj(ask->arena);
    bool ok = page_add(m, err) && statement_ok(&m->sql, err) &&
              items_read(*out, m, conn, sort_column, err) && total_read(*out, m, conn, err);
    buf_done(&m->sql.text);
    return ok;
}

bool store_search_get(struct json **out, struct db_conn *conn, const struct search_entity *entity,
                      const struct search_given *given, size_t given_count, struct arena *arena,
                      struct err *err) {
    const struct search_ask ask = {.given = given, .given_count = given_count, .arena = arena};
    struct maker *m = arena_new(arena, struct maker, 1);
    struct db_rows rows;
    m->entity = entity;
    m->ask = &ask;
    m->sql.arena = arena;
    buf_init(&m->sql.text, SQL_BYTES_MAX);
    (void)columns_add(&m->sql.text, entity);
    *out = json_obj(arena);
    bool found = false;
    bool ok = where_add(m, err) && statement_ok(&m->sql, err) &&
              db_query_once(&rows, conn, m->sql.text.at, m->sql.args, m->sql.arg_count, err);
    if (ok) {
        found = db_next(&rows, err) && item_read(*out, m, &rows, err);
        ok = db_end(&rows, err);
    }
    buf_done(&m->sql.text);
    return ok && (found || err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no %s with this key",
                                   entity->name));
}

bool store_search_groups(struct json **out, struct db_conn *conn,
                         const struct search_entity *entity, const struct search_ask *ask,
                         const char *group, struct err *err) {
    struct maker *m = arena_new(ask->arena, struct maker, 1);
    struct db_rows rows;
    m->entity = entity;
    m->ask = ask;
    m->sql.arena = ask->arena;
    if (!body_check(ask->body, err))
        return false;
    buf_init(&m->sql.text, SQL_BYTES_MAX);
    (void)columns_add(&m->sql.text, entity);
    bool ok = where_add(m, err);
    buf_printf(&m->sql.text, " GROUP BY %s ORDER BY %s LIMIT %d", group, group, SEARCH_LIMIT_MAX);
    ok = ok && statement_ok(&m->sql, err) &&
         db_query_once(&rows, conn, m->sql.text.at, m->sql.args, m->sql.arg_count, err);
    if (ok) {
        *out = json_obj(ask->arena);
        struct json *items = json_set_arr(*out, STR("items"));
        while (db_next(&rows, err))
            if (!item_read(json_push_obj(items), m, &rows, err))
                break;
        ok = db_end(&rows, err);
    }
    buf_done(&m->sql.text);
    return ok;
}
