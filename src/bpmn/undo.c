/* Compensation and transactions (BPMN 2.0.2: 10.7, 13.5.5).
 *
 * 1. A completed activity that can be compensated leaves a row of `done` with its own variables as
 *    they were. Compensation takes the rows of one scope from the last to the first: one handler
 *    after the other.
 * 2. A completed sub-process without a handler of its own is opened again, with its variables, and
 *    what completed in it is compensated in it; with an event sub-process for compensation, that
 *    one runs in it instead.
 * 3. A transaction is cancelled like that: everything in it ends, what completed is compensated,
 *    and then its cancel boundary event fires. */
#include "bpmn/lists.h"

static bool has_done(const struct bpmn_state *state, uint32_t scope) {
    for (uint32_t i = 0; i < state->done.count; i++)
        if (state->done.list[i].scope == scope)
            return true;
    return false;
}

bool run_compensable(struct run *run, uint32_t id) {
    struct bpmn_instance instance = *run_instance(run, id);
    const struct bpmn_node *node = run_node(run, id);
    if (!bpmn_acts(&instance) || node->for_compensation)
        return true;
    if (node->handler == BPMN_NONE &&
        (bpmn_kind_group(node->kind) != BPMN_GROUP_SCOPE || !has_done(run->state, id)))
        return true;
    return run_emit(
        run, (struct bpmn_record){.kind = BPMN_REC_COMPENSABLE,
                                  .instance = id,
                                  .node = node->index,
                                  .scope = instance.scope,
                                  .value = run->oracle != NULL
                                               ? feel_null()
                                               : bpmn_own_variables(run->state, id, run->arena)});
}

/* --- the scope in which a thrown compensation works
 * ------------------------------------------------------- */
/* That of the activity it names, if that is around the thrower; else the nearest one, where an
 * event sub-process works for what it stands in. 0: there is none. */
static uint32_t scope_for(const struct run *run, uint32_t id, uint32_t activity) {
    uint32_t parent = activity == BPMN_NONE ? BPMN_NONE : run->process->nodes[activity].parent;
    for (uint32_t at = run_instance(run, id)->scope; at != 0;) {
        const struct bpmn_instance *instance = bpmn_instance(run->state, at);
        bool inside = instance->as == BPMN_AS_SLOT || instance->as == BPMN_AS_BODY;
        bool handler = run->process->nodes[instance->node].kind == BPMN_EVENT_SUB_PROCESS &&
                       instance->as != BPMN_AS_UNDO;
        if (!inside && (activity == BPMN_NONE ? !handler : instance->node == parent))
            return at;
        at = instance->scope;
    }
    return 0;
}

static bool begin(struct run *run, struct bpmn_undoing row) {
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_COMPENSATING,
                                              .code = row.cancels,
                                              .instance = row.waits,
                                              .node = row.node,
                                              .scope = row.scope,
                                              .ref = run->state->last_id + 1});
}

/* BPMN 2.0.2: 10.7.2 */
bool run_compensate(bool *waits, struct run *run, uint32_t id, const struct bpmn_event_def *def) {
    uint32_t scope = scope_for(run, id, def->activity);
    *waits = !def->does_not_wait && scope != 0;
    return scope == 0 || begin(run, (struct bpmn_undoing){
                                        .waits = *waits ? id : 0,
                                        .scope = scope,
                                        .node = def->activity == BPMN_NONE ? 0 : def->activity});
}

/* --- one after the other
 * ---------------------------------------------------------------------------------- */
/* What an activation of an ad-hoc sub-process holds belongs to the sub-process, also while it runs.
 */
static bool is_within(const struct bpmn_state *state, uint32_t scope, uint32_t around) {
    const struct bpmn_instance *row = scope == around ? NULL : bpmn_instance(state, scope);
    return scope == around || (row != NULL && row->as == BPMN_AS_SLOT && row->scope == around);
}

/* The last that is left: what had begun before the compensation did. BPMN_NONE: nothing. */
static uint32_t next_of(const struct bpmn_state *state, const struct bpmn_undoing *row) {
    for (uint32_t i = state->done.count; i-- > 0;) {
        const struct bpmn_done *done = &state->done.list[i];
        if (is_within(state, done->scope, row->scope) && done->instance < row->id &&
            (row->node == 0 || row->node == done->node))
            return i;
    }
    return BPMN_NONE;
}

static bool restore(struct run *run, uint32_t id, struct feel_value variables) {
    size_t count = feel_kind(variables) == FEEL_CONTEXT ? feel_count(variables) : 0;
    for (size_t i = 0; i < count; i++)
        if (!run_set(run, id, feel_entries(variables)[i].name, feel_entries(variables)[i].value))
            return false;
    return true;
}

static bool enter_for(struct run *run, uint32_t *id, uint32_t node, uint32_t scope, enum bpmn_as as,
                      uint32_t trigger) {
    return run_enter(
        run, id,
        (struct entry){.node = node, .scope = scope, .flow = -1, .as = as, .trigger = trigger});
}

/* Compensate one completed activity. */
static bool undo(struct run *run, struct bpmn_undoing row, struct bpmn_done done) {
    const struct bpmn_node *node = &run->process->nodes[done.node];
    const struct bpmn_node *handler =
        node->handler == BPMN_NONE ? NULL : &run->process->nodes[node->handler];
    bool opens = handler == NULL || handler->kind == BPMN_EVENT_SUB_PROCESS;
    uint32_t id, sub, start;
    enum bpmn_as as = opens ? BPMN_AS_UNDO : handler->loop != NULL ? BPMN_AS_BODY : BPMN_AS_ELEMENT;
    if (!enter_for(run, &id, opens ? done.node : handler->index, row.scope, as, row.waits) ||
        !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_COMPENSATED,
                                            .instance = done.instance,
                                            .node = done.node,
                                            .ref = row.id,
                                            .n = id}) ||
        !restore(run, id, done.variables))
        return false;
    if (!opens) {
        run_later(run, (struct todo){TODO_EXECUTE, id, 0});
        return true;
    }
    if (handler == NULL)
        return begin(run, (struct bpmn_undoing){.waits = id, .scope = id});
    if (!enter_for(run, &sub, handler->index, id, BPMN_AS_ELEMENT, id) ||
        !enter_for(run, &start, handler->start, sub, BPMN_AS_ELEMENT, id))
        return false;
    run_later(run, (struct todo){TODO_EXECUTE, sub, 0});
    return true;
}

/* The transaction is compensated: its cancel boundary event fires. */
static bool exit_transaction(struct run *run, uint32_t id) {
    struct bpmn_instance instance = *run_instance(run, id);
    const struct bpmn_node *node = run_node(run, id);
    uint32_t host = instance.as == BPMN_AS_INNER ? instance.scope : id;
    uint32_t around = run_instance(run, host)->scope;
    for (uint32_t i = 0; i < node->boundary_count; i++)
        if (run->process->nodes[node->boundaries[i]].event == BPMN_EVENT_CANCEL)
            return run_trigger(run, host, node->boundaries[i], feel_null());
    return run_cancel(run, host) && run_gone(run, around);
}

static bool done_all(struct run *run, struct bpmn_undoing row) {
    if (!run_emit(run, (struct bpmn_record){
                           .kind = BPMN_REC_COMPENSATION_DONE, .ref = row.id, .scope = row.scope}))
        return false;
    if (row.waits == 0)
        return run_gone(run, row.scope);
    if (row.cancels)
        return exit_transaction(run, row.waits);
    return run_instance(run, row.waits)->as == BPMN_AS_UNDO ? run_gone(run, row.waits)
                                                            : run_leave(run, row.waits);
}

bool run_undo(bool *did, struct run *run, uint32_t scope) {
    const struct bpmn_state *state = run->state;
    *did = false;
    for (uint32_t i = 0; i < state->undoing.count; i++) {
        struct bpmn_undoing row = state->undoing.list[i];
        if (row.at != 0 || (scope != 0 && row.scope != scope))
            continue;
        *did = true;
        uint32_t next = next_of(state, &row);
        return next == BPMN_NONE ? done_all(run, row) : undo(run, row, state->done.list[next]);
    }
    return true;
}

/* --- transactions
 * -------------------------------------------------------------------------------------------- */
bool run_cancel_transaction(struct run *run, uint32_t id) {
    struct bpmn_instance event = *run_instance(run, id);
    uint32_t at = event.scope;
    while (at != 0 &&
           (run_node(run, at)->kind != BPMN_TRANSACTION || !bpmn_acts(run_instance(run, at))))
        at = run_instance(run, at)->scope;
    if (at == 0)
        return run_incident(run, id, BPMN_INCIDENT_ERROR, run_act_phase(run_node(run, id)),
                            STR("nothing around it is a transaction"));
    run->last_end = event.node;
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_THROWN,
                                              .code = BPMN_EVENT_CANCEL,
                                              .instance = id,
                                              .node = event.node}) &&
           run_disarm(run, id, BPMN_KINDS) &&
           run_emit(
               run,
               (struct bpmn_record){.kind = BPMN_REC_LEFT, .instance = id, .node = event.node}) &&
           run_disarm(run, at, BPMN_KINDS) && run_empty(run, at) &&
           begin(run, (struct bpmn_undoing){.waits = at, .scope = at, .cancels = true});
}
