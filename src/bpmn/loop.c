/* Loops and multi-instance activities (BPMN 2.0.2: 10.3.8, 13.3.5, 13.3.6).
 *
 * 1. A body stands where the activity stands: it takes the token, carries the boundary events and
 *    leaves by the activity's flows. Each time the activity is carried out is an instance in it,
 *    with loopCounter (from 1) and the item as variables of its own; mappings and listeners are
 *    those of each such instance.
 * 2. In parallel all instances are entered before the first one acts.
 * 3. The collection is evaluated once, before the first instance. What the instances give is kept
 *    beside the variables and becomes one variable when the body completes: ten thousand of them do
 *    not write ten thousand lists. */
#include <inttypes.h>

#include "bpmn/lists.h"

static const struct bpmn_loop_row *row_of(const struct run *run, uint32_t body) {
    uint32_t i;
    LIST_FIND(run->state, loops, instance, body, i);
    return i < run->state->loops.count ? &run->state->loops.list[i] : NULL;
}

/* --- names that conditions know (BPMN 2.0.2: tables 10.27, 10.30)
 * ------------------------------------------ */
static struct feel_value collected(const struct run *run, uint32_t body, uint32_t total) {
    struct feel_value *items = arena_new(run->arena, struct feel_value, total);
    for (uint32_t i = 0; i < run->state->results.count; i++) {
        const struct bpmn_result *row = &run->state->results.list[i];
        if (row->instance == body && row->place < total)
            items[row->place] = row->value;
    }
    return feel_list(items, total);
}

/* more: instances that complete now, and are not counted yet. */
static void set_names(struct run *run, uint32_t body, uint32_t more) {
    const struct bpmn_loop_row *row = row_of(run, body);
    const struct bpmn_loop_def *loop = run_node(run, body)->loop;
    uint32_t completed = row->completed + more, gone = completed + row->terminated;
    struct feel_entry *names = arena_new(run->arena, struct feel_entry, 6);
    size_t n = 0;
    if (loop->kind == BPMN_LOOP_STANDARD) {
        names[n++] = (struct feel_entry){STR("loopCounter"), feel_int(completed)};
    } else {
        names[n++] = (struct feel_entry){STR("numberOfInstances"), feel_int(row->total)};
        names[n++] =
            (struct feel_entry){STR("numberOfActiveInstances"),
                                feel_int(row->begun > gone ? (int64_t)row->begun - gone : 0)};
        names[n++] = (struct feel_entry){STR("numberOfCompletedInstances"), feel_int(completed)};
        names[n++] =
            (struct feel_entry){STR("numberOfTerminatedInstances"), feel_int(row->terminated)};
        if (loop->results.len > 0 && row->total >= 0)
            names[n++] =
                (struct feel_entry){loop->results, collected(run, body, (uint32_t)row->total)};
    }
    run->extra = names;
    run->extra_count = n;
}

static bool test(bool *out, struct str *why, struct run *run, uint32_t body, uint32_t seen_from,
                 const struct bpmn_expr *condition) {
    set_names(run, body, seen_from != body);
    bool ok = run_bool(out, why, run, seen_from, condition);
    run->extra_count = 0;
    return ok;
}

/* --- beginning
 * ------------------------------------------------------------------------------------------ */
static bool begin(struct run *run, uint32_t body, uint32_t number, struct feel_value item) {
    const struct bpmn_node *node = run_node(run, body);
    struct entry entry = {
        .node = node->index, .scope = body, .flow = -1, .as = BPMN_AS_INNER, .number = number};
    uint32_t id;
    if (!run_enter(run, &id, entry) || !run_set(run, id, STR("loopCounter"), feel_int(number)) ||
        (node->loop->item.len > 0 && !run_set(run, id, node->loop->item, item)))
        return false;
    run_later(run, (struct todo){TODO_EXECUTE, id, 0});
    return true;
}

static bool count_of(int64_t *count, struct feel_value *items, struct str *why, struct run *run,
                     uint32_t body) {
    const struct bpmn_loop_def *loop = run_node(run, body)->loop;
    bool list = loop->collection.text.at != NULL;
    const struct bpmn_expr *expr = list ? &loop->collection : &loop->cardinality;
    struct feel_value value;
    *items = feel_null();
    *why = STR_NONE;
    *count = 1;
    if (run->oracle != NULL) {
        static const int64_t counts[] = {1, 0, 2}; /* two stand for every number above */
        uint32_t pick;
        if (run_pick(&pick, run, run_node(run, body)->index, COUNT_OF(counts)))
            *count = counts[pick];
        return true;
    }
    if (!run_eval(&value, why, run, body, expr, run->env->now_us))
        return false;
    if (why->len > 0)
        return true;
    if (list && feel_kind(value) == FEEL_LIST) {
        *items = value;
        *count = (int64_t)feel_count(value);
    } else if (list) {
        *why = run_not_a(run, expr, value, "a list");
    } else {
        bool ok = feel_kind(value) == FEEL_STRING ? str_to_i64(count, feel_as_string(value))
                                                  : feel_to_i64(count, value);
        if (!ok || *count < 0)
            *why = run_not_a(run, expr, value, "a whole number from 0");
    }
    if (why->len == 0 && *count > BPMN_LOOP_MAX)
        *why = arena_printf(run->arena,
                            "activity '%.*s' would be carried out %" PRId64
                            " times, which is more than %d",
                            STR_ARG(run_node(run, body)->id), *count, BPMN_LOOP_MAX);
    return true;
}

static bool standard(struct run *run, uint32_t body);

static bool stop(struct run *run, uint32_t id, struct str why) {
    return run_incident(run, id, BPMN_INCIDENT_LOOP, BPMN_PHASE_ENTERING, why);
}

static bool open_body(struct run *run, uint32_t body, int64_t total, struct feel_value items) {
    const struct bpmn_node *node = run_node(run, body);
    bool sequence = node->loop->kind == BPMN_LOOP_SEQUENTIAL;
    if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_LOOP,
                                            .instance = body,
                                            .node = node->index,
                                            .n = total,
                                            .value = sequence ? items : feel_null()}))
        return false;
    for (int64_t i = 0; i < total && (i == 0 || !sequence); i++)
        if (!begin(run, body, (uint32_t)i + 1,
                   feel_is_null(items) ? feel_null() : feel_item(items, (size_t)i)))
            return false;
    return total > 0 || run_loop_next(run, body);
}

bool run_loop_open(struct run *run, uint32_t body) {
    const struct bpmn_node *node = run_node(run, body);
    struct arms arms;
    struct str why;
    struct feel_value items;
    int64_t total;
    enum bpmn_incident code = BPMN_INCIDENT_NONE;
    if (!run_arms(&arms, &why, &code, run, body))
        return false;
    if (why.len > 0)
        return run_incident(run, body, code, BPMN_PHASE_ENTERING, why);
    if (node->loop->kind == BPMN_LOOP_STANDARD)
        return run_arm(run, body, &arms) &&
               run_emit(run, (struct bpmn_record){.kind = BPMN_REC_LOOP,
                                                  .instance = body,
                                                  .node = node->index,
                                                  .n = -1}) &&
               standard(run, body);
    if (!count_of(&total, &items, &why, run, body))
        return false;
    if (why.len > 0)
        return stop(run, body, why);
    return run_arm(run, body, &arms) && open_body(run, body, total, items);
}

/* --- going on
 * ------------------------------------------------------------------------------------------- */
/* The body is done: the output collection goes to what is around it. */
static bool complete(struct run *run, uint32_t body) {
    struct bpmn_instance instance = *run_instance(run, body);
    const struct bpmn_loop_def *loop = run_node(run, body)->loop;
    const struct bpmn_loop_row *row = row_of(run, body);
    if (loop->results.len > 0 && row->total >= 0 &&
        !run_propagate(run, instance.scope, loop->results,
                       collected(run, body, (uint32_t)row->total)))
        return false;
    return run_finish(run, body);
}

/* Once more, or no more (BPMN 2.0.2: 13.3.5). */
static bool standard(struct run *run, uint32_t body) {
    const struct bpmn_loop_def *loop = run_node(run, body)->loop;
    uint32_t begun = row_of(run, body)->begun;
    bool more = loop->most == BPMN_FOREVER || begun < loop->most;
    struct str why = STR_NONE;
    if (run->oracle != NULL)
        more = begun == 0;
    else if (more && (begun > 0 || loop->test_before) && loop->condition.text.at != NULL &&
             !test(&more, &why, run, body, body, &loop->condition))
        return false;
    if (why.len > 0)
        return run_incident(run, body, BPMN_INCIDENT_LOOP, BPMN_PHASE_ACTING, why);
    return more ? begin(run, body, begun + 1, feel_null()) : complete(run, body);
}

bool run_loop_next(struct run *run, uint32_t body) {
    const struct bpmn_loop_def *loop = run_node(run, body)->loop;
    const struct bpmn_loop_row *row = row_of(run, body);
    if (loop->kind == BPMN_LOOP_STANDARD)
        return standard(run, body);
    if (run_instance(run, body)->live > 0)
        return true;
    if (run_instance(run, body)->closing == 0 && row->begun < row->total)
        return begin(run, body, row->begun + 1,
                     feel_is_null(row->items) ? feel_null() : feel_item(row->items, row->begun));
    return complete(run, body);
}

/* Events that tell how far it is (BPMN 2.0.2: table 10.30, behavior); a boundary event of the
 * activity catches them. */
static bool tell(struct run *run, uint32_t body) {
    const struct bpmn_loop_def *loop = run_node(run, body)->loop;
    const struct bpmn_loop_row *row = row_of(run, body);
    bool one = loop->behavior == BPMN_BEHAVIOR_ONE && row->completed == 1;
    if (run->oracle != NULL || loop->throw_count == 0)
        return true;
    if (one || loop->behavior == BPMN_BEHAVIOR_NONE)
        return run_throw_def(run, body, body, &loop->throws[0]);
    for (size_t i = 0; loop->behavior == BPMN_BEHAVIOR_COMPLEX && i < loop->rule_count; i++) {
        bool is_true;
        struct str why;
        set_names(run, body, 0);
        bool ok = run_bool(&is_true, &why, run, body, &loop->rules[i].condition);
        run->extra_count = 0;
        if (!ok)
            return false;
        if (why.len > 0)
            return run_incident(run, body, BPMN_INCIDENT_LOOP, BPMN_PHASE_ACTING, why);
        if (is_true && !run_throw_def(run, body, body, &loop->throws[loop->rules[i].def]))
            return false;
        if (bpmn_instance(run->state, body) == NULL || run->state->ending != 0)
            return true;
    }
    return true;
}

bool run_loop_inner_done(struct run *run, uint32_t inner) {
    struct bpmn_instance instance = *run_instance(run, inner);
    uint32_t body = instance.scope;
    const struct bpmn_node *node = run_node(run, inner);
    const struct bpmn_loop_def *loop = node->loop;
    enum bpmn_phase phase =
        run_has_listeners(run, node, BPMN_LISTEN_END) ? BPMN_PHASE_FINISHING : BPMN_PHASE_LEAVING;
    struct feel_value result = feel_null();
    struct str why = STR_NONE;
    bool until = false;
    if (loop->results.len > 0 && loop->result.text.at != NULL && run->oracle == NULL) {
        if (!run_eval(&result, &why, run, inner, &loop->result, run->env->now_us))
            return false;
        if (str_ends(why, STR("it gives null")))
            why = STR_NONE; /* null is a result */
    }
    if (why.len == 0 && loop->until.text.at != NULL && run->oracle == NULL &&
        !test(&until, &why, run, body, inner, &loop->until))
        return false;
    if (why.len > 0)
        return run_incident(run, inner, BPMN_INCIDENT_LOOP, phase, why);
    if (!feel_is_null(result) && !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_RESULT,
                                                                     .instance = body,
                                                                     .node = node->index,
                                                                     .n = instance.counter - 1,
                                                                     .value = result}))
        return false;
    if (!run_compensable(run, inner) || !run_disarm(run, inner, BPMN_KINDS) ||
        !run_emit(
            run,
            (struct bpmn_record){.kind = BPMN_REC_LEFT, .instance = inner, .node = node->index}) ||
        !tell(run, body))
        return false;
    const struct bpmn_instance *left = bpmn_instance(run->state, body);
    if (left == NULL || run->state->ending != 0 || left->closing != 0 || left->incident != 0)
        return true;
    if (!until)
        return run_loop_next(run, body);
    if (!run_empty(run, body))
        return false;
    return run_instance(run, body)->live > 0 ? run_closing(run, body, BPMN_CLOSING_COMPLETE)
                                             : complete(run, body);
}
