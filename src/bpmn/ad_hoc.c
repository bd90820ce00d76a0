/* Ad-hoc sub-processes (BPMN 2.0.2: 10.3.5, 13.3.4): their elements have no order; who begins one
 * of them is the model (zeebe:adHoc activeElementsCollection), a job worker, or a person.
 *
 * 1. Each activation is a scope of its own, a slot: the element, what follows it, and the variables
 *    that came with it. It is over when nothing in it is left.
 * 2. After each slot the completion condition is asked. Without one the sub-process is over when
 *    nothing runs in it; with a job worker, when the worker says so. */
#include <inttypes.h>

#include "bpmn/lists.h"

static struct bpmn_loop_row *row_of(const struct run *run, uint32_t id) {
    uint32_t i;
    LIST_FIND(run->state, loops, instance, id, i);
    return i < run->state->loops.count ? &run->state->loops.list[i] : NULL;
}

static bool by_job(const struct run *run, const struct bpmn_node *node) {
    return node->job_type.text.at != NULL && run->oracle == NULL;
}

/* An element that can be begun: one to which nothing leads. */
static bool can_begin(const struct bpmn_process *p, const struct bpmn_node *ad_hoc, uint32_t node) {
    if (node == 0 || node >= p->node_count)
        return false;
    const struct bpmn_node *element = &p->nodes[node];
    return element->parent == ad_hoc->index && element->in_count == 0 &&
           !element->for_compensation && element->kind != BPMN_BOUNDARY &&
           element->kind != BPMN_EVENT_SUB_PROCESS;
}

static bool activate(struct run *run, uint32_t id, uint32_t node, struct feel_value variables) {
    const struct bpmn_loop_row *row = row_of(run, id);
    bool loops = run->process->nodes[node].loop != NULL;
    uint32_t slot, child;
    struct entry entry = {.node = run_instance(run, id)->node,
                          .scope = id,
                          .flow = -1,
                          .as = BPMN_AS_SLOT,
                          .number = row->begun + 1};
    if (!run_enter(run, &slot, entry))
        return false;
    size_t count = feel_kind(variables) == FEEL_CONTEXT ? feel_count(variables) : 0;
    for (size_t i = 0; i < count; i++)
        if (!run_set(run, slot, feel_entries(variables)[i].name, feel_entries(variables)[i].value))
            return false;
    entry = (struct entry){
        .node = node, .scope = slot, .flow = -1, .as = loops ? BPMN_AS_BODY : BPMN_AS_ELEMENT};
    if (!run_enter(run, &child, entry))
        return false;
    run_later(run, (struct todo){TODO_EXECUTE, child, 0});
    return true;
}

/* --- opening
 * -------------------------------------------------------------------------------------------- */
/* For the oracle: one of them, or none; each has a scope of its own, so none sees the others. */
static void pick_one(struct feel_value *out, struct run *run, const struct bpmn_node *node) {
    struct feel_value *items = arena_new(run->arena, struct feel_value, node->child_count);
    uint32_t count = 0, pick;
    for (uint32_t i = 0; i < node->child_count; i++)
        if (can_begin(run->process, node, node->children[i]))
            items[count++] = feel_int(node->children[i]);
    if (run_pick(&pick, run, node->index, count + 1) && pick < count)
        *out = feel_list(items + pick, 1);
}

/* The elements that the model activates, as indexes of nodes. */
static bool elements_of(struct feel_value *out, struct str *why, struct run *run, uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    struct feel_value value;
    *out = feel_list(NULL, 0);
    if (run->oracle != NULL) {
        pick_one(out, run, node);
        return true;
    }
    if (node->active.text.at == NULL)
        return true;
    if (!run_eval(&value, why, run, id, &node->active, run->env->now_us))
        return false;
    if (why->len == 0 && feel_kind(value) != FEEL_LIST)
        *why = run_not_a(run, &node->active, value, "a list of element ids");
    if (why->len > 0)
        return true;
    size_t count = feel_count(value);
    struct feel_value *items = arena_new(run->arena, struct feel_value, count);
    for (size_t i = 0; i < count && why->len == 0; i++) {
        struct feel_value item = feel_item(value, i);
        struct str name = feel_kind(item) == FEEL_STRING ? feel_as_string(item) : STR_NONE;
        const struct bpmn_node *element = bpmn_node(run->process, name);
        if (element == NULL || !can_begin(run->process, node, element->index))
            *why = arena_printf(run->arena, "'%.*s' is no element of '%.*s' that can be activated",
                                STR_ARG(name), STR_ARG(node->id));
        else
            items[i] = feel_int(element->index);
    }
    *out = feel_list(items, count);
    return true;
}

/* What a worker chooses from: [{elementId, elementName, documentation}]. */
static struct feel_value choices(struct run *run, const struct bpmn_node *node) {
    struct feel_value *items = arena_new(run->arena, struct feel_value, node->child_count);
    size_t count = 0;
    for (uint32_t i = 0; i < node->child_count; i++) {
        const struct bpmn_node *child = &run->process->nodes[node->children[i]];
        struct feel_entry entries[] = {
            {STR("elementId"), feel_string(child->id)},
            {STR("elementName"), feel_string(child->name.in[0])},
            {STR("documentation"), feel_string(child->documentation)},
        };
        if (can_begin(run->process, node, child->index))
            items[count++] = feel_context_of(run->arena, entries, COUNT_OF(entries));
    }
    return feel_list(items, count);
}

static bool ask_worker(struct run *run, uint32_t id, const struct arms *arms) {
    const struct bpmn_node *node = run_node(run, id);
    struct job_ask ask = {.kind = BPMN_JOB_AD_HOC,
                          .type = &node->job_type,
                          .retries = &node->retries,
                          .headers = run_headers(run, node->headers, node->header_count)};
    struct str why;
    if (!run_job(&why, run, id, arms, &ask))
        return false;
    return why.len == 0 || run_incident(run, id, BPMN_INCIDENT_JOB, run_act_phase(node), why);
}

bool run_ad_hoc_open(struct run *run, uint32_t id, const struct arms *arms) {
    const struct bpmn_node *node = run_node(run, id);
    struct feel_value elements;
    struct str why = STR_NONE;
    if (!elements_of(&elements, &why, run, id))
        return false;
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_AD_HOC, run_act_phase(node), why);
    size_t count = feel_count(elements), now = node->one_at_a_time && count > 1 ? 1 : count;
    struct bpmn_record loop = {.kind = BPMN_REC_LOOP,
                               .instance = id,
                               .node = node->index,
                               .n = -1,
                               .value = node->one_at_a_time && count > 0 ? elements : feel_null()};
    if (by_job(run, node)) {
        if (!run_set(run, id, STR("adHocSubProcessElements"), choices(run, node)) ||
            !ask_worker(run, id, arms))
            return false;
        return run_instance(run, id)->incident != 0 || run_emit(run, loop);
    }
    if (!run_arm(run, id, arms) || !run_emit(run, loop))
        return false;
    for (size_t i = 0; i < now; i++) {
        int64_t element = 0;
        (void)feel_to_i64(&element, feel_item(elements, i));
        if (!activate(run, id, (uint32_t)element, feel_null()))
            return false;
    }
    /* a collection that is empty asks for nothing; without any a person begins */
    bool nothing = count == 0 && (node->active.text.at != NULL || run->oracle != NULL);
    return !nothing || run_leave(run, id);
}

bool run_ad_hoc_is_open(const struct run *run, uint32_t id) {
    return row_of(run, id) != NULL;
}

/* --- after a slot
 * ---------------------------------------------------------------------------------------- */
static bool results_to_scope(struct run *run, uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    const struct bpmn_state *state = run->state;
    uint32_t count = 0;
    if (node->results.len == 0)
        return true;
    struct feel_value *items = arena_new(run->arena, struct feel_value, state->results.count);
    for (uint32_t i = 0; i < state->results.count; i++)
        if (state->results.list[i].instance == id)
            items[count++] = state->results.list[i].value;
    return run_propagate(run, run_instance(run, id)->scope, node->results, feel_list(items, count));
}

/* It is fulfilled: what runs in it is cancelled, or has still to be done. While that runs the
 * sub-process does, and its events can come (BPMN 2.0.2: 10.3.5, 13.3.5). */
static bool fulfil(struct run *run, uint32_t id, bool cancels) {
    if (cancels && !run_empty(run, id))
        return false;
    if (run_instance(run, id)->live > 0)
        return run_close_jobs(run, id) && run_closing(run, id, BPMN_CLOSING_COMPLETE) &&
               (run_handlers_open(run, id) || run_disarm(run, id, BPMN_START));
    return run_disarm(run, id, BPMN_KINDS) && results_to_scope(run, id) && run_leave(run, id);
}

/* The completion condition; without one nothing says that it is fulfilled. */
static bool is_fulfilled(bool *out, struct str *why, struct run *run, uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    *out = false;
    *why = STR_NONE;
    return node->complete.text.at == NULL || run->oracle != NULL ||
           run_bool(out, why, run, id, &node->complete);
}

/* The next of a sequence. */
static bool next_of(bool *did, struct run *run, uint32_t id) {
    const struct bpmn_loop_row *row = row_of(run, id);
    int64_t element = 0;
    *did = row != NULL && !feel_is_null(row->items) && row->begun < feel_count(row->items) &&
           feel_to_i64(&element, feel_item(row->items, row->begun));
    return !*did || activate(run, id, (uint32_t)element, feel_null());
}

bool run_ad_hoc_goes_on(const struct run *run, uint32_t id) {
    const struct bpmn_instance *instance = bpmn_instance(run->state, id);
    const struct bpmn_node *node = &run->process->nodes[instance->node];
    const struct bpmn_loop_row *row =
        node->kind == BPMN_AD_HOC && bpmn_acts(instance) ? row_of(run, id) : NULL;
    if (row == NULL || instance->closing != 0 || run->oracle != NULL)
        return false;
    return by_job(run, node) || node->complete.text.at != NULL ||
           (node->active.text.at == NULL && row->begun == 0); /* nobody has begun anything */
}

bool run_ad_hoc_drained(struct run *run, uint32_t id) {
    bool did;
    if (run_instance(run, id)->incident != 0)
        return true;
    if (run_instance(run, id)->closing != 0)
        return results_to_scope(run, id) && run_leave(run, id);
    if (!next_of(&did, run, id))
        return false;
    if (did || run_ad_hoc_goes_on(run, id))
        return true;
    return results_to_scope(run, id) && run_leave(run, id);
}

bool run_slot_done(struct run *run, uint32_t slot) {
    struct bpmn_instance instance = *run_instance(run, slot);
    const struct bpmn_node *node = run_node(run, slot);
    uint32_t id = instance.scope;
    struct feel_value result = feel_null();
    struct str why = STR_NONE;
    bool fulfilled = false;
    if (node->result_element.text.at != NULL && node->results.len > 0 && run->oracle == NULL) {
        if (!run_eval(&result, &why, run, slot, &node->result_element, run->env->now_us))
            return false;
        if (str_ends(why, STR("it gives null")))
            why = STR_NONE;
        if (why.len == 0 && !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_RESULT,
                                                                .instance = id,
                                                                .node = node->index,
                                                                .n = instance.counter - 1,
                                                                .value = result}))
            return false;
    }
    if (why.len == 0 && !is_fulfilled(&fulfilled, &why, run, id))
        return false;
    if (why.len > 0)
        return run_incident(run, slot, BPMN_INCIDENT_AD_HOC, BPMN_PHASE_LEAVING, why);
    if (!run_emit(run, (struct bpmn_record){
                           .kind = BPMN_REC_LEFT, .instance = slot, .node = node->index}))
        return false;
    struct bpmn_instance around = *run_instance(run, id);
    if (around.closing != 0)
        return run_gone(run, id);
    if (fulfilled)
        return fulfil(run, id, !node->keeps_remaining);
    if (by_job(run, node)) {
        struct arms none = {0};
        return run_close_jobs(run, id) && ask_worker(run, id, &none);
    }
    if (around.incident != 0)
        return true;
    bool did;
    return next_of(&did, run, id) && (did || run_gone(run, id));
}

/* --- inputs
 * --------------------------------------------------------------------------------------------- */
static bool check_activate(struct run *run, const struct bpmn_input *input, uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    if (input->activate_count > BPMN_INSTRUCTIONS_MAX)
        return err_set(run->err, ERR_LIMIT, err_nowhere, "more than %d elements to activate",
                       BPMN_INSTRUCTIONS_MAX);
    for (size_t i = 0; i < input->activate_count; i++) {
        const struct bpmn_activate *one = &input->activate[i];
        if (!can_begin(run->process, node, one->node))
            return err_set(
                run->err, ERR_INVALID, err_nowhere,
                "'%.*s' is no element of ad-hoc sub-process '%.*s' that can be activated",
                STR_ARG(one->node < run->process->node_count ? run->process->nodes[one->node].id
                                                             : STR_NONE),
                STR_ARG(node->id));
        for (size_t k = 0; k < one->scoped_count; k++)
            if (!vars_check(one->scoped[k].variables, run->state, run->err))
                return false;
    }
    bool more =
        input->activate_count > 1 ||
        (input->activate_count == 1 && run_instance(run, id)->live > 0 && !input->cancel_remaining);
    if (node->one_at_a_time && more)
        return err_set(run->err, ERR_CONFLICT, err_nowhere,
                       "ad-hoc sub-process '%.*s' does one thing at a time", STR_ARG(node->id));
    return true;
}

static bool activate_all(struct run *run, const struct bpmn_input *input, uint32_t id) {
    for (size_t i = 0; i < input->activate_count; i++)
        if (!activate(run, id, input->activate[i].node,
                      input->activate[i].scoped_count > 0 ? input->activate[i].scoped[0].variables
                                                          : feel_null()))
            return false;
    return true;
}

bool run_ad_hoc_input(struct run *run, const struct bpmn_input *input) {
    const struct bpmn_instance *found = bpmn_instance(run->state, input->id);
    if (found == NULL || run->process->nodes[found->node].kind != BPMN_AD_HOC || !bpmn_acts(found))
        return err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                       "there is no open adHocSubProcess with the number %" PRIu32, input->id);
    if (found->incident != 0 || found->closing != 0 || row_of(run, input->id) == NULL)
        return err_set(run->err, ERR_CONFLICT, err_nowhere,
                       "ad-hoc sub-process '%.*s' takes up nothing now",
                       STR_ARG(run->process->nodes[found->node].id));
    if (input->kind == BPMN_IN_FINISH)
        return fulfil(run, input->id, input->cancel_remaining);
    return check_activate(run, input, input->id) &&
           (!input->cancel_remaining || run_empty(run, input->id)) &&
           activate_all(run, input, input->id);
}

bool run_ad_hoc_job_done(struct run *run, const struct bpmn_input *input, uint32_t id) {
    if (!check_activate(run, input, id))
        return false;
    if (!run_emit(
            run,
            (struct bpmn_record){.kind = BPMN_REC_JOB_CLOSED, .instance = id, .ref = input->id}) ||
        !run_accept(run, id, input->variables))
        return false;
    if (input->fulfilled)
        return fulfil(run, id, input->cancel_remaining);
    return (!input->cancel_remaining || run_empty(run, id)) && activate_all(run, input, id);
}

bool run_ad_hoc_again(struct run *run, uint32_t id) {
    struct arms none = {0};
    const struct bpmn_node *node = run_node(run, id);
    if (run_instance(run, id)->phase == BPMN_PHASE_LEAVING)
        return run_leave(run, id);
    return by_job(run, node) ? ask_worker(run, id, &none) : run_gone(run, id);
}
