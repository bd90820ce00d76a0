/* What has completed and can be compensated (BPMN 2.0.2: 13.5.5), compensations that run, and the
 * change to another version of the process.
 *
 * 1. A row of `done` stands for one completed instance. The activities in a completed sub-process
 *    hang below its row by `scope`, which is the number that the sub-process had.
 * 2. What was interrupted cannot be compensated, nor what had completed in it. */
#include "bpmn/lists.h"

static bool has_own(const struct bpmn_state *state, uint32_t id) {
    for (uint32_t i = state->done.count; i-- > 0;)
        if (state->done.list[i].instance == id)
            return true;
    return false;
}

/* Everything that completed in that scope is forgotten, with what hangs below it. */
static void forget(struct bpmn_state *state, uint32_t scope, int depth) {
    for (uint32_t i = state->done.count; i-- > 0;) {
        if (i >= state->done.count || state->done.list[i].scope != scope)
            continue;
        uint32_t id = state->done.list[i].instance;
        LIST_REMOVE(state, done, i);
        if (depth < BPMN_DEPTH_MAX * 2)
            forget(state, id, depth + 1);
    }
}

void state_drop_done(struct bpmn_state *state, const struct bpmn_instance *gone, bool completed) {
    for (uint32_t i = state->undoing.count; i-- > 0;) {
        struct bpmn_undoing *row = &state->undoing.list[i];
        if (row->at == gone->id)
            row->at = 0;
        if (row->scope == gone->id || row->waits == gone->id)
            LIST_REMOVE(state, undoing, i);
    }
    if (state->done.count == 0)
        return;
    /* an activation of an ad-hoc sub-process is none of BPMN's scopes, however it ends */
    if (gone->as == BPMN_AS_SLOT || (completed && gone->as == BPMN_AS_BODY)) {
        for (uint32_t i = 0; i < state->done.count; i++)
            if (state->done.list[i].scope == gone->id)
                state->done.list[i].scope = gone->scope;
    } else if (!completed || !has_own(state, gone->id)) {
        forget(state, gone->id, 0);
    }
}

static uint32_t undoing_at(const struct bpmn_state *state, uint32_t id) {
    uint32_t i = 0;
    while (i < state->undoing.count && state->undoing.list[i].id != id)
        i++;
    return i;
}

/* Done now, by the instance record->n; what completed in it can be compensated in that one. */
static bool fold_compensated(struct bpmn_state *state, const struct bpmn_record *record,
                             struct err *err) {
    uint32_t i = state->done.count;
    while (i > 0 && state->done.list[i - 1].instance != record->instance)
        i--;
    uint32_t undoing = undoing_at(state, record->ref);
    if (i == 0 || undoing == state->undoing.count)
        return fold_corrupt(record, err, "there is nothing to compensate");
    LIST_REMOVE(state, done, i - 1);
    state->undoing.list[undoing].at = (uint32_t)record->n;
    for (i = 0; i < state->done.count; i++)
        if (state->done.list[i].scope == record->instance)
            state->done.list[i].scope = (uint32_t)record->n;
    return true;
}

bool fold_done(struct bpmn_state *state, const struct bpmn_process *process,
               const struct bpmn_record *record, struct err *err) {
    if (record->node >= process->node_count)
        return fold_corrupt(record, err, "there is no such node");
    if (record->kind == BPMN_REC_COMPENSATED)
        return fold_compensated(state, record, err);
    if (state_instance(state, record->scope) == NULL)
        return fold_corrupt(record, err, "the scope is gone");
    if (record->kind == BPMN_REC_COMPENSABLE) {
        struct feel_value variables;
        if (!feel_copy(&variables, record->value, state->arena, err))
            return false;
        LIST_ADD(state, done,
                 (struct bpmn_done){record->instance, record->node, record->scope, variables});
        return true;
    }
    if (record->kind == BPMN_REC_COMPENSATING) {
        if (!fold_next_id(state, record->ref, record, err))
            return false;
        LIST_ADD(state, undoing,
                 (struct bpmn_undoing){.id = record->ref,
                                       .waits = record->instance,
                                       .scope = record->scope,
                                       .node = record->node,
                                       .cancels = record->code == 1});
        return true;
    }
    uint32_t i = undoing_at(state, record->ref);
    if (i == state->undoing.count)
        return fold_corrupt(record, err, "there is no such compensation");
    LIST_REMOVE(state, undoing, i);
    return true;
}

/* --- migration
 * -------------------------------------------------------------------------------------------- */
/* The new index of an old one; BPMN_NONE when the record does not say. */
static uint32_t moved(struct feel_value pairs, uint32_t from) {
    size_t count = feel_kind(pairs) == FEEL_LIST ? feel_count(pairs) : 0;
    for (size_t i = 0; i < count; i++) {
        struct feel_value pair = feel_item(pairs, i);
        int64_t old = -1, new = -1;
        if (feel_kind(pair) == FEEL_LIST && feel_count(pair) == 2 &&
            feel_to_i64(&old, feel_item(pair, 0)) && feel_to_i64(&new, feel_item(pair, 1)) &&
            old == from && new >= 0 && new < BPMN_NODES_MAX + BPMN_FLOWS_MAX)
            return (uint32_t) new;
    }
    return BPMN_NONE;
}

static bool move(uint32_t *index, struct feel_value pairs, size_t limit) {
    uint32_t to = moved(pairs, *index);
    if (to >= limit)
        return false;
    *index = to;
    return true;
}

bool fold_migrated(struct bpmn_state *state, const struct bpmn_process *target,
                   const struct bpmn_record *record, struct err *err) {
    if (feel_kind(record->value) != FEEL_CONTEXT)
        return fold_corrupt(record, err, "there is no mapping");
    struct feel_value nodes = feel_get(record->value, STR("nodes")),
                      flows = feel_get(record->value, STR("flows"));
    size_t limit = target->node_count;
    bool ok = true;
    for (uint32_t i = 1; i < state->instances.count; i++)
        ok = ok && move(&state->instances.list[i].node, nodes, limit);
    for (uint32_t i = 0; i < state->timers.count; i++)
        ok = ok && move(&state->timers.list[i].node, nodes, limit);
    for (uint32_t i = 0; i < state->waits.count; i++)
        ok = ok && move(&state->waits.list[i].node, nodes, limit);
    for (uint32_t i = 0; i < state->done.count; i++)
        ok = ok && move(&state->done.list[i].node, nodes, limit);
    for (uint32_t i = 0; i < state->undoing.count; i++)
        ok = ok &&
             (state->undoing.list[i].node == 0 || move(&state->undoing.list[i].node, nodes, limit));
    for (uint32_t i = 0; i < state->stop_after.count; i++)
        ok = ok && move(&state->stop_after.list[i], nodes, limit);
    for (uint32_t i = 0; i < state->parked.count; i++)
        ok = ok && move(&state->parked.list[i].flow, flows, target->flow_count);
    for (uint32_t i = 0; i < state->spent.count; i++)
        ok = ok && move(&state->spent.list[i].flow, flows, target->flow_count);
    if (!ok || state->moving.count > 0)
        return fold_corrupt(record, err, "the mapping does not fit the state");
    uint32_t start = moved(nodes, state->instances.list[0].triggered_by);
    state->instances.list[0].triggered_by = start < limit ? start : 0;
    return true;
}
