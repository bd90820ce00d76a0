/* A decision's table as it is drawn, and what was kept of a decision that was taken, told with the
 * labels of the model that took it: a case's own version of the pack. */
#include "app/decision.h"

/* ---- the table ----------------------------------------------------------------------------------
 */

static struct json *column_json(const struct dmn_view_column *column, bool input,
                                struct arena *arena) {
    struct json *out = json_obj(arena);
    json_set_str(out, input ? STR("expression") : STR("name"), column->text);
    view_text(out, STR("label"), &column->label);
    json_set_str(out, STR("type"), column->type);
    json_set_str(out, STR("allowed"), column->allowed);
    return out;
}

static void add_cells(struct json *one, const struct dmn_view_table *t,
                      const struct dmn_view_rule *rule) {
    struct json *inputs = json_set_arr(one, STR("inputs"));
    struct json *outputs = json_set_arr(one, STR("outputs"));
    for (uint32_t i = 0; i < t->input_count; i++)
        json_push_str(inputs, rule->cells[i]);
    for (uint32_t i = 0; i < t->output_count; i++)
        json_push_str(outputs, rule->cells[t->input_count + i]);
    view_text(one, STR("note"), &rule->note);
}

static void add_rule(struct json *list, const struct dmn_view_table *t,
                     const struct dmn_view_rule *rule) {
    struct json *one = json_push_obj(list);
    json_set_i64(one, STR("number"), rule->number);
    json_set_str(one, STR("id"), rule->id);
    add_cells(one, t, rule);
}

struct json *decision_table_json(const struct dmn_model *model, size_t index, const uint32_t *also,
                                 size_t also_count, struct arena *arena) {
    struct dmn_view_table t;
    if (!dmn_view_table(&t, model, index, also, also_count, arena))
        return json_null(arena);
    struct json *table = json_obj(arena);
    json_set_str(table, STR("hit_policy"), str_from(t.hit_policy));
    struct json *inputs = json_set_arr(table, STR("inputs"));
    struct json *outputs = json_set_arr(table, STR("outputs"));
    for (uint32_t i = 0; i < t.input_count; i++)
        json_push(inputs, column_json(&t.inputs[i], true, arena));
    for (uint32_t i = 0; i < t.output_count; i++)
        json_push(outputs, column_json(&t.outputs[i], false, arena));
    struct json *rules = json_set_arr(table, STR("rules"));
    for (uint32_t i = 0; i < t.shown_count; i++)
        add_rule(rules, &t, &t.rules[i]);
    json_set_i64(table, STR("rule_count"), t.rule_count);
    return table;
}

/* ---- the trace ----------------------------------------------------------------------------------
 */

/* The form's own words for a choice that the rule reads: "form.ground" is "work". */
static void add_choice(struct json *one, const struct decision_found *f, struct str expression,
                       const struct json *value) {
    size_t dot = str_find_byte(expression, '.');
    if (dot == SIZE_MAX || f->model == NULL || !json_is(value, JSON_STRING))
        return;
    const struct form_field *field = decision_form_field(
        f, str_sub(expression, 0, dot), str_sub(expression, dot + 1, expression.len), one->arena);
    for (size_t i = 0; field != NULL && i < field->option_count; i++)
        if (str_eq(field->options[i].value, json_text(value)))
            view_text(one, STR("choice"), &field->options[i].label);
}

static struct json *labelled_inputs(const struct json *inputs, const struct decision_found *f,
                                    const struct dmn_view_table *t, struct arena *arena) {
    struct json *list = json_arr(arena);
    for (size_t i = 0; i < json_count(inputs); i++) {
        const struct json *from = json_item(inputs, i);
        struct json *one = json_push_obj(list);
        struct str expression = json_get_text(from, STR("expression"));
        json_set_str(one, STR("expression"), expression);
        if (t != NULL && i < t->input_count)
            view_text(one, STR("label"), &t->inputs[i].label);
        json_set(one, STR("value"), json_get(from, STR("value")));
        add_choice(one, f, expression, json_get(from, STR("value")));
    }
    return list;
}

/* An output context in the order of the table's columns; what has no column comes after. */
static struct json *labelled_outputs(const struct json *output, const struct dmn_view_table *t,
                                     struct arena *arena) {
    struct json *list = json_arr(arena);
    for (uint32_t i = 0; t != NULL && i < t->output_count; i++) {
        const struct json *value =
            t->output_count == 1 ? output : json_get(output, t->outputs[i].text);
        if (value == NULL)
            continue;
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("name"), t->outputs[i].text);
        view_text(one, STR("label"), &t->outputs[i].label);
        json_set(one, STR("value"), value);
    }
    return list;
}

static struct json *labelled_rules(const struct json *rules, const struct dmn_view_table *t,
                                   struct arena *arena) {
    struct json *list = json_arr(arena);
    for (size_t i = 0; i < json_count(rules); i++) {
        const struct json *from = json_item(rules, i);
        struct json *one = json_push_obj(list);
        int64_t number = 0;
        if (!json_to_i64(&number, json_get(from, STR("number"))))
            continue;
        json_set_i64(one, STR("number"), number);
        json_set(one, STR("id"), json_get(from, STR("id")));
        json_set(one, STR("note"), json_get(from, STR("note")));
        for (uint32_t k = 0; t != NULL && k < t->shown_count; k++)
            if (t->rules[k].number == number)
                add_cells(one, t, &t->rules[k]);
    }
    return list;
}

static size_t rule_numbers(uint32_t *out, size_t room, const struct json *rules) {
    size_t count = 0;
    for (size_t i = 0; i < json_count(rules) && count < room; i++) {
        int64_t number;
        if (json_to_i64(&number, json_get(json_item(rules, i), STR("number"))) && number > 0 &&
            number <= DMN_RULES_MAX)
            out[count++] = (uint32_t)number;
    }
    return count;
}

static void add_step(struct json *list, const struct json *step, const struct pack *pack,
                     bool with_table, struct arena *arena) {
    struct str id = json_get_text(step, STR("decision"));
    const struct json *rules = json_get(step, STR("rules"));
    uint32_t matched[DMN_VIEW_MATCHED_MAX];
    size_t matched_count = rule_numbers(matched, DMN_VIEW_MATCHED_MAX, rules);
    struct decision_found f = {pack, NULL, 0};
    struct dmn_view_table t;
    /* functions have tables too, so not in_pack() */
    for (size_t i = 0; f.model == NULL && id.len > 0 && i < pack->decision_count; i++)
        if ((f.index = dmn_find(pack->decisions[i], id)) != SIZE_MAX)
            f.model = pack->decisions[i];
    bool is_table = json_is_true(json_get(step, STR("table")));
    bool known = is_table && f.model != NULL &&
                 dmn_view_table(&t, f.model, f.index, matched, matched_count, arena);
    struct json *one = json_push_obj(list);
    json_set_str(one, STR("decision"), id);
    json_set(one, STR("name"), json_get(step, STR("name")));
    if (f.model != NULL) {
        struct lang_text title = dmn_view_title(f.model, f.index, arena);
        view_text(one, STR("title"), &title);
    } else {
        json_set(one, STR("title"), json_get(step, STR("name")));
    }
    if (is_table)
        json_set(one, STR("hit_policy"), json_get(step, STR("hit_policy")));
    json_set(one, STR("inputs"),
             labelled_inputs(json_get(step, STR("inputs")), &f, known ? &t : NULL, arena));
    if (is_table)
        json_set(one, STR("rules"), labelled_rules(rules, known ? &t : NULL, arena));
    json_set(one, STR("output"), json_get(step, STR("output")));
    json_set(one, STR("outputs"),
             labelled_outputs(json_get(step, STR("output")), known ? &t : NULL, arena));
    if (with_table && known)
        json_set(one, STR("table"),
                 decision_table_json(f.model, f.index, matched, matched_count, arena));
}

void view_trace(struct json *out, struct str key, struct str trace_json, const struct pack *pack,
                bool with_tables) {
    struct json *list = json_set_arr(out, key);
    struct budget budget = budget_of(trace_json.len + 16, trace_json.len * 200 + 4096);
    struct err none = {0};
    const struct json *trace;
    if (!json_read(&trace, trace_json, "trace", out->arena, &budget, &none))
        return; /* written by this program: an empty one, of a decision without logic */
    for (size_t i = 0; i < json_count(trace); i++)
        add_step(list, json_item(trace, i), pack, with_tables, out->arena);
}
