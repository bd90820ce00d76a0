/* Decision models: loading, deciding, the trace, the findings of the table checks. */
#include "dmn/view.h"
#include "lib/inner.h"

enum { LOAD_STEPS = 1000000000, MODEL_BYTES_DEFAULT = 1 << 30, MODEL_BYTES_MIN = 1 << 20 };

/* --- loading
 * ----------------------------------------------------------------------------------- */
struct importer {
    const struct mfeel_model_options *options;
    struct arena *arena;
};

static bool import(struct str *xml, const char **file, void *self, struct str ns,
                   struct str location, struct err *err) {
    const struct importer *x = self;
    const char *text = NULL, *source = "import";
    size_t bytes = MFEEL_ZERO_ENDED;
    enum mfeel_status status =
        x->options->import(x->options->import_self, arena_cstr(x->arena, ns),
                           arena_cstr(x->arena, location), &text, &bytes, &source);
    if (status != MFEEL_OK || text == NULL)
        return err_set(err, status == MFEEL_OK ? ERR_NOT_FOUND : status_code(status), err_nowhere,
                       "the model imports '%.*s', and nothing gives it", STR_ARG(ns));
    struct str given = text_in(text, bytes);
    size_t left = arena_limit_bytes(x->arena) - arena_used_bytes(x->arena);
    if (given.len >= left / 8)
        return err_set(err, ERR_LIMIT, err_nowhere, "the model takes too much memory");
    *xml = arena_str(x->arena, given);
    *file = arena_cstr(x->arena, str_from(source));
    return true;
}

static const char *type_text(struct arena *a, const struct feel_type *type) {
    struct buf text;
    if (type == NULL)
        return "Any";
    if (type->name.len > 0)
        return arena_cstr(a, type->name);
    buf_init(&text, 1 << 16);
    feel_type_print(&text, type);
    const char *out = text.full ? "Any" : arena_cstr(a, buf_view(&text));
    buf_done(&text);
    return out;
}

static bool describe(struct mfeel_model *m, struct err *err) {
    size_t count = dmn_count(m->model), bytes = 0;
    for (size_t i = 0; i < count; i++) {
        struct dmn_info info = dmn_info(m->model, i);
        bytes += info.id.len + info.name.len + info.description.len + sizeof *m->elements + 512;
    }
    size_t left = arena_limit_bytes(m->arena) - arena_used_bytes(m->arena);
    if (bytes + (1 << 17) > left)
        return err_set(err, ERR_LIMIT, err_nowhere, "the model takes too much memory");
    m->name = arena_cstr(m->arena, dmn_model_name(m->model));
    m->ns = arena_cstr(m->arena, dmn_model_namespace(m->model));
    m->elements = arena_new(m->arena, struct mfeel_element, count);
    for (size_t i = 0; i < count; i++) {
        struct dmn_info info = dmn_info(m->model, i);
        m->elements[i] =
            (struct mfeel_element){.kind = (int)info.kind,
                                   .id = arena_cstr(m->arena, info.id),
                                   .name = arena_cstr(m->arena, info.name),
                                   .description = arena_cstr(m->arena, info.description),
                                   .type = type_text(m->arena, info.type),
                                   .line = info.at.line,
                                   .column = info.at.column};
    }
    return true;
}

static bool load(struct mfeel_model *m, struct mfeel_engine *engine, struct str xml,
                 const struct mfeel_model_options *o, struct err *err) {
    struct importer importer = {o, m->arena};
    struct dmn_options options = {.import = o->import == NULL ? NULL : import,
                                  .import_self = &importer,
                                  .zones = engine_zones(engine),
                                  .strict = !o->lenient};
    size_t limit = arena_limit_bytes(m->arena);
    const char *source = o->source == NULL ? "model" : o->source;
    if (xml.len >= limit / 8 || strlen(source) >= limit / 8)
        return err_set(err, ERR_LIMIT, err_nowhere, "the model takes too much memory");
    struct budget budget = budget_of(LOAD_STEPS, limit / 2);
    return dmn_load(&m->model, m->arena, arena_str(m->arena, xml),
                    arena_cstr(m->arena, str_from(source)), &options, &budget, err) &&
           describe(m, err);
}

enum { OPTIONS_BYTES_1_0 = offsetof(struct mfeel_model_options, memory_bytes) + sizeof(size_t) };

struct mfeel_model *mfeel_model_load(struct mfeel_engine *engine, const char *xml, size_t xml_bytes,
                                     const struct mfeel_model_options *options,
                                     struct mfeel_error *error) {
    struct mfeel_model_options o = MFEEL_MODEL_OPTIONS_INIT;
    struct err err = {0};
    if (options != NULL && !struct_taken(&o, sizeof o, OPTIONS_BYTES_1_0, options, &err)) {
        (void)status_of(error, &err);
        return NULL;
    }
    size_t bytes = o.memory_bytes == 0 ? (size_t)MODEL_BYTES_DEFAULT : o.memory_bytes;
    struct arena *arena = arena_create("model", MAX_OF(bytes, (size_t)MODEL_BYTES_MIN));
    struct mfeel_model *m = arena_new(arena, struct mfeel_model, 1);
    m->arena = arena;
    if (load(m, engine, text_in(xml, xml_bytes), &o, &err))
        return m;
    (void)status_of(error, &err);
    arena_destroy(arena);
    return NULL;
}

void mfeel_model_destroy(struct mfeel_model *model) {
    if (model != NULL)
        arena_destroy(model->arena);
}

/* --- looking
 * ----------------------------------------------------------------------------------- */
const char *mfeel_model_name(const struct mfeel_model *model) {
    return model->name;
}

const char *mfeel_model_namespace(const struct mfeel_model *model) {
    return model->ns;
}

size_t mfeel_element_count(const struct mfeel_model *model) {
    return dmn_count(model->model);
}

bool mfeel_element_at(const struct mfeel_model *model, size_t index, struct mfeel_element *out) {
    if (index >= dmn_count(model->model))
        return false;
    *out = model->elements[index];
    return true;
}

size_t mfeel_element_find(const struct mfeel_model *model, const char *id_or_name, size_t bytes) {
    return dmn_find(model->model, text_in(id_or_name, bytes));
}

enum mfeel_status mfeel_element_inputs(struct mfeel_evaluator *ev, const struct mfeel_model *model,
                                       size_t index, const struct mfeel_view **names, size_t *count,
                                       struct mfeel_error *error) {
    const struct str *found;
    if (index >= dmn_count(model->model))
        return status_fail(error, ERR_NOT_FOUND, "the model has no such element");
    size_t states = dmn_state_count(model->model) + 1;
    enum mfeel_status status = evaluator_room(ev, states * 64, error);
    if (status != MFEEL_OK)
        return status;
    size_t n = dmn_inputs_of(&found, model->model, index, ev->arena);
    struct mfeel_view *views = arena_new(ev->arena, struct mfeel_view, n);
    for (size_t i = 0; i < n; i++)
        views[i] = view_of(found[i]);
    *names = views;
    *count = n;
    return MFEEL_OK;
}

/* --- deciding
 * ---------------------------------------------------------------------------------- */
enum mfeel_status mfeel_decide(struct mfeel_evaluator *ev, const struct mfeel_model *model,
                               const char *id_or_name, size_t bytes, struct mfeel_value inputs,
                               struct mfeel_value *out, struct mfeel_error *error) {
    struct err err = {0};
    struct feel_value v;
    *out = mfeel_null();
    enum mfeel_status status = evaluator_takes(inputs, error);
    if (status == MFEEL_OK)
        status = evaluator_begin(ev, error);
    if (status != MFEEL_OK)
        return status;
    bool ran = dmn_evaluate(&v, model->model, text_in(id_or_name, bytes), value_in(inputs),
                            &ev->env, ev->traces ? &ev->trace : NULL, ev->arena, &ev->budget, &err);
    *out = value_out(v);
    return evaluator_end(ev, ran, &err, error);
}

/* The texts of JSON that stand for dates and times. */
static enum mfeel_status read_texts(const struct mfeel_evaluator *ev,
                                    const struct mfeel_model *model, struct str id_or_name,
                                    struct mfeel_value *inputs, struct mfeel_error *error) {
    struct err err = {0};
    struct budget budget = evaluator_reading(ev);
    struct feel_value v = value_in(*inputs);
    if (!dmn_view_texts(&v, model->model, id_or_name, engine_zones(ev->engine), ev->arena, &budget,
                        &err))
        return evaluator_read(ev, &err, error);
    *inputs = value_out(v);
    return MFEEL_OK;
}

enum mfeel_status mfeel_decide_json(struct mfeel_evaluator *ev, const struct mfeel_model *model,
                                    const char *id_or_name, size_t bytes, const char *json,
                                    size_t json_bytes, const char **out, size_t *out_bytes,
                                    struct mfeel_error *error) {
    struct mfeel_value inputs, v;
    enum mfeel_status status = evaluator_room(ev, 256, error);
    if (status == MFEEL_OK)
        status = evaluator_context(ev, text_in(json, json_bytes), &inputs, error);
    if (status == MFEEL_OK)
        status = read_texts(ev, model, text_in(id_or_name, bytes), &inputs, error);
    if (status == MFEEL_OK)
        status = mfeel_decide(ev, model, id_or_name, bytes, inputs, &v, error);
    return status != MFEEL_OK ? status : mfeel_text(ev, v, MFEEL_TEXT_JSON, out, out_bytes, error);
}

/* --- the trace
 * --------------------------------------------------------------------------------- */
size_t mfeel_step_count(const struct mfeel_evaluator *ev) {
    return ev->trace.count;
}

bool mfeel_step_at(const struct mfeel_evaluator *ev, size_t step, struct mfeel_step *out) {
    if (step >= ev->trace.count)
        return false;
    const struct dmn_step *s = &ev->trace.steps[step];
    *out = (struct mfeel_step){.decision_id = view_of(s->decision_id),
                               .decision_name = view_of(s->decision_name),
                               .is_table = s->is_table,
                               .hit_policy = s->hit_policy == NULL ? "" : s->hit_policy,
                               .input_count = s->input_count,
                               .rule_count = s->rule_count,
                               .output = value_out(s->output)};
    return true;
}

bool mfeel_step_input_at(const struct mfeel_evaluator *ev, size_t step, size_t input,
                         struct mfeel_step_input *out) {
    if (step >= ev->trace.count || input >= ev->trace.steps[step].input_count)
        return false;
    const struct dmn_step *s = &ev->trace.steps[step];
    *out = (struct mfeel_step_input){view_of(s->input_names[input]), value_out(s->inputs[input])};
    return true;
}

bool mfeel_step_rule_at(const struct mfeel_evaluator *ev, size_t step, size_t rule,
                        struct mfeel_step_rule *out) {
    if (step >= ev->trace.count || rule >= ev->trace.steps[step].rule_count)
        return false;
    const struct dmn_step *s = &ev->trace.steps[step];
    *out = (struct mfeel_step_rule){s->rules[rule], view_of(s->rule_ids[rule]),
                                    view_of(s->rule_notes[rule])};
    return true;
}

/* --- checking
 * ---------------------------------------------------------------------------------- */
enum mfeel_status mfeel_model_check(struct mfeel_evaluator *ev, const struct mfeel_model *model,
                                    mfeel_finding_fn fn, void *self, struct mfeel_error *error) {
    const struct dmn_finding *findings = NULL;
    size_t count = 0;
    struct err err = {0};
    enum mfeel_status status = evaluator_room(ev, 1 << 20, error);
    if (status == MFEEL_OK)
        status = evaluator_begin(ev, error);
    if (status != MFEEL_OK)
        return status;
    bool whole = dmn_check(&findings, &count, model->model, ev->arena, &ev->budget, &err);
    for (size_t i = 0; i < count; i++) {
        const struct dmn_finding *f = &findings[i];
        fn(self, &(struct mfeel_finding){.kind = dmn_finding_name(f->kind),
                                         .table = view_of(f->table),
                                         .line = f->at.line,
                                         .column = f->at.column,
                                         .rule_a = f->rule_a,
                                         .rule_b = f->rule_b,
                                         .input = view_of(f->input),
                                         .text = view_of(f->text)});
    }
    return evaluator_end(ev, whole, &err, error); /* what was found before a limit is told */
}
