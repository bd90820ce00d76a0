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

const struct bpmn_node *run_node(const struct run *run, uint32_t id) {
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
           run_actions(run, *out_id, n);
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
        if (!run_is_ready(run, token.scope, &run->process->nodes[node]))
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

bool run_apply(struct run *run, const struct bpmn_input *input) {
    return run_input(run, input) && run_settle(run);
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
