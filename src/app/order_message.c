/* Messages and signals from outside. */
#include "app/process_inner.h"

static const int64_t KEEP_MS_MAX = 10LL * 365 * 24 * 3600 * 1000;

static bool message_of(struct drive_message *m, struct app_job *j, struct err *err) {
    const struct json *body = j->order.body;
    *m = (struct drive_message){0};
    if (!app_take_text(&m->name, body, "name", err) ||
        !app_take_text(&m->correlation_key, body, "correlationKey", err) ||
        !app_take_variables(&m->variables, body, "variables", j->app->scratch, err))
        return false;
    return m->name.len > 0 || err_set(err, ERR_INVALID, err_nowhere, "'name' is missing");
}

static bool publish(struct app_job *j, struct drive *d, struct err *err) {
    struct drive_message m;
    struct str id = STR_NONE;
    int64_t keep_ms = 0, instance;
    size_t correlated;
    if (!message_of(&m, j, err) || !app_take_text(&id, j->order.body, "messageId", err) ||
        !app_take_i64(&keep_ms, j->order.body, "timeToLive", err))
        return false;
    if (keep_ms < 0 || keep_ms > KEEP_MS_MAX)
        return err_set(err, ERR_INVALID, err_nowhere, "'timeToLive' is 0 to ten years");
    if (!drive_message_publish(d, &m, id, keep_ms, &correlated, &instance, err) ||
        !drive_settle(d, err))
        return false;
    j->body = json_obj(d->arena);
    app_set_key(j->body, STR("messageKey"), m.key);
    json_set_str(j->body, STR("tenantId"), APP_TENANT);
    return true;
}

static bool correlate(struct app_job *j, struct drive *d, struct err *err) {
    struct drive_message m;
    int64_t instance;
    size_t correlated;
    if (!message_of(&m, j, err) ||
        !drive_message_publish(d, &m, STR_NONE, 0, &correlated, &instance, err))
        return false;
    if (correlated == 0)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "nothing waits for the message '%.*s'",
                       STR_ARG(m.name));
    if (!drive_settle(d, err))
        return false;
    j->body = json_obj(d->arena);
    app_set_key(j->body, STR("messageKey"), m.key);
    app_set_key(j->body, STR("processInstanceKey"), instance);
    json_set_str(j->body, STR("tenantId"), APP_TENANT);
    return true;
}

static bool broadcast(struct app_job *j, struct drive *d, struct err *err) {
    struct str name = STR_NONE;
    struct feel_value variables;
    const struct json *values;
    struct buf text;
    uint64_t stream;
    if (!app_take_text(&name, j->order.body, "signalName", err) ||
        !app_take_variables(&variables, j->order.body, "variables", d->arena, err) ||
        !app_variables_json(&values, variables, NULL, 0, d->arena, err))
        return false;
    if (name.len == 0)
        return err_set(err, ERR_INVALID, err_nowhere, "'signalName' is missing");
    struct json *note = json_obj(d->arena);
    json_set_str(note, STR("name"), name);
    json_set(note, STR("variables"), values);
    buf_init(&text, STORE_EVENT_BYTES_MAX);
    json_write(&text, note, JSON_COMPACT);
    bool ok = buf_ok(&text, "the signal", err) &&
              store_note_add(&stream, d->tx, STR("signal_broadcast"), d->account, buf_view(&text),
                             d->arena, err);
    buf_done(&text);
    if (!ok || !drive_signal(d, process_key(stream, 0), name, variables, 0, err) ||
        !drive_settle(d, err))
        return false;
    j->body = json_obj(d->arena);
    app_set_key(j->body, STR("signalKey"), process_key(stream, 0));
    json_set_str(j->body, STR("tenantId"), APP_TENANT);
    return true;
}

/* Which variables were given is logged, not what they say: that stands in the instances. */
static bool note_conditions(uint64_t *stream, struct drive *d, int64_t definition,
                            struct feel_value variables, struct err *err) {
    struct json *note = json_obj(d->arena), *names = json_set_arr(note, STR("variables"));
    struct buf text;
    app_set_key(note, STR("processDefinitionKey"), definition);
    for (size_t i = 0; feel_kind(variables) == FEEL_CONTEXT && i < feel_count(variables); i++)
        json_push_str(names, feel_entries(variables)[i].name);
    buf_init(&text, STORE_EVENT_BYTES_MAX);
    json_write(&text, note, JSON_COMPACT);
    bool ok = buf_ok(&text, "what conditions were asked with", err) &&
              store_note_add(stream, d->tx, STR("conditionals_evaluated"), d->account,
                             buf_view(&text), d->arena, err);
    buf_done(&text);
    return ok;
}

static bool evaluate(struct app_job *j, struct drive *d, struct err *err) {
    struct drive_condition *begun;
    struct feel_value variables;
    struct store_definition process;
    int64_t definition = 0;
    size_t count;
    uint64_t stream;
    if (!app_take_key(&definition, j->order.body, "processDefinitionKey", err) ||
        !app_take_variables(&variables, j->order.body, "variables", d->arena, err))
        return false;
    if (definition != 0 && !store_process_by_key(&process, j->tx->conn, definition, d->arena, err))
        return false;
    if (definition != 0 && process.key == 0)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no process with this key");
    if (!note_conditions(&stream, d, definition, variables, err) ||
        !drive_conditions(&begun, &count, d, definition, variables, err) || !drive_settle(d, err))
        return false;
    j->body = json_obj(d->arena);
    app_set_key(j->body, STR("conditionalEvaluationKey"), process_key(stream, 0));
    json_set_str(j->body, STR("tenantId"), APP_TENANT);
    struct json *list = json_set_arr(j->body, STR("processInstances"));
    for (size_t i = 0; i < count; i++) {
        struct json *one = json_push_obj(list);
        app_set_key(one, STR("processDefinitionKey"), begun[i].definition);
        app_set_key(one, STR("processInstanceKey"), begun[i].instance);
    }
    return true;
}

bool app_run_message(struct app_job *j, struct err *err) {
    struct drive d;
    drive_init(&d, j);
    switch (j->order.verb) {
    case APP_MESSAGE_PUBLISH: return publish(j, &d, err);
    case APP_MESSAGE_CORRELATE: return correlate(j, &d, err);
    case APP_SIGNAL: return broadcast(j, &d, err);
    case APP_CONDITIONALS_EVALUATE: return evaluate(j, &d, err);
    default: return err_set(err, ERR_INTERNAL, err_nowhere, "a verb that is about no message");
    }
}
