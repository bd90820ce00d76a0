/* Searches and single reads of process clients. Which rows an address reads stands in a table; the
 * shapes are those of store/rows.c. A read sees the last commit, so what was answered before is
 * found. */
#include "web/handlers.h"
#include "web/v2.h"

/* ---- searches ------------------------------------------------------------------------------- */

static const struct find {
    const char *route;
    const struct search_entity *entity;
    const char *given; /* a condition with the path's {key}; NULL: none */
} finds[] = {
    {"v2_definition_search", &rows_process_definition, NULL},
    {"v2_instance_search", &rows_process_instance, NULL},
    {"v2_element_search", &rows_element_instance, NULL},
    {"v2_variable_search", &rows_variable, NULL},
    {"v2_incident_search", &rows_incident, NULL},
    {"v2_job_search", &rows_job, NULL},
    {"v2_task_search", &rows_user_task, NULL},
    {"v2_subscription_search", &rows_message_subscription, NULL},
    {"v2_correlated_search", &rows_correlated_subscription, NULL},
    {"v2_decision_search", &rows_decision_definition, NULL},
    {"v2_requirements_search", &rows_decision_requirements, NULL},
    {"v2_evaluation_search", &rows_decision_instance, NULL},
    {"v2_instance_incidents", &rows_incident, ROWS_OF_INSTANCE_TREE},
    {"v2_task_variables", &rows_variable, ROWS_SEEN_BY_ELEMENT},
};

/* A search beyond a limit is a wrong search, not a body that is too large. */
static void search_fail(struct web_request *r, struct err *err) {
    if (err->code == ERR_LIMIT)
        err->code = ERR_INVALID;
    v2_fail(r, err);
}

static const struct search_entity *entity_for(const struct web_request *r,
                                              const struct find *find) {
    bool whole =
        find->entity == &rows_variable && str_eq(web_query(r, STR("truncateValues")), STR("false"));
    return whole ? &rows_variable_whole : find->entity;
}

static const struct find *find_of(const struct web_request *r, const struct find *list,
                                  size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].route, r->route->id) == 0)
            return &list[i];
    return NULL;
}

static void search_show(struct web_request *r) {
    const struct find *find = find_of(r, finds, COUNT_OF(finds));
    struct search_given given[2] = {{find->given, db_n(0)}};
    struct search_ask ask = {
        .body = r->json, .given = given, .given_count = find->given != NULL, .arena = r->arena};
    struct err err = {0};
    struct json *out = NULL;
    struct db_conn *conn;
    if (find->given != NULL && !v2_key(&given[0].value.n, r, web_arg(r, "key")))
        return;
    if (find->entity == &rows_user_task && !v2_task_given(given, &ask.given_count, r))
        return;
    bool ok = app_rows_open(&conn, r->reader, &err);
    if (ok) {
        ok = rows_search(&out, conn, entity_for(r, find), &ask, &err);
        app_rows_close(r->reader, conn);
    }
    if (ok)
        web_send_json(r, 200, out);
    else
        search_fail(r, &err);
}

/* MISSION.md: a look at data is on record before anything is shown. */
static void look(struct web_request *r, web_then *then) {
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("path"), r->http->path);
    if (r->json != NULL)
        json_set(body, STR("asked"), r->json);
    const struct app_order order = {.verb = APP_VALUES_LOOK, .body = body};
    web_do(r, &order, then);
}

static void search_looked(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code != ERR_NONE)
        v2_fail(r, &answer->err);
    else
        search_show(r);
}

void v2_search(struct web_request *r) {
    const struct search_entity *entity = find_of(r, finds, COUNT_OF(finds))->entity;
    if (entity == &rows_variable || entity == &rows_decision_instance)
        look(r, search_looked);
    else
        search_show(r);
}

/* ---- one ------------------------------------------------------------------------------------ */

static const struct find singles[] = {
    {"v2_definition", &rows_process_definition, "t.key = ?"},
    {"v2_instance", &rows_process_instance, "t.key = ?"},
    {"v2_element", &rows_element_instance, "t.key = ?"},
    {"v2_variable", &rows_variable_whole, ROWS_VARIABLE_KEY},
    {"v2_incident", &rows_incident, "t.key = ?"},
    {"v2_task", &rows_user_task, "t.key = ?"},
    {"v2_decision", &rows_decision_definition, "t.key = ?"},
    {"v2_requirements", &rows_decision_requirements, "t.key = ?"},
    {"v2_resource", &rows_resource, "t.key = ?"},
};

/* ERR_NOT_FOUND. */
static bool get_one(struct json **out, struct web_request *r, const struct search_entity *entity,
                    const struct search_given *given, size_t count, struct err *err) {
    struct db_conn *conn;
    if (!app_rows_open(&conn, r->reader, err))
        return false;
    bool ok = store_search_get(out, conn, entity, given, count, r->arena, err);
    app_rows_close(r->reader, conn);
    return ok;
}

static void get_show(struct web_request *r) {
    const struct find *find = find_of(r, singles, COUNT_OF(singles));
    struct search_given given[2] = {{find->given, db_n(0)}};
    size_t count = 1;
    struct json *out = NULL;
    struct err err = {0};
    if (!v2_key(&given[0].value.n, r, web_arg(r, "key")))
        return;
    if (find->entity == &rows_user_task && !v2_task_given(given, &count, r))
        return;
    if (get_one(&out, r, find->entity, given, count, &err))
        web_send_json(r, 200, out);
    else
        v2_fail(r, &err);
}

static void get_looked(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code != ERR_NONE)
        v2_fail(r, &answer->err);
    else
        get_show(r);
}

void v2_get(struct web_request *r) {
    if (find_of(r, singles, COUNT_OF(singles))->entity == &rows_variable_whole)
        look(r, get_looked);
    else
        get_show(r);
}

/* ---- evaluated decisions -------------------------------------------------------------------- */

/* "KEY" with four digits of the decision's number at its end, or "KEY-N". */
static bool evaluation_key(int64_t *key, int64_t *n, struct str text) {
    size_t dash = str_find_byte(text, '-');
    if (dash != SIZE_MAX)
        return str_to_i64(key, str_sub(text, 0, dash)) &&
               str_to_i64(n, str_sub(text, dash + 1, text.len));
    return text.len > 4 && str_to_i64(key, str_sub(text, 0, text.len - 4)) &&
           str_to_i64(n, str_sub(text, text.len - 4, 4));
}

static void text_of_value(struct json *obj, struct str key, const struct json *value,
                          struct arena *arena) {
    struct buf text;
    buf_init(&text, APP_VARIABLES_BYTES_MAX);
    json_write(&text, value != NULL ? value : json_null(arena), JSON_COMPACT);
    json_set_str(obj, key, arena_str(arena, buf_view(&text)));
    buf_done(&text);
}

static void inputs_set(struct json *out, const struct json *inputs, struct arena *arena) {
    struct json *list = json_set_arr(out, STR("evaluatedInputs"));
    for (size_t i = 0; i < json_count(inputs); i++) {
        const struct json *input = json_item(inputs, i);
        struct str name = json_get_text(input, STR("expression"));
        struct json *item = json_push_obj(list);
        json_set_str(item, STR("inputId"), arena_printf(arena, "%zu", i + 1));
        json_set_str(item, STR("inputName"), name);
        text_of_value(item, STR("inputValue"), json_get(input, STR("value")), arena);
    }
}

static void rules_set(struct json *out, const struct json *rules, struct arena *arena) {
    struct json *list = json_set_arr(out, STR("matchedRules"));
    for (size_t i = 0; i < json_count(rules); i++) {
        const struct json *rule = json_item(rules, i);
        const struct json *outputs = json_get(rule, STR("outputs"));
        const struct json *number = json_get(rule, STR("number"));
        struct json *item = json_push_obj(list);
        json_set_str(item, STR("ruleId"), json_get_text(rule, STR("id")));
        json_set(item, STR("ruleIndex"), number != NULL ? number : json_i64(0, arena));
        struct json *values = json_set_arr(item, STR("evaluatedOutputs"));
        for (size_t k = 0; k < json_count(outputs); k++) {
            const struct json *output = json_item(outputs, k);
            struct json *value = json_push_obj(values);
            json_set_str(value, STR("outputId"), arena_printf(arena, "%zu", k + 1));
            json_set_str(value, STR("outputName"), json_get_text(output, STR("name")));
            text_of_value(value, STR("outputValue"), json_get(output, STR("value")), arena);
        }
    }
}

static void evaluation_looked(struct web_request *r, const struct app_answer *answer) {
    int64_t key, n;
    struct err err = answer->err;
    struct json *row = NULL;
    if (err.code != ERR_NONE) {
        v2_fail(r, &err);
        return;
    }
    if (!evaluation_key(&key, &n, web_arg(r, "key"))) {
        v2_fail_status(r, 400, "the key of an evaluated decision is a number");
        return;
    }
    const struct search_given given[] = {{"t.evaluation = ?", db_n(key)}, {"t.n = ?", db_n(n)}};
    if (!get_one(&row, r, &rows_decision_instance_whole, given, COUNT_OF(given), &err)) {
        v2_fail(r, &err);
        return;
    }
    struct json *out = json_obj(r->arena);
    for (size_t i = 0; i < json_count(row); i++) {
        const struct json_member *member = json_member_at(row, i);
        if (str_eq(member->key.text, STR("inputs")))
            inputs_set(out, member->value, r->arena);
        else if (str_eq(member->key.text, STR("rules")))
            rules_set(out, member->value, r->arena);
        else
            json_set(out, member->key.text, member->value);
    }
    web_send_json(r, 200, out);
}

void v2_evaluation(struct web_request *r) {
    look(r, evaluation_looked);
}

/* ---- forms ---------------------------------------------------------------------------------- */

/* 204 when what the form would belong to is there and has none. */
static void form_send(struct web_request *r, const char *form_sql,
                      const struct search_entity *owner) {
    struct search_given form = {form_sql, db_n(0)}, self = {"t.key = ?", db_n(0)};
    struct json *out = NULL;
    struct err err = {0}, none = {0};
    if (!v2_key(&form.value.n, r, web_arg(r, "key")))
        return;
    self.value = form.value;
    if (get_one(&out, r, &rows_form, &form, 1, &none))
        web_send_json(r, 200, out);
    else if (none.code != ERR_NOT_FOUND)
        v2_fail(r, &none);
    else if (get_one(&out, r, owner, &self, 1, &err))
        v2_send_nothing(r);
    else
        v2_fail(r, &err);
}

void v2_definition_form(struct web_request *r) {
    form_send(r, ROWS_START_FORM, &rows_process_definition);
}

/* ---- user tasks of who does not operate processes ------------------------------------------- */

static bool asks_values(const struct json *filter) {
    const struct json * or = json_get(filter, STR("$or"));
    bool found = json_get(filter, STR("processInstanceVariables")) != NULL ||
                 json_get(filter, STR("localVariables")) != NULL;
    for (size_t i = 0; i < json_count(or) && !found; i++)
        found = json_get(json_item(or, i), STR("processInstanceVariables")) != NULL ||
                json_get(json_item(or, i), STR("localVariables")) != NULL;
    return found;
}

bool v2_task_given(struct search_given *out, size_t *count, struct web_request *r) {
    struct err err = {0};
    struct str user;
    if (app_may(r->app, &r->caller, APP_RIGHT_OPERATE))
        return true;
    if (!app_user_of(&user, r->reader, r->caller.account, r->arena, &err)) {
        v2_fail(r, &err);
        return false;
    }
    if (asks_values(json_get(r->json, STR("filter")))) {
        v2_fail_status(r, 403, "this account may not search by values of variables");
        return false;
    }
    out[(*count)++] = (struct search_given){ROWS_TASK_OPEN_TO("?"),
                                            db_t(app_task_seeker(&r->caller, user, r->arena))};
    return true;
}

/* Is the path's task open to the caller? False, and answered, when not. */
static bool task_is_open(struct web_request *r) {
    struct search_given given[2] = {{"t.key = ?", db_n(0)}};
    size_t count = 1;
    struct json *out = NULL;
    struct err err = {0};
    if (!v2_key(&given[0].value.n, r, web_arg(r, "key")) || !v2_task_given(given, &count, r))
        return false;
    if (count == 1 || get_one(&out, r, &rows_user_task, given, count, &err))
        return true;
    v2_fail(r, &err);
    return false;
}

void v2_task_form(struct web_request *r) {
    if (task_is_open(r))
        form_send(r, ROWS_TASK_FORM, &rows_user_task);
}

/* Who takes part in the task is on record in its instance. */
void v2_task_variables(struct web_request *r) {
    struct app_order order = {.verb = APP_TASK_LOOK};
    if (app_may(r->app, &r->caller, APP_RIGHT_OPERATE))
        v2_search(r);
    else if (v2_key(&order.key, r, web_arg(r, "key")))
        web_do(r, &order, search_looked);
}

/* ---- files ---------------------------------------------------------------------------------- */

static void bytes_send(struct web_request *r, struct str bytes, struct str type) {
    struct http_response *res = http_answer(r->http);
    res->content_type = type;
    res->document = true; /* it was uploaded: no script, whatever it holds */
    buf_add(&res->body, bytes);
    http_send(r->http);
}

void v2_xml(struct web_request *r) {
    struct str bytes = STR_NONE;
    struct db_conn *conn;
    struct err err = {0};
    int64_t key;
    char kind = r->route->id[sizeof "v2_" - 1]; /* definition, requirements: as in their paths */
    if (strcmp(r->route->id, "v2_definition_xml") == 0)
        kind = 'p';
    if (!v2_key(&key, r, web_arg(r, "key")))
        return;
    bool ok = app_rows_open(&conn, r->reader, &err);
    if (ok) {
        ok = rows_definition_bytes(&bytes, conn, kind, key, r->arena, &err);
        app_rows_close(r->reader, conn);
    }
    if (ok)
        bytes_send(r, bytes, STR("text/xml; charset=utf-8"));
    else
        v2_fail(r, &err);
}

void v2_resource_content(struct web_request *r) {
    struct str bytes = STR_NONE, kind = STR_NONE;
    struct db_conn *conn;
    struct err err = {0};
    int64_t key;
    if (!v2_key(&key, r, web_arg(r, "key")))
        return;
    bool ok = app_rows_open(&conn, r->reader, &err);
    if (ok) {
        ok = rows_resource_bytes(&bytes, &kind, conn, key, r->arena, &err);
        app_rows_close(r->reader, conn);
    }
    if (ok)
        bytes_send(r, bytes, STR("text/plain; charset=utf-8"));
    else
        v2_fail(r, &err);
}

/* ---- about one instance --------------------------------------------------------------------- */

void v2_instance_calls(struct web_request *r) {
    struct json *out = NULL;
    struct db_conn *conn;
    struct err err = {0};
    int64_t key;
    if (!v2_key(&key, r, web_arg(r, "key")))
        return;
    bool ok = app_rows_open(&conn, r->reader, &err);
    if (ok) {
        ok = rows_call_hierarchy(&out, conn, key, r->arena, &err);
        app_rows_close(r->reader, conn);
    }
    if (ok)
        web_send_json(r, 200, out);
    else
        v2_fail(r, &err);
}

/* What a list of one instance is; ERR_NOT_FOUND when there is no such instance. */
typedef bool instance_list(struct json **out, struct db_conn *conn, const struct search_ask *ask,
                           struct err *err);

static void instance_send(struct web_request *r, const struct search_entity *owner,
                          const char *given_sql, instance_list *list) {
    struct search_given self = {"t.key = ?", db_n(0)}, given = {given_sql, db_n(0)};
    struct search_ask ask = {.body = r->json, .given = &given, .given_count = 1, .arena = r->arena};
    struct json *out = NULL;
    struct db_conn *conn;
    struct err err = {0};
    if (!v2_key(&self.value.n, r, web_arg(r, "key")))
        return;
    given.value = self.value;
    bool ok = app_rows_open(&conn, r->reader, &err);
    if (ok) {
        ok = store_search_get(&out, conn, owner, &self, 1, r->arena, &err) &&
             list(&out, conn, &ask, &err);
        app_rows_close(r->reader, conn);
    }
    if (ok)
        web_send_json(r, 200, out);
    else
        search_fail(r, &err);
}

static bool flows_list(struct json **out, struct db_conn *conn, const struct search_ask *ask,
                       struct err *err) {
    return store_search_groups(out, conn, &rows_sequence_flow, ask, ROWS_FLOW_GROUP, err);
}

void v2_instance_flows(struct web_request *r) {
    instance_send(r, &rows_process_instance, "t.instance = ?", flows_list);
}

static bool statistics_list(struct json **out, struct db_conn *conn, const struct search_ask *ask,
                            struct err *err) {
    return store_search_groups(out, conn, &rows_statistics, ask, ROWS_STATISTICS_GROUP, err);
}

void v2_instance_statistics(struct web_request *r) {
    instance_send(r, &rows_process_instance, "t.key = ?", statistics_list);
}

void v2_definition_statistics(struct web_request *r) {
    instance_send(r, &rows_process_definition, "t.definition = ?", statistics_list);
}
