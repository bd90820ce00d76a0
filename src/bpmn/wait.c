/* What an instance waits for - its own event, its boundary events, the events behind an event-based
 * gateway, event sub-processes - and what happens when it comes (BPMN 2.0.2: 13.5.3, 13.5.4). */
#include <inttypes.h>

#include "bpmn/engine.h"

struct bpmn_event_def run_def(const struct bpmn_node *node, uint32_t index) {
    if (index < node->def_count)
        return node->defs[index];
    return (struct bpmn_event_def){
        .event = BPMN_EVENT_MESSAGE, .message = node->message, .key = node->key};
}

/* One of the definitions of an event. */
static bool arm_def(struct arms *out, struct str *why, enum bpmn_incident *code, struct run *run,
                    uint32_t id, struct arm arm) {
    const struct bpmn_event_def def = run_def(&run->process->nodes[arm.node], arm.def);
    arm.event = def.event;
    switch (def.event) {
    case BPMN_EVENT_TIMER:
        *code = BPMN_INCIDENT_TIMER;
        if (!run_due(&arm, why, run, id, &def))
            return false;
        break;
    case BPMN_EVENT_MESSAGE:
        *code = BPMN_INCIDENT_MESSAGE;
        if (!run_text(&arm.name, why, run, id, &def.message))
            return false;
        if (why->len == 0 && def.key.text.at != NULL && !run_text(&arm.key, why, run, id, &def.key))
            return false;
        break;
    case BPMN_EVENT_SIGNAL:
        *code = BPMN_INCIDENT_MESSAGE;
        arm.name = def.code;
        if (def.code_expr.text.at != NULL && !run_text(&arm.name, why, run, id, &def.code_expr))
            return false;
        break;
    case BPMN_EVENT_CONDITIONAL: break;
    default: return true; /* errors and escalations are looked for when they are thrown */
    }
    if (why->len == 0)
        out->list[out->count++] = arm;
    return true;
}

static uint32_t def_count(const struct bpmn_node *node) {
    return node->kind == BPMN_RECEIVE_TASK ? 1 : (uint32_t)node->def_count;
}

static bool arm_node(struct arms *out, struct str *why, enum bpmn_incident *code, struct run *run,
                     uint32_t id, uint32_t node) {
    for (uint32_t i = 0; i < def_count(&run->process->nodes[node]) && why->len == 0; i++)
        if (!arm_def(out, why, code, run, id, (struct arm){.node = node, .def = i}))
            return false;
    return true;
}

/* The nodes whose events the instance waits for, into list (or only counted). */
static uint32_t awaited(uint32_t *list, const struct run *run, const struct bpmn_instance *row) {
    const struct bpmn_process *p = run->process;
    const struct bpmn_node *node = &p->nodes[row->node];
    uint32_t count = 0;
    for (uint32_t i = 0; bpmn_hosts(row) && i < node->boundary_count; i++, count++)
        if (list != NULL)
            list[count] = node->boundaries[i];
    if (!bpmn_acts(row))
        return count;
    bool own = node->kind == BPMN_RECEIVE_TASK ||
               (node->kind == BPMN_CATCH && node->event != BPMN_EVENT_LINK);
    if (own && list != NULL)
        list[count] = node->index;
    count += own;
    for (uint32_t i = 0; node->kind == BPMN_EVENT_BASED && i < node->out_count; i++, count++)
        if (list != NULL)
            list[count] = p->flows[node->out[i]].to;
    for (uint32_t i = 0; i < node->child_count; i++) {
        const struct bpmn_node *sub = &p->nodes[node->children[i]];
        if (sub->kind != BPMN_EVENT_SUB_PROCESS)
            continue;
        if (list != NULL)
            list[count] = sub->start;
        count++;
    }
    return count;
}

bool run_arms(struct arms *out, struct str *why, enum bpmn_incident *code, struct run *run,
              uint32_t id) {
    const struct bpmn_instance row = *run_instance(run, id);
    uint32_t count = awaited(NULL, run, &row);
    *out = (struct arms){0};
    *why = STR_NONE;
    if (count == 0)
        return true;
    uint32_t *nodes = arena_new(run->arena, uint32_t, count);
    size_t room = 0;
    (void)awaited(nodes, run, &row);
    for (uint32_t i = 0; i < count; i++)
        room += def_count(&run->process->nodes[nodes[i]]);
    out->list = arena_new(run->arena, struct arm, room);
    for (uint32_t i = 0; i < count && why->len == 0; i++)
        if (!arm_node(out, why, code, run, id, nodes[i]))
            return false;
    return true;
}

bool run_arms_of(struct arms *out, struct str *why, enum bpmn_incident *code, struct run *run,
                 uint32_t id, uint32_t node, uint32_t not_def) {
    uint32_t count = def_count(&run->process->nodes[node]);
    *out = (struct arms){.list = arena_new(run->arena, struct arm, count)};
    *why = STR_NONE;
    for (uint32_t i = 0; i < count && why->len == 0; i++)
        if (i != not_def && !arm_def(out, why, code, run, id, (struct arm){.node = node, .def = i}))
            return false;
    return true;
}

bool run_arm(struct run *run, uint32_t id, const struct arms *arms) {
    for (size_t i = 0; i < arms->count; i++) {
        const struct arm *arm = &arms->list[i];
        bool ok;
        if (arm->event == BPMN_EVENT_TIMER)
            ok = run_timer(run, id, arm);
        else
            ok = run_emit(run, (struct bpmn_record){.kind = BPMN_REC_WAIT,
                                                    .code = (uint8_t)arm->event,
                                                    .instance = id,
                                                    .node = arm->node,
                                                    .ref = run->state->last_id + 1,
                                                    .n = arm->def,
                                                    .name = arm->name,
                                                    .text = arm->key});
        if (!ok)
            return false;
    }
    return true;
}

bool run_close_jobs(struct run *run, uint32_t id) {
    const struct bpmn_state *state = run->state;
    for (uint32_t i = 0; i < state->jobs.count;) {
        if (state->jobs.list[i].instance != id) {
            i++;
            continue;
        }
        if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_JOB_CLOSED,
                                                .instance = id,
                                                .ref = state->jobs.list[i].id}))
            return false;
    }
    return true;
}

bool run_disarm(struct run *run, uint32_t id, enum bpmn_kind only) {
    struct bpmn_state *state = run->state;
    const struct bpmn_node *nodes = run->process->nodes;
    if (run_instance(run, id)->rows == 0)
        return true;
    for (uint32_t i = 0; i < state->timers.count;) {
        const struct bpmn_timer_row *row = &state->timers.list[i];
        if (row->instance != id || (only != BPMN_KINDS && nodes[row->node].kind != only)) {
            i++;
            continue;
        }
        if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TIMER_CLEARED,
                                                .instance = id,
                                                .node = row->node,
                                                .ref = row->id}))
            return false;
    }
    for (uint32_t i = 0; i < state->waits.count;) {
        const struct bpmn_wait *row = &state->waits.list[i];
        if (row->instance != id || (only != BPMN_KINDS && nodes[row->node].kind != only)) {
            i++;
            continue;
        }
        if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_WAIT_CLOSED,
                                                .instance = id,
                                                .node = row->node,
                                                .ref = row->id}))
            return false;
    }
    return only != BPMN_KINDS || run_close_jobs(run, id);
}

/* --- what came
 * ------------------------------------------------------------------------------------------ */
/* An event that has fired is entered: with what it brought, and its listeners. */
static bool enter_fired(struct run *run, uint32_t node, uint32_t scope, uint32_t trigger,
                        struct feel_value variables) {
    uint32_t id;
    bool within;
    struct entry entry = {.node = node, .scope = scope, .flow = -1, .trigger = trigger};
    if (!run_enter(run, &id, entry) || !run_accept(run, id, variables) ||
        !run_in_limit(&within, run, id) || !within)
        return run->err->code == ERR_NONE;
    return run_has_listeners(run, &run->process->nodes[node], BPMN_LISTEN_START)
               ? run_execute(run, id)
               : run_leave(run, id);
}

/* The instance of a start event that has fired, entered with what its event brought. */
static bool enter_start(uint32_t *out, struct run *run, uint32_t node, uint32_t scope,
                        struct feel_value variables) {
    struct entry entry = {.node = node,
                          .scope = scope,
                          .flow = -1,
                          .trigger = run_instance(run, scope)->triggered_by};
    return run_enter(run, out, entry) && run_accept(run, *out, variables);
}

static bool pass_start(struct run *run, uint32_t start) {
    bool within;
    if (!run_in_limit(&within, run, start) || !within)
        return run->err->code == ERR_NONE;
    return run_has_listeners(run, run_node(run, start), BPMN_LISTEN_START) ? run_execute(run, start)
                                                                           : run_leave(run, start);
}

bool run_open_handler(struct run *run, uint32_t sub) {
    uint32_t node = run_node(run, sub)->start, id = 0;
    for (uint32_t i = 0; i < run->state->instances.count && id == 0; i++)
        if (run->state->instances.list[i].scope == sub &&
            run->state->instances.list[i].node == node)
            id = run->state->instances.list[i].id;
    return (id != 0 || enter_start(&id, run, node, sub, feel_null())) && pass_start(run, id);
}

/* An event sub-process of a scope. Its start event is entered at once when the sub-process itself
 * has to wait, for a listener or in an incident: so what the event brought is kept. */
static bool fire_handler(struct run *run, uint32_t node, uint32_t scope, uint32_t trigger,
                         struct feel_value variables) {
    const struct bpmn_node *handler = &run->process->nodes[run->process->nodes[node].parent];
    struct entry entry = {.node = handler->index, .scope = scope, .flow = -1, .trigger = trigger};
    enum bpmn_incident code = BPMN_INCIDENT_MAPPING;
    struct arms arms;
    struct str why;
    uint32_t sub, id;
    if (!run_enter(run, &sub, entry) || !run_map_inputs(&why, run, sub))
        return false;
    bool listens = why.len == 0 && run_has_listeners(run, handler, BPMN_LISTEN_START);
    if (why.len == 0 && !listens && !run_arms(&arms, &why, &code, run, sub))
        return false;
    if (why.len > 0)
        return enter_start(&id, run, node, sub, variables) &&
               run_incident(run, sub, code, BPMN_PHASE_ENTERING, why);
    if (listens) {
        bool asked;
        return enter_start(&id, run, node, sub, variables) &&
               run_listen(&asked, run, sub, BPMN_LISTEN_START, 0);
    }
    return run_arm(run, sub, &arms) && enter_start(&id, run, node, sub, variables) &&
           pass_start(run, id);
}

/* A boundary event or the event sub-process of a scope. */
/* BPMN 2.0.2: 10.5.6, 13.5.2 */
static bool fire(struct run *run, uint32_t node, uint32_t scope, uint32_t trigger,
                 struct feel_value variables) {
    return run->process->nodes[node].kind == BPMN_START
               ? fire_handler(run, node, scope, trigger, variables)
               : enter_fired(run, node, scope, trigger, variables);
}

/* Does the event, of which one part came, wait for others? Then what came is kept, and when all are
 * there an event that does not interrupt waits for all of them anew. */
static bool wait_for_others(bool *waits, struct run *run, uint32_t owner,
                            const struct bpmn_node *event, struct feel_value variables) {
    const struct bpmn_state *state = run->state;
    *waits = false;
    if (event->event != BPMN_EVENT_PARALLEL_MULTIPLE)
        return true;
    for (uint32_t i = 0; i < state->timers.count && !*waits; i++)
        *waits =
            state->timers.list[i].instance == owner && state->timers.list[i].node == event->index;
    for (uint32_t i = 0; i < state->waits.count && !*waits; i++)
        *waits =
            state->waits.list[i].instance == owner && state->waits.list[i].node == event->index;
    if (*waits) { /* what hangs on an activity, or begins in it, brings nothing of the activity's
                     own */
        uint32_t host = run_instance(run, owner)->scope;
        return event->kind == BPMN_BOUNDARY ? run_bring(run, host, variables)
               : event->kind == BPMN_START  ? run_bring(run, owner, variables)
                                            : run_accept(run, owner, variables);
    }
    bool own = run_instance(run, owner)->node == event->index; /* it waits in itself, and once */
    if (own || event->interrupting || (event->kind != BPMN_BOUNDARY && event->kind != BPMN_START))
        return true;
    struct arms arms = {.list = arena_new(run->arena, struct arm, event->def_count)};
    struct str why = STR_NONE;
    enum bpmn_incident code = BPMN_INCIDENT_NONE;
    if (!arm_node(&arms, &why, &code, run, owner, event->index))
        return false;
    if (why.len > 0)
        return err_set(run->err, ERR_INVALID, err_nowhere,
                       "event '%.*s' could not be evaluated again: %.*s", STR_ARG(event->id),
                       STR_ARG(why));
    return run_arm(run, owner, &arms);
}

/* Behind an event-based gateway: the first event decides. */
/* BPMN 2.0.2: 13.4.4 */
static bool pass_gateway(struct run *run, uint32_t owner, uint32_t node,
                         struct feel_value variables) {
    const struct bpmn_node *event = &run->process->nodes[node];
    struct bpmn_instance host = *run_instance(run, owner);
    uint32_t id, flow = event->in[0];
    struct entry entry = {.node = node, .scope = host.scope, .flow = flow, .trigger = owner};
    bool ok =
        run_disarm(run, owner, BPMN_KINDS) &&
        run_emit(
            run,
            (struct bpmn_record){.kind = BPMN_REC_LEFT, .instance = owner, .node = host.node}) &&
        run_emit(run,
                 (struct bpmn_record){.kind = BPMN_REC_TAKEN, .node = flow, .scope = host.scope}) &&
        run_enter(run, &id, entry) && run_accept(run, id, variables);
    if (!ok)
        return false;
    return run_has_listeners(run, event, BPMN_LISTEN_START) ? run_execute(run, id)
                                                            : run_leave(run, id);
}

/* An ad-hoc sub-process takes up nothing new then; its worker is not asked any more. */
static bool interrupt_scope(struct run *run, uint32_t scope) {
    bool ad_hoc = run_node(run, scope)->kind == BPMN_AD_HOC;
    return run_disarm(run, scope, BPMN_START) && (!ad_hoc || run_close_jobs(run, scope)) &&
           run_empty(run, scope) && (!ad_hoc || run_closing(run, scope, BPMN_CLOSING_COMPLETE));
}

bool run_trigger(struct run *run, uint32_t owner, uint32_t node, struct feel_value variables) {
    const struct bpmn_node *event = &run->process->nodes[node];
    struct bpmn_instance host = *run_instance(run, owner);
    bool waits;
    if (!wait_for_others(&waits, run, owner, event, variables))
        return false;
    if (waits)
        return true;
    if (event->kind == BPMN_BOUNDARY) {
        if (event->interrupting && !run_cancel(run, owner))
            return false;
        return fire(run, node, host.scope, owner, variables);
    }
    if (host.node == node)
        return run_accept(run, owner, variables) && run_leave(run, owner);
    if (event->kind == BPMN_START) {
        if (event->interrupting && !interrupt_scope(run, owner))
            return false;
        return fire(run, node, owner, owner, variables);
    }
    return pass_gateway(run, owner, node, variables);
}

/* --- conditions
 * ----------------------------------------------------------------------------------------- */
/* Is this one worth looking at after what changed? */
static bool concerns(const struct run *run, const struct bpmn_event_def *def) {
    for (size_t c = 0; c < run->change_count; c++) {
        const struct change *change = &run->changes[c];
        uint8_t bit = change->created ? BPMN_CHANGE_CREATE : BPMN_CHANGE_UPDATE;
        bool named = def->watched_count == 0;
        for (size_t i = 0; !named && i < def->watched_count; i++)
            named = str_eq(def->watched[i], change->name);
        if (named && (def->changes == 0 || (def->changes & bit) != 0))
            return true;
    }
    return false;
}

/* --- data that are not there yet (BPMN 2.0.2: 13.3.2, Ready)
 * ------------------------------------------------------------------------- */
static bool is_inputs(const struct run *run, const struct bpmn_wait *wait) {
    enum bpmn_group group = bpmn_kind_group(run->process->nodes[wait->node].kind);
    return group == BPMN_GROUP_WORK || group == BPMN_GROUP_SCOPE;
}

bool run_await_inputs(bool *waits, struct run *run, uint32_t id) {
    bool there;
    *waits = false;
    if (!run_has_inputs(&there, run, id) || there)
        return run->err->code == ERR_NONE;
    *waits = true;
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_WAIT,
                                              .code = BPMN_EVENT_CONDITIONAL,
                                              .instance = id,
                                              .node = run_instance(run, id)->node,
                                              .ref = run->state->last_id + 1});
}

static bool look_for_inputs(bool *fired, struct run *run, struct bpmn_wait wait) {
    if (!run_has_inputs(fired, run, wait.instance) || !*fired)
        return run->err->code == ERR_NONE;
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_WAIT_MET,
                                              .instance = wait.instance,
                                              .node = wait.node,
                                              .ref = wait.id}) &&
           run_execute(run, wait.instance);
}

/* It fires when it becomes true, not while it stays so (BPMN 2.0.2: 10.5.5, conditional). A
 * condition that gives nothing is not true: its variables are not there yet. */
static bool look(bool *fired, struct run *run, struct bpmn_wait wait) {
    const struct bpmn_node *node = &run->process->nodes[wait.node];
    struct feel_value value;
    struct str why;
    if (is_inputs(run, &wait))
        return look_for_inputs(fired, run, wait);
    if (!run_eval(&value, &why, run, wait.instance, &node->defs[wait.def].condition,
                  run->env->now_us))
        return false;
    bool is_true = feel_is_true(value);
    *fired = is_true && !wait.is_true;
    if (is_true == wait.is_true)
        return true;
    struct bpmn_record record = {.kind = BPMN_REC_CONDITION,
                                 .code = is_true,
                                 .instance = wait.instance,
                                 .node = wait.node,
                                 .ref = wait.id};
    if (!run_emit(run, record) || !is_true)
        return !is_true && run->err->code == ERR_NONE;
    record.kind = BPMN_REC_WAIT_MET;
    record.code = 0;
    return run_emit(run, record) && run_trigger(run, wait.instance, wait.node, feel_null());
}

bool run_conditions(struct run *run) {
    const struct bpmn_state *state = run->state;
    uint32_t looked = run->looked, last = state->last_id, seen = 0;
    size_t changes = run->change_count;
    run->looked = last;
    for (uint32_t i = 0; i < state->waits.count && run->oracle == NULL;) {
        struct bpmn_wait wait = state->waits.list[i++];
        const struct bpmn_event_def def = run_def(&run->process->nodes[wait.node], wait.def);
        bool fired = false;
        if (wait.id <= seen || wait.id > last || wait.event != BPMN_EVENT_CONDITIONAL)
            continue;
        seen = wait.id;
        if ((wait.id > looked || concerns(run, &def)) && !look(&fired, run, wait))
            return false;
        if (state->ending != 0)
            return true;
        if (fired)
            i = 0; /* rows moved */
    }
    /* those that came meanwhile are for the next look */
    run->change_count -= changes;
    if (run->change_count > 0)
        memmove(run->changes, run->changes + changes, run->change_count * sizeof *run->changes);
    return true;
}
