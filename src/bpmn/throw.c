/* Errors and escalations find their catcher (BPMN 2.0.2: 13.5.3, 13.5.4, 10.5.7). */
#include "bpmn/engine.h"

static bool code_fits(const struct bpmn_node *catcher, enum bpmn_event event, struct str code,
                      bool exact) {
    if (catcher->event != event)
        return false;
    return exact ? str_eq(catcher->code, code) : catcher->code.len == 0;
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

bool run_handlers_open(const struct run *run, uint32_t scope) {
    const struct bpmn_state *state = run->state;
    uint32_t handlers = 0;
    for (uint32_t i = 0; i < state->instances.count; i++)
        handlers +=
            state->instances.list[i].scope == scope &&
            run->process->nodes[state->instances.list[i].node].kind == BPMN_EVENT_SUB_PROCESS;
    return handlers == 0 || run_instance(run, scope)->live > handlers;
}

bool run_throw(bool *caught, struct run *run, uint32_t from, enum bpmn_event event, struct str code,
               struct feel_value variables) {
    const struct bpmn_process *p = run->process;
    *caught = true;
    for (uint32_t at = from, came_from = BPMN_NONE; at != 0;) {
        struct bpmn_instance instance = *run_instance(run, at);
        const struct bpmn_node *node = &p->nodes[instance.node];
        const struct bpmn_node *catcher = sub_for(p, node, came_from, event, code);
        if (catcher != NULL && !run_handlers_open(run, at))
            catcher = NULL;
        if (catcher == NULL)
            catcher = boundary_for(p, node, event, code);
        if (catcher != NULL)
            return run_trigger(run, at, catcher->index, variables);
        came_from = instance.node;
        at = instance.scope;
    }
    *caught = false;
    return true;
}
