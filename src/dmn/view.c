/* A decision as a person reads it. All of it is made from the model's own XML when it is asked for:
 * a table of 10,000 rules is drawn in part, so nothing of it is kept twice. */
#include "dmn/view.h"

#include "dmn/table.h"
#include "feel/machine.h"
#include "json/json.h"

#define NAME_NS STR("https://mandate.example/bpmn/1")

/* --- texts
 * ------------------------------------------------------------------------------------------------
 */
/* first: the text in the language that the file is drafted in. */
static struct lang_text names_of(const struct dmn_model *m, const struct xml_node *node,
                                 struct str first, struct arena *a) {
    struct lang_text out;
    const struct xml_node *extensions = dmn_child(m, node, "extensionElements");
    for (size_t i = 0; i < LANGS; i++)
        out.in[i] = first;
    for (const struct xml_node *c = xml_child(extensions, NAME_NS, STR("name")); c != NULL;
         c = xml_next(c)) {
        enum lang lang;
        if (lang_find(&lang, xml_attr_text(c, STR("lang"))))
            out.in[lang] = str_trim(xml_text(c, a));
    }
    return out;
}

static struct str child_text(const struct dmn_model *m, const struct xml_node *node,
                             const char *child, struct arena *a) {
    const struct xml_node *found = node == NULL ? NULL : dmn_child(m, node, child);
    return found == NULL ? STR_NONE : str_trim(xml_text(found, a));
}

/* The text of a cell: <inputEntry><text>...</text></inputEntry>. */
static struct str cell_text(const struct dmn_model *m, const struct xml_node *node,
                            struct arena *a) {
    return child_text(m, node, "text", a);
}

struct lang_text dmn_view_title(const struct dmn_model *model, size_t index, struct arena *a) {
    assert(index < model->element_count);
    const struct dmn_element *e = &model->elements[index];
    return names_of(model, e->node, e->info.name, a);
}

static const struct xml_node *logic_of(const struct dmn_model *m, const struct dmn_element *e) {
    const struct xml_node *logic = e->node;
    if (e->info.kind == DMN_FUNCTION)
        logic = dmn_child(m, e->node, "encapsulatedLogic");
    return logic == NULL ? NULL : boxed_child(m, logic);
}

struct str dmn_view_expression(const struct dmn_model *model, size_t index, struct arena *a) {
    assert(index < model->element_count);
    const struct xml_node *logic = logic_of(model, &model->elements[index]);
    if (logic == NULL || !dmn_is(model, logic, "literalExpression"))
        return STR_NONE;
    return cell_text(model, logic, a);
}

/* --- the table
 * ------------------------------------------------------------------------------------------------
 */
static uint32_t children_of(const struct dmn_model *m, const struct xml_node *node,
                            const char *name) {
    uint32_t count = 0;
    for (const struct xml_node *c = dmn_child(m, node, name); c != NULL; c = xml_next(c))
        count++;
    return count;
}

static struct dmn_view_column input_column(const struct dmn_model *m, const struct xml_node *node,
                                           struct arena *a) {
    const struct xml_node *expression = dmn_child(m, node, "inputExpression");
    struct str label = xml_attr_text(node, STR("label"));
    struct dmn_view_column out = {
        .text = cell_text(m, expression, a),
        .type = xml_attr_text(expression, STR("typeRef")),
        .allowed = cell_text(m, dmn_child(m, node, "inputValues"), a),
    };
    out.label = names_of(m, node, label.len > 0 ? label : out.text, a);
    return out;
}

static struct dmn_view_column output_column(const struct dmn_model *m, const struct xml_node *node,
                                            struct str title, struct arena *a) {
    struct str label = xml_attr_text(node, STR("label"));
    struct dmn_view_column out = {
        .text = xml_attr_text(node, STR("name")),
        .type = xml_attr_text(node, STR("typeRef")),
        .allowed = cell_text(m, dmn_child(m, node, "outputValues"), a),
    };
    out.label = names_of(m, node, label.len > 0 ? label : out.text.len > 0 ? out.text : title, a);
    return out;
}

static struct dmn_view_rule rule_row(const struct dmn_view_table *t, const struct dmn_model *m,
                                     const struct xml_node *node, uint32_t number,
                                     struct arena *a) {
    struct str *cells = arena_new(a, struct str, (size_t)t->input_count + t->output_count);
    uint32_t at = 0;
    for (const struct xml_node *c = dmn_child(m, node, "inputEntry"); c != NULL; c = xml_next(c))
        if (at < t->input_count)
            cells[at++] = cell_text(m, c, a);
    at = 0;
    for (const struct xml_node *c = dmn_child(m, node, "outputEntry"); c != NULL; c = xml_next(c))
        if (at < t->output_count)
            cells[t->input_count + at++] = cell_text(m, c, a);
    const struct xml_node *note = dmn_child(m, node, "annotationEntry");
    struct str first = note != NULL ? cell_text(m, note, a) : child_text(m, node, "description", a);
    return (struct dmn_view_rule){.cells = cells,
                                  .id = xml_attr_text(node, STR("id")),
                                  .note = names_of(m, node, first, a),
                                  .number = number};
}

static bool is_among(const uint32_t *numbers, size_t count, uint32_t number) {
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

static void table_rules(struct dmn_view_table *out, const struct dmn_model *m,
                        const struct xml_node *table, const uint32_t *also, size_t also_count,
                        struct arena *a) {
    also_count = MIN_OF(also_count, (size_t)DMN_VIEW_MATCHED_MAX);
    size_t room = MIN_OF((size_t)out->rule_count, DMN_VIEW_RULES_MAX + also_count);
    struct dmn_view_rule *rules = arena_new(a, struct dmn_view_rule, room);
    uint32_t number = 0;
    for (const struct xml_node *c = dmn_child(m, table, "rule"); c != NULL; c = xml_next(c)) {
        number++;
        if (out->shown_count < room &&
            (number <= DMN_VIEW_RULES_MAX || is_among(also, also_count, number)))
            rules[out->shown_count++] = rule_row(out, m, c, number, a);
    }
    out->rules = rules;
}

bool dmn_view_table(struct dmn_view_table *out, const struct dmn_model *model, size_t index,
                    const uint32_t *also, size_t also_count, struct arena *a) {
    assert(index < model->element_count);
    const struct dmn_element *e = &model->elements[index];
    const struct xml_node *table = logic_of(model, e);
    if (table == NULL || !dmn_is(model, table, "decisionTable"))
        return false;
    struct str policy = xml_attr_text(table, STR("hitPolicy"));
    struct str aggregate = xml_attr_text(table, STR("aggregation"));
    *out = (struct dmn_view_table){
        .hit_policy = policy.len == 0 ? "UNIQUE"
                      : aggregate.len > 0
                          ? arena_printf(a, "%.*s %.*s", STR_ARG(policy), STR_ARG(aggregate)).at
                          : arena_cstr(a, policy),
        .input_count = children_of(model, table, "input"),
        .output_count = children_of(model, table, "output"),
        .rule_count = children_of(model, table, "rule"),
    };
    struct dmn_view_column *inputs = arena_new(a, struct dmn_view_column, out->input_count);
    struct dmn_view_column *outputs = arena_new(a, struct dmn_view_column, out->output_count);
    uint32_t i = 0;
    for (const struct xml_node *c = dmn_child(model, table, "input"); c != NULL; c = xml_next(c))
        inputs[i++] = input_column(model, c, a);
    i = 0;
    for (const struct xml_node *c = dmn_child(model, table, "output"); c != NULL; c = xml_next(c))
        outputs[i++] = output_column(model, c, e->info.name, a);
    out->inputs = inputs;
    out->outputs = outputs;
    table_rules(out, model, table, also, also_count, a);
    return true;
}

size_t dmn_view_needs(const size_t **indexes, const struct dmn_model *model, size_t index,
                      struct arena *a) {
    assert(index < model->element_count);
    const struct dmn_element *e = &model->elements[index];
    size_t *found = arena_new(a, size_t, e->needs.count), count = 0;
    for (size_t i = 0; i < e->needs.count; i++)
        if (e->needs.at[i]->model == model)
            found[count++] = (size_t)(e->needs.at[i] - model->elements);
    *indexes = found;
    return count;
}

/* --- what it asks for
 * ------------------------------------------------------------------------------------------------
 */
static bool slot_is(const struct dmn_element *e, struct str slot, const struct dmn_element *to) {
    for (size_t i = 0; i < e->slot_count; i++)
        if (!e->slots[i].is_context && str_eq(e->slots[i].name, slot))
            return e->slots[i].parts[0].element == to;
    return false;
}

static void add_reads(struct dmn_view_input *input, struct str *reads, const struct dmn_element *of,
                      const struct dmn_element *reader) {
    for (size_t i = 0; i < reader->read_count; i++) {
        const struct dmn_read *read = &reader->reads[i];
        bool known = false;
        if (!slot_is(reader, read->slot, of))
            continue;
        input->whole |= read->member.len == 0;
        for (size_t k = 0; k < input->read_count; k++)
            known |= str_eq(reads[k], read->member);
        if (read->member.len > 0 && !known && input->read_count < DMN_READS_MAX)
            reads[input->read_count++] = read->member;
    }
}

size_t dmn_needed(const struct dmn_element *const **out, const struct dmn_model *model,
                  const struct dmn_element *e, struct arena *a) {
    size_t room = (size_t)model->state_count + 1, queued = 0;
    const struct dmn_element **queue = arena_new(a, const struct dmn_element *, room);
    bool *seen = arena_new(a, bool, room);
    queue[queued++] = e;
    seen[queue[0]->state] = true;
    for (size_t i = 0; i < queued; i++)
        for (size_t k = 0; k < queue[i]->needs.count; k++)
            if (!seen[queue[i]->needs.at[k]->state]) {
                seen[queue[i]->needs.at[k]->state] = true;
                queue[queued++] = queue[i]->needs.at[k];
            }
    *out = queue;
    return queued;
}

size_t dmn_view_inputs(const struct dmn_view_input **out, const struct dmn_model *model,
                       size_t index, struct arena *a) {
    const struct dmn_element *const *queue;
    assert(index < model->element_count);
    size_t queued = dmn_needed(&queue, model, &model->elements[index], a), count = 0;
    struct dmn_view_input *found = arena_new(a, struct dmn_view_input, queued);
    for (size_t i = 0; i < queued; i++) {
        const struct dmn_element *e = queue[i];
        if (e->info.kind != DMN_INPUT)
            continue;
        struct dmn_view_input *input = &found[count++];
        struct str *reads = arena_new(a, struct str, DMN_READS_MAX);
        *input = (struct dmn_view_input){.name = e->info.name,
                                         .label = names_of(e->model, e->node, e->info.name, a),
                                         .type = e->info.type,
                                         .reads = reads};
        for (size_t k = 0; k < queued; k++)
            add_reads(input, reads, e, queue[k]);
    }
    *out = found;
    return count;
}

static size_t choices_of(const struct feel_value **out, const struct ast *tests, struct arena *a) {
    size_t count = 0;
    if (tests == NULL || tests->kind != AST_TESTS || tests->op == 1)
        return 0;
    for (const struct ast *t = tests->list; t != NULL; t = t->next, count++)
        if (t->kind != AST_CONST || feel_is_null(t->value))
            return 0;
    struct feel_value *values = arena_new(a, struct feel_value, count);
    count = 0;
    for (const struct ast *t = tests->list; t != NULL; t = t->next)
        values[count++] = t->value;
    *out = values;
    return count;
}

static bool is_path(struct str text, struct str input, struct str member) {
    size_t len = member.len == 0 ? input.len : input.len + 1 + member.len;
    return text.len == len && str_starts(text, input) &&
           (member.len == 0 || (text.at[input.len] == '.' && str_ends(text, member)));
}

size_t dmn_view_choices(const struct feel_value **out, const struct dmn_model *model,
                        struct str input, struct str member, struct arena *a) {
    for (size_t i = 0; i < model->tables.count; i++) {
        const struct dmn_table *t = model->tables.at[i];
        for (uint32_t c = 0; c < t->input_count; c++) {
            size_t count = is_path(t->inputs[c].text, input, member)
                               ? choices_of(out, t->inputs[c].allowed_tree, a)
                               : 0;
            if (count > 0)
                return count;
        }
    }
    return 0;
}

size_t dmn_view_type_choices(const struct feel_value **out, const struct feel_type *type,
                             struct arena *a) {
    return type == NULL || type->allowed == NULL ? 0 : choices_of(out, type->allowed->tree, a);
}

/* --- values from outside
 * ------------------------------------------------------------------------------------------------
 */
struct taking {
    struct arena *arena;
    struct budget *budget;
    struct err *err;
    int depth;
};

enum { TAKE_DEPTH_MAX = 32 };

static bool wrong(struct taking *t, enum err_code code, struct str pointer, const char *what) {
    return err_set(t->err, code, ((struct err_at){arena_cstr(t->arena, pointer), 0, 0}), "%s",
                   what);
}

/* RFC 6901: 3: "~" and "/" of a name are written "~0" and "~1". */
static struct str below(struct taking *t, struct str pointer, struct str key) {
    struct buf out;
    buf_init(&out, pointer.len + 2 * key.len + 2);
    buf_add(&out, pointer);
    buf_lit(&out, "/");
    for (size_t i = 0; i < key.len; i++)
        buf_add(&out, key.at[i] == '~'   ? STR("~0")
                      : key.at[i] == '/' ? STR("~1")
                                         : str_sub(key, i, 1));
    struct str text = arena_str(t->arena, buf_view(&out));
    buf_done(&out);
    return text;
}

static bool wrong_type(struct taking *t, struct str pointer, const struct json *value,
                       const struct feel_type *type) {
    struct buf name;
    buf_init(&name, 256);
    feel_type_print(&name, type);
    struct str text = arena_printf(t->arena, "a %s cannot be given where the model asks for %.*s",
                                   json_kind_name(value), (int)name.len,
                                   name.at == NULL ? "" : (const char *)name.at);
    buf_done(&name);
    return wrong(t, ERR_TYPE, pointer, text.at);
}

static bool take(struct taking *t, struct feel_value *out, const struct feel_type *type,
                 const struct json *value, struct str pointer);

static bool take_kind(struct taking *t, struct feel_value *out, const struct feel_type *type,
                      const struct json *value, struct str pointer) {
    switch (type->kind) {
    case FEEL_DATE:
    case FEEL_TIME:
    case FEEL_DATE_TIME:
    case FEEL_DAYS_TIME:
    case FEEL_YEARS_MONTHS:
        *out = json_is(value, JSON_STRING)
                   ? feel_temporal_text(t->arena, str_trim(json_text(value)), NULL)
                   : feel_null();
        break;
    default:
        if (!feel_from_json(out, value, t->arena, t->err))
            return false;
        break;
    }
    return feel_kind(*out) == type->kind || wrong_type(t, pointer, value, type);
}

static bool take_list(struct taking *t, struct feel_value *out, const struct feel_type *type,
                      const struct json *value, struct str pointer) {
    size_t count = json_count(value);
    if (!json_is(value, JSON_ARRAY))
        return wrong_type(t, pointer, value, type);
    if (!budget_spend(t->budget, (struct cost){count, count * sizeof(struct feel_value)}, t->err))
        return false;
    struct feel_value *items = arena_new(t->arena, struct feel_value, count);
    for (size_t i = 0; i < count; i++)
        if (!take(t, &items[i], type->element, json_item(value, i),
                  arena_printf(t->arena, "%.*s/%zu", STR_ARG(pointer), i)))
            return false;
    *out = feel_list(items, count);
    return true;
}

static bool has_field(const struct feel_type *type, struct str name) {
    for (size_t i = 0; i < type->field_count; i++)
        if (str_eq(type->fields[i].name, name))
            return true;
    return type->field_count == 0;
}

static bool take_context(struct taking *t, struct feel_value *out, const struct feel_type *type,
                         const struct json *value, struct str pointer) {
    if (!json_is(value, JSON_OBJECT))
        return wrong_type(t, pointer, value, type);
    for (size_t i = 0; i < json_count(value); i++) {
        struct str key = json_member_at(value, i)->key.text;
        if (!has_field(type, key))
            return wrong(t, ERR_UNKNOWN, below(t, pointer, key),
                         "the model's type has no such member");
    }
    if (type->field_count == 0)
        return feel_from_json(out, value, t->arena, t->err);
    struct feel_entry *entries = arena_new(t->arena, struct feel_entry, type->field_count);
    for (size_t i = 0; i < type->field_count; i++) {
        struct str name = type->fields[i].name;
        entries[i].name = name;
        if (!take(t, &entries[i].value, type->fields[i].type, json_get(value, name),
                  below(t, pointer, name)))
            return false;
    }
    *out = feel_context_of(t->arena, entries, type->field_count);
    return true;
}

/* Unary tests over the value itself; of a list over each of its items, which take() has seen. */
static bool passes(struct taking *t, const struct feel_program *tests, struct feel_value value,
                   struct str pointer) {
    struct feel_env env = {.vars = &value, .var_count = 1};
    struct feel_value answer;
    if (tests == NULL || feel_is_null(value))
        return true;
    if (!feel_eval(&answer, tests, &env, t->arena, t->budget, t->err))
        return false;
    return feel_is_true(answer) ||
           wrong(t, ERR_INVALID, pointer, "the value is not among those that the model allows");
}

static bool take(struct taking *t, struct feel_value *out, const struct feel_type *type,
                 const struct json *value, struct str pointer) {
    bool ok = true;
    *out = feel_null();
    if (value == NULL || json_is(value, JSON_NULL))
        return true;
    if (t->depth == TAKE_DEPTH_MAX)
        return wrong(t, ERR_LIMIT, pointer, "the value is nested too deeply");
    if (!budget_spend(t->budget, (struct cost){1, 256}, t->err))
        return false;
    t->depth++;
    switch (type == NULL ? FEEL_TYPE_ANY : type->tag) {
    case FEEL_TYPE_ANY: ok = feel_from_json(out, value, t->arena, t->err); break;
    case FEEL_TYPE_KIND: ok = take_kind(t, out, type, value, pointer); break;
    case FEEL_TYPE_LIST: ok = take_list(t, out, type, value, pointer); break;
    case FEEL_TYPE_CONTEXT: ok = take_context(t, out, type, value, pointer); break;
    default: ok = wrong(t, ERR_UNSUPPORTED, pointer, "JSON has no ranges and no functions"); break;
    }
    t->depth--;
    if (!ok || type == NULL)
        return ok;
    if (type->tag != FEEL_TYPE_LIST)
        return passes(t, type->allowed, *out, pointer) &&
               passes(t, type->constraint, *out, pointer);
    for (size_t i = 0; i < feel_count(*out); i++)
        if (!passes(t, type->allowed, feel_item(*out, i),
                    arena_printf(t->arena, "%.*s/%zu", STR_ARG(pointer), i)))
            return false;
    return passes(t, type->constraint, *out, pointer);
}

bool dmn_view_take(struct feel_value *out, const struct dmn_view_input *input,
                   const struct json *value, const char *base, struct arena *a,
                   struct budget *budget, struct err *err) {
    struct taking t = {.arena = a, .budget = budget, .err = err};
    return take(&t, out, input->type, value, str_from(base));
}
