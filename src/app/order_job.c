/* Jobs: given to workers, completed, failed. */
#include <inttypes.h>

#include "app/process_inner.h"

static const int64_t TIMEOUT_MS_MAX = 10LL * 365 * 24 * 3600 * 1000;

/* ---- activation
 * ---------------------------------------------------------------------------------- */

struct activation {
    struct str type, worker;
    int64_t timeout_ms, most, wait_ms;
    struct str *names;
    size_t name_count;
};

static bool activation_read(struct activation *a, struct app_job *j, struct err *err) {
    const struct json *body = j->order.body;
    *a = (struct activation){.worker = STR("default")};
    if (!app_take_text(&a->type, body, "type", err) ||
        !app_take_text(&a->worker, body, "worker", err) ||
        !app_take_i64(&a->timeout_ms, body, "timeout", err) ||
        !app_take_i64(&a->most, body, "maxJobsToActivate", err) ||
        !app_take_i64(&a->wait_ms, body, "requestTimeout", err) ||
        !app_take_texts(&a->names, &a->name_count, body, "fetchVariable", j->app->scratch, err))
        return false;
    if (a->type.len == 0 || a->type.len > NAME_BYTES_MAX || a->worker.len > NAME_BYTES_MAX)
        return err_set(err, ERR_INVALID, err_nowhere, "'type' has 1 to %d bytes", NAME_BYTES_MAX);
    if (a->timeout_ms <= 0 || a->timeout_ms > TIMEOUT_MS_MAX || a->most <= 0)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "'timeout' and 'maxJobsToActivate' must be greater than 0");
    if (a->worker.len == 0)
        a->worker = STR("default");
    a->most = MIN_OF(a->most, APP_JOBS_MAX);
    return true;
}

/* The task that a listener's job is about, or NULL. */
static const struct bpmn_task *task_of(const struct process_instance *p,
                                       const struct bpmn_job *job) {
    return job->kind == BPMN_JOB_TASK_LISTENER ? process_task(p->flow, job->instance) : NULL;
}

/* What the change brings, where it is attributes; a completing brings variables. */
static struct feel_value changes_of(const struct bpmn_task *task) {
    return task->pending == BPMN_LISTEN_COMPLETING ? feel_null() : task->brought;
}

static void attributes_over(struct process_attributes *a, struct feel_value changes,
                            struct json *names, struct arena *arena) {
    const struct process_attributes more = process_attributes_of(changes, arena);
    size_t count = feel_kind(changes) == FEEL_CONTEXT ? feel_count(changes) : 0;
    for (size_t i = 0; i < count; i++)
        json_push_str(names, feel_entries(changes)[i].name);
    if (more.has & PROCESS_HAS_ASSIGNEE)
        a->assignee = more.assignee;
    if (more.has & PROCESS_HAS_GROUPS)
        a->groups_json = more.groups_json;
    if (more.has & PROCESS_HAS_USERS)
        a->users_json = more.users_json;
    if (more.has & PROCESS_HAS_DUE)
        a->due_us = more.due_us;
    if (more.has & PROCESS_HAS_FOLLOW_UP)
        a->follow_up_us = more.follow_up_us;
    if (more.has & PROCESS_HAS_PRIORITY)
        a->priority = more.priority;
}

static bool list_set(struct json *out, struct str name, struct str list, struct app_job *j,
                     struct err *err) {
    const struct json *tree = json_arr(j->app->scratch);
    if (list.len > 0 && !json_read(&tree, list, "candidates", j->app->scratch, &j->budget, err))
        return false;
    json_set(out, name, tree);
    return true;
}

static void date_set(struct json *out, struct str name, int64_t at_us, struct arena *arena) {
    char text[CAL_TEXT_MAX];
    if (at_us == 0)
        return;
    (void)cal_us_format(text, at_us, NULL);
    json_set_str(out, name, arena_str(arena, str_from(text)));
}

/* The task as it will be when its listeners let the change pass. */
static bool user_task_json(struct json *out, const struct process_instance *p,
                           const struct bpmn_job *job, struct app_job *j, struct err *err) {
    const struct bpmn_task *task = task_of(p, job);
    struct arena *arena = j->app->scratch;
    if (task == NULL)
        return true;
    struct process_attributes a = process_attributes_of(task->attributes, arena);
    struct json *one = json_set_obj(out, STR("userTask"));
    struct json *names = json_arr(arena);
    attributes_over(&a, changes_of(task), names, arena);
    attributes_over(&a, task->corrected, names, arena);
    json_set_str(one, STR("action"), task->action);
    if (a.assignee.len > 0)
        json_set_str(one, STR("assignee"), a.assignee);
    json_set_i64(one, STR("priority"), a.priority);
    date_set(one, STR("dueDate"), a.due_us, arena);
    date_set(one, STR("followUpDate"), a.follow_up_us, arena);
    json_set(one, STR("changedAttributes"), names);
    app_set_key(one, STR("userTaskKey"), process_key(p->stream, job->instance));
    return list_set(one, STR("candidateGroups"), a.groups_json, j, err) &&
           list_set(one, STR("candidateUsers"), a.users_json, j, err);
}

/* What the job's worker sees; of a completing that waits also what it brings. */
static bool variables_of(const struct json **out, const struct process_instance *p,
                         const struct bpmn_job *job, const struct activation *a,
                         struct arena *arena, struct err *err) {
    const struct bpmn_task *task = task_of(p, job);
    const struct json *brought;
    if (!app_variables_json(out, bpmn_variables(p->flow, job->instance, arena), a->names,
                            a->name_count, arena, err))
        return false;
    if (task == NULL || task->pending != BPMN_LISTEN_COMPLETING ||
        feel_kind(task->brought) != FEEL_CONTEXT)
        return true;
    if (!app_variables_json(&brought, task->brought, a->names, a->name_count, arena, err))
        return false;
    struct json *both = json_copy(*out, arena);
    for (size_t i = 0; i < json_count(brought); i++)
        json_set(both, json_member_at(brought, i)->key.text, json_member_at(brought, i)->value);
    *out = both;
    return true;
}

static bool headers_set(struct json *out, struct str headers, struct app_job *j, struct err *err) {
    const struct json *tree;
    if (headers.len == 0) {
        json_set_obj(out, STR("customHeaders"));
        return true;
    }
    if (!json_read(&tree, headers, "headers", j->app->scratch, &j->budget, err))
        return false;
    json_set(out, STR("customHeaders"), tree);
    return true;
}

static bool job_json(struct json *out, struct app_job *j, const struct store_job *row,
                     const struct app_live *live, const struct activation *a, struct err *err) {
    const struct process_instance *p = live->p;
    const struct bpmn_job *job = process_job(p->flow, process_key_n(row->key));
    const struct json *variables, *tags;
    struct arena *arena = j->app->scratch;
    if (!variables_of(&variables, p, job, a, arena, err) || !headers_set(out, row->headers, j, err))
        return false;
    app_set_key(out, STR("jobKey"), process_key_leased(row->key, job->lease));
    json_set_str(out, STR("type"), row->type);
    app_set_key(out, STR("processInstanceKey"), process_key(p->stream, 1));
    json_set_str(out, STR("processDefinitionId"), p->process->id);
    json_set_i64(out, STR("processDefinitionVersion"), app_model_version(app_live_model(live)));
    app_set_key(out, STR("processDefinitionKey"), p->origin.definition);
    json_set_str(out, STR("elementId"), row->element);
    app_set_key(out, STR("elementInstanceKey"), row->element_key);
    json_set_str(out, STR("worker"), a->worker);
    json_set_i64(out, STR("retries"), job->retries);
    json_set_i64(out, STR("deadline"), job->free_us / 1000);
    json_set(out, STR("variables"), variables);
    json_set_str(out, STR("tenantId"), APP_TENANT);
    json_set_str(out, STR("kind"), row->kind);
    json_set_str(out, STR("listenerEventType"), row->event);
    if (!user_task_json(out, p, job, j, err))
        return false;
    if (p->origin.tags_json.len == 0)
        json_set_arr(out, STR("tags"));
    else if (!json_read(&tags, p->origin.tags_json, "tags", arena, &j->budget, err))
        return false;
    else
        json_set(out, STR("tags"), tags);
    return true;
}

static bool give(struct json *list, struct app_job *j, struct drive *d, const struct store_job *row,
                 const struct activation *a, struct err *err) {
    struct app_live *live;
    const struct process_command command = {
        .kind = PROCESS_JOB_ACTIVATE,
        .id = process_key_n(row->key),
        .name = a->worker,
        .until_us = j->tx->now_us + a->timeout_ms * 1000,
    };
    if (!drive_run(d, process_key_stream(row->key), &command, err))
        return false;
    if (row->definition == 0) { /* of a case */
        struct json *out = json_push_obj(list);
        return headers_set(out, row->headers, j, err) &&
               drive_case_job(out, j, row, a->worker, err);
    }
    return app_live_get(&live, j->app, j->tx, process_key_stream(row->key), err) &&
           job_json(json_push_obj(list), j, row, live, a, err);
}

static bool activate(struct app_job *j, struct drive *d, struct err *err) {
    struct activation a;
    size_t count = 0;
    if (!activation_read(&a, j, err))
        return false;
    struct store_job *rows = arena_new(d->arena, struct store_job, (size_t)a.most);
    if (!store_jobs_free(rows, (size_t)a.most, &count, j->tx->conn, a.type, j->tx->now_us, d->arena,
                         err))
        return false;
    j->body = json_obj(d->arena);
    struct json *list = json_set_arr(j->body, STR("jobs"));
    for (size_t i = 0; i < count; i++)
        if (!give(list, j, d, &rows[i], &a, err))
            return false;
    int64_t now_us = os_mono_us(j->app->os);
    if (j->wait_until_us == 0)
        j->wait_until_us = now_us + MIN_OF(MAX_OF(a.wait_ms, 0), APP_AWAIT_MS_MAX) * 1000;
    if (count > 0 || now_us >= j->wait_until_us)
        return true;
    return app_wait_for_jobs(j, a.type, j->wait_until_us, err);
}

/* ---- the worker's answer
 * -------------------------------------------------------------------------- */

/* {"type": "userTask", denied, deniedReason, corrections} of a task listener. */
static bool take_listener(struct process_job_result *out, const struct json *result,
                          struct arena *arena, struct err *err) {
    const struct json *corrections = json_get(result, STR("corrections"));
    if (!app_take_bool(&out->denied, result, "denied", err) ||
        !app_take_text(&out->why, result, "deniedReason", err))
        return false;
    if (corrections == NULL || json_is(corrections, JSON_NULL))
        return true;
    struct json *given = json_obj(arena); /* a null says: not corrected */
    for (size_t i = 0; i < json_count(corrections); i++) {
        const struct json_member *m = json_member_at(corrections, i);
        if (!json_is(m->value, JSON_NULL))
            json_set(given, m->key.text, m->value);
    }
    return feel_from_json(&out->changes, given, arena, err);
}

static bool take_ad_hoc(struct process_job_result *out, struct process_command *command,
                        const struct json *result, const struct bpmn_process *process,
                        struct arena *arena, struct err *err) {
    return app_take_bool(&out->fulfilled, result, "isCompletionConditionFulfilled", err) &&
           app_take_bool(&out->cancel_remaining, result, "isCancelRemainingInstances", err) &&
           app_take_activations(command, json_get(result, STR("activateElements")), process, arena,
                                err);
}

static bool take_result(struct process_job_result *out, struct process_command *command,
                        struct app_job *j, struct err *err) {
    const struct json *result = json_get(j->order.body, STR("result"));
    struct app_live *live;
    if (result == NULL || json_is(result, JSON_NULL))
        return true;
    command->job = out;
    if (!str_eq(json_get_text(result, STR("type")), STR("adHocSubProcess")))
        return take_listener(out, result, j->app->scratch, err);
    return app_live_get(&live, j->app, j->tx, process_key_stream(j->order.key), err) &&
           take_ad_hoc(out, command, result, live->p->process, j->app->scratch, err);
}

static bool complete(struct app_job *j, struct process_command *command, struct err *err) {
    struct process_job_result *result = arena_new(j->app->scratch, struct process_job_result, 1);
    command->kind = PROCESS_JOB_COMPLETE;
    return take_result(result, command, j, err);
}

static bool fail(struct app_job *j, struct process_command *command, struct err *err) {
    const struct json *body = j->order.body;
    int64_t back_off_ms = 0;
    command->kind = PROCESS_JOB_FAIL;
    if (!app_take_i64(&command->n, body, "retries", err) ||
        !app_take_text(&command->text, body, "errorMessage", err) ||
        !app_take_i64(&back_off_ms, body, "retryBackOff", err))
        return false;
    if (back_off_ms < 0 || back_off_ms > TIMEOUT_MS_MAX)
        return err_set(err, ERR_INVALID, err_nowhere, "'retryBackOff' cannot be negative");
    command->until_us = back_off_ms == 0 ? 0 : j->tx->now_us + back_off_ms * 1000;
    return true;
}

static bool throw_error(struct app_job *j, struct process_command *command, struct err *err) {
    command->kind = PROCESS_JOB_THROW;
    if (!app_take_text(&command->code, j->order.body, "errorCode", err) ||
        !app_take_text(&command->text, j->order.body, "errorMessage", err))
        return false;
    return command->code.len > 0 ||
           err_set(err, ERR_INVALID, err_nowhere, "'errorCode' is missing");
}

static bool update(struct app_job *j, struct process_command *command, struct err *err) {
    const struct json *changes = json_get(j->order.body, STR("changeset"));
    const int64_t none = -1;
    int64_t retries = none, timeout_ms = none;
    command->kind = PROCESS_JOB_UPDATE;
    if (!app_take_i64(&retries, changes, "retries", err) ||
        !app_take_i64(&timeout_ms, changes, "timeout", err))
        return false;
    if (retries == none && timeout_ms == none)
        return err_set(err, ERR_INVALID, err_nowhere, "'changeset' changes nothing");
    if ((retries != none && retries < 1) || (timeout_ms != none && timeout_ms < 0) ||
        timeout_ms > TIMEOUT_MS_MAX)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "'retries' must be greater than 0 and 'timeout' not negative");
    command->n = retries == none ? 0 : retries;
    command->until_us = timeout_ms == none ? 0 : j->tx->now_us + timeout_ms * 1000;
    return true;
}

bool app_run_job(struct app_job *j, struct err *err) {
    struct drive d;
    struct process_command command = {.id = process_key_n(j->order.key),
                                      .lease = process_key_lease(j->order.key)};
    bool ok;
    drive_init(&d, j);
    if (j->order.verb == APP_JOBS_ACTIVATE)
        return activate(j, &d, err);
    if (!app_take_variables(&command.variables, j->order.body, "variables", d.arena, err) ||
        !app_take_text(&command.name, j->order.body, "worker", err))
        return false;
    switch (j->order.verb) {
    case APP_JOB_COMPLETE: ok = complete(j, &command, err); break;
    case APP_JOB_FAIL: ok = fail(j, &command, err); break;
    case APP_JOB_ERROR: ok = throw_error(j, &command, err); break;
    case APP_JOB_UPDATE: ok = update(j, &command, err); break;
    default: return err_set(err, ERR_INTERNAL, err_nowhere, "a verb that is about no job");
    }
    return ok && drive_run(&d, process_key_stream(j->order.key), &command, err);
}
