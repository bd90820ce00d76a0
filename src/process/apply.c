/* One command: what it is checked for, the input that it is for the engine, and the one event that
 * says all of it. A tick is one event too, however many timers it fires. */
#include "process/inner.h"

struct move {
    struct process_instance *p;
    const struct process_command *command;
    const struct process_env *env;
    struct process_result *out;
    struct arena *arena;
    struct budget *budget;
};

static bool catches(void *self, enum bpmn_event event, struct str code) {
    const struct process_deciding *d = self;
    return d->env->catches(d->env->ctx, event, code);
}

static bool find(int64_t *key_out, void *self, bool form, struct str id,
                 const struct bpmn_bound *bound, struct err *err) {
    const struct process_deciding *d = self;
    return d->env->find_resource(key_out, d->env->ctx, form, id, bound, err);
}

static bool step(struct move *m, struct bpmn_input input, struct err *err) {
    struct process_deciding deciding = {m->env};
    struct bpmn_env env = {.now_us = m->env->now_us,
                           .zone = m->env->zone,
                           .self = &deciding,
                           .user_task_jobs = true,
                           .decide = process_decide,
                           .find = m->env->find_resource == NULL ? NULL : find,
                           .stores = m->env->stores,
                           .store_count = m->env->store_count,
                           .catches = m->env->catches == NULL ? NULL : catches};
    return bpmn_step(&m->out->records, m->p->flow, m->p->process, &input, &env, m->arena, m->budget,
                     err);
}

static bool records_keep(struct move *m, struct str *out, struct err *err) {
    struct buf bytes;
    bool ok = true;
    buf_init(&bytes, PROCESS_MOVED_BYTES_MAX);
    for (size_t i = 0; ok && i < m->out->records.count; i++)
        ok = bpmn_record_encode(&bytes, &m->out->records.list[i], err);
    ok = ok && buf_ok(&bytes, "a step of a process", err);
    if (ok)
        *out = arena_str(m->arena, buf_view(&bytes));
    buf_done(&bytes);
    return ok;
}

/* Number and stamp the event and follow it; the engine has folded its records already. */
static bool conclude(struct move *m, struct process_event event, struct err *err) {
    struct process_instance *p = m->p;
    event.seq = p->event_count + 1;
    event.at_us = m->env->now_us;
    event.account = m->command->account;
    event.minor = p->minor;
    if (!records_keep(m, &event.records, err) || !process_follow(p, &event, &m->out->records, err))
        return false;
    m->out->event = event;
    process_effects_of(&m->out->effects, p->process, p->flow, &m->out->records);
    return true;
}

static bool step_and_conclude(struct move *m, struct bpmn_input input, struct process_event event,
                              struct err *err) {
    return step(m, input, err) && conclude(m, event, err);
}

static struct str text_of(const struct move *m) {
    return str_sub(m->command->text, 0, PROCESS_TEXT_BYTES_MAX);
}

/* ---- jobs ------------------------------------------------------------------------------------ */

/* An answer to an activation, which holds under that lease only. */
static bool is_answer(enum process_command_kind kind) {
    return kind == PROCESS_JOB_COMPLETE || kind == PROCESS_JOB_FAIL || kind == PROCESS_JOB_THROW;
}

/* The lease decides: one that ran out and was given to another refuses the first. */
bool process_job_check(const struct bpmn_job **out, const struct bpmn_state *flow,
                       const struct process_command *c, int64_t now_us, struct err *err) {
    const struct bpmn_job *job = *out = process_job(flow, c->id);
    if (job == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no open job with this key");
    if (c->kind == PROCESS_JOB_ACTIVATE)
        return job->free_us <= now_us ||
               err_set(err, ERR_CONFLICT, err_nowhere, "the job is leased");
    if (c->kind == PROCESS_JOB_UPDATE && c->until_us != 0 &&
        (job->worker.len == 0 || job->free_us <= now_us))
        return err_set(err, ERR_CONFLICT, err_nowhere, "the job is not leased");
    if (is_answer(c->kind) && (job->lease & 255) != c->lease)
        return err_set(
            err, ERR_CONFLICT, err_nowhere,
            "the lease under which this key was given ran out, and the job went to '%.*s'",
            STR_ARG(job->worker));
    if (c->name.len == 0 || job->worker.len == 0 || str_eq(c->name, job->worker))
        return true;
    return err_set(err, ERR_CONFLICT, err_nowhere,
                   "the job is leased to another worker: the lease of '%.*s' ran out",
                   STR_ARG(c->name));
}

static bool job_activate(struct move *m, struct err *err) {
    const struct process_command *c = m->command;
    struct bpmn_input input = {
        .kind = BPMN_IN_JOB_LEASE, .id = c->id, .name = c->name, .until_us = c->until_us, .n = 1};
    struct process_event event = {
        .kind = PROCESS_EVENT_job_activated, .id = c->id, .n = c->until_us, .name = c->name};
    return step_and_conclude(m, input, event, err);
}

static bool job_complete(struct move *m, struct err *err) {
    const struct process_command *c = m->command;
    struct bpmn_input input = {.kind = BPMN_IN_JOB_DONE,
                               .id = c->id,
                               .variables = c->variables,
                               .activate = c->activate,
                               .activate_count = c->activate_count};
    if (c->job != NULL) {
        input.denied = c->job->denied;
        input.text = c->job->why;
        input.changes = c->job->changes;
        input.fulfilled = c->job->fulfilled;
        input.cancel_remaining = c->job->cancel_remaining;
    }
    return step_and_conclude(
        m, input, (struct process_event){.kind = PROCESS_EVENT_job_completed, .id = c->id}, err);
}

static bool job_fail(struct move *m, struct err *err) {
    const struct process_command *c = m->command;
    struct bpmn_input input = {.kind = BPMN_IN_JOB_FAIL,
                               .id = c->id,
                               .n = c->n,
                               .text = text_of(m),
                               .until_us = c->until_us,
                               .variables = c->variables};
    struct process_event event = {
        .kind = PROCESS_EVENT_job_failed, .id = c->id, .n = c->n, .text = text_of(m)};
    return step_and_conclude(m, input, event, err);
}

static bool job_throw(struct move *m, struct err *err) {
    const struct process_command *c = m->command;
    struct bpmn_input input = {.kind = BPMN_IN_JOB_ERROR,
                               .id = c->id,
                               .name = c->code,
                               .text = text_of(m),
                               .variables = c->variables};
    struct process_event event = {
        .kind = PROCESS_EVENT_job_threw, .id = c->id, .name = c->code, .text = text_of(m)};
    return step_and_conclude(m, input, event, err);
}

static bool job_update(struct move *m, const struct bpmn_job *job, struct err *err) {
    const struct process_command *c = m->command;
    struct bpmn_input lease = {
        .kind = BPMN_IN_JOB_LEASE, .id = c->id, .name = job->worker, .until_us = c->until_us};
    struct bpmn_input retries = {.kind = BPMN_IN_JOB_RETRIES, .id = c->id, .n = c->n};
    return (c->until_us == 0 || step(m, lease, err)) && (c->n == 0 || step(m, retries, err)) &&
           conclude(m, (struct process_event){.kind = PROCESS_EVENT_job_updated, .id = c->id}, err);
}

static bool job(struct move *m, struct err *err) {
    const struct bpmn_job *found;
    if (!process_job_check(&found, m->p->flow, m->command, m->env->now_us, err))
        return false;
    switch (m->command->kind) {
    case PROCESS_JOB_ACTIVATE: return job_activate(m, err);
    case PROCESS_JOB_COMPLETE: return job_complete(m, err);
    case PROCESS_JOB_FAIL: return job_fail(m, err);
    case PROCESS_JOB_THROW: return job_throw(m, err);
    default: return job_update(m, found, err);
    }
}

/* ---- user tasks -------------------------------------------------------------------------------
 */

static bool task(struct move *m, struct err *err) {
    const struct process_command *c = m->command;
    struct bpmn_input input = {.kind = BPMN_IN_COMPLETE, .id = c->id, .text = text_of(m)};
    struct process_event event = {
        .kind = PROCESS_EVENT_task_completed, .id = c->id, .text = text_of(m)};
    if (process_task(m->p->flow, c->id) == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no open user task with this key");
    if (c->kind == PROCESS_TASK_LOOK)
        return conclude(m, (struct process_event){.kind = PROCESS_EVENT_looked, .id = c->id}, err);
    if (c->kind == PROCESS_TASK_ASSIGN) {
        input.kind = BPMN_IN_TASK_ASSIGN;
        input.changes = c->changes;
        input.local = !c->allow_override;
        event.kind = PROCESS_EVENT_task_assigned;
    } else if (c->kind == PROCESS_TASK_UPDATE) {
        input.kind = BPMN_IN_TASK_UPDATE;
        input.changes = c->changes;
        event.kind = PROCESS_EVENT_task_updated;
    } else {
        input.variables = c->variables;
    }
    return step_and_conclude(m, input, event, err);
}

/* ---- the others -------------------------------------------------------------------------------
 */

static bool create(struct move *m, struct err *err) {
    const struct process_command *c = m->command;
    struct bpmn_input input = {.kind = BPMN_IN_START,
                               .name = c->name,
                               .node = c->node,
                               .def = c->def,
                               .all = c->all,
                               .variables = c->variables,
                               .activate = c->activate,
                               .activate_count = c->activate_count,
                               .stop_after = c->stop_after,
                               .stop_after_count = c->stop_after_count};
    struct process_event event = {.kind = PROCESS_EVENT_created,
                                  .n = c->origin->definition,
                                  .name = c->origin->started_by,
                                  .text = c->origin->tags_json,
                                  .data = process_origin_data(c->origin, m->arena)};
    return step_and_conclude(m, input, event, err);
}

static bool message(struct move *m, struct err *err) {
    const struct process_command *c = m->command;
    struct bpmn_input input = {.kind = BPMN_IN_MESSAGE,
                               .id = c->id,
                               .name = c->name,
                               .key = c->text,
                               .variables = c->variables};
    struct process_event event = {.kind = PROCESS_EVENT_message_received,
                                  .id = c->id,
                                  .n = c->n,
                                  .name = c->name,
                                  .text = c->text};
    return step_and_conclude(m, input, event, err);
}

/* A signal that nothing here waits for any more is none of the instance's events. */
static bool signal_come(struct move *m, struct err *err) {
    const struct process_command *c = m->command;
    struct bpmn_input input = {.kind = BPMN_IN_SIGNAL, .name = c->name, .variables = c->variables};
    struct process_event event = {
        .kind = PROCESS_EVENT_signal_received, .n = c->n, .name = c->name};
    return step(m, input, err) && (m->out->records.count == 0 || conclude(m, event, err));
}

/* Likewise a data store that nothing here waits for. */
static bool store_changed(struct move *m, struct err *err) {
    const struct process_command *c = m->command;
    struct bpmn_input input = {.kind = BPMN_IN_STORED, .name = c->name};
    struct process_event event = {.kind = PROCESS_EVENT_store_changed, .name = c->name};
    return step(m, input, err) && (m->out->records.count == 0 || conclude(m, event, err));
}

static bool set_variables(struct move *m, struct err *err) {
    const struct process_command *c = m->command;
    struct bpmn_input input = {
        .kind = BPMN_IN_SET, .id = c->id, .local = c->local, .variables = c->variables};
    return step_and_conclude(
        m, input, (struct process_event){.kind = PROCESS_EVENT_variables_set, .id = c->id}, err);
}

static bool resolve(struct move *m, struct err *err) {
    uint32_t id = m->command->id;
    return step_and_conclude(
        m, (struct bpmn_input){.kind = BPMN_IN_RETRY, .id = id},
        (struct process_event){.kind = PROCESS_EVENT_incident_resolved, .id = id}, err);
}

static bool call(struct move *m, struct err *err) {
    const struct process_command *c = m->command;
    struct bpmn_input input = {.kind = BPMN_IN_CALL_DONE,
                               .id = c->id,
                               .name = c->code,
                               .text = text_of(m),
                               .variables = c->variables};
    struct process_event event = {
        .kind = PROCESS_EVENT_call_returned, .id = c->id, .n = c->n, .name = c->code};
    if (c->kind == PROCESS_CALL_ERROR) {
        input.kind = BPMN_IN_CALL_ERROR;
        input.n = c->event;
    } else if (c->kind == PROCESS_CALL_FAIL) {
        input.kind = BPMN_IN_CALL_FAIL;
        event.kind = PROCESS_EVENT_call_failed;
        event.text = text_of(m);
    }
    return step_and_conclude(m, input, event, err);
}

static bool modify(struct move *m, struct err *err) {
    const struct process_command *c = m->command;
    bool ad_hoc = c->kind == PROCESS_ACTIVATE;
    struct bpmn_input input = {.kind = ad_hoc ? BPMN_IN_ACTIVATE : BPMN_IN_MODIFY,
                               .id = c->id,
                               .activate = c->activate,
                               .activate_count = c->activate_count,
                               .terminate = c->terminate,
                               .terminate_count = c->terminate_count,
                               .cancel_remaining = c->cancel_remaining};
    struct process_event event = {.kind = ad_hoc ? PROCESS_EVENT_activated : PROCESS_EVENT_modified,
                                  .id = c->id};
    return step_and_conclude(m, input, event, err);
}

static bool migrate(struct move *m, struct err *err) {
    const struct process_command *c = m->command;
    struct bpmn_input input = {.kind = BPMN_IN_MIGRATE,
                               .target = c->target,
                               .mapped = c->mapped,
                               .mapped_count = c->mapped_count};
    m->p->target = c->target;
    return bpmn_migration_check(m->p->flow, m->p->process, &input, m->arena, err) &&
           step_and_conclude(
               m, input, (struct process_event){.kind = PROCESS_EVENT_migrated, .n = c->n}, err);
}

static const struct bpmn_timer_row *timer_due(const struct bpmn_state *flow, int64_t now_us) {
    const struct bpmn_timer_row *first = NULL;
    for (uint32_t i = 0; i < flow->timers.count; i++) {
        const struct bpmn_timer_row *t = &flow->timers.list[i];
        if (t->due_us <= now_us && (first == NULL || t->due_us < first->due_us))
            first = t;
    }
    return first;
}

static bool tick(struct move *m, struct err *err) {
    uint32_t first = 0;
    for (int fired = 0; fired < PROCESS_TIMERS_MAX && m->p->flow->ending == 0; fired++) {
        const struct bpmn_timer_row *timer = timer_due(m->p->flow, m->env->now_us);
        if (timer == NULL)
            break;
        uint32_t id = timer->id;
        if (!step(m, (struct bpmn_input){.kind = BPMN_IN_TIMER, .id = id}, err))
            return false;
        first = first == 0 ? id : first;
    }
    return first == 0 ||
           conclude(m, (struct process_event){.kind = PROCESS_EVENT_timers_fired, .id = first},
                    err);
}

static bool cancel(struct move *m, struct err *err) {
    const struct bpmn_input input = {.kind = BPMN_IN_CANCEL};
    const struct process_event event = {.kind = PROCESS_EVENT_cancelled};
    return step_and_conclude(m, input, event, err);
}

static bool run(struct move *m, struct err *err) {
    switch (m->command->kind) {
    case PROCESS_CREATE: return create(m, err);
    case PROCESS_JOB_ACTIVATE:
    case PROCESS_JOB_COMPLETE:
    case PROCESS_JOB_FAIL:
    case PROCESS_JOB_THROW:
    case PROCESS_JOB_UPDATE: return job(m, err);
    case PROCESS_TASK_ASSIGN:
    case PROCESS_TASK_UPDATE:
    case PROCESS_TASK_COMPLETE:
    case PROCESS_TASK_LOOK: return task(m, err);
    case PROCESS_MESSAGE: return message(m, err);
    case PROCESS_SIGNAL: return signal_come(m, err);
    case PROCESS_SET: return set_variables(m, err);
    case PROCESS_RESOLVE: return resolve(m, err);
    case PROCESS_CALL_DONE:
    case PROCESS_CALL_ERROR:
    case PROCESS_CALL_FAIL: return call(m, err);
    case PROCESS_CANCEL: return cancel(m, err);
    case PROCESS_MODIFY:
    case PROCESS_ACTIVATE: return modify(m, err);
    case PROCESS_MIGRATE: return migrate(m, err);
    case PROCESS_TICK: return tick(m, err);
    case PROCESS_STORED: return store_changed(m, err);
    }
    return err_set(err, ERR_INTERNAL, err_nowhere, "a command of no known kind");
}

bool process_apply(struct process_result *out, struct process_instance *p,
                   const struct process_command *command, const struct process_env *env,
                   struct arena *arena, struct budget *budget, struct err *err) {
    *out = (struct process_result){.records = {.arena = arena}, .effects = {.arena = arena}};
    struct move m = {p, command, env, out, arena, budget};
    if (command->kind != PROCESS_CREATE && p->event_count == 0)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such process instance");
    if ((uint64_t)p->flow->last_id + p->minor > PROCESS_NUMBERS_MAX &&
        command->kind != PROCESS_CANCEL)
        return err_set(err, ERR_LIMIT, err_nowhere,
                       "the process instance has used up its %d numbers: it can only be cancelled",
                       PROCESS_NUMBERS_MAX);
    return run(&m, err);
}
