/* Gateways that join: parallel, inclusive, complex (BPMN 2.0.2: 13.4). */
#include <assert.h>

#include "bpmn/engine.h"

static bool has_token(const struct run *run, uint32_t scope, uint32_t flow) {
    for (uint32_t i = 0; i < run->state->parked.count; i++)
        if (run->state->parked.list[i].scope == scope && run->state->parked.list[i].flow == flow)
            return true;
    return false;
}

/* Is the flow one on which nothing more is waited for? */
static bool is_served(const struct run *run, uint32_t scope, uint32_t flow) {
    return has_token(run, scope, flow) ||
           bpmn_gate_spent(run->state, (struct bpmn_token){scope, flow});
}

static bool stands_before(const struct bpmn_join *join, const struct run *run,
                          const struct bpmn_node *node, uint32_t scope, uint32_t at) {
    bool reaches_empty = false;
    for (uint32_t in = 0; in < node->in_count; in++) {
        const uint64_t *set = join->from + (size_t)in * join->words;
        if ((set[at / 64] >> (at % 64) & 1) == 0)
            continue;
        if (is_served(run, scope, node->in[in]))
            return false; /* it can also come where a token waits already */
        reaches_empty = true;
    }
    return reaches_empty;
}

/* BPMN 2.0.2: 13.4.3: an inclusive gateway goes on when no token elsewhere can still come along a
 * flow where none waits; 13.4.5: so does a complex gateway that resets. */
static bool nothing_comes(const struct run *run, const struct bpmn_node *node, uint32_t scope) {
    const struct bpmn_state *state = run->state;
    const struct bpmn_join *join = bpmn_join_of(run->process, node->index);
    assert(join != NULL);
    for (uint32_t i = 0; i < state->instances.count; i++) {
        const struct bpmn_instance *other = &state->instances.list[i];
        if (other->scope == scope && other->node != node->index &&
            other->closing != BPMN_CLOSING_CANCEL &&
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

/* --- complex gateways
 * ----------------------------------------------------------------------------------- */
void run_gate_names(struct run *run, const struct bpmn_node *node, uint32_t scope) {
    struct feel_entry *names = arena_new(run->arena, struct feel_entry, node->in_count + 3);
    int64_t all = 0;
    for (uint32_t in = 0; in < node->in_count; in++) {
        int64_t tokens = 0;
        for (uint32_t i = 0; i < run->state->parked.count; i++)
            tokens += run->state->parked.list[i].scope == scope &&
                      run->state->parked.list[i].flow == node->in[in];
        names[in] = (struct feel_entry){run->process->flows[node->in[in]].id, feel_int(tokens)};
        all += tokens;
    }
    names[node->in_count] = (struct feel_entry){STR("activationCount"), feel_int(all)};
    /* while it is being left: its start took tokens and remembers them, its reset has forgotten */
    names[node->in_count + 1] = (struct feel_entry){
        STR("waitingForStart"),
        feel_boolean(!bpmn_is_join(node) || bpmn_gate_started(run->state, node, scope))};
    names[node->in_count + 2] =
        (struct feel_entry){STR("tokens"), feel_context_of(run->arena, names, node->in_count)};
    run->extra = names;
    run->extra_count = node->in_count + 3;
}

/* A token has come: does the gateway start? Without a condition any token is enough. */
bool run_gate(struct run *run, uint32_t scope, uint32_t flow) {
    const struct bpmn_node *node = &run->process->nodes[run->process->flows[flow].to];
    bool starts = true;
    struct str why = STR_NONE;
    uint32_t pick = 0, id;
    if (bpmn_instance(run->state, scope) == NULL || !has_token(run, scope, flow) ||
        bpmn_gate_started(run->state, node, scope))
        return true;
    if (run->oracle != NULL) {
        /* with all its tokens it has to start; with fewer that is the data's choice */
        if (!run_is_ready(run, scope, node) && run_pick(&pick, run, node->index, 2))
            starts = pick == 0;
    } else if (node->activation.text.at != NULL) {
        run_gate_names(run, node, scope);
        bool ok = run_bool(&starts, &why, run, scope, &node->activation);
        run->extra_count = 0;
        if (!ok)
            return false;
    }
    if (why.len > 0) /* the tokens wait in the gateway; a retry lets it start */
        return run_enter(run, &id,
                         (struct entry){.node = node->index, .scope = scope, .flow = flow}) &&
               run_incident(run, id, BPMN_INCIDENT_ACTIVATION, BPMN_PHASE_ENTERING, why);
    return !starts || run_take(run, node->index, scope, flow);
}

bool run_reset_gate(bool *did, struct run *run, uint32_t scope) {
    const struct bpmn_state *state = run->state;
    *did = false;
    for (uint32_t i = 0; i < state->spent.count; i++) {
        struct bpmn_token token = state->spent.list[i];
        const struct bpmn_node *node = &run->process->nodes[run->process->flows[token.flow].to];
        if ((scope != 0 && token.scope != scope) || !nothing_comes(run, node, token.scope))
            continue;
        *did = true;
        if (!run_take(run, node->index, token.scope, token.flow))
            return false;
        for (uint32_t in = 0; in < node->in_count; in++) /* what came meanwhile may start it */
            run_later(run, (struct todo){TODO_GATE, token.scope, node->in[in]});
        return true;
    }
    return true;
}

/* --- the next join whose tokens are there
 * --------------------------------------------------------------- */
bool run_enter_ready_join(bool *entered, struct run *run) {
    *entered = false;
    for (size_t i = 0; i < run->ready_count; i++) {
        struct bpmn_token token = run->ready[i];
        uint32_t node = run->process->flows[token.flow].to;
        if (!run_is_ready(run, token.scope, &run->process->nodes[node]))
            continue;
        run->ready_count -= i + 1;
        memmove(run->ready, run->ready + i + 1, run->ready_count * sizeof *run->ready);
        *entered = true;
        return run_take(run, node, token.scope, token.flow);
    }
    run->ready_count = 0;
    for (uint32_t i = 0; i < run->state->parked.count; i++) {
        struct bpmn_token token = run->state->parked.list[i];
        const struct bpmn_node *node = &run->process->nodes[run->process->flows[token.flow].to];
        if (node->kind != BPMN_INCLUSIVE || !nothing_comes(run, node, token.scope))
            continue;
        *entered = true;
        return run_take(run, node->index, token.scope, token.flow);
    }
    return run->state->spent.count == 0 || run_reset_gate(entered, run, 0);
}
