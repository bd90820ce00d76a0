/* Inputs: what comes from outside is checked before anything happens, then done. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "bpmn/engine.h"

/* The instance that an input names; alive, of that kind, and not stopped by an incident. */
static bool need_instance(struct run *run, uint32_t id, enum bpmn_kind kind) {
    const struct bpmn_instance *instance = bpmn_instance(run->state, id);
    if (instance == NULL || run->process->nodes[instance->node].kind != kind)
        return err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                       "there is no open %s with the number %" PRIu32, bpmn_kind_element(kind), id);
    if (instance->incident != 0)
        return err_set(run->err, ERR_CONFLICT, err_nowhere, "%s '%.*s' is stopped by an incident",
                       bpmn_kind_element(kind), STR_ARG(run->process->nodes[instance->node].id));
    return true;
}

/* --- jobs
 * -------------------------------------------------------------------------------------------- */
static const struct bpmn_job *find_job(const struct bpmn_state *state, uint32_t id) {
    for (uint32_t i = 0; i < state->jobs.count; i++)
        if (state->jobs.list[i].id == id)
            return &state->jobs.list[i];
    return NULL;
}

/* A worker or a called process threw: whoever catches it interrupts the instance. */
static bool throw_error(struct run *run, const struct bpmn_input *input, uint32_t id) {
    bool escalates = input->kind == BPMN_IN_CALL_ERROR && input->n == BPMN_EVENT_ESCALATION;
    struct thrown thrown = {.event = escalates ? BPMN_EVENT_ESCALATION : BPMN_EVENT_ERROR,
                            .code = input->name,
                            .text = input->text,
                            .variables = input->variables};
    return run_throw_from(run, id, id, &thrown);
}

static enum bpmn_incident no_retries(enum bpmn_job_kind kind) {
    switch (kind) {
    case BPMN_JOB_LISTENER: return BPMN_INCIDENT_LISTENER_RETRIES;
    case BPMN_JOB_TASK_LISTENER: return BPMN_INCIDENT_TASK_LISTENER_RETRIES;
    case BPMN_JOB_AD_HOC: return BPMN_INCIDENT_AD_HOC_RETRIES;
    case BPMN_JOB_ELEMENT:
    case BPMN_JOB_USER_TASK: break;
    }
    return BPMN_INCIDENT_JOB_RETRIES;
}

static bool fail_job(struct run *run, const struct bpmn_input *input, const struct bpmn_job *row) {
    struct bpmn_job job = *row;
    uint32_t id = job.instance;
    if (input->n < 0)
        return err_set(run->err, ERR_INVALID, err_nowhere, "retries cannot be negative");
    size_t count = feel_is_null(input->variables) ? 0 : feel_count(input->variables);
    for (size_t i = 0; i < count; i++)
        if (!run_set(run, id, feel_entries(input->variables)[i].name,
                     feel_entries(input->variables)[i].value))
            return false;
    if ((job.worker.len > 0 || job.free_us != 0 || input->until_us != 0) &&
        !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_LEASED,
                                            .instance = id,
                                            .ref = input->id,
                                            .n = input->until_us}))
        return false;
    if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_JOB_FAILED,
                                            .instance = id,
                                            .ref = input->id,
                                            .n = input->n,
                                            .text = input->text}))
        return false;
    return input->n > 0 ||
           run_incident(run, id, no_retries((enum bpmn_job_kind)job.kind), BPMN_PHASE_ENTERING,
                        input->text.len > 0 ? input->text : STR("the job failed"));
}

static bool do_job(struct run *run, const struct bpmn_input *input) {
    const struct bpmn_job *job = find_job(run->state, input->id);
    if (job == NULL)
        return err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                       "there is no open job with the number %" PRIu32, input->id);
    uint32_t id = job->instance;
    if (run_instance(run, id)->incident != 0)
        return err_set(run->err, ERR_CONFLICT, err_nowhere, "the job is stopped by an incident");
    if (input->kind == BPMN_IN_JOB_FAIL)
        return fail_job(run, input, job);
    if (input->kind == BPMN_IN_JOB_ERROR)
        return run_instance(run, id)->closing == BPMN_CLOSING_CANCEL
                   ? err_set(run->err, ERR_CONFLICT, err_nowhere,
                             "the task is being cancelled: nothing can catch an error")
                   : throw_error(run, input, id);
    switch ((enum bpmn_job_kind)job->kind) {
    case BPMN_JOB_LISTENER:
    case BPMN_JOB_TASK_LISTENER: return run_listener_done(run, job, input);
    case BPMN_JOB_AD_HOC: return run_ad_hoc_job_done(run, input, id);
    case BPMN_JOB_ELEMENT:
    case BPMN_JOB_USER_TASK: break;
    }
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_JOB_CLOSED,
                                              .instance = id,
                                              .ref = input->id}) &&
           run_accept(run, id, input->variables) && run_leave(run, id);
}

/* Who has it, and for how long; or more retries, which end no incident: BPMN_IN_RETRY does. */
static bool do_job_kept(struct run *run, const struct bpmn_input *input) {
    const struct bpmn_job *job = find_job(run->state, input->id);
    if (job == NULL)
        return err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                       "there is no open job with the number %" PRIu32, input->id);
    struct bpmn_record record = {.kind = BPMN_REC_JOB_FAILED,
                                 .instance = job->instance,
                                 .ref = job->id,
                                 .n = input->n,
                                 .code = input->kind == BPMN_IN_JOB_RETRIES};
    if (input->kind == BPMN_IN_JOB_RETRIES)
        return input->n > 0
                   ? run_emit(run, record)
                   : err_set(run->err, ERR_INVALID, err_nowhere, "a job needs at least one retry");
    record.kind = BPMN_REC_LEASED;
    /* only what was not answered for makes a new number: after a failure the key stays the same */
    record.code = input->n != 0 && job->worker.len > 0;
    record.n = input->until_us;
    record.name = input->name;
    return run_emit(run, record);
}

static bool do_timer(struct run *run, const struct bpmn_input *input) {
    for (uint32_t i = 0; i < run->state->timers.count; i++) {
        const struct bpmn_timer_row *row = &run->state->timers.list[i];
        if (row->id != input->id)
            continue;
        if (row->due_us > run->env->now_us)
            return err_set(run->err, ERR_CONFLICT, err_nowhere, "timer %" PRIu32 " is not due yet",
                           input->id);
        return run_fire_timer(run, input->id);
    }
    return err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                   "there is no running timer with the number %" PRIu32, input->id);
}

static bool meet(struct run *run, struct bpmn_wait wait, struct feel_value variables) {
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_WAIT_MET,
                                              .instance = wait.instance,
                                              .node = wait.node,
                                              .ref = wait.id,
                                              .name = wait.name}) &&
           run_trigger(run, wait.instance, wait.node, variables);
}

static bool do_message(struct run *run, const struct bpmn_input *input) {
    for (uint32_t i = 0; i < run->state->waits.count; i++) {
        struct bpmn_wait wait = run->state->waits.list[i];
        bool fits = input->id != 0 ? wait.id == input->id
                                   : str_eq(wait.name, input->name) &&
                                         (wait.key.len == 0 || str_eq(wait.key, input->key));
        if (fits && wait.event == BPMN_EVENT_MESSAGE)
            return meet(run, wait, input->variables);
    }
    return input->id != 0 ? err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                                    "there is no subscription with the number %" PRIu32, input->id)
                          : err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                                    "nothing waits for the message '%.*s'", STR_ARG(input->name));
}

/* Everything that waited when the signal came gets it, unless an earlier one took it away. */
static bool do_signal(struct run *run, const struct bpmn_input *input) {
    uint32_t last = run->state->last_id, seen = 0;
    for (uint32_t i = 0; i < run->state->waits.count;) {
        struct bpmn_wait wait = run->state->waits.list[i];
        if (wait.id <= seen || wait.id > last || wait.event != BPMN_EVENT_SIGNAL ||
            !str_eq(wait.name, input->name)) {
            i++;
            continue;
        }
        seen = wait.id;
        if (!meet(run, wait, input->variables))
            return false;
        i = 0; /* rows moved */
    }
    return true;
}

/* What the incident stopped is done again. */
static bool retry_phase(struct run *run, struct bpmn_instance instance) {
    const struct bpmn_node *node = &run->process->nodes[instance.node];
    if (instance.as == BPMN_AS_SLOT)
        return run_slot_done(run, instance.id);
    if (instance.as == BPMN_AS_BODY && instance.phase == BPMN_PHASE_ACTING)
        return run_loop_next(run, instance.id);
    if (node->kind == BPMN_AD_HOC && bpmn_acts(&instance) && run_ad_hoc_is_open(run, instance.id))
        return run_ad_hoc_again(run, instance.id);
    /* its process ended or could not be called: it waits for its events as before */
    if (node->kind == BPMN_CALL && bpmn_acts(&instance) &&
        (instance.incident == BPMN_INCIDENT_ERROR ||
         (instance.incident == BPMN_INCIDENT_CALL && instance.rows > 0)))
        return run_call_again(run, instance.id);
    switch ((enum bpmn_phase)instance.phase) {
    case BPMN_PHASE_ENTERING:
        return instance.id == 1 ? run_open_process(run) : run_execute(run, instance.id);
    case BPMN_PHASE_ACTING: return run_act(run, instance.id);
    case BPMN_PHASE_LEAVING:
        return instance.id == 1 ? run_gone(run, 1) : run_leave(run, instance.id);
    case BPMN_PHASE_FINISHING: break;
    }
    return run_finish(run, instance.id);
}

static bool do_retry(struct run *run, const struct bpmn_input *input) {
    const struct bpmn_instance *found = bpmn_instance(run->state, input->id);
    if (found == NULL || found->incident == 0)
        return err_set(run->err, ERR_CONFLICT, err_nowhere,
                       "element instance %" PRIu32 " has no incident", input->id);
    struct bpmn_instance instance = *found;
    if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_RESOLVED,
                                            .instance = instance.id,
                                            .node = instance.node}))
        return false;
    for (uint32_t i = 0; i < run->state->jobs.count; i++) {
        const struct bpmn_job *job = &run->state->jobs.list[i];
        if (job->instance == instance.id)
            return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_JOB_FAILED,
                                                      .code = 1,
                                                      .instance = instance.id,
                                                      .ref = job->id,
                                                      .n = input->n > 0       ? input->n
                                                           : job->retries > 0 ? job->retries
                                                                              : 1});
    }
    return retry_phase(run, instance);
}

static bool do_set(struct run *run, const struct bpmn_input *input) {
    uint32_t id = input->id == 0 ? 1 : input->id;
    if (bpmn_instance(run->state, id) == NULL)
        return err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                       "there is no element instance with the number %" PRIu32, id);
    for (size_t i = 0; i < feel_count(input->variables); i++) {
        const struct feel_entry *entry = &feel_entries(input->variables)[i];
        if (!(input->local ? run_set(run, id, entry->name, entry->value)
                           : run_propagate(run, id, entry->name, entry->value)))
            return false;
    }
    return true;
}

static bool do_call(struct run *run, const struct bpmn_input *input) {
    if (!need_instance(run, input->id, BPMN_CALL))
        return false;
    if (input->kind == BPMN_IN_CALL_ERROR)
        return throw_error(run, input, input->id);
    if (input->kind == BPMN_IN_CALL_FAIL)
        return run_incident(run, input->id, BPMN_INCIDENT_CALL,
                            run_act_phase(run_node(run, input->id)), input->text);
    const struct bpmn_node *node = run_node(run, input->id);
    bool takes = node->all_out || node->output_count + node->data_out_count > 0;
    if (takes && !run_accept(run, input->id, input->variables))
        return false;
    return run_leave(run, input->id);
}

static bool do_stored(struct run *run, const struct bpmn_input *input) {
    const struct bpmn_store *store = bpmn_store(run->process, input->name);
    if (store != NULL)
        run_noted(run, store->name);
    return true;
}

bool run_input(struct run *run, const struct bpmn_input *input) {
    switch (input->kind) {
    case BPMN_IN_START: return run_start(run, input);
    case BPMN_IN_COMPLETE:
    case BPMN_IN_TASK_ASSIGN:
    case BPMN_IN_TASK_UPDATE: return run_task_input(run, input);
    case BPMN_IN_JOB_DONE:
    case BPMN_IN_JOB_FAIL:
    case BPMN_IN_JOB_ERROR: return do_job(run, input);
    case BPMN_IN_JOB_LEASE:
    case BPMN_IN_JOB_RETRIES: return do_job_kept(run, input);
    case BPMN_IN_TIMER: return do_timer(run, input);
    case BPMN_IN_MESSAGE: return do_message(run, input);
    case BPMN_IN_SIGNAL: return do_signal(run, input);
    case BPMN_IN_RETRY: return do_retry(run, input);
    case BPMN_IN_SET: return feel_is_null(input->variables) || do_set(run, input);
    case BPMN_IN_REDUE: return run_redue(run);
    case BPMN_IN_CALL_DONE:
    case BPMN_IN_CALL_FAIL:
    case BPMN_IN_CALL_ERROR: return do_call(run, input);
    case BPMN_IN_CANCEL: return run_stop(run);
    case BPMN_IN_ACTIVATE:
    case BPMN_IN_FINISH: return run_ad_hoc_input(run, input);
    case BPMN_IN_MODIFY: return run_modify(run, input);
    case BPMN_IN_MIGRATE: return run_migrate(run, input);
    case BPMN_IN_STORED: return do_stored(run, input);
    }
    return err_set(run->err, ERR_INVALID, err_nowhere, "there is no such input");
}
