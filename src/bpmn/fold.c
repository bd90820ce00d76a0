/* The state as the fold of its records.
 *
 * 1. Every list is in the order in which its rows came to be: ids ascend, and rows leave without
 *    disturbing the others. So equal histories give equal lists.
 * 2. live of a scope = its child instances + its tokens; it completes when that is 0.
 * 3. The fold checks what it relies on (the row exists, the node stands in that scope), because
 *    records come back from storage; it does not repeat the engine's decisions. */
#include <assert.h>
#include <inttypes.h>

#include "bpmn/engine.h"

void bpmn_state_init(struct bpmn_state *state, struct arena *arena) {
    *state = (struct bpmn_state){.arena = arena};
}

/* --- lists
 * --------------------------------------------------------------------------------------------- */
#define LIST_ROOM(state, field)                                                                    \
    ((state)->field.count < (state)->field.room                                                    \
         ? (void)0                                                                                 \
         : list_grow((state)->arena, (void **)&(state)->field.list, (state)->field.count,          \
                     &(state)->field.room, sizeof *(state)->field.list))
#define LIST_REMOVE(state, field, index)                                                           \
    (memmove(&(state)->field.list[index], &(state)->field.list[(index) + 1],                       \
             ((state)->field.count - (index)-1) * sizeof *(state)->field.list),                    \
     (void)(state)->field.count--)
/* The index of the row with that id, or count. */
#define LIST_FIND(state, field, wanted, index)                                                     \
    do {                                                                                           \
        (index) = 0;                                                                               \
        while ((index) < (state)->field.count && (state)->field.list[index].id != (wanted))        \
            (index)++;                                                                             \
    } while (0)

static void list_grow(struct arena *arena, void **list, uint32_t count, uint32_t *room,
                      size_t size) {
    uint32_t wanted = *room < 8 ? 8 : *room * 2;
    void *bigger = arena_alloc(arena, wanted, size, alignof(max_align_t));
    if (count > 0)
        memcpy(bigger, *list, count * size);
    *list = bigger;
    *room = wanted;
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

static struct bpmn_instance *instance_of(struct bpmn_state *state, uint32_t id) {
    uint32_t index = find_instance(state, id);
    return index == state->instances.count ? NULL : &state->instances.list[index];
}

static bool corrupt(const struct bpmn_record *record, struct err *err, const char *why) {
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

/* How many tokens the entered node consumed; -1 when a needed one is missing. */
static int64_t consume(struct bpmn_state *state, const struct bpmn_node *node,
                       const struct bpmn_record *record) {
    if (record->n < 0)
        return 0;
    if (!bpmn_is_join(node))
        return take_token(state, false, record->scope, (uint32_t)record->n) ? 1 : -1;
    int64_t consumed = 0;
    for (uint32_t i = 0; i < node->in_count; i++)
        if (take_token(state, true, record->scope, node->in[i]))
            consumed++;
        else if (node->kind == BPMN_PARALLEL)
            return -1;
    return consumed > 0 ? consumed : -1;
}

static uint32_t drop_tokens(struct bpmn_state *state, uint32_t scope) {
    uint32_t dropped = 0, kept = 0;
    for (uint32_t i = 0; i < state->moving.count; i++)
        if (state->moving.list[i].scope == scope)
            dropped++;
        else
            state->moving.list[kept++] = state->moving.list[i];
    state->moving.count = kept;
    kept = 0;
    for (uint32_t i = 0; i < state->parked.count; i++)
        if (state->parked.list[i].scope == scope)
            dropped++;
        else
            state->parked.list[kept++] = state->parked.list[i];
    state->parked.count = kept;
    return dropped;
}

/* --- instances
 * ----------------------------------------------------------------------------------------- */
static bool fold_started(struct bpmn_state *state, const struct bpmn_record *record,
                         struct err *err) {
    if (state->last_id != 0 || record->instance != 1)
        return corrupt(record, err, "the process has begun already");
    LIST_ROOM(state, instances);
    state->instances.list[state->instances.count++] =
        (struct bpmn_instance){.id = 1, .triggered_by = record->ref};
    state->last_id = 1;
    return true;
}

static bool fold_entered(struct bpmn_state *state, const struct bpmn_process *process,
                         const struct bpmn_record *record, struct err *err) {
    struct bpmn_instance *scope = instance_of(state, record->scope);
    if (record->instance != state->last_id + 1)
        return corrupt(record, err, "its id is not the next one");
    if (record->node == 0 || record->node >= process->node_count || scope == NULL ||
        scope->node != process->nodes[record->node].parent)
        return corrupt(record, err, "the node does not stand in that scope");
    if (record->n >= (int64_t)process->flow_count ||
        (record->n >= 0 && process->flows[record->n].to != record->node))
        return corrupt(record, err, "the flow does not lead to the node");
    int64_t consumed = consume(state, &process->nodes[record->node], record);
    if (consumed < 0 || (uint64_t)consumed > scope->live)
        return corrupt(record, err, "there is no token to take");
    scope->live = (uint32_t)(scope->live + 1 - (uint64_t)consumed);
    LIST_ROOM(state, instances);
    state->instances.list[state->instances.count++] =
        (struct bpmn_instance){.id = record->instance,
                               .scope = record->scope,
                               .node = record->node,
                               .triggered_by = record->ref};
    state->last_id = record->instance;
    return true;
}

static void drop_rows(struct bpmn_state *state, uint32_t id) {
    for (uint32_t i = state->timers.count; i-- > 0;)
        if (state->timers.list[i].instance == id)
            LIST_REMOVE(state, timers, i);
    for (uint32_t i = state->waits.count; i-- > 0;)
        if (state->waits.list[i].instance == id)
            LIST_REMOVE(state, waits, i);
    for (uint32_t i = state->jobs.count; i-- > 0;)
        if (state->jobs.list[i].instance == id)
            LIST_REMOVE(state, jobs, i);
}

static bool fold_gone(struct bpmn_state *state, const struct bpmn_record *record, struct err *err) {
    uint32_t index = find_instance(state, record->instance);
    if (record->instance == 1 || index == state->instances.count)
        return corrupt(record, err, "it is not alive");
    struct bpmn_instance gone = state->instances.list[index];
    struct bpmn_instance *scope = instance_of(state, gone.scope);
    if (gone.live != 0)
        return corrupt(record, err, "there is still something alive in it");
    if (scope == NULL || scope->live == 0)
        return corrupt(record, err, "its scope is gone");
    scope->live--;
    state->incident_count -= gone.incident != 0;
    LIST_REMOVE(state, instances, index);
    drop_rows(state, gone.id);
    for (uint32_t i = state->variables.count; i-- > 0;)
        if (state->variables.list[i].scope == gone.id)
            LIST_REMOVE(state, variables, i);
    return true;
}

static bool fold_taken(struct bpmn_state *state, const struct bpmn_process *process,
                       const struct bpmn_record *record, struct err *err) {
    struct bpmn_instance *scope = instance_of(state, record->scope);
    if (record->node >= process->flow_count || scope == NULL ||
        process->nodes[process->flows[record->node].to].parent != scope->node)
        return corrupt(record, err, "the flow does not stand in that scope");
    struct bpmn_token token = {record->scope, record->node};
    if (bpmn_is_join(&process->nodes[process->flows[record->node].to])) {
        LIST_ROOM(state, parked);
        state->parked.list[state->parked.count++] = token;
    } else {
        LIST_ROOM(state, moving);
        state->moving.list[state->moving.count++] = token;
    }
    scope->live++;
    return true;
}

static bool fold_dropped(struct bpmn_state *state, const struct bpmn_record *record,
                         struct err *err) {
    struct bpmn_instance *scope = instance_of(state, record->scope);
    if (scope == NULL)
        return corrupt(record, err, "the scope is gone");
    uint32_t dropped = drop_tokens(state, record->scope);
    assert(dropped <= scope->live);
    scope->live -= dropped;
    return true;
}

/* --- variables, timers, subscriptions, jobs
 * ---------------------------------------------------------- */
static bool fold_variable(struct bpmn_state *state, const struct bpmn_record *record,
                          struct err *err) {
    if (instance_of(state, record->scope) == NULL)
        return corrupt(record, err, "the scope is gone");
    struct feel_value value;
    if (!feel_copy(&value, record->value, state->arena, err))
        return false;
    for (uint32_t i = 0; i < state->variables.count; i++) {
        struct bpmn_variable *v = &state->variables.list[i];
        if (v->scope == record->scope && str_eq(v->name, record->name)) {
            v->value = value;
            return true;
        }
    }
    LIST_ROOM(state, variables);
    state->variables.list[state->variables.count++] =
        (struct bpmn_variable){record->scope, arena_str(state->arena, record->name), value};
    return true;
}

/* The instance that owns it is alive, and the node exists. */
static bool owner_alive(struct bpmn_state *state, const struct bpmn_process *process,
                        const struct bpmn_record *record, struct err *err) {
    if (instance_of(state, record->instance) == NULL)
        return corrupt(record, err, "it is not alive");
    return record->node < process->node_count || corrupt(record, err, "there is no such node");
}

static bool fold_timer(struct bpmn_state *state, const struct bpmn_record *record,
                       struct err *err) {
    uint32_t i;
    LIST_FIND(state, timers, record->ref, i);
    struct bpmn_timer_row row = {.id = record->ref,
                                 .instance = record->instance,
                                 .node = record->node,
                                 .def = record->scope,
                                 .due_us = record->n,
                                 .cycle = arena_str(state->arena, record->text)};
    if (record->text.len > 0 && !feel_to_i64(&row.armed_us, record->value))
        return corrupt(record, err, "the cycle does not say when it began");
    if (i < state->timers.count) {
        state->timers.list[i] = row;
        return true;
    }
    if (record->ref != state->last_id + 1)
        return corrupt(record, err, "its id is not the next one");
    state->last_id = record->ref;
    LIST_ROOM(state, timers);
    state->timers.list[state->timers.count++] = row;
    return true;
}

static bool fold_timer_gone(struct bpmn_state *state, const struct bpmn_record *record,
                            struct err *err) {
    uint32_t i;
    LIST_FIND(state, timers, record->ref, i);
    if (i == state->timers.count)
        return corrupt(record, err, "there is no such timer");
    LIST_REMOVE(state, timers, i);
    return true;
}

static bool fold_wait(struct bpmn_state *state, const struct bpmn_record *record, struct err *err) {
    if (record->ref != state->last_id + 1)
        return corrupt(record, err, "its id is not the next one");
    state->last_id = record->ref;
    LIST_ROOM(state, waits);
    state->waits.list[state->waits.count++] =
        (struct bpmn_wait){.id = record->ref,
                           .instance = record->instance,
                           .node = record->node,
                           .def = (uint32_t)record->n,
                           .event = (enum bpmn_event)record->code,
                           .name = arena_str(state->arena, record->name),
                           .key = arena_str(state->arena, record->text)};
    return true;
}

static bool fold_wait_gone(struct bpmn_state *state, const struct bpmn_process *process,
                           const struct bpmn_record *record, struct err *err) {
    uint32_t i;
    LIST_FIND(state, waits, record->ref, i);
    if (i == state->waits.count)
        return corrupt(record, err, "there is no such subscription");
    if (record->kind == BPMN_REC_WAIT_CLOSED ||
        !bpmn_stays_armed(&process->nodes[state->waits.list[i].node]))
        LIST_REMOVE(state, waits, i);
    return true;
}

static bool fold_job(struct bpmn_state *state, const struct bpmn_record *record, struct err *err) {
    uint32_t i;
    LIST_FIND(state, jobs, record->ref, i);
    switch (record->kind) {
    case BPMN_REC_JOB:
        if (record->ref != state->last_id + 1)
            return corrupt(record, err, "its id is not the next one");
        state->last_id = record->ref;
        LIST_ROOM(state, jobs);
        state->jobs.list[state->jobs.count++] =
            (struct bpmn_job){.id = record->ref,
                              .instance = record->instance,
                              .kind = record->code,
                              .listener = record->scope,
                              .retries = record->n,
                              .type = arena_str(state->arena, record->name)};
        return true;
    case BPMN_REC_JOB_FAILED:
        if (i == state->jobs.count)
            return corrupt(record, err, "there is no such job");
        state->jobs.list[i].retries = record->n;
        return true;
    case BPMN_REC_LEASED:
        if (i == state->jobs.count || record->code > 1)
            return corrupt(record, err, "there is no such job");
        state->jobs.list[i].lease += record->code;
        state->jobs.list[i].free_us = record->n;
        state->jobs.list[i].worker = arena_str(state->arena, record->name);
        return true;
    default:
        if (i == state->jobs.count)
            return corrupt(record, err, "there is no such job");
        LIST_REMOVE(state, jobs, i);
        return true;
    }
}

static bool fold_incident(struct bpmn_state *state, const struct bpmn_record *record,
                          struct err *err) {
    struct bpmn_instance *instance = instance_of(state, record->instance);
    if (instance == NULL)
        return corrupt(record, err, "it is not alive");
    bool has = instance->incident != 0, comes = record->kind == BPMN_REC_INCIDENT;
    if (has == comes || (comes && (record->code == 0 || record->ref > BPMN_PHASE_LEAVING)))
        return corrupt(record, err, "it does not follow");
    instance->incident = comes ? record->code : 0;
    instance->phase = comes ? (uint8_t)record->ref : 0;
    if (comes)
        state->incident_count++;
    else
        state->incident_count--;
    return true;
}

static bool fold_ended(struct bpmn_state *state, const struct bpmn_process *process,
                       const struct bpmn_record *record, struct err *err) {
    if (state->instances.count != 1 || state->instances.list[0].live != 0)
        return corrupt(record, err, "something is still alive");
    if (record->node >= process->node_count || record->code == 0)
        return corrupt(record, err, "there is no such end");
    state->incident_count = 0;
    state->instances.count = 0;
    drop_rows(state, 1);
    state->ending = (enum bpmn_ending)record->code;
    state->end_node = record->node;
    return true;
}

bool bpmn_fold(struct bpmn_state *state, const struct bpmn_process *process,
               const struct bpmn_record *record, struct err *err) {
    if (state->ending != 0 || (state->last_id == 0 && record->kind != BPMN_REC_STARTED))
        return corrupt(record, err, "the process does not run");
    switch (record->kind) {
    case BPMN_REC_STARTED: return fold_started(state, record, err);
    case BPMN_REC_ENTERED: return fold_entered(state, process, record, err);
    case BPMN_REC_LEFT:
    case BPMN_REC_CANCELLED: return fold_gone(state, record, err);
    case BPMN_REC_TAKEN: return fold_taken(state, process, record, err);
    case BPMN_REC_DROPPED: return fold_dropped(state, record, err);
    case BPMN_REC_VARIABLE: return fold_variable(state, record, err);
    case BPMN_REC_TIMER:
        return owner_alive(state, process, record, err) && fold_timer(state, record, err);
    case BPMN_REC_TIMER_FIRED:
    case BPMN_REC_TIMER_CLEARED: return fold_timer_gone(state, record, err);
    case BPMN_REC_WAIT:
        return owner_alive(state, process, record, err) && fold_wait(state, record, err);
    case BPMN_REC_WAIT_MET:
    case BPMN_REC_WAIT_CLOSED: return fold_wait_gone(state, process, record, err);
    case BPMN_REC_JOB:
    case BPMN_REC_JOB_FAILED:
    case BPMN_REC_LEASED:
    case BPMN_REC_JOB_CLOSED:
        return owner_alive(state, process, record, err) && fold_job(state, record, err);
    case BPMN_REC_INCIDENT:
    case BPMN_REC_RESOLVED: return fold_incident(state, record, err);
    case BPMN_REC_ENDED: return fold_ended(state, process, record, err);
    case BPMN_REC_TASK:
    case BPMN_REC_OUTCOME:
    case BPMN_REC_DECIDED:
    case BPMN_REC_CLOCK:
    case BPMN_REC_LETTER:
    case BPMN_REC_STATUS:
    case BPMN_REC_THROWN:
    case BPMN_REC_SENT:
    case BPMN_REC_CALLED: return true; /* they tell the world; the tokens do not change */
    default: break;
    }
    return corrupt(record, err, "its kind is not known");
}
