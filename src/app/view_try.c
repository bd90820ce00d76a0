/* Trying a decision with values of one's own. Nothing is stored, and nothing of a try is logged:
 * what a person types in stays with them. */
#include "app/decision.h"

enum {
    TRY_STEPS_MAX = 500000, /* some 10 ms; a table of 10,000 rules takes 40,000 */
    TRY_BYTES_MAX = 4 << 20,
    TRY_ARENA_BYTES = 16 << 20,
    TRY_TRACE_BYTES = 256 << 10,
};

struct trying {
    const struct decision_found *f;
    const struct app_ask *ask;
    struct arena *arena; /* of this try alone */
    struct budget budget;
    int64_t at_us;
    struct feel_diags diags;
    struct dmn_trace trace;
};

static bool wrong(struct trying *t, enum err_code code, struct str pointer, const char *what,
                  struct err *err) {
    return err_set(err, code, ((struct err_at){arena_cstr(t->ask->arena, pointer), 0, 0}), "%s",
                   what);
}

static bool is_option(const struct form_field *field, struct str value) {
    for (size_t i = 0; i < field->option_count; i++)
        if (str_eq(field->options[i].value, value))
            return true;
    return false;
}

/* A value as the matter's own form would take it. */
static bool form_value_fits(struct trying *t, const struct form_field *field,
                            const struct json *value, struct str pointer, struct err *err) {
    struct cal_date date;
    if (value == NULL || json_is(value, JSON_NULL))
        return true;
    switch (field->kind) {
    case FORM_NUMBER:
        return json_is(value, JSON_NUMBER) || wrong(t, ERR_TYPE, pointer, "give a number", err);
    case FORM_DATE:
        return (json_is(value, JSON_STRING) && cal_date_parse(&date, json_text(value))) ||
               wrong(t, ERR_TYPE, pointer, "give a date such as 2026-01-31", err);
    case FORM_CHECKBOX:
        return json_is(value, JSON_BOOL) || wrong(t, ERR_TYPE, pointer, "give true or false", err);
    case FORM_SELECT:
    case FORM_RADIO:
        return (json_is(value, JSON_STRING) && is_option(field, json_text(value))) ||
               wrong(t, ERR_INVALID, pointer, "the value is not one of the form's choices", err);
    case FORM_CHECKLIST:
        return json_is(value, JSON_ARRAY) || wrong(t, ERR_TYPE, pointer, "give a list", err);
    default: return json_is(value, JSON_STRING) || wrong(t, ERR_TYPE, pointer, "give a text", err);
    }
}

static bool form_values_fit(struct trying *t, const struct dmn_view_input *input,
                            const struct json *value, struct err *err) {
    const struct form_field *whole = decision_form_field(t->f, input->name, STR_NONE, t->arena);
    struct str base = arena_printf(t->arena, "/inputs/%.*s", STR_ARG(input->name));
    if (whole != NULL)
        return form_value_fits(t, whole, value, base, err);
    if (input->read_count > 0 && !input->whole && !json_is(value, JSON_OBJECT) &&
        !json_is(value, JSON_NULL))
        return wrong(t, ERR_TYPE, base, "give an object with the members that the rule reads", err);
    for (size_t i = 0; i < input->read_count; i++) {
        const struct form_field *field =
            decision_form_field(t->f, input->name, input->reads[i], t->arena);
        if (field != NULL &&
            !form_value_fits(
                t, field, json_get(value, input->reads[i]),
                arena_printf(t->arena, "%.*s/%.*s", STR_ARG(base), STR_ARG(input->reads[i])), err))
            return false;
    }
    return true;
}

static bool inputs_known(struct trying *t, const struct json *given,
                         const struct dmn_view_input *inputs, size_t count, struct err *err) {
    for (size_t i = 0; i < json_count(given); i++) {
        struct str key = json_member_at(given, i)->key.text;
        bool known = false;
        for (size_t k = 0; k < count; k++)
            known |= str_eq(inputs[k].name, key);
        if (!known)
            return wrong(t, ERR_UNKNOWN, arena_printf(t->arena, "/inputs/%.*s", STR_ARG(key)),
                         "the decision has no such input", err);
    }
    return true;
}

static bool inputs_take(struct trying *t, struct feel_value *out, const struct json *given,
                        struct err *err) {
    const struct dmn_view_input *inputs;
    size_t count = dmn_view_inputs(&inputs, t->f->model, t->f->index, t->arena);
    struct feel_entry *entries = arena_new(t->arena, struct feel_entry, count);
    if (!inputs_known(t, given, inputs, count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct json *value = json_get(given, inputs[i].name);
        struct str base = arena_printf(t->arena, "/inputs/%.*s", STR_ARG(inputs[i].name));
        entries[i].name = inputs[i].name;
        if (value == NULL)
            return wrong(t, ERR_INVALID, base,
                         "the decision needs this input; give null if it is not known", err);
        if (inputs[i].type == NULL && !form_values_fit(t, &inputs[i], value, err))
            return false;
        if (!dmn_view_take(&entries[i].value, &inputs[i], value, base.at, t->arena, &t->budget,
                           err)) {
            if (err->at.source != NULL) /* it stands in the arena of the try */
                err->at.source = arena_cstr(t->ask->arena, str_from(err->at.source));
            return false;
        }
    }
    *out = feel_context_of(t->arena, entries, count);
    return true;
}

static void add_diags(struct json *out, const struct feel_diags *diags) {
    struct json *list = json_set_arr(out, STR("diagnoses"));
    for (size_t i = 0; i < diags->count; i++) {
        const struct feel_diag *d = &diags->items[i];
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("text"), d->text);
        json_set_str(one, STR("source"), d->source);
        json_set_i64(one, STR("offset"), d->offset);
        json_set_i64(one, STR("length"), d->len);
    }
}

static bool answer(struct trying *t, struct json **out, struct feel_value value, struct err *err) {
    struct json *page = json_obj(t->arena);
    struct buf trace;
    buf_init(&trace, TRY_TRACE_BYTES);
    bool ok = dmn_trace_json(&trace, &t->trace, err);
    if (ok) {
        struct json *decision = json_set_obj(page, STR("decision"));
        struct lang_text title = dmn_view_title(t->f->model, t->f->index, t->arena);
        json_set_str(decision, STR("id"), dmn_info(t->f->model, t->f->index).id);
        view_text(decision, STR("title"), &title);
        view_time(page, STR("at"), t->at_us, t->f->pack->timezone);
        decision_value_set(page, STR("output"), value);
        view_trace(page, STR("trace"), buf_view(&trace), t->f->pack,
                   json_is_true(json_get(t->ask->query, STR("tables"))));
        add_diags(page, &t->diags);
        struct json *pack = json_set_obj(page, STR("pack"));
        json_set_str(pack, STR("id"), t->f->pack->id);
        json_set_str(pack, STR("version"), t->f->pack->version);
        *out = json_copy(page, t->ask->arena);
    }
    buf_done(&trace);
    return ok;
}

/* The moment that the rules take for now: the body's "at", or the service's own clock. */
static bool at_take(struct trying *t, struct app *app, const struct json *at, struct err *err) {
    struct cal_date date;
    t->at_us = app_now_us(app);
    if (at == NULL || json_is(at, JSON_NULL) || cal_us_parse(&t->at_us, json_text(at)))
        return true;
    if (!cal_date_parse(&date, json_text(at)))
        return wrong(t, ERR_TYPE, STR("/at"),
                     "give a time such as 2026-01-31T09:00:00+08:00, or a date", err);
    t->at_us = cal_us_of_date(date, t->f->pack->timezone);
    return true;
}

static bool try(struct trying *t, struct json **out, struct app *app, const struct json *body,
                struct err *err) {
    struct feel_value inputs, value;
    const struct pack *pack = t->f->pack;
    const struct feel_calendar calendar = {
        pack->calendar == NULL ? STR_NONE : cal_calendar_name(pack->calendar), pack->calendar};
    if (!at_take(t, app, json_get(body, STR("at")), err) ||
        !inputs_take(t, &inputs, json_get(body, STR("inputs")), err))
        return false;
    const struct feel_env env = {.now = feel_instant(t->arena, t->at_us, pack->timezone),
                                 .calendars = &calendar,
                                 .calendar_count = pack->calendar != NULL,
                                 .diags = &t->diags};
    return dmn_evaluate(&value, t->f->model, dmn_info(t->f->model, t->f->index).id, inputs, &env,
                        &t->trace, t->arena, &t->budget, err) &&
           answer(t, out, value, err);
}

bool app_view_evaluate(struct json **out, struct app_reader *r, const struct app_ask *ask,
                       struct str id, const struct json *body, struct err *err) {
    const struct app_packs *packs = app_packs_hold(r->app);
    struct decision_found f;
    bool ok = decision_find(&f, packs, id, err);
    if (ok) {
        struct arena *arena = arena_create("a try of a decision", TRY_ARENA_BYTES);
        struct trying t = {.f = &f,
                           .ask = ask,
                           .arena = arena,
                           .budget = budget_of(TRY_STEPS_MAX, TRY_BYTES_MAX),
                           .diags = {.arena = arena},
                           .trace = {.arena = arena}};
        ok = try(&t, out, r->app, body, err);
        arena_destroy(arena);
    }
    app_packs_let(r->app, packs);
    return ok;
}
