/* Changes of a running instance from outside: elements begun and ended where no token would have
 * come (as Camunda 8 has it). All is checked first; then what is begun comes before what is ended,
 * so that no scope completes in between. */
#include <inttypes.h>

#include "bpmn/engine.h"

/* The scope that node stands in, if the instance is one that holds it. */
static bool holds(const struct run *run, const struct bpmn_instance *row, uint32_t parent) {
    const struct bpmn_node *node = &run->process->nodes[parent];
    if (row->node != parent || row->closing != 0)
        return false;
    return node->kind == BPMN_AD_HOC ? row->as == BPMN_AS_SLOT : bpmn_acts(row);
}

static bool is_within(const struct run *run, uint32_t id, uint32_t ancestor) {
    for (; id != 0; id = bpmn_instance(run->state, id)->scope)
        if (id == ancestor)
            return true;
    return false;
}

/* The instance of the scope in which the node is to be made, inside `ancestor`; 0: it has to be
 * made too, *many: there are several. */
static uint32_t scope_of(bool *many, const struct run *run, uint32_t parent, uint32_t ancestor) {
    uint32_t found = 0;
    *many = false;
    for (uint32_t i = 0; i < run->state->instances.count; i++) {
        const struct bpmn_instance *row = &run->state->instances.list[i];
        if (!holds(run, row, parent) || (ancestor != 0 && !is_within(run, row->id, ancestor)))
            continue;
        *many = *many || found != 0;
        found = row->id;
    }
    return found;
}

static bool refuse(struct run *run, const struct bpmn_node *node, const char *why) {
    return err_set(run->err, ERR_INVALID, err_nowhere, "element '%.*s' cannot be activated: %s",
                   STR_ARG(node->id), why);
}

static bool check_scopes(struct run *run, const struct bpmn_activate *one) {
    const struct bpmn_process *p = run->process;
    const struct bpmn_node *node = &p->nodes[one->node];
    const struct bpmn_instance *ancestor =
        one->ancestor == 0 ? NULL : bpmn_instance(run->state, one->ancestor);
    bool many = false, around = one->ancestor == 0;
    if (one->ancestor != 0 && (ancestor == NULL || ancestor->closing != 0))
        return err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                       "there is no element instance with the number %" PRIu32, one->ancestor);
    for (uint32_t at = node->parent; at != BPMN_NONE && ancestor != NULL; at = p->nodes[at].parent)
        around = around || ancestor->node == at;
    if (!around)
        return refuse(run, node, "the given ancestor is not around it");
    for (uint32_t at = node->parent; at != 0; at = p->nodes[at].parent) {
        if (run->state->last_id > 0 && scope_of(&many, run, at, one->ancestor) != 0)
            return !many || refuse(run, node,
                                   "several instances of its scope are active, and "
                                   "none is named");
        if (p->nodes[at].kind == BPMN_AD_HOC)
            return refuse(run, node, "its ad-hoc sub-process is not active");
        if (p->nodes[at].loop != NULL)
            return refuse(run, node, "its scope is a loop, of which no instance is named");
    }
    return true;
}

bool run_activate_check(struct run *run, const struct bpmn_input *input) {
    const struct bpmn_process *p = run->process;
    if (input->activate_count > BPMN_INSTRUCTIONS_MAX ||
        input->terminate_count > BPMN_INSTRUCTIONS_MAX)
        return err_set(run->err, ERR_LIMIT, err_nowhere, "more than %d instructions",
                       BPMN_INSTRUCTIONS_MAX);
    for (size_t i = 0; i < input->activate_count; i++) {
        const struct bpmn_activate *one = &input->activate[i];
        if (one->node == 0 || one->node >= p->node_count)
            return err_set(run->err, ERR_INVALID, err_nowhere,
                           "there is no element with the index %" PRIu32, one->node);
        const struct bpmn_node *node = &p->nodes[one->node];
        if (node->kind == BPMN_BOUNDARY || node->kind == BPMN_START)
            return refuse(run, node, "it is an event that begins something by itself");
        for (uint32_t k = 0; k < node->in_count; k++)
            if (p->nodes[p->flows[node->in[k]].from].kind == BPMN_EVENT_BASED)
                return refuse(run, node, "it belongs to an event-based gateway");
        if (node->for_compensation)
            return refuse(run, node, "it is only for compensation");
        if (!check_scopes(run, one))
            return false;
        for (size_t k = 0; k < one->scoped_count; k++)
            if (!vars_check(one->scoped[k].variables, run->state, run->err))
                return false;
    }
    return true;
}

/* --- activating
 * ----------------------------------------------------------------------------------------- */
static bool set_scoped(struct run *run, const struct bpmn_activate *one, uint32_t node,
                       uint32_t id) {
    for (size_t i = 0; i < one->scoped_count; i++) {
        struct feel_value variables = one->scoped[i].variables;
        size_t count = one->scoped[i].node == node && feel_kind(variables) == FEEL_CONTEXT
                           ? feel_count(variables)
                           : 0;
        for (size_t k = 0; k < count; k++)
            if (!run_set(run, id, feel_entries(variables)[k].name,
                         feel_entries(variables)[k].value))
                return false;
    }
    return true;
}

/* A scope that is not there yet is made, with its events but without its start. */
static bool make_scope(struct run *run, uint32_t *out, uint32_t node, uint32_t scope) {
    struct entry entry = {.node = node, .scope = scope, .flow = -1};
    struct arms arms;
    struct str why;
    enum bpmn_incident code = BPMN_INCIDENT_NONE;
    if (!run_enter(run, out, entry) || !run_map_inputs(&why, run, *out))
        return false;
    if (why.len == 0 && !run_arms(&arms, &why, &code, run, *out))
        return false;
    if (why.len > 0)
        return err_set(run->err, ERR_INVALID, err_nowhere,
                       "element '%.*s' cannot be activated: "
                       "%.*s",
                       STR_ARG(run->process->nodes[node].id), STR_ARG(why));
    return run_arm(run, *out, &arms);
}

static bool activate(struct run *run, const struct bpmn_activate *one) {
    const struct bpmn_process *p = run->process;
    uint32_t missing[BPMN_DEPTH_MAX + 1], depth = 0, at = p->nodes[one->node].parent, id, scope;
    bool many;
    while ((scope = scope_of(&many, run, at, at == 0 ? 0 : one->ancestor)) == 0) {
        if (at == 0 || depth > BPMN_DEPTH_MAX)
            return err_set(run->err, ERR_CONFLICT, err_nowhere, "the process is ending");
        missing[depth++] = at;
        at = p->nodes[at].parent;
    }
    if (!set_scoped(run, one, 0, 1) || (at != 0 && !set_scoped(run, one, at, scope)))
        return false;
    while (depth-- > 0) {
        if (!make_scope(run, &id, missing[depth], scope) ||
            !set_scoped(run, one, missing[depth], id))
            return false;
        scope = id;
    }
    bool loops = p->nodes[one->node].loop != NULL;
    struct entry entry = {.node = one->node,
                          .scope = scope,
                          .flow = -1,
                          .as = loops ? BPMN_AS_BODY : BPMN_AS_ELEMENT};
    if (!run_enter(run, &id, entry) || !set_scoped(run, one, one->node, id))
        return false;
    run_later(run, (struct todo){TODO_EXECUTE, id, 0});
    return true;
}

bool run_activate(struct run *run, const struct bpmn_input *input) {
    for (size_t i = 0; i < input->activate_count; i++)
        if (!activate(run, &input->activate[i]))
            return false;
    return true;
}

/* --- terminating
 * ----------------------------------------------------------------------------------------- */
/* A scope in which nothing is left is ended too; the process as cancelled from outside. What is
 * carried out several times goes on with the next, or completes. */
static bool terminate(struct run *run, uint32_t id) {
    uint32_t scope = run_instance(run, id)->scope;
    if (!run_cancel(run, id))
        return false;
    while (run->state->ending == 0 && run_instance(run, scope)->live == 0) {
        uint32_t around = run_instance(run, scope)->scope;
        if (scope == 1)
            return run_stop(run);
        if (run_instance(run, scope)->as == BPMN_AS_BODY)
            return run_gone(run, scope);
        if (!run_cancel(run, scope))
            return false;
        scope = around;
    }
    return run->state->ending != 0 || run_handlers_open(run, scope) ||
           run_disarm(run, scope, BPMN_START);
}

bool run_modify(struct run *run, const struct bpmn_input *input) {
    for (size_t i = 0; i < input->terminate_count; i++) {
        const struct bpmn_instance *row = bpmn_instance(run->state, input->terminate[i]);
        if (row == NULL || row->closing == BPMN_CLOSING_CANCEL)
            return err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                           "there is no element instance with the number %" PRIu32,
                           input->terminate[i]);
        if (row->id == 1)
            return err_set(run->err, ERR_INVALID, err_nowhere,
                           "the process itself is cancelled, not terminated");
    }
    if (!run_activate_check(run, input) || !run_activate(run, input))
        return false;
    for (size_t i = 0; i < input->terminate_count && run->state->ending == 0; i++)
        if (bpmn_instance(run->state, input->terminate[i]) != NULL &&
            !terminate(run, input->terminate[i]))
            return false;
    return true;
}
