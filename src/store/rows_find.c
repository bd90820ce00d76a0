/* What the tables of rows.c cannot say: variables and tags in a filter, the rule about values,
 * bytes of deployed files, and who called whom. */
#include <inttypes.h>

#include "store/rows.h"

enum { VARIABLES_MAX = 20, TAGS_MAX = 10 };

struct asking {
    const struct search_entity *entity;
    bool across; /* it names no one procedure */
};

/* ---- the rule ------------------------------------------------------------------------------- */

/* One: a list of all procedures would be a search across them, and so would be the key 0, which
 * stands where there is none. */
static bool names_value(const struct json *condition) {
    const struct json *value = condition, *list = json_get(condition, STR("$in"));
    int64_t key;
    if (json_is(condition, JSON_OBJECT)) {
        value = json_get(condition, STR("$eq"));
        if (value == NULL && json_count(list) == 1)
            value = json_item(list, 0);
    }
    if (value == NULL || json_is(value, JSON_NULL))
        return false;
    return !search_key(&key, value) || key >> SEARCH_STREAM_BITS > 0;
}

/* Does the filter stay within one procedure? One of these members names one. */
static bool within_one(const struct json *filter) {
    static const char *const names[] = {
        "processDefinitionId",
        "processDefinitionKey",
        "processInstanceKey",
        "parentProcessInstanceKey",
        "scopeKey",
        "elementInstanceKey",
        "userTaskKey",
        "jobKey",
        "incidentKey",
        "messageSubscriptionKey",
        "subscriptionKey",
        "messageKey",
        "decisionDefinitionId",
        "decisionDefinitionKey",
        "decisionEvaluationKey",
        "decisionEvaluationInstanceKey",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (names_value(json_get(filter, str_from(names[i]))))
            return true;
    return false;
}

static bool rule_check(const struct asking *asking, struct str name, struct err *err) {
    return !asking->across || search_across_refuse(name, err);
}

/* ---- variables ------------------------------------------------------------------------------ */

/* One {"name", "value"}: some variable of these scopes has that name and value. */
static bool variable_one(struct search_sql *sql, const char *scopes, const struct json *item,
                         struct err *err) {
    static const char *const keys[] = {"name", "value", NULL};
    static const struct search_field value = {"value", "v.value", SEARCH_TEXT, 0, NULL, NULL, NULL};
    const struct json *name = json_get(item, STR("name")), *want = json_get(item, STR("value"));
    struct err local = {0};
    if (!json_is(item, JSON_OBJECT) || !json_only(item, keys, NULL, &local) ||
        !json_is(name, JSON_STRING) || want == NULL)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "a condition on a variable must be {\"name\", \"value\"}");
    buf_printf(&sql->text, "EXISTS (SELECT 1 FROM variable AS v WHERE %s AND v.name = ", scopes);
    if (!search_arg(sql, db_t(json_text(name)), err))
        return false;
    buf_lit(&sql->text, " AND ");
    if (!search_condition(sql, &value, want, err))
        return false;
    buf_lit(&sql->text, ")");
    return true;
}

static bool variables_add(struct search_sql *sql, const char *scopes, const struct json *list,
                          struct err *err) {
    size_t count = json_count(list);
    if (!json_is(list, JSON_ARRAY) || count == 0 || count > VARIABLES_MAX)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "conditions on variables are a list of 1 to %d", VARIABLES_MAX);
    buf_lit(&sql->text, "(");
    for (size_t i = 0; i < count; i++) {
        buf_add(&sql->text, i > 0 ? STR(" AND ") : STR_NONE);
        if (!variable_one(sql, scopes, json_item(list, i), err))
            return false;
    }
    buf_lit(&sql->text, ")");
    return true;
}

/* ---- tags: all of them ---------------------------------------------------------------------- */

static bool tags_add(struct search_sql *sql, const struct json *list, struct err *err) {
    size_t count = json_count(list);
    if (!json_is(list, JSON_ARRAY) || count == 0 || count > TAGS_MAX)
        return err_set(err, ERR_INVALID, err_nowhere, "'tags' must be a list of 1 to %d texts",
                       TAGS_MAX);
    buf_lit(&sql->text, "(1 = 1");
    for (size_t i = 0; i < count; i++) {
        const struct json *tag = json_item(list, i);
        if (!json_is(tag, JSON_STRING))
            return err_set(err, ERR_INVALID, err_nowhere, "a tag must be a text");
        buf_lit(&sql->text, " AND EXISTS (SELECT 1 FROM json_each(CASE t.tags WHEN '' THEN '[]' "
                            "ELSE t.tags END) AS c WHERE c.value = ");
        if (!search_arg(sql, db_t(json_text(tag)), err))
            return false;
        buf_lit(&sql->text, ")");
    }
    buf_lit(&sql->text, ")");
    return true;
}

/* ---- members that are no field -------------------------------------------------------------- */

static bool other_add(void *ctx, bool *known, struct search_sql *sql, struct str name,
                      const struct json *value, struct err *err) {
    static const struct search_field variable = {"value", "t.value", SEARCH_TEXT, 0,
                                                 NULL,    NULL,      NULL};
    static const char of_instance[] = "v.scope > t.key - 1 AND v.scope < t.key + 16777215";
    static const char of_process[] = "v.scope = t.key / 16777216 * 16777216 + 1";
    const struct asking *asking = ctx;
    const struct search_entity *entity = asking->entity;
    bool task = entity == &rows_user_task, instance = entity == &rows_process_instance;
    *known = true;
    if (instance && str_eq(name, STR("tags")))
        return rule_check(asking, name, err) && tags_add(sql, value, err);
    if ((entity == &rows_variable || entity == &rows_variable_whole) && str_eq(name, STR("value")))
        return rule_check(asking, name, err) && search_condition(sql, &variable, value, err);
    if (instance && str_eq(name, STR("variables")))
        return rule_check(asking, name, err) && variables_add(sql, of_instance, value, err);
    if (task && str_eq(name, STR("processInstanceVariables")))
        return rule_check(asking, name, err) && variables_add(sql, of_process, value, err);
    if (task && str_eq(name, STR("localVariables")))
        return rule_check(asking, name, err) && variables_add(sql, "v.scope = t.key", value, err);
    *known = false;
    return true;
}

bool rows_search(struct json **out, struct db_conn *conn, const struct search_entity *entity,
                 const struct search_ask *ask, struct err *err) {
    struct search_ask whole = *ask;
    struct asking asking = {entity, ask->given_count == 0 &&
                                        !within_one(json_get(ask->body, STR("filter")))};
    whole.other = other_add;
    whole.ctx = &asking;
    whole.across = asking.across;
    /* values listed across procedures would be searched by whoever reads the list */
    bool variables = entity == &rows_variable || entity == &rows_variable_whole;
    return (!variables || rule_check(&asking, STR("value"), err)) &&
           store_search(out, conn, entity, &whole, err);
}

/* ---- deployed files ------------------------------------------------------------------------- */

bool rows_resource_bytes(struct str *bytes, struct str *kind, struct db_conn *conn,
                         int64_t resource, struct arena *arena, struct err *err) {
    struct db_rows rows;
    bool found = false;
    if (!db_query(&rows, conn, "SELECT kind, bytes FROM resource WHERE key = ?1 AND deleted_us = 0",
                  DB_ARGS(db_n(resource)), err))
        return false;
    if (db_next(&rows, err)) {
        found = true;
        *kind = arena_str(arena, db_col_text(&rows, 0));
        *bytes = arena_str(arena, db_col_blob(&rows, 1));
    }
    if (!db_end(&rows, err))
        return false;
    return found || err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no resource with this key");
}

/* Also of a deleted one: instances that have ended still show their model. */
bool rows_definition_bytes(struct str *bytes, struct db_conn *conn, char kind, int64_t definition,
                           struct arena *arena, struct err *err) {
    const char *sql = NULL;
    struct db_rows rows;
    bool found = false;
    switch (kind) {
    case 'p':
        sql = "SELECT r.bytes FROM process_definition AS t JOIN resource AS r ON r.key = "
              "t.resource WHERE t.key = ?1";
        break;
    case 'd':
        sql = "SELECT r.bytes FROM decision_definition AS t JOIN requirements_definition AS q ON "
              "q.key = t.requirements JOIN resource AS r ON r.key = q.resource WHERE t.key = ?1";
        break;
    default:
        sql = "SELECT r.bytes FROM requirements_definition AS t JOIN resource AS r ON r.key = "
              "t.resource WHERE t.key = ?1";
        break;
    }
    if (!db_query(&rows, conn, sql, DB_ARGS(db_n(definition)), err))
        return false;
    if (db_next(&rows, err)) {
        found = true;
        *bytes = arena_str(arena, db_col_blob(&rows, 0));
    }
    if (!db_end(&rows, err))
        return false;
    return found ||
           err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no definition with this key");
}

/* ---- calls ---------------------------------------------------------------------------------- */

static bool call_read(struct json **out, int64_t *parent, struct db_conn *conn, int64_t instance,
                      struct arena *arena, struct err *err) {
    struct db_rows rows;
    *out = NULL;
    if (!db_query(&rows, conn,
                  "SELECT t.parent, t.definition, CASE d.name WHEN '' THEN d.id ELSE d.name END "
                  "FROM process_instance AS t JOIN process_definition AS d ON d.key = t.definition "
                  "WHERE t.key = ?1",
                  DB_ARGS(db_n(instance)), err))
        return false;
    if (db_next(&rows, err)) {
        *out = json_obj(arena);
        *parent = db_col_i64(&rows, 0);
        json_set_str(*out, STR("processInstanceKey"), arena_printf(arena, "%" PRId64, instance));
        json_set_str(*out, STR("processDefinitionKey"),
                     arena_printf(arena, "%" PRId64, db_col_i64(&rows, 1)));
        json_set_str(*out, STR("processDefinitionName"), arena_str(arena, db_col_text(&rows, 2)));
    }
    return db_end(&rows, err);
}

bool rows_call_hierarchy(struct json **out, struct db_conn *conn, int64_t instance,
                         struct arena *arena, struct err *err) {
    struct json *calls[ROWS_CALLS_MAX];
    size_t count = 0;
    for (int64_t at = instance; at != 0 && count < ROWS_CALLS_MAX; count++) {
        int64_t parent = 0;
        if (!call_read(&calls[count], &parent, conn, at, arena, err))
            return false;
        if (calls[count] == NULL)
            break; /* the caller was erased, its calls were not yet */
        at = parent;
    }
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, err_nowhere,
                       "there is no process instance with this key");
    *out = json_arr(arena);
    while (count > 0)
        json_push(*out, calls[--count]);
    return true;
}

/* ---- documents ------------------------------------------------------------------------------ */

bool rows_document(struct rows_document *out, struct db_conn *conn, struct str id, int64_t now_us,
                   struct arena *arena, struct err *err) {
    struct db_rows rows;
    bool found = false;
    if (!db_query(&rows, conn,
                  "SELECT sha256, name, media_type, size, expires_us FROM api_document WHERE id = "
                  "?1 AND (expires_us = 0 OR expires_us > ?2)",
                  DB_ARGS(db_t(id), db_n(now_us)), err))
        return false;
    if (db_next(&rows, err)) {
        found = true;
        *out = (struct rows_document){.id = id,
                                      .sha256 = arena_str(arena, db_col_blob(&rows, 0)),
                                      .name = arena_str(arena, db_col_text(&rows, 1)),
                                      .media_type = arena_str(arena, db_col_text(&rows, 2)),
                                      .size_bytes = db_col_i64(&rows, 3),
                                      .expires_us = db_col_i64(&rows, 4)};
    }
    if (!db_end(&rows, err))
        return false;
    return found ||
           err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no document '%.*s'", STR_ARG(id));
}

bool rows_task_is_open(bool *out, struct db_conn *conn, int64_t task, struct str who,
                       struct err *err) {
    int64_t found = 0;
    bool ok = db_get_i64(
        &found, conn, "SELECT 1 FROM user_task AS t WHERE t.key = ?1 AND " ROWS_TASK_OPEN_TO("?2"),
        DB_ARGS(db_n(task), db_t(who)), err);
    *out = found != 0;
    return ok;
}
