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

/* The pick-th way. Where values decide: that set of conditional flows. Else exclusive: that
 * conditional flow; others: pick + 1 as a set of conditional flows. The last way is that none is
 * true. Flows without a condition are taken besides. */
static void choose_freely(struct choice *choice, struct run *run, const struct bpmn_node *node) {
    const struct bpmn_process *p = run->process;
    uint32_t condition = 0, pick = 0;
    uint64_t set = UINT64_MAX;
    enum oracle_way way = run_known_way(&set, run, node);
    uint32_t count = way == ORACLE_WAY_FREE ? run_choice_count(p, node) : 0;
    if (way == ORACLE_WAY_NONE) {
        choice->code = BPMN_INCIDENT_NO_FLOW;
        return;
    }
    if (way == ORACLE_WAY_LATER || (count > 0 && !run_pick(&pick, run, node->index, count))) {
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
    bool resets = node->kind == BPMN_COMPLEX && bpmn_is_join(node) &&
                  !bpmn_gate_started(run->state, node, scope);
    if (node->kind == BPMN_COMPLEX)
        run_gate_names(run, node, scope);
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
        } else if (resets) {
            take = false; /* was taken when the gateway started */
        }
        if (take)
            choice->flows[choice->count++] = flow->index;
    }
    if (!some && node->default_flow != BPMN_NONE) /* also when it resets (table 13.5) */
        choice->flows[choice->count++] = node->default_flow;
    else if (choice->count == 0 && conditional && !resets) {
        choice->code = BPMN_INCIDENT_NO_FLOW;
        choice->why = arena_printf(run->arena, "none of the conditions behind '%.*s' is true",
                                   STR_ARG(node->id));
    }
    return true;
}

/* BPMN 2.0.2: 13.3.2, StartQuantity */
static bool has_gathered(const struct run *run, uint32_t scope, const struct bpmn_node *activity) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < run->state->parked.count; i++) {
        struct bpmn_token token = run->state->parked.list[i];
        count += token.scope == scope && run->process->flows[token.flow].to == activity->index;
    }
    return count >= activity->start_quantity;
}

/* BPMN 2.0.2: 13.4.1 */
bool run_is_ready(const struct run *run, uint32_t scope, const struct bpmn_node *join) {
    if (bpmn_gathers(join))
        return has_gathered(run, scope, join);
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
    if (to->kind == BPMN_COMPLEX && bpmn_is_join(to))
        run_later(run, (struct todo){TODO_GATE, scope, flow});
    bool waits = bpmn_gathers(to) || (to->kind == BPMN_PARALLEL && bpmn_is_join(to));
    if (!waits || !run_is_ready(run, scope, to))
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

/* --- ends
 * -----------------------------------------------------------------------------------------------
 */
bool run_end(struct run *run, enum bpmn_ending ending, struct str code,
             struct feel_value variables) {
    return run_disarm(run, 1, BPMN_KINDS) &&
           run_emit(run, (struct bpmn_record){.kind = BPMN_REC_ENDED,
                                              .code = (uint8_t)ending,
                                              .instance = 1,
                                              .node = run->last_end,
                                              .name = code,
                                              .value = variables});
}

/* The process has nothing alive in it any more. */
static bool end_process(struct run *run) {
    struct bpmn_instance root = *run_instance(run, 1);
    enum bpmn_ending ending = root.closing == BPMN_CLOSING_CANCEL      ? BPMN_ENDING_CANCELLED
                              : root.closing == BPMN_CLOSING_TERMINATE ? BPMN_ENDING_TERMINATED
                                                                       : BPMN_ENDING_COMPLETED;
    bool asked = false;
    if (root.closing == 0 && run_has_listeners(run, &run->process->nodes[0], BPMN_LISTEN_END)) {
        if (root.rows > 0 && !run_disarm(run, 1, BPMN_KINDS))
            return false;
        if (!run_listen(&asked, run, 1, BPMN_LISTEN_END, 0))
            return false;
    }
    return asked || run_end(run, ending, STR_NONE, feel_null());
}

bool run_gone(struct run *run, uint32_t scope) {
    struct bpmn_instance instance = *run_instance(run, scope);
    const struct bpmn_node *node = &run->process->nodes[instance.node];
    bool did = false;
    if (instance.live > 0)
        return run_handlers_open(run, scope) || run_disarm(run, scope, BPMN_START);
    if (instance.closing == BPMN_CLOSING_CANCEL)
        return scope == 1 ? end_process(run) : run_drop(run, scope);
    if (instance.incident != 0) /* a retry looks again */
        return true;
    if (instance.closing == 0 &&
        (!run_undo(&did, run, scope) || (!did && !run_reset_gate(&did, run, scope))))
        return false;
    if (did)
        return true;
    if (scope == 1)
        return end_process(run);
    switch ((enum bpmn_as)instance.as) {
    case BPMN_AS_BODY: return run_loop_next(run, scope);
    case BPMN_AS_SLOT: return run_slot_done(run, scope);
    case BPMN_AS_UNDO: return run_finish(run, scope);
    case BPMN_AS_ELEMENT:
    case BPMN_AS_INNER: break;
    }
    return node->kind == BPMN_AD_HOC ? run_ad_hoc_drained(run, scope) : run_leave(run, scope);
}

/* What stands at an incident and is interrupted will not be tried again. */
bool run_closing(struct run *run, uint32_t id, enum bpmn_closing how) {
    const struct bpmn_instance *row = run_instance(run, id);
    if (row->closing == how)
        return true;
    if (how == BPMN_CLOSING_CANCEL && row->incident != 0 &&
        !run_emit(run, (struct bpmn_record){
                           .kind = BPMN_REC_RESOLVED, .instance = id, .node = row->node}))
        return false;
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_CLOSING,
                                              .code = (uint8_t)how,
                                              .instance = id,
                                              .node = run_instance(run, id)->node});
}

/* BPMN 2.0.2: 13.5.6 terminate: everything else in the scope is cancelled, and it completes. */
static bool terminate(struct run *run, uint32_t scope) {
    if (!run_empty(run, scope))
        return false;
    if (run_instance(run, scope)->live > 0)
        return run_disarm(run, scope, BPMN_KINDS) &&
               run_closing(run, scope, BPMN_CLOSING_TERMINATE);
    return scope == 1 ? run_end(run, BPMN_ENDING_TERMINATED, STR_NONE, feel_null())
                      : run_leave(run, scope);
}

/* The instance is the last that an instruction of the start wanted. */
static bool stops_after(const struct run *run, uint32_t node) {
    for (uint32_t i = 0; i < run->state->stop_after.count; i++)
        if (run->state->stop_after.list[i] == node)
            return true;
    return false;
}

bool run_stop(struct run *run) {
    if (!run_empty(run, 1) || !run_disarm(run, 1, BPMN_KINDS))
        return false;
    if (run_instance(run, 1)->live > 0)
        return run_closing(run, 1, BPMN_CLOSING_CANCEL);
    return run_end(run, BPMN_ENDING_CANCELLED, STR_NONE, feel_null());
}

/* --- leaving
 * -------------------------------------------------------------------------------------------- */
/* BPMN 2.0.2: 13.3.1 */
bool run_leave(struct run *run, uint32_t id) {
    struct bpmn_instance instance = *run_instance(run, id);
    const struct bpmn_node *node = &run->process->nodes[instance.node];
    struct str why;
    bool asked;
    if (!bpmn_acts(&instance))
        return run_finish(run, id);
    if (!run_map_outputs(&why, run, id))
        return false;
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_MAPPING, BPMN_PHASE_LEAVING, why);
    if (run->oracle != NULL && !run_known_write(run, node->index))
        return run_incident(run, id, BPMN_INCIDENT_CONDITION, BPMN_PHASE_LEAVING, STR_NONE);
    if (run_has_listeners(run, node, BPMN_LISTEN_END)) {
        if (!run_disarm(run, id, BPMN_KINDS) || !run_listen(&asked, run, id, BPMN_LISTEN_END, 0))
            return false;
        if (asked)
            return true;
    }
    return run_finish(run, id);
}

static enum bpmn_phase finish_phase(const struct run *run, const struct bpmn_node *node) {
    return run_has_listeners(run, node, BPMN_LISTEN_END) ? BPMN_PHASE_FINISHING
                                                         : BPMN_PHASE_LEAVING;
}

static bool emit_left(struct run *run, uint32_t id, uint32_t node) {
    return run_disarm(run, id, BPMN_KINDS) &&
           run_emit(run, (struct bpmn_record){.kind = BPMN_REC_LEFT, .instance = id, .node = node});
}

/* What is gone without flows: once of a body, a slot, a sub-process that was compensated. */
static bool finish_inside(struct run *run, uint32_t id, struct bpmn_instance instance) {
    if (instance.as == BPMN_AS_INNER)
        return run_loop_inner_done(run, id);
    return emit_left(run, id, instance.node) && run_gone(run, instance.scope);
}

bool run_finish(struct run *run, uint32_t id) {
    struct bpmn_instance instance = *run_instance(run, id);
    const struct bpmn_node *node = &run->process->nodes[instance.node];
    struct choice choice;
    if (id == 1)
        return run_end(run, BPMN_ENDING_COMPLETED, STR_NONE, feel_null());
    if (!bpmn_hosts(&instance))
        return finish_inside(run, id, instance);
    bool ok = choose(&choice, run, node, instance.scope);
    run->extra_count = 0;
    if (!ok)
        return false;
    if (choice.code != BPMN_INCIDENT_NONE)
        return run_incident(run, id, choice.code, finish_phase(run, node), choice.why);
    if (!run_clocks(run, id, node, true) || !run_compensable(run, id) ||
        !emit_left(run, id, node->index))
        return false;
    /* BPMN 2.0.2: table 10.3, CompletionQuantity */
    for (uint32_t i = 0; i < choice.count; i++)
        for (uint32_t n = 0; n < node->completion_quantity; n++)
            if (!take_flow(run, instance.scope, choice.flows[i]))
                return false;
    if (node->kind == BPMN_END)
        run->last_end = node->index;
    if (stops_after(run, node->index))
        return run_stop(run);
    for (size_t i = 0; node->kind == BPMN_END && i < node->def_count; i++)
        if (node->defs[i].event == BPMN_EVENT_TERMINATE)
            return terminate(run, instance.scope);
    return run_gone(run, instance.scope);
}

/* --- cancelling
 * ------------------------------------------------------------------------------------------ */
static bool has_tokens(const struct bpmn_state *state, uint32_t scope) {
    for (uint32_t i = 0; i < state->parked.count; i++)
        if (state->parked.list[i].scope == scope)
            return true;
    for (uint32_t i = 0; i < state->moving.count; i++)
        if (state->moving.list[i].scope == scope)
            return true;
    for (uint32_t i = 0; i < state->spent.count; i++) /* a complex gateway that will not reset */
        if (state->spent.list[i].scope == scope)
            return true;
    return false;
}

bool run_empty(struct run *run, uint32_t scope) {
    const struct bpmn_state *state = run->state;
    for (uint32_t i = state->instances.count; i-- > 0;) {
        if (i >= state->instances.count) /* a cancelled scope took its own children along */
            i = state->instances.count - 1;
        const struct bpmn_instance *row = &state->instances.list[i];
        if (run_instance(run, scope)->live == 0)
            break;
        if (row->scope == scope && (run->abrupt || row->closing != BPMN_CLOSING_CANCEL) &&
            !run_cancel(run, row->id))
            return false;
    }
    return !has_tokens(state, scope) ||
           run_emit(run, (struct bpmn_record){.kind = BPMN_REC_DROPPED, .scope = scope});
}

bool run_drop(struct run *run, uint32_t id) {
    struct bpmn_instance instance = *run_instance(run, id);
    return run_disarm(run, id, BPMN_KINDS) &&
           run_emit(run, (struct bpmn_record){.kind = BPMN_REC_CANCELLED,
                                              .instance = id,
                                              .node = instance.node}) &&
           run_gone(run, instance.scope);
}

static bool has_task(const struct bpmn_state *state, uint32_t id) {
    for (uint32_t i = 0; i < state->tasks.count; i++)
        if (state->tasks.list[i].instance == id)
            return true;
    return false;
}

bool run_cancel(struct run *run, uint32_t id) {
    struct bpmn_instance instance = *run_instance(run, id);
    const struct bpmn_node *node = &run->process->nodes[instance.node];
    bool asked;
    if (instance.live > 0 && !run_empty(run, id))
        return false;
    if (!run_disarm(run, id, BPMN_KINDS))
        return false;
    if (!run->abrupt && node->kind == BPMN_USER_TASK && bpmn_acts(&instance) &&
        run_has_listeners(run, node, BPMN_LISTEN_CANCELING) && has_task(run->state, id))
        return run_closing(run, id, BPMN_CLOSING_CANCEL) &&
               run_listen(&asked, run, id, BPMN_LISTEN_CANCELING, 0);
    if (run_instance(run, id)->live > 0)
        return run_closing(run, id, BPMN_CLOSING_CANCEL);
    return run_emit(
        run, (struct bpmn_record){.kind = BPMN_REC_CANCELLED, .instance = id, .node = node->index});
}
