/* The engine's own user tasks, through the API. */
#include "app/process_inner.h"
#include "store/rows.h"

/* What the changeset brings, as the engine's attributes: dates as texts, an empty one clears. */
static bool changes_of(struct feel_value *out, const struct json *changeset, struct arena *arena,
                       struct err *err) {
    static const char *const known[] = {"dueDate", "followUpDate", "candidateUsers",
                                        "candidateGroups", "priority"};
    struct json *kept = json_obj(arena);
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        const struct json *value = json_get(changeset, str_from(known[i]));
        int64_t priority, moment_us;
        if (value == NULL || json_is(value, JSON_NULL))
            continue;
        struct str text = json_text(value);
        if (i < 2 &&
            (!json_is(value, JSON_STRING) || (text.len > 0 && !cal_us_parse(&moment_us, text))))
            return err_set(err, ERR_INVALID, err_nowhere, "'%s' is no date and time", known[i]);
        if ((i == 2 || i == 3) && !json_is(value, JSON_ARRAY))
            return err_set(err, ERR_TYPE, err_nowhere, "'%s' is %s, not a list of texts", known[i],
                           json_kind_name(value));
        if (i == 4 && (!json_to_i64(&priority, value) || priority < 0 || priority > 100))
            return err_set(err, ERR_INVALID, err_nowhere, "'priority' is a number from 0 to 100");
        json_set(kept, str_from(known[i]), i < 2 && text.len == 0 ? json_null(arena) : value);
    }
    if (json_count(kept) == 0)
        return err_set(err, ERR_INVALID, err_nowhere, "nothing is changed");
    return feel_from_json(out, kept, arena, err);
}

static bool assign(struct app_job *j, struct process_command *c, struct err *err) {
    struct str assignee = STR_NONE;
    c->kind = PROCESS_TASK_ASSIGN;
    c->allow_override = true;
    c->text = STR("assign");
    if (!app_take_text(&assignee, j->order.body, "assignee", err) ||
        !app_take_bool(&c->allow_override, j->order.body, "allowOverride", err) ||
        !app_take_text(&c->text, j->order.body, "action", err))
        return false;
    if (assignee.len == 0)
        return err_set(err, ERR_INVALID, err_nowhere, "'assignee' is missing");
    const struct feel_entry entry = {STR("assignee"), feel_string(assignee)};
    c->changes = feel_context_of(j->app->scratch, &entry, 1);
    return true;
}

static bool unassign(struct app_job *j, struct process_command *c) {
    const struct feel_entry entry = {STR("assignee"), feel_null()};
    c->kind = PROCESS_TASK_ASSIGN;
    c->allow_override = true;
    c->text = STR("unassign");
    c->changes = feel_context_of(j->app->scratch, &entry, 1);
    return true;
}

static bool update(struct app_job *j, struct process_command *c, struct err *err) {
    const struct json *changeset = json_get(j->order.body, STR("changeset"));
    c->kind = PROCESS_TASK_UPDATE;
    c->text = STR("update");
    return app_take_text(&c->text, j->order.body, "action", err) &&
           changes_of(&c->changes, changeset != NULL ? changeset : j->order.body, j->app->scratch,
                      err);
}

static bool complete(struct app_job *j, struct process_command *c, struct err *err) {
    c->kind = PROCESS_TASK_COMPLETE;
    c->text = STR("complete");
    return app_take_text(&c->text, j->order.body, "action", err) &&
           app_take_variables(&c->variables, j->order.body, "variables", j->app->scratch, err);
}

/* A change that its listeners have still to let pass is answered when they have, or when one has
 * denied it. */
static bool listeners_await(struct app_job *j, struct err *err) {
    struct app_live *live;
    uint64_t stream = process_key_stream(j->order.key);
    struct err gone = {0};
    if (!app_live_get(&live, j->app, j->tx, stream, &gone))
        return gone.code == ERR_NOT_FOUND || err_set(err, gone.code, gone.at, "%s", gone.text);
    const struct bpmn_task *task = process_task(live->p->flow, process_key_n(j->order.key));
    if (task == NULL || task->pending == 0)
        return true;
    j->body = json_obj(j->arena);
    return app_wait_for_task(j, stream, task->instance,
                             os_mono_us(j->app->os) + APP_AWAIT_MS_DEFAULT * 1000, err);
}

/* Without the right to operate the task must be open to the caller, who gives it to nobody else:
 * what is not open to them is not there. */
static bool may(struct app_job *j, struct err *err) {
    const struct app_caller *caller = j->order.caller;
    struct store_account account = {0};
    bool open = false;
    if (app_may(j->app, caller, APP_RIGHT_OPERATE))
        return true;
    if (j->order.verb == APP_TASK_UPDATE)
        return err_set(err, ERR_FORBIDDEN, err_nowhere, "this account may not change a task");
    struct arena *arena = j->app->scratch;
    if (!store_account_by_id(&account, j->tx->conn, caller->account, arena, err) ||
        !rows_task_is_open(&open, j->tx->conn, j->order.key,
                           app_task_seeker(caller, account.user, arena), err))
        return false;
    if (!open)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no open user task with this key");
    struct str assignee = json_get_text(j->order.body, STR("assignee"));
    return j->order.verb != APP_TASK_ASSIGN || str_eq(assignee, account.user) ||
           err_set(err, ERR_FORBIDDEN, err_nowhere,
                   "this account assigns a task to itself only, not to '%.*s'", STR_ARG(assignee));
}

bool app_run_task(struct app_job *j, struct err *err) {
    struct drive d;
    struct process_command command = {.id = process_key_n(j->order.key)};
    bool ok;
    if (!may(j, err))
        return false;
    drive_init(&d, j);
    switch (j->order.verb) {
    case APP_TASK_ASSIGN: ok = assign(j, &command, err); break;
    case APP_TASK_UNASSIGN: ok = unassign(j, &command); break;
    case APP_TASK_UPDATE: ok = update(j, &command, err); break;
    case APP_TASK_LOOK:
        command.kind = PROCESS_TASK_LOOK;
        ok = true;
        break;
    case APP_TASK_COMPLETE: ok = complete(j, &command, err); break;
    default: return err_set(err, ERR_INTERNAL, err_nowhere, "a verb that is about no task");
    }
    return ok && drive_run(&d, process_key_stream(j->order.key), &command, err) &&
           (j->order.verb == APP_TASK_LOOK || listeners_await(j, err));
}
