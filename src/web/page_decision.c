/* web/page_decision.c - the rules of the packs, for whoever wants to know how a decision comes
 * about: the list, one rule with its table, and trying it with values of one's own. A try is a
 * POST, so that what somebody types in stands in no address and no log. */
#include "web/handlers.h"
#include "web/page.h"

enum { ASKS_MAX = 256 };

/* ---- a trace, for this page and the officers' (page_task.c) ---- */

static struct str value_text(struct page *p, const struct json *value) {
    if (value == NULL || json_is(value, JSON_NULL))
        return page_text(p, TEXT_value_none);
    if (json_is(value, JSON_BOOL))
        return page_text(p, json_is_true(value) ? TEXT_yes : TEXT_no);
    if (json_is(value, JSON_STRING) || json_is(value, JSON_NUMBER))
        return json_text(value);
    struct buf out;
    buf_init(&out, 1 << 16);
    json_write(&out, value, JSON_COMPACT);
    struct str text = arena_str(p->arena, buf_view(&out));
    buf_done(&out);
    return text;
}

static void row_add(struct page *p, struct json *rows, struct str label, struct str code,
                    struct str text) {
    struct json *row = json_push_obj(rows);
    json_set(row, STR("label"), json_str_copy(label, p->arena));
    json_set_str(row, STR("code"), str_eq(label, code) ? STR("") : code);
    json_set_str(row, STR("text"), text);
}

/* A column named by a language holds the same sentence in it: one of them is the reader's. */
static bool for_reader(const struct page *p, struct str column) {
    enum lang lang;
    return !lang_find(&lang, column) || lang == p->lang;
}

static bool is_matched(const struct json *rules, const struct json *number) {
    for (size_t i = 0; i < json_count(rules); i++)
        if (json_equal(json_get(json_item(rules, i), STR("number")), number))
            return true;
    return false;
}

static void cells_add(struct json *list, const struct json *cells, const struct json *columns,
                      const struct page *p) {
    for (size_t i = 0; i < json_count(cells); i++) {
        if (columns != NULL && !for_reader(p, json_get_text(json_item(columns, i), STR("name"))))
            continue;
        struct json *cell = json_push_obj(list);
        json_set(cell, STR("text"), json_item(cells, i));
        json_set_bool(cell, STR("output"), columns != NULL);
    }
}

/* "RPR 2, 9": a law of the pack and its articles, in words; anything else as it stands. */
static struct str note_words(struct page *p, struct str note) {
    size_t blank = str_find_byte(note, ' ');
    const struct pack_law *law =
        p->pack == NULL || blank == SIZE_MAX ? NULL : pack_law(p->pack, str_sub(note, 0, blank));
    if (law == NULL)
        return note;
    struct str articles =
        text_fill(p->arena, TEXT_law_articles, p->lang,
                  (struct text_blanks){.a = str_trim(str_sub(note, blank, note.len))});
    return text_fill(p->arena, TEXT_law_cited, p->lang,
                     (struct text_blanks){law->title.in[p->lang], articles});
}

static void columns_add(struct page *p, struct json *list, const struct json *columns,
                        bool output) {
    for (size_t i = 0; i < json_count(columns); i++) {
        const struct json *column = json_item(columns, i);
        struct str name = json_get_text(column, output ? STR("name") : STR("expression"));
        if (output && !for_reader(p, name))
            continue;
        struct json *one = json_push_obj(list);
        struct str label = json_get_text(column, STR("label"));
        json_set_str(one, STR("label"), label);
        json_set_str(one, STR("code"), str_eq(label, name) ? STR("") : name);
        json_set_bool(one, STR("output"), output);
    }
}

/* table: localised; rules: those that matched, or NULL. */
static void table_set(struct page *p, struct json *out, const struct json *table,
                      const struct json *rules) {
    if (!json_is(table, JSON_OBJECT)) {
        json_set(out, STR("drawn"), json_null(p->arena));
        return;
    }
    struct json *drawn = json_set_obj(out, STR("drawn"));
    const struct json *inputs = json_get(table, STR("inputs")),
                      *outputs = json_get(table, STR("outputs")),
                      *rows = json_get(table, STR("rules"));
    json_set(drawn, STR("hit_policy"), json_get(table, STR("hit_policy")));
    struct json *columns = json_set_arr(drawn, STR("columns"));
    columns_add(p, columns, inputs, false);
    columns_add(p, columns, outputs, true);
    struct json *list = json_set_arr(drawn, STR("rows"));
    for (size_t i = 0; i < json_count(rows); i++) {
        const struct json *rule = json_item(rows, i), *number = json_get(rule, STR("number"));
        struct json *one = json_push_obj(list);
        json_set(one, STR("number"), number);
        json_set_bool(one, STR("matched"), is_matched(rules, number));
        struct json *cells = json_set_arr(one, STR("cells"));
        cells_add(cells, json_get(rule, STR("inputs")), NULL, p);
        cells_add(cells, json_get(rule, STR("outputs")), outputs, p);
        json_set_str(one, STR("note"), note_words(p, json_get_text(rule, STR("note"))));
    }
    int64_t count = 0;
    bool cut =
        json_to_i64(&count, json_get(table, STR("rule_count"))) && (size_t)count > json_count(rows);
    json_set(drawn, STR("cut"),
             cut ? json_str_copy(text_fill(p->arena, TEXT_table_cut, p->lang,
                                           (struct text_blanks){
                                               .a = arena_printf(p->arena, "%zu", json_count(rows)),
                                               .b = json_text(json_get(table, STR("rule_count")))}),
                                 p->arena)
                 : json_null(p->arena));
}

static void step_rules(struct page *p, struct json *rows, const struct json *rules) {
    for (size_t i = 0; i < json_count(rules); i++) {
        const struct json *rule = json_item(rules, i);
        struct str number = json_text(json_get(rule, STR("number")));
        row_add(p, rows,
                text_fill(p->arena, TEXT_trace_rule, p->lang, (struct text_blanks){.a = number}),
                STR_NONE, note_words(p, json_get_text(rule, STR("note"))));
    }
    if (json_is(rules, JSON_ARRAY) && json_count(rules) == 0)
        row_add(p, rows, page_text(p, TEXT_trace_rules), STR_NONE,
                page_text(p, TEXT_trace_rule_none));
}

static void step_results(struct page *p, struct json *rows, const struct json *step) {
    const struct json *outputs = json_get(step, STR("outputs"));
    for (size_t i = 0; i < json_count(outputs); i++) {
        const struct json *output = json_item(outputs, i);
        if (for_reader(p, json_get_text(output, STR("name"))))
            row_add(p, rows, json_get_text(output, STR("label")), STR_NONE,
                    value_text(p, json_get(output, STR("value"))));
    }
    if (json_count(outputs) == 0)
        row_add(p, rows, page_text(p, TEXT_trace_result), STR_NONE,
                value_text(p, json_get(step, STR("output"))));
}

void page_trace(struct page *p, struct json *list, const struct json *trace) {
    for (size_t i = 0; i < json_count(trace); i++) {
        const struct json *step = json_item(trace, i), *inputs = json_get(step, STR("inputs"));
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("id"), json_get_text(step, STR("decision")));
        json_set_str(one, STR("title"), json_get_text(step, STR("title")));
        struct json *in = json_set_arr(one, STR("given"));
        for (size_t k = 0; k < json_count(inputs); k++) {
            const struct json *input = json_item(inputs, k);
            struct str expression = json_get_text(input, STR("expression")),
                       label = json_get_text(input, STR("label"));
            struct str choice = json_get_text(input, STR("choice"));
            row_add(p, in, label.len > 0 ? label : expression, expression,
                    choice.len > 0 ? choice : value_text(p, json_get(input, STR("value"))));
        }
        step_rules(p, json_set_arr(one, STR("matched")), json_get(step, STR("rules")));
        step_results(p, json_set_arr(one, STR("results")), step);
        table_set(p, one, json_get(step, STR("table")), json_get(step, STR("rules")));
    }
}

/* ---- the questions ---- */

/* Each value that is asked for, in the order of the page; its field is "v1", "v2" ... */
struct question {
    const struct json *ask; /* localised */
    struct str pointer, kind, posted, fault;
};

struct questions {
    struct question list[ASKS_MAX];
    size_t count;
};

static struct str field_name(struct page *p, size_t index) {
    return arena_printf(p->arena, "v%zu", index + 1);
}

static void questions_of(struct page *p, struct questions *out, const struct json *decision) {
    const struct json *inputs = json_get(decision, STR("inputs"));
    *out = (struct questions){.count = 0};
    for (size_t i = 0; i < json_count(inputs); i++) {
        const struct json *asks = json_get(json_item(inputs, i), STR("asks"));
        for (size_t k = 0; k < json_count(asks) && out->count < ASKS_MAX; k++) {
            struct question *q = &out->list[out->count];
            q->ask = json_item(asks, k);
            q->pointer = json_get_text(q->ask, STR("pointer"));
            q->kind = json_get_text(q->ask, STR("kind"));
            q->posted = str_trim(web_field(p->r, field_name(p, out->count)));
            out->count++;
        }
    }
}

static void question_show(struct page *p, struct json *list, const struct question *q,
                          struct str name) {
    static const struct {
        struct str kind;
        const char *type, *width;
        int hint;
    } rows[] = {
        {STR_INIT("date"), "date", "govuk-input--width-10", -1},
        {STR_INIT("number"), "text", "govuk-input--width-10", -1},
        {STR_INIT("time"), "time", "govuk-input--width-10", -1},
        {STR_INIT("date_time"), "text", "govuk-input--width-20", TEXT_hint_date_time},
        {STR_INIT("duration"), "text", "govuk-input--width-10", TEXT_hint_duration},
        {STR_INIT("any"), "text", "", TEXT_hint_any},
    };
    struct page_field field = {.name = name,
                               .value = q->posted,
                               .words = json_get_text(q->ask, STR("label")),
                               .hint = -1,
                               .fault = q->fault};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (str_eq(rows[i].kind, q->kind)) {
            field.type = rows[i].type;
            field.width = rows[i].width;
            field.hint = rows[i].hint;
        }
    const struct json *options = json_get(q->ask, STR("options"));
    bool boolean = str_eq(q->kind, STR("boolean"));
    if (!boolean && !str_eq(q->kind, STR("choice"))) {
        page_field(p, list, &field);
        return;
    }
    struct json *out = page_select(p, list, &field);
    for (size_t i = 0; i < (boolean ? 2 : json_count(options)); i++) {
        const struct json *option = json_item(options, i);
        struct str value = boolean ? (i == 0 ? STR("true") : STR("false"))
                                   : value_text(p, json_get(option, STR("value")));
        struct str label = json_get_text(option, STR("label"));
        struct json *one = json_push_obj(out);
        json_set_str(one, STR("value"), value);
        json_set_str(one, STR("label"),
                     boolean         ? page_text(p, i == 0 ? TEXT_yes : TEXT_no)
                     : label.len > 0 ? label
                                     : value);
        json_set_bool(one, STR("on"), str_eq(value, q->posted));
    }
}

static const struct json *read_any(struct page *p, struct str text) {
    const struct json *tree;
    struct err none = {0};
    struct budget budget = budget_of(WEB_JSON_STEPS_MAX, 1 << 20);
    return json_read(&tree, text, "value", p->arena, &budget, &none) ? tree
                                                                     : json_str(text, p->arena);
}

static const struct json *posted_value(struct page *p, const struct question *q) {
    const struct json *options = json_get(q->ask, STR("options"));
    if (q->posted.len == 0)
        return json_null(p->arena);
    if (str_eq(q->kind, STR("number")) && json_is_number(q->posted))
        return json_number(q->posted, p->arena);
    if (str_eq(q->kind, STR("boolean")))
        return json_bool(str_eq(q->posted, STR("true")), p->arena);
    if (str_eq(q->kind, STR("any")))
        return read_any(p, q->posted);
    for (size_t i = 0; i < json_count(options); i++) {
        const struct json *value = json_get(json_item(options, i), STR("value"));
        if (str_eq(value_text(p, value), q->posted))
            return value;
    }
    return json_str(q->posted, p->arena);
}

/* The object that a pointer's last name stands in, made on the way. */
struct places {
    struct str path[ASKS_MAX];
    struct json *at[ASKS_MAX];
    size_t count;
};

static struct json *place_of(struct places *places, struct json *root, struct str path) {
    struct json *at = root;
    for (size_t i = 1; i <= path.len; i++) {
        if (i < path.len && path.at[i] != '/')
            continue;
        struct str here = str_sub(path, 0, i);
        size_t k = 0;
        while (k < places->count && !str_eq(places->path[k], here))
            k++;
        if (k == places->count) {
            size_t slash = i;
            while (slash > 0 && path.at[slash - 1] != '/')
                slash--;
            if (places->count == ASKS_MAX)
                return at;
            places->path[k] = here;
            places->at[k] = json_set_obj(at, str_sub(path, slash, i - slash));
            places->count++;
        }
        at = places->at[k];
    }
    return at;
}

static const struct json *posted_body(struct page *p, const struct questions *questions) {
    struct json *body = json_obj(p->arena);
    struct places *places = arena_new(p->arena, struct places, 1);
    struct str at = str_trim(web_field(p->r, STR("at")));
    for (size_t i = 0; i < questions->count; i++) {
        const struct question *q = &questions->list[i];
        size_t slash = q->pointer.len;
        while (slash > 0 && q->pointer.at[slash - 1] != '/')
            slash--;
        json_set(place_of(places, body, str_sub(q->pointer, 0, slash - 1)),
                 str_sub(q->pointer, slash, q->pointer.len), posted_value(p, q));
    }
    if (json_get(body, STR("inputs")) == NULL)
        (void)json_set_obj(body, STR("inputs"));
    if (at.len > 0)
        json_set_str(body, STR("at"), at);
    return body;
}

/* ---- the page ---- */

static struct page *decision_open(struct web_request *r, const struct json **decision) {
    struct page *p = page_open(r, TEXT_decisions_title);
    struct err err = {0};
    struct json *view;
    struct app_ask ask = web_ask(r);
    if (!app_view_decision(&view, r->reader, &ask, web_arg(r, "id"), &err)) {
        page_fail(p, &err);
        return NULL;
    }
    *decision = page_view(p, STR("decision"), view);
    page_title(p, json_get_text(*decision, STR("title")));
    page_crumb(p, STR("/"), page_text(p, TEXT_nav_home));
    page_crumb(p, STR("/decisions"), page_text(p, TEXT_decisions_title));
    return p;
}

static void decision_show(struct page *p, const struct json *decision,
                          const struct questions *questions, struct str at_fault) {
    struct json *fields = json_set_arr(p->ctx, STR("fields"));
    for (size_t i = 0; i < questions->count; i++)
        question_show(p, fields, &questions->list[i], field_name(p, i));
    page_field(p, fields,
               &(struct page_field){.name = STR("at"),
                                    .value = web_field(p->r, STR("at")),
                                    .label = TEXT_try_at,
                                    .hint = TEXT_try_at_hint,
                                    .type = "date",
                                    .width = "govuk-input--width-10",
                                    .optional = true,
                                    .fault = at_fault});
    if (json_get(p->ctx, STR("tried")) == NULL) {
        json_set(p->ctx, STR("tried"), json_null(p->arena));
        json_set(p->ctx, STR("steps"), json_arr(p->arena));
    }
    struct json *needs = json_set_arr(p->ctx, STR("needs"));
    const struct json *all = json_get(decision, STR("needs"));
    for (size_t i = 0; i < json_count(all); i++)
        if (!str_eq(json_get_text(json_item(all, i), STR("kind")), STR("input")))
            json_push(needs, json_item(all, i));
    struct json *own = json_set_obj(p->ctx, STR("own"));
    table_set(p, own, json_get(decision, STR("table")), NULL);
    page_show(p, page_has_faults(p) ? 422 : 200, "decision");
}

void page_decision(struct web_request *r) {
    const struct json *decision;
    struct page *p = decision_open(r, &decision);
    if (p == NULL)
        return;
    struct questions *questions = arena_new(p->arena, struct questions, 1);
    questions_of(p, questions, decision);
    decision_show(p, decision, questions, STR_NONE);
}

static struct str fault_words(struct page *p, struct str kind, enum err_code code) {
    if (code == ERR_LIMIT)
        return page_text(p, TEXT_fault_try_limit);
    if (str_eq(kind, STR("number")))
        return page_text(p, TEXT_fault_try_number);
    if (str_eq(kind, STR("date")))
        return page_text(p, TEXT_fault_try_date);
    return page_text(p, TEXT_fault_try_value);
}

static void tried_set(struct page *p, const struct json *view) {
    struct json *tried = json_set_obj(p->ctx, STR("tried"));
    const struct json *said = say_localise(p->arena, p->lang, view);
    const struct json *trace = json_get(said, STR("trace"));
    const struct json *diagnoses = json_get(said, STR("diagnoses"));
    json_set(tried, STR("at_text"), json_get(said, STR("at_text")));
    page_trace(p, json_set_arr(p->ctx, STR("steps")), trace);
    bool none = json_is(json_get(said, STR("output")), JSON_NULL);
    struct json *results = json_set_arr(tried, STR("results"));
    if (json_count(trace) > 0 && !none)
        step_results(p, results, json_item(trace, json_count(trace) - 1));
    json_set_bool(tried, STR("none"), none);
    struct json *why = json_set_arr(tried, STR("why"));
    for (size_t i = 0; i < json_count(diagnoses); i++)
        json_push(why, json_item(diagnoses, i));
}

void page_decision_try(struct web_request *r) {
    const struct json *decision;
    struct page *p = decision_open(r, &decision);
    if (p == NULL)
        return;
    struct questions *questions = arena_new(p->arena, struct questions, 1);
    struct err err = {0};
    struct json *view, *query = json_obj(p->arena);
    struct app_ask ask = web_ask(r);
    struct str at_fault = STR_NONE;
    questions_of(p, questions, decision);
    json_set_bool(query, STR("tables"), true);
    ask.query = query;
    if (app_view_evaluate(&view, r->reader, &ask, web_arg(r, "id"), posted_body(p, questions),
                          &err)) {
        tried_set(p, view);
        decision_show(p, decision, questions, at_fault);
        return;
    }
    struct str pointer = err.at.source == NULL ? STR_NONE : str_from(err.at.source);
    bool placed = str_eq(pointer, STR("/at"));
    if (placed)
        at_fault = fault_words(p, STR("date"), err.code);
    for (size_t i = 0; i < questions->count && !placed; i++) {
        struct question *q = &questions->list[i];
        placed = pointer.len > 0 && str_starts(pointer, q->pointer);
        if (placed)
            q->fault = fault_words(p, q->kind, err.code);
    }
    if (!placed && err.code == ERR_LIMIT) {
        page_fault(p, STR("try"), fault_words(p, STR_NONE, err.code));
        placed = true;
    }
    if (placed)
        decision_show(p, decision, questions, at_fault);
    else
        page_fail(p, &err);
}

void page_decisions(struct web_request *r) {
    struct page *p = page_open(r, TEXT_decisions_title);
    struct err err = {0};
    struct json *view;
    struct app_ask ask = web_ask(r);
    if (!app_view_decisions(&view, r->reader, &ask, &err)) {
        page_fail(p, &err);
        return;
    }
    const struct json *list = say_localise(p->arena, p->lang, view);
    json_set(p->ctx, STR("decisions"), json_get(list, STR("items")));
    page_crumb(p, STR("/"), page_text(p, TEXT_nav_home));
    page_show(p, 200, "decisions");
}
