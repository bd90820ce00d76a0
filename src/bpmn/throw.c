/* Errors and escalations find their catcher (BPMN 2.0.2: 13.5.3, 13.5.4, 10.5.7); what throwing
 * events do. */
#include "bpmn/engine.h"

/* Which of the catcher's definitions fits; BPMN_NONE. */
static bool code_fits(const struct bpmn_node *catcher, enum bpmn_event event, struct str code,
                      bool exact) {
    for (size_t i = 0; i < catcher->def_count; i++) {
        const struct bpmn_event_def *def = &catcher->defs[i];
        if (def->event == event && (exact ? str_eq(def->code, code) : def->code.len == 0))
            return true;
    }
    return false;
}

/* An event that names the code comes before one that catches all. */
static const struct bpmn_node *boundary_for(const struct bpmn_process *p,
                                            const struct bpmn_node *host, enum bpmn_event event,
                                            struct str code) {
    for (int exact = 1; exact >= 0; exact--)
        for (uint32_t i = 0; i < host->boundary_count; i++)
            if (code_fits(&p->nodes[host->boundaries[i]], event, code, exact == 1))
                return &p->nodes[host->boundaries[i]];
    return NULL;
}

static const struct bpmn_node *sub_for(const struct bpmn_process *p, const struct bpmn_node *scope,
                                       uint32_t not_this, enum bpmn_event event, struct str code) {
    for (int exact = 1; exact >= 0; exact--)
        for (uint32_t i = 0; i < scope->child_count; i++) {
            const struct bpmn_node *sub = &p->nodes[scope->children[i]];
            if (sub->kind == BPMN_EVENT_SUB_PROCESS && sub->index != not_this &&
                code_fits(&p->nodes[sub->start], event, code, exact == 1))
                return &p->nodes[sub->start];
        }
    return NULL;
}

static bool has_handlers(const struct bpmn_process *p, const struct bpmn_node *node) {
    for (uint32_t i = 0; i < node->child_count; i++)
        if (p->nodes[node->children[i]].kind == BPMN_EVENT_SUB_PROCESS)
            return true;
    return false;
}

bool run_handlers_open(const struct run *run, uint32_t scope) {
    const struct bpmn_state *state = run->state;
    uint32_t handlers = 0;
    if (!has_handlers(run->process, run_node(run, scope)) || run_ad_hoc_goes_on(run, scope))
        return true;
    for (uint32_t i = 0; i < state->spent.count; i++) /* a complex gateway that resets goes on */
        if (state->spent.list[i].scope == scope)
            return true;
    for (uint32_t i = 0; i < state->instances.count; i++) {
        const struct bpmn_instance *row = &state->instances.list[i];
        const struct bpmn_node *node = &run->process->nodes[row->node];
        handlers += row->scope == scope &&
                    (node->kind == BPMN_EVENT_SUB_PROCESS || node->for_compensation ||
                     row->as == BPMN_AS_UNDO || row->closing == BPMN_CLOSING_CANCEL);
    }
    return handlers == 0 || run_instance(run, scope)->live > handlers;
}

/* Before its listeners for the start are done nothing runs in it, nor when those for the end are
 * asked. */
static bool has_listener_job(const struct bpmn_state *state, uint32_t id) {
    for (uint32_t i = 0; i < state->jobs.count; i++)
        if (state->jobs.list[i].instance == id && state->jobs.list[i].kind == BPMN_JOB_LISTENER)
            return true;
    return false;
}

/* Who catches what comes out of the instance `from`: an event sub-process of a scope, or a boundary
 * event of an activity. *at is the instance that it hangs on. */
static const struct bpmn_node *catcher_of(uint32_t *at, const struct run *run, uint32_t from,
                                          enum bpmn_event event, struct str code) {
    const struct bpmn_process *p = run->process;
    uint32_t came_from = BPMN_NONE;
    for (*at = from; *at != 0;) {
        const struct bpmn_instance *instance = bpmn_instance(run->state, *at);
        const struct bpmn_node *node = &p->nodes[instance->node], *catcher = NULL;
        if (instance->closing != BPMN_CLOSING_CANCEL && bpmn_acts(instance)) {
            catcher = sub_for(p, node, came_from, event, code);
            bool runs = (instance->live > 0 || run_ad_hoc_is_open(run, *at)) &&
                        !has_listener_job(run->state, *at);
            if (catcher != NULL && (!runs || !run_handlers_open(run, *at)))
                catcher = NULL;
        }
        if (catcher == NULL && bpmn_hosts(instance))
            catcher = boundary_for(p, node, event, code);
        if (catcher != NULL)
            return catcher;
        came_from = instance->node;
        *at = instance->scope;
    }
    return NULL;
}

bool bpmn_catches(const struct bpmn_state *state, const struct bpmn_process *process,
                  uint32_t instance, enum bpmn_event event, struct str code) {
    union {
        const struct bpmn_state *in;
        struct bpmn_state *out;
    } only_read = {.in = state};
    struct run run = {.state = only_read.out, .process = process};
    uint32_t at;
    return bpmn_instance(state, instance) != NULL &&
           catcher_of(&at, &run, instance, event, code) != NULL;
}

bool run_throw(bool *caught, struct run *run, uint32_t from, enum bpmn_event event, struct str code,
               struct feel_value variables) {
    uint32_t at;
    const struct bpmn_node *catcher = catcher_of(&at, run, from, event, code);
    *caught = catcher != NULL;
    return catcher == NULL || run_trigger(run, at, catcher->index, variables);
}

/* The process ends, and who called it gets the error. */
static bool end_by(struct run *run, struct str code, struct feel_value variables) {
    run->abrupt = true;
    bool ok = run_empty(run, 1) && run_end(run, BPMN_ENDING_ERROR, code, variables);
    run->abrupt = false;
    return ok;
}

bool run_throw_from(struct run *run, uint32_t id, uint32_t from, const struct thrown *thrown) {
    const struct bpmn_env *env = run->env;
    uint32_t at;
    const struct bpmn_node *catcher = catcher_of(&at, run, from, thrown->event, thrown->code);
    bool outside = catcher == NULL &&
                   (run->oracle != NULL ? run_node(run, id)->escapes
                                        : env->catches != NULL &&
                                              env->catches(env->self, thrown->event, thrown->code));
    if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_THROWN,
                                            .code = (uint8_t)thrown->event,
                                            .instance = id,
                                            .node = run_instance(run, id)->node,
                                            .n = outside,
                                            .name = thrown->code,
                                            .text = thrown->text}))
        return false;
    if (catcher != NULL)
        return run_trigger(run, at, catcher->index, thrown->variables);
    /* an escalation nobody catches is no fault (BPMN 2.0.2: 10.5.7) */
    if (thrown->event == BPMN_EVENT_ESCALATION)
        return true;
    if (outside)
        return end_by(run, thrown->code, thrown->variables);
    return run_incident(
        run, id, BPMN_INCIDENT_ERROR, run_act_phase(run_node(run, id)),
        arena_printf(run->arena, "nothing catches the error '%.*s'", STR_ARG(thrown->code)));
}

/* --- throwing events
 * ------------------------------------------------------------------------------------ */
/* The variables that a thrown message or signal takes along: those that input mappings made. */
static struct feel_value taken_along(struct run *run, uint32_t id) {
    return run_node(run, id)->input_count > 0 ? bpmn_own_variables(run->state, id, run->arena)
                                              : feel_null();
}

static bool send(struct str *why, struct run *run, uint32_t id, const struct bpmn_expr *message,
                 const struct bpmn_expr *key_expr) {
    struct str name, key = STR_NONE;
    if (!run_text(&name, why, run, id, message))
        return false;
    if (why->len == 0 && key_expr->text.at != NULL && !run_text(&key, why, run, id, key_expr))
        return false;
    return why->len > 0 || run_emit(run, (struct bpmn_record){.kind = BPMN_REC_SENT,
                                                              .instance = id,
                                                              .node = run_instance(run, id)->node,
                                                              .name = name,
                                                              .text = key,
                                                              .value = taken_along(run, id)});
}

bool run_throw_def(struct run *run, uint32_t id, uint32_t from, const struct bpmn_event_def *def) {
    struct str why = STR_NONE;
    struct thrown thrown = {.event = def->event, .code = def->code};
    bool ok = true;
    if (def->code_expr.text.at != NULL && !run_text(&thrown.code, &why, run, id, &def->code_expr))
        return false;
    if (why.len == 0 && def->event == BPMN_EVENT_MESSAGE && def->message.text.at != NULL)
        ok = send(&why, run, id, &def->message, &def->key);
    if (!ok)
        return false;
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_MESSAGE, run_act_phase(run_node(run, id)), why);
    switch (def->event) {
    case BPMN_EVENT_SIGNAL:
        return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_THROWN,
                                                  .code = BPMN_EVENT_SIGNAL,
                                                  .instance = id,
                                                  .node = run_instance(run, id)->node,
                                                  .name = thrown.code,
                                                  .value = taken_along(run, id)});
    case BPMN_EVENT_ESCALATION:
    case BPMN_EVENT_ERROR: return run_throw_from(run, id, from, &thrown);
    default: return true;
    }
}

/* Still there, and not stopped by what it threw? */
static bool goes_on(const struct run *run, uint32_t id) {
    const struct bpmn_instance *instance =
        run->state->ending == 0 ? bpmn_instance(run->state, id) : NULL;
    return instance != NULL && instance->incident == 0 && instance->closing == 0;
}

/* A multiple event throws all; what ends the scope comes last, compensation before it. */
bool run_throw_event(struct run *run, uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    uint32_t scope = run_instance(run, id)->scope;
    struct str why = STR_NONE;
    bool waits = false;
    if (node->kind == BPMN_SEND_TASK) {
        if (node->message.text.at == NULL || run->oracle != NULL)
            return run_leave(run, id); /* its letter was everything */
        if (!send(&why, run, id, &node->message, &node->key))
            return false;
        return why.len > 0 ? run_incident(run, id, BPMN_INCIDENT_MESSAGE, run_act_phase(node), why)
                           : run_leave(run, id);
    }
    for (int turn = 0; turn < 3; turn++)
        for (size_t i = 0; i < node->def_count; i++) {
            const struct bpmn_event_def *def = &node->defs[i];
            int when = def->event == BPMN_EVENT_COMPENSATION                               ? 1
                       : def->event == BPMN_EVENT_ERROR || def->event == BPMN_EVENT_CANCEL ? 2
                                                                                           : 0;
            if (when != turn)
                continue;
            if (turn == 1 && !run_compensate(&waits, run, id, def))
                return false;
            if (turn == 1 && waits)
                return true; /* an event that does more than wait for this is not read */
            if (def->event == BPMN_EVENT_CANCEL)
                return run_cancel_transaction(run, id);
            if (turn != 1 && !run_throw_def(run, id, scope, def))
                return false;
            if (!goes_on(run, id))
                return true;
        }
    return run_leave(run, id);
}
