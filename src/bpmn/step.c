/* One step: an input, then tokens move until everything waits (BPMN 2.0.2: chapter 13).
 *
 * 1. Nothing changes but by run_emit(), which folds the record at once. What is still to be done
 *    stands in the state (moving tokens, compensations), follows from it (joins whose tokens are
 *    all there, conditions that are true), or in run.todo, which is empty when a step ends.
 * 2. An element is entered and left in phases (enum bpmn_phase). Each evaluates everything that can
 *    fail before its first record (variables aside: setting them again is harmless). A failure is
 *    an incident of that phase, and a retry repeats the phase.
 * 3. No recursion along the flow: leaving puts tokens on flows, and what a loop or a compensation
 *    begins is put into run.todo; the loop in run_settle() takes both. Recursion follows the
 *    nesting of scopes only, which the reader bounds. */
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
static bool emit_letters(struct run *run, uint32_t id, const struct bpmn_node *node) {
    for (size_t i = 0; i < node->letter_count; i++)
        if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_LETTER,
                                                .instance = id,
                                                .node = node->index,
                                                .name = node->letters[i].id,
                                                .text = node->letters[i].to}))
            return false;
    return true;
}

/* What the law attached to the node: clocks and status once, a letter each time. */
static bool emit_actions(struct run *run, uint32_t id, const struct bpmn_node *node,
                         enum bpmn_as as) {
    if (as == BPMN_AS_SLOT || as == BPMN_AS_UNDO)
        return true;
    if (as != BPMN_AS_INNER) {
        if (!run_clocks(run, id, node, false))
            return false;
        if (node->status.len > 0 && !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_STATUS,
                                                                        .instance = id,
                                                                        .node = node->index,
                                                                        .name = node->status}))
            return false;
    }
    return as == BPMN_AS_BODY || emit_letters(run, id, node);
}

bool run_enter(struct run *run, uint32_t *out_id, struct entry entry) {
    const struct bpmn_node *node = &run->process->nodes[entry.node];
    *out_id = run->state->last_id + 1;
    if (!budget_spend(run->budget, (struct cost){1, 0}, run->err))
        return false;
    if (run->state->instances.count >= BPMN_INSTANCES_MAX || run->state->last_id > INT32_MAX)
        return err_set(run->err, ERR_LIMIT, err_nowhere,
                       "process '%.*s': more than %d elements are alive at '%.*s'",
                       STR_ARG(run->process->id), BPMN_INSTANCES_MAX, STR_ARG(node->id));
    run->entered++;
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_ENTERED,
                                              .code = (uint8_t)entry.as,
                                              .instance = *out_id,
                                              .node = entry.node,
                                              .scope = entry.scope,
                                              .ref = entry.trigger,
                                              .n = entry.number > 0 ? entry.number : entry.flow}) &&
           emit_actions(run, *out_id, node, entry.as);
}

/* The budget is nearly spent, or the list of records is nearly full and cannot grow again. */
static bool is_low(const struct run *run) {
    const struct cost left = run->budget->left;
    const struct bpmn_records *out = run->out;
    bool full =
        out->count > out->room - out->room / 4 &&
        left.bytes / sizeof *out->list < out->room * 2 + run->reserve.bytes / sizeof *out->list;
    return left.steps < run->reserve.steps || left.bytes < run->reserve.bytes || full;
}

/* Many elements, or fewer whose expressions cost as much: a step must not fail for it, or the
 * process could never go on. A step that has hardly begun is nobody's loop. */
bool run_in_limit(bool *within, struct run *run, uint32_t id) {
    *within = run->entered <= BPMN_STEP_ELEMENTS_MAX &&
              !(run->entered > BPMN_STEP_ELEMENTS_FREE && is_low(run));
    return *within ||
           run_incident(run, id, BPMN_INCIDENT_STEPS, BPMN_PHASE_ENTERING,
                        arena_printf(run->arena,
                                     "%" PRIu32 " elements were entered without waiting for "
                                     "anything; the last is '%.*s'",
                                     run->entered, STR_ARG(run_node(run, id)->id)));
}

bool run_take(struct run *run, uint32_t node, uint32_t scope, int64_t flow) {
    uint32_t id;
    bool within, loops = run->process->nodes[node].loop != NULL;
    struct entry entry = {
        .node = node, .scope = scope, .flow = flow, .as = loops ? BPMN_AS_BODY : BPMN_AS_ELEMENT};
    return run_enter(run, &id, entry) && run_in_limit(&within, run, id) &&
           (!within || run_execute(run, id));
}

/* --- the loop
 * -------------------------------------------------------------------------------------------- */
void run_later(struct run *run, struct todo todo) {
    if (run->todo_count == run->todo_room) {
        size_t live = run->todo_count - run->todo_from;
        size_t room = live < run->todo_room / 2 ? run->todo_room : run->todo_room * 2 + 16;
        struct todo *list =
            room == run->todo_room ? run->todo : arena_new(run->arena, struct todo, room);
        if (live > 0)
            memmove(list, run->todo + run->todo_from, live * sizeof *list);
        run->todo = list;
        run->todo_room = room;
        run->todo_from = 0;
        run->todo_count = live;
    }
    run->todo[run->todo_count++] = todo;
}

static bool do_next(struct run *run) {
    struct todo todo = run->todo[run->todo_from++];
    bool within;
    if (todo.kind == TODO_GATE)
        return run_gate(run, todo.a, todo.b);
    if (bpmn_instance(run->state, todo.a) == NULL) /* it was cancelled before its turn */
        return true;
    return run_in_limit(&within, run, todo.a) && (!within || run_execute(run, todo.a));
}

bool run_settle(struct run *run) {
    const struct bpmn_state *state = run->state;
    for (bool more = true; more && state->ending == 0;) {
        if (run->todo_from < run->todo_count) {
            if (!do_next(run))
                return false;
            continue;
        }
        if (state->conditions > 0 && (run->change_count > 0 || run->looked != state->last_id)) {
            if (!run_conditions(run))
                return false;
            continue; /* until no more of them becomes true */
        }
        if (state->moving.count > 0) {
            struct bpmn_token token = state->moving.list[0];
            if (!run_take(run, run->process->flows[token.flow].to, token.scope, token.flow))
                return false;
            continue;
        }
        if (!run_undo(&more, run, 0) || (!more && !run_enter_ready_join(&more, run)))
            return false;
    }
    return true;
}

bool run_apply(struct run *run, const struct bpmn_input *input) {
    run->looked = run->state->last_id;
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
    struct run run = {
        .out = out,
        .state = state,
        .process = process,
        .env = env,
        .arena = arena,
        .budget = budget,
        .reserve = {budget->left.steps / BPMN_STEP_RESERVE, budget->left.bytes / BPMN_STEP_RESERVE},
        .err = err};
    return run_apply(&run, input);
}
