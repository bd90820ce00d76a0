/* Instances: created, cancelled, changed, repaired. */
#include <inttypes.h>

#include "app/process_inner.h"

enum { INSTRUCTIONS_MAX = 1000 };

static struct process_command about(const struct app_job *j, enum process_command_kind kind) {
    return (struct process_command){.kind = kind, .id = process_key_n(j->order.key)};
}

/* ---- creating -----------------------------------------------------------------------------------
 */

static bool definition_of(struct store_definition *out, struct app_job *j, struct err *err) {
    const struct json *body = j->order.body;
    struct arena *arena = j->app->scratch;
    struct str id = STR_NONE;
    int64_t key = 0, version = -1;
    const struct store_bound newest = {.binding = BPMN_BINDING_LATEST};
    if (!app_take_key(&key, body, "processDefinitionKey", err) ||
        !app_take_text(&id, body, "processDefinitionId", err) ||
        !app_take_i64(&version, body, "processDefinitionVersion", err))
        return false;
    if ((key == 0) == (id.len == 0))
        return err_set(err, ERR_INVALID, err_nowhere,
                       "one of 'processDefinitionId' and 'processDefinitionKey' is needed");
    bool ok = key != 0      ? store_process_by_key(out, j->tx->conn, key, arena, err)
              : version > 0 ? store_process_by_version(out, j->tx->conn, id, version, arena, err)
                            : store_process_bound(out, j->tx->conn, id, &newest, arena, err);
    if (!ok)
        return false;
    if (out->key == 0)
        return key != 0 ? err_set(err, ERR_NOT_FOUND, err_nowhere,
                                  "there is no process definition with the key %" PRId64, key)
                        : err_set(err, ERR_NOT_FOUND, err_nowhere,
                                  "there is no process definition with the id '%.*s'", STR_ARG(id));
    return true;
}

static bool node_of(uint32_t *out, const struct bpmn_process *process, struct str id,
                    struct err *err) {
    const struct bpmn_node *node = bpmn_node(process, id);
    if (node == NULL)
        return err_set(err, ERR_INVALID, err_nowhere, "the process has no element '%.*s'",
                       STR_ARG(id));
    *out = node->index;
    return true;
}

static bool starts_of(struct drive_start *start, struct app_job *j,
                      const struct bpmn_process *process, struct err *err) {
    const struct json *list = json_get(j->order.body, STR("startInstructions"));
    const struct json *stops = json_get(j->order.body, STR("runtimeInstructions"));
    size_t count = json_count(list), stop_count = json_count(stops);
    if (count > INSTRUCTIONS_MAX || stop_count > INSTRUCTIONS_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "at most %d instructions", INSTRUCTIONS_MAX);
    struct bpmn_activate *activate = arena_new(j->app->scratch, struct bpmn_activate, count);
    uint32_t *stop_after = arena_new(j->app->scratch, uint32_t, stop_count);
    for (size_t i = 0; i < count; i++)
        if (!node_of(&activate[i].node, process,
                     json_get_text(json_item(list, i), STR("elementId")), err))
            return false;
    for (size_t i = 0; i < stop_count; i++)
        if (!node_of(&stop_after[i], process,
                     json_get_text(json_item(stops, i), STR("afterElementId")), err))
            return false;
    start->activate = activate;
    start->activate_count = count;
    start->stop_after = stop_after;
    start->stop_after_count = stop_count;
    return true;
}

static bool tags_of(struct str *out, struct app_job *j, struct err *err) {
    const struct json *tags = json_get(j->order.body, STR("tags"));
    struct buf text;
    struct str *list;
    size_t count;
    if (!app_take_texts(&list, &count, j->order.body, "tags", j->app->scratch, err))
        return false;
    if (count == 0)
        return true;
    buf_init(&text, 1 << 16);
    json_write(&text, tags, JSON_COMPACT);
    bool ok = buf_ok(&text, "the tags", err);
    *out = arena_str(j->app->scratch, buf_view(&text));
    buf_done(&text);
    return ok;
}

const struct json *app_variables_chosen(const struct json *variables, const struct json *body,
                                        struct arena *arena) {
    const struct json *names = json_get(body, STR("fetchVariables"));
    if (json_count(names) == 0)
        return json_copy(variables, arena);
    struct json *out = json_obj(arena);
    for (size_t i = 0; i < json_count(names); i++) {
        const struct json *value = json_get(variables, json_text(json_item(names, i)));
        if (value != NULL)
            json_set(out, arena_str(arena, json_text(json_item(names, i))),
                     json_copy(value, arena));
    }
    return out;
}

static bool await(struct app_job *j, const struct drive *d, struct err *err) {
    const struct json *variables;
    int64_t timeout_ms = 0;
    if (!app_take_i64(&timeout_ms, j->order.body, "requestTimeout", err))
        return false;
    if (d->root_ended && d->root_failed)
        return err_set(err, ERR_CONFLICT, err_nowhere,
                       "the process instance was terminated before it completed");
    if (d->root_ended) {
        if (!app_variables_json(&variables, d->root_variables, NULL, 0, j->app->scratch, err))
            return false;
        json_set(j->body, STR("variables"),
                 app_variables_chosen(variables, j->order.body, j->arena));
        return true;
    }
    if (timeout_ms <= 0 || timeout_ms > APP_AWAIT_MS_MAX)
        timeout_ms = APP_AWAIT_MS_DEFAULT;
    j->body = json_copy(j->body, j->arena); /* it stays until the end is told */
    return app_wait_for_end(j, d->root, os_mono_us(j->app->os) + timeout_ms * 1000, err);
}

static bool create(struct app_job *j, struct drive *d, struct err *err) {
    struct store_definition definition;
    struct app_model *model;
    uint64_t stream;
    bool waits = false;
    struct drive_start start = {0};
    if (!definition_of(&definition, j, err) ||
        !app_take_bool(&waits, j->order.body, "awaitCompletion", err) ||
        !tags_of(&start.tags_json, j, err) ||
        !app_take_variables(&start.variables, j->order.body, "variables", d->arena, err) ||
        !app_model_hold(&model, j->app, j->tx->conn, definition.key, err))
        return false;
    start.definition = definition.key;
    bool ok =
        starts_of(&start, j, app_model_process(model), err) && drive_start(&stream, d, &start, err);
    app_model_let(j->app, model);
    if (!ok)
        return false;
    const struct json *tags = json_get(j->order.body, STR("tags"));
    j->body = json_obj(d->arena);
    json_set_str(j->body, STR("processDefinitionId"), definition.id);
    json_set_i64(j->body, STR("processDefinitionVersion"), definition.version);
    app_set_key(j->body, STR("processDefinitionKey"), definition.key);
    app_set_key(j->body, STR("processInstanceKey"), process_key(stream, 1));
    json_set_str(j->body, STR("tenantId"), APP_TENANT);
    json_set(j->body, STR("tags"), json_count(tags) > 0 ? tags : json_arr(d->arena));
    json_set_obj(j->body, STR("variables"));
    return !waits || await(j, d, err);
}

/* ---- the others
 * ---------------------------------------------------------------------------------- */

static bool cancel(struct app_job *j, struct drive *d, struct err *err) {
    struct store_instance head;
    const struct process_command command = {.kind = PROCESS_CANCEL};
    if (!store_instance_get(&head, j->tx->conn, process_key_stream(j->order.key), err))
        return false;
    if (head.ended_us != 0)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "the process instance has ended");
    if (head.parent_element != 0)
        return err_set(err, ERR_CONFLICT, err_nowhere,
                       "the process instance was called by another: cancel the instance %" PRId64,
                       head.root);
    return drive_run(d, head.stream, &command, err);
}

static bool set_variables(struct app_job *j, struct drive *d, struct err *err) {
    struct process_command command = about(j, PROCESS_SET);
    return app_take_variables(&command.variables, j->order.body, "variables", d->arena, err) &&
           app_take_bool(&command.local, j->order.body, "local", err) &&
           drive_run(d, process_key_stream(j->order.key), &command, err);
}

/* ---- ad-hoc sub-processes
 * ------------------------------------------------------------------------- */

bool app_take_activations(struct process_command *command, const struct json *list,
                          const struct bpmn_process *process, struct arena *arena,
                          struct err *err) {
    size_t count = json_count(list);
    if (count > INSTRUCTIONS_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "at most %d elements", INSTRUCTIONS_MAX);
    struct bpmn_activate *activate = arena_new(arena, struct bpmn_activate, count);
    struct bpmn_scoped *scoped = arena_new(arena, struct bpmn_scoped, count);
    for (size_t i = 0; i < count; i++) {
        const struct json *one = json_item(list, i);
        if (!node_of(&activate[i].node, process, json_get_text(one, STR("elementId")), err) ||
            !app_take_variables(&scoped[i].variables, one, "variables", arena, err))
            return false;
        if (!feel_is_null(scoped[i].variables)) {
            activate[i].scoped = &scoped[i];
            activate[i].scoped_count = 1;
        }
    }
    command->activate = activate;
    command->activate_count = count;
    return true;
}

static bool ad_hoc(struct app_job *j, struct drive *d, struct err *err) {
    struct process_command command = about(j, PROCESS_ACTIVATE);
    const struct json *elements = json_get(j->order.body, STR("elements"));
    uint64_t stream = process_key_stream(j->order.key);
    struct app_live *live;
    if (!json_is(elements, JSON_ARRAY) || json_count(elements) == 0)
        return err_set(err, ERR_INVALID, err_nowhere, "'elements' must be a list of at least one");
    return app_take_bool(&command.cancel_remaining, j->order.body, "cancelRemainingInstances",
                         err) &&
           app_live_get(&live, j->app, j->tx, stream, err) &&
           app_take_activations(&command, elements, live->p->process, d->arena, err) &&
           drive_run(d, stream, &command, err);
}

/* ---- modification
 * --------------------------------------------------------------------------------- */

/* variableInstructions: [{variables, scopeId}] */
static bool scoped_of(struct bpmn_activate *out, const struct json *list,
                      const struct bpmn_process *process, struct arena *arena, struct err *err) {
    size_t count = json_count(list);
    struct bpmn_scoped *scoped = arena_new(arena, struct bpmn_scoped, count);
    for (size_t i = 0; i < count; i++) {
        struct str scope = STR_NONE;
        if (!app_take_variables(&scoped[i].variables, json_item(list, i), "variables", arena,
                                err) ||
            !app_take_text(&scope, json_item(list, i), "scopeId", err))
            return false;
        if (scope.len > 0 && !str_eq(scope, process->id) &&
            !node_of(&scoped[i].node, process, scope, err))
            return false;
    }
    out->scoped = scoped;
    out->scoped_count = count;
    return true;
}

static bool activate_of(struct bpmn_activate *out, const struct json *one, uint64_t stream,
                        const struct bpmn_process *process, struct arena *arena, struct err *err) {
    int64_t ancestor = 0;
    if (!node_of(&out->node, process, json_get_text(one, STR("elementId")), err) ||
        !app_take_key(&ancestor, one, "ancestorElementInstanceKey", err))
        return false;
    if (ancestor > 0 && process_key_stream(ancestor) != stream)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "the ancestor %" PRId64 " is not of this instance", ancestor);
    out->ancestor = ancestor > 0 ? process_key_n(ancestor) : 0; /* -1: none */
    return scoped_of(out, json_get(one, STR("variableInstructions")), process, arena, err);
}

static bool terminate_of(uint32_t *out, const struct json *one, uint64_t stream, struct err *err) {
    int64_t key = 0;
    if (!app_take_key(&key, one, "elementInstanceKey", err))
        return false;
    *out = process_key_n(key);
    return process_key_stream(key) == stream ||
           err_set(err, ERR_INVALID, err_nowhere,
                   "the element instance %" PRId64 " is not of this instance", key);
}

static bool modify(struct app_job *j, struct drive *d, struct err *err) {
    const struct json *activate = json_get(j->order.body, STR("activateInstructions"));
    const struct json *terminate = json_get(j->order.body, STR("terminateInstructions"));
    uint64_t stream = process_key_stream(j->order.key);
    size_t count = json_count(activate), end_count = json_count(terminate);
    struct app_live *live;
    struct process_command command = {.kind = PROCESS_MODIFY};
    if (count > INSTRUCTIONS_MAX || end_count > INSTRUCTIONS_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "at most %d instructions", INSTRUCTIONS_MAX);
    if (!app_live_get(&live, j->app, j->tx, stream, err))
        return false;
    struct bpmn_activate *list = arena_new(d->arena, struct bpmn_activate, count);
    uint32_t *ends = arena_new(d->arena, uint32_t, end_count);
    for (size_t i = 0; i < count; i++)
        if (!activate_of(&list[i], json_item(activate, i), stream, live->p->process, d->arena, err))
            return false;
    for (size_t i = 0; i < end_count; i++)
        if (!terminate_of(&ends[i], json_item(terminate, i), stream, err))
            return false;
    command.activate = list;
    command.activate_count = count;
    command.terminate = ends;
    command.terminate_count = end_count;
    return drive_run(d, stream, &command, err);
}

static bool migrate(struct app_job *j, struct drive *d, struct err *err) {
    const struct json *list = json_get(j->order.body, STR("mappingInstructions"));
    struct process_command command = {.kind = PROCESS_MIGRATE};
    size_t count = json_count(list);
    struct app_live *live;
    uint64_t stream = process_key_stream(j->order.key);
    if (!app_take_key(&command.n, j->order.body, "targetProcessDefinitionKey", err) ||
        !app_live_get(&live, j->app, j->tx, stream, err) ||
        !app_live_hold(&command.target, j->app, live, j->tx, command.n, err))
        return false;
    struct bpmn_mapped *mapped = arena_new(d->arena, struct bpmn_mapped, count);
    for (size_t i = 0; i < count; i++)
        if (!node_of(&mapped[i].from, live->p->process,
                     json_get_text(json_item(list, i), STR("sourceElementId")), err) ||
            !node_of(&mapped[i].to, command.target,
                     json_get_text(json_item(list, i), STR("targetElementId")), err))
            return false;
    command.mapped = mapped;
    command.mapped_count = count;
    return drive_run(d, stream, &command, err);
}

static bool resolve(struct app_job *j, struct drive *d, struct err *err) {
    struct process_command command = {.kind = PROCESS_RESOLVE};
    int64_t element = 0;
    if (!store_incident_element(&element, j->tx->conn, j->order.key, err))
        return false;
    command.id = process_key_n(element);
    return drive_run(d, process_key_stream(element), &command, err);
}

static bool erase(struct app_job *j, struct err *err) {
    struct store_instance head;
    if (!store_instance_get(&head, j->tx->conn, process_key_stream(j->order.key), err))
        return false;
    if (process_key_n(j->order.key) != 1)
        return err_set(err, ERR_NOT_FOUND, err_nowhere,
                       "there is no process instance with this key");
    if (head.ended_us == 0)
        return err_set(err, ERR_CONFLICT, err_nowhere, "the process instance has not ended");
    app_live_drop(j->app, head.stream);
    return store_instance_erase(j->tx, head.stream, err);
}

bool app_run_instance(struct app_job *j, struct err *err) {
    struct drive d;
    drive_init(&d, j);
    switch (j->order.verb) {
    case APP_INSTANCE_CREATE: return create(j, &d, err);
    case APP_INSTANCE_CANCEL: return cancel(j, &d, err);
    case APP_INSTANCE_DELETE: return erase(j, err);
    case APP_INSTANCE_MODIFY: return modify(j, &d, err);
    case APP_INSTANCE_MIGRATE: return migrate(j, &d, err);
    case APP_AD_HOC_ACTIVATE: return ad_hoc(j, &d, err);
    case APP_VARIABLES_SET: return set_variables(j, &d, err);
    case APP_INCIDENT_RESOLVE: return resolve(j, &d, err);
    default: return err_set(err, ERR_INTERNAL, err_nowhere, "a verb that is about no instance");
    }
}
