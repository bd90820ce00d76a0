/* Values from outside: which an element asks for, and texts of JSON that stand for dates and times.
 * What is asked for is written as a type, so that inputs and their parts are read alike. A value is
 * copied only where something in it changes. */
#include "dmn/model.h"
#include "dmn/view.h"
#include "feel/machine.h"

enum { TEXT_BYTES = 128 }; /* of the arena, for a value read from a text */
static_assert(sizeof(struct cal_datetime) + alignof(max_align_t) <= TEXT_BYTES, "the largest fits");

/* --- what is asked for
 * ------------------------------------------------------------------------------------------------
 */
static struct str import_of(const struct dmn_model *root, const struct dmn_model *model) {
    for (size_t i = 0; root != model && i < root->import_count; i++)
        if (root->imports[i].model == model)
            return root->imports[i].prefix;
    return STR_NONE;
}

static struct dmn_view_ask ask_of(const struct dmn_model *root, const struct dmn_element *e) {
    return (struct dmn_view_ask){.name = e->info.name,
                                 .key = e->key,
                                 .variable = e->variable,
                                 .import = import_of(root, e->model),
                                 .type = e->info.type};
}

static const struct dmn_element *element_of(const struct dmn_model *model, struct str id_or_name) {
    size_t index = dmn_find(model, id_or_name);
    return index == SIZE_MAX ? dmn_named(model, STR_NONE, id_or_name) : &model->elements[index];
}

static size_t service_asks(struct dmn_view_ask *asks, const struct dmn_model *root,
                           const struct dmn_element *service) {
    size_t count = 0;
    for (size_t i = 0; i < service->input_data.count; i++)
        asks[count++] = ask_of(root, service->input_data.at[i]);
    for (size_t i = 0; i < service->input_decisions.count; i++)
        asks[count++] = ask_of(root, service->input_decisions.at[i]);
    return count;
}

/* Names that the model reads without declaring them; asks NULL: only counted. Those that the arena
 * cannot take are left out. */
static size_t free_names(struct dmn_view_ask *asks, const struct dmn_element *const *needed,
                         size_t needed_count, struct arena *a) {
    enum { NAME_BYTES = 512 }; /* of the map and the ask */
    struct map seen;
    size_t count = 0;
    map_init(&seen, a);
    for (size_t i = 0; i < needed_count; i++) {
        const struct dmn_element *e = needed[i];
        size_t inputs =
            !e->model->free_names || e->program == NULL ? 0 : feel_input_count(e->program);
        for (size_t k = e->slot_count; k < inputs; k++) {
            struct str name = feel_input_name(e->program, k);
            if (arena_limit_bytes(a) - arena_used_bytes(a) < (count + 16) * NAME_BYTES)
                return count;
            bool maybe = !feel_input_certain(e->program, k);
            if (!map_put(&seen, name, count)) {
                if (asks != NULL && !maybe)
                    asks[*map_find(&seen, name)].maybe = false;
                continue;
            }
            if (asks != NULL)
                asks[count] = (struct dmn_view_ask){
                    .name = name, .key = name, .variable = name, .maybe = maybe};
            count++;
        }
    }
    return count;
}

size_t dmn_view_asks(const struct dmn_view_ask **out, const struct dmn_model *model,
                     struct str id_or_name, struct arena *a) {
    const struct dmn_element *const *needed;
    const struct dmn_element *e = element_of(model, id_or_name);
    *out = NULL;
    if (e == NULL || e->broken != NULL) /* it has no value, whatever is given */
        return 0;
    size_t count = 0, queued = dmn_needed(&needed, model, e, a);
    size_t room = queued + e->param_count + free_names(NULL, needed, queued, a);
    struct dmn_view_ask *asks = arena_new(a, struct dmn_view_ask, room);
    *out = asks;
    if (e->info.kind == DMN_SERVICE)
        return service_asks(asks, model, e);
    for (size_t i = 0; e->info.kind == DMN_FUNCTION && i < e->param_count; i++)
        asks[count++] = (struct dmn_view_ask){.name = dmn_written(model, e->params[i]),
                                              .key = e->params[i],
                                              .variable = e->params[i],
                                              .type = e->param_types[i]};
    for (size_t i = 0; i < queued; i++)
        if (needed[i]->info.kind == DMN_INPUT)
            asks[count++] = ask_of(model, needed[i]);
    return count + free_names(asks + count, needed, queued, a);
}

static bool is_ask(const struct dmn_view_ask *ask, struct str name) {
    return str_eq(name, ask->name) || str_eq(name, ask->key) || str_eq(name, ask->variable);
}

/* Is it "import.variable"? */
static bool is_qualified(const struct dmn_view_ask *ask, struct str name) {
    size_t len = ask->import.len;
    return len > 0 && name.len > len && str_starts(name, ask->import) && name.at[len] == '.' &&
           str_eq(str_sub(name, len + 1, name.len), ask->variable);
}

static bool has_ask(const struct dmn_view_ask *ask, struct feel_value context) {
    return feel_has(context, ask->name) || feel_has(context, ask->key) ||
           feel_has(context, ask->variable);
}

bool dmn_view_given(const struct dmn_view_ask *ask, struct feel_value inputs) {
    size_t count = feel_kind(inputs) == FEEL_CONTEXT ? feel_count(inputs) : 0;
    if (has_ask(ask, inputs) ||
        (ask->import.len > 0 && has_ask(ask, feel_get(inputs, ask->import))))
        return true;
    for (size_t i = 0; i < count; i++)
        if (is_qualified(ask, feel_entries(inputs)[i].name))
            return true;
    return false;
}

bool dmn_view_knows(const struct dmn_model *model, const struct dmn_view_ask *asks, size_t count,
                    struct str name) {
    for (size_t i = 0; i < count; i++)
        if (is_ask(&asks[i], name) || is_qualified(&asks[i], name))
            return true;
    for (size_t i = 0; i < model->import_count; i++)
        if (name.len > 0 && str_eq(model->imports[i].prefix, name))
            return true;
    for (size_t i = 0; i < model->element_count; i++) {
        const struct dmn_view_ask other = ask_of(model, &model->elements[i]);
        if (model->elements[i].info.kind == DMN_INPUT && is_ask(&other, name))
            return true;
    }
    return false;
}

enum { ASK_NAMES = 3 };

static size_t add_fields(struct feel_field *fields, const struct dmn_view_ask *ask) {
    size_t count = 0;
    fields[count++] = (struct feel_field){ask->name, ask->type};
    if (!str_eq(ask->key, ask->name))
        fields[count++] = (struct feel_field){ask->key, ask->type};
    if (!str_eq(ask->variable, ask->key))
        fields[count++] = (struct feel_field){ask->variable, ask->type};
    return count;
}

/* A context of all that is asked for, by each name that dmn_evaluate() takes it by. NULL: the
 * budget is spent. */
static const struct feel_type *type_of_asks(const struct dmn_model *model,
                                            const struct dmn_view_ask *asks, size_t count,
                                            struct arena *a, struct budget *budget,
                                            struct err *err) {
    size_t imports = model->import_count, room = count * (ASK_NAMES + 1) + imports, bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += asks[i].import.len + asks[i].variable.len + 16;
    bytes += (imports + 1) * (sizeof(struct feel_type) + room * sizeof(struct feel_field));
    if (!budget_spend(budget, (struct cost){(imports + 1) * (count + 1), bytes}, err))
        return NULL;
    struct feel_type *types = arena_new(a, struct feel_type, 1 + imports);
    struct feel_field *fields = arena_new(a, struct feel_field, room);
    types[0] = (struct feel_type){.tag = FEEL_TYPE_CONTEXT, .fields = fields};
    for (size_t i = 0; i < count; i++) {
        types[0].field_count += add_fields(&fields[types[0].field_count], &asks[i]);
        if (asks[i].import.len > 0)
            fields[types[0].field_count++] = (struct feel_field){
                arena_printf(a, "%.*s.%.*s", STR_ARG(asks[i].import), STR_ARG(asks[i].variable)),
                asks[i].type};
    }
    for (size_t k = 0; k < imports; k++) {
        struct str prefix = model->imports[k].prefix;
        struct feel_field *inner = arena_new(a, struct feel_field, count * ASK_NAMES);
        types[1 + k] = (struct feel_type){.tag = FEEL_TYPE_CONTEXT, .fields = inner};
        for (size_t i = 0; i < count; i++)
            if (prefix.len > 0 && str_eq(asks[i].import, prefix))
                types[1 + k].field_count += add_fields(&inner[types[1 + k].field_count], &asks[i]);
        if (types[1 + k].field_count > 0)
            fields[types[0].field_count++] = (struct feel_field){prefix, &types[1 + k]};
    }
    return &types[0];
}

/* --- texts
 * ------------------------------------------------------------------------------------------------
 */
struct reading {
    const struct cal_zones *zones;
    struct arena *arena;
    struct budget *budget;
    struct err *err;
};

static bool read_value(struct reading *r, struct feel_value *v, const struct feel_type *type,
                       int depth, bool *changed);

static bool is_temporal(const struct feel_type *type) {
    return type->tag == FEEL_TYPE_KIND && type->kind >= FEEL_DATE &&
           type->kind <= FEEL_YEARS_MONTHS;
}

static bool read_text(struct reading *r, struct feel_value *v, bool *changed) {
    if (!budget_spend(r->budget, (struct cost){1, TEXT_BYTES}, r->err))
        return false;
    struct feel_value read = feel_temporal_text(r->arena, str_trim(feel_as_string(*v)), r->zones);
    if (!feel_is_null(read)) {
        *v = read;
        *changed = true;
    }
    return true;
}

static bool read_items(struct reading *r, struct feel_value *v, const struct feel_type *type,
                       int depth, bool *changed) {
    size_t count = feel_count(*v);
    struct feel_value *copy = NULL;
    if (!budget_spend(r->budget, (struct cost){count, 0}, r->err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct feel_value item = feel_item(*v, i);
        bool other = false;
        if (!read_value(r, &item, type, depth, &other))
            return false;
        if (other && copy == NULL) {
            if (!budget_spend(r->budget, (struct cost){1, count * sizeof *copy}, r->err))
                return false;
            copy = arena_new(r->arena, struct feel_value, count);
            for (size_t k = 0; k < count; k++)
                copy[k] = feel_item(*v, k);
        }
        if (other)
            copy[i] = item;
    }
    if (copy != NULL) {
        *v = feel_list(copy, count);
        *changed = true;
    }
    return true;
}

/* The context with the entries that changed: a name that stands twice keeps its last value. */
static bool put_entries(struct reading *r, struct feel_value *v, const struct feel_entry *changed,
                        size_t changed_count) {
    size_t count = feel_count(*v), all = count + changed_count;
    /* the copy here, that of the context, and at most 4 slots of 4 bytes for each */
    if (!budget_spend(r->budget,
                      (struct cost){all, all * (2 * sizeof(struct feel_entry) + 16) + 256}, r->err))
        return false;
    struct feel_entry *entries = arena_new(r->arena, struct feel_entry, all);
    if (count > 0)
        memcpy(entries, feel_entries(*v), count * sizeof *entries);
    memcpy(entries + count, changed, changed_count * sizeof *entries);
    *v = feel_context_of(r->arena, entries, all);
    return true;
}

static bool read_entries(struct reading *r, struct feel_value *v, const struct feel_type *type,
                         int depth, bool *changed) {
    size_t count = type->field_count, changed_count = 0;
    struct feel_entry *entries;
    if (!budget_spend(r->budget, (struct cost){count, count * sizeof *entries}, r->err))
        return false;
    entries = arena_new(r->arena, struct feel_entry, count);
    for (size_t i = 0; i < count; i++) {
        struct feel_value value = feel_get(*v, type->fields[i].name);
        bool other = false;
        if (!read_value(r, &value, type->fields[i].type, depth, &other))
            return false;
        if (other)
            entries[changed_count++] = (struct feel_entry){type->fields[i].name, value};
    }
    if (changed_count == 0)
        return true;
    *changed = true;
    return put_entries(r, v, entries, changed_count);
}

/* A list and its only item stand for each other (DMN 1.5: 10.3.2.9.4), so each is looked into as
 * the other's type says. */
static bool read_value(struct reading *r, struct feel_value *v, const struct feel_type *type,
                       int depth, bool *changed) {
    enum feel_kind kind = feel_kind(*v);
    while (type != NULL && type->tag == FEEL_TYPE_LIST && kind != FEEL_LIST)
        type = type->element;
    bool list = type != NULL && type->tag == FEEL_TYPE_LIST;
    bool context = type != NULL && type->tag == FEEL_TYPE_CONTEXT;
    if (depth == 0 || type == NULL || !(list || context || is_temporal(type)))
        return true;
    if (kind == FEEL_LIST)
        return read_items(r, v, list ? type->element : type, depth - 1, changed);
    if (kind == FEEL_CONTEXT && context)
        return read_entries(r, v, type, depth - 1, changed);
    return kind != FEEL_STRING || context || read_text(r, v, changed);
}

bool dmn_view_texts(struct feel_value *inputs, const struct dmn_model *model, struct str id_or_name,
                    const struct cal_zones *zones, struct arena *a, struct budget *budget,
                    struct err *err) {
    enum { ELEMENT_BYTES = 256 };
    struct dmn_run run = {.root = model, .arena = a, .budget = budget, .err = err};
    struct reading r = {zones, a, budget, err};
    const struct dmn_view_ask *asks;
    bool changed = false;
    const struct dmn_element *e = element_of(model, id_or_name);
    size_t elements = (size_t)model->state_count + 1 + (e == NULL ? 0 : e->param_count);
    if (!names_in(&run, inputs) ||
        !budget_spend(budget, (struct cost){elements, elements * ELEMENT_BYTES}, err))
        return false;
    size_t count = dmn_view_asks(&asks, model, id_or_name, a);
    const struct feel_type *type = type_of_asks(model, asks, count, a, budget, err);
    return type != NULL && read_value(&r, inputs, type, FEEL_DEPTH_MAX, &changed);
}
