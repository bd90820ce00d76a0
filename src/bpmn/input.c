/* Inputs: what comes from outside is checked before anything happens, then done. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "bpmn/engine.h"

/* --- inputs
 * ---------------------------------------------------------------------------------------------- */
static bool find_start(uint32_t *out, const struct bpmn_process *process, struct str message,
                       struct err *err) {
    const struct bpmn_node *root = &process->nodes[0];
    *out = message.len == 0 ? root->start : BPMN_NONE;
    for (uint32_t i = 0; message.len > 0 && i < root->child_count; i++) {
        const struct bpmn_node *child = &process->nodes[root->children[i]];
        if (child->kind == BPMN_START && child->event == BPMN_EVENT_MESSAGE &&
            str_eq(child->message.text, message))
            *out = child->index;
    }
    if (*out != BPMN_NONE)
        return true;
    return message.len == 0 ? err_set(err, ERR_NOT_FOUND, err_nowhere,
                                      "process '%.*s' has no start event without a message",
                                      STR_ARG(process->id))
                            : err_set(err, ERR_NOT_FOUND, err_nowhere,
                                      "process '%.*s' is not started by the message '%.*s'",
                                      STR_ARG(process->id), STR_ARG(message));
}

static bool open_process(struct run *run) {
    struct bpmn_instance root = *run_instance(run, 1);
    struct str why;
    struct arms arms;
    enum bpmn_incident code = BPMN_INCIDENT_NONE;
    uint32_t id;
    if (!run_arms(&arms, &why, &code, run, 1))
        return false;
    if (why.len > 0)
        return run_incident(run, 1, code, BPMN_PHASE_ENTERING, why);
    return run_arm(run, 1, &arms) && run_enter(run, root.triggered_by, 1, -1, 0, &id) &&
           run_leave(run, id);
}

static bool do_start(struct run *run, const struct bpmn_input *input) {
    uint32_t start;
    if (run->state->last_id != 0)
        return err_set(run->err, ERR_CONFLICT, err_nowhere, "the process has begun already");
    if (!find_start(&start, run->process, input->name, run->err) ||
        !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_STARTED, .instance = 1, .ref = start}))
        return false;
    return run_accept(run, 1, input->variables) && open_process(run);
}

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

static bool do_complete(struct run *run, const struct bpmn_input *input) {
    if (!need_instance(run, input->id, BPMN_USER_TASK))
        return false;
    const struct bpmn_node *node = run_node(run, input->id);
    if (node->job_type.text.at != NULL)
        return err_set(run->err, ERR_CONFLICT, err_nowhere, "task '%.*s' waits for a job worker",
                       STR_ARG(node->id));
    if (node->outcome_count > 0 && input->outcome.len == 0)
        return err_set(run->err, ERR_INVALID, err_nowhere, "task '%.*s' needs an outcome",
                       STR_ARG(node->id));
    if (input->outcome.len > 0 && bpmn_outcome(node, input->outcome) == NULL)
        return err_set(run->err, ERR_INVALID, err_nowhere,
                       "task '%.*s' does not offer the outcome '%.*s'", STR_ARG(node->id),
                       STR_ARG(input->outcome));
    if (input->outcome.len > 0 && !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_OUTCOME,
                                                                      .instance = input->id,
                                                                      .node = node->index,
                                                                      .name = input->outcome}))
        return false;
    if (!run_accept(run, input->id, input->variables))
        return false;
    if (input->outcome.len > 0 && !run_propagate(run, run_instance(run, input->id)->scope,
                                                 node->result, feel_string(input->outcome)))
        return false;
    return run_leave(run, input->id);
}

static const struct bpmn_job *find_job(const struct bpmn_state *state, uint32_t id) {
    for (uint32_t i = 0; i < state->jobs.count; i++)
        if (state->jobs.list[i].id == id)
            return &state->jobs.list[i];
    return NULL;
}

static bool close_job(struct run *run, uint32_t job, uint32_t instance) {
    return run_emit(
        run, (struct bpmn_record){.kind = BPMN_REC_JOB_CLOSED, .instance = instance, .ref = job});
}

/* A worker or a called process threw: whoever catches it interrupts the instance. */
static bool throw_error(struct run *run, const struct bpmn_input *input, uint32_t id) {
    bool caught;
    if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_THROWN,
                                            .code = BPMN_EVENT_ERROR,
                                            .instance = id,
                                            .node = run_node(run, id)->index,
                                            .name = input->name,
                                            .text = input->text}) ||
        !run_throw(&caught, run, id, BPMN_EVENT_ERROR, input->name, input->variables))
        return false;
    return caught || run_incident(run, id, BPMN_INCIDENT_ERROR, BPMN_PHASE_ENTERING,
                                  arena_printf(run->arena, "nothing catches the error '%.*s'",
                                               STR_ARG(input->name)));
}

static bool do_job(struct run *run, const struct bpmn_input *input) {
    const struct bpmn_job *job = find_job(run->state, input->id);
    if (job == NULL)
        return err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                       "there is no open job with the number %" PRIu32, input->id);
    uint32_t id = job->instance;
    if (run_instance(run, id)->incident != 0)
        return err_set(run->err, ERR_CONFLICT, err_nowhere, "the job is stopped by an incident");
    if (input->kind == BPMN_IN_JOB_ERROR)
        return throw_error(run, input, id);
    if (input->kind == BPMN_IN_JOB_DONE)
        return close_job(run, input->id, id) && run_accept(run, id, input->variables) &&
               run_leave(run, id);
    if (input->n < 0)
        return err_set(run->err, ERR_INVALID, err_nowhere, "retries cannot be negative");
    size_t count = feel_is_null(input->variables) ? 0 : feel_count(input->variables);
    for (size_t i = 0; i < count; i++)
        if (!run_set(run, id, feel_entries(input->variables)[i].name,
                     feel_entries(input->variables)[i].value))
            return false;
    if ((job->worker.len > 0 || job->free_us != 0 || input->until_us != 0) &&
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
    return input->n > 0 || run_incident(run, id, BPMN_INCIDENT_JOB_RETRIES, BPMN_PHASE_ENTERING,
                                        input->text.len > 0 ? input->text : STR("the job failed"));
}

/* Who has it, and for how long; or more retries, which end no incident: BPMN_IN_RETRY does. */
static bool do_job_kept(struct run *run, const struct bpmn_input *input) {
    const struct bpmn_job *job = find_job(run->state, input->id);
    if (job == NULL)
        return err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                       "there is no open job with the number %" PRIu32, input->id);
    struct bpmn_record record = {
        .kind = BPMN_REC_JOB_FAILED, .instance = job->instance, .ref = job->id, .n = input->n};
    if (input->kind == BPMN_IN_JOB_RETRIES)
        return input->n > 0
                   ? run_emit(run, record)
                   : err_set(run->err, ERR_INVALID, err_nowhere, "a job needs at least one retry");
    record.kind = BPMN_REC_LEASED;
    record.code = input->n != 0;
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
        if (wait.event == BPMN_EVENT_MESSAGE && str_eq(wait.name, input->name) &&
            (wait.key.len == 0 || str_eq(wait.key, input->key)))
            return meet(run, wait, input->variables);
    }
    return err_set(run->err, ERR_NOT_FOUND, err_nowhere, "nothing waits for the message '%.*s'",
                   STR_ARG(input->name));
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
    for (uint32_t i = 0; i < run->state->jobs.count; i++)
        if (run->state->jobs.list[i].instance == instance.id)
            return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_JOB_FAILED,
                                                      .instance = instance.id,
                                                      .ref = run->state->jobs.list[i].id,
                                                      .n = input->n > 0 ? input->n : 1});
    if (instance.id == 1)
        return open_process(run);
    if (instance.incident == BPMN_INCIDENT_ERROR &&
        run->process->nodes[instance.node].kind == BPMN_CALL)
        return run_call_again(run, instance.id);
    return instance.phase == BPMN_PHASE_ENTERING ? run_execute(run, instance.id)
                                                 : run_leave(run, instance.id);
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
    const struct bpmn_node *node = run_node(run, input->id);
    bool takes = node->all_out || node->output_count + node->data_out_count > 0;
    if (takes && !run_accept(run, input->id, input->variables))
        return false;
    return run_leave(run, input->id);
}

bool run_input(struct run *run, const struct bpmn_input *input) {
    switch (input->kind) {
    case BPMN_IN_START: return do_start(run, input);
    case BPMN_IN_COMPLETE: return do_complete(run, input);
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
    case BPMN_IN_CALL_ERROR: return do_call(run, input);
    case BPMN_IN_CANCEL: return run_empty(run, 1) && run_end(run, BPMN_ENDING_CANCELLED);
    default: break;
    }
    return err_set(run->err, ERR_INVALID, err_nowhere, "there is no such input");
}
