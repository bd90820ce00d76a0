/* What an element does once it is entered: asks a person, a job worker, a decision or another
 * process, throws, waits (BPMN 2.0.2: 13.3). Everything that can fail is evaluated before the first
 * record. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "bpmn/engine.h"

/* --- what the law attached to the node
 * ---------------------------------------------------------------- */
bool run_clocks(struct run *run, uint32_t id, const struct bpmn_node *node, bool leave) {
    for (size_t i = 0; i < node->clock_count; i++)
        if (node->clocks[i].at_leave == leave &&
            !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_CLOCK,
                                                .code = (uint8_t)node->clocks[i].action,
                                                .instance = id,
                                                .node = node->index,
                                                .n = node->clocks[i].from,
                                                .name = node->clocks[i].id}))
            return false;
    return true;
}

bool run_actions(struct run *run, uint32_t id, const struct bpmn_node *node) {
    if (!run_clocks(run, id, node, false))
        return false;
    if (node->status.len > 0 && !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_STATUS,
                                                                    .instance = id,
                                                                    .node = node->index,
                                                                    .name = node->status}))
        return false;
    for (size_t i = 0; i < node->letter_count; i++)
        if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_LETTER,
                                                .instance = id,
                                                .node = node->index,
                                                .name = node->letters[i].id,
                                                .text = node->letters[i].to}))
            return false;
    return true;
}

static struct feel_value headers_of(struct run *run, const struct bpmn_node *node) {
    if (node->header_count == 0)
        return feel_null();
    struct feel_entry *entries = arena_new(run->arena, struct feel_entry, node->header_count);
    for (size_t i = 0; i < node->header_count; i++)
        entries[i] = (struct feel_entry){node->headers[i].key, feel_string(node->headers[i].value)};
    return feel_context_of(run->arena, entries, node->header_count);
}

static bool ask_job(struct run *run, uint32_t id, const struct arms *arms) {
    const struct bpmn_node *node = run_node(run, id);
    struct feel_value type, retries;
    struct str why;
    int64_t n = 0;
    if (!run_eval(&type, &why, run, id, &node->job_type, run->env->now_us))
        return false;
    if (why.len == 0 && !run_eval(&retries, &why, run, id, &node->retries, run->env->now_us))
        return false;
    if (why.len == 0) {
        bool text = feel_kind(retries) == FEEL_STRING;
        bool ok = text ? str_to_i64(&n, feel_as_string(retries)) : feel_to_i64(&n, retries);
        if (!ok || n < 1 || feel_kind(type) != FEEL_STRING || feel_as_string(type).len == 0)
            why = arena_printf(run->arena,
                               "task '%.*s': the job's type must be a text and its "
                               "retries a whole number from 1",
                               STR_ARG(node->id));
    }
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_JOB, BPMN_PHASE_ENTERING, why);
    return run_arm(run, id, arms) &&
           run_emit(run, (struct bpmn_record){.kind = BPMN_REC_JOB,
                                              .instance = id,
                                              .node = node->index,
                                              .ref = run->state->last_id + 1,
                                              .name = feel_as_string(type),
                                              .n = n,
                                              .value = headers_of(run, node)});
}

/* The attributes of a user task that the model gives, in a fixed order. */
static bool task_attributes(struct feel_entry *entries, size_t *count, int64_t *due_us,
                            struct str *why, struct run *run, uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    const struct {
        const char *name;
        const struct bpmn_expr *expr;
        bool time;
    } attributes[] = {
        {"assignee", &node->assignee, false},     {"candidateGroups", &node->groups, false},
        {"candidateUsers", &node->users, false},  {"dueDate", &node->due, true},
        {"followUpDate", &node->follow_up, true}, {"priority", &node->priority, false},
    };
    *count = 0;
    *due_us = BPMN_NEVER;
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        struct feel_value value;
        int64_t moment = BPMN_NEVER;
        if (attributes[i].expr->text.at == NULL)
            continue;
        if (!run_eval(&value, why, run, id, attributes[i].expr, run->env->now_us))
            return false;
        if (why->len == 0 && attributes[i].time && !run_moment(&moment, run, value))
            *why = arena_printf(run->arena, "task '%.*s': %s is no date", STR_ARG(node->id),
                                attributes[i].name);
        if (why->len > 0)
            return true;
        if (attributes[i].expr == &node->due)
            *due_us = moment;
        entries[(*count)++] = (struct feel_entry){str_from(attributes[i].name), value};
    }
    return true;
}

static bool ask_person(struct run *run, uint32_t id, const struct arms *arms) {
    struct feel_entry entries[6];
    struct feel_value value = feel_null();
    struct str why = STR_NONE;
    size_t count;
    int64_t due_us;
    if (!task_attributes(entries, &count, &due_us, &why, run, id))
        return false;
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_TASK, BPMN_PHASE_ENTERING, why);
    if (count > 0) {
        struct feel_entry *copy = arena_new(run->arena, struct feel_entry, count);
        memcpy(copy, entries, count * sizeof *copy);
        value = feel_context_of(run->arena, copy, count);
    }
    return run_arm(run, id, arms) &&
           run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TASK,
                                              .instance = id,
                                              .node = run_node(run, id)->index,
                                              .n = due_us,
                                              .value = value});
}

/* The result of a decision or a script: local when outputs are mapped, else where it belongs. */
static bool set_result(struct run *run, uint32_t id, struct feel_value value) {
    const struct bpmn_node *node = run_node(run, id);
    return node->output_count > 0 ? run_set(run, id, node->result, value)
                                  : run_propagate(run, id, node->result, value);
}

static bool decide(struct run *run, uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    struct feel_value decision_id;
    struct bpmn_decision decision = {0};
    struct str why;
    if (run->oracle != NULL)
        return run_leave(run, id);
    if (!run_eval(&decision_id, &why, run, id, &node->decision, run->env->now_us))
        return false;
    if (why.len == 0 && feel_kind(decision_id) != FEEL_STRING)
        why = STR("the decision's id is no text");
    if (why.len == 0 && run->env->decide == NULL)
        why = STR("there are no decisions here");
    if (why.len == 0) {
        struct bpmn_view view = {run->state, id, run->env, node};
        if (!run->env->decide(&decision, run->env->self, feel_as_string(decision_id), &view,
                              run->arena, run->budget, run->err))
            return false;
        why = decision.why;
    }
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_DECISION, BPMN_PHASE_ENTERING, why);
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_DECIDED,
                                              .instance = id,
                                              .node = node->index,
                                              .name = feel_as_string(decision_id),
                                              .text = decision.trace,
                                              .value = decision.result}) &&
           set_result(run, id, decision.result) && run_leave(run, id);
}

static bool script(struct run *run, uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    struct feel_value value;
    struct str why;
    if (!run_eval(&value, &why, run, id, &node->script, run->env->now_us))
        return false;
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_SCRIPT, BPMN_PHASE_ENTERING, why);
    return set_result(run, id, value) && run_leave(run, id);
}

static bool call(struct run *run, uint32_t id, const struct arms *arms) {
    const struct bpmn_node *node = run_node(run, id);
    struct feel_value called;
    struct str why;
    if (!run_eval(&called, &why, run, id, &node->called, run->env->now_us))
        return false;
    if (why.len == 0 && feel_kind(called) != FEEL_STRING)
        why = STR("the called process's id is no text");
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_CALL, BPMN_PHASE_ENTERING, why);
    struct feel_value variables = feel_null();
    if (node->all_in) {
        variables = bpmn_variables(run->state, id, run->arena);
    } else if (node->input_count > 0) {
        struct feel_entry *entries = arena_new(run->arena, struct feel_entry, node->input_count);
        for (size_t i = 0; i < node->input_count; i++) {
            entries[i].name = node->inputs[i].target;
            (void)bpmn_variable(&entries[i].value, run->state, id, node->inputs[i].target);
        }
        variables = feel_context_of(run->arena, entries, node->input_count);
    }
    return run_arm(run, id, arms) &&
           run_emit(run, (struct bpmn_record){.kind = BPMN_REC_CALLED,
                                              .instance = id,
                                              .node = node->index,
                                              .name = feel_as_string(called),
                                              .value = variables});
}

static bool open_scope(struct run *run, uint32_t id, const struct arms *arms) {
    const struct bpmn_node *node = run_node(run, id);
    uint32_t child;
    if (!run_arm(run, id, arms))
        return false;
    return run_enter(run, node->start, id, -1, 0, &child) && run_leave(run, child);
}

/* A send task or throwing event whose letter or signal is everything it does. */
static bool throw_event(struct run *run, uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    struct bpmn_instance instance = *run_instance(run, id);
    bool caught;
    switch (node->event) {
    case BPMN_EVENT_SIGNAL:
        return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_THROWN,
                                                  .code = BPMN_EVENT_SIGNAL,
                                                  .instance = id,
                                                  .node = node->index,
                                                  .name = node->code}) &&
               run_leave(run, id);
    case BPMN_EVENT_ERROR:
    case BPMN_EVENT_ESCALATION:
        if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_THROWN,
                                                .code = (uint8_t)node->event,
                                                .instance = id,
                                                .node = node->index,
                                                .name = node->code}))
            return false;
        if (node->event == BPMN_EVENT_ERROR)
            break;
        /* an escalation nobody catches is no fault (BPMN 2.0.2: 10.5.7); who catches may interrupt
         */
        if (!run_throw(&caught, run, instance.scope, node->event, node->code, feel_null()))
            return false;
        return bpmn_instance(run->state, id) == NULL || run_leave(run, id);
    default: return run_leave(run, id);
    }
    if (!run_throw(&caught, run, instance.scope, node->event, node->code, feel_null()))
        return false;
    return caught || run_incident(run, id, BPMN_INCIDENT_ERROR, BPMN_PHASE_ENTERING,
                                  arena_printf(run->arena, "nothing catches the error '%.*s'",
                                               STR_ARG(node->code)));
}

static bool act(struct run *run, uint32_t id, const struct arms *arms) {
    const struct bpmn_node *node = run_node(run, id);
    if (node->job_type.text.at != NULL)
        return ask_job(run, id, arms);
    switch (node->kind) {
    case BPMN_USER_TASK: return ask_person(run, id, arms);
    case BPMN_RULE_TASK: return decide(run, id);
    case BPMN_SCRIPT_TASK: return script(run, id);
    case BPMN_CALL: return call(run, id, arms);
    case BPMN_SUB_PROCESS: return open_scope(run, id, arms);
    case BPMN_EVENT_BASED:
    case BPMN_RECEIVE_TASK: return run_arm(run, id, arms);
    case BPMN_CATCH:
        return node->event == BPMN_EVENT_LINK ? run_leave(run, id) : run_arm(run, id, arms);
    case BPMN_THROW:
    case BPMN_END: return throw_event(run, id);
    default: return run_leave(run, id); /* gateways, and tasks that nobody has to be asked for */
    }
}

bool run_execute(struct run *run, uint32_t id) {
    struct str why;
    struct arms arms;
    enum bpmn_incident code = BPMN_INCIDENT_NONE;
    if (!run_map_inputs(&why, run, id))
        return false;
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_MAPPING, BPMN_PHASE_ENTERING, why);
    if (!run_arms(&arms, &why, &code, run, id))
        return false;
    if (why.len > 0)
        return run_incident(run, id, code, BPMN_PHASE_ENTERING, why);
    return act(run, id, &arms);
}

bool run_call_again(struct run *run, uint32_t id) {
    struct arms none = {0};
    return call(run, id, &none);
}
