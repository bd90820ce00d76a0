/* The decisions of the packs: what they ask for, their tables, and trying them. The rules are
 * public law, so whoever asks may read and try them; what a try may cost is bounded here. */
#include "app/decision.h"

enum {
    VALUE_BYTES_MAX = 64 << 10, /* one value that a model lists */
    TYPE_DEPTH_MAX = 4,         /* members of members that are asked for one by one */
};

/* ---- finding ------------------------------------------------------------------------------------
 */

static bool in_pack(struct decision_found *out, const struct pack *pack, struct str id) {
    for (size_t i = 0; i < pack->decision_count; i++) {
        size_t at = dmn_find(pack->decisions[i], id);
        if (at == SIZE_MAX || dmn_info(pack->decisions[i], at).kind != DMN_DECISION)
            continue;
        *out = (struct decision_found){pack, pack->decisions[i], at};
        return true;
    }
    return false;
}

bool decision_find(struct decision_found *out, const struct app_packs *packs, struct str id,
                   struct err *err) {
    for (size_t i = 0; i < app_packs_count(packs); i++)
        if (in_pack(out, app_packs_at(packs, i), id))
            return true;
    return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such decision");
}

/* Does the matter's procedure take this decision: by an id in the matter's `with:` map, or one that
 * stands in the procedure? */
static bool takes(const struct pack_matter *matter, struct str id) {
    for (size_t i = 0; i < json_count(matter->with); i++)
        if (str_eq(json_text(json_member_at(matter->with, i)->value), id))
            return true;
    for (uint32_t i = 0; i < matter->process->node_count; i++) {
        const struct bpmn_expr *decision = &matter->process->nodes[i].decision;
        if (decision->program == NULL && str_eq(decision->text, id))
            return true;
    }
    return false;
}

/* Is `index` what `from` needs, directly or through others of the model? */
static bool needs(const struct dmn_model *model, size_t from, size_t index, struct arena *arena) {
    size_t count = dmn_count(model), queued = 0;
    size_t *queue = arena_new(arena, size_t, count);
    bool *seen = arena_new(arena, bool, count);
    queue[queued++] = from;
    seen[from] = true;
    for (size_t i = 0; i < queued; i++) {
        const size_t *list;
        size_t n = dmn_view_needs(&list, model, queue[i], arena);
        for (size_t k = 0; k < n; k++)
            if (!seen[list[k]]) {
                seen[list[k]] = true;
                queue[queued++] = list[k];
            }
    }
    return seen[index];
}

/* Matters that take it, or a decision that needs it. */
static size_t matters_of(const struct pack_matter **out, const struct decision_found *f,
                         struct arena *arena) {
    size_t count = 0;
    for (size_t i = 0; i < f->pack->matter_count; i++) {
        const struct pack_matter *matter = &f->pack->matters[i];
        for (size_t k = 0; k < dmn_count(f->model); k++) {
            struct dmn_info info = dmn_info(f->model, k);
            if (info.kind != DMN_DECISION || !takes(matter, info.id) ||
                !needs(f->model, k, f->index, arena))
                continue;
            out[count++] = matter;
            break;
        }
    }
    return count;
}

static void add_matters(struct json *out, const struct decision_found *f) {
    const struct pack_matter **matters =
        arena_new(out->arena, const struct pack_matter *, f->pack->matter_count);
    size_t count = matters_of(matters, f, out->arena);
    struct json *list = json_set_arr(out, STR("matters"));
    for (size_t i = 0; i < count; i++) {
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("id"), matters[i]->id);
        view_text(one, STR("title"), &matters[i]->title);
    }
}

static void add_head(struct json *out, const struct decision_found *f) {
    struct dmn_info info = dmn_info(f->model, f->index);
    struct lang_text title = dmn_view_title(f->model, f->index, out->arena);
    json_set_str(out, STR("id"), info.id);
    view_text(out, STR("title"), &title);
    json_set_str(out, STR("description"), info.description);
    struct json *pack = json_set_obj(out, STR("pack"));
    json_set_str(pack, STR("id"), f->pack->id);
    json_set_str(pack, STR("version"), f->pack->version);
    add_matters(out, f);
}

bool app_view_decisions(struct json **out, struct app_reader *r, const struct app_ask *ask,
                        struct err *err) {
    const struct app_packs *packs = app_packs_hold(r->app);
    struct str matter = view_query(ask, STR("matter"));
    struct json *list = json_arr(ask->arena);
    (void)err;
    for (size_t p = 0; p < app_packs_count(packs); p++) {
        const struct pack *pack = app_packs_at(packs, p);
        for (size_t i = 0; i < pack->decision_count; i++)
            for (size_t k = 0; k < dmn_count(pack->decisions[i]); k++) {
                struct decision_found f = {pack, pack->decisions[i], k};
                if (dmn_info(f.model, k).kind != DMN_DECISION)
                    continue;
                struct json *one = json_obj(ask->arena);
                add_head(one, &f);
                bool wanted = matter.len == 0;
                const struct json *of = json_get(one, STR("matters"));
                for (size_t m = 0; m < json_count(of); m++)
                    wanted |= str_eq(json_get_text(json_item(of, m), STR("id")), matter);
                if (wanted)
                    json_push(list, one);
            }
    }
    *out = json_copy(view_items(list), ask->arena); /* the packs are let go below */
    app_packs_let(r->app, packs);
    return true;
}

/* ---- what it asks for ---------------------------------------------------------------------------
 */

/* How one value is asked for. */
struct ask_field {
    struct str pointer; /* "/inputs/form/since" */
    struct str name;    /* "form.since" */
    const struct feel_type *type;
    const struct form_field *form; /* the matter's own question, when there is one */
    const struct feel_value *choices;
    size_t choice_count;
};

static const struct form_field *field_in(const struct pack_form *form, struct str key) {
    for (size_t i = 0; form != NULL && i < form->field_count; i++)
        if (str_eq(form->fields[i].key, key))
            return &form->fields[i];
    return NULL;
}

/* In a case an input is one of its names, or else a field of the form (case/decide.c). */
const struct form_field *decision_form_field(const struct decision_found *f, struct str input,
                                             struct str member, struct arena *arena) {
    const struct pack_matter **matters =
        arena_new(arena, const struct pack_matter *, f->pack->matter_count);
    size_t count = matters_of(matters, f, arena);
    const struct form_field *found = NULL;
    for (size_t i = 0; found == NULL && i < count; i++) {
        if (member.len == 0)
            found = field_in(matters[i]->form, input);
        else if (str_eq(input, STR("applicant")))
            found = field_in(matters[i]->applicant, member);
        else if (str_eq(input, STR("form")))
            found = field_in(matters[i]->form, member);
    }
    return found;
}

static const char *form_kind(const struct form_field *field) {
    switch (field->kind) {
    case FORM_NUMBER: return "number";
    case FORM_DATE: return "date";
    case FORM_SELECT:
    case FORM_RADIO: return "choice";
    case FORM_CHECKBOX: return "boolean";
    case FORM_CHECKLIST: return "any";
    default: return "text";
    }
}

static const char *type_kind(const struct feel_type *type) {
    if (type == NULL || type->tag != FEEL_TYPE_KIND)
        return "any";
    switch (type->kind) {
    case FEEL_BOOLEAN: return "boolean";
    case FEEL_NUMBER: return "number";
    case FEEL_STRING: return "text";
    case FEEL_DATE: return "date";
    case FEEL_TIME: return "time";
    case FEEL_DATE_TIME: return "date_time";
    case FEEL_DAYS_TIME:
    case FEEL_YEARS_MONTHS: return "duration";
    default: return "any";
    }
}

void decision_value_set(struct json *out, struct str key, struct feel_value value) {
    struct buf text;
    struct err none = {0};
    const struct json *tree;
    buf_init(&text, VALUE_BYTES_MAX);
    struct budget budget = budget_of(VALUE_BYTES_MAX, VALUE_BYTES_MAX * 100);
    if (feel_to_json(&text, value, &none) &&
        json_read(&tree, buf_view(&text), "value", out->arena, &budget, &none))
        json_set(out, key, tree);
    else
        json_set(out, key, json_null(out->arena));
    buf_done(&text);
}

static void add_options(struct json *out, const struct ask_field *field) {
    struct json *options = json_set_arr(out, STR("options"));
    for (size_t i = 0; field->form != NULL && i < field->form->option_count; i++) {
        struct json *one = json_push_obj(options);
        json_set_str(one, STR("value"), field->form->options[i].value);
        view_text(one, STR("label"), &field->form->options[i].label);
    }
    bool listed = json_count(options) > 0;
    for (size_t i = 0; !listed && i < field->choice_count; i++)
        decision_value_set(json_push_obj(options), STR("value"), field->choices[i]);
}

static void add_question(struct json *list, const struct ask_field *field,
                         const struct lang_text *label) {
    struct json *one = json_push_obj(list);
    json_set_str(one, STR("name"), field->name);
    json_set_str(one, STR("pointer"), field->pointer);
    view_text(one, STR("label"), field->form != NULL ? &field->form->label : label);
    const char *kind = field->form != NULL ? form_kind(field->form) : type_kind(field->type);
    if (field->choice_count > 0 && !str_eq(str_from(kind), STR("boolean")))
        kind = "choice";
    json_set_str(one, STR("kind"), str_from(kind));
    add_options(one, field);
}

struct asking {
    const struct decision_found *f;
    const struct dmn_view_input *input;
    struct json *list;
    struct arena *arena;
};

static void ask_for(struct asking *x, const struct feel_type *type, struct str pointer,
                    struct str path, int depth) {
    struct arena *a = x->arena;
    if (type != NULL && type->tag == FEEL_TYPE_CONTEXT && type->field_count > 0 &&
        depth < TYPE_DEPTH_MAX) {
        for (size_t i = 0; i < type->field_count; i++) {
            struct str name = type->fields[i].name;
            ask_for(x, type->fields[i].type,
                    arena_printf(a, "%.*s/%.*s", STR_ARG(pointer), STR_ARG(name)),
                    arena_printf(a, "%.*s.%.*s", STR_ARG(path), STR_ARG(name)), depth + 1);
        }
        return;
    }
    struct ask_field field = {.pointer = pointer, .name = path, .type = type};
    field.choice_count = dmn_view_type_choices(&field.choices, type, a);
    if (field.choice_count == 0)
        field.choice_count = dmn_view_choices(&field.choices, x->f->model, path, STR_NONE, a);
    if (depth == 0)
        field.form = decision_form_field(x->f, path, STR_NONE, a);
    struct lang_text label = x->input->label;
    for (size_t i = 0; depth > 0 && i < LANGS; i++)
        label.in[i] = path;
    add_question(x->list, &field, &label);
}

/* An input without a type is asked for by the members that the rule reads of it. */
static void ask_members(struct asking *x) {
    struct arena *a = x->arena;
    for (size_t i = 0; i < x->input->read_count; i++) {
        struct str member = x->input->reads[i], name = x->input->name;
        struct lang_text label;
        struct ask_field field = {
            .pointer = arena_printf(a, "/inputs/%.*s/%.*s", STR_ARG(name), STR_ARG(member)),
            .name = arena_printf(a, "%.*s.%.*s", STR_ARG(name), STR_ARG(member)),
            .form = decision_form_field(x->f, name, member, a),
        };
        for (size_t k = 0; k < LANGS; k++)
            label.in[k] = field.name;
        field.choice_count = dmn_view_choices(&field.choices, x->f->model, name, member, a);
        add_question(x->list, &field, &label);
    }
}

static void add_inputs(struct json *out, const struct decision_found *f, struct arena *arena) {
    const struct dmn_view_input *inputs;
    size_t count = dmn_view_inputs(&inputs, f->model, f->index, arena);
    struct json *list = json_set_arr(out, STR("inputs"));
    for (size_t i = 0; i < count; i++) {
        struct json *one = json_push_obj(list);
        struct buf type;
        json_set_str(one, STR("name"), inputs[i].name);
        view_text(one, STR("label"), &inputs[i].label);
        buf_init(&type, 4096);
        if (inputs[i].type != NULL)
            feel_type_print(&type, inputs[i].type);
        json_set_str(one, STR("type"),
                     inputs[i].type == NULL ? STR("Any") : arena_str(arena, buf_view(&type)));
        buf_done(&type);
        struct asking x = {f, &inputs[i], json_set_arr(one, STR("asks")), arena};
        if (inputs[i].type == NULL && inputs[i].read_count > 0)
            ask_members(&x);
        else
            ask_for(&x, inputs[i].type,
                    arena_printf(arena, "/inputs/%.*s", STR_ARG(inputs[i].name)), inputs[i].name,
                    0);
    }
}

static void add_needs(struct json *out, const struct decision_found *f) {
    static const char *const kinds[] = {"input", "decision", "function", "service"};
    const size_t *indexes;
    size_t count = dmn_view_needs(&indexes, f->model, f->index, out->arena);
    struct json *list = json_set_arr(out, STR("needs"));
    for (size_t i = 0; i < count; i++) {
        struct dmn_info info = dmn_info(f->model, indexes[i]);
        struct lang_text title = dmn_view_title(f->model, indexes[i], out->arena);
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("id"), info.id);
        json_set_str(one, STR("kind"), str_from(kinds[info.kind]));
        view_text(one, STR("title"), &title);
    }
}

bool app_view_decision(struct json **out, struct app_reader *r, const struct app_ask *ask,
                       struct str id, struct err *err) {
    const struct app_packs *packs = app_packs_hold(r->app);
    struct decision_found f;
    bool ok = decision_find(&f, packs, id, err);
    if (ok) {
        struct json *page = json_obj(ask->arena), *table;
        add_head(page, &f);
        add_inputs(page, &f, ask->arena);
        add_needs(page, &f);
        table = decision_table_json(f.model, f.index, NULL, 0, ask->arena);
        json_set(page, STR("table"), table);
        json_set_str(page, STR("expression"), dmn_view_expression(f.model, f.index, ask->arena));
        *out = json_copy(page, ask->arena);
    }
    app_packs_let(r->app, packs);
    return ok;
}
