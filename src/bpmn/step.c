/* One step: an input, then tokens move until everything waits (BPMN 2.0.2: chapter 13).
 *
 * 1. Nothing changes but by run_emit(), which folds the record at once. What is still to be done
 *    stands in the state (moving tokens) or follows from it (joins whose tokens are all there).
 * 2. An element is entered in two phases. Entering evaluates everything that can fail, then arms
 * and asks the world; leaving maps outputs and chooses flows. A failure is an incident of that
 * phase, and a retry repeats the phase, so nothing in it is emitted before everything in it
 * succeeded (variables aside: setting them again is harmless).
 * 3. No recursion along the flow: leaving puts tokens on flows, the loop in run_settle() takes
 * them. Recursion follows the nesting of scopes only, which the reader bounds. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "bpmn/engine.h"

/* --- records
 * ------------------------------------------------------------------------------------------ */
bool run_emit(struct run *run, struct bpmn_record record) {
    struct bpmn_records *out = run->out;
    if (out->count == out->room) {
        size_t room = out->room == 0 ? 32 : out->room * 2;
        if (!budget_spend(run->budget, (struct cost){0, room * sizeof *out->list}, run->err))
            return false;
        struct bpmn_record *list = arena_new(out->arena, struct bpmn_record, room);
        if (out->count > 0)
            memcpy(list, out->list, out->count * sizeof *list);
        out->list = list;
        out->room = room;
    }
    out->list[out->count++] = record;
    return bpmn_fold(run->state, run->process, &record, run->err);
}

struct bpmn_instance *run_instance(const struct run *run, uint32_t id) {
    const struct bpmn_instance *found = bpmn_instance(run->state, id);
    assert(found != NULL);
    return &run->state->instances.list[found - run->state->instances.list];
}

static const struct bpmn_node *node_of(const struct run *run, uint32_t id) {
    return &run->process->nodes[run_instance(run, id)->node];
}

bool run_incident(struct run *run, uint32_t id, enum bpmn_incident code, enum bpmn_phase phase,
                  struct str why) {
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_INCIDENT,
                                              .code = (uint8_t)code,
                                              .instance = id,
                                              .node = run_instance(run, id)->node,
                                              .ref = phase,
                                              .text = why});
}

/* --- what the law attached to the node
 * ---------------------------------------------------------------- */
static bool emit_clocks(struct run *run, uint32_t id, const struct bpmn_node *node, bool leave) {
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

static bool emit_actions(struct run *run, uint32_t id, const struct bpmn_node *node) {
    if (!emit_clocks(run, id, node, false))
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

/* --- entering
 * ------------------------------------------------------------------------------------------ */
bool run_enter(struct run *run, uint32_t node, uint32_t scope, int64_t flow, uint32_t trigger,
               uint32_t *out_id) {
    const struct bpmn_node *n = &run->process->nodes[node];
    *out_id = run->state->last_id + 1;
    if (!budget_spend(run->budget, (struct cost){1, 0}, run->err))
        return false;
    if (run->state->instances.count >= BPMN_INSTANCES_MAX || run->state->last_id > INT32_MAX)
        return err_set(run->err, ERR_LIMIT, err_nowhere,
                       "process '%.*s': more than %d elements are alive at '%.*s'",
                       STR_ARG(run->process->id), BPMN_INSTANCES_MAX, STR_ARG(n->id));
    run->entered++;
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_ENTERED,
                                              .instance = *out_id,
                                              .node = node,
                                              .scope = scope,
                                              .ref = trigger,
                                              .n = flow}) &&
           emit_actions(run, *out_id, n);
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
    const struct bpmn_node *node = node_of(run, id);
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
    const struct bpmn_node *node = node_of(run, id);
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
                                              .node = node_of(run, id)->index,
                                              .n = due_us,
                                              .value = value});
}

/* The result of a decision or a script: local when outputs are mapped, else where it belongs. */
static bool set_result(struct run *run, uint32_t id, struct feel_value value) {
    const struct bpmn_node *node = node_of(run, id);
    return node->output_count > 0 ? run_set(run, id, node->result, value)
                                  : run_propagate(run, id, node->result, value);
}

static bool decide(struct run *run, uint32_t id) {
    const struct bpmn_node *node = node_of(run, id);
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
    const struct bpmn_node *node = node_of(run, id);
    struct feel_value value;
    struct str why;
    if (!run_eval(&value, &why, run, id, &node->script, run->env->now_us))
        return false;
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_SCRIPT, BPMN_PHASE_ENTERING, why);
    return set_result(run, id, value) && run_leave(run, id);
}

static bool call(struct run *run, uint32_t id, const struct arms *arms) {
    const struct bpmn_node *node = node_of(run, id);
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
    const struct bpmn_node *node = node_of(run, id);
    uint32_t child;
    if (!run_arm(run, id, arms))
        return false;
    return run_enter(run, node->start, id, -1, 0, &child) && run_leave(run, child);
}

/* A send task or throwing event whose letter or signal is everything it does. */
static bool throw_event(struct run *run, uint32_t id) {
    const struct bpmn_node *node = node_of(run, id);
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
    const struct bpmn_node *node = node_of(run, id);
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

/* --- leaving
 * ------------------------------------------------------------------------------------------- */
struct choice {
    uint32_t *flows;
    uint32_t count;
    enum bpmn_incident code; /* it failed */
    struct str why;
};

static bool test_flow(bool *out, struct choice *choice, struct run *run, uint32_t scope,
                      const struct bpmn_flow *flow) {
    struct feel_value value;
    struct str why;
    *out = false;
    if (!run_eval(&value, &why, run, scope, &flow->condition, run->env->now_us))
        return false;
    if (feel_is_true(value) || feel_is_false(value)) {
        *out = feel_is_true(value);
        return true;
    }
    choice->code = BPMN_INCIDENT_CONDITION;
    choice->why = why.len > 0 ? why
                              : arena_printf(run->arena, "the condition of flow '%.*s' gives a %s",
                                             STR_ARG(flow->id), feel_kind_name(feel_kind(value)));
    return true;
}

static uint32_t condition_count(const struct bpmn_process *p, const struct bpmn_node *node) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < node->out_count; i++)
        count += p->flows[node->out[i]].condition.text.at != NULL;
    return count;
}

uint32_t run_choice_count(const struct bpmn_process *process, const struct bpmn_node *node) {
    uint32_t conditions = condition_count(process, node);
    uint32_t other = node->default_flow != BPMN_NONE ||
                     (node->kind != BPMN_EXCLUSIVE && conditions < node->out_count);
    if (conditions == 0)
        return 0;
    if (node->kind == BPMN_EXCLUSIVE)
        return conditions + other;
    return conditions > 20 ? UINT32_MAX : (1u << conditions) - 1 + other;
}

/* The pick-th way: exclusive: that conditional flow; others: pick + 1 as a set of conditional
 * flows. The last way is that none is true. Flows without a condition are taken besides. */
static void choose_freely(struct choice *choice, struct run *run, const struct bpmn_node *node,
                          uint32_t id) {
    const struct bpmn_process *p = run->process;
    uint32_t count = run_choice_count(p, node), condition = 0;
    uint64_t set = UINT64_MAX;
    if (count > 0 && run->oracle->instance != id) {
        choice->code = BPMN_INCIDENT_CONDITION;
        return;
    }
    if (count > 0)
        set = node->kind == BPMN_EXCLUSIVE ? UINT64_C(1) << run->oracle->pick
                                           : (uint64_t)run->oracle->pick + 1;
    bool some = false;
    for (uint32_t i = 0; i < node->out_count; i++) {
        const struct bpmn_flow *flow = &p->flows[node->out[i]];
        bool conditional = flow->condition.text.at != NULL;
        if (flow->is_default || (conditional && (set >> condition++ & 1) == 0))
            continue;
        some = some || conditional;
        choice->flows[choice->count++] = flow->index;
    }
    if (!some && node->default_flow != BPMN_NONE)
        choice->flows[choice->count++] = node->default_flow;
}

/* BPMN 2.0.2: 13.4.2 exclusive: the first that is true; 13.4.3 inclusive, 13.3.1 activities: all
 * that are true; the default when none is. */
static bool choose(struct choice *choice, struct run *run, const struct bpmn_node *node,
                   uint32_t id, uint32_t scope) {
    const struct bpmn_process *p = run->process;
    bool conditional = false, some = false, exclusive = node->kind == BPMN_EXCLUSIVE;
    *choice = (struct choice){.flows = arena_new(run->arena, uint32_t, node->out_count)};
    if (run->oracle != NULL) {
        choose_freely(choice, run, node, id);
        return true;
    }
    for (uint32_t i = 0; i < node->out_count && !(exclusive && some); i++) {
        const struct bpmn_flow *flow = &p->flows[node->out[i]];
        bool take = true;
        if (flow->is_default)
            continue;
        if (flow->condition.text.at != NULL) {
            conditional = true;
            if (!test_flow(&take, choice, run, scope, flow))
                return false;
            if (choice->code != BPMN_INCIDENT_NONE)
                return true;
            some = some || take;
        } else if (exclusive) {
            some = true; /* the only way out of a gateway that only merges */
        }
        if (take)
            choice->flows[choice->count++] = flow->index;
    }
    if (!some && node->default_flow != BPMN_NONE)
        choice->flows[choice->count++] = node->default_flow;
    else if (choice->count == 0 && conditional) {
        choice->code = BPMN_INCIDENT_NO_FLOW;
        choice->why = arena_printf(run->arena, "none of the conditions behind '%.*s' is true",
                                   STR_ARG(node->id));
    }
    return true;
}

static bool is_ready(const struct run *run, uint32_t scope, const struct bpmn_node *join) {
    for (uint32_t in = 0; in < join->in_count; in++) {
        bool there = false;
        for (uint32_t i = 0; !there && i < run->state->parked.count; i++)
            there = run->state->parked.list[i].scope == scope &&
                    run->state->parked.list[i].flow == join->in[in];
        if (!there)
            return false;
    }
    return true;
}

static bool take_flow(struct run *run, uint32_t scope, uint32_t flow) {
    const struct bpmn_node *to = &run->process->nodes[run->process->flows[flow].to];
    if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TAKEN, .node = flow, .scope = scope}))
        return false;
    if (to->kind != BPMN_PARALLEL || !bpmn_is_join(to) || !is_ready(run, scope, to))
        return true;
    if (run->ready_count == run->ready_room) {
        size_t room = run->ready_room == 0 ? 8 : run->ready_room * 2;
        struct bpmn_token *ready = arena_new(run->arena, struct bpmn_token, room);
        if (run->ready_count > 0)
            memcpy(ready, run->ready, run->ready_count * sizeof *ready);
        run->ready = ready;
        run->ready_room = room;
    }
    run->ready[run->ready_count++] = (struct bpmn_token){scope, flow};
    return true;
}

static bool end_process(struct run *run, enum bpmn_ending ending) {
    return run_disarm(run, 1, BPMN_KINDS) &&
           run_emit(run, (struct bpmn_record){.kind = BPMN_REC_ENDED,
                                              .code = (uint8_t)ending,
                                              .instance = 1,
                                              .node = run->last_end});
}

/* The scope has nothing alive in it any more: it completes. */
static bool complete_scope(struct run *run, uint32_t scope, enum bpmn_ending ending) {
    return scope == 1 ? end_process(run, ending) : run_leave(run, scope);
}

/* BPMN 2.0.2: 13.5.6 terminate: everything else in the scope is cancelled, and it completes. */
static bool terminate(struct run *run, uint32_t scope) {
    return run_empty(run, scope) && complete_scope(run, scope, BPMN_ENDING_TERMINATED);
}

bool run_leave(struct run *run, uint32_t id) {
    struct bpmn_instance instance = *run_instance(run, id);
    const struct bpmn_node *node = &run->process->nodes[instance.node];
    struct str why;
    struct choice choice;
    if (!run_map_outputs(&why, run, id))
        return false;
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_MAPPING, BPMN_PHASE_LEAVING, why);
    if (!choose(&choice, run, node, id, instance.scope))
        return false;
    if (choice.code != BPMN_INCIDENT_NONE)
        return run_incident(run, id, choice.code, BPMN_PHASE_LEAVING, choice.why);
    if (!emit_clocks(run, id, node, true) || !run_disarm(run, id, BPMN_KINDS) ||
        !run_emit(run,
                  (struct bpmn_record){.kind = BPMN_REC_LEFT, .instance = id, .node = node->index}))
        return false;
    for (uint32_t i = 0; i < choice.count; i++)
        if (!take_flow(run, instance.scope, choice.flows[i]))
            return false;
    if (node->kind == BPMN_END)
        run->last_end = node->index;
    if (node->event == BPMN_EVENT_TERMINATE)
        return terminate(run, instance.scope);
    if (run_instance(run, instance.scope)->live == 0)
        return complete_scope(run, instance.scope, BPMN_ENDING_COMPLETED);
    return true;
}

/* --- cancelling
 * ------------------------------------------------------------------------------------------ */
bool run_empty(struct run *run, uint32_t scope) {
    const struct bpmn_state *state = run->state;
    for (uint32_t i = state->instances.count; i-- > 0;) {
        if (i >= state->instances.count) /* a cancelled scope took its own children along */
            i = state->instances.count - 1;
        if (state->instances.list[i].scope == scope &&
            !run_cancel(run, state->instances.list[i].id))
            return false;
    }
    if (run_instance(run, scope)->live == 0)
        return true;
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_DROPPED, .scope = scope});
}

bool run_cancel(struct run *run, uint32_t id) {
    const struct bpmn_node *node = node_of(run, id);
    if (bpmn_kind_group(node->kind) == BPMN_GROUP_SCOPE && !run_empty(run, id))
        return false;
    return run_disarm(run, id, BPMN_KINDS) &&
           run_emit(run, (struct bpmn_record){
                             .kind = BPMN_REC_CANCELLED, .instance = id, .node = node->index});
}

/* --- the loop
 * -------------------------------------------------------------------------------------------- */
static bool enter_and_execute(struct run *run, uint32_t node, uint32_t scope, uint32_t flow) {
    uint32_t id;
    if (!run_enter(run, node, scope, flow, 0, &id))
        return false;
    if (run->entered <= BPMN_STEP_ELEMENTS_MAX)
        return run_execute(run, id);
    return run_incident(run, id, BPMN_INCIDENT_STEPS, BPMN_PHASE_ENTERING,
                        arena_printf(run->arena,
                                     "more than %d elements were entered without waiting for "
                                     "anything; the last is '%.*s'",
                                     BPMN_STEP_ELEMENTS_MAX,
                                     STR_ARG(run->process->nodes[node].id)));
}

static bool stands_before(const struct bpmn_join *join, const struct run *run,
                          const struct bpmn_node *node, uint32_t scope, uint32_t at) {
    bool reaches_empty = false;
    for (uint32_t in = 0; in < node->in_count; in++) {
        const uint64_t *set = join->from + (size_t)in * join->words;
        if ((set[at / 64] >> (at % 64) & 1) == 0)
            continue;
        bool token = false;
        for (uint32_t i = 0; !token && i < run->state->parked.count; i++)
            token = run->state->parked.list[i].scope == scope &&
                    run->state->parked.list[i].flow == node->in[in];
        if (token)
            return false; /* it can also come where a token waits already */
        reaches_empty = true;
    }
    return reaches_empty;
}

/* BPMN 2.0.2: 13.4.3: an inclusive gateway goes on when no token elsewhere can still come along a
 * flow where none waits. */
static bool inclusive_ready(const struct run *run, const struct bpmn_node *node, uint32_t scope) {
    const struct bpmn_state *state = run->state;
    const struct bpmn_join *join = bpmn_join_of(run->process, node->index);
    assert(join != NULL);
    for (uint32_t i = 0; i < state->instances.count; i++) {
        const struct bpmn_instance *other = &state->instances.list[i];
        if (other->scope == scope && other->node != node->index &&
            stands_before(join, run, node, scope, other->node))
            return false;
    }
    for (uint32_t i = 0; i < state->parked.count; i++) {
        uint32_t at = run->process->flows[state->parked.list[i].flow].to;
        if (state->parked.list[i].scope == scope && at != node->index &&
            stands_before(join, run, node, scope, at))
            return false;
    }
    return true;
}

static bool enter_ready_join(bool *entered, struct run *run) {
    *entered = false;
    for (size_t i = 0; i < run->ready_count; i++) {
        struct bpmn_token token = run->ready[i];
        uint32_t node = run->process->flows[token.flow].to;
        if (!is_ready(run, token.scope, &run->process->nodes[node]))
            continue;
        run->ready_count -= i + 1;
        memmove(run->ready, run->ready + i + 1, run->ready_count * sizeof *run->ready);
        *entered = true;
        return enter_and_execute(run, node, token.scope, token.flow);
    }
    run->ready_count = 0;
    for (uint32_t i = 0; i < run->state->parked.count; i++) {
        struct bpmn_token token = run->state->parked.list[i];
        const struct bpmn_node *node = &run->process->nodes[run->process->flows[token.flow].to];
        if (node->kind != BPMN_INCLUSIVE || !inclusive_ready(run, node, token.scope))
            continue;
        *entered = true;
        return enter_and_execute(run, node->index, token.scope, token.flow);
    }
    return true;
}

bool run_settle(struct run *run) {
    bool more = true;
    while (more && run->state->ending == 0) {
        if (run->state->moving.count > 0) {
            struct bpmn_token token = run->state->moving.list[0];
            if (!enter_and_execute(run, run->process->flows[token.flow].to, token.scope,
                                   token.flow))
                return false;
        } else if (!enter_ready_join(&more, run)) {
            return false;
        }
    }
    return true;
}

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
    const struct bpmn_node *node = node_of(run, input->id);
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
                                            .node = node_of(run, id)->index,
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
    const struct bpmn_node *node = node_of(run, input->id);
    if ((node->all_out || node->output_count > 0) && !run_accept(run, input->id, input->variables))
        return false;
    return run_leave(run, input->id);
}

static bool apply(struct run *run, const struct bpmn_input *input) {
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
    case BPMN_IN_CANCEL: return run_empty(run, 1) && end_process(run, BPMN_ENDING_CANCELLED);
    default: break;
    }
    return err_set(run->err, ERR_INVALID, err_nowhere, "there is no such input");
}

bool run_apply(struct run *run, const struct bpmn_input *input) {
    return apply(run, input) && run_settle(run);
}

bool bpmn_step(struct bpmn_records *out, struct bpmn_state *state,
               const struct bpmn_process *process, const struct bpmn_input *input,
               const struct bpmn_env *env, struct arena *arena, struct budget *budget,
               struct err *err) {
    if (state->ending != 0)
        return err_set(err, ERR_CONFLICT, err_nowhere, "the process has ended");
    if (state->last_id == 0 && input->kind != BPMN_IN_START)
        return err_set(err, ERR_CONFLICT, err_nowhere, "the process has not begun");
    if (!vars_check(input->variables, state, err))
        return false;
    struct run run = {.out = out,
                      .state = state,
                      .process = process,
                      .env = env,
                      .arena = arena,
                      .budget = budget,
                      .err = err};
    return run_apply(&run, input);
}
