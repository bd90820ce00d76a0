/* A command, and all that follows from it in other streams: a called process starts, its end goes
 * back to its caller, a signal is heard, a message that was sent is taken. One transaction. What
 * follows waits in a queue, first come first served, so that nothing recurses; it is bounded, so
 * that processes that call each other without end stop.
 *
 * The command that was ordered may fail, and then nothing happens at all. What follows from it does
 * not fail it: a caller that is stopped by an incident stays as it is, a process that cannot be
 * called becomes the caller's incident. */
#include "app/process_inner.h"

#include "store/message.h"

struct drive_item {
    uint64_t stream;
    bool starts;
    struct drive_start start;
    struct process_command command;
    struct drive_item *next;
};

enum { HEARD_MAX = 256 };

void drive_init(struct drive *d, struct app_job *j) {
    *d = (struct drive){
        .app = j->app,
        .tx = j->tx,
        .arena = j->app->scratch,
        .budget = &j->budget,
        .account = j->order.caller == NULL ? 0 : j->order.caller->account,
    };
    d->last = &d->first;
}

void drive_init_system(struct drive *d, struct app *app, struct store_tx *tx,
                       struct budget *budget) {
    *d = (struct drive){.app = app, .tx = tx, .arena = app->scratch, .budget = budget};
    d->last = &d->first;
}

static bool push(struct drive *d, struct drive_item given, struct err *err) {
    if (++d->count > APP_DRIVE_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere,
                       "more than %d steps in other instances follow from one order",
                       APP_DRIVE_MAX);
    struct drive_item *item = arena_new(d->arena, struct drive_item, 1);
    *item = given;
    *d->last = item;
    d->last = &item->next;
    return true;
}

bool drive_push(struct drive *d, uint64_t stream, const struct process_command *command,
                struct err *err) {
    return push(d, (struct drive_item){.stream = stream, .command = *command}, err);
}

bool drive_push_start(uint64_t *stream_out, struct drive *d, const struct drive_start *start,
                      struct err *err) {
    uint64_t stream = *stream_out = store_case_next(d->tx).n;
    return push(d, (struct drive_item){.stream = stream, .starts = true, .start = *start}, err);
}

/* ---- what an instance asks while it moves ------------------------------------------------------
 */

struct asking {
    struct drive *d;
    struct app_live *live;
    struct app_model *rules[16]; /* held until the command is over */
    size_t rule_count;
};

static bool find_decision(struct process_decision *out, void *ctx, struct str id,
                          const struct bpmn_bound *bound, struct err *err) {
    struct asking *a = ctx;
    struct store_decision decision;
    const struct store_bound where = {bound->binding, app_model_deployment(app_live_model(a->live)),
                                      bound->version_tag};
    *out = (struct process_decision){0};
    if (!store_decision_bound(&decision, a->d->tx->conn, id, &where, a->d->arena, err))
        return false;
    if (decision.key == 0)
        return true;
    struct app_model *rules;
    if (!app_rules_hold(&rules, a->d->app, a->d->tx->conn, decision.requirements, err))
        return false;
    if (a->rule_count == COUNT_OF(a->rules))
        app_model_let(a->d->app, rules); /* used again at once, so it stays all the same */
    else
        a->rules[a->rule_count++] = rules;
    *out = (struct process_decision){app_model_rules(rules), decision.key, decision.requirements};
    return true;
}

static bool find_resource(int64_t *key_out, void *ctx, bool form, struct str id,
                          const struct bpmn_bound *bound, struct err *err) {
    struct asking *a = ctx;
    struct store_resource found;
    const struct store_bound where = {bound->binding, app_model_deployment(app_live_model(a->live)),
                                      bound->version_tag};
    if (!store_resource_bound(&found, a->d->tx->conn,
                              form ? STORE_RESOURCE_FORM : STORE_RESOURCE_OTHER, id, &where,
                              a->d->arena, err))
        return false;
    *key_out = found.key;
    return true;
}

/* Does the caller, or what called the caller, catch it? */
static bool catches(void *ctx, enum bpmn_event event, struct str code) {
    struct asking *a = ctx;
    struct drive *d = a->d;
    int64_t parent = a->live->p->origin.parent_element;
    for (int depth = 0; parent != 0 && depth < PROCESS_CALLS_MAX; depth++) {
        struct err err = {0};
        struct app_live *caller;
        if (!app_live_get(&caller, d->app, d->tx, process_key_stream(parent), &err))
            return drive_case_catches(d, parent, event, code);
        if (bpmn_catches(caller->p->flow, caller->p->process, process_key_n(parent), event, code))
            return true;
        parent = caller->p->origin.parent_element;
    }
    return false;
}

/* ---- effects -----------------------------------------------------------------------------------
 */

static bool call_fails(struct drive *d, uint64_t stream, uint32_t id, struct str why,
                       struct err *err) {
    const struct process_command command = {.kind = PROCESS_CALL_FAIL, .id = id, .text = why};
    return drive_push(d, stream, &command, err);
}

static bool depth_of(uint32_t *out, struct drive *d, const struct drive_at *at, struct err *err) {
    uint32_t depth = 0;
    int64_t parent = at->parent_element;
    for (; parent != 0 && depth <= PROCESS_CALLS_MAX; depth++) {
        struct store_instance head;
        if (!store_instance_get(&head, d->tx->conn, process_key_stream(parent), err)) {
            if (err->code != ERR_NOT_FOUND)
                return false;
            err_reset(err); /* a case: nothing calls that */
            break;
        }
        parent = head.parent_element;
    }
    *out = depth;
    return true;
}

static bool on_call(struct drive *d, const struct drive_at *at, const struct process_effect *e,
                    struct err *err) {
    const struct bpmn_node *node = &at->process->nodes[e->node];
    const struct store_bound where = {node->called_bound.binding, at->deployment,
                                      node->called_bound.version_tag};
    struct store_definition called;
    uint32_t depth = 0;
    uint64_t stream = at->stream, child;
    if (!store_process_bound(&called, d->tx->conn, e->name, &where, d->arena, err) ||
        !depth_of(&depth, d, at, err))
        return false;
    if (called.key == 0)
        return call_fails(d, stream, e->id,
                          bpmn_bound_missing("process", e->name, &node->called_bound, d->arena),
                          err);
    if (depth >= PROCESS_CALLS_MAX)
        return call_fails(
            d, stream, e->id,
            arena_printf(d->arena, "more than %d processes call each other", PROCESS_CALLS_MAX),
            err);
    const struct drive_start start = {
        .definition = called.key,
        .parent_element = process_key(stream, e->id),
        .root = at->root,
        .variables = e->variables,
    };
    return drive_push_start(&child, d, &start, err);
}

static bool on_uncall(struct drive *d, const struct drive_at *at, const struct process_effect *e,
                      struct err *err) {
    uint64_t child;
    if (!store_instance_called(&child, d->tx->conn, process_key(at->stream, e->id), err))
        return false;
    return child == 0 ||
           drive_push(d, child, &(struct process_command){.kind = PROCESS_CANCEL}, err);
}

static bool to_parent(struct drive *d, const struct drive_at *at, const struct process_effect *e,
                      struct err *err) {
    int64_t parent = at->parent_element;
    struct process_command command = {
        .kind = e->kind == PROCESS_EFFECT_ENDED ? PROCESS_CALL_DONE : PROCESS_CALL_ERROR,
        .id = process_key_n(parent),
        .n = process_key(at->stream, 1),
        .code = e->name,
        .event = e->kind == PROCESS_EFFECT_ESCALATED ? BPMN_EVENT_ESCALATION : BPMN_EVENT_ERROR,
        .variables = e->variables,
    };
    return parent == 0 || drive_push(d, process_key_stream(parent), &command, err);
}

static bool tell_end(struct drive *d, const struct drive_at *at, const struct process_effect *e,
                     struct err *err) {
    const struct json *variables = NULL;
    bool completed = e->kind == PROCESS_EFFECT_ENDED;
    if (d->root == at->stream) {
        d->root_ended = true;
        d->root_failed = !completed;
        d->root_variables = e->variables;
    }
    if (!app_end_awaited(d->app, at->stream))
        return true;
    if (completed && !app_variables_json(&variables, e->variables, NULL, 0, d->arena, err))
        return false;
    app_tell_end(d->app, at->stream, variables);
    return true;
}

/* The key that started it is free again: a message that waited for that starts the next one. */
static bool start_key_free(struct drive *d, const struct drive_at *at, struct err *err) {
    size_t count = 0;
    struct str key = at->started_by;
    if (key.len == 0)
        return true;
    struct store_message *waiting = arena_new(d->arena, struct store_message, HEARD_MAX);
    if (!store_messages_keyed(waiting, HEARD_MAX, &count, d->tx->conn, key, d->tx->now_us, d->arena,
                              err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!drive_message_starts(d, &waiting[i], at->process_id, err))
            return false;
    return true;
}

static bool on_end(struct drive *d, const struct drive_at *at, const struct process_effect *e,
                   struct err *err) {
    return (e->kind == PROCESS_EFFECT_CANCELLED || to_parent(d, at, e, err)) &&
           tell_end(d, at, e, err) && start_key_free(d, at, err);
}

bool drive_effect(struct drive *d, const struct drive_at *at, const struct process_effect *e,
                  struct err *err) {
    switch (e->kind) {
    case PROCESS_EFFECT_CALL: return on_call(d, at, e, err);
    case PROCESS_EFFECT_UNCALL: return on_uncall(d, at, e, err);
    case PROCESS_EFFECT_SIGNAL: return drive_signal(d, 0, e->name, e->variables, at->stream, err);
    case PROCESS_EFFECT_MESSAGE: return drive_message_sent(d, e, err);
    case PROCESS_EFFECT_WAIT: return drive_message_waiting(d, at, e, err);
    case PROCESS_EFFECT_STORED: return drive_stored(d, at, e, err);
    case PROCESS_EFFECT_JOB: app_tell_jobs(d->app, e->name); return true;
    case PROCESS_EFFECT_ENDED:
    case PROCESS_EFFECT_CANCELLED:
    case PROCESS_EFFECT_ERROR: return on_end(d, at, e, err);
    case PROCESS_EFFECT_ESCALATED: return to_parent(d, at, e, err);
    case PROCESS_EFFECT_TASK_DONE: app_tell_task(d->app, at->stream, e->id, STR_NONE); return true;
    case PROCESS_EFFECT_TASK_DENIED:
        app_tell_task(
            d->app, at->stream, e->id,
            arena_printf(d->arena, "a listener of the task denied it: %.*s", STR_ARG(e->text)));
        return true;
    case PROCESS_EFFECT_TASK_GONE:
        app_tell_task(d->app, at->stream, e->id, STR("the task is cancelled"));
        return true;
    }
    return true;
}

/* ---- running -----------------------------------------------------------------------------------
 */

static bool apply(struct drive *d, struct app_live *live, const struct process_command *command,
                  struct err *err) {
    struct asking asking = {.d = d, .live = live};
    struct process_result result;
    struct process_command c = *command;
    c.account = d->account;
    struct bpmn_stored *stores = NULL;
    size_t store_count = live->p->process->store_count;
    if (!drive_stores(&stores, d, live->p->process, err))
        return false;
    const struct process_env env = {
        .now_us = d->tx->now_us,
        .ctx = &asking,
        .find_decision = find_decision,
        .find_resource = find_resource,
        .stores = stores,
        .store_count = store_count,
        .catches = live->p->origin.parent_element == 0 ? NULL : catches,
    };
    bool ok = process_apply(&result, live->p, &c, &env, d->arena, d->budget, err) &&
              store_instance_save(d->tx, &live->head, live->p, &result, d->arena, err);
    for (size_t i = 0; i < asking.rule_count; i++)
        app_model_let(d->app, asking.rules[i]);
    const struct process_origin *o = &live->p->origin;
    const struct drive_at at = {
        .stream = live->stream,
        .process = live->p->process,
        .process_id = live->p->process->id,
        .definition = o->definition,
        .deployment = app_model_deployment(app_live_model(live)),
        .parent_element = o->parent_element,
        .root = o->root == 0 ? process_key(live->stream, 1) : o->root,
        .started_by = o->started_by,
    };
    for (size_t i = 0; ok && i < result.effects.count; i++)
        ok = drive_effect(d, &at, &result.effects.list[i], err);
    return ok;
}

static bool start_one(struct drive *d, uint64_t stream, const struct drive_start *start,
                      struct err *err) {
    struct app_live *live;
    if (!app_live_new(&live, d->app, d->tx, stream, start->definition, err))
        return false;
    live->p->origin.parent_element = start->parent_element; /* for `catches`, before it is folded */
    const struct process_origin origin = {
        .definition = start->definition,
        .parent_element = start->parent_element,
        .root = start->root,
        .started_by = start->started_by,
        .tags_json = start->tags_json,
    };
    const struct process_command command = {
        .kind = PROCESS_CREATE,
        .name = start->message,
        .node = start->node,
        .def = start->def,
        .all = start->all,
        .variables = start->variables,
        .origin = &origin,
        .activate = start->activate,
        .activate_count = start->activate_count,
        .stop_after = start->stop_after,
        .stop_after_count = start->stop_after_count,
    };
    return apply(d, live, &command, err);
}

/* The stream is an instance's, as a rule, or else a case's. */
static bool run_command(struct drive *d, uint64_t stream, const struct process_command *command,
                        struct err *err) {
    struct app_live *live;
    if (app_live_get(&live, d->app, d->tx, stream, err))
        return apply(d, live, command, err);
    return err->code == ERR_NOT_FOUND && drive_case(d, stream, command, err);
}

static bool run_item(struct drive *d, const struct drive_item *item, struct err *err) {
    if (item->starts)
        return start_one(d, item->stream, &item->start, err);
    return run_command(d, item->stream, &item->command, err);
}

/* A step that follows does not fail what came before, if it has written nothing: whom it was for is
 * gone, or cannot take it. A process that could not be started is told to who called it. */
static bool pass_over(struct drive *d, const struct drive_item *item, const struct err *why,
                      struct err *err) {
    log_event(LOG_INFO, "process-step-passed", log_i64("stream", (int64_t)item->stream),
              log_cstr("code", err_code_name(why->code)), log_err(why));
    app_live_drop(d->app, item->stream);
    int64_t caller = item->starts ? item->start.parent_element : 0;
    return caller == 0 || call_fails(d, process_key_stream(caller), process_key_n(caller),
                                     arena_str(d->arena, str_from(why->text)), err);
}

bool drive_settle(struct drive *d, struct err *err) {
    while (d->first != NULL) {
        struct drive_item *item = d->first;
        struct err why = {0};
        int64_t written = store_written(d->tx);
        d->first = item->next;
        if (d->first == NULL)
            d->last = &d->first;
        if (run_item(d, item, &why))
            continue;
        bool harmless = why.code == ERR_NOT_FOUND || why.code == ERR_CONFLICT ||
                        why.code == ERR_INVALID || why.code == ERR_UNKNOWN;
        if (!harmless || store_written(d->tx) != written) {
            *err = why;
            return false;
        }
        if (!pass_over(d, item, &why, err))
            return false;
    }
    return true;
}

bool drive_run(struct drive *d, uint64_t stream, const struct process_command *command,
               struct err *err) {
    return run_command(d, stream, command, err) && drive_settle(d, err);
}

bool drive_start(uint64_t *stream_out, struct drive *d, const struct drive_start *start,
                 struct err *err) {
    uint64_t stream = *stream_out = store_case_next(d->tx).n;
    d->root = stream;
    return start_one(d, stream, start, err) && drive_settle(d, err);
}
