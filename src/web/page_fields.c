/* web/page_fields.c - form fields as the template parts/field reads them: our own few, and those of
 * a pack's form. Every key that the template asks for is set, because a missing one would be looked
 * up further out. The name and the id of a pack's field are "f-<key>", so that they cannot be
 * mistaken for a name of the page. */
#include "web/page.h"

static struct json *field_new(struct page *p, struct json *list, const char *kind, struct str name,
                              struct str label) {
    static const struct str texts[] = {
        STR_INIT("hint"),         STR_INIT("error"), STR_INIT("value"), STR_INIT("type"),
        STR_INIT("autocomplete"), STR_INIT("width"), STR_INIT("min"),   STR_INIT("describedby"),
        STR_INIT("inputmode"),    STR_INIT("max"),
    };
    static const char *const kinds[] = {"is_input",    "is_textarea",  "is_select", "is_radio",
                                        "is_checkbox", "is_checklist", "is_text"};
    struct json *field = json_push_obj(list);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        json_set_str(field, texts[i], STR(""));
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        json_set_bool(field, str_from(kinds[i]), strcmp(kinds[i], kind) == 0);
    json_set_str(field, STR("id"), name);
    json_set_str(field, STR("name"), name);
    json_set(field, STR("label"), json_str_copy(label, p->arena));
    json_set_bool(field, STR("optional"), false);
    json_set_bool(field, STR("steers"), false);
    json_set_bool(field, STR("on"), false);
    json_set(field, STR("options"), json_arr(p->arena));
    return field;
}

/* Hint and fault, and that a screen reader reads them with the field. */
static void field_notes(struct page *p, struct json *field, struct str hint, struct str fault) {
    struct str id = json_get_text(field, STR("id"));
    struct str hint_id = arena_printf(p->arena, "%.*s-hint", STR_ARG(id));
    struct str fault_id = arena_printf(p->arena, "%.*s-error", STR_ARG(id));
    json_set(field, STR("hint"), json_str_copy(hint, p->arena));
    json_set(field, STR("error"), json_str_copy(fault, p->arena));
    if (hint.len > 0 && fault.len > 0)
        json_set(field, STR("describedby"),
                 json_printf(p->arena, "%.*s %.*s", STR_ARG(hint_id), STR_ARG(fault_id)));
    else if (hint.len > 0 || fault.len > 0)
        json_set_str(field, STR("describedby"), hint.len > 0 ? hint_id : fault_id);
    if (fault.len > 0)
        page_fault(p, id, arena_str(p->arena, fault));
}

static struct str hint_of(const struct page *p, int hint) {
    return hint < 0 ? STR("") : page_text(p, (enum text)hint);
}

static struct str label_of(const struct page *p, const struct page_field *from) {
    return from->words.len > 0 ? from->words : page_text(p, from->label);
}

void page_field(struct page *p, struct json *list, const struct page_field *from) {
    struct json *field =
        field_new(p, list, from->area ? "is_textarea" : "is_input", from->name, label_of(p, from));
    json_set_str(field, STR("value"), from->value);
    json_set_str(field, STR("type"), str_from(from->type != NULL ? from->type : "text"));
    json_set_str(field, STR("autocomplete"), str_from(from->autocomplete));
    json_set_str(field, STR("width"), str_from(from->width));
    json_set_bool(field, STR("optional"), from->optional);
    field_notes(p, field, hint_of(p, from->hint), from->fault);
}

struct json *page_select(struct page *p, struct json *list, const struct page_field *from) {
    struct json *field = field_new(p, list, "is_select", from->name, label_of(p, from));
    struct json *options = json_set_arr(field, STR("options"));
    field_notes(p, field, hint_of(p, from->hint), from->fault);
    return options;
}

/* ---- a pack's form ---- */

static struct str name_of(struct page *p, struct str key) {
    return arena_printf(p->arena, "f-%.*s", STR_ARG(key));
}

static const struct form_fault *fault_of(const struct form_faults *faults,
                                         const struct form_field *field) {
    for (size_t i = 0; faults != NULL && i < faults->count; i++)
        if (faults->list[i].field == field)
            return &faults->list[i];
    return NULL;
}

static bool is_chosen(const struct json *value, struct str option) {
    if (json_is(value, JSON_ARRAY)) {
        for (size_t i = 0; i < json_count(value); i++)
            if (str_eq(json_text(json_item(value, i)), option))
                return true;
        return false;
    }
    return str_eq(json_text(value), option);
}

static void options_add(struct page *p, struct json *out, const struct form_field *field,
                        const struct json *value) {
    struct json *options = json_set_arr(out, STR("options"));
    struct str id = json_get_text(out, STR("id"));
    for (size_t i = 0; i < field->option_count; i++) {
        const struct form_option *option = &field->options[i];
        struct json *one = json_push_obj(options);
        /* The first has the field's own id: the summary of faults links to it. */
        json_set(one, STR("id"),
                 i == 0 ? json_str(id, p->arena)
                        : json_printf(p->arena, "%.*s-%zu", STR_ARG(id), i + 1));
        json_set_str(one, STR("value"), option->value);
        json_set_str(one, STR("label"), option->label.in[p->lang]);
        json_set_bool(one, STR("on"), is_chosen(value, option->value));
        json_set_str(one, STR("hint"), STR(""));
    }
}

static bool is_on(const struct json *value) {
    return json_is_true(value) || str_eq(json_text(value), STR("true"));
}

static void input_set(struct json *out, const struct form_field *field) {
    struct str type = STR("text"), mode = STR("");
    if (field->kind == FORM_DATE)
        type = STR("date");
    else if (str_eq(field->check, STR("phone")))
        type = STR("tel");
    else if (str_eq(field->check, STR("email")))
        type = STR("email");
    if (field->kind == FORM_NUMBER)
        mode = STR("decimal");
    json_set_str(out, STR("type"), type);
    json_set_str(out, STR("inputmode"), mode);
    if (field->kind == FORM_DATE || field->kind == FORM_NUMBER)
        json_set_str(out, STR("width"), STR("govuk-input--width-10"));
    else if (field->check.len > 0 || (field->length_max > 0 && field->length_max <= 40))
        json_set_str(out, STR("width"), STR("govuk-input--width-20"));
    if (str_eq(field->check, STR("phone")))
        json_set_str(out, STR("autocomplete"), STR("tel"));
    else if (str_eq(field->check, STR("email")))
        json_set_str(out, STR("autocomplete"), STR("email"));
    else if (str_eq(field->key, STR("name")))
        json_set_str(out, STR("autocomplete"), STR("name"));
}

static const char *kind_of(enum form_field_kind kind) {
    switch (kind) {
    case FORM_TEXTFIELD:
    case FORM_NUMBER:
    case FORM_DATE: return "is_input";
    case FORM_TEXTAREA: return "is_textarea";
    case FORM_SELECT: return "is_select";
    case FORM_RADIO: return "is_radio";
    case FORM_CHECKBOX: return "is_checkbox";
    case FORM_CHECKLIST: return "is_checklist";
    case FORM_TEXT:
    case FORM_GROUP: return "is_text";
    }
    return "is_text";
}

static void pack_field(struct page *p, struct json *list, const struct form_field *field,
                       const struct page_form *form, bool steers) {
    struct json *out =
        field_new(p, list, kind_of(field->kind), name_of(p, field->key), field->label.in[p->lang]);
    const struct json *value = json_get(form->values, field->key);
    const struct form_fault *fault = fault_of(form->faults, field);
    bool asks = field->kind != FORM_TEXT && field->kind != FORM_GROUP;
    json_set_bool(out, STR("steers"), steers);
    json_set_bool(out, STR("optional"), asks && !field->required && field->kind != FORM_CHECKBOX);
    if (json_is(value, JSON_STRING) || json_is(value, JSON_NUMBER))
        json_set_str(out, STR("value"), json_text(value));
    json_set_bool(out, STR("on"), field->kind == FORM_CHECKBOX && is_on(value));
    if (strcmp(kind_of(field->kind), "is_input") == 0)
        input_set(out, field);
    options_add(p, out, field, value);
    field_notes(p, out, field->description.in[p->lang],
                fault == NULL ? STR_NONE : fault->text.in[p->lang]);
}

static bool in_group(const struct form_field *field, uint32_t group) {
    return field->kind != FORM_GROUP && (group == PAGE_ALL_GROUPS || field->group == group);
}

bool page_form_fields(struct page *p, struct json *list, bool *steers, const struct page_form *form,
                      struct err *err) {
    const struct pack_form *of = form->form;
    struct budget budget = budget_of(PAGE_FORM_STEPS_MAX, PAGE_FORM_BYTES_MAX);
    bool *shown = arena_new(p->arena, bool, of->field_count);
    const struct json *values = form->values != NULL ? form->values : json_obj(p->arena);
    if (!form_visible(shown, of, values, p->arena, &budget, err))
        return false;
    *steers = false;
    for (size_t i = 0; i < of->field_count; i++)
        *steers |= of->fields[i].hide != NULL && in_group(&of->fields[i], form->group);
    for (size_t i = 0; i < of->field_count; i++)
        if (shown[i] && in_group(&of->fields[i], form->group))
            pack_field(p, list, &of->fields[i], form, *steers);
    return true;
}

/* ---- what was sent ---- */

static const struct json *posted(struct page *p, const struct form_field *field) {
    struct str name = name_of(p, field->key);
    if (field->kind != FORM_CHECKLIST) {
        struct str value = web_field(p->r, name);
        return value.at == NULL ? NULL : json_str(str_trim(value), p->arena);
    }
    struct json *list = json_arr(p->arena);
    for (size_t i = 0; i < p->r->form.count; i++)
        if (str_eq(p->r->form.fields[i].name, name) && !p->r->form.fields[i].is_file)
            json_push_str(list, p->r->form.fields[i].value);
    return json_count(list) == 0 ? NULL : list;
}

static bool is_asked(const struct pack_form *form, struct str key, uint32_t group) {
    for (size_t i = 0; i < form->field_count; i++)
        if (str_eq(form->fields[i].key, key) && in_group(&form->fields[i], group))
            return true;
    return false;
}

struct json *page_form_posted(struct page *p, const struct pack_form *form, uint32_t group,
                              const struct json *before) {
    struct json *values = json_obj(p->arena);
    for (size_t i = 0; i < json_count(before); i++) {
        const struct json_member *member = json_member_at(before, i);
        if (!is_asked(form, member->key.text, group))
            json_set(values, member->key.text, member->value);
    }
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *field = &form->fields[i];
        if (field->key.len == 0 || !in_group(field, group))
            continue;
        const struct json *value = posted(p, field);
        if (value != NULL && (value->kind != JSON_STRING || json_text(value).len > 0))
            json_set(values, field->key, value);
    }
    return values;
}

bool page_form_check(struct page *p, struct json **values, struct form_faults *faults,
                     const struct pack_form *form, const struct json *raw, struct err *err) {
    struct budget budget = budget_of(PAGE_FORM_STEPS_MAX, PAGE_FORM_BYTES_MAX);
    struct cal_date today = cal_us_date(app_now_us(p->r->app), p->pack->timezone);
    return form_check(values, faults, form, raw, today, p->arena, &budget, err);
}

/* ---- what was answered, to be read ---- */

static void text_lines(struct page *p, struct json *lines, struct str value) {
    struct str rest = value, line;
    while (rest.len > 0 && str_split(&line, &rest, '\n'))
        json_push(lines, json_str_copy(str_trim(line), p->arena));
}

struct json *page_form_lines(struct page *p, const struct form_field *field,
                             const struct json *value) {
    struct json *lines = json_arr(p->arena);
    if (value == NULL)
        return lines;
    if (field->kind == FORM_CHECKBOX) {
        json_push_str(lines, page_text(p, is_on(value) ? TEXT_yes : TEXT_no));
        return lines;
    }
    if (field->option_count > 0) {
        for (size_t i = 0; i < field->option_count; i++)
            if (is_chosen(value, field->options[i].value))
                json_push_str(lines, field->options[i].label.in[p->lang]);
        return lines;
    }
    if (field->kind == FORM_DATE)
        json_push_str(lines, say_at(p->arena, p->lang, json_text(value), false));
    else
        text_lines(p, lines, json_text(value));
    return lines;
}
