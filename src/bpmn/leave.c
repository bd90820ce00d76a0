/* Leaving an element: which flows it takes, the end of its scope, and cancelling (BPMN 2.0.2: 13.4,
 * 13.5.6). */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "bpmn/engine.h"

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

bool run_pick(uint32_t *out, struct run *run, uint32_t node, uint32_t ways) {
    struct oracle *oracle = run->oracle;
    for (uint32_t i = 0; i < oracle->asked; i++)
        if (oracle->nodes[i] == node)
            return false;
    if (oracle->asked == ORACLE_QUESTIONS_MAX)
        return false;
    *out = oracle->asked < oracle->answer_count ? oracle->answers[oracle->asked] : 0;
    oracle->nodes[oracle->asked] = node;
    oracle->ways[oracle->asked++] = ways;
    return true;
}

/* The pick-th way: exclusive: that conditional flow; others: pick + 1 as a set of conditional
 * flows. The last way is that none is true. Flows without a condition are taken besides. */
static void choose_freely(struct choice *choice, struct run *run, const struct bpmn_node *node) {
    const struct bpmn_process *p = run->process;
    uint32_t count = run_choice_count(p, node), condition = 0, pick = 0;
    uint64_t set = UINT64_MAX;
    if (count > 0 && !run_pick(&pick, run, node->index, count)) {
        choice->code = BPMN_INCIDENT_CONDITION;
        return;
    }
    if (count > 0)
        set = node->kind == BPMN_EXCLUSIVE ? UINT64_C(1) << pick : (uint64_t)pick + 1;
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
                   uint32_t scope) {
    const struct bpmn_process *p = run->process;
    bool conditional = false, some = false, exclusive = node->kind == BPMN_EXCLUSIVE;
    *choice = (struct choice){.flows = arena_new(run->arena, uint32_t, node->out_count)};
    if (run->oracle != NULL) {
        choose_freely(choice, run, node);
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

bool run_is_ready(const struct run *run, uint32_t scope, const struct bpmn_node *join) {
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
    if (to->kind != BPMN_PARALLEL || !bpmn_is_join(to) || !run_is_ready(run, scope, to))
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

bool run_end(struct run *run, enum bpmn_ending ending) {
    return run_disarm(run, 1, BPMN_KINDS) &&
           run_emit(run, (struct bpmn_record){.kind = BPMN_REC_ENDED,
                                              .code = (uint8_t)ending,
                                              .instance = 1,
                                              .node = run->last_end});
}

/* The scope has nothing alive in it any more: it completes. */
static bool complete_scope(struct run *run, uint32_t scope, enum bpmn_ending ending) {
    return scope == 1 ? run_end(run, ending) : run_leave(run, scope);
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
    if (!choose(&choice, run, node, instance.scope))
        return false;
    if (choice.code != BPMN_INCIDENT_NONE)
        return run_incident(run, id, choice.code, BPMN_PHASE_LEAVING, choice.why);
    if (!run_clocks(run, id, node, true) || !run_disarm(run, id, BPMN_KINDS) ||
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
    return run_handlers_open(run, instance.scope) || run_disarm(run, instance.scope, BPMN_START);
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
    const struct bpmn_node *node = run_node(run, id);
    if (bpmn_kind_group(node->kind) == BPMN_GROUP_SCOPE && !run_empty(run, id))
        return false;
    return run_disarm(run, id, BPMN_KINDS) &&
           run_emit(run, (struct bpmn_record){
                             .kind = BPMN_REC_CANCELLED, .instance = id, .node = node->index});
}
