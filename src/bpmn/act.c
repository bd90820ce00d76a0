/* What an element does once it is entered: asks a person, a job worker, a decision or another
 * process, throws, waits (BPMN 2.0.2: 13.3). Everything that can fail is evaluated before the first
 * record. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "bpmn/engine.h"
#include "json/json.h"

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

enum bpmn_phase run_act_phase(const struct bpmn_node *node) {
    for (size_t i = 0; i < node->listener_count; i++)
        if (node->listeners[i].listen == BPMN_LISTEN_START)
            return BPMN_PHASE_ACTING;
    return BPMN_PHASE_ENTERING;
}

static bool stop(struct run *run, uint32_t id, enum bpmn_incident code, struct str why) {
    return run_incident(run, id, code, run_act_phase(run_node(run, id)), why);
}

/* --- jobs
 * -------------------------------------------------------------------------------------------- */
struct feel_value run_headers(struct run *run, const struct bpmn_header *headers, size_t count) {
    if (count == 0)
        return feel_null();
    struct feel_entry *entries = arena_new(run->arena, struct feel_entry, count);
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct feel_entry){headers[i].key, feel_string(headers[i].value)};
    return feel_context_of(run->arena, entries, count);
}

/* The element's own priority, else the process's; in digits. */
static bool job_priority(struct str *out, struct str *why, struct run *run, uint32_t id) {
    const struct bpmn_expr *expr = &run_node(run, id)->job_priority;
    struct feel_value value;
    int64_t n;
    *out = STR_NONE;
    if (expr->text.at == NULL)
        expr = &run->process->nodes[0].job_priority;
    if (expr->text.at == NULL || run->oracle != NULL)
        return true;
    if (!run_eval(&value, why, run, id, expr, run->env->now_us))
        return false;
    if (why->len > 0)
        return true;
    bool text = feel_kind(value) == FEEL_STRING;
    if (text ? str_to_i64(&n, feel_as_string(value)) : feel_to_i64(&n, value))
        *out = arena_printf(run->arena, "%" PRId64, n);
    else
        *why = run_not_a(run, expr, value, "a whole number");
    return true;
}

bool run_job(struct str *why, struct run *run, uint32_t id, const struct arms *arms,
             const struct job_ask *ask) {
    const struct bpmn_node *node = run_node(run, id);
    struct feel_value type, retries = feel_int(3);
    struct str priority;
    int64_t n = 3;
    if (!run_eval(&type, why, run, id, ask->type, run->env->now_us))
        return false;
    if (why->len == 0 && ask->retries->text.at != NULL &&
        !run_eval(&retries, why, run, id, ask->retries, run->env->now_us))
        return false;
    if (why->len == 0) {
        bool text = feel_kind(retries) == FEEL_STRING;
        bool ok = text ? str_to_i64(&n, feel_as_string(retries)) : feel_to_i64(&n, retries);
        if (!ok || n < 1 || feel_kind(type) != FEEL_STRING || feel_as_string(type).len == 0)
            *why = arena_printf(run->arena,
                                "task '%.*s': the job's type must be a text and its "
                                "retries a whole number from 1",
                                STR_ARG(node->id));
    }
    if (why->len == 0 && !job_priority(&priority, why, run, id))
        return false;
    if (why->len > 0)
        return true;
    return run_arm(run, id, arms) &&
           run_emit(run, (struct bpmn_record){.kind = BPMN_REC_JOB,
                                              .code = (uint8_t)ask->kind,
                                              .instance = id,
                                              .node = node->index,
                                              .scope = ask->listener,
                                              .ref = run->state->last_id + 1,
                                              .name = feel_as_string(type),
                                              .text = priority,
                                              .n = n,
                                              .value = ask->headers});
}

bool run_find(int64_t *key_out, struct str *why, struct run *run, uint32_t id, bool form,
              struct str name, const struct bpmn_bound *bound) {
    *why = STR_NONE;
    *key_out = 0;
    if (run->env->find == NULL)
        return true;
    if (!run->env->find(key_out, run->env->self, form, name, bound, run->err))
        return false;
    if (*key_out == 0)
        *why = arena_printf(
            run->arena, "element '%.*s': %.*s", STR_ARG(run_node(run, id)->id),
            STR_ARG(bpmn_bound_missing(form ? "form" : "resource", name, bound, run->arena)));
    return true;
}

bool run_find_form(struct str *key_out, struct str *why, struct run *run, uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    int64_t key = 0;
    *key_out = *why = STR_NONE;
    if (node->form.len == 0 || node->form_key.len > 0)
        return true;
    if (!run_find(&key, why, run, id, true, node->form, &node->form_bound))
        return false;
    if (key != 0)
        *key_out = arena_printf(run->arena, "%" PRId64, key);
    return true;
}

/* The resources linked to a service task, as its worker is told of them: a header with JSON, as in
 * Camunda 8. */
static bool linked_header(struct feel_value *headers, struct str *why, struct run *run,
                          uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    struct buf text;
    *why = STR_NONE;
    if (node->linked_count == 0 || run->env->find == NULL)
        return true;
    struct json *list = json_arr(run->arena);
    for (size_t i = 0; i < node->linked_count; i++) {
        const struct bpmn_linked *linked = &node->linked[i];
        int64_t key;
        if (!run_find(&key, why, run, id, false, linked->resource_id, &linked->bound))
            return false;
        if (why->len > 0)
            return true;
        struct json *one = json_push_obj(list);
        json_set(one, STR("resourceKey"), json_printf(run->arena, "%" PRId64, key));
        json_set_str(one, STR("resourceType"), linked->type);
        json_set_str(one, STR("linkName"), linked->name);
    }
    buf_init(&text, BPMN_VARIABLE_BYTES_MAX);
    json_write(&text, list, JSON_COMPACT);
    const struct feel_entry entry = {STR("linkedResources"),
                                     feel_string(arena_str(run->arena, buf_view(&text)))};
    bool ok = buf_ok(&text, "the linked resources of a job", run->err);
    *headers = bpmn_merge(*headers, feel_context_of(run->arena, &entry, 1), run->arena);
    buf_done(&text);
    return ok;
}

static bool ask_job(struct run *run, uint32_t id, const struct arms *arms) {
    const struct bpmn_node *node = run_node(run, id);
    struct job_ask ask = {.type = &node->job_type,
                          .retries = &node->retries,
                          .headers = run_headers(run, node->headers, node->header_count)};
    struct str why;
    if (!linked_header(&ask.headers, &why, run, id))
        return false;
    if (why.len > 0)
        return stop(run, id, BPMN_INCIDENT_RESOURCE_MISSING, why);
    if (!run_job(&why, run, id, arms, &ask))
        return false;
    return why.len == 0 || stop(run, id, BPMN_INCIDENT_JOB, why);
}

/* --- decisions, scripts, calls
 * ----------------------------------------------------------------------------- */
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
        return stop(run, id,
                    decision.missing ? BPMN_INCIDENT_DECISION_MISSING : BPMN_INCIDENT_DECISION,
                    why);
    why = run_too_large(run, decision.result);
    if (why.len > 0)
        return stop(run, id, BPMN_INCIDENT_VARIABLES, why);
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
        return stop(run, id, BPMN_INCIDENT_SCRIPT, why);
    why = run_too_large(run, value);
    if (why.len > 0)
        return stop(run, id, BPMN_INCIDENT_VARIABLES, why);
    return set_result(run, id, value) && run_leave(run, id);
}

/* BPMN 2.0.2: 10.3.6, 13.3.4 */
static bool call(struct run *run, uint32_t id, const struct arms *arms) {
    const struct bpmn_node *node = run_node(run, id);
    struct feel_value called;
    struct str why;
    if (!run_eval(&called, &why, run, id, &node->called, run->env->now_us))
        return false;
    if (why.len == 0 && feel_kind(called) != FEEL_STRING)
        why = STR("the called process's id is no text");
    if (why.len > 0)
        return stop(run, id, BPMN_INCIDENT_CALL, why);
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

/* --- scopes
 * ----------------------------------------------------------------------------------------- */
/* One none start event; without any start event, everything to which nothing leads (BPMN 2.0.2:
 * 13.2, 13.3.4). All are entered before the first acts, so that the scope does not end between. */
bool run_open(struct run *run, uint32_t scope) {
    const struct bpmn_node *node = run_node(run, scope);
    const uint32_t *initial = node->start != BPMN_NONE ? &node->start : node->initial;
    uint32_t id, count = node->start != BPMN_NONE ? 1 : node->initial_count;
    for (uint32_t i = 0; i < count; i++) {
        bool loops = run->process->nodes[initial[i]].loop != NULL;
        struct entry entry = {.node = initial[i],
                              .scope = scope,
                              .flow = -1,
                              .as = loops ? BPMN_AS_BODY : BPMN_AS_ELEMENT};
        if (!run_enter(run, &id, entry))
            return false;
        if (count == 1)
            return run_execute(run, id);
        run_later(run, (struct todo){TODO_EXECUTE, id, 0});
    }
    return count > 0 || run_gone(run, scope);
}

/* BPMN 2.0.2: 13.3.3 */
static bool act(struct run *run, uint32_t id, const struct arms *arms) {
    const struct bpmn_node *node = run_node(run, id);
    if (node->kind == BPMN_AD_HOC)
        return run_ad_hoc_open(run, id, arms);
    if (node->job_type.text.at != NULL)
        return ask_job(run, id, arms);
    switch (node->kind) {
    case BPMN_USER_TASK: return run_ask_person(run, id, arms);
    case BPMN_RULE_TASK: return decide(run, id);
    case BPMN_SCRIPT_TASK: return script(run, id);
    case BPMN_CALL: return call(run, id, arms);
    case BPMN_SUB_PROCESS:
    case BPMN_TRANSACTION: return run_arm(run, id, arms) && run_open(run, id);
    case BPMN_EVENT_SUB_PROCESS: return run_arm(run, id, arms) && run_open_handler(run, id);
    case BPMN_EVENT_BASED:
    case BPMN_RECEIVE_TASK: return run_arm(run, id, arms);
    case BPMN_CATCH:
        return node->event == BPMN_EVENT_LINK ? run_leave(run, id) : run_arm(run, id, arms);
    case BPMN_SEND_TASK:
    case BPMN_THROW:
    case BPMN_END: return run_throw_event(run, id);
    default: return run_leave(run, id); /* gateways, and tasks that nobody has to be asked for */
    }
}

/* BPMN 2.0.2: 13.3.2 */
bool run_act(struct run *run, uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    struct bpmn_instance *instance = run_instance(run, id);
    struct str why;
    struct arms arms;
    enum bpmn_incident code = BPMN_INCIDENT_NONE;
    if (id == 1)
        return run_started(run);
    /* an event that fired before it was entered: behind an event-based gateway, at the start */
    if (instance->triggered_by != 0 &&
        (bpmn_kind_group(node->kind) == BPMN_GROUP_EVENT ||
         (node->kind == BPMN_RECEIVE_TASK && !node->for_compensation)))
        return run_leave(run, id);
    if (!run_arms(&arms, &why, &code, run, id))
        return false;
    return why.len > 0 ? stop(run, id, code, why) : act(run, id, &arms);
}

bool run_execute(struct run *run, uint32_t id) {
    struct bpmn_instance *instance = run_instance(run, id);
    const struct bpmn_node *node = run_node(run, id);
    struct str why;
    bool asked, waits;
    if (instance->as == BPMN_AS_BODY)
        return run_loop_open(run, id);
    if (!run_await_inputs(&waits, run, id) || waits)
        return run->err->code == ERR_NONE;
    if (!run_map_inputs(&why, run, id))
        return false;
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_MAPPING, BPMN_PHASE_ENTERING, why);
    if (run_has_listeners(run, node, BPMN_LISTEN_START)) {
        if (!run_listen(&asked, run, id, BPMN_LISTEN_START, 0))
            return false;
        if (asked)
            return true;
    }
    return run_act(run, id);
}

bool run_call_again(struct run *run, uint32_t id) {
    struct arms none = {0};
    return call(run, id, &none);
}
