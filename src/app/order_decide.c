/* A decision evaluated on its own through the API. It is kept in the history like one of an
 * instance; one that fails is an answer that says why. */
#include "app/process_inner.h"

static bool decision_of(struct store_decision *out, struct app_job *j, struct err *err) {
    const struct store_bound newest = {.binding = BPMN_BINDING_LATEST};
    struct arena *arena = j->app->scratch;
    struct str id = STR_NONE;
    int64_t key = 0;
    if (!app_take_key(&key, j->order.body, "decisionDefinitionKey", err) ||
        !app_take_text(&id, j->order.body, "decisionDefinitionId", err))
        return false;
    if ((key == 0) == (id.len == 0))
        return err_set(err, ERR_INVALID, err_nowhere,
                       "one of 'decisionDefinitionId' and 'decisionDefinitionKey' is needed");
    if (!(key != 0 ? store_decision_by_key(out, j->tx->conn, key, arena, err)
                   : store_decision_bound(out, j->tx->conn, id, &newest, arena, err)))
        return false;
    return out->key != 0 ||
           err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such decision definition");
}

static struct json *value_json(struct feel_value value, struct arena *arena, struct err *err) {
    struct buf text;
    struct json *out = NULL;
    buf_init(&text, APP_VARIABLES_BYTES_MAX);
    if (feel_is_null(value))
        buf_lit(&text, "null");
    else if (!feel_to_json(&text, value, err))
        goto done;
    if (buf_ok(&text, "the decision's result", err))
        out = json_str_copy(buf_view(&text), arena);
done:
    buf_done(&text);
    return out;
}

static bool answers_json(struct json *rule, const struct dmn_step *step, size_t n,
                         struct err *err) {
    struct arena *arena = rule->arena;
    struct json *list = json_set_arr(rule, STR("evaluatedOutputs"));
    size_t count = n < step->answer_count ? step->output_count : 0;
    for (size_t c = 0; c < count; c++) {
        struct json *one = json_push_obj(list);
        struct json *value = value_json(step->answers[n * step->output_count + c], arena, err);
        if (value == NULL)
            return false;
        json_set(one, STR("outputId"), json_printf(arena, "%zu", c + 1));
        json_set_str(one, STR("outputName"), step->output_names[c]);
        json_set(one, STR("outputValue"), value);
    }
    return true;
}

/* Inputs and outputs as the API lists them. */
static bool step_json(struct json *list, const struct dmn_step *step, struct db_conn *conn,
                      int64_t requirements, struct err *err) {
    struct json *one = json_push_obj(list);
    struct arena *arena = list->arena;
    struct store_decision d; /* one decision asks others: each has its own version */
    struct str id = step->decision_id.len > 0 ? step->decision_id : step->decision_name;
    if (!store_decision_in(&d, conn, requirements, id, arena, err))
        return false;
    if (d.key != 0) { /* a function that a decision calls is deployed with it, and has no key */
        app_set_key(one, STR("decisionDefinitionKey"), d.key);
        json_set_i64(one, STR("decisionDefinitionVersion"), d.version);
    }
    json_set_str(one, STR("decisionDefinitionId"), id);
    json_set_str(one, STR("decisionDefinitionName"), step->decision_name);
    json_set_str(one, STR("decisionDefinitionType"),
                 step->is_table ? STR("DECISION_TABLE") : STR("LITERAL_EXPRESSION"));
    json_set_str(one, STR("tenantId"), APP_TENANT);
    struct json *output = value_json(step->output, arena, err);
    if (output == NULL)
        return false;
    json_set(one, STR("output"), output);
    struct json *inputs = json_set_arr(one, STR("evaluatedInputs"));
    for (size_t i = 0; i < step->input_count; i++) {
        struct json *input = json_push_obj(inputs);
        struct json *value = value_json(step->inputs[i], arena, err);
        if (value == NULL)
            return false;
        json_set(input, STR("inputId"), json_printf(arena, "%zu", i + 1));
        json_set_str(input, STR("inputName"), step->input_names[i]);
        json_set(input, STR("inputValue"), value);
    }
    struct json *rules = json_set_arr(one, STR("matchedRules"));
    for (size_t i = 0; i < step->rule_count; i++) {
        struct json *rule = json_push_obj(rules);
        json_set_str(rule, STR("ruleId"), step->rule_ids[i]);
        json_set_i64(rule, STR("ruleIndex"), step->rules[i]);
        if (!answers_json(rule, step, i, err))
            return false;
    }
    return true;
}

struct evaluating {
    struct app_job *j;
    struct store_decision decision;
    struct store_definition requirements;
    struct dmn_trace trace;
    struct feel_diags diags;
    struct feel_value result;
};

static bool evaluate(struct evaluating *e, struct err *err) {
    struct app_job *j = e->j;
    struct app_model *model;
    struct feel_value inputs;
    struct arena *arena = j->app->scratch;
    if (!app_take_variables(&inputs, j->order.body, "variables", arena, err) ||
        !app_rules_hold(&model, j->app, j->tx->conn, e->decision.requirements, err))
        return false;
    const struct feel_env env = {.now = feel_instant(arena, j->tx->now_us, NULL),
                                 .diags = &e->diags};
    if (feel_is_null(inputs))
        inputs = feel_context_of(arena, NULL, 0);
    bool ok = dmn_evaluate(&e->result, app_model_rules(model), e->decision.id, inputs, &env,
                           &e->trace, arena, &j->budget, err);
    app_model_let(j->app, model);
    return ok;
}

static bool keep(int64_t *key_out, struct evaluating *e, struct str failure, struct err *err) {
    struct app_job *j = e->j;
    struct arena *arena = j->app->scratch;
    struct buf text;
    uint64_t stream;
    buf_init(&text, STORE_EVENT_BYTES_MAX);
    bool ok =
        process_trace_text(&text, e->decision.key, e->decision.requirements, &e->trace, err) &&
        store_note_add(&stream, j->tx, STR("decision_evaluated"), j->order.caller->account,
                       buf_view(&text), arena, err);
    if (ok) {
        *key_out = process_key(stream, 0);
        const struct store_evaluated evaluated = {
            .key = *key_out,
            .at_us = j->tx->now_us,
            .trace = arena_str(arena, buf_view(&text)),
            .failure = failure,
        };
        ok = store_decision_rows(j->tx->conn, &evaluated, arena, err);
    }
    buf_done(&text);
    return ok;
}

bool app_run_decide(struct app_job *j, struct err *err) {
    struct arena *arena = j->app->scratch;
    struct evaluating e = {.j = j, .trace = {.arena = arena}, .diags = {.arena = arena}};
    int64_t key = 0;
    if (!decision_of(&e.decision, j, err) ||
        !store_requirements_by_key(&e.requirements, j->tx->conn, e.decision.requirements, arena,
                                   err) ||
        !evaluate(&e, err))
        return false;
    bool failed = feel_is_null(e.result) && e.diags.count > 0;
    struct str failure = failed ? e.diags.items[0].text : STR_NONE;
    struct json *output = value_json(e.result, arena, err);
    if (output == NULL || !keep(&key, &e, failure, err))
        return false;
    struct json *body = j->body = json_obj(arena);
    json_set_str(body, STR("decisionDefinitionId"), e.decision.id);
    json_set_str(body, STR("decisionDefinitionName"), e.decision.name);
    json_set_i64(body, STR("decisionDefinitionVersion"), e.decision.version);
    app_set_key(body, STR("decisionDefinitionKey"), e.decision.key);
    json_set_str(body, STR("decisionRequirementsId"), e.requirements.id);
    app_set_key(body, STR("decisionRequirementsKey"), e.requirements.key);
    json_set(body, STR("output"), output);
    json_set(body, STR("failedDecisionDefinitionId"),
             failed ? json_str(e.decision.id, arena) : json_null(arena));
    json_set(body, STR("failureMessage"), failed ? json_str(failure, arena) : json_null(arena));
    json_set_str(body, STR("tenantId"), APP_TENANT);
    app_set_key(body, STR("decisionInstanceKey"), key);
    app_set_key(body, STR("decisionEvaluationKey"), key);
    struct json *list = json_set_arr(body, STR("evaluatedDecisions"));
    for (size_t i = 0; i < e.trace.count; i++)
        if (!step_json(list, &e.trace.steps[i], j->tx->conn, e.requirements.key, err))
            return false;
    return true;
}
