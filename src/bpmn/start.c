/* How a process begins (BPMN 2.0.2: 13.2, 13.5.1): by a start event, by what an instantiating
 * gateway or receive task waits for, or at chosen elements. */
#include <inttypes.h>

#include "bpmn/engine.h"

static bool starts_by(const struct bpmn_node *node, struct str message) {
    for (size_t i = 0; i < node->def_count; i++)
        if (node->defs[i].event == BPMN_EVENT_MESSAGE &&
            str_eq(node->defs[i].message.text, message))
            return true;
    return node->kind == BPMN_RECEIVE_TASK && node->instantiates &&
           str_eq(node->message.text, message);
}

/* Is it behind an event-based gateway that starts the process? */
static const struct bpmn_node *gateway_of(const struct bpmn_process *p,
                                          const struct bpmn_node *node) {
    for (uint32_t i = 0; i < node->in_count; i++) {
        const struct bpmn_node *from = &p->nodes[p->flows[node->in[i]].from];
        if (from->kind == BPMN_EVENT_BASED && from->instantiates)
            return from;
    }
    return NULL;
}

static bool can_start(const struct bpmn_process *p, const struct bpmn_node *node) {
    return (node->kind == BPMN_START && node->parent == 0) ||
           (node->kind == BPMN_RECEIVE_TASK && node->instantiates) || gateway_of(p, node) != NULL;
}

/* Which of its definitions came, when the start was named by a message. */
static uint32_t def_of(const struct bpmn_node *node, const struct bpmn_input *input) {
    for (size_t i = 0; i < node->def_count && input->node == 0; i++)
        if (node->defs[i].event == BPMN_EVENT_MESSAGE &&
            str_eq(node->defs[i].message.text, input->name))
            return (uint32_t)i;
    return input->def;
}

static bool find_start(uint32_t *out, struct run *run, const struct bpmn_input *input) {
    const struct bpmn_process *p = run->process;
    const struct bpmn_node *root = &p->nodes[0];
    *out = 0;
    if (input->node > 0) {
        if (input->node >= p->node_count || !can_start(p, &p->nodes[input->node]) ||
            (input->def > 0 && input->def >= p->nodes[input->node].def_count))
            return err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                           "process '%.*s' is not started by its element %" PRIu32, STR_ARG(p->id),
                           input->node);
        *out = input->node;
        return true;
    }
    for (uint32_t i = 0; input->name.len > 0 && i < p->node_count && *out == 0; i++)
        if (can_start(p, &p->nodes[i]) && starts_by(&p->nodes[i], input->name))
            *out = i;
    if (*out != 0)
        return true;
    if (input->name.len > 0)
        return err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                       "process '%.*s' is not started by the message '%.*s'", STR_ARG(p->id),
                       STR_ARG(input->name));
    if (input->activate_count > 0)
        return true;
    if (root->start != BPMN_NONE)
        *out = root->start;
    return *out != 0 || root->initial_count > 0 ||
           err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                   "process '%.*s' has no start event without a message", STR_ARG(p->id));
}

/* A start event, or what stands for one, that fired. */
static bool enter_start(struct run *run, uint32_t start) {
    const struct bpmn_process *p = run->process;
    const struct bpmn_node *node = &p->nodes[start];
    const struct bpmn_node *gateway = node->kind == BPMN_START ? NULL : gateway_of(p, node);
    struct entry entry = {
        .node = start, .scope = 1, .flow = -1, .trigger = node->kind != BPMN_START};
    uint32_t id;
    if (gateway == NULL)
        return run_enter(run, &id, entry) && run_execute(run, id);
    struct entry first = {.node = gateway->index, .scope = 1, .flow = -1};
    entry.flow = BPMN_NONE;
    if (!run_enter(run, &id, first) ||
        !run_emit(run, (struct bpmn_record){
                           .kind = BPMN_REC_LEFT, .instance = id, .node = gateway->index}))
        return false;
    for (uint32_t i = 0; i < gateway->out_count; i++) {
        uint32_t flow = gateway->out[i], to = p->flows[flow].to;
        if (to == start)
            entry.flow = flow;
        if ((to == start || gateway->parallel_events) &&
            !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TAKEN, .node = flow, .scope = 1}))
            return false;
    }
    return run_enter(run, &id, entry) && run_execute(run, id);
}

/* A start event that needs several: the instance waits in it for the others. */
static bool enter_partly(struct run *run, uint32_t start, uint32_t def) {
    struct entry entry = {.node = start, .scope = 1, .flow = -1};
    const struct bpmn_node *node = &run->process->nodes[start];
    struct arms arms;
    struct str why;
    enum bpmn_incident code = BPMN_INCIDENT_NONE;
    uint32_t id;
    if (!run_enter(run, &id, entry) || !run_arms_of(&arms, &why, &code, run, id, start, def))
        return false;
    if (why.len > 0)
        return run_incident(run, id, code, BPMN_PHASE_ENTERING, why);
    return node->def_count > 1 ? run_arm(run, id, &arms) : run_execute(run, id);
}

bool run_started(struct run *run) {
    struct bpmn_instance root = *run_instance(run, 1);
    struct str why;
    struct arms arms;
    enum bpmn_incident code = BPMN_INCIDENT_NONE;
    uint32_t start = root.triggered_by;
    if (!run_arms(&arms, &why, &code, run, 1))
        return false;
    if (why.len > 0)
        return run_incident(run, 1, code, run_act_phase(&run->process->nodes[0]), why);
    if (!run_arm(run, 1, &arms))
        return false;
    if (run->start != NULL && run->start->activate_count > 0)
        return run_activate(run, run->start);
    if (start == 0)
        return run_open(run, 1);
    if (root.counter > 0)
        return enter_partly(run, start, root.counter - 1);
    return enter_start(run, start);
}

bool run_open_process(struct run *run) {
    bool asked = false;
    if (run_has_listeners(run, &run->process->nodes[0], BPMN_LISTEN_START) &&
        !run_listen(&asked, run, 1, BPMN_LISTEN_START, 0))
        return false;
    return asked || run_started(run);
}

static bool watches(const struct bpmn_event_def *def, const struct bpmn_env *env,
                    struct feel_value variables) {
    bool any = def->watched_count == 0;
    size_t count = feel_kind(variables) == FEEL_CONTEXT ? feel_count(variables) : 0;
    for (size_t i = 0; i < def->watched_count && !any; i++) {
        for (size_t k = 0; k < count && !any; k++)
            any = str_eq(feel_entries(variables)[k].name, def->watched[i]);
        for (size_t k = 0; k < env->store_count && !any; k++)
            any = str_eq(env->stores[k].name, def->watched[i]);
    }
    return any;
}

/* BPMN 2.0.2: 10.5.2, conditional start */
bool bpmn_start_condition(bool *out, const struct bpmn_process *process,
                          const struct bpmn_event_def *def, struct feel_value variables,
                          const struct bpmn_env *env, struct arena *arena, struct budget *budget,
                          struct err *err) {
    struct bpmn_state nothing;
    struct feel_value value;
    struct str why;
    bpmn_state_init(&nothing, arena);
    struct run run = {.state = &nothing,
                      .process = process,
                      .env = env,
                      .arena = arena,
                      .budget = budget,
                      .err = err};
    if (feel_kind(variables) == FEEL_CONTEXT) {
        run.extra = feel_entries(variables);
        run.extra_count = feel_count(variables);
    }
    *out = false;
    if (!watches(def, env, variables))
        return true;
    if (!run_eval(&value, &why, &run, 0, &def->condition, env->now_us))
        return false;
    *out = feel_is_true(value);
    return true;
}

bool run_start(struct run *run, const struct bpmn_input *input) {
    uint32_t start;
    if (run->state->last_id != 0)
        return err_set(run->err, ERR_CONFLICT, err_nowhere, "the process has begun already");
    if (!find_start(&start, run, input))
        return false;
    if (input->activate_count > 0 &&
        (!run_activate_check(run, input) ||
         run_has_listeners(run, &run->process->nodes[0], BPMN_LISTEN_START)))
        return run->err->code != ERR_NONE
                   ? false
                   : err_set(run->err, ERR_UNSUPPORTED, err_nowhere,
                             "process '%.*s' has listeners for its start: it cannot begin at "
                             "chosen elements",
                             STR_ARG(run->process->id));
    for (size_t i = 0; i < input->stop_after_count; i++)
        if (input->stop_after[i] == 0 || input->stop_after[i] >= run->process->node_count)
            return err_set(run->err, ERR_INVALID, err_nowhere,
                           "there is no element with the index %" PRIu32, input->stop_after[i]);
    bool partly = run->process->nodes[start].event == BPMN_EVENT_PARALLEL_MULTIPLE && !input->all;
    if (!run_emit(run,
                  (struct bpmn_record){
                      .kind = BPMN_REC_STARTED,
                      .instance = 1,
                      .ref = start,
                      .n = partly ? 1 + (int64_t)def_of(&run->process->nodes[start], input) : 0}))
        return false;
    for (size_t i = 0; i < input->stop_after_count; i++)
        if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_STOP_AFTER,
                                                .node = input->stop_after[i]}))
            return false;
    run->start = input;
    return run_accept(run, 1, input->variables) && run_open_process(run);
}
