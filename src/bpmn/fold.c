/* The state as the fold of its records.
 *
 * 1. Every list is in the order in which its rows came to be: ids ascend, and rows leave without
 *    disturbing the others. So equal histories give equal lists.
 * 2. live of a scope = its child instances + its tokens; it completes when that is 0.
 * 3. The fold checks what it relies on (the row exists, the node stands in that scope), because
 *    records come back from storage; it does not repeat the engine's decisions. */
#include <assert.h>
#include <inttypes.h>

#include "bpmn/lists.h"

void bpmn_state_init(struct bpmn_state *state, struct arena *arena) {
    *state = (struct bpmn_state){.arena = arena};
}

/* Ids ascend; the newest is asked for most often. Returns count when it is not there. */
static uint32_t find_instance(const struct bpmn_state *state, uint32_t id) {
    uint32_t low = 0, high = state->instances.count;
    if (high > 0 && state->instances.list[high - 1].id == id)
        return high - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (state->instances.list[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < state->instances.count && state->instances.list[low].id == id)
        return low;
    return state->instances.count;
}

const struct bpmn_instance *bpmn_instance(const struct bpmn_state *state, uint32_t id) {
    uint32_t index = find_instance(state, id);
    return index == state->instances.count ? NULL : &state->instances.list[index];
}

struct bpmn_instance *state_instance(struct bpmn_state *state, uint32_t id) {
    uint32_t index = find_instance(state, id);
    return index == state->instances.count ? NULL : &state->instances.list[index];
}

bool fold_corrupt(const struct bpmn_record *record, struct err *err, const char *why) {
    return err_set(err, ERR_CORRUPT, err_nowhere, "record '%s' of instance %" PRIu32 ": %s",
                   bpmn_record_name(record->kind), record->instance, why);
}

/* --- tokens
 * -------------------------------------------------------------------------------------------- */
static bool take_token(struct bpmn_state *state, bool parked, uint32_t scope, uint32_t flow) {
    uint32_t count = parked ? state->parked.count : state->moving.count;
    struct bpmn_token *list = parked ? state->parked.list : state->moving.list;
    for (uint32_t i = 0; i < count; i++) {
        if (list[i].scope != scope || list[i].flow != flow)
            continue;
        if (parked)
            LIST_REMOVE(state, parked, i);
        else
            LIST_REMOVE(state, moving, i);
        return true;
    }
    return false;
}

/* As many tokens as the activity begins with, the oldest first; -1 when there are fewer. */
static int64_t gather(struct bpmn_state *state, const struct bpmn_node *node, uint32_t scope) {
    uint32_t kept = 0, taken = 0;
    struct bpmn_token *list = state->parked.list;
    for (uint32_t i = 0; i < state->parked.count; i++) {
        bool take = false;
        for (uint32_t in = 0; taken < node->start_quantity && !take && in < node->in_count; in++)
            take = list[i].scope == scope && list[i].flow == node->in[in];
        if (take)
            taken++;
        else
            list[kept++] = list[i];
    }
    state->parked.count = kept;
    return taken == node->start_quantity ? (int64_t)taken : -1;
}

/* How many tokens the entered node consumed; -1 when a needed one is missing. A complex gateway
 * that starts remembers whose tokens it took, until it resets. */
static int64_t consume(struct bpmn_state *state, const struct bpmn_node *node,
                       const struct bpmn_record *record) {
    if (record->n < 0)
        return 0;
    if (bpmn_gathers(node))
        return gather(state, node, record->scope);
    if (!bpmn_is_join(node))
        return take_token(state, false, record->scope, (uint32_t)record->n) ? 1 : -1;
    int64_t consumed = 0;
    bool complex = node->kind == BPMN_COMPLEX;
    bool resets = complex && bpmn_gate_started(state, node, record->scope);
    for (uint32_t i = 0; i < node->in_count; i++) {
        struct bpmn_token token = {record->scope, node->in[i]};
        if (resets && bpmn_gate_spent(state, token))
            continue;
        if (take_token(state, true, token.scope, token.flow)) {
            consumed++;
            if (complex && !resets)
                LIST_ADD(state, spent, token);
        } else if (node->kind == BPMN_PARALLEL) {
            return -1;
        }
    }
    if (resets) {
        for (uint32_t i = 0; i < node->in_count; i++)
            LIST_KEEP(state, spent, struct bpmn_token,
                      row_->scope != record->scope || row_->flow != node->in[i]);
        return consumed;
    }
    return consumed > 0 ? consumed : -1;
}

bool bpmn_gate_spent(const struct bpmn_state *state, struct bpmn_token token) {
    for (uint32_t i = 0; i < state->spent.count; i++)
        if (state->spent.list[i].scope == token.scope && state->spent.list[i].flow == token.flow)
            return true;
    return false;
}

bool bpmn_gate_started(const struct bpmn_state *state, const struct bpmn_node *node,
                       uint32_t scope) {
    for (uint32_t i = 0; i < node->in_count; i++)
        if (bpmn_gate_spent(state, (struct bpmn_token){scope, node->in[i]}))
            return true;
    return false;
}

static uint32_t drop_tokens(struct bpmn_state *state, uint32_t scope) {
    uint32_t before = state->moving.count + state->parked.count;
    LIST_KEEP(state, moving, struct bpmn_token, row_->scope != scope);
    LIST_KEEP(state, parked, struct bpmn_token, row_->scope != scope);
    LIST_KEEP(state, spent, struct bpmn_token, row_->scope != scope);
    return before - state->moving.count - state->parked.count;
}

/* --- instances
 * ----------------------------------------------------------------------------------------- */
static bool fold_started(struct bpmn_state *state, const struct bpmn_record *record,
                         struct err *err) {
    if (state->last_id != 0 || record->instance != 1)
        return fold_corrupt(record, err, "the process has begun already");
    if (record->n < 0 || record->n > UINT32_MAX)
        return fold_corrupt(record, err, "there is no such definition");
    LIST_ADD(state, instances,
             (struct bpmn_instance){
                 .id = 1, .triggered_by = record->ref, .counter = (uint32_t)record->n});
    state->last_id = 1;
    return true;
}

/* Does an instance of the node, as the record says, stand in that scope? */
static bool stands_in(const struct bpmn_process *process, const struct bpmn_record *record,
                      const struct bpmn_instance *scope) {
    const struct bpmn_node *node = &process->nodes[record->node];
    bool around = scope->as != BPMN_AS_BODY && scope->node == node->parent;
    switch ((enum bpmn_as)record->code) {
    case BPMN_AS_ELEMENT: return around;
    case BPMN_AS_BODY: return around && node->loop != NULL;
    case BPMN_AS_INNER:
        return scope->as == BPMN_AS_BODY && scope->node == record->node && record->n > 0;
    case BPMN_AS_SLOT:
        return node->kind == BPMN_AD_HOC && scope->node == record->node &&
               (scope->as == BPMN_AS_ELEMENT || scope->as == BPMN_AS_INNER) && record->n > 0;
    case BPMN_AS_UNDO: return around && bpmn_kind_group(node->kind) == BPMN_GROUP_SCOPE;
    }
    return false;
}

static bool fold_entered(struct bpmn_state *state, const struct bpmn_process *process,
                         const struct bpmn_record *record, struct err *err) {
    struct bpmn_instance *scope = state_instance(state, record->scope);
    if (record->instance != state->last_id + 1)
        return fold_corrupt(record, err, "its id is not the next one");
    if (record->node == 0 || record->node >= process->node_count || scope == NULL ||
        !stands_in(process, record, scope))
        return fold_corrupt(record, err, "the node does not stand in that scope");
    bool counted = record->code == BPMN_AS_INNER || record->code == BPMN_AS_SLOT;
    int64_t consumed = 0;
    if (counted) {
        uint32_t i;
        LIST_FIND(state, loops, instance, record->scope, i);
        if (i < state->loops.count)
            state->loops.list[i].begun++;
        if (record->n > UINT32_MAX)
            return fold_corrupt(record, err, "its number is too large");
    } else {
        if (record->n >= (int64_t)process->flow_count ||
            (record->n >= 0 && process->flows[record->n].to != record->node))
            return fold_corrupt(record, err, "the flow does not lead to the node");
        consumed = consume(state, &process->nodes[record->node], record);
    }
    if (consumed < 0 || (uint64_t)consumed > scope->live)
        return fold_corrupt(record, err, "there is no token to take");
    scope->live = (uint32_t)(scope->live + 1 - (uint64_t)consumed);
    LIST_ADD(state, instances,
             (struct bpmn_instance){.id = record->instance,
                                    .scope = record->scope,
                                    .node = record->node,
                                    .triggered_by = record->ref,
                                    .counter = counted ? (uint32_t)record->n : 0,
                                    .as = record->code});
    state->last_id = record->instance;
    return true;
}

static bool fold_gone(struct bpmn_state *state, const struct bpmn_record *record, struct err *err) {
    uint32_t index = find_instance(state, record->instance);
    if (record->instance == 1 || index == state->instances.count)
        return fold_corrupt(record, err, "it is not alive");
    struct bpmn_instance gone = state->instances.list[index];
    struct bpmn_instance *scope = state_instance(state, gone.scope);
    bool completed = record->kind == BPMN_REC_LEFT;
    if (gone.live != 0)
        return fold_corrupt(record, err, "there is still something alive in it");
    if (scope == NULL || scope->live == 0)
        return fold_corrupt(record, err, "its scope is gone");
    scope->live--;
    if (gone.counter > 0) {
        uint32_t i;
        LIST_FIND(state, loops, instance, gone.scope, i);
        if (i < state->loops.count && completed)
            state->loops.list[i].completed++;
        else if (i < state->loops.count)
            state->loops.list[i].terminated++;
    }
    state->incident_count -= gone.incident != 0;
    LIST_REMOVE(state, instances, index);
    state_drop_rows(state, &gone);
    state_drop_done(state, &gone, completed);
    return true;
}

static bool fold_taken(struct bpmn_state *state, const struct bpmn_process *process,
                       const struct bpmn_record *record, struct err *err) {
    struct bpmn_instance *scope = state_instance(state, record->scope);
    if (record->node >= process->flow_count || scope == NULL ||
        process->nodes[process->flows[record->node].to].parent != scope->node)
        return fold_corrupt(record, err, "the flow does not stand in that scope");
    struct bpmn_token token = {record->scope, record->node};
    if (bpmn_keeps_tokens(&process->nodes[process->flows[record->node].to]))
        LIST_ADD(state, parked, token);
    else
        LIST_ADD(state, moving, token);
    scope->live++;
    return true;
}

static bool fold_dropped(struct bpmn_state *state, const struct bpmn_record *record,
                         struct err *err) {
    struct bpmn_instance *scope = state_instance(state, record->scope);
    if (scope == NULL)
        return fold_corrupt(record, err, "the scope is gone");
    uint32_t dropped = drop_tokens(state, record->scope);
    assert(dropped <= scope->live);
    scope->live -= dropped;
    return true;
}

static bool fold_incident(struct bpmn_state *state, const struct bpmn_record *record,
                          struct err *err) {
    struct bpmn_instance *instance = state_instance(state, record->instance);
    if (instance == NULL)
        return fold_corrupt(record, err, "it is not alive");
    bool has = instance->incident != 0, comes = record->kind == BPMN_REC_INCIDENT;
    if (has == comes || (comes && (record->code == 0 || record->ref > BPMN_PHASE_FINISHING)))
        return fold_corrupt(record, err, "it does not follow");
    instance->incident = comes ? record->code : 0;
    instance->phase = comes ? (uint8_t)record->ref : 0;
    if (comes)
        state->incident_count++;
    else
        state->incident_count--;
    return true;
}

static bool fold_closing(struct bpmn_state *state, const struct bpmn_record *record,
                         struct err *err) {
    struct bpmn_instance *instance = state_instance(state, record->instance);
    if (instance == NULL || record->code == 0 || record->code > BPMN_CLOSING_TERMINATE)
        return fold_corrupt(record, err, "it is not alive");
    instance->closing = record->code;
    return true;
}

/* The variables of the process stay. */
static bool fold_ended(struct bpmn_state *state, const struct bpmn_process *process,
                       const struct bpmn_record *record, struct err *err) {
    if (state->instances.count != 1 || state->instances.list[0].live != 0)
        return fold_corrupt(record, err, "something is still alive");
    if (record->node >= process->node_count || record->code == 0)
        return fold_corrupt(record, err, "there is no such end");
    state->incident_count = 0;
    state->instances.count = 0;
    state->timers.count = state->waits.count = state->jobs.count = state->tasks.count = 0;
    state->loops.count = state->results.count = state->done.count = state->undoing.count = 0;
    state->spent.count = state->stop_after.count = state->conditions = 0;
    state->ending = (enum bpmn_ending)record->code;
    state->end_node = record->node;
    return true;
}

bool bpmn_fold(struct bpmn_state *state, const struct bpmn_process *process,
               const struct bpmn_record *record, struct err *err) {
    if (state->ending != 0 || (state->last_id == 0 && record->kind != BPMN_REC_STARTED))
        return fold_corrupt(record, err, "the process does not run");
    switch (record->kind) {
    case BPMN_REC_STARTED: return fold_started(state, record, err);
    case BPMN_REC_ENTERED: return fold_entered(state, process, record, err);
    case BPMN_REC_LEFT:
    case BPMN_REC_CANCELLED: return fold_gone(state, record, err);
    case BPMN_REC_TAKEN: return fold_taken(state, process, record, err);
    case BPMN_REC_DROPPED: return fold_dropped(state, record, err);
    case BPMN_REC_INCIDENT:
    case BPMN_REC_RESOLVED: return fold_incident(state, record, err);
    case BPMN_REC_CLOSING: return fold_closing(state, record, err);
    case BPMN_REC_ENDED: return fold_ended(state, process, record, err);
    case BPMN_REC_COMPENSABLE:
    case BPMN_REC_COMPENSATING:
    case BPMN_REC_COMPENSATED:
    case BPMN_REC_COMPENSATION_DONE: return fold_done(state, process, record, err);
    case BPMN_REC_MIGRATED: return fold_migrated(state, process, record, err);
    case BPMN_REC_VARIABLE:
    case BPMN_REC_TASK:
    case BPMN_REC_TASK_CHANGING:
    case BPMN_REC_TASK_CHANGED:
    case BPMN_REC_TASK_DENIED:
    case BPMN_REC_TASK_CORRECTED:
    case BPMN_REC_TIMER:
    case BPMN_REC_TIMER_FIRED:
    case BPMN_REC_TIMER_CLEARED:
    case BPMN_REC_WAIT:
    case BPMN_REC_WAIT_MET:
    case BPMN_REC_WAIT_CLOSED:
    case BPMN_REC_CONDITION:
    case BPMN_REC_JOB:
    case BPMN_REC_JOB_FAILED:
    case BPMN_REC_LEASED:
    case BPMN_REC_JOB_CLOSED:
    case BPMN_REC_LOOP:
    case BPMN_REC_RESULT:
    case BPMN_REC_STOP_AFTER: return fold_row(state, process, record, err);
    case BPMN_REC_OUTCOME:
    case BPMN_REC_DECIDED:
    case BPMN_REC_CLOCK:
    case BPMN_REC_LETTER:
    case BPMN_REC_STATUS:
    case BPMN_REC_THROWN:
    case BPMN_REC_SENT:
    case BPMN_REC_STORED:
    case BPMN_REC_CALLED: return true; /* they tell the world; the tokens do not change */
    }
    return fold_corrupt(record, err, "its kind is not known");
}
