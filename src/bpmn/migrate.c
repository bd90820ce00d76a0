/* A running instance goes on by another version of its process, by a mapping that is checked before
 * anything changes. What waits for an event keeps waiting where the event is mapped; other
 * subscriptions and timers are closed, and those that the new version adds are opened. */
#include <inttypes.h>

#include "bpmn/lists.h"

struct plan {
    const struct bpmn_process *from, *to;
    const struct bpmn_input *input;
    const struct bpmn_state *state;
    struct err *err;
    uint32_t *nodes; /* of each old node the new one, or BPMN_NONE */
    uint32_t *flows; /* likewise */
};

static bool refuse(const struct plan *plan, uint32_t node, const char *why) {
    return err_set(plan->err, ERR_INVALID, err_nowhere, "element '%.*s' cannot be migrated: %s",
                   STR_ARG(plan->from->nodes[node].id), why);
}

/* The node of the same id and kind, for what runs nowhere but is remembered. */
static uint32_t same_id(const struct plan *plan, uint32_t node) {
    const struct bpmn_node *old = &plan->from->nodes[node];
    const struct bpmn_node *new = bpmn_node(plan->to, old->id);
    return new != NULL &&new->kind == old->kind ? new->index : BPMN_NONE;
}

static bool read_mapping(struct plan *plan) {
    const struct bpmn_input *input = plan->input;
    if (input->target == NULL)
        return err_set(plan->err, ERR_INVALID, err_nowhere, "there is no process to migrate to");
    for (size_t i = 0; i < plan->from->node_count; i++)
        plan->nodes[i] = i == 0 ? 0 : BPMN_NONE;
    for (size_t i = 0; i < plan->from->flow_count; i++)
        plan->flows[i] = BPMN_NONE;
    for (size_t i = 0; i < input->mapped_count; i++) {
        struct bpmn_mapped one = input->mapped[i];
        if (one.from == 0 || one.from >= plan->from->node_count || one.to == 0 ||
            one.to >= plan->to->node_count)
            return err_set(plan->err, ERR_INVALID, err_nowhere,
                           "the mapping names an element that is not there");
        if (plan->nodes[one.from] != BPMN_NONE)
            return refuse(plan, one.from, "it is mapped twice");
        if (plan->from->nodes[one.from].kind != plan->to->nodes[one.to].kind)
            return refuse(plan, one.from, "it is mapped to an element of another kind");
        plan->nodes[one.from] = one.to;
    }
    return true;
}

/* The start of a mapped event sub-process goes with it. */
static void map_starts(const struct plan *plan) {
    for (uint32_t i = 1; i < plan->from->node_count; i++) {
        const struct bpmn_node *node = &plan->from->nodes[i];
        uint32_t to = plan->nodes[i];
        if (node->kind == BPMN_EVENT_SUB_PROCESS && to != BPMN_NONE &&
            plan->nodes[node->start] == BPMN_NONE)
            plan->nodes[node->start] = plan->to->nodes[to].start;
    }
}

static bool same_defs(const struct bpmn_node *old, const struct bpmn_node *new) {
    if (old->event != new->event || old->def_count != new->def_count)
        return false;
    for (size_t i = 0; i < old->def_count; i++)
        if (old->defs[i].event != new->defs[i].event)
            return false;
    return true;
}

static bool check_node(const struct plan *plan, uint32_t node) {
    const struct bpmn_node *old = &plan->from->nodes[node], *new;
    if (plan->nodes[node] == BPMN_NONE)
        return refuse(plan, node, "it is active and not mapped");
    new = &plan->to->nodes[plan->nodes[node]];
    enum bpmn_loop was = old->loop == NULL ? BPMN_LOOP_NONE : old->loop->kind;
    enum bpmn_loop is = new->loop == NULL ? BPMN_LOOP_NONE : new->loop->kind;
    if (was != is)
        return refuse(plan, node, "it is carried out in another way: once, in parallel or in turn");
    if (!same_defs(old, new))
        return refuse(plan, node, "it waits for another kind of event");
    if (new->parent != plan->nodes[old->parent])
        return refuse(plan, node, "its scope is not mapped to the scope of its target");
    if ((old->job_type.text.at != NULL) != (new->job_type.text.at != NULL) ||
        old->native != new->native)
        return refuse(plan, node,
                      "it is done by a job worker in one of the two, by another way in "
                      "the other");
    return true;
}

static bool check_instances(const struct plan *plan) {
    const struct bpmn_state *state = plan->state;
    for (uint32_t i = 1; i < state->instances.count; i++) {
        const struct bpmn_instance *row = &state->instances.list[i];
        if (row->closing != 0)
            return refuse(plan, row->node, "it is ending");
        if (!check_node(plan, row->node))
            return false;
    }
    for (uint32_t i = 0; i < state->waits.count; i++) {
        const struct bpmn_wait *wait = &state->waits.list[i];
        enum bpmn_group group = bpmn_kind_group(plan->from->nodes[wait->node].kind);
        if (wait->event == BPMN_EVENT_CONDITIONAL &&
            (group == BPMN_GROUP_WORK || group == BPMN_GROUP_SCOPE))
            return refuse(plan, wait->node, "it waits for its data");
    }
    for (uint32_t i = 0; i < state->jobs.count; i++)
        if (state->jobs.list[i].kind == BPMN_JOB_LISTENER ||
            state->jobs.list[i].kind == BPMN_JOB_TASK_LISTENER)
            return refuse(plan, bpmn_instance(state, state->jobs.list[i].instance)->node,
                          "it waits for a listener");
    if (state->undoing.count > 0)
        return err_set(plan->err, ERR_INVALID, err_nowhere,
                       "the process is being compensated and cannot be migrated now");
    return true;
}

/* A token that waits in a join: the flow of the same id, to the mapped join, or that of the same
 * id. */
static bool check_token(const struct plan *plan, struct bpmn_token token) {
    const struct bpmn_flow *old = &plan->from->flows[token.flow];
    uint32_t scope = plan->nodes[bpmn_instance(plan->state, token.scope)->node];
    uint32_t join =
        plan->nodes[old->to] != BPMN_NONE ? plan->nodes[old->to] : same_id(plan, old->to);
    for (uint32_t i = 0; i < plan->to->flow_count && join != BPMN_NONE; i++) {
        const struct bpmn_flow *new = &plan->to->flows[i];
        if (new->to != join || !str_eq(new->id, old->id) || plan->to->nodes[join].parent != scope)
            continue;
        plan->flows[token.flow] = i;
        plan->nodes[old->to] = join;
        if (plan->to->nodes[join].start_quantity != plan->from->nodes[old->to].start_quantity)
            return refuse(plan, old->to, "its target begins with another number of tokens");
        return bpmn_keeps_tokens(&plan->to->nodes[join]) ||
               refuse(plan, old->to, "its target joins nothing");
    }
    return refuse(plan, old->to,
                  "a token waits in it, and no flow of the same id leads to its "
                  "target");
}

static bool check_remembered(const struct plan *plan, uint32_t node) {
    if (node != 0 && plan->nodes[node] == BPMN_NONE)
        plan->nodes[node] = same_id(plan, node);
    return plan->nodes[node] != BPMN_NONE ||
           refuse(plan, node, "it completed and is remembered, and is not mapped");
}

/* What undoes it is a handler, or what completed in it. */
static bool check_handler(const struct plan *plan, uint32_t node) {
    const struct bpmn_node *new = &plan->to->nodes[plan->nodes[node]];
    return new->handler != BPMN_NONE || bpmn_kind_group(new->kind) == BPMN_GROUP_SCOPE ||
           refuse(plan, node, "it can be compensated, and not in the new version");
}

static bool check_rest(const struct plan *plan) {
    const struct bpmn_state *state = plan->state;
    for (uint32_t i = 0; i < state->parked.count; i++)
        if (!check_token(plan, state->parked.list[i]))
            return false;
    for (uint32_t i = 0; i < state->spent.count; i++)
        if (!check_token(plan, state->spent.list[i]))
            return false;
    for (uint32_t i = 0; i < state->done.count; i++)
        if (!check_remembered(plan, state->done.list[i].node) ||
            !check_handler(plan, state->done.list[i].node))
            return false;
    for (uint32_t i = 0; i < state->stop_after.count; i++)
        if (!check_remembered(plan, state->stop_after.list[i]))
            return false;
    return true;
}

/* Does what waits for the old event go on waiting for the mapped one? owner: the old node that
 * waits. */
static bool keeps(const struct plan *plan, uint32_t owner, uint32_t node) {
    const struct bpmn_node *old = &plan->from->nodes[node], *new;
    if (plan->nodes[node] == BPMN_NONE)
        return false;
    new = &plan->to->nodes[plan->nodes[node]];
    if (!same_defs(old, new))
        return false;
    if (owner == node) /* it waits in itself */
        return true;
    if (old->kind == BPMN_BOUNDARY)
        return new->attached_to == plan->nodes[owner];
    if (old->kind == BPMN_START)
        return old->parent == owner || plan->to->nodes[new->parent].parent == plan->nodes[owner];
    return true;
}

static bool make_plan(struct plan *plan, struct arena *arena) {
    plan->nodes = arena_new(arena, uint32_t, plan->from->node_count);
    plan->flows = arena_new(arena, uint32_t, plan->from->flow_count);
    if (!read_mapping(plan))
        return false;
    map_starts(plan);
    return check_instances(plan) && check_rest(plan);
}

bool bpmn_migration_check(const struct bpmn_state *state, const struct bpmn_process *process,
                          const struct bpmn_input *input, struct arena *arena, struct err *err) {
    struct plan plan = {
        .from = process, .to = input->target, .input = input, .state = state, .err = err};
    return make_plan(&plan, arena);
}

/* --- doing it
 * ------------------------------------------------------------------------------------------- */
static bool close_old(struct run *run, const struct plan *plan) {
    const struct bpmn_state *state = run->state;
    for (uint32_t i = state->timers.count; i-- > 0;) {
        struct bpmn_timer_row row = state->timers.list[i];
        if (!keeps(plan, bpmn_instance(state, row.instance)->node, row.node) &&
            !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TIMER_CLEARED,
                                                .instance = row.instance,
                                                .node = row.node,
                                                .ref = row.id}))
            return false;
    }
    for (uint32_t i = state->waits.count; i-- > 0;) {
        struct bpmn_wait row = state->waits.list[i];
        if (!keeps(plan, bpmn_instance(state, row.instance)->node, row.node) &&
            !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_WAIT_CLOSED,
                                                .instance = row.instance,
                                                .node = row.node,
                                                .ref = row.id}))
            return false;
    }
    return true;
}

static struct feel_value pairs(struct run *run, const uint32_t *map, size_t count) {
    struct feel_value *items = arena_new(run->arena, struct feel_value, count);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (map[i] == BPMN_NONE)
            continue;
        struct feel_value *pair = arena_new(run->arena, struct feel_value, 2);
        pair[0] = feel_int((int64_t)i);
        pair[1] = feel_int(map[i]);
        items[n++] = feel_list(pair, 2);
    }
    return feel_list(items, n);
}

static bool is_armed(const struct bpmn_state *state, uint32_t id, const struct arm *arm) {
    for (uint32_t i = 0; i < state->timers.count; i++)
        if (state->timers.list[i].instance == id && state->timers.list[i].node == arm->node &&
            state->timers.list[i].def == arm->def)
            return true;
    for (uint32_t i = 0; i < state->waits.count; i++)
        if (state->waits.list[i].instance == id && state->waits.list[i].node == arm->node &&
            state->waits.list[i].def == arm->def)
            return true;
    return false;
}

/* An interrupting event sub-process runs in it, or is all that is left: none begins any more. */
static bool handlers_closed(const struct run *run, uint32_t id) {
    const struct bpmn_state *state = run->state;
    for (uint32_t i = 0; i < state->instances.count; i++) {
        const struct bpmn_node *node = &run->process->nodes[state->instances.list[i].node];
        if (state->instances.list[i].scope == id && node->kind == BPMN_EVENT_SUB_PROCESS &&
            run->process->nodes[node->start].interrupting)
            return true;
    }
    return !run_handlers_open(run, id);
}

/* Was the new event there before? When nothing waits for it any more, it has come. */
static bool was_there(const struct plan *plan, uint32_t owner, uint32_t event) {
    uint32_t old = BPMN_NONE;
    for (uint32_t i = 0; i < plan->from->node_count; i++)
        if (plan->nodes[i] == owner)
            old = i;
    for (uint32_t i = 0; i < plan->from->node_count && old != BPMN_NONE; i++)
        if (plan->nodes[i] == event && keeps(plan, old, i))
            return true;
    return false;
}

/* What the new version waits for and the old one did not. */
static bool open_new(struct run *run, const struct plan *plan, uint32_t id) {
    struct bpmn_instance row = *run_instance(run, id);
    struct arms arms, missing;
    struct str why;
    enum bpmn_incident code = BPMN_INCIDENT_NONE;
    bool early =
        row.incident != 0 && (row.phase == BPMN_PHASE_ENTERING || row.phase == BPMN_PHASE_ACTING);
    if (early && row.rows == 0) /* a retry opens everything */
        return true;
    if (!run_arms(&arms, &why, &code, run, id))
        return false;
    if (why.len > 0)
        return err_set(run->err, ERR_INVALID, err_nowhere,
                       "element '%.*s' cannot be migrated: "
                       "%.*s",
                       STR_ARG(run_node(run, id)->id), STR_ARG(why));
    bool closed = handlers_closed(run, id);
    missing = (struct arms){.list = arena_new(run->arena, struct arm, arms.count)};
    for (size_t i = 0; i < arms.count; i++) {
        bool handler = run->process->nodes[arms.list[i].node].kind == BPMN_START;
        if (!is_armed(run->state, id, &arms.list[i]) && !(handler && closed) &&
            !was_there(plan, row.node, arms.list[i].node))
            missing.list[missing.count++] = arms.list[i];
    }
    return run_arm(run, id, &missing);
}

bool run_migrate(struct run *run, const struct bpmn_input *input) {
    struct plan plan = {.from = run->process,
                        .to = input->target,
                        .input = input,
                        .state = run->state,
                        .err = run->err};
    if (!make_plan(&plan, run->arena) || !close_old(run, &plan))
        return false;
    struct feel_entry *entries = arena_new(run->arena, struct feel_entry, 2);
    entries[0] = (struct feel_entry){STR("nodes"), pairs(run, plan.nodes, plan.from->node_count)};
    entries[1] = (struct feel_entry){STR("flows"), pairs(run, plan.flows, plan.from->flow_count)};
    run->process = input->target;
    if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_MIGRATED,
                                            .instance = 1,
                                            .name = input->target->id,
                                            .value = feel_context_of(run->arena, entries, 2)}))
        return false;
    uint32_t count = run->state->instances.count;
    for (uint32_t i = 0; i < count; i++)
        if (!open_new(run, &plan, run->state->instances.list[i].id))
            return false;
    return true;
}
